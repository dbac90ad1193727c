"""Listing: what stands on a list, and when; everything that asks or checks a list reads it here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import attrs
from attrs import field

from gridgov.conditions import DecisionTable, HitPolicy, Row, Vocabulary
from gridgov.errors import NotInForceError
from gridgov.responsibility.rows import Duty, Item
from gridgov.values import Period

__all__ = ["Listing", "as_rows"]


def as_rows(duties: Iterable[Duty]) -> tuple[Row[Duty], ...]:
    """Return duties as rows of a decision table."""
    return tuple(Row(id=duty.id, when=duty.when, value=duty, period=duty.period, source=duty.source) for duty in duties)


def _group_items(self: "Listing") -> Mapping[str, tuple[Item, ...]]:
    grouped: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(self.items, key=lambda each: each.period.start):
        grouped[item.id].append(item)
    return {key: tuple(grouped[key]) for key in sorted(grouped)}


def _group_duties(self: "Listing") -> Mapping[str, tuple[Duty, ...]]:
    grouped: dict[str, list[Duty]] = defaultdict(list)
    for duty in self.duties:
        grouped[duty.item].append(duty)
    return {key: tuple(rows) for key, rows in grouped.items()}


@attrs.frozen(eq=False)
class Listing:
    """Items, and the duties of each, by day.

    Attributes:
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
        rows = self._rows.get(item, ())
        return rows if on is None else tuple(duty for duty in rows if on in duty.period)

    def covered(self, period: Period) -> Period | None:
        """Return the days of *period* that the list speaks for; None when there are none."""
        return period if self.coverage is None else period.shared(self.coverage)

    def change_days(self) -> tuple[date, ...]:
        """Return the days on which the list changes."""
        periods = [item.period for item in self.items] + [duty.period for duty in self.duties]
        return tuple(sorted({day for period in periods for day in (period.start, period.end) if day is not None}))

    def answering_day(self, on: date, *, lenient: bool) -> tuple[date, bool]:
        """Return the day whose rows answer for a day, and whether that is provisional.

        Raises:
            NotInForceError: The day is not covered (``not_covered``, ``unconfirmed``); not when *lenient*.
        """
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

    def table(self, duties: Sequence[Duty]) -> DecisionTable[Duty]:
        """Return the table that chooses among some of an item's duties, at least one; it is made once."""
        key = tuple(map(id, duties))  # the rows live as long as the list: an identity is never used again
        table = self._tables.get(key)
        if table is None:
            table = DecisionTable(duties[0].item, self.vocabulary, as_rows(duties), HitPolicy.COLLECT)
            self._tables[key] = table
        return table
