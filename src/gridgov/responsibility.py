"""Responsibility: who leads and who supports for an item, on a date, in a place or scene.

A responsibility list (责任清单) holds items and, for each, duties: rows that name a holder and say when they
apply. One lead answers for an item, place, scene and date, or several that are declared joint or either-or;
anything else is refused and names its rows. The territory's own duty (patrol, report, assist enforcement
巡查、上报、协助执法) is recorded beside them and never assessed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import Enum, unique
from fractions import Fraction
from itertools import chain, combinations, pairwise
from types import MappingProxyType
from typing import Literal, Self

import attrs
from attrs import field

from gridgov.calendar import Limit
from gridgov.conditions import Condition, DecisionTable, HitPolicy, Row, Value, Vocabulary
from gridgov.errors import AmbiguousRuleError, Fault, GridgovError, NotInForceError, PackError
from gridgov.hierarchy import Organization, Relation, Structure, Unit
from gridgov.values import Basis, Citation, Label, Period, Reason, Shown, first_gap, is_id

__all__ = [
    "Assigned",
    "Burden",
    "Dispatch",
    "Duty",
    "Holder",
    "HolderKind",
    "Item",
    "Judged",
    "ListDiff",
    "Mode",
    "Responsibility",
    "ResponsibilityList",
    "Role",
    "Tally",
    "diff_lists",
    "dispatch_accuracy",
]

Mode = Literal["single", "joint", "either", "none"]
"""How the leads share: one alone, all of them together, any one of them, or nobody is named."""

NOTHING: Mapping[str, Condition] = MappingProxyType({})


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


_KEEP_ONE = "keep one of the rows"
_NARROW = "narrow the rows, or declare them joint or either"

_MODES: Mapping[Role, Mode] = MappingProxyType({Role.LEAD: "single", Role.JOINT: "joint", Role.EITHER: "either"})
_ROLE_ZH = MappingProxyType(
    {
        Role.LEAD: "主体责任",
        Role.JOINT: "共同主体责任",
        Role.EITHER: "择一主体责任",
        Role.SUPPORT: "配合责任",
        Role.LOCAL: "属地职责",
    }
)


@unique
class HolderKind(Enum):
    """How a row finds its holder. Values are the words packs use."""

    UNIT = "unit"
    LEVEL = "level"
    STATIONED = "stationed"


@attrs.frozen
class Holder:
    """A selector, so that "the police station" or "the subdistrict" is one row for the whole county.

    ``unit:ID`` is that unit; ``level:subdistrict`` the unit of that level that the place is or lies in;
    ``stationed:police`` the agency of that kind for the place. Several levels or kinds, joined by ``|``, are
    tried in turn: ``level:subdistrict|town``.

    >>> holder = Holder.parse("level:subdistrict|town")
    >>> holder.words
    ('subdistrict', 'town')
    >>> str(holder)
    'level:subdistrict|town'
    """

    kind: HolderKind
    words: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the selector written as *text*.

        Raises:
            PackError: It is none (code ``bad_holder``).
        """
        kind, _, rest = text.partition(":")
        words = tuple(rest.split("|"))
        known = kind in {each.value for each in HolderKind}
        if not known or not all(map(is_id, words)) or (kind == "unit" and len(words) > 1):
            hint = "write unit:ID, level:LEVEL or stationed:KIND"
            raise PackError.of("bad_holder", f"{text!r} names no holder", hint=hint)
        return cls(HolderKind(kind), words)

    def find(self, structure: Structure, place: str) -> Unit | None:
        """Return the unit for *place* on the structure's day; None where there is none."""
        if self.kind is HolderKind.UNIT:
            return structure.get(self.words[0])
        if self.kind is HolderKind.LEVEL:
            found = (structure.ancestor(place, word) for word in self.words)
        else:
            found = (structure.stationed(word, place) for word in self.words)
        return next((unit for unit in found if unit is not None), None)

    def resolve(self, structure: Structure, place: str) -> Unit:
        """Return the unit for *place* on the structure's day.

        Raises:
            NotInForceError: There is none (code ``no_holder``), or the unit named is unknown or not in force.
        """
        found = self.find(structure, place)
        if found is not None:
            return found
        if self.kind is HolderKind.UNIT:
            return structure.unit(self.words[0])
        what = f"no unit is {str(self)!r} for {place} on {structure.day}"
        raise NotInForceError.of("no_holder", what, hint="mend the holder, or the units and links of that place")

    def __str__(self) -> str:
        return f"{self.kind.value}:{'|'.join(self.words)}"


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
    when: Mapping[str, Condition] = NOTHING
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
        return self.role in _MODES

    def covers(self, structure: Structure, place: str) -> bool:
        """Say whether *place* lies where the row applies."""
        if self.within and not any(structure.is_inside(place, area) for area in self.within):
            return False
        return not any(structure.is_inside(place, area) for area in self.outside)

    def wording(self) -> tuple[str, ...]:
        """Return what the row decides, as text: equal for two rows that decide the same."""
        cells = sorted(f"{name}: {condition}" for name, condition in self.when.items())
        areas = [f"+{area}" for area in sorted(self.within)] + [f"-{area}" for area in sorted(self.outside)]
        return (self.role.value, str(self.holder), *cells, *areas)


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
class _Question:
    item: str
    place: str
    structure: Structure
    facts: Mapping[str, object]
    on: date
    lenient: bool

    def __str__(self) -> str:
        return f"{self.item!r} in {self.place} on {self.on}"


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
    provisional: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED
    _list: "ResponsibilityList" = field(repr=False, eq=False)
    _question: _Question = field(repr=False, eq=False)

    def explain(self) -> Reason:
        """Return why: every row of the item that was looked at, which matched, and which cell failed."""
        return self._list._explain(self._question)


@attrs.frozen(kw_only=True)
class Burden(Shown):
    """How many items each holder leads on one day.

    Attributes:
        on: The day.
        items: How many accepted items the list has that day.
        led: For each holder, in the list's own words, the ids of the items it leads.
    """

    on: date
    items: int
    led: Mapping[str, tuple[str, ...]]

    def led_by(self, holder: str) -> tuple[str, ...]:
        """Return the items led by *holder* or by a selector that includes it.

        Raises:
            PackError: *holder* is no selector (code ``bad_holder``).
        """
        asked = Holder.parse(holder)
        items: set[str] = set()
        for text, led in self.led.items():
            other = Holder.parse(text)
            if other.kind is asked.kind and set(other.words) & set(asked.words):
                items.update(led)
        return tuple(sorted(items))


@attrs.frozen(kw_only=True)
class ListDiff(Shown):
    """What changed between two days of a list, or two lists; ids of items in order."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    lead_changed: tuple[str, ...]
    support_changed: tuple[str, ...]


def _group_items(self: "ResponsibilityList") -> Mapping[str, tuple[Item, ...]]:
    grouped: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(self.items, key=lambda each: each.period.start):
        grouped[item.id].append(item)
    return {key: tuple(grouped[key]) for key in sorted(grouped)}


def _group_duties(self: "ResponsibilityList") -> Mapping[str, tuple[Duty, ...]]:
    grouped: dict[str, list[Duty]] = defaultdict(list)
    for duty in self.duties:
        grouped[duty.item].append(duty)
    return {key: tuple(rows) for key, rows in grouped.items()}


@attrs.frozen(eq=False)
class ResponsibilityList:
    """The list: items, and for each who leads and who supports.

    Args:
        vocabulary: The attributes that conditions of the rows speak of.
        items: In any order.
        duties: In any order.
        coverage: The days the list speaks for; None for all.
        confirmed_until: First day for which nobody has confirmed that the list still holds; None if open.
    """

    vocabulary: Vocabulary
    items: tuple[Item, ...] = field(converter=tuple[Item, ...])
    duties: tuple[Duty, ...] = field(converter=tuple[Duty, ...])
    coverage: Period | None = field(default=None, kw_only=True)
    confirmed_until: date | None = field(default=None, kw_only=True)
    _items: Mapping[str, tuple[Item, ...]] = field(
        init=False, repr=False, eq=False, default=attrs.Factory(_group_items, takes_self=True)
    )
    _rows: Mapping[str, tuple[Duty, ...]] = field(
        init=False, repr=False, eq=False, default=attrs.Factory(_group_duties, takes_self=True)
    )
    _tables: dict[tuple[int, ...], DecisionTable[Duty]] = field(init=False, repr=False, eq=False, factory=dict)

    def item(self, item: str, on: date) -> Item | None:
        """Return the item as it is listed on a day; None when it is not."""
        return next((each for each in self._items.get(item, ()) if on in each.period), None)

    def items_on(self, day: date) -> tuple[Item, ...]:
        """Return the items listed on a day, by id."""
        return tuple(item for versions in self._items.values() for item in versions if day in item.period)

    def versions(self) -> Mapping[str, tuple[Item, ...]]:
        """Return all wordings of each item, in order of time."""
        return self._items

    def rows(self, item: str, on: date | None = None) -> tuple[Duty, ...]:
        """Return the duties of an item; only those in force on a day, when one is given."""
        return tuple(duty for duty in self._rows.get(item, ()) if on is None or on in duty.period)

    def covered(self, period: Period) -> Period | None:
        """Return the days of *period* that the list speaks for; None when there are none."""
        return period if self.coverage is None else period.shared(self.coverage)

    def change_days(self) -> tuple[date, ...]:
        """Return the days on which the list changes."""
        periods = [item.period for item in self.items] + [duty.period for duty in self.duties]
        return tuple(sorted({day for period in periods for day in (period.start, period.end) if day is not None}))

    def lookup(
        self,
        item: str,
        *,
        place: str,
        structure: Structure,
        facts: Mapping[str, object] = MappingProxyType({}),
        on: date,
        lenient: bool = False,
    ) -> Responsibility:
        """Return who answers for an item.

        An item that is not listed is an answer too: it is marked ``unlisted`` and names nobody.

        Args:
            item: Id of the item.
            place: Id of the unit in which the matter lies.
            structure: The organisation on the day from which units are read.
            facts: Attributes of the matter, such as its scene.
            on: The day whose list answers.
            lenient: Answer outside the days covered with the nearest day, marked provisional, instead of refusing.

        Raises:
            NotInForceError: The place is unknown or not in force; no row leads (``no_lead``); a holder does not exist
                for the place (``no_holder``); the day is not covered (``not_covered``, ``unconfirmed``). A level that
                would only support, or has the local duty, may be absent: `Responsibility.left_out` names the row.
            AmbiguousRuleError: A fact that decides is missing (``fact_missing``), several leads answer
                (``rows_overlap``), or a lead also supports (``lead_supports``). The rows are named.
            RefusedError: A fact is not declared, or has a value that is not.
        """
        question = _Question(item=item, place=place, structure=structure, facts=facts, on=on, lenient=lenient)
        return self._answer(question, None)

    def _explain(self, question: _Question) -> Reason:
        trace: list[Reason] = []
        answer = self._answer(question, trace)
        name = str(answer.label or answer.item)
        if answer.unlisted:
            text = Label(
                zh=f"{answer.item}：{answer.on} 未列入清单", en=f"{answer.item} is not on the list on {answer.on}"
            )
        else:
            text = Label(zh=f"{name}：{answer.on} 的清单", en=f"{name}: the list on {answer.on}")
        return Reason(text, answer.source, tuple(trace))

    def _answer(self, question: _Question, trace: list[Reason] | None) -> Responsibility:
        place = question.structure.unit(question.place).id
        day, provisional = self._answering_day(question.on, lenient=question.lenient)
        facts = self.vocabulary.check(question.facts)
        found = self.item(question.item, day)
        if found is None:
            return Responsibility(
                item=question.item,
                place=place,
                on=question.on,
                unlisted=True,
                provisional=provisional,
                list=self,
                question=question,
            )
        parts, left_out = self._parts(question, facts, day, trace) if found.accepted else ([], ())
        leads = tuple(part for part in parts if part.role in _MODES)
        return Responsibility(
            item=found.id,
            label=found.label,
            place=place,
            on=question.on,
            leads=leads,
            mode=_mode(leads),
            supports=tuple(part for part in parts if part.role is Role.SUPPORT),
            local=tuple(part for part in parts if part.role is Role.LOCAL),
            left_out=left_out,
            limit=found.limit,
            accepted=found.accepted,
            redirect=found.redirect,
            provisional=provisional,
            source=found.source,
            basis=found.basis,
            list=self,
            question=question,
        )

    def _parts(
        self, question: _Question, facts: Mapping[str, Value], day: date, trace: list[Reason] | None
    ) -> tuple[list[Assigned], tuple[str, ...]]:
        """Return who has a part in a listed item, in order of unit id, and the rows that fall to nobody."""
        item, structure, place = question.item, question.structure, question.place
        rows = self._rows_here(item, structure, place, day, trace)
        leading = self._decide(item, [duty for duty in rows if duty.leads], facts, day, trace)
        _check_leads(question, leading)
        others = self._decide(item, [duty for duty in rows if not duty.leads], facts, day, trace)
        idle = [duty for duty in others if _falls_to_nobody(duty, structure, place)]
        parts = [_assign(duty, structure, place) for duty in (*leading, *others) if duty not in idle]
        parts.sort(key=lambda part: (part.unit.id, part.row))
        _check_distinct(question, parts)
        if trace is not None:
            trace.extend(_part_reason(part) for part in parts)
            trace.extend(_idle_reason(duty, place) for duty in idle)
        return parts, tuple(sorted(duty.id for duty in idle))

    def _answering_day(self, on: date, *, lenient: bool) -> tuple[date, bool]:
        """Return the day whose list answers, and whether that is provisional."""
        covered = self.coverage is None or on in self.coverage
        confirmed = self.confirmed_until is None or on < self.confirmed_until
        if covered and confirmed:
            return on, False
        if not lenient:
            hint = "use a day that the list covers, or ask leniently for a provisional answer"
            if not covered:
                raise NotInForceError.of("not_covered", f"the list covers {self.coverage}, not {on}", hint=hint)
            what = f"the list is confirmed until {self.confirmed_until}; {on} is later"
            raise NotInForceError.of("unconfirmed", what, hint=hint)
        if self.coverage is None or covered:
            return on, True
        if on < self.coverage.start or self.coverage.end is None:
            return self.coverage.start, True
        return self.coverage.end - timedelta(days=1), True

    def _rows_here(
        self, item: str, structure: Structure, place: str, day: date, trace: list[Reason] | None
    ) -> list[Duty]:
        """Return the item's rows but those that are in force for other places."""
        here = []
        for duty in self._rows.get(item, ()):
            if day not in duty.period or duty.covers(structure, place):
                here.append(duty)
            elif trace is not None:
                trace.append(_elsewhere_reason(duty, place))
        return here

    def _decide(
        self, item: str, duties: list[Duty], facts: Mapping[str, Value], day: date, trace: list[Reason] | None
    ) -> tuple[Duty, ...]:
        if not duties:
            return ()
        key = tuple(map(id, duties))  # the rows live as long as the list: an identity is never used again
        table = self._tables.get(key)
        if table is None:
            table = DecisionTable(item, self.vocabulary, _as_rows(duties), HitPolicy.COLLECT)
            self._tables[key] = table
        if trace is not None:
            trace.append(table.trace(facts, day))
        return tuple(row.value for row in table.decide(facts, day))

    def burden(self, on: date) -> Burden:
        """Return how many items each holder leads on a day: the figure "the subdistrict leads 3 of 104"."""
        items = [item.id for item in self.items_on(on) if item.accepted]
        led: dict[str, set[str]] = defaultdict(set)
        for item in items:
            for duty in self.rows(item, on):
                if duty.leads:
                    led[str(duty.holder)].add(item)
        return Burden(on=on, items=len(items), led={holder: tuple(sorted(led[holder])) for holder in sorted(led)})

    def diff(self, day: date, other_day: date) -> ListDiff:
        """Return what changed in the list between two days."""
        return diff_lists(self, day, self, other_day)

    def faults(self, organization: Organization) -> list[Fault]:
        """Return everything wrong with the list, over every day on which it or the organisation changes.

        Codes: ``duplicate_item``, ``item_gap``, ``duplicate_row``, ``unknown_item``, ``idle_row`` (its item is never
        listed while it holds), ``unknown_unit``, ``unknown_level``, ``unknown_kind``, ``no_lead``, ``rows_overlap``
        (two leads that are not declared joint or either-or, or one unit twice), ``lead_supports``, and those of a
        row's conditions.
        """
        found = chain(_item_faults(self), _row_faults(self, organization), _answer_faults(self, organization))
        return list(dict.fromkeys(found))


def _as_rows(duties: Iterable[Duty]) -> tuple[Row[Duty], ...]:
    return tuple(Row(id=duty.id, when=duty.when, value=duty, period=duty.period, source=duty.source) for duty in duties)


def _assign(duty: Duty, structure: Structure, place: str) -> Assigned:
    return Assigned(
        unit=duty.holder.resolve(structure, place),
        role=duty.role,
        holder=str(duty.holder),
        duty=duty.label,
        row=duty.id,
        source=duty.source,
        basis=duty.basis,
    )


def _falls_to_nobody(duty: Duty, structure: Structure, place: str) -> bool:
    """Say whether a row that does not lead falls to a level that the place, such as the county, has not above it."""
    return duty.holder.kind is HolderKind.LEVEL and duty.holder.find(structure, place) is None


def _idle_reason(duty: Duty, place: str) -> Reason:
    zh, en = (
        f"{duty.id}：{place} 之上无 {duty.holder}，略去",
        f"{duty.id}: left out, {place} has no {duty.holder} above it",
    )
    return Reason(Label(zh=zh, en=en), duty.source)


def _part_reason(part: Assigned) -> Reason:
    duty = part.duty or Label(zh=part.role.value)
    zh = f"{part.unit.name}（{part.holder}）：{_ROLE_ZH[part.role]}，{duty.in_('zh')}"
    en = f"{part.unit.name_en or part.unit.name} ({part.holder}): {part.role.value}, {duty.in_('en')}"
    return Reason(Label(zh=zh, en=f"{en}, by row {part.row}"), part.source)


def _elsewhere_reason(duty: Duty, place: str) -> Reason:
    areas = [*(f"+{area}" for area in duty.within), *(f"-{area}" for area in duty.outside)]
    text = " ".join(areas)
    return Reason(
        Label(
            zh=f"{duty.id}：不适用，{place} 不在其区域（{text}）",
            en=f"{duty.id}: no, {place} is not in its area ({text})",
        ),
        duty.source,
    )


def _mode(leads: tuple[Assigned, ...]) -> Mode:
    """Return how leads share; one alone leads alone, whatever its row is ready to share."""
    if len(leads) > 1:
        return _MODES[leads[0].role]
    return "single" if leads else "none"


def _check_leads(question: _Question, leading: tuple[Duty, ...]) -> None:
    """Refuse when nobody leads, or several do who are not declared to lead together."""
    if not leading:
        hint = "add a row that leads for this place and these facts"
        raise NotInForceError.of("no_lead", f"no row leads for {question}", hint=hint)
    if len(leading) > 1 and (len({duty.role for duty in leading}) > 1 or leading[0].role is Role.LEAD):
        rows = tuple(duty.id for duty in leading)
        what = f"several rows lead for {question}: {', '.join(rows)}"
        raise _clash("rows_overlap", what, _NARROW, rows)


def _check_distinct(question: _Question, parts: list[Assigned]) -> None:
    """Refuse when one unit leads by two rows, or leads and supports."""
    leading: dict[str, str] = {}
    for part in parts:
        if part.role in _MODES:
            if part.unit.id in leading:
                rows = (leading[part.unit.id], part.row)
                raise _clash(
                    "rows_overlap", f"{part.unit} leads twice for {question}: {', '.join(rows)}", _KEEP_ONE, rows
                )
            leading[part.unit.id] = part.row
    for part in parts:
        if part.role is Role.SUPPORT and part.unit.id in leading:
            rows = (leading[part.unit.id], part.row)
            what = f"{part.unit} leads and supports for {question}: {', '.join(rows)}"
            raise _clash("lead_supports", what, _KEEP_ONE, rows)


def _clash(code: str, what: str, hint: str, rows: tuple[str, ...]) -> AmbiguousRuleError:
    return AmbiguousRuleError((Fault(code, what, hint=hint, about=rows),))


def _item_faults(listed: ResponsibilityList) -> Iterator[Fault]:
    for item, versions in listed.versions().items():
        for before, after in pairwise(versions):
            if before.period.overlaps(after.period):
                what = f"item {item!r} is listed twice: {before.period}, and {after.period}"
                yield Fault("duplicate_item", what, f"item {item}", "end the first before the second starts")
            elif before.period.end != after.period.start:
                what = f"item {item!r} is not listed from {before.period.end} to {after.period.start}"
                yield Fault("item_gap", what, f"item {item}", "close the gap, or give the later item another id")


def _row_faults(listed: ResponsibilityList, organization: Organization) -> Iterator[Fault]:
    versions = listed.versions()
    known = {
        HolderKind.LEVEL: ("level", {level.id for level in organization.levels}),
        HolderKind.STATIONED: ("kind", {unit.kind for unit in organization.units}),
    }
    named: dict[str, list[Duty]] = defaultdict(list)
    for duty in listed.duties:
        if any(duty.period.overlaps(other.period) for other in named[duty.id]):
            what = f"two rows are called {duty.id!r} on one day"
            yield Fault("duplicate_row", what, duty.id, "give each row its own id")
        named[duty.id].append(duty)
        if duty.item not in versions:
            yield Fault("unknown_item", f"no item {duty.item!r}", duty.id, "add it to the items, or mend the id")
        elif not any(duty.period.overlaps(item.period) for item in versions[duty.item]):
            what = f"item {duty.item!r} is never listed while this row holds ({duty.period})"
            yield Fault("idle_row", what, duty.id, "mend the dates of the row")
        yield from _selector_faults(duty, known)
        yield from _unit_faults(duty, listed.covered(duty.period), organization)


def _selector_faults(duty: Duty, known: Mapping[HolderKind, tuple[str, set[str]]]) -> Iterator[Fault]:
    if duty.holder.kind in known:
        what, words = known[duty.holder.kind]
        for word in duty.holder.words:
            if word not in words:
                yield Fault(f"unknown_{what}", f"no {what} {word!r}", duty.id, "mend the holder, or the units")


def _unit_faults(duty: Duty, period: Period | None, organization: Organization) -> Iterator[Fault]:
    """Find units that the row names and that are not in force on some day of *period*."""
    holder = duty.holder.words if duty.holder.kind is HolderKind.UNIT else ()
    if period is None:
        return
    for unit in sorted({*holder, *duty.areas}):
        day = first_gap((row.period for row in organization.history(unit)), period)
        if day is not None:
            hint = "mend the id, the dates of the row, or those of the unit"
            yield Fault("unknown_unit", f"no unit {unit!r} is in force on {day}", duty.id, hint)


def _answer_faults(listed: ResponsibilityList, organization: Organization) -> Iterator[Fault]:
    """Check every answer the list can give: on each day, in each area, for each combination of facts."""
    for item in listed.items:
        period = listed.covered(item.period) if item.accepted else None
        if period is None:
            continue
        rows = listed.rows(item.id)
        for part in _parts(period, organization.change_days() if any(duty.areas for duty in rows) else ()):
            structure = organization.at(part.start)
            here = [
                attrs.evolve(duty, period=shared)
                for duty in rows
                if (shared := duty.period.shared(part)) and all(area in structure for area in duty.areas)
            ]
            for place in _samples(here, structure):
                there = [duty for duty in here if duty.covers(structure, place)]
                yield from _lead_faults(listed.vocabulary, item.id, there, place, part)
            yield from _twofold_faults(listed.vocabulary, here, structure)


def _parts(period: Period, days: Iterable[date]) -> list[Period]:
    """Return *period*, cut at each of *days* that lies in it."""
    cuts = sorted({day for day in days if day in period and day > period.start})
    return [Period(start, end) for start, end in zip([period.start, *cuts], [*cuts, period.end], strict=True)]


def _samples(rows: Iterable[Duty], structure: Structure) -> list[str]:
    """Return a place for each way of lying in the areas that the rows name; one blank where they name none."""
    areas = sorted({area for duty in rows for area in duty.areas})
    return sorted({structure.chain(area)[-1].id for area in areas}.union(areas)) or [""]


def _lead_faults(vocabulary: Vocabulary, item: str, rows: list[Duty], place: str, period: Period) -> Iterator[Fault]:
    """Find combinations of facts for which nobody leads, or several do who are not declared to lead together."""
    leading = [duty for duty in rows if duty.leads]
    roles = {duty.id: duty.role for duty in leading}
    title = f"{item} in {place}" if place else item
    try:
        table = DecisionTable(title, vocabulary, _as_rows(leading), HitPolicy.COLLECT)
    except PackError as error:
        yield from error.faults
        return
    for fault in table.gaps(over=period):
        yield attrs.evolve(fault, code="no_lead", place=f"item {item}", hint="add a row that leads, or narrow the item")
    for fault in table.overlaps():
        together = {roles[row] for row in fault.about}
        if len(together) > 1 or together == {Role.LEAD}:
            yield attrs.evolve(fault, place=fault.about[-1], hint=_NARROW)


def _twofold_faults(vocabulary: Vocabulary, rows: list[Duty], structure: Structure) -> Iterator[Fault]:
    """Find rows by which one unit leads twice, or leads and supports, the same matter."""
    for first, second in combinations(sorted(rows, key=lambda duty: not duty.leads), 2):
        both = first.role is second.role and first.role in {Role.JOINT, Role.EITHER}
        if not both and not (first.leads and second.role is Role.SUPPORT):
            continue
        if _may_be_one(first, second, structure) and _meet(vocabulary, first, second):
            what = f"{second.holder} {'leads' if both else 'supports'} what it leads by row {first.id}"
            code = "rows_overlap" if both else "lead_supports"
            yield Fault(code, what, second.id, _KEEP_ONE, (first.id, second.id))


def _meet(vocabulary: Vocabulary, first: Duty, second: Duty) -> bool:
    """Say whether two rows can match the same facts on one day; rows that are no rows never do."""
    try:
        return bool(DecisionTable(first.item, vocabulary, _as_rows((first, second))).overlaps())
    except PackError:
        return False


def _may_be_one(first: Duty, second: Duty, structure: Structure) -> bool:
    """Say whether two rows can name the same unit for one place."""
    holders = (first.holder, second.holder)
    named = {word for each in holders if each.kind is HolderKind.UNIT for word in each.words if word in structure}
    stations = {unit.id for word in named for unit in structure.linked(word, Relation.STATIONED_AT.value)}
    places = {*_samples((first, second), structure), *named, *stations}
    return any(
        _name_one(holders, structure, place)
        for place in sorted(places)
        if first.covers(structure, place) and second.covers(structure, place)
    )


def _name_one(holders: tuple[Holder, Holder], structure: Structure, place: str) -> bool:
    first, second = holders
    if first.kind is second.kind and not set(first.words).isdisjoint(second.words):
        return True
    if not place:
        return False
    try:
        found = first.find(structure, place)
        return found is not None and found == second.find(structure, place)
    except AmbiguousRuleError:  # several agencies at one place: the answer for it refuses by itself
        return False


def diff_lists(before: ResponsibilityList, day: date, after: ResponsibilityList, other_day: date) -> ListDiff:
    """Return what changed from one list on one day to another list (or the same) on another.

    A lead or support has changed when its rows differ in holder, role, conditions or areas; a new wording,
    citation or period alone is no change.
    """
    old = {item.id for item in before.items_on(day)}
    new = {item.id for item in after.items_on(other_day)}

    def changed(role: Callable[[Duty], bool]) -> tuple[str, ...]:
        return tuple(
            item
            for item in sorted(old & new)
            if {duty.wording() for duty in before.rows(item, day) if role(duty)}
            != {duty.wording() for duty in after.rows(item, other_day) if role(duty)}
        )

    return ListDiff(
        added=tuple(sorted(new - old)),
        removed=tuple(sorted(old - new)),
        lead_changed=changed(lambda duty: duty.leads),
        support_changed=changed(lambda duty: duty.role is Role.SUPPORT),
    )


@attrs.frozen(kw_only=True)
class Dispatch:
    """A matter that a dispatcher sent to a unit.

    Attributes:
        unit: Id of the unit it was sent to.
        dispatcher: Who sent it, as an opaque id; may be empty.
    """

    matter: str
    item: str
    place: str
    on: date
    unit: str
    facts: Mapping[str, object] = MappingProxyType({})
    dispatcher: str = ""


Verdict = Literal["right", "wrong", "unlisted", "undecided"]


@attrs.frozen(kw_only=True)
class Judged:
    """What the list says of one dispatch.

    Attributes:
        verdict: right (sent to a lead), wrong, unlisted (the list does not know the item) or undecided (the list,
            the place or the facts do not give an answer; `faults` say why).
        expected: Ids of the leads the list names.
    """

    dispatch: Dispatch
    verdict: Verdict
    expected: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@attrs.frozen(kw_only=True)
class Tally(Shown):
    """How well an item, or a dispatcher, was dispatched.

    Attributes:
        of: The item or the dispatcher.
        right: Dispatches to a lead.
        total: Dispatches of which the list knows the lead.
        unlisted: Dispatches of items not on the list; in no total.
        undecided: Dispatches the list could not judge; in no total.
        errors: All that were not right, for a person to look at.
    """

    of: str
    right: int
    total: int
    unlisted: int
    undecided: int
    errors: tuple[Judged, ...]

    @property
    def accuracy(self) -> Fraction | None:
        """Share sent to a lead; None, "not assessed", when there is nothing to judge."""
        return Fraction(self.right, self.total) if self.total else None


def dispatch_accuracy(
    listed: ResponsibilityList,
    organization: Organization,
    dispatches: Iterable[Dispatch],
    by: Literal["item", "dispatcher"] = "item",
) -> tuple[Tally, ...]:
    """Compare where matters were sent with where the list sends them.

    A difference is a figure, not a fault of the record. A matter that the list cannot judge is counted apart.

    Returns:
        One tally per item, or per dispatcher, by id.
    """
    judged: dict[str, list[Judged]] = defaultdict(list)
    for dispatch in dispatches:
        key = dispatch.item if by == "item" else dispatch.dispatcher
        judged[key].append(_judge(listed, organization, dispatch))
    return tuple(_tally(key, judged[key]) for key in sorted(judged))


def _judge(listed: ResponsibilityList, organization: Organization, dispatch: Dispatch) -> Judged:
    try:
        answer = listed.lookup(
            dispatch.item,
            place=dispatch.place,
            structure=organization.at(dispatch.on),
            facts=dispatch.facts,
            on=dispatch.on,
        )
    except GridgovError as error:
        return Judged(dispatch=dispatch, verdict="undecided", faults=error.faults)
    if answer.unlisted:
        return Judged(dispatch=dispatch, verdict="unlisted")
    expected = tuple(lead.unit.id for lead in answer.leads)
    return Judged(dispatch=dispatch, verdict="right" if dispatch.unit in expected else "wrong", expected=expected)


def _tally(key: str, judged: list[Judged]) -> Tally:
    counts = Counter(each.verdict for each in judged)
    return Tally(
        of=key,
        right=counts["right"],
        total=counts["right"] + counts["wrong"],
        unlisted=counts["unlisted"],
        undecided=counts["undecided"],
        errors=tuple(each for each in judged if each.verdict != "right"),
    )
