"""Files of a pack: from bytes to strict TOML values and CSV columns, each with its place.

Nothing is opened but regular files inside the pack's folder, and what is opened is measured before it is
parsed: bytes, nesting, parts of a key, tokens, rows. A fault is noted with file and line, or file and path,
and reading goes on, so that one visit tells everything.
"""

import csv
import io
import re
import stat
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import attrs
from attrs import field

from gridgov.errors import Fault, Faults, GridgovError

__all__ = ["BadValueError", "Folder", "Header", "Limits", "Table", "near", "parse_csv", "parse_toml"]

T = TypeVar("T")

_MOST_COMPARED = 2_000
_REPORTED = 100
_LONGEST_PATH = 255
_ODD_IN_PATH = frozenset("\\:\0")


@attrs.frozen(kw_only=True)
class Limits:
    """How large the files of a pack may be.

    Attributes:
        toml_bytes: Bytes of one TOML file.
        list_bytes: Bytes of one CSV file.
        rows: Rows of one CSV file.
        depth: Nesting of arrays and inline tables.
        key_parts: Parts of a dotted key.
        nodes: Tokens of one TOML file.
        token: Characters of a number, date or bare key.
    """

    toml_bytes: int = 8 * 2**20
    list_bytes: int = 64 * 2**20
    rows: int = 1_000_000
    depth: int = 32
    key_parts: int = 8
    nodes: int = 2_000_000
    token: int = 200


def near(text: str, known: Collection[str]) -> str:
    """Return a hint that names the word nearest to *text*, or lists a few; empty where there is nothing to say.

    >>> near("cuonty", ("county", "community"))
    "did you mean 'county'?"
    """
    if not known or len(known) > _MOST_COMPARED or len(text) > _REPORTED:
        return ""
    found = get_close_matches(text, sorted(known), n=1)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"known: {', '.join(sorted(known))}" if len(known) <= 12 else ""


class BadValueError(ValueError):
    """A value that a file may not hold there; becomes a `Fault` once its place is known."""

    def __init__(self, code: str, message: str, hint: str = "", *, known: Collection[str] = (), text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.known = known
        self.text = text

    def fault(self, place: str) -> Fault:
        """Return the fault; the nearest known word is looked for only now."""
        return Fault(self.code, self.message, place, self.hint or near(self.text, self.known))


# --- the folder -------------------------------------------------------------------------------------------------


class Folder:
    """A pack's folder: the only door through which its files are opened.

    Args:
        root: The folder.
        limits: How large files may be.
        faults: Where faults are noted.

    Attributes:
        opened: The names of the files that were asked for.
    """

    def __init__(self, root: Path, limits: Limits, faults: Faults) -> None:
        self.root = root.resolve(strict=True)
        self.limits = limits
        self.faults = faults
        self.opened: set[str] = set()

    def names(self, sub: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the files of the folder, or of one folder in it, whose names end so; in order of name."""
        folder = self.root / sub
        if not folder.is_dir():
            return ()
        if self._leaves(folder):
            self.faults.add("path_leaves", f"{sub!r} leads out of the pack", sub, "replace the link by a copy")
            return ()
        prefix = f"{sub}/" if sub else ""
        return tuple(sorted(f"{prefix}{path.name}" for path in folder.iterdir() if path.suffix in suffixes))

    def has(self, name: str) -> bool:
        """Say whether there is such a file, whatever it may be."""
        return (self.root / name).exists() or (self.root / name).is_symlink()

    def path(self, name: str, place: str = "") -> Path | None:
        """Return where a file of the pack is; None, with a fault at *place*, when it is not inside the folder."""
        place = place or name
        if _strays(name):
            self.faults.add(
                "path_leaves", f"{name!r} is not a path inside the pack", place, "name a file of the folder"
            )
            return None
        path = self.root / name
        if not path.exists():
            self.faults.add("missing_file", f"there is no file {name!r}", place)
        elif self._leaves(path):
            self.faults.add("path_leaves", f"{name!r} leads out of the pack", place, "replace the link by a copy")
        elif not stat.S_ISREG(path.stat().st_mode):
            self.faults.add("not_a_file", f"{name!r} is not a regular file", place)
        else:
            return path
        return None

    def _leaves(self, path: Path) -> bool:
        return not path.resolve().is_relative_to(self.root)

    def toml(self, name: str) -> dict[str, Any] | None:
        """Return what a TOML file holds; None, with faults noted, when it cannot be read."""
        text = self._text(name, self.limits.toml_bytes, "")
        return None if text is None else parse_toml(text, name, self.limits, self.faults)

    def table(self, name: str, header: "Header", place: str = "") -> "Table":
        """Return the rows of a CSV file by column; none, with faults noted, when it cannot be read.

        Args:
            name: The file.
            header: The columns it may have.
            place: Where the file is named; its own name by default.
        """
        text = self._text(name, self.limits.list_bytes, place)
        found = None if text is None else parse_csv(text, name, header, self.limits, self.faults)
        return Table(name, {}, (), self.faults, whole=False) if found is None else found

    def _text(self, name: str, most: int, place: str) -> str | None:
        self.opened.add(name)
        path = self.path(name, place)
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                data = file.read(most + 1)
        except OSError as error:
            self.faults.add("unreadable", f"the file cannot be read: {error.strerror}", name)
            return None
        if len(data) > most:
            self.faults.add("limit_bytes", f"the file is larger than {most} bytes", name)
            return None
        return decode(data, name, self.faults)


def _strays(name: str) -> bool:
    """Say whether *name* is anything but a plain relative path, on any system."""
    path = PurePosixPath(name)
    return len(name) > _LONGEST_PATH or path.is_absolute() or ".." in path.parts or not _ODD_IN_PATH.isdisjoint(name)


def decode(data: bytes, name: str, faults: Faults) -> str | None:
    """Return the text of a UTF-8 file, with or without its mark; None, with the offset in a fault, if it is none."""
    hint = "save the file as UTF-8"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add("encoding", f"not UTF-8 at byte {error.start}", f"{name}:{line}", hint)
        return None
    if "\0" in text:
        offset = data.index(b"\0")
        faults.add("nul", f"a NUL at byte {offset}", f"{name}:{data.count(10, 0, offset) + 1}", hint)
        return None
    return text


# --- TOML -------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{0,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{0,5}"
    r'|"(?:[^"\\\n]++|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<dot>\.)|(?P<cut>[\n=,])"
    r"|(?P<bare>[^\s\"'\#\[\]{}.=,]++)",
    re.DOTALL,
)
_LINE = re.compile(r" ?\(at line ([0-9]+), column [0-9]+\)$")


def parse_toml(text: str, name: str, limits: Limits, faults: Faults) -> dict[str, Any] | None:
    """Return what TOML text holds; None, with a fault noted, when it is not TOML or larger than the limits."""
    text = text.replace("\r\n", "\n")
    over = _measure(text, limits)
    if over is not None:
        faults.extend([over.at(f"{name}:{over.place}")])
        return None
    try:
        return tomllib.loads(text)
    except ValueError as error:
        message = str(error)
        line = _LINE.search(message)
        code = "duplicate_key" if message.startswith("Cannot ") else "bad_toml"
        faults.add(code, _LINE.sub("", message), f"{name}:{line[1]}" if line else name)
    return None


def _measure(text: str, limits: Limits) -> Fault | None:
    """Return what makes text too costly to parse, placed by its line; None when nothing does."""
    depth = parts = 0
    for count, token in enumerate(_TOKEN.finditer(text)):
        kind = token.lastgroup
        if kind == "open":
            depth, parts = depth + 1, 0
        elif kind == "close":
            depth -= 1
        elif kind == "dot":
            parts += 1
        elif kind == "cut":
            parts = 0
        over = _over(limits, depth, parts, count, token.end() - token.start() if kind == "bare" else 0)
        if over:
            line = text.count("\n", 0, token.start()) + 1
            return Fault(f"limit_{over}", _OVER[over].format(getattr(limits, over)), str(line))
    return None


_OVER = {
    "depth": "nested deeper than {}",
    "key_parts": "a key of more than {} parts",
    "nodes": "more than {} tokens",
    "token": "a number or key of more than {} characters",
}


def _over(limits: Limits, depth: int, parts: int, count: int, length: int) -> str:
    if depth > limits.depth:
        return "depth"
    if parts >= limits.key_parts:
        return "key_parts"
    if count >= limits.nodes:
        return "nodes"
    return "token" if length > limits.token else ""


# --- CSV --------------------------------------------------------------------------------------------------------


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
        elif len(self.faults) < _REPORTED:
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
