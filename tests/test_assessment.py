"""Rates, scores and ranks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.assessment import (
    Group,
    OnMissing,
    Rate,
    Rounding,
    ScoreScheme,
    Status,
    Tally,
    TieRule,
    judge,
    rank,
    score,
    tally,
)
from gridgov.conditions import Attribute, AttributeType, Vocabulary, parse_cells
from gridgov.errors import NotInForceError
from gridgov.facts import FactRow
from gridgov.values import Citation, Label

FLAGS = Vocabulary([Attribute(name, AttributeType.FLAG) for name in ("met", "completed", "satisfied", "excluded")])
ARTICLE = Citation("article", "row 157")


def a_rate(name: str, fact: str, period_by: str) -> Rate:
    return Rate(
        id=name,
        label=Label(zh=name),
        denominator=parse_cells(FLAGS, {fact: "yes|no"}),
        numerator=parse_cells(FLAGS, {fact: "yes"}),
        exclude=parse_cells(FLAGS, {"excluded": "yes"}),
        period_by=period_by,
        source=ARTICLE,
    )


DEPARTMENTS = Group(
    id="departments", label=Label(zh="县直部门"), levels=("department",), accountability=("county",), min_group=2
)
VERTICAL = Group(
    id="vertical",
    label=Label(zh="垂直管理单位"),
    levels=("department",),
    accountability=("vertical",),
    ranked=False,
    note=Label(zh="结果作为对上级的意见", en="an opinion to the superior"),
)
SCHEME = ScoreScheme(
    id="three-rates",
    label=Label(zh="三率考核", en="three rates"),
    rates=(
        a_rate("met", "met", "completed_at"),
        a_rate("done", "completed", "due_at"),
        a_rate("satisfied", "satisfied", "answered_at"),
    ),
    weights={"met": Fraction(30), "done": Fraction(30), "satisfied": Fraction(40)},
    full_mark=Fraction(100),
    min_n=3,
    groups=(DEPARTMENTS, VERTICAL),
    effective_from=date(2020, 7, 1),
    source=ARTICLE,
)

# Case 8 of the worked cases: assignments, met, done, satisfied of answered.
FEBRUARY = {
    "police": (6, (6, 6), (5, 6), (5, 5)),
    "housing": (8, (8, 8), (8, 8), (7, 8)),
    "enforcement": (10, (9, 10), (10, 10), (8, 9)),
    "transport": (5, (4, 5), (4, 5), (3, 5)),
    "market": (2, (2, 2), (2, 2), (2, 2)),
    "resources": (0, (0, 0), (0, 0), (0, 0)),
    "fire": (3, (3, 3), (3, 3), (3, 3)),
}


def counted(table: Mapping[str, Any]) -> dict[str, tuple[int, dict[str, Tally]]]:
    return {
        unit: (n, {"met": Tally(*met), "done": Tally(*done), "satisfied": Tally(*satisfied)})
        for unit, (n, met, done, satisfied) in table.items()
    }


def group_of(unit: str) -> Group | None:
    return VERTICAL if unit == "fire" else DEPARTMENTS


def group_of_nobody(_: str) -> Group | None:
    return None


class TestFebruaryRanking:
    """The article: "每月末由县级平台对街道及县直部门……进行考核评价排名"; weights, minimum and tie rule illustrative."""

    @pytest.mark.parametrize(
        ("unit", "expected", "place", "status"),
        [
            ("police", Fraction(95), 1, Status.RANKED),
            ("housing", Fraction(95), 1, Status.RANKED),
            ("enforcement", Fraction(833, 9), 3, Status.RANKED),
            ("transport", Fraction(72), 4, Status.RANKED),
            ("market", Fraction(100), None, Status.PROVISIONAL),
            ("resources", None, None, Status.NOT_ASSESSED),
            ("fire", Fraction(100), None, Status.NOT_RANKED),
        ],
    )
    def test_score_rank_and_status(
        self, unit: str, expected: Fraction | None, place: int | None, status: Status
    ) -> None:
        """Equal scores share a rank; too few, none at all, and the vertical unit stand without one."""
        found = rank(SCHEME, counted(FEBRUARY), group_of, "2021-02").result(unit)

        assert found is not None
        result = found[1]
        assert (expected, place, status) == (result.score, result.rank, result.status)

    def test_an_approved_exclusion_moves_the_ranks(self) -> None:
        """8/8 instead of 8/9 gives 97: first, and the two at 95 become second."""
        ranking = rank(
            SCHEME, counted(FEBRUARY | {"enforcement": (10, (9, 10), (10, 10), (8, 8))}), group_of, "2021-02"
        )
        departments = ranking.groups[0].results

        assert [("enforcement", 1), ("housing", 2), ("police", 2), ("transport", 4)] == [
            (result.unit, result.rank) for result in departments[:4]
        ]

    def test_dense_ties_take_the_next_rank(self) -> None:
        """Tie rule 1223."""
        dense = attrs.evolve(SCHEME, ties=TieRule.DENSE)
        departments = rank(dense, counted(FEBRUARY), group_of, "2021-02").groups[0].results

        assert [1, 1, 2, 3] == [result.rank for result in departments[:4]]

    def test_a_group_smaller_than_its_minimum_is_not_ranked(self) -> None:
        """Two subdistricts have rates but no bottom."""
        group = attrs.evolve(DEPARTMENTS, min_group=5)
        scheme = attrs.evolve(SCHEME, groups=(group, VERTICAL))
        ranking = rank(scheme, counted(FEBRUARY), lambda unit: VERTICAL if unit == "fire" else group, "2021-02")

        assert {None} == {result.rank for result in ranking.groups[0].results}

    def test_unit_without_group_is_not_listed(self) -> None:
        """Grids and communities are in no group."""
        ranking = rank(SCHEME, counted(FEBRUARY), group_of_nobody, "2021-02")

        assert ranking.result("police") is None
        assert ranking.explain("police") is None

    def test_scheme_is_refused_before_it_holds(self) -> None:
        """Outside the dates covered the library refuses."""
        SCHEME.check_day(date(2020, 7, 1))
        with pytest.raises(NotInForceError) as refused:
            SCHEME.check_day(date(2020, 6, 30))
        assert refused.value.code == "scheme_not_in_force"


class TestExplain:
    """Rule 5: an answer explains itself; a reader can recompute it by hand."""

    def test_the_formula_recomputes_the_score(self) -> None:
        """The text holds every term and the exact sum."""
        reason = rank(SCHEME, counted(FEBRUARY), group_of, "2021-02").explain("enforcement")

        assert "30×9/10 + 30×10/10 + 40×8/9) = 833/9 = 92.56" in str(reason)
        assert "rank: 3 of 4" in str(reason)

    def test_units_without_rank_say_why(self) -> None:
        """Not assessed, provisional and not ranked are told apart, and the group's note is shown."""
        ranking = rank(SCHEME, counted(FEBRUARY), group_of, "2021-02")

        assert "not assessed" in str(ranking.explain("resources"))
        assert "provisional" in str(ranking.explain("market"))
        assert "an opinion to the superior" in str(ranking.explain("fire"))

    def test_a_rescaled_score_shows_the_factor(self) -> None:
        """A missing rate leaves its weight to the others."""
        scheme = attrs.evolve(SCHEME, on_missing=OnMissing.RESCALE)
        table = {"police": (6, (0, 0), (5, 6), (5, 5)), "housing": (6, (6, 6), (6, 6), (6, 6))}
        ranking = rank(scheme, counted(table), group_of, "2021-02")
        found = ranking.result("police")

        assert found is not None
        assert Fraction(650, 7) == found[1].score
        assert "(30×5/6 + 40×5/5) × 100/70 = 650/7 = 92.86" in str(ranking.explain("police"))

    def test_weights_are_shown_as_the_pack_writes_them(self) -> None:
        """62.5 as 62.5, a third as 1/3; the score itself stays exact."""
        weights = {"met": Fraction(125, 2), "done": Fraction(1, 3), "satisfied": Fraction(223, 6)}
        scheme = attrs.evolve(SCHEME, weights=weights, on_missing=OnMissing.RESCALE)
        tallies = {"police": (6, {"met": Tally(1, 2), "done": Tally(), "satisfied": Tally()})}
        told = str(rank(scheme, tallies, group_of, "2021-02").explain("police"))

        assert "weight 62.5, month by" in told
        assert "weight 1/3, month by" in told
        assert "(62.5×1/2) × 100/62.5 = 50 = 50.00" in told

    def test_matters_are_named_with_what_they_count_for(self) -> None:
        """With its rows each rate names numerator, rest of the denominator, and what was left out."""
        rows = [
            a_row("m1", met=True),
            a_row("m2", met=False),
            a_row("m3", met=True, excluded=True),
            a_row("m4", day=date(2021, 3, 2), met=True),
        ]
        tallies = tally(rows, SCHEME, group_of, FEBRUARY_BOUNDS)
        reason = rank(SCHEME, tallies, group_of, "2021-02").explain("police", rows, FEBRUARY_BOUNDS)

        assert "counted in the numerator 1: m1" in str(reason)
        assert "counted in the denominator only 1: m2" in str(reason)
        assert "left out 1: m3" in str(reason)
        assert "1 left out" in str(reason)
        assert "m4" not in str(reason)

    def test_long_lists_of_matters_are_cut_with_their_number(self) -> None:
        """A page stays readable."""
        rows = [a_row(f"m{n}", met=True) for n in range(60)]
        reason = rank(SCHEME, tally(rows, SCHEME, group_of), group_of, "all").explain("police", rows)

        assert "numerator 60: m0" in str(reason)
        assert "(+10)" in str(reason)


FEBRUARY_BOUNDS = (datetime(2021, 1, 31, 16, tzinfo=UTC), datetime(2021, 2, 28, 16, tzinfo=UTC))


def a_row(
    matter: str, *, day: date = date(2021, 2, 10), role: str = "lead", outcome: str = "", **facts: bool
) -> FactRow:
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    return FactRow(
        matter=matter,
        number=1,
        unit="police",
        role=role,
        item="dogs",
        place="g1",
        opened_by="called",
        reported_at=at,
        assigned_at=at,
        due_at=at,
        due_basis="record",
        signed_at=None,
        contacted_at=None,
        met_at=None,
        completed_at=at,
        answered_at=None,
        closed_at=None,
        last_at=at,
        outcome=outcome,
        facts={"excluded": False, **facts},
    )


class TestTally:
    """A rate is data: facts above, facts below, exclusions, and the instant that gives the month."""

    def test_months_turn_at_the_packs_midnight(self) -> None:
        """The first instant belongs to the month, the first after it does not."""
        start, end = FEBRUARY_BOUNDS
        row = a_row("m1", met=True)
        inside = (start, end - timedelta(microseconds=1))

        assert ["numerator", "numerator"] == [
            judge(SCHEME.rates[0], attrs.evolve(row, completed_at=at), FEBRUARY_BOUNDS) for at in inside
        ]
        assert ["", ""] == [
            judge(SCHEME.rates[0], attrs.evolve(row, completed_at=at), FEBRUARY_BOUNDS)
            for at in (start - timedelta(microseconds=1), end)
        ]

    def test_each_rate_has_its_own_month(self) -> None:
        """A call-back in March counts in March, though the matter was done in February."""
        row = a_row("m1", satisfied=True)

        assert "" == judge(SCHEME.rates[2], row, FEBRUARY_BOUNDS)
        assert "numerator" == judge(SCHEME.rates[2], row)

    def test_an_unknown_fact_is_in_no_denominator(self) -> None:
        """An unanswered survey is neither satisfied nor dissatisfied."""
        tallies = tally([a_row("m1"), a_row("m2", satisfied=False)], SCHEME, group_of)["police"][1]

        assert Tally(0, 1) == tallies["satisfied"]

    @pytest.mark.parametrize("outcome", ["relieved", "returned", "passed_up"])
    def test_a_relieved_responder_leaves_the_denominators(self, outcome: str) -> None:
        """It is counted nowhere."""
        number, tallies = tally([a_row("m1", outcome=outcome, met=True)], SCHEME, group_of)["police"]

        assert (0, Tally(0, 0)) == (number, tallies["met"])

    def test_roles_that_a_group_does_not_count_are_passed_over(self) -> None:
        """A local duty is recorded, never assessed."""
        assert {} == tally([a_row("m1", role="local", met=True)], SCHEME, group_of)
        assert {} == tally([a_row("m1", met=True)], SCHEME, group_of_nobody)


class TestRounding:
    """Rule 6: rounding happens where the scheme says, whatever the caller's decimal context."""

    @pytest.mark.parametrize(
        ("expected", "value", "decimals", "mode"),
        [
            ("92.56", Fraction(833, 9), 2, "half_up"),
            ("0.13", Fraction(1, 8), 2, "half_up"),
            ("0.12", Fraction(1, 8), 2, "half_even"),
            ("0.38", Fraction(3, 8), 2, "half_even"),
            ("0.99", Fraction(999, 1000), 2, "down"),
            ("-1", Fraction(-1, 2), 0, "half_up"),
            ("0", Fraction(1, 2), 0, "half_even"),
            ("1000000000000000000000000000001", Fraction(10**30 + 1), 0, "half_up"),
        ],
    )
    def test_modes(self, expected: str, value: Fraction, decimals: int, mode: str) -> None:
        """The published modes, on both sides of one half."""
        assert expected == Rounding(decimals, mode).show(value)

    def test_nothing_is_a_dash(self) -> None:
        """No value is never shown as a number."""
        assert "—" == Rounding().show(None)

    @given(st.fractions(), st.integers(0, 9), st.sampled_from(["half_up", "half_even", "down"]))
    @settings(deadline=None)
    def test_agrees_with_decimal_in_any_context(self, value: Fraction, decimals: int, mode: str) -> None:
        """The oracle is the decimal module with room to spare; a poor context changes nothing."""
        rounding = {"half_up": "ROUND_HALF_UP", "half_even": "ROUND_HALF_EVEN", "down": "ROUND_DOWN"}[mode]
        with localcontext() as wide:
            wide.prec = 200
            scaled = value * 10**decimals
            twice = Decimal(scaled.numerator * 2 // scaled.denominator)
            exact = twice if scaled * 2 == twice else twice + Decimal("0.5")
            expected = (exact / 2).quantize(Decimal(1), rounding=rounding).scaleb(-decimals)
        with localcontext() as poor:
            poor.prec = 1
            assert expected == Rounding(decimals, mode).apply(value)


TALLIES = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: Tally(min(pair), max(pair)))
COUNTED = st.dictionaries(
    st.sampled_from(["u1", "u2", "u3", "u4", "u5", "u6"]),
    st.tuples(st.integers(0, 9), st.fixed_dictionaries({"met": TALLIES, "done": TALLIES, "satisfied": TALLIES})),
    min_size=1,
)


def in_departments(_: str) -> Group:
    return DEPARTMENTS


class TestInvariants:
    """Reliability, assessment and ranking: A3 to A8, A10."""

    @given(COUNTED, st.sampled_from(TieRule), st.sampled_from(OnMissing))
    @settings(deadline=None)
    def test_scores_lie_between_their_rates(self, table: Any, ties: TieRule, missing: OnMissing) -> None:
        """A3, A4: each rate in 0…1, None only for 0/0; the score between the least and the greatest share."""
        scheme = attrs.evolve(SCHEME, ties=ties, on_missing=missing)
        for _, tallies in table.values():
            shares = [share.value for share in tallies.values()]
            value = score(scheme, tallies)
            known = [share for share in shares if share is not None]
            needed = len(known) == len(shares) or (known and missing is OnMissing.RESCALE)
            assert (value is not None) == bool(needed)
            if value is not None:
                assert min(known) * 100 <= value <= max(known) * 100

    @given(COUNTED, st.sampled_from(TieRule), st.randoms(use_true_random=False))
    @settings(deadline=None)
    def test_ranking_is_a_total_preorder_whatever_the_order_of_units(
        self, table: Any, ties: TieRule, random: Any
    ) -> None:
        """A5, A6: equal scores share a rank, better scores stand before, and the input's order changes nothing."""
        scheme = attrs.evolve(SCHEME, ties=ties)
        units = list(table)
        random.shuffle(units)
        ranking = rank(scheme, table, in_departments, "m")
        ranked = [result for result in ranking.groups[0].results if result.rank is not None]

        assert ranking == rank(scheme, {unit: table[unit] for unit in units}, in_departments, "m")
        for one in ranked:
            better = {other.score for other in ranked if other.score > one.score}  # type: ignore[operator]
            above = sum(other.score > one.score for other in ranked)  # type: ignore[operator]
            assert one.rank == 1 + (len(better) if ties is TieRule.DENSE else above)
            assert one.assignments >= scheme.min_n

    @given(COUNTED, st.integers(0, 2))
    @settings(deadline=None)
    def test_turning_one_unmet_into_met_never_lowers_the_unit(self, table: Any, which: int) -> None:
        """A7, A8: monotone, and no other unit's score moves."""
        name = ("met", "done", "satisfied")[which]
        unit = min(table)
        number, tallies = table[unit]
        if tallies[name].num == tallies[name].den:
            return
        better = tallies | {name: Tally(tallies[name].num + 1, tallies[name].den)}
        before = {u: score(SCHEME, t) for u, (_, t) in table.items()}
        after = {u: score(SCHEME, t) for u, (_, t) in (table | {unit: (number, better)}).items()}

        assert before[unit] is None or after[unit] > before[unit]  # type: ignore[operator]
        assert {u: s for u, s in before.items() if u != unit} == {u: s for u, s in after.items() if u != unit}


class TestSchemeFaults:
    """T41: weights that are negative, do not add up, or stand for nothing."""

    def test_a_sound_scheme_has_none(self) -> None:
        """The fixture is sound."""
        assert [] == SCHEME.faults()

    @pytest.mark.parametrize(
        ("weights", "codes"),
        [
            ({"met": Fraction(30), "done": Fraction(30)}, ["weights_sum"]),
            ({"met": Fraction(130), "done": Fraction(-30)}, ["bad_weight"]),
            ({"on_time": Fraction(100)}, ["unknown_rate"]),
            ({"on_time": Fraction(-1, 3)}, ["unknown_rate", "bad_weight", "weights_sum"]),
        ],
    )
    def test_faults(self, weights: dict[str, Fraction], codes: list[str]) -> None:
        """All at once, with the exact sum."""
        assert codes == [fault.code for fault in attrs.evolve(SCHEME, weights=weights).faults()]

    def test_the_sum_is_named_exactly(self) -> None:
        """1/3 is not 0.33."""
        scheme = attrs.evolve(SCHEME, weights={"met": Fraction(1, 3)})
        assert "add up to 1/3, not 100" in scheme.faults()[0].message

    def test_a_decimal_is_named_as_one(self) -> None:
        """62.5 is not written 125/2."""
        scheme = attrs.evolve(SCHEME, weights={"met": Fraction(125, 2), "done": Fraction(-5, 2)})
        assert [
            "the weight of 'done' is -2.5; it must be at least 0",
            "the weights add up to 60, not 100",
        ] == [fault.message for fault in scheme.faults()]

    @pytest.mark.parametrize("bad", [(-1, 2), (1, -2), (1, 2, -3)])
    def test_a_tally_counts_upwards(self, bad: tuple[int, ...]) -> None:
        """A count is never negative."""
        with pytest.raises(ValueError, match="must be >= 0"):
            Tally(*bad)


def test_a_weight_of_zero_needs_no_tally_value() -> None:
    """A rate shown for reference does not decide whether a unit is assessed."""
    scheme = attrs.evolve(SCHEME, weights={"met": Fraction(100), "done": Fraction(0)})
    assert Fraction(50) == score(scheme, {"met": Tally(1, 2), "done": Tally(0, 0)})


def test_nothing_known_is_not_assessed_even_when_rescaled() -> None:
    """0/0 everywhere stays "not assessed"."""
    scheme = attrs.evolve(SCHEME, on_missing=OnMissing.RESCALE)
    assert score(scheme, {"met": Tally(), "done": Tally(), "satisfied": Tally()}) is None


class TestAuthority:
    """山东省乡镇人民政府工作条例 art. 19: townships are not ranked, or assessed on support, without authority."""

    @pytest.mark.parametrize(
        ("codes", "changes"),
        [
            (["no_authority"], {"ranked": True, "roles": ("answer",)}),
            (["no_authority"], {"ranked": False, "roles": ("answer", "support")}),
            ([], {"ranked": False, "roles": ("answer",)}),
        ],
    )
    def test_townships(self, codes: list[str], changes: dict[str, Any]) -> None:
        """With a named authority all of it may be."""
        townships = Group(id="townships", label=Label(zh="镇街"), levels=("town",), **changes)
        scheme = attrs.evolve(SCHEME, groups=(townships, DEPARTMENTS), answers_levels=("town",))
        assert codes == [fault.code for fault in scheme.faults()]
        assert [] == attrs.evolve(scheme, authority=ARTICLE).faults()


def test_a_share_is_never_above_one() -> None:
    """A rate above 100 % is a fault of the data, to be named."""
    with pytest.raises(ValueError, match="not above 1"):
        Tally(5, 3)
