"""Overseeing: remind, supervise, correct what was reported, admit, put under other rules, assess, amend."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from gridgov.calendar import Limit
from gridgov.conditions import Vocabulary
from gridgov.errors import Fault, GridgovError
from gridgov.escalation import LEADS
from gridgov.facts import STANDARD_FACTS, FactRules, rows_of
from gridgov.handling import commands as c
from gridgov.handling.case import Case, Given
from gridgov.handling.deciding import Decider, Request
from gridgov.handling.relations import coordinator_of
from gridgov.handling.rules import ClockRule, Rules
from gridgov.matters import LEFT, Assignment, Finding
from gridgov.matters.events import (
    Admitted,
    Assessed,
    AssessmentAmended,
    ReasonGiven,
    Rebased,
    Reclassified,
    Reminded,
    Supervised,
    SupervisionLifted,
)
from gridgov.matters.state import changed
from gridgov.values import Timeline

__all__ = ["OVERSEEING", "limit_of_ladder", "responders"]

_RUNNING = frozenset({"running", "paused"})
_OVERRIDING = frozenset({"accept", "contact"})
_EXTENDED = frozenset({"step", "complete"})


# --- remind, supervise ----------------------------------------------------------------------------------------------


def _remind(request: Request[c.Remind]) -> None:
    """Remind who coordinates, while that duty is open; else the matter as a whole is reminded of."""
    duty = coordinator_of(request.case.matter)
    request.emit(Reminded, number=0 if duty is None or duty.outcome else duty.number)


def _is_unsupervised(request: Request[c.Supervise]) -> Iterator[Fault]:
    """At most one supervision of a matter is open (政府督查工作条例 15)."""
    if request.case.live.supervised:
        message = f"a supervision of matter {request.case.matter.id!r} is open"
        yield Fault("supervised", message, hint="lift it before another is opened")


def _supervise(request: Request[c.Supervise]) -> None:
    request.emit(Supervised, reason=request.command.reason, evidence=request.command.evidence)


def _is_supervised(request: Request[c.LiftSupervision]) -> Iterator[Fault]:
    if not request.case.live.supervised:
        message = f"no supervision of matter {request.case.matter.id!r} is open"
        yield Fault("not_supervised", message, hint="there is nothing to lift")


def _lift(request: Request[c.LiftSupervision]) -> None:
    request.emit(SupervisionLifted, reason=request.command.reason, evidence=request.command.evidence)


def _owes_reason(request: Request[c.GiveReason]) -> Iterator[Fault]:
    """Only who took the emergency path owes a reason in writing, and owes it once."""
    live = request.case.live
    if live.path != "emergency":
        yield Fault("no_reason_owed", f"no reason is owed on the path {live.path!r}", hint="only an emergency owes one")
    elif live.reason_given:
        yield Fault("no_reason_owed", "the reason was filed before", hint="there is nothing left to file")


def _give_reason(request: Request[c.GiveReason]) -> None:
    request.emit(ReasonGiven, evidence=request.command.evidence)


# --- correct, admit -------------------------------------------------------------------------------------------------


def _may_reclassify(request: Request[c.Reclassify]) -> Iterator[Fault]:
    """Something is corrected, in the pack's words, in a place in force, from an instant since the report."""
    command, case = request.command, request.case
    if not (command.item or command.place or command.facts):
        yield Fault("nothing_changed", "reclassify corrects nothing", hint="give item, place or facts")
    if command.place and command.place not in request.rules.structure(request.at):
        yield Fault("unknown_unit", f"no unit {command.place!r} is in force", hint="mend the id")
    yield from _vocabulary_faults(request.rules.vocabulary, command.facts)
    if command.since is not None and command.since < case.matter.reported_at:
        message = f"it cannot count from {command.since}, before the report at {case.matter.reported_at}"
        yield Fault("time_past", message, hint="give an instant since the report")
    if command.since is not None and command.since > request.at:
        message = f"it cannot count from {command.since}, which is later than {request.at}"
        yield Fault("time_ahead", message, hint="give an instant that has passed, or none for now")


def _vocabulary_faults(vocabulary: Vocabulary, facts: Mapping[str, str]) -> Iterator[Fault]:
    try:
        vocabulary.check(facts)
    except GridgovError as error:
        yield from error.faults


def _reclassify(request: Request[c.Reclassify]) -> None:
    """Correct item, place or facts.

    The promise runs on, and so does every clock of the steps taken: what was promised, and how long a unit has had the
    matter, is not changed by its right name. Only a clock that the pack ties to the event follows, from *since* on or
    from its own latest mark where that is later.
    """
    command, case = request.command, request.case
    matter = case.matter
    item, since = command.item or matter.item, command.since or request.at
    unlisted = case.live.unlisted if item == matter.item else not _is_listed(request.rules, item, matter.reported_at)
    request.emit(
        Reclassified,
        item=item,
        place=command.place or matter.place,
        when={**matter.when, **command.facts},
        since=since,
        unlisted=unlisted,
        reason=command.reason,
        evidence=command.evidence,
        given=[*_following(request, since)],
    )


def _is_listed(rules: Rules, item: str, reported_at: datetime) -> bool:
    """Whether the item is on the list of the day of the report."""
    listing = rules.responsibilities
    day, _ = listing.answering_day(rules.day(reported_at), lenient=True)
    return listing.item(item, day) is not None


def _following(request: Request[c.Reclassify], since: datetime) -> Iterator[Given]:
    """Yield from when each clock that the pack ties to a correction follows it."""
    for rule, act in request.rules.handling.touched.get(Reclassified.TYPE, ()):
        if act == "start":
            yield Given(kind=rule.id, number=0, since=since)
            continue
        for (number, kind), timer in request.case.live.timers.items():
            if kind == rule.id:
                yield Given(kind=kind, number=number, since=max(since, timer.clock.marks[-1].at))


def _may_admit(request: Request[c.Admit]) -> Iterator[Fault]:
    """准入: an off-list task with approval and money, once, and with an end ahead (R18)."""
    live, ends = request.case.live, request.command.ends
    if not live.unlisted or live.admitted:
        why = "was admitted before" if live.admitted else "is on the list"
        yield Fault("not_unlisted", f"the matter {why}", hint="only an off-list task is admitted, and once")
    if ends is not None and ends <= request.at:
        yield Fault("time_past", f"the task would end at {ends}, before it is admitted", hint="give a later end")


def _admit(request: Request[c.Admit]) -> None:
    command = request.command
    request.emit(Admitted, approval=command.approval, money=command.money, ends=command.ends, evidence=command.evidence)


# --- other rules ----------------------------------------------------------------------------------------------------


def _may_rebase(request: Request[c.Rebase]) -> Iterator[Fault]:
    """The new rules are other rules; they know the matter's ladder, its facts and its place."""
    case, rules = request.case, request.rules
    if case.live.edition == rules.edition:
        yield Fault("same_edition", f"it is under edition {rules.edition!r} already", hint="there is nothing to do")
    try:
        rules.policy.ladder(case.live.ladder)
    except GridgovError as error:
        yield from error.faults
    yield from _vocabulary_faults(rules.vocabulary, case.matter.when)


def _rebase(request: Request[c.Rebase]) -> None:
    """Put it under the rules decided with, which are the new ones.

    Every clock that runs, or is paused, gets the limit that the new rules set for the day of the report, and keeps its
    log and its calendar; one that they do not know ends. The promise never moves, nor does a day that was named, nor a
    time that was extended. Steps taken stay, and what was not owed before is not owed now.
    """
    command = request.command
    given = [*_new_times(request.case)]
    edition = request.rules.edition
    request.emit(Rebased, edition=edition, reason=command.reason, evidence=command.evidence, given=given)


def _new_times(case: Case) -> Iterator[Given]:
    for (number, kind), timer in case.live.timers.items():
        clock = timer.clock
        if clock.state not in _RUNNING:
            continue
        rule = case.rules.handling.clocks.get(kind)
        if rule is None:
            yield Given(kind=kind, number=number, act="cancel")
        elif kind != "promise" and clock.stated is None:
            limit = _limit_now(case, rule, case.matter.assignments[number - 1] if number else None)
            if limit is not None and limit != clock.limit:
                yield Given(kind=kind, number=number, act="limit", limit=limit)


def _limit_now(case: Case, rule: ClockRule, duty: Assignment | None) -> Limit | None:
    """Return what a clock is allowed by the rules of the case; None where they leave it as it is."""
    stepwise = None
    if duty is not None:
        if rule.id in _EXTENDED and case.work(duty).extended:
            return None
        stepwise = limit_of_ladder(case, rule.id, duty)
    timed = rule.timed(case.live.path)
    found = stepwise if timed is None or (stepwise is not None and rule.id in _OVERRIDING) else timed.limit
    return None if found is None else found.at(case.rules.day(case.matter.reported_at), lenient=True).value


def limit_of_ladder(case: Case, kind: str, duty: Assignment) -> Timeline[Limit] | None:
    """Return the time that a step of the ladder gives a duty's clock; the leads' own for a called unit."""
    policy, live = case.rules.policy, case.live
    if kind == "complete":
        if live.path == "emergency" or duty.opened_by == "whistled":
            return None
        return next((step.limit for step in policy.ordinary.steps if step.answers == LEADS), None)
    for step in policy.ladder(live.ladder).steps:
        if step.id == case.work(duty).step:
            return {"step": step.limit, "accept": step.accept, "contact": step.contact}.get(kind)
    return None


# --- 一事一考 -------------------------------------------------------------------------------------------------------


def responders(case: Case) -> Mapping[str, Assignment]:
    """Return who is assessed: the duty of each unit that was called, and is not somebody else's by now, by unit.

    Helpers that were whistled for are not, nor are steps of the ladder.
    """
    duties = (duty for duty in case.matter.assignments if duty.opened_by == "called" and duty.role != "handle")
    return {duty.unit: duty for duty in duties if duty.outcome not in LEFT}


def _may_assess(request: Request[c.Assess]) -> Iterator[Fault]:
    if request.case.live.findings:
        yield Fault("assessed_before", "the matter was assessed before", hint="amend that assessment, with a reason")
    if not responders(request.case):
        yield Fault("never_called", "nobody was called: there is nobody to assess", hint="assess called matters only")
        return
    yield from _finding_faults(request, request.command.findings, "")


def _may_amend(request: Request[c.AmendAssessment]) -> Iterator[Fault]:
    if not request.case.live.findings:
        yield Fault("not_assessed", "there is no assessment to amend", hint="assess it first")
    yield from _finding_faults(request, request.command.findings, request.command.reason)


def _finding_faults(request: Request[Any], findings: tuple[c.FindingOf, ...], reason: str) -> Iterator[Fault]:
    known = responders(request.case)
    seen: set[str] = set()
    for finding in findings:
        unit = finding.unit
        if unit in seen:
            yield Fault("duplicate_finding", f"two findings are about {unit!r}", hint="join the two", about=(unit,))
        seen.add(unit)
        faults = [*_vocabulary_faults(request.rules.findings, finding.facts)]
        yield from (fault.at(f"findings.{unit}") for fault in faults)
        if unit not in known:
            message = f"{unit!r} did not respond to the call"
            hint = f"assessed are: {', '.join(known) or 'nobody'}"
            yield Fault("not_responder", message, hint=hint, about=(unit,))
        elif not faults and not (finding.reason or reason):
            yield from _unreasoned(request, finding, known[unit])


def _unreasoned(request: Request[Any], finding: c.FindingOf, duty: Assignment) -> Iterator[Fault]:
    """Yield a fault where a finding says otherwise than the events, and not why."""
    said = _said_by_events(request.case, duty, request)
    given = request.rules.findings.check(finding.facts)
    names = tuple(name for name, value in given.items() if name in STANDARD_FACTS and said.get(name) != value)
    if names:
        message = f"the finding about {finding.unit!r} says otherwise than the events: {', '.join(names)}"
        yield Fault("reason_missing", message, hint="give the reason with the finding", about=names)


def _said_by_events(case: Case, duty: Assignment, request: Request[Any]) -> Mapping[str, Any]:
    """Return the facts of a duty that follow from the events alone."""
    bare = changed(case.matter, assignments=(changed(duty, facts={}),))
    rules = FactRules(due=lambda _, __: None, answering=lambda _: None, declared=request.rules.findings)
    (row,) = rows_of(bare, as_of=request.at, rules=rules)
    return row.facts


def _findings(request: Request[Any], reason: str = "") -> tuple[Finding, ...]:
    """Return one finding for each responder: what is said now, else what was found before, else nothing."""
    said = {finding.unit: finding for finding in request.command.findings}
    before = {finding.number: finding for finding in request.case.live.findings}
    found = []
    for unit, duty in responders(request.case).items():
        now = said.get(unit)
        if now is None:
            found.append(before.get(duty.number) or Finding(number=duty.number))
        else:
            found.append(Finding(number=duty.number, facts=dict(now.facts), reason=now.reason or reason))
    return tuple(found)


def _assess(request: Request[c.Assess]) -> None:
    """一事一考: the caller assesses each responder, lead and supporting, once for each matter."""
    request.emit(Assessed, findings=_findings(request), evidence=request.command.evidence)


def _amend(request: Request[c.AmendAssessment]) -> None:
    """Amend the assessment; the earlier one is kept, with the reason."""
    reason = request.command.reason
    findings = _findings(request, reason)
    request.emit(AssessmentAmended, findings=findings, reason=reason, evidence=request.command.evidence)


OVERSEEING: Mapping[type[c.Command], Decider[Any]] = MappingProxyType(
    {
        c.Remind: Decider(_remind),
        c.Supervise: Decider(_supervise, _is_unsupervised),
        c.LiftSupervision: Decider(_lift, _is_supervised),
        c.GiveReason: Decider(_give_reason, _owes_reason),
        c.Reclassify: Decider(_reclassify, _may_reclassify),
        c.Admit: Decider(_admit, _may_admit),
        c.Rebase: Decider(_rebase, _may_rebase),
        c.Assess: Decider(_assess, _may_assess),
        c.AmendAssessment: Decider(_amend, _may_amend),
    }
)
"""What decides each of these commands."""
