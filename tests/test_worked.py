"""Worked cases: what a pack states against what comes out."""

from pathlib import Path

import pytest

import small_pack
import small_register
from gridgov.history import History, import_history
from gridgov.packs import Jurisdiction, load_pack
from gridgov.worked import Outcome, run_cases
from gridgov.worked import cases as worked
from small_register import MONTH

HEAD = 'id = "own"\ntitle = { en = "own" }\n'
LANE = 'item = "lane", unit = "g1", at = 2021-02-10T16:00:00+08:00'
FRIDAY = "start = 2021-02-05T10:00:00+08:00"


@pytest.fixture
def folder(small_folder: Path) -> Path:
    """The small pack with a month of records and no case of its own."""
    (small_folder / "cases" / "small.toml").unlink()
    small_register.write(small_folder / "register.csv", MONTH)
    return small_folder


def run(folder: Path, kind: str, given: str, expect: str) -> Outcome:
    """Return the outcome of one case."""
    text = f'{HEAD}[[{kind}]]\nname = "a case"\ngiven = {{ {given} }}\nexpect = {{ {expect} }}\n'
    (folder / "cases" / "own.toml").write_text(text, encoding="utf-8")
    (outcome,) = run_cases(load_pack(folder))
    return outcome


def differences(folder: Path, kind: str, given: str, expect: str) -> list[str]:
    """Return what one case says came out otherwise."""
    return list(run(folder, kind, given, expect).differences)


class TestOutcome:
    """A line when it passed; what differs when it did not."""

    def test_passed(self) -> None:
        """No differences."""
        outcome = Outcome("f", "five days")
        assert (True, "ok    f: five days") == (outcome.passed, str(outcome))

    def test_failed(self) -> None:
        """One line each."""
        outcome = Outcome("f", "five days", ("due: expected a, found b",))
        assert (False, "FAIL  f: five days\n      due: expected a, found b") == (outcome.passed, str(outcome))

    def test_every_case_in_order_of_the_files(self, tmp_path: Path) -> None:
        """The small pack's four kinds, all as stated."""
        outcomes = run_cases(load_pack(small_pack.write(tmp_path / "small")))
        assert ["a car in the road", "five working days", "one unit", "grids"] == [each.name for each in outcomes]
        assert [()] * 4 == [each.differences for each in outcomes]

    def test_the_bundled_packs_pass(self) -> None:
        """Those that ship, but the large one, which has a test of its own."""
        outcomes = [outcome for name in ("boston-2011", "template") for outcome in run_cases(load_pack(name))]
        assert [] == [str(each) for each in outcomes if not each.passed]
        assert len(outcomes) >= 4


class TestRoute:
    """Who answers for a matter, or the refusal."""

    @pytest.mark.parametrize(
        ("expected", "expect"),
        [
            (
                [],
                'leads = ["police"], supports = [], local = ["s1"], mode = "single", accepted = true, unlisted = false',
            ),
            (["leads: expected ['fire'], found ['police']"], 'leads = ["fire"]'),
            (["supports: expected ['fire'], found []"], 'supports = ["fire"]'),
            (["local: expected [], found ['s1']"], "local = []"),
            (["mode: expected joint, found single"], 'mode = "joint"'),
            (["holder: expected s1, found g1"], 'holder = "s1"'),
            (["accepted: expected False, found True"], "accepted = false"),
            (["unlisted: expected True, found False"], "unlisted = true"),
            (
                ["promise_due: expected 2021-02-23T00:00:00+08:00, found 2021-02-23T17:00:00+08:00"],
                "promise_due = 2021-02-23T00:00:00+08:00",
            ),
            ([], "steps = { judge = 2021-02-18T12:00:00+08:00, lead = 2021-02-20T17:00:00+08:00 }"),
            (
                ["step sleep: expected 2021-02-19T12:00:00+08:00, found nothing"],
                "steps = { sleep = 2021-02-19T12:00:00+08:00 }",
            ),
            (["refused: expected the refusal fact_missing, found Route("], 'refused = "fact_missing"'),
        ],
    )
    def test_each_expectation_is_compared(self, folder: Path, expected: list[str], expect: str) -> None:
        """On its own, and named when it differs."""
        found = differences(folder, "route", f'{LANE}, facts = {{ scene = "road" }}', expect)
        assert len(expected) == len(found)
        assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))

    def test_a_matter_that_is_not_accepted_has_no_holder(self, folder: Path) -> None:
        """And no promise."""
        given = 'item = "court", unit = "g1", at = 2021-02-10T16:00:00+08:00'
        expected = ["holder: expected g1, found None", "promise_due: expected 2021-02-23T17:00:00+08:00, found nothing"]
        assert expected == differences(
            folder, "route", given, 'holder = "g1", accepted = false, promise_due = 2021-02-23T17:00:00+08:00'
        )

    @pytest.mark.parametrize(
        ("expected", "expect"),
        [
            ([], 'refused = "fact_missing", refused_rows = ["lane.road", "lane.venue"]'),
            (["refused: row 'lane.moon' is not named"], 'refused = "fact_missing", refused_rows = ["lane.moon"]'),
            (["refused: expected rows_overlap, found fact_missing"], 'refused = "rows_overlap"'),
        ],
    )
    def test_a_refusal_may_be_what_is_expected(self, folder: Path, expected: list[str], expect: str) -> None:
        """By its code and by the rows that it names."""
        assert expected == differences(folder, "route", LANE, expect)

    def test_a_refusal_that_nobody_expects_has_failed(self, folder: Path) -> None:
        """With its message."""
        (difference,) = differences(folder, "route", LANE, 'leads = ["police"]')
        assert difference.startswith("refused: ")
        assert "[fact_missing]" in difference

    def test_no_ladder_is_a_refusal(self, folder: Path) -> None:
        """A pack without escalation.toml can still be tested."""
        (folder / "escalation.toml").unlink()
        assert [] == differences(folder, "route", LANE, 'refused = "no_ladder"')


class TestDue:
    """When a limit runs out."""

    @pytest.mark.parametrize(
        ("expected", "given", "expect"),
        [
            ([], f'{FRIDAY}, limit = "5 working_days"', "due = 2021-02-18T17:00:00+08:00"),
            ([], f'{FRIDAY}, limit = "30 minutes", calendar = "always"', "due = 2021-02-05T10:30:00+08:00"),
            (
                [],
                f'{FRIDAY}, limit = "1 working_days", counting = {{ first_day = "same", day_end = "midnight" }}',
                "due = 2021-02-06T00:00:00+08:00",
            ),
            (
                ["due: expected 2021-02-19T17:00:00+08:00, found 2021-02-18T17:00:00+08:00"],
                f'{FRIDAY}, limit = "5 working_days"',
                "due = 2021-02-19T17:00:00+08:00",
            ),
            ([], f'{FRIDAY}, limit = "5 working_days", calendar = "moon"', 'refused = "unknown_calendar"'),
            (
                ["refused: expected moon, found unknown_calendar"],
                f'{FRIDAY}, limit = "5 working_days", calendar = "moon"',
                'refused = "moon"',
            ),
            (
                ["refused: expected the refusal moon, found Due("],
                f'{FRIDAY}, limit = "5 working_days"',
                'refused = "moon"',
            ),
        ],
    )
    def test_an_instant_or_a_refusal(self, folder: Path, expected: list[str], given: str, expect: str) -> None:
        """Counting is the pack's, but for the words that a case changes."""
        found = differences(folder, "due", given, expect)
        assert len(expected) == len(found)
        assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))


class TestRank:
    """Scores and ranks from tallies."""

    ROWS = (
        'rows = [{ unit = "police", n = 6, met = "6/6", duty = "5/6" }, { unit = "s1", n = 1 },'
        ' { unit = "g1", n = 1 }, { unit = "moon", n = 1 }]'
    )

    @pytest.mark.parametrize(
        ("expected", "expect"),
        [
            ([], 'police = { score = "280/3", status = "not_ranked" }, s1 = { status = "not_assessed" }'),
            (["police score: expected 95, found 280/3"], 'police = { score = "95" }'),
            (["police rank: expected 1, found None"], "police = { rank = 1 }"),
            (["police status: expected ranked, found not_ranked"], 'police = { status = "ranked" }'),
            (["g1: is in no group", "moon: is in no group"], 'g1 = { status = "ranked" }, moon = { rank = 1 }'),
        ],
    )
    def test_each_expectation_is_compared(self, folder: Path, expected: list[str], expect: str) -> None:
        """Scores exactly."""
        assert expected == differences(folder, "rank", self.ROWS, expect)

    def test_a_rate_that_is_left_out_is_nothing_to_assess(self, folder: Path) -> None:
        """As ``0/0`` is."""
        for rates in ('met = "6/6"', 'met = "6/6", duty = "0/0"'):
            rows = f'rows = [{{ unit = "police", n = 6, {rates} }}]'
            assert [] == differences(folder, "rank", rows, 'police = { status = "not_assessed" }')

    @pytest.mark.parametrize("score", ["280/3", "560/6"])
    def test_scores_are_numbers(self, folder: Path, score: str) -> None:
        """However they are written."""
        assert [] == differences(folder, "rank", self.ROWS, f'police = {{ score = "{score}" }}')

    def test_a_pack_without_a_scheme_says_so(self, folder: Path) -> None:
        """Nothing is ranked by no rules."""
        (folder / "assessment.toml").unlink()
        found = differences(folder, "rank", 'rows = [{ unit = "police", n = 6 }]', "police = { rank = 1 }")
        assert 1 == len(found)
        assert "scheme" in found[0]


class TestCounts:
    """Published totals come out by counting."""

    @pytest.mark.parametrize(
        ("count", "given"),
        [
            (2, 'level = "grid"'),
            (1, 'post = "grid-head"'),
            (1, 'households = "plaque"'),
            (2, 'items_led_by = "unit:police"'),
            (2, "items = true"),
        ],
    )
    def test_what_is_counted(self, folder: Path, count: int, given: str) -> None:
        """Units of a level, posts held, households with a plaque, items led, items accepted: each on a day."""
        given = f"at = 2021-03-08, {given}"
        found = differences(folder, "count", given, "count = -1")
        assert [f"count: expected -1, found {count}"] == found
        assert [] == differences(folder, "count", given, f"count = {count}")

    @pytest.mark.parametrize(
        ("expected", "given", "count"),
        [
            ([], 'of = "matters"', 4),
            ([], 'of = "matters", month = "2021-03"', 0),
            (["called: expected 4, found 3"], 'of = "called", month = "2021-02"', 4),
            (["moons: expected 4, found None"], 'of = "moons"', 4),
        ],
    )
    def test_figures_of_a_register(self, folder: Path, expected: list[str], given: str, count: int) -> None:
        """Of a month, or of all; an unknown figure is none."""
        assert expected == differences(folder, "figures", f'register = "register", {given}', f"count = {count}")

    def test_a_register_is_read_once_for_all_its_figures(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each further figure costs a count, not another reading."""
        cases = "".join(
            f'[[figures]]\nname = "{of}"\ngiven = {{ register = "register", of = "{of}" }}\nexpect = {{ count = -1 }}\n'
            for of in ("matters", "called", "matters")
        )
        (folder / "cases" / "own.toml").write_text(HEAD + cases, encoding="utf-8")
        read: list[str] = []

        def counted(county: Jurisdiction, register: str) -> History:
            read.append(register)
            return import_history(county, register)

        monkeypatch.setattr(worked, "import_history", counted)

        assert [1, 1, 1] == [len(outcome.differences) for outcome in run_cases(load_pack(folder))]
        assert ["register"] == read
