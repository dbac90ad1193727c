"""Comparing: what was expected against what came out, as lines."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["compare", "compare_instant", "local"]


def compare(what: str, expected: object, found: object) -> Iterator[str]:
    """Yield how *found* differs from *expected*; nothing when it does not."""
    if expected != found:
        yield f"{what}: expected {expected}, found {found}"


def compare_instant(what: str, zone: str, expected: datetime | None, found: datetime | None) -> Iterator[str]:
    """Yield how an instant differs, both on the clock of a zone; nothing when it does not."""
    if expected != found:
        yield f"{what}: expected {local(expected, zone)}, found {local(found, zone)}"


def local(at: datetime | None, zone: str) -> str:
    """Return an instant on the clock of a zone."""
    return "nothing" if at is None else at.astimezone(ZoneInfo(zone)).isoformat()
