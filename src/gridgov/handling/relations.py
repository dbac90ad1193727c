"""Relations: how who gives a command stands to the matter."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from gridgov.authority import ANYONE, RELATIONS, Actor
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


@attrs.define(eq=False)
class _Asked:
    """Who gives a command, before the matter it is about."""

    case: Case
    matter: Matter
    live: Live
    command: Command
    actor: Actor
    unit: str
    duty: Assignment | None
    structure: Structure

    @property
    def own(self) -> list[Assignment]:
        """The duties of the actor's unit on the matter, now and before."""
        return [duty for duty in self.matter.assignments if duty.unit == self.unit]


def relations_of(
    case: Case,
    command: Command,
    duty: Assignment | None,
    structure: Structure,
    among: Iterable[str] = tuple(RELATIONS),
) -> frozenset[str]:
    """Return every relation, or each of *among*, that the actor of a command has to the matter."""
    actor, matter = command.actor, case.known
    if matter is None or matter.live is None:
        return frozenset(_of_new(command, structure)).intersection((ANYONE, *among))
    asked = _Asked(case, matter, matter.live, command, actor, actor.unit, duty, structure)
    found = {ANYONE}
    for relation in among:
        holds = _HOLDS.get(relation)
        if holds is not None and (actor.unit or relation == "reporter") and holds(asked):
            found.add(relation)
    return frozenset(found)


def _of_new(command: Command, structure: Structure) -> Iterator[str]:
    """Yield the relations to a matter that is not there yet."""
    yield ANYONE
    if isinstance(command, Report):
        yield "reporter"
        if _covers(structure, command.actor.unit, command.place):
            yield "place"


def is_accused(live: Live, unit: str, structure: Structure) -> bool:
    """Say whether a matter is about a unit, or about one above it."""
    return bool(live.accused) and _covers(structure, live.accused, unit)


def _covers(structure: Structure, unit: str, place: str) -> bool:
    if not unit or unit not in structure or place not in structure:
        return False
    return unit == place or structure.is_inside(place, unit)


def _is_reporter(asked: _Asked) -> bool:
    names = {asked.actor.person, asked.actor.on_behalf_of} - {""}
    return any(reporter.person in names or reporter.by in names for reporter in asked.live.reporters)


def _is_coordinator(asked: _Asked) -> bool:
    coordinator = coordinator_of(asked.matter)
    return coordinator is not None and coordinator.unit == asked.unit


def _is_caller(asked: _Asked) -> bool:
    caller = asked.live.caller
    return caller == asked.unit if caller else _is_coordinator(asked)


def _is_arbiter(asked: _Asked) -> bool:
    arbiter, place = asked.case.rules.handling.arbiter, asked.matter.place
    if arbiter is None or place not in asked.structure:
        return False
    found = arbiter.find(asked.structure, place)
    return found is not None and found.id == asked.unit


def _is_whistler(asked: _Asked) -> bool:
    work = asked.case.work
    return any(d.opened_by == "whistled" and work(d).opener == asked.unit for d in asked.matter.assignments)


def _is_responder(asked: _Asked) -> bool:
    """Say whether the duty, or for a command about the whole matter any open one, is a responder's of the unit."""
    duty = asked.duty
    if duty is not None and duty.unit == asked.unit and duty.role != "handle":
        return True
    whole = not isinstance(asked.command, OfUnit)
    return whole and any(duty.role != "handle" and not duty.outcome for duty in asked.own)


def _is_holder(asked: _Asked) -> bool:
    duty = asked.duty
    if duty is None or duty.unit != asked.unit:
        return False
    post = asked.case.work(duty).post
    return not post or duty.role != "handle" or asked.actor.post == post


def _is_above(asked: _Asked) -> bool:
    duty, structure = asked.duty, asked.structure
    if duty is None or duty.unit == asked.unit:
        return False
    return duty.unit in structure and asked.unit in structure and structure.is_inside(duty.unit, asked.unit)


_HOLDS: Mapping[str, Callable[[_Asked], bool]] = {
    "reporter": _is_reporter,
    "place": lambda asked: _covers(asked.structure, asked.unit, asked.matter.place),
    "coordinator": _is_coordinator,
    "caller": _is_caller,
    "accused": lambda asked: is_accused(asked.live, asked.unit, asked.structure),
    "author": lambda asked: bool(asked.live.author) and asked.live.author == asked.unit,
    "second": lambda asked: bool(asked.live.author) and asked.live.author != asked.unit,
    "arbiter": _is_arbiter,
    "whistler": _is_whistler,
    "handler": lambda asked: bool(asked.own),
    "assessed": lambda asked: any(duty.role != "handle" for duty in asked.own),
    "lead": lambda asked: any(duty.role in _LEADS and not duty.outcome for duty in asked.own),
    "responder": _is_responder,
    "holder": _is_holder,
    "above": _is_above,
}
"""Relation to what says whether an actor has it; all but that of a reporter are those of a unit."""
