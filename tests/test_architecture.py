"""The plan of the house: every import is held against the table of rooms in ``docs/architecture.md``."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "gridgov"
PLAN = ROOT / "docs" / "architecture.md"
TOUCH_FILES = frozenset({"records", "packs", "stores", "results", "cli"})
FILE_CALLS = frozenset(
    {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "rmdir", "rename", "touch"}
)
CHANCE_AND_NETWORK = frozenset({"random", "secrets", "uuid", "socket", "http", "urllib", "ssl", "asyncio", "ftplib"})
CODE_FROM_DATA = frozenset({"pickle", "marshal", "shelve", "tarfile"})
CLOCK_CALLS = frozenset({"now", "utcnow", "today"})


@attrs.frozen
class Room:
    """A room of the plan.

    Attributes:
        floor: Where it stands.
        reach: The highest floor it may import: the one below its own, unless the plan says less.
        beside: The room of its own floor that the plan lets it import, if any.
    """

    floor: int
    reach: int
    beside: str

    def may_import(self, name: str, other: "Room") -> bool:
        return other.floor <= self.reach or name == self.beside


def read_plan(text: str) -> dict[str, Room]:
    """Read the table ``| floor | room | holds |``; a row may hold several rooms."""
    rooms = {}
    for floor, names, holds in re.findall(r"^\| *(\d+) *\| *([^|]+?) *\| *([^|]*?) *\|$", text, re.MULTILINE):
        said = re.search(r"imports floor (\d+) and below only", holds)
        beside = re.search(r"imports `(\w+)` beside it", holds)
        reach = int(said[1]) if said else int(floor) - 1
        for name in re.findall(r"`(\w+)`", names):
            assert name not in rooms, f"{name} stands twice in {PLAN.name}"
            rooms[name] = Room(int(floor), reach, beside[1] if beside else "")
    return rooms


ROOMS = read_plan(PLAN.read_text(encoding="utf-8"))


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


def room_of(module: str) -> str:
    """The room a module is, or is part of; empty for the door itself."""
    return module.split(".")[1] if "." in module else ""


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports, by absolute dotted names; `from a import b` yields ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(tree: ast.AST, known: Iterable[str]) -> set[str]:
    """The modules of the package that a module imports."""
    names = frozenset(known)
    own = (name for name in imports_of(tree) if name.split(".")[0] == "gridgov")
    return {name if name in names else name.rpartition(".")[0] for name in own}


def misplaced(rooms: dict[str, Room], trees: dict[str, ast.Module]) -> list[str]:
    """Every import that goes beside, above, or past a room's reach."""
    found = []
    for module, tree in trees.items():
        here = room_of(module)
        for target in sorted(own_imports(tree, trees)):
            there = room_of(target)
            if here and there != here and not (there and rooms[here].may_import(there, rooms[there])):
                found.append(f"{module} imports {target}")
    return found


def ring(trees: dict[str, ast.Module]) -> list[str]:
    """The modules of one ring of imports; none when there is no ring."""
    graph = {name: own_imports(tree, trees) - {name} for name, tree in trees.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def top_level(tree: ast.Module) -> set[str]:
    """Packages that are imported as soon as the module is."""
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    eager = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) and node not in inside]
    return {name.split(".")[0] for node in eager for name in imports_of(node)}


def calls(tree: ast.AST) -> set[str]:
    """The last name of everything that is called: ``print``, and ``now`` of ``datetime.now(UTC)``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            found.add(function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", ""))
    return found


def offenders(allowed: Iterable[str], bad: frozenset[str], *, called: bool) -> list[str]:
    """Modules outside the rooms allowed that call, or import, something bad."""
    found = []
    for module, tree in modules().items():
        names = calls(tree) if called else {name.split(".")[0] for name in imports_of(tree)}
        if room_of(module) not in allowed and names & bad:
            found.append(f"{module}: {', '.join(sorted(names & bad))}")
    return found


class TestThePlan:
    """A room may import rooms of the floors below it, never beside or above; no ring."""

    def test_every_room_is_in_the_table_and_the_table_names_no_other(self) -> None:
        there = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
        assert set(ROOMS) == there - {"__init__", "__main__"}

    def test_no_import_goes_beside_or_above(self) -> None:
        assert [] == misplaced(ROOMS, modules())

    def test_no_modules_import_one_another_in_a_ring(self) -> None:
        assert [] == ring(modules())

    def test_the_door_imports_no_room_until_a_name_is_asked_for(self) -> None:
        """But for the names that type checkers read."""
        door = modules()["gridgov"]
        run = [node for node in door.body if not isinstance(node, ast.If)]  # type: ignore[attr-defined]
        assert set() == {name for node in run for name in own_imports(node, modules())}


class TestHabits:
    """No hidden clock, file, network or chance in any room but the readers, the stores and the command line."""

    def test_networkx_is_imported_only_when_it_is_needed_and_only_by_the_hierarchy(self) -> None:
        assert [] == offenders({"hierarchy"}, frozenset({"networkx"}), called=False)
        assert [] == [name for name, tree in modules().items() if "networkx" in top_level(tree)]

    def test_only_the_command_line_prints(self) -> None:
        assert [] == offenders({"cli"}, frozenset({"print", "pprint", "input", "breakpoint"}), called=True)

    def test_only_the_command_line_asks_the_time(self) -> None:
        assert [] == offenders({"cli"}, CLOCK_CALLS, called=True)
        assert [] == offenders({"cli"}, frozenset({"time"}), called=False)

    def test_no_room_uses_chance_or_the_network(self) -> None:
        assert [] == offenders((), CHANCE_AND_NETWORK, called=False)
        assert [] == offenders((), frozenset({"urandom"}), called=True)

    def test_only_readers_and_writers_touch_files(self) -> None:
        assert [] == offenders(TOUCH_FILES, FILE_CALLS, called=True)

    def test_no_room_runs_what_it_reads(self) -> None:
        assert [] == offenders((), CODE_FROM_DATA, called=False)
        assert [] == offenders((), frozenset({"eval", "exec", "__import__"}), called=True)


class TestTheseChecks:
    """The checks find what they are for."""

    PLAN = (
        "| floor | room | holds |\n| --- | --- | --- |\n"
        "| 0 | `a` | imports `e` beside it |\n| 0 | `b` `e` | x |\n| 1 | `c` | x |\n"
        "| 2 | `d` | imports floor 0 and below only |\n"
    )

    @staticmethod
    def house(**sources: str) -> dict[str, ast.Module]:
        return {f"gridgov.{name}": ast.parse(sources.get(name, "")) for name in "abcde"}

    @pytest.mark.parametrize(
        ("room", "source"),
        [
            ("a", "from gridgov.b import x"),
            ("a", "import gridgov.c"),
            ("a", "def f():\n    from gridgov import c"),
            ("b", "import gridgov"),
            ("e", "import gridgov.a"),
            ("d", "from gridgov.c import x"),
        ],
    )
    def test_an_import_beside_above_or_past_the_reach_is_found(self, room: str, source: str) -> None:
        assert 1 == len(misplaced(read_plan(self.PLAN), self.house(**{room: source})))

    @pytest.mark.parametrize(
        ("room", "source"),
        [("c", "from gridgov.a import x"), ("d", "from gridgov import a, b"), ("a", "import gridgov.e")],
    )
    def test_an_import_from_below_is_allowed(self, room: str, source: str) -> None:
        assert [] == misplaced(read_plan(self.PLAN), self.house(**{room: source}))

    def test_a_ring_is_found(self) -> None:
        house = self.house(a="import gridgov.b", b="from gridgov.c import x", c="from gridgov import a")
        assert {"gridgov.a", "gridgov.b", "gridgov.c"} == set(ring(house))

    def test_an_import_inside_a_function_is_not_at_the_top(self) -> None:
        tree = ast.parse("import os\nif True:\n    import networkx.algorithms\ndef f():\n    import json")
        assert {"os", "networkx"} == top_level(tree)

    def test_calls_are_found_by_their_last_name(self) -> None:
        assert {"print", "now", ""} == calls(ast.parse("print(datetime.now(UTC)); f()()")) - {"f"}
