"""Responding: what a called unit does, how it returns a matter and is ruled on, how it gets more time."""

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import county
from gridgov.authority import Actor
from gridgov.calendar import Limit
from gridgov.errors import GridgovError
from gridgov.handling import commands as c
from gridgov.handling import coordinator_of
from gridgov.matters import Assignment, Live, Work
from gridgov.matters.events import FellDue
from live_county import (
    COMMUNITY,
    HANDLING,
    HEAD,
    PLATFORM_DESK,
    SUBDISTRICT,
    Desk,
    china,
    clock,
    of,
    rules,
)

P, Q, THIRD = of("housing"), of("urban"), of("market")
FIVE_DAYS = attrs.evolve(
    county.ORDINARY, steps=(*county.ORDINARY.steps[:-1], county.step("department", "leads", "5 working_days"))
)
RULES = rules(ordinary=FIVE_DAYS)
RETURN = {"cites": "fire-lane.a", "reason": "not_ours"}
TOLD = {"resident_told": True}
RULING = {"leads": ("urban",), "supports": ("housing",), "unjustified": ("urban",), "reason": "list"}
MORE = {"limit": Limit.parse("5 working_days"), "reason": "parts"}
WAIT = {"until": china("2021-03-15 09:00"), "reason": "spring", **TOLD}
TERM = {"stage": "case_opened", "due_at": china("2021-05-19 17:00"), "cites": "law"}


def desk(called: str = "2021-02-18 09:00", *, by: Any = RULES, **call: Any) -> Desk:
    """Return a desk with a matter that was reported, and called to P alone unless told otherwise, at one instant."""
    found = Desk(by)
    found.report(called)
    found.give(c.PassUp, called, HEAD)
    found.give(c.PassUp, called, COMMUNITY)
    found.give(c.Call, called, SUBDISTRICT, **(call or {"leads": ("housing",)}))
    return found


def in_hand(called: str = "2021-02-18 09:00", **given: Any) -> Desk:
    """Return a desk with a matter that P has in hand."""
    found = desk(called, **given)
    found.give(c.SignIn, called, P)
    return found


def disputed() -> Desk:
    """Return the desk of the case of the birds, with the dispute open since Saturday 02-20 16:00."""
    found = desk()
    found.give(c.SignIn, "2021-02-18 10:30", P)
    found.give(c.AskReturn, "2021-02-19 11:00", P, proposed="urban", **RETURN)
    found.give(c.GrantReturn, "2021-02-19 15:00", PLATFORM_DESK, unit="housing", to="urban")
    found.give(c.SignIn, "2021-02-19 16:30", Q)
    found.give(c.AskReturn, "2021-02-20 16:00", Q, proposed="housing", **RETURN)
    return found


def ruled() -> Desk:
    """Return the same desk after the ruling: Q leads, P supports."""
    found = disputed()
    found.give(c.Rule, "2021-02-22 15:00", PLATFORM_DESK, **RULING)
    return found


def refused(on: Desk, kind: type[c.Command], at: str, actor: Actor, **fields: Any) -> list[str]:
    """Return the codes with which a command is refused, having seen that it changed nothing."""
    before, count = on.matters.copy(), len(on.log["m1"])
    with pytest.raises(GridgovError) as caught:
        on.give(kind, at, actor, **fields)
    assert on.matters == before
    assert len(on.log["m1"]) == count
    return sorted(fault.code for fault in caught.value.faults)


def live(on: Desk) -> Live:
    found = on.matters["m1"].live
    assert found is not None
    return found


def duty(on: Desk, unit: str) -> Assignment:
    """Return the latest duty of a unit."""
    return next(each for each in reversed(on.matters["m1"].assignments) if each.unit == unit)


def work(on: Desk, unit: str) -> Work:
    found = duty(on, unit).work
    assert found is not None
    return found


def fell(on: Desk, kind: str) -> list[tuple[datetime, int]]:
    """Return when moments of a clock passed, and which."""
    return [(event.at, event.percent) for event in on.log["m1"] if isinstance(event, FellDue) and event.clock == kind]


class TestReturnDisputeRuling:
    """济南市12345市民服务热线条例 29: a dispute about who leads is ruled on; 潍坊 22: the ruled unit keeps it."""

    def test_the_resident_s_promise_is_the_same_instant_throughout(self) -> None:
        on = ruled()
        dues = {change.due_at for event in on.log["m1"] for change in event.clocks if change.kind == "promise"}
        assert dues == {china("2021-02-24 17:00")}
        assert on.due("promise") == china("2021-02-24 17:00")

    def test_a_return_on_the_make_up_day_is_in_time(self) -> None:
        on = disputed()
        assert on.due("return", duty(on, "urban").number) == china("2021-02-20 17:00")
        assert live(on).returns == 2

    def test_the_same_return_on_monday_is_late(self) -> None:
        on = desk("2021-02-19 15:00", leads=("urban",))
        assert refused(on, c.AskReturn, "2021-02-22 10:00", Q, proposed="housing", **RETURN) == ["return_late"]

    def test_a_return_at_the_very_second_it_is_due_is_in_time(self) -> None:
        on = desk("2021-02-19 15:00", leads=("urban",))
        on.give(c.AskReturn, "2021-02-20 17:00", Q, proposed="housing", **RETURN)
        assert work(on, "urban").state == "return_asked"

    def test_the_second_return_is_a_dispute_whose_ruling_is_due_in_two_working_days(self) -> None:
        on = disputed()
        assert on.events()[-2:] == ["return_asked", "disputed"]
        assert on.log["m1"][-1].at == china("2021-02-20 16:00")
        assert live(on).state == "disputed"
        assert on.due("ruling") == china("2021-02-23 17:00")

    def test_while_disputed_the_first_receiver_coordinates(self) -> None:
        on = disputed()
        coordinator = coordinator_of(on.matters["m1"])
        assert coordinator is not None
        assert coordinator.unit == "housing"

    def test_the_ruling_gives_each_unit_its_role_and_counts_whose_return_had_no_ground(self) -> None:
        on = ruled()
        assert live(on).state == "called"
        assert live(on).ruling == "list"
        roles = [(each.unit, each.role, each.outcome) for each in on.matters["m1"].assignments if each.role != "handle"]
        assert roles == [("housing", "lead", "returned"), ("urban", "lead", ""), ("housing", "support", "")]
        first = on.matters["m1"].assignments[3].work
        assert first is not None
        assert (first.returns, first.unjustified, first.dispatch_error) == (1, 0, True)
        assert (work(on, "urban").returns, work(on, "urban").unjustified, work(on, "urban").dispatch_error) == (
            1,
            1,
            False,
        )
        assert work(on, "urban").state == "in_hand"

    def test_whoever_was_ruled_may_not_return_it(self) -> None:
        on = ruled()
        assert refused(on, c.AskReturn, "2021-02-23 09:00", Q, proposed="housing", **RETURN) == ["ruled"]
        assert refused(on, c.AskReturn, "2021-02-23 09:00", P, proposed="urban", **RETURN) == ["ruled"]

    def test_the_clock_of_the_ruling_stops_with_it(self) -> None:
        on = ruled()
        assert live(on).timers[0, "ruling"].clock.stopped_at == china("2021-02-22 15:00")
        on.settle("2021-02-24 09:00")
        assert fell(on, "ruling") == []

    def test_a_late_ruling_is_noted_at_the_instant_it_was_due(self) -> None:
        on = disputed()
        on.give(c.Rule, "2021-02-24 10:00", PLATFORM_DESK, **RULING)
        assert fell(on, "ruling") == [(china("2021-02-23 17:00"), 100)]

    def test_the_state_is_what_its_events_say(self) -> None:
        on = ruled()
        assert on.replayed() == on.matters["m1"]


class TestAskReturn:
    """R11: a return cites the row or the law, and names the owner or says with grounds that none is known."""

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({}, ["evidence_missing", "evidence_missing"]),
            ({"cites": "fire-lane.a"}, ["evidence_missing"]),
            ({"proposed": "urban"}, ["evidence_missing"]),
            ({**RETURN, "none_known": True}, ["evidence_missing"]),
            ({**RETURN, "proposed": "urban", "none_known": True, "evidence": ("grounds",)}, ["owner_and_none"]),
            ({**RETURN, "proposed": "nowhere"}, ["unknown_unit"]),
            ({**RETURN, "proposed": "housing"}, ["own_unit"]),
        ],
    )
    def test_what_is_missing_is_named(self, fields: dict[str, Any], codes: list[str]) -> None:
        assert refused(desk(), c.AskReturn, "2021-02-18 10:00", P, **fields) == codes

    def test_everything_missing_is_named_at_once(self) -> None:
        on = desk()
        codes = refused(on, c.AskReturn, "2021-02-22 10:00", P, proposed="housing")
        assert codes == ["evidence_missing", "own_unit", "return_late"]

    def test_the_unit_the_matter_is_about_is_no_owner(self) -> None:
        on = Desk(RULES)
        on.report("2021-02-18 09:00", accused="urban")
        on.give(c.PassUp, "2021-02-18 09:00", HEAD)
        on.give(c.PassUp, "2021-02-18 09:00", COMMUNITY)
        on.give(c.Call, "2021-02-18 09:00", SUBDISTRICT, leads=("housing",))
        assert refused(on, c.AskReturn, "2021-02-18 10:00", P, proposed="urban", **RETURN) == ["interested_unit"]

    def test_with_grounds_no_owner_need_be_known(self) -> None:
        on = desk()
        on.give(c.AskReturn, "2021-02-18 10:00", P, none_known=True, evidence=("grounds",), **RETURN)
        assert work(on, "housing").proposed == ""
        assert live(on).state == "called"

    def test_where_the_pack_sets_no_limit_a_return_is_never_late(self) -> None:
        clocks = {kind: rule for kind, rule in HANDLING.clocks.items() if kind != "return"}
        on = desk(by=rules(attrs.evolve(HANDLING, clocks=clocks), ordinary=FIVE_DAYS))
        on.give(c.AskReturn, "2021-02-24 10:00", P, proposed="urban", **RETURN)
        assert live(on).returns == 1

    def test_who_was_whistled_for_has_nothing_to_return(self) -> None:
        on = Desk(RULES)
        on.report("2021-02-18 09:00")
        on.give(c.PassUp, "2021-02-18 09:00", HEAD)
        on.give(c.PassUp, "2021-02-18 09:00", COMMUNITY)
        on.give(c.Whistle, "2021-02-18 09:00", SUBDISTRICT, units=("market",))
        on.give(c.Call, "2021-02-18 09:00", SUBDISTRICT, leads=("housing",))
        assert refused(on, c.AskReturn, "2021-02-18 10:00", THIRD, proposed="urban", **RETURN) == ["not_called"]

    def test_a_return_to_a_unit_that_asked_to_return_it_is_a_dispute(self) -> None:
        on = desk(by=rules(attrs.evolve(HANDLING, returns=9), ordinary=FIVE_DAYS), leads=("housing", "urban"))
        on.give(c.AskReturn, "2021-02-18 10:00", P, proposed="market", **RETURN)
        assert live(on).state == "called"
        on.give(c.AskReturn, "2021-02-18 11:00", Q, proposed="housing", **RETURN)
        assert live(on).state == "disputed"


class TestDispute:
    """济南市12345市民服务热线条例 29: who leads is disputed with a reason, by a lead or the platform; others go on."""

    def support(self) -> Desk:
        on = in_hand(leads=("housing",), supports=("urban",))
        on.give(c.SignIn, "2021-02-18 09:00", Q)
        return on

    def test_it_needs_a_reason(self) -> None:
        assert refused(in_hand(), c.Dispute, "2021-02-18 10:00", P) == ["evidence_missing"]

    @pytest.mark.parametrize("leads", [("housing",), ("housing", "urban")])
    def test_a_lead_may(self, leads: tuple[str, ...]) -> None:
        on = in_hand(leads=leads)
        on.give(c.Dispute, "2021-02-18 10:00", P, reason="unclear")
        assert live(on).state == "disputed"

    def test_a_support_may_not(self) -> None:
        assert refused(self.support(), c.Dispute, "2021-02-18 10:00", Q) == ["evidence_missing", "not_lead"]

    def test_who_was_ruled_responsible_may_not(self) -> None:
        on = ruled()
        assert refused(on, c.Dispute, "2021-02-23 09:00", Q, reason="unclear") == ["ruled"]
        assert refused(on, c.Dispute, "2021-02-23 09:00", P, reason="unclear") == ["not_lead", "ruled"]

    def test_the_platform_may_again(self) -> None:
        on = ruled()
        on.give(c.Dispute, "2021-02-23 09:00", PLATFORM_DESK, reason="new_facts")
        assert live(on).state == "disputed"

    def test_who_supports_completes_meanwhile_and_is_not_sent_anew(self) -> None:
        on = self.support()
        on.give(c.Dispute, "2021-02-18 10:00", P, reason="unclear")
        on.give(c.Complete, "2021-02-18 11:00", Q)
        assert live(on).state == "disputed"
        on.give(c.Rule, "2021-02-18 12:00", PLATFORM_DESK, leads=("housing",), supports=("urban",), reason="list")
        assert [each.unit for each in on.matters["m1"].assignments if each.opened_by == "called"] == [
            "housing",
            "urban",
        ]
        assert (duty(on, "urban").outcome, live(on).state) == ("completed", "called")

    def test_a_lead_that_completed_meanwhile_and_is_ruled_to_lead_is_done(self) -> None:
        on = in_hand()
        on.give(c.Dispute, "2021-02-18 10:00", PLATFORM_DESK, reason="unclear")
        on.give(c.Complete, "2021-02-18 11:00", P)
        on.give(c.Rule, "2021-02-18 12:00", PLATFORM_DESK, leads=("housing",), reason="list")
        assert (live(on).state, work(on, "housing").ruled) == ("done", True)
        assert on.replayed() == on.matters["m1"]

    def test_a_support_that_completed_and_is_ruled_to_lead_has_that_to_do(self) -> None:
        on = self.support()
        on.give(c.Dispute, "2021-02-18 10:00", P, reason="unclear")
        on.give(c.Complete, "2021-02-18 11:00", Q)
        on.give(c.Rule, "2021-02-18 12:00", PLATFORM_DESK, leads=("urban",), reason="list")
        assert (duty(on, "urban").role, duty(on, "urban").is_open) == ("lead", True)

    def test_more_time_may_be_asked_and_given_meanwhile(self) -> None:
        on = self.support()
        on.give(c.Dispute, "2021-02-18 10:00", P, reason="unclear")
        on.give(c.AskExtension, "2021-02-18 11:00", Q, **MORE)
        on.give(c.RefuseExtension, "2021-02-18 11:30", PLATFORM_DESK, unit="urban", reason="early")
        on.give(c.AskExtension, "2021-02-18 12:00", Q, **MORE)
        on.give(c.GrantExtension, "2021-02-18 13:00", PLATFORM_DESK, unit="urban", **TOLD)
        assert duty(on, "urban").due_at == china("2021-03-03 17:00")
        assert live(on).state == "disputed"


class TestAnswerToAReturn:
    """R17: a return that is granted was the dispatcher's error; one that is refused leaves the duty where it is."""

    def asked(self) -> Desk:
        on = in_hand(leads=("housing",), supports=("urban",))
        on.give(c.AskReturn, "2021-02-18 10:00", P, proposed="market", **RETURN)
        return on

    def test_the_unit_it_is_sent_to_has_the_same_role_and_its_own_clocks(self) -> None:
        on = self.asked()
        on.give(c.GrantReturn, "2021-02-19 15:00", PLATFORM_DESK, unit="housing", to="market")
        assert (duty(on, "market").role, duty(on, "market").is_open) == ("lead", True)
        assert work(on, "market").opener == "yushan"
        assert duty(on, "market").due_at == china("2021-02-25 17:00")
        assert live(on).timers[duty(on, "housing").number, "complete"].clock.state == "cancelled"

    def test_it_may_be_granted_before_anybody_else_is_known(self) -> None:
        on = self.asked()
        on.give(c.GrantReturn, "2021-02-19 15:00", PLATFORM_DESK, unit="housing")
        assert on.events()[-2:] == ["return_granted", "nobody_leads"]
        assert duty(on, "housing").outcome == "returned"

    @pytest.mark.parametrize(
        ("to", "code"), [("urban", "has_duty"), ("housing", "has_duty"), ("nowhere", "unknown_unit")]
    )
    def test_it_is_not_sent_to_whom_it_cannot_be_sent(self, to: str, code: str) -> None:
        assert refused(self.asked(), c.GrantReturn, "2021-02-19 15:00", PLATFORM_DESK, unit="housing", to=to) == [code]

    def test_a_return_that_nobody_asked_for_is_not_granted(self) -> None:
        assert refused(in_hand(), c.GrantReturn, "2021-02-19 15:00", PLATFORM_DESK, unit="housing") == ["wrong_state"]

    def test_a_refusal_leaves_the_duty_and_counts(self) -> None:
        on = self.asked()
        on.give(c.RefuseReturn, "2021-02-19 15:00", PLATFORM_DESK, unit="housing", reason="list")
        assert (work(on, "housing").state, work(on, "housing").unjustified) == ("in_hand", 1)
        assert live(on).timers[duty(on, "housing").number, "complete"].clock.state == "running"

    @pytest.mark.parametrize(("again", "count"), [(False, 1), (True, 2)])
    def test_refused_and_ruled_without_ground_each_asked_return_counts_once(self, again: bool, count: int) -> None:
        on = self.asked()
        on.give(c.RefuseReturn, "2021-02-18 11:00", PLATFORM_DESK, unit="housing", reason="list")
        if again:
            on.give(c.AskReturn, "2021-02-18 12:00", P, proposed="market", **RETURN)
        else:
            on.give(c.Dispute, "2021-02-18 12:00", PLATFORM_DESK, reason="unclear")
        assert live(on).state == "disputed"
        ruling = {"leads": ("housing",), "unjustified": ("housing",), "reason": "list"}
        on.give(c.Rule, "2021-02-18 13:00", PLATFORM_DESK, **ruling)
        assert work(on, "housing").unjustified == count


class TestRule:
    """R10: the named arbiter rules; K1: every duty that is not named ends."""

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({"leads": ()}, ["evidence_missing"]),
            ({"leads": ("urban", "nowhere")}, ["unknown_unit"]),
            ({"supports": ("urban",)}, ["lead_and_support"]),
            ({"unjustified": ("market",)}, ["no_return_asked"]),
            (
                {"leads": (), "supports": ("nowhere",), "reason": ""},
                ["evidence_missing", "evidence_missing", "unknown_unit"],
            ),
        ],
    )
    def test_what_is_wrong_is_named(self, fields: dict[str, Any], codes: list[str]) -> None:
        on = disputed()
        assert refused(on, c.Rule, "2021-02-22 15:00", PLATFORM_DESK, **{**RULING, **fields}) == codes

    def test_nobody_is_ruled_to_handle_what_is_said_about_itself(self) -> None:
        on = Desk(RULES)
        on.report("2021-02-18 09:00", accused="urban")
        on.give(c.PassUp, "2021-02-18 09:00", HEAD)
        on.give(c.PassUp, "2021-02-18 09:00", COMMUNITY)
        on.give(c.Call, "2021-02-18 09:00", SUBDISTRICT, leads=("housing",))
        on.give(c.Dispute, "2021-02-18 10:00", PLATFORM_DESK, reason="unclear")
        assert refused(on, c.Rule, "2021-02-18 11:00", PLATFORM_DESK, leads=("urban",), reason="list") == [
            "interested_unit"
        ]

    def test_several_leads_lead_jointly_and_who_is_not_named_is_relieved(self) -> None:
        on = in_hand(leads=("housing",), supports=("urban",))
        on.give(c.Dispute, "2021-02-18 10:00", PLATFORM_DESK, reason="unclear")
        on.give(c.Rule, "2021-02-18 11:00", PLATFORM_DESK, leads=("housing", "market"), reason="list")
        assert [duty(on, unit).role for unit in ("housing", "market")] == ["joint", "joint"]
        assert (duty(on, "urban").outcome, work(on, "urban").state) == ("relieved", "relieved")
        assert live(on).timers[duty(on, "urban").number, "complete"].clock.state == "cancelled"
        assert work(on, "housing").ruled
        assert work(on, "market").ruled

    def test_a_lead_may_be_ruled_to_support(self) -> None:
        on = in_hand()
        on.give(c.Dispute, "2021-02-18 10:00", PLATFORM_DESK, reason="unclear")
        on.give(c.Rule, "2021-02-18 11:00", PLATFORM_DESK, leads=("urban",), supports=("housing",), reason="list")
        assert duty(on, "housing").role == "support"

    def test_where_nobody_led_it_names_the_first_and_whoever_held_the_last_step_is_the_caller(self) -> None:
        on = Desk(RULES)
        on.report("2021-02-18 09:00", item="unheard-of")
        on.give(c.PassUp, "2021-02-18 09:00", HEAD)
        on.give(c.PassUp, "2021-02-18 09:00", COMMUNITY)
        on.give(c.Call, "2021-02-18 09:00", SUBDISTRICT, supports=("market",))
        assert live(on).state == "unassigned"
        on.give(c.Rule, "2021-02-19 09:00", PLATFORM_DESK, leads=("urban",), reason="list")
        assert (live(on).state, live(on).caller) == ("called", "yushan")
        assert (duty(on, "yushan").outcome, duty(on, "urban").opened_by) == ("handed_over", "called")
        assert live(on).timers[duty(on, "yushan").number, "step"].clock.state == "cancelled"
        assert on.replayed() == on.matters["m1"]

    def test_a_helper_goes_on_unless_it_is_named_itself(self) -> None:
        on = Desk(RULES)
        on.report("2021-02-18 09:00")
        on.give(c.PassUp, "2021-02-18 09:00", HEAD)
        on.give(c.PassUp, "2021-02-18 09:00", COMMUNITY)
        on.give(c.Whistle, "2021-02-18 09:00", SUBDISTRICT, units=("station-yushan", "market"))
        on.give(c.Call, "2021-02-18 09:00", SUBDISTRICT, leads=("housing",))
        on.give(c.Dispute, "2021-02-18 10:00", PLATFORM_DESK, reason="unclear")
        on.give(c.Rule, "2021-02-18 11:00", PLATFORM_DESK, leads=("market",), reason="list")
        assert duty(on, "station-yushan").is_open
        market = [
            (each.opened_by, each.role, each.outcome) for each in on.matters["m1"].assignments if each.unit == "market"
        ]
        assert market == [("whistled", "support", "relieved"), ("called", "lead", "")]


class TestExtension:
    """济南市12345市民服务热线条例 24: more time is asked before the limit runs out, and the resident is told."""

    def asked(self, at: str = "2021-02-24 16:00", **given: Any) -> Desk:
        on = in_hand(**given)
        on.give(c.AskExtension, at, P, **MORE)
        return on

    @pytest.mark.parametrize("asked", ["2021-02-24 16:00", "2021-02-24 17:00"])
    def test_asked_in_time_it_adds_the_days(self, asked: str) -> None:
        on = self.asked(asked)
        on.give(c.GrantExtension, asked, PLATFORM_DESK, unit="housing", **TOLD)
        assert duty(on, "housing").due_at == china("2021-03-03 17:00")
        assert on.due("complete", duty(on, "housing").number) == china("2021-03-03 17:00")
        assert live(on).told_at == china("2021-03-03 17:00")
        assert on.due("promise") == china("2021-02-24 17:00")
        assert on.replayed() == on.matters["m1"]

    def test_asked_after_the_limit_it_is_refused(self) -> None:
        assert refused(in_hand(), c.AskExtension, "2021-02-24 17:01", P, **MORE) == ["extension_late"]

    def test_granted_after_the_limit_what_fell_due_stays(self) -> None:
        on = self.asked()
        on.give(c.GrantExtension, "2021-02-25 10:00", PLATFORM_DESK, unit="housing", **TOLD)
        assert duty(on, "housing").due_at == china("2021-03-03 17:00")
        on.settle("2021-03-04 09:00")
        assert [at for at, percent in fell(on, "complete") if percent == 100] == [
            china("2021-02-24 17:00"),
            china("2021-03-03 17:00"),
        ]

    @pytest.mark.parametrize(
        ("at", "codes"),
        [("2021-02-24 16:00", ["extension_unit"]), ("2021-02-24 17:01", ["extension_late", "extension_unit"])],
    )
    def test_time_in_another_unit_is_refused(self, at: str, codes: list[str]) -> None:
        on = in_hand()
        assert refused(on, c.AskExtension, at, P, limit=Limit.parse("3 calendar_days"), reason="parts") == codes

    def test_the_unit_to_ask_in_is_named(self) -> None:
        with pytest.raises(GridgovError) as caught:
            in_hand().give(c.AskExtension, "2021-02-24 16:00", P, limit=Limit.parse("3 calendar_days"), reason="parts")
        (fault,) = caught.value.faults
        assert (fault.hint, fault.about) == ("say it in working_days", ("working_days",))

    def test_lengthened_it_still_moves_with_a_suspension(self) -> None:
        on = self.asked("2021-02-19 09:00")
        on.give(c.GrantExtension, "2021-02-19 09:00", PLATFORM_DESK, unit="housing", **TOLD)
        on.give(c.Suspend, "2021-02-22 09:00", PLATFORM_DESK, **WAIT)
        assert duty(on, "housing").due_at == china("2021-03-24 17:00")

    def test_a_term_of_law_is_not_lengthened(self) -> None:
        on = in_hand()
        on.give(c.TellTerm, "2021-02-19 09:00", P, **TERM)
        assert refused(on, c.AskExtension, "2021-02-24 09:00", P, **MORE) == ["nothing_to_extend"]

    def test_nor_is_it_when_the_term_was_told_after_more_time_was_asked(self) -> None:
        on = self.asked("2021-02-19 09:00")
        on.give(c.TellTerm, "2021-02-19 10:00", P, **TERM)
        codes = refused(on, c.GrantExtension, "2021-02-19 11:00", PLATFORM_DESK, unit="housing", **TOLD)
        assert codes == ["nothing_to_extend"]
        on.give(c.RefuseExtension, "2021-02-19 11:00", PLATFORM_DESK, unit="housing", reason="term")
        assert work(on, "housing").extension is None

    def test_a_step_of_the_ladder_may_be_extended(self) -> None:
        on = Desk(RULES)
        on.report("2021-02-18 09:00")
        on.give(c.AskExtension, "2021-02-18 10:00", HEAD, limit=Limit.parse("2 working_hours"), reason="parts")
        on.give(c.GrantExtension, "2021-02-18 10:30", PLATFORM_DESK, unit="grid-1", **TOLD)
        assert duty(on, "grid-1").due_at == china("2021-02-18 16:00")

    def test_one_at_a_time_and_not_more_often_than_the_pack_says(self) -> None:
        on = self.asked()
        assert refused(on, c.AskExtension, "2021-02-24 16:30", P, **MORE) == ["extension_pending"]
        on.give(c.GrantExtension, "2021-02-24 16:40", PLATFORM_DESK, unit="housing", **TOLD)
        assert refused(on, c.AskExtension, "2021-02-24 16:50", P, **MORE) == ["extension_used"]

    def test_without_a_clock_there_is_nothing_to_extend(self) -> None:
        clocks = {kind: rule for kind, rule in HANDLING.clocks.items() if kind != "complete"}
        on = in_hand(by=rules(attrs.evolve(HANDLING, clocks=clocks)))
        assert refused(on, c.AskExtension, "2021-02-24 16:00", P, **MORE) == ["nothing_to_extend"]
        codes = refused(on, c.GrantExtension, "2021-02-24 16:00", PLATFORM_DESK, unit="housing")
        assert codes == ["evidence_missing", "no_extension_asked", "nothing_to_extend"]

    def test_what_nobody_asked_for_is_not_granted(self) -> None:
        codes = refused(in_hand(), c.GrantExtension, "2021-02-24 16:00", PLATFORM_DESK, unit="housing", **TOLD)
        assert codes == ["no_extension_asked"]

    def test_it_is_not_granted_before_the_resident_was_told(self) -> None:
        assert refused(self.asked(), c.GrantExtension, "2021-02-24 16:30", PLATFORM_DESK, unit="housing") == [
            "evidence_missing"
        ]

    def test_refused_the_limit_stays_and_another_may_be_asked(self) -> None:
        on = self.asked("2021-02-24 15:00")
        on.give(c.RefuseExtension, "2021-02-24 16:00", PLATFORM_DESK, unit="housing", reason="enough")
        assert duty(on, "housing").due_at == china("2021-02-24 17:00")
        assert refused(on, c.RefuseExtension, "2021-02-24 16:10", PLATFORM_DESK, unit="housing", reason="enough") == [
            "no_extension_asked"
        ]
        on.give(c.AskExtension, "2021-02-24 16:30", P, **MORE)
        assert work(on, "housing").extension == Limit.parse("5 working_days")


class TestSuspension:
    """济南市12345市民服务热线条例 24: it waits until a day, once the resident was told measure and date."""

    def suspended(self, **given: Any) -> Desk:
        on = in_hand(**given)
        on.give(c.Suspend, "2021-02-22 09:00", PLATFORM_DESK, **WAIT)
        return on

    def test_the_days_while_it_waits_are_not_counted(self) -> None:
        on = self.suspended()
        assert duty(on, "housing").due_at == china("2021-03-17 17:00")
        assert live(on).told_at == china("2021-03-15 09:00")
        assert on.due("promise") == china("2021-02-24 17:00")

    def test_it_goes_on_at_the_very_instant_by_itself(self) -> None:
        on = self.suspended()
        on.settle("2021-03-15 08:59")
        assert live(on).state == "suspended"
        on.settle("2021-03-15 09:00")
        assert live(on).state == "called"
        assert [event.at for event in on.log["m1"] if event.TYPE == "resumed"] == [china("2021-03-15 09:00")]
        assert duty(on, "housing").due_at == china("2021-03-17 17:00")
        assert fell(on, "suspension") == [(china("2021-03-15 09:00"), 0)]
        assert on.replayed() == on.matters["m1"]

    def test_whoever_looks_late_finds_it_resumed_on_the_day(self) -> None:
        on = self.suspended()
        on.settle("2021-03-18 09:00")
        assert [event.at for event in on.log["m1"] if event.TYPE == "resumed"] == [china("2021-03-15 09:00")]
        assert fell(on, "complete")[-1] == (china("2021-03-17 17:00"), 100)

    def test_every_responder_waits(self) -> None:
        on = self.suspended(leads=("housing", "urban"), supports=("market",))
        dues = {each.due_at for each in on.matters["m1"].assignments if each.is_open}
        assert dues == {china("2021-03-17 17:00")}

    def test_found_out_late_it_counts_from_when_it_began(self) -> None:
        on = in_hand()
        on.give(c.Suspend, "2021-02-23 15:00", PLATFORM_DESK, since=china("2021-02-22 09:00"), **WAIT)
        assert duty(on, "housing").due_at == china("2021-03-17 17:00")
        assert on.replayed() == on.matters["m1"]

    def test_resumed_before_its_day_the_days_count_from_there(self) -> None:
        on = self.suspended()
        on.give(c.Resume, "2021-03-01 09:00", PLATFORM_DESK)
        assert live(on).state == "called"
        assert duty(on, "housing").due_at == china("2021-03-03 17:00")
        on.settle("2021-03-02 09:00")
        on.give(c.Suspend, "2021-03-02 09:00", PLATFORM_DESK, **WAIT)
        assert duty(on, "housing").due_at == china("2021-03-16 17:00")
        on.settle("2021-03-15 09:00")
        assert live(on).state == "called"

    def test_what_was_stopped_stays_stopped_when_it_goes_on(self) -> None:
        on = in_hand()
        on.give(c.Contact, "2021-02-19 09:00", P)
        on.give(c.Suspend, "2021-02-22 09:00", PLATFORM_DESK, **WAIT)
        on.give(c.Resume, "2021-03-01 09:00", PLATFORM_DESK)
        assert live(on).timers[duty(on, "housing").number, "contact"].clock.state == "stopped"

    def test_what_fell_due_before_does_not_fall_due_again(self) -> None:
        on = in_hand()
        on.give(c.Suspend, "2021-02-25 09:00", PLATFORM_DESK, **WAIT)
        on.give(c.Resume, "2021-03-01 09:00", PLATFORM_DESK)
        on.settle("2021-03-02 09:00")
        assert [percent for _, percent in fell(on, "complete")] == [80, 100]

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({"until": china("2021-02-22 09:00")}, ["time_past"]),
            ({"since": china("2021-02-22 09:01")}, ["time_ahead"]),
            ({"since": china("2021-02-18 08:59")}, ["time_past"]),
            ({"resident_told": False}, ["evidence_missing"]),
            ({"until": None, "reason": ""}, ["evidence_missing"]),
            (
                {"until": china("2021-02-20 09:00"), "since": china("2021-02-23 09:00"), "resident_told": False},
                ["evidence_missing", "time_ahead", "time_past"],
            ),
        ],
    )
    def test_what_is_missing_is_named(self, fields: dict[str, Any], codes: list[str]) -> None:
        assert refused(in_hand(), c.Suspend, "2021-02-22 09:00", PLATFORM_DESK, **{**WAIT, **fields}) == codes

    @given(
        hours=st.lists(st.integers(min_value=0, max_value=60), min_size=2, max_size=8),
        asked=st.booleans(),
    )
    def test_the_promise_stays_and_each_due_instant_passes_once(self, hours: list[int], asked: bool) -> None:
        """Suspended and resumed at any instants, each due instant passes once."""
        on, at = in_hand(), china("2021-02-18 09:00")
        if asked:
            on.give(c.AskExtension, "2021-02-18 09:00", P, limit=Limit.parse("2 working_days"), reason="parts")
        for more in hours:
            at += timedelta(hours=more)
            text = at.strftime("%Y-%m-%d %H:%M")
            on.settle(text)
            if live(on).state == "suspended":
                on.give(c.Resume, text, PLATFORM_DESK)
            else:
                until = at + timedelta(hours=40)
                on.give(c.Suspend, text, PLATFORM_DESK, until=until, reason="spring", **TOLD)
        on.settle("2021-04-30 09:00")
        happened = [e for e in on.log["m1"] if isinstance(e, FellDue) and e.percent >= 100]
        passed = [(e.number, e.clock, e.percent, e.due_at) for e in happened]
        assert len(passed) == len(set(passed))
        assert on.due("promise") == china("2021-02-24 17:00")
        assert on.replayed() == on.matters["m1"]


class TestSecondHandling:
    """重办: its own clock is extended, and waits, as the first one."""

    def second(self) -> Desk:
        on = in_hand("2021-02-10 16:00")
        on.give(c.Complete, "2021-02-19 16:00", P)
        on.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=False, fixed=False)
        return on

    def test_more_time_moves_the_second_due_instant_alone(self) -> None:
        on = self.second()
        first = duty(on, "housing").due_at
        on.give(c.AskExtension, "2021-02-24 17:00", P, limit=Limit.parse("1 working_days"), reason="parts")
        on.give(c.GrantExtension, "2021-02-24 17:00", PLATFORM_DESK, unit="housing", **TOLD)
        assert work(on, "housing").second_due_at == china("2021-02-25 17:00")
        assert duty(on, "housing").due_at == first == china("2021-02-23 17:00")
        assert on.replayed() == on.matters["m1"]

    def test_suspended_it_goes_on_as_second_handling(self) -> None:
        on = self.second()
        on.give(c.Suspend, "2021-02-22 09:00", PLATFORM_DESK, **WAIT)
        assert work(on, "housing").second_due_at == china("2021-03-17 17:00")
        on.settle("2021-03-15 09:00")
        assert live(on).state == "second"
        assert on.due("second", duty(on, "housing").number) == china("2021-03-17 17:00")


class TestTermOfLaw:
    """济南市12345市民服务热线条例 24: where a law sets a term of its own, it is told and followed."""

    def test_the_duty_falls_due_with_the_term(self) -> None:
        on = in_hand()
        on.give(c.TellTerm, "2021-02-19 09:00", P, **TERM)
        assert duty(on, "housing").due_at == china("2021-05-19 17:00")
        assert (live(on).stage, live(on).told_at) == ("case_opened", china("2021-05-19 17:00"))
        assert on.due("promise") == china("2021-02-24 17:00")
        on.give(c.TellTerm, "2021-02-20 09:00", P, **{**TERM, "stage": "decided", "due_at": china("2021-03-05 17:00")})
        assert duty(on, "housing").due_at == china("2021-03-05 17:00")
        assert on.replayed() == on.matters["m1"]

    @pytest.mark.parametrize(("at", "codes"), [("2021-02-24 17:00", []), ("2021-02-24 17:01", ["term_late"])])
    def test_who_is_late_does_not_make_itself_timely(self, at: str, codes: list[str]) -> None:
        on = in_hand()
        if codes:
            assert refused(on, c.TellTerm, at, P, **TERM) == codes
        else:
            on.give(c.TellTerm, at, P, **TERM)
            assert duty(on, "housing").due_at == TERM["due_at"]

    def test_nor_when_the_term_itself_has_run_out(self) -> None:
        on = in_hand()
        on.give(c.TellTerm, "2021-02-19 09:00", P, **{**TERM, "due_at": china("2021-03-05 17:00")})
        assert refused(on, c.TellTerm, "2021-03-05 17:01", P, **{**TERM, "stage": "decided"}) == ["term_late"]

    @pytest.mark.parametrize(
        ("first", "second", "codes"),
        [
            ("stopped", "stopped", ["stage_order"]),
            ("stopped", "case_opened", []),
            ("stopped", "decided", []),
            ("case_opened", "case_opened", ["stage_order"]),
            ("case_opened", "stopped", ["stage_order"]),
            ("decided", "decided", ["stage_order"]),
            ("decided", "case_opened", ["stage_order"]),
            ("decided", "begun", ["unknown_stage"]),
        ],
    )
    def test_a_second_term_is_told_when_the_procedure_has_moved_on(
        self, first: str, second: str, codes: list[str]
    ) -> None:
        on = in_hand()
        on.give(c.TellTerm, "2021-02-19 09:00", P, **{**TERM, "stage": first})
        if codes:
            assert refused(on, c.TellTerm, "2021-02-20 09:00", P, **{**TERM, "stage": second}) == codes
        else:
            on.give(c.TellTerm, "2021-02-20 09:00", P, **{**TERM, "stage": second})
            assert work(on, "housing").stage == second

    def test_each_responder_has_a_procedure_of_its_own(self) -> None:
        on = in_hand(leads=("housing", "urban"))
        on.give(c.SignIn, "2021-02-18 09:00", Q)
        on.give(c.TellTerm, "2021-02-19 09:00", P, **TERM)
        on.give(c.TellTerm, "2021-02-19 10:00", Q, **TERM)
        assert [work(on, unit).stage for unit in ("housing", "urban")] == ["case_opened", "case_opened"]

    def test_without_a_clock_it_is_told_all_the_same(self) -> None:
        clocks = {kind: rule for kind, rule in HANDLING.clocks.items() if kind != "complete"}
        on = in_hand(by=rules(attrs.evolve(HANDLING, clocks=clocks)))
        on.give(c.TellTerm, "2021-02-19 09:00", P, **TERM)
        assert live(on).told_at == china("2021-05-19 17:00")

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({"stage": "begun"}, ["unknown_stage"]),
            ({"due_at": china("2021-02-19 09:00")}, ["time_past"]),
            ({"stage": "begun", "due_at": china("2021-02-18 17:00")}, ["time_past", "unknown_stage"]),
            ({"cites": ""}, ["evidence_missing"]),
        ],
    )
    def test_what_is_wrong_is_named(self, fields: dict[str, Any], codes: list[str]) -> None:
        assert refused(in_hand(), c.TellTerm, "2021-02-19 09:00", P, **{**TERM, **fields}) == codes


class TestMeeting:
    """见面: when and where, entered later if need be; or there is no meeting to hold."""

    MEETS = rules(
        attrs.evolve(HANDLING, clocks={**HANDLING.clocks, "meet": clock("meet", "2 working_days", (100, "remind"))}),
        ordinary=FIVE_DAYS,
    )

    def test_the_instant_is_that_of_the_meeting(self) -> None:
        on = in_hand(by=self.MEETS)
        on.give(c.Meet, "2021-02-22 09:00", P, when=china("2021-02-20 10:00"), where="home", evidence=("photo",))
        assert duty(on, "housing").met_at == china("2021-02-20 10:00")
        number = duty(on, "housing").number
        assert live(on).timers[number, "meet"].clock.stopped_at == china("2021-02-20 10:00")
        assert live(on).timers[number, "contact"].clock.stopped_at == china("2021-02-20 10:00")
        assert on.replayed() == on.matters["m1"]

    def test_a_meeting_before_the_suspension_may_be_entered_while_it_lasts(self) -> None:
        on = in_hand(by=self.MEETS)
        on.give(c.Suspend, "2021-02-19 15:00", PLATFORM_DESK, **WAIT)
        on.give(c.Meet, "2021-02-22 09:00", P, when=china("2021-02-19 10:00"), where="home")
        assert duty(on, "housing").met_at == china("2021-02-19 10:00")
        on.settle("2021-04-01 09:00")
        assert fell(on, "meet") == []

    def test_without_an_instant_it_is_now_and_the_first_meeting_counts(self) -> None:
        on = in_hand()
        on.give(c.Meet, "2021-02-19 09:00", P, where="site")
        on.give(c.Meet, "2021-02-20 09:00", P, where="site")
        assert duty(on, "housing").met_at == china("2021-02-19 09:00")

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({"when": china("2021-02-19 09:01"), "where": "home"}, ["time_ahead"]),
            ({"when": china("2021-02-18 08:59"), "where": "home"}, ["time_past"]),
            ({}, ["evidence_missing"]),
        ],
    )
    def test_what_is_wrong_is_named(self, fields: dict[str, Any], codes: list[str]) -> None:
        assert refused(in_hand(), c.Meet, "2021-02-19 09:00", P, **fields) == codes

    def test_a_support_that_has_no_clock_for_it_may_meet_too(self) -> None:
        on = desk(leads=("housing",), supports=("urban",))
        on.give(c.SignIn, "2021-02-18 09:00", Q)
        on.give(c.Meet, "2021-02-19 09:00", Q, where="site")
        assert duty(on, "urban").met_at == china("2021-02-19 09:00")

    def reported_by(self, **report: Any) -> Desk:
        """Return a desk with a matter that P has in hand, reported as told."""
        on = Desk(self.MEETS)
        on.report("2021-02-18 09:00", **report)
        on.give(c.PassUp, "2021-02-18 09:00", HEAD)
        on.give(c.PassUp, "2021-02-18 09:00", COMMUNITY)
        on.give(c.Call, "2021-02-18 09:00", SUBDISTRICT, leads=("housing",))
        on.give(c.SignIn, "2021-02-18 09:00", P)
        return on

    @pytest.mark.parametrize("reason", ["no_party", "anonymous"])
    def test_where_a_reporter_is_known_there_is_somebody_to_meet(self, reason: str) -> None:
        on = in_hand(by=self.MEETS)
        assert refused(on, c.DeclineMeeting, "2021-02-19 09:00", P, reason=reason) == ["party_known"]

    @pytest.mark.parametrize(
        ("report", "reason"),
        [
            ({}, "declined"),
            ({"actor": of("grid-1"), "channel": "patrol"}, "no_party"),
            ({"actor": PLATFORM_DESK, "channel": "hotline"}, "no_party"),
            ({"actor": PLATFORM_DESK, "channel": "hotline"}, "anonymous"),
        ],
    )
    def test_there_may_be_no_meeting_to_hold(self, report: dict[str, Any], reason: str) -> None:
        on = self.reported_by(**report)
        on.give(c.DeclineMeeting, "2021-02-19 09:00", P, reason=reason)
        assert duty(on, "housing").declined
        assert live(on).timers[duty(on, "housing").number, "meet"].clock.state == "stopped"

    def test_another_reason_is_none(self) -> None:
        assert refused(in_hand(), c.DeclineMeeting, "2021-02-19 09:00", P, reason="busy") == ["unknown_reason"]


class TestNoting:
    """签收, 联系, 到场, 首报: each is noted once and stops its clock."""

    def test_signing_in_stops_the_clock_and_takes_the_matter_in_hand(self) -> None:
        on = desk()
        assert on.due("sign_in", duty(on, "housing").number) == china("2021-02-18 11:00")
        on.give(c.SignIn, "2021-02-18 11:00", P)
        assert (duty(on, "housing").signed_at, work(on, "housing").state) == (china("2021-02-18 11:00"), "in_hand")
        on.settle("2021-02-19 09:00")
        assert fell(on, "sign_in") == []

    def test_the_first_arrival_counts(self) -> None:
        on = desk(leads=("housing",), on_site_at=china("2021-02-18 19:00"))
        on.give(c.Arrive, "2021-02-18 18:55", P)
        on.give(c.Arrive, "2021-02-19 09:00", P)
        assert work(on, "housing").arrived_at == china("2021-02-18 18:55")
        assert live(on).timers[duty(on, "housing").number, "arrive"].clock.stopped_at == china("2021-02-18 18:55")

    def test_contact_and_report_back_are_noted_with_their_proof(self) -> None:
        on = in_hand()
        on.give(c.Contact, "2021-02-18 10:00", P, evidence=("call-1",))
        on.give(c.ReportBack, "2021-02-18 11:00", P, evidence=("report-1",))
        assert [(event.TYPE, event.evidence) for event in on.log["m1"][-2:]] == [
            ("contacted", ("call-1",)),
            ("reported_back", ("report-1",)),
        ]
        assert duty(on, "housing").contacted_at == china("2021-02-18 10:00")

    def test_whoever_has_no_duty_notes_nothing(self) -> None:
        codes = refused(desk(), c.SignIn, "2021-02-18 10:00", THIRD)
        assert codes == ["no_assignment", "not_granted"]
