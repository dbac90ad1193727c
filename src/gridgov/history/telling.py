"""One matter's story: what is recorded of it, what follows, and under which clause."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from gridgov.assessment import Group, judge
from gridgov.facts import FactRow
from gridgov.history.rules import RecordRules
from gridgov.matters import Assignment, Happening, Matter, Recorded
from gridgov.packs import Jurisdiction
from gridgov.values import Label, Reason

__all__ = ["Story"]


@attrs.frozen
class Story:
    """Tells what is recorded of matters, in both languages."""

    jurisdiction: Jurisdiction
    rules: RecordRules
    group_of: Callable[[str], Group | None]

    def tell(self, matter: Matter, events: Iterable[Recorded], rows: Iterable[FactRow]) -> Reason:
        """Return what happened, and for each duty its due instant, its facts and its part in the rates."""
        item = self.jurisdiction.item_label(matter.item)
        place = self.jurisdiction.unit_label(matter.place)
        text = Label(
            zh=f"{matter.id}：{item.in_('zh')}，{place.in_('zh')}，状态 {matter.status}",
            en=f"{matter.id}: {item.in_('en')}, {place.in_('en')}, {matter.status}",
        )
        story = tuple(self._happening(event, each) for event in events for each in event.happenings)
        return Reason(text, None, (*story, *(self._row(matter, row) for row in rows)))

    def _happening(self, event: Recorded, happening: Happening) -> Reason:
        unit = self.jurisdiction.unit_label(happening.unit) if happening.unit else Label(zh="—", en="—")
        at = self._time(happening.at)
        return Reason(
            Label(
                zh=f"{at} {happening.what} {unit.in_('zh')}（{event.source} 第 {event.line} 行）",
                en=f"{at} {happening.what} {unit.in_('en')} ({event.source} line {event.line})",
            )
        )

    def _row(self, matter: Matter, row: FactRow) -> Reason:
        unit = self.jurisdiction.unit_label(row.unit)
        due = self._time(row.due_at)
        facts = ", ".join(
            f"{name}={'yes' if value is True else 'no' if value is False else value}"
            for name, value in sorted(row.facts.items())
        )
        text = Label(
            zh=f"承办 {row.number}：{unit.in_('zh')}（{row.role}），到期 {due}（{row.due_basis}）",
            en=f"duty {row.number}: {unit.in_('en')} ({row.role}), due {due} ({row.due_basis})",
        )
        return Reason(
            text,
            None,
            (*self._due(matter, row), Reason(Label(zh=f"事实：{facts}", en=f"facts: {facts}")), *self._rates(row)),
        )

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
                        zh=f"{rate.label.in_('zh')}：{verdict}，按 {rate.period_by} {at} 归月",
                        en=f"{rate.label.in_('en')}: {verdict}, month by {rate.period_by} {at}",
                    ),
                    rate.source,
                )

    def _time(self, at: datetime | None) -> str:
        return "—" if at is None else f"{at.astimezone(ZoneInfo(self.jurisdiction.zone)):%Y-%m-%d %H:%M:%S}"
