"""Posts and postings: who holds which, from when to when."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from county import ALWAYS, KINDS, ORGANIZATION, START, links, organize, posting, unit, units
from gridgov.staffing import Post, Posting, PostKind, Staff
from gridgov.values import Label, Period

MARCH = date(2021, 3, 1)
BEFORE = date(2021, 2, 28)


def staff(*postings: Posting, kinds: tuple[PostKind, ...] = KINDS) -> Staff:
    return Staff(kinds, postings, ORGANIZATION)


def codes(found: Staff) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in found.faults()]


class TestHolders:
    """H7: "at every instant at most one holder per post; holders answered from history equal the replayed answer"."""

    def test_each_day_has_its_own_holder(self) -> None:
        """The first day belongs to the new holder: periods are half-open."""
        found = staff(posting("grid-head", "grid-1", "b", MARCH), posting("grid-head", "grid-1", "a", START, MARCH))
        holders = {day: found.holder("grid-head", "grid-1", day) for day in (START, BEFORE, MARCH, date(2030, 1, 1))}

        assert {START: "a", BEFORE: "a", MARCH: "b", date(2030, 1, 1): "b"} == {
            day: None if held is None else held.person for day, held in holders.items()
        }
        assert found.faults() == []

    @pytest.mark.parametrize(
        ("kind", "where", "day"),
        [
            ("grid-head", "grid-1", START - timedelta(days=1)),
            ("grid-head", "grid-1", MARCH),
            ("grid-head", "grid-2", START),
            ("grid-worker", "grid-1", START),
        ],
    )
    def test_nobody_holds_it_outside_a_posting(self, kind: str, where: str, day: date) -> None:
        found = staff(posting("grid-head", "grid-1", "a", START, MARCH))

        assert found.holder(kind, where, day) is None

    def test_several_seats_are_listed_longest_serving_first(self) -> None:
        """M6: two full-time workers per grid."""
        found = staff(posting("grid-worker", "grid-1", "late", MARCH), posting("grid-worker", "grid-1", "early"))

        assert ["early", "late"] == [held.person for held in found.seated("grid-worker", "grid-1", MARCH)]
        assert ["early"] == [held.person for held in found.seated("grid-worker", "grid-1", BEFORE)]
        assert "early" == found.holder("grid-worker", "grid-1", MARCH).person  # type: ignore[union-attr]

    @settings(deadline=None, max_examples=50)
    @given(
        terms=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20) | st.none()), max_size=6),
        ask=st.integers(-5, 70),
    )
    def test_history_answers_as_a_plain_search_does(self, terms: list[tuple[int, int | None]], ask: int) -> None:
        """Whatever the postings, even overlapping ones, the index finds who a search through all of them finds."""
        rows = [
            posting(
                "grid-head",
                "grid-1",
                f"p{number}",
                START + timedelta(days=start),
                None if length is None else START + timedelta(days=start + length),
            )
            for number, (start, length) in enumerate(terms)
        ]
        day = START + timedelta(days=ask)

        assert {row.person for row in rows if day in row.period} == {
            held.person for held in staff(*rows).seated("grid-head", "grid-1", day)
        }


class TestRolls:
    """H12: empty posts are shown."""

    FOUND = staff(
        posting("grid-head", "grid-2", "a"),
        posting("grid-worker", "grid-1", "b"),
        posting("grid-worker", "grid-1", "c", MARCH),
    )

    def test_posts_are_one_kind_at_each_unit_of_its_level(self) -> None:
        posts = self.FOUND.posts(MARCH)

        assert [
            ("grid-head@grid-1", 1),
            ("grid-head@grid-2", 1),
            ("grid-worker@grid-1", 2),
            ("grid-worker@grid-2", 2),
        ] == [(post.id, post.seats) for post in posts]
        assert Post(kind="grid-head", unit="grid-1", label=Label(zh="网格长", en="grid head")) == posts[0]

    def test_vacancies_count_open_seats(self) -> None:
        expected = [("grid-head@grid-1", 1), ("grid-worker@grid-1", 1), ("grid-worker@grid-2", 2)]

        assert expected == [(gap.post.id, gap.open) for gap in self.FOUND.vacancies(BEFORE)]
        assert [expected[0], expected[2]] == [(gap.post.id, gap.open) for gap in self.FOUND.vacancies(MARCH)]

    def test_holders_of_a_day_are_listed_in_one_order(self) -> None:
        assert ["a", "b", "c"] == [held.person for held in self.FOUND.holders(MARCH)]
        assert ["a", "b"] == [held.person for held in self.FOUND.holders(BEFORE)]

    def test_seats_held_are_counted(self) -> None:
        assert (1, 2, 0) == tuple(self.FOUND.count(kind, MARCH) for kind in ("grid-head", "grid-worker", "x"))

    def test_one_person_may_hold_two_posts(self) -> None:
        """Model no. 11: head and secretary may be one person."""
        found = staff(posting("grid-head", "grid-1", "a"), posting("grid-worker", "grid-1", "a"))

        assert [] == found.faults()


class TestFaults:
    """Rule 8: a file's faults come all at once."""

    def test_more_persons_than_seats(self) -> None:
        found = staff(posting("grid-head", "grid-1", "a", START, MARCH), posting("grid-head", "grid-1", "b", BEFORE))

        assert [("term_overlap", "grid-head@grid-1")] == codes(found)
        assert "2 persons hold grid-head@grid-1 on 2021-02-28; it has 1 seat" == found.faults()[0].message

    def test_one_person_twice_in_one_post(self) -> None:
        found = staff(posting("grid-worker", "grid-1", "a"), posting("grid-worker", "grid-1", "a", MARCH))

        assert [("posted_twice", "grid-worker@grid-1")] == codes(found)

    def test_all_faults_at_once(self) -> None:
        kinds = (*KINDS, PostKind(id="grid-head", label=Label(en="again"), level="gird"))
        found = staff(
            posting("mayor", "grid-1", "a"),
            posting("grid-head", "grid-9", "b"),
            posting("grid-worker", "longshan", "c"),
            posting("grid-worker", "grid-1", "d", START - timedelta(days=1)),
            kinds=kinds,
        )

        assert [
            ("duplicate_kind", "grid-head"),
            ("unknown_level", "grid-head"),
            ("unknown_kind", "mayor@grid-1"),
            ("unknown_unit", "grid-head@grid-9"),
            ("wrong_level", "grid-worker@longshan"),
            ("unit_not_in_force", "grid-worker@grid-1"),
        ] == codes(found)

    def test_a_unit_that_is_only_renamed_keeps_its_people(self) -> None:
        """A posting may run over a change of name, not over the unit's end."""
        others = [each for each in units() if each.id not in {"grid-2", "house-1"}]
        rows = [unit("grid-2", "grid", Period(START, MARCH)), unit("grid-2", "grid", Period(MARCH, date(2022, 1, 1)))]
        ties = [link for link in links() if link.start not in {"grid-2", "house-1"}]
        link = next(link for link in links() if link.start == "grid-2")
        county = organize(
            [*others, *rows], [*ties, type(link)("grid-2", link.relation, link.end, Period(START, date(2022, 1, 1)))]
        )

        assert [] == Staff(KINDS, [posting("grid-head", "grid-2", "a", START, date(2022, 1, 1))], county).faults()
        faults = Staff(KINDS, [posting("grid-head", "grid-2", "a")], county).faults()
        assert ["unit_not_in_force"] == [fault.code for fault in faults]
        assert "2022-01-01" in faults[0].message

    def test_a_kind_needs_a_seat(self) -> None:
        with pytest.raises(ValueError, match="per_unit"):
            PostKind(id="x", label=Label(en="x"), level="grid", per_unit=0)


def test_a_posting_names_its_post() -> None:
    assert "grid-head@grid-1" == Posting(kind="grid-head", unit="grid-1", person="a", period=ALWAYS).post


def test_kinds_are_found_by_id() -> None:
    found = staff()

    assert KINDS[0] == found.kind("grid-head")
    assert found.kind("x") is None
