"""Clocks against naive walks over minutes and days, with any log of marks, entered in any order."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridgov.calendar import Limit, LimitUnit, WorkCalendar
from gridgov.clocks import Act, Clock, Mark, Timing, due, elapsed, moment, read
from gridgov.errors import RefusedError
from test_calendar import COUNTINGS, DAY, MINUTE, Walker, calendars, walked_minutes

HERE = ["Asia/Shanghai", "America/New_York"]
DAYS = st.dates(date(2021, 3, 1), date(2021, 4, 15))
STARTS = st.datetimes(datetime(2021, 3, 1), datetime(2021, 4, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
SHORT_LIMITS = st.one_of(
    st.builds(Limit, st.integers(1, 900), st.just(LimitUnit.MINUTES)),
    st.builds(Limit, st.integers(1, 30), st.sampled_from([LimitUnit.CLOCK_HOURS, LimitUnit.WORKING_HOURS])),
)
DAY_LIMITS = st.builds(Limit, st.integers(1, 8), st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS]))
TIMINGS = st.builds(
    lambda calendar, counting: Timing(calendars={"any": calendar}, default="any", counting=counting),
    calendars(zones=HERE, within=DAYS),
    COUNTINGS,
)


@st.composite
def clocks(draw: st.DrawFn, limits: st.SearchStrategy[Limit], longest: int) -> Clock:
    """Clocks that started, with any marks that were not refused, in the order in which they were entered.

    Args:
        draw: Of Hypothesis.
        limits: The limits to draw from.
        longest: Minutes from the start within which marks lie.
    """
    start = draw(STARTS)
    made = Clock(kind="any", limit=draw(limits)).mark(Act.START, start)
    minutes = st.integers(0, longest)
    acts = st.sampled_from([Act.PAUSE, Act.RESUME, Act.PAUSE, Act.RESUME, Act.STOP, Act.RESET])
    for act, after, lasts in draw(st.lists(st.tuples(acts, minutes, st.none() | minutes), max_size=12)):
        at = start + after * MINUTE
        until = at + (lasts + 1) * MINUTE if lasts is not None and act is Act.PAUSE else None
        try:
            made = made.mark(act, at, until)
        except RefusedError:
            continue
    return made


SHORT = clocks(SHORT_LIMITS, 3000)
LONG = clocks(DAY_LIMITS, 20 * 1440)
ANY = st.one_of(SHORT, LONG)


def runs(clock: Clock, at: datetime) -> bool:
    """The naive oracle of a log: the last mark up to *at* says whether it runs; a last stop says nothing."""
    before = [mark for mark in clock.marks if mark.at <= at]
    if before[-1].act is Act.STOP and len(before) == len(clock.marks):
        before.pop()
        if before[-1].act is Act.PAUSE:  # that a stop ended
            return True
    last = before[-1]
    return (last.act is not Act.PAUSE and last.act is not Act.STOP) or (last.until is not None and last.until <= at)


def starts(clock: Clock) -> datetime:
    return [mark.at for mark in clock.marks if mark.act in {Act.START, Act.RESET}][-1]


def never_again(clock: Clock, at: datetime) -> bool:
    return not runs(clock, at) and at >= clock.marks[-1].at and clock.marks[-1].until is None


def counted_minutes(clock: Clock, calendar: WorkCalendar) -> Iterator[tuple[datetime, bool]]:
    """Each minute from the start, and whether it is one of those that the clock counts."""
    assert clock.limit is not None
    working = clock.limit.unit in {LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS}
    for at, worked in walked_minutes(calendar, starts(clock)):
        yield at, runs(clock, at) and (worked or not working)


def walked_due_in_days(clock: Clock, timing: Timing) -> datetime | None:
    """The naive oracle of limits in days: walks them, and counts those at whose end the clock runs."""
    assert clock.limit is not None
    walker = Walker(timing.calendar(), timing.counting)
    day, left = walker.first_day(starts(clock)), clock.limit.amount
    rolls = timing.counting.last_day_roll
    while True:
        end = walker.end(day)
        if never_again(clock, end):
            return None
        working = bool(walker.hours(day))
        if runs(clock, end):
            if left and (working or clock.limit.unit is LimitUnit.CALENDAR_DAYS):
                left -= 1
            if not left and (working or not rolls or clock.limit.unit is LimitUnit.WORKING_DAYS):
                return end
        day += DAY


class TestAgainstNaiveWalks:
    """What is counted from the log at once equals what is counted minute by minute, day by day."""

    @settings(deadline=None, max_examples=60)
    @given(clock=LONG, timing=TIMINGS)
    def test_limits_in_days(self, clock: Clock, timing: Timing) -> None:
        found = due(clock, timing)
        assert walked_due_in_days(clock, timing) == (found and found.at)

    @settings(deadline=None, max_examples=40)
    @given(clock=SHORT, timing=TIMINGS)
    def test_limits_in_minutes_and_hours(self, clock: Clock, timing: Timing) -> None:
        assert clock.limit is not None
        left = clock.limit.amount * (1 if clock.limit.unit is LimitUnit.MINUTES else 60)
        expected = None
        for at, counted in counted_minutes(clock, timing.calendar()):
            left -= counted
            if not left:
                expected = at + MINUTE
                break
            if never_again(clock, at):
                break
        found = due(clock, timing)
        assert expected == (found and found.at)

    @settings(deadline=None, max_examples=40)
    @given(clock=ANY, timing=TIMINGS, minutes=st.integers(0, 5000))
    def test_elapsed_is_the_sum_of_what_ran(self, clock: Clock, timing: Timing, minutes: int) -> None:
        at = starts(clock) + minutes * MINUTE
        last = clock.stopped_at or at
        walk = counted_minutes(clock, timing.calendar())
        ran = sum(counted for when, counted in (next(walk) for _ in range(minutes)) if when < last)
        assert ran * MINUTE == elapsed(clock, timing, at)


class TestInvariants:
    """What holds of every clock."""

    @settings(deadline=None)
    @given(clock=ANY, timing=TIMINGS)
    def test_it_is_due_after_its_start_and_its_moments_are_in_order(self, clock: Clock, timing: Timing) -> None:
        moments = [moment(clock, timing, percent) for percent in (1, 50, 80, 99, 100, 200, 300)]
        known = [at for at in moments if at is not None]
        assert sorted(known) == known
        assert moments[: len(known)] == known
        end = due(clock, timing)
        if end is not None:
            assert starts(clock) < end.at == moments[4]

    @settings(deadline=None)
    @given(clock=ANY, timing=TIMINGS, minutes=st.integers(0, 9000), lasts=st.integers(1, 9000))
    def test_a_pause_never_makes_it_due_earlier(self, clock: Clock, timing: Timing, minutes: int, lasts: int) -> None:
        before, at = due(clock, timing), starts(clock) + minutes * MINUTE
        try:
            paused = clock.mark(Act.PAUSE, at, at + lasts * MINUTE)
        except RefusedError:
            return
        after = due(paused, timing)
        assert after is None or (before is not None and before.at <= after.at)

    @settings(deadline=None)
    @given(clock=ANY, timing=TIMINGS, percent=st.integers(1, 99))
    def test_a_moment_is_the_first_instant_of_its_share(self, clock: Clock, timing: Timing, percent: int) -> None:
        at, end = moment(clock, timing, percent), due(clock, timing)
        running = attrs.evolve(clock, marks=clock.marks[:-1]) if clock.stopped_at else clock
        assume(at is not None and end is not None and due(running, timing) == end)
        assert at is not None
        assert end is not None
        share = read(running, timing, at).percent
        if share is None:
            assert end.at == at
            return
        assert share >= percent
        earlier = read(running, timing, at - timedelta.resolution).percent
        assert earlier is not None
        assert earlier < percent

    @settings(deadline=None)
    @given(clock=ANY, timing=TIMINGS, order=st.randoms(use_true_random=False))
    def test_the_order_of_entry_does_not_matter(self, clock: Clock, timing: Timing, order: object) -> None:
        """But at one instant, where it is the order of the log."""
        assume(len({mark.at for mark in clock.marks}) == len(clock.marks))
        marks: list[Mark] = list(clock.marks)
        order.shuffle(marks)  # type: ignore[attr-defined]
        again = Clock(kind="any", limit=clock.limit, marks=tuple(marks))
        assert clock == again
        assert due(clock, timing) == due(again, timing)

    @settings(deadline=None)
    @given(clock=ANY, timing=TIMINGS, limit=st.one_of(SHORT_LIMITS, DAY_LIMITS))
    def test_another_limit_is_as_if_it_had_always_been(self, clock: Clock, timing: Timing, limit: Limit) -> None:
        replayed = Clock(kind="any", limit=limit)
        for mark in clock.marks:
            replayed = replayed.mark(mark.act, mark.at, mark.until)
        changed = clock.with_limit(limit)
        at = clock.marks[-1].at + DAY
        assert read(replayed, timing, at) == read(changed, timing, at)

    @settings(deadline=None)
    @given(start=STARTS, limit=st.one_of(SHORT_LIMITS, DAY_LIMITS), timing=TIMINGS)
    def test_unbroken_it_is_due_when_the_calendar_says(self, start: datetime, limit: Limit, timing: Timing) -> None:
        clock = Clock(kind="any", limit=limit).mark(Act.START, start)
        assert timing.calendar().due(start, limit, timing.counting) == due(clock, timing)
