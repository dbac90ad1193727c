"""CSV by columns, strictly: every row as wide as the header, every column known, and the line of each row."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import attrs
from attrs import field

from gridgov.errors import Fault, Faults, GridgovError
from gridgov.packs._wrong import REPORTED, BadValueError, Limits, near

__all__ = ["Header", "Table", "parse_csv"]

T = TypeVar("T")


@attrs.frozen
class Header:
    """The columns that a CSV file must have, may have, and a prefix with which any other may begin."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    prefix: str = ""

    def faults(self, found: Sequence[str]) -> list[Fault]:
        """Return what is wrong with a first row."""
        known = (*self.required, *self.optional)
        faults = [
            Fault("missing_column", f"the column {name!r} is missing")
            for name in known[: len(self.required)]
            if name not in found
        ]
        for index, name in enumerate(found):
            if name in found[:index]:
                faults.append(Fault("duplicate_column", f"two columns {name!r}"))
            elif name not in known and not self._begins(name):
                faults.append(Fault("unknown_column", f"there is no column {name!r}", hint=near(name, known)))
        return faults

    def _begins(self, name: str) -> bool:
        return bool(self.prefix) and name.startswith(self.prefix) and name != self.prefix


@attrs.define
class Table:
    """A CSV file by columns, and the line on which each row starts.

    Attributes:
        name: The file.
        columns: The cells of each column.
        lines: The line of each row.
        faults: Where faults are noted.
        bad: Rows with a fault: nothing is built from them.
        top: The line of the header.
        whole: Whether every row of the file is here: False where the file, or a row of it, cannot be read.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    faults: Faults
    bad: set[int] = field(factory=set)
    top: int = 1
    whole: bool = True

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, column: str) -> Sequence[str]:
        """Return the cells of a column; blanks when the file leaves the column out."""
        found = self.columns.get(column)
        return ("",) * len(self.lines) if found is None else found

    def place(self, row: int) -> str:
        """Return where a row is."""
        return f"{self.name}:{self.lines[row]}"

    def read(self, reader: Callable[..., T], *columns: str, instead: T) -> list[T]:
        """Return what *reader* makes of the cells of *columns*, row by row.

        Equal cells are read once. Where *reader* raises `BadValueError`, or an error of gridgov's own, the row has a
        fault and *instead*.
        """
        rows = list(zip(*map(self.cells, columns), strict=True))
        values: dict[tuple[str, ...], T] = {}
        errors: dict[tuple[str, ...], BadValueError | GridgovError] = {}
        for cells in dict.fromkeys(rows):
            try:
                values[cells] = reader(*cells)
            except (BadValueError, GridgovError) as error:
                errors[cells] = error
                values[cells] = instead
        if errors:
            for row, cells in enumerate(rows):
                if cells in errors:
                    self.refuse(row, errors[cells])
        return [values[cells] for cells in rows]

    def refuse(self, row: int, error: BadValueError | GridgovError) -> None:
        """Note what is wrong with a row."""
        self.bad.add(row)
        place = self.place(row)
        if isinstance(error, GridgovError):
            self.faults.extend(fault.at(place) for fault in error.faults)
        elif len(self.faults) < REPORTED:
            self.faults.extend([error.fault(place)])
        else:  # counted, not shown: no need to look for near words
            self.faults.add(error.code, error.message)

    @property
    def is_sound(self) -> bool:
        """Whether every row can be taken."""
        return self.whole and not self.bad

    def sound(self) -> Iterator[int]:
        """Yield the rows without a fault."""
        return (row for row in range(len(self.lines)) if row not in self.bad)


def parse_csv(text: str, name: str, header: Header, limits: Limits, faults: Faults) -> Table | None:
    """Return the rows of CSV text by column; None, with faults noted, when its header cannot be used."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
            if len(rows) > limits.rows + 1:
                faults.add("limit_rows", f"more than {limits.rows} rows", f"{name}:{line}")
                return None
    except csv.Error as error:
        faults.add("bad_csv", f"not CSV: {error}", f"{name}:{line}", "close each quote; one row a line")
        return None
    if not rows:
        faults.add("empty_file", "the file has no header", f"{name}:1")
        return None
    found = header.faults(rows[0])
    faults.extend(fault.at(f"{name}:{lines[0]}") for fault in found)
    return None if found else _columns(name, rows, lines, faults)


def _columns(name: str, rows: list[list[str]], lines: list[int], faults: Faults) -> Table:
    header, width = rows[0], len(rows[0])
    even = [index for index, row in enumerate(rows) if len(row) == width]
    if len(even) < len(rows):
        for index in sorted(set(range(len(rows))).difference(even)):
            found = len(rows[index])
            faults.add("ragged_row", f"{found} cells under {width} columns", f"{name}:{lines[index]}")
    cells = zip(*(rows[index] for index in even), strict=True)
    columns = {column: texts[1:] for column, texts in zip(header, cells, strict=True)}
    return Table(
        name, columns, [lines[index] for index in even[1:]], faults, top=lines[0], whole=len(even) == len(rows)
    )
