"""Worked cases of a pack: what is given and what must come out, as the file states it.

They are read as strictly as the rules, and run by whoever tests the pack. An expectation that a case leaves out is
not checked.
"""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar

import attrs

from gridgov.assessment import Tally
from gridgov.calendar import DayEnd, FirstDay, Limit, Receipt
from gridgov.packs._strict import Id
from gridgov.packs.stories import Story
from gridgov.values import Label

__all__ = [
    "CaseFile",
    "CountCase",
    "CountExpect",
    "CountGiven",
    "CountingChange",
    "DueCase",
    "DueExpect",
    "DueGiven",
    "FiguresCase",
    "FiguresExpect",
    "FiguresGiven",
    "RankCase",
    "RankExpect",
    "RankGiven",
    "RankRow",
    "RouteCase",
    "RouteExpect",
    "RouteGiven",
]

NO_TEXT: Mapping[str, str] = MappingProxyType({})
NO_INSTANT: Mapping[str, datetime] = MappingProxyType({})


# --- route: who holds a matter, who leads, by when --------------------------------------------------------------


@attrs.frozen(kw_only=True)
class RouteGiven:
    """A matter: its item, where it lies, when it is reported, and what is known of it, in the pack's words."""

    item: Id
    unit: Id
    at: datetime
    facts: Mapping[Id, str] = NO_TEXT
    emergency: bool | None = None
    direct: bool = False


@attrs.frozen(kw_only=True)
class RouteExpect:
    """Who answers for it; or the code of the refusal, and the rows that it names."""

    leads: tuple[Id, ...] | None = None
    mode: str = ""
    supports: tuple[Id, ...] | None = None
    local: tuple[Id, ...] | None = None
    holder: str = ""
    promise_due: datetime | None = None
    steps: Mapping[Id, datetime] = NO_INSTANT
    accepted: bool | None = None
    unlisted: bool | None = None
    refused: str = ""
    refused_rows: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class RouteCase:
    """A matter and who answers for it."""

    name: str
    given: RouteGiven
    expect: RouteExpect


# --- due: when a limit runs out ---------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class CountingChange:
    """Words of counting that a case changes; the others stay the pack's."""

    first_day: FirstDay | None = None
    receipt: Receipt | None = None
    last_day_roll: bool | None = None
    day_end: DayEnd | None = None


@attrs.frozen(kw_only=True)
class DueGiven:
    """A limit and when it begins to run; the pack's default calendar unless one is named."""

    start: datetime
    limit: Limit
    calendar: str = ""
    counting: CountingChange = CountingChange()


@attrs.frozen(kw_only=True)
class DueExpect:
    """When it runs out, or the code of the refusal."""

    due: datetime | None = None
    refused: str = ""


@attrs.frozen(kw_only=True)
class DueCase:
    """A limit and when it runs out."""

    name: str
    given: DueGiven
    expect: DueExpect


# --- rank: scores and ranks from tallies ------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class RankRow:
    """One unit's tallies: how many assignments, and for each rate a share.

    A share is written ``"5/6"``, the first number at most the second; ``"0/0"`` is nothing to assess, and so is a rate
    that is left out.
    """

    REST: ClassVar[str] = "rates"

    unit: Id
    n: int
    rates: Mapping[Id, Tally]


@attrs.frozen(kw_only=True)
class RankGiven:
    """Tallies of units that are ranked together."""

    rows: tuple[RankRow, ...]


@attrs.frozen(kw_only=True)
class RankExpect:
    """One unit's exact score, its rank, its status."""

    score: Fraction | None = None
    rank: int | None = None
    status: str = ""


@attrs.frozen(kw_only=True)
class RankCase:
    """Tallies and the ranking they make."""

    name: str
    given: RankGiven
    expect: Mapping[Id, RankExpect]


# --- count, figures: published totals come out of the pack by counting ------------------------------------------


@attrs.frozen(kw_only=True)
class CountGiven:
    """What is counted on a day: one of these."""

    at: date
    level: str = ""
    post: str = ""
    households: str = ""
    items_led_by: str = ""
    items: bool = False


@attrs.frozen(kw_only=True)
class CountExpect:
    """How many there are."""

    count: int


@attrs.frozen(kw_only=True)
class CountCase:
    """A published total, counted."""

    name: str
    given: CountGiven
    expect: CountExpect


@attrs.frozen(kw_only=True)
class FiguresGiven:
    """What is counted of a register that ships with the pack."""

    register: Id
    of: str
    month: str = ""


@attrs.frozen(kw_only=True)
class FiguresExpect:
    """How many there are."""

    count: int


@attrs.frozen(kw_only=True)
class FiguresCase:
    """A figure of a register, counted."""

    name: str
    given: FiguresGiven
    expect: FiguresExpect


@attrs.frozen(kw_only=True)
class CaseFile:
    """One file of worked cases."""

    id: Id
    title: Label
    route: tuple[RouteCase, ...] = ()
    due: tuple[DueCase, ...] = ()
    rank: tuple[RankCase, ...] = ()
    count: tuple[CountCase, ...] = ()
    figures: tuple[FiguresCase, ...] = ()
    story: tuple[Story, ...] = ()
