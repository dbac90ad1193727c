"""Saying: the reasons, the notes and the headline of an answer, in Chinese and English."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from gridgov.calendar import Limit
from gridgov.escalation.answers import Note, PlannedStep, Promise, Route, Seat, Way
from gridgov.escalation.rules import LEADS, DirectLine, Policy, Step
from gridgov.hierarchy import Unit
from gridgov.responsibility import Responsibility
from gridgov.values import Citation, Label, Reason

__all__ = [
    "Found",
    "chain_reason",
    "edition_reason",
    "headline",
    "line_reason",
    "notes",
    "promise_reason",
    "skipped_reason",
    "step_reason",
]


@attrs.frozen(kw_only=True)
class Found:
    """What the notes of an answer are made from.

    Attributes:
        asked: Id of the place asked for.
        place: The place as it is now in force.
        duty: What the list says.
        way: The way the matter goes.
        passed_over: Units that the matter is about, and that would have been seated or called.
    """

    asked: str
    place: Unit
    duty: Responsibility
    way: Way
    passed_over: tuple[Unit, ...]


# Reasons


def chain_reason(chain: Iterable[Unit]) -> Reason:
    """Return the place and the units above it."""
    units = tuple(chain)
    zh = " → ".join(unit.name for unit in units)
    en = " → ".join(unit.name_en or unit.name for unit in units)
    return Reason(Label(zh=f"所在单位：{zh}", en=f"the place and the units above it: {en}"))


def edition_reason(edition: str) -> Reason:
    """Return which rules answered."""
    return Reason(Label(zh=f"规则版本 {edition}", en=f"rule edition {edition}"))


def promise_reason(policy: Policy, promise: Promise, at: datetime) -> Reason:
    """Return the promise and its days, counted from first receipt."""
    due, limit = _shown(policy, promise.due_at), promise.limit.label
    text = Label(
        zh=f"承诺时限：{limit.zh}，自首次受理起算，不因任何环节重置，{due} 到期",
        en=f"promise: {limit.en} from first receipt, never reset, due {due}",
    )
    return _timed_reason(policy, text, promise.source, policy.promise_calendar, at, promise.limit)


def step_reason(policy: Policy, step: PlannedStep, calendar: str) -> Reason:
    """Return who answers a step, and its days."""
    zh = "、".join(seat.words("zh") for seat in step.seats)
    en = ", ".join(seat.words("en") for seat in step.seats)
    opens, due = _shown(policy, step.opens_at), _shown(policy, step.due_at)
    text = Label(
        zh=f"{step.label.in_('zh')}：{zh}，{opens} 起，{due} 到期",
        en=f"{step.label.in_('en')}: {en}, from {opens}, due {due}",
    )
    return _timed_reason(policy, text, step.source, calendar, step.opens_at, step.limit)


def _timed_reason(
    policy: Policy, text: Label, source: Citation | None, calendar: str, start: datetime, limit: Limit
) -> Reason:
    counted = policy.work_calendar(calendar).explain_due(start, limit, policy.counting, lenient=True)
    return Reason(text, source, (counted,))


def line_reason(line: DirectLine, unit: Unit, place: Unit) -> Reason:
    """Return why a paired unit answers."""
    zh = f"直通车：{unit} 与 {place} 或其上级结对，不经逐级上报"
    en = f"direct line: {unit} is paired with {place} or a unit above it, and the levels are passed by"
    return Reason(Label(zh=zh, en=en), line.source)


def skipped_reason(step: Step, place: Unit, passed_over: Iterable[Unit]) -> Reason:
    """Return why nobody answers a step: it has no unit, or only units that the matter is about."""
    zh, en = step.label.in_("zh"), step.label.in_("en")
    units = ", ".join(map(str, passed_over))
    if units:
        text = Label(zh=f"{zh}：{units} 为诉求所涉单位，回避，跳过", en=f"{en}: left out, the matter is about {units}")
    elif step.answers == LEADS:
        text = Label(zh=f"{zh}：清单未指明主体责任单位，跳过", en=f"{en}: left out, the list names no lead")
    else:
        text = Label(zh=f"{zh}：{place} 无此层级，跳过", en=f"{en}: left out, {place} has no {step.answers} above it")
    return Reason(text, step.source)


# Notes


def notes(policy: Policy, found: Found) -> Iterator[Note]:
    """Yield what an officer must know besides the answer."""
    yield from _place_notes(found)
    if found.way.path == "emergency":
        yield _noted(
            "reason_required",
            "突发事件须补书面理由，呼叫不因此等待",
            "emergency: a reason in writing is owed; it delays nothing",
        )
    yield from (_passed_note(unit) for unit in found.passed_over)
    for lead in found.duty.leads:
        word = lead.unit.accountability
        if word and word != policy.home:
            zh, en = f"{lead.unit}（{word}）不计入本地考核排名", f"{lead.unit} ({word}) is not in the home ranking"
            yield Note(code="accountability", text=Label(zh=zh, en=en), source=lead.unit.source)
    yield from _way_notes(found.way)
    if found.duty.provisional or found.way.provisional:
        yield _noted(
            "provisional",
            "暂定：部分规则或日历尚未确认",
            "provisional: a rule or the calendar is not confirmed for all days",
        )


def _noted(code: str, zh: str, en: str) -> Note:
    return Note(code=code, text=Label(zh=zh, en=en))


def _place_notes(found: Found) -> Iterator[Note]:
    asked, place, duty = found.asked, found.place, found.duty
    if asked != place.id:
        yield _noted("place_replaced", f"{asked} 已由 {place} 承接", f"{asked} was taken over by {place}")
    if duty.unlisted:
        yield _noted(
            "unlisted", "事项未列入清单，主体责任待裁定", "the item is not on the list: who leads must be ruled"
        )
    if duty.left_out:
        rows = ", ".join(duty.left_out)
        yield _noted(
            "left_out", f"该处无对应层级，未指派：{rows}", f"the place has no such level: rows {rows} name nobody"
        )


def _passed_note(unit: Unit) -> Note:
    zh, en = f"{unit} 为诉求所涉单位，回避，不承办", f"the matter is about {unit}: it is not routed there"
    return _noted("interested_unit", zh, en)


def _way_notes(way: Way) -> Iterator[Note]:
    for step in way.steps:
        yield from (_vacant_note(step, seat) for seat in step.seats if seat.post and not seat.person)
    if way.steps and way.promise is not None and way.steps[-1].due_at > way.promise.due_at:
        zh, en = "各环节时限之和超过承诺时限", "the limits of the steps add up to more than the promise"
        yield _noted("plan_exceeds_promise", zh, en)


def _vacant_note(step: PlannedStep, seat: Seat) -> Note:
    zh = f"{step.label.in_('zh')}：{seat.unit} 的岗位 {seat.post} 空缺"
    en = f"{step.label.in_('en')}: nobody holds the post {seat.post} at {seat.unit}"
    return _noted("vacant_post", zh, en)


# The headline


def headline(policy: Policy, answer: Route) -> Label:
    """Return the answer in one sentence."""
    if answer.holder is None:
        where = answer.redirect or Label(zh="未说明转往何处", en="nothing says where to turn")
        zh = f"{answer.item}（{answer.place}）：本渠道不受理，{where.in_('zh')}"
        return Label(zh=zh, en=f"{answer.item} in {answer.place}: not accepted here; {where.in_('en')}")
    due = _shown(policy, answer.steps[0].due_at)
    zh = f"{answer.item}（{answer.place}）：现由 {answer.holder.words('zh')} 办理，{due} 到期"
    return Label(zh=zh, en=f"{answer.item} in {answer.place}: {answer.holder.words('en')} holds it, due {due}")


def _shown(policy: Policy, at: datetime) -> str:
    return f"{at.astimezone(policy.clock):%Y-%m-%d %H:%M}"
