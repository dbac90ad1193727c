"""Ending: complete, review, call back, reopen, explain, transfer, merge, split, withdraw.

A matter is done when enough have completed (the quorum). It is closed when each of its reporters was asked, or could
not be asked: silence is never a yes. A whole that was split is handled again, or opened again, in its parts.

Source: 济南市12345市民服务热线条例, art. 25 (reports of one thing; explained and not handled again) and art. 27 (call
back, second handling).
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from gridgov.errors import Fault, GridgovError
from gridgov.handling import commands as c
from gridgov.handling.case import Case
from gridgov.handling.climbing import receive
from gridgov.handling.deciding import Decider, Request
from gridgov.handling.quorum import declare_done, is_completed, responsible
from gridgov.matters import ENDS, LEADING, MATTER, Matter, Reporter
from gridgov.matters.events import (
    CalledBack,
    Closed,
    Completed,
    Explained,
    ExplanationProposed,
    ExplanationRefused,
    HandedBack,
    Joined,
    MergedInto,
    Reopened,
    ReopeningAsked,
    ReopeningRefused,
    Reviewed,
    Split,
    TopicOpened,
    Transferred,
    Withdrawn,
)

__all__ = ["ENDING"]

_HANDLING = frozenset({"in_hand", "completed"})
"""States of an assignment in which a unit handles the matter, or has."""


# --- done -----------------------------------------------------------------------------------------------------------


def _numbers_again(matter: Matter) -> tuple[int, ...]:
    """Return the duties that go on when a matter is not ended after all: the leads that completed, else whoever did."""
    done = [duty for duty in responsible(matter) if is_completed(duty)]
    leads = tuple(duty.number for duty in done if duty.role in LEADING)
    return leads or tuple(duty.number for duty in done)


def _complete(request: Request[c.Complete]) -> None:
    request.emit(Completed, number=request.own_duty.number, evidence=request.command.evidence)
    declare_done(request)


def _may_review(request: Request[c.Review]) -> Iterator[Fault]:
    if not request.command.passed:
        yield from _parts_answer(request)
        if not request.command.reason:
            message = "review needs a reason when it is not passed"
            yield Fault("evidence_missing", message, hint="give it with the command", about=("reason",))


def _parts_answer(request: Request[Any]) -> Iterator[Fault]:
    """Yield a fault on a whole that was split: nobody has a duty on it that could go on."""
    parts = request.case.live.parts
    if parts:
        message = f"matter {request.case.matter.id!r} was split: its parts are handled again, not the whole"
        yield Fault("parts_answer", message, hint=f"give it about a part: {', '.join(parts)}")


def _review(request: Request[c.Review]) -> None:
    """What does not pass goes to second handling; what passes is closed where everybody has answered already."""
    command, case = request.command, request.case
    request.emit(Reviewed, passed=command.passed, reason=command.reason, evidence=command.evidence)
    if not command.passed:
        request.emit(HandedBack, numbers=_numbers_again(case.matter), reason=command.reason)
    elif any(reporter.told for reporter in case.live.reporters):
        _close_if_answered(request)


# --- call back ------------------------------------------------------------------------------------------------------


def _waits(reporter: Reporter, tries: int) -> bool:
    """Say whether somebody is still owed a call: known, not spoken to, not tried often enough."""
    return bool(reporter.person) and not reporter.told and reporter.tries < tries


def _waiting(case: Case) -> list[int]:
    """Return the places of the reporters who are still owed a call."""
    tries = case.rules.handling.tries
    return [place for place, reporter in enumerate(case.live.reporters) if _waits(reporter, tries)]


def _is_unhappy(*, satisfied: bool | None, fixed: bool | None) -> bool:
    """Say whether an answer leads to second handling: not fixed or, where that was not said, not satisfied."""
    return not (satisfied is not False if fixed is None else fixed)


def _called(request: Request[c.CallBack]) -> int:
    """Return the place of the reporter who is called: the one named, else the first who is still owed a call."""
    place = request.command.reporter
    return next(iter(_waiting(request.case)), 0) if place is None else place


def _may_call_back(request: Request[c.CallBack]) -> Iterator[Fault]:
    command, case = request.command, request.case
    if case.rules.handling.review and case.live.state == "done":
        yield Fault("review_missing", "the platform has not reviewed what was declared done", hint="review it first")
    place, reporters = _called(request), case.live.reporters
    if not 0 <= place < len(reporters):
        yield Fault("no_reporter", f"there is no reporter {place}", hint=f"the matter has {len(reporters)}, from 0")
    elif command.result != "not_reached" and not reporters[place].person:
        message = f"reporter {place} gave no name: nobody can have spoken to them"
        yield Fault("anonymous", message, hint="call back with the result not_reached")
    if _is_unhappy(satisfied=command.satisfied, fixed=command.fixed):
        yield from _parts_answer(request)
    if command.result != "reached" and (command.satisfied, command.fixed) != (None, None):
        message = f"{command.result}: nobody said whether they are satisfied, or whether it is fixed"
        yield Fault("not_reached", message, hint="leave both out: silence is no answer")


def _call_back(request: Request[c.CallBack]) -> None:
    command = request.command
    request.emit(
        CalledBack,
        reporter=_called(request),
        result=command.result,
        satisfied=command.satisfied,
        fixed=command.fixed,
        evidence=command.evidence,
    )
    _follow(request, unhappy=_is_unhappy(satisfied=command.satisfied, fixed=command.fixed))


def _follow(request: Request[Any], *, unhappy: bool) -> None:
    if unhappy:
        request.emit(HandedBack, numbers=_numbers_again(request.case.matter))
    else:
        _close_if_answered(request)


def _close_if_answered(request: Request[Any]) -> None:
    if not _waiting(request.case):
        request.emit(Closed)


def _place_of(request: Request[Any]) -> int | None:
    """Return which reporter the actor is or speaks for, by name first; None where it is none of them."""
    actor, reporters = request.command.actor, request.case.live.reporters
    person = actor.on_behalf_of or actor.person
    places = [place for place, each in enumerate(reporters) if each.person and each.person == person]
    places += [place for place, each in enumerate(reporters) if each.by and each.by == actor.key]
    return next(iter(places), None)


def _may_feed_back(request: Request[c.Feedback]) -> Iterator[Fault]:
    command = request.command
    if _place_of(request) is None:
        message = "feedback comes from a reporter of the matter, or from who speaks for one"
        yield Fault("no_reporter", message, hint="say on whose behalf it is given")
    yield from _feedback_late(request)
    if _is_unhappy(satisfied=command.satisfied, fixed=command.fixed):
        yield from _parts_answer(request)


def _feedback_late(request: Request[Any]) -> Iterator[Fault]:
    """After the end a reporter may answer for as long as the pack says; the due instant itself is in time."""
    live = request.case.live
    timer = live.timers.get((0, "feedback")) if live.state in ENDS else None
    if timer is not None and timer.due_at is not None and request.at > timer.due_at:
        yield Fault("feedback_late", f"it could be answered until {timer.due_at}", hint="report it anew")


def _feed_back(request: Request[c.Feedback]) -> None:
    """Before the end an answer counts as a call back does; afterwards a person decides whether to open it again."""
    command, case = request.command, request.case
    request.emit(
        CalledBack,
        reporter=_place_of(request) or 0,
        result="reached",
        satisfied=command.satisfied,
        fixed=command.fixed,
        channel="feedback",
        reason=command.reason,
        evidence=command.evidence,
    )
    unhappy = _is_unhappy(satisfied=command.satisfied, fixed=command.fixed)
    if case.live.state in ENDS:
        if unhappy and not case.live.reopening:
            request.emit(ReopeningAsked, reason=command.reason)
    elif unhappy or case.live.state == "reviewed" or not case.rules.handling.review:
        _follow(request, unhappy=unhappy)


# --- opened again ---------------------------------------------------------------------------------------------------


def _may_ask_reopen(request: Request[c.AskReopen]) -> Iterator[Fault]:
    yield from _feedback_late(request)
    yield from _parts_answer(request)
    if request.case.live.reopening:
        yield Fault("reopening_asked", "it was asked before", hint="the platform opens it again, or refuses")


def _ask_reopen(request: Request[c.AskReopen]) -> None:
    request.emit(ReopeningAsked, reason=request.command.reason, evidence=request.command.evidence)


def _is_asked(request: Request[c.RefuseReopen]) -> Iterator[Fault]:
    if not request.case.live.reopening:
        yield Fault("no_reopening_asked", "nobody asked to open it again", hint="there is nothing to refuse")


def _refuse_reopen(request: Request[c.RefuseReopen]) -> None:
    request.emit(ReopeningRefused, reason=request.command.reason)


def _reopen(request: Request[c.Reopen]) -> None:
    """On request, or of the platform's own accord; the first report still counts for its time."""
    request.emit(Reopened, numbers=_numbers_again(request.case.matter), evidence=request.command.evidence)


# --- explained, transferred, withdrawn ------------------------------------------------------------------------------


def _has_handled(request: Request[c.ProposeExplained]) -> Iterator[Fault]:
    """Art. 25: it is the handler, after lawful handling, who explains and does not handle again."""
    unit, case = request.command.unit or request.command.actor.unit, request.case
    if unit not in {duty.unit for duty in case.matter.assignments if case.work(duty).state in _HANDLING}:
        message = f"{unit or 'nobody'} neither has the matter in hand, nor completed a duty on it"
        yield Fault("not_handler", message, hint="who signed in and handled it proposes it")


def _propose_explained(request: Request[c.ProposeExplained]) -> None:
    request.emit(ExplanationProposed, reason=request.command.reason, evidence=request.command.evidence)


def _confirm_explained(request: Request[c.ConfirmExplained]) -> None:
    request.emit(Explained, evidence=request.command.evidence)


def _refuse_explained(request: Request[c.RefuseExplained]) -> None:
    request.emit(ExplanationRefused, reason=request.command.reason)


def _transfer(request: Request[c.Transfer]) -> None:
    command = request.command
    request.emit(Transferred, to=command.to, reason=command.reason, evidence=command.evidence)


def _may_withdraw(request: Request[c.Withdraw]) -> Iterator[Fault]:
    """Each reporter takes back what is their own, once; nobody else takes back what a reporter waits for."""
    place, waiting = _place_of(request), _waiting(request.case)
    if place is None and waiting:
        message = f"{len(waiting)} reported it, and wait for an answer"
        yield Fault("others_wait", message, hint="it ends when each has taken it back, or was answered")
    elif place is not None and request.case.live.reporters[place].told == "withdrawn":
        yield Fault("withdrawn_before", "this reporter took it back before", hint="others who reported it wait")


def _withdraw(request: Request[c.Withdraw]) -> None:
    """A reporter leaves; others who reported it still get their answer. With the last one the matter ends."""
    case, reason, place = request.case, request.command.reason, _place_of(request)
    others = (each for other, each in enumerate(case.live.reporters) if other != place)
    if place is None or not any(each.person and each.told != "withdrawn" for each in others):
        request.emit(Withdrawn, reason=reason)
        return
    request.emit(CalledBack, reporter=place, result="withdrawn", channel="withdraw", reason=reason)
    if case.live.state == "reviewed" or (case.live.state == "done" and not case.rules.handling.review):
        _close_if_answered(request)


# --- merged ---------------------------------------------------------------------------------------------------------


def _states_of(event: str) -> frozenset[str]:
    return frozenset(state for edge in MATTER.edges if edge.event == event for state in edge.sources)


_JOINING, _MERGING = _states_of("joined"), _states_of("merged_into")


def _merge_faults(merged: Case, into: Case) -> Iterator[Fault]:
    """Yield why one matter cannot become part of another: another item, an earlier promise, another unit."""
    if merged.matter.item != into.matter.item:
        message = f"matter {merged.matter.id!r} is about {merged.matter.item!r}, not {into.matter.item!r}"
        yield Fault("merge_item", message, hint="merge matters of one item")
    if merged.live.path == "emergency" != into.live.path:
        message = f"matter {merged.matter.id!r} is an emergency, {into.matter.id!r} is none"
        yield Fault("merge_path", message, hint="keep it a matter of its own")
    if merged.matter.reported_at < into.matter.reported_at:
        message = f"matter {merged.matter.id!r} was reported before {into.matter.id!r}: its promise would be lost"
        yield Fault("merge_earlier", message, hint="merge the later one into the earlier one")
    accused = merged.live.accused
    if accused and accused != into.live.accused:
        message = f"matter {merged.matter.id!r} is about {accused!r}, which may act on matter {into.matter.id!r}"
        yield Fault("interested_unit", message, hint="keep it a matter of its own")


def _unfit(request: Request[Any], name: str, states: frozenset[str]) -> Fault | None:
    """Return why another matter that a command names cannot be used at all."""
    other = request.others.get(name)
    if name == request.case.matter.id:
        return Fault("merge_self", f"matter {name!r} cannot be merged with itself", hint="name another one")
    if other is None or other.known is None:
        return Fault("unknown_matter", f"there is no matter {name!r}", hint="mend the id")
    if other.live.state not in states:
        message = f"matter {name!r} is {other.live.state}: it cannot be merged"
        return Fault("wrong_state", message, hint=f"possible when it is {', '.join(sorted(states))}")
    return None


def _may_merge(request: Request[c.Merge]) -> Iterable[Fault]:
    into = request.command.into
    unfit = _unfit(request, into, _JOINING)
    return _merge_faults(request.case, request.others[into]) if unfit is None else [unfit]


def _merge(request: Request[c.Merge]) -> None:
    _join(request, request.case, request.others[request.command.into])


def _join(request: Request[Any], merged: Case, into: Case) -> None:
    """Each reporter is answered under the other matter, once: who reported to both is not called twice."""
    request.emit(MergedInto, case=merged, into=into.matter.id)
    known = {reporter.person for reporter in into.live.reporters} - {""}
    new = (reporter for reporter in merged.live.reporters if reporter.person not in known)
    request.emit(Joined, case=into, matter=merged.matter.id, reporters=_as_said(new))


def _as_said(reporters: Iterable[Reporter]) -> tuple[tuple[str, str, str], ...]:
    return tuple((reporter.person, reporter.channel, reporter.by) for reporter in reporters)


def _may_open_topic(request: Request[c.OpenTopic]) -> Iterator[Fault]:
    names, matter = request.command.matters, request.case.matter
    if matter.opened_at is not None:
        yield Fault("is_topic", f"matter {matter.id!r} is a topic already", hint="merge further matters into it")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault("merge_twice", f"matter {name!r} is named twice", hint="name it once")
    for name in dict.fromkeys(names):
        unfit = _unfit(request, name, _MERGING)
        yield from _merge_faults(request.others[name], request.case) if unfit is None else [unfit]


def _open_topic(request: Request[c.OpenTopic]) -> None:
    command = request.command
    request.emit(TopicOpened, matters=command.matters, evidence=command.evidence)
    for name in command.matters:
        _join(request, request.others[name], request.case)


# --- split ----------------------------------------------------------------------------------------------------------


def _may_split(request: Request[c.SplitMatter]) -> Iterator[Fault]:
    parts = request.command.parts
    if len(parts) < 2 or not any(part.required for part in parts):
        message = f"{len(parts)} part(s), {sum(part.required for part in parts)} required, are no split"
        yield Fault("parts_few", message, hint="give at least two parts, one of them required")
    names = [part.matter for part in parts]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Fault("part_twice", f"two parts are matter {name!r}", hint="give each its own id")
        elif name not in request.others and name != request.case.matter.id:
            hint = "give it among the others, as not there yet"
            yield Fault("unknown_matter", f"nothing is said of matter {name!r}", hint=hint)
        elif name == request.case.matter.id or request.others[name].known is not None:
            message = f"matter {name!r} was reported before"
            yield Fault("reported_twice", message, hint="give the part an id of its own")
    for part in parts:
        yield from _part_faults(request, part)


def _part_faults(request: Request[c.SplitMatter], part: c.Part) -> Iterator[Fault]:
    """Yield what stands against a part as a report: its facts, its place."""
    try:
        request.rules.vocabulary.check(part.facts)
        receive(Case(request.rules, None), _as_report(request, part))
    except GridgovError as error:
        yield from (attrs.evolve(fault, place=fault.place or part.matter) for fault in error.faults)


def _as_report(request: Request[c.SplitMatter], part: c.Part) -> c.Report:
    """Return a part as though its first reporter had reported it; what is known of the whole holds for it."""
    command, matter, live = request.command, request.case.matter, request.case.live
    first = live.reporters[0]
    return c.Report(
        id=command.id,
        matter=part.matter,
        actor=attrs.evolve(command.actor, on_behalf_of=first.person),
        at=command.at,
        item=part.item,
        place=part.place,
        channel=first.channel,
        facts={**matter.when, **part.facts},
        accused=live.accused,
        emergency=True if live.path == "emergency" else None,
        evidence=command.evidence,
    )


def _split(request: Request[c.SplitMatter]) -> None:
    """Each part names the whole, and owes its reporters an answer as the whole does."""
    command, whole = request.command, request.case.matter
    reports = [_as_report(request, part) for part in command.parts]
    parts = tuple((part.matter, part.required) for part in command.parts)
    request.emit(Split, parts=parts, evidence=command.evidence)
    others = _as_said(request.case.live.reporters[1:])
    for report in reports:
        part = request.others[report.matter]
        receive(part, report, asked=request.asked, whole=whole)
        if others and part.live.state in _JOINING:
            request.emit(Joined, case=part, matter=whole.id, reporters=others)


ENDING: Mapping[type[c.Command], Decider[Any]] = MappingProxyType(
    {
        c.Complete: Decider(_complete),
        c.Review: Decider(_review, _may_review),
        c.CallBack: Decider(_call_back, _may_call_back),
        c.Feedback: Decider(_feed_back, _may_feed_back),
        c.AskReopen: Decider(_ask_reopen, _may_ask_reopen),
        c.Reopen: Decider(_reopen, _parts_answer),
        c.RefuseReopen: Decider(_refuse_reopen, _is_asked),
        c.ProposeExplained: Decider(_propose_explained, _has_handled),
        c.ConfirmExplained: Decider(_confirm_explained),
        c.RefuseExplained: Decider(_refuse_explained),
        c.Transfer: Decider(_transfer),
        c.Withdraw: Decider(_withdraw, _may_withdraw),
        c.Merge: Decider(_merge, _may_merge),
        c.OpenTopic: Decider(_open_topic, _may_open_topic),
        c.SplitMatter: Decider(_split, _may_split),
    }
)
"""What decides each of these commands."""
