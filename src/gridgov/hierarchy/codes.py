"""The code of China's statistical divisions, and its grid suffix.

Source: the National Bureau of Statistics' rules for division codes (2-2-2-3-3 digits); CJ/T 349 adds a grid.
"""

import re
from itertools import accumulate

import attrs

from gridgov.errors import PackError

__all__ = ["DivisionCode"]

_WIDTHS = (2, 2, 2, 3, 3, 3)
_ENDS = tuple(accumulate(_WIDTHS))
_RANKS = ("province", "city", "county", "township", "village", "grid")


@attrs.frozen(order=True)
class DivisionCode:
    """A code in its parts: province, city, county, township, village, and where there is one, grid.

    >>> code = DivisionCode.parse("370124001010")
    >>> code.parts, code.rank, str(code.parent)
    (('37', '01', '24', '001', '010'), 'village', '370124001')
    """

    parts: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        text = "".join(self.parts)
        if re.fullmatch("[0-9]+", text) is None or tuple(map(len, self.parts)) != _WIDTHS[: len(self.parts)]:
            hint = f"it has {', '.join(map(str, _ENDS))} digits, in parts of 2-2-2-3-3 and 3 for a grid"
            raise PackError.of("bad_code", f"{text!r} is not a division code", hint=hint)

    @classmethod
    def parse(cls, text: str) -> "DivisionCode":
        """Return the code written as 2, 4, 6, 9, 12 or 15 digits.

        Zeros at the end are parts like any other: 441900 is the pseudo-county of the city 4419.

        Raises:
            PackError: The text is not that (code ``bad_code``).
        """
        ends = [end for end in _ENDS if end < len(text)]
        return cls(tuple(text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)))

    @property
    def rank(self) -> str:
        """What the code names: province, city, county, township, village or grid."""
        return _RANKS[len(self.parts) - 1]

    @property
    def parent(self) -> "DivisionCode | None":
        """The code of the division above; None for a province."""
        return DivisionCode(self.parts[:-1]) if len(self.parts) > 1 else None

    def format(self, separator: str = "") -> str:
        """Return the parts with something between them.

        >>> DivisionCode.parse("370124001").format("-")
        '37-01-24-001'
        """
        return separator.join(self.parts)

    def __str__(self) -> str:
        return self.format()
