"""Errors: what gridgov refuses, as values a program can read and a person can act on.

One thing wrong is a `Fault`. Faults of one file or one command are gathered in `Faults` and leave
together in one error. There are about ten error classes under `GridgovError`, each also the
built-in a caller would expect; *what* went wrong is the fault's ``code``, never a class of its own.
Messages never hold a resident's name, phone number or free text.
"""

from collections.abc import Iterable, Iterator
from typing import Self

import attrs

__all__ = [
    "AmbiguousRuleError",
    "ChainBrokenError",
    "CommandMismatchError",
    "ConflictOfInterestError",
    "Fault",
    "Faults",
    "GridgovError",
    "LimitError",
    "NotAuthorisedError",
    "NotInForceError",
    "PackError",
    "RecordError",
    "RefusedError",
    "StaleVersionError",
    "StoreError",
]

_MOST_KEPT = 100
_MOST_CHARACTERS = 500


def _short(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


@attrs.frozen
class Fault:
    """One thing wrong.

    Attributes:
        code: A stable word for programs, such as ``unknown_unit``.
        message: One sentence for people: what was asked, what was found.
        place: File and line (``units.csv:12``) or path (``pack.toml: coverage.from``); empty where there is none.
        hint: What to do next; empty where the message says it.
        about: Ids of what is meant, such as the rows that overlap, for programs; the message names them too.

    >>> print(Fault("unknown_unit", "no unit 'g9'", "units.csv:12", "add a row for it, or mend the id"))
    units.csv:12: no unit 'g9' [unknown_unit]: add a row for it, or mend the id
    """

    code: str
    message: str = attrs.field(converter=_short)
    place: str = ""
    hint: str = ""
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.message} [{self.code}]"
        if self.place:
            text = f"{self.place}: {text}"
        return f"{text}: {self.hint}" if self.hint else text

    def at(self, place: str) -> "Fault":
        """Return the same fault with its place, for a reader that knows file and line."""
        return attrs.evolve(self, place=place)


class GridgovError(Exception):
    """Base of every error that gridgov raises on purpose.

    Attributes:
        faults: What is wrong, at most the first hundred.
        total: How many faults there were in all.
    """

    faults: tuple[Fault, ...]
    total: int

    def __init__(self, faults: Iterable[Fault], total: int = 0) -> None:
        kept = tuple(faults)
        super().__init__(kept, total)
        self.faults = kept[:_MOST_KEPT]
        self.total = max(total, len(kept))

    @classmethod
    def of(cls, code: str, message: str, place: str = "", hint: str = "") -> Self:
        """Return an error with a single fault."""
        return cls((Fault(code, message, place, hint),))

    @property
    def code(self) -> str:
        """The code of the first fault."""
        return self.faults[0].code

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        if self.total > len(self.faults):
            lines.append(f"… and {self.total - len(self.faults)} more faults")
        return "\n".join(lines)


class PackError(GridgovError, ValueError):
    """A pack, or a part of one (organisation, list, table, calendar), that cannot be used."""


class RecordError(GridgovError, ValueError):
    """A file of records that cannot be used at all."""


class NotInForceError(GridgovError, LookupError):
    """No rule, unit or calendar day answers for the date asked."""


class AmbiguousRuleError(GridgovError, LookupError):
    """Several rows answer, or a fact that decides between them is missing."""


class RefusedError(GridgovError):
    """A request that may not be answered now: every unmet condition is a fault."""


class NotAuthorisedError(GridgovError, PermissionError):
    """Who asks may not."""


class ConflictOfInterestError(NotAuthorisedError):
    """Who asks has an interest in the matter."""


class StaleVersionError(GridgovError):
    """Somebody else was first: the stream has another version than the caller expected."""


class CommandMismatchError(GridgovError):
    """A command id was used before, for other content."""


class StoreError(GridgovError):
    """The store failed; nothing was kept."""


class ChainBrokenError(StoreError):
    """The log was changed after it was written."""


class LimitError(GridgovError, ValueError):
    """Larger than a stated limit."""


class Faults:
    """Gathers faults, keeps the first hundred, counts the rest.

    >>> faults = Faults()
    >>> faults.add("empty_file", "no rows", "units.csv")
    >>> len(faults)
    1
    """

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._kept)

    def add(self, code: str, message: str, place: str = "", hint: str = "") -> None:
        """Note one fault."""
        self.extend((Fault(code, message, place, hint),))

    def extend(self, faults: Iterable[Fault], unlisted: int = 0) -> None:
        """Note several faults, and how many more there were that nobody kept."""
        self._total += unlisted
        for fault in faults:
            self._total += 1
            if len(self._kept) < _MOST_KEPT:
                self._kept.append(fault)

    def raise_as(self, error: type[GridgovError]) -> None:
        """Raise *error* with all that was gathered; do nothing when there is no fault."""
        if self._total:
            raise error(self._kept, self._total)
