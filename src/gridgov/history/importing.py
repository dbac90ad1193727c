"""A file of records read into a log and folded into matters; a log folded again."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from gridgov.errors import GridgovError, NotInForceError
from gridgov.hierarchy import Structure
from gridgov.history.scoring import CODEC, History
from gridgov.matters import ORDER, Matter, Recorded, apply
from gridgov.packs import Jurisdiction, load_map
from gridgov.records import Map, Rejected, read_records, standard_map
from gridgov.stores import MemoryStore, Store, Write
from gridgov.values import aware, midnight

__all__ = ["import_history", "replay"]


_DAYS = 1_024  # rows that stand together lie on few days


@attrs.frozen
class KnownNames:
    """What the readers ask of a jurisdiction."""

    jurisdiction: Jurisdiction
    _items: frozenset[str] = attrs.field(init=False)
    _on: Callable[[date], Structure] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_items", frozenset(item.id for item in self.jurisdiction.responsibilities.items))
        object.__setattr__(self, "_on", lru_cache(_DAYS)(self.jurisdiction.organization.at))

    def place(self, id: str, day: date, /) -> bool:  # noqa: A002 - the word
        """Whether matters may lie in a unit on a day."""
        try:
            return id in self._on(day)
        except NotInForceError:
            return False  # nothing is known of that day

    def unit(self, id: str, day: date, /) -> bool:  # noqa: A002 - the word
        """Whether a unit may have a duty on a day."""
        return self.place(id, day)

    def item(self, id: str, /) -> bool:  # noqa: A002 - the word
        """Whether an item is listed, on whatever day."""
        return id in self._items

    def fact(self, name: str, text: str, /) -> object:
        """Return a declared fact's value."""
        return self.jurisdiction.facts.declared.parse_fact(name, text)

    def attribute(self, name: str, text: str, /) -> object:
        """Return a declared attribute's value."""
        return self.jurisdiction.vocabulary.parse_fact(name, text)


def import_history(
    jurisdiction: Jurisdiction,
    file: str | Path,
    *,
    map_name: str | None = None,
    as_of: datetime | None = None,
    progress: Callable[[int], object] | None = None,
) -> History:
    """Read a file of matters or happenings into a log and fold it into matters.

    Args:
        jurisdiction: Whose rules and units hold.
        file: A path, or the name of a register that the pack carries.
        map_name: A map of the pack, the path of one, or ``standard`` for the standard columns; None for the
            register's, else the pack's default, else the standard columns.
        as_of: Up to when things are known, aware; None for the latest instant of what was taken, or the first
            covered day where nothing was.
        progress: Called now and then with the number of rows read since the last call.

    Raises:
        RecordError: The file cannot be used at all.
        PackError: The map cannot.
    """
    path, map_ = _source(jurisdiction, file, map_name)
    records: list[Recorded] = []
    rejected: list[Rejected] = []
    for row in read_records(path, map_, KnownNames(jurisdiction), progress=progress):
        if isinstance(row, Recorded):
            records.append(row)
        else:
            rejected.append(row)
    told = records if as_of is None else _told(records, aware(as_of, "as_of"))
    matters, writes, refused = _fold(told)
    start = midnight(jurisdiction.coverage.start, ZoneInfo(jurisdiction.zone))
    known_until = max((matter.last_at for matter in matters.values()), default=start) if as_of is None else aware(as_of)
    store = MemoryStore()
    if writes:
        store.append(writes, command_id="import", actor="import", edition=jurisdiction.edition, recorded_at=known_until)
    return History(
        jurisdiction=jurisdiction,
        source=path.name,
        as_of=known_until,
        rows=len(records) + len(rejected),
        later=len(records) - len(told),
        matters=matters,
        rejected=tuple(sorted((*rejected, *refused), key=lambda row: row.line)),
        store=store,
    )


def replay(jurisdiction: Jurisdiction, store: Store, *, source: str, as_of: datetime) -> History:
    """Return the history that a log holds: equal to the one that wrote it, but for rows set aside or rejected.

    Raises:
        StoreError: The log holds an event that is none of a matter.
    """
    matters: dict[str, Matter] = {}
    rows = 0
    for envelope in store.feed():
        event = CODEC.decode(envelope)
        matters[envelope.stream] = apply(matters.get(envelope.stream), event)
        rows += 1
    return History(
        jurisdiction=jurisdiction,
        source=source,
        as_of=as_of,
        rows=rows,
        later=0,
        matters=matters,
        rejected=(),
        store=store,
    )


def _source(jurisdiction: Jurisdiction, file: str | Path, map_name: str | None) -> tuple[Path, Map]:
    """Return the file to read and the map to read it with."""
    register = jurisdiction.register(file)
    path = register.file
    name = map_name or register.map or jurisdiction.default_map
    if name in jurisdiction.maps:
        return path, jurisdiction.maps[name]
    if name and name != "standard":
        return path, load_map(name, jurisdiction.zone, known=(*jurisdiction.maps, "standard"))
    facts = (fact.name for fact in jurisdiction.facts.declared)
    attributes = (attribute.name for attribute in jurisdiction.vocabulary)
    return path, standard_map(path, jurisdiction.zone, facts=facts, attributes=attributes)


def _told(records: Iterable[Recorded], as_of: datetime) -> list[Recorded]:
    """Return what *records* say of the time up to *as_of*."""
    return [cut for record in records if (cut := _until(record, as_of)) is not None]


def _until(record: Recorded, as_of: datetime) -> Recorded | None:
    """Return what *record* says of the time up to *as_of*; None when it says nothing of it."""
    if all(h.at is None or h.at <= as_of for h in record.happenings):
        return record
    known = tuple(h for h in record.happenings if h.at is not None and h.at <= as_of)
    return attrs.evolve(record, happenings=known) if known else None


def _fold(records: Iterable[Recorded]) -> tuple[dict[str, Matter], list[Write], list[Rejected]]:
    """Apply records matter by matter, in order of time; return states, what the log keeps, and what cannot be."""
    by_matter: dict[str, list[Recorded]] = {}
    for record in records:
        by_matter.setdefault(record.matter, []).append(record)
    for rows in by_matter.values():
        if len(rows) > 1:
            rows.sort(key=_in_time)
    matters: dict[str, Matter] = {}
    writes: list[Write] = []
    refused: list[Rejected] = []
    for name in sorted(by_matter, key=lambda each: (by_matter[each][0].at, each)):
        state, kept = _apply_all(by_matter[name], refused)
        if state is not None:
            matters[name] = state
            writes.append(Write(name, 0, tuple(CODEC.encode(record) for record in kept)))
    return matters, writes, refused


def _apply_all(records: Iterable[Recorded], refused: list[Rejected]) -> tuple[Matter | None, list[Recorded]]:
    state: Matter | None = None
    kept: list[Recorded] = []
    for record in records:
        try:
            state = apply(state, record)
        except GridgovError as error:
            fault = error.faults[0]
            refused.append(Rejected(record.line, "", record.matter, fault.code, fault.message))
        else:
            kept.append(record)
    return state, kept


def _in_time(record: Recorded) -> tuple[object, ...]:
    """Order the rows of a matter by what they say, so that their order in the file decides nothing."""
    first = record.happenings[0]
    said = (first.unit, first.role, first.reason, str(first.satisfied), str(first.due_at), sorted(first.facts.items()))
    of_matter = (record.item, record.place, record.channel, sorted(record.when.items()))
    return record.at, ORDER.get(first.what, 0), *said, *of_matter, record.line
