"""What an organisation is made of: lines, levels, units and links, and the scheme of the lines."""

from collections.abc import Iterable, Mapping
from enum import Enum, unique

import attrs

from gridgov.values import Basis, Citation, Label, Period, Shown

__all__ = ["Level", "Line", "Link", "Relation", "Scheme", "Unit"]


@unique
class Relation(Enum):
    """What a link that is not of a line says. Values are the words packs use."""

    COVERS = "covers"
    """The start is responsible for the end, such as a joint Party branch for its grids."""
    STATIONED_AT = "stationed_at"
    """The start, an agency, works at the end."""
    SUCCESSOR = "successor"
    """The end takes over from the start, from the first day of the link."""
    PAIRED = "paired"
    """The start is paired with the end, such as a department with a community."""


@attrs.frozen
class Line:
    """A tree over units: the territory 块, a function 条, the Party."""

    id: str
    label: Label


def _parents(parents: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return {line: tuple(levels) for line, levels in parents.items()}


@attrs.frozen(kw_only=True)
class Level:
    """A rank of units.

    Attributes:
        id: The word units use.
        label: Its name for people.
        parents: For each line the level stands on, the levels its parent may have; none where the unit is the root.
            The first line is the level's own: questions about its units use it unless another is named.
        code_digits: Where set, a unit's id is that many digits, and begins with the id of its parent on the level's
            own line if that has digits too.
    """

    id: str
    label: Label
    parents: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=_parents)
    code_digits: int | None = None


@attrs.frozen
class Unit(Shown):
    """An office, agency, community, grid …, for as long as nothing about it changes.

    A unit that is renamed, or changes its level, has one row for each period, all under one id.
    Whether the words are sound is for `Organization` to say, which reports all faults at once.

    Attributes:
        id: Its code: 1 to 64 ASCII letters, digits, ``.``, ``_``, ``-``. Never used again after abolition.
        name: Its name, in its own language.
        level: Id of its level.
        period: The days on which the row holds.
        kind: Its function, such as ``police``, in a word of the pack.
        accountability: To whom it answers, such as ``county`` or ``vertical``, in a word of the pack.
        name_en: Its name in English.
        basis: What the row rests on.
        source: Where it is stated.
    """

    id: str
    name: str
    level: str
    period: Period
    kind: str = ""
    accountability: str = ""
    name_en: str = ""
    basis: Basis = Basis.STATED
    source: Citation | None = None

    @property
    def place(self) -> str:
        """How faults name the row, such as ``unit g1 from 2020-07-01``."""
        return f"unit {self.id} from {self.period.start}"

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


@attrs.frozen
class Link:
    """A dated tie between two units.

    Attributes:
        start: Id of a unit.
        relation: Id of a line (*end* is the parent of *start* there), or a word of `Relation`.
        end: Id of another unit.
        period: The days on which it holds.
    """

    start: str
    relation: str
    end: str
    period: Period

    @property
    def place(self) -> str:
        """How faults name the link, such as ``link g1 territory c1 from 2020-07-01``."""
        return f"link {self.start} {self.relation} {self.end} from {self.period.start}"


class Scheme:
    """Lines and levels together: which level stands on which line, and under which levels."""

    def __init__(self, lines: Iterable[Line], levels: Iterable[Level]) -> None:
        self.lines = {line.id: line for line in lines}
        self.levels = {level.id: level for level in levels}
        self._on = {line: self._levels_on(line) for line in self.lines}
        self._own = {level: self._own_line(level) for level in self.levels}
        for level, line in self._own.items():
            self._on.setdefault(line, set()).add(level)

    def _levels_on(self, line: str) -> set[str]:
        below = {level.id for level in self.levels.values() if line in level.parents}
        above = {name for level in below for name in self.levels[level].parents[line]}
        return below | above

    def _own_line(self, level: str) -> str:
        """Return the first line a level states, or else the first it stands on, or else the first of all."""
        stated = self.levels[level].parents
        standing = (line for line in self.lines if level in self._on[line])
        return next(iter(stated), "") or next(standing, "") or next(iter(self.lines), "")

    def on(self, line: str) -> frozenset[str]:
        """Return the levels that stand on a line: those that name it, and the levels they name as parents."""
        return frozenset(self._on[line])

    def own_line(self, level: str) -> str:
        """Return the line that questions about units of the level use."""
        return self._own[level]

    def allowed(self, line: str) -> dict[str, frozenset[str]]:
        """Return the levels a parent may have, for each level that has parents on the line."""
        stated = {level.id: level.parents.get(line, ()) for level in self.levels.values()}
        return {level: frozenset(above) for level, above in stated.items() if above}

    def roots(self, line: str) -> frozenset[str]:
        """Return the levels of which a unit is the root of the line."""
        return self.on(line) - self.allowed(line).keys()

    def is_ranked(self, line: str) -> bool:
        """Say whether no level can stand above itself, so that no ring of units keeps to the scheme."""
        waiting = self.allowed(line)
        while waiting:
            free = {level for level, above in waiting.items() if not above & waiting.keys()}
            if not free:
                return False
            waiting = {level: above for level, above in waiting.items() if level not in free}
        return True
