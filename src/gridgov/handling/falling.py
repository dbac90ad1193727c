"""Falling due: what time brings to a matter. Each thing happens at its own instant, however late anybody looks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from gridgov.handling.case import Case
from gridgov.handling.opening import open_next
from gridgov.handling.rules import Rules
from gridgov.matters import Decided, Matter, Moment, Timer
from gridgov.matters.events import FellDue, NextOnDuty, PassedUp, Reminded, Resumed, Supervised

__all__ = ["fall_next", "next_moment", "settle"]


class Falling(NamedTuple):
    """What falls due next: the moment, and the clock whose it is."""

    moment: Moment
    number: int
    kind: str
    timer: Timer


def next_moment(matter: Matter) -> Falling | None:
    """Return what falls due next on a matter; None where nothing does.

    Earliest first; of one instant, the smaller share of a limit first, then the older duty.
    """
    live = matter.live
    if live is None:
        return None
    earliest, key = None, None
    for each, timer in live.timers.items():
        if timer.moments:
            moment = timer.moments[0]
            order = moment.at, moment.percent, each
            if earliest is None or order < earliest:
                earliest, key = order, each
    if key is None:
        return None
    timer = live.timers[key]
    return Falling(timer.moments[0], *key, timer)


def settle(rules: Rules, matter: Matter, at: datetime) -> tuple[Matter, tuple[Decided, ...]]:
    """Return the matter once everything that fell due by *at* has happened, and the events of it.

    It gives the same events in one big step as in many small ones: each is dated when it fell due.
    """
    after, happened = matter, list[Decided]()
    while fallen := fall_next(rules, after, at):
        after, events = fallen
        happened += events
    return after, tuple(happened)


def fall_next(rules: Rules, matter: Matter, at: datetime) -> tuple[Matter, tuple[Decided, ...]] | None:
    """Return the matter once what falls due next has happened, and its events; None while nothing fell due by *at*."""
    falling = next_moment(matter)
    if falling is None or not falling.moment.reached(at):
        return None
    case = Case(rules, matter)
    _fall(case, falling)
    return case.matter, tuple(case.events)


def _fall(case: Case, falling: Falling) -> None:
    """One moment passes, with what follows."""
    at = falling.moment.at
    case.emit(
        FellDue,
        at=at,
        number=falling.number,
        clock=falling.kind,
        percent=falling.moment.percent,
        due_at=falling.timer.due_at or at,
    )
    for word in falling.moment.then:
        _FOLLOWS[word](case, falling)


def _resume(case: Case, falling: Falling) -> None:
    if case.live.state == "suspended":
        case.emit(Resumed, at=falling.moment.at)


def _remind(case: Case, falling: Falling) -> None:
    case.emit(Reminded, at=falling.moment.at, number=falling.number, reason=falling.kind)


def _supervise(case: Case, falling: Falling) -> None:
    """At most one supervision of a matter is open (政府督查工作条例 15)."""
    if not case.live.supervised:
        case.emit(Supervised, at=falling.moment.at, number=falling.number, reason=falling.kind)


def _next_on_duty(case: Case, falling: Falling) -> None:
    """Who is on duty was silent: the next one is to act, and that is recorded, also where nobody is left.

    A unit that keeps no such post has no next one.
    """
    duty, at = case.matter.assignments[falling.number - 1], falling.moment.at
    work, post = case.work(duty), case.rules.handling.duty_post
    on_duty = [each.person for each in case.rules.staff.seated(post, duty.unit, case.rules.day(at))] if post else []
    if work.silent < len(on_duty) and work.state == "dispatched":
        following = "".join(on_duty[work.silent + 1 : work.silent + 2])
        case.emit(NextOnDuty, at=at, number=duty.number, next_person=following)


def _pass_up(case: Case, falling: Falling) -> None:
    """A step that fell due goes up, if anybody is left above it; else it stays where it is, overdue."""
    duty, at = case.matter.assignments[falling.number - 1], falling.moment.at
    if duty.outcome or duty.role != "handle":
        return
    above = open_next(case, duty, at)
    if above is not None:
        case.emit(PassedUp, at=at, number=duty.number, missed=True)
        above()


_FOLLOWS: Mapping[str, Callable[[Case, Falling], None]] = {
    "resume": _resume,
    "remind": _remind,
    "supervise": _supervise,
    "next_on_duty": _next_on_duty,
    "pass_up": _pass_up,
}
