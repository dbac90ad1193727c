"""Answers: who answers for an item in one place on one day."""

from collections.abc import Callable
from datetime import date
from typing import Literal

import attrs
from attrs import field

from gridgov.calendar import Limit
from gridgov.hierarchy import Unit
from gridgov.responsibility.rows import Role
from gridgov.values import Basis, Citation, Label, Reason, Shown

__all__ = ["Assigned", "Mode", "Responsibility"]

Mode = Literal["single", "joint", "either", "none"]
"""How the leads share: one alone, all of them together, any one of them, or nobody is named."""


@attrs.frozen(kw_only=True)
class Assigned:
    """A unit's part in an answer, with the row it comes from."""

    unit: Unit
    role: Role
    holder: str
    duty: Label | None
    row: str
    source: Citation | None
    basis: Basis


@attrs.frozen(kw_only=True)
class Responsibility(Shown):
    """Who answers for an item in one place on one day.

    Attributes:
        item: The item asked for.
        label: Its name; None when it is not listed.
        place: Id of the place asked for.
        on: The day asked for.
        leads: Who answers for the outcome, in order of unit id.
        mode: How they share: single, joint, either; none where nobody is named.
        supports: Who helps, each with its own duty.
        local: The territory's own duty: recorded, never assessed.
        left_out: Rows that support or are local and would fall to a level that the place does not have above it.
        limit: The item's own limit; None for the general promise.
        accepted: False when this channel does not take the item; `redirect` says where to turn.
        unlisted: The item is not on the list that day.
        undecided: A fact that decides is missing, so that nobody is named yet; only where that was asked for.
        provisional: The day lies outside what the list covers or what is confirmed.
    """

    item: str
    label: Label | None = None
    place: str
    on: date
    leads: tuple[Assigned, ...] = ()
    mode: Mode = "none"
    supports: tuple[Assigned, ...] = ()
    local: tuple[Assigned, ...] = ()
    left_out: tuple[str, ...] = ()
    limit: Limit | None = None
    accepted: bool = True
    redirect: Label | None = None
    unlisted: bool = False
    undecided: bool = False
    provisional: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED
    _reason: Callable[[], Reason] = field(repr=False, eq=False)

    def explain(self) -> Reason:
        """Return why: every row of the item that was looked at, which matched, and which cell failed."""
        return self._reason()
