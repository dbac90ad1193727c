"""Rules: the ladders, their steps, the promise, and what can be wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import ceil
from types import MappingProxyType
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.calendar import Counting, Limit, LimitUnit, WorkCalendar
from gridgov.calendar.limits import BY_THE_CLOCK
from gridgov.conditions import Condition, Value
from gridgov.errors import Fault, NotInForceError, PackError, RefusedError
from gridgov.hierarchy import Organization
from gridgov.responsibility import Holder, HolderKind
from gridgov.staffing import Staff
from gridgov.values import Basis, Citation, Label, Timeline, local_day

__all__ = ["LEADS", "DirectLine", "Ladder", "Policy", "Step"]

LEADS = "leads"
"""The word for a step that the item's leads answer."""

_selector = lru_cache(maxsize=256)(Holder.parse)

_ADDED_UP = {
    LimitUnit.WORKING_DAYS: frozenset({LimitUnit.WORKING_DAYS, LimitUnit.WORKING_HOURS}),
    LimitUnit.WORKING_HOURS: frozenset({LimitUnit.WORKING_HOURS}),
}
"""The units of steps that can be held against a promise, by the promise's unit."""


@attrs.frozen(kw_only=True)
class Step:
    """One step of a ladder.

    Attributes:
        id: Names the step, such as ``judge``.
        label: Its name.
        answers: Who: ``leads`` (of the item), or a holder such as ``level:grid``.
        post: Kind of post that holds it at that unit; empty for the unit itself.
        limit: Time to answer, with its history.
        accept: Time to accept the matter, within that; None where there is no such limit.
        contact: Time to turn to whoever reported it, within that; None where there is no such limit.
        calendar: Id of the calendar that its limits run on; empty for the default.
        skip_absent: Go on to the next step where the place has no such unit, instead of refusing.
    """

    id: str
    label: Label
    answers: str
    post: str = ""
    limit: Timeline[Limit]
    accept: Timeline[Limit] | None = None
    contact: Timeline[Limit] | None = None
    calendar: str = ""
    skip_absent: bool = False
    source: Citation | None = None

    @property
    def holder(self) -> Holder | None:
        """Who answers, as a selector; None for the leads."""
        return None if self.answers == LEADS else _selector(self.answers)


@attrs.frozen(kw_only=True)
class Ladder:
    """The steps a matter climbs, lowest first.

    Attributes:
        when: Conditions on the matter's attributes that choose this ladder. A fact that is not given chooses nothing.
    """

    id: str
    label: Label
    steps: tuple[Step, ...] = field(converter=tuple[Step, ...])
    when: Mapping[str, Condition] = MappingProxyType({})
    source: Citation | None = None

    def chooses(self, facts: Mapping[str, Value]) -> bool:
        """Say whether typed *facts* choose this ladder; one without conditions is never chosen by them."""
        return bool(self.when) and all(cell.holds(facts.get(name)) for name, cell in self.when.items())

    def position(self, step: str) -> int:
        """Return how many steps stand below a step.

        Raises:
            RefusedError: The ladder has no such step (``unknown_step``).
        """
        ids = [each.id for each in self.steps]
        if step not in ids:
            hint = f"use one of {', '.join(ids)}"
            raise RefusedError.of("unknown_step", f"the ladder {self.id!r} has no step {step!r}", hint=hint)
        return ids.index(step)


@attrs.frozen(kw_only=True)
class DirectLine:
    """直通车: a resident turns to a unit paired with the place, past the levels."""

    label: Label
    relation: str = "paired"
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Policy:
    """The narrow view of a pack that escalation needs.

    Attributes:
        edition: Digest of the rules, kept in every answer.
        zone: IANA name of the zone whose midnight turns the day.
        promise: The outer promise, with its history. An item with a limit of its own has that instead.
        promise_calendar: Id of the calendar it runs on; empty for the default.
        ordinary: The ladder of everyday matters.
        emergency: The ladder of emergencies, with limits and calendars of its own; None if there is none.
        direct_line: None if there is none.
        calendars: By id.
        calendar: Id of the default calendar.
        counting: How days are counted.
        fallback: Who answers in the leads' place for an item that is not on the list; None to leave it with the
            last step before.
        home: The accountability word of units that answer to the jurisdiction itself; a lead with another is noted.
    """

    edition: str = ""
    zone: str
    promise: Timeline[Limit]
    promise_calendar: str = ""
    ordinary: Ladder
    emergency: Ladder | None = None
    direct_line: DirectLine | None = None
    calendars: Mapping[str, WorkCalendar]
    calendar: str
    counting: Counting = field(factory=Counting)
    fallback: Holder | None = None
    home: str = "county"

    def ladders(self) -> tuple[Ladder, ...]:
        """Return the ladders there are, the ordinary one first."""
        return (self.ordinary,) if self.emergency is None else (self.ordinary, self.emergency)

    def ladder(self, name: str) -> Ladder:
        """Return the ladder of an id.

        Raises:
            RefusedError: There is none (``unknown_ladder``).
        """
        found = {ladder.id: ladder for ladder in self.ladders()}
        if name not in found:
            raise RefusedError.of("unknown_ladder", f"there is no ladder {name!r}", hint=f"use {' or '.join(found)}")
        return found[name]

    def work_calendar(self, name: str) -> WorkCalendar:
        """Return the calendar of an id; the default one where the id is empty."""
        return self.calendars[name or self.calendar]

    @property
    def clock(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    def day(self, at: datetime) -> date:
        """Return the day on which an instant lies in the jurisdiction."""
        return local_day(at, self.clock)

    def faults(self, organization: Organization, staff: Staff) -> list[Fault]:
        """Return everything wrong with calendars, ladders and the selectors they use.

        Codes: ``unknown_calendar``, ``empty_ladder``, ``duplicate_step``, ``limits_exceed_promise``, ``bad_holder``,
        ``unknown_level``, ``unknown_post``, ``post_level``.

        ``limits_exceed_promise``: on a day on which a limit changes, the steps of a ladder take longer than the
        promise allows. Each step opens when the one before falls due, so that the steps are added up: a step in
        working days takes its days; steps in working hours that follow one another take their hours together, in
        working days of the calendar's shortest, rounded up, for they may begin late in a day. 4 working hours and
        1, 1 and 2 working days take 5 working days. A promise in working hours is held against steps in working
        hours alone. Minutes and clock hours run day and night, whatever the calendar: where steps and promise are all
        in these, they are added up exactly. Ladders otherwise on another calendar than the promise's and limits in
        other units are not added up: there the note ``plan_exceeds_promise`` of a route says so.
        """
        found = _calendar_faults(self, self.calendar, "calendar")
        found += _calendar_faults(self, self.promise_calendar, "promise")
        for ladder in self.ladders():
            where = f"ladder {ladder.id}"
            ids = [step.id for step in ladder.steps]
            if not ids:
                found.append(Fault("empty_ladder", "the ladder has no step", where, "add its steps"))
            if len(set(ids)) < len(ids):
                found.append(Fault("duplicate_step", "two steps have one id", where, "give each step its own id"))
            found += _promise_faults(self, ladder, where)
            for step in ladder.steps:
                found += _step_faults(self, step, f"{where}, step {step.id}", organization, staff)
        return found


def _calendar_faults(policy: Policy, calendar: str, where: str) -> list[Fault]:
    if not calendar or calendar in policy.calendars:
        return []
    return [Fault("unknown_calendar", f"no calendar {calendar!r}", where, "declare it, or mend the id")]


def _promise_faults(policy: Policy, ladder: Ladder, where: str) -> list[Fault]:
    """Return the fault of a ladder whose limits add up to more than the promise, with the days and the sums."""
    name = policy.promise_calendar or policy.calendar
    one = all((step.calendar or policy.calendar) == name for step in ladder.steps)
    calendar = policy.calendars.get(name) if one else None
    limits = (policy.promise, *(step.limit for step in ladder.steps))
    said = []
    for day in sorted({day for each in limits for day in each.change_days()}):
        promise, *steps = _in_force(limits, day) or (None,)
        taken = "" if promise is None else _too_long(promise, steps, calendar)
        if taken:
            said.append(f"from {day} the steps take {taken}, the promise is {promise}")
    hint = "shorten a step, or promise more time"
    return [Fault("limits_exceed_promise", "; ".join(said), where, hint)] if said else []


def _in_force(limits: Iterable[Timeline[Limit]], day: date) -> tuple[Limit, ...]:
    """Return the limits of a day; none when one of them is not in force."""
    try:
        return tuple(limit.at(day).value for limit in limits)
    except NotInForceError:
        return ()


def _too_long(promise: Limit, steps: Sequence[Limit], calendar: WorkCalendar | None) -> str:
    """Return in words what steps take that is more than the promise; empty where it is not, or cannot be compared.

    *calendar* is the one on which they all run; None where they run on several, or it is not known.
    """
    if all(limit.unit in BY_THE_CLOCK for limit in (promise, *steps)):
        time = sum((_time(limit) for limit in steps), timedelta())
        return _clocked(time) if time > _time(promise) else ""
    taken = 0 if calendar is None else _taken(steps, calendar, promise.unit)
    return f"{taken} {promise.unit.value}" if taken > promise.amount else ""


def _time(limit: Limit) -> timedelta:
    return limit.amount * BY_THE_CLOCK[limit.unit]


def _clocked(time: timedelta) -> str:
    unit = LimitUnit.MINUTES if time % BY_THE_CLOCK[LimitUnit.CLOCK_HOURS] else LimitUnit.CLOCK_HOURS
    return f"{time // BY_THE_CLOCK[unit]} {unit.value}"


def _taken(limits: Sequence[Limit], calendar: WorkCalendar, unit: LimitUnit) -> int:
    """Return what steps take one after the other, in the promise's unit; 0 where they cannot be added up."""
    if any(limit.unit not in _ADDED_UP.get(unit, ()) for limit in limits):
        return 0
    if unit is LimitUnit.WORKING_HOURS:
        return sum(limit.amount for limit in limits)
    days = [hours for hours in (*calendar.week, calendar.makeup_hours) if hours]
    shortest = min(sum(end - start for start, end in hours) for hours in days)  # minutes
    taken = 0
    for kind, run in groupby(limits, lambda limit: limit.unit):
        amount = sum(limit.amount for limit in run)
        taken += amount if kind is LimitUnit.WORKING_DAYS else ceil(Fraction(amount * 60, shortest))
    return taken


def _step_faults(policy: Policy, step: Step, where: str, organization: Organization, staff: Staff) -> list[Fault]:
    found = _calendar_faults(policy, step.calendar, where)
    try:
        holder = step.holder
    except PackError as error:
        found += [fault.at(where) for fault in error.faults]
        holder = None
    levels = holder.words if holder is not None and holder.kind is HolderKind.LEVEL else ()
    known = {level.id for level in organization.levels}
    found += [
        Fault("unknown_level", f"no level {level!r}", where, "mend the step, or add the level")
        for level in levels
        if level not in known
    ]
    if step.post and staff.kind(step.post) is None:
        found.append(Fault("unknown_post", f"no kind of post {step.post!r}", where, "declare it, or mend the step"))
    kind = staff.kind(step.post)
    if kind is not None and levels and kind.level in known and kind.level not in levels:
        what = f"the post {step.post!r} is at level {kind.level!r}, the step is for {step.answers}"
        found.append(Fault("post_level", what, where, "name a post of that level, or mend the step"))
    return found
