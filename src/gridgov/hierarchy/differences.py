"""What changed between two days, or between two organisations."""

import attrs

from gridgov.hierarchy.model import Unit
from gridgov.hierarchy.structure import Structure
from gridgov.values import Shown

__all__ = ["Change", "Diff", "Move", "diff"]


@attrs.frozen
class Change(Shown):
    """A unit before and after."""

    before: Unit
    after: Unit


@attrs.frozen
class Move(Shown):
    """A unit that changed its parent on a line; None where it had, or has, no parent there."""

    unit: Unit
    line: str
    before: Unit | None
    after: Unit | None


@attrs.frozen
class Diff(Shown):
    """Units compared by id, each list in order of id.

    Attributes:
        added: Units only the second has.
        removed: Units only the first has.
        renamed: Units with another name.
        moved: Units under another parent, line by line.
        releveled: Units on another level.
    """

    added: tuple[Unit, ...]
    removed: tuple[Unit, ...]
    renamed: tuple[Change, ...]
    moved: tuple[Move, ...]
    releveled: tuple[Change, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.renamed, self.moved, self.releveled))


def diff(before: Structure, after: Structure) -> Diff:
    """Return what changed from one structure to another."""
    both = [Change(unit, other) for unit in before if (other := after.get(unit.id)) is not None]
    lines = sorted({*before.lines, *after.lines})
    return Diff(
        added=tuple(unit for unit in after if unit.id not in before),
        removed=tuple(unit for unit in before if unit.id not in after),
        renamed=tuple(pair for pair in both if pair.before.name != pair.after.name),
        moved=tuple(move for line in lines for move in _moves(line, before, after)),
        releveled=tuple(pair for pair in both if pair.before.level != pair.after.level),
    )


def _moves(line: str, before: Structure, after: Structure) -> list[Move]:
    was, now = (side.parents(line) if line in side.lines else {} for side in (before, after))
    moves = []
    for unit in after:
        old, new = was.get(unit.id), now.get(unit.id)
        if (old and old.id) != (new and new.id) and unit.id in before:
            moves.append(Move(unit, line, old, new))
    return moves
