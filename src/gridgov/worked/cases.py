"""Cases: each kind run against the pack, and how it came out."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import attrs

from gridgov.assessment import Group, ScoreScheme, Tally, rank
from gridgov.calendar import Due
from gridgov.errors import GridgovError
from gridgov.escalation import Route
from gridgov.history import History, import_history
from gridgov.packs import Jurisdiction
from gridgov.packs.cases import CountCase, CountGiven, DueCase, FiguresCase, RankCase, RankRow, RouteCase, RouteExpect
from gridgov.values import Month, Shown
from gridgov.worked.comparing import compare, compare_instant
from gridgov.worked.stories import run_story

__all__ = ["Outcome", "run_cases"]


@attrs.frozen
class Outcome(Shown):
    """How one case came out.

    Attributes:
        file: Id of the case's file.
        name: Its name there.
        differences: What came out otherwise than stated; empty when it passed.
    """

    file: str
    name: str
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as stated."""
        return not self.differences

    def __str__(self) -> str:
        if self.passed:
            return f"ok    {self.file}: {self.name}"
        return "\n".join((f"FAIL  {self.file}: {self.name}", *(f"      {line}" for line in self.differences)))


def run_cases(jurisdiction: Jurisdiction) -> list[Outcome]:
    """Run every worked case of the pack, in the order of its files; a case that raises has failed.

    A register is read once, however many figures are counted in it.
    """
    history = cache(partial(import_history, jurisdiction))
    return [
        Outcome(file.id, case.name, tuple(_differences(run, asked, case)))
        for file in jurisdiction.cases
        for cases, run, asked in (
            (file.route, _route, jurisdiction),
            (file.due, _due, jurisdiction),
            (file.rank, _rank, jurisdiction),
            (file.count, _count, jurisdiction),
            (file.figures, _figures, history),
            (file.story, run_story, jurisdiction),
        )
        for case in cases
    ]


def _differences(run: Callable[[Any, Any], Iterator[str]], asked: object, case: object) -> Iterator[str]:
    try:
        yield from run(asked, case)
    except GridgovError as error:
        yield f"refused: {error}"


def _refusal(what: str, code: str, ask: Callable[[], object]) -> tuple[GridgovError | None, list[str]]:
    """Return the refusal that *code* expects of *ask*, or what came instead."""
    try:
        found = ask()
    except GridgovError as error:
        return error, list(compare(what, code, error.code))
    return None, [f"{what}: expected the refusal {code}, found {found!r}"]


def _route(county: Jurisdiction, case: RouteCase) -> Iterator[str]:
    given, expect = case.given, case.expect

    def ask() -> Route:
        return county.route(
            item=given.item,
            place=given.unit,
            at=given.at,
            facts=given.facts,
            emergency=given.emergency,
            direct=given.direct,
        )

    if expect.refused:
        error, differences = _refusal("refused", expect.refused, ask)
        yield from differences
        missing = [row for row in expect.refused_rows if error is not None and row not in str(error)]
        yield from (f"refused: row {row!r} is not named" for row in missing)
        return
    yield from _compare_route(county, ask(), expect)


def _compare_route(county: Jurisdiction, route: Route, expect: RouteExpect) -> Iterator[str]:
    parts = {"leads": route.leads, "supports": route.supports, "local": route.local}
    for name, assigned in parts.items():
        stated = getattr(expect, name)
        if stated is not None:
            yield from compare(name, sorted(stated), sorted(part.unit.id for part in assigned))
    if expect.mode:
        yield from compare("mode", expect.mode, route.mode)
    if expect.holder:
        yield from compare("holder", expect.holder, None if route.holder is None else route.holder.unit.id)
    if expect.promise_due is not None:
        due = None if route.promise is None else route.promise.due_at
        yield from compare_instant("promise_due", county.zone, expect.promise_due, due)
    for name in ("accepted", "unlisted"):
        stated = getattr(expect, name)
        if stated is not None:
            yield from compare(name, stated, getattr(route, name))
    due_by_step = {step.step: step.due_at for step in route.steps}
    for step, due_at in expect.steps.items():
        yield from compare_instant(f"step {step}", county.zone, due_at, due_by_step.get(step))


def _due(county: Jurisdiction, case: DueCase) -> Iterator[str]:
    given, expect = case.given, case.expect
    changed = {name: value for name, value in attrs.asdict(given.counting, recurse=False).items() if value is not None}
    counting = attrs.evolve(county.counting, **changed)

    def ask() -> Due:
        return county.calendar(given.calendar).due(given.start, given.limit, counting)

    if expect.refused:
        yield from _refusal("refused", expect.refused, ask)[1]
    else:
        yield from compare_instant("due", county.zone, expect.due, ask().at)


def _rank(county: Jurisdiction, case: RankCase) -> Iterator[str]:
    scheme = county.scheme
    if scheme is None:
        yield "the pack has no score scheme"
        return
    structure = county.organization.at(county.last_covered_day)

    def group_of(unit_id: str) -> Group | None:
        unit = structure.get(unit_id)
        return (
            None if unit is None else next((g for g in scheme.groups if g.takes(unit.level, unit.accountability)), None)
        )

    counted = {row.unit: (row.n, _tallies(scheme, row)) for row in case.given.rows}
    ranking = rank(scheme, counted, group_of, case.name)
    for unit_id, expect in case.expect.items():
        found = ranking.result(unit_id)
        if found is None:
            yield f"{unit_id}: is in no group"
            continue
        result = found[1]
        if expect.score is not None:
            yield from compare(f"{unit_id} score", expect.score, result.score)
        if expect.rank is not None:
            yield from compare(f"{unit_id} rank", expect.rank, result.rank)
        if expect.status:
            yield from compare(f"{unit_id} status", expect.status, result.status.value)


def _tallies(scheme: ScoreScheme, row: RankRow) -> dict[str, Tally]:
    return {rate.id: row.rates.get(rate.id, Tally()) for rate in scheme.rates}


def _count(county: Jurisdiction, case: CountCase) -> Iterator[str]:
    yield from compare("count", case.expect.count, _counted(county, case.given))


def _counted(county: Jurisdiction, given: CountGiven) -> int:
    if given.level:
        return len(county.organization.at(given.at).of_level(given.level))
    if given.post:
        return county.staff.count(given.post, given.at)
    if given.households:
        return sum(house.plaque and given.at in house.period for house in county.households)
    if given.items_led_by:
        return len(county.responsibilities.burden(given.at).led_by(given.items_led_by))
    return sum(item.accepted for item in county.responsibilities.items_on(given.at))


def _figures(history: Callable[[str], History], case: FiguresCase) -> Iterator[str]:
    month = Month.parse(case.given.month) if case.given.month else None
    figures = attrs.asdict(history(case.given.register).figures(month))
    yield from compare(case.given.of, case.expect.count, figures.get(case.given.of))
