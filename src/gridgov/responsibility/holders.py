"""Holders: how a row names who has its duty, so that one row serves the whole county."""

from enum import Enum, unique
from functools import cached_property
from typing import Self

import attrs

from gridgov.errors import NotInForceError, PackError
from gridgov.hierarchy import Structure, Unit
from gridgov.values import is_id

__all__ = ["Holder", "HolderKind"]


@unique
class HolderKind(Enum):
    """How a row finds its holder. Values are the words packs use."""

    UNIT = "unit"
    LEVEL = "level"
    STATIONED = "stationed"


@attrs.frozen
class Holder:
    """A selector, so that "the police station" or "the subdistrict" is one row for the whole county.

    ``unit:ID`` is that unit; ``level:subdistrict`` the unit of that level that the place is or lies in;
    ``stationed:police`` the agency of that kind for the place. Several levels or kinds, joined by ``|``, are
    tried in turn: ``level:subdistrict|town``.

    >>> holder = Holder.parse("level:subdistrict|town")
    >>> holder.words
    ('subdistrict', 'town')
    >>> str(holder)
    'level:subdistrict|town'
    """

    kind: HolderKind
    words: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the selector written as *text*.

        Raises:
            PackError: It is none (code ``bad_holder``).
        """
        kind, _, rest = text.partition(":")
        words = tuple(rest.split("|"))
        known = kind in {each.value for each in HolderKind}
        if not known or not all(map(is_id, words)) or (kind == "unit" and len(words) > 1):
            hint = "write unit:ID, level:LEVEL or stationed:KIND"
            raise PackError.of("bad_holder", f"{text!r} names no holder", hint=hint)
        return cls(HolderKind(kind), words)

    def find(self, structure: Structure, place: str) -> Unit | None:
        """Return the unit for *place* on the structure's day; None where there is none."""
        if self.kind is HolderKind.UNIT:
            return structure.get(self.words[0])
        at_level = self.kind is HolderKind.LEVEL
        for word in self.words:
            found = structure.ancestor(place, word) if at_level else structure.stationed(word, place)
            if found is not None:
                return found
        return None

    def resolve(self, structure: Structure, place: str) -> Unit:
        """Return the unit for *place* on the structure's day.

        Raises:
            NotInForceError: There is none (code ``no_holder``), or the unit named is unknown or not in force.
        """
        found = self.find(structure, place)
        if found is not None:
            return found
        if self.kind is HolderKind.UNIT:
            return structure.unit(self.words[0])
        what = f"no unit is {str(self)!r} for {place} on {structure.day}"
        raise NotInForceError.of("no_holder", what, hint="mend the holder, or the units and links of that place")

    @cached_property
    def _text(self) -> str:
        return f"{self.kind.value}:{'|'.join(self.words)}"

    def __str__(self) -> str:
        return self._text
