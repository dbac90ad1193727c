"""History scored: a file of records becomes matters, fact rows, rates, scores and ranks.

The short way of a matter through the house: record → facts → assess → rank. The log of an import holds only what
had happened by *as_of*; every row of the file is taken, set aside as later, or rejected with its reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from gridgov.assessment import Bounds, Group, Ranking, ScoreScheme, Tally, judge, rank, tally
from gridgov.calendar import Limit
from gridgov.errors import GridgovError, NotInForceError, RecordError
from gridgov.escalation import Ladder, Step
from gridgov.events import Codec
from gridgov.facts import FactRow, FactRules, rows_of
from gridgov.matters import EVENTS, Assignment, Happening, Matter, Recorded, apply
from gridgov.packs import Jurisdiction, load_map
from gridgov.records import Map, Rejected, read_records, standard_map
from gridgov.responsibility import HolderKind
from gridgov.stores import MemoryStore, Write
from gridgov.values import Label, Month, Reason, Shown, aware

__all__ = ["History", "import_history", "replay"]

_CODEC = Codec(EVENTS)
_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class Figures(Shown):
    """A period in figures, each a count.

    Attributes:
        matters: Reported in the period.
        topics: Opened as topics (立项) in it.
        ended: Closed in it, or completed where nobody closes.
        still_open: Open at the instant up to which things are known, whenever reported.
        called: First called to departments in it.
        called_answered: Of those, the ones on which the resident said yes or no.
        called_satisfied: Of those, the ones on which the resident was satisfied.
        duties_completed: Duties that a unit completed in it.
        duties_late: Of those, the ones completed after their due instant.
    """

    matters: int
    topics: int
    ended: int
    still_open: int
    called: int
    called_answered: int
    called_satisfied: int
    duties_completed: int
    duties_late: int


@attrs.frozen(kw_only=True, eq=False)
class History(Shown):
    """What a file of records came to under a jurisdiction's rules.

    Attributes:
        source: Name of the file or register.
        as_of: Up to when things are known, in UTC.
        rows: Rows of the file.
        later: Rows that lie wholly after *as_of* and were set aside.
        matters: State by id, in order of first report.
        rejected: Rows that could not be taken, with the reason; in the order of the file.
        store: The log.
    """

    jurisdiction: Jurisdiction = attrs.field(repr=False)
    source: str
    as_of: datetime
    rows: int
    later: int
    matters: Mapping[str, Matter] = attrs.field(repr=False)
    rejected: tuple[Rejected, ...] = attrs.field(repr=False)
    store: MemoryStore = attrs.field(repr=False)
    _facts: list[FactRow] = attrs.field(factory=list, init=False, repr=False)

    @property
    def taken(self) -> int:
        """How many rows went into the log."""
        return self.rows - self.later - len(self.rejected)

    def facts(self) -> list[FactRow]:
        """Return a fact row per assignment of every matter, and one for each unit that answers; computed once."""
        if not self._facts:
            rules = _Rules(self.jurisdiction).for_facts()
            for matter in self.matters.values():
                self._facts.extend(rows_of(matter, as_of=self.as_of, rules=rules))
        return self._facts

    @property
    def scheme(self) -> ScoreScheme:
        """How the pack scores.

        Raises:
            NotInForceError: It says nothing of that (``no_scheme``).
        """
        if self.jurisdiction.scheme is None:
            hint = "add assessment.toml to the pack"
            raise NotInForceError.of("no_scheme", f"the pack {self.jurisdiction.id!r} has no rates", hint=hint)
        return self.jurisdiction.scheme

    def bounds(self, month: Month | None) -> Bounds | None:
        """Return the first instant of *month* in the pack's zone and the first after it; None for all records."""
        return None if month is None else month.bounds(ZoneInfo(self.jurisdiction.zone))

    def groups(self, month: Month | None = None) -> Callable[[str], Group | None]:
        """Return the function that gives a unit's group on the period's last day."""
        structure = self.jurisdiction.organization.at(self.last_day(month))
        known: dict[str, Group | None] = {}

        def group_of(unit_id: str) -> Group | None:
            if unit_id not in known:
                unit = structure.get(unit_id)
                groups = () if unit is None else self.scheme.groups
                known[unit_id] = next((g for g in groups if unit and g.takes(unit.level, unit.accountability)), None)
            return known[unit_id]

        return group_of

    def rank(self, month: Month | None = None) -> Ranking:
        """Rank every unit of the scheme's groups in *month*; without a month the whole file is one period.

        Raises:
            NotInForceError: The score scheme does not hold in that month.
        """
        scheme = self.scheme
        last_day = self.last_day(month)
        scheme.check_day(last_day)
        group_of = self.groups(month)
        empty = {rate.id: Tally() for rate in scheme.rates}
        levels = sorted({level for group in scheme.groups for level in group.levels})
        structure = self.jurisdiction.organization.at(last_day)
        units = (unit.id for level in levels for unit in structure.of_level(level))
        counted: dict[str, tuple[int, Mapping[str, Tally]]] = {unit: (0, empty) for unit in units if group_of(unit)}
        counted.update(tally(self.facts(), scheme, group_of, self.bounds(month)))
        return rank(scheme, counted, group_of, "all" if month is None else str(month))

    def figures(self, month: Month | None = None) -> Figures:
        """Return the period in figures."""
        bounds = self.bounds(month)
        matters = list(self.matters.values())
        called = [matter for matter in matters if _within(bounds, _first_call(matter))]
        answers = [answer for matter in called if (answer := _answer(matter)) is not None]
        completed = [row for row in self.facts() if row.number and row.counts and _within(bounds, row.completed_at)]
        return Figures(
            matters=sum(_within(bounds, matter.reported_at) for matter in matters),
            topics=sum(_within(bounds, matter.opened_at) for matter in matters),
            ended=sum(_within(bounds, matter.ended_at) for matter in matters),
            still_open=sum(matter.status == "open" for matter in matters),
            called=len(called),
            called_answered=len(answers),
            called_satisfied=sum(answers),
            duties_completed=len(completed),
            duties_late=sum(row.facts.get("on_time") is False for row in completed),
        )

    def unit_label(self, unit_id: str) -> Label:
        """Return the latest name of a unit; its id where it has none."""
        units = self.jurisdiction.organization.history(unit_id)
        return Label(zh=units[-1].name, en=units[-1].name_en) if units else Label(en=unit_id)

    def item_label(self, item_id: str) -> Label:
        """Return the name of a kind of matter as of now; its id where the list has none."""
        item = self.jurisdiction.responsibilities.item(item_id, self.last_day())
        return Label(en=item_id or "—") if item is None else item.label

    def explain_unit(self, unit_id: str, month: Month | None = None) -> Reason | None:
        """Return how a unit came by its score and rank, with its matters; None when it is in no group."""
        group = self.groups(month)(unit_id)
        if group is None:
            return None
        rows = [row for row in self.facts() if row.unit == unit_id and row.role in group.roles]
        return self.rank(month).explain(unit_id, rows, self.bounds(month))

    def explain_matter(self, matter_id: str) -> Reason | None:
        """Return what is recorded of one matter, and for each duty its due instant, facts and part in the rates."""
        matter = self.matters.get(matter_id)
        if matter is None:
            return None
        events = [_CODEC.decode(envelope) for envelope in self.store.stream(matter_id)]
        rows = [row for row in self.facts() if row.matter == matter_id]
        return _Telling(self).matter(matter, events, rows)

    def last_day(self, month: Month | None = None) -> date:
        """Return the day whose organisation and rules answer for a period: its last, or that of `as_of`."""
        end = None if month is None else month.period.end
        return self.jurisdiction.last_day(self.as_of) if end is None else end - _DAY


def _within(bounds: Bounds | None, at: datetime | None) -> bool:
    return at is not None and (bounds is None or bounds[0] <= at < bounds[1])


def _first_call(matter: Matter) -> datetime | None:
    return min((duty.opened_at for duty in matter.assignments if duty.opened_by == "called"), default=None)


def _answer(matter: Matter) -> bool | None:
    """Whether the resident was satisfied with every lead that the answer is about; None without an answer."""
    answers = [duty.satisfied for duty in matter.assignments if duty.opened_by == "called"]
    said = [answer for answer in answers if answer is not None]
    return all(said) if said else None


def import_history(
    jurisdiction: Jurisdiction,
    file: str | Path,
    *,
    map_name: str | None = None,
    as_of: datetime | None = None,
    progress: Callable[[int], object] | None = None,
) -> History:
    """Read a file of matters or happenings into a log and fold it into matters.

    Args:
        jurisdiction: Whose rules and units hold.
        file: A path, or the name of a register that the pack carries.
        map_name: A map of the pack, or the path of one; None for the register's, else the pack's default, else the
            standard columns.
        as_of: Up to when things are known, aware; None for the latest instant of the file.
        progress: Called now and then with the number of rows read since the last call.

    Raises:
        RecordError: The file cannot be used at all.
        PackError: The map cannot.
    """
    path, map_ = _source(jurisdiction, file, map_name)
    records: list[Recorded] = []
    rejected: list[Rejected] = []
    for row in read_records(path, map_, _Known(jurisdiction), progress=progress):
        if isinstance(row, Recorded):
            records.append(row)
        else:
            rejected.append(row)
    latest = max((h.at for record in records for h in record.happenings if h.at is not None), default=None)
    known_until = aware(as_of, "as_of") if as_of is not None else latest
    if known_until is None:
        raise RecordError.of("nothing_taken", f"{path.name}: no row could be taken", str(path), _first(rejected))
    told = [cut for record in records if (cut := _until(record, known_until)) is not None]
    matters, store, refused = _fold(told, jurisdiction.edition, known_until)
    return History(
        jurisdiction=jurisdiction,
        source=path.name,
        as_of=known_until,
        rows=len(records) + len(rejected),
        later=len(records) - len(told),
        matters=matters,
        rejected=tuple(sorted((*rejected, *refused), key=lambda row: row.line)),
        store=store,
    )


def replay(jurisdiction: Jurisdiction, store: MemoryStore, *, source: str, as_of: datetime) -> History:
    """Return the history that a log holds: equal to the one that wrote it, but for rows set aside or rejected.

    Raises:
        StoreError: The log holds an event that is no record.
    """
    matters: dict[str, Matter] = {}
    rows = 0
    for envelope in store.feed():
        event = _CODEC.decode(envelope)
        matters[event.matter] = apply(matters.get(event.matter), event)
        rows += 1
    return History(
        jurisdiction=jurisdiction,
        source=source,
        as_of=as_of,
        rows=rows,
        later=0,
        matters=matters,
        rejected=(),
        store=store,
    )


def _source(jurisdiction: Jurisdiction, file: str | Path, map_name: str | None) -> tuple[Path, Map]:
    """Return the file to read and the map to read it with."""
    register = jurisdiction.registers.get(str(file))
    path = Path(file) if register is None else register.file
    name = map_name or (register.map if register is not None else "") or jurisdiction.default_map
    if name in jurisdiction.maps:
        return path, jurisdiction.maps[name]
    if name:
        return path, load_map(name, jurisdiction.zone)
    facts = (fact.name for fact in jurisdiction.facts.vocabulary)
    attributes = (attribute.name for attribute in jurisdiction.vocabulary)
    return path, standard_map(path, jurisdiction.zone, facts=facts, attributes=attributes)


def _first(rejected: list[Rejected]) -> str:
    if not rejected:
        return "the file has a header and no rows"
    return f"line {rejected[0].line}, column {rejected[0].column or '–'}: {rejected[0].message} [{rejected[0].code}]"


def _until(record: Recorded, as_of: datetime) -> Recorded | None:
    """Return what *record* says of the time up to *as_of*; None when it says nothing of it."""
    if all(h.at is None or h.at <= as_of for h in record.happenings):
        return record
    known = tuple(h for h in record.happenings if h.at is not None and h.at <= as_of)
    return attrs.evolve(record, happenings=known) if known else None


def _fold(
    records: Iterable[Recorded], edition: str, as_of: datetime
) -> tuple[dict[str, Matter], MemoryStore, list[Rejected]]:
    """Apply records matter by matter, in order of time, and keep those that can have happened."""
    by_matter: dict[str, list[Recorded]] = {}
    for record in records:
        by_matter.setdefault(record.matter, []).append(record)
    for rows in by_matter.values():
        rows.sort(key=lambda row: (row.at, row.line))
    store = MemoryStore()
    matters: dict[str, Matter] = {}
    refused: list[Rejected] = []
    for name in sorted(by_matter, key=lambda each: (by_matter[each][0].at, each)):
        state: Matter | None = None
        kept: list[Recorded] = []
        for record in by_matter[name]:
            try:
                state = apply(state, record)
            except GridgovError as error:
                fault = error.faults[0]
                refused.append(Rejected(record.line, "", name, fault.code, fault.message))
            else:
                kept.append(record)
        if state is not None:
            matters[name] = state
            _keep(store, name, kept, edition, as_of)
    return matters, store, refused


def _keep(store: MemoryStore, name: str, records: list[Recorded], edition: str, as_of: datetime) -> None:
    drafts = tuple(_CODEC.encode(record) for record in records)
    source = records[0].source
    store.append(
        [Write(name, 0, drafts)],
        command_id=f"import:{records[0].line}:{name}",
        actor=f"source:{records[0].line}" if not source.isascii() else f"source:{source}".replace(" ", "_")[:200],
        edition=edition,
        recorded_at=as_of,
    )


@attrs.frozen
class _Known:
    """What the readers ask of a jurisdiction."""

    jurisdiction: Jurisdiction
    _items: frozenset[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_items", frozenset(item.id for item in self.jurisdiction.responsibilities.items))

    def place(self, id: str, day: date, /) -> bool:  # noqa: A002 - the protocol's word
        return self.jurisdiction.organization.at(day).get(id) is not None

    def unit(self, id: str, day: date, /) -> bool:  # noqa: A002 - the protocol's word
        return self.place(id, day)

    def item(self, id: str, /) -> bool:  # noqa: A002 - the protocol's word
        return id in self._items

    def fact(self, name: str, text: str, /) -> object:
        return self.jurisdiction.facts.vocabulary.parse_fact(name, text)

    def attribute(self, name: str, text: str, /) -> object:
        return self.jurisdiction.vocabulary.parse_fact(name, text)


class _Rules:
    """What the pack's rules add to records: due instants, and who answers for a matter never called."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self._county = jurisdiction
        self._levels = () if jurisdiction.scheme is None else jurisdiction.scheme.answers_levels
        self._answering: dict[tuple[str, date], str | None] = {}

    def for_facts(self) -> FactRules:
        return FactRules(due=self.due, answering=self.answering, declared=self._county.facts.vocabulary)

    def due(self, matter: Matter, assignment: Assignment) -> datetime | None:
        found = self.limit(matter, assignment)
        policy = self._county.policy
        if found is None or policy is None:
            return None
        limit, calendar = found
        return self._county.calendar(calendar).due(assignment.opened_at, limit, policy.counting, lenient=True).at

    def limit(self, matter: Matter, assignment: Assignment) -> tuple[Limit, str] | None:
        """Return the limit that binds an assignment, and the calendar it runs on; None where the pack sets none."""
        policy = self._county.policy
        if policy is None:
            return None
        day = self._county.day(assignment.opened_at)
        item = self._county.responsibilities.item(matter.item, day)
        if assignment.role == "answer":
            own = None if item is None else item.limit
            return own or policy.promise.at(day, lenient=True).value, policy.promise_calendar
        step = self._step(matter, assignment)
        return None if step is None else (step.limit.at(day, lenient=True).value, step.calendar)

    def _step(self, matter: Matter, assignment: Assignment) -> Step | None:
        policy = self._county.policy
        if policy is None:
            return None
        chosen = policy.ordinary
        if policy.emergency is not None and self._chooses(policy.emergency, matter):
            chosen = policy.emergency
        day = self._county.day(assignment.opened_at)
        unit = self._county.organization.at(day).get(assignment.unit)
        steps = (step for step in chosen.steps if _answers(step, assignment, "" if unit is None else unit.level))
        return next(steps, None)

    def _chooses(self, ladder: Ladder, matter: Matter) -> bool:
        facts = self._county.vocabulary.check(matter.when)
        return bool(ladder.when) and all(cell.holds(facts.get(name)) for name, cell in ladder.when.items())

    def answering(self, matter: Matter) -> str | None:
        key = (matter.place, self._county.day(matter.reported_at))
        if key not in self._answering:
            self._answering[key] = self._answerer(*key)
        return self._answering[key]

    def _answerer(self, place: str, day: date) -> str | None:
        structure = self._county.organization.at(day)
        if not self._levels or place not in structure:
            return None
        return next((unit.id for unit in structure.chain(place) if unit.level in self._levels), None)


def _answers(step: Step, assignment: Assignment, level: str) -> bool:
    """Say whether a step is the one that an assignment stands on: the leads' for a called unit, else its level's."""
    holder = step.holder
    if holder is None:
        return assignment.role != "handle"
    return assignment.role == "handle" and holder.kind is HolderKind.LEVEL and level in holder.words


@attrs.frozen
class _Telling:
    """Tells one matter's story in both languages."""

    history: History

    def matter(self, matter: Matter, events: Iterable[Recorded], rows: Iterable[FactRow]) -> Reason:
        item = self.history.item_label(matter.item)
        place = self.history.unit_label(matter.place)
        text = Label(
            zh=f"{matter.id}：{item.in_('zh')}，{place.in_('zh')}，状态 {matter.status}",
            en=f"{matter.id}: {item.in_('en')}, {place.in_('en')}, {matter.status}",
        )
        story = tuple(self._happening(event, each) for event in events for each in event.happenings)
        return Reason(text, None, (*story, *(self._row(row) for row in rows)))

    def _happening(self, event: Recorded, happening: Happening) -> Reason:
        unit = self.history.unit_label(happening.unit) if happening.unit else Label(zh="—", en="—")
        at = self._time(happening.at)
        return Reason(
            Label(
                zh=f"{at} {happening.what} {unit.in_('zh')}（{event.source} 第 {event.line} 行）",
                en=f"{at} {happening.what} {unit.in_('en')} ({event.source} line {event.line})",
            )
        )

    def _row(self, row: FactRow) -> Reason:
        unit = self.history.unit_label(row.unit)
        due = self._time(row.due_at)
        facts = ", ".join(
            f"{name}={'yes' if value is True else 'no' if value is False else value}"
            for name, value in sorted(row.facts.items())
        )
        text = Label(
            zh=f"承办 {row.number}：{unit.in_('zh')}（{row.role}），到期 {due}（{row.due_basis}）",
            en=f"duty {row.number}: {unit.in_('en')} ({row.role}), due {due} ({row.due_basis})",
        )
        return Reason(
            text, None, (*self._due(row), Reason(Label(zh=f"事实：{facts}", en=f"facts: {facts}")), *self._rates(row))
        )

    def _due(self, row: FactRow) -> Iterator[Reason]:
        county = self.history.jurisdiction
        matter = self.history.matters[row.matter]
        if row.due_basis != "rule" or county.policy is None:
            return
        duty = Assignment(
            number=row.number, unit=row.unit, role=row.role, opened_by=row.opened_by, opened_at=row.assigned_at
        )
        found = _Rules(county).limit(matter, duty)
        if found is not None:
            limit, calendar = found
            yield county.calendar(calendar).explain_due(row.assigned_at, limit, county.policy.counting, lenient=True)

    def _rates(self, row: FactRow) -> Iterator[Reason]:
        for rate in () if self.history.jurisdiction.scheme is None else self.history.scheme.rates:
            verdict = judge(rate, row)
            if verdict:
                at = self._time(getattr(row, rate.period_by))
                yield Reason(
                    Label(
                        zh=f"{rate.label.in_('zh')}：{verdict}，按 {rate.period_by} {at} 归月",
                        en=f"{rate.label.in_('en')}: {verdict}, month by {rate.period_by} {at}",
                    ),
                    rate.source,
                )

    def _time(self, at: datetime | None) -> str:
        return "—" if at is None else f"{at.astimezone(ZoneInfo(self.history.jurisdiction.zone)):%Y-%m-%d %H:%M:%S}"
