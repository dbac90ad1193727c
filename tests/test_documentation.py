"""The documentation held against the code: what a pack may say, what a run writes, and every fault code stand in it."""

import ast
import csv
import doctest
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from conftest import ROOT
from gridgov.calendar import DayEnd, FirstDay, LimitUnit, Receipt
from gridgov.cli import main
from gridgov.conditions import AttributeType
from gridgov.facts import INSTANTS, STANDARD_FACTS
from gridgov.hierarchy import Relation
from gridgov.history import Figures, import_history
from gridgov.matters import HAPPENINGS, ORDER
from gridgov.packs import _shapes as shapes
from gridgov.packs import cases, check_pack, load_pack, stories
from gridgov.packs.jurisdiction import Source, SourceKind
from gridgov.records import Map
from gridgov.records.maps import HAPPENINGS_COLUMNS, MATTERS_COLUMNS, Ambiguous, Other, UnknownItem, UnknownPlace
from gridgov.responsibility import HolderKind, Role
from gridgov.results import load, write
from gridgov.values import Basis
from gridgov.worked import run_cases

DOCS = ROOT / "docs"
HOW_TO = (DOCS / "how-to" / "write-a-pack.md").read_text(encoding="utf-8")
SCORING = (DOCS / "how-to" / "score-a-file.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
CODES = (DOCS / "reference" / "fault-codes.md").read_text(encoding="utf-8")
PACKS = ROOT / "src" / "gridgov" / "packs"
TEMPLATE = PACKS / "bundled" / "template"
THIRD_CITY = ROOT / "tests" / "packs" / "third-city"

NOT_KEYS = {"optional_columns"}
"""Names inside the shapes that no file writes."""


def words_of(page: str) -> set[str]:
    """Every word of a page that stands in code: inline, or in a block."""
    code = re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL)
    whole = re.findall(r"[A-Za-z0-9_.-]*[A-Za-z0-9_]", " ".join(code))
    return {*whole, *(part for word in whole for part in word.split("."))}


def toml_of(page: str) -> list[str]:
    """Every piece of TOML that a page shows."""
    return re.findall(r"```toml\n(.*?)```", page, re.DOTALL)


def keys_of(module: ModuleType) -> Iterator[str]:
    """Every attribute of the shapes in a module: the keys that files may hold."""
    for kind in vars(module).values():
        if isinstance(kind, type) and attrs.has(kind) and kind.__module__ == module.__name__:
            renamed, rest = getattr(kind, "KEYS", {}), getattr(kind, "REST", "")
            names = (attribute.name for attribute in attrs.fields(kind))
            yield from (renamed.get(name, name) for name in names if name != rest)


def columns_of_lists() -> Iterator[str]:
    """Every column of the lists of a pack, as the readers state them."""
    for path in sorted(PACKS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Header":
                texts = (each for argument in node.args for each in ast.walk(argument))
                yield from (each.value for each in texts if isinstance(each, ast.Constant))


class TestHowToWriteAPack:
    """Somebody who has only the how-to and the template can write a pack: it names all that a pack may hold."""

    WORDS = words_of(HOW_TO)

    @pytest.mark.parametrize("module", [shapes, cases, stories], ids=lambda module: module.__name__)
    def test_every_key_of_a_rule_file_is_named(self, module: ModuleType) -> None:
        assert set() == set(keys_of(module)) - NOT_KEYS - self.WORDS

    def test_every_key_of_a_document_and_of_a_map_is_named(self) -> None:
        keys = {each.name for each in (*attrs.fields(Source), *attrs.fields(Map))}
        assert set() == keys - NOT_KEYS - self.WORDS

    def test_every_column_of_a_list_is_named(self) -> None:
        found = set(columns_of_lists())
        assert {"from_unit", "festival", "redirect_en"} <= found, "the readers state their columns in calls of Header"
        assert set() == found - self.WORDS

    def test_every_column_and_happening_of_a_file_of_records_is_named(self) -> None:
        assert set() == {*MATTERS_COLUMNS, *HAPPENINGS_COLUMNS, *HAPPENINGS} - self.WORDS

    @pytest.mark.parametrize(
        "kind",
        [
            Ambiguous, AttributeType, Basis, DayEnd, FirstDay, HolderKind, LimitUnit, Other, Receipt, Relation, Role,
            SourceKind, UnknownItem, UnknownPlace,
        ],
    )  # fmt: skip
    def test_every_word_that_a_pack_may_use_is_named(self, kind: type) -> None:
        assert set() == {member.value for member in kind} - self.WORDS

    def test_every_standard_fact_and_instant_is_named(self) -> None:
        assert set() == {*STANDARD_FACTS, *INSTANTS} - self.WORDS

    def test_every_figure_is_named(self) -> None:
        assert set() == {field.name for field in attrs.fields(Figures)} - self.WORDS

    def test_happenings_stand_in_the_order_of_one_instant(self) -> None:
        """The page says that rows of one instant are taken in the order of its table."""
        table = HOW_TO.partition("| `what` | means |\n| --- | --- |\n")[2].partition("\n\n")[0]
        shown = [word for line in table.splitlines() for word in re.findall("`([a-z_]+)`", line.split("|")[1])]
        assert sorted(ORDER, key=ORDER.__getitem__) == shown

    def test_every_piece_of_toml_can_be_read(self) -> None:
        pieces = toml_of(HOW_TO)
        assert pieces
        assert all(tomllib.loads(piece) for piece in pieces)

    def test_the_cases_that_it_shows_pass(self, tmp_path: Path) -> None:
        pack = shutil.copytree(TEMPLATE, tmp_path / "pack")
        shown = [piece for piece in toml_of(HOW_TO) if piece.startswith(("[[rank]]", "[[figures]]", "[[story]]"))]
        (pack / "cases" / "shown.toml").write_text("\n".join(['id = "shown"', 'title = { en = "shown" }', *shown]))
        outcomes = [outcome for outcome in run_cases(load_pack(pack)) if outcome.file == "shown"]
        assert [(), (), ()] == [outcome.differences for outcome in outcomes]

    def test_the_maps_that_it_shows_take_what_they_are_said_to_take(self, tmp_path: Path) -> None:
        """An unknown street falls back on the town, a kind that is not listed on one word, a blank unit on the town."""
        (tmp_path / "rows.csv").write_text(
            "No,Received,Due,Kind,Office,Street,Town\n"
            "1,2026-03-02 09:10,2026-03-05 17:00,Pothole, Roads ,North Lane,Example\n"
            "2,2026-03-02 09:10,2026-03-05 17:00,Broken bench,,Mill Lane,Example\n"
        )
        head = 'shape = "matters"\n[columns]\nmatter = "No"\nreported_at = "Received"\ndue_at = "Due"\n'
        section = HOW_TO.partition("### Where a text comes from\n")[2].partition("\n### ")[0]
        place, item, *units = toml_of(section)
        assert 2 == len(units)
        for unit in units:
            (tmp_path / "map.toml").write_text(head + item + unit + place)
            history = import_history(load_pack("template"), tmp_path / "rows.csv", map_name=str(tmp_path / "map.toml"))
            assert () == history.rejected
            found = [(each.item, each.place, each.assignments[0].unit) for each in history.matters.values()]
            assert [("pothole", "north", "roads"), ("other", "town", "town")] == found
        (tmp_path / "map.toml").write_text(head + item + unit + place.replace(', other = "keep"', ""))
        history = import_history(load_pack("template"), tmp_path / "rows.csv", map_name=str(tmp_path / "map.toml"))
        assert ["unknown_word"] == [row.code for row in history.rejected]

    @pytest.mark.parametrize("path", sorted(TEMPLATE.rglob("*.*")), ids=lambda path: path.name)
    def test_every_line_of_the_template_is_quoted(self, path: Path) -> None:
        lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
        assert [] == [line for line in lines if line not in HOW_TO.splitlines()]


class TestThirdCity:
    """A third city runs with no line of Python."""

    def test_has_no_fault_and_its_cases_come_out(self) -> None:
        assert [] == [str(fault) for fault in check_pack(THIRD_CITY)]
        assert [] == [str(outcome) for outcome in run_cases(load_pack(THIRD_CITY)) if not outcome.passed]

    def test_every_row_of_its_foreign_files_is_taken(self) -> None:
        city = load_pack(THIRD_CITY)
        counts = {name: import_history(city, name) for name in city.registers}
        assert {"april": (8, 8), "log": (11, 11)} == {name: (each.rows, each.taken) for name, each in counts.items()}

    def test_the_figures_of_the_how_to_come_out(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert 0 == main(["run", str(THIRD_CITY), "april", "--month", "2026-04", "--out", str(tmp_path)])
        assert 0 == main(["explain", str(tmp_path), "--unit", "ruimte"])
        printed = capsys.readouterr().out
        for line in ("86.7  (on_time 3/3, satisfied 2/3, photo 2/3; 3 duties; ranked)", "60×3/3 + 40×2/3) = 260/3"):
            assert line in printed
            assert line in HOW_TO


class TestSessions:
    """What a page shows of the command line is what the command line prints; ``...`` stands for what is left out."""

    OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

    @pytest.mark.parametrize("page", ["tutorial.md", "how-to/score-a-file.md", "how-to/write-a-pack.md"])
    def test_every_command_shown_prints_what_is_shown(
        self, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("gridgov.cli.load", cache(load))  # two questions to one folder read it once
        (tmp_path / "tests").symlink_to(ROOT / "tests", target_is_directory=True)
        blocks = re.findall(r"```console\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
        sessions = re.findall(r"^\$ gridgov (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE)
        assert sessions
        for command, shown in sessions:
            assert 0 == main(shlex.split(command)), command
            printed = capsys.readouterr().out
            assert doctest.OutputChecker().check_output(shown, printed, self.OPTIONS), f"{command}\n{printed}"


class TestReference:
    """Every option, every column of the results and every code stands in the reference."""

    @pytest.mark.parametrize("command", ["demo", "check", "test", "route", "run", "explain"])
    def test_every_option_of_a_command_is_named(self, command: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        options = set(re.findall(r"^ +(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
        section = COMMANDS.partition(f"## gridgov {command}\n")[2].partition("\n## ")[0]
        assert set() == options - set(re.findall(r"--[a-z-]+", section))

    def test_every_file_and_column_that_a_run_writes_is_named(self, tmp_path: Path) -> None:
        write(import_history(load_pack("template"), "sample"), tmp_path)
        words = words_of(SCORING)
        assert set() == {path.name for path in tmp_path.iterdir()} - words
        for path in tmp_path.glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                columns = {re.sub("^on_time", "R", name) for name in next(csv.reader(file))}
            assert set() == columns - words - {"R"}, path.name

    def test_every_fault_code_is_listed(self) -> None:
        """A code is the first text of a fault: in the source it stands where one is made."""
        makers = {"Fault": 0, "BadValueError": 0, "Bad": 0, "BadTime": 0, "add": 0, "of": 0, "_note": 0, "refuse": 2}
        found = set()
        for path in (ROOT / "src" / "gridgov").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    code = node.args[makers[name]] if name in makers and len(node.args) > makers[name] + 1 else None
                    if isinstance(code, ast.Constant) and re.fullmatch(r"[a-z]+(_[a-z]+)*", str(code.value)):
                        found.add(code.value)
        assert "unknown_unit" in found
        assert set() == found - set(re.findall(r"`([a-z_]+)`", CODES))
