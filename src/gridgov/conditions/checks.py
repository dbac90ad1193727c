"""Checks: which rows of a table can match together, what none of them answers, which of them never do.

All are exact: they walk the parts into which the cells cut each fact, and the days on which rows begin or end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import attrs

from gridgov.conditions.attributes import Value
from gridgov.conditions.index import Column, Index, Part, bits
from gridgov.errors import LimitError
from gridgov.values import Period

__all__ = ["Box", "Possible", "Steps", "gaps", "overlaps", "reached", "where"]

Possible = Callable[[Mapping[str, Value]], bool]
"""Says whether facts can occur together. It sees combinations grow fact by fact, so what it once denies it must deny
whatever is added; a fact that is absent is not given, or not looked at, and excludes nothing."""

Box = Sequence[tuple[Column, Sequence[Part]]]
"""Combinations of facts: for each fact, the parts it may lie in."""

_NOTHING: Mapping[str, Value] = MappingProxyType({})


@attrs.define
class Steps:
    """Counts the steps of a check, so that a table too large to check says so instead of never ending."""

    left: int = 50_000

    def take(self) -> None:
        """Count one step.

        Raises:
            LimitError: There were too many (``too_many_combinations``).
        """
        if not self.left:
            hint = "split the table, or let fewer facts decide"
            raise LimitError.of("too_many_combinations", "there are too many combinations to check", hint=hint)
        self.left -= 1


def where(box: Box) -> str:
    """Return the combinations of a box in words; nothing where it holds them all.

    Facts are joined by commas, stretches of a scale by "or", the two ends of a stretch by "and".
    """
    cells = [f"{column.name} is {text}" for column, parts in box if (text := column.describe(parts))]
    return " where " + ", ".join(cells) if cells else ""


def _with(facts: Mapping[str, Value], column: Column, part: Part) -> Mapping[str, Value]:
    return facts if part.value is None else {**facts, column.name: part.value}


def _can_occur(facts: Mapping[str, Value], box: Box, possible: Possible | None, steps: Steps) -> bool:
    """Say whether *facts* can occur together with some combination of the box."""
    steps.take()
    if possible is None:
        return True
    if not possible(facts):
        return False
    if not box:
        return True
    (column, parts), *rest = box
    return any(_can_occur(_with(facts, column, part), rest, possible, steps) for part in parts)


def _groups(rows: int, parts: Sequence[Part], possible: Possible | None) -> list[tuple[int, list[Part]]]:
    """Return the parts with the rows that they leave; those that leave the same together, unless facts exclude some."""
    groups: dict[tuple[int, int], list[Part]] = {}
    for part in parts:
        left = rows & part.rows
        groups.setdefault((left, 0 if possible is None else part.place), []).append(part)
    return [(left, group) for (left, _), group in groups.items()]


def _holes(
    rows: int,
    box: Box,
    possible: Possible | None,
    steps: Steps,
    facts: Mapping[str, Value] = _NOTHING,
) -> Iterator[Box]:
    """Yield the boxes within *box* that can occur and that none of *rows* matches."""
    steps.take()
    if not rows:
        if _can_occur(facts, box, possible, steps):
            yield ()
        return
    answering = rows
    for column, _ in box:
        answering &= column.free
    if answering or (possible is not None and not possible(facts)):
        return
    (column, parts), *rest = box
    for left, group in _groups(rows, parts, possible):
        for hole in _holes(left, rest, possible, steps, _with(facts, column, group[0])):
            yield ((column, group), *hole)


def gaps(index: Index, over: Period, possible: Possible | None) -> Iterator[tuple[Period, Box]]:
    """Yield the combinations of facts that no row answers, for each stretch of days without a change."""
    steps = Steps()
    for period, rows in index.stretches(over):
        box = [(each, each.parts_on(rows)) for _, each in index.columns if each.free & rows != rows]
        for hole in _holes(rows, box, possible, steps):
            yield period, hole


def overlaps(
    index: Index, periods: Sequence[Period], possible: Possible | None
) -> Iterator[tuple[int, int, Period, Box]]:
    """Yield each pair of rows that match together, with the days and the facts on which they do."""
    steps = Steps()
    for number, period in enumerate(periods):
        for rival in bits(_rivals(index, number, len(periods))):
            days, box = period.shared(periods[rival]), _shared(index, 1 << number | 1 << rival)
            if days is not None and _can_occur(_NOTHING, box, possible, steps):
                yield number, rival, days, box


def _rivals(index: Index, number: int, count: int) -> int:
    """Return the rows after one that share a value with it for every fact."""
    bit = 1 << number
    rivals = (1 << count) - 2 * bit
    for _, column in index.columns:
        together = column.unstated if column.unstated & bit else 0
        for part in column.parts:
            together |= part.rows if part.rows & bit else 0
        rivals &= together
    return rivals


def _shared(index: Index, pair: int) -> Box:
    """Return the parts in which both rows match; a fact that both do without is left out."""
    columns = [column for _, column in index.columns if column.unstated & pair != pair]
    return [(column, [part for part in column.parts if part.rows & pair == pair]) for column in columns]


def reached(index: Index, row: int, rows: int, steps: Steps) -> bool:
    """Say whether, with *rows* in force, some facts are answered by *row* (a bit) and by none before it."""
    box = [(each, [part for part in each.parts_on(rows) if part.rows & row]) for _, each in index.columns]
    return any(True for _ in _holes(rows & (row - 1), box, None, steps))
