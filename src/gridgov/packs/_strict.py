"""The strict converter: what a TOML file says becomes attrs values, exactly as written, or faults with their paths.

Left alone, cattrs takes ``1.7`` for 1, ``"no"`` for True, a text for a list of letters, and drops unknown keys.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from fractions import Fraction
from types import GenericAlias
from typing import TYPE_CHECKING, Any, NewType, TypeAlias, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.cols import is_mapping, mapping_structure_factory
from cattrs.errors import AttributeValidationNote, BaseValidationError, ForbiddenExtraKeysError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from gridgov.assessment import Tally
from gridgov.calendar import Limit
from gridgov.errors import Fault, Faults, GridgovError
from gridgov.packs._wrong import BadValueError, near
from gridgov.values import Basis, Period, aware, is_id, name_fault

__all__ = ["Id", "exact_number", "structure", "text_of"]

T = TypeVar("T")

if TYPE_CHECKING:
    Id: TypeAlias = str
else:
    Id = NewType("Id", str)
"""Text that is an id."""

_TEXT_LIMIT = 20_000
_INTEGERS = range(-(2**63), 2**63)
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18}|/[1-9][0-9]{0,17})?", re.ASCII)
_SHARE = re.compile(r"([0-9]{1,9})/([0-9]{1,9})", re.ASCII)
_KEYS: Mapping[type, Mapping[str, str]] = {Period: {"start": "from", "end": "to"}}
"""Attributes that bear another name in files."""

_KINDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a decimal number",
    date: "a date",
    datetime: "a date with a time",
    time: "a time",
    list: "a list",
    dict: "a table",
}


def structure(shape: type[T], data: Mapping[str, Any], name: str, faults: Faults, path: str = "") -> T | None:
    """Return *data* of the file *name* as *shape*; None, with every fault noted by its path, when it is not that.

    *path* is where in the file the data stands.
    """
    try:
        return _CONVERTER.structure(data, shape)
    except BaseValidationError as error:
        faults.extend(_faults(error, name, path))
    return None


def text_of(value: Any) -> str:
    """Return *value* when it is text that a file may hold; raise `BadValueError` otherwise."""
    text: str = _exactly(str, value)
    fault = name_fault(text, _TEXT_LIMIT) if text.strip() else None
    if fault is not None:
        raise BadValueError("bad_text", f"the text {fault}")
    return text


def exact_number(text: str) -> Fraction:
    """Return the number written in *text*; raise `BadValueError` when it is none.

    >>> exact_number("62.5"), exact_number("200/3")
    (Fraction(125, 2), Fraction(200, 3))
    """
    if not _NUMBER.fullmatch(text):
        raise BadValueError("bad_number", f"{text[:64]!r} is not an exact number", 'write it as "30", "12.5" or "1/3"')
    return Fraction(text)


def _exactly(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        hint = "write it in quotes" if kind is str and not isinstance(value, list | dict) else ""
        raise BadValueError("wrong_type", f"expected {_KINDS[kind]}, found {_KINDS[type(value)]}", hint)
    return value


def _integer(value: Any, _: Any) -> int:
    number: int = _exactly(int, value)
    if number not in _INTEGERS:
        raise BadValueError("limit_number", "the number does not fit into 64 bits")
    return number


def _id(value: Any, _: Any) -> str:
    text: str = _exactly(str, value)
    if not is_id(text):
        raise BadValueError("bad_id", f"{text[:64]!r} is not an id", "use 1 to 64 ASCII letters, digits, '.', '_', '-'")
    return text


def _word(value: Any, kind: type[Enum]) -> Enum:
    text = _exactly(str, value)
    words = [str(member.value) for member in kind]
    if text not in words:
        raise BadValueError(
            "unknown_word", f"{text[:64]!r} is not one of the words allowed here", known=words, text=text
        )
    return kind(text)


def _basis(value: Any, _: Any) -> Basis:
    return Basis.STATED if value == "" else Basis(_word(value, Basis))


def _share(value: Any, _: Any) -> Tally:
    text: str = _exactly(str, value)
    match = _SHARE.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]):
        raise BadValueError("bad_share", f"{text[:64]!r} is not a share", 'write it as "5/6": so many, of so many')
    return Tally(int(match[1]), int(match[2]))


def _of_attrs(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Return how a table becomes *kind*, every key known.

    A shape may name two of its attributes: ``SHORT``, which a plain text fills; ``REST``, which takes the other keys;
    and in ``KEYS`` those that bear another name in files.
    """
    renamed = {name: override(rename=key) for name, key in _renamed(kind).items()}
    inner: Callable[[Any, Any], Any] = make_dict_structure_fn(
        kind,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=True,
        **renamed,  # type: ignore[arg-type]
    )
    short, rest = getattr(kind, "SHORT", ""), getattr(kind, "REST", "")

    def hook(value: Any, _: Any) -> Any:
        if short and type(value) is str:
            value = {short: value}
        return inner(_gathered(_exactly(dict, value), kind, rest) if rest else _exactly(dict, value), kind)

    return hook


def _gathered(table: dict[str, Any], kind: Any, rest: str) -> dict[str, Any]:
    own = set(_keys(kind).values()) - {rest}
    return {key: table[key] for key in table if key in own} | {rest: {k: v for k, v in table.items() if k not in own}}


def _of_mapping(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner = mapping_structure_factory(kind, converter, detailed_validation=True)
    return lambda value, _: inner(_exactly(dict, value), kind)


def _of_tuple(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    members: Any = GenericAlias(list, (get_args(kind)[0],))
    inner = converter.get_structure_hook(members)
    return lambda value, _: tuple(inner(_exactly(list, value), members))


def _is_tuple(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple


def _converter() -> Converter:
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    converter.register_structure_hook_factory(attrs.has, _of_attrs)
    converter.register_structure_hook_factory(is_mapping, _of_mapping)
    converter.register_structure_hook_factory(_is_tuple, _of_tuple)
    converter.register_structure_hook_func(lambda kind: isinstance(kind, type) and issubclass(kind, Enum), _word)
    converter.register_structure_hook(str, lambda value, _: text_of(value))
    converter.register_structure_hook(bool, lambda value, _: _exactly(bool, value))
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(date, lambda value, _: _exactly(date, value))
    converter.register_structure_hook(datetime, lambda value, _: aware(_exactly(datetime, value), "the instant"))
    converter.register_structure_hook(Id, _id)
    converter.register_structure_hook(Basis, _basis)
    converter.register_structure_hook(Fraction, lambda value, _: exact_number(_exactly(str, value)))
    converter.register_structure_hook(Tally, _share)
    converter.register_structure_hook(Limit, lambda value, _: Limit.parse(text_of(value)))
    return converter


_CONVERTER = _converter()


# --- faults -----------------------------------------------------------------------------------------------------


def _faults(error: Exception, name: str, path: str) -> Iterator[Fault]:
    """Yield what an error of cattrs, or of one of the hooks above, says is wrong, each with its path."""
    place = f"{name}: {path}" if path else name
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _faults(inner, name, _joined(path, _step(inner, error.cl)))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = tuple(_keys(error.cl).values())
        for key in sorted(error.extra_fields):
            place = f"{name}: {_joined(path, _shown(key))}"
            yield Fault("unknown_key", f"there is no key {key[:64]!r} here", place, near(key, known))
    elif isinstance(error, BadValueError):
        yield error.fault(place)
    elif isinstance(error, GridgovError):
        yield from (fault.at(place) for fault in error.faults)
    elif isinstance(error, KeyError):
        yield Fault("missing_key", "the key is missing", place)
    else:
        yield Fault("bad_value", str(error.args[0]), place)


def _renamed(kind: type) -> Mapping[str, str]:
    found: Mapping[str, str] = getattr(kind, "KEYS", None) or _KEYS.get(kind, {})
    return found


def _keys(kind: type) -> dict[str, str]:
    renamed = _renamed(kind)
    return {attribute.name: renamed.get(attribute.name, attribute.name) for attribute in attrs.fields(kind)}


def _step(error: Exception, kind: type) -> str:
    """Return the last step of the path to *error*, from the note that cattrs left on it."""
    notes = getattr(error, "__notes__", ())
    note = next((each for each in notes if isinstance(each, AttributeValidationNote | IterableValidationNote)), None)
    if note is None:
        return ""
    if isinstance(note, AttributeValidationNote):
        return "" if note.name == getattr(kind, "REST", "") else _keys(kind)[note.name]
    return f"[{note.index}]" if isinstance(note.index, int) else _shown(note.index)


def _shown(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key, re.ASCII) else repr(key[:64])


def _joined(path: str, step: str) -> str:
    return path + step if step.startswith("[") or not (path and step) else f"{path}.{step}"
