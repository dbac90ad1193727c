"""What a pack's rules add to records: due instants, and who answers for a matter that nobody called."""

from datetime import date, datetime

from gridgov.calendar import Limit
from gridgov.escalation import Ladder, Policy, Step
from gridgov.facts import FactRules
from gridgov.matters import Assignment, Matter
from gridgov.packs import Jurisdiction
from gridgov.responsibility import HolderKind
from gridgov.values import Reason

__all__ = ["RecordRules"]


class RecordRules:
    """What the pack's rules add to records: due instants, and who answers for a matter never called."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self._county = jurisdiction
        self._levels = () if jurisdiction.scheme is None else jurisdiction.scheme.answers_levels
        self._answering: dict[tuple[str, date], str | None] = {}

    def for_facts(self) -> FactRules:
        """Return the rules as fact rows ask for them."""
        return FactRules(due=self.due, answering=self.answering, declared=self._county.facts.declared)

    def due(self, matter: Matter, assignment: Assignment) -> datetime | None:
        """Return the due instant of an assignment; None where the pack sets no limit."""
        found = self.limit(matter, assignment)
        if found is None:
            return None
        limit, calendar = found
        return self._county.calendar(calendar).due(assignment.opened_at, limit, self._county.counting, lenient=True).at

    def explain_due(self, matter: Matter, assignment: Assignment) -> Reason | None:
        """Return how that due instant was counted."""
        found = self.limit(matter, assignment)
        if found is None:
            return None
        limit, calendar = found
        counting = self._county.counting
        return self._county.calendar(calendar).explain_due(assignment.opened_at, limit, counting, lenient=True)

    def limit(self, matter: Matter, assignment: Assignment) -> tuple[Limit, str] | None:
        """Return the limit that binds an assignment, and the calendar it runs on; None where the pack sets none.

        For the unit that answers for the matter as a whole: the item's own limit, else the promise. For the others:
        that of their step on the ladder, else the item's own.
        """
        policy, day = self._county.policy, self._county.day(assignment.opened_at)
        item = self._county.responsibilities.item(matter.item, day)
        own = None if item is None else item.limit
        if policy is None:
            return None if own is None else (own, "")
        if assignment.role == "answer":
            return own or policy.promise.at(day, lenient=True).value, policy.promise_calendar
        step = self._step(policy, matter, assignment, day)
        if step is not None:
            return step.limit.at(day, lenient=True).value, step.calendar
        return None if own is None else (own, policy.promise_calendar)

    def _step(self, policy: Policy, matter: Matter, assignment: Assignment, day: date) -> Step | None:
        ladder = next((each for each in policy.ladders()[1:] if self._chooses(each, matter)), policy.ordinary)
        unit = self._county.organization.at(day).get(assignment.unit)
        level = "" if unit is None else unit.level
        return next((step for step in ladder.steps if _answers(step, assignment, level)), None)

    def _chooses(self, ladder: Ladder, matter: Matter) -> bool:
        facts = self._county.vocabulary.check(matter.when)
        return bool(ladder.when) and all(cell.holds(facts.get(name)) for name, cell in ladder.when.items())

    def answering(self, matter: Matter) -> str | None:
        """Return the unit that answers for a matter which nobody called; None where the pack names none."""
        key = (matter.place, self._county.day(matter.reported_at))
        if key not in self._answering:
            self._answering[key] = self._answerer(*key)
        return self._answering[key]

    def _answerer(self, place: str, day: date) -> str | None:
        if not self._levels or not place:
            return None
        structure = self._county.organization.at(day)
        return next((unit.id for unit in structure.chain(place) if unit.level in self._levels), None)


def _answers(step: Step, assignment: Assignment, level: str) -> bool:
    """Say whether a step is the one that an assignment stands on: the leads' for a called unit, else its level's."""
    holder = step.holder
    if holder is None:
        return assignment.role != "handle"
    return assignment.role == "handle" and holder.kind is HolderKind.LEVEL and level in holder.words
