"""The bulletin (通报) of a month or of a whole file: summary, a table per group, late and open duties, rules used.

Source: the article's 定期通报制度, "每月末由县级平台……进行考核评价排名". Ranks stand only where the pack's scheme ranks
a group; counts stand beside every rate; the head of the log is printed, so that the bulletin can be proved later.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import attrs

from gridgov.assessment import STATUS_LABELS, GroupRanking, Ranking, Rate, ScoreScheme, UnitResult
from gridgov.calendar import Limit, LimitUnit
from gridgov.conditions import Condition
from gridgov.documents import Block, Bullets, Document, Heading, Paragraph, Table
from gridgov.facts import FactRow
from gridgov.history import History
from gridgov.values import Basis, Citation, Label, Month, decimal_text

__all__ = ["MOST_LISTED", "bulletin"]

MOST_LISTED = 50
"""How many late or open duties a bulletin lists; the file of assignments has them all."""

_BASIS = {
    Basis.STATED: Label(zh="来源所载", en="stated by the source"),
    Basis.BORROWED: Label(zh="借用外地规定", en="borrowed from another place"),
    Basis.ILLUSTRATIVE: Label(zh="示例数值", en="illustrative"),
}
_UNITS = {
    LimitUnit.MINUTES: Label(zh="分钟", en="minutes"),
    LimitUnit.CLOCK_HOURS: Label(zh="小时", en="hours"),
    LimitUnit.WORKING_HOURS: Label(zh="工作时", en="working hours"),
    LimitUnit.WORKING_DAYS: Label(zh="工作日", en="working days"),
    LimitUnit.CALENDAR_DAYS: Label(zh="日", en="days"),
}
_INSTANTS = {
    "reported_at": Label(zh="受理时间", en="time of report"),
    "assigned_at": Label(zh="派单时间", en="time of assignment"),
    "due_at": Label(zh="到期时间", en="due time"),
    "signed_at": Label(zh="签收时间", en="time of sign-in"),
    "contacted_at": Label(zh="联系时间", en="time of contact"),
    "met_at": Label(zh="见面时间", en="time of meeting"),
    "completed_at": Label(zh="办结时间", en="time of completion"),
    "answered_at": Label(zh="回访时间", en="time of call-back"),
    "closed_at": Label(zh="结案时间", en="time of closing"),
    "last_at": Label(zh="最后记录时间", en="time of the last record"),
}


@attrs.frozen
class _Edition:
    """What every part of one bulletin shares."""

    history: History
    ranking: Ranking
    month: Month | None
    language: str

    def say(self, zh: str, en: str) -> str:
        return Label(zh=zh, en=en).in_(self.language)

    def label(self, label: Label) -> str:
        return label.in_(self.language)

    @property
    def period(self) -> str:
        return self.say("全部时段", "all records") if self.month is None else str(self.month)

    @property
    def scheme(self) -> ScoreScheme:
        return self.ranking.scheme

    def day(self, at: datetime | None) -> str:
        if at is None:
            return "—"
        return at.astimezone(ZoneInfo(self.history.jurisdiction.zone)).strftime("%Y-%m-%d %H:%M")

    def inside(self, at: datetime | None) -> bool:
        bounds = self.history.bounds(self.month)
        return at is not None and (bounds is None or bounds[0] <= at < bounds[1])

    def unit_name(self, unit: str) -> str:
        return self.label(self.history.jurisdiction.unit_label(unit))

    def limit(self, limit: Limit) -> str:
        return f"{limit.amount} {self.label(_UNITS[limit.unit])}"

    def cite(self, source: Citation | None) -> str:
        if source is None:
            return "—"
        document = self.history.jurisdiction.sources.get(source.doc)
        title = source.doc if document is None else self.label(document.title)
        return f"{title} {source.clause}".strip()


def bulletin(history: History, ranking: Ranking, month: Month | None = None, language: str = "") -> Document:
    """Return the bulletin of *ranking*.

    Args:
        history: The records that were scored.
        ranking: What `History.rank` gave for *month*.
        month: The month; None when the whole file is one period.
        language: ``zh`` or ``en``; empty for the pack's first language.
    """
    edition = _Edition(history, ranking, month, language or history.jurisdiction.languages[0])
    county = edition.label(history.jurisdiction.title)
    say, period = edition.say, edition.period
    return Document(
        title=say(
            f"{county}{edition.label(edition.scheme.label)}（{period}）",
            f"{county}: {edition.label(edition.scheme.label)}, {period}",
        ),
        subtitle=say(f"数据截至 {edition.day(history.as_of)}", f"as known at {edition.day(history.as_of)}"),
        language=edition.language,
        blocks=(
            *_summary(edition),
            *(block for group in ranking.groups for block in _group(edition, group)),
            *_late(edition),
            *_rules(edition),
            *_proof(edition),
        ),
    )


def _summary(edition: _Edition) -> Iterator[Block]:
    say, figures = edition.say, edition.history.figures(edition.month)
    yield Heading(say("总体情况", "Summary"))
    yield Bullets(
        (
            say(
                f"受理诉求 {figures.matters} 件，立项 {figures.topics} 件；办结 {figures.ended} 件，"
                f"截至统计时点在办 {figures.still_open} 件。",
                f"{figures.matters} matters reported, {figures.topics} opened as topics; {figures.ended} ended, "
                f"{figures.still_open} open at the end.",
            ),
            say(
                f"呼叫县级部门 {figures.called} 件；已回访表态 {figures.called_answered} 件，其中满意 "
                f"{figures.called_satisfied} 件。",
                f"{figures.called} matters called to departments; residents answered on {figures.called_answered} "
                f"and were satisfied with {figures.called_satisfied}.",
            ),
            say(
                f"参评单位办结承办件 {figures.duties_completed} 件次，其中超期 {figures.duties_late} 件次。",
                f"{figures.duties_completed} duties completed by the assessed units, "
                f"{figures.duties_late} of them late.",
            ),
        )
    )


def _group(edition: _Edition, ranking: GroupRanking) -> Iterator[Block]:
    group = ranking.group
    yield Heading(edition.label(group.label))
    if group.note is not None:
        yield Paragraph(edition.label(group.note))
    taking_part = [result for result in ranking.results if result.assignments or result.score is not None]
    if taking_part:
        yield _ranking_table(edition, taking_part)
    idle = [edition.unit_name(result.unit) for result in ranking.results if result not in taking_part]
    if idle:
        names = edition.say("、", ", ").join(idle)
        yield Paragraph(
            edition.say(f"本期无承办件，不予评价：{names}。", f"No duty in this period, not assessed: {names}.")
        )


def _ranking_table(edition: _Edition, results: Sequence[UnitResult]) -> Table:
    say, rates = edition.say, edition.scheme.rates
    return Table(
        caption=say(f"各项率和得分（{edition.period}）", f"Rates and scores, {edition.period}"),
        header=(
            say("名次", "Rank"),
            say("单位", "Unit"),
            say("承办件数", "Duties"),
            *(edition.label(rate.label) for rate in rates),
            say("得分", "Score"),
            say("说明", "Remark"),
        ),
        rows=tuple(_unit_row(edition, rates, result) for result in results),
        numbers=frozenset({0, *range(2, len(rates) + 4)}),
    )


def _unit_row(edition: _Edition, rates: tuple[Rate, ...], result: UnitResult) -> tuple[str, ...]:
    show = edition.scheme.rounding.show
    shares = (result.tallies[rate.id] for rate in rates)
    return (
        "—" if result.rank is None else str(result.rank),
        edition.unit_name(result.unit),
        str(result.assignments),
        *("—" if share.value is None else f"{show(share.value * 100)}% ({share})" for share in shares),
        show(result.score),
        "" if result.rank is not None else edition.label(STATUS_LABELS[result.status]),
    )


def _late(edition: _Edition) -> Iterator[Block]:
    say = edition.say
    shown = [row for row in edition.history.assessed(edition.month) if _is_listed(edition, row)]
    shown.sort(key=lambda row: (row.due_at or row.assigned_at, row.matter, row.number))
    yield Heading(say("超期和未办结", "Late and open duties"))
    if not shown:
        yield Paragraph(say("没有超期或未办结的承办件。", "No duty was late or open."))
        return
    yield Table(
        caption=say(f"共 {len(shown)} 件次", f"{len(shown)} in all"),
        header=(
            say("诉求", "Matter"),
            say("事项", "Item"),
            say("单位", "Unit"),
            say("到期", "Due"),
            say("办结", "Completed"),
        ),
        rows=tuple(
            (
                row.matter,
                edition.label(edition.history.jurisdiction.item_label(row.item)),
                edition.unit_name(row.unit),
                edition.day(row.due_at),
                edition.day(row.completed_at),
            )
            for row in shown[:MOST_LISTED]
        ),
    )
    if len(shown) > MOST_LISTED:
        yield Paragraph(
            say(
                f"只列前 {MOST_LISTED} 件次，其余见承办清单。",
                f"The first {MOST_LISTED} are listed; the list of assignments has all.",
            ),
            small=True,
        )


def _is_listed(edition: _Edition, row: FactRow) -> bool:
    """Completed late in the period, or open at its end, since whenever."""
    bounds = edition.history.bounds(edition.month)
    if row.completed_at is not None and (bounds is None or row.completed_at < bounds[1]):
        return row.facts.get("on_time") is False and edition.inside(row.completed_at)
    return not row.facts["withdrawn"] and (bounds is None or row.assigned_at < bounds[1])


def _rules(edition: _Edition) -> Iterator[Block]:
    say, scheme = edition.say, edition.scheme
    yield Heading(say("采用的规则", "Rules used"))
    yield Table(
        caption=say("指标口径", "Definitions of the rates"),
        header=(
            say("指标", "Rate"),
            say("分母", "Denominator"),
            say("分子", "Numerator"),
            say("剔除", "Left out"),
            say("归月依据", "Month by"),
            say("权重", "Weight"),
            say("依据", "Clause"),
        ),
        rows=tuple(
            (
                edition.label(rate.label),
                _conditions(edition, rate.denominator),
                _conditions(edition, rate.numerator),
                _conditions(edition, rate.exclude),
                edition.label(_INSTANTS[rate.period_by]),
                decimal_text(scheme.weights.get(rate.id, Fraction(0))),
                f"{edition.cite(rate.source)} ({edition.label(_BASIS[rate.basis])})",
            )
            for rate in scheme.rates
        ),
        numbers=frozenset({5}),
    )
    yield Bullets(tuple(_scheme_points(edition)))
    yield from _limits(edition)


def _scheme_points(edition: _Edition) -> Iterator[str]:
    say, scheme = edition.say, edition.scheme
    yield say(
        f"得分为各项率乘以权重之和，满分 {decimal_text(scheme.full_mark)}；"
        f"率和得分不取舍，只在显示时保留 {scheme.rounding.decimals} 位小数。",
        f"The score is the sum of each rate times its weight, {decimal_text(scheme.full_mark)} at most; "
        f"nothing is rounded but what is shown, to {scheme.rounding.decimals} decimals.",
    )
    yield say(
        f"承办不足 {scheme.min_n} 件的单位不排名；得分相同的名次规则 {scheme.ties.value}；分母为零的不予评价。",
        f"Units with fewer than {scheme.min_n} duties are not ranked; equal scores share a rank ({scheme.ties.value}); "
        "a rate of 0/0 is not assessed.",
    )
    basis = edition.label(_BASIS[scheme.basis])
    yield say(
        f"考核依据：{edition.cite(scheme.authority)}；办法：{edition.cite(scheme.source)}（{basis}）。",
        f"Authority: {edition.cite(scheme.authority)}; scheme: {edition.cite(scheme.source)} ({basis}).",
    )


def _conditions(edition: _Edition, conditions: Mapping[str, Condition]) -> str:
    facts = edition.history.jurisdiction.facts
    shown = (
        f"{edition.label(facts.label(name))}: {_cell(edition, condition)}" for name, condition in conditions.items()
    )
    return "; ".join(shown) or "—"


def _cell(edition: _Edition, condition: Condition) -> str:
    words = {"yes": edition.say("是", "yes"), "no": edition.say("否", "no")}
    return " / ".join(words.get(word, word) for word in str(condition).split("|"))


def _limits(edition: _Edition) -> Iterator[Block]:
    """The promise and the limit of each step, as they hold on the period's last day."""
    say, history = edition.say, edition.history
    policy = history.jurisdiction.policy
    if policy is None:
        return
    day = history.last_day(edition.month)
    timelines = [(say("承诺时限", "Promise"), policy.promise)]
    timelines += [
        (f"{edition.label(ladder.label)}：{edition.label(step.label)}", step.limit)
        for ladder in policy.ladders()
        for step in ladder.steps
    ]
    rules = [(name, timeline.at(day, lenient=True)) for name, timeline in timelines]
    yield Table(
        caption=say("办理时限", "Limits"),
        header=(say("环节", "Step"), say("时限", "Limit"), say("依据", "Clause")),
        rows=tuple(
            (name, edition.limit(rule.value), f"{edition.cite(rule.source)} ({edition.label(_BASIS[rule.basis])})")
            for name, rule in rules
        ),
    )


def _proof(edition: _Edition) -> Iterator[Block]:
    say, history = edition.say, edition.history
    county = history.jurisdiction
    yield Heading(say("来源和核验", "Sources and proof"))
    cited = sorted({source.doc for source in _cited(edition)} & county.sources.keys())
    yield Table(
        caption=say("引用的文件", "Documents cited"),
        header=(say("标题", "Title"), say("发布", "Publisher"), say("日期", "Date")),
        rows=tuple(
            (edition.label(document.title), document.publisher, str(document.date))
            for document in (county.sources[key] for key in cited)
        ),
    )
    if county.illustrative:
        yield Paragraph(say("本辖区规则包中的示例内容：", "Made up for illustration in this pack:"))
        yield Bullets(tuple(edition.label(text) for text in county.illustrative))
    head = history.store.head()
    yield Bullets(
        (
            say(
                f"数据：{history.source}，共 {history.rows} 行；采用 {history.taken}，晚于时点 {history.later}，"
                f"退回 {len(history.rejected)}。",
                f"Data: {history.source}, {history.rows} rows; {history.taken} taken, "
                f"{history.later} later than the instant, {len(history.rejected)} rejected.",
            ),
            say(f"规则版本 {county.edition}", f"Rule edition {county.edition}"),
            say(f"事件日志 {head.sequence} 条，链首 {head.hash}", f"Log of {head.sequence} events, head {head.hash}"),
        )
    )


def _cited(edition: _Edition) -> Iterator[Citation]:
    """Yield the sources of every rule that the bulletin used."""
    scheme, policy = edition.scheme, edition.history.jurisdiction.policy
    day = edition.history.last_day(edition.month)
    cited = [scheme.source, scheme.authority]
    cited += [rate.source for rate in scheme.rates]
    cited += [group.source for group in scheme.groups]
    if policy is not None:
        steps = [step.limit for ladder in policy.ladders() for step in ladder.steps]
        cited += [timeline.at(day, lenient=True).source for timeline in (policy.promise, *steps)]
    return (source for source in cited if source is not None)
