"""The organisation through time: checked once, then asked about a day."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gridgov.errors import LimitError, NotInForceError
from gridgov.hierarchy.checks import check, check_scheme
from gridgov.hierarchy.columns import Links, Units
from gridgov.hierarchy.model import Level, Line, Link, Scheme, Unit
from gridgov.hierarchy.register import Register
from gridgov.hierarchy.structure import Structure
from gridgov.values import Period, plain

__all__ = ["Organization"]

_MAX_UNITS = 2_000_000
_MAX_DEPTH = 64
_KEPT = 32


class Organization:
    """All units and links, dated. On each line, on each day, there is one root, and one parent for all others.

    >>> from gridgov.values import Label
    >>> always = Period(date(2020, 7, 1))
    >>> county = Organization(
    ...     lines=[Line("territory", Label(zh="块"))],
    ...     levels=[
    ...         Level(id="county", label=Label(zh="县")),
    ...         Level(id="grid", label=Label(zh="网格"), parents={"territory": ["county"]}),
    ...     ],
    ...     units=[Unit("pingyin", "平阴县", "county", always), Unit("g1", "第一网格", "grid", always)],
    ...     links=[Link("g1", "territory", "pingyin", always)],
    ... )
    >>> [str(unit) for unit in county.at(date(2021, 2, 10)).chain("g1")]
    ['第一网格 (g1)', '平阴县 (pingyin)']
    """

    def __init__(
        self,
        lines: Iterable[Line],
        levels: Iterable[Level],
        units: Iterable[Unit],
        links: Iterable[Link],
        *,
        max_units: int = _MAX_UNITS,
        max_depth: int = _MAX_DEPTH,
    ) -> None:
        """Check and keep everything; the order of units and links does not matter.

        Args:
            lines: The lines, the main one first.
            levels: The levels, as they shall be listed.
            units: The rows of all units.
            links: The links between them.
            max_units: The most rows allowed.
            max_depth: The most units allowed on a chain.

        Raises:
            PackError: With every fault there is: ``cycle``, ``two_roots``, ``no_root``, ``orphan``, ``unknown_unit``,
                ``unit_not_in_force``, ``unknown_level``, ``unknown_line``, ``bad_parent_level``, ``duplicate_unit``,
                ``reused_id``, ``two_parents``, ``duplicate_link``, ``self_link``, ``bad_id``, ``bad_name``,
                ``bad_code`` and, of lines and levels, ``no_line``, ``reserved_line``, ``duplicate_line``,
                ``duplicate_level``.
            LimitError: More rows or a longer chain than allowed (``limit_units``, ``limit_depth``).
        """
        self._build(tuple(lines), tuple(levels), Units(units), Links.by_relation(links), max_units, max_depth)

    @classmethod
    def from_columns(
        cls,
        line: Line,
        levels: Iterable[Level],
        *,
        ids: Sequence[str],
        names: Sequence[str],
        unit_levels: Sequence[str],
        parents: Sequence[str],
        period: Period,
        max_units: int = _MAX_UNITS,
        max_depth: int = _MAX_DEPTH,
    ) -> "Organization":
        """Return an organisation of one line and one period: for national lists, which need no object for each link.

        Args:
            line: The only line.
            levels: Its levels.
            ids: A code for each unit, in any order.
            names: Its name.
            unit_levels: Its level.
            parents: The id of its parent; blank for the root.
            period: The days on which all of it holds.
            max_units: The most units allowed.
            max_depth: The most units allowed on a chain.

        Raises:
            PackError: As the constructor does.
            LimitError: As the constructor does.
            ValueError: The columns have different lengths.
        """
        columns = (ids, names, unit_levels, parents)
        lengths = [len(column) for column in columns]
        if len(set(lengths)) > 1:
            raise ValueError(f"the columns ids, names, unit_levels, parents have different lengths: {lengths}")
        order = sorted(range(len(ids)), key=ids.__getitem__)
        ids, names, unit_levels, parents = ([column[row] for row in order] for column in columns)
        units = Units.of_columns(ids, names, unit_levels, period)
        links = Links.of_columns(ids, parents, period)
        found = cls.__new__(cls)
        found._build((line,), tuple(levels), units, {line.id: links}, max_units, max_depth)
        return found

    def _build(
        self,
        lines: tuple[Line, ...],
        levels: tuple[Level, ...],
        units: Units,
        links: Mapping[str, Links],
        max_units: int,
        max_depth: int,
    ) -> None:
        if len(units) > max_units:
            hint = "raise max_units if there are that many"
            raise LimitError.of("limit_units", f"{len(units)} rows of units; {max_units} are allowed", hint=hint)
        self._scheme = Scheme(lines, levels)
        self._register = Register(units, links)
        check(self._scheme, self._register, max_depth, check_scheme(lines, levels))
        self._days = self._register.change_days()
        self._kept: dict[int, Structure] = {}
        self._dated: dict[date, Structure] = {}

    def at(self, day: date) -> Structure:
        """Return the organisation as it is on a day; its index is built once for all days without a change.

        Raises:
            NotInForceError: No unit is in force on the day (code ``organization_coverage``).
        """
        known = self._dated.get(day)
        if known is not None:
            return known
        segment = bisect_right(self._days, day) - 1
        structure = self._kept.get(segment) or self._structure(segment, day)
        if len(self._dated) >= _KEPT:
            self._dated.clear()
        self._dated[day] = structure._on(day)
        return self._dated[day]

    def _structure(self, segment: int, day: date) -> Structure:
        rest = self._days[segment : segment + 2]
        structure = None
        if segment >= 0:
            structure = Structure(self._scheme, self._register, Period(*rest))
        if not structure:
            hint = f"the first day is {self._days[0]}"
            raise NotInForceError.of("organization_coverage", f"no unit is in force on {day}", hint=hint)
        if len(self._kept) >= _KEPT:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[segment] = structure
        return structure

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, as declared."""
        return tuple(self._scheme.lines.values())

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels, as declared."""
        return tuple(self._scheme.levels.values())

    @property
    def units(self) -> tuple[Unit, ...]:
        """All rows, in order of id and time."""
        return tuple(self._register.units)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, in order of relation, start and time."""
        return tuple(self._register.all_links())

    def history(self, unit: str) -> tuple[Unit, ...]:
        """Return all rows of an id, in order of time; none when it was never used."""
        return self._register.history(unit)

    def successors(self, unit: str, at: date) -> tuple[Unit, ...]:
        """Return who answers on a day for what was a unit's, in order of id.

        That is the unit itself while it is in force, then those that successor links lead to, however many
        hand-overs lie between; none where nobody followed it.

        Raises:
            NotInForceError: The id was never used (code ``unknown_unit``).
        """
        if not self.history(unit):
            raise self._register.unknown(unit)
        return self._register.successors(unit, at)

    def change_days(self) -> tuple[date, ...]:
        """Return each day on which a unit or a link begins or ends, rising."""
        return tuple(self._days)

    def digest(self) -> str:
        """Return the SHA-256 of lines, levels, units and links, as hex: equal for equal content in any order."""
        found = hashlib.sha256()
        for row in (*self.lines, *self.levels, *self._register.units, *self._register.all_links()):
            text = json.dumps(plain(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            found.update(text.encode() + b"\n")
        return found.hexdigest()

    def __repr__(self) -> str:
        names = ", ".join(self._scheme.lines)
        return f"<Organization of {len(self._register.first)} units, lines {names}, from {self._days[0]}>"
