"""Rows of a foreign file: CSV or JSON lines, plain or gzipped, a stream of any length in bounded memory.

A row that cannot be read is one `Bad` with its line, and reading goes on with the line after it: an open quote
cannot swallow the rest of a file. A file that is no text in its encoding is refused as a whole.
"""

import codecs
import csv
import gzip
import json
import threading
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeAlias, cast

import attrs

from gridgov.errors import Faults, RecordError
from gridgov.records.maps import near

__all__ = ["Bad", "Row", "Rows", "Source", "open_rows"]

FIELD_LIMIT = 1 << 20
"""Characters a cell may have."""
ROW_LIMIT = 4 << 20
"""Characters a row may have."""

_CHUNK = 1 << 16
_FOREIGN = {b"PK\x03\x04": "a zip file or a workbook", b"PAR1": "a Parquet file", b"\xd0\xcf\x11\xe0": "a workbook"}
_GZIP = b"\x1f\x8b"
_OVERLONG = "\0"  # stands for a line beyond ROW_LIMIT; no line that is passed on holds NUL
_CSV_LIMIT = threading.Lock()  # the csv module has one field limit for the whole process

Source: TypeAlias = str | Path | BinaryIO


@attrs.frozen
class Bad:
    """Why a row cannot be taken: code and sentence, the column it concerns (empty for the row), what stands there."""

    code: str
    message: str
    column: str = ""
    value: str = ""


Row: TypeAlias = Sequence[str] | Bad
Rows: TypeAlias = Generator[tuple[int, Row], None, None]


def open_rows(
    source: Source, *, wanted: tuple[str, ...], needed: frozenset[str], delimiter: str, encoding: str
) -> Rows:
    """Open *source* and return its rows: line, and the cells of *wanted* in that order, or why it is bad.

    Args:
        source: A path, or a stream of bytes; a stream stays open.
        wanted: Columns to return; one that the file lacks is blank.
        needed: Those of them without which a CSV file is refused.
        delimiter: What parts the cells of CSV.
        encoding: The file's text encoding.

    Raises:
        RecordError: The file cannot be used at all: ``missing_file``, ``not_a_file``, ``unreadable_file``,
            ``unknown_format``, ``empty_file``, ``no_rows``, ``bad_header``, ``missing_column``,
            ``duplicate_column``, ``broken_gzip``, ``bad_encoding``, ``nul_character``. The last three may also come
            while rows are read.
    """
    name, raw = _opened(source)
    close = raw.close if isinstance(source, str | Path) else lambda: None
    try:
        lines = _Lines(name, _split(_chunks(name, _unzipped(name, raw), encoding)))
        is_json = lines.first().lstrip().startswith("{")
        rows = _json_rows(lines, wanted) if is_json else _csv_rows(lines, wanted, needed, delimiter)
        first = next(rows, None)
    except BaseException:
        close()
        raise
    if first is None:
        close()
        raise RecordError.of("no_rows", f"{name} has a header and no rows", name)
    return _closing(first, rows, close)


def _closing(first: tuple[int, Row], rows: Rows, close: Callable[[], None]) -> Rows:
    try:
        yield first
        yield from rows
    finally:
        close()


def _opened(source: Source) -> tuple[str, BinaryIO]:
    if not isinstance(source, str | Path):
        return "the stream", source
    path = Path(source)
    name = path.name or str(path)
    if path.is_dir():
        raise RecordError.of("not_a_file", f"{name} is a folder", name, "give a file of records")
    try:
        return name, path.open("rb")
    except FileNotFoundError:
        raise RecordError.of("missing_file", f"there is no file {name}", name, "check the path") from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: Exception) -> RecordError:
    why = getattr(error, "strerror", None) or type(error).__name__
    return RecordError.of("unreadable_file", f"{name} cannot be read: {why}", name)


class _Headed:
    """A stream whose first bytes were looked at."""

    def __init__(self, head: bytes, raw: BinaryIO) -> None:
        self._head, self._raw = head, raw

    def read(self, size: int) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head or self._raw.read(size)


def _unzipped(name: str, raw: BinaryIO) -> Callable[[int], bytes]:
    """Return the function that reads bytes of text."""
    head = _guarded(name, lambda size: raw.read(size), 4)
    for magic, what in _FOREIGN.items():
        if head == magic:
            raise RecordError.of("unknown_format", f"{name} is {what}", name, "save it as CSV or as JSON lines")
    stream = cast("BinaryIO", _Headed(head, raw))
    return gzip.GzipFile(fileobj=stream).read if head.startswith(_GZIP) else stream.read


def _guarded(name: str, read: Callable[[int], bytes], size: int) -> bytes:
    try:
        return read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise RecordError.of("broken_gzip", f"{name} is a broken or cut gzip file", name) from None
    except OSError as error:
        raise _unreadable(name, error) from None


def _chunks(name: str, read: Callable[[int], bytes], encoding: str) -> Iterator[str]:
    """Yield the text, piece by piece, without a byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding)()
    taken, started, data = 0, False, b"\0"
    while data:
        data = _guarded(name, read, _CHUNK)
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeError as error:
            byte = taken - waiting + getattr(error, "start", 0)
            hint = "save it as UTF-8, or name its encoding in the map"
            raise RecordError.of("bad_encoding", f"{name} is not {encoding} from byte {byte} on", name, hint) from None
        taken += len(data)
        if "\0" in text:
            hint = "is it text, and is its encoding the one that the map names?"
            raise RecordError.of("nul_character", f"{name} holds NUL before byte {taken}", name, hint)
        if text and not started:
            text, started = text.removeprefix("\ufeff"), True
        yield text


def _split(chunks: Iterator[str]) -> Iterator[str]:
    """Yield lines with their ends; a line longer than a row may be becomes a mark."""
    end, rest, overlong = "", "", False
    for chunk in chunks:
        if not end and ("\n" in chunk or "\r" in chunk[:-1]):
            end = "\n" if "\n" in chunk else "\r"  # as very old programs end lines
        *whole, rest = (rest + chunk).split(end) if end else [rest + chunk]
        for line in whole:
            yield _OVERLONG + end if overlong or len(line) > ROW_LIMIT else line + end
            overlong = False
        if len(rest) > ROW_LIMIT:
            rest, overlong = "", True
    if rest or overlong:
        yield _OVERLONG if overlong else rest


class _Lines:
    """Lines with push-back, and the number of the row that is being read."""

    def __init__(self, name: str, lines: Iterator[str]) -> None:
        self.name = name
        self.done = 0
        """How many lines belong to earlier rows."""
        self.pending: list[str] = []
        """The lines of this row so far."""
        self._back: deque[str] = deque()
        self._lines = lines

    @property
    def number(self) -> int:
        """The line on which this row begins, counted from 1."""
        return self.done + 1

    def first(self) -> str:
        """Return the first line that is not blank, and put it back; skip the blank ones."""
        for line in self.feed():
            if line.strip():
                self.give_back(0)
                return line
            self.row_ends()
        raise RecordError.of("empty_file", f"{self.name} is empty", self.name)

    def feed(self) -> Iterator[str]:
        """Yield lines, noting them as pending."""
        pending, back = self.pending, self._back
        size = sum(map(len, pending))
        while True:
            line = back.popleft() if back else next(self._lines, "")
            if not line:
                return
            size = size + len(line) if pending else len(line)
            if size > ROW_LIMIT and pending:
                back.appendleft(line)
                raise csv.Error("a row of many lines is longer than a row may be")
            pending.append(line)
            yield line

    def row_ends(self) -> None:
        """Count the pending lines as done."""
        self.done += len(self.pending)
        self.pending.clear()

    def give_back(self, count: int) -> None:
        """Put back all but the first *count* of the pending lines."""
        self._back.extendleft(reversed(self.pending[count:]))
        del self.pending[count:]


# --- CSV --------------------------------------------------------------------------------------------------------


def _csv_rows(lines: _Lines, wanted: tuple[str, ...], needed: frozenset[str], delimiter: str) -> Rows:
    rows = _csv_cells(lines, delimiter)
    header = next(rows)[1]
    if isinstance(header, Bad):
        hint = "the first line must name the columns"
        raise RecordError.of("bad_header", f"{lines.name} has no header that can be read", lines.name, hint)
    names = [cell.strip() for cell in header]
    _check_header(lines.name, names, wanted, needed)
    # one place behind the last cell stands for every column that the file lacks
    places = [names.index(name) if name in names else len(names) for name in wanted]
    pick = itemgetter(*places, len(names))
    for number, row in rows:
        yield number, row if isinstance(row, Bad) else pick([*row, ""])


def _check_header(name: str, names: list[str], wanted: tuple[str, ...], needed: frozenset[str]) -> None:
    faults = Faults()
    spare = tuple(given for given in names if given not in wanted)
    for column in wanted:
        if names.count(column) > 1:
            faults.add("duplicate_column", f"{name} has the column {column!r} twice", f"{name}:1")
        hint = near(column, spare, 0.6 if column in needed else 0.9)
        if column not in names and (column in needed or hint):
            faults.add("missing_column", f"{name} has no column {column!r}", f"{name}:1", hint)
    faults.raise_as(RecordError)


def _csv_cells(lines: _Lines, delimiter: str) -> Rows:
    """Yield every row that is not blank, the header first."""
    width, pending = 0, lines.pending
    reader = csv.reader(lines.feed(), delimiter=delimiter, strict=True)
    while True:
        row: list[str] | None
        try:
            row = next(reader, None)
            if row is None:
                return
        except csv.Error:
            row = _long_row(lines, delimiter)
            reader = csv.reader(lines.feed(), delimiter=delimiter, strict=True)
        if row is not None and len(row) == width > 1 and len(pending) == 1:
            # nearly every row; what `number` and `row_ends` do, without two calls
            yield lines.done + 1, row
            lines.done += 1
            pending.clear()
            continue
        if row is None or "".join(row).strip() or len(row) > 1:
            width = width or len(row or ())
            fault = _fault_of(lines.pending, row, width)
            if fault is not None:
                lines.give_back(1)
            yield lines.number, fault or row or []
        lines.row_ends()


def _fault_of(pending: list[str], row: list[str] | None, width: int) -> Bad | None:
    """Say what is wrong with a row; only its first line is then given up, the others are read again."""
    if any(line.startswith(_OVERLONG) for line in pending):
        return Bad("row_too_long", f"the row has more than {ROW_LIMIT} characters")
    if row is None and len(pending[0]) > FIELD_LIMIT:
        return Bad("field_too_long", f"a cell has more than {FIELD_LIMIT} characters")
    if row is None:
        return Bad("bad_quotes", "a quote is not closed, or text follows a closed one")
    if len(row) != width:
        return Bad("ragged_row", f"the row has {len(row)} cells, the header {width}")
    return None


def _long_row(lines: _Lines, delimiter: str) -> list[str] | None:
    """Parse the pending row again with room for cells beyond the csv module's usual limit; None if that fails too."""
    more = lines.feed()
    while sum(map(len, lines.pending)) > csv.field_size_limit():
        given = iter(lines.pending)
        row = _parsed(given, delimiter)
        left = sum(1 for _ in given)
        if row is not None:
            lines.give_back(len(lines.pending) - left)
            return row
        if left or not _read_on(more, len(lines.pending)):
            break
    return None


def _parsed(given: Iterator[str], delimiter: str) -> list[str] | None:
    with _CSV_LIMIT:
        usual = csv.field_size_limit(FIELD_LIMIT)
        try:
            return next(csv.reader(given, delimiter=delimiter, strict=True))
        except csv.Error:
            return None
        finally:
            csv.field_size_limit(usual)


def _read_on(more: Iterator[str], count: int) -> bool:
    """Read up to *count* lines more of the row; say whether there were any and the row is not too long."""
    try:
        return sum(1 for _ in islice(more, count)) > 0
    except csv.Error:
        return False


# --- JSON lines -------------------------------------------------------------------------------------------------


def _json_rows(lines: _Lines, wanted: tuple[str, ...]) -> Rows:
    for line in lines.feed():
        if line.startswith(_OVERLONG):
            yield lines.number, Bad("row_too_long", f"the row has more than {ROW_LIMIT} characters")
        elif line.strip():
            yield lines.number, _json_cells(line, wanted)
        lines.row_ends()


def _json_cells(line: str, wanted: tuple[str, ...]) -> Row:
    row = _json_object(line)
    if row is None:
        return Bad("bad_json", "the line is not one JSON object with each key once")
    cells = [_json_cell(row.get(name)) for name in wanted]
    for name, cell in zip(wanted, cells, strict=True):
        if cell is None:
            return Bad("nested_value", "the value is a list or an object; a text is needed", name)
        if not cell.isascii() and _is_torn(cell):
            return Bad("bad_text", "the value holds half of a character", name)
    return cast("list[str]", cells)


def _is_torn(text: str) -> bool:
    r"""Say whether a JSON text holds a lone surrogate, such as ``\ud800``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(
            line, object_pairs_hook=_without_twins, parse_constant=_no_constant, parse_int=str, parse_float=str
        )
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _json_cell(value: object) -> str | None:
    """Return the text of a value, numbers as written; None when it is nested."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else None


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key stands twice")
    return row


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
