"""What a file of records came to: matters, fact rows, figures, rates, scores and ranks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from gridgov.assessment import Bounds, Group, Ranking, ScoreScheme, Tally, rank, tally
from gridgov.errors import NotInForceError
from gridgov.events import Codec
from gridgov.facts import FactRow, rows_of
from gridgov.hierarchy import Unit
from gridgov.history.rules import RecordRules
from gridgov.history.telling import Story
from gridgov.matters import EVENTS, Decided, Matter, Recorded
from gridgov.packs import Jurisdiction
from gridgov.records import Rejected
from gridgov.responsibility import Accuracy, Dispatch, dispatch_accuracy
from gridgov.stores import Store
from gridgov.values import Label, Month, Reason, Shown

__all__ = ["CODEC", "Figures", "History"]

CODEC = Codec(EVENTS)
_LEADS = frozenset({"lead", "joint", "either"})


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
        duties_completed: Duties that units of the scheme's groups completed in it.
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
        meetings: Whether the source records meetings; None where only its records tell.
    """

    jurisdiction: Jurisdiction = attrs.field(repr=False)
    source: str
    as_of: datetime
    rows: int
    later: int
    matters: Mapping[str, Matter] = attrs.field(repr=False)
    rejected: tuple[Rejected, ...] = attrs.field(repr=False)
    store: Store = attrs.field(repr=False)
    meetings: bool | None = None
    _facts: list[FactRow] = attrs.field(factory=list, init=False, repr=False)

    @property
    def taken(self) -> int:
        """How many rows went into the log."""
        return self.rows - self.later - len(self.rejected)

    def facts(self) -> list[FactRow]:
        """Return a fact row per assignment of every matter, and one for each unit that answers; computed once."""
        if not self._facts:
            duties = (duty for matter in self.matters.values() for duty in matter.assignments)
            meetings = self.meetings
            if meetings is None:
                meetings = any(duty.met_at is not None or duty.declined for duty in duties)
            rules = RecordRules(self.jurisdiction).for_facts(meetings=meetings)
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
        """Return the function that gives a unit's group on the period's last day.

        A unit abolished before it belongs to the group of its last day, so that nothing it did is lost.
        """
        structure = self.jurisdiction.organization.at(self.last_day(month))
        known: dict[str, Group | None] = {}

        def group_of(unit_id: str) -> Group | None:
            if unit_id not in known:
                unit = structure.get(unit_id) or self._last_known(unit_id)
                groups = self.jurisdiction.groups
                known[unit_id] = next((g for g in groups if unit and g.takes(unit.level, unit.accountability)), None)
            return known[unit_id]

        return group_of

    def _last_known(self, unit_id: str) -> Unit | None:
        return next(reversed(self.jurisdiction.organization.history(unit_id)), None)

    def rank(self, month: Month | None = None) -> Ranking:
        """Rank every unit of the scheme's groups in *month*; without a month the whole file is one period.

        Raises:
            NotInForceError: The score scheme does not hold in that month (``scheme_not_in_force``), or the pack does
                not cover it (``month_not_covered``).
        """
        scheme = self.scheme
        last_day = self.last_day(month)
        if last_day not in self.jurisdiction.coverage:
            what = f"the pack covers {self.jurisdiction.coverage}, not {month or last_day}"
            raise NotInForceError.of("month_not_covered", what, hint="choose a month inside the coverage")
        scheme.check_day(last_day)
        group_of = self.groups(month)
        empty = {rate.id: Tally() for rate in scheme.rates}
        levels = sorted({level for group in scheme.groups for level in group.levels})
        structure = self.jurisdiction.organization.at(last_day)
        units = (unit.id for level in levels for unit in structure.of_level(level))
        counted: dict[str, tuple[int, Mapping[str, Tally]]] = {unit: (0, empty) for unit in units if group_of(unit)}
        counted.update(tally(self.facts(), scheme, group_of, self.bounds(month)))
        return rank(scheme, counted, group_of, "all" if month is None else str(month))

    def dispatches(self, month: Month | None = None) -> tuple[Accuracy, ...]:
        """Return, item by item, how many matters called in the period went to a unit that leads by the list.

        A difference from the list is a figure, not a fault of the record.
        """
        county, bounds = self.jurisdiction, self.bounds(month)
        sent = [
            Dispatch(
                matter=matter.id,
                item=matter.item,
                place=matter.place,
                on=county.day(duty.opened_at),
                unit=duty.unit,
                facts=matter.when,
            )
            for matter in self.matters.values()
            for duty in matter.assignments
            if duty.role in _LEADS and _within(bounds, duty.opened_at)
        ]
        return dispatch_accuracy(county.responsibilities, county.organization, sent)

    def assessed(self, month: Month | None = None) -> Iterator[FactRow]:
        """Yield the rows that can count for a group: its units, in the roles it counts, of duties they kept."""
        group_of = self.groups(month)
        for row in self.facts():
            group = group_of(row.unit) if row.counts else None
            if group is not None and row.role in group.roles:
                yield row

    def figures(self, month: Month | None = None) -> Figures:
        """Return the period in figures."""
        bounds = self.bounds(month)
        matters = list(self.matters.values())
        called = [matter for matter in matters if _within(bounds, _first_call(matter))]
        answers = [answer for matter in called if (answer := _answer(matter)) is not None]
        completed = [row for row in self.assessed(month) if row.number and _within(bounds, row.completed_at)]
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

    def explain_unit(self, unit_id: str, month: Month | None = None) -> Reason | None:
        """Return how a unit came by its score and rank, with its matters; None when it is in no group."""
        group = self.groups(month)(unit_id)
        if group is None:
            return None
        rows = [row for row in self.facts() if row.unit == unit_id and row.role in group.roles]
        reason = self.rank(month).explain(unit_id, rows, self.bounds(month))
        name = self.jurisdiction.unit_label(unit_id)
        title = Label(zh=f"{name.in_('zh')}（{unit_id}）", en=f"{name.in_('en')} ({unit_id})")
        return None if reason is None else Reason(title, reason.source, (reason,))

    def explain_matter(self, matter_id: str) -> Reason | None:
        """Return what is recorded of one matter, and for each duty its due instant, facts and part in the rates."""
        matter = self.matters.get(matter_id)
        if matter is None:
            return None
        return self.tell(matter, [CODEC.decode(envelope) for envelope in self.store.stream(matter_id)])

    def tell(self, matter: Matter, events: Iterable[Recorded | Decided]) -> Reason:
        """Return the story of a matter from its events."""
        rows = [row for row in self.facts() if row.matter == matter.id]
        return Story(self.jurisdiction, RecordRules(self.jurisdiction), self.groups()).tell(matter, events, rows)

    def last_day(self, month: Month | None = None) -> date:
        """Return the day whose organisation and rules answer for a period: its last, or that of `as_of`."""
        end = None if month is None else month.period.end
        return self.jurisdiction.last_day(self.as_of) if end is None else end - timedelta(days=1)


def _within(bounds: Bounds | None, at: datetime | None) -> bool:
    return at is not None and (bounds is None or bounds[0] <= at < bounds[1])


def _first_call(matter: Matter) -> datetime | None:
    return min((duty.opened_at for duty in matter.assignments if duty.opened_by == "called"), default=None)


def _answer(matter: Matter) -> bool | None:
    """Whether the resident was satisfied with every lead that the answer is about; None without an answer."""
    answers = [duty.satisfied for duty in matter.assignments if duty.opened_by == "called"]
    said = [answer for answer in answers if answer is not None]
    return all(said) if said else None
