"""Asking: what may be done now, who must act, what comes next if nobody does. Questions change nothing.

Each question first settles the matter up to its instant, so that the answer is the same whether or not anybody let time
pass before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import attrs
from attrs import field

from gridgov.authority import Actor
from gridgov.calendar import Limit, LimitUnit
from gridgov.clocks import Clock, Reading, read
from gridgov.errors import AmbiguousRuleError, Fault, GridgovError, NotInForceError
from gridgov.escalation import PlannedStep, Seat
from gridgov.escalation.saying import chain_reason, edition_reason
from gridgov.handling import commands as c
from gridgov.handling.case import Case
from gridgov.handling.deciding import Decider, Request, addressed, state_faults, verdict_of
from gridgov.handling.falling import settle
from gridgov.handling.opening import listed, rest_of
from gridgov.handling.overseeing import limit_of_ladder
from gridgov.handling.relations import coordinator_of
from gridgov.handling.rules import Rules
from gridgov.hierarchy import Unit
from gridgov.matters import ASSIGNMENT_STATES, CLOCK_ACTS, ENDS, MATTER_STATES, ROLES, Assignment, Matter
from gridgov.values import Citation, Label, Reason, Shown, aware

__all__ = [
    "WHATEVER_IT_SAYS",
    "Available",
    "ClockNow",
    "Coming",
    "DutyNow",
    "WhoNow",
    "available",
    "coming",
    "plan",
    "who_now",
]


# --- what may be done -----------------------------------------------------------------------------------------------

WHATEVER_IT_SAYS = frozenset(
    {
        "approval_missing",
        "assessed_before",
        "called_before",
        "extension_late",
        "extension_pending",
        "extension_used",
        "feedback_late",
        "is_topic",
        "never_called",
        "no_extension_asked",
        "no_reason_owed",
        "no_reopening_asked",
        "no_reporter",
        "nobody_above",
        "not_assessed",
        "not_called",
        "not_handler",
        "not_lead",
        "not_supervised",
        "not_unlisted",
        "nothing_to_extend",
        "others_wait",
        "parts_answer",
        "reopening_asked",
        "return_late",
        "review_missing",
        "ruled",
        "same_edition",
        "supervised",
        "term_late",
        "withdrawn_before",
    }
)
"""Codes of conditions that depend on matter and actor alone, whatever else the command says."""

_ENVELOPE = frozenset(each.name for each in attrs.fields(c.OfUnit))
_UNSAID = "unsaid"


@attrs.frozen(kw_only=True)
class Available(Shown):
    """Whether an actor may give a command now.

    Attributes:
        command: The command's name.
        unit: The unit whose duty it is about; empty for a command about the whole matter, and where nobody has a duty.
        missing: Every condition that is not met, whatever the command would say; none where it may be given.
        needs: Names of the fields that must come with it.
    """

    command: str
    unit: str = ""
    missing: tuple[Fault, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def now(self) -> bool:
        """Whether it may be given now, with what it needs."""
        return not self.missing


def available(
    rules: Rules,
    matter: Matter,
    actor: Actor,
    at: datetime,
    deciders: Mapping[type[c.Command], Decider[Any]],
) -> tuple[Available, ...]:
    """Return for each command whether an actor may give it, what is missing, and what must come with it.

    A command about one unit's duty is asked about for each unit that has one. What is listed may still be refused for
    what it says itself, such as a unit that does not exist; what is not is refused whatever it says.

    Args:
        rules: The rules of the matter's edition.
        matter: The matter.
        actor: Who asks.
        at: The instant (aware).
        deciders: What decides each command; a command that nothing decides is left out.
    """
    after, _ = settle(rules, matter, at)
    case = Case(rules, after)
    units = tuple(dict.fromkeys(duty.unit for duty in case.open_duties())) or ("",)
    return tuple(
        _availability(case, _bare(kind, case, actor, at, unit), deciders[kind])
        for kind in c.COMMANDS.values()
        if kind in deciders
        for unit in (units if issubclass(kind, c.OfUnit) else ("",))
    )


def _availability(case: Case, bare: c.Command, decider: Decider[Any]) -> Available:
    duty = addressed(case, bare)
    asked: Request[Any] = Request(case, bare, duty)
    lacking, missing = _parted(state_faults(asked))
    wanting, denied = _parted(verdict_of(asked).faults)
    if not missing and decider.conditions is not None and not isinstance(bare, c.Merge):
        full = attrs.evolve(bare, **_said(type(bare), lacking, bare.at))
        needed, unmet = _parted(decider.conditions(Request(case, full, duty)))
        wanting += needed
        missing += [fault for fault in unmet if fault.code in WHATEVER_IT_SAYS or _says_nothing(type(bare))]
    unit = bare.unit if isinstance(bare, c.OfUnit) else ""
    needs = tuple(dict.fromkeys((*lacking, *wanting)))
    return Available(command=bare.NAME, unit=unit, missing=(*missing, *denied), needs=needs)


def _parted(faults: Iterable[Fault]) -> tuple[list[str], list[Fault]]:
    """Return the names of what must be brought, and the faults that bringing it does not mend."""
    names: list[str] = []
    rest: list[Fault] = []
    for fault in faults:
        if fault.code == "evidence_missing":
            names += fault.about
        else:
            rest.append(fault)
    return names, rest


def _says_nothing(kind: type[c.Command]) -> bool:
    """Say whether a command has nothing of its own to say."""
    return all(each.name in _ENVELOPE for each in attrs.fields(kind))


def _bare(kind: type[c.Command], case: Case, actor: Actor, at: datetime, unit: str) -> c.Command:
    """Return the command with nothing but what it cannot do without."""
    needed = [each.name for each in attrs.fields(kind) if each.default is attrs.NOTHING]
    said = _said(kind, needed, at) | {"id": _UNSAID, "matter": case.matter.id, "actor": actor, "at": at}
    if issubclass(kind, c.OfUnit):
        said["unit"] = unit
    return kind(**said)


def _said(kind: type[c.Command], names: Iterable[str], at: datetime) -> dict[str, Any]:
    """Return a value of the right type for each of these fields of a command."""
    later = at + timedelta(days=1)
    values: Mapping[Any, Any] = {
        str: _UNSAID,
        bool: True,
        Limit: Limit(1, LimitUnit.WORKING_DAYS),
        datetime | None: later,
        tuple[str, ...]: (_UNSAID,),
        Mapping[str, str]: {_UNSAID: _UNSAID},
        tuple[c.Part, ...]: (),
        tuple[c.FindingOf, ...]: (),
    }
    types = {each.name: each.type for each in attrs.fields(kind)}
    return {name: values[types[name]] for name in names if types.get(name) in values}


# --- who must act ---------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ClockNow(Shown):
    """A clock as it stands.

    Attributes:
        number: The assignment whose clock it is; 0 for the matter's own.
        kind: Id of its rule.
        label: What it measures.
        reading: How it stands.
        source: The clause that sets its time; of one whose end was named, the clause of its kind.
    """

    number: int
    kind: str
    label: Label
    reading: Reading
    source: Citation | None

    @property
    def colour(self) -> str:
        """``green``; ``yellow`` from 80 % on; ``red`` after the due instant; ``none`` when it was cancelled."""
        return self.reading.colour


@attrs.frozen(kw_only=True)
class DutyNow(Shown):
    """A unit's duty as it stands.

    Attributes:
        number: The assignment's number.
        seat: Unit, post and person that have it.
        role: handle, lead, joint, either or support.
        step: Id of the ladder's step; empty for a called unit.
        state: Its state in the table of assignments.
        stage: The same in words.
        due_at: When it falls due; None while nothing says so.
        clocks: Its clocks, in order of their start.
    """

    number: int
    seat: Seat
    role: str
    step: str
    state: str
    stage: Label
    due_at: datetime | None
    clocks: tuple[ClockNow, ...]

    @property
    def unit(self) -> str:
        """Id of the unit."""
        return self.seat.unit.id

    @property
    def post(self) -> str:
        """Id of the kind of post; empty for the unit itself."""
        return self.seat.post

    @property
    def person(self) -> str:
        """Who is to act, as an opaque id: the next on duty, else who holds the post; empty where nobody does."""
        return self.seat.person


@attrs.frozen(kw_only=True)
class WhoNow(Shown):
    """Who must act on a matter, by when, and what the resident was told.

    Attributes:
        matter: The matter's id.
        at: The instant asked about, in UTC.
        edition: The rule edition it is pinned to.
        state: Its state in the table of matters.
        stage: The same in words, for the resident too.
        coordinator: The duty that coordinates it; None once it has ended.
        others: Every other open duty; none once it has ended.
        promise_due_at: When the resident's own clock runs out; nothing moves it.
        told_at: The date the resident was told last; the promise, while nobody told another.
        clocks: The matter's own clocks.
    """

    matter: str
    at: datetime
    edition: str
    state: str
    stage: Label
    coordinator: DutyNow | None
    others: tuple[DutyNow, ...]
    promise_due_at: datetime | None
    told_at: datetime | None
    clocks: tuple[ClockNow, ...]
    _reason: Callable[["WhoNow"], Reason] = field(repr=False, eq=False)

    @property
    def due_at(self) -> datetime | None:
        """When the coordinating duty falls due."""
        return None if self.coordinator is None else self.coordinator.due_at

    def explain(self) -> Reason:
        """Return why, so that it can be counted again by hand.

        The state; the promise; the place with the units above it; each duty with the row of the list, the step or the
        ruling it comes from; each clock with its clause and the days counted and skipped, or, where pauses moved it,
        what was done to it; the rule edition.
        """
        return self._reason(self)


def who_now(rules: Rules, matter: Matter, at: datetime) -> WhoNow:
    """Return who must act on a matter at an instant, by when, and what the resident was told.

    Args:
        rules: The rules of the matter's edition.
        matter: The matter.
        at: The instant (aware).

    Raises:
        RefusedError: The matter is a record (``not_live``).
    """
    after, _ = settle(rules, matter, at)
    case = Case(rules, after)
    live = case.live
    coordinator = coordinator_of(after)
    ended = live.state in ENDS
    promise = live.timers.get((0, "promise"))
    promise_due_at = None if promise is None else promise.due_at
    open_duties = () if ended else case.open_duties()
    return WhoNow(
        matter=after.id,
        at=aware(at),
        edition=live.edition,
        state=live.state,
        stage=MATTER_STATES[live.state],
        coordinator=None if coordinator is None else _duty_now(case, coordinator, at),
        others=tuple(_duty_now(case, duty, at) for duty in open_duties if duty is not coordinator),
        promise_due_at=promise_due_at,
        told_at=live.told_at or promise_due_at,
        clocks=_clocks_of(case, 0, at),
        reason=_Saying(case).reason,
    )


def _duty_now(case: Case, duty: Assignment, at: datetime) -> DutyNow:
    work = case.work(duty)
    return DutyNow(
        number=duty.number,
        seat=_seat(case, duty, at),
        role=duty.role,
        step=work.step,
        state=work.state,
        stage=ASSIGNMENT_STATES[work.state],
        due_at=_due_of(case, duty),
        clocks=_clocks_of(case, duty.number, at),
    )


def _due_of(case: Case, duty: Assignment) -> datetime | None:
    """Return when a duty falls due: in second handling by that clock, else by the whole duty's own."""
    timers = case.live.timers
    for kind in ("second", "step", "complete"):
        timer = timers.get((duty.number, kind))
        if timer is not None and timer.clock.state != "cancelled":
            return timer.due_at
    return duty.due_at


def _seat(case: Case, duty: Assignment, at: datetime) -> Seat:
    """Return unit, post and person of a duty; a unit that is no longer in force as it last was."""
    rules, work, day = case.rules, case.work(duty), case.rules.day(at)
    unit = rules.structure(at).get(duty.unit) or rules.organization.history(duty.unit)[-1]
    kind = rules.staff.kind(work.post)
    posting = rules.staff.holder(work.post, duty.unit, day) if work.post else None
    person = work.person or ("" if posting is None else posting.person)
    return Seat(unit=unit, post=work.post, title=None if kind is None else kind.label, person=person)


def _clocks_of(case: Case, number: int, at: datetime) -> tuple[ClockNow, ...]:
    rules = case.rules
    found = []
    for (owner, kind), timer in case.live.timers.items():
        if owner == number:
            reading = read(timer.clock, rules.timing, at)
            source = _source(case, number, timer.clock)
            found.append(ClockNow(number=number, kind=kind, label=_label(rules, kind), reading=reading, source=source))
    return tuple(found)


def _source(case: Case, number: int, clock: Clock) -> Citation | None:
    """Return the clause that sets a clock's time; of a time that none sets as it is now, the one it had before."""
    rule = case.rules.handling.clocks.get(clock.kind)
    known = () if clock.stated is not None else tuple(_times(case, number, clock.kind))
    usual = known[0][1] if known else None if rule is None else rule.source
    return next((source for limit, source in known if limit == clock.limit), usual)


def _times(case: Case, number: int, kind: str) -> Iterator[tuple[Limit, Citation | None]]:
    """Yield each time that the rules may have given a clock, with its clause: the item's, the ladder's, the pack's."""
    rules, matter = case.rules, case.matter
    day, rule = rules.day(matter.reported_at), rules.handling.clocks.get(kind)
    if kind == "promise":
        listing = rules.responsibilities
        item = listing.item(matter.item, listing.answering_day(day, lenient=True)[0])
        if item is not None and item.limit is not None:
            yield item.limit, item.source
    timed = None if rule is None else rule.timed(case.live.path)
    for limit in (
        rules.policy.promise if kind == "promise" else None,
        limit_of_ladder(case, kind, matter.assignments[number - 1]) if number else None,
        None if timed is None else timed.limit,
    ):
        if limit is not None:
            found = limit.at(day, lenient=True)
            yield found.value, found.source


def _label(rules: Rules, kind: str) -> Label:
    rule = rules.handling.clocks.get(kind)
    return Label(en=kind) if rule is None else rule.label


# --- saying it ------------------------------------------------------------------------------------------------------

_COLOURS: Mapping[str, Label] = MappingProxyType(
    {
        "green": Label(zh="绿", en="green"),
        "yellow": Label(zh="黄", en="yellow"),
        "red": Label(zh="红", en="red"),
        "none": Label(zh="无", en="none"),
    }
)


@attrs.frozen
class _Saying:
    """Says an answer about a case in words, with instants on the clock of the jurisdiction."""

    case: Case

    def reason(self, answer: WhoNow) -> Reason:
        """Return why an answer is what it is."""
        duties = (*filter(None, [answer.coordinator]), *answer.others)
        return Reason(
            self._headline(answer),
            None,
            (
                *self._told(answer),
                chain_reason(self._chain(answer.at)),
                *(self._duty(duty, answer.at) for duty in duties),
                *(self._clock(clock) for clock in answer.clocks),
                edition_reason(answer.edition),
            ),
        )

    def _chain(self, at: datetime) -> Iterable[Unit]:
        """Return the place and the units above it; a place that is no longer in force alone, as it last was."""
        rules, place = self.case.rules, self.case.matter.place
        structure = rules.structure(at)
        return structure.chain(place) if structure.get(place) else rules.organization.history(place)[-1:]

    def _headline(self, answer: WhoNow) -> Label:
        zh, en = f"{answer.matter}：{answer.stage.in_('zh')}", f"{answer.matter}: {answer.stage.in_('en')}"
        duty = answer.coordinator
        if duty is None:
            return Label(zh=f"{zh}，无须再办理", en=f"{en}; nobody must act")
        due = self._due(duty.due_at)
        zh = f"{zh}；由 {duty.seat.words('zh')} 牵头协调，{due.in_('zh')}"
        return Label(zh=zh, en=f"{en}; {duty.seat.words('en')} coordinates, {due.in_('en')}")

    def _told(self, answer: WhoNow) -> Iterator[Reason]:
        promise, told = answer.promise_due_at, answer.told_at
        if promise is not None:
            shown = self._shown(promise)
            zh, en = f"承诺时限：{shown} 到期，不因任何环节重置", f"promise: due {shown}, never reset"
            source = next(clock.source for clock in answer.clocks if clock.kind == "promise")
            yield Reason(Label(zh=zh, en=en), source)
        if told is not None and told != promise:
            shown = self._shown(told)
            yield Reason(Label(zh=f"已告知当事人的日期：{shown}", en=f"the resident was told: {shown}"))

    def _duty(self, duty: DutyNow, at: datetime) -> Reason:
        role, due = ROLES[duty.role], self._due(duty.due_at)
        zh = f"{duty.seat.words('zh')}：{role.in_('zh')}，{duty.stage.in_('zh')}，{due.in_('zh')}"
        en = f"{duty.seat.words('en')} {role.in_('en')}: {duty.stage.in_('en')}, {due.in_('en')}"
        clocks = (self._clock(clock) for clock in duty.clocks)
        return Reason(Label(zh=zh, en=en), None, (*self._from(duty, at), *clocks))

    def _from(self, duty: DutyNow, at: datetime) -> Iterator[Reason]:
        """Yield what gave a unit its duty: a step of the ladder, a ruling, or a row of the list."""
        live, policy = self.case.live, self.case.rules.policy
        if duty.step:
            ladder = next((each for each in policy.ladders() if each.id == live.ladder), None)
            for step in () if ladder is None else ladder.steps:
                if step.id == duty.step:
                    zh, en = f"逐级环节：{step.label.in_('zh')}", f"step of the ladder: {step.label.in_('en')}"
                    yield Reason(Label(zh=zh, en=en), step.source)
        elif self.case.work(self.case.matter.assignments[duty.number - 1]).ruled:
            yield Reason(Label(zh=f"经裁定：{live.ruling}", en=f"by a ruling: {live.ruling}"))
        else:
            yield from self._row(duty, at)

    def _row(self, duty: DutyNow, at: datetime) -> Iterator[Reason]:
        try:
            found = listed(self.case, at)
        except GridgovError:  # the list does not say; then somebody called the unit all the same
            return
        for part in (*found.leads, *found.supports):
            if part.unit.id == duty.unit:
                zh, en = f"清单行 {part.row}（{part.holder}）", f"row {part.row} of the list ({part.holder})"
                yield Reason(Label(zh=zh, en=en), part.source)

    def _clock(self, clock: ClockNow) -> Reason:
        reading, colour, due = clock.reading, _COLOURS[clock.colour], self._due(clock.reading.due_at)
        zh, en = "", ""
        if reading.percent is not None:
            zh, en = f"，已用 {int(reading.percent)} %", f", {int(reading.percent)} % of the time used"
        zh = f"{clock.label.in_('zh')}：{colour.in_('zh')}，{due.in_('zh')}{zh}"
        en = f"{clock.label.in_('en')}: {colour.in_('en')}, {due.in_('en')}{en}"
        return Reason(Label(zh=zh, en=en), clock.source, tuple(self._counted(clock)))

    def _counted(self, clock: ClockNow) -> Iterator[Reason]:
        """Yield the days counted and skipped; of a clock that was moved, since when it runs and what was done to it."""
        timed = self.case.live.timers[clock.number, clock.kind].clock
        start, limit = timed.started_at, timed.limit
        if start is None or clock.reading.state == "cancelled":
            return
        if timed.stated is not None or limit is None:
            yield Reason(Label(zh="到期时间系另行指定，不按日计算", en="its end was named, not counted"))
            return
        timing = self.case.rules.timing
        calendar = timing.calendar(timed.calendar)
        if calendar.due(start, limit, timing.counting, lenient=True).at == clock.reading.due_at:
            yield calendar.explain_due(start, limit, timing.counting, lenient=True)
            return
        begun = self._shown(start)
        zh = f"自{begun}起{limit.label.in_('zh')}，因暂停而推移"
        en = f"{limit.label.in_('en')} from {begun}; pauses moved its end"
        yield Reason(Label(zh=zh, en=en), timing.counting.source, tuple(self._done_to(timed)))

    def _done_to(self, clock: Clock) -> Iterator[Reason]:
        for mark in clock.marks:
            act, at = CLOCK_ACTS[mark.act.value], self._shown(mark.at)
            zh, en = f"{at} {act.in_('zh')}", f"{at} {act.in_('en')}"
            if mark.until is not None:
                until = self._shown(mark.until)
                zh, en = f"{zh}，至 {until}", f"{en} until {until}"
            yield Reason(Label(zh=zh, en=en))

    def _due(self, at: datetime | None) -> Label:
        if at is None:
            return Label(zh="到期时间未定", en="due at no time yet")
        return Label(zh=f"{self._shown(at)} 到期", en=f"due {self._shown(at)}")

    def _shown(self, at: datetime) -> str:
        return f"{at.astimezone(self.case.rules.policy.clock):%Y-%m-%d %H:%M}"


# --- what comes -----------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Coming(Shown):
    """Something that falls due unless somebody acts before.

    Attributes:
        number: The assignment whose clock it is; 0 for the matter's own.
        kind: Id of the clock's rule.
        label: What the clock measures.
        unit: The unit whose duty it is; empty for the matter's own.
        at: When.
        percent: How much of the time allowed has then passed; 0 for a day that was named.
        then: What follows, in the library's words.
    """

    number: int
    kind: str
    label: Label
    unit: str
    at: datetime
    percent: int
    then: tuple[str, ...]


def plan(rules: Rules, matter: Matter, at: datetime) -> tuple[PlannedStep, ...]:
    """Return the rest of the ladder as it comes if nobody acts, each step opening when the one before falls due.

    None after a call, on a ladder from which nothing climbs by itself, and while a pause leaves the due instant open.
    It ends before the leads where facts or list do not say who they are: then a ruling is due instead.

    Args:
        rules: The rules of the matter's edition.
        matter: The matter.
        at: The instant (aware).
    """
    after, _ = settle(rules, matter, at)
    case = Case(rules, after)
    duty = next((each for each in case.open_duties() if each.role == "handle"), None)
    opens = None if duty is None else _passed_up_at(case, duty)
    if duty is None or opens is None:
        return ()
    return tuple(_until_ruled(case, case.work(duty).step, opens))


def _until_ruled(case: Case, step: str, opens: datetime) -> Iterator[PlannedStep]:
    """Yield the steps after one, up to the one of which nobody can say who answers it."""
    try:
        yield from rest_of(case, step, opens)
    except (AmbiguousRuleError, NotInForceError):
        return


def _passed_up_at(case: Case, duty: Assignment) -> datetime | None:
    """Return when a step goes up by itself; None where it does not."""
    moments = (
        moment for (owner, _), timer in case.live.timers.items() if owner == duty.number for moment in timer.moments
    )
    return min((moment.at for moment in moments if "pass_up" in moment.then), default=None)


def coming(rules: Rules, matter: Matter, until: datetime) -> tuple[Coming, ...]:
    """Return what the clocks that now run bring by an instant, earliest first; empty for a record.

    What these bring about in turn, such as the clocks of the next step, `plan` tells.

    Args:
        rules: The rules of the matter's edition.
        matter: The matter.
        until: Up to when (aware).
    """
    if matter.live is None:
        return ()
    found = [
        Coming(
            number=number,
            kind=kind,
            label=_label(rules, kind),
            unit=matter.assignments[number - 1].unit if number else "",
            at=moment.at,
            percent=moment.percent,
            then=moment.then,
        )
        for (number, kind), timer in matter.live.timers.items()
        for moment in timer.moments
        if moment.reached(until)
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.percent, each.number, each.kind)))
