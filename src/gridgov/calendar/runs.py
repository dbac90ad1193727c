"""Runs: which days a limit counts, and where it ends."""

from datetime import datetime, timedelta
from typing import NamedTuple

from gridgov.calendar.limits import Counting, FirstDay, Limit, LimitUnit, Receipt
from gridgov.calendar.tables import Table

__all__ = ["Run", "due_in", "run_of"]


class Run(NamedTuple):
    """The days of a limit in days, by their numbers: receipt as it counts, day 1 (at the earliest), the last day."""

    received: int
    first: int
    last: int


def run_of(table: Table, at: datetime, limit: Limit, counting: Counting) -> Run:
    """Return the days of a limit in days that is received at *at*."""
    received = table.day_of(at)
    left = at < table.end(received, counting.day_end)
    if counting.receipt is Receipt.NEXT_WORKING_DAY and (at > table.ends[received] or not table.is_working(received)):
        received, left = table.working_day_from(received + 1), True
    first = received if counting.first_day is FirstDay.SAME and left else received + 1
    if limit.unit is LimitUnit.WORKING_DAYS:
        return Run(received, first, table.working_day_from(first, limit.amount))
    last = first + limit.amount - 1
    return Run(received, first, table.working_day_from(last) if counting.last_day_roll else last)


def due_in(table: Table, at: datetime, limit: Limit, counting: Counting) -> datetime:
    """Return when a limit in working hours or days runs out.

    Raises:
        IndexError: The table ends before it does.
    """
    if limit.unit is LimitUnit.WORKING_HOURS:
        return table.instant(table.time_until(at) + timedelta(hours=limit.amount))
    return table.end(run_of(table, at, limit, counting).last, counting.day_end)
