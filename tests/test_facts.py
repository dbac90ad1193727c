"""Fact rows: what assessment reads."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from gridgov.calendar import Due
from gridgov.conditions import Attribute, AttributeType, Vocabulary
from gridgov.errors import RefusedError
from gridgov.facts import INSTANTS, STANDARD_FACTS, FactRow, FactRules, rows_of
from gridgov.matters import Assignment, Happening, Matter, Recorded, apply

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
        """The list of standard facts is the list of facts that rows hold."""
        (row,) = rows(CALLED, Happening("answered", at(2), satisfied=True), Happening("completed", at(3), "market"))
        assert STANDARD_FACTS.keys() == row.facts.keys()
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
