"""Conditions: cells over declared facts, and the tables they make.

A pack holds no expressions. What it may say of a fact is a closed set of cells; what a rule decides is a table of
rows of such cells, with a stated hit policy. Every list, exclusion, eligibility, ladder and earning rule is one.

====================  ========================================================
cell                  holds when the fact is
====================  ========================================================
(blank)               anything, given or not
``road``              that word
``road|venue``        one of the words
``!road|venue``       another word
``yes``  ``no``       true, false (flags)
``5``  ``5..10``      that number or day; from the first to the last, inclusive
``>=54`` ``<45`` …    on that side of the number or day
``?``                 not given
====================  ========================================================

A fact that is not given is never guessed. A cell that asks for it is neither met nor failed, and a table whose answer
hangs on it refuses and names rows and fact, unless a row in force has ``?`` for that fact: then the table says what
its absence means, and "not given" is one more value that the other cells do not meet.
"""

from gridgov.conditions.attributes import Attribute, AttributeType, Value
from gridgov.conditions.cells import (
    Anything,
    Between,
    Compared,
    Condition,
    NoneOf,
    NotGiven,
    OneOf,
    parse_condition,
)
from gridgov.conditions.tables import DecisionTable, HitPolicy, Row
from gridgov.conditions.vocabulary import Vocabulary, parse_cells

__all__ = [
    "Anything",
    "Attribute",
    "AttributeType",
    "Between",
    "Compared",
    "Condition",
    "DecisionTable",
    "HitPolicy",
    "NoneOf",
    "NotGiven",
    "OneOf",
    "Row",
    "Value",
    "Vocabulary",
    "parse_cells",
    "parse_condition",
]
