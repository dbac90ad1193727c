"""Handling: commands on live matters, who may give them, what is missing, and what time brings.

A decision is pure: rules, the matter, a command with its instant; it returns events. A service keeps the events, and
the matter is what folding them gives.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from gridgov.authority import Actor
from gridgov.handling import commands
from gridgov.handling.asking import Available, Coming, WhoNow, coming, plan, who_now
from gridgov.handling.asking import available as _available
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
    "Available",
    "ClockRule",
    "Coming",
    "Command",
    "Decider",
    "Decision",
    "Handling",
    "Rules",
    "Timed",
    "WhoNow",
    "available",
    "coming",
    "commands",
    "coordinator_of",
    "decide",
    "fall_next",
    "is_accused",
    "next_moment",
    "plan",
    "settle",
    "who_now",
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
    editions: Mapping[str, Rules] = MappingProxyType({}),
) -> Decision:
    """Return what a command leads to; see `gridgov.handling.deciding.decide`."""
    return _decide(rules, matter, command, DECIDERS, others=others, asked=asked, editions=editions)


def available(rules: Rules, matter: Matter, actor: Actor, at: datetime) -> tuple[Available, ...]:
    """Return for each command whether an actor may give it now; see `gridgov.handling.asking.available`."""
    return _available(rules, matter, actor, at, DECIDERS)
