"""What was decided about a live matter, told in both languages: who did what, by which clause, and to which clocks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gridgov.matters import CLOCK_ACTS, HAPPENED_LIVE, ROLES, ClockChange, Decided, Matter
from gridgov.packs import Jurisdiction
from gridgov.values import Citation, Label, Reason

__all__ = ["ANSWERS", "decided_reason", "told_time"]

ANSWERS: Mapping[bool | None, Label] = {
    True: Label(zh="满意", en="satisfied"),
    False: Label(zh="不满意", en="not satisfied"),
}
_TOLD = ("to", "stage", "proposed", "part", "into", "missing")
"""Fields of decided events that a story tells as they are."""
_BY_CLOCK = frozenset({"reminded", "supervised"})
"""Events whose reason is a clock, when time brought them."""
_RESULTS = {
    "not_reached": Label(zh="未联系上", en="not reached"),
    "declined": Label(zh="谢绝回访", en="declined to answer"),
    "withdrawn": Label(zh="撤回", en="taken back"),
}
_NO_JUDGEMENT = Label(zh="未表态", en="no judgement")


def decided_reason(jurisdiction: Jurisdiction, matter: Matter, event: Decided) -> Reason:
    """Return what happened, who did it, and when its clocks then run out; never a person."""
    told = {language: _told(jurisdiction, matter, event, language) for language in ("zh", "en")}
    clocks = tuple(_clock(jurisdiction, matter, event, change) for change in event.clocks if change.act != "cancel")
    return Reason(Label(**told), _source(jurisdiction, event), clocks)


def told_time(jurisdiction: Jurisdiction, at: datetime | None) -> str:
    """Return an instant on the clock of the jurisdiction; a dash where there is none."""
    return "—" if at is None else f"{at.astimezone(ZoneInfo(jurisdiction.zone)):%Y-%m-%d %H:%M:%S}"


def _told(jurisdiction: Jurisdiction, matter: Matter, event: Decided, language: str) -> str:
    by_time = not event.by and not event.person
    parts = (
        told_time(jurisdiction, event.at),
        HAPPENED_LIVE[event.TYPE].in_(language),
        *_words(jurisdiction, matter, event, language),
        "" if by_time and event.TYPE in _BY_CLOCK else event.reason,
        _by(jurisdiction, event, language),
    )
    return " ".join(part for part in parts if part)


def _words(jurisdiction: Jurisdiction, matter: Matter, event: Decided, language: str) -> Iterator[str]:
    """Yield the unit that an event is about, unless it is who acted, and what the event says besides."""
    unit = getattr(event, "unit", "")
    if not unit and event.number:
        unit = matter.assignments[event.number - 1].unit
    if unit and unit != event.by:
        yield jurisdiction.unit_label(unit).in_(language)
    kind = getattr(event, "clock", "") or (event.reason if event.TYPE in _BY_CLOCK and not event.by else "")
    if kind:
        yield _clock_label(jurisdiction, kind).in_(language)
    if getattr(event, "percent", 0):
        yield f"{event.percent} %"  # type: ignore[attr-defined]
    if getattr(event, "role", ""):
        yield f"({ROLES[event.role].in_(language)})"  # type: ignore[attr-defined]
    if event.TYPE == "called_back":
        said = _RESULTS.get(event.result) or ANSWERS.get(event.satisfied, _NO_JUDGEMENT)  # type: ignore[attr-defined]
        yield said.in_(language)
    for name in _TOLD:
        told = getattr(event, name, "")
        yield told if isinstance(told, str) else ", ".join(told)


def _by(jurisdiction: Jurisdiction, event: Decided, language: str) -> str:
    if event.by:
        by = jurisdiction.unit_label(event.by).in_(language)
    elif event.person:
        by = Label(zh="诉求人", en="a resident").in_(language)
    else:
        by = Label(zh="到时自动", en="by time").in_(language)
    return Label(zh=f"（{by}）", en=f"({by})").in_(language)


def _clock(jurisdiction: Jurisdiction, matter: Matter, event: Decided, change: ClockChange) -> Reason:
    """Return what was done to a clock, with the unit whose it is where that is not the one the event is about."""
    label, act, due = (
        _clock_label(jurisdiction, change.kind),
        CLOCK_ACTS[change.act],
        told_time(jurisdiction, change.due_at),
    )
    zh = f"{label.in_('zh')}：{act.zh}，{due} 到期"
    en = f"{label.in_('en')}: {act.en}, due {due}"
    if change.number not in {0, event.number}:
        unit = jurisdiction.unit_label(matter.assignments[change.number - 1].unit)
        zh, en = f"{unit.in_('zh')} {zh}", f"{unit.in_('en')} {en}"
    return Reason(Label(zh=zh, en=en))


def _clock_label(jurisdiction: Jurisdiction, kind: str) -> Label:
    handling = jurisdiction.handling
    rule = None if handling is None else handling.clocks.get(kind)
    return Label(en=kind) if rule is None else rule.label


def _source(jurisdiction: Jurisdiction, event: Decided) -> Citation | None:
    """Return the clause of the clock that fell due, or of the first that began to run."""
    handling = jurisdiction.handling
    kinds = [getattr(event, "clock", ""), *(change.kind for change in event.clocks if change.act == "start")]
    rules = [] if handling is None else [handling.clocks[kind] for kind in kinds if kind in handling.clocks]
    return next((rule.source for rule in rules if rule.source is not None), None)
