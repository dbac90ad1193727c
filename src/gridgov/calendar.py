"""Calendar: working days and hours with stated coverage, and the instant at which a limit runs out.

A weekly pattern says when an office works; two sets of days say where a year departs from it: days
off, and make-up days (调休), weekend days on which people work. Outside the days for which those
sets are known the calendar refuses (strict), or follows the weekly pattern and marks the answer
provisional (lenient): an unpublished year is never guessed in silence.

How a limit is counted is the pack's word (`Counting`). The settings and their defaults have the
form of the Civil Code, arts. 201 and 203: the day of receipt does not count, a last day that is off
rolls on to the next working day, the last day ends with business hours; a limit in hours runs from
the moment it begins. A limit is met at the very instant at which it runs out.

Instants are aware and UTC inside. An office's hours are read on the clock of its zone: a stretch
runs from the first instant at which that day's clock has reached its start to the first at which it
has reached its end, so that a day on which the clock changes has 23 or 25 hours, each counted once.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum, unique
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.errors import Faults, LimitError, NotInForceError, PackError
from gridgov.values import Citation, Label, Period, Reason, Shown, aware, is_id

__all__ = [
    "Counting",
    "DayEnd",
    "Due",
    "FirstDay",
    "Hours",
    "Limit",
    "LimitUnit",
    "Receipt",
    "WorkCalendar",
    "workday_table",
]

Hours = tuple[tuple[int, int], ...]
"""Stretches of working time of one day: minutes after midnight, start and end (at most 1440), in order."""

_MINUTES_A_DAY = 1440
_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_TEN_YEARS_DAYS = 3653
_FIRST_YEAR = 1900
_LAST_YEAR = 2199
_END_YEAR = _LAST_YEAR + 3  # of tables: an instant of the last year, its zone and the year after it


@unique
class LimitUnit(Enum):
    """How a limit is counted. Values are the words packs use."""

    MINUTES = "minutes"
    CLOCK_HOURS = "clock_hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


_UNIT_TEXTS = {
    LimitUnit.MINUTES: ("分钟", "minutes"),
    LimitUnit.CLOCK_HOURS: ("小时", "hours"),
    LimitUnit.WORKING_HOURS: ("个工作小时", "working hours"),
    LimitUnit.WORKING_DAYS: ("个工作日", "working days"),
    LimitUnit.CALENDAR_DAYS: ("日", "calendar days"),
}
_MOST = {
    LimitUnit.MINUTES: _TEN_YEARS_DAYS * _MINUTES_A_DAY,
    LimitUnit.CLOCK_HOURS: _TEN_YEARS_DAYS * 24,
    LimitUnit.WORKING_HOURS: _TEN_YEARS_DAYS * 24,
    LimitUnit.WORKING_DAYS: _TEN_YEARS_DAYS,
    LimitUnit.CALENDAR_DAYS: _TEN_YEARS_DAYS,
}
_CLOCK = {LimitUnit.MINUTES: timedelta(minutes=1), LimitUnit.CLOCK_HOURS: timedelta(hours=1)}
_LIMIT = re.compile(r"([1-9][0-9]{0,8}) ([a-z_]+)", re.ASCII)


@attrs.frozen
class Limit:
    """A time allowed: *amount* of *unit*, from one minute to ten years.

    Raises:
        LimitError: The amount is not a whole number (code ``limit_amount``), or not in that range (``limit_range``).

    >>> Limit.parse("5 working_days")
    Limit(amount=5, unit=<LimitUnit.WORKING_DAYS: 'working_days'>)
    """

    amount: int
    unit: LimitUnit

    def __attrs_post_init__(self) -> None:
        if type(self.amount) is not int:
            raise LimitError.of("limit_amount", f"a limit is a whole number, not {self.amount!r}")
        most = _MOST[self.unit]
        if not 1 <= self.amount <= most:
            message = f"a limit of {self.amount} {self.unit.value} is not between 1 minute and 10 years"
            raise LimitError.of("limit_range", message, hint=f"use 1 to {most} {self.unit.value}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the limit written as an amount, one space, and a unit: ``5 working_days``.

        Raises:
            LimitError: The text is not that (code ``bad_limit``), or out of range (``limit_range``).
        """
        match = _LIMIT.fullmatch(text)
        units = {unit.value: unit for unit in LimitUnit}
        if match is None or match[2] not in units:
            hint = f"write an amount and one of {', '.join(units)}, such as '5 working_days'"
            raise LimitError.of("bad_limit", f"{text!r} is not a limit", hint=hint)
        return cls(int(match[1]), units[match[2]])

    @property
    def label(self) -> Label:
        """The limit in words."""
        zh, en = _UNIT_TEXTS[self.unit]
        return Label(zh=f"{self.amount}{zh}", en=f"{self.amount} {en if self.amount > 1 else en[:-1]}")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}"


@unique
class FirstDay(Enum):
    """Which day is day 1 of a limit in days."""

    NEXT = "next"
    """The day after receipt (Civil Code, art. 201)."""
    SAME = "same"
    """The day of receipt, while any of it is left."""


@unique
class Receipt(Enum):
    """What receipt outside office hours means for a limit in days."""

    AS_RECEIVED = "as_received"
    """It is received on its own day, working or not."""
    NEXT_WORKING_DAY = "next_working_day"
    """On a day off, or after a day's close of business, it counts as received on the next working day."""


@unique
class DayEnd(Enum):
    """When the last day of a limit in days ends."""

    CLOSE_OF_BUSINESS = "close_of_business"
    """With business hours (Civil Code, art. 203); a day off on which a limit may end has none, and ends at 24:00."""
    MIDNIGHT = "midnight"
    """At 24:00."""


@attrs.frozen(kw_only=True)
class Counting:
    """How a place counts limits in days. Limits in minutes and hours run from the moment, whatever stands here.

    Attributes:
        first_day: Which day is day 1.
        receipt: What receipt outside office hours means.
        last_day_roll: Whether a limit in calendar days that ends on a day off ends on the next working day instead.
        day_end: When the last day ends.
        source: The clause that says so.
    """

    first_day: FirstDay = FirstDay.NEXT
    receipt: Receipt = Receipt.AS_RECEIVED
    last_day_roll: bool = True
    day_end: DayEnd = DayEnd.CLOSE_OF_BUSINESS
    source: Citation | None = None


@attrs.frozen
class Due(Shown):
    """When a limit runs out.

    Attributes:
        at: The instant, in UTC; what happens at that very instant is in time.
        provisional: The calendar does not cover all the days counted, so that the instant may yet move.
    """

    at: datetime
    provisional: bool = False


_OFF_KINDS = frozenset({"weekday_off", "weekend_holiday"})
_MAKEUP_KIND = "makeup_workday"


def workday_table(rows: Iterable[tuple[date, str]]) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off and the make-up days of a table of days and their kinds.

    The kinds are ``weekday_off``, ``weekend_holiday`` (a weekend day of a festival) and ``makeup_workday``.

    Raises:
        PackError: A day stands twice (code ``duplicate_day``), or has another kind (``unknown_kind``).

    >>> off, makeup = workday_table([(date(2021, 2, 7), "makeup_workday"), (date(2021, 2, 11), "weekday_off")])
    >>> sorted(makeup)
    [datetime.date(2021, 2, 7)]
    """
    faults = Faults()
    kinds: dict[date, str] = {}
    for day, kind in rows:
        if day in kinds:
            faults.add("duplicate_day", f"{day} stands twice in the table of working days")
        if kind not in _OFF_KINDS and kind != _MAKEUP_KIND:
            hint = f"use {', '.join(sorted(_OFF_KINDS))} or {_MAKEUP_KIND}"
            faults.add("unknown_kind", f"{day} is of the unknown kind {kind!r}", hint=hint)
        kinds[day] = kind
    faults.raise_as(PackError)
    off = frozenset(day for day, kind in kinds.items() if kind in _OFF_KINDS)
    return off, frozenset(kinds) - off


def _edge(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the first instant, in UTC, at which the clock of *day* has reached *minute*."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    at, other = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if other >= at:  # shown once, or twice and this is the first
        return at
    # Never shown: the clock jumped over it, at a whole second between the two readings.

    def reading(second: int) -> datetime:
        return (other + timedelta(seconds=second)).astimezone(zone).replace(tzinfo=None)

    seconds = range(int((at - other).total_seconds()))
    return other + timedelta(seconds=bisect_left(seconds, wall.replace(tzinfo=None), key=reading))


@attrs.frozen(kw_only=True)
class _Table:
    """Whole years, counted once: what every question is answered from.

    Days are numbered from the first of January of the first year; instants are in UTC. An index
    beyond the last year is an ``IndexError``: the table is too short for the question.
    """

    first_year: int
    end_year: int
    midnights: list[datetime]  # the start of each day, and the end of the last
    ends: list[datetime]  # close of business of each day; 24:00 of a day off
    days_before: list[int]  # working days before each day
    working: list[int]  # the days that are working days
    opens: list[datetime]  # the start of each stretch of working time
    closes: list[datetime]  # the end of each
    time_before: list[timedelta]  # working time before each, and in all

    def day_of(self, at: datetime) -> int:
        return bisect_right(self.midnights, at) - 1

    def number(self, day: date) -> int:
        return day.toordinal() - date(self.first_year, 1, 1).toordinal()

    def day(self, number: int) -> date:
        return date(self.first_year, 1, 1) + timedelta(days=number)

    def time_until(self, at: datetime) -> timedelta:
        """Return the working time before *at*."""
        begun = bisect_right(self.opens, at)
        left = self.closes[begun - 1] - at if begun else _NOTHING
        return self.time_before[begun] - max(left, _NOTHING)

    def instant(self, time: timedelta) -> datetime:
        """Return the first instant before which there is so much working time (more than none)."""
        stretches = bisect_left(self.time_before, time)
        return self.closes[stretches - 1] - (self.time_before[stretches] - time)

    def is_working(self, number: int) -> bool:
        return self.days_before[number + 1] > self.days_before[number]

    def working_day_from(self, number: int, nth: int = 1) -> int:
        """Return the nth working day on or after a day."""
        return self.working[self.days_before[number] + nth - 1]

    def end(self, number: int, day_end: DayEnd) -> datetime:
        return self.ends[number] if day_end is DayEnd.CLOSE_OF_BUSINESS else self.midnights[number + 1]


class _Run(NamedTuple):
    """The days of a limit in days, by their numbers: receipt as it counts, day 1 (at the earliest), the last day."""

    received: int
    first: int
    last: int


def _run(table: _Table, at: datetime, limit: Limit, counting: Counting) -> _Run:
    received = table.day_of(at)
    left = at < table.end(received, counting.day_end)
    if counting.receipt is Receipt.NEXT_WORKING_DAY and (at > table.ends[received] or not table.is_working(received)):
        received, left = table.working_day_from(received + 1), True
    first = received if counting.first_day is FirstDay.SAME and left else received + 1
    if limit.unit is LimitUnit.WORKING_DAYS:
        return _Run(received, first, table.working_day_from(first, limit.amount))
    last = first + limit.amount - 1
    return _Run(received, first, table.working_day_from(last) if counting.last_day_roll else last)


def _due_in(table: _Table, at: datetime, limit: Limit, counting: Counting) -> datetime:
    if limit.unit is LimitUnit.WORKING_HOURS:
        return table.instant(table.time_until(at) + timedelta(hours=limit.amount))
    return table.end(_run(table, at, limit, counting).last, counting.day_end)


def _check_year(day: date, what: str) -> None:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        message = f"{what} lies in the year {day.year}: calendars count from {_FIRST_YEAR} to {_LAST_YEAR}"
        raise LimitError.of("year_range", message)


def _instant(at: datetime, what: str) -> datetime:
    _check_year(at, what)
    return aware(at, what)


def _in_order(hours: Iterable[tuple[int, int]]) -> Hours:
    return tuple(sorted(hours))


def _week(week: Iterable[Iterable[tuple[int, int]]]) -> tuple[Hours, ...]:
    return tuple(map(_in_order, week))


def _first_hours(calendar: "WorkCalendar") -> Hours:
    return next(filter(None, calendar.week), ())


def _hours_faults(faults: Faults, hours: Hours, what: str) -> None:
    for start, end in hours:
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= _MINUTES_A_DAY:
            hint = f"give minutes from 0 to {_MINUTES_A_DAY}, start before end; a shift over midnight is two intervals"
            faults.add("bad_interval", f"{what}: {start!r} to {end!r} is not an interval of a day", hint=hint)
    for (_, end), (start, _) in pairwise(hours):
        if start < end:
            faults.add("interval_overlap", f"{what}: an interval starts at minute {start}, before one ends at {end}")


def _zone_fault(zone: str) -> str | None:
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):  # unknown name; a path; the name of a folder of zones
        return f"{zone!r} is not a time zone"
    return None


_WEEKDAYS = (
    Label(zh="周一", en="Mon"),
    Label(zh="周二", en="Tue"),
    Label(zh="周三", en="Wed"),
    Label(zh="周四", en="Thu"),
    Label(zh="周五", en="Fri"),
    Label(zh="周六", en="Sat"),
    Label(zh="周日", en="Sun"),
)


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
    off: frozenset[date] = field(default=frozenset(), converter=frozenset)
    makeup: frozenset[date] = field(default=frozenset(), converter=frozenset)
    coverage: Period
    makeup_hours: Hours = field(default=attrs.Factory(_first_hours, takes_self=True), converter=_in_order)
    _tables: list[_Table] = field(factory=list, init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults()
        what = f"calendar {self.id!r}"
        if not is_id(self.id):
            faults.add("bad_id", f"{what}: not an id")
        if fault := _zone_fault(self.zone):
            faults.add("unknown_zone", f"{what}: {fault}", hint="use an IANA name, such as Asia/Shanghai")
        years = (self.coverage.start.year, (self.coverage.end or self.coverage.start).year)
        if years[0] < _FIRST_YEAR or years[1] > _LAST_YEAR:
            hint = f"calendars count from {_FIRST_YEAR} to {_LAST_YEAR}"
            faults.add("year_range", f"{what}: covers {self.coverage}", hint=hint)
        if len(self.week) != len(_WEEKDAYS):
            faults.add("bad_week", f"{what}: the week has {len(self.week)} days", hint="give 7, Monday first")
        for hours, weekday in zip(self.week, _WEEKDAYS, strict=False):
            _hours_faults(faults, hours, f"{what}, {weekday.en}")
        _hours_faults(faults, self.makeup_hours, f"{what}, make-up days")
        if not any(self.week) or not self.makeup_hours:
            faults.add("empty_calendar", f"{what}: there is no working time", hint="give the hours of at least one day")
        for day in sorted(self.off & self.makeup):
            faults.add("holiday_is_makeup_day", f"{what}: {day} is both a day off and a make-up day")
        faults.raise_as(PackError)

    @classmethod
    def around_the_clock(cls, zone: str, coverage: Period, id: str = "always") -> Self:  # noqa: A002 as the field
        """Return a calendar in which every minute counts and every day is a working day."""
        return cls(id=id, zone=zone, week=(((0, _MINUTES_A_DAY),),) * 7, coverage=coverage)

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    @cached_property
    def _covered(self) -> tuple[datetime, datetime]:
        """The first covered instant, and the first after them."""
        end = self.coverage.end
        last = datetime.max.replace(tzinfo=UTC) if end is None else _edge(end, 0, self.tzinfo)
        return _edge(self.coverage.start, 0, self.tzinfo), last

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
        step = _CLOCK.get(limit.unit)
        if step is not None:
            return Due(at + limit.amount * step, provisional)
        due = self._fall_due(at, limit, counting)
        if due > end and not lenient:
            raise self._refusal(f"{limit.label.en} from {self._day(at)} end on {self._day(due)}")
        return Due(due, provisional or due > end)

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
        table = self._table(first.year - 1, last.year + 2)
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
        table = self._table(first.year, last.year + 1)
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
        return Reason(text, counting.source, tuple(self._steps(at, due.at, limit, counting)))

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

    def _fall_due(self, at: datetime, limit: Limit, counting: Counting) -> datetime:
        table = self._table(at.year - 1, at.year + 2)
        while True:
            try:
                return _due_in(table, at, limit, counting)
            except IndexError:
                if table.end_year == _END_YEAR:
                    message = f"{limit.label.en} from {self._day(at)} do not end by {_LAST_YEAR}"
                    raise LimitError.of("year_range", message) from None
                table = self._table(table.first_year, table.end_year + 1)

    def _table(self, first_year: int, end_year: int) -> _Table:
        """Return a table that holds at least these years; it grows by doubling, and is kept."""
        for held in self._tables:
            if held.first_year <= first_year and end_year <= held.end_year:
                return held
            years = held.end_year - held.first_year
            before, after = first_year < held.first_year, held.end_year < end_year
            first_year = min(first_year, held.first_year - years * before)
            end_year = min(max(end_year, held.end_year + years * after), _END_YEAR)
        table = self._count(max(first_year, _FIRST_YEAR - 2), end_year)
        self._tables[:] = [table]
        return table

    def _count(self, first_year: int, end_year: int) -> _Table:
        first, end = date(first_year, 1, 1), date(end_year, 1, 1)
        table = _Table(
            first_year=first_year,
            end_year=end_year,
            midnights=[_edge(first, 0, self.tzinfo)],
            ends=[],
            days_before=[0],
            working=[],
            opens=[],
            closes=[],
            time_before=[_NOTHING],
        )
        for number in range((end - first).days):
            day = first + timedelta(days=number)
            table.midnights.append(_edge(day, _MINUTES_A_DAY, self.tzinfo))
            stretches = self._stretches(day, table.midnights[-2], table.midnights[-1])
            if stretches:
                table.working.append(number)
            for opens, closes in stretches:
                table.opens.append(opens)
                table.closes.append(closes)
                table.time_before.append(table.time_before[-1] + (closes - opens))
            table.days_before.append(len(table.working))
            table.ends.append(stretches[-1][1] if stretches else table.midnights[-1])
        return table

    def _stretches(self, day: date, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        hours = self._hours(day)
        if end - start == _DAY:
            return [(start + timedelta(minutes=opens), start + timedelta(minutes=closes)) for opens, closes in hours]
        return [(_edge(day, opens, self.tzinfo), _edge(day, closes, self.tzinfo)) for opens, closes in hours]

    def _steps(self, at: datetime, due: datetime, limit: Limit, counting: Counting) -> Iterator[Reason]:
        """Yield one reason for each day from the start to the end of a limit."""
        if limit.unit in _CLOCK:
            yield Reason(Label(zh="按钟表时间计算，不分昼夜和休息日", en="runs by the clock, day and night"))
            return
        table = self._table(at.year - 1, due.year + 2)
        first, last = table.day_of(at), table.day_of(due - timedelta.resolution)
        if limit.unit is LimitUnit.WORKING_HOURS:
            words = (self._hours_words(table, number, at, due) for number in range(first, last + 1))
        else:
            run = _run(table, at, limit, counting)
            words = (self._day_words(table, number, run, limit) for number in range(first, run.last + 1))
        for number, said in enumerate(words, first):
            day = table.day(number)
            weekday = _WEEKDAYS[day.weekday()]
            yield Reason(Label(zh=f"{day}{weekday.zh}：{said.zh}", en=f"{day} {weekday.en}: {said.en}"))

    def _kind(self, day: date) -> Label:
        """Return why people work, or do not, on a day."""
        if day in self.makeup:
            return Label(zh="调休上班", en="make-up day, worked")
        if day in self.off:
            return Label(zh="放假", en="holiday")
        return Label(zh="工作日", en="working day") if self._hours(day) else Label(zh="周末休息", en="weekend")

    def _hours_words(self, table: _Table, number: int, at: datetime, due: datetime) -> Label:
        kind = self._kind(table.day(number))
        if not table.is_working(number):
            return Label(zh=f"{kind.zh}，不计", en=f"{kind.en}, skipped")
        begins, ends = max(at, table.midnights[number]), min(due, table.midnights[number + 1])
        counted = table.time_until(ends) - table.time_until(begins)
        return Label(zh=f"{kind.zh}，计{counted}", en=f"{kind.en}, {counted} counted")

    def _day_words(self, table: _Table, number: int, run: _Run, limit: Limit) -> Label:
        kind = self._kind(table.day(number))
        working_days = limit.unit is LimitUnit.WORKING_DAYS
        if number < run.first:
            if number == run.received:
                return Label(zh=f"{kind.zh}，收到之日，不计", en=f"{kind.en}, day of receipt, not counted")
            return Label(zh=f"{kind.zh}，非办公时间，不计", en=f"{kind.en}, outside office hours, not counted")
        if working_days:
            nth = table.days_before[number + 1] - table.days_before[run.first]
            counts = table.is_working(number)
        else:
            nth = number - run.first + 1
            counts = nth <= limit.amount
        if counts:
            return Label(zh=f"{kind.zh}，第{nth}日", en=f"{kind.en}, day {nth}")
        if number == run.last:
            return Label(zh=f"{kind.zh}，末日顺延至此", en=f"{kind.en}, the last day rolls on to here")
        return Label(zh=f"{kind.zh}，不计", en=f"{kind.en}, skipped")
