"""The organisation as it is on one day, and what one may ask about it.

Questions about units take ids and use an index built once for all the days on which nothing changes:
they cost O(depth) or O(1). Each line keeps its units in pre-order; on the first line a unit's number is its place.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from gridgov.errors import AmbiguousRuleError, NotInForceError
from gridgov.hierarchy import pictures
from gridgov.hierarchy.answers import Coverage, Covering, LevelRow, Scope
from gridgov.hierarchy.columns import NO_LINKS, Links, in_force
from gridgov.hierarchy.model import Relation, Scheme, Unit
from gridgov.hierarchy.register import Register
from gridgov.hierarchy.tree import Tree, compact
from gridgov.values import Period

__all__ = ["Structure"]

_Ties = dict[str, tuple[Unit, ...]]


class Structure:
    """All units and links in force on one day; made by `Organization.at`.

    Every question about a unit refuses an id that has no unit on the day with `NotInForceError`: code
    ``unknown_unit``, or ``unit_not_in_force`` with its dates and who followed it. A question without *line*
    uses the line of the unit asked about: the first that its level states.

    Attributes:
        day: The day asked for.
        period: The days around it on which nothing changes.
    """

    __slots__ = (
        "_last",
        "_main",
        "_number",
        "_place",
        "_register",
        "_rows",
        "_scheme",
        "_ties",
        "_trees",
        "day",
        "period",
    )

    def __init__(self, scheme: Scheme, register: Register, period: Period) -> None:
        """Build the index for a period in which nothing changes."""
        day, units = period.start, register.units
        rows = in_force(units.periods, day)
        self._scheme = scheme
        self._register = register
        self._trees = {line: self._tree(line, rows, day) for line in scheme.lines}
        self._main = next(iter(self._trees.values()))
        self._rows = self._order(rows)
        self._number = self._numbered(rows)
        for tree in self._trees.values():
            tree.number(self._rows)
        self._place = self._placed()
        self._last = self._main.last
        self._ties = {word.value: self._tied(register.links.get(word.value, NO_LINKS), day) for word in Relation}
        self.day = day
        self.period = period

    def _tree(self, line: str, rows: Sequence[int], day: date) -> Tree:
        register, levels = self._register, self._scheme.on(line)
        members = [row for row in rows if register.units.levels[row] in levels]
        links = register.links.get(line, NO_LINKS)
        starts, ends = links.on(day)
        if len(members) == len(register.units) and len(starts) == len(links):
            children, parents = register.resolved(line)
        else:
            index = {register.units.ids[row]: at for at, row in enumerate(members)}
            children, parents = [index[start] for start in starts], [index[end] for end in ends]
        up = [-1] * len(members)
        for child, parent in zip(children, parents, strict=True):
            up[child] = parent
        return Tree(line, register.units, members, up)

    def _order(self, rows: Sequence[int]) -> Sequence[int]:
        """Return the row of each number: those of the first line by their places, then the rest."""
        first = self._main.rows
        if len(first) == len(rows):
            return first
        others = set(rows).difference(first)
        return compact([*first, *sorted(others)])

    def _numbered(self, rows: Sequence[int]) -> dict[str, int]:
        """Return the number of each id, the ids in order."""
        if self._rows == rows == range(len(self._register.units)):
            return self._register.first
        number = {row: number for number, row in enumerate(self._rows)}
        return {self._register.units.ids[row]: number[row] for row in rows}

    def _placed(self) -> dict[str, int]:
        """Return the place of each unit whose own line is the first; its number says as much."""
        levels = self._register.units.levels
        elsewhere = {level for level in set(levels) if self._scheme.own_line(level) != self._main.line}
        if not elsewhere:
            return self._number
        return {unit: number for unit, number in self._number.items() if levels[self._rows[number]] not in elsewhere}

    def _own(self, number: int) -> Tree:
        """Return the line that a unit's level states first."""
        return self._trees[self._scheme.own_line(self._register.units.levels[self._rows[number]])]

    def _tied(self, links: Links, day: date) -> tuple[_Ties, _Ties]:
        """Return the units at the other end of the links of one relation, forwards and backwards."""
        forth: dict[str, set[int]] = {}
        back: dict[str, set[int]] = {}
        for start, end in zip(*links.on(day), strict=True):
            if start in self._number and end in self._number:  # a successor outlives whom it follows
                forth.setdefault(start, set()).add(self._number[end])
                back.setdefault(end, set()).add(self._number[start])
        return self._listed(forth), self._listed(back)

    def _listed(self, ties: Mapping[str, set[int]]) -> _Ties:
        units = self._register.units
        rows = {unit: sorted(self._rows[number] for number in numbers) for unit, numbers in ties.items()}
        return {unit: tuple(map(units.__getitem__, found)) for unit, found in rows.items()}

    def _on(self, day: date) -> "Structure":
        """Return the same structure for another day of its period."""
        if day == self.day:
            return self
        other = object.__new__(Structure)
        for name in Structure.__slots__:
            setattr(other, name, getattr(self, name))
        other.day = day
        return other

    # Units

    def __len__(self) -> int:
        return len(self._number)

    def __iter__(self) -> Iterator[Unit]:
        """Iterate over the units, in order of id."""
        return map(self._at, self._number.values())

    def _at(self, number: int) -> Unit:
        return self._register.units[self._rows[number]]

    def __contains__(self, unit: object) -> bool:
        return unit in self._number

    def __repr__(self) -> str:
        return f"<Structure of {self.day}: {len(self)} units, lines {', '.join(self._trees)}>"

    @property
    def lines(self) -> tuple[str, ...]:
        """The ids of the lines, as declared."""
        return tuple(self._trees)

    def get(self, unit: str) -> Unit | None:
        """Return a unit; None when there is none of that id on the day."""
        number = self._number.get(unit)
        return None if number is None else self._at(number)

    def unit(self, unit: str) -> Unit:
        """Return a unit."""
        try:
            return self._at(self._number[unit])
        except KeyError:
            raise self._absent(unit) from None

    def of_level(self, level: str) -> tuple[Unit, ...]:
        """Return the units of a level, in order of id."""
        self._known_level(level)
        return tuple(unit for unit in self if unit.level == level)

    def line_of(self, unit: str) -> str:
        """Return the line that questions about a unit use when none is named."""
        self.unit(unit)
        return self._own(self._number[unit]).line

    def _absent(self, unit: str) -> NotInForceError:
        rows = self._register.history(unit)
        if not rows:
            return self._register.unknown(unit)
        dates = f"it is in force {rows[0].period.start} to {rows[-1].period.end or 'further notice'}"
        heirs = ", ".join(heir.id for heir in self._register.successors(unit, self.day))
        hint = f"its successor on that day: {heirs}" if heirs else "no successor is known"
        return NotInForceError.of(
            "unit_not_in_force", f"unit {unit!r} is not in force on {self.day}; {dates}", hint=hint
        )

    def _known_level(self, level: str) -> None:
        if level not in self._scheme.levels:
            hint = f"the levels are {', '.join(self._scheme.levels)}"
            raise NotInForceError.of("unknown_level", f"no level {level!r}", hint=hint)

    def _line(self, line: str | None) -> Tree:
        """Return the tree of a line; of the first when none is named."""
        if line is None:
            return self._main
        if line not in self._trees:
            raise NotInForceError.of("unknown_line", f"no line {line!r}", hint=f"the lines are {', '.join(self.lines)}")
        return self._trees[line]

    def _find(self, unit: str, line: str | None) -> tuple[Tree, int]:
        """Return a tree and the place of a unit on it."""
        if line is None and (known := self._place.get(unit)) is not None:
            return self._main, known
        try:
            number = self._number[unit]
        except KeyError:
            raise self._absent(unit) from None
        if line is None:
            tree = self._own(number)
            return tree, tree.place[number]
        tree = self._line(line)
        place = tree.place[number]
        if place < 0:
            raise NotInForceError.of("not_on_line", f"unit {unit!r} does not stand on line {tree.line!r}")
        return tree, place

    # Upwards

    def root(self, line: str | None = None) -> Unit:
        """Return the unit that has no other above it on a line, the first line when none is named.

        Raises:
            NotInForceError: No unit stands on the line on the day (code ``no_root``), or ``unknown_line``.
        """
        tree = self._line(line)
        if not tree:
            raise NotInForceError.of("no_root", f"no unit stands on line {tree.line!r} on {self.day}")
        return tree[0]

    def parent(self, unit: str, line: str | None = None) -> Unit | None:
        """Return the unit directly above; None for the root."""
        tree, place = self._find(unit, line)
        above = tree.parent[place]
        return tree[above] if above >= 0 else None

    def parents(self, line: str | None = None) -> dict[str, Unit]:
        """Return the unit directly above each unit of a line but its root."""
        tree = self._line(line)
        pairs = zip(tree.units(), tree.parent, strict=True)
        return {unit.id: tree[above] for unit, above in pairs if above >= 0}

    def chain(self, unit: str, line: str | None = None) -> tuple[Unit, ...]:
        """Return the unit itself and all above it, up to the root."""
        place = self._place.get(unit) if line is None else None
        if place is None:
            tree, place = self._find(unit, line)
        else:
            tree = self._main
        parent = tree.parent[place]
        above = tree.above.get(parent)
        if above is None:
            above = tree.climb(parent)
        return (tree.made[tree.rows[place]] or tree[place], *above)

    def ancestor(self, unit: str, level: str, line: str | None = None) -> Unit | None:
        """Return the nearest unit of a level, beginning with the unit itself; None when none is above it."""
        tree, place = self._find(unit, line)
        while place >= 0:
            found = tree[place]
            if found.level == level:
                return found
            place = tree.parent[place]
        self._known_level(level)
        return None

    def path_to(self, unit: str, of: str, line: str | None = None) -> tuple[Unit, ...]:
        """Return the chain from a unit up to one it is inside of, both included.

        Raises:
            NotInForceError: It is not inside (code ``not_inside``).
        """
        if not self.is_inside(unit, of, line):
            raise NotInForceError.of("not_inside", f"unit {unit!r} is not inside {of!r}")
        chain = self.chain(unit, line)
        return chain[: next(at for at, above in enumerate(chain, 1) if above.id == of)]

    def is_inside(self, unit: str, of: str, line: str | None = None) -> bool:
        """Say whether *of* is the unit itself or above it. On a line where one of them does not stand: no."""
        if line is None:
            places = self._place
            try:
                place, top = places[unit], places[of]
            except KeyError:
                pass  # at least one is unknown, or of another line
            else:
                return top <= place < self._last[top]
        return self._is_inside(unit, of, line)

    def are_inside(self, units: Collection[str], of: str, line: str | None = None) -> list[bool]:
        """Say of each of many units what `is_inside` says of one, several times quicker for thousands."""
        if line is None and of in self._place:
            top, last = self._place[of], self._last[self._place[of]]
            try:
                return [top <= place < last for place in map(self._place.__getitem__, units)]
            except KeyError:
                pass  # at least one is unknown, or of another line
        return [self.is_inside(unit, of, line) for unit in units]

    def _is_inside(self, unit: str, of: str, line: str | None) -> bool:
        number, other = (self._number[self.unit(name).id] for name in (unit, of))
        tree = self._own(number) if line is None else self._line(line)
        top = tree.place[other]
        return 0 <= top <= tree.place[number] < tree.last[top]

    def common_superior(self, one: str, other: str, line: str | None = None) -> Unit:
        """Return the lowest unit that both are inside of; it may be one of them."""
        tree, place = self._find(one, line)
        _, second = self._find(other, tree.line)
        while not place <= second < tree.last[place]:
            place = tree.parent[place]
        return tree[place]

    def escalation_path(
        self,
        unit: str,
        levels: Iterable[str],
        line: str | None = None,
        skip_absent: Collection[str] = frozenset(),
    ) -> tuple[Unit, ...]:
        """Return the unit of each level above (or at) a unit, in the order of *levels*.

        Args:
            unit: Where the path begins.
            levels: The levels that answer, from below.
            line: The line to climb.
            skip_absent: Levels that may be missing; any other missing level is a refusal.

        Raises:
            NotInForceError: Levels are missing (code ``level_missing``, one fault each).
        """
        above = {found.level: found for found in reversed(self.chain(unit, line))}
        path, missing = [], []
        for level in levels:
            self._known_level(level)
            if level in above:
                path.append(above[level])
            elif level not in skip_absent:
                missing.append(level)
        if missing:
            raise self._without(unit, missing)
        return tuple(path)

    def _without(self, unit: str, levels: Iterable[str]) -> NotInForceError:
        hint = "add the unit, or let the step be skipped where its level is absent"
        error = NotInForceError.of
        return NotInForceError(
            fault
            for level in levels
            for fault in error("level_missing", f"no {level!r} above unit {unit!r} on {self.day}", hint=hint).faults
        )

    # Downwards

    def children(self, unit: str, line: str | None = None) -> tuple[Unit, ...]:
        """Return the units directly below, in order of id."""
        tree, place = self._find(unit, line)
        return tuple(tree.children(place))

    def below(self, unit: str, line: str | None = None, level: str | None = None) -> tuple[Unit, ...]:
        """Return all units below, each before those below it; only those of *level* when one is named."""
        tree, place = self._find(unit, line)
        if level is None:
            return tuple(map(tree.__getitem__, range(place + 1, tree.last[place])))
        places, low, high = self._span(tree, place, level)
        return tuple(map(tree.__getitem__, places[low:high]))

    def count_below(self, unit: str, line: str | None = None, level: str | None = None) -> int:
        """Return how many units are below, of all levels or of one."""
        if level is None and line is None:
            try:
                place = self._place[unit]
            except KeyError:
                pass  # unknown, or of another line
            else:
                return self._last[place] - place - 1
        tree, place = self._find(unit, line)
        if level is None:
            return tree.last[place] - place - 1
        _, low, high = self._span(tree, place, level)
        return high - low

    def _span(self, tree: Tree, place: int, level: str) -> tuple[list[int], int, int]:
        self._known_level(level)
        places = tree.of_level(level)
        return places, bisect_left(places, place + 1), bisect_left(places, tree.last[place])

    def roll_up(self, values: Mapping[str, int], line: str | None = None) -> dict[str, int]:
        """Return for each unit of a line the sum of the values of itself and all below it.

        Args:
            values: A number for each unit that has one, such as matters received.
            line: The line to add up along; the first when none is named.
        """
        tree = self._line(line)
        sums = [0] * (len(tree) + 1)  # the last takes what goes beyond the root
        for unit, value in values.items():
            sums[self._find(unit, tree.line)[1]] += value
        for place in reversed(range(len(tree))):
            sums[tree.parent[place]] += sums[place]
        return {unit.id: total for unit, total in zip(tree.units(), sums, strict=False)}

    # Tables

    def counts(self) -> dict[str, int]:
        """Return how many units there are of each level, in the order levels are declared."""
        found = Counter(map(self._register.units.levels.__getitem__, self._rows))
        return {level: found[level] for level in self._scheme.levels}

    def coverage(self, line: str | None = None) -> tuple[LevelRow, ...]:
        """Return, for each level of a line as declared, its units and how many stand directly below each."""
        tree = self._line(line)
        below = Counter(tree.parent)
        on = self._scheme.on(tree.line)
        return tuple(_level_row(tree, level, below) for level in self._scheme.levels if level in on)

    # Links

    def linked(self, unit: str, relation: str) -> tuple[Unit, ...]:
        """Return the units that links of a relation lead to from a unit, in order of id.

        Args:
            unit: Where the links start.
            relation: ``covers``, ``stationed_at``, ``paired`` or ``successor``.

        Raises:
            NotInForceError: Another relation (code ``unknown_relation``); for lines use `parent` and `children`.
        """
        return self._tie(relation)[0].get(self.unit(unit).id, ())

    def linking(self, unit: str, relation: str) -> tuple[Unit, ...]:
        """Return the units from which links of a relation lead to a unit: `linked` backwards."""
        return self._tie(relation)[1].get(self.unit(unit).id, ())

    def _tie(self, relation: str) -> tuple[_Ties, _Ties]:
        try:
            return self._ties[relation]
        except KeyError:
            hint = f"the relations are {', '.join(self._ties)}"
            raise NotInForceError.of("unknown_relation", f"no relation {relation!r}", hint=hint) from None

    def covers(self, unit: str) -> tuple[Unit, ...]:
        """Return all that a unit covers: what it is linked to, and everything below that, in order of id."""
        found = {under.id: under for top in self.linked(unit, "covers") for under in (top, *self.below(top.id))}
        return tuple(found[name] for name in sorted(found))

    def covered_by(self, unit: str) -> tuple[Unit, ...]:
        """Return all that cover a unit, or a unit above it: the nearest first."""
        found = {over.id: over for above in self.chain(unit) for over in self.linking(above.id, "covers")}
        return tuple(found.values())

    def covering(self, level: str, by_level: str) -> tuple[Coverage, ...]:
        """Return how each unit of a level is covered by units of another: by its own, jointly, or not at all.

        A unit's own covers no other of the level, or is stationed at the unit. A Party branch may cover several
        grids: a joint branch is lawful, and no gap; it is the grid's own where it sits, and joint for the others.
        """
        self._known_level(by_level)
        return tuple(self._covering(unit, by_level) for unit in self.of_level(level))

    def _covering(self, unit: Unit, by_level: str) -> Coverage:
        direct = tuple(over for over in self.linking(unit.id, "covers") if over.level == by_level)
        by = direct or tuple(over for over in self.covered_by(unit.id) if over.level == by_level)
        if not by:
            return Coverage(unit, Covering.NONE)
        here = self.linking(unit.id, "stationed_at")
        others = {
            over.id: self._beside(unit, self.linked(over.id, "covers") if direct else self.covers(over.id))
            for over in by
        }
        shared = {other.id: other for found in others.values() for other in found}
        own = any(over in here or not others[over.id] for over in by)
        covering = Covering.OWN if own else Covering.JOINT
        return Coverage(unit, covering, by, tuple(shared[name] for name in sorted(shared)))

    def _beside(self, unit: Unit, covered: Iterable[Unit]) -> list[Unit]:
        return [each for each in covered if each.level == unit.level and each.id != unit.id]

    def uncovered(self, level: str, by_level: str) -> tuple[Coverage, ...]:
        """Return the units of a level without their own of another level: each with who covers it jointly, or none.

        Of 100 grids with 97 Party branches, these are the three whose branch sits at another grid.
        """
        return tuple(row for row in self.covering(level, by_level) if row.covering is not Covering.OWN)

    def stationed(self, kind: str, place: str) -> Unit | None:
        """Return the agency of a kind for a place: stationed there, or at the nearest unit above it.

        Raises:
            AmbiguousRuleError: Several are stationed at the same unit (code ``several_stationed``).
        """
        for above in self.chain(place):
            found = [agency for agency in self.linking(above.id, "stationed_at") if agency.kind == kind]
            if len(found) > 1:
                names = ", ".join(agency.id for agency in found)
                message = f"several agencies of kind {kind!r} are stationed at {above.id!r}: {names}"
                raise AmbiguousRuleError.of("several_stationed", message, hint="name the unit instead")
            if found:
                return found[0]
        return None

    def scope(self, actor: str, target: str) -> Scope:
        """Say whether one unit may act on another: it is above it on a line, or covers it or a unit above it."""
        one, other = self.unit(actor), self.unit(target)
        for line in self.lines:
            if self.is_inside(target, actor, line):
                return Scope(actor=one, target=other, by=line, chain=self.path_to(target, actor, line))
        covered = {unit.id for unit in self.linked(actor, "covers")}
        chain = self.chain(target)
        for at, above in enumerate(chain, 1):
            if above.id in covered:
                return Scope(actor=one, target=other, by="covers", chain=(*chain[:at], one))
        return Scope(actor=one, target=other)

    # Other forms

    def graph(self, line: str | None = None) -> Any:
        """Return a line as a frozen `networkx.DiGraph`: nodes are ids with name and level, edges lead downwards."""
        return pictures.graph(self._line(line))

    def to_node_link(self, line: str | None = None) -> dict[str, Any]:
        """Return a line as node-link data, as networkx and D3 read it."""
        return pictures.node_link(self._line(line))

    def to_mermaid(self, line: str | None = None, max_units: int = 500) -> str:
        """Return a line as a Mermaid flowchart, its names escaped.

        Raises:
            LimitError: The line has more than *max_units* units (code ``limit_units``).
        """
        return pictures.mermaid(self._line(line), max_units)


def _level_row(tree: Tree, level: str, below: Mapping[int, int]) -> LevelRow:
    children = [below[place] for place in tree.of_level(level)]
    return LevelRow(
        level=level,
        count=len(children),
        min_children=min(children, default=None),
        max_children=max(children, default=None),
        mean_children=Fraction(sum(children), len(children)) if children else None,
    )
