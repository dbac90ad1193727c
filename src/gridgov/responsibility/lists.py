"""The list itself: what a place's pack holds, and programs ask."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.errors import Fault, NotInForceError
from gridgov.hierarchy import Organization, Structure
from gridgov.responsibility.answers import Responsibility
from gridgov.responsibility.checks import find_faults
from gridgov.responsibility.comparison import Burden, ListDiff, burden_of, diff_lists
from gridgov.responsibility.listing import Listing
from gridgov.responsibility.lookup import Question
from gridgov.values import local_day

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
        organization: Whose units answer where a question names no structure; None where each question does.
        zone: IANA name of the zone whose midnight turns the day.
    """

    organization: Organization | None = field(default=None, kw_only=True, repr=False)
    zone: str = field(default="UTC", kw_only=True)

    def lookup(
        self,
        item: str,
        *,
        place: str,
        at: date | datetime,
        facts: Mapping[str, object] = MappingProxyType({}),
        structure: Structure | None = None,
        lenient: bool = False,
        undecided: bool = False,
    ) -> Responsibility:
        """Return who answers for an item.

        An item that is not listed is an answer too: it is marked ``unlisted`` and names nobody.

        Args:
            item: Id of the item.
            place: Id of the unit in which the matter lies.
            at: The day whose list answers, or an instant on it.
            facts: Attributes of the matter, such as its scene.
            structure: The organisation from which units are read; None for the list's own, on that day.
            lenient: Answer outside the days covered with the nearest day, marked provisional, instead of refusing.
            undecided: Name nobody, and say so, while a fact that decides is missing, instead of refusing.

        Raises:
            NotInForceError: The list has no organisation and the question gives none (``no_organization``); the
                place is unknown or not in force; no row leads (``no_lead``); a holder does not exist
                for the place (``no_holder``); the day is not covered (``not_covered``, ``unconfirmed``). A level that
                would only support, or has the local duty, may be absent: `Responsibility.left_out` names the row.
            AmbiguousRuleError: A fact that decides is missing (``fact_missing``), several leads answer
                (``rows_overlap``), or a lead also supports (``lead_supports``). The rows are named.
            RefusedError: A fact is not declared, or has a value that is not.
        """
        on = local_day(at, ZoneInfo(self.zone)) if isinstance(at, datetime) else at
        units = structure or self._structure(on)
        question = Question(
            listing=self,
            item=item,
            place=place,
            structure=units,
            facts=facts,
            on=on,
            lenient=lenient,
            undecided=undecided,
        )
        return question.answer()

    def _structure(self, on: date) -> Structure:
        if self.organization is None:
            hint = "give the structure, or make the list with its organisation"
            raise NotInForceError.of("no_organization", "the list knows no units of its own", hint=hint)
        return self.organization.at(on)

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
