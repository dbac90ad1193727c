"""Checks: everything wrong with a list, found before anybody asks it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations, pairwise

import attrs

from gridgov.conditions import DecisionTable, HitPolicy, Vocabulary
from gridgov.errors import AmbiguousRuleError, Fault, PackError
from gridgov.hierarchy import Organization, Relation, Structure
from gridgov.responsibility.holders import Holder, HolderKind
from gridgov.responsibility.listing import Listing, as_rows
from gridgov.responsibility.lookup import KEEP_ONE, NARROW
from gridgov.responsibility.rows import Duty, Role
from gridgov.values import Period, first_gap

__all__ = ["find_faults"]


def find_faults(listed: Listing, organization: Organization) -> Iterator[Fault]:
    """Yield everything wrong with a list, over every day on which it or the organisation changes; some twice."""
    yield from _item_faults(listed)
    yield from _row_faults(listed, organization)
    yield from _answer_faults(listed, organization)


def _item_faults(listed: Listing) -> Iterator[Fault]:
    for item, versions in listed.versions().items():
        for before, after in pairwise(versions):
            if before.period.overlaps(after.period):
                what = f"item {item!r} is listed twice: {before.period}, and {after.period}"
                yield Fault("duplicate_item", what, f"item {item}", "end the first before the second starts")
            elif before.period.end != after.period.start:
                what = f"item {item!r} is not listed from {before.period.end} to {after.period.start}"
                yield Fault("item_gap", what, f"item {item}", "close the gap, or give the later item another id")


def _row_faults(listed: Listing, organization: Organization) -> Iterator[Fault]:
    versions = listed.versions()
    known = {
        HolderKind.LEVEL: ("level", {level.id for level in organization.levels}),
        HolderKind.STATIONED: ("kind", {unit.kind for unit in organization.units}),
    }
    named: dict[str, list[Duty]] = defaultdict(list)
    for duty in listed.duties:
        if any(duty.period.overlaps(other.period) for other in named[duty.id]):
            what = f"two rows are called {duty.id!r} on one day"
            yield Fault("duplicate_row", what, duty.id, "give each row its own id")
        named[duty.id].append(duty)
        if duty.item not in versions:
            yield Fault("unknown_item", f"no item {duty.item!r}", duty.id, "add it to the items, or mend the id")
        elif not any(duty.period.overlaps(item.period) for item in versions[duty.item]):
            what = f"item {duty.item!r} is never listed while this row holds ({duty.period})"
            yield Fault("idle_row", what, duty.id, "mend the dates of the row")
        yield from _selector_faults(duty, known)
        yield from _unit_faults(duty, listed.covered(duty.period), organization)


def _selector_faults(duty: Duty, known: Mapping[HolderKind, tuple[str, set[str]]]) -> Iterator[Fault]:
    if duty.holder.kind in known:
        what, words = known[duty.holder.kind]
        for word in duty.holder.words:
            if word not in words:
                yield Fault(f"unknown_{what}", f"no {what} {word!r}", duty.id, "mend the holder, or the units")


def _unit_faults(duty: Duty, period: Period | None, organization: Organization) -> Iterator[Fault]:
    """Find units that the row names and that are not in force on some day of *period*."""
    holder = duty.holder.words if duty.holder.kind is HolderKind.UNIT else ()
    if period is None:
        return
    for unit in sorted({*holder, *duty.areas}):
        day = first_gap((row.period for row in organization.history(unit)), period)
        if day is not None:
            hint = "mend the id, the dates of the row, or those of the unit"
            yield Fault("unknown_unit", f"no unit {unit!r} is in force on {day}", duty.id, hint)


def _answer_faults(listed: Listing, organization: Organization) -> Iterator[Fault]:
    """Check every answer the list can give: on each day, in each area, for each combination of facts."""
    for item in listed.items:
        period = listed.covered(item.period) if item.accepted else None
        if period is None:
            continue
        rows = listed.rows(item.id)
        for part in _parts(period, organization.change_days() if any(duty.areas for duty in rows) else ()):
            structure = organization.at(part.start)
            here = [
                attrs.evolve(duty, period=shared)
                for duty in rows
                if (shared := duty.period.shared(part)) and all(area in structure for area in duty.areas)
            ]
            for place in _samples(here, structure):
                there = [duty for duty in here if duty.covers(structure, place)]
                yield from _lead_faults(listed.vocabulary, item.id, there, place, part)
            yield from _twofold_faults(listed.vocabulary, here, structure)


def _parts(period: Period, days: Iterable[date]) -> list[Period]:
    """Return *period*, cut at each of *days* that lies in it."""
    cuts = sorted({day for day in days if day in period and day > period.start})
    return [Period(start, end) for start, end in zip([period.start, *cuts], [*cuts, period.end], strict=True)]


def _samples(rows: Iterable[Duty], structure: Structure) -> list[str]:
    """Return a place for each way of lying in the areas that the rows name; one blank where they name none."""
    areas = sorted({area for duty in rows for area in duty.areas})
    return sorted({structure.chain(area)[-1].id for area in areas}.union(areas)) or [""]


def _lead_faults(vocabulary: Vocabulary, item: str, rows: list[Duty], place: str, period: Period) -> Iterator[Fault]:
    """Find combinations of facts for which nobody leads, or several do who are not declared to lead together."""
    leading = [duty for duty in rows if duty.leads]
    roles = {duty.id: duty.role for duty in leading}
    title = f"{item} in {place}" if place else item
    try:
        table = DecisionTable(title, vocabulary, as_rows(leading), HitPolicy.COLLECT)
    except PackError as error:
        yield from (fault for fault in error.faults if fault.code != "duplicate_row")  # told of the rows themselves
        return
    for fault in table.gaps(over=period):
        yield attrs.evolve(fault, code="no_lead", place=f"item {item}", hint="add a row that leads, or narrow the item")
    for fault in table.overlaps():
        together = {roles[row] for row in fault.about}
        if len(together) > 1 or together == {Role.LEAD}:
            yield attrs.evolve(fault, place=fault.about[-1], hint=NARROW)


def _twofold_faults(vocabulary: Vocabulary, rows: list[Duty], structure: Structure) -> Iterator[Fault]:
    """Find rows by which one unit leads twice, or leads and supports, the same matter."""
    for first, second in combinations(sorted(rows, key=lambda duty: not duty.leads), 2):
        both = first.role is second.role and first.role in {Role.JOINT, Role.EITHER}
        if not both and not (first.leads and second.role is Role.SUPPORT):
            continue
        if _may_be_one(first, second, structure) and _meet(vocabulary, first, second):
            what = f"{second.holder} {'leads' if both else 'supports'} what it leads by row {first.id}"
            code = "rows_overlap" if both else "lead_supports"
            yield Fault(code, what, second.id, KEEP_ONE, (first.id, second.id))


def _meet(vocabulary: Vocabulary, first: Duty, second: Duty) -> bool:
    """Say whether two rows can match the same facts on one day; rows that are no rows never do."""
    try:
        return bool(DecisionTable(first.item, vocabulary, as_rows((first, second))).overlaps())
    except PackError:
        return False


def _may_be_one(first: Duty, second: Duty, structure: Structure) -> bool:
    """Say whether two rows can name the same unit for one place."""
    holders = (first.holder, second.holder)
    named = {word for each in holders if each.kind is HolderKind.UNIT for word in each.words if word in structure}
    stations = {unit.id for word in named for unit in structure.linked(word, Relation.STATIONED_AT.value)}
    places = {*_samples((first, second), structure), *named, *stations}
    return any(
        _name_one(holders, structure, place)
        for place in sorted(places)
        if first.covers(structure, place) and second.covers(structure, place)
    )


def _name_one(holders: tuple[Holder, Holder], structure: Structure, place: str) -> bool:
    first, second = holders
    if first.kind is second.kind and not set(first.words).isdisjoint(second.words):
        return True
    if not place:
        return False
    try:
        found = first.find(structure, place)
        return found is not None and found == second.find(structure, place)
    except AmbiguousRuleError:  # several agencies at one place: the answer for it refuses by itself
        return False
