"""Matters: what somebody reported, and each unit's duty on it; state as a fold of events.

A `Recorded` event is what a source says happened: checked for order and known words, not decided. A decided event is
what a command led to, or what time brought. `apply` folds either into the state and refuses, changing nothing, what
cannot have happened. The tables of states and edges are data (`MATTER`, `ASSIGNMENT`).
"""

from gridgov.matters import events
from gridgov.matters.events import DECIDED, ClockChange, Decided
from gridgov.matters.labels import CLOCK_ACTS, HAPPENED_LIVE, ROLES
from gridgov.matters.live import apply_decided
from gridgov.matters.records import HAPPENINGS, ORDER, Happening, Recorded, apply_recorded
from gridgov.matters.state import (
    LEADING,
    LEFT,
    Assignment,
    Finding,
    Live,
    Matter,
    Moment,
    Reporter,
    Timer,
    Work,
)
from gridgov.matters.tables import (
    ASSIGNMENT,
    ASSIGNMENT_STATES,
    BEFORE,
    ENDS,
    MATTER,
    MATTER_STATES,
    TIME,
    UNDER_WAY,
    Edge,
    Table,
)

__all__ = [
    "ASSIGNMENT",
    "ASSIGNMENT_STATES",
    "BEFORE",
    "CLOCK_ACTS",
    "DECIDED",
    "ENDS",
    "EVENTS",
    "HAPPENED_LIVE",
    "HAPPENINGS",
    "LEADING",
    "LEFT",
    "MATTER",
    "MATTER_STATES",
    "ORDER",
    "ROLES",
    "TIME",
    "UNDER_WAY",
    "Assignment",
    "ClockChange",
    "Decided",
    "Edge",
    "Finding",
    "Happening",
    "Live",
    "Matter",
    "Moment",
    "Recorded",
    "Reporter",
    "Table",
    "Timer",
    "Work",
    "apply",
    "events",
]

EVENTS: tuple[type[Recorded] | type[Decided], ...] = (Recorded, *DECIDED)
"""Every event class of this room."""


def apply(matter: Matter | None, event: Recorded | Decided) -> Matter:
    """Return the state after *event*.

    Raises:
        RefusedError: It cannot have happened; see `apply_recorded` and `apply_decided` for the codes.
    """
    return apply_recorded(matter, event) if isinstance(event, Recorded) else apply_decided(matter, event)
