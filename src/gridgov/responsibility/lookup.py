"""Lookup: one question to a list, answered, and on request explained row by row."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import attrs

from gridgov.conditions import Value
from gridgov.errors import AmbiguousRuleError, Fault, NotInForceError
from gridgov.hierarchy import Structure
from gridgov.responsibility.answers import Assigned, Mode, Responsibility
from gridgov.responsibility.holders import HolderKind
from gridgov.responsibility.listing import Listing
from gridgov.responsibility.rows import Duty, Item, Role
from gridgov.values import Label, Reason

__all__ = ["KEEP_ONE", "NARROW", "Question"]

KEEP_ONE = "keep one of the rows"
NARROW = "narrow the rows, or declare them joint or either"

_MODES: Mapping[Role, Mode] = MappingProxyType({Role.LEAD: "single", Role.JOINT: "joint", Role.EITHER: "either"})
_ROLES = MappingProxyType(
    {
        Role.LEAD: "主体责任",
        Role.JOINT: "共同主体责任",
        Role.EITHER: "择一主体责任",
        Role.SUPPORT: "配合责任",
        Role.LOCAL: "属地职责",
    }
)


@attrs.frozen(kw_only=True)
class Question:
    """What is asked of a list. An answer keeps it, so that it can explain itself.

    Attributes:
        listing: The list asked.
        item: Id of the item.
        place: Id of the unit in which the matter lies.
        structure: The organisation on the day from which units are read.
        facts: Attributes of the matter.
        on: The day whose list answers.
        lenient: Whether the nearest day answers for one that is not covered.
        undecided: Whether an answer without leads will do while a fact that decides is missing.
    """

    listing: Listing
    item: str
    place: str
    structure: Structure
    facts: Mapping[str, object]
    on: date
    lenient: bool
    undecided: bool = False

    def answer(self) -> Responsibility:
        """Return who answers; what is raised, `ResponsibilityList.lookup` says."""
        return _Lookup(self, None).answer()

    def explain(self) -> Reason:
        """Return why: the same answer once more, with a trace."""
        trace: list[Reason] = []
        answer = _Lookup(self, trace).answer()
        if answer.unlisted:
            zh, en = f"{self.item}：{self.on} 未列入清单", f"{self.item} is not on the list on {self.on}"
        else:
            zh, en = f"{answer.label}：{self.on} 的清单", f"{answer.label}: the list on {self.on}"
        return Reason(Label(zh=zh, en=en), answer.source, tuple(trace))

    def __str__(self) -> str:
        return f"{self.item!r} in {self.place} on {self.on}"


class _Lookup:
    """Answers one question; with a trace, it notes how."""

    def __init__(self, question: Question, trace: list[Reason] | None) -> None:
        self.question = question
        self.trace = trace
        self.listing = question.listing
        self.structure = question.structure
        self.place = self.structure.unit(question.place).id
        self.day, self.provisional = self.listing.answering_day(question.on, lenient=question.lenient)
        self.facts: Mapping[str, Value] = self.listing.vocabulary.check(question.facts)

    def answer(self) -> Responsibility:
        """Return who answers."""
        asked = self.question
        found = self.listing.item(asked.item, self.day)
        if found is None:
            return Responsibility(
                item=asked.item,
                place=self.place,
                on=asked.on,
                unlisted=True,
                provisional=self.provisional,
                reason=asked.explain,
            )
        parts, left_out, undecided = self._told(found)
        leads = tuple([part for part in parts if part.role.leads])
        return Responsibility(
            item=found.id,
            label=found.label,
            place=self.place,
            on=asked.on,
            leads=leads,
            mode=_mode(leads),
            supports=tuple([part for part in parts if part.role is Role.SUPPORT]),
            local=tuple([part for part in parts if part.role is Role.LOCAL]),
            left_out=left_out,
            undecided=undecided,
            limit=found.limit,
            accepted=found.accepted,
            redirect=found.redirect,
            provisional=self.provisional,
            source=found.source,
            basis=found.basis,
            reason=asked.explain,
        )

    def _told(self, item: Item) -> tuple[list[Assigned], tuple[str, ...], bool]:
        """Return who has a part, the rows that fall to nobody, and whether a missing fact leaves it open."""
        if not item.accepted:
            return [], (), False
        try:
            return *self._parts(item), False
        except AmbiguousRuleError as error:
            if self.question.undecided and error.code == "fact_missing":
                return [], (), True
            raise

    def _parts(self, item: Item) -> tuple[list[Assigned], tuple[str, ...]]:
        """Return who has a part in an item, in order of unit id, and the rows that fall to nobody."""
        here = self._rows_here(item)
        leading = self._decide([duty for duty in here if duty.leads])
        _check_leads(self.question, leading)
        others = self._decide([duty for duty in here if not duty.leads])
        shares = [(duty, self._share(duty)) for duty in (*leading, *others)]
        parts = sorted([part for _, part in shares if part is not None], key=lambda part: (part.unit.id, part.row))
        _check_distinct(self.question, parts)
        idle = [duty for duty, part in shares if part is None]
        if self.trace is not None:
            self.trace += [_part_reason(part) for part in parts]
            self.trace += [_idle_reason(duty, self.place) for duty in idle]
        return parts, tuple(sorted([duty.id for duty in idle]))

    def _rows_here(self, item: Item) -> list[Duty]:
        """Return the item's rows but those that are in force for other places."""
        here = []
        for duty in self.listing.rows(item.id):
            if self.day not in duty.period or duty.covers(self.structure, self.place):
                here.append(duty)
            elif self.trace is not None:
                self.trace.append(_elsewhere_reason(duty, self.place))
        return here

    def _decide(self, duties: list[Duty]) -> list[Duty]:
        """Return those of the rows that the facts choose."""
        if not duties:
            return []
        table = self.listing.table(duties)
        if self.trace is not None:
            self.trace.append(table.trace(self.facts, self.day))
        return [row.value for row in table.decide(self.facts, self.day)]

    def _share(self, duty: Duty) -> Assigned | None:
        """Return the holder's part; None where a row that does not lead names what the place lacks.

        The county itself, for one, has no subdistrict above it; a village may have no agency stationed with it.
        """
        may_lack = not duty.leads and duty.holder.kind is not HolderKind.UNIT
        look = duty.holder.find if may_lack else duty.holder.resolve
        unit = look(self.structure, self.place)
        if unit is None:
            return None
        return Assigned(
            unit=unit,
            role=duty.role,
            holder=str(duty.holder),
            duty=duty.label,
            row=duty.id,
            source=duty.source,
            basis=duty.basis,
        )


def _mode(leads: tuple[Assigned, ...]) -> Mode:
    """Return how leads share; one alone leads alone, whatever its row is ready to share."""
    if len(leads) > 1:
        return _MODES[leads[0].role]
    return "single" if leads else "none"


def _check_leads(question: Question, leading: list[Duty]) -> None:
    """Refuse when nobody leads, or several do who are not declared to lead together."""
    if not leading:
        hint = "add a row that leads for this place and these facts"
        raise NotInForceError.of("no_lead", f"no row leads for {question}", hint=hint)
    if len(leading) > 1 and (len({duty.role for duty in leading}) > 1 or leading[0].role is Role.LEAD):
        rows = tuple(duty.id for duty in leading)
        what = f"several rows lead for {question}: {', '.join(rows)}"
        raise _clash("rows_overlap", what, NARROW, rows)


def _check_distinct(question: Question, parts: list[Assigned]) -> None:
    """Refuse when one unit leads by two rows, or leads and supports."""
    leading: dict[str, str] = {}
    for part in parts:
        if part.role.leads:
            if part.unit.id in leading:
                rows = (leading[part.unit.id], part.row)
                what = f"{part.unit} leads twice for {question}: {', '.join(rows)}"
                raise _clash("rows_overlap", what, KEEP_ONE, rows)
            leading[part.unit.id] = part.row
    for part in parts:
        if part.role is Role.SUPPORT and part.unit.id in leading:
            rows = (leading[part.unit.id], part.row)
            what = f"{part.unit} leads and supports for {question}: {', '.join(rows)}"
            raise _clash("lead_supports", what, KEEP_ONE, rows)


def _clash(code: str, what: str, hint: str, rows: tuple[str, ...]) -> AmbiguousRuleError:
    return AmbiguousRuleError((Fault(code, what, hint=hint, about=rows),))


def _idle_reason(duty: Duty, place: str) -> Reason:
    zh = f"{duty.id}：{place} 之上无 {duty.holder}，略去"
    en = f"{duty.id}: left out, {place} has no {duty.holder} above it"
    return Reason(Label(zh=zh, en=en), duty.source)


def _part_reason(part: Assigned) -> Reason:
    duty = part.duty or Label(zh=part.role.value)
    zh = f"{part.unit.name}（{part.holder}）：{_ROLES[part.role]}，{duty.in_('zh')}"
    en = f"{part.unit.name_en or part.unit.name} ({part.holder}): {part.role.value}, {duty.in_('en')}"
    return Reason(Label(zh=zh, en=f"{en}, by row {part.row}"), part.source)


def _elsewhere_reason(duty: Duty, place: str) -> Reason:
    areas = " ".join([*(f"+{area}" for area in duty.within), *(f"-{area}" for area in duty.outside)])
    zh, en = f"{duty.id}：不适用，{place} 不在其区域（{areas}）", f"{duty.id}: no, {place} is not in its area ({areas})"
    return Reason(Label(zh=zh, en=en), duty.source)
