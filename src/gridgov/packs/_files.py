"""Files of a pack: the one door through which they are opened.

Nothing is opened but regular files inside the pack's folder. A fault is noted with file and line, or file and path,
and reading goes on, so that one visit tells everything.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from gridgov.errors import Faults
from gridgov.packs._csv import Header, Table, parse_csv
from gridgov.packs._toml import parse_toml
from gridgov.packs._wrong import Limits

__all__ = ["Folder"]

_LONGEST_PATH = 255
_ODD_IN_PATH = frozenset("\\:\0")


class Folder:
    """A pack's folder: the only door through which its files are opened.

    Args:
        root: The folder.
        limits: How large files may be.
        faults: Where faults are noted.

    Attributes:
        opened: The names of the files that were asked for.
    """

    def __init__(self, root: Path, limits: Limits, faults: Faults) -> None:
        self.root = root.resolve(strict=True)
        self.limits = limits
        self.faults = faults
        self.opened: set[str] = set()

    def names(self, sub: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the files of the folder, or of one folder in it, whose names end so; in order of name."""
        folder = self.root / sub
        if not folder.is_dir():
            return ()
        if self._leaves(folder):
            self.faults.add("path_leaves", f"{sub!r} leads out of the pack", sub, "replace the link by a copy")
            return ()
        try:
            found = [path.name for path in folder.iterdir() if path.suffix in suffixes]
        except OSError as error:
            self.faults.add("unreadable", f"the folder cannot be read: {error.strerror}", sub or ".")
            return ()
        return tuple(sorted(f"{sub}/{name}" if sub else name for name in found))

    def files(self) -> Iterator[str]:
        """Yield every file of the folder and of the folders in it, but for hidden ones; links are not followed."""
        for top, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            here = Path(top).relative_to(self.root)
            yield from ((here / name).as_posix() for name in sorted(names) if not name.startswith("."))

    def has(self, name: str) -> bool:
        """Say whether there is such a file, whatever it may be."""
        return (self.root / name).exists() or (self.root / name).is_symlink()

    def path(self, name: str, place: str = "") -> Path | None:
        """Return where a file of the pack is; None, with a fault at *place*, when it is not inside the folder."""
        place = place or name
        if _strays(name):
            self.faults.add(
                "path_leaves", f"{name!r} is not a path inside the pack", place, "name a file of the folder"
            )
            return None
        path = self.root / name
        if not path.exists():
            self.faults.add("missing_file", f"there is no file {name!r}", place)
        elif self._leaves(path):
            self.faults.add("path_leaves", f"{name!r} leads out of the pack", place, "replace the link by a copy")
        elif not stat.S_ISREG(path.stat().st_mode):
            self.faults.add("not_a_file", f"{name!r} is not a regular file", place)
        else:
            return path
        return None

    def _leaves(self, path: Path) -> bool:
        return not path.resolve().is_relative_to(self.root)

    def toml(self, name: str) -> dict[str, Any] | None:
        """Return what a TOML file holds; None, with faults noted, when it cannot be read."""
        text = self._text(name, self.limits.toml_bytes, "")
        return None if text is None else parse_toml(text, name, self.limits, self.faults)

    def table(self, name: str, header: Header, place: str = "") -> Table:
        """Return the rows of a CSV file by column; none, with faults noted, when it cannot be read.

        Args:
            name: The file.
            header: The columns it may have.
            place: Where the file is named; its own name by default.
        """
        text = self._text(name, self.limits.list_bytes, place)
        found = None if text is None else parse_csv(text, name, header, self.limits, self.faults)
        return Table(name, {}, (), self.faults, whole=False) if found is None else found

    def _text(self, name: str, most: int, place: str) -> str | None:
        self.opened.add(name)
        path = self.path(name, place)
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                data = file.read(most + 1)
        except OSError as error:
            self.faults.add("unreadable", f"the file cannot be read: {error.strerror}", name)
            return None
        if len(data) > most:
            self.faults.add("limit_bytes", f"the file is larger than {most} bytes", name)
            return None
        return decode(data, name, self.faults)


def _strays(name: str) -> bool:
    """Say whether *name* is anything but a plain relative path, on any system."""
    path = PurePosixPath(name)
    return len(name) > _LONGEST_PATH or path.is_absolute() or ".." in path.parts or not _ODD_IN_PATH.isdisjoint(name)


def decode(data: bytes, name: str, faults: Faults) -> str | None:
    """Return the text of a UTF-8 file, with or without its mark; None, with the offset in a fault, if it is none."""
    text, wrong = None, len(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error.start
    nul = data.find(b"\0", 0, wrong)
    if text is not None and nul < 0:
        return text
    offset = wrong if nul < 0 else nul
    place = f"{name}:{data.count(10, 0, offset) + 1}"
    code, message = ("encoding", "not UTF-8") if nul < 0 else ("nul", "a NUL")
    faults.add(code, f"{message} at byte {offset}", place, "save the file as UTF-8")
    return None
