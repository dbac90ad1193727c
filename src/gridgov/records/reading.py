"""Rows of a foreign file, read through a map: what each says happened, or why it cannot be taken.

The map is compiled once into small functions; then every row is one pass over them. Texts go through untouched,
formulas and markup too: whoever writes them out escapes them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NoReturn, Protocol, TypeAlias

import attrs

from gridgov.errors import GridgovError
from gridgov.matters import Happening, Recorded
from gridgov.records.files import Bad, Rows, Source, open_rows
from gridgov.records.maps import (
    CHOICES,
    NEEDED,
    Column,
    Constant,
    First,
    Map,
    Other,
    Shape,
    UnknownItem,
    UnknownPlace,
    Verb,
    Words,
    columns_of,
    near,
)
from gridgov.records.times import BadTime, LocalTimes
from gridgov.values import Shown, is_id, name_fault

__all__ = ["Known", "Rejected", "read_records", "standard_map"]

Cells: TypeAlias = Sequence[str]
Getter: TypeAlias = Callable[[Cells], str]
Instant: TypeAlias = Callable[[Cells], datetime | None]

_REMEMBERED = 65_536
_INSTANTS = 1_024  # the same time stands twice in a row, seldom in two rows
_SHOWN = 500
_EVERY = 1_000
_OPENS = frozenset({"assigned", "called", "passed_up"})
_REASONED = frozenset({"excluded", "returned", "withdrawn"})
_CODE_DIGITS = (12, 9, 6)
"""Digits of village, township and county in a national division code (GB/T 10114, 2-2-2-3-3)."""


class Known(Protocol):
    """What a jurisdiction knows: of units it is asked on every row, of items and words once for each new one."""

    def place(self, unit: str, day: date, /) -> bool:
        """Whether matters may lie in *unit* on *day*."""
        ...

    def unit(self, unit: str, day: date, /) -> bool:
        """Whether *unit* is a unit that may have a duty on *day*."""
        ...

    def item(self, item: str, /) -> bool:
        """Whether *item* is in the list of items, on whatever day."""
        ...

    def fact(self, name: str, text: str, /) -> object:
        """Return the value of a declared fact; `GridgovError` when there is no such fact or value."""
        ...

    def attribute(self, name: str, text: str, /) -> object:
        """Return the value of a declared attribute; `GridgovError` when there is no such attribute or value."""
        ...


@attrs.frozen
class Rejected(Shown):
    """A row that cannot be taken.

    Attributes:
        line: The row's first line in the file, counted from 1.
        column: The file's column that it concerns; empty for the row as a whole.
        value: What stands there. It may name a person: keep it private.
        code: A stable word for programs.
        message: A sentence for people, without the value.
    """

    line: int
    column: str
    value: str
    code: str
    message: str


def read_records(
    source: Source,
    map: Map,  # noqa: A002 - the word of packs and of the command line
    known: Known,
    *,
    name: str = "",
    progress: Callable[[int], object] | None = None,
) -> Iterator[Recorded | Rejected]:
    """Read a file of matters or happenings, in bounded memory.

    Args:
        source: A path, or a stream of bytes: CSV or JSON lines, either of them plain or gzipped.
        map: How its rows become records.
        known: Which units, items, facts and attributes there are.
        name: What records call their source; the file's name if empty.
        progress: Called now and then with the number of rows read since the last call.

    Returns:
        For each row that is not blank, in the order of the file, a `Recorded` or a `Rejected`. Codes of rejected
        rows: ``ragged_row``, ``bad_quotes``, ``field_too_long``, ``row_too_long``, ``bad_json``, ``nested_value``;
        ``missing_matter``, ``bad_id``, ``duplicate_matter``, ``missing_time``, ``bad_time``, ``time_skipped``,
        ``time_ambiguous``, ``out_of_order``, ``unknown_unit``, ``missing_unit``, ``unknown_place``,
        ``unknown_item``, ``unknown_word``, ``missing_word``, ``contradiction``, ``bad_text``, and those of facts.

    Raises:
        RecordError: The file cannot be used at all; see `gridgov.records.files.open_rows`. Broken text deep inside a
            long file is met only while rows are read.
    """
    wanted = map.source_columns
    required = {column for name in NEEDED[map.shape] for column in columns_of(map.columns[name])}
    rows = open_rows(
        source,
        wanted=wanted,
        needed=frozenset(required if map.optional_columns else wanted),
        delimiter=map.delimiter,
        encoding=map.encoding,
    )
    named = name or (Path(source).name if isinstance(source, str | Path) else "stream")
    shapes = {Shape.MATTERS: _Matters, Shape.HAPPENINGS: _Happenings}
    return _records(rows, shapes[map.shape](map, known, named), progress)


def standard_map(source: str | Path, zone: str, *, facts: Iterable[str] = (), attributes: Iterable[str] = ()) -> Map:
    """Return the map of a file that needs none: it has the standard columns under their own names.

    Its shape shows in its first row that can be read: a row of happenings says ``what`` happened.

    Args:
        source: The file.
        zone: IANA name of the zone of times without an offset.
        facts: Declared facts, read from columns ``fact.<name>``.
        attributes: Declared attributes, read from columns ``when.<name>``.

    Raises:
        RecordError: The file cannot be used at all.
    """
    rows = open_rows(source, wanted=("what",), needed=frozenset(), delimiter=",", encoding="utf-8")
    with closing(rows):
        told = next((row[0] for _, row in rows if not isinstance(row, Bad)), "")
    shape = Shape.HAPPENINGS if told.strip() else Shape.MATTERS
    return Map.standard(shape, zone, facts=facts, attributes=attributes)


def _records(rows: Rows, taker: "_Taker", progress: Callable[[int], object] | None) -> Iterator[Recorded | Rejected]:
    count = 0
    take = taker.take
    for line, row in rows:
        count += 1
        if progress is not None and count % _EVERY == 0:
            progress(_EVERY)
        if isinstance(row, Bad):
            yield _rejected(line, row)
            continue
        try:
            record = take(line, row)
        except _RowError as error:
            yield _rejected(line, error.bad)
        else:
            yield record
    if progress is not None and count % _EVERY:
        progress(count % _EVERY)


def _rejected(line: int, bad: Bad) -> Rejected:
    value = bad.value if len(bad.value) <= _SHOWN else bad.value[: _SHOWN - 1] + "…"
    return Rejected(line, bad.column, value, bad.code, bad.message)


class _RowError(Exception):
    """The row that is being read cannot be taken."""

    def __init__(self, bad: Bad) -> None:
        super().__init__()
        self.bad = bad


def _blank(_: Cells) -> str:
    return ""


def _no_instant(_: Cells) -> datetime | None:
    return None


class _Taker(ABC):
    """A compiled map: the functions that read one row."""

    def __init__(self, map: Map, known: Known, source: str) -> None:  # noqa: A002
        self.map = map
        self.known = known
        self.source = source
        self.places = {name: place for place, name in enumerate(map.source_columns)}
        self.blanks = frozenset(text.strip() for text in map.blanks) | {""}
        self.local = LocalTimes(map.times, map.zone, map.ambiguous.value)
        self.instants: dict[str, datetime] = {}
        self.is_unit = known.unit
        self.is_place = known.place
        self.is_item = known.item
        self.matter = self.matter_id()
        self.item = self.item_id()
        self.channel = self.name_of("channel")
        self.unit = self.remembered("unit", self.getter("unit"))
        self.role = self.choice("role")
        self.satisfied = self.choice("satisfied")
        self.place_parts = self.place_candidates()
        self.facts = self.declared("fact", known.fact)
        self.when = self.declared("when", known.attribute)

    @abstractmethod
    def take(self, line: int, row: Cells) -> Recorded:
        """Return what the row says; `_RowError` when it cannot be taken."""
        ...

    # --- refusing -------------------------------------------------------------------------------------------

    def refuse(self, name: str, row: Cells, code: str, message: str) -> NoReturn:
        """Reject the row for what stands under the standard column *name*."""
        verb = self.map.columns.get(name, Constant(""))
        columns = list(columns_of(verb))
        said = [column for column in columns if row[self.places[column]].strip() not in self.blanks]
        column = (said or columns or [name])[0]
        value = row[self.places[column]] if columns else ""
        raise _RowError(Bad(code, message, column, value))

    # --- texts ----------------------------------------------------------------------------------------------

    def getter(self, name: str) -> Getter:
        """Return the function that gives the text of a standard column; blank where the map does not name it."""
        verb = self.map.columns.get(name)
        return _blank if verb is None else self.compiled(name, verb)

    def compiled(self, name: str, verb: Verb) -> Getter:
        if isinstance(verb, Constant):
            text = verb.text
            return lambda _: text
        get = self.cell(verb) if isinstance(verb, Column) else self.first(name, verb)
        return get if verb.words is None else self.translated(name, get, verb.words)

    def remembered(self, name: str, get: Getter) -> Getter:
        """Return *get*, its answers remembered by the raw cell where the standard column reads a single one.

        For columns of few words: one look into a dict then takes the place of all the steps that *get* is made of.
        """
        columns = list(columns_of(self.map.columns.get(name, Constant(""))))
        if len(columns) != 1:
            return get
        place = self.places[columns[0]]
        known: dict[str, str] = {}

        def read(row: Cells) -> str:
            cell = row[place]
            text = known.get(cell)
            if text is None:
                text = get(row)
                if len(cell) <= _SHOWN and len(known) < _REMEMBERED:
                    known[cell] = text
            return text

        return read

    def cell(self, column: Column) -> Getter:
        place, blanks = self.places[column.name], self.blanks

        def get(row: Cells) -> str:
            text = row[place].strip()
            return text if text not in blanks else ""

        return get

    def first(self, name: str, verb: First) -> Getter:
        parts = [self.compiled(name, part) for part in verb.parts]
        return lambda row: next(filter(None, (part(row) for part in parts)), "")

    def translated(self, name: str, get: Getter, words: Words) -> Getter:
        meanings = {word.strip(): meaning for word, meaning in words.meanings.items()}
        other = words.other

        def translate(row: Cells) -> str:
            text = get(row)
            meaning = meanings.get(text)
            if meaning is not None:
                return meaning
            if not text or other is Other.KEEP:
                return text
            if other is Other.REJECT:
                hint = near(text, meanings, 0.8)
                message = f"the map has no such word for {name!r}"
                self.refuse(name, row, "unknown_word", f"{message}: {hint}" if hint else message)
            return "" if isinstance(other, Other) else other

        return translate

    def choice(self, name: str) -> Getter:
        """Return the getter of a standard column whose words are closed."""
        get, choices = self.getter(name), CHOICES[name]
        if isinstance(self.map.columns.get(name, Constant("")), Constant):
            return get  # the map has checked its word

        def choose(row: Cells) -> str:
            text = get(row)
            if text and text not in choices:
                self.refuse(name, row, "unknown_word", f"{name!r} is one of {', '.join(sorted(choices))}")
            return text

        return self.remembered(name, choose)

    def name_of(self, name: str) -> Getter:
        """Return the getter of a short text."""

        def fault_of(text: str) -> str | None:
            fault = name_fault(text)
            return None if fault is None else f"the text of {name!r} {fault}"

        return self.tested(name, "bad_text", fault_of)

    def code_of(self, name: str) -> Getter:
        """Return the getter of a code word: the log keeps it for good, so it is no place for a free text."""
        fault = f"{name!r} is a code word, not a text: give the map's words for it"
        return self.tested(name, "bad_id", lambda text: None if is_id(text) else fault)

    def tested(self, name: str, code: str, fault_of: Callable[[str], str | None]) -> Getter:
        get = self.getter(name)

        def check(row: Cells) -> str:
            text = get(row)
            fault = fault_of(text) if text else None
            if fault is not None:
                self.refuse(name, row, code, fault)
            return text

        return self.remembered(name, check)

    def matter_id(self) -> Getter:
        get = self.getter("matter")

        def check(row: Cells) -> str:
            text = get(row)
            if not is_id(text):
                self.refuse("matter", row, "bad_id" if text else "missing_matter", _NO_ID if text else _NO_MATTER)
            return text

        return check

    def item_id(self) -> Getter:
        get, keep = self.getter("item"), self.map.unknown_item is UnknownItem.KEEP

        def check(row: Cells) -> str:
            text = get(row)
            if text and not self.is_item(text):
                if not is_id(text):
                    self.refuse("item", row, "bad_id", _NO_ID)
                if not keep:
                    self.refuse("item", row, "unknown_item", "the item is not in the list")
            return text

        return self.remembered("item", check)

    # --- units ----------------------------------------------------------------------------------------------

    def place_candidates(self) -> tuple[Getter, ...]:
        verb = self.map.columns.get("place")
        if verb is None:
            return ()
        if isinstance(verb, First) and verb.words is None:
            return tuple(self.compiled("place", part) for part in verb.parts)
        return (self.compiled("place", verb),)

    def place(self, row: Cells, day: date) -> str:
        """Return the first candidate that is a known unit; blank where none says anything."""
        said = ""
        nearest = self.map.unknown_place is UnknownPlace.NEAREST
        for get in self.place_parts:
            text = get(row)
            if not text:
                continue
            if self.is_place(text, day):
                return text
            above = self.above(text, day) if nearest else ""
            if above:
                return above
            said = text
            if not nearest:
                break
        if said:
            self.refuse("place", row, "unknown_place", f"no unit of that id is known on {day}")
        return ""

    def above(self, text: str, day: date) -> str:
        """Return the nearest known unit above an official division code; blank if there is none."""
        if not (text.isascii() and text.isdecimal() and len(text) in {15, *_CODE_DIGITS}):
            return ""
        shorter = (text[:digits] for digits in _CODE_DIGITS if digits < len(text))
        return next((code for code in shorter if self.is_place(code, day)), "")

    def known_unit(self, row: Cells, day: date) -> str:
        text = self.unit(row)
        if text and not self.is_unit(text, day):
            self.refuse("unit", row, "unknown_unit", f"no unit of that id is known on {day}")
        return text

    # --- times ----------------------------------------------------------------------------------------------

    def time(self, name: str) -> Instant:
        """Return the function that gives the instant of a standard column; None where nothing is said."""
        if name not in self.map.columns:
            return _no_instant
        get, known, instant = self.getter(name), self.instants, self.local.instant

        def read(row: Cells) -> datetime | None:
            text = get(row)
            at = known.get(text)
            if at is None and text:
                try:
                    at = instant(text)
                except BadTime as error:
                    self.refuse(name, row, error.code, error.message)
                if len(known) >= _INSTANTS:
                    known.clear()
                known[text] = at
            return at

        return read

    # --- facts and attributes -------------------------------------------------------------------------------

    def declared(self, kind: str, parse: Callable[[str, str], object]) -> Callable[[Cells], Mapping[str, str]]:
        """Return the function that gives the texts of declared facts or attributes, each checked."""
        names = [name for family, name in self.map.declared if family == kind]
        getters = [(name, self.getter(f"{kind}.{name}")) for name in names]
        check = lru_cache(_REMEMBERED)(parse)

        def read(row: Cells) -> Mapping[str, str]:
            given = {name: text for name, get in getters if (text := get(row))}
            for name, text in given.items():
                try:
                    check(name, text)
                except GridgovError as error:
                    self.refuse(f"{kind}.{name}", row, error.code, f"the text is no value of {name!r}")
            return given

        return read if names else lambda _: _NOTHING


_NOTHING: Mapping[str, str] = {}
_NO_MATTER = "the row names no matter"
_NO_ID = "an id has 1 to 64 ASCII letters, digits, '.', '_', '-', the first a letter or digit"
_JUDGED: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}


class _Matters(_Taker):
    """Reads rows of matters."""

    def __init__(self, map: Map, known: Known, source: str) -> None:  # noqa: A002
        super().__init__(map, known, source)
        self.seen: set[str] = set()
        self.reported_at = self.time("reported_at")
        self.assigned_at = self.time("assigned_at")
        self.due_at = self.time("due_at")
        self.completed_at = self.time("completed_at")
        self.answered_at = self.time("answered_at")
        self.closed_at = self.time("closed_at")
        steps = [("signed", "signed_at"), ("contacted", "contacted_at"), ("met", "met_at")]
        self.steps = [(what, name, self.time(name)) for what, name in steps if name in map.columns]
        self.outcome = self.choice("outcome")
        self.status = self.choice("status")
        self.excluded = self.code_of("excluded")
        of_unit = ("assigned_at", "due_at", *(name for _, name, _ in self.steps), "completed_at", "answered_at")
        self.of_unit = [name for name in (*of_unit, "outcome", "satisfied") if name in map.columns]

    def take(self, line: int, row: Cells) -> Recorded:
        matter = self.matter(row)
        if matter in self.seen:
            self.refuse("matter", row, "duplicate_matter", "an earlier row has the same matter")
        reported_at = self.reported_at(row)
        if reported_at is None:
            self.refuse("reported_at", row, "missing_time", "the row does not say when the matter was reported")
        day = self.local.day(reported_at)
        happenings = [Happening("reported", reported_at)]
        unit = self.known_unit(row, day)
        if unit:
            self.duty(row, unit, reported_at, happenings)
        else:
            self.no_duty(row)
        self.ending(row, reported_at, happenings)
        record = Recorded(
            source=self.source,
            line=line,
            matter=matter,
            item=self.item(row),
            place=self.place(row, day),
            channel=self.channel(row),
            when=self.when(row),
            happenings=tuple(happenings),
        )
        self.seen.add(matter)
        return record

    def duty(self, row: Cells, unit: str, reported_at: datetime, happenings: list[Happening]) -> None:
        """Add what happened to the unit's duty."""
        opened_at = self.assigned_at(row) or reported_at
        if opened_at < reported_at:
            self.refuse("assigned_at", row, "out_of_order", "it was assigned before it was reported")
        role, due_at, facts = self.role(row), self.due_at(row), self.facts(row)
        # Who stands in a row per matter is who answers for it.
        happenings.append(Happening("assigned", opened_at, unit, role or "lead", due_at, None, "", facts))
        for what, name, time in self.steps:
            at = time(row)
            if at is not None:
                self.check_order(row, name, opened_at, at)
                happenings.append(Happening(what, at, unit))
        self.result(row, unit, opened_at, happenings)

    def result(self, row: Cells, unit: str, opened_at: datetime, happenings: list[Happening]) -> None:
        """Add how the unit's duty ended, and what the resident said of it."""
        outcome, ended_at = self.outcome(row), self.completed_at(row)
        if ended_at is not None:
            self.check_order(row, "completed_at", opened_at, ended_at)
            happenings.append(Happening(outcome or "completed", ended_at, unit))
        elif outcome == "completed":
            self.refuse("outcome", row, "missing_time", "it was completed, and the row does not say when")
        elif outcome:
            happenings.append(Happening(outcome, None, unit))
        answered_at, satisfied = self.answered_at(row), self.satisfied(row)
        if answered_at is not None:
            self.check_order(row, "answered_at", opened_at, answered_at)
        if answered_at is not None or satisfied:
            happenings.append(Happening("answered", answered_at, unit, "", None, _JUDGED[satisfied]))

    def no_duty(self, row: Cells) -> None:
        """Refuse a row that tells of a duty and names no unit."""
        for name in self.of_unit:
            text = self.getter(name)(row)
            if text:
                self.refuse("unit", row, "missing_unit", f"the row gives {name!r} and names no unit")

    def ending(self, row: Cells, reported_at: datetime, happenings: list[Happening]) -> None:
        """Add how the matter itself ended."""
        closed_at, status, excluded = self.closed_at(row), self.status(row), self.excluded(row)
        if excluded:
            happenings.append(Happening("excluded", reason=excluded))
        if closed_at is None:
            if status in {"closed", "withdrawn"}:
                self.refuse("status", row, "missing_time", f"it is {status}, and the row does not say since when")
            return
        if status in {"open", "completed"}:
            self.refuse("status", row, "contradiction", f"it is {status}, and the row says when it was closed")
        self.check_order(row, "closed_at", reported_at, closed_at)
        happenings.append(Happening("withdrawn" if status == "withdrawn" else "closed", closed_at))

    def check_order(self, row: Cells, name: str, opened_at: datetime, at: datetime) -> None:
        if at < opened_at:
            self.refuse(name, row, "out_of_order", f"{name!r} lies before the matter or the duty was opened")


class _Happenings(_Taker):
    """Reads rows of happenings."""

    def __init__(self, map: Map, known: Known, source: str) -> None:  # noqa: A002
        super().__init__(map, known, source)
        self.seen: set[str] = set()
        self.what = self.choice("what")
        self.at = self.time("at")
        self.due_at = self.time("due_at")
        self.reason = self.code_of("reason")
        self.repeats_report = "reported_at" in map.columns
        self.reported_at = self.time("reported_at")

    def take(self, line: int, row: Cells) -> Recorded:
        matter, what, at = self.matter(row), self.what(row), self.at(row)
        if not what:
            self.refuse("what", row, "missing_word", "the row does not say what happened")
        if at is None:
            self.refuse("at", row, "missing_time", "the row does not say when it happened")
        day = self.local.day(at)
        unit = self.known_unit(row, day)
        if what in _OPENS and not unit:
            self.refuse("unit", row, "missing_unit", f"{what!r} needs a unit")
        happenings = (*self.opening(row, matter, what, at, unit), self.happening(row, what, at, unit))
        record = Recorded(
            source=self.source,
            line=line,
            matter=matter,
            item=self.item(row),
            place=self.place(row, day),
            channel=self.channel(row),
            when=self.when(row),
            happenings=happenings,
        )
        self.seen.add(matter)
        return record

    def opening(self, row: Cells, matter: str, what: str, at: datetime, unit: str) -> tuple[Happening, ...]:
        """Return what the first row of a matter opens, in a file that repeats the report on every row."""
        if not self.repeats_report or matter in self.seen or what == "reported":
            return ()
        reported_at = self.reported_at(row)
        if reported_at is None and self.map.optional_columns:
            return ()  # the report is a row of its own, wherever it stands
        if reported_at is None:
            self.refuse("reported_at", row, "missing_time", "the row does not say when the matter was reported")
        if at < reported_at:
            self.refuse("at", row, "out_of_order", f"{what!r} lies before the matter was reported")
        reported = Happening("reported", reported_at)
        if not unit or what in _OPENS:
            return (reported,)
        return (reported, Happening("assigned", reported_at, unit, self.role(row), self.due_at(row)))

    def happening(self, row: Cells, what: str, at: datetime, unit: str) -> Happening:
        opens, judged = what in _OPENS, what == "answered"
        return Happening(
            what,
            at,
            unit,
            self.role(row) if opens else "",
            self.due_at(row) if opens else None,
            _JUDGED[self.satisfied(row)] if judged else None,
            self.reason(row) if what in _REASONED else "",
            self.facts(row),
        )
