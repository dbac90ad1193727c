"""A matter's life: gridgov beside `transitions` and `eventsourcing`, replay, and a tick at which nothing is due.

Run it as ``python benchmarks/matters.py``; it needs the group ``bench``. All sides work in one process and in turn, on
the same eight events: received, assigned, judged, contacted, completed, declared done, called back, closed. Each figure
is the median of several rounds, in processor time; the garbage collector runs as always and is emptied before each
timing. What is compared:

- gridgov decides five commands by the rules of the pack ``pingyin``: who may, in which relation, on what evidence, in
  which state; the list and the ladder say who must act, and the clocks when they run out. Once with every clock of the
  pack, once with the resident's promise and the step alone.
- `transitions`: one shared machine over the same states and edges, an object for each matter. Each trigger has two
  conditions (the role is granted the event; nothing later is known) and keeps a frozen record of what happened. Once
  more without conditions, records and objects: bare triggers.
- `eventsourcing`: an aggregate that triggers the same events and applies them, saved nowhere.

Replay reads the same log from stored JSON on both sides. A million open matters are not reported one by one, which
would take longer than all else here: one is, and the others stand in its place in the platform's index, each with a
deadline of its own, all after the tick.
"""

import gc
import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import attrs
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, UUIDAsHex
from transitions import Machine

from gridgov import Actor, Platform, load_pack
from gridgov.handling import Command, Rules, commands, decide
from gridgov.matters import EVENTS, MATTER, Matter, apply
from gridgov.matters.state import changed
from gridgov.events import Codec
from gridgov.platform import Deadlines
from gridgov.stores import MemoryStore, Write

ROUNDS = 9
LIVES = 200
EVENTS_A_LIFE = 8
TICKS = 2_000
FEW, MANY = 1_000, 1_000_000


def china(text: str) -> datetime:
    """Return the instant at a time in China."""
    return datetime.fromisoformat(f"{text}+08:00")


REPORTED, JUDGED, CONTACTED, COMPLETED, ASKED = (
    china(f"2021-02-05T{clock}") for clock in ("15:00", "15:20", "15:30", "16:00", "17:00")
)
RESIDENT = Actor(person="resident-7")
HEAD = Actor(unit="370124001010001", post="grid-head")
DESK = Actor(unit="rexian", person="desk-1")
LIFE = (
    ("received", "resident", REPORTED),
    ("assigned", "resident", REPORTED),
    ("judged", "grid-head", JUDGED),
    ("contacted", "grid-head", CONTACTED),
    ("completed", "grid-head", COMPLETED),
    ("declared_done", "grid-head", COMPLETED),
    ("called_back", "platform", ASKED),
    ("closed", "platform", ASKED),
)
"""The events of a life: what, by whom, when."""


# --- gridgov ----------------------------------------------------------------------------------------------------------


def asked(matter: str) -> tuple[Command, ...]:
    """Return the commands of one life."""
    return (
        commands.Report(
            id="c1",
            matter=matter,
            actor=RESIDENT,
            at=REPORTED,
            item="fire-lane",
            place=HEAD.unit,
            facts={"scene": "compound"},
        ),
        commands.Judge(id="c2", matter=matter, actor=HEAD, at=JUDGED, own=True),
        commands.Contact(id="c3", matter=matter, actor=HEAD, at=CONTACTED),
        commands.Complete(id="c4", matter=matter, actor=HEAD, at=COMPLETED, evidence=("photo-1",)),
        commands.CallBack(
            id="c5", matter=matter, actor=DESK, at=ASKED, result="reached", satisfied=True, fixed=True
        ),
    )


def live(rules: Rules, matter: str) -> tuple[Matter, list[Any]]:
    """Decide and apply one life; return the matter and its events."""
    state: Matter | None = None
    happened: list[Any] = []
    for command in asked(matter):
        decision = decide(rules, state, command)
        state = decision.matters[matter]
        happened += decision.events[matter]
    assert state is not None
    return state, happened


# --- transitions ------------------------------------------------------------------------------------------------------


@attrs.frozen
class Noted:
    """What a matter of the peer keeps of an event."""

    type: str
    by: str
    at: datetime


class Model:
    """A matter of the peer."""

    def __init__(self) -> None:
        self.last_at = REPORTED
        self.log: list[Noted] = []

    def is_granted(self, what: str, by: str, _: datetime) -> bool:
        """Say whether the role may cause the event."""
        return by in GRANTED[what]

    def is_later(self, _: str, __: str, at: datetime) -> bool:
        """Say whether nothing later is known."""
        return at >= self.last_at

    def note(self, what: str, by: str, at: datetime) -> None:
        """Keep what happened."""
        self.last_at = at
        self.log.append(Noted(what, by, at))


GRANTED = {what: frozenset({by}) for what, by, _ in LIFE}


def machine(*, conditions: bool) -> Machine:
    """Return a machine of the states that a life passes, with the edges of the table that lead through them."""
    types = {what for what, _, _ in LIFE}
    edges = [edge for edge in MATTER.edges if edge.event in types and not edge.elsewhere]
    states = {"(new)", "accepted", "done", "closed"}
    made = Machine(model=None, states=sorted(states), initial="(new)", auto_transitions=False)
    said: dict[str, Any] = {"conditions": ["is_granted", "is_later"], "after": "note"} if conditions else {}
    known: set[tuple[str, str]] = set()
    for edge in edges:
        for source in states.intersection(edge.sources) - {state for what, state in known if what == edge.event}:
            known.add((edge.event, source))
            made.add_transition(edge.event, source, edge.target or None, **said)
    made.add_transition("assigned", "accepted", None, **said)
    return made


def live_in(shared: Machine) -> Model:
    """Lead one object through a life."""
    model = Model()
    shared.add_model(model)
    for what, by, at in LIFE:
        model.trigger(what, what, by, at)  # type: ignore[attr-defined]
    shared.remove_model(model)
    return model


def trigger_all(shared: Machine, model: Model) -> None:
    """Pull the triggers of a life on one object, again and again the same."""
    shared.set_state("(new)", model)
    for what, _, _ in LIFE:
        model.trigger(what)  # type: ignore[attr-defined]


# --- eventsourcing ----------------------------------------------------------------------------------------------------


class Aggregated(Aggregate):
    """The same life as an aggregate: each method is an event, and what it does to the state."""

    @event("Received")
    def __init__(self, matter: str, item: str, place: str, by: str, at: datetime) -> None:
        self.matter, self.item, self.place, self.state = matter, item, place, "accepted"
        self.steps: list[tuple[str, datetime]] = []
        self.last_by, self.last_at = by, at

    @event("Assigned")
    def assigned(self, unit: str, by: str, at: datetime) -> None:
        """Open a step."""
        self.steps.append((unit, at))
        self.last_by, self.last_at = by, at

    @event("Judged")
    def judged(self, by: str, at: datetime) -> None:
        """Note it."""
        self.last_by, self.last_at = by, at

    @event("Contacted")
    def contacted(self, by: str, at: datetime) -> None:
        """Note it."""
        self.last_by, self.last_at = by, at

    @event("Completed")
    def completed(self, by: str, at: datetime) -> None:
        """Note it."""
        self.last_by, self.last_at = by, at

    @event("DeclaredDone")
    def declared_done(self, by: str, at: datetime) -> None:
        """Change the state."""
        self.state, self.last_by, self.last_at = "done", by, at

    @event("CalledBack")
    def called_back(self, by: str, at: datetime) -> None:
        """Note it."""
        self.last_by, self.last_at = by, at

    @event("Closed")
    def closed(self, by: str, at: datetime) -> None:
        """Change the state."""
        self.state, self.last_by, self.last_at = "closed", by, at


def aggregate(matter: str) -> Aggregated:
    """Trigger the events of one life."""
    one = Aggregated(matter=matter, item="fire-lane", place=HEAD.unit, by=RESIDENT.key, at=REPORTED)
    one.assigned(unit=HEAD.unit, by=RESIDENT.key, at=REPORTED)
    one.judged(by=HEAD.key, at=JUDGED)
    one.contacted(by=HEAD.key, at=CONTACTED)
    one.completed(by=HEAD.key, at=COMPLETED)
    one.declared_done(by=HEAD.key, at=COMPLETED)
    one.called_back(by=DESK.key, at=ASKED)
    one.closed(by=DESK.key, at=ASKED)
    return one


# --- measuring --------------------------------------------------------------------------------------------------------


def seconds(*sides: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Return the median processor time of each side, timed in turn."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, times in zip(sides, taken, strict=True):
            gc.collect()
            begin = time.process_time()
            kept = side()
            times.append(time.process_time() - begin)
            del kept
    return [median(times) for times in taken]


def at_most(what: str, peer: str, ours: float, theirs: float, goal: float) -> None:
    """Print what gridgov takes as a share of what the peer takes."""
    print(f"{what:<44} {peer:<34} {ours / theirs:>7.2f}  at most {goal:<4} {_met(ours <= goal * theirs)}")


def beside(what: str, peer: str, ours: float, theirs: float) -> None:
    """Print the same share, where nothing is promised."""
    print(f"{what:<44} {peer:<34} {ours / theirs:>7.2f}")


def _met(met: object) -> str:
    return "yes" if met else "NO"


def compare_lives(full: Rules) -> None:
    """Compare eight events decided and applied."""
    clocks = {name: full.handling.clocks[name] for name in ("promise", "step")}
    few = attrs.evolve(full, handling=attrs.evolve(full.handling, clocks=clocks))
    guarded, bare = machine(conditions=True), machine(conditions=False)
    model = Model()
    bare.add_model(model)
    types = [what for what, _, _ in LIFE]
    matter, happened = live(full, "m-1")
    assert [each.TYPE for each in happened] == [each.type for each in live_in(guarded).log] == types
    assert matter.live is not None
    assert matter.live.state == aggregate("m-1").state == "closed"
    every, two, told, pulled, aggregated = seconds(
        lambda: [live(full, f"m-{at}") for at in range(LIVES)],
        lambda: [live(few, f"m-{at}") for at in range(LIVES)],
        lambda: [live_in(guarded) for _ in range(LIVES)],
        lambda: [trigger_all(bare, model) for _ in range(LIVES)],
        lambda: [aggregate(f"m-{at}") for at in range(LIVES)],
    )
    print(f"an event, every clock: {every / LIVES / EVENTS_A_LIFE * 1e6:.0f} µs")
    for clocks_said, ours in (("every clock", every), ("promise and step alone", two)):
        at_most(f"eight events, {clocks_said}", "transitions, conditions, objects", ours, told, 1)
        at_most(f"eight events, {clocks_said}", "eventsourcing, not saved", ours, aggregated, 1)
        beside(f"eight events, {clocks_said}", "transitions, bare triggers", ours, pulled)


def compare_replay(rules: Rules) -> None:
    """Compare reading one log and folding it."""
    codec, store = Codec(EVENTS), MemoryStore()
    matter, happened = live(rules, "m-1")
    drafts = tuple(codec.encode(each) for each in happened)
    store.append(
        [Write("m-1", 0, drafts)], command_id="c1", actor="a", edition=rules.edition, recorded_at=ASKED
    )
    log = tuple(store.stream("m-1"))

    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DatetimeAsISO()):
        transcoder.register(transcoding)
    mapper: Mapper[UUID] = Mapper(transcoder)
    one = aggregate("m-1")
    stored = [mapper.to_stored_event(each) for each in one.collect_events()]

    def replayed() -> Matter | None:
        state: Matter | None = None
        for envelope in log:
            state = apply(state, codec.decode(envelope))
        return state

    def rebuilt() -> Any:
        state: Any = None
        for each in stored:
            state = mapper.to_domain_event(each).mutate(state)
        return state

    assert replayed() == matter
    assert rebuilt() == one or rebuilt().state == one.state
    ours, theirs = seconds(
        lambda: [replayed() for _ in range(LIVES)],
        lambda: [rebuilt() for _ in range(LIVES)],
    )
    at_most("the same log read and folded", "eventsourcing, mapper and mutate", ours, theirs, 0.67)


def opened(platform: Platform, matter: Matter, count: int) -> None:
    """Let so many open matters stand in the platform's index, each with a deadline of its own after the tick."""
    for at in range(count):
        name = f"m-{at}"
        platform._matters[name] = matter
        platform._deadlines.add(name, COMPLETED + timedelta(seconds=1 + at * 7919 % count), 100)


def compare_ticks() -> None:
    """Compare ticks that find nothing due among few and among many open matters."""
    pack = load_pack("pingyin")
    platforms = []
    for count in (FEW, MANY):
        platform = Platform(pack)
        opened(platform, platform.give(asked("m-0")[0]), count)
        platforms.append(platform)
    few, many = platforms
    assert few.tick(CONTACTED) == many.tick(CONTACTED) == ()
    one, other = seconds(
        lambda: [few.tick(CONTACTED) for _ in range(TICKS)],
        lambda: [many.tick(CONTACTED) for _ in range(TICKS)],
    )
    at_most(f"a tick, {MANY:,} matters open", f"{FEW:,} matters open", other, one, 1.5)


def taken(due: Sequence[tuple[datetime, str]], ended: Sequence[Matter]) -> Iterator[str]:
    """Add every deadline and take them, earliest first."""
    deadlines, last = Deadlines(), max(at for at, _ in due) + timedelta(1)
    for at, name in due:
        deadlines.add(name, at, 100)
    over = {matter.id: matter for matter in ended}
    while (name := deadlines.first(last)) is not None:
        yield name
        deadlines.note(over[name])


def heaped(due: Sequence[tuple[datetime, str]]) -> Iterator[str]:
    """Push every deadline on a heap and pop them."""
    heap: list[tuple[datetime, str]] = []
    for entry in due:
        heapq.heappush(heap, entry)
    while heap:
        yield heapq.heappop(heap)[1]


def compare_deadlines() -> None:
    """Compare a million deadlines added and taken."""
    due = [(COMPLETED + timedelta(seconds=at * 7919 % MANY), f"m-{at}") for at in range(MANY)]
    ended = [Matter(id=name, reported_at=REPORTED) for _, name in due]
    ours, heap, columns = seconds(
        lambda: sum(1 for _ in taken(due, ended)),
        lambda: sum(1 for _ in heaped(due)),
        lambda: [name for _, name in sorted(due)],
        rounds=3,
    )
    beside(f"{MANY:,} deadlines added and taken", "heapq, push and pop", ours, heap)
    beside(f"{MANY:,} deadlines added and taken", "one sort of all", ours, columns)


def main() -> None:
    """Measure and print."""
    rules = load_pack("pingyin").rules()
    print(f"medians of {ROUNDS} rounds of {LIVES} lives; the share of the peer's time that gridgov takes\n")
    compare_lives(rules)
    compare_replay(rules)
    compare_ticks()
    compare_deadlines()


if __name__ == "__main__":
    main()
