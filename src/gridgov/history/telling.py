"""One matter's story: what is recorded of it, what follows, and under which clause."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from gridgov.assessment import Group, judge
from gridgov.facts import FactRow
from gridgov.history.rules import RecordRules
from gridgov.matters import HAPPENED_LIVE, Assignment, ClockChange, Decided, Happening, Matter, Recorded
from gridgov.packs import Jurisdiction
from gridgov.values import Citation, Label, Reason

__all__ = ["Story"]


HAPPENED: Mapping[str, Label] = {
    "reported": Label(zh="受理", en="reported"),
    "opened": Label(zh="立项", en="opened as a topic"),
    "assigned": Label(zh="派单", en="assigned to"),
    "called": Label(zh="呼叫", en="called"),
    "passed_up": Label(zh="上报至", en="passed up to"),
    "signed": Label(zh="签收", en="signed in by"),
    "contacted": Label(zh="联系当事人", en="resident contacted by"),
    "met": Label(zh="与当事人见面", en="resident met by"),
    "declined": Label(zh="当事人谢绝见面", en="meeting declined:"),
    "noted": Label(zh="记录", en="noted by"),
    "returned": Label(zh="退单", en="returned by"),
    "relieved": Label(zh="解除承办", en="relieved:"),
    "completed": Label(zh="办结", en="completed by"),
    "answered": Label(zh="回访", en="resident answered"),
    "excluded": Label(zh="剔除", en="left out"),
    "closed": Label(zh="结案", en="closed"),
    "reopened": Label(zh="重新办理", en="opened again"),
    "withdrawn": Label(zh="撤回", en="withdrawn"),
}
"""What each happening is called."""
ROLES: Mapping[str, Label] = {
    "handle": Label(zh="办理", en="handles"),
    "lead": Label(zh="主体责任", en="leads"),
    "joint": Label(zh="共同主体责任", en="leads jointly"),
    "either": Label(zh="择一主体责任", en="leads, one of several"),
    "support": Label(zh="配合责任", en="supports"),
    "answer": Label(zh="属地答复", en="answers for the matter"),
}
"""What each role is called."""
_STATUS = {
    "open": Label(zh="在办", en="open"),
    "completed": Label(zh="已办结", en="completed"),
    "closed": Label(zh="已结案", en="closed"),
    "withdrawn": Label(zh="已撤回", en="withdrawn"),
}
_ACTS = {
    "start": Label(zh="开始计时", en="starts"),
    "pause": Label(zh="暂停计时", en="pauses"),
    "resume": Label(zh="恢复计时", en="goes on"),
    "stop": Label(zh="停止计时", en="stops"),
    "reset": Label(zh="重新计时", en="starts anew"),
    "limit": Label(zh="时限变更", en="has a new limit"),
    "stated": Label(zh="另定期限", en="has a stated term"),
}
_TOLD = (
    *("to", "clock", "percent", "result", "satisfied", "stage"),
    *("proposed", "part", "into", "matter", "missing", "where"),
)
"""Fields of decided events that a story tells."""
_DUE = {
    "record": Label(zh="来源所载", en="as the source says"),
    "rule": Label(zh="按规则计算", en="by rule"),
    "none": Label(zh="未定", en="none"),
}
_ANSWERS: Mapping[bool | None, Label] = {
    True: Label(zh="满意", en="satisfied"),
    False: Label(zh="不满意", en="not satisfied"),
}
_VERDICTS = {
    "numerator": Label(zh="计入分子和分母", en="counts above and below the line"),
    "denominator": Label(zh="只计入分母", en="counts below the line only"),
    "excluded": Label(zh="剔除", en="left out"),
}


@attrs.frozen
class Story:
    """Tells what is recorded of matters, in both languages."""

    jurisdiction: Jurisdiction
    rules: RecordRules
    group_of: Callable[[str], Group | None]

    def tell(self, matter: Matter, events: Iterable[Recorded | Decided], rows: Iterable[FactRow]) -> Reason:
        """Return what happened, and for each duty its due instant, its facts and its part in the rates."""
        item = self.jurisdiction.item_label(matter.item)
        place = self.jurisdiction.unit_label(matter.place)
        text = Label(
            zh=f"{matter.id}：{item.in_('zh')}，{place.in_('zh')}，{_STATUS[matter.status].zh}",
            en=f"{matter.id}: {item.in_('en')}, {place.in_('en')}, {_STATUS[matter.status].en}",
        )
        story = tuple(reason for event in events for reason in self._event(matter, event))
        return Reason(text, None, (*story, *(self._row(matter, row) for row in rows)))

    def _event(self, matter: Matter, event: Recorded | Decided) -> Iterator[Reason]:
        if isinstance(event, Decided):
            yield self._decided(matter, event)
        else:
            yield from (self._happening(event, each) for each in event.happenings)

    def _decided(self, matter: Matter, event: Decided) -> Reason:
        """Return what happened, who did it, and when its clocks then run out."""
        told = {
            language: " ".join(
                part
                for part in (
                    self._time(event.at),
                    HAPPENED_LIVE[event.TYPE].in_(language),
                    self._whom(matter, event, language),
                    event.reason,
                    self._by(event, language),
                )
                if part
            )
            for language in ("zh", "en")
        }
        clocks = tuple(self._clock(change) for change in event.clocks if change.act != "cancel")
        return Reason(Label(**told), self._source(event), clocks)

    def _whom(self, matter: Matter, event: Decided, language: str) -> str:
        """Return the unit that an event is about, and what it says besides."""
        unit = getattr(event, "unit", "")
        if not unit and event.number:
            unit = matter.assignments[event.number - 1].unit
        words = [self.jurisdiction.unit_label(unit).in_(language)] if unit else []
        role = getattr(event, "role", "")
        if role:
            words.append(f"({ROLES[role].in_(language)})")
        words += [str(getattr(event, name)) for name in _TOLD if getattr(event, name, None) not in (None, "", ())]
        return " ".join(words)

    def _by(self, event: Decided, language: str) -> str:
        if event.by:
            by = self.jurisdiction.unit_label(event.by).in_(language)
        elif event.person:
            by = Label(zh="诉求人", en="a resident").in_(language)
        else:
            by = Label(zh="到时自动", en="by time").in_(language)
        return Label(zh=f"（{by}）", en=f"({by})").in_(language)

    def _clock(self, change: ClockChange) -> Reason:
        label = self._clock_label(change.kind)
        act, due = _ACTS[change.act], self._time(change.due_at)
        zh = f"{label.in_('zh')}：{act.zh}，{due} 到期"
        en = f"{label.in_('en')}: {act.en}, due {due}"
        return Reason(Label(zh=zh, en=en))

    def _clock_label(self, kind: str) -> Label:
        handling = self.jurisdiction.handling
        rule = None if handling is None else handling.clocks.get(kind)
        return Label(en=kind) if rule is None else rule.label

    def _source(self, event: Decided) -> Citation | None:
        """Return the clause of the first clock that fell due or began to run."""
        handling = self.jurisdiction.handling
        kinds = [getattr(event, "clock", ""), *(change.kind for change in event.clocks if change.act == "start")]
        rules = [] if handling is None else [handling.clocks[kind] for kind in kinds if kind in handling.clocks]
        return next((rule.source for rule in rules if rule.source is not None), None)

    def _happening(self, event: Recorded, happening: Happening) -> Reason:
        what, answer = HAPPENED[happening.what], _ANSWERS.get(happening.satisfied, Label(zh="—", en="—"))
        unit = self.jurisdiction.unit_label(happening.unit) if happening.unit else None
        told = {
            language: " ".join(
                part
                for part in (
                    self._time(happening.at),
                    what.in_(language),
                    unit.in_(language) if unit else "",
                    answer.in_(language) if happening.what == "answered" else "",
                    happening.reason,
                )
                if part
            )
            for language in ("zh", "en")
        }
        where = f"{event.source}:{event.line}"
        return Reason(Label(zh=f"{told['zh']}（{where}）", en=f"{told['en']} ({where})"))

    def _row(self, matter: Matter, row: FactRow) -> Reason:
        unit = self.jurisdiction.unit_label(row.unit)
        due = self._time(row.due_at)
        text = Label(
            zh=f"承办 {row.number}：{unit.in_('zh')}（{ROLES[row.role].zh}），到期 {due}（{_DUE[row.due_basis].zh}）",
            en=f"duty {row.number}: {unit.in_('en')} ({ROLES[row.role].en}), due {due} ({_DUE[row.due_basis].en})",
        )
        facts = Label(zh="事实：" + self._facts(row, "zh"), en="facts: " + self._facts(row, "en"))
        return Reason(text, None, (*self._due(matter, row), Reason(facts), *self._rates(row)))

    def _facts(self, row: FactRow, language: str) -> str:
        said = {True: Label(zh="是", en="yes"), False: Label(zh="否", en="no")}
        shown = []
        for name, value in sorted(row.facts.items()):
            word = said[value].in_(language) if isinstance(value, bool) else str(value)
            shown.append(f"{self.jurisdiction.facts.label(name).in_(language)}={word}")
        return ", ".join(shown)

    def _due(self, matter: Matter, row: FactRow) -> Iterator[Reason]:
        duty = Assignment(
            number=row.number,
            unit=row.unit,
            role=row.role,
            opened_by=row.opened_by,
            opened_at=row.assigned_at,
            last_at=row.last_at,
        )
        counted = self.rules.explain_due(matter, duty) if row.due_basis == "rule" else None
        if counted is not None:
            yield counted

    def _rates(self, row: FactRow) -> Iterator[Reason]:
        scheme = self.jurisdiction.scheme
        group = None if scheme is None else self.group_of(row.unit)
        if scheme is None or group is None or row.role not in group.roles:
            return
        for rate in scheme.rates:
            verdict = judge(rate, row)
            if verdict:
                at = self._time(getattr(row, rate.period_by))
                yield Reason(
                    Label(
                        zh=f"{rate.label.in_('zh')}：{_VERDICTS[verdict].zh}，按 {rate.period_by} {at} 归月",
                        en=f"{rate.label.in_('en')}: {_VERDICTS[verdict].en}, month by {rate.period_by} {at}",
                    ),
                    rate.source,
                )

    def _time(self, at: datetime | None) -> str:
        return "—" if at is None else f"{at.astimezone(ZoneInfo(self.jurisdiction.zone)):%Y-%m-%d %H:%M:%S}"
