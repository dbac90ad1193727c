"""Results: the folder that a run writes, and the reading of it again."""

import csv
import json
import shutil
from collections import Counter
from decimal import localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import small_pack
import small_register
from gridgov.errors import ChainBrokenError, GridgovError, NotInForceError, PackError, RecordError, StoreError
from gridgov.history import History, import_history
from gridgov.packs import Jurisdiction, load_pack
from gridgov.results import Results, load, plain_cell, safe_cell, write
from gridgov.values import Month
from small_register import MONTH, Row, reported, row
from test_documents import ALLOWED, parsed

FEBRUARY = Month(2021, 2)
FILES = {
    "assessments.csv",
    "assignments.csv",
    "bulletin.html",
    "bulletin.md",
    "events.jsonl",
    "matters.csv",
    "ranking.csv",
    "rejected.csv",
    "run.json",
}


def scored(folder: Path, county: Jurisdiction, *rows: Row, month: Month | None = FEBRUARY) -> Results:
    """Import *rows* and write the results into *folder*."""
    file = small_register.write(folder.parent / "told.csv", rows)
    return write(import_history(county, file), folder, month)


@pytest.fixture
def out(tmp_path: Path, small_county: Jurisdiction) -> Path:
    """The results of the small month."""
    return scored(tmp_path / "out", small_county, *MONTH).folder


@pytest.fixture(scope="session")
def february(register: History, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The bundled register's February."""
    return write(register, tmp_path_factory.mktemp("february"), FEBRUARY)


def header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")


class TestFiles:
    """What ``run --out`` writes, and the columns that others read."""

    def test_all_of_them_and_nothing_else(self, out: Path) -> None:
        """No part of a file is left."""
        assert {path.name for path in out.iterdir()} == FILES

    def test_a_matter_a_row(self, out: Path) -> None:
        """In order of first report, times in the pack's zone with their offset."""
        rows = small_register.read(out / "matters.csv")
        assert ["m1", "m2", "m3", "m4"] == [each["matter"] for each in rows]
        assert ["closed", "completed", "completed", "open"] == [each["status"] for each in rows]
        expected = {
            "item": "lane",
            "unit": "g1",
            "reported_at": "2021-02-01T09:00:00+08:00",
            "opened_at": "2021-02-01T09:10:00+08:00",
            "closed_at": "2021-02-04T09:30:00+08:00",
            "assignments": "2",
            "called": "yes",
            "reopened": "0",
            "source": "told.csv",
            "line": "2",
        }
        assert expected.items() <= rows[0].items()
        assert ("", "no") == (rows[2]["closed_at"], rows[2]["called"])

    def test_an_assignment_a_row(self, out: Path) -> None:
        """With where its due instant comes from, and facts as yes, no or not known."""
        rows = {(each["matter"], each["assignment"]): each for each in small_register.read(out / "assignments.csv")}
        assert {("m1", "1"), ("m1", "2"), ("m2", "1"), ("m3", "0"), ("m3", "1"), ("m4", "1")} == rows.keys()
        assert ("record", "2021-02-05T17:00:00+08:00", "no") == (
            rows["m2", "1"]["due_basis"],
            rows["m2", "1"]["due_at"],
            rows["m2", "1"]["on_time"],
        )
        assert ("rule", "2021-02-24T17:00:00+08:00", "") == (
            rows["m4", "1"]["due_basis"],
            rows["m4", "1"]["due_at"],
            rows["m4", "1"]["on_time"],
        )
        expected = [
            "unit",
            "role",
            "opened_by",
            "opened_at",
            "signed_at",
            "met_at",
            "completed_at",
            "outcome",
            "satisfied",
        ]
        assert set(expected) <= rows["m1", "1"].keys()
        assert {"police", "yes"} == {rows["m1", "2"]["unit"], rows["m1", "2"]["satisfied"]}

    def test_a_ranked_unit_a_row(self, out: Path) -> None:
        """Counts beside every rate; blank where there is none."""
        rows = {each["unit"]: each for each in small_register.read(out / "ranking.csv")}
        expected = "period group unit name assignments met_num met_den met duty_num duty_den duty score rank status"
        assert expected.split() == header(out / "ranking.csv")
        assert "2021-02,departments,police,公安局,2,1,2,50.00,1,2,50.00,50.00,,not_ranked" == ",".join(
            rows["police"].values()
        )
        assert "2021-02,townships,s1,一街道,0,0,0,,0,0,,,,not_assessed" == ",".join(rows["s1"].values())

    def test_every_share_is_the_sum_of_its_assessments(self, february: Results) -> None:
        """Assessments name group, unit, role and verdict; counted by hand they are the ranking's counts."""
        counted: Counter[tuple[str, str, str]] = Counter()
        rates = [rate.id for rate in february.ranking.scheme.rates]
        for each in small_register.read(february.folder / "assessments.csv"):
            for rate in rates:
                counted[each["unit"], rate, each[rate]] += 1
        for each in small_register.read(february.folder / "ranking.csv"):
            for rate in rates:
                num, only = (counted[each["unit"], rate, verdict] for verdict in ("numerator", "denominator"))
                assert (str(num), str(num + only)) == (each[f"{rate}_num"], each[f"{rate}_den"])

    def test_what_counts_for_nothing_has_no_assessment(self, out: Path) -> None:
        """Neither a unit outside every group nor a row of another month."""
        rows = small_register.read(out / "assessments.csv")
        assert [("m1", "police"), ("m2", "police"), ("m3", "s2")] == [(each["matter"], each["unit"]) for each in rows]
        assert [{"numerator"}, {"denominator"}] == [{each["met"], each["duty"]} for each in rows[:2]]

    def test_rejected_rows(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """Line, column, value, code and sentence."""
        results = scored(tmp_path / "out", small_county, *MONTH, row("m9", "closed", "02-31 09:00"))
        (rejected,) = small_register.read(results.folder / "rejected.csv")
        assert ["line", "column", "value", "code", "message"] == list(rejected)
        assert ("19", "at", "2021-02-31T09:00+08:00", "bad_time") == tuple(rejected.values())[:4]

    def test_the_run_in_figures(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """``run.json`` is the summary; the head of the log is in it, and in the bulletin."""
        results = scored(tmp_path / "out", small_county, *MONTH)
        run = json.loads((results.folder / "run.json").read_text(encoding="utf-8"))
        assert run == results.summary()
        assert (17, 17, 0, 0, 4) == tuple(run[name] for name in ("rows", "taken", "later", "rejected", "matters"))
        assert {"assignments": 2, "rates": {"met": "1/2", "duty": "1/2"}, "score": "50.00"}.items() <= run["groups"][
            "departments"
        ]["police"].items()
        assert (None, None) == (run["groups"]["townships"]["s1"]["score"], run["groups"]["townships"]["s1"]["rank"])
        assert results.history.store.head().hash == run["head"]
        assert run["head"] in (results.folder / "bulletin.html").read_text(encoding="utf-8")

    def test_the_whole_file_as_one_period(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """No month."""
        results = scored(tmp_path / "out", small_county, *MONTH, month=None)
        assert None is results.summary()["month"]
        assert {"all"} == {each["period"] for each in small_register.read(results.folder / "ranking.csv")}

    def test_written_again_it_is_the_same(self, out: Path, small_county: Jurisdiction) -> None:
        """Byte for byte, over what was there; also where the caller counts to three digits."""
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        with localcontext(prec=3):
            scored(out, small_county, *MONTH)
        assert before == {path.name: path.read_bytes() for path in out.iterdir()}

    @pytest.mark.parametrize("month", [Month(2020, 6), None])
    def test_nothing_is_written_when_the_ranking_is_refused(
        self, tmp_path: Path, small_folder: Path, month: Month | None
    ) -> None:
        """A month before the scheme; a pack without one."""
        if month is None:
            (small_folder / "assessment.toml").unlink()
        with pytest.raises(NotInForceError):
            scored(tmp_path / "out", load_pack(small_folder), *MONTH, month=month)
        assert not (tmp_path / "out").exists()


class TestPrivacy:
    """No person is named: neither who holds a post nor what a rejected row holds."""

    def test_outside_the_rejected_rows(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """Values of rejected rows stand in their own file alone, posts' holders in none."""
        canary = row("m9", "reported", "02-05 09:00", place="13800138000")
        results = scored(tmp_path / "out", small_county, *MONTH, canary)
        texts = {path.name: path.read_text(encoding="utf-8") for path in results.folder.iterdir()}
        assert ["rejected.csv"] == [name for name, text in texts.items() if "13800138000" in text]
        assert [] == [name for name, text in texts.items() if "p-1" in text or "p-2" in text]


class TestFormulas:
    """T68: cells that a spreadsheet would run are marked, and the mark comes off again."""

    @given(st.text())
    def test_any_text_comes_back(self, text: str) -> None:
        """Through the mark alone."""
        assert text == plain_cell(safe_cell(text))

    @given(st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text())
    def test_no_cell_begins_with_the_sign_of_a_formula(self, sign: str, text: str) -> None:
        """But with an apostrophe."""
        assert "'" + sign + text == safe_cell(sign + text)

    @pytest.mark.parametrize("value", ["a\rb", "=1\r+2", 'say "a", b', "\t=1", "a\u2028b", "'quoted'"])
    def test_a_rejected_value_comes_back(self, tmp_path: Path, small_county: Jurisdiction, value: str) -> None:
        """Whatever stood in the cell, in one row of the file of rejected rows."""
        rows = [*MONTH, row("m9", "closed", "02-05 09:00", value)]
        out = scored(tmp_path / "out", small_county, *rows).folder
        (rejected,) = small_register.read(out / "rejected.csv")
        assert value == plain_cell(rejected["value"])

    def test_in_every_table(self, tmp_path: Path, small_folder: Path) -> None:
        """A unit's name, a channel, a rejected value."""
        small_pack.change(small_folder, "units.csv", "公安局", "=HYPERLINK(1)")
        rows = [
            reported("m1", "02-01 09:00", channel="@SUM(1+1)|cmd"),
            row("m1", "called", "02-01 10:00", "police"),
            row("m1", "closed", "02-03 10:00", "-2+3"),
        ]
        out = scored(tmp_path / "out", load_pack(small_folder), *rows).folder
        found = {
            "matters.csv": ("channel", "@SUM(1+1)|cmd"),
            "ranking.csv": ("name", "=HYPERLINK(1)"),
            "rejected.csv": ("value", "-2+3"),
        }
        for file, (column, text) in found.items():
            cells = [each[column] for each in small_register.read(out / file)]
            assert "'" + text in cells
            assert text in map(plain_cell, cells)
        for file in sorted(FILES):
            if file.endswith(".csv"):
                with (out / file).open(encoding="utf-8", newline="") as lines:
                    assert [] == [cell for line in csv.reader(lines) for cell in line if cell[:1] in set("=+-@")]


class TestMarkup:
    """T67: names with markup are escaped in every output."""

    NAME = "<script>alert(1)</script>|[x](y)*_`&amp;"

    def test_in_the_page_and_in_markdown(self, tmp_path: Path, small_folder: Path) -> None:
        """The page holds no element that we did not write; Markdown shows the name as it is."""
        small_pack.change(small_folder, "units.csv", "公安局", self.NAME)
        small_pack.change(small_folder, "items.csv", "噪声", self.NAME)
        out = scored(tmp_path / "out", load_pack(small_folder), *MONTH).folder

        page = parsed((out / "bulletin.html").read_text(encoding="utf-8"))
        assert set(page.tags) <= ALLOWED
        assert self.NAME in page.text
        markdown = (out / "bulletin.md").read_text(encoding="utf-8")
        assert "<script" not in markdown.replace("\\<", "")
        assert r"\<script\>alert(1)\</script\>\|\[x\](y)\*\_\`\&amp;" in markdown


class TestLoad:
    """A folder read again is the history that wrote it."""

    def test_the_same_facts_and_ranking(self, february: Results) -> None:
        """From the log alone, with the month that was ranked."""
        history, month = load(february.folder)
        assert FEBRUARY == month
        assert february.history.facts() == history.facts()
        assert february.ranking == history.rank(month)
        assert february.history.store.head() == history.store.head()
        assert february.history.explain_unit("zhifa", FEBRUARY) == history.explain_unit("zhifa", month)
        assert february.history.explain_matter("m-0001") == history.explain_matter("m-0001")

    def test_from_elsewhere(self, tmp_path: Path, small_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A pack given by a path relative to where the run was started is found again; no month is none."""
        monkeypatch.chdir(small_folder.parent)
        scored(tmp_path / "out", load_pack("small"), *MONTH, month=None)
        monkeypatch.chdir("/")
        history, month = load(tmp_path / "out")
        assert (None, 4, "told.csv") == (month, len(history.matters), history.source)

    def refused(self, folder: Path) -> GridgovError:
        with pytest.raises(GridgovError) as caught:
            load(folder)
        return caught.value

    @pytest.mark.parametrize(
        "run",
        ["", "{", "[]", "null", "{}", '{"pack_at": 5, "edition": "", "source": ""}'],
    )
    def test_a_folder_that_no_run_wrote(self, out: Path, run: str) -> None:
        """Is told apart from one that cannot be trusted."""
        (out / "run.json").write_text(run, encoding="utf-8")
        assert (RecordError, "no_results") == (type(self.refused(out)), self.refused(out).code)

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("month", 5),
            ("month", "February"),
            ("month", "2021-13"),
            ("as_of", "yesterday"),
            ("as_of", 5),
            ("head", "none"),
            ("events", "17"),
        ],
    )
    def test_a_run_that_says_something_odd(self, out: Path, key: str, value: object) -> None:
        """Is not what we wrote."""
        run = json.loads((out / "run.json").read_text(encoding="utf-8"))
        (out / "run.json").write_text(json.dumps({**run, key: value}), encoding="utf-8")
        assert "no_results" == self.refused(out).code

    def test_no_folder(self, tmp_path: Path) -> None:
        """Says what to name."""
        error = self.refused(tmp_path / "nowhere")
        assert ("no_results", "name the folder that 'gridgov run --out' wrote") == (error.code, error.faults[0].hint)

    def test_another_edition(self, tmp_path: Path, small_folder: Path) -> None:
        """The pack has changed since: its reasons are not those of the results."""
        scored(tmp_path / "out", load_pack(small_folder), *MONTH)
        small_pack.change(small_folder, "assessment.toml", 'met = "60", duty = "40"', 'met = "40", duty = "60"')
        error = self.refused(tmp_path / "out")
        assert (RecordError, "other_edition") == (type(error), error.code)

    def test_a_pack_that_is_gone(self, tmp_path: Path, small_folder: Path) -> None:
        """Cannot give reasons."""
        scored(tmp_path / "out", load_pack(small_folder), *MONTH)
        shutil.rmtree(small_folder)
        assert PackError is type(self.refused(tmp_path / "out"))

    def test_a_changed_log(self, out: Path) -> None:
        """One word of one event."""
        log = out / "events.jsonl"
        text = log.read_text(encoding="utf-8")
        assert '"satisfied":false' in text
        log.write_text(text.replace('"satisfied":false', '"satisfied":true'), encoding="utf-8")
        assert ChainBrokenError is type(self.refused(out))

    def test_a_log_cut_short(self, out: Path) -> None:
        """In the middle of a line, or at its end: the head of the run is not reached."""
        log = out / "events.jsonl"
        lines = log.read_bytes().splitlines(keepends=True)
        log.write_bytes(b"".join(lines)[:-10])
        assert "torn_line" == self.refused(out).code
        log.write_bytes(b"".join(lines[:-1]))
        assert ChainBrokenError is type(self.refused(out))

    def test_no_log(self, out: Path) -> None:
        """The rest can be derived from it, not it from the rest."""
        (out / "events.jsonl").unlink()
        assert (StoreError, "cannot_read") == (type(self.refused(out)), self.refused(out).code)
