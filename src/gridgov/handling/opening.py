"""Opening: the next step of the ladder, or the call of those who lead."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from gridgov.calendar import Limit
from gridgov.clocks import Clock
from gridgov.errors import AmbiguousRuleError, NotInForceError
from gridgov.escalation import LEADS, PlannedStep, Step, steps_from
from gridgov.handling.case import Case, Given
from gridgov.handling.relations import barred
from gridgov.matters import Assignment
from gridgov.matters.events import Assigned, CalledOut, NobodyLeads, Relieved, Summoned
from gridgov.responsibility import Responsibility

__all__ = [
    "TIMES_ITSELF",
    "By",
    "Responder",
    "call_out",
    "calls_next",
    "listed",
    "listed_responders",
    "open_next",
    "open_step",
    "rest_of",
    "step_of",
    "summon",
]

By = Mapping[str, Any]
"""Who acts: ``by`` and ``person`` of an event."""

TIMES_ITSELF: By = MappingProxyType({})
"""Nobody acts: a clock ran out."""

_ROLES = {"single": "lead", "joint": "joint", "either": "either", "none": "lead"}


@attrs.frozen
class Responder:
    """A unit that is given a duty, and in which role."""

    unit: str
    role: str


def rest_of(case: Case, left: str, at: datetime) -> Iterator[PlannedStep]:
    """Yield the rest of the ladder that a matter climbs, when its next step opens at an instant.

    Args:
        case: The matter.
        left: Id of the step just left; empty for the whole ladder. The direct line is left for the last step before the
            leads: who is asked past the levels does not send the matter down to the first of them.
        at: When the next step opens.

    Raises:
        NotInForceError, AmbiguousRuleError: As for `steps_from`.
    """
    matter, live = case.matter, case.live
    return steps_from(
        case.rules.setting,
        item=matter.item,
        place=matter.place,
        facts=matter.when,
        ladder=live.ladder,
        after=_below(case, left),
        opens_at=at,
        reported_at=matter.reported_at,
        without=barred(case.rules, live.accused, at),
    )


def _below(case: Case, left: str) -> str:
    """Return the step of the ladder above which the next one is looked for."""
    steps = case.rules.policy.ladder(case.live.ladder).steps
    if not left or any(step.id == left for step in steps):
        return left
    held = [step.id for step in steps if step.answers != LEADS]
    return held[-2] if len(held) > 1 else ""


def step_of(case: Case, step: str) -> Step:
    """Return a step of the ladder that a matter climbs."""
    ladder = case.rules.policy.ladder(case.live.ladder)
    return ladder.steps[ladder.position(step)]


def open_next(case: Case, duty: Assignment, at: datetime, by: By = TIMES_ITSELF) -> Callable[[], None] | None:
    """Return what opens the step above an assignment; None when it is itself the last who can act.

    Where nobody can be named who leads (the facts do not say, the item is not on the list, the matter is about the one
    who would), a ruling is due.
    """
    planned, leads = _following(case, duty, at)
    if planned is None:
        return None if leads else lambda: _nobody_leads(case, at, by)
    step = planned
    if step_of(case, step.step).answers == LEADS:
        caller = {**by, "by": duty.unit}
        return lambda: call_out(case, at, listed_responders(case, at), by=caller, missed=not by)
    return lambda: open_step(case, step, at, how="passed_up", by=by)


def calls_next(case: Case, duty: Assignment, at: datetime) -> bool:
    """Say whether the step above an assignment is the leads': to pass it up is to call."""
    planned, _ = _following(case, duty, at)
    return planned is not None and step_of(case, planned.step).answers == LEADS


def _following(case: Case, duty: Assignment, at: datetime) -> tuple[PlannedStep | None, tuple[str, ...]]:
    """Return the step above an assignment; where there is none, the leads who are left."""
    try:
        planned = next(rest_of(case, case.work(duty).step, at), None)
        return planned, () if planned is not None else leads_left(case, at)
    except (AmbiguousRuleError, NotInForceError):
        return None, ()


def leads_left(case: Case, at: datetime) -> tuple[str, ...]:
    """Return the leads of the list, without the units that the matter is about."""
    accused = barred(case.rules, case.live.accused, at)
    return tuple(lead.unit.id for lead in listed(case, at).leads if lead.unit.id not in accused)


def _nobody_leads(case: Case, at: datetime, by: By, **said: Any) -> None:
    """Nobody is known to lead: every open step ends, and a ruling is due."""
    case.emit(NobodyLeads, at=at, **by, **said)


def open_step(
    case: Case,
    planned: PlannedStep,
    at: datetime,
    *,
    how: str,
    by: By,
    within: Clock | None = None,
    asked: str = "",
) -> None:
    """Open a step of the ladder for its first seat; its time is that of the clock *within* which it ends, if any."""
    seat = planned.seats[0]
    known = [step for step in case.rules.policy.ladder(case.live.ladder).steps if step.id == planned.step]
    calendar = known[0].calendar if known else case.rules.policy.promise_calendar
    given = tuple(_given(case, planned.limit, calendar, known, within))
    _end_help(case, seat.unit.id, at, by)
    case.emit(
        Assigned,
        at=at,
        number=case.next_number,
        how=how,
        unit=seat.unit.id,
        post=seat.post,
        step=planned.step,
        given=given,
        asked=asked,
        **by,
    )


def _end_help(case: Case, unit: str, at: datetime, by: By) -> None:
    """End the help for which a unit was whistled: it has a duty of its own now, and nobody has two on one matter."""
    helping = case.open_duty(unit)
    if helping is not None and helping.opened_by == "whistled":
        case.emit(Relieved, at=at, number=helping.number, reason="own_duty", **by)


def _given(case: Case, limit: Limit, calendar: str, known: list[Step], within: Clock | None) -> Iterator[Given]:
    """Yield the time that a step gives its clocks: to answer, and where it says so to accept and to contact."""
    if within is None:
        yield Given(kind="step", limit=limit, calendar=calendar)
    else:
        since = within.marks[0].at
        yield Given(kind="step", limit=within.limit, stated=within.stated, calendar=within.calendar, since=since)
    day = case.rules.day(case.matter.reported_at)
    for step in known:
        for kind, limits in (("accept", step.accept), ("contact", step.contact)):
            if limits is not None:
                own = limits.at(day, lenient=True).value
                yield Given(kind=kind, limit=own, calendar=calendar, overrides=True)


def listed(case: Case, at: datetime) -> Responsibility:
    """Return who answers by the list of the day of the report, among the units of the day of *at*.

    Raises:
        NotInForceError, AmbiguousRuleError: The list does not say.
    """
    matter, rules = case.matter, case.rules
    return rules.responsibilities.lookup(
        matter.item,
        place=matter.place,
        at=rules.day(matter.reported_at),
        structure=rules.structure(at),
        facts=matter.when,
        lenient=True,
    )


def listed_responders(case: Case, at: datetime) -> tuple[Responder, ...]:
    """Return the leads and supports of the list, without the units that the matter is about."""
    duty = listed(case, at)
    leads = [Responder(lead.unit.id, _ROLES[duty.mode]) for lead in duty.leads]
    if not leads and case.rules.policy.fallback is not None:
        leads = [Responder(case.rules.policy.fallback.resolve(case.rules.structure(at), case.matter.place).id, "lead")]
    supports = [Responder(support.unit.id, "support") for support in duty.supports]
    accused = barred(case.rules, case.live.accused, at)
    return tuple(each for each in (*leads, *supports) if each.unit not in accused)


def call_out(
    case: Case,
    at: datetime,
    responders: tuple[Responder, ...],
    *,
    by: By,
    missed: bool = False,
    flags: tuple[str, ...] = (),
    on_site_at: datetime | None = None,
    asked: str = "",
    **said: Any,
) -> None:
    """Call units through the platform; without a lead among them, a ruling is due."""
    if not any(each.role != "support" for each in responders):
        _nobody_leads(case, at, by, asked=asked, **said)
        return
    quorum = case.rules.handling.quorum
    case.emit(CalledOut, at=at, quorum=quorum, missed=missed, flags=flags, asked=asked, **by, **said)
    opener = by.get("by", "")
    for each in responders:
        _end_help(case, each.unit, at, by)
        summon(case, at, each, how="called", opener=opener, by=by, on_site_at=on_site_at)


def summon(
    case: Case,
    at: datetime,
    responder: Responder,
    *,
    how: str,
    opener: str,
    by: By,
    on_site_at: datetime | None = None,
    asked: str = "",
) -> None:
    """Give a unit a duty by a call, a whistle, a dispatch or a ruling."""
    given = [] if on_site_at is None else [Given(kind="arrive", stated=on_site_at)]
    if how != "whistled":
        given += _to_complete(case)
    rules, post = case.rules, case.rules.handling.duty_post
    case.emit(
        Summoned,
        at=at,
        number=case.next_number,
        how=how,
        unit=responder.unit,
        role=responder.role,
        post=post if post and rules.staff.seated(post, responder.unit, rules.day(at)) else "",
        opener=opener,
        given=given,
        asked=asked,
        **by,
    )


def _to_complete(case: Case) -> Iterator[Given]:
    """Yield the time that a called unit has where the pack gives it none: that of the leads' step of the ladder.

    In an emergency the ladder's first step is to sign in, its last to complete; where it has but one, the promise says
    until when.
    """
    policy, promise = case.rules.policy, case.live.timers.get((0, "promise"))
    urgent = case.live.path == "emergency"
    leads = [step for step in policy.ladder(case.live.ladder).steps if step.answers == LEADS]
    if len(leads) > urgent:
        step = leads[-1] if urgent else leads[0]
        limit = step.limit.at(case.rules.day(case.matter.reported_at), lenient=True).value
        yield Given(kind="complete", limit=limit, calendar=step.calendar)
    elif urgent and promise is not None and promise.due_at is not None:
        yield Given(kind="complete", stated=promise.due_at)
