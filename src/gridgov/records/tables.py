"""The shape in which packs write a map (``maps/NAME.toml``), strictly: no key is guessed, no value converted."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

from gridgov.errors import Fault, Faults, PackError
from gridgov.records.maps import (
    Ambiguous,
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
    near,
)
from gridgov.values import Label

__all__ = ["map_from_table"]

E = TypeVar("E", bound=Enum)

_KEYS = (
    "shape",
    "title",
    "zone",
    "times",
    "blanks",
    "ambiguous",
    "unknown_place",
    "unknown_item",
    "delimiter",
    "encoding",
    "columns",
)
_VERBS = ("column", "constant", "first")


def map_from_table(table: Mapping[str, Any], *, id: str, zone: str, place: str = "") -> Map:  # noqa: A002 - the word
    """Return the map that a table of a TOML file states.

    Args:
        table: The file's content, as `tomllib` gives it.
        id: The map's name.
        zone: The zone that holds where the table names none: the pack's.
        place: The file, for the places of faults.

    Raises:
        PackError: With every fault (codes ``unknown_key``, ``missing_key``, ``wrong_type``, ``unknown_word`` and those
            of `Map`).
    """
    reader = _Reader(place)
    fields = reader.fields(table)
    reader.faults.raise_as(PackError)
    try:
        return Map(**{"id": id, "zone": zone, **fields})
    except PackError as error:
        raise PackError([reader.placed(fault) for fault in error.faults], error.total) from None


class _Reader:
    """Reads one table and gathers what is wrong with it."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.faults = Faults()

    def add(self, code: str, message: str, path: str, hint: str = "") -> None:
        self.faults.extend((self.placed(Fault(code, message, path, hint)),))

    def placed(self, fault: Fault) -> Fault:
        return fault.at(": ".join(filter(None, (self.place, fault.place))))

    def fields(self, table: Mapping[str, Any]) -> dict[str, Any]:
        self.known_keys(table, _KEYS, "")
        for key in ("shape", "columns"):
            if key not in table:
                self.add("missing_key", f"a map needs {key!r}", key)
        enums = {
            "shape": Shape,
            "ambiguous": Ambiguous,
            "unknown_place": UnknownPlace,
            "unknown_item": UnknownItem,
        }
        fields: dict[str, Any] = {key: self.word(table[key], enum, key) for key, enum in enums.items() if key in table}
        fields |= {key: self.text(table[key], key) for key in ("zone", "delimiter", "encoding") if key in table}
        fields |= {key: self.texts(table[key], key) for key in ("times", "blanks") if key in table}
        if "title" in table:
            fields["title"] = self.label(table["title"])
        columns = self.table(table.get("columns", {}), "columns")
        fields["columns"] = {name: self.verb(given, f"columns.{name}") for name, given in self.flat(columns)}
        return fields

    def flat(self, columns: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield names and verbs; ``when.scene = "x"`` reaches us as a table of its own."""
        for name, given in columns.items():
            if name in {"fact", "when"} and isinstance(given, dict):
                yield from ((f"{name}.{rest}", verb) for rest, verb in given.items())
            else:
                yield name, given

    def known_keys(self, table: Mapping[str, Any], keys: tuple[str, ...], path: str) -> None:
        for key in table:
            if key not in keys:
                self.add(
                    "unknown_key", f"unknown key {key!r}", f"{path}.{key}".lstrip("."), near(key, keys) or _one_of(keys)
                )

    def text(self, given: object, path: str) -> str:
        if isinstance(given, str):
            return given
        self.add("wrong_type", f"a text is needed, not {type(given).__name__}", path, "write it in quotes")
        return ""

    def texts(self, given: object, path: str) -> tuple[str, ...]:
        if isinstance(given, list):
            return tuple(self.text(text, f"{path}[{index}]") for index, text in enumerate(given))
        self.add("wrong_type", f"a list of texts is needed, not {type(given).__name__}", path)
        return ()

    def table(self, given: object, path: str) -> Mapping[str, Any]:
        if isinstance(given, dict):
            return given
        self.add("wrong_type", f"a table is needed, not {type(given).__name__}", path)
        return {}

    def word(self, given: object, enum: type[E], path: str) -> E | None:
        words = {member.value: member for member in enum}
        text = self.text(given, path)
        if isinstance(given, str) and text not in words:
            choices = tuple(words)
            self.add("unknown_word", f"{text!r} is no word of {path!r}", path, near(text, choices) or _one_of(choices))
        return words.get(text)

    def label(self, given: object) -> Label | None:
        table = self.table(given, "title")
        self.known_keys(table, ("zh", "en"), "title")
        texts = {key: self.text(table[key], f"title.{key}") for key in ("zh", "en") if key in table}
        try:
            return Label(**texts)
        except ValueError as error:
            self.add("bad_label", str(error), "title")
            return None

    def verb(self, given: object, path: str) -> Verb:
        if isinstance(given, str):
            return Column(given)
        table = self.table(given, path)
        verbs = [key for key in _VERBS if key in table]
        if len(verbs) != 1:
            self.add("unknown_verb", f"{len(verbs)} of the verbs column, constant, first", path, "give exactly one")
            return Constant("")
        verb = verbs[0]
        self.known_keys(table, ("constant",) if verb == "constant" else (verb, "words", "other"), path)
        if verb == "constant":
            return Constant(self.text(table[verb], f"{path}.constant"))
        words = self.words(table, path)
        if verb == "column":
            return Column(self.text(table[verb], f"{path}.column"), words)
        return First(tuple(self.parts(table[verb], f"{path}.first")), words)

    def parts(self, given: object, path: str) -> Iterator[Column | Constant]:
        if not isinstance(given, list):
            self.add("wrong_type", f"a list is needed, not {type(given).__name__}", path)
            return
        for index, part in enumerate(given):
            verb = self.verb(part, f"{path}[{index}]")
            if isinstance(verb, First):
                self.add("unknown_verb", "'first' inside 'first'", f"{path}[{index}]", "name the parts in one list")
            else:
                yield verb

    def words(self, table: Mapping[str, Any], path: str) -> Words | None:
        if "words" not in table and "other" not in table:
            return None
        given = self.table(table.get("words", {}), f"{path}.words")
        meanings = {word: self.text(meaning, f"{path}.words.{word}") for word, meaning in given.items()}
        return Words(meanings, self.other(table.get("other", "reject"), f"{path}.other"))

    def other(self, given: object, path: str) -> Other | str:
        if isinstance(given, dict):
            self.known_keys(given, ("word",), path)
            return self.text(given.get("word"), f"{path}.word")
        return self.word(given, Other, path) or Other.REJECT


def _one_of(keys: tuple[str, ...]) -> str:
    return f"use one of {', '.join(keys)}"
