"""Stories run: a live matter driven step by step, what must hold after each, and that it can be told again.

After the last step three more things must hold, whatever a story expects: the state rebuilt from the log is the live
state; with time let pass every hour in between, the same comes out; and no refused command has left a trace.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from gridgov.assessment import Tally
from gridgov.errors import Faults, GridgovError, NotInForceError, PackError
from gridgov.facts import FactRow
from gridgov.handling import settle
from gridgov.handling.asking import WhoNow
from gridgov.handling.case import Case
from gridgov.matters import ENDS, Assignment, Decided, Live, Matter, Reporter
from gridgov.packs import Jurisdiction
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
from gridgov.platform import Platform
from gridgov.values import Month
from gridgov.worked.comparing import compare, compare_instant, local

__all__ = ["run_story"]

_HOUR = timedelta(hours=1)
_NOTHING = StoryExpect()
_SEATS = ("holder", "post", "person")


def run_story(county: Jurisdiction, story: Story) -> Iterator[str]:
    """Yield what came out otherwise than a story states, each with its step."""
    if county.policy is None or county.handling is None:
        hint = "add escalation.toml to the pack"
        raise NotInForceError.of("no_ladder", f"the pack {county.id!r} has no ladder", hint=hint)
    policy, handling = adapted(story.given, county.policy, county.handling)
    own = attrs.evolve(county, policy=policy, handling=handling)
    platform = Platform(own)
    for number, step in enumerate(story.steps, start=1):
        place = f"step {number} ({', '.join(filter(None, (local(step.at, county.zone), step.do)))})"
        yield from (f"{place}: {each}" for each in _taken(platform, number, step))
    until = max(step.at for step in story.steps)
    yield from _same("rebuilt from the log", platform, Platform(own, platform.store), until)
    yield from _same("with a tick every hour", platform, _ticked(own, story), until)


def _taken(platform: Platform, number: int, step: StoryStep) -> Iterator[str]:
    """Take a step, and yield what came out otherwise than it states."""
    if step.do:
        yield from _given(platform, number, step)
    elif step.tick:
        platform.tick(step.at)
    if step.expect == _NOTHING:
        return
    try:
        yield from _Look(platform, step).differences()
    except GridgovError as error:
        yield f"cannot be asked: {_line(error)}"


def _given(platform: Platform, number: int, step: StoryStep) -> Iterator[str]:
    before = platform.head()
    try:
        _give(platform, number, step)
    except GridgovError as error:
        codes = sorted({fault.code for fault in error.faults})
        if not step.refused:
            yield f"refused: {_line(error)}"
        elif not {*step.refused} <= {*codes}:
            yield f"refused: expected {', '.join(sorted(step.refused))}, found {', '.join(codes)}"
        if platform.head() != before:  # pragma: no cover - no command that is refused writes
            yield "the refused command changed the log"
        return
    if step.refused:
        yield f"refused: expected {', '.join(sorted(step.refused))}, but it was taken"


def _give(platform: Platform, number: int, step: StoryStep) -> None:
    faults = Faults()
    command = command_of(step, f"step-{number}", faults)
    faults.raise_as(PackError)
    if command is not None:
        platform.give(command)


def _line(error: GridgovError) -> str:
    return "; ".join(str(fault) for fault in error.faults)


# --- told again -------------------------------------------------------------------------------------------------


def _ticked(county: Jurisdiction, story: Story) -> Platform:
    """Return a platform on which the same was done, and time passed every hour."""
    platform = Platform(county)
    latest: datetime | None = None
    for number, step in enumerate(story.steps, start=1):
        while latest is not None and latest + _HOUR < step.at:
            latest += _HOUR
            platform.tick(latest)
        latest = step.at if latest is None else max(latest, step.at)
        try:
            _give(platform, number, step)
        except GridgovError:
            continue
    return platform


def _same(how: str, platform: Platform, other: Platform, until: datetime) -> Iterator[str]:
    """Yield in which matters, and in which of their parts, another platform stands otherwise at an instant."""
    for matter in platform.matters():
        here, there = platform.matter(matter.id, until), other.matter(matter.id, until)
        if here != there:
            yield f"{how}, matter {matter.id!r} comes out otherwise: {', '.join(_parts(here, there))}"


def _parts(here: Matter, there: Matter) -> Iterator[str]:
    for each in attrs.fields(Matter):
        if getattr(here, each.name) != getattr(there, each.name):
            yield each.name


# --- a look -----------------------------------------------------------------------------------------------------


@attrs.define
class _Look:
    """A matter looked at after a step, against what the step expects."""

    platform: Platform
    step: StoryStep

    @property
    def expect(self) -> StoryExpect:
        return self.step.expect

    @property
    def zone(self) -> str:
        return self.platform.jurisdiction.zone

    def differences(self) -> Iterator[str]:
        """Yield every difference."""
        name, at, expect = self.step.matter, self.step.at, self.expect
        matter = self.platform.matter(name, at)
        now = self.platform.who_now(name, at)
        yield from self._now(now)
        yield from self._matter(matter)
        for unit, duty in expect.assignment.items():
            yield from self._duty(unit, _duty_of(matter, unit), duty, now)
        if expect.facts:
            yield from self._facts([row for row in self.platform.facts(at) if row.matter == name])
        if expect.counted is not None:
            rows = self.platform.as_history(at).assessed()
            yield from compare("counted", sorted(expect.counted), sorted({r.unit for r in rows if r.matter == name}))
        for month, units in expect.rates.items():
            yield from self._rates(Month.parse(month), units)
        if expect.events or expect.never:
            yield from self._events(matter, self._happened(name, at))
        if expect.assessment or expect.score or expect.unmarked or expect.opinions is not None:
            yield from self._assessment(name, at)

    def _live(self, matter: Matter) -> Live:
        return Case(self.platform.jurisdiction.rules(), matter).live

    def _instant(self, what: str, expected: datetime | None, found: datetime | None) -> Iterator[str]:
        if expected is not None:
            yield from compare_instant(what, self.zone, expected, found)

    def _now(self, now: WhoNow) -> Iterator[str]:
        expect, duty = self.expect, now.coordinator
        if expect.state:
            yield from compare("state", expect.state, now.state)
        found = ("nobody", "", "") if duty is None else (duty.unit, duty.post, duty.person)
        for name, seen in zip(_SEATS, found, strict=True):
            if getattr(expect, name):
                yield from compare(name, getattr(expect, name), seen or "nobody")
        yield from self._instant("promise", expect.promise, now.promise_due_at)
        yield from self._instant("told_at", expect.told_at, now.told_at)

    def _matter(self, matter: Matter) -> Iterator[str]:
        expect, live = self.expect, self._live(matter)
        if expect.open is not None:
            found = {duty.unit for duty in matter.assignments if duty.is_open and live.state not in ENDS}
            yield from compare("open", sorted(expect.open), sorted(found))
        for key, due_at in expect.due.items():
            unit, _, kind = key.rpartition(".")
            duty = _duty_of(matter, unit) if unit else None
            number = 0 if duty is None else duty.number
            timer = None if unit and duty is None else live.timers.get((number, kind))
            yield from self._instant(f"due {key}", due_at, None if timer is None else timer.due_at)
        if expect.returns is not None:
            asked = sum(duty.work.returns for duty in matter.assignments if duty.work is not None)
            yield from compare("returns", expect.returns, asked)
        if expect.reporters is not None:
            yield from compare("reporters", len(expect.reporters), len(live.reporters))
            for index, (stated, seen) in enumerate(zip(expect.reporters, live.reporters, strict=False)):
                yield from _reporter(f"reporters[{index}]", stated, seen)

    def _duty(self, unit: str, duty: Assignment | None, expect: AssignmentExpect, now: WhoNow) -> Iterator[str]:
        if duty is None:
            yield f"assignment {unit}: it has no duty"
            return
        for each in attrs.fields(AssignmentExpect):
            stated = getattr(expect, each.name)
            if stated is None or stated == "":
                continue
            what = f"assignment {unit} {each.name}"
            if each.name == "person":
                yield from compare(what, stated, _person_of(duty, now))
                continue
            found = getattr(duty if hasattr(duty, each.name) else duty.work, each.name)
            if isinstance(stated, datetime):
                yield from self._instant(what, stated, found)
            else:
                yield from compare(what, stated, found)

    def _facts(self, rows: list[FactRow]) -> Iterator[str]:
        latest = {row.unit: row for row in rows}
        for unit, facts in self.expect.facts.items():
            row = latest.get(unit)
            if row is None:
                yield f"facts {unit}: it has no row"
                continue
            for name, word in facts.items():
                yield from compare(f"facts {unit} {name}", word, _word(row.facts.get(name)))

    def _rates(self, month: Month, units: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
        ranking = self.platform.as_history(self.step.at).rank(month)
        for unit, rates in units.items():
            found = ranking.result(unit)
            for rate, stated in rates.items():
                seen = None if found is None else found[1].tallies.get(rate)
                yield from compare(f"rates {month} {unit} {rate}", str(stated), str(seen))

    def _happened(self, name: str, at: datetime) -> list[Decided]:
        """Return what has happened by an instant: what was kept, and what has fallen due since."""
        rules = self.platform.jurisdiction.rules()
        fallen = settle(rules, self.platform.matter(name), at)[1]
        return [*self.platform.history(name), *fallen]

    def _events(self, matter: Matter, happened: list[Decided]) -> Iterator[str]:
        for expect in self.expect.events:
            alike = [event for event in happened if expect.type == event.TYPE]
            if not any(_is_meant(event, expect, matter) for event in alike):
                seen = ", ".join(_shown(event, expect, matter, self.zone) for event in alike) or "none at all"
                yield f"events: no {_wanted(expect, self.zone)}; found {seen}"
        for kind in self.expect.never:
            found = [local(event.at, self.zone) for event in happened if kind == event.TYPE]
            if found:
                yield f"never: {kind} happened at {', '.join(found)}"

    def _assessment(self, name: str, at: datetime) -> Iterator[str]:
        expect, found = self.expect, self.platform.assessment(name, at)
        if expect.assessment:
            yield from compare("assessment", expect.assessment, found.status)
        for unit, stated in expect.score.items():
            mark = found.mark(unit)
            yield from compare(f"score {unit}", stated, None if mark is None else mark.score)
        for unit in expect.unmarked:
            mark = found.mark(unit)
            yield from compare(f"score {unit}", None, None if mark is None else mark.score)
        if expect.opinions is not None:
            opinions = sorted(mark.unit for mark in found.marks if mark.is_opinion)
            yield from compare("opinions", sorted(expect.opinions), opinions)


def _duty_of(matter: Matter, unit: str) -> Assignment | None:
    """Return a unit's latest duty."""
    return next((duty for duty in reversed(matter.assignments) if duty.unit == unit), None)


def _person_of(duty: Assignment, now: WhoNow) -> str:
    """Return who is to act on an open duty; on one that has ended, who was next on duty last."""
    seated = {each.number: each.person for each in (now.coordinator, *now.others) if each is not None}
    last = "" if duty.work is None else duty.work.person
    return seated.get(duty.number, last) or "nobody"


def _word(value: object) -> str:
    """Return a fact as stories write it."""
    if value is None:
        return "unknown"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _reporter(what: str, expect: ReporterExpect, found: Reporter) -> Iterator[str]:
    for each in attrs.fields(ReporterExpect):
        stated = getattr(expect, each.name)
        if each.name == "satisfied":
            if stated:
                yield from compare(f"{what} satisfied", stated, _word(found.satisfied))
        elif stated is not None:
            yield from compare(f"{what} {each.name}", stated, getattr(found, each.name))


# --- events -----------------------------------------------------------------------------------------------------


def _unit_of(event: Decided, matter: Matter) -> str:
    return matter.assignments[event.number - 1].unit if event.number else ""


def _is_meant(event: Decided, expect: EventExpect, matter: Matter) -> bool:
    """Say whether an event is the one expected."""
    if (expect.at is not None and event.at != expect.at) or (expect.unit and _unit_of(event, matter) != expect.unit):
        return False
    return all(getattr(event, name) == _as_held(value) for name, value in expect.said.items())


def _as_held(value: Any) -> Any:
    """Return a value of a file as events hold it."""
    return tuple(map(_as_held, value)) if isinstance(value, list) else value


def _wanted(expect: EventExpect, zone: str) -> str:
    return _said(expect.type, expect.at, expect.unit, expect.said, zone)


def _shown(event: Decided, expect: EventExpect, matter: Matter, zone: str) -> str:
    said = {name: getattr(event, name) for name in expect.said}
    return _said(event.TYPE, event.at, _unit_of(event, matter), said, zone)


def _said(kind: str, at: datetime | None, unit: str, said: Mapping[str, Any], zone: str) -> str:
    parts = [kind, *([local(at, zone)] if at else []), *([f"of {unit}"] if unit else [])]
    return " ".join((*parts, *(f"{name} = {_as_held(value)!r}" for name, value in said.items())))
