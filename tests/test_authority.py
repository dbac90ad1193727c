"""Authority: roles, grants and conflicts; what is not granted is denied."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from county import ALWAYS, KINDS, ORGANIZATION, RULE, STAFF, links, organize, posting, unit, units
from gridgov import authority as room
from gridgov.authority import ANYONE, RELATIONS, Actor, Authority, Conflict, Grant, Role, Standing
from gridgov.errors import ConflictOfInterestError, Fault, NotAuthorisedError, RefusedError
from gridgov.hierarchy import Link, Organization
from gridgov.staffing import Staff
from gridgov.values import Label, Period

DAY = date(2021, 2, 10)


def role(name: str, **given: Any) -> Role:
    """Return a role that is called by its id."""
    return Role(id=name, label=Label(zh=f"角色{name}", en=name), **given)


def grant(commands: str, to: str, relation: str = ANYONE, *evidence: str, **given: Any) -> Grant:
    """Return a grant of commands, parted by spaces."""
    return Grant(commands=commands.split(), role=to, relation=relation, evidence=evidence, **given)


def conflict(commands: str, relation: str, **given: Any) -> Conflict:
    """Return a conflict over commands, parted by spaces."""
    return Conflict(commands=commands.split(), relation=relation, label=Label(zh="回避", en="stay away"), **given)


ROLES = (
    role("resident", anybody=True),
    role("head", posts=["grid-head"]),
    role("street", levels=["subdistrict", "town"]),
    role("office", levels=["department"], units=["pingyin"]),
    role("police", kinds=["police"]),
    role("desk-head", posts=["grid-head"], units=["grid-2"]),
)
GRANTS = (
    grant("report", "resident"),
    grant("judge pass_up", "head", "holder", source=RULE),
    grant("call assess", "street", "caller"),
    grant("complete", "office", "responder", "report"),
    grant("complete", "police", "responder", "report", "photo"),
)
CONFLICTS = (conflict("assess", "assessed", source=RULE), conflict("assess complete", "accused"))
COUNTY = Authority(roles=ROLES, grants=GRANTS, conflicts=CONFLICTS)
COMMANDS = ("report", "judge", "pass_up", "call", "assess", "complete")


def held(actor: Actor, authority: Authority = COUNTY, staff: Staff = STAFF, day: date = DAY) -> set[str]:
    """Return the roles that an actor holds in the county."""
    return set(authority.roles_of(actor, staff.organization.at(day), staff, day))


def codes(
    command: str, roles: Iterable[str], relations: Iterable[str], evidence: Iterable[str] = (), **given: Any
) -> list[str]:
    """Return what stands against a command."""
    verdict = COUNTY.check(command, frozenset(roles), frozenset(relations), frozenset(evidence), **given)
    return [fault.code for fault in verdict.faults]


class TestActor:
    """An actor is a person, a unit, or a person who acts for a unit."""

    @pytest.mark.parametrize(
        ("expected", "given"),
        [
            ("p1", {"person": "p1"}),
            ("grid-1", {"unit": "grid-1"}),
            ("p1", {"person": "p1", "unit": "grid-1", "post": "grid-head"}),
            ("p1", {"person": "p1", "on_behalf_of": "r1"}),
        ],
    )
    def test_the_log_names_the_person_else_the_unit(self, expected: str, given: dict[str, str]) -> None:
        assert expected == Actor(**given).key

    @pytest.mark.parametrize(
        ("message", "given"),
        [
            ("give one of them", {}),
            ("give one of them", {"on_behalf_of": "r1"}),
            ("give the unit", {"person": "p1", "post": "grid-head"}),
            ("is not an id", {"person": "张 三"}),
            ("is not an id", {"unit": "-"}),
            ("is not an id", {"unit": "grid-1", "post": "网格长"}),
            ("is not an id", {"person": "p1", "on_behalf_of": "a b"}),
        ],
    )
    def test_nobody_and_what_is_no_id_are_refused(self, message: str, given: dict[str, str]) -> None:
        with pytest.raises(ValueError, match=message):
            Actor(**given)


class TestRole:
    """A role says who holds it."""

    @pytest.mark.parametrize("given", [{}, {"anybody": True, "levels": ["grid"]}])
    def test_a_role_of_nobody_or_of_two_sorts_is_refused(self, given: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="anybody without a unit, or names"):
            role("odd", **given)

    @pytest.mark.parametrize(
        ("expected", "actor"),
        [
            ({"resident"}, Actor(person="r1")),
            ({"street"}, Actor(unit="yushan")),
            ({"street"}, Actor(unit="kongcun", person="p7")),
            ({"office"}, Actor(unit="fire")),
            ({"office"}, Actor(unit="pingyin")),
            ({"police"}, Actor(unit="station-yushan")),
            (set(), Actor(unit="longshan")),
            (set(), Actor(unit="grid-1")),
            ({"head"}, Actor(unit="grid-1", post="grid-head")),
            ({"head", "desk-head"}, Actor(unit="grid-2", post="grid-head")),
            (set(), Actor(unit="nowhere")),
        ],
        ids=lambda given: str(sorted(given) if isinstance(given, set) else given),
    )
    def test_level_unit_kind_and_post_decide(self, expected: set[str], actor: Actor) -> None:
        assert expected == held(actor)

    def test_a_unit_holds_no_role_on_a_day_on_which_it_is_not_in_force(self) -> None:
        later = Period(date(2021, 3, 1))
        annex = (unit("annex", "department", later), Link("annex", "function", "pingyin", later))
        staff = Staff(KINDS, (), organize([*units(), annex[0]], [*links(), annex[1]]))

        assert set() == held(Actor(unit="annex"), staff=staff)
        assert {"office"} == held(Actor(unit="annex"), staff=staff, day=date(2021, 3, 1))

    def test_a_unit_that_changes_its_level_changes_its_roles(self) -> None:
        change = date(2021, 1, 1)
        rows = [each for each in units() if each.id != "kongcun"]
        was, now = unit("kongcun", "town", Period(ALWAYS.start, change)), unit("kongcun", "subdistrict", Period(change))
        staff = Staff(KINDS, (), organize([*rows, was, now], links()))
        towns = Authority(roles=(role("town", levels=["town"]), role("street", levels=["subdistrict"])))

        days = (date(2020, 12, 31), change)
        assert [{"town"}, {"street"}] == [held(Actor(unit="kongcun"), towns, staff, day) for day in days]

    def test_what_is_remembered_of_posts_and_units_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(room, "_KEPT", 2)
        authority = Authority(roles=ROLES)
        asked = ("yushan", "fire", "pingyin", "yushan", "kongcun")
        found = [held(Actor(unit=name), authority) for name in asked]

        assert [{"street"}, {"office"}, {"office"}, {"street"}, {"street"}] == found
        assert 2 >= len(authority._known)


class TestPosting:
    """A posting is verified, not believed: whoever is recorded in a post acts in it, and nobody else."""

    @pytest.mark.parametrize(
        ("expected", "actor", "why"),
        [
            ({"head"}, Actor(person="p1", unit="grid-1", post="grid-head"), "recorded"),
            (set(), Actor(person="p2", unit="grid-1", post="grid-head"), "another is recorded"),
            ({"head"}, Actor(unit="grid-1", post="grid-head"), "no person is named"),
            ({"head", "desk-head"}, Actor(person="p2", unit="grid-2", post="grid-head"), "nobody is recorded"),
            (set(), Actor(person="p1", unit="longshan", post="grid-head"), "a community has no such post"),
            (set(), Actor(person="p1", unit="yushan", post="mayor"), "there is no such post"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_role_is_held_by_who_is_posted(self, expected: set[str], actor: Actor, why: str) -> None:
        assert expected == held(actor)

    def test_the_day_decides_who_is_posted(self) -> None:
        change = date(2021, 2, 1)
        postings = (posting("grid-head", "grid-1", "p1", end=change), posting("grid-head", "grid-1", "p2", change))
        staff = Staff(KINDS, postings, ORGANIZATION)
        days = (date(2021, 1, 31), change)

        found = [
            [bool(held(Actor(person=person, unit="grid-1", post="grid-head"), staff=staff, day=day)) for day in days]
            for person in ("p1", "p2")
        ]
        assert [[True, False], [False, True]] == found

    def test_a_role_that_is_not_held_for_want_of_the_post_is_named(self) -> None:
        actor = Actor(person="p2", unit="grid-1", post="grid-head")
        standing = COUNTY.standing(actor, ORGANIZATION.at(DAY), STAFF, DAY)

        assert Standing(roles=frozenset(), unposted=frozenset({"head"})) == standing
        assert ["not_posted"] == codes("judge", standing.roles, {"holder"}, unposted=standing.unposted)
        assert ["not_granted"] == codes("judge", standing.roles, {"place"}, unposted=standing.unposted)


class TestGrants:
    """T72: "deny by default"."""

    def test_the_grant_that_answered_is_named(self) -> None:
        verdict = COUNTY.check("judge", frozenset({"head"}), frozenset({"holder"}))

        assert verdict.is_allowed
        assert verdict.refusal is None
        assert GRANTS[1] == verdict.granted_by

    @pytest.mark.parametrize(
        ("command", "roles", "relations"),
        [
            ("judge", {"head"}, set()),
            ("judge", {"head"}, {"place"}),
            ("judge", {"street"}, {"holder"}),
            ("judge", set(), {"holder"}),
            ("dance", {"head", "resident"}, set(RELATIONS)),
        ],
    )
    def test_another_role_relation_or_command_is_denied(
        self, command: str, roles: set[str], relations: set[str]
    ) -> None:
        verdict = COUNTY.check(command, frozenset(roles), frozenset(relations))

        assert verdict.granted_by is None
        assert ["not_granted"] == [fault.code for fault in verdict.faults]
        assert NotAuthorisedError is verdict.refusal

    def test_anyone_holds_for_everybody(self) -> None:
        assert [] == codes("report", {"resident"}, set())

    def test_a_denial_names_what_is_held_and_what_would_do(self) -> None:
        (fault,) = COUNTY.check("call", frozenset({"head", "office"}), frozenset({"holder"})).faults

        assert "roles held: head, office; relations: holder" in fault.message
        assert ("street as caller",) == fault.about
        assert "it is granted to: street as caller" == fault.hint

    def test_a_denial_says_when_nobody_may(self) -> None:
        (fault,) = COUNTY.check("dance", frozenset(), frozenset()).faults

        assert "roles held: none; relations: none" in fault.message
        assert "it is granted to nobody" == fault.hint

    @given(
        command=st.sampled_from(COMMANDS),
        roles=st.frozensets(st.sampled_from([each.id for each in ROLES])),
        relations=st.frozensets(st.sampled_from(sorted(RELATIONS))),
        evidence=st.frozensets(st.sampled_from(["report", "photo"])),
    )
    def test_every_cell_says_what_the_table_says(
        self, command: str, roles: frozenset[str], relations: frozenset[str], evidence: frozenset[str]
    ) -> None:
        """T72: "role × command × relation table, all cells"."""
        granted = any(
            command in each.commands
            and each.role in roles
            and each.relation in relations | {ANYONE}
            and evidence >= set(each.evidence)
            for each in GRANTS
        )
        barred = any(command in each.commands and each.relation in relations for each in CONFLICTS)
        verdict = COUNTY.check(command, roles, relations, evidence)

        assert (granted and not barred) == verdict.is_allowed == (verdict.granted_by is not None)
        assert barred == (ConflictOfInterestError is verdict.refusal)

    @given(
        command=st.sampled_from(COMMANDS),
        relations=st.frozensets(st.sampled_from(sorted(set(RELATIONS) - {"assessed", "accused"}))),
        roles=st.frozensets(st.sampled_from([each.id for each in ROLES])),
        more=st.frozensets(st.sampled_from([each.id for each in ROLES])),
    )
    def test_one_more_role_never_takes_anything_away(
        self, command: str, relations: frozenset[str], roles: frozenset[str], more: frozenset[str]
    ) -> None:
        before = COUNTY.check(command, roles, relations, {"report", "photo"})
        after = COUNTY.check(command, roles | more, relations, {"report", "photo"})

        assert after.is_allowed or not before.is_allowed


class TestEvidence:
    """A grant may ask for evidence; what is missing is named."""

    @pytest.mark.parametrize(
        ("missing", "roles", "evidence"),
        [
            (None, {"office"}, {"report"}),
            (None, {"office", "police"}, {"report"}),
            (None, {"police"}, {"report", "photo", "more"}),
            (("report",), {"office"}, {"photo"}),
            (("report", "photo"), {"police"}, set()),
            (("photo",), {"police"}, {"report"}),
            (("report",), {"office", "police"}, set()),
        ],
    )
    def test_the_least_that_is_missing_is_named(
        self, missing: tuple[str, ...] | None, roles: set[str], evidence: set[str]
    ) -> None:
        verdict = COUNTY.check("complete", frozenset(roles), frozenset({"responder"}), frozenset(evidence))

        found = {fault.code: fault.about for fault in verdict.faults}
        assert ({} if missing is None else {"evidence_missing": missing}) == found
        assert (None if missing is None else RefusedError) is verdict.refusal


class TestConflicts:
    """Jinan hotline ordinance, art. 32: who has an interest in the matter recuses themselves."""

    def test_an_interest_bars_what_is_granted(self) -> None:
        verdict = COUNTY.check("assess", frozenset({"street"}), frozenset({"caller", "assessed"}))

        assert [("conflict_of_interest", ("assessed",))] == [(fault.code, fault.about) for fault in verdict.faults]
        assert "stay away" in verdict.faults[0].message
        assert str(RULE) in verdict.faults[0].message
        assert verdict.granted_by is None
        assert ConflictOfInterestError is verdict.refusal

    def test_an_interest_bars_only_the_commands_it_names(self) -> None:
        assert [] == codes("call", {"street"}, {"caller", "assessed", "accused"})

    def test_every_reason_is_named_at_once(self) -> None:
        """A refusal names all unmet conditions: each conflict, and what is missing beside."""
        interests = {"accused", "assessed"}
        assert ["conflict_of_interest"] * 2 + ["not_granted"] == codes("assess", {"office"}, interests)
        assert ["conflict_of_interest", "evidence_missing"] == codes("complete", {"office"}, {"responder", "accused"})
        assert ["conflict_of_interest", "not_posted"] == codes("assess", (), {"caller", "accused"}, unposted={"street"})


class TestExplanation:
    """R8: what answered and under which clause, and for the rest why not."""

    @pytest.mark.parametrize(
        ("expected", "command", "roles", "relations"),
        [
            (
                "judge: granted [measures art. 24]\n  head × holder of the assignment: fits [measures art. 24]",
                "judge",
                {"head"},
                {"holder"},
            ),
            (
                "call: refused, for want of a grant\n  street × caller: role not held and relation does not hold",
                "call",
                set(),
                set(),
            ),
            (
                "call: refused, for want of a grant\n  street × caller: relation does not hold",
                "call",
                {"street"},
                {"place"},
            ),
            ("report: granted\n  resident × anyone: fits", "report", {"resident"}, set()),
            ("dance: refused, for want of a grant", "dance", {"resident"}, {"holder"}),
            (
                (
                    "assess: refused, for a conflict of interest\n"
                    "  stay away: bars it [measures art. 24]\n"
                    "  stay away: does not apply\n"
                    "  street × caller: fits"
                ),
                "assess",
                {"street"},
                {"caller", "assessed"},
            ),
            (
                (
                    "complete: granted\n"
                    "  stay away: does not apply\n"
                    "  office × responder: fits; needs report\n"
                    "  police × responder: role not held; needs report, photo"
                ),
                "complete",
                {"office"},
                {"responder"},
            ),
        ],
        ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
    )
    def test_every_grant_and_conflict_is_accounted_for(
        self, expected: str, command: str, roles: set[str], relations: set[str]
    ) -> None:
        assert expected == str(COUNTY.explain(command, frozenset(roles), frozenset(relations)))

    def test_it_can_be_read_in_chinese(self) -> None:
        reason = COUNTY.explain("complete", frozenset(), frozenset({"accused"}))
        assert [
            "complete：应当回避，不准许",
            "  回避：应当回避",
            "  角色office × 被呼叫的响应单位：不具备该角色、不具备该关系；须附：report",
            "  角色police × 被呼叫的响应单位：不具备该角色、不具备该关系；须附：report、photo",
        ] == list(reason.lines("zh"))

    def test_a_table_that_was_not_checked_is_explained_in_its_own_words(self) -> None:
        odd = Authority(roles=(), grants=(grant("call", "ghost", "friend"),))
        said = str(odd.explain("call", frozenset(), frozenset()))
        assert "ghost × friend: role not held and relation does not hold" in said

    @given(
        command=st.sampled_from(COMMANDS),
        roles=st.frozensets(st.sampled_from([each.id for each in ROLES])),
        relations=st.frozensets(st.sampled_from(sorted(RELATIONS))),
    )
    def test_it_says_what_the_check_says(self, command: str, roles: frozenset[str], relations: frozenset[str]) -> None:
        allowed = COUNTY.check(command, roles, relations, {"report", "photo"}).is_allowed
        assert allowed == COUNTY.explain(command, roles, relations).text.en.endswith(": granted")


def found(authority: Authority, organization: Organization = ORGANIZATION) -> list[str]:
    """Return the faults of a table, each with its place and what is meant."""

    def said(fault: Fault) -> str:
        return f"{fault.place} [{fault.code}] {' '.join(fault.about)}"

    return [said(fault) for fault in authority.faults(COMMANDS, organization, STAFF)]


class TestFaults:
    """A word that means nothing, or is said twice, is a fault of the table."""

    def test_a_sound_table_has_none(self) -> None:
        assert [] == found(COUNTY)

    @pytest.mark.parametrize(
        ("expected", "roles", "grants", "conflicts"),
        [
            ("grants[0] [unknown_command] cal", (), (grant("cal call", "street"),), ()),
            ("grants[0] [unknown_role] streat", (), (grant("call", "streat"),), ()),
            ("grants[0] [unknown_relation] boss", (), (grant("call", "street", "boss"),), ()),
            ("conflicts[0] [unknown_command] cal", (), (), (conflict("cal", "accused"),)),
            ("conflicts[0] [unknown_relation] foe", (), (), (conflict("call", "foe"),)),
            ("roles.head [duplicate_role] head", (role("head", levels=["grid"]),), (), ()),
            ("roles.x [unknown_level] gird", (role("x", levels=["grid", "gird"]),), (), ()),
            ("roles.x [unknown_post] mayor", (role("x", posts=["mayor"]),), (), ()),
            ("roles.x [unknown_kind] fires", (role("x", kinds=["fires"]),), (), ()),
            ("roles.x [unknown_unit] mars", (role("x", units=["mars"]),), (), ()),
            (
                "grants[1] [duplicate_grant] call street caller",
                (),
                (grant("call", "street", "caller"), grant("assess call", "street", "caller")),
                (),
            ),
            (
                "conflicts[1] [duplicate_conflict] call accused",
                (),
                (),
                (conflict("call", "accused"), conflict("call", "accused")),
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_each_is_named_with_its_place(
        self, expected: str, roles: tuple[Role, ...], grants: tuple[Grant, ...], conflicts: tuple[Conflict, ...]
    ) -> None:
        assert [expected] == found(Authority(roles=(*ROLES, *roles), grants=grants, conflicts=conflicts))

    def test_a_command_for_two_roles_or_in_two_relations_is_not_said_twice(self) -> None:
        ways = (grant("call", "street", "caller"), grant("call", "street", "place"), grant("call", "head", "caller"))
        assert [] == found(Authority(roles=ROLES, grants=ways, conflicts=(conflict("call", "accused"), *CONFLICTS)))

    @pytest.mark.parametrize("make", [lambda: grant("", "street"), lambda: conflict("", "accused")])
    def test_a_rule_without_a_command_is_refused(self, make: Any) -> None:
        with pytest.raises(ValueError, match="at least one command"):
            make()


class TestRelations:
    """The closed set of relations."""

    def test_each_is_called_something_in_both_languages(self) -> None:
        assert all(label.zh and label.en for label in RELATIONS.values())
        assert all(re.fullmatch("[a-z]+", word) for word in RELATIONS)

    @given(
        command=st.sampled_from(COMMANDS),
        roles=st.frozensets(st.sampled_from([each.id for each in ROLES])),
        relations=st.frozensets(st.sampled_from(list(RELATIONS))),
        evidence=st.frozensets(st.sampled_from(["report", "photo"])),
    )
    def test_only_those_that_a_command_depends_on_decide(
        self, command: str, roles: frozenset[str], relations: frozenset[str], evidence: frozenset[str]
    ) -> None:
        checked = COUNTY.check(command, roles, relations, evidence)
        needed = relations & COUNTY.relations_for(command)
        assert COUNTY.granted(command, roles, needed, evidence) == (checked if checked.is_allowed else None)

    def test_a_command_of_which_nothing_is_said_depends_on_none(self) -> None:
        assert COUNTY.relations_for("unheard_of") == frozenset()
