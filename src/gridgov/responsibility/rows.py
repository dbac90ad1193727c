"""Rows: the items of a list, and the duties that it lays on holders."""

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType

import attrs

from gridgov.calendar import Limit
from gridgov.conditions import Condition
from gridgov.hierarchy import Structure
from gridgov.responsibility.holders import Holder
from gridgov.values import Basis, Citation, Label, Period

__all__ = ["Duty", "Item", "Role"]

_NOTHING: Mapping[str, Condition] = MappingProxyType({})


@unique
class Role(Enum):
    """What a duty makes of its holder. Values are the words packs use."""

    LEAD = "lead"
    """主体责任: answers for the outcome, alone."""
    JOINT = "joint"
    """Leads together with the other joint leads: all of them answer."""
    EITHER = "either"
    """One of the either-or leads takes it; until then none is excused."""
    SUPPORT = "support"
    """配合责任: helps with a duty of its own."""
    LOCAL = "local"
    """The territory's own duty: recorded, never assessed."""

    def __init__(self, word: str) -> None:
        self.leads = word not in {"support", "local"}
        """Whether the holder answers for the outcome."""


@attrs.frozen(kw_only=True)
class Item:
    """A kind of matter on the list.

    Attributes:
        id: The same id may come again for another period: a later wording of the same item.
        label: Its name.
        domain: The field it belongs to, in the pack's word.
        limit: The item's own time limit, where the law sets one; None for the general promise.
        period: The days on which it is on the list.
        accepted: False for what this channel does not take (court, petition …).
        redirect: Where to turn instead; for an accepted item, what to be told first.
        steps: The flow, in words.
    """

    id: str
    label: Label
    domain: str = ""
    limit: Limit | None = None
    period: Period
    accepted: bool = True
    redirect: Label | None = None
    steps: tuple[Label, ...] = ()
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Duty:
    """One row of the list: a holder's part in an item, and when the row applies.

    Attributes:
        id: Names the row in errors and explanations, such as ``duties.csv:12``.
        label: The duty in words.
        when: Conditions on the matter's attributes; all must hold.
        within: Areas; the place lies in one of them. Empty for everywhere.
        outside: Areas; the place lies in none of them.
    """

    id: str
    item: str
    role: Role
    holder: Holder
    label: Label | None = None
    when: Mapping[str, Condition] = _NOTHING
    within: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    period: Period
    source: Citation | None = None
    basis: Basis = Basis.STATED

    @property
    def areas(self) -> tuple[str, ...]:
        """Ids of all areas the row names."""
        return self.within + self.outside

    @property
    def leads(self) -> bool:
        """Whether the holder answers for the outcome."""
        return self.role.leads

    def covers(self, structure: Structure, place: str) -> bool:
        """Say whether *place* lies where the row applies."""
        if self.within and not any(structure.is_inside(place, area) for area in self.within):
            return False
        return not (self.outside and any(structure.is_inside(place, area) for area in self.outside))

    def wording(self) -> tuple[str, ...]:
        """Return what the row decides, as text: equal for two rows that decide the same."""
        cells = sorted(f"{name}: {condition}" for name, condition in self.when.items())
        areas = [f"+{area}" for area in sorted(self.within)] + [f"-{area}" for area in sorted(self.outside)]
        return (self.role.value, str(self.holder), *cells, *areas)
