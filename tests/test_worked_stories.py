"""Stories of live matters: what a pack states step by step, against what comes out; and how a wrong one is refused."""

from pathlib import Path

import attrs
import pytest

import small_pack
from gridgov.authority import Actor
from gridgov.errors import NotInForceError
from gridgov.packs import check_pack, load_pack
from gridgov.packs.stories import Story, StoryStep
from gridgov.platform import Platform
from gridgov.worked import run_cases
from gridgov.worked.stories import _same, run_story
from live_county import china

HEAD = 'id = "own"\ntitle = { en = "own" }\n\n[[story]]\nname = "a story"\n'

AUTHORITY = """\
doc = "report"
basis = "illustrative"

[roles.resident]
label = { en = "resident" }
anybody = true

[roles.head]
label = { en = "grid head" }
post = ["grid-head"]

[roles.department]
label = { en = "department" }
level = ["department"]

[roles.county]
label = { en = "county" }
unit = ["small"]

[[grants]]
command = ["report"]
role = "resident"
relation = "anyone"

[[grants]]
command = ["judge", "pass_up", "call", "complete"]
role = "head"
relation = "holder"

[[grants]]
command = ["sign_in", "complete", "ask_return", "meet"]
role = "department"
relation = "responder"

[[grants]]
command = ["call_back", "assess", "dispatch"]
role = "county"
relation = "anyone"
"""

MATTER = """\
[matter]
id = "one"
label = { en = "one matter" }
weights = { duty = "50", signed = "50" }
effective_from = 2020-07-01

[matter.rates.signed]
label = { en = "signed in in time" }
numerator = { signed_on_time = "yes" }
denominator = { signed_on_time = "yes|no" }

[[groups]]
"""

CLOCKS = """\
[clocks.sign_in]
values = [{ effective_from = 2020-07-01, value = "2 working_hours" }]
emergency = { calendar = "always", values = [{ effective_from = 2020-07-01, value = "30 minutes" }] }

[clocks.assess]
values = [{ effective_from = 2020-07-01, value = "5 working_days" }]

[direct_line]
"""

REPORT = """
[[story.steps]]
at = 2021-02-10T16:00:00+08:00
do = "report"
actor = { person = "resident-1" }
with = { item = "lane", place = "g1", channel = "app", facts = { scene = "road" } }
"""

CALL = """
[[story.steps]]
at = 2021-02-18T10:00:00+08:00
do = "call"
actor = { unit = "g1", post = "grid-head", person = "p-1" }
"""

SIGN_IN = """
[[story.steps]]
at = 2021-02-18T10:30:00+08:00
do = "sign_in"
actor = { unit = "police" }
"""

COMPLETE = """
[[story.steps]]
at = 2021-02-19T10:00:00+08:00
do = "complete"
actor = { unit = "police" }
"""

WHOLE = REPORT + CALL + SIGN_IN + COMPLETE


def look(expect: str, at: str = "2021-02-19T10:30:00+08:00", more: str = "") -> str:
    """Return a step that only looks."""
    return f"\n[[story.steps]]\nat = {at}\n{more}\nexpect = {{ {expect} }}\n"


def write(folder: Path, steps: str, given: str = "") -> None:
    """Write one story into the pack."""
    text = HEAD + (f"given = {{ {given} }}\n" if given else "") + steps
    (folder / "cases" / "own.toml").write_text(text, encoding="utf-8")


def differences(folder: Path, steps: str, given: str = "") -> list[str]:
    """Return what a story says came out otherwise."""
    write(folder, steps, given)
    (outcome,) = run_cases(load_pack(folder))
    return list(outcome.differences)


def faults(folder: Path, steps: str, given: str = "") -> list[tuple[str, str]]:
    """Return the code and the place of everything that is wrong with a story."""
    write(folder, steps, given)
    return [(fault.code, fault.place.removeprefix("cases/own.toml: story[0]")) for fault in check_pack(folder)]


@pytest.fixture
def folder(small_folder: Path) -> Path:
    """The small pack, live: who may do what, clocks, how one matter is marked."""
    (small_folder / "cases" / "small.toml").unlink()
    (small_folder / "authority.toml").write_text(AUTHORITY, encoding="utf-8")
    small_pack.change(small_folder, "assessment.toml", "[[groups]]\n", MATTER)
    small_pack.change(small_folder, "escalation.toml", "[direct_line]\n", CLOCKS)
    return small_folder


class TestPassing:
    """A story that says what happens has no difference."""

    def test_everything_that_can_be_expected(self, folder: Path) -> None:
        """Judged by 02-18 12:00; called at 10:00, two days: 19 and Sat 20; the promise: 18, 19, 20, 22, 23."""
        climbing = look(
            'state = "accepted", holder = "g1", post = "grid-head", person = "p-1", open = ["g1"],'
            ' assignment.g1 = { person = "p-1" },'
            " promise = 2021-02-23T17:00:00+08:00, told_at = 2021-02-23T17:00:00+08:00, returns = 0,"
            ' due = { "g1.step" = 2021-02-18T12:00:00+08:00, promise = 2021-02-23T17:00:00+08:00 },'
            ' assessment = "not_owed", unmarked = ["police"], opinions = [],'
            ' reporters = [{ person = "resident-1", channel = "app", told = "", satisfied = "unknown", tries = 0 }]',
            "2021-02-10T17:00:00+08:00",
        )
        done = look(
            'state = "done", holder = "police", open = [], counted = ["police"],'
            ' assignment.police = { state = "completed", role = "lead", returns = 0,'
            " due_at = 2021-02-20T17:00:00+08:00 },"
            ' facts.police = { on_time = "yes", met = "no", duty_done = "unknown" },'
            ' rates = { "2021-02" = { police = { met = "0/1" } } },'
            ' events = ["called_out", { type = "completed", unit = "police", at = 2021-02-19T10:00:00+08:00 },'
            ' { type = "called_out", quorum = "lead", flags = [] }], never = ["fell_due"]'
        )
        assert [] == differences(folder, REPORT + climbing + CALL + SIGN_IN + COMPLETE + done)

    def test_what_fell_due_is_there_with_and_without_a_tick(self, folder: Path) -> None:
        """The step falls due at 02-18 12:00, and goes up then, whenever somebody looks."""
        expect = (
            'state = "called", holder = "police",'
            ' events = [{ type = "passed_up", unit = "g1", at = 2021-02-18T12:00:00+08:00, missed = true }]'
        )
        at = "2021-02-18T12:00:01+08:00"
        assert [] == differences(folder, REPORT + look(expect, at) + look(expect, at, "tick = true"))

    def test_limits_and_settings_of_its_own(self, folder: Path) -> None:
        given = (
            'limits = { promise = "6 working_days", "step.judge" = "2 working_days", "accept.judge" = "1 working_days",'
            ' complete = "3 working_days", sign_in = "1 working_days", meet = "1 working_days" },'
            ' settings = { quorum = "all", returns = 1, tries = 1, extensions = 0, approval = false, review = true }'
        )
        first = look(
            'promise = 2021-02-24T17:00:00+08:00, due = { "g1.step" = 2021-02-19T17:00:00+08:00,'
            ' "g1.accept" = 2021-02-18T17:00:00+08:00 }',
            "2021-02-10T17:00:00+08:00",
        )
        second = look(
            'due = { "police.complete" = 2021-02-22T17:00:00+08:00, "police.sign_in" = 2021-02-19T17:00:00+08:00,'
            ' "police.meet" = 2021-02-19T17:00:00+08:00 }',
            "2021-02-18T11:00:00+08:00",
        )
        returned = """
[[story.steps]]
at = 2021-02-18T12:00:00+08:00
do = "ask_return"
actor = { unit = "police" }
with = { cites = "lane.road", proposed = "fire" }
expect = { state = "disputed", returns = 1 }
"""
        assert [] == differences(folder, REPORT + first + CALL + SIGN_IN + second + returned, given)

    def test_emergency_limits_of_its_own(self, folder: Path) -> None:
        """The calendar stays that of the emergency; a clock that had no such time gets the time on its own."""
        given = (
            'limits = { "sign_in.emergency" = "10 minutes", "assess.emergency" = "1 clock_hours",'
            ' "step.sign" = "5 minutes" }'
        )
        report = REPORT.replace('scene = "road"', 'scene = "road", emergency = "yes"')
        expect = 'state = "called", due = { "police.sign_in" = 2021-02-10T16:10:00+08:00 }'
        assert [] == differences(folder, report + look(expect, "2021-02-10T16:05:00+08:00"), given)

    def test_the_caller_assesses(self, folder: Path) -> None:
        """Signed in in time 50, and the duty as it is found, 50."""
        assess = """
[[story.steps]]
at = 2021-02-19T15:00:00+08:00
do = "assess"
actor = { unit = "small" }
with = { findings = [{ unit = "police", facts = { duty_done = "no" } }] }
expect = { assessment = "filed", score = { police = "50" }, opinions = [] }
"""
        before = look('assessment = "open", unmarked = ["police"]')
        assert [] == differences(folder, WHOLE + before + assess)
        late = look('assessment = "overdue", unmarked = ["police"]', "2021-03-01T09:00:00+08:00")
        assert [] == differences(folder, WHOLE + late)

    def test_a_command_that_must_be_refused(self, folder: Path) -> None:
        """All its codes are among the faults; it may be dated back, which is itself a reason."""
        refused = SIGN_IN.replace("02-18T10:30", "02-18T09:00") + 'refused = ["clock_back", "not_granted"]\n'
        strange = refused.replace('"police"', '"fire"').replace(', "not_granted"', ', "no_assignment", "not_granted"')
        assert [] == differences(
            folder, REPORT + CALL + strange + COMPLETE.replace("02-19", "02-20") + 'refused = ["wrong_state"]\n'
        )

    def test_two_matters(self, folder: Path) -> None:
        second = REPORT.replace("do =", 'matter = "m2"\ndo =')
        expect = look('state = "accepted"', "2021-02-10T16:30:00+08:00", 'matter = "m2"')
        assert [] == differences(folder, REPORT + second + expect)


class TestDiffering:
    """A story that says something else fails, and each difference is named."""

    PLACE = "step 5 (2021-02-19T10:30:00+08:00): "

    @pytest.mark.parametrize(
        ("expect", "difference"),
        [
            ('state = "closed"', "state: expected closed, found done"),
            ('holder = "fire"', "holder: expected fire, found police"),
            ('post = "grid-head"', "post: expected grid-head, found nobody"),
            ('person = "p-1"', "person: expected p-1, found nobody"),
            ('open = ["police"]', "open: expected ['police'], found []"),
            (
                "promise = 2021-02-23T16:00:00+08:00",
                "promise: expected 2021-02-23T16:00:00+08:00, found 2021-02-23T17:00:00+08:00",
            ),
            (
                "told_at = 2021-02-23T16:00:00+08:00",
                "told_at: expected 2021-02-23T16:00:00+08:00, found 2021-02-23T17:00:00+08:00",
            ),
            (
                "due = { ruling = 2021-02-23T16:00:00+08:00 }",
                "due ruling: expected 2021-02-23T16:00:00+08:00, found nothing",
            ),
            (
                'due = { "fire.complete" = 2021-02-23T16:00:00+08:00 }',
                "due fire.complete: expected 2021-02-23T16:00:00+08:00, found nothing",
            ),
            (
                'due = { "police.complete" = 2021-02-23T16:00:00+08:00 }',
                "due police.complete: expected 2021-02-23T16:00:00+08:00, found 2021-02-20T17:00:00+08:00",
            ),
            ("returns = 1", "returns: expected 1, found 0"),
            ('assignment.fire = { role = "lead" }', "assignment fire: it has no duty"),
            ('assignment.police = { role = "support" }', "assignment police role: expected support, found lead"),
            ("assignment.police = { extended = 1 }", "assignment police extended: expected 1, found 0"),
            ("assignment.police = { ruled = true }", "assignment police ruled: expected True, found False"),
            (
                "assignment.police = { signed_at = 2021-02-18T10:31:00+08:00 }",
                "assignment police signed_at: expected 2021-02-18T10:31:00+08:00, found 2021-02-18T10:30:00+08:00",
            ),
            (
                "assignment.police = { met_at = 2021-02-18T10:31:00+08:00 }",
                "assignment police met_at: expected 2021-02-18T10:31:00+08:00, found nothing",
            ),
            ('facts.fire = { met = "yes" }', "facts fire: it has no row"),
            ('facts.police = { met = "yes" }', "facts police met: expected yes, found no"),
            ('facts.police = { completed = "no" }', "facts police completed: expected no, found yes"),
            ('facts.police = { satisfied = "no" }', "facts police satisfied: expected no, found unknown"),
            ('counted = ["s1"]', "counted: expected ['s1'], found ['police']"),
            (
                'rates = { "2021-02" = { police = { met = "1/1" } } }',
                "rates 2021-02 police met: expected 1/1, found 0/1",
            ),
            (
                'rates = { "2021-02" = { small = { met = "1/1" } } }',
                "rates 2021-02 small met: expected 1/1, found None",
            ),
            ('events = ["disputed"]', "events: no disputed; found none at all"),
            (
                'events = [{ type = "completed", at = 2021-02-19T11:00:00+08:00 }]',
                "events: no completed 2021-02-19T11:00:00+08:00; found completed 2021-02-19T10:00:00+08:00 of police",
            ),
            (
                'events = [{ type = "completed", unit = "fire" }]',
                "events: no completed of fire; found completed 2021-02-19T10:00:00+08:00 of police",
            ),
            (
                'events = [{ type = "called_out", flags = ["x"] }]',
                "events: no called_out flags = ('x',); found called_out 2021-02-18T10:00:00+08:00 flags = ()",
            ),
            ('never = ["completed"]', "never: completed happened at 2021-02-19T10:00:00+08:00"),
            ("reporters = []", "reporters: expected 0, found 1"),
            ('reporters = [{ person = "p" }]', "reporters[0] person: expected p, found resident-1"),
            ('reporters = [{ told = "reached" }]', "reporters[0] told: expected reached, found "),
            ('reporters = [{ satisfied = "yes" }]', "reporters[0] satisfied: expected yes, found unknown"),
            ('assessment = "filed"', "assessment: expected filed, found open"),
            ('score = { police = "50" }', "score police: expected 50, found None"),
            ('opinions = ["police"]', "opinions: expected ['police'], found []"),
        ],
    )
    def test_each_key(self, folder: Path, expect: str, difference: str) -> None:
        assert [self.PLACE + difference] == differences(folder, WHOLE + look(expect))

    def test_a_mark_where_none_is_expected(self, folder: Path) -> None:
        assess = """
[[story.steps]]
at = 2021-02-19T15:00:00+08:00
do = "assess"
actor = { unit = "small" }
expect = { unmarked = ["police"] }
"""
        place = "step 5 (2021-02-19T15:00:00+08:00, assess): "
        assert [f"{place}score police: expected None, found 100"] == differences(folder, WHOLE + assess)

    def test_every_difference_of_every_step_is_named(self, folder: Path) -> None:
        wrong = differences(
            folder,
            REPORT + look("returns = 1", "2021-02-10T17:00:00+08:00") + CALL + look('state = "done", returns = 2'),
        )
        assert ["step 2", "step 4", "step 4"] == [line.split(" (")[0] for line in wrong]

    def test_a_command_that_is_refused(self, folder: Path) -> None:
        """Everything that is missing is told, and the story goes on."""
        (first, second) = differences(folder, REPORT + COMPLETE + look('state = "done"'))
        assert first.startswith("step 2 (2021-02-19T10:00:00+08:00, complete): refused: ")
        assert "[wrong_state]" in first
        assert second == "step 3 (2021-02-19T10:30:00+08:00): state: expected done, found called"

    def test_a_command_that_is_refused_for_another_reason(self, folder: Path) -> None:
        strange = COMPLETE.replace('"police"', '"fire"') + 'refused = ["ruled"]\n'
        place = "step 4 (2021-02-19T10:00:00+08:00, complete): "
        expected = [f"{place}refused: expected ruled, found no_assignment, not_granted"]
        assert expected == differences(folder, REPORT + CALL + SIGN_IN + strange)

    def test_a_command_that_is_taken_all_the_same(self, folder: Path) -> None:
        place = "step 2 (2021-02-18T10:00:00+08:00, call): "
        expected = [f"{place}refused: expected wrong_state, but it was taken"]
        assert expected == differences(folder, REPORT + CALL + 'refused = ["wrong_state"]\n')

    def test_a_matter_that_is_not_there(self, folder: Path) -> None:
        (line,) = differences(folder, REPORT + look('state = "done"', more='matter = "m9"'))
        assert line.startswith("step 2 (2021-02-19T10:30:00+08:00): cannot be asked: there is no matter 'm9'")

    def test_marks_without_a_scheme_for_them(self, folder: Path) -> None:
        small_pack.change(folder, "assessment.toml", MATTER, "[[groups]]\n")
        (line,) = differences(folder, WHOLE + look('assessment = "open"'))
        assert "[no_scheme]" in line

    def test_platforms_that_stand_otherwise(self, folder: Path) -> None:
        """What a story compares after its last step: two platforms, matter by matter."""
        county = load_pack(folder)
        here, there = Platform(county), Platform(county)
        who = Actor(person="resident-1")
        for platform, place in ((here, "g1"), (there, "g3")):
            platform.report("m1", actor=who, at=china("2021-02-10 16:00"), item="noise", place=place)
        (line,) = _same("twice", here, there, china("2021-02-10 17:00"))
        assert line == "twice, matter 'm1' comes out otherwise: place, assignments"

    def test_a_pack_without_a_ladder_tells_no_story(self, folder: Path) -> None:
        county = attrs.evolve(load_pack(folder), policy=None)
        story = Story(name="x", steps=(StoryStep(at=china("2021-02-10 16:00")),))
        with pytest.raises(NotInForceError, match="no_ladder"):
            list(run_story(county, story))


class TestFaults:
    """A story is read as strictly as the rules: every fault with its place."""

    def test_a_sound_story_has_none(self, folder: Path) -> None:
        assert [] == faults(folder, WHOLE)

    @pytest.mark.parametrize(
        ("step", "fault"),
        [
            ('do = "raport"\nactor = { person = "p" }', ("unknown_command", ".steps[1].do")),
            ('do = "answer"', ("missing_key", ".steps[1].actor")),
            ('do = "judge"\nactor = { person = "p" }', ("missing_key", ".steps[1].with.own")),
            ('do = "judge"\nactor = { person = "p" }\nwith = { own = "yes" }', ("wrong_type", ".steps[1].with.own")),
            (
                'do = "judge"\nactor = { person = "p" }\nwith = { own = true, owm = 1 }',
                ("unknown_key", ".steps[1].with.owm"),
            ),
            (
                'do = "judge"\nactor = { person = "p" }\nwith = { own = true, id = "x" }',
                ("unknown_key", ".steps[1].with.id"),
            ),
            (
                'do = "ask_extension"\nactor = { person = "p" }\nwith = { limit = "5 apples" }',
                ("bad_limit", ".steps[1].with.limit"),
            ),
            ('do = "answer"\nactor = { unit = "g9" }', ("unknown_unit", ".steps[1].actor.unit")),
            ('do = "answer"\nactor = { post = "grid-head" }', ("bad_value", ".steps[1].actor")),
            ('do = "answer"\nactor = { person = "p" }\ntick = true', ("bad_value", ".steps[1].tick")),
            ('refused = ["x"]', ("missing_key", ".steps[1].do")),
            ("with = { own = true }", ("missing_key", ".steps[1].do")),
            ('when = "now"', ("unknown_key", ".steps[1].when")),
        ],
    )
    def test_steps(self, folder: Path, step: str, fault: tuple[str, str]) -> None:
        assert [fault] == faults(folder, f"{REPORT}\n[[story.steps]]\nat = 2021-02-11T09:00:00+08:00\n{step}\n")

    @pytest.mark.parametrize(
        ("expect", "fault"),
        [
            ('state = "dun"', ("unknown_word", "state")),
            ('assessment = "done"', ("unknown_word", "assessment")),
            ('holder = "g9"', ("unknown_unit", "holder")),
            ('open = ["g1", "g9"]', ("unknown_unit", "open[1]")),
            ('score = { g9 = "1" }', ("unknown_unit", "score.g9")),
            ('score = { police = "much" }', ("bad_number", "score.police")),
            ('due = { "g9.step" = 2021-02-11T09:00:00+08:00 }', ("unknown_unit", "due.g9.step")),
            ("due = { lunch = 2021-02-11T09:00:00+08:00 }", ("unknown_clock", "due.lunch")),
            ('assignment.police = { state = "dun" }', ("unknown_word", "assignment.police.state")),
            ('assignment.police = { role = "boss" }', ("unknown_word", "assignment.police.role")),
            ('assignment.police = { rolle = "boss" }', ("unknown_key", "assignment.police.rolle")),
            ('facts.police = { mett = "yes" }', ("unknown_fact", "facts.police.mett")),
            ('facts.police = { met = "perhaps" }', ("unknown_word", "facts.police.met")),
            ('rates = { "2021-13" = { police = { met = "1/1" } } }', ("bad_month", "rates.2021-13")),
            ('rates = { "2021-02" = { police = { meet = "1/1" } } }', ("unknown_rate", "rates.2021-02.police.meet")),
            ('events = ["fell_do"]', ("unknown_event", "events[0].type")),
            ('events = [{ type = "completed", unit = "g9" }]', ("unknown_unit", "events[0].unit")),
            ('events = [{ type = "completed", clock = "step" }]', ("unknown_key", "events[0].clock")),
            ('never = ["fell_do"]', ("unknown_event", "never[0]")),
            ('reporters = [{ satisfied = "very" }]', ("unknown_word", "reporters[0].satisfied")),
            ('reporters = [{ told = "so" }]', ("unknown_word", "reporters[0].told")),
        ],
    )
    def test_expectations(self, folder: Path, expect: str, fault: tuple[str, str]) -> None:
        code, place = fault
        found = faults(folder, REPORT + look(expect))
        assert [(code, f".steps[1].expect.{place}")] == [(each, at.replace("'", "")) for each, at in found]

    @pytest.mark.parametrize(
        ("given", "fault"),
        [
            ('limits = { lunch = "1 working_days" }', ("unknown_clock", ".given.limits.lunch")),
            ('limits = { "sign_in.night" = "1 working_days" }', ("unknown_clock", ".given.limits.sign_in.night")),
            ('limits = { step = "1 working_days" }', ("fixed_clock", ".given.limits.step")),
            ('limits = { "step.juge" = "1 working_days" }', ("unknown_step", ".given.limits.step.juge")),
            ('settings = { quorum = "most" }', ("unknown_word", ".given.settings.quorum")),
            ("settings = { returns = 0 }", ("bad_value", ".given.settings.returns")),
            ("unlisted = [1]", ("wrong_type", ".given.unlisted[0]")),
            ("settings = { review = 1 }", ("wrong_type", ".given.settings.review")),
        ],
    )
    def test_rules_of_its_own(self, folder: Path, given: str, fault: tuple[str, str]) -> None:
        assert [fault] == faults(folder, REPORT, given)

    def test_all_faults_of_its_own_rules_come_at_once(self, folder: Path) -> None:
        given = (
            'limits = { lunch = "1 working_days", step = "1 working_days" },'
            ' settings = { quorum = "most", returns = 0, tries = 0, review = true }'
        )
        keys = ["limits.lunch", "limits.step", "settings.quorum", "settings.returns", "settings.tries"]
        assert [f".given.{key}" for key in keys] == [place for _, place in faults(folder, REPORT, given)]

    def test_everything_that_a_report_names_is_there(self, folder: Path) -> None:
        report = REPORT.replace(
            'item = "lane", place = "g1", channel = "app", facts = { scene = "road" }',
            'item = "lain", place = "g9", accused = "polis", facts = { scene = "raod", sceen = "road" }',
        )
        said = ["accused", "facts.sceen", "facts.scene", "item", "place"]
        assert [f".steps[0].with.{each}" for each in said] == sorted(place for _, place in faults(folder, report))

    @pytest.mark.parametrize(
        ("do", "said", "expected"),
        [
            (
                "call",
                'leads = ["police", "g9"], supports = ["g8"]',
                [("unknown_unit", "leads[1]"), ("unknown_unit", "supports[0]")],
            ),
            ("rule", 'leads = ["police"], unjustified = ["g9"]', [("unknown_unit", "unjustified[0]")]),
            ("whistle", 'units = ["g9"]', [("unknown_unit", "units[0]")]),
            ("sign_in", 'unit = "g9"', [("unknown_unit", "unit")]),
            ("ask_return", 'proposed = "g9"', [("unknown_unit", "proposed")]),
            ("grant_return", 'unit = "police", to = "g9"', [("unknown_unit", "to")]),
            ("dispatch", 'to = "g9"', [("unknown_unit", "to")]),
            ("send_down", 'to = "g9"', [("unknown_unit", "to")]),
            ("redirect", 'to = "police-110"', []),
            ("meet", "when = 2021-02-11T08:00:00+08:00", []),
            ("supply", 'when = { scene = "raod" }', [("unknown_word", "when.scene")]),
            ("reclassify", 'item = "lain", facts = { scene = "venue" }', [("unknown_item", "item")]),
            (
                "split",
                'parts = [{ matter = "m2", item = "lain", place = "g9", facts = { x = "y" } }]',
                [
                    ("unknown_unit", "parts[0].place"),
                    ("unknown_item", "parts[0].item"),
                    ("unknown_attribute", "parts[0].facts.x"),
                ],
            ),
            (
                "assess",
                'findings = [{ unit = "polis", facts = { scene = "road", duty_done = "perhaps" } }]',
                [
                    ("unknown_unit", "findings[0].unit"),
                    ("unknown_fact", "findings[0].facts.scene"),
                    ("unknown_word", "findings[0].facts.duty_done"),
                ],
            ),
        ],
    )
    def test_what_each_command_names(self, folder: Path, do: str, said: str, expected: list[tuple[str, str]]) -> None:
        head = "\n[[story.steps]]\nat = 2021-02-11T09:00:00+08:00\n"
        step = f'{head}do = "{do}"\nactor = {{ unit = "small" }}\nwith = {{ {said} }}\n'
        assert [(code, f".steps[1].with.{place}") for code, place in expected] == faults(folder, REPORT + step)

    def test_what_is_refused_for_may_be_unknown(self, folder: Path) -> None:
        """Its code says so; another unknown word is a fault all the same."""
        refused = SIGN_IN.replace('"police" }', '"police" }\nwith = { unit = "g9" }')
        assert [] == faults(folder, REPORT + CALL + refused + 'refused = ["unknown_unit"]\n')
        assert [("unknown_unit", ".steps[2].with.unit")] == faults(
            folder, REPORT + CALL + refused + 'refused = ["no_assignment"]\n'
        )

    def test_an_item_may_be_meant_not_to_be_listed(self, folder: Path) -> None:
        report = REPORT.replace('"lane"', '"graffiti"')
        assert [("unknown_item", ".steps[0].with.item")] == faults(folder, report)
        assert [] == faults(folder, report, 'unlisted = ["graffiti"]')

    def test_the_story_is_named_beside_its_number(self, folder: Path) -> None:
        write(folder, REPORT + look('holder = "g9"'))
        assert ["story 'a story': 'g9' is not a unit of the pack"] == [fault.message for fault in check_pack(folder)]

    def test_a_fault_of_ladders_holds_nothing_against_a_clock(self, folder: Path) -> None:
        """The clocks of a pack whose ladders are faulty are not known."""
        plan = """[clocks.plan]
label = { en = "plan" }
of = "assignment"
start = ["signed_in"]
stop = ["completed"]
values = [{ effective_from = 2020-07-01, value = "1 working_days" }]

[clocks.sign_in]
"""
        small_pack.change(folder, "escalation.toml", "[clocks.sign_in]\n", plan)
        steps = REPORT + look('due = { "police.plan" = 2021-02-11T09:00:00+08:00 }')
        assert [] == faults(folder, steps)
        small_pack.change(folder, "escalation.toml", 'stop = ["completed"]', 'stop = ["compleat"]')
        assert ["unknown_event"] == [code for code, _ in faults(folder, steps)]

    def test_steps_are_in_order_of_time(self, folder: Path) -> None:
        earlier = look("returns = 0", "2021-02-10T15:00:00+08:00")
        assert [("bad_value", ".steps[1].at")] == faults(folder, REPORT + earlier)

    def test_a_story_has_a_step(self, folder: Path) -> None:
        assert [("missing_key", ".steps")] == faults(folder, "steps = []\n")

    def test_a_pack_without_a_ladder(self, folder: Path) -> None:
        (folder / "escalation.toml").unlink()
        assert [("no_ladder", "")] == faults(folder, REPORT)

    def test_what_is_faulty_elsewhere_holds_nothing_against_a_story(self, folder: Path) -> None:
        """Ladders, facts and rates that cannot be read are told of once, where they stand."""
        small_pack.change(folder, "escalation.toml", "5 working_days", "5 apples")
        small_pack.change(
            folder, "attributes.toml", 'type = "flag"\n\n[accountability', 'type = "fleg"\n\n[accountability'
        )
        small_pack.change(folder, "assessment.toml", 'id = "two-rates"', 'ID = "two-rates"')
        expect = 'facts.police = { mett = "yes" }, rates = { "2021-02" = { police = { meet = "1/1" } } }'
        write(folder, REPORT + look(expect))
        places = {fault.place.partition(":")[0] for fault in check_pack(folder)}
        assert places == {"escalation.toml", "attributes.toml", "assessment.toml"}
