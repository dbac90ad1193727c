"""All units and links of an organisation through time, in columns and in one order."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from operator import attrgetter

import attrs

from gridgov.errors import NotInForceError
from gridgov.hierarchy.model import Link, Relation, Unit
from gridgov.values import Period

__all__ = ["NO_LINKS", "Links", "Register", "join", "near"]

_NEIGHBOURS = 50


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

    def __iter__(self) -> Iterator[tuple[str, str, Period]]:
        return zip(self.starts, self.ends, self.periods, strict=True)

    def on(self, day: date) -> Iterator[tuple[str, str]]:
        """Yield the start and end of each link in force on a day."""
        for start, end, period in self:
            if period.start <= day and (period.end is None or day < period.end):
                yield start, end

    def of(self, start: str) -> list[tuple[Period, str]]:
        """Return period and end of a unit's links, in order of time."""
        low, high = bisect_left(self.starts, start), bisect_right(self.starts, start)
        return list(zip(self.periods[low:high], self.ends[low:high], strict=True))


NO_LINKS = Links([], [], [])


def _in_time(period: Period) -> tuple[date, date]:
    return period.start, period.end or date.max


def join(periods: Iterable[Period]) -> list[Period]:
    """Return periods joined where they meet or overlap, in order of time."""
    joined: list[Period] = []
    for period in sorted(set(periods), key=_in_time):
        before = joined[-1] if joined else None
        if before is None or (before.end is not None and before.end < period.start):
            joined.append(period)
        elif before.end is not None and (period.end is None or before.end < period.end):
            joined[-1] = Period(before.start, period.end)
    return joined


def near(text: str, ids: Sequence[str]) -> list[str]:
    """Return at most three ids like *text*, among its neighbours in the sorted *ids*.

    >>> near("gird-1", ["community-1", "grid-1", "grid-2"])
    ['grid-1']
    """
    here = bisect_left(ids, text)
    return get_close_matches(text, ids[max(0, here - _NEIGHBOURS) : here + _NEIGHBOURS], cutoff=0.7)


class Register:
    """Units in order of id and time, and links by relation.

    Attributes:
        units: All rows.
        first: For each id, the index of its first row.
        links: Columns for each relation.
    """

    __slots__ = ("first", "links", "units")

    def __init__(self, units: Iterable[Unit], links: Mapping[str, Links]) -> None:
        rows = sorted(units, key=attrgetter("id"))
        self.first = {row.id: index for index, row in enumerate(rows)}
        if len(self.first) < len(rows):  # some id has several rows
            rows.sort(key=lambda row: (row.id, _in_time(row.period), row.name, row.level))
            self.first = {}
            for index, row in enumerate(rows):
                self.first.setdefault(row.id, index)
        self.units = rows
        self.links = dict(sorted(links.items()))

    def history(self, unit: str) -> tuple[Unit, ...]:
        """Return all rows of an id, in order of time."""
        index = self.first.get(unit)
        if index is None:
            return ()
        end = index + 1
        while end < len(self.units) and self.units[end].id == unit:
            end += 1
        return tuple(self.units[index:end])

    def unknown(self, unit: str) -> NotInForceError:
        """Return the refusal of an id that was never used."""
        like = near(str(unit), list(self.first))
        hint = f"did you mean {' or '.join(like)}?" if like else ""
        return NotInForceError.of("unknown_unit", f"no unit {unit!r}", hint=hint)

    def on(self, unit: str, day: date) -> Unit | None:
        """Return the row of an id that holds on a day."""
        return next((row for row in self.history(unit) if day in row.period), None)

    def successors(self, unit: str, day: date) -> tuple[Unit, ...]:
        """Return who stands in a unit's place on a day: itself if in force, or those it was handed over to."""
        links = self.links.get(Relation.SUCCESSOR.value, NO_LINKS)
        found, seen, ahead = [], {unit}, [unit]
        for name in ahead:  # grows while it is read
            row = self.on(name, day)
            if row is not None:
                found.append(row)
                continue
            heirs = [end for period, end in links.of(name) if day in period and end not in seen]
            seen.update(heirs)
            ahead.extend(heirs)
        return tuple(sorted(found, key=attrgetter("id")))

    def change_days(self) -> list[date]:
        """Return each day on which a unit or link begins or ends, rising."""
        days = {row.period.start for row in self.units}
        days.update(row.period.end for row in self.units if row.period.end is not None)
        for links in self.links.values():
            days.update(period.start for period in links.periods)
            days.update(period.end for period in links.periods if period.end is not None)
        return sorted(days)

    def all_links(self) -> list[Link]:
        """Return every link, in one order."""
        return [
            Link(start, relation, end, period) for relation, tie in self.links.items() for start, end, period in tie
        ]
