"""Asking about live matters: what may be done, who must act, what comes if nobody does."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import county
from gridgov.authority import Actor
from gridgov.calendar import Limit
from gridgov.errors import GridgovError, RefusedError
from gridgov.handling import DECIDERS, decide, settle
from gridgov.handling import commands as c
from gridgov.handling.asking import Available, available, coming, plan, who_now
from gridgov.handling.rules import Rules
from gridgov.hierarchy import Organization
from gridgov.matters import Matter
from gridgov.staffing import PostKind, Staff
from gridgov.values import Citation, Label, Period
from live_county import (
    COMMUNITY,
    HANDLING,
    HEAD,
    PLATFORM_DESK,
    RESIDENT_Z,
    RULES,
    SUBDISTRICT,
    Desk,
    china,
    clock,
    of,
    rules,
)

FRIDAY = "2021-02-05 15:00"


def reported(by: Rules = RULES, at: str = FRIDAY, **fields: Any) -> Desk:
    desk = Desk(by)
    desk.report(at, **fields)
    return desk


def case_two() -> Desk:
    """Case 2: passed up on Sunday, let fall due by the community, called on Tuesday."""
    desk = reported()
    desk.give(c.PassUp, "2021-02-07 10:30", HEAD)
    desk.give(c.Call, "2021-02-09 16:00", SUBDISTRICT)
    return desk


def ask(desk: Desk, at: str, actor: Actor) -> tuple[Available, ...]:
    return available(desk.rules, desk.matters["m1"], actor, china(at), DECIDERS)


def find(answers: tuple[Available, ...], command: str, unit: str = "") -> Available:
    (found,) = [each for each in answers if each.command == command and each.unit == unit]
    return found


class TestAvailable:
    """E3: what may be done now, and what is missing for the rest."""

    def test_every_command_is_answered_for(self) -> None:
        assert {each.command for each in ask(reported(), "2021-02-05 16:00", HEAD)} == set(c.COMMANDS)

    def test_the_holder_may_act_on_its_step(self) -> None:
        now = {each.command for each in ask(reported(), "2021-02-05 16:00", HEAD) if each.now}
        assert {"judge", "pass_up", "whistle", "complete", "answer", "call"} <= now
        assert not now & {"sign_off", "review", "dispatch", "assess", "supply", "report"}

    def test_what_must_come_with_a_command_is_named(self) -> None:
        answers = ask(reported(), "2021-02-05 16:00", PLATFORM_DESK)
        needs = {each.command: each.needs for each in answers if each.now and each.needs}
        assert needs["meet"] == ("where",)
        assert needs["send_down"] == ("reason",)
        assert needs["whistle"] == ("units",)
        assert set(needs["suspend"]) == {"reason", "until", "resident_told"}

    def test_everything_that_is_missing_is_named_at_once(self) -> None:
        answer = find(ask(reported(), "2021-02-05 16:00", COMMUNITY), "ask_return", "grid-1")
        assert [fault.code for fault in answer.missing] == ["wrong_state", "not_granted"]
        assert not answer.now

    def test_a_condition_of_the_matter_itself_is_missing(self) -> None:
        desk = reported()
        desk.give(c.Supervise, "2021-02-05 16:00", PLATFORM_DESK, reason="late")
        answers = ask(desk, "2021-02-05 17:00", PLATFORM_DESK)
        assert [fault.code for fault in find(answers, "supervise").missing] == ["supervised"]
        assert find(answers, "lift_supervision").now

    def test_a_command_with_nothing_to_say_lacks_what_its_conditions_lack(self) -> None:
        """Nobody is paired with the town's community: no direct line leads from there."""
        desk = reported(place="qiaokou", item="stalls", facts={})
        answer = find(ask(desk, "2021-02-05 16:00", RESIDENT_Z), "direct_line")
        assert [fault.code for fault in answer.missing] == ["no_direct_line"]

    def test_a_command_about_a_duty_is_answered_for_each_unit_that_has_one(self) -> None:
        answers = ask(case_two(), "2021-02-09 16:05", of("fire"))
        assert {each.unit for each in answers if each.command == "sign_in"} == {"fire", "police", "urban"}
        assert [each.unit for each in answers if each.command == "sign_in" and each.now] == ["fire"]

    def test_with_no_duty_left_there_is_none_to_act_on(self) -> None:
        desk = reported()
        desk.give(c.Answer, "2021-02-05 16:00", HEAD)
        answer = find(ask(desk, "2021-02-05 17:00", HEAD), "sign_in")
        assert [fault.code for fault in answer.missing] == ["wrong_state", "no_assignment", "not_granted"]

    def test_a_pack_without_authority_allows_nothing(self) -> None:
        desk = reported()
        desk.rules = rules(authority=None)
        assert not [each for each in ask(desk, "2021-02-05 16:00", PLATFORM_DESK) if each.now]

    def test_what_nothing_decides_is_left_out(self) -> None:
        few = {c.Judge: DECIDERS[c.Judge]}
        answers = available(RULES, reported().matters["m1"], HEAD, china("2021-02-05 16:00"), few)
        assert [each.command for each in answers] == ["judge"]

    @pytest.mark.parametrize("at", ["2021-02-08 18:00", "2021-02-20 12:00"])
    def test_it_does_not_matter_whether_anybody_let_time_pass(self, at: str) -> None:
        desk = reported()
        before = ask(desk, at, SUBDISTRICT)
        for instant in ("2021-02-06 10:00", "2021-02-08 09:00", at):
            desk.settle(instant)
        assert ask(desk, at, SUBDISTRICT) == before

    def test_asking_changes_nothing(self) -> None:
        desk = reported()
        before = desk.matters["m1"].to_dict()
        ask(desk, "2021-02-20 12:00", HEAD)
        assert desk.matters["m1"].to_dict() == before

    def test_it_is_shown_as_plain_data(self) -> None:
        answer = find(ask(reported(), "2021-02-05 16:00", HEAD), "redirect")
        assert json.loads(json.dumps(answer.to_dict())) == {
            "command": "redirect",
            "unit": "",
            "missing": [],
            "needs": ["to"],
        }


# --- it agrees with decide ------------------------------------------------------------------------------------------

ACTORS = (RESIDENT_Z, HEAD, COMMUNITY, SUBDISTRICT, PLATFORM_DESK, of("fire"), of("police"), of("urban"))
START = china(FRIDAY)
ABOUT_WHAT_IT_SAYS = frozenset(
    {
        "cannot_answer",
        "extension_unit",
        "fact_missing",
        "has_duty",
        "has_lead",
        "interested_unit",
        "merge_item",
        "merge_path",
        "not_below",
        "not_near",
        "not_responder",
        "nothing_changed",
        "own_unit",
        "owner_and_none",
        "party_known",
        "sent_down_before",
        "stage_order",
        "facts_missing",
        "time_past",
        "unknown_word",
    }
)
WORDS: Mapping[str, Any] = MappingProxyType(
    {
        "item": "noise",
        "place": "grid-2",
        "to": "market",
        "own": True,
        "passed": True,
        "satisfied": False,
        "limit": Limit.parse("2 working_days"),
        "into": "m2",
        "reason": "declined",
        "missing": ("scene",),
        "when": {"scene": "road"},
        "where": "site",
        "stage": "stopped",
        "cites": "law-1",
        "parts": (
            c.Part(matter="m1-a", item="noise", place="grid-1"),
            c.Part(matter="m1-b", item="stalls", place="grid-1"),
        ),
        "evidence": ("photo-1",),
        "approval": "approval-1",
        "money": "budget-1",
        "findings": (c.FindingOf(unit="fire", facts={"duty": "yes"}),),
        "units": ("housing",),
        "leads": ("urban",),
        "proposed": "urban",
        "none_known": True,
        "resident_told": True,
        "facts": {"scene": "road"},
    }
)


def with_needs(answer: Available, actor: Actor, at: datetime) -> c.Command:
    """Return the command with what it cannot do without and all that it needs."""
    kind = c.COMMANDS[answer.command]
    words = {**WORDS, "until": at + timedelta(days=9), "due_at": at + timedelta(days=9), "ends": at + timedelta(days=9)}
    fields = [each for each in attrs.fields(kind) if each.name not in {"id", "matter", "actor", "at"}]
    given = {
        each.name: words[each.name] for each in fields if each.default is attrs.NOTHING or each.name in answer.needs
    }
    if answer.unit:
        given["unit"] = answer.unit
    return kind(id="c1", matter="m1", actor=actor, at=at, **given)


def others_of(command: c.Command, other: Matter) -> dict[str, Matter | None]:
    if isinstance(command, c.Merge):
        return {"m2": other}
    return {part.matter: None for part in command.parts} if isinstance(command, c.SplitMatter) else {}


OTHER = reported(matter="m2", item="noise", facts={}).matters["m2"]


def outcome(matter: Matter, command: c.Command) -> Matter | set[str]:
    """Return the matter after a command, or the codes with which it is refused."""
    try:
        return decide(RULES, matter, command, others=others_of(command, OTHER)).matters["m1"]
    except GridgovError as error:
        return {fault.code for fault in error.faults}


def told(*steps: tuple[Any, ...], at: str = FRIDAY, **fields: Any) -> Matter:
    """Return a matter after some commands, each as kind, instant, actor and fields."""
    desk = reported(at=at, **fields)
    for kind, instant, actor, *said in steps:
        desk.give(kind, instant, actor, **(said[0] if said else {}))
    return desk.matters["m1"]


CALL = (c.Call, "2021-02-05 15:10", SUBDISTRICT)
UP = ((c.PassUp, "2021-02-05 15:01", HEAD), (c.PassUp, "2021-02-05 15:02", COMMUNITY))
IN_HAND = (*UP, CALL, *((c.SignIn, "2021-02-05 15:20", of(unit)) for unit in ("fire", "police", "urban")))
DONE = (*IN_HAND, (c.Complete, "2021-02-05 16:00", of("fire")))
ENOUGH = {"satisfied": True, "fixed": True}
CITED = {"cites": "law-1", "proposed": "market"}
DESK = PLATFORM_DESK
STORIES = (
    *(told(**fields) for fields in ({}, {"item": "birds"}, {"item": "noise", "facts": {}}, {"emergency": True})),
    *(told(**fields) for fields in ({"accused": "fire"}, {"facts": {}}, {"direct": True})),
    told(*UP, CALL),
    told(*IN_HAND),
    told(*IN_HAND, (c.AskReturn, "2021-02-05 15:30", of("fire"), CITED)),
    told(*IN_HAND, (c.AskExtension, "2021-02-05 15:30", of("fire"), {"limit": WORDS["limit"], "reason": "digging"})),
    told(*IN_HAND, (c.Dispute, "2021-02-05 15:30", DESK, {"reason": "unclear"})),
    told(*IN_HAND, (c.SendBack, "2021-02-05 15:30", DESK, {"missing": ("licensed",)})),
    told(
        *IN_HAND,
        (c.Suspend, "2021-02-05 15:30", DESK, {"until": START + timedelta(99), "resident_told": True, "reason": "ice"}),
    ),
    told(*IN_HAND, (c.ProposeExplained, "2021-02-05 15:30", of("fire"), {"reason": "x", "evidence": ("letter",)})),
    told(*IN_HAND, (c.Supervise, "2021-02-05 15:30", DESK, {"reason": "late"})),
    told(*DONE),
    told(*DONE, (c.Assess, "2021-02-05 16:05", SUBDISTRICT, {"findings": WORDS["findings"]})),
    told(*DONE, (c.CallBack, "2021-02-05 16:05", DESK, {"fixed": False})),
    told(*DONE, (c.CallBack, "2021-02-05 16:05", DESK, ENOUGH)),
    told(
        *DONE,
        (c.CallBack, "2021-02-05 16:05", DESK, ENOUGH),
        (c.AskReopen, "2021-02-05 16:10", RESIDENT_Z, {"reason": "again"}),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Matter, datetime]:
    """A matter after some commands that were available, at some later instant."""
    matter = draw(st.sampled_from(STORIES))
    at = START + timedelta(minutes=70)
    for actor in draw(st.lists(st.sampled_from(ACTORS), max_size=4)):
        at += timedelta(minutes=draw(st.sampled_from([0, 10, 90, 1500, 6000])))
        possible = [each for each in available(RULES, matter, actor, at, DECIDERS) if each.now]
        if possible:
            after = outcome(matter, with_needs(draw(st.sampled_from(possible)), actor, at))
            matter = matter if isinstance(after, set) else after
    return matter, at + timedelta(minutes=draw(st.sampled_from([0, 30, 3000])))


def agrees(matter: Matter, at: datetime, actor: Actor) -> None:
    """Hold what is available, and what is missing for the rest, against the decision of each command."""
    for answer in available(RULES, matter, actor, at, DECIDERS):
        after = outcome(matter, with_needs(answer, actor, at))
        codes = after if isinstance(after, set) else set()
        if answer.now:
            about_the_other = {"wrong_state"} if answer.command == "merge" else set()
            assert codes <= ABOUT_WHAT_IT_SAYS | about_the_other, answer
        else:
            assert codes >= {fault.code for fault in answer.missing} != set(), answer


class TestAgreement:
    """E3: the list and the decision are of one mind."""

    @settings(max_examples=30, deadline=None)
    @given(histories(), st.sampled_from(ACTORS))
    def test_what_is_available_is_refused_only_for_what_it_says_and_the_rest_always(
        self, history: tuple[Matter, datetime], actor: Actor
    ) -> None:
        agrees(*history, actor)

    @pytest.mark.parametrize("story", range(len(STORIES)))
    def test_so_it_is_in_every_story(self, story: int) -> None:
        for actor in ACTORS:
            agrees(STORIES[story], START + timedelta(minutes=75), actor)

    @pytest.mark.parametrize("command", sorted(set(c.COMMANDS) - {"report", "rebase"}))
    def test_every_command_is_somewhere_available(self, command: str) -> None:
        """But to report again, and to put a matter under the rules it is under."""
        at = START + timedelta(minutes=75)
        found = (
            each for matter in STORIES for actor in ACTORS for each in available(RULES, matter, actor, at, ONE[command])
        )
        assert any(each.now for each in found)


ONE = {name: {kind: DECIDERS[kind]} for name, kind in c.COMMANDS.items()}


# --- who must act ---------------------------------------------------------------------------------------------------


class TestWhoNow:
    """The platform knows at every instant who must act, and by when."""

    @pytest.mark.parametrize(
        ("at", "unit", "step", "due"),
        [
            ("2021-02-06 12:00", "grid-1", "judge", "2021-02-07 11:00"),
            ("2021-02-07 12:00", "longshan", "community", "2021-02-08 17:00"),
            ("2021-02-08 17:00", "longshan", "community", "2021-02-08 17:00"),
            ("2021-02-08 18:00", "yushan", "subdistrict", "2021-02-09 17:00"),
            ("2021-02-09 17:00", "fire", "", "2021-02-18 17:00"),
            ("2021-02-14 12:00", "fire", "", "2021-02-18 17:00"),
        ],
    )
    def test_the_holder_of_case_two_at_each_instant(self, at: str, unit: str, step: str, due: str) -> None:
        desk = reported()
        if at >= "2021-02-07 10:30":
            desk.give(c.PassUp, "2021-02-07 10:30", HEAD)
        if at >= "2021-02-09 16:00":
            desk.give(c.Call, "2021-02-09 16:00", SUBDISTRICT)
        answer = who_now(RULES, desk.matters["m1"], china(at))
        holder = answer.coordinator
        assert holder is not None
        assert (holder.unit, holder.step, holder.due_at) == (unit, step, china(due))
        assert answer.due_at == china(due)
        assert answer.promise_due_at == answer.told_at == china("2021-02-18 17:00")

    def test_the_post_holds_the_step_and_the_person_is_looked_up(self) -> None:
        holder = who_now(RULES, reported().matters["m1"], china("2021-02-06 12:00")).coordinator
        assert holder is not None
        assert (holder.post, holder.person, holder.role, holder.state) == ("grid-head", "p1", "handle", "in_hand")
        assert holder.seat.title == Label(zh="网格长", en="grid head")

    def test_a_vacant_post_names_nobody(self) -> None:
        holder = who_now(RULES, reported(place="grid-2").matters["m1"], china("2021-02-06 12:00")).coordinator
        assert holder is not None
        assert (holder.post, holder.person) == ("grid-head", "")

    def test_every_other_open_duty_is_named(self) -> None:
        answer = who_now(RULES, case_two().matters["m1"], china("2021-02-09 16:10"))
        assert [(duty.unit, duty.role, duty.state) for duty in answer.others] == [
            ("police", "support", "dispatched"),
            ("urban", "support", "dispatched"),
        ]
        assert (answer.state, answer.stage.zh) == ("called", "已呼叫")

    @pytest.mark.parametrize(
        ("at", "colour"),
        [
            ("2021-02-09 16:00", "green"),
            ("2021-02-10 09:35", "green"),
            ("2021-02-10 09:36", "yellow"),
            ("2021-02-10 10:00", "yellow"),
            ("2021-02-10 10:01", "red"),
        ],
    )
    def test_each_clock_has_its_colour(self, at: str, colour: str) -> None:
        """Green, yellow from 80 % on, red after the due instant: 2 working hours to sign in."""
        holder = who_now(RULES, case_two().matters["m1"], china(at)).coordinator
        assert holder is not None
        colours = {each.kind: each.colour for each in holder.clocks}
        assert colours["sign_in"] == colour
        assert colours.keys() == {"complete", "sign_in", "contact", "return"}

    def test_the_matters_own_clocks_stand_beside(self) -> None:
        answer = who_now(RULES, reported().matters["m1"], china("2021-02-19 09:00"))
        assert {each.kind: each.colour for each in answer.clocks}["promise"] == "red"

    def test_a_suspended_matter_tells_the_day_until_which_it_waits(self) -> None:
        """As case 7c, with 2 working days: dispatched 02-18, none counted before 02-19 09:00, then 03-15 and 16."""
        desk = reported(at="2021-02-18 09:00")
        desk.give(c.Call, "2021-02-18 09:00", HEAD)
        until = china("2021-03-15 09:00")
        for unit in ("fire", "police", "urban"):
            desk.give(c.SignIn, "2021-02-18 10:00", of(unit))
        desk.give(c.Suspend, "2021-02-19 09:00", PLATFORM_DESK, until=until, resident_told=True, reason="spring")
        answer = who_now(RULES, desk.matters["m1"], china("2021-03-01 09:00"))
        assert (answer.state, answer.told_at) == ("suspended", until)
        assert answer.promise_due_at == china("2021-02-24 17:00")
        assert answer.due_at == china("2021-03-16 17:00")

    def test_in_second_handling_its_own_clock_says_when_it_is_due(self) -> None:
        """Case 7a: second handling from Saturday 02-20, 3 working days: 22, 23, 24."""
        desk = reported(at="2021-02-10 16:00")
        desk.give(c.Call, "2021-02-10 16:00", HEAD)
        desk.give(c.SignIn, "2021-02-10 16:30", of("fire"))
        desk.give(c.Complete, "2021-02-18 16:00", of("fire"))
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, fixed=False)
        assert who_now(RULES, desk.matters["m1"], china("2021-02-20 11:00")).due_at == china("2021-02-24 17:00")

    def test_an_ended_matter_is_nobodys(self) -> None:
        desk = reported()
        desk.give(c.Answer, "2021-02-05 16:00", HEAD)
        answer = who_now(RULES, desk.matters["m1"], china("2021-02-06 12:00"))
        assert (answer.coordinator, answer.others, answer.due_at) == (None, (), None)
        assert str(answer.explain()).splitlines()[0] == "m1: answered at once; nobody must act"

    def test_a_record_is_refused(self) -> None:
        with pytest.raises(RefusedError) as caught:
            who_now(RULES, Matter(id="r1", reported_at=START), START)
        assert caught.value.code == "not_live"

    def test_it_does_not_matter_whether_anybody_let_time_pass(self) -> None:
        desk = reported()
        at = china("2021-02-20 12:00")
        before = who_now(RULES, desk.matters["m1"], at)
        desk.settle("2021-02-08 09:00")
        desk.settle("2021-02-20 12:00")
        assert who_now(RULES, desk.matters["m1"], at) == before

    def test_it_is_shown_as_plain_data(self) -> None:
        shown = json.loads(json.dumps(who_now(RULES, case_two().matters["m1"], china("2021-02-09 16:10")).to_dict()))
        assert shown["coordinator"]["seat"]["unit"]["id"] == "fire"
        assert shown["stage"] == {"zh": "已呼叫", "en": "called to units of the county"}
        assert "resident-z" not in json.dumps(shown)


def on_duty() -> Rules:
    """The county with two duty officers at the fire brigade; who is silent gives way to the next."""
    officer = PostKind(id="duty", label=Label(zh="值班员", en="duty officer"), level="department", per_unit=2)
    seated = [county.posting("duty", "fire", "f1"), county.posting("duty", "fire", "f2", date(2020, 8, 1))]
    staff = Staff((*county.KINDS, officer), (*county.STAFF.postings, *seated), county.ORGANIZATION)
    thresholds = clock("sign_in", "", (100, "next_on_duty")).thresholds
    sign_in = attrs.evolve(HANDLING.clocks["sign_in"], thresholds=thresholds)
    handling = attrs.evolve(HANDLING, duty_post="duty", clocks={**HANDLING.clocks, "sign_in": sign_in})
    return attrs.evolve(RULES, setting=attrs.evolve(RULES.setting, staff=staff), handling=handling)


class TestWhoIsOnDuty:
    """Case 5: called on New Year's night at 22:45; sign-in due 23:15; then the next on the roster."""

    @pytest.mark.parametrize(("at", "person"), [("2021-02-12 23:15", "f1"), ("2021-02-12 23:16", "f2")])
    def test_the_next_on_duty_acts_when_the_first_was_silent(self, at: str, person: str) -> None:
        desk = reported(on_duty(), "2021-02-12 22:45", emergency=True)
        holder = who_now(desk.rules, desk.matters["m1"], china(at)).coordinator
        assert holder is not None
        assert (holder.unit, holder.post, holder.person) == ("fire", "duty", person)
        assert holder.due_at == china("2021-02-13 00:15")


def until(unit: str, day: date) -> Organization:
    """Return the county's units, one of which is abolished on a day."""
    short = Period(county.START, day)
    units = [attrs.evolve(each, period=short) if each.id == unit else each for each in county.units()]
    links = [attrs.evolve(each, period=short) if unit in {each.start, each.end} else each for each in county.links()]
    return county.organize(units, links)


class TestUnitsOfOtherDays:
    """A duty stays a unit's, also when the unit is no more."""

    def test_a_unit_that_is_abolished_is_named_as_it_last_was(self) -> None:
        ended = attrs.evolve(RULES.setting, organization=until("fire", date(2021, 3, 1)))
        desk = reported(attrs.evolve(RULES, setting=ended))
        desk.settle("2021-02-14 12:00")
        holder = who_now(desk.rules, desk.matters["m1"], china("2021-03-20 12:00")).coordinator
        assert holder is not None
        assert holder.seat.unit.name == "单位fire"


class TestExplaining:
    """An answer says why, in Chinese and in English."""

    def test_what_is_not_taken_in_has_no_promise(self) -> None:
        desk = reported(item="court", facts={})
        lines = str(who_now(RULES, desk.matters["m1"], china("2021-02-06 12:00")).explain()).splitlines()
        assert lines[0] == "m1: redirected; nobody must act"
        assert not any("promise" in line for line in lines)

    def test_each_duty_and_clock_is_told(self) -> None:
        desk = reported()
        assert str(who_now(RULES, desk.matters["m1"], china("2021-02-06 12:00")).explain()).splitlines() == [
            "m1: taken in, on the ladder; Grid-1, grid head coordinates, due 2021-02-07 11:00",
            "  promise: due 2021-02-18 17:00, never reset [measures art. 24]",
            "  the place and the units above it: Grid-1 → Longshan → Yushan → Pingyin",
            "  Grid-1, grid head handles: in hand, due 2021-02-07 11:00",
            "    step of the ladder: judge",
            "    step: green, due 2021-02-07 11:00, 50 % of the time used [measures art. 24]",
            "      4 working hours from 2021-02-05 15:00:00: due 2021-02-07 11:00:00",
            "        2021-02-05 Fri: working day, 2:00:00 counted",
            "        2021-02-06 Sat: weekend, skipped",
            "        2021-02-07 Sun: make-up day, worked, 2:00:00 counted",
            "  promise: green, due 2021-02-18 17:00, 5 % of the time used [measures art. 24]",
            "    5 working days from 2021-02-05 15:00:00: due 2021-02-18 17:00:00",
            "      2021-02-05 Fri: working day, day of receipt, not counted",
            "      2021-02-06 Sat: weekend, skipped",
            "      2021-02-07 Sun: make-up day, worked, day 1",
            *(
                f"      2021-02-{8 + n:02} {day}: working day, day {n + 2}"
                for n, day in enumerate(("Mon", "Tue", "Wed"))
            ),
            *(
                f"      2021-02-{11 + n} {day}: holiday, skipped"
                for n, day in enumerate(("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"))
            ),
            "      2021-02-18 Thu: working day, day 5",
            "  rule edition e1",
        ]

    def test_in_chinese_too(self) -> None:
        lines = [*who_now(RULES, reported().matters["m1"], china("2021-02-08 18:00")).explain().lines("zh")]
        assert lines[:8] == [
            "m1：已受理，逐级办理；由 单位yushan 牵头协调，2021-02-09 17:00 到期",
            "  承诺时限：2021-02-18 17:00 到期，不因任何环节重置 [measures art. 24]",
            "  所在单位：单位grid-1 → 单位longshan → 单位yushan → 单位pingyin",
            "  单位yushan：办理，办理中，2021-02-09 17:00 到期",
            "    逐级环节：步骤subdistrict",
            "    step：绿，2021-02-09 17:00 到期，已用 0 % [measures art. 24]",
            "      自2021-02-08 17:00:00起1个工作日，2021-02-09 17:00:00到期",
            "        2021-02-08周一：工作日，收到之日，不计",
        ]

    def test_another_date_that_was_told_is_told(self) -> None:
        desk = case_two()
        desk.give(c.SignIn, "2021-02-09 16:10", of("fire"))
        term = china("2021-05-09 17:00")
        desk.give(c.TellTerm, "2021-02-09 16:20", of("fire"), stage="case_opened", due_at=term, cites="law-1")
        answer = who_now(RULES, desk.matters["m1"], china("2021-02-09 16:30"))
        assert "  the resident was told: 2021-05-09 17:00" in str(answer.explain()).splitlines()
        assert answer.due_at == term

    def test_a_time_that_nothing_says_yet_is_said_to_be_open(self) -> None:
        desk = case_two()
        desk.give(c.SendBack, "2021-02-09 16:30", PLATFORM_DESK, missing=("licensed",))
        lines = str(who_now(RULES, desk.matters["m1"], china("2021-02-18 09:00")).explain()).splitlines()
        assert lines[0] == "m1: sent back to the caller for missing facts; Fire coordinates, due at no time yet"

    def test_a_clock_that_the_rules_no_longer_have_keeps_its_word(self) -> None:
        desk = case_two()
        clocks = {name: rule for name, rule in HANDLING.clocks.items() if name != "return"}
        desk.rules = rules(attrs.evolve(HANDLING, clocks=clocks), edition="e2")
        desk.give(c.Rebase, "2021-02-09 16:30", PLATFORM_DESK, reason="new_rules")
        lines = str(who_now(desk.rules, desk.matters["m1"], china("2021-02-09 16:40")).explain()).splitlines()
        assert "    return: none, due at no time yet" in lines


def told_of(desk: Desk, at: str, language: str = "en") -> list[str]:
    """Return an answer in words, without indents."""
    lines = who_now(desk.rules, desk.matters["m1"], china(at)).explain().lines(language)
    return [line.strip() for line in lines]


def after(lines: list[str], start: str, count: int) -> list[str]:
    """Return the lines after the first that begins with a text."""
    first = next(index for index, line in enumerate(lines) if line.startswith(start))
    return lines[first + 1 : first + 1 + count]


class TestClauses:
    """House rule 5: row, chain, clause and counted days, so that it can be recomputed by hand."""

    def test_a_called_unit_is_told_by_the_row_of_the_list(self) -> None:
        lines = told_of(case_two(), "2021-02-09 18:00")
        assert after(lines, "Fire leads", 1) == ["row fire-lane/a of the list (unit:fire) [list row]"]
        assert after(lines, "Police supports", 1) == ["row fire-lane/d of the list (unit:police) [list row]"]

    def test_each_clock_has_the_clause_of_its_time(self) -> None:
        """The ladder's limits and the promise stand in one clause of the county, the pack's clocks in another."""
        answer = who_now(RULES, case_two().matters["m1"], china("2021-02-09 18:00"))
        assert answer.coordinator is not None
        found = {each.kind: str(each.source) for each in (*answer.clocks, *answer.coordinator.clocks)}
        assert found == {
            "promise": "measures art. 24",
            "complete": "measures art. 24",
            "sign_in": "measures art. 1",
            "contact": "measures art. 1",
            "return": "measures art. 1",
        }

    def test_an_item_with_a_promise_of_its_own_is_told_by_its_row(self) -> None:
        own = Limit.parse("3 working_days")
        items = [
            attrs.evolve(each, limit=own, source=Citation("list", "item")) if each.id == "noise" else each
            for each in county.LISTED.items
        ]
        setting = attrs.evolve(RULES.setting, responsibilities=attrs.evolve(county.LISTED, items=items))
        desk = reported(attrs.evolve(RULES, setting=setting), item="noise")
        (promise,) = who_now(desk.rules, desk.matters["m1"], china(FRIDAY)).clocks
        assert str(promise.source) == "list item"

    def test_a_unit_that_was_ruled_to_lead_is_told_by_the_ruling(self) -> None:
        desk = case_two()
        desk.give(c.Dispute, "2021-02-09 16:30", PLATFORM_DESK, reason="whose")
        desk.give(c.Rule, "2021-02-10 10:00", PLATFORM_DESK, leads=("urban",), supports=("fire",), reason="stalls")
        lines = told_of(desk, "2021-02-10 11:00")
        assert "by a ruling: stalls" in lines
        assert "经裁定：stalls" in told_of(desk, "2021-02-10 11:00", "zh")

    def test_a_unit_whom_no_row_names_has_none_to_tell(self) -> None:
        """One that was whistled for stands in no row; the facts of the other matter do not choose among the rows."""
        helping = reported(at="2021-02-09 09:00", place="yushan")
        helping.give(c.Whistle, "2021-02-09 09:30", SUBDISTRICT, units=("station-yushan",))
        unknown = reported(at="2021-02-09 09:00", place="yushan", facts={})
        unknown.give(c.Call, "2021-02-09 09:30", SUBDISTRICT, leads=("fire",))
        for desk in (helping, unknown):
            assert not [line for line in told_of(desk, "2021-02-09 10:00") if line.startswith("row ")]

    def test_a_clock_that_pauses_moved_says_since_when_and_by_what(self) -> None:
        desk = case_two()
        desk.give(c.SignIn, "2021-02-09 16:10", of("fire"))
        until = china("2021-02-20 09:00")
        desk.give(c.Suspend, "2021-02-10 09:00", PLATFORM_DESK, until=until, resident_told=True, reason="spring")
        assert after(told_of(desk, "2021-02-10 10:00"), "complete:", 3) == [
            "2 working days from 2021-02-09 16:00; pauses moved its end",
            "2021-02-09 16:00 starts",
            "2021-02-10 09:00 pauses until 2021-02-20 09:00",
        ]
        assert after(told_of(desk, "2021-02-10 10:00", "zh"), "complete：", 3) == [
            "自2021-02-09 16:00起2个工作日，因暂停而推移",
            "2021-02-09 16:00 开始计时",
            "2021-02-10 09:00 暂停计时，至 2021-02-20 09:00",
        ]
        assert after(told_of(desk, "2021-02-10 10:00"), "suspension:", 1) == ["its end was named, not counted"]

    def test_a_longer_time_is_counted_with_its_own_days(self) -> None:
        """One working day more than the ladder's two: 10, 18 and 19 February."""
        desk = case_two()
        desk.give(c.SignIn, "2021-02-09 16:10", of("fire"))
        desk.give(c.AskExtension, "2021-02-09 16:20", of("fire"), limit=Limit.parse("1 working_days"), reason="parts")
        desk.give(c.GrantExtension, "2021-02-09 16:30", PLATFORM_DESK, unit="fire", resident_told=True)
        lines = told_of(desk, "2021-02-09 16:40")
        assert after(lines, "complete:", 1) == ["3 working days from 2021-02-09 16:00:00: due 2021-02-19 17:00:00"]
        assert "complete: green, due 2021-02-19 17:00, 3 % of the time used [measures art. 24]" in lines

    def test_a_place_that_is_no_more_stands_alone(self) -> None:
        ended = attrs.evolve(RULES.setting, organization=until("grid-2", date(2021, 2, 7)))
        desk = reported(attrs.evolve(RULES, setting=ended), place="grid-2")
        lines = told_of(desk, "2021-02-07 10:00")
        assert "the place and the units above it: Grid-2" in lines

    def test_a_step_that_the_ladder_no_longer_has_is_left_out(self) -> None:
        """The direct line is a step of no ladder."""
        lines = told_of(reported(direct=True), "2021-02-06 12:00")
        assert not [line for line in lines if line.startswith("step of the ladder")]


# --- what comes -----------------------------------------------------------------------------------------------------


class TestPlan:
    """E23: future steps with their instants, no side effects."""

    def test_each_step_opens_when_the_one_before_falls_due(self) -> None:
        planned = plan(RULES, reported().matters["m1"], china("2021-02-06 12:00"))
        assert [(each.step, each.opens_at, each.due_at) for each in planned] == [
            ("community", china("2021-02-07 11:00"), china("2021-02-08 17:00")),
            ("subdistrict", china("2021-02-08 17:00"), china("2021-02-09 17:00")),
            ("department", china("2021-02-09 17:00"), china("2021-02-18 17:00")),
        ]
        assert [unit.id for unit in planned[-1].units] == ["fire"]

    def test_it_starts_from_the_step_that_time_has_reached(self) -> None:
        planned = plan(RULES, reported().matters["m1"], china("2021-02-08 18:00"))
        assert [each.step for each in planned] == ["department"]

    def test_after_a_call_no_step_is_left(self) -> None:
        assert plan(RULES, case_two().matters["m1"], china("2021-02-09 16:30")) == ()

    def test_where_the_facts_do_not_say_who_leads_it_ends_before_the_leads(self) -> None:
        planned = plan(RULES, reported(facts={}).matters["m1"], china("2021-02-06 12:00"))
        assert [each.step for each in planned] == ["community", "subdistrict"]

    def test_where_nothing_climbs_by_itself_nothing_is_planned(self) -> None:
        clocks = {**HANDLING.clocks, "step": clock("step", "", (100, "remind"))}
        desk = reported(rules(attrs.evolve(HANDLING, clocks=clocks)))
        assert plan(desk.rules, desk.matters["m1"], china("2021-02-06 12:00")) == ()

    def test_a_place_that_is_no_more_is_left_to_a_ruling(self) -> None:
        ended = attrs.evolve(RULES.setting, organization=until("grid-2", date(2021, 2, 7)))
        desk = reported(attrs.evolve(RULES, setting=ended), place="grid-2")
        assert plan(desk.rules, desk.matters["m1"], china("2021-02-06 12:00")) == ()

    def test_the_direct_line_that_falls_due_goes_to_the_ladder(self) -> None:
        planned = plan(RULES, reported(direct=True).matters["m1"], china("2021-02-06 12:00"))
        assert planned[0].opens_at == china("2021-02-18 17:00")

    @settings(max_examples=60, deadline=None)
    @given(
        st.datetimes(datetime(2021, 1, 4), datetime(2021, 3, 20)),  # noqa: DTZ001 - made aware below
        st.sampled_from(["grid-1", "house-1", "longshan", "qiaokou", "yushan"]),
        st.sampled_from(["fire-lane", "noise"]),
        st.integers(0, 30_000),
    )
    def test_what_is_planned_is_what_time_brings(self, start: datetime, place: str, item: str, later: int) -> None:
        at = china(f"{start:%Y-%m-%d %H:%M}")
        matter = reported(at=f"{start:%Y-%m-%d %H:%M}", place=place, item=item).matters["m1"]
        planned = plan(RULES, matter, at + timedelta(minutes=later))
        _, before = settle(RULES, matter, at + timedelta(minutes=later))
        _, events = settle(RULES, matter, at + timedelta(days=200))
        opened = [each for each in events[len(before) :] if each.TYPE in {"assigned", "called_out"}]
        assert [each.at for each in opened] == [each.opens_at for each in planned]


class TestComing:
    """The due clocks: what falls due by an instant, and what follows."""

    def test_it_tells_what_falls_due_in_order_of_time(self) -> None:
        every = coming(RULES, case_two().matters["m1"], china("2021-02-18 17:01"))
        found = [each for each in every if each.unit != "police"]
        assert [(each.kind, each.unit, each.at, each.percent, each.then) for each in found] == [
            ("sign_in", "fire", china("2021-02-10 10:00"), 100, ("remind",)),
            ("sign_in", "urban", china("2021-02-10 10:00"), 100, ("remind",)),
            ("complete", "fire", china("2021-02-18 14:00"), 80, ("remind",)),
            ("complete", "urban", china("2021-02-18 14:00"), 80, ("remind",)),
            ("promise", "", china("2021-02-18 17:00"), 100, ("supervise",)),
            ("complete", "fire", china("2021-02-18 17:00"), 100, ("remind",)),
            ("complete", "urban", china("2021-02-18 17:00"), 100, ("remind",)),
        ]

    def test_a_due_instant_is_met_at_the_very_second(self) -> None:
        matter = reported().matters["m1"]
        assert coming(RULES, matter, china("2021-02-07 11:00")) == ()
        (found,) = coming(RULES, matter, china("2021-02-07 11:00") + timedelta(seconds=1))
        assert (found.kind, found.number, found.unit, found.then) == ("step", 1, "grid-1", ("pass_up",))

    def test_a_record_has_no_clocks(self) -> None:
        assert coming(RULES, Matter(id="r1", reported_at=START), china("2022-01-01 00:00")) == ()

    @given(st.integers(0, 40_000))
    def test_the_first_of_it_is_what_time_brings_first(self, minutes: int) -> None:
        matter, until = case_two().matters["m1"], START + timedelta(minutes=minutes)
        found = coming(RULES, matter, until)
        fallen = [event for event in settle(RULES, matter, until)[1] if event.TYPE == "fell_due"]
        assert [(each.at, each.number) for each in found] == [(event.at, event.number) for event in fallen]
