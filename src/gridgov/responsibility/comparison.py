"""Comparison: how much each holder leads, and what changed between two days or two lists."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date

import attrs

from gridgov.responsibility.holders import Holder
from gridgov.responsibility.listing import Listing
from gridgov.responsibility.rows import Duty, Role
from gridgov.values import Shown

__all__ = ["Burden", "ListDiff", "burden_of", "diff_lists"]


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
    """What changed between two days of a list, or two lists; ids of items in order.

    Attributes:
        item_changed: Items accepted on one of them only, or with another limit.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    lead_changed: tuple[str, ...]
    support_changed: tuple[str, ...]
    local_changed: tuple[str, ...]
    item_changed: tuple[str, ...]


def burden_of(listed: Listing, on: date) -> Burden:
    """Return how many items each holder leads on a day."""
    items = [item.id for item in listed.items_on(on) if item.accepted]
    led: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for duty in listed.rows(item, on):
            if duty.leads:
                led[str(duty.holder)].add(item)
    return Burden(on=on, items=len(items), led={holder: tuple(sorted(led[holder])) for holder in sorted(led)})


def diff_lists(before: Listing, day: date, after: Listing, other_day: date) -> ListDiff:
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
        local_changed=changed(lambda duty: duty.role is Role.LOCAL),
        item_changed=tuple(
            item for item in sorted(old & new) if _terms(before, item, day) != _terms(after, item, other_day)
        ),
    )


def _terms(listed: Listing, item: str, day: date) -> set[tuple[bool, str]]:
    return {(each.accepted, str(each.limit)) for each in listed.items_on(day) if each.id == item}
