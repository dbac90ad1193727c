"""Quorum: when enough have completed for a matter to be done."""

from typing import Any

from gridgov.handling.case import Case
from gridgov.handling.deciding import Request
from gridgov.matters import LEADING, LEFT, Assignment, Matter
from gridgov.matters.events import DeclaredDone, NobodyLeads

__all__ = ["declare_done", "is_completed", "is_quorate", "responsible"]

_UNDER_WAY = frozenset({"accepted", "called", "second"})


def is_quorate(case: Case) -> bool:
    """Say whether enough have completed for the matter to be done, by the pack's quorum.

    ``lead``: every lead and joint lead, and of several of whom either may act, one; on the ladder, who holds the step.
    ``any``: one who was called. ``all``: everybody who was called. What was handed back must be done again in any case.
    Whistled helpers never count, nor does a unit whose duty has become somebody else's.
    """
    duties = responsible(case.matter)
    if any(case.work(duty).reworked for duty in duties if not duty.outcome):
        return False
    quorum = case.rules.handling.quorum
    if quorum == "any":
        return any(map(is_completed, duties))
    if quorum == "all":
        return bool(duties) and all(map(is_completed, duties))
    each = [duty for duty in duties if duty.role in LEADING and duty.role != "either"]
    either = [duty for duty in duties if duty.role == "either"]
    enough = not either or any(map(is_completed, either))
    return bool(each or either) and enough and all(map(is_completed, each))


def responsible(matter: Matter) -> list[Assignment]:
    """Return the duties, of the ladder and of the call, that did not become somebody else's."""
    return [duty for duty in matter.assignments if duty.opened_by != "whistled" and duty.outcome not in LEFT]


def is_completed(duty: Assignment) -> bool:
    """Say whether a unit has completed its part."""
    return duty.outcome == "completed"


def declare_done(request: Request[Any]) -> None:
    """Declare a matter done once enough have completed, be it that the last who had not left it.

    When the last who led a call has left it and it is not done, nobody leads: a ruling is due.
    """
    case = request.case
    if case.live.state not in _UNDER_WAY:
        return
    if is_quorate(case):
        request.emit(DeclaredDone)
    elif case.matter.called and not any(duty.role in LEADING for duty in responsible(case.matter)):
        request.emit(NobodyLeads)
