"""The lists of a pack: items and duties, posts and who holds them."""

from collections.abc import Callable, Collection, Iterable, Mapping

import attrs

from gridgov.calendar import Limit
from gridgov.conditions import Attribute, Condition, Vocabulary, parse_condition
from gridgov.packs._csv import Header, Table
from gridgov.packs._desk import (
    DATED,
    Desk,
    attempt,
    bases,
    basis_of,
    id_of,
    one_of,
    within,
    word_of,
    yes_or_no,
)
from gridgov.packs._shapes import AttributesFile, AttributeShape, PostsFile
from gridgov.packs._units import Units
from gridgov.packs._wrong import BadValueError, near
from gridgov.responsibility import Duty, Holder, HolderKind, Item, ResponsibilityList, Role
from gridgov.staffing import Posting, PostKind, Staff
from gridgov.values import Label

_ITEMS = Header(
    ("id",),
    ("name", "name_en", "domain", "limit", "accepted", "redirect", "redirect_en", "steps", *DATED),
)
_DUTIES = Header(("item", "role", "holder"), ("id", "duty", "duty_en", "within", "outside", *DATED), prefix="when.")
_POSTINGS = Header(("post", "unit", "person"), DATED)

_UNNAMED = Label(en="?")
_NO_STEPS: tuple[Label, ...] = ()
_NOWHERE: tuple[str, ...] = ()


# --- attributes.toml --------------------------------------------------------------------------------------------


def read_vocabulary(
    desk: Desk, shapes: Mapping[str, AttributeShape], path: str, standard: Iterable[Attribute] = ()
) -> Vocabulary | None:
    """Return declared attributes or facts, after those that are there without a declaration; None when faulty."""
    before = len(desk.faults)
    found = {attribute.name: attribute for attribute in standard}
    for name, shape in shapes.items():
        place = within("attributes.toml", f"{path}.{name}")
        if name in found:
            desk.faults.add("duplicate_attribute", f"{name!r} is there without a declaration", place(""), "drop it")
            continue
        attribute = attempt(desk.faults, place, Attribute, name, shape.type, tuple(shape.words), shape.label)
        if attribute is not None:
            found[name] = attribute
    return Vocabulary(list(found.values())) if len(desk.faults) == before else None


# --- items.csv, duties.csv --------------------------------------------------------------------------------------


@attrs.frozen
class Listed:
    """The list of a pack.

    Attributes:
        responsibilities: The list itself, as far as its rows can be taken.
        items: Every id that the list of items holds, faulty or not; None when the list cannot be read.
    """

    responsibilities: ResponsibilityList
    items: Collection[str] | None

    def item(self, text: str) -> str:
        """Return *text* when it is an item of the pack; raise `BadValueError` otherwise."""
        return text if self.items is None else one_of(text, self.items, "unknown_item", "an item of items.csv")


def read_list(desk: Desk, words: AttributesFile | None, vocabulary: Vocabulary | None, units: Units) -> Listed:
    """Read ``items.csv`` and ``duties.csv``, and check the list they make over every day."""
    table, rows = desk.rows("items.csv", _ITEMS), desk.rows("duties.csv", _DUTIES)
    items = _items(desk, table, words)
    ids = frozenset(table.cells("id")) - {""} if table.whole else None
    duties = _duties(desk, rows, ids, vocabulary, (words, units))
    found = ResponsibilityList(
        Vocabulary() if vocabulary is None else vocabulary,
        tuple(items[row] for row in table.sound()),
        tuple(duties[row] for row in rows.sound()),
        coverage=desk.coverage,
        confirmed_until=None if desk.head is None else desk.head.confirmed_until,
        organization=units.organization,
        zone="UTC" if desk.head is None else desk.head.zone,
    )
    if units.organization is not None and vocabulary is not None and table.is_sound and rows.is_sound:
        places = {f"item {item.id}": table.place(row) for row, item in enumerate(items)}
        places |= {duty.id: rows.place(row) for row, duty in enumerate(duties)}
        for fault in found.faults(units.organization):
            inner = fault.place.partition(" in ")[0]
            desk.faults.extend([fault.at(places.get(inner, inner))])
    return Listed(found, ids)


def _items(desk: Desk, table: Table, words: AttributesFile | None) -> list[Item]:
    domains = None if words is None else words.domains
    columns = zip(
        table.read(id_of, "id", instead=""),
        table.read(desk.named, "name", "name_en", instead=_UNNAMED),
        table.read(_domain(domains), "domain", instead=""),
        table.read(lambda text: Limit.parse(text) if text else None, "limit", instead=None),
        desk.periods(table),
        table.read(yes_or_no("yes"), "accepted", instead=True),
        table.read(desk.label, "redirect", "redirect_en", instead=None),
        table.read(_steps(desk), "steps", instead=_NO_STEPS),
        desk.sources_of(table),
        bases(table),
        strict=True,
    )
    return [
        Item(
            id=key,
            label=label,
            domain=domain,
            limit=limit,
            period=period,
            accepted=accepted,
            redirect=redirect,
            steps=steps,
            source=source,
            basis=basis,
        )
        for key, label, domain, limit, period, accepted, redirect, steps, source, basis in columns
    ]


def _domain(known: Collection[str] | None) -> Callable[[str], str]:
    what = "a domain of attributes.toml"
    return lambda text: text if not text or known is None else one_of(text, known, what=what)


def _steps(desk: Desk) -> Callable[[str], tuple[Label, ...]]:
    def read(text: str) -> tuple[Label, ...]:
        labels = [desk.label(part.strip(), "") for part in text.split("|")] if text else []
        found = tuple(filter(None, labels))
        if len(found) < len(labels):
            raise BadValueError("blank_step", "a step has no words", "part steps by one '|'")
        return found

    return read


def _duties(
    desk: Desk,
    table: Table,
    items: Collection[str] | None,
    vocabulary: Vocabulary | None,
    known: tuple[AttributesFile | None, Units],
) -> list[Duty]:
    words, units = known
    cells = _when(table, vocabulary)
    columns = zip(
        table.read(lambda text: id_of(text) if text else "", "id", instead=""),
        table.read(_listed(items), "item", instead=""),
        table.read(word_of(Role, "role"), "role", instead=Role.LOCAL),
        table.read(holder_reader(words, units), "holder", instead=_NOBODY),
        table.read(desk.label, "duty", "duty_en", instead=None),
        table.read(_areas(units), "within", instead=_NOWHERE),
        table.read(_areas(units), "outside", instead=_NOWHERE),
        desk.periods(table),
        desk.sources_of(table),
        bases(table),
        strict=True,
    )
    return [
        Duty(
            id=key or table.place(row),
            item=item,
            role=role,
            holder=holder,
            label=label,
            when=cells[row],
            within=inside,
            outside=outside,
            period=period,
            source=source,
            basis=basis,
        )
        for row, (key, item, role, holder, label, inside, outside, period, source, basis) in enumerate(columns)
    ]


_NOBODY = Holder(HolderKind.UNIT, ("nobody",))


def _listed(items: Collection[str] | None) -> Callable[[str], str]:
    return lambda text: text if items is None else one_of(text, items, "unknown_item", "an item of items.csv")


def _areas(units: Units) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(units.unit(part) for part in text.split("|")) if text else ()


def holder_reader(words: AttributesFile | None, units: Units) -> Callable[[str], Holder]:
    """Return the reader of a selector whose words the pack knows."""

    def kind(text: str) -> str:
        known = None if words is None else words.kinds
        return text if known is None else one_of(text, known, "unknown_kind", "a kind of attributes.toml")

    readers = {HolderKind.UNIT: units.unit, HolderKind.LEVEL: units.level, HolderKind.STATIONED: kind}

    def read(text: str) -> Holder:
        holder = Holder.parse(text)
        for word in holder.words:
            readers[holder.kind](word)
        return holder

    return read


def _when(table: Table, vocabulary: Vocabulary | None) -> list[dict[str, Condition]]:
    """Return the conditions of each row, from the columns ``when.ATTRIBUTE``."""
    rows: list[dict[str, Condition]] = [{} for _ in range(len(table))]
    for column in table.columns:
        name = column.removeprefix("when.")
        if name == column or vocabulary is None:
            continue
        if name not in vocabulary:
            known = [attribute.name for attribute in vocabulary]
            message = f"there is no attribute {name!r}"
            table.faults.add("unknown_attribute", message, f"{table.name}:{table.top}", near(name, known))
            table.whole = False
            continue
        attribute = vocabulary.attribute(name)
        blank = parse_condition(attribute, "")
        conditions = table.read(_condition(attribute), column, instead=blank)
        for row, condition in enumerate(conditions):
            if condition != blank:
                rows[row][name] = condition
    return rows


def _condition(attribute: Attribute) -> Callable[[str], Condition]:
    return lambda text: parse_condition(attribute, text)


# --- posts.toml, postings.csv -----------------------------------------------------------------------------------


def read_staff(desk: Desk, posts: PostsFile | None, units: Units) -> Staff | None:
    """Read ``postings.csv``; None when the organisation or the posts that it needs are faulty."""
    kinds = [] if posts is None else _kinds(desk, posts)
    table = desk.rows("postings.csv", _POSTINGS)
    postings = _postings(desk, table, None if posts is None else posts.posts, units)
    if units.organization is None or posts is None or len(kinds) < len(posts.posts):
        return None
    staff = Staff(tuple(kinds), tuple(postings[row] for row in table.sound()), units.organization)
    if table.is_sound:
        places = {posting.post: table.place(row) for row, posting in reversed(tuple(enumerate(postings)))}
        places |= {kind.id: f"posts.toml: posts.{kind.id}" for kind in kinds}
        desk.faults.extend(fault.at(places.get(fault.place, fault.place)) for fault in staff.faults())
    return staff


def _kinds(desk: Desk, posts: PostsFile) -> list[PostKind]:
    found = []
    for key, post in posts.posts.items():
        place = within("posts.toml", f"posts.{key}")
        kind = attempt(
            desk.faults,
            place,
            PostKind,
            id=key,
            label=post.label,
            level=post.level,
            per_unit=post.per_unit,
            source=desk.cite(place(""), None, post, posts),
            basis=basis_of(post, posts),
        )
        if kind is not None:
            found.append(kind)
    return found


def _postings(desk: Desk, table: Table, kinds: Collection[str] | None, units: Units) -> list[Posting]:
    columns = zip(
        table.read(_post(kinds), "post", instead=""),
        table.read(units.unit, "unit", instead=""),
        table.read(id_of, "person", instead=""),
        desk.periods(table),
        desk.sources_of(table),
        bases(table),
        strict=True,
    )
    return [
        Posting(kind=kind, unit=unit, person=person, period=period, source=source, basis=basis)
        for kind, unit, person, period, source, basis in columns
    ]


def _post(kinds: Collection[str] | None) -> Callable[[str], str]:
    return lambda text: text if kinds is None else one_of(text, kinds, "unknown_kind", "a post of posts.toml")
