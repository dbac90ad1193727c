"""The bulletin: what a county office sends out at the end of a month."""

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

import small_pack
import small_register
from gridgov.bulletin import MOST_LISTED, bulletin
from gridgov.documents import Bullets, Document, Heading, Paragraph, Table, to_markdown
from gridgov.history import History, import_history
from gridgov.packs import Jurisdiction, load_pack
from gridgov.values import Month
from small_register import MONTH, Row, china, reported, row

FEBRUARY = Month(2021, 2)
MARCH = Month(2021, 3)

Making = Callable[..., Document]


@pytest.fixture
def made(tmp_path: Path, small_county: Jurisdiction) -> Making:
    """Make the bulletin of rows of happenings."""

    def make(
        *rows: Row, county: Jurisdiction = small_county, month: Month | None = FEBRUARY, language: str = ""
    ) -> Document:
        history = import_history(county, small_register.write(tmp_path / "told.csv", rows))
        return bulletin(history, history.rank(month), month, language)

    return make


def headings(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Heading)]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def points(document: Document) -> str:
    return "\n".join(point for block in document.blocks if isinstance(block, Bullets) for point in block.points)


def table(document: Document, caption: str) -> Table:
    """Return the first table whose caption begins so."""
    return next(each for each in document.blocks if isinstance(each, Table) and each.caption.startswith(caption))


class TestWhole:
    """Summary, a table per group, late and open duties, rules, sources, proof."""

    def test_its_sections_in_english(self, made: Making) -> None:
        """In the order in which they are read."""
        document = made(*MONTH, language="en")
        assert ("Small County: 考核, 2021-02", "as known at 2021-02-22 11:00") == (document.title, document.subtitle)
        expected = ["Summary", "县直部门", "subdistricts", "Late and open duties", "Rules used", "Sources and proof"]
        assert expected == headings(document)
        assert "en" == document.language

    def test_its_sections_in_the_packs_first_language(self, made: Making) -> None:
        """Chinese, here."""
        document = made(*MONTH)
        assert "小县考核（2021-02）" == document.title
        assert ["总体情况", "县直部门", "镇街", "超期和未办结", "采用的规则", "来源和核验"] == headings(document)

    def test_of_all_records(self, made: Making) -> None:
        """Without a month the whole file is one period."""
        assert "小县考核（全部时段）" == made(*MONTH, month=None).title
        assert "all records" in made(*MONTH, month=None, language="en").title

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_registers_own(self, register: History, language: str) -> None:
        """Every figure of the summary stands in it; no line is empty of text."""
        document = bulletin(register, register.rank(FEBRUARY), FEBRUARY, language)
        said = points(document)
        assert all(str(count) in said for count in attrs.asdict(register.figures(FEBRUARY)).values())
        assert to_markdown(document).count("## ") == len(headings(document))

    def test_the_summary_is_the_figures(self, made: Making) -> None:
        """In words."""
        said = points(made(*MONTH, language="en"))
        assert "4 matters reported, 1 opened as topics; 3 ended, 1 open at the end." in said
        assert "3 matters called to departments; residents answered on 2 and were satisfied with 1." in said
        assert "2 duties completed by the assessed units, 1 of them late." in said


class TestGroups:
    """Counts beside every rate; ranks only where the scheme ranks."""

    def test_units_with_duties_stand_in_the_table(self, made: Making) -> None:
        """Rank, unit, duties, each rate with its counts, score, and why there is no rank."""
        ranking = table(made(*MONTH, language="en"), "Rates and scores, 2021-02")
        assert ("Rank", "Unit", "Duties", "见面率", "依单履职率", "Score", "Remark") == ranking.header
        assert (("—", "公安局", "2", "50.00% (1/2)", "50.00% (1/2)", "50.00", "not ranked"),) == ranking.rows
        assert frozenset({0, 2, 3, 4, 5}) == ranking.numbers

    def test_units_without_duties_are_named_below(self, made: Making) -> None:
        """Not assessed; never 0 %."""
        document = made(*MONTH, language="en")
        assert "No duty in this period, not assessed: 一街道." in paragraphs(document)
        assert "figures only" in paragraphs(document)

    def test_a_group_without_any_has_no_table(self, made: Making) -> None:
        """In March nothing fell due."""
        document = made(*MONTH, month=MARCH)
        assert [] == [each for each in document.blocks if isinstance(each, Table) and each.caption.startswith("各项率")]
        assert "本期无承办件，不予评价：一街道、二街道。" in paragraphs(document)

    def test_a_ranked_unit_needs_no_remark(self, register: History) -> None:
        """The register's departments are ranked, the vertical units are not."""
        document = bulletin(register, register.rank(FEBRUARY), FEBRUARY, "zh")
        rows = {each[1]: each for each in table(document, "各项率和得分").rows}
        assert ("1", "") == (rows["平阴县城市管理局"][0], rows["平阴县城市管理局"][-1])
        assert ("—", "件数不足，仅供参考") == (
            rows["平阴县公安局交警大队"][0],
            rows["平阴县公安局交警大队"][-1],
        )
        assert "—" in rows["平阴县农业农村局"][5]


class TestLate:
    """Duties that were late in the period, by their due instant."""

    def test_late_and_open(self, made: Making) -> None:
        """Completed in the month after it was due, or past due in it and still open; of units in a group."""
        rows = [
            *MONTH,
            reported("m5", "02-01 09:00", item="noise"),
            row("m5", "called", "02-01 09:00", "police", due_at=china("02-02 17:00")),
            reported("m6", "03-20 09:00"),
        ]
        late = table(made(*rows, language="en"), "2 in all")
        assert ("Matter", "Item", "Unit", "Due", "Completed") == late.header
        assert (
            ("m5", "噪声", "公安局", "2021-02-02 17:00", "—"),
            ("m2", "噪声", "公安局", "2021-02-05 17:00", "2021-02-08 10:00"),
        ) == late.rows

    def test_a_late_duty_is_told_while_it_is_open_and_in_the_month_of_its_end(self, made: Making) -> None:
        """Open at the end of February, completed late in March; afterwards it is no news."""
        rows = [
            reported("m1", "02-01 09:00"),
            row("m1", "called", "02-01 09:00", "police", due_at=china("02-02 17:00")),
            row("m1", "completed", "03-02 09:00", "police"),
        ]
        assert 1 == len(table(made(*rows, language="en"), "1 in all").rows)
        assert 1 == len(table(made(*rows, language="en", month=MARCH), "1 in all").rows)
        assert "No duty was late or open." in paragraphs(made(*rows, language="en", month=Month(2021, 4)))
        assert 1 == len(table(made(*rows, month=None), "共 1 件次").rows)

    def test_a_returned_duty_is_late_for_nobody(self, made: Making) -> None:
        """It left the unit; the matter is open with the subdistrict that answers for it."""
        rows = [
            reported("m1", "02-01 09:00"),
            row("m1", "called", "02-01 09:00", "police", due_at=china("02-02 17:00")),
            row("m1", "returned", "02-03 09:00", "police"),
        ]
        late = table(made(*rows), "共 1 件次")
        assert ["一街道"] == [each[2] for each in late.rows]

    def test_a_long_list_is_cut_and_says_so(self, made: Making) -> None:
        """The file of assignments has them all."""
        due = china("02-02 17:00")
        rows = [
            each
            for number in range(MOST_LISTED + 1)
            for each in (
                reported(f"m{number:03}", "02-01 09:00"),
                row(f"m{number:03}", "called", "02-01 09:00", "police", due_at=due),
            )
        ]
        rows.append(reported("last", "02-27 09:00"))
        document = made(*rows, language="en")
        assert MOST_LISTED == len(table(document, "52 in all").rows)
        assert "The first 50 are listed; the list of assignments has all." in paragraphs(document)


class TestRules:
    """The rules that were used, with their clauses."""

    def test_definitions_of_the_rates(self, made: Making) -> None:
        """Denominator, numerator, what is left out, the month, the weight, the clause."""
        rates = table(made(*MONTH, language="en"), "Definitions of the rates")
        first = (
            "见面率",
            "resident met: no / yes",
            "resident met: yes",
            "left out, with a reason: yes",
            "due time",
            "60",
            "report (stated by the source)",
        )
        assert first == rates.rows[0]
        assert ("did its duty: no / yes", "—") == (rates.rows[1][1], rates.rows[1][3])
        assert "已见面: 否 / 是" == table(made(*MONTH), "指标口径").rows[0][1]

    def test_a_weight_is_shown_as_a_decimal(self, made: Making, small_folder: Path) -> None:
        """As the pack writes it."""
        small_pack.change(small_folder, "assessment.toml", 'met = "60", duty = "40"', 'met = "62.5", duty = "37.5"')
        rates = table(made(*MONTH, language="en", county=load_pack(small_folder)), "Definitions of the rates")
        assert ["62.5", "37.5"] == [row[5] for row in rates.rows]

    def test_the_scheme(self, made: Making) -> None:
        """Full mark, rounding, fewest duties, ties, authority."""
        said = points(made(*MONTH, language="en"))
        assert "100 at most; nothing is rounded but what is shown, to 2 decimals." in said
        assert "Units with fewer than 1 duties are not ranked; equal scores share a rank (1224)" in said
        assert "Authority: report month end" in said

    def test_a_scheme_that_nobody_ordered(self, made: Making, small_folder: Path) -> None:
        """Is shown with a dash."""
        small_pack.change(small_folder, "assessment.toml", 'authority = { doc = "report", clause = "month end" }\n', "")
        assert "Authority: —;" in points(made(*MONTH, language="en", county=load_pack(small_folder)))

    def test_limits_as_they_hold_on_the_last_day(self, made: Making, small_folder: Path) -> None:
        """Promise, and each step of each ladder; a change of March is not February's."""
        small_pack.change(
            small_folder,
            "escalation.toml",
            'value = "2 working_days", clause = "step 2" }]',
            'value = "2 working_days", clause = "step 2" },'
            ' { effective_from = 2021-03-01, value = "7 calendar_days" }]',
        )
        county = load_pack(small_folder)
        expected = [
            ("Promise", "5 working days", "条例 art. 24 (stated by the source)"),
            ("逐级上报：研判", "4 working hours", "report (illustrative)"),
            ("逐级上报：部门", "2 working days", "report step 2 (illustrative)"),
            ("突发事件：签收", "30 minutes", "report (illustrative)"),
        ]
        assert expected == list(table(made(*MONTH, language="en", county=county), "Limits").rows)
        march = table(made(*MONTH, language="en", county=county, month=MARCH), "Limits")
        assert "7 days" == march.rows[2][1]

    def test_a_pack_without_ladders_has_no_limits(self, made: Making, small_folder: Path) -> None:
        """And cites no document for them."""
        (small_folder / "escalation.toml").unlink()
        document = made(*MONTH, language="en", county=load_pack(small_folder))
        assert [] == [each for each in document.blocks if isinstance(each, Table) and each.caption == "Limits"]
        assert ["report"] == [each[0] for each in table(document, "Documents cited").rows]


class TestProof:
    """Where it comes from, and how to prove it later."""

    def test_documents_made_up_parts_and_the_logs_head(self, made: Making, tmp_path: Path) -> None:
        """The edition of the rules and the head of the log stand in full."""
        rows = [*MONTH, row("m9", "closed", "02-20 09:00")]
        document = made(*rows, language="en")
        history = import_history(load_pack(small_register.write_pack(tmp_path / "p")), tmp_path / "told.csv")
        said = points(document)
        assert ["条例", "report"] == [each[0] for each in table(document, "Documents cited").rows]
        assert "Data: told.csv, 18 rows; 17 taken, 0 later than the instant, 1 rejected." in said
        assert f"Rule edition {history.jurisdiction.edition}" in said
        assert f"Log of 17 events, head {history.store.head().hash}" in said
        assert "households" in said
        assert "Made up for illustration in this pack:" in paragraphs(document)

    def test_a_pack_that_made_nothing_up_does_not_say_so(self, made: Making, small_county: Jurisdiction) -> None:
        """No empty list."""
        document = made(*MONTH, county=attrs.evolve(small_county, illustrative=()), language="en")
        assert [] == [text for text in paragraphs(document) if text.startswith("Made up")]
