"""Records: a foreign file, a map, and for every row what it says happened or why it cannot be taken."""

import gzip
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import PackError, RecordError, RefusedError
from gridgov.matters import Happening, Recorded
from gridgov.records import (
    Ambiguous,
    Column,
    Constant,
    First,
    Map,
    Other,
    Rejected,
    Shape,
    UnknownItem,
    UnknownPlace,
    Verb,
    Words,
    files,
    map_from_table,
    read_records,
    standard_map,
)
from gridgov.records.times import BadTime, LocalClock, LocalTimes, time_format_fault

ABOLISHED = date(2021, 3, 1)


@attrs.frozen
class Small:
    """A jurisdiction of a few names; unit ``old`` ends on 2021-03-01."""

    units: frozenset[str] = frozenset({"town", "north", "roads", "water", "old", "370124001", "370124"})

    def place(self, unit: str, day: date, /) -> bool:
        return unit in self.units and not (unit == "old" and day >= ABOLISHED)

    def unit(self, unit: str, day: date, /) -> bool:
        return self.place(unit, day)

    def item(self, item: str, /) -> bool:
        return item in {"pothole", "leak"}

    def fact(self, name: str, text: str, /) -> object:
        if text not in {"yes", "no"}:
            raise RefusedError.of("bad_flag", f"{name} is yes or no")
        return text == "yes"

    def attribute(self, name: str, text: str, /) -> object:
        if text not in {"road", "venue"}:
            raise RefusedError.of("unknown_word", f"{name} has no such word")
        return text


MATTERS: Mapping[str, Verb] = {
    name: Column(name)
    for name in (
        *("matter", "item", "place", "channel", "reported_at", "unit", "role", "assigned_at", "due_at"),
        *("signed_at", "contacted_at", "met_at", "completed_at", "outcome", "answered_at", "satisfied"),
        *("closed_at", "status", "excluded", "fact.duty", "when.scene"),
    )
}
ZONE = "Asia/Shanghai"


def matters_map(**changes: Any) -> Map:
    """A map of every standard column of matters; only some need be in the file."""
    return attrs.evolve(Map(id="m", shape=Shape.MATTERS, columns=MATTERS, zone=ZONE, optional_columns=True), **changes)


def happenings_map(columns: Iterable[str] = (), **changes: Any) -> Map:
    names = ("matter", "what", "at", "unit", "role", "place", "due_at", "satisfied", "reason", "fact.duty", *columns)
    found = {name: Column(name) for name in names}
    return attrs.evolve(Map(id="h", shape=Shape.HAPPENINGS, columns=found, zone=ZONE, optional_columns=True), **changes)


def read(text: str | bytes, map_: Map | None = None, **options: Any) -> list[Recorded | Rejected]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_records(io.BytesIO(data), map_ or matters_map(), Small(), **options))


def csv_of(*rows: Mapping[str, str]) -> str:
    """A CSV file of rows without commas or quotes."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return "\n".join(lines) + "\n"


BASE = {"matter": "m1", "reported_at": "2021-02-10 09:00"}
DUTY = {**BASE, "unit": "roads"}


def one(row: Mapping[str, str], map_: Map | None = None) -> Recorded | Rejected:
    (found,) = read(csv_of(row), map_)
    return found


def taken(row: Mapping[str, str], map_: Map | None = None) -> Recorded:
    found = one(row, map_)
    assert isinstance(found, Recorded), found
    return found


def refused(row: Mapping[str, str], map_: Map | None = None) -> Rejected:
    found = one(row, map_)
    assert isinstance(found, Rejected), found
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class TestMatters:
    """Design section 6: "one row per matter (reported, assigned, due, completed, answered …)"."""

    def test_a_row_tells_what_happened_in_order(self) -> None:
        """Every instant of the row becomes a happening of the matter or of its unit, in UTC."""
        row = {
            **DUTY,
            "item": "pothole",
            "place": "north",
            "channel": "hotline",
            "role": "lead",
            "assigned_at": "2021-02-10 10:00",
            "due_at": "2021-02-18 17:00",
            "signed_at": "2021-02-10 10:10",
            "contacted_at": "2021-02-10 10:20",
            "met_at": "2021-02-10 11:00",
            "completed_at": "2021-02-11 09:00",
            "answered_at": "2021-02-12 09:00",
            "satisfied": "no",
            "closed_at": "2021-02-12 09:30",
            "excluded": "duplicate",
            "fact.duty": "yes",
            "when.scene": "road",
        }
        at = "2021-02-{}+08:00".format
        assigned = Happening(
            "assigned", utc(at("10T10:00")), "roads", "lead", utc(at("18T17:00")), None, "", {"duty": "yes"}
        )
        expected = (
            Happening("reported", utc(at("10T09:00"))),
            assigned,
            Happening("signed", utc(at("10T10:10")), "roads"),
            Happening("contacted", utc(at("10T10:20")), "roads"),
            Happening("met", utc(at("10T11:00")), "roads"),
            Happening("completed", utc(at("11T09:00")), "roads"),
            Happening("answered", utc(at("12T09:00")), "roads", satisfied=False),
            Happening("excluded", reason="duplicate"),
            Happening("closed", utc(at("12T09:30"))),
        )
        record = taken(row)
        assert expected == record.happenings
        assert ("m1", "pothole", "north", "hotline", {"scene": "road"}, 2, "stream") == (
            record.matter,
            record.item,
            record.place,
            record.channel,
            dict(record.when),
            record.line,
            record.source,
        )

    def test_a_report_alone_is_enough(self) -> None:
        """A matter that nobody was given has its report and no more."""
        assert [Happening("reported", utc("2021-02-10T01:00Z"))] == list(taken(BASE).happenings)

    def test_a_duty_without_an_instant_begins_with_the_report(self) -> None:
        """``assigned_at`` is the report's instant where the row does not say."""
        assert utc("2021-02-10T01:00Z") == taken(DUTY).happenings[1].at

    def test_a_due_instant_before_the_duty_is_the_records_own(self) -> None:
        """Decided versus recorded: the record's due time holds, however odd."""
        due_at = taken({**DUTY, "due_at": "2021-02-01 09:00"}).happenings[1].due_at
        assert utc("2021-02-01T01:00Z") == due_at

    @pytest.mark.parametrize("outcome", ["returned", "relieved"])
    def test_an_outcome_needs_no_instant_but_completion_does(self, outcome: str) -> None:
        """A returned or relieved duty is so without a date, with one at that date."""
        assert Happening(outcome, None, "roads") == taken({**DUTY, "outcome": outcome}).happenings[-1]
        dated = taken({**DUTY, "outcome": outcome, "completed_at": "2021-02-11 09:00"}).happenings[-1]
        assert Happening(outcome, utc("2021-02-11T01:00Z"), "roads") == dated
        assert "missing_time" == refused({**DUTY, "outcome": "completed"}).code

    def test_an_answer_may_lack_its_instant_or_its_judgement(self) -> None:
        """An unanswered survey is not satisfaction: an answer without a judgement stays without."""
        undated = taken({**DUTY, "satisfied": "yes"}).happenings[-1]
        silent = taken({**DUTY, "answered_at": "2021-02-12 09:00"}).happenings[-1]
        assert Happening("answered", None, "roads", satisfied=True) == undated
        assert Happening("answered", utc("2021-02-12T01:00Z"), "roads") == silent

    def test_a_withdrawn_matter_ends_when_it_was_closed(self) -> None:
        """``status`` withdrawn makes the closing instant a withdrawal."""
        row = {**BASE, "status": "withdrawn", "closed_at": "2021-02-11 09:00"}
        assert Happening("withdrawn", utc("2021-02-11T01:00Z")) == taken(row).happenings[-1]
        assert "closed" == taken({**row, "status": "closed"}).happenings[-1].what
        assert 1 == len(taken({**BASE, "status": "open"}).happenings)

    @pytest.mark.parametrize(
        ("change", "code", "column"),
        [
            ({"matter": ""}, "missing_matter", "matter"),
            ({"matter": "ｍ１"}, "bad_id", "matter"),
            ({"matter": "=cmd()"}, "bad_id", "matter"),
            ({"reported_at": ""}, "missing_time", "reported_at"),
            ({"reported_at": "10/02/2021"}, "bad_time", "reported_at"),
            ({"due_at": "2021-02-30 09:00"}, "bad_time", "due_at"),
            ({"unit": "raods"}, "unknown_unit", "unit"),
            ({"unit": "old", "reported_at": "2021-03-01 00:00"}, "unknown_unit", "unit"),
            ({"role": "boss"}, "unknown_word", "role"),
            ({"item": "pot hole"}, "bad_id", "item"),
            ({"place": "nowhere"}, "unknown_place", "place"),
            ({"channel": "a\u202eb"}, "bad_text", "channel"),
            ({"assigned_at": "2021-02-10 08:59"}, "out_of_order", "assigned_at"),
            ({"met_at": "2021-02-10 08:59"}, "out_of_order", "met_at"),
            ({"completed_at": "2021-02-10 08:59"}, "out_of_order", "completed_at"),
            ({"answered_at": "2021-02-10 08:59"}, "out_of_order", "answered_at"),
            ({"closed_at": "2021-02-10 08:59"}, "out_of_order", "closed_at"),
            ({"unit": "", "completed_at": "2021-02-11 09:00"}, "missing_unit", "unit"),
            ({"satisfied": "maybe"}, "unknown_word", "satisfied"),
            ({"status": "open", "closed_at": "2021-02-11 09:00"}, "contradiction", "status"),
            ({"status": "closed"}, "missing_time", "status"),
            ({"fact.duty": "perhaps"}, "bad_flag", "fact.duty"),
            ({"when.scene": "sea"}, "unknown_word", "when.scene"),
        ],
    )
    def test_a_bad_row_is_rejected_with_its_reason(self, change: dict[str, str], code: str, column: str) -> None:
        """Refuse loudly, lose nothing: the line, the column, what stands there, and a code."""
        row = {**DUTY, **change}
        found = refused(row)
        assert (2, code, column, row.get(column, "")) == (found.line, found.code, found.column, found.value)

    @pytest.mark.parametrize("name", ["matter", "item", "place", "unit", "role", "reported_at", "fact.duty", "channel"])
    def test_no_message_holds_what_the_row_said(self, name: str) -> None:
        """Never in a message: residents' names, phones, free text, wherever a wrong map may find them."""
        found = refused({**DUTY, name: "张三 138\u200b0001"})
        assert "张三 138\u200b0001" == found.value
        assert "张三" not in found.message

    def test_the_second_row_of_a_matter_is_rejected(self) -> None:
        """One row per matter; a rejected row leaves its id free for a good one."""
        found = read(csv_of({**BASE, "reported_at": "?"}, BASE, BASE))
        assert ["bad_time", "m1", "duplicate_matter"] == [getattr(row, "code", "m1") for row in found]

    def test_formulas_and_markup_go_through_untouched(self) -> None:
        """What writes a text out escapes it; what reads it changes nothing."""
        texts = ("=1+1", "<b>&", "@SUM(A1)", "\\input{x}", "[a](b)")
        assert list(texts) == [taken({**BASE, "channel": text}).channel for text in texts]


class TestHappenings:
    """Design section 6: "one row per happening (matter, what, when, who …)"."""

    ROW: Mapping[str, str] = {"matter": "m1", "what": "reported", "at": "2021-02-10T09:00:00+08:00"}

    def test_each_row_is_one_happening(self) -> None:
        """A row keeps the role and due instant of an opening, and the answer, reason and facts of the others."""
        rows = [
            self.ROW,
            {**self.ROW, "what": "called", "unit": "roads", "role": "lead", "due_at": "2021-02-18 17:00"},
            {**self.ROW, "what": "met", "unit": "roads", "role": "lead", "due_at": "2021-02-18 17:00"},
            {**self.ROW, "what": "answered", "satisfied": "yes", "reason": "x"},
            {**self.ROW, "what": "excluded", "reason": "duplicate", "unit": "roads", "fact.duty": "no"},
        ]
        at = utc("2021-02-10T01:00Z")
        expected = [
            Happening("reported", at),
            Happening("called", at, "roads", "lead", utc("2021-02-18T09:00Z")),
            Happening("met", at, "roads"),
            Happening("answered", at, satisfied=True),
            Happening("excluded", at, "roads", reason="duplicate", facts={"duty": "no"}),
        ]
        found = read(csv_of(*rows), happenings_map())
        assert expected == [happening for row in found if isinstance(row, Recorded) for happening in row.happenings]

    @pytest.mark.parametrize(
        ("change", "code", "column"),
        [
            ({"what": ""}, "missing_word", "what"),
            ({"what": "finished"}, "unknown_word", "what"),
            ({"at": ""}, "missing_time", "at"),
            ({"what": "assigned"}, "missing_unit", "unit"),
            ({"what": "passed_up", "unit": "x9"}, "unknown_unit", "unit"),
            ({"what": "withdrawn", "reason": "a\u200bb"}, "bad_id", "reason"),
        ],
    )
    def test_a_bad_row_is_rejected_with_its_reason(self, change: dict[str, str], code: str, column: str) -> None:
        """The same as for rows of matters."""
        found = refused({**self.ROW, **change}, happenings_map())
        assert (code, column) == (found.code, found.column)

    def test_where_rows_repeat_the_report_the_first_one_opens_the_matter(self) -> None:
        """An event log states a case's start, due instant and department on each of its rows."""
        row = {**self.ROW, "reported_at": "2021-02-10 08:00", "due_at": "2021-02-18 17:00", "role": "lead"}
        rows = [
            {**row, "what": "noted", "unit": "roads"},
            {**row, "what": "completed", "unit": "roads"},
            {**row, "matter": "m2", "what": "closed"},
            {**row, "matter": "m3", "what": "called", "unit": "roads"},
            {**row, "matter": "m4"},
        ]
        found = read(csv_of(*rows), happenings_map(["reported_at"]))
        whats = [[happening.what for happening in row.happenings] for row in found if isinstance(row, Recorded)]
        expected = [["reported", "assigned", "noted"], ["completed"], ["reported", "closed"], ["reported", "called"]]
        assert [*expected, ["reported"]] == whats
        first = found[0]
        assert isinstance(first, Recorded)
        opening = Happening("assigned", utc("2021-02-10T00:00Z"), "roads", "lead", utc("2021-02-18T09:00Z"))
        assert (opening, utc("2021-02-10T00:00Z")) == (first.happenings[1], first.at)

    @pytest.mark.parametrize(("reported_at", "code"), [("", "missing_time"), ("2021-02-10 10:00", "out_of_order")])
    def test_a_first_row_must_lie_after_a_report_that_it_gives(self, reported_at: str, code: str) -> None:
        """Nothing happens to a matter before it was reported."""
        row = {"matter": "m1", "what": "noted", "at": "2021-02-10 09:00", "reported_at": reported_at}
        columns = {name: Column(name) for name in row}
        assert code == refused(row, Map(id="h", shape=Shape.HAPPENINGS, columns=columns, zone=ZONE)).code

    def test_a_cell_of_any_length_is_read_each_time(self) -> None:
        """Only short cells are remembered, and the answer is the same."""
        rows = [{**self.ROW, "what": "noted", "unit": "x" * 900}] * 2
        found = read(csv_of(*rows), happenings_map())
        assert ["unknown_unit"] * 2 == [each.code for each in found if isinstance(each, Rejected)]

    def test_a_file_of_standard_columns_may_report_in_a_row_of_its_own(self) -> None:
        """Wherever that row stands: the order of rows decides nothing."""
        noted = taken({**self.ROW, "what": "noted"}, happenings_map(["reported_at"]))
        assert ["noted"] == [happening.what for happening in noted.happenings]


class TestVerbs:
    """Design section 5: "column, first non-blank, constant, words → words … what counts as blank"."""

    def place_of(self, verb: Verb, row: Mapping[str, str], **changes: Any) -> str:
        columns = {"matter": Column("matter"), "reported_at": Column("reported_at"), "channel": verb}
        return taken({**BASE, **row}, matters_map(columns=columns, **changes)).channel

    def test_a_constant_stands_for_every_row(self) -> None:
        """Whatever the file says."""
        assert "app" == self.place_of(Constant("app"), {"a": "desk"})

    def test_the_first_that_is_not_blank(self) -> None:
        """White space is blank, and so is what the map says."""
        verb = First((Column("a"), Column("b"), Constant("none")))
        rows = [{"a": "x", "b": "y"}, {"a": " ", "b": "y"}, {"a": "N/A", "b": ""}]
        assert ["x", "y", "none"] == [self.place_of(verb, row, blanks=("N/A",)) for row in rows]
        assert "" == self.place_of(First((Column("a"),)), {"a": " "})

    @pytest.mark.parametrize(("other", "expected"), [(Other.KEEP, "fax"), (Other.BLANK, ""), ("unknown", "unknown")])
    def test_words_of_the_source_become_words_of_the_pack(self, other: Other | str, expected: str) -> None:
        """A word that the map does not list is kept, blank, or one word for all; blank stays blank."""
        verb = Column("a", Words({"Telephone": "hotline"}, other))
        assert ["hotline", expected, ""] == [self.place_of(verb, {"a": text}) for text in ("Telephone", "fax", " ")]
        assert "hotline" == self.place_of(First((Column("a"),), verb.words), {"a": "Telephone"})

    @pytest.mark.parametrize(("text", "hint"), [("Telephon", "did you mean 'Telephone'?"), ("smoke", "")])
    def test_a_word_that_is_not_listed_is_refused_with_a_near_one(self, text: str, hint: str) -> None:
        """The usual rule for words; the near word is the map's, never the row's."""
        verb = Column("a", Words({"Telephone": "hotline"}))
        columns = {"matter": Column("matter"), "reported_at": Column("reported_at"), "channel": verb}
        found = refused({**BASE, "a": text}, matters_map(columns=columns))
        assert ("unknown_word", "a", text, hint) == (
            found.code,
            found.column,
            found.value,
            found.message.partition("'channel'")[2].removeprefix(": "),
        )

    def test_a_refusal_names_the_column_that_said_it(self) -> None:
        """Of several columns the first that is not blank; of a constant the standard name."""
        columns: dict[str, Verb] = {**MATTERS, "unit": First((Column("a"), Column("b")))}
        found = refused({**BASE, "a": " ", "b": "x9"}, matters_map(columns=columns))
        assert ("b", "x9") == (found.column, found.value)
        constant = refused(BASE, matters_map(columns={**MATTERS, "unit": Constant("x9")}))
        assert ("unit", "") == (constant.column, constant.value)

    def test_a_long_value_is_cut_in_the_report(self) -> None:
        """A report must be readable."""
        value = refused({**BASE, "matter": "ü" * 900}).value
        assert (500, "…") == (len(value), value[-1])


class TestPlaces:
    """Design section 5: "an unknown place (the nearest known unit above it, or reject)"."""

    def columns(self) -> dict[str, Verb]:
        words = Words({"N": "north"}, Other.BLANK)
        return {**MATTERS, "place": First((Column("a"), Column("b", words), Constant("town")))}

    @pytest.mark.parametrize(
        ("row", "place"),
        [({"a": "old"}, "old"), ({"a": "9999", "b": "N"}, "north"), ({"a": " ", "b": "S"}, "town"), ({}, "town")],
    )
    def test_the_next_known_candidate(self, row: dict[str, str], place: str) -> None:
        """The first candidate that is a known unit on the day of the report."""
        assert place == taken({**BASE, "a": "", "b": "", **row}, matters_map(columns=self.columns())).place

    @pytest.mark.parametrize(
        ("code", "place"),
        [("370124001010", "370124001"), ("370124001010003", "370124001"), ("370124999", "370124")],
    )
    def test_above_an_official_code(self, code: str, place: str) -> None:
        """Division codes nest by prefix, 6, 9 and 12 digits."""
        assert place == taken({**BASE, "place": code}).place

    @pytest.mark.parametrize("code", ["37012400199", "999999999999", "３７０１２４００１", "370124-00101"])
    def test_other_texts_have_nothing_above(self, code: str) -> None:
        """Only digits of an official length, and only where the prefix is a unit."""
        assert "unknown_place" == refused({**BASE, "place": code}).code

    def test_or_reject(self) -> None:
        """The first candidate that says something must be known; a row that says nothing has no place."""
        strict = matters_map(columns=self.columns(), unknown_place=UnknownPlace.REJECT)
        found = refused({**BASE, "a": "370124999", "b": "N"}, strict)
        assert ("unknown_place", "a", "370124999") == (found.code, found.column, found.value)
        assert "north" == taken({**BASE, "a": "", "b": "N"}, strict).place
        assert "" == taken({**BASE, "place": ""}, matters_map(unknown_place=UnknownPlace.REJECT)).place

    def test_words_over_a_list_of_columns(self) -> None:
        """Words may stand on ``first`` as a whole."""
        verb = First((Column("a"), Column("b")), Words({"N": "north"}))
        assert "north" == taken({**BASE, "a": "", "b": "N"}, matters_map(columns={**MATTERS, "place": verb})).place


class TestItems:
    """A matter of a kind that is not in the list is kept, unless the map says otherwise."""

    def test_kept_or_rejected(self) -> None:
        """``unknown_item``."""
        row = {**BASE, "item": "noise"}
        assert "noise" == taken(row).item
        assert "unknown_item" == refused(row, matters_map(unknown_item=UnknownItem.REJECT)).code
        assert "leak" == taken({**BASE, "item": "leak"}, matters_map(unknown_item=UnknownItem.REJECT)).item


NEW_YORK = "America/New_York"


class TestTimes:
    """Times without zone across a change of clocks; formats of numbers only; nothing of the process's locale."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2011-07-01 01:32:33", "2011-07-01T05:32:33Z"),
            ("2011-07-01T01:32", "2011-07-01T05:32:00Z"),
            ("2011-12-01 01:32:33.250", "2011-12-01T06:32:33.250Z"),
            ("2011-07-01T01:32:33+08:00", "2011-06-30T17:32:33Z"),
            ("2011-07-01T01:32:33Z", "2011-07-01T01:32:33Z"),
            ("2011-11-06 00:59:59", "2011-11-06T04:59:59Z"),
            ("2011-11-06 02:00:00", "2011-11-06T07:00:00Z"),
            ("2011-03-13 03:00:00", "2011-03-13T07:00:00Z"),
        ],
    )
    def test_iso(self, text: str, expected: str) -> None:
        """A time without offset is of the map's zone; one with an offset is not."""
        assert utc(expected) == LocalTimes(("iso",), NEW_YORK, "reject").instant(text)

    @pytest.mark.parametrize(
        "text",
        [
            *("2021-W10-1T10:00", "2021-W10-1 01:32:33", "20210207T1000", "2021-02-07", "2021-02-07T10"),
            *("2021-02-07T24:00", "2021-02-07T23:59:60", "2021-02-30T10:00", "2021-02-07x10:00", "10:00", ""),
            *("２０２１-02-07T10:00", "2021-02-07T10:00Asia", "1899-12-31T10:00", "2200-01-01T00:00"),
        ],
    )
    def test_not_iso(self, text: str) -> None:
        """Week dates, basic forms, dates alone, 24:00, leap seconds, other digits, years out of reason."""
        with pytest.raises(BadTime) as refusal:
            LocalTimes(("iso",), NEW_YORK, "first").instant(text)
        assert "bad_time" == refusal.value.code

    @pytest.mark.parametrize(
        ("ambiguous", "expected"), [("first", "2011-11-06T05:30:00Z"), ("second", "2011-11-06T06:30:00Z")]
    )
    def test_an_hour_that_ran_twice_has_the_side_that_the_map_says(self, ambiguous: str, expected: str) -> None:
        """2011-11-06 01:30 in New York."""
        assert utc(expected) == LocalTimes(("iso",), NEW_YORK, ambiguous).instant("2011-11-06 01:30:00")

    @pytest.mark.parametrize(
        ("text", "code"), [("2011-11-06 01:30:00", "time_ambiguous"), ("2011-03-13 02:30:00", "time_skipped")]
    )
    def test_or_the_row_is_rejected(self, text: str, code: str) -> None:
        """A time that clocks jumped over is always rejected."""
        found = refused({**BASE, "reported_at": text}, matters_map(zone=NEW_YORK, ambiguous=Ambiguous.REJECT))
        assert (code, "reported_at", text) == (found.code, found.column, found.value)

    @pytest.mark.parametrize(
        ("form", "text", "expected"),
        [
            ("%m/%d/%Y %I:%M:%S %p", "07/01/2011 12:05:09 AM", "2011-07-01T04:05:09Z"),
            ("%m/%d/%Y %I:%M %p", "7/1/2011 1:05 pm", "2011-07-01T17:05:00Z"),
            ("%d %b %Y %H:%M", "5 Nov 2011 09:00", "2011-11-05T13:00:00Z"),
            ("%Y-%m-%d %H:%M:%S", "2011-07-01 01:32:33", "2011-07-01T05:32:33Z"),
            ("%Y-%m-%d %H:%M:%S", "2011-7-1 1:32:33", "2011-07-01T05:32:33Z"),
            ("%Y-%m-%d %H:%M", "2011-07-01 01:32", "2011-07-01T05:32:00Z"),
            ("%Y-%m-%dT%H:%M:%S%z", "2011-07-01T01:32:33-0430", "2011-07-01T06:02:33Z"),
            ("%Y-%m-%dT%H:%M:%S%z", "2011-07-01T01:32:33+08:00", "2011-06-30T17:32:33Z"),
            ("%Y-%m-%dT%H:%M:%S.%f%z", "2011-07-01T01:32:33.5Z", "2011-07-01T01:32:33.5Z"),
            ("%Y.%m.%d", "2011.07.01", "2011-07-01T04:00:00Z"),
            ("100%% %Y-%m-%d", "100% 2011-07-01", "2011-07-01T04:00:00Z"),
        ],
    )
    def test_formats(self, form: str, text: str, expected: str) -> None:
        """The closed set of directives; English month names whatever the locale."""
        assert utc(expected) == LocalTimes((form,), NEW_YORK, "reject").instant(text)

    @pytest.mark.parametrize(
        ("form", "text"),
        [
            ("%m/%d/%Y %I:%M %p", "7/1/2011 13:05 PM"),
            ("%m/%d/%Y %I:%M %p", "7/1/2011 0:05 AM"),
            ("%d %b %Y", "5 Mai 2011"),
            ("%Y-%m-%d", "2011-02-29"),
            ("%Y-%m-%d", "2011-02-28 "),
            ("%Y-%m-%d", "٢٠١١-02-28"),
            ("%Y-%m-%d %H:%M:%S", "2011-W10-1 01:32:33"),
            ("%Y-%m-%d %H:%M:%S", "2011-07-01 01:32+05"),
            ("%Y-%m-%d %H:%M:%S", "2011-07-01 24:00:00"),
            ("%Y-%m-%d %H:%M%z", "2011-07-01 10:00+25:00"),
        ],
    )
    def test_other_texts_are_no_times(self, form: str, text: str) -> None:
        """Nothing is guessed."""
        with pytest.raises(BadTime, match="not a time written as"):
            LocalTimes((form,), NEW_YORK, "first").instant(text)

    def test_formats_are_tried_in_order(self) -> None:
        """A file may mix two."""
        local = LocalTimes(("%d/%m/%Y", "%m/%d/%Y"), "UTC", "first")
        assert ["2011-02-01", "2011-02-13"] == [
            str(local.instant(text).date()) for text in ("01/02/2011", "02/13/2011")
        ]

    @pytest.mark.parametrize(
        ("form", "fault"),
        [
            ("%d.%m.%y", "has %y, which is not read"),
            ("%c", "has %c, which is not read"),
            ("%Y-%m-%d %", "has %, which is not read"),
            ("%Y-%Y-%m-%d", "has %Y twice"),
            ("%Y-%m-%d hh:mm:ss tt", "has 'hh', which stands for these very letters: what is read begins with '%'"),
            ("yyyy", "has 'yyyy', which stands for these very letters: what is read begins with '%'"),
            ("%m-%d", "needs %Y"),
            ("%Y-%d", "needs %m or %b"),
            ("%Y-%m-%b-%d", "needs %m or %b"),
            ("%Y-%m", "needs %d"),
            ("%Y-%m-%d %I:%M", "needs %H, or both %I and %p"),
            ("%Y-%m-%d %H:%M %I %p", "needs %H, or both %I and %p"),
        ],
    )
    def test_a_format_that_cannot_be_read(self, form: str, fault: str) -> None:
        """Refused when the map is made."""
        assert fault == time_format_fault(form)

    @given(
        at=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - local times
        zone=st.sampled_from(["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]),
    )
    @settings(deadline=None, max_examples=100)
    def test_a_day_is_that_of_the_zone(self, at: datetime, zone: str) -> None:
        """Instants of local times lie on their own local day, whatever the clocks did."""
        local = LocalTimes(("iso",), zone, "first")
        try:
            instant = local.instant(at.isoformat(" "))
        except BadTime as error:
            assert "time_skipped" == error.code  # noqa: PT017 - nothing else is wrong with it
            return
        assert at.date() == local.day(instant)

    @given(
        at=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
        zone=st.sampled_from(["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]),
    )
    @settings(deadline=None, max_examples=100)
    def test_a_clock_shows_what_the_zone_says(self, at: datetime, zone: str) -> None:
        """Its short way gives the same text and day as the long one."""
        local, clock = at.astimezone(ZoneInfo(zone)), LocalClock(zone)
        assert (local.isoformat(), local.date()) == (clock.text(at), clock.day(at))

    def test_a_clock_that_changes_on_the_day(self) -> None:
        """01:30 comes twice; the offset tells which."""
        texts = [LocalClock(NEW_YORK).text(utc(f"2011-11-06T0{hour}:30Z")) for hour in (5, 6)]
        assert ["2011-11-06T01:30:00-04:00", "2011-11-06T01:30:00-05:00"] == texts

    def test_a_file_of_many_times(self) -> None:
        """However many there are, each is its own."""
        rows = [{"matter": f"m{n}", "reported_at": f"2021-02-10 {n // 60:02d}:{n % 60:02d}"} for n in range(1_300)]
        found = [row.happenings[0].at for row in read(csv_of(*rows)) if isinstance(row, Recorded)]
        start = utc("2021-02-09T16:00Z")
        assert [start + timedelta(minutes=n) for n in range(1_300)] == found

    def test_days_on_which_clocks_change(self) -> None:
        """The day of an instant near the change of clocks."""
        local = LocalTimes(("iso",), NEW_YORK, "first")
        instants = ("2011-11-06T03:59Z", "2011-11-06T04:00Z", "2011-11-07T04:59Z", "2011-11-07T05:00Z")
        assert [5, 6, 6, 7] == [local.day(utc(text)).day for text in instants]


HEADER = b"matter,reported_at,channel\n"
GOOD = b"m1,2021-02-10 09:00,app\n"


def codes(data: bytes) -> list[tuple[int, str]]:
    """Line of every row, and its matter or why it was rejected."""
    return [(row.line, row.code if isinstance(row, Rejected) else row.matter) for row in read(data)]


class TestFiles:
    """Traps: csv and json take what they should not; T07-T09: endless quotes, silent conversions, encodings."""

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            (b"m2,2021-02-10 09:00\n", "ragged_row"),
            (b"m2,2021-02-10 09:00,a,b\n", "ragged_row"),
            (b'"m2"x,2021-02-10 09:00,a\n', "bad_quotes"),
            (b'm2,2021-02-10 09:00,"' + b"x" * (files.FIELD_LIMIT + 1) + b'"\n', "field_too_long"),
            (b"m2,2021-02-10 09:00," + b"x" * files.ROW_LIMIT + b"\n", "row_too_long"),
            (b"m2,2021-02-10 09:00," + b"x" * (3 * files.ROW_LIMIT) + b"\n", "row_too_long"),
        ],
    )
    def test_a_row_that_cannot_be_read_costs_itself_only(self, row: bytes, code: str) -> None:
        """The next row is taken."""
        assert [(2, code), (3, "m1")] == codes(HEADER + row + GOOD)

    def test_blank_lines_are_no_rows(self) -> None:
        """Lines are counted all the same; a row of blank cells is a row."""
        data = b"\n \n" + HEADER + b"\n   \n" + GOOD + b",,\n"
        assert [(6, "m1"), (7, "missing_matter")] == codes(data)

    def test_an_open_quote_does_not_swallow_the_rest(self) -> None:
        """Only the line that opens it is lost, and said to be, to the end of the file."""
        rows = b"".join(b"r%d,2021-02-10 09:00,app\n" % number for number in range(20_000))
        found = codes(HEADER + b'm0,2021-02-10 09:00,"app\n' + rows)
        assert (2, "bad_quotes") == found[0]
        assert [(number + 3, f"r{number}") for number in range(20_000)] == found[1:]

    def test_a_quote_that_closes_in_another_row_loses_neither(self) -> None:
        """A row over several lines with the wrong number of cells is read again line by line."""
        found = codes(HEADER + b'm0,"2021-02-10 09:00,app\n' + GOOD + b'm2,2021-02-10 09:00",app,x\n')
        assert [(2, "ragged_row"), (3, "m1"), (4, "ragged_row")] == found

    def test_a_cell_may_hold_line_ends_and_be_long(self) -> None:
        """Up to a mebibyte, though the csv module stops at 128 KiB; its own limit is as before."""
        limit = files.csv.field_size_limit()
        text = b"word \n" * (files.FIELD_LIMIT // 6)
        found = codes(HEADER + b'm0,2021-02-10 09:00,"' + text + b'"\n' + GOOD + b'm2,2021-02-10 09:00,"a\nb"\n')
        lines = files.FIELD_LIMIT // 6 + 1
        assert [(2, "bad_text"), (2 + lines, "m1"), (3 + lines, "bad_text")] == found
        assert limit == files.csv.field_size_limit()

    def test_a_row_of_many_lines_is_bounded(self) -> None:
        """Cell after cell that opens on one line and closes on the next cannot fill the memory."""
        line = b"y" * 60_000 + b'","'
        data = HEADER + b'm0,"' + b"\n".join([line] * 80) + b"\n" + GOOD
        found = codes(data)
        assert (2, "bad_quotes") == found[0]
        assert (82, "m1") == found[-1]
        assert list(range(2, 83)) == [number for number, _ in found]

    def test_an_overlong_line_inside_quotes(self) -> None:
        """It is given up, and the lines around it are read again."""
        data = HEADER + b'm0,2021-02-10 09:00,"a\n' + b"x" * (files.ROW_LIMIT + 9) + b'\nb"\n' + GOOD
        assert [(2, "row_too_long"), (3, "row_too_long"), (4, "ragged_row"), (5, "m1")] == codes(data)

    @pytest.mark.parametrize("tail", [b"x" * (files.ROW_LIMIT + 1), b"m1,2021-02-10 09:00,app"])
    def test_the_last_line_needs_no_end(self, tail: bytes) -> None:
        """However long it is."""
        expected = "row_too_long" if tail.startswith(b"x") else "m1"
        assert [(2, expected)] == codes(HEADER + tail)

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_line_ends(self, end: bytes) -> None:
        """Of every kind of system."""
        assert [(2, "m1")] == codes((HEADER + GOOD).replace(b"\n", end))

    def test_one_column(self) -> None:
        """A file of ids, all else constant."""
        columns: dict[str, Verb] = {"matter": Column("id"), "reported_at": Constant("2021-02-10 09:00")}
        found = read(b"id\nm1\n\nm2\n", matters_map(columns=columns))
        assert ["m1", "m2"] == [row.matter for row in found if isinstance(row, Recorded)]

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty_file"),
            (b"\n \n", "empty_file"),
            (gzip.compress(b"", mtime=0), "empty_file"),
            (HEADER, "no_rows"),
            (b'"matter,reported_at\n', "bad_header"),
            (b"matter,opened_at\n" + GOOD, "missing_column"),
            (b"matter,reported_at,matter\n" + GOOD, "duplicate_column"),
            (b"matter,reported_at,complted_at\n" + GOOD, "missing_column"),
            (b"PK\x03\x04" + GOOD, "unknown_format"),
            (gzip.compress(HEADER + GOOD, mtime=0)[:-9], "broken_gzip"),
            (gzip.compress(HEADER + GOOD, mtime=0)[:12] + b"\xff\xff\xff\xff\xff\xff\xff\xff", "broken_gzip"),
            (HEADER + "m1,2021-02-10 09:00,热线\n".encode("gb18030"), "bad_encoding"),
            (HEADER + "m1,2021-02-10 09:00,热线".encode()[:-1], "bad_encoding"),
            ((HEADER + GOOD).decode().encode("utf-16"), "bad_encoding"),
            ((HEADER + GOOD).decode().encode("utf-16-le"), "nul_character"),
            (HEADER + b"m1,2021-02-10 09:00,a\0b\n", "nul_character"),
        ],
    )
    def test_a_file_that_cannot_be_used(self, data: bytes, code: str) -> None:
        """One error with a code, before any row."""
        with pytest.raises(RecordError) as refusal:
            read(data)
        assert code == refusal.value.code

    def test_the_place_where_text_breaks_off(self) -> None:
        """The offset of the first byte that is no UTF-8, over any number of pieces."""
        data = HEADER + GOOD * 10_000 + b"\xe7\x83"
        with pytest.raises(RecordError, match=f"from byte {len(data) - 2} on"):
            read(data)

    def test_a_missing_column_has_a_near_one(self) -> None:
        """All that are missing at once; a map of a pack needs all its columns."""
        with pytest.raises(RecordError) as refusal:
            read(b"mater,reported_at\nm1,2021-02-10 09:00\n", matters_map(optional_columns=False))
        assert len(MATTERS) - 1 == refusal.value.total
        assert "did you mean 'mater'?" == refusal.value.faults[0].hint

    def test_wrong_marks_and_encodings(self) -> None:
        """A byte order mark is no part of the first name; other encodings by the map; UTF-16 needs its mark."""
        text = "matter,reported_at,channel\nm1,2021-02-10 09:00,熱線\n"
        marked = read(b"\xef\xbb\xbf" + text.encode())[0]
        assert isinstance(marked, Recorded)
        for encoding in ("gb18030", "utf-16", "big5"):
            found = read(text.encode(encoding), matters_map(encoding=encoding))[0]
            assert isinstance(found, Recorded)
            assert "熱線" == found.channel
        with pytest.raises(RecordError, match="is not ascii"):
            read(text.encode(), matters_map(encoding="ascii"))

    def test_delimiters(self) -> None:
        """By the map."""
        found = read("matter;reported_at\nm1;2021-02-10 09:00\n", matters_map(delimiter=";"))
        assert isinstance(found[0], Recorded)

    def test_paths(self, tmp_path: Path) -> None:
        """A file by its path, gzipped or not; its name is the records' source unless another is given."""
        plain, zipped = tmp_path / "a.csv", tmp_path / "b.csv.gz"
        plain.write_bytes(HEADER + GOOD)
        zipped.write_bytes(gzip.compress(HEADER + GOOD))
        rows = [
            *read_records(plain, matters_map(), Small()),
            *read_records(str(zipped), matters_map(), Small()),
            *read_records(plain, matters_map(), Small(), name="register"),
        ]
        assert ["a.csv", "b.csv.gz", "register"] == [row.source for row in rows if isinstance(row, Recorded)]

    @pytest.mark.parametrize(
        ("name", "code"), [("none.csv", "missing_file"), (".", "not_a_file"), ("a\0b", "unreadable_file")]
    )
    def test_no_such_file(self, tmp_path: Path, name: str, code: str) -> None:
        """Missing, a folder, or no path at all."""
        with pytest.raises(RecordError) as refusal:
            read_records(tmp_path / name, matters_map(), Small())
        assert code == refusal.value.code

    def test_a_file_is_closed_when_it_is_refused_or_left(self, tmp_path: Path) -> None:
        """Unclosed files are warnings, and warnings are errors here."""
        path = tmp_path / "a.csv"
        path.write_bytes(HEADER)
        with pytest.raises(RecordError, match="no rows"):
            read_records(path, matters_map(), Small())
        path.write_bytes(HEADER + GOOD + GOOD)
        rows = read_records(path, matters_map(), Small())
        assert isinstance(next(rows), Recorded)
        del rows
        path.unlink()

    def test_a_stream_that_fails(self) -> None:
        """An error of the system is an error of the file."""

        class Failing(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                raise OSError(5, "Input/output error")

        with pytest.raises(RecordError, match="Input/output error"):
            read_records(Failing(), matters_map(), Small())

    def test_progress(self) -> None:
        """The rows that were read are told, all of them, rejected ones too."""
        told: list[int] = []
        read(HEADER + GOOD * 2_500, progress=told.append)
        assert [1_000, 1_000, 500] == told
        told.clear()
        read(HEADER + GOOD * 2_000, progress=told.append)
        assert [1_000, 1_000] == told

    @given(
        st.lists(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=3)),
        st.binary(max_size=200),
    )
    @settings(deadline=None, max_examples=100)
    def test_whatever_the_file_rows_are_taken_rejected_or_the_file_is_refused(
        self, rows: list[list[str]], tail: bytes
    ) -> None:
        """Nothing but `RecordError` leaves, lines rise, and a good first row is always taken."""
        text = "\n".join(",".join(row) for row in rows).encode() + b"\n" + tail
        try:
            found = codes(HEADER + GOOD + text)
        except RecordError as error:
            assert error.code in {"bad_encoding", "nul_character"}  # noqa: PT017 - all that may be wrong with it
            return
        lines = [line for line, _ in found]
        assert (2, "m1") == found[0]
        assert sorted(set(lines)) == lines


class TestJsonLines:
    """Traps: json takes NaN, keys that stand twice, and nesting without end."""

    def test_a_row_is_an_object(self) -> None:
        """Numbers stay as written, true is yes, null and a missing key are blank."""
        row = {**BASE, "matter": 101000295613, "unit": "roads", "satisfied": True, "channel": "热线", "x": [1]}
        record = read(json.dumps(row) + "\n\n" + json.dumps({**BASE, "matter": "m2"}) + "\n")
        assert [(1, "101000295613"), (3, "m2")] == [(r.line, r.matter) for r in record if isinstance(r, Recorded)]
        assert isinstance(record[0], Recorded)
        assert record[0].happenings[-1].satisfied is True

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ('{"matter": "m2", "matter": "m3"}', "bad_json"),
            ('{"matter": NaN}', "bad_json"),
            ('{"matter": "m2"', "bad_json"),
            ("[1]", "bad_json"),
            ('{"matter": ' + "[" * 100_000 + "]" * 100_000 + "}", "bad_json"),
            ('{"matter": {"a": 1}}', "nested_value"),
            ('{"matter": "m2", "reported_at": false}', "bad_time"),
            ('{"matter": "\\ud800"}', "bad_text"),
            ('{"matter": 1' + "0" * 5_000 + "}", "bad_id"),
            ('{"matter": "' + "x" * files.ROW_LIMIT + '"}', "row_too_long"),
        ],
    )
    def test_other_lines_are_rejected(self, line: str, code: str) -> None:
        """The next line is taken."""
        good = json.dumps(BASE)
        found = [
            row.code if isinstance(row, Rejected) else row.matter for row in read(f" {good}\n{line}\n{good[:-1]}}}\n")
        ]
        assert ["m1", code, "duplicate_matter"] == found


class TestStandardMaps:
    """Design section 6: "Standard columns for both are documented; a map renames others"."""

    @pytest.mark.parametrize(
        ("text", "shape"),
        [
            (csv_of({**DUTY, "fact.duty": "yes", "when.scene": "road"}), Shape.MATTERS),
            (
                csv_of({"matter": "m1", "what": "reported", "at": "2021-02-10T09:00", "fact.duty": "yes"}),
                Shape.HAPPENINGS,
            ),
            (json.dumps(BASE), Shape.MATTERS),
            ("matter,reported_at\nx\nm1,2021-02-10 09:00\n", Shape.MATTERS),
        ],
    )
    def test_a_file_that_needs_no_map(self, tmp_path: Path, text: str, shape: Shape) -> None:
        """Its shape shows in whether it says what happened."""
        path = tmp_path / "a.csv"
        path.write_text(text)
        found = standard_map(path, ZONE, facts=["duty"], attributes=["scene"])
        assert (shape, (("fact", "duty"), ("when", "scene"))) == (found.shape, found.declared)
        assert "m1" in [row.matter for row in read_records(path, found, Small()) if isinstance(row, Recorded)]


TABLE: Mapping[str, Any] = {
    "shape": "matters",
    "title": {"en": "requests"},
    "zone": "UTC",
    "times": ["iso"],
    "blanks": ["-"],
    "ambiguous": "second",
    "unknown_place": "reject",
    "unknown_item": "reject",
    "delimiter": ";",
    "encoding": "gb18030",
    "columns": {
        "matter": "No",
        "reported_at": {"column": "Received"},
        "channel": {"constant": "app"},
        "place": {"first": ["a", {"column": "b", "words": {"N": "north"}, "other": "blank"}, {"constant": "town"}]},
        "unit": {"column": "Office", "words": {"R": "roads"}, "other": {"word": "town"}},
        "when": {"scene": "Scene"},
        "fact.duty": "Duty",
    },
}


def faults_of(**changes: Any) -> list[str]:
    """The faults of the table with *changes*, each as place and code."""
    with pytest.raises(PackError) as refusal:
        map_from_table({**TABLE, **changes}, id="requests", zone=ZONE, place="maps/requests.toml")
    return [f"{fault.place.removeprefix('maps/requests.toml: ')} {fault.code}" for fault in refusal.value.faults]


class TestMapFiles:
    """PACKS: "Strict: unknown keys/columns, wrong types, duplicates are faults with file and line/path"."""

    def test_a_map(self) -> None:
        """Every key of the format."""
        place = First((Column("a"), Column("b", Words({"N": "north"}, Other.BLANK)), Constant("town")))
        found = map_from_table(TABLE, id="requests", zone=ZONE)
        assert ("UTC", Ambiguous.SECOND, UnknownPlace.REJECT, UnknownItem.REJECT, ";", "gb18030", ("-",)) == (
            found.zone,
            found.ambiguous,
            found.unknown_place,
            found.unknown_item,
            found.delimiter,
            found.encoding,
            found.blanks,
        )
        assert (place, Column("Scene"), Words({"R": "roads"}, "town")) == (
            found.columns["place"],
            found.columns["when.scene"],
            getattr(found.columns["unit"], "words", None),
        )
        assert ("No", "Received", "a", "b", "Office", "Scene", "Duty") == found.source_columns

    def test_the_shortest_map(self) -> None:
        """What is left out is the pack's zone, ISO times, commas and UTF-8."""
        columns = {"matter": "m", "what": {"constant": "reported"}, "at": "t"}
        found = map_from_table({"shape": "happenings", "columns": columns}, id="x", zone=ZONE)
        assert (ZONE, ("iso",), ",", "utf-8") == (found.zone, found.times, found.delimiter, found.encoding)

    @pytest.mark.parametrize(
        ("changes", "faults"),
        [
            ({"colums": {}}, ["colums unknown_key"]),
            ({"shape": "events"}, ["shape unknown_word"]),
            ({"shape": 1, "zone": 2}, ["shape wrong_type", "zone wrong_type"]),
            ({"times": "iso"}, ["times wrong_type"]),
            ({"times": ["iso", 3]}, ["times[1] wrong_type"]),
            ({"times": []}, ["times bad_time_format"]),
            ({"times": ["%x"]}, ["times bad_time_format"]),
            ({"title": {"fr": "x"}}, ["title.fr unknown_key", "title bad_label"]),
            ({"zone": "Asia/Beijing"}, ["zone unknown_zone"]),
            ({"zone": "../zones"}, ["zone unknown_zone"]),
            ({"encoding": "rot13"}, ["encoding unknown_encoding"]),
            ({"encoding": "utf-88"}, ["encoding unknown_encoding"]),
            ({"encoding": "unicode_escape"}, ["encoding unknown_encoding"]),
            ({"delimiter": ""}, ["delimiter bad_delimiter"]),
            ({"delimiter": '"'}, ["delimiter bad_delimiter"]),
            ({"columns": []}, ["columns wrong_type"]),
            ({"columns": {}}, ["columns missing_column", "columns missing_column"]),
        ],
    )
    def test_faults_have_their_path(self, changes: dict[str, Any], faults: list[str]) -> None:
        """All of them at once."""
        assert faults == faults_of(**changes)

    @pytest.mark.parametrize(
        ("name", "verb", "faults"),
        [
            ("matte", "x", ["columns.matte unknown_column"]),
            ("fact.", "x", ["columns.fact. unknown_column"]),
            ("what", "x", ["columns.what unknown_column"]),
            ("unit", 5, ["columns.unit wrong_type", "columns.unit unknown_verb"]),
            ("unit", {}, ["columns.unit unknown_verb"]),
            ("unit", {"column": "a", "constant": "b"}, ["columns.unit unknown_verb"]),
            ("unit", {"column": "a", "wrods": {}}, ["columns.unit.wrods unknown_key"]),
            ("unit", {"constant": "a", "words": {}}, ["columns.unit.words unknown_key"]),
            ("unit", {"constant": 5}, ["columns.unit.constant wrong_type"]),
            ("unit", {"column": "a", "words": {"x": 1}}, ["columns.unit.words.x wrong_type"]),
            ("unit", {"column": "a", "other": "drop"}, ["columns.unit.other unknown_word"]),
            ("unit", {"column": "a", "other": {"wrd": "x"}}, [
                "columns.unit.other.wrd unknown_key", "columns.unit.other.word wrong_type"
            ]),
            ("unit", {"first": "a"}, ["columns.unit.first wrong_type"]),
            ("unit", {"first": []}, ["columns.unit no_part"]),
            ("unit", {"first": [{"first": ["a"]}]}, ["columns.unit.first[0] unknown_verb"]),
            ("role", {"constant": "boss"}, ["columns.role.constant unknown_word"]),
            ("status", {"column": "s", "words": {"x": "closd"}, "other": {"word": "gone"}}, [
                "columns.status.words.x unknown_word", "columns.status.other unknown_word"
            ]),
            ("satisfied", {"first": ["a", {"constant": "maybe"}]}, [
                "columns.satisfied.first[1].constant unknown_word"
            ]),
        ],
    )  # fmt: skip
    def test_faults_of_columns(self, name: str, verb: object, faults: list[str]) -> None:
        """Each verb with its own keys, each closed column with its own words."""
        assert faults == faults_of(columns={**TABLE["columns"], name: verb})

    def test_a_word_that_is_dropped_is_no_word_of_the_column(self) -> None:
        """``other = "blank"`` gives no word; a blank meaning says nothing."""
        verb = {"column": "s", "words": {"x": "closed", "y": ""}, "other": "blank"}
        found = map_from_table({**TABLE, "columns": {**TABLE["columns"], "status": verb}}, id="x", zone=ZONE)
        assert Column("s", Words({"x": "closed", "y": ""}, Other.BLANK)) == found.columns["status"]

    def test_what_a_map_must_say(self) -> None:
        """Without shape and columns there is no map."""
        with pytest.raises(PackError) as refusal:
            map_from_table({}, id="x", zone=ZONE)
        assert ["shape missing_key", "columns missing_key"] == [f"{f.place} {f.code}" for f in refusal.value.faults]

    def test_an_id_is_an_id(self) -> None:
        """The name of a map's file."""
        with pytest.raises(PackError, match="is not an id"):
            Map(id="a b", shape=Shape.MATTERS, columns=MATTERS, zone=ZONE)
