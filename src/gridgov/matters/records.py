"""Records: what a source says happened to a matter, and the state that follows.

A `Recorded` event is what a source says happened (design, "decided versus recorded"): it is checked for
order and known words, not decided, and the record's own unit and due time hold. `apply` folds one event
into the state and refuses, changing nothing, what cannot have happened.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

import attrs
from attrs import field

from gridgov.errors import RefusedError
from gridgov.events import Canonical, canonical_text, json_object, json_text, json_whole, stamp, unstamp
from gridgov.matters.state import LEADING, LEFT, NOTHING, Assignment, Matter

__all__ = ["HAPPENINGS", "ORDER", "Happening", "Recorded", "apply_recorded"]

_JSON = {True: "true", False: "false"}


@attrs.frozen
class Happening:
    """One thing that a source says happened to a matter.

    Attributes:
        what: One of `HAPPENINGS`.
        at: When, in UTC; None where the source gives an outcome without an instant.
        unit: Who did it or whom it concerns; empty for the matter as a whole.
        role: For ``assigned`` and ``called``: handle, lead, joint, either or support.
        due_at: For ``assigned`` and ``called``: the due instant the source gives.
        satisfied: For ``answered``: what the resident said; None for an answer without a judgement.
        reason: For ``excluded``, ``returned`` and ``withdrawn``: the source's code word.
        facts: Declared facts of the unit's assignment, as the source gives them.
    """

    what: str
    at: datetime | None = None
    unit: str = ""
    role: str = ""
    due_at: datetime | None = None
    satisfied: bool | None = None
    reason: str = ""
    facts: Mapping[str, str] = NOTHING

    def to_json(self) -> str:
        """Return what the log holds, only what is given: canonical JSON, so its members stand in the order of names."""
        at = "" if self.at is None else f'"at":"{stamp(self.at)}",'
        due_at = "" if self.due_at is None else f'"due_at":"{stamp(self.due_at)}",'
        facts = f'"facts":{canonical_text(dict(self.facts))},' if self.facts else ""
        reason = f'"reason":{json_text(self.reason)},' if self.reason else ""
        role = f'"role":{json_text(self.role)},' if self.role else ""
        satisfied = "" if self.satisfied is None else f'"satisfied":{_JSON[self.satisfied]},'
        unit = f'"unit":{json_text(self.unit)},' if self.unit else ""
        return f'{{{at}{due_at}{facts}{reason}{role}{satisfied}{unit}"what":{json_text(self.what)}}}'

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the happening that `to_json` wrote."""
        given = dict(data)
        for name in ("at", "due_at"):
            if name in given:
                given[name] = unstamp(given[name])
        return cls(**given)


@attrs.frozen(kw_only=True)
class Recorded:
    """One row of a source: what it says of one matter.

    Attributes:
        source: Name of the file or register, without its folder.
        line: Line of the row in it; 0 where there are no lines.
        matter: Id of the matter.
        item: Id of the kind of matter; empty where this row does not say.
        place: Id of the unit in which it lies; empty where this row does not say.
        channel: How it came (hotline, app, patrol …), in the source's word.
        when: Declared attributes of the matter (scene …).
        happenings: In the order of the row; at least one has its instant.
    """

    TYPE: ClassVar[str] = "recorded"
    SCHEMA: ClassVar[int] = 1

    source: str
    line: int
    matter: str
    item: str = ""
    place: str = ""
    channel: str = ""
    when: Mapping[str, str] = NOTHING
    happenings: tuple[Happening, ...]

    @property
    def at(self) -> datetime:
        """The instant under which the row is filed: that of its first dated happening.

        Raises:
            RefusedError: It has none (``no_instant``).
        """
        for happening in self.happenings:
            if happening.at is not None:
                return happening.at
        raise RefusedError.of("no_instant", f"no happening of matter {self.matter!r} has an instant")

    def to_data(self) -> Canonical:
        """Return what the log holds, only what is given: canonical JSON, so its members stand in the order of names."""
        channel = f'"channel":{json_text(self.channel)},' if self.channel else ""
        happenings = ",".join([happening.to_json() for happening in self.happenings])
        item = f'"item":{json_text(self.item)},' if self.item else ""
        row = f'"line":{json_whole(self.line)},"matter":{json_text(self.matter)},'
        place = f'"place":{json_text(self.place)},' if self.place else ""
        source = f'"source":{json_text(self.source)}'
        when = f',"when":{canonical_text(dict(self.when))}' if self.when else ""
        return json_object(f'{channel}"happenings":[{happenings}],{item}{row}{place}{source}{when}')

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that `to_data` wrote."""
        given = dict(data)
        happenings = tuple(Happening.from_data(row) for row in given.pop("happenings"))
        return cls(happenings=happenings, **given)


def apply_recorded(matter: Matter | None, event: Recorded) -> Matter:
    """Return the state after *event*.

    Raises:
        RefusedError: The row cannot have happened as it says: ``not_reported`` (nothing before it reports the
            matter), ``reported_twice``, ``out_of_order`` (before the report or before its own duty opened),
            ``no_assignment`` (the unit has no duty on the matter), ``left_duty`` (it has one no more),
            ``no_instant``, ``unknown_happening``.
    """
    if matter is None:
        change = _report(event)
        happenings = event.happenings[1:]
    else:
        change = _Change(matter.id, matter.reported_at, list(matter.assignments), matter.reopened)
        happenings = event.happenings
        if event.item or event.place or event.when or event.channel:
            change.fields = {
                "item": event.item or matter.item,
                "place": event.place or matter.place,
                "channel": matter.channel or event.channel,
                "when": {**matter.when, **event.when},
            }
        if matter.opened_at is not None:
            change.fields["opened_at"] = matter.opened_at
    for happening in happenings:
        _take(change, happening)
    changed = {**change.fields, "reopened": change.reopened, "assignments": change.assignments()}
    changed["version"] = 1 + (0 if matter is None else matter.version)
    return Matter(**changed) if matter is None else attrs.evolve(matter, **changed)


@attrs.define
class _Change:
    """A matter while one event is applied to it; nobody sees it before the event is through.

    A duty that the event touches is a dict of its fields until then.
    """

    matter: str
    reported_at: datetime
    duties: list[Assignment | dict[str, Any]] = field(factory=list)
    reopened: int = 0
    fields: dict[str, Any] = field(factory=dict)

    def all_duties(self) -> list[dict[str, Any]]:
        """Return the fields of every duty, in order of opening, to be changed."""
        duties = [duty if isinstance(duty, dict) else _fields_of(duty) for duty in self.duties]
        self.duties[:] = duties
        return duties

    def assignments(self) -> tuple[Assignment, ...]:
        """Return the duties as they are once the event is through."""
        return tuple(duty if isinstance(duty, Assignment) else Assignment(**duty) for duty in self.duties)


_DUTY_FIELDS = tuple(name.name for name in attrs.fields(Assignment))


def _fields_of(duty: Assignment) -> dict[str, Any]:
    return {name: getattr(duty, name) for name in _DUTY_FIELDS}


def _report(event: Recorded) -> _Change:
    first = event.happenings[0] if event.happenings else None
    if first is None or first.what != "reported" or first.at is None:
        what = first.what if first else "a row without a happening"
        raise RefusedError.of("not_reported", f"{what} comes before matter {event.matter!r} was reported")
    fields = {
        "id": event.matter,
        "item": event.item,
        "place": event.place,
        "channel": event.channel,
        "when": event.when,
        "reported_at": first.at,
        "source": event.source,
        "line": event.line,
    }
    return _Change(event.matter, first.at, fields=fields)


def _take(change: _Change, happening: Happening) -> None:
    if happening.at is not None and happening.at < change.reported_at:
        raise RefusedError.of("out_of_order", f"{happening.what} is dated before the matter was reported")
    step = _STEPS.get(happening.what)
    if step is None:
        raise RefusedError.of("unknown_happening", f"{happening.what!r} is not a happening", hint=_WORDS)
    step(change, happening)


def _dated(happening: Happening) -> datetime:
    if happening.at is None:
        raise RefusedError.of("no_instant", f"{happening.what} has no instant", hint="give the column 'at'")
    return happening.at


def _reported_again(change: _Change, happening: Happening) -> None:
    raise RefusedError.of("reported_twice", f"matter {change.matter!r} was {happening.what} before")


def _open(role: str) -> "_Step":
    def step(change: _Change, happening: Happening) -> None:
        opened_at = _dated(happening)
        change.duties.append(
            {
                "number": len(change.duties) + 1,
                "unit": happening.unit,
                "role": happening.role or role,
                "opened_by": happening.what,
                "opened_at": opened_at,
                "due_at": happening.due_at,
                "facts": happening.facts,
                "outcome": "",
                "last_at": opened_at,
            }
        )

    return step


def _passed_up(change: _Change, happening: Happening) -> None:
    at = _dated(happening)
    for duty in change.all_duties():
        if duty["role"] == "handle" and not duty["outcome"]:
            _check_order(duty, happening, at)
            duty.update(outcome="passed_up", last_at=max(at, duty["last_at"]))
    _open("handle")(change, happening)


def _concerned(change: _Change, happening: Happening) -> list[dict[str, Any]]:
    """Return the duties that *happening* concerns.

    With a unit: its latest. Without one: every duty that leads and has not left the matter.
    """
    duties, unit = change.all_duties(), happening.unit
    if unit:
        concerned = [duty for duty in duties if duty["unit"] == unit][-1:]
    else:
        concerned = [duty for duty in duties if duty["role"] in LEADING and duty["outcome"] not in LEFT]
    if not concerned:
        who = unit or "any unit"
        hint = "an 'assigned' or 'called' of that unit must come first"
        raise RefusedError.of("no_assignment", f"{happening.what}: {who} has no duty on the matter", hint=hint)
    return concerned


def _check_order(duty: Mapping[str, Any], happening: Happening, at: datetime) -> None:
    if at < duty["opened_at"]:
        raise RefusedError.of("out_of_order", f"{happening.what} of {duty['unit']} is dated before its duty was opened")


def _note(change: _Change, happening: Happening, **noted: Any) -> None:
    """Set fields of the duties that *happening* concerns."""
    at = happening.at
    for duty in _concerned(change, happening):
        if at is not None:
            _check_order(duty, happening, at)
            duty["last_at"] = max(at, duty["last_at"])
        if happening.facts:
            duty["facts"] = {**duty["facts"], **happening.facts}
        duty.update(noted)


def _first(name: str) -> "_Step":
    """The first one counts: who signs in twice signed in when he did so first."""

    def step(change: _Change, happening: Happening) -> None:
        at = _dated(happening)
        _note(change, happening)
        for duty in _concerned(change, happening):
            known = duty.get(name)
            duty[name] = at if known is None else min(at, known)

    return step


def _declined(change: _Change, happening: Happening) -> None:
    _note(change, happening, declined=True)


def _completed(change: _Change, happening: Happening) -> None:
    at = _dated(happening)
    if any(duty["outcome"] in LEFT for duty in _concerned(change, happening)):
        hint = "an 'assigned' or 'called' must give it to the unit anew"
        raise RefusedError.of("left_duty", f"completed: {happening.unit} was relieved, or returned it", hint=hint)
    _note(change, happening, completed_at=at, outcome="completed")


def _ended(change: _Change, happening: Happening) -> None:
    _note(change, happening, outcome=happening.what)


def _answered(change: _Change, happening: Happening) -> None:
    _note(change, happening, answered_at=happening.at, answered=True, satisfied=happening.satisfied)


def _once(name: str) -> "_Step":
    def step(change: _Change, happening: Happening) -> None:
        change.fields.setdefault(name, _dated(happening))

    return step


def _last(name: str) -> "_Step":
    def step(change: _Change, happening: Happening) -> None:
        change.fields[name] = _dated(happening)

    return step


def _reopened(change: _Change, happening: Happening) -> None:
    change.reopened += 1
    change.fields.update(closed_at=None, withdrawn_at=None)
    cleared = {"completed_at": None, "outcome": "", "answered_at": None, "answered": False, "satisfied": None}
    _note(change, happening, **cleared)


def _excluded(change: _Change, happening: Happening) -> None:
    reason = happening.reason or "unstated"
    if happening.unit:
        _note(change, happening, excluded=reason)
    else:
        change.fields["excluded"] = reason


_Step = Callable[[_Change, Happening], None]

_STEPS: Mapping[str, _Step] = {
    "reported": _reported_again,
    "opened": _once("opened_at"),
    "assigned": _open("handle"),
    "called": _open("lead"),
    "passed_up": _passed_up,
    "signed": _first("signed_at"),
    "contacted": _first("contacted_at"),
    "met": _first("met_at"),
    "declined": _declined,
    "noted": _note,
    "returned": _ended,
    "relieved": _ended,
    "completed": _completed,
    "answered": _answered,
    "excluded": _excluded,
    "closed": _last("closed_at"),
    "reopened": _reopened,
    "withdrawn": _last("withdrawn_at"),
}

HAPPENINGS = frozenset(_STEPS)
"""The words of ``what`` in a row of happenings."""

ORDER: Mapping[str, int] = {what: place for place, what in enumerate(_STEPS)}
"""Which of two happenings of one instant comes first."""

_WORDS = "use one of " + ", ".join(sorted(HAPPENINGS))
