"""Handling: commands on live matters, who may give them, what is missing, and what time brings.

A decision is pure: rules, the matter, a command with its instant; it returns events. A service keeps the events, and
the matter is what folding them gives.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gridgov.handling import commands
from gridgov.handling.climbing import CLIMBING
from gridgov.handling.commands import COMMANDS, Command
from gridgov.handling.deciding import Decider, Decision
from gridgov.handling.deciding import decide as _decide
from gridgov.handling.ending import ENDING
from gridgov.handling.falling import fall_next, next_moment, settle
from gridgov.handling.overseeing import OVERSEEING
from gridgov.handling.relations import coordinator_of, is_accused
from gridgov.handling.responding import RESPONDING
from gridgov.handling.rules import BUILT_IN, FOLLOWS, ClockRule, Handling, Rules, Timed
from gridgov.matters import Matter

__all__ = [
    "BUILT_IN",
    "COMMANDS",
    "DECIDERS",
    "FOLLOWS",
    "ClockRule",
    "Command",
    "Decider",
    "Decision",
    "Handling",
    "Rules",
    "Timed",
    "commands",
    "coordinator_of",
    "decide",
    "fall_next",
    "is_accused",
    "next_moment",
    "settle",
]

DECIDERS: Mapping[type[Command], Decider[Any]] = MappingProxyType({**CLIMBING, **RESPONDING, **ENDING, **OVERSEEING})
"""What decides each command."""


def decide(
    rules: Rules,
    matter: Matter | None,
    command: Command,
    *,
    others: Mapping[str, Matter | None] = MappingProxyType({}),
    asked: str = "",
) -> Decision:
    """Return what a command leads to; see `gridgov.handling.deciding.decide`."""
    return _decide(rules, matter, command, DECIDERS, others=others, asked=asked)
