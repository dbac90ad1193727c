"""Clocks: their log, when they are due, how they stand, and the faults of other systems that they do not share."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest

from county import CLOCK, OFFICE, RULE, china
from gridgov.calendar import Counting, DayEnd, Due, FirstDay, Limit, Receipt
from gridgov.clocks import Act, Clock, Mark, Threshold, Timing, due, elapsed, moment, read
from gridgov.errors import LimitError, NotInForceError, RefusedError

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta.resolution
CALENDARS = {"office": OFFICE, "always": CLOCK}
TIMING = Timing(calendars=CALENDARS, default="office", counting=Counting(source=RULE))
UNTIL_MIDNIGHT = Timing(calendars=CALENDARS, default="office", counting=Counting(day_end=DayEnd.MIDNIGHT))
SAME_DAY = Timing(calendars=CALENDARS, default="office", counting=Counting(first_day=FirstDay.SAME))
LIMITS = ["90 minutes", "5 clock_hours", "5 working_hours", "5 working_days", "5 calendar_days"]

START, PAUSE, RESUME, STOP, RESET, CANCEL = Act


def at(text: str) -> datetime:
    """An instant of 2021 in China: ``02-18 09:00``."""
    return china(f"2021-{text}").astimezone(UTC)


def clock(limit: str = "5 working_days", *marks: tuple[Act, str], **other: object) -> Clock:
    made = Clock(kind="complete", limit=Limit.parse(limit), **other)  # type: ignore[arg-type]
    for act, when in marks:
        made = made.mark(act, at(when))
    return made


def due_at(asked: Clock, timing: Timing = TIMING) -> datetime:
    found = due(asked, timing)
    assert found is not None
    return found.at


IDLE = clock()
RUNNING = clock("5 working_days", (START, "02-18 09:00"))
PAUSED = RUNNING.mark(PAUSE, at("02-22 09:00"))
RESUMED = PAUSED.mark(RESUME, at("03-15 09:00"))
STOPPED = RUNNING.mark(STOP, at("02-19 16:00"))
CANCELLED = RUNNING.mark(CANCEL, at("02-19 16:00"))
STATES = {"idle": IDLE, "running": RUNNING, "paused": PAUSED, "stopped": STOPPED, "cancelled": CANCELLED}
ALLOWED = {
    "idle": {START, CANCEL},
    "running": {PAUSE, STOP, RESET, CANCEL},
    "paused": {RESUME, STOP, RESET, CANCEL},
    "stopped": {RESUME, RESET, CANCEL},
    "cancelled": set(),
}
AFTER = {
    START: "running",
    PAUSE: "paused",
    RESUME: "running",
    STOP: "stopped",
    RESET: "running",
    CANCEL: "cancelled",
}


class TestLog:
    """Start, pause, resume, stop, reset, cancel; what is entered late stands where it happened."""

    @pytest.mark.parametrize(("state", "act"), list(product(STATES, Act)))
    def test_every_act_in_every_state_is_taken_or_refused(self, state: str, act: Act) -> None:
        before = STATES[state]
        assert state == before.state
        if act in ALLOWED[state]:
            after = before.mark(act, at("02-25 09:00"))
            assert AFTER[act] == after.state
            assert (*before.marks, Mark(act, at("02-25 09:00"))) == after.marks
            return
        with pytest.raises(RefusedError) as caught:
            before.mark(act, at("02-25 09:00"))
        (fault,) = caught.value.faults
        assert "clock_state" == fault.code
        assert f"is {state} at 2021-02-25 01:00:00+00:00: it cannot {act.value}" in fault.message
        allowed = [a.value for a in Act if a in ALLOWED[state]]
        assert sorted(allowed or ["nothing"]) == sorted(fault.hint.removeprefix("allowed: ").split(", "))

    def test_it_counts_from_its_start_or_its_last_reset(self) -> None:
        assert IDLE.started_at is None
        assert IDLE.mark(CANCEL, at("02-18 09:00")).started_at is None
        assert at("02-18 09:00") == PAUSED.started_at
        again = RUNNING.mark(RESET, at("02-19 09:00")).mark(RESET, at("02-20 09:00"))
        assert at("02-20 09:00") == again.mark(PAUSE, at("02-22 09:00")).started_at

    def test_it_is_stopped_until_it_is_resumed(self) -> None:
        assert at("02-19 16:00") == STOPPED.stopped_at
        assert STOPPED.mark(RESUME, at("02-20 10:00")).stopped_at is None
        assert IDLE.stopped_at is None

    def test_what_is_entered_late_stands_in_its_place(self) -> None:
        ended = RUNNING.mark(STOP, at("03-16 09:00"))
        late = ended.mark(PAUSE, at("02-22 09:00"), at("03-10 09:00")).mark(RESUME, at("03-09 09:00"))
        assert [START, PAUSE, RESUME, STOP] == [mark.act for mark in late.marks]

    def test_at_one_instant_the_order_of_entry_holds(self) -> None:
        again = PAUSED.mark(RESUME, at("02-22 09:00")).mark(PAUSE, at("02-22 09:00"))
        assert [START, PAUSE, RESUME, PAUSE] == [mark.act for mark in again.marks]

    def test_a_late_entry_that_contradicts_what_follows_is_refused_with_every_contradiction(self) -> None:
        with pytest.raises(RefusedError) as caught:
            RESUMED.mark(STOP, at("02-20 09:00"))
        assert ["it cannot pause"] == [fault.message.partition(": ")[2] for fault in caught.value.faults]
        with pytest.raises(RefusedError) as caught:
            RESUMED.mark(CANCEL, at("02-20 09:00"))
        assert 1 == len([fault for fault in caught.value.faults if "is cancelled" in fault.message])
        with pytest.raises(RefusedError) as caught:
            STOPPED.mark(RESUME, at("02-18 08:00"))
        assert ["is idle", "is running"] == [
            fault.message.split("complete' ")[1].partition(" at ")[0] for fault in caught.value.faults
        ]

    def test_a_second_pause_may_follow_one_that_ended_as_planned(self) -> None:
        planned = RUNNING.mark(PAUSE, at("02-22 09:00"), at("02-23 09:00"))
        assert "paused" == planned.mark(PAUSE, at("02-23 09:00")).state
        assert "running" == planned.mark(RESUME, at("02-25 09:00")).state
        with pytest.raises(RefusedError):
            planned.mark(PAUSE, at("02-23 09:00") - TICK)

    @pytest.mark.parametrize("act", Act)
    def test_only_a_pause_is_planned_to_end_and_only_after_it_begins(self, act: Act) -> None:
        when = at("02-22 09:00")
        with pytest.raises(LimitError) as caught:
            Mark(act, when, when if act is PAUSE else when + HOUR)
        assert "bad_pause" == caught.value.code

    def test_instants_are_aware_and_kept_in_utc(self) -> None:
        marked = IDLE.mark(START, china("2021-02-18 09:00"))
        assert UTC is marked.marks[0].at.tzinfo
        assert RUNNING == marked
        for when, until in ((datetime(2021, 2, 18), None), (at("02-18 09:00"), datetime(2021, 3, 1))):  # noqa: DTZ001
            with pytest.raises(LimitError) as caught:
                Mark(PAUSE, when, until)
            assert "naive_time" == caught.value.code

    def test_a_clock_has_a_limit_or_a_stated_due_instant(self) -> None:
        with pytest.raises(LimitError) as caught:
            Clock(kind="complete", limit=None)
        assert "no_limit" == caught.value.code

    def test_a_clock_is_plain_data(self) -> None:
        assert {"act": "start", "at": "2021-02-18T01:00:00+00:00", "until": None} == RUNNING.to_dict()["marks"][0]


class TestThresholds:
    """A threshold is 1 to 100 percent of the time allowed, or a multiple of it."""

    @pytest.mark.parametrize("percent", [1, 80, 100, 200, 1000])
    def test_a_share_and_what_follows(self, percent: int) -> None:
        assert ("remind", "supervise") == Threshold(percent=percent, then=("remind", "supervise")).then

    @pytest.mark.parametrize("percent", [-100, 0, 101, 150, 250, 1100])
    def test_any_other_share_is_refused(self, percent: int) -> None:
        with pytest.raises(LimitError) as caught:
            Threshold(percent=percent, then=())
        assert "bad_threshold" == caught.value.code
        with pytest.raises(LimitError):
            moment(RUNNING, TIMING, percent)


DUE = [
    # nothing but a start: as the calendar says
    ("5 working_days", "", "02-24 17:00"),
    ("90 minutes", "", "02-18 10:30"),
    ("5 clock_hours", "", "02-18 14:00"),
    ("5 working_hours", "", "02-18 15:00"),
    ("5 calendar_days", "", "02-23 17:00"),
    # case 7c counts the days 19, 20 | 15, 16, 17
    ("5 working_days", "pause 02-22 09:00, resume 03-15 09:00", "03-17 17:00"),
    # the day of a pause counts when the clock runs again at its close
    ("5 working_days", "pause 02-22 09:00, resume 02-22 16:00", "02-24 17:00"),
    ("5 working_days", "pause 02-22 16:00, resume 02-22 17:00", "02-24 17:00"),
    ("5 working_days", "pause 02-22 17:00, resume 02-22 17:01", "02-25 17:00"),
    ("5 working_days", "pause 02-22 17:01, resume 02-23 09:00", "02-24 17:00"),
    ("5 working_days", "pause 02-18 10:00, resume 02-18 18:00", "02-24 17:00"),
    ("5 working_days", "pause 02-18 10:00, resume 02-19 18:00", "02-25 17:00"),
    ("5 working_days", "pause 02-20 18:00, resume 02-22 08:00", "02-24 17:00"),
    ("5 working_days", "pause 02-24 17:00, resume 02-26 09:00", "02-26 17:00"),
    ("5 working_days", "pause 02-24 17:01, resume 02-26 09:00", "02-24 17:00"),
    ("5 working_days", "pause 02-19 09:00, resume 02-20 09:00, pause 02-22 09:00, resume 02-23 18:00", "03-01 17:00"),
    # handed back for second handling: stopped 02-19 16:00, resumed 02-20 10:00
    ("5 working_days", "stop 02-19 16:00, resume 02-20 10:00", "02-25 17:00"),
    ("5 working_hours", "stop 02-18 10:00, resume 02-20 10:00", "02-20 15:00"),
    # days of rest count too, and a day of rest ends at 24:00
    ("5 calendar_days", "pause 02-20 18:00, resume 02-22 00:00", "02-23 17:00"),
    ("5 calendar_days", "pause 02-20 18:00, resume 02-22 09:00", "02-24 17:00"),
    ("5 calendar_days", "pause 02-19 09:00, resume 02-22 09:00", "02-26 17:00"),
    # 02-18 and 3 days is Sunday, which rolls to a working day at whose end the clock runs
    ("3 calendar_days", "", "02-22 17:00"),
    ("3 calendar_days", "pause 02-22 09:00, resume 02-22 16:00", "02-22 17:00"),
    ("3 calendar_days", "pause 02-22 09:00, resume 02-23 09:00", "02-23 17:00"),
    ("3 calendar_days", "pause 02-22 17:00, resume 02-23 09:00", "02-23 17:00"),
    ("3 calendar_days", "pause 02-22 09:00, resume 02-23 09:00, pause 02-23 10:00, resume 02-24 09:00", "02-24 17:00"),
    # working time that was paused is added, by working time
    ("5 working_hours", "pause 02-18 10:00, resume 02-18 12:30", "02-18 17:00"),
    ("5 working_hours", "pause 02-18 12:00, resume 02-18 13:00", "02-18 15:00"),
    ("5 working_hours", "pause 02-18 10:00, resume 02-22 10:00:00.000001", "02-22 15:00:00.000001"),
    ("5 working_hours", "pause 02-18 15:00, resume 02-22 10:00", "02-18 15:00"),
    # paused time is added
    ("90 minutes", "pause 02-18 10:00, resume 02-18 20:00:00.000001", "02-18 20:30:00.000001"),
    ("5 clock_hours", "pause 02-18 10:00, resume 02-18 11:00, pause 02-18 12:00, resume 02-21 12:00", "02-21 15:00"),
    ("5 clock_hours", "pause 02-18 15:00, resume 02-18 20:00", "02-18 14:00"),
    # the count begins anew
    ("5 working_days", "pause 02-19 09:00, reset 02-22 09:00", "03-01 17:00"),
    ("90 minutes", "pause 02-18 10:00, resume 02-18 11:00, reset 02-18 12:00, pause 02-18 13:00, reset 02-19 12:00",
     "02-19 13:30"),
]  # fmt: skip


def marked(limit: str, acts: str) -> Clock:
    made = clock(limit, (START, "02-18 09:00"))
    for entry in filter(None, acts.split(", ")):
        act, _, when = entry.partition(" ")
        made = made.mark(Act(act), at(when))
    return made


class TestDue:
    """Elapsed and due are counted from the log; a day counts when the clock runs at its end."""

    @pytest.mark.parametrize(("limit", "acts", "expected"), DUE)
    def test_a_clock_falls_due(self, limit: str, acts: str, expected: str) -> None:
        assert Due(at(expected)) == due(marked(limit, acts), TIMING)

    def test_days_may_end_at_midnight(self) -> None:
        assert at("02-25 00:00") == due_at(RUNNING, UNTIL_MIDNIGHT)
        evening = marked("5 working_days", "pause 02-22 17:01, resume 02-23 00:00")
        assert at("02-25 00:00") == due_at(evening, UNTIL_MIDNIGHT)
        night = marked("5 working_days", "pause 02-23 00:00, resume 02-23 00:01")
        assert at("02-26 00:00") == due_at(night, UNTIL_MIDNIGHT)
        assert at("03-18 00:00") == due_at(RESUMED, UNTIL_MIDNIGHT)

    def test_the_day_of_receipt_may_count(self) -> None:
        assert at("02-23 17:00") == due_at(RUNNING, SAME_DAY)
        assert at("02-24 17:00") == due_at(marked("5 working_days", "pause 02-18 09:00, resume 02-18 18:00"), SAME_DAY)

    def test_a_clock_may_have_a_calendar_of_its_own(self) -> None:
        always = clock("5 working_hours", (START, "02-18 09:00"), (PAUSE, "02-18 12:00"), calendar="always")
        assert at("02-21 02:00") == due_at(always.mark(RESUME, at("02-21 00:00")))

    def test_there_is_no_due_instant_before_the_start_nor_after_a_cancellation(self) -> None:
        assert due(IDLE, TIMING) is None
        assert due(CANCELLED, TIMING) is None
        assert due(IDLE.mark(CANCEL, at("02-18 09:00")), TIMING) is None
        assert due(IDLE.with_stated(at("03-01 17:00")), TIMING) is None

    @pytest.mark.parametrize("limit", LIMITS)
    def test_a_pause_that_nothing_ends_leaves_it_open(self, limit: str) -> None:
        assert due(clock(limit, (START, "02-18 09:00"), (PAUSE, "02-18 10:00")), TIMING) is None

    @pytest.mark.parametrize("limit", LIMITS)
    def test_a_pause_that_begins_after_it_was_due_moves_nothing(self, limit: str) -> None:
        """What ran out was due, whether or not anybody looked before the pause was entered."""
        running = clock(limit, (START, "02-18 09:00"))
        assert due(running, TIMING) == due(running.mark(PAUSE, at("03-15 09:00")), TIMING)

    def test_a_roll_into_a_pause_that_nothing_ends_leaves_it_open(self) -> None:
        for when in ("02-22 09:00", "02-22 17:00"):
            assert due(clock("3 calendar_days", (START, "02-18 09:00"), (PAUSE, when)), TIMING) is None

    def test_a_first_day_of_rest_counts(self) -> None:
        """Received on a Saturday, two calendar days are Sunday and, Monday being paused, Tuesday."""
        running = clock("2 calendar_days", (START, "02-20 10:00"), (PAUSE, "02-22 09:00"))
        assert at("02-23 17:00") == due_at(running.mark(RESUME, at("02-23 09:00")))

    def test_a_last_day_of_rest_may_stand(self) -> None:
        stands = Timing(calendars=CALENDARS, default="office", counting=Counting(last_day_roll=False))
        paused = marked("2 calendar_days", "pause 02-19 09:00, resume 02-20 09:00")
        assert at("02-22 00:00") == due_at(paused, stands)

    def test_a_pause_before_the_first_day_costs_none(self) -> None:
        """Received after the close of Saturday, which counts as received on Monday: days 23, 24."""
        moved = Timing(calendars=CALENDARS, default="office", counting=Counting(receipt=Receipt.NEXT_WORKING_DAY))
        running = clock("2 working_days", (START, "02-20 18:00"), (PAUSE, "02-20 19:00"))
        assert at("02-24 17:00") == due_at(running.mark(RESUME, at("02-22 09:00")), moved)
        assert at("02-24 17:00") == due_at(running.mark(RESUME, at("02-22 18:00")), moved)
        assert at("02-25 17:00") == due_at(running.mark(RESUME, at("02-23 18:00")), moved)

    @pytest.mark.parametrize("limit", LIMITS)
    def test_a_pause_with_a_planned_end_counts_as_resumed_then(self, limit: str) -> None:
        running = clock(limit, (START, "02-18 09:00"))
        resumed = running.mark(PAUSE, at("02-18 10:00")).mark(RESUME, at("02-22 10:00"))
        planned = running.mark(PAUSE, at("02-18 10:00"), at("02-22 10:00"))
        assert due(resumed, TIMING) == due(planned, TIMING)
        assert due(resumed, TIMING) == due(planned.mark(RESUME, at("02-25 10:00")), TIMING)
        early = running.mark(PAUSE, at("02-18 10:00"), at("03-22 10:00")).mark(RESUME, at("02-22 10:00"))
        assert due(resumed, TIMING) == due(early, TIMING)

    def test_of_a_stopped_clock_it_is_when_it_was_to_be_stopped(self) -> None:
        assert due(RUNNING, TIMING) == due(STOPPED, TIMING)
        assert due(RESUMED, TIMING) == due(RESUMED.mark(STOP, at("03-16 09:00")), TIMING)
        assert at("03-17 17:00") == due_at(PAUSED.mark(STOP, at("03-15 09:00")))

    def test_what_is_stated_is_moved_by_nothing(self) -> None:
        stated = Clock(kind="law", limit=None, stated=china("2021-05-10 17:00"))
        stated = stated.mark(START, at("02-18 09:00")).mark(PAUSE, at("02-19 09:00"))
        assert Due(at("05-10 17:00")) == due(stated, TIMING)
        assert Due(at("05-10 17:00")) == due(PAUSED.with_stated(at("05-10 17:00")), TIMING)

    def test_a_promise_is_moved_by_no_pause_and_no_stop(self) -> None:
        promise = clock("5 working_days", (START, "02-18 09:00"), unmoving=True)
        for acts in ([PAUSE], [PAUSE, RESUME], [STOP], [STOP, RESUME]):
            marked = promise
            for number, act in enumerate(acts):
                marked = marked.mark(act, at("02-19 09:00") + number * timedelta(days=20))
            assert due(promise, TIMING) == due(marked, TIMING)
            assert at("02-24 17:00") == moment(marked, TIMING, 100)

    def test_beyond_the_coverage_it_is_provisional(self) -> None:
        long = marked("30 working_days", "pause 02-22 09:00, resume 02-23 09:00")
        assert Due(at("04-01 17:00"), provisional=True) == due(long, TIMING)
        late = marked("5 working_days", "pause 02-22 09:00, resume 04-05 09:00")
        assert Due(at("04-07 17:00"), provisional=True) == due(late, TIMING)
        early = clock("5 working_hours").mark(START, china("2020-06-30 09:00"))
        paused = early.mark(PAUSE, china("2020-06-30 10:00")).mark(RESUME, china("2020-07-02 10:00"))
        assert Due(china("2020-07-02 15:00"), provisional=True) == due(paused, TIMING)

    def test_an_unknown_calendar_is_refused(self) -> None:
        with pytest.raises(NotInForceError) as caught:
            due(clock("5 working_days", (START, "02-18 09:00"), calendar="offcie"), TIMING)
        assert "unknown_calendar" == caught.value.code
        assert "there are: always, office" == caught.value.faults[0].hint


class TestElapsed:
    """Working time for limits in working time and working days, else time by the clock; pauses left out."""

    @pytest.mark.parametrize(
        ("limit", "expected"),
        [
            ("90 minutes", 4 * 24 + 1),
            ("5 clock_hours", 4 * 24 + 1),
            ("5 calendar_days", 4 * 24 + 1),
            ("5 working_hours", 3 * 7 + 1),
            ("5 working_days", 3 * 7 + 1),
        ],
    )
    def test_it_has_run_by_its_own_measure(self, limit: str, expected: int) -> None:
        running = clock(limit, (START, "02-18 09:00"))
        paused = running.mark(PAUSE, at("02-22 10:00"))
        assert expected * HOUR == elapsed(running, TIMING, at("02-22 10:00"))
        assert expected * HOUR == elapsed(paused, TIMING, china("2021-02-25 12:00"))
        assert (expected + 2) * HOUR == elapsed(
            paused.mark(RESUME, at("03-15 10:00")), TIMING, china("2021-03-15 12:00")
        )

    def test_it_stands_still_during_a_pause(self) -> None:
        assert 21 * HOUR == elapsed(RESUMED, TIMING, at("02-25 09:00"))

    def test_it_has_not_run_before_its_start(self) -> None:
        assert timedelta(0) == elapsed(IDLE, TIMING, at("02-18 09:00"))
        assert timedelta(0) == elapsed(RUNNING, TIMING, at("02-10 09:00"))

    def test_what_was_stopped_or_cancelled_has_run_until_then(self) -> None:
        for ended in (STOPPED, CANCELLED):
            assert 13 * HOUR == elapsed(ended, TIMING, at("03-15 09:00"))
            assert 7 * HOUR == elapsed(ended, TIMING, at("02-19 09:00"))

    def test_a_reset_forgets_what_ran_before(self) -> None:
        again = RUNNING.mark(PAUSE, at("02-19 09:00")).mark(RESET, at("02-22 09:00"))
        assert HOUR == elapsed(again, TIMING, at("02-22 10:00"))

    def test_a_promise_and_what_is_stated_run_through_pauses(self) -> None:
        promise = clock("5 clock_hours", (START, "02-18 09:00"), (PAUSE, "02-18 10:00"), unmoving=True)
        assert 3 * HOUR == elapsed(promise, TIMING, at("02-18 12:00"))
        assert 24 * HOUR == elapsed(PAUSED.with_stated(at("05-10 17:00")), TIMING, at("02-19 09:00"))


class TestMoments:
    """Thresholds at p percent of the time allowed; 200, 300 … when a limit so many times as long is due."""

    @pytest.mark.parametrize(
        ("limit", "acts", "percent", "expected"),
        [
            ("100 minutes", "", 80, "02-18 10:20"),
            ("100 minutes", "", 100, "02-18 10:40"),
            ("100 minutes", "", 300, "02-18 14:00"),
            ("100 minutes", "pause 02-18 10:00, resume 02-18 20:00", 60, "02-18 10:00"),
            ("100 minutes", "pause 02-18 10:00, resume 02-18 20:00", 80, "02-18 20:20"),
            ("100 minutes", "pause 02-18 10:00, resume 02-18 20:00", 200, "02-18 22:20"),
            ("10 working_hours", "", 80, "02-19 10:00"),
            ("10 working_hours", "pause 02-18 10:00, resume 02-18 17:00", 80, "02-19 17:00"),
            # six days of 7 working hours lie between start and due; 80 % are 33 hours and 36 minutes
            ("5 working_days", "", 50, "02-20 17:00"),
            ("5 working_days", "", 80, "02-23 15:36"),
            ("5 working_days", "", 100, "02-24 17:00"),
            ("5 working_days", "", 200, "03-03 17:00"),
            ("5 working_days", "pause 02-22 09:00, resume 03-15 09:00", 50, "02-20 17:00"),
            ("5 working_days", "pause 02-22 09:00, resume 03-15 09:00", 80, "03-16 15:36"),
            ("5 working_days", "pause 02-22 09:00, resume 03-15 09:00", 200, "03-24 17:00"),
            # 02-18 09:00 to 02-23 17:00 is 128 hours
            ("5 calendar_days", "", 50, "02-21 01:00"),
            ("5 calendar_days", "", 75, "02-22 09:00"),
            ("5 calendar_days", "", 200, "03-01 17:00"),
        ],
    )
    def test_so_much_of_the_time_allowed_has_passed(self, limit: str, acts: str, percent: int, expected: str) -> None:
        assert at(expected) == moment(marked(limit, acts), TIMING, percent)

    def test_it_is_rounded_up_to_the_microsecond(self) -> None:
        """Of 14 hours less a microsecond."""
        odd = marked("1 working_days", "pause 02-19 16:00, resume 02-19 16:00:00.000001")
        assert at("02-18 10:24") == moment(odd, TIMING, 10)
        passed = moment(odd, TIMING, 10)
        assert passed is not None
        assert Fraction(10) <= (read(odd, TIMING, passed).percent or 0)
        assert Fraction(10) > (read(odd, TIMING, passed - TICK).percent or 0)

    def test_there_is_none_while_nothing_is_due(self) -> None:
        for percent in (50, 100, 200):
            assert moment(IDLE, TIMING, percent) is None
            assert moment(CANCELLED, TIMING, percent) is None
            assert moment(PAUSED, TIMING, percent) is None

    def test_what_came_before_an_open_pause_is_known(self) -> None:
        paused = clock("100 minutes", (START, "02-18 09:00"), (PAUSE, "02-18 10:00"))
        assert at("02-18 09:50") == moment(paused, TIMING, 50)
        assert moment(paused, TIMING, 80) is None

    def test_of_what_is_stated_it_is_a_share_of_the_time_by_the_clock(self) -> None:
        stated = RESUMED.with_stated(at("02-28 09:00"))
        assert at("02-26 09:00") == moment(stated, TIMING, 80)
        assert at("02-28 09:00") == moment(stated, TIMING, 100)
        assert moment(stated, TIMING, 200) is None
        past = RUNNING.with_stated(at("02-01 09:00"))
        assert at("02-01 09:00") == moment(past, TIMING, 80)

    def test_no_limit_is_longer_than_limits_are(self) -> None:
        long = clock("3000 calendar_days", (START, "02-18 09:00"))
        assert moment(long, TIMING, 200) is None
        assert 1 == read(long, TIMING, china("2199-01-01 00:00")).multiple

    def test_where_no_time_runs_before_it_is_due_every_share_is_then(self) -> None:
        """Received after hours, a day that ends at midnight: no working time is left of it."""
        timing = Timing(
            calendars=CALENDARS,
            default="office",
            counting=Counting(first_day=FirstDay.SAME, day_end=DayEnd.MIDNIGHT),
        )
        evening = clock("1 working_days", (START, "02-18 20:00"))
        assert at("02-19 00:00") == moment(evening, timing, 1)
        reading = read(evening, timing, at("02-18 23:00"))
        assert (None, "green") == (reading.percent, reading.colour)
        assert "red" == read(evening, timing, at("02-19 00:00") + TICK).colour


class TestReading:
    """Green, yellow from 80 %, red after the due instant; overdue multiples."""

    @pytest.mark.parametrize(
        ("when", "percent", "colour", "multiple"),
        [
            ("02-18 08:00", 0, "green", 0),
            ("02-18 09:00", 0, "green", 0),
            ("02-18 10:19", 79, "green", 0),
            ("02-18 10:20", 80, "yellow", 0),
            ("02-18 10:40", 100, "yellow", 0),
            ("02-18 11:30", 150, "red", 1),
            ("02-18 12:20", 200, "red", 1),
            ("02-18 12:21", 201, "red", 2),
            ("02-18 14:01", 301, "red", 3),
            ("02-18 19:01", 601, "red", 6),
            ("02-19 02:00", 1020, "red", 10),
            ("02-28 09:00", 14400, "red", 10),
        ],
    )
    def test_a_running_clock(self, when: str, percent: int, colour: str, multiple: int) -> None:
        reading = read(clock("100 minutes", (START, "02-18 09:00")), TIMING, at(when))
        assert ("running", at("02-18 10:40"), False) == (reading.state, reading.due_at, reading.provisional)
        assert (percent, colour, multiple) == (reading.percent, reading.colour, reading.multiple)

    @pytest.mark.parametrize("limit", LIMITS)
    def test_done_at_the_very_instant_is_in_time(self, limit: str) -> None:
        running = clock(limit, (START, "02-18 09:00"))
        end = due_at(running)
        assert ("yellow", 100, 0) == (
            read(running, TIMING, end).colour,
            read(running, TIMING, end).percent,
            read(running, TIMING, end).multiple,
        )
        assert ("red", 1) == (read(running, TIMING, end + TICK).colour, read(running, TIMING, end + TICK).multiple)

    def test_the_percent_is_exact(self) -> None:
        reading = read(clock("7 clock_hours", (START, "02-18 09:00")), TIMING, at("02-18 10:00"))
        assert Fraction(100, 7) == reading.percent
        assert HOUR == reading.elapsed

    def test_a_stopped_clock_is_read_at_its_stop(self) -> None:
        late = RUNNING.mark(STOP, at("02-24 17:01"))
        assert read(STOPPED, TIMING, at("02-19 16:00")) == read(STOPPED, TIMING, at("03-24 09:00"))
        assert ("stopped", "green") == (
            read(STOPPED, TIMING, at("03-24 09:00")).state,
            read(STOPPED, TIMING, at("03-24 09:00")).colour,
        )
        assert ("red", 1) == (
            read(late, TIMING, at("04-24 09:00")).colour,
            read(late, TIMING, at("04-24 09:00")).multiple,
        )

    def test_an_idle_or_cancelled_clock_has_no_colour(self) -> None:
        for made, state, ran in (
            (IDLE, "idle", 0),
            (IDLE.mark(CANCEL, at("02-18 09:00")), "cancelled", 0),
            (CANCELLED, "cancelled", 13),
        ):
            reading = read(made, TIMING, at("03-24 09:00"))
            assert (state, None, "none", None, 0) == (
                reading.state,
                reading.due_at,
                reading.colour,
                reading.percent,
                reading.multiple,
            )
            assert ran * HOUR == reading.elapsed

    def test_while_paused_the_share_is_as_if_it_were_resumed_now(self) -> None:
        """Resumed at 10:00, the clock runs an hour less until it is due."""
        for when, allowed in (("02-22 09:00", 42), ("02-25 09:00", 42), ("03-24 10:00", 41)):
            reading = read(PAUSED, TIMING, at(when))
            assert ("paused", None, "green") == (reading.state, reading.due_at, reading.colour)
            assert Fraction(100 * 21, allowed) == reading.percent
        assert Fraction(100 * 7, 42) == read(PAUSED, TIMING, at("02-18 17:00")).percent
        nearly = clock("100 minutes", (START, "02-18 09:00"), (PAUSE, "02-18 10:30"))
        assert ("yellow", 90) == (
            read(nearly, TIMING, at("02-20 09:00")).colour,
            read(nearly, TIMING, at("02-20 09:00")).percent,
        )

    def test_what_was_overdue_when_paused_stays_red(self) -> None:
        overdue = RUNNING.mark(PAUSE, at("03-15 09:00"))
        assert ("paused", "red", 3) == (
            read(overdue, TIMING, at("03-16 09:00")).state,
            read(overdue, TIMING, at("03-16 09:00")).colour,
            read(overdue, TIMING, at("03-16 09:00")).multiple,
        )

    def test_a_pause_that_was_planned_to_end_is_over_then(self) -> None:
        planned = RUNNING.mark(PAUSE, at("02-22 09:00"), at("03-15 09:00"))
        assert "paused" == read(planned, TIMING, at("03-15 09:00") - TICK).state
        assert "running" == read(planned, TIMING, at("03-15 09:00")).state
        assert at("03-17 17:00") == read(planned, TIMING, at("02-25 09:00")).due_at

    def test_of_what_is_stated_there_is_one_multiple(self) -> None:
        stated = PAUSED.with_stated(at("02-28 09:00"))
        assert (80, "yellow", 0) == (
            read(stated, TIMING, at("02-26 09:00")).percent,
            read(stated, TIMING, at("02-26 09:00")).colour,
            read(stated, TIMING, at("02-26 09:00")).multiple,
        )
        assert ("red", 1) == (
            read(stated, TIMING, at("06-28 09:00")).colour,
            read(stated, TIMING, at("06-28 09:00")).multiple,
        )

    def test_a_provisional_answer_says_so(self) -> None:
        assert read(clock("60 working_days", (START, "02-18 09:00")), TIMING, at("02-18 09:00")).provisional


class TestFaultsOfOthers:
    """What goes wrong where time is added up as it passes."""

    @pytest.mark.parametrize("limit", ["30 minutes", "2 clock_hours", "9 clock_hours"])
    def test_the_overrun_is_that_of_a_count_of_minutes_though_the_limit_changed_after_pauses(self, limit: str) -> None:
        """iTop: "overrun can be wrong … requires that the stopwatch keeps track of all its history"."""
        log = marked("5 clock_hours", "pause 02-18 10:00, resume 02-18 11:00, pause 02-18 12:00, resume 02-18 17:00")
        changed = log.with_limit(Limit.parse(limit))
        allowed = int(changed.limit.amount * (1 if "minutes" in limit else 60)) if changed.limit else 0
        minutes = [at("02-18 09:00") + n * MINUTE for n in range(24 * 60)]
        ran = [
            m
            for m in minutes
            if not (at("02-18 10:00") <= m < at("02-18 11:00")) and not (at("02-18 12:00") <= m < at("02-18 17:00"))
        ]
        assert ran[allowed - 1] + MINUTE == due_at(changed)
        spent = elapsed(changed, TIMING, at("02-19 09:00"))
        assert len(ran) * MINUTE == spent
        assert Fraction(100 * len(ran), allowed) == read(changed, TIMING, at("02-19 09:00")).percent

    @pytest.mark.parametrize("limit", LIMITS)
    def test_a_changed_rule_gives_what_a_replay_from_the_start_gives(self, limit: str) -> None:
        """Zammad: "SLA change will cause wrong statistics … does not keep track of previous update times"."""
        acts = "pause 02-18 10:00, resume 02-19 10:00, stop 02-22 09:00, resume 02-23 09:00"
        changed, replayed = marked("30 minutes", acts).with_limit(Limit.parse(limit)), marked(limit, acts)
        assert replayed == changed
        assert read(replayed, TIMING, at("02-25 09:00")) == read(changed, TIMING, at("02-25 09:00"))

    def test_a_limit_changed_while_paused_keeps_the_pause(self) -> None:
        """GLPI #15605: switching the agreement forgets the pause."""
        paused = clock("5 working_hours", (START, "02-18 09:00"), (PAUSE, "02-18 10:00"))
        changed = paused.with_limit(Limit.parse("3 working_days"))
        assert "paused" == changed.state
        for when in ("02-18 10:00", "02-25 09:00"):
            assert HOUR == elapsed(paused, TIMING, at(when))
            assert HOUR == elapsed(changed, TIMING, at(when))
        assert at("02-25 17:00") == due_at(changed.mark(RESUME, at("02-23 09:00")))

    def test_a_pause_entered_afterwards_is_as_if_it_had_been_entered_then(self) -> None:
        """Reclassified on 03-16: it should have been suspended from 02-22 to 03-15."""
        late = RUNNING.mark(STOP, at("03-16 09:00"))
        assert "red" == read(late, TIMING, at("03-16 09:00")).colour
        mended = late.mark(PAUSE, at("02-22 09:00"), at("03-15 09:00"))
        assert ("stopped", "green") == (mended.state, read(mended, TIMING, at("03-16 09:00")).colour)
        assert at("03-17 17:00") == due_at(mended)
        reverse = Clock(kind="complete", limit=RESUMED.limit, marks=RESUMED.marks[::-1])
        assert RESUMED == reverse

    @pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(days=3), timedelta(days=365)])
    def test_a_system_clock_that_jumps_back_never_makes_it_due_earlier(self, back: timedelta) -> None:
        for made in (RUNNING, PAUSED, RESUMED):
            for act in Act:
                try:
                    jumped = made.mark(act, made.marks[-1].at - back)
                except RefusedError:
                    continue
                before, after = due(made, TIMING), due(jumped, TIMING)
                assert before is None or after is None or before.at <= after.at

    def test_a_holiday_between_is_no_working_time(self) -> None:
        over_new_year = clock("5 working_days").mark(START, china("2021-02-05 10:00"))
        assert not OFFICE.is_working_day(date(2021, 2, 12))
        assert at("02-18 17:00") == due_at(over_new_year)
        assert timedelta(0) == elapsed(over_new_year, TIMING, at("02-17 17:00")) - elapsed(
            over_new_year, TIMING, at("02-10 17:00")
        )
