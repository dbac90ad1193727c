"""Relations: how who gives a command stands to the matter."""

from gridgov.authority import ANYONE, Actor
from gridgov.handling.case import Case
from gridgov.handling.commands import Command, OfUnit, Report
from gridgov.hierarchy import Structure
from gridgov.matters import Assignment, Live, Matter

__all__ = ["coordinator_of", "is_accused", "relations_of"]

_LEADS = frozenset({"lead", "joint", "either"})


def coordinator_of(matter: Matter) -> Assignment | None:
    """Return the assignment that coordinates a matter; None once it has ended, or while nobody has one.

    On the ladder it is the open step. After a call it is the first lead who has signed in and still has the duty; until
    then, and while the lead is disputed, the first receiver (首接负责), whether or not it would return the matter.
    """
    live = matter.live
    if live is None or matter.closed_at is not None or matter.withdrawn_at is not None:
        return None
    duties = matter.assignments
    step = next((duty for duty in duties if duty.role == "handle" and not duty.outcome), None)
    if step is not None:
        return step
    called = [duty for duty in duties if duty.opened_by == "called"]
    if live.state != "disputed":
        leads = (d for d in called if d.role in _LEADS and d.signed_at and d.outcome in {"", "completed"})
        lead = next(leads, None)
        if lead is not None:
            return lead
    return next((d for d in called if d.outcome != "relieved"), None) or next(reversed(duties), None)


def relations_of(case: Case, command: Command, duty: Assignment | None, structure: Structure) -> frozenset[str]:
    """Return every relation that the actor of a command has to the matter."""
    actor, matter = command.actor, case.known
    found = {ANYONE}
    if matter is None or matter.live is None:
        if isinstance(command, Report):
            found.add("reporter")
            if _covers(structure, actor.unit, command.place):
                found.add("place")
        return frozenset(found)
    live = matter.live
    if _reported(live, actor):
        found.add("reporter")
    if actor.unit:
        found.update(_unit_relations(case, matter, command, structure))
        if duty is not None:
            found.update(_duty_relations(case, duty, actor, structure))
    return frozenset(found)


def is_accused(live: Live, unit: str, structure: Structure) -> bool:
    """Say whether a matter is about a unit, or about one above it."""
    return bool(live.accused) and _covers(structure, live.accused, unit)


def _reported(live: Live, actor: Actor) -> bool:
    names = {actor.person, actor.on_behalf_of} - {""}
    return any(reporter.person in names or reporter.by in names for reporter in live.reporters)


def _covers(structure: Structure, unit: str, place: str) -> bool:
    if not unit or unit not in structure or place not in structure:
        return False
    return unit == place or structure.is_inside(place, unit)


def _unit_relations(case: Case, matter: Matter, command: Command, structure: Structure) -> set[str]:
    live, unit = case.live, command.actor.unit
    coordinator = coordinator_of(matter)
    coordinates = coordinator is not None and coordinator.unit == unit
    holding = {
        "place": _covers(structure, unit, matter.place),
        "coordinator": coordinates,
        "caller": live.caller == unit or (not live.caller and coordinates),
        "accused": is_accused(live, unit, structure),
        "author": bool(live.author) and live.author == unit,
        "second": bool(live.author) and live.author != unit,
        "arbiter": _arbiter(case, matter, structure) == unit,
        "whistler": any(d.opened_by == "whistled" and case.work(d).opener == unit for d in matter.assignments),
    }
    found = {relation for relation, holds in holding.items() if holds}
    own = [duty for duty in matter.assignments if duty.unit == unit]
    if own:
        found |= _own_relations(own, about_the_whole=not isinstance(command, OfUnit))
    return found


def _own_relations(duties: list[Assignment], *, about_the_whole: bool) -> set[str]:
    """Return what a unit's own duties on the matter, now and before, make it."""
    found = {"handler"}
    called = [duty for duty in duties if duty.role != "handle"]
    if called:
        found.add("assessed")
    if any(duty.role in _LEADS and not duty.outcome for duty in called):
        found.add("lead")
    if about_the_whole and any(not duty.outcome for duty in called):
        found.add("responder")
    return found


def _arbiter(case: Case, matter: Matter, structure: Structure) -> str:
    arbiter = case.rules.handling.arbiter
    if arbiter is None or matter.place not in structure:
        return ""
    found = arbiter.find(structure, matter.place)
    return "" if found is None else found.id


def _duty_relations(case: Case, duty: Assignment, actor: Actor, structure: Structure) -> set[str]:
    found = set()
    if duty.unit == actor.unit:
        post = case.work(duty).post
        if not post or duty.role != "handle" or actor.post == post:
            found.add("holder")
        if duty.role != "handle":
            found.add("responder")
    elif duty.unit in structure and actor.unit in structure and structure.is_inside(duty.unit, actor.unit):
        found.add("above")
    return found
