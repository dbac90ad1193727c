"""Checks of the stories of a pack: every command, unit, clock, fact and word that they name is there."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from gridgov.assessment import Tally
from gridgov.conditions import Vocabulary
from gridgov.escalation import Policy
from gridgov.handling.rules import BUILT_IN, Handling
from gridgov.matters import ASSIGNMENT_STATES, DECIDED, MATTER_STATES
from gridgov.packs._desk import Desk, attempt, one_of, within
from gridgov.packs._units import Units
from gridgov.packs.stories import (
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
_ROLES = ("handle", "lead", "joint", "either", "support")
_YES_NO = ("yes", "no", "unknown")
_TOLD = ("", "reached", "declined")
_UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class StoryChecks:
    """Checks the stories of a file.

    Attributes:
        desk: The desk.
        name: Name of the file.
        units: The units.
        policy: Ladders and promise; None when they are faulty, or there are none.
        handling: Clocks and settings; None likewise.
        facts: Facts of assignments; None when they are faulty.
        rates: Ids of rates; None likewise.
    """

    desk: Desk
    name: str
    units: Units
    policy: Policy | None
    handling: Handling | None
    facts: Vocabulary | None
    rates: Collection[str] | None

    def check(self, index: int, story: Story) -> None:
        """Note a fault for everything in a story that means nothing in this pack."""
        path = f"story[{index}]"
        clocks = frozenset(BUILT_IN)
        if self.policy is not None and self.handling is not None:
            self._attempt(f"{path}.given", adapted, story.given, self.policy, self.handling)
            clocks |= self.handling.clocks.keys()
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
            self._check_step(step, inner)
            self._check_expect(step.expect, f"{inner}.expect", clocks)

    def _note(self, code: str, message: str, path: str) -> None:
        self.desk.faults.add(code, message, f"{self.name}: {path}")

    def _attempt(self, path: str, make: Callable[..., Any], *args: Any) -> None:
        attempt(self.desk.faults, within(self.name, path), make, *args)

    def _unit(self, unit: str, path: str) -> None:
        self._attempt(path, self.units.unit, unit)

    def _word(self, word: str, known: Collection[str], path: str) -> None:
        if word:
            self._attempt(path, one_of, word, known)

    def _check_step(self, step: StoryStep, path: str) -> None:
        if step.do:
            command_of(step, "unnamed", self.desk.faults, self.name, path)
            if step.tick:
                self._note("bad_value", "a command does not let time pass by itself", f"{path}.tick")
        else:
            for key in ("actor", "fields", "refused"):
                if getattr(step, key):
                    self._note("missing_key", "no command is named", f"{path}.do")
                    break
        if step.actor is not None and step.actor.unit:
            self._unit(step.actor.unit, f"{path}.actor.unit")

    def _check_expect(self, expect: StoryExpect, path: str, clocks: Collection[str]) -> None:
        self._word(expect.state, MATTER_STATES, f"{path}.state")
        self._word(expect.assessment, ASSESSMENTS, f"{path}.assessment")
        for where, unit in _units_of(expect):
            self._unit(unit, f"{path}.{where}")
        for key in expect.due:
            kind = key.rpartition(".")[2]
            self._attempt(f"{path}.due.{key}", one_of, kind, clocks, "unknown_clock", "a clock of the pack")
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
        self._word(duty.role, _ROLES, f"{path}.role")

    def _check_facts(self, facts: Mapping[str, str], path: str) -> None:
        known = self.facts
        if known is None:
            return
        names = [fact.name for fact in known]
        for name, word in facts.items():
            if name not in known:
                self._attempt(f"{path}.{name}", one_of, name, names, "unknown_fact", "a fact of assignments")
            elif word != _UNKNOWN:
                attempt(self.desk.faults, _at(f"{self.name}: {path}.{name}"), known.parse_fact, name, word)

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
