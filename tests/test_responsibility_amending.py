"""Amendments of the list: from a ruling to rows that hold from a day on, and days before that stay as they were."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from county import DUTIES, ITEMS, LISTED, LOCAL, ORGANIZATION, START, duty, item, listing
from gridgov.errors import Fault, GridgovError, NotInForceError, RefusedError
from gridgov.responsibility import (
    Amendment,
    AmendmentState,
    AmendmentStep,
    Approval,
    Opinion,
    Responsibility,
    ResponsibilityList,
    Role,
    amended,
    amendment_faults,
    approve,
    consult,
    propose,
    reject,
    take_effect,
    withdraw,
)
from gridgov.values import Citation, Label, Period

PROPOSED, HEARD, COUNTY, CITY = date(2021, 2, 10), date(2021, 2, 18), date(2021, 2, 22), date(2021, 2, 26)
MARCH = date(2021, 3, 1)
NOTICE = Citation("list-2021-1", "row 12")
STAGES = (
    Approval(id="county", label=Label(zh="县级审核", en="county approval"), by=("pingyin",)),
    Approval(
        id="city",
        label=Label(zh="市级批准", en="city approval"),
        by=("jinan",),
        source=Citation("township-shandong", "art. 4"),
    ),
)
NEW_LEAD = duty("noise/c", "unit:urban", source=Citation("noise-law", "art. 58"))
WHY = Label(zh="裁定由城管部门牵头", en="ruled to be led by the urban management office")


def proposal(**given: Any) -> Amendment:
    """Return a proposal to give the noise, led by two offices, to a third; parts may be replaced."""
    parts: dict[str, Any] = {
        "item": "noise",
        "ends": ("noise/a", "noise/b"),
        "adds": (NEW_LEAD,),
        "matter": "m-17",
        "reason": WHY,
        "approvals": STAGES,
        "to_hear": ("urban", "housing"),
        "by": "bianban",
        "on": PROPOSED,
        "reference": "ruling-17",
    }
    return propose("a-1", **(parts | given))


def heard(amendment: Amendment) -> Amendment:
    first = consult(amendment, by="urban", opinion=Opinion.OBJECTS, on=HEARD, reference="letter-1")
    return consult(first, by="housing", opinion=Opinion.AGREES, on=HEARD, reference="letter-2")


def approved(amendment: Amendment) -> Amendment:
    first = approve(heard(amendment), "county", by="pingyin", on=COUNTY, reference="minutes-3")
    return approve(first, "city", by="jinan", on=CITY, reference=Citation("list-2021-1"))


def effective(amendment: Amendment, day: date = MARCH) -> Amendment:
    return take_effect(approved(amendment), day, by="bianban", on=CITY, reference=NOTICE)


def withdrawn(amendment: Amendment) -> Amendment:
    return withdraw(amendment, by="bianban", on=HEARD, reference="letter-3")


def rejected(amendment: Amendment) -> Amendment:
    return reject(heard(amendment), "county", by="pingyin", on=COUNTY, reference="minutes-3")


def refused(step: Callable[[], object]) -> tuple[Fault, ...]:
    with pytest.raises(RefusedError) as caught:
        step()
    return caught.value.faults


def codes(faults: tuple[Fault, ...] | list[Fault]) -> list[str]:
    return [fault.code for fault in faults]


def look(listed: ResponsibilityList, name: str, on: date, place: str = "grid-1", **facts: str) -> Responsibility:
    return listed.lookup(name, place=place, structure=ORGANIZATION.at(on), at=on, facts=facts)


def leads(found: Responsibility) -> list[str]:
    return [lead.unit.id for lead in found.leads]


def changed(amendment: Amendment, on: date = MARCH, listed: ResponsibilityList = LISTED) -> ResponsibilityList:
    return amended(listed, amendment, on, organization=ORGANIZATION)


class TestStates:
    """R16: "proposed → consulted → approved → effective, with author and reference"."""

    def test_it_passes_through_every_state(self) -> None:
        first = proposal()
        county = approve(heard(first), "county", by="pingyin", on=COUNTY, reference="minutes-3")

        assert [
            AmendmentState.PROPOSED,
            AmendmentState.CONSULTED,
            AmendmentState.CONSULTED,
            AmendmentState.APPROVED,
            AmendmentState.EFFECTIVE,
        ] == [each.state for each in (first, heard(first), county, approved(first), effective(first))]

    def test_one_opinion_of_two_is_not_enough(self) -> None:
        one = consult(proposal(), by="urban", opinion=Opinion.AGREES, on=HEARD, reference="letter-1")

        assert (AmendmentState.PROPOSED, ("housing",)) == (one.state, one.unheard)

    def test_the_county_alone_is_not_enough(self) -> None:
        """Model 6: "the list's maker is the city; the approval chain needs a city stage"."""
        county = approve(heard(proposal()), "county", by="pingyin", on=COUNTY, reference="minutes-3")

        assert (["city"], ("city",)) == ([stage.id for stage in county.pending], county.missing)

    def test_silence_is_an_opinion_so_nobody_can_block_by_it(self) -> None:
        one = consult(proposal(to_hear=("urban",)), by="urban", opinion=Opinion.SILENT, on=HEARD, reference="letter-1")

        assert AmendmentState.CONSULTED is one.state

    def test_others_may_be_heard_too_and_a_second_opinion_keeps_the_first(self) -> None:
        again = consult(heard(proposal()), by="urban", opinion=Opinion.AGREES, on=COUNTY, reference="letter-4")
        other = consult(again, by="fire", opinion=Opinion.AGREES, on=COUNTY, reference="letter-5")

        assert ["urban", "housing", "urban", "fire"] == [step.by for step in other.steps[1:]]
        assert AmendmentState.CONSULTED is other.state

    def test_it_may_end_without_effect(self) -> None:
        assert [AmendmentState.WITHDRAWN, AmendmentState.REJECTED] == [
            withdrawn(proposal()).state,
            rejected(proposal()).state,
        ]

    def test_a_stage_may_reject_before_anybody_is_heard(self) -> None:
        found = reject(proposal(), "county", by="pingyin", on=HEARD, reference="minutes-1")

        assert (AmendmentState.REJECTED, ()) == (found.state, found.missing)

    def test_every_step_keeps_author_day_and_reference(self) -> None:
        assert [
            ("bianban", PROPOSED, "ruling-17"),
            ("urban", HEARD, "letter-1"),
            ("housing", HEARD, "letter-2"),
            ("pingyin", COUNTY, "minutes-3"),
            ("jinan", CITY, Citation("list-2021-1")),
            ("bianban", CITY, NOTICE),
        ] == [(step.by, step.on, step.reference) for step in effective(proposal()).steps]

    def test_the_day_is_known_once_it_takes_effect(self) -> None:
        assert [None, MARCH] == [approved(proposal()).effective_from, effective(proposal()).effective_from]

    def test_it_is_plain_data(self) -> None:
        shown = effective(proposal()).to_dict()

        assert ("a-1", "effective", "2021-03-01") == (
            shown["id"],
            shown["steps"][-1]["kind"],
            shown["steps"][-1]["effective_from"],
        )


class TestRefusedSteps:
    """A step that may not be taken is refused, and every reason is named."""

    @pytest.mark.parametrize(
        ("made", "step", "about"),
        [
            (proposal, "approve", ("urban", "housing", "county", "city")),
            (proposal, "take_effect", ("urban", "housing", "county", "city")),
            (lambda: heard(proposal()), "take_effect", ("county", "city")),
            (lambda: approved(proposal()), "consult", ()),
            (lambda: approved(proposal()), "approve", ()),
            (lambda: approved(proposal()), "reject", ()),
            (lambda: approved(proposal()), "withdraw", ()),
            (lambda: effective(proposal()), "take_effect", ()),
            (lambda: effective(proposal()), "withdraw", ()),
            (lambda: rejected(proposal()), "approve", ()),
            (lambda: withdrawn(proposal()), "consult", ()),
            (lambda: withdrawn(proposal()), "withdraw", ()),
        ],
    )
    def test_out_of_order(self, made: Callable[[], Amendment], step: str, about: tuple[str, ...]) -> None:
        steps: dict[str, Callable[[Amendment], Amendment]] = {
            "consult": lambda each: consult(each, by="fire", opinion=Opinion.AGREES, on=MARCH, reference="letter-9"),
            "approve": lambda each: approve(each, "county", by="pingyin", on=MARCH, reference="minutes-9"),
            "reject": lambda each: reject(each, "county", by="pingyin", on=MARCH, reference="minutes-9"),
            "withdraw": lambda each: withdraw(each, by="bianban", on=MARCH, reference="letter-9"),
            "take_effect": lambda each: take_effect(each, MARCH, by="bianban", on=MARCH, reference=NOTICE),
        }
        faults = refused(lambda: steps[step](made()))

        assert (["amendment_order"], about) == (codes(faults), faults[0].about)

    def test_the_message_says_what_is_missing_and_the_hint_what_may_be_done(self) -> None:
        (fault,) = refused(lambda: take_effect(heard(proposal()), MARCH, by="bianban", on=MARCH, reference=NOTICE))

        assert "amendment 'a-1' is consulted: it cannot be effective; still to come: county, city" == fault.message
        assert "it can be consulted, approved, rejected, withdrawn" == fault.hint

    def test_after_an_end_only_another_amendment_helps(self) -> None:
        (fault,) = refused(lambda: withdrawn(withdrawn(proposal())))

        assert "propose another amendment" == fault.hint

    @pytest.mark.parametrize("decide", [approve, reject])
    def test_stages_decide_in_their_order(self, decide: Callable[..., Amendment]) -> None:
        (fault,) = refused(lambda: decide(heard(proposal()), "city", by="jinan", on=CITY, reference="minutes-3"))

        assert ("stage_order", "next is county") == (fault.code, fault.hint)

    def test_an_unknown_stage_is_refused(self) -> None:
        step = lambda: approve(heard(proposal()), "province", by="jinan", on=CITY, reference="minutes-3")  # noqa: E731

        assert ["stage_order"] == codes(refused(step))

    @pytest.mark.parametrize("decide", [approve, reject])
    def test_only_who_may_decide_at_a_stage(self, decide: Callable[..., Amendment]) -> None:
        (fault,) = refused(lambda: decide(heard(proposal()), "county", by="urban", on=CITY, reference="minutes-3"))

        assert ("not_approver", ("pingyin",)) == (fault.code, fault.about)

    def test_only_the_proposer_withdraws(self) -> None:
        (fault,) = refused(lambda: withdraw(proposal(), by="urban", on=HEARD, reference="letter-3"))

        assert ("not_proposer", ("bianban",)) == (fault.code, fault.about)

    def test_no_step_is_dated_before_the_one_before(self) -> None:
        before = PROPOSED - timedelta(days=1)
        first = proposal()

        assert ["step_backdated"] == codes(refused(lambda: withdraw(first, by="bianban", on=before, reference="x-1")))
        assert PROPOSED == withdraw(first, by="bianban", on=PROPOSED, reference="x-1").steps[-1].on

    @pytest.mark.parametrize(
        ("day", "announced"), [(CITY - timedelta(days=1), CITY), (MARCH, MARCH + timedelta(days=1))]
    )
    def test_it_never_holds_from_a_day_before_its_approval_or_announcement(self, day: date, announced: date) -> None:
        step = lambda: take_effect(approved(proposal()), day, by="bianban", on=announced, reference=NOTICE)  # noqa: E731

        assert ["effective_too_early"] == codes(refused(step))

    def test_it_may_hold_from_the_day_of_its_approval(self) -> None:
        assert CITY == effective(proposal(), CITY).effective_from

    def test_all_reasons_come_at_once(self) -> None:
        step = lambda: approve(proposal(), "city", by="urban", on=START, reference="minutes-3")  # noqa: E731
        early = lambda: take_effect(heard(proposal()), START, by="bianban", on=START, reference=NOTICE)  # noqa: E731

        assert ["amendment_order", "step_backdated", "stage_order", "not_approver"] == codes(refused(step))
        assert ["amendment_order", "step_backdated", "effective_too_early"] == codes(refused(early))


class TestProposals:
    """R10: "a ruling can become a list amendment", of one item, for a reason, with somebody to be heard."""

    def test_what_is_wrong_comes_at_once(self) -> None:
        stray = {"adds": (duty("straw/c", "unit:urban"),), "new_item": item("litter"), "to_hear": ()}

        assert ["other_item", "other_item", "nobody_to_hear"] == codes(refused(lambda: proposal(**stray)))

    def test_one_that_changes_nothing_is_refused(self) -> None:
        assert ["nothing_to_change"] == codes(refused(lambda: proposal(ends=(), adds=())))

    @pytest.mark.parametrize(
        "given",
        [
            {"approvals": ()},
            {"approvals": (STAGES[0], STAGES[0])},
            {"matter": "张三 13800000000"},
            {"by": ""},
            {"reference": "a letter"},
        ],
        ids=lambda given: next(iter(given)),
    )
    def test_what_is_no_amendment_cannot_be_made(self, given: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"is not an id|at least one stage"):
            proposal(**given)

    def test_an_amendment_begins_with_its_proposal(self) -> None:
        with pytest.raises(ValueError, match="begins with its proposal"):
            attrs.evolve(proposal(), steps=())

    def test_a_stage_names_who_decides(self) -> None:
        with pytest.raises(ValueError, match="nobody may approve"):
            Approval(id="county", label=Label(en="county"), by=())

    def test_an_opaque_reference_is_cited_by_its_id(self) -> None:
        step = AmendmentStep(kind=AmendmentState.PROPOSED, by="bianban", on=PROPOSED, reference="ruling-17")

        assert Citation("ruling-17") == step.citation


class TestAmendedList:
    """Old rows end the day before; new rows begin that day and cite the amendment."""

    def test_the_lead_changes_on_the_day(self) -> None:
        after = changed(effective(proposal()))

        assert [["environment", "housing"], ["urban"]] == [
            leads(look(after, "noise", day)) for day in (MARCH - timedelta(days=1), MARCH)
        ]
        assert NOTICE == look(after, "noise", MARCH).leads[0].source

    def test_the_list_before_is_left_as_it_was(self) -> None:
        changed(effective(proposal()))

        assert ["environment", "housing"] == leads(look(LISTED, "noise", MARCH))
        assert DUTIES == LISTED.duties

    def test_other_rows_and_items_stay_the_same(self) -> None:
        nothing = LISTED.diff(MARCH, MARCH)
        after = changed(effective(proposal()))

        assert [row for row in DUTIES if row.item != "noise"] == [row for row in after.duties if row.item != "noise"]
        assert attrs.evolve(nothing, lead_changed=("noise",)) == after.diff(MARCH - timedelta(days=1), MARCH)

    def test_a_row_may_get_a_new_wording_under_its_old_id(self) -> None:
        same = proposal(ends=("noise/a",), adds=(duty("noise/a", "unit:urban", Role.JOINT),))

        assert ["environment", "urban"] == leads(look(changed(effective(same)), "noise", MARCH))

    def test_a_row_that_ends_later_ends_earlier_and_one_that_is_over_stays(self) -> None:
        rows = (
            duty("noise/a", "unit:fire", period=Period(START, PROPOSED)),
            duty("noise/a", "unit:housing", period=Period(PROPOSED, date(2022, 1, 1))),
            duty("noise/z", "unit:fire", period=Period(date(2022, 1, 1))),
        )
        listed = listing(*rows, items=(item("noise", period=Period(START, date(2022, 1, 1))),))
        after = changed(effective(proposal(ends=("noise/a",))), listed=listed)

        assert [Period(START, PROPOSED), Period(PROPOSED, MARCH)] == [
            row.period for row in after.duties if row.id == "noise/a"
        ]

    def test_a_row_that_ends_does_not_come_back(self) -> None:
        rows = (
            duty("noise/a", "unit:housing", period=Period(START, date(2021, 4, 1))),
            duty("noise/a", "unit:fire", period=Period(date(2021, 4, 1))),
        )
        after = changed(effective(proposal(ends=("noise/a",))), listed=listing(*rows, items=(item("noise"),)))

        assert ["urban"] == leads(look(after, "noise", date(2021, 4, 1)))

    def test_a_row_that_begins_that_very_day_is_replaced(self) -> None:
        rows = (
            duty("noise/a", "unit:housing", period=Period(START, MARCH)),
            duty("noise/b", "unit:fire", period=Period(MARCH)),
        )
        after = changed(effective(proposal(ends=("noise/b",))), listed=listing(*rows, items=(item("noise"),)))

        assert ["noise/a", "noise/c"] == [row.id for row in after.duties]

    def test_an_end_of_an_added_row_holds(self) -> None:
        until = date(2021, 6, 1)
        helper = duty("noise/c", "unit:urban", Role.SUPPORT, period=Period(START, until))
        after = changed(effective(proposal(ends=(), adds=(helper,))))

        assert [Period(MARCH, until)] == [row.period for row in after.duties if row.id == "noise/c"]

    def test_an_item_that_was_not_listed_gets_its_place_and_its_lead(self) -> None:
        """R10: "unlisted matter → ruling → list amendment"."""
        birds = proposal(item="birds", ends=(), adds=(duty("birds/a", "unit:urban"),), new_item=item("birds"))
        after = changed(effective(birds))
        found = look(after, "birds", MARCH)

        assert look(after, "birds", MARCH - timedelta(days=1)).unlisted
        assert (["urban"], NOTICE) == (leads(found), found.source)

    def test_the_list_may_bring_its_own_organisation(self) -> None:
        listed = listing(organization=ORGANIZATION)

        assert ["urban"] == leads(look(amended(listed, effective(proposal()), MARCH), "noise", MARCH))

    def test_without_any_organisation_it_is_refused(self) -> None:
        with pytest.raises(NotInForceError) as caught:
            amended(LISTED, effective(proposal()), MARCH)

        assert "no_organization" == caught.value.code

    def test_an_approved_amendment_shows_what_a_day_would_bring(self) -> None:
        after = changed(approved(proposal()), CITY)

        assert (["urban"], Citation("list-2021-1")) == (
            leads(look(after, "noise", CITY)),
            look(after, "noise", CITY).leads[0].source,
        )


class TestRefusedLists:
    """An amendment may not leave an item without a lead or with two, nor end rows that are not there."""

    @pytest.mark.parametrize(
        ("made", "on", "code"),
        [
            (proposal, MARCH, "amendment_order"),
            (lambda: heard(proposal()), MARCH, "amendment_order"),
            (lambda: rejected(proposal()), MARCH, "amendment_order"),
            (lambda: withdrawn(proposal()), MARCH, "amendment_order"),
            (lambda: approved(proposal()), CITY - timedelta(days=1), "effective_too_early"),
            (lambda: effective(proposal()), MARCH + timedelta(days=1), "other_day"),
        ],
    )
    def test_the_list_changes_only_by_what_is_approved_and_on_its_day(
        self, made: Callable[[], Amendment], on: date, code: str
    ) -> None:
        assert [code] == codes(refused(lambda: changed(made(), on)))

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"adds": ()}, "no_lead"),
            ({"adds": (duty("noise/c", "unit:urban", within=("yushan",)),)}, "no_lead"),
            ({"adds": (duty("noise/c", "unit:urban", period=Period(START, date(2021, 6, 1))),)}, "no_lead"),
            ({"ends": ()}, "rows_overlap"),
            ({"adds": (NEW_LEAD, duty("noise/d", "unit:fire"))}, "rows_overlap"),
            ({"adds": (NEW_LEAD, duty("noise/d", "unit:urban", Role.SUPPORT))}, "lead_supports"),
            ({"adds": (duty("noise/c", "unit:nobody"),)}, "unknown_unit"),
            ({"adds": (NEW_LEAD, duty("straw/a", "unit:fire", Role.LOCAL, item="noise"))}, "duplicate_row"),
            ({"new_item": item("noise")}, "duplicate_item"),
            ({"item": "birds", "ends": (), "adds": (duty("birds/a", "unit:urban"),)}, "unknown_item"),
            ({"ends": ("noise/a", "noise/b", "noise/z")}, "unknown_row"),
            ({"ends": ("noise/a", "noise/b", "straw/a")}, "unknown_row"),
        ],
    )
    def test_what_the_list_would_lack(self, given: dict[str, Any], code: str) -> None:
        assert {code} == set(codes(refused(lambda: changed(effective(proposal(**given))))))

    @pytest.mark.parametrize("day", [MARCH, PROPOSED])
    def test_what_is_added_may_not_be_over_already(self, day: date) -> None:
        over = Period(START, day)
        gone = proposal(
            item="birds",
            ends=(),
            adds=(duty("birds/a", "unit:urban", period=over),),
            new_item=item("birds", period=over),
        )

        assert [("period_reversed", "birds/a"), ("period_reversed", "item birds")] == [
            (fault.code, fault.place) for fault in refused(lambda: changed(effective(gone)))
        ]

    def test_a_list_that_speaks_for_no_later_day_is_not_changed(self) -> None:
        """Beyond its days nobody checks that it has a lead."""
        short = listing(coverage=Period(START, MARCH))

        assert ["not_covered"] == codes(refused(lambda: changed(effective(proposal()), listed=short)))

    def test_an_applied_amendment_cannot_be_applied_again(self) -> None:
        twice = effective(proposal())

        assert ["unknown_row", "unknown_row", "duplicate_row"] == codes(
            refused(lambda: changed(twice, listed=changed(twice)))
        )

    def test_all_reasons_come_at_once(self) -> None:
        odd = proposal(ends=("noise/z",), adds=(duty("noise/c", "unit:nobody"),))

        assert {"amendment_order", "unknown_row", "unknown_unit", "rows_overlap"} == set(
            codes(refused(lambda: changed(odd)))
        )

    def test_a_draft_can_be_checked_before_it_is_proposed_for_approval(self) -> None:
        found = [
            amendment_faults(LISTED, draft, MARCH, organization=ORGANIZATION)
            for draft in (proposal(), proposal(adds=()))
        ]

        assert [[], ["no_lead"]] == [codes(faults) for faults in found]

    def test_faults_that_the_list_has_already_do_not_stand_against_it(self) -> None:
        old = listing(*DUTIES, items=(*ITEMS, item("nobodys")))

        assert ["no_lead"] == codes(old.faults(ORGANIZATION))
        assert ["urban"] == leads(look(changed(effective(proposal()), listed=old), "noise", MARCH))


class TestExplaining:
    """Rule 5: "every answer explains itself": the ruling, what changes, who did what, what is missing."""

    def test_in_english(self) -> None:
        assert [
            "amendment a-1 of noise: effective",
            "  from the ruling on m-17: ruled to be led by the urban management office",
            "  ends row noise/a",
            "  ends row noise/b",
            "  adds row noise/c (unit:urban): lead [noise-law art. 58]",
            "  2021-02-10 proposed by bianban [ruling-17]",
            "  2021-02-18 consulted by urban, objects [letter-1]",
            "  2021-02-18 consulted by housing, agrees [letter-2]",
            "  2021-02-22 approved by pingyin, county approval [minutes-3]",
            "  2021-02-26 approved by jinan, city approval [list-2021-1]",
            "  2021-02-26 effective by bianban, from 2021-03-01 [list-2021-1 row 12]",
        ] == list(effective(proposal()).explain().lines())

    def test_in_chinese_with_what_is_missing(self) -> None:
        birds = proposal(
            item="birds",
            ends=(),
            adds=(duty("birds/a", "unit:urban"),),
            new_item=item("birds", label=Label(zh="地下室养鸟", en="birds in a basement")),
        )

        assert [
            "清单调整 a-1（birds）：提出",
            "  依据 m-17 的裁定：裁定由城管部门牵头",
            "  列入清单：地下室养鸟 [list row]",
            "  新增：birds/a（unit:urban）：主体责任 [list row]",
            "  2021-02-10 提出：bianban [ruling-17]",
            "  待征求意见：urban",
            "  待征求意见：housing",
            "  待批准：县级审核",
            "  待批准：市级批准 [township-shandong art. 4]",
        ] == list(birds.explain().lines("zh"))

    def test_at_an_end_nothing_is_missing(self) -> None:
        assert "still" not in str(rejected(proposal()).explain())
        assert "2021-02-22 rejected by pingyin, county approval" in str(rejected(proposal()).explain())


def answer(listed: ResponsibilityList, name: str, place: str, scene: str, on: date) -> object:
    """Return what the list answers, or the codes with which it refuses."""
    try:
        return look(listed, name, on, place, scene=scene)
    except GridgovError as error:
        return codes(error.faults)


ROWS = {name: [row.id for row in DUTIES if row.item == name] for name in ("fire-lane", "noise", "stalls", "straw")}
CELLS = ["", "compound", "!compound", "road|venue"]


@st.composite
def amendments(draw: st.DrawFn) -> tuple[Amendment, date]:
    """Draw an approved amendment of one item, and a day for it; about a third of them the list can take."""
    name = draw(st.sampled_from(sorted(ROWS)))
    ends = draw(st.one_of(st.just(ROWS[name]), st.lists(st.sampled_from(ROWS[name]), unique=True)))
    extra = st.tuples(st.sampled_from(["unit:farming", "unit:fire", LOCAL]), st.sampled_from(Role))
    first = draw(st.sampled_from(["unit:urban", LOCAL]))
    parts = [(first, Role.LEAD, ""), *draw(st.lists(st.tuples(extra, st.sampled_from(CELLS)).map(flat), max_size=2))]
    adds = [
        duty(f"{name}/n{number}", holder, role, when={"scene": cell})
        for number, (holder, role, cell) in enumerate(parts)
    ]
    on = draw(st.dates(CITY, date(2021, 6, 30)))
    return approved(proposal(item=name, ends=ends, adds=adds)), on


def flat(drawn: tuple[tuple[str, Role], str]) -> tuple[str, Role, str]:
    return (*drawn[0], drawn[1])


def steps(on: date) -> list[Callable[[Amendment], Amendment]]:
    """Return the steps that may be tried on a day; each is in order at some time."""
    given: dict[str, Any] = {"on": on, "reference": "file-1"}

    def hear(unit: str) -> Callable[[Amendment], Amendment]:
        return lambda each: consult(each, by=unit, opinion=Opinion.SILENT, **given)

    def decide(stage: Approval) -> Callable[[Amendment], Amendment]:
        return lambda each: approve(each, stage.id, by=stage.by[0], **given)

    def announce(each: Amendment) -> Amendment:
        return take_effect(each, on, by="bianban", **given)

    def stop(each: Amendment) -> Amendment:
        return reject(each, "city", by="jinan", **given)

    return [hear("urban"), hear("housing"), *map(decide, STAGES), announce, stop]


class TestPastDays:
    """House rule 4: everything is dated. No amendment changes an answer for a day before it holds."""

    @settings(deadline=None, max_examples=60)
    @given(
        drawn=amendments(),
        back=st.integers(1, 300),
        place=st.sampled_from(["grid-1", "longshan", "jinshui", "qiaokou", "pingyin"]),
        scene=st.sampled_from(["compound", "road", "venue"]),
    )
    def test_days_before_answer_as_they_did(
        self, drawn: tuple[Amendment, date], back: int, place: str, scene: str
    ) -> None:
        """What the check finds, `amended` refuses; what it passes has no fault and leaves earlier days alone."""
        amendment, on = drawn
        faults = amendment_faults(LISTED, amendment, on, organization=ORGANIZATION)
        if faults:
            assert codes(faults) == codes(refused(lambda: changed(amendment, on)))
            return
        after = changed(amendment, on)

        assert [] == after.faults(ORGANIZATION)
        for day in (on - timedelta(days=1), max(START, on - timedelta(days=back))):
            for name in ROWS:
                assert answer(LISTED, name, place, scene, day) == answer(after, name, place, scene, day)


class TestWhateverIsTried:
    """Rule 8: a refused step changes nothing; what takes effect was heard and approved, in order."""

    @settings(deadline=None, max_examples=200)
    @given(order=st.permutations(range(5)), more=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=9))
    def test_only_what_is_heard_and_approved_takes_effect(self, order: list[int], more: list[tuple[int, int]]) -> None:
        amendment = proposal()
        for number, later in [*more, *((number, 9) for number in order), *((number, 9) for number in range(5))]:
            with suppress(RefusedError):
                amendment = steps(PROPOSED + timedelta(days=later))[number](amendment)
        days = [step.on for step in amendment.steps]

        assert amendment.state in {AmendmentState.EFFECTIVE, AmendmentState.REJECTED}
        assert sorted(days) == days
        if amendment.state is AmendmentState.EFFECTIVE:
            assert ((), ()) == (amendment.unheard, amendment.pending)
            assert ["county", "city"] == [step.stage for step in amendment.steps if step.stage]
            assert days[-1] == amendment.effective_from


class TestWrongValues:
    """What is no opinion, no day, no reference and no list is refused with words that say what it should be."""

    def test_an_opinion_may_be_given_by_its_word(self) -> None:
        said = consult(proposal(), by="urban", opinion="agrees", on=HEARD, reference="letter-1")
        assert said.steps[-1].opinion is Opinion.AGREES
        assert "agrees" in str(said.explain())

    @pytest.mark.parametrize("word", ["maybe", "", None])
    def test_a_word_that_is_no_opinion_is_refused(self, word: Any) -> None:
        (fault,) = refused(lambda: consult(proposal(), by="urban", opinion=word, on=HEARD, reference="letter-1"))
        assert (fault.code, fault.hint) == ("unknown_word", "use one of agrees, objects, silent")

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"reference": None}, "the reference is a citation or an id, not None"),
            ({"reference": "two words"}, "'two words' is not an id"),
            ({"ends": "noise/a"}, "'noise/a' is one text: give a list of ids"),
            ({"to_hear": "urban"}, "'urban' is one text: give a list of ids"),
            ({"on": datetime(2021, 2, 10, 9, tzinfo=UTC)}, "is no day: give a date without a time"),
            ({"on": None}, "None is no day"),
        ],
    )
    def test_a_proposal_says_what_is_wrong(self, given: dict[str, Any], said: str) -> None:
        with pytest.raises(ValueError, match=re.escape(said)):
            proposal(**given)

    def test_who_may_approve_is_a_list(self) -> None:
        with pytest.raises(ValueError, match="'jinan' is one text"):
            Approval(id="city", label=Label(en="city"), by="jinan")

    def test_the_day_of_effect_has_no_time(self) -> None:
        noon: Any = datetime(2021, 3, 1, 12, tzinfo=UTC)
        for step in (
            lambda: take_effect(approved(proposal()), noon, by="bianban", on=CITY, reference=NOTICE),
            lambda: amended(LISTED, effective(proposal()), noon, organization=ORGANIZATION),
            lambda: amendment_faults(LISTED, proposal(), noon, organization=ORGANIZATION),
        ):
            with pytest.raises(ValueError, match="is no day"):
                step()
