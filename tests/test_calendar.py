"""The calendar: every worked example of a due date, and naive oracles that walk days and minutes."""

import csv
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.calendar import (
    Counting,
    DayEnd,
    Due,
    FirstDay,
    Hours,
    Limit,
    LimitUnit,
    Receipt,
    WorkCalendar,
    workday_table,
)
from gridgov.errors import LimitError, NotInForceError, PackError
from gridgov.values import Citation, Label, Period

TABLE = Path(__file__).parent.parent / "src" / "gridgov" / "packs" / "tables" / "cn-workdays.csv"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta.resolution
OFFICE_HOURS = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
WEEK = (OFFICE_HOURS,) * 5 + ((), ())
YEARS = Period(date(2004, 1, 1), date(2027, 1, 1))
ANY_TIME = Period(date(1980, 1, 1))
DEFAULT = Counting()
NEXT_WORKING_DAY = Counting(receipt=Receipt.NEXT_WORKING_DAY)


def table_rows() -> list[tuple[date, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(date.fromisoformat(row["date"]), row["kind"]) for row in csv.DictReader(file)]


OFF, MAKEUP = workday_table(table_rows())
OFFICE = WorkCalendar(id="office", zone="Asia/Shanghai", week=WEEK, off=OFF, makeup=MAKEUP, coverage=YEARS)
MON_TO_FRI = WorkCalendar(id="naive", zone="Asia/Shanghai", week=WEEK, coverage=YEARS)
NO_MAKEUP = WorkCalendar(id="no-makeup", zone="Asia/Shanghai", week=WEEK, off=OFF, coverage=YEARS)
ALWAYS = WorkCalendar.around_the_clock("Asia/Shanghai", YEARS)


def china(text: str) -> datetime:
    """An instant of 2021 in China: ``02-05 10:00``."""
    return datetime.fromisoformat(f"2021-{text}+08:00")


def office(**changes: object) -> WorkCalendar:
    given: dict[str, object] = {"id": "office", "zone": "Asia/Shanghai", "week": WEEK, "coverage": YEARS}
    return WorkCalendar(**{**given, **changes})  # type: ignore[arg-type]


def due(start: datetime, limit: str, counting: Counting = DEFAULT, calendar: WorkCalendar = OFFICE) -> datetime:
    return calendar.due(start, Limit.parse(limit), counting).at


class TestLimits:
    """A limit is a whole amount of a unit, from one minute to ten years."""

    @given(unit=st.sampled_from(LimitUnit), amount=st.integers(1, 3653))
    def test_a_limit_is_written_and_read_back(self, unit: LimitUnit, amount: int) -> None:
        limit = Limit(amount, unit)
        assert limit == Limit.parse(str(limit))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "5",
            "working_days",
            "5 days",
            "5  working_days",
            " 5 working_days",
            "5 working_days\n",
            "05 working_days",
            "0 minutes",
            "-1 minutes",
            "1.5 clock_hours",
            "５ working_days",
            "٥ working_days",
            "1e3 minutes",
            "5 WORKING_DAYS",
            "9999999999 minutes",
        ],
    )
    def test_any_other_text_is_refused(self, text: str) -> None:
        with pytest.raises(LimitError) as caught:
            Limit.parse(text)
        assert "bad_limit" == caught.value.code
        assert "working_days" in caught.value.faults[0].hint

    @pytest.mark.parametrize("amount", [True, 1.0, 5.5, "5", None])
    def test_only_a_whole_number_is_an_amount(self, amount: object) -> None:
        with pytest.raises(LimitError) as caught:
            Limit(amount, LimitUnit.WORKING_DAYS)  # type: ignore[arg-type]
        assert "limit_amount" == caught.value.code

    @pytest.mark.parametrize(
        ("unit", "most"),
        [
            (LimitUnit.MINUTES, 5_260_320),
            (LimitUnit.CLOCK_HOURS, 87_672),
            (LimitUnit.WORKING_HOURS, 87_672),
            (LimitUnit.WORKING_DAYS, 3_653),
            (LimitUnit.CALENDAR_DAYS, 3_653),
        ],
    )
    def test_ten_years_is_the_most(self, unit: LimitUnit, most: int) -> None:
        assert most == Limit(most, unit).amount
        for amount in (most + 1, 0, -1, 10**30):
            with pytest.raises(LimitError) as caught:
                Limit(amount, unit)
            assert "limit_range" == caught.value.code

    def test_a_limit_speaks_both_languages(self) -> None:
        assert Label(zh="5个工作日", en="5 working days") == Limit.parse("5 working_days").label
        assert "1 working hour" == Limit.parse("1 working_hours").label.en
        assert "30分钟" == Limit.parse("30 minutes").label.zh


CASES = [
    # Case 1: over the Spring Festival
    ("02-05 10:00", "5 working_days", "02-18 17:00"),
    ("02-10 16:00", "5 working_days", "02-23 17:00"),
    ("02-13 20:00", "5 working_days", "02-23 17:00"),
    ("02-05 10:00", "7 calendar_days", "02-18 17:00"),
    ("02-05 15:00", "4 working_hours", "02-07 11:00"),
    # Case 2: a matter climbs
    ("02-07 10:30", "1 working_days", "02-08 17:00"),
    ("02-08 17:00", "1 working_days", "02-09 17:00"),
    ("02-09 16:00", "2 working_days", "02-18 17:00"),
    ("02-05 15:00", "5 working_days", "02-18 17:00"),
    # Case 4: return, dispute, ruling
    ("02-18 09:00", "2 working_hours", "02-18 11:00"),
    ("02-18 09:00", "1 working_days", "02-19 17:00"),
    ("02-18 09:00", "5 working_days", "02-24 17:00"),
    ("02-19 15:00", "2 working_hours", "02-19 17:00"),
    ("02-19 15:00", "1 working_days", "02-20 17:00"),
    ("02-20 16:00", "2 working_days", "02-23 17:00"),
    # Case 5: on New Year's night
    ("02-12 22:45", "30 minutes", "02-12 23:15"),
    ("02-12 22:45", "2 clock_hours", "02-13 00:45"),
    ("02-12 22:45", "24 clock_hours", "02-13 22:45"),
    # Case 6: the assessment of a matter done on 02-23
    ("02-23 19:00", "5 working_days", "03-02 17:00"),
    # Case 7: second handling, extension
    ("02-20 10:00", "3 working_days", "02-24 17:00"),
    ("02-24 16:00", "5 working_days", "03-03 17:00"),
    # Cases 8 and 9: appeal, rectification, objection, its decision
    ("03-01 09:00", "5 working_days", "03-08 17:00"),
    ("03-02 10:00", "15 working_days", "03-23 17:00"),
    ("03-02 10:00", "30 calendar_days", "04-01 17:00"),
    ("04-01 10:00", "30 calendar_days", "05-06 17:00"),
]


class TestWorkedCases:
    """A county's own examples of early 2021 (02-07 and 02-20 were worked, 02-11 to 02-17 off)."""

    @pytest.mark.parametrize(("start", "limit", "expected"), CASES)
    def test_a_limit_falls_due(self, start: str, limit: str, expected: str) -> None:
        assert china(expected) == due(china(start), limit)

    def test_receipt_on_a_holiday_may_count_as_received_on_the_next_working_day(self) -> None:
        assert china("02-24 17:00") == due(china("02-13 20:00"), "5 working_days", NEXT_WORKING_DAY)

    @pytest.mark.parametrize(
        ("start", "limit", "no_makeup", "mon_to_fri"),
        [
            ("02-05 10:00", "5 working_days", "02-19 17:00", "02-12 17:00"),
            ("02-10 16:00", "5 working_days", "02-24 17:00", "02-17 17:00"),
            ("02-05 15:00", "4 working_hours", "02-08 11:00", "02-08 11:00"),
        ],
    )
    def test_without_make_up_days_or_holidays_the_answer_is_another(
        self, start: str, limit: str, no_makeup: str, mon_to_fri: str
    ) -> None:
        assert china(no_makeup) == due(china(start), limit, calendar=NO_MAKEUP)
        assert china(mon_to_fri) == due(china(start), limit, calendar=MON_TO_FRI)

    def test_days_left_after_a_suspension_count_from_the_day_of_resumption(self) -> None:
        """Case 7c: days counted 19, 20 | 15, 16, 17."""
        assert 2 == OFFICE.working_days(date(2021, 2, 19), date(2021, 2, 22))
        resumed = Counting(first_day=FirstDay.SAME)
        assert china("03-17 17:00") == due(china("03-15 09:00"), "3 working_days", resumed)


class TestHowDaysAreCounted:
    """Civil Code 201, 203: the first day does not count; a last day off rolls on; it ends with business hours."""

    def test_the_day_of_receipt_may_count(self) -> None:
        same = Counting(first_day=FirstDay.SAME)
        assert china("02-22 17:00") == due(china("02-22 09:00"), "1 working_days", same)
        assert china("02-26 17:00") == due(china("02-22 07:00"), "5 calendar_days", same)

    def test_a_day_of_receipt_off_never_counts_as_a_working_day(self) -> None:
        same = Counting(first_day=FirstDay.SAME)
        assert china("02-18 17:00") == due(china("02-13 20:00"), "1 working_days", same)

    def test_a_day_of_receipt_that_is_over_does_not_count(self) -> None:
        same = Counting(first_day=FirstDay.SAME)
        assert china("02-22 17:00") == due(china("02-22 17:00") - TICK, "1 working_days", same)
        assert china("02-23 17:00") == due(china("02-22 17:00"), "1 working_days", same)
        until_midnight = Counting(first_day=FirstDay.SAME, day_end=DayEnd.MIDNIGHT)
        assert china("02-23 00:00") == due(china("02-22 17:00"), "1 working_days", until_midnight)

    def test_the_last_day_may_end_at_midnight(self) -> None:
        midnight = Counting(day_end=DayEnd.MIDNIGHT)
        assert china("02-19 00:00") == due(china("02-05 10:00"), "5 working_days", midnight)

    def test_a_last_day_off_may_stand_and_then_ends_at_midnight(self) -> None:
        stands = Counting(last_day_roll=False)
        assert china("02-13 00:00") == due(china("02-05 10:00"), "7 calendar_days", stands)
        assert china("02-08 17:00") == due(china("02-05 10:00"), "3 calendar_days", stands)

    def test_a_last_day_rolls_on_to_a_make_up_day(self) -> None:
        assert china("02-07 17:00") == due(china("02-05 10:00"), "1 calendar_days")

    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            ("02-22 07:00", "02-23 17:00"),
            ("02-22 12:30", "02-23 17:00"),
            ("02-22 17:00:00.000000", "02-23 17:00"),
            ("02-22 17:00:00.000001", "02-24 17:00"),
            ("02-20 18:00", "02-23 17:00"),
            ("02-21 10:00", "02-23 17:00"),
        ],
    )
    def test_receipt_after_close_of_business_counts_as_received_next_working_day(
        self, start: str, expected: str
    ) -> None:
        assert china(expected) == due(china(start), "1 working_days", NEXT_WORKING_DAY)

    def test_receipt_moved_to_a_day_leaves_all_of_that_day(self) -> None:
        moved = Counting(first_day=FirstDay.SAME, receipt=Receipt.NEXT_WORKING_DAY)
        assert china("02-18 17:00") == due(china("02-13 20:00"), "1 working_days", moved)
        assert china("02-18 17:00") == due(china("02-13 20:00"), "1 calendar_days", moved)
        assert china("02-22 17:00") == due(china("02-20 18:00"), "1 working_days", moved)

    def test_a_day_begins_at_its_midnight(self) -> None:
        assert china("02-23 17:00") == due(china("02-22 00:00"), "1 working_days")
        assert china("02-22 17:00") == due(china("02-22 00:00") - TICK, "1 working_days")

    @pytest.mark.parametrize("limit", ["30 minutes", "2 clock_hours", "2 working_hours"])
    def test_limits_in_hours_run_from_the_moment_whatever_the_counting(self, limit: str) -> None:
        odd = Counting(
            first_day=FirstDay.SAME, receipt=Receipt.NEXT_WORKING_DAY, last_day_roll=False, day_end=DayEnd.MIDNIGHT
        )
        start = china("02-13 20:00")
        assert due(start, limit) == due(start, limit, odd)

    def test_working_hours_end_at_the_close_and_not_at_the_next_opening(self) -> None:
        assert china("02-22 12:00") == due(china("02-22 09:00"), "3 working_hours")
        assert china("02-22 17:00") == due(china("02-22 09:00"), "7 working_hours")
        assert china("02-23 10:00") == due(china("02-22 09:00"), "8 working_hours")

    def test_working_hours_keep_the_microsecond(self) -> None:
        assert china("02-22 14:00:00.000001") == due(china("02-22 11:00:00.000001"), "2 working_hours")
        assert china("02-22 17:00") == due(china("02-22 16:00"), "1 working_hours")
        assert china("02-23 09:00:00.000001") == due(china("02-22 16:00:00.000001"), "1 working_hours")

    def test_around_the_clock_a_working_hour_is_an_hour(self) -> None:
        start = china("02-12 22:45")
        assert due(start, "24 clock_hours") == due(start, "24 working_hours", calendar=ALWAYS)
        assert china("02-14 00:00") == due(start, "1 working_days", calendar=ALWAYS)


class TestAfter:
    """The first instant by which so much working time has passed: as a limit in working hours, of any length."""

    @pytest.mark.parametrize(
        ("start", "minutes", "expected"),
        [
            ("02-22 09:00", 180, "02-22 12:00"),
            ("02-22 09:00", 181, "02-22 13:01"),
            ("02-22 12:30", 1, "02-22 13:01"),
            ("02-22 16:00", 60, "02-22 17:00"),
            ("02-22 16:30", 90, "02-23 10:00"),
            ("02-10 16:59", 2, "02-18 09:01"),
            ("02-20 16:00", 61, "02-22 09:01"),
            ("02-05 15:00", 240, "02-07 11:00"),
        ],
    )
    def test_so_much_has_passed(self, start: str, minutes: int, expected: str) -> None:
        assert Due(china(expected)) == OFFICE.after(china(start), minutes * MINUTE)

    def test_it_keeps_the_microsecond(self) -> None:
        assert china("02-22 09:00") + TICK == OFFICE.after(china("02-21 12:00"), TICK).at
        assert china("02-22 13:00") + TICK == OFFICE.after(china("02-22 12:00") - TICK, 2 * TICK).at

    @pytest.mark.parametrize("working", [timedelta(0), -TICK])
    def test_no_time_at_all_is_refused(self, working: timedelta) -> None:
        with pytest.raises(LimitError) as caught:
            OFFICE.after(china("02-22 09:00"), working)
        assert "limit_range" == caught.value.code

    @pytest.mark.parametrize(
        ("calendar", "start", "expected"),
        [
            (office(coverage=Period(date(2021, 2, 1), date(2021, 2, 23))), "02-22 16:30", "02-23 09:30"),
            (office(coverage=Period(date(2021, 2, 23))), "02-22 16:30", "02-23 09:30"),
            (office(coverage=Period(date(2021, 2, 1), date(2021, 2, 22))), "02-22 09:30", "02-22 10:30"),
        ],
    )
    def test_outside_the_coverage_it_is_refused_or_provisional(
        self, calendar: WorkCalendar, start: str, expected: str
    ) -> None:
        with pytest.raises(NotInForceError) as caught:
            calendar.after(china(start), 60 * MINUTE)
        assert "calendar_coverage" == caught.value.code
        assert Due(china(expected), provisional=True) == calendar.after(china(start), 60 * MINUTE, lenient=True)

    def test_to_the_end_of_the_coverage_it_is_answered(self) -> None:
        night = office(week=(((0, 1440),),) * 7, coverage=Period(date(2021, 2, 22), date(2021, 2, 23)))
        assert Due(china("02-23 00:00")) == night.after(china("02-22 00:00"), DAY)

    def test_what_takes_centuries_ends_in_a_refusal(self) -> None:
        minute_a_week = office(week=(((0, 1),), *[()] * 6), coverage=ANY_TIME)
        with pytest.raises(LimitError) as caught:
            minute_a_week.after(china("02-22 09:00"), 10_000 * MINUTE)
        assert "year_range" == caught.value.code
        assert "6 days, 22:40:00 of working time from 2021-02-22 do not end by 2199" in str(caught.value)

    def test_a_time_without_zone_is_refused(self) -> None:
        with pytest.raises(LimitError) as caught:
            OFFICE.after(datetime(2021, 2, 22), MINUTE)  # noqa: DTZ001
        assert "naive_time" == caught.value.code


class TestWorkingTime:
    """Working time between two instants is exact, and adds up."""

    def test_the_lunch_break_is_not_working_time(self) -> None:
        assert timedelta(hours=7) == OFFICE.worked(china("02-22 00:00"), china("02-23 00:00"))
        assert timedelta(0) == OFFICE.worked(china("02-22 12:00"), china("02-22 13:00"))

    @pytest.mark.parametrize("edge", ["09:00", "12:00", "13:00", "17:00"])
    def test_a_microsecond_beside_an_edge(self, edge: str) -> None:
        at = china(f"02-22 {edge}")
        opens = edge in {"09:00", "13:00"}
        assert (TICK if opens else timedelta(0)) == OFFICE.worked(at, at + TICK)
        assert (timedelta(0) if opens else TICK) == OFFICE.worked(at - TICK, at)

    def test_a_make_up_day_is_worked_and_a_holiday_is_not(self) -> None:
        assert timedelta(hours=7) == OFFICE.worked(china("02-20 00:00"), china("02-22 00:00"))
        assert timedelta(0) == OFFICE.worked(china("02-11 00:00"), china("02-18 00:00"))

    def test_a_make_up_day_may_have_hours_of_its_own(self) -> None:
        short = office(makeup={date(2021, 2, 20)}, makeup_hours=((600, 660),))
        assert ((600, 660),) == short.hours(date(2021, 2, 20))
        assert OFFICE_HOURS == office(makeup={date(2021, 2, 20)}).hours(date(2021, 2, 20))
        late_week = office(week=((), ((0, 60),), (), (), (), (), ()), makeup={date(2021, 2, 20)})
        assert ((0, 60),) == late_week.hours(date(2021, 2, 20))

    def test_a_shift_over_midnight_is_two_intervals_and_one_stretch(self) -> None:
        night = office(week=(((0, 360), (1320, 1440)),) * 7)
        assert timedelta(hours=8) == night.worked(china("02-22 12:00"), china("02-23 12:00"))
        assert china("02-23 01:00") == due(china("02-22 22:00"), "3 working_hours", calendar=night)

    def test_a_new_year_begins_when_it_does_in_the_zone(self) -> None:
        early = office(zone="Pacific/Kiritimati", week=(((0, 600),),) * 7)
        eve = datetime(2021, 12, 31, 10, tzinfo=UTC)
        assert timedelta(hours=3) == early.worked(eve, eve + timedelta(hours=3))
        late = office(zone="Pacific/Pago_Pago", week=(((0, 1440),),) * 7)
        morning = datetime(2022, 1, 1, tzinfo=UTC)
        assert timedelta(hours=3) == late.worked(morning, morning + timedelta(hours=3))

    def test_time_counts_backwards_when_the_end_is_earlier(self) -> None:
        a, b = china("02-22 10:00"), china("02-23 10:00")
        assert timedelta(hours=-7) == OFFICE.worked(b, a)
        assert -1 == OFFICE.working_days(b.date(), a.date())

    def test_before_the_first_hour_of_all_there_is_no_working_time(self) -> None:
        first = datetime(1900, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
        sundays = office(week=((),) * 6 + (((0, 1),),))
        assert timedelta(0) == sundays.worked(first, first + DAY, lenient=True)


ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "UTC", "Asia/Kathmandu"]
INTERVALS = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple(zip(sorted(m * 15 for m in marks)[::2], sorted(m * 15 for m in marks)[1::2], strict=False))
)
DAYS = st.dates(date(2021, 1, 1), date(2021, 12, 31))
COUNTINGS = st.builds(
    Counting,
    first_day=st.sampled_from(FirstDay),
    receipt=st.sampled_from(Receipt),
    last_day_roll=st.booleans(),
    day_end=st.sampled_from(DayEnd),
)


@st.composite
def calendars(draw: st.DrawFn, zones: list[str] = ZONES, within: st.SearchStrategy[date] = DAYS) -> WorkCalendar:
    """Calendars with any hours, some days off and some make-up days."""
    hours = draw(st.lists(INTERVALS, min_size=1, max_size=3))
    week = [*(draw(st.sampled_from([(), *hours])) for _ in range(6)), hours[0]]
    off = draw(st.frozensets(within, max_size=12))
    makeup = draw(st.frozensets(within, max_size=6)) - off
    zone = draw(st.sampled_from(zones))
    return WorkCalendar(id="any", zone=zone, week=tuple(week), off=off, makeup=makeup, coverage=ANY_TIME)


INSTANTS = st.datetimes(datetime(2021, 1, 1), datetime(2021, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
LIMITS = st.one_of(
    st.builds(Limit, st.integers(1, 90), st.just(LimitUnit.WORKING_HOURS)),
    st.builds(
        Limit, st.integers(1, 40), st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS, LimitUnit.MINUTES])
    ),
    st.builds(Limit, st.integers(1, 200), st.just(LimitUnit.CLOCK_HOURS)),
)


class Walker:
    """The naive oracle of limits in days: walks them one by one, on the wall clock."""

    def __init__(self, calendar: WorkCalendar, counting: Counting) -> None:
        self.calendar, self.counting, self.zone = calendar, counting, ZoneInfo(calendar.zone)

    def hours(self, day: date) -> Hours:
        if day in self.calendar.makeup:
            return self.calendar.makeup_hours
        return () if day in self.calendar.off else self.calendar.week[day.weekday()]

    def close(self, day: date) -> datetime:
        return self.at(day, self.hours(day)[-1][1] if self.hours(day) else 1440)

    def at(self, day: date, minute: int) -> datetime:
        """The first minute at which the day's clock has reached *minute*, which a change of clocks may pass over."""
        wall = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(minutes=minute)
        at = wall.astimezone(UTC) - timedelta(hours=2)
        while at.astimezone(self.zone).replace(tzinfo=None) < wall.replace(tzinfo=None):
            at += MINUTE
        return at

    def end(self, day: date) -> datetime:
        return self.close(day) if self.counting.day_end is DayEnd.CLOSE_OF_BUSINESS else self.at(day, 1440)

    def working(self, day: date) -> date:
        while not self.hours(day):
            day += DAY
        return day

    def first_day(self, start: datetime) -> date:
        day = start.astimezone(self.zone).date()
        over = start >= self.end(day)
        if self.counting.receipt is Receipt.NEXT_WORKING_DAY and (not self.hours(day) or start > self.close(day)):
            day, over = self.working(day + DAY), False
        return day + DAY if self.counting.first_day is FirstDay.NEXT or over else day

    def due(self, start: datetime, limit: Limit) -> datetime:
        day = self.first_day(start)
        if limit.unit is LimitUnit.CALENDAR_DAYS:
            day += DAY * (limit.amount - 1)
            return self.end(self.working(day) if self.counting.last_day_roll else day)
        day = self.working(day)
        for _ in range(limit.amount - 1):
            day = self.working(day + DAY)
        return self.end(day)


def walked_minutes(calendar: WorkCalendar, start: datetime) -> Iterator[tuple[datetime, bool]]:
    """The naive oracle of working time: each minute from *start*, and whether it is worked.

    What counts is how far the clock of the day has come: an hour that is shown twice is not begun anew.
    """
    zone = ZoneInfo(calendar.zone)
    at = start.astimezone(UTC) - timedelta(hours=26)
    furthest = (date.min, 0)
    while True:
        local = at.astimezone(zone)
        furthest = max(furthest, (local.date(), local.hour * 60 + local.minute))
        day, minute = furthest
        if at >= start:
            yield at, any(opens <= minute < closes for opens, closes in calendar.hours(day, lenient=True))
        at += MINUTE


class TestAgainstNaiveOracles:
    """T26: the closed form equals a loop over days, and a loop over minutes."""

    @settings(deadline=None, max_examples=40)
    @given(
        calendar=calendars(zones=["Asia/Shanghai", "America/New_York"]),
        start=INSTANTS,
        amount=st.integers(1, 40),
        unit=st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS]),
        counting=COUNTINGS,
    )
    def test_limits_in_days(
        self, calendar: WorkCalendar, start: datetime, amount: int, unit: LimitUnit, counting: Counting
    ) -> None:
        limit = Limit(amount, unit)
        assert Walker(calendar, counting).due(start, limit) == calendar.due(start, limit, counting).at

    @settings(deadline=None, max_examples=20)
    @given(calendar=calendars(), start=INSTANTS, amount=st.integers(1, 6))
    def test_limits_in_working_hours(self, calendar: WorkCalendar, start: datetime, amount: int) -> None:
        start = start.replace(second=0, microsecond=0)
        left, expected = amount * 60, start
        for at, worked in walked_minutes(calendar, start):
            expected = at
            if not left:
                break
            left -= worked
            if not left:
                expected = at + MINUTE
                break
        assert expected == calendar.due(start, Limit(amount, LimitUnit.WORKING_HOURS), DEFAULT).at

    @settings(deadline=None, max_examples=25)
    @given(calendar=calendars(), start=INSTANTS, minutes=st.integers(0, 4000))
    def test_working_time(self, calendar: WorkCalendar, start: datetime, minutes: int) -> None:
        start = start.replace(second=0, microsecond=0)
        end = start + minutes * MINUTE
        worked = walked_minutes(calendar, start)
        expected = sum(next(worked)[1] for _ in range(minutes)) * MINUTE
        assert expected == calendar.worked(start, end)

    @settings(deadline=None, max_examples=60)
    @given(start=DAYS, end=DAYS)
    def test_working_days(self, start: date, end: date) -> None:
        low, high = min(start, end), max(start, end)
        expected = sum(OFFICE.is_working_day(low + DAY * n) for n in range((high - low).days))
        assert (expected if start <= end else -expected) == OFFICE.working_days(start, end)

    @settings(deadline=None, max_examples=60)
    @given(calendar=calendars(), start=INSTANTS, ticks=st.integers(1, 10**12), hours=st.integers(1, 90))
    def test_the_instant_after_so_much_working_time(
        self, calendar: WorkCalendar, start: datetime, ticks: int, hours: int
    ) -> None:
        """It holds just that working time, no instant before it does, and whole hours are those of a limit."""
        found = calendar.after(start, ticks * TICK).at
        assert ticks * TICK == calendar.worked(start, found)
        assert ticks * TICK > calendar.worked(start, found - TICK)
        limit = Limit(hours, LimitUnit.WORKING_HOURS)
        assert calendar.due(start, limit, DEFAULT) == calendar.after(start, timedelta(hours=hours))

    @settings(deadline=None, max_examples=60)
    @given(a=INSTANTS, b=INSTANTS)
    def test_working_time_to_the_microsecond(self, a: datetime, b: datetime) -> None:
        """Each stretch of each day, cut to the time between."""
        low, high = min(a, b), max(a, b)
        expected = timedelta(0)
        for number in range((high - low).days + 3):
            day = low.date() - DAY + DAY * number
            midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(hours=8)))
            for opens, closes in OFFICE.hours(day, lenient=True):
                cut = min(high, midnight + closes * MINUTE) - max(low, midnight + opens * MINUTE)
                expected += max(cut, timedelta(0))
        assert (expected if a <= b else -expected) == OFFICE.worked(a, b)


class TestInvariants:
    """What holds of every calendar, limit and counting."""

    @settings(deadline=None, max_examples=30)
    @given(calendar=calendars(), start=INSTANTS, limit=LIMITS, counting=COUNTINGS)
    def test_a_limit_ends_after_it_begins(
        self, calendar: WorkCalendar, start: datetime, limit: Limit, counting: Counting
    ) -> None:
        assert start < calendar.due(start, limit, counting).at

    @settings(deadline=None, max_examples=30)
    @given(calendar=calendars(), starts=st.tuples(INSTANTS, INSTANTS), limit=LIMITS, counting=COUNTINGS)
    def test_what_begins_later_never_ends_earlier(
        self, calendar: WorkCalendar, starts: tuple[datetime, datetime], limit: Limit, counting: Counting
    ) -> None:
        first, second = (calendar.due(start, limit, counting).at for start in sorted(starts))
        assert first <= second

    @settings(deadline=None, max_examples=30)
    @given(calendar=calendars(), start=INSTANTS, limit=LIMITS, counting=COUNTINGS)
    def test_a_longer_limit_never_ends_earlier(
        self, calendar: WorkCalendar, start: datetime, limit: Limit, counting: Counting
    ) -> None:
        longer = Limit(limit.amount + 1, limit.unit)
        assert calendar.due(start, limit, counting).at <= calendar.due(start, longer, counting).at

    @settings(deadline=None, max_examples=30)
    @given(calendar=calendars(), start=INSTANTS, amount=st.integers(1, 90))
    def test_a_limit_in_working_hours_holds_just_that_working_time(
        self, calendar: WorkCalendar, start: datetime, amount: int
    ) -> None:
        end = calendar.due(start, Limit(amount, LimitUnit.WORKING_HOURS), DEFAULT).at
        assert timedelta(hours=amount) == calendar.worked(start, end)
        assert timedelta(hours=amount) > calendar.worked(start, end - TICK)

    @settings(deadline=None, max_examples=30)
    @given(calendar=calendars(), a=INSTANTS, b=INSTANTS, c=INSTANTS)
    def test_working_time_adds_up_in_any_order(
        self, calendar: WorkCalendar, a: datetime, b: datetime, c: datetime
    ) -> None:
        assert calendar.worked(a, c) == calendar.worked(a, b) + calendar.worked(b, c)

    @pytest.mark.parametrize("year", [1990, 2018, 2024, 2050])
    @settings(deadline=None, max_examples=5)
    @given(starts=st.lists(INSTANTS, min_size=1, max_size=8))
    def test_no_answer_depends_on_what_was_asked_before(self, year: int, starts: list[datetime]) -> None:
        asked_before = office()
        asked_before.due(datetime(year, 6, 1, tzinfo=UTC), Limit.parse("9 working_days"), DEFAULT, lenient=True)
        for start in starts:
            assert due(start, "9 working_days", calendar=MON_TO_FRI) == due(
                start, "9 working_days", calendar=asked_before
            )

    @settings(deadline=None, max_examples=60)
    @given(start=INSTANTS, limit=LIMITS, counting=COUNTINGS, hours=st.integers(-23, 23))
    def test_one_instant_has_one_answer_in_whatever_zone_it_is_written(
        self, start: datetime, limit: Limit, counting: Counting, hours: int
    ) -> None:
        elsewhere = start.astimezone(timezone(timedelta(hours=hours)))
        assert OFFICE.due(start, limit, counting) == OFFICE.due(elsewhere, limit, counting)
        assert UTC is OFFICE.due(elsewhere, limit, counting).at.tzinfo


NEW_YORK = WorkCalendar.around_the_clock("America/New_York", YEARS)
LORD_HOWE = WorkCalendar.around_the_clock("Australia/Lord_Howe", YEARS)


class TestClockChanges:
    """T25: on the days on which the clock changes, instants are what counts."""

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("America/New_York", "2021-03-14", 23),
            ("America/New_York", "2021-11-07", 25),
            ("Australia/Lord_Howe", "2021-04-04", 24.5),
            ("Australia/Lord_Howe", "2021-10-03", 23.5),
            ("Asia/Shanghai", "1986-05-04", 23),
            ("Asia/Shanghai", "1991-09-15", 25),
            ("Asia/Shanghai", "1992-05-03", 24),
            ("America/Sao_Paulo", "2018-11-04", 23),
            ("America/St_Johns", "2006-10-29", 25),
            ("Pacific/Apia", "2011-12-30", 0),
        ],
    )
    def test_a_day_has_the_hours_it_has(self, zone: str, day: str, hours: float) -> None:
        weekday = date.fromisoformat(day).weekday()
        week = tuple(((0, 1440),) if number == weekday else () for number in range(7))
        calendar = office(zone=zone, week=week, coverage=ANY_TIME)
        noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone))
        assert timedelta(hours=hours) == calendar.worked(noon - 3 * DAY, noon + 3 * DAY)

    def test_24_hours_are_24_hours_on_a_day_of_23(self) -> None:
        start = datetime(2021, 3, 13, 12, tzinfo=ZoneInfo("America/New_York"))
        assert datetime.fromisoformat("2021-03-14T13:00-04:00") == due(start, "24 clock_hours", calendar=NEW_YORK)
        assert datetime.fromisoformat("2021-03-14T13:00-04:00") == due(start, "24 working_hours", calendar=NEW_YORK)

    def test_an_hour_shown_twice_is_two_hours_of_work(self) -> None:
        night = WorkCalendar(id="n", zone="America/New_York", week=(((60, 180),),) * 7, coverage=YEARS)
        start = datetime.fromisoformat("2021-11-07T00:00-04:00")
        assert timedelta(hours=3) == night.worked(start, start + timedelta(hours=12))
        assert datetime.fromisoformat("2021-11-07T02:00-05:00") == due(start, "2 working_hours", calendar=night)

    def test_a_stretch_begins_when_its_start_is_first_shown(self) -> None:
        calendar = WorkCalendar(id="n", zone="America/New_York", week=(((60, 90), (90, 180)),) * 7, coverage=YEARS)
        start = datetime.fromisoformat("2021-11-07T00:00-04:00")
        first_half = datetime.fromisoformat("2021-11-07T01:30-04:00")
        assert timedelta(minutes=30) == calendar.worked(start, first_half)
        assert timedelta(hours=3) == calendar.worked(start, start + timedelta(hours=12))

    def test_a_start_never_shown_is_when_the_clock_jumps_over_it(self) -> None:
        night = WorkCalendar(id="n", zone="America/New_York", week=(((150, 240),),) * 7, coverage=YEARS)
        jump = datetime.fromisoformat("2021-03-14T03:00-04:00")
        assert timedelta(hours=1) == night.worked(jump - DAY / 2, jump + DAY / 2)
        assert jump + timedelta(hours=1) == due(jump - DAY / 12, "1 working_hours", calendar=night)
        gone = WorkCalendar(id="n", zone="America/New_York", week=(((120, 180),),) * 7, coverage=YEARS)
        assert timedelta(0) == gone.worked(jump - DAY / 2, jump + DAY / 2)

    def test_half_an_hour_is_skipped_on_lord_howe(self) -> None:
        night = WorkCalendar(id="n", zone="Australia/Lord_Howe", week=(((130, 180),),) * 7, coverage=YEARS)
        jump = datetime.fromisoformat("2021-10-03T02:30+11:00")
        assert timedelta(minutes=30) == night.worked(jump - DAY / 2, jump + DAY / 2)
        assert jump + 23.5 * timedelta(hours=1) == due(jump, "23 working_hours", calendar=LORD_HOWE) + DAY / 48

    def test_office_hours_follow_the_clock_of_the_office(self) -> None:
        calendar = office(zone="America/New_York")
        friday, monday = (datetime.fromisoformat(f"2021-03-{day}T16:00-0{5 - d}:00") for day, d in ((12, 0), (15, 1)))
        assert monday == due(friday, "7 working_hours", calendar=calendar)

    def test_a_clock_set_back_over_midnight_never_makes_a_later_start_end_earlier(self) -> None:
        """In St. John's the clock went from 00:01 back to 23:01 of the day before."""
        calendar = office(zone="America/St_Johns", week=(OFFICE_HOURS,) * 7)
        midnight = datetime(2006, 10, 29, tzinfo=ZoneInfo("America/St_Johns"))
        starts = [midnight.astimezone(UTC) + MINUTE * n / 2 for n in range(-3, 130)]
        ends = [due(start, "1 working_days", calendar=calendar) for start in starts]
        assert sorted(ends) == ends
        assert 2 == len(set(ends))

    @settings(deadline=None, max_examples=30)
    @given(
        zone_and_day=st.sampled_from(
            [
                ("America/New_York", datetime(2021, 3, 14, 6, tzinfo=UTC)),
                ("America/New_York", datetime(2021, 11, 7, 5, tzinfo=UTC)),
                ("Australia/Lord_Howe", datetime(2021, 4, 3, 15, tzinfo=UTC)),
                ("Australia/Lord_Howe", datetime(2021, 10, 2, 15, tzinfo=UTC)),
                ("Asia/Shanghai", datetime(1986, 5, 3, 18, tzinfo=UTC)),
                ("Asia/Shanghai", datetime(1991, 9, 14, 17, tzinfo=UTC)),
                ("America/St_Johns", datetime(2006, 10, 29, 2, tzinfo=UTC)),
                ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
            ]
        ),
        hours=st.lists(INTERVALS, min_size=7, max_size=7),
        before=st.integers(0, 1500),
        after=st.integers(0, 1500),
    )
    def test_working_time_around_a_change_of_the_clock(
        self, zone_and_day: tuple[str, datetime], hours: list[Hours], before: int, after: int
    ) -> None:
        zone, change = zone_and_day
        calendar = WorkCalendar(id="any", zone=zone, week=tuple(hours), coverage=ANY_TIME)
        start, end = change - before * MINUTE, change + after * MINUTE
        worked = walked_minutes(calendar, start)
        expected = sum(next(worked)[1] for _ in range(before + after)) * MINUTE
        assert expected == calendar.worked(start, end)

    @pytest.mark.skipif(not hasattr(time, "tzset"), reason="this platform cannot change the zone of a process")
    @pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
    def test_the_zone_of_the_process_changes_nothing(self, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """OC's escalation plan is right only while the process runs in UTC."""
        fresh = office(off=OFF, makeup=MAKEUP)
        with monkeypatch.context() as patch:
            patch.setenv("TZ", zone)
            time.tzset()
            found = [due(china(start), limit, calendar=fresh) for start, limit, _ in CASES]
            said = str(fresh.explain_due(china("02-05 10:00"), Limit.parse("5 working_days"), DEFAULT))
        time.tzset()
        assert [china(expected) for *_, expected in CASES] == found
        assert "due 2021-02-18 17:00:00" in said


class TestCoverage:
    """What is not published is not known: refused, or provisional on request; never guessed."""

    LAST = datetime.fromisoformat("2026-12-30T10:00+08:00")

    def test_days_to_the_end_of_the_coverage_are_answered(self) -> None:
        assert datetime.fromisoformat("2026-12-31T17:00+08:00") == due(self.LAST, "1 working_days")
        midnight = Counting(day_end=DayEnd.MIDNIGHT)
        last_midnight = datetime.fromisoformat("2027-01-01T00:00+08:00").astimezone(UTC)
        for lenient in (False, True):
            answer = OFFICE.due(self.LAST, Limit.parse("1 working_days"), midnight, lenient=lenient)
            assert Due(last_midnight, provisional=False) == answer

    @pytest.mark.parametrize("limit", ["2 working_days", "2 calendar_days", "14 working_hours", "3653 working_days"])
    def test_a_limit_that_runs_past_it_is_refused_or_provisional(self, limit: str) -> None:
        with pytest.raises(NotInForceError) as caught:
            due(self.LAST, limit)
        assert "calendar_coverage" == caught.value.code
        assert "2027-01-01" in str(caught.value)
        lenient = OFFICE.due(self.LAST, Limit.parse(limit), DEFAULT, lenient=True)
        assert lenient.provisional
        assert lenient.at > datetime.fromisoformat("2026-12-31T17:00+08:00")

    def test_beyond_it_the_weekly_pattern_is_followed(self) -> None:
        lenient = OFFICE.due(self.LAST, Limit.parse("2 working_days"), DEFAULT, lenient=True)
        assert Due(datetime.fromisoformat("2027-01-01T17:00+08:00").astimezone(UTC), provisional=True) == lenient

    @pytest.mark.parametrize("limit", ["30 minutes", "200 clock_hours"])
    def test_the_clock_runs_on_past_it(self, limit: str) -> None:
        """Coverage is asked of the opening date; a limit by the clock needs no calendar after it."""
        assert not OFFICE.due(self.LAST, Limit.parse(limit), DEFAULT).provisional

    @pytest.mark.parametrize("unit", LimitUnit)
    @pytest.mark.parametrize("start", ["2003-12-31T23:59:59+08:00", "2027-01-01T00:00+08:00"])
    def test_a_start_outside_is_refused_or_provisional(self, unit: LimitUnit, start: str) -> None:
        at = datetime.fromisoformat(start)
        with pytest.raises(NotInForceError) as caught:
            OFFICE.due(at, Limit(1, unit), DEFAULT)
        assert "calendar_coverage" == caught.value.code
        assert OFFICE.due(at, Limit(1, unit), DEFAULT, lenient=True).provisional

    def test_the_coverage_begins_at_midnight_in_the_zone(self) -> None:
        start = datetime.fromisoformat("2004-01-01T00:00+08:00")
        assert not OFFICE.due(start, Limit.parse("1 working_days"), DEFAULT).provisional

    def test_a_day_outside_is_neither_worked_nor_off(self) -> None:
        for day in (date(2003, 12, 31), date(2027, 1, 1)):
            with pytest.raises(NotInForceError):
                OFFICE.is_working_day(day)
            with pytest.raises(NotInForceError):
                OFFICE.hours(day)
            assert OFFICE.is_working_day(day, lenient=True)

    def test_working_time_and_days_outside_are_refused(self) -> None:
        inside, outside = china("02-22 10:00"), datetime.fromisoformat("2027-01-01T00:00:00.000001+08:00")
        for a, b in ((inside, outside), (outside, inside)):
            with pytest.raises(NotInForceError):
                OFFICE.worked(a, b)
        for start, end in ((date(2003, 12, 31), date(2021, 1, 1)), (date(2027, 1, 2), date(2021, 1, 1))):
            with pytest.raises(NotInForceError):
                OFFICE.working_days(start, end)
        assert timedelta(0) == OFFICE.worked(outside - TICK, outside - TICK)
        assert 0 < OFFICE.working_days(date(2004, 1, 1), date(2027, 1, 1))
        assert 1 == OFFICE.working_days(date(2027, 1, 4), date(2027, 1, 5), lenient=True)

    def test_a_coverage_may_have_no_end(self) -> None:
        always = WorkCalendar.around_the_clock("Asia/Shanghai", Period(date(2000, 1, 1)))
        start = datetime.fromisoformat("2090-01-01T00:00+08:00")
        assert Due((start + DAY).astimezone(UTC)) == always.due(start, Limit.parse("24 working_hours"), DEFAULT)
        assert 365 == always.working_days(date(2090, 1, 1), date(2091, 1, 1))

    def test_years_that_no_calendar_counts_are_refused(self) -> None:
        for at in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))):
            with pytest.raises(LimitError) as caught:
                OFFICE.due(at, Limit.parse("3653 calendar_days"), DEFAULT, lenient=True)
            assert "year_range" == caught.value.code
            with pytest.raises(LimitError):
                OFFICE.worked(china("02-22 10:00"), at, lenient=True)
            with pytest.raises(LimitError):
                OFFICE.working_days(date(2021, 1, 1), at.date(), lenient=True)

    def test_a_limit_that_would_take_centuries_ends_in_a_refusal(self) -> None:
        """HD walks 2.9 million days and overflows."""
        start = datetime(2150, 1, 1, tzinfo=UTC)
        minute_a_week = office(week=((),) * 6 + (((0, 1),),))
        with pytest.raises(LimitError) as caught:
            minute_a_week.due(start, Limit.parse("87672 working_hours"), DEFAULT, lenient=True)
        assert "year_range" == caught.value.code

    def test_the_edges_of_the_years_are_answered(self) -> None:
        for text in ("1900-01-01T00:00+14:00", "2199-12-31T23:59-12:00"):
            at = datetime.fromisoformat(text)
            assert at < office().due(at, Limit.parse("1 working_days"), DEFAULT, lenient=True).at

    def test_a_time_without_zone_is_refused(self) -> None:
        naive = datetime(2021, 2, 5, 10)  # noqa: DTZ001
        with pytest.raises(LimitError) as caught:
            due(naive, "5 working_days")
        assert "naive_time" == caught.value.code
        with pytest.raises(LimitError):
            OFFICE.worked(naive, china("02-22 10:00"))


class TestConstruction:
    """A calendar that cannot be used is refused with all its faults."""

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"id": "办公"}, "bad_id"),
            ({"zone": "Asia/Beijing"}, "unknown_zone"),
            ({"zone": "../etc/passwd"}, "unknown_zone"),
            ({"zone": "America"}, "unknown_zone"),
            ({"zone": ""}, "unknown_zone"),
            ({"week": (OFFICE_HOURS,) * 6}, "bad_week"),
            ({"week": (((720, 540),),) * 7}, "bad_interval"),
            ({"week": (((540, 540),),) * 7}, "bad_interval"),
            ({"week": (((0, 1441),),) * 7}, "bad_interval"),
            ({"week": (((-1, 60),),) * 7}, "bad_interval"),
            ({"week": (((9.0, 60),),) * 7}, "bad_interval"),
            ({"week": (((540, 720), (700, 1020)),) * 7}, "interval_overlap"),
            ({"makeup_hours": ((60, 120), (90, 150))}, "interval_overlap"),
            ({"week": ((),) * 7}, "empty_calendar"),
            ({"week": ((),) * 7, "makeup": {date(2021, 2, 20)}}, "empty_calendar"),
            ({"makeup_hours": ()}, "empty_calendar"),
            ({"off": {date(2021, 2, 20)}, "makeup": {date(2021, 2, 20)}}, "holiday_is_makeup_day"),
            ({"coverage": Period(date(1899, 12, 31), date(2021, 1, 1))}, "year_range"),
            ({"coverage": Period(date(2000, 1, 1), date(2200, 1, 1))}, "year_range"),
            ({"coverage": Period(date(2200, 1, 1))}, "year_range"),
        ],
    )
    def test_one_fault(self, changes: dict[str, object], code: str) -> None:
        with pytest.raises(PackError) as caught:
            office(**changes)
        assert {code} == {fault.code for fault in caught.value.faults}

    def test_all_faults_come_at_once(self) -> None:
        both = {date(2021, 2, 20), date(2021, 2, 7)}
        with pytest.raises(PackError) as caught:
            office(zone="Asia/Beijing", week=(((720, 540),),) * 6, off=both, makeup=both)
        codes = [fault.code for fault in caught.value.faults]
        assert ["unknown_zone", "bad_week"] == codes[:2]
        assert ["holiday_is_makeup_day"] * 2 == codes[-2:]
        assert "2021-02-07" in str(caught.value.faults[-2])

    def test_the_order_of_intervals_does_not_matter(self) -> None:
        backwards = office(week=(tuple(reversed(OFFICE_HOURS)),) * 5 + ((), ()))
        assert MON_TO_FRI.week == backwards.week

    def test_intervals_may_touch(self) -> None:
        touching = office(week=(((540, 720), (720, 1020)),) * 7)
        assert timedelta(hours=8) == touching.worked(china("02-22 00:00"), china("02-23 00:00"))

    def test_equal_calendars_are_equal_whatever_they_were_asked(self) -> None:
        asked, fresh = office(), office()
        due(china("02-22 10:00"), "1 working_days", calendar=asked)
        assert (asked, hash(asked), repr(asked)) == (fresh, hash(fresh), repr(fresh))


class TestTableOfWorkingDays:
    """State Council notices: 调休 weekends are worked; `date not in holidays` is wrong on all of them."""

    def test_the_shipped_table_is_read_whole(self) -> None:
        assert (407 + 214, 151) == (len(OFF), len(MAKEUP))
        assert 40 == sum(2021 <= day.year <= 2026 for day in MAKEUP)

    def test_every_make_up_day_is_a_weekend_day_that_is_worked(self) -> None:
        assert {5, 6} == {day.weekday() for day in MAKEUP}
        assert all(OFFICE.is_working_day(day) for day in MAKEUP)
        assert not any(OFFICE.is_working_day(day) for day in OFF)

    def test_it_equals_the_public_data(self, shared_data: Path) -> None:
        assert (shared_data / "china_workdays_2004_2026.csv").read_bytes() == TABLE.read_bytes()

    def test_faults_of_a_table_come_at_once(self) -> None:
        day = date(2021, 2, 7)
        with pytest.raises(PackError) as caught:
            workday_table([(day, "makeup_workday"), (day, "weekday_off"), (date(2021, 2, 8), "holiday")])
        assert ["duplicate_day", "unknown_kind"] == [fault.code for fault in caught.value.faults]


class TestExplanation:
    """A reader can recompute a due date by hand: each day counted, each skipped with its why."""

    def test_working_days_over_the_spring_festival(self) -> None:
        source = Citation("civil-code", "art. 201")
        reason = OFFICE.explain_due(china("02-05 10:00"), Limit.parse("2 working_days"), Counting(source=source))
        assert [
            "2 working days from 2021-02-05 10:00:00: due 2021-02-08 17:00:00 [civil-code art. 201]",
            "  2021-02-05 Fri: working day, day of receipt, not counted",
            "  2021-02-06 Sat: weekend, skipped",
            "  2021-02-07 Sun: make-up day, worked, day 1",
            "  2021-02-08 Mon: working day, day 2",
        ] == list(reason.lines("en"))
        assert [
            "自2021-02-05 10:00:00起2个工作日，2021-02-08 17:00:00到期 [civil-code art. 201]",
            "  2021-02-05周五：工作日，收到之日，不计",
            "  2021-02-06周六：周末休息，不计",
            "  2021-02-07周日：调休上班，第1日",
            "  2021-02-08周一：工作日，第2日",
        ] == list(reason.lines("zh"))

    def test_a_last_day_that_rolls_on(self) -> None:
        lines = list(OFFICE.explain_due(china("02-10 10:00"), Limit.parse("1 calendar_days"), DEFAULT).lines())
        assert "  2021-02-11 Thu: holiday, day 1" == lines[2]
        assert "  2021-02-12 Fri: holiday, skipped" == lines[3]
        assert "  2021-02-18 Thu: working day, the last day rolls on to here" == lines[-1]

    def test_receipt_outside_office_hours(self) -> None:
        limit = Limit.parse("1 working_days")
        lines = list(OFFICE.explain_due(china("02-20 18:00"), limit, NEXT_WORKING_DAY).lines())
        assert [
            "  2021-02-20 Sat: make-up day, worked, outside office hours, not counted",
            "  2021-02-21 Sun: weekend, outside office hours, not counted",
            "  2021-02-22 Mon: working day, day of receipt, not counted",
            "  2021-02-23 Tue: working day, day 1",
        ] == lines[1:]

    def test_working_hours(self) -> None:
        limit = Limit.parse("4 working_hours")
        lines = list(OFFICE.explain_due(china("02-05 15:00"), limit, DEFAULT).lines())
        assert [
            "4 working hours from 2021-02-05 15:00:00: due 2021-02-07 11:00:00",
            "  2021-02-05 Fri: working day, 2:00:00 counted",
            "  2021-02-06 Sat: weekend, skipped",
            "  2021-02-07 Sun: make-up day, worked, 2:00:00 counted",
        ] == lines

    def test_working_hours_to_midnight_name_no_day_after(self) -> None:
        lines = list(ALWAYS.explain_due(china("02-22 00:00"), Limit.parse("24 working_hours"), DEFAULT).lines())
        assert ["  2021-02-22 Mon: working day, 1 day, 0:00:00 counted"] == lines[1:]

    def test_the_clock(self) -> None:
        lines = list(OFFICE.explain_due(china("02-12 22:45"), Limit.parse("30 minutes"), DEFAULT).lines())
        assert "  runs by the clock, day and night" == lines[1]

    def test_a_provisional_answer_says_so(self) -> None:
        start = datetime.fromisoformat("2026-12-31T10:00+08:00")
        reason = OFFICE.explain_due(start, Limit.parse("1 working_days"), DEFAULT, lenient=True)
        assert reason.text.en.endswith("(provisional: beyond the calendar's coverage)")
        assert reason.text.zh.endswith("（暂定：超出日历范围）")

    @settings(deadline=None, max_examples=30)
    @given(
        calendar=calendars(),
        start=INSTANTS,
        amount=st.integers(1, 30),
        unit=st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS]),
        counting=COUNTINGS,
    )
    def test_the_days_counted_are_the_amount(
        self, calendar: WorkCalendar, start: datetime, amount: int, unit: LimitUnit, counting: Counting
    ) -> None:
        lines = list(calendar.explain_due(start, Limit(amount, unit), counting).lines())[1:]
        counted = [line.rpartition(" ")[2] for line in lines if ", day " in line and "receipt" not in line]
        assert [str(number + 1) for number in range(amount)] == counted

    @settings(deadline=None, max_examples=30)
    @given(calendar=calendars(), start=INSTANTS, amount=st.integers(1, 30))
    def test_the_hours_counted_are_the_amount(self, calendar: WorkCalendar, start: datetime, amount: int) -> None:
        reason = calendar.explain_due(start, Limit(amount, LimitUnit.WORKING_HOURS), DEFAULT)
        counted = [line.split(", ")[-1].removesuffix(" counted") for line in reason.lines() if "counted" in line]
        total = timedelta(0)
        for text in counted:
            clock = text.rpartition(" ")[2]
            hours, minutes, seconds = clock.split(":")
            total += timedelta(days="day" in text, hours=int(hours), minutes=int(minutes), seconds=float(seconds))
        assert timedelta(hours=amount) == total
