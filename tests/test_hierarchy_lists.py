"""Hierarchy on the real lists of divisions, with plain set arithmetic beside it."""

import csv
import gzip
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from gridgov.hierarchy import DivisionCode, Level, Line, Link, Organization, Unit, diff
from gridgov.values import Label, Period

RANKS = {"county": 6, "township": 9, "village": 12}
TERRITORY = Line("territory", Label(zh="块"))
CUT_OFF = {
    "2018": date(2018, 10, 31),
    "2020": date(2020, 6, 30),
    "2021": date(2021, 10, 31),
    "2023": date(2023, 6, 30),
}
DAY = CUT_OFF["2021"]

Rows = dict[str, dict[str, str]]


def levels(ranks: dict[str, int]) -> list[Level]:
    """Levels each under the one before, with the digits of their codes."""
    above: list[dict[str, list[str]]] = [{}, *({"territory": [rank]} for rank in ranks)]
    return [
        Level(id=rank, label=Label(en=rank), parents=parents, code_digits=digits or None)
        for (rank, digits), parents in zip(ranks.items(), above, strict=False)
    ]


@pytest.fixture(scope="module")
def years(shared_data: Path) -> dict[str, Rows]:
    """The rows of Pingyin County in each year's list, by code."""
    found: dict[str, Rows] = {year: {} for year in CUT_OFF}
    with (shared_data / "pingyin_370124_by_year.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["year"]][row["code"]] = row
    return found


@pytest.fixture(scope="module")
def pingyin(years: dict[str, Rows]) -> Organization:
    """One dated organisation of all four lists: a row lasts while the next list says the same."""
    days = [*CUT_OFF.values(), None]
    units, links = [], []
    for (year, rows), (start, end) in zip(years.items(), pairwise(days), strict=True):
        assert start == CUT_OFF[year]
        period = Period(start or date.min, end)
        units += [Unit(row["code"], row["name"], row["level"], period) for row in rows.values()]
        links += [
            Link(row["code"], "territory", row["parent"], period) for row in rows.values() if row["parent"] in rows
        ]
    return Organization([TERRITORY], levels(RANKS), units, links)


class TestPingyinByYear:
    """H4, H8, H11: four cut-offs of one county's list are one dated organisation."""

    @pytest.mark.parametrize(("before", "after"), list(pairwise(CUT_OFF)))
    def test_diff_is_set_arithmetic(
        self, years: dict[str, Rows], pingyin: Organization, before: str, after: str
    ) -> None:
        """Additions, abolitions and renames of each pair of years."""
        old, new = years[before], years[after]
        found = diff(pingyin.at(CUT_OFF[before]), pingyin.at(CUT_OFF[after]))
        assert sorted(new.keys() - old.keys()) == [unit.id for unit in found.added]
        assert sorted(old.keys() - new.keys()) == [unit.id for unit in found.removed]
        renamed = sorted(code for code in old.keys() & new.keys() if old[code]["name"] != new[code]["name"])
        assert renamed == [change.before.id for change in found.renamed]
        assert [new[code]["name"] for code in renamed] == [change.after.name for change in found.renamed]
        assert ((), ()) == (found.moved, found.releveled)

    def test_known_figures(self, pingyin: Organization) -> None:
        """19 units named 社区 in the two subdistricts in 2021, 28 in 2023, as counted by hand."""
        towns = ("370124001", "370124002")
        named = {
            year: sum("社区" in unit.name for town in towns for unit in pingyin.at(day).below(town))
            for year, day in CUT_OFF.items()
        }
        assert {"2018": 11, "2020": 14, "2021": 19, "2023": 28} == named

    def test_abolished_communities(self, pingyin: Organization) -> None:
        """大佛寺 and 北山东 are gone in 2023."""
        gone = {"370124002002", "370124001006"}
        assert gone <= {unit.id for unit in pingyin.at(CUT_OFF["2021"])}
        assert not gone & {unit.id for unit in pingyin.at(CUT_OFF["2023"])}

    def test_every_code_is_a_division_code(self, pingyin: Organization) -> None:
        """A parent's code is the code above."""
        structure = pingyin.at(CUT_OFF["2021"])
        for name, parent in structure.parents().items():
            assert parent.id == str(DivisionCode.parse(name).parent)


class TestProvince:
    """The province of Shandong in the national list of 2021: 64,103 divisions in columns."""

    def test_counts(self, shared_data: Path) -> None:
        """Level by level, in all and below one county, as a plain count finds them."""
        path = shared_data / "china_divisions_2021.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row[0].startswith("37")]
        ids, names, ranks, parents = map(list, zip(*rows, strict=True))
        digits = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
        structure = Organization.from_columns(
            TERRITORY, levels(digits), ids=ids, names=names, unit_levels=ranks, parents=parents, period=Period(DAY)
        ).at(DAY)
        assert Counter(ranks) == structure.counts()
        assert len(rows) - 1 == structure.count_below("37")
        county = Counter(rank for code, rank in zip(ids, ranks, strict=True) if code.startswith("370124"))
        below = {rank: structure.count_below("370124", level=rank) for rank in ("township", "village")}
        assert county == {"county": 1, **below}
