"""Checks of the stories of a pack: every command, unit, clock, fact and word that they name is there."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs
from attrs import field

from gridgov.assessment import Tally
from gridgov.conditions import Vocabulary
from gridgov.errors import Faults
from gridgov.escalation import Policy
from gridgov.handling import commands as c
from gridgov.handling.rules import BUILT_IN, Handling
from gridgov.matters import ASSIGNMENT_STATES, DECIDED, MATTER_STATES
from gridgov.packs._desk import Desk, attempt, one_of, within
from gridgov.packs._lists import Listed
from gridgov.packs._units import Units
from gridgov.packs.stories import (
    ROLES,
    AssignmentExpect,
    EventExpect,
    ReporterExpect,
    Story,
    StoryExpect,
    StoryStep,
    adapted,
    command_of,
)
from gridgov.values import Month

__all__ = ["ASSESSMENTS", "StoryChecks"]

ASSESSMENTS = ("not_owed", "open", "overdue", "filed")
"""Where the caller's assessment of a matter may stand."""

_EVENTS = {kind.TYPE: kind for kind in DECIDED}
_YES_NO = ("yes", "no", "unknown")
_TOLD = ("", "reached", "declined", "withdrawn")
_UNKNOWN = "unknown"

# What the fields of commands hold, by their names.
_UNIT = ("unit", "place", "accused", "proposed")
_UNITS = ("units", "leads", "supports", "unjustified")
_FACTS = ("facts", "when")
_PARTS = ("parts", "findings")
_TO_A_UNIT = (c.SendDown, c.Dispatch, c.GrantReturn)
"""The commands whose ``to`` is a unit; that of others is a place outside, as a code word."""


@attrs.frozen(kw_only=True)
class StoryChecks:
    """Checks the stories of a file.

    Attributes:
        desk: The desk.
        name: Name of the file.
        units: The units.
        listed: The items.
        policy: Ladders and promise; None when they are faulty, or there are none.
        handling: Clocks and settings; None likewise.
        vocabulary: Attributes of matters; None when they are faulty.
        facts: Facts of assignments; None when they are faulty.
        rates: Ids of rates; None likewise.
        faults: Where the faults of one story are gathered.
    """

    desk: Desk
    name: str
    units: Units
    listed: Listed
    policy: Policy | None
    handling: Handling | None
    vocabulary: Vocabulary | None
    facts: Vocabulary | None
    rates: Collection[str] | None
    faults: Faults = field(factory=Faults)

    def check(self, index: int, story: Story) -> None:
        """Note a fault for everything in a story that means nothing in this pack, with the story's name."""
        found = Faults()
        attrs.evolve(self, faults=found)._check(f"story[{index}]", story)
        said = f"story {story.name!r}: "
        named = [attrs.evolve(fault, message=f"{said}{fault.message}") for fault in found]
        self.desk.faults.extend(named, len(found) - len(named))

    def _check(self, path: str, story: Story) -> None:
        if self.policy is not None and self.handling is not None:
            self._attempt(f"{path}.given", adapted, story.given, self.policy, self.handling)
        elif not self.desk.folder.has("escalation.toml"):
            self._note("no_ladder", "a story needs ladders: the pack has no escalation.toml", path)
        if not story.steps:
            self._note("missing_key", "the story has no step", f"{path}.steps")
        before: datetime | None = None
        for number, step in enumerate(story.steps):
            inner = f"{path}.steps[{number}]"
            if before is not None and step.at < before and not step.refused:
                self._note("bad_value", "the step is earlier than the one before it", f"{inner}.at")
            before = step.at if before is None else max(before, step.at)
            self._check_step(step, inner, story.given.unlisted)
            self._check_expect(step.expect, f"{inner}.expect")

    def _note(self, code: str, message: str, path: str) -> None:
        self.faults.add(code, message, f"{self.name}: {path}")

    def _attempt(self, path: str, make: Callable[..., Any], *args: Any) -> None:
        attempt(self.faults, within(self.name, path), make, *args)

    def _unit(self, unit: str, path: str) -> None:
        self._attempt(path, self.units.unit, unit)

    def _word(self, word: str, known: Collection[str], path: str) -> None:
        if word:
            self._attempt(path, one_of, word, known)

    def _check_step(self, step: StoryStep, path: str, unlisted: Collection[str]) -> None:
        if step.do:
            command = command_of(step, "unnamed", self.faults, self.name, path)
            if command is not None:
                self._check_said(command, step.refused, f"{path}.with", unlisted)
            if step.tick:
                self._note("bad_value", "a command does not let time pass by itself", f"{path}.tick")
        else:
            for key in ("actor", "fields", "refused"):
                if getattr(step, key):
                    self._note("missing_key", "no command is named", f"{path}.do")
                    break
        if step.actor is not None and step.actor.unit:
            self._unit(step.actor.unit, f"{path}.actor.unit")

    def _check_said(self, command: c.Command, refused: Collection[str], path: str, unlisted: Collection[str]) -> None:
        """Every unit, item and fact of a command must be there, but for what it is refused for."""
        within_it = attrs.evolve(self, faults=Faults())
        within_it._check_words_of(command, path, unlisted)
        self.faults.extend(fault for fault in within_it.faults if fault.code not in refused)

    def _check_words_of(self, said: object, path: str, unlisted: Collection[str]) -> None:
        """Note a fault for every unknown word of a command, or of a part of one."""
        for where, unit in _units_said(said):
            self._unit(unit, f"{path}.{where}")
        item = getattr(said, "item", "")
        if item and item not in unlisted:
            self._attempt(f"{path}.item", self.listed.item, item)
        known = self.vocabulary
        if isinstance(said, c.FindingOf):
            self._check_facts(said.facts, f"{path}.facts")
        elif known is not None:
            for key, name, word in _facts_said(said):
                attempt(self.faults, _at(f"{self.name}: {path}.{key}.{name}"), known.parse_fact, name, word)
        for key in _PARTS:
            for index, part in enumerate(getattr(said, key, ())):
                self._check_words_of(part, f"{path}.{key}[{index}]", unlisted)

    def _check_expect(self, expect: StoryExpect, path: str) -> None:
        self._word(expect.state, MATTER_STATES, f"{path}.state")
        self._word(expect.assessment, ASSESSMENTS, f"{path}.assessment")
        for where, unit in _units_of(expect):
            self._unit(unit, f"{path}.{where}")
        if self.handling is not None:
            self._check_clocks(expect.due, path, {*BUILT_IN, *self.handling.clocks})
        for unit, duty in expect.assignment.items():
            self._check_duty(duty, f"{path}.assignment.{unit}")
        for unit, facts in expect.facts.items():
            self._check_facts(facts, f"{path}.facts.{unit}")
        for month, units in expect.rates.items():
            self._check_rates(month, units, f"{path}.rates.{month}")
        for index, event in enumerate(expect.events):
            self._check_event(event, f"{path}.events[{index}]")
        for index, kind in enumerate(expect.never):
            self._event(kind, f"{path}.never[{index}]")
        for index, reporter in enumerate(expect.reporters or ()):
            self._check_reporter(reporter, f"{path}.reporters[{index}]")

    def _check_clocks(self, due: Collection[str], path: str, known: Collection[str]) -> None:
        for key in due:
            kind = key.rpartition(".")[2]
            self._attempt(f"{path}.due.{key}", one_of, kind, known, "unknown_clock", "a clock of the pack")

    def _check_rates(self, month: str, units: Mapping[str, Mapping[str, Tally]], path: str) -> None:
        self._attempt(path, Month.parse, month)
        if self.rates is None:
            return
        for unit, rates in units.items():
            for rate in rates:
                what = "a rate of assessment.toml"
                self._attempt(f"{path}.{unit}.{rate}", one_of, rate, self.rates, "unknown_rate", what)

    def _check_duty(self, duty: AssignmentExpect, path: str) -> None:
        self._word(duty.state, ASSIGNMENT_STATES, f"{path}.state")
        self._word(duty.role, ROLES, f"{path}.role")

    def _check_facts(self, facts: Mapping[str, str], path: str) -> None:
        known = self.facts
        if known is None:
            return
        names = [fact.name for fact in known]
        for name, word in facts.items():
            if name not in known:
                self._attempt(f"{path}.{name}", one_of, name, names, "unknown_fact", "a fact of assignments")
            elif word != _UNKNOWN:
                attempt(self.faults, _at(f"{self.name}: {path}.{name}"), known.parse_fact, name, word)

    def _event(self, kind: str, path: str) -> None:
        self._attempt(path, one_of, kind, _EVENTS, "unknown_event", "a type of event")

    def _check_event(self, event: EventExpect, path: str) -> None:
        self._event(event.type, f"{path}.type")
        if event.unit:
            self._unit(event.unit, f"{path}.unit")
        if event.type in _EVENTS:
            names = [each.name for each in attrs.fields(_EVENTS[event.type])]
            for name in event.said:
                self._attempt(f"{path}.{name}", one_of, name, names, "unknown_key", f"a field of {event.type}")

    def _check_reporter(self, reporter: ReporterExpect, path: str) -> None:
        self._word(reporter.satisfied, _YES_NO, f"{path}.satisfied")
        if reporter.told is not None:
            self._attempt(f"{path}.told", one_of, reporter.told, _TOLD)


def _at(place: str) -> Callable[[str], str]:
    return lambda _: place


def _units_said(said: object) -> Iterator[tuple[str, str]]:
    """Yield every unit that a command, or a part of one, names, with its path."""
    for key in ("to", *_UNIT) if isinstance(said, _TO_A_UNIT) else _UNIT:
        unit = getattr(said, key, "")
        if unit:
            yield key, unit
    for key in _UNITS:
        for index, unit in enumerate(getattr(said, key, ())):
            yield f"{key}[{index}]", unit


def _facts_said(said: object) -> Iterator[tuple[str, str, str]]:
    """Yield every fact that a command, or a part of one, states: the field, the fact's name, and its word."""
    for key in _FACTS:
        facts = getattr(said, key, None)
        if isinstance(facts, Mapping):  # of a meeting it is an instant
            yield from ((key, name, word) for name, word in facts.items())


def _units_of(expect: StoryExpect) -> Iterator[tuple[str, str]]:
    """Yield every unit that an expectation names, with its path."""
    if expect.holder:
        yield "holder", expect.holder
    for key in ("open", "counted", "unmarked", "opinions"):
        for index, unit in enumerate(getattr(expect, key) or ()):
            yield f"{key}[{index}]", unit
    for key in ("assignment", "facts", "score"):
        for unit in getattr(expect, key):
            yield f"{key}.{unit}", unit
    for key in expect.due:
        if "." in key:
            yield f"due.{key}", key.rpartition(".")[0]
    for month, units in expect.rates.items():
        for unit in units:
            yield f"rates.{month}.{unit}", unit
