"""Events: the envelope, its one byte string, the hash chain, and the codec. Knows no event by name.

What happened is kept for good as an `Envelope`: where (stream, version, sequence), what (type,
schema, data), when (it happened, it was recorded), by whom (actor, command) and under which rule
edition. Each envelope holds the hash of the one before, so a log cannot be changed without notice:
``hash = SHA-256(0x00 || previous || canonical JSON of all other fields)``.

Canonical JSON has one byte string for one value: UTF-8, keys in code-point order, no white space,
whole numbers of 64 bits, no floats. Exact numbers, dates and instants are kept as text.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, NoReturn, Protocol, TypeAlias

import attrs
from attrs import field

from gridgov.errors import ChainBrokenError, StoreError
from gridgov.values import Shown, aware

__all__ = [
    "DEPTH_LIMIT",
    "GENESIS",
    "LINE_LIMIT",
    "Canonical",
    "Codec",
    "Draft",
    "Envelope",
    "Event",
    "Head",
    "Json",
    "advance",
    "broken",
    "canonical",
    "canonical_text",
    "check_counts",
    "check_keys",
    "from_line",
    "json_object",
    "json_text",
    "json_whole",
    "seal",
    "stamp",
    "to_line",
    "unstamp",
    "verify",
]

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"
"""What an event's data may hold."""

DEPTH_LIMIT = 32
"""Deepest nesting of an event's data."""

LINE_LIMIT = 2**20
"""Longest event, in bytes of its line: 1 MiB."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a UTC instant without its zone is reckoned from it
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)

_INT64 = 2**63
_INT64_DIGITS = len(str(-_INT64))

# Printable ASCII but space, quote and backslash: a key stands in JSON as it is.
_KEY = re.compile(r"[!#-\[\]-~]{1,200}", re.ASCII).fullmatch
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII).fullmatch
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)

_SIMPLE = frozenset({str, bool, type(None)})


class Canonical(str):
    """Canonical JSON, kept as text. `canonical_text` makes it of any data; `json_object` takes what is written so."""

    __slots__ = ()


def _check(value: Any, depth: int = 0) -> None:
    """Refuse what event data cannot hold. Types are exact: a float is never a number."""
    kind = type(value)
    if kind in _SIMPLE:
        return
    if kind is int:
        _whole(value)
    elif depth >= DEPTH_LIMIT:
        raise StoreError.of("too_deep", f"event data is nested deeper than {DEPTH_LIMIT}")
    elif kind is list or kind is tuple:
        for item in value:
            _check(item, depth + 1)
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                _refuse_key(key)
            if type(item) not in _SIMPLE:
                _check(item, depth + 1)
    else:
        hint = "give plain dicts and lists; exact numbers, dates and instants as text"
        raise StoreError.of("not_plain", f"event data cannot hold a {kind.__name__}", hint=hint)


def _refuse_key(key: object) -> NoReturn:
    raise StoreError.of("not_plain", f"event data has a {type(key).__name__} as a key", hint="give keys as text")


def _whole(number: int) -> int:
    if -_INT64 <= number < _INT64:
        return number
    raise StoreError.of("integer_range", "event data holds a whole number of more than 64 bits", hint="give it as text")


json_text = json.encoder.encode_basestring
"""Return a text as canonical JSON holds it: quoted, escaped only where JSON must."""


def json_whole(number: int) -> str:
    """Return a whole number as canonical JSON holds it.

    Raises:
        StoreError: It is none (``not_plain``), or beyond 64 bits (``integer_range``).
    """
    if type(number) is not int:
        raise StoreError.of("not_plain", f"a {type(number).__name__} is no whole number")
    return str(_whole(number))


def json_object(members: str) -> Canonical:
    """Return the object of *members*, whose text is canonical: names in code-point order, each value as JSON.

    Raises:
        StoreError: It holds half of a character (``lone_surrogate``).

    >>> json_object('"line":' + json_whole(7) + ',"matter":' + json_text("m1"))
    '{"line":7,"matter":"m1"}'
    """
    return _whole_characters(Canonical(f"{{{members}}}"))


_encoder = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def canonical_text(value: Json) -> Canonical:
    """Return *value* as canonical JSON; see `canonical`."""
    _check(value)
    return _whole_characters(Canonical(_encoder.encode(value)))


def _whole_characters(text: Canonical) -> Canonical:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise StoreError.of("lone_surrogate", "event data holds half of a character (a lone surrogate)") from error
    return text


def _data_text(data: Any) -> Canonical:
    if type(data) is Canonical:
        return data
    if type(data) is not dict:
        raise StoreError.of("not_plain", f"event data is a {type(data).__name__}", hint="give a dict")
    return canonical_text(data)


def canonical(value: Json) -> bytes:
    """Return the one byte string of *value*: UTF-8 JSON, keys in code-point order, no white space.

    Raises:
        StoreError: It holds a float or any other foreign type (``not_plain``), a number beyond 64 bits
            (``integer_range``), a lone surrogate (``lone_surrogate``) or more than 32 levels (``too_deep``).

    >>> canonical({"b": [1, True, None], "a": "网格"}).decode()
    '{"a":"网格","b":[1,true,null]}'
    """
    return canonical_text(value).encode()


def stamp(at: datetime) -> str:
    """Return an aware instant as text, in UTC, with microseconds only when there are any.

    Raises:
        LimitError: It has no zone (``naive_time``).

    >>> from datetime import timedelta, timezone
    >>> stamp(datetime(2021, 2, 7, 10, 30, tzinfo=timezone(timedelta(hours=8))))
    '2021-02-07T02:30:00Z'
    """
    return _written(at if at.tzinfo is UTC else aware(at))


@lru_cache(maxsize=1 << 10)  # one instant stands several times in an event, seldom in two
def _written(utc: datetime) -> str:
    return (_EPOCH + (utc - _EPOCH_UTC)).isoformat() + "Z"  # without its zone it is written in half the time


def unstamp(text: str) -> datetime:
    """Return the instant, in UTC, that `stamp` wrote as *text*.

    Raises:
        StoreError: `stamp` does not write that (``bad_instant``).

    >>> unstamp("2021-02-07T02:30:00Z")
    datetime.datetime(2021, 2, 7, 2, 30, tzinfo=datetime.timezone.utc)
    """
    try:
        at: datetime | None = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is not UTC or _written(at) != text:
        raise StoreError.of("bad_instant", "an instant is not written as 2021-02-07T02:30:00Z")
    return at


def check_keys(**keys: Any) -> None:
    """Refuse names that are not keys: 1 to 200 printable ASCII characters without space, quote or backslash.

    Raises:
        StoreError: One is not (``bad_key``); the message says which, not what it holds.
    """
    for name, value in keys.items():
        if type(value) is not str or _KEY(value) is None:
            hint = "use 1 to 200 printable ASCII characters without space, quote or backslash"
            raise StoreError.of("bad_key", f"the {name} is not a key", hint=hint)


def _check_hash(name: str, value: Any) -> None:
    if type(value) is not str or _HASH(value) is None:
        raise StoreError.of("bad_hash", f"the {name} is not a SHA-256 hash of 64 hexadecimal digits")


def check_counts(least: int, **counts: Any) -> None:
    """Refuse counts that are not whole numbers from *least* on, within 64 bits.

    Raises:
        StoreError: One is not (``bad_count``).
    """
    for name, value in counts.items():
        if type(value) is not int or not least <= value < _INT64:
            raise StoreError.of("bad_count", f"the {name} is not a whole number from {least} on")


@attrs.frozen
class Head(Shown):
    """Where a log ends: its last sequence (0 when empty) and the hash there. Keep it elsewhere to prove the log later.

    >>> Head.parse(str(GENESIS)) == GENESIS
    True
    """

    sequence: int
    hash: str

    def __attrs_post_init__(self) -> None:
        check_counts(0, sequence=self.sequence)
        _check_hash("hash", self.hash)

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Return the head written ``SEQUENCE:HASH``.

        Raises:
            StoreError: The text is not that (``bad_head``).
        """
        match = re.fullmatch(r"(0|[1-9][0-9]{0,17}):([0-9a-f]{64})", text, re.ASCII)
        if match is None:
            raise StoreError.of("bad_head", "a head is written as its sequence, a colon and 64 hexadecimal digits")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


GENESIS = Head(0, "0" * 64)
"""The head of an empty log."""


@attrs.frozen(kw_only=True)
class Draft:
    """An event before it is kept.

    Attributes:
        type: The word for what happened, such as ``matter_reported``.
        schema: Edition of that event's fields, 1 at first.
        happened_at: When it happened, in UTC; may lie before events already kept.
        data: Its fields as plain JSON, kept as text: whoever asks gets a copy of their own.

    Raises:
        StoreError: A field is not what it should be.
        LimitError: The instant has no zone (``naive_time``).
    """

    type: str
    schema: int
    happened_at: datetime = field(converter=aware)
    _data: str = field(converter=_data_text)

    def __attrs_post_init__(self) -> None:
        check_keys(type=self.type)
        check_counts(1, schema=self.schema)

    @property
    def data(self) -> dict[str, Any]:
        """The event's fields."""
        return _read(self._data)


@attrs.frozen(kw_only=True)
class Envelope(Shown):
    """One event as it is kept. Its fields are those of the `Draft`, and these.

    Attributes:
        stream: What it belongs to, such as one matter.
        version: Its place in the stream: 1, 2, 3 …
        sequence: Its place in the whole log: 1, 2, 3 …
        recorded_at: When it was kept, in UTC; never falls along the log.
        actor: Opaque id of who caused it.
        command: Id of the command that caused it; all events of one append share it.
        edition: Digest of the rules it was decided under.
        previous: Hash of the envelope before it in the log.
        hash: Its own hash; found when not given.

    Raises:
        StoreError: A field is not what it should be.
        LimitError: An instant has no zone (``naive_time``).
    """

    stream: str
    version: int
    sequence: int
    type: str
    schema: int
    happened_at: datetime = field(converter=aware)
    recorded_at: datetime = field(converter=aware)
    actor: str
    command: str
    edition: str
    _data: str = field(converter=_data_text)
    previous: str
    hash: str = ""

    def __attrs_post_init__(self) -> None:
        check_keys(stream=self.stream, type=self.type, actor=self.actor, command=self.command, edition=self.edition)
        check_counts(1, version=self.version, sequence=self.sequence, schema=self.schema)
        _check_hash("previous", self.previous)
        if self.hash:
            _check_hash("hash", self.hash)
        else:
            object.__setattr__(self, "hash", _digest(self))

    @property
    def data(self) -> dict[str, Any]:
        """The event's fields."""
        return _read(self._data)

    @property
    def head(self) -> Head:
        """The head of the log that ends here."""
        return Head(self.sequence, self.hash)

    def to_dict(self) -> dict[str, Any]:
        """Return the members of the envelope's line."""
        return _read(to_line(self))


_reader = json.JSONDecoder()
_FIELDS = frozenset(name.name.removeprefix("_") for name in attrs.fields(Envelope))


def _read(canonical_text: str) -> dict[str, Any]:
    members: dict[str, Any]
    members, _ = _reader.raw_decode(canonical_text)  # there is nothing before it or after it
    return members


def _halves(envelope: Envelope) -> tuple[str, str]:
    """Return the canonical JSON before and after the member ``hash``; the members stand in code-point order."""
    before = (
        f'{{"actor":"{envelope.actor}","command":"{envelope.command}","data":{envelope._data},'
        f'"edition":"{envelope.edition}","happened_at":"{_written(envelope.happened_at)}",'
    )
    after = (
        f'"previous":"{envelope.previous}","recorded_at":"{_written(envelope.recorded_at)}","schema":{envelope.schema},'
        f'"sequence":{envelope.sequence},"stream":"{envelope.stream}","type":"{envelope.type}",'
        f'"version":{envelope.version}}}'
    )
    return before, after


def _hash_member(digest: str) -> str:
    return f'"hash":"{digest}",'


def _digest(envelope: Envelope) -> str:
    before, after = _halves(envelope)
    body = (before + after).encode()
    if len(body) + len(_hash_member(GENESIS.hash)) > LINE_LIMIT:
        raise StoreError.of("too_long", f"an event is longer than {LINE_LIMIT} bytes")
    return hashlib.sha256(b"\x00" + bytes.fromhex(envelope.previous) + body).hexdigest()


def seal(
    draft: Draft,
    *,
    stream: str,
    version: int,
    after: "Head | Envelope",
    recorded_at: datetime,
    actor: str,
    command: str,
    edition: str,
) -> Envelope:
    """Return the envelope that keeps *draft* as the next event of the log that ends at *after*, or with that envelope.

    Raises:
        StoreError: A field is not what it should be, or the event is longer than 1 MiB (``too_long``).
        LimitError: ``recorded_at`` has no zone (``naive_time``).
    """
    return Envelope(
        stream=stream,
        version=version,
        sequence=after.sequence + 1,
        type=draft.type,
        schema=draft.schema,
        happened_at=draft.happened_at,
        recorded_at=recorded_at,
        actor=actor,
        command=command,
        edition=edition,
        data=draft._data,
        previous=after.hash,
    )


def broken(sequence: int, why: str) -> ChainBrokenError:
    """Return the error that names the first bad sequence of a log, and what is wrong with it."""
    hint = "go back to a copy whose head you know"
    return ChainBrokenError.of("chain_broken", f"event {sequence} {why}", f"sequence {sequence}", hint)


def advance(head: Head, envelope: Envelope, *, known: Head = GENESIS) -> Head:
    """Return the head of the log one event on, once *envelope* has proved to be the next after *head*.

    Raises:
        ChainBrokenError: It is not, or it stands where *known* stood and is another (``chain_broken``); names the
            sequence that should stand here.
    """
    expected = head.sequence + 1
    if envelope.sequence != expected:
        raise broken(expected, f"is missing or out of place: found event {envelope.sequence}")
    if envelope.previous != head.hash:
        raise broken(expected, "does not follow from the event before it")
    if envelope.hash != _digest(envelope):
        raise broken(expected, "was changed after it was written")
    if expected == known.sequence and envelope.hash != known.hash:
        raise broken(expected, "has another hash than the known head: the log was written anew")
    return envelope.head


def verify(envelopes: Iterable[Envelope], start: Head = GENESIS, *, known: Head = GENESIS) -> Head:
    """Return the head of a log once the whole chain has proved to hold.

    Args:
        envelopes: The log, or the part of it after *start*.
        start: The head before the first of them.
        known: A head kept elsewhere. The log must pass through it: this finds a cut tail and a log written anew.

    Raises:
        ChainBrokenError: An event was altered, removed, put in or moved (``chain_broken``); names the first bad
            sequence.
    """
    head = start
    for envelope in envelopes:
        head = advance(head, envelope, known=known)
    if head.sequence < known.sequence:
        raise broken(head.sequence + 1, f"is missing: the known head is at {known.sequence}")
    return head


def to_line(envelope: Envelope) -> str:
    """Return the envelope as its one line of canonical JSON, without a line end."""
    before, after = _halves(envelope)
    return before + _hash_member(envelope.hash) + after


def _integer(digits: str) -> int:
    # Checked by length first: turning a million digits into a number takes seconds.
    return int(digits) if len(digits) <= _INT64_DIGITS else _whole(_INT64)


def _no_float(_: str) -> NoReturn:
    raise StoreError.of("not_plain", "a number is not whole (a float, NaN or Infinity)")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_no_float, parse_constant=_no_float)


def _check_depth(text: str) -> None:
    """Refuse nesting beyond the limit (the envelope is one level more) before a parser that recurses sees it."""
    if text.count("{") + text.count("[") <= DEPTH_LIMIT + 1:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth > DEPTH_LIMIT + 1:
            raise StoreError.of("too_deep", f"event data is nested deeper than {DEPTH_LIMIT}")


def _members(text: str) -> dict[str, Any]:
    try:
        members = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise StoreError.of("bad_json", f"a line is not JSON at character {error.pos}: {error.msg}") from error
    if not isinstance(members, dict) or members.keys() != _FIELDS:
        names = ", ".join(sorted(_FIELDS))
        raise StoreError.of("bad_envelope", "a line is not an event", hint=f"it has exactly the members {names}")
    return members


def from_line(text: str) -> Envelope:
    """Return the envelope that `to_line` wrote as *text*. Its hash is not checked here: `verify` does.

    Raises:
        StoreError: The text is not exactly what `to_line` writes: longer than 1 MiB (``too_long``), nested too
            deep (``too_deep``), not JSON (``bad_json``), with a float or NaN (``not_plain``), a number beyond 64
            bits (``integer_range``), other members than an envelope has (``bad_envelope``), members of the wrong
            kind (``bad_key``, ``bad_count``, ``bad_hash``, ``bad_instant``), or another spelling of the same event,
            such as one with a key twice (``not_canonical``).
    """
    if len(text) > LINE_LIMIT:
        raise StoreError.of("too_long", f"a line is longer than {LINE_LIMIT} bytes")
    _check_depth(text)
    members = _members(text)
    members["happened_at"], members["recorded_at"] = unstamp(members["happened_at"]), unstamp(members["recorded_at"])
    envelope = Envelope(**members)
    if to_line(envelope) != text:
        message = "a line spells its event in another way than it was written (spaces, escapes, order, a key twice)"
        raise StoreError.of("not_canonical", message, hint="use the file as it was written")
    return envelope


class Event(Protocol):
    """What a room's event class offers: a type and schema of its own, when it happened, and its plain data."""

    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int]

    @property
    def at(self) -> datetime:
        """When it happened, aware."""
        ...

    def to_data(self) -> Mapping[str, Any] | Canonical:
        """Return all its fields as plain JSON, or written as canonical JSON by `json_object`, which is quicker."""
        ...

    @classmethod
    def from_data(cls, data: Any) -> Any:
        """Return the event that `to_data` turned into *data*; tuples come back as lists."""
        ...


class Codec:
    """Turns events into drafts, and envelopes back into events.

    Args:
        event_classes: Every event class that the log may hold; each room lists its own in ``EVENTS``.

    Raises:
        ValueError: Two classes bear one type.
    """

    def __init__(self, event_classes: Iterable[type[Event]]) -> None:
        self._classes: dict[str, type[Event]] = {}
        for event_class in event_classes:
            known = self._classes.setdefault(event_class.TYPE, event_class)
            if known is not event_class:
                message = f"{known.__qualname__} and {event_class.__qualname__} both bear the type {event_class.TYPE!r}"
                raise ValueError(message)

    def encode(self, event: Event) -> Draft:
        """Return *event* as a draft.

        Raises:
            StoreError: Its class is not one of the codec's (``unknown_event_type``), or its data is not plain.
        """
        if self._classes.get(event.TYPE) is not type(event):
            raise StoreError.of("unknown_event_type", f"no event class is known for the type {event.TYPE!r}")
        return Draft(type=event.TYPE, schema=event.SCHEMA, happened_at=event.at, data=event.to_data())

    def decode(self, envelope: Envelope) -> Any:
        """Return the event in *envelope*. An event that cannot be read stops the reader; it is never skipped.

        Raises:
            StoreError: The type is unknown (``unknown_event_type``), the schema is not the one this version reads
                (``schema_version``), or the data is not what the event class wrote (``bad_event``).
        """
        place = f"sequence {envelope.sequence}"
        event_class = self._classes.get(envelope.type)
        if event_class is None:
            message = f"no event class is known for the type {envelope.type!r}"
            raise StoreError.of("unknown_event_type", message, place, "read the log with the version that wrote it")
        if envelope.schema != event_class.SCHEMA:
            message = f"{envelope.type} has schema {envelope.schema}; this version reads {event_class.SCHEMA}"
            raise StoreError.of("schema_version", message, place, "read the log with the version that wrote it")
        try:
            return event_class.from_data(envelope.data)
        except (LookupError, TypeError, ValueError) as error:
            message = f"the data of a {envelope.type} is not what the event holds ({type(error).__name__})"
            raise StoreError.of("bad_event", message, place) from error
