"""The pack ``boston-2011``: a city in another country, another hierarchy, another clock; no line of code for it."""

import csv
import importlib.util
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from gridgov.matters import Recorded
from gridgov.packs import Jurisdiction, check_pack, load_pack
from gridgov.records import Rejected, read_records

ROOT = Path(__file__).resolve().parent.parent
FIGURES = {
    "public-works-department": (36_893, 36_660, 26_886, 3_205),
    "inspectional-services": (7_885, 6_195, 6_195, 2_919),
    "parks-recreation-department": (4_775, 4_690, 4_606, 1_102),
    "transportation-traffic-division": (4_117, 4_022, 3_892, 714),
    "mayors-24-hour-hotline": (2_614, 1_159, 422, 43),
    "property-management": (1_943, 1_820, 1_820, 247),
    "boston-water-sewer-commission": (24, 24, 0, 0),
}
"""Rows, closed, closed with a target, late, by department: counted in the city's file by its own columns."""


@attrs.frozen
class Known:
    """What the readers ask of a jurisdiction."""

    county: Jurisdiction

    def place(self, unit: str, day: date, /) -> bool:
        return self.county.organization.at(day).get(unit) is not None

    def unit(self, unit: str, day: date, /) -> bool:
        return self.place(unit, day)

    def item(self, item: str, /) -> bool:
        return any(item == known.id for known in self.county.responsibilities.items)

    def fact(self, name: str, text: str, /) -> object:
        return self.county.facts.vocabulary.parse_fact(name, text)

    def attribute(self, name: str, text: str, /) -> object:
        return self.county.vocabulary.parse_fact(name, text)


@pytest.fixture(scope="module")
def boston() -> Jurisdiction:
    return load_pack("boston-2011")


def rows_of(county: Jurisdiction, path: Path) -> Iterator[Recorded | Rejected]:
    return read_records(path, county.maps["service-requests"], Known(county))


def figures(records: Iterable[Recorded]) -> dict[str, tuple[int, int, int, int]]:
    """Count by department, from the happenings alone."""
    counts: Counter[tuple[str, str]] = Counter()
    for record in records:
        by_what = {happening.what: happening for happening in record.happenings}
        assigned, completed = by_what["assigned"], by_what.get("completed")
        due_at = assigned.due_at
        done_at = None if completed is None else completed.at
        counts[assigned.unit, "rows"] += 1
        counts[assigned.unit, "closed"] += done_at is not None
        counts[assigned.unit, "targeted"] += done_at is not None and due_at is not None
        counts[assigned.unit, "late"] += done_at is not None and due_at is not None and done_at > due_at
    units = dict.fromkeys(unit for unit, _ in counts)
    return {
        unit: (counts[unit, "rows"], counts[unit, "closed"], counts[unit, "targeted"], counts[unit, "late"])
        for unit in units
    }


def maker() -> ModuleType:
    """The tool that derives the pack's lists."""
    spec = importlib.util.spec_from_file_location("make_boston", ROOT / "tools" / "make_boston.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestPack:
    """Design section 1: "any other place, in China or not, must be only another pack"."""

    def test_it_has_no_fault(self) -> None:
        """Every list holds together, on every date."""
        assert [] == check_pack("boston-2011")

    def test_both_lines_lead_to_the_city(self, boston: Jurisdiction) -> None:
        """Precinct, ward, city; department, city."""
        structure = boston.organization.at(date(2011, 7, 1))
        chains = [[unit.id for unit in structure.chain(unit)] for unit in ("0502A", "property-management")]
        assert [["0502A", "ward-5", "boston"], ["property-management", "boston"]] == chains

    def test_the_department_that_the_city_names_leads(self, boston: Jurisdiction) -> None:
        """Each type of request is filed under one subject."""
        day = date(2011, 7, 1)
        structure = boston.organization.at(day)
        answer = boston.responsibilities.lookup(
            "street-light-outages", place="1714", structure=structure, facts={}, at=day
        )
        assert ["public-works-department"] == [lead.unit.id for lead in answer.leads]


class TestSample:
    """About two hundred rows of the file, quirks included, ship with the pack."""

    def test_every_row_is_taken(self, boston: Jurisdiction) -> None:
        """A blank that is one space, 46 spellings of wards, a precinct with a letter, a due time in 2059."""
        path = boston.registers["sample"].file
        with path.open(encoding="utf-8", newline="") as file:
            lines = len(list(csv.reader(file))) - 1
        rows = list(rows_of(boston, path))
        assert (209, 209) == (lines, len(rows))
        assert [] == [row for row in rows if isinstance(row, Rejected)]

    def test_the_figures_agree_with_the_columns(self, boston: Jurisdiction) -> None:
        """The same counts from the file's own texts: times of one zone in one form compare as texts."""
        path = boston.registers["sample"].file
        expected: dict[str, tuple[int, int, int, int]] = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                closed, target = row["closed_dt"], row["target_dt"]
                both = bool(closed and target)
                old = expected.get(row["subject"], (0, 0, 0, 0))
                new = (1, bool(closed), both, both and closed > target)
                expected[row["subject"]] = tuple(a + b for a, b in zip(old, new, strict=True))  # type: ignore[assignment]
        slug = maker().slug
        found = figures(row for row in rows_of(boston, path) if isinstance(row, Recorded))
        assert {slug(subject): counts for subject, counts in expected.items()} == found

    def test_a_row_lies_where_it_says_most_precisely(self, boston: Jurisdiction) -> None:
        """Ward and precinct of a row: the precinct, else the ward in whatever spelling, else the city."""
        path = boston.registers["sample"].file
        with path.open(encoding="utf-8", newline="") as file:
            said = {row["case_enquiry_id"]: (row["ward"], row["precinct"]) for row in csv.DictReader(file)}
        found = {said[row.matter]: row.place for row in rows_of(boston, path) if isinstance(row, Recorded)}
        expected = {
            ("Ward 17", "1714"): "1714",
            ("05", "0502A"): "0502A",
            ("02", " "): "ward-2",
            (" ", " "): "boston",
        }
        assert expected.items() <= found.items()

    def test_the_hour_that_ran_twice_is_the_first(self, boston: Jurisdiction) -> None:
        """2011-11-06, between one and two: daylight time."""
        path = boston.registers["sample"].file
        first, second = datetime(2011, 11, 6, 5, tzinfo=UTC), datetime(2011, 11, 6, 6, tzinfo=UTC)
        instants = [
            happening.at
            for row in rows_of(boston, path)
            if isinstance(row, Recorded)
            for happening in row.happenings
            if happening.at is not None and first <= happening.at < second
        ]
        assert len(instants) >= 3

    def test_the_sample_holds_no_address(self, boston: Jurisdiction) -> None:
        """Addresses, pictures and free text are left blank."""
        with boston.registers["sample"].file.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {""} == {row[name] for row in rows for name in maker().PRIVATE}


class TestWholeFile:
    """58,251 requests of the second half of 2011."""

    def test_the_figures(self, boston: Jurisdiction, shared_data: Path) -> None:
        """Every row is taken, and each department's counts are those of the file."""
        rows = list(rows_of(boston, shared_data / "boston311_2011h2.csv.gz"))
        assert (58_251, []) == (len(rows), [row for row in rows if isinstance(row, Rejected)])
        assert FIGURES == figures(row for row in rows if isinstance(row, Recorded))

    def test_the_lists_are_derived_from_it(self, shared_data: Path, tmp_path: Path) -> None:
        """The tool writes the very bytes that the pack holds."""
        tool = maker()
        tool.write_pack(shared_data / "boston311_2011h2.csv.gz", tmp_path)
        assert {name: (tool.PACK / name).read_bytes() for name in tool.FILES} == {
            name: (tmp_path / name).read_bytes() for name in tool.FILES
        }

    def test_a_type_has_one_subject_and_one_reason(self) -> None:
        """A file in which it had two could not be turned into a list; nor two names that give one id."""
        tool = maker()
        with pytest.raises(ValueError, match="has two values of 'subject'"):
            tool.one_of_each([{"type": "a", "subject": "x"}, {"type": "a", "subject": "y"}], "subject")
        with pytest.raises(ValueError, match="two names give one id"):
            tool.one_to_one(["A b", "A-b"])
        with pytest.raises(ValueError, match="gives no id"):
            tool.slug("树")
