"""Shapes of a pack's TOML files: one class per table, every key it may hold, with its default.

Maps and worked cases have their own shapes beside the rooms that use them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

import attrs
from attrs import field

from gridgov.assessment import OnMissing, TieRule
from gridgov.calendar import DayEnd, FirstDay, Limit, Receipt
from gridgov.conditions import AttributeType
from gridgov.packs._strict import Id
from gridgov.packs.jurisdiction import Source
from gridgov.values import Basis, Label, Period

NOTHING: Mapping[str, Any] = MappingProxyType({})


def _in_order(words: Iterable[str]) -> tuple[str, ...]:
    """Return words whose order says nothing in one order."""
    return tuple(sorted(words))


@attrs.frozen(kw_only=True)
class Cited:
    """A table that may say where it comes from; what it leaves out, it inherits from the table around it."""

    doc: str = ""
    clause: str = ""
    basis: Basis | None = None


# --- pack.toml --------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class RegisterShape:
    """A file of happenings that ships with the pack."""

    file: str
    map: str = ""
    month: str = ""
    title: Label | None = None


@attrs.frozen(kw_only=True)
class TextShape:
    """A text in the pack's own language, or in both."""

    SHORT: ClassVar[str] = "text"

    text: str = ""
    zh: str = ""
    en: str = ""


@attrs.frozen(kw_only=True)
class PackFile(Cited):
    """``pack.toml``."""

    id: Id
    schema_version: int
    title: Label
    zone: str
    coverage: Period
    languages: tuple[str, ...] = ("zh", "en")
    confirmed_until: date | None = None
    illustrative: tuple[TextShape, ...] = ()
    default_map: str = ""
    registers: Mapping[Id, RegisterShape] = NOTHING


@attrs.frozen(kw_only=True)
class SourcesFile:
    """``sources.toml``: each document once, by its key."""

    REST: ClassVar[str] = "sources"

    sources: Mapping[Id, Source] = NOTHING


# --- levels.toml, attributes.toml, posts.toml -------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class LineShape:
    """A line: a tree over units."""

    label: Label


@attrs.frozen(kw_only=True)
class LevelShape:
    """A rank of units, and on each line the levels above it."""

    label: Label
    parents: Mapping[Id, tuple[Id, ...]] = NOTHING
    code_digits: int | None = None


@attrs.frozen(kw_only=True)
class LevelsFile:
    """``levels.toml``."""

    lines: Mapping[Id, LineShape]
    levels: Mapping[Id, LevelShape]


@attrs.frozen(kw_only=True)
class AttributeShape:
    """An attribute of matters, or a fact of assignments."""

    label: Label
    type: AttributeType
    words: Mapping[Id, Label] = NOTHING


@attrs.frozen(kw_only=True)
class WordShape:
    """A word that lists use."""

    label: Label


@attrs.frozen(kw_only=True)
class AttributesFile:
    """``attributes.toml``."""

    attributes: Mapping[Id, AttributeShape] = NOTHING
    facts: Mapping[Id, AttributeShape] = NOTHING
    accountability: Mapping[Id, WordShape] = NOTHING
    kinds: Mapping[Id, WordShape] = NOTHING
    domains: Mapping[Id, WordShape] = NOTHING


@attrs.frozen(kw_only=True)
class PostShape(Cited):
    """A kind of post: at every unit of a level, so many seats."""

    label: Label
    level: Id
    per_unit: int = 1


@attrs.frozen(kw_only=True)
class PostsFile(Cited):
    """``posts.toml``."""

    posts: Mapping[Id, PostShape] = NOTHING


# --- calendar.toml ----------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class CalendarShape:
    """Office hours over a table of holidays and make-up days, or every hour of every day."""

    hours: tuple[str, ...] = ()
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    table: str = ""
    coverage: Period | None = None
    around_the_clock: bool = False


@attrs.frozen(kw_only=True)
class CountingShape(Cited):
    """How days are counted."""

    first_day: FirstDay = FirstDay.NEXT
    receipt: Receipt = Receipt.AS_RECEIVED
    last_day_roll: bool = True
    day_end: DayEnd = DayEnd.CLOSE_OF_BUSINESS


@attrs.frozen(kw_only=True)
class CalendarFile(Cited):
    """``calendar.toml``."""

    default: Id
    calendars: Mapping[Id, CalendarShape]
    counting: CountingShape = field(factory=CountingShape)


# --- escalation.toml --------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class EntryShape(Cited):
    """A limit from a day on; without a value, its repeal."""

    effective_from: date
    value: Limit | None = None


@attrs.frozen(kw_only=True)
class PromiseShape(Cited):
    """The resident's clock, from first receipt."""

    title: Label
    calendar: str = ""
    values: tuple[EntryShape, ...]


@attrs.frozen(kw_only=True)
class StepShape(Cited):
    """One step of a ladder."""

    id: Id
    label: Label
    answers: str
    post: str = ""
    calendar: str = ""
    skip_absent: bool = False
    values: tuple[EntryShape, ...]
    accept: tuple[EntryShape, ...] = ()
    contact: tuple[EntryShape, ...] = ()


@attrs.frozen(kw_only=True)
class LadderShape(Cited):
    """The steps a matter climbs, and the attribute cells that choose them."""

    label: Label
    when: Mapping[Id, str] = NOTHING
    steps: tuple[StepShape, ...]


@attrs.frozen(kw_only=True)
class DirectLineShape(Cited):
    """Units linked to the place, or above it, that a resident may ask at once."""

    label: Label
    relation: str = "paired"


@attrs.frozen(kw_only=True)
class HandlingShape(Cited):
    """What is decided for live matters beside their clocks."""

    quorum: str = "lead"
    approval: bool = False
    arbiter: str = ""
    returns: int = 2
    extensions: int = 1
    tries: int = 3
    review: bool = False
    duty_post: str = ""
    whistle: tuple[Id, ...] = field(default=("stationed_at", "paired"), converter=_in_order)
    danger: Label | None = None
    danger_when: str = ""


@attrs.frozen(kw_only=True)
class TimedShape(Cited):
    """A time allowed, and the calendar it runs on."""

    calendar: str = ""
    values: tuple[EntryShape, ...]


@attrs.frozen(kw_only=True)
class ThresholdShape:
    """What follows when so much of the time has passed."""

    percent: int
    then: tuple[Id, ...] = ()


@attrs.frozen(kw_only=True)
class ClockShape(TimedShape):
    """A clock: a usual one, of which only what differs is said, or one of the pack's own."""

    values: tuple[EntryShape, ...] = ()
    label: Label | None = None
    of: str = ""
    emergency: TimedShape | None = None
    roles: tuple[Id, ...] = field(default=(), converter=_in_order)
    paths: tuple[Id, ...] = field(default=(), converter=_in_order)
    start: tuple[Id, ...] = field(default=(), converter=_in_order)
    pause: tuple[Id, ...] = field(default=(), converter=_in_order)
    resume: tuple[Id, ...] = field(default=(), converter=_in_order)
    stop: tuple[Id, ...] = field(default=(), converter=_in_order)
    reset: tuple[Id, ...] = field(default=(), converter=_in_order)
    cancel: tuple[Id, ...] = field(default=(), converter=_in_order)
    thresholds: tuple[ThresholdShape, ...] = ()


@attrs.frozen(kw_only=True)
class EscalationFile(Cited):
    """``escalation.toml``."""

    promise: PromiseShape
    ladders: Mapping[Id, LadderShape] = NOTHING
    direct_line: DirectLineShape | None = None
    handling: HandlingShape = field(factory=HandlingShape)
    clocks: Mapping[Id, ClockShape] = NOTHING
    fallback: str = ""
    home: str = "county"


# --- assessment.toml --------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ShareShape(Cited):
    """A share as data."""

    label: Label
    numerator: Mapping[Id, str]
    denominator: Mapping[Id, str]
    exclude: Mapping[Id, str] = NOTHING
    version: str = "1"


@attrs.frozen(kw_only=True)
class RateShape(ShareShape):
    """A share, and the instant that puts an assignment into a month."""

    period_by: str


@attrs.frozen(kw_only=True)
class RoundingShape:
    """How a score is shown."""

    decimals: int = 2
    mode: str = "half_up"


@attrs.frozen(kw_only=True)
class AuthorityShape:
    """The document that orders the assessment."""

    doc: str
    clause: str = ""


@attrs.frozen(kw_only=True)
class SchemeShape(Cited):
    """How rates become a score."""

    id: Id
    label: Label
    full_mark: int = 100
    min_n: int = 1
    ties: TieRule = TieRule.COMPETITION
    on_missing: OnMissing = OnMissing.NOT_ASSESSED
    period_by: str = "assigned_at"
    weights: Mapping[Id, str]
    rounding: RoundingShape = field(factory=RoundingShape)
    authority: AuthorityShape | None = None
    effective_from: date


@attrs.frozen(kw_only=True)
class MatterShape(Cited):
    """How each responder is marked on one matter (一事一考)."""

    id: Id
    label: Label
    full_mark: int = 100
    on_missing: OnMissing = OnMissing.RESCALE
    rates: Mapping[Id, ShareShape] = NOTHING
    weights: Mapping[Id, str]
    rounding: RoundingShape = field(factory=RoundingShape)
    authority: AuthorityShape | None = None
    effective_from: date


@attrs.frozen(kw_only=True)
class WhereShape:
    """Which units belong to a group."""

    level: tuple[Id, ...]
    accountability: tuple[Id, ...] = ()


@attrs.frozen(kw_only=True)
class GroupShape(Cited):
    """Units that are compared with one another."""

    id: Id
    label: Label
    where: WhereShape
    roles: tuple[str, ...] = ("handle", "lead", "joint", "either", "support")
    ranked: bool = True
    min_group: int = 2
    note: Label | None = None


@attrs.frozen(kw_only=True)
class AssessmentFile(Cited):
    """``assessment.toml``."""

    rates: Mapping[Id, RateShape]
    scheme: SchemeShape
    matter: MatterShape | None = None
    groups: tuple[GroupShape, ...] = ()
    answers_level: tuple[Id, ...] = ()
