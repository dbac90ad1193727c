"""Clocks: how much of a time allowed has passed, when it runs out, and how it stands at an instant.

A clock is a limit and the log of what was done with it: started, paused, resumed, stopped, reset, cancelled.
Nothing is added up as it goes: when it is due, and how long it has run, are counted anew from the log each
time. So a pause may be entered afterwards, and a limit may change, and the answer is what it would have
been had everything been known from the start.

A pause lasts from its mark until just before the clock is resumed: at the latest until the instant at which
it was planned to end. A clock that was stopped and resumed (work handed back) did not run in between.

- Limits in minutes and hours run on by just as much time of their own kind as was paused.
- A day counts towards a limit in days when the clock runs at the end of that day (`Counting.day_end`). A last
  day that rolls on rolls to a working day at whose end the clock runs.

Time that has passed is working time for limits in working hours and working days, else time by the clock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, unique
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import cast

import attrs
from attrs import field

from gridgov.calendar import Counting, DayEnd, Due, FirstDay, Limit, LimitUnit, WorkCalendar
from gridgov.errors import Fault, LimitError, NotInForceError, RefusedError
from gridgov.values import Shown, aware, changed

__all__ = ["Act", "Clock", "Mark", "Reading", "Threshold", "Timing", "due", "elapsed", "moment", "read"]

_TICK = timedelta.resolution
_NOTHING = timedelta(0)
_WHOLE = 100
_WARNING = 80
_MOST_TIMES = 10
_HOURS = {
    LimitUnit.MINUTES: timedelta(minutes=1),
    LimitUnit.CLOCK_HOURS: timedelta(hours=1),
    LimitUnit.WORKING_HOURS: timedelta(hours=1),
}
_WORKING = frozenset({LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS})

_Gap = tuple[datetime, datetime | None]  # from when it does not run until when it runs again; None while unknown

_STATE_AFTER = {
    "start": "running",
    "pause": "paused",
    "resume": "running",
    "stop": "stopped",
    "reset": "running",
    "cancel": "cancelled",
}


@unique
class Act(Enum):
    """What is done with a clock. Values are the words that events use.

    Attributes:
        state: The state in which it leaves the clock.
    """

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESET = "reset"
    CANCEL = "cancel"

    def __init__(self, word: str) -> None:
        self.state = _STATE_AFTER[word]


_ALLOWED = {
    "idle": (Act.START, Act.CANCEL),
    "running": (Act.PAUSE, Act.STOP, Act.RESET, Act.CANCEL),
    "paused": (Act.RESUME, Act.STOP, Act.RESET, Act.CANCEL),
    "stopped": (Act.RESUME, Act.RESET, Act.CANCEL),
    "cancelled": (),
}


def _utc(at: datetime) -> datetime:
    return aware(at)


def _utc_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else aware(at)


@attrs.frozen
class Mark:
    """One thing done with a clock.

    Attributes:
        act: What.
        at: When, in UTC.
        until: Of a pause, when it is planned to end: from then on the clock runs, resumed or not.

    Raises:
        LimitError: *at* has no zone (code ``naive_time``); *until* is not after *at*, or *act* is no pause
            (``bad_pause``).
    """

    act: Act
    at: datetime = field(converter=_utc)
    until: datetime | None = field(default=None, converter=_utc_or_none)

    def __attrs_post_init__(self) -> None:
        if self.until is None:
            return
        if self.act is not Act.PAUSE or self.until <= self.at:
            message = f"{self.act.value} at {self.at} is planned to end at {self.until}"
            hint = "only a pause has a planned end, and it is later than its start"
            raise LimitError.of("bad_pause", message, hint=hint)


@attrs.frozen(kw_only=True)
class Threshold:
    """What follows when a share of the time allowed has passed.

    Attributes:
        percent: The share: 1 to 100, or 200, 300 … 1000 for twice, three times … the limit.
        then: What follows, in words that the pack declares.

    Raises:
        LimitError: No such share (code ``bad_threshold``).
    """

    percent: int
    then: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        _check_percent(self.percent)


def _check_percent(percent: int) -> None:
    if 1 <= percent <= _WHOLE or (percent % _WHOLE == 0 and _WHOLE < percent <= _MOST_TIMES * _WHOLE):
        return
    hint = "use 1 to 100, or 200, 300 … 1000"
    raise LimitError.of("bad_threshold", f"{percent} % is no share of a limit", hint=hint)


def _clock_state(kind: str, state: str, mark: Mark) -> Fault:
    message = f"clock {kind!r} is {state} at {mark.at}: it cannot {mark.act.value}"
    allowed = ", ".join(act.value for act in _ALLOWED[state])
    return Fault("clock_state", message, hint=f"allowed: {allowed or 'nothing'}")


_AT = attrgetter("at")


def _in_order(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    return tuple(marks) if len(marks) < 2 else tuple(sorted(marks, key=_AT))


@attrs.frozen(kw_only=True, slots=False)
class Clock(Shown):
    """A time allowed, and what was done with it.

    Attributes:
        kind: What it measures, a word: ``sign_in``, ``complete`` …
        limit: The time allowed; None only when *stated* is given.
        stated: A due instant, in UTC, that was stated (by a law's own term, by a source) instead of counted; nothing
            moves it.
        calendar: Id of the calendar it is counted in; empty for the default.
        unmoving: Whether pauses and stops leave its due instant where it is, as that of a promise to a resident.
        marks: What was done, in order of time; at one instant in order of entry.

    Raises:
        LimitError: Neither *limit* nor *stated* (code ``no_limit``); *stated* has no zone (``naive_time``).
        RefusedError: Marks that cannot follow one another (``clock_state``), each with the state in which it stood and
            what could have been done.
    """

    kind: str
    limit: Limit | None
    stated: datetime | None = field(default=None, converter=_utc_or_none)
    calendar: str = ""
    unmoving: bool = False
    marks: tuple[Mark, ...] = field(default=(), converter=_in_order)

    def __attrs_post_init__(self) -> None:
        if self.limit is None and self.stated is None:
            message = f"clock {self.kind!r} has neither a limit nor a stated due instant"
            raise LimitError.of("no_limit", message, hint="give one of them")
        state, over = "idle", None
        wrong = []
        for mark in self.marks:
            again = mark.act is Act.PAUSE and over is not None and over <= mark.at
            if mark.act not in _ALLOWED[state] and not again:
                wrong.append(_clock_state(self.kind, state, mark))
            state, over = mark.act.state, mark.until
        if wrong:
            raise RefusedError(wrong)

    @property
    def state(self) -> str:
        """How the log leaves it: ``idle``, ``running``, ``paused``, ``stopped`` or ``cancelled``."""
        return self.marks[-1].act.state if self.marks else "idle"

    @property
    def started_at(self) -> datetime | None:
        """From when it counts: its last reset, else its start; None before."""
        for mark in reversed(self.marks):
            if mark.act is Act.RESET or mark.act is Act.START:
                return mark.at
        return None

    @property
    def stopped_at(self) -> datetime | None:
        """When it was stopped, if it is."""
        return self.marks[-1].at if self.state == "stopped" else None

    def mark(self, act: Act, at: datetime, until: datetime | None = None) -> "Clock":
        """Return the clock with one more mark, in its place in time: after what was done until that instant.

        Raises:
            RefusedError: The log would be impossible (code ``clock_state``).
            LimitError: As for `Mark`.

        >>> clock = Clock(kind="complete", limit=Limit.parse("5 working_days"))
        >>> clock.mark(Act.START, datetime.fromisoformat("2021-02-18T09:00+08:00")).state
        'running'
        """
        mark = Mark(act, at, until)
        marks = (*self.marks, mark)
        if act in _ALLOWED[self.state] and (not self.marks or self.marks[-1].at <= mark.at):
            return changed(self, marks=marks)
        return attrs.evolve(self, marks=marks)

    def with_limit(self, limit: Limit) -> "Clock":
        """Return the clock with another limit and the same log. A stated due instant still holds."""
        return attrs.evolve(self, limit=limit)

    def with_stated(self, at: datetime) -> "Clock":
        """Return the clock with a stated due instant and the same log."""
        return attrs.evolve(self, stated=at)


@attrs.frozen(kw_only=True)
class Timing:
    """What clocks are counted by.

    Attributes:
        calendars: Each calendar by its id.
        default: Id of the one that answers for clocks that name none.
        counting: How limits in days are counted.
    """

    calendars: Mapping[str, WorkCalendar]
    default: str
    counting: Counting

    def calendar(self, id: str = "") -> WorkCalendar:  # noqa: A002 as the field
        """Return the calendar of that id; the default for none.

        Raises:
            NotInForceError: There is none (code ``unknown_calendar``).
        """
        found = self.calendars.get(id or self.default)
        if found is None:
            hint = f"there are: {', '.join(sorted(self.calendars))}"
            raise NotInForceError.of("unknown_calendar", f"no calendar {id or self.default!r}", hint=hint)
        return found


@attrs.frozen(kw_only=True)
class Reading(Shown):
    """How a clock stands at an instant.

    Attributes:
        state: ``idle``, ``running``, ``paused``, ``stopped`` or ``cancelled``.
        due_at: When it is due, in UTC; None as for `due`.
        provisional: The due instant may yet move: the calendar does not cover all the days counted.
        elapsed: How long it has run.
        percent: The same as a share of the time allowed, exact; None where there is none.
        colour: ``green``; ``yellow`` from 80 % on; ``red`` after the due instant; ``none`` while idle or cancelled.
        multiple: How many whole times the limit has passed: 0 until the due instant, then 1, at most 10.
    """

    state: str
    due_at: datetime | None
    provisional: bool
    elapsed: timedelta
    percent: Fraction | None
    colour: str
    multiple: int


def due(clock: Clock, timing: Timing) -> Due | None:
    """Return when a clock runs out; the due instant itself is in time.

    None while it is idle or cancelled, and while a pause that nothing ends yet began before it was due. Of a stopped
    clock it is the instant by which it was to be stopped. Beyond the calendar's coverage the answer is provisional.

    Raises:
        NotInForceError: There is no such calendar (code ``unknown_calendar``).
        LimitError: It would be due beyond the years that calendars count (``year_range``).
    """
    start = clock.started_at
    if start is None or clock.state == "cancelled":
        return None
    if clock.stated is not None:
        return Due(clock.stated)
    return _due(clock, start, cast("Limit", clock.limit), timing)


def _due(clock: Clock, start: datetime, limit: Limit, timing: Timing) -> Due | None:
    calendar = timing.calendar(clock.calendar)
    unbroken = calendar.due(start, limit, timing.counting, lenient=True)
    gaps = _gaps(clock)
    if not gaps or unbroken.at < gaps[0][0]:
        return unbroken
    hour = _HOURS.get(limit.unit)
    if hour is None:
        moved = _due_in_days(calendar, start, gaps, limit, timing.counting)
    else:
        measure = calendar if limit.unit in _WORKING else None
        moved = _reach(measure, start, gaps, limit.amount * hour)
    return None if moved is None else Due(moved.at, unbroken.provisional or moved.provisional)


def elapsed(clock: Clock, timing: Timing, at: datetime) -> timedelta:
    """Return how long a clock has run by *at*, since its start or last reset, pauses and stops left out.

    Working time of its calendar for limits in working hours and working days, else time by the clock. What stopped or
    was cancelled has run until then.

    Raises:
        LimitError: *at* has no zone (code ``naive_time``) or lies in a year not counted (``year_range``).
        NotInForceError: There is no such calendar (``unknown_calendar``).
    """
    start = clock.started_at
    if start is None:
        return _NOTHING
    return _ran(_measure(clock, timing), start, _gaps(clock), _last(clock, aware(at)))


def moment(clock: Clock, timing: Timing, percent: int) -> datetime | None:
    """Return the first instant by which so many percent of the time allowed have passed.

    Up to 100 it is a share of the time that the clock runs between its start and its due instant, as `elapsed` counts
    it, rounded up to the microsecond; 100 is the due instant. 200, 300 … is when a limit twice, three times as long
    would be due. Of a stopped clock it is as though it had run on.

    None where `due` is None, unless the instant came before the pause; and for 200 and more, where the due instant is
    stated or the limit would be longer than limits are.

    Raises:
        LimitError: No such share (code ``bad_threshold``); otherwise as for `due`.
        NotInForceError: As for `due`.
    """
    _check_percent(percent)
    start = clock.started_at
    if start is None or clock.state == "cancelled":
        return None
    if percent > _WHOLE:
        return _moment_of_multiple(clock, start, timing, percent // _WHOLE)
    whole = due(clock, timing)
    if percent == _WHOLE:
        return _at(whole)
    allowed = _allowed(clock, start, timing, whole)
    if allowed is None:
        return _at(whole)
    share = -(-allowed * percent // _WHOLE)
    return _at(_reach(_measure(clock, timing), start, _gaps(clock), share))


def read(clock: Clock, timing: Timing, at: datetime) -> Reading:
    """Return how a clock stands at *at*; one that was stopped or cancelled, how it stood then.

    While a pause that nothing ends yet lasts, the share is what it would be if the clock were resumed at *at*.

    Raises:
        LimitError: As for `due` and `elapsed`.
        NotInForceError: As for `due`.
    """
    now = _last(clock, aware(at))
    spent = elapsed(clock, timing, now)
    start, state = clock.started_at, _state_at(clock, now)
    if start is None or state == "cancelled":
        return Reading(
            state=state, due_at=None, provisional=False, elapsed=spent, percent=None, colour="none", multiple=0
        )
    end = due(clock, timing)
    resumed = clock if end else clock.mark(Act.RESUME, max(now, clock.marks[-1].at))
    allowed = _allowed(resumed, start, timing, due(resumed, timing))
    percent = Fraction(_WHOLE * (spent // _TICK), allowed // _TICK) if allowed else None
    multiple = _multiple(clock, timing, now) if end and now > end.at else 0
    colour = "red" if multiple else "yellow" if percent is not None and percent >= _WARNING else "green"
    return Reading(
        state=state,
        due_at=_at(end),
        provisional=bool(end and end.provisional),
        elapsed=spent,
        percent=percent,
        colour=colour,
        multiple=multiple,
    )


def _counted(clock: Clock) -> Limit | None:
    """Return the limit by which the due instant is counted; None where it is stated."""
    return clock.limit if clock.stated is None else None


def _gaps(clock: Clock) -> Sequence[_Gap]:
    """Return when the clock did not run, between its start and its last mark; none where nothing moves it."""
    if len(clock.marks) < 2 or clock.unmoving or clock.stated is not None:
        return ()
    gaps: list[_Gap] = []
    end: datetime | None = None
    for mark in reversed(clock.marks):
        if mark.act is Act.PAUSE:
            gaps.append((mark.at, min(filter(None, (mark.until, end)), default=None)))
        elif mark.act is Act.STOP and end is not None:
            gaps.append((mark.at, end))
        elif mark.act is Act.RESET:
            break
        end = mark.at
    return gaps[::-1]


def _last(clock: Clock, at: datetime) -> datetime:
    """Return *at*, or when the clock was stopped or cancelled, if that was earlier."""
    return min(at, clock.marks[-1].at) if clock.state in {"stopped", "cancelled"} else at


def _state_at(clock: Clock, at: datetime) -> str:
    """Return how the log leaves the clock; running, if the pause was planned to end by then."""
    over = clock.marks[-1].until if clock.marks else None
    return "running" if over is not None and over <= at else clock.state


def _multiple(clock: Clock, timing: Timing, at: datetime) -> int:
    """Return how many whole times the limit has passed at an instant after the first."""
    for times in range(2, _MOST_TIMES + 1):
        passed = moment(clock, timing, times * _WHOLE)
        if passed is None or at <= passed:
            return times - 1
    return _MOST_TIMES


def _moment_of_multiple(clock: Clock, start: datetime, timing: Timing, times: int) -> datetime | None:
    limit = _counted(clock)
    if limit is None:
        return None
    try:
        longer = Limit(limit.amount * times, limit.unit)
    except LimitError:
        return None
    return _at(_due(clock, start, longer, timing))


def _at(end: Due | None) -> datetime | None:
    return None if end is None else end.at


def _allowed(clock: Clock, start: datetime, timing: Timing, end: Due | None) -> timedelta | None:
    """Return the time allowed, as `elapsed` counts it; None while unknown, or where none of it runs until *end*."""
    limit = _counted(clock)
    if limit is not None and limit.unit in _HOURS:
        return limit.amount * _HOURS[limit.unit]
    return None if end is None else _ran(_measure(clock, timing), start, _gaps(clock), end.at) or None


def _measure(clock: Clock, timing: Timing) -> WorkCalendar | None:
    """Return the calendar whose working time a clock measures; None when it measures time by the clock."""
    limit = _counted(clock)
    return timing.calendar(clock.calendar) if limit is not None and limit.unit in _WORKING else None


def _passed(calendar: WorkCalendar | None, start: datetime, end: datetime) -> timedelta:
    return end - start if calendar is None else calendar.worked(start, end, lenient=True)


def _ran(calendar: WorkCalendar | None, start: datetime, gaps: Sequence[_Gap], at: datetime) -> timedelta:
    """Return how much passed from *start* to *at* outside the gaps."""
    if at <= start:
        return _NOTHING
    lost = (_passed(calendar, a, at if b is None else min(b, at)) for a, b in gaps if a < at)
    return _passed(calendar, start, at) - sum(lost, _NOTHING)


def _reach(calendar: WorkCalendar | None, start: datetime, gaps: Sequence[_Gap], amount: timedelta) -> Due | None:
    """Return the first instant by which *amount* (more than none) has passed outside the gaps; None while unknown."""
    for a, b in gaps:
        passed = _passed(calendar, start, a)
        if passed >= amount:
            break
        if b is None:
            return None
        amount -= passed
        start = b
    return Due(start + amount) if calendar is None else calendar.after(start, amount, lenient=True)


def _due_in_days(
    calendar: WorkCalendar, start: datetime, gaps: Sequence[_Gap], limit: Limit, counting: Counting
) -> Due | None:
    """Return when a limit in days is due that counts the days at whose end the clock runs; None while unknown."""
    days = _Days(calendar, limit.unit, counting)
    left = limit.amount
    following = calendar.due(start, Limit(1, limit.unit), attrs.evolve(counting, last_day_roll=False), lenient=True).at
    for a, b in gaps:
        counted = max(0, days.between(following, days.first_end(a)))
        if counted >= left:
            break
        if b is None:
            return None
        left -= counted
        following = max(following, days.first_end(b))
    return days.rolled(days.last(following, left), gaps)


@cache
def _each(day_end: DayEnd, *, roll: bool) -> Counting:
    """Return the counting by which day 1 is the first that ends after the start."""
    return Counting(first_day=FirstDay.SAME, last_day_roll=roll, day_end=day_end)


@attrs.frozen
class _Days:
    """The ends of days, of which a limit counts each that lies in no gap."""

    calendar: WorkCalendar
    unit: LimitUnit
    counting: Counting

    def _nth_end(self, at: datetime, limit: Limit, *, roll: bool = False) -> Due:
        """Return the end of the last of so many days, the first of which ends at *at* or later."""
        return self.calendar.due(at - _TICK, limit, _each(self.counting.day_end, roll=roll), lenient=True)

    def first_end(self, at: datetime) -> datetime:
        return self._nth_end(at, Limit(1, self.unit)).at

    def last(self, at: datetime, amount: int) -> Due:
        return self._nth_end(at, Limit(amount, self.unit), roll=self.counting.last_day_roll)

    def between(self, first: datetime, last: datetime) -> int:
        """Return how many days end from *first* until before *last*, both ends of days."""
        zone = self.calendar.tzinfo
        a, b = ((end - _TICK).astimezone(zone).date() for end in (first, last))
        if self.unit is LimitUnit.WORKING_DAYS:
            return self.calendar.working_days(a, b, lenient=True)
        return (b - a).days

    def rolled(self, end: Due, gaps: Sequence[_Gap]) -> Due | None:
        """Return *end*, or the end of the first working day after it that lies in no gap; None while unknown."""
        for a, b in gaps:
            if b is None and a <= end.at:
                return None
            if b is not None and a <= end.at < b:
                end = self._nth_end(b, Limit(1, LimitUnit.WORKING_DAYS))
        return end
