"""Fact rows: what assessment reads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from gridgov.authority import Actor
from gridgov.calendar import Due
from gridgov.conditions import Attribute, AttributeType, Vocabulary
from gridgov.errors import RefusedError
from gridgov.facts import INSTANTS, STANDARD_FACTS, FactRow, FactRules, rows_of
from gridgov.handling import commands as c
from gridgov.matters import Assignment, Happening, Matter, Recorded, apply
from live_county import COMMUNITY, HEAD, PLATFORM_DESK, RESIDENT_Z, SUBDISTRICT, Desk, china, of
from live_county import RULES as COUNTY

NINE = datetime(2021, 2, 10, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fold(records: list[Recorded]) -> Matter:
    matter: Matter | None = None
    for record in records:
        matter = apply(matter, record)
    assert matter is not None
    return matter


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


LONG_AFTER = at(1000)


def by_rule(matter: Matter, assignment: Assignment) -> Due | None:
    return None if assignment.role == "support" else Due(assignment.opened_at + timedelta(hours=48), provisional=True)


def no_answerer(_: Matter) -> str | None:
    return None


def subdistrict(_: Matter) -> str | None:
    return "s1"


DECLARED = Vocabulary([Attribute("duty_done", AttributeType.FLAG)])
RULES = FactRules(due=by_rule, answering=no_answerer, declared=DECLARED)


def rows(*happenings: Happening, as_of: datetime = LONG_AFTER, rules: FactRules = RULES) -> list[FactRow]:
    record = Recorded(
        source="r", line=2, matter="m1", item="dogs", place="g1", happenings=(Happening("reported", at(0)), *happenings)
    )
    return list(rows_of(fold([record]), as_of=as_of, rules=rules))


CALLED = Happening("called", at(1), "market", "lead", at(20))


class TestOnTime:
    """T27: a due instant is met at the very second, at all places."""

    @pytest.mark.parametrize(
        ("expected", "completed"),
        [(True, at(20) - timedelta(microseconds=1)), (True, at(20)), (False, at(20) + timedelta(microseconds=1))],
    )
    def test_the_boundary(self, expected: bool, completed: datetime) -> None:
        """One microsecond decides."""
        (row,) = rows(CALLED, Happening("completed", completed, "market"))
        assert (expected, not expected) == (row.facts["on_time"], row.facts["overran"])

    def test_before_the_due_instant_an_open_duty_is_neither(self) -> None:
        """Not yet known is not known."""
        assert "on_time" not in rows(CALLED, as_of=at(20))[0].facts

    def test_after_it_an_open_duty_is_late(self) -> None:
        """Whether or not anybody looked."""
        assert rows(CALLED, as_of=at(20) + SECOND)[0].facts["on_time"] is False

    def test_a_duty_passed_up_in_time_is_not_late(self) -> None:
        """It is somebody else's; only what happened on it after its due instant shows."""
        below, above = rows(
            Happening("assigned", at(1), "g1", "", at(3)), Happening("passed_up", at(2), "c1", "", at(9))
        )
        assert ("on_time" not in below.facts, False) == (True, below.facts["overran"])
        assert above.facts["on_time"] is False

    def test_without_a_due_instant_there_is_no_such_fact(self) -> None:
        """Rows without a target stay out of the denominator."""
        (row,) = rows(Happening("called", at(1), "police", "support"), Happening("completed", at(2), "police"))
        assert (None, "none", False) == (row.due_at, row.due_basis, row.facts["has_due"])
        assert not {"on_time", "overran"} & row.facts.keys()

    def test_the_record_comes_before_the_rule(self) -> None:
        """Decided versus recorded: the record's due time holds; without one the pack's rule gives it."""
        recorded, ruled = rows(CALLED, Happening("called", at(1), "housing", "joint"))
        assert (at(20), "record", False) == (recorded.due_at, recorded.due_basis, recorded.provisional)
        assert (at(49), "rule", True) == (ruled.due_at, ruled.due_basis, ruled.provisional)


class TestMet:
    """当事人见面率: a declined meeting is in no denominator."""

    @pytest.mark.parametrize(
        ("expected", "happenings"),
        [
            (True, (Happening("met", at(2), "market"),)),
            (False, ()),
            (None, (Happening("declined", at(2), "market"),)),
            (True, (Happening("declined", at(2), "market"), Happening("met", at(3), "market"))),
        ],
    )
    def test_met(self, expected: bool | None, happenings: tuple[Happening, ...]) -> None:
        """Met, not met, or not known."""
        assert expected is rows(CALLED, *happenings)[0].facts.get("met")

    def test_where_a_source_records_no_meeting_nobody_counts_as_not_met(self) -> None:
        """What nobody measured is not 0 %."""
        silent = attrs.evolve(RULES, meetings=False)
        assert "met" not in rows(CALLED, rules=silent)[0].facts
        assert rows(CALLED, Happening("met", at(2), "market"), rules=silent)[0].facts["met"] is True


class TestWithdrawn:
    """A matter that its reporter took back is nobody's failure."""

    def test_an_open_duty_is_neither_late_nor_unmet(self) -> None:
        """What was done before stands."""
        done = Happening("completed", at(30), "market")
        (open_,) = rows(CALLED, Happening("withdrawn", at(2)))
        (closed,) = rows(CALLED, done, Happening("withdrawn", at(40)))
        assert not {"on_time", "met"} & open_.facts.keys()
        assert (True, False, False) == (open_.facts["withdrawn"], closed.facts["on_time"], closed.facts["met"])


class TestSatisfied:
    """Unanswered is not satisfied, and not dissatisfied either."""

    @pytest.mark.parametrize(
        ("answered", "satisfied", "happenings"),
        [
            (False, None, ()),
            (True, None, (Happening("answered", at(9), "market"),)),
            (True, True, (Happening("answered", at(9), "market", satisfied=True),)),
            (True, False, (Happening("answered", at(9), satisfied=False),)),
        ],
    )
    def test_answers(self, answered: bool, satisfied: bool | None, happenings: tuple[Happening, ...]) -> None:
        """The resident's word, or none."""
        facts = rows(CALLED, *happenings)[0].facts
        assert (answered, satisfied) == (facts["answered"], facts.get("satisfied"))


class TestOtherFacts:
    """The other standard facts, and those a pack declares."""

    def test_flags(self) -> None:
        """Each follows from its instant or state."""
        (row,) = rows(
            CALLED,
            Happening("opened", at(1)),
            Happening("signed", at(2), "market"),
            Happening("contacted", at(3), "market"),
            Happening("excluded", at(4), "market", reason="force-majeure"),
            Happening("completed", at(5), "market"),
            Happening("reopened", at(6), "market"),
        )
        expected = {
            "signed": True,
            "contacted": True,
            "completed": False,
            "excluded": True,
            "called": True,
            "reopened": True,
            "topic": True,
        }
        assert expected == {name: row.facts[name] for name in expected}

    def test_every_standard_fact_can_be_known(self) -> None:
        """The list of standard facts is the list of facts that rows hold: some of live matters alone."""
        (row,) = rows(CALLED, Happening("answered", at(2), satisfied=True), Happening("completed", at(3), "market"))
        of_live = list(STANDARD_FACTS)[list(STANDARD_FACTS).index("signed_on_time") :]
        assert STANDARD_FACTS.keys() - set(of_live) == row.facts.keys()
        assert STANDARD_FACTS.keys() == live_row(reworked(), "2021-03-02 15:00").facts.keys()
        assert all(hasattr(row, name) for name in INSTANTS)

    def test_a_declared_fact_is_typed(self) -> None:
        """The pack's word becomes a value that conditions can ask for."""
        (row,) = rows(CALLED, Happening("noted", at(2), "market", facts={"duty_done": "yes"}))
        assert row.facts["duty_done"] is True

    def test_an_undeclared_fact_is_refused(self) -> None:
        """A log of other rules cannot slip facts in."""
        with pytest.raises(RefusedError) as refused:
            rows(CALLED, Happening("noted", at(2), "market", facts={"duty_dome": "yes"}))
        assert refused.value.code == "unknown_attribute"

    @pytest.mark.parametrize(("expected", "what"), [(False, "returned"), (False, "relieved"), (True, "completed")])
    def test_a_duty_that_is_somebody_elses_does_not_count(self, expected: bool, what: str) -> None:
        """A relieved responder leaves the denominators."""
        assert expected is rows(CALLED, Happening(what, at(2), "market"))[0].counts


class TestAnsweringUnit:
    """A matter never called is counted for the subdistrict that answers for it."""

    ANSWERING = FactRules(due=by_rule, answering=subdistrict, declared=DECLARED)

    def test_the_last_handlers_outcome_counts(self) -> None:
        """The grid solved it: the subdistrict has a row, with the rule's due from first receipt."""
        handled, answer = rows(
            Happening("assigned", at(1), "g1", "", at(3)), Happening("completed", at(2), "g1"), rules=self.ANSWERING
        )
        assert (1, "g1", "handle", at(1), "record") == (
            handled.number,
            handled.unit,
            handled.role,
            handled.assigned_at,
            handled.due_basis,
        )
        assert (0, "s1", "answer", at(0), at(48), "rule", at(2), True) == (
            answer.number,
            answer.unit,
            answer.role,
            answer.assigned_at,
            answer.due_at,
            answer.due_basis,
            answer.completed_at,
            answer.facts["on_time"],
        )

    def test_a_matter_nobody_handled_yet_is_open_at_it(self) -> None:
        """It is never dropped."""
        (answer,) = rows(rules=self.ANSWERING)
        assert ("s1", False, False) == (answer.unit, answer.facts["completed"], answer.facts["on_time"])

    @pytest.mark.parametrize(
        ("expected", "happenings"),
        [
            # A supporter's unfinished duty is not the outcome.
            (
                (True, True),
                (
                    Happening("assigned", at(1), "g1"),
                    Happening("called", at(1), "station", "support"),
                    Happening("relieved", at(2), "station"),
                    Happening("completed", at(3), "g1"),
                ),
            ),
            # What was returned, or relieved, is open with the unit that answers.
            ((False, True), (Happening("assigned", at(1), "s1"), Happening("returned", at(2), "s1"))),
            # A matter whose every call was returned is not the responders' any more.
            ((False, True), (CALLED, Happening("returned", at(2), "market"))),
        ],
    )
    def test_what_the_row_rests_on(self, expected: tuple[bool, bool], happenings: tuple[Happening, ...]) -> None:
        """The last duty that led; no matter is lost between units."""
        answer = rows(*happenings, rules=self.ANSWERING)[-1]
        assert ("answer", *expected) == (answer.role, answer.facts["completed"], answer.counts)

    def test_a_called_matter_is_the_responders(self) -> None:
        """The caller is not scored on it."""
        assert ["market"] == [row.unit for row in rows(CALLED, rules=self.ANSWERING)]


# --- live matters ---------------------------------------------------------------------------------------------------

OF_COUNTY = FactRules(due=lambda _, __: None, answering=lambda _: "yushan", declared=COUNTY.findings)
MONDAY = "2021-02-22 14:00"


def called(actor: Actor = RESIDENT_Z, **fields: Any) -> Desk:
    """Reported and called on a Monday at 14:00: the fire brigade leads until Wednesday 17:00, two units support."""
    desk = Desk()
    desk.report(MONDAY, actor=actor)
    desk.give(c.PassUp, MONDAY, HEAD)
    desk.give(c.PassUp, MONDAY, COMMUNITY)
    desk.give(c.Call, MONDAY, SUBDISTRICT, **fields)
    return desk


def reworked(second: str = "2021-02-26 10:00") -> Desk:
    """Everything of it: on the spot, done, not satisfied, done again, satisfied."""
    desk = called(on_site_at=china("2021-02-22 17:00"))
    desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
    desk.give(c.Contact, "2021-02-22 15:10", of("fire"))
    desk.give(c.Arrive, "2021-02-22 16:50", of("fire"))
    desk.give(c.Complete, "2021-02-23 10:00", of("fire"))
    desk.give(c.CallBack, "2021-02-24 10:00", PLATFORM_DESK, satisfied=False)
    desk.give(c.Complete, second, of("fire"))
    desk.give(c.CallBack, "2021-03-02 14:00", PLATFORM_DESK, satisfied=True)
    return desk


def live_rows(desk: Desk, as_of: str) -> list[FactRow]:
    return list(rows_of(desk.matters["m1"], as_of=china(as_of), rules=OF_COUNTY))


def live_row(desk: Desk, as_of: str, unit: str = "fire") -> FactRow:
    (row,) = [row for row in live_rows(desk, as_of) if row.unit == unit]
    return row


LATER = "2021-04-01 09:00"


class TestInTimeByItsClock:
    """J4, E: each clock has a fact of its own, met at the very second; before it runs out, nothing is known."""

    @pytest.mark.parametrize(
        ("command", "fact", "due"),
        [
            (c.SignIn, "signed_on_time", "2021-02-22 16:00"),
            (c.Arrive, "arrived_on_time", "2021-02-22 17:00"),
            (c.Contact, "contacted_on_time", "2021-02-23 17:00"),
        ],
    )
    def test_the_boundary(self, command: type[c.Command], fact: str, due: str) -> None:
        silent = called(on_site_at=china("2021-02-22 17:00"))
        assert fact not in live_row(silent, due).facts
        assert live_row(silent, f"{due}:00.000001").facts[fact] is False
        for at_, expected in ((due, True), (f"{due}:00.000001", False)):
            desk = called(on_site_at=china("2021-02-22 17:00"))
            if command is c.Contact:
                desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
            desk.give(command, at_, of("fire"))
            assert live_row(desk, LATER).facts[fact] is expected

    @pytest.mark.parametrize(("met", "expected"), [("2021-02-23 17:00", True), ("2021-02-23 17:01", False)])
    def test_who_is_met_is_contacted(self, met: str, expected: bool) -> None:
        desk = called()
        desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
        desk.give(c.Meet, met, of("fire"), where="site")
        facts = live_row(desk, LATER).facts
        assert (facts["contacted"], facts["contacted_on_time"]) == (True, expected)

    def test_who_has_no_party_to_contact_is_not_late(self) -> None:
        desk = called(actor=PLATFORM_DESK)
        desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
        desk.give(c.DeclineMeeting, "2021-02-22 15:10", of("fire"), reason="no_party")
        assert not {"contacted_on_time", "met"} & live_row(desk, LATER).facts.keys()

    def test_without_such_a_clock_there_is_no_such_fact(self) -> None:
        """Supporters need not contact anybody; nobody named a time to be on the spot."""
        facts = live_row(called(), LATER, "police").facts
        assert not {"contacted_on_time", "arrived_on_time"} & facts.keys()
        assert facts["signed_on_time"] is False


class TestSecondHandling:
    """E13, 重办: what was not fixed is handled again, in a time of its own."""

    def test_fixed_the_first_time(self) -> None:
        desk = called()
        desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
        desk.give(c.Complete, "2021-02-23 10:00", of("fire"))
        assert "first_fix" not in live_row(desk, LATER).facts
        desk.give(c.CallBack, "2021-02-24 10:00", PLATFORM_DESK, satisfied=True)
        facts = live_row(desk, LATER).facts
        assert (False, True, True) == (facts["reworked"], facts["first_fix"], facts["first_satisfied"])
        assert "second_on_time" not in facts

    @pytest.mark.parametrize(
        ("expected", "second"), [(True, "2021-03-01 17:00"), (False, "2021-03-01 17:00:00.000001")]
    )
    def test_second_handling_in_time(self, expected: bool, second: str) -> None:
        """Three working days from Wednesday: until Monday at the close of business."""
        facts = live_row(reworked(second), LATER).facts
        assert (expected, True, False) == (facts["second_on_time"], facts["reworked"], facts["first_fix"])

    def test_reopened_the_second_handling_stays_what_it_was(self) -> None:
        """What is done after it was opened again is no part of it; nor is the time that it then gets."""
        desk = reworked("2021-03-01 17:00")
        desk.give(c.Reopen, "2021-03-03 09:00", PLATFORM_DESK)
        assert live_row(desk, LATER).facts["second_on_time"] is True
        desk.give(c.Complete, "2021-03-05 09:00", of("fire"))
        facts = live_row(desk, LATER).facts
        assert (facts["second_on_time"], facts["completed"]) == (True, True)

    @pytest.mark.parametrize(("expected", "third"), [(True, "2021-03-05 17:00"), (False, "2021-03-05 17:01")])
    def test_handed_back_anew_the_last_second_handling_counts(self, expected: bool, third: str) -> None:
        """Three working days from Tuesday: until Friday. What was done of the one before does not answer for it."""
        desk = called()
        desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
        desk.give(c.Complete, "2021-02-23 10:00", of("fire"))
        desk.give(c.CallBack, "2021-02-24 10:00", PLATFORM_DESK, satisfied=False)
        desk.give(c.Complete, "2021-02-26 10:00", of("fire"))
        desk.give(c.CallBack, "2021-03-02 14:00", PLATFORM_DESK, satisfied=False)
        assert "second_on_time" not in live_row(desk, "2021-03-05 17:00").facts
        assert live_row(desk, "2021-03-05 17:01").facts["second_on_time"] is False
        desk.give(c.Complete, third, of("fire"))
        assert live_row(desk, LATER).facts["second_on_time"] is expected

    def test_opened_again_it_was_not_fixed_the_first_time(self) -> None:
        """T40: a reopening counts against it, before anybody answers anew and after."""
        desk = called()
        desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
        desk.give(c.Complete, "2021-02-23 10:00", of("fire"))
        desk.give(c.CallBack, "2021-02-24 10:00", PLATFORM_DESK, satisfied=True)
        desk.give(c.Reopen, "2021-02-25 09:00", PLATFORM_DESK)
        assert live_row(desk, LATER).facts["first_fix"] is False
        desk.give(c.Complete, "2021-02-26 09:00", of("fire"))
        desk.give(c.CallBack, "2021-03-01 10:00", PLATFORM_DESK, satisfied=True)
        assert live_row(desk, LATER).facts["first_fix"] is False
        assert "first_fix" not in live_row(desk, LATER, "police").facts

    def test_the_first_answer_stays_the_first(self) -> None:
        """A later yes does not undo an earlier no."""
        facts = live_row(reworked(), LATER).facts
        assert (False, True) == (facts["first_satisfied"], facts["satisfied"])

    def test_an_answer_is_about_those_who_lead(self) -> None:
        facts = live_row(reworked(), LATER, "police").facts
        assert not {"first_satisfied", "promise_kept", "first_fix"} & facts.keys()


class TestPromise:
    """E11: the promise to the resident is one instant, which nothing moves."""

    def test_kept_when_it_was_done_by_then(self) -> None:
        desk = called()
        desk.give(c.SignIn, "2021-02-22 15:00", of("fire"))
        desk.give(c.Complete, "2021-03-01 17:00", of("fire"))
        assert live_row(desk, LATER).facts["promise_kept"] is True

    def test_not_known_before_it_runs_out_and_broken_after(self) -> None:
        assert "promise_kept" not in live_row(called(), "2021-03-01 17:00").facts
        assert live_row(called(), "2021-03-01 17:01").facts["promise_kept"] is False

    def test_nobody_was_promised_anything_in_a_matter_without_such_a_clock(self) -> None:
        matter = called().matters["m1"]
        assert matter.live is not None
        timers = {key: timer for key, timer in matter.live.timers.items() if key != (0, "promise")}
        bare = attrs.evolve(matter, live=attrs.evolve(matter.live, timers=timers))
        assert all("promise_kept" not in row.facts for row in rows_of(bare, as_of=china(LATER), rules=OF_COUNTY))


class TestLiveDue:
    """The rules of the matter's edition set the due instants of its duties when they are opened."""

    def test_each_duty_is_due_by_rule(self) -> None:
        desk = called()
        due = {row.unit: (row.due_at, row.due_basis) for row in live_rows(desk, LATER)}
        assert due["grid-1"] == (china("2021-02-23 10:00"), "rule")
        assert due["fire"] == due["police"] == (china("2021-02-24 17:00"), "rule")
        assert "answer" not in {row.role for row in live_rows(desk, LATER)}

    def test_a_helper_has_no_time_of_its_own(self) -> None:
        """Whistled for inside the subdistrict."""
        desk = Desk()
        desk.report("2021-02-22 10:00")
        desk.give(c.PassUp, "2021-02-22 10:10", HEAD)
        desk.give(c.PassUp, "2021-02-22 10:20", COMMUNITY)
        desk.give(c.Whistle, "2021-02-22 10:30", SUBDISTRICT, units=("station-yushan",))
        row = live_row(desk, LATER, "station-yushan")
        assert (None, "none", False) == (row.due_at, row.due_basis, row.facts["has_due"])

    @pytest.mark.parametrize(("expected", "reported"), [(False, "2021-03-22 10:00"), (True, "2021-03-31 10:00")])
    def test_provisional_where_the_calendar_is_not_confirmed(self, expected: bool, reported: str) -> None:
        """The calendar covers the days until the end of March."""
        desk = Desk()
        desk.report(reported)
        desk.give(c.Call, reported, HEAD)
        assert {row.unit: row.provisional for row in live_rows(desk, LATER)}["fire"] is expected

    @pytest.mark.parametrize(
        ("completed", "on_time"),
        [("2021-02-22 15:00", True), ("2021-03-01 17:00", True), ("2021-03-01 17:00:00.000001", False)],
    )
    def test_who_answers_for_a_matter_nobody_called_has_until_the_promise(self, completed: str, on_time: bool) -> None:
        """没有呼叫的事项由镇街答复: nobody loses it from the rates."""
        desk = Desk()
        desk.report(MONDAY)
        desk.give(
            c.TellTerm, "2021-02-22 14:10", HEAD, stage="case_opened", due_at=china("2021-04-30 17:00"), cites="law"
        )
        desk.give(c.Complete, completed, HEAD)
        row = live_row(desk, LATER, "yushan")
        assert ("answer", china("2021-03-01 17:00"), "rule") == (row.role, row.due_at, row.due_basis)
        assert (on_time, True) == (row.facts["on_time"], row.facts["completed"])

    @pytest.mark.parametrize(("expected", "reported"), [(False, "2021-03-22 10:00"), (True, "2021-03-30 10:00")])
    def test_the_promise_may_be_provisional_too(self, expected: bool, reported: str) -> None:
        desk = Desk()
        desk.report(reported)
        assert live_row(desk, LATER, "yushan").provisional is expected

    def test_a_matter_that_was_redirected_at_once_is_counted_for_who_answers(self) -> None:
        """Nobody had a duty on it."""
        desk = Desk()
        desk.report(MONDAY, item="court")
        (row,) = live_rows(desk, LATER)
        assert ("yushan", "answer", False) == (row.unit, row.role, row.facts["completed"])


class TestFindings:
    """A1, 一事一考: what the caller finds stands beside, or instead of, what the events say."""

    def finding(self, reason: str = "seen", **facts: str) -> FactRow:
        desk = reworked()
        findings = (c.FindingOf(unit="fire", facts=facts, reason=reason),)
        desk.give(c.Assess, "2021-03-02 15:00", SUBDISTRICT, findings=findings)
        return live_row(desk, LATER)

    def test_a_finding_overrides_a_fact(self) -> None:
        assert live_row(reworked(), LATER).facts["met"] is False
        assert self.finding(met="yes").facts["met"] is True
        assert self.finding(satisfied="no").facts["satisfied"] is False

    def test_what_it_does_not_name_goes_by_the_events(self) -> None:
        assert self.finding(met="yes").facts["signed_on_time"] is True

    def test_a_declared_fact_is_stated(self) -> None:
        assert self.finding("", duty="no").facts["duty"] is False


class TestReturns:
    """R11: a return without ground is counted; one that is granted leaves the denominators."""

    def returned(self) -> Desk:
        desk = called()
        desk.give(c.AskReturn, "2021-02-22 15:00", of("fire"), cites="fire-lane.a", proposed="market")
        return desk

    def test_refused(self) -> None:
        desk = self.returned()
        assert live_row(desk, LATER).facts["return_unjustified"] is False
        desk.give(c.RefuseReturn, "2021-02-22 16:00", PLATFORM_DESK, unit="fire", reason="list")
        assert live_row(desk, LATER).facts["return_unjustified"] is True

    def test_granted(self) -> None:
        desk = self.returned()
        desk.give(c.GrantReturn, "2021-02-22 16:00", PLATFORM_DESK, unit="fire", to="market")
        row = live_row(desk, LATER)
        assert (False, False) == (row.facts["return_unjustified"], row.counts)
        assert "on_time" not in row.facts
