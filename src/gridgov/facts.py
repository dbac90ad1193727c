"""Facts: one row per matter and assignment, which is all that assessment reads.

A fact is yes, no, or not known (absent). Standard facts follow from the standard instants; a pack may
declare more, which records state. A due instant is met at the very second: ``completed_at <= due_at``.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import attrs

from gridgov.calendar import Due
from gridgov.conditions import Value, Vocabulary
from gridgov.matters import LEADING, LEFT, Assignment, Live, Matter, Work
from gridgov.values import Label, Shown

__all__ = ["INSTANTS", "STANDARD_FACTS", "DueRule", "FactRow", "FactRules", "rows_of"]

STANDARD_FACTS: Mapping[str, Label] = {
    "signed": Label(zh="已签收", en="signed in"),
    "contacted": Label(zh="已联系当事人", en="resident contacted"),
    "met": Label(zh="已见面", en="resident met"),
    "completed": Label(zh="已办结", en="completed"),
    "has_due": Label(zh="有到期时间", en="has a due time"),
    "on_time": Label(zh="按时办结", en="completed in time"),
    "overran": Label(zh="到期后仍有记录", en="something recorded after the due time"),
    "answered": Label(zh="已回访到", en="resident answered"),
    "satisfied": Label(zh="满意", en="resident satisfied"),
    "excluded": Label(zh="剔除", en="left out, with a reason"),
    "called": Label(zh="经平台呼叫", en="called through the platform"),
    "reopened": Label(zh="重新办理", en="opened again"),
    "topic": Label(zh="已立项", en="opened as a topic"),
    "withdrawn": Label(zh="已撤回", en="withdrawn"),
    "signed_on_time": Label(zh="按时签收", en="signed in in time"),
    "contacted_on_time": Label(zh="按时联系", en="contacted in time"),
    "arrived_on_time": Label(zh="按时到场", en="on the spot in time"),
    "reworked": Label(zh="曾重办", en="handed back for second handling"),
    "first_fix": Label(zh="一次办结", en="fixed the first time"),
    "second_on_time": Label(zh="按时重办", en="second handling in time"),
    "first_satisfied": Label(zh="首次回访满意", en="satisfied at the first answer"),
    "promise_kept": Label(zh="承诺时限内办结", en="done within the promise"),
    "return_unjustified": Label(zh="无理由退单", en="asked a return without ground"),
}
"""The facts every assignment may have: yes, no, or not known.

Not known are: ``met`` where a meeting was declined, and where the source records no meeting at all; ``on_time`` and
``overran`` without a due instant, and ``on_time`` of an open duty before it; ``satisfied`` without an answer; ``met``
and ``on_time`` of a duty that was open when its matter was withdrawn. From ``signed_on_time`` on they are known of live
matters alone: a record says when something was done, not by when it was to be.
"""

INSTANTS = (
    "reported_at",
    "assigned_at",
    "due_at",
    "signed_at",
    "contacted_at",
    "met_at",
    "completed_at",
    "answered_at",
    "closed_at",
    "last_at",
)
"""The instants a rate may name to put an assignment into a month."""

_PROMISE = (0, "promise")

DueRule = Callable[[Matter, Assignment], Due | None]
"""Gives the due instant that the pack's rules set where the record gives none."""


@attrs.frozen(kw_only=True)
class FactRow(Shown):
    """One assignment of one matter, as assessment sees it.

    Attributes:
        number: The assignment's number in its matter; 0 for the row of the unit that answers for a matter
            which nobody called.
        role: handle, lead, joint, either, support, or answer.
        due_basis: record, rule or none.
        provisional: The due instant follows from a rule or a calendar that is not confirmed for all its days.
        facts: Known facts; a missing one is not known.
    """

    matter: str
    number: int
    unit: str
    role: str
    item: str
    place: str
    opened_by: str
    reported_at: datetime
    assigned_at: datetime
    due_at: datetime | None
    due_basis: str
    provisional: bool = False
    signed_at: datetime | None
    contacted_at: datetime | None
    met_at: datetime | None
    completed_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    last_at: datetime
    outcome: str
    facts: Mapping[str, Value]

    @property
    def counts(self) -> bool:
        """Whether the duty stayed with the unit; a relieved responder leaves the denominators."""
        return self.outcome not in LEFT


@attrs.frozen(kw_only=True)
class FactRules:
    """What a pack's rules add to the records.

    Attributes:
        due: The due instant by rule, for assignments whose record gives none.
        answering: The unit that answers for a matter which nobody called; None where the pack names none.
        declared: The facts that records may state beside the standard ones.
        meetings: Whether the source records meetings; where it records none, nobody counts as not met.
    """

    due: DueRule
    answering: Callable[[Matter], str | None]
    declared: Vocabulary
    meetings: bool = True


def rows_of(matter: Matter, *, as_of: datetime, rules: FactRules) -> Iterator[FactRow]:
    """Yield a row per assignment, and one for the unit that answers for a matter never called.

    Args:
        matter: The matter's state.
        as_of: Up to when the facts are asked: a due instant after it has not passed.
        rules: The pack's.

    Raises:
        RefusedError: A record states a fact that the pack does not declare.
    """
    for assignment in matter.assignments:
        yield _row(matter, assignment, as_of, rules)
    called = any(duty.opened_by == "called" and duty.outcome not in LEFT for duty in matter.assignments)
    answerer = None if called else rules.answering(matter)
    if answerer is not None:
        yield _row(matter, _answer(matter, answerer), as_of, rules)


def _answer(matter: Matter, unit: str) -> Assignment:
    """The matter as a whole, for the unit that answers for it: the last handler's outcome counts.

    A duty that was returned or relieved leaves the matter with that unit, open. A live one is due as promised.
    """
    at = matter.reported_at
    promise = None if matter.live is None else matter.live.timers.get(_PROMISE)
    due_at = None if promise is None else promise.due_at
    whole = Assignment(
        number=0, unit=unit, role="answer", opened_by="reported", opened_at=at, due_at=due_at, last_at=at
    )
    handler = next((duty for duty in reversed(matter.assignments) if duty.role in LEADING), None)
    if handler is None:
        return whole
    return attrs.evolve(
        handler,
        number=whole.number,
        unit=unit,
        role=whole.role,
        opened_by=whole.opened_by,
        opened_at=at,
        due_at=due_at,
        outcome="" if handler.outcome in LEFT else handler.outcome,
    )


def _row(matter: Matter, assignment: Assignment, as_of: datetime, rules: FactRules) -> FactRow:
    live = matter.live is not None
    due_at, due_basis, provisional = assignment.due_at, "rule" if live else "record", False
    if due_at is None and not live:
        due = rules.due(matter, assignment)
        due_at, due_basis, provisional = (None, "none", False) if due is None else (due.at, "rule", due.provisional)
    elif due_at is None:
        due_basis = "none"
    facts = _facts(matter, assignment, rules)
    _add_timely(facts, assignment, due_at, as_of)
    if matter.live is not None:
        provisional = _is_provisional(matter.live, assignment)
        if assignment.work is not None:
            facts |= _live_facts(matter, matter.live, assignment, assignment.work, as_of)
    if matter.withdrawn_at is not None and assignment.completed_at is None:
        facts.pop("met", None)
        facts.pop("on_time", None)
    facts |= {name: word == "yes" for name, word in assignment.facts.items() if name in STANDARD_FACTS}
    return FactRow(
        matter=matter.id,
        number=assignment.number,
        unit=assignment.unit,
        role=assignment.role,
        item=matter.item,
        place=matter.place,
        opened_by=assignment.opened_by,
        reported_at=matter.reported_at,
        assigned_at=assignment.opened_at,
        due_at=due_at,
        due_basis=due_basis,
        provisional=provisional,
        signed_at=assignment.signed_at,
        contacted_at=assignment.contacted_at,
        met_at=assignment.met_at,
        completed_at=assignment.completed_at,
        answered_at=assignment.answered_at,
        closed_at=matter.closed_at,
        last_at=assignment.last_at,
        outcome=assignment.outcome,
        facts=facts,
    )


def _facts(matter: Matter, assignment: Assignment, rules: FactRules) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "signed": assignment.signed_at is not None,
        "contacted": _contacted_at(assignment) is not None,
        "completed": assignment.completed_at is not None,
        "answered": assignment.answered,
        "excluded": bool(assignment.excluded or matter.excluded),
        "called": assignment.opened_by == "called",
        "reopened": matter.reopened > 0,
        "topic": matter.opened_at is not None,
        "withdrawn": matter.withdrawn_at is not None,
    }
    if assignment.facts:
        stated = {name: word for name, word in assignment.facts.items() if name not in STANDARD_FACTS}
        facts.update(rules.declared.check(stated))
    if assignment.met_at is not None or (rules.meetings and not assignment.declined):
        facts["met"] = assignment.met_at is not None
    if assignment.satisfied is not None:
        facts["satisfied"] = assignment.satisfied
    return facts


def _is_provisional(live: Live, assignment: Assignment) -> bool:
    keys = [(assignment.number, kind) for kind in ("step", "complete")] if assignment.number else [_PROMISE]
    timers = (live.timers.get(key) for key in keys)
    return any(timer is not None and timer.provisional for timer in timers)


_BY_CLOCK = {"signed_on_time": "sign_in", "contacted_on_time": "contact", "arrived_on_time": "arrive"}


def _live_facts(matter: Matter, live: Live, assignment: Assignment, work: Work, as_of: datetime) -> dict[str, Value]:
    """What is known of a live duty beside the standard facts of records."""
    done = {"sign_in": assignment.signed_at, "contact": _contacted_at(assignment), "arrive": work.arrived_at}
    facts: dict[str, Value] = {
        "reworked": work.reworked > 0,
        "return_unjustified": work.unjustified > 0,
    }
    for name, kind in _BY_CLOCK.items():
        timer = live.timers.get((assignment.number, kind))
        timely = None if timer is None else _in_time(done[kind], timer.due_at, as_of)
        nobody_there = kind == "contact" and assignment.declined and done[kind] is None
        if timely is not None and not nobody_there:
            facts[name] = timely
    second = _in_time(work.second_completed_at, work.second_due_at, as_of) if work.reworked else None
    if second is not None:
        facts["second_on_time"] = second
    reopened = matter.reopened > 0 and assignment.role != "support"
    if assignment.answered or reopened:
        facts["first_fix"] = work.reworked == 0 and not reopened
    if live.first_satisfied is not None and assignment.role in LEADING:
        facts["first_satisfied"] = live.first_satisfied
    promise = live.timers.get(_PROMISE)
    kept = None if promise is None else _in_time(promise.clock.stopped_at, promise.due_at, as_of)
    if kept is not None and assignment.role in LEADING:
        facts["promise_kept"] = kept
    return facts


def _contacted_at(assignment: Assignment) -> datetime | None:
    """When the resident was first contacted: who is met is contacted."""
    known = (assignment.contacted_at, assignment.met_at)
    return min((at for at in known if at is not None), default=None)


def _in_time(at: datetime | None, due_at: datetime | None, as_of: datetime) -> bool | None:
    """Whether something was done by its due instant; None without one, and while it may still be done in time."""
    if due_at is None or (at is None and as_of <= due_at):
        return None
    return at is not None and at <= due_at


def _add_timely(facts: dict[str, Value], assignment: Assignment, due_at: datetime | None, as_of: datetime) -> None:
    """A due instant is met at the very second; before it has passed, an open duty is neither on time nor late.

    Nor is a duty that has become somebody else's.
    """
    facts["has_due"] = due_at is not None
    if due_at is None:
        return
    facts["overran"] = assignment.last_at > due_at
    completed_at = assignment.completed_at
    if completed_at is not None or (as_of > due_at and assignment.outcome not in LEFT):
        facts["on_time"] = completed_at is not None and completed_at <= due_at
