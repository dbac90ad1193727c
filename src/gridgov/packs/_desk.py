"""The desk at which a pack is read: what every part of it needs, and the readers of cells that all lists share."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import Enum
from itertools import takewhile
from typing import Any, TypeVar

import attrs
from attrs import field

from gridgov.errors import Faults, GridgovError
from gridgov.packs._csv import Header, Table
from gridgov.packs._files import Folder
from gridgov.packs._shapes import Cited, PackFile
from gridgov.packs._strict import structure, text_of
from gridgov.packs._wrong import BadValueError
from gridgov.packs.jurisdiction import Source
from gridgov.values import Basis, Citation, Label, Period, is_id, name_fault

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

DATED = ("from", "to", "basis", "doc", "clause")
"""The columns that every list may have."""

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIRST_DAY = Period(date.min)


@attrs.define
class Desk:
    """What is known so far of a pack that is being read.

    Attributes:
        folder: Its files.
        faults: What is wrong with it.
        head: Its ``pack.toml``; None when that cannot be used.
        sources: Its documents; None when they cannot be used, so that citations go unchecked.
    """

    folder: Folder
    faults: Faults
    head: PackFile | None = None
    sources: Mapping[str, Source] | None = None
    _told: set[str] = field(factory=set)

    # --- files ----------------------------------------------------------------------------------------------

    def toml(self, name: str, shape: type[T], *, needed: bool = False) -> T | None:
        """Return a TOML file in its shape; None, with faults noted, when it is faulty, or missing and needed."""
        if not needed and not self.folder.has(name):
            return None
        data = self.folder.toml(name)
        return None if data is None else structure(shape, data, name, self.faults)

    def optional(self, name: str, shape: type[T]) -> T | None:
        """Return a TOML file in its shape, which has a default for every key; None, with faults noted, when faulty."""
        return self.toml(name, shape) if self.folder.has(name) else shape()

    def rows(self, name: str, header: Header, *, needed: bool = False) -> Table:
        """Return a CSV file by columns: without rows, and with faults noted, when faulty, or missing and needed."""
        if not needed and not self.folder.has(name):
            return Table(name, {}, (), self.faults)
        return self.folder.table(name, header)

    # --- citations ------------------------------------------------------------------------------------------

    @property
    def coverage(self) -> Period:
        """The days that the pack covers; all days when that is not known."""
        return _FIRST_DAY if self.head is None else self.head.coverage

    def cite(self, place: str, start: date | None, *tables: Cited) -> Citation | None:
        """Return the citation of the first of *tables*, from the inside out, that has one; None when none has.

        A clause goes with the document of the table around it, where its own table names none. A fault is noted at
        *place*, but of an unknown document that many tables inherit only once.
        """
        found = self.cited(*tables)
        if found is None:
            return None
        inner = takewhile(lambda table: table is not found, tables)
        clause = next((table.clause for table in (*inner, found) if table.clause), "")
        try:
            return self.citation(found.doc, clause, start or self.coverage.start)
        except BadValueError as error:
            own = found is tables[0] or error.code == "citation_not_in_force"
            if own or found.doc not in self._told:
                self.faults.extend([error.fault(place)])
            self._told.add(found.doc)
        return None

    def cited(self, *tables: Cited) -> Cited | None:
        """Return the first of *tables*, from the inside out, that names a document; at last the pack itself."""
        outer = tables if self.head is None else (*tables, self.head)
        return next((table for table in outer if table.doc), None)

    def citation(self, doc: str, clause: str, start: date) -> Citation:
        """Return a citation of something that holds from *start*.

        Raises:
            BadValueError: There is no such document, or it was not in force that day (R19, law in force).
        """
        if not is_id(doc):
            raise BadValueError("bad_id", f"{doc[:64]!r} is not the key of a document")
        if self.sources is not None:
            source = self.sources.get(doc)
            if source is None:
                raise BadValueError("unknown_source", f"{doc!r} is not in sources.toml", known=self.sources, text=doc)
            self._check_in_force(doc, source, start)
        return Citation(doc, text_of(clause))

    def _check_in_force(self, doc: str, source: Source, start: date) -> None:
        if self.head is None:
            return
        if start < source.first_day:
            hint = "cite a document that was in force that day, or let the row begin later"
            raise BadValueError(
                "citation_not_in_force", f"{doc!r} speaks from {source.first_day}, the row holds from {start}", hint
            )
        if source.repealed is not None and source.repealed <= start:
            hint = "cite the document that replaced it"
            raise BadValueError(
                "citation_not_in_force", f"{doc!r} was repealed on {source.repealed}, the row holds from {start}", hint
            )

    # --- cells ----------------------------------------------------------------------------------------------

    def periods(self, table: Table) -> list[Period]:
        """Return the days on which each row holds: blank ``from`` is the pack's first day, blank ``to`` is open."""
        return table.read(self._period, "from", "to", instead=_FIRST_DAY)

    def _period(self, first: str, after: str) -> Period:
        start = day_of(first, "from") if first else self.coverage.start
        end = day_of(after, "to") if after else None
        if end is not None and end <= start:
            raise BadValueError("period_reversed", f"'to' ({end}) is not after 'from' ({start})")
        return Period(start, end)

    def sources_of(self, table: Table) -> list[Citation | None]:
        """Return what each row cites."""
        return table.read(self._cited, "doc", "clause", "from", instead=None)

    def _cited(self, doc: str, clause: str, first: str) -> Citation | None:
        if not doc:
            if clause:
                raise BadValueError("clause_without_doc", "a clause is cited, but no document")
            return None
        start = date.fromisoformat(first) if is_day(first) else self.coverage.start
        return self.citation(doc, clause, start)

    def label(self, name: str, name_en: str) -> Label | None:
        """Return the label of two cells, the first in the pack's own language; None when both are blank."""
        if not (name or name_en):
            return None
        for text in (name, name_en):
            text_of(text)
        if self.head is not None and "zh" not in self.head.languages:
            return Label(en=name_en or name)
        return Label(zh=name, en=name_en)

    def named(self, name: str, name_en: str) -> Label:
        """Return the label of two cells, one of which must say something."""
        label = self.label(name, name_en)
        if label is None:
            raise BadValueError("missing_name", "the row has no name")
        return label


def basis_of(*tables: Cited) -> Basis:
    """Return the basis of the first of *tables*, from the inside out, that says; stated when none does."""
    return next((table.basis for table in tables if table.basis is not None), Basis.STATED)


def bases(table: Table) -> list[Basis]:
    """Return what each row rests on."""
    return table.read(lambda text: Basis(one_of(text, _BASES)) if text else Basis.STATED, "basis", instead=Basis.STATED)


_BASES = tuple(basis.value for basis in Basis)


def is_day(text: str) -> bool:
    """Say whether *text* is a day, written 2021-02-07."""
    try:
        return _ISO_DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def day_of(text: str, column: str) -> date:
    """Return the day written in a cell; raise `BadValueError` when it is none."""
    if not is_day(text):
        raise BadValueError("bad_date", f"{column}: {text[:64]!r} is not a day", "write it as 2021-02-07")
    return date.fromisoformat(text)


def id_of(text: str) -> str:
    """Return the id written in a cell; raise `BadValueError` when it is none."""
    if not is_id(text):
        raise BadValueError("bad_id", f"{text[:64]!r} is not an id", "use 1 to 64 ASCII letters, digits, '.', '_', '-'")
    return text


def name_of(text: str) -> str:
    """Return the name written in a cell; raise `BadValueError` when it is none."""
    fault = name_fault(text) or (None if text == text.strip() else "begins or ends with white space")
    if fault is not None:
        raise BadValueError("bad_name", f"the name {fault}")
    return text


def one_of(
    text: str, known: Collection[str], code: str = "unknown_word", what: str = "one of the words allowed"
) -> str:
    """Return *text* when it is one of *known*; raise `BadValueError`, with the nearest, otherwise."""
    if text not in known:
        raise BadValueError(code, f"{text[:64]!r} is not {what}", known=known, text=text)
    return text


def word_of(kind: type[E], column: str) -> Callable[[str], E]:
    """Return the reader of a cell that holds one word of an enumeration."""
    words = tuple(str(member.value) for member in kind)
    return lambda text: kind(one_of(text, words, what=f"a word of {column!r}"))


def yes_or_no(default: str) -> Callable[[str], bool]:
    """Return the reader of a cell that holds yes or no; blank is *default*."""
    return lambda text: one_of(text or default, ("yes", "no")) == "yes"


def distinct(table: Table, keys: list[T], periods: list[Period], what: str) -> None:
    """Note a fault for each row that says something of the same key on the same day as an earlier one."""
    seen: dict[T, list[int]] = {}
    for row in table.sound():
        before = seen.setdefault(keys[row], [])
        other = next((at for at in before if periods[at].overlaps(periods[row])), None)
        if other is not None:
            message = f"{what} {keys[row]!r} stands twice for the same days: also in line {table.lines[other]}"
            table.refuse(row, BadValueError("duplicate_row", message))
        before.append(row)


def attempt(faults: Faults, place: Callable[[str], str], make: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
    """Return what *make* makes of the arguments; None, with its faults noted, when it refuses.

    Args:
        faults: Where they are noted.
        place: Gives the place in the pack of what a fault calls its place.
        make: Makes it.
        args: What it is given.
        kwargs: What it is given by name.
    """
    try:
        return make(*args, **kwargs)
    except BadValueError as error:
        faults.extend([error.fault(place(""))])
    except GridgovError as error:
        faults.extend((fault.at(place(fault.place)) for fault in error.faults), error.total - len(error.faults))
    except ValueError as error:
        faults.add("bad_value", str(error.args[0]), place(""))
    return None


def within(name: str, path: str = "") -> Callable[[str], str]:
    """Return the function that gives the place of what lies at *path* of the TOML file *name*."""

    def place(inner: str) -> str:
        inside = ".".join(filter(None, (path, inner)))
        return f"{name}: {inside}" if inside else name

    return place
