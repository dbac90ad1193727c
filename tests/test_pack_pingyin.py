"""The bundled pack of Pingyin County: the article's figures by counting, its citations, its generated lists."""

import csv
import filecmp
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from conftest import ROOT
from gridgov.calendar import Limit
from gridgov.hierarchy import Covering
from gridgov.packs import Jurisdiction, check_pack, load_pack
from gridgov.responsibility import Dispatch, Role, diff_lists, dispatch_accuracy
from gridgov.values import Basis, Month
from gridgov.worked import run_cases

PACK = ROOT / "src" / "gridgov" / "packs" / "bundled" / "pingyin"
PRINTED = date(2021, 3, 8)
LATER_LAW = date(2021, 2, 28)
GENERATED = ("units.csv", "links.csv", "postings.csv", "households.csv", "register.csv")

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """Return the rows of a list, as written."""
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def county() -> Jurisdiction:
    """The pack, loaded."""
    return load_pack("pingyin")


@pytest.fixture(scope="module")
def register() -> dict[str, list[Row]]:
    """The register's rows by matter."""
    matters: dict[str, list[Row]] = defaultdict(list)
    for row in rows("register.csv"):
        matters[row["matter"]].append(row)
    return matters


def instants(matters: dict[str, list[Row]], what: str) -> Iterator[datetime]:
    return (datetime.fromisoformat(row["at"]) for each in matters.values() for row in each if row["what"] == what)


class TestWholePack:
    """A pack ships without a fault, and its worked cases come out."""

    def test_has_no_fault(self) -> None:
        """Every file is read strictly, every rule checked on every change day."""
        assert [] == [str(fault) for fault in check_pack("pingyin")]

    def test_worked_cases_pass(self, county: Jurisdiction) -> None:
        """Due dates, routes, ranking, counts and totals, each computed by hand in its file."""
        outcomes = run_cases(county)
        assert [] == [str(outcome) for outcome in outcomes if not outcome.passed]
        assert len(outcomes) > 40


class TestOrganisation:
    """The article: “100个网格…网格党支部97个、楼院党小组527个…楼长988人、单元长2140人，共产党员挂牌户数8872户”."""

    @pytest.mark.parametrize(
        ("count", "level"),
        [
            (1, "county"),
            (2, "subdistrict"),
            (6, "town"),
            (19, "community"),
            (100, "grid"),
            (988, "building"),
            (2140, "stairwell"),
            (19, "party-community"),
            (97, "party-branch"),
            (527, "party-group"),
        ],
    )
    def test_units_by_level(self, county: Jurisdiction, count: int, level: str) -> None:
        """The article's figures come out of the list of units by counting."""
        assert count == len(county.organization.at(PRINTED).of_level(level))

    def test_posts_and_plaques(self) -> None:
        """Every post of the article has one person, two companies have two on duty; every household has a plaque."""
        posts = Counter(row["post"] for row in rows("postings.csv"))
        duty = posts.pop("duty-officer")
        assert {"grid-head": 100, "branch-secretary": 97, "building-head": 988, "stairwell-head": 2140} == posts
        assert 4 == duty
        assert 8872 == len({row["id"] for row in rows("households.csv") if row["plaque"] == "yes"})

    def test_communities_are_13_and_6_of_the_official_list(self, county: Jurisdiction) -> None:
        """The article: “下辖两个街道19个城市社区”: 13 in Yushan, 6 in Jinshui, with their official codes and names."""
        communities = county.organization.at(PRINTED).of_level("community")
        assert {"370124001": 13, "370124002": 6} == Counter(unit.id[:9] for unit in communities)
        assert all("社区" in unit.name for unit in communities)

    def test_every_grid_and_building_is_covered(self) -> None:
        """One branch covers each grid; one group covers each building, and a group covers a set of them."""
        grids, buildings = Counter[str](), Counter[str]()
        levels = {row["id"]: row["level"] for row in rows("units.csv")}
        for row in rows("links.csv"):
            if row["relation"] == "covers" and levels[row["from_unit"]] == "party-branch":
                grids[row["to_unit"]] += 1
            if row["relation"] == "covers" and levels[row["from_unit"]] == "party-group":
                buildings[row["to_unit"]] += 1
        assert (100, {1}) == (len(grids), set(grids.values()))
        assert (988, {1}) == (len(buildings), set(buildings.values()))

    def test_three_grids_share_a_joint_branch(self, county: Jurisdiction) -> None:
        """97 of 100 is no gap: the three grids without a branch of their own are covered by a named joint branch."""
        found = county.organization.at(PRINTED).uncovered("grid", "party-branch")
        assert {
            "370124001015005": ["会仙山社区第4、第5网格联合党支部"],
            "370124001022005": ["锦源社区第4、第5网格联合党支部"],
            "370124002006005": ["锦祥园社区第4、第5网格联合党支部"],
        } == {row.unit.id: [branch.name for branch in row.by] for row in found}
        assert {Covering.JOINT} == {row.covering for row in found}

    def test_compounds_cut_across_grids(self) -> None:
        """小区 stand beside the grids: some cover buildings of two."""
        grids = defaultdict(set)
        for row in rows("links.csv"):
            if "-x" in row["from_unit"]:
                grids[row["from_unit"]].add(row["to_unit"][:15])
        assert max(len(found) for found in grids.values()) > 1

    def test_five_lines_are_stationed_at_each_subdistrict(self, county: Jurisdiction) -> None:
        """The article: “公安、自然资源与规划、市场监管、交通运输、综合执法等派驻机构”."""
        structure = county.organization.at(PRINTED)
        for subdistrict in ("370124001", "370124002"):
            grid = f"{subdistrict}010001" if subdistrict.endswith("1") else f"{subdistrict}001001"
            for kind in ("police", "land", "market", "transport", "enforcement"):
                station = structure.stationed(kind, grid)
                assert station is not None
                assert f"{kind}-{subdistrict}" == station.id


class TestList:
    """The article: “明确生态环境、综合执法等领域104项事项的主体责任部门和配合责任部门…街道承担主体责任的仅有3项”."""

    def test_grows_from_81_to_104(self, county: Jurisdiction) -> None:
        """23 items are added, none is taken away, and no lead changes."""
        found = county.responsibilities
        diff = diff_lists(found, date(2020, 7, 1), found, LATER_LAW)
        assert (23, (), (), ()) == (len(diff.added), diff.removed, diff.lead_changed, diff.support_changed)
        assert 81 == sum(item.accepted for item in found.items_on(date(2020, 7, 1)))
        assert 104 == sum(item.accepted for item in found.items_on(LATER_LAW))

    def test_subdistrict_leads_three(self, county: Jurisdiction) -> None:
        """Where no property firm is engaged, community drug rehabilitation, and the cards of food stalls."""
        burden = county.responsibilities.burden(LATER_LAW)
        assert ("drug-rehabilitation", "stall-cards", "unmanaged-lanes") == burden.led_by("level:subdistrict")

    @pytest.mark.parametrize("item", ["dogs", "basement-birds", "fire-lane", "illegal-fundraising"])
    def test_matters_that_the_article_names_are_items(self, county: Jurisdiction, item: str) -> None:
        """The article: “城区无序养犬、地下室大量养鸟、占用消防通道停车、‘听课送盆’非法融资”."""
        found = county.responsibilities.item(item, LATER_LAW)
        assert found is not None
        assert (True, Basis.STATED) == (found.accepted, found.basis)

    def test_subdistrict_patrols_what_it_does_not_lead(self, county: Jurisdiction) -> None:
        """The article: “街道只负责巡查、上报、协助执法等配合工作”: one local duty for each of the other 101 items."""
        local = {duty.item for duty in county.responsibilities.duties if duty.role is Role.LOCAL}
        led = set(county.responsibilities.burden(LATER_LAW).led_by("level:subdistrict"))
        listed = {item.id for item in county.responsibilities.items_on(LATER_LAW) if item.accepted}
        assert listed - led == local

    def test_what_is_not_accepted_says_where_to_turn(self, county: Jurisdiction) -> None:
        """110, 119, 120, courts, review, petition, discipline: no items of the list, each with a text."""
        refused = [item for item in county.responsibilities.items_on(LATER_LAW) if not item.accepted]
        assert 7 == len(refused)
        assert all(item.redirect is not None for item in refused)


class TestCitations:
    """A row whose citation was not in force on its date is a fault of the pack."""

    def test_every_law_cited_was_in_force(self, county: Jurisdiction) -> None:
        """Each item and duty cites a document whose first day is not after the row's."""
        listed = county.responsibilities
        late = [
            row.id
            for row in (*listed.items, *listed.duties)
            if row.source is not None and county.sources[row.source.doc].first_day > row.period.start
        ]
        assert [] == late
        assert all(row.source is not None for row in (*listed.items, *listed.duties))

    def test_no_law_is_later_than_february_2021(self, county: Jurisdiction) -> None:
        """Dogs 2021-07, waste and fundraising 2021-05, property 2021-12 …: none of the later texts is a source."""
        laws = [source for source in county.sources.values() if source.kind.value == "law"]
        assert len(laws) > 30
        assert [] == [str(law.title) for law in laws if law.first_day > LATER_LAW]

    @pytest.mark.parametrize(
        ("in_force", "doc"),
        [
            (date(2018, 9, 1), "hotline-jinan"),
            (date(2020, 8, 1), "township-shandong"),
            (date(2021, 1, 1), "civil-code"),
            (date(2016, 7, 1), "finance-shandong"),
            (date(2020, 9, 1), "solid-waste-law"),
        ],
    )
    def test_first_days(self, county: Jurisdiction, in_force: date, doc: str) -> None:
        """The days from which the laws that matter most hold."""
        assert in_force == county.sources[doc].in_force

    def test_what_is_invented_is_marked(self, county: Jurisdiction) -> None:
        """A row that rests on no document says so; one that rests on another place is borrowed."""
        listed = county.responsibilities
        other_places = {"yueyang-burning", "jianli-air-2018", "guan-coal-2019", "shanghai-plan-2007", "zhangqiu-list"}
        for row in (*listed.items, *listed.duties):
            assert row.source is not None
            made_up = row.source.doc == "illustrative" or "示例" in row.source.clause
            expected = Basis.ILLUSTRATIVE if made_up else Basis.STATED
            assert (Basis.BORROWED if row.source.doc in other_places else expected) == row.basis, row.id


class TestRegister:
    """The article: “平台运行以来，立项解决…议题2000余条”; “民生事项50余件，办结满意率达98%”. 余 means strictly more."""

    def test_topics_and_calls(self, register: dict[str, list[Row]]) -> None:
        """More than 2,000 topics; 51 matters called, of which 50 residents were satisfied."""
        whats = {matter: [row["what"] for row in each] for matter, each in register.items()}
        called = [matter for matter, each in whats.items() if "called" in each]
        satisfied = sum(row["satisfied"] == "yes" for matter in called for row in register[matter])
        assert sum("opened" in each for each in whats.values()) > 2000
        assert (51, 50) == (len(called), satisfied)

    def test_is_in_order_and_within_its_months(self) -> None:
        """Rows stand in order of time, from July 2020 to February 2021."""
        stamps = [row["at"] for row in rows("register.csv")]
        assert sorted(stamps) == stamps
        assert ("2020-07", "2021-02") == (stamps[0][:7], stamps[-1][:7])

    def test_offices_work_in_office_hours(self, county: Jurisdiction, register: dict[str, list[Row]]) -> None:
        """Apart from New Year's night, nobody signs in, meets or completes on a day off, such as 02-11 to 02-17."""
        office = county.calendar("office")
        on_days_off = {
            at.date()
            for what in ("signed", "met", "completed", "passed_up", "called")
            for at in instants(register, what)
            if not office.is_working_day(at.date())
        }
        assert {date(2021, 2, 12), date(2021, 2, 13)} == on_days_off
        assert date(2021, 2, 20) in {at.date() for at in instants(register, "called")}

    def test_due_instants_are_the_promise(self, county: Jurisdiction, register: dict[str, list[Row]]) -> None:
        """A call falls due five working days after the matter's first call: a return resets nothing."""
        office, limit = county.calendar("office"), Limit.parse("5 working_days")
        for each in register.values():
            calls = [row for row in each if row["what"] == "called"]
            for row in calls:
                due = office.due(datetime.fromisoformat(calls[0]["at"]), limit, county.counting).at
                assert due == datetime.fromisoformat(row["due_at"])

    def test_calls_go_to_the_leads_but_for_one(self, county: Jurisdiction, register: dict[str, list[Row]]) -> None:
        """One call went to the wrong department, which returned it: a figure, not a fault."""
        dispatches = []
        for matter, each in register.items():
            first = each[0]
            facts = {"scene": first["when.scene"]} if first["when.scene"] else {}
            dispatches += [
                Dispatch(
                    matter=matter,
                    item=first["item"],
                    place=first["place"],
                    on=date.fromisoformat(row["at"][:10]),
                    unit=row["unit"],
                    facts=facts,
                )
                for row in each
                if row["what"] == "called" and row["role"] in {"lead", "joint"}
            ]
        tallies = dispatch_accuracy(county.responsibilities, county.organization, dispatches)
        assert {"basement-birds": 1} == {tally.of: len(tally.errors) for tally in tallies if tally.errors}
        assert 0 == sum(tally.undecided + tally.unlisted for tally in tallies)

    def test_february_has_a_ranking_worth_printing(self, register: dict[str, list[Row]]) -> None:
        """Several departments with three duties or more due in February, one with none."""
        first, last = Month(2021, 2).period.start, Month(2021, 2).period.end or date.max
        due = Counter(
            row["unit"]
            for each in register.values()
            for row in each
            if row["what"] == "called" and first <= date.fromisoformat(row["due_at"][:10]) < last
        )
        assert sum(count >= 3 for count in due.values()) >= 6
        assert 0 == due["ziran"]

    def test_is_small(self) -> None:
        """The whole register is a file that can be read in an editor."""
        assert (PACK / "register.csv").stat().st_size < 1_600_000


class TestGenerated:
    """The derived lists come from a script kept in the repository: the same bytes at every run."""

    def test_script_writes_the_lists_that_ship(self, shared_data: Path, tmp_path: Path) -> None:
        """Nobody edits a generated list by hand."""
        script, data = ROOT / "tools" / "make_pingyin.py", shared_data / "pingyin_370124_by_year.csv"
        command = [sys.executable, str(script), "--data", str(data), "--out", str(tmp_path)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own script
        same, different, missing = filecmp.cmpfiles(PACK, tmp_path, GENERATED, shallow=False)
        assert (list(GENERATED), [], []) == (sorted(same, key=GENERATED.index), different, missing)

    def test_names_are_those_of_the_official_list(self, shared_data: Path) -> None:
        """Every code of 6, 9 or 12 digits has the name of the list of 2021, and none is left out."""
        with (shared_data / "pingyin_370124_by_year.csv").open(encoding="utf-8", newline="") as file:
            official = {row["code"]: row["name"] for row in csv.DictReader(file) if row["year"] == "2021"}
        assert official == {row["id"]: row["name"] for row in rows("units.csv") if row["id"] in official}


def test_article_months_lie_in_the_coverage(county: Jurisdiction) -> None:
    """The pack speaks for the day before the first and after the last row of its register."""
    days = [date.fromisoformat(row["at"][:10]) for row in rows("register.csv")]
    assert days[0] - timedelta(days=1) < county.coverage.start <= days[0]
    assert days[-1] in county.coverage
