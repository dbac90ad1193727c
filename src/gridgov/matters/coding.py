"""Coding: decided events as plain data and back, by their own fields; what has its default is left out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cattrs import Converter

from gridgov.calendar import Limit
from gridgov.events import stamp, unstamp

__all__ = ["read_event", "write_event"]


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=False)
    converter.register_unstructure_hook(datetime, stamp)
    converter.register_structure_hook(datetime, lambda text, _: unstamp(text))
    converter.register_unstructure_hook(Limit, str)
    converter.register_structure_hook(Limit, lambda text, _: Limit.parse(text))
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exact)
    return converter


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
    return _CONVERTER.structure(data, kind)
