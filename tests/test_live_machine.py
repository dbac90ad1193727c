"""Live matters driven at random: every invariant of a matter and its escalation holds after every step."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gridgov.authority import Actor
from gridgov.calendar import Limit
from gridgov.clocks import Act
from gridgov.errors import CommandMismatchError, GridgovError, RefusedError, StaleVersionError
from gridgov.escalation import LEADS
from gridgov.events import Codec, Envelope
from gridgov.handling import COMMANDS, Command, Rules, coordinator_of
from gridgov.handling import commands as c
from gridgov.matters import (
    ASSIGNMENT,
    ENDS,
    EVENTS,
    LEADING,
    MATTER,
    MATTER_STATES,
    TIME,
    Assignment,
    Decided,
    Live,
    Matter,
    Timer,
    Work,
    apply,
)
from gridgov.matters import events as e
from gridgov.packs import Jurisdiction
from gridgov.platform import Platform
from gridgov.stores import MemoryStore
from live_county import HEAD, PLATFORM_DESK, RESIDENT_Z, SUBDISTRICT, china, of
from live_platform import ACTORS, FIRST, PROXY, RESIDENT_Y, SECOND

MICROSECOND = timedelta.resolution
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_SECOND = timedelta(seconds=1, microseconds=777)
"""Not whole: a command that comes after something fell due is never dated at the very instant of it."""
START = china("2021-02-04 15:00")
HELD_UP = frozenset({"suspended", "incomplete", "explaining"})
CODEC = Codec(EVENTS)
ENDS_OR_STARTS = frozenset({"start", "stop", "cancel"})
MAY_COME_EARLIER = frozenset({"resumed", "rebased", "term_told"})
"""What may bring a due instant forward: a pause that ends before its day, other rules, a term of law."""


# --- what commands say ----------------------------------------------------------------------------------------------

UNITS = ("fire", "police", "urban", "housing", "market", "environment", "traffic-police", "yushan", "nowhere")
NEAR = ("housing", "farming", "market", "station-yushan")
ONE = tuple((unit,) for unit in UNITS)
SOME = ((), (), *ONE, ("urban", "market"))
REASON = ("list", "list", "list", "")
PROOF = (("photo-1",), ("photo-1",), ())
COMPOUND = {"scene": "compound"}
EMERGENCY = {"scene": "venue", "emergency": "yes"}
FACTS: tuple[dict[str, str], ...] = (COMPOUND, COMPOUND, {"scene": "road"}, {}, {"colour": "red"})
LATER = (HOUR, DAY, 3 * DAY, 10 * DAY, -HOUR)
TOLD = (True, True, False)
MET = (c.FindingOf(unit="fire", facts={"met": "yes"}, reason="seen"),)

SAID: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "redirect": {"to": ("court", "")},
    "judge": {"own": (True, False)},
    "pass_up": {"reason": REASON},
    "send_down": {"to": ("grid-1", "longshan", "grid-2"), "reason": REASON},
    "whistle": {"units": ((), *((unit,) for unit in NEAR), ("market", "station-yushan"), ("fire",))},
    "call": {"leads": SOME, "supports": SOME, "on_site_at": (None, *LATER)},
    "dispatch": {"to": UNITS, "role": ("lead", "joint", "either", "support", "boss")},
    "relieve": {"reason": REASON},
    "send_back": {"missing": (("scene",), ("colour",), ())},
    "supply": {"when": FACTS},
    "meet": {"where": ("site", "site", ""), "when": (None, timedelta(0), -HOUR, HOUR)},
    "decline_meeting": {"reason": ("declined", "no_party", "shy")},
    "ask_return": {
        "cites": ("fire-lane.a", "fire-lane.a", ""),
        "proposed": UNITS,
        "none_known": (False, False, False, True),
        "evidence": PROOF,
        "reason": REASON,
    },
    "grant_return": {"to": ("", "", *UNITS)},
    "refuse_return": {"reason": REASON},
    "dispute": {"reason": REASON},
    "rule": {"leads": (*ONE, ("urban", "market")), "supports": SOME, "unjustified": ((), (), *SOME), "reason": REASON},
    "ask_extension": {
        "limit": tuple(map(Limit.parse, ("5 working_days", "2 working_days", "4 working_hours"))),
        "reason": REASON,
    },
    "grant_extension": {"resident_told": TOLD},
    "refuse_extension": {"reason": REASON},
    "suspend": {"until": LATER, "since": (None, None, -HOUR), "resident_told": TOLD, "reason": REASON},
    "tell_term": {"stage": ("case_opened", "lost"), "due_at": LATER, "cites": ("law",)},
    "review": {"passed": (True, False), "reason": REASON},
    "call_back": {
        "result": ("reached", "reached", "not_reached", "declined"),
        "satisfied": (None, None, True, False),
        "fixed": (None, None, True),
        "reporter": (None, None, None, 0, 1, 7),
    },
    "feedback": {"satisfied": (True, False), "reason": REASON},
    "ask_reopen": {"reason": REASON},
    "refuse_reopen": {"reason": REASON},
    "propose_explained": {"reason": REASON, "evidence": PROOF},
    "refuse_explained": {"reason": REASON},
    "transfer": {"to": ("court",), "reason": REASON},
    "withdraw": {"reason": REASON},
    "supervise": {"reason": REASON},
    "lift_supervision": {"reason": REASON},
    "give_reason": {"evidence": PROOF},
    "reclassify": {
        "item": ("", "noise", "straw", "dance"),
        "place": ("", "grid-2", "nowhere"),
        "facts": FACTS,
        "reason": REASON,
    },
    "admit": {"approval": ("a-1",), "money": ("b-1",), "ends": LATER},
    "rebase": {"reason": REASON},
    "assess": {"findings": (MET, MET, (attrs.evolve(MET[0], unit="nowhere"),))},
    "amend_assessment": {"findings": (MET, ()), "reason": REASON},
    "report": {
        "item": ("fire-lane", "fire-lane", "noise", "stalls", "straw", "small-works", "court", "dance"),
        "place": ("grid-1", "grid-1", "house-1", "house-9", "qiaokou", "yushan", "jinshui", "nowhere"),
        "facts": (*FACTS, EMERGENCY, {"emergency": "yes"}),
        "accused": ("", "", "", "fire", "yushan", "longshan", "housing", "police"),
        "emergency": (None, None, None, True, False),
        "direct": (False, False, True),
        "channel": ("hotline",),
    },
}
"""What commands may say, field by field: mostly what is right."""
FORWARD = frozenset(
    (
        *("pass_up", "call", "sign_in", "meet", "ask_return", "grant_return", "refuse_return", "rule"),
        *("ask_extension", "grant_extension", "supply", "resume", "complete", "review", "call_back", "feedback"),
        *("reopen", "assess", "confirm_explained", "refuse_explained"),
    )
)
"""What brings a matter towards its end, and back."""
EARLY = frozenset(["answer", "redirect", "withdraw", "transfer", "merge", "open_topic", "split"])
ASIDE = frozenset(COMMANDS) - FORWARD - EARLY - {"remind", "supervise", "lift_supervision", "report"}
RANDOM = st.randoms(use_true_random=True)
DATED = ("on_site_at", "when", "until", "since", "due_at", "ends")


# --- what is checked of one event -----------------------------------------------------------------------------------


@attrs.frozen
class Kept:
    """One event of a stream, with the matter before it and after it."""

    envelope: Envelope
    event: Decided
    before: Matter | None
    after: Matter


def live_of(matter: Matter) -> Live:
    """Return what only a live matter has."""
    assert matter.live is not None
    return matter.live


def work_of(duty: Assignment) -> Work:
    """Return what only a live assignment has."""
    assert duty.work is not None
    return duty.work


def state_of(matter: Matter | None) -> str:
    """Return the state by which the table knows a matter."""
    return "(new)" if matter is None else live_of(matter).state


def duty_state(matter: Matter | None, number: int) -> str:
    """Return the state by which the table knows an assignment."""
    duties = () if matter is None else matter.assignments
    return work_of(duties[number - 1]).state if 0 < number <= len(duties) else "(new)"


def stands_in_the_tables(kept: Kept, command: str, found_in: str) -> bool:
    """Say whether the tables have edges for the event, by this command, from what it found."""
    event = kept.event
    states = {found_in, state_of(kept.before)}
    duty = {duty_state(kept.before, event.number)}
    known = [
        [edge for edge in table.edges if edge.event == event.TYPE and command in edge.commands]
        for table in (MATTER, ASSIGNMENT)
    ]
    ways = [(states, known[0]), (duty, known[1])]
    return any(known) and all(any(found.intersection(edge.sources) for edge in edges) for found, edges in ways if edges)


def leads_where_the_table_says(kept: Kept) -> bool:
    """Say whether the matter is then in the state that the table names for the event."""
    event, state = kept.event, state_of(kept.after)
    target = MATTER.targets.get(event.TYPE, "")
    if target == "(before)":
        return state in {"accepted", "called", "second", "done", "reviewed"}
    failed = isinstance(event, e.Reviewed) and not event.passed
    return state == (target if target and not failed else state_of(kept.before))


def oracle(rules: Rules, start: datetime, limit: Limit, calendar: str) -> datetime:
    """Return when a limit runs out by the calendar alone."""
    found = rules.policy.calendars[calendar or rules.policy.calendar]
    return found.due(start, limit, rules.policy.counting, lenient=True).at


def limit_of_step(rules: Rules, kept: Kept) -> Limit | None:
    """Return what the ladder of the edition gives a step, or a called unit; None where another rule gives it."""
    matter, event, policy = kept.after, kept.event, rules.policy
    day = policy.day(matter.reported_at)
    if isinstance(event, e.Assigned):
        steps = policy.ladder(live_of(matter).ladder).steps
        return next((step.limit.at(day).value for step in steps if step.id == event.step), None)
    if isinstance(event, e.Summoned) and live_of(matter).path != "emergency" and event.how != "whistled":
        return policy.ordinary.steps[-1].limit.at(day).value
    return None


def covers(rules: Rules, matter: Matter, unit: str, at: datetime) -> bool:
    """Say whether a unit is the matter's place or stands above it."""
    structure = rules.structure(at)
    return unit == matter.place or structure.is_inside(matter.place, unit)


def paused(timer: Timer) -> bool:
    """Say whether a clock was ever held up."""
    return any(mark.act in {Act.PAUSE, Act.STOP, Act.RESUME} for mark in timer.clock.marks)


# --- the machine ----------------------------------------------------------------------------------------------------


class LiveMachine(RuleBasedStateMachine):
    """A county's platform, and what its log says; after every step they keep every promise made of them."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty log, under the first edition."""
        self.store = MemoryStore()
        self.platform = Platform(FIRST, self.store)
        self.now = START
        self.latest = START
        self.names: list[str] = []
        self.count = 0
        self.given: list[tuple[Command, Jurisdiction]] = []
        self.commands: dict[str, str] = {}
        self.kept: dict[str, list[Kept]] = {}
        self.spans: dict[str, Counter[str]] = {}
        self.seen = 0
        self.stamps: list[datetime] = []
        for actor, facts in ((RESIDENT_Z, COMPOUND), (PROXY, COMPOUND), (SUBDISTRICT, EMERGENCY)):
            about = {"item": "fire-lane", "place": "grid-1", "facts": facts}
            self.send(self.command(c.Report, self.fresh("m"), actor, **about))

    # --- giving commands ------------------------------------------------------------------------------------

    def fresh(self, what: str) -> str:
        """Return an id that was never used."""
        self.count += 1
        return f"{what}{self.count}"

    def rules_of(self, edition: str) -> Rules:
        """Return the rules of an edition."""
        return {each.edition: each.rules() for each in (FIRST, SECOND)}[edition]

    def command(self, kind: type[Command], matter: str, actor: Actor, **fields: Any) -> Command:
        """Return a command given now; a duration stands for an instant so much later."""
        for name in DATED:
            if isinstance(fields.get(name), timedelta):
                fields[name] = self.now + fields[name]
        return kind(id=self.fresh("c"), matter=matter, actor=actor, at=self.now, **fields)

    def snapshot(self) -> tuple[Any, ...]:
        """Return everything that a refused command must leave as it is."""
        return self.store.head(), tuple(self.platform.matters())

    def send(self, command: Command) -> bool:
        """Give a command, and see that it was kept whole or changed nothing."""
        before = self.snapshot()
        try:
            matter = self.platform.give(command)
        except GridgovError as error:
            assert error.faults  # noqa: PT017 - any refusal will do, or none
            assert self.snapshot() == before, "T19: a refusal changes nothing"
            assert self.store.command(command.id) == (), "T19: a refusal leaves the id free"
            return False
        self.note(command)
        assert self.store.command(command.id)
        assert matter == self.platform.matter(command.matter)
        return True

    def note(self, command: Command) -> None:
        """Note a command that was kept."""
        self.given.append((command, self.platform.jurisdiction))
        self.commands[command.id] = command.NAME
        self.latest = max(self.latest, command.at)
        self.names = list(dict.fromkeys([*self.names, *(matter.id for matter in self.platform.matters())]))

    def fields(self, random: Random, kind: type[Command], unit: str) -> dict[str, Any]:
        """Choose what a command says."""
        fields = {name: random.choice(choices) for name, choices in SAID.get(kind.NAME, {}).items()}
        if kind is c.Merge:
            fields["into"] = random.choice([*self.names, "m99"])
        elif kind is c.OpenTopic:
            fields["matters"] = tuple(random.sample(self.names, random.randint(0, min(2, len(self.names)))))
        elif kind is c.SplitMatter:
            fields["parts"] = tuple(self.part(random) for _ in range(random.randint(1, 3)))
        return fields | ({"unit": unit} if issubclass(kind, c.OfUnit) else {})

    def part(self, random: Random) -> c.Part:
        """Choose a part of a matter that is split."""
        item = random.choice(["fire-lane", "noise", "court"])
        return c.Part(matter=self.fresh("m"), item=item, place="grid-1", required=random.random() < 0.7)

    def not_before(self, name: str) -> datetime:
        """Return now, or just after the latest that is known of a matter, where the clock was wrong before."""
        return max(self.now, live_of(self.platform.matter(name)).last_at + MICROSECOND)

    def concerned(self, name: str) -> list[Actor]:
        """Return who has a part in a matter: its reporters, who has a duty, who called, the platform."""
        matter = self.platform.matter(name)
        people = [Actor(person=each.person) for each in live_of(matter).reporters if each.person]
        units = [HEAD if duty.unit == "grid-1" else of(duty.unit) for duty in matter.assignments if duty.is_open]
        caller = live_of(matter).caller
        return [*people, *units, *([of(caller)] if caller else []), PLATFORM_DESK]

    def act(self, random: Random, name: str, wanted: frozenset[str]) -> None:
        """Somebody who has a part in a matter does one of the things wanted that are possible for them."""
        actors = self.concerned(name)
        for actor in random.sample(actors, len(actors)):
            listed = self.platform.available(name, actor, self.not_before(name))
            options = [each for each in listed if each.now and each.command in wanted]
            if options:
                command = random.choice(sorted({each.command for each in options}))
                unit = random.choice([each.unit for each in options if each.command == command])
                kind = COMMANDS[command]
                self.send(self.command(kind, name, actor, **self.fields(random, kind, unit)))
                self.now += random.choice([MICROSECOND, MINUTE, HOUR])
                return

    @rule(random=RANDOM, actor=st.sampled_from([RESIDENT_Z, RESIDENT_Y, PROXY, HEAD, SUBDISTRICT]))
    def report(self, random: Random, actor: Actor) -> None:
        """Somebody reports a matter; few are open at once, so that each gets far."""
        if len(self.names) < 5:
            self.send(self.command(c.Report, self.fresh("m"), actor, **self.fields(random, c.Report, "")))

    @rule(random=RANDOM, times=st.integers(5, 25))
    def go_on(self, random: Random, times: int) -> None:
        """Those who have a part in a matter do, one after the other, what brings it on, or aside."""
        name = random.choice(self.names)
        for _ in range(times):
            self.act(random, name, FORWARD if random.random() < 0.7 else ASIDE)

    @rule(random=RANDOM)
    def end_early(self, random: Random) -> None:
        """A matter ends otherwise than by being handled."""
        self.act(random, random.choice(self.names), EARLY)

    @rule(random=RANDOM, actor=st.sampled_from(ACTORS), kind=st.sampled_from(list(COMMANDS.values())))
    def act_at_random(self, random: Random, actor: Actor, kind: type[Command]) -> None:
        """Anybody asks for anything; what the platform does not list as possible is refused."""
        name = random.choice(self.names)
        unit = random.choice(["", *(duty.unit for duty in self.platform.matter(name).assignments)])
        command = self.command(kind, name, actor, **self.fields(random, kind, unit))
        listed = [
            each for each in self.platform.available(name, actor, self.not_before(name)) if each.command == kind.NAME
        ]
        possible = any(each.now for each in listed) or kind is c.Rebase  # by the present rules, not the matter's
        assert not self.send(command) or possible, (command, listed)

    @rule(random=RANDOM, actor=st.sampled_from(ACTORS), kind=st.sampled_from(list(COMMANDS.values())))
    def act_on_nothing(self, random: Random, actor: Actor, kind: type[Command]) -> None:
        """A command about a matter that was never reported is refused."""
        if kind is not c.Report:
            assert not self.send(self.command(kind, "m99", actor, **self.fields(random, kind, "")))

    # --- time -----------------------------------------------------------------------------------------------

    @rule(by=st.sampled_from([MICROSECOND, HOUR, 3 * HOUR, DAY, 2 * DAY, 9 * DAY]))
    def pass_time(self, by: timedelta) -> None:
        """The clock goes on; nobody looks."""
        self.now += by

    @rule(by=st.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND]))
    def reach_what_falls_due(self, by: timedelta) -> None:
        """The clock goes on to the very instant at which something falls due, or a microsecond beside it."""
        coming = self.platform.due(self.now + 30 * DAY)
        if coming:
            self.now = max(self.now, coming[0][1].at + by)

    @rule(
        by=st.sampled_from([-A_SECOND, -HOUR - A_SECOND, -DAY - A_SECOND, HOUR + A_SECOND, DAY + A_SECOND]),
        random=RANDOM,
    )
    def jump_clock(self, by: timedelta, random: Random) -> None:
        """T21: the clock goes wrong while somebody acts, and is set right afterwards."""
        right, self.now = self.now, max(START, self.now + by)
        self.act(random, random.choice(self.names), frozenset({"remind", "sign_in", "pass_up"}))
        self.report(random, RESIDENT_Y)
        self.now = right

    @rule()
    def tick(self) -> None:
        """E7: what fell due happens; a second look finds nothing."""
        self.latest = max(self.latest, self.now)
        happened = self.platform.tick(self.now)
        assert [event.at for event in happened] == sorted(event.at for event in happened)
        assert all(event.at <= self.now for event in happened)
        head = self.store.head()
        assert self.platform.tick(self.now) == ()
        assert self.store.head() == head

    @rule()
    def tick_of_two_workers(self) -> None:
        """T24: two workers look at once; each thing happens once."""
        self.latest = max(self.latest, self.now)
        start, errors = threading.Barrier(2), list[BaseException]()

        def work(worker: Platform) -> None:
            start.wait()
            try:
                worker.tick(self.now)
            except BaseException as error:  # noqa: BLE001 - shown below
                errors.append(error)

        together(lambda: work(self.platform), lambda: work(self.again()))
        assert errors == []
        assert self.platform.tick(self.now) == ()

    # --- the same command, the same moment ------------------------------------------------------------------

    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        """E11: a command that was kept is sent again: the answer is the first one, nothing is added."""
        command, _ = data.draw(st.sampled_from(self.given[-5:]))
        before = self.snapshot()
        answer = self.platform.give(command)
        last = max(kept.version for kept in self.store.command(command.id) if kept.stream == command.matter)
        assert answer == self.kept[command.matter][last - 1].after if len(self.kept[command.matter]) >= last else True
        assert self.snapshot() == before

    @rule(data=st.data())
    def other_content(self, data: st.DataObject) -> None:
        """E11, T18: the id of a kept command with other content is refused."""
        command, _ = data.draw(st.sampled_from(self.given[-5:]))
        before = self.snapshot()
        for changed in (attrs.evolve(command, at=command.at + MICROSECOND), attrs.evolve(command, actor=of("kongcun"))):
            with pytest.raises(CommandMismatchError):
                self.platform.give(changed)
        assert self.snapshot() == before

    @rule(data=st.data(), same=st.booleans())
    def concurrent_twins(self, data: st.DataObject, same: bool) -> None:
        """E12: of two commands on one version exactly one succeeds; the same command sent twice is answered twice."""
        name = data.draw(st.sampled_from(self.names))
        whole = live_of(self.platform.matter(name)).parent
        self.now = max(self.not_before(each) for each in (name, whole) if each)
        matter = self.platform.matter(name, self.now)
        first = attrs.evolve(self.command(c.Remind, name, PLATFORM_DESK), expected_version=matter.version)
        second = first if same else attrs.evolve(first, id=self.fresh("c"))
        outcomes = race((self.platform, first), (self.again(), second))
        kept = [one for one, outcome in zip((first, second), outcomes, strict=True) if isinstance(outcome, Matter)]
        if live_of(matter).state in ENDS:
            assert kept == []
            assert all(isinstance(outcome, RefusedError) for outcome in outcomes)
            return
        assert len(kept) == (2 if same else 1)
        assert all(isinstance(outcome, Matter | StaleVersionError) for outcome in outcomes)
        assert not same or outcomes[0] == outcomes[1]
        self.note(kept[0])

    # --- other rules, other processes -----------------------------------------------------------------------

    def again(self) -> Platform:
        """Return another platform over the same log."""
        return Platform(self.platform.jurisdiction, self.store, earlier=[FIRST])

    @rule()
    def swap_pack(self) -> None:
        """T12: from now on the second edition holds for new matters."""
        self.platform = Platform(SECOND, self.store, earlier=[FIRST])

    @precondition(lambda self: self.platform.jurisdiction is SECOND)
    @rule(data=st.data())
    def rebase(self, data: st.DataObject) -> None:
        """T12: a matter is put under the second edition, on purpose."""
        name = data.draw(st.sampled_from(self.names))
        self.send(self.command(c.Rebase, name, PLATFORM_DESK, reason="new_rules"))

    @rule()
    def replay_from_zero(self) -> None:
        """What another process builds from the log is what this one has, and goes on the same."""
        other = self.again()
        assert tuple(other.matters()) == tuple(self.platform.matters())
        assert other.due(self.now + 30 * DAY) == self.platform.due(self.now + 30 * DAY)
        self.platform = other

    @rule()
    def one_big_tick(self) -> None:
        """E7: the same commands, and one tick at the end, make the same log for each matter."""
        self.check_one_big_tick()

    def check_one_big_tick(self) -> None:
        """Compare with a platform that was fed the same commands, and looked at the clock once."""
        store = MemoryStore()
        other = Platform(FIRST, store)
        for command, jurisdiction in self.given:
            if jurisdiction is not other.jurisdiction:
                other = Platform(jurisdiction, store, earlier=[FIRST])
            other.give(command)
        self.platform.tick(self.latest)
        Platform(SECOND, store, earlier=[FIRST]).tick(self.latest)
        for name in self.names:
            assert list(map(str, told(self.store, name))) == list(map(str, told(store, name)))

    def teardown(self) -> None:
        """At the end of each run: E7, once more, after all that has happened."""
        if hasattr(self, "store"):
            self.check_one_big_tick()
            self.fold_what_is_new()

    # --- what holds after every step ------------------------------------------------------------------------

    @invariant()
    def fold_what_is_new(self) -> None:
        """E1, E2, E3, E4, E6, T12: each new event stands in the tables, under its edition's rules."""
        for envelope in list(self.store.feed(self.seen)):
            self.seen = envelope.sequence
            event, stream = CODEC.decode(envelope), self.kept.setdefault(envelope.stream, [])
            assert isinstance(event, Decided)
            before = stream[-1].after if stream else None
            kept = Kept(envelope, event, before, apply(before, event))
            stream.append(kept)
            self.check_order(kept)
            self.check_tables(kept)
            self.check_dues(kept)
            self.check_climb(kept)
            self.count_time(kept)

    def check_order(self, kept: Kept) -> None:
        """E2: the version counts the events; what is recorded never goes back in time, nor does what happened."""
        envelope = kept.envelope
        assert envelope.version == len(self.kept[envelope.stream]) == kept.after.version
        self.stamps.append(envelope.recorded_at)
        assert envelope.sequence == len(self.stamps)
        assert self.stamps[-2:] == sorted(self.stamps[-2:])
        assert kept.before is None or kept.event.at >= live_of(kept.before).last_at

    def check_tables(self, kept: Kept) -> None:
        """E1: the state is known, and the way into it stands in the tables."""
        command = self.commands.get(kept.envelope.command, TIME)
        taken_in = self.kept[kept.envelope.stream][0].envelope.command == kept.envelope.command
        if command == "split" and taken_in and kept.event.TYPE not in {"received", "joined", "part_ended"}:
            command = "report"  # a part is taken in as though it had been reported
        assert (command == TIME) == (kept.envelope.actor == "clock")
        assert state_of(kept.after) in MATTER_STATES
        batch = [each for each in self.kept[kept.envelope.stream] if each.envelope.command == kept.envelope.command]
        found_in = state_of(batch[0].before)
        assert stands_in_the_tables(kept, command, found_in), (kept.event.TYPE, command, found_in)
        assert leads_where_the_table_says(kept), (kept.event.TYPE, state_of(kept.before), state_of(kept.after))

    def edition_of(self, kept: Kept) -> Rules:
        """Return the rules under which an event was decided: those to which the matter is pinned by then."""
        return self.rules_of(live_of(kept.after).edition)

    def check_dues(self, kept: Kept) -> None:
        """E3: clocks run out when the calendar says, under the edition of the matter; none comes earlier by itself."""
        rules, event = self.edition_of(kept), kept.event
        before = {} if kept.before is None else live_of(kept.before).timers
        by_step = limit_of_step(rules, kept)
        for change in event.clocks:
            old = before.get((change.number, change.kind))
            if change.act == "start" and change.limit is not None:
                assert change.due_at == oracle(rules, change.at, change.limit, change.calendar)
                if change.kind in {"step", "complete"} and by_step is not None:
                    assert change.limit == by_step, (change, by_step)
            elif (
                change.act not in ENDS_OR_STARTS
                and old is not None
                and old.due_at is not None
                and change.due_at is not None
            ):
                assert change.due_at >= old.due_at or event.TYPE in MAY_COME_EARLIER, (event, old)
            if change.kind == "promise" and change.due_at is not None:
                assert change.due_at == self.promised(kept), "the promise never moves"

    def promised(self, kept: Kept) -> datetime:
        """Return the promise of the first day."""
        first = self.kept[kept.envelope.stream][0]
        (due_at,) = (change.due_at for change in first.event.clocks if change.kind == "promise")
        assert due_at is not None
        return due_at

    def check_climb(self, kept: Kept) -> None:
        """E4, E6: a step goes up once, after it fell due, on the way to the place or to who leads."""
        event, matter = kept.event, kept.after
        log = [each.event for each in self.kept[kept.envelope.stream]]
        if isinstance(event, e.PassedUp):
            assert state_of(kept.before) not in ENDS
            assert [each.number for each in log if isinstance(each, e.PassedUp)].count(event.number) == 1
            if event.missed:
                due_at = matter.assignments[event.number - 1].due_at
                assert due_at is not None
                assert event.at >= due_at
        if isinstance(event, e.Assigned):
            rules = self.edition_of(kept)
            steps = {step.id: step for step in rules.policy.ladder(live_of(matter).ladder).steps}
            leads = event.how == "direct" or steps[event.step].answers == LEADS
            assert leads or covers(rules, matter, event.unit, event.at)
            self.check_height([each for each in log if isinstance(each, e.PassedUp | e.SentDown)], len(steps))

    def check_height(self, moves: list[Decided], levels: int) -> None:
        """E4: a matter does not climb more often than there are levels, unless somebody sends it down."""
        downs = sum(isinstance(each, e.SentDown) for each in moves)
        assert len(moves) - downs <= levels * (downs + 1)

    def count_time(self, kept: Kept) -> None:
        """E14: what passed since the event before counts for who coordinated then."""
        before = kept.before
        if before is None or state_of(before) in ENDS:
            return
        duty = coordinator_of(before)
        spans = self.spans.setdefault(kept.envelope.stream, Counter())
        spans["" if duty is None else f"{duty.number}"] += (kept.event.at - live_of(before).last_at) // MICROSECOND

    @invariant()
    def matters_hold_together(self) -> None:
        """E5, E8, E9, E10, E13, E14, of every matter as it now stands."""
        matters = tuple(self.platform.matters())
        assert [matter.id for matter in matters] == list(self.kept)
        for matter in matters:
            assert matter == self.kept[matter.id][-1].after
            self.check_coordinated(matter)
            self.check_one_role_each(matter)
            self.check_accused(matter)
            self.check_ended(matter)
            assert matter.reported_at == self.kept[matter.id][0].event.at, "E13"
        self.check_count(matters)

    def check_coordinated(self, matter: Matter) -> None:
        """E5: one duty coordinates, or a ruling is due."""
        live = live_of(matter)
        state = live.before if live.state in HELD_UP else live.state
        handling = [duty for duty in matter.assignments if duty.is_open and duty.role == "handle"]
        coordinator = coordinator_of(matter)
        if live.state in ENDS:
            assert coordinator is None
        elif state in {"unassigned", "disputed"}:
            assert live.timers[0, "ruling"].clock.state == "running"
        elif state == "accepted":
            assert handling == [coordinator]
        elif state != "split" and not live.parts:
            assert coordinator is not None
            assert coordinator.is_open or state in {"done", "reviewed"}

    def check_one_role_each(self, matter: Matter) -> None:
        """E9: nobody leads and supports at once."""
        open_duties = [duty for duty in matter.assignments if duty.is_open]
        leading = {duty.unit for duty in open_duties if duty.role in LEADING}
        supporting = [duty.unit for duty in open_duties if duty.role == "support"]
        assert leading.isdisjoint(supporting)
        assert len(supporting) == len(set(supporting))

    def check_accused(self, matter: Matter) -> None:
        """E10, T30: whom the matter is about has no duty, and learns nothing of who reported."""
        live = live_of(matter)
        if not live.accused:
            return
        assert live.accused not in {duty.unit for duty in matter.assignments}
        at = max(self.now, live.last_at)
        inside = [
            unit.id for unit in self.platform.jurisdiction.organization.units if unit.id in ("grid-1", "traffic-police")
        ]
        structure = self.platform.jurisdiction.rules().structure(at)
        for unit in (live.accused, *(name for name in inside if structure.is_inside(name, live.accused))):
            seen = repr(self.platform.view(matter.id, unit, at))
            assert not any(person in seen for person in ("resident-z", "resident-y", "worker-4"))

    def check_ended(self, matter: Matter) -> None:
        """E8, E14: an ended matter has no open duty; its time is that of who coordinated it, to the microsecond."""
        live = live_of(matter)
        assert (matter.closed_at is not None) == (live.state in ENDS)
        spent = sum(self.spans.get(matter.id, Counter()).values())
        reopened = [kept.event.at for kept in self.kept[matter.id] if kept.event.TYPE == "reopened"]
        if not reopened:
            assert spent == ((matter.closed_at or live.last_at) - matter.reported_at) // MICROSECOND
        for duty in matter.assignments:
            again = reopened or (duty.work is not None and duty.work.reworked)  # done in between: nobody coordinated
            if duty.role == "handle" and not duty.is_open and duty.outcome != "completed" and not again:
                held = (duty.last_at - duty.opened_at) // MICROSECOND
                assert self.spans[matter.id][f"{duty.number}"] >= held

    def check_count(self, matters: tuple[Matter, ...]) -> None:
        """E8: opened = ended + open, counted from the log."""
        types = Counter(kept.event.TYPE for stream in self.kept.values() for kept in stream)
        ended = sum(types[name] for name, target in MATTER.targets.items() if target in ENDS) - types["reopened"]
        assert types["received"] == len(matters) == ended + sum(state_of(each) not in ENDS for each in matters)


def told(store: MemoryStore, name: str) -> list[tuple[Any, ...]]:
    """Return what a stream says, without when it was recorded and in which order with others."""
    return [(each.type, each.happened_at, each.data, each.command, each.edition) for each in store.stream(name)]


def together(*work: Any) -> None:
    """Do several things at once."""
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def race(*sent: tuple[Platform, Command]) -> list[Matter | GridgovError]:
    """Give each command to its platform, all at once, and return what each answered."""
    start, answers = threading.Barrier(len(sent)), dict[int, Matter | GridgovError]()

    def give(place: int, platform: Platform, command: Command) -> None:
        start.wait()
        try:
            answers[place] = platform.give(command)
        except GridgovError as error:
            answers[place] = error

    together(*(lambda n=n, each=each: give(n, *each) for n, each in enumerate(sent)))
    return [answers[place] for place in range(len(sent))]


TestLiveMachine = LiveMachine.TestCase
TestLiveMachine.settings = settings(
    deadline=None,
    max_examples=40,
    stateful_step_count=30,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # what a seed chose does not shrink
)
