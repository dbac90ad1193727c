"""Folding of decided events: the state after an event, from the state before it and nothing else."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from gridgov.clocks import Act, Clock, Mark
from gridgov.errors import RefusedError
from gridgov.matters import events as e
from gridgov.matters.state import (
    LEADING,
    Assignment,
    Live,
    Matter,
    Reporter,
    Timer,
    Work,
    changed,
)
from gridgov.matters.tables import ASSIGNMENT, BEFORE, ENDS, MATTER

__all__ = ["apply_decided"]

E = TypeVar("E", bound=e.Decided)

_ACTS = {act.value: act for act in Act}
_HELD_UP = frozenset({"suspended", "incomplete", "explaining", "split"})
_WHOLE = 100
_HANDLED = frozenset({"accepted", "called"})
_GONE = frozenset({"withdrawn"})
_SPOKEN = frozenset({"declined", *_GONE})
"""What a reporter was told, or said, after which nobody asks again on second handling."""


class _Change:
    """A matter while one event is applied to it: as it was, and what changes."""

    __slots__ = ("duties", "fields", "live", "matter", "was", "work")

    def __init__(self, matter: Matter, live: Live) -> None:
        self.matter = matter
        self.was = live
        self.live: dict[str, Any] = {}
        self.fields: dict[str, Any] = {}
        self.duties: dict[int, dict[str, Any]] = {}
        self.work: dict[int, dict[str, Any]] = {}

    def duty(self, number: int, **fields: Any) -> None:
        """Change fields of an assignment."""
        self.duties.setdefault(number, {}).update(fields)

    def on(self, number: int, **fields: Any) -> None:
        """Change what only a live assignment has."""
        self.work.setdefault(number, {}).update(fields)


def apply_decided(matter: Matter | None, event: e.Decided) -> Matter:
    """Return the state after *event*.

    Raises:
        RefusedError: It cannot follow: ``not_reported`` (nothing before it reports the matter), ``reported_twice``,
            ``not_live`` (the matter is a record), ``no_assignment`` (it has no assignment of that number).
    """
    if matter is None:
        if not isinstance(event, e.Received):
            raise RefusedError.of("not_reported", f"{event.TYPE} comes before the matter was reported")
        return _received(event)
    live = matter.live
    if live is None:
        raise RefusedError.of("not_live", f"matter {matter.id!r} is a record, which no command drives")
    least = 1 if event.TYPE in _OF_DUTY else 0
    if not least <= event.number <= len(matter.assignments) + (type(event) in _OPENING):
        raise RefusedError.of("no_assignment", f"matter {matter.id!r} has no assignment {event.number}")
    change = _Change(matter, live)
    _move(change, live, event)
    step = _STEPS.get(type(event))
    if step is not None:
        step(change, event)
    if event.clocks:
        change.live["timers"] = _timers(live.timers, event.clocks)
    return _finish(change, live, event)


def _move(change: _Change, live: Live, event: e.Decided) -> None:
    """Change the states of matter and assignment as the tables say."""
    target = MATTER.targets.get(event.TYPE)
    if target:
        before = live.state if live.state in _HANDLED or target in _HELD_UP else live.before
        change.live.update(state=live.before if target == BEFORE else target, before=before)
        if target in ENDS:
            change.fields["closed_at"] = event.at
    target = ASSIGNMENT.targets.get(event.TYPE)
    if target and type(event) not in _OPENING:
        change.on(event.number, state=target)
        if target in ASSIGNMENT.ends:
            change.duty(event.number, outcome=target)


def _finish(change: _Change, live: Live, event: e.Decided) -> Matter:
    matter = change.matter
    if event.number and event.number <= len(matter.assignments) and (event.by or event.person):
        change.duty(event.number, last_at=event.at)
    touched = change.duties.keys() | change.work.keys()
    if touched:
        duties = list(change.fields.get("assignments", matter.assignments))
        for number in touched:
            duty = duties[number - 1]
            fields = change.duties.get(number, {})
            if number in change.work:
                fields["work"] = changed(duty.work, **change.work[number])
            duties[number - 1] = changed(duty, **fields)
        change.fields["assignments"] = tuple(duties)
    change.live["last_at"] = event.at
    change.live["passed"] = _has_passed(live, event)
    return changed(matter, **change.fields, version=matter.version + 1, live=changed(live, **change.live))


def _has_passed(live: Live, event: e.Decided) -> bool:
    """Say whether an event comes just after its instant: what fell due then, and all that followed from it."""
    fell_due = isinstance(event, e.FellDue) and event.percent >= _WHOLE
    return fell_due or (live.passed and event.at == live.last_at)


def _timers(
    timers: Mapping[tuple[int, str], Timer], changes: tuple[e.ClockChange, ...]
) -> dict[tuple[int, str], Timer]:
    after = dict(timers)
    for change in changes:
        key = (change.number, change.kind)
        known = after.get(key)
        clock = _clock(None if known is None else known.clock, change)
        after[key] = Timer(clock=clock, due_at=change.due_at, provisional=change.provisional, moments=change.moments)
    return after


def _clock(clock: Clock | None, change: e.ClockChange) -> Clock:
    act = _ACTS.get(change.act)
    if clock is None or (change.act == "start" and clock.state in {"stopped", "cancelled"}):
        return Clock(
            kind=change.kind,
            limit=change.limit,
            stated=change.stated,
            calendar=change.calendar,
            unmoving=change.unmoving,
            marks=() if act is None else (Mark(act, change.at, change.until),),
        )
    if change.limit is not None:
        clock = clock.with_limit(change.limit)
    elif change.stated is not None:
        clock = clock.with_stated(change.stated)
    return clock if act is None else clock.mark(act, change.at, change.until)


def _received(event: e.Received) -> Matter:
    reporter = Reporter(person=event.reporter, channel=event.channel, by=event.proxy, matter=event.matter)
    live = Live(
        state=MATTER.targets[event.TYPE],
        edition=event.edition,
        path=event.path,
        ladder=event.ladder,
        reporters=(reporter,),
        accused=event.accused,
        timers=_timers({}, event.clocks),
        unlisted=event.unlisted,
        parent=event.parent,
        last_at=event.at,
    )
    return Matter(
        id=event.matter,
        item=event.item,
        place=event.place,
        channel=event.channel,
        when=event.when,
        reported_at=event.at,
        version=1,
        live=live,
    )


def _again(change: _Change, _: e.Received) -> None:
    raise RefusedError.of("reported_twice", f"matter {change.matter.id!r} was reported before")


def _open(change: _Change, duty: Assignment) -> None:
    if duty.number != len(change.matter.assignments) + 1:
        raise RefusedError.of("no_assignment", f"assignment {duty.number} does not come next")
    change.fields["assignments"] = (*change.matter.assignments, duty)


def _due(event: e.Decided) -> Any:
    """Return when the new duty falls due: by the first of its clocks that says so for the whole duty."""
    known = {change.kind: change.due_at for change in event.clocks if change.number == event.number}
    return known.get("step") or known.get("complete")


def _assigned(change: _Change, event: e.Assigned) -> None:
    work = Work(state=ASSIGNMENT.targets[event.TYPE], step=event.step, post=event.post, opener=event.by)
    duty = Assignment(
        number=event.number,
        unit=event.unit,
        role="handle",
        opened_by=event.how,
        opened_at=event.at,
        due_at=_due(event),
        last_at=event.at,
        work=work,
    )
    _open(change, duty)
    if event.ladder:
        change.live["ladder"] = event.ladder


def _summoned(change: _Change, event: e.Summoned) -> None:
    work = Work(state=ASSIGNMENT.targets[event.TYPE], post=event.post, opener=event.opener, ruled=event.how == "ruled")
    duty = Assignment(
        number=event.number,
        unit=event.unit,
        role=event.role,
        opened_by="whistled" if event.how == "whistled" else "called",
        opened_at=event.at,
        due_at=_due(event),
        last_at=event.at,
        work=work,
    )
    _open(change, duty)


def _called_out(change: _Change, event: e.CalledOut) -> None:
    change.live["caller"] = event.by
    _hand_over(change, event)


def _hand_over(change: _Change, event: e.Decided) -> None:
    """End the open step of the ladder: others have the matter now."""
    for duty in change.matter.assignments:
        if duty.is_open and duty.role == "handle":
            change.duty(duty.number, outcome="handed_over", last_at=event.at)
            change.on(duty.number, state="handed_over")


def _signed_in(change: _Change, event: e.SignedIn) -> None:
    if change.matter.assignments[event.number - 1].signed_at is None:
        change.duty(event.number, signed_at=event.at)


def _contacted(change: _Change, event: e.Contacted) -> None:
    if change.matter.assignments[event.number - 1].contacted_at is None:
        change.duty(event.number, contacted_at=event.at)


def _arrived(change: _Change, event: e.Arrived) -> None:
    if _work(change, event.number).arrived_at is None:
        change.on(event.number, arrived_at=event.at)


def _met(change: _Change, event: e.Met) -> None:
    if change.matter.assignments[event.number - 1].met_at is None:
        change.duty(event.number, met_at=event.when, declined=False)


def _declined(change: _Change, event: e.MeetingDeclined) -> None:
    if change.matter.assignments[event.number - 1].met_at is None:
        change.duty(event.number, declined=True)


def _work(change: _Change, number: int) -> Work:
    work = change.matter.assignments[number - 1].work
    if work is None:
        raise RefusedError.of("not_live", f"assignment {number} is a record, which no command drives")
    return work


def _return_asked(change: _Change, event: e.ReturnAsked) -> None:
    change.on(event.number, proposed=event.proposed, returns=_work(change, event.number).returns + 1)
    change.live["returns"] = 1 + change.was.returns


def _return_granted(change: _Change, event: e.ReturnGranted) -> None:
    change.on(event.number, dispatch_error=True)


def _return_refused(change: _Change, event: e.ReturnRefused) -> None:
    change.on(event.number, unjustified=_work(change, event.number).unjustified + 1)


def _ruled(change: _Change, event: e.Ruled) -> None:
    change.live.update(returns=0, ruling=event.reason, author=event.by, unlisted=False)
    for number, role in event.kept:
        change.duty(number, role=role)
        work = _work(change, number)
        state = "in_hand" if change.matter.assignments[number - 1].signed_at else "dispatched"
        change.on(number, ruled=True, state=state if work.state == "return_asked" else work.state)
    if event.caller:
        change.live["caller"] = event.caller
    for number in event.relieved:
        outcome = "handed_over" if change.matter.assignments[number - 1].role == "handle" else "relieved"
        change.duty(number, outcome=outcome, last_at=event.at)
        change.on(number, state=outcome)
    for number in event.unjustified:  # each asked return counts once, be it refused before or not
        work = _work(change, number)
        change.on(number, unjustified=min(work.unjustified + 1, work.returns))


def _extension_asked(change: _Change, event: e.ExtensionAsked) -> None:
    change.on(event.number, extension=event.limit)


def _extension_granted(change: _Change, event: e.ExtensionGranted) -> None:
    change.on(event.number, extension=None, extended=_work(change, event.number).extended + 1)
    change.live["told_at"] = event.due_at
    _move_dues(change, event)


def _extension_refused(change: _Change, event: e.ExtensionRefused) -> None:
    change.on(event.number, extension=None)


def _suspended(change: _Change, event: e.Suspended) -> None:
    change.live["told_at"] = event.until
    _move_dues(change, event)


def _move_dues(change: _Change, event: e.Decided) -> None:
    """Set the due instant of each duty whose clock the event moved."""
    for moved in event.clocks:
        if not moved.number or moved.act == "stop" or moved.due_at is None:
            continue
        if moved.kind in {"step", "complete"}:
            change.duty(moved.number, due_at=moved.due_at)
        elif moved.kind == "second" and _work(change, moved.number).second_completed_at is None:
            change.on(moved.number, second_due_at=moved.due_at)


def _term_told(change: _Change, event: e.TermTold) -> None:
    change.live.update(stage=event.stage, told_at=event.due_at)
    change.on(event.number, stage=event.stage)
    _move_dues(change, event)


def _completed(change: _Change, event: e.Completed) -> None:
    work = _work(change, event.number)
    change.duty(event.number, completed_at=event.at)
    change.on(event.number, first_completed_at=work.first_completed_at or event.at)
    if work.reworked:  # until it is handed back anew, the first end of the second handling counts
        change.on(event.number, second_completed_at=work.second_completed_at or event.at)


def _done(change: _Change, event: e.DeclaredDone) -> None:
    change.live.update(done_at=event.at, reviewed=False)


def _reviewed(change: _Change, event: e.Reviewed) -> None:
    change.live["reviewed"] = event.passed
    if not event.passed:
        change.live["state"] = "done"


def _called_back(change: _Change, event: e.CalledBack) -> None:
    reporters = list(change.was.reporters)
    known = reporters[event.reporter]
    reached = event.result == "reached"
    reporters[event.reporter] = Reporter(
        person=known.person,
        channel=known.channel,
        by=known.by,
        matter=known.matter,
        told=event.result if event.result != "not_reached" else known.told,
        satisfied=event.satisfied if reached else known.satisfied,
        tries=known.tries + (event.result == "not_reached"),
    )
    change.live["reporters"] = tuple(reporters)
    if not reached:
        return
    if change.was.first_satisfied is None:
        change.live["first_satisfied"] = event.satisfied
    said = [reporter.satisfied for reporter in reporters if reporter.satisfied is not None]
    answer = all(said) if said else None
    for duty in change.matter.assignments:
        if duty.role in LEADING and duty.outcome not in {"relieved", "returned", "passed_up", "handed_over"}:
            change.duty(duty.number, answered_at=event.at, answered=True, satisfied=answer)


def _closed(change: _Change, event: e.Closed) -> None:
    """Nothing is due any more of a duty that closing cut off."""
    for cut in event.clocks:
        if cut.number and cut.act == "cancel" and cut.kind in {"step", "complete"}:
            change.duty(cut.number, due_at=None)
        elif cut.number and cut.act == "cancel" and cut.kind == "second":
            change.on(cut.number, second_due_at=None)


def _handed_back(change: _Change, event: e.HandedBack) -> None:
    dues = {moved.number: moved.due_at for moved in event.clocks if moved.kind == "second"}
    for number in event.numbers:
        change.duty(number, outcome="", completed_at=None, last_at=event.at)
        reworked = _work(change, number).reworked + 1
        second = {"second_due_at": dues.get(number), "second_completed_at": None}
        change.on(number, state="in_hand", reworked=reworked, **second)
    change.live["reporters"] = tuple(
        attrs.evolve(each, told=each.told if each.told in _SPOKEN else "", tries=0) for each in change.was.reporters
    )


def _reopening_asked(change: _Change, _: e.ReopeningAsked) -> None:
    change.live["reopening"] = True


def _reopening_refused(change: _Change, _: e.ReopeningRefused) -> None:
    change.live["reopening"] = False


def _reopened(change: _Change, event: e.Reopened) -> None:
    change.fields.update(closed_at=None, reopened=change.matter.reopened + 1)
    asked_anew = (
        Reporter(person=r.person, channel=r.channel, by=r.by, matter=r.matter, told=r.told if r.told in _GONE else "")
        for r in change.was.reporters
    )
    state = "called" if change.matter.called else "accepted"
    change.live.update(state=state, reopening=False, done_at=None, reviewed=False, reporters=tuple(asked_anew))
    cleared = {"outcome": "", "completed_at": None, "answered": False, "answered_at": None, "satisfied": None}
    for number in event.numbers:
        change.duty(number, last_at=event.at, **cleared)
        change.on(number, state="in_hand")


def _explanation_proposed(change: _Change, event: e.ExplanationProposed) -> None:
    change.live["author"] = event.by


def _merged_into(change: _Change, event: e.MergedInto) -> None:
    change.live["into"] = event.into
    _relieve_all(change, event)


def _relieve_all(change: _Change, event: e.Decided) -> None:
    """End every open duty of a matter that ended otherwise than by being done."""
    for duty in change.matter.assignments:
        if duty.is_open:
            change.duty(duty.number, outcome="relieved", last_at=event.at)
            change.on(duty.number, state="relieved")


def _joined(change: _Change, event: e.Joined) -> None:
    added = (
        Reporter(person=person, channel=channel, by=by, matter=event.matter) for person, channel, by in event.reporters
    )
    change.live["reporters"] = (*change.was.reporters, *added)


def _topic_opened(change: _Change, event: e.TopicOpened) -> None:
    if change.matter.opened_at is None:
        change.fields["opened_at"] = event.at


def _split(change: _Change, event: e.Split) -> None:
    change.live["parts"] = {part: (required, False) for part, required in event.parts}
    _relieve_all(change, event)


def _part_ended(change: _Change, event: e.PartEnded) -> None:
    parts = dict(change.was.parts)
    parts[event.part] = (parts[event.part][0], True)
    change.live["parts"] = parts


def _withdrawn(change: _Change, event: e.Withdrawn) -> None:
    change.fields["withdrawn_at"] = event.at
    _relieve_all(change, event)


def _answered_at_once(change: _Change, event: e.AnsweredAtOnce) -> None:
    for duty in change.matter.assignments:
        if duty.is_open:
            change.duty(duty.number, outcome="completed", completed_at=event.at, last_at=event.at)
            change.on(duty.number, state="completed", first_completed_at=event.at)


def _reclassified(change: _Change, event: e.Reclassified) -> None:
    change.fields.update(item=event.item, place=event.place, when=event.when)
    change.live["unlisted"] = event.unlisted
    _move_dues(change, event)


def _supplied(change: _Change, event: e.Supplied) -> None:
    change.fields["when"] = {**change.matter.when, **event.when}
    change.live["missing"] = ()
    _move_dues(change, event)


def _sent_back(change: _Change, event: e.SentBack) -> None:
    change.live["missing"] = event.missing


def _rebased(change: _Change, event: e.Rebased) -> None:
    change.live["edition"] = event.edition
    _move_dues(change, event)


def _fell_due(change: _Change, event: e.FellDue) -> None:
    timers = dict(change.was.timers)
    key = (event.number, event.clock)
    timers[key] = changed(timers[key], moments=timers[key].moments[1:])
    change.live["timers"] = timers


def _next_on_duty(change: _Change, event: e.NextOnDuty) -> None:
    change.on(event.number, person=event.next_person, silent=_work(change, event.number).silent + 1)


def _assessed(change: _Change, event: e.Assessed) -> None:
    change.live["findings"] = event.findings
    _find(change, event.findings)


def _find(change: _Change, findings: Any) -> None:
    for finding in findings:
        change.duty(finding.number, facts=dict(finding.facts))


def _amended(change: _Change, event: e.AssessmentAmended) -> None:
    change.live["amendments"] = (*change.was.amendments, (event.reason, change.was.findings))
    change.live["findings"] = event.findings
    _find(change, event.findings)


def _set(**fields: Any) -> Callable[[_Change, Any], None]:
    def step(change: _Change, _: e.Decided) -> None:
        change.live.update(fields)

    return step


def _reminded(change: _Change, _: e.Reminded) -> None:
    change.live["reminders"] = 1 + change.was.reminders


def _call_approved(change: _Change, event: e.CallApproved) -> None:
    change.live["approved_by"] = event.person or event.by


_OPENING: tuple[type[e.Decided], ...] = (e.Assigned, e.Summoned)
_OF_DUTY = frozenset(edge.event for edge in ASSIGNMENT.edges)
"""Events that are about one assignment, always."""

_STEPS: Mapping[type[e.Decided], Callable[[_Change, Any], None]] = {
    e.Received: _again,
    e.Redirected: _relieve_all,
    e.AnsweredAtOnce: _answered_at_once,
    e.TopicOpened: _topic_opened,
    e.Assigned: _assigned,
    e.CallApproved: _call_approved,
    e.CalledOut: _called_out,
    e.Summoned: _summoned,
    e.NobodyLeads: _hand_over,
    e.NextOnDuty: _next_on_duty,
    e.SentBack: _sent_back,
    e.Supplied: _supplied,
    e.SignedIn: _signed_in,
    e.Contacted: _contacted,
    e.Arrived: _arrived,
    e.Met: _met,
    e.MeetingDeclined: _declined,
    e.ReturnAsked: _return_asked,
    e.ReturnGranted: _return_granted,
    e.ReturnRefused: _return_refused,
    e.Ruled: _ruled,
    e.ExtensionAsked: _extension_asked,
    e.ExtensionGranted: _extension_granted,
    e.ExtensionRefused: _extension_refused,
    e.Suspended: _suspended,
    e.Resumed: _move_dues,
    e.TermTold: _term_told,
    e.Completed: _completed,
    e.DeclaredDone: _done,
    e.Reviewed: _reviewed,
    e.CalledBack: _called_back,
    e.Closed: _closed,
    e.HandedBack: _handed_back,
    e.ReopeningAsked: _reopening_asked,
    e.ReopeningRefused: _reopening_refused,
    e.Reopened: _reopened,
    e.ExplanationProposed: _explanation_proposed,
    e.Explained: _relieve_all,
    e.Transferred: _relieve_all,
    e.MergedInto: _merged_into,
    e.Joined: _joined,
    e.Split: _split,
    e.PartEnded: _part_ended,
    e.Withdrawn: _withdrawn,
    e.Reminded: _reminded,
    e.Supervised: _set(supervised=True),
    e.SupervisionLifted: _set(supervised=False),
    e.ReasonGiven: _set(reason_given=True),
    e.Reclassified: _reclassified,
    e.Admitted: _set(admitted=True),
    e.Rebased: _rebased,
    e.FellDue: _fell_due,
    e.Assessed: _assessed,
    e.AssessmentAmended: _amended,
}
