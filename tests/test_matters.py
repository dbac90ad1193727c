"""Matters folded from records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import RefusedError
from gridgov.events import Codec, Draft, canonical
from gridgov.matters import EVENTS, HAPPENINGS, Happening, Matter, Recorded, apply

NINE = datetime(2021, 2, 8, 1, tzinfo=UTC)


def fold(records: list[Recorded]) -> Matter:
    matter: Matter | None = None
    for record in records:
        matter = apply(matter, record)
    assert matter is not None
    return matter


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def a_record(*happenings: Happening, **given: Any) -> Recorded:
    return Recorded(source="register.csv", line=2, matter="m1", happenings=happenings, **given)


REPORT = a_record(Happening("reported", at(0)), item="dogs", place="g1", channel="app", when={"scene": "road"})


def story(*happenings: Happening) -> Matter:
    return fold([REPORT, *(a_record(happening) for happening in happenings)])


class TestClimb:
    """The article: "网格长第一时间分析研判、协调解决，解决不了的推送社区、街道吹哨解决"."""

    def test_report_gives_item_place_and_first_receipt(self) -> None:
        """What the first row says stands."""
        matter = fold([REPORT])
        assert ("m1", "dogs", "g1", "app", at(0), "open") == (
            matter.id,
            matter.item,
            matter.place,
            matter.channel,
            matter.reported_at,
            matter.status,
        )

    def test_passing_up_ends_the_step_below_and_opens_the_next(self) -> None:
        """One unit handles at a time."""
        matter = story(
            Happening("assigned", at(0), "g1"),
            Happening("assigned", at(1), "station", "support"),
            Happening("passed_up", at(2), "c1"),
            Happening("completed", at(5), "c1"),
            Happening("completed", at(6), "station"),
        )
        assert [
            ("g1", "handle", "passed_up"),
            ("station", "support", "completed"),
            ("c1", "handle", "completed"),
        ] == [(duty.unit, duty.role, duty.outcome) for duty in matter.assignments]
        assert ("completed", at(6), False) == (matter.status, matter.ended_at, matter.called)

    def test_later_rows_may_add_what_the_first_left_out(self) -> None:
        """Item, place and attributes become known; the first channel stays."""
        matter = fold(
            [REPORT, a_record(Happening("opened", at(1)), item="fire-lane", channel="hotline", when={"permit": "no"})]
        )
        assert ("fire-lane", "g1", "app", {"scene": "road", "permit": "no"}, at(1)) == (
            matter.item,
            matter.place,
            matter.channel,
            matter.when,
            matter.opened_at,
        )


class TestCall:
    """A call is a set of assignments: each unit's duty has its own instants and outcome."""

    CALLED = (
        Happening("called", at(1), "market", "lead", at(20)),
        Happening("called", at(1), "police", "support"),
    )

    def test_instants_go_to_the_unit_they_name(self) -> None:
        """Signing, contact, meeting and completion of one unit say nothing of another."""
        matter = story(
            *self.CALLED,
            Happening("signed", at(2), "market"),
            Happening("contacted", at(3), "market"),
            Happening("met", at(4), "market"),
            Happening("completed", at(5), "market", facts={"duty_done": "yes"}),
            Happening("declined", None, "police"),
            Happening("noted", at(9), "police"),
        )
        market, police = matter.assignments
        assert (at(20), at(2), at(3), at(4), at(5), at(5), {"duty_done": "yes"}) == (
            market.due_at,
            market.signed_at,
            market.contacted_at,
            market.met_at,
            market.completed_at,
            market.last_at,
            market.facts,
        )
        assert (None, True, at(9), "") == (police.signed_at, police.declined, police.last_at, police.outcome)
        assert matter.called
        assert matter.status == "open"
        assert matter.ended_at is None

    def test_a_residents_answer_counts_for_every_lead_and_no_supporter(self) -> None:
        """Whose result: a resident's answer counts for every lead unless the source names a unit."""
        matter = story(
            *self.CALLED,
            Happening("called", at(1), "housing", "joint"),
            Happening("called", at(1), "fire", "lead"),
            Happening("relieved", at(2), "fire"),
            Happening("answered", at(30), satisfied=True),
        )
        assert {"market": True, "police": None, "housing": True, "fire": None} == {
            duty.unit: duty.satisfied for duty in matter.assignments
        }

    def test_what_concerns_several_duties_is_noted_on_each_for_itself(self) -> None:
        """Facts and latest instants of one duty do not run over into another."""
        matter = story(
            Happening("called", at(1), "market", "lead"),
            Happening("called", at(1), "housing", "joint"),
            Happening("noted", at(40), "housing"),
            Happening("noted", at(2), "market", facts={"duty_done": "yes"}),
            Happening("completed", at(30)),
        )
        assert [("completed", at(30), {"duty_done": "yes"}), ("completed", at(40), {})] == [
            (duty.outcome, duty.last_at, dict(duty.facts)) for duty in matter.assignments
        ]

    def test_an_answer_about_one_unit_is_that_units(self) -> None:
        """The record's own unit holds."""
        matter = story(*self.CALLED, Happening("answered", at(30), "police", satisfied=False))
        assert [None, False] == [duty.satisfied for duty in matter.assignments]

    def test_a_returned_duty_opens_anew_when_the_unit_is_called_again(self) -> None:
        """The latest duty of a unit is the one that is meant."""
        matter = story(
            *self.CALLED,
            Happening("returned", at(2), "market", reason="not-mine"),
            Happening("called", at(3), "market", "lead"),
            Happening("completed", at(4), "market"),
        )
        assert ["returned", "", "completed"] == [duty.outcome for duty in matter.assignments]

    def test_reopening_keeps_the_first_receipt_and_clears_the_outcome(self) -> None:
        """E13: reopening keeps the first opening time for rates."""
        done = (Happening("completed", at(5), "market"), Happening("answered", at(6), satisfied=False))
        matter = story(*self.CALLED, *done, Happening("closed", at(7)), Happening("reopened", at(8)))
        market = matter.assignments[0]
        assert (1, None, at(0), "open") == (matter.reopened, matter.closed_at, matter.reported_at, matter.status)
        assert (None, "", None, False) == (market.completed_at, market.outcome, market.satisfied, market.answered)

    def test_the_first_signature_contact_and_meeting_count(self) -> None:
        """Who signs in again signed in when he did so first, in whatever order it is told."""
        matter = story(
            *self.CALLED,
            Happening("signed", at(3), "market"),
            Happening("signed", at(2), "market"),
            Happening("met", at(4), "market"),
            Happening("met", at(9), "market"),
        )
        market = matter.assignments[0]
        assert (at(2), at(4), at(9)) == (market.signed_at, market.met_at, market.last_at)

    def test_reopening_a_withdrawn_matter_opens_it(self) -> None:
        """It is open again, not both."""
        matter = story(*self.CALLED, Happening("withdrawn", at(3)), Happening("reopened", at(4)))
        assert ("open", None, at(4)) == (matter.status, matter.withdrawn_at, matter.last_at)

    def test_exclusion_of_one_duty_or_of_the_whole_matter(self) -> None:
        """The reason stays beside it; without one it says so."""
        one = story(*self.CALLED, Happening("excluded", None, "police", reason="out-of-scope"))
        whole = story(*self.CALLED, Happening("excluded", at(3)))
        assert ["", "out-of-scope"] == [duty.excluded for duty in one.assignments]
        assert ("unstated", ["", ""]) == (whole.excluded, [duty.excluded for duty in whole.assignments])

    def test_closed_and_withdrawn(self) -> None:
        """A withdrawn matter is neither open nor closed."""
        closed = story(Happening("closed", at(3)))
        withdrawn = story(Happening("withdrawn", at(3), reason="reporter"))
        assert ("closed", at(3), "withdrawn", None) == (
            closed.status,
            closed.ended_at,
            withdrawn.status,
            withdrawn.ended_at,
        )

    def test_opened_as_topic_once(self) -> None:
        """立项 is a decision taken once: a second row does not move it."""
        assert at(1) == story(Happening("opened", at(1)), Happening("opened", at(2))).opened_at

    def test_an_outcome_without_an_instant_moves_no_time(self) -> None:
        """A source may say that the resident was satisfied without saying when."""
        duty = story(*self.CALLED, Happening("answered", None, "market", satisfied=True)).assignments[0]
        assert (True, None, at(1)) == (duty.satisfied, duty.answered_at, duty.last_at)

    def test_news_of_an_earlier_instant_keeps_the_latest(self) -> None:
        """Rows may come late."""
        duty = story(*self.CALLED, Happening("noted", at(9), "market"), Happening("met", at(4), "market")).assignments[
            0
        ]
        assert (at(4), at(9)) == (duty.met_at, duty.last_at)


class TestRefused:
    """T20: what cannot have happened is refused, with its code, and the state stays as it was."""

    @pytest.mark.parametrize(
        ("code", "happening"),
        [
            ("reported_twice", Happening("reported", at(1))),
            ("out_of_order", Happening("opened", at(-1))),
            ("no_assignment", Happening("completed", at(1), "police")),
            ("no_assignment", Happening("answered", at(1), satisfied=True)),
            ("no_instant", Happening("completed", None, "g1")),
            ("no_instant", Happening("assigned", None, "g1")),
            ("no_instant", Happening("passed_up", None, "c1")),
            ("unknown_happening", Happening("escalated", at(1))),
        ],
    )
    def test_codes(self, code: str, happening: Happening) -> None:
        """One code per reason."""
        with pytest.raises(RefusedError) as refused:
            story(happening)
        assert code == refused.value.code

    def test_before_its_own_duty_was_opened(self) -> None:
        """A unit cannot finish what it had not been given."""
        with pytest.raises(RefusedError) as refused:
            story(Happening("called", at(3), "market"), Happening("completed", at(2), "market"))
        assert refused.value.code == "out_of_order"

    def test_what_left_a_unit_it_does_not_complete(self) -> None:
        """A duty that was relieved comes back only by being given anew."""
        with pytest.raises(RefusedError) as refused:
            story(
                Happening("called", at(1), "market"),
                Happening("relieved", at(2), "market"),
                Happening("completed", at(3), "market"),
            )
        assert refused.value.code == "left_duty"

    def test_passed_up_before_it_was_assigned(self) -> None:
        """The step below cannot end before it began."""
        with pytest.raises(RefusedError) as refused:
            story(Happening("assigned", at(3), "g1"), Happening("passed_up", at(2), "c1"))
        assert refused.value.code == "out_of_order"

    @pytest.mark.parametrize("first", [(), (Happening("completed", at(1), "g1"),), (Happening("reported"),)])
    def test_nothing_comes_before_the_report(self, first: tuple[Happening, ...]) -> None:
        """The first row of a matter reports it, with its instant."""
        with pytest.raises(RefusedError) as refused:
            apply(None, a_record(*first))
        assert refused.value.code == "not_reported"

    def test_a_row_without_any_instant_has_no_date(self) -> None:
        """It cannot be filed."""
        with pytest.raises(RefusedError) as refused:
            _ = a_record(Happening("declined", None, "g1")).at
        assert refused.value.code == "no_instant"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = st.dictionaries(st.sampled_from(["scene", "permit"]), TEXT, max_size=2)
INSTANTS = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
HAPPENED = st.builds(
    Happening,
    what=st.sampled_from(sorted(HAPPENINGS)),
    at=INSTANTS,
    unit=TEXT,
    role=TEXT,
    due_at=INSTANTS,
    satisfied=st.none() | st.booleans(),
    reason=TEXT,
    facts=WORDS,
)


class TestRecordedEvent:
    """S8: decode(encode(e)) = e for every event and every text."""

    @given(
        st.builds(
            Recorded,
            source=TEXT,
            line=st.integers(0, 2**40),
            matter=TEXT,
            item=TEXT,
            place=TEXT,
            channel=TEXT,
            when=WORDS,
            happenings=st.lists(HAPPENED, min_size=1, max_size=4).map(
                lambda rows: (Happening("reported", NINE), *rows)
            ),
        )
    )
    @settings(deadline=None)
    def test_round_trip(self, event: Recorded) -> None:
        """The log holds only what is given, in its one spelling, and gives it back."""
        draft = Codec(EVENTS).encode(event)
        assert isinstance(draft, Draft)
        assert (NINE, event) == (draft.happened_at, Recorded.from_data(draft.data))
        assert canonical(draft.data).decode() == event.to_data()
