"""Maps: how a foreign file becomes records. Closed verbs, no expressions.

A map says, for each standard column, where its text comes from: a `Column` of the file, a `Constant`, or the
`First` of several that is not blank; and which `Words` of the source mean which words of the pack.
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Self
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.errors import Faults, PackError
from gridgov.matters import HAPPENINGS
from gridgov.records.times import time_format_fault
from gridgov.values import Label, is_id

__all__ = [
    "Ambiguous",
    "Column",
    "Constant",
    "First",
    "Map",
    "Other",
    "Shape",
    "UnknownItem",
    "UnknownPlace",
    "Verb",
    "Words",
    "near",
]

ROLES = ("handle", "lead", "joint", "either", "support")
OUTCOMES = ("completed", "returned", "relieved")
STATUSES = ("open", "completed", "closed", "withdrawn")


class Shape(Enum):
    """What one row of a file is. Values are the words packs use."""

    MATTERS = "matters"
    """One row per matter: when it was reported, assigned, due, completed, answered."""
    HAPPENINGS = "happenings"
    """One row per happening: matter, what, when, who."""


class Ambiguous(Enum):
    """Which side of an hour that clocks run twice a time without offset means. Values are the words packs use."""

    FIRST = "first"
    SECOND = "second"
    REJECT = "reject"


class UnknownPlace(Enum):
    """What becomes of a row whose place is no unit of the pack. Values are the words packs use."""

    NEAREST = "nearest"
    """The next known candidate of ``first``; of an official division code, the nearest known unit above it."""
    REJECT = "reject"


class UnknownItem(Enum):
    """What becomes of a row whose item is not in the pack's list. Values are the words packs use."""

    KEEP = "keep"
    """It stays, unlisted: no matter is lost because nobody listed its kind."""
    REJECT = "reject"


class Other(Enum):
    """What a word means that the map does not list. Values are the words packs use."""

    REJECT = "reject"
    KEEP = "keep"
    BLANK = "blank"


MATTERS_COLUMNS = (
    "matter",
    "item",
    "place",
    "channel",
    "reported_at",
    "unit",
    "role",
    "assigned_at",
    "due_at",
    "signed_at",
    "contacted_at",
    "met_at",
    "completed_at",
    "outcome",
    "answered_at",
    "satisfied",
    "closed_at",
    "status",
    "excluded",
)
HAPPENINGS_COLUMNS = (
    "matter",
    "what",
    "at",
    "unit",
    "role",
    "item",
    "place",
    "channel",
    "due_at",
    "satisfied",
    "reason",
    "reported_at",
)
STANDARD: Mapping[Shape, tuple[str, ...]] = {Shape.MATTERS: MATTERS_COLUMNS, Shape.HAPPENINGS: HAPPENINGS_COLUMNS}
NEEDED: Mapping[Shape, tuple[str, ...]] = {
    Shape.MATTERS: ("matter", "reported_at"),
    Shape.HAPPENINGS: ("matter", "what", "at"),
}
CHOICES: Mapping[str, frozenset[str]] = {
    "what": HAPPENINGS,
    "role": frozenset(ROLES),
    "outcome": frozenset(OUTCOMES),
    "status": frozenset(STATUSES),
    "satisfied": frozenset({"yes", "no"}),
}
"""The words that a standard column may hold, where they are closed."""


def near(text: str, known: Iterable[str], least: float = 0.7) -> str:
    """Return a hint that names the nearest of *known*; empty when none is as near as *least* (1 is equal).

    >>> near("clsed_dt", ("open_dt", "closed_dt"))
    "did you mean 'closed_dt'?"
    """
    found = get_close_matches(text, sorted(known), 1, least)
    return f"did you mean {found[0]!r}?" if found else ""


@attrs.frozen
class Words:
    """What a source's words mean.

    Attributes:
        meanings: The source's word to the pack's word.
        other: What becomes of a word that is not among them: refused, kept, blank, or a word that stands for all.
    """

    meanings: Mapping[str, str]
    other: Other | str = Other.REJECT


@attrs.frozen
class Column:
    """The text of one column of the file."""

    name: str
    words: Words | None = None


@attrs.frozen
class Constant:
    """The same text for every row."""

    text: str


@attrs.frozen
class First:
    """The first of several that is not blank; for ``place``, the first that is a known unit."""

    parts: tuple[Column | Constant, ...]
    words: Words | None = None


Verb = Column | Constant | First


def columns_of(verb: Verb) -> Iterator[str]:
    """Yield the names of the file's columns that *verb* reads."""
    if isinstance(verb, Column):
        yield verb.name
    elif isinstance(verb, First):
        for part in verb.parts:
            yield from columns_of(part)


def _fixed_words(verb: Verb, path: str) -> Iterator[tuple[str, str]]:
    """Yield the words that *verb* is certain to give for some row, each after its path."""
    if isinstance(verb, Constant):
        yield f"{path}.constant", verb.text
        return
    if verb.words is not None:
        yield from ((f"{path}.words.{word}", meaning) for word, meaning in verb.words.meanings.items())
        if isinstance(verb.words.other, str):
            yield f"{path}.other", verb.words.other
    elif isinstance(verb, First):
        for index, part in enumerate(verb.parts):
            yield from _fixed_words(part, f"{path}.first[{index}]")


@attrs.frozen(kw_only=True)
class Map:
    """How a file becomes records.

    Attributes:
        id: The map's name in its pack.
        shape: What one row is.
        columns: For each standard column that the file gives, where its text comes from. Beside the standard
            ones there are ``fact.NAME`` and ``when.NAME``.
        zone: IANA zone of times written without an offset.
        times: How times are written, tried in order: ``iso`` or a format of ``%Y %m %d %H %M %S %f %I %p %b %z``.
        blanks: Texts that mean nothing was said, beside white space.
        optional_columns: Whether a file may lack columns that the map names. True of the standard maps alone.

    Raises:
        PackError: With every fault of the map (codes ``unknown_column``, ``missing_column``, ``unknown_word``,
            ``unknown_zone``, ``bad_time_format``, ``unknown_encoding``, ``bad_delimiter``, ``bad_id``, ``no_part``).

    >>> columns = {"matter": Column("id"), "reported_at": Column("opened")}
    >>> Map(id="tiny", shape=Shape.MATTERS, columns=columns, zone="Asia/Shanghai").source_columns
    ('id', 'opened')
    """

    id: str
    shape: Shape
    columns: Mapping[str, Verb]
    zone: str
    title: Label | None = None
    times: tuple[str, ...] = ("iso",)
    blanks: tuple[str, ...] = ("", " ")
    ambiguous: Ambiguous = Ambiguous.FIRST
    unknown_place: UnknownPlace = UnknownPlace.NEAREST
    unknown_item: UnknownItem = UnknownItem.KEEP
    delimiter: str = ","
    encoding: str = "utf-8"
    optional_columns: bool = field(default=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults()
        if not is_id(self.id):
            faults.add("bad_id", f"{self.id!r} is not an id")
        self._check_columns(faults)
        self._check_words(faults)
        self._check_file(faults)
        for text in self.times:
            fault = time_format_fault(text)
            if fault:
                faults.add("bad_time_format", f"{text!r} {fault}", "times")
        if not self.times:
            faults.add("bad_time_format", "no format of times is given", "times", "the usual one is 'iso'")
        faults.raise_as(PackError)

    @classmethod
    def standard(cls, shape: Shape, zone: str, *, facts: Iterable[str] = (), attributes: Iterable[str] = ()) -> Self:
        """Return the map of a file that has the standard columns under their own names; only some are needed.

        Args:
            shape: What one row is.
            zone: IANA zone of times written without an offset.
            facts: Declared facts, each in a column ``fact.NAME``.
            attributes: Declared attributes, each in a column ``when.NAME``.
        """
        declared = (*(f"fact.{name}" for name in facts), *(f"when.{name}" for name in attributes))
        columns = {name: Column(name) for name in (*STANDARD[shape], *declared)}
        return cls(id=f"standard-{shape.value}", shape=shape, columns=columns, zone=zone, optional_columns=True)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The columns of the file that the map reads, each once, in the order of the map."""
        return tuple(dict.fromkeys(name for verb in self.columns.values() for name in columns_of(verb)))

    @property
    def declared(self) -> tuple[tuple[str, str], ...]:
        """What the map reads beside the standard columns: pairs such as ``("fact", "duty_done")``."""
        parts = (name.partition(".") for name in self.columns)
        return tuple((kind, name) for kind, dot, name in parts if dot)

    @property
    def fixed_words(self) -> tuple[tuple[str, str, str], ...]:
        """The words that the map itself states: the column that has it, its path in the map, the word; no blanks."""
        return tuple(
            (name, path, word)
            for name, verb in self.columns.items()
            for path, word in _fixed_words(verb, f"columns.{name}")
            if word
        )

    def _check_columns(self, faults: Faults) -> None:
        standard = STANDARD[self.shape]
        for name, verb in self.columns.items():
            kind, dot, rest = name.partition(".")
            if name not in standard and not (dot and kind in {"fact", "when"} and rest):
                hint = near(name, standard) or "use a standard column, fact.NAME or when.NAME"
                faults.add(
                    "unknown_column", f"{name!r} is no standard column of {self.shape.value}", f"columns.{name}", hint
                )
            if isinstance(verb, First) and not verb.parts:
                faults.add("no_part", "'first' names nothing", f"columns.{name}")
        for name in NEEDED[self.shape]:
            if name not in self.columns:
                faults.add("missing_column", f"{self.shape.value} need the column {name!r}", "columns")

    def _check_words(self, faults: Faults) -> None:
        for name, path, word in self.fixed_words:
            choices = CHOICES.get(name)
            if choices is not None and word not in choices:
                hint = near(word, choices) or f"use one of {', '.join(sorted(choices))}"
                faults.add("unknown_word", f"{word!r} is no word of {name!r}", path, hint)

    def _check_file(self, faults: Faults) -> None:
        if not _is_zone(self.zone):
            faults.add("unknown_zone", f"no time zone {self.zone!r}", "zone", "use a name such as 'Asia/Shanghai'")
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\0 ':
            hint = "use one character, such as ';'"
            faults.add("bad_delimiter", f"{self.delimiter!r} cannot part cells", "delimiter", hint)
        if not _is_encoding(self.encoding):
            hint = "use a name such as 'utf-8' or 'gb18030'"
            faults.add("unknown_encoding", f"no text encoding {self.encoding!r}", "encoding", hint)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


_NO_TEXT = frozenset(
    {"unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "utf-7"}
)
"""Codecs of Python that rewrite what they read, or stand for no file's encoding."""


def _is_encoding(name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)
        "a".encode(name)
    except (LookupError, ValueError):
        return False
    return codecs.lookup(name).name not in _NO_TEXT
