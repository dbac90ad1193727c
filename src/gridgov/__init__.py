"""gridgov: who must act on a matter, by when, under which clause, and how it was scored.

The names below are loaded when first used, so that importing the package costs little.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    "Citation": "values",
    "Fault": "errors",
    "GridgovError": "errors",
    "Label": "values",
    "Month": "values",
    "Period": "values",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load the room that holds *name* and return it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'gridgov' has no attribute {name!r}")
    return getattr(import_module(f"gridgov.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
