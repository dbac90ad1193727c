"""The index of one line: units in pre-order, so that everything below a unit stands together.

Nothing here calls itself, so depth costs no stack. Lists have one place more than there are units: the
parent of a root is -1, and in Python that is the last place, which takes what would go to a parent.
"""

from array import array
from collections.abc import Mapping, Sequence

from gridgov.hierarchy.model import Unit

__all__ = ["Tree", "depths", "peel", "rings"]

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


class Tree:
    """One line on one day.

    Attributes:
        line: Id of the line.
        units: The units of the line in pre-order; siblings in order of id. A *place* is an index into it.
        parent: Place of each place's parent; -1 for the root.
        last: The place after the last unit below each place.
        place: The place of each unit number; -1 where the unit is not on the line.
    """

    __slots__ = ("_above", "_levels", "last", "line", "parent", "place", "units")

    def __init__(self, line: str, units: Sequence[Unit], up: Sequence[int]) -> None:
        """Arrange the tree.

        Args:
            line: Id of the line.
            units: The units of the line, in order of id.
            up: The parent of each, as an index into *units*; -1 for the root. Free of rings.
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
        self.units = [units[index] for index in order]
        self.parent = array("i", [first[up[index]] for index in order])
        self.last = array("i", [place + size[index] for place, index in enumerate(order)])
        self.place: Sequence[int] = range(len(up))
        self._above: dict[int, tuple[Unit, ...]] = {}
        self._levels: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.units)

    def number(self, numbers: Mapping[str, int]) -> None:
        """Learn the numbers of the units, ids to numbers; where these are the places, a range says it all."""
        if len(self) < len(numbers) or any(numbers[unit.id] != place for place, unit in enumerate(self.units)):
            self.place = array("i", [-1]) * len(numbers)
            for place, unit in enumerate(self.units):
                self.place[numbers[unit.id]] = place

    def chain(self, place: int) -> tuple[Unit, ...]:
        """Return the unit at a place and all above it, up to the root. Siblings share what is above them."""
        above = self.parent[place]
        if above < 0:
            return (self.units[place],)
        chain = self._above.get(above)
        if chain is None:
            chain = self._climb(above)
            if len(chain) <= _LONGEST_KEPT:
                self._above[above] = chain
        return (self.units[place], *chain)

    def _climb(self, place: int) -> tuple[Unit, ...]:
        units, parent = self.units, self.parent
        found = [units[place]]
        while (place := parent[place]) >= 0:
            found.append(units[place])
        return tuple(found)

    def children(self, place: int) -> list[Unit]:
        """Return the units directly below a place."""
        found = []
        end, place = self.last[place], place + 1
        while place < end:
            found.append(self.units[place])
            place = self.last[place]
        return found

    def of_level(self, level: str) -> list[int]:
        """Return the places of the units of a level, rising."""
        if not self._levels:
            levels: dict[str, list[int]] = {}
            for place, unit in enumerate(self.units):
                levels.setdefault(unit.level, []).append(place)
            self._levels = levels
        return self._levels.get(level, [])
