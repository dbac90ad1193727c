"""Deadlines: which matter has something falling due next. It costs what is due, not what is open."""

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush

from gridgov.handling import next_moment
from gridgov.matters import Matter

__all__ = ["Deadlines"]

_Entry = tuple[datetime, int, str]


class Deadlines:
    """The next moment of each matter, earliest first.

    A moment that moved stays in the heap until it comes up, and is then passed over: changing one costs no search.
    """

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._next: dict[str, _Entry] = {}

    def __len__(self) -> int:
        return len(self._next)

    def note(self, matter: Matter) -> None:
        """Note what falls due next on a matter, or that nothing does."""
        falling = next_moment(matter)
        if falling is None:
            self._next.pop(matter.id, None)
            return
        moment = falling[0]
        self.add(matter.id, moment.at, moment.percent)

    def add(self, matter: str, at: datetime, percent: int) -> None:
        """Note that a matter's next moment is at an instant."""
        entry = (at, percent, matter)
        if self._next.get(matter) != entry:
            self._next[matter] = entry
            heappush(self._heap, entry)

    def first(self, at: datetime) -> str | None:
        """Return the matter of the earliest moment that has come by *at*; None when none has."""
        heap = self._heap
        while heap:
            entry = heap[0]
            if self._next.get(entry[2]) != entry:
                heappop(heap)
                continue
            come = entry[0] <= at if entry[1] < 100 else entry[0] < at
            return entry[2] if come else None
        return None

    def until(self, at: datetime) -> Iterator[tuple[datetime, str]]:
        """Yield the next moment of every matter that has one up to *at*, earliest first."""
        known = sorted(entry for entry in self._next.values() if entry[0] <= at)
        return ((when, matter) for when, _, matter in known)
