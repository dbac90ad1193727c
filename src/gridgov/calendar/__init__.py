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

from gridgov.calendar.calendars import WorkCalendar
from gridgov.calendar.days import Hours, workday_table
from gridgov.calendar.limits import Counting, DayEnd, Due, FirstDay, Limit, LimitUnit, Receipt

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
