"""A case: one matter while something is decided about it. It gathers events, each with what it does to clocks."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import attrs

from gridgov.calendar import Limit
from gridgov.clocks import Act, Clock, due, moment
from gridgov.errors import RefusedError
from gridgov.handling.rules import ClockRule, Rules
from gridgov.matters import (
    ASSIGNMENT,
    ENDS,
    MATTER,
    Assignment,
    ClockChange,
    Decided,
    Live,
    Matter,
    Moment,
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
        bare = kind(at=at, **fields)
        changes = tuple(self._changes(bare, tuple(given)))
        event = attrs.evolve(bare, clocks=changes) if changes else bare
        self._matter = apply(self._matter, event)
        self.events.append(event)
        return event

    # --- clocks ---------------------------------------------------------------------------------------------

    def _changes(self, event: Decided, given: tuple[Given, ...]) -> Iterator[ClockChange]:
        """Yield what an event does to clocks: by the pack's words, by what is given, and by ending duties."""
        said = {(each.kind, each.number): each for each in given}
        done: set[tuple[int, str]] = set()
        ending = self._ending(event)
        for rule, act in self.rules.handling.touched.get(event.TYPE, ()):
            for number in self._numbers(event, rule, act):
                own = said.get((rule.id, number)) or said.get((rule.id, None))
                change = self._change(rule, number, act, event, own)
                if change is not None:
                    done.add((number, rule.id))
                    yield change
        for each in given:
            number = event.number if each.number is None else each.number
            if each.act and (number, each.kind) not in done:
                change = self._change(self._rule(each.kind), number, each.act, event, each)
                if change is not None:
                    done.add((number, each.kind))
                    yield change
        yield from self._ended(event, ending, done)

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
        if act == "start" or self._matter is None or self._matter.live is None:
            return ()
        return tuple(number for number, kind in self._matter.live.timers if kind == rule.id)

    def _change(
        self, rule: ClockRule, number: int, act: str, event: Decided, given: Given | None
    ) -> ClockChange | None:
        """Return one change of one clock; None where it has none to make."""
        live = None if self._matter is None else self._matter.live
        timer = None if live is None else live.timers.get((number, rule.id))
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
        return self._said(rule, number, act, at, clock, event.at, given, timer.clock)

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
        clock = Clock(kind=rule.id, limit=limit, stated=stated, calendar=calendar, unmoving=rule.id == "promise")
        return self._said(rule, number, "start", at, clock.mark(Act.START, at), event.at, given)

    def _has(self, rule: ClockRule, event: Decided, path: str) -> bool:
        role: str = getattr(event, "role", "handle" if event.TYPE == "assigned" else "")
        if not role and event.number and self._matter is not None and event.number <= len(self._matter.assignments):
            role = self._matter.assignments[event.number - 1].role
        if rule.id == "assess" and event.TYPE == "declared_done" and not self.matter.called:
            return False  # who called assesses: of any other matter nobody owes it
        return (not rule.paths or path in rule.paths) and (not rule.roles or not role or role in rule.roles)

    def _said(
        self,
        rule: ClockRule,
        number: int,
        act: str,
        at: datetime,
        clock: Clock,
        now: datetime,
        given: Given | None,
        before: Clock | None = None,
    ) -> ClockChange:
        """Return the change with what the clock then says."""
        running = clock.state in _RUNNING
        found = due(clock, self.rules.timing)
        fallen = None if act == "reset" else before
        moments = tuple(self._moments(rule, clock, now, fallen)) if running and found is not None else ()
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

    def _moments(self, rule: ClockRule, clock: Clock, now: datetime, before: Clock | None) -> Iterator[Moment]:
        """Yield what is still to fall due, earliest first; what should have fallen due before falls due now, once.

        A day that was named comes with its first instant: no share of a limit is meant. What a pause met at the very due
        instant does not fall due while it lasts.
        """
        held_at = clock.marks[-1].at if clock.state == "paused" else None
        for threshold in rule.thresholds:
            at = moment(clock, self.rules.timing, threshold.percent)
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
        if self._matter is None:
            return ()
        if isinstance(event, Ruled):
            return event.relieved
        ends = MATTER.targets.get(event.TYPE) in ENDS or event.TYPE == "split"
        handles = isinstance(event, CalledOut | NobodyLeads)
        numbers = [d.number for d in self.open_duties() if ends or (handles and d.role == "handle")]
        if event.number and ASSIGNMENT.targets.get(event.TYPE) in ASSIGNMENT.ends:
            numbers.append(event.number)
        return tuple(numbers)

    def _ended(self, event: Decided, ending: tuple[int, ...], done: set[tuple[int, str]]) -> Iterator[ClockChange]:
        """Yield the end of every clock whose assignment, or matter, ends with the event."""
        if self._matter is None or self._matter.live is None:
            return
        over = MATTER.targets.get(event.TYPE) in ENDS
        for (number, kind), timer in self._matter.live.timers.items():
            rule = self._rule(kind)
            ends = number in ending or (over and not number and not rule.outlives)
            if ends and (number, kind) not in done and timer.clock.state in _RUNNING:
                act = "stop" if event.TYPE in {"completed", "closed"} else "cancel"
                yield self._said(rule, number, act, event.at, timer.clock.mark(_ACTS[act], event.at), event.at, None)


def _possible(clock: Clock, act: str, event: Decided) -> bool:
    allowed = {
        "pause": ("running",),
        "resume": ("paused", "stopped") if event.TYPE in _ANEW else ("paused",),
        "stop": ("running", "paused"),
        "reset": ("running", "paused", "stopped"),
        "cancel": ("running", "paused", "stopped"),
    }
    return clock.state in allowed.get(act, ())
