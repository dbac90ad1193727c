"""Conditions: what a cell may say, what a table decides, and what its checks find."""

import pickle
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.conditions import (
    Anything,
    Attribute,
    AttributeType,
    Between,
    Compared,
    DecisionTable,
    HitPolicy,
    NoneOf,
    OneOf,
    Row,
    Vocabulary,
    parse_cells,
    parse_condition,
)
from gridgov.errors import AmbiguousRuleError, Fault, GridgovError, PackError, RefusedError
from gridgov.values import Citation, Label, Period

SCENE = Attribute("scene", AttributeType.WORD, ("compound", "road", "venue"), Label(zh="场景", en="scene"))
URGENT = Attribute("urgent", AttributeType.FLAG)
FLOORS = Attribute("floors", AttributeType.INTEGER)
DECIBELS = Attribute("decibels", AttributeType.DECIMAL)
BUILT = Attribute("built", AttributeType.DATE)
VOCABULARY = Vocabulary((SCENE, URGENT, FLOORS, DECIBELS, BUILT))

DAY = date(2021, 2, 10)
ALWAYS = Period(date(2020, 7, 1))


def row(name: str, period: Period = ALWAYS, **cells: str) -> Row[str]:
    """A row that decides its own name."""
    return Row(id=name, when=parse_cells(VOCABULARY, cells), value=name, period=period)


def table(*rows: Row[str], policy: HitPolicy = HitPolicy.UNIQUE) -> DecisionTable[str]:
    """A table called "t" over the vocabulary above."""
    return DecisionTable("t", VOCABULARY, rows, policy)


def decided(of: DecisionTable[str], facts: Mapping[str, object], on: date = DAY) -> list[str]:
    """What the rows that answer decide."""
    return [each.value for each in of.decide(facts, on)]


def codes(error: pytest.ExceptionInfo[GridgovError]) -> list[str]:
    """The codes of an error's faults."""
    return [fault.code for fault in error.value.faults]


class TestAttribute:
    """A pack declares each fact with its type, and the words it may be."""

    @pytest.mark.parametrize(
        ("name", "kind", "words", "why"),
        [
            ("场景", AttributeType.FLAG, (), "is not an id"),
            ("scene", AttributeType.WORD, ("路",), "is not an id"),
            ("scene", AttributeType.WORD, ("road", "road"), "twice"),
            ("scene", AttributeType.WORD, (), "at least one"),
            ("floors", AttributeType.INTEGER, ("one",), "words are for type 'word'"),
        ],
    )
    def test_refuses_what_is_no_declaration(
        self, name: str, kind: AttributeType, words: tuple[str, ...], why: str
    ) -> None:
        """Names and words are ids; only words have words, and they have some."""
        with pytest.raises(ValueError, match=why):
            Attribute(name, kind, words)

    def test_is_called_by_its_label_or_else_its_name(self) -> None:
        """The institution's own term is data beside the name."""
        assert ("场景", "scene", "urgent") == (SCENE.in_("zh"), SCENE.in_("en"), URGENT.in_("zh"))


class TestVocabulary:
    """Facts are checked before they decide: unknown names and words are refused, all at once, with what was meant."""

    def test_two_attributes_of_one_name_are_refused(self) -> None:
        """Each name twice is one fault."""
        with pytest.raises(PackError) as error:
            Vocabulary((SCENE, URGENT, SCENE))
        assert [("duplicate_attribute", "scene")] == [(fault.code, fault.place) for fault in error.value.faults]

    def test_holds_its_attributes_in_order(self) -> None:
        """It can be asked, walked and counted."""
        assert [SCENE, URGENT] == list(VOCABULARY)[:2]
        assert (True, False, 5) == ("scene" in VOCABULARY, "colour" in VOCABULARY, len(VOCABULARY))
        assert SCENE == VOCABULARY.attribute("scene")

    def test_an_unknown_attribute_names_the_near_one(self) -> None:
        """The hint is the name that was probably meant."""
        with pytest.raises(PackError, match=r"unknown_attribute.*did you mean 'floors'") as error:
            VOCABULARY.attribute("flors")
        assert "unknown_attribute" == error.value.code

    def test_text_becomes_the_attributes_own_type(self) -> None:
        """As from a command line or a file of cases."""
        given = {"scene": "road", "urgent": "no", "floors": "-6", "decibels": "54.50", "built": "2021-02-20"}
        expected = {
            "scene": "road",
            "urgent": False,
            "floors": -6,
            "decibels": Decimal("54.5"),
            "built": date(2021, 2, 20),
        }
        assert expected == VOCABULARY.check(given)
        assert -6 == VOCABULARY.parse_fact("floors", "-6")

    def test_typed_values_stay_and_none_is_not_given(self) -> None:
        """A whole number does for a decimal; None drops out."""
        checked = VOCABULARY.check({"scene": None, "urgent": True, "floors": 6, "decibels": 54, "built": DAY})
        assert {"urgent": True, "floors": 6, "decibels": Decimal(54), "built": DAY} == checked
        assert isinstance(checked["decibels"], Decimal)

    def test_every_fault_comes_at_once_with_its_fact(self) -> None:
        """A caller mends all of them in one go."""
        with pytest.raises(RefusedError) as error:
            VOCABULARY.check({"scen": "road", "scene": "raod", "urgent": "true", "floors": 6.0})
        found = [(fault.place, fault.code, fault.hint) for fault in error.value.faults]
        assert [
            ("facts.scen", "unknown_attribute", "did you mean 'scene'?"),
            ("facts.scene", "unknown_word", "did you mean 'road'?"),
            ("facts.urgent", "unknown_word", "use one of yes, no"),
            ("facts.floors", "bad_value", "give a whole number such as 54 (18 digits at most)"),
        ] == found

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("scene", 1),
            ("urgent", 1),
            ("urgent", 0.0),
            ("urgent", "Yes"),
            ("floors", True),
            ("floors", 6.0),
            ("floors", Decimal(6)),
            ("decibels", 54.5),
            ("decibels", False),
            ("decibels", Decimal("NaN")),
            ("decibels", Decimal("sNaN")),
            ("decibels", Decimal("Infinity")),
            ("built", datetime(2021, 2, 10, tzinfo=UTC)),
            ("built", 20210210),
        ],
    )
    def test_no_value_is_bent_into_a_type(self, name: str, value: object) -> None:
        """House rule 6: exact. ``1`` is no flag, ``6.0`` no number of floors, an instant no day."""
        with pytest.raises(RefusedError) as error:
            VOCABULARY.check({name: value})
        assert error.value.code in {"bad_value", "unknown_word"}
        with pytest.raises(RefusedError):
            table(
                row("a", scene="road"), row("b", urgent="yes", floors=">5", decibels="54", built="2021-02-10")
            ).decide({name: value}, DAY)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("floors", "١٢"),
            ("floors", "１２"),
            ("floors", "²"),
            ("floors", "1_000"),
            ("floors", "+6"),
            ("floors", "1e3"),
            ("floors", "1" * 19),
            ("floors", "6\n"),
            ("decibels", "NaN"),
            ("decibels", "1e999"),
            ("decibels", ".5"),
            ("decibels", "0.1234567891"),
            ("built", "2021-W10-1"),
            ("built", "20210210"),
            ("built", "2021-02-30"),
            ("built", "２０21-02-10"),
            ("built", "0000-01-01"),
        ],
    )
    def test_numbers_and_days_have_one_form(self, name: str, text: str) -> None:
        """``int`` takes Arabic and full-width digits, ``fromisoformat`` week dates; a pack's reader does not."""
        with pytest.raises(RefusedError, match="bad_value"):
            VOCABULARY.parse_fact(name, text)

    def test_a_long_text_is_counted_not_quoted(self) -> None:
        """What was filed under a word by mistake, such as a resident's own text, does not get into logs."""
        with pytest.raises(RefusedError, match="a text of 90 characters") as error:
            VOCABULARY.parse_fact("scene", "邻居夜里摆摊" * 15)
        assert "邻居" not in str(error.value)


CELLS: list[tuple[Attribute, str, str, list[object], list[object]]] = [
    (SCENE, "road", "road", ["road"], ["venue", "compound"]),
    (SCENE, " venue | road ", "road|venue", ["road", "venue"], ["compound"]),
    (SCENE, "!road|venue", "!road|venue", ["compound"], ["road", "venue"]),
    (SCENE, "! road", "!road", ["compound", "venue"], ["road"]),
    (URGENT, "yes", "yes", [True], [False]),
    (URGENT, "no", "no", [False], [True]),
    (URGENT, "yes|no", "no|yes", [True, False], []),
    (URGENT, "!yes", "!yes", [False], [True]),
    (FLOORS, "54", "54", [54], [53, 55]),
    (FLOORS, ">=54", ">=54", [54, 55], [53]),
    (FLOORS, "> 54", ">54", [55], [54, 53]),
    (FLOORS, "<45", "<45", [44, -1], [45, 46]),
    (FLOORS, "<=-3", "<=-3", [-3, -4], [-2, 3]),
    (FLOORS, "5..10", "5..10", [5, 7, 10], [4, 11]),
    (FLOORS, "-5 .. -5", "-5", [-5], [-4, 5]),
    (DECIBELS, "5.50..10", "5.5..10", [Decimal("5.5"), Decimal("9.99"), 10], [Decimal("5.49"), Decimal("10.01")]),
    (DECIBELS, ">-0.0", ">0", [Decimal("0.001")], [0, Decimal("-0.0")]),
    (BUILT, ">=2021-02-20", ">=2021-02-20", [date(2021, 2, 20), date.max], [date(2021, 2, 19)]),
    (BUILT, "2021-02-01..2021-02-28", "2021-02-01..2021-02-28", [date(2021, 2, 28)], [date(2021, 3, 1)]),
]


class TestCells:
    """What may be said of a fact is a closed set."""

    @pytest.mark.parametrize(("attribute", "text", "canonical", "met", "failed"), CELLS)
    def test_a_cell_holds_for_what_it_says(
        self, attribute: Attribute, text: str, canonical: str, met: list[Any], failed: list[Any]
    ) -> None:
        """Bounds are included where the sign says so; a fact that is not given is neither."""
        condition = parse_condition(attribute, text)
        assert canonical == str(condition)
        assert [True] * len(met) + [False] * len(failed) == [condition.holds(value) for value in met + failed]
        assert condition.holds(None) is None

    def test_a_blank_cell_holds_always_and_a_question_mark_when_not_given(self) -> None:
        """Only these two speak of facts that are not given."""
        blank, unstated = parse_condition(SCENE, "  "), parse_condition(SCENE, " ? ")
        assert ("", "?") == (str(blank), str(unstated))
        assert (True, True) == (blank.holds("road"), blank.holds(None))
        assert (False, True) == (unstated.holds("road"), unstated.holds(None))

    @pytest.mark.parametrize(
        ("attribute", "text", "expected"),
        [
            (SCENE, "raod", ["unknown_word"]),
            (SCENE, "路", ["unknown_word"]),
            (SCENE, "raod|road|vene", ["unknown_word", "unknown_word"]),
            (SCENE, "road||venue", ["unknown_word"]),
            (SCENE, "!", ["unknown_word"]),
            (SCENE, "road|road", ["duplicate_word"]),
            (SCENE, "!compound|road|venue", ["never_true"]),
            (SCENE, "road|" * 500, ["cell_too_long"]),
            (URGENT, "true", ["unknown_word"]),
            (URGENT, "!yes|no", ["never_true"]),
            (FLOORS, "six", ["bad_value"]),
            (FLOORS, ">=", ["bad_value"]),
            (FLOORS, "5..", ["bad_value"]),
            (FLOORS, "a..b", ["bad_value", "bad_value"]),
            (FLOORS, "10..5", ["never_true"]),
            (FLOORS, "5|7", ["bad_value"]),
            (FLOORS, "!5", ["bad_value"]),
            (FLOORS, "≥5", ["bad_value"]),
            (BUILT, "2021/02/10", ["bad_value"]),
            (BUILT, "<0001-01-01", ["never_true"]),
            (BUILT, ">9999-12-31", ["never_true"]),
        ],
    )
    def test_refuses_what_is_no_cell(self, attribute: Attribute, text: str, expected: list[str]) -> None:
        """Every fault of the cell at once; a cell that nothing can meet is one."""
        with pytest.raises(PackError) as error:
            parse_condition(attribute, text)
        assert expected == codes(error)

    @pytest.mark.parametrize("attribute", [SCENE, URGENT, FLOORS, DECIBELS, BUILT], ids=lambda each: each.name)
    @pytest.mark.parametrize(
        "text",
        [
            "scene == 'road'",
            "road or venue",
            "not road",
            "road and urgent",
            ">=5 and <10",
            ">5 <10",
            "=5",
            "==5",
            "=>5",
            "lambda: 1",
            "len(road)",
            "__import__('os').system('true')",
            "{u.__init__.__globals__[SECRET]}",
            "{{ 7*7 }}",
            "{% if road %}",
            "${road}",
            "`id`",
            "$(id)",
            "^(a+)+$",
            "[a-z]",
            "road; true",
            "road\\|venue",
        ],
    )
    def test_a_pack_holds_no_expressions(self, attribute: Attribute, text: str) -> None:
        """T11: a template or regex in a pack is refused at load. Nothing is evaluated, formatted or compiled."""
        with pytest.raises(PackError) as error:
            parse_condition(attribute, text)
        assert ["expression"] == codes(error)

    def test_a_declared_word_may_look_like_an_operator(self) -> None:
        """What is declared is a word, whatever it spells."""
        logic = Attribute("logic", AttributeType.WORD, ("and", "or", "in-hand"))
        assert OneOf(("and", "or")) == parse_condition(logic, "or|and")
        with pytest.raises(PackError) as error:
            parse_condition(logic, "in-hnad")
        assert ("unknown_word", "did you mean 'in-hand'?") == (error.value.code, error.value.faults[0].hint)

    @given(
        attribute=st.sampled_from([SCENE, URGENT, FLOORS, DECIBELS, BUILT]),
        text=st.text(max_size=30) | st.text("0123456789.<>=!|-?ynroad ", max_size=12),
    )
    @settings(deadline=None)
    def test_any_text_is_a_cell_or_refused(self, attribute: Attribute, text: str) -> None:
        """No text does anything else; what is taken reads the same again."""
        try:
            condition = parse_condition(attribute, text)
        except PackError:
            return
        assert condition == parse_condition(attribute, str(condition))
        assert str(condition) == str(parse_condition(attribute, str(condition)))

    def test_a_rows_cells_are_read_together(self) -> None:
        """Blank cells drop out; every fault comes with its attribute as place."""
        assert {"scene": OneOf(("road",))} == parse_cells(VOCABULARY, {"scene": "road", "urgent": " "})
        with pytest.raises(PackError) as error:
            parse_cells(VOCABULARY, {"scene": "raod|x", "floors": "many", "colour": "red", "urgent": "yes"})
        assert [
            ("scene", "unknown_word"),
            ("scene", "unknown_word"),
            ("floors", "bad_value"),
            ("colour", "unknown_attribute"),
        ] == [(fault.place, fault.code) for fault in error.value.faults]

    def test_conditions_made_in_code_are_exact_too(self) -> None:
        """No float bounds anything; signs are the four; the order of words does not matter."""
        with pytest.raises(ValueError, match="bounds nothing"):
            Compared(">", 5.5)
        with pytest.raises(ValueError, match="bounds nothing"):
            Between(1, datetime(2021, 2, 10, tzinfo=UTC))
        with pytest.raises(ValueError, match="sign"):
            Compared("!=", 5)
        assert NoneOf(("venue", "road")) == NoneOf(("road", "venue"))


class TestCarInTheFireLane:
    """Case 3: compound, road or venue; without the scene the rows a, b, c and the missing fact are named.

    消防法 60, 70; 道路交通安全法 56, 93; the list row is illustrative.
    """

    LEADS = table(row("a", scene="compound"), row("b", scene="road"), row("c", scene="venue"))

    @pytest.mark.parametrize(("scene", "lead"), [("compound", "a"), ("road", "b"), ("venue", "c")])
    def test_the_scene_decides_who_leads(self, scene: str, lead: str) -> None:
        """One row for each scene."""
        assert [lead] == decided(self.LEADS, {"scene": scene})

    @pytest.mark.parametrize("facts", [{}, {"scene": None}])
    def test_no_scene_is_refused_and_names_rows_and_fact(self, facts: dict[str, object]) -> None:
        """Refused, never guessed."""
        with pytest.raises(AmbiguousRuleError) as error:
            self.LEADS.decide(facts, DAY)
        (fault,) = error.value.faults
        assert ("fact_missing", "facts.scene", ("a", "b", "c")) == (fault.code, fault.place, fault.about)
        assert "t: scene is not given, and these rows hang on it: a, b, c" == fault.message
        assert "give one of compound, road, venue" == fault.hint

    def test_the_reason_shows_every_row_and_the_failing_cell(self) -> None:
        """House rule 5: the row that matched, and the rows that did not and why; in both languages."""
        reason = self.LEADS.trace({"scene": "road"}, DAY)
        assert [
            "t on 2021-02-10: row b answers",
            "  row a: no: scene is road, asked compound",
            "  row b: yes: scene is road",
            "  row c: no: scene is road, asked venue",
        ] == list(reason.lines("en"))
        assert [
            "t，2021-02-10：适用行 b",
            "  行 a：不适用：场景 为 road，要求 compound",
            "  行 b：适用：场景 为 road",
            "  行 c：不适用：场景 为 road，要求 venue",
        ] == list(reason.lines("zh"))


class TestHitPolicies:
    """R6: a declared policy; a violation names all rows."""

    def test_unique_refuses_two_matches_and_names_both(self) -> None:
        """Two matching rows are an error, not an arbitrary winner."""
        with pytest.raises(AmbiguousRuleError) as error:
            table(row("a", scene="road"), row("b", floors=">5"), row("c", scene="venue")).decide(
                {"scene": "road", "floors": 6}, DAY
            )
        assert [("rows_overlap", ("a", "b"))] == [(fault.code, fault.about) for fault in error.value.faults]

    def test_unique_reports_overlap_and_missing_fact_together(self) -> None:
        """All faults at once."""
        rows = (row("a", scene="road"), row("b"), row("c", floors=">5"), row("d", floors="<5", decibels="54"))
        with pytest.raises(AmbiguousRuleError) as error:
            table(*rows).decide({"scene": "road"}, DAY)
        assert [
            ("rows_overlap", "", ("a", "b")),
            ("fact_missing", "facts.floors", ("c", "d")),
            ("fact_missing", "facts.decibels", ("d",)),
        ] == [(fault.code, fault.place, fault.about) for fault in error.value.faults]

    def test_first_answers_with_the_first_and_later_rows_cannot_leave_it_open(self) -> None:
        """What stands behind the row that matched is not asked."""
        rows = (row("a", scene="road"), row("b", urgent="yes"), row("c"))
        first = table(*rows, policy=HitPolicy.FIRST)
        assert ["a"] == decided(first, {"scene": "road"})
        assert ["c"] == decided(first, {"scene": "venue", "urgent": False})
        with pytest.raises(AmbiguousRuleError) as error:
            first.decide({"scene": "venue"}, DAY)
        assert [("fact_missing", ("b",))] == [(fault.code, fault.about) for fault in error.value.faults]

    def test_collect_answers_with_all_in_the_tables_order(self) -> None:
        """Each row decides for itself; one left open leaves the answer open."""
        rows = (row("b", scene="road"), row("a"), row("c", urgent="yes"))
        collect = table(*rows, policy=HitPolicy.COLLECT)
        assert ["b", "a"] == decided(collect, {"scene": "road", "urgent": False})
        with pytest.raises(AmbiguousRuleError, match="fact_missing"):
            collect.decide({"scene": "road"}, DAY)

    @pytest.mark.parametrize("policy", HitPolicy)
    def test_no_row_is_an_answer(self, policy: HitPolicy) -> None:
        """T29: what nobody listed is for the caller to adjudicate; it is not an error."""
        assert [] == decided(table(row("a", scene="road"), policy=policy), {"scene": "venue"})
        assert [] == decided(table(policy=policy), {})

    def test_a_fact_that_cannot_matter_may_be_missing(self) -> None:
        """Another cell has already failed the row that would ask for it."""
        assert ["b"] == decided(table(row("a", scene="road", floors=">5"), row("b", scene="venue")), {"scene": "venue"})


class TestNotGiven:
    """A missing key matches nothing unless the table says so: ``?``."""

    def test_missing_on_both_sides_is_not_equal(self) -> None:
        """Neither ``road`` nor ``!road`` holds for a scene that is not given."""
        for cell in ("road", "!road", "compound|road|venue"):
            with pytest.raises(AmbiguousRuleError, match="fact_missing"):
                table(row("a", scene=cell)).decide({}, DAY)

    def test_a_question_mark_says_what_absence_means(self) -> None:
        """Then the other cells of that fact are not met, and nothing is left open."""
        rows = (row("a", scene="?"), row("b", scene="road"), row("c", scene="!road"))
        assert ["a"] == decided(table(*rows), {})
        assert ["b"] == decided(table(*rows), {"scene": "road"})
        assert [] == table(*rows).gaps()

    def test_only_while_it_is_in_force(self) -> None:
        """Before its first day the fact is required."""
        later = table(row("a", Period(date(2021, 3, 1)), scene="?"), row("b", scene="road"))
        with pytest.raises(AmbiguousRuleError, match="fact_missing"):
            later.decide({}, date(2021, 2, 28))
        assert ["a"] == decided(later, {}, date(2021, 3, 1))

    @pytest.mark.parametrize("name", ["urgent", "floors", "decibels", "built"])
    def test_is_for_facts_of_every_type(self, name: str) -> None:
        """Also where no cell cuts the scale."""
        asks = table(row("a", **{name: "?"}))
        some = {"urgent": True, "floors": 3, "decibels": 3, "built": DAY}[name]
        assert (["a"], []) == (decided(asks, {}), decided(asks, {name: some}))
        assert [f"t, from 2020-07-01: no row answers where {name} is given"] == [each.message for each in asks.gaps()]


class TestDates:
    """Rows answer from their first day until the day before their end."""

    ROWS = (row("old", Period(date(2020, 7, 1), date(2021, 2, 1))), row("new", Period(date(2021, 2, 1))))

    @pytest.mark.parametrize(
        ("on", "answer"),
        [
            (date(2020, 6, 30), []),
            (date(2020, 7, 1), ["old"]),
            (date(2021, 1, 31), ["old"]),
            (date(2021, 2, 1), ["new"]),
            (date.max, ["new"]),
        ],
    )
    def test_the_day_chooses_the_row(self, on: date, answer: list[str]) -> None:
        """Periods are half-open, so the change day belongs to the later row."""
        assert answer == decided(table(*self.ROWS), {}, on)
        assert (date(2020, 7, 1), date(2021, 2, 1)) == table(*self.ROWS).change_days()

    def test_the_reason_says_which_rows_are_not_in_force(self) -> None:
        """With their days, and each row with its clause."""
        cited = attrs.evolve(self.ROWS[1], source=Citation("measures", "art. 5"))
        assert [
            "t on 2021-02-10: row new answers",
            "  row old: not in force (2020-07-01 to 2021-02-01)",
            "  row new: yes [measures art. 5]",
        ] == list(table(self.ROWS[0], cited).trace({}, DAY).lines())


class TestTrace:
    """R8: matched row, rejected rows with the failing cell, short-circuit marks. R9: a rule error is in the result."""

    def heads(self, of: DecisionTable[str], facts: Mapping[str, object]) -> tuple[str, str]:
        """The first line in both languages."""
        reason = of.trace(facts, DAY)
        return reason.text.en.removeprefix("t on 2021-02-10: "), reason.text.zh.removeprefix("t，2021-02-10：")

    def test_tells_every_outcome(self) -> None:
        """Also where `decide` refuses."""
        rows = (row("a", scene="road"), row("b", floors=">5"))
        assert ("row a answers", "适用行 a") == self.heads(table(*rows), {"scene": "road", "floors": 5})
        assert ("no row answers", "无适用行") == self.heads(table(*rows), {"scene": "venue", "floors": 5})
        assert ("undecided, rows a, b overlap", "行 a, b 冲突，无法判定") == self.heads(
            table(*rows), {"scene": "road", "floors": 6}
        )
        assert ("undecided, not given: scene, floors", "缺少 场景、floors，无法判定") == self.heads(table(*rows), {})
        both = table(*rows, policy=HitPolicy.COLLECT)
        assert ("rows a, b answer", "适用行 a, b") == self.heads(both, {"scene": "road", "floors": 6})

    def test_shows_cells_that_are_open_and_those_met_by_absence(self) -> None:
        """An open cell says what it asks; one that fails is told before one that is open."""
        rows = (
            row("a", scene="?", floors="6"),
            row("b", floors="6", urgent="yes"),
            row("c", urgent="no", floors="<6"),
            row("d", scene="road"),
        )
        assert [
            "t on 2021-02-10: undecided, not given: urgent",
            "  row a: yes: scene is not given; floors is 6",
            "  row b: open: urgent is not given, asked yes",
            "  row c: no: floors is 6, asked <6",
            "  row d: no: scene is not given, asked road",
        ] == list(table(*rows).trace({"floors": "6"}, DAY).lines())

    def test_marks_rows_that_first_did_not_ask(self) -> None:
        """Short-circuit."""
        reason = table(row("a", scene="road"), row("b"), row("c"), policy=HitPolicy.FIRST).trace(
            {"scene": "venue"}, DAY
        )
        assert "行 c：未判断，前面的行已适用" == reason.details[2].text.zh
        assert "  row c: not asked, an earlier row answers" == list(reason.lines())[3]

    def test_a_fact_that_is_wrong_is_refused(self) -> None:
        """A rule never switches itself off because a fact is odd."""
        for ask in (table(row("a", scene="road")).decide, table(row("a", scene="road")).trace):
            with pytest.raises(RefusedError, match="did you mean 'road'"):
                ask({"scene": "raod"}, DAY)
            with pytest.raises(RefusedError, match="unknown_attribute"):
                ask({"scene": "road", "colour": "red"}, DAY)


class TestBuilding:
    """A table that exists is valid; its faults come all at once, each with its row."""

    def test_every_fault_names_its_row(self) -> None:
        """Unknown attributes, conditions of another type, rows of one id on one day."""
        rows: list[Row[str]] = [
            Row(id="a", when={"colour": OneOf(("red",))}, value="", period=ALWAYS),
            Row(id="b", when={"floors": OneOf(("road",)), "scene": Compared(">", 5)}, value="", period=ALWAYS),
            Row(id="c", when={"urgent": OneOf(("yes",)), "scene": OneOf(())}, value="", period=ALWAYS),
            Row(id="a", value="", period=ALWAYS),
        ]
        with pytest.raises(PackError) as error:
            DecisionTable("t", VOCABULARY, rows)
        assert [
            ("a", "unknown_attribute"),
            ("b", "bad_value"),
            ("b", "unknown_word"),
            ("c", "bad_value"),
            ("c", "bad_value"),
            ("a", "duplicate_row"),
        ] == [(fault.place, fault.code) for fault in error.value.faults]

    def test_one_id_may_come_again_for_another_period(self) -> None:
        """The same row, reworded."""
        rows = (row("a", Period(date(2020, 1, 1), date(2021, 1, 1))), row("a", Period(date(2021, 1, 1)), scene="road"))
        assert ["a"] == decided(table(*rows), {"scene": "road"})

    def test_a_title_and_an_id_are_fit_to_be_shown(self) -> None:
        """They go into messages and reasons."""
        with pytest.raises(PackError, match="bad_title"):
            DecisionTable("a\u202eb", VOCABULARY, [row("a")])
        with pytest.raises(ValueError, match=r"holds U\+202E"):
            row("a\u202eb")

    def test_blank_cells_are_left_out_of_a_row(self) -> None:
        """Two rows that say the same are equal."""
        assert row("a") == Row(id="a", when={"scene": Anything()}, value="a", period=ALWAYS)

    def test_a_table_can_be_pickled(self) -> None:
        """It crosses to another process and decides the same."""
        copy = pickle.loads(pickle.dumps(table(row("a", scene="road", urgent="yes"), row("b", floors="<5"))))  # noqa: S301
        assert ["a"] == decided(copy, {"scene": "road", "urgent": True, "floors": 5})


class TestChecks:
    """R5: overlap, shadowed row and gap are found before anybody asks."""

    def test_an_overlap_names_rows_days_and_facts(self) -> None:
        """The days are those that both rows share."""
        rows = (
            row("a", Period(date(2020, 7, 1), date(2021, 7, 1)), scene="compound|road", floors=">=6"),
            row("b", Period(date(2021, 1, 1)), scene="!compound", urgent="yes"),
            row("c", Period(date(2021, 7, 1)), scene="compound"),
        )
        (fault,) = table(*rows).overlaps()
        assert ("rows_overlap", ("a", "b")) == (fault.code, fault.about)
        assert (
            "t, 2021-01-01 to 2021-07-01: rows a and b both answer where scene is road, urgent is yes, floors is >=6"
            == fault.message
        )

    def test_rows_overlap_everywhere_or_where_a_fact_is_not_given(self) -> None:
        """A row for absence overlaps with one that does not look."""
        (fault,) = table(row("a"), row("b")).overlaps()
        assert "t, from 2020-07-01: rows a and b both answer" == fault.message
        assert [("a", "b")] == [each.about for each in table(row("a"), row("b", scene="?")).overlaps()]
        assert [] == table(row("a", scene="?"), row("b", scene="!road")).overlaps()

    def test_the_caller_may_rule_facts_out(self) -> None:
        """As no place lies in two disjoint areas."""
        rows = (row("a", scene="road"), row("b", urgent="yes"))

        def apart(facts: Mapping[str, object]) -> bool:
            return not (facts.get("scene") == "road" and facts.get("urgent"))

        assert [("a", "b")] == [fault.about for fault in table(*rows).overlaps()]
        assert [] == table(*rows).overlaps(apart)
        gaps = table(row("a", scene="road"), row("b", urgent="no")).gaps
        assert ["t, from 2020-07-01: no row answers where scene is compound|venue, urgent is yes"] == [
            fault.message for fault in gaps()
        ]
        assert ["t, from 2020-07-01: no row answers where scene is venue, urgent is yes"] == [
            fault.message
            for fault in gaps(lambda facts: not (facts.get("scene") == "compound" and facts.get("urgent")))
        ]
        assert [] == gaps(lambda facts: not facts.get("urgent"))

    def test_a_gap_names_facts_and_days_once(self) -> None:
        """Stretches of a scale run from bound to bound; days join where nothing changes for the gap."""
        rows = (
            row("a", scene="road", floors="<5"),
            row("b", Period(date(2020, 7, 1), date(2021, 1, 1)), scene="road", floors="6..9"),
            row("c", Period(date(2021, 1, 1)), scene="road", floors=">5"),
            row("d", scene="!road"),
        )
        assert [
            "t, 2020-07-01 to 2021-01-01: no row answers where scene is road, floors is 5 or >9",
            "t, from 2021-01-01: no row answers where scene is road, floors is 5",
        ] == [fault.message for fault in table(*rows).gaps()]
        halves = (
            row("a", decibels="<5"),
            row("b", decibels=">=6"),
            row("x", Period(date(2021, 1, 1)), decibels="<4.5"),
        )
        assert ["t, from 2020-07-01: no row answers where decibels is >=5 and <6"] == [
            fault.message for fault in table(*halves, policy=HitPolicy.COLLECT).gaps()
        ]

    def test_days_on_which_no_row_is_in_force_are_a_gap(self) -> None:
        """Between rows, and as far as the caller wants to be answered."""
        rows = (
            row("a", Period(date(2020, 7, 1), date(2021, 1, 1))),
            row("b", Period(date(2021, 2, 1), date(2021, 7, 1))),
        )
        inner = "t, 2021-01-01 to 2021-02-01: no row answers"
        assert [inner] == [fault.message for fault in table(*rows).gaps()]
        assert ["t, 2020-01-01 to 2020-07-01: no row answers", inner, "t, from 2021-07-01: no row answers"] == [
            fault.message for fault in table(*rows).gaps(over=Period(date(2020, 1, 1)))
        ]
        assert [] == table().gaps()
        assert ["t, from 2020-01-01: no row answers"] == [
            fault.message for fault in table().gaps(over=Period(date(2020, 1, 1)))
        ]

    def test_scales_end_where_their_values_do(self) -> None:
        """There is no day before the first or after the last, and no whole number between 5 and 6."""
        assert [] == table(row("a", built=">=0001-01-01")).gaps()
        assert [] == table(row("a", built="<=9999-12-31")).gaps()
        assert [] == table(row("a", floors="<=5"), row("b", floors=">=6")).gaps()
        assert 1 == len(table(row("a", decibels="<=5"), row("b", decibels=">=6")).gaps())
        assert 1 == len(table(row("a", built=">=0001-01-02")).gaps())

    def test_a_row_behind_rows_that_always_answer_is_shadowed(self) -> None:
        """Together they may cover it; only FIRST knows shadows."""
        rows = (row("a", scene="road"), row("b", scene="!road"), row("c", floors=">5"), row("d", scene="?"))
        first = table(*rows, policy=HitPolicy.FIRST)
        assert [] == first.shadowed()  # c answers where the scene is not given, which d makes a case of its own
        covered = table(*rows[:3], policy=HitPolicy.FIRST)
        assert [("row_shadowed", ("c",))] == [(fault.code, fault.about) for fault in covered.shadowed()]
        assert [] == table(*rows[:3]).shadowed()

    def test_a_row_that_outlives_what_covers_it_is_not_shadowed(self) -> None:
        """It answers on one of its days."""
        rows = (row("a", Period(date(2020, 7, 1), date(2021, 7, 1))), row("b"))
        assert [] == table(*rows, policy=HitPolicy.FIRST).shadowed()

    def test_a_table_too_large_to_check_says_so(self) -> None:
        """As a fault beside what was found, not by running for ever."""
        flags = [Attribute(name, AttributeType.FLAG) for name in (*(f"f{number}" for number in range(26)), "last")]
        vocabulary = Vocabulary(flags)
        pairs = [
            Row(
                id=f"r{number}",
                when=parse_cells(vocabulary, {f"f{number}": "yes", f"f{number + 13}": "yes"}),
                value=number,
                period=ALWAYS,
            )
            for number in range(13)
        ]
        every = parse_cells(vocabulary, {flag.name: "yes|no" for flag in flags[:26]})
        same = [Row(id=name, when=every, value=0, period=ALWAYS) for name in "ab"]
        last = [
            Row(id=cell, when=parse_cells(vocabulary, {"last": cell}), value=0, period=ALWAYS) for cell in ("yes", "no")
        ]
        covered = [*pairs, *last, Row(id="rest", value=0, period=ALWAYS)]

        def incomplete(facts: Mapping[str, object]) -> bool:
            return len(facts) < 26

        for found in (
            DecisionTable("t", vocabulary, pairs).gaps(incomplete),
            DecisionTable("t", vocabulary, same).overlaps(incomplete),
            DecisionTable("t", vocabulary, covered, HitPolicy.FIRST).shadowed(),
        ):
            assert ["too_many_combinations"] == [fault.code for fault in found]

    def test_close_numbers_are_told_apart_in_any_context(self) -> None:
        """Decimal results obey the caller's context; the checks do not."""
        low, high, asked = Decimal("0.000000001"), Decimal("0.000000002"), []

        def note(facts: Mapping[str, object]) -> bool:
            asked.extend(facts.values())
            return True

        with localcontext(prec=1):
            (gap,) = table(row("a", decibels=f"<={low:f}"), row("b", decibels=f">={high:f}")).gaps(note)
        assert "t, from 2020-07-01: no row answers where decibels is >0.000000001 and <0.000000002" == gap.message
        assert [Decimal("0.0000000015")] == [value for value in asked if low < value < high]


# What follows holds the tables against a naive reading of their cells. A cell is drawn as its text, and as the set of
# values, out of a small domain, that it says.

DOMAINS: dict[str, list[Any]] = {
    "scene": ["compound", "road", "venue"],
    "urgent": [True, False],
    "floors": [-1, 0, 1, 2, 3, 4],
    "decibels": [Decimal(each) / 2 for each in range(-1, 6)],
    "built": [date(2021, 2, day) for day in range(1, 7)],
}
ASKS = "?"


@attrs.frozen
class Naive:
    """A row as text and as sets of values: each cell a pair; ``?`` has the text alone."""

    name: str
    cells: dict[str, tuple[str, frozenset[Any]]]
    period: Period

    def row(self) -> Row[str]:
        """The row that the library reads."""
        return row(self.name, self.period, **{name: text for name, (text, _) in self.cells.items()})

    def verdict(self, facts: Mapping[str, Any], asked: set[str] | frozenset[str]) -> bool | None:
        """True, False or open: a missing fact opens a cell unless *asked* says that some row asks for absence."""
        answers: list[bool | None] = []
        for name, (text, values) in self.cells.items():
            if facts.get(name) is None:
                answers.append(True if text == ASKS else False if name in asked else None)
            else:
                answers.append(text != ASKS and facts[name] in values)
        return False if False in answers else None if None in answers else True


def shown(value: Any) -> str:
    """A value as cells write it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@st.composite
def cells(draw: st.DrawFn, name: str) -> tuple[str, frozenset[Any]]:
    """A cell over the small domain of a fact."""
    domain = DOMAINS[name]
    if draw(st.integers(0, 5)) == 0:
        return ASKS, frozenset()
    if name in {"scene", "urgent"}:
        some = draw(st.lists(st.sampled_from(domain), min_size=1, max_size=2, unique=True))
        if len(some) < len(domain) and draw(st.booleans()):
            return "!" + "|".join(map(shown, some)), frozenset(domain) - set(some)
        return "|".join(map(shown, some)), frozenset(some)
    inner = domain[1:-1][:: 2 if name == "decibels" else 1]
    low, high = sorted([draw(st.sampled_from(inner)), draw(st.sampled_from(inner))])
    return draw(
        st.sampled_from(
            [
                (f"{low}..{high}", frozenset(each for each in domain if low <= each <= high)),
                (f">={low}", frozenset(each for each in domain if each >= low)),
                (f">{low}", frozenset(each for each in domain if each > low)),
                (f"<{low}", frozenset(each for each in domain if each < low)),
                (f"<={low}", frozenset(each for each in domain if each <= low)),
            ]
        )
    )


BEGIN = date(2021, 1, 1)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A period that begins and ends on one of four days, or does not end."""
    start = draw(st.integers(0, 3))
    end = draw(st.none() | st.integers(start + 1, 4))
    return Period(BEGIN + timedelta(start), None if end is None else BEGIN + timedelta(end))


@st.composite
def naive_rows(draw: st.DrawFn, most_facts: int = 2) -> tuple[Naive, ...]:
    """Up to four rows over a few facts."""
    names = draw(st.lists(st.sampled_from(sorted(DOMAINS)), min_size=1, max_size=most_facts, unique=True))
    drawn = [
        {name: draw(cells(name)) for name in names if draw(st.integers(0, 3))} for _ in range(draw(st.integers(1, 4)))
    ]
    return tuple(Naive(f"r{number}", each, draw(periods())) for number, each in enumerate(drawn))


def names_of(rows: Sequence[Naive]) -> list[str]:
    """The facts that the rows look at."""
    return sorted({name for each in rows for name in each.cells})


def days_of(rows: Sequence[Naive]) -> Iterator[tuple[date, list[Naive], frozenset[str]]]:
    """Each day on which some row may be in force, with the rows that are and the facts whose absence they ask for."""
    for day in (BEGIN + timedelta(number) for number in range(6)):
        valid = [each for each in rows if day in each.period]
        yield day, valid, frozenset(name for each in valid for name, (text, _) in each.cells.items() if text == ASKS)


def every(names: Sequence[str], absent: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """Every combination of facts; a fact may also be absent where *absent* says so."""
    choices = [[*DOMAINS[name], *([None] if absent(name) else [])] for name in names]
    return (dict(zip(names, each, strict=True)) for each in product(*choices))


def naive_answer(rows: Sequence[Naive], facts: Mapping[str, Any], on: date, policy: HitPolicy) -> list[Any]:
    """The ids that answer, or the faults by code, fact and rows."""
    valid, asked = next((valid, asked) for day, valid, asked in days_of(rows) if day == on)
    sure, open_ = [], []
    for each in valid:
        verdict = each.verdict(facts, asked)
        sure += [each] if verdict else []
        open_ += [each] if verdict is None else []
        if sure and policy is HitPolicy.FIRST:
            break
    names = [name for name in DOMAINS if facts.get(name) is None and name not in asked]
    hanging = [(name, [each.name for each in open_ if name in each.cells]) for name in names]
    faults = [("fact_missing", name, ids) for name, ids in hanging if ids]
    if policy is HitPolicy.UNIQUE and len(sure) > 1:
        faults.insert(0, ("rows_overlap", "", [each.name for each in sure]))
    return faults or [each.name for each in sure]


def answer(of: DecisionTable[str], facts: Mapping[str, Any], on: date) -> list[Any]:
    """What the table says, in the same form."""
    try:
        return decided(of, facts, on)
    except AmbiguousRuleError as error:
        return [(each.code, each.place.removeprefix("facts."), list(each.about)) for each in error.faults]


def facts_for(data: st.DataObject, names: Sequence[str]) -> dict[str, Any]:
    """Some facts, some of them not given."""
    return {name: data.draw(st.none() | st.sampled_from(DOMAINS[name]), label=name) for name in names}


def exclusions(data: st.DataObject) -> Callable[[Mapping[str, Any]], bool]:
    """A rule that some word and some flag exclude each other."""
    scene, urgent = data.draw(st.sampled_from(DOMAINS["scene"])), data.draw(st.booleans())
    return lambda facts: not (facts.get("scene") == scene and facts.get("urgent") is urgent)


def names_gap(fault: Fault, day: date, facts: Mapping[str, Any]) -> bool:
    """Whether the message of a gap speaks of that day and those facts."""
    found = re.fullmatch(r"t, (?:from )?(\S+?)(?: to (\S+))?: no row answers(?: where (.*))?", fault.message)
    assert found is not None, fault.message
    end = date.fromisoformat(found[2]) if found[2] else None
    if day not in Period(date.fromisoformat(found[1]), end):
        return False
    pairs = [cell.split(" is ", 1) for cell in found[3].split(", ")] if found[3] else []
    return all(any(meets(name, each, facts[name]) for each in text.split(" or ")) for name, text in pairs)


def meets(name: str, text: str, value: Any) -> bool:
    """Whether a value is what a gap says of a fact."""
    if value is None or text in {"given", "not given"}:
        return (value is None) == (text == "not given")
    return all(parse_condition(VOCABULARY.attribute(name), each).holds(value) for each in text.split(" and "))


class TestAgainstNaiveReading:
    """The index is an economy; it must not change an answer."""

    @given(rows=naive_rows(3), policy=st.sampled_from(HitPolicy), data=st.data())
    @settings(deadline=None)
    def test_decide_reads_the_cells(self, rows: tuple[Naive, ...], policy: HitPolicy, data: st.DataObject) -> None:
        """Rows, missing facts and overlaps are those of a row by row reading; so is the reason."""
        facts, on = facts_for(data, names_of(rows)), BEGIN + timedelta(data.draw(st.integers(0, 5)))
        decider = table(*(each.row() for each in rows), policy=policy)
        assert naive_answer(rows, facts, on, policy) == answer(decider, facts, on)
        marks = {True: "yes", False: "no", None: "open"}
        valid, asked = next((valid, asked) for day, valid, asked in days_of(rows) if day == on)
        for each, reason in zip(rows, decider.trace(facts, on).details, strict=True):
            mark = reason.text.en.split(":")[1].strip().split(" (")[0].split(",")[0]
            expected = marks[each.verdict(facts, asked)] if each in valid else "not in force"
            assert mark in {expected, "not asked"}

    @given(rows=naive_rows(3), data=st.data())
    @settings(deadline=None, max_examples=60)
    def test_the_order_of_rows_does_not_matter(self, rows: tuple[Naive, ...], data: st.DataObject) -> None:
        """Under UNIQUE and COLLECT, and for overlaps and gaps; nor does text in place of values."""
        facts, on = facts_for(data, names_of(rows)), BEGIN + timedelta(data.draw(st.integers(0, 5)))
        turned = data.draw(st.permutations(rows))
        texts = {name: None if value is None else shown(value) for name, value in facts.items()}

        def view(order: Sequence[Naive], policy: HitPolicy, asked: Mapping[str, Any]) -> list[object]:
            of = table(*(each.row() for each in order), policy=policy)
            found = [
                (each[0], each[1], sorted(each[2])) if isinstance(each, tuple) else each
                for each in answer(of, asked, on)
            ]
            pairs = {frozenset(fault.about) for fault in of.overlaps()}
            return [sorted(found), pairs, {fault.message for fault in of.gaps()}]

        for policy in (HitPolicy.UNIQUE, HitPolicy.COLLECT):
            assert view(rows, policy, facts) == view(turned, policy, texts)

    @given(rows=naive_rows(), data=st.data())
    @settings(deadline=None)
    def test_overlaps_are_those_found_by_trying_everything(self, rows: tuple[Naive, ...], data: st.DataObject) -> None:
        """Every pair, on every day, with every combination of facts, given or not."""
        possible = data.draw(st.sampled_from([None, exclusions(data)]))
        tried = [facts for facts in every(names_of(rows), lambda _: True) if possible is None or possible(facts)]
        pairs = [
            (one.name, two.name)
            for number, one in enumerate(rows)
            for two in rows[number + 1 :]
            if one.period.overlaps(two.period)
            and any(one.verdict(facts, set()) and two.verdict(facts, set()) for facts in tried)
        ]
        assert pairs == [fault.about for fault in table(*(each.row() for each in rows)).overlaps(possible)]

    @given(rows=naive_rows(), data=st.data())
    @settings(deadline=None, max_examples=60)
    def test_gaps_are_those_found_by_trying_everything(self, rows: tuple[Naive, ...], data: st.DataObject) -> None:
        """Every combination of the facts that rows in force look at, on every day."""
        possible = data.draw(st.sampled_from([None, exclusions(data)]))
        found = table(*(each.row() for each in rows)).gaps(possible, Period(BEGIN, BEGIN + timedelta(6)))
        hit = set()
        for day, valid, asked in days_of(rows):
            for facts in every(names_of(valid), lambda name, asked=asked: name in asked):
                naming = {
                    fault for fault in found if set(names_of(valid)) == facts.keys() and names_gap(fault, day, facts)
                }
                bare = not any(each.verdict(facts, asked) for each in valid)
                if possible is None:
                    assert bare == (len(naming) == 1)
                if bare and (possible is None or possible(facts)):
                    assert naming
                    hit |= naming
                assert bare or not naming
        assert hit == set(found)

    @given(rows=naive_rows())
    @settings(deadline=None)
    def test_shadowed_rows_are_those_that_nothing_reaches(self, rows: tuple[Naive, ...]) -> None:
        """Under FIRST, whatever is given and on whatever day, they never answer."""
        reached = {
            name
            for day, _, _ in days_of(rows)
            for facts in every(names_of(rows), lambda _: True)
            for name in naive_answer(rows, facts, day, HitPolicy.FIRST)
            if isinstance(name, str)
        }
        found = table(*(each.row() for each in rows), policy=HitPolicy.FIRST).shadowed()
        assert [(each.name,) for each in rows if each.name not in reached] == [fault.about for fault in found]
