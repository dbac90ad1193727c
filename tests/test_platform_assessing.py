"""一事一考: what the caller's assessment of one matter comes to, for each responder."""

from fractions import Fraction
from pathlib import Path

import attrs
import pytest

import small_pack
from gridgov.assessment import Tally
from gridgov.authority import Actor
from gridgov.errors import NotInForceError
from gridgov.handling.commands import FindingOf
from gridgov.packs import Jurisdiction, check_pack, load_pack
from gridgov.platform import Platform, matter_assessment
from live_county import china
from test_worked_stories import AUTHORITY, CLOCKS, MATTER

HEAD = Actor(unit="g1", post="grid-head", person="p-1")
COUNTY = Actor(unit="small")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Jurisdiction:
    """The small pack, live, with a scheme for one matter."""
    return load_pack(written(tmp_path_factory.mktemp("assessing")))


def written(folder: Path) -> Path:
    """Write the small pack with who may do what, clocks, and a scheme for one matter."""
    small_pack.write(folder)
    (folder / "authority.toml").write_text(AUTHORITY, encoding="utf-8")
    small_pack.change(folder, "assessment.toml", "[[groups]]\n", MATTER)
    small_pack.change(folder, "escalation.toml", "[direct_line]\n", CLOCKS)
    return folder


def called(county: Jurisdiction) -> Platform:
    """Return a platform with a matter called to police and fire, and done by the police."""
    platform = Platform(county)
    resident = Actor(person="resident-1")
    at = china("2021-02-10 16:00")
    platform.report("m1", actor=resident, at=at, item="lane", place="g1", facts={"scene": "road"})
    platform.call("m1", actor=HEAD, at=china("2021-02-18 10:00"), leads=("police",), supports=("fire",))
    platform.sign_in("m1", actor=Actor(unit="police"), at=china("2021-02-18 10:30"))
    platform.complete("m1", actor=Actor(unit="police"), at=china("2021-02-19 10:00"))
    return platform


def assessed(county: Jurisdiction, *findings: FindingOf) -> Platform:
    """Return the same, assessed."""
    platform = called(county)
    platform.assess("m1", actor=COUNTY, at=china("2021-02-19 15:00"), findings=findings)
    return platform


class TestStatus:
    """No assessment, no marks for anyone: the caller owes it from the day the matter is done."""

    @pytest.mark.parametrize(
        ("at", "status"),
        [("2021-02-19 10:00", "open"), ("2021-02-26 17:00", "open"), ("2021-02-26 17:01", "overdue")],
    )
    def test_nobody_has_a_mark_before_it_is_filed(self, county: Jurisdiction, at: str, status: str) -> None:
        """Done 02-19, 5 days: 20, 22, 23, 24, 25."""
        found = called(county).assessment("m1", china(at))
        expected = "overdue" if at > "2021-02-25 17:00" else status
        assert (found.status, found.marks, found.mark("police")) == (expected, (), None)
        assert found.due_at == china("2021-02-25 17:00")

    def test_a_matter_that_was_never_called_owes_none(self, county: Jurisdiction) -> None:
        platform = Platform(county)
        at = china("2021-02-10 16:00")
        platform.report("m1", actor=Actor(person="r"), at=at, item="lane", place="g1", facts={"scene": "road"})
        assert platform.assessment("m1", at).status == "not_owed"
        platform.complete("m1", actor=HEAD, at=china("2021-02-10 16:30"))
        found = platform.assessment("m1", china("2021-03-10 09:00"))
        assert (found.status, found.due_at, found.caller) == ("not_owed", None, "")

    def test_what_ended_otherwise_owes_none(self, county: Jurisdiction) -> None:
        matter = called(county).matter("m1")
        assert matter.live is not None
        withdrawn = attrs.evolve(matter, live=attrs.evolve(matter.live, state="withdrawn"))
        found = matter_assessment(county, withdrawn, [], china("2021-03-10 09:00"))
        assert (found.status, found.due_at) == ("not_owed", None)

    def test_a_record_owes_none(self, county: Jurisdiction) -> None:
        """Nobody assesses through the platform what a register says."""
        platform = called(county)
        record = attrs.evolve(platform.matter("m1"), live=None)
        assert matter_assessment(county, record, [], china("2021-02-19 15:00")).status == "not_owed"


class TestMarks:
    """Each responder is marked by what is known of it; what is not is left out, and the rest makes the full mark."""

    def test_each_responder_has_a_row(self, county: Jurisdiction) -> None:
        """Police: signed in in time 50, its duty 50. Fire: neither: 0 of 100."""
        findings = (
            FindingOf(unit="police", facts={"duty_done": "yes"}),
            FindingOf(unit="fire", facts={"duty_done": "no"}),
        )
        found = assessed(county, *findings).assessment("m1", china("2021-02-19 16:00"))
        assert (found.status, found.caller) == ("filed", "g1")
        assert [(mark.unit, mark.role, mark.score) for mark in found.marks] == [
            ("police", "lead", Fraction(100)),
            ("fire", "support", Fraction(0)),
        ]
        assert found.marks[0].tallies == {"duty": Tally(1, 1), "signed": Tally(1, 1)}

    def test_a_vertical_unit_has_an_opinion_to_its_superior(self, county: Jurisdiction) -> None:
        found = assessed(county).assessment("m1", china("2021-02-19 16:00"))
        assert [(mark.unit, mark.is_opinion) for mark in found.marks] == [("police", False), ("fire", True)]

    def test_what_is_not_known_is_left_out(self, county: Jurisdiction) -> None:
        """Nothing is said of the duty: 50 of 50, which is 100."""
        mark = assessed(county).assessment("m1", china("2021-02-19 16:00")).mark("police")
        assert mark is not None
        assert (mark.tallies["duty"], mark.score) == (Tally(0, 0), Fraction(100))

    def test_of_whom_nothing_is_known_there_is_no_mark(self, county: Jurisdiction) -> None:
        """Without a clock that says by when, nobody signs in in time."""
        handling = county.handling
        assert handling is not None
        clocks = {name: rule for name, rule in handling.clocks.items() if name != "sign_in"}
        bare = attrs.evolve(county, handling=attrs.evolve(handling, clocks=clocks))
        found = assessed(bare).assessment("m1", china("2021-02-19 16:00"))
        assert [mark.score for mark in found.marks] == [None, None]
        assert "not assessed: nothing that the score needs is known" in str(found.explain())


class TestExplaining:
    """Every mark can be recomputed by hand."""

    def test_says_rates_weights_reason_and_opinion(self, county: Jurisdiction) -> None:
        findings = (
            FindingOf(unit="police", facts={"duty_done": "no"}),
            FindingOf(unit="fire", facts={"signed": "yes"}, reason="signed_on_paper"),
        )
        told = str(assessed(county, *findings).assessment("m1", china("2021-02-19 16:00")).explain())
        assert told.splitlines() == [
            "m1: filed",
            "  公安局: 50.00",
            "    依单履职率: 0/1, weight 50 [report]",
            "    signed in in time: 1/1, weight 50 [report]",
            "    score: 50/100 = 50",
            "  消防大队: 0.00",
            "    依单履职率: 0/0, weight 50 [report]",
            "    signed in in time: 0/1, weight 50 [report]",
            "    score: 0/50 × 100 = 0",
            "    the caller's reason: signed_on_paper",
            "    as an opinion to its own superior",
        ]

    def test_says_that_it_is_overdue(self, county: Jurisdiction) -> None:
        told = called(county).assessment("m1", china("2021-03-01 09:00")).explain()
        assert "the caller is overdue; nobody has a mark" in str(told)


class TestScheme:
    """How one matter is marked is data of the pack, checked as the month's scheme is."""

    def test_a_pack_that_does_not_say_marks_nobody(self, county: Jurisdiction) -> None:
        bare = attrs.evolve(county, matter_scheme=None)
        with pytest.raises(NotInForceError, match="no_scheme"):
            called(bare).assessment("m1", china("2021-02-19 16:00"))

    def test_a_matter_before_the_scheme_is_not_marked(self, county: Jurisdiction) -> None:
        scheme = county.matter_scheme
        assert scheme is not None
        later = attrs.evolve(
            county, matter_scheme=attrs.evolve(scheme, effective_from=china("2021-03-01 00:00").date())
        )
        with pytest.raises(NotInForceError, match="scheme_not_in_force"):
            called(later).assessment("m1", china("2021-03-05 16:00"))

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ('duty = "50"', 'duty = "40"', ("weights_sum", "assessment.toml: matter.weights")),
            ('duty = "50"', 'dutee = "50"', ("unknown_rate", "assessment.toml: matter.weights.dutee")),
            ('signed = "50"', 'signed = "half"', ("bad_number", "assessment.toml: matter.weights.signed")),
            ("[matter.rates.signed]", "[matter.rates.met]", ("duplicate_rate", "assessment.toml: matter.rates.met")),
            (
                'signed_on_time = "yes|no"',
                'signed_on_tim = "yes|no"',
                ("unknown_attribute", "assessment.toml: matter.rates.signed.denominator.signed_on_tim"),
            ),
        ],
    )
    def test_a_wrong_one_is_a_fault_of_the_pack(
        self, tmp_path: Path, old: str, new: str, fault: tuple[str, str]
    ) -> None:
        small_pack.change(written(tmp_path), "assessment.toml", old, new)
        assert fault in [(each.code, each.place) for each in check_pack(tmp_path)]

    def test_a_rate_of_its_own_without_a_weight_is_shown_and_not_scored(self, tmp_path: Path) -> None:
        weights = ('weights = { duty = "50", signed = "50" }', 'weights = { duty = "100" }')
        small_pack.change(written(tmp_path), "assessment.toml", *weights)
        mark = assessed(load_pack(tmp_path)).assessment("m1", china("2021-02-19 16:00")).mark("police")
        assert mark is not None
        assert (list(mark.tallies), mark.score) == (["duty", "signed"], None)

    def test_a_faulty_month_scheme_is_told_of_once(self, tmp_path: Path) -> None:
        small_pack.change(written(tmp_path), "assessment.toml", 'met = "60"', 'met = "much"')
        assert ["assessment.toml: scheme.weights.met"] == [fault.place for fault in check_pack(tmp_path)]
