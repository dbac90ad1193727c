"""Climbing: report, answer, redirect, judge, pass up, send down, whistle, direct line, call, dispatch."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from gridgov.authority import Actor
from gridgov.clocks import Act, Clock, Mark, due
from gridgov.errors import AmbiguousRuleError, Fault, GridgovError, NotInForceError, RefusedError
from gridgov.escalation import LEADS, Entry, PlannedStep, entry
from gridgov.handling import commands as c
from gridgov.handling.case import Case, Given
from gridgov.handling.deciding import Decider, Request
from gridgov.handling.opening import (
    By,
    Responder,
    call_out,
    calls_next,
    listed_responders,
    open_next,
    open_step,
    rest_of,
    step_of,
    summon,
)
from gridgov.handling.quorum import declare_done
from gridgov.handling.relations import arbiter_of, barred, is_accused
from gridgov.hierarchy import Structure
from gridgov.matters import Assignment, Matter
from gridgov.matters.events import (
    AnsweredAtOnce,
    CallApproved,
    Judged,
    PassedUp,
    Received,
    Redirected,
    Relieved,
    SentBack,
    SentDown,
    Supplied,
)
from gridgov.responsibility import HolderKind

__all__ = ["CLIMBING", "by_of", "receive", "unit_faults"]

_ROLES = ("lead", "joint", "either", "support")


def by_of(request: Request[Any]) -> Mapping[str, str]:
    """Return who acts, as events name it."""
    actor = request.command.actor
    return {"by": actor.unit, "person": actor.person}


# --- report ---------------------------------------------------------------------------------------------------------


def _may_report(request: Request[c.Report]) -> Iterator[Fault]:
    """Facts are the pack's, and whom it is about is a unit, now or before."""
    accused = request.command.accused
    if accused and not request.rules.organization.history(accused):
        yield Fault("unknown_unit", f"no unit {accused!r}: it cannot be about it", hint="mend the id")
    yield from _are_attributes(request)


def _report(request: Request[c.Report]) -> None:
    receive(request.case, request.command, asked=request.asked)


def receive(case: Case, command: c.Report, *, asked: str = "", whole: Matter | None = None) -> None:
    """Take a matter in, and open its first step, or its call.

    What is promised of a part of a *whole* runs from the first receipt of the whole.
    """
    actor, at = command.actor, command.at
    by: By = {"by": actor.unit, "person": actor.person}
    own = not actor.unit and not actor.on_behalf_of
    answer = entry(
        case.rules.setting,
        item=command.item,
        place=command.place,
        facts=command.facts,
        at=at,
        direct=command.direct,
        emergency=command.emergency,
        without=barred(case.rules, command.accused, at),
    )
    case.emit(
        Received,
        at=at,
        matter=command.matter,
        item=command.item,
        place=answer.place,
        channel=command.channel,
        when=dict(command.facts),
        reporter=actor.on_behalf_of or (actor.person if own else ""),
        proxy="" if own else actor.key,
        accused=command.accused,
        path=answer.path,
        ladder="emergency" if answer.path == "emergency" else "ordinary",
        edition=case.rules.edition,
        unlisted=answer.unlisted,
        parent="" if whole is None else whole.id,
        told_first=_in_danger(case, command),
        evidence=command.evidence,
        given=_promised(case, answer, at, whole),
        asked=asked,
        **by,
    )
    if not answer.accepted:
        case.emit(Redirected, at=at, to="list", **by)
    elif answer.step is not None and not _calls_leads(case, answer.path, answer.step):
        open_step(case, answer.step, at, how="direct" if answer.path == "direct" else "assigned", by=by)
    else:
        responders = () if answer.step is None else listed_responders(case, at)
        caller = _caller(case, answer, at, actor.unit)
        call_out(case, at, responders, by={**by, "by": caller}, flags=_flags(case, command))


def _calls_leads(case: Case, path: str, step: PlannedStep) -> bool:
    """Say whether the first step is a call: in an emergency, and where nobody on the ladder stands below the leads."""
    return path == "emergency" or (path == "ordinary" and step_of(case, step.step).answers == LEADS)


def _in_danger(case: Case, command: c.Report) -> bool:
    name = case.rules.handling.danger_when
    return bool(name) and command.facts.get(name) == "yes"


def _promised(case: Case, answer: Entry, at: datetime, whole: Matter | None) -> tuple[Given, ...]:
    """Return the outer promise, from first receipt; that of a part is never later than that of the whole."""
    if answer.promise is None:
        return ()
    since = at if whole is None else whole.reported_at
    limit, calendar = answer.promise.limit, case.rules.policy.promise_calendar
    latest = None if whole is None or whole.live is None else whole.live.timers.get((0, "promise"))
    if latest is not None and latest.due_at is not None:
        clock = Clock(kind="promise", limit=limit, calendar=calendar, marks=(Mark(Act.START, since),))
        own = due(clock, case.rules.timing)
        if own is None or own.at > latest.due_at:
            return (Given(kind="promise", stated=latest.due_at, since=since),)
    return (Given(kind="promise", limit=limit, calendar=calendar, since=since),)


def _caller(case: Case, answer: Entry, at: datetime, unit: str) -> str:
    """Return who calls at once: who reports it, if it stands on the ladder; else the last before the leads.

    The matter is never about the caller: where it is about all of them, the next unit above the place calls; else the
    arbiter does.
    """
    structure, accused = case.rules.structure(at), barred(case.rules, case.live.accused, at)
    holders = [step.holder for step in case.rules.policy.ordinary.steps if step.answers != LEADS and step.holder]
    seen = [found.id for holder in holders if (found := holder.find(structure, answer.place)) is not None]
    may = [each for each in seen if each not in accused]
    if unit in may or (not seen and unit not in accused):
        return unit
    above = (each.id for each in structure.chain(answer.place) if each.id not in accused)
    return may[-1] if may else next(above, "") or arbiter_of(case, structure)


# --- on the ladder --------------------------------------------------------------------------------------------------


def _answer(request: Request[c.Answer]) -> None:
    request.emit(AnsweredAtOnce, evidence=request.command.evidence)


def _redirect(request: Request[c.Redirect]) -> None:
    request.emit(Redirected, to=request.command.to)


def _judge(request: Request[c.Judge]) -> None:
    request.emit(Judged, number=request.own_duty.number, own=request.command.own)


def _is_on_ladder(request: Request[Any]) -> Iterator[Fault]:
    """In second handling only who has a step of the ladder sends the matter on."""
    if request.case.live.state == "second" and request.case.matter.called:
        message = "the matter was called before: in second handling it stays with those who were called"
        yield Fault("called_before", message, hint="dispatch it to another unit, or extend it")


def _has_step(request: Request[Any]) -> Iterator[Fault]:
    """Who was whistled helps: what is done with a step of the ladder is for who has it."""
    duty = request.own_duty
    if duty.opened_by == "whistled":
        message = f"{duty.unit!r} helps on matter {request.case.matter.id!r}, and has no step of the ladder"
        yield Fault("no_assignment", message, hint="name the unit that has it")


def _may_pass_up(request: Request[c.PassUp]) -> Iterator[Fault]:
    barred = [*_has_step(request), *_is_on_ladder(request)]
    yield from barred or _is_above(request)


def _is_above(request: Request[Any]) -> Iterator[Fault]:
    duty = request.own_duty
    if open_next(request.case, duty, request.at) is None:
        yield Fault(
            "nobody_above", f"nobody on the ladder stands above {duty.unit}", hint="solve it, or ask for a ruling"
        )
    elif calls_next(request.case, duty, request.at):
        yield from _approval_faults(request)


def _approval_faults(request: Request[Any]) -> Iterator[Fault]:
    """Where the pack asks for it, the principal of the unit approves what it calls.

    A step that falls due is called without: the resident does not wait for a signature.
    """
    case = request.case
    if request.rules.handling.approval and not case.live.approved_by and case.live.path != "emergency":
        message = "the call needs the approval of the unit's principal"
        yield Fault("approval_missing", message, hint="approve_call first")


def _pass_up(request: Request[c.PassUp]) -> None:
    duty = request.own_duty
    above = cast("Callable[[], None]", open_next(request.case, duty, request.at, by_of(request)))
    request.emit(PassedUp, number=duty.number, reason=request.command.reason, evidence=request.command.evidence)
    above()


def _is_below(request: Request[c.SendDown]) -> Iterator[Fault]:
    """The unit stands below the holder, the place is it or lies inside it, and it has not passed it up twice."""
    duty, to = request.own_duty, request.command.to
    structure = request.rules.structure(request.at)
    if to not in structure:
        yield Fault("unknown_unit", f"no unit {to!r} is in force", hint="mend the id")
    elif not _is_between(structure, to, duty.unit, request.case.matter.place):
        yield Fault(
            "not_below", f"{to!r} is not below {duty.unit!r} on the way to the place", hint="name a unit between"
        )
    elif to in barred(request.rules, request.case.live.accused, request.at):
        yield Fault("interested_unit", f"the matter is about {to!r}", hint="name another unit")
    elif _step_below(request) is None:
        yield Fault("no_step", f"no step of the ladder is for {to!r}", hint="name a unit of a step")
    elif sum(each.unit == to and each.outcome == "passed_up" for each in request.case.matter.assignments) > 1:
        yield Fault("sent_down_before", f"{to!r} has passed it up twice", hint="solve it, or pass it up")


def _is_between(structure: Structure, unit: str, above: str, place: str) -> bool:
    """Say whether a unit stands below another, and is the place or has it inside."""
    if unit == above or not structure.is_inside(unit, above):
        return False
    return place in structure and structure.is_inside(place, unit)


def _step_below(request: Request[c.SendDown]) -> PlannedStep | None:
    """Return the step of the ladder that the unit to which it is sent holds; None where there is none."""
    case, to = request.case, request.command.to
    held = (step for step in rest_of(case, "", request.at) if step_of(case, step.step).answers != LEADS)
    return next((step for step in held if step.units[0].id == to), None)


def _send_down(request: Request[c.SendDown]) -> None:
    planned = cast("PlannedStep", _step_below(request))
    request.emit(SentDown, number=request.own_duty.number, reason=request.command.reason)
    open_step(request.case, planned, request.at, how="sent_down", by=by_of(request))


def _may_whistle(request: Request[c.Whistle]) -> Iterator[Fault]:
    """A whistle summons units linked to the holder, or to a unit above it (派驻, 双报到), and nobody else."""
    duty, units = request.own_duty, request.command.units
    yield from _has_step(request)
    yield from _is_on_ladder(request)
    if not units:
        yield Fault("evidence_missing", "whistle needs units", hint="name whom it summons", about=("units",))
    near, accused = _near(request, duty), barred(request.rules, request.case.live.accused, request.at)
    for unit in dict.fromkeys(units):
        if unit not in near:
            yield Fault(
                "not_near", f"{unit!r} is neither stationed at nor paired with {duty.unit!r}", hint="call it instead"
            )
        elif request.case.open_duty(unit) is not None:
            yield Fault("has_duty", f"{unit!r} has a duty on the matter already", hint="leave it out")
        elif unit in accused:
            yield Fault("interested_unit", f"the matter is about {unit!r}", hint="leave it out")


def _near(request: Request[Any], duty: Assignment) -> set[str]:
    structure = request.rules.structure(request.at)
    relations = request.rules.handling.whistle_relations
    return {
        unit.id
        for above in structure.chain(duty.unit)
        for relation in relations
        for unit in structure.linking(above.id, relation)
    }


def _whistle(request: Request[c.Whistle]) -> None:
    opener, first = request.own_duty.unit, request.asked
    for unit in dict.fromkeys(request.command.units):
        summon(
            request.case,
            request.at,
            Responder(unit, "support"),
            how="whistled",
            opener=opener,
            by=by_of(request),
            asked=first,
        )
        first = ""


def _is_paired(request: Request[c.TakeDirect]) -> Iterator[Fault]:
    if any(duty.opened_by == "direct" for duty in request.case.matter.assignments):
        message = "the paired unit was asked before"
        yield Fault("direct_used", message, hint="let whoever has it now answer")
    try:
        _direct_step(request)
    except GridgovError as error:
        yield from error.faults


def _direct_step(request: Request[c.TakeDirect]) -> PlannedStep:
    matter = request.case.matter
    answer = entry(
        request.rules.setting,
        item=matter.item,
        place=matter.place,
        facts=matter.when,
        at=request.at,
        direct=True,
        emergency=False,
        without=barred(request.rules, request.case.live.accused, request.at),
    )
    if answer.step is None:
        raise RefusedError.of("no_direct_line", f"nobody is on the direct line of {matter.place!r}")
    return answer.step


def _direct(request: Request[c.TakeDirect]) -> None:
    """The paired unit has as long as was promised to the resident: it counts from the report."""
    planned, promise = _direct_step(request), request.case.live.timers.get((0, "promise"))
    request.emit(SentDown, number=request.own_duty.number, reason="direct_line")
    within = None if promise is None else promise.clock
    open_step(request.case, planned, request.at, how="direct", by=by_of(request), within=within)


# --- calls ----------------------------------------------------------------------------------------------------------


def _approve(request: Request[c.ApproveCall]) -> None:
    request.emit(CallApproved, evidence=request.command.evidence)


def _may_call(request: Request[c.Call]) -> Iterator[Fault]:
    case, command = request.case, request.command
    yield from _is_on_ladder(request)
    yield from _approval_faults(request)
    if command.on_site_at is not None and command.on_site_at <= command.at:
        yield Fault("time_past", "they cannot be on the spot before they are called", hint="give a later instant")
    yield from unit_faults(case, request.rules.structure(request.at), (*command.leads, *command.supports))
    yield from _unfit(request)
    for unit in sorted(set(command.leads) & set(command.supports)):
        yield Fault("lead_and_support", f"{unit!r} cannot both lead and support", hint="name it once")
    try:
        responders = _responders(request)
    except (AmbiguousRuleError, NotInForceError) as error:
        yield from error.faults
        return
    for each in responders:
        if (open_duty := case.open_duty(each.unit)) is not None and open_duty.opened_by == "called":
            yield Fault("has_duty", f"{each.unit!r} has a duty on the matter already", hint="name the others")
    if case.live.state == "unassigned" and not any(each.role != "support" for each in responders):
        message = "nobody leads yet: a call needs leads"
        yield Fault("evidence_missing", message, hint="name who leads, or ask for a ruling", about=("leads",))


def _unfit(request: Request[c.Call]) -> Iterator[Fault]:
    """Yield a fault for each unit that cannot answer a call, named though neither the list nor a ruling names it.

    The list may be wrong: a call may go past it. It does not go down the ladder, nor to the caller, nor to who may do
    nothing on a live matter.
    """
    structure, caller = request.rules.structure(request.at), _calling(request)
    named = {unit for unit in (*request.command.leads, *request.command.supports) if unit in structure}
    levels = _levels_to(request, structure, caller)
    for unit in sorted(named - _known(request)):
        if unit == caller or structure.unit(unit).level in levels or not _has_role(request, unit, structure):
            yield Fault("cannot_answer", f"{unit!r} answers no call of {caller!r}", hint="name another unit")


def _calling(request: Request[Any]) -> str:
    """Return the unit that calls: the actor's, else the holder's."""
    duty = request.duty
    return request.command.actor.unit or ("" if duty is None else duty.unit)


def _known(request: Request[c.Call]) -> set[str]:
    """Return the units that the list or a ruling names."""
    case = request.case
    ruled = {duty.unit for duty in case.matter.assignments if case.work(duty).ruled}
    return ruled | {each.unit for each in _by_list(request)}


def _by_list(request: Request[c.Call]) -> tuple[Responder, ...]:
    """Return whom the list names; nobody where it does not say."""
    try:
        return listed_responders(request.case, request.at)
    except (AmbiguousRuleError, NotInForceError):
        return ()


def _levels_to(request: Request[Any], structure: Structure, caller: str) -> frozenset[str]:
    """Return the levels of the ladder's steps up to the caller's; of all its steps, where the caller holds none."""
    unit, levels = structure.get(caller), set[str]()
    for step in request.rules.policy.ordinary.steps:
        if step.holder is not None and step.holder.kind is HolderKind.LEVEL:
            levels.update(step.holder.words)
            if unit is not None and unit.level in step.holder.words:
                break
    return frozenset(levels)


def _has_role(request: Request[Any], unit: str, structure: Structure) -> bool:
    rules = request.rules
    if rules.authority is None:
        return False
    return bool(rules.authority.roles_of(Actor(unit=unit), structure, rules.staff, rules.day(request.at)))


def unit_faults(case: Case, structure: Structure, units: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what keeps units from being given a duty: they are not in force, or the matter is about them.

    It is about the accused, whoever followed it, and all units below.
    """
    live, organization = case.live, case.rules.organization
    for unit in units:
        if unit not in structure:
            yield Fault("unknown_unit", f"no unit {unit!r} is in force", hint="mend the id")
        elif is_accused(live, unit, structure, organization):
            yield Fault("interested_unit", f"the matter is about {unit!r}", hint="name another unit")


def _responders(request: Request[c.Call]) -> tuple[Responder, ...]:
    command = request.command
    if not command.leads and not command.supports:
        return listed_responders(request.case, request.at)
    leads = dict.fromkeys(command.leads)
    roles = dict.fromkeys(leads, "joint" if len(leads) > 1 else "lead") | dict.fromkeys(command.supports, "support")
    return tuple(Responder(unit, role) for unit, role in roles.items())


def _call(request: Request[c.Call]) -> None:
    command = request.command
    by = by_of(request)
    if not by["by"] and request.duty is not None:
        by = {**by, "by": request.duty.unit}
    call_out(
        request.case,
        request.at,
        _responders(request),
        by=by,
        flags=(*_flags(request.case, command), *_off_list(request)),
        on_site_at=command.on_site_at,
        asked=request.asked,
        reason=command.reason,
        evidence=command.evidence,
    )


def _flags(case: Case, command: c.Call | c.Report) -> tuple[str, ...]:
    """Return what the report of a call must show."""
    until, day = command.certified_until, case.rules.day
    ended = until is not None and day(until) < day(command.at)
    return ("certificate_ended",) if ended else ()


def _off_list(request: Request[c.Call]) -> tuple[str, ...]:
    """Return the flag of a call whose lead is not the list's."""
    leads = {each.unit for each in _by_list(request) if each.role != "support"}
    return () if leads.issuperset(request.command.leads) else ("off_list",)


def _may_dispatch(request: Request[c.Dispatch]) -> Iterator[Fault]:
    case, command = request.case, request.command
    yield from unit_faults(case, request.rules.structure(request.at), (command.to,))
    if command.role not in _ROLES:
        yield Fault("unknown_role", f"there is no role {command.role!r}", hint=f"use one of {', '.join(_ROLES)}")
    if case.open_duty(command.to) is not None:
        yield Fault("has_duty", f"{command.to!r} has a duty on the matter already", hint="rule on its role instead")
    leading = [duty.unit for duty in case.open_duties() if duty.role in _ROLES[:3]]
    if leading and command.role == "lead":
        message = f"{', '.join(leading)} leads: there is no second lead beside"
        yield Fault("has_lead", message, hint="send it as joint or support, or ask for a ruling")


def _dispatch(request: Request[c.Dispatch]) -> None:
    command = request.command
    summon(
        request.case,
        request.at,
        Responder(command.to, command.role),
        how="dispatched",
        opener=request.case.live.caller,
        by=by_of(request),
        asked=request.asked,
    )


def _relieve(request: Request[c.Relieve]) -> None:
    request.emit(Relieved, number=request.own_duty.number, reason=request.command.reason)
    declare_done(request)


def _send_back(request: Request[c.SendBack]) -> None:
    request.emit(SentBack, missing=request.command.missing)


def _are_attributes(request: Request[Any]) -> Iterator[Fault]:
    """Every fact that is asked for, or supplied, is an attribute of the pack, in its words."""
    vocabulary, command = request.rules.vocabulary, request.command
    if isinstance(command, c.SendBack):
        for name in command.missing:
            if name not in vocabulary:
                yield Fault("unknown_attribute", f"the pack declares no attribute {name!r}", hint="mend the name")
        return
    try:
        vocabulary.check(command.when if isinstance(command, c.Supply) else command.facts)
    except GridgovError as error:
        yield from error.faults


def _is_supplied(request: Request[c.Supply]) -> Iterator[Fault]:
    """What was missing comes at once: until then the matter stays with the caller."""
    when = request.command.when
    missing = tuple(name for name in request.case.live.missing if name not in when)
    if when and missing:
        message = f"supply needs the facts for which it was sent back: {', '.join(missing)}"
        yield Fault("facts_missing", message, hint="give each of them in 'when'", about=missing)
    yield from _are_attributes(request)


def _supply(request: Request[c.Supply]) -> None:
    request.emit(Supplied, when=dict(request.command.when), evidence=request.command.evidence)


CLIMBING: Mapping[type[c.Command], Decider[Any]] = MappingProxyType(
    {
        c.Report: Decider(_report, _may_report),
        c.Answer: Decider(_answer),
        c.Redirect: Decider(_redirect),
        c.Judge: Decider(_judge, _has_step),
        c.PassUp: Decider(_pass_up, _may_pass_up),
        c.SendDown: Decider(_send_down, _is_below),
        c.Whistle: Decider(_whistle, _may_whistle),
        c.TakeDirect: Decider(_direct, _is_paired),
        c.ApproveCall: Decider(_approve),
        c.Call: Decider(_call, _may_call),
        c.Dispatch: Decider(_dispatch, _may_dispatch),
        c.Relieve: Decider(_relieve),
        c.SendBack: Decider(_send_back, _are_attributes),
        c.Supply: Decider(_supply, _is_supplied),
    }
)
"""What decides each of these commands."""
