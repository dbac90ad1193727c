"""Routing: who holds a matter, who must act, and by when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from county import (
    ALWAYS,
    EMERGENCY,
    KINDS,
    LISTED,
    LOCAL,
    OFFICE,
    ORDINARY,
    ORGANIZATION,
    RULE,
    STAFF,
    START,
    ZONE,
    ask,
    china,
    duty,
    item,
    limit,
    links,
    listing,
    organize,
    posting,
    rules,
    step,
    unit,
    units,
)
from gridgov.calendar import Counting, Limit, Receipt, WorkCalendar
from gridgov.errors import AmbiguousRuleError, GridgovError, LimitError, NotInForceError, RefusedError
from gridgov.escalation import Entry as TakenIn
from gridgov.escalation import Ladder, PlannedStep, Policy, Route, Setting, entry, route, steps_from
from gridgov.hierarchy import Link
from gridgov.responsibility import Holder
from gridgov.staffing import Staff
from gridgov.values import Basis, Entry, Period, Timeline

ROAD = {"scene": "road"}


def tuple_of(*given: Any, **asked: Any) -> tuple[PlannedStep, ...]:
    """Return the whole rest of a ladder."""
    return tuple(steps_from(*given, **asked))


def refusal(kind: type[GridgovError], name: str, place: str, at: str, **given: Any) -> GridgovError:
    with pytest.raises(kind) as caught:
        ask(name, place, at, **given)
    return caught.value


def ladder(*steps: Any) -> Policy:
    """The county's policy with another ordinary ladder."""
    return rules(ordinary=Ladder(id="ordinary", label=ORDINARY.label, steps=steps))


def dues(found: Route) -> dict[str, datetime]:
    return {each.step: each.due_at for each in found.steps}


def codes(found: Route) -> list[str]:
    return [note.code for note in found.notes]


class TestTheLadder:
    """Case 2: "judge 4 working hours, community 1 wd, subdistrict 1 wd, department 2 wd, outer promise 5 wd"."""

    FOUND = ask("fire-lane", "grid-1", "2021-02-05 15:00", facts=ROAD)

    def test_each_step_opens_when_the_one_before_falls_due(self) -> None:
        """The plan is the worst case; 02-07 is worked, 02-11 to 02-17 are off."""
        assert {
            "judge": china("2021-02-07 11:00"),
            "community": china("2021-02-08 17:00"),
            "subdistrict": china("2021-02-09 17:00"),
            "department": china("2021-02-18 17:00"),
        } == dues(self.FOUND)
        opened = [each.opens_at for each in self.FOUND.steps]
        assert [self.FOUND.at, *list(dues(self.FOUND).values())[:-1]] == opened

    def test_the_post_of_grid_head_holds_it(self) -> None:
        """Model no. 11: the post of grid head, never "the grid"; the person is looked up."""
        holder = self.FOUND.holder

        assert holder is not None
        assert ("grid-1", "grid-head", "p1") == (holder.unit.id, holder.post, holder.person)
        assert china("2021-02-07 11:00") == self.FOUND.due_at

    def test_the_first_receiver_coordinates(self) -> None:
        """R12, 首接负责: until a lead signs in."""
        assert "grid-1" == self.FOUND.coordinator.id  # type: ignore[union-attr]

    def test_the_promise_runs_from_first_receipt(self) -> None:
        promise = self.FOUND.promise

        assert promise is not None
        assert (Limit.parse("5 working_days"), china("2021-02-18 17:00")) == (promise.limit, promise.due_at)
        assert (RULE, Basis.STATED, False) == (promise.source, promise.basis, promise.provisional)

    def test_units_and_posts_of_each_step(self) -> None:
        assert [
            ("judge", ["grid-1"], "grid-head"),
            ("community", ["longshan"], ""),
            ("subdistrict", ["yushan"], ""),
            ("department", ["traffic-police"], ""),
        ] == [(each.step, [unit.id for unit in each.units], each.post) for each in self.FOUND.steps]

    def test_an_answer_is_plain_data(self) -> None:
        found = self.FOUND.to_dict()

        assert ("grid-1", "e1", "ordinary") == (found["place"], found["edition"], found["path"])
        assert "asked" not in found
        assert "2021-02-07T03:00:00+00:00" == found["steps"][0]["due_at"]

    @settings(deadline=None, max_examples=60)
    @given(
        minute=st.integers(0, 60 * 24 * 180),
        place=st.sampled_from(["grid-1", "longshan", "yushan", "qiaokou", "pingyin"]),
    )
    def test_steps_never_touch_the_promise(self, minute: int, place: str) -> None:
        """Model no. 20: the resident's clock "is reset by nothing": wherever a matter starts, it has one due."""
        at = datetime(2020, 7, 1, tzinfo=UTC) + timedelta(minutes=minute)
        found = ask(
            "fire-lane", place, at.astimezone(china("2021-01-01 00:00").tzinfo).strftime("%Y-%m-%d %H:%M"), facts=ROAD
        )

        assert found.promise is not None
        assert OFFICE.due(at, Limit.parse("5 working_days"), Counting()).at == found.promise.due_at
        bounds = [found.at, *dues(found).values()]
        assert bounds == sorted(bounds)


class TestWhereTheLadderBegins:
    """H7: "error on a missing level and explicit skip rule"."""

    @pytest.mark.parametrize(
        ("place", "steps"),
        [
            ("house-1", ["judge", "community", "subdistrict", "department"]),
            ("longshan", ["community", "subdistrict", "department"]),
            ("qiaokou", ["community", "subdistrict", "department"]),
            ("yushan", ["subdistrict", "department"]),
            ("pingyin", ["department"]),
        ],
    )
    def test_it_begins_at_the_places_own_level(self, place: str, steps: list[str]) -> None:
        found = ask("straw", place, "2021-02-10 16:00")

        assert steps == [each.step for each in found.steps]
        assert found.at == found.steps[0].opens_at

    def test_a_town_answers_where_there_is_no_subdistrict(self) -> None:
        found = ask("straw", "qiaokou", "2021-02-10 16:00")

        assert ["qiaokou", "kongcun", "urban"] == [each.units[0].id for each in found.steps]

    def test_a_missing_level_is_refused(self) -> None:
        """house-9 stands in a community without a grid: nobody may be passed over in silence."""
        assert "level_missing" == refusal(NotInForceError, "straw", "house-9", "2021-02-10 16:00").code

    def test_a_missing_level_may_be_skipped_by_the_rule(self) -> None:
        policy = ladder(attrs.evolve(ORDINARY.steps[0], skip_absent=True), *ORDINARY.steps[1:])
        found = ask("straw", "house-9", "2021-02-10 16:00", policy=policy)

        assert "longshan" == found.holder.unit.id  # type: ignore[union-attr]

    def test_a_unit_may_be_named_for_a_step(self) -> None:
        policy = ladder(step("desk", "unit:market", "1 clock_hours"), step("gone", "unit:nobody", "1 clock_hours"))

        assert "level_missing" == refusal(NotInForceError, "straw", "grid-1", "2021-02-10 16:00", policy=policy).code
        short = ladder(policy.ordinary.steps[0])
        assert {"desk": china("2021-02-10 17:00")} == dues(ask("straw", "grid-1", "2021-02-10 16:00", policy=short))

    def test_nobody_on_the_ladder_is_refused(self) -> None:
        policy = ladder(step("judge", "level:grid", "1 clock_hours"))

        assert "nobody_answers" == refusal(NotInForceError, "straw", "yushan", "2021-02-10 16:00", policy=policy).code

    def test_a_vacant_post_holds_the_matter_and_is_noted(self) -> None:
        """E19: nobody on duty is recorded."""
        found = ask("straw", "grid-2", "2021-02-10 16:00")

        assert ("grid-head", "") == (found.holder.post, found.holder.person)  # type: ignore[union-attr]
        assert ["vacant_post"] == codes(found)

    def test_a_post_nobody_declared_is_vacant(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00", staff=Staff((), (), ORGANIZATION))

        assert ["vacant_post"] == codes(found)
        assert "单位grid-1" == found.holder.words("zh")  # type: ignore[union-attr]

    def test_an_old_grid_is_answered_by_its_successor(self) -> None:
        """H5: old grid → the unit now in charge."""
        january = date(2021, 1, 1)
        county = organize(
            [*units(), unit("grid-0", "grid", Period(START, january))],
            [
                *links(),
                Link("grid-0", "territory", "longshan", Period(START, january)),
                Link("grid-0", "successor", "grid-1", Period(january)),
            ],
        )
        found = ask("straw", "grid-0", "2021-02-10 16:00", organization=county)

        assert ("grid-1", ["place_replaced"]) == (found.place, codes(found))
        assert "grid-0" == ask("straw", "grid-0", "2020-12-31 16:00", organization=county).place

    def test_a_grid_that_was_split_is_refused(self) -> None:
        january = date(2021, 1, 1)
        county = organize(
            [*units(), unit("grid-0", "grid", Period(START, january))],
            [
                *links(),
                Link("grid-0", "territory", "longshan", Period(START, january)),
                *(Link("grid-0", "successor", heir, Period(january)) for heir in ("grid-1", "grid-2")),
            ],
        )
        error = refusal(NotInForceError, "straw", "grid-0", "2021-02-10 16:00", organization=county)

        assert "unit_not_in_force" == error.code
        assert "grid-1, grid-2" in str(error)


class TestLeads:
    """Case 3, as the route shows it."""

    def test_leads_supports_and_local_duty_come_with_their_rows(self) -> None:
        found = ask("fire-lane", "grid-1", "2021-02-10 16:00", facts={"scene": "compound"})
        parts = [*found.leads, *found.supports, *found.local]

        assert ["fire-lane/a", "fire-lane/d", "fire-lane/e", "fire-lane/f"] == [part.row for part in parts]
        assert ["fire", "police", "urban", "yushan"] == [part.unit.id for part in parts]
        assert "single" == found.mode
        assert china("2021-02-23 17:00") == found.promise.due_at  # type: ignore[union-attr]

    def test_a_vertical_lead_is_noted(self) -> None:
        """R20: it ranks in its own group."""
        assert ["accountability"] == codes(ask("fire-lane", "grid-1", "2021-02-10 16:00", facts={"scene": "venue"}))
        assert [] == codes(ask("fire-lane", "grid-1", "2021-02-10 16:00", facts=ROAD))

    def test_a_local_duty_that_falls_to_nobody_is_noted(self) -> None:
        found = ask("fire-lane", "pingyin", "2021-02-10 16:00", facts=ROAD)

        assert ["left_out"] == codes(found)
        assert "fire-lane/f" in found.notes[0].text.en

    def test_without_a_scene_it_is_refused(self) -> None:
        error = refusal(AmbiguousRuleError, "fire-lane", "grid-1", "2021-02-10 16:00")

        assert ("fire-lane/a", "fire-lane/b", "fire-lane/c") == error.faults[0].about

    def test_joint_leads_share_the_step(self) -> None:
        found = ask("noise", "longshan", "2021-02-10 16:00")

        assert ["environment", "housing"] == [unit.id for unit in found.steps[-1].units]
        assert "joint" == found.mode

    def test_an_items_own_limit_is_the_promise(self) -> None:
        """Model no. 23: the law's own term is told and followed."""
        found = ask("noise", "longshan", "2021-02-18 09:00")

        assert Limit.parse("20 working_days") == found.promise.limit  # type: ignore[union-attr]
        assert china("2021-03-17 17:00") == found.promise.due_at  # type: ignore[union-attr]

    def test_what_is_to_be_told_first_comes_along(self) -> None:
        assert "先拨119" in ask("straw", "grid-1", "2021-02-10 16:00").redirect.zh  # type: ignore[union-attr]


class TestNotOnTheList:
    """R10, R13: unlisted goes to a named fallback; not accepted says where to turn."""

    def test_an_unlisted_item_stays_with_the_ladder(self) -> None:
        found = ask("aliens", "grid-1", "2021-02-10 16:00")

        assert (True, "none", ["unlisted"]) == (found.unlisted, found.mode, codes(found))
        assert ["judge", "community", "subdistrict"] == [each.step for each in found.steps]
        assert found.promise is not None

    def test_the_fallback_answers_in_the_leads_place(self) -> None:
        policy = rules(fallback=Holder.parse("unit:housing"))
        found = ask("aliens", "grid-1", "2021-02-10 16:00", policy=policy)

        assert (["housing"], ()) == ([unit.id for unit in found.steps[-1].units], found.leads)

    def test_an_unlisted_item_that_nobody_answers(self) -> None:
        assert "nobody_answers" == refusal(NotInForceError, "aliens", "pingyin", "2021-02-10 16:00").code

    def test_an_item_that_is_not_accepted_has_no_holder_and_no_clock(self) -> None:
        found = ask("court", "grid-1", "2021-02-10 16:00")

        assert (False, "none", None, None) == (found.accepted, found.path, found.holder, found.coordinator)
        assert (None, None, ()) == (found.promise, found.due_at, found.steps)
        assert "turn to the court" == found.redirect.en  # type: ignore[union-attr]


class TestEmergency:
    """Case 5: "sign-in due 23:15, clock hours, no working-day calendar; reason in writing, not a condition"."""

    @pytest.mark.parametrize(
        ("facts", "emergency"),
        [({"emergency": "yes"}, None), ({}, True), ({"emergency": False}, True)],
    )
    def test_its_own_ladder_runs_by_the_clock(self, facts: dict[str, object], emergency: bool | None) -> None:
        found = ask("straw", "grid-1", "2021-02-12 22:45", facts=facts, emergency=emergency)

        assert "emergency" == found.path
        assert {"sign-in": china("2021-02-12 23:15"), "report": china("2021-02-13 00:45")} == dues(found)
        assert "farming" == found.holder.unit.id  # type: ignore[union-attr]
        assert ["reason_required"] == codes(found)

    @pytest.mark.parametrize(
        ("facts", "emergency"),
        [({}, None), ({"emergency": "no"}, None), ({"emergency": "yes"}, False)],
    )
    def test_everything_else_climbs(self, facts: dict[str, object], emergency: bool | None) -> None:
        """Trap AM inhibit: a missing key is no match."""
        assert "ordinary" == ask("straw", "grid-1", "2021-02-12 22:45", facts=facts, emergency=emergency).path

    def test_a_ladder_without_conditions_is_chosen_by_the_flag_alone(self) -> None:
        policy = rules(emergency=attrs.evolve(EMERGENCY, when={}))

        assert "ordinary" == ask("straw", "grid-1", "2021-02-12 22:45", policy=policy).path
        assert "emergency" == ask("straw", "grid-1", "2021-02-12 22:45", policy=policy, emergency=True).path

    def test_what_if_it_were_one(self) -> None:
        found = ask("straw", "grid-1", "2021-02-12 22:45").in_emergency()

        assert ("emergency", china("2021-02-12 23:15")) == (found.path, found.due_at)

    def test_without_such_a_ladder_it_is_refused(self) -> None:
        policy = rules(emergency=None)
        error = refusal(RefusedError, "straw", "grid-1", "2021-02-12 22:45", policy=policy, emergency=True)

        assert "no_emergency_ladder" == error.code
        facts = {"emergency": "yes"}
        assert "ordinary" == ask("straw", "grid-1", "2021-02-12 22:45", policy=policy, facts=facts).path

    def test_it_goes_before_the_direct_line(self) -> None:
        assert "emergency" == ask("straw", "grid-1", "2021-02-12 22:45", direct=True, emergency=True).path


class TestDirectLine:
    """E36, 直通车: from a resident to a paired unit, past the levels."""

    def test_paired_units_are_listed_nearest_first(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00")

        assert ["farming", "housing", "market"] == [unit.id for unit in found.direct_line]

    def test_the_paired_unit_answers_within_the_promise(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00", direct=True)

        assert ("direct", "farming") == (found.path, found.holder.unit.id)  # type: ignore[union-attr]
        assert {"direct_line": china("2021-02-23 17:00")} == dues(found)

    def test_a_unit_paired_twice_is_named_once(self) -> None:
        county = organize(units(), [*links(), Link("market", "paired", "grid-1", ALWAYS)])
        found = ask("straw", "grid-1", "2021-02-10 16:00", organization=county)

        assert ["market", "farming", "housing"] == [unit.id for unit in found.direct_line]

    @pytest.mark.parametrize(("place", "given"), [("qiaokou", {}), ("grid-1", {"direct_line": None})])
    def test_without_a_paired_unit_it_is_refused(self, place: str, given: dict[str, Any]) -> None:
        error = refusal(RefusedError, "straw", place, "2021-02-10 16:00", direct=True, policy=rules(**given))

        assert "no_direct_line" == error.code

    def test_without_a_direct_line_none_is_listed(self) -> None:
        assert () == ask("straw", "grid-1", "2021-02-10 16:00", policy=rules(direct_line=None)).direct_line


class TestDates:
    """Rule 4: refuse outside the dates covered, or mark the answer provisional; never fall back in silence."""

    def test_limits_are_those_of_the_day_of_receipt(self) -> None:
        """Trap SIA: the rule in force when the matter was opened, not the latest."""
        entries = (
            Entry(effective_from=START, value=Limit.parse("5 working_days"), source=RULE),
            Entry(effective_from=date(2021, 2, 19), value=Limit.parse("1 working_days"), source=RULE),
        )
        policy = rules(promise=Timeline("promise", entries))
        found = [ask("straw", "grid-1", at, policy=policy).promise for at in ("2021-02-18 23:59", "2021-02-19 00:00")]

        assert [china("2021-02-24 17:00"), china("2021-02-20 17:00")] == [each.due_at for each in found if each]

    def test_the_day_turns_at_the_packs_midnight(self) -> None:
        assert date(2021, 2, 11) == rules().day(datetime(2021, 2, 10, 16, 0, tzinfo=UTC))

    def test_a_day_beyond_the_calendar_is_refused_or_provisional(self) -> None:
        error = refusal(NotInForceError, "straw", "grid-1", "2021-04-01 09:00")
        found = ask("straw", "grid-1", "2021-04-01 09:00", lenient=True)

        assert "calendar_coverage" == error.code
        assert (True, ["provisional"]) == (found.provisional, codes(found))
        assert [True] * 4 == [each.provisional for each in found.steps]

    def test_only_the_day_of_receipt_must_be_covered(self) -> None:
        """Design 7: "coverage is asked of the opening date; later instants of a matter may lie beyond it"."""
        found = ask("straw", "grid-1", "2021-03-30 16:00")

        assert [False, True, True, True] == [each.provisional for each in found.steps]
        assert (True, True) == (found.promise.provisional, found.provisional)  # type: ignore[union-attr]

    def test_a_step_after_a_provisional_one_is_provisional(self) -> None:
        stale = step("desk", "unit:market", "1 clock_hours", calendar="always")
        stale = attrs.evolve(stale, limit=limit("1 clock_hours", confirmed_until=date(2021, 1, 1)))
        policy = ladder(stale, step("next", "unit:urban", "1 clock_hours"))

        assert "unconfirmed" == refusal(NotInForceError, "straw", "grid-1", "2021-02-10 16:00", policy=policy).code
        found = ask("straw", "grid-1", "2021-02-10 16:00", policy=policy, lenient=True)
        assert [True, True] == [each.provisional for each in found.steps]

    def test_a_list_that_is_not_confirmed_makes_the_answer_provisional(self) -> None:
        stale = listing(confirmed_until=date(2021, 2, 1))
        found = ask("noise", "longshan", "2021-02-10 16:00", responsibilities=stale, lenient=True)

        assert (True, True) == (found.provisional, found.promise.provisional)  # type: ignore[union-attr]

    def test_an_instant_needs_a_zone(self) -> None:
        with pytest.raises(LimitError) as caught:
            route(
                rules(),
                ORGANIZATION,
                LISTED,
                STAFF,
                item="straw",
                place="grid-1",
                at=datetime(2021, 2, 10),  # noqa: DTZ001
            )

        assert "naive_time" == caught.value.code

    @pytest.mark.parametrize(
        ("receipt", "due"),
        [(Receipt.AS_RECEIVED, "2021-02-23 17:00"), (Receipt.NEXT_WORKING_DAY, "2021-02-24 17:00")],
    )
    def test_receipt_outside_hours_is_the_packs_word(self, receipt: Receipt, due: str) -> None:
        """Case 1, 02-13 20:00."""
        found = ask("straw", "grid-1", "2021-02-13 20:00", policy=rules(counting=Counting(receipt=receipt)))

        assert china(due) == found.promise.due_at  # type: ignore[union-attr]

    def test_the_promise_may_run_on_a_calendar_of_its_own(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00", policy=rules(promise_calendar="always"))

        assert datetime.fromisoformat("2021-02-16T00:00+08:00") == found.promise.due_at  # type: ignore[union-attr]


class TestExplaining:
    """Rule 5: "the row that matched, its clause, the rows that did not, the chain, the counted and skipped days"."""

    def test_the_whole_way_can_be_recomputed(self) -> None:
        text = str(ask("fire-lane", "grid-1", "2021-02-10 16:00", facts={"scene": "compound"}).explain())

        for part in (
            "fire-lane in grid-1: Grid-1, grid head holds it, due 2021-02-18 12:00",
            "row fire-lane/b: no: scene is compound, asked road [list row]",
            "the place and the units above it: Grid-1 → Longshan → Yushan → Pingyin",
            "promise: 5 working days from first receipt, never reset, due 2021-02-23 17:00 [measures art. 24]",
            "2021-02-20 Sat: make-up day, worked, day 3",
            "judge: Grid-1, grid head, from 2021-02-10 16:00, due 2021-02-18 12:00 [measures art. 24]",
            "department: Fire, from 2021-02-20 17:00, due 2021-02-23 17:00 [measures art. 24]",
        ):
            assert part in text

    def test_it_is_told_in_chinese(self) -> None:
        text = "\n".join(ask("straw", "grid-1", "2021-02-10 16:00").explain().lines("zh"))

        assert "straw（grid-1）：现由 单位grid-1, 网格长 办理，2021-02-18 12:00 到期" in text
        assert "承诺时限：5个工作日，自首次受理起算，不因任何环节重置，2021-02-23 17:00 到期" in text

    def test_steps_left_out_are_named(self) -> None:
        assert "judge: left out, 单位longshan (longshan) has no level:grid above it" in str(
            ask("straw", "longshan", "2021-02-10 16:00").explain()
        )
        assert "department: left out, the list names no lead" in str(
            ask("aliens", "grid-1", "2021-02-10 16:00").explain()
        )

    def test_the_direct_line_is_named(self) -> None:
        text = str(ask("straw", "grid-1", "2021-02-10 16:00", direct=True).explain())

        assert "direct line: 单位farming (farming) is paired with" in text

    def test_where_to_turn_is_said_first(self) -> None:
        found = str(ask("court", "grid-1", "2021-02-10 16:00").explain())
        bare = listing(items=(item("court", accepted=False),))
        silent = str(ask("court", "grid-1", "2021-02-10 16:00", responsibilities=bare).explain())

        assert found.startswith("court in grid-1: not accepted here; turn to the court")
        assert silent.startswith("court in grid-1: not accepted here; nothing says where to turn")

    def test_the_person_is_never_named(self) -> None:
        """T69: no particulars in what is shown to people."""
        found = ask(
            "straw",
            "grid-1",
            "2021-02-10 16:00",
            staff=Staff(KINDS, [posting("grid-head", "grid-1", "zhang3")], ORGANIZATION),
        )

        assert "zhang3" == found.holder.person  # type: ignore[union-attr]
        assert "zhang3" not in str(found.explain())

    def test_explaining_changes_no_answer(self) -> None:
        found = ask("fire-lane", "grid-1", "2021-02-10 16:00", facts=ROAD)
        before = found.to_dict()

        assert str(found.explain()) == str(found.explain())
        assert before == found.to_dict() == ask("fire-lane", "grid-1", "2021-02-10 16:00", facts=ROAD).to_dict()


class TestPolicyFaults:
    """Rule 8: all faults at once."""

    def test_the_county_has_none(self) -> None:
        assert [] == rules().faults(ORGANIZATION, STAFF)

    def test_all_at_once(self) -> None:
        steps = (
            step("a", "level:ward", "1 clock_hours"),
            step("a", "leads", "1 clock_hours", calendar="lunar"),
            step("b", "the mayor", "1 clock_hours", post="mayor"),
        )
        policy = rules(
            ordinary=Ladder(id="ordinary", label=ORDINARY.label, steps=steps),
            emergency=attrs.evolve(EMERGENCY, steps=()),
            promise_calendar="solar",
            calendar="none",
        )

        assert [
            ("unknown_calendar", "calendar"),
            ("unknown_calendar", "promise"),
            ("duplicate_step", "ladder ordinary"),
            ("unknown_level", "ladder ordinary, step a"),
            ("unknown_calendar", "ladder ordinary, step a"),
            ("bad_holder", "ladder ordinary, step b"),
            ("unknown_post", "ladder ordinary, step b"),
            ("empty_ladder", "ladder emergency"),
        ] == [(fault.code, fault.place) for fault in policy.faults(ORGANIZATION, STAFF)]

    def test_a_post_of_another_level_than_the_steps(self) -> None:
        policy = ladder(step("a", LOCAL, "1 working_days", post="grid-head"))

        assert [("post_level", "ladder ordinary, step a")] == [
            (fault.code, fault.place) for fault in policy.faults(ORGANIZATION, STAFF)
        ]

    def test_a_pack_needs_no_emergency_ladder(self) -> None:
        assert [] == rules(emergency=None).faults(ORGANIZATION, STAFF)


def test_another_place_is_only_other_data() -> None:
    """A city without grids, with its own zone and words, routes by the same code."""
    county = organize(
        [unit("pingyin", "county"), unit("yushan", "subdistrict")], [Link("yushan", "territory", "pingyin", ALWAYS)]
    )
    clock = WorkCalendar.around_the_clock("America/New_York", ALWAYS)
    policy = rules(
        zone="America/New_York",
        ordinary=Ladder(id="o", label=ORDINARY.label, steps=(step("ward", LOCAL, "24 clock_hours"),)),
        calendars={"always": clock},
        calendar="always",
    )
    listed = listing(duty("straw/a", "unit:pingyin"))
    found = ask(
        "straw",
        "yushan",
        "2021-02-10 16:00",
        policy=policy,
        organization=county,
        responsibilities=listed,
        staff=Staff((), (), county),
    )

    assert (["pingyin"], china("2021-02-11 16:00")) == ([lead.unit.id for lead in found.leads], found.due_at)
    assert ZONE != policy.zone


class TestNobodyCallsItself:
    """T15: a unit that holds the step below is not called by itself."""

    def test_a_subdistrict_that_leads_has_one_step(self) -> None:
        """One of the three items it leads: the step of the leads would be its own, a second time."""
        own = listing(duty("own", LOCAL), items=(item("own"),))
        found = ask("own", "grid-1", "2021-02-05 15:00", responsibilities=own)
        assert ["judge", "community", "subdistrict"] == [each.step for each in found.steps]
        assert "plan_exceeds_promise" not in {note.code for note in found.notes}

    def test_a_plan_longer_than_the_promise_says_so(self) -> None:
        """Steps fit inside the resident's outer promise, or an officer must know."""
        own = listing(duty("own", "unit:urban"), items=(item("own"),))
        policy = rules(promise=limit("1 working_days"))
        found = ask("own", "grid-1", "2021-02-05 15:00", responsibilities=own, policy=policy)
        assert "plan_exceeds_promise" in {note.code for note in found.notes}
        assert "the limits of the steps add up to more than the promise" in str(found.explain())


SETTING = Setting(policy=rules(), organization=ORGANIZATION, responsibilities=LISTED, staff=STAFF)


def rest(after: str, opens: str, reported: str = "2021-02-05 15:00", **given: Any) -> tuple[PlannedStep, ...]:
    """The plan of the ordinary ladder above a step, for straw in grid-1 unless told otherwise."""
    setting = attrs.evolve(SETTING, **{name: given.pop(name) for name in list(given) if hasattr(SETTING, name)})
    asked = {"item": "straw", "place": "grid-1", "ladder": "ordinary", **given}
    return tuple(steps_from(setting, after=after, opens_at=china(opens), reported_at=china(reported), **asked))


class TestTheAccusedUnit:
    """Ordinance art. 32: interested parties recuse themselves; a complaint about a unit is never routed to it."""

    POLICY = rules(fallback=Holder.parse("unit:housing"))

    @pytest.mark.parametrize(
        ("item", "without", "steps"),
        [
            ("straw", {"longshan"}, {"judge": ["grid-1"], "subdistrict": ["yushan"], "department": ["farming"]}),
            ("straw", {"grid-1", "yushan"}, {"community": ["longshan"], "department": ["farming"]}),
            ("straw", {"farming"}, {"judge": ["grid-1"], "community": ["longshan"], "subdistrict": ["yushan"]}),
            (
                "noise",
                {"housing", "grid-1", "longshan"},
                {"subdistrict": ["yushan"], "department": ["environment"]},
            ),
            (
                "aliens",
                {"housing"},
                {"judge": ["grid-1"], "community": ["longshan"], "subdistrict": ["yushan"]},
            ),
        ],
    )
    def test_it_is_seated_nowhere_and_named(self, item: str, without: set[str], steps: dict[str, list[str]]) -> None:
        found = ask(item, "grid-1", "2021-02-10 16:00", without=frozenset(without), policy=self.POLICY)

        assert steps == {each.step: [unit.id for unit in each.units] for each in found.steps}
        assert next(iter(steps.values())) == [found.holder.unit.id]  # type: ignore[union-attr]
        named = [note.text.en for note in found.notes if note.code == "interested_unit"]
        assert len(without) == len(named)
        assert all(any(f"({unit})" in text for text in named) for unit in without)

    def test_the_next_step_opens_in_its_place(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00", without=frozenset({"grid-1"}))

        assert ("community", found.at) == (found.steps[0].step, found.steps[0].opens_at)

    def test_a_unit_that_nothing_would_have_named_is_not_noted(self) -> None:
        assert [] == codes(ask("straw", "grid-1", "2021-02-10 16:00", without=frozenset({"jinshui"})))

    def test_the_direct_line_goes_past_it(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00", direct=True, without=frozenset({"farming"}))

        assert ("housing", ["housing", "market"]) == (
            found.holder.unit.id,  # type: ignore[union-attr]
            [unit.id for unit in found.direct_line],
        )
        assert ["interested_unit"] == codes(found)

    def test_a_direct_line_of_nobody_else_is_refused(self) -> None:
        without = frozenset({"farming", "housing", "market"})
        error = refusal(RefusedError, "straw", "grid-1", "2021-02-10 16:00", direct=True, without=without)

        assert "no_direct_line" == error.code

    def test_what_the_list_says_is_shown_unchanged_and_a_supporter_is_named(self) -> None:
        without = frozenset({"urban"})
        found = ask("fire-lane", "grid-1", "2021-02-10 16:00", facts=ROAD, without=without)

        assert ["urban"] == [support.unit.id for support in found.supports]
        assert ["interested_unit"] == codes(found)

    def test_a_ladder_of_nobody_else_is_refused(self) -> None:
        without = frozenset({"farming"})
        error = refusal(NotInForceError, "straw", "pingyin", "2021-02-10 16:00", without=without)

        assert "nobody_answers" == error.code

    def test_why_a_step_is_left_out_is_said(self) -> None:
        found = ask("straw", "grid-1", "2021-02-10 16:00", without=frozenset({"longshan"}))

        assert "community: left out, the matter is about 单位longshan (longshan)" in str(found.explain())
        assert "为诉求所涉单位，回避" in "\n".join(found.explain().lines("zh"))

    def test_it_stays_out_were_it_an_emergency(self) -> None:
        found = ask("noise", "grid-1", "2021-02-10 16:00", without=frozenset({"housing"})).in_emergency()

        assert {"environment"} == {unit.id for each in found.steps for unit in each.units}

    @settings(deadline=None, max_examples=60)
    @given(
        item=st.sampled_from(["straw", "noise", "small-works", "aliens"]),
        place=st.sampled_from(["grid-1", "house-1", "longshan", "yushan"]),
        without=st.frozensets(st.sampled_from(["grid-1", "longshan", "yushan", "housing", "environment", "farming"])),
    )
    def test_nobody_it_is_about_ever_holds_it(self, item: str, place: str, without: frozenset[str]) -> None:
        whole = ask(item, place, "2021-02-10 16:00").steps
        found = tuple_of(
            SETTING,
            item=item,
            place=place,
            ladder="ordinary",
            opens_at=china("2021-02-10 16:00"),
            reported_at=china("2021-02-10 16:00"),
            without=without,
        )

        assert {unit.id for each in whole for unit in each.units} - without == {
            unit.id for each in found for unit in each.units
        }


class TestTheRestOfALadder:
    """E1: at any step, who would answer next, and by when."""

    def test_it_opens_when_the_next_step_does(self) -> None:
        """Case 2: passed up Sun 02-07 10:30; community 02-08 17:00; then each when the one before falls due."""
        found = rest("judge", "2021-02-07 10:30")

        assert [
            ("community", china("2021-02-07 10:30"), china("2021-02-08 17:00")),
            ("subdistrict", china("2021-02-08 17:00"), china("2021-02-09 17:00")),
            ("department", china("2021-02-09 17:00"), china("2021-02-18 17:00")),
        ] == [(each.step, each.opens_at, each.due_at) for each in found]

    @settings(deadline=None, max_examples=60)
    @given(
        item=st.sampled_from(["straw", "noise", "small-works", "aliens"]),
        place=st.sampled_from(["grid-1", "house-1", "longshan", "yushan"]),
        without=st.frozensets(st.sampled_from(["grid-1", "longshan", "housing"])),
        left=st.integers(0, 4),
    )
    def test_it_is_the_tail_of_the_route(self, item: str, place: str, without: frozenset[str], left: int) -> None:
        """From first receipt it is the route's plan; after a step that ends when planned, what is left of it."""
        at = "2021-02-05 15:00"
        whole = ask(item, place, at, without=without).steps
        begun = min(left, len(whole))
        after, opens = (whole[begun - 1].step, whole[begun - 1].due_at) if begun else ("", china(at))

        assert whole[begun:] == tuple_of(
            SETTING,
            item=item,
            place=place,
            ladder="ordinary",
            after=after,
            opens_at=opens,
            reported_at=china(at),
            without=without,
        )

    def test_nothing_is_left_above_the_last_step(self) -> None:
        assert () == rest("department", "2021-02-10 16:00")

    def test_nothing_is_left_when_only_the_accused_unit_would_answer(self) -> None:
        assert () == rest("subdistrict", "2021-02-10 16:00", without=frozenset({"farming"}))

    def test_who_held_the_step_below_does_not_lead_the_next(self) -> None:
        """T15: small-works are led by the subdistrict, which has just held them."""
        assert () == rest("subdistrict", "2021-02-10 16:00", item="small-works")
        assert ["subdistrict"] == [each.step for each in rest("community", "2021-02-10 16:00", item="small-works")]

    def test_a_lead_after_a_step_of_leads_is_called_again(self) -> None:
        """On the emergency ladder the same lead signs in, then reports."""
        found = rest("sign-in", "2021-02-10 16:00", ladder="emergency")

        assert [("report", ["farming"])] == [(each.step, [unit.id for unit in each.units]) for each in found]

    def test_limits_are_those_of_the_day_of_receipt(self) -> None:
        """Trap SIA: a matter is pinned to its rules."""
        entries = (
            Entry(effective_from=START, value=Limit.parse("2 working_days"), source=RULE),
            Entry(effective_from=date(2021, 2, 8), value=Limit.parse("1 working_days"), source=RULE),
        )
        changed = attrs.evolve(ORDINARY.steps[3], limit=Timeline("department", entries))
        policy = ladder(*ORDINARY.steps[:3], changed)
        dues = [
            rest("subdistrict", "2021-02-09 16:00", reported, policy=policy)[0].due_at
            for reported in ("2021-02-07 23:59", "2021-02-08 00:00")
        ]

        assert [china("2021-02-18 17:00"), china("2021-02-10 17:00")] == dues

    def test_rows_of_the_list_are_those_of_the_day_of_receipt(self) -> None:
        changed = listing(
            duty("straw/a", "unit:farming", period=Period(START, date(2021, 2, 8))),
            duty("straw/b", "unit:urban", period=Period(date(2021, 2, 8))),
        )
        leads = [
            rest("subdistrict", "2021-02-09 16:00", reported, responsibilities=changed)[0].units[0].id
            for reported in ("2021-02-07 23:59", "2021-02-08 00:00")
        ]

        assert ["farming", "urban"] == leads

    def test_posts_are_those_of_the_day_on_which_the_step_opens(self) -> None:
        change = date(2021, 2, 8)
        staff = Staff(
            KINDS,
            [posting("grid-head", "grid-1", "p1", end=change), posting("grid-head", "grid-1", "p2", change)],
            ORGANIZATION,
        )
        persons = [
            rest("", opens, staff=staff)[0].seats[0].person for opens in ("2021-02-07 23:59", "2021-02-08 00:00")
        ]

        assert ["p1", "p2"] == persons

    def test_units_are_those_of_the_day_on_which_the_step_opens(self) -> None:
        """A grid abolished while the matter climbs answers through its successor; the ladder goes on above that."""
        change = date(2021, 2, 8)
        county = organize(
            [*units(), unit("grid-0", "grid", Period(START, change))],
            [
                *links(),
                Link("grid-0", "territory", "qiaokou", Period(START, change)),
                Link("grid-0", "successor", "grid-1", Period(change)),
            ],
        )
        holders = [
            [each.units[0].id for each in rest("judge", opens, place="grid-0", organization=county)][:2]
            for opens in ("2021-02-07 23:59", "2021-02-08 00:00")
        ]

        assert [["qiaokou", "kongcun"], ["longshan", "yushan"]] == holders

    def test_a_level_that_is_missing_above_is_refused_and_one_already_left_is_not(self) -> None:
        """house-9 stands in a community without a grid."""
        assert "community" == rest("judge", "2021-02-10 16:00", place="house-9")[0].step
        with pytest.raises(NotInForceError) as caught:
            rest("", "2021-02-10 16:00", place="house-9")
        assert "level_missing" == caught.value.code

    def test_days_beyond_the_calendar_are_provisional_or_refused(self) -> None:
        late = {"opens": "2021-04-05 09:00", "reported": "2021-04-01 09:00"}

        assert [True, True, True] == [each.provisional for each in rest("judge", **late)]
        with pytest.raises(NotInForceError) as caught:
            rest("judge", **late, lenient=False)
        assert "calendar_coverage" == caught.value.code

    @pytest.mark.parametrize(
        ("given", "code"),
        [({"ladder": "none"}, "unknown_ladder"), ({"after": "none"}, "unknown_step")],
    )
    def test_a_ladder_or_step_that_is_not_there_is_refused(self, given: dict[str, str], code: str) -> None:
        with pytest.raises(RefusedError) as caught:
            rest(**{"after": "judge", "opens": "2021-02-10 16:00", **given})
        assert code == caught.value.code

    @pytest.mark.parametrize("name", ["opens_at", "reported_at"])
    def test_an_instant_needs_a_zone(self, name: str) -> None:
        instants = {"opens_at": china("2021-02-10 16:00"), "reported_at": china("2021-02-10 16:00")}
        instants[name] = datetime(2021, 2, 10)  # noqa: DTZ001
        with pytest.raises(LimitError) as caught:
            tuple_of(SETTING, item="straw", place="grid-1", ladder="ordinary", **instants)
        assert "naive_time" == caught.value.code
        assert name in str(caught.value)


class TestLimitsWithinAStep:
    """E4: accept, contact and resolve limits per step."""

    def test_a_step_may_limit_acceptance_and_contact_too(self) -> None:
        found = step("department", "leads", "2 working_days", accept=limit("2 working_hours"))

        assert (Limit.parse("2 working_hours"), None) == (
            found.accept.at(date(2021, 2, 10)).value,  # type: ignore[union-attr]
            found.contact,
        )

    def test_the_plan_does_not_move(self) -> None:
        limits: dict[str, Any] = {"accept": limit("2 working_hours"), "contact": limit("1 working_days")}
        policy = ladder(*(attrs.evolve(each, **limits) for each in ORDINARY.steps))
        at = "2021-02-05 15:00"

        assert ask("straw", "grid-1", at).steps == ask("straw", "grid-1", at, policy=policy).steps


def exceeding(*allowed: str, promise: str = "5 working_days", **given: Any) -> list[str]:
    """What is said against a ladder of such limits and a promise; no other fault is found."""
    steps = [step(f"s{index}", "unit:urban", each) for index, each in enumerate(allowed)]
    policy = attrs.evolve(ladder(*steps), promise=limit(promise), **given)
    found = policy.faults(ORGANIZATION, STAFF)
    assert {("limits_exceed_promise", "ladder ordinary")} >= {(fault.code, fault.place) for fault in found}
    return [fault.message for fault in found]


class TestStepsFitInsideThePromise:
    """Model no. 20: "pack check: the sum of the step limits on every path is at most the outer promise"."""

    @pytest.mark.parametrize(
        ("allowed", "promise", "fits"),
        [
            (["4 working_hours", "1 working_days", "1 working_days", "2 working_days"], "5 working_days", True),
            (["1 working_days", "1 working_days", "1 working_days", "2 working_days"], "5 working_days", True),
            (["4 working_hours", "1 working_days", "1 working_days", "3 working_days"], "5 working_days", False),
            (["1 working_days", "1 working_days", "1 working_days", "3 working_days"], "5 working_days", False),
            (["7 working_hours", "4 working_days"], "5 working_days", True),
            (["8 working_hours", "4 working_days"], "5 working_days", False),
            (["3 working_hours", "4 working_hours", "4 working_days"], "5 working_days", True),
            (["3 working_hours", "4 working_days", "4 working_hours"], "5 working_days", False),
            (["7 working_hours", "7 working_hours"], "14 working_hours", True),
            (["7 working_hours", "8 working_hours"], "14 working_hours", False),
        ],
    )
    def test_days_are_added_up_and_hours_are_started_days(self, allowed: list[str], promise: str, fits: bool) -> None:
        assert fits == (exceeding(*allowed, promise=promise) == [])

    @pytest.mark.parametrize(
        ("allowed", "promise"),
        [
            (["2 clock_hours", "9 working_days"], "5 working_days"),
            (["999 clock_hours"], "1 working_days"),
            (["9 working_days"], "1 clock_hours"),
            (["2 clock_hours", "9 working_hours"], "1 clock_hours"),
            (["9 calendar_days"], "5 working_days"),
            (["9 working_days"], "5 calendar_days"),
            (["9 working_days"], "14 working_hours"),
        ],
    )
    def test_other_units_are_left_to_the_route(self, allowed: list[str], promise: str) -> None:
        """A route whose plan is too long carries the note ``plan_exceeds_promise``."""
        assert [] == exceeding(*allowed, promise=promise, emergency=None)

    def test_another_calendar_is_left_to_the_route(self) -> None:
        assert [] == exceeding("9 working_days", promise_calendar="always")
        assert 1 == len(exceeding("9 working_days", promise_calendar="office"))

    @pytest.mark.parametrize(
        ("allowed", "promise", "taken"),
        [
            (["24 clock_hours", "24 clock_hours", "72 clock_hours"], "120 clock_hours", ""),
            (["24 clock_hours", "24 clock_hours", "72 clock_hours"], "1 clock_hours", "120 clock_hours"),
            (["24 clock_hours", "24 clock_hours", "72 clock_hours"], "60 minutes", "120 clock_hours"),
            (["30 minutes", "1 clock_hours"], "90 minutes", ""),
            (["31 minutes", "1 clock_hours"], "90 minutes", "91 minutes"),
            (["31 minutes", "89 minutes"], "2 clock_hours", ""),
            (["31 minutes", "90 minutes"], "2 clock_hours", "121 minutes"),
        ],
    )
    def test_what_runs_by_the_clock_is_added_up_exactly(self, allowed: list[str], promise: str, taken: str) -> None:
        """Minutes and clock hours run day and night, on whatever calendar."""
        said = [f"from {START} the steps take {taken}, the promise is {promise}"] if taken else []
        for calendar in ("", "always"):
            assert said == exceeding(*allowed, promise=promise, promise_calendar=calendar, emergency=None)

    def test_the_emergency_ladder_is_held_to_it_too(self) -> None:
        policy = rules(emergency=attrs.evolve(EMERGENCY, steps=[step("act", "leads", "6 working_days")]))

        assert [("limits_exceed_promise", "ladder emergency")] == [
            (fault.code, fault.place) for fault in policy.faults(ORGANIZATION, STAFF)
        ]

    def test_a_day_is_the_calendars_shortest(self) -> None:
        """Half a day on Saturdays: 4 hours may take two days."""
        half = attrs.evolve(OFFICE, week=(*OFFICE.week[:5], ((540, 720),), ()))
        calendars = {"office": half, "always": WorkCalendar.around_the_clock(ZONE, ALWAYS)}

        assert [] == exceeding("4 working_hours", "4 working_days")
        assert 1 == len(exceeding("4 working_hours", "4 working_days", calendars=calendars))

    def test_every_change_day_is_looked_at(self) -> None:
        """The promise was shortened, then the step: in between the step did not fit."""

        def dated(*values: tuple[date, str]) -> Timeline[Limit]:
            entries = [Entry(effective_from=day, value=Limit.parse(text), source=RULE) for day, text in values]
            return Timeline("limit", tuple(entries))

        shortened, mended = date(2021, 1, 1), date(2021, 2, 1)
        act = attrs.evolve(
            step("act", "leads", "5 working_days"), limit=dated((START, "5 working_days"), (mended, "3 working_days"))
        )
        promise = dated((date(2020, 1, 1), "2 working_days"), (START, "5 working_days"), (shortened, "3 working_days"))
        policy = attrs.evolve(ladder(act), promise=promise)

        assert ["from 2021-01-01 the steps take 5 working_days, the promise is 3 working_days"] == [
            fault.message for fault in policy.faults(ORGANIZATION, STAFF)
        ]

    @settings(deadline=None, max_examples=200)
    @given(
        allowed=st.lists(
            st.tuples(st.integers(1, 15), st.just("working_hours"))
            | st.tuples(st.integers(1, 3), st.just("working_days")),
            min_size=1,
            max_size=5,
        ),
        minute=st.integers(0, 60 * 24 * 200),
    )
    def test_a_ladder_that_fits_never_ends_after_the_promise(self, allowed: list[tuple[int, str]], minute: int) -> None:
        """Whenever the matter is received."""
        texts = [f"{amount} {unit}" for amount, unit in allowed]
        promise = next(
            f"{days} working_days" for days in range(1, 99) if not exceeding(*texts, promise=f"{days} working_days")
        )
        steps = [step(f"s{index}", "unit:urban", each) for index, each in enumerate(texts)]
        at = (datetime(2020, 7, 2, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(china("2021-01-01 00:00").tzinfo)
        policy = attrs.evolve(ladder(*steps), promise=limit(promise))
        found = ask("straw", "grid-1", at.strftime("%Y-%m-%d %H:%M"), policy=policy)

        assert "plan_exceeds_promise" not in codes(found)


def taken_in(name: str, place: str, at: str = "2021-02-05 15:00", **given: Any) -> TakenIn:
    """Return how a matter is taken in; parts of the setting may be replaced."""
    setting = attrs.evolve(SETTING, **{part: given.pop(part) for part in list(given) if hasattr(SETTING, part)})
    return entry(setting, item=name, place=place, at=china(at), **given)


class TestTakingIn:
    """Receipt does not wait for a fact that decides who leads; for the rest it says what the route says."""

    @settings(deadline=None, max_examples=60)
    @given(
        name=st.sampled_from(["straw", "noise", "small-works", "aliens", "court", "fire-lane"]),
        place=st.sampled_from(["pingyin", "yushan", "longshan", "grid-1", "house-1", "qiaokou"]),
        direct=st.booleans(),
        emergency=st.sampled_from([True, False, None]),
        without=st.frozensets(st.sampled_from(["grid-1", "longshan", "yushan", "housing", "farming"])),
        minutes=st.integers(0, 60 * 24 * 30),
    )
    def test_it_is_the_route_as_far_as_its_first_step(
        self, name: str, place: str, direct: bool, emergency: bool | None, without: frozenset[str], minutes: int
    ) -> None:
        at = f"{china('2021-02-01 00:00') + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"
        facts = ROAD if name == "fire-lane" else {}
        asked = {"facts": facts, "direct": direct, "emergency": emergency, "without": without}
        try:
            whole: Route | GridgovError = ask(name, place, at, **asked)
        except GridgovError as error:
            whole = error
        if isinstance(whole, GridgovError) and whole.code == "nobody_answers":
            found = taken_in(name, place, at, **asked)
            assert (found.step, found.accepted) == (None, True)
            return
        if isinstance(whole, GridgovError):
            with pytest.raises(type(whole)) as caught:
                taken_in(name, place, at, **asked)
            assert caught.value.faults == whole.faults
            return
        found = taken_in(name, place, at, **asked)
        assert (found.place, found.path, found.promise, found.accepted, found.unlisted) == (
            whole.place,
            whole.path,
            whole.promise,
            whole.accepted,
            whole.unlisted,
        )
        assert found.step == next(iter(whole.steps), None)

    def test_without_the_fact_that_decides_the_first_step_is_known_all_the_same(self) -> None:
        """Case 3: "no scene: refused" is said of who leads, not of the receipt."""
        assert "fact_missing" == refusal(AmbiguousRuleError, "fire-lane", "grid-1", "2021-02-05 15:00").code
        found = taken_in("fire-lane", "grid-1")
        assert found.step is not None
        assert ("judge", "grid-1", china("2021-02-07 11:00")) == (
            found.step.step,
            found.step.units[0].id,
            found.step.due_at,
        )
        assert found.promise is not None
        assert china("2021-02-18 17:00") == found.promise.due_at

    @pytest.mark.parametrize(
        ("place", "given", "path"), [("grid-1", {"emergency": True}, "emergency"), ("pingyin", {}, "ordinary")]
    )
    def test_without_it_nobody_may_be_known_at_all(self, place: str, given: dict[str, Any], path: str) -> None:
        found = taken_in("fire-lane", place, **given)
        assert (None, path, True) == (found.step, found.path, found.accepted)

    @pytest.mark.parametrize(
        ("name", "place", "given"),
        [("straw", "pingyin", {"without": frozenset({"farming"})}), ("aliens", "grid-1", {"emergency": True})],
    )
    def test_where_nobody_is_left_who_answers_it_is_taken_in_all_the_same(
        self, name: str, place: str, given: dict[str, Any]
    ) -> None:
        assert "nobody_answers" == refusal(NotInForceError, name, place, "2021-02-05 15:00", **given).code
        found = taken_in(name, place, **given)
        assert (None, True) == (found.step, found.accepted)
        assert found.promise is not None

    def test_the_direct_line_needs_no_lead(self) -> None:
        found = taken_in("fire-lane", "grid-1", direct=True)
        assert found.step is not None
        assert ("direct", "direct_line", ["farming"]) == (
            found.path,
            found.step.step,
            [unit.id for unit in found.step.units],
        )

    def test_an_item_that_is_not_accepted_has_neither_step_nor_promise(self) -> None:
        found = taken_in("court", "grid-1")
        assert (False, "none", None, None) == (found.accepted, found.path, found.step, found.promise)

    def test_a_fact_that_nobody_declared_is_refused(self) -> None:
        with pytest.raises(RefusedError) as caught:
            taken_in("fire-lane", "grid-1", facts={"colour": "red"})
        assert "unknown_attribute" == caught.value.code

    def test_an_instant_needs_a_zone(self) -> None:
        with pytest.raises(LimitError) as caught:
            entry(SETTING, item="straw", place="grid-1", at=datetime(2021, 2, 10))  # noqa: DTZ001
        assert "naive_time" == caught.value.code


class TestTheLeadsStepWhileAFactIsMissing:
    """The ladder does not wait for it: the step of the leads is left out of what is planned."""

    def test_the_steps_below_are_planned(self) -> None:
        assert ["community", "subdistrict"] == [
            each.step for each in rest("judge", "2021-02-07 10:30", item="fire-lane")
        ]

    def test_with_the_fact_the_leads_follow(self) -> None:
        found = rest("judge", "2021-02-07 10:30", item="fire-lane", facts=ROAD)
        assert ["community", "subdistrict", "department"] == [each.step for each in found]

    def test_a_step_is_planned_when_it_is_asked_for(self) -> None:
        """Who wants the next step alone is not stopped by what is wrong further up."""
        gone = attrs.evolve(ORDINARY.steps[2], answers="level:town")
        setting = attrs.evolve(SETTING, policy=ladder(*ORDINARY.steps[:2], gone))
        steps = steps_from(
            setting,
            item="straw",
            place="grid-1",
            ladder="ordinary",
            after="judge",
            opens_at=china("2021-02-07 10:30"),
            reported_at=china("2021-02-05 15:00"),
        )
        assert "community" == next(steps).step
        with pytest.raises(NotInForceError):
            next(steps)
