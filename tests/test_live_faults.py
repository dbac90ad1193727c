"""What goes wrong around live matters, fault by fault: each does what the list of faults says, and loses nothing."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from types import FrameType
from typing import Any

import attrs
import pytest

import county
import live_county
from gridgov.authority import Actor
from gridgov.calendar import Limit
from gridgov.errors import (
    CommandMismatchError,
    GridgovError,
    LimitError,
    NotInForceError,
    RefusedError,
    StaleVersionError,
)
from gridgov.handling import COMMANDS, Command, coordinator_of, decide
from gridgov.handling import commands as c
from gridgov.matters import ASSIGNMENT, ASSIGNMENT_STATES, MATTER, MATTER_STATES, Assignment, Live, Matter, Work
from gridgov.packs import Jurisdiction
from gridgov.platform import Platform
from gridgov.responsibility import Holder
from gridgov.stores import MemoryStore, Write
from gridgov.values import Period
from live_county import COMMUNITY, HEAD, PLATFORM_DESK, RESIDENT_Z, RULES, SUBDISTRICT, china, of
from live_platform import FIRST, RESIDENT_Y, SECOND, jurisdiction, platform

MICROSECOND = timedelta.resolution
DAY = timedelta(days=1)
AT = china("2021-02-04 15:00")
LONG_AFTER = china("2021-03-20 09:00")
COMPOUND = {"scene": "compound"}
CAR: dict[str, Any] = {"item": "fire-lane", "place": "grid-1", "facts": COMPOUND}
FIRE, POLICE, URBAN = of("fire"), of("police"), of("urban")
PROOF = {"evidence": ("photo-1",)}
REASON = {"reason": "list"}
PARTS = (c.Part(matter="p1", item="fire-lane", place="grid-1"), c.Part(matter="p2", item="noise", place="grid-1"))

Given = tuple[type[Command], Actor, dict[str, Any]]


# --- helpers --------------------------------------------------------------------------------------------------------


def live(matter: Matter) -> Live:
    assert matter.live is not None
    return matter.live


def work(duty: Assignment) -> Work:
    assert duty.work is not None
    return duty.work


def due(matter: Matter, kind: str, number: int = 0) -> datetime:
    """Return when a clock of a matter runs out."""
    found = live(matter).timers[number, kind].due_at
    assert found is not None
    return found


def types(on: Platform, name: str = "m1") -> list[str]:
    """Return the types of a matter's events."""
    return [event.TYPE for event in on.history(name)]


def log(on: Platform) -> list[tuple[Any, ...]]:
    """Return what each stream says, without when it was recorded and in which order with others."""
    kept = [(each.stream, each.version, each.type, each.happened_at, each.data) for each in on.store.feed()]
    return sorted(kept, key=lambda each: each[:2])


def codes(error: GridgovError) -> set[str]:
    return {fault.code for fault in error.faults}


def reported(store: MemoryStore | None = None, *, by: Jurisdiction = FIRST, **changes: Any) -> Platform:
    """Return a platform to which a car in the fire lane was reported."""
    on = Platform(by, store)
    on.report("m1", actor=RESIDENT_Z, at=AT, **{**CAR, **changes})
    return on


def called(leads: tuple[str, ...] = ("housing",), at: str = "2021-02-18 09:00") -> Platform:
    """Return a platform on which a matter was called to units, at one instant."""
    on, when = platform(), china(at)
    on.report("m1", actor=RESIDENT_Z, at=when, **CAR)
    on.pass_up("m1", actor=HEAD, at=when)
    on.pass_up("m1", actor=COMMUNITY, at=when)
    on.call("m1", actor=SUBDISTRICT, at=when, leads=leads)
    for unit in leads:
        on.sign_in("m1", actor=of(unit), at=when)
    return on


def together(*things: Callable[[], Any]) -> list[Any]:
    """Do several things at once, and return what each returned or raised."""
    start, answers = threading.Barrier(len(things)), dict[int, Any]()

    def do(place: int, thing: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[place] = thing()
        except GridgovError as error:
            answers[place] = error

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(things)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in range(len(things))]


class Interposed(MemoryStore):
    """A store on which somebody else is quicker: before one append, another process does something."""

    def __init__(self) -> None:
        super().__init__()
        self.first: list[Callable[[], Any]] = []

    def append(self, writes: Iterable[Write], **said: Any) -> Any:
        """Let the other process go first, once."""
        while self.first:
            self.first.pop()()
        return super().append(writes, **said)


# --- a matter's whole life ------------------------------------------------------------------------------------------

LIFE: tuple[Given, ...] = (
    (c.Report, RESIDENT_Z, CAR),
    (c.Judge, HEAD, {"own": False}),
    (c.PassUp, HEAD, REASON),
    (c.SendDown, COMMUNITY, {"to": "grid-1", **REASON}),
    (c.PassUp, HEAD, {}),
    (c.PassUp, COMMUNITY, {}),
    (c.Whistle, SUBDISTRICT, {"units": ("station-yushan",)}),
    (c.ApproveCall, SUBDISTRICT, {}),
    (c.Call, SUBDISTRICT, {}),
    (c.Dispatch, PLATFORM_DESK, {"to": "market", "role": "support"}),
    (c.Relieve, PLATFORM_DESK, {"unit": "market", **REASON}),
    (c.SendBack, PLATFORM_DESK, {"missing": ("licensed",)}),
    (c.Supply, SUBDISTRICT, {"when": {"licensed": "no"}}),
    (c.SignIn, FIRE, {}),
    (c.Contact, FIRE, {}),
    (c.Arrive, FIRE, {}),
    (c.ReportBack, FIRE, {}),
    (c.Meet, FIRE, {"where": "site"}),
    (c.SignIn, POLICE, {}),
    (c.DeclineMeeting, POLICE, {"reason": "declined"}),
    (c.AskReturn, POLICE, {"cites": "fire-lane.d", "proposed": "market", **REASON}),
    (c.RefuseReturn, PLATFORM_DESK, {"unit": "police", **REASON}),
    (c.AskReturn, URBAN, {"cites": "fire-lane.e", "proposed": "market", **REASON}),
    (c.Rule, PLATFORM_DESK, {"leads": ("fire",), "supports": ("police", "urban"), "unjustified": ("urban",), **REASON}),
    (c.Dispute, PLATFORM_DESK, REASON),
    (c.Rule, PLATFORM_DESK, {"leads": ("fire",), "supports": ("police", "urban"), **REASON}),
    (c.AskExtension, FIRE, {"limit": Limit.parse("2 working_days"), **REASON}),
    (c.RefuseExtension, PLATFORM_DESK, {"unit": "fire", **REASON}),
    (c.AskExtension, FIRE, {"limit": Limit.parse("3 working_days"), **REASON}),
    (c.GrantExtension, PLATFORM_DESK, {"unit": "fire", "resident_told": True}),
    (c.Suspend, PLATFORM_DESK, {"until": AT + 5 * DAY, "resident_told": True, **REASON}),
    (c.Resume, PLATFORM_DESK, {}),
    (c.TellTerm, FIRE, {"stage": "case_opened", "due_at": china("2021-03-01 17:00"), "cites": "law"}),
    (c.Reclassify, PLATFORM_DESK, {"place": "house-1", **REASON}),
    (c.Remind, PLATFORM_DESK, {}),
    (c.Supervise, PLATFORM_DESK, REASON),
    (c.LiftSupervision, PLATFORM_DESK, REASON),
    (c.Complete, FIRE, PROOF),
    (c.Review, PLATFORM_DESK, {"passed": True}),
    (c.CallBack, PLATFORM_DESK, {"satisfied": False}),
    (c.Complete, FIRE, PROOF),
    (c.CallBack, PLATFORM_DESK, {"result": "not_reached"}),
    (c.Feedback, RESIDENT_Z, {"satisfied": True}),
    (c.Assess, SUBDISTRICT, {"findings": (c.FindingOf(unit="fire", facts={"met": "yes"}, reason="seen"),)}),
    (c.AmendAssessment, SUBDISTRICT, {"findings": (c.FindingOf(unit="fire", facts={"met": "no"}),), **REASON}),
    (c.AskReopen, RESIDENT_Z, REASON),
    (c.RefuseReopen, PLATFORM_DESK, REASON),
    (c.AskReopen, RESIDENT_Z, REASON),
    (c.Reopen, PLATFORM_DESK, {}),
    (c.ProposeExplained, FIRE, {**REASON, **PROOF}),
    (c.RefuseExplained, PLATFORM_DESK, REASON),
    (c.ProposeExplained, FIRE, {**REASON, **PROOF}),
    (c.ConfirmExplained, PLATFORM_DESK, {}),
)
SHORT: tuple[tuple[Given, ...], ...] = tuple(
    ((c.Report, RESIDENT_Z, about), given)
    for about, given in (
        (CAR, (c.Answer, HEAD, {})),
        (CAR, (c.Redirect, HEAD, {"to": "court"})),
        (CAR, (c.TakeDirect, RESIDENT_Z, {})),
        (CAR, (c.Transfer, PLATFORM_DESK, {"to": "court", **REASON})),
        (CAR, (c.SplitMatter, PLATFORM_DESK, {"parts": PARTS})),
        (CAR, (c.OpenTopic, PLATFORM_DESK, {})),
        (CAR, (c.Withdraw, RESIDENT_Z, {})),
        ({**CAR, "item": "dance"}, (c.Admit, PLATFORM_DESK, {"approval": "a", "money": "b", "ends": LONG_AFTER})),
        ({**CAR, "emergency": True}, (c.GiveReason, SUBDISTRICT, PROOF)),
        ({"item": "fire-lane", "place": "grid-1", "emergency": True}, (c.Call, PLATFORM_DESK, {"leads": ("urban",)})),
        (
            {"item": "fire-lane", "place": "grid-1", "emergency": True},
            (c.Transfer, PLATFORM_DESK, {"to": "court", **REASON}),
        ),
    )
)
LIVES = (LIFE, *SHORT)


def lived(life: tuple[Given, ...]) -> Iterator[tuple[Platform, Command]]:
    """Yield each command of a life before it is given, and give it a minute after the one before."""
    on = platform()
    for n, (kind, actor, fields) in enumerate(life):
        command = kind(id=f"c{n}", matter="m1", actor=actor, at=AT + n * timedelta(minutes=1), **fields)
        yield on, command
        on.give(command)


class TestT12PackChanged:
    """T12: "open matters keep the rules of the pack version they opened under; every event names that version".

    So with every live edit of a policy: open matters do not move until they are rebased.
    """

    def test_limits_that_were_shortened_hold_for_new_matters_only(self) -> None:
        on = reported()
        after = Platform(SECOND, on.store, earlier=[FIRST])
        after.report("m2", actor=RESIDENT_Z, at=AT, **CAR)
        assert due(after.matter("m1"), "step", 1) == china("2021-02-05 11:00")
        assert due(after.matter("m2"), "step", 1) == china("2021-02-04 17:00")
        after.tick(LONG_AFTER)
        assert {each.edition for each in after.store.stream("m1")} == {"e1"}
        assert {each.edition for each in after.store.stream("m2")} == {"e2"}
        untouched = reported()
        untouched.tick(LONG_AFTER)
        assert untouched.history("m1") == after.history("m1")

    def test_an_item_that_was_moved_goes_to_whom_the_old_list_names(self) -> None:
        moved = county.listing(
            *(attrs.evolve(duty, holder=duty.holder) for duty in county.DUTIES if duty.id != "fire-lane/a"),
            county.duty("fire-lane/a", "unit:housing", when=COMPOUND),
        )
        setting = attrs.evolve(RULES.setting, responsibilities=moved, policy=county.rules(edition="e2"))
        on = Platform(jurisdiction(attrs.evolve(RULES, setting=setting)), reported().store, earlier=[FIRST])
        on.report("m2", actor=RESIDENT_Z, at=AT, **CAR)
        on.tick(LONG_AFTER)
        assert "fire" in {duty.unit for duty in on.matter("m1").assignments}
        assert "fire" not in {duty.unit for duty in on.matter("m2").assignments}
        assert "housing" in {duty.unit for duty in on.matter("m2").assignments}

    def test_what_fell_due_before_a_rebase_fell_due_under_the_old_rules(self) -> None:
        on = Platform(SECOND, reported().store, earlier=[FIRST])
        late = Platform(SECOND, reported().store, earlier=[FIRST])
        at = china("2021-02-05 14:00")
        on.tick(at)
        for each in (on, late):
            each.rebase("m1", actor=PLATFORM_DESK, at=at, **REASON)
        assert log(on) == log(late)
        assert "2021-02-07T09:00:00Z" in str(
            [each.data for each in late.store.stream("m1") if each.type == "assigned"][1]
        )

    def test_a_matter_that_another_is_merged_into_stays_under_its_own_rules(self) -> None:
        def merged(*, ticked: bool) -> Platform:
            on = reported()
            on = Platform(SECOND, on.store, earlier=[FIRST])
            on.report("m2", actor=RESIDENT_Y, at=AT + MICROSECOND, **CAR)
            at = china("2021-02-05 10:00")
            if ticked:
                on.tick(at)
            on.merge("m2", actor=PLATFORM_DESK, at=at, into="m1", id="merge")
            return on

        assert log(merged(ticked=True)) == log(merged(ticked=False))

    def test_a_log_under_an_edition_that_is_not_given_is_refused(self) -> None:
        with pytest.raises(NotInForceError) as caught:
            Platform(SECOND, reported().store)
        assert codes(caught.value) == {"unknown_edition"}

    def test_a_rebase_while_suspended_forgets_no_pause(self) -> None:
        """Switching the rules while a clock is paused leaves what has run as it was; replay gives the same."""
        on = called()
        until = china("2021-02-22 09:00")
        on.suspend("m1", actor=PLATFORM_DESK, at=china("2021-02-18 15:00"), until=until, resident_told=True, **REASON)
        after = Platform(SECOND, on.store, earlier=[FIRST])
        number = len(after.matter("m1").assignments)
        before = live(after.matter("m1")).timers[number, "complete"].clock.marks
        after.rebase("m1", actor=PLATFORM_DESK, at=china("2021-02-19 10:00"), **REASON)
        assert live(after.matter("m1")).timers[number, "complete"].clock.marks == before
        assert due(after.matter("m1"), "complete", number) == china("2021-02-22 17:00")
        assert tuple(Platform(SECOND, on.store, earlier=[FIRST]).matters()) == tuple(after.matters())


class TestT14UnitAbolished:
    """T14: "refused, or matters reassigned": nobody new is sent to a unit that is no more; what it had is sent on."""

    def ended(self) -> Platform:
        """Return a platform on which the market office, which leads a matter, ended with 02-19."""
        until = Period(county.START, date(2021, 2, 20))
        units = [attrs.evolve(unit, period=until) if unit.id == "market" else unit for unit in county.units()]
        links = [attrs.evolve(link, period=until) if link.start == "market" else link for link in county.links()]
        setting = attrs.evolve(RULES.setting, organization=county.organize(units, links))
        on = Platform(jurisdiction(attrs.evolve(RULES, setting=setting)))
        when = china("2021-02-18 09:00")
        on.report("m1", actor=RESIDENT_Z, at=when, **CAR)
        on.pass_up("m1", actor=HEAD, at=when)
        on.pass_up("m1", actor=COMMUNITY, at=when)
        on.call("m1", actor=SUBDISTRICT, at=when, leads=("market",))
        return on

    def test_it_gets_no_new_duty_and_does_no_more(self) -> None:
        on, at = self.ended(), china("2021-02-20 09:00")
        with pytest.raises(GridgovError):
            on.sign_in("m1", actor=of("market"), at=at)
        on.report("m2", actor=RESIDENT_Z, at=at, **CAR)
        on.pass_up("m2", actor=HEAD, at=at)
        on.pass_up("m2", actor=COMMUNITY, at=at)
        with pytest.raises(RefusedError) as caught:
            on.call("m2", actor=SUBDISTRICT, at=at, leads=("market",))
        assert codes(caught.value) == {"unknown_unit"}

    def test_what_it_had_is_sent_on(self) -> None:
        on, at = self.ended(), china("2021-02-20 09:00")
        on.relieve("m1", actor=PLATFORM_DESK, at=at, unit="market", **REASON)
        matter = on.rule("m1", actor=PLATFORM_DESK, at=at, leads=("urban",), **REASON)
        assert {duty.unit for duty in matter.assignments if duty.is_open} == {"urban"}
        assert on.who_now("m1", at).matter == "m1"


class TestT16TwoAtOnce:
    """T16: "exactly one wins; the other `StaleVersionError` with the winner's version"."""

    @pytest.mark.parametrize("platforms", [1, 16])
    def test_of_sixteen_who_pass_it_up_one_does(self, platforms: int) -> None:
        store = MemoryStore()
        desks = [reported(store), *(platform(store) for _ in range(platforms - 1))] * (16 // platforms)
        version = desks[0].matter("m1").version
        fields = {"actor": HEAD, "at": AT, "expected_version": version}
        answers = together(*(lambda n=n, on=on: on.pass_up("m1", id=f"c{n}", **fields) for n, on in enumerate(desks)))
        won = [answer for answer in answers if isinstance(answer, Matter)]
        lost = [answer for answer in answers if isinstance(answer, StaleVersionError)]
        assert (len(won), len(lost)) == (1, 15)
        assert all(f"version {won[0].version}" in str(error) for error in lost)
        assert types(desks[0]).count("passed_up") == 1

    def test_those_who_expect_no_version_each_do_it_or_hear_why_not(self) -> None:
        store = MemoryStore()
        reported(store)
        desks = [platform(store) for _ in range(16)]
        answers = together(
            *(lambda n=n, on=on: on.remind("m1", actor=PLATFORM_DESK, at=AT, id=f"c{n}") for n, on in enumerate(desks))
        )
        kept = [answer for answer in answers if isinstance(answer, Matter)]
        assert live(desks[0].matter("m1")).reminders == len(kept)
        assert all(isinstance(answer, Matter | StaleVersionError) for answer in answers)
        assert [each.version for each in store.stream("m1")] == list(range(1, 3 + len(kept)))

    @pytest.mark.parametrize("expected", [None, 2])
    def test_a_command_is_never_kept_on_a_state_on_which_it_was_not_decided(self, expected: int | None) -> None:
        """Another process passes it up after this one decided to, and before it was kept."""
        store = Interposed()
        on, other = reported(store), platform(store)
        store.first.append(lambda: other.pass_up("m1", actor=HEAD, at=AT, id="other"))
        with pytest.raises(StaleVersionError if expected else GridgovError):
            on.pass_up("m1", actor=HEAD, at=AT, id="this", expected_version=expected)
        assert types(on).count("passed_up") == 1
        assert tuple(platform(store).matters()) == tuple(on.matters())

    def test_what_fell_due_meanwhile_is_not_kept_twice(self) -> None:
        store = Interposed()
        on, other = reported(store), platform(store)
        at = china("2021-02-18 10:00")
        store.first.append(lambda: other.remind("m1", actor=PLATFORM_DESK, at=at, id="other"))
        on.remind("m1", actor=PLATFORM_DESK, at=at, id="this")
        alone = reported()
        for name in ("other", "this"):
            alone.remind("m1", actor=PLATFORM_DESK, at=at, id=name)
        assert log(alone) == log(on)

    def test_a_worker_whose_look_was_overtaken_looks_again(self) -> None:
        store = Interposed()
        on, other = reported(store), platform(store)
        store.first.append(lambda: other.pass_up("m1", actor=HEAD, at=AT))
        on.tick(china("2021-02-05 11:00") + MICROSECOND)
        assert types(on).count("passed_up") == 1

    def test_the_same_command_through_two_processes_has_one_answer(self) -> None:
        """The other process kept it on a later state: the answer is still what that led to."""
        store = Interposed()
        on, other = reported(store), platform(store)

        def quicker() -> None:
            other.remind("m1", actor=PLATFORM_DESK, at=AT, id="before")
            other.pass_up("m1", actor=HEAD, at=AT, id="c1")

        store.first.append(quicker)
        answer = on.pass_up("m1", actor=HEAD, at=AT, id="c1")
        assert answer == on.matter("m1") == other.matter("m1")


@pytest.mark.parametrize("life", LIVES, ids=lambda life: "whole" if len(life) > 2 else life[1][0].NAME)
class TestT17T18T19EveryCommand:
    """T17: "same result returned, one event"; T18: other content is refused; T19: "refusals are not stored"."""

    def test_sent_again_it_is_answered_again_and_kept_once(self, life: tuple[Given, ...]) -> None:
        answers: list[tuple[Command, Matter]] = []
        for on, command in lived(life):
            answers.append((command, on.give(command)))
        head = on.head()
        for given, answer in answers:
            assert on.give(given) == answer
            assert platform(on.store).give(attrs.evolve(given, expected_version=999)) == answer
        assert on.head() == head

    def test_with_other_content_its_id_is_refused(self, life: tuple[Given, ...]) -> None:
        for on, command in lived(life):
            on.give(command)
            head = on.head()
            for changed in ({"at": command.at + MICROSECOND}, {"actor": of("market")}, {"evidence": ("other",)}):
                with pytest.raises(CommandMismatchError):
                    on.give(attrs.evolve(command, **changed))
            assert on.head() == head

    def test_refused_first_it_succeeds_under_the_same_id(self, life: tuple[Given, ...]) -> None:
        stranger = of("environment")
        for on, command in lived(life):
            if command.NAME == "report":
                continue
            head = on.head()
            refused = 0
            for changed in ({"actor": stranger}, {"at": AT - DAY}, {"expected_version": 999}):
                with pytest.raises(GridgovError):
                    on.give(attrs.evolve(command, **changed))
                refused += 1
            assert on.head() == head
            assert on.store.command(command.id) == ()
            assert refused == 3


def test_the_lives_give_every_command() -> None:
    """What is tested of every command is tested of all but those that another test gives."""
    given = {kind.NAME for life in LIVES for kind, _, _ in life}
    assert set(COMMANDS) - given == {"grant_return", "merge", "rebase"}


class TestT20StateTable:
    """T20: "`WrongStateError` naming state and allowed commands": state × command, and state of a duty × command."""

    SAID: dict[str, dict[str, Any]] = {  # noqa: RUF012 - a table
        "judge": {"own": True},
        "send_down": {"to": "grid-1"},
        "dispatch": {"to": "market"},
        "ask_extension": {"limit": Limit.parse("1 working_days")},
        "review": {"passed": True},
        "feedback": {"satisfied": True},
        "merge": {"into": "m9"},
    }

    def refusal(self, matter: Matter, kind: type[Command], **fields: Any) -> dict[str, list[Any]]:
        """Return the faults of a bare command, by code; none when it is kept."""
        said = {**self.SAID.get(kind.NAME, {}), **fields}
        command = kind(id="c1", matter="m1", actor=PLATFORM_DESK, at=LONG_AFTER, **said)
        found: dict[str, list[Any]] = {}
        try:
            decide(RULES, matter, command, others={"m9": None})
        except GridgovError as error:
            for fault in error.faults:
                found.setdefault(fault.code, []).append(fault)
        return found

    @pytest.mark.parametrize("state", MATTER_STATES)
    def test_of_the_matter(self, state: str) -> None:
        base = called().matter("m1")
        timers: dict[Any, Any] = {}
        matter = attrs.evolve(base, live=attrs.evolve(live(base), state=state, timers=timers))
        seen = Counter[str]()
        for name, kind in COMMANDS.items():
            if name == "report":
                continue
            faults = self.refusal(matter, kind, **({"unit": "housing"} if issubclass(kind, c.OfUnit) else {}))
            wrong = [fault for fault in faults.get("wrong_state", ()) if fault.message.startswith("matter 'm1' is")]
            if state in MATTER.sources[name]:
                assert wrong == [], name
            else:
                assert [f"is {state}:" in fault.message for fault in wrong] == [True], name
                assert wrong[0].about == MATTER.commands_in(state)
            seen["refused" if wrong else "possible"] += 1
        assert seen["refused"] + seen["possible"] == len(COMMANDS) - 1
        assert set(MATTER.commands_in(state)) <= set(COMMANDS)

    @pytest.mark.parametrize("state", ASSIGNMENT_STATES)
    def test_of_a_duty(self, state: str) -> None:
        base = called().matter("m1")
        duties = tuple(
            attrs.evolve(
                duty, outcome=state if state in ASSIGNMENT.ends else "", work=attrs.evolve(work(duty), state=state)
            )
            if duty.unit == "housing"
            else duty
            for duty in base.assignments
        )
        matter = attrs.evolve(base, assignments=duties, live=attrs.evolve(live(base), timers={}))
        for name, kind in COMMANDS.items():
            allowed = ASSIGNMENT.sources.get(name, frozenset()) - {"(new)"}
            if not issubclass(kind, c.OfUnit) or not allowed:
                continue
            faults = self.refusal(matter, kind, unit="housing")
            if state in ASSIGNMENT.ends:
                assert "no_assignment" in faults, name
            else:
                wrong = [each for each in faults.get("wrong_state", ()) if each.message.startswith("assignment")]
                assert bool(wrong) == (state not in allowed), name

    def test_a_command_about_nothing(self) -> None:
        for name, kind in COMMANDS.items():
            if name != "report":
                command = kind(id="c1", matter="m0", actor=PLATFORM_DESK, at=AT, **self.SAID.get(name, {}))
                with pytest.raises(GridgovError) as caught:
                    platform().give(command)
                assert "unknown_matter" in codes(caught.value)


class TestT21T22Clock:
    """T21: "stamp = max(last, now); deadlines never move earlier; order by seq"; T22: "each deadline fires once"."""

    @pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), 200 * DAY])
    def test_a_clock_that_goes_back_changes_no_deadline_of_what_is_known(self, back: timedelta) -> None:
        on = reported()
        before, known = on.due(LONG_AFTER), on.matter("m1")
        with pytest.raises(RefusedError) as caught:
            on.pass_up("m1", actor=HEAD, at=AT - back)
        assert codes(caught.value) == {"clock_back"}
        assert on.tick(AT - back) == ()
        assert (on.due(LONG_AFTER), on.matter("m1")) == (before, known)

    def test_what_is_reported_after_it_went_back_is_recorded_no_earlier(self) -> None:
        on = reported()
        on.report("m2", actor=RESIDENT_Z, at=AT - DAY, **CAR)
        envelopes = list(on.store.feed())
        assert {each.recorded_at for each in envelopes} == {AT}
        assert on.matter("m2").reported_at == AT - DAY
        assert [each.sequence for each in envelopes] == list(range(1, len(envelopes) + 1))

    def test_a_leap_of_a_year_brings_each_thing_once(self) -> None:
        leapt, walked = reported(), reported()
        leapt.tick(AT + 365 * DAY)
        for n in range(0, 365 * 24, 7):
            walked.tick(AT + n * timedelta(hours=1))
        walked.tick(AT + 365 * DAY)
        assert log(leapt) == log(walked)
        seen = Counter(
            (each.data.get("number", 0), each.data["clock"], each.data["percent"])
            for each in leapt.store.stream("m1")
            if each.type == "fell_due"
        )
        assert set(seen.values()) == {1}
        assert types(leapt).count("passed_up") == 3


class TestT23T24Ticks:
    """T23: "catch-up gives the same events, with due times, as if it had run"; T24: "one escalation event"."""

    @pytest.mark.parametrize("hours", [1, 5, 24, 24 * 40])
    def test_many_small_looks_are_one_big_one(self, hours: int) -> None:
        on, once = reported(), reported()
        for n in range(0, 44 * 24, hours):
            on.tick(AT + n * timedelta(hours=1))
        on.tick(LONG_AFTER)
        once.tick(LONG_AFTER)
        assert log(on) == log(once)
        assert all(each.at <= LONG_AFTER for each in on.history("m1"))

    def test_what_fell_due_bears_its_due_instant_however_late_one_looks(self) -> None:
        on = reported()
        on.tick(LONG_AFTER)
        fallen = [each for each in on.history("m1") if each.TYPE == "passed_up"]
        assert fallen[0].at == china("2021-02-05 11:00")
        assert [each.recorded_at for each in on.store.stream("m1") if each.type == "passed_up"] == [LONG_AFTER] * 3

    def test_two_workers_that_look_two_hundred_times(self) -> None:
        store = MemoryStore()
        desks = [reported(store), platform(store)]
        desks[0].report("m2", actor=RESIDENT_Y, at=AT, **{**CAR, "facts": {}})

        def looks(on: Platform) -> int:
            return sum(len(on.tick(AT + n * timedelta(hours=5))) for n in range(200))

        assert all(isinstance(answer, int) for answer in together(*(lambda on=on: looks(on) for on in desks)))
        alone = reported()
        alone.report("m2", actor=RESIDENT_Y, at=AT, **{**CAR, "facts": {}})
        alone.tick(AT + 199 * timedelta(hours=5))
        assert log(alone) == log(desks[0]) == log(desks[1])
        store.verify()

    def test_a_command_of_somebody_cannot_take_the_clock_s_place(self) -> None:
        """Whatever id a command has, what falls due afterwards is kept."""
        on = reported()
        for n in range(1, 9):
            on.remind("m1", actor=PLATFORM_DESK, at=AT, id=f"due.m1.{n}")
        on.tick(LONG_AFTER)
        assert types(on).count("passed_up") == 3


class TestT25T26Instants:
    """T25: instants are compared, naive ones refused; T26: beyond the calendar an answer is refused, or provisional."""

    def test_naive_instants_are_refused_everywhere(self) -> None:
        on, naive = reported(), datetime(2021, 2, 4, 15)  # noqa: DTZ001 - naive on purpose
        asked: tuple[Callable[[], Any], ...] = (
            lambda: on.tick(naive),
            lambda: on.remind("m1", actor=PLATFORM_DESK, at=naive),
            lambda: on.report("m2", actor=RESIDENT_Z, at=naive, **CAR),
            lambda: on.matter("m1", naive),
            lambda: on.due(naive),
            lambda: on.who_now("m1", naive),
            lambda: on.suspend("m1", actor=PLATFORM_DESK, at=AT, until=naive, **REASON),
        )
        head = on.head()
        for ask in asked:
            with pytest.raises(LimitError) as caught:
                ask()
            assert codes(caught.value) == {"naive_time"}
        assert on.head() == head

    @pytest.mark.parametrize("hours", [-11, -5, 0, 8, 14])
    def test_one_instant_on_other_clocks_is_one_instant(self, hours: int) -> None:
        zone = timezone(timedelta(hours=hours))
        on = platform()
        on.report("m1", actor=RESIDENT_Z, at=AT.astimezone(zone), **CAR)
        on.tick(LONG_AFTER.astimezone(zone))
        plain = reported()
        plain.tick(LONG_AFTER)
        assert [each[:4] for each in log(plain)] == [each[:4] for each in log(on)]

    @pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York"])
    def test_the_zone_of_the_process_moves_nothing(self, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same plan whatever the process thinks the time is: 09:00 stays 09:00 in the county."""
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        try:
            on = reported()
            assert due(on.matter("m1"), "step", 1) == datetime(2021, 2, 5, 3, tzinfo=UTC)
            assert on.plan("m1", AT)[0].due_at == china("2021-02-07 17:00")
        finally:
            monkeypatch.undo()
            time.tzset()

    def test_a_report_beyond_the_calendar_is_refused_and_one_that_runs_past_it_is_provisional(self) -> None:
        on = platform()
        with pytest.raises(NotInForceError) as caught:
            on.report("m1", actor=RESIDENT_Z, at=china("2021-04-01 09:00"), **CAR)
        assert codes(caught.value) == {"calendar_coverage"}
        assert list(on.matters()) == []
        on.report("m1", actor=RESIDENT_Z, at=china("2021-03-24 16:00"), **CAR)
        on.pass_up("m1", actor=HEAD, at=china("2021-03-24 16:00"))
        assert not live(on.matter("m1")).timers[2, "step"].provisional
        at, more = china("2021-03-25 10:00"), Limit.parse("10 working_days")
        on.ask_extension("m1", actor=COMMUNITY, at=at, limit=more, **REASON)
        on.grant_extension("m1", actor=PLATFORM_DESK, at=at, unit="longshan", resident_told=True)
        timer = live(on.matter("m1")).timers[2, "step"]
        assert (timer.due_at, timer.provisional) == (china("2021-04-08 17:00"), True)


class TestT27Boundaries:
    """T27: a due instant is met at the very instant, at all places; a microsecond later it is not."""

    def test_of_a_step(self) -> None:
        at = china("2021-02-05 11:00")
        for late, outcome in ((-MICROSECOND, ""), (timedelta(0), ""), (MICROSECOND, "passed_up")):
            on = reported()
            on.tick(at + late)
            assert on.matter("m1").assignments[0].outcome == outcome
            assert on.matter("m1", at + late) == on.matter("m1")
            asked = reported()
            if late > timedelta(0):
                with pytest.raises(GridgovError):
                    asked.complete("m1", actor=HEAD, at=at + late)
            else:
                assert live(asked.complete("m1", actor=HEAD, at=at + late)).state == "done"

    def test_of_a_return(self) -> None:
        ask = {"cites": "fire-lane.a", "proposed": "urban", **REASON}
        at = china("2021-02-19 17:00")
        for late in (-MICROSECOND, timedelta(0)):
            assert "return_asked" in [
                work(d).state for d in called().return_("m1", actor=of("housing"), at=at + late, **ask).assignments
            ]
        with pytest.raises(RefusedError) as caught:
            called().return_("m1", actor=of("housing"), at=at + MICROSECOND, **ask)
        assert codes(caught.value) == {"return_late"}

    def test_of_an_extension(self) -> None:
        more = {"limit": Limit.parse("2 working_days"), **REASON}
        at = due(called().matter("m1"), "complete", 4)
        for late in (-MICROSECOND, timedelta(0)):
            on = called()
            on.ask_extension("m1", actor=of("housing"), at=at + late, **more)
            matter = on.grant_extension("m1", actor=PLATFORM_DESK, at=at + DAY, unit="housing", resident_told=True)
            assert due(matter, "complete", 4) == china("2021-02-23 17:00")
        with pytest.raises(RefusedError) as caught:
            called().ask_extension("m1", actor=of("housing"), at=at + MICROSECOND, **more)
        assert codes(caught.value) == {"extension_late"}

    def test_of_a_ruling(self) -> None:
        on = called()
        on.dispute("m1", actor=of("housing"), at=china("2021-02-18 10:00"), **REASON)
        at = due(on.matter("m1"), "ruling")
        assert at == china("2021-02-20 17:00")
        on.tick(at)
        assert "ruling" not in [each.reason for each in on.history("m1") if each.TYPE == "reminded"]
        on.tick(at + MICROSECOND)
        assert "ruling" in [each.reason for each in on.history("m1") if each.TYPE == "reminded"]

    def test_a_pause_at_the_very_due_instant_keeps_it_from_going_up_meanwhile(self) -> None:
        """It was in time when it was held up; it falls due once it goes on, and not before."""
        on = reported()
        at = china("2021-02-05 11:00")
        on.propose_explained("m1", actor=HEAD, at=at, **REASON, **PROOF)
        on.tick(LONG_AFTER)
        assert types(on).count("passed_up") == 0
        on.refuse_explained("m1", actor=PLATFORM_DESK, at=LONG_AFTER, **REASON)
        assert types(on).count("passed_up") == 0
        on.tick(LONG_AFTER + MICROSECOND)
        assert types(on).count("passed_up") == 1


class TestT28PingPong:
    """T28: "bounded by rule; visible count; escalates": returns end in a ruling, after which nobody returns."""

    def test_it_ends_in_a_ruling_and_the_ruled_unit_keeps_it(self) -> None:
        on = called(("housing",), at="2021-02-18 09:00")
        units, at, asked = ["housing", "urban", "market", "environment"], china("2021-02-18 09:00"), 0
        for unit, after in pairwise(units):
            at += timedelta(minutes=10)
            if live(on.matter("m1")).state != "called":
                break
            on.return_("m1", actor=of(unit), at=at, cites="row", proposed=after, **REASON)
            asked += 1
            if live(on.matter("m1")).state == "called":
                on.grant_return("m1", actor=PLATFORM_DESK, at=at, unit=unit, to=after)
        assert asked == live_county.HANDLING.returns == live(on.matter("m1")).returns
        assert live(on.matter("m1")).state == "disputed"
        on.rule("m1", actor=PLATFORM_DESK, at=at, leads=("market",), **REASON)
        with pytest.raises(RefusedError) as caught:
            on.return_("m1", actor=of("market"), at=at, cites="row", proposed="urban", **REASON)
        assert codes(caught.value) == {"ruled"}

    def test_it_is_not_sent_down_for_ever_and_the_promise_stays(self) -> None:
        on = reported()
        promise, at, refused = due(on.matter("m1"), "promise"), AT, set[str]()
        for _ in range(20):
            at += timedelta(minutes=1)
            try:
                on.pass_up("m1", actor=HEAD, at=at)
                on.send_down("m1", actor=COMMUNITY, at=at, to="grid-1", **REASON)
            except GridgovError as error:
                refused = codes(error)
                break
        assert refused == {"sent_down_before"}
        assert due(on.matter("m1"), "promise") == promise
        on.tick(promise + MICROSECOND)
        assert live(on.matter("m1")).supervised


class TestT29NobodyKnown:
    """T29: "goes to a named fallback, never dropped; `unassigned` is a state with a deadline"."""

    @pytest.mark.parametrize(
        "about",
        [
            {"item": "dance"},
            {"facts": {}},
            {"facts": {}, "emergency": True},
            {"accused": "fire"},
            {"item": "dance", "emergency": True},
            {"place": "yushan", "accused": "yushan", "facts": {}},
        ],
        ids=str,
    )
    def test_it_is_somebody_s_or_a_ruling_is_due(self, about: dict[str, Any]) -> None:
        on = reported(**about)
        for hours in range(0, 24 * 40, 12):
            matter = on.matter("m1", AT + hours * timedelta(hours=1))
            if live(matter).state == "unassigned":
                assert live(matter).timers[0, "ruling"].clock.state == "running"
            else:
                coordinator = coordinator_of(matter)
                assert coordinator is not None
                assert coordinator.is_open
        on.tick(LONG_AFTER)
        assert on.due(AT + 365 * DAY) or "reminded" in types(on)

    def test_a_fallback_is_called(self) -> None:
        fallback = Holder.parse("level:subdistrict|town")
        on = reported(by=jurisdiction(live_county.rules(fallback=fallback)), item="dance")
        on.tick(LONG_AFTER)
        assert {duty.unit for duty in on.matter("m1").assignments} == {"grid-1", "longshan", "yushan"}

    def test_a_list_that_cannot_answer_says_so_and_is_asked_again(self) -> None:
        """A rule that fails is neither passed over nor switched off: its fault reaches who asked, each time."""
        on = reported(facts={})
        on.pass_up("m1", actor=HEAD, at=AT)
        on.pass_up("m1", actor=COMMUNITY, at=AT)
        for _ in range(3):
            with pytest.raises(GridgovError) as caught:
                on.call("m1", actor=SUBDISTRICT, at=AT)
            assert codes(caught.value) == {"fact_missing"}
        on.reclassify("m1", actor=SUBDISTRICT, at=AT, facts=COMPOUND, **REASON)
        assert live(on.call("m1", actor=SUBDISTRICT, at=AT)).state == "called"

    def test_a_matter_whose_last_lead_left_is_unassigned(self) -> None:
        on = called()
        on.relieve("m1", actor=PLATFORM_DESK, at=china("2021-02-18 10:00"), unit="housing", **REASON)
        assert live(on.matter("m1")).timers[0, "ruling"].clock.state == "running"


class TestOneRoleEach:
    """E9: "no unit is lead and support of one matter at once": who helped and is called has the call's duty alone."""

    def duties(self, on: Platform, unit: str) -> list[tuple[str, str]]:
        return [(duty.role, duty.outcome) for duty in on.matter("m1").assignments if duty.unit == unit]

    def test_a_helper_that_is_called(self) -> None:
        on = reported()
        on.pass_up("m1", actor=HEAD, at=AT)
        on.pass_up("m1", actor=COMMUNITY, at=AT)
        on.whistle("m1", actor=SUBDISTRICT, at=AT, units=("market", "station-yushan"))
        on.call("m1", actor=SUBDISTRICT, at=AT, leads=("market",))
        assert self.duties(on, "market") == [("support", "relieved"), ("lead", "")]
        assert self.duties(on, "station-yushan") == [("support", "")]

    def test_a_helper_that_leads_by_the_list_when_nobody_calls(self) -> None:
        on = reported(item="stalls", facts={"licensed": "no"})
        on.whistle("m1", actor=HEAD, at=AT, units=("market",))
        on.tick(LONG_AFTER)
        assert self.duties(on, "market") == [("support", "relieved"), ("either", "")]

    @pytest.mark.parametrize(
        ("kind", "fields"),
        [(c.PassUp, {}), (c.Judge, {"own": True})],
    )
    def test_a_helper_does_nothing_with_the_step_of_another(self, kind: type[Command], fields: dict[str, Any]) -> None:
        on = reported()
        on.whistle("m1", actor=HEAD, at=AT, units=("housing",))
        on.sign_in("m1", actor=of("housing"), at=AT)
        with pytest.raises(RefusedError) as caught:
            on.give(kind(id="c1", matter="m1", actor=of("housing"), at=AT, **fields))
        assert codes(caught.value) == {"no_assignment"}

    def test_a_helper_to_whom_the_resident_turns(self) -> None:
        on = reported()
        on.whistle("m1", actor=HEAD, at=AT, units=("farming",))
        on.direct_line("m1", actor=RESIDENT_Z, at=AT)
        assert self.duties(on, "farming") == [("support", "relieved"), ("handle", "")]


class TestT30Accused:
    """T30: "refused by rule; view for U lacks reporter"; 济南市12345市民服务热线条例 32, 信访工作条例."""

    @pytest.mark.parametrize("accused", ["grid-1", "longshan", "yushan", "fire", "police"])
    def test_it_has_no_duty_whatever_happens(self, accused: str) -> None:
        for emergency in (False, True):
            on = reported(accused=accused, emergency=emergency)
            on.tick(LONG_AFTER)
            assert accused not in {duty.unit for duty in on.matter("m1").assignments}
            if live(on.matter("m1")).state in {"called", "unassigned"}:
                for give, fields in (
                    (on.dispatch, {"to": accused}),
                    (on.call, {"leads": (accused,)}),
                    (on.rule, {"leads": (accused,), **REASON}),
                ):
                    with pytest.raises(RefusedError) as caught:
                        give("m1", actor=PLATFORM_DESK, at=LONG_AFTER, **fields)
                    assert codes(caught.value) & {"interested_unit", "wrong_state"}

    @pytest.mark.parametrize("unit", ["pingyin", "yushan", "longshan", "grid-1", "fire", "traffic-police", "police"])
    @pytest.mark.parametrize("accused", ["", "police", "yushan", "longshan", "traffic-police"])
    @pytest.mark.parametrize(
        "actor", [RESIDENT_Z, Actor(person="clerk-1", on_behalf_of="resident-z")], ids=["own", "proxy"]
    )
    def test_views(self, unit: str, accused: str, actor: Actor) -> None:
        """Whom the matter is about, and who stands below them, sees nothing of who reported; all others do."""
        on = platform()
        on.report("m1", actor=actor, at=AT, **CAR, accused=accused, channel="hotline")
        under = {"": (), "police": ("police", "traffic-police"), "yushan": ("yushan", "longshan", "grid-1")}
        hidden = unit in under.get(accused, (accused, "grid-1") if accused == "longshan" else (accused,))
        for at in (AT, LONG_AFTER):
            seen = on.view("m1", unit, at)
            assert (live(seen).reporters == ()) == hidden
            assert ("resident-z" in repr(seen)) != hidden
            if hidden:
                assert not any(word in repr(seen) for word in ("resident-z", "clerk-1", "hotline"))
            assert seen.assignments == on.matter("m1", at).assignments

    def test_a_matter_is_not_merged_where_whom_it_is_about_may_act(self) -> None:
        on = reported(accused="fire")
        on.report("m2", actor=RESIDENT_Y, at=AT, **CAR)
        with pytest.raises(RefusedError) as caught:
            on.merge("m1", actor=PLATFORM_DESK, at=AT, into="m2")
        assert codes(caught.value) == {"interested_unit"}


class TestT31Repeats:
    """T31: "linked, not counted again in rates" (条例 25); each reporter is still answered."""

    def test_a_repeat_is_linked_and_answered_once_each(self) -> None:
        on = reported()
        on.report("m2", actor=RESIDENT_Y, at=AT, **CAR)
        on.report("m3", actor=RESIDENT_Z, at=AT, **CAR)
        for name in ("m2", "m3"):
            on.merge(name, actor=PLATFORM_DESK, at=AT, into="m1")
        assert [each.person for each in live(on.matter("m1")).reporters] == ["resident-z", "resident-y"]
        assert [live(on.matter(name)).into for name in ("m2", "m3")] == ["m1", "m1"]
        assert [live(each).state for each in on.matters()] == ["accepted", "merged", "merged"]
        on.tick(LONG_AFTER)
        assert {name for name, _ in on.due(AT + 365 * DAY)} <= {"m1"}
        assert all(each.TYPE != "passed_up" for name in ("m2", "m3") for each in on.history(name))

    def test_a_merged_matter_is_neither_merged_again_nor_driven(self) -> None:
        on = reported()
        on.report("m2", actor=RESIDENT_Y, at=AT, **CAR)
        on.merge("m2", actor=PLATFORM_DESK, at=AT, into="m1")
        for into, merged in (("m1", "m2"), ("m2", "m1")):
            with pytest.raises(RefusedError):
                on.merge(merged, actor=PLATFORM_DESK, at=AT, into=into, id="again")
        with pytest.raises(GridgovError):
            on.pass_up("m2", actor=HEAD, at=AT)


class TestT32Flood:
    """T32: "no quadratic cost": the work for one more report is the same however many there are."""

    @staticmethod
    def calls(what: Callable[[], Any]) -> int:
        """Return how many functions are called while something is done."""
        count = 0

        def note(frame: FrameType, event: str, arg: Any) -> None:
            nonlocal count
            count += event == "call"

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            what()
        finally:
            sys.setprofile(before)
        return count

    def test_reports_and_looks_cost_the_same_among_many(self) -> None:
        on = platform()

        def report(first: int, number: int) -> None:
            for n in range(first, first + number):
                on.report(f"m{n}", actor=RESIDENT_Z, at=AT + n * MICROSECOND, **CAR)

        report(0, 20)
        few = self.calls(lambda: report(20, 20))
        report(40, 400)
        many = self.calls(lambda: report(440, 20))
        assert many <= few * 1.05
        assert self.calls(lambda: on.tick(AT + DAY / 24)) < 100
        one = self.calls(lambda: on.pass_up("m7", actor=HEAD, at=AT + DAY / 24))
        assert one < few

    def test_a_look_costs_what_falls_due_and_not_what_is_open(self) -> None:
        on = platform()
        on.report("early", actor=RESIDENT_Z, at=AT - DAY, **CAR)
        for n in range(200):
            on.report(f"m{n}", actor=RESIDENT_Z, at=AT, **CAR)
        alone = platform()
        alone.report("early", actor=RESIDENT_Z, at=AT - DAY, **CAR)
        among = self.calls(lambda: on.tick(AT + DAY / 24))
        assert among <= self.calls(lambda: alone.tick(AT + DAY / 24)) * 1.1


class TestOtherTraps:
    """What systems of the same kind got wrong, and this one does not."""

    def test_permission_and_condition_are_checked_by_the_same_call(self) -> None:
        """A refusal names what the state forbids and what the actor may not, together; asking says the same."""
        on = reported()
        with pytest.raises(GridgovError) as caught:
            on.rule("m1", actor=of("market"), at=AT, leads=("fire",))
        assert codes(caught.value) == {"wrong_state", "not_granted", "evidence_missing"}
        (asked,) = (each for each in on.available("m1", of("market"), AT) if each.command == "rule")
        assert {fault.code for fault in asked.missing} == {"wrong_state", "not_granted"}

    def test_a_correction_of_the_facts_assigns_nothing_anew(self) -> None:
        """Only what the next step needs is asked again; whoever has the matter keeps it."""
        on = reported()
        before = on.matter("m1").assignments
        after = on.reclassify("m1", actor=PLATFORM_DESK, at=AT, facts={"licensed": "no"}, **REASON)
        assert [duty.unit for duty in after.assignments] == [duty.unit for duty in before]
        assert due(after, "step", 1) == due(reported().matter("m1"), "step", 1)

    def test_rules_that_changed_after_pauses_count_as_if_replayed(self) -> None:
        on = called()
        for day in (18, 20):
            at = china(f"2021-02-{day} 14:00")
            on.suspend("m1", actor=PLATFORM_DESK, at=at, until=at + DAY, resident_told=True, **REASON)
            on.resume("m1", actor=PLATFORM_DESK, at=at + timedelta(hours=20))
        after = Platform(SECOND, on.store, earlier=[FIRST])
        after.rebase("m1", actor=PLATFORM_DESK, at=china("2021-02-22 09:00"), **REASON)
        again = Platform(SECOND, MemoryStore.load(after.store.feed()), earlier=[FIRST])
        assert tuple(again.matters()) == tuple(after.matters())
        assert again.due(LONG_AFTER) == after.due(LONG_AFTER)
        assert log(again) == log(after)
