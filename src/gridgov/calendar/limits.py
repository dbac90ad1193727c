"""Limits: a time allowed, and the words that say how it is counted."""

import re
from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Self

import attrs

from gridgov.errors import LimitError
from gridgov.values import Citation, Label, Shown

__all__ = ["BY_THE_CLOCK", "Counting", "DayEnd", "Due", "FirstDay", "Limit", "LimitUnit", "Receipt"]

_TEN_YEARS_DAYS = 3653


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
    LimitUnit.MINUTES: _TEN_YEARS_DAYS * 1440,
    LimitUnit.CLOCK_HOURS: _TEN_YEARS_DAYS * 24,
    LimitUnit.WORKING_HOURS: _TEN_YEARS_DAYS * 24,
    LimitUnit.WORKING_DAYS: _TEN_YEARS_DAYS,
    LimitUnit.CALENDAR_DAYS: _TEN_YEARS_DAYS,
}
BY_THE_CLOCK = {LimitUnit.MINUTES: timedelta(minutes=1), LimitUnit.CLOCK_HOURS: timedelta(hours=1)}
"""The units that run day and night, and how long one of each is."""

_UNITS = {unit.value: unit for unit in LimitUnit}
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
        if match is None or match[2] not in _UNITS:
            hint = f"write an amount and one of {', '.join(_UNITS)}, such as '5 working_days'"
            raise LimitError.of("bad_limit", f"{text!r} is not a limit", hint=hint)
        return cls(int(match[1]), _UNITS[match[2]])

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
