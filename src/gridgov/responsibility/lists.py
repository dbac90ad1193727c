"""The list itself: what a place's pack holds, and programs ask."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import attrs

from gridgov.errors import Fault
from gridgov.hierarchy import Organization, Structure
from gridgov.responsibility.answers import Responsibility
from gridgov.responsibility.checks import find_faults
from gridgov.responsibility.comparison import Burden, ListDiff, burden_of, diff_lists
from gridgov.responsibility.listing import Listing
from gridgov.responsibility.lookup import Question

__all__ = ["ResponsibilityList"]


@attrs.frozen(eq=False)
class ResponsibilityList(Listing):
    """The list: items, and for each who leads and who supports.

    Args:
        vocabulary: The attributes that conditions of the rows speak of.
        items: In any order.
        duties: In any order.
        coverage: The days the list speaks for; None for all.
        confirmed_until: First day for which nobody has confirmed that the list still holds; None if open.
    """

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
        question = Question(
            listing=self, item=item, place=place, structure=structure, facts=facts, on=on, lenient=lenient
        )
        return question.answer()

    def burden(self, on: date) -> Burden:
        """Return how many items each holder leads on a day: the figure "the subdistrict leads 3 of 104"."""
        return burden_of(self, on)

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
        return list(dict.fromkeys(find_faults(self, organization)))
