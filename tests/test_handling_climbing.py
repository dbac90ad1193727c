"""Climbing: how a matter is reported, goes up and down the ladder, and is called."""

from datetime import date
from typing import Any

import attrs
import pytest

import county
from gridgov.authority import Actor, Authority, Grant
from gridgov.calendar import Limit
from gridgov.errors import GridgovError, NotInForceError, RefusedError
from gridgov.handling import commands as c
from gridgov.handling import decide
from gridgov.handling.rules import Quorum, Rules
from gridgov.hierarchy import Link
from gridgov.matters import Assignment, Live, Timer, events
from gridgov.responsibility import Holder
from gridgov.values import Period
from live_county import (
    AUTHORITY,
    COMMUNITY,
    HANDLING,
    HEAD,
    PLATFORM_DESK,
    RESIDENT_Z,
    RULES,
    SUBDISTRICT,
    CheckedDesk,
    china,
    of,
    rules,
)

FRIDAY = "2021-02-05 15:00"
SUNDAY = "2021-02-07 10:30"
TUESDAY = "2021-02-09 16:00"
COMPOUND = {"scene": "compound"}
CAR: dict[str, Any] = {"item": "fire-lane", "place": "grid-1", "facts": COMPOUND}
EMERGENCY = {"scene": "compound", "emergency": "yes"}
WORKER = Actor(person="worker-4", on_behalf_of="resident-y")
NOISE: dict[str, Any] = {"item": "noise", "facts": {}}
STALLS: dict[str, Any] = {"item": "stalls", "facts": {"licensed": "no"}}
CLERK = Actor(unit="longshan", person="clerk-2", on_behalf_of="resident-y")


def at_subdistrict(by: Rules = RULES, **report: Any) -> CheckedDesk:
    """Return a desk with a matter that grid and community have passed up to the subdistrict."""
    desk = CheckedDesk(by)
    desk.report(FRIDAY, **report)
    desk.give(c.PassUp, SUNDAY, HEAD)
    desk.give(c.PassUp, "2021-02-08 09:00", COMMUNITY)
    return desk


def called(by: Rules = RULES, **call: Any) -> CheckedDesk:
    """Return a desk with a matter that the subdistrict has called, by the list unless told otherwise."""
    desk = at_subdistrict(by)
    desk.give(c.Call, TUESDAY, SUBDISTRICT, **call)
    return desk


def live(desk: CheckedDesk) -> Live:
    found = desk.matters["m1"].live
    assert found is not None
    return found


def open_duties(desk: CheckedDesk) -> list[tuple[str, str]]:
    """Return the unit and the role of every open duty."""
    return [(duty.unit, duty.role) for duty in desk.matters["m1"].assignments if duty.is_open]


def first(desk: CheckedDesk) -> Assignment:
    return desk.matters["m1"].assignments[0]


def timer(desk: CheckedDesk, kind: str, number: int = 0) -> Timer:
    return live(desk).timers[number, kind]


def of_kind(desk: CheckedDesk, kind: type[Any]) -> list[Any]:
    return [event for event in desk.log["m1"] if isinstance(event, kind)]


def refused(desk: CheckedDesk, kind: type[c.Command], at: str, actor: Actor, **fields: Any) -> list[str]:
    """Return the codes with which a command is refused, having seen that it changed nothing."""
    before, log = desk.matters.copy(), {name: list(each) for name, each in desk.log.items()}
    with pytest.raises(GridgovError) as caught:
        desk.give(kind, at, actor, **fields)
    assert desk.matters == before
    assert desk.log == log
    return sorted(fault.code for fault in caught.value.faults)


class TestWhoReports:
    """我有事要说: in person, by proxy, on paper, without a name, or as a patrol."""

    @pytest.mark.parametrize(
        ("actor", "channel", "person", "by"),
        [
            (RESIDENT_Z, "app", "resident-z", ""),
            (WORKER, "app", "resident-y", "worker-4"),
            (CLERK, "paper", "resident-y", "clerk-2"),
            (PLATFORM_DESK, "hotline", "", "desk-1"),
            (of("grid-1"), "patrol", "", "grid-1"),
        ],
        ids=["resident", "proxy", "paper", "anonymous", "patrol"],
    )
    def test_the_reporter_and_who_speaks_for_them_are_kept(
        self, actor: Actor, channel: str, person: str, by: str
    ) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, actor=actor, channel=channel, evidence=("photo",))
        (reporter,) = live(desk).reporters
        assert (reporter.person, reporter.by, reporter.channel, reporter.matter) == (person, by, channel, "m1")
        assert desk.log["m1"][0].evidence == ("photo",)

    def test_the_grid_head_has_it_and_the_promise_runs(self) -> None:
        """热线条例 24: five working days. Case 2: 02-18 17:00; the grid head's 4 working hours end on Sunday."""
        desk = CheckedDesk()
        desk.report(FRIDAY)
        assert desk.events() == ["received", "assigned"]
        assert (first(desk).unit, first(desk).role, first(desk).due_at) == (
            "grid-1",
            "handle",
            china("2021-02-07 11:00"),
        )
        assert first(desk).work is not None
        assert (first(desk).work.step, first(desk).work.post) == ("judge", "grid-head")  # type: ignore[union-attr]
        assert desk.due("promise") == china("2021-02-18 17:00")
        assert timer(desk, "promise").clock.unmoving
        assert (live(desk).state, live(desk).path, live(desk).ladder) == ("accepted", "ordinary", "ordinary")

    def test_an_item_with_a_limit_of_its_own_is_promised_that(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, item="noise", facts={})
        assert timer(desk, "promise").clock.limit == Limit.parse("20 working_days")

    def test_the_digest_of_the_command_is_on_the_first_event_alone(self) -> None:
        command = c.Report(
            id="c1", matter="m1", actor=RESIDENT_Z, at=china(FRIDAY), item="fire-lane", place="grid-1", facts=COMPOUND
        )
        found = decide(RULES, None, command, asked=command.digest)
        assert [event.asked for event in found.events["m1"]] == [command.digest, ""]
        again = attrs.evolve(command, id="c2", expected_version=3)
        assert again.digest == command.digest != attrs.evolve(command, channel="app").digest


class TestWhatIsReported:
    """Receipt waits for nothing: who leads may still be open."""

    def test_the_unit_that_it_is_about_is_passed_over(self) -> None:
        """热线条例 32: who has an interest recuses themselves."""
        desk = CheckedDesk()
        desk.report(FRIDAY, accused="longshan")
        assert open_duties(desk) == [("yushan", "handle")]

    def test_of_what_is_about_the_county_the_units_below_it_have_the_matter(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, accused="pingyin")
        assert open_duties(desk) == [("grid-1", "handle")]

    def test_it_is_about_a_unit_that_there_is_or_was(self) -> None:
        assert refused(CheckedDesk(), c.Report, FRIDAY, RESIDENT_Z, **CAR, accused="nobody") == ["unknown_unit"]

    def test_a_grid_that_it_is_about_never_has_it(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, accused="grid-1")
        assert first(desk).unit == "longshan"

    @pytest.mark.parametrize("report", [{"item": "birds", "facts": {}}, {"accused": "fire"}])
    def test_where_nobody_is_left_who_leads_a_ruling_is_due(self, report: dict[str, Any]) -> None:
        """热线条例 29: who leads is ruled on. An item off the list; one whose only lead it is about."""
        desk = at_subdistrict(**report)
        desk.give(c.PassUp, TUESDAY, SUBDISTRICT, reason="beyond_us")
        assert desk.events()[-2:] == ["passed_up", "nobody_leads"]
        assert (live(desk).state, open_duties(desk)) == ("unassigned", [])
        assert desk.due("ruling") == china("2021-02-18 17:00")

    def test_an_unlisted_item_is_taken_in_and_marked(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, item="birds", facts={})
        assert live(desk).unlisted
        assert desk.events() == ["received", "assigned"]

    def test_the_fallback_leads_what_is_not_on_the_list(self) -> None:
        desk = at_subdistrict(rules(fallback=Holder.parse("unit:housing")), item="birds", facts={})
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        assert open_duties(desk) == [("housing", "lead")]

    def test_a_missing_fact_that_decides_who_leads_bars_no_report(self) -> None:
        """Case 3: without the scene the rows do not say who leads; the ladder does not wait for that."""
        desk = at_subdistrict(facts={})
        assert open_duties(desk) == [("yushan", "handle")]
        assert refused(desk, c.Call, TUESDAY, SUBDISTRICT) == ["fact_missing"]
        desk.give(c.PassUp, TUESDAY, SUBDISTRICT)
        assert live(desk).state == "unassigned"

    def test_an_item_that_is_not_accepted_is_redirected(self) -> None:
        """热线条例 23: what this channel does not take is told where to turn."""
        desk = CheckedDesk()
        desk.report(FRIDAY, item="court", facts={})
        assert desk.events() == ["received", "redirected"]
        assert desk.log["m1"][-1].to == "list"  # type: ignore[attr-defined]
        assert (live(desk).state, live(desk).timers) == ("redirected", {})
        assert desk.matters["m1"].closed_at == china(FRIDAY)

    def test_a_place_that_was_replaced_is_reported_under_its_successor(self) -> None:
        ended = Period(county.START, date(2021, 1, 1))
        parts = county.organize(
            [*county.units(), county.unit("grid-0", "grid", ended)],
            [
                *county.links(),
                Link("grid-0", "territory", "longshan", ended),
                Link("grid-0", "successor", "grid-1", Period(date(2021, 1, 1))),
            ],
        )
        desk = CheckedDesk(attrs.evolve(RULES, setting=attrs.evolve(RULES.setting, organization=parts)))
        desk.report(FRIDAY, place="grid-0")
        assert (desk.matters["m1"].place, first(desk).unit) == ("grid-1", "grid-1")

    @pytest.mark.parametrize(
        ("facts", "codes"),
        [
            ({"scene": "moon"}, ["unknown_word"]),
            ({"colour": "red"}, ["unknown_attribute"]),
            ({"scene": "moon", "colour": "red"}, ["unknown_attribute", "unknown_word"]),
        ],
    )
    def test_facts_are_in_the_pack_s_words(self, facts: dict[str, str], codes: list[str]) -> None:
        assert (
            refused(CheckedDesk(), c.Report, FRIDAY, RESIDENT_Z, item="fire-lane", place="grid-1", facts=facts) == codes
        )

    def test_a_place_that_is_not_in_force_is_refused(self) -> None:
        with pytest.raises(NotInForceError, match="grid-7"):
            CheckedDesk().report(FRIDAY, place="grid-7")

    def test_a_matter_is_reported_once(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        assert refused(desk, c.Report, SUNDAY, RESIDENT_Z, item="fire-lane", place="grid-1") == ["reported_twice"]


class TestWithoutAStepBelow:
    """At the county itself nobody stands below the leads: the report is the call."""

    def test_all_who_answer_by_the_list_are_called_at_once(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, place="pingyin", **NOISE)
        assert desk.events() == ["received", "called_out", "summoned", "summoned"]
        assert open_duties(desk) == [("environment", "joint"), ("housing", "joint")]
        assert (live(desk).path, live(desk).caller) == ("ordinary", "")

    def test_without_the_fact_that_decides_a_ruling_is_due(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, place="pingyin", facts={})
        assert desk.events() == ["received", "nobody_leads"]
        assert desk.due("ruling") == china("2021-02-08 17:00")


class TestDirectLine:
    """直通车: to the unit paired with the place, past the levels."""

    def test_a_report_goes_to_the_paired_unit_within_the_promise(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, direct=True)
        duty = first(desk)
        assert (duty.unit, duty.opened_by, duty.due_at) == ("farming", "direct", china("2021-02-18 17:00"))
        assert live(desk).path == "direct"

    def test_a_report_where_nobody_is_paired_is_refused(self) -> None:
        given = {"item": "straw", "place": "qiaokou", "direct": True}
        assert refused(CheckedDesk(), c.Report, FRIDAY, RESIDENT_Z, **given) == ["no_direct_line"]

    def test_a_reporter_turns_to_it_after_all(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.TakeDirect, SUNDAY, RESIDENT_Z)
        assert desk.events()[2:] == ["sent_down", "assigned"]
        assert open_duties(desk) == [("farming", "handle")]
        assert first(desk).outcome == "handed_over"

    def test_it_has_until_the_promise_and_is_asked_once(self) -> None:
        """热线条例 24: what is promised runs from the report, whoever is asked later."""
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.TakeDirect, SUNDAY, RESIDENT_Z)
        assert desk.due("step", 2) == desk.due("promise")
        assert refused(desk, c.TakeDirect, "2021-02-08 09:00", RESIDENT_Z) == ["direct_used"]

    def test_without_a_clock_for_the_promise_it_has_as_long_from_when_it_is_asked(self) -> None:
        clocks = {name: rule for name, rule in HANDLING.clocks.items() if name != "promise"}
        desk = CheckedDesk(rules(attrs.evolve(HANDLING, clocks=clocks)))
        desk.report(FRIDAY)
        desk.give(c.TakeDirect, SUNDAY, RESIDENT_Z)
        assert desk.due("step", 2) == china("2021-02-19 17:00")

    def test_it_is_not_the_accused_who_is_asked(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, accused="farming")
        desk.give(c.TakeDirect, SUNDAY, RESIDENT_Z)
        assert open_duties(desk) == [("housing", "handle")]

    def test_the_helper_that_is_asked_helps_no_longer(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.Whistle, FRIDAY, HEAD, units=("farming",))
        desk.give(c.TakeDirect, FRIDAY, RESIDENT_Z)
        assert open_duties(desk) == [("farming", "handle")]

    def test_where_nobody_is_paired_it_is_refused(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, item="straw", place="qiaokou", facts={})
        assert refused(desk, c.TakeDirect, SUNDAY, RESIDENT_Z) == ["no_direct_line"]

    def test_an_item_that_is_no_longer_taken_has_none(self) -> None:
        """The list may change while the matter is on the ladder."""
        monday = date(2021, 2, 8)
        items = (
            county.item("straw", period=Period(county.START, monday)),
            county.item("straw", period=Period(monday), accepted=False),
        )
        listed = county.listing(county.duty("straw/a", "unit:farming"), items=items)
        desk = CheckedDesk(attrs.evolve(RULES, setting=attrs.evolve(RULES.setting, responsibilities=listed)))
        desk.report(FRIDAY, item="straw", facts={})
        assert refused(desk, c.TakeDirect, "2021-02-08 09:00", RESIDENT_Z) == ["no_direct_line"]


class TestEmergency:
    """突发事件: past the levels at once; the reason in writing may follow (case 5)."""

    def test_the_leads_of_the_list_are_called_at_once(self) -> None:
        desk = CheckedDesk()
        desk.report("2021-02-12 22:45", facts=EMERGENCY)
        assert desk.events() == ["received", "called_out", "summoned", "summoned", "summoned"]
        assert open_duties(desk) == [("fire", "lead"), ("police", "support"), ("urban", "support")]
        assert (live(desk).state, live(desk).path, live(desk).ladder) == ("called", "emergency", "emergency")

    def test_its_clocks_count_hours_by_the_clock(self) -> None:
        """Case 5: New Year's night, called 22:45: sign in 23:15, first report 00:45, reason in writing next day."""
        desk = CheckedDesk()
        desk.report("2021-02-12 22:45", facts=EMERGENCY)
        assert desk.due("sign_in", 1) == china("2021-02-12 23:15")
        assert desk.due("report_back", 1) == china("2021-02-13 00:45")
        assert desk.due("reason") == china("2021-02-13 22:45")
        assert desk.due("complete", 1) == china("2021-02-13 00:15")

    def test_with_one_step_for_the_leads_they_complete_within_the_promise(self) -> None:
        ladder = attrs.evolve(county.EMERGENCY, steps=county.EMERGENCY.steps[:1])
        desk = CheckedDesk(rules(emergency=ladder))
        desk.report("2021-02-12 22:45", facts=EMERGENCY)
        assert desk.due("complete", 1) == desk.due("promise")

    def test_without_a_clock_for_the_promise_they_have_no_time_to_complete(self) -> None:
        clocks = {name: rule for name, rule in HANDLING.clocks.items() if name != "promise"}
        ladder = attrs.evolve(county.EMERGENCY, steps=county.EMERGENCY.steps[:1])
        desk = CheckedDesk(rules(attrs.evolve(HANDLING, clocks=clocks), emergency=ladder))
        desk.report("2021-02-12 22:45", facts=EMERGENCY)
        assert (1, "complete") not in live(desk).timers

    def test_it_is_not_merged_into_an_ordinary_matter(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.report(FRIDAY, matter="m2", facts=EMERGENCY)
        found = refused(desk, c.Merge, FRIDAY, PLATFORM_DESK, matter="m2", into="m1", others=("m1",))
        assert found == ["merge_path"]

    @pytest.mark.parametrize(
        ("accused", "actor", "caller"),
        [
            ("longshan", HEAD, "yushan"),
            ("grid-1", of("longshan"), "longshan"),
            ("yushan", RESIDENT_Z, "pingyin"),
            ("yushan", of("yushan"), "pingyin"),
            ("pingyin", RESIDENT_Z, "yushan"),
        ],
    )
    def test_it_is_not_the_accused_that_calls(self, accused: str, actor: Actor, caller: str) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, facts=EMERGENCY, actor=actor, accused=accused)
        assert live(desk).caller == caller

    @pytest.mark.parametrize(
        ("actor", "caller"),
        [(RESIDENT_Z, "yushan"), (HEAD, "grid-1"), (of("longshan"), "longshan"), (of("fire"), "yushan")],
    )
    def test_who_reports_it_from_the_ladder_calls_else_the_last_before_the_leads(
        self, actor: Actor, caller: str
    ) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, facts=EMERGENCY, actor=actor)
        assert live(desk).caller == caller

    def test_where_the_ladder_has_no_holder_who_reports_it_calls(self) -> None:
        ladder = attrs.evolve(county.ORDINARY, steps=county.ORDINARY.steps[-1:])
        desk = CheckedDesk(rules(ordinary=ladder))
        desk.report(FRIDAY, facts=EMERGENCY, actor=of("longshan"))
        assert live(desk).caller == "longshan"

    def test_it_may_be_said_to_be_one_and_to_be_none(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, emergency=True)
        assert live(desk).state == "called"
        desk.report(FRIDAY, emergency=False, facts=EMERGENCY, matter="m2")
        assert desk.events("m2") == ["received", "assigned"]

    @pytest.mark.parametrize("report", [{"facts": {}}, {"item": "birds", "facts": {}}, {"accused": "fire"}])
    def test_where_nobody_is_known_to_lead_it_is_taken_in_and_a_ruling_is_due(self, report: dict[str, Any]) -> None:
        """The facts do not say; the item is not on the list; the matter is about the only lead."""
        desk = CheckedDesk()
        desk.report(FRIDAY, emergency=True, **report)
        assert desk.events() == ["received", "nobody_leads"]
        assert (live(desk).state, desk.due("ruling")) == ("unassigned", china("2021-02-08 17:00"))

    def test_the_fallback_leads_an_emergency_that_is_not_on_the_list(self) -> None:
        desk = CheckedDesk(rules(fallback=Holder.parse("unit:housing")))
        desk.report(FRIDAY, emergency=True, item="birds", facts={})
        assert open_duties(desk) == [("housing", "lead")]

    @pytest.mark.parametrize(
        ("ended", "flags"),
        [(None, ()), ("2021-01-31 00:00", ("certificate_ended",)), ("2021-02-12 00:00", ()), ("2021-03-01 00:00", ())],
    )
    def test_a_certificate_that_ended_is_shown_and_bars_nothing(
        self, ended: str | None, flags: tuple[str, ...]
    ) -> None:
        """Case 5: "a flag in the report, never a refusal"; its last day is in time."""
        desk = CheckedDesk()
        until = None if ended is None else china(ended)
        desk.report("2021-02-12 22:45", facts=EMERGENCY, certified_until=until)
        (call,) = of_kind(desk, events.CalledOut)
        assert call.flags == flags

    @pytest.mark.parametrize(("facts", "shown"), [(EMERGENCY, True), (COMPOUND, False)])
    def test_where_life_is_in_danger_what_to_do_is_said_first(self, facts: dict[str, str], shown: bool) -> None:
        desk = CheckedDesk(rules(attrs.evolve(HANDLING, danger_when="emergency")))
        desk.report(FRIDAY, facts=facts)
        (received,) = of_kind(desk, events.Received)
        assert received.told_first is shown


class TestOnTheLadder:
    """Article: the grid head judges at once; what it cannot solve goes up."""

    def test_the_desk_answers_at_once(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.Answer, FRIDAY, HEAD, evidence=("note",))
        assert live(desk).state == "answered"
        assert (first(desk).outcome, first(desk).completed_at) == ("completed", china(FRIDAY))
        assert timer(desk, "promise").clock.state == timer(desk, "step", 1).clock.state == "stopped"
        assert desk.log["m1"][-1].evidence == ("note",)

    def test_what_belongs_elsewhere_is_redirected(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        assert refused(desk, c.Redirect, FRIDAY, HEAD) == ["evidence_missing"]
        desk.give(c.Redirect, FRIDAY, HEAD, to="110")
        assert (live(desk).state, first(desk).outcome) == ("redirected", "relieved")

    @pytest.mark.parametrize("own", [True, False])
    def test_the_holder_judges_and_keeps_it(self, own: bool) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.Judge, FRIDAY, HEAD, own=own)
        (judged,) = of_kind(desk, events.Judged)
        assert (judged.own, judged.number) == (own, 1)
        assert open_duties(desk) == [("grid-1", "handle")]

    def test_it_is_passed_up_step_by_step_by_whoever_did(self) -> None:
        desk = at_subdistrict()
        assert [(duty.unit, duty.opened_by) for duty in desk.matters["m1"].assignments] == [
            ("grid-1", "assigned"),
            ("longshan", "passed_up"),
            ("yushan", "passed_up"),
        ]
        opened = of_kind(desk, events.Assigned)
        assert [(event.by, event.person) for event in opened] == [
            ("", "resident-z"),
            ("grid-1", "p1"),
            ("longshan", ""),
        ]
        assert [event.missed for event in of_kind(desk, events.PassedUp)] == [False, False]

    def test_the_last_step_below_the_leads_calls_them(self) -> None:
        desk = at_subdistrict()
        desk.give(c.PassUp, TUESDAY, SUBDISTRICT)
        assert desk.events()[-5:] == ["passed_up", "called_out", "summoned", "summoned", "summoned"]
        (call,) = of_kind(desk, events.CalledOut)
        assert (call.by, call.missed, live(desk).caller) == ("yushan", False, "yushan")

    def test_who_leads_it_already_has_nobody_above(self) -> None:
        """T15: a unit that holds the step below the leads is not called by itself."""
        desk = CheckedDesk()
        desk.report(FRIDAY, item="small-works", facts={})
        desk.give(c.PassUp, SUNDAY, HEAD)
        desk.give(c.PassUp, SUNDAY, COMMUNITY)
        assert refused(desk, c.PassUp, TUESDAY, SUBDISTRICT) == ["nobody_above"]

    def test_who_was_asked_past_the_levels_passes_it_to_the_last_step_before_the_leads(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, direct=True)
        desk.give(c.PassUp, SUNDAY, of("farming"))
        assert open_duties(desk) == [("yushan", "handle")]

    def test_on_a_short_ladder_the_direct_line_passes_it_to_its_only_step(self) -> None:
        short = attrs.evolve(county.ORDINARY, steps=county.ORDINARY.steps[2:])
        desk = CheckedDesk(rules(ordinary=short))
        desk.report(FRIDAY, direct=True)
        desk.give(c.PassUp, SUNDAY, of("farming"))
        assert open_duties(desk) == [("yushan", "handle")]

    def test_only_who_has_it_passes_it_up(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        assert refused(desk, c.PassUp, FRIDAY, COMMUNITY) == ["no_assignment", "not_granted"]

    def test_a_step_may_limit_acceptance_and_contact(self) -> None:
        """E4: accept, contact and resolve limits per step; the step's own contact limit goes before the pack's."""
        limits: dict[str, Any] = {"accept": county.limit("2 working_hours"), "contact": county.limit("3 working_hours")}
        judge = attrs.evolve(county.ORDINARY.steps[0], **limits)
        ladder = attrs.evolve(county.ORDINARY, steps=(judge, *county.ORDINARY.steps[1:]))
        desk = CheckedDesk(rules(attrs.evolve(HANDLING, clocks=_handle_contact()), ordinary=ladder))
        desk.report(FRIDAY)
        assert desk.due("accept", 1) == china("2021-02-05 17:00")
        assert desk.due("contact", 1) == china("2021-02-07 10:00")
        desk.give(c.PassUp, "2021-02-07 09:00", HEAD)
        assert (2, "accept") not in live(desk).timers
        assert timer(desk, "contact", 2).clock.limit == Limit.parse("1 working_days")


def _handle_contact() -> dict[str, Any]:
    contact = attrs.evolve(HANDLING.clocks["contact"], roles=frozenset())
    return {**HANDLING.clocks, "contact": contact}


class TestSendDown:
    """The holder hands it to a unit below it, on the way to the place, for whom the ladder has a step."""

    def test_the_unit_has_a_new_step(self) -> None:
        desk = at_subdistrict()
        desk.give(c.SendDown, TUESDAY, SUBDISTRICT, to="longshan", reason="yours")
        assert open_duties(desk) == [("longshan", "handle")]
        duty = desk.matters["m1"].assignments[-1]
        assert (duty.opened_by, duty.due_at) == ("sent_down", china("2021-02-10 17:00"))
        assert desk.matters["m1"].assignments[2].outcome == "handed_over"

    @pytest.mark.parametrize(
        ("to", "codes"),
        [
            ("nowhere", ["unknown_unit"]),
            ("jinshui", ["not_below"]),
            ("grid-2", ["not_below"]),
            ("yushan", ["not_below"]),
            ("house-1", ["not_below"]),
            ("police", ["not_below"]),
            ("longshan", ["interested_unit"]),
        ],
    )
    def test_nobody_else_is_sent_it(self, to: str, codes: list[str]) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, accused="longshan")
        assert refused(desk, c.SendDown, SUNDAY, SUBDISTRICT, to=to, reason="yours") == codes

    def test_who_passed_it_up_twice_is_not_sent_it_again(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.PassUp, FRIDAY, HEAD)
        desk.give(c.SendDown, FRIDAY, COMMUNITY, to="grid-1", reason="yours")
        desk.give(c.PassUp, FRIDAY, HEAD)
        found = refused(desk, c.SendDown, FRIDAY, COMMUNITY, to="grid-1", reason="yours")
        assert found == ["sent_down_before"]

    def test_a_unit_for_which_the_ladder_has_no_step_is_sent_nothing(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY, place="house-1")
        assert refused(desk, c.SendDown, FRIDAY, HEAD, to="house-1", reason="yours") == ["no_step"]

    def test_a_step_of_two_levels_is_opened_for_the_unit_named_or_not_at_all(self) -> None:
        """A step for grid or community is the grid's where there is one: the community cannot be sent it."""
        low = attrs.evolve(county.ORDINARY.steps[0], answers="level:grid|community", post="")
        ladder = attrs.evolve(county.ORDINARY, steps=(low, *county.ORDINARY.steps[2:]))
        desk = CheckedDesk(rules(ordinary=ladder))
        desk.report(FRIDAY)
        desk.give(c.PassUp, "2021-02-07 10:30", HEAD)
        assert refused(desk, c.SendDown, "2021-02-08 09:00", SUBDISTRICT, to="longshan", reason="yours") == ["no_step"]
        desk.give(c.SendDown, "2021-02-08 09:00", SUBDISTRICT, to="grid-1", reason="yours")
        assert open_duties(desk) == [("grid-1", "handle")]

    def test_a_place_that_is_no_longer_in_force_lies_inside_nobody(self) -> None:
        ended = Period(county.START, date(2021, 2, 8))
        parts = county.organize(
            [*county.units(), county.unit("grid-0", "grid", ended)],
            [*county.links(), Link("grid-0", "territory", "longshan", ended)],
        )
        desk = CheckedDesk(attrs.evolve(RULES, setting=attrs.evolve(RULES.setting, organization=parts)))
        desk.report("2021-02-07 09:00", place="grid-0")
        desk.give(c.PassUp, "2021-02-07 09:00", of("pingyin"), unit="grid-0")
        given = {"unit": "longshan", "to": "grid-1", "reason": "yours"}
        assert refused(desk, c.SendDown, "2021-02-08 09:00", PLATFORM_DESK, **given) == ["not_below"]


class TestWhistle:
    """吹哨: stationed agencies (派驻) and paired units (双报到) come to help; nobody else."""

    def test_who_is_stationed_or_paired_is_summoned_to_help(self) -> None:
        desk = at_subdistrict()
        desk.give(c.Whistle, TUESDAY, SUBDISTRICT, units=("station-yushan", "market", "market"))
        assert open_duties(desk) == [("yushan", "handle"), ("station-yushan", "support"), ("market", "support")]
        helpers = desk.matters["m1"].assignments[-2:]
        assert [(duty.opened_by, duty.work.opener) for duty in helpers if duty.work] == [("whistled", "yushan")] * 2
        assert (5, "complete") not in live(desk).timers
        assert live(desk).state == "accepted"

    def test_who_is_near_a_unit_above_is_near(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.Whistle, FRIDAY, HEAD, units=("housing",))
        assert open_duties(desk)[-1] == ("housing", "support")

    @pytest.mark.parametrize(
        ("units", "codes"),
        [
            ((), ["evidence_missing"]),
            (("fire",), ["not_near"]),
            (("market", "nowhere"), ["has_duty", "not_near"]),
            (("station-yushan",), ["interested_unit"]),
            (("fire", "market", "station-yushan"), ["has_duty", "interested_unit", "not_near"]),
        ],
    )
    def test_everybody_who_cannot_be_summoned_is_named(self, units: tuple[str, ...], codes: list[str]) -> None:
        desk = at_subdistrict(accused="station-yushan")
        desk.give(c.Whistle, TUESDAY, SUBDISTRICT, units=("market",))
        assert refused(desk, c.Whistle, TUESDAY, SUBDISTRICT, units=units) == codes

    def test_the_pack_says_which_relations_count(self) -> None:
        desk = at_subdistrict(rules(attrs.evolve(HANDLING, whistle_relations=("stationed_at",))))
        assert refused(desk, c.Whistle, TUESDAY, SUBDISTRICT, units=("market",)) == ["not_near"]


class TestCall:
    """呼叫: units of the county are called through the platform."""

    def test_by_the_list_its_leads_and_supports_come(self) -> None:
        desk = called()
        assert open_duties(desk) == [("fire", "lead"), ("police", "support"), ("urban", "support")]
        assert (live(desk).state, live(desk).caller) == ("called", "yushan")
        assert desk.matters["m1"].assignments[2].outcome == "handed_over"
        (call,) = of_kind(desk, events.CalledOut)
        assert (call.quorum, call.missed, call.flags) == ("lead", False, ())

    @pytest.mark.parametrize(
        ("report", "roles"),
        [
            ({"item": "noise", "facts": {}}, [("environment", "joint"), ("housing", "joint")]),
            ({"item": "stalls", "facts": {"licensed": "no"}}, [("market", "either"), ("urban", "either")]),
            ({"accused": "urban"}, [("fire", "lead"), ("police", "support")]),
            ({"item": "noise", "facts": {}, "accused": "housing"}, [("environment", "joint")]),
        ],
    )
    def test_the_list_says_how_leads_share(self, report: dict[str, Any], roles: list[tuple[str, str]]) -> None:
        desk = at_subdistrict(**report)
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        assert open_duties(desk) == roles

    @pytest.mark.parametrize(
        ("named", "roles"),
        [
            ({"leads": ("urban",)}, [("urban", "lead")]),
            ({"leads": ("urban", "urban")}, [("urban", "lead")]),
            ({"leads": ("urban", "fire")}, [("urban", "joint"), ("fire", "joint")]),
            ({"leads": ("urban",), "supports": ("fire", "fire")}, [("urban", "lead"), ("fire", "support")]),
        ],
    )
    def test_by_name_those_come(self, named: dict[str, Any], roles: list[tuple[str, str]]) -> None:
        assert open_duties(called(**named)) == roles

    def test_with_supports_alone_nobody_leads(self) -> None:
        desk = called(supports=("urban",))
        assert desk.events()[-1] == "nobody_leads"
        assert (live(desk).state, open_duties(desk)) == ("unassigned", [])

    def test_who_was_ruled_missing_is_called_by_the_platform(self) -> None:
        desk = at_subdistrict(facts={})
        desk.give(c.PassUp, TUESDAY, SUBDISTRICT)
        assert refused(desk, c.Call, TUESDAY, PLATFORM_DESK, supports=("fire",)) == ["evidence_missing"]
        desk.give(c.Call, TUESDAY, PLATFORM_DESK, leads=("fire",))
        assert (live(desk).caller, open_duties(desk)) == ("pingyin", [("fire", "lead")])

    @pytest.mark.parametrize(
        ("named", "codes"),
        [
            ({"leads": ("nowhere",)}, ["unknown_unit"]),
            ({"leads": ("housing",)}, ["interested_unit"]),
            ({"leads": ("fire",), "supports": ("fire",)}, ["lead_and_support"]),
            ({"leads": ("fire",), "on_site_at": china(TUESDAY)}, ["time_past"]),
            ({"leads": ("fire",), "on_site_at": china(TUESDAY), "reason": "late"}, ["time_past"]),
            (
                {"leads": ("fire", "nowhere"), "supports": ("fire", "housing"), "on_site_at": china(SUNDAY)},
                ["interested_unit", "lead_and_support", "time_past", "unknown_unit"],
            ),
        ],
    )
    def test_everything_that_bars_it_is_named(self, named: dict[str, Any], codes: list[str]) -> None:
        assert refused(at_subdistrict(accused="housing"), c.Call, TUESDAY, SUBDISTRICT, **named) == codes

    @pytest.mark.parametrize(
        ("named", "codes"),
        [
            ({"leads": ("yushan",)}, ["cannot_answer"]),
            ({"leads": ("jinshui",)}, ["cannot_answer"]),
            ({"leads": ("grid-2",), "supports": ("qiaokou", "urban")}, ["cannot_answer", "cannot_answer"]),
            ({"leads": ("house-1",)}, ["cannot_answer"]),
        ],
        ids=["itself", "its like", "below it", "no role"],
    )
    def test_nobody_is_called_who_cannot_answer(self, named: dict[str, Any], codes: list[str]) -> None:
        """A call may go past the list, which may be wrong, but not down the ladder, nor to who may do nothing."""
        assert refused(at_subdistrict(), c.Call, TUESDAY, SUBDISTRICT, **named) == codes

    def test_a_pack_that_says_of_nobody_what_they_may_do_has_nobody_to_call(self) -> None:
        desk = at_subdistrict()
        desk.rules = rules(authority=None)
        assert refused(desk, c.Call, TUESDAY, SUBDISTRICT, leads=("market",)) == ["cannot_answer", "not_granted"]

    def test_a_community_calls_the_town_above_it_when_the_list_is_silent(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.PassUp, SUNDAY, HEAD)
        desk.give(c.Call, SUNDAY, COMMUNITY, leads=("yushan",))
        assert open_duties(desk) == [("yushan", "lead")]

    def test_who_acts_for_nobody_calls_for_the_holder(self) -> None:
        grant = Grant(commands={"call"}, role="resident", relation="anyone")
        desk = at_subdistrict(rules(authority=attrs.evolve(AUTHORITY, grants=(*AUTHORITY.grants, grant))))
        assert refused(desk, c.Call, TUESDAY, RESIDENT_Z, leads=("yushan",)) == ["cannot_answer"]

    def test_the_listed_subdistrict_may_lead_its_own_call(self) -> None:
        desk = at_subdistrict(item="small-works", facts={})
        desk.give(c.Call, TUESDAY, SUBDISTRICT, leads=("yushan",), supports=("urban",))
        assert ("yushan", "lead") in open_duties(desk)

    @pytest.mark.parametrize(
        ("named", "flags"),
        [({}, ()), ({"leads": ("fire",)}, ()), ({"leads": ("market",)}, ("off_list",))],
        ids=["the list", "its lead", "another"],
    )
    def test_a_lead_that_is_not_the_list_s_is_shown(self, named: dict[str, Any], flags: tuple[str, ...]) -> None:
        (call,) = of_kind(called(**named), events.CalledOut)
        assert call.flags == flags

    def test_the_list_of_a_day_on_which_nobody_leads_calls_nobody(self) -> None:
        """The matter is told to be about another thing of which no row leads here."""
        bare = (county.duty("straw/a", "unit:farming"), county.duty("fire-lane/a", "unit:fire", within=("kongcun",)))
        items = (county.item("straw"), county.item("fire-lane", period=Period(county.START)))
        listed = county.listing(*bare, items=items)
        desk = CheckedDesk(attrs.evolve(RULES, setting=attrs.evolve(RULES.setting, responsibilities=listed)))
        desk.report(FRIDAY, item="straw", facts={})
        desk.give(c.Reclassify, FRIDAY, PLATFORM_DESK, item="fire-lane", reason="mended")
        assert refused(desk, c.Call, FRIDAY, PLATFORM_DESK) == ["no_lead"]
        desk.give(c.PassUp, FRIDAY, HEAD)
        assert live(desk).state == "unassigned"

    @pytest.mark.parametrize(
        ("ended", "flags"), [("2021-01-31 00:00", ("certificate_ended",)), ("2021-02-09 00:00", ())]
    )
    def test_a_certificate_that_ended_is_shown(self, ended: str, flags: tuple[str, ...]) -> None:
        (call,) = of_kind(called(certified_until=china(ended)), events.CalledOut)
        assert call.flags == flags

    def test_a_time_to_be_on_the_spot_runs_for_each(self) -> None:
        """Case 6: called 14:00, on site 19:00; met at the very second."""
        desk = called(on_site_at=china("2021-02-09 19:00"))
        assert [desk.due("arrive", number) for number in (4, 5, 6)] == [china("2021-02-09 19:00")] * 3
        desk.give(c.Arrive, "2021-02-09 19:00", of("fire"))
        desk.settle("2021-02-09 20:00")
        late = [event.number for event in of_kind(desk, events.FellDue) if event.clock == "arrive"]
        assert late == [5, 6]

    def test_without_such_a_time_no_clock_runs(self) -> None:
        assert (4, "arrive") not in live(called()).timers

    def test_the_time_to_complete_is_that_of_the_leads_step(self) -> None:
        """Case 2: 10, 18: due 02-18 17:00."""
        desk = called()
        assert [desk.due("complete", number) for number in (4, 5, 6)] == [china("2021-02-18 17:00")] * 3
        assert desk.matters["m1"].assignments[3].due_at == china("2021-02-18 17:00")

    def test_a_ladder_without_leads_gives_none(self) -> None:
        desk = called(rules(ordinary=attrs.evolve(county.ORDINARY, steps=county.ORDINARY.steps[:3])), leads=("fire",))
        assert (4, "complete") not in live(desk).timers
        assert desk.matters["m1"].assignments[3].due_at is None


class TestWhoCalls:
    """The holder calls; its principal approves where the pack asks for that (off by default)."""

    GRANT = Grant(commands={"call"}, role="resident", relation="anyone")
    ANYBODY = rules(authority=Authority(roles=AUTHORITY.roles, grants=(*AUTHORITY.grants, GRANT)))

    def test_a_person_who_acts_for_no_unit_calls_for_the_holder(self) -> None:
        desk = at_subdistrict(self.ANYBODY)
        desk.give(c.Call, TUESDAY, RESIDENT_Z)
        (call,) = of_kind(desk, events.CalledOut)
        assert (call.by, call.person, live(desk).caller) == ("yushan", "resident-z", "yushan")

    def test_where_nobody_holds_it_no_unit_is_the_caller(self) -> None:
        desk = at_subdistrict(self.ANYBODY, facts={})
        desk.give(c.PassUp, TUESDAY, SUBDISTRICT)
        desk.give(c.Call, TUESDAY, RESIDENT_Z, leads=("fire",))
        assert live(desk).caller == ""

    def test_where_the_pack_asks_for_it_the_principal_approves_first(self) -> None:
        desk = at_subdistrict(rules(attrs.evolve(HANDLING, approval=True)))
        assert refused(desk, c.Call, TUESDAY, SUBDISTRICT) == ["approval_missing"]
        desk.give(c.ApproveCall, TUESDAY, SUBDISTRICT, evidence=("signature",))
        assert live(desk).approved_by == "yushan"
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        assert live(desk).state == "called"

    def test_to_pass_it_up_to_those_who_lead_needs_the_approval_too(self) -> None:
        desk = at_subdistrict(rules(attrs.evolve(HANDLING, approval=True)))
        assert refused(desk, c.PassUp, TUESDAY, SUBDISTRICT) == ["approval_missing"]
        desk.give(c.ApproveCall, TUESDAY, SUBDISTRICT, evidence=("signature",))
        desk.give(c.PassUp, TUESDAY, SUBDISTRICT)
        assert live(desk).state == "called"

    def test_by_time_it_goes_out_without_the_approval(self) -> None:
        desk = at_subdistrict(rules(attrs.evolve(HANDLING, approval=True)))
        desk.settle("2021-02-10 09:00")
        assert (live(desk).state, live(desk).approved_by) == ("called", "")

    def test_an_emergency_waits_for_no_approval(self) -> None:
        desk = CheckedDesk(rules(attrs.evolve(HANDLING, approval=True)))
        desk.report(FRIDAY, facts={"emergency": "yes"})
        desk.give(c.Call, FRIDAY, PLATFORM_DESK, leads=("fire",))
        assert live(desk).state == "called"


class TestDispatchAndRelieve:
    """派单: the platform sends it to one more unit, or relieves one."""

    def test_one_more_unit_has_a_duty(self) -> None:
        desk = called()
        desk.give(c.Dispatch, TUESDAY, PLATFORM_DESK, to="market", role="support")
        duty = desk.matters["m1"].assignments[-1]
        assert (duty.unit, duty.role, duty.opened_by) == ("market", "support", "called")
        assert duty.work is not None
        assert duty.work.opener == "yushan"

    @pytest.mark.parametrize(
        ("given", "codes"),
        [
            ({"to": "nowhere", "role": "support"}, ["unknown_unit"]),
            ({"to": "fire", "role": "joint"}, ["has_duty"]),
            ({"to": "market"}, ["has_lead"]),
            ({"to": "fire"}, ["has_duty", "has_lead"]),
            ({"to": "market", "role": "boss"}, ["unknown_role"]),
            ({"to": "fire", "role": "handle"}, ["has_duty", "unknown_role"]),
        ],
    )
    def test_everything_that_bars_it_is_named(self, given: dict[str, str], codes: list[str]) -> None:
        assert refused(called(), c.Dispatch, TUESDAY, PLATFORM_DESK, **given) == codes

    def test_the_unit_that_it_is_about_is_sent_nothing(self) -> None:
        desk = at_subdistrict(accused="housing")
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        assert refused(desk, c.Dispatch, TUESDAY, PLATFORM_DESK, to="housing", role="joint") == ["interested_unit"]

    def test_a_unit_below_the_one_it_is_about_is_sent_nothing(self) -> None:
        desk = at_subdistrict(accused="police")
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        assert ("police", "support") not in open_duties(desk)
        given = {"to": "traffic-police", "role": "support"}
        assert refused(desk, c.Dispatch, TUESDAY, PLATFORM_DESK, **given) == ["interested_unit"]

    def test_a_unit_is_relieved_with_a_reason(self) -> None:
        desk = called()
        assert refused(desk, c.Relieve, TUESDAY, PLATFORM_DESK, unit="urban") == ["evidence_missing"]
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="urban", reason="not_needed")
        assert desk.matters["m1"].assignments[-1].outcome == "relieved"
        assert timer(desk, "complete", 6).clock.state == "cancelled"
        assert live(desk).state == "called"

    def test_a_unit_that_completed_is_done_once_the_one_it_waited_for_is_relieved(self) -> None:
        desk = at_subdistrict(item="noise", facts={})
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        desk.give(c.SignIn, TUESDAY, of("housing"))
        desk.give(c.Complete, "2021-02-10 09:00", of("housing"))
        assert live(desk).state == "called"
        desk.give(c.Relieve, "2021-02-10 10:00", PLATFORM_DESK, unit="environment", reason="not_theirs")
        assert desk.events()[-2:] == ["relieved", "declared_done"]
        assert live(desk).state == "done"


def quorum_of(quorum: Quorum, report: dict[str, Any], *complete: str) -> str:
    """Return the state of a called matter once these units have completed."""
    desk = at_subdistrict(rules(attrs.evolve(HANDLING, quorum=quorum)), **report)
    desk.give(c.Call, TUESDAY, SUBDISTRICT)
    for unit in complete:
        desk.give(c.SignIn, TUESDAY, of(unit))
        desk.give(c.Complete, TUESDAY, of(unit))
    return live(desk).state


class TestQuorum:
    """Quorum lead, any or all: when a call is answered."""

    @pytest.mark.parametrize(
        ("quorum", "report", "complete", "state"),
        [
            ("lead", {}, ("fire",), "done"),
            ("lead", {}, ("police", "urban"), "called"),
            ("lead", NOISE, ("housing",), "called"),
            ("lead", NOISE, ("housing", "environment"), "done"),
            ("lead", STALLS, ("market",), "done"),
            ("any", {}, ("police",), "done"),
            ("all", {}, ("fire", "police"), "called"),
            ("all", {}, ("urban", "fire", "police"), "done"),
        ],
    )
    def test_enough_have_completed(
        self, quorum: Quorum, report: dict[str, Any], complete: tuple[str, ...], state: str
    ) -> None:
        assert quorum_of(quorum, report, *complete) == state

    def test_with_everybody_relieved_nothing_is_done_and_a_ruling_is_due(self) -> None:
        """热线条例 29."""
        desk = called(rules(attrs.evolve(HANDLING, quorum="all")), leads=("fire",))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="fire", reason="not_theirs")
        assert (live(desk).state, desk.due("ruling")) == ("unassigned", china("2021-02-18 17:00"))
        desk.give(c.Rule, "2021-02-10 09:00", PLATFORM_DESK, leads=("urban",), reason="list")
        assert (live(desk).state, open_duties(desk)) == ("called", [("urban", "lead")])

    def test_who_supports_goes_on_while_nobody_leads_and_is_not_called_twice(self) -> None:
        desk = called(leads=("fire",), supports=("urban",))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="fire", reason="not_theirs")
        desk.give(c.SignIn, TUESDAY, of("urban"))
        named = {"leads": ("housing",), "supports": ("urban",)}
        assert refused(desk, c.Call, TUESDAY, SUBDISTRICT, **named) == ["has_duty"]
        desk.give(c.Call, TUESDAY, SUBDISTRICT, leads=("housing",))
        assert open_duties(desk) == [("urban", "support"), ("housing", "lead")]

    def test_on_the_ladder_who_holds_the_step_declares_it_done(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.Whistle, FRIDAY, HEAD, units=("housing",))
        desk.give(c.SignIn, FRIDAY, of("housing"))
        desk.give(c.Complete, FRIDAY, of("housing"))
        assert live(desk).state == "accepted"
        desk.give(c.Complete, SUNDAY, HEAD)
        assert live(desk).state == "done"
        assert timer(desk, "promise").clock.state == "stopped"

    def test_what_was_handed_back_must_be_done_again(self) -> None:
        """热线条例 27: second handling. That another has completed is not enough."""
        desk = at_subdistrict(rules(attrs.evolve(HANDLING, quorum="any")))
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        desk.give(c.SignIn, TUESDAY, of("police"))
        desk.give(c.SignIn, TUESDAY, of("fire"))
        desk.give(c.Complete, TUESDAY, of("fire"))
        desk.give(c.CallBack, "2021-02-10 09:00", PLATFORM_DESK, satisfied=False, fixed=False)
        desk.give(c.Complete, "2021-02-10 10:00", of("police"))
        assert live(desk).state == "second"
        desk.give(c.Complete, "2021-02-10 11:00", of("fire"))
        assert live(desk).state == "done"


class TestSendBackAndSupply:
    """E13: what lacks facts goes back to the caller, and the clocks wait."""

    def test_the_caller_supplies_what_is_missing(self) -> None:
        desk = called()
        desk.give(c.SendBack, "2021-02-10 09:00", PLATFORM_DESK, missing=("licensed",))
        assert (live(desk).state, live(desk).missing) == ("incomplete", ("licensed",))
        assert desk.due("complete", 4) is None
        desk.give(c.Supply, "2021-02-19 09:00", SUBDISTRICT, when={"licensed": "yes"}, evidence=("photo",))
        assert (live(desk).state, live(desk).missing) == ("called", ())
        assert desk.matters["m1"].when == {"scene": "compound", "licensed": "yes"}
        assert desk.due("complete", 4) == china("2021-02-20 17:00")
        assert desk.matters["m1"].assignments[3].due_at == china("2021-02-20 17:00")

    def test_the_promise_does_not_wait(self) -> None:
        desk = called()
        desk.give(c.SendBack, "2021-02-10 09:00", PLATFORM_DESK, missing=("licensed",))
        assert desk.due("promise") == china("2021-02-18 17:00")

    @pytest.mark.parametrize(
        ("missing", "codes"),
        [((), ["evidence_missing"]), (("colour", "licensed", "size"), ["unknown_attribute", "unknown_attribute"])],
    )
    def test_only_attributes_of_the_pack_are_asked_for(self, missing: tuple[str, ...], codes: list[str]) -> None:
        assert refused(called(), c.SendBack, "2021-02-10 09:00", PLATFORM_DESK, missing=missing) == codes

    @pytest.mark.parametrize(
        ("when", "codes"),
        [
            ({}, ["evidence_missing"]),
            ({"licensed": "perhaps"}, ["unknown_word"]),
            ({"licensed": "perhaps", "colour": "red"}, ["unknown_attribute", "unknown_word"]),
            ({"scene": "road"}, ["facts_missing"]),
        ],
    )
    def test_only_the_pack_s_words_are_supplied(self, when: dict[str, str], codes: list[str]) -> None:
        desk = called()
        desk.give(c.SendBack, "2021-02-10 09:00", PLATFORM_DESK, missing=("licensed",))
        assert refused(desk, c.Supply, "2021-02-10 10:00", SUBDISTRICT, when=when) == codes

    def test_it_is_sent_back_before_facts_are_supplied(self) -> None:
        with pytest.raises(RefusedError) as caught:
            called().give(c.Supply, "2021-02-10 10:00", SUBDISTRICT, when={"licensed": "yes"})
        assert caught.value.code == "wrong_state"


class TestCaseTwo:
    """Case 2 of the field: 我有事要说 climbs."""

    @pytest.mark.parametrize(
        ("at", "unit", "role"),
        [
            ("2021-02-06 12:00", "grid-1", "handle"),
            ("2021-02-07 12:00", "longshan", "handle"),
            ("2021-02-08 17:00", "longshan", "handle"),
            ("2021-02-08 18:00", "yushan", "handle"),
            ("2021-02-09 17:00", "fire", "lead"),
            ("2021-02-14 09:00", "fire", "lead"),
        ],
    )
    def test_the_holder_at_each_instant(self, at: str, unit: str, role: str) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        for kind, when, actor in ((c.PassUp, SUNDAY, HEAD), (c.Call, TUESDAY, SUBDISTRICT)):
            if china(when) <= china(at):
                desk.give(kind, when, actor)
        desk.settle(at)
        assert open_duties(desk)[0] == (unit, role)

    def test_each_step_is_due_when_counted_by_hand(self) -> None:
        """Judge 02-07 11:00; community 02-08 17:00; subdistrict from then, 02-09 17:00; department 02-18 17:00."""
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.PassUp, SUNDAY, HEAD)
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        duties = [(duty.unit, duty.opened_at, duty.due_at) for duty in desk.matters["m1"].assignments[:4]]
        assert duties == [
            ("grid-1", china(FRIDAY), china("2021-02-07 11:00")),
            ("longshan", china(SUNDAY), china("2021-02-08 17:00")),
            ("yushan", china("2021-02-08 17:00"), china("2021-02-09 17:00")),
            ("fire", china(TUESDAY), china("2021-02-18 17:00")),
        ]

    def test_the_promise_is_one_instant_throughout(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.PassUp, SUNDAY, HEAD)
        desk.give(c.Call, TUESDAY, SUBDISTRICT)
        dues = {change.due_at for event in desk.log["m1"] for change in event.clocks if change.kind == "promise"}
        assert dues == {china("2021-02-18 17:00")}

    def test_what_the_community_missed_is_recorded_at_its_instant(self) -> None:
        desk = CheckedDesk()
        desk.report(FRIDAY)
        desk.give(c.PassUp, SUNDAY, HEAD)
        desk.settle("2021-02-14 09:00")
        missed = [(event.number, event.at, event.by) for event in of_kind(desk, events.PassedUp) if event.missed]
        assert missed == [(2, china("2021-02-08 17:00"), ""), (3, china("2021-02-09 17:00"), "")]
        assert [event.missed for event in of_kind(desk, events.CalledOut)] == [True]
        assert desk.matters["m1"].assignments[3].opened_at == china("2021-02-09 17:00")
