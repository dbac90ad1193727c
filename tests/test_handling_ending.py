"""Ending: how a matter is done, called back, handled again, closed, explained, merged and split."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import county
from gridgov.authority import Actor
from gridgov.conditions import Vocabulary
from gridgov.errors import GridgovError
from gridgov.facts import FactRules, rows_of
from gridgov.handling import Decision
from gridgov.handling import commands as c
from gridgov.matters import ENDS, MATTER, Assignment, Live, Matter, Work, apply
from gridgov.matters.events import CalledBack, FellDue
from live_county import (
    COMMUNITY,
    HANDLING,
    HEAD,
    PLATFORM_DESK,
    RESIDENT_Z,
    SUBDISTRICT,
    Desk,
    china,
    limit,
    of,
    rules,
)

FIRE, POLICE, URBAN, STATION = of("fire"), of("police"), of("urban"), of("station-yushan")
RESIDENT_Y = Actor(person="resident-y")
DAY = "2021-02-18"
FIVE_DAYS = attrs.evolve(
    county.ORDINARY, steps=(*county.ORDINARY.steps[:-1], county.step("department", "leads", "5 working_days"))
)
LEAD_AND_SUPPORT = {"leads": ("fire",), "supports": ("police",)}
PARTS = (
    c.Part(matter="p1", item="fire-lane", place="grid-1"),
    c.Part(matter="p2", item="small-works", place="longshan"),
    c.Part(matter="p3", item="noise", place="grid-1", required=False),
)
OTHERS = ("p1", "p2", "p3")
EXPLAIN: dict[str, Any] = {"reason": "lawful", "evidence": ("statement-1",)}


def with_rules(**handling: Any) -> Any:
    """Return the county's rules, its leads with five working days, and other rules of handling."""
    return rules(attrs.evolve(HANDLING, **handling), ordinary=FIVE_DAYS)


RULES = with_rules()
REVIEWED = with_rules(review=True)


class Watched(Desk):
    """A desk that sees to it that each event happens in a state in which the table lets it happen."""

    def _keep(self, decision: Decision) -> None:
        names = decision.settled.keys() | decision.events.keys()
        for name in names:
            matter = self.matters.get(name)
            for event in (*decision.settled.get(name, ()), *decision.events.get(name, ())):
                state = "(new)" if matter is None else live(matter).state
                assert state in {known for edge in MATTER.edges if edge.event == event.TYPE for known in edge.sources}
                matter = apply(matter, event)
        super()._keep(decision)


def live(matter: Matter) -> Live:
    """Return what only a live matter has."""
    assert matter.live is not None
    return matter.live


def work(duty: Assignment) -> Work:
    """Return what only a live duty has."""
    assert duty.work is not None
    return duty.work


def state(desk: Desk, matter: str = "m1") -> str:
    """Return the state of a matter."""
    return live(desk.matters[matter]).state


def reported(*, by: Any = RULES, at: str = f"{DAY} 09:00", matter: str = "m1", **report: Any) -> Watched:
    """Return a desk with a matter that the grid head holds."""
    found = Watched(by)
    found.report(at, matter=matter, **report)
    return found


def called(*, by: Any = RULES, at: str = f"{DAY} 09:00", sign: bool = True, **call: Any) -> Watched:
    """Return a desk with a matter called to one lead and one support, unless told otherwise, who have signed in."""
    found = reported(by=by, at=at)
    found.give(c.PassUp, at, HEAD)
    found.give(c.PassUp, at, COMMUNITY)
    matter = found.give(c.Call, at, SUBDISTRICT, **(call or LEAD_AND_SUPPORT))
    for duty in matter.assignments:
        if sign and duty.opened_by == "called":
            found.give(c.SignIn, at, of(duty.unit))
    return found


def done(**given: Any) -> Watched:
    """Return a desk with a called matter whose lead declared it done on the next day at ten."""
    found = called(**given)
    found.give(c.Complete, "2021-02-19 10:00", FIRE)
    return found


def closed(**given: Any) -> Watched:
    """Return a desk with a matter that was done, and whose reporter was content."""
    found = done(**given)
    found.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=True)
    return found


def refused(desk: Desk, kind: type[c.Command], at: str, actor: Actor, **fields: Any) -> list[str]:
    """Return the codes with which a command is refused; the matters stay as they were."""
    before = dict(desk.matters)
    with pytest.raises(GridgovError) as caught:
        desk.give(kind, at, actor, **fields)
    assert desk.matters == before
    return [fault.code for fault in caught.value.faults]


def join(desk: Desk, actor: Actor = RESIDENT_Y, *, at: str = f"{DAY} 09:00", **report: Any) -> Desk:
    """Let somebody else report the same as ``m2``, and merge that into the first matter."""
    desk.report(at, matter="m2", actor=actor, **report)
    desk.give(c.Merge, at, PLATFORM_DESK, matter="m2", into="m1", others=("m1",))
    return desk


def two_reporters(by: Any = RULES) -> Desk:
    """Return a desk with a matter of two reporters that is declared done."""
    found = join(called(by=by))
    found.give(c.Complete, "2021-02-19 10:00", FIRE)
    return found


class TestDone:
    """The matter is declared done when enough have completed; whistled helpers never count."""

    def test_on_the_ladder_who_holds_the_step_does_it(self) -> None:
        desk = reported()
        desk.give(c.Judge, f"{DAY} 09:10", HEAD, own=True)
        matter = desk.give(c.Complete, f"{DAY} 11:00", HEAD, evidence=("photo-1",))
        assert desk.events()[-2:] == ["completed", "declared_done"]
        assert (state(desk), matter.status, live(matter).done_at) == ("done", "completed", china(f"{DAY} 11:00"))
        assert live(matter).timers[0, "promise"].clock.state == "stopped"
        assert desk.replayed() == matter

    def test_a_whistled_helper_completes_without_ending_it(self) -> None:
        desk = reported()
        desk.give(c.PassUp, f"{DAY} 09:10", HEAD)
        desk.give(c.Whistle, f"{DAY} 09:20", COMMUNITY, units=("station-yushan",))
        desk.give(c.SignIn, f"{DAY} 09:30", STATION)
        desk.give(c.Complete, f"{DAY} 10:00", STATION)
        assert (desk.events()[-1], state(desk)) == ("completed", "accepted")
        desk.give(c.Complete, f"{DAY} 10:30", COMMUNITY)
        assert state(desk) == "done"

    @pytest.mark.parametrize(
        ("quorum", "call", "completing", "is_done"),
        [
            ("lead", LEAD_AND_SUPPORT, ("police",), False),
            ("lead", LEAD_AND_SUPPORT, ("fire",), True),
            ("lead", {"leads": ("fire", "urban")}, ("fire",), False),
            ("lead", {"leads": ("fire", "urban")}, ("fire", "urban"), True),
            ("any", LEAD_AND_SUPPORT, ("police",), True),
            ("any", LEAD_AND_SUPPORT, ("fire",), True),
            ("all", LEAD_AND_SUPPORT, ("fire",), False),
            ("all", LEAD_AND_SUPPORT, ("fire", "police"), True),
        ],
    )
    def test_after_a_call_the_quorum_decides(
        self, quorum: str, call: dict[str, Any], completing: tuple[str, ...], is_done: bool
    ) -> None:
        desk = called(by=with_rules(quorum=quorum), **call)
        for unit in completing:
            desk.give(c.Complete, "2021-02-19 10:00", of(unit))
        assert state(desk) == ("done" if is_done else "called")

    def test_of_units_of_whom_either_may_act_one_is_enough(self) -> None:
        desk = reported(item="stalls", facts={"licensed": "no"})
        desk.give(c.PassUp, f"{DAY} 09:00", HEAD)
        desk.give(c.PassUp, f"{DAY} 09:00", COMMUNITY)
        desk.give(c.Call, f"{DAY} 09:00", SUBDISTRICT)
        desk.give(c.SignIn, f"{DAY} 09:30", of("market"))
        desk.give(c.Complete, f"{DAY} 10:00", of("market"))
        assert state(desk) == "done"

    def test_who_was_relieved_is_not_waited_for(self) -> None:
        desk = called(by=with_rules(quorum="all"))
        desk.give(c.Relieve, f"{DAY} 10:00", SUBDISTRICT, unit="police", reason="not_needed")
        desk.give(c.Complete, "2021-02-19 10:00", FIRE)
        assert state(desk) == "done"

    def test_without_a_lead_nothing_is_done(self) -> None:
        desk = called()
        desk.give(c.Relieve, f"{DAY} 10:00", SUBDISTRICT, unit="fire", reason="not_theirs")
        desk.give(c.Complete, "2021-02-19 10:00", POLICE)
        assert state(desk) == "unassigned"

    @pytest.mark.parametrize("quorum", ["lead", "any", "all"])
    def test_a_helper_does_not_end_what_nobody_else_has(self, quorum: str) -> None:
        desk = reported(by=with_rules(quorum=quorum))
        desk.give(c.PassUp, f"{DAY} 09:00", HEAD)
        desk.give(c.Whistle, f"{DAY} 09:00", COMMUNITY, units=("station-yushan",))
        desk.give(c.PassUp, f"{DAY} 09:00", COMMUNITY)
        desk.give(c.Call, f"{DAY} 09:00", SUBDISTRICT, leads=("fire",))
        desk.give(c.Relieve, f"{DAY} 10:00", SUBDISTRICT, unit="fire", reason="not_theirs")
        desk.give(c.SignIn, f"{DAY} 10:00", STATION)
        desk.give(c.Complete, f"{DAY} 11:00", STATION)
        assert state(desk) == "unassigned"

    def test_a_support_may_still_complete_what_is_done(self) -> None:
        desk = done()
        matter = desk.give(c.Complete, "2021-02-19 11:00", POLICE)
        assert desk.events()[-2:] == ["declared_done", "completed"]
        assert (state(desk), matter.assignments[-1].outcome) == ("done", "completed")

    def test_it_must_be_in_hand(self) -> None:
        desk = called(sign=False)
        assert refused(desk, c.Complete, f"{DAY} 10:00", FIRE) == ["wrong_state"]
        assert refused(desk, c.Complete, f"{DAY} 10:00", URBAN) == ["no_assignment", "not_granted"]


class TestWhatIsCutOff:
    """A lead's end does not shut out its supports; what closing cuts off is not known, rather than not done."""

    STEPS: tuple[tuple[type[c.Command], dict[str, str]], ...] = (
        (c.SignIn, {}),
        (c.Contact, {}),
        (c.Arrive, {}),
        (c.ReportBack, {}),
        (c.DeclineMeeting, {"reason": "declined"}),
        (c.Meet, {"where": "site"}),
        (c.Complete, {}),
    )

    @pytest.mark.parametrize("reviewed", [False, True])
    def test_a_support_does_all_of_its_duty_after_the_lead(self, *, reviewed: bool) -> None:
        desk = called(sign=False)
        desk.give(c.SignIn, f"{DAY} 09:10", FIRE)
        desk.give(c.Complete, f"{DAY} 09:20", FIRE)
        if reviewed:
            desk.give(c.Review, f"{DAY} 09:30", PLATFORM_DESK, passed=True)
        for kind, said in self.STEPS:
            desk.give(kind, f"{DAY} 10:00", POLICE, **said)
        police = desk.matters["m1"].assignments[-1]
        assert (police.outcome, police.signed_at, police.met_at) == ("completed", *[china(f"{DAY} 10:00")] * 2)
        assert state(desk) == ("reviewed" if reviewed else "done")

    def test_with_time_left_at_closing_nobody_knows(self) -> None:
        desk = called(sign=False)
        desk.give(c.SignIn, f"{DAY} 09:10", FIRE)
        desk.give(c.Complete, f"{DAY} 09:20", FIRE)
        matter = desk.give(c.CallBack, f"{DAY} 10:00", PLATFORM_DESK, satisfied=True)
        facts = self.facts(matter)
        assert {"signed_on_time", "on_time"}.isdisjoint(facts)
        assert (matter.assignments[-1].due_at, desk.replayed()) == (None, matter)

    def test_what_was_late_before_closing_stays_late(self) -> None:
        facts = self.facts(self.closed_late())
        assert (facts["signed_on_time"], "on_time" in facts) == (False, False)

    def test_a_clock_waits_with_the_matter_and_who_signs_in_may_still_do_so(self) -> None:
        desk = called(sign=False)
        until = china("2021-02-22 09:00")
        desk.give(c.Suspend, f"{DAY} 09:30", PLATFORM_DESK, reason="heat", until=until, resident_told=True)
        timers = live(desk.matters["m1"]).timers
        assert {timers[4, kind].clock.state for kind in ("sign_in", "return", "complete")} == {"paused"}
        desk.give(c.SignIn, "2021-02-19 10:00", FIRE)
        desk.settle("2021-02-22 08:59")
        assert (state(desk), "next_on_duty" in desk.events()) == ("suspended", False)
        assert not [each for each in desk.log["m1"] if isinstance(each, FellDue) and each.clock == "sign_in"]

    def closed_late(self) -> Matter:
        """Return a matter closed on the day after its support should have signed in."""
        desk = called(sign=False)
        desk.give(c.SignIn, f"{DAY} 09:10", FIRE)
        desk.give(c.Complete, f"{DAY} 09:20", FIRE)
        return desk.give(c.CallBack, "2021-02-19 10:00", PLATFORM_DESK, satisfied=True)

    def facts(self, matter: Matter) -> Any:
        """Return the facts of the support, long after."""
        rules_of = FactRules(due=lambda _, __: None, answering=lambda _: None, declared=Vocabulary([]))
        return list(rows_of(matter, as_of=china("2021-04-01 09:00"), rules=rules_of))[-1].facts


class TestSecondHandlingOnTheLadder:
    """Who cannot mend it the second time sends it on, as it could the first time."""

    def desk(self) -> Watched:
        """Return a desk with a matter that the grid head did, and that was not fixed."""
        found = reported()
        found.give(c.Complete, f"{DAY} 10:00", HEAD)
        found.give(c.CallBack, f"{DAY} 11:00", PLATFORM_DESK, fixed=False)
        return found

    def test_it_goes_up_and_is_called(self) -> None:
        desk = self.desk()
        matter = desk.give(c.PassUp, f"{DAY} 12:00", HEAD)
        assert (state(desk), matter.assignments[-1].unit) == ("accepted", "longshan")
        assert live(matter).timers[2, "step"].clock.state == "running"
        desk.give(c.PassUp, f"{DAY} 13:00", COMMUNITY)
        desk.give(c.Call, f"{DAY} 14:00", SUBDISTRICT, leads=("fire",))
        assert (state(desk), desk.replayed()) == ("called", desk.matters["m1"])

    def test_it_is_called_at_once(self) -> None:
        desk = self.desk()
        matter = desk.give(c.Call, f"{DAY} 12:00", PLATFORM_DESK, leads=("fire",))
        assert (state(desk), [duty.outcome for duty in matter.assignments]) == ("called", ["handed_over", ""])

    def test_helpers_are_whistled_for(self) -> None:
        desk = self.desk()
        desk.give(c.Whistle, f"{DAY} 12:00", HEAD, units=("station-yushan",))
        desk.give(c.SignIn, f"{DAY} 12:10", STATION)
        assert state(desk) == "second"

    def test_a_called_matter_stays_with_those_who_were_called(self) -> None:
        desk = done()
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, fixed=False)
        at = "2021-02-20 11:00"
        assert refused(desk, c.Call, at, PLATFORM_DESK, leads=("urban",)) == ["called_before"]
        assert refused(desk, c.PassUp, at, PLATFORM_DESK, unit="fire") == ["called_before"]
        assert "called_before" in refused(desk, c.Whistle, at, PLATFORM_DESK, unit="fire", units=("urban",))


class TestReview:
    """The platform reviews what was declared done; what does not pass goes to second handling."""

    def test_it_passes_and_is_called_back(self) -> None:
        desk = done(by=REVIEWED)
        assert refused(desk, c.CallBack, "2021-02-19 11:00", PLATFORM_DESK, satisfied=True) == ["review_missing"]
        desk.give(c.Review, "2021-02-19 11:00", PLATFORM_DESK, passed=True)
        assert (state(desk), live(desk.matters["m1"]).reviewed) == ("reviewed", True)
        desk.give(c.CallBack, "2021-02-19 12:00", PLATFORM_DESK, satisfied=True)
        assert state(desk) == "closed"

    def test_it_does_not_pass_and_the_lead_does_it_again(self) -> None:
        desk = done(by=REVIEWED)
        matter = desk.give(c.Review, "2021-02-19 11:00", PLATFORM_DESK, passed=False, reason="no_photo")
        assert desk.events()[-2:] == ["reviewed", "handed_back"]
        fire, police = matter.assignments[-2:]
        assert (state(desk), work(fire).reworked, work(police).reworked) == ("second", 1, 0)
        assert desk.replayed() == matter

    def test_not_passing_needs_a_reason(self) -> None:
        assert refused(done(), c.Review, "2021-02-19 11:00", PLATFORM_DESK, passed=False) == ["evidence_missing"]

    def test_what_the_reporter_said_before_the_review_closes_it(self) -> None:
        desk = done(by=REVIEWED)
        desk.give(c.Feedback, "2021-02-19 11:00", RESIDENT_Z, satisfied=True)
        assert state(desk) == "done"
        desk.give(c.Review, "2021-02-19 12:00", PLATFORM_DESK, passed=True)
        assert desk.events()[-2:] == ["reviewed", "closed"]

    def test_it_is_reviewed_once(self) -> None:
        desk = done()
        desk.give(c.Review, "2021-02-19 11:00", PLATFORM_DESK, passed=True)
        assert refused(desk, c.Review, "2021-02-19 12:00", PLATFORM_DESK, passed=True) == ["wrong_state"]


class TestSecondHandling:
    """济南市12345市民服务热线条例, art. 27: what is not solved is handed back; limits illustrative."""

    @pytest.fixture
    def desk(self) -> Watched:
        """Dispatched 02-10 16:00; the visit declined; done 02-19 16:00; not fixed; done again; satisfied."""
        desk = called(at="2021-02-10 16:00", leads=("fire",))
        desk.give(c.DeclineMeeting, "2021-02-18 10:00", FIRE, reason="declined")
        desk.give(c.Complete, "2021-02-19 16:00", FIRE)
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=False, fixed=False)
        desk.give(c.Complete, "2021-02-24 11:00", FIRE)
        desk.give(c.CallBack, "2021-02-25 10:00", PLATFORM_DESK, satisfied=True, fixed=True)
        return desk

    def test_the_worked_case_of_what_was_not_fixed(self, desk: Watched) -> None:
        matter = desk.matters["m1"]
        fire = matter.assignments[-1]
        assert (state(desk), matter.closed_at) == ("closed", china("2021-02-25 10:00"))
        assert (fire.due_at, fire.outcome, work(fire).reworked) == (china("2021-02-23 17:00"), "completed", 1)
        assert work(fire).first_completed_at == china("2021-02-19 16:00")
        assert work(fire).second_due_at == china("2021-02-24 17:00")
        assert work(fire).second_completed_at == china("2021-02-24 11:00")
        assert (fire.satisfied, live(matter).first_satisfied) == (True, False)
        assert (fire.met_at, fire.declined) == (None, True)
        assert desk.replayed() == matter

    def test_its_facts(self, desk: Watched) -> None:
        """Completed 1/1, first-time fix 0/1, second handling in time, satisfied 1/1, first answer 0/1, met: none."""
        facts = FactRules(due=lambda _, __: None, answering=lambda _: None, declared=Vocabulary([]))
        rows = list(rows_of(desk.matters["m1"], as_of=china("2021-03-01 09:00"), rules=facts))
        found = rows[-1].facts
        assert {name: found.get(name) for name in ("completed", "first_fix", "second_on_time", "satisfied")} == {
            "completed": True,
            "first_fix": False,
            "second_on_time": True,
            "satisfied": True,
        }
        assert (found["first_satisfied"], found["promise_kept"], "met" in found) == (False, False, False)

    def test_the_promise_was_never_moved_and_is_missed(self, desk: Watched) -> None:
        assert desk.due("promise") == china("2021-02-23 17:00")
        missed = [event for event in desk.log["m1"] if isinstance(event, FellDue) and event.clock == "promise"]
        assert [(event.at, event.percent) for event in missed] == [(china("2021-02-23 17:00"), 100)]

    def test_unhappy_twice_is_handed_back_twice(self) -> None:
        desk = done()
        for day in ("20", "22"):
            desk.give(c.CallBack, f"2021-02-{day} 10:00", PLATFORM_DESK, satisfied=False)
            desk.give(c.Complete, f"2021-02-{day} 11:00", FIRE)
        assert [work(duty).reworked for duty in desk.matters["m1"].assignments[-2:]] == [2, 0]

    def test_each_to_whom_it_was_handed_back_does_it_again(self) -> None:
        desk = called(leads=("fire", "urban"))
        for unit in (FIRE, URBAN):
            desk.give(c.Complete, "2021-02-19 10:00", unit)
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=False)
        desk.give(c.Complete, "2021-02-20 11:00", FIRE)
        assert state(desk) == "second"
        desk.give(c.Complete, "2021-02-20 12:00", URBAN)
        assert state(desk) == "done"

    def test_where_only_a_support_had_completed_it_goes_on(self) -> None:
        desk = called(by=with_rules(quorum="any"))
        desk.give(c.Complete, "2021-02-19 10:00", POLICE)
        matter = desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, fixed=False)
        assert [work(duty).reworked for duty in matter.assignments[-2:]] == [0, 1]
        desk.give(c.Complete, "2021-02-20 11:00", POLICE)
        assert state(desk) == "done"

    def test_on_the_ladder_the_holder_does_it_again(self) -> None:
        desk = reported()
        desk.give(c.Complete, f"{DAY} 10:00", HEAD)
        desk.give(c.CallBack, f"{DAY} 11:00", PLATFORM_DESK, fixed=False)
        assert desk.due("second", 1) == china("2021-02-22 17:00")
        desk.give(c.Complete, "2021-02-19 10:00", HEAD)
        assert state(desk) == "done"

    def test_everybody_is_asked_anew_after_it(self) -> None:
        desk = two_reporters()
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=True)
        desk.give(c.CallBack, "2021-02-20 11:00", PLATFORM_DESK, satisfied=False)
        desk.give(c.Complete, "2021-02-20 12:00", FIRE)
        desk.give(c.CallBack, "2021-02-20 13:00", PLATFORM_DESK, satisfied=True)
        assert state(desk) == "done"
        matter = desk.give(c.CallBack, "2021-02-20 14:00", PLATFORM_DESK, satisfied=True)
        assert (state(desk), [each.satisfied for each in live(matter).reporters]) == ("closed", [True, True])

    @pytest.mark.parametrize(
        ("satisfied", "fixed", "leads_to"),
        [
            (True, None, "closed"),
            (True, True, "closed"),
            (False, True, "closed"),
            (None, None, "closed"),
            (None, True, "closed"),
            (False, None, "second"),
            (False, False, "second"),
            (True, False, "second"),
            (None, False, "second"),
        ],
    )
    def test_what_is_not_fixed_is_handed_back_and_what_only_displeased_is_not(
        self, satisfied: bool | None, fixed: bool | None, leads_to: str
    ) -> None:
        desk = done()
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=satisfied, fixed=fixed)
        assert state(desk) == leads_to


class TestCallBack:
    """Art. 27: the hotline asks the reporter. Nobody's silence is satisfaction."""

    def test_each_reporter_is_called_before_it_is_closed(self) -> None:
        desk = two_reporters()
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=True)
        assert state(desk) == "done"
        matter = desk.give(c.CallBack, "2021-02-20 11:00", PLATFORM_DESK, result="declined")
        told = [(each.person, each.told, each.satisfied) for each in live(matter).reporters]
        assert (state(desk), told) == (
            "closed",
            [("resident-z", "reached", True), ("resident-y", "declined", None)],
        )

    def test_a_reporter_may_be_named(self) -> None:
        matter = two_reporters().give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, reporter=1, satisfied=True)
        assert [each.told for each in live(matter).reporters] == ["", "reached"]

    def test_nobody_is_reporter_whom_the_matter_does_not_know(self) -> None:
        codes = refused(done(), c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, reporter=1, satisfied=True)
        assert codes == ["no_reporter"]

    @pytest.mark.parametrize("said", [{"satisfied": True}, {"satisfied": False}, {"fixed": True}])
    @pytest.mark.parametrize("result", ["not_reached", "declined"])
    def test_who_did_not_speak_said_nothing(self, result: str, said: dict[str, bool]) -> None:
        codes = refused(done(), c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, result=result, **said)
        assert codes == ["not_reached"]

    @given(tries=st.integers(1, 5))
    def test_it_is_closed_without_an_answer_after_so_many_tries(self, tries: int) -> None:
        desk = done(by=with_rules(tries=tries))
        for minute in range(tries):
            assert state(desk) == "done"
            desk.give(c.CallBack, f"2021-02-20 10:{minute:02}", PLATFORM_DESK, result="not_reached")
        matter = desk.matters["m1"]
        assert (state(desk), matter.assignments[-2].answered, matter.assignments[-2].satisfied) == (
            "closed",
            False,
            None,
        )

    @given(results=st.lists(st.sampled_from(["not_reached", "declined"]), min_size=1, max_size=8))
    def test_silence_never_becomes_satisfaction(self, results: list[str]) -> None:
        desk = two_reporters()
        for minute, result in enumerate(results):
            if state(desk) == "done":
                desk.give(c.CallBack, f"2021-02-20 10:{minute:02}", PLATFORM_DESK, result=result)
        matter = desk.matters["m1"]
        assert {duty.satisfied for duty in matter.assignments} == {None}
        assert {each.satisfied for each in live(matter).reporters} == {None}

    def test_who_was_tried_in_vain_does_not_stand_before_the_next(self) -> None:
        desk = two_reporters(with_rules(tries=1))
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, result="not_reached")
        matter = desk.give(c.CallBack, "2021-02-20 10:01", PLATFORM_DESK, satisfied=True)
        assert [(each.told, each.tries) for each in live(matter).reporters] == [("", 1), ("reached", 0)]
        assert state(desk) == "closed"

    def test_after_an_anonymous_report_nobody_can_be_asked(self) -> None:
        desk = reported(actor=HEAD)
        desk.give(c.Complete, f"{DAY} 10:00", HEAD)
        for said in ({"satisfied": True}, {"satisfied": False}, {"result": "declined"}):
            assert refused(desk, c.CallBack, f"{DAY} 11:00", PLATFORM_DESK, **said) == ["anonymous"]
        desk.give(c.CallBack, f"{DAY} 11:00", PLATFORM_DESK, result="not_reached")
        assert state(desk) == "closed"

    def test_what_was_closed_is_not_called_back(self) -> None:
        assert refused(closed(), c.CallBack, "2021-02-22 10:00", PLATFORM_DESK, satisfied=True) == ["wrong_state"]

    def test_who_handled_it_does_not_call(self) -> None:
        codes = refused(done(), c.CallBack, "2021-02-20 10:00", FIRE, satisfied=True)
        assert set(codes) == {"conflict_of_interest", "not_granted"}


class TestFeedback:
    """A reporter answers without being asked."""

    def test_it_closes_what_is_done(self) -> None:
        desk = done()
        matter = desk.give(c.Feedback, "2021-02-20 10:00", RESIDENT_Z, satisfied=True)
        said = [event for event in desk.log["m1"] if isinstance(event, CalledBack)]
        assert [(event.channel, event.result, event.satisfied) for event in said] == [("feedback", "reached", True)]
        assert (state(desk), matter.assignments[-2].satisfied) == ("closed", True)

    def test_it_leads_to_second_handling_reviewed_or_not(self) -> None:
        desk = done(by=REVIEWED)
        desk.give(c.Feedback, "2021-02-20 10:00", RESIDENT_Z, satisfied=False, reason="still_there")
        assert state(desk) == "second"

    def test_after_the_review_it_closes_at_once(self) -> None:
        desk = done(by=REVIEWED)
        desk.give(c.Review, "2021-02-20 09:00", PLATFORM_DESK, passed=True)
        desk.give(c.Feedback, "2021-02-20 10:00", RESIDENT_Z, satisfied=True)
        assert state(desk) == "closed"

    def test_after_closing_a_person_decides_whether_to_open_it_again(self) -> None:
        desk = closed()
        matter = desk.give(c.Feedback, "2021-02-22 10:00", RESIDENT_Z, satisfied=False, reason="came_back")
        assert desk.events()[-2:] == ["called_back", "reopening_asked"]
        assert (state(desk), live(matter).reopening, live(matter).first_satisfied) == ("closed", True, True)
        desk.give(c.Feedback, "2021-02-22 11:00", RESIDENT_Z, satisfied=False)
        assert desk.events()[-2:] == ["reopening_asked", "called_back"]

    def test_praise_after_closing_is_noted(self) -> None:
        desk = closed()
        desk.give(c.Feedback, "2021-02-22 10:00", RESIDENT_Z, satisfied=True)
        assert (desk.events()[-1], state(desk)) == ("called_back", "closed")

    def test_each_reporter_answers_for_themselves(self) -> None:
        matter = two_reporters().give(c.Feedback, "2021-02-20 10:00", RESIDENT_Y, satisfied=True)
        assert [each.told for each in live(matter).reporters] == ["", "reached"]

    def test_on_paper_it_is_given_on_somebody_s_behalf(self) -> None:
        desk = done()
        assert refused(desk, c.Feedback, "2021-02-20 10:00", PLATFORM_DESK, satisfied=True) == ["no_reporter"]
        clerk = attrs.evolve(PLATFORM_DESK, on_behalf_of="resident-z")
        desk.give(c.Feedback, "2021-02-20 10:00", clerk, satisfied=True)
        assert state(desk) == "closed"

    def test_who_reported_for_somebody_may_answer_for_them(self) -> None:
        neighbour = Actor(person="resident-y", on_behalf_of="resident-x")
        desk = reported(actor=neighbour)
        desk.give(c.Complete, f"{DAY} 10:00", HEAD)
        matter = desk.give(c.Feedback, f"{DAY} 11:00", Actor(person="resident-y"), satisfied=True)
        assert [(each.person, each.told) for each in live(matter).reporters] == [("resident-x", "reached")]


class TestOpenedAgain:
    """E13: reopening keeps the first opening time for rates."""

    def test_on_request_the_lead_goes_on(self) -> None:
        desk = closed()
        desk.give(c.AskReopen, "2021-02-22 10:00", RESIDENT_Z, reason="came_back")
        assert refused(desk, c.AskReopen, "2021-02-22 10:01", RESIDENT_Z, reason="again") == ["reopening_asked"]
        matter = desk.give(c.Reopen, "2021-02-22 11:00", PLATFORM_DESK)
        fire, police = matter.assignments[-2:]
        assert (state(desk), matter.reopened, matter.reported_at) == ("called", 1, china(f"{DAY} 09:00"))
        assert (fire.outcome, work(fire).state, police.outcome) == ("", "in_hand", "")
        assert (matter.closed_at, live(matter).reopening, live(matter).reporters[0].told) == (None, False, "")
        desk.give(c.Complete, "2021-02-22 12:00", FIRE)
        desk.give(c.CallBack, "2021-02-22 13:00", PLATFORM_DESK, satisfied=True)
        assert (state(desk), desk.replayed()) == ("closed", desk.matters["m1"])

    def test_the_promise_stays_where_it_was(self) -> None:
        desk = closed()
        before = desk.due("promise")
        desk.give(c.Reopen, "2021-02-22 11:00", PLATFORM_DESK)
        assert desk.due("promise") == before == china("2021-02-24 17:00")

    def test_it_stays_closed(self) -> None:
        desk = closed()
        desk.give(c.AskReopen, "2021-02-22 10:00", RESIDENT_Z, reason="came_back")
        desk.give(c.RefuseReopen, "2021-02-22 11:00", PLATFORM_DESK, reason="another_matter")
        assert (state(desk), live(desk.matters["m1"]).reopening) == ("closed", False)
        codes = refused(desk, c.RefuseReopen, "2021-02-22 12:00", PLATFORM_DESK, reason="another_matter")
        assert codes == ["no_reopening_asked"]

    def test_what_was_answered_at_once_goes_back_to_its_holder(self) -> None:
        desk = reported()
        desk.give(c.Answer, f"{DAY} 09:10", HEAD)
        matter = desk.give(c.Reopen, f"{DAY} 10:00", PLATFORM_DESK)
        assert (state(desk), matter.assignments[0].is_open) == ("accepted", True)

    def test_its_clocks_run_on_whether_it_was_answered_or_done(self) -> None:
        """Nothing opened again is without a time: the promise stays, the duty has the rest of its own."""
        desk = reported()
        promised = desk.due("promise")
        desk.give(c.Answer, f"{DAY} 09:10", HEAD)
        desk.give(c.Reopen, f"{DAY} 10:00", PLATFORM_DESK)
        timers = live(desk.matters["m1"]).timers
        assert (timers[0, "promise"].clock.state, desk.due("promise")) == ("running", promised)
        assert timers[1, "step"].clock.state == "running"
        desk.settle("2021-02-20 17:00")
        assert desk.events()[-3:] == ["fell_due", "passed_up", "assigned"]
        assert state(desk) == "accepted"

    def test_a_lead_has_the_rest_of_its_time_and_its_first_handling_stays_as_it_was(self) -> None:
        desk = closed()
        fire = desk.matters["m1"].assignments[-2]
        matter = desk.give(c.Reopen, "2021-02-22 11:00", PLATFORM_DESK)
        timer = live(matter).timers[fire.number, "complete"]
        assert timer.clock.state == "running"
        assert timer.due_at is not None
        assert fire.due_at is not None
        assert timer.due_at > fire.due_at == matter.assignments[-2].due_at
        assert work(matter.assignments[-2]).first_completed_at == china("2021-02-19 10:00")
        desk.settle("2021-03-05 10:00")
        assert [e.clock for e in desk.log["m1"] if isinstance(e, FellDue) and e.percent == 100][-1] == "complete"

    @pytest.mark.parametrize(("at", "codes"), [("2021-03-08 17:00", []), ("2021-03-08 17:01", ["feedback_late"])])
    def test_the_time_for_an_answer_after_the_end_binds(self, at: str, codes: list[str]) -> None:
        """Closed 02-20, 15 days by the calendar: 03-07, a Sunday, so 03-08; the due instant is in time."""
        desk = closed()
        assert desk.due("feedback") == china("2021-03-08 17:00")
        for kind, said in ((c.AskReopen, {"reason": "again"}), (c.Feedback, {"satisfied": True})):
            if codes:
                assert refused(desk, kind, at, RESIDENT_Z, **said) == codes
            else:
                desk.give(kind, at, RESIDENT_Z, **said)
        desk.give(c.Reopen, at, PLATFORM_DESK)
        assert state(desk) == "called"

    def test_an_explanation_refused_before_does_not_confuse_it(self) -> None:
        desk = done()
        desk.give(c.ProposeExplained, "2021-02-19 11:00", PLATFORM_DESK, unit="fire", **EXPLAIN)
        desk.give(c.RefuseExplained, "2021-02-19 12:00", PLATFORM_DESK, reason="can_be_done")
        desk.give(c.CallBack, "2021-02-20 10:00", PLATFORM_DESK, satisfied=True)
        desk.give(c.Reopen, "2021-02-22 10:00", PLATFORM_DESK)
        assert state(desk) == "called"


class TestExplained:
    """Art. 25: after lawful handling the handler may explain and not handle again; a second unit agrees."""

    def test_a_second_unit_agrees(self) -> None:
        desk = called()
        desk.give(c.ProposeExplained, f"{DAY} 10:00", FIRE, **EXPLAIN)
        assert (state(desk), live(desk.matters["m1"]).author) == ("explaining", "fire")
        assert live(desk.matters["m1"]).timers[4, "complete"].clock.state == "paused"
        matter = desk.give(c.ConfirmExplained, f"{DAY} 11:00", PLATFORM_DESK)
        assert (state(desk), {duty.outcome for duty in matter.assignments if duty.opened_by == "called"}) == (
            "explained",
            {"relieved"},
        )
        assert desk.replayed() == matter

    def test_a_second_unit_does_not_agree_and_it_goes_on(self) -> None:
        desk = called()
        desk.give(c.ProposeExplained, f"{DAY} 10:00", FIRE, **EXPLAIN)
        matter = desk.give(c.RefuseExplained, f"{DAY} 11:00", PLATFORM_DESK, reason="can_be_done")
        assert (state(desk), live(matter).timers[4, "complete"].clock.state) == ("called", "running")

    def test_who_proposed_it_does_not_confirm_it(self) -> None:
        desk = called()
        desk.give(c.ProposeExplained, f"{DAY} 10:00", FIRE, **EXPLAIN)
        assert "conflict_of_interest" in refused(desk, c.ConfirmExplained, f"{DAY} 11:00", FIRE)

    def test_it_needs_a_written_statement_and_a_reason(self) -> None:
        assert refused(called(), c.ProposeExplained, f"{DAY} 10:00", FIRE) == ["evidence_missing"]

    def test_only_who_handled_it_proposes_it(self) -> None:
        codes = refused(called(), c.ProposeExplained, f"{DAY} 10:00", PLATFORM_DESK, **EXPLAIN)
        assert codes == ["not_handler"]

    def test_who_has_not_signed_in_has_handled_nothing(self) -> None:
        assert refused(called(sign=False), c.ProposeExplained, f"{DAY} 10:00", FIRE, **EXPLAIN) == ["not_handler"]


class TestTransferAndWithdrawal:
    """What leaves this channel: to discipline, police or court, or because the reporter takes it back."""

    def test_it_is_transferred_with_a_reason(self) -> None:
        desk = called()
        codes = refused(desk, c.Transfer, f"{DAY} 10:00", PLATFORM_DESK)
        assert codes == ["evidence_missing"]
        matter = desk.give(c.Transfer, f"{DAY} 10:00", PLATFORM_DESK, to="police", reason="crime")
        assert (state(desk), desk.replayed()) == ("transferred", matter)

    def test_the_reporter_takes_it_back(self) -> None:
        desk = called()
        matter = desk.give(c.Withdraw, f"{DAY} 10:00", RESIDENT_Z, reason="solved_itself")
        assert (state(desk), matter.status, matter.withdrawn_at) == ("withdrawn", "withdrawn", china(f"{DAY} 10:00"))
        assert all(timer.clock.state in {"stopped", "cancelled"} for timer in live(matter).timers.values())

    def test_each_reporter_takes_it_back_alone_and_the_last_ends_it(self) -> None:
        desk = join(called())
        matter = desk.give(c.Withdraw, f"{DAY} 10:00", RESIDENT_Z, reason="solved_itself")
        assert (state(desk), [each.told for each in live(matter).reporters]) == ("called", ["withdrawn", ""])
        assert matter.withdrawn_at is None
        assert refused(desk, c.Withdraw, f"{DAY} 10:01", RESIDENT_Z) == ["withdrawn_before"]
        matter = desk.give(c.Withdraw, f"{DAY} 11:00", RESIDENT_Y)
        assert (state(desk), desk.replayed()) == ("withdrawn", matter)

    @pytest.mark.parametrize(("by", "after"), [(RULES, "closed"), (REVIEWED, "done")])
    def test_once_the_others_were_answered_the_last_who_waits_lets_it_be_closed(self, by: Any, after: str) -> None:
        """What somebody else was answered about is not withdrawn; a review that is due is not passed over."""
        desk = two_reporters(by)
        desk.give(c.Feedback, "2021-02-20 11:00", RESIDENT_Y, satisfied=True)
        desk.give(c.Withdraw, "2021-02-20 12:00", RESIDENT_Z)
        assert state(desk) == after

    def test_it_is_closed_once_reviewed_and_not_while_somebody_waits(self) -> None:
        desk = two_reporters(REVIEWED)
        desk.give(c.Review, "2021-02-20 10:00", PLATFORM_DESK, passed=True)
        desk.give(c.Withdraw, "2021-02-20 11:00", RESIDENT_Z)
        assert state(desk) == "reviewed"
        desk.give(c.CallBack, "2021-02-20 12:00", PLATFORM_DESK, satisfied=True)
        assert state(desk) == "closed"

    def test_who_took_it_back_is_not_asked_again(self) -> None:
        desk = two_reporters()
        desk.give(c.Withdraw, "2021-02-20 10:00", RESIDENT_Z)
        matter = desk.give(c.CallBack, "2021-02-20 11:00", PLATFORM_DESK, satisfied=False)
        assert [each.told for each in live(matter).reporters] == ["withdrawn", ""]
        desk.give(c.Complete, "2021-02-20 12:00", FIRE)
        desk.give(c.CallBack, "2021-02-20 13:00", PLATFORM_DESK, satisfied=True)
        matter = desk.give(c.Reopen, "2021-02-22 11:00", PLATFORM_DESK)
        assert [each.told for each in live(matter).reporters] == ["withdrawn", ""]

    def test_nobody_else_takes_it_back(self) -> None:
        desk = called()
        assert refused(desk, c.Withdraw, f"{DAY} 10:00", RESIDENT_Y) == ["not_granted", "others_wait"]


class TestMerged:
    """Reports of one thing are handled once, and each reporter is answered."""

    def test_its_reporters_are_answered_under_the_other(self) -> None:
        desk = called()
        neighbour = Actor(person="resident-y", on_behalf_of="resident-x")
        join(desk, neighbour, channel="paper")
        other = desk.matters["m2"]
        assert (state(desk, "m2"), live(other).into, other.assignments[0].outcome) == ("merged", "m1", "relieved")
        added = live(desk.matters["m1"]).reporters[1]
        assert (added.person, added.channel, added.by, added.matter) == ("resident-x", "paper", "resident-y", "m2")
        assert desk.replayed() == desk.matters["m1"]
        assert desk.replayed("m2") == other

    def test_who_reported_twice_is_called_once(self) -> None:
        desk = join(called(), RESIDENT_Z)
        assert [each.person for each in live(desk.matters["m1"]).reporters] == ["resident-z"]

    def test_nobody_who_reported_without_a_name_is_lost(self) -> None:
        desk = join(reported(actor=HEAD), HEAD)
        assert [each.by for each in live(desk.matters["m1"]).reporters] == ["p1", "p1"]

    @pytest.mark.parametrize(
        ("into", "others", "code"),
        [("m1", (), "merge_self"), ("m9", (), "unknown_matter"), ("m9", ("m9",), "unknown_matter")],
    )
    def test_only_into_another_that_is_there(self, into: str, others: tuple[str, ...], code: str) -> None:
        assert refused(called(), c.Merge, f"{DAY} 10:00", PLATFORM_DESK, into=into, others=others) == [code]

    def test_only_into_one_of_the_same_item_and_about_the_same_unit(self) -> None:
        desk = called()
        desk.report(f"{DAY} 10:00", matter="m2", item="noise", facts={}, accused="housing")
        codes = refused(desk, c.Merge, f"{DAY} 10:00", PLATFORM_DESK, matter="m2", into="m1", others=("m1",))
        assert codes == ["merge_item", "interested_unit"]

    def test_only_into_one_that_is_under_way(self) -> None:
        desk = closed()
        desk.report("2021-02-20 10:00", matter="m2")
        codes = refused(desk, c.Merge, "2021-02-20 10:00", PLATFORM_DESK, matter="m2", into="m1", others=("m1",))
        assert codes == ["wrong_state"]

    def test_never_the_earlier_into_the_later_as_its_promise_would_be_lost(self) -> None:
        desk = called()
        desk.report(f"{DAY} 10:00", matter="m2")
        codes = refused(desk, c.Merge, f"{DAY} 10:00", PLATFORM_DESK, into="m2", others=("m2",))
        assert codes == ["merge_earlier"]

    def test_not_before_what_is_known_of_the_other(self) -> None:
        desk = called()
        desk.report(f"{DAY} 08:00", matter="m2")
        codes = refused(desk, c.Merge, f"{DAY} 08:30", PLATFORM_DESK, matter="m2", into="m1", others=("m1",))
        assert codes == ["clock_back"]


class TestTopic:
    """立项: one matter is opened as a topic from several reports."""

    def test_the_others_become_part_of_it(self) -> None:
        desk = called()
        for name, actor in (("m2", RESIDENT_Y), ("m3", Actor(person="resident-x"))):
            desk.report(f"{DAY} 10:00", matter=name, actor=actor)
        matter = desk.give(c.OpenTopic, f"{DAY} 11:00", SUBDISTRICT, matters=("m2", "m3"), others=("m2", "m3"))
        assert (matter.opened_at, state(desk, "m2"), state(desk, "m3")) == (china(f"{DAY} 11:00"), "merged", "merged")
        assert [each.person for each in live(matter).reporters] == ["resident-z", "resident-y", "resident-x"]
        codes = refused(desk, c.OpenTopic, f"{DAY} 12:00", SUBDISTRICT)
        assert codes == ["is_topic"]

    def test_one_report_is_enough(self) -> None:
        matter = called().give(c.OpenTopic, f"{DAY} 11:00", SUBDISTRICT)
        assert matter.opened_at == china(f"{DAY} 11:00")

    def test_everything_against_it_is_said_at_once(self) -> None:
        desk = called()
        desk.report(f"{DAY} 10:00", matter="m2", item="noise", facts={})
        names = ("m1", "m2", "m2", "m9")
        codes = refused(desk, c.OpenTopic, f"{DAY} 11:00", SUBDISTRICT, matters=names, others=("m2",))
        assert codes == ["merge_twice", "merge_self", "merge_item", "unknown_matter"]


def split(**given: Any) -> Watched:
    """Return a desk with a called matter that was split into two required parts and one more."""
    found = called(**given)
    found.give(c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, parts=PARTS, others=OTHERS)
    return found


def finish(desk: Desk, part: str, at: str, others: tuple[str, ...] = ("m1",)) -> None:
    """Complete a part at the grid or the community that holds it, and call its reporters back."""
    holder = desk.matters[part].assignments[-1].unit
    actor = HEAD if holder == "grid-1" else of(holder)
    desk.give(c.Complete, at, actor, matter=part, others=others)
    while state(desk, part) == "done":
        desk.give(c.CallBack, at, PLATFORM_DESK, matter=part, satisfied=True, others=others)


class TestSplit:
    """A part is a matter of its own that names the whole; the whole is done when the required parts have ended."""

    def test_each_part_is_taken_in(self) -> None:
        desk = split()
        whole = desk.matters["m1"]
        assert (state(desk), live(whole).parts["p3"]) == ("split", (False, False))
        assert {duty.outcome for duty in whole.assignments} == {"passed_up", "handed_over", "relieved"}
        for name in OTHERS:
            part = desk.matters[name]
            assert (live(part).parent, state(desk, name), live(part).reporters[0].person) == (
                "m1",
                "accepted",
                "resident-z",
            )
            assert part.when == {"scene": "compound"}
            assert desk.replayed(name) == part

    def test_all_reporters_are_owed_an_answer_on_each_part(self) -> None:
        desk = join(called())
        desk.give(c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, parts=PARTS, others=OTHERS)
        assert [each.person for each in live(desk.matters["p1"]).reporters] == ["resident-z", "resident-y"]

    def test_the_promise_of_the_whole_goes_on(self) -> None:
        desk = split()
        timer = live(desk.matters["m1"]).timers[0, "promise"]
        assert (timer.clock.state, timer.due_at) == ("running", china("2021-02-24 17:00"))

    def test_the_last_required_part_makes_the_whole_done(self) -> None:
        desk = split()
        finish(desk, "p1", f"{DAY} 11:00")
        assert (desk.events()[-1], state(desk)) == ("part_ended", "split")
        finish(desk, "p2", f"{DAY} 11:30")
        assert (desk.events()[-2:], state(desk)) == (["part_ended", "declared_done"], "done")
        finish(desk, "p3", f"{DAY} 11:40")
        matter = desk.give(c.CallBack, f"{DAY} 11:50", PLATFORM_DESK, satisfied=True)
        assert (state(desk), live(matter).parts) == (
            "closed",
            {"p1": (True, True), "p2": (True, True), "p3": (False, True)},
        )
        assert desk.replayed() == matter

    @pytest.mark.parametrize(
        ("kind", "actor", "fields"),
        [
            (c.Answer, HEAD, {}),
            (c.Redirect, HEAD, {"to": "court"}),
            (c.Transfer, PLATFORM_DESK, {"to": "police", "reason": "crime"}),
            (c.Withdraw, RESIDENT_Z, {}),
        ],
    )
    def test_however_a_part_ends_the_whole_hears_of_it(self, kind: Any, actor: Actor, fields: dict[str, Any]) -> None:
        desk = split()
        desk.give(kind, f"{DAY} 11:00", actor, matter="p1", others=("m1",), **fields)
        assert state(desk, "p1") in ENDS
        assert live(desk.matters["m1"]).parts["p1"] == (True, True)

    def test_a_part_does_not_end_behind_the_back_of_the_whole(self) -> None:
        assert refused(split(), c.Answer, f"{DAY} 11:00", HEAD, matter="p1") == ["unknown_matter"]

    def test_a_part_that_is_not_taken_has_ended(self) -> None:
        desk = called()
        parts = (c.Part(matter="p1", item="court", place="grid-1"), PARTS[1])
        matter = desk.give(c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, parts=parts, others=("p1", "p2"))
        assert (state(desk, "p1"), live(matter).parts["p1"], state(desk)) == ("redirected", (True, True), "split")

    def whole(self) -> Watched:
        """Return a desk with a whole that is done: both required parts were withdrawn or transferred."""
        desk = reported()
        desk.give(c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, parts=PARTS, others=OTHERS)
        for name in ("p1", "p2"):
            desk.give(
                c.Transfer, f"{DAY} 11:00", PLATFORM_DESK, matter=name, to="police", reason="crime", others=("m1",)
            )
        return desk

    def test_what_is_not_fixed_is_handed_back_in_the_parts(self) -> None:
        desk, at = self.whole(), f"{DAY} 12:00"
        assert state(desk) == "done"
        assert refused(desk, c.CallBack, at, PLATFORM_DESK, fixed=False) == ["parts_answer"]
        assert refused(desk, c.Feedback, at, RESIDENT_Z, satisfied=False) == ["parts_answer"]
        assert refused(desk, c.Review, at, PLATFORM_DESK, passed=False, reason="no_photo") == ["parts_answer"]
        desk.give(c.CallBack, at, PLATFORM_DESK, satisfied=True)
        assert refused(desk, c.Reopen, at, PLATFORM_DESK) == ["parts_answer"]
        assert refused(desk, c.AskReopen, at, RESIDENT_Z, reason="again") == ["parts_answer"]

    def test_a_part_is_not_promised_for_later_than_the_whole(self) -> None:
        """The whole was promised in 5 working days; the rules that the parts come under say 10."""
        desk = reported()
        promised = desk.due("promise")
        desk.rules = rules(HANDLING, promise=limit("10 working_days"))
        desk.give(c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, parts=PARTS, others=OTHERS)
        assert [desk.due("promise", matter=name) for name in OTHERS] == [promised] * 3

    def test_parts_may_be_split_again(self) -> None:
        desk = split()
        parts = tuple(attrs.evolve(part, matter=f"q{number}") for number, part in enumerate(PARTS[:2]))
        desk.give(c.SplitMatter, f"{DAY} 10:30", PLATFORM_DESK, matter="p1", parts=parts, others=("q0", "q1"))
        finish(desk, "q0", f"{DAY} 11:00", ("p1",))
        finish(desk, "q1", f"{DAY} 11:00", ("p1",))
        assert state(desk, "p1") == "done"
        desk.give(c.CallBack, f"{DAY} 11:10", PLATFORM_DESK, matter="p1", satisfied=True, others=("m1",))
        assert live(desk.matters["m1"]).parts["p1"] == (True, True)

    def test_an_emergency_stays_one(self) -> None:
        desk = reported(emergency=True)
        desk.give(c.SplitMatter, f"{DAY} 09:10", PLATFORM_DESK, parts=PARTS[:2], others=OTHERS)
        assert live(desk.matters["p1"]).path == "emergency"

    def test_what_was_split_is_neither_completed_nor_split_again(self) -> None:
        desk = split()
        assert "wrong_state" in refused(desk, c.Complete, f"{DAY} 11:00", FIRE)
        assert "wrong_state" in refused(desk, c.CallBack, f"{DAY} 11:00", PLATFORM_DESK, satisfied=True)
        codes = refused(desk, c.SplitMatter, f"{DAY} 11:00", PLATFORM_DESK, parts=PARTS, others=OTHERS)
        assert codes == ["wrong_state"]

    def test_a_matter_that_is_not_there_is_not_split(self) -> None:
        codes = refused(called(), c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, matter="m9", parts=PARTS)
        assert codes == ["unknown_matter"]

    @pytest.mark.parametrize(
        ("parts", "codes"),
        [
            ((), ["evidence_missing", "parts_few"]),
            (PARTS[:1], ["parts_few"]),
            (tuple(attrs.evolve(part, required=False) for part in PARTS[:2]), ["parts_few"]),
            ((PARTS[0], PARTS[0]), ["part_twice"]),
            ((PARTS[0], attrs.evolve(PARTS[1], matter="m1")), ["reported_twice"]),
            ((PARTS[0], attrs.evolve(PARTS[1], matter="p9")), ["unknown_matter"]),
            ((PARTS[0], attrs.evolve(PARTS[1], place="nowhere")), ["unknown_unit"]),
            ((PARTS[0], attrs.evolve(PARTS[1], facts={"size": "big"})), ["unknown_attribute"]),
        ],
    )
    def test_everything_against_it_is_named(self, parts: tuple[c.Part, ...], codes: list[str]) -> None:
        desk = called()
        found = refused(desk, c.SplitMatter, f"{DAY} 10:00", PLATFORM_DESK, parts=parts, others=OTHERS)
        assert found == codes
