"""The tables ``handling`` and ``clocks`` of ``escalation.toml``: what is read of them, and what they may not say."""

import re
import tempfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import small_pack
from conftest import ROOT
from gridgov.calendar import Limit, LimitUnit
from gridgov.clocks import Threshold
from gridgov.errors import NotInForceError
from gridgov.handling.rules import BUILT_IN, FOLLOWS, ClockRule, Handling
from gridgov.matters import DECIDED
from gridgov.packs import Jurisdiction, check_pack, load_pack
from gridgov.responsibility import Holder
from gridgov.values import Basis, Citation, Label, Timeline

TEXT = """
[handling]
quorum = "any"
approval = true
arbiter = "unit:small"
returns = 3
extensions = 0
tries = 4
review = true
duty_post = "grid-head"
whistle = ["paired"]
danger = { zh = "先拨119", en = "call 119 first" }
danger_when = "emergency"
doc = "ordinance"
clause = "art. 29"

[clocks.promise]
thresholds = [{ percent = 100, then = ["supervise"] }]

[clocks.sign_in]
doc = "ordinance"
clause = "art. 23"
roles = ["lead", "support"]
values = [{ effective_from = 2020-07-01, value = "2 working_hours", clause = "art. 24" }]
thresholds = [{ percent = 80, then = ["remind"] }, { percent = 100, then = ["next_on_duty", "remind"] }]

[clocks.sign_in.emergency]
calendar = "always"
values = [{ effective_from = 2020-07-01, value = "30 minutes" }]

[clocks.reason]
calendar = "always"
paths = ["emergency"]
values = [{ effective_from = 2020-07-01, value = "24 clock_hours" }]

[clocks.plan]
label = { zh = "方案", en = "plan" }
of = "assignment"
start = ["signed_in"]
stop = ["completed", "reported_back"]
pause = ["suspended"]
resume = ["resumed"]
reset = ["reclassified"]
cancel = ["transferred"]
values = [{ effective_from = 2020-07-01, value = "1 working_days" }]
"""


def write(folder: Path, text: str = TEXT) -> Path:
    """Write the small pack with *text* at the end of its ladders."""
    small_pack.write(folder)
    path = folder / "escalation.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return folder


def change(folder: Path, old: str, new: str) -> None:
    """Replace *old*, which must be there, by *new* where it stands last in ``escalation.toml``."""
    path = folder / "escalation.toml"
    before, found, after = path.read_text(encoding="utf-8").rpartition(old)
    assert found
    path.write_text(before + new + after, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small pack with rules for live matters."""
    return write(tmp_path / "small")


def table(pack: Jurisdiction) -> Handling:
    """Return what a pack that has ladders decides for live matters."""
    assert pack.handling is not None
    return pack.handling


def first(limit: Timeline[Limit] | None) -> str:
    """Return the first value of a limit, in words; empty where there is none."""
    return "" if limit is None else str(limit.entries[0].value)


class TestReading:
    """What the tables say becomes the rules of handling, each with where it comes from."""

    def test_what_is_decided_beside_the_clocks(self, folder: Path) -> None:
        found = table(load_pack(folder))
        assert ("any", True, 3, 0, 4, True) == (
            found.quorum,
            found.approval,
            found.returns,
            found.extensions,
            found.tries,
            found.review,
        )
        assert (Holder.parse("unit:small"), "grid-head", ("paired",)) == (
            found.arbiter,
            found.duty_post,
            found.whistle_relations,
        )
        assert (Label(zh="先拨119", en="call 119 first"), "emergency") == (found.danger, found.danger_when)
        assert Citation("ordinance", "art. 29") == found.source

    def test_a_usual_clock_is_the_librarys_but_for_what_is_said(self, folder: Path) -> None:
        found = table(load_pack(folder)).clocks["sign_in"]
        usual = BUILT_IN["sign_in"]
        assert (usual.label, usual.of, usual.start, usual.stop) == (found.label, found.of, found.start, found.stop)
        assert {"lead", "support"} == found.roles
        assert (Threshold(percent=80, then=("remind",)), Threshold(percent=100, then=("next_on_duty", "remind"))) == (
            found.thresholds
        )
        assert (Citation("ordinance", "art. 23"), Basis.ILLUSTRATIVE) == (found.source, found.basis)

    def test_a_limit_cites_what_is_around_it(self, folder: Path) -> None:
        found = table(load_pack(folder)).clocks["sign_in"].timed("ordinary")
        assert found is not None
        assert ("2 working_hours", "") == (first(found.limit), found.calendar)
        assert Citation("ordinance", "art. 24") == found.limit.entries[0].source

    def test_an_emergency_may_have_another_time(self, folder: Path) -> None:
        found = table(load_pack(folder)).clocks["sign_in"].timed("emergency")
        assert found is not None
        assert ("30 minutes", "always") == (first(found.limit), found.calendar)
        assert Citation("ordinance", "art. 23") == found.limit.entries[0].source

    def test_a_clock_of_the_packs_own_says_everything(self, folder: Path) -> None:
        found = table(load_pack(folder)).clocks["plan"]
        assert (Label(zh="方案", en="plan"), "assignment", "1 working_days") == (
            found.label,
            found.of,
            first(found.limit),
        )
        acts = {"signed_in", "completed", "reported_back", "suspended", "resumed", "reclassified", "transferred", "met"}
        assert {
            "signed_in": "start",
            "suspended": "pause",
            "resumed": "resume",
            "completed": "stop",
            "reported_back": "stop",
            "reclassified": "reset",
            "transferred": "cancel",
            "met": "",
        } == {event: found.acts_on(event) for event in acts}

    def test_without_thresholds_it_is_noted_that_the_time_ran_out(self, folder: Path) -> None:
        clocks = table(load_pack(folder)).clocks
        for name in ("plan", "reason", "complete"):
            assert (Threshold(percent=100, then=()),) == clocks[name].thresholds

    def test_words_of_a_usual_clock_take_the_place_of_the_librarys(self, folder: Path) -> None:
        change(folder, "[clocks.reason]\n", '[clocks.reason]\nstop = ["closed"]\n')
        found = table(load_pack(folder)).clocks["reason"]
        assert (["closed"], ["called_out"]) == (sorted(found.stop), sorted(found.start))
        assert (["emergency"], "always", True) == (sorted(found.paths), found.calendar, found.outlives)

    def test_a_step_may_say_by_when_it_is_accepted_and_the_reporter_contacted(self, folder: Path) -> None:
        change(folder, STEP, STEP + limit("accept", "1 working_hours") + limit("contact", "2 working_hours"))
        policy = load_pack(folder).policy
        assert policy is not None
        judge, lead = policy.ordinary.steps
        assert ["1 working_hours", "2 working_hours", "", ""] == [
            first(each) for each in (judge.accept, judge.contact, lead.accept, lead.contact)
        ]


class TestWhatIsUsual:
    """A pack without the tables still runs: the ladder, the call and the day named give their time to their clocks."""

    ALWAYS = ("accept", "arrive", "complete", "contact", "promise", "step", "suspension")

    def test_a_pack_without_the_tables_has_it(self, tmp_path: Path) -> None:
        found = table(load_pack(small_pack.write(tmp_path / "small")))
        assert set(self.ALWAYS) == set(found.clocks)
        assert not any(rule.limit for rule in found.clocks.values())
        assert ("lead", None, 2, 1, 3) == (
            found.quorum,
            found.arbiter,
            found.returns,
            found.extensions,
            found.tries,
        )

    def test_is_the_same_without_any_pack(self, tmp_path: Path) -> None:
        rules = table(load_pack(small_pack.write(tmp_path / "small")))
        usual = Handling.usual()
        assert usual.clocks == rules.clocks
        assert usual.touched == rules.touched

    def test_a_step_that_falls_due_goes_up_and_a_suspended_matter_goes_on(self) -> None:
        follows = {}
        for name, rule in Handling.usual().clocks.items():
            follows[name] = [word for each in rule.thresholds for word in each.then]
        assert {"step": ["pass_up"], "suspension": ["resume"]} == {name: then for name, then in follows.items() if then}

    def test_nothing_pauses_or_resets_the_promise(self) -> None:
        promise = Handling.usual().clocks["promise"]
        assert not promise.pause | promise.reset | promise.cancel

    def test_what_is_given_takes_its_place(self) -> None:
        own = ClockRule.usual("step", thresholds=())
        found = Handling.usual([own, ClockRule.usual("meet")], returns=5)
        assert ({*self.ALWAYS, "meet"}, 5) == (set(found.clocks), found.returns)
        assert () == found.clocks["step"].thresholds

    @pytest.mark.parametrize("name", BUILT_IN)
    def test_each_usual_clock_has_a_name_in_both_languages_and_starts_and_stops(self, name: str) -> None:
        rule = ClockRule.usual(name)
        assert rule.label.zh
        assert rule.label.en
        assert rule.start
        assert rule.stop

    @pytest.mark.parametrize("name", BUILT_IN)
    def test_each_usual_clock_knows_the_events_there_are_and_does_one_thing_at_each(self, name: str) -> None:
        rule = ClockRule.usual(name)
        words = [*rule.start, *rule.pause, *rule.resume, *rule.stop]
        assert {kind.TYPE for kind in DECIDED} >= set(words)
        assert len(words) == len(set(words))


class TestRules:
    """The narrow view of a jurisdiction that deciding needs."""

    def test_are_those_of_the_pack(self, folder: Path) -> None:
        pack = load_pack(folder)
        rules = pack.rules()
        assert (pack.policy, pack.handling, pack.authority) == (rules.policy, rules.handling, rules.authority)
        assert (pack.organization, pack.responsibilities, pack.staff) == (
            rules.organization,
            rules.responsibilities,
            rules.staff,
        )
        assert (pack.edition, pack.vocabulary) == (rules.edition, rules.vocabulary)

    def test_are_made_once(self, folder: Path) -> None:
        pack = load_pack(folder)
        assert pack.rules() is pack.rules()

    def test_an_assessment_states_declared_facts_and_overrides_what_a_person_can_judge(self, folder: Path) -> None:
        """Findings override facts with a reason; that a matter was called, or reopened, is no finding."""
        names = {fact.name for fact in load_pack(folder).rules().findings}
        assert {"signed", "contacted", "met", "completed", "satisfied", "excluded", "duty_done"} == names

    def test_without_a_ladder_there_are_none(self, folder: Path) -> None:
        (folder / "escalation.toml").unlink()
        pack = load_pack(folder)
        assert pack.handling is None
        with pytest.raises(NotInForceError) as refusal:
            pack.rules()
        assert "no_ladder" == refusal.value.code

    def test_a_route_leaves_out_the_unit_that_the_matter_is_about(self, folder: Path) -> None:
        at = datetime(2021, 2, 10, 16, tzinfo=ZoneInfo("Asia/Shanghai"))
        asked = {"item": "lane", "place": "g1", "at": at, "facts": {"scene": "road"}}
        pack = load_pack(folder)
        codes = [
            {note.code for note in pack.route(**asked, without=frozenset(units)).notes}  # type: ignore[arg-type]
            for units in ((), ("police",))
        ]
        assert [False, True] == ["interested_unit" in each for each in codes]


PLAN = "[clocks.plan]"
REASON = "[clocks.reason]\n"
PROMISE = "[clocks.promise]\n"
DANGER = 'danger = { zh = "先拨119", en = "call 119 first" }\n'
STEP = 'value = "4 working_hours" }]\n'
FOLLOWING = '["next_on_duty", "remind"]'


def beside(name: str, text: str) -> str:
    """Return the table of another clock, before that of the pack's own."""
    return f"[clocks.{name}]\n{text}\n{PLAN}"


def limit(key: str, *values: str) -> str:
    """Return a limit with its history: the first value from the pack's first day on, the next from 2021 on."""
    days = ("2020-07-01", "2021-01-01")
    entries = (f'{{ effective_from = {day}, value = "{value}" }}' for day, value in zip(days, values, strict=False))
    return f"{key} = [{', '.join(entries)}]\n"


FAULTS = [
    # what is written, the text that is replaced, the text in its place, the place, the code
    # --- handling
    ("an unknown quorum", 'quorum = "any"', 'quorum = "most"', "handling.quorum", "unknown_word"),
    ("an arbiter that is no holder", '"unit:small"', '"small"', "handling.arbiter", "bad_holder"),
    ("an unknown arbiter", '"unit:small"', '"unit:s9"', "handling.arbiter", "unknown_unit"),
    ("a ruling with no return", "returns = 3", "returns = 0", "handling.returns", "bad_value"),
    ("fewer extensions than none", "extensions = 0", "extensions = -1", "handling.extensions", "bad_value"),
    ("no try", "tries = 4", "tries = 0", "handling.tries", "bad_value"),
    ("a text for a number", "tries = 4", 'tries = "4"', "handling.tries", "wrong_type"),
    ("an unknown key", "review = true", "reviews = true", "handling.reviews", "unknown_key"),
    ("an unknown post", 'post = "grid-head"\nw', 'post = "head"\nw', "handling.duty_post", "unknown_post"),
    ("an unknown relation", '["paired"]', '["near"]', "handling.whistle", "unknown_relation"),
    ("danger without a text", DANGER, "", "handling.danger", "missing_key"),
    ("a text without danger", 'danger_when = "emergency"\n', "", "handling.danger_when", "missing_key"),
    ("an unknown attribute", 'when = "emergency"', 'when = "fire"', "handling.danger_when", "unknown_attribute"),
    ("an attribute that is no flag", 'when = "emergency"', 'when = "scene"', "handling.danger_when", "not_a_flag"),
    ("a law not yet in force", 'ordinance"\nclause = "art. 29', "late-law", "handling", "citation_not_in_force"),
    # --- usual clocks
    ("no time", PLAN, beside("meet", ""), "clocks.meet.values", "missing_key"),
    ("a calendar alone", PLAN, beside("contact", 'calendar = "always"'), "clocks.contact.values", "missing_key"),
    ("whose it is", REASON, f'{REASON}of = "matter"\n', "clocks.reason.of", "fixed_clock"),
    ("a time of a step", PLAN, beside("step", limit("values", "1 minutes")), "clocks.step.values", "fixed_clock"),
    ("the roles of a step", PLAN, beside("step", 'roles = ["lead"]'), "clocks.step.roles", "fixed_clock"),
    ("the stop of an arrival", PLAN, beside("arrive", 'stop = ["met"]'), "clocks.arrive.stop", "fixed_clock"),
    ("the end of an emergency", limit("values", "30 minutes"), "", "clocks.sign_in.emergency.values", "missing_key"),
    (
        "no value in an emergency",
        limit("values", "30 minutes"),
        "values = []\n",
        "clocks.sign_in.emergency.values",
        "bad_value",
    ),
    ("an unknown calendar", 'always"\npaths', 'alway"\npaths', "clocks.reason.calendar", "unknown_calendar"),
    (
        "an unknown calendar in an emergency",
        'emergency]\ncalendar = "always"',
        'emergency]\ncalendar = "alway"',
        "clocks.sign_in.emergency.calendar",
        "unknown_calendar",
    ),
    ("an unknown role", '["lead", "support"]', '["leader"]', "clocks.sign_in.roles", "unknown_word"),
    ("an unknown path", 'paths = ["emergency"]', 'paths = ["urgent"]', "clocks.reason.paths", "unknown_word"),
    ("a limit that is none", '"2 working_hours"', '"2 hours"', "clocks.sign_in.values[0].value", "bad_limit"),
    (
        "a limit that begins too late",
        '2020-07-01, value = "2 w',
        '2020-09-01, value = "2 w',
        "clocks.sign_in.values",
        "not_yet_in_force",
    ),
    ("an unknown document", 'ordinance"\nclause = "art. 23', "decree", "clocks.sign_in", "unknown_source"),
    # --- the promise
    *(
        (f"the promise's {act}", PROMISE, f'{PROMISE}{act} = ["{event}"]\n', f"clocks.promise.{act}", "promise_reset")
        for act, event in (
            ("start", "received"),
            ("pause", "suspended"),
            ("resume", "reopened"),
            ("stop", "closed"),
            ("reset", "reclassified"),
            ("cancel", "withdrawn"),
        )
    ),
    (
        "the promise's calendar",
        PROMISE,
        f'{PROMISE}calendar = "always"\n',
        "clocks.promise.calendar",
        "fixed_clock",
    ),
    # --- clocks of the pack's own
    ("no label", 'label = { zh = "方案", en = "plan" }\n', "", "clocks.plan.label", "missing_key"),
    ("no owner", 'of = "assignment"\n', "", "clocks.plan.of", "missing_key"),
    ("another owner", 'of = "assignment"', 'of = "unit"', "clocks.plan.of", "unknown_word"),
    ("no start", 'start = ["signed_in"]\n', "", "clocks.plan.start", "missing_key"),
    ("no stop", 'stop = ["completed", "reported_back"]\n', "", "clocks.plan.stop", "missing_key"),
    ("no time of its own", limit("values", "1 working_days"), "", "clocks.plan.values", "missing_key"),
    ("an unknown event", '["signed_in"]', '["signedin"]', "clocks.plan.start", "unknown_event"),
    ("two acts of one event", 'pause = ["suspended"]', 'pause = ["completed"]', "clocks.plan.stop", "two_acts"),
    ("an act of a usual one", REASON, f'{REASON}pause = ["reason_given"]\n', "clocks.reason.stop", "two_acts"),
    ("an id that is none", PLAN, '[clocks."方案"]', "clocks.'方案'", "bad_id"),
    # --- thresholds
    ("a share that is none", "percent = 80", "percent = 0", "clocks.sign_in.thresholds[0]", "bad_threshold"),
    (
        "a share that is not whole times",
        'percent = 100, then = ["n',
        'percent = 150, then = ["n',
        "clocks.sign_in.thresholds[1]",
        "bad_threshold",
    ),
    ("a share twice", "percent = 80", "percent = 100", "clocks.sign_in.thresholds", "threshold_order"),
    ("shares that fall", "percent = 80", "percent = 200", "clocks.sign_in.thresholds", "threshold_order"),
    ("an unknown follow", FOLLOWING, '["next"]', "clocks.sign_in.thresholds[1].then", "unknown_follow"),
    ("a matter that goes up", '["supervise"]', '["pass_up"]', "clocks.promise.thresholds[0].then", "idle_follow"),
    (
        "the next on duty of a matter",
        '["supervise"]',
        '["next_on_duty"]',
        "clocks.promise.thresholds[0].then",
        "idle_follow",
    ),
    ("what never waited", FOLLOWING, '["resume"]', "clocks.sign_in.thresholds[1].then", "idle_follow"),
    (
        "a step that never goes up",
        PLAN,
        beside("step", 'thresholds = [{ percent = 100, then = ["remind"] }]'),
        "clocks.step.thresholds",
        "never_passes_up",
    ),
    (
        "a step that goes up too late",
        PLAN,
        beside("step", 'thresholds = [{ percent = 200, then = ["pass_up"] }]'),
        "clocks.step.thresholds",
        "never_passes_up",
    ),
    (
        "a suspension without end",
        PLAN,
        beside("suspension", "thresholds = [{ percent = 100 }]"),
        "clocks.suspension.thresholds",
        "never_resumes",
    ),
    # --- steps
    (
        "more time to accept than to answer",
        STEP,
        STEP + limit("accept", "5 working_hours"),
        "ladders.ordinary.steps[0].accept",
        "limit_order",
    ),
    (
        "more time to contact than to answer, later on",
        STEP,
        STEP + limit("contact", "4 working_hours", "5 working_hours"),
        "ladders.ordinary.steps[0].contact",
        "limit_order",
    ),
    (
        "a faulty time to accept",
        STEP,
        STEP + limit("accept", "1"),
        "ladders.ordinary.steps[0].accept[0].value",
        "bad_limit",
    ),
]


class TestFaults:
    """What the tables may not say, each with its place."""

    @pytest.mark.parametrize(
        ("old", "new", "place", "code"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
    )
    def test_each_is_found_at_its_place(self, folder: Path, old: str, new: str, place: str, code: str) -> None:
        change(folder, old, new)
        found = [(fault.place, fault.code) for fault in check_pack(folder)]
        assert [(f"escalation.toml: {place}", code)] == found

    @pytest.mark.parametrize(
        ("old", "new", "hint"),
        [
            ('"paired"', '"pared"', "did you mean 'paired'?"),
            ('post = "grid-head"\nwhistle', 'post = "grid-haed"\nwhistle', "did you mean 'grid-head'?"),
            ('when = "emergency"', 'when = "emergncy"', "did you mean 'emergency'?"),
            ('["signed_in"]', '["sign_in"]', "did you mean 'signed_in'?"),
            ('["supervise"]', '["supervised"]', "did you mean 'supervise'?"),
            ('calendar = "always"\npaths', 'calendar = "alway"\npaths', "did you mean 'always'?"),
        ],
    )
    def test_the_nearest_word_is_named(self, folder: Path, old: str, new: str, hint: str) -> None:
        change(folder, old, new)
        assert [hint] == [fault.hint for fault in check_pack(folder)]

    def test_several_are_found_at_once(self, folder: Path) -> None:
        for old, new in (
            ("returns = 3", "returns = 0"),
            ('doc = "ordinance"\nclause = "art. 29"', 'doc = "late-law"'),
            ("percent = 80", "percent = 100"),
            ('of = "assignment"\n', ""),
            ('start = ["signed_in"]\n', ""),
            ('doc = "ordinance"\nclause = "art. 23"', 'doc = "decree"'),
        ):
            change(folder, old, new)
        codes = [fault.code for fault in check_pack(folder)]
        assert [
            "bad_value",
            "citation_not_in_force",
            "missing_key",
            "missing_key",
            "threshold_order",
            "unknown_source",
        ] == sorted(codes)

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("calendar.toml", 'default = "office"', 'default = "offices"'),
            ("attributes.toml", 'type = "flag"', 'type = "flags"'),
            ("posts.toml", 'level = "grid"', "level = 3"),
        ],
    )
    def test_words_of_a_faulty_file_go_unchecked(self, folder: Path, name: str, old: str, new: str) -> None:
        """The fault of the file is enough: what other files make of its words is not known."""
        small_pack.change(folder, name, old, new)
        assert [name] == sorted({fault.place.partition(":")[0] for fault in check_pack(folder)})

    def test_a_limit_of_another_unit_is_not_held_against_the_step(self, folder: Path) -> None:
        change(folder, STEP, STEP + limit("accept", "600 minutes"))
        assert [] == check_pack(folder)

    def test_a_time_within_a_step_is_held_against_it_only_while_the_step_has_one(self, folder: Path) -> None:
        early = '{ effective_from = 2018-09-01, value = "9 working_hours", doc = "ordinance" }, '
        change(folder, STEP, STEP + limit("accept", "1 working_hours").replace("[", f"[{early}"))
        assert [] == check_pack(folder)

    @settings(max_examples=30, deadline=None)
    @given(st.integers(1, 24), st.integers(1, 24))
    def test_the_time_to_accept_fits_into_the_step_or_is_refused(self, step: int, accept: int) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = write(Path(place) / "small")
            change(folder, STEP, f'value = "{step} working_hours" }}]\n' + limit("accept", f"{accept} working_hours"))
            found = {fault.code for fault in check_pack(folder)}
        assert (accept > step) == ("limit_order" in found)


class TestRoundTrip:
    """What is written is what is read, whatever the amount and the unit."""

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, 500), st.sampled_from(LimitUnit), st.sets(st.sampled_from([1, 50, 80, 100, 200, 1000])))
    def test_of_a_clock(self, amount: int, unit: LimitUnit, percents: set[int]) -> None:
        shares = ", ".join(f"{{ percent = {each} }}" for each in sorted(percents))
        text = (
            f'\n[clocks.meet]\nvalues = [{{ effective_from = 2020-07-01, value = "{amount} {unit.value}" }}]\n'
            f"thresholds = [{shares}]\n"
        )
        with tempfile.TemporaryDirectory() as place:
            found = table(load_pack(write(Path(place) / "small", text))).clocks["meet"]
        assert found.limit is not None
        assert Limit(amount, unit) == found.limit.at(date(2021, 2, 1)).value
        assert sorted(percents or {100}) == [each.percent for each in found.thresholds]


class TestEdition:
    """A matter is pinned to the rules in force when it was reported: another time allowed is another edition."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"2 working_hours"', '"3 working_hours"'),
            ('"30 minutes"', '"31 minutes"'),
            ("percent = 80", "percent = 70"),
            ('["next_on_duty", "remind"]', '["remind"]'),
            ("returns = 3", "returns = 2"),
            ('stop = ["completed", "reported_back"]', 'stop = ["completed"]'),
            ('clause = "art. 24"', 'clause = "art. 25"'),
            ('"unit:small"', '"unit:s1"'),
        ],
    )
    def test_a_rule_matters(self, folder: Path, old: str, new: str) -> None:
        before = load_pack(folder).edition
        change(folder, old, new)
        assert before != load_pack(folder).edition

    def test_order_does_not_matter(self, folder: Path) -> None:
        before = load_pack(folder).edition
        change(folder, '["completed", "reported_back"]', '["reported_back", "completed"]')
        change(folder, '["lead", "support"]', '["support", "lead"]')
        path = folder / "escalation.toml"
        head, *tables = re.split(r"\n(?=\[(?:handling|clocks))", path.read_text(encoding="utf-8"))
        path.write_text("\n".join([head, *reversed(tables)]), encoding="utf-8")
        assert before == load_pack(folder).edition


LIMITS = {
    # clock: in general, in an emergency
    "sign_in": ("2 working_hours", "30 minutes"),
    "contact": ("1 working_days", "1 working_days"),
    "report_back": ("2 clock_hours", "2 clock_hours"),
    "reason": ("24 clock_hours", "24 clock_hours"),
    "return": ("1 working_days", "1 working_days"),
    "ruling": ("2 working_days", "2 working_days"),
    "second": ("3 working_days", "3 working_days"),
    "assess": ("5 working_days", "5 working_days"),
    "call_back": ("3 working_days", "3 working_days"),
    "feedback": ("15 calendar_days", "15 calendar_days"),
}


class TestBundled:
    """What the bundled packs decide for live matters."""

    def test_pingyin_gives_each_clock_its_time(self, pingyin: Jurisdiction) -> None:
        found = {
            name: tuple(
                "" if timed is None else first(timed.limit) for timed in map(rule.timed, ("ordinary", "emergency"))
            )
            for name, rule in pingyin.rules().handling.clocks.items()
        }
        assert LIMITS == {name: limits for name, limits in found.items() if any(limits)}

    def test_pingyin_says_of_each_limit_where_it_comes_from(self, pingyin: Jurisdiction) -> None:
        for rule in pingyin.rules().handling.clocks.values():
            for timed in map(rule.timed, ("ordinary", "emergency")):
                for entry in () if timed is None else timed.limit.entries:
                    assert ("illustrative", Basis.ILLUSTRATIVE) == (entry.source.doc, entry.basis), rule.id

    def test_in_pingyin_only_an_emergency_owes_a_first_report_and_a_reason(self, pingyin: Jurisdiction) -> None:
        clocks = pingyin.rules().handling.clocks
        assert {"report_back", "reason"} == {name for name, rule in clocks.items() if rule.paths}
        assert all("always" == clocks[name].calendar for name in ("report_back", "reason"))

    def test_in_pingyin_the_hotline_supervises_what_is_overdue(self, pingyin: Jurisdiction) -> None:
        """Jinan hotline ordinance, art. 28."""
        promise = pingyin.rules().handling.clocks["promise"]
        assert (Threshold(percent=100, then=("supervise",)),) == promise.thresholds
        assert Citation("hotline-jinan", "第二十八条") == promise.source

    def test_in_pingyin_the_establishment_office_rules(self, pingyin: Jurisdiction) -> None:
        handling = pingyin.rules().handling
        assert "unit:bianban" == str(handling.arbiter)
        assert (2, "lead", "danger") == (handling.returns, handling.quorum, handling.danger_when)

    def test_the_template_has_an_arbiter_and_one_clock_more_than_the_usual(self) -> None:
        handling = load_pack("template").rules().handling
        assert "unit:town" == str(handling.arbiter)
        assert {"sign_in"} == set(handling.clocks) - set(Handling.usual().clocks)


class TestPage:
    """Write a pack: whoever writes the tables finds every word there."""

    PAGE = (ROOT / "docs" / "how-to" / "write-a-pack.md").read_text(encoding="utf-8")
    SECTION = PAGE.partition("### Live matters\n")[2].partition("\n## ")[0]

    def test_each_clock_stands_in_the_table_with_what_starts_and_stops_it(self) -> None:
        rows = {}
        for line in self.SECTION.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == 6 and cells[0].strip("`") in BUILT_IN:
                start, stop = (set(re.findall("`([a-z_]+)`", cell)) for cell in cells[3:5])
                rows[cells[0].strip("`")] = (cells[2], start, stop)
        assert {name: (usual.of, set(usual.start), set(usual.stop)) for name, usual in BUILT_IN.items()} == rows

    def test_each_event_and_each_word_that_may_follow_is_named(self) -> None:
        words = set(re.findall("`([a-z_]+)`", self.SECTION))
        assert set() == {*FOLLOWS, *(kind.TYPE for kind in DECIDED)} - words

    def test_the_clocks_that_it_shows_can_be_written(self, tmp_path: Path) -> None:
        shown = re.findall(r"```toml\n(.*?)```", self.SECTION, re.DOTALL)
        text = "\n".join(shown).replace("2026-01-01", "2020-07-01")
        assert {"sign_in", "site_plan"} <= set(table(load_pack(write(tmp_path / "small", f"\n{text}"))).clocks)
