"""Stories of a pack: worked cases of live matters, told step by step, with what must come out after each.

A step gives a command, lets time pass, or only asks. Commands are written in the pack's words and read as strictly as
its rules. An expectation that a step leaves out is not checked.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, get_args

import attrs

from gridgov.assessment import Tally
from gridgov.authority import Actor
from gridgov.calendar import Limit
from gridgov.errors import Fault, Faults, PackError
from gridgov.escalation import Ladder, Policy
from gridgov.handling.commands import COMMANDS, Command
from gridgov.handling.rules import BUILT_IN, ClockRule, Handling, Quorum, Timed
from gridgov.packs._strict import Id, structure
from gridgov.packs._wrong import near
from gridgov.responsibility import Role
from gridgov.values import Citation, Entry, Timeline

__all__ = [
    "AssignmentExpect",
    "EventExpect",
    "ReporterExpect",
    "Story",
    "StoryExpect",
    "StoryGiven",
    "StorySettings",
    "StoryStep",
    "adapted",
    "command_of",
]

QUORUMS: tuple[str, ...] = get_args(Quorum)
ROLES = ("handle", *(role.value for role in Role))
"""The roles of assignments of live matters."""

NO_LIMIT: Mapping[str, Limit] = MappingProxyType({})
NO_FIELD: Mapping[str, Any] = MappingProxyType({})
NO_INSTANT: Mapping[str, datetime] = MappingProxyType({})
NO_MARK: Mapping[str, Fraction] = MappingProxyType({})
NO_RATES: Mapping[str, Mapping[str, Mapping[str, Tally]]] = MappingProxyType({})
NO_FACTS: Mapping[str, Mapping[str, str]] = MappingProxyType({})

_ENVELOPE = ("id", "matter", "actor", "at")
_OF_STEPS = {"step": "limit", "accept": "accept", "contact": "contact"}
_SOURCE = Citation("worked-case")


# --- what is given ----------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class StorySettings:
    """Settings of ``[handling]`` that a story changes; the others stay the pack's."""

    quorum: str = ""
    approval: bool | None = None
    review: bool | None = None
    returns: int | None = None
    extensions: int | None = None
    tries: int | None = None


@attrs.frozen(kw_only=True)
class StoryGiven:
    """Where a story differs from the pack.

    Attributes:
        limits: ``promise``; the id of a clock, or ``clock.emergency``; for a step of a ladder ``step.ID``,
            ``accept.ID`` or ``contact.ID``.
        settings: Settings of ``[handling]``.
        unlisted: Items that are meant not to be on the list.
    """

    limits: Mapping[str, Limit] = NO_LIMIT
    settings: StorySettings = StorySettings()
    unlisted: tuple[Id, ...] = ()


# --- what must come out -----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class AssignmentExpect:
    """A unit's latest duty on the matter."""

    state: str = ""
    role: str = ""
    opened_by: str = ""
    post: str = ""
    person: str = ""
    opened_at: datetime | None = None
    due_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    arrived_at: datetime | None = None
    met_at: datetime | None = None
    completed_at: datetime | None = None
    first_completed_at: datetime | None = None
    second_due_at: datetime | None = None
    second_completed_at: datetime | None = None
    declined: bool | None = None
    ruled: bool | None = None
    dispatch_error: bool | None = None
    returns: int | None = None
    unjustified: int | None = None
    reworked: int | None = None
    extended: int | None = None


@attrs.frozen(kw_only=True)
class EventExpect:
    """Something that has happened on the matter; a plain text is its type.

    Attributes:
        at: When.
        unit: Whose duty it is about; empty to leave it open.
        said: What else the event says, by the names of its fields.
    """

    SHORT: ClassVar[str] = "type"
    REST: ClassVar[str] = "said"

    type: str
    at: datetime | None = None
    unit: str = ""
    said: Mapping[str, Any] = NO_FIELD


@attrs.frozen(kw_only=True)
class ReporterExpect:
    """One of those who are owed an answer; ``satisfied`` is yes, no or unknown."""

    person: str | None = None
    channel: str | None = None
    by: str | None = None
    matter: str | None = None
    told: str | None = None
    satisfied: str = ""
    tries: int | None = None


@attrs.frozen(kw_only=True)
class StoryExpect:
    """What must hold at the instant of a step, once everything has happened that fell due by then.

    Attributes:
        state: Of the matter.
        holder: The unit that must coordinate it: the holder of the step or, once called, the coordinating responder.
        post: Kind of post that holds it there.
        person: Who is to act there.
        open: Every unit with an open duty.
        promise: When the promise to the resident runs out.
        told_at: The date the resident was told last.
        due: When a clock runs out: ``kind`` for one of the matter, ``unit.kind`` for one of the unit's latest duty.
        returns: How many returns were asked, on all duties.
        assignment: By unit.
        facts: By unit, of the row of its latest duty: yes, no, unknown, or the word of a declared fact.
        counted: Every unit for which the matter counts in the pack's scheme.
        rates: By month, unit and rate of the pack's scheme: the share.
        events: Each must have happened.
        never: Types of events that must not have happened.
        reporters: All of them, in order of report.
        assessment: Where the caller's assessment stands: not_owed, open, overdue or filed.
        score: By unit: its exact mark on this matter.
        unmarked: Units that have no mark on it.
        opinions: Every unit whose mark is only an opinion to its superior.
    """

    state: str = ""
    holder: str = ""
    post: str = ""
    person: str = ""
    open: tuple[Id, ...] | None = None
    promise: datetime | None = None
    told_at: datetime | None = None
    due: Mapping[Id, datetime] = NO_INSTANT
    returns: int | None = None
    assignment: Mapping[Id, AssignmentExpect] = MappingProxyType({})
    facts: Mapping[Id, Mapping[Id, str]] = NO_FACTS
    counted: tuple[Id, ...] | None = None
    rates: Mapping[str, Mapping[Id, Mapping[Id, Tally]]] = NO_RATES
    events: tuple[EventExpect, ...] = ()
    never: tuple[Id, ...] = ()
    reporters: tuple[ReporterExpect, ...] | None = None
    assessment: str = ""
    score: Mapping[Id, Fraction] = NO_MARK
    unmarked: tuple[Id, ...] = ()
    opinions: tuple[Id, ...] | None = None


# --- steps ------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class StoryStep:
    """One step: a command, or a look at the matter.

    Attributes:
        at: When.
        matter: Id of the matter.
        do: The command's word; empty for a look.
        actor: Who gives the command.
        fields: What else the command says (``with`` in files).
        refused: Codes that must be among the faults of its refusal; empty where it must be taken.
        tick: With a look: let time pass first.
        expect: What must hold then.
    """

    KEYS: ClassVar[Mapping[str, str]] = {"fields": "with"}

    at: datetime
    matter: Id = "m1"
    do: str = ""
    actor: Actor | None = None
    fields: Mapping[str, Any] = NO_FIELD
    refused: tuple[Id, ...] = ()
    tick: bool = False
    expect: StoryExpect = StoryExpect()


@attrs.frozen(kw_only=True)
class Story:
    """A live matter, or several, from report on."""

    name: str
    given: StoryGiven = StoryGiven()
    steps: tuple[StoryStep, ...]


def command_of(step: StoryStep, id: str, faults: Faults, file: str = "", path: str = "") -> Command | None:  # noqa: A002
    """Return the command of a step; None, with faults noted, when it is faulty, and for a look.

    Args:
        step: The step.
        id: The command's own id.
        faults: Where faults are noted.
        file: Name of the file that states the step, for the place of a fault.
        path: Path of the step in it.
    """
    if not step.do:
        return None
    wrong = list(_command_faults(step))
    if wrong:
        faults.extend(fault.at(f"{file}: {path}.{fault.place}") for fault in wrong)
        return None
    actor = {name: text for name, text in attrs.asdict(step.actor).items() if text} if step.actor else {}
    said = {**step.fields, "id": id, "matter": step.matter, "actor": actor, "at": step.at}
    return structure(COMMANDS[step.do], said, file, faults, f"{path}.with")


def _command_faults(step: StoryStep) -> Iterator[Fault]:
    if step.do not in COMMANDS:
        yield Fault("unknown_command", f"there is no command {step.do[:64]!r}", "do", near(step.do, COMMANDS))
    if step.actor is None:
        yield Fault("missing_key", "a command is given by somebody", "actor", "name a unit, or a person")
    for name in _ENVELOPE:
        if name in step.fields:
            yield Fault("unknown_key", f"{name!r} is the step's own to say", f"with.{name}", "drop it there")


# --- rules of a story's own -------------------------------------------------------------------------------------


def adapted(given: StoryGiven, policy: Policy, handling: Handling) -> tuple[Policy, Handling]:
    """Return the rules with the limits and settings that a story gives.

    Raises:
        PackError: It names a clock or a step that is not there, or a setting that cannot be; every fault, each with the
            key as its place.
    """
    faults = Faults()
    for key, limit in given.limits.items():
        name, _, part = key.partition(".")
        try:
            if key == "promise":
                policy = attrs.evolve(policy, promise=_always(key, limit))
            elif name in _OF_STEPS and part:
                policy = _with_step(policy, name, part, _always(key, limit))
            else:
                handling = _with_clock(handling, name, part, _always(key, limit))
        except PackError as error:
            faults.extend(fault.at(f"limits.{key}") for fault in error.faults)
    for name, value in attrs.asdict(given.settings).items():
        if name == "quorum" and value and value not in QUORUMS:
            faults.add("unknown_word", "there is no such quorum", "settings.quorum", near(value, QUORUMS))
        elif value not in (None, ""):
            try:
                handling = attrs.evolve(handling, **{name: value})
            except ValueError as error:
                faults.add("bad_value", str(error.args[0]), f"settings.{name}")
    faults.raise_as(PackError)
    return policy, handling


def _always(title: str, limit: Limit) -> Timeline[Limit]:
    return Timeline(title, (Entry(effective_from=date.min, value=limit, source=_SOURCE),))


def _with_step(policy: Policy, what: str, step: str, limit: Timeline[Limit]) -> Policy:
    changed: dict[str, Any] = {_OF_STEPS[what]: limit}

    def of(ladder: Ladder) -> Ladder:
        steps = (attrs.evolve(each, **changed) if each.id == step else each for each in ladder.steps)
        return attrs.evolve(ladder, steps=tuple(steps))

    known = [each.id for ladder in policy.ladders() for each in ladder.steps]
    if step not in known:
        raise PackError.of("unknown_step", f"no ladder has a step {step!r}", hint=near(step, known))
    emergency = None if policy.emergency is None else of(policy.emergency)
    return attrs.evolve(policy, ordinary=of(policy.ordinary), emergency=emergency)


def _with_clock(handling: Handling, name: str, part: str, limit: Timeline[Limit]) -> Handling:
    usual = BUILT_IN.get(name)
    rule = handling.clocks.get(name) or (ClockRule.usual(name) if usual is not None else None)
    if rule is None or part not in {"", "emergency"}:
        known = {*handling.clocks, *BUILT_IN}
        raise PackError.of("unknown_clock", f"there is no clock {name!r}", hint=near(name, known) if not part else "")
    if usual is not None and usual.time == "elsewhere":
        hint = "state the limit of a step, or the promise"
        raise PackError.of("fixed_clock", f"the time of the clock {name!r} comes from elsewhere", hint=hint)
    if part:
        before = rule.emergency.calendar if rule.emergency is not None else rule.calendar
        rule = attrs.evolve(rule, emergency=Timed(limit=limit, calendar=before))
    else:
        rule = attrs.evolve(rule, limit=limit)
    return attrs.evolve(handling, clocks={**handling.clocks, name: rule})
