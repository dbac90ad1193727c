"""Escalation: who answers a matter now, who would next, and by when.

A matter climbs a ladder: post of grid head, community, subdistrict, then the leads that the responsibility list
names. The plan is the worst case: each step opens when the one before falls due. Beside it runs the outer promise,
the resident's own clock: it starts with first receipt, and no step, return, ruling or redo resets it.

Pure questions: no clock, no files, no randomness. Callers pass ``at``, the instant of first receipt.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.calendar import Counting, Due, Limit, WorkCalendar
from gridgov.conditions import Condition, Value
from gridgov.errors import Fault, NotInForceError, PackError, RefusedError
from gridgov.hierarchy import Organization, Structure, Unit
from gridgov.responsibility import Assigned, Holder, HolderKind, Mode, Responsibility, ResponsibilityList
from gridgov.staffing import Staff
from gridgov.values import Basis, Citation, Label, Reason, Shown, Timeline, aware, local_day

__all__ = [
    "LEADS",
    "DirectLine",
    "Ladder",
    "Note",
    "Path",
    "PlannedStep",
    "Policy",
    "Promise",
    "Route",
    "Seat",
    "Step",
    "route",
]

LEADS = "leads"
"""The word for a step that the item's leads answer."""

Path = Literal["ordinary", "emergency", "direct", "none"]
"""The way a matter goes; none where this channel does not accept it."""


_selector = lru_cache(maxsize=256)(Holder.parse)

# Rules


@attrs.frozen(kw_only=True)
class Step:
    """One step of a ladder.

    Attributes:
        id: Names the step, such as ``judge``.
        label: Its name.
        answers: Who: ``leads`` (of the item), or a holder such as ``level:grid``.
        post: Kind of post that holds it at that unit; empty for the unit itself.
        limit: Time to answer, with its history.
        calendar: Id of the calendar it runs on; empty for the default.
        skip_absent: Go on to the next step where the place has no such unit, instead of refusing.
    """

    id: str
    label: Label
    answers: str
    post: str = ""
    limit: Timeline[Limit]
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

    @property
    def clock(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    def day(self, at: datetime) -> date:
        """Return the day on which an instant lies in the jurisdiction."""
        return local_day(at, self.clock)

    def faults(self, organization: Organization, staff: Staff) -> list[Fault]:
        """Return everything wrong with calendars, ladders and the selectors they use.

        Codes: ``unknown_calendar``, ``empty_ladder``, ``duplicate_step``, ``bad_holder``, ``unknown_level``,
        ``unknown_post``.
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
            for step in ladder.steps:
                found += _step_faults(self, step, f"{where}, step {step.id}", organization, staff)
        return found


def _calendar_faults(policy: Policy, calendar: str, where: str) -> list[Fault]:
    if not calendar or calendar in policy.calendars:
        return []
    return [Fault("unknown_calendar", f"no calendar {calendar!r}", where, "declare it, or mend the id")]


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


# Answers


@attrs.frozen(kw_only=True)
class Note(Shown):
    """Something an officer must know about an answer: a word for programs, a sentence for people."""

    code: str
    text: Label
    source: Citation | None = None


@attrs.frozen(kw_only=True)
class Seat(Shown):
    """Who holds a matter: a unit and, where the step names one, the post there.

    Attributes:
        post: Id of the kind of post; empty where the unit itself holds it.
        title: What the post is called.
        person: Who is posted there that day, as an opaque id; empty where nobody is, or no post is named.
    """

    unit: Unit
    post: str = ""
    title: Label | None = None
    person: str = ""

    def words(self, language: str) -> str:
        """Return unit and post in words; never the person."""
        unit = self.unit.name_en if language == "en" and self.unit.name_en else self.unit.name
        return f"{unit}, {self.title.in_(language)}" if self.title else unit


@attrs.frozen(kw_only=True)
class Promise(Shown):
    """The resident's clock.

    Attributes:
        limit: The time promised.
        due_at: When it runs out, counted from first receipt; nothing resets it.
        provisional: The rule or the calendar is not confirmed for all its days.
    """

    limit: Limit
    due_at: datetime
    provisional: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class PlannedStep(Shown):
    """A step as it would come if every step before took all its time.

    Attributes:
        step: Id of the step.
        seats: Who answers: one, or each of the leads.
        opens_at: When it begins, in UTC: when the step before falls due.
        due_at: When it falls due; met at the very instant.
        provisional: The rule or the calendar is not confirmed for all its days, here or in a step before.
    """

    step: str
    label: Label
    seats: tuple[Seat, ...]
    opens_at: datetime
    limit: Limit
    due_at: datetime
    provisional: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that answer."""
        return tuple(seat.unit for seat in self.seats)

    @property
    def post(self) -> str:
        """The kind of post that holds the step; empty for the unit itself."""
        return self.seats[0].post


@attrs.frozen(kw_only=True)
class _Asked:
    """What a route was asked with: kept, so that it can explain itself."""

    policy: Policy
    organization: Organization
    responsibilities: ResponsibilityList
    staff: Staff
    item: str
    place: str
    facts: Mapping[str, object]
    at: datetime
    direct: bool
    emergency: bool | None
    lenient: bool


@attrs.frozen(kw_only=True)
class Route(Shown):
    """Who holds a matter, who must act, and by when.

    Attributes:
        item: The item asked for.
        place: Id of the unit in which it lies, as it is now in force.
        at: First receipt, in UTC.
        edition: Digest of the rules that answered.
        path: ordinary, emergency or direct; none where this channel does not accept the item.
        holder: Unit and post that hold it now; None where the item is not accepted.
        coordinator: Who coordinates until a lead signs in: the first receiver (首接负责).
        leads: Who the list says answers for the outcome.
        mode: How the leads share: single, joint, either; none where nobody is named.
        supports: Who the list says helps.
        local: The territory's own duty: recorded, never assessed.
        promise: The resident's clock; None where the item is not accepted.
        steps: The plan, from the holder's step on.
        direct_line: Units paired with the place or a unit above it, nearest first.
        accepted: False when this channel does not take the item; `redirect` says where to turn.
        redirect: Where to turn instead, or what to be told first.
        unlisted: The item is not on the list that day.
        provisional: Something in the answer is not confirmed for all its days.
        notes: What an officer must know besides.
    """

    item: str
    place: str
    at: datetime
    edition: str
    path: Path = "none"
    holder: Seat | None = None
    coordinator: Unit | None = None
    leads: tuple[Assigned, ...] = ()
    mode: Mode = "none"
    supports: tuple[Assigned, ...] = ()
    local: tuple[Assigned, ...] = ()
    promise: Promise | None = None
    steps: tuple[PlannedStep, ...] = ()
    direct_line: tuple[Unit, ...] = ()
    accepted: bool = True
    redirect: Label | None = None
    unlisted: bool = False
    provisional: bool = False
    notes: tuple[Note, ...] = ()
    _asked: _Asked = field(repr=False, eq=False)

    @property
    def due_at(self) -> datetime | None:
        """When the holder's step falls due; None where there is no step."""
        return self.steps[0].due_at if self.steps else None

    def in_emergency(self) -> "Route":
        """Return the answer were the matter an emergency.

        Raises:
            RefusedError: There is no emergency ladder (``no_emergency_ladder``).
            NotInForceError: Nobody on it answers for the place.
        """
        return _route(attrs.evolve(self._asked, emergency=True), None)

    def explain(self) -> Reason:
        """Return why: the rows of the list, the chain of units, each step's limit, and the days counted."""
        trace: list[Reason] = []
        answer = _route(self._asked, trace)
        notes = (Reason(note.text, note.source) for note in answer.notes)
        edition = Reason(Label(zh=f"规则版本 {self.edition}", en=f"rule edition {self.edition}"))
        return Reason(_headline(answer, self._asked.policy.clock), None, (*notes, *trace, edition))


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
        lenient: Answer outside the days covered, marked provisional, instead of refusing.

    Raises:
        LimitError: *at* has no zone (``naive_time``).
        NotInForceError: The place is not in force; no row leads; a step's level is missing (``level_missing``);
            nobody answers (``nobody_answers``); rules or calendar do not cover the day of *at*.
        AmbiguousRuleError: A fact that decides is missing, or several rows lead; the rows are named.
        RefusedError: A fact is not declared; there is no emergency ladder (``no_emergency_ladder``) or no direct line
            for the place (``no_direct_line``).
    """
    asked = _Asked(
        policy=policy,
        organization=organization,
        responsibilities=responsibilities,
        staff=staff,
        item=item,
        place=place,
        facts=facts,
        at=aware(at),
        direct=direct,
        emergency=emergency,
        lenient=lenient,
    )
    return _route(asked, None)


# Deciding


@attrs.frozen
class _Way:
    """The way an accepted matter goes; by default that of one that is not accepted."""

    path: Path = "none"
    promise: Promise | None = None
    steps: tuple[PlannedStep, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether the promise or a step is."""
        return any(each.provisional for each in (self.promise, *self.steps) if each is not None)


class _Router:
    """Answers one question; with a trace, it notes how."""

    def __init__(self, asked: _Asked, trace: list[Reason] | None) -> None:
        self.asked = asked
        self.policy = asked.policy
        self.trace = trace
        self.day = asked.policy.day(asked.at)
        self.structure: Structure = asked.organization.at(self.day)
        self.place = self._place_now()
        self.duty: Responsibility = asked.responsibilities.lookup(
            asked.item,
            place=self.place.id,
            structure=self.structure,
            facts=asked.facts,
            at=self.day,
            lenient=asked.lenient,
        )

    def route(self) -> Route:
        """Return the answer."""
        asked, duty = self.asked, self.duty
        if self.trace is not None:
            self.trace += [duty.explain(), self._chain_reason()]
        paired = self._paired()
        way = self._way(paired) if duty.accepted else _Way()
        holder = way.steps[0].seats[0] if way.steps else None
        return Route(
            item=asked.item,
            place=self.place.id,
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
            notes=tuple(self._notes(way)),
            asked=asked,
        )

    def _way(self, paired: tuple[Unit, ...]) -> "_Way":
        path, rule = self._path(paired)
        promise = self._promise()
        if isinstance(rule, DirectLine):
            return _Way(path, promise, (self._direct_step(rule, paired[0], promise),))
        return _Way(path, promise, self._plan(rule))

    def _place_now(self) -> Unit:
        """Return the place, or the one unit that took it over."""
        found = self.structure.get(self.asked.place)
        if found is not None:
            return found
        heirs = self.asked.organization.successors(self.asked.place, self.day)
        return heirs[0] if len(heirs) == 1 else self.structure.unit(self.asked.place)

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
            what = f"no unit is paired with {self.place.id} or a unit above it on {self.day}"
            raise RefusedError.of("no_direct_line", what, hint="route it through the levels, or link the paired unit")
        return "direct", line

    def _chooses(self, ladder: Ladder) -> bool:
        facts = self.asked.responsibilities.vocabulary.check(self.asked.facts)
        return ladder.chooses(facts)

    def _promise(self) -> Promise:
        """Return the outer promise: the item's own limit where it has one, else the general one."""
        duty = self.duty
        if duty.limit is not None:
            limit, provisional, source, basis = duty.limit, duty.provisional, duty.source, duty.basis
        else:
            rule = self.policy.promise.at(self.day, lenient=self.asked.lenient)
            limit, provisional, source, basis = rule.value, rule.provisional, rule.source, rule.basis
        due = self._due(self.policy.promise_calendar, self.asked.at, limit)
        provisional = provisional or due.provisional
        promise = Promise(limit=limit, due_at=due.at, provisional=provisional, source=source, basis=basis)
        if self.trace is not None:
            self.trace.append(self._promise_reason(promise))
        return promise

    def _plan(self, ladder: Ladder) -> tuple[PlannedStep, ...]:
        """Return the steps of a ladder that the place has, each opening when the one before falls due."""
        planned: list[PlannedStep] = []
        opens, shaky = self.asked.at, False
        before: Step | None = None
        for step in ladder.steps:
            seats = self._seats(step)
            if seats and step.holder is None and _same_units(before, planned, seats):
                continue  # the unit of the step before leads: nobody calls itself
            if seats:
                planned.append(self._timed(step, seats, opens, shaky=shaky))
                before = step
                opens, shaky = planned[-1].due_at, planned[-1].provisional
            elif self.trace is not None:
                self.trace.append(_skipped_reason(step, self.place))
        if not planned:
            what = f"nobody on the ladder {ladder.id!r} answers for {self.place.id}"
            hint = "give the ladder a step for this level, or the policy a fallback"
            raise NotInForceError.of("nobody_answers", what, hint=hint)
        return tuple(planned)

    def _seats(self, step: Step) -> tuple[Seat, ...]:
        """Return who answers a step; nobody where the place has no such unit and the step may be left out."""
        holder = step.holder
        if holder is None:
            units = self._lead_units()
        else:
            unit = holder.find(self.structure, self.place.id)
            if unit is None and not self._may_skip(step, holder):
                hint = "mend the organisation, or let the step skip what is absent"
                what = f"step {step.id!r} is for {holder}, and {self.place.id} has none on {self.day}"
                raise NotInForceError.of("level_missing", what, hint=hint)
            units = () if unit is None else (unit,)
        return tuple(self._seat(unit, step.post) for unit in units)

    def _seat(self, unit: Unit, post: str) -> Seat:
        if not post:
            return Seat(unit=unit)
        kind = self.asked.staff.kind(post)
        posting = self.asked.staff.holder(post, unit.id, self.day)
        title, person = kind.label if kind else None, posting.person if posting else ""
        return Seat(unit=unit, post=post, title=title, person=person)

    def _lead_units(self) -> tuple[Unit, ...]:
        if not self.duty.unlisted:
            return tuple(lead.unit for lead in self.duty.leads)
        fallback = self.policy.fallback
        return () if fallback is None else (fallback.resolve(self.structure, self.place.id),)

    def _may_skip(self, step: Step, holder: Holder) -> bool:
        """Say whether a step without a unit is left out: by its own word, or as the ladder begins above it."""
        if step.skip_absent:
            return True
        return holder.kind is HolderKind.LEVEL and _levels_below(self.asked.organization, self.place.level).issuperset(
            holder.words
        )

    def _timed(self, step: Step, seats: tuple[Seat, ...], opens: datetime, *, shaky: bool) -> PlannedStep:
        limit = step.limit.at(self.day, lenient=self.asked.lenient)
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
            self.trace.append(self._step_reason(planned, step.calendar))
        return planned

    def _direct_step(self, line: DirectLine, unit: Unit, promise: Promise) -> PlannedStep:
        """Return the only step of the direct line: the paired unit answers within the promise."""
        if self.trace is not None:
            zh = f"直通车：{unit} 与 {self.place} 或其上级结对，不经逐级上报"
            en = f"direct line: {unit} is paired with {self.place} or a unit above it, and the levels are passed by"
            self.trace.append(Reason(Label(zh=zh, en=en), line.source))
        return PlannedStep(
            step="direct_line",
            label=line.label,
            seats=(Seat(unit=unit),),
            opens_at=self.asked.at,
            limit=promise.limit,
            due_at=promise.due_at,
            provisional=promise.provisional,
            source=line.source,
            basis=line.basis,
        )

    def _paired(self) -> tuple[Unit, ...]:
        """Return the units on the direct line: those of the place first, then those of each unit above it."""
        line = self.policy.direct_line
        if line is None:
            return ()
        found: dict[str, Unit] = {}
        for above in self.structure.chain(self.place.id):
            for unit in self.structure.linking(above.id, line.relation):
                found.setdefault(unit.id, unit)
        return tuple(found.values())

    def _due(self, calendar: str, start: datetime, limit: Limit) -> Due:
        """Return when a limit runs out: coverage is asked of the day of receipt, later days may be provisional."""
        found = self._calendar(calendar)
        found.hours(self.day, lenient=self.asked.lenient)
        return found.due(start, limit, self.policy.counting, lenient=True)

    def _calendar(self, calendar: str) -> WorkCalendar:
        return self.policy.calendars[calendar or self.policy.calendar]

    # Saying

    def _time(self, at: datetime) -> str:
        return _shown(at, self.policy.clock)

    def _chain_reason(self) -> Reason:
        chain = self.structure.chain(self.place.id)
        zh = " → ".join(unit.name for unit in chain)
        en = " → ".join(unit.name_en or unit.name for unit in chain)
        return Reason(Label(zh=f"所在单位：{zh}", en=f"the place and the units above it: {en}"))

    def _promise_reason(self, promise: Promise) -> Reason:
        due, limit = self._time(promise.due_at), promise.limit.label
        text = Label(
            zh=f"承诺时限：{limit.zh}，自首次受理起算，不因任何环节重置，{due} 到期",
            en=f"promise: {limit.en} from first receipt, never reset, due {due}",
        )
        return self._timed_reason(text, promise.source, self.policy.promise_calendar, self.asked.at, promise.limit)

    def _step_reason(self, step: PlannedStep, calendar: str) -> Reason:
        zh = "、".join(seat.words("zh") for seat in step.seats)
        en = ", ".join(seat.words("en") for seat in step.seats)
        text = Label(
            zh=f"{step.label.in_('zh')}：{zh}，{self._time(step.opens_at)} 起，{self._time(step.due_at)} 到期",
            en=f"{step.label.in_('en')}: {en}, from {self._time(step.opens_at)}, due {self._time(step.due_at)}",
        )
        return self._timed_reason(text, step.source, calendar, step.opens_at, step.limit)

    def _timed_reason(
        self, text: Label, source: Citation | None, calendar: str, start: datetime, limit: Limit
    ) -> Reason:
        counted = self._calendar(calendar).explain_due(start, limit, self.policy.counting, lenient=True)
        return Reason(text, source, (counted,))

    def _notes(self, way: _Way) -> Iterator[Note]:
        if self.asked.place != self.place.id:
            zh, en = f"{self.asked.place} 已由 {self.place} 承接", f"{self.asked.place} was taken over by {self.place}"
            yield Note(code="place_replaced", text=Label(zh=zh, en=en))
        if self.duty.unlisted:
            zh, en = "事项未列入清单，主体责任待裁定", "the item is not on the list: who leads must be ruled"
            yield Note(code="unlisted", text=Label(zh=zh, en=en))
        if self.duty.left_out:
            rows = ", ".join(self.duty.left_out)
            zh, en = f"该处无对应层级，未指派：{rows}", f"the place has no such level: rows {rows} name nobody"
            yield Note(code="left_out", text=Label(zh=zh, en=en))
        if way.path == "emergency":
            zh, en = "突发事件须补书面理由，呼叫不因此等待", "emergency: a reason in writing is owed; it delays nothing"
            yield Note(code="reason_required", text=Label(zh=zh, en=en))
        for lead in self.duty.leads:
            word = lead.unit.accountability
            if word and word != self.policy.home:
                zh, en = f"{lead.unit}（{word}）不计入本地考核排名", f"{lead.unit} ({word}) is not in the home ranking"
                yield Note(code="accountability", text=Label(zh=zh, en=en), source=lead.unit.source)
        for step in way.steps:
            yield from (_vacant_note(step, seat) for seat in step.seats if seat.post and not seat.person)
        if way.steps and way.promise is not None and way.steps[-1].due_at > way.promise.due_at:
            zh, en = "各环节时限之和超过承诺时限", "the limits of the steps add up to more than the promise"
            yield Note(code="plan_exceeds_promise", text=Label(zh=zh, en=en))
        if self.duty.provisional or way.provisional:
            zh, en = "暂定：部分规则或日历尚未确认", "provisional: a rule or the calendar is not confirmed for all days"
            yield Note(code="provisional", text=Label(zh=zh, en=en))


def _route(asked: _Asked, trace: list[Reason] | None) -> Route:
    return _Router(asked, trace).route()


def _same_units(before: Step | None, planned: list[PlannedStep], seats: tuple[Seat, ...]) -> bool:
    """Say whether the leads are who the step below them, which was not the leads', stands with already."""
    if before is None or before.holder is None:
        return False
    return planned[-1].units == tuple(seat.unit for seat in seats)


def _levels_below(organization: Organization, level: str) -> set[str]:
    """Return the levels whose units may stand somewhere below units of a level."""
    found, ahead = {level}, [level]
    for above in ahead:  # grows while it is read
        for each in organization.levels:
            if each.id not in found and any(above in parents for parents in each.parents.values()):
                found.add(each.id)
                ahead.append(each.id)
    return found - {level}


def _skipped_reason(step: Step, place: Unit) -> Reason:
    zh, en = step.label.in_("zh"), step.label.in_("en")
    if step.answers == LEADS:
        text = Label(zh=f"{zh}：清单未指明主体责任单位，跳过", en=f"{en}: left out, the list names no lead")
    else:
        text = Label(zh=f"{zh}：{place} 无此层级，跳过", en=f"{en}: left out, {place} has no {step.answers} above it")
    return Reason(text, step.source)


def _vacant_note(step: PlannedStep, seat: Seat) -> Note:
    zh = f"{step.label.in_('zh')}：{seat.unit} 的岗位 {seat.post} 空缺"
    en = f"{step.label.in_('en')}: nobody holds the post {seat.post} at {seat.unit}"
    return Note(code="vacant_post", text=Label(zh=zh, en=en))


def _headline(answer: Route, zone: ZoneInfo) -> Label:
    if answer.holder is None:
        where = answer.redirect or Label(zh="未说明转往何处", en="nothing says where to turn")
        zh = f"{answer.item}（{answer.place}）：本渠道不受理，{where.in_('zh')}"
        return Label(zh=zh, en=f"{answer.item} in {answer.place}: not accepted here; {where.in_('en')}")
    due = _shown(answer.steps[0].due_at, zone)
    zh = f"{answer.item}（{answer.place}）：现由 {answer.holder.words('zh')} 办理，{due} 到期"
    return Label(zh=zh, en=f"{answer.item} in {answer.place}: {answer.holder.words('en')} holds it, due {due}")


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
