"""Dispatch: where matters were sent, beside where the list sends them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

import attrs

from gridgov.errors import Fault, GridgovError
from gridgov.hierarchy import Organization
from gridgov.responsibility.lists import ResponsibilityList
from gridgov.values import Shown

__all__ = ["Accuracy", "Dispatch", "Judged", "dispatch_accuracy"]


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
        verdict: right (sent to a lead), wrong, unlisted (the list does not know the item, or takes it
            nowhere here) or undecided (the list,
            the place or the facts do not give an answer; `faults` say why).
        expected: Ids of the leads the list names.
    """

    dispatch: Dispatch
    verdict: Verdict
    expected: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@attrs.frozen(kw_only=True)
class Accuracy(Shown):
    """How well an item, or a dispatcher, was dispatched.

    Attributes:
        of: The item or the dispatcher.
        right: Dispatches to a lead.
        total: Dispatches of which the list knows the lead.
        unlisted: Dispatches of items not on the list, or not accepted; in no total.
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
) -> tuple[Accuracy, ...]:
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
            at=dispatch.on,
        )
    except GridgovError as error:
        return Judged(dispatch=dispatch, verdict="undecided", faults=error.faults)
    if answer.unlisted or not answer.accepted:
        return Judged(dispatch=dispatch, verdict="unlisted")
    expected = tuple(lead.unit.id for lead in answer.leads)
    return Judged(dispatch=dispatch, verdict="right" if dispatch.unit in expected else "wrong", expected=expected)


def _tally(key: str, judged: list[Judged]) -> Accuracy:
    counts = Counter(each.verdict for each in judged)
    return Accuracy(
        of=key,
        right=counts["right"],
        total=counts["right"] + counts["wrong"],
        unlisted=counts["unlisted"],
        undecided=counts["undecided"],
        errors=tuple(each for each in judged if each.verdict != "right"),
    )
