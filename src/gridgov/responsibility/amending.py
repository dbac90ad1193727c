"""Amending: how a ruling becomes a change of the list, step by step.

An amendment is proposed, the units it concerns are heard, each stage approves in turn, and it takes effect on a day; or
it is rejected, or withdrawn. Every step has an author, a date and a reference, and none is ever taken out. A step that
may not be taken is refused with every reason at once. The list changes in `amended` alone, and only from that day on:
earlier days answer as before.

Source: 山东省乡镇人民政府工作条例, art. 4: the list is the city's; the county sets flows on its basis.
So the stages are data of the place, such as the county and then the city.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum, unique
from types import MappingProxyType

import attrs
from attrs import field

from gridgov.errors import Fault, NotInForceError, RefusedError
from gridgov.hierarchy import Organization
from gridgov.responsibility.lists import ResponsibilityList
from gridgov.responsibility.lookup import _ROLES
from gridgov.responsibility.rows import Duty, Item
from gridgov.values import Basis, Citation, Label, Period, Reason, Shown, check_id

__all__ = [
    "Amendment",
    "AmendmentState",
    "AmendmentStep",
    "Approval",
    "Opinion",
    "amended",
    "amendment_faults",
    "approve",
    "consult",
    "propose",
    "reject",
    "take_effect",
    "withdraw",
]


@unique
class AmendmentState(Enum):
    """Where an amendment stands, and what a step of it was."""

    PROPOSED = "proposed"
    CONSULTED = "consulted"
    """As a step: one opinion was heard. As a state: all were, of those who are to be heard."""
    APPROVED = "approved"
    """As a step: one stage approved. As a state: all did."""
    EFFECTIVE = "effective"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@unique
class Opinion(Enum):
    """What a unit that was heard says. It is heard, and binds nobody."""

    AGREES = "agrees"
    OBJECTS = "objects"
    SILENT = "silent"
    """It was asked, and did not answer in time."""


_P, _C, _A = AmendmentState.PROPOSED, AmendmentState.CONSULTED, AmendmentState.APPROVED
_FROM: Mapping[AmendmentState, tuple[AmendmentState, ...]] = MappingProxyType(
    {
        AmendmentState.CONSULTED: (_P, _C),
        AmendmentState.APPROVED: (_C,),
        AmendmentState.EFFECTIVE: (_A,),
        AmendmentState.REJECTED: (_P, _C),
        AmendmentState.WITHDRAWN: (_P, _C),
    }
)
"""For each step, the states in which it may be taken."""

_STATES: Mapping[AmendmentState, Label] = MappingProxyType(
    {
        AmendmentState.PROPOSED: Label(zh="提出", en="proposed"),
        AmendmentState.CONSULTED: Label(zh="征求意见", en="consulted"),
        AmendmentState.APPROVED: Label(zh="批准", en="approved"),
        AmendmentState.EFFECTIVE: Label(zh="生效", en="effective"),
        AmendmentState.REJECTED: Label(zh="否决", en="rejected"),
        AmendmentState.WITHDRAWN: Label(zh="撤回", en="withdrawn"),
    }
)
_OPINIONS: Mapping[Opinion, Label] = MappingProxyType(
    {
        Opinion.AGREES: Label(zh="同意", en="agrees"),
        Opinion.OBJECTS: Label(zh="有异议", en="objects"),
        Opinion.SILENT: Label(zh="逾期未答复", en="did not answer in time"),
    }
)


def _an_id(_: object, __: object, value: str) -> None:
    check_id(value)


def _citation_or_id(_: object, __: object, value: Citation | str) -> None:
    if isinstance(value, str):
        check_id(value)
    elif not isinstance(value, Citation):
        raise ValueError(f"the reference is a citation or an id, not {value!r}")  # noqa: TRY004 - as a wrong id


def _a_day(_: object, __: object, value: date) -> None:
    _check_day(value)


def _check_day(value: date) -> None:
    """Refuse what is no day; an instant is none before somebody says in which zone."""
    if type(value) is not date:
        raise ValueError(f"{value!r} is no day: give a date without a time")


def _names(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise ValueError(f"{values!r} is one text: give a list of ids")  # noqa: TRY004 - as a wrong id
    return tuple(values)


def _opinion(word: Opinion | str) -> Opinion:
    """Return an opinion, given as itself or by its word."""
    known = {each.value: each for each in Opinion}
    found = word if isinstance(word, Opinion) else known.get(word)
    if found is None:
        raise RefusedError.of("unknown_word", f"there is no opinion {word!r}", hint=f"use one of {', '.join(known)}")
    return found


@attrs.frozen(kw_only=True)
class Approval:
    """A stage of approval.

    Attributes:
        id: Names the stage.
        label: Its name, such as 县级审核 or 市级批准.
        by: Ids of the units or persons who may approve or reject at this stage, at least one.
        source: The clause that asks for it.

    Raises:
        ValueError: Nobody may approve; *by* is one text; something is no id.
    """

    id: str = field(validator=_an_id)
    label: Label
    by: tuple[str, ...] = field(converter=_names)
    source: Citation | None = None
    basis: Basis = Basis.STATED

    def __attrs_post_init__(self) -> None:
        if not self.by:
            raise ValueError(f"nobody may approve at stage {self.id!r}: name at least one")


@attrs.frozen(kw_only=True)
class AmendmentStep:
    """One step of an amendment.

    Attributes:
        kind: What was done.
        by: Its author: the id of a unit or a person.
        on: The day on which it was done.
        reference: The clause or document that says so, or the opaque id of one.
        opinion: What the author says; of a consultation only.
        stage: Id of the stage; of an approval or a rejection only.
        effective_from: The first day of the amended list; of taking effect only.

    Raises:
        ValueError: Something is no id or no day; the reference is neither a citation nor an id.
    """

    kind: AmendmentState
    by: str = field(validator=_an_id)
    on: date = field(validator=_a_day)
    reference: Citation | str = field(validator=_citation_or_id)
    opinion: Opinion | None = None
    stage: str = ""
    effective_from: date | None = field(default=None, validator=attrs.validators.optional(_a_day))

    @property
    def citation(self) -> Citation:
        """The reference as a citation; an opaque id names its document."""
        return Citation(self.reference) if isinstance(self.reference, str) else self.reference


@attrs.frozen(kw_only=True)
class Amendment(Shown):
    """A change of the list, with all that was done about it. Made by `propose`; each step gives a new one.

    Attributes:
        id: Names it.
        item: Id of the one item it changes.
        ends: Ids of the item's rows that end.
        adds: Rows that are added. They begin on the day it takes effect, whatever they say; an end of theirs holds.
        new_item: The item itself, where it is not listed yet.
        matter: Id of the matter whose ruling led to it.
        reason: Why, in words that name nobody.
        approvals: The stages in their order, as they were when it was proposed.
        to_hear: Ids of the units that must be heard before the first stage.
        steps: What was done, in order; the first is the proposal.

    Raises:
        ValueError: There is no stage, or one twice; there is no step; something is no id; one text stands for a list.
    """

    id: str = field(validator=_an_id)
    item: str = field(validator=_an_id)
    ends: tuple[str, ...] = field(default=(), converter=_names)
    adds: tuple[Duty, ...] = field(default=(), converter=tuple[Duty, ...])
    new_item: Item | None = None
    matter: str = field(validator=_an_id)
    reason: Label
    approvals: tuple[Approval, ...] = field(converter=tuple[Approval, ...])
    to_hear: tuple[str, ...] = field(converter=_names)
    steps: tuple[AmendmentStep, ...] = field(converter=tuple[AmendmentStep, ...])

    def __attrs_post_init__(self) -> None:
        stages = [stage.id for stage in self.approvals]
        if not stages or len(stages) != len(set(stages)):
            raise ValueError("an amendment has at least one stage of approval, and none twice")
        if not self.steps:
            raise ValueError("an amendment begins with its proposal")

    @property
    def unheard(self) -> tuple[str, ...]:
        """Ids of the units that are still to be heard."""
        heard = {step.by for step in self.steps if step.kind is AmendmentState.CONSULTED}
        return tuple(unit for unit in self.to_hear if unit not in heard)

    @property
    def pending(self) -> tuple[Approval, ...]:
        """The stages that did not approve yet, in order."""
        given = {step.stage for step in self.steps if step.kind is AmendmentState.APPROVED}
        return tuple(stage for stage in self.approvals if stage.id not in given)

    @property
    def state(self) -> AmendmentState:
        """Where it stands."""
        last = self.steps[-1].kind
        if last in {AmendmentState.EFFECTIVE, AmendmentState.REJECTED, AmendmentState.WITHDRAWN}:
            return last
        if not self.pending:
            return AmendmentState.APPROVED
        return AmendmentState.PROPOSED if self.unheard else AmendmentState.CONSULTED

    @property
    def missing(self) -> tuple[str, ...]:
        """Who and what is still to come before it is approved: ids of units to hear, then of stages; none at an end."""
        if self.state not in {AmendmentState.PROPOSED, AmendmentState.CONSULTED}:
            return ()
        return (*self.unheard, *(stage.id for stage in self.pending))

    @property
    def effective_from(self) -> date | None:
        """The first day of the amended list; None until it takes effect."""
        return self.steps[-1].effective_from

    @property
    def citation(self) -> Citation:
        """What the rows it adds cite: the reference of its latest step."""
        return self.steps[-1].citation

    def explain(self) -> Reason:
        """Return why: the ruling, what changes, every step with its author and reference, and what is still missing."""
        state = _STATES[self.state]
        zh, en = f"清单调整 {self.id}（{self.item}）：{state.zh}", f"amendment {self.id} of {self.item}: {state.en}"
        ruling = Label(
            zh=f"依据 {self.matter} 的裁定：{self.reason.in_('zh')}",
            en=f"from the ruling on {self.matter}: {self.reason.in_('en')}",
        )
        steps = [self._step_reason(step) for step in self.steps]
        return Reason(Label(zh=zh, en=en), None, (Reason(ruling), *self._change_reasons(), *steps, *self._to_come()))

    def _change_reasons(self) -> Iterator[Reason]:
        if self.new_item is not None:
            label = self.new_item.label
            text = Label(zh=f"列入清单：{label.in_('zh')}", en=f"lists the item: {label.in_('en')}")
            yield Reason(text, self.new_item.source)
        for row in self.ends:
            yield Reason(Label(zh=f"终止：{row}", en=f"ends row {row}"))
        for duty in self.adds:
            zh = f"新增：{duty.id}（{duty.holder}）：{_ROLES[duty.role]}"
            yield Reason(Label(zh=zh, en=f"adds row {duty.id} ({duty.holder}): {duty.role.value}"), duty.source)

    def _step_reason(self, step: AmendmentStep) -> Reason:
        kind = _STATES[step.kind]
        stages = {stage.id: stage.label for stage in self.approvals}
        detail = stages.get(step.stage) or (step.opinion and _OPINIONS[step.opinion])
        if step.effective_from is not None:
            detail = Label(zh=f"自 {step.effective_from} 起", en=f"from {step.effective_from}")
        zh, en = f"{step.on} {kind.zh}：{step.by}", f"{step.on} {kind.en} by {step.by}"
        if detail:
            zh, en = f"{zh}，{detail.in_('zh')}", f"{en}, {detail.in_('en')}"
        return Reason(Label(zh=zh, en=en), step.citation)

    def _to_come(self) -> Iterator[Reason]:
        if self.missing:
            for unit in self.unheard:
                yield Reason(Label(zh=f"待征求意见：{unit}", en=f"still to be heard: {unit}"))
            for stage in self.pending:
                zh, en = stage.label.in_("zh"), stage.label.in_("en")
                yield Reason(Label(zh=f"待批准：{zh}", en=f"still to approve: {en}"), stage.source)


# The steps


def propose(
    id: str,  # noqa: A002
    *,
    item: str,
    ends: Iterable[str] = (),
    adds: Iterable[Duty] = (),
    new_item: Item | None = None,
    matter: str,
    reason: Label,
    approvals: Iterable[Approval],
    to_hear: Iterable[str],
    by: str,
    on: date,
    reference: Citation | str,
) -> Amendment:
    """Return an amendment as proposed; `Amendment` says what each part is, `AmendmentStep` what a step has.

    Raises:
        RefusedError: It changes nothing (``nothing_to_change``), changes another item too (``other_item``), or names
            nobody to be heard (``nobody_to_hear``).
        ValueError: As for `Amendment`.
    """
    step = AmendmentStep(kind=AmendmentState.PROPOSED, by=by, on=on, reference=reference)
    amendment = Amendment(
        id=id,
        item=item,
        ends=ends,
        adds=adds,
        new_item=new_item,
        matter=matter,
        reason=reason,
        approvals=approvals,
        to_hear=to_hear,
        steps=(step,),
    )
    faults = list(_proposal_faults(amendment))
    if faults:
        raise RefusedError(faults)
    return amendment


def consult(amendment: Amendment, *, by: str, opinion: Opinion | str, on: date, reference: Citation | str) -> Amendment:
    """Return the amendment with the opinion of *by*, who may be one of those to be heard or another.

    The opinion may be given by its word: ``agrees``, ``objects``, ``silent``.

    Raises:
        RefusedError: There is no such opinion (``unknown_word``); it is decided already (``amendment_order``); *on*
            lies before the step before (``step_backdated``).
    """
    step = AmendmentStep(kind=AmendmentState.CONSULTED, by=by, on=on, reference=reference, opinion=_opinion(opinion))
    return _take(amendment, step)


def approve(amendment: Amendment, stage: str, *, by: str, on: date, reference: Citation | str) -> Amendment:
    """Return the amendment as approved at a stage.

    Raises:
        RefusedError: Somebody is still to be heard, or it is decided already (``amendment_order``); it is not the turn
            of this stage (``stage_order``); *by* may not approve at it (``not_approver``); *on* lies before the step
            before (``step_backdated``).
    """
    step = AmendmentStep(kind=AmendmentState.APPROVED, by=by, on=on, reference=reference, stage=stage)
    return _take(amendment, step, _stage_faults(amendment, stage, by))


def reject(amendment: Amendment, stage: str, *, by: str, on: date, reference: Citation | str) -> Amendment:
    """Return the amendment as rejected at a stage: an end.

    Raises:
        RefusedError: It is decided already (``amendment_order``); it is not the turn of this stage (``stage_order``);
            *by* may not reject at it (``not_approver``); *on* lies before the step before (``step_backdated``).
    """
    step = AmendmentStep(kind=AmendmentState.REJECTED, by=by, on=on, reference=reference, stage=stage)
    return _take(amendment, step, _stage_faults(amendment, stage, by))


def withdraw(amendment: Amendment, *, by: str, on: date, reference: Citation | str) -> Amendment:
    """Return the amendment as withdrawn by who proposed it: an end.

    Raises:
        RefusedError: It is decided already (``amendment_order``); another proposed it (``not_proposer``); *on* lies
            before the step before (``step_backdated``).
    """
    step = AmendmentStep(kind=AmendmentState.WITHDRAWN, by=by, on=on, reference=reference)
    return _take(amendment, step, _proposer_faults(amendment, by))


def take_effect(amendment: Amendment, day: date, *, by: str, on: date, reference: Citation | str) -> Amendment:
    """Return the amendment as announced to hold from *day* on. The rows it adds cite *reference*.

    Raises:
        RefusedError: It is not approved at every stage, or at an end (``amendment_order``); *day* lies before *on*, or
            before the approval (``effective_too_early``); *on* lies before the step before (``step_backdated``).
    """
    step = AmendmentStep(kind=AmendmentState.EFFECTIVE, by=by, on=on, reference=reference, effective_from=day)
    return _take(amendment, step, _early_faults(amendment, day, max(on, amendment.steps[-1].on)))


def _take(amendment: Amendment, step: AmendmentStep, others: Iterable[Fault] = ()) -> Amendment:
    faults = [*_order_faults(amendment, step), *others]
    if faults:
        raise RefusedError(faults)
    return attrs.evolve(amendment, steps=(*amendment.steps, step))


def _proposal_faults(amendment: Amendment) -> Iterator[Fault]:
    title = f"amendment {amendment.id!r}"
    if not (amendment.ends or amendment.adds or amendment.new_item):
        yield Fault("nothing_to_change", f"{title} neither ends nor adds a row", hint="name the rows")
    named = [(duty.id, duty.item) for duty in amendment.adds]
    if amendment.new_item is not None:
        named.append((amendment.new_item.id, amendment.new_item.id))
    for name, item in named:
        if item != amendment.item:
            what = f"{title} is of item {amendment.item!r}; {name!r} is of {item!r}"
            yield Fault("other_item", what, hint="mend the item, or propose a second amendment", about=(name,))
    if not amendment.to_hear:
        hint = "name the units whose duties change"
        yield Fault("nobody_to_hear", f"{title} names nobody who is to be heard", hint=hint)


def _order_faults(amendment: Amendment, step: AmendmentStep) -> Iterator[Fault]:
    if amendment.state not in _FROM[step.kind]:
        yield _out_of_order(amendment, f"it cannot be {step.kind.value}")
    last = amendment.steps[-1]
    if step.on < last.on:
        what = f"{step.kind.value} on {step.on}, before it was {last.kind.value} on {last.on}"
        yield Fault("step_backdated", f"amendment {amendment.id!r}: {what}", hint="mend the date")


def _out_of_order(amendment: Amendment, what: str) -> Fault:
    """Return the fault that something is not yet, or no longer, possible; it names what is missing."""
    may = [kind.value for kind, states in _FROM.items() if amendment.state in states]
    hint = f"it can be {', '.join(may)}" if may else "propose another amendment"
    still = f"; still to come: {', '.join(amendment.missing)}" if amendment.missing else ""
    message = f"amendment {amendment.id!r} is {amendment.state.value}: {what}{still}"
    return Fault("amendment_order", message, hint=hint, about=amendment.missing)


def _stage_faults(amendment: Amendment, stage: str, by: str) -> Iterator[Fault]:
    due = next(iter(amendment.pending), None)
    if due is not None and due.id != stage:
        yield Fault("stage_order", f"{stage!r} is not the stage whose turn it is", hint=f"next is {due.id}")
    for each in amendment.approvals:
        if each.id == stage and by not in each.by:
            hint = f"{', '.join(each.by)} may"
            yield Fault("not_approver", f"{by!r} may not decide at stage {stage!r}", hint=hint, about=each.by)


def _proposer_faults(amendment: Amendment, by: str) -> Iterator[Fault]:
    proposer = amendment.steps[0].by
    if by != proposer:
        what = f"{by!r} may not withdraw what {proposer!r} proposed"
        yield Fault("not_proposer", what, hint="let it be withdrawn by who proposed it, or rejected", about=(proposer,))


def _early_faults(amendment: Amendment, day: date, earliest: date) -> Iterator[Fault]:
    if day < earliest:
        what = f"amendment {amendment.id!r} cannot hold from {day}, before its latest step on {earliest}"
        yield Fault("effective_too_early", what, hint=f"use {earliest} or a later day")


# The list


def amended(
    listed: ResponsibilityList, amendment: Amendment, on: date, *, organization: Organization | None = None
) -> ResponsibilityList:
    """Return the list as it stands when an amendment holds from a day on.

    The rows that end, end the day before; a row that would begin that day or later is left out, so that a row that
    ended does not come back. What is added begins that day and cites the amendment. Days before answer as they did.

    Args:
        listed: The list before.
        amendment: Effective from *on*; or approved at every stage, to see what *on* would bring.
        on: The first day of the change.
        organization: The units for which the list is checked; None for the list's own.

    Raises:
        RefusedError: It is not approved, or at an end (``amendment_order``); *on* lies before the approval
            (``effective_too_early``), or is not the day on which it takes effect (``other_day``); and all that
            `amendment_faults` finds.
        NotInForceError: There is no organisation (``no_organization``).
        ValueError: *on* is no day.
    """
    _check_day(on)
    faults = [*_ready_faults(amendment, on), *amendment_faults(listed, amendment, on, organization=organization)]
    if faults:
        raise RefusedError(faults)
    return _change(listed, amendment, on)


def amendment_faults(
    listed: ResponsibilityList, amendment: Amendment, on: date, *, organization: Organization | None = None
) -> list[Fault]:
    """Return what would be wrong with the list if an amendment, in whatever state, held from a day on.

    Codes: ``not_covered`` (the list speaks for no day from then on), ``unknown_row`` (a row to end is not in force that
    day, or is of another item), ``period_reversed`` (what is added would be over by then), and those of
    `ResponsibilityList.faults` that the list has not by itself, such as ``no_lead`` and ``rows_overlap``.

    Raises:
        NotInForceError: There is no organisation (``no_organization``).
        ValueError: *on* is no day.
    """
    _check_day(on)
    units = listed.organization if organization is None else organization
    if units is None:
        hint = "give it, or make the list with its organisation"
        raise NotInForceError.of("no_organization", "the list knows no units of its own", hint=hint)
    known = set(listed.faults(units))
    found = [fault for fault in _change(listed, amendment, on).faults(units) if fault not in known]
    return [*_fitting_faults(listed, amendment, on), *found]


def _ready_faults(amendment: Amendment, on: date) -> Iterator[Fault]:
    if amendment.state not in {AmendmentState.APPROVED, AmendmentState.EFFECTIVE}:
        yield _out_of_order(amendment, "the list cannot change by it")
    elif amendment.effective_from is None:
        yield from _early_faults(amendment, on, amendment.steps[-1].on)
    elif amendment.effective_from != on:
        what = f"amendment {amendment.id!r} holds from {amendment.effective_from}, not from {on}"
        yield Fault("other_day", what, hint=f"use {amendment.effective_from}")


def _fitting_faults(listed: ResponsibilityList, amendment: Amendment, on: date) -> Iterator[Fault]:
    if listed.covered(Period(on)) is None:
        what = f"the list covers {listed.coverage}, no day from {on} on"
        yield Fault("not_covered", what, hint="extend the list first, or use an earlier day")
    there = {duty.id for duty in listed.rows(amendment.item, on)}
    for row in amendment.ends:
        if row not in there:
            what = f"no row {row!r} of item {amendment.item!r} is in force on {on}"
            yield Fault("unknown_row", what, row, "mend the id, or the day", (row,))
    added = [(duty.id, duty.period) for duty in amendment.adds]
    if amendment.new_item is not None:
        added.append((f"item {amendment.new_item.id}", amendment.new_item.period))
    for place, period in added:
        if _from(period, on) is None:
            yield Fault(
                "period_reversed", f"ends on {period.end}, not after {on}", place, "give it a later end, or none"
            )


def _change(listed: ResponsibilityList, amendment: Amendment, on: date) -> ResponsibilityList:
    source = amendment.citation
    duties = [part for duty in listed.duties if (part := _kept(duty, amendment, on)) is not None]
    for duty in amendment.adds:
        period = _from(duty.period, on)
        if period is not None:
            duties.append(attrs.evolve(duty, period=period, source=source))
    items = list(listed.items)
    if amendment.new_item is not None and (period := _from(amendment.new_item.period, on)) is not None:
        items.append(attrs.evolve(amendment.new_item, period=period, source=source))
    return attrs.evolve(listed, items=items, duties=duties)


def _kept(duty: Duty, amendment: Amendment, on: date) -> Duty | None:
    """Return what stays of a row: all of it, or of one that ends the days before *on*; None when there are none."""
    if duty.item != amendment.item or duty.id not in amendment.ends:
        return duty
    if duty.period.start >= on:
        return None
    return attrs.evolve(duty, period=Period(duty.period.start, min(on, duty.period.end or on)))


def _from(period: Period, on: date) -> Period | None:
    """Return a period that begins on *on* and ends as this one does; None when it would be over."""
    return None if period.end is not None and period.end <= on else Period(on, period.end)
