"""All units and links of an organisation through time."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from operator import attrgetter

from gridgov.errors import NotInForceError
from gridgov.hierarchy.columns import NO_LINKS, Links, Units, distinct
from gridgov.hierarchy.model import Link, Relation, Unit

__all__ = ["Register", "near"]

_NEIGHBOURS = 50


def near(text: str, ids: Sequence[str]) -> list[str]:
    """Return at most three ids like *text*, among its neighbours in the sorted *ids*.

    >>> near("gird-1", ["community-1", "grid-1", "grid-2"])
    ['grid-1']
    """
    here = bisect_left(ids, text)
    return get_close_matches(text, ids[max(0, here - _NEIGHBOURS) : here + _NEIGHBOURS], cutoff=0.7)


class Register:
    """All rows of units, and the links of each relation.

    Attributes:
        units: The rows of units.
        first: For each id, in order, its first row.
        links: Columns for each relation.
    """

    __slots__ = ("_resolved", "first", "links", "units")

    def __init__(self, units: Units, links: Mapping[str, Links]) -> None:
        self.units = units
        self.first = dict(zip(units.ids, range(len(units)), strict=True))
        if len(self.first) < len(units):  # some id has several rows
            self.first = {}
            for row, unit in enumerate(units.ids):
                self.first.setdefault(unit, row)
        self.links = dict(sorted(links.items()))
        self._resolved: dict[str, tuple[list[int], list[int]]] = {}

    def resolved(self, relation: str) -> tuple[list[int], list[int]]:
        """Return the first rows of the starts and of the ends of a relation's links, without unknown ids."""
        if relation not in self._resolved:
            links = self.links.get(relation, NO_LINKS)
            starts = [row for row in map(self.first.get, links.starts) if row is not None]
            ends = [row for row in map(self.first.get, links.ends) if row is not None]
            self._resolved[relation] = starts, ends
        return self._resolved[relation]

    def history(self, unit: str) -> tuple[Unit, ...]:
        """Return all rows of an id, in order of time."""
        row = end = self.first.get(unit, len(self.units))
        while end < len(self.units) and self.units.ids[end] == unit:
            end += 1
        return tuple(map(self.units.__getitem__, range(row, end)))

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
        periods = [self.units.periods, *(links.periods for links in self.links.values())]
        found = [period for column in periods for period in distinct(column)]
        ends = {period.end for period in found if period.end is not None}
        return sorted(ends.union(period.start for period in found))

    def all_links(self) -> list[Link]:
        """Return every link, in one order."""
        return [
            Link(start, relation, end, period) for relation, tie in self.links.items() for start, end, period in tie
        ]
