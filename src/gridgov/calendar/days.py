"""Days: the hours of a day, the days on which a year departs from its week, and what may be wrong with either."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from gridgov.errors import Faults, PackError

__all__ = ["MINUTES_A_DAY", "Hours", "find_hours_faults", "in_order", "workday_table", "zone_fault"]

Hours = tuple[tuple[int, int], ...]
"""Stretches of working time of one day: minutes after midnight, start and end (at most 1440), in order."""

MINUTES_A_DAY = 1440

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


def in_order(hours: Iterable[tuple[int, int]]) -> Hours:
    """Return the stretches of a day in order."""
    return tuple(sorted(hours))


def find_hours_faults(faults: Faults, hours: Hours, what: str) -> None:
    """Add to *faults* what keeps *hours* from being those of a day: ``bad_interval``, ``interval_overlap``."""
    for start, end in hours:
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= MINUTES_A_DAY:
            hint = f"give minutes from 0 to {MINUTES_A_DAY}, start before end; a shift over midnight is two intervals"
            faults.add("bad_interval", f"{what}: {start!r} to {end!r} is not an interval of a day", hint=hint)
    for (_, end), (start, _) in pairwise(hours):
        if start < end:
            faults.add("interval_overlap", f"{what}: an interval starts at minute {start}, before one ends at {end}")


def zone_fault(zone: str) -> str | None:
    """Say what keeps *zone* from being the name of a time zone; None when nothing does."""
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):  # unknown name; a path; the name of a folder of zones
        return f"{zone!r} is not a time zone"
    return None
