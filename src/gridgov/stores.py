"""Stores: append-only logs of events. One global chain, streams with versions, commands that count once.

`Store` is the contract, and every store keeps all of it. `MemoryStore` holds the log in memory;
`write_jsonl` and `read_jsonl` carry a log to a file and back to the same head.
A store reads no clock: the caller says when an append is recorded.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

import attrs
from attrs import field

from gridgov.errors import ChainBrokenError, CommandMismatchError, Fault, StaleVersionError, StoreError
from gridgov.events import (
    GENESIS,
    LINE_LIMIT,
    Draft,
    Envelope,
    Head,
    advance,
    broken,
    canonical,
    check_counts,
    check_keys,
    from_line,
    seal,
    to_line,
    verify,
)
from gridgov.values import aware

__all__ = ["MemoryStore", "Store", "Write", "read_jsonl", "write_jsonl"]

PathOrFile: TypeAlias = str | os.PathLike[str] | BinaryIO


def _in_order(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    return tuple(drafts)


@attrs.frozen
class Write:
    """Events for one stream.

    Attributes:
        stream: Key of the stream.
        expected_version: The version the caller last saw; 0 for a new stream.
        drafts: The events, in order; at least one.

    Raises:
        StoreError: The stream is not a key (``bad_key``), or the version not a count (``bad_count``).
    """

    stream: str
    expected_version: int
    drafts: tuple[Draft, ...] = field(converter=_in_order)

    def __attrs_post_init__(self) -> None:
        check_keys(stream=self.stream)
        check_counts(0, expected_version=self.expected_version)


class Store(Protocol):
    """An append-only log of events."""

    def append(
        self, writes: Iterable[Write], *, command_id: str, actor: str, edition: str, recorded_at: datetime
    ) -> tuple[Envelope, ...]:
        """Keep the events of one command, on all its streams or on none.

        The same command id with the same content (streams, versions, events, actor, edition; not
        ``recorded_at``) changes nothing and returns the envelopes it returned before. A refused append leaves
        its command id free. An append recorded before the last one bears the last one's ``recorded_at``.

        Args:
            writes: The events, for each stream once.
            command_id: Key of the command, chosen by who sends it.
            actor: Opaque id of who caused it.
            edition: Digest of the rules it was decided under.
            recorded_at: Now, aware.

        Raises:
            StaleVersionError: A stream has another version than expected (``stale_version``); all such are named.
            CommandMismatchError: The command id was used for other content (``command_mismatch``).
            StoreError: There is nothing to write (``empty_append``), a stream comes twice (``stream_twice``), or an
                event cannot be kept.
            LimitError: ``recorded_at`` has no zone (``naive_time``).
        """
        ...

    def command(self, command_id: str) -> tuple[Envelope, ...]:
        """Return what a command kept, for a caller that never heard the answer; empty when it kept nothing."""
        ...

    def stream(self, name: str) -> tuple[Envelope, ...]:
        """Return the events of a stream, in order; empty for an unknown one."""
        ...

    def version(self, stream: str) -> int:
        """Return how many events a stream has."""
        ...

    def feed(self, after: int = 0) -> Iterator[Envelope]:
        """Return all events kept so far whose sequence is greater than *after*, in order."""
        ...

    def head(self) -> Head:
        """Return where the log ends."""
        ...

    def verify(self, known: Head = GENESIS) -> Head:
        """Return the head once the whole chain has proved to hold and to pass through *known*.

        Raises:
            ChainBrokenError: It does not (``chain_broken``); names the first bad sequence.
        """
        ...


def _check_writes(writes: tuple[Write, ...]) -> None:
    if not writes or not all(write.drafts for write in writes):
        raise StoreError.of("empty_append", "an append, or a write in it, has no events")
    streams = [write.stream for write in writes]
    if len(streams) != len(set(streams)):
        raise StoreError.of("stream_twice", "an append writes to one stream twice", hint="put its events in one write")


def _content(stream: str, version: int, event: Draft | Envelope) -> tuple[object, ...]:
    # Data is compared as bytes: to Python, True equals 1.
    return stream, version, event.type, event.schema, event.happened_at, canonical(event.data)


def _placed(writes: Iterable[Write]) -> Iterator[tuple[str, int, Draft]]:
    """Yield each event with its stream and the version it will have there."""
    for write in writes:
        for version, draft in enumerate(write.drafts, write.expected_version + 1):
            yield write.stream, version, draft


class MemoryStore:
    """A `Store` in memory, for one process; safe to share between threads.

    >>> from datetime import UTC
    >>> at = datetime(2021, 2, 7, 2, 30, tzinfo=UTC)
    >>> heard = Draft(type="heard", schema=1, happened_at=at, data={"channel": "12345"})
    >>> store = MemoryStore()
    >>> (kept,) = store.append([Write("m1", 0, (heard,))], command_id="c1", actor="desk", edition="e1", recorded_at=at)
    >>> kept.version, store.head() == kept.head
    (1, True)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log: list[Envelope] = []
        self._streams: dict[str, list[Envelope]] = {}
        self._commands: dict[str, list[Envelope]] = {}

    @classmethod
    def load(cls, envelopes: Iterable[Envelope], *, known: Head = GENESIS) -> "MemoryStore":
        """Return a store that holds a whole log, which passes through *known*.

        Raises:
            ChainBrokenError: The log does not hold (``chain_broken``); names the first bad sequence.
        """
        store = cls()
        for envelope in envelopes:
            store._take(envelope, known)
        verify((), store.head(), known=known)
        return store

    def append(
        self, writes: Iterable[Write], *, command_id: str, actor: str, edition: str, recorded_at: datetime
    ) -> tuple[Envelope, ...]:
        """Keep the events of one command; see `Store.append`."""
        writes = tuple(writes)
        _check_writes(writes)
        at = aware(recorded_at, "recorded_at")
        with self._lock:
            if command_id in self._commands:
                return self._again(writes, command_id, actor, edition)
            self._refuse_stale(writes)
            sealed = self._sealed(writes, command_id, actor, edition, at)
            for envelope in sealed:
                self._keep(envelope)
        return sealed

    def command(self, command_id: str) -> tuple[Envelope, ...]:
        """Return what a command kept; see `Store.command`."""
        with self._lock:
            return self._kept_by(command_id)

    def stream(self, name: str) -> tuple[Envelope, ...]:
        """Return the events of a stream; see `Store.stream`."""
        with self._lock:
            return tuple(self._streams.get(name, ()))

    def version(self, stream: str) -> int:
        """Return how many events a stream has."""
        with self._lock:
            return self._version(stream)

    def feed(self, after: int = 0) -> Iterator[Envelope]:
        """Return the events kept so far after a sequence; see `Store.feed`.

        Raises:
            StoreError: *after* is negative (``bad_count``).
        """
        check_counts(0, after=after)
        with self._lock:
            return iter(self._log[after:])

    def head(self) -> Head:
        """Return where the log ends."""
        with self._lock:
            return self._head()

    def verify(self, known: Head = GENESIS) -> Head:
        """Return the head once the whole chain has proved to hold; see `Store.verify`."""
        return verify(self.feed(), known=known)

    def _head(self) -> Head:
        return self._log[-1].head if self._log else GENESIS

    def _version(self, stream: str) -> int:
        return len(self._streams.get(stream, ()))

    def _kept_by(self, command_id: str) -> tuple[Envelope, ...]:
        return tuple(self._commands.get(command_id, ()))

    def _sealed(
        self, writes: tuple[Write, ...], command_id: str, actor: str, edition: str, at: datetime
    ) -> tuple[Envelope, ...]:
        last: Head | Envelope = self._head()
        recorded_at = max(at, self._log[-1].recorded_at) if self._log else at
        sealed = []
        for stream, version, draft in _placed(writes):
            envelope = seal(
                draft,
                stream=stream,
                version=version,
                after=last,
                recorded_at=recorded_at,
                actor=actor,
                command=command_id,
                edition=edition,
            )
            sealed.append(envelope)
            last = envelope
        return tuple(sealed)

    def _again(self, writes: tuple[Write, ...], command_id: str, actor: str, edition: str) -> tuple[Envelope, ...]:
        before = self._kept_by(command_id)
        asked = [_content(*placed) for placed in _placed(writes)]
        found = [_content(envelope.stream, envelope.version, envelope) for envelope in before]
        if (actor, edition, asked) != (before[0].actor, before[0].edition, found):
            hint = "send a new command under an id of its own"
            raise CommandMismatchError.of(
                "command_mismatch", f"command {command_id!r} was used for other content", hint=hint
            )
        return before

    def _refuse_stale(self, writes: tuple[Write, ...]) -> None:
        stale = [
            Fault(
                "stale_version",
                f"stream {write.stream!r} has version {present}, not {write.expected_version} as expected",
                hint="read the stream again and decide anew",
            )
            for write in writes
            if (present := self._version(write.stream)) != write.expected_version
        ]
        if stale:
            raise StaleVersionError(stale)

    def _keep(self, envelope: Envelope) -> None:
        self._log.append(envelope)
        self._streams.setdefault(envelope.stream, []).append(envelope)
        self._commands.setdefault(envelope.command, []).append(envelope)

    def _take(self, envelope: Envelope, known: Head) -> None:
        """Add an envelope that comes from elsewhere, once it has proved to be the next."""
        advance(self._head(), envelope, known=known)
        if envelope.version != self._version(envelope.stream) + 1:
            raise broken(envelope.sequence, f"is not version {envelope.version} of its stream")
        if self._log and envelope.recorded_at < self._log[-1].recorded_at:
            raise broken(envelope.sequence, "was recorded before the event before it")
        if envelope.command in self._commands and envelope.command != self._log[-1].command:
            raise broken(envelope.sequence, "bears the id of an earlier command")
        self._keep(envelope)


def write_jsonl(source: Store | Iterable[Envelope], target: PathOrFile) -> Head:
    """Write a log, one event a line, and return its head. A path is replaced once the whole log is written.

    Args:
        source: A store, or envelopes.
        target: A path, or a binary file.

    Raises:
        StoreError: The file cannot be written (``cannot_write``); what was at the path before is still there.
    """
    envelopes = source if isinstance(source, Iterable) else source.feed()
    try:
        if isinstance(target, str | os.PathLike):
            return _write_path(envelopes, os.fspath(target))
        return _write(envelopes, target)
    except OSError as error:
        raise StoreError.of("cannot_write", f"the log cannot be written: {error.strerror}", _name(target)) from error


def _write_path(envelopes: Iterable[Envelope], path: str) -> Head:
    part = Path(f"{path}.part")
    try:
        with part.open("wb") as file:
            head = _write(envelopes, file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return head


def _write(envelopes: Iterable[Envelope], file: BinaryIO) -> Head:
    last = None
    for envelope in envelopes:
        file.write(f"{to_line(envelope)}\n".encode())
        last = envelope
    file.flush()
    return GENESIS if last is None else last.head


def read_jsonl(source: PathOrFile, *, known: Head = GENESIS) -> MemoryStore:
    """Return a store that holds the log in a file: same events, same head. Line n holds the event of sequence n.

    Args:
        source: A path, or a binary file.
        known: A head kept elsewhere. The log must pass through it: this finds a cut tail and a log written anew.

    Raises:
        ChainBrokenError: The log was changed (``chain_broken``); names the first bad sequence.
        StoreError: A line is not what `write_jsonl` writes; names file and line. Beside the codes of
            `gridgov.events.from_line`: cut short (``torn_line``), not UTF-8 (``not_utf8``). Or the file cannot be
            read (``cannot_read``).
    """
    name = _name(source)
    try:
        if isinstance(source, str | os.PathLike):
            with Path(source).open("rb") as file:
                return MemoryStore.load(_read(file, name), known=known)
        return MemoryStore.load(_read(source, name), known=known)
    except ChainBrokenError as error:
        raise ChainBrokenError(fault.at(f"{name}: {fault.place}") for fault in error.faults) from error
    except OSError as error:
        raise StoreError.of("cannot_read", f"the log cannot be read: {error.strerror}", name) from error


def _name(place: PathOrFile) -> str:
    return Path(place).name if isinstance(place, str | os.PathLike) else "log"


def _read(file: BinaryIO, name: str) -> Iterator[Envelope]:
    # Two bytes more than the longest line, one of them its end: a longer line is seen without being read.
    for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT + 2), b""), 1):
        try:
            envelope = _parsed(line)
        except StoreError as error:
            raise StoreError(fault.at(f"{name}:{number}") for fault in error.faults) from error
        yield envelope


def _parsed(line: bytes) -> Envelope:
    if len(line) > LINE_LIMIT + 1:
        raise StoreError.of("too_long", f"a line is longer than {LINE_LIMIT} bytes")
    if not line.endswith(b"\n"):
        raise StoreError.of("torn_line", "the last line is cut short", hint="go back to a copy whose head you know")
    try:
        text = line[:-1].decode()
    except UnicodeDecodeError as error:
        raise StoreError.of("not_utf8", f"a line is not UTF-8 at byte {error.start}") from error
    return from_line(text)
