"""Staffing: posts at units, and who holds them, from when to when.

A post is a seat (or several) at a unit: grid head, building head. A matter is held by the post; the person is
looked up on a day. Persons are opaque ids here: their particulars are kept elsewhere and can be erased.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

import attrs
from attrs import field

from gridgov.errors import Fault
from gridgov.hierarchy import Organization, Unit
from gridgov.values import Basis, Citation, Label, Period, Shown, first_gap

__all__ = ["Post", "PostKind", "Posting", "Staff", "Vacancy"]


@attrs.frozen(kw_only=True)
class PostKind:
    """A kind of post: one at every unit of a level.

    Attributes:
        id: Names the kind, such as ``grid-head``.
        label: Its name.
        level: Id of the level whose units have it.
        per_unit: How many persons hold it at once at one unit.
    """

    id: str
    label: Label
    level: str
    per_unit: int = field(default=1, validator=attrs.validators.ge(1))
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Posting:
    """One person's time in a post.

    Attributes:
        kind: Id of the post's kind.
        unit: Id of the unit.
        person: Who, as an opaque id.
        period: The days on which the person holds it.
    """

    kind: str
    unit: str
    person: str
    period: Period
    source: Citation | None = None
    basis: Basis = Basis.STATED

    @property
    def post(self) -> str:
        """The post's own name, ``kind@unit``."""
        return f"{self.kind}@{self.unit}"


@attrs.frozen(kw_only=True)
class Post(Shown):
    """A kind of post at one unit."""

    kind: str
    unit: str
    label: Label
    seats: int = 1

    @property
    def id(self) -> str:
        """The post's own name, ``kind@unit``."""
        return f"{self.kind}@{self.unit}"


@attrs.frozen(kw_only=True)
class Vacancy(Shown):
    """Seats of a post that nobody holds."""

    post: Post
    open: int


@attrs.frozen
class _Roster:
    """Who holds one post, as spans: from each day on, who is seated until the next."""

    days: tuple[date, ...]
    seated: tuple[tuple[Posting, ...], ...]

    @classmethod
    def of(cls, postings: list[Posting]) -> "_Roster":
        ends = {posting.period.end for posting in postings if posting.period.end is not None}
        days = tuple(sorted({posting.period.start for posting in postings} | ends))
        ranked = sorted(postings, key=lambda posting: (posting.period.start, posting.person))
        return cls(days, tuple(tuple(posting for posting in ranked if day in posting.period) for day in days))

    def on(self, day: date) -> tuple[Posting, ...]:
        span = bisect_right(self.days, day) - 1
        return self.seated[span] if span >= 0 else ()

    def faults(self, post: str, seats: int) -> Iterator[Fault]:
        """Find the first day on which a person sits twice, and the first on which more sit than there are seats."""
        terms = list(zip(self.days, self.seated, strict=True))
        twice = (day for day, seated in terms if len({posting.person for posting in seated}) < len(seated))
        for day in islice(twice, 1):
            what = f"a person holds {post} twice on {day}"
            yield Fault("posted_twice", what, post, "join the two postings, or end one before the other begins")
        crowded = ((day, len(seated)) for day, seated in terms if len(seated) > seats)
        for day, held in islice(crowded, 1):
            what = f"{held} persons hold {post} on {day}; it has {seats} seat{'s' if seats > 1 else ''}"
            yield Fault("term_overlap", what, post, "end one posting before the next begins")


def _group_postings(self: "Staff") -> Mapping[tuple[str, str], _Roster]:
    grouped: dict[tuple[str, str], list[Posting]] = defaultdict(list)
    for posting in self.postings:
        grouped[posting.kind, posting.unit].append(posting)
    return {post: _Roster.of(grouped[post]) for post in sorted(grouped)}


@attrs.frozen(eq=False)
class Staff:
    """Posts and postings over an organisation.

    Args:
        kinds: The kinds of post.
        postings: In any order.
        organization: The units at which they are.
    """

    kinds: tuple[PostKind, ...] = field(converter=tuple[PostKind, ...])
    postings: tuple[Posting, ...] = field(converter=tuple[Posting, ...], repr=lambda rows: f"<{len(rows)} postings>")
    organization: Organization = field(repr=False)
    _rosters: Mapping[tuple[str, str], _Roster] = field(
        init=False, repr=False, default=attrs.Factory(_group_postings, takes_self=True)
    )

    def kind(self, kind: str) -> PostKind | None:
        """Return the kind of post with an id; None where there is none."""
        return next((each for each in self.kinds if each.id == kind), None)

    def seated(self, kind: str, unit: str, day: date) -> tuple[Posting, ...]:
        """Return who holds a post on a day, longest-serving first."""
        roster = self._rosters.get((kind, unit))
        return roster.on(day) if roster else ()

    def holder(self, kind: str, unit: str, day: date) -> Posting | None:
        """Return who holds a post on a day, the longest-serving where there are several; None when it is vacant."""
        return next(iter(self.seated(kind, unit, day)), None)

    def holders(self, day: date) -> tuple[Posting, ...]:
        """Return everybody who holds a post on a day, by kind, unit and length of service."""
        return tuple(posting for roster in self._rosters.values() for posting in roster.on(day))

    def count(self, kind: str, day: date) -> int:
        """Return how many seats of a kind are held on a day."""
        return sum(len(roster.on(day)) for (its_kind, _), roster in self._rosters.items() if its_kind == kind)

    def posts(self, day: date) -> tuple[Post, ...]:
        """Return every post there is on a day, by kind and unit."""
        structure = self.organization.at(day)
        return tuple(
            Post(kind=kind.id, unit=unit.id, label=kind.label, seats=kind.per_unit)
            for kind in sorted(self.kinds, key=lambda each: each.id)
            for unit in structure.of_level(kind.level)
        )

    def vacancies(self, day: date) -> tuple[Vacancy, ...]:
        """Return every post with an open seat on a day."""
        open_seats = ((post, post.seats - len(self.seated(post.kind, post.unit, day))) for post in self.posts(day))
        return tuple(Vacancy(post=post, open=seats) for post, seats in open_seats if seats > 0)

    def faults(self) -> list[Fault]:
        """Return everything wrong with kinds and postings.

        Codes: ``duplicate_kind``, ``unknown_level``, ``unknown_kind``, ``unknown_unit``, ``unit_not_in_force`` (on a
        day of the posting), ``wrong_level``, ``term_overlap`` (more persons than seats), ``posted_twice``.
        """
        return [*self._kind_faults(), *self._posting_faults(), *self._seat_faults()]

    def _kind_faults(self) -> Iterator[Fault]:
        seen: set[str] = set()
        levels = {level.id for level in self.organization.levels}
        for kind in self.kinds:
            if kind.id in seen:
                yield Fault("duplicate_kind", f"kind of post {kind.id!r} is declared twice", kind.id)
            seen.add(kind.id)
            if kind.level not in levels:
                yield Fault("unknown_level", f"no level {kind.level!r}", kind.id, "add the level, or mend the post")

    def _posting_faults(self) -> Iterator[Fault]:
        kinds = {kind.id: kind for kind in self.kinds}
        for posting in self.postings:
            kind = kinds.get(posting.kind)
            if kind is None:
                yield Fault(
                    "unknown_kind", f"no kind of post {posting.kind!r}", posting.post, "declare it in the posts"
                )
            history = self.organization.history(posting.unit)
            if not history:
                yield Fault("unknown_unit", f"no unit {posting.unit!r}", posting.post, "mend the unit of the posting")
                continue
            yield from _term_faults(posting, kind, history)

    def _seat_faults(self) -> Iterator[Fault]:
        seats = {kind.id: kind.per_unit for kind in self.kinds}
        for (kind, unit), roster in self._rosters.items():
            if kind in seats:
                yield from roster.faults(f"{kind}@{unit}", seats[kind])


def _term_faults(posting: Posting, kind: PostKind | None, history: tuple[Unit, ...]) -> Iterator[Fault]:
    """Find days of a posting on which its unit is not in force or of another level."""
    day = first_gap((unit.period for unit in history), posting.period)
    if day is not None:
        what = f"{posting.unit!r} is not in force on {day}, a day of the posting"
        yield Fault("unit_not_in_force", what, posting.post, "mend the dates of the posting, or those of the unit")
    for unit in history:
        if kind is not None and unit.level != kind.level and unit.period.overlaps(posting.period):
            what = f"{unit.id!r} is a {unit.level} ({unit.period}); the post belongs to a {kind.level}"
            yield Fault("wrong_level", what, posting.post, "mend the unit of the posting, or the level of the post")
