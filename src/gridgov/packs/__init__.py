"""Packs: the only reader of rule files.

A pack is a folder of TOML files (rules) and CSV files (lists) that says everything about one place. It is read
strictly and as a whole: unknown keys, wrong types, duplicates and rules that do not hold together are faults, and all
of them are reported at once, each with its file and place. Packs are data: they hold no expression, no template and
no pattern, and nothing outside the folder is opened but the tables that ship with gridgov.
"""

import os
from collections.abc import Collection
from pathlib import Path

from gridgov.errors import Fault, PackError
from gridgov.packs._build import read_map, read_pack
from gridgov.packs._wrong import Limits, near
from gridgov.packs.jurisdiction import Household, Jurisdiction, Register, Source, SourceKind, Words
from gridgov.records import Map
from gridgov.values import is_id

__all__ = [
    "Household",
    "Jurisdiction",
    "Limits",
    "Register",
    "Source",
    "SourceKind",
    "Words",
    "bundled_packs",
    "check_pack",
    "load_map",
    "load_pack",
    "pack_reference",
]

_BUNDLED = Path(__file__).parent / "bundled"
LIMITS = Limits()
"""The usual limits."""


def bundled_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with gridgov."""
    return tuple(sorted(path.parent.name for path in _BUNDLED.glob("*/pack.toml")))


def load_pack(pack: str | Path, *, limits: Limits = LIMITS) -> Jurisdiction:
    """Return a place's rules, organisation and calendars, read and checked.

    Args:
        pack: Name of a bundled pack, or a folder. A name wins over a folder of that name: write ``./name`` for it.
        limits: How large the files may be.

    Raises:
        PackError: With every fault of every file, at most the first hundred and their number.
    """
    return read_pack(_folder(pack), limits)


def check_pack(pack: str | Path, *, limits: Limits = LIMITS) -> list[Fault]:
    """Return every fault of a pack, at most the first hundred; none when it can be used.

    Args:
        pack: Name of a bundled pack, or a folder.
        limits: How large the files may be.
    """
    try:
        load_pack(pack, limits=limits)
    except PackError as error:
        return list(error.faults)
    return []


def pack_reference(jurisdiction: Jurisdiction, base: Path) -> str:
    """Return how a file in *base* names a pack: by name when it ships with gridgov, else by the way there (``./…``)."""
    folder = jurisdiction.folder.resolve()
    if folder.parent == _BUNDLED.resolve():
        return folder.name
    return os.path.join(".", os.path.relpath(folder, base.resolve()))  # noqa: PTH118 - pathlib would drop the dot


def load_map(path: str | Path, zone: str, *, known: Collection[str] = (), limits: Limits = LIMITS) -> Map:
    """Return the map that a file of its own states.

    Args:
        path: The file.
        zone: The zone that holds where it names none.
        known: Names that may have been meant, where there is no such file.
        limits: How large it may be.

    Raises:
        PackError: With every fault.
    """
    if not Path(path).is_file():
        hint = near(str(path), known) if is_id(str(path)) else ""
        message = f"there is no file {str(path)[:200]!r}"
        raise PackError.of("missing_file", message, hint=hint or "name a map of the pack, or a file")
    return read_map(Path(path).resolve(), zone, limits)


def _folder(pack: str | Path) -> Path:
    if isinstance(pack, str) and is_id(pack) and (_BUNDLED / pack / "pack.toml").is_file():
        return _BUNDLED / pack
    if Path(pack).is_dir():
        return Path(pack)
    text = str(pack)
    beside = [str(path.parent) for path in Path(pack).parent.glob("*/pack.toml")]
    known = [*beside, *bundled_packs()] if is_id(text) else beside
    hint = near(str(Path(pack)), known) or "name a bundled pack, or a folder"
    raise PackError.of("unknown_pack", f"there is no pack {text[:200]!r}", hint=hint)
