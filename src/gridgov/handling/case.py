"""A case: one matter while something is decided about it. It gathers events, each with what it does to clocks."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from gridgov.calendar import Due, Limit
from gridgov.clocks import Act, Clock, Mark, due, moment
from gridgov.errors import RefusedError
from gridgov.handling.rules import ClockRule, Rules
from gridgov.matters import (
    ASSIGNMENT,
    ENDS,
    LEFT,
    MATTER,
    Assignment,
    ClockChange,
    Decided,
    Live,
    Matter,
    Moment,
    Timer,
    Work,
    apply,
)
from gridgov.matters.events import CalledOut, NobodyLeads, Ruled
from gridgov.values import Label

__all__ = ["Case", "Given"]

E = TypeVar("E", bound=Decided)

_RUNNING = frozenset({"running", "paused"})
_ANEW = frozenset({"handed_back", "reopened"})
"""Events after which what was stopped may run again; all others resume only what was paused."""
_ACTS = {act.value: act for act in Act}
_FROM = {
    "pause": ("running",),
    "resume": ("paused",),
    "stop": ("running", "paused"),
    "reset": ("running", "paused", "stopped"),
    "cancel": ("running", "paused", "stopped"),
}
"""The states of a clock in which an event may do something with it."""
_ENDING = frozenset(event for event, state in MATTER.targets.items() if state in ENDS)
_MAY_END = (
    _ENDING
    | {event for event, state in ASSIGNMENT.targets.items() if state in ASSIGNMENT.ends}
    | {"split", Ruled.TYPE, CalledOut.TYPE, NobodyLeads.TYPE}
)
"""Types of events that end assignments, or the matter."""
_WHOLE = frozenset({"promise", "step", "complete", "second"})
"""Clocks for a matter, or a duty, as a whole: what may be opened again stops them, so that they can run on."""
_NO_TIMERS: Mapping[tuple[int, str], Timer] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Given:
    """What a command gives a clock instead of the pack: a limit, a due instant, a later instant to count from.

    Attributes:
        kind: The clock.
        number: The assignment; None for whichever the event is about.
        act: The act, where it is not the rule's own: ``limit``, ``stated``, ``pause`` …
        since: From when; None for the event's own instant.
        until: For a pause: when it ends.
        overrides: It holds even where the pack gives the clock a time of its own.
    """

    kind: str
    number: int | None = None
    act: str = ""
    limit: Limit | None = None
    calendar: str = ""
    stated: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    overrides: bool = False


class Case:
    """One matter while something is decided about it.

    Attributes:
        rules: The rules of its edition.
        matter: As it now stands, with what was decided so far; None before it is reported.
        events: What was decided so far.
    """

    def __init__(self, rules: Rules, matter: Matter | None) -> None:
        self.rules = rules
        self._matter = matter
        self.events: list[Decided] = []

    @property
    def known(self) -> Matter | None:
        """The matter; None before it is reported."""
        return self._matter

    @property
    def matter(self) -> Matter:
        """The matter.

        Raises:
            RefusedError: It was never reported (code ``unknown_matter``).
        """
        if self._matter is None:
            raise RefusedError.of("unknown_matter", "there is no such matter", hint="report it first, or mend the id")
        return self._matter

    @property
    def live(self) -> Live:
        """What only a live matter has.

        Raises:
            RefusedError: The matter is a record (``not_live``), or there is none (``unknown_matter``).
        """
        live = self.matter.live
        if live is None:
            raise RefusedError.of("not_live", f"matter {self.matter.id!r} is a record: no command drives it")
        return live

    @property
    def next_number(self) -> int:
        """The number that the next assignment gets."""
        return len(self.matter.assignments) + 1

    def work(self, duty: Assignment) -> Work:
        """Return what only a live assignment has."""
        if duty.work is None:
            raise RefusedError.of("not_live", f"assignment {duty.number} is a record: no command drives it")
        return duty.work

    def open_duties(self) -> tuple[Assignment, ...]:
        """Return the open assignments, in order of opening."""
        return tuple(duty for duty in self.matter.assignments if not duty.outcome)

    def open_duty(self, unit: str) -> Assignment | None:
        """Return the latest open assignment of a unit; None where it has none."""
        return next((d for d in reversed(self.matter.assignments) if d.unit == unit and not d.outcome), None)

    def emit(self, kind: type[E], *, at: datetime, given: Iterable[Given] = (), **fields: Any) -> E:
        """Add an event, with what it does to clocks, and apply it.

        Args:
            kind: Its class.
            at: When it happened.
            given: What a command gives clocks instead of the pack.
            fields: The rest of its fields.
        """
        event = kind(at=at, **fields)
        changes = self._changes(event, tuple(given))
        if changes:
            object.__setattr__(event, "clocks", tuple(changes))  # nobody has seen it yet: it is made whole
        self._matter = apply(self._matter, event)
        self.events.append(event)
        return event

    # --- clocks ---------------------------------------------------------------------------------------------

    @property
    def _timers(self) -> Mapping[tuple[int, str], Timer]:
        """The clocks so far; none before the matter is reported."""
        live = None if self._matter is None else self._matter.live
        return _NO_TIMERS if live is None else live.timers

    def _changes(self, event: Decided, given: tuple[Given, ...]) -> list[ClockChange]:
        """Return what an event does to clocks: by the pack's words, by what is given, and by ending duties."""
        said = {(each.kind, each.number): each for each in given}
        timers = self._timers
        changes: dict[tuple[int, str], ClockChange] = {}
        for rule, act in self.rules.handling.touched.get(event.TYPE, ()):
            for number in self._numbers(event, rule, act):
                key = number, rule.id
                timer = timers.get(key)
                if timer is not None or act == "start":
                    own = said.get((rule.id, number)) or said.get((rule.id, None))
                    change = self._change(rule, number, act, event, own, timer)
                    if change is not None:
                        changes[key] = change
        for each in given:
            key = event.number if each.number is None else each.number, each.kind
            if each.act and key not in changes:
                change = self._change(self._rule(each.kind), key[0], each.act, event, each, timers.get(key))
                if change is not None:
                    changes[key] = change
        return [*changes.values(), *self._ended(event, changes)]

    def _rule(self, kind: str) -> ClockRule:
        """Return the rule of a clock; one that the rules no longer have acts on nothing."""
        known = self.rules.handling.clocks.get(kind)
        return known or ClockRule(id=kind, label=Label(en=kind), of="matter", start=frozenset())

    def _numbers(self, event: Decided, rule: ClockRule, act: str) -> tuple[int, ...]:
        """Return the assignments whose clock of a rule an event acts on; 0 for the matter."""
        if rule.of == "matter":
            return (0,)
        if event.number:
            return (event.number,)
        numbers = getattr(event, "numbers", None)
        if numbers is not None:
            return tuple(numbers)
        if act == "start":
            return ()
        return tuple(number for number, kind in self._timers if kind == rule.id)

    def _change(
        self, rule: ClockRule, number: int, act: str, event: Decided, given: Given | None, timer: Timer | None
    ) -> ClockChange | None:
        """Return one change of one clock; None where it has none to make."""
        at = event.at if given is None or given.since is None else given.since
        if act == "start":
            runs = timer is not None and timer.clock.state in _RUNNING
            return None if runs else self._start(rule, number, at, event, given)
        if timer is None:
            return None
        clock = timer.clock
        if given is not None and act in {"limit", "stated"}:
            clock = clock.with_stated(given.stated) if given.stated else clock.with_limit(given.limit or clock.limit)  # type: ignore[arg-type]
        elif _possible(clock, act, event):
            clock = clock.mark(_ACTS[act], at, None if given is None else given.until)
        else:
            return None
        return self._said(rule, number, act, at, clock, event.at, given, timer)

    def _start(
        self, rule: ClockRule, number: int, at: datetime, event: Decided, given: Given | None
    ) -> ClockChange | None:
        path: str = getattr(event, "path", "") or self.live.path
        if not self._has(rule, event, path):
            return None
        limit, stated, calendar = None, None, ""
        timed = rule.timed(path)
        if timed is not None:
            day = self.rules.day(event.at if self._matter is None else self._matter.reported_at)
            limit, calendar = timed.limit.at(day, lenient=True).value, timed.calendar
        if given is not None and (limit is None or given.overrides):
            limit, stated, calendar = given.limit, given.stated, given.calendar
        if limit is None and stated is None:
            return None
        clock = Clock(
            kind=rule.id,
            limit=limit,
            stated=stated,
            calendar=calendar,
            unmoving=rule.id == "promise",
            marks=(Mark(Act.START, at),),
        )
        return self._said(rule, number, "start", at, clock, event.at, given, None)

    def _has(self, rule: ClockRule, event: Decided, path: str) -> bool:
        role: str = getattr(event, "role", "handle" if event.TYPE == "assigned" else "")
        if not role and event.number and self._matter is not None and event.number <= len(self._matter.assignments):
            role = self._matter.assignments[event.number - 1].role
        if rule.id == "assess" and event.TYPE == "declared_done" and not self._owes_assessment():
            return False
        return (not rule.paths or path in rule.paths) and (not rule.roles or not role or role in rule.roles)

    def _owes_assessment(self) -> bool:
        """Say whether who called has still to assess somebody: once, and nobody whose duty is somebody else's."""
        called = (duty for duty in self.matter.assignments if duty.opened_by == "called" and duty.outcome not in LEFT)
        return not self.live.findings and any(called)

    def _said(
        self,
        rule: ClockRule,
        number: int,
        act: str,
        at: datetime,
        clock: Clock,
        now: datetime,
        given: Given | None,
        timer: Timer | None,
    ) -> ClockChange:
        """Return the change with what the clock then says."""
        found = self._due(clock, timer)
        before = None if timer is None or act == "reset" else timer.clock
        running = found is not None and clock.state in _RUNNING
        moments = tuple(self._moments(rule, clock, found, now, before)) if found is not None and running else ()
        return ClockChange(
            number=number,
            kind=rule.id,
            act=act,
            at=at,
            until=None if given is None or act != "pause" else given.until,
            limit=clock.limit if act in {"start", "limit"} else None,
            stated=clock.stated if act in {"start", "stated"} else None,
            calendar=clock.calendar if act == "start" else "",
            unmoving=clock.unmoving if act == "start" else False,
            due_at=None if found is None else found.at,
            provisional=found is not None and found.provisional,
            moments=moments,
        )

    def _due(self, clock: Clock, before: Timer | None) -> Due | None:
        """Return when a clock runs out; one that ran and is stopped, when it would have."""
        if before is not None and clock.state == "stopped" and before.clock.state == "running":
            return None if before.due_at is None else Due(before.due_at, before.provisional)
        return due(clock, self.rules.timing)

    def _moments(
        self, rule: ClockRule, clock: Clock, end: Due, now: datetime, before: Clock | None
    ) -> Iterator[Moment]:
        """Yield what is still to fall due, earliest first; what should have fallen due before falls due now, once.

        A day that was named comes with its first instant: no share of a limit is meant. What a pause met at the very
        due instant does not fall due while it lasts.
        """
        held_at = clock.marks[-1].at if clock.state == "paused" else None
        for threshold in rule.thresholds:
            whole = threshold.percent == 100
            at = end.at if whole else moment(clock, self.rules.timing, threshold.percent)
            percent = 0 if rule.id == "suspension" else threshold.percent
            if at is None or (held_at is not None and at <= held_at):
                continue
            if not (Moment(at, percent).reached(now) and self._fell(before, percent, now)):
                yield Moment(max(at, now), percent, threshold.then)

    def _fell(self, before: Clock | None, percent: int, now: datetime) -> bool:
        """Say whether a share of a clock, as it was before, had passed while it ran."""
        at = None if before is None or not percent else moment(before, self.rules.timing, percent)
        until = now if before is None or before.state == "running" else before.marks[-1].at
        return at is not None and Moment(at, percent).reached(until)

    def _ending(self, event: Decided) -> tuple[int, ...]:
        """Return the assignments that an event ends."""
        if isinstance(event, Ruled):
            return event.relieved
        ends = event.TYPE in _ENDING or event.TYPE == "split"
        handles = isinstance(event, CalledOut | NobodyLeads)
        open_duties = self.open_duties() if ends or handles else ()
        numbers = [d.number for d in open_duties if ends or d.role == "handle"]
        if event.number and ASSIGNMENT.targets.get(event.TYPE) in ASSIGNMENT.ends:
            numbers.append(event.number)
        return tuple(numbers)

    def _ended(self, event: Decided, done: Container[tuple[int, str]]) -> Iterator[ClockChange]:
        """Yield the end of every clock whose assignment, or matter, ends with the event."""
        if event.TYPE not in _MAY_END:
            return
        ending, over = self._ending(event), event.TYPE in _ENDING
        for (number, kind), timer in self._timers.items():
            if timer.clock.state not in _RUNNING or (number, kind) in done:
                continue
            rule = self._rule(kind)
            if number in ending or (over and not number and not rule.outlives):
                act = _ends_by(event, number, kind, timer)
                clock = timer.clock.mark(_ACTS[act], event.at)
                yield self._said(rule, number, act, event.at, clock, event.at, None, timer)


def _ends_by(event: Decided, number: int, kind: str, timer: Timer) -> str:
    """Return how a clock ends with its assignment, or its matter.

    Of who had still time when the matter was closed, nobody knows whether it would have been done in time.
    """
    if event.TYPE == "closed" and number:
        stops = timer.due_at is not None and timer.due_at < event.at
    else:
        stops = event.TYPE in {"completed", "closed"} or (event.TYPE == "answered_at_once" and kind in _WHOLE)
    return "stop" if stops else "cancel"


def _possible(clock: Clock, act: str, event: Decided) -> bool:
    return clock.state in _FROM.get(act, ()) or (act == "resume" and clock.state == "stopped" and event.TYPE in _ANEW)
