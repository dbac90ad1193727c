"""The organisation of a pack: levels, units, links, and the households at units."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from itertools import chain

import attrs

from gridgov.hierarchy import Level, Line, Link, Organization, Relation, Unit
from gridgov.packs._csv import Header, Table
from gridgov.packs._desk import DATED, Desk, attempt, bases, distinct, id_of, name_of, one_of, yes_or_no
from gridgov.packs._shapes import AttributesFile, LevelsFile
from gridgov.packs._wrong import BadValueError
from gridgov.packs.jurisdiction import Household

_UNITS = Header(("id", "level"), ("name", "name_en", "parent", "kind", "accountability", *DATED))
_LINKS = Header(("from_unit", "relation", "to_unit"), DATED)
_HOUSEHOLDS = Header(("id", "unit"), ("plaque", *DATED))


@attrs.frozen
class Units:
    """What a pack says of its units.

    Attributes:
        ranks: Lines and levels; None when they cannot be read.
        ids: Every id that the list of units holds, faulty or not; None when the list cannot be read.
        organization: None when anything in it is faulty.
    """

    ranks: LevelsFile | None
    ids: Collection[str] | None = None
    organization: Organization | None = None

    def unit(self, text: str) -> str:
        """Return *text* when it is a unit of the pack; raise `BadValueError` otherwise."""
        return text if self.ids is None else one_of(text, self.ids, "unknown_unit", "a unit of the pack")

    def level(self, text: str) -> str:
        """Return *text* when it is a level of the pack; raise `BadValueError` otherwise."""
        known = None if self.ranks is None else self.ranks.levels
        return text if known is None else one_of(text, known, "unknown_level", "a level of levels.toml")


def read_units(desk: Desk, words: AttributesFile | None) -> Units:
    """Read ``levels.toml``, ``units.csv`` and ``links.csv``."""
    table, ties = desk.rows("units.csv", _UNITS, needed=True), desk.rows("links.csv", _LINKS)
    ids = frozenset(table.cells("id")) - {""} if table.whole else None
    known = Units(desk.toml("levels.toml", LevelsFile, needed=True), ids)
    units = _units(desk, table, known, words)
    parents = _parents(table, units, known)
    links = _links(desk, ties, known)
    if known.ranks is None or not (table.is_sound and ties.is_sound):
        return known
    rows = _Rows(table, units, parents, ties, links)
    return attrs.evolve(known, organization=_organization(desk, known.ranks, rows))


# --- units.csv --------------------------------------------------------------------------------------------------


def _units(desk: Desk, table: Table, known: Units, words: AttributesFile | None) -> list[Unit]:
    kinds = None if words is None else words.kinds
    answers = None if words is None else words.accountability
    return list(
        map(
            Unit,
            table.read(id_of, "id", instead=""),
            table.read(_name, "name", "name_en", instead=""),
            table.read(known.level, "level", instead=""),
            desk.periods(table),
            table.read(_word(kinds, "a kind of attributes.toml"), "kind", instead=""),
            table.read(_word(answers, "an accountability of attributes.toml"), "accountability", instead=""),
            table.cells("name_en"),
            bases(table),
            desk.sources_of(table),
        )
    )


def _name(name: str, name_en: str) -> str:
    if name_en:
        name_of(name_en)
    return name_of(name or name_en)


def _word(known: Collection[str] | None, what: str) -> Callable[[str], str]:
    """Return the reader of a cell that holds a declared word, or nothing."""
    return lambda text: text if not text or known is None else one_of(text, known, what=what)


def _parents(table: Table, units: Sequence[Unit], known: Units) -> list[tuple[int, Link]]:
    """Return the links that the column ``parent`` states, on the first line of each unit's level, with their rows."""
    levels = {} if known.ranks is None else known.ranks.levels
    lines = {key: next(iter(level.parents), "") for key, level in levels.items()}
    found = []
    for row, (unit, parent) in enumerate(zip(units, table.cells("parent"), strict=True)):
        if not parent:
            continue
        line = lines.get(unit.level)
        if known.ids is not None and parent not in known.ids:
            message = f"{parent[:64]!r}, the parent of {unit.id!r}, is not a unit of the pack"
            table.refuse(row, BadValueError("unknown_unit", message, known=known.ids, text=parent))
        elif line:
            found.append((row, Link(unit.id, line, parent, unit.period)))
        elif line is not None:
            hint = f"give level {unit.level!r} its 'parents' in levels.toml, or leave the cell blank"
            table.refuse(
                row, BadValueError("parent_of_root", f"a {unit.level!r} has no parent, yet one is named", hint)
            )
    return found


# --- links.csv --------------------------------------------------------------------------------------------------


def _links(desk: Desk, table: Table, known: Units) -> list[Link]:
    lines = () if known.ranks is None else tuple(known.ranks.lines)
    relations = None if known.ranks is None else (*lines, *(relation.value for relation in Relation))
    starts = table.read(known.unit, "from_unit", instead="")
    relation = table.read(_relation(relations), "relation", instead="")
    ends = table.read(known.unit, "to_unit", instead="")
    periods = desk.periods(table)
    bases(table)
    desk.sources_of(table)
    return list(map(Link, starts, relation, ends, periods))


def _relation(known: Collection[str] | None) -> Callable[[str], str]:
    what = "a line of levels.toml or a relation"
    return lambda text: text if known is None else one_of(text, known, "unknown_relation", what)


# --- together ---------------------------------------------------------------------------------------------------


@attrs.define(slots=False)
class _Rows:
    """Units and links with the lines they stand on."""

    table: Table
    units: Sequence[Unit]
    parents: Sequence[tuple[int, Link]]
    ties: Table
    links: Sequence[Link]

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Where each unit and link is, by what the organisation's own faults call it."""
        units = {unit.place: self.table.place(row) for row, unit in enumerate(self.units)}
        parents = {link.place: self.table.place(row) for row, link in self.parents}
        return units | parents | {link.place: self.ties.place(row) for row, link in enumerate(self.links)}

    def place(self, inner: str) -> str:
        """Return where a fault is that the organisation places at *inner*."""
        kind, _, name = inner.partition(" ")
        if kind in {"line", "level"}:
            return f"levels.toml: {kind}s.{name}"
        return self.places.get(inner, f"units.csv: {inner}")


def _organization(desk: Desk, ranks: LevelsFile, rows: _Rows) -> Organization | None:
    """Return the organisation; None, with each fault at its line, when it does not hold together."""
    lines = [Line(key, line.label) for key, line in ranks.lines.items()]
    levels = [
        Level(id=key, label=level.label, parents=level.parents, code_digits=level.code_digits)
        for key, level in ranks.levels.items()
    ]
    links = chain((link for _, link in rows.parents), rows.links)
    return attempt(desk.faults, rows.place, Organization, lines, levels, rows.units, links)


# --- households.csv ---------------------------------------------------------------------------------------------


def read_households(desk: Desk, units: Units) -> tuple[Household, ...]:
    """Read ``households.csv``."""
    table = desk.rows("households.csv", _HOUSEHOLDS)
    columns = (
        table.read(id_of, "id", instead=""),
        table.read(units.unit, "unit", instead=""),
        table.read(yes_or_no("no"), "plaque", instead=False),
        desk.periods(table),
        desk.sources_of(table),
        bases(table),
    )
    households = list(map(Household, *columns))
    distinct(
        table, [household.id for household in households], [household.period for household in households], "household"
    )
    _check_lived(table, households, units.organization)
    return tuple(households)


def _check_lived(table: Table, households: Sequence[Household], organization: Organization | None) -> None:
    """Note a fault for each household whose unit does not exist on its first day."""
    if organization is None:
        return
    starts = {household.period.start for household in households}
    first = organization.change_days()[0]
    days = {day: organization.at(day) for day in sorted(starts) if day >= first}
    for row in table.sound():
        household = households[row]
        if household.unit not in days.get(household.period.start, ()):
            message = f"unit {household.unit!r} is not in force on {household.period.start}"
            table.refuse(
                row,
                BadValueError("unit_not_in_force", message, "mend the dates of the household, or those of the unit"),
            )
