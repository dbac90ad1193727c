"""Hierarchy: who stands under whom, on which line, on which day.

An `Organization` is all units and links, dated, and checked when it is made. `Organization.at` gives the
`Structure` of one day, which answers questions: the chain above a unit, what is inside, who covers whom.
Lines and levels are data; no level, and no depth, is built in.
"""

from gridgov.hierarchy.answers import Coverage, Covering, LevelRow, Scope
from gridgov.hierarchy.codes import DivisionCode
from gridgov.hierarchy.differences import Change, Diff, Move, diff
from gridgov.hierarchy.model import Level, Line, Link, Relation, Unit
from gridgov.hierarchy.organization import Organization
from gridgov.hierarchy.structure import Structure

__all__ = [
    "Change",
    "Coverage",
    "Covering",
    "Diff",
    "DivisionCode",
    "Level",
    "LevelRow",
    "Line",
    "Link",
    "Move",
    "Organization",
    "Relation",
    "Scope",
    "Structure",
    "Unit",
    "diff",
]
