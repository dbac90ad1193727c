"""Overseeing live matters: remind, supervise, correct, admit, put under other rules, assess, amend."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs
import pytest

import county
from gridgov.errors import ConflictOfInterestError, GridgovError, NotAuthorisedError, RefusedError
from gridgov.handling import commands as c
from gridgov.handling.case import Case
from gridgov.handling.overseeing import responders
from gridgov.matters import Live, Matter
from live_county import (
    HANDLING,
    HEAD,
    PLATFORM_DESK,
    RESIDENT_Z,
    RULES,
    SUBDISTRICT,
    Desk,
    china,
    clock,
    limit,
    of,
    rules,
)

DOWN = "2021-02-22 14:00"
DONE_AT = "2021-02-23 11:00"


def live_of(matter: Matter) -> Live:
    assert matter.live is not None
    return matter.live


def refused(desk: Desk, kind: type[c.Command], at: str, actor: Any, **fields: Any) -> set[str]:
    """Return the codes with which a command is refused, and hold it to changing nothing."""
    before = desk.matters["m1"]
    with pytest.raises(GridgovError) as caught:
        desk.give(kind, at, actor, **fields)
    assert desk.matters["m1"] is before
    return {fault.code for fault in caught.value.faults}


def reported(at: str = DOWN, **fields: Any) -> Desk:
    desk = Desk()
    desk.report(at, **fields)
    return desk


def called(by: Any = RULES, at: str = DOWN, **fields: Any) -> Desk:
    """Case 6: one call to three responders, the fire brigade leading."""
    desk = Desk(by)
    desk.report(at, **fields)
    desk.give(c.Call, at, HEAD)
    return desk


def done(by: Any = RULES) -> Desk:
    """The lead has signed in, met and completed; one supporter has signed in; one was silent."""
    desk = called(by)
    desk.give(c.SignIn, "2021-02-22 14:10", of("fire"))
    desk.give(c.Meet, "2021-02-22 16:00", of("fire"), where="site")
    desk.give(c.SignIn, "2021-02-22 16:10", of("police"))
    desk.give(c.Complete, "2021-02-23 10:00", of("fire"))
    return desk


def found(unit: str, reason: str = "", **facts: str) -> c.FindingOf:
    return c.FindingOf(unit=unit, facts=facts, reason=reason)


class TestReminding:
    """催办: whoever must act is reminded."""

    def test_a_reminder_goes_to_the_open_step(self) -> None:
        desk = reported()
        desk.give(c.Remind, "2021-02-22 15:00", PLATFORM_DESK)
        event = desk.log["m1"][-1]
        assert (event.TYPE, event.number, event.by) == ("reminded", 1, "pingyin")
        assert live_of(desk.matters["m1"]).reminders == 1

    def test_once_the_lead_has_completed_the_matter_as_a_whole_is_reminded_of(self) -> None:
        desk = done()
        before = live_of(desk.matters["m1"]).reminders
        desk.give(c.Remind, "2021-02-23 11:00", PLATFORM_DESK)
        assert desk.log["m1"][-1].number == 0
        assert live_of(desk.matters["m1"]).reminders == before + 1

    def test_a_closed_matter_is_not_reminded_of(self) -> None:
        desk = reported()
        desk.give(c.Answer, "2021-02-22 15:00", HEAD)
        assert refused(desk, c.Remind, "2021-02-22 16:00", PLATFORM_DESK) == {"wrong_state"}


class TestSupervising:
    """政府督查工作条例 15: no repeated and no multiple supervision of one matter."""

    def test_one_is_opened_and_lifted(self) -> None:
        desk = reported()
        assert live_of(desk.give(c.Supervise, "2021-02-22 15:00", PLATFORM_DESK, reason="late")).supervised
        after = desk.give(c.LiftSupervision, "2021-02-22 16:00", PLATFORM_DESK, reason="settled")
        assert not live_of(after).supervised
        assert desk.replayed() == after

    def test_a_second_one_is_refused_while_the_first_is_open(self) -> None:
        desk = reported()
        desk.give(c.Supervise, "2021-02-22 15:00", PLATFORM_DESK, reason="late")
        assert refused(desk, c.Supervise, "2021-02-22 16:00", PLATFORM_DESK, reason="again") == {"supervised"}

    def test_one_that_a_clock_opened_counts(self) -> None:
        desk = called()
        assert refused(desk, c.Supervise, "2021-03-02 09:00", PLATFORM_DESK, reason="late") == {"supervised"}

    def test_what_is_not_open_is_not_lifted(self) -> None:
        assert refused(reported(), c.LiftSupervision, "2021-02-22 16:00", PLATFORM_DESK, reason="x") == {
            "not_supervised"
        }

    def test_who_handles_the_matter_opens_none(self) -> None:
        assert refused(reported(), c.Supervise, "2021-02-22 16:00", HEAD, reason="late") == {"not_granted"}


class TestGivingTheReason:
    """Case 5: the reason in writing is owed after an emergency, and is no condition of the call."""

    def test_it_is_filed_once(self) -> None:
        desk = reported(emergency=True)
        after = desk.give(c.GiveReason, "2021-02-22 20:00", SUBDISTRICT, evidence=("memo-1",))
        assert live_of(after).reason_given
        assert live_of(after).timers[0, "reason"].clock.state == "stopped"
        assert refused(desk, c.GiveReason, "2021-02-22 21:00", PLATFORM_DESK, evidence=("m",)) == {"no_reason_owed"}

    def test_the_ordinary_path_owes_none(self) -> None:
        refusal = refused(reported(), c.GiveReason, "2021-02-22 20:00", PLATFORM_DESK, evidence=("memo-1",))
        assert refusal == {"no_reason_owed"}

    def test_a_reason_is_a_document(self) -> None:
        desk = reported(emergency=True)
        assert refused(desk, c.GiveReason, "2021-02-22 20:00", SUBDISTRICT) == {"evidence_missing"}


class TestReclassifying:
    """E15, E17: what a matter is called may be mended; what was promised may not."""

    def test_item_place_and_facts_are_corrected_and_the_promise_stays(self) -> None:
        desk = reported()
        promised = desk.due("promise")
        stepped = desk.due("step", 1)
        after = desk.give(
            c.Reclassify,
            "2021-02-22 15:00",
            PLATFORM_DESK,
            item="noise",
            place="grid-2",
            facts={"scene": "road"},
            reason="wrong_item",
        )
        assert (after.item, after.place, after.when) == ("noise", "grid-2", {"scene": "road"})
        assert (desk.due("promise"), desk.due("step", 1)) == (promised, stepped)
        assert not live_of(after).unlisted
        assert desk.replayed() == after

    def test_what_is_not_named_stays(self) -> None:
        desk = reported()
        after = desk.give(
            c.Reclassify, "2021-02-22 15:00", PLATFORM_DESK, facts={"emergency": "no"}, reason="wrong_fact"
        )
        assert (after.item, after.place) == ("fire-lane", "grid-1")
        assert after.when == {"scene": "compound", "emergency": "no"}

    @pytest.mark.parametrize(("before", "item", "unlisted"), [("fire-lane", "birds", True), ("birds", "stalls", False)])
    def test_an_item_off_the_list_is_marked_and_one_on_it_is_not(self, before: str, item: str, unlisted: bool) -> None:
        desk = reported(item=before)
        after = desk.give(c.Reclassify, "2021-02-22 15:00", PLATFORM_DESK, item=item, reason="wrong_item")
        assert live_of(after).unlisted is unlisted

    def test_the_mark_stays_while_the_item_does(self) -> None:
        desk = reported(item="birds")
        after = desk.give(c.Reclassify, "2021-02-22 15:00", PLATFORM_DESK, place="grid-2", reason="wrong_place")
        assert live_of(after).unlisted

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({}, {"nothing_changed"}),
            ({"place": "nowhere"}, {"unknown_unit"}),
            ({"facts": {"scene": "raod", "colour": "red"}}, {"unknown_word", "unknown_attribute"}),
            ({"item": "noise", "since": "2021-02-22 13:59"}, {"time_past"}),
            ({"item": "noise", "since": "2021-02-22 15:01"}, {"time_ahead"}),
            ({"place": "nowhere", "since": "2021-02-22 15:01"}, {"unknown_unit", "time_ahead"}),
        ],
    )
    def test_a_wrong_correction_is_refused_with_all_that_is_wrong(
        self, fields: dict[str, Any], codes: set[str]
    ) -> None:
        if "since" in fields:
            fields = fields | {"since": china(fields["since"])}
        given = {"reason": "wrong_item", **fields}
        assert refused(reported(), c.Reclassify, "2021-02-22 15:00", PLATFORM_DESK, **given) == codes

    def test_a_clock_that_the_pack_ties_to_it_starts_at_the_instant_named(self) -> None:
        named = clock("assess", "1 working_days", start=frozenset({"reclassified"}))
        desk = Desk(with_clocks(named))
        desk.report(DOWN)
        since = china("2021-02-22 14:30")
        after = desk.give(c.Reclassify, "2021-02-22 15:00", PLATFORM_DESK, item="noise", since=since, reason="x")
        assert live_of(after).timers[0, "assess"].clock.started_at == since
        again = desk.give(c.Reclassify, "2021-02-22 16:00", PLATFORM_DESK, item="stalls", reason="x")
        assert live_of(again).timers[0, "assess"].clock.started_at == since, "what runs is not started again"

    def test_a_clock_that_is_reset_by_it_counts_from_its_own_start_at_the_earliest(self) -> None:
        step = attrs.evolve(clock("step", "", (100, "pass_up")), reset=frozenset({"reclassified"}))
        desk = Desk(with_clocks(step))
        desk.report(DOWN)
        desk.give(c.PassUp, "2021-02-22 15:00", HEAD)
        since = china("2021-02-22 14:30")
        after = desk.give(c.Reclassify, "2021-02-22 16:00", PLATFORM_DESK, item="noise", since=since, reason="x")
        timers = live_of(after).timers
        assert timers[2, "step"].clock.started_at == china("2021-02-22 15:00")
        assert desk.replayed() == after


def with_clocks(*changed: Any, **policy: Any) -> Any:
    """Return the county's rules with some clocks changed."""
    clocks = {**HANDLING.clocks, **{rule.id: rule for rule in changed}}
    return rules(attrs.evolve(HANDLING, clocks=clocks), **policy)


class TestAdmitting:
    """R18, SD 4: an off-list task needs the county's approval, money and an end."""

    GIVEN: Mapping[str, Any] = MappingProxyType(
        {"approval": "approval-1", "money": "budget-1", "ends": china("2021-12-31 17:00")}
    )

    def test_an_off_list_task_is_admitted_once(self) -> None:
        desk = reported(item="birds")
        assert live_of(desk.give(c.Admit, "2021-02-22 15:00", PLATFORM_DESK, **self.GIVEN)).admitted
        assert refused(desk, c.Admit, "2021-02-22 16:00", PLATFORM_DESK, **self.GIVEN) == {"not_unlisted"}

    def test_what_is_on_the_list_needs_no_admission(self) -> None:
        assert refused(reported(), c.Admit, "2021-02-22 15:00", PLATFORM_DESK, **self.GIVEN) == {"not_unlisted"}

    @pytest.mark.parametrize("left_out", ["approval", "money", "ends"])
    def test_without_approval_money_and_end_there_is_none(self, left_out: str) -> None:
        given = {name: value for name, value in self.GIVEN.items() if name != left_out}
        refusal = refused(reported(item="birds"), c.Admit, "2021-02-22 15:00", PLATFORM_DESK, **given)
        assert refusal == {"evidence_missing"}

    def test_it_ends_later_than_it_begins(self) -> None:
        given = {**self.GIVEN, "ends": china("2021-02-22 15:00")}
        assert refused(reported(item="birds"), c.Admit, "2021-02-22 15:00", PLATFORM_DESK, **given) == {"time_past"}


class TestRebasing:
    """Rules change under open matters: clocks are counted anew, the promise and the steps taken stay."""

    def test_the_step_gets_the_new_limit_and_the_promise_stays(self) -> None:
        desk = reported()
        promised = desk.due("promise")
        judge = county.step("judge", "level:grid", "8 working_hours", post="grid-head")
        ladder = attrs.evolve(county.ORDINARY, steps=(judge, *county.ORDINARY.steps[1:]))
        desk.rules = rules(edition="e2", ordinary=ladder, promise=limit("9 working_days"))
        after = desk.give(c.Rebase, "2021-02-22 15:00", PLATFORM_DESK, reason="new_rules")
        assert live_of(after).edition == "e2"
        assert desk.due("step", 1) == after.assignments[0].due_at == china("2021-02-23 15:00")
        assert desk.due("promise") == promised
        assert desk.replayed() == after

    def test_called_units_get_the_new_limits_of_leads_and_clocks(self) -> None:
        desk = called()
        leads = attrs.evolve(county.ORDINARY.steps[-1], limit=limit("3 working_days"))
        ladder = attrs.evolve(county.ORDINARY, steps=(*county.ORDINARY.steps[:-1], leads))
        shorter = clock("sign_in", "1 working_hours")
        desk.rules = with_clocks(shorter, edition="e2", ordinary=ladder)
        after = desk.give(c.Rebase, "2021-02-22 14:30", PLATFORM_DESK, reason="new_rules")
        assert {desk.due("complete", duty.number) for duty in after.assignments[1:]} == {china("2021-02-25 17:00")}
        assert desk.due("sign_in", 2) == china("2021-02-22 15:00")
        assert desk.due("return", 2) == china("2021-02-23 17:00"), "the same in both"

    def test_a_limit_that_is_over_by_the_new_rules_falls_due_now(self) -> None:
        desk = called()
        desk.rules = with_clocks(clock("sign_in", "1 working_hours", (100, "remind")), edition="e2")
        desk.give(c.Rebase, "2021-02-22 15:30", PLATFORM_DESK, reason="new_rules")
        desk.settle("2021-02-22 15:31")
        assert {event.at for event in desk.log["m1"] if event.TYPE == "fell_due"} == {china("2021-02-22 15:30")}

    def test_a_clock_that_the_new_rules_do_not_know_ends(self) -> None:
        desk = called()
        clocks = {name: rule for name, rule in HANDLING.clocks.items() if name != "return"}
        desk.rules = rules(attrs.evolve(HANDLING, clocks=clocks), edition="e2")
        after = desk.give(c.Rebase, "2021-02-22 15:00", PLATFORM_DESK, reason="new_rules")
        assert live_of(after).timers[2, "return"].clock.state == "cancelled"
        desk.give(c.SignIn, "2021-02-22 15:10", of("fire"))
        completed = desk.give(c.Complete, "2021-02-22 16:00", of("fire"))
        assert live_of(completed).state == "done"
        assert desk.replayed() == completed

    def test_extended_and_stated_times_stay(self) -> None:
        desk = called()
        desk.give(c.SignIn, "2021-02-22 14:10", of("fire"))
        desk.give(c.SignIn, "2021-02-22 14:10", of("police"))
        more = c.Limit.parse("5 working_days")
        desk.give(c.AskExtension, "2021-02-22 15:00", of("fire"), limit=more, reason="digging")
        desk.give(c.GrantExtension, "2021-02-22 15:10", PLATFORM_DESK, unit="fire", resident_told=True)
        term = china("2021-05-22 17:00")
        desk.give(c.TellTerm, "2021-02-22 15:20", of("police"), stage="case_opened", due_at=term, cites="law-1")
        extended = desk.due("complete", 2)
        leads = attrs.evolve(county.ORDINARY.steps[-1], limit=limit("3 working_days"))
        ladder = attrs.evolve(county.ORDINARY, steps=(*county.ORDINARY.steps[:-1], leads))
        desk.rules = rules(edition="e2", ordinary=ladder)
        desk.give(c.Rebase, "2021-02-22 16:00", PLATFORM_DESK, reason="new_rules")
        assert (desk.due("complete", 2), desk.due("complete", 3)) == (extended, term)
        assert desk.due("complete", 4) == china("2021-02-25 17:00")

    def test_a_step_with_times_to_accept_and_contact_gives_them_anew(self) -> None:
        def ladder(hours: int) -> Any:
            judge = county.step(
                "judge",
                "level:grid",
                "4 working_hours",
                post="grid-head",
                accept=limit(f"{hours} working_hours"),
                contact=limit(f"{hours} working_hours"),
            )
            return attrs.evolve(county.ORDINARY, steps=(judge, *county.ORDINARY.steps[1:]))

        anyones = attrs.evolve(clock("contact", "1 working_days"), roles=frozenset())
        desk = Desk(with_clocks(anyones, ordinary=ladder(1)))
        desk.report(DOWN)
        assert desk.due("accept", 1) == desk.due("contact", 1) == china("2021-02-22 15:00")
        desk.rules = with_clocks(anyones, edition="e2", ordinary=ladder(2))
        desk.give(c.Rebase, "2021-02-22 14:30", PLATFORM_DESK, reason="new_rules")
        assert desk.due("accept", 1) == desk.due("contact", 1) == china("2021-02-22 16:00")

    def test_in_an_emergency_only_the_clocks_own_limits_change(self) -> None:
        desk = reported(emergency=True, evidence=("photo",))
        desk.rules = with_clocks(
            clock("sign_in", "1 working_hours", emergency=None),
            clock("complete", ""),
            clock("reason", "48 clock_hours", paths=frozenset({"emergency"}), calendar="always"),
            edition="e2",
        )
        desk.give(c.Rebase, "2021-02-22 14:10", PLATFORM_DESK, reason="new_rules")
        assert desk.due("reason") == china("2021-02-24 14:00")

    def test_a_step_that_the_new_ladder_lacks_keeps_its_limit(self) -> None:
        desk = Desk()
        desk.report(DOWN, direct=True)
        kept = desk.due("step", 1)
        desk.rules = rules(edition="e2")
        desk.give(c.Rebase, "2021-02-22 15:00", PLATFORM_DESK, reason="new_rules")
        assert desk.due("step", 1) == kept

    def test_whistled_helpers_have_no_time_of_the_leads(self) -> None:
        desk = Desk(with_clocks(clock("complete", "1 working_days")))
        desk.report(DOWN)
        desk.give(c.Whistle, "2021-02-22 14:30", HEAD, units=("housing",))
        desk.rules = rules(edition="e2")
        desk.give(c.Rebase, "2021-02-22 15:00", PLATFORM_DESK, reason="new_rules")
        assert desk.due("complete", 2) == china("2021-02-23 17:00")

    def test_the_same_edition_is_refused(self) -> None:
        assert refused(reported(), c.Rebase, "2021-02-22 15:00", PLATFORM_DESK, reason="x") == {"same_edition"}

    def test_rules_that_do_not_fit_the_matter_are_refused_with_everything_that_does_not(self) -> None:
        desk = reported(emergency=True)
        before = desk.rules
        desk.rules = attrs.evolve(rules(edition="e2", emergency=None), vocabulary=county.Vocabulary())
        codes = refused(desk, c.Rebase, "2021-02-22 14:05", PLATFORM_DESK, reason="new_rules")
        assert codes == {"unknown_ladder", "unknown_attribute"}
        desk.rules = before


class TestAssessing:
    """一事一考 (case 6): one assessment of each responder, lead and supporting, by the calling subdistrict."""

    GIVEN = (found("fire", duty="yes"), found("urban", duty="no"))

    def called_by_subdistrict(self) -> Desk:
        desk = Desk()
        desk.report(DOWN)
        desk.give(c.PassUp, "2021-02-22 14:01", HEAD)
        desk.give(c.PassUp, "2021-02-22 14:02", of("longshan"))
        desk.give(c.Call, "2021-02-22 14:03", SUBDISTRICT)
        desk.give(c.SignIn, "2021-02-22 14:10", of("fire"))
        desk.give(c.SignIn, "2021-02-22 14:29", of("police"))
        desk.give(c.Complete, "2021-02-23 10:00", of("fire"))
        return desk

    def test_every_responder_gets_one_finding(self) -> None:
        desk = self.called_by_subdistrict()
        after = desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=self.GIVEN)
        units = {duty.number: duty.unit for duty in after.assignments}
        assert [units[finding.number] for finding in live_of(after).findings] == ["fire", "police", "urban"]
        assert {duty.unit: dict(duty.facts) for duty in after.assignments if duty.facts} == {
            "fire": {"duty": "yes"},
            "urban": {"duty": "no"},
        }
        assert live_of(after).timers[0, "assess"].clock.state == "stopped"
        assert desk.replayed() == after

    def test_a_second_assessment_is_refused(self) -> None:
        desk = self.called_by_subdistrict()
        desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=self.GIVEN)
        refusal = refused(desk, c.Assess, "2021-02-23 12:00", SUBDISTRICT, findings=self.GIVEN)
        assert refusal == {"assessed_before"}

    def test_before_it_is_done_nobody_is_assessed(self) -> None:
        desk = Desk()
        desk.report(DOWN)
        assert refused(desk, c.Assess, "2021-02-22 15:00", HEAD, findings=self.GIVEN) == {"wrong_state", "not_granted"}

    def test_a_matter_that_nobody_was_called_to_is_not_assessed(self) -> None:
        desk = reported()
        desk.give(c.PassUp, "2021-02-22 14:01", HEAD)
        desk.give(c.PassUp, "2021-02-22 14:02", of("longshan"))
        desk.give(c.Complete, "2021-02-22 15:00", SUBDISTRICT)
        assert refused(desk, c.Assess, "2021-02-22 16:00", SUBDISTRICT, findings=self.GIVEN) == {"never_called"}

    def test_responders_and_nobody_else_are_assessed(self) -> None:
        desk = reported()
        desk.give(c.PassUp, "2021-02-22 14:01", HEAD)
        desk.give(c.PassUp, "2021-02-22 14:02", of("longshan"))
        desk.give(c.Whistle, "2021-02-22 14:03", SUBDISTRICT, units=("market",))
        desk.give(c.Call, "2021-02-22 14:04", SUBDISTRICT)
        desk.give(c.Relieve, "2021-02-22 15:00", SUBDISTRICT, unit="urban", reason="error")
        assert set(responders(Case(RULES, desk.matters["m1"]))) == {"fire", "police"}
        desk.give(c.SignIn, "2021-02-22 15:10", of("fire"))
        desk.give(c.Complete, "2021-02-22 16:00", of("fire"))
        findings = [found(unit, duty="no") for unit in ("market", "urban", "yushan", "longshan")]
        refusal = refused(desk, c.Assess, "2021-02-23 09:00", SUBDISTRICT, findings=findings)
        assert refusal == {"not_responder"}

    def test_a_responder_assesses_nobody(self) -> None:
        desk = self.called_by_subdistrict()
        with pytest.raises(ConflictOfInterestError):
            desk.give(c.Assess, "2021-02-23 11:00", of("fire"), findings=self.GIVEN)

    def test_another_unit_than_the_caller_does_not_assess(self) -> None:
        desk = self.called_by_subdistrict()
        with pytest.raises(NotAuthorisedError):
            desk.give(c.Assess, "2021-02-23 11:00", of("kongcun"), findings=self.GIVEN)

    @pytest.mark.parametrize(
        ("fact", "word"),
        [
            ("signed", "no"),
            ("met", "yes"),
            ("completed", "no"),
            ("satisfied", "yes"),
            ("excluded", "yes"),
        ],
    )
    def test_what_differs_from_the_events_needs_a_reason(self, fact: str, word: str) -> None:
        desk = self.called_by_subdistrict()
        bare, reasoned = found("fire", **{fact: word}), found("fire", "not_attributable", **{fact: word})
        assert refused(desk, c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=[bare]) == {"reason_missing"}
        after = desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=[reasoned])
        assert live_of(after).findings[0].reason == "not_attributable"
        assert after.assignments[3].facts == {fact: word}

    @pytest.mark.parametrize(
        ("fact", "word"), [("signed", "yes"), ("met", "no"), ("completed", "yes"), ("excluded", "no"), ("duty", "yes")]
    )
    def test_what_the_events_say_or_leave_open_to_the_caller_needs_none(self, fact: str, word: str) -> None:
        desk = self.called_by_subdistrict()
        after = desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=[found("fire", **{fact: word})])
        assert after.assignments[3].facts == {fact: word}

    def test_every_fault_of_every_finding_is_named(self) -> None:
        desk = self.called_by_subdistrict()
        findings = [
            found("fire", kindness="yes", duty="perhaps"),
            found("police", met="yes"),
            found("police", duty="yes"),
            found("market", duty="yes"),
        ]
        with pytest.raises(RefusedError) as caught:
            desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=findings)
        assert [fault.code for fault in caught.value.faults] == [
            "unknown_attribute",
            "unknown_word",
            "reason_missing",
            "duplicate_finding",
            "not_responder",
        ]
        assert caught.value.faults[0].place == "findings.fire"


class TestWhoOwesAnAssessment:
    """The caller assesses once, those who had a part in what was done; of what ended otherwise nobody is assessed."""

    def clock(self, desk: Desk, matter: str = "m1") -> Any:
        """Return the state of the assessment's clock; None where it was never started."""
        timer = live_of(desk.matters[matter]).timers.get((0, "assess"))
        return None if timer is None else timer.clock.state

    def test_it_is_not_owed_anew_once_it_was_filed(self) -> None:
        desk = TestAssessing().called_by_subdistrict()
        desk.give(c.Assess, DONE_AT, SUBDISTRICT)
        assert self.clock(desk) == "stopped"
        desk.give(c.CallBack, DONE_AT, PLATFORM_DESK, fixed=False)
        desk.give(c.Complete, DONE_AT, of("fire"))
        assert (desk.events()[-1], self.clock(desk)) == ("declared_done", "stopped")

    def test_it_runs_on_in_second_handling(self) -> None:
        desk = done()
        before = desk.due("assess")
        desk.give(c.CallBack, DONE_AT, PLATFORM_DESK, fixed=False)
        desk.give(c.Complete, DONE_AT, of("fire"))
        assert (self.clock(desk), desk.due("assess")) == ("running", before)

    def test_it_ends_with_what_ends_otherwise(self) -> None:
        desk = done()
        desk.give(c.Withdraw, DONE_AT, RESIDENT_Z)
        assert self.clock(desk) == "stopped"

    def test_nobody_is_assessed_on_a_whole_that_was_split(self) -> None:
        desk = called()
        parts = tuple(c.Part(matter=name, item="fire-lane", place="grid-1") for name in ("p1", "p2"))
        desk.give(c.SplitMatter, DONE_AT, PLATFORM_DESK, parts=parts, others=("p1", "p2"))
        for name in ("p1", "p2"):
            desk.give(c.Transfer, DONE_AT, PLATFORM_DESK, matter=name, to="court", reason="suit", others=("m1",))
        assert (live_of(desk.matters["m1"]).state, self.clock(desk)) == ("done", None)


class TestAmending:
    """A1: append-only; amended with a reason, both versions kept."""

    def assessed(self) -> Desk:
        desk = TestAssessing().called_by_subdistrict()
        desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=TestAssessing.GIVEN)
        return desk

    def test_the_earlier_one_is_kept_with_the_reason(self) -> None:
        desk = self.assessed()
        first = live_of(desk.matters["m1"]).findings
        after = desk.give(
            c.AmendAssessment, "2021-02-24 09:00", SUBDISTRICT, findings=[found("urban", met="yes")], reason="minutes"
        )
        live = live_of(after)
        assert live.amendments == (("minutes", first),)
        assert [dict(finding.facts) for finding in live.findings] == [{"duty": "yes"}, {}, {"met": "yes"}]
        assert live.findings[2].reason == "minutes"
        assert desk.replayed() == after

    def test_an_override_may_be_taken_back(self) -> None:
        desk = TestAssessing().called_by_subdistrict()
        desk.give(c.Assess, "2021-02-23 11:00", SUBDISTRICT, findings=[found("fire", "seen", met="yes")])
        after = desk.give(
            c.AmendAssessment, "2021-02-24 09:00", SUBDISTRICT, findings=[found("fire", met="no")], reason="not_seen"
        )
        assert after.assignments[3].facts == {"met": "no"}

    def test_without_a_reason_it_is_refused(self) -> None:
        refusal = refused(
            self.assessed(), c.AmendAssessment, "2021-02-24 09:00", SUBDISTRICT, findings=[found("fire", duty="no")]
        )
        assert refusal == {"evidence_missing"}

    def test_what_was_not_assessed_is_not_amended(self) -> None:
        desk = TestAssessing().called_by_subdistrict()
        refusal = refused(
            desk,
            c.AmendAssessment,
            "2021-02-24 09:00",
            SUBDISTRICT,
            findings=[found("market", duty="no")],
            reason="minutes",
        )
        assert refusal == {"not_assessed", "not_responder"}

    def test_an_unhappy_resident_does_not_make_it_due_twice(self) -> None:
        desk = self.assessed()
        desk.give(c.CallBack, "2021-02-24 09:00", PLATFORM_DESK, fixed=False)
        desk.give(c.Complete, "2021-02-24 15:00", of("fire"))
        refusal = refused(desk, c.Assess, "2021-02-24 16:00", SUBDISTRICT, findings=TestAssessing.GIVEN)
        assert refusal == {"assessed_before"}

    def test_second_handling_before_the_assessment_leaves_its_clock_running(self) -> None:
        desk = TestAssessing().called_by_subdistrict()
        due = desk.due("assess")
        desk.give(c.CallBack, "2021-02-24 09:00", PLATFORM_DESK, fixed=False)
        desk.give(c.Complete, "2021-02-24 15:00", of("fire"))
        assert desk.due("assess") == due


class TestWhoIsReminded:
    """A resident may not oversee; what is not granted is denied."""

    @pytest.mark.parametrize("kind", [c.Remind, c.Supervise, c.Reclassify])
    def test_a_resident_is_refused(self, kind: type[c.Command]) -> None:
        desk = reported()
        given = {} if kind is c.Remind else {"reason": "late"}
        with pytest.raises(NotAuthorisedError):
            desk.give(kind, "2021-02-22 15:00", RESIDENT_Z, **given)
