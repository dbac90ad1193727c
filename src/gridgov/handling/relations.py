"""Relations: how who gives a command stands to the matter."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from gridgov.authority import ANYONE, RELATIONS, Actor
from gridgov.handling.case import Case
from gridgov.handling.commands import Command, OfUnit, Report
from gridgov.handling.rules import Rules
from gridgov.hierarchy import Organization, Structure
from gridgov.matters import Assignment, Live, Matter

__all__ = ["arbiter_of", "barred", "coordinator_of", "is_accused", "relations_of"]

_LEADS = frozenset({"lead", "joint", "either"})
_GONE = frozenset({"returned", "relieved"})


def coordinator_of(matter: Matter) -> Assignment | None:
    """Return the assignment that coordinates a matter; None once it has ended, or while nobody has one.

    On the ladder it is the open step. While the lead is disputed, it is the first receiver (首接负责), also where its
    return was granted. Otherwise, after a call, it is the first lead at work, one who has signed in before one who has
    not; then the first who completed; then whoever else was called and has not left it.
    """
    live = matter.live
    if live is None or matter.closed_at is not None or matter.withdrawn_at is not None:
        return None
    duties = matter.assignments
    step = next((duty for duty in duties if duty.role == "handle" and not duty.outcome), None)
    if step is not None:
        return step
    if not any(duty.opened_by == "called" for duty in duties):
        return next((d for d in reversed(duties) if d.role == "handle" and d.outcome not in _GONE), None)
    called = [duty for duty in duties if duty.opened_by == "called" and duty.outcome != "relieved"]
    if live.state == "disputed":
        return next(iter(called), None)
    called = [duty for duty in called if duty.outcome != "returned"]
    return min(called, key=_how_near, default=None)


def _how_near(duty: Assignment) -> int:
    """Return how near a called unit is to coordinating: the lower, the nearer."""
    if duty.role not in _LEADS:
        return 4 if duty.outcome else 3
    if duty.outcome:
        return 2
    return 0 if duty.signed_at else 1


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


@attrs.frozen
class _Barred:
    """Units that a matter is about: some, and all below them; where one is the root of its line, that one alone."""

    tops: frozenset[str]
    structure: Structure

    def __contains__(self, unit: object) -> bool:
        return unit in self.tops or any(self._is_below(str(unit), top) for top in self.tops)

    def _is_below(self, unit: str, top: str) -> bool:
        structure = self.structure
        if unit not in structure or top not in structure or top == structure.root().id:
            return False
        return structure.is_inside(unit, top)


def barred(rules: Rules, accused: str, at: datetime) -> Container[str]:
    """Return the units that may have no duty on a matter about a unit, at an instant.

    They are the unit itself, those that followed it, and all units below these. Of a matter about the unit at the root
    of the territory they are that one alone: else nobody could act.
    """
    return _barred(accused, rules.structure(at), rules.organization)


def _barred(accused: str, structure: Structure, organization: Organization | None) -> Container[str]:
    tops = {accused} - {""}
    if organization is not None and organization.history(accused):
        tops.update(heir.id for heir in organization.successors(accused, structure.day))
    return _Barred(frozenset(tops), structure)


def is_accused(live: Live, unit: str, structure: Structure, organization: Organization | None = None) -> bool:
    """Say whether a matter is about a unit, or about one above it; as `barred` says.

    Args:
        live: The matter.
        unit: Id of the unit.
        structure: The units of the day.
        organization: Where given, whoever followed the unit that it is about is read there.
    """
    return bool(live.accused) and unit in _barred(live.accused, structure, organization)


def arbiter_of(case: Case, structure: Structure) -> str:
    """Return who rules on a matter: the pack's arbiter or, where it has an interest, the first unit above it without.

    A unit has an interest when the matter is about it, or when it was called. Empty where nobody is left, or the place
    is not in force.
    """
    arbiter, matter = case.rules.handling.arbiter, case.matter
    found = arbiter.find(structure, matter.place) if arbiter is not None and matter.place in structure else None
    if found is None:
        return ""
    parties = {duty.unit for duty in matter.assignments if duty.role != "handle"}
    accused = _barred(case.live.accused, structure, case.rules.organization)
    above = (unit.id for unit in (*structure.chain(found.id), structure.root()))
    return next((unit for unit in above if unit not in parties and unit not in accused), "")


def _covers(structure: Structure, unit: str, place: str) -> bool:
    if not unit or unit not in structure or place not in structure:
        return False
    return unit == place or structure.is_inside(place, unit)


def _is_reporter(asked: _Asked) -> bool:
    """Who reported, or who did so for them: nobody acts for a reporter by merely saying so."""
    person, proxy = asked.actor.person, asked.actor.key
    return any(
        (person and person in {reporter.person, reporter.by})
        or (asked.actor.on_behalf_of and reporter.person == asked.actor.on_behalf_of and reporter.by == proxy)
        for reporter in asked.live.reporters
    )


def _is_coordinator(asked: _Asked) -> bool:
    coordinator = coordinator_of(asked.matter)
    return coordinator is not None and coordinator.unit == asked.unit


def _is_caller(asked: _Asked) -> bool:
    caller = asked.live.caller
    return caller == asked.unit if caller else _is_coordinator(asked)


def _is_arbiter(asked: _Asked) -> bool:
    return arbiter_of(asked.case, asked.structure) == asked.unit


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
    "accused": lambda asked: is_accused(asked.live, asked.unit, asked.structure, asked.case.rules.organization),
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
