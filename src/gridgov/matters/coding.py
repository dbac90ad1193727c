"""Coding: decided events as plain data and back, by their own fields; what has its default is left out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args, get_origin

from cattrs import BaseConverter, Converter
from cattrs.errors import ForbiddenExtraKeysError

from gridgov.calendar import Limit
from gridgov.events import stamp, unstamp

__all__ = ["read_event", "write_event"]


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=False)
    converter.register_unstructure_hook(datetime, stamp)
    converter.register_structure_hook(datetime, _instant)
    converter.register_structure_hook(datetime | None, _instant_or_none)
    converter.register_unstructure_hook(Limit, str)
    converter.register_structure_hook(Limit, _limit)
    converter.register_structure_hook(Limit | None, _limit_or_none)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exact)
    converter.register_structure_hook_factory(_is_tuple, _row)
    return converter


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _instant(text: str, _: Any) -> datetime:
    return _unstamped(text)


def _instant_or_none(text: str | None, _: Any) -> datetime | None:
    return None if text is None else _unstamped(text)


def _limit(text: str, _: Any) -> Limit:
    return _parsed(text)


def _limit_or_none(text: str | None, _: Any) -> Limit | None:
    return None if text is None else _parsed(text)


_unstamped = lru_cache(maxsize=1 << 10)(unstamp)  # one instant stands several times in an event
_parsed = lru_cache(maxsize=1 << 8)(Limit.parse)  # a county has a few dozen of them


def _row(kind: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:
    """Return what reads a tuple: of a list, and of no other thing that holds several, such as a text."""
    first, *others = get_args(kind)
    if others == [...]:
        read = converter.get_structure_hook(first)
        return lambda value, _: tuple([read(each, first) for each in _listed(value)])
    reads = [(converter.get_structure_hook(each), each) for each in (first, *others)]
    return lambda value, _: tuple([read(each, of) for (read, of), each in zip(reads, _listed(value), strict=True)])


def _listed(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"a {type(value).__name__} is no list")
    return value


def _exact(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"a {type(value).__name__} is no {kind.__name__}")
    return value


_CONVERTER = _converter()


def write_event(event: object) -> dict[str, Any]:
    """Return the fields of an event as plain JSON."""
    data: dict[str, Any] = _CONVERTER.unstructure(event)
    return data


def read_event(data: Mapping[str, Any], kind: type) -> Any:
    """Return the event of a class that `write_event` wrote.

    Raises:
        TypeError, ValueError, LookupError, StoreError: The data is not what the class holds.
    """
    try:
        return _CONVERTER.structure(data, kind)
    except (AttributeError, ForbiddenExtraKeysError) as error:
        raise TypeError(f"the data is not what a {kind.__name__} holds") from error
