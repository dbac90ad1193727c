"""Assessing one matter: what the caller's findings come to for each responder (一事一考).

Each unit that was called is marked once for each matter, lead or supporting, from the facts of its duty as the calling
subdistrict found them. Until the caller has filed its assessment nobody has a mark.

Source: the article (让部门响应有力: 一事一考); it prints no points, so each pack states its own, as data.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType

import attrs
from attrs import field

from gridgov.assessment import OnMissing, Rate, ScoreScheme, Tally, judge, score
from gridgov.errors import NotInForceError
from gridgov.facts import FactRow
from gridgov.matters import ENDS, LEFT, Matter
from gridgov.packs import Jurisdiction
from gridgov.values import Label, Reason, Shown, aware, decimal_text

__all__ = ["MatterAssessment", "ResponderMark", "matter_assessment"]

_STATUSES: Mapping[str, Label] = MappingProxyType(
    {
        "not_owed": Label(zh="无须考核", en="none is owed"),
        "open": Label(zh="待呼叫单位考核", en="the caller has still to file it"),
        "overdue": Label(zh="呼叫单位逾期未考核，各单位均无得分", en="the caller is overdue; nobody has a mark"),
        "filed": Label(zh="已考核", en="filed"),
    }
)
_ENDED_OTHERWISE = ENDS - {"closed"}
_OPINION = Label(zh="不属本级考核，结果作为意见送其上级主管部门", en="as an opinion to its own superior")


@attrs.frozen(kw_only=True)
class ResponderMark(Shown):
    """What one matter comes to for one responder.

    Attributes:
        number: Its assignment.
        unit: Who.
        name: What the unit is called.
        role: lead, joint, either or support.
        tallies: Rate id to tally: 1/1, 0/1, or 0/0 where nothing is known or counted.
        score: Exact; None where no rate is known.
        is_opinion: It does not answer to the jurisdiction itself: the mark is an opinion to its superior.
        reason: Why the caller found otherwise than the events, as a code word; empty where it did not.
    """

    number: int
    unit: str
    name: Label
    role: str
    tallies: Mapping[str, Tally]
    score: Fraction | None
    is_opinion: bool
    reason: str = ""


@attrs.frozen(kw_only=True)
class MatterAssessment(Shown):
    """The caller's assessment of one matter.

    Attributes:
        matter: The matter's id.
        caller: The unit that called, and assesses; empty where nobody called.
        status: ``not_owed`` (never called, not done yet, or ended otherwise than by being done), ``open``, ``overdue``
            or ``filed``.
        due_at: When it is due; None where no time is set, or none is owed.
        marks: One for each responder, in order of their call; none until it is filed.
        scheme: How they are marked.
    """

    matter: str
    caller: str
    status: str
    due_at: datetime | None
    marks: tuple[ResponderMark, ...]
    scheme: ScoreScheme = field(repr=False)

    def mark(self, unit: str) -> ResponderMark | None:
        """Return a unit's mark; None where it has none."""
        return next((mark for mark in self.marks if mark.unit == unit), None)

    def explain(self) -> Reason:
        """Return how each responder came by its mark, enough to recompute it by hand."""
        status = _STATUSES[self.status]
        text = Label(zh=f"{self.matter} {self.scheme.label.in_('zh')}：{status.zh}", en=f"{self.matter}: {status.en}")
        return Reason(text, self.scheme.authority, tuple(self._explain(mark) for mark in self.marks))

    def _explain(self, mark: ResponderMark) -> Reason:
        shown = self.scheme.rounding.show(mark.score)
        zh, en = f"{mark.name.in_('zh')}：{shown}", f"{mark.name.in_('en')}: {shown}"
        details = [self._rate(rate, mark.tallies[rate.id]) for rate in self.scheme.rates]
        details += [Reason(text) for text in self._formula(mark)]
        if mark.reason:
            details.append(
                Reason(Label(zh=f"呼叫单位认定理由：{mark.reason}", en=f"the caller's reason: {mark.reason}"))
            )
        if mark.is_opinion:
            details.append(Reason(_OPINION))
        return Reason(Label(zh=zh, en=en), None, tuple(details))

    def _rate(self, rate: Rate, counted: Tally) -> Reason:
        weight = decimal_text(self.scheme.weights.get(rate.id, Fraction(0)))
        zh, en = (
            f"{rate.label.in_('zh')}：{counted}，权重 {weight}",
            f"{rate.label.in_('en')}: {counted}, weight {weight}",
        )
        return Reason(Label(zh=zh, en=en), rate.source)

    def _formula(self, mark: ResponderMark) -> Iterator[Label]:
        """Yield the sum: points of those that could be had, scaled to the full mark where rates are left out."""
        weights = self.scheme.weights
        known = {name: weight for name, weight in weights.items() if weight and mark.tallies[name].den}
        if mark.score is None:
            yield Label(zh="不予评价：没有可计的项目", en="not assessed: nothing that the score needs is known")
            return
        had = sum((weight * mark.tallies[name].num for name, weight in known.items()), Fraction(0))
        could = sum(known.values(), Fraction(0))
        scaled = self.scheme.on_missing is OnMissing.RESCALE and could != self.scheme.full_mark
        of = f"{decimal_text(had)}/{decimal_text(could)}"
        sums = f"{of} × {decimal_text(self.scheme.full_mark)}" if scaled else of
        yield Label(zh=f"得分：{sums} = {mark.score}", en=f"score: {sums} = {mark.score}")


def matter_assessment(
    jurisdiction: Jurisdiction, matter: Matter, rows: Iterable[FactRow], at: datetime
) -> MatterAssessment:
    """Return what the caller's assessment of a matter comes to.

    Args:
        jurisdiction: Whose scheme holds.
        matter: The matter, with everything that has happened by *at*.
        rows: Fact rows of the matter, as known at *at*; those of other matters are passed over.
        at: The instant asked about.

    Raises:
        NotInForceError: The pack does not say how a matter is marked (``no_scheme``), or says it only of later days
            than that of the report (``scheme_not_in_force``).
    """
    scheme = jurisdiction.matter_scheme
    if scheme is None:
        message = f"the pack {jurisdiction.id!r} does not say how one matter is marked"
        raise NotInForceError.of("no_scheme", message, hint="add [matter] to assessment.toml")
    scheme.check_day(jurisdiction.day(matter.reported_at))
    live = matter.live
    reasons = {} if live is None else {finding.number: finding.reason for finding in live.findings}
    found = [row for row in rows if row.matter == matter.id and row.number in reasons]
    timer = None if live is None else live.timers.get((0, "assess"))
    due_at = None if timer is None or not (reasons or _is_owed(matter)) else timer.due_at
    return MatterAssessment(
        matter=matter.id,
        caller="" if live is None else live.caller,
        status=_status(matter, due_at, aware(at)),
        due_at=due_at,
        marks=tuple(_mark(jurisdiction, scheme, row, reasons[row.number]) for row in found),
        scheme=scheme,
    )


def _status(matter: Matter, due_at: datetime | None, at: datetime) -> str:
    live = matter.live
    if live is not None and live.findings:
        return "filed"
    if not _is_owed(matter):
        return "not_owed"
    return "overdue" if due_at is not None and at > due_at else "open"


def _is_owed(matter: Matter) -> bool:
    """Say whether the caller owes an assessment: the matter was done, and somebody who was called had a part in it."""
    live = matter.live
    if live is None or live.done_at is None or live.state in _ENDED_OTHERWISE:
        return False
    return any(duty.opened_by == "called" and duty.outcome not in LEFT for duty in matter.assignments)


def _mark(jurisdiction: Jurisdiction, scheme: ScoreScheme, row: FactRow, reason: str) -> ResponderMark:
    tallies = {rate.id: _tally(rate, row) for rate in scheme.rates}
    return ResponderMark(
        number=row.number,
        unit=row.unit,
        name=jurisdiction.unit_label(row.unit),
        role=row.role,
        tallies=tallies,
        score=score(scheme, tallies),
        is_opinion=_is_elsewhere(jurisdiction, row),
        reason=reason,
    )


def _tally(rate: Rate, row: FactRow) -> Tally:
    verdict = judge(rate, row)
    return Tally(int(verdict == "numerator"), int(verdict in {"numerator", "denominator"}), int(verdict == "excluded"))


def _is_elsewhere(jurisdiction: Jurisdiction, row: FactRow) -> bool:
    """Say whether a unit answers to somebody else than the jurisdiction (vertical units, enterprises)."""
    units = jurisdiction.organization.history(row.unit)
    day = jurisdiction.day(row.assigned_at)
    unit = next((unit for unit in units if day in unit.period), units[-1])
    home = "" if jurisdiction.policy is None else jurisdiction.policy.home
    return bool(unit.accountability) and unit.accountability != home
