"""Index: what the rows of a table say, as bits, so that deciding and checking are exact and quick.

Row *i* of the table is bit ``1 << i``. For each fact, the words and bounds in the cells cut its domain into parts whose
values all meet the same cells; a part knows the rows whose cell it meets. Deciding is then one look-up and one "and"
per fact, and the checks walk parts instead of values.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, groupby, pairwise
from typing import Any

import attrs

from gridgov.conditions.attributes import WIDE, Attribute, AttributeType, Value, text_of
from gridgov.conditions.cells import ANYTHING, NOT_GIVEN, Between, Compared, Condition
from gridgov.conditions.vocabulary import Vocabulary
from gridgov.values import Period

__all__ = ["Column", "Index", "Part", "bits", "index_of"]

_ANY_VALUE = {AttributeType.INTEGER: 0, AttributeType.DECIMAL: Decimal(0), AttributeType.DATE: date(2000, 1, 1)}


def bits(rows: int) -> Iterator[int]:
    """Yield the numbers of *rows*, in order."""
    while rows:
        yield (rows & -rows).bit_length() - 1
        rows &= rows - 1


@attrs.frozen
class Part:
    """A part of a fact's domain that no cell of the table cuts.

    Attributes:
        value: One of its values; None for "not given".
        rows: The rows whose cell it meets.
        place: Its place in the order of the domain.
    """

    value: Value | None
    rows: int
    place: int


@attrs.frozen(kw_only=True, eq=False)
class Column(ABC):
    """What the rows say of one fact.

    Attributes:
        attribute: The fact.
        types: The types of its values.
        free: Rows with a blank cell.
        asks: Rows with ``?``.
        unstated: Rows whose cell is met when the fact is not given.
        parts: The parts of its domain; "not given" is not among them.
    """

    attribute: Attribute
    types: frozenset[type]
    free: int
    asks: int
    unstated: int
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """The fact's name."""
        return self.attribute.name

    def parts_on(self, in_force: int) -> tuple[Part, ...]:
        """Return the parts on a day: "not given" is one of them when a row in force has ``?``."""
        return (*self.parts, Part(None, self.unstated, -1)) if self.asks & in_force else self.parts

    def describe(self, parts: Sequence[Part]) -> str:
        """Return some of the parts in words; nothing when they are all."""
        stated = [part for part in parts if part.value is not None]
        rest = ["not given"] if len(stated) < len(parts) else []
        if len(stated) == len(self.parts):
            return "" if rest or not self.asks else "given"
        return " or ".join([*self._stated(stated), *rest])

    @abstractmethod
    def rows(self, value: Any) -> int | None:
        """Return the rows whose cell *value* meets; None when it is no value of the attribute."""

    @abstractmethod
    def _stated(self, parts: Sequence[Part]) -> list[str]:
        """The parts in words; a text for each stretch of them."""


@attrs.frozen(kw_only=True, eq=False)
class _Choice(Column):
    """Words and flags: each is a part of its own."""

    by_value: Mapping[Value, int]

    def rows(self, value: Any) -> int | None:
        """Return the rows whose cell *value* meets; None when it is no value of the attribute."""
        return self.by_value.get(value) if type(value) in self.types else None

    def _stated(self, parts: Sequence[Part]) -> list[str]:
        return ["|".join(text_of(part.value) for part in parts if part.value is not None)] if parts else []


@attrs.frozen(kw_only=True, eq=False)
class _Scale(Column):
    """Numbers and days: the bounds cut the scale into points and the stretches between them.

    Place ``2i`` is the open stretch before the bound ``cuts[i]``, place ``2i + 1`` the bound itself.
    """

    cuts: Sequence[Any]
    by_place: Sequence[int]

    def rows(self, value: Any) -> int | None:
        """Return the rows whose cell *value* meets; None when it is no value of the attribute."""
        if type(value) not in self.types or (type(value) is Decimal and not value.is_finite()):
            return None
        cut = bisect_left(self.cuts, value)
        return self.by_place[2 * cut + (cut < len(self.cuts) and self.cuts[cut] == value)]

    def _stated(self, parts: Sequence[Part]) -> list[str]:
        order = {part.place: number for number, part in enumerate(self.parts)}
        runs = groupby(enumerate(parts), key=lambda pair: order[pair[1].place] - pair[0])
        return [self._stretch([part.place for _, part in run]) for _, run in runs]

    def _stretch(self, places: Sequence[int]) -> str:
        low, high = places[0], places[-1]
        if low == high and low % 2:
            return text_of(self.cuts[low // 2])
        texts = []
        if low > 0:
            texts.append(f"{'>=' if low % 2 else '>'}{text_of(self.cuts[(low - 1) // 2])}")
        if high < 2 * len(self.cuts):
            texts.append(f"{'<=' if high % 2 else '<'}{text_of(self.cuts[high // 2])}")
        return " and ".join(texts)


def _inside(kind: AttributeType, low: Any, high: Any) -> Any:
    """Return a value between two bounds of a scale (None: no bound), both left out; None where there is none."""
    if low is None and high is None:
        return _ANY_VALUE[kind]
    if kind is AttributeType.DECIMAL:
        if low is not None and high is not None:
            return WIDE.divide(WIDE.add(low, high), 2)
        return WIDE.subtract(high, 1) if low is None else WIDE.add(low, 1)
    step: Any = timedelta(days=1) if kind is AttributeType.DATE else 1
    if low is None:
        return None if high == date.min else high - step
    return None if low == date.max or low + step == high else low + step


def _bounds(condition: Condition) -> tuple[Any, ...]:
    if isinstance(condition, Compared):
        return (condition.value,)
    return (condition.first, condition.last) if isinstance(condition, Between) else ()


def _column(attribute: Attribute, whens: Sequence[Mapping[str, Condition]]) -> Column:
    """Return what the rows say of one attribute."""
    cells: dict[Condition, int] = {}
    for number, when in enumerate(whens):
        condition = when.get(attribute.name, ANYTHING)
        cells[condition] = cells.get(condition, 0) | 1 << number
    free, asks = cells.get(ANYTHING, 0), cells.get(NOT_GIVEN, 0)

    def met(value: Value) -> int:
        return sum(rows for condition, rows in cells.items() if condition.holds(value))

    if attribute.named:
        by_value: dict[Value, int] = {value: met(value) for value in attribute.named.values()}
        parts = tuple(Part(value, rows, place) for place, (value, rows) in enumerate(by_value.items()))
        return _Choice(
            attribute=attribute,
            types=attribute.types,
            free=free,
            asks=asks,
            unstated=free | asks,
            parts=parts,
            by_value=by_value,
        )
    cuts = sorted({bound for condition in cells for bound in _bounds(condition)})
    stretches = [_inside(attribute.type, low, high) for low, high in pairwise([None, *cuts, None])]
    values = [stretches[0], *chain.from_iterable(zip(cuts, stretches[1:], strict=True))]
    by_place = [0 if value is None else met(value) for value in values]
    parts = tuple(Part(value, by_place[place], place) for place, value in enumerate(values) if value is not None)
    return _Scale(
        attribute=attribute,
        types=attribute.types,
        free=free,
        asks=asks,
        unstated=free | asks,
        parts=parts,
        cuts=cuts,
        by_place=by_place,
    )


@attrs.frozen(eq=False)
class Index:
    """What the rows of a table say.

    Attributes:
        vocabulary: The declared facts.
        names: Their names.
        columns: One for each fact that a row looks at, in the order of declaration.
        days: The days on which rows begin or end.
        in_force: The rows in force: before the first of those days, and from each of them on.
    """

    vocabulary: Vocabulary
    names: frozenset[str]
    columns: tuple[tuple[str, Column], ...]
    days: Sequence[date]
    in_force: Sequence[int]

    def rows_on(self, day: date) -> int:
        """Return the rows in force on a day."""
        return self.in_force[bisect_right(self.days, day)]

    def match(self, facts: Mapping[str, object], on: date) -> tuple[int, int]:
        """Return the rows that match, and those that match or would with some of the facts that are not given.

        Raises:
            RefusedError: A fact is not declared, or has a value that is not.
        """
        if not self.names.issuperset(facts):
            self.vocabulary.check(facts)
        in_force = sure = perhaps = self.in_force[bisect_right(self.days, on)]
        for name, column in self.columns:
            value = facts.get(name)
            if value is None:
                sure &= column.unstated
                if column.asks & in_force:
                    perhaps &= column.unstated
                continue
            met = column.rows(value)
            if met is None:  # text that is to be read, or no value at all
                return self.match(self.vocabulary.check(facts), on)
            sure &= met
            perhaps &= met
        return sure, perhaps

    def hanging(self, facts: Mapping[str, object], rows: int) -> Iterator[tuple[Column, int]]:
        """Yield each fact that is not given, with those of the open *rows* that hang on it."""
        for name, column in self.columns:
            hanging = rows & ~column.unstated
            if hanging and facts.get(name) is None:
                yield column, hanging

    def stretches(self, over: Period) -> Iterator[tuple[Period, int]]:
        """Yield the stretches of *over* in which no row begins or ends, with the rows in force."""
        start = over.start
        for day in (day for day in self.days if day in over and day > over.start):
            yield Period(start, day), self.rows_on(start)
            start = day
        yield Period(start, over.end), self.rows_on(start)


def index_of(vocabulary: Vocabulary, whens: Sequence[Mapping[str, Condition]], periods: Sequence[Period]) -> Index:
    """Return the index of rows given by their conditions and periods."""
    used = {name for when in whens for name in when}
    days = sorted({day for period in periods for day in (period.start, period.end) if day is not None})
    in_force = [sum(1 << number for number, period in enumerate(periods) if day in period) for day in days]
    return Index(
        vocabulary=vocabulary,
        names=frozenset(attribute.name for attribute in vocabulary),
        columns=tuple((each.name, _column(each, whens)) for each in vocabulary if each.name in used),
        days=days,
        in_force=[0, *in_force],
    )
