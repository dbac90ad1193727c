"""Responsibility: who leads and who supports for an item, on a date, in a place or scene.

A responsibility list (责任清单) holds items and, for each, duties: rows that name a holder and say when they
apply. One lead answers for an item, place, scene and date, or several that are declared joint or either-or;
anything else is refused and names its rows. The territory's own duty (patrol, report, assist enforcement
巡查、上报、协助执法) is recorded beside them and never assessed.

A ruling can become an amendment of the list: proposed, consulted on, approved stage by stage, effective from a day.
"""

from gridgov.responsibility.amending import (
    Amendment,
    AmendmentState,
    AmendmentStep,
    Approval,
    Opinion,
    amended,
    amendment_faults,
    approve,
    consult,
    propose,
    reject,
    take_effect,
    withdraw,
)
from gridgov.responsibility.answers import Assigned, Mode, Responsibility
from gridgov.responsibility.comparison import Burden, ListDiff, diff_lists
from gridgov.responsibility.dispatch import Accuracy, Dispatch, Judged, dispatch_accuracy
from gridgov.responsibility.holders import Holder, HolderKind
from gridgov.responsibility.lists import ResponsibilityList
from gridgov.responsibility.rows import Duty, Item, Role

__all__ = [
    "Accuracy",
    "Amendment",
    "AmendmentState",
    "AmendmentStep",
    "Approval",
    "Assigned",
    "Burden",
    "Dispatch",
    "Duty",
    "Holder",
    "HolderKind",
    "Item",
    "Judged",
    "ListDiff",
    "Mode",
    "Opinion",
    "Responsibility",
    "ResponsibilityList",
    "Role",
    "amended",
    "amendment_faults",
    "approve",
    "consult",
    "diff_lists",
    "dispatch_accuracy",
    "propose",
    "reject",
    "take_effect",
    "withdraw",
]
