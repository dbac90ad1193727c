"""What a file may not hold: values that are wrong, words that are nearly right, sizes that are too large."""

from collections.abc import Collection
from difflib import get_close_matches

import attrs

from gridgov.errors import Fault

__all__ = ["REPORTED", "BadValueError", "Limits", "near"]

REPORTED = 100
"""So many faults are shown; of the others only the number."""

_MOST_COMPARED = 2_000
_LONGEST_WORD = 100


@attrs.frozen(kw_only=True)
class Limits:
    """How large the files of a pack may be.

    Attributes:
        toml_bytes: Bytes of one TOML file.
        list_bytes: Bytes of one CSV file.
        rows: Rows of one CSV file.
        depth: Nesting of arrays and inline tables.
        key_parts: Parts of a dotted key.
        nodes: Tokens of one TOML file.
        token: Characters of a number, date or bare key.
    """

    toml_bytes: int = 8 * 2**20
    list_bytes: int = 64 * 2**20
    rows: int = 1_000_000
    depth: int = 32
    key_parts: int = 8
    nodes: int = 2_000_000
    token: int = 200


def near(text: str, known: Collection[str]) -> str:
    """Return a hint that names the word nearest to *text*, or lists a few; empty where there is nothing to say.

    >>> near("cuonty", ("county", "community"))
    "did you mean 'county'?"
    """
    if not known or len(known) > _MOST_COMPARED or len(text) > _LONGEST_WORD:
        return ""
    found = get_close_matches(text, sorted(known), n=1)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"known: {', '.join(sorted(known))}" if len(known) <= 12 else ""


class BadValueError(ValueError):
    """A value that a file may not hold there; becomes a `Fault` once its place is known."""

    def __init__(self, code: str, message: str, hint: str = "", *, known: Collection[str] = (), text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.known = known
        self.text = text

    def fault(self, place: str) -> Fault:
        """Return the fault; the nearest known word is looked for only now."""
        return Fault(self.code, self.message, place, self.hint or near(self.text, self.known))
