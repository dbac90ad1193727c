"""Reasons: why a limit runs out when it does, day by day."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from gridgov.calendar.limits import Counting, Limit, LimitUnit
from gridgov.calendar.runs import Run, run_of
from gridgov.calendar.tables import Table
from gridgov.values import Label, Reason

__all__ = ["CLOCK_RUNS", "WEEKDAYS", "by_day"]

CLOCK_RUNS = Reason(Label(zh="按钟表时间计算，不分昼夜和休息日", en="runs by the clock, day and night"))
"""Why a limit in minutes or clock hours counts every day."""

WEEKDAYS = (
    Label(zh="周一", en="Mon"),
    Label(zh="周二", en="Tue"),
    Label(zh="周三", en="Wed"),
    Label(zh="周四", en="Thu"),
    Label(zh="周五", en="Fri"),
    Label(zh="周六", en="Sat"),
    Label(zh="周日", en="Sun"),
)

_SKIPPED = Label(zh="不计", en="skipped")


def by_day(
    table: Table, kind_of: Callable[[date], Label], at: datetime, due: datetime, limit: Limit, counting: Counting
) -> Iterator[Reason]:
    """Yield one reason for each day from the start of a limit in working hours or days to its end.

    Args:
        table: The days counted.
        kind_of: Says why people work, or do not, on a day.
        at: When the limit begins to run.
        due: When it runs out.
        limit: The time allowed.
        counting: How days are counted.
    """
    first = table.day_of(at)
    if limit.unit is LimitUnit.WORKING_HOURS:
        last = table.day_of(due - timedelta.resolution)
        words = (_hours_words(table, number, at, due) for number in range(first, last + 1))
    else:
        run = run_of(table, at, limit, counting)
        words = (_day_words(table, number, run, limit) for number in range(first, run.last + 1))
    for number, said in enumerate(words, first):
        day = table.day(number)
        kind, weekday = kind_of(day), WEEKDAYS[day.weekday()]
        zh, en = f"{day}{weekday.zh}：{kind.zh}，{said.zh}", f"{day} {weekday.en}: {kind.en}, {said.en}"
        yield Reason(Label(zh=zh, en=en))


def _hours_words(table: Table, number: int, at: datetime, due: datetime) -> Label:
    if not table.is_working(number):
        return _SKIPPED
    begins, ends = max(at, table.midnights[number]), min(due, table.midnights[number + 1])
    counted = table.time_until(ends) - table.time_until(begins)
    return Label(zh=f"计{counted}", en=f"{counted} counted")


def _day_words(table: Table, number: int, run: Run, limit: Limit) -> Label:
    if number < run.first:
        if number == run.received:
            return Label(zh="收到之日，不计", en="day of receipt, not counted")
        return Label(zh="非办公时间，不计", en="outside office hours, not counted")
    if limit.unit is LimitUnit.WORKING_DAYS:
        nth = table.days_before[number + 1] - table.days_before[run.first]
        counts = table.is_working(number)
    else:
        nth = number - run.first + 1
        counts = nth <= limit.amount
    if counts:
        return Label(zh=f"第{nth}日", en=f"day {nth}")
    return Label(zh="末日顺延至此", en="the last day rolls on to here") if number == run.last else _SKIPPED
