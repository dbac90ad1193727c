"""A matter's life: gridgov beside `transitions` and `eventsourcing`, replay, and a tick at which nothing is due.

Run it as ``python benchmarks/matters.py``; it needs the group ``bench``. All sides work in one process and in turn, on
the same eight events: received, assigned, judged, contacted, completed, declared done, called back, closed; each life
has instants of its own. Each figure is the median of several rounds, in processor time; the garbage collector runs as
always and is emptied before each timing. Commands, and what the peers are told, are made beforehand. What is compared:

- gridgov decides five commands by the rules of the pack ``pingyin`` and applies what they lead to: who may, in which
  relation, on what evidence, in which state; the list and the ladder say who must act first, the calendar when each
  clock runs out. Once with every clock of the pack, once with the resident's promise and the step alone. The report, of
  which two of the eight events come, is also shown apart: it reads the list and the ladder, which no peer does.
- `transitions`: one shared machine over the states and edges of this life, an object for each matter. Each trigger has
  two conditions (the role is granted the event; nothing later is known) and keeps a frozen record of what happened.
  Once more on one object without conditions and records: bare triggers.
- `eventsourcing`: an aggregate that is told the same events, with all their fields, and applies them; saved nowhere.

Replay reads and folds the same log on both sides: the same fields of the same events, stored as JSON.

A million open matters are not reported one by one, which would take longer than all else here: one is, and the others
stand in its place in the platform's index, each with a deadline of its own, all after the tick.
"""

import gc
import heapq
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import attrs
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, UUIDAsHex
from transitions import Machine

from gridgov import Actor, Platform, load_pack
from gridgov.calendar import Limit
from gridgov.events import Codec
from gridgov.handling import Command, Rules, commands, decide
from gridgov.matters import EVENTS, MATTER, Matter, apply
from gridgov.platform import Deadlines
from gridgov.stores import MemoryStore, Write

ROUNDS = 9
LIVES = 200
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

Told = tuple[tuple[str, str, datetime], ...]
Said = tuple[tuple[str, dict[str, Any]], ...]


def lives() -> list[Told]:
    """Return the events of many lives, each a second later than the one before."""
    return [tuple((what, by, when + timedelta(seconds=at)) for what, by, when in LIFE) for at in range(LIVES)]


# --- gridgov ----------------------------------------------------------------------------------------------------------


def asked(matter: str, later: int = 0) -> tuple[Command, ...]:
    """Return the commands of one life, so many seconds later."""
    reported, judged, contacted, completed, called = (
        at + timedelta(seconds=later) for at in (REPORTED, JUDGED, CONTACTED, COMPLETED, ASKED)
    )
    about: dict[str, Any] = {"item": "fire-lane", "place": HEAD.unit, "facts": {"scene": "compound"}}
    answer: dict[str, Any] = {"result": "reached", "satisfied": True, "fixed": True}
    return (
        commands.Report(id="c1", matter=matter, actor=RESIDENT, at=reported, **about),
        commands.Judge(id="c2", matter=matter, actor=HEAD, at=judged, own=True),
        commands.Contact(id="c3", matter=matter, actor=HEAD, at=contacted),
        commands.Complete(id="c4", matter=matter, actor=HEAD, at=completed, evidence=("photo-1",)),
        commands.CallBack(id="c5", matter=matter, actor=DESK, at=called, **answer),
    )


def live(rules: Rules, matter: str, given: Sequence[Command]) -> tuple[Matter, list[Any]]:
    """Decide and apply one life; return the matter and its events."""
    state: Matter | None = None
    happened: list[Any] = []
    for command in given:
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


def live_in(shared: Machine, told: Told) -> Model:
    """Lead one object through a life."""
    model = Model()
    shared.add_model(model)
    for what, by, at in told:
        getattr(model, what)(what, by, at)
    shared.models.clear()
    return model


def trigger_all(shared: Machine, model: Model) -> Model:
    """Pull the triggers of a life on one object, again and again the same."""
    shared.set_state("(new)", model)
    for what, _, _ in LIFE:
        getattr(model, what)()
    return model


# --- eventsourcing ----------------------------------------------------------------------------------------------------


class Aggregated(Aggregate):
    """The same life as an aggregate: each method is an event, and says what it does to the state."""

    @event("Received")
    def __init__(self, said: dict[str, Any]) -> None:
        self.about = said
        self.state = "accepted"
        self.steps: list[dict[str, Any]] = []
        self.timers: dict[tuple[int, str], dict[str, Any]] = {}
        self._note(said)

    def _note(self, said: dict[str, Any]) -> None:
        """Note when it happened, and what became of clocks."""
        self.last_at = said["at"]
        for clock in said.get("clocks", ()):
            self.timers[clock.get("number", 0), clock["kind"]] = clock

    @event("Assigned")
    def assigned(self, said: dict[str, Any]) -> None:
        """Open a step."""
        self.steps.append(said)
        self._note(said)

    @event("Judged")
    def judged(self, said: dict[str, Any]) -> None:
        """Note it."""
        self._note(said)

    @event("Contacted")
    def contacted(self, said: dict[str, Any]) -> None:
        """Note it."""
        self._note(said)

    @event("Completed")
    def completed(self, said: dict[str, Any]) -> None:
        """Note it."""
        self._note(said)

    @event("DeclaredDone")
    def declared_done(self, said: dict[str, Any]) -> None:
        """Change the state."""
        self.state = "done"
        self._note(said)

    @event("CalledBack")
    def called_back(self, said: dict[str, Any]) -> None:
        """Note it."""
        self.answer = said
        self._note(said)

    @event("Closed")
    def closed(self, said: dict[str, Any]) -> None:
        """Change the state."""
        self.state = "closed"
        self._note(said)


def said_in(happened: Sequence[Any]) -> Said:
    """Return what the same events say, as plain values and instants."""
    return tuple((each.TYPE, _plain(each)) for each in happened)


def _plain(value: Any) -> Any:
    if isinstance(value, Limit):
        return str(value)
    if attrs.has(type(value)):
        fields = [(each.name, getattr(value, each.name), each.default) for each in attrs.fields(type(value))]
        return {name: _plain(said) for name, said, default in fields if said != default}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def aggregate(said: Said) -> Aggregated:
    """Trigger the events of one life."""
    (_, first), *rest = said
    one = Aggregated(said=first)
    for what, fields in rest:
        getattr(one, what)(said=fields)
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


def matter_after(rules: Rules, name: str, given: Sequence[Command]) -> Matter:
    """Return the matter after its report."""
    return live(rules, name, given[:1])[0]


def carry_on(rules: Rules, matter: Matter, given: Sequence[Command]) -> Matter:
    """Decide and apply what follows the report."""
    for command in given:
        matter = decide(rules, matter, command).matters[matter.id]
    return matter


def compare_lives(full: Rules) -> None:
    """Compare eight events decided and applied."""
    clocks = {name: full.handling.clocks[name] for name in ("promise", "step")}
    few = attrs.evolve(full, handling=attrs.evolve(full.handling, clocks=clocks))
    given = [(f"m-{at}", asked(f"m-{at}", at)) for at in range(LIVES)]
    told = lives()
    guarded, bare = machine(conditions=True), machine(conditions=False)
    model = Model()
    bare.add_model(model)
    types = [what for what, _, _ in LIFE]
    lived = [live(full, *each) for each in given]
    said = [said_in(happened) for _, happened in lived]
    assert [each.TYPE for each in lived[0][1]] == [each.type for each in live_in(guarded, told[0]).log] == types
    assert lived[0][0].live is not None
    assert lived[0][0].live.state == aggregate(said[0]).state == "closed"
    reports = [(name, each[:1]) for name, each in given]
    rest = [(matter_after(full, *each), each[1][1:]) for each in given]
    every, two, reporting, after, guards, pulled, aggregated = seconds(
        lambda: [live(full, *each) for each in given],
        lambda: [live(few, *each) for each in given],
        lambda: [live(full, *each) for each in reports],
        lambda: [carry_on(full, *each) for each in rest],
        lambda: [live_in(guarded, each) for each in told],
        lambda: [trigger_all(bare, model) for _ in told],
        lambda: [aggregate(each) for each in said],
    )
    for what, ours, events in (
        ("eight events, every clock", every, 8),
        ("eight events, promise and step alone", two, 8),
        ("the report (2 events) alone", reporting, 2),
        ("what follows it (6 events) alone", after, 6),
    ):
        each, guard, told_one, pull = (time / LIVES for time in (ours / events, guards / 8, aggregated / 8, pulled / 8))
        print(f"{what}: {each * 1e6:.0f} µs an event")
        at_most(what, "transitions, conditions, objects", each, guard, 1)
        at_most(what, "eventsourcing, not saved", each, told_one, 1)
        beside(what, "transitions, bare triggers", each, pull)


def compare_replay(rules: Rules) -> None:
    """Compare reading one log and folding it."""
    codec, store = Codec(EVENTS), MemoryStore()
    matter, happened = live(rules, "m-1", asked("m-1"))
    drafts = tuple(codec.encode(each) for each in happened)
    store.append([Write("m-1", 0, drafts)], command_id="c1", actor="a", edition=rules.edition, recorded_at=ASKED)
    log = tuple(store.stream("m-1"))

    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DatetimeAsISO()):
        transcoder.register(transcoding)
    mapper: Mapper[UUID] = Mapper(transcoder)
    one = aggregate(said_in(happened))
    stored = [mapper.to_stored_event(each) for each in one.collect_events()]

    def decoded() -> list[Any]:
        return [codec.decode(envelope) for envelope in log]

    def replayed() -> Matter | None:
        state: Matter | None = None
        for each in decoded():
            state = apply(state, each)
        return state

    def mapped() -> list[Any]:
        return [mapper.to_domain_event(each) for each in stored]

    def rebuilt() -> Any:
        state: Any = None
        for each in mapped():
            state = each.mutate(state)
        return state

    assert replayed() == matter
    assert (rebuilt().timers, rebuilt().state) == (one.timers, one.state)
    ours, theirs, reading, mapping = seconds(
        lambda: [replayed() for _ in range(LIVES)],
        lambda: [rebuilt() for _ in range(LIVES)],
        lambda: [decoded() for _ in range(LIVES)],
        lambda: [mapped() for _ in range(LIVES)],
    )
    at_most("the same log read and folded", "eventsourcing, mapper and mutate", ours, theirs, 0.67)
    beside("the same log read", "eventsourcing, mapper", reading, mapping)


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
    while (first := deadlines.first(last)) is not None:
        yield first
        deadlines.note(over[first])


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
