"""Routing: one question answered, and on request explained; the rest of a ladder planned from any step."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from types import MappingProxyType

import attrs

from gridgov.calendar import Due, Limit
from gridgov.errors import NotInForceError, RefusedError
from gridgov.escalation.answers import Entry, Path, PlannedStep, Promise, Route, Seat, Way
from gridgov.escalation.rules import DirectLine, Ladder, Policy, Step
from gridgov.escalation.saying import (
    Found,
    chain_reason,
    edition_reason,
    headline,
    line_reason,
    notes,
    promise_reason,
    skipped_reason,
    step_reason,
)
from gridgov.hierarchy import Organization, Structure, Unit
from gridgov.responsibility import HolderKind, Responsibility, ResponsibilityList
from gridgov.staffing import Staff
from gridgov.values import Reason, aware

__all__ = ["Setting", "entry", "route", "steps_from"]

_NOBODY: frozenset[str] = frozenset()


# Questions


@attrs.frozen(kw_only=True)
class Setting:
    """What every plan is read from.

    Attributes:
        policy: Ladders, limits and calendars.
        organization: Units and links.
        responsibilities: Who leads and who supports.
        staff: Who holds which post.
    """

    policy: Policy
    organization: Organization
    responsibilities: ResponsibilityList
    staff: Staff


@attrs.frozen(kw_only=True)
class _Matter:
    """Where a matter lies and what it is about.

    Attributes:
        ruled: The day whose rules hold: limits, and rows of the list.
        on: The day on which units and posts are read.
        without: Units that are never seated.
    """

    item: str
    place: str
    facts: Mapping[str, object]
    ruled: date
    on: date
    without: Container[str]
    lenient: bool
    undecided: bool = False


@attrs.frozen(kw_only=True)
class _Asked:
    """What a route was asked with: kept, so that it can explain itself."""

    setting: Setting
    item: str
    place: str
    facts: Mapping[str, object]
    at: datetime
    direct: bool
    emergency: bool | None
    without: Container[str]
    lenient: bool
    undecided: bool = False


def route(
    policy: Policy,
    organization: Organization,
    responsibilities: ResponsibilityList,
    staff: Staff,
    *,
    item: str,
    place: str,
    facts: Mapping[str, object] = MappingProxyType({}),
    at: datetime,
    direct: bool = False,
    emergency: bool | None = None,
    without: Container[str] = _NOBODY,
    lenient: bool = False,
) -> Route:
    """Return who holds a matter, who must act, and by when.

    Args:
        policy: Ladders, limits and calendars.
        organization: Units and links; read on the day of *at*.
        responsibilities: Who leads and who supports.
        staff: Who holds which post.
        item: Id of the item; one that is not on the list is answered too, and marked ``unlisted``.
        place: Id of the unit in which the matter lies; one that was replaced answers through its successor.
        facts: Attributes of the matter, such as its scene.
        at: First receipt (aware).
        direct: The resident turns to the unit paired with the place, past the levels. An emergency goes first.
        emergency: It is an emergency (True), it is none (False), or the facts decide (None).
        without: Ids of units that the matter is about: none of them is seated, on the ladder or the direct line, and
            a note ``interested_unit`` says who was passed over. What the list says of them is shown unchanged.
        lenient: Answer outside the days covered, marked provisional, instead of refusing.

    Raises:
        LimitError: *at* has no zone (``naive_time``).
        NotInForceError: The place is not in force; no row leads; a step's level is missing (``level_missing``);
            nobody answers (``nobody_answers``); rules or calendar do not cover the day of *at*.
        AmbiguousRuleError: A fact that decides is missing, or several rows lead; the rows are named.
        RefusedError: A fact is not declared; there is no emergency ladder (``no_emergency_ladder``) or no direct line
            for the place (``no_direct_line``).
    """
    setting = Setting(policy=policy, organization=organization, responsibilities=responsibilities, staff=staff)
    asked = _Asked(
        setting=setting,
        item=item,
        place=place,
        facts=facts,
        at=aware(at),
        direct=direct,
        emergency=emergency,
        without=without,
        lenient=lenient,
    )
    return _route(asked, None)


def entry(
    setting: Setting,
    *,
    item: str,
    place: str,
    facts: Mapping[str, object] = MappingProxyType({}),
    at: datetime,
    direct: bool = False,
    emergency: bool | None = None,
    without: Container[str] = _NOBODY,
) -> Entry:
    """Return how a matter is taken in: what `route` says, as far as its first step.

    Receipt does not wait until somebody is known to answer. While a fact that decides who leads is missing, nobody is
    named; then, or where the item is not on the list or the matter is about the only lead, an emergency may have no
    step at all. Takes and raises what `route` does but for that (``fact_missing``, ``nobody_answers``).
    """
    asked = _Asked(
        setting=setting,
        item=item,
        place=place,
        facts=facts,
        at=aware(at),
        direct=direct,
        emergency=emergency,
        without=without,
        lenient=False,
        undecided=True,
    )
    return _Router(asked, None).entry()


def steps_from(
    setting: Setting,
    *,
    item: str,
    place: str,
    facts: Mapping[str, object] = MappingProxyType({}),
    ladder: str,
    after: str = "",
    opens_at: datetime,
    reported_at: datetime,
    without: Container[str] = _NOBODY,
    lenient: bool = True,
) -> Iterator[PlannedStep]:
    """Return the plan of the rest of a ladder, step by step; nothing when nobody is left on it.

    A step is planned when it is asked for: who wants the next one alone pays for no more. While a fact that decides who
    leads is missing, the leads' step is left out.

    A matter is pinned to its rules: limits and rows of the list are those of the day of *reported_at*. Units and
    posts are those of the day of *opens_at*.

    Args:
        setting: What the plan is read from.
        item: Id of the item.
        place: Id of the unit in which the matter lies; one that was replaced answers through its successor.
        facts: Attributes of the matter.
        ladder: Id of the ladder it climbs.
        after: Id of the step just left; empty for the whole ladder.
        opens_at: When the next step opens (aware).
        reported_at: First receipt (aware).
        without: Ids of units that the matter is about: none of them is seated, and a step of no other unit is left out.
        lenient: Answer outside the days covered, marked provisional, instead of refusing.

    Raises:
        LimitError: An instant has no zone (``naive_time``).
        NotInForceError: The place is not in force; no row leads; the level of a step is missing (``level_missing``);
            when not *lenient*, rules or calendar do not cover the day of *reported_at*.
        AmbiguousRuleError: Several rows lead.
        RefusedError: A fact is not declared; there is no such ladder (``unknown_ladder``) or step (``unknown_step``).
    """
    policy, opens = setting.policy, aware(opens_at, "opens_at")
    climbed = policy.ladder(ladder)
    left = climbed.position(after) if after else None
    matter = _Matter(
        item=item,
        place=place,
        facts=facts,
        ruled=policy.day(aware(reported_at, "reported_at")),
        on=policy.day(opens),
        without=without,
        lenient=lenient,
        undecided=True,
    )
    return _Planner(setting, matter, None).planned(climbed, opens, left)


# Planning


class _Planner:
    """Plans the steps of one matter; with a trace, it notes how."""

    def __init__(self, setting: Setting, matter: _Matter, trace: list[Reason] | None) -> None:
        self.setting = setting
        self.policy = setting.policy
        self.matter = matter
        self.trace = trace
        self.structure: Structure = setting.organization.at(matter.on)
        self.place = self._place_now()
        self.passed_over: dict[str, Unit] = {}
        self.duty: Responsibility = setting.responsibilities.lookup(
            matter.item,
            place=self.place.id,
            structure=self.structure,
            facts=matter.facts,
            at=matter.ruled,
            lenient=matter.lenient,
            undecided=matter.undecided,
        )

    def planned(self, ladder: Ladder, opens: datetime, left: int | None = None) -> Iterator[PlannedStep]:
        """Yield the steps that the place has, each opening when the one before falls due.

        Args:
            ladder: The ladder.
            opens: When the first of them opens.
            left: Position of the step just left; None where the ladder begins.
        """
        first = 0 if left is None else left + 1
        below = None if left is None else ladder.steps[left]
        seated = () if below is None else self.allowed(self._units(below))
        shaky = False
        for step in ladder.steps[first:]:
            units = self._seated(step)
            if not units or (units == seated and _calls_itself(step, below)):
                continue
            seats = tuple(self._seat(unit, step.post) for unit in units)
            planned = self._timed(step, seats, opens, shaky=shaky)
            yield planned
            below, seated = step, units
            opens, shaky = planned.due_at, planned.provisional

    def promise(self, at: datetime) -> Promise:
        """Return the outer promise: the item's own limit where it has one, else the general one."""
        duty = self.duty
        if duty.limit is not None:
            limit, provisional, source, basis = duty.limit, duty.provisional, duty.source, duty.basis
        else:
            rule = self.policy.promise.at(self.matter.ruled, lenient=self.matter.lenient)
            limit, provisional, source, basis = rule.value, rule.provisional, rule.source, rule.basis
        due = self._due(self.policy.promise_calendar, at, limit)
        provisional = provisional or due.provisional
        promise = Promise(limit=limit, due_at=due.at, provisional=provisional, source=source, basis=basis)
        if self.trace is not None:
            self.trace.append(promise_reason(self.policy, promise, at))
        return promise

    def direct_step(self, line: DirectLine, unit: Unit, promise: Promise, opens: datetime) -> PlannedStep:
        """Return the only step of the direct line: the paired unit answers within the promise."""
        if self.trace is not None:
            self.trace.append(line_reason(line, unit, self.place))
        return PlannedStep(
            step="direct_line",
            label=line.label,
            seats=(Seat(unit=unit),),
            opens_at=opens,
            limit=promise.limit,
            due_at=promise.due_at,
            provisional=promise.provisional,
            source=line.source,
            basis=line.basis,
        )

    def paired(self) -> tuple[Unit, ...]:
        """Return the units on the direct line: those of the place first, then those of each unit above it."""
        line = self.policy.direct_line
        if line is None:
            return ()
        found: dict[str, Unit] = {}
        for above in self.structure.chain(self.place.id):
            for unit in self.structure.linking(above.id, line.relation):
                found.setdefault(unit.id, unit)
        return self.allowed(found.values())

    def allowed(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """Return the units that the matter is not about; the others are remembered."""
        units = tuple(units)
        without = self.matter.without
        self.passed_over |= {unit.id: unit for unit in units if unit.id in without}
        return tuple(unit for unit in units if unit.id not in without)

    def _place_now(self) -> Unit:
        """Return the place, or the one unit that took it over."""
        place = self.matter.place
        found = self.structure.get(place)
        if found is not None:
            return found
        heirs = self.setting.organization.successors(place, self.matter.on)
        return heirs[0] if len(heirs) == 1 else self.structure.unit(place)

    def _units(self, step: Step) -> tuple[Unit, ...]:
        """Return the units of a step, also those that the matter is about; none where the place has no such unit."""
        holder = step.holder
        if holder is not None:
            unit = holder.find(self.structure, self.place.id)
            return () if unit is None else (unit,)
        if not self.duty.unlisted:
            return tuple(lead.unit for lead in self.duty.leads)
        fallback = self.policy.fallback
        return () if fallback is None else (fallback.resolve(self.structure, self.place.id),)

    def _seated(self, step: Step) -> tuple[Unit, ...]:
        """Return who answers a step; nobody where it may be left out."""
        units = self._units(step)
        seated = self.allowed(units)
        if not units:
            self._check_level(step)
        if not seated and self.trace is not None:
            self.trace.append(skipped_reason(step, self.place, units))
        return seated

    def _check_level(self, step: Step) -> None:
        """Refuse a step that has no unit, unless its own word leaves it out or the ladder begins above it."""
        holder = step.holder
        if holder is None or step.skip_absent:
            return
        below = _levels_below(self.setting.organization, self.place.level)
        if holder.kind is not HolderKind.LEVEL or not below.issuperset(holder.words):
            hint = "mend the organisation, or let the step skip what is absent"
            what = f"step {step.id!r} is for {holder}, and {self.place.id} has none on {self.matter.on}"
            raise NotInForceError.of("level_missing", what, hint=hint)

    def _seat(self, unit: Unit, post: str) -> Seat:
        if not post:
            return Seat(unit=unit)
        staff = self.setting.staff
        kind = staff.kind(post)
        posting = staff.holder(post, unit.id, self.matter.on)
        title, person = kind.label if kind else None, posting.person if posting else ""
        return Seat(unit=unit, post=post, title=title, person=person)

    def _timed(self, step: Step, seats: tuple[Seat, ...], opens: datetime, *, shaky: bool) -> PlannedStep:
        limit = step.limit.at(self.matter.ruled, lenient=self.matter.lenient)
        due = self._due(step.calendar, opens, limit.value)
        planned = PlannedStep(
            step=step.id,
            label=step.label,
            seats=seats,
            opens_at=opens,
            limit=limit.value,
            due_at=due.at,
            provisional=shaky or limit.provisional or due.provisional,
            source=limit.source,
            basis=limit.basis,
        )
        if self.trace is not None:
            self.trace.append(step_reason(self.policy, planned, step.calendar))
        return planned

    def _due(self, calendar: str, start: datetime, limit: Limit) -> Due:
        """Return when a limit runs out: coverage is asked of the day of receipt, later days may be provisional."""
        found = self.policy.work_calendar(calendar)
        found.hours(self.matter.ruled, lenient=self.matter.lenient)
        return found.due(start, limit, self.policy.counting, lenient=True)


def _calls_itself(step: Step, below: Step | None) -> bool:
    """Say whether a step is the leads' and the one below is not: who stands there already is not called again."""
    return step.holder is None and below is not None and below.holder is not None


def _levels_below(organization: Organization, level: str) -> set[str]:
    """Return the levels whose units may stand somewhere below units of a level."""
    found, ahead = {level}, [level]
    for above in ahead:  # grows while it is read
        for each in organization.levels:
            if each.id not in found and any(above in parents for parents in each.parents.values()):
                found.add(each.id)
                ahead.append(each.id)
    return found - {level}


# Answering


def _route(asked: _Asked, trace: list[Reason] | None) -> Route:
    """Answer a question; with a trace, note how."""
    return _Router(asked, trace).route()


def _in_emergency(asked: _Asked) -> Route:
    return _route(attrs.evolve(asked, emergency=True), None)


def _explain(asked: _Asked) -> Reason:
    trace: list[Reason] = []
    answer = _route(asked, trace)
    policy = asked.setting.policy
    said = (Reason(note.text, note.source) for note in answer.notes)
    return Reason(headline(policy, answer), None, (*said, *trace, edition_reason(policy.edition)))


class _Router:
    """Answers one question; with a trace, it notes how."""

    def __init__(self, asked: _Asked, trace: list[Reason] | None) -> None:
        self.asked = asked
        self.policy = asked.setting.policy
        self.trace = trace
        day = self.policy.day(asked.at)
        matter = _Matter(
            item=asked.item,
            place=asked.place,
            facts=asked.facts,
            ruled=day,
            on=day,
            without=asked.without,
            lenient=asked.lenient,
            undecided=asked.undecided,
        )
        self.planner = _Planner(asked.setting, matter, trace)

    def route(self) -> Route:
        """Return the answer."""
        asked, planner = self.asked, self.planner
        duty, place = planner.duty, planner.place
        if self.trace is not None:
            self.trace += [duty.explain(), chain_reason(planner.structure.chain(place.id))]
        paired = planner.paired()
        way = self._way(paired) if duty.accepted else Way()
        planner.allowed(support.unit for support in duty.supports)
        holder = way.steps[0].seats[0] if way.steps else None
        found = Found(
            asked=asked.place, place=place, duty=duty, way=way, passed_over=tuple(planner.passed_over.values())
        )
        return Route(
            item=asked.item,
            place=place.id,
            at=asked.at,
            edition=self.policy.edition,
            path=way.path,
            holder=holder,
            coordinator=None if holder is None else holder.unit,
            leads=duty.leads,
            mode=duty.mode,
            supports=duty.supports,
            local=duty.local,
            promise=way.promise,
            steps=way.steps,
            direct_line=paired,
            accepted=duty.accepted,
            redirect=duty.redirect,
            unlisted=duty.unlisted,
            provisional=duty.provisional or way.provisional,
            notes=tuple(notes(self.policy, found)),
            reason=partial(_explain, asked),
            if_emergency=partial(_in_emergency, asked),
        )

    def _way(self, paired: tuple[Unit, ...]) -> Way:
        path, rule = self._path(paired)
        at, planner = self.asked.at, self.planner
        promise = planner.promise(at)
        if isinstance(rule, DirectLine):
            return Way(path, promise, (planner.direct_step(rule, paired[0], promise, at),))
        steps = tuple(planner.planned(rule, at))
        if not steps:
            what = f"nobody on the ladder {rule.id!r} answers for {planner.place.id}"
            hint = "give the ladder a step for this level, or the policy a fallback"
            raise NotInForceError.of("nobody_answers", what, hint=hint)
        return Way(path, promise, steps)

    def entry(self) -> Entry:
        """Return the answer as far as its first step."""
        planner, at = self.planner, self.asked.at
        duty = planner.duty
        if not duty.accepted:
            return Entry(place=planner.place.id, accepted=False, unlisted=duty.unlisted)
        paired = planner.paired() if self.asked.direct else ()
        path, rule = self._path(paired)
        promise = planner.promise(at)
        if isinstance(rule, DirectLine):
            step: PlannedStep | None = planner.direct_step(rule, paired[0], promise, at)
        else:
            step = next(planner.planned(rule, at), None)
        return Entry(place=planner.place.id, path=path, promise=promise, step=step, unlisted=duty.unlisted)

    def _path(self, paired: tuple[Unit, ...]) -> tuple[Path, Ladder | DirectLine]:
        """Return the way the matter goes."""
        asked, ladder, line = self.asked, self.policy.emergency, self.policy.direct_line
        if asked.emergency and ladder is None:
            hint = "route it as an ordinary matter, or give the pack an emergency ladder"
            raise RefusedError.of("no_emergency_ladder", "there is no ladder for emergencies", hint=hint)
        if ladder is not None and (asked.emergency or (asked.emergency is None and self._chooses(ladder))):
            return "emergency", ladder
        if not asked.direct:
            return "ordinary", self.policy.ordinary
        if line is None or not paired:
            what = f"no unit is paired with {self.planner.place.id} or a unit above it on {self.planner.matter.on}"
            raise RefusedError.of("no_direct_line", what, hint="route it through the levels, or link the paired unit")
        return "direct", line

    def _chooses(self, ladder: Ladder) -> bool:
        facts = self.asked.setting.responsibilities.vocabulary.check(self.asked.facts)
        return ladder.chooses(facts)
