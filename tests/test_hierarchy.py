"""Hierarchy: an organisation is refused with all its faults, or answers for every day it covers."""

import json
import pickle
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

import networkx as nx
import pytest

from gridgov.errors import AmbiguousRuleError, GridgovError, LimitError, NotInForceError, PackError
from gridgov.hierarchy import (
    Change,
    Covering,
    DivisionCode,
    Level,
    Line,
    Link,
    Move,
    Organization,
    Structure,
    Unit,
    diff,
)
from gridgov.values import Basis, Citation, Label, Period

START, SPLIT, MERGE = date(2020, 7, 1), date(2021, 1, 1), date(2021, 5, 1)
DAY = date(2021, 2, 10)
ALWAYS = Period(START)

LINES = tuple(Line(line, Label(en=line)) for line in ("territory", "function", "party"))


def level(name: str, digits: int | None = None, **parents: list[str]) -> Level:
    """A level under others, line by line."""
    return Level(id=name, label=Label(en=name), parents=parents, code_digits=digits)


LEVELS = (
    level("county"),
    level("subdistrict", territory=["county"], party=["county"]),
    level("community", territory=["subdistrict"]),
    level("compound", territory=["community"]),
    level("grid", territory=["community"]),
    level("department", function=["county"]),
    level("agency", function=["department"]),
    level("committee", party=["subdistrict"]),
    level("branch", party=["committee"]),
)


def unit(code: str, rank: str, period: Period = ALWAYS, **more: Any) -> Unit:
    """A unit named after its id."""
    return Unit(code, more.pop("name", f"unit {code}"), rank, period, **more)


UNITS = (
    unit("pingyin", "county", name="平阴县"),
    unit("yushan", "subdistrict", name="榆山街道"),
    unit("jinshui", "subdistrict", name="锦水街道"),
    unit("longshan", "community", name="龙山社区"),
    unit("wenchang", "community", name="文昌社区"),
    unit("g1", "grid"),
    unit("g2", "grid"),
    unit("g3", "grid", Period(START, MERGE)),
    unit("g4", "grid"),
    unit("xinyuan", "compound", name="馨苑小区"),
    unit("police", "department", kind="police", name="公安局"),
    unit("fire", "department", kind="fire", accountability="vertical"),
    unit("station", "agency", kind="police", name="榆山派出所"),
    unit("c-longshan", "committee"),
    unit("b1", "branch"),
    unit("b2", "branch"),
)


def under(line: str, *pairs: str) -> list[Link]:
    """Links written ``child parent`` or ``child parent from to``, as years and months do not matter here."""
    return [Link(start, line, end, ALWAYS) for start, end in (pair.split() for pair in pairs)]


LINKS = (
    *under("territory", "yushan pingyin", "jinshui pingyin", "longshan yushan", "wenchang yushan"),
    *under("territory", "g1 longshan", "g2 longshan", "g4 wenchang", "xinyuan longshan"),
    Link("g3", "territory", "longshan", Period(START, SPLIT)),
    Link("g3", "territory", "wenchang", Period(SPLIT, MERGE)),
    *under("function", "police pingyin", "fire pingyin", "station police"),
    *under("party", "yushan pingyin", "jinshui pingyin", "c-longshan yushan", "b1 c-longshan", "b2 c-longshan"),
    Link("b1", "covers", "g1", ALWAYS),
    Link("b2", "covers", "g2", ALWAYS),
    Link("b2", "covers", "g3", Period(START, MERGE)),
    Link("c-longshan", "covers", "longshan", ALWAYS),
    Link("station", "stationed_at", "yushan", ALWAYS),
    Link("fire", "paired", "longshan", ALWAYS),
    Link("g3", "successor", "g4", Period(MERGE)),
)


def organization(
    *, lines: Any = LINES, levels: Any = LEVELS, units: Any = UNITS, links: Any = LINKS, **limits: int
) -> Organization:
    """The county, or another with some parts replaced."""
    return Organization(lines, levels, units, links, **limits)


@pytest.fixture(scope="module")
def county() -> Organization:
    """The county through time."""
    return organization()


@pytest.fixture(scope="module")
def today(county: Organization) -> Structure:
    """The county on 10 February 2021."""
    return county.at(DAY)


def ids(units: Any) -> list[str]:
    """The ids of units."""
    return [unit.id for unit in units]


def codes(error: pytest.ExceptionInfo[Any]) -> list[str]:
    """The codes of an error's faults, sorted."""
    assert isinstance(error.value, GridgovError)
    return sorted(fault.code for fault in error.value.faults)


class TestUpwards:
    """H1, H6: each line is a tree; chains, ancestors and the lowest common superior follow it."""

    def test_chain_climbs_the_units_own_line(self, today: Structure) -> None:
        """A grid climbs the territory, a station its function, a branch the Party line."""
        assert ["g1", "longshan", "yushan", "pingyin"] == ids(today.chain("g1"))
        assert ["station", "police", "pingyin"] == ids(today.chain("station"))
        assert ["b1", "c-longshan", "yushan", "pingyin"] == ids(today.chain("b1"))
        assert ["pingyin"] == ids(today.chain("pingyin"))

    def test_chain_on_a_named_line(self, today: Structure) -> None:
        """A subdistrict stands on two lines."""
        assert ["yushan", "pingyin"] == ids(today.chain("yushan", "party"))

    def test_chain_is_the_same_again(self, today: Structure) -> None:
        """What siblings share is kept, and does not change the answer."""
        assert today.chain("g2")[1:] == today.chain("g1")[1:] == today.chain("g2")[1:]

    def test_unit_off_the_line_has_no_chain_there(self, today: Structure) -> None:
        """A grid is not on the Party line: refused, not guessed."""
        with pytest.raises(NotInForceError, match="not_on_line"):
            today.chain("g1", "party")

    def test_parent_and_root(self, today: Structure) -> None:
        """The root has no parent; the first line is meant where none is named."""
        assert "longshan" == today.parent("g1").id  # type: ignore[union-attr]
        assert today.parent("pingyin") is None
        assert "pingyin" == today.root().id == today.root("party").id

    def test_parents_of_a_whole_line(self, today: Structure) -> None:
        """Every unit of the line but the root."""
        expected = {"police": "pingyin", "fire": "pingyin", "station": "police"}
        assert expected == {name: parent.id for name, parent in today.parents("function").items()}

    def test_ancestor_begins_with_the_unit(self, today: Structure) -> None:
        """The subdistrict above a grid, the grid itself, and none where the level is elsewhere."""
        assert "yushan" == today.ancestor("g1", "subdistrict").id  # type: ignore[union-attr]
        assert "g1" == today.ancestor("g1", "grid").id  # type: ignore[union-attr]
        assert today.ancestor("g1", "department") is None

    def test_misspelt_level_is_refused(self, today: Structure) -> None:
        """A level nobody declared is never just absent."""
        with pytest.raises(NotInForceError, match="unknown_level"):
            today.ancestor("g1", "subdistrct")

    def test_path_to_a_superior(self, today: Structure) -> None:
        """From the unit up to one it is inside of; else refused."""
        assert ["g1", "longshan", "yushan"] == ids(today.path_to("g1", "yushan"))
        assert ["g1"] == ids(today.path_to("g1", "g1"))
        with pytest.raises(NotInForceError, match="not_inside"):
            today.path_to("g1", "jinshui")

    @pytest.mark.parametrize(
        ("expected", "name", "of", "line"),
        [
            (True, "g1", "g1", None),
            (True, "g1", "pingyin", None),
            (False, "pingyin", "g1", None),
            (False, "g1", "wenchang", None),
            (True, "station", "pingyin", None),
            (False, "station", "yushan", None),
            (True, "b1", "yushan", None),
            (False, "g1", "station", None),
            (True, "yushan", "pingyin", "party"),
            (False, "g1", "pingyin", "party"),
            (False, "yushan", "g1", "party"),
        ],
    )
    def test_is_inside(self, today: Structure, expected: bool, name: str, of: str, line: str | None) -> None:
        """A unit is inside itself and all above it; on a line where one does not stand, no."""
        assert expected is today.is_inside(name, of, line)

    @pytest.mark.parametrize("line", [None, "territory", "party"])
    @pytest.mark.parametrize("of", ["yushan", "pingyin", "police"])
    @pytest.mark.parametrize("names", [["g1", "g4", "jinshui"], ["g1", "station", "b1"], []])
    def test_many_at_once(self, today: Structure, names: list[str], of: str, line: str | None) -> None:
        """The batch says what the single question says."""
        assert [today.is_inside(name, of, line) for name in names] == today.are_inside(names, of, line)

    def test_many_at_once_refuse_an_unknown_one(self, today: Structure) -> None:
        """Nothing is silently outside."""
        with pytest.raises(NotInForceError, match="unknown_unit"):
            today.are_inside(["g1", "g9"], "yushan")

    def test_common_superior(self, today: Structure) -> None:
        """The lowest unit both are inside of, which may be one of them."""
        assert "longshan" == today.common_superior("g1", "g2").id
        assert "yushan" == today.common_superior("g1", "g4").id
        assert "yushan" == today.common_superior("yushan", "g4").id
        assert "yushan" == today.common_superior("g4", "yushan").id

    def test_fifteen_levels_resolve(self) -> None:
        """Trap: a role manager that stops at depth 10 says no."""
        ranks = [level("r0"), *(level(f"r{n}", territory=[f"r{n - 1}"]) for n in range(1, 15))]
        units = [unit(f"u{n}", f"r{n}") for n in range(15)]
        links = under("territory", *(f"u{n} u{n - 1}" for n in range(1, 15)))
        structure = organization(lines=LINES[:1], levels=ranks, units=units, links=links).at(DAY)
        assert structure.is_inside("u14", "u0")
        assert 15 == len(structure.chain("u14"))


class TestEscalationPath:
    """H7: a path names one unit for each level; a missing level is an error unless its step may be skipped."""

    def test_levels_in_order(self, today: Structure) -> None:
        """Grid, community, subdistrict."""
        assert ["g1", "longshan", "yushan"] == ids(today.escalation_path("g1", ["grid", "community", "subdistrict"]))

    def test_missing_levels_are_all_named(self, today: Structure) -> None:
        """A community has no grid above it, and a department stands elsewhere: two faults."""
        with pytest.raises(NotInForceError) as error:
            today.escalation_path("longshan", ["grid", "department", "subdistrict"])
        assert ["level_missing", "level_missing"] == codes(error)

    def test_skip_rule(self, today: Structure) -> None:
        """The same path when the step of the grid may be skipped."""
        path = today.escalation_path("longshan", ["grid", "community"], skip_absent={"grid"})
        assert ["longshan"] == ids(path)

    def test_misspelt_level_cannot_be_skipped(self, today: Structure) -> None:
        """Skipping is for levels that exist."""
        with pytest.raises(NotInForceError, match="unknown_level"):
            today.escalation_path("g1", ["gird"], skip_absent={"gird"})


class TestDownwards:
    """H6: what is below, listed, counted and added up."""

    def test_children_in_order_of_id(self, today: Structure) -> None:
        """Only directly below."""
        assert ["g1", "g2", "xinyuan"] == ids(today.children("longshan"))
        assert [] == ids(today.children("g1"))

    def test_below_is_pre_order(self, today: Structure) -> None:
        """Each before those below it."""
        assert ["longshan", "g1", "g2", "xinyuan", "wenchang", "g3", "g4"] == ids(today.below("yushan"))
        assert ["g3", "g4"] == ids(today.below("wenchang", level="grid"))
        assert ["b1", "b2"] == ids(today.below("yushan", "party", "branch"))

    def test_counts_below(self, today: Structure) -> None:
        """Of all levels or of one, on any line."""
        assert 7 == today.count_below("yushan")
        assert 4 == today.count_below("yushan", level="grid")
        assert 0 == today.count_below("yushan", level="department")
        assert 3 == today.count_below("yushan", "party")
        assert 3 == today.count_below("pingyin", "function")

    def test_roll_up(self, today: Structure) -> None:
        """Zero report: a number for some grids becomes one for all above; nil included."""
        sums = today.roll_up({"g1": 2, "g4": 5, "yushan": 1})
        assert {"g1": 2, "g2": 0, "longshan": 2, "wenchang": 5, "yushan": 8, "jinshui": 0, "pingyin": 8} == {
            name: sums[name] for name in ("g1", "g2", "longshan", "wenchang", "yushan", "jinshui", "pingyin")
        }

    def test_roll_up_refuses_units_of_other_lines(self, today: Structure) -> None:
        """A number that cannot be added is never dropped."""
        with pytest.raises(NotInForceError, match="not_on_line"):
            today.roll_up({"station": 1})


class TestTables:
    """H12: counts, and least, most and mean children, level by level."""

    def test_counts_per_level(self, today: Structure) -> None:
        """In the order levels are declared."""
        expected = [1, 2, 2, 1, 4, 2, 1, 1, 2]
        assert expected == list(today.counts().values())
        assert [rank.id for rank in LEVELS] == list(today.counts())

    def test_coverage_is_exact(self, today: Structure) -> None:
        """Means are fractions; a level without units has none."""
        rows = {row.level: row for row in today.coverage()}
        assert (2, 0, 2, Fraction(1)) == (
            rows["subdistrict"].count,
            rows["subdistrict"].min_children,
            rows["subdistrict"].max_children,
            rows["subdistrict"].mean_children,
        )
        assert Fraction(5, 2) == rows["community"].mean_children
        assert ["county", "department", "agency"] == [row.level for row in today.coverage("function")]

    def test_empty_level(self) -> None:
        """No unit, no mean: never zero."""
        levels = [level("county"), level("grid", territory=["county"])]
        structure = organization(lines=LINES[:1], levels=levels, units=UNITS[:1], links=[]).at(DAY)
        assert {"level": "grid", "count": 0, "min_children": None, "max_children": None, "mean_children": None} == (
            structure.coverage()[1].to_dict()
        )
        assert [] == ids(structure.below("pingyin", level="grid"))


class TestLinks:
    """H3, H10, H13: Party units cover sets of nodes; agencies are stationed; questions run both ways."""

    def test_linked_and_linking(self, today: Structure) -> None:
        """Forwards and backwards, in order of id."""
        assert ["g2", "g3"] == ids(today.linked("b2", "covers"))
        assert ["b2"] == ids(today.linking("g3", "covers"))
        assert ["fire"] == ids(today.linking("longshan", "paired"))
        assert [] == ids(today.linked("g1", "paired"))

    def test_a_line_is_no_such_relation(self, today: Structure) -> None:
        """Lines have their own questions."""
        with pytest.raises(NotInForceError, match="unknown_relation"):
            today.linked("g1", "territory")

    def test_successor_links_need_both_in_force(self, county: Organization) -> None:
        """A successor outlives whom it follows: on a day only units of that day are shown."""
        assert () == county.at(MERGE).linking("g4", "successor")

    def test_covers_what_is_below(self, today: Structure) -> None:
        """The committee covers the community and everything in it."""
        assert ["g1", "g2", "longshan", "xinyuan"] == ids(today.covers("c-longshan"))
        assert ["g1"] == ids(today.covers("b1"))

    def test_covered_by_the_nearest_first(self, today: Structure) -> None:
        """The grid's branch, then the community's committee."""
        assert ["b1", "c-longshan"] == ids(today.covered_by("g1"))
        assert [] == ids(today.covered_by("g4"))

    def test_joint_branch_is_no_gap(self, today: Structure) -> None:
        """97 branches for 100 grids: "covered by joint branch of …" is told from having none."""
        rows = {row.unit.id: row for row in today.covering("grid", "branch")}
        expected = {"g1": Covering.OWN, "g2": Covering.JOINT, "g3": Covering.JOINT, "g4": Covering.NONE}
        assert expected == {name: row.covering for name, row in rows.items()}
        assert (["b2"], ["g3"]) == (ids(rows["g2"].by), ids(rows["g2"].shared_with))
        assert ["g2", "g3", "g4"] == [row.unit.id for row in today.uncovered("grid", "branch")]

    def test_own_branch_beside_a_joint_one(self) -> None:
        """A unit with a covering unit of its own is covered, whoever else covers it too."""
        structure = organization(links=[*LINKS, Link("b1", "covers", "wenchang", ALWAYS)]).at(DAY)
        more = organization(links=[*LINKS, Link("b1", "covers", "g2", ALWAYS), Link("b2", "covers", "g1", ALWAYS)])
        assert Covering.OWN is structure.covering("grid", "branch")[0].covering
        assert Covering.JOINT is more.at(DAY).covering("grid", "branch")[0].covering
        assert ["g1", "g2"] == ids(more.at(DAY).covering("grid", "branch")[2].shared_with)

    def test_what_covers_a_unit_above_covers_what_is_in_it(self, today: Structure) -> None:
        """The committee covers the community: its grids are covered, together; a grid elsewhere is not."""
        rows = {row.unit.id: row for row in today.covering("grid", "committee")}
        assert (Covering.JOINT, ["c-longshan"], ["g2"]) == (
            rows["g1"].covering,
            ids(rows["g1"].by),
            ids(rows["g1"].shared_with),
        )
        assert Covering.NONE is rows["g4"].covering

    def test_joint_branch_is_the_own_of_the_grid_where_it_sits(self) -> None:
        """97 branches for 100 grids: three grids are without their own, and each is named with its joint branch."""
        seated = organization(links=[*LINKS, Link("b2", "stationed_at", "g2", ALWAYS)]).at(DAY)
        _, own, joint, _ = seated.covering("grid", "branch")
        assert (Covering.OWN, ["b2"], ["g3"]) == (own.covering, ids(own.by), ids(own.shared_with))
        assert (Covering.JOINT, ["b2"], ["g2"]) == (joint.covering, ids(joint.by), ids(joint.shared_with))
        assert ["g3", "g4"] == [row.unit.id for row in seated.uncovered("grid", "branch")]

    def test_covering_asks_for_declared_levels(self, today: Structure) -> None:
        """A misspelt level is not a gap everywhere."""
        with pytest.raises(NotInForceError, match="unknown_level"):
            today.covering("grid", "brunch")

    def test_stationed_at_the_nearest_above(self, today: Structure) -> None:
        """The police station of the subdistrict answers for a grid in it; the other subdistrict has none."""
        assert "station" == today.stationed("police", "g1").id  # type: ignore[union-attr]
        assert today.stationed("police", "jinshui") is None
        assert today.stationed("fire", "g1") is None

    def test_two_stations_at_one_place(self) -> None:
        """Trap: two matches and an arbitrary winner. Here both are named."""
        second = [*UNITS, unit("station2", "agency", kind="police")]
        links = [*LINKS, *under("function", "station2 police"), Link("station2", "stationed_at", "yushan", ALWAYS)]
        with pytest.raises(AmbiguousRuleError, match="station, station2"):
            organization(units=second, links=links).at(DAY).stationed("police", "g1")


class TestScope:
    """H9: may one unit act on another, with the chain that proves it."""

    def test_above_on_a_line(self, today: Structure) -> None:
        """The subdistrict over a grid."""
        scope = today.scope("yushan", "g1")
        assert scope
        assert ("territory", ["g1", "longshan", "yushan"]) == (scope.by, ids(scope.chain))
        assert "榆山街道 (yushan) may act on unit g1 (g1)" in str(scope.explain())
        assert 2 == len(scope.explain().details)

    def test_by_covering(self, today: Structure) -> None:
        """The committee covers the community, so it reaches the grid through it."""
        scope = today.scope("c-longshan", "g1")
        assert ("covers", ["g1", "longshan", "c-longshan"]) == (scope.by, ids(scope.chain))
        assert ["unit g1 (g1) 隶属于 龙山社区 (longshan)", "unit c-longshan (c-longshan) 覆盖 龙山社区 (longshan)"] == [
            step.text.zh for step in scope.explain().details
        ]

    def test_nothing_else(self, today: Structure) -> None:
        """A station is no superior of the place where it works, nor a grid of its community."""
        assert not today.scope("station", "g1")
        assert not today.scope("g1", "longshan")
        assert "neither" in str(today.scope("station", "g1").explain())


class TestDates:
    """H4, H5: units and links are dated; an old unit leads to whoever is now in charge."""

    def test_each_day_has_its_structure(self, county: Organization) -> None:
        """The grid moves on the day its new link begins, and is gone on the day it was merged."""
        day_before = date(2020, 12, 31)
        assert "longshan" == county.at(day_before).parent("g3").id  # type: ignore[union-attr]
        assert "wenchang" == county.at(SPLIT).parent("g3").id  # type: ignore[union-attr]
        assert "g3" in county.at(date(2021, 4, 30))
        assert "g3" not in county.at(MERGE)
        assert county.at(MERGE).get("g3") is None

    def test_change_days(self, county: Organization) -> None:
        """Every day on which something begins or ends."""
        assert (START, SPLIT, MERGE) == county.change_days()

    def test_structure_knows_its_days(self, county: Organization) -> None:
        """One index serves all days without a change, and each answer bears the day asked for."""
        first, other = county.at(DAY), county.at(date(2021, 3, 1))
        assert (DAY, date(2021, 3, 1)) == (first.day, other.day)
        assert Period(SPLIT, MERGE) == first.period == other.period
        assert county.at(SPLIT) is county.at(SPLIT)
        assert Period(MERGE) == county.at(date(2030, 1, 1)).period

    def test_before_the_first_day(self, county: Organization) -> None:
        """Outside the dates covered the organisation refuses."""
        with pytest.raises(NotInForceError, match="organization_coverage"):
            county.at(date(2020, 6, 30))

    def test_after_the_last_day(self) -> None:
        """When everything has ended there is nothing to ask."""
        levels, units = [level("county")], [unit("pingyin", "county", Period(START, SPLIT))]
        ended = organization(lines=LINES[:1], levels=levels, units=units, links=[])
        assert 1 == len(ended.at(date(2020, 12, 31)))
        with pytest.raises(NotInForceError, match="organization_coverage"):
            ended.at(SPLIT)

    def test_abolished_unit_names_its_successor(self, county: Organization) -> None:
        """Asked on a later day it is refused, with its dates and who followed."""
        with pytest.raises(NotInForceError, match=r"2020-07-01 to 2021-05-01.*its successor on that day: g4") as error:
            county.at(MERGE).chain("g3")
        assert ["unit_not_in_force"] == codes(error)

    def test_unit_not_yet_in_force(self) -> None:
        """A unit that begins later has nobody before it."""
        units = [*UNITS, unit("g5", "grid", Period(MERGE))]
        later = organization(units=units, links=[*LINKS, Link("g5", "territory", "wenchang", Period(MERGE))])
        with pytest.raises(NotInForceError, match=r"further notice.*no successor is known"):
            later.at(DAY).unit("g5")

    def test_successors(self, county: Organization) -> None:
        """Itself while in force, then its heirs."""
        assert ["g3"] == ids(county.successors("g3", DAY))
        assert ["g4"] == ids(county.successors("g3", MERGE))
        with pytest.raises(NotInForceError, match="unknown_unit"):
            county.successors("g9", DAY)

    def test_successors_through_splits_and_merges(self) -> None:
        """A grid split in two, one half merged on: both heirs, each once, though they name each other."""
        year = [Period(date(2020 + n, 1, 1), date(2021 + n, 1, 1)) for n in range(3)]
        levels = [level("county"), level("grid", territory=["county"])]
        units = [unit("a", "county", Period(year[0].start)), unit("g1", "grid", year[0])]
        units += [unit("g2", "grid", year[1]), unit("g3", "grid", Period(year[1].start)), unit("g4", "grid", year[2])]
        links = [Link(g.id, "territory", "a", g.period) for g in units[1:]]
        links += [Link("g1", "successor", heir, Period(year[1].start)) for heir in ("g2", "g3")]
        links += [Link("g2", "successor", heir, Period(year[2].start)) for heir in ("g4", "g3", "g1")]
        found = organization(lines=LINES[:1], levels=levels, units=units, links=links)
        assert ["g2", "g3"] == ids(found.successors("g1", date(2021, 6, 1)))
        assert ["g3", "g4"] == ids(found.successors("g1", date(2022, 6, 1)))
        assert [] == ids(found.successors("g4", date(2020, 6, 1)))

    def test_renamed_unit_keeps_its_id(self) -> None:
        """A rename is a second row of one id: it has one history and no gap, and its links go on."""
        renamed = [
            *(u for u in UNITS if u.id != "longshan"),
            unit("longshan", "community", Period(SPLIT), name="龙山社区居委会"),
            unit("longshan", "community", Period(START, SPLIT), name="龙山居委会"),
        ]
        found = organization(units=renamed)
        assert ["龙山居委会", "龙山社区居委会"] == [row.name for row in found.history("longshan")]
        assert "龙山居委会" == found.at(date(2020, 12, 31)).unit("longshan").name
        assert "龙山社区居委会" == found.at(DAY).unit("longshan").name
        assert ["g1", "longshan", "yushan", "pingyin"] == ids(found.at(DAY).chain("g1"))
        assert () == found.history("g9")

    def test_many_days_keep_few_indexes(self) -> None:
        """However many change days, answers stay right when an old day is asked for again."""
        days = [date(2020, 1, 1 + n) for n in range(31)] + [date(2020, 2, 1 + n) for n in range(10)]
        levels, units = [level("county"), level("grid", territory=["county"])], [unit("a", "county", Period(days[0]))]
        units += [unit(f"g{n:02}", "grid", Period(day)) for n, day in enumerate(days)]
        links = [Link(u.id, "territory", "a", u.period) for u in units[1:]]
        found = organization(lines=LINES[:1], levels=levels, units=units, links=links)
        for _ in range(2):
            assert list(range(1, 42)) == [found.at(day).count_below("a") for day in days]


class TestDiff:
    """H11: what was added, removed, renamed, moved, or put on another level."""

    def test_between_days(self, county: Organization) -> None:
        """The grid moved in January, and is gone in May."""
        before, after, later = county.at(START), county.at(SPLIT), county.at(MERGE)
        longshan, wenchang = after.unit("longshan"), after.unit("wenchang")
        assert (Move(after.unit("g3"), "territory", longshan, wenchang),) == diff(before, after).moved
        assert (["g3"], ()) == (ids(diff(after, later).removed), diff(after, later).moved)
        assert ["g3"] == ids(diff(later, after).added)
        assert not diff(before, before)
        assert diff(before, after)

    def test_renamed_and_releveled(self, today: Structure) -> None:
        """Two organisations compared by id."""
        levels = [*LEVELS, level("town", territory=["county"], party=["county"])]
        units = [
            *(u for u in UNITS if u.id not in {"jinshui", "fire"}),
            unit("jinshui", "town", name="锦水街道"),
            unit("fire", "department", kind="fire", name="fire brigade"),
        ]
        found = diff(today, organization(levels=levels, units=units).at(DAY))
        assert ["fire"] == [change.after.id for change in found.renamed]
        assert (Change(today.unit("jinshui"), units[-2]),) == found.releveled
        assert [] == found.to_dict()["moved"]

    def test_new_line_moves_its_units(self, today: Structure) -> None:
        """A unit put on a line it was not on had no parent there."""
        lines = [*LINES, Line("safety", Label(en="safety"))]
        levels = [r if r.id != "grid" else level("grid", territory=["community"], safety=["county"]) for r in LEVELS]
        links = [*LINKS, *under("safety", "g1 pingyin", "g2 pingyin", "g4 pingyin")]
        after = organization(
            lines=lines, levels=levels, links=[*links, Link("g3", "safety", "pingyin", Period(START, MERGE))]
        )
        moved = diff(today, after.at(DAY)).moved
        assert ["g1", "g2", "g3", "g4"] == [move.unit.id for move in moved]
        assert {("safety", None, "pingyin")} == {(m.line, m.before, m.after and m.after.id) for m in moved}


class TestOtherForms:
    """H1: each line is offered as a networkx graph, as node-link data and as a picture."""

    def test_graph_is_a_frozen_arborescence(self, today: Structure) -> None:
        """Checked by the field's own library."""
        graph = today.graph("party")
        assert nx.is_arborescence(graph)
        assert nx.is_frozen(graph)
        assert {"name": "平阴县", "level": "county"} == graph.nodes["pingyin"]
        assert {"b1", "b2", "c-longshan"} == nx.descendants(graph, "yushan")

    def test_node_link_is_what_networkx_writes(self, today: Structure) -> None:
        """And it survives JSON."""
        data = today.to_node_link("function")
        assert nx.node_link_data(today.graph("function"), edges="edges") == json.loads(json.dumps(data))

    def test_mermaid(self, today: Structure) -> None:
        """Ids never appear; names are quoted."""
        assert (
            "flowchart TD\n"
            '    n0["平阴县"]\n    n1["unit fire"]\n    n2["公安局"]\n    n3["榆山派出所"]\n'
            "    n0 --> n1\n    n0 --> n2\n    n2 --> n3\n"
        ) == today.to_mermaid("function")

    def test_mermaid_escapes_names(self) -> None:
        """T67: no name can close its quotes, add markup, or call a function."""
        name = '"] --> n9 <img src=x> #x; `md` click(alert)'
        one = organization(lines=LINES[:1], levels=[level("county")], units=[unit("a", "county", name=name)], links=[])
        body = one.at(DAY).to_mermaid().removeprefix('flowchart TD\n    n0["').removesuffix('"]\n')
        assert not set('"<>`[]()') & set(body)
        assert body.startswith("#34;#93; --#62; n9 #60;img src#61;x#62; #35;x#59;")

    def test_picture_has_a_limit(self, today: Structure) -> None:
        """A picture of a nation is refused, not drawn."""
        with pytest.raises(LimitError, match="limit_units"):
            today.to_mermaid(max_units=3)

    def test_short_texts(self, county: Organization, today: Structure) -> None:
        """One line each."""
        assert "<Structure of 2021-02-10: 16 units, lines territory, function, party>" == repr(today)
        assert "<Organization of 16 units, lines territory, function, party, from 2020-07-01>" == repr(county)
        assert "平阴县 (pingyin)" == str(today.root())


class TestUnitsOfADay:
    """Units are found by id; what is not there is refused with help."""

    def test_collection(self, today: Structure) -> None:
        """Length, membership, and iteration in order of id."""
        assert 16 == len(today)
        assert "g1" in today
        assert 7 not in today
        assert sorted(u.id for u in UNITS) == ids(today)
        assert ["g1", "g2", "g3", "g4"] == ids(today.of_level("grid"))
        assert ("territory", "function", "party") == today.lines
        assert ["territory", "function", "party"] == [today.line_of(name) for name in ("g1", "station", "b1")]
        assert UNITS[1] == today.get("yushan") == today.unit("yushan")

    def test_unknown_unit_suggests_a_near_one(self, today: Structure) -> None:
        """What was asked, what was found, what to do."""
        for ask in (today.unit, today.chain, today.count_below, today.line_of):
            with pytest.raises(NotInForceError, match="did you mean longshan") as error:
                ask("lonshan")
            assert ["unknown_unit"] == codes(error)
        for pair in (("lonshan", "g1"), ("g1", "lonshan")):
            with pytest.raises(NotInForceError, match="lonshan"):
                today.is_inside(*pair)

    def test_nothing_near(self, today: Structure) -> None:
        """No suggestion is better than a wild one."""
        with pytest.raises(NotInForceError, match=r"\[unknown_unit\]$"):
            today.unit("370124001010")

    def test_unknown_line(self, today: Structure) -> None:
        """Lines are declared."""
        with pytest.raises(NotInForceError, match="unknown_line"):
            today.root("teritory")

    def test_line_without_units_that_day(self) -> None:
        """A line may begin later than the rest."""
        lines, levels = LINES[:2], [level("county"), level("bureau", function=[])]
        units = [unit("a", "county"), unit("b", "bureau", Period(SPLIT))]
        found = organization(lines=lines, levels=levels, units=units, links=[])
        assert "b" == found.at(DAY).root("function").id
        with pytest.raises(NotInForceError, match="no_root"):
            found.at(START).root("function")


def faulty(**parts: Any) -> pytest.ExceptionInfo[PackError]:
    """The refusal of an organisation with some parts replaced."""
    with pytest.raises(PackError) as error:
        organization(**parts)
    return error


class TestFaults:
    """H1, T01-T06: an organisation is sound, or refused with every fault and its place."""

    @pytest.mark.parametrize(
        ("code", "more_units", "more_links"),
        [
            ("two_roots", [unit("pingyin2", "county")], []),
            ("orphan", [unit("g5", "grid")], []),
            ("unknown_unit", [], under("territory", "g9 longshan")),
            ("unknown_unit", [], under("covers", "b1 g9")),
            ("unknown_unit", [], [Link("g3", "successor", "g9", ALWAYS)]),
            ("unit_not_in_force", [], [Link("b1", "covers", "g3", ALWAYS)]),
            ("two_parents", [], under("territory", "g1 wenchang")),
            ("duplicate_link", [], under("territory", "g1 longshan")),
            ("duplicate_link", [], under("covers", "b1 g1")),
            ("duplicate_unit", [unit("g1", "grid", name="again")], []),
            ("reused_id", [unit("g3", "grid", Period(date(2022, 1, 1)))], []),
            ("unknown_level", [unit("x", "village")], []),
            ("unknown_line", [], under("teritory", "g1 longshan")),
            ("self_link", [], under("paired", "fire fire")),
            ("bad_id", [unit("３７０", "grid")], []),
            ("bad_id", [unit("gе1", "grid")], []),
            ("bad_id", [unit("", "grid")], []),
            ("bad_name", [unit("g5", "grid", name="a\u202eb")], []),
            ("bad_name", [unit("g5", "grid", name_en="\u200b")], []),
        ],
    )
    def test_one_fault(self, code: str, more_units: list[Unit], more_links: list[Link]) -> None:
        """Each kind of fault is told by its code and bears a place."""
        error = faulty(units=[*UNITS, *more_units], links=[*LINKS, *more_links])
        fault = next(fault for fault in error.value.faults if fault.code == code)
        assert fault.place.split()[0] in {"unit", "link", "line"}

    def test_all_faults_at_once(self) -> None:
        """Nothing hides behind the first."""
        error = faulty(
            units=[*UNITS, unit("g5", "grid"), unit("x", "village", name="")],
            links=[*LINKS, *under("territory", "g1 wenchang", "g8 g9")],
        )
        assert ["bad_name", "orphan", "two_parents", "unknown_level", "unknown_unit", "unknown_unit"] == codes(error)

    def test_parent_that_is_not_there_names_both(self) -> None:
        """T03: both ids, and no ghost unit."""
        error = faulty(links=[*LINKS, *under("territory", "g7 longshan")])
        assert "no unit 'g7', linked with 'longshan'" in str(error.value)

    def test_wrong_level_above(self) -> None:
        """H2, H3: allowed parents are data; a grid does not stand under a subdistrict here."""
        links = [link for link in LINKS if (link.start, link.relation) != ("g4", "territory")]
        assert ["bad_parent_level"] == codes(faulty(links=[*links, *under("territory", "g4 yushan")]))
        levels = [r if r.id != "grid" else level("grid", territory=["community", "subdistrict"]) for r in LEVELS]
        found = organization(levels=levels, links=[*links, *under("territory", "g4 yushan")])
        assert "yushan" == found.at(DAY).parent("g4").id  # type: ignore[union-attr]

    def test_level_that_has_no_parent_on_the_line(self) -> None:
        """A root cannot be put under another unit."""
        assert ["bad_parent_level", "cycle"] == codes(faulty(links=[*LINKS, *under("territory", "pingyin g1")]))

    def test_no_root(self) -> None:
        """T02: without its root a line is refused, and its units are orphans."""
        units = [u for u in UNITS if u.id != "pingyin"]
        links = [link for link in LINKS if link.end != "pingyin"]
        assert {"no_root", "orphan"} == set(codes(faulty(units=units, links=links)))

    def test_root_missing_on_some_days(self) -> None:
        """A gap between two roots is told by its days."""
        levels, summer = [level("county"), level("grid", territory=["county"])], date(2021, 7, 1)
        units = [
            unit("a", "county", Period(START, SPLIT)),
            unit("b", "county", Period(MERGE, summer)),
            unit("g", "grid"),
        ]
        links = [Link("g", "territory", "a", Period(START, SPLIT)), Link("g", "territory", "b", Period(MERGE, summer))]
        error = faulty(lines=LINES[:1], levels=levels, units=units, links=links)
        assert ["no_root", "no_root", "orphan", "orphan"] == codes(error)
        assert "has units and no root 2021-01-01 to 2021-05-01" in str(error.value)
        assert "has units and no root from 2021-07-01" in str(error.value)
        assert "no parent on line 'territory' from 2021-07-01" in str(error.value)

    def test_first_days_without_parent(self) -> None:
        """A link that begins later than its unit leaves it an orphan at first."""
        links = [link for link in LINKS if (link.start, link.relation) != ("g4", "territory")]
        error = faulty(links=[*links, Link("g4", "territory", "wenchang", Period(SPLIT))])
        assert "unit 'g4' has no parent on line 'territory' 2020-07-01 to 2021-01-01" in str(error.value)

    def test_long_reign_meets_every_later_root(self) -> None:
        """A short second root between hides nothing."""
        levels = [level("county")]
        units = [unit("a", "county"), unit("b", "county", Period(SPLIT, MERGE)), unit("c", "county", Period(MERGE))]
        assert ["two_roots", "two_roots"] == codes(faulty(lines=LINES[:1], levels=levels, units=units, links=[]))

    def test_line_nobody_stands_on(self) -> None:
        """A declared line without a unit is a mistake."""
        lines = [*LINES, Line("safety", Label(en="safety"))]
        assert ["no_root"] == codes(faulty(lines=lines))

    def test_empty_organisation(self) -> None:
        """No unit at all."""
        assert ["no_root", "no_root", "no_root"] == codes(faulty(units=[], links=[]))

    def test_renamed_units_keep_level_checks_for_each_row(self) -> None:
        """Where a parent changes its level, only the days that disagree are at fault."""
        levels = [*LEVELS, level("town", territory=["county"], party=["county"])]
        units = [u for u in UNITS if u.id != "yushan"]
        units += [unit("yushan", "subdistrict", Period(START, SPLIT)), unit("yushan", "town", Period(SPLIT))]
        found = faulty(levels=levels, units=units)
        assert ["bad_parent_level"] * 3 == codes(found)
        assert "a 'community' cannot stand under a 'town'" in str(found.value)

    def test_unknown_level_is_told_once(self) -> None:
        """Whether such a unit may stand where it does is nobody's to say."""
        found = faulty(units=[*UNITS, unit("x", "village")], links=[*LINKS, *under("territory", "x longshan")])
        assert ["unknown_level"] == codes(found)

    def test_root_with_two_rows_at_once(self) -> None:
        """It is one root, and a duplicate."""
        assert ["duplicate_unit"] == codes(faulty(units=[*UNITS, unit("pingyin", "county")]))

    def test_scheme_faults(self) -> None:
        """Lines and levels are checked too, together with the rest."""
        assert "no_line" in codes(faulty(lines=[]))
        assert "reserved_line" in codes(faulty(lines=[*LINES, Line("covers", Label(en="x"))]))
        assert "duplicate_line" in codes(faulty(lines=[*LINES, LINES[0]]))
        assert "duplicate_level" in codes(faulty(levels=[*LEVELS, LEVELS[0]]))
        assert "bad_id" in codes(faulty(levels=[*LEVELS, level("网格")]))
        assert ["unknown_level"] == codes(faulty(levels=[*LEVELS, level("x", territory=["ward"])]))
        assert "unknown_line" in codes(faulty(levels=[*LEVELS, level("x", teritory=["grid"])]))

    def test_faults_do_not_depend_on_order(self) -> None:
        """The same refusal whatever the order of the file."""
        units = [*UNITS, unit("g5", "grid"), unit("g1", "grid"), unit("p2", "county")]
        links = [*LINKS, *under("territory", "g1 wenchang", "g9 g8", "pingyin g1")]
        assert str(faulty(units=units, links=links).value) == str(faulty(units=units[::-1], links=links[::-1]).value)

    def test_a_hundred_thousand_orphans(self) -> None:
        """T06: the report stays readable and counts them all."""
        error = faulty(units=[*UNITS, *(unit(f"o{n}", "grid") for n in range(100_000))])
        assert (100, 100_000) == (len(error.value.faults), error.value.total)


TREE = (level("root"), level("unit", territory=["unit", "root"]))


def forest(*pairs: str, **limits: int) -> Organization:
    """Units ``child parent`` under a root ``r``, of one level that may stand under itself."""
    names = sorted({name for pair in pairs for name in pair.split()} - {"r"})
    units = [unit("r", "root"), *(unit(name, "unit") for name in names)]
    return organization(lines=LINES[:1], levels=TREE, units=units, links=under("territory", *pairs), **limits)


class TestRings:
    """T01: a cycle, a unit under itself, a ring beside a sound tree: at most ten units of the ring are named."""

    def test_ring_beside_a_tree(self) -> None:
        """The tree is sound; the ring is still refused."""
        with pytest.raises(PackError, match="a under b under c under a") as error:
            forest("x r", "a b", "b c", "c a")
        assert ["cycle"] == codes(error)

    def test_unit_under_itself(self) -> None:
        """The smallest ring."""
        with pytest.raises(PackError) as error:
            forest("x r", "a a")
        assert ["self_link"] == codes(error)

    def test_long_ring_is_cut(self) -> None:
        """Ten names, and how many there are."""
        with pytest.raises(PackError, match="u09 … 50 units in all"):
            forest(*(f"u{n:02} u{(n + 1) % 50:02}" for n in range(50)))

    def test_ring_that_closes_later(self) -> None:
        """Each link is sound alone; from one day on they close."""
        units = [unit("r", "root"), unit("a", "unit"), unit("b", "unit")]
        links = [
            *under("territory", "b a"),
            Link("a", "territory", "r", Period(START, SPLIT)),
            Link("a", "territory", "b", Period(SPLIT, MERGE)),
            Link("a", "territory", "r", Period(MERGE)),
        ]
        error = faulty(lines=LINES[:1], levels=TREE, units=units, links=links)
        assert ["cycle"] == codes(error)
        assert "from 2021-01-01" in str(error.value)

    def test_ring_is_told_once(self) -> None:
        """A ring that lasts over other changes is one fault."""
        units = [unit("r", "root"), unit("a", "unit"), unit("b", "unit"), unit("c", "unit", Period(SPLIT))]
        links = [*under("territory", "b a", "a b"), Link("c", "territory", "r", Period(SPLIT))]
        assert ["cycle"] == codes(faulty(lines=LINES[:1], levels=TREE, units=units, links=links))


class TestLimits:
    """Reliability 4: units 2,000,000 and depth 64, both parameters; nothing recurses."""

    def test_depth(self) -> None:
        """64 units on a chain are allowed, 65 are not."""
        chain = ["u00 r", *(f"u{n:02} u{n - 1:02}" for n in range(1, 64))]
        assert 64 == len(forest(*chain[:63]).at(DAY).chain("u62"))
        with pytest.raises(LimitError, match="65 units") as error:
            forest(*chain)
        assert ["limit_depth"] == codes(error)
        assert 65 == len(forest(*chain, max_depth=65).at(DAY).chain("u63"))

    def test_depth_is_told_beside_other_faults(self) -> None:
        """What else is wrong is a fault of the pack, and the depth one more."""
        with pytest.raises(PackError) as error:
            forest("a r", "b a", "c b", "x y", "y x", max_depth=3)
        assert ["cycle", "limit_depth"] == codes(error)

    def test_depth_of_ranked_levels(self) -> None:
        """More ranks than the limit are looked at, and pass while no chain is that long."""
        assert 16 == len(organization(max_depth=4).at(DAY))
        with pytest.raises(LimitError, match="limit_depth"):
            organization(max_depth=3)

    def test_units(self) -> None:
        """Counted before anything is built."""
        with pytest.raises(LimitError, match="limit_units"):
            organization(max_units=15)

    def test_a_very_deep_chain(self) -> None:
        """T06: refused by default; where it is allowed every question answers without a RecursionError."""
        deep = 20_000
        names = [f"u{n:06}" for n in range(deep)]
        columns: dict[str, Any] = {"ids": names, "names": names, "unit_levels": ["root"] + ["unit"] * (deep - 1)}
        parents = ["", *names[:-1]]
        with pytest.raises(LimitError, match="limit_depth"):
            Organization.from_columns(LINES[0], TREE, **columns, parents=parents, period=ALWAYS)
        found = Organization.from_columns(LINES[0], TREE, **columns, parents=parents, period=ALWAYS, max_depth=deep).at(
            DAY
        )
        assert deep == len(found.chain(names[-1])) == len(found.below(names[0])) + 1
        assert found.is_inside(names[-1], names[0])
        assert names[500] == found.common_superior(names[500], names[-1]).id
        assert deep == found.roll_up(dict.fromkeys(names, 1))[names[0]]


class TestColumns:
    """A national list comes as columns, and answers as if it had come as objects."""

    COLUMNS: ClassVar[dict[str, Any]] = {
        "ids": ["370124", "370124002", "370124001", "370124001010"],
        "names": ["平阴县", "锦水街道", "榆山街道", "龙山社区"],
        "unit_levels": ["county", "township", "township", "village"],
        "parents": ["", "370124", "370124", "370124001"],
    }
    LEVELS = (
        level("county", 6),
        level("township", 9, territory=["county"]),
        level("village", 12, territory=["township"]),
    )

    def test_same_as_objects(self) -> None:
        """Same digest, same units, whichever way they came."""
        found = Organization.from_columns(LINES[0], self.LEVELS, **self.COLUMNS, period=ALWAYS)
        rows = list(zip(*self.COLUMNS.values(), strict=True))
        units = [Unit(code, name, rank, ALWAYS) for code, name, rank, _ in rows]
        links = [Link(code, "territory", parent, ALWAYS) for code, _, _, parent in rows if parent]
        other = organization(lines=LINES[:1], levels=self.LEVELS, units=units, links=links)
        assert other.digest() == found.digest()
        assert (other.units, other.links, other.lines, other.levels) == (
            found.units,
            found.links,
            found.lines,
            found.levels,
        )
        assert ["370124001010", "370124001", "370124"] == ids(found.at(DAY).chain("370124001010"))
        assert ["370124001", "370124001010", "370124002"] == ids(found.at(DAY).below("370124"))

    @pytest.mark.parametrize("short", ["ids", "parents"])
    def test_columns_of_one_length(self, short: str) -> None:
        """A column that is shorter loses rows: refused."""
        columns = {**self.COLUMNS, short: self.COLUMNS[short][:-1]}
        with pytest.raises(ValueError, match="different lengths"):
            Organization.from_columns(LINES[0], self.LEVELS, **columns, period=ALWAYS)

    @pytest.mark.parametrize(
        ("code", "column", "value"),
        [
            ("bad_code", "ids", "37012400201"),
            ("bad_code", "ids", "37012500201A"),
            ("bad_code", "ids", "370125001010"),
            ("unknown_unit", "parents", "370125001"),
            ("self_link", "parents", "370124001010"),
            ("bad_parent_level", "parents", "370124"),
            ("orphan", "parents", ""),
            ("duplicate_unit", "ids", "370124001"),
        ],
    )
    def test_faults(self, code: str, column: str, value: str) -> None:
        """H8: codes have their digits and begin with the code above; every other check holds too."""
        columns = {**self.COLUMNS, column: [*self.COLUMNS[column][:-1], value]}
        with pytest.raises(PackError) as error:
            Organization.from_columns(LINES[0], self.LEVELS, **columns, period=ALWAYS)
        assert code in codes(error)

    def test_codes_nest_only_where_both_have_digits(self) -> None:
        """A county without a code may stand above townships that have one."""
        levels = (level("county"), *self.LEVELS[1:])
        columns = {**self.COLUMNS, "ids": ["pingyin", *self.COLUMNS["ids"][1:]]}
        columns["parents"] = ["", "pingyin", "pingyin", "370124001"]
        found = Organization.from_columns(LINES[0], levels, **columns, period=ALWAYS)
        assert "pingyin" == found.at(DAY).root().id
        assert ["370124001", "370124001010", "370124002", "pingyin"] == ids(found.at(DAY))

    def test_codes_must_nest_in_objects_too(self) -> None:
        """The closer look says the same as the quick one."""
        units = [unit("370124", "county"), unit("370125001", "township")]
        links = under("territory", "370125001 370124")
        assert ["bad_code"] == codes(faulty(lines=LINES[:1], levels=self.LEVELS, units=units, links=links))


class TestDigest:
    """H6, H8, H9: equal content, equal digest; another row, another digest."""

    def test_order_does_not_matter(self, county: Organization) -> None:
        """Units and links in any order; what was loaded from a dump is the same again."""
        assert county.digest() == organization(units=UNITS[::-1], links=LINKS[::-1]).digest()
        assert county.digest() == organization(units=county.units, links=county.links).digest()

    def test_every_field_matters(self, county: Organization) -> None:
        """A source, a basis, a kind: all are content."""
        source = Citation("article")
        for more in ({"source": source}, {"basis": Basis.ILLUSTRATIVE}, {"kind": "fire"}, {"name_en": "Pingyin"}):
            units = [unit("pingyin", "county", name="平阴县", **more), *UNITS[1:]]
            assert county.digest() != organization(units=units).digest()

    def test_refusal_changes_nothing(self, county: Organization) -> None:
        """An organisation is a value: one refused leaves the other as it was."""
        before = county.digest()
        faulty(units=[*county.units, unit("p2", "county")])
        assert before == county.digest()

    def test_survives_pickling(self, today: Structure) -> None:
        """For another process."""
        assert today.chain("g1") == pickle.loads(pickle.dumps(today)).chain("g1")  # noqa: S301


class TestDivisionCode:
    """H8: "2-2-2-3-3" digits, and three more for a grid."""

    @pytest.mark.parametrize(
        ("text", "written", "rank"),
        [
            ("37", "37", "province"),
            ("3701", "37-01", "city"),
            ("370124", "37-01-24", "county"),
            ("370124001", "37-01-24-001", "township"),
            ("370124001010", "37-01-24-001-010", "village"),
            ("370124001010003", "37-01-24-001-010-003", "grid"),
            ("441900", "44-19-00", "county"),
        ],
    )
    def test_parse_and_format(self, text: str, written: str, rank: str) -> None:
        """Every length, and back."""
        code = DivisionCode.parse(text)
        assert (written, rank, text) == (code.format("-"), code.rank, str(code))

    def test_parents_up_to_the_province(self) -> None:
        """The code above is the code without its last part."""
        code: DivisionCode | None = DivisionCode.parse("370124001010003")
        found = []
        while code := code and code.parent:
            found.append(str(code))
        assert ["370124001010", "370124001", "370124", "3701", "37"] == found

    @pytest.mark.parametrize(
        "text", ["", "3", "370", "37012400101", "3701240010100031", "３７", "3a", "37 1", "٣٧", "²2"]
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        """Digits are ASCII, and lengths are exact."""
        with pytest.raises(PackError, match="bad_code"):
            DivisionCode.parse(text)
