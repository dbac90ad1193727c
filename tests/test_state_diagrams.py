"""The pictures of the states held against the tables they are drawn from, and the tables against what they name."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from conftest import ROOT
from gridgov.handling import COMMANDS
from gridgov.matters import ASSIGNMENT, BEFORE, DECIDED, MATTER, TIME, Table

DOCS = ROOT / "docs"
NEW = "(new)"
TABLES = pytest.mark.parametrize("table", [MATTER, ASSIGNMENT], ids=["matter", "assignment"])
WAYS_OUT = {
    "matter": {("closed", "reopened"), ("answered", "reopened")},
    "assignment": set[tuple[str, str]](),
}
"""What leads out of an end, by state and event."""


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    """The tool that draws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tools")
        yield importlib.import_module("draw_states")


def texts(picture: str) -> list[str]:
    """Every line that a picture shows."""
    svg = "{http://www.w3.org/2000/svg}"
    return [text.text or "" for text in ET.fromstring(picture).iter(f"{svg}text")]  # noqa: S314


def ways(table: Table) -> set[tuple[str, str]]:
    """Every pair of states that an edge joins; what leads back is left out."""
    return {(source, edge.target) for edge in table.edges for source in edge.sources if edge.target not in {"", BEFORE}}


class TestPictures:
    """Docs: "the tables are data, and the pictures are drawn from them"."""

    def test_the_files_are_what_the_tables_give(self, tool: ModuleType) -> None:
        """After a change of a table: ``python tools/draw_states.py``."""
        drawn: dict[Path, str] = tool.files()
        assert {Path("assets/matter-states.svg"), Path("assets/assignment-states.svg")} < drawn.keys()
        assert [] == [str(path) for path, text in drawn.items() if (DOCS / path).read_text(encoding="utf-8") != text]

    def test_a_page_without_its_marks_is_refused(self, tool: ModuleType) -> None:
        with pytest.raises(ValueError, match="lacks the marks"):
            tool.page("# States\n")

    @TABLES
    def test_every_state_and_command_that_leads_on_is_shown(self, tool: ModuleType, table: Table) -> None:
        (subject,) = (subject for subject in tool.SUBJECTS if subject.table is table)
        shown = set(" ".join(texts(tool.svg(subject))).replace("　", " ").split())
        assert set() == set(table.states) - shown
        leading = {command or "time" for edge in table.edges if edge.target for command in edge.commands}
        staying = {
            command or "time" for edge in table.edges if set(edge.sources) <= {edge.target} for command in edge.commands
        }
        assert set() == leading - staying - shown

    @TABLES
    def test_no_two_boxes_overlap(self, tool: ModuleType, table: Table) -> None:
        (subject,) = (subject for subject in tool.SUBJECTS if subject.table is table)
        rects = ET.fromstring(tool.svg(subject)).iter("{http://www.w3.org/2000/svg}rect")  # noqa: S314
        boxes = [tuple(int(rect.get(name, "0")) for name in ("x", "y", "width", "height")) for rect in rects][1:]
        overlaps = [
            (one, other)
            for number, one in enumerate(boxes)
            for other in boxes[:number]
            if one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
            and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
        ]  # fmt: skip
        assert len(table.states) < len(boxes)
        assert [] == overlaps

    def test_every_command_has_its_chinese_word(self, tool: ModuleType) -> None:
        assert {TIME, *COMMANDS} == tool.WORDS.keys()

    def test_states_of_many_sources_are_listed_in_a_note(self, tool: ModuleType) -> None:
        """An end that can be reached from anywhere would tangle the picture."""
        panels = tool.panels(MATTER)
        assert 3 == len(panels)
        assert {"withdrawn"} < {arrow.target for arrow in panels[-1].arrows}
        assert all(1 == len(arrow.sources) for arrow in panels[-1].arrows)


class TestTables:
    """Every state can be reached, no end is left but as stated, and nothing that may happen is forgotten."""

    @TABLES
    def test_every_state_is_reached(self, table: Table) -> None:
        reached, ready = {NEW}, [NEW]
        while ready:
            here = ready.pop()
            onward = {target for source, target in ways(table) if source == here} - reached
            reached |= onward
            ready += onward
        assert reached == {NEW, *table.states}

    @TABLES
    def test_every_state_but_an_end_leads_on(self, table: Table) -> None:
        leaving = {source for edge in table.edges if edge.target for source in edge.sources if source != edge.target}
        assert set() == set(table.states) - table.ends - leaving

    @pytest.mark.parametrize(("name", "table"), [("matter", MATTER), ("assignment", ASSIGNMENT)])
    def test_an_end_is_left_only_as_stated(self, name: str, table: Table) -> None:
        left = {
            (source, edge.event)
            for edge in table.edges
            for source in edge.sources
            if source in table.ends and edge.target not in {"", source}
        }
        assert WAYS_OUT[name] == left

    @TABLES
    def test_an_edge_names_states_of_its_table(self, table: Table) -> None:
        named = {state for edge in table.edges for state in (*edge.sources, edge.target)}
        assert set() == named - {"", NEW, BEFORE} - set(table.states)

    def test_every_event_stands_in_a_table(self) -> None:
        listed = {edge.event for table in (MATTER, ASSIGNMENT) for edge in table.edges}
        assert {kind.TYPE for kind in DECIDED} == listed

    def test_every_command_stands_in_a_table(self) -> None:
        listed = {command for table in (MATTER, ASSIGNMENT) for edge in table.edges for command in edge.commands}
        assert {TIME, *COMMANDS} == listed
