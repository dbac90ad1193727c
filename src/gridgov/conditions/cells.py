"""Cells: the closed set of conditions a pack may state of a fact."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from attrs import field

from gridgov.conditions.attributes import Attribute, Value, text_of
from gridgov.errors import Fault, PackError

__all__ = [
    "ANYTHING",
    "NOT_GIVEN",
    "Anything",
    "Between",
    "Compared",
    "Condition",
    "NoneOf",
    "NotGiven",
    "OneOf",
    "parse_condition",
]

_LONGEST_CELL = 2_000
# Signs of a formula, a template or a call: none of them can be part of a cell.
_FORMULA = re.compile(r"[(){}\[\]<>=&$\\\"'`;]|__|(?<![\w.-])(?:and|or|not|in|is|if|else|lambda|import)(?![\w.-])")
_COMPARISON = re.compile(r"(>=|<=|>|<)(?![<>=])")


def _in_order(values: Iterable[str | bool]) -> tuple[str | bool, ...]:
    """Sorted, so that two conditions that say the same are equal."""
    return tuple(sorted(set(values), key=text_of))


def _exact(_: object, __: object, value: object) -> None:
    if type(value) not in {int, Decimal, date}:
        raise ValueError(f"{value!r} bounds nothing: use a whole number, a Decimal or a date")


@attrs.frozen
class Anything:
    """A blank cell: holds whatever the fact is, given or not."""

    def holds(self, _: Value | None) -> bool | None:
        """Say yes."""
        return True

    def __str__(self) -> str:
        return ""


@attrs.frozen
class NotGiven:
    """``?``: holds when the fact is not given."""

    def holds(self, value: Value | None) -> bool | None:
        """Say whether *value* is None."""
        return value is None

    def __str__(self) -> str:
        return "?"


@attrs.frozen
class OneOf:
    """``road|venue``, ``yes``: holds for the words or flags named."""

    values: tuple[str | bool, ...] = field(converter=_in_order)

    def holds(self, value: Value | None) -> bool | None:
        """Say whether *value* is one of them; None when it is not given."""
        return None if value is None else value in self.values

    def __str__(self) -> str:
        return "|".join(map(text_of, self.values))


@attrs.frozen
class NoneOf:
    """``!road|venue``: holds for every word but those named."""

    values: tuple[str | bool, ...] = field(converter=_in_order)

    def holds(self, value: Value | None) -> bool | None:
        """Say whether *value* is another; None when it is not given."""
        return None if value is None else value not in self.values

    def __str__(self) -> str:
        return "!" + "|".join(map(text_of, self.values))


@attrs.frozen
class Compared:
    """``>=54``, ``<45``, ``>10``, ``<=3``: holds on one side of a number or day."""

    sign: str = field(validator=attrs.validators.in_((">=", "<=", ">", "<")))
    value: Any = field(validator=_exact)

    def holds(self, value: Any) -> bool | None:
        """Say whether *value* lies on that side; None when it is not given."""
        if value is None:
            return None
        if value == self.value:
            return len(self.sign) == 2
        below: bool = value < self.value
        return below == (self.sign[0] == "<")

    def __str__(self) -> str:
        return f"{self.sign}{text_of(self.value)}"


@attrs.frozen
class Between:
    """``5..10``: holds from the first number or day to the last, both included; ``5`` is ``5..5``."""

    first: Any = field(validator=_exact)
    last: Any = field(validator=_exact)

    def holds(self, value: Any) -> bool | None:
        """Say whether *value* lies in the range; None when it is not given."""
        return None if value is None else self.first <= value <= self.last

    def __str__(self) -> str:
        first = text_of(self.first)
        return first if self.first == self.last else f"{first}..{text_of(self.last)}"


Condition = Anything | NotGiven | OneOf | NoneOf | Compared | Between
"""One cell. The set is closed: nothing else can be said of a fact."""

ANYTHING = Anything()
NOT_GIVEN = NotGiven()


def parse_condition(attribute: Attribute, text: str) -> Condition:
    """Return the condition that a cell states; ``str`` of it is the cell in its canonical form.

    >>> from gridgov.conditions import AttributeType
    >>> scene = Attribute("scene", AttributeType.WORD, ("compound", "road", "venue"))
    >>> str(parse_condition(scene, "venue | road"))
    'road|venue'
    >>> parse_condition(scene, "!road").holds("venue")
    True
    >>> parse_condition(scene, "scene == 'road' or True")
    Traceback (most recent call last):
    gridgov.errors.PackError: scene: "scene == 'road' or True" is an expression, and packs hold none [expression]: ...

    Raises:
        PackError: The cell is an expression (``expression``), is too long (``cell_too_long``), has a word that is
            not declared (``unknown_word``), repeated (``duplicate_word``) or no value of the type (``bad_value``),
            or nothing can meet it (``never_true``).
    """
    cell = text.strip()
    if not cell:
        return ANYTHING
    if cell == "?":
        return NOT_GIVEN
    if len(cell) > _LONGEST_CELL:
        raise PackError.of("cell_too_long", f"{attribute.name}: {len(cell)} characters; {_LONGEST_CELL} are allowed")
    return _parse_words(attribute, cell) if attribute.named else _parse_range(attribute, cell)


def _read_all(attribute: Attribute, cell: str, texts: Iterable[str]) -> list[Any]:
    """The values in a cell; every fault at once, or the one that it is an expression."""
    found = [attribute.read(text.strip()) for text in texts]
    faults = [value for value in found if isinstance(value, Fault)]
    if faults and _FORMULA.search(_COMPARISON.sub("", cell, count=1) if cell[0] in "<>" else cell):
        message = f"{attribute.name}: {cell!r} is an expression, and packs hold none"
        hint = "use one cell per fact: a|b, !a|b, yes, no, >=5, <5, 5..10, ?; use one row per alternative"
        raise PackError.of("expression", message, hint=hint)
    if faults:
        raise PackError(faults)
    return found


def _parse_words(attribute: Attribute, cell: str) -> OneOf | NoneOf:
    others = cell.startswith("!")
    values = _read_all(attribute, cell, cell.removeprefix("!").split("|"))
    if len(set(values)) < len(values):
        raise PackError.of("duplicate_word", f"{attribute.name}: {cell!r} has a word twice")
    if others and len(values) == len(attribute.named):
        raise PackError.of("never_true", f"{attribute.name}: {cell!r} leaves no word")
    return NoneOf(values) if others else OneOf(values)


def _parse_range(attribute: Attribute, cell: str) -> Compared | Between:
    comparison = _COMPARISON.match(cell)
    if comparison:
        sign, rest = comparison[1], cell[comparison.end() :]
        (value,) = _read_all(attribute, cell, (rest,))
        if (sign, value) in {("<", date.min), (">", date.max)}:
            raise PackError.of("never_true", f"{attribute.name}: there is no such day as {cell!r} asks for")
        return Compared(sign, value)
    first, dots, last = cell.partition("..")
    ends = _read_all(attribute, cell, (first, last) if dots else (first,))
    if ends[0] > ends[-1]:
        raise PackError.of("never_true", f"{attribute.name}: {cell!r} ends before it begins")
    return Between(ends[0], ends[-1])
