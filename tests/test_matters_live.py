"""Live matters folded from decided events: what each event does, and how it stands in the log."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from types import UnionType
from typing import Any, Union, get_args, get_origin

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.calendar import Limit, LimitUnit
from gridgov.errors import GridgovError, RefusedError, StoreError
from gridgov.events import Codec, Envelope, canonical
from gridgov.matters import (
    ASSIGNMENT,
    ASSIGNMENT_STATES,
    BEFORE,
    DECIDED,
    EVENTS,
    HAPPENED_LIVE,
    MATTER,
    MATTER_STATES,
    UNDER_WAY,
    Assignment,
    ClockChange,
    Decided,
    Finding,
    Live,
    Matter,
    Moment,
    Reporter,
    Table,
    apply,
)
from gridgov.matters import events as e
from gridgov.stores import MemoryStore, Write

NINE = datetime(2021, 2, 8, 1, tzinfo=UTC)
CODEC = Codec(EVENTS)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


# --- how events stand in the log ------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    type(None): st.none(),
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is given beside
    Limit: st.builds(Limit, st.integers(1, 500), st.sampled_from(LimitUnit)),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return what a field of a type may hold."""
    if kind in PLAIN:
        return PLAIN[kind]
    if attrs.has(kind):
        return st.builds(kind, **{each.name: values(each.type) for each in attrs.fields(kind) if each.init})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, inner))
    if origin is tuple and inner[1:] == (...,):
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, inner))
    return st.dictionaries(*map(values, inner), max_size=3)


def wrong(kind: Any) -> list[Any]:
    """Return what a field of a type must not hold, as JSON says it."""
    inner = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return wrong(next(each for each in inner if each is not type(None)))
    if get_origin(kind) is tuple:
        return ["ab", {"a": 1}, 7, None, [7.5]]
    if attrs.has(kind) or get_origin(kind) is not None:
        return ["ab", [["a", "b"]], 7, {"a": 1}]
    return {
        str: [1, None, True, ["a"]],
        bool: [0, "yes", ["a"]],
        int: [True, "1", 1.0, None],
        datetime: ["2021-02-07", "2021-02-07T10:30:00+08:00", 7, ["a"]],
        Limit: ["five days", 5, ["a"], ""],
    }[kind]


WRONG = [(kind, each.name, bad) for kind in DECIDED for each in attrs.fields(kind) for bad in wrong(each.type)]
OF_ALL = {kind: values(kind) for kind in DECIDED}


def kept(event_type: str, data: Mapping[str, Any]) -> Envelope:
    """Return what a log would hold with this data."""
    store, (draft,) = MemoryStore(), (CODEC.encode(e.Closed(at=at(0))),)
    store.append(
        [Write("m1", 0, (attrs.evolve(draft, type=event_type, data=dict(data)),))],
        command_id="c1",
        actor="x",
        edition="e1",
        recorded_at=at(0),
    )
    (envelope,) = store.feed()
    return envelope


class TestInTheLog:
    """S8: decode(encode(e)) = e for every event and every text; what the class does not hold stops the reader."""

    @pytest.mark.parametrize("kind", DECIDED)
    @given(data=st.data())
    @settings(deadline=None, max_examples=12)
    def test_round_trip(self, kind: type[Decided], data: st.DataObject) -> None:
        """Through canonical JSON, which holds only what is not as it is by default."""
        event = data.draw(OF_ALL[kind])
        draft = CODEC.encode(event)
        assert draft.happened_at == event.at
        again = kind.from_data(json.loads(canonical(draft.data)))
        assert again == event == kind.from_data(event.to_data())
        assert type(again) is kind
        assert CODEC.encode(again) == draft

    def test_what_is_as_by_default_is_left_out(self) -> None:
        assert e.Closed(at=at(0)).to_data() == {"at": "2021-02-08T01:00:00Z"}

    @pytest.mark.parametrize("kind", DECIDED)
    def test_an_unknown_field_is_refused(self, kind: type[Decided]) -> None:
        whole = TELLING[kind]
        with pytest.raises(StoreError) as refused:
            CODEC.decode(kept(kind.TYPE, {**whole.to_data(), "colour": "red"}))
        assert refused.value.code == "bad_event"

    @pytest.mark.parametrize("kind", DECIDED)
    def test_a_missing_field_is_refused(self, kind: type[Decided]) -> None:
        """A field without a default is in the log, always."""
        data = TELLING[kind].to_data()
        for each in attrs.fields(kind):
            if each.default is attrs.NOTHING:
                with pytest.raises(StoreError) as refused:
                    CODEC.decode(kept(kind.TYPE, {name: value for name, value in data.items() if name != each.name}))
                assert refused.value.code == "bad_event"

    def test_a_value_of_another_type_is_refused(self) -> None:
        """A yes is no number, a text is no list, a day is no instant."""
        for kind, name, bad in WRONG:
            with pytest.raises((LookupError, TypeError, ValueError, StoreError)):
                kind.from_data({**TELLING[kind].to_data(), name: bad})

    @pytest.mark.parametrize("data", [[], "at", 7, None])
    def test_data_that_is_no_object_is_refused(self, data: Any) -> None:
        with pytest.raises((TypeError, ValueError, LookupError)):
            e.Closed.from_data(data)

    @pytest.mark.parametrize("parts", [[["a"]], [["a", True, 1]], ["ab"], [["a", 1]]])
    def test_a_pair_has_two_parts_of_their_types(self, parts: Any) -> None:
        with pytest.raises((TypeError, ValueError)):
            e.Split.from_data({"at": "2021-02-08T01:00:00Z", "parts": parts})

    def test_each_class_has_a_type_of_its_own(self) -> None:
        assert max(Counter(kind.TYPE for kind in EVENTS).values()) == 1
        assert {getattr(e, name) for name in e.__all__ if name not in {"DECIDED", "Decided", "ClockChange"}} == set(
            DECIDED
        )


# --- the tables -----------------------------------------------------------------------------------------------------


class TestTables:
    """State machines as data: states, and what leads from one to the next."""

    @pytest.mark.parametrize("table", [MATTER, ASSIGNMENT])
    def test_every_way_leads_from_states_to_a_state(self, table: Table) -> None:
        known = {*table.states, "(new)"}
        assert {source for edge in table.edges for source in edge.sources} <= known
        assert {edge.target for edge in table.edges} <= {*table.states, "", BEFORE}
        assert table.ends < table.states.keys()

    @pytest.mark.parametrize("table", [MATTER, ASSIGNMENT])
    def test_an_event_leads_to_one_state(self, table: Table) -> None:
        """Folding reads the target by the event alone."""
        for event in {edge.event for edge in table.edges}:
            assert len({edge.target for edge in table.edges if edge.event == event}) == 1, event
        assert dict(table.targets) == {edge.event: edge.target for edge in table.edges if edge.target}

    @pytest.mark.parametrize("table", [MATTER, ASSIGNMENT])
    def test_a_way_stands_once(self, table: Table) -> None:
        """An event, a command and a source are one way."""
        ways = Counter(
            (edge.event, command, source)
            for edge in table.edges
            for command in edge.commands
            for source in edge.sources
        )
        assert max(ways.values()) == 1

    def test_every_state_can_be_reached(self) -> None:
        back = {"accepted", "called", "second", "done", "reviewed"}
        for table in (MATTER, ASSIGNMENT):
            assert {*table.targets.values()} - {BEFORE} == set(table.states)
        assert back <= MATTER_STATES.keys()

    def test_every_event_stands_in_a_table_and_has_a_name(self) -> None:
        types = {kind.TYPE for kind in DECIDED}
        assert {edge.event for edge in (*MATTER.edges, *ASSIGNMENT.edges)} == types == HAPPENED_LIVE.keys()
        assert {edge.event for edge in ASSIGNMENT.edges} <= {edge.event for edge in MATTER.edges} | {"sent_down"}

    @pytest.mark.parametrize("labels", [HAPPENED_LIVE, MATTER_STATES, ASSIGNMENT_STATES])
    def test_all_is_named_in_both_languages(self, labels: Mapping[str, Any]) -> None:
        assert all(label.zh and label.en for label in labels.values())
        assert len({label.en for label in labels.values()}) == len(labels)

    def test_every_matter_is_under_way_or_ended(self) -> None:
        assert {*UNDER_WAY, *MATTER.ends} == MATTER_STATES.keys()
        assert not MATTER.ends & set(UNDER_WAY)

    def test_commands_of_a_state_are_those_with_a_way_out_of_it(self) -> None:
        assert {"judge", "pass_up", "call"} <= set(MATTER.commands_in("accepted"))
        assert MATTER.commands_in("withdrawn") == ("give_reason", "lift_supervision")
        assert "" not in MATTER.commands_in("called")
        assert ASSIGNMENT.commands_in("return_asked") == tuple(
            sorted(
                {
                    "grant_return",
                    "refuse_return",
                    "contact",
                    "arrive",
                    "report_back",
                    "meet",
                    "decline_meeting",
                    "relieve",
                }
            )
        )

    def test_what_is_about_another_matter_is_no_command_of_this_one(self) -> None:
        assert "closed" not in MATTER.sources["split"]
        assert "call_back" not in MATTER.commands_in("split")


# --- what each event does -------------------------------------------------------------------------------------------


def started(kind: str, number: int = 0, hours: int = 4, **changes: Any) -> ClockChange:
    """Return the start of a clock that runs out some hours later."""
    usual: dict[str, Any] = {"limit": Limit(hours, LimitUnit.CLOCK_HOURS), "due_at": at(hours), "at": at(0)}
    usual["moments"] = (Moment(at(hours), 80, ("remind",)), Moment(at(hours), 100))
    return ClockChange(**{"number": number, "kind": kind, "act": "start", **usual, **changes})


def marked(kind: str, act: str, number: int, hours: float, **changes: Any) -> ClockChange:
    """Return what is done with a clock."""
    return ClockChange(number=number, kind=kind, act=act, at=at(hours), **changes)


RECEIVED = e.Received(
    at=at(0),
    matter="m1",
    item="fire-lane",
    place="grid-1",
    channel="app",
    when={"scene": "road"},
    reporter="r-1",
    proxy="w-1",
    accused="housing",
    path="ordinary",
    ladder="ordinary",
    edition="e1",
    unlisted=True,
    parent="m0",
    clocks=(started("promise", hours=40, unmoving=True),),
)
STEP = e.Assigned(
    at=at(0), number=1, unit="grid-1", post="grid-head", step="judge", by="desk", clocks=(started("step", 1),)
)
OUT = e.CalledOut(at=at(1), by="yushan", quorum="lead")
LEAD = e.Summoned(
    at=at(1),
    number=2,
    how="called",
    unit="fire",
    role="lead",
    post="on-duty",
    opener="yushan",
    clocks=(started("complete", 2, 20), started("sign_in", 2)),
)
HELPER = e.Summoned(at=at(1), number=3, how="dispatched", unit="police", role="support")
SIGNED = e.SignedIn(at=at(2), number=2, by="fire")
DONE = (e.Completed(at=at(5), number=2), e.DeclaredDone(at=at(5)))
ANSWER = e.CalledBack(at=at(6), result="reached", satisfied=True)
CLOSED = e.Closed(at=at(7))

OPEN: tuple[Decided, ...] = (RECEIVED, STEP)
DONE_STEP = (e.Completed(at=at(5), number=1), e.DeclaredDone(at=at(5)))
HANDED_STEP = e.HandedBack(at=at(7), numbers=(1,))
CALLED = (*OPEN, OUT, LEAD, HELPER)
ASKED = (*CALLED, e.ReturnAsked(at=at(2), number=2, proposed="urban"))
DECLARED = (*CALLED, SIGNED, *DONE)
ENDED = (*DECLARED, ANSWER, CLOSED)


def fold(*events: Decided) -> Matter:
    matter = reduce(apply, events, None)
    assert matter is not None
    return matter


def seen(matter: Matter, path: str) -> Any:
    """Return what stands at a path: ``live.state``, ``2.signed_at``, ``2.work.state``, ``live.reporters.0.told``."""
    value: Any = matter
    for name in path.split("."):
        if name.isdecimal():
            rows = value.assignments if isinstance(value, Matter) else value
            value = rows[int(name) - 1] if isinstance(value, Matter) else rows[int(name)]
        else:
            value = getattr(value, name)
    return value


SUSPENDED = e.Suspended(
    at=at(3),
    since=at(2),
    until=at(30),
    clocks=(
        marked("complete", "pause", 2, 2, until=at(30), due_at=at(48)),
        marked("sign_in", "pause", 2, 2, until=at(30), due_at=at(32)),
        marked("suspension", "start", 0, 2, stated=at(30), due_at=at(30)),
    ),
)
SUPPLY = e.Supplied(at=at(5), when={"permit": "no"})
FOUND = (Finding(number=2, facts={"met": "yes"}), Finding(number=3))
FOUND_ANEW = (Finding(number=2, facts={"met": "no"}, reason="seen"), Finding(number=3))
GRANTED = e.ExtensionGranted(
    at=at(4),
    number=2,
    due_at=at(60),
    clocks=(marked("complete", "limit", 2, 4, limit=Limit(60, LimitUnit.CLOCK_HOURS), due_at=at(60)),),
)
HANDED = e.HandedBack(at=at(6), numbers=(2,), clocks=(started("second", 2, 9, at=at(6)),))
TERM = e.TermTold(
    at=at(4),
    number=2,
    stage="case_opened",
    due_at=at(90),
    cites="law",
    clocks=(marked("complete", "stated", 2, 4, stated=at(90), due_at=at(90)),),
)
PROPOSED = e.ExplanationProposed(at=at(6), by="fire", evidence=("paper-1",))
SPLIT = e.Split(at=at(1), parts=(("m2", True), ("m3", False)))

Told = tuple[tuple[Decided, ...], Decided, Mapping[str, Any]]

EFFECTS: list[Told] = [
    (
        (),
        RECEIVED,
        {
            "id": "m1",
            "item": "fire-lane",
            "place": "grid-1",
            "channel": "app",
            "when": {"scene": "road"},
            "reported_at": at(0),
            "status": "open",
            "version": 1,
            "live.state": "accepted",
            "live.accused": "housing",
            "live.edition": "e1",
            "live.path": "ordinary",
            "live.ladder": "ordinary",
            "live.unlisted": True,
            "live.parent": "m0",
            "live.reporters": (Reporter(person="r-1", channel="app", by="w-1", matter="m1"),),
        },
    ),
    (
        OPEN,
        e.Redirected(at=at(1), to="court"),
        {"live.state": "redirected", "closed_at": at(1), "1.outcome": "relieved"},
    ),
    (
        OPEN,
        e.AnsweredAtOnce(at=at(1)),
        {
            "live.state": "answered",
            "1.outcome": "completed",
            "1.completed_at": at(1),
            "1.work.first_completed_at": at(1),
            "status": "closed",
        },
    ),
    (DECLARED, e.AnsweredAtOnce(at=at(6)), {"2.completed_at": at(5)}),
    (OPEN, e.TopicOpened(at=at(1)), {"opened_at": at(1), "live.state": "accepted"}),
    ((*OPEN, e.TopicOpened(at=at(1))), e.TopicOpened(at=at(2)), {"opened_at": at(1)}),
    (
        (RECEIVED,),
        STEP,
        {
            "1.unit": "grid-1",
            "1.role": "handle",
            "1.opened_by": "assigned",
            "1.due_at": at(4),
            "1.work.step": "judge",
            "1.work.state": "in_hand",
            "1.work.post": "grid-head",
            "1.work.opener": "desk",
            "1.is_open": True,
            "live.ladder": "ordinary",
        },
    ),
    ((RECEIVED,), attrs.evolve(STEP, ladder="other", clocks=()), {"live.ladder": "other", "1.due_at": None}),
    (
        OPEN,
        e.Judged(at=at(1), by="grid-1", number=1, own=True),
        {"1.work.state": "in_hand", "1.last_at": at(1), "live.last_at": at(1)},
    ),
    (OPEN, e.PassedUp(at=at(4), number=1, missed=True), {"1.outcome": "passed_up", "1.work.state": "passed_up"}),
    (OPEN, e.SentDown(at=at(1), number=1), {"1.outcome": "handed_over"}),
    (OPEN, e.CallApproved(at=at(1), by="yushan", person="p-1"), {"live.approved_by": "p-1"}),
    (OPEN, e.CallApproved(at=at(1), by="yushan"), {"live.approved_by": "yushan"}),
    (
        OPEN,
        OUT,
        {
            "live.state": "called",
            "live.before": "accepted",
            "live.caller": "yushan",
            "1.outcome": "handed_over",
            "1.last_at": at(1),
        },
    ),
    ((*OPEN, e.PassedUp(at=at(1), number=1)), OUT, {"1.outcome": "passed_up"}),
    (
        (*OPEN, OUT),
        LEAD,
        {
            "2.unit": "fire",
            "2.role": "lead",
            "2.opened_by": "called",
            "2.due_at": at(20),
            "2.work.state": "dispatched",
            "2.work.post": "on-duty",
            "2.work.opener": "yushan",
            "2.work.ruled": False,
            "called": True,
        },
    ),
    (
        OPEN,
        attrs.evolve(LEAD, how="whistled", clocks=()),
        {"2.opened_by": "whistled", "called": False, "2.due_at": None},
    ),
    ((*OPEN, OUT), attrs.evolve(LEAD, how="ruled"), {"2.opened_by": "called", "2.work.ruled": True}),
    (OPEN, e.NobodyLeads(at=at(1)), {"live.state": "unassigned", "1.outcome": "handed_over"}),
    (CALLED, e.Relieved(at=at(2), number=3), {"3.outcome": "relieved", "3.work.state": "relieved"}),
    (CALLED, e.NextOnDuty(at=at(2), number=2, next_person="p-2"), {"2.work.person": "p-2", "2.work.silent": 1}),
    (
        CALLED,
        e.SentBack(at=at(2), missing=("permit",)),
        {"live.state": "incomplete", "live.before": "called", "live.missing": ("permit",)},
    ),
    (
        (*CALLED, e.SentBack(at=at(2), missing=("permit",))),
        SUPPLY,
        {"live.state": "called", "live.missing": (), "when": {"scene": "road", "permit": "no"}},
    ),
    (CALLED, SIGNED, {"2.signed_at": at(2), "2.work.state": "in_hand", "3.signed_at": None}),
    ((*CALLED, SIGNED), e.SignedIn(at=at(3), by="fire", number=2), {"2.signed_at": at(2), "2.last_at": at(3)}),
    (CALLED, e.Contacted(at=at(2), number=2), {"2.contacted_at": at(2)}),
    ((*CALLED, e.Contacted(at=at(2), number=2)), e.Contacted(at=at(3), number=2), {"2.contacted_at": at(2)}),
    (CALLED, e.Arrived(at=at(2), number=2), {"2.work.arrived_at": at(2), "2.work.state": "dispatched"}),
    ((*CALLED, e.Arrived(at=at(2), number=2)), e.Arrived(at=at(3), number=2), {"2.work.arrived_at": at(2)}),
    (
        CALLED,
        e.ReportedBack(at=at(2), by="fire", number=2, evidence=("note-1",)),
        {"2.last_at": at(2), "2.outcome": ""},
    ),
    (
        CALLED,
        e.Met(at=at(3), person="p-3", number=2, when=at(2), where="home"),
        {"2.met_at": at(2), "2.last_at": at(3)},
    ),
    (
        (*CALLED, e.Met(at=at(3), person="p-3", number=2, when=at(2), where="home")),
        e.Met(at=at(4), number=2, when=at(4), where="home"),
        {"2.met_at": at(2)},
    ),
    (
        (*CALLED, e.MeetingDeclined(at=at(2), number=2)),
        e.Met(at=at(3), number=2, when=at(3), where="home"),
        {"2.met_at": at(3), "2.declined": False},
    ),
    (CALLED, e.MeetingDeclined(at=at(2), number=2, reason="no_party"), {"2.declined": True, "2.met_at": None}),
    (
        (*CALLED, e.Met(at=at(3), person="p-3", number=2, when=at(2), where="home")),
        e.MeetingDeclined(at=at(4), number=2),
        {"2.declined": False},
    ),
    (
        CALLED,
        ASKED[-1],
        {
            "2.work.state": "return_asked",
            "2.work.proposed": "urban",
            "2.work.returns": 1,
            "live.returns": 1,
            "live.state": "called",
        },
    ),
    (ASKED, e.ReturnGranted(at=at(3), number=2), {"2.outcome": "returned", "2.work.dispatch_error": True}),
    (ASKED, e.ReturnRefused(at=at(3), number=2), {"2.work.state": "in_hand", "2.work.unjustified": 1, "2.outcome": ""}),
    (ASKED, e.Disputed(at=at(3)), {"live.state": "disputed", "live.before": "called"}),
    (
        (*ASKED, e.Disputed(at=at(3))),
        e.Ruled(at=at(4), by="pingyin", reason="list", kept=((2, "joint"), (3, "support")), unjustified=(2,)),
        {
            "live.state": "called",
            "live.returns": 0,
            "live.ruling": "list",
            "live.author": "pingyin",
            "live.unlisted": False,
            "2.role": "joint",
            "2.work.ruled": True,
            "2.work.state": "dispatched",
            "2.work.unjustified": 1,
            "3.work.ruled": True,
            "live.caller": "yushan",
        },
    ),
    (
        (*CALLED, SIGNED, e.ReturnAsked(at=at(2), number=2), e.Disputed(at=at(3))),
        e.Ruled(at=at(4), kept=((2, "lead"),), relieved=(3,)),
        {"2.work.state": "in_hand", "3.outcome": "relieved", "3.work.state": "relieved"},
    ),
    (
        (*OPEN, e.NobodyLeads(at=at(1))),
        e.Ruled(at=at(4), relieved=(1,), caller="yushan"),
        {"1.outcome": "handed_over", "live.caller": "yushan", "live.state": "called"},
    ),
    (
        (*CALLED, SIGNED),
        e.ExtensionAsked(at=at(3), number=2, limit=Limit(1, LimitUnit.WORKING_DAYS)),
        {"2.work.extension": Limit(1, LimitUnit.WORKING_DAYS)},
    ),
    (
        (*CALLED, SIGNED, e.ExtensionAsked(at=at(3), number=2, limit=Limit(1, LimitUnit.WORKING_DAYS))),
        GRANTED,
        {"2.work.extension": None, "2.work.extended": 1, "live.told_at": at(60), "2.due_at": at(60)},
    ),
    (
        (*CALLED, SIGNED, e.ExtensionAsked(at=at(3), number=2, limit=Limit(1, LimitUnit.WORKING_DAYS))),
        e.ExtensionRefused(at=at(4), number=2),
        {"2.work.extension": None, "2.work.extended": 0, "2.due_at": at(20)},
    ),
    (
        (*CALLED, SIGNED),
        SUSPENDED,
        {"live.state": "suspended", "live.before": "called", "live.told_at": at(30), "2.due_at": at(48)},
    ),
    (
        (*CALLED, SIGNED, SUSPENDED),
        e.Resumed(at=at(10), clocks=(marked("complete", "resume", 2, 10, due_at=at(28)),)),
        {"live.state": "called", "2.due_at": at(28)},
    ),
    ((*CALLED, SIGNED), TERM, {"live.stage": "case_opened", "live.told_at": at(90), "2.due_at": at(90)}),
    (
        (*CALLED, SIGNED),
        DONE[0],
        {
            "2.outcome": "completed",
            "2.completed_at": at(5),
            "2.work.first_completed_at": at(5),
            "2.work.second_completed_at": None,
            "ended_at": None,
        },
    ),
    ((*CALLED, SIGNED, DONE[0]), DONE[1], {"live.state": "done", "live.done_at": at(5), "live.reviewed": False}),
    (DECLARED, e.Reviewed(at=at(6), passed=True), {"live.state": "reviewed", "live.reviewed": True}),
    (DECLARED, e.Reviewed(at=at(6), passed=False), {"live.state": "done", "live.reviewed": False}),
    (
        DECLARED,
        ANSWER,
        {
            "live.reporters.0.told": "reached",
            "live.reporters.0.satisfied": True,
            "live.reporters.0.by": "w-1",
            "live.first_satisfied": True,
            "2.satisfied": True,
            "2.answered": True,
            "2.answered_at": at(6),
            "3.answered": False,
            "1.answered": False,
        },
    ),
    (
        (*DECLARED, ANSWER),
        attrs.evolve(ANSWER, at=at(7), satisfied=False),
        {"live.first_satisfied": True, "2.satisfied": False},
    ),
    (
        DECLARED,
        e.CalledBack(at=at(6), result="reached"),
        {"live.reporters.0.told": "reached", "2.answered": True, "2.satisfied": None},
    ),
    (
        DECLARED,
        e.CalledBack(at=at(6), result="not_reached", satisfied=True),
        {
            "live.reporters.0.told": "",
            "live.reporters.0.tries": 1,
            "live.reporters.0.satisfied": None,
            "2.answered": False,
            "live.first_satisfied": None,
        },
    ),
    (DECLARED, e.CalledBack(at=at(6), result="declined"), {"live.reporters.0.told": "declined", "2.answered": False}),
    (
        (*DECLARED, attrs.evolve(ANSWER, satisfied=False)),
        HANDED,
        {
            "live.state": "second",
            "live.before": "called",
            "2.outcome": "",
            "2.completed_at": None,
            "2.work.state": "in_hand",
            "2.work.reworked": 1,
            "2.work.second_due_at": at(9),
            "live.reporters.0.told": "",
            "2.work.first_completed_at": at(5),
        },
    ),
    (
        (*DECLARED, e.CalledBack(at=at(6), result="declined")),
        attrs.evolve(HANDED, clocks=()),
        {"live.reporters.0.told": "declined", "2.work.second_due_at": None},
    ),
    (
        (*DECLARED, HANDED),
        e.Completed(at=at(8), number=2),
        {"2.work.second_completed_at": at(8), "2.work.first_completed_at": at(5), "2.completed_at": at(8)},
    ),
    (
        (*DECLARED, HANDED),
        e.Suspended(
            at=at(7), since=at(7), until=at(20), clocks=(marked("second", "pause", 2, 7, until=at(20), due_at=at(22)),)
        ),
        {"2.work.second_due_at": at(22), "live.state": "suspended", "2.due_at": at(20)},
    ),
    ((*DECLARED, ANSWER), CLOSED, {"live.state": "closed", "closed_at": at(7), "status": "closed", "ended_at": at(7)}),
    (
        (*DECLARED, HANDED),
        e.Closed(
            at=at(7),
            clocks=(
                marked("complete", "cancel", 2, 7),
                marked("second", "cancel", 2, 7),
                marked("sign_in", "stop", 2, 7, due_at=at(4)),
            ),
        ),
        {"2.due_at": None, "2.work.second_due_at": None, "live.state": "closed"},
    ),
    (
        (*CALLED, e.CalledBack(at=at(2), result="withdrawn"), SIGNED, *DONE),
        attrs.evolve(HANDED, clocks=()),
        {"live.reporters.0.told": "withdrawn", "live.state": "second"},
    ),
    (
        (*CALLED, e.CalledBack(at=at(2), result="withdrawn"), SIGNED, *DONE, CLOSED),
        e.Reopened(at=at(9), numbers=(2,)),
        {"live.reporters.0.told": "withdrawn", "live.state": "called"},
    ),
    (
        (*OPEN, *DONE_STEP, HANDED_STEP),
        e.PassedUp(at=at(8), number=1),
        {"live.state": "accepted", "1.outcome": "passed_up"},
    ),
    (ENDED, e.ReopeningAsked(at=at(8)), {"live.reopening": True, "live.state": "closed"}),
    ((*ENDED, e.ReopeningAsked(at=at(8))), e.ReopeningRefused(at=at(9)), {"live.reopening": False, "status": "closed"}),
    (
        (*ENDED, e.ReopeningAsked(at=at(8))),
        e.Reopened(at=at(9), numbers=(2,)),
        {
            "live.state": "called",
            "live.reopening": False,
            "live.done_at": None,
            "closed_at": None,
            "reopened": 1,
            "reported_at": at(0),
            "2.outcome": "",
            "2.completed_at": None,
            "2.answered": False,
            "2.satisfied": None,
            "2.work.state": "in_hand",
            "live.reporters.0.told": "",
            "live.reporters.0.person": "r-1",
        },
    ),
    (
        (*OPEN, e.AnsweredAtOnce(at=at(1))),
        e.Reopened(at=at(2), numbers=(1,)),
        {"live.state": "accepted", "1.outcome": ""},
    ),
    (DECLARED, PROPOSED, {"live.state": "explaining", "live.before": "done", "live.author": "fire"}),
    ((*DECLARED, PROPOSED), e.ExplanationRefused(at=at(7)), {"live.state": "done"}),
    (
        (*CALLED, PROPOSED),
        e.Explained(at=at(7)),
        {"live.state": "explained", "2.outcome": "relieved", "closed_at": at(7)},
    ),
    (
        CALLED,
        e.Transferred(at=at(3), to="court"),
        {"live.state": "transferred", "2.outcome": "relieved", "3.outcome": "relieved", "1.outcome": "handed_over"},
    ),
    (OPEN, e.MergedInto(at=at(1), into="m9"), {"live.state": "merged", "live.into": "m9", "1.outcome": "relieved"}),
    (
        OPEN,
        e.Joined(at=at(1), matter="m2", reporters=(("r-2", "hotline", ""),)),
        {"live.reporters.1": Reporter(person="r-2", channel="hotline", matter="m2"), "live.reporters.0.person": "r-1"},
    ),
    (
        OPEN,
        SPLIT,
        {
            "live.state": "split",
            "live.before": "accepted",
            "live.parts": {"m2": (True, False), "m3": (False, False)},
            "1.outcome": "relieved",
        },
    ),
    ((*OPEN, SPLIT), e.PartEnded(at=at(2), part="m2"), {"live.parts": {"m2": (True, True), "m3": (False, False)}}),
    (
        OPEN,
        e.Withdrawn(at=at(1), person="r-1"),
        {"live.state": "withdrawn", "withdrawn_at": at(1), "status": "withdrawn", "1.outcome": "relieved"},
    ),
    (OPEN, e.Reminded(at=at(1)), {"live.reminders": 1}),
    (OPEN, e.Supervised(at=at(1)), {"live.supervised": True}),
    ((*OPEN, e.Supervised(at=at(1))), e.SupervisionLifted(at=at(2)), {"live.supervised": False}),
    (OPEN, e.ReasonGiven(at=at(1)), {"live.reason_given": True}),
    (
        OPEN,
        e.Reclassified(
            at=at(1),
            item="noise",
            place="grid-2",
            when={"scene": "venue"},
            since=at(0),
            clocks=(marked("step", "limit", 1, 1, limit=Limit(8, LimitUnit.CLOCK_HOURS), due_at=at(8)),),
        ),
        {"item": "noise", "place": "grid-2", "when": {"scene": "venue"}, "live.unlisted": False, "1.due_at": at(8)},
    ),
    (OPEN, e.Admitted(at=at(1), approval="a", money="b", ends=at(99)), {"live.admitted": True}),
    (
        OPEN,
        e.Rebased(
            at=at(1),
            edition="e2",
            clocks=(marked("step", "limit", 1, 1, limit=Limit(2, LimitUnit.CLOCK_HOURS), due_at=at(2)),),
        ),
        {"live.edition": "e2", "1.due_at": at(2), "live.state": "accepted"},
    ),
    (
        OPEN,
        e.Rebased(at=at(1), edition="e2", clocks=(marked("step", "stop", 1, 1, due_at=at(2)),)),
        {"1.due_at": at(4)},
    ),
    (
        OPEN,
        e.FellDue(at=at(4), number=1, clock="step", percent=80, due_at=at(4)),
        {"1.last_at": at(0), "live.last_at": at(4)},
    ),
    (ENDED, e.Assessed(at=at(8), findings=FOUND), {"live.findings": FOUND, "2.facts": {"met": "yes"}, "3.facts": {}}),
    (
        (*ENDED, e.Assessed(at=at(8), findings=FOUND)),
        e.AssessmentAmended(at=at(9), reason="seen", findings=FOUND_ANEW),
        {"live.findings": FOUND_ANEW, "live.amendments": (("seen", FOUND),), "2.facts": {"met": "no"}},
    ),
]
TELLING: dict[type[Decided], Decided] = {type(event): event for _, event, _ in EFFECTS}


class TestEffects:
    """The state after an event follows from the state before it and from the event, and from nothing else."""

    @pytest.mark.parametrize(("before", "event", "expected"), EFFECTS, ids=[event.TYPE for _, event, _ in EFFECTS])
    def test_what_an_event_does(self, before: tuple[Decided, ...], event: Decided, expected: Mapping[str, Any]) -> None:
        matter = fold(*before, event)
        assert {path: seen(matter, path) for path in expected} == expected
        assert matter.version == len(before) + 1
        assert seen(matter, "live.last_at") == event.at

    @pytest.mark.parametrize(("before", "event"), [(before, event) for before, event, _ in EFFECTS if before])
    def test_the_state_before_is_left_as_it_was(self, before: tuple[Decided, ...], event: Decided) -> None:
        matter = fold(*before)
        apply(matter, event)
        assert matter == fold(*before)

    @pytest.mark.parametrize(("before", "event"), [(before, event) for before, event, _ in EFFECTS])
    def test_it_follows_from_the_log_too(self, before: tuple[Decided, ...], event: Decided) -> None:
        again = [type(each).from_data(json.loads(canonical(CODEC.encode(each).data))) for each in (*before, event)]
        assert fold(*again) == fold(*before, event)

    def test_every_event_has_an_effect_here(self) -> None:
        assert TELLING.keys() == set(DECIDED)

    def test_a_matter_whose_duties_are_done_ended_with_the_last(self) -> None:
        """A matter that nobody closed counts as ended when its last duty was completed."""
        matter = fold(*CALLED, SIGNED, e.Relieved(at=at(3), number=3), e.Completed(at=at(5), by="fire", number=2))
        assert (matter.status, matter.ended_at, matter.last_at) == ("completed", at(5), at(5))

    def test_what_time_brings_is_no_news_of_a_duty(self) -> None:
        """A reminder is not work on the matter: only what somebody does counts as its latest happening."""
        reminded = e.Reminded(at=at(3), number=2)
        asked = attrs.evolve(reminded, by="pingyin")
        assert (duty(fold(*CALLED, reminded), 2).last_at, duty(fold(*CALLED, asked), 2).last_at) == (at(1), at(3))

    def test_answers_of_several_reporters_are_taken_together(self) -> None:
        """Each reporter is answered: one who is not satisfied is enough."""
        joined = e.Joined(at=at(3), matter="m2", reporters=(("r-2", "app", ""),))
        told = (ANSWER, e.CalledBack(at=at(7), reporter=1, result="reached", satisfied=False))
        matter = fold(*CALLED, SIGNED, joined, *DONE, *told)
        assert [each.satisfied for each in live(matter).reporters] == [True, False]
        assert (duty(matter, 2).satisfied, live(matter).first_satisfied) == (False, True)

    def test_an_answer_says_nothing_of_whom_the_matter_left(self) -> None:
        other = e.Summoned(at=at(4), number=4, how="dispatched", unit="urban", role="joint")
        matter = fold(
            *ASKED, e.ReturnGranted(at=at(3), number=2), other, e.Completed(at=at(5), number=4), DONE[1], ANSWER
        )
        assert [each.satisfied for each in matter.assignments] == [None, None, None, True]


def live(matter: Matter) -> Live:
    assert matter.live is not None
    return matter.live


def duty(matter: Matter, number: int) -> Assignment:
    return matter.assignments[number - 1]


class TestClocks:
    """An event says what it did to clocks, and when they then run out."""

    def test_a_clock_is_kept_with_its_log_and_what_is_to_come(self) -> None:
        timer = live(fold(RECEIVED)).timers[0, "promise"]
        assert (timer.clock.state, timer.clock.unmoving, timer.due_at, len(timer.moments)) == (
            "running",
            True,
            at(40),
            2,
        )

    def test_what_fell_due_is_not_to_come_any_more(self) -> None:
        fell = e.FellDue(at=at(4), number=1, clock="step", percent=80, due_at=at(4))
        timer = live(fold(*OPEN, fell)).timers[1, "step"]
        assert [each.percent for each in timer.moments] == [100]

    def test_a_pause_has_its_planned_end(self) -> None:
        matter = fold(*CALLED, SIGNED, SUSPENDED)
        timer = live(matter).timers[2, "complete"]
        assert (timer.clock.state, timer.clock.marks[-1].until) == ("paused", at(30))
        assert live(matter).timers[0, "suspension"].clock.stated == at(30)

    def test_a_limit_and_a_stated_instant_leave_the_log_as_it_is(self) -> None:
        for event, due_at in ((GRANTED, at(60)), (TERM, at(90))):
            clock = live(fold(*CALLED, SIGNED, event)).timers[2, "complete"]
            assert (len(clock.clock.marks), clock.due_at) == (1, due_at)

    @pytest.mark.parametrize("end", ["stop", "cancel"])
    def test_a_clock_that_ended_starts_anew_with_a_new_log(self, end: str) -> None:
        """A second dispute has a ruling clock of its own."""
        ended = e.Reminded(at=at(2), clocks=(marked("promise", end, 0, 2),))
        again = e.Reminded(at=at(3), clocks=(started("promise", at=at(3), hours=9),))
        timer = live(fold(*OPEN, ended, again)).timers[0, "promise"]
        assert (timer.clock.started_at, len(timer.clock.marks), timer.due_at) == (at(3), 1, at(9))

    def test_an_impossible_mark_is_refused(self) -> None:
        with pytest.raises(RefusedError) as refused:
            fold(*OPEN, e.Reminded(at=at(2), clocks=(marked("promise", "resume", 0, 2),)))
        assert refused.value.code == "clock_state"

    @pytest.mark.parametrize(
        ("percent", "after", "reached"), [(100, 0, False), (100, 1, True), (80, 0, True), (0, 0, True), (80, -1, False)]
    )
    def test_a_due_instant_is_met_at_the_very_second(self, percent: int, after: int, reached: bool) -> None:
        """Civil Code, art. 203: the last instant is still in time; a warning is due at its own."""
        assert Moment(at(0), percent).reached(at(0) + timedelta(microseconds=after)) is reached


class TestRefused:
    """What cannot follow is refused, with its code, and the state stays as it was."""

    RECORD = Matter(id="m1", reported_at=at(0))

    @pytest.mark.parametrize("kind", [kind for kind in DECIDED if kind is not e.Received])
    def test_nothing_comes_before_the_report(self, kind: type[Decided]) -> None:
        assert code(None, TELLING[kind]) == "not_reported"

    def test_a_matter_is_reported_once(self) -> None:
        assert code(fold(*OPEN), RECEIVED) == "reported_twice"

    @pytest.mark.parametrize("kind", DECIDED)
    def test_no_command_drives_a_record(self, kind: type[Decided]) -> None:
        assert code(self.RECORD, TELLING[kind]) == "not_live"

    @pytest.mark.parametrize("number", [-1, 4])
    @pytest.mark.parametrize("kind", [kind for kind in DECIDED if kind not in (e.Received, e.Assigned, e.Summoned)])
    def test_there_is_no_such_assignment(self, kind: type[Decided], number: int) -> None:
        assert code(fold(*CALLED), attrs.evolve(TELLING[kind], number=number)) == "no_assignment"

    @pytest.mark.parametrize("kind", sorted({edge.event for edge in ASSIGNMENT.edges}))
    def test_what_is_about_an_assignment_names_one(self, kind: str) -> None:
        """It is never about the last one by chance."""
        (event,) = (event for event in TELLING.values() if event.TYPE == kind)
        assert code(fold(*CALLED), attrs.evolve(event, number=0)) == "no_assignment"

    @pytest.mark.parametrize("number", [0, 1, 3, 5])
    @pytest.mark.parametrize("opening", [STEP, LEAD])
    def test_a_new_assignment_comes_next(self, opening: Decided, number: int) -> None:
        assert code(fold(*CALLED), attrs.evolve(opening, number=number)) == "no_assignment"

    def test_a_recorded_duty_is_driven_by_no_command(self) -> None:
        recorded = Assignment(number=1, unit="a", role="lead", opened_by="called", opened_at=at(0), last_at=at(0))
        matter = attrs.evolve(fold(RECEIVED), assignments=(recorded,))
        assert code(matter, e.Completed(at=at(1), number=1)) == "not_live"


def code(matter: Matter | None, event: Decided) -> str:
    """Return the code with which an event is refused."""
    before = matter
    with pytest.raises(GridgovError) as refused:
        apply(matter, event)
    assert matter == before
    return refused.value.code
