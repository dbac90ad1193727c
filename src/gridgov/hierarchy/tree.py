"""The index of one line: units in pre-order, so that everything below a unit stands together.

Nothing here calls itself, so depth costs no stack. Lists have one place more than there are units: the
parent of a root is -1, and in Python that is the last place, which takes what would go to a parent.
"""

from array import array
from collections.abc import Iterator, Sequence

from gridgov.hierarchy.columns import Units
from gridgov.hierarchy.model import Unit

__all__ = ["Tree", "compact", "depths", "peel", "rings"]

_LONGEST_KEPT = 64


def peel(up: Sequence[int]) -> tuple[list[int], list[int]]:
    """Take leaves off until none is left.

    Args:
        up: The parent of each number; -1 for none.

    Returns:
        The numbers in the order taken, children before parents, and how many each holds with itself.
        What is not taken stands on a ring.
    """
    waiting = [0] * (len(up) + 1)
    for above in up:
        waiting[above] += 1
    waiting[-1] = -1  # never falls to zero: there is nothing above a root
    taken = [number for number in range(len(up)) if not waiting[number]]
    size = [1] * (len(up) + 1)
    for number in taken:  # grows while it is read
        above = up[number]
        size[above] += size[number]
        waiting[above] -= 1
        if not waiting[above]:
            taken.append(above)
    return taken, size


def rings(up: Sequence[int], taken: Sequence[int]) -> list[list[int]]:
    """Return the rings among the numbers that `peel` could not take, each from its smallest number upwards."""
    left = set(range(len(up))).difference(taken)
    found = []
    for number in sorted(left):
        ring = []
        while number in left:
            left.discard(number)
            ring.append(number)
            number = up[number]
        if ring:
            found.append(ring)
    return found


def depths(up: Sequence[int], taken: Sequence[int]) -> list[int]:
    """Return how many units stand on the way to the root, itself counted, for each number that was taken."""
    depth = [0] * (len(up) + 1)
    for number in reversed(taken):
        depth[number] = depth[up[number]] + 1
    return depth[:-1]


def compact(numbers: list[int]) -> Sequence[int]:
    """Return a range where numbers only count up from 0, as where codes nest; or else an array."""
    return range(len(numbers)) if numbers == list(range(len(numbers))) else array("i", numbers)


class Tree:
    """One line on one day. A *place* is an index into its units in pre-order, siblings in order of id.

    Attributes:
        line: Id of the line.
        rows: The row of the unit at each place.
        parent: Place of each place's parent; -1 for the root.
        last: The place after the last unit below each place.
        place: The place of each unit number; -1 where the unit is not on the line.
        made: For each row, the object of its unit once it is made.
        above: The chains climbed so far, by place; siblings share what is above them. Nothing is above a root.
    """

    __slots__ = ("_levels", "_units", "above", "last", "line", "made", "parent", "place", "rows")

    def __init__(self, line: str, units: Units, members: Sequence[int], up: Sequence[int]) -> None:
        """Arrange the tree.

        Args:
            line: Id of the line.
            units: The rows of all units.
            members: The rows on the line, rising.
            up: The parent of each, as an index into *members*; -1 for the root. Free of rings.
        """
        taken, size = peel(up)
        used = [0] * (len(up) + 1)
        offset = []
        for index, above in enumerate(up):
            offset.append(used[above])
            used[above] += size[index]
        first = [-1] * (len(up) + 1)
        for index in reversed(taken):
            first[index] = first[up[index]] + 1 + offset[index]
        order = [0] * len(up)
        for index in range(len(up)):
            order[first[index]] = index
        self.line = line
        self.rows = compact([members[index] for index in order])
        self.parent = array("i", [first[up[index]] for index in order])
        self.last = array("i", [place + size[index] for place, index in enumerate(order)])
        self.place: Sequence[int] = ()
        self.above: dict[int, tuple[Unit, ...]] = {-1: ()}
        self.made = units.made
        self._units = units
        self._levels: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.parent)

    def __getitem__(self, place: int) -> Unit:
        """Return the unit at a place."""
        row = self.rows[place]
        return self.made[row] or self._units[row]

    def units(self) -> Iterator[Unit]:
        """Yield the units in pre-order."""
        return map(self._units.__getitem__, self.rows)

    def number(self, rows: Sequence[int]) -> None:
        """Learn the row of each unit number."""
        if rows == self.rows:
            self.place = range(len(self))
            return
        place = dict(zip(self.rows, range(len(self)), strict=True))
        self.place = array("i", [place.get(row, -1) for row in rows])

    def climb(self, place: int) -> tuple[Unit, ...]:
        """Return the unit at a place and all above it, and keep them in *above* for the next who asks."""
        here, found = place, [self[place]]
        while (here := self.parent[here]) >= 0:
            found.append(self[here])
        chain = tuple(found)
        if len(chain) <= _LONGEST_KEPT:
            self.above[place] = chain
        return chain

    def children(self, place: int) -> list[Unit]:
        """Return the units directly below a place."""
        found = []
        end, place = self.last[place], place + 1
        while place < end:
            found.append(self[place])
            place = self.last[place]
        return found

    def of_level(self, level: str) -> list[int]:
        """Return the places of the units of a level, rising."""
        if not self._levels:
            levels: dict[str, list[int]] = {}
            for place, row in enumerate(self.rows):
                levels.setdefault(self._units.levels[row], []).append(place)
            self._levels = levels
        return self._levels.get(level, [])
