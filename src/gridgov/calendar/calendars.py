"""Calendars: when an office works, and when a limit runs out there."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.calendar.days import MINUTES_A_DAY, Hours, find_hours_faults, in_order, zone_fault
from gridgov.calendar.limits import BY_THE_CLOCK, Counting, Due, Limit
from gridgov.calendar.reasons import CLOCK_RUNS, WEEKDAYS, by_day
from gridgov.calendar.runs import due_in
from gridgov.calendar.tables import END_YEAR, FIRST_YEAR, LAST_YEAR, Table, Tables, edge
from gridgov.errors import Faults, LimitError, NotInForceError, PackError
from gridgov.values import Label, Period, Reason, aware, is_id

__all__ = ["WorkCalendar"]


def _week(week: Iterable[Iterable[tuple[int, int]]]) -> tuple[Hours, ...]:
    return tuple(map(in_order, week))


def _days(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


def _first_hours(calendar: "WorkCalendar") -> Hours:
    return next(filter(None, calendar.week), ())


def _check_year(day: date, what: str) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"{what} lies in the year {day.year}: calendars count from {FIRST_YEAR} to {LAST_YEAR}"
        raise LimitError.of("year_range", message)


def _instant(at: datetime, what: str) -> datetime:
    _check_year(at, what)
    return aware(at, what)


@attrs.frozen(kw_only=True)
class WorkCalendar:
    """When an office works, on the days for which that is known.

    Attributes:
        id: What the pack calls it.
        zone: IANA name of the zone whose clock the hours are read on.
        week: Hours of each weekday, Monday first; none on a day of rest.
        off: Days off whatever the weekday (holidays, and weekend days of holidays).
        makeup: Days worked whatever the weekday (调休).
        coverage: The days for which *off* and *makeup* are known.
        makeup_hours: Hours of a make-up day; by default those of the first weekday that has any.

    Raises:
        PackError: With every fault: ``bad_id``, ``unknown_zone``, ``bad_week``, ``bad_interval``,
            ``interval_overlap``, ``empty_calendar``, ``holiday_is_makeup_day``, ``year_range``.

    >>> office = WorkCalendar(
    ...     id="office",
    ...     zone="Asia/Shanghai",
    ...     week=(((540, 720), (780, 1020)),) * 5 + ((), ()),
    ...     off=frozenset(date(2021, 2, day) for day in range(11, 18)),
    ...     makeup=frozenset({date(2021, 2, 7), date(2021, 2, 20)}),
    ...     coverage=Period(date(2021, 1, 1), date(2022, 1, 1)),
    ... )
    >>> friday = datetime.fromisoformat("2021-02-05T10:00+08:00")
    >>> due = office.due(friday, Limit.parse("5 working_days"), Counting())
    >>> due.at.astimezone(office.tzinfo).isoformat()
    '2021-02-18T17:00:00+08:00'
    """

    id: str
    zone: str
    week: tuple[Hours, ...] = field(converter=_week)
    off: frozenset[date] = field(default=frozenset(), converter=_days)
    makeup: frozenset[date] = field(default=frozenset(), converter=_days)
    coverage: Period
    makeup_hours: Hours = field(default=attrs.Factory(_first_hours, takes_self=True), converter=in_order)

    def __attrs_post_init__(self) -> None:
        faults = Faults()
        what = f"calendar {self.id!r}"
        if not is_id(self.id):
            faults.add("bad_id", f"{what}: not an id")
        if fault := zone_fault(self.zone):
            faults.add("unknown_zone", f"{what}: {fault}", hint="use an IANA name, such as Asia/Shanghai")
        years = (self.coverage.start.year, (self.coverage.end or self.coverage.start).year)
        if years[0] < FIRST_YEAR or years[1] > LAST_YEAR:
            hint = f"calendars count from {FIRST_YEAR} to {LAST_YEAR}"
            faults.add("year_range", f"{what}: covers {self.coverage}", hint=hint)
        if len(self.week) != len(WEEKDAYS):
            faults.add("bad_week", f"{what}: the week has {len(self.week)} days", hint="give 7, Monday first")
        for hours, weekday in zip(self.week, WEEKDAYS, strict=False):
            find_hours_faults(faults, hours, f"{what}, {weekday.en}")
        find_hours_faults(faults, self.makeup_hours, f"{what}, make-up days")
        if not any(self.week) or not self.makeup_hours:
            faults.add("empty_calendar", f"{what}: there is no working time", hint="give the hours of at least one day")
        for day in sorted(self.off & self.makeup):
            faults.add("holiday_is_makeup_day", f"{what}: {day} is both a day off and a make-up day")
        faults.raise_as(PackError)

    @classmethod
    def around_the_clock(cls, zone: str, coverage: Period, id: str = "always") -> Self:  # noqa: A002 as the field
        """Return a calendar in which every minute counts and every day is a working day."""
        return cls(id=id, zone=zone, week=(((0, MINUTES_A_DAY),),) * 7, coverage=coverage)

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.tzinfo, self._hours)

    @cached_property
    def _covered(self) -> tuple[datetime, datetime]:
        """The first covered instant, and the first after them."""
        end = self.coverage.end
        last = datetime.max.replace(tzinfo=UTC) if end is None else edge(end, 0, self.tzinfo)
        return edge(self.coverage.start, 0, self.tzinfo), last

    def is_working_day(self, day: date, *, lenient: bool = False) -> bool:
        """Say whether people work on *day*.

        Raises:
            NotInForceError: The calendar does not cover it (code ``calendar_coverage``); not when *lenient*.
        """
        return bool(self.hours(day, lenient=lenient))

    def hours(self, day: date, *, lenient: bool = False) -> Hours:
        """Return the stretches of working time of *day*; none on a day off.

        Raises:
            NotInForceError: The calendar does not cover it (code ``calendar_coverage``); not when *lenient*.
        """
        if not lenient and day not in self.coverage:
            raise self._refusal(f"{day} is asked")
        return self._hours(day)

    def due(self, start: datetime, limit: Limit, counting: Counting, *, lenient: bool = False) -> Due:
        """Return when *limit* runs out, counted from *start*; always later than *start*.

        Args:
            start: When it begins to run (aware).
            limit: The time allowed.
            counting: How days are counted.
            lenient: Answer beyond the coverage by the weekly pattern, marked provisional, instead of refusing.

        Raises:
            NotInForceError: *start*, or a day that a limit in working time or days needs, is not covered (code
                ``calendar_coverage``). A limit in minutes or clock hours asks about *start* alone.
            LimitError: *start* has no zone (``naive_time``), or the years are beyond what calendars count
                (``year_range``).
        """
        at = _instant(start, "start")
        first, end = self._covered
        provisional = not first <= at < end
        if provisional and not lenient:
            raise self._refusal(f"the limit starts on {self._day(at)}")
        step = BY_THE_CLOCK.get(limit.unit)
        if step is not None:
            return Due(at + limit.amount * step, provisional)
        due = self._search(at, lambda table: due_in(table, at, limit, counting))
        if due is None:
            raise self._endless(limit.label.en, at)
        if due > end and not lenient:
            raise self._refusal(f"{limit.label.en} from {self._day(at)} end on {self._day(due)}")
        return Due(due, provisional or due > end)

    def after(self, start: datetime, working: timedelta, *, lenient: bool = False) -> Due:
        """Return the first instant by which so much working time has passed after *start*.

        Args:
            start: From when working time counts (aware).
            working: How much; more than none.
            lenient: Answer beyond the coverage by the weekly pattern, marked provisional, instead of refusing.

        Raises:
            NotInForceError: *start*, or a day up to the answer, is not covered (code ``calendar_coverage``).
            LimitError: *working* is none or less (``limit_range``), *start* has no zone (``naive_time``), or the years
                are beyond what calendars count (``year_range``).

        >>> nine_to_five = (((540, 1020),),) * 7
        >>> shop = WorkCalendar(id="shop", zone="UTC", week=nine_to_five, coverage=Period(date(2021, 1, 1)))
        >>> shop.after(datetime(2021, 2, 22, 16, tzinfo=UTC), timedelta(minutes=90)).at.isoformat(" ")
        '2021-02-23 09:30:00+00:00'
        """
        at = _instant(start, "start")
        if working <= timedelta(0):
            message = f"{working} of working time is not more than none"
            raise LimitError.of("limit_range", message, hint="ask for a microsecond or more")
        first, end = self._covered
        reached = self._search(at, lambda table: table.instant(table.time_until(at) + working))
        if reached is None:
            raise self._endless(f"{working} of working time", at)
        provisional = not first <= at < end or reached > end
        if provisional and not lenient:
            raise self._refusal(f"{working} of working time from {self._day(at)} end on {self._day(reached)}")
        return Due(reached, provisional)

    def worked(self, start: datetime, end: datetime, *, lenient: bool = False) -> timedelta:
        """Return the working time from *start* to *end*, exact to the microsecond; negative when *end* is earlier.

        Raises:
            NotInForceError: The calendar does not cover the time between (code ``calendar_coverage``); not when
                *lenient*: then the weekly pattern is followed.
            LimitError: An instant has no zone (``naive_time``) or lies in a year not counted (``year_range``).
        """
        a, b = _instant(start, "start"), _instant(end, "end")
        first, last = min(a, b), max(a, b)
        if not lenient and not (self._covered[0] <= first and last <= self._covered[1]):
            raise self._refusal(f"{self._day(first)} to {self._day(last)} is asked")
        table = self._tables.over(first.year - 1, last.year + 2)
        return table.time_until(b) - table.time_until(a)

    def working_days(self, start: date, end: date, *, lenient: bool = False) -> int:
        """Return how many working days there are from *start* until the day before *end*; negative when reversed.

        Raises:
            NotInForceError: The calendar does not cover them (code ``calendar_coverage``); not when *lenient*.
            LimitError: A day lies in a year not counted (``year_range``).
        """
        first, last = min(start, end), max(start, end)
        if not lenient and (first < self.coverage.start or (self.coverage.end or last) < last):
            raise self._refusal(f"{first} to {last} is asked")
        _check_year(first, "the first day")
        _check_year(last, "the last day")
        table = self._tables.over(first.year, last.year + 1)
        return table.days_before[table.number(end)] - table.days_before[table.number(start)]

    def explain_due(self, start: datetime, limit: Limit, counting: Counting, *, lenient: bool = False) -> Reason:
        """Return why a limit runs out when it does: each day counted, and each skipped with its why.

        Takes and raises what `due` does.
        """
        due = self.due(start, limit, counting, lenient=lenient)
        at = aware(start)
        received, ends = self._shown(at), self._shown(due.at)
        text = Label(
            zh=f"自{received}起{limit.label.zh}，{ends}到期" + "（暂定：超出日历范围）" * due.provisional,
            en=f"{limit.label.en} from {received}: due {ends}"
            + " (provisional: beyond the calendar's coverage)" * due.provisional,
        )
        if limit.unit in BY_THE_CLOCK:
            return Reason(text, counting.source, (CLOCK_RUNS,))
        table = self._tables.over(at.year - 1, due.at.year + 2)
        days = by_day(table, self._kind, at, due.at, limit, counting)
        return Reason(text, counting.source, tuple(days))

    def _shown(self, at: datetime) -> str:
        return at.astimezone(self.tzinfo).replace(tzinfo=None).isoformat(" ")

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.tzinfo).date()

    def _refusal(self, asked: str) -> NotInForceError:
        message = f"calendar {self.id!r} covers {self.coverage}; {asked}"
        hint = "add the days off and make-up days of that time, or ask leniently for a provisional answer"
        return NotInForceError.of("calendar_coverage", message, hint=hint)

    def _hours(self, day: date) -> Hours:
        if day in self.makeup:
            return self.makeup_hours
        return () if day in self.off else self.week[day.weekday()]

    def _search(self, at: datetime, find: Callable[[Table], datetime]) -> datetime | None:
        """Return what *find* finds in a table that begins before *at*; None when the years end before it does."""
        table = self._tables.over(at.year - 1, at.year + 2)
        while True:
            try:
                return find(table)
            except IndexError:
                if table.end_year == END_YEAR:
                    return None
                table = self._tables.over(table.first_year, table.end_year + 1)

    def _endless(self, allowed: str, at: datetime) -> LimitError:
        return LimitError.of("year_range", f"{allowed} from {self._day(at)} do not end by {LAST_YEAR}")

    def _kind(self, day: date) -> Label:
        """Return why people work, or do not, on a day."""
        if day in self.makeup:
            return Label(zh="调休上班", en="make-up day, worked")
        if day in self.off:
            return Label(zh="放假", en="holiday")
        return Label(zh="工作日", en="working day") if self._hours(day) else Label(zh="周末休息", en="weekend")
