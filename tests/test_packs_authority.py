"""``authority.toml``: what is read of it, what it may not say, and what the bundled packs grant."""

import re
from pathlib import Path
from typing import ClassVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import small_pack
from conftest import ROOT
from gridgov.authority import RELATIONS, Actor, Authority
from gridgov.errors import ConflictOfInterestError
from gridgov.handling import COMMANDS
from gridgov.handling.commands import Command
from gridgov.handling.deciding import _EVIDENCE
from gridgov.packs import Jurisdiction, check_pack, load_pack
from gridgov.values import Basis, Citation, Label

TEXT = """\
doc = "ordinance"
clause = "art. 32"

[roles.resident]
label = { zh = "居民" }
anybody = true

[roles.head]
label = { zh = "网格长" }
post = ["grid-head"]
clause = "art. 1"
doc = "report"

[roles.office]
label = { zh = "部门", en = "office" }
level = ["department"]
unit = ["small", "s1"]
kind = ["police"]

[[grants]]
command = ["report", "remind"]
role = "resident"
relation = "anyone"

[[grants]]
command = ["judge"]
role = "head"
relation = "holder"
evidence = ["evidence"]
clause = "art. 24"
basis = "illustrative"

[[grants]]
command = ["complete", "call_back"]
role = "office"
relation = "anyone"

[[conflicts]]
command = ["judge", "complete"]
relation = "accused"
label = { zh = "回避", en = "stay away" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small pack with a table of who may do what."""
    found = small_pack.write(tmp_path / "small")
    (found / "authority.toml").write_text(TEXT, encoding="utf-8")
    return found


def table(pack: Jurisdiction) -> Authority:
    """Return who may do what in a pack that says so."""
    assert pack.authority is not None
    return pack.authority


class TestReading:
    """What the file says becomes roles, grants and conflicts, each with where it comes from."""

    def test_a_role_is_what_its_table_says(self, folder: Path) -> None:
        _, head, office = table(load_pack(folder)).roles

        assert (("grid-head",), Citation("report", "art. 1")) == (head.posts, head.source)
        assert Label(zh="部门", en="office") == office.label
        assert (("department",), ("small", "s1"), ("police",)) == (office.levels, office.units, office.kinds)

    def test_a_grant_inherits_what_it_leaves_out(self, folder: Path) -> None:
        first, second, _ = table(load_pack(folder)).grants

        assert ({"report", "remind"}, "resident", "anyone", ()) == (
            first.commands,
            first.role,
            first.relation,
            first.evidence,
        )
        assert (Citation("ordinance", "art. 32"), Basis.STATED) == (first.source, first.basis)
        assert (("evidence",), Citation("ordinance", "art. 24"), Basis.ILLUSTRATIVE) == (
            second.evidence,
            second.source,
            second.basis,
        )

    def test_a_conflict_says_why(self, folder: Path) -> None:
        (found,) = table(load_pack(folder)).conflicts

        assert ({"judge", "complete"}, "accused") == (found.commands, found.relation)
        assert (Label(zh="回避", en="stay away"), Citation("ordinance", "art. 32")) == (found.label, found.source)

    def test_a_pack_without_the_file_says_nothing_of_it(self, tmp_path: Path) -> None:
        assert load_pack(small_pack.write(tmp_path / "small")).authority is None


TWICE = '[[grants]]\ncommand = ["judge", "complete"]\nrole = "head"\nrelation = "holder"\n\n'
FAULTS = [
    # what is written, the text that is replaced, the text in its place, the faults
    ("a missing key", 'role = "head"', "", ["grants[1].role [missing_key]"]),
    ("an unknown key", 'basis = "ill', 'bases = "ill', ["grants[1].bases [unknown_key]"]),
    ("a text for a list", 'command = ["judge"]', 'command = "judge"', ["grants[1].command [wrong_type]"]),
    ("a grant of nothing", 'command = ["judge"]', "command = []", ["grants[1] [bad_value]"]),
    ("a conflict of nothing", 'command = ["judge", "complete"]', "command = []", ["conflicts[0] [bad_value]"]),
    ("a role of nobody", "anybody = true", "", ["roles.resident [bad_value]"]),
    ("a role of two sorts", "anybody = true", 'anybody = true\nlevel = ["grid"]', ["roles.resident [bad_value]"]),
    ("a command twice", '"report", "remind"', '"report", "report"', ["grants[0].command [duplicate_word]"]),
    ("a barred command twice", '"complete"]', '"judge"]', ["conflicts[0].command [duplicate_word]"]),
    ("an unknown document", 'doc = "report"', 'doc = "raport"', ["roles.head [unknown_source]"]),
    ("an unknown command", '"remind"', '"remid"', ["grants[0] [unknown_command]"]),
    ("an unknown barred command", '"judge", "complete"', '"judge", "compleat"', ["conflicts[0] [unknown_command]"]),
    ("evidence that a command cannot bring", '["evidence"]', '["photo"]', ["grants[1].evidence [unknown_evidence]"]),
    ("who it is, as evidence", '["evidence"]', '["actor"]', ["grants[1].evidence [unknown_evidence]"]),
    (
        "evidence that only one of the commands has",
        'command = ["judge"]\nrole = "head"\nrelation = "holder"\nevidence = ["evidence"]',
        'command = ["judge", "pass_up", "remid"]\nrole = "head"\nrelation = "holder"\nevidence = ["reason"]',
        ["grants[1].evidence [unknown_evidence]"],
    ),
    ("an unknown role", 'role = "head"', 'role = "heads"', ["grants[1] [unknown_role]"]),
    ("an unknown relation", 'relation = "holder"', 'relation = "owner"', ["grants[1] [unknown_relation]"]),
    ("an unknown post", '"grid-head"', '"grid-haed"', ["roles.head [unknown_post]"]),
    ("an unknown level", '"department"', '"departmnt"', ["roles.office [unknown_level]"]),
    ("an unknown unit", '"s1"', '"s9"', ["roles.office [unknown_unit]"]),
    ("an unknown kind", '"police"', '"polis"', ["roles.office [unknown_kind]"]),
    ("a grant twice", '[[conflicts]]', TWICE + '[[conflicts]]', ["grants[3] [duplicate_grant]"]),
]  # fmt: skip


class TestFaults:
    """What the file may not say, each with its place."""

    @pytest.mark.parametrize(("old", "new", "expected"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
    def test_each_is_found_at_its_place(self, folder: Path, old: str, new: str, expected: list[str]) -> None:
        small_pack.change(folder, "authority.toml", old, new)
        found = sorted(f"{fault.place} [{fault.code}]" for fault in check_pack(folder))
        assert [f"authority.toml: {each}" for each in expected] == found

    @pytest.mark.parametrize(
        ("old", "new", "hint"),
        [
            ('"remind"', '"remid"', "did you mean 'remind'?"),
            ('role = "head"', 'role = "heads"', "did you mean 'head'?"),
            ('relation = "holder"', 'relation = "holders"', "did you mean 'holder'?"),
            ('"grid-head"', '"grid-haed"', "did you mean 'grid-head'?"),
            ('"department"', '"departmnt"', "did you mean 'department'?"),
            ('"s1"', '"s-1"', "did you mean 's1'?"),
            ('"police"', '"polis"', "did you mean 'police'?"),
            ('["evidence"]', '["evidenze"]', "did you mean 'evidence'?"),
        ],
    )
    def test_the_nearest_word_is_named(self, folder: Path, old: str, new: str, hint: str) -> None:
        small_pack.change(folder, "authority.toml", old, new)
        assert [hint] == [fault.hint for fault in check_pack(folder)]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"remind"', '"remid"', "grant of remid, report to resident as anyone: there is no command 'remid'"),
            ('["evidence"]', '["photo"]', "grant of judge to head as holder: 'judge' has no field 'photo'"),
        ],
    )
    def test_a_grant_is_named_by_what_it_says(self, folder: Path, old: str, new: str, said: str) -> None:
        """A number alone is hard to find in a long list."""
        small_pack.change(folder, "authority.toml", old, new)
        assert [said] == [fault.message for fault in check_pack(folder)]

    def test_several_are_found_at_once(self, folder: Path) -> None:
        small_pack.change(folder, "authority.toml", '"remind"', '"remid"')
        small_pack.change(folder, "authority.toml", '"holder"', '"owner"')
        assert ["unknown_command", "unknown_relation"] == [fault.code for fault in check_pack(folder)]

    def test_faulty_units_bring_no_fault_of_roles_beside_their_own(self, folder: Path) -> None:
        """Where the units cannot be read, the words for them go unchecked."""
        small_pack.change(folder, "units.csv", "s1,一街道", "s 1,一街道")
        assert not [fault for fault in check_pack(folder) if fault.place.startswith("authority.toml")]


def needing(folder: Path, settings: str, old: str = "", new: str = "") -> list[str]:
    """Return what is said of commands that nobody may give, with *settings* of ``[handling]``."""
    small_pack.change(folder, "escalation.toml", "[direct_line]\n", f"[handling]\n{settings}\n\n[direct_line]\n")
    if old:
        small_pack.change(folder, "authority.toml", old, new)
    found = check_pack(folder)
    assert {("nobody_may", "authority.toml: grants")} >= {(fault.code, fault.place) for fault in found}
    return [fault.message.partition(":")[0].removeprefix("nobody may give ") for fault in found]


class TestNobodyMay:
    """A pack must not be able to stand still by its own words: what it makes necessary, somebody may do."""

    @pytest.mark.parametrize(
        ("settings", "old", "new", "expected"),
        [
            ("", "", "", []),
            ('arbiter = "unit:small"', "", "", ["'rule'"]),
            ('arbiter = "unit:small"', '"remind"', '"rule"', []),
            ("review = true", "", "", ["'review'"]),
            ("review = true", '"remind"', '"review"', []),
            ("approval = true", "", "", ["'approve_call'"]),
            ("approval = true", '"remind"', '"approve_call"', []),
            ("", '"report", ', "", ["'report'"]),
            ("", '["complete", "call_back"]', '["call_back"]', ["'complete'"]),
            ("", '["complete", "call_back"]', '["complete"]', ["'call_back' or 'feedback'"]),
            ("", '["complete", "call_back"]', '["complete", "feedback"]', []),
            ("", '"accused"', '"anyone"', ["'complete'"]),
            (
                'arbiter = "unit:small"\nreview = true\napproval = true',
                '["complete", "call_back"]',
                '["contact"]',
                ["'complete'", "'call_back' or 'feedback'", "'rule'", "'review'", "'approve_call'"],
            ),
        ],
    )
    def test_each_command_that_is_necessary(
        self, folder: Path, settings: str, old: str, new: str, expected: list[str]
    ) -> None:
        assert expected == needing(folder, settings, old, new)

    def test_a_conflict_in_the_one_relation_takes_it_away(self, folder: Path) -> None:
        """To stand in another relation beside it is no bar: not everybody does."""
        small_pack.change(folder, "authority.toml", 'relation = "accused"', 'relation = "responder"')
        assert [] == needing(folder, "")
        small_pack.change(
            folder,
            "authority.toml",
            '["complete", "call_back"]\nrole = "office"\nrelation = "anyone"',
            '["complete", "call_back"]\nrole = "office"\nrelation = "responder"',
        )
        assert ["nobody_may"] == [fault.code for fault in check_pack(folder)]

    def test_a_pack_without_ladders_needs_none(self, folder: Path) -> None:
        (folder / "escalation.toml").unlink()
        small_pack.change(folder, "authority.toml", '["complete", "call_back"]', '["contact"]')
        assert "nobody_may" not in {fault.code for fault in check_pack(folder)}

    def test_faulty_ladders_bring_no_fault_of_what_they_would_need(self, folder: Path) -> None:
        small_pack.change(folder, "escalation.toml", "[direct_line]\n", "[handling]\nreview = 1\n\n[direct_line]\n")
        assert ["wrong_type"] == [fault.code for fault in check_pack(folder)]


class TestEdition:
    """Section 2, 4: "a rule edition is the digest of a pack's canonical rules and calendar"."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('relation = "holder"', 'relation = "place"'),
            ('evidence = ["evidence"]', ""),
            ('"report", "remind"', '"report"'),
            ('unit = ["small", "s1"]', 'unit = ["small"]'),
            ('relation = "accused"', 'relation = "handler"'),
            ('clause = "art. 24"', 'clause = "art. 25"'),
        ],
    )
    def test_a_rule_matters(self, folder: Path, old: str, new: str) -> None:
        before = load_pack(folder).edition
        small_pack.change(folder, "authority.toml", old, new)
        assert before != load_pack(folder).edition

    def test_order_does_not_matter(self, folder: Path) -> None:
        before = load_pack(folder).edition
        head, *tables = re.split(r"\n(?=\[)", TEXT)
        text = "\n".join([head, *reversed(tables)])
        text = text.replace('"report", "remind"', '"remind", "report"').replace('"small", "s1"', '"s1", "small"')
        (folder / "authority.toml").write_text(text, encoding="utf-8")
        assert before == load_pack(folder).edition


class TestTemplate:
    """The template is complete: it shows each sort of role, evidence, and both ways of a conflict."""

    def test_the_town_answers_and_nobody_asks_about_its_own_work(self) -> None:
        town = table(load_pack("template"))
        assert town.check("call_back", frozenset({"town"}), frozenset()).is_allowed
        barred = town.check("call_back", frozenset({"town"}), frozenset({"handler"}))
        assert ["conflict_of_interest"] == [fault.code for fault in barred.faults]

    def test_a_reason_must_come_with_an_explanation(self) -> None:
        office = (frozenset({"office"}), frozenset({"holder"}))
        found = [
            table(load_pack("template")).check("propose_explained", *office, given).is_allowed
            for given in ([], ["reason"])
        ]
        assert [False, True] == found


PLATFORM = frozenset({"platform"})
UNITS = {
    "rexian": {"platform"},
    "370124": {"platform", "office"},
    "bianban": {"office"},
    "370124001": {"subdistrict"},
    "370124104": {"subdistrict"},
    "370124001010": {"community"},
    "370124001001": {"community"},
    "zhifa": {"department"},
    "xiaofang": {"department"},
    "gongre": {"department"},
    "jiaojing": {"department"},
    "police-370124001": {"department"},
    "370124001010001": set(),
    "p-370124001": set(),
}


def ways(authority: Authority, command: str) -> set[tuple[str, str]]:
    """Return each role and relation to which a command is granted."""
    return {(grant.role, grant.relation) for grant in authority.grants if command in grant.commands}


class TestPingyin:
    """Who may do what in Pingyin: the article, the hotline ordinance, and what a county would insist on."""

    @pytest.mark.parametrize("unit", UNITS)
    def test_each_unit_is_what_it_is(self, pingyin: Jurisdiction, unit: str) -> None:
        day = pingyin.coverage.start
        found = table(pingyin).roles_of(Actor(unit=unit), pingyin.organization.at(day), pingyin.staff, day)
        assert UNITS[unit] == found

    def test_a_matter_in_a_grid_is_held_by_the_post_and_by_who_is_in_it(self, pingyin: Jurisdiction) -> None:
        """The holder of a matter is the post of grid head, never "the grid", never the branch secretary."""
        day = pingyin.coverage.start
        structure, staff = pingyin.organization.at(day), pingyin.staff
        (head,) = staff.seated("grid-head", "370124001010001", day)
        grid = {"unit": "370124001010001", "post": "grid-head"}

        def roles(actor: Actor) -> frozenset[str]:
            return table(pingyin).roles_of(actor, structure, staff, day)

        assert {"grid-head"} == roles(Actor(person=head.person, **grid))
        assert set() == roles(Actor(person="somebody-else", **grid))
        assert set() == roles(Actor(unit="p-370124001010001", post="branch-secretary"))
        assert {"resident"} == roles(Actor(person=head.person))

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_is_granted_to_somebody(self, pingyin: Jurisdiction, command: str) -> None:
        assert ways(table(pingyin), command)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_whom_it_is_about_may_report_and_nothing_else(self, pingyin: Jurisdiction, command: str) -> None:
        """T30, Jinan art. 32: a complaint about a unit is not in its hands."""
        authority = table(pingyin)
        everything = frozenset(role.id for role in authority.roles), frozenset(RELATIONS)
        verdict = authority.check(command, *everything)
        if command == "report":
            assert verdict.is_allowed
        else:
            assert ConflictOfInterestError is verdict.refusal

    @pytest.mark.parametrize(
        "command", ["review", "call_back", "confirm_explained", "refuse_explained", "refuse_reopen"]
    )
    def test_only_the_hotline_checks_and_never_who_handled_it(self, pingyin: Jurisdiction, command: str) -> None:
        """Jinan art. 27: the hotline calls back."""
        authority = table(pingyin)
        assert {"platform"} == {role for role, _ in ways(authority, command)}
        assert authority.check(command, PLATFORM, frozenset({"second"})).is_allowed
        assert not authority.check(command, PLATFORM, frozenset({"second", "handler"})).is_allowed

    def test_explained_and_not_handled_again_takes_two(self, pingyin: Jurisdiction) -> None:
        """The handler proposes; a second unit, not its author, confirms."""
        authority = table(pingyin)
        assert authority.check("propose_explained", frozenset({"department"}), frozenset({"responder"})).is_allowed
        for barred in ({"author"}, {"author", "second"}, set()):
            assert not authority.check("confirm_explained", PLATFORM, frozenset(barred)).is_allowed

    def test_the_caller_assesses_and_the_responder_never(self, pingyin: Jurisdiction) -> None:
        """一事一考: the subdistrict assesses, the responder does not score it; T33: nobody assesses itself.

        In an emergency that is about the subdistrict the county's office is the caller, and assesses.
        """
        authority, caller = table(pingyin), frozenset({"subdistrict"})
        for command in ("assess", "amend_assessment"):
            assert {("subdistrict", "caller"), ("platform", "caller")} == ways(authority, command)
            assert authority.check(command, caller, frozenset({"caller", "handler"})).is_allowed
            for interest in ("responder", "assessed"):
                assert not authority.check(command, caller, frozenset({"caller", interest})).is_allowed

    @pytest.mark.parametrize(
        "command", ["grant_return", "refuse_return", "grant_extension", "refuse_extension", "suspend"]
    )
    def test_who_asks_does_not_grant(self, pingyin: Jurisdiction, command: str) -> None:
        authority = table(pingyin)
        assert "department" not in {role for role, _ in ways(authority, command)}
        every_role = frozenset(role.id for role in authority.roles)
        for asking in ("holder", "responder"):
            assert not authority.check(command, every_role, frozenset({asking, "caller", "whistler"})).is_allowed

    def test_a_ruling_is_the_arbiters_and_no_partys(self, pingyin: Jurisdiction) -> None:
        authority, every_role = table(pingyin), frozenset(role.id for role in table(pingyin).roles)
        assert {"arbiter"} == {relation for _, relation in ways(authority, "rule")}
        assert authority.check("rule", every_role, frozenset({"arbiter"})).is_allowed
        for party in ("holder", "responder", "caller", "handler", "accused"):
            assert not authority.check("rule", every_role, frozenset({"arbiter", party})).is_allowed

    @pytest.mark.parametrize(
        ("role", "command"),
        [
            ("platform", "supervise"),
            ("platform", "lift_supervision"),
            ("platform", "dispatch"),
            ("office", "admit"),
        ],
    )
    def test_what_is_one_roles_alone(self, pingyin: Jurisdiction, role: str, command: str) -> None:
        assert {role} == {each for each, _ in ways(table(pingyin), command)}

    def test_what_no_source_says_is_marked_as_made_up(self, pingyin: Jurisdiction) -> None:
        authority = table(pingyin)
        for row in (*authority.roles, *authority.grants, *authority.conflicts):
            assert row.source is not None
            assert (row.source.doc == "illustrative") == (row.basis is Basis.ILLUSTRATIVE), row

    @given(
        command=st.sampled_from(sorted(COMMANDS)),
        relations=st.frozensets(st.sampled_from(sorted(RELATIONS))),
    )
    def test_no_relation_makes_up_for_no_role(
        self, pingyin: Jurisdiction, command: str, relations: frozenset[str]
    ) -> None:
        """T72: deny by default."""
        assert not table(pingyin).check(command, frozenset(), relations).is_allowed

    def test_a_resident_may_do_what_concerns_their_own_matter(self, pingyin: Jurisdiction) -> None:
        authority, resident = table(pingyin), frozenset({"resident"})
        own = {"supply", "direct_line", "decline_meeting", "feedback", "ask_reopen", "withdraw", "remind"}
        others = frozenset(RELATIONS) - {"reporter", "accused", "handler"}
        for command in COMMANDS:
            mine = authority.check(command, resident, frozenset({"reporter"})).is_allowed
            theirs = authority.check(command, resident, others).is_allowed
            assert (command in own | {"report"}, command == "report") == (mine, theirs), command


class TestHowTo:
    """Somebody who has only the how-to can write the file: it names every command and every relation."""

    def test_every_command_and_relation_is_named(self) -> None:
        page = (ROOT / "docs" / "how-to" / "write-a-pack.md").read_text(encoding="utf-8")
        section = page.partition("\n## `authority.toml`\n")[2].partition("\n## ")[0]
        assert set() == {*COMMANDS, *RELATIONS} - set(re.findall(r"`([a-z_]+)`", section))


class TestTableOfCommands:
    """Who writes a story or a grant needs no Python: the table says what each command must and may say."""

    PAGE = (ROOT / "docs" / "how-to" / "write-a-pack.md").read_text(encoding="utf-8")
    TABLE = PAGE.partition("| command | must say | may say |\n| --- | --- | --- |\n")[2].partition("\n\n")[0]
    ROWS: ClassVar = {
        row[0][0]: (set(row[1]), set(row[2]))
        for row in ([re.findall("`([a-z_]+)`", cell) for cell in line.split("|")[1:4]] for line in TABLE.splitlines())
    }

    def test_it_lists_every_command_in_order(self) -> None:
        assert list(COMMANDS) == list(self.ROWS)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_it_says_what_a_command_says(self, command: str) -> None:
        """A command must bring the fields without a default, and what the tables of states want."""
        envelope = {each.name for each in attrs.fields(Command)}
        fields = [each for each in attrs.fields(COMMANDS[command]) if each.name not in envelope]
        must = {each.name for each in fields if each.default is attrs.NOTHING} | set(_EVIDENCE.get(command, ()))
        assert (must, {each.name for each in fields} - must) == self.ROWS[command]
