"""Deciding: whether a command may be given, everything that is missing if not, and what then happens.

A decision is a pure function of the rules, the matter and the command, which says its instant. It first settles the
matter up to that instant: what fell due before happens first, dated when it fell due.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import attrs

from gridgov.authority import Verdict
from gridgov.errors import Fault, Faults, RefusedError
from gridgov.handling.case import Case
from gridgov.handling.commands import Command, OfUnit
from gridgov.handling.falling import settle
from gridgov.handling.relations import relations_of
from gridgov.handling.rules import Rules
from gridgov.matters import ASSIGNMENT, ENDS, MATTER, Assignment, Decided, Live, Matter
from gridgov.matters.events import DeclaredDone, PartEnded

__all__ = ["Decider", "Decision", "Request", "addressed", "decide", "state_faults", "verdict_of"]

C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Decided)

NO_MATTERS: Mapping[str, Matter | None] = MappingProxyType({})
NO_RULES: Mapping[str, Rules] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Decision:
    """What a command leads to.

    Attributes:
        settled: What fell due before it, by matter; those events come first.
        events: What it caused, by matter, its own matter first.
        matters: Each matter as it then stands.
    """

    settled: Mapping[str, tuple[Decided, ...]]
    events: Mapping[str, tuple[Decided, ...]]
    matters: Mapping[str, Matter]


@attrs.define(eq=False)
class Request(Generic[C]):
    """A command before the matter it is about.

    Attributes:
        case: The matter.
        command: The command.
        duty: The open assignment it is about: that of the unit it names or, for a command about the whole matter, the
            open step of the ladder; None where there is none.
        others: Other matters that the command names.
        asked: Digest of the command, for the first event.
    """

    case: Case
    command: C
    duty: Assignment | None
    others: Mapping[str, Case] = NO_MATTERS  # type: ignore[assignment]
    asked: str = ""

    @property
    def rules(self) -> Rules:
        """The rules of the matter's edition."""
        return self.case.rules

    @property
    def at(self) -> datetime:
        """When the command is given."""
        return self.command.at

    @property
    def own_duty(self) -> Assignment:
        """The assignment it is about, which the conditions have shown to be there.

        Raises:
            RefusedError: There is none (code ``no_assignment``).
        """
        if self.duty is None:
            raise RefusedError([_no_assignment(self.command)])
        return self.duty

    def emit(self, kind: type[E], *, case: Case | None = None, at: datetime | None = None, **fields: Any) -> E:
        """Add an event by the command's actor, at the command's instant unless another is given."""
        into = self.case if case is None else case
        asked = "" if into.events else self.asked
        actor = self.command.actor
        by: dict[str, Any] = {"by": actor.unit, "person": actor.person, "on_behalf_of": actor.on_behalf_of}
        return into.emit(kind, at=at or self.command.at, asked=asked, **by, **fields)


@attrs.frozen
class Decider(Generic[C]):
    """What decides one command.

    Attributes:
        act: Adds the events.
        conditions: Yields a fault for each condition that is not met; none where the tables and grants say it all.
    """

    act: Callable[[Request[C]], None]
    conditions: Callable[[Request[C]], Iterable[Fault]] | None = None


def decide(
    rules: Rules,
    matter: Matter | None,
    command: Command,
    deciders: Mapping[type[Command], Decider[Any]],
    *,
    others: Mapping[str, Matter | None] = NO_MATTERS,
    asked: str = "",
    editions: Mapping[str, Rules] = NO_RULES,
) -> Decision:
    """Return what a command leads to.

    Args:
        rules: The rules to decide by: those of the matter's edition or, to put it under others, those.
        matter: The matter; None before it is reported.
        command: The command.
        deciders: What decides each command.
        others: Other matters that the command names, by id; None for one that is not there yet.
        asked: Digest of the command, to be kept with its first event.
        editions: The rules under which what fell due before the command happens, and other matters stand, by edition;
            *rules* where an edition is not among them.

    Raises:
        ConflictOfInterestError, NotAuthorisedError, RefusedError: It may not be given; every unmet condition is a
            fault.
    """
    pinned = _pinned(rules, matter, editions)
    after, settled = _settled(pinned, matter, command.at)
    case = Case(rules, after)
    cases: dict[str, Case] = {}
    settled_before = {command.matter: settled}
    for name, other in others.items():
        pinned = _pinned(rules, other, editions)
        after, settled_before[name] = _settled(pinned, other, command.at)
        cases[name] = Case(pinned, after)
    request: Request[Any] = Request(case, command, addressed(case, command), cases, asked)
    decider = deciders[type(command)]
    refuse(request, decider)
    decider.act(request)
    everyone = {command.matter: case, **cases}
    _tell_wholes(request, everyone)
    return Decision(
        settled={name: events for name, events in settled_before.items() if events},
        events={name: tuple(each.events) for name, each in everyone.items() if each.events},
        matters={name: each.known for name, each in everyone.items() if each.known is not None},
    )


def _tell_wholes(request: Request[Any], everyone: Mapping[str, Case]) -> None:
    """Note on a whole that a part of it has ended; with the last that is required, the whole is done."""
    for name, case in everyone.items():
        if not (case.events and case.live.parent and any(MATTER.targets.get(e.TYPE) in ENDS for e in case.events)):
            continue
        whole = everyone.get(case.live.parent)
        if whole is None:
            message = f"matter {name!r} is a part of {case.live.parent!r}, which is not given"
            raise RefusedError.of("unknown_matter", message, hint="give the whole among the others")
        request.emit(PartEnded, case=whole, part=name)
        if whole.live.state == "split" and all(ended for required, ended in whole.live.parts.values() if required):
            request.emit(DeclaredDone, case=whole)


def _pinned(rules: Rules, matter: Matter | None, editions: Mapping[str, Rules]) -> Rules:
    """Return the rules that a matter is under; *rules* where nothing is known of its edition."""
    live = None if matter is None else matter.live
    return rules if live is None else editions.get(live.edition, rules)


def _settled(rules: Rules, matter: Matter | None, at: datetime) -> tuple[Matter | None, tuple[Decided, ...]]:
    """Return a matter once what fell due before *at* has happened, and the events of it."""
    return (None, ()) if matter is None else settle(rules, matter, at)


def addressed(case: Case, command: Command) -> Assignment | None:
    """Return the open assignment that a command is about."""
    if case.known is None:
        return None
    if isinstance(command, OfUnit):
        return case.open_duty(command.unit or command.actor.unit)
    return next((duty for duty in case.open_duties() if duty.role == "handle"), None)


def refuse(request: Request[Any], decider: Decider[Any]) -> None:
    """Refuse a command that may not be given, with everything that is missing."""
    known = list(state_faults(request))
    verdict = verdict_of(request)
    unmet: tuple[Fault, ...] = ()
    if decider.conditions is not None and all(fault.code == "evidence_missing" for fault in known):
        unmet = tuple(decider.conditions(request))
    if known or verdict.faults or unmet:
        faults = Faults()
        faults.extend((*known, *verdict.faults, *unmet))
        faults.raise_as(verdict.refusal or RefusedError)


def state_faults(request: Request[Any]) -> Iterator[Fault]:
    """Yield what the tables and the envelope have against a command."""
    case, command = request.case, request.command
    matter = case.known
    if matter is None:
        if "(new)" not in MATTER.sources.get(command.NAME, ()):
            yield Fault(
                "unknown_matter", f"there is no matter {command.matter!r}", hint="report it first, or mend the id"
            )
        return
    live = case.live
    if command.NAME == "report":
        yield Fault(
            "reported_twice", f"matter {command.matter!r} was reported before", hint="give the new one its own id"
        )
        return
    yield from _back_in_time(request)
    if live.state not in MATTER.sources.get(command.NAME, ()):
        yield _wrong_state("matter", case.matter.id, live.state, command.NAME, MATTER.commands_in(live.state))
    yield from _duty_faults(request)
    needed = _EVIDENCE.get(command.NAME)
    if needed is not None and not command.brought.issuperset(needed):
        lacking = tuple(name for name in needed if name not in command.brought)
        message = f"{command.NAME} needs {', '.join(lacking)}"
        yield Fault("evidence_missing", message, hint="give it with the command", about=lacking)


def _back_in_time(request: Request[Any]) -> Iterator[Fault]:
    """Yield a fault for the matter, and for each other it names, of which something later is known."""
    command = request.command
    for case in (request.case, *request.others.values()):
        if case.known is not None and _is_late(case.live, command.at):
            given, last = (_told(request.rules, at) for at in (command.at, case.live.last_at))
            message = f"{command.NAME} is dated {given}, before the latest event of matter {case.matter.id!r}"
            hint = f"give it with the instant at which it is given, not before {last}"
            yield Fault("clock_back", message, hint=hint)


def _is_late(live: Live, at: datetime) -> bool:
    return at < live.last_at or (at == live.last_at and live.passed)


def _told(rules: Rules, at: datetime) -> str:
    """Return an instant as the officers of the place read it."""
    return at.astimezone(rules.policy.clock).isoformat(" ")


def _duty_faults(request: Request[Any]) -> Iterator[Fault]:
    command, duty = request.command, request.duty
    allowed = _DUTY_STATES.get(command.NAME)
    if allowed is None or not isinstance(command, OfUnit):
        return
    if duty is None:
        yield _no_assignment(command)
        return
    state = request.case.work(duty).state
    if allowed and state not in allowed:
        yield _wrong_state("assignment", duty.unit, state, command.NAME, ASSIGNMENT.commands_in(state))


def _no_assignment(command: Command) -> Fault:
    unit = (command.unit if isinstance(command, OfUnit) else "") or command.actor.unit or "nobody"
    message = f"{command.NAME}: {unit} has no open duty on matter {command.matter!r}"
    return Fault("no_assignment", message, hint="name the unit that has it")


def _wrong_state(what: str, name: str, state: str, command: str, allowed: tuple[str, ...]) -> Fault:
    message = f"{what} {name!r} is {state}: {command} is not possible"
    hint = f"possible there: {', '.join(allowed) or 'nothing'}"
    return Fault("wrong_state", message, hint=hint, about=allowed)


def _needed() -> Mapping[str, tuple[str, ...]]:
    """Return what each command must bring by the tables; what only some of its events need is asked elsewhere."""
    found: dict[str, set[str]] = {}
    for edge in (*MATTER.edges, *ASSIGNMENT.edges):
        for command in () if edge.elsewhere else edge.commands:
            known = found.get(command)
            found[command] = set(edge.evidence) if known is None else known & set(edge.evidence) or known
    return {command: tuple(sorted(names)) for command, names in found.items() if names}


_EVIDENCE = _needed()
_DUTY_STATES = {command: states - {"(new)"} for command, states in ASSIGNMENT.sources.items()}


def verdict_of(request: Request[Any]) -> Verdict:
    """Return whether the actor may, by the pack's table."""
    rules, command = request.rules, request.command
    if rules.authority is None:
        fault = Fault("not_granted", "the pack says of nobody what they may do", hint="add authority.toml to the pack")
        return Verdict(faults=(fault,))
    authority, name, day = rules.authority, command.NAME, rules.day(command.at)
    structure = rules.organization.at(day)
    standing = authority.standing(command.actor, structure, rules.staff, day)
    needed = authority.relations_for(name)
    found = relations_of(request.case, command, request.duty, structure, needed)
    return authority.granted(name, standing.roles, found) or authority.check(
        name,
        standing.roles,
        relations_of(request.case, command, request.duty, structure),
        command.brought,
        unposted=standing.unposted,
    )
