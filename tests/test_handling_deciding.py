"""Deciding: who may, what is missing, what time brings, and what events do to clocks."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import county
from gridgov.authority import Actor, Authority, Grant
from gridgov.calendar import Limit
from gridgov.errors import (
    ConflictOfInterestError,
    GridgovError,
    NotAuthorisedError,
    RefusedError,
)
from gridgov.handling import (
    BUILT_IN,
    COMMANDS,
    ClockRule,
    Handling,
    Timed,
    coordinator_of,
    decide,
    fall_next,
    is_accused,
    next_moment,
    settle,
)
from gridgov.handling import commands as c
from gridgov.handling.case import Case, Given
from gridgov.handling.deciding import Decider, Request
from gridgov.handling.deciding import decide as decide_by
from gridgov.handling.relations import arbiter_of
from gridgov.handling.rules import Rules
from gridgov.hierarchy import Link, Organization
from gridgov.matters import Decided, Happening, Live, Matter, Recorded, Timer, apply, events
from gridgov.responsibility import Holder
from gridgov.staffing import PostKind, Staff
from gridgov.values import Label, Period
from live_county import (
    AUTHORITY,
    CLOCKS,
    COMMUNITY,
    HANDLING,
    HEAD,
    PLATFORM_DESK,
    RESIDENT_Z,
    ROLES,
    RULES,
    SUBDISTRICT,
    CheckedDesk,
    china,
    clock,
    limit,
    of,
    rules,
)

FRIDAY = "2021-02-05 15:00"
SUNDAY = "2021-02-07 10:30"
TUESDAY = "2021-02-09 16:00"
TICK = timedelta.resolution
EMERGENCY = {"scene": "compound", "emergency": "yes"}
NOISE: dict[str, Any] = {"item": "noise", "facts": MappingProxyType({})}
RETURN = {"cites": "fire-lane.a", "reason": "not_ours"}


def reported(by: Rules = RULES, at: str = FRIDAY, **report: Any) -> CheckedDesk:
    desk = CheckedDesk(by)
    desk.report(at, **report)
    return desk


def called(by: Rules = RULES, report: Mapping[str, Any] = MappingProxyType({}), **call: Any) -> CheckedDesk:
    """Return a desk with a matter that climbed to the subdistrict, which called on Tuesday."""
    desk = reported(by, **report)
    desk.give(c.PassUp, SUNDAY, HEAD)
    desk.give(c.PassUp, "2021-02-08 09:00", COMMUNITY)
    desk.give(c.Call, TUESDAY, SUBDISTRICT, **call)
    return desk


def live(desk: CheckedDesk, matter: str = "m1") -> Live:
    found = desk.matters[matter].live
    assert found is not None
    return found


def timer(desk: CheckedDesk, kind: str, number: int = 0) -> Timer:
    return live(desk).timers[number, kind]


def of_kind(desk: CheckedDesk, kind: type[Any]) -> list[Any]:
    return [event for event in desk.log["m1"] if isinstance(event, kind)]


def fell(desk: CheckedDesk, kind: str) -> list[tuple[int, int, datetime]]:
    """Return the duty, the share and the instant of each moment of a clock that passed."""
    return [(each.number, each.percent, each.at) for each in of_kind(desk, events.FellDue) if each.clock == kind]


def refusal(desk: CheckedDesk, kind: type[c.Command], at: str, actor: Actor, **fields: Any) -> GridgovError:
    """Return the error with which a command is refused, having seen that it changed nothing."""
    before, log = desk.matters.copy(), {name: list(each) for name, each in desk.log.items()}
    with pytest.raises(GridgovError) as caught:
        desk.give(kind, at, actor, **fields)
    assert desk.matters == before
    assert desk.log == log
    return caught.value


def codes(error: GridgovError) -> list[str]:
    return sorted(fault.code for fault in error.faults)


def with_clocks(*changed: ClockRule, **handling: Any) -> Rules:
    """Return the county's rules with some clocks changed or added."""
    return rules(attrs.evolve(HANDLING, clocks={rule.id: rule for rule in (*CLOCKS, *changed)}, **handling))


FEWEST: dict[str, Any] = {
    "own": True,
    "item": "straw",
    "place": "grid-1",
    "to": "fire",
    "limit": Limit.parse("1 working_days"),
    "passed": False,
    "satisfied": False,
    "into": "m2",
}
"""The fields without which a command cannot be given at all."""


class TestEverythingThatIsMissing:
    """E3: a refused command changes nothing, and every refusal names all unmet conditions at once."""

    def test_state_evidence_and_authority(self) -> None:
        error = refusal(reported(), c.SendBack, SUNDAY, COMMUNITY)
        assert codes(error) == ["evidence_missing", "not_granted", "wrong_state"]

    def test_evidence_authority_and_conditions(self) -> None:
        error = refusal(reported(), c.SendDown, FRIDAY, COMMUNITY, unit="grid-1", to="nowhere")
        assert codes(error) == ["evidence_missing", "not_granted", "unknown_unit"]

    def test_the_states_of_matter_and_assignment(self) -> None:
        desk = called()
        desk.give(c.SendBack, TUESDAY, PLATFORM_DESK, missing=("licensed",))
        error = refusal(desk, c.Complete, TUESDAY, of("fire"))
        assert codes(error) == ["wrong_state", "wrong_state"]
        matter, duty = error.faults
        assert matter.message == "matter 'm1' is incomplete: complete is not possible"
        assert duty.message == "assignment 'fire' is dispatched: complete is not possible"
        assert "supply" in matter.about
        assert set(duty.about) == {"arrive", "ask_return", "relieve", "sign_in"}

    def test_conditions_are_not_asked_of_a_duty_that_is_not_there(self) -> None:
        assert codes(refusal(reported(), c.Whistle, FRIDAY, PLATFORM_DESK, units=("fire",))) == ["no_assignment"]
        assert codes(
            refusal(called(), c.AskExtension, TUESDAY, of("housing"), limit=Limit.parse("1 working_days"))
        ) == [
            "evidence_missing",
            "no_assignment",
            "not_granted",
        ]

    @pytest.mark.parametrize(
        ("actor", "unit", "who"), [(COMMUNITY, "", "longshan"), (COMMUNITY, "fire", "fire"), (RESIDENT_Z, "", "nobody")]
    )
    def test_whose_duty_is_not_there_is_said(self, actor: Actor, unit: str, who: str) -> None:
        error = refusal(reported(), c.Judge, FRIDAY, actor, unit=unit, own=True)
        assert error.faults[0].message == f"judge: {who} has no open duty on matter 'm1'"

    def test_a_matter_that_nobody_reported(self) -> None:
        assert codes(refusal(CheckedDesk(), c.Judge, FRIDAY, HEAD, own=True)) == ["not_granted", "unknown_matter"]

    def test_an_instant_before_the_latest_event(self) -> None:
        error = refusal(called(), c.SignIn, "2021-02-09 15:59", of("fire"))
        assert codes(error) == ["clock_back"]

    def test_an_instant_before_the_latest_event_of_another_matter_it_names(self) -> None:
        desk = reported()
        desk.report(SUNDAY, matter="m2", place="longshan")
        error = refusal(desk, c.Merge, FRIDAY, PLATFORM_DESK, matter="m1", into="m2", others=("m2",))
        assert "clock_back" in codes(error)

    def test_what_fell_due_before_counts_as_known(self) -> None:
        """The promise of the community's step ran out first: it is no longer the holder."""
        desk = reported()
        desk.give(c.PassUp, SUNDAY, HEAD)
        assert codes(refusal(desk, c.Judge, "2021-02-09 09:00", COMMUNITY, own=True)) == [
            "no_assignment",
            "not_granted",
        ]

    def test_a_pack_without_authority_lets_nobody(self) -> None:
        error = refusal(CheckedDesk(rules(authority=None)), c.Report, FRIDAY, RESIDENT_Z, item="straw", place="grid-1")
        assert isinstance(error, NotAuthorisedError)
        assert codes(error) == ["not_granted"]

    @settings(deadline=None, max_examples=40)
    @given(st.data())
    def test_a_bare_command_is_refused_or_done_and_never_breaks(self, data: st.DataObject) -> None:
        """Whatever is missing, in whatever state, the answer is a decision or a refusal."""
        desk = STAGES[data.draw(st.sampled_from(sorted(STAGES)))]()
        kind = COMMANDS[data.draw(st.sampled_from(sorted(COMMANDS)))]
        unit = data.draw(st.sampled_from(["", "fire", "yushan", "grid-1"]))
        fields = attrs.fields(kind)
        fewest = {
            each.name: FEWEST[each.name] for each in fields if each.default is attrs.NOTHING and each.name in FEWEST
        }
        named = {"unit": unit} if issubclass(kind, c.OfUnit) else {}
        before = desk.matters["m1"]
        try:
            desk.give(kind, "2021-03-01 10:00", PLATFORM_DESK, **fewest, **named)
        except GridgovError:
            assert desk.matters["m1"] == before
        else:
            assert desk.matters["m1"].version > before.version


class TestTheKindOfRefusal:
    """Interest before authority, authority before evidence and state."""

    @pytest.mark.parametrize(
        ("kind", "actor", "fields", "error", "expected"),
        [
            (c.Review, PLATFORM_DESK, {"passed": True}, RefusedError, ["wrong_state"]),
            (c.Relieve, PLATFORM_DESK, {"unit": "fire"}, RefusedError, ["evidence_missing"]),
            (c.Dispatch, PLATFORM_DESK, {"to": "fire", "role": "joint"}, RefusedError, ["has_duty"]),
            (c.Dispatch, of("market"), {"to": "market", "role": "joint"}, NotAuthorisedError, ["not_granted"]),
            (c.Relieve, of("fire"), {"unit": "fire"}, NotAuthorisedError, ["evidence_missing", "not_granted"]),
            (
                c.Review,
                of("fire"),
                {"passed": True},
                ConflictOfInterestError,
                ["conflict_of_interest", "not_granted", "wrong_state"],
            ),
        ],
    )
    def test_the_error_says_it(
        self,
        kind: type[c.Command],
        actor: Actor,
        fields: dict[str, Any],
        error: type[GridgovError],
        expected: list[str],
    ) -> None:
        found = refusal(called(), kind, TUESDAY, actor, **fields)
        assert type(found) is error
        assert codes(found) == expected

    def test_evidence_that_a_grant_asks_for_is_no_lack_of_authority(self) -> None:
        grant = Grant(commands={"remind"}, role="department", relation="anyone", evidence=("evidence",))
        desk = called(rules(authority=Authority(roles=ROLES, grants=(*AUTHORITY.grants, grant))))
        found = refusal(desk, c.Remind, TUESDAY, of("market"))
        assert type(found) is RefusedError
        assert codes(found) == ["evidence_missing"]
        desk.give(c.Remind, TUESDAY, of("market"), evidence=("letter",))
        assert live(desk).reminders == 1


# --- relations --------------------------------------------------------------------------------------------------------

WORKER = Actor(person="worker-4", on_behalf_of="resident-y")
ACTORS = {
    "z": RESIDENT_Z,
    "y": Actor(person="resident-y"),
    "worker": Actor(person="worker-4"),
    "head": HEAD,
    **{
        name: of(name)
        for name in (
            "grid-1",
            "grid-2",
            "longshan",
            "yushan",
            "jinshui",
            "pingyin",
            "fire",
            "police",
            "urban",
            "housing",
            "station-yushan",
            "traffic-police",
        )
    },
}
UNITS = set(ACTORS) - {"z", "y", "worker"}


def on_the_ladder() -> CheckedDesk:
    """Reported by proxy, about the police; the grid head has it."""
    return reported(actor=WORKER, accused="police")


def whistled() -> CheckedDesk:
    """The subdistrict has it, and has whistled for housing through the community."""
    desk = on_the_ladder()
    desk.give(c.PassUp, SUNDAY, HEAD)
    desk.give(c.Whistle, SUNDAY, COMMUNITY, units=("housing",))
    desk.give(c.PassUp, "2021-02-08 09:00", COMMUNITY)
    return desk


def was_called() -> CheckedDesk:
    """Called to fire, which leads, and urban, which supports; urban has signed in."""
    desk = called(report={"actor": WORKER, "accused": "police"})
    desk.give(c.SignIn, TUESDAY, of("urban"))
    return desk


def explaining() -> CheckedDesk:
    desk = was_called()
    desk.give(c.SignIn, TUESDAY, of("fire"))
    desk.give(c.ProposeExplained, TUESDAY, of("fire"), reason="law", evidence=("statement",))
    return desk


def nobody_known() -> CheckedDesk:
    """An emergency of which the facts do not say who leads: nobody has it."""
    return reported(facts={}, emergency=True)


def finished() -> CheckedDesk:
    desk = was_called()
    desk.give(c.SignIn, TUESDAY, of("fire"))
    desk.give(c.Complete, TUESDAY, of("fire"))
    return desk


STAGES: dict[str, Any] = {
    "ladder": on_the_ladder,
    "whistled": whistled,
    "called": was_called,
    "explaining": explaining,
    "unassigned": nobody_known,
    "done": finished,
}


def those_who(relation: str, stage: str, kind: type[c.Command], **fields: Any) -> set[str]:
    """Return who may give a command at a stage, if only that relation is granted it."""
    grants = [Grant(commands={kind.NAME}, role=role.id, relation=relation) for role in ROLES]
    desk = STAGES[stage]()
    by = attrs.evolve(desk.rules, authority=Authority(roles=ROLES, grants=grants))
    may = set()
    for name, actor in ACTORS.items():
        command = kind(id="c99", matter="m1", actor=actor, at=live(desk).last_at, **fields)
        try:
            decide(by, desk.matters["m1"], command)
        except NotAuthorisedError:
            continue
        may.add(name)
    return may


class TestRelations:
    """Authority: role × command × relation; each relation holds for exactly these actors."""

    @pytest.mark.parametrize(
        ("relation", "stage", "who"),
        [
            ("anyone", "ladder", set(ACTORS)),
            ("reporter", "ladder", {"y", "worker"}),
            ("place", "ladder", {"head", "grid-1", "longshan", "yushan", "pingyin"}),
            ("holder", "ladder", {"head"}),
            ("holder", "called", set()),
            ("coordinator", "ladder", {"head", "grid-1"}),
            ("coordinator", "whistled", {"yushan"}),
            ("coordinator", "called", {"fire"}),
            ("coordinator", "unassigned", set()),
            ("responder", "ladder", set()),
            ("responder", "whistled", {"housing"}),
            ("responder", "called", {"fire", "urban"}),
            ("responder", "done", {"urban"}),
            ("lead", "whistled", set()),
            ("lead", "called", {"fire"}),
            ("lead", "done", set()),
            ("caller", "ladder", {"head", "grid-1"}),
            ("caller", "called", {"yushan"}),
            ("caller", "unassigned", set()),
            ("whistler", "ladder", set()),
            ("whistler", "whistled", {"longshan"}),
            ("above", "ladder", {"longshan", "yushan", "pingyin"}),
            ("above", "whistled", {"pingyin"}),
            ("above", "called", set()),
            ("arbiter", "ladder", {"pingyin"}),
            ("handler", "ladder", {"head", "grid-1"}),
            ("handler", "whistled", {"head", "grid-1", "longshan", "yushan", "housing"}),
            ("assessed", "whistled", {"housing"}),
            ("assessed", "done", {"fire", "urban"}),
            ("accused", "ladder", {"police", "station-yushan", "traffic-police"}),
            ("author", "called", set()),
            ("author", "explaining", {"fire"}),
            ("second", "called", set()),
            ("second", "explaining", UNITS - {"fire"}),
        ],
    )
    def test_to_the_matter_as_a_whole(self, relation: str, stage: str, who: set[str]) -> None:
        assert those_who(relation, stage, c.Remind) == who

    @pytest.mark.parametrize(
        ("relation", "unit", "who"),
        [
            ("holder", "fire", {"fire"}),
            ("holder", "urban", {"urban"}),
            ("responder", "fire", {"fire"}),
            ("above", "fire", {"pingyin"}),
            ("lead", "urban", {"fire"}),
        ],
    )
    def test_to_one_unit_s_duty(self, relation: str, unit: str, who: set[str]) -> None:
        """A supporting unit is no responder of the lead's duty."""
        assert those_who(relation, "called", c.Relieve, unit=unit, reason="x") == who

    def test_whoever_answers_a_step_of_the_ladder_is_no_responder(self) -> None:
        assert those_who("responder", "ladder", c.Judge, unit="grid-1", own=True) == set()
        assert those_who("holder", "ladder", c.Judge, unit="grid-1", own=True) == {"head"}

    @pytest.mark.parametrize(
        ("relation", "who"),
        [
            ("reporter", set(ACTORS)),
            ("place", {"head", "grid-1", "longshan", "yushan", "pingyin"}),
            ("holder", set()),
        ],
    )
    def test_to_a_matter_that_is_about_to_be_reported(self, relation: str, who: set[str]) -> None:
        grants = [Grant(commands={"report"}, role=role.id, relation=relation) for role in ROLES]
        desk = CheckedDesk(rules(authority=Authority(roles=ROLES, grants=grants)))
        may = set()
        for name, actor in ACTORS.items():
            try:
                desk.report(FRIDAY, actor=actor, matter=f"m-{name}")
            except NotAuthorisedError:
                continue
            may.add(name)
        assert may == who

    def test_no_unit_covers_a_place_that_is_not_in_force(self) -> None:
        grant = Grant(commands={"report"}, role="platform", relation="place")
        desk = CheckedDesk(rules(authority=Authority(roles=ROLES, grants=(grant,))))
        assert codes(refusal(desk, c.Report, FRIDAY, PLATFORM_DESK, item="straw", place="grid-7")) == ["not_granted"]

    def test_a_matter_that_is_about_to_be_reported_has_no_other_reporter(self) -> None:
        grant = Grant(commands={"judge"}, role="resident", relation="reporter")
        desk = CheckedDesk(rules(authority=Authority(roles=ROLES, grants=(grant,))))
        assert codes(refusal(desk, c.Judge, FRIDAY, RESIDENT_Z, own=True)) == ["not_granted", "unknown_matter"]

    def test_without_an_arbiter_nobody_is(self) -> None:
        desk = on_the_ladder()
        grant = Grant(commands={"remind"}, role="platform", relation="arbiter")
        authority = Authority(roles=ROLES, grants=(grant,))
        for handling in (attrs.evolve(HANDLING, arbiter=None), HANDLING):
            desk.rules = rules(handling, authority)
            if handling.arbiter is None:
                refusal(desk, c.Remind, SUNDAY, PLATFORM_DESK)
            else:
                desk.give(c.Remind, SUNDAY, PLATFORM_DESK)

    def test_for_a_place_that_is_no_longer_in_force_nobody_rules(self) -> None:
        by = attrs.evolve(RULES, setting=attrs.evolve(RULES.setting, organization=_until("2021-02-08")))
        grant = Grant(commands={"remind"}, role="platform", relation="arbiter")
        desk = reported(by, at="2021-02-07 09:00", place="grid-0")
        desk.rules = attrs.evolve(by, authority=Authority(roles=ROLES, grants=(grant,)))
        desk.give(c.Remind, "2021-02-07 10:00", PLATFORM_DESK)
        assert codes(refusal(desk, c.Remind, "2021-02-08 09:00", PLATFORM_DESK)) == ["not_granted"]

    @pytest.mark.parametrize(("unit", "is_it"), [("police", True), ("station-yushan", True), ("pingyin", False)])
    def test_what_is_about_a_unit_is_about_those_below_it(self, unit: str, is_it: bool) -> None:
        structure = county.ORGANIZATION.at(county.START)
        assert is_accused(live(on_the_ladder()), unit, structure) is is_it
        assert not is_accused(live(reported()), unit, structure)

    def test_what_is_about_a_unit_is_about_whoever_followed_it_and_those_below(self) -> None:
        """A subdistrict that was dissolved: the one that took it over is barred, with its communities."""
        ended = Period(county.START, date(2021, 1, 1))
        links = [
            *county.links(),
            Link("old", "territory", "pingyin", ended),
            Link("old", "successor", "yushan", county.ALWAYS),
        ]
        organization = county.organize([*county.units(), county.unit("old", "subdistrict", ended)], links)
        about = attrs.evolve(live(reported()), accused="old")
        structure = organization.at(date(2021, 2, 1))
        barred = {unit.id for unit in structure if is_accused(about, unit.id, structure, organization)}
        assert barred == {"yushan", "longshan", "grid-1", "grid-2", "house-1", "house-9"}
        assert is_accused(about, "old", structure)
        assert not is_accused(about, "yushan", structure)

    def test_what_is_about_the_county_is_about_no_unit_below_it(self) -> None:
        """Else nobody could act."""
        about = attrs.evolve(live(reported()), accused="pingyin")
        structure = county.ORGANIZATION.at(county.START)
        assert {unit.id for unit in structure if is_accused(about, unit.id, structure)} == {"pingyin"}

    @pytest.mark.parametrize(
        ("accused", "leads", "who"),
        [
            ("", ("fire",), {"urban"}),
            ("urban", ("fire",), {"pingyin"}),
            ("", ("urban",), {"pingyin"}),
            ("pingyin", ("urban",), set()),
        ],
    )
    def test_where_the_arbiter_has_an_interest_the_next_above_rules(
        self, accused: str, leads: tuple[str, ...], who: set[str]
    ) -> None:
        by = rules(attrs.evolve(HANDLING, arbiter=Holder.parse("unit:urban")))
        desk = called(by, report={"accused": accused}, leads=leads)
        case = Case(by, desk.matters["m1"])
        assert {arbiter_of(case, county.ORGANIZATION.at(county.START))} - {""} == who


def _until(day: str) -> Organization:
    """Return the county with one more grid, which ends on a day."""
    ended = Period(county.START, date.fromisoformat(day))
    return county.organize(
        [*county.units(), county.unit("grid-0", "grid", ended)],
        [*county.links(), Link("grid-0", "territory", "longshan", ended)],
    )


def coordinator(desk: CheckedDesk) -> str:
    found = coordinator_of(desk.matters["m1"])
    return "" if found is None else found.unit


class TestWhoCoordinates:
    """首接负责: the first receiver coordinates until a lead has signed in."""

    def test_over_a_matter_s_life(self) -> None:
        desk = reported(**NOISE)
        seen = [coordinator(desk)]
        story: list[tuple[type[c.Command], Actor, dict[str, Any]]] = [
            (c.PassUp, HEAD, {}),
            (c.PassUp, COMMUNITY, {}),
            (c.Call, SUBDISTRICT, {}),
            (c.SignIn, of("housing"), {}),
            (c.AskReturn, of("housing"), {**RETURN, "proposed": "urban"}),
            (c.Dispute, PLATFORM_DESK, {"reason": "unclear"}),
            (c.Rule, PLATFORM_DESK, {"leads": ("housing",), "reason": "list"}),
            (c.Complete, of("housing"), {}),
            (c.CallBack, PLATFORM_DESK, {"satisfied": True, "fixed": True}),
        ]
        for kind, actor, fields in story:
            desk.give(kind, "2021-02-05 16:00", actor, **fields)
            seen.append(coordinator(desk))
        assert seen == [
            "grid-1",
            "longshan",
            "yushan",
            "environment",
            "housing",
            "housing",
            "environment",
            "housing",
            "housing",
            "",
        ]

    def test_a_supporting_unit_that_signs_in_does_not(self) -> None:
        assert coordinator(was_called()) == "fire"

    def test_who_returned_the_matter_does_not(self) -> None:
        desk = called(leads=("housing",))
        desk.give(c.AskReturn, TUESDAY, of("housing"), **RETURN, proposed="urban")
        desk.give(c.GrantReturn, TUESDAY, PLATFORM_DESK, unit="housing", to="urban")
        assert coordinator(desk) == "urban"
        desk.give(c.SignIn, TUESDAY, of("urban"))
        assert coordinator(desk) == "urban"

    def test_with_no_lead_left_another_who_was_called_does_and_with_nobody_left_nobody(self) -> None:
        desk = called(leads=("housing",), supports=("urban",))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="housing", reason="x")
        assert coordinator(desk) == "urban"
        assert live(desk).state == "unassigned"
        desk = called(leads=("housing",))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="housing", reason="x")
        assert coordinator(desk) == ""
        assert desk.due("ruling") is not None

    def test_who_completed_does_not_while_a_joint_lead_is_at_work(self) -> None:
        desk = called(leads=("housing", "urban"), supports=("police",))
        for unit in ("housing", "urban", "police"):
            desk.give(c.SignIn, TUESDAY, of(unit))
        assert coordinator(desk) == "housing"
        desk.give(c.Complete, TUESDAY, of("housing"))
        assert coordinator(desk) == "urban"
        desk.give(c.Complete, TUESDAY, of("police"))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="urban", reason="x")
        assert coordinator(desk) == "housing"

    def test_of_supports_alone_one_who_is_at_work_does(self) -> None:
        desk = called(leads=("housing",), supports=("police", "urban"))
        desk.give(c.SignIn, TUESDAY, of("police"))
        desk.give(c.Complete, TUESDAY, of("police"))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="housing", reason="x")
        assert coordinator(desk) == "urban"

    def test_nobody_does_once_it_is_withdrawn(self) -> None:
        desk = reported()
        desk.give(c.Withdraw, SUNDAY, RESIDENT_Z)
        assert coordinator(desk) == ""

    def test_nobody_does_of_what_nobody_ever_had(self) -> None:
        assert coordinator(nobody_known()) == ""

    def test_of_a_record_nobody_is_said_to(self) -> None:
        assert coordinator_of(recorded()) is None


def recorded() -> Matter:
    """Return a matter that a source reported: no command drives it."""
    told = (
        Happening(what="reported", at=china(FRIDAY)),
        Happening(what="called", unit="fire", role="lead", at=china(SUNDAY)),
    )
    return apply(None, Recorded(source="register", line=1, matter="m1", happenings=told))


class TestRecords:
    """A record tells what happened elsewhere: nothing is decided about it, and nothing falls due."""

    def test_no_command_drives_it(self) -> None:
        command = c.SignIn(id="c1", matter="m1", actor=of("fire"), at=china(TUESDAY))
        with pytest.raises(RefusedError) as caught:
            decide(RULES, recorded(), command)
        assert caught.value.code == "not_live"

    def test_nothing_falls_due(self) -> None:
        assert next_moment(recorded()) is None
        assert settle(RULES, recorded(), china("2022-01-01 09:00")) == (recorded(), ())
        assert fall_next(RULES, recorded(), china("2022-01-01 09:00")) is None

    def test_what_only_a_live_one_has_is_refused(self) -> None:
        case = Case(RULES, recorded())
        with pytest.raises(RefusedError, match="not_live"):
            case.work(recorded().assignments[0])
        with pytest.raises(RefusedError, match="unknown_matter"):
            _ = Case(RULES, None).matter


class TestOwnDeciders:
    """A service may decide a command of its own way, under the same rules for clocks and duties."""

    def test_what_is_given_to_a_clock_that_is_not_there_or_cannot_take_it_changes_nothing(self) -> None:
        idle = [Given(kind="second", number=4, act="stop"), Given(kind="promise", number=0, act="resume")]
        note = Decider[c.Remind](lambda request: _note(request, idle))
        command = c.Remind(id="c9", matter="m1", actor=PLATFORM_DESK, at=china(TUESDAY))
        found = decide_by(RULES, called().matters["m1"], command, {c.Remind: note})
        assert found.events["m1"][0].clocks == ()

    def test_a_service_s_own_decider_is_refused_a_duty_that_is_not_there(self) -> None:
        """A command about the whole matter has the open step of the ladder as its duty, and after a call none."""
        deciders: dict[type[c.Command], Decider[Any]] = {c.Remind: Decider(lambda request: request.own_duty)}  # type: ignore[arg-type]
        command = c.Remind(id="c9", matter="m1", actor=PLATFORM_DESK, at=china(TUESDAY))
        assert decide_by(RULES, on_the_ladder().matters["m1"], command, deciders).events == {}
        with pytest.raises(RefusedError) as caught:
            decide_by(RULES, was_called().matters["m1"], command, deciders)
        assert caught.value.code == "no_assignment"


def _note(request: Request[c.Remind], changes: list[Given]) -> None:
    request.emit(events.Reminded, given=changes)


class TestOtherMatters:
    """What a command leads to on the other matters it names."""

    PARTS = (c.Part(matter="p1", item="straw", place="grid-1"), c.Part(matter="p2", item="noise", place="grid-1"))

    def split(self) -> CheckedDesk:
        desk = reported()
        desk.give(c.SplitMatter, FRIDAY, PLATFORM_DESK, parts=self.PARTS, others=("p1", "p2"))
        return desk

    def test_the_whole_is_done_with_its_last_part(self) -> None:
        desk = self.split()
        desk.give(c.Answer, FRIDAY, HEAD, matter="p1", others=("m1",))
        assert (live(desk).state, desk.events()[-1]) == ("split", "part_ended")
        desk.give(c.Answer, FRIDAY, HEAD, matter="p2", others=("m1",))
        assert (live(desk).state, desk.events()[-2:]) == ("done", ["part_ended", "declared_done"])

    def test_the_whole_is_given_with_its_part(self) -> None:
        assert codes(refusal(self.split(), c.Answer, FRIDAY, HEAD, matter="p1")) == ["unknown_matter"]

    def test_what_fell_due_on_them_happens_first(self) -> None:
        desk = reported()
        desk.report(FRIDAY, matter="m2")
        desk.give(c.Merge, "2021-02-07 12:00", PLATFORM_DESK, into="m2", others=("m2",))
        assert desk.events("m2")[2:] == ["fell_due", "passed_up", "assigned", "joined"]
        assert desk.events()[2:] == ["fell_due", "passed_up", "assigned", "merged_into"]

    def test_each_matter_stands_under_the_rules_of_its_edition(self) -> None:
        """A rule change between report and due instant: what fell due is settled by the rules it is pinned to."""
        desk = reported()
        steps = tuple(attrs.evolve(step, limit=county.limit("1 working_hours")) for step in county.ORDINARY.steps)
        newer = rules(edition="e2", ordinary=attrs.evolve(county.ORDINARY, steps=steps))
        command = c.Remind(id="c9", matter="m1", actor=PLATFORM_DESK, at=china("2021-02-07 12:00"))
        dues = []
        for editions in ({"e1": RULES, "e2": newer}, {}):
            found = decide(newer, desk.matters["m1"], command, editions=editions)
            dues.append(found.matters["m1"].assignments[1].due_at)
        assert dues == [china("2021-02-08 17:00"), china("2021-02-07 12:00")]


# --- what time brings -------------------------------------------------------------------------------------------------


class TestFallingDue:
    """A due instant is met at the very second; what falls due is dated when it did, however late anybody looks."""

    def test_at_the_very_instant_it_is_in_time_and_a_microsecond_later_it_is_not(self) -> None:
        matter, due = reported().matters["m1"], china("2021-02-07 11:00")
        assert settle(RULES, matter, due) == (matter, ())
        after, happened = settle(RULES, matter, due + TICK)
        assert [(event.TYPE, event.at) for event in happened] == [
            ("fell_due", due),
            ("passed_up", due),
            ("assigned", due),
        ]
        assert after.assignments[-1].unit == "longshan"

    def test_a_share_below_the_whole_passes_at_its_instant(self) -> None:
        by = with_clocks(clock("step", "", (50, "remind"), (100, "pass_up")))
        matter = reported(by).matters["m1"]
        half = china("2021-02-05 17:00")
        assert settle(by, matter, half - TICK)[1] == ()
        assert [event.TYPE for event in settle(by, matter, half)[1]] == ["fell_due", "reminded"]

    def test_a_command_at_the_very_due_instant_is_in_time(self) -> None:
        desk = reported()
        desk.give(c.Complete, "2021-02-07 11:00", HEAD)
        assert "fell_due" not in desk.events()

    def test_of_one_instant_the_smaller_share_comes_first_then_the_older_duty(self) -> None:
        """The whole of one clock and 50 % of another, and the clocks of three duties, at one instant."""
        by = with_clocks(
            clock("complete", "2 working_hours", (50, "remind"), (100, "remind")),
            clock("sign_in", "1 working_hours", (100, "remind")),
            clock("contact", "1 working_hours", (100, ""), roles=frozenset()),
        )
        desk = called(by)
        desk.settle("2021-02-09 18:00")
        at_once = [each for each in of_kind(desk, events.FellDue) if each.at == china("2021-02-09 17:00")]
        found = [(each.percent, each.number, each.clock) for each in at_once]
        assert found == [
            (50, 4, "complete"),
            (50, 5, "complete"),
            (50, 6, "complete"),
            (100, 4, "contact"),
            (100, 4, "sign_in"),
            (100, 5, "contact"),
            (100, 5, "sign_in"),
            (100, 6, "contact"),
            (100, 6, "sign_in"),
        ]

    def test_the_whole_ladder_falls_due_in_one_step(self) -> None:
        desk = reported()
        desk.settle("2021-03-31 09:00")
        assert [(each.unit, each.opened_at) for each in desk.matters["m1"].assignments[:4]] == [
            ("grid-1", china(FRIDAY)),
            ("longshan", china("2021-02-07 11:00")),
            ("yushan", china("2021-02-08 17:00")),
            ("fire", china("2021-02-09 17:00")),
        ]
        assert fell(desk, "promise") == [(0, 100, china("2021-02-18 17:00"))]

    def test_where_nobody_is_left_above_the_step_stays_overdue(self) -> None:
        """T15: small-works are led by the subdistrict itself."""
        desk = reported(item="small-works", facts={})
        desk.settle("2021-02-10 09:00")
        assert fell(desk, "step")[-1] == (3, 100, china("2021-02-09 17:00"))
        assert [duty.unit for duty in desk.matters["m1"].assignments if duty.is_open] == ["yushan"]
        assert [event.missed for event in of_kind(desk, events.PassedUp)] == [True, True]

    def test_where_nobody_is_known_to_lead_a_ruling_is_due(self) -> None:
        desk = reported(item="birds", facts={})
        desk.settle("2021-02-10 09:00")
        assert desk.events()[-3:] == ["fell_due", "passed_up", "nobody_leads"]
        assert live(desk).state == "unassigned"
        assert desk.due("ruling") == china("2021-02-18 17:00")

    def test_what_is_called_is_not_passed_up(self) -> None:
        by = with_clocks(clock("complete", "", (100, "pass_up resume")))
        desk = called(by)
        desk.settle("2021-02-19 09:00")
        assert fell(desk, "complete") == [(number, 100, china("2021-02-18 17:00")) for number in (4, 5, 6)]
        assert live(desk).state == "called"
        assert not set(desk.events()[-4:]) & {"passed_up", "resumed"}

    def test_at_most_one_supervision_is_open(self) -> None:
        """政府督查工作条例 15: no second supervision of one matter. Two clocks ask for one at one instant."""
        by = with_clocks(clock("complete", "", (100, "supervise")))
        desk = called(by)
        desk.settle("2021-02-19 09:00")
        assert [(each.number, each.reason, each.at) for each in of_kind(desk, events.Supervised)] == [
            (0, "promise", china("2021-02-18 17:00"))
        ]
        desk.give(c.LiftSupervision, "2021-02-19 10:00", PLATFORM_DESK, reason="done")
        assert not live(desk).supervised

    def test_who_must_act_is_reminded_of_which_clock(self) -> None:
        desk = called()
        desk.settle("2021-02-10 14:00")
        reminded = [(each.number, each.reason, each.by) for each in of_kind(desk, events.Reminded)]
        assert reminded == [(4, "sign_in", ""), (5, "sign_in", ""), (6, "sign_in", "")]
        assert live(desk).reminders == 3


def duty_rules(*thresholds: tuple[int, str]) -> Rules:
    """Return rules under which three persons of the fire brigade are on duty, and none of another department."""
    kinds = (*county.KINDS, PostKind(id="duty", label=Label(en="on duty"), level="department", per_unit=3))
    days = (county.START, county.START.replace(day=2), county.START.replace(day=3))
    on_duty = [county.posting("duty", "fire", f"d{place}", day) for place, day in enumerate(days, 1)]
    staff = Staff(kinds, (*county.STAFF.postings, *on_duty), county.ORGANIZATION)
    sign_in = clock(
        "sign_in",
        "1 working_days",
        *thresholds,
        emergency=Timed(limit=limit("30 minutes"), calendar="always"),
    )
    by = with_clocks(sign_in, duty_post="duty")
    return attrs.evolve(by, setting=attrs.evolve(by.setting, staff=staff))


class TestNextOnDuty:
    """Case 5: the first duty officer is silent; after 23:15:00 the next on the roster, recorded."""

    EVERY = tuple((percent, "next_on_duty") for percent in (100, 200, 300, 400))

    def test_one_after_the_other_is_to_act_and_in_the_end_nobody_is_left(self) -> None:
        desk = reported(duty_rules(*self.EVERY), "2021-02-12 22:45", facts=EMERGENCY)
        desk.settle("2021-02-12 23:15")
        assert of_kind(desk, events.NextOnDuty) == []
        desk.settle("2021-02-13 09:00")
        assert [(each.number, each.next_person, each.at) for each in of_kind(desk, events.NextOnDuty)] == [
            (1, "d2", china("2021-02-12 23:15")),
            (1, "d3", china("2021-02-12 23:45")),
            (1, "", china("2021-02-13 00:15")),
        ]

    def test_a_unit_that_keeps_no_such_post_has_no_next_one(self) -> None:
        desk = reported(duty_rules((100, "next_on_duty")), "2021-02-12 22:45", facts=EMERGENCY)
        desk.settle("2021-02-13 09:00")
        assert [number for number, *_ in fell(desk, "sign_in")] == [1, 2, 3]
        assert [each.number for each in of_kind(desk, events.NextOnDuty)] == [1]

    def test_a_pack_that_names_no_post_has_none(self) -> None:
        by = with_clocks(clock("sign_in", "2 working_hours", (100, "next_on_duty")))
        desk = called(by)
        desk.settle("2021-02-10 17:00")
        assert fell(desk, "sign_in")
        assert of_kind(desk, events.NextOnDuty) == []

    def test_who_signs_in_at_the_very_instant_is_not_silent(self) -> None:
        desk = reported(duty_rules(*self.EVERY), "2021-02-12 22:45", facts=EMERGENCY)
        desk.give(c.SignIn, "2021-02-12 23:15", of("fire"))
        desk.settle("2021-02-13 09:00")
        assert of_kind(desk, events.NextOnDuty) == []

    def test_a_clock_that_no_signature_stops_asks_nobody_else_once_signed(self) -> None:
        by = duty_rules((100, "remind"))
        report_back = clock("report_back", "2 clock_hours", (100, "next_on_duty"), calendar="always")
        handling = attrs.evolve(by.handling, clocks={**by.handling.clocks, "report_back": report_back})
        desk = reported(attrs.evolve(by, handling=handling), "2021-02-12 22:45", facts=EMERGENCY)
        desk.give(c.SignIn, "2021-02-12 23:00", of("fire"))
        desk.settle("2021-02-13 09:00")
        assert of_kind(desk, events.NextOnDuty) == []


def _suspended() -> CheckedDesk:
    desk = was_called()
    until: dict[str, Any] = {"until": china("2021-02-22 09:00"), "reason": "spring", "resident_told": True}
    desk.give(c.Suspend, "2021-02-10 09:00", PLATFORM_DESK, **until)
    return desk


SCENES: dict[str, Any] = {
    "ladder": reported,
    "unlisted": lambda: reported(item="birds", facts={}),
    "direct": lambda: reported(direct=True),
    "called": called,
    "emergency": lambda: reported(duty_rules(*TestNextOnDuty.EVERY), facts=EMERGENCY),
    "suspended": _suspended,
    "done": finished,
}


class TestTicking:
    """T24: a tick is idempotent, and gives the same events in one big step as in many small ones."""

    @settings(deadline=None, max_examples=60)
    @given(
        scene=st.sampled_from(sorted(SCENES)),
        steps=st.lists(
            st.one_of(
                st.integers(0, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
                st.sampled_from([TICK, timedelta(hours=1)]),
            ),
            max_size=12,
        ),
    )
    def test_in_one_step_as_in_many(self, scene: str, steps: list[timedelta]) -> None:
        desk = SCENES[scene]()
        start = desk.matters["m1"]
        base, end = live(desk).last_at, china("2021-04-20 09:00")
        state, happened = start, list[Decided]()
        for at in sorted({base + step for step in steps}):
            state, some = settle(desk.rules, state, min(at, end))
            happened += some
            assert settle(desk.rules, state, min(at, end)) == (state, ())
        state, some = settle(desk.rules, state, end)
        assert (state, (*happened, *some)) == settle(desk.rules, start, end)

    @settings(deadline=None, max_examples=30)
    @given(scene=st.sampled_from(sorted(SCENES)))
    def test_each_event_is_dated_when_it_fell_due_and_folds_to_the_state(self, scene: str) -> None:
        desk = SCENES[scene]()
        folded = desk.matters["m1"]
        after, happened = settle(desk.rules, folded, china("2021-04-20 09:00"))
        assert [event.at for event in happened] == sorted(event.at for event in happened)
        for event in happened:
            folded = apply(folded, event)
        assert folded == after


# --- clocks -----------------------------------------------------------------------------------------------------------


class TestClockRules:
    """Clocks with start, pause, resume, stop, reset, cancel: which event does what is the pack's word."""

    def test_a_clock_is_for_paths(self) -> None:
        assert (4, "report_back") not in live(called()).timers
        assert (1, "report_back") in live(reported(facts=EMERGENCY)).timers

    def test_a_clock_is_for_roles(self) -> None:
        timers = live(called()).timers
        assert [(number, "contact") in timers for number in (1, 2, 3, 4, 5, 6)] == [
            False,
            False,
            False,
            True,
            False,
            False,
        ]

    def test_an_emergency_has_a_time_of_its_own(self) -> None:
        assert timer(called(), "sign_in", 4).clock.limit == Limit.parse("2 working_hours")
        emergency = timer(reported(facts=EMERGENCY), "sign_in", 1).clock
        assert (emergency.limit, emergency.calendar) == (Limit.parse("30 minutes"), "always")

    def test_a_clock_without_a_time_does_not_run(self) -> None:
        by = with_clocks(clock("meet"))
        assert (4, "meet") not in live(called(by)).timers

    def test_an_event_stops_what_it_is_to_stop(self) -> None:
        desk = called()
        desk.give(c.SignIn, "2021-02-09 16:30", of("fire"))
        assert timer(desk, "sign_in", 4).clock.stopped_at == china("2021-02-09 16:30")
        assert timer(desk, "sign_in", 4).moments == ()
        assert timer(desk, "sign_in", 5).clock.state == "running"

    def test_an_event_starts_a_clock_once(self) -> None:
        """A clock of the pack's own, of the matter, that every signature starts."""
        own = ClockRule(
            id="visit",
            label=Label(en="visit"),
            of="matter",
            limit=limit("1 working_days"),
            start=frozenset({"signed_in"}),
        )
        desk = called(with_clocks(own))
        desk.give(c.SignIn, "2021-02-09 16:30", of("fire"))
        desk.give(c.SignIn, "2021-02-09 16:40", of("urban"))
        assert timer(desk, "visit").clock.started_at == china("2021-02-09 16:30")

    def test_an_event_resets_or_cancels(self) -> None:
        own = ClockRule(
            id="visit",
            label=Label(en="visit"),
            of="assignment",
            limit=limit("1 working_days"),
            start=frozenset({"summoned"}),
            reset=frozenset({"contacted"}),
            cancel=frozenset({"arrived"}),
            thresholds=(attrs.evolve(CLOCKS[0].thresholds[0], percent=100, then=("remind",)),),
        )
        desk = called(with_clocks(own))
        assert desk.due("visit", 4) == china("2021-02-10 17:00")
        desk.give(c.SignIn, "2021-02-10 09:00", of("fire"))
        desk.settle("2021-02-18 09:00")
        assert fell(desk, "visit")[0] == (4, 100, china("2021-02-10 17:00"))
        desk.give(c.Contact, "2021-02-18 10:00", of("fire"))
        assert desk.due("visit", 4) == china("2021-02-19 17:00")
        desk.settle("2021-02-19 18:00")
        assert fell(desk, "visit")[-1] == (4, 100, china("2021-02-19 17:00"))
        desk.give(c.Arrive, "2021-02-19 19:00", of("fire"))
        assert timer(desk, "visit", 4).clock.state == "cancelled"
        assert timer(desk, "visit", 4).due_at is None
        desk.give(c.Arrive, "2021-02-19 20:00", of("fire"))
        assert timer(desk, "visit", 4).clock.state == "cancelled"

    def test_what_is_paused_falls_due_by_no_day_it_waited(self) -> None:
        desk = _suspended()
        assert live(desk).state == "suspended"
        desk.settle("2021-02-22 09:00")
        assert (live(desk).state, desk.events()[-1]) == ("called", "resumed")
        assert of_kind(desk, events.Resumed)[0].at == china("2021-02-22 09:00")
        assert desk.due("complete", 4) == china("2021-02-23 17:00")
        assert desk.due("promise") == china("2021-02-18 17:00")

    def test_what_fell_due_before_a_pause_does_not_fall_due_again(self) -> None:
        desk = called()
        until: dict[str, Any] = {"until": china("2021-03-15 09:00"), "reason": "spring", "resident_told": True}
        desk.give(c.Suspend, "2021-02-19 09:00", PLATFORM_DESK, **until)
        assert fell(desk, "complete")[-1] == (6, 100, china("2021-02-18 17:00"))
        passed = fell(desk, "complete")
        desk.give(c.Resume, "2021-02-20 09:00", PLATFORM_DESK)
        desk.settle("2021-02-20 18:00")
        assert fell(desk, "complete") == passed

    def test_a_clock_of_duties_that_an_event_of_the_whole_would_start_starts_for_nobody(self) -> None:
        own = ClockRule(
            id="visit",
            label=Label(en="visit"),
            of="assignment",
            limit=limit("1 working_days"),
            start=frozenset({"supervised", "reminded"}),
        )
        desk = called(with_clocks(own))
        desk.give(c.Supervise, TUESDAY, PLATFORM_DESK, reason="late")
        assert not [number for number, kind in live(desk).timers if kind == "visit"]
        desk.give(c.Remind, TUESDAY, PLATFORM_DESK)
        assert [number for number, kind in live(desk).timers if kind == "visit"] == [4]

    def test_the_end_of_a_duty_ends_its_clocks_and_no_other(self) -> None:
        desk = called()
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="fire", reason="x")
        states = {key: each.clock.state for key, each in live(desk).timers.items() if key[0] in {4, 5}}
        assert {state for (number, _), state in states.items() if number == 4} == {"cancelled"}
        assert {state for (number, _), state in states.items() if number == 5} == {"running"}

    def test_the_end_of_a_matter_ends_its_clocks_but_those_that_outlive_it(self) -> None:
        desk = called()
        desk.give(c.SignIn, TUESDAY, of("fire"))
        desk.give(c.Complete, TUESDAY, of("fire"))
        desk.give(c.CallBack, TUESDAY, PLATFORM_DESK, satisfied=True, fixed=True)
        running = {kind for (_, kind), each in live(desk).timers.items() if each.clock.state == "running"}
        assert running == {"assess", "feedback"}

    def test_what_nobody_called_is_not_to_be_assessed(self) -> None:
        desk = reported()
        desk.give(c.Complete, FRIDAY, HEAD)
        assert (0, "assess") not in live(desk).timers
        assert (0, "call_back") in live(desk).timers

    def test_a_clock_that_later_rules_no_longer_have_ends_with_its_duty(self) -> None:
        desk = called()
        clocks = {name: rule for name, rule in HANDLING.clocks.items() if name != "contact"}
        desk.rules = rules(attrs.evolve(HANDLING, clocks=clocks))
        desk.give(c.Relieve, TUESDAY, PLATFORM_DESK, unit="fire", reason="x")
        assert timer(desk, "contact", 4).clock.state == "cancelled"

    def test_work_handed_back_starts_its_clock_for_those_who_do_it_again(self) -> None:
        """Case 7: second handling, 3 working days from the call back."""
        desk = finished()
        desk.give(c.CallBack, "2021-02-10 09:00", PLATFORM_DESK, satisfied=False, fixed=False)
        assert desk.due("second", 4) == china("2021-02-20 17:00")
        assert {number for number, kind in live(desk).timers if kind == "second"} == {4}
        assert timer(desk, "promise").clock.state == "running"
        assert desk.due("promise") == china("2021-02-18 17:00")

    def test_what_is_given_lengthens_or_states_a_limit(self) -> None:
        desk = called()
        desk.give(c.SignIn, TUESDAY, of("fire"))
        more: dict[str, Any] = {"limit": Limit.parse("2 working_days"), "reason": "parts"}
        desk.give(c.AskExtension, TUESDAY, of("fire"), **more)
        desk.give(c.GrantExtension, TUESDAY, PLATFORM_DESK, unit="fire", resident_told=True)
        assert desk.due("complete", 4) == china("2021-02-20 17:00")
        term: dict[str, Any] = {"stage": "case_opened", "due_at": china("2021-05-19 17:00"), "cites": "law"}
        desk.give(c.TellTerm, TUESDAY, of("fire"), **term)
        assert desk.due("complete", 4) == china("2021-05-19 17:00")

    @pytest.mark.parametrize(
        ("event", "act"), [("summoned", "start"), ("suspended", "pause"), ("completed", "stop"), ("reminded", "")]
    )
    def test_what_an_event_does_is_asked_of_the_rule(self, event: str, act: str) -> None:
        assert ClockRule.usual("complete").acts_on(event) == act

    def test_a_usual_clock_is_as_the_library_knows_it(self) -> None:
        rule = ClockRule.usual("sign_in", limit=limit("30 minutes"))
        usual = BUILT_IN["sign_in"]
        assert (rule.id, rule.label, rule.start, rule.stop) == ("sign_in", usual.label, usual.start, usual.stop)
        assert ClockRule.usual("meet").timed("ordinary") is None

    def test_a_pack_that_says_nothing_has_the_clocks_that_need_no_time_of_its_own(self) -> None:
        own = ClockRule.usual("sign_in")
        handling = Handling.usual([own], quorum="all")
        assert handling.quorum == "all"
        assert set(handling.clocks) == {name for name, usual in BUILT_IN.items() if usual.time != "pack"} | {"sign_in"}
