"""The responsibility list: who leads, who supports, and what a list may not say."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from county import (
    ALWAYS,
    DUTIES,
    ITEMS,
    LISTED,
    LOCAL,
    ORGANIZATION,
    START,
    duty,
    item,
    links,
    listing,
    organize,
    unit,
    units,
)
from gridgov.calendar import Limit
from gridgov.conditions import OneOf
from gridgov.errors import AmbiguousRuleError, GridgovError, NotInForceError, PackError, RefusedError
from gridgov.hierarchy import Link, Organization
from gridgov.responsibility import (
    Dispatch,
    Holder,
    HolderKind,
    Responsibility,
    ResponsibilityList,
    Role,
    diff_lists,
    dispatch_accuracy,
)
from gridgov.values import Label, Period

DAY = date(2021, 2, 10)
MARCH = date(2021, 3, 1)
FIRE_LANE = (item("fire-lane"),)


def look(
    name: str, place: str = "grid-1", *, listed: ResponsibilityList = LISTED, on: date = DAY, **given: Any
) -> Responsibility:
    return listed.lookup(name, place=place, structure=ORGANIZATION.at(on), at=on, **given)


def refusal(kind: type[GridgovError], name: str, place: str = "grid-1", **given: Any) -> GridgovError:
    with pytest.raises(kind) as caught:
        look(name, place, **given)
    return caught.value


def leads(found: Responsibility) -> list[str]:
    return [lead.unit.id for lead in found.leads]


def faults(listed: ResponsibilityList, organization: Organization = ORGANIZATION) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in listed.faults(organization)]


class TestCarInTheFireLane:
    """Case 3: "compound, road, venue: each has its lead; no scene: refused, the error names rows a, b, c and scene"."""

    @pytest.mark.parametrize(
        ("scene", "lead", "supports"),
        [
            ("compound", "fire", ["police", "urban"]),
            ("road", "traffic-police", ["urban"]),
            ("venue", "fire", ["police", "urban"]),
        ],
    )
    def test_the_scene_decides_who_leads(self, scene: str, lead: str, supports: list[str]) -> None:
        found = look("fire-lane", facts={"scene": scene})

        assert ([lead], "single") == (leads(found), found.mode)
        assert supports == [part.unit.id for part in found.supports]

    def test_without_a_scene_the_rows_and_the_fact_are_named(self) -> None:
        error = refusal(AmbiguousRuleError, "fire-lane")

        assert ("fact_missing", "facts.scene") == (error.code, error.faults[0].place)
        assert ("fire-lane/a", "fire-lane/b", "fire-lane/c") == error.faults[0].about

    def test_the_subdistrict_keeps_its_own_duty_and_does_not_lead(self) -> None:
        """巡查、上报、协助执法: recorded, never assessed."""
        found = look("fire-lane", facts={"scene": "road"})

        assert [("yushan", Role.LOCAL)] == [(part.unit.id, part.role) for part in found.local]
        assert "yushan" not in leads(found)

    def test_a_vertical_lead_is_marked(self) -> None:
        """R20: "county, vertical or enterprise"."""
        found = look("fire-lane", facts={"scene": "venue"})

        assert ["vertical"] == [lead.unit.accountability for lead in found.leads]

    def test_an_undeclared_fact_is_refused_by_name(self) -> None:
        error = refusal(RefusedError, "fire-lane", facts={"scene": "compuond", "colour": "red"})

        assert ["unknown_word", "unknown_attribute"] == [fault.code for fault in error.faults]


class TestHowLeadsShare:
    """Design 7: "one lead per item, place, scene and date, or joint or either-or leads declared as such"."""

    def test_joint_leads_all_answer(self) -> None:
        found = look("noise")

        assert (["environment", "housing"], "joint") == (leads(found), found.mode)
        assert Limit.parse("20 working_days") == found.limit

    def test_either_or_leads_are_all_offered(self) -> None:
        found = look("stalls", facts={"licensed": "no"})

        assert (["market", "urban"], "either") == (leads(found), found.mode)

    def test_one_alone_leads_alone(self) -> None:
        found = look("stalls", facts={"licensed": True})

        assert (["urban"], "single") == (leads(found), found.mode)

    def test_two_single_leads_collide_and_are_named(self) -> None:
        """Trap HD get_sla: two matches, arbitrary winner."""
        two = listing(duty("fire-lane/a", "unit:fire"), duty("fire-lane/b", "unit:urban", when={"scene": "road"}))
        error = refusal(AmbiguousRuleError, "fire-lane", listed=two, facts={"scene": "road"})

        assert ("rows_overlap", ("fire-lane/a", "fire-lane/b")) == (error.code, error.faults[0].about)

    def test_a_single_lead_beside_a_joint_one_collides(self) -> None:
        mixed = listing(duty("noise/a", "unit:fire"), duty("noise/b", "unit:urban", Role.JOINT))

        assert "rows_overlap" == refusal(AmbiguousRuleError, "noise", listed=mixed).code

    def test_one_unit_cannot_lead_by_two_rows(self) -> None:
        twice = listing(duty("noise/a", "unit:yushan", Role.JOINT), duty("noise/b", LOCAL, Role.JOINT))

        assert "rows_overlap" == refusal(AmbiguousRuleError, "noise", listed=twice).code

    def test_a_lead_never_supports(self) -> None:
        """R2, E9: no unit is lead and support of one matter."""
        twice = listing(duty("noise/a", "unit:yushan"), duty("noise/b", LOCAL, Role.SUPPORT))
        error = refusal(AmbiguousRuleError, "noise", listed=twice)

        assert ("lead_supports", ("noise/a", "noise/b")) == (error.code, error.faults[0].about)

    def test_nobody_leads_is_no_answer(self) -> None:
        """R9: a rule error is an error in the result, never a skip."""
        error = refusal(NotInForceError, "noise", listed=listing(duty("noise/a", "unit:urban", Role.SUPPORT)))

        assert "no_lead" == error.code

    def test_the_order_of_rows_changes_nothing(self) -> None:
        """Rule 7: no result depends on file order."""
        rows = [row for row in DUTIES if row.item == "fire-lane"][2:]
        found = {look("fire-lane", listed=listing(*order), facts={"scene": "venue"}) for order in permutations(rows)}

        assert 1 == len(found)


class TestPlaces:
    """R7: area include and area exclude; "lead depends on place (Yueyang: town or outside)"."""

    @pytest.mark.parametrize(("place", "lead"), [("grid-1", "farming"), ("qiaokou", "urban"), ("pingyin", "farming")])
    def test_the_place_decides(self, place: str, lead: str) -> None:
        assert [lead] == leads(look("straw", place))

    @pytest.mark.parametrize(
        ("place", "lead", "supports"),
        [("grid-1", "yushan", ["station-yushan"]), ("qiaokou", "kongcun", []), ("jinshui", "jinshui", [])],
    )
    def test_one_row_serves_the_whole_county(self, place: str, lead: str, supports: list[str]) -> None:
        """One row says "the police station" or "the subdistrict": a level or a stationed kind finds the unit."""
        found = look("small-works", place)

        assert ([lead], supports) == (leads(found), [part.unit.id for part in found.supports])

    def test_a_place_without_such_a_unit_is_refused(self) -> None:
        assert "no_holder" == refusal(NotInForceError, "small-works", "pingyin").code

    def test_a_level_that_only_helps_may_be_absent_and_is_named(self) -> None:
        """The county itself lies in no subdistrict: its matters are answered, and the row that falls away is shown."""
        found = look("fire-lane", "pingyin", facts={"scene": "road"})

        assert (["traffic-police"], (), ("fire-lane/f",)) == (leads(found), found.local, found.left_out)
        assert "fire-lane/f: left out, pingyin has no level:subdistrict|town above it" in str(found.explain())
        assert () == look("fire-lane", facts={"scene": "road"}).left_out

    def test_a_holder_that_is_gone_is_refused_by_name(self) -> None:
        error = refusal(NotInForceError, "noise", listed=listing(duty("noise/a", "unit:nobody")))

        assert "unknown_unit" == error.code

    def test_an_unknown_place_is_refused(self) -> None:
        assert "unknown_unit" == refusal(NotInForceError, "noise", "grid-9").code

    @pytest.mark.parametrize("text", ["", "unit:", "unit:a|b", "office:a", "level:a b", "level:a||b"])
    def test_what_is_no_holder_is_refused(self, text: str) -> None:
        with pytest.raises(PackError) as caught:
            Holder.parse(text)

        assert "bad_holder" == caught.value.code

    @pytest.mark.parametrize("text", ["unit:370124001010", "level:subdistrict", "stationed:police|traffic-police"])
    def test_a_holder_is_written_and_read_back(self, text: str) -> None:
        assert text == str(Holder.parse(text))


class TestNotOnTheList:
    """R5, R13: an unlisted item is an answer; one that is not accepted says where to turn."""

    def test_an_unlisted_item_is_an_answer(self) -> None:
        found = look("aliens")

        assert (True, True, "none", [], None) == (found.unlisted, found.accepted, found.mode, leads(found), found.label)

    def test_an_item_is_unlisted_outside_its_period(self) -> None:
        """R3: 81 items, then 104."""
        new = listing(duty("noise/a", "unit:urban"), items=(item("noise", period=Period(MARCH)),))

        assert [True, False] == [look("noise", listed=new, on=day).unlisted for day in (DAY, MARCH)]

    def test_an_item_that_is_not_accepted_names_where_to_turn(self) -> None:
        found = look("court")

        assert (False, []) == (found.accepted, leads(found))
        assert Label(zh="请向法院提出", en="turn to the court") == found.redirect


class TestDaysCovered:
    """R4: "strict and lenient outside dates; confirmed_until is a stale warning"."""

    COVERED = listing(coverage=Period(START, date(2021, 7, 1)), confirmed_until=date(2021, 3, 9))

    @pytest.mark.parametrize(
        ("on", "code"),
        [(date(2021, 3, 9), "unconfirmed"), (date(2021, 7, 1), "not_covered")],
    )
    def test_strict_refuses(self, on: date, code: str) -> None:
        assert code == refusal(NotInForceError, "noise", listed=self.COVERED, on=on).code

    @pytest.mark.parametrize("on", [date(2021, 3, 9), date(2021, 7, 1)])
    def test_lenient_answers_with_the_nearest_day_and_says_so(self, on: date) -> None:
        found = look("noise", listed=self.COVERED, on=on, lenient=True)

        assert (True, ["environment", "housing"]) == (found.provisional, leads(found))

    def test_lenient_before_the_first_day(self) -> None:
        late = listing(duty("noise/a", "unit:urban", period=Period(MARCH)), coverage=Period(MARCH))
        found = look("noise", listed=late, lenient=True)

        assert (True, ["urban"]) == (found.provisional, leads(found))

    def test_a_list_that_is_only_stale_answers_for_the_day_asked(self) -> None:
        stale = listing(confirmed_until=date(2021, 3, 9))

        assert look("noise", listed=stale, on=date(2021, 3, 9), lenient=True).provisional

    def test_lenient_is_firm_on_a_covered_day(self) -> None:
        assert not look("noise", listed=self.COVERED, lenient=True).provisional


class TestExplaining:
    """R8: "matched row, version, reference, rejected rows with the failing cell"."""

    def test_every_row_is_accounted_for(self) -> None:
        lines = list(look("fire-lane", facts={"scene": "road"}).explain().lines())
        text = "\n".join(lines)

        assert "事项fire-lane (fire-lane): the list on 2021-02-10 [list row]" == lines[0]
        assert "row fire-lane/b: yes: scene is road [list row]" in text
        assert "row fire-lane/a: no: scene is road, asked compound [list row]" in text
        assert "Traffic-Police (unit:traffic-police): lead, a duty, by row fire-lane/b [list row]" in text
        assert "Yushan (level:subdistrict|town): local, patrol, report, assist enforcement" in text

    def test_a_row_for_another_area_says_so(self) -> None:
        text = str(look("straw").explain())

        assert "straw/b: no, grid-1 is not in its area (+kongcun)" in text
        assert "straw/a: no, qiaokou is not in its area (-kongcun)" in str(look("straw", "qiaokou").explain())

    def test_it_is_told_in_chinese_too(self) -> None:
        text = "\n".join(look("small-works").explain().lines("zh"))

        assert "单位yushan（level:subdistrict|town）：主体责任，职责" in text

    def test_a_duty_without_words_is_told_by_its_role(self) -> None:
        bare = listing(duty("noise/a", "unit:urban", label=None))

        assert "Urban (unit:urban): lead, lead, by row noise/a" in str(look("noise", listed=bare).explain())

    def test_an_unlisted_item_explains_itself(self) -> None:
        assert "aliens is not on the list on 2021-02-10" == str(look("aliens").explain())

    def test_a_row_not_in_force_is_named(self) -> None:
        rows = (duty("noise/a", "unit:urban"), duty("noise/b", "unit:fire", period=Period(MARCH)))

        assert "row noise/b: not in force (from 2021-03-01)" in str(look("noise", listed=listing(*rows)).explain())

    def test_an_answer_is_plain_data(self) -> None:
        found = look("noise").to_dict()

        assert ("noise", "joint", "2021-02-10") == (found["item"], found["mode"], found["on"])
        assert not {"list", "question"} & found.keys()


class TestListFaults:
    """R2, R5: exactly one lead on every date; every unit exists; nothing dangles. All faults at once."""

    def test_the_county_has_none(self) -> None:
        assert [] == LISTED.faults(ORGANIZATION)

    def test_items_listed_twice_and_with_a_gap(self) -> None:
        versions = (
            item("noise", period=Period(START, MARCH)),
            item("noise", period=Period(DAY, MARCH)),
            item("noise", period=Period(MARCH + timedelta(days=1))),
        )

        assert [("duplicate_item", "item noise"), ("item_gap", "item noise")] == faults(
            listing(duty("noise/a", "unit:urban"), items=versions)
        )

    def test_two_wordings_that_meet_are_no_fault(self) -> None:
        versions = (item("noise", period=Period(START, MARCH)), item("noise", period=Period(MARCH)))

        assert [] == faults(listing(duty("noise/a", "unit:urban"), items=versions))

    def test_rows_that_dangle(self) -> None:
        rows = (
            duty("fire-lane/a", "unit:fire"),
            duty("fire-lane/a", "unit:fire", Role.LOCAL),
            duty("nothing/a", "unit:fire"),
            duty("fire-lane/b", "level:ward", Role.LOCAL),
            duty("fire-lane/c", "stationed:tax", Role.LOCAL),
            duty("fire-lane/d", "unit:nobody", Role.LOCAL, within=("nowhere",)),
            duty("fire-lane/e", "unit:fire", period=Period(date(2019, 1, 1), START)),
        )

        assert [
            ("duplicate_row", "fire-lane/a"),
            ("unknown_item", "nothing/a"),
            ("unknown_level", "fire-lane/b"),
            ("unknown_kind", "fire-lane/c"),
            ("unknown_unit", "fire-lane/d"),
            ("unknown_unit", "fire-lane/d"),
            ("idle_row", "fire-lane/e"),
            ("unknown_unit", "fire-lane/e"),
        ] == faults(listing(*rows, items=FIRE_LANE))

    def test_two_rows_of_one_id_are_told_once(self) -> None:
        rows = (duty("noise/a", "unit:urban"), duty("noise/a", "unit:housing"))

        assert [("duplicate_row", "noise/a")] == faults(listing(*rows, items=(item("noise"),)))

    def test_one_id_may_name_the_next_version_of_a_row(self) -> None:
        rows = (
            duty("noise/a", "unit:urban", period=Period(START, MARCH)),
            duty("noise/a", "unit:housing", period=Period(MARCH)),
        )
        two = listing(*rows, items=(item("noise"),))

        assert [] == faults(two)
        assert [["urban"], ["housing"]] == [leads(look("noise", listed=two, on=day)) for day in (DAY, MARCH)]

    def test_a_unit_that_ends_before_its_row(self) -> None:
        """R2: all departments exist on that date."""
        rows = [each for each in units() if each.id != "urban"] + [unit("urban", "department", Period(START, MARCH))]
        ties = [tie for tie in links() if tie.start != "urban"]
        county = organize(rows, [*ties, Link("urban", "function", "pingyin", Period(START, MARCH))])
        found = listing(duty("noise/a", "unit:urban"), items=(item("noise"),)).faults(county)

        assert ["no unit 'urban' is in force on 2021-03-01"] == [fault.message for fault in found]
        short = listing(duty("noise/a", "unit:urban"), items=(item("noise"),), coverage=Period(START, MARCH))
        assert [] == short.faults(county)

    def test_facts_without_a_lead(self) -> None:
        rows = (duty("fire-lane/a", "unit:fire", when={"scene": "compound"}),)
        found = listing(*rows, items=FIRE_LANE).faults(ORGANIZATION)

        assert [("no_lead", "item fire-lane")] == [(fault.code, fault.place) for fault in found]
        assert "scene is road|venue" in found[0].message

    def test_days_without_a_lead(self) -> None:
        rows = (
            duty("fire-lane/a", "unit:fire", period=Period(START, DAY)),
            duty("fire-lane/b", "unit:fire", period=Period(MARCH)),
        )
        found = listing(*rows, items=FIRE_LANE).faults(ORGANIZATION)

        assert ["no_lead"] == [fault.code for fault in found]
        assert "2021-02-10 to 2021-03-01" in found[0].message

    def test_an_item_without_any_row(self) -> None:
        """A list entry that nobody answers is found, whatever the days."""
        assert [("no_lead", "item noise")] == faults(
            listing(duty("x", "unit:fire", item="fire-lane"), items=(*FIRE_LANE, item("noise")))
        )

    def test_an_item_that_is_not_accepted_needs_no_lead(self) -> None:
        assert [] == faults(
            listing(duty("x", "unit:fire", item="fire-lane"), items=(*FIRE_LANE, item("court", accepted=False)))
        )

    def test_an_item_the_list_never_speaks_for_is_not_asked(self) -> None:
        old = item("noise", period=Period(date(2019, 1, 1), date(2020, 1, 1)))
        row = duty("noise/a", "unit:urban", period=old.period)

        assert [] == faults(listing(row, items=(old,), coverage=ALWAYS))

    def test_places_without_a_lead(self) -> None:
        rows = (duty("fire-lane/a", "unit:fire", within=("yushan",)),)
        found = listing(*rows, items=FIRE_LANE).faults(ORGANIZATION)

        assert [("no_lead", "item fire-lane")] == [(fault.code, fault.place) for fault in found]
        assert "fire-lane in pingyin" in found[0].message

    def test_leads_that_overlap_in_one_area_only(self) -> None:
        rows = (
            duty("fire-lane/a", "unit:fire"),
            duty("fire-lane/b", "unit:urban", within=("longshan",), when={"scene": "road"}),
            duty("fire-lane/c", "unit:market", within=("kongcun",), outside=("qiaokou",), period=Period(MARCH)),
        )
        found = listing(*rows, items=FIRE_LANE).faults(ORGANIZATION)

        assert {("fire-lane/a", "fire-lane/b"), ("fire-lane/a", "fire-lane/c")} == {fault.about for fault in found}
        assert {"rows_overlap"} == {fault.code for fault in found}

    def test_areas_are_read_as_they_are_on_each_day(self) -> None:
        """A community that moves to another subdistrict takes its matters along."""
        ties = [tie for tie in links() if tie.start != "longshan"]
        moved = [
            Link("longshan", "territory", "yushan", Period(START, MARCH)),
            Link("longshan", "territory", "jinshui", Period(MARCH)),
        ]
        county = organize(units(), [*ties, *moved])
        rows = (
            duty("fire-lane/a", "unit:fire", outside=("jinshui",)),
            duty("fire-lane/b", "unit:urban", within=("jinshui",), period=Period(START, MARCH)),
            duty("fire-lane/c", "unit:urban", within=("jinshui",), period=Period(MARCH)),
            duty("fire-lane/d", "unit:market", within=("longshan",), period=Period(MARCH)),
        )
        found = listing(*rows, items=FIRE_LANE).faults(county)

        assert [("fire-lane/c", "fire-lane/d")] == [fault.about for fault in found]

    def test_declared_joint_leads_are_no_collision_and_a_third_single_is(self) -> None:
        rows = (
            duty("noise/a", "unit:housing", Role.JOINT),
            duty("noise/b", "unit:environment", Role.JOINT),
            duty("noise/c", "unit:urban", Role.EITHER, when={"licensed": "yes"}),
        )
        found = listing(*rows, items=(item("noise"),)).faults(ORGANIZATION)

        assert [("noise/a", "noise/c"), ("noise/b", "noise/c")] == [fault.about for fault in found]

    @pytest.mark.parametrize(
        ("lead", "support"),
        [
            ({"holder": "unit:urban"}, {"holder": "unit:urban"}),
            ({"holder": LOCAL}, {"holder": "level:town"}),
            ({"holder": "unit:yushan"}, {"holder": LOCAL}),
            ({"holder": LOCAL}, {"holder": "unit:kongcun", "within": ("qiaokou",)}),
            ({"holder": "stationed:police"}, {"holder": "unit:station-yushan"}),
        ],
    )
    def test_rows_by_which_a_lead_supports(self, lead: dict[str, Any], support: dict[str, Any]) -> None:
        rows = (duty("noise/a", **lead), duty("noise/b", role=Role.SUPPORT, **support))

        assert [("lead_supports", "noise/b")] == faults(listing(*rows, items=(item("noise"),)))

    @pytest.mark.parametrize(
        ("lead", "support"),
        [
            ({"holder": "unit:urban"}, {"holder": "unit:market"}),
            (
                {"holder": "unit:urban", "when": {"licensed": "yes"}},
                {"holder": "unit:urban", "when": {"licensed": "no"}},
            ),
            ({"holder": "unit:urban", "within": ("kongcun",)}, {"holder": "unit:urban", "outside": ("kongcun",)}),
            ({"holder": "unit:yushan", "within": ("yushan",)}, {"holder": LOCAL, "outside": ("yushan",)}),
            ({"holder": "level:community"}, {"holder": LOCAL}),
            ({"holder": "unit:gone"}, {"holder": LOCAL}),
        ],
    )
    def test_rows_by_which_no_lead_supports(self, lead: dict[str, Any], support: dict[str, Any]) -> None:
        rows = (duty("noise/a", **lead), duty("noise/b", role=Role.SUPPORT, **support))

        assert "lead_supports" not in dict(faults(listing(*rows, items=(item("noise"),))))

    def test_two_stations_at_one_place_leave_the_doubt_to_the_answer(self) -> None:
        rows = [each for each in units() if each.id != "traffic-police"]
        second = unit("traffic-police", "agency")
        county = organize(
            [*rows, type(second)(second.id, second.name, second.level, ALWAYS, kind="police")],
            [*links(), Link("traffic-police", "stationed_at", "yushan", ALWAYS)],
        )
        listed = listing(
            duty("noise/a", "stationed:police"),
            duty("noise/b", "unit:station-yushan", Role.SUPPORT),
            items=(item("noise"),),
        )

        assert [] == listed.faults(county)
        with pytest.raises(AmbiguousRuleError) as caught:
            listed.lookup("noise", place="grid-1", structure=county.at(DAY), at=DAY)
        assert "several_stationed" == caught.value.code

    def test_a_condition_that_is_none_is_reported_with_its_row(self) -> None:
        """R9, trap SIA dsl.py: a broken rule is reported, it does not switch itself off."""
        broken = duty("noise/a", "unit:urban")
        odd = type(broken)(
            id="noise/a",
            item="noise",
            role=Role.LEAD,
            holder=Holder(HolderKind.UNIT, ("urban",)),
            when={"colour": OneOf(("red",))},
            period=ALWAYS,
        )
        support = duty("noise/b", "unit:urban", Role.SUPPORT)

        assert [("unknown_attribute", "noise/a")] == faults(listing(odd, support, items=(item("noise"),)))

    @settings(deadline=None, max_examples=40)
    @given(
        rows=st.lists(
            st.tuples(
                st.sampled_from([Role.LEAD, Role.JOINT, Role.EITHER, Role.SUPPORT]),
                st.sampled_from(["unit:urban", "unit:market", "unit:yushan", LOCAL]),
                st.sampled_from(["", "compound", "!compound", "road|venue", "venue"]),
                st.sampled_from([(), ("yushan",), ("kongcun",)]),
                st.sampled_from([(), ("longshan",), ("kongcun",)]),
            ),
            max_size=4,
        )
    )
    def test_a_list_without_faults_answers_everywhere(self, rows: list[tuple[Role, str, str, Any, Any]]) -> None:
        """What the check passes, every lookup answers; what a lookup refuses, the check has found."""
        listed = listing(
            *(
                duty(f"noise/{number}", holder, role, when={"scene": cell}, within=within, outside=outside)
                for number, (role, holder, cell, within, outside) in enumerate(rows)
            ),
            duty("fire-lane/a", "unit:fire"),
            items=(item("noise"),),
        )
        known = {code for code, _ in faults(listed)}
        refused = set()
        for place in ("yushan", "longshan", "grid-1", "jinshui", "kongcun", "qiaokou"):
            for scene in ("compound", "road", "venue"):
                try:
                    look("noise", place, listed=listed, facts={"scene": scene})
                except GridgovError as error:
                    refused.add(error.code)
        assert refused <= known

    def test_one_unit_by_two_joint_rows(self) -> None:
        rows = (duty("noise/a", "unit:yushan", Role.JOINT), duty("noise/b", LOCAL, Role.JOINT))

        assert [("rows_overlap", "noise/b")] == faults(listing(*rows, items=(item("noise"),)))


class TestFigures:
    """R14, R15: the subdistrict leads 3 of 104; what changed from 81 items to 104."""

    def test_burden_counts_items_not_rows(self) -> None:
        burden = LISTED.burden(DAY)

        assert (5, ("small-works",)) == (burden.items, burden.led_by("level:subdistrict"))
        assert ("fire-lane",) == burden.led_by("unit:fire")
        assert ("stalls", "straw") == burden.led_by("unit:urban")
        assert () == burden.led_by("stationed:police")

    def test_items_of_a_day(self) -> None:
        assert [each.id for each in sorted(ITEMS, key=lambda each: each.id)] == [
            each.id for each in LISTED.items_on(DAY)
        ]
        assert () == LISTED.items_on(START - timedelta(days=1))

    def test_change_days(self) -> None:
        rows = (duty("noise/a", "unit:urban", period=Period(DAY, MARCH)),)

        assert (START, DAY, MARCH) == listing(*rows).change_days()

    def test_what_changed_between_two_days(self) -> None:
        spring = Period(MARCH)
        listed = listing(
            duty("noise/a", "unit:urban", period=Period(START, MARCH)),
            duty("noise/b", "unit:housing", period=spring),
            duty("straw/a", "unit:farming"),
            duty("straw/b", "unit:urban", Role.SUPPORT, period=spring),
            duty("stalls/a", "unit:urban", period=Period(START, MARCH)),
            duty("stalls/b", "unit:urban", period=spring, label=Label(en="new wording")),
            items=(
                item("noise"),
                item("straw"),
                item("stalls"),
                item("court", period=Period(START, MARCH)),
                item("fire-lane", period=spring),
            ),
        )
        found = listed.diff(DAY, MARCH)

        assert (("fire-lane",), ("court",)) == (found.added, found.removed)
        assert (("noise",), ("straw",)) == (found.lead_changed, found.support_changed)

    def test_a_lead_changes_with_its_conditions_and_areas(self) -> None:
        before = listing(duty("noise/a", "unit:urban"), duty("straw/a", "unit:urban"))
        after = listing(
            duty("noise/a", "unit:urban", when={"scene": "road"}), duty("straw/a", "unit:urban", outside=("yushan",))
        )

        assert ("noise", "straw") == diff_lists(before, DAY, after, DAY).lead_changed

    def test_an_item_changes_with_its_limit_and_its_acceptance(self) -> None:
        """R14: what the list takes, and how long it may take; the territory's duty beside it."""
        before = listing(duty("noise/l", LOCAL, Role.LOCAL), items=(item("noise"), item("straw"), item("stalls")))
        after = listing(
            duty("straw/l", LOCAL, Role.LOCAL),
            items=(item("noise", accepted=False), item("straw", limit=Limit.parse("9 working_days")), item("stalls")),
        )
        found = diff_lists(before, DAY, after, DAY)
        assert (("noise", "straw"), ("noise", "straw")) == (found.item_changed, found.local_changed)

    @given(day=st.dates(START, date(2022, 1, 1)))
    def test_a_list_does_not_differ_from_itself(self, day: date) -> None:
        found = LISTED.diff(day, day)

        changed = (*found.lead_changed, *found.support_changed, *found.local_changed, *found.item_changed)
        assert () == (*found.added, *found.removed, *changed)


class TestWhatAPlaceLacks:
    """Who supports does not stand in the way of who leads."""

    def test_an_agency_that_is_not_stationed_there_is_left_out(self) -> None:
        """The lead is named, and the row that names nobody is told."""
        listed = listing(duty("noise/a", "unit:urban"), duty("noise/s", "stationed:nobody", Role.SUPPORT))
        found = look("noise", listed=listed)
        assert (["urban"], ("noise/s",)) == ([lead.unit.id for lead in found.leads], found.left_out)


class TestDispatchAccuracy:
    """R17: "dispatch accuracy and error counters per item and dispatcher"."""

    SENT = (
        Dispatch(matter="1", item="noise", place="grid-1", on=DAY, unit="housing", dispatcher="a"),
        Dispatch(matter="2", item="noise", place="grid-1", on=DAY, unit="urban", dispatcher="a"),
        Dispatch(matter="3", item="aliens", place="grid-1", on=DAY, unit="urban", dispatcher="b"),
        Dispatch(matter="4", item="fire-lane", place="grid-1", on=DAY, unit="fire", dispatcher="b"),
    )

    def test_each_item_is_tallied(self) -> None:
        found = dispatch_accuracy(LISTED, ORGANIZATION, self.SENT)

        assert [("aliens", None), ("fire-lane", None), ("noise", Fraction(1, 2))] == [
            (tally.of, tally.accuracy) for tally in found
        ]
        assert [("3", "unlisted"), ("4", "undecided"), ("2", "wrong")] == [
            (error.dispatch.matter, error.verdict) for tally in found for error in tally.errors
        ]
        assert ["fact_missing"] == [fault.code for fault in found[1].errors[0].faults]
        assert ("environment", "housing") == found[2].errors[0].expected

    def test_each_dispatcher_is_tallied(self) -> None:
        found = dispatch_accuracy(LISTED, ORGANIZATION, self.SENT, by="dispatcher")

        assert [("a", 1, 2, 0, 0), ("b", 0, 0, 1, 1)] == [
            (tally.of, tally.right, tally.total, tally.unlisted, tally.undecided) for tally in found
        ]


class TestAskedWithAnInstant:
    """A list that knows its organisation and zone is asked with a place and an instant."""

    def test_the_day_turns_at_the_packs_midnight(self) -> None:
        """An instant is a day in the list's own zone."""
        bound = attrs.evolve(LISTED, organization=ORGANIZATION, zone="Asia/Shanghai")
        evening = datetime(2021, 2, 9, 16, tzinfo=UTC)

        answer = bound.lookup("noise", place="grid-1", at=evening)
        assert look("noise", on=date(2021, 2, 10)).to_dict() == answer.to_dict()
        assert date(2021, 2, 10) == answer.on

    def test_without_an_organisation_the_question_must_bring_one(self) -> None:
        """It is refused with what to do."""
        with pytest.raises(NotInForceError) as refused:
            LISTED.lookup("noise", place="grid-1", at=DAY)
        assert "no_organization" == refused.value.code


class TestUndecided:
    """Case 3: "no scene: refused"; who only takes the matter in may ask for an answer that names nobody yet."""

    def test_without_the_fact_nobody_is_named(self) -> None:
        found = look("fire-lane", undecided=True)

        assert (found.undecided, found.leads, found.supports, found.local, found.mode) == (True, (), (), (), "none")
        assert (found.accepted, found.unlisted, str(found.label)) == (True, False, "事项fire-lane (fire-lane)")

    @pytest.mark.parametrize("name", ["fire-lane", "straw", "noise", "small-works", "court", "aliens"])
    def test_where_the_list_decides_it_is_the_same_answer(self, name: str) -> None:
        facts = {"scene": "road"}

        assert look(name, facts=facts, undecided=True) == look(name, facts=facts)

    def test_the_item_s_own_limit_is_known_before(self) -> None:
        rows = (
            duty("dig/a", "unit:urban", when={"licensed": "yes"}),
            duty("dig/b", "unit:fire", when={"licensed": "no"}),
        )
        listed = listing(*rows, items=(item("dig", limit=Limit.parse("20 working_days")),))
        found = look("dig", listed=listed, undecided=True)

        assert (found.undecided, found.limit) == (True, Limit.parse("20 working_days"))

    def test_why_names_the_fact_and_the_rows_that_wait_for_it(self) -> None:
        said = str(look("fire-lane", undecided=True).explain())

        assert "fire-lane on 2021-02-10: undecided, not given: scene" in said
        assert all(f"row fire-lane/{row}: open" in said for row in "abc")

    def test_what_is_wrong_with_the_list_is_refused_all_the_same(self) -> None:
        twice = listing(duty("dig/a", "unit:urban"), duty("dig/b", "unit:fire"), items=(item("dig"),))
        none = listing(duty("dig/a", "unit:urban", within=("kongcun",)), items=(item("dig"),))

        assert "rows_overlap" == refusal(AmbiguousRuleError, "dig", listed=twice, undecided=True).code
        assert "no_lead" == refusal(NotInForceError, "dig", listed=none, undecided=True).code
