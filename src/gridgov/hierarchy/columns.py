"""The columns an organisation is kept in, so that a million units and links need no object each."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter

import attrs

from gridgov.hierarchy.model import Link, Unit
from gridgov.values import Period

__all__ = ["NO_LINKS", "Links", "Units", "distinct", "in_force", "join"]


def _in_time(period: Period) -> tuple[date, date]:
    return period.start, period.end or date.max


def distinct(periods: Iterable[Period]) -> Iterable[Period]:
    """Return each period object once: a column mostly holds a few of them."""
    return {id(period): period for period in periods}.values()


def in_force(periods: Sequence[Period], day: date) -> Sequence[int]:
    """Return the rows whose period holds on a day, rising."""
    gone = {id(period) for period in distinct(periods) if day not in period}
    return [row for row, period in enumerate(periods) if id(period) not in gone] if gone else range(len(periods))


def join(periods: Iterable[Period]) -> list[Period]:
    """Return periods joined where they meet or overlap, in order of time."""
    joined: list[Period] = []
    for period in sorted(distinct(periods), key=_in_time):
        before = joined[-1] if joined else None
        if before is None or (before.end is not None and before.end < period.start):
            joined.append(period)
        elif before.end is not None and (period.end is None or before.end < period.end):
            joined[-1] = Period(before.start, period.end)
    return joined


class Units:
    """The rows of all units, in order of id and time. The object of a row is made when it is first asked for.

    Attributes:
        ids: The column of ids; beside it those of names, levels and periods.
        made: The objects made so far.
    """

    __slots__ = ("ids", "levels", "made", "names", "periods")

    def __init__(self, units: Iterable[Unit]) -> None:
        rows = sorted(units, key=attrgetter("id"))
        self.ids = [unit.id for unit in rows]
        if len(set(self.ids)) < len(rows):
            rows.sort(key=lambda unit: (unit.id, _in_time(unit.period), unit.name, unit.level))
        self.names = [unit.name for unit in rows]
        self.levels = [unit.level for unit in rows]
        self.periods = [unit.period for unit in rows]
        self.made: list[Unit | None] = [*rows]

    @classmethod
    def of_columns(cls, ids: list[str], names: list[str], levels: list[str], period: Period) -> "Units":
        """Return rows of one period from columns in order of id."""
        units = cls(())
        units.ids, units.names, units.levels = ids, names, levels
        units.periods = [period] * len(ids)
        units.made = [None] * len(ids)
        return units

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> Unit:
        return self.made[row] or self._make(row)

    def _make(self, row: int) -> Unit:
        unit = Unit(self.ids[row], self.names[row], self.levels[row], self.periods[row])
        self.made[row] = unit
        return unit

    def __iter__(self) -> Iterator[Unit]:
        return map(self.__getitem__, range(len(self)))


@attrs.frozen
class Links:
    """The links of one relation in order of start, time and end; as columns: a million need no object each."""

    starts: list[str]
    ends: list[str]
    periods: list[Period]

    @classmethod
    def by_relation(cls, links: Iterable[Link]) -> dict[str, "Links"]:
        """Return columns for each relation."""
        found: dict[str, Links] = {}
        for link in sorted(links, key=lambda link: (link.relation, link.start, _in_time(link.period), link.end)):
            columns = found.setdefault(link.relation, cls([], [], []))
            columns.starts.append(link.start)
            columns.ends.append(link.end)
            columns.periods.append(link.period)
        return found

    @classmethod
    def of_columns(cls, starts: list[str], ends: list[str], period: Period) -> "Links":
        """Return links of one period from columns in order of start; where the end is blank there is none."""
        rows = [row for row, end in enumerate(ends) if end]
        return cls([starts[row] for row in rows], [ends[row] for row in rows], [period] * len(rows))

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[tuple[str, str, Period]]:
        return zip(self.starts, self.ends, self.periods, strict=True)

    def on(self, day: date) -> tuple[Sequence[str], Sequence[str]]:
        """Return the starts and ends of the links in force on a day."""
        rows = in_force(self.periods, day)
        if len(rows) == len(self):
            return self.starts, self.ends
        return [self.starts[row] for row in rows], [self.ends[row] for row in rows]

    def of(self, start: str) -> list[tuple[Period, str]]:
        """Return period and end of a unit's links, in order of time."""
        low, high = bisect_left(self.starts, start), bisect_right(self.starts, start)
        return list(zip(self.periods[low:high], self.ends[low:high], strict=True))


NO_LINKS = Links([], [], [])
