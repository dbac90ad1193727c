"""Answers: who holds a matter, who must act, and by when."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import attrs
from attrs import field

from gridgov.calendar import Limit
from gridgov.hierarchy import Unit
from gridgov.responsibility import Assigned, Mode
from gridgov.values import Basis, Citation, Label, Reason, Shown

__all__ = ["Entry", "Note", "Path", "PlannedStep", "Promise", "Route", "Seat", "Way"]

Path = Literal["ordinary", "emergency", "direct", "none"]
"""The way a matter goes; none where this channel does not accept it."""


@attrs.frozen(kw_only=True)
class Note(Shown):
    """Something an officer must know about an answer: a word for programs, a sentence for people."""

    code: str
    text: Label
    source: Citation | None = None


@attrs.frozen(kw_only=True)
class Seat(Shown):
    """Who holds a matter: a unit and, where the step names one, the post there.

    Attributes:
        post: Id of the kind of post; empty where the unit itself holds it.
        title: What the post is called.
        person: Who is posted there that day, as an opaque id; empty where nobody is, or no post is named.
    """

    unit: Unit
    post: str = ""
    title: Label | None = None
    person: str = ""

    def words(self, language: str) -> str:
        """Return unit and post in words; never the person."""
        unit = self.unit.name_en if language == "en" and self.unit.name_en else self.unit.name
        return f"{unit}, {self.title.in_(language)}" if self.title else unit


@attrs.frozen(kw_only=True)
class Promise(Shown):
    """The resident's clock.

    Attributes:
        limit: The time promised.
        due_at: When it runs out, counted from first receipt; nothing resets it.
        provisional: The rule or the calendar is not confirmed for all its days.
    """

    limit: Limit
    due_at: datetime
    provisional: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class PlannedStep(Shown):
    """A step as it would come if every step before took all its time.

    Attributes:
        step: Id of the step.
        seats: Who answers: one, or each of the leads.
        opens_at: When it begins, in UTC: when the step before falls due, or was left.
        due_at: When it falls due; met at the very instant.
        provisional: The rule or the calendar is not confirmed for all its days, here or in a step before.
    """

    step: str
    label: Label
    seats: tuple[Seat, ...]
    opens_at: datetime
    limit: Limit
    due_at: datetime
    provisional: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that answer."""
        return tuple(seat.unit for seat in self.seats)

    @property
    def post(self) -> str:
        """The kind of post that holds the step; empty for the unit itself."""
        return self.seats[0].post


@attrs.frozen
class Way:
    """The way an accepted matter goes; by default that of one that is not accepted."""

    path: Path = "none"
    promise: Promise | None = None
    steps: tuple[PlannedStep, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether the promise or a step is."""
        return any(each.provisional for each in (self.promise, *self.steps) if each is not None)


@attrs.frozen(kw_only=True)
class Entry:
    """How a matter is taken in.

    Attributes:
        place: Id of the unit in which it lies, as it is now in force.
        path: ordinary, emergency or direct; none where this channel does not accept the item.
        promise: The resident's clock; None where the item is not accepted.
        step: The first step; None where the item is not accepted, or nobody can be told yet who must act.
        accepted: False when this channel does not take the item.
        unlisted: The item is not on the list that day.
    """

    place: str
    path: Path = "none"
    promise: Promise | None = None
    step: PlannedStep | None = None
    accepted: bool = True
    unlisted: bool = False


@attrs.frozen(kw_only=True)
class Route(Shown):
    """Who holds a matter, who must act, and by when.

    Attributes:
        item: The item asked for.
        place: Id of the unit in which it lies, as it is now in force.
        at: First receipt, in UTC.
        edition: Digest of the rules that answered.
        path: ordinary, emergency or direct; none where this channel does not accept the item.
        holder: Unit and post that hold it now; None where the item is not accepted.
        coordinator: Who coordinates until a lead signs in: the first receiver (首接负责).
        leads: Who the list says answers for the outcome.
        mode: How the leads share: single, joint, either; none where nobody is named.
        supports: Who the list says helps.
        local: The territory's own duty: recorded, never assessed.
        promise: The resident's clock; None where the item is not accepted.
        steps: The plan, from the holder's step on.
        direct_line: Units paired with the place or a unit above it, nearest first.
        accepted: False when this channel does not take the item; `redirect` says where to turn.
        redirect: Where to turn instead, or what to be told first.
        unlisted: The item is not on the list that day.
        provisional: Something in the answer is not confirmed for all its days.
        notes: What an officer must know besides.
    """

    item: str
    place: str
    at: datetime
    edition: str
    path: Path = "none"
    holder: Seat | None = None
    coordinator: Unit | None = None
    leads: tuple[Assigned, ...] = ()
    mode: Mode = "none"
    supports: tuple[Assigned, ...] = ()
    local: tuple[Assigned, ...] = ()
    promise: Promise | None = None
    steps: tuple[PlannedStep, ...] = ()
    direct_line: tuple[Unit, ...] = ()
    accepted: bool = True
    redirect: Label | None = None
    unlisted: bool = False
    provisional: bool = False
    notes: tuple[Note, ...] = ()
    _reason: Callable[[], Reason] = field(repr=False, eq=False)
    _if_emergency: Callable[[], "Route"] = field(repr=False, eq=False)

    @property
    def due_at(self) -> datetime | None:
        """When the holder's step falls due; None where there is no step."""
        return self.steps[0].due_at if self.steps else None

    def in_emergency(self) -> "Route":
        """Return the answer were the matter an emergency.

        Raises:
            RefusedError: There is no emergency ladder (``no_emergency_ladder``).
            NotInForceError: Nobody on it answers for the place.
        """
        return self._if_emergency()

    def explain(self) -> Reason:
        """Return why: the rows of the list, the chain of units, each step's limit, and the days counted."""
        return self._reason()
