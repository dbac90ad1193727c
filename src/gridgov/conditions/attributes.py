"""Attributes: the facts that conditions may speak of, declared with their type and their words."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Context, Decimal
from difflib import get_close_matches
from enum import Enum, unique
from typing import Any

import attrs
from attrs import field

from gridgov.errors import Fault
from gridgov.values import Label, check_id, is_id

__all__ = ["WIDE", "Attribute", "AttributeType", "Types", "Value", "near", "text_of"]

Value = str | bool | int | Decimal | date
"""What a fact may be."""

Types = frozenset[type]

WIDE = Context(prec=60)
"""Wide enough for every number a cell may hold, whatever the caller's own context is."""

_LONGEST_QUOTED = 64
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _exactly(form: re.Pattern[str], text: str) -> str:
    # int() and fromisoformat() take more than a pack may say: other scripts' digits, "1_000", "2021-W10-1".
    if form.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _integer(text: str) -> Value:
    return int(_exactly(_INTEGER, text))


def _decimal(text: str) -> Value:
    return WIDE.normalize(Decimal(_exactly(_DECIMAL, text))) or Decimal(0)


def _date(text: str) -> Value:
    return date.fromisoformat(_exactly(_DATE, text))


@unique
class AttributeType(Enum):
    """What an attribute's values are. Values are the words packs use."""

    WORD = "word"
    FLAG = "flag"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"


_YES_NO: Mapping[str, bool] = {"yes": True, "no": False}
_READERS = {AttributeType.INTEGER: _integer, AttributeType.DECIMAL: _decimal, AttributeType.DATE: _date}
_FORMS = {
    AttributeType.INTEGER: "a whole number such as 54 (18 digits at most)",
    AttributeType.DECIMAL: "a decimal number such as 0.5 (18 digits at most, 9 after the point)",
    AttributeType.DATE: "a day such as 2021-02-10",
}
_TYPES: dict[AttributeType, Types] = {
    AttributeType.WORD: frozenset({str}),
    AttributeType.FLAG: frozenset({bool}),
    AttributeType.INTEGER: frozenset({int}),
    AttributeType.DECIMAL: frozenset({Decimal, int}),
    AttributeType.DATE: frozenset({date}),
}


def text_of(value: Value) -> str:
    """Return a value as cells write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def near(name: str, known: Iterable[str]) -> str:
    """Return a hint at the name that was probably meant; nothing where none is near."""
    close = get_close_matches(name, sorted(known), n=1) if is_id(name) else []
    return f"did you mean {close[0]!r}?" if close else ""


def _quoted(text: str) -> str:
    return repr(text) if len(text) <= _LONGEST_QUOTED else f"a text of {len(text)} characters"


@attrs.frozen
class Attribute:
    """A fact that conditions may speak of.

    Attributes:
        name: An id.
        type: What its values are.
        words: The values of a ``word`` attribute, ids in the order the pack declares them; empty for other types.
        label: Its name for people.
        named: The values that have a name, by it: words, and the ``yes`` and ``no`` of a flag.
        types: The Python types of its values, exactly; whole numbers do for decimals.

    Raises:
        ValueError: The name or a word is no id, a word comes twice, or there are words where none belong or none
            where they do.
    """

    name: str = field(validator=lambda _, __, value: check_id(value))
    type: AttributeType
    words: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    label: Label | None = None
    named: Mapping[str, str | bool] = field(init=False, repr=False, eq=False)
    types: Types = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        for word in self.words:
            check_id(word)
        if len(set(self.words)) < len(self.words):
            raise ValueError(f"attribute {self.name!r} has a word twice")
        if bool(self.words) != (self.type is AttributeType.WORD):
            raise ValueError(f"attribute {self.name!r}: words are for type 'word', which needs at least one")
        flag = self.type is AttributeType.FLAG
        # The types are kept here because looking up an Enum member is slow and every decision asks.
        object.__setattr__(self, "types", _TYPES[self.type])
        object.__setattr__(self, "named", _YES_NO if flag else dict(zip(self.words, self.words, strict=True)))

    def in_(self, language: str) -> str:
        """Return its name for people in ``zh`` or ``en``."""
        return self.label.in_(language) if self.label else self.name

    @property
    def how(self) -> str:
        """What to write for it, as a hint."""
        return "one of " + ", ".join(self.named) if self.named else _FORMS[self.type]

    def read(self, text: str) -> Value | Fault:
        """Return the value written as *text*, or what is wrong with it."""
        if self.named:
            word = self.named.get(text)
            if word is not None:
                return word
            hint = near(text, self.named) or f"use {self.how}"
            return Fault("unknown_word", f"{self.name} has no word {_quoted(text)}", hint=hint)
        try:
            return _READERS[self.type](text)
        except ValueError:
            return Fault("bad_value", f"{self.name}: {_quoted(text)} is no {self.type.value}", hint=f"write {self.how}")

    def take(self, value: object) -> Value | Fault:
        """Return a value, or text, as the attribute's own type; or what is wrong with it."""
        if isinstance(value, str):
            return self.read(value)
        if isinstance(value, Decimal) and not value.is_finite():
            return Fault("bad_value", f"{self.name} is not a finite number", hint=f"give {self.how}")
        if type(value) not in self.types:
            message = f"{self.name} is a {self.type.value}, not a {type(value).__name__}"
            return Fault("bad_value", message, hint=f"give {self.how}")
        exact: Any = Decimal(value) if self.type is AttributeType.DECIMAL and isinstance(value, int) else value
        return exact  # type: ignore[no-any-return]
