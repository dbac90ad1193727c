"""Assessment: rates, scores and ranks from fact rows or from plain tallies.

Everything is exact: rates and scores are fractions, ranks are decided on them, and rounding happens only
where a scheme shows a number. 0/0 is "not assessed", never 0 and never 100.
Source of the measures: the article's three rates (当事人见面率, 事件办结率, 群众满意率); their formulas are not
printed there, so each pack states its own, as data.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType

import attrs
from attrs import field

from gridgov.conditions import Condition, Value
from gridgov.errors import Fault, NotInForceError
from gridgov.facts import INSTANTS, FactRow
from gridgov.values import Basis, Citation, Label, Reason, Shown, decimal_text

__all__ = [
    "Group",
    "GroupRanking",
    "OnMissing",
    "Ranking",
    "Rate",
    "Rounding",
    "ScoreScheme",
    "Status",
    "Tally",
    "TieRule",
    "UnitResult",
    "rank",
    "score",
    "tally",
]

Bounds = tuple[datetime, datetime]
"""First instant of a period and the first after it."""


class TieRule(Enum):
    """How equal scores share a rank. Values are the words packs use."""

    COMPETITION = "1224"
    """The next rank is skipped for each unit that shares one."""
    DENSE = "1223"
    """The next score takes the next rank."""


class OnMissing(Enum):
    """What a score is when one of its rates is 0/0. Values are the words packs use."""

    NOT_ASSESSED = "not_assessed"
    """The unit has no score."""
    RESCALE = "rescale"
    """The other rates share the full mark in proportion to their weights."""


class Status(Enum):
    """Why a unit has a rank, or has none."""

    RANKED = "ranked"
    PROVISIONAL = "provisional"
    """Fewer assignments than the scheme ranks: the score is shown for reference."""
    NOT_ASSESSED = "not_assessed"
    """A rate that the score needs is 0/0."""
    NOT_RANKED = "not_ranked"
    """The group is not ranked, or too few of its units can be."""


STATUS_LABELS: Mapping[Status, Label] = MappingProxyType(
    {
        Status.RANKED: Label(zh="排名", en="ranked"),
        Status.PROVISIONAL: Label(zh="件数不足，仅供参考", en="provisional: too few to rank"),
        Status.NOT_ASSESSED: Label(zh="不予评价", en="not assessed"),
        Status.NOT_RANKED: Label(zh="不排名", en="not ranked"),
    }
)


_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


@attrs.frozen
class Rounding:
    """How a number is shown: so many decimals, and what happens to the rest.

    >>> Rounding(2).show(Fraction(833, 9)), Rounding(0, "half_even").show(Fraction(1, 2))
    ('92.56', '0')
    """

    decimals: int = field(default=2, validator=attrs.validators.and_(attrs.validators.ge(0), attrs.validators.le(9)))
    mode: str = field(default="half_up", validator=attrs.validators.in_(_MODES))

    def apply(self, value: Fraction) -> Decimal:
        """Return *value* rounded, whatever the caller's decimal context."""
        scaled = value * 10**self.decimals
        whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
        up = self.mode != "down" and (2 * rest, whole % 2 or self.mode == "half_up") >= (scaled.denominator, True)
        sign = -1 if value < 0 else 1
        return Decimal(sign * (whole + up)).scaleb(-self.decimals, Context(prec=999))

    def show(self, value: Fraction | None) -> str:
        """Return *value* as text; a dash when there is none."""
        return "—" if value is None else f"{self.apply(value):f}"


@attrs.frozen
class Tally(Shown):
    """A share: how many of how many, and how many were left out.

    >>> Tally(5, 6).value, Tally(0, 0).value
    (Fraction(5, 6), None)
    """

    num: int = field(default=0, validator=attrs.validators.ge(0))
    den: int = field(default=0, validator=attrs.validators.ge(0))
    excluded: int = field(default=0, validator=attrs.validators.ge(0))

    def __attrs_post_init__(self) -> None:
        if self.num > self.den:
            raise ValueError(f"a share is not above 1: {self}")

    @property
    def value(self) -> Fraction | None:
        """The share, at least 0; None when nothing was counted."""
        return Fraction(self.num, self.den) if self.den else None

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


@attrs.frozen(kw_only=True)
class Rate(Shown):
    """A share as data: which facts count above, which below, which are left out, and which month it is.

    Attributes:
        denominator: Conditions on facts; a row that meets them all is counted.
        numerator: Conditions that a counted row must meet as well.
        exclude: Conditions that leave a row out; none leave nothing out.
        period_by: The instant (one of `facts.INSTANTS`) that puts an assignment into a month.
        version: Version of the definition; figures of two versions are not compared.
    """

    id: str
    label: Label
    denominator: Mapping[str, Condition]
    numerator: Mapping[str, Condition]
    exclude: Mapping[str, Condition] = MappingProxyType({})
    period_by: str = field(validator=attrs.validators.in_(INSTANTS))
    version: str = "1"
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Group(Shown):
    """Units that are compared with one another and with nobody else.

    Attributes:
        levels: Levels whose units belong to it.
        accountability: Accountability words whose units belong to it; empty for any.
        roles: Roles whose assignments count.
        ranked: Whether its units are ranked; else their rates are shown without a rank.
        min_group: Fewer rankable units than this are not ranked.
        note: What readers must know, such as "an opinion to the superior".
    """

    id: str
    label: Label
    levels: tuple[str, ...]
    accountability: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("handle", "lead", "joint", "either", "support")
    ranked: bool = True
    min_group: int = field(default=2, validator=attrs.validators.ge(2))
    note: Label | None = None
    source: Citation | None = None
    basis: Basis = Basis.STATED

    def takes(self, level: str, accountability: str) -> bool:
        """Say whether a unit of this level and accountability belongs to the group."""
        return level in self.levels and (not self.accountability or accountability in self.accountability)


@attrs.frozen(kw_only=True)
class ScoreScheme(Shown):
    """How rates become a score, and scores a ranking.

    Attributes:
        weights: Points per rate at 100 %; they add up to ``full_mark``.
        full_mark: The score when every rate is 100 %.
        min_n: Fewer assignments than this are shown as provisional, without a rank.
        period_by: The instant that puts an assignment into the month's count.
        authority: The document that orders the assessment; None where nobody named one.
        effective_from: First day for which the scheme may be used.
        answers_levels: Levels whose units answer for a matter that nobody called.
    """

    id: str
    label: Label
    rates: tuple[Rate, ...]
    weights: Mapping[str, Fraction]
    full_mark: Fraction
    groups: tuple[Group, ...]
    min_n: int = field(default=1, validator=attrs.validators.ge(1))
    ties: TieRule = TieRule.COMPETITION
    on_missing: OnMissing = OnMissing.NOT_ASSESSED
    period_by: str = field(default="assigned_at", validator=attrs.validators.in_(INSTANTS))
    rounding: Rounding = Rounding()
    effective_from: date
    answers_levels: tuple[str, ...] = ()
    authority: Citation | None = None
    source: Citation | None = None
    basis: Basis = Basis.STATED

    def faults(self) -> list[Fault]:
        """Return what is wrong with the scheme: weights, and townships judged without a named authority.

        山东省乡镇人民政府工作条例 art. 19: nobody ranks townships, or assesses them on a supporting duty, unauthorised.
        """
        known = {rate.id for rate in self.rates}
        found = [
            Fault("unknown_rate", f"a weight is given for rate {name!r}, which is not declared", f"weights.{name}")
            for name in self.weights
            if name not in known
        ]
        found += [
            Fault(
                "bad_weight",
                f"the weight of {name!r} is {decimal_text(weight)}; it must be at least 0",
                f"weights.{name}",
            )
            for name, weight in self.weights.items()
            if weight < 0
        ]
        total = sum(self.weights.values(), Fraction(0))
        if total != self.full_mark:
            sums = f"the weights add up to {decimal_text(total)}, not {decimal_text(self.full_mark)}"
            hint = f"change the weights, or full_mark to {decimal_text(total)}"
            found.append(Fault("weights_sum", sums, "weights", hint))
        for group in self.groups if self.authority is None else ():
            if set(group.levels) & set(self.answers_levels) and (group.ranked or "support" in group.roles):
                what = f"group {group.id!r} is ranked, or assessed on support, and no authority orders it"
                hint = "name the authority, or write ranked = false and roles without support"
                found.append(Fault("no_authority", what, f"groups.{group.id}", hint))
        return found

    def check_day(self, day: date) -> None:
        """Refuse a day before the scheme.

        Raises:
            NotInForceError: *day* is earlier than ``effective_from``.
        """
        if day < self.effective_from:
            raise NotInForceError.of(
                "scheme_not_in_force",
                f"score scheme {self.id!r} holds from {self.effective_from}, not on {day}",
                hint="choose a later month",
            )


@attrs.frozen(kw_only=True)
class UnitResult(Shown):
    """What one unit's facts come to in a period.

    Attributes:
        assignments: How many assignments the period holds for it.
        tallies: Rate id to tally.
        score: Exact, or None when not assessed.
        rank: 1 for the highest; None without a rank.
    """

    unit: str
    assignments: int
    tallies: Mapping[str, Tally]
    score: Fraction | None
    rank: int | None
    status: Status


@attrs.frozen(kw_only=True)
class GroupRanking(Shown):
    """One group's units: ranked ones first by rank, then the others by id."""

    group: Group
    results: tuple[UnitResult, ...]


@attrs.frozen(kw_only=True)
class Ranking(Shown):
    """All groups of a scheme in one period."""

    scheme: ScoreScheme
    period: str
    groups: tuple[GroupRanking, ...]

    def result(self, unit: str) -> tuple[Group, UnitResult] | None:
        """Return the unit's group and result; None when it is in none."""
        for ranking in self.groups:
            for result in ranking.results:
                if result.unit == unit:
                    return ranking.group, result
        return None

    def explain(self, unit: str, rows: Sequence[FactRow] = (), bounds: Bounds | None = None) -> Reason | None:
        """Return how the unit came by its score and rank, enough to recompute it by hand.

        Args:
            unit: The unit's id.
            rows: Its fact rows; with them each rate names its matters.
            bounds: The period that was ranked, as it was given to `tally`.
        """
        found = next(
            ((ranking, result) for ranking in self.groups for result in ranking.results if result.unit == unit), None
        )
        if found is None:
            return None
        ranking, result = found
        return Reason(
            Label(zh=f"{unit}：{self.period}", en=f"{unit} in {self.period}"),
            self.scheme.source,
            (
                *(
                    _explain_rate(
                        rate, result.tallies[rate.id], self.scheme, tuple(_explain_matters(rate, rows, bounds))
                    )
                    for rate in self.scheme.rates
                ),
                _explain_score(self.scheme, result),
                _explain_rank(self.scheme, ranking, result),
            ),
        )


def _meets(conditions: Mapping[str, Condition], facts: Mapping[str, Value]) -> bool:
    known = facts.get
    for name, condition in conditions.items():  # asked of every row for every rate: a generator would double it
        if not condition.holds(known(name)):
            break
    else:
        return True
    return False


def _in_period(row: FactRow, instant: str, bounds: Bounds | None) -> bool:
    if bounds is None:
        return True
    at: datetime | None = getattr(row, instant)
    return at is not None and bounds[0] <= at < bounds[1]


def judge(rate: Rate, row: FactRow, bounds: Bounds | None = None) -> str:
    """Say what *row* is to *rate*: numerator, denominator (only), excluded, or nothing (empty)."""
    if not row.counts or not _in_period(row, rate.period_by, bounds) or not _meets(rate.denominator, row.facts):
        return ""
    if rate.exclude and _meets(rate.exclude, row.facts):
        return "excluded"
    return "numerator" if _meets(rate.numerator, row.facts) else "denominator"


@attrs.define
class _Count:
    assignments: int = 0
    rates: dict[str, list[int]] = field(factory=dict)


def tally(
    rows: Iterable[FactRow], scheme: ScoreScheme, group_of: Callable[[str], Group | None], bounds: Bounds | None = None
) -> dict[str, tuple[int, dict[str, Tally]]]:
    """Count *rows* per unit: number of assignments, and a tally per rate.

    Args:
        rows: Fact rows, in any order.
        scheme: Whose rates are counted.
        group_of: The group of a unit; rows of a unit without one, or in a role that its group does not count, are
            passed over.
        bounds: First instant of the period and the first after it; None for all there is.
    """
    counts: dict[str, _Count] = {}
    for row in rows:
        group = group_of(row.unit)
        if group is None or row.role not in group.roles:
            continue
        count = counts.get(row.unit)
        if count is None:
            count = counts[row.unit] = _Count(rates={rate.id: [0, 0, 0] for rate in scheme.rates})
        if row.counts and _in_period(row, scheme.period_by, bounds):
            count.assignments += 1
        for rate in scheme.rates:
            verdict = judge(rate, row, bounds)
            if verdict:
                cell = count.rates[rate.id]
                cell[0] += verdict == "numerator"
                cell[1] += verdict != "excluded"
                cell[2] += verdict == "excluded"
    return {
        unit: (count.assignments, {name: Tally(*cell) for name, cell in count.rates.items()})
        for unit, count in counts.items()
    }


def score(scheme: ScoreScheme, tallies: Mapping[str, Tally]) -> Fraction | None:
    """Return the score: each weight times its rate; None when not assessed.

    Raises:
        KeyError: A weighted rate has no tally.
    """
    shares = {name: (weight, tallies[name].value) for name, weight in scheme.weights.items() if weight}
    known = [(weight, share) for weight, share in shares.values() if share is not None]
    if not known or (scheme.on_missing is OnMissing.NOT_ASSESSED and len(known) < len(shares)):
        return None
    points = sum((weight * share for weight, share in known), Fraction(0))
    if scheme.on_missing is OnMissing.NOT_ASSESSED:
        return points
    return points * scheme.full_mark / sum(weight for weight, _ in known)


def rank(
    scheme: ScoreScheme,
    counted: Mapping[str, tuple[int, Mapping[str, Tally]]],
    group_of: Callable[[str], Group | None],
    period: str,
) -> Ranking:
    """Rank the counted units within their groups.

    Equal scores share a rank by the scheme's tie rule. A unit with fewer than ``min_n`` assignments, or without a
    score, has none and moves nobody; a group with fewer than ``min_group`` rankable units is not ranked.
    """
    by_group: dict[str, list[UnitResult]] = {group.id: [] for group in scheme.groups}
    for unit in sorted(counted):
        group = group_of(unit)
        if group is not None:
            assignments, tallies = counted[unit]
            by_group[group.id].append(_unranked(scheme, unit, assignments, tallies))
    return Ranking(
        scheme=scheme,
        period=period,
        groups=tuple(
            GroupRanking(group=group, results=_ranked(scheme, group, by_group[group.id])) for group in scheme.groups
        ),
    )


def _unranked(scheme: ScoreScheme, unit: str, assignments: int, tallies: Mapping[str, Tally]) -> UnitResult:
    value = score(scheme, tallies)
    if value is None:
        status = Status.NOT_ASSESSED
    else:
        status = Status.PROVISIONAL if assignments < scheme.min_n else Status.RANKED
    return UnitResult(unit=unit, assignments=assignments, tallies=tallies, score=value, rank=None, status=status)


def _ranked(scheme: ScoreScheme, group: Group, results: list[UnitResult]) -> tuple[UnitResult, ...]:
    rankable = [result for result in results if result.status is Status.RANKED]
    if not group.ranked or len(rankable) < group.min_group:
        return tuple(
            attrs.evolve(result, status=Status.NOT_RANKED) if result.status is Status.RANKED else result
            for result in results
        )
    scores = sorted((result.score for result in rankable if result.score is not None), reverse=True)
    places = sorted(set(scores), reverse=True) if scheme.ties is TieRule.DENSE else scores
    first: dict[Fraction | None, int] = {}
    for place, value in enumerate(places, start=1):
        first.setdefault(value, place)
    ranked = [attrs.evolve(result, rank=first[result.score]) for result in rankable]
    ranked.sort(key=lambda result: (result.rank, result.unit))
    return (*ranked, *(result for result in results if result.status is not Status.RANKED))


def _explain_rate(rate: Rate, counted: Tally, scheme: ScoreScheme, matters: tuple[Reason, ...]) -> Reason:
    weight = decimal_text(scheme.weights.get(rate.id, Fraction(0)))
    value = counted.value
    percent = "—" if value is None else f"{scheme.rounding.show(value * 100)} %"
    left_out = f"; {counted.excluded} left out" if counted.excluded else ""
    left_out_zh = f"；剔除 {counted.excluded} 件" if counted.excluded else ""
    text = Label(
        zh=f"{rate.label.in_('zh')}：{counted} = {percent}，权重 {weight}，按 {rate.period_by} 归月，"
        f"口径第 {rate.version} 版{left_out_zh}",
        en=f"{rate.label.in_('en')}: {counted} = {percent}, weight {weight}, month by {rate.period_by}, "
        f"definition version {rate.version}{left_out}",
    )
    return Reason(text, rate.source, matters)


_VERDICTS = {
    "numerator": Label(zh="计入分子", en="counted in the numerator"),
    "denominator": Label(zh="只计入分母", en="counted in the denominator only"),
    "excluded": Label(zh="剔除", en="left out"),
}


def _explain_matters(rate: Rate, rows: Sequence[FactRow], bounds: Bounds | None) -> Iterable[Reason]:
    for verdict, label in _VERDICTS.items():
        matters = [row.matter for row in rows if judge(rate, row, bounds) == verdict]
        if matters:
            named = ", ".join(matters[:50]) + (f" … (+{len(matters) - 50})" if len(matters) > 50 else "")
            yield Reason(Label(zh=f"{label.zh} {len(matters)}：{named}", en=f"{label.en} {len(matters)}: {named}"))


def _explain_score(scheme: ScoreScheme, result: UnitResult) -> Reason:
    terms = [
        f"{decimal_text(weight)}×{result.tallies[name]}"
        for name, weight in scheme.weights.items()
        if weight and result.tallies[name].den
    ]
    if result.score is None:
        return Reason(
            Label(zh="不予评价：有一项率为 0/0", en="not assessed: a rate that the score needs is 0/0"), scheme.source
        )
    weighed = sum((weight for name, weight in scheme.weights.items() if result.tallies[name].den), Fraction(0))
    rescaled = scheme.on_missing is OnMissing.RESCALE and weighed != scheme.full_mark
    scaled = f" × {decimal_text(scheme.full_mark)}/{decimal_text(weighed)}" if rescaled else ""
    formula = f"({' + '.join(terms)}){scaled} = {result.score} = {scheme.rounding.show(result.score)}"
    return Reason(Label(zh=f"得分：{formula}", en=f"score: {formula}"), scheme.source)


def _explain_rank(scheme: ScoreScheme, ranking: GroupRanking, result: UnitResult) -> Reason:
    group = ranking.group
    ranked = sum(other.rank is not None for other in ranking.results)
    note = () if group.note is None else (Reason(group.note, group.source),)
    if result.rank is not None:
        shared = sum(other.rank == result.rank for other in ranking.results) - 1
        text = Label(
            zh=f"名次：{group.label.in_('zh')} {ranked} 个单位中第 {result.rank} 名"
            f"（并列 {shared} 个，规则 {scheme.ties.value}）",
            en=f"rank: {result.rank} of {ranked} in {group.label.in_('en')} "
            f"(shared with {shared}, rule {scheme.ties.value})",
        )
        return Reason(text, group.source, note)
    zh, en = _why_unranked(scheme, ranking, result)
    text = Label(zh=f"名次：无；{group.label.in_('zh')}，{zh}", en=f"rank: none in {group.label.in_('en')}: {en}")
    return Reason(text, group.source, note)


def _why_unranked(scheme: ScoreScheme, ranking: GroupRanking, result: UnitResult) -> tuple[str, str]:
    if result.status is Status.NOT_ASSESSED:
        return "不予评价", "not assessed"
    if result.status is Status.PROVISIONAL:
        return (
            f"承办 {result.assignments} 件，不足 {scheme.min_n} 件，仅供参考",
            f"provisional, {result.assignments} assignments where {scheme.min_n} are needed",
        )
    if not ranking.group.ranked:
        return "本组不排名", "the group is not ranked"
    able = sum(other.status is Status.NOT_RANKED for other in ranking.results)
    return (
        f"本组可排名单位 {able} 个，不足 {ranking.group.min_group} 个",
        f"{able} of its units can be ranked where {ranking.group.min_group} are needed",
    )
