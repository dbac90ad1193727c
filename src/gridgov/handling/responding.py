"""Responding: sign in, contact, arrive, report back, meet; return and ruling; extension, suspension, a term of law."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from gridgov.calendar import Due, Limit
from gridgov.clocks import Clock, due
from gridgov.errors import Fault
from gridgov.handling import commands as c
from gridgov.handling.case import Case, Given
from gridgov.handling.climbing import by_of, unit_faults
from gridgov.handling.deciding import Decider, Request
from gridgov.handling.opening import Responder, summon
from gridgov.handling.quorum import declare_done
from gridgov.matters import Assignment, Decided
from gridgov.matters.events import (
    Arrived,
    Contacted,
    Disputed,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    MeetingDeclined,
    Met,
    ReportedBack,
    Resumed,
    ReturnAsked,
    ReturnGranted,
    ReturnRefused,
    Ruled,
    SignedIn,
    Suspended,
    TermTold,
)

__all__ = ["RESPONDING"]

_NO_MEETING = ("declined", "no_party", "anonymous")
_NOBODY = frozenset({"no_party", "anonymous"})
_STAGES = ("stopped", "case_opened", "decided")
_LEADS = frozenset({"lead", "joint", "either"})
_WHOLE = ("second", "complete", "step")
"""Clocks for the whole of a duty; at most one of them runs."""

_Running = tuple[str, Clock, datetime]  # its kind, the clock, and when it runs out


def _noting(kind: type[Decided]) -> Decider[Any]:
    """Return what decides a command that notes one happening on a duty, with its proof, and nothing else."""

    def act(request: Request[Any]) -> None:
        request.emit(kind, number=request.own_duty.number, evidence=request.command.evidence)

    return Decider(act)


def _lacking(command: c.Command, *names: str) -> Fault:
    message = f"{command.NAME} needs {', '.join(names)}"
    return Fault("evidence_missing", message, hint="give it with the command", about=names)


def _one_of(code: str, said: str, words: tuple[str, ...]) -> Iterator[Fault]:
    if said not in words:
        yield Fault(code, f"{said!r} is none of {', '.join(words)}", hint="use one of these")


# --- meeting --------------------------------------------------------------------------------------------------------


def _may_have_met(request: Request[c.Meet]) -> Iterator[Fault]:
    """A meeting may be entered later; it is never to come, and never before the duty was opened."""
    when, duty = request.command.when or request.at, request.own_duty
    if when > request.at:
        yield Fault("time_ahead", f"a meeting at {when} is still to come", hint="enter it once it was held")
    if when < duty.opened_at:
        message = f"a meeting at {when} was before {duty.unit} had the duty, at {duty.opened_at}"
        yield Fault("time_past", message, hint="mend the instant")


def _meet(request: Request[c.Meet]) -> None:
    command, number = request.command, request.own_duty.number
    when = command.when or request.at
    request.emit(
        Met,
        number=number,
        when=when,
        where=command.where,
        with_whom=command.with_whom,
        evidence=command.evidence,
        given=_met_then(request.case, number, when),
    )


def _met_then(case: Case, number: int, when: datetime) -> Iterator[Given]:
    """Yield that the clocks a meeting stops stop when it was held; one paused since, when it was paused."""
    for rule, _ in case.rules.handling.touched.get("met", ()):
        timer = case.live.timers.get((number, rule.id))
        if timer is not None:
            yield Given(kind=rule.id, number=number, since=max(when, timer.clock.marks[-1].at))


def _may_decline(request: Request[c.DeclineMeeting]) -> Iterator[Fault]:
    """Nobody is there to meet only where no reporter gave a name: a patrol's report, an anonymous one."""
    reason = request.command.reason
    yield from _one_of("unknown_reason", reason, _NO_MEETING)
    if reason in _NOBODY and any(reporter.person for reporter in request.case.live.reporters):
        message = f"a reporter is known: {reason!r} does not hold"
        yield Fault("party_known", message, hint="meet the reporter, or say declined once that was said")


def _decline(request: Request[c.DeclineMeeting]) -> None:
    command = request.command
    request.emit(MeetingDeclined, number=request.own_duty.number, reason=command.reason, evidence=command.evidence)


# --- return, dispute, ruling ----------------------------------------------------------------------------------------


def _may_return(request: Request[c.AskReturn]) -> Iterator[Fault]:
    """Of a call, in time, on a row or a law, naming the owner; never by a unit ruled responsible (潍坊 22)."""
    duty = request.own_duty
    if duty.opened_by == "whistled":
        message = f"{duty.unit!r} was whistled for, not called: it has nothing to return"
        yield Fault("not_called", message, hint="ask whoever whistled")
    yield from _too_late_to_return(request.case, duty, request.at)
    if not request.command.cites:
        yield _lacking(request.command, "cites")
    yield from _owner_faults(request)


def _too_late_to_return(case: Case, duty: Assignment, at: datetime) -> Iterator[Fault]:
    timer = case.live.timers.get((duty.number, "return"))
    if case.work(duty).ruled:
        yield Fault("ruled", f"{duty.unit!r} was ruled responsible: it may not return the matter", hint="handle it")
    elif timer is not None and timer.due_at is not None and at > timer.due_at:
        yield Fault("return_late", f"a return could be asked until {timer.due_at}", hint="handle it")


def _owner_faults(request: Request[c.AskReturn]) -> Iterator[Fault]:
    """The owner is named, or said with grounds to be unknown: one of the two."""
    command, proposed = request.command, request.command.proposed
    if proposed and command.none_known:
        yield Fault("owner_and_none", f"{proposed!r} is named as owner, and none is said to be known", hint="say one")
    elif command.none_known and not command.evidence:
        yield _lacking(command, "evidence")
    elif not proposed and not command.none_known:
        yield _lacking(command, "proposed")
    if proposed:
        yield from unit_faults(request.case, request.rules.structure(request.at), (proposed,))
        if proposed == request.own_duty.unit:
            yield Fault("own_unit", f"{proposed!r} cannot return it to itself", hint="name the owner")


def _ask_return(request: Request[c.AskReturn]) -> None:
    """Returned often enough, or to a unit that would return it too, it is in dispute (济南 29)."""
    command = request.command
    request.emit(
        ReturnAsked,
        number=request.own_duty.number,
        cites=command.cites,
        proposed=command.proposed,
        reason=command.reason,
        evidence=command.evidence,
    )
    matter, case = request.case.matter, request.case
    refusing = {duty.unit for duty in matter.assignments if case.work(duty).returns}
    if case.live.returns >= request.rules.handling.returns or command.proposed in refusing:
        request.emit(Disputed)


def _may_grant_return(request: Request[c.GrantReturn]) -> Iterator[Fault]:
    to = request.command.to
    if to:
        yield from unit_faults(request.case, request.rules.structure(request.at), (to,))
        if request.case.open_duty(to) is not None:
            yield Fault("has_duty", f"{to!r} has a duty on the matter already", hint="name another unit, or none")


def _grant_return(request: Request[c.GrantReturn]) -> None:
    command, duty = request.command, request.own_duty
    request.emit(ReturnGranted, number=duty.number, evidence=command.evidence)
    if command.to:
        _summon(request, Responder(command.to, duty.role), "dispatched")
    declare_done(request)


def _summon(request: Request[Any], responder: Responder, how: str) -> None:
    case = request.case
    summon(case, request.at, responder, how=how, opener=case.live.caller, by=by_of(request))


def _refuse_return(request: Request[c.RefuseReturn]) -> None:
    command = request.command
    request.emit(ReturnRefused, number=request.own_duty.number, reason=command.reason, evidence=command.evidence)


def _may_dispute(request: Request[c.Dispute]) -> Iterator[Fault]:
    """With a reason; of the units that have a duty only one that leads, and none that was ruled responsible (潍坊 22).

    Who has no duty (the platform) may as far as the pack's table says so.
    """
    case, unit = request.case, request.command.actor.unit
    if not request.command.reason:
        yield _lacking(request.command, "reason")
    own = [duty for duty in case.open_duties() if duty.unit == unit]
    if own and not any(duty.role in _LEADS for duty in own):
        yield Fault("not_lead", f"{unit!r} does not lead: it cannot dispute who does", hint="leave it to a lead")
    if any(case.work(duty).ruled for duty in own):
        yield Fault("ruled", f"{unit!r} was ruled responsible: it may not dispute that", hint="handle it")


def _dispute(request: Request[c.Dispute]) -> None:
    request.emit(Disputed, reason=request.command.reason, evidence=request.command.evidence)


def _may_rule(request: Request[c.Rule]) -> Iterator[Fault]:
    """Somebody leads; nobody leads and supports; who is found to have returned without ground did ask to return."""
    command, case = request.command, request.case
    if not command.leads:
        yield _lacking(command, "leads")
    yield from unit_faults(case, request.rules.structure(request.at), (*command.leads, *command.supports))
    for unit in sorted(set(command.leads) & set(command.supports)):
        yield Fault("lead_and_support", f"{unit!r} cannot both lead and support", hint="name it once")
    for unit in command.unjustified:
        if not _returns_of(case, unit):
            yield Fault("no_return_asked", f"{unit!r} asked no return of this matter", hint="leave it out")


def _returns_of(case: Case, unit: str) -> tuple[int, ...]:
    """Return the assignments of a unit whose return was asked, in order of opening."""
    return tuple(d.number for d in case.matter.assignments if d.unit == unit and case.work(d).returns)


def _rule(request: Request[c.Rule]) -> None:
    """Who was called and stays keeps its duty in its role; who is new gets one; the others are relieved.

    A part that was completed in the meantime is kept as well, unless who supported is now to lead.
    Where nobody was called before, whoever held the last step of the ladder is the caller from now on.
    """
    command, case = request.command, request.case
    roles = dict.fromkeys(command.supports, "support")
    roles |= dict.fromkeys(command.leads, "joint" if len(command.leads) > 1 else "lead")
    kept = {duty.unit: duty for duty in case.matter.assignments if _is_kept(duty, roles)}
    request.emit(
        Ruled,
        kept=tuple((duty.number, roles[unit]) for unit, duty in kept.items()),
        relieved=tuple(duty.number for duty in case.open_duties() if _is_relieved(duty, roles, kept)),
        unjustified=tuple(_returns_of(case, unit)[-1] for unit in dict.fromkeys(command.unjustified)),
        caller=_caller(case),
        reason=command.reason,
        evidence=command.evidence,
    )
    for unit, role in roles.items():
        if unit not in kept:
            _summon(request, Responder(unit, role), "ruled")
    declare_done(request)


def _is_kept(duty: Assignment, roles: Mapping[str, str]) -> bool:
    """Say whether a called unit that is named keeps its duty."""
    role = roles.get(duty.unit)
    if role is None or duty.opened_by != "called":
        return False
    return duty.is_open or (duty.outcome == "completed" and (role == "support" or duty.role in _LEADS))


def _is_relieved(duty: Assignment, roles: Mapping[str, str], kept: Mapping[str, Assignment]) -> bool:
    """Say whether a ruling ends a duty; a helper that was whistled for goes on, unless it has a duty of its own now."""
    if duty.opened_by == "whistled":
        return duty.unit in roles
    return kept.get(duty.unit) is not duty


def _caller(case: Case) -> str:
    """Return who is the caller of a matter that nobody called; empty where there is a caller, or no step was opened."""
    steps = [duty.unit for duty in case.matter.assignments if duty.role == "handle"]
    return steps[-1] if steps and not case.live.caller else ""


# --- extension ------------------------------------------------------------------------------------------------------


def _whole(case: Case, duty: Assignment) -> _Running | None:
    """Return the clock that runs for the whole of a duty; None where none does."""
    timers = case.live.timers
    found = ((kind, timers[duty.number, kind]) for kind in _WHOLE if (duty.number, kind) in timers)
    running = ((kind, each.clock, each.due_at) for kind, each in found if each.clock.state == "running")
    return next(((kind, clock, at) for kind, clock, at in running if at is not None), None)


def _may_ask_extension(request: Request[c.AskExtension]) -> Iterator[Fault]:
    """Asked before the time runs out (济南 24), not too often, and one at a time."""
    duty, case = request.own_duty, request.case
    work, running = case.work(duty), _whole(case, duty)
    if running is None:
        yield _nothing_to_extend(duty)
    else:
        if request.at > running[2]:
            yield Fault("extension_late", f"more time could be asked until {running[2]}", hint="complete it")
        yield from _not_longer(running[1], request.command.limit)
    if work.extended >= request.rules.handling.extensions:
        yield Fault("extension_used", f"{duty.unit!r} was given more time {work.extended} times", hint="complete it")
    if work.extension is not None:
        yield Fault("extension_pending", f"{duty.unit!r} has asked for more time already", hint="wait for the answer")


def _nothing_to_extend(duty: Assignment) -> Fault:
    return Fault("nothing_to_extend", f"no time runs out for {duty.unit!r}", hint="go on without")


def _not_longer(clock: Clock, more: Limit) -> Iterator[Fault]:
    """A limit is lengthened by more of its own unit; a day that was stated, such as a law's term, is no limit."""
    if clock.stated is not None or clock.limit is None:
        message = "the time is a day that was stated: it has no limit to lengthen"
        yield Fault("nothing_to_extend", message, hint="of a procedure of law, tell the term of its next stage")
    elif clock.limit.unit is not more.unit:
        unit = clock.limit.unit.value
        message = f"the time is counted in {unit}: {more} cannot be added"
        yield Fault("extension_unit", message, hint=f"say it in {unit}", about=(unit,))


def _ask_extension(request: Request[c.AskExtension]) -> None:
    command, number = request.command, request.own_duty.number
    request.emit(ExtensionAsked, number=number, limit=command.limit, reason=command.reason, evidence=command.evidence)


def _is_asked(request: Request[Any]) -> Iterator[Fault]:
    duty = request.own_duty
    if request.case.work(duty).extension is None:
        yield Fault("no_extension_asked", f"{duty.unit!r} has asked for no more time", hint="let it ask first")


def _may_grant_extension(request: Request[c.GrantExtension]) -> Iterator[Fault]:
    """More time is given only when the reporter was told the new date (济南 24)."""
    yield from _is_asked(request)
    duty, case = request.own_duty, request.case
    running, more = _whole(case, duty), case.work(duty).extension
    if running is None:
        yield _nothing_to_extend(duty)
    elif more is not None:
        yield from _not_longer(running[1], more)
    if not request.command.resident_told:
        yield _lacking(request.command, "resident_told")


def _grant_extension(request: Request[c.GrantExtension]) -> None:
    """The limit is lengthened: pauses go on moving the due instant."""
    duty, case = request.own_duty, request.case
    kind, clock, _ = cast("_Running", _whole(case, duty))
    more = cast("Limit", case.work(duty).extension)
    longer = Limit(cast("Limit", clock.limit).amount + more.amount, more.unit)
    given = Given(kind=kind, number=duty.number, act="limit", limit=longer)
    then = cast("Due", due(clock.with_limit(longer), case.rules.timing)).at
    request.emit(ExtensionGranted, number=duty.number, due_at=then, evidence=request.command.evidence, given=[given])


def _refuse_extension(request: Request[c.RefuseExtension]) -> None:
    command = request.command
    request.emit(ExtensionRefused, number=request.own_duty.number, reason=command.reason, evidence=command.evidence)


# --- suspension, a law's own term -----------------------------------------------------------------------------------


def _pausing(case: Case) -> Iterator[tuple[int, str, Clock]]:
    """Yield the running clocks that a suspension pauses, of every responder."""
    kinds = {rule.id for rule, act in case.rules.handling.touched.get("suspended", ()) if act == "pause"}
    for (number, kind), timer in case.live.timers.items():
        if kind in kinds and timer.clock.state == "running":
            yield number, kind, timer.clock


def _may_suspend(request: Request[c.Suspend]) -> Iterator[Fault]:
    """The reporter was told measure and date (济南 24); it may be entered late, while the clocks ran."""
    command, at = request.command, request.at
    since = command.since or at
    if command.until is not None and command.until <= at:
        yield Fault("time_past", f"it cannot wait until {command.until}: that has come", hint="name a later instant")
    if since > at:
        yield Fault("time_ahead", f"it cannot wait from {since} on: that is still to come", hint="suspend it then")
    latest = max((clock.marks[-1].at for _, _, clock in _pausing(request.case)), default=since)
    if since < latest:
        yield Fault("time_past", f"a clock was set going at {latest}, after {since}", hint=f"count from {latest} on")
    if not command.resident_told:
        yield _lacking(command, "resident_told")


def _suspend(request: Request[c.Suspend]) -> None:
    command = request.command
    since, until = command.since or request.at, command.until
    request.emit(
        Suspended,
        since=since,
        until=until,
        reason=command.reason,
        evidence=command.evidence,
        given=[
            Given(kind="suspension", number=0, stated=until),
            *(Given(kind=kind, number=n, since=since, until=until) for n, kind, _ in _pausing(request.case)),
        ],
    )


def _resume(request: Request[c.Resume]) -> None:
    request.emit(Resumed, evidence=request.command.evidence)


def _may_tell_term(request: Request[c.TellTerm]) -> Iterator[Fault]:
    """Told before the time runs out, so that nobody late makes itself timely; once for each stage, in their order."""
    command, case = request.command, request.case
    yield from _one_of("unknown_stage", command.stage, _STAGES)
    running = _whole(case, request.own_duty)
    if running is not None and request.at > running[2]:
        yield Fault("term_late", f"a term could be told until {running[2]}", hint="complete it")
    told = case.work(request.own_duty).stage
    if told and command.stage in _STAGES[: _STAGES.index(told) + 1]:
        message = f"the term of stage {told!r} was told: {command.stage!r} does not come after it"
        yield Fault("stage_order", message, hint="tell a term again only when the procedure has moved on")
    if command.due_at is not None and command.due_at <= request.at:
        yield Fault("time_past", f"the term told, {command.due_at}, has run out", hint="tell the term that now runs")


def _tell_term(request: Request[c.TellTerm]) -> None:
    """The law's own term is told, and followed (济南 24): the clock of the duty runs out with it."""
    command, duty = request.command, request.own_duty
    running = _whole(request.case, duty)
    request.emit(
        TermTold,
        number=duty.number,
        stage=command.stage,
        due_at=command.due_at,
        cites=command.cites,
        evidence=command.evidence,
        given=[] if running is None else [Given(kind=running[0], act="stated", stated=command.due_at)],
    )


RESPONDING: Mapping[type[c.Command], Decider[Any]] = MappingProxyType(
    {
        c.SignIn: _noting(SignedIn),
        c.Contact: _noting(Contacted),
        c.Arrive: _noting(Arrived),
        c.ReportBack: _noting(ReportedBack),
        c.Meet: Decider(_meet, _may_have_met),
        c.DeclineMeeting: Decider(_decline, _may_decline),
        c.AskReturn: Decider(_ask_return, _may_return),
        c.GrantReturn: Decider(_grant_return, _may_grant_return),
        c.RefuseReturn: Decider(_refuse_return),
        c.Dispute: Decider(_dispute, _may_dispute),
        c.Rule: Decider(_rule, _may_rule),
        c.AskExtension: Decider(_ask_extension, _may_ask_extension),
        c.GrantExtension: Decider(_grant_extension, _may_grant_extension),
        c.RefuseExtension: Decider(_refuse_extension, _is_asked),
        c.Suspend: Decider(_suspend, _may_suspend),
        c.Resume: Decider(_resume),
        c.TellTerm: Decider(_tell_term, _may_tell_term),
    }
)
"""What decides each of these commands."""
