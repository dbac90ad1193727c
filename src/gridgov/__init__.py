"""gridgov: who must act on a matter, by when, under which clause, and how it was scored.

The names below are loaded when first used, so that importing the package costs little.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridgov.assessment import Ranking, Rate, ScoreScheme, Tally
    from gridgov.authority import Actor
    from gridgov.calendar import Counting, Limit, WorkCalendar
    from gridgov.conditions import DecisionTable, Vocabulary
    from gridgov.errors import Fault, GridgovError
    from gridgov.escalation import Policy, Route, route
    from gridgov.facts import FactRow
    from gridgov.hierarchy import DivisionCode, Organization, Structure, Unit, diff
    from gridgov.history import History, import_history
    from gridgov.matters import Matter
    from gridgov.packs import Jurisdiction, check_pack, load_pack
    from gridgov.platform import Platform
    from gridgov.responsibility import Item, ResponsibilityList
    from gridgov.staffing import Staff
    from gridgov.stores import MemoryStore, read_jsonl, write_jsonl
    from gridgov.values import Citation, Label, Month, Period

__version__ = "0.1.0"

__all__ = [
    "Actor",
    "Citation",
    "Counting",
    "DecisionTable",
    "DivisionCode",
    "FactRow",
    "Fault",
    "GridgovError",
    "History",
    "Item",
    "Jurisdiction",
    "Label",
    "Limit",
    "Matter",
    "MemoryStore",
    "Month",
    "Organization",
    "Period",
    "Platform",
    "Policy",
    "Ranking",
    "Rate",
    "ResponsibilityList",
    "Route",
    "ScoreScheme",
    "Staff",
    "Structure",
    "Tally",
    "Unit",
    "Vocabulary",
    "WorkCalendar",
    "check_pack",
    "diff",
    "import_history",
    "load_pack",
    "read_jsonl",
    "route",
    "write_jsonl",
]

_HOMES: dict[str, str] = {
    "Actor": "authority",
    "Citation": "values",
    "Counting": "calendar",
    "DecisionTable": "conditions",
    "DivisionCode": "hierarchy",
    "FactRow": "facts",
    "Fault": "errors",
    "GridgovError": "errors",
    "History": "history",
    "Item": "responsibility",
    "Jurisdiction": "packs",
    "Label": "values",
    "Limit": "calendar",
    "Matter": "matters",
    "MemoryStore": "stores",
    "Month": "values",
    "Organization": "hierarchy",
    "Period": "values",
    "Platform": "platform",
    "Policy": "escalation",
    "Ranking": "assessment",
    "Rate": "assessment",
    "ResponsibilityList": "responsibility",
    "Route": "escalation",
    "ScoreScheme": "assessment",
    "Staff": "staffing",
    "Structure": "hierarchy",
    "Tally": "assessment",
    "Unit": "hierarchy",
    "Vocabulary": "conditions",
    "WorkCalendar": "calendar",
    "check_pack": "packs",
    "diff": "hierarchy",
    "import_history": "history",
    "load_pack": "packs",
    "read_jsonl": "stores",
    "route": "escalation",
    "write_jsonl": "stores",
}


def __getattr__(name: str) -> Any:
    """Load the room that holds *name* and return it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'gridgov' has no attribute {name!r}")
    return getattr(import_module(f"gridgov.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
