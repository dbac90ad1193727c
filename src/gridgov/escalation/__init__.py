"""Escalation: who answers a matter now, who would next, and by when.

A matter climbs a ladder: post of grid head, community, subdistrict, then the leads that the responsibility list
names. The plan is the worst case: each step opens when the one before falls due. Beside it runs the outer promise,
the resident's own clock: it starts with first receipt, and no step, return, ruling or redo resets it.

Pure questions: no clock, no files, no randomness. Callers pass ``at``, the instant of first receipt.
"""

from gridgov.escalation.answers import Entry, Note, Path, PlannedStep, Promise, Route, Seat
from gridgov.escalation.routing import Setting, entry, route, steps_from
from gridgov.escalation.rules import LEADS, DirectLine, Ladder, Policy, Step

__all__ = [
    "LEADS",
    "DirectLine",
    "Entry",
    "Ladder",
    "Note",
    "Path",
    "PlannedStep",
    "Policy",
    "Promise",
    "Route",
    "Seat",
    "Setting",
    "Step",
    "entry",
    "route",
    "steps_from",
]
