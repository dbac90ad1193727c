"""Records: maps and readers of foreign files.

A `Map` says how a file becomes records; `read_records` reads a file row by row and yields, for each row, what it
says happened (`Recorded`) or why it cannot be taken (`Rejected`). No row is dropped.
"""

from gridgov.records.maps import (
    Ambiguous,
    Column,
    Constant,
    First,
    Map,
    Other,
    Shape,
    UnknownItem,
    UnknownPlace,
    Verb,
    Words,
)
from gridgov.records.reading import Known, Rejected, read_records, standard_map
from gridgov.records.tables import map_from_table
from gridgov.records.times import LocalClock

__all__ = [
    "Ambiguous",
    "Column",
    "Constant",
    "First",
    "Known",
    "LocalClock",
    "Map",
    "Other",
    "Rejected",
    "Shape",
    "UnknownItem",
    "UnknownPlace",
    "Verb",
    "Words",
    "map_from_table",
    "read_records",
    "standard_map",
]
