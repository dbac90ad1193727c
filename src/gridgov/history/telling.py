"""One matter's story: what is recorded of it, what follows, and under which clause."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from gridgov.assessment import Group, judge
from gridgov.facts import FactRow
from gridgov.history.deciding import ANSWERS, decided_reason, told_time
from gridgov.history.rules import RecordRules
from gridgov.matters import ROLES, Assignment, Decided, Happening, Matter, Recorded
from gridgov.packs import Jurisdiction
from gridgov.values import Label, Reason

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
_STATUS = {
    "open": Label(zh="在办", en="open"),
    "completed": Label(zh="已办结", en="completed"),
    "closed": Label(zh="已结案", en="closed"),
    "withdrawn": Label(zh="已撤回", en="withdrawn"),
}
_DUE = {
    "record": Label(zh="来源所载", en="as the source says"),
    "rule": Label(zh="按规则计算", en="by rule"),
    "none": Label(zh="未定", en="none"),
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
            yield decided_reason(self.jurisdiction, matter, event)
        else:
            yield from (self._happening(event, each) for each in event.happenings)

    def _happening(self, event: Recorded, happening: Happening) -> Reason:
        what, answer = HAPPENED[happening.what], ANSWERS.get(happening.satisfied, Label(zh="—", en="—"))
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
        due = self.rules.due(matter, duty)
        if counted is not None and due is not None and due.at == row.due_at:  # else a command moved it, as told above
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
        return told_time(self.jurisdiction, at)
