"""Tables: whole years counted once, so that no question walks over days."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.calendar.days import MINUTES_A_DAY, Hours
from gridgov.calendar.limits import DayEnd

__all__ = ["END_YEAR", "FIRST_YEAR", "LAST_YEAR", "Table", "Tables", "edge"]

FIRST_YEAR = 1900
LAST_YEAR = 2199
END_YEAR = LAST_YEAR + 3  # of tables: an instant of the last year, its zone and the year after it

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


def edge(day: date, minute: int, zone: ZoneInfo) -> datetime:
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
class Table:
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
        """Return the number of the day on which *at* lies."""
        return bisect_right(self.midnights, at) - 1

    def number(self, day: date) -> int:
        """Return the number of a day."""
        return day.toordinal() - date(self.first_year, 1, 1).toordinal()

    def day(self, number: int) -> date:
        """Return the day of a number."""
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
        """Say whether a day is a working day."""
        return self.days_before[number + 1] > self.days_before[number]

    def working_day_from(self, number: int, nth: int = 1) -> int:
        """Return the nth working day on or after a day."""
        return self.working[self.days_before[number] + nth - 1]

    def end(self, number: int, day_end: DayEnd) -> datetime:
        """Return when a day ends."""
        return self.ends[number] if day_end is DayEnd.CLOSE_OF_BUSINESS else self.midnights[number + 1]


@attrs.frozen
class Tables:
    """The table of one calendar: it grows when a question needs more years, and is kept.

    Attributes:
        zone: The zone whose clock the hours are read on.
        hours: Says the working time of each day.
    """

    zone: ZoneInfo
    hours: Callable[[date], Hours]
    _held: list[Table] = field(factory=list, init=False)

    def over(self, first_year: int, end_year: int) -> Table:
        """Return a table that holds at least these years; it grows by doubling."""
        for held in self._held:
            if held.first_year <= first_year and end_year <= held.end_year:
                return held
            years = held.end_year - held.first_year
            before, after = first_year < held.first_year, held.end_year < end_year
            first_year = min(first_year, held.first_year - years * before)
            end_year = min(max(end_year, held.end_year + years * after), END_YEAR)
        table = self._count(max(first_year, FIRST_YEAR - 2), end_year)
        self._held[:] = [table]
        return table

    def _count(self, first_year: int, end_year: int) -> Table:
        first, end = date(first_year, 1, 1), date(end_year, 1, 1)
        table = Table(
            first_year=first_year,
            end_year=end_year,
            midnights=[edge(first, 0, self.zone)],
            ends=[],
            days_before=[0],
            working=[],
            opens=[],
            closes=[],
            time_before=[_NOTHING],
        )
        for number in range((end - first).days):
            day = first + timedelta(days=number)
            table.midnights.append(edge(day, MINUTES_A_DAY, self.zone))
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
        hours = self.hours(day)
        if end - start == _DAY:
            return [(start + timedelta(minutes=opens), start + timedelta(minutes=closes)) for opens, closes in hours]
        return [(edge(day, opens, self.zone), edge(day, closes, self.zone)) for opens, closes in hours]
