"""Histories: a file of records becomes matters, fact rows, figures and ranks."""

import csv
import gzip
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import localcontext
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import small_pack
import small_register
from conftest import ROOT
from gridgov.assessment import UnitResult
from gridgov.errors import ChainBrokenError, LimitError, NotInForceError, PackError, StoreError
from gridgov.events import Draft, stamp
from gridgov.facts import FactRow
from gridgov.history import Figures, History, import_history, replay
from gridgov.history.rules import RecordRules
from gridgov.matters import HAPPENINGS, Matter
from gridgov.packs import Jurisdiction, load_pack
from gridgov.stores import MemoryStore, Write, read_jsonl, write_jsonl
from gridgov.values import Month
from small_register import MONTH, Row, china, reported, row

CHINA = ZoneInfo("Asia/Shanghai")
FEBRUARY = Month(2021, 2)
MARCH = Month(2021, 3)
LATER = datetime(2021, 5, 1, tzinfo=UTC)

Importing = Callable[..., History]


def at(text: str) -> datetime:
    """Return an instant such as ``02-10 16:00`` of 2021 in China."""
    return datetime.fromisoformat(china(text))


@pytest.fixture
def told(tmp_path: Path, small_county: Jurisdiction) -> Importing:
    """Import rows of happenings into the small county."""

    def tell(*rows: Row, county: Jurisdiction = small_county, as_of: datetime | None = LATER) -> History:
        return import_history(county, small_register.write(tmp_path / "told.csv", rows), as_of=as_of)

    return tell


def codes(history: History) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in history.rejected]


def facts_of(history: History, matter: str) -> list[FactRow]:
    return [each for each in history.facts() if each.matter == matter]


def states(history: History) -> dict[str, Matter]:
    """Return the matters without the lines that tell of them."""
    return {name: attrs.evolve(matter, line=0) for name, matter in history.matters.items()}


def plain_facts(rows: Iterable[FactRow]) -> list[FactRow]:
    return sorted(rows, key=lambda each: (each.matter, each.number))


# --- rows -------------------------------------------------------------------------------------------------------

DAYS = [f"{month:02}-{day:02} {hour:02}:00" for month in (1, 2, 3) for day in (4, 20) for hour in (9, 15)]
ANY_ROW = st.builds(
    row,
    st.sampled_from(["m1", "m2", "", "no id"]),
    st.sampled_from([*sorted(HAPPENINGS), *("reported",) * 8, "exploded"]),
    st.sampled_from(DAYS),
    st.sampled_from(["", "police", "fire", "g1", "nowhere"]),
    place=st.sampled_from(["", "g1", "g2", "g9"]),
    item=st.sampled_from(["", "noise", "lane"]),
    channel=st.sampled_from(["", "app", "hotline"]),
    when__scene=st.sampled_from(["", "road", "venue"]),
    due_at=st.sampled_from(["", china("02-03 17:00")]),
    satisfied=st.sampled_from(["", "yes", "no", "perhaps"]),
    fact__duty_done=st.sampled_from(["", "yes", "much"]),
)
PROPERTY = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def log_lines(history: History) -> list[int]:
    return [envelope.data["line"] for envelope in history.store.feed()]


class TestNothingIsLost:
    """Every row is taken, later, or rejected with its reason: "58,251 rows taken or in rejected.csv, none lost"."""

    @PROPERTY
    @given(rows=st.lists(ANY_ROW, max_size=12), as_of=st.sampled_from(DAYS))
    def test_whatever_the_rows_say(
        self, tmp_path: Path, small_county: Jurisdiction, rows: list[Row], as_of: str
    ) -> None:
        """Each line is in the log once, or rejected once, or counted as later; the counts add up."""
        file = small_register.write(tmp_path / "any.csv", [reported("m0", "01-01 09:00"), *rows])
        history = import_history(small_county, file, as_of=at(as_of))

        lines = log_lines(history) + [line for line, _ in codes(history)]
        assert 1 + len(rows) == history.rows == history.taken + history.later + len(history.rejected)
        assert len(lines) == len(set(lines)) == history.rows - history.later
        assert history.taken == len(log_lines(history)) == history.store.head().sequence
        assert set(lines) <= set(range(2, 3 + len(rows)))
        assert sorted(line for line, _ in codes(history)) == [line for line, _ in codes(history)]

    def test_a_happening_that_cannot_be_is_a_rejected_row(self, told: Importing) -> None:
        """With line, matter, code and sentence; the rest of the matter stands."""
        history = told(
            row("m1", "signed", "02-01 08:00", "police"),
            reported("m1", "02-01 09:00"),
            reported("m1", "02-01 09:30"),
            row("m1", "completed", "02-01 10:00", "police"),
            row("m1", "called", "02-01 11:00", "police"),
            row("m2", "closed", "02-01 12:00"),
            reported("m3", "02-31 09:00"),
        )
        expected = [(2, "not_reported"), (4, "reported_twice"), (5, "no_assignment"), (7, "not_reported")]
        assert [*expected, (8, "bad_time")] == codes(history)
        assert ["m1"] == list(history.matters)
        assert ["police"] == [duty.unit for duty in history.matters["m1"].assignments]
        assert ("", "m1") == (history.rejected[0].column, history.rejected[0].value)
        assert "reported before" in history.rejected[1].message

    def test_a_file_of_which_nothing_can_be_taken(self, told: Importing) -> None:
        """Is a history of nothing, known up to the first day that the pack covers."""
        history = told(row("m1", "reported", "02-31 09:00"), row("m2", "exploded", "02-01 09:00"), as_of=None)
        assert [(2, "bad_time"), (3, "unknown_word")] == codes(history)
        assert (0, 2, {}) == (history.taken, history.rows, history.matters)
        assert datetime(2020, 7, 1, tzinfo=CHINA) == history.as_of
        assert {"not_assessed"} == {each.status.value for _, each in _results(history, None)}

    def test_a_day_of_which_nothing_is_known(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """No unit of the organisation was there before its first day."""
        rows = [{**reported("m1", "02-01 09:00"), "at": "1990-02-01T09:00+08:00"}, reported("m2", "02-01 09:00")]
        history = import_history(small_county, small_register.write(tmp_path / "old.csv", rows))
        assert [(2, "unknown_place")] == codes(history)


class TestAsOf:
    """An import holds only what had happened by its instant: no row tells the past what came later."""

    ROWS = (
        reported("m1", "02-01 09:00"),
        row("m1", "called", "02-01 10:00", "police"),
        row("m1", "completed", "02-05 10:00", "police"),
        reported("m2", "02-06 09:00"),
    )

    @pytest.mark.parametrize(
        ("taken", "later", "as_of"),
        [
            (0, 4, "01-31 09:00"),
            (1, 3, "02-01 09:59"),
            (2, 2, "02-01 10:00"),
            (3, 1, "02-05 10:00"),
            (4, 0, "02-06 09:00"),
        ],
    )
    def test_rows_wholly_later_are_set_aside(self, told: Importing, taken: int, later: int, as_of: str) -> None:
        """What happened at the very instant is known."""
        history = told(*self.ROWS, as_of=at(as_of))
        assert (taken, later, ()) == (history.taken, history.later, history.rejected)

    def test_without_one_it_is_the_files_latest_instant(self, told: Importing) -> None:
        """Nothing of the file is later."""
        history = told(*self.ROWS, as_of=None)
        assert (at("02-06 09:00"), 0) == (history.as_of, history.later)
        assert UTC is history.as_of.tzinfo

    def test_it_needs_a_zone(self, told: Importing) -> None:
        """No instant is guessed."""
        with pytest.raises(LimitError, match="naive_time"):
            told(*self.ROWS, as_of=datetime(2021, 2, 1))  # noqa: DTZ001 - what is refused

    def test_a_row_of_a_matter_is_cut(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """A row per matter, told in full later: only the report and the assignment had happened."""
        told = {
            "matter": "m1",
            "item": "noise",
            "place": "g1",
            "reported_at": china("02-01 09:00"),
            "unit": "police",
            "role": "lead",
            "due_at": china("02-04 17:00"),
            "completed_at": china("02-05 09:00"),
            "satisfied": "yes",
            "closed_at": china("02-06 09:00"),
            "excluded": "duplicate",
        }
        file = small_register.write(tmp_path / "matters.csv", [told], small_register.MATTERS)
        cut = import_history(small_county, file, as_of=at("02-04 18:00"))
        whole = import_history(small_county, file)

        now, then = facts_of(whole, "m1")[0], facts_of(cut, "m1")[0]
        assert ("closed", "duplicate") == (whole.matters["m1"].status, whole.matters["m1"].excluded)
        assert ("open", "") == (cut.matters["m1"].status, cut.matters["m1"].excluded)
        assert (1, 0, 0) == (cut.taken, cut.later, len(cut.rejected))
        assert (True, False) == (now.facts["completed"], then.facts["completed"])
        assert (True, None) == (now.facts.get("satisfied"), then.facts.get("satisfied"))
        assert (at("02-04 17:00"), False) == (then.due_at, then.facts["on_time"])
        assert ["reported", "assigned"] == [each["what"] for each in next(cut.store.feed()).data["happenings"]]

    @PROPERTY
    @given(rows=st.lists(ANY_ROW, max_size=12), as_of=st.sampled_from(DAYS))
    def test_it_is_the_import_of_a_file_that_ended_then(
        self, tmp_path: Path, small_county: Jurisdiction, rows: list[Row], as_of: str
    ) -> None:
        """Cutting the file by hand gives the same matters, facts and rejected rows."""
        known = [each for each in rows if datetime.fromisoformat(each["at"]) <= at(as_of)]
        first = reported("m0", "01-01 09:00")
        whole = import_history(
            small_county, small_register.write(tmp_path / "whole.csv", [first, *rows]), as_of=at(as_of)
        )
        ended = import_history(
            small_county, small_register.write(tmp_path / "whole.csv", [first, *known]), as_of=at(as_of)
        )
        assert states(whole) == states(ended)
        assert whole.facts() == ended.facts()
        assert all(happening <= at(as_of) for happening in _instants(whole))


def _instants(history: History) -> Iterable[datetime]:
    for envelope in history.store.feed():
        for happening in envelope.data["happenings"]:
            yield datetime.fromisoformat(happening["at"])


class TestRowOrder:
    """T38: results do not depend on the order of the file's rows."""

    @PROPERTY
    @given(rows=st.lists(ANY_ROW, max_size=12), seed=st.integers(0, 99))
    def test_shuffled_rows_make_the_same_matters(
        self, tmp_path: Path, small_county: Jurisdiction, rows: list[Row], seed: int
    ) -> None:
        """Also of rows that give the same instant: their own words order them."""
        rows = [reported("m0", "01-01 09:00"), *rows]
        one = import_history(small_county, small_register.write(tmp_path / "order.csv", rows), as_of=LATER)
        random.Random(seed).shuffle(rows)  # noqa: S311 - an order, no secret
        other = import_history(small_county, small_register.write(tmp_path / "order.csv", rows), as_of=LATER)

        assert list(one.matters) == list(other.matters)
        assert states(one) == states(other)
        assert one.facts() == other.facts()
        assert one.rank() == other.rank()
        assert Counter(each.code for each in one.rejected) == Counter(each.code for each in other.rejected)

    def test_what_happens_in_one_minute_follows_its_nature(self, told: Importing) -> None:
        """Reported, called, completed and answered at one instant, in a file turned upside down."""
        noon = "02-01 12:00"
        rows = [reported("m1", noon)]
        rows += [
            row("m1", what, noon, "police", satisfied="yes") for what in ("called", "met", "completed", "answered")
        ]
        history = told(*reversed(rows), row("m1", "closed", noon))

        assert [] == codes(history)
        (duty,) = history.matters["m1"].assignments
        assert ("closed", "completed", True) == (history.matters["m1"].status, duty.outcome, duty.satisfied)

    @pytest.mark.parametrize(
        "more",
        [
            {"channel": ("app", "hotline")},
            {"when__scene": ("road", "venue")},
            {"item": ("noise", "lane")},
            {"place": ("g1", "g3")},
        ],
    )
    def test_two_reports_of_one_instant(self, told: Importing, more: dict[str, tuple[str, str]]) -> None:
        """One is taken, the other refused; which one is not a matter of lines."""
        ((name, values),) = more.items()
        rows = [reported("m1", "02-01 09:00", **{name: value}) for value in values]
        one, other = told(*rows), told(*reversed(rows))
        assert states(one) == states(other)
        assert ["reported_twice"] == [each.code for each in one.rejected] == [each.code for each in other.rejected]

    def test_a_register_of_thousands_of_rows(self, register: History, tmp_path: Path) -> None:
        """The bundled register, shuffled, zipped: the same ranking, figures and facts."""
        source = register.jurisdiction.registers["register"].file
        header, *rows = source.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(38).shuffle(rows)  # noqa: S311 - an order, no secret
        file = tmp_path / "shuffled.csv.gz"
        file.write_bytes(gzip.compress("".join((header, *rows)).encode(), mtime=0))
        shuffled = import_history(register.jurisdiction, file, map_name="standard")

        assert (register.rows, 0, 0) == (shuffled.taken, shuffled.later, len(shuffled.rejected))
        assert register.figures() == shuffled.figures()
        assert register.rank(FEBRUARY) == shuffled.rank(FEBRUARY)
        assert register.facts() == shuffled.facts()

    def test_no_decimal_context_is_asked(self, register: History) -> None:
        """A caller who counts to three digits gets the same scores."""
        with localcontext(prec=3):
            assert register.rank(FEBRUARY) == register.rank(FEBRUARY)
            shown = [register.scheme.rounding.show(each.score) for _, each in _results(register)]
        assert [register.scheme.rounding.show(each.score) for _, each in _results(register)] == shown


def _results(history: History, month: Month | None = FEBRUARY) -> Iterable[tuple[str, UnitResult]]:
    for ranking in history.rank(month).groups:
        yield from ((ranking.group.id, result) for result in ranking.results)


class TestReplay:
    """S7, S13: state(replay all) = state(live); a log written out and read in has the same head."""

    def again(self, history: History) -> History:
        file = BytesIO()
        head = write_jsonl(history.store, file)
        file.seek(0)
        store = read_jsonl(file)
        assert head == history.store.head() == store.head()
        return replay(history.jurisdiction, store, source=history.source, as_of=history.as_of)

    def test_a_register_of_thousands_of_rows(self, register: History) -> None:
        """Same matters in the same order, same facts, ranking, figures and head."""
        again = self.again(register)
        assert list(register.matters.items()) == list(again.matters.items())
        assert register.facts() == again.facts()
        assert register.rank(FEBRUARY) == again.rank(FEBRUARY)
        assert register.figures() == again.figures()
        assert (register.taken, 0, ()) == (again.taken, again.later, again.rejected)

    @PROPERTY
    @given(rows=st.lists(ANY_ROW, max_size=12), as_of=st.sampled_from(DAYS))
    def test_any_file(self, tmp_path: Path, small_county: Jurisdiction, rows: list[Row], as_of: str) -> None:
        """Also one with rows that were refused or came later."""
        file = small_register.write(tmp_path / "live.csv", [reported("m0", "01-01 09:00"), *rows])
        live = import_history(small_county, file, as_of=at(as_of))
        again = self.again(live)
        assert live.matters == again.matters
        assert live.facts() == again.facts()
        assert live.taken == again.rows

    def test_a_changed_log_is_refused(self, told: Importing) -> None:
        """A word changed in one line of the log breaks its chain there."""
        file = BytesIO()
        write_jsonl(told(*MONTH).store, file)
        changed = file.getvalue().replace(b'"satisfied":false', b'"satisfied":true')
        assert changed != file.getvalue()
        with pytest.raises(ChainBrokenError):
            read_jsonl(BytesIO(changed))

    def test_a_log_of_other_events_is_refused(self, small_county: Jurisdiction) -> None:
        """It was no import that wrote it."""
        store = MemoryStore()
        draft = Draft(type="promoted", schema=1, happened_at=LATER, data={})
        store.append([Write("m1", 0, (draft,))], command_id="c", actor="a", edition="e", recorded_at=LATER)
        with pytest.raises(StoreError, match="unknown_event_type"):
            replay(small_county, store, source="log", as_of=LATER)

    def test_every_event_names_the_rules_and_the_instant(self, told: Importing, small_county: Jurisdiction) -> None:
        """Edition and instant of knowledge; no clock was asked."""
        envelopes = list(told(*MONTH).store.feed())
        assert {(small_county.edition, LATER)} == {(each.edition, each.recorded_at) for each in envelopes}
        assert len(MONTH) == len(envelopes)

    @pytest.mark.parametrize("name", ["台账.csv", 'a "b" c.csv', "x" * 200 + ".csv", "a\\b.csv"])
    def test_a_file_may_be_called_anything(self, tmp_path: Path, small_county: Jurisdiction, name: str) -> None:
        """Its name is data of the event, not a key."""
        history = import_history(small_county, small_register.write(tmp_path / name, [reported("m1", "02-01 09:00")]))
        assert (name, 1) == (history.matters["m1"].source, history.taken)


class TestSource:
    """A file is a path or a register of the pack; its map is the named one, the register's, the pack's, or standard."""

    def test_standard_columns_need_no_map(self, told: Importing) -> None:
        """Declared facts and attributes are read from columns of their own."""
        history = told(*MONTH)
        assert {"duty_done": "yes"} == dict(history.matters["m1"].assignments[1].facts)
        assert {"scene": "road"} == dict(history.matters["m1"].when)

    def test_a_register_is_named(self, register: History) -> None:
        """It brings its own map; nothing of it is rejected."""
        assert ("register.csv", ()) == (register.source, register.rejected)

    def test_the_packs_default_map_reads_what_names_none(self, tmp_path: Path) -> None:
        """A file with that map's columns."""
        county = load_pack(small_pack.write(tmp_path / "small"))
        file = tmp_path / "file.csv"
        file.write_text(
            "matter,what,at,unit,duty,scene\nm1,reported,2021-02-01T09:00+08:00,,,road\n"
            "m1,called,2021-02-01T10:00+08:00,police,yes,\n",
            encoding="utf-8",
        )
        history = import_history(county, file)
        assert {"duty_done": "yes"} == dict(history.matters["m1"].assignments[0].facts)

    def test_a_map_may_be_a_file(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """Its zone is the pack's where it names none."""
        map_file, file = tmp_path / "own.toml", tmp_path / "file.csv"
        map_file.write_text('shape = "matters"\n[columns]\nmatter = "No"\nreported_at = "In"\n', encoding="utf-8")
        file.write_text("No,In\n7,2021-02-01 09:00\n", encoding="utf-8")
        history = import_history(small_county, str(file), map_name=str(map_file))
        assert at("02-01 09:00") == history.matters["7"].reported_at

    def test_a_map_that_is_nowhere_is_refused(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """Neither in the pack nor a file."""
        with pytest.raises(PackError):
            import_history(small_county, tmp_path / "file.csv", map_name="nowhere")

    def test_progress_is_told(self, pingyin: Jurisdiction) -> None:
        """In steps that add up to the rows."""
        steps: list[int] = []
        history = import_history(pingyin, "register", as_of=at("01-01 00:00"), progress=steps.append)
        assert history.rows == sum(steps)
        assert len(steps) > 10
        assert history.later > 1000

    def test_units_are_known_by_their_day(self, told: Importing) -> None:
        """Grid g2 ends with 2020; its successor begins with 2021."""
        history = told(
            reported("m1", "02-01 09:00", place="g2"),
            reported("m2", "02-01 09:00", place="g3"),
            reported("m3", "02-01 09:00", item="unheard-of"),
            row("m2", "called", "02-01 10:00", "g9"),
            row("m2", "called", "02-01 10:00", "fire", when__scene="moon"),
        )
        assert [(2, "unknown_place"), (5, "unknown_unit")] == codes(history)[:2]
        assert ["m2", "m3"] == list(history.matters)
        assert 3 == len(history.rejected)


# --- due instants and who answers -------------------------------------------------------------------------------


def third_working_day(start: datetime, days: int, county: Jurisdiction) -> datetime:
    """Walk day by day: the day of receipt is not counted, the last day ends at 17:00."""
    day = start.astimezone(CHINA).date()
    while days:
        day += timedelta(days=1)
        days -= county.calendar().is_working_day(day)
    return datetime(day.year, day.month, day.day, 17, tzinfo=CHINA)


class TestDue:
    """``due_basis``: of the record, by rule, or none."""

    @PROPERTY
    @given(start=st.datetimes(datetime(2021, 1, 1), datetime(2021, 4, 30)))  # noqa: DTZ001 - made aware below
    def test_by_rule_it_is_what_a_walk_over_the_days_gives(
        self, tmp_path: Path, small_county: Jurisdiction, start: datetime
    ) -> None:
        """Two working days for a lead, three for noise, five for whoever promised."""
        opened = start.replace(second=0, microsecond=0, tzinfo=CHINA)
        text = f"{opened:%m-%d %H:%M}"
        rows = [reported("m1", text), row("m1", "called", text, "police")]
        rows += [reported("m2", text, item="noise"), reported("m3", text)]
        history = import_history(small_county, small_register.write(tmp_path / "due.csv", rows))

        expected = [third_working_day(opened, days, small_county) for days in (2, 3, 5)]
        assert expected == [each.due_at for each in history.facts()]
        assert {"rule"} == {each.due_basis for each in history.facts()}

    def test_the_records_own_wins(self, told: Importing) -> None:
        """Recorded, not decided."""
        (found,) = facts_of(told(*MONTH), "m2")
        assert (at("02-05 17:00"), "record") == (found.due_at, found.due_basis)

    def test_a_handler_has_the_limit_of_its_level(self, told: Importing) -> None:
        """The grid's four working hours; the ladder says nothing of a subdistrict."""
        history = told(
            reported("m1", "02-05 15:00"),
            row("m1", "assigned", "02-05 15:00", "g1"),
            row("m1", "passed_up", "02-05 16:00", "s1"),
        )
        expected = [("g1", at("02-07 11:00"), "rule"), ("s1", None, "none"), ("s1", at("02-18 17:00"), "rule")]
        found = facts_of(history, "m1")
        assert expected[:2] == [(each.unit, each.due_at, each.due_basis) for each in found[:2]]
        assert {"has_due": False}.items() <= found[1].facts.items()

    def test_an_emergency_runs_by_the_clock(self, told: Importing) -> None:
        """New Year's night: thirty minutes, at once, on the calendar that never closes."""
        night = "02-12 22:45"
        history = told(
            reported("m1", night, when__emergency="yes"),
            row("m1", "called", night, "police"),
            reported("m2", night, when__emergency="no"),
            row("m2", "called", night, "police"),
        )
        assert at("02-12 23:15") == facts_of(history, "m1")[0].due_at
        assert at("02-19 17:00") == facts_of(history, "m2")[0].due_at

    def test_without_an_emergency_ladder_there_is_the_ordinary_one(self, told: Importing, small_folder: Path) -> None:
        """Whatever is known of the matter."""
        rules = small_folder / "escalation.toml"
        text = rules.read_text(encoding="utf-8")
        rules.write_text(text[: text.index("[ladders.emergency]")], encoding="utf-8")
        history = told(
            reported("m1", "02-12 22:45", when__emergency="yes"),
            row("m1", "called", "02-12 22:45", "police"),
            county=load_pack(small_folder),
        )
        assert at("02-19 17:00") == facts_of(history, "m1")[0].due_at

    def test_a_pack_without_a_ladder_sets_none(self, told: Importing, small_folder: Path) -> None:
        """Then only the record and the item's own limit give a due instant; on time is else not known."""
        (small_folder / "escalation.toml").unlink()
        history = told(*MONTH, county=load_pack(small_folder))
        bases = {(each.matter, each.number): each.due_basis for each in history.facts()}
        expected = {("m1", 1): "none", ("m1", 2): "none", ("m2", 1): "record", ("m3", 1): "rule", ("m3", 0): "rule"}
        assert {**expected, ("m4", 1): "none"} == bases
        assert {None} == {each.facts.get("on_time") for each in history.facts() if each.due_basis == "none"}
        assert at("02-20 17:00") == facts_of(history, "m3")[1].due_at
        assert "due — (none)" in str(history.explain_matter("m1"))
        matter = history.matters["m1"]
        assert None is RecordRules(history.jurisdiction).explain_due(matter, matter.assignments[0])


class TestWhoAnswers:
    """A matter that nobody called is counted for the unit of the answering level above its place."""

    def test_never_called(self, told: Importing) -> None:
        """The subdistrict's row has number 0, the last handler's outcome, and a place in the subdistricts' group."""
        history = told(*MONTH)
        handled, answered = facts_of(history, "m3")
        assert (0, "s2", "answer", at("02-18 10:00")) == (
            answered.number,
            answered.unit,
            answered.role,
            answered.completed_at,
        )
        assert ("g3", "handle") == (handled.unit, handled.role)
        found = history.rank(FEBRUARY).result("s2")
        assert found is not None
        assert ("townships", 1) == (found[0].id, found[1].assignments)

    @pytest.mark.parametrize("place", ["", "small", "police"])
    def test_nobody_answers_for_a_place_outside_every_subdistrict(self, told: Importing, place: str) -> None:
        """Nor for one that nobody told."""
        assert [] == told(reported("m1", "02-01 09:00", place=place)).facts()

    def test_nobody_answers_where_the_pack_names_no_level(self, told: Importing, small_folder: Path) -> None:
        """Then only assignments count."""
        small_pack.change(small_folder, "assessment.toml", 'answers_level = ["subdistrict"]\n', "")
        history = told(*MONTH, county=load_pack(small_folder))
        assert [] == [each for each in history.facts() if each.role == "answer"]


# --- ranks ------------------------------------------------------------------------------------------------------


def case_8() -> Iterable[Row]:
    """The records of February behind the table: calls of 02-18 09:00, due 02-20 17:00."""
    table = [
        ("gongan", 6, 6, 5, "yyyyy"),
        ("zhujian", 8, 8, 8, "yyyyyyyn"),
        ("zhifa", 10, 9, 10, "yyyyyyyyn "),
        ("jiaotong", 5, 4, 4, "yyynn"),
        ("shichang", 2, 2, 2, "yy"),
        ("xiaofang", 3, 3, 3, "yyy"),
    ]
    for unit, n, met, done, answers in table:
        for number in range(n):
            matter = f"{unit}-{number}"
            yield reported(matter, "02-17 15:00", item="dogs", place="370124001010001")
            yield row(matter, "called", "02-18 09:00", unit)
            if number < met:
                yield row(matter, "met", "02-18 15:00", unit)
            if number < done:
                yield row(matter, "completed", "02-19 10:00", unit)
            said = answers[number : number + 1].strip()
            if said:
                yield row(matter, "answered", "02-26 10:00", unit, satisfied={"y": "yes", "n": "no"}[said])


class TestRank:
    """The month's ranking, from records."""

    @pytest.fixture
    def february(self, told: Importing, pingyin: Jurisdiction, tmp_path: Path) -> History:
        file = small_register.write(tmp_path / "february.csv", case_8())
        return import_history(pingyin, file, map_name="standard")

    def test_the_worked_month(self, february: History) -> None:
        """95, 95, 833/9 and 72 rank 1, 1, 3, 4; two are too few, none is not assessed; the vertical unit is apart."""
        ranking = february.rank(FEBRUARY)
        expected = {
            "gongan": (6, Fraction(95), 1, "ranked"),
            "zhujian": (8, Fraction(95), 1, "ranked"),
            "zhifa": (10, Fraction(833, 9), 3, "ranked"),
            "jiaotong": (5, Fraction(72), 4, "ranked"),
            "shichang": (2, Fraction(100), None, "provisional"),
            "ziran": (0, None, None, "not_assessed"),
            "xiaofang": (3, Fraction(100), None, "not_ranked"),
        }
        found = {unit: ranking.result(unit) for unit in expected}
        assert expected == {
            unit: (each[1].assignments, each[1].score, each[1].rank, each[1].status.value)
            for unit, each in found.items()
            if each is not None
        }
        assert {"departments", "vertical"} == {each[0].id for each in found.values() if each is not None}

    def test_an_answer_of_march_is_not_februarys(self, told: Importing, pingyin: Jurisdiction) -> None:
        """Called back on 03-02: March's satisfaction rate, February's other two."""
        history = told(
            reported("m1", "02-17 15:00", item="dogs", place="370124001010001"),
            row("m1", "called", "02-18 09:00", "gongan"),
            row("m1", "met", "02-18 15:00", "gongan"),
            row("m1", "completed", "02-19 09:00", "gongan"),
            row("m1", "answered", "03-02 09:00", "gongan", satisfied="yes"),
            county=pingyin,
        )
        counted = {month: history.rank(month).result("gongan") for month in (FEBRUARY, MARCH)}
        shares = {
            month: {name: str(each[1].tallies[name]) for name in ("met", "done", "satisfied")}
            for month, each in counted.items()
            if each is not None
        }
        assert {"met": "1/1", "done": "1/1", "satisfied": "0/0"} == shares[FEBRUARY]
        assert {"met": "0/0", "done": "0/0", "satisfied": "1/1"} == shares[MARCH]

    @pytest.mark.parametrize(("month", "due"), [(FEBRUARY, "02-28 23:59"), (MARCH, "03-01 00:00")])
    def test_a_month_ends_at_midnight_of_the_packs_zone(self, told: Importing, month: Month, due: str) -> None:
        """02-28 24:00 in China is 16:00 in UTC."""
        history = told(
            reported("m1", "02-01 09:00"),
            row("m1", "called", "02-01 10:00", "police", due_at=china(due)),
            row("m1", "met", "02-01 11:00", "police"),
        )
        found = history.rank(month).result("police")
        assert found is not None
        assert "1/1" == str(found[1].tallies["met"])

    def test_a_unit_without_matters_is_listed_without_a_rate(self, told: Importing) -> None:
        """T36: never 0 %, never 100 %, never lost."""
        found = told(*MONTH).rank(MARCH).result("police")
        assert found is not None
        assert (None, "not_assessed", {None}) == (
            found[1].score,
            found[1].status.value,
            {each.value for each in found[1].tallies.values()},
        )

    def test_the_whole_file_is_one_period(self, told: Importing) -> None:
        """Without a month every row counts, whatever its instants."""
        ranking = told(*MONTH).rank()
        found = ranking.result("police")
        assert found is not None
        assert ("all", 2) == (ranking.period, found[1].assignments)

    def test_no_month_before_the_scheme(self, told: Importing) -> None:
        """Nobody is judged by rules that did not hold."""
        with pytest.raises(NotInForceError, match="month_not_covered"):
            told(*MONTH).rank(Month(2020, 6))
        late = attrs.evolve(
            told(*MONTH).jurisdiction, scheme=attrs.evolve(told(*MONTH).scheme, effective_from=date(2021, 3, 1))
        )
        with pytest.raises(NotInForceError, match="scheme_not_in_force"):
            told(*MONTH, county=late).rank(FEBRUARY)

    def test_nor_a_pack_that_has_none(self, told: Importing, small_folder: Path) -> None:
        """Matters and explanations stand; a ranking is refused with what to do."""
        (small_folder / "assessment.toml").unlink()
        history = told(*MONTH, county=load_pack(small_folder))
        with pytest.raises(NotInForceError) as caught:
            history.rank(FEBRUARY)
        assert ("no_scheme", "add assessment.toml to the pack") == (caught.value.code, caught.value.faults[0].hint)
        assert (4, 0) == (history.figures(FEBRUARY).matters, history.figures(FEBRUARY).duties_completed)
        assert None is history.explain_unit("police")
        assert "duty 2" in str(history.explain_matter("m1"))


class TestFigures:
    """A period in counts."""

    def test_of_a_month(self, told: Importing) -> None:
        """Two calls of February, and one more that is open."""
        expected = Figures(
            matters=4,
            topics=1,
            ended=2,
            still_open=1,
            called=3,
            called_answered=2,
            called_satisfied=1,
            duties_completed=2,
            duties_late=1,
        )
        history = told(*MONTH)
        assert attrs.evolve(expected, ended=3) == history.figures() == history.figures(FEBRUARY)

    def test_of_another_month(self, told: Importing) -> None:
        """What is open is so at the instant up to which things are known."""
        assert {"still_open": 1} == {
            name: count for name, count in attrs.asdict(told(*MONTH).figures(MARCH)).items() if count
        }

    def test_midnight_belongs_to_the_month_that_begins(self, told: Importing) -> None:
        """In the pack's zone."""
        history = told(reported("m1", "02-28 23:59"), reported("m2", "03-01 00:00"), reported("m3", "02-01 00:00"))
        assert (2, 1) == (history.figures(FEBRUARY).matters, history.figures(MARCH).matters)

    def test_one_of_two_leads_not_satisfied_is_not_satisfied(self, told: Importing) -> None:
        """A matter counts once; silence is no answer."""
        history = told(
            reported("m1", "02-01 09:00"),
            row("m1", "called", "02-01 10:00", "police", role="joint"),
            row("m1", "called", "02-01 10:00", "fire", role="joint"),
            row("m1", "answered", "02-03 10:00", "police", satisfied="yes"),
            row("m1", "answered", "02-03 10:00", "fire", satisfied="no"),
            reported("m2", "02-01 09:00"),
            row("m2", "called", "02-01 10:00", "police"),
            row("m2", "answered", "02-03 10:00", "police"),
        )
        figures = history.figures()
        assert (2, 1, 0) == (figures.called, figures.called_answered, figures.called_satisfied)

    def test_the_articles_totals_come_out_of_the_register(self, register: History) -> None:
        """More than 2,000 topics; 51 calls, of which 50 satisfied: 98.04 %."""
        figures = register.figures()
        assert (51, 51, 50) == (figures.called, figures.called_answered, figures.called_satisfied)
        assert figures.topics > 2000


# --- explanations -----------------------------------------------------------------------------------------------


class TestExplainUnit:
    """The score follows from the printed text alone: "enough to recompute by hand"."""

    SHARE = re.compile(r": (\d+)/(\d+) = .*?(?:weight|权重) ([\d/]+)")

    @pytest.mark.parametrize("language", ["en", "zh"])
    @pytest.mark.parametrize("unit", ["gongan", "zhifa", "jiaotong", "zhujian", "xiaofang"])
    def test_the_score_from_the_text(self, register: History, unit: str, language: str) -> None:
        """Weights and shares as printed add up to the printed score, and the score to the ranking's."""
        reason = register.explain_unit(unit, FEBRUARY)
        assert reason is not None
        text = "\n".join(reason.lines(language)).replace("：", ": ")
        shares = [(int(num), int(den), Fraction(weight)) for num, den, weight in self.SHARE.findall(text)]
        score = sum((weight * Fraction(num, den) for num, den, weight in shares if weight), Fraction(0))
        (printed,) = re.findall(r"\) = ([\d/]+) = ", text)

        found = register.rank(FEBRUARY).result(unit)
        assert found is not None
        assert found[1].score == score == Fraction(printed)
        assert 5 == len(shares)

    def test_the_shares_from_the_named_matters(self, register: History) -> None:
        """Each rate's counts are those of the matters it names."""
        reason = register.explain_unit("zhifa", FEBRUARY)
        assert reason is not None
        met = next(each for each in reason.details[0].details if "meet rate" in each.text.en)
        named = {each.text.en.split(" ")[3]: each.text.en.partition(": ")[2].split(", ") for each in met.details}
        assert "9/10" in met.text.en
        assert {"numerator": 9, "denominator": 1} == {verdict: len(matters) for verdict, matters in named.items()}
        assert set(named["numerator"]) | set(named["denominator"]) <= register.matters.keys()

    def test_a_unit_that_nobody_compares(self, register: History) -> None:
        """A grid, or an id that is no unit."""
        assert (None, None) == (register.explain_unit("370124001010001"), register.explain_unit("nobody"))

    def test_a_unit_without_a_score_says_why(self, register: History) -> None:
        """0/0 is told, with the group's note."""
        text = str(register.explain_unit("370124001", FEBRUARY))
        assert "no rank" in text
        assert "not assessed" in str(register.explain_unit("ziran", FEBRUARY))


class TestExplainMatter:
    """What is recorded, and what each duty came to."""

    def test_the_due_instant_from_the_text(self, told: Importing) -> None:
        """The last of the counted days that are printed, at the close of business."""
        text = str(told(*MONTH).explain_matter("m3"))
        promised = text[text.index("duty 0") :]
        days = re.findall(r"(2021-\d\d-\d\d) \w+: .*?, day (\d)", promised)
        assert [("2021-02-18", "1"), ("2021-02-19", "2"), ("2021-02-20", "3")] == days
        assert f"due {days[-1][0]} 17:00:00 (by rule)" in promised
        assert "3 working days" in promised

    def test_every_record_with_its_line(self, told: Importing) -> None:
        """In the pack's own time, in order."""
        history = told(*MONTH)
        text = str(history.explain_matter("m1"))
        assert "m1: Car in the fire lane, 第一网格, closed" in text
        assert list(range(2, 10)) == [int(line) for line in re.findall(r"\(told.csv:(\d+)\)", text)]
        assert "2021-02-02 11:00:00 completed by 公安局" in text
        assert "did its duty=yes" in text

    def test_the_verdicts_are_those_that_were_counted(self, register: History) -> None:
        """Each rate's counts over all explanations are those of the ranking."""
        ranking = register.rank()
        for unit in ("jiaotong", "xiaofang"):
            found = ranking.result(unit)
            assert found is not None
            rows = [each for each in register.facts() if each.unit == unit]
            told: Counter[str] = Counter()
            for each in rows:
                lines = "\n".join(_duty(register, each))
                told.update(re.findall(r"^ *(.+?): counts (?:above|below) .*, month by", lines, re.MULTILINE))
            shares = {rate.label.en: found[1].tallies[rate.id].den for rate in register.scheme.rates}
            assert {name: den for name, den in shares.items() if den} == dict(told)

    def test_a_duty_that_no_group_counts_is_in_no_rate(self, told: Importing) -> None:
        """The grid and the vertical unit stand in no group of the small pack."""
        history = told(*MONTH)
        assert "month by" not in str(history.explain_matter("m4"))
        assert 2 == str(history.explain_matter("m1")).count("month by")

    def test_nor_one_in_a_role_that_its_group_does_not_count(self, told: Importing, small_folder: Path) -> None:
        """A department that handles a step of the ladder leads nothing."""
        where = 'where = { level = ["department"], accountability = ["county"] }\n'
        small_pack.change(small_folder, "assessment.toml", where, f'{where}roles = ["lead"]\n')
        rows = [reported("m1", "02-01 09:00"), row("m1", "assigned", "02-01 09:00", "police", role="handle")]
        duties = str(told(*rows, county=load_pack(small_folder)).explain_matter("m1")).partition("duty 0")[0]
        assert "公安局 (handles)" in duties
        assert "month by" not in duties

    def test_a_matter_without_an_item_or_a_unit(self, told: Importing) -> None:
        """Blank is shown as a dash."""
        history = told(row("m1", "reported", "02-01 09:00"))
        reason = history.explain_matter("m1")
        assert reason is not None
        assert ("m1: —, —, open", "m1：—，—，在办") == (reason.text.en, reason.text.zh)

    def test_an_outcome_without_an_instant(self, tmp_path: Path, small_county: Jurisdiction) -> None:
        """Is told with a dash."""
        told = {"matter": "m1", "reported_at": china("02-01 09:00"), "unit": "police", "satisfied": "no"}
        file = small_register.write(tmp_path / "m.csv", [told], small_register.MATTERS)
        assert "— resident answered 公安局 not satisfied (m.csv:2)" in str(
            import_history(small_county, file).explain_matter("m1")
        )

    def test_an_unknown_matter(self, told: Importing) -> None:
        """Has no explanation."""
        assert None is told(*MONTH).explain_matter("m9")


def _duty(history: History, wanted: FactRow) -> list[str]:
    """Return the lines of one duty in the explanation of its matter."""
    reason = history.explain_matter(wanted.matter)
    assert reason is not None
    return next(list(each.lines()) for each in reason.details if each.text.en.startswith(f"duty {wanted.number}:"))


class TestHistory:
    """The value itself."""

    def test_shows_itself_without_its_rows(self, register: History) -> None:
        """Neither matters nor the log are in what is printed; the counts are."""
        assert {"source": "register.csv", "rows": register.rows, "later": 0}.items() <= register.to_dict().items()
        assert "m-0001" not in repr(register) + str(register.to_dict())

    def test_names_are_the_latest(self, register: History) -> None:
        """A unit without a name is shown by its id."""
        county = register.jurisdiction
        assert ("平阴县公安局", "nobody") == (county.unit_label("gongan").zh, county.unit_label("nobody").in_("zh"))
        assert ("—", "x") == (county.item_label("").in_("en"), county.item_label("x").in_("en"))

    def test_facts_are_computed_once(self, register: History) -> None:
        """The same list each time."""
        assert register.facts() is register.facts()

    def test_the_last_day_is_the_periods(self, told: Importing) -> None:
        """Of a month its last; of all, the day of the instant, at most the last that the pack covers."""
        history = told(*MONTH)
        assert (date(2021, 2, 28), date(2021, 5, 1)) == (history.last_day(FEBRUARY), history.last_day())
        beyond = told(*MONTH, as_of=datetime(2030, 1, 1, tzinfo=UTC))
        assert date(2021, 6, 30) == beyond.last_day()


# --- real data --------------------------------------------------------------------------------------------------

BOSTON = {
    "public-works-department": (36_660, 26_886, 3_205),
    "inspectional-services": (6_195, 6_195, 2_919),
    "parks-recreation-department": (4_690, 4_606, 1_102),
    "transportation-traffic-division": (4_022, 3_892, 714),
    "mayors-24-hour-hotline": (1_159, 422, 43),
    "property-management": (1_820, 1_820, 247),
    "boston-water-sewer-commission": (24, 0, 0),
}
"""Department: closed, closed with a target, of those late."""


@pytest.fixture(scope="module")
def boston(shared_data: Path) -> History:
    """The whole file of the city."""
    return import_history(load_pack("boston-2011"), shared_data / "boston311_2011h2.csv.gz")


class TestBoston:
    """58,251 real cases of another city, with nothing but a pack and a map."""

    def test_every_row_is_taken_and_every_count_is_right(self, boston: History) -> None:
        """On time = closed with a target and not late; a request without a target is in no denominator."""
        assert (58_251, 58_251, 0) == (boston.rows, boston.taken + len(boston.rejected), boston.later)
        tallies = {unit: result[1].tallies for unit in BOSTON if (result := boston.rank().result(unit))}
        expected = {unit: (f"{target - late}/{target}", closed) for unit, (closed, target, late) in BOSTON.items()}
        assert expected == {unit: (str(each["on_time"]), each["closed"].num) for unit, each in tallies.items()}

    def test_blank_precincts_stay_with_the_nearest_known_unit(self, boston: History) -> None:
        """2,960 cells hold a space: the ward, else the city; nobody is lost."""
        structure = boston.jurisdiction.organization.at(date(2011, 12, 31))
        levels = Counter(structure.unit(matter.place).level for matter in boston.matters.values())
        assert 2_960 == levels["ward"] + levels["city"]
        assert 58_251 == sum(levels.values())

    def test_closings_after_the_year_are_kept(self, boston: History) -> None:
        """Some were closed as late as 2019."""
        years = Counter(each.closed_at.year for each in boston.matters.values() if each.closed_at is not None)
        assert 54_570 == sum(years.values())
        assert 2019 == max(years)

    def test_as_of_the_first_of_october(self) -> None:
        """Of the sample: what was closed later is then still open, what was opened later is not there."""
        county, end = load_pack("boston-2011"), datetime(2011, 10, 1, 4, tzinfo=UTC)
        now, then = import_history(county, "sample"), import_history(county, "sample", as_of=end)
        known = [matter for matter in now.matters.values() if matter.reported_at <= end]
        closed = [matter.id for matter in known if matter.closed_at is not None and matter.closed_at <= end]
        assert [matter.id for matter in known] == list(then.matters)
        assert closed == [matter.id for matter in then.matters.values() if matter.closed_at is not None]
        assert (now.rows - len(known), 0) == (then.later, len(then.rejected))
        assert 0 < len(closed) < len(known) < now.rows


@pytest.fixture(scope="module")
def receipts() -> History:
    """The log of permits."""
    return import_history(load_pack(ROOT / "tests" / "packs" / "receipt-nl"), "log")


class TestReceipts:
    """A log with a row per happening, through a pack and a map of its own."""

    def test_1434_matters_of_which_92_overran(self, receipts: History) -> None:
        """92 cases have an event after their deadline."""
        assert (1_434, 0) == (len(receipts.matters), len(receipts.rejected))
        assert 92 == len({each.matter for each in receipts.facts() if each.facts.get("overran")})

    def test_the_log_says_so_itself(self, receipts: History) -> None:
        """Counted from the file by hand."""
        file = receipts.jurisdiction.registers["log"].file
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            late = {
                each["case:concept:name"]
                for each in csv.DictReader(text)
                if each["case:deadline"]
                and datetime.fromisoformat(each["time:timestamp"]) > datetime.fromisoformat(each["case:deadline"])
            }
        assert late == {each.matter for each in receipts.facts() if each.facts.get("overran")}

    def test_stamps_are_in_utc(self, receipts: History) -> None:
        """Offsets of the file are kept to the second."""
        first = next(iter(receipts.matters.values()))
        assert stamp(first.reported_at) == next(iter(receipts.store.feed())).data["happenings"][0]["at"]


def test_a_step_held_by_a_named_unit_binds_that_unit(told: Importing, small_county: Jurisdiction) -> None:
    """Route and history agree on who stands on which step."""
    policy = small_county.policy
    assert policy is not None
    named = attrs.evolve(policy.ordinary.steps[0], answers="unit:police")
    changed = attrs.evolve(policy, ordinary=attrs.evolve(policy.ordinary, steps=(named, *policy.ordinary.steps[1:])))
    county = attrs.evolve(small_county, policy=changed)
    rows = (
        reported("m1", "02-01 09:00", place="g3"),
        row("m1", "assigned", "02-01 09:10", "police"),
        row("m1", "assigned", "02-01 09:10", "fire"),
    )
    basis = {each.unit: each.due_basis for each in told(*rows, county=county).facts()}
    before = {each.unit: each.due_basis for each in told(*rows).facts()}
    assert ("rule", "none") == (basis["police"], basis["fire"])
    assert ("none", "none") == (before["police"], before["fire"])


class TestDispatches:
    """R17: where matters were sent, beside where the list sends them; a difference is a figure, not a fault."""

    def test_the_register_of_pingyin_in_february(self, register: History) -> None:
        """One of the month's calls went to a unit that does not lead its item."""
        found = {each.of: each for each in register.dispatches(FEBRUARY)}
        leading = [
            duty
            for matter in register.matters.values()
            for duty in matter.assignments
            if duty.role in {"lead", "joint", "either"}
            and duty.opened_at.astimezone(CHINA).strftime("%Y-%m") == "2021-02"
        ]
        assert len(leading) == sum(each.total + each.unlisted + each.undecided for each in found.values())
        assert Fraction(1, 2) == found["basement-birds"].accuracy
        assert [("zhujian", ("gongan",))] == [
            (error.dispatch.unit, error.expected) for error in found["basement-birds"].errors
        ]
        assert 1 == sum(each.total - each.right for each in found.values())

    def test_the_role_decides_what_is_a_dispatch(self, told: Importing) -> None:
        """A supporting unit was not sent the matter."""
        history = told(
            reported("m1", "02-01 09:00", item="noise", place="g3"),
            row("m1", "called", "02-01 10:00", "police"),
            row("m1", "called", "02-01 10:00", "fire", role="support"),
            row("m1", "called", "03-01 10:00", "fire", role="joint"),
        )
        assert ([1], [2]) == (
            [each.total for each in history.dispatches(FEBRUARY)],
            [each.total for each in history.dispatches()],
        )


class TestPeriods:
    """Outside the dates covered the library refuses; nothing a unit did is lost with it."""

    def test_a_month_beyond_the_pack_is_refused(self, told: Importing) -> None:
        """The rules of a later month are not known."""
        history = told(reported("m1", "02-01 09:00"))
        with pytest.raises(NotInForceError) as refused:
            history.rank(Month(2031, 1))
        assert "month_not_covered" == refused.value.code

    def test_a_unit_abolished_before_the_months_end_keeps_its_row(self, small_folder: Path, tmp_path: Path) -> None:
        """It is in the group of its last day."""
        small_register.write_pack(small_folder)
        small_pack.change(small_folder, "units.csv", "fire,消防大队", f"{OLD_UNTIL}\nfire,消防大队")
        rows = (reported("m1", "02-01 09:00", item="noise"), row("m1", "called", "02-01 10:00", "old"))
        history = import_history(load_pack(small_folder), small_register.write(tmp_path / "f.csv", rows), as_of=LATER)
        found = history.rank(FEBRUARY).result("old")
        assert found is not None
        assert 1 == found[1].assignments


OLD_UNTIL = "old,旧局,,department,small,,2021-02-15,,county,,report,"
