"""The platform: commands and questions over a store of events."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.bulletin import bulletin
from gridgov.documents import to_markdown
from gridgov.errors import (
    CommandMismatchError,
    GridgovError,
    LimitError,
    NotAuthorisedError,
    NotInForceError,
    RefusedError,
    StaleVersionError,
    StoreError,
)
from gridgov.events import Draft, Envelope
from gridgov.handling import COMMANDS, next_moment
from gridgov.handling import commands as c
from gridgov.history import CODEC
from gridgov.matters import Happening, Live, Matter, Recorded
from gridgov.platform import Deadlines, Platform
from gridgov.stores import MemoryStore, Write, read_jsonl, write_jsonl
from gridgov.values import Month
from live_county import COMMUNITY, HEAD, PLATFORM_DESK, RESIDENT_Z, SUBDISTRICT, china, of
from live_platform import FIRST, PROXY, RESIDENT_Y, SECOND, platform

MONDAY = china("2021-02-22 14:00")
LANE: Mapping[str, Any] = {"item": "fire-lane", "place": "grid-1", "facts": {"scene": "compound"}}


def report(county: Platform, name: str = "m1", at: datetime = MONDAY, **fields: Any) -> Matter:
    return county.report(name, at=at, **{"actor": RESIDENT_Z, **LANE, **fields})


def reported() -> Platform:
    county = platform()
    report(county)
    return county


def called() -> Platform:
    """Passed up twice and called, all within the hour."""
    county = reported()
    county.pass_up("m1", actor=HEAD, at=china("2021-02-22 14:10"))
    county.pass_up("m1", actor=COMMUNITY, at=china("2021-02-22 14:20"))
    county.call("m1", actor=SUBDISTRICT, at=china("2021-02-22 14:30"))
    return county


def remind(at: str, name: str = "c1", **fields: Any) -> c.Remind:
    return c.Remind(id=name, matter="m1", actor=PLATFORM_DESK, at=china(at), **fields)


def live(matter: Matter) -> Live:
    assert matter.live is not None
    return matter.live


def ids(county: Platform) -> list[str]:
    """Return the id of the command of each event of the log, each once."""
    return list(dict.fromkeys(envelope.command for envelope in county.store.feed()))


def refused(county: Platform, command: c.Command) -> GridgovError:
    """Return why a command is refused; it changes nothing, and its id stays free (T19)."""
    before = county.head(), tuple(county.matters())
    with pytest.raises(GridgovError) as caught:
        county.give(command)
    assert (county.head(), tuple(county.matters())) == before
    return caught.value


class TestCommands:
    """E: one envelope; a command is decided, kept whole, and answered with the matter."""

    def test_a_report_opens_the_first_step(self) -> None:
        county = platform()
        matter = report(county)
        assert (live(matter).state, matter.version, matter.assignments[0].unit) == ("accepted", 2, "grid-1")
        assert county.matter("m1") == matter
        assert [event.TYPE for event in county.history("m1")] == ["received", "assigned"]

    def test_every_command_has_its_method(self) -> None:
        """``return`` is a word of the language: its method is ``return_``."""
        named = {name for name in vars(Platform) if callable(getattr(Platform, name)) and not name.startswith("_")}
        methods = {getattr(Platform, name).__name__ for name in named}
        assert COMMANDS.keys() <= methods
        assert all(getattr(Platform, name).__doc__ for name in named)

    def test_it_is_kept_with_who_when_and_under_which_rules(self) -> None:
        county = reported()
        first = next(iter(county.store.feed()))
        assert (first.actor, first.edition, first.recorded_at, first.stream) == (RESIDENT_Z.key, "e1", MONDAY, "m1")
        assert county.head().sequence == 2
        county.store.verify()

    def test_matters_stand_in_order_of_report(self) -> None:
        county = reported()
        report(county, "a1", china("2021-02-22 15:00"))
        assert [matter.id for matter in county.matters()] == ["m1", "a1"]

    def test_a_command_may_touch_other_matters(self) -> None:
        """Each of the merged matters keeps its own log; the reporter is answered in the other."""
        county = reported()
        report(county, "m2", actor=RESIDENT_Y)
        county.merge("m2", actor=PLATFORM_DESK, at=china("2021-02-22 15:00"), into="m1")
        assert live(county.matter("m2")).state == "merged"
        assert [each.person for each in live(county.matter("m1")).reporters] == ["resident-z", "resident-y"]

    def test_who_reports_for_another_is_kept_apart(self) -> None:
        county = platform()
        report(county, actor=PROXY)
        (reporter,) = live(county.matter("m1")).reporters
        assert (reporter.person, reporter.by) == ("resident-y", "worker-4")

    def test_a_topic_is_opened_from_several_reports(self) -> None:
        county = reported()
        report(county, "m2")
        county.open_topic("m1", actor=PLATFORM_DESK, at=china("2021-02-22 15:00"), matters=("m2",))
        assert county.matter("m1").opened_at == china("2021-02-22 15:00")
        assert live(county.matter("m2")).into == "m1"

    def test_a_part_tells_its_whole_that_it_has_ended(self) -> None:
        county = reported()
        parts = tuple(
            c.Part(matter=name, item="fire-lane", place="grid-1", facts={"scene": "road"}) for name in ("p1", "p2")
        )
        county.split("m1", actor=PLATFORM_DESK, at=china("2021-02-22 14:30"), parts=parts)
        for name, at in (("p1", "2021-02-22 15:00"), ("p2", "2021-02-22 15:30")):
            assert live(county.matter("m1")).state == "split"
            county.answer(name, actor=HEAD, at=china(at))
        assert live(county.matter("m1")).state == "done"


class TestIdempotency:
    """E11, T18: a command counts once, by its id; without one, by what it says."""

    def test_the_same_command_changes_nothing_and_is_answered_as_before(self) -> None:
        county = reported()
        first = county.give(remind("2021-02-22 15:00"))
        county.give(remind("2021-02-22 16:00", "c2"))
        head = county.head()
        assert county.give(remind("2021-02-22 15:00")) == first
        assert (live(first).reminders, live(county.matter("m1")).reminders, county.head()) == (1, 2, head)

    def test_without_an_id_the_same_content_is_the_same_command(self) -> None:
        county = reported()
        for _ in range(2):
            county.remind("m1", actor=PLATFORM_DESK, at=china("2021-02-22 15:00"))
        assert live(county.matter("m1")).reminders == 1
        county.remind("m1", actor=PLATFORM_DESK, at=china("2021-02-22 15:00"), id="again")
        assert live(county.matter("m1")).reminders == 2
        assert ids(county)[1].startswith("remind.")

    def test_an_id_with_other_content_is_refused(self) -> None:
        county = reported()
        county.give(remind("2021-02-22 15:00"))
        assert refused(county, remind("2021-02-22 16:00")).code == "command_mismatch"

    def test_the_id_of_what_fell_due_is_no_ones_command(self) -> None:
        """Nobody can take the place of the clock."""
        with pytest.raises(RefusedError) as caught:
            remind("2021-02-22 15:00", "due/m1/3")
        assert caught.value.code == "bad_value"

    def test_a_version_expected_is_no_part_of_what_is_said(self) -> None:
        """Who retries with the version it now sees still means the same command."""
        county = reported()
        county.give(remind("2021-02-22 15:00", expected_version=2))
        assert county.give(remind("2021-02-22 15:00", expected_version=3)).version == 3


class TestRefused:
    """T19: a refused command changes nothing, names everything that is missing, and leaves its id free."""

    def test_the_id_may_be_used_again(self) -> None:
        county = reported()
        early = remind("2021-02-22 13:00")
        assert refused(county, early).code == "clock_back"
        assert county.store.command("c1") == ()
        assert live(county.give(remind("2021-02-22 15:00"))).reminders == 1

    def test_who_may_not_is_told_so(self) -> None:
        county = reported()
        error = refused(county, c.Supervise(id="c1", matter="m1", actor=HEAD, at=china("2021-02-22 15:00"), reason="x"))
        assert isinstance(error, NotAuthorisedError)

    def test_what_fell_due_before_it_is_not_kept_either(self) -> None:
        """The tick is nobody's to give with a refused command."""
        county = called()
        command = c.Supervise(id="c1", matter="m1", actor=HEAD, at=china("2021-02-23 15:00"), reason="x")
        assert refused(county, command).code == "not_granted"

    @pytest.mark.parametrize("ask", ["matter", "history"])
    def test_a_matter_that_is_not_there(self, ask: str) -> None:
        with pytest.raises(RefusedError) as caught:
            getattr(platform(), ask)("m9")
        assert caught.value.code == "unknown_matter"

    def test_a_command_about_a_matter_that_is_not_there(self) -> None:
        assert refused(platform(), remind("2021-02-22 15:00")).code == "unknown_matter"

    def test_a_pack_without_ladder_has_no_live_matters(self) -> None:
        with pytest.raises(NotInForceError) as caught:
            Platform(attrs.evolve(FIRST, policy=None))
        assert caught.value.code == "no_ladder"


class TestVersions:
    """T24: of two commands on one version exactly one succeeds."""

    def test_a_stale_version_is_refused(self) -> None:
        county = reported()
        county.give(remind("2021-02-22 15:00", expected_version=2))
        error = refused(county, remind("2021-02-22 16:00", "c2", expected_version=2))
        assert isinstance(error, StaleVersionError)
        assert error.code == "stale_version"

    def test_it_is_the_version_once_what_fell_due_has_happened(self) -> None:
        """Who asks for the matter at an instant, and then acts at it, is not stale."""
        county, at = called(), "2021-02-22 17:00"
        seen = county.matter("m1", china(at))
        assert seen.version > county.matter("m1").version
        assert refused(county, remind(at, expected_version=county.matter("m1").version)).code == "stale_version"
        assert county.give(remind(at, expected_version=seen.version)).version == seen.version + 1

    def test_a_report_expects_nothing_there(self) -> None:
        county = platform()
        fields: Mapping[str, Any] = {"matter": "m1", "actor": RESIDENT_Z, "at": MONDAY, **LANE}
        assert refused(county, c.Report(id="c1", expected_version=1, **fields)).code == "stale_version"
        assert county.give(c.Report(id="c1", expected_version=0, **fields)).version == 2


class Busy(MemoryStore):
    """A store in which somebody else is quicker: just before it keeps something, others have their turn."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[Callable[[], object]] = []

    def append(self, writes: Any, **given: Any) -> tuple[Envelope, ...]:
        if self.turns:
            self.turns.pop(0)()
        return super().append(writes, **given)


class TestTwoWorkers:
    """T24: several platforms over one store; none overwrites what another kept."""

    def pair(self) -> tuple[Busy, Platform, Platform]:
        store = Busy()
        one, other = platform(store), platform(store)
        report(one)
        return store, one, other

    def test_each_sees_what_the_other_kept(self) -> None:
        _, one, other = self.pair()
        assert other.matter("m1") == one.matter("m1")
        other.give(remind("2021-02-22 15:00"))
        assert live(one.matter("m1")).reminders == 1
        assert tuple(one.matters()) == tuple(other.matters())

    def test_a_command_that_came_second_is_decided_anew(self) -> None:
        store, one, other = self.pair()
        store.turns = [lambda: other.give(remind("2021-02-22 15:00", "c2"))]
        assert live(one.give(remind("2021-02-22 15:00"))).reminders == 2

    def test_with_an_expected_version_it_is_refused(self) -> None:
        store, one, other = self.pair()
        store.turns = [lambda: other.give(remind("2021-02-22 15:00", "c2"))]
        with pytest.raises(StaleVersionError):
            one.give(remind("2021-02-22 15:00", expected_version=2))
        assert [name for name in ids(one) if name.startswith("c")] == ["c2"]

    def test_it_gives_up_after_five_tries(self) -> None:
        store, one, other = self.pair()
        store.turns = [lambda n=n: MemoryStore.append(store, **self.kept(other, n)) for n in range(9)]  # type: ignore[misc]
        with pytest.raises(StaleVersionError):
            one.give(remind("2021-02-22 15:00"))
        assert len(store.turns) == 4

    def kept(self, other: Platform, n: int) -> Mapping[str, Any]:
        """Return what somebody else keeps in that moment: one more reminder."""
        drafts = platform()
        report(drafts)
        drafts.give(remind("2021-02-22 15:00"))
        (envelope,) = drafts.store.command("c1")
        event = {"type": envelope.type, "schema": 1, "happened_at": envelope.happened_at, "data": envelope.data}
        write = Write("m1", other.matter("m1").version, (Draft(**event),))
        return {"writes": [write], "command_id": f"x{n}", "actor": "x", "edition": "e1", "recorded_at": MONDAY}

    def test_the_same_command_at_both_is_kept_once(self) -> None:
        store, one, other = self.pair()
        store.turns = [lambda: other.give(remind("2021-02-22 15:00"))]
        assert one.give(remind("2021-02-22 15:00")) == other.matter("m1")
        assert live(one.matter("m1")).reminders == 1

    def test_the_same_command_in_another_place_of_the_log_is_answered_as_there(self) -> None:
        store, one, other = self.pair()
        store.turns = [
            lambda: (other.give(remind("2021-02-22 14:30", "c0")), other.give(remind("2021-02-22 15:00"))),
        ]
        assert live(one.give(remind("2021-02-22 15:00"))).reminders == 2

    def test_an_id_that_another_used_meanwhile_is_refused(self) -> None:
        store, one, other = self.pair()
        store.turns = [lambda: other.give(remind("2021-02-22 16:00"))]
        with pytest.raises(CommandMismatchError):
            one.give(remind("2021-02-22 15:00"))

    def test_a_tick_of_both_happens_once(self) -> None:
        store, one, other = self.pair()
        at = china("2021-03-10 12:00")
        store.turns = [lambda: other.tick(at)]
        one.tick(at)
        assert [event.TYPE for event in one.history("m1")] == [event.TYPE for event in alone(at).history("m1")]

    def test_a_tick_that_came_after_a_command_looks_again(self) -> None:
        store, one, other = self.pair()
        store.turns = [lambda: other.give(remind("2021-02-22 15:00"))]
        one.tick(china("2021-02-23 10:01"))
        assert [event.TYPE for event in one.history("m1")][2:5] == ["reminded", "fell_due", "passed_up"]


def alone(at: datetime) -> Platform:
    county = reported()
    county.tick(at)
    return county


class TestRebuilt:
    """S: what was decided is in the store and nowhere else."""

    def test_from_the_log_it_is_the_same(self, tmp_path: Any) -> None:
        county, at = called(), china("2021-02-24 12:00")
        county.tick(at)
        write_jsonl(county.store, tmp_path / "log.jsonl")
        again = platform(read_jsonl(tmp_path / "log.jsonl", known=county.head()))
        assert tuple(again.matters()) == tuple(county.matters())
        assert again.due(at + timedelta(days=30)) == county.due(at + timedelta(days=30))
        assert again.head() == county.head()
        assert again.give(remind("2021-02-24 15:00")) == county.give(remind("2021-02-24 15:00"))

    def test_a_matter_stays_under_the_rules_it_was_opened_under(self) -> None:
        """T12: a second edition holds for new matters alone."""
        county = Platform(SECOND, reported().store, earlier=[FIRST])
        report(county, "m2")
        due = {name: county.who_now(name, MONDAY).due_at for name in ("m1", "m2")}
        assert due == {"m1": china("2021-02-23 10:00"), "m2": china("2021-02-22 16:00")}
        assert [live(matter).edition for matter in county.matters()] == ["e1", "e2"]

    def test_it_is_put_under_the_present_rules_on_purpose(self) -> None:
        county = Platform(SECOND, reported().store, earlier=[FIRST])
        matter = county.rebase("m1", actor=PLATFORM_DESK, at=china("2021-02-22 14:30"), reason="new_rules")
        assert (live(matter).edition, county.who_now("m1", china("2021-02-22 14:30")).due_at) == (
            "e2",
            china("2021-02-22 16:00"),
        )

    def test_what_fell_due_before_it_fell_due_under_the_old_rules(self) -> None:
        """By the new rules the step would have gone up at 16:00; nobody knew them then."""
        county = Platform(SECOND, reported().store, earlier=[FIRST])
        county.rebase("m1", actor=PLATFORM_DESK, at=china("2021-02-23 11:00"), reason="new_rules")
        events = county.history("m1")
        assert [event.at for event in events if event.TYPE == "passed_up"] == [china("2021-02-23 10:00")]

    def test_an_edition_that_is_not_given_is_not_guessed(self) -> None:
        with pytest.raises(NotInForceError) as caught:
            Platform(SECOND, reported().store)
        assert caught.value.code == "unknown_edition"


class TestAskedOfThePast:
    """House rule "no hidden clock": an answer depends on the instant asked about, and on nothing later."""

    def test_it_answers_as_things_then_stood_whatever_was_ticked(self) -> None:
        county, other = reported(), reported()
        days = ("2021-02-22 14:00", "2021-02-22 17:00", "2021-02-23 17:00", "2021-02-24 17:00")
        instants = [china(day) for day in days]
        before = [county.who_now("m1", at) for at in instants]
        other.tick(china("2021-03-10 12:00"))
        assert [other.who_now("m1", at) for at in instants] == before
        assert [other.plan("m1", at) for at in instants] == [county.plan("m1", at) for at in instants]
        assert [other.matter("m1", at) for at in instants] == [county.matter("m1", at) for at in instants]

    def test_what_is_due_at_the_very_instant_has_not_yet_fallen(self) -> None:
        county = reported()
        due_at = county.who_now("m1", MONDAY).due_at
        assert due_at is not None
        county.tick(china("2021-03-10 12:00"))
        later = county.who_now("m1", due_at + timedelta(microseconds=1))
        assert county.who_now("m1", due_at).coordinator != later.coordinator

    def test_a_record_beside_live_matters_is_as_its_source_says(self) -> None:
        store, at = MemoryStore(), china("2021-02-22 09:00")
        row = Recorded(source="register", line=1, matter="r1", happenings=(Happening("reported", at=at),))
        store.append(
            [Write("r1", 0, (CODEC.encode(row),))], command_id="import", actor="import", edition="e0", recorded_at=at
        )
        county = platform(store)
        assert county.matter("r1", MONDAY) == county.matter("r1")
        assert county.matter("r1").live is None

    def test_nothing_is_known_before_the_report(self) -> None:
        with pytest.raises(RefusedError) as caught:
            reported().who_now("m1", china("2021-02-01 08:00"))
        assert caught.value.code == "not_reported"

    def test_facts_of_an_earlier_instant_know_nothing_of_later_ones(self) -> None:
        county = reported()
        county.tick(china("2021-03-10 12:00"))
        assert {row.matter for row in county.facts(china("2021-02-01 08:00"))} == set()
        assert {row.unit for row in county.facts(MONDAY) if row.number} == {"grid-1"}


class TestUnreadable:
    """A log that cannot be read back is lost: what would not read back is never kept."""

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            (c.Withdraw, {"reason": None}),
            (c.Withdraw, {"reason": "two words"}),
            (c.CallBack, {"satisfied": "perhaps"}),
            (c.CallBack, {"result": "Reached"}),
            (c.Feedback, {"satisfied": 0}),
            (c.Review, {"passed": "perhaps"}),
            (c.Judge, {"own": 1}),
            (c.Complete, {"evidence": "photo1"}),
            (c.Complete, {"evidence": ("two words",)}),
            (c.Complete, {"expected_version": "2"}),
            (c.Supply, {"when": {"scene": True}}),
            (c.AskExtension, {"limit": "5 working_days"}),
            (c.Assess, {"findings": ("xiaofang",)}),
            (c.Remind, {"at": "2021-02-22"}),
            (c.Remind, {"actor": "pingyin"}),
        ],
    )
    def test_a_field_of_the_wrong_kind_is_refused_without_repeating_it(
        self, kind: type[c.Command], said: dict[str, Any]
    ) -> None:
        given = {"id": "c1", "matter": "m1", "actor": PLATFORM_DESK, "at": MONDAY, **said}
        with pytest.raises(RefusedError) as caught:
            kind(**given)
        assert caught.value.code == "bad_value"
        assert str(next(iter(said.values()))) not in str(caught.value).replace("True, False", "")

    def test_an_event_that_would_not_read_back_is_refused(self) -> None:
        county = reported()
        head = county.head()
        odd = attrs.evolve(county.history("m1")[0], reason=["a", "list"])
        with pytest.raises(StoreError) as caught:
            county._keep_fallen(county.matter("m1"), 2, (odd,), MONDAY)
        assert (caught.value.code, county.head()) == ("bad_event", head)


class TestTick:
    """E7: what fell due happens once, dated when it fell due, whenever anybody looks."""

    AT = china("2021-03-10 12:00")

    def test_one_big_step_is_many_small_ones(self) -> None:
        big, small = called(), called()
        happened = big.tick(self.AT)
        at = MONDAY
        pieces: list[Any] = []
        while at < self.AT:
            at += timedelta(hours=5)
            pieces += small.tick(min(at, self.AT))
        assert tuple(pieces) == happened
        assert tuple(small.matters()) == tuple(big.matters())
        assert ids(small) == ids(big)

    def test_a_second_look_finds_nothing(self) -> None:
        county = called()
        assert county.tick(self.AT)
        head = county.head()
        assert (county.tick(self.AT), county.head()) == ((), head)

    def test_each_moment_is_kept_under_an_id_of_its_own_by_the_clock(self) -> None:
        county = called()
        county.tick(self.AT)
        groups: dict[str, list[Envelope]] = {}
        for envelope in county.store.feed():
            if envelope.actor == "clock":
                groups.setdefault(envelope.command, []).append(envelope)
        for name, group in groups.items():
            assert name == f"due/m1/{group[0].version}"
            assert [each.type == "fell_due" for each in group] == [True] + [False] * (len(group) - 1)
        assert len(groups) == sum(event.TYPE == "fell_due" for event in county.history("m1"))

    def test_a_command_brings_what_fell_due_before_it_under_the_same_ids(self) -> None:
        """It does not matter who was first, the clock or the command."""
        ticked, asked = called(), called()
        ticked.tick(china("2021-02-24 12:00"))
        for county in (ticked, asked):
            county.give(remind("2021-02-24 12:00"))
        assert ids(ticked) == ids(asked)
        assert tuple(ticked.matters()) == tuple(asked.matters())

    def test_several_matters_come_in_order_of_time(self) -> None:
        county = reported()
        report(county, "m2", china("2021-02-22 11:00"))
        happened = county.tick(self.AT)
        assert [event.at for event in happened] == sorted(event.at for event in happened)
        assert county.matter("m2", self.AT) == county.matter("m2")

    def test_an_instant_has_a_zone(self) -> None:
        with pytest.raises(LimitError) as caught:
            reported().tick(datetime(2021, 3, 1))  # noqa: DTZ001 - that is the point
        assert caught.value.code == "naive_time"


class TestClock:
    """Rules never read the time; a platform may be given a clock for those who name no instant."""

    def test_what_is_done_now_is_done_at_its_instant(self) -> None:
        county = Platform(FIRST, clock=lambda: MONDAY)
        county.report("m1", actor=RESIDENT_Z, **LANE)
        assert county.matter("m1").reported_at == MONDAY
        assert county.who_now("m1").at == MONDAY
        assert county.as_history().as_of == MONDAY
        assert county.tick() == ()

    def test_without_a_clock_an_instant_must_be_given(self) -> None:
        with pytest.raises(RefusedError) as caught:
            platform().tick()
        assert caught.value.code == "no_instant"

    def test_without_a_clock_figures_are_known_up_to_where_the_log_ends(self) -> None:
        assert called().as_history().as_of == china("2021-02-22 14:30")
        with pytest.raises(RefusedError):
            platform().as_history()


class TestQuestions:
    """K1, K2: who must act, by when, what comes; the answer is the same whether or not anybody let time pass."""

    def test_who_must_act_now(self) -> None:
        county = reported()
        answer = county.who_now("m1", MONDAY)
        assert answer.coordinator is not None
        assert (answer.coordinator.unit, answer.coordinator.post, answer.coordinator.person) == (
            "grid-1",
            "grid-head",
            "p1",
        )
        assert county.who_now("m1", china("2021-02-23 10:01")).coordinator.unit == "longshan"  # type: ignore[union-attr]

    def test_the_plan_is_the_rest_of_the_ladder(self) -> None:
        county = reported()
        assert [step.step for step in county.plan("m1", MONDAY)] == ["community", "subdistrict", "department"]
        assert called().plan("m1", china("2021-02-22 15:00")) == ()

    def test_what_falls_due_comes_in_order_of_time(self) -> None:
        county = reported()
        report(county, "m2", china("2021-02-22 14:30"))
        coming = [(name, each.kind) for name, each in county.due(china("2021-02-24 17:00"))]
        assert coming == [("m1", "step"), ("m2", "step")]
        assert county.due(china("2021-02-23 09:59")) == ()
        assert county.history("m1") == reported().history("m1"), "asking changes nothing"

    def test_what_may_be_done(self) -> None:
        now = {each.command for each in called().available("m1", of("fire"), china("2021-02-22 15:00")) if each.now}
        assert {"sign_in", "ask_return"} <= now
        assert "call" not in now

    def test_who_would_hold_a_matter(self) -> None:
        route = platform().route(at=MONDAY, **LANE)
        assert route == FIRST.route(at=MONDAY, **LANE)

    def test_history_is_what_happened_in_order(self) -> None:
        county = called()
        assert [event.TYPE for event in county.history("m1")][:5] == [
            "received",
            "assigned",
            "passed_up",
            "assigned",
            "passed_up",
        ]

    def test_as_it_was_known(self) -> None:
        """Late news is left out of what was known before."""
        county = called()
        assert county.as_known("m1", china("2021-02-22 14:15")).version == 4
        assert county.as_known("m1", china("2021-02-22 14:30")) == county.matter("m1")
        with pytest.raises(RefusedError) as caught:
            county.as_known("m1", china("2021-02-22 13:59"))
        assert caught.value.code == "unknown_matter"

    def test_the_story_goes_up_to_the_instant(self) -> None:
        county = called()
        reason = county.explain("m1", china("2021-03-10 12:00"))
        text = "\n".join(reason.lines("en"))
        assert "called out (Yushan)" in text
        assert "on_time=no" in text
        with pytest.raises(RefusedError):
            county.explain("m9", MONDAY)

    def test_facts_are_those_of_the_instant(self) -> None:
        county = called()
        known = {
            at: {row.unit: row.facts.get("on_time") for row in county.facts(china(at))}
            for at in ("2021-02-24 17:00", "2021-02-24 17:01")
        }
        assert [each["fire"] for each in known.values()] == [None, False]

    def test_a_bulletin_of_a_month(self) -> None:
        assert FIRST.scheme is not None
        rated = attrs.evolve(FIRST, scheme=attrs.evolve(FIRST.scheme, effective_from=date(2021, 1, 1)))
        county = Platform(rated, called().store)
        at, month = china("2021-03-10 12:00"), Month(2021, 2)
        shown = to_markdown(county.bulletin(month, at, "en"))
        history = county.as_history(at)
        assert shown == to_markdown(bulletin(history, history.rank(month), month, "en"))
        assert "Fire" in shown

    def test_before_its_rates_hold_there_is_no_bulletin(self) -> None:
        with pytest.raises(NotInForceError) as caught:
            called().bulletin(Month(2021, 2), china("2021-03-10 12:00"))
        assert caught.value.code == "scheme_not_in_force"

    def test_a_matter_is_not_marked_without_a_scheme(self) -> None:
        """The small county does not say how one matter is marked."""
        with pytest.raises(NotInForceError) as caught:
            called().assessment("m1", china("2021-03-10 12:00"))
        assert caught.value.code == "no_scheme"


class TestView:
    """济南市12345市民服务热线条例 32: whom a matter is about learns nothing of who reported."""

    AT = china("2021-02-22 15:00")

    def accused(self) -> Platform:
        county = platform()
        report(county, accused="police", channel="hotline")
        return county

    @pytest.mark.parametrize(("unit", "hidden"), [("police", True), ("traffic-police", True), ("fire", False)])
    def test_who_reported_is_hidden_from_the_accused_and_its_own(self, unit: str, *, hidden: bool) -> None:
        seen = self.accused().view("m1", unit, self.AT)
        assert (live(seen).reporters == (), seen.channel == "") == (hidden, hidden)

    def test_everybody_else_sees_the_matter_as_it_is(self) -> None:
        county = called()
        assert county.view("m1", "police", self.AT) == county.matter("m1", self.AT)


# --- deadlines ------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
INSTANT = st.integers(0, 6).map(lambda hours: datetime(2021, 2, 8, tzinfo=UTC) + timedelta(hours=hours))
PERCENT = st.sampled_from([0, 80, 100, 200])
CHANGE = st.tuples(st.just("add"), NAMES, INSTANT, PERCENT) | st.tuples(st.just("drop"), NAMES)


class TestDeadlines:
    """A tick costs what is due, not what is open; its answer is that of a search through everything."""

    @given(changes=st.lists(CHANGE, max_size=30), at=INSTANT)
    @settings(deadline=None)
    def test_it_answers_as_a_plain_search_would(self, changes: list[tuple[Any, ...]], at: datetime) -> None:
        deadlines, known = Deadlines(), dict[str, tuple[datetime, int]]()
        for word, name, *given_ in changes:
            if word == "add":
                deadlines.add(name, *given_)
                known[name] = (given_[0], given_[1])
            else:
                deadlines.note(Matter(id=name, reported_at=MONDAY))
                known.pop(name, None)
            entries = sorted((*entry, each) for each, entry in known.items())
            come = [
                (when, percent, each) for when, percent, each in entries if when < at or (when == at and percent < 100)
            ]
            first = entries[0][2] if entries and entries[0] in come else None
            assert deadlines.first(at) == first
            assert len(deadlines) == len(known)
            assert list(deadlines.until(at)) == [(when, each) for when, _, each in entries if when <= at]

    def test_a_matter_stands_under_its_next_moment(self) -> None:
        deadlines, matter = Deadlines(), called().matter("m1")
        deadlines.note(matter)
        falling = next_moment(matter)
        assert falling is not None
        assert list(deadlines.until(china("2021-12-31 12:00"))) == [(falling.moment.at, "m1")]
        assert deadlines.first(falling.moment.at) is None, "met at the very second"
        assert deadlines.first(falling.moment.at + timedelta.resolution) == "m1"


class TestJustAfter:
    """What falls due at an instant does so after it: once it has fallen, a command at that instant comes too late."""

    def test_nothing_more_happens_at_an_instant_after_what_fell_due_then(self) -> None:
        county, ticked = reported(), reported()
        due_at = county.who_now("m1", MONDAY).due_at
        assert due_at is not None
        ticked.tick(due_at + timedelta(hours=1))
        assert county.pass_up("m1", actor=HEAD, at=due_at).assignments[0].outcome == "passed_up"
        with pytest.raises(RefusedError) as caught:
            ticked.remind("m1", actor=PLATFORM_DESK, at=due_at)
        assert caught.value.code == "clock_back"
        assert ticked.remind("m1", actor=PLATFORM_DESK, at=due_at + timedelta(microseconds=1)).live is not None
