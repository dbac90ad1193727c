"""The pack ``template``: as small as a pack can be, and it runs."""

from datetime import UTC, datetime

from gridgov.history import import_history
from gridgov.packs import check_pack, load_pack
from gridgov.values import Month
from gridgov.worked import run_cases


class TestTemplate:
    """A rule owner who writes no code copies it: text files, all faults at once, worked cases."""

    def test_it_has_no_fault(self) -> None:
        """Nor has a copy of it, to begin with."""
        assert [] == check_pack("template")

    def test_its_sample_scores_two_departments(self) -> None:
        """Three requests each fell due in March: Water 3/3, Roads 2/3; the seventh falls due in April."""
        history = import_history(load_pack("template"), "sample", as_of=datetime(2026, 4, 1, tzinfo=UTC))
        assert (7, ()) == (len(history.matters), history.rejected)
        (group,) = history.rank(Month(2026, 3)).groups
        found = [
            (result.unit, str(result.tallies["on_time"]), str(result.score), result.rank) for result in group.results
        ]
        assert [("water", "3/3", "100", 1), ("roads", "2/3", "200/3", 2)] == found

    def test_its_worked_cases_pass(self) -> None:
        """A route, a due instant, a count, and a story in which the town rules."""
        outcomes = run_cases(load_pack("template"))
        assert (4, []) == (len(outcomes), [outcome for outcome in outcomes if outcome.differences])

    def test_somebody_may_rule(self) -> None:
        """It names an arbiter: its table lets the arbiter rule, and its story shows it."""
        pack = load_pack("template")
        assert pack.authority is not None
        assert pack.authority.check("rule", frozenset({"town"}), frozenset({"arbiter"})).is_allowed
        steps = [step.do for case in pack.cases for story in case.story for step in story.steps if not step.refused]
        assert "rule" in steps
