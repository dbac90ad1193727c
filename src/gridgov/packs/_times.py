"""The calendars of a pack, and how it counts time."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

import attrs

from gridgov.calendar import Counting, Hours, WorkCalendar, workday_table
from gridgov.packs._csv import Header
from gridgov.packs._desk import Desk, attempt, day_of, one_of, within
from gridgov.packs._files import Folder
from gridgov.packs._shapes import CalendarFile, CalendarShape
from gridgov.packs._wrong import BadValueError, near
from gridgov.values import Period, is_id

TABLES = Path(__file__).parent / "tables"
"""Tables of working days that ship with gridgov."""

_CALENDAR = "calendar.toml"
_TABLE = Header(("date", "kind"), ("festival",))
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([0-9]{2}):([0-5][0-9])-([0-9]{2}):([0-5][0-9])", re.ASCII)
_MINUTES_A_DAY = 1440
_REMEDIES = {
    "weekday_off": "mend the date, or write weekend_holiday",
    "weekend_holiday": "mend the date, or write weekday_off",
    "makeup_workday": "mend the date, or drop the row",
}


@attrs.frozen(kw_only=True)
class Times:
    """How a pack counts time: its calendars by id, the default one, and its words of counting."""

    calendars: Mapping[str, WorkCalendar]
    default: str
    counting: Counting


def read_times(desk: Desk) -> Times | None:
    """Read ``calendar.toml`` and the tables it names; None when it is not there, or a calendar is faulty."""
    shape = desk.toml(_CALENDAR, CalendarFile)
    if shape is None or desk.head is None:
        return None
    weeks = {key: _week(desk, key, calendar) for key, calendar in shape.calendars.items()}
    tables = _tables(desk, shape.calendars, weeks)
    calendars = {
        key: _calendar(desk, key, calendar, weeks[key], tables.get(calendar.table))
        for key, calendar in shape.calendars.items()
    }
    if shape.default not in calendars:
        message = f"there is no calendar {shape.default!r}"
        desk.faults.add("unknown_calendar", message, f"{_CALENDAR}: default", near(shape.default, calendars))
        return None
    counting = shape.counting
    sound = {key: calendar for key, calendar in calendars.items() if calendar is not None}
    times = Times(
        calendars=sound,
        default=shape.default,
        counting=Counting(
            first_day=counting.first_day,
            receipt=counting.receipt,
            last_day_roll=counting.last_day_roll,
            day_end=counting.day_end,
            source=desk.cite(f"{_CALENDAR}: counting", None, counting, shape),
        ),
    )
    if len(sound) < len(calendars):
        return None
    _check_coverage(desk, times)
    return times


def _check_coverage(desk: Desk, times: Times) -> None:
    """The default calendar answers for every day that the pack covers."""
    calendar = times.calendars[times.default]
    if not calendar.coverage.covers(desk.coverage) and desk.coverage.end is not None:
        message = f"the default calendar covers {calendar.coverage}, the pack {desk.coverage}"
        hint = "extend the calendar, or shorten the coverage of the pack"
        desk.faults.add("calendar_coverage", message, f"{_CALENDAR}: calendars.{times.default}", hint)


def _calendar(
    desk: Desk, key: str, shape: CalendarShape, week: tuple[Hours, ...] | None, table: "_Days | None"
) -> WorkCalendar | None:
    zone = "" if desk.head is None else desk.head.zone
    place = within(_CALENDAR, f"calendars.{key}")
    if shape.around_the_clock:
        if shape.hours or shape.table:
            message = "a calendar around the clock has neither hours nor a table"
            desk.faults.add("clock_and_hours", message, place(""))
        coverage = shape.coverage or desk.coverage
        return attempt(desk.faults, place, WorkCalendar.around_the_clock, zone, coverage, key)
    period = None if table is None else attempt(desk.faults, place, _coverage, shape, table)
    if week is None or period is None or table is None:
        return None
    return attempt(
        desk.faults,
        place,
        WorkCalendar,
        id=key,
        zone=zone,
        week=week,
        off=table.off,
        makeup=table.makeup,
        coverage=period,
    )


def _week(desk: Desk, key: str, shape: CalendarShape) -> tuple[Hours, ...] | None:
    """Return the hours of each weekday; None, with faults noted as the hours are written, when they are none."""
    before = len(desk.faults)
    for index, day in enumerate(shape.days):
        place = within(_CALENDAR, f"calendars.{key}.days[{index}]")
        attempt(desk.faults, place, one_of, day, _WEEKDAYS, what="a day of the week")
    stretches = [
        attempt(desk.faults, within(_CALENDAR, f"calendars.{key}.hours[{index}]"), _stretch, text)
        for index, text in enumerate(shape.hours)
    ]
    hours = tuple(sorted(filter(None, stretches)))
    for (_, end, first), (start, _, second) in pairwise(hours):
        if start < end:
            message = f"{first!r} and {second!r} overlap"
            desk.faults.add("interval_overlap", message, f"{_CALENDAR}: calendars.{key}.hours")
    if len(desk.faults) > before:
        return None
    every = tuple((start, end) for start, end, _ in hours)
    return tuple(every if day in shape.days else () for day in _WEEKDAYS)


def _stretch(text: str) -> tuple[int, int, str]:
    """Return the minutes at which a stretch starts and ends, and how it is written."""
    match = _HOURS.fullmatch(text)
    start, end = (0, 0) if match is None else (int(match[hour]) * 60 + int(match[hour + 1]) for hour in (1, 3))
    if match is None or max(start, end) > _MINUTES_A_DAY:
        raise BadValueError("bad_hours", f"{text[:64]!r} is not a stretch of hours", "write it as 09:00-12:00")
    if end <= start:
        what = "ends before it starts" if end < start else "ends when it starts"
        raise BadValueError("bad_interval", f"{text!r} {what}", "write a shift over midnight as two stretches")
    return start, end, text


def _coverage(shape: CalendarShape, table: "_Days") -> Period:
    coverage = shape.coverage or table.years
    if coverage is None:
        hint = "add coverage = { from, to }"
        raise BadValueError("missing_key", "without a table, the calendar must state its coverage", hint)
    if table.years is not None and not table.years.covers(coverage):
        message = f"the coverage {coverage} goes beyond the table, {table.years}"
        raise BadValueError("calendar_coverage", message, "shorten the coverage, or extend the table")
    return coverage


@attrs.frozen
class _Days:
    """The days of a table, and the whole years it speaks of; None without a table."""

    off: frozenset[date]
    makeup: frozenset[date]
    years: Period | None

    @classmethod
    def none(cls) -> "_Days":
        return cls(frozenset(), frozenset(), None)


def _tables(
    desk: Desk, shapes: Mapping[str, CalendarShape], weeks: Mapping[str, tuple[Hours, ...] | None]
) -> dict[str, _Days | None]:
    """Read the tables, each once, by the name that calendars give it; without a name, nothing is off."""
    found: dict[str, _Days | None] = {"": _Days.none()}
    for name in dict.fromkeys(shape.table for shape in shapes.values() if shape.table):
        users = [key for key, shape in shapes.items() if shape.table == name]
        there = [_is_there(desk, name, f"{_CALENDAR}: calendars.{key}.table") for key in users]
        sound = [week for key in users if (week := weeks[key]) is not None and any(week)]
        found[name] = _days(desk, name, sound) if all(there) else None
    return found


def _is_shipped(name: str) -> bool:
    return is_id(name) and (TABLES / f"{name}.csv").is_file()


def _is_there(desk: Desk, name: str, place: str) -> bool:
    """Say whether there is such a table; note a fault when there is none."""
    if _is_shipped(name):
        return True
    if is_id(name) and not name.endswith(".csv"):
        hint = near(name, [path.stem for path in TABLES.glob("*.csv")])
        desk.faults.add("unknown_table", f"there is no table {name!r}", place, hint)
        return False
    return desk.folder.path(name, place) is not None


def _days(desk: Desk, name: str, weeks: Sequence[tuple[Hours, ...]]) -> _Days | None:
    """Return the days of a table; the pack's own must agree with the weeks of the calendars that follow it."""
    if _is_shipped(name):
        table, weeks = Folder(TABLES, desk.folder.limits, desk.faults).table(f"{name}.csv", _TABLE), ()
    else:
        table = desk.folder.table(name, _TABLE)
    rows = table.read(partial(_kind_of_day, weeks), "date", "kind", instead=(date.min, ""))
    seen: dict[date, int] = {}
    for row, (day, _) in enumerate(rows):
        if row not in table.bad and day in seen:
            message = f"{day} stands twice: also in line {table.lines[seen[day]]}"
            table.refuse(row, BadValueError("duplicate_day", message))
        seen.setdefault(day, row)
    if not rows and table.whole:
        desk.faults.add("empty_file", "the table has no day", table.name)
    if not rows or not table.is_sound:
        return None
    off, makeup = workday_table(rows)
    return _Days(off, makeup, Period(date(min(seen).year, 1, 1), date(max(seen).year + 1, 1, 1)))


def _kind_of_day(weeks: Sequence[tuple[Hours, ...]], text: str, kind: str) -> tuple[date, str]:
    day = day_of(text, "date")
    workday_table([(day, kind)])
    worked = {bool(week[day.weekday()]) for week in weeks}
    if worked == {kind != "weekday_off"}:  # calendars with different weeks may share a table: one must agree
        what = f"{day} ({_WEEKDAYS[day.weekday()]}) is {'a' if True in worked else 'no'} working day of the calendar"
        raise BadValueError("wrong_weekday", f"{what}, and cannot be {kind!r}", _REMEDIES[kind])
    return day, kind
