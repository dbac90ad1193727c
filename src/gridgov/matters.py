"""Matters: what somebody reported, and each unit's duty on it; state as a fold of events.

A `Recorded` event is what a source says happened (design, "decided versus recorded"): it is checked for
order and known words, not decided, and the record's own unit and due time hold. `apply` folds one event
into the state and refuses, changing nothing, what cannot have happened.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Self

import attrs

from gridgov.errors import RefusedError
from gridgov.events import stamp, unstamp
from gridgov.values import Shown

__all__ = ["EVENTS", "HAPPENINGS", "Assignment", "Happening", "Matter", "Recorded", "apply", "fold"]

NOTHING: Mapping[str, str] = MappingProxyType({})

LEADING = frozenset({"handle", "lead", "joint", "either"})
"""Roles whose holder answers for the outcome; a resident's answer counts for each of them."""


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

    def to_data(self) -> dict[str, Any]:
        """Return what the log holds: only what is given."""
        data: dict[str, Any] = {"what": self.what}
        if self.at is not None:
            data["at"] = stamp(self.at)
        if self.unit:
            data["unit"] = self.unit
        if self.role:
            data["role"] = self.role
        if self.due_at is not None:
            data["due_at"] = stamp(self.due_at)
        if self.satisfied is not None:
            data["satisfied"] = self.satisfied
        if self.reason:
            data["reason"] = self.reason
        if self.facts:
            data["facts"] = dict(self.facts)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the happening that `to_data` wrote."""
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

    def to_data(self) -> dict[str, Any]:
        """Return what the log holds: only what is given."""
        data: dict[str, Any] = {"source": self.source, "line": self.line, "matter": self.matter}
        if self.item:
            data["item"] = self.item
        if self.place:
            data["place"] = self.place
        if self.channel:
            data["channel"] = self.channel
        if self.when:
            data["when"] = dict(self.when)
        data["happenings"] = [happening.to_data() for happening in self.happenings]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that `to_data` wrote."""
        given = dict(data)
        happenings = tuple(Happening.from_data(row) for row in given.pop("happenings"))
        return cls(happenings=happenings, **given)


EVENTS = (Recorded,)


@attrs.frozen(kw_only=True)
class Assignment(Shown):
    """One unit's duty on one matter.

    Attributes:
        number: 1 for the matter's first, in order of opening.
        unit: Who has the duty.
        role: handle (a step of the ladder), lead, joint, either or support.
        opened_by: The happening that opened it: assigned, called or passed_up.
        opened_at: When.
        due_at: The due instant the source gave; None where it gave none.
        outcome: Empty while open; then completed, passed_up, returned or relieved.
        declined: The resident did not want a meeting, or there is nobody to meet.
        last_at: The latest dated happening of this assignment.
    """

    number: int
    unit: str
    role: str
    opened_by: str
    opened_at: datetime
    due_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    met_at: datetime | None = None
    declined: bool = False
    completed_at: datetime | None = None
    answered_at: datetime | None = None
    answered: bool = False
    satisfied: bool | None = None
    outcome: str = ""
    excluded: str = ""
    facts: Mapping[str, str] = NOTHING
    last_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Matter(Shown):
    """One thing somebody reported, from report to closing.

    Attributes:
        id: The matter's id in its source.
        item: Kind of matter; empty where nobody said.
        place: The unit in which it lies; empty where nobody said.
        reported_at: First receipt; the outer promise runs from here.
        opened_at: When it was opened as a topic (立项); None if it was not.
        closed_at: When it was closed; None while it is not.
        status: open, completed (every duty ended, not closed), closed or withdrawn.
        reopened: How often it was opened again.
        excluded: Why the whole matter is left out of rates; empty if it is not.
        assignments: In order of opening.
        source: The file or register that reported it; ``line`` its line there.
    """

    id: str
    item: str = ""
    place: str = ""
    channel: str = ""
    when: Mapping[str, str] = NOTHING
    reported_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reopened: int = 0
    excluded: str = ""
    assignments: tuple[Assignment, ...] = ()
    source: str = ""
    line: int = 0

    @property
    def status(self) -> str:
        """The matter's state in one word: open, completed, closed or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.closed_at is not None:
            return "closed"
        done = self.assignments and all(assignment.outcome for assignment in self.assignments)
        return "completed" if done else "open"

    @property
    def ended_at(self) -> datetime | None:
        """When it was closed or, where nobody closed it, when its last duty was completed; None while it is open."""
        if self.closed_at is not None or self.status != "completed":
            return self.closed_at
        return max((duty.completed_at for duty in self.assignments if duty.completed_at is not None), default=None)

    @property
    def called(self) -> bool:
        """Whether it was ever called to departments through the county platform."""
        return any(assignment.opened_by == "called" for assignment in self.assignments)


def fold(events: Iterable[Recorded]) -> Matter:
    """Return the state after *events* of one matter, of which there is at least one."""
    matter: Matter | None = None
    for event in events:
        matter = apply(matter, event)
    assert matter is not None  # noqa: S101 - an empty fold is a mistake of the caller
    return matter


def apply(matter: Matter | None, event: Recorded) -> Matter:
    """Return the state after *event*.

    Raises:
        RefusedError: The row cannot have happened as it says: ``not_reported`` (nothing before it reports the
            matter), ``reported_twice``, ``out_of_order`` (before the report or before its own assignment opened),
            ``no_assignment`` (the unit has no duty on the matter), ``unknown_happening``.
    """
    happenings = event.happenings
    if matter is None:
        matter = _report(event)
        happenings = happenings[1:]
    elif event.item or event.place or event.when or event.channel:
        matter = attrs.evolve(
            matter,
            item=event.item or matter.item,
            place=event.place or matter.place,
            channel=matter.channel or event.channel,
            when={**matter.when, **event.when},
        )
    for happening in happenings:
        if happening.at is not None and happening.at < matter.reported_at:
            raise RefusedError.of("out_of_order", f"{happening.what} is dated before the matter was reported")
        step = _STEPS.get(happening.what)
        if step is None:
            raise RefusedError.of("unknown_happening", f"{happening.what!r} is not a happening", hint=_WORDS)
        matter = step(matter, happening)
    return matter


def _report(event: Recorded) -> Matter:
    first = event.happenings[0] if event.happenings else None
    if first is None or first.what != "reported" or first.at is None:
        what = first.what if first else "a row without a happening"
        raise RefusedError.of("not_reported", f"{what} comes before matter {event.matter!r} was reported")
    return Matter(
        id=event.matter,
        item=event.item,
        place=event.place,
        channel=event.channel,
        when=event.when,
        reported_at=first.at,
        source=event.source,
        line=event.line,
    )


def _reported_again(matter: Matter, happening: Happening) -> Matter:
    raise RefusedError.of("reported_twice", f"matter {matter.id!r} was reported before: {happening.what}")


def _open(matter: Matter, happening: Happening, role: str) -> Matter:
    opened_at = _dated(happening)
    assignment = Assignment(
        number=len(matter.assignments) + 1,
        unit=happening.unit,
        role=happening.role or role,
        opened_by=happening.what,
        opened_at=opened_at,
        due_at=happening.due_at,
        facts=happening.facts,
        last_at=opened_at,
    )
    return attrs.evolve(matter, assignments=(*matter.assignments, assignment))


def _dated(happening: Happening) -> datetime:
    if happening.at is None:
        raise RefusedError.of("no_instant", f"{happening.what} has no instant", hint="give the column 'at'")
    return happening.at


def _assigned(matter: Matter, happening: Happening) -> Matter:
    return _open(matter, happening, "handle")


def _called(matter: Matter, happening: Happening) -> Matter:
    return _open(matter, happening, "lead")


def _passed_up(matter: Matter, happening: Happening) -> Matter:
    at = _dated(happening)
    below = tuple(
        attrs.evolve(assignment, outcome="passed_up", last_at=at)
        if assignment.role == "handle" and not assignment.outcome
        else assignment
        for assignment in matter.assignments
    )
    return _open(attrs.evolve(matter, assignments=below), happening, "handle")


def _concerned(matter: Matter, happening: Happening) -> set[int]:
    """Return the numbers of the assignments that *happening* concerns.

    With a unit: its latest. Without one: every duty that leads and has not left the matter.
    """
    if not happening.unit:
        left = ("relieved", "returned", "passed_up")
        found = {a.number for a in matter.assignments if a.role in LEADING and a.outcome not in left}
    else:
        found = {max((a.number for a in matter.assignments if a.unit == happening.unit), default=0)} - {0}
    if not found:
        who = happening.unit or "any unit"
        hint = "an 'assigned' or 'called' of that unit must come first"
        raise RefusedError.of("no_assignment", f"{happening.what}: {who} has no duty on the matter", hint=hint)
    return found


def _change(matter: Matter, happening: Happening, **changes: Any) -> Matter:
    numbers = _concerned(matter, happening)
    return attrs.evolve(
        matter,
        assignments=tuple(
            _changed(assignment, happening, changes) if assignment.number in numbers else assignment
            for assignment in matter.assignments
        ),
    )


def _changed(assignment: Assignment, happening: Happening, changes: Mapping[str, Any]) -> Assignment:
    at = happening.at
    if at is not None and at < assignment.opened_at:
        raise RefusedError.of(
            "out_of_order", f"{happening.what} of {assignment.unit} is dated before its duty was opened"
        )
    last = assignment.last_at if at is None or (assignment.last_at and assignment.last_at > at) else at
    facts = {**assignment.facts, **happening.facts} if happening.facts else assignment.facts
    return attrs.evolve(assignment, last_at=last, facts=facts, **changes)


def _instant(name: str) -> Callable[[Matter, Happening], Matter]:
    def step(matter: Matter, happening: Happening) -> Matter:
        return _change(matter, happening, **{name: _dated(happening)})

    return step


def _declined(matter: Matter, happening: Happening) -> Matter:
    return _change(matter, happening, declined=True)


def _noted(matter: Matter, happening: Happening) -> Matter:
    return _change(matter, happening)


def _completed(matter: Matter, happening: Happening) -> Matter:
    return _change(matter, happening, completed_at=_dated(happening), outcome="completed")


def _ended(matter: Matter, happening: Happening) -> Matter:
    return _change(matter, happening, outcome=happening.what)


def _answered(matter: Matter, happening: Happening) -> Matter:
    return _change(matter, happening, answered_at=happening.at, answered=True, satisfied=happening.satisfied)


def _opened(matter: Matter, happening: Happening) -> Matter:
    return attrs.evolve(matter, opened_at=matter.opened_at or _dated(happening))


def _closed(matter: Matter, happening: Happening) -> Matter:
    return attrs.evolve(matter, closed_at=_dated(happening))


def _withdrawn(matter: Matter, happening: Happening) -> Matter:
    return attrs.evolve(matter, withdrawn_at=_dated(happening))


def _reopened(matter: Matter, happening: Happening) -> Matter:
    again = attrs.evolve(matter, closed_at=None, reopened=matter.reopened + 1)
    cleared = {"completed_at": None, "outcome": "", "answered_at": None, "answered": False, "satisfied": None}
    return _change(again, happening, **cleared)


def _excluded(matter: Matter, happening: Happening) -> Matter:
    reason = happening.reason or "unstated"
    if happening.unit:
        return _change(matter, happening, excluded=reason)
    return attrs.evolve(matter, excluded=reason)


_STEPS: Mapping[str, Callable[[Matter, Happening], Matter]] = {
    "reported": _reported_again,
    "opened": _opened,
    "assigned": _assigned,
    "called": _called,
    "passed_up": _passed_up,
    "signed": _instant("signed_at"),
    "contacted": _instant("contacted_at"),
    "met": _instant("met_at"),
    "declined": _declined,
    "noted": _noted,
    "returned": _ended,
    "relieved": _ended,
    "completed": _completed,
    "answered": _answered,
    "reopened": _reopened,
    "excluded": _excluded,
    "closed": _closed,
    "withdrawn": _withdrawn,
}

HAPPENINGS = frozenset(_STEPS)
"""The words of ``what`` in a row of happenings."""

_WORDS = "use one of " + ", ".join(sorted(HAPPENINGS))
