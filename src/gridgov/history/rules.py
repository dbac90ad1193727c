"""What a pack's rules add to records: due instants, and who answers for a matter that nobody called."""

from datetime import date

import attrs

from gridgov.calendar import Due, Limit
from gridgov.escalation import Policy, Step
from gridgov.facts import FactRules
from gridgov.hierarchy import Structure
from gridgov.matters import Assignment, Matter
from gridgov.packs import Jurisdiction
from gridgov.responsibility import HolderKind
from gridgov.values import Reason

__all__ = ["RecordRules"]


@attrs.frozen
class BoundLimit:
    """The limit that binds a duty, and the calendar it runs on; provisional when it is not confirmed for the day."""

    limit: Limit
    calendar: str = ""
    provisional: bool = False


class RecordRules:
    """What the pack's rules add to records: due instants, and who answers for a matter never called."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self._county = jurisdiction
        self._levels = () if jurisdiction.scheme is None else jurisdiction.scheme.answers_levels
        self._answering: dict[tuple[str, date], str | None] = {}

    def for_facts(self, *, meetings: bool = True) -> FactRules:
        """Return the rules as fact rows ask for them; *meetings*: the source records meetings."""
        declared = self._county.facts.declared
        return FactRules(due=self.due, answering=self.answering, declared=declared, meetings=meetings)

    def due(self, matter: Matter, assignment: Assignment) -> Due | None:
        """Return the due instant of an assignment; None where the pack sets no limit."""
        bound = self.limit(matter, assignment)
        if bound is None:
            return None
        calendar = self._county.calendar(bound.calendar)
        due = calendar.due(assignment.opened_at, bound.limit, self._county.counting, lenient=True)
        return attrs.evolve(due, provisional=due.provisional or bound.provisional)

    def explain_due(self, matter: Matter, assignment: Assignment) -> Reason | None:
        """Return how that due instant was counted."""
        bound = self.limit(matter, assignment)
        if bound is None:
            return None
        calendar, counting = self._county.calendar(bound.calendar), self._county.counting
        return calendar.explain_due(assignment.opened_at, bound.limit, counting, lenient=True)

    def limit(self, matter: Matter, assignment: Assignment) -> BoundLimit | None:
        """Return the limit that binds an assignment; None where the pack sets none.

        For the unit that answers for the matter as a whole: the item's own limit, else the promise. For the others:
        that of their step on the ladder, else the item's own. The rules of the day on which the matter was reported
        hold: it is pinned to them.
        """
        policy, day = self._county.policy, self._county.day(matter.reported_at)
        item = self._county.responsibilities.item(matter.item, day)
        own = None if item is None else item.limit
        if policy is None:
            return None if own is None else BoundLimit(own)
        found = None
        if assignment.role == "answer":
            found, calendar = policy.promise, policy.promise_calendar
        elif (step := self._step(policy, matter, assignment)) is not None:
            found, calendar = step.limit, step.calendar
        if found is None or (assignment.role == "answer" and own is not None):
            return None if own is None else BoundLimit(own, policy.promise_calendar)
        rule = found.at(day, lenient=True)
        return BoundLimit(rule.value, calendar, rule.provisional)

    def _step(self, policy: Policy, matter: Matter, assignment: Assignment) -> Step | None:
        facts = self._county.vocabulary.check(matter.when)
        ladder = next((each for each in policy.ladders()[1:] if each.chooses(facts)), policy.ordinary)
        structure = self._county.organization.at(self._county.day(assignment.opened_at))
        return next((step for step in ladder.steps if _answers(step, matter, assignment, structure)), None)

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


def _answers(step: Step, matter: Matter, assignment: Assignment, structure: Structure) -> bool:
    """Say whether a step is the one that an assignment stands on: the leads' for a called unit, else its holder's."""
    holder = step.holder
    if holder is None or assignment.role != "handle":
        return holder is None and assignment.role != "handle"
    unit = structure.get(assignment.unit)
    if holder.kind is HolderKind.LEVEL:
        return unit is not None and unit.level in holder.words
    return matter.place in structure and holder.find(structure, matter.place) == unit
