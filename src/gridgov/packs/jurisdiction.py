"""Jurisdiction: everything a place's pack says, read and checked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum, unique
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.assessment import Group, ScoreScheme
from gridgov.authority import Authority
from gridgov.calendar import Counting, WorkCalendar
from gridgov.conditions import Vocabulary
from gridgov.errors import NotInForceError, RecordError
from gridgov.escalation import Policy, Route, Setting, route
from gridgov.facts import STANDARD_FACTS
from gridgov.handling.rules import Handling, Rules
from gridgov.hierarchy import Organization
from gridgov.packs._wrong import near
from gridgov.packs.cases import CaseFile
from gridgov.records import Map
from gridgov.responsibility import ResponsibilityList
from gridgov.staffing import Staff
from gridgov.values import Basis, Citation, Label, Month, Period, Shown, is_id, local_day

__all__ = ["Household", "Jurisdiction", "Register", "Source", "SourceKind", "Words"]

Day: TypeAlias = date

NOTHING: Mapping[str, object] = MappingProxyType({})
NOBODY: frozenset[str] = frozenset()

_OVERRIDABLE = frozenset({"signed", "contacted", "met", "completed", "satisfied", "excluded"})
"""The standard facts that an assessment of a matter may state against what events say."""


@unique
class SourceKind(Enum):
    """What a document is. Values are the words packs use."""

    LAW = "law"
    POLICY = "policy"
    REPORT = "report"
    DATA = "data"
    INVENTED = "invented"
    """No document at all: what the pack made up, so that it can be cited as such."""


@attrs.frozen(kw_only=True)
class Source(Shown):
    """A document that a pack cites.

    Attributes:
        date: The day it was made or published.
        in_force: The day from which it holds, where that is another.
        attests_from: The first day of which it speaks, where that is earlier: a report tells of days before its own.
        repealed: The first day on which it no longer holds.
        address: Where it can be read.
    """

    title: Label
    publisher: str = ""
    kind: SourceKind
    date: Day
    in_force: Day | None = None
    attests_from: Day | None = None
    repealed: Day | None = None
    address: str = ""
    licence: str = ""

    def __attrs_post_init__(self) -> None:
        if self.attests_from is not None and self.kind in {SourceKind.LAW, SourceKind.POLICY}:
            raise ValueError(
                "'attests_from' is for reports and data: a law or a policy speaks from the day it is in force"
            )

    @property
    def first_day(self) -> Day:
        """The first day for which it can be cited."""
        return self.attests_from or self.in_force or self.date


@attrs.frozen
class Household:
    """A household 户, as an opaque id at a unit; *plaque* 挂牌: a member lives there and says so by the door."""

    id: str
    unit: str
    plaque: bool
    period: Period
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Register(Shown):
    """A file of records that ships with the pack.

    Attributes:
        file: Where it is.
        map: Id of the map that reads it; empty for the standard columns.
        month: The month it is of; None for any.
    """

    id: str
    file: Path
    map: str = ""
    month: Month | None = None
    title: Label | None = None


@attrs.frozen
class Words:
    """What the pack calls things: for each kind of thing, its words and their labels.

    >>> words = Words({"levels": {"grid": Label(zh="网格", en="grid")}})
    >>> str(words.label("levels", "grid")), str(words.label("levels", "g9"))
    ('网格 (grid)', 'g9')
    """

    kinds: Mapping[str, Mapping[str, Label]]

    def label(self, kind: str, word: str) -> Label:
        """Return the label of a word; the word itself where the pack declares none."""
        return self.kinds.get(kind, {}).get(word) or Label(en=word or "—")


@attrs.frozen
class Facts:
    """The facts that an assignment may have: the standard ones, and those the pack declares."""

    vocabulary: Vocabulary

    @property
    def declared(self) -> Vocabulary:
        """The facts that records may state: those the pack declares."""
        return Vocabulary(fact for fact in self.vocabulary if fact.name not in STANDARD_FACTS)

    @property
    def findings(self) -> Vocabulary:
        """The facts that an assessment of a matter may state: those the pack declares, and what it may override."""
        of_events = STANDARD_FACTS.keys() - _OVERRIDABLE
        return Vocabulary(fact for fact in self.vocabulary if fact.name not in of_events)

    def label(self, name: str) -> Label:
        """Return what a fact says."""
        found = self.vocabulary.attribute(name).label if name in self.vocabulary else None
        return found or Label(en=name)


@attrs.frozen(kw_only=True, eq=False)
class Jurisdiction(Shown):
    """Everything a place's pack says: rules, organisation, calendars, and where each comes from.

    Attributes:
        id: The pack's id.
        title: The place.
        zone: IANA name of the zone whose midnight turns the day.
        coverage: The days for which the rules are stated.
        confirmed_until: First day for which nobody has confirmed that they still hold; None if open.
        languages: ``zh``, ``en`` or both, the first one preferred.
        sources: The documents cited, by key.
        illustrative: What the pack made up, in words.
        edition: Digest of rules and calendars; it does not depend on the order of files, rows or keys.
        vocabulary: Attributes of matters.
        facts: Facts of assignments.
        words: What things are called.
        policy: Ladders and promise; None when the pack has no ``escalation.toml``.
        handling: Clocks and the rest that live matters need; None when it has no ``escalation.toml``.
        authority: Who may give which command; None when it has no ``authority.toml``.
        scheme: Rates, weights and groups; None when it has no ``assessment.toml``.
        matter_scheme: How each responder is marked on one matter (一事一考); None when that file does not say.
        registers: Files of records that ship with it.
        default_map: Id of the map for files that name none; empty for the standard columns.
        cases: Worked cases, as written.
        folder: Where it was read from.
    """

    id: str
    title: Label
    zone: str
    coverage: Period
    confirmed_until: date | None
    languages: tuple[str, ...]
    sources: Mapping[str, Source] = field(repr=False)
    illustrative: tuple[Label, ...] = field(repr=False)
    edition: str
    organization: Organization = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    facts: Facts = field(repr=False)
    words: Words = field(repr=False)
    responsibilities: ResponsibilityList = field(repr=False)
    staff: Staff = field(repr=False)
    households: tuple[Household, ...] = field(repr=False)
    calendars: Mapping[str, WorkCalendar] = field(repr=False)
    default_calendar: str = field(repr=False)
    counting: Counting = field(repr=False)
    policy: Policy | None = field(repr=False)
    handling: Handling | None = field(repr=False)
    authority: Authority | None = field(repr=False)
    scheme: ScoreScheme | None = field(repr=False)
    matter_scheme: ScoreScheme | None = field(repr=False)
    maps: Mapping[str, Map] = field(repr=False)
    default_map: str = field(repr=False)
    registers: Mapping[str, Register] = field(repr=False)
    cases: tuple[CaseFile, ...] = field(repr=False)
    folder: Path = field(repr=False)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Units that are compared with one another; none without a scheme."""
        return () if self.scheme is None else self.scheme.groups

    def label(self, kind: str, word: str) -> Label:
        """Return what the pack calls something: *kind* is ``levels``, ``lines``, ``posts``, ``domains`` and so on."""
        return self.words.label(kind, word)

    def unit_label(self, unit: str) -> Label:
        """Return the latest name of a unit; its id where it has none."""
        units = self.organization.history(unit)
        return Label(zh=units[-1].name, en=units[-1].name_en) if units else Label(en=unit or "—")

    def item_label(self, item: str) -> Label:
        """Return the latest name of a kind of matter; its id where the list has none."""
        versions = self.responsibilities.versions().get(item, ())
        return versions[-1].label if versions else Label(en=item or "—")

    def calendar(self, id: str = "") -> WorkCalendar:  # noqa: A002 - the word
        """Return a calendar; the default one when *id* is empty.

        Raises:
            NotInForceError: There is none (code ``unknown_calendar``).
        """
        found = self.calendars.get(id or self.default_calendar)
        if found is None:
            known = ", ".join(sorted(self.calendars)) or "none"
            raise NotInForceError.of("unknown_calendar", f"no calendar {id!r}", hint=f"the pack has: {known}")
        return found

    def register(self, file: str | Path) -> Register:
        """Return the register of that id; else a file of another's, as a register without one.

        Raises:
            RecordError: *file* could be an id and is neither (code ``missing_file``).
        """
        name = str(file)
        if name in self.registers:
            return self.registers[name]
        if is_id(name) and not Path(file).exists():
            message = f"there is no file {name!r}, and no such register of the pack {self.id!r}"
            raise RecordError.of("missing_file", message, hint=near(name, self.registers) or "check the path")
        return Register(id="", file=Path(file))

    def day(self, at: datetime) -> date:
        """Return the day on which an instant lies in the jurisdiction."""
        return local_day(at, ZoneInfo(self.zone))

    @property
    def last_covered_day(self) -> date:
        """The last day for which the rules are stated; the last day there is where coverage has no end."""
        return date.max if self.coverage.end is None else self.coverage.end - timedelta(days=1)

    def last_day(self, at: datetime) -> date:
        """Return the day on which an instant lies, or the last covered day when that is earlier."""
        return min(self.day(at), self.last_covered_day)

    def rules(self) -> Rules:
        """Return what deciding about live matters needs of the pack; the same object each time.

        Raises:
            NotInForceError: The pack has no ladder (code ``no_ladder``).
        """
        return self._rules

    @cached_property
    def _rules(self) -> Rules:
        policy, handling = self.policy, self.handling
        if policy is None or handling is None:
            raise self._no_ladder()
        setting = Setting(
            policy=policy,
            organization=self.organization,
            responsibilities=self.responsibilities,
            staff=self.staff,
        )
        return Rules(
            setting=setting,
            handling=handling,
            authority=self.authority,
            vocabulary=self.vocabulary,
            findings=self.facts.findings,
        )

    def _no_ladder(self) -> NotInForceError:
        message = f"the pack {self.id!r} states no promise and no ladder"
        return NotInForceError.of("no_ladder", message, hint="add escalation.toml to the pack")

    def route(
        self,
        *,
        item: str,
        place: str,
        at: datetime,
        facts: Mapping[str, object] = NOTHING,
        emergency: bool | None = None,
        direct: bool = False,
        without: frozenset[str] = NOBODY,
        lenient: bool = False,
    ) -> Route:
        """Return who holds a matter, who must act, and by when; see `gridgov.escalation.route`.

        Facts are given typed, or as the text that a cell would hold.

        Raises:
            NotInForceError: The pack has no ladder (code ``no_ladder``), or for what `escalation.route` says.
            AmbiguousRuleError: A fact that decides is missing, or several rows answer.
            RefusedError: A fact is not declared.
        """
        if self.policy is None:
            raise self._no_ladder()
        return route(
            self.policy,
            self.organization,
            self.responsibilities,
            self.staff,
            item=item,
            place=place,
            facts=facts,
            at=at,
            emergency=emergency,
            direct=direct,
            without=without,
            lenient=lenient,
        )
