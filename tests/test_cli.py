"""The command line: what it prints, what it writes, how it ends."""

import csv
import gc
import gzip
import io
import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import small_pack
import small_register
from conftest import ROOT
from gridgov.cli import main
from gridgov.packs import load_pack
from gridgov.platform import Platform
from gridgov.stores import read_jsonl
from small_register import MONTH, row

BUNDLED = ROOT / "src" / "gridgov" / "packs" / "bundled"
ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "COV", "TZ", "LC_"))}


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """The small month, in a file."""
    return small_register.write(tmp_path / "month.csv", MONTH)


@pytest.fixture
def out(small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The results of the small month."""
    folder = tmp_path / "out"
    assert 0 == main(["run", str(small_folder), str(month), "--month", "2021-02", "--out", str(folder)])
    capsys.readouterr()
    return folder


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    code = "import sys; from gridgov.cli import main; sys.exit(main())"
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code, *arguments],
        env={**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must be refused: exit 1, nothing on the way out, one line that says why."""
    assert 1 == main(list(arguments))
    captured = capsys.readouterr()
    assert "" == captured.out
    lines = [line for line in captured.err.splitlines() if not line.startswith("reading ")]
    assert 1 == len(lines)
    assert "Traceback" not in captured.err
    return lines[0]


class TestWrittenWrongly:
    """Exit 2: the command itself."""

    @pytest.mark.parametrize(
        ("told", "arguments"),
        [
            ("required", ""),
            ("invalid choice", "dance"),
            ("PACK", "check"),
            ("--out", "run pingyin register"),
            ("bad_month", "run pingyin register --out x --month 2021-13"),
            ("bad_time", "run pingyin register --out x --as-of yesterday"),
            ("naive_time", "run pingyin register --out x --as-of 2021-02-10T16:00"),
            ("time_range", "route pingyin --item dogs --unit x --at 0001-01-01T00:00+23:00"),
            ("is not NAME=WORD", "route pingyin --item dogs --unit x --fact scene"),
            ("is not NAME=WORD", "route pingyin --item dogs --unit x --fact =road"),
            ("--item", "route pingyin --unit x"),
            ("invalid choice", "demo --language fr"),
            ("one of the arguments --matter --unit", "explain out"),
            ("not allowed with", "explain out --matter m --unit u"),
        ],
    )
    def test_says_what_is_wrong(self, capsys: pytest.CaptureFixture[str], told: str, arguments: str) -> None:
        """And how the command goes."""
        with pytest.raises(SystemExit) as caught:
            main(arguments.split())
        captured = capsys.readouterr()
        assert (2, "") == (caught.value.code, captured.out)
        assert told in captured.err
        assert "usage: gridgov" in captured.err

    def test_help_names_every_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Exit 0."""
        with pytest.raises(SystemExit) as caught:
            main(["--help"])
        assert 0 == caught.value.code
        text = capsys.readouterr().out
        assert all(
            re.search(rf"^ +{command} ", text, re.MULTILINE)
            for command in ("demo", "check", "test", "route", "run", "explain")
        )

    def test_arguments_are_the_processs_own(self) -> None:
        """As the installed command gives them."""
        done = process("check", "template")
        assert (0, b"template: no faults\n", b"") == (done.returncode, done.stdout, done.stderr)


class TestCheck:
    """``gridgov check``: every fault with its file and place."""

    def test_no_faults(self, small_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Exit 0."""
        assert 0 == main(["check", str(small_folder)])
        assert f"{small_folder}: no faults\n" == capsys.readouterr().out

    def test_each_fault_a_line(self, small_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """And how many there are; exit 1."""
        small_pack.change(small_folder, "units.csv", "g1,第一网格,,grid,s1", "g1,第一网格,,grid,s9")
        small_pack.change(small_folder, "pack.toml", "schema_version = 1", "schema_version = 1\ncolour = 2")
        assert 1 == main(["check", str(small_folder)])
        *faults, total = capsys.readouterr().out.splitlines()
        assert f"{small_folder}: {len(faults)} faults" == total
        assert any(fault.startswith("units.csv:5: ") for fault in faults)
        assert any(fault.startswith("pack.toml: ") for fault in faults)

    def test_more_than_can_be_shown(self, small_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A hundred, and their number."""
        units = small_folder / "units.csv"
        more = "".join(f"x{number},某,,grid,nowhere,,,,,illustrative,,\n" for number in range(150))
        units.write_text(units.read_text(encoding="utf-8") + more, encoding="utf-8")
        assert 1 == main(["check", str(small_folder)])
        lines = capsys.readouterr().out.splitlines()
        assert 101 == len(lines)
        assert lines[-1].endswith(": 150 faults, the first 100 shown")

    def test_as_json(self, small_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One object."""
        assert 0 == main(["check", str(small_folder), "--json"])
        assert {"pack": str(small_folder), "faults": [], "total": 0} == json.loads(capsys.readouterr().out)
        assert 1 == main(["check", "pingyang", "--json"])
        told = json.loads(capsys.readouterr().out)
        assert (1, "unknown_pack") == (told["total"], told["faults"][0]["code"])


class TestTest:
    """``gridgov test``: the pack's worked cases."""

    def test_passed(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A line each, and their number."""
        assert 0 == main(["test", "template"])
        *cases, total = capsys.readouterr().out.splitlines()
        assert f"template: {len(cases)} cases passed, 0 failed" == total
        assert all(case.startswith("ok    first: ") for case in cases)

    def test_failed(self, small_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What differs; exit 1."""
        small_pack.change(small_folder, "cases/small.toml", "expect = { count = 2 }", "expect = { count = 3 }")
        assert 1 == main(["test", str(small_folder)])
        text = capsys.readouterr().out
        assert "FAIL  small: grids\n      count: expected 3, found 2\n" in text
        assert text.endswith(": 3 cases passed, 1 failed\n")


class TestRoute:
    """``gridgov route``: who must act, by when, and why."""

    FIRE_LANE = ("route", "pingyin", "--item", "fire-lane", "--unit", "370124001010001")
    AT = ("--at", "2021-02-10T16:00+08:00")

    def test_due_dates_skip_the_festival(self, capsys: pytest.CaptureFixture[str]) -> None:
        """And count Saturday 2021-02-20; as one JSON object."""
        assert 0 == main([*self.FIRE_LANE, "--fact", "scene=compound", *self.AT, "--json"])
        told = json.loads(capsys.readouterr().out)
        assert {"judge": "2021-02-18T04:00:00+00:00", "department": "2021-02-23T09:00:00+00:00"}.items() <= {
            step["step"]: step["due_at"] for step in told["steps"]
        }.items()
        assert ["xiaofang"] == [lead["unit"]["id"] for lead in told["leads"]]

    def test_in_words(self, capsys: pytest.CaptureFixture[str]) -> None:
        """In the pack's first language, with the clauses."""
        assert 0 == main([*self.FIRE_LANE, "--fact", "scene=compound", *self.AT])
        text = capsys.readouterr().out
        assert "消防" in text
        assert "2021-02-20" in text

    def test_a_fact_that_decides_is_asked_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Naming the rows."""
        line = refused(capsys, *self.FIRE_LANE, *self.AT)
        assert "fire-lane.road" in line
        assert "[fact_missing]" in line

    @pytest.mark.parametrize("fact", ["scene=moon", "colour=red"])
    def test_a_fact_that_nobody_declared(self, capsys: pytest.CaptureFixture[str], fact: str) -> None:
        """Name or word."""
        refused(capsys, *self.FIRE_LANE, "--fact", fact, *self.AT)

    def test_without_an_instant_it_is_now(self, capsys: pytest.CaptureFixture[str]) -> None:
        """These rules end in 2021: nothing is guessed for today."""
        assert "[" in refused(capsys, *self.FIRE_LANE, "--fact", "scene=compound")


class TestRun:
    """``gridgov run``: read, score, rank, write."""

    def test_a_summary_a_group_at_a_time(
        self, small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Counts of rows; then each unit with rank, score, shares and status; progress goes elsewhere."""
        assert 0 == main(["run", str(small_folder), str(month), "--month", "2021-02", "--out", str(tmp_path / "o")])
        captured = capsys.readouterr()
        assert "17 rows: 17 taken, 0 later than 2021-02-22T03:00:00+00:00, 0 rejected; 4 matters" in captured.out
        assert "   –  公安局  50.00  (met 1/2, duty 1/2; 2 duties; not_ranked)" in captured.out
        assert "reading month.csv: 17 rows read\n" == captured.err

    def test_a_register_by_name_with_ranks(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The bundled sample of another city; "one JSON object" with ``--json``."""
        assert 0 == main(["run", "boston-2011", "sample", "--out", str(tmp_path / "o")])
        assert "   1  Mayor's 24 Hour Hotline  100.00  (on_time 2/2" in capsys.readouterr().out
        assert 0 == main(["run", "boston-2011", "sample", "--out", str(tmp_path / "o"), "--json"])
        told = json.loads(capsys.readouterr().out)
        assert (209, 209, 0, 1) == (
            told["rows"],
            told["taken"],
            told["rejected"],
            told["groups"]["departments"]["mayors-24-hour-hotline"]["rank"],
        )
        assert told == json.loads((tmp_path / "o" / "run.json").read_text(encoding="utf-8"))

    def test_a_map_in_a_file(self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Of a file that has other columns, zipped, in another language."""
        (tmp_path / "own.toml").write_text('shape = "matters"\n[columns]\nmatter = "No"\nreported_at = "In"\n')
        (tmp_path / "own.csv.gz").write_bytes(gzip.compress(b"No,In\n7,2021-02-01 09:00\n"))
        paths = [str(tmp_path / name) for name in ("own.csv.gz", "own.toml", "o")]
        command = ["run", str(small_folder), paths[0], "--map", paths[1], "--out", paths[2], "--language", "en"]
        assert 0 == main(command)
        assert "1 rows: 1 taken" in capsys.readouterr().out
        assert "Small County" in (tmp_path / "o" / "bulletin.md").read_text(encoding="utf-8")

    def test_json_lines(self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The same rows, a JSON object each, make the same ranking."""
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in MONTH)
        (tmp_path / "month.jsonl").write_text(lines, encoding="utf-8")
        small_register.write(tmp_path / "month.csv", MONTH)
        for name in ("month.jsonl", "month.csv"):
            assert 0 == main(["run", str(small_folder), str(tmp_path / name), "--out", str(tmp_path / f"{name}.out")])
        rankings = [(tmp_path / f"{name}.out" / "ranking.csv").read_bytes() for name in ("month.jsonl", "month.csv")]
        assert rankings[0] == rankings[1]
        capsys.readouterr()

    def test_rejected_rows_fail_a_strict_run(
        self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The results are written all the same; without ``--strict`` they are enough."""
        file = small_register.write(tmp_path / "m.csv", [*MONTH, row("m9", "closed", "02-20 09:00")])
        command = ["run", str(small_folder), str(file), "--out", str(tmp_path / "o")]
        assert 0 == main(command)
        assert "17 taken, 0 later than 2021-02-22T03:00:00+00:00, 1 rejected" in capsys.readouterr().out
        assert 1 == main([*command, "--strict"])
        assert "1 rows rejected; see" in capsys.readouterr().err
        assert 1 == len(small_register.read(tmp_path / "o" / "rejected.csv"))
        assert 0 == main(
            ["run", str(small_folder), str(small_register.write(file, MONTH)), "--out", str(tmp_path / "o"), "--strict"]
        )

    def test_nothing_taken(
        self, small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """All of it later than the instant asked for."""
        command = [
            "run",
            str(small_folder),
            str(month),
            "--as-of",
            "2021-01-31T09:00+08:00",
            "--out",
            str(tmp_path / "o"),
        ]
        assert 1 == main(command)
        captured = capsys.readouterr()
        assert "17 rows: 0 taken, 17 later" in captured.out
        assert "[nothing_taken]" in captured.err

    def test_nothing_taken_because_nothing_can_be(
        self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The rejected rows say why."""
        file = small_register.write(tmp_path / "m.csv", [row("m1", "reported", "02-31 09:00")])
        assert 1 == main(["run", str(small_folder), str(file), "--out", str(tmp_path / "o")])
        captured = capsys.readouterr()
        assert "1 rows: 0 taken, 0 later" in captured.out
        assert "rejected.csv [nothing_taken]" in captured.err
        assert ["bad_time"] == [each["code"] for each in small_register.read(tmp_path / "o" / "rejected.csv")]

    @pytest.mark.parametrize("collecting", [True, False])
    def test_the_garbage_collector_is_left_as_it_was(
        self, small_folder: Path, month: Path, tmp_path: Path, collecting: bool
    ) -> None:
        """Held while rows are read, also when the run is refused."""
        was = gc.isenabled()
        try:
            (gc.enable if collecting else gc.disable)()
            main(["run", str(small_folder), str(month), "--out", str(tmp_path / "o")])
            main(["run", str(small_folder), str(tmp_path / "none.csv"), "--out", str(tmp_path / "o")])
            assert collecting == gc.isenabled()
        finally:
            (gc.enable if was else gc.disable)()

    def test_a_broken_packs_faults_are_all_told(
        self, small_folder: Path, month: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A line each."""
        small_pack.change(small_folder, "units.csv", "g1,第一网格,,grid,s1", "g1,第一网格,,grid,s9")
        small_pack.change(small_folder, "pack.toml", "schema_version = 1", "schema_version = 1\ncolour = 2")
        assert 1 == main(["run", str(small_folder), str(month), "--out", "unused"])
        assert 2 <= len(capsys.readouterr().err.splitlines())


class TestBadInput:
    """An input of no use: one clear line, exit 1, no traceback."""

    def run(self, capsys: pytest.CaptureFixture[str], pack: Path, file: Path, out: Path) -> str:
        line = refused(capsys, "run", str(pack), str(file), "--out", str(out))
        assert not out.is_dir()
        return line

    @pytest.mark.parametrize(
        ("code", "content"),
        [
            ("empty_file", b""),
            ("empty_file", b"\n \n"),
            ("no_rows", b"matter,what,at\n"),
            ("bad_encoding", "matter,what,at\nm1,reported,2021-02-01T09:00+08:00\nm2,立项,x\n".encode("gbk")),
            ("nul_character", "matter,what,at\n".encode("utf-16-le")),
            ("nul_character", b"matter,what,at\nm\0,reported,x\n"),
            ("broken_gzip", gzip.compress(b"matter,what,at\nm1,reported,x\n" * 99, mtime=0)[:-9]),
            ("unknown_format", b"PK\x03\x04" + b"\0" * 40),
            ("missing_column", b"matter,colour\nm1,red\n"),
        ],
    )
    def test_a_file_of_no_use(
        self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, content: bytes
    ) -> None:
        """Its name and what is wrong with it; nothing is written."""
        file = tmp_path / "file.csv"
        file.write_bytes(content)
        line = self.run(capsys, small_folder, file, tmp_path / "o")
        assert f"[{code}]" in line
        assert "file.csv" in line

    def test_no_file_and_a_folder(self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Each its own code."""
        assert "[missing_file]" in self.run(capsys, small_folder, tmp_path / "none.csv", tmp_path / "o")
        assert "[not_a_file]" in self.run(capsys, small_folder, small_folder, tmp_path / "o")

    def test_a_file_that_cannot_be_read(
        self, small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A link that leads to itself."""
        (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
        assert "loop.csv" in self.run(capsys, small_folder, tmp_path / "loop.csv", tmp_path / "o")

    def test_a_place_that_cannot_be_written(
        self, small_folder: Path, month: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A file where the folder should be, or above it."""
        for out in (month, month / "deeper"):
            assert "month.csv" in self.run(capsys, small_folder, month, out)

    def test_a_result_that_cannot_be_written(
        self, small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A folder stands where a file should."""
        for name in ("events.jsonl", "ranking.csv"):
            (tmp_path / name / name).mkdir(parents=True)
            assert name in refused(capsys, "run", str(small_folder), str(month), "--out", str(tmp_path / name))

    def test_no_such_pack_or_map(
        self, small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With the nearest name."""
        assert "did you mean 'pingyin'?" in self.run(capsys, Path("pingyn"), month, tmp_path / "o")
        refused(capsys, "run", str(small_folder), str(month), "--map", "none", "--out", str(tmp_path / "o"))

    def test_a_month_before_the_scheme(
        self, small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nothing is written."""
        command = ("run", str(small_folder), str(month), "--month", "2020-06", "--out", str(tmp_path / "o"))
        assert "[month_not_covered]" in refused(capsys, *command)
        assert not (tmp_path / "o").exists()

    def test_a_pack_without_rates(
        self, small_folder: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Says which file would give them."""
        (small_folder / "assessment.toml").unlink()
        assert "add assessment.toml" in self.run(capsys, small_folder, month, tmp_path / "o")


class TestExplain:
    """``gridgov explain``: the reasons behind one row."""

    def test_a_units_score_can_be_recomputed_from_the_text(self, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Weight times share, summed, is the score that is printed."""
        assert 0 == main(["explain", str(out), "--unit", "police", "--language", "en"])
        text = capsys.readouterr().out
        shares = re.findall(r": (\d+)/(\d+) = .*, weight (\d+)", text)
        score = sum(Fraction(int(weight) * int(num), int(den)) for num, den, weight in shares)
        assert f" = {score} = 50.00" in text
        assert 2 == len(shares)

    def test_a_matters_due_day_can_be_recounted(self, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """In the pack's first language."""
        assert 0 == main(["explain", str(out), "--matter", "m3"])
        text = capsys.readouterr().out
        assert "噪声" in text
        assert "2021-02-20" in text

    @pytest.mark.parametrize("what", [("--unit", "nobody"), ("--unit", "g1"), ("--matter", "m99"), ("--matter", "=1")])
    def test_unknown(self, out: Path, capsys: pytest.CaptureFixture[str], what: tuple[str, str]) -> None:
        """Exit 1."""
        assert "is not in these results [unknown]" in refused(capsys, "explain", str(out), *what)

    def test_of_no_results(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Says what to name."""
        assert "[no_results]" in refused(capsys, "explain", str(tmp_path), "--unit", "police")

    def test_after_the_rules_changed(self, out: Path, small_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Run again first."""
        small_pack.change(small_folder, "assessment.toml", 'met = "60", duty = "40"', 'met = "40", duty = "60"')
        assert "[other_edition]" in refused(capsys, "explain", str(out), "--unit", "police")

    def test_of_a_changed_log(self, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Names the event that does not fit."""
        log = out / "events.jsonl"
        log.write_text(
            log.read_text(encoding="utf-8").replace('"satisfied":false', '"satisfied":true'), encoding="utf-8"
        )
        assert "[chain_broken]" in refused(capsys, "explain", str(out), "--unit", "police")


class TestDemo:
    """``gridgov demo``: the main job on the bundled pack."""

    def test_prints_the_bulletin_and_writes_all_results(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """February 2021, in Chinese."""
        assert 0 == main(["demo", "--out", str(tmp_path / "demo")])
        captured = capsys.readouterr()
        assert captured.out.startswith("# 济南市平阴县")
        bulletin = (tmp_path / "demo" / "bulletin.md").read_text(encoding="utf-8").strip()
        assert captured.out.startswith(bulletin)
        assert "2021-02" in captured.out.splitlines()[0]
        assert "bulletin.html" in captured.err

    def test_drives_called_matters_by_commands_and_tells_the_story_of_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Every matter called in the month; its log holds, and gives the same matters again."""
        assert 0 == main(["demo", "--out", str(tmp_path / "demo"), "--language", "en"])
        told = capsys.readouterr().out.partition("## ")[2].rpartition("## ")[2].splitlines()
        assert "called matters driven by commands" in told[0]
        assert "taken in" in told[3]
        story = (tmp_path / "demo" / "story.txt").read_text(encoding="utf-8")
        assert "make-up day, worked" in story
        platform = Platform(load_pack("pingyin"), read_jsonl(tmp_path / "demo" / "live.jsonl"))
        assert sum(matter.status == "closed" for matter in platform.matters()) > 10


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        """Somebody looks."""
        return True


class TestProgress:
    """A bar on a terminal, plain lines elsewhere."""

    def run(self, tmp_path: Path, county: Path) -> None:
        file = small_register.write(tmp_path / "m.csv", MONTH)
        assert 0 == main(["run", str(county), str(file), "--out", str(tmp_path / "o")])

    def test_a_bar(
        self, tmp_path: Path, small_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With the number of rows."""
        pytest.importorskip("tqdm")
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        self.run(tmp_path, small_folder)
        assert "reading m.csv: 17.0 rows" in terminal.getvalue().replace("17.0rows", "17.0 rows")

    def test_without_the_library_a_line(
        self, tmp_path: Path, small_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is an extra."""
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setitem(sys.modules, "tqdm", None)
        self.run(tmp_path, small_folder)
        assert "reading m.csv …\n" == terminal.getvalue()

    def test_a_line_per_hundred_thousand_rows(
        self, tmp_path: Path, small_folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """And one at the end."""
        file = tmp_path / "long.csv"
        with file.open("w", encoding="utf-8") as text:
            text.write("matter,what,at\nm1,reported,2021-02-01T09:00+08:00\n")
            text.writelines("m1,closed\n" for _ in range(100_100))
        assert 0 == main(["run", str(small_folder), str(file), "--out", str(tmp_path / "o")])
        expected = ["100000 rows", "100101 rows read"]
        assert expected == [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()]


class TestWholeProcess:
    """What only a process of its own shows."""

    @pytest.mark.parametrize(
        ("pack", "file", "extra"), [("boston-2011", "sample", ()), ("small", "month.csv", ("--month", "2021-02"))]
    )
    def test_same_bytes_under_every_hash_seed_and_zone(
        self, small_folder: Path, tmp_path: Path, pack: str, file: str, extra: tuple[str, ...]
    ) -> None:
        """T38: the results do not depend on them."""
        small_register.write(tmp_path / "month.csv", MONTH)
        given = (str(small_folder), str(tmp_path / file)) if pack == "small" else (pack, file)
        seen: set[tuple[bytes, ...]] = set()
        for seed, zone in (("0", "UTC"), ("1", "Asia/Shanghai"), ("2", "America/New_York"), ("2", "UTC")):
            out = tmp_path / f"{seed}-{zone.replace('/', '-')}"
            done = process("run", *given, *extra, "--out", str(out), PYTHONHASHSEED=seed, TZ=zone)
            assert (0, 1) == (done.returncode, len(done.stderr.splitlines()))
            names = (
                "ranking.csv",
                "matters.csv",
                "assignments.csv",
                "assessments.csv",
                "bulletin.html",
                "events.jsonl",
            )
            seen.add(tuple((out / name).read_bytes() for name in names))
        assert 1 == len(seen)

    def test_a_register_in_another_order(self, tmp_path: Path) -> None:
        """The sample turned upside down ranks the same, byte for byte."""
        header, *rows = (BUNDLED / "boston-2011" / "sample.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        for name, lines in (("as-is", rows), ("turned", rows[::-1])):
            (tmp_path / name).mkdir()
            (tmp_path / name / "sample.csv").write_text("".join((header, *lines)), encoding="utf-8")
            command = ["run", "boston-2011", str(tmp_path / name / "sample.csv"), "--out", str(tmp_path / name)]
            assert 0 == main(command)
        for name in ("ranking.csv", "assessments.csv"):
            tables = [sorted(self.rows(tmp_path / folder / name)) for folder in ("as-is", "turned")]
            assert tables[0] == tables[1]
        assert (tmp_path / "as-is" / "ranking.csv").read_bytes() == (tmp_path / "turned" / "ranking.csv").read_bytes()

    @staticmethod
    def rows(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def test_a_reader_that_went_away(self) -> None:
        """Exit 1 and not a word, whether the output is short or long."""
        for command in (
            ["test", "template"],
            ["route", "pingyin", *TestRoute.FIRE_LANE[2:], "--fact", "scene=road", *TestRoute.AT, "--json"],
        ):
            reading, writing = os.pipe()
            os.close(reading)
            with os.fdopen(writing, "wb") as closed:
                code = "import sys; from gridgov.cli import main; sys.exit(main())"
                done = subprocess.run(  # noqa: S603 - our own command
                    [sys.executable, "-c", code, *command],
                    env={**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(sys.path)},
                    stdout=closed,
                    stderr=subprocess.PIPE,
                    check=False,
                    timeout=120,
                )
            assert (1, b"") == (done.returncode, done.stderr)

    def test_a_reader_that_went_away_in_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is left of the output is dropped."""

        class Closed(io.StringIO):
            def write(self, text: str) -> int:
                raise BrokenPipeError

            def close(self) -> None:
                if self.closed:
                    return
                super().close()
                raise BrokenPipeError

        monkeypatch.setattr(sys, "stdout", Closed())
        assert 1 == main(["test", "template"])

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
    def test_any_terminal(self, out: Path, encoding: str) -> None:
        """Letters that it has not are written as escapes; nothing fails."""
        done = process("explain", str(out), "--unit", "police", PYTHONIOENCODING=encoding)
        assert (0, b"") == (done.returncode, done.stderr)
        text = done.stdout.decode(encoding)
        assert ("见面率" in text) == (encoding == "utf-8")
        assert ("\\u89c1" in text) == (encoding != "utf-8")

    def test_a_name_that_is_no_text(self) -> None:
        """An argument of stray bytes is refused like any other."""
        done = process("check", os.fsdecode(b"\xff"), PYTHONUTF8="1", LC_ALL="C.UTF-8")
        assert 1 == done.returncode
        assert b"Traceback" not in done.stderr
        assert b"[unknown_pack]" in done.stdout


def test_an_interrupted_run_says_so_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is no fault of the program."""

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gridgov.cli.load_pack", interrupted)
    assert 1 == main(["test", "pingyin"])
    assert "interrupted" in capsys.readouterr().err


def test_a_fact_given_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Which of the two holds is not for the tool to guess."""
    command = ("route", "pingyin", "--item", "fire-lane", "--unit", "370124001010001", "--at", "2021-02-10T16:00+08:00")
    assert "[fact_twice]" in refused(capsys, *command, "--fact", "scene=road", "--fact", "scene=compound")


def test_results_never_replace_their_own_input(
    tmp_path: Path, month: Path, small_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file called like a result, in the folder of the results, stays as it was."""
    given = tmp_path / "matters.csv"
    given.write_bytes(month.read_bytes())
    assert "[would_overwrite_input]" in refused(capsys, "run", str(small_folder), str(given), "--out", str(tmp_path))
    assert month.read_bytes() == given.read_bytes()
