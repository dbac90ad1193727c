"""What is wrong with an organisation: every fault of every unit and link, in one go.

A sound row costs a few comparisons; only a row that fails them is looked at in full.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise, product
from operator import attrgetter, eq, itemgetter
from typing import TypeVar

import attrs

from gridgov.errors import Fault, Faults, LimitError, PackError
from gridgov.hierarchy.columns import NO_LINKS, Links, Units, distinct, join
from gridgov.hierarchy.model import Level, Line, Link, Relation, Scheme, Unit
from gridgov.hierarchy.register import Register
from gridgov.hierarchy.tree import depths, peel, rings
from gridgov.values import Period, is_id, name_fault

__all__ = ["check", "check_scheme"]

_MOST_NAMED = 10

K = TypeVar("K")
T = TypeVar("T")


def check_scheme(lines: Sequence[Line], levels: Sequence[Level]) -> Faults:
    """Return what is wrong with lines and levels by themselves."""
    faults = Faults()
    known = {line.id for line in lines}
    ranks = {level.id for level in levels}
    if not lines:
        faults.add("no_line", "the organisation has no line", hint="declare one, such as 'territory'")
    for what, ids in (("line", [x.id for x in lines]), ("level", [x.id for x in levels])):
        faults.extend(_names(what, ids))
    for line in sorted(known & {relation.value for relation in Relation}):
        faults.add("reserved_line", f"a line cannot be called {line!r}", f"line {line}", "the word is a relation's")
    for level in levels:
        for line, above in level.parents.items():
            faults.extend(_parents(level, line, above, known, ranks))
    return faults


def _names(what: str, ids: Sequence[str]) -> Iterator[Fault]:
    for name, times in Counter(ids).items():
        if not is_id(name):
            yield Fault("bad_id", f"{name!r} is not an id", f"{what} {name}")
        if times > 1:
            yield Fault(f"duplicate_{what}", f"{what} {name!r} is declared {times} times", f"{what} {name}")


def _parents(level: Level, line: str, above: Iterable[str], lines: set[str], levels: set[str]) -> Iterator[Fault]:
    place = f"level {level.id}"
    if line not in lines:
        yield Fault("unknown_line", f"no line {line!r}; there are {', '.join(sorted(lines))}", place)
    for name in above:
        if name not in levels:
            yield Fault("unknown_level", f"no level {name!r} to stand above it on {line!r}", place)


def check(scheme: Scheme, register: Register, max_depth: int, faults: Faults) -> None:
    """Check units and links against each other and the scheme, and add to the *faults* found so far.

    Raises:
        PackError: With all faults.
        LimitError: The only thing wrong is a chain longer than *max_depth* (code ``limit_depth``).
    """
    faults.extend(_check_units(scheme, register.units))
    if len(register.first) < len(register.units):
        faults.extend(_check_ids_in_time(register.units))
    for line in scheme.lines:
        links = register.links.get(line, NO_LINKS)
        faults.extend(_check_roots(scheme, register.units, line))
        rules = _Rules.of(scheme, line)
        if not _is_sound(rules, register, links):
            faults.extend(_check_parents(rules, register, links))
            faults.extend(_check_orphans(rules, register, links))
    for relation, links in register.links.items():
        if relation not in scheme.lines:
            faults.extend(_check_ties(register, relation, links))
    too_deep = Faults()
    for line in scheme.lines:
        if faults or not scheme.is_ranked(line) or len(scheme.on(line)) > max_depth:
            _check_shape(register, line, max_depth, faults, too_deep)
    if faults:
        faults.extend(too_deep)
    faults.raise_as(PackError)
    too_deep.raise_as(LimitError)


def _check_units(scheme: Scheme, units: Units) -> Iterator[Fault]:
    digits = {level.id: level.code_digits for level in scheme.levels.values()}
    for row, (code, level, name) in enumerate(zip(units.ids, units.levels, units.names, strict=True)):
        count = digits.get(level, 0)  # 0: no such level
        fits = count is None or (count == len(code) and code.isdigit())
        if not fits or not is_id(code) or name_fault(name) is not None:
            yield from _explain_unit(units[row], digits)
    for unit in filter(None, units.made):
        if unit.name_en and (fault := name_fault(unit.name_en)) is not None:
            yield Fault("bad_name", f"the English name of unit {unit.id!r} {fault}", unit.place)


def _explain_unit(unit: Unit, digits: Mapping[str, int | None]) -> Iterator[Fault]:
    if unit.level not in digits:
        yield Fault("unknown_level", f"no level {unit.level!r}", unit.place, "declare it, or mend the word")
    elif (count := digits[unit.level]) is not None and not (len(unit.id) == count and unit.id.isdigit()):
        yield Fault("bad_code", f"an id of level {unit.level!r} is {count} digits: {unit.id!r}", unit.place)
    if not is_id(unit.id):
        yield Fault("bad_id", f"{unit.id!r} is not an id", unit.place, "use ASCII letters, digits, '.', '_', '-'")
    if (fault := name_fault(unit.name)) is not None:
        yield Fault("bad_name", f"the name of unit {unit.id!r} {fault}", unit.place)


def _check_ids_in_time(units: Iterable[Unit]) -> Iterator[Fault]:
    """An id has one row on a day, and after its last day is never used again."""
    for name, rows in _repeated(units, attrgetter("id")):
        for before, row in _clashes(rows, attrgetter("period")):
            dates = f"{before.period} and {row.period}"
            yield Fault("duplicate_unit", f"unit {name!r} has two rows at once: {dates}", row.place)
        for gone, back in pairwise(join(row.period for row in rows)):
            dates, place = f"{gone} and {back}", f"unit {name} from {back.start}"
            yield Fault("reused_id", f"unit {name!r} was abolished and comes back: {dates}", place, "use a new id")


def _repeated(rows: Iterable[T], key: Callable[[T], K]) -> Iterator[tuple[K, list[T]]]:
    """Yield the groups of more than one row that share a key, of rows in order of it."""
    for name, group in groupby(rows, key):
        found = list(group)
        if len(found) > 1:
            yield name, found


def _within(period: Period, rows: Sequence[Unit]) -> bool:
    return any(joined.covers(period) for joined in join(row.period for row in rows))


def _check_ends(register: Register, link: Link, *, handed_over: bool = False) -> Iterator[Fault]:
    """Both ends of a link are units, and exist as long as it does."""
    if link.start == link.end:
        yield Fault("self_link", f"unit {link.start!r} is linked to itself", link.place)
    for name, other in ((link.start, link.end), (link.end, link.start)):
        rows = register.history(name)
        if not rows:
            hint = f"add a row for {name!r}, or mend the id"
            yield Fault("unknown_unit", f"no unit {name!r}, linked with {other!r}", link.place, hint)
        elif not handed_over and not _within(link.period, rows):
            dates = ", ".join(str(period) for period in join(row.period for row in rows))
            message = f"unit {name!r} exists {dates}, its link with {other!r} {link.period}"
            yield Fault("unit_not_in_force", message, link.place, "shorten the link")


def _check_ties(register: Register, relation: str, links: Links) -> Iterator[Fault]:
    known = {word.value for word in Relation}
    handed_over = relation == Relation.SUCCESSOR.value
    for start, end, period in links:
        link = Link(start, relation, end, period)
        if relation not in known:
            yield Fault("unknown_line", f"{relation!r} is neither a line nor one of {sorted(known)}", link.place)
        yield from _check_ends(register, link, handed_over=handed_over)
    for (start, end), ties in _repeated(sorted(links, key=itemgetter(0, 1)), itemgetter(0, 1)):
        for _, (_, _, period) in _clashes(ties, itemgetter(2)):
            place = Link(start, relation, end, period).place
            yield Fault("duplicate_link", f"{start!r} is linked twice to {end!r} at once", place)


@attrs.frozen
class _Rules:
    """What the scheme says of one line.

    Attributes:
        line: Id of the line.
        levels: All levels there are.
        allowed: The levels a parent may have, for each level that has parents.
        coded: Child and parent levels whose codes nest.
    """

    line: str
    levels: frozenset[str]
    allowed: Mapping[str, frozenset[str]]
    coded: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, scheme: Scheme, line: str) -> "_Rules":
        digits = {name for name, level in scheme.levels.items() if level.code_digits is not None}
        own = {name for name in digits if scheme.own_line(name) == line}
        coded = frozenset(product(own, digits))
        return cls(line, frozenset(scheme.levels), scheme.allowed(line), coded)


def _is_sound(rules: _Rules, register: Register, links: Links) -> bool:
    """Say whether each unit of a line has one parent on all its days: by columns, quickly, and only when all is plain.

    Rows that agree in level and period are looked at once. False means that a closer look is due.
    """
    units, allowed, coded = register.units, rules.allowed, rules.coded
    children, parents = register.resolved(rules.line)
    required = sum(map(allowed.__contains__, units.levels))
    if not required == len(links) == len(children) == len(parents) == len(set(children)):
        return False
    level, period = units.levels.__getitem__, units.periods.__getitem__
    ranks = set(zip(map(level, children), map(level, parents), strict=True))
    if any(parent not in allowed.get(child, ()) for child, parent in ranks) or any(map(eq, children, parents)):
        return False
    nests = zip(map(str.startswith, links.starts, links.ends), children, parents, strict=True)
    if not ranks.isdisjoint(coded) and any((level(a), level(b)) in coded for nest, a, b in nests if not nest):
        return False
    held = {id(x): x for column in (units.periods, links.periods) for x in distinct(column)}
    spans = set(zip(map(id, links.periods), map(id, map(period, children)), map(id, map(period, parents)), strict=True))
    return all(held[link] == held[child] and held[parent].covers(held[link]) for link, child, parent in spans)


def _check_parents(rules: _Rules, register: Register, links: Links) -> Iterator[Fault]:
    for start, end, period in links:
        yield from _check_parent(rules, register, Link(start, rules.line, end, period))
    if len(set(links.starts)) < len(links.starts):
        yield from _check_single(rules.line, links)


def _check_parent(rules: _Rules, register: Register, link: Link) -> Iterator[Fault]:
    """Look at every pair of rows that a parent link joins."""
    yield from _check_ends(register, link)
    for child in _during(register, link.start, link.period):
        for parent in _during(register, link.end, link.period):
            if not child.period.overlaps(parent.period) or not {child.level, parent.level} <= rules.levels:
                continue
            if parent.level not in rules.allowed.get(child.level, ()):
                message = f"a {child.level!r} cannot stand under a {parent.level!r} on {link.relation!r}"
                yield Fault("bad_parent_level", f"{message}: {child.id!r} under {parent.id!r}", link.place)
            if (child.level, parent.level) in rules.coded and not child.id.startswith(parent.id):
                yield Fault("bad_code", f"{child.id!r} does not begin with its parent's id {parent.id!r}", link.place)


def _during(register: Register, unit: str, period: Period) -> list[Unit]:
    return [row for row in register.history(unit) if row.period.overlaps(period)]


def _check_single(line: str, links: Links) -> Iterator[Fault]:
    for start, ties in _repeated(links, itemgetter(0)):
        for (_, one, _), (_, other, period) in _clashes(ties, itemgetter(2)):
            code = "duplicate_link" if one == other else "two_parents"
            message = f"unit {start!r} stands under {one!r} and {other!r} at once"
            yield Fault(code, message, Link(start, line, other, period).place)


def _clashes(rows: Iterable[T], period_of: Callable[[T], Period]) -> Iterator[tuple[T, T]]:
    """Yield each row, of rows in order of time, that begins before an earlier one ends, with the one that lasts."""
    lasting: T | None = None
    for row in rows:
        if lasting is None:
            lasting = row
            continue
        before, period = period_of(lasting), period_of(row)
        if before.overlaps(period):
            yield lasting, row
        if before.end is not None and (period.end is None or before.end < period.end):
            lasting = row


def _check_roots(scheme: Scheme, units: Units, line: str) -> Iterator[Fault]:
    on, roots = scheme.on(line), scheme.roots(line)
    standing = [period for level, period in zip(units.levels, units.periods, strict=True) if level in on]
    heads = [units[row] for row, level in enumerate(units.levels) if level in roots]
    heads.sort(key=lambda unit: unit.period.start)
    place = f"line {line}"
    if not standing:
        yield Fault("no_root", f"no unit stands on line {line!r}", place, "add its units, or drop the line")
    for one, other in _clashes(heads, attrgetter("period")):
        if one.id != other.id:
            message = f"line {line!r} has two roots from {other.period.start}: {one.id!r} and {other.id!r}"
            yield Fault("two_roots", message, place, "put one under the other, or on another line")
    covered = join(head.period for head in heads)
    for period in join(standing):
        for gap in _gaps(period, covered):
            yield Fault("no_root", f"line {line!r} has units and no root {gap}", place)


def _gaps(period: Period, covered: Iterable[Period]) -> Iterator[Period]:
    """Yield the parts of a period that joined periods, in order of time, leave open."""
    begin: date | None = period.start
    for part in covered:
        if begin is None or not part.overlaps(Period(begin, period.end)):
            continue
        if begin < part.start:
            yield Period(begin, part.start)
        begin = None if part.end is None or (period.end is not None and part.end >= period.end) else part.end
    if begin is not None:
        yield Period(begin, period.end)


def _check_orphans(rules: _Rules, register: Register, links: Links) -> Iterator[Fault]:
    """Every unit that is no root has a parent on each day of its own, on each line it stands on."""
    last = dict(zip(links.starts, links.periods, strict=True))
    for unit in register.units:
        if unit.level not in rules.allowed or ((period := last.get(unit.id)) and period.covers(unit.period)):
            continue
        for gap in _gaps(unit.period, join(period for period, _ in links.of(unit.id))):
            message = f"unit {unit.id!r} has no parent on line {rules.line!r} {gap}"
            yield Fault("orphan", message, unit.place, "name its parent, or give it a level that is a root")


def _check_shape(register: Register, line: str, max_depth: int, faults: Faults, too_deep: Faults) -> None:
    """Look for rings and for chains too long, on each day from which the line has new links."""
    links = register.links.get(line, NO_LINKS)
    told: set[str] = set()
    for day in sorted({period.start for period in links.periods}):
        above = {
            start: end for start, end in zip(*links.on(day), strict=True) if start != end
        }  # of two parents, the later in order
        ids = sorted(above.keys() | set(above.values()))
        number = {name: index for index, name in enumerate(ids)}
        up = [number[above[name]] if name in above else -1 for name in ids]
        taken, _ = peel(up)
        for ring in rings(up, taken):
            if ids[ring[0]] not in told:
                told.add(ids[ring[0]])
                faults.extend([_ring_fault(line, day, [ids[index] for index in ring])])
        depth = max(depths(up, taken), default=0)
        if depth > max_depth:
            message = f"a chain of line {line!r} has {depth} units on {day}; {max_depth} are allowed"
            too_deep.add("limit_depth", message, f"line {line}", "raise max_depth if the organisation is that deep")


def _ring_fault(line: str, day: date, ring: Sequence[str]) -> Fault:
    named = " under ".join(ring[:_MOST_NAMED])
    more = f" … {len(ring)} units in all" if len(ring) > _MOST_NAMED else f" under {ring[0]}"
    return Fault("cycle", f"on line {line!r} from {day} units stand in a ring: {named}{more}", f"line {line}")
