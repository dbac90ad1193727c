"""Values: ids and names, labels, citations, periods, months, dated values, reasons, and how all of them are shown."""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import LimitError, NotInForceError
from gridgov.values import (
    Basis,
    Citation,
    Entry,
    InForce,
    Label,
    Month,
    Period,
    Reason,
    Shown,
    Timeline,
    aware,
    check_id,
    check_name,
    decimal_text,
    first_gap,
    is_id,
    local_day,
    midnight,
    name_fault,
    plain,
    tidy_name,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


class TestIds:
    """Ids are ASCII ``[A-Za-z0-9][A-Za-z0-9._-]{0,63}``."""

    @pytest.mark.parametrize("text", ["g", "0", "370124001010", "duties.csv-12", "A_b-c.d", "x" * 64])
    def test_takes_an_id(self, text: str) -> None:
        """And gives it back unchanged."""
        assert is_id(text)
        assert text == check_id(text)

    @pytest.mark.parametrize(
        "text",
        ["", " ", "-g", ".g", "_g", "x" * 65, "g 1", "g\n", "g\0", "３７０", "١٢", "²", "é", "村", "a/b", "../a"],
    )
    def test_refuses_what_is_none(self, text: str) -> None:
        """Also digits of other scripts, which ``int`` takes."""
        assert not is_id(text)
        with pytest.raises(ValueError, match="is not an id"):
            check_id(text)

    @pytest.mark.parametrize("value", [None, 370124, b"g1", ["g1"]])
    def test_only_text_is_an_id(self, value: object) -> None:
        """A number that a reader made of ``007`` is not."""
        assert not is_id(value)

    @given(st.text(max_size=70))
    def test_agrees_with_the_pattern(self, text: str) -> None:
        """Whatever the text."""
        assert bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text)) == is_id(text)


class TestNames:
    """Names are any name a resident or an office may bear; nothing that could lie on the screen."""

    @pytest.mark.parametrize(
        "name",
        [
            "张",
            "买买提·艾力",
            "阿卜杜热合曼·阿卜杜热西提·阿卜杜外力·买买提明江",
            "中共平阴县委全面深化改革委员会办公室社会治理网格化服务管理指挥调度中心综合协调科",
            "𠮷野家",
            "𪚥",
            "𰻝𰻝面馆",
            "㐂",
            "\ue000",
            "葛󠄁",
            "O'Brien <b>& Sons</b>",
            "平阴县　综合执法局",
            "x" * 200,
        ],
    )
    def test_takes_a_name(self, name: str) -> None:
        """Separator U+00B7, more than 25 Han characters, rare and private characters of GB18030."""
        assert name_fault(name) is None
        assert name == check_name(name)

    @pytest.mark.parametrize(
        ("name", "fault"),
        [
            ("", "is empty"),
            (" \u3000\t", "is empty"),
            ("x" * 201, "has 201 characters; 200 are allowed"),
            ("a\u202eb", "holds U+202E"),
            ("a\u2066b", "holds U+2066"),
            ("\u200f平阴", "holds U+200F"),
            ("平\u200b阴", "holds U+200B"),
            ("\ufeff平阴", "holds U+FEFF"),
            ("平\0阴", "holds U+0000"),
            ("平\n阴", "holds U+000A"),
            ("平\x1b[31m阴", "holds U+001B"),
            ("平\u2028阴", "holds U+2028"),
            ("平\ud800阴", "holds U+D800"),
            ("平\U000e0001阴", "holds U+E0001"),
        ],
    )
    def test_refuses_what_is_none_and_says_why(self, name: str, fault: str) -> None:
        """Bidi, zero-width, control characters and surrogates; the message does not repeat the name."""
        assert fault == name_fault(name)
        with pytest.raises(ValueError, match=re.escape(fault)) as error:
            check_name(name)
        assert not name.strip() or name not in str(error.value)

    def test_a_longer_text_may_be_allowed(self) -> None:
        """The limit belongs to who asks."""
        assert name_fault("x" * 201, 300) is None
        assert "has 301 characters; 300 are allowed" == name_fault("x" * 301, 300)

    @given(st.text(min_size=1, max_size=40))
    def test_refuses_exactly_controls_and_formats(self, name: str) -> None:
        """Read character by character."""
        odd = {unicodedata.category(each) for each in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert (bool(odd) or not name.strip()) == (name_fault(name) is not None)

    def test_names_are_compared_tidy_and_kept_as_written(self) -> None:
        """NFC and white space folded; separators that only look alike stay apart."""
        assert "é 村" == tidy_name(" e\u0301 \u3000村\n")
        assert tidy_name("买买提·艾力") != tidy_name("买买提•艾力")

    @given(st.text(max_size=30))
    def test_tidying_again_changes_nothing(self, name: str) -> None:
        """So comparing tidy names is comparing for good."""
        assert tidy_name(name) == tidy_name(tidy_name(name))


class NoOffset(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, at: datetime | None) -> None:
        """Say nothing."""


class TestInstants:
    """Instants are aware; UTC inside, the pack's zone at the edges; days turn at the pack's midnight."""

    def test_an_aware_instant_becomes_utc(self) -> None:
        """The same instant."""
        noon = datetime(2021, 2, 10, 12, tzinfo=SHANGHAI)
        assert datetime(2021, 2, 10, 4, tzinfo=UTC) == aware(noon)
        assert UTC is aware(noon).tzinfo
        assert aware(noon) == aware(aware(noon))

    @pytest.mark.parametrize("zone", [None, NoOffset()])
    def test_a_naive_instant_is_refused(self, zone: tzinfo | None) -> None:
        """The process's own zone never decides."""
        with pytest.raises(LimitError, match="reported_at has no time zone: 2021-02-10T12:00") as error:
            aware(datetime(2021, 2, 10, 12, tzinfo=zone), "reported_at")
        assert "naive_time" == error.value.code

    @pytest.mark.parametrize(
        "at",
        [datetime(1, 1, 1, 7, 59, tzinfo=SHANGHAI), datetime(9999, 12, 31, 19, tzinfo=NEW_YORK)],
        ids=["before the year 1", "after the year 9999"],
    )
    def test_an_instant_beyond_what_utc_can_say_is_refused(self, at: datetime) -> None:
        """Never the bare error of the clock's arithmetic."""
        with pytest.raises(LimitError, match=f"reported_at is {at.isoformat()[:10]}") as error:
            aware(at, "reported_at")
        assert "time_range" == error.value.code

    def test_a_day_turns_at_its_zones_midnight(self) -> None:
        """One instant lies on two days."""
        at = datetime(2021, 2, 9, 16, tzinfo=UTC)
        assert (date(2021, 2, 10), date(2021, 2, 9)) == (local_day(at, SHANGHAI), local_day(at, NEW_YORK))

    def test_a_day_beyond_the_year_9999_is_refused(self) -> None:
        """UTC's last evening is China's next morning."""
        with pytest.raises(LimitError, match="clock of Asia/Shanghai") as error:
            local_day(datetime.max.replace(tzinfo=UTC), SHANGHAI)
        assert "time_range" == error.value.code

    def test_a_midnight_before_the_year_1_is_refused(self) -> None:
        """In China the first day of the year 1 began the day before in UTC."""
        with pytest.raises(LimitError, match="midnight is 0001-01-01") as error:
            midnight(date.min, SHANGHAI)
        assert "time_range" == error.value.code

    @pytest.mark.parametrize(
        ("day", "zone", "expected"),
        [
            (date(2021, 2, 10), SHANGHAI, datetime(2021, 2, 9, 16, tzinfo=UTC)),
            (date(1986, 5, 5), SHANGHAI, datetime(1986, 5, 4, 15, tzinfo=UTC)),
            (date(2011, 7, 1), NEW_YORK, datetime(2011, 7, 1, 4, tzinfo=UTC)),
            (date(2011, 12, 1), NEW_YORK, datetime(2011, 12, 1, 5, tzinfo=UTC)),
        ],
    )
    def test_a_day_begins_at_its_zones_midnight(self, day: date, zone: ZoneInfo, expected: datetime) -> None:
        """Summer time included, which China had from 1986 to 1991."""
        assert expected == midnight(day, zone)


class Colour(Enum):
    """An enum of a pack's words."""

    RED = "red"


@attrs.frozen
class Score(Shown):
    """A result with a part that is not shown."""

    unit: str
    points: Fraction
    rows: tuple["Score", ...] = ()
    _private: int = 1
    secret: str = attrs.field(default="phone", repr=False)


PLAIN: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    (54, 54),
    ("村", "村"),
    (Fraction(833, 9), "833/9"),
    (Fraction(95), "95"),
    (Decimal("92.50"), "92.50"),
    (date(2021, 2, 10), "2021-02-10"),
    (datetime(2021, 2, 10, 8, tzinfo=UTC), "2021-02-10T08:00:00+00:00"),
    (Colour.RED, "red"),
    ({Colour.RED: [Fraction(1, 3)], date(2021, 2, 10): ()}, {"red": ["1/3"], "2021-02-10": []}),
    ({3, 20, 100}, [100, 20, 3]),
    (frozenset({"b", "a"}), ["a", "b"]),
    (PurePosixPath("a/b"), "a/b"),
    (
        Score("police", Fraction(95), (Score("fire", Fraction(1, 2)),)),
        {
            "unit": "police",
            "points": "95",
            "rows": [{"unit": "fire", "points": "1/2", "rows": [], "private": 1}],
            "private": 1,
        },
    ),
]


class Cells(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)


def read_html(shown: Shown) -> Cells:
    """Read what a notebook would show."""
    cells = Cells()
    cells.feed(shown._repr_html_())
    cells.close()
    return cells


class TestShown:
    """Results become plain data and show themselves, escaped."""

    @pytest.mark.parametrize(("value", "expected"), PLAIN)
    def test_plain_is_what_json_holds(self, value: object, expected: object) -> None:
        """Exact numbers stay exact, as text; sets have an order; nothing is a float."""
        assert expected == plain(value)
        assert expected == json.loads(json.dumps(plain(value)))

    def test_a_result_leaves_out_what_it_hides(self) -> None:
        """Fields without repr are nobody's business."""
        assert {"unit": "police", "points": "95", "rows": [], "private": 1} == Score("police", Fraction(95)).to_dict()

    @given(
        name=st.text(max_size=20) | st.sampled_from(["<script>alert(1)</script>", '"><img src=x onerror=1>', "a&b;"])
    )
    @settings(deadline=None)
    def test_markup_in_a_name_stays_text(self, name: str) -> None:
        """Whatever a unit is called, a reader of HTML finds our own tags only, and the name as it is."""
        name = name.replace("\r", "").replace("\0", "")
        cells = read_html(Score(name, Fraction(1, 3)))
        assert {"table", "tr", "th", "td"} == cells.tags
        assert f"unit{name}points1/3rows—private1" == "".join(cells.texts)

    def test_markup_in_a_key_stays_text(self) -> None:
        """Keys of a mapping may be names too."""

        @attrs.frozen
        class Led(Shown):
            led: dict[str, Any]

        cells = read_html(Led({"<b>police</b>": ["3 < 4", None]}))
        assert {"table", "tr", "th", "td", "ul", "li"} == cells.tags
        assert ["led", "<b>police</b>", "3 < 4", "—"] == cells.texts


class TestDecimalText:
    """A weight written 62.5 is shown as 62.5; nothing is rounded to make it so."""

    @pytest.mark.parametrize(
        ("expected", "value"),
        [
            ("0", Fraction(0)),
            ("100", Fraction(100)),
            ("62.5", Fraction(125, 2)),
            ("-62.5", Fraction(-125, 2)),
            ("0.04", Fraction(1, 25)),
            ("-0.5", Fraction(-1, 2)),
            ("200/3", Fraction(200, 3)),
            ("-1/6", Fraction(-1, 6)),
            ("0.000000001", Fraction(1, 10**9)),
        ],
    )
    def test_a_decimal_where_it_ends(self, expected: str, value: Fraction) -> None:
        """Else numerator and denominator."""
        assert expected == decimal_text(value)

    @given(value=st.fractions())
    @settings(deadline=None, max_examples=100)
    def test_it_reads_back_as_the_same_number(self, value: Fraction) -> None:
        """The text is exact."""
        assert value == Fraction(decimal_text(value))

    @given(value=st.decimals(allow_nan=False, allow_infinity=False, places=6))
    @settings(deadline=None, max_examples=100)
    def test_every_decimal_number_is_shown_as_one(self, value: Decimal) -> None:
        """Without zeros at its end."""
        assert "/" not in decimal_text(Fraction(value))


class TestLabel:
    """A text for people, in Chinese, in English, or in both."""

    @pytest.mark.parametrize(
        ("label", "zh", "en", "text"),
        [
            (Label(zh="网格长", en="grid head"), "网格长", "grid head", "网格长 (grid head)"),
            (Label(zh="网格长"), "网格长", "网格长", "网格长"),
            (Label(en="grid head"), "grid head", "grid head", "grid head"),
        ],
    )
    def test_answers_in_either_language(self, label: Label, zh: str, en: str, text: str) -> None:
        """With the other text where there is none."""
        assert (zh, en, text) == (label.in_("zh"), label.in_("en"), str(label))

    @pytest.mark.parametrize(
        ("zh", "en"), [("", ""), (" ", ""), ("网\u202e格", "grid"), ("网格", "a\nb"), ("", "x" * 20_001)]
    )
    def test_refuses_what_cannot_be_shown(self, zh: str, en: str) -> None:
        """A label is never empty, and holds nothing that lies on the screen."""
        with pytest.raises(ValueError, match="a label"):
            Label(zh=zh, en=en)

    def test_may_be_a_long_text(self) -> None:
        """A duty in words is longer than a name."""
        assert 20_000 == len(Label(zh="巡" * 20_000).zh)


class TestCitation:
    """A document key of the pack, and the article as numbered there."""

    def test_reads_as_document_and_clause(self) -> None:
        """The clause may be absent."""
        assert ("jinan art. 24", "jinan") == (str(Citation("jinan", "art. 24")), str(Citation("jinan")))

    def test_the_document_is_an_id(self) -> None:
        """A title is not a key."""
        with pytest.raises(ValueError, match="is not an id"):
            Citation("济南市条例")

    def test_the_words_of_a_basis_are_those_of_packs(self) -> None:
        """Stated, borrowed or made up."""
        assert ["stated", "borrowed", "illustrative"] == [each.value for each in Basis]


DAYS = [date(2021, 1, 1) + timedelta(number) for number in range(8)]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A period that begins in the first week of 2021 and ends in it, or does not end."""
    start = draw(st.integers(0, 6))
    end = draw(st.none() | st.integers(start + 1, 7))
    return Period(DAYS[start], None if end is None else DAYS[end])


def held(period: Period) -> set[date]:
    """The days of a period, as far as the test looks."""
    return {day for day in DAYS if day in period}


class TestPeriod:
    """Half-open: the end is the first day on which it no longer holds."""

    @pytest.mark.parametrize("end", [date(2021, 1, 1), date(2020, 12, 31)])
    def test_holds_a_day_at_least(self, end: date) -> None:
        """An empty or reversed period is refused."""
        with pytest.raises(ValueError, match="ends after it starts"):
            Period(date(2021, 1, 1), end)

    def test_reads_as_its_days(self) -> None:
        """With and without an end."""
        assert "2021-01-01 to 2021-01-04" == str(Period(DAYS[0], DAYS[3]))
        assert "from 2021-01-01" == str(Period(DAYS[0]))

    @given(one=periods(), other=periods())
    def test_relates_to_another_as_their_days_do(self, one: Period, other: Period) -> None:
        """Overlap, cover and share, read day by day; the last day looked at stands for all later ones."""
        shared = one.shared(other)
        assert bool(held(one) & held(other)) == one.overlaps(other) == other.overlaps(one)
        assert (held(other) <= held(one)) == one.covers(other)
        assert (held(one) & held(other)) == (held(shared) if shared else set())
        assert shared == other.shared(one)

    @given(several=st.lists(periods(), max_size=4), over=periods())
    def test_the_first_gap_is_the_first_day_nothing_holds(self, several: list[Period], over: Period) -> None:
        """Periods are given in order of time."""
        ordered = sorted(several, key=lambda each: each.start)
        bare = held(over) - set().union(*map(held, ordered))
        assert min(bare, default=None) == first_gap(ordered, over)


class TestMonth:
    """Results are counted by calendar months, in the pack's zone."""

    @pytest.mark.parametrize(
        ("text", "first", "end"),
        [
            ("2021-02", date(2021, 2, 1), date(2021, 3, 1)),
            ("2020-12", date(2020, 12, 1), date(2021, 1, 1)),
            ("9998-12", date(9998, 12, 1), date(9999, 1, 1)),
            ("0001-01", date(1, 1, 1), date(1, 2, 1)),
        ],
    )
    def test_is_its_days(self, text: str, first: date, end: date) -> None:
        """And reads as it was written."""
        month = Month.parse(text)
        assert (Period(first, end), text) == (month.period, str(month))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2021",
            "2021-2",
            "2021-00",
            "2021-13",
            "21-02",
            "2021-02-01",
            "２０２１-02",
            "0000-01",
            "9999-12",
            "2021-02\n",
        ],
    )
    def test_refuses_what_is_no_month(self, text: str) -> None:
        """And says how to write one."""
        with pytest.raises(LimitError, match=r"is not a month \[bad_month\]: write it as 2021-02"):
            Month.parse(text)

    @pytest.mark.parametrize(("year", "month"), [(0, 1), (9999, 1), (2021, 0), (2021, 13)])
    def test_only_months_of_the_calendar_exist(self, year: int, month: int) -> None:
        """An object that exists is valid."""
        with pytest.raises(ValueError, match="must be"):
            Month(year, month)

    @pytest.mark.parametrize(
        ("text", "zone", "hours"),
        [
            ("2021-02", SHANGHAI, 28 * 24),
            ("2011-11", NEW_YORK, 30 * 24 + 1),
            ("2011-03", NEW_YORK, 31 * 24 - 1),
            ("2021-02", ZoneInfo("UTC"), 28 * 24),
        ],
    )
    def test_has_its_zones_hours(self, text: str, zone: ZoneInfo, hours: int) -> None:
        """A month with a change of clocks is an hour longer or shorter."""
        start, end = Month.parse(text).bounds(zone)
        assert (UTC, UTC, timedelta(hours=hours)) == (start.tzinfo, end.tzinfo, end - start)

    @given(
        zone=st.sampled_from([SHANGHAI, NEW_YORK, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu")]),
        month=st.builds(Month, st.integers(1970, 2060), st.integers(1, 12)),
    )
    def test_every_instant_is_in_one_month(self, zone: ZoneInfo, month: Month) -> None:
        """Months meet: the end of one is the start of the next, which follows in order."""
        after = Month.parse(f"{month.period.end:%Y-%m}")
        assert month.bounds(zone)[1] == after.bounds(zone)[0]
        assert month < after
        local = month.bounds(zone)[0].astimezone(zone)
        assert (month.year, month.month) == (local.year, local.month)


LAW = Citation("jinan", "art. 24")


def entry(day: date, value: int | None) -> Entry[int]:
    """A value from a day; None repeals it."""
    return Entry(effective_from=day, value=value, source=LAW)


class TestTimeline:
    """Everything is dated and cited: outside the dates covered an answer is refused, or provisional on request."""

    LIMIT = Timeline("answer limit", (entry(date(2021, 7, 1), 3), entry(date(2018, 9, 1), 5)))
    REPEALED = Timeline("old limit", (entry(date(2018, 9, 1), 5), entry(date(2021, 7, 1), None)))
    AGEING = Timeline("price", (entry(date(2018, 9, 1), 5),), date(2021, 3, 9))

    @pytest.mark.parametrize(
        ("on", "value", "since"),
        [
            (date(2018, 9, 1), 5, date(2018, 9, 1)),
            (date(2021, 6, 30), 5, date(2018, 9, 1)),
            (date(2021, 7, 1), 3, date(2021, 7, 1)),
            (date.max, 3, date(2021, 7, 1)),
        ],
    )
    def test_answers_with_the_entry_in_force(self, on: date, value: int, since: date) -> None:
        """Whatever order the entries come in; with its source."""
        assert InForce(value=value, source=LAW, effective_from=since) == self.LIMIT.at(on)
        assert (date(2018, 9, 1), date(2021, 7, 1)) == self.LIMIT.change_days()

    @pytest.mark.parametrize(
        ("timeline", "on", "code", "why"),
        [
            (LIMIT, date(2018, 8, 31), "not_yet_in_force", "begins on 2018-09-01"),
            (REPEALED, date(2021, 7, 1), "repealed", "was repealed on 2021-07-01"),
            (AGEING, date(2021, 3, 9), "unconfirmed", r"is confirmed until 2021-03-09 \(jinan art. 24\)"),
        ],
    )
    def test_strict_refuses_outside_the_days_covered(
        self, timeline: Timeline[int], on: date, code: str, why: str
    ) -> None:
        """The message names the value, the day asked, and what is known."""
        with pytest.raises(NotInForceError, match=rf"{timeline.title} has no value on {on}: it {why}") as error:
            timeline.at(on)
        assert code == error.value.code
        assert "use a date that the pack covers, or add a sourced entry" == error.value.faults[0].hint

    @pytest.mark.parametrize(
        ("timeline", "on", "value", "outside"),
        [
            (LIMIT, date(2018, 8, 31), 5, True),
            (LIMIT, date(2018, 9, 1), 5, False),
            (AGEING, date(2021, 3, 8), 5, False),
            (AGEING, date(2021, 3, 9), 5, True),
        ],
    )
    def test_lenient_marks_what_lies_outside(
        self, timeline: Timeline[int], on: date, value: int, *, outside: bool
    ) -> None:
        """The nearest value, never in silence."""
        answer = timeline.at(on, lenient=True)
        assert (value, outside) == (answer.value, answer.provisional)

    def test_a_repeal_is_final(self) -> None:
        """Leniency does not bring a repealed rule back."""
        with pytest.raises(NotInForceError, match="repealed"):
            self.REPEALED.at(date(2021, 7, 1), lenient=True)

    def test_a_value_says_what_it_rests_on(self) -> None:
        """An illustration never passes for law."""
        made_up = Entry(effective_from=DAYS[0], value=1, source=LAW, basis=Basis.ILLUSTRATIVE)
        assert Basis.ILLUSTRATIVE is Timeline("t", (made_up,)).at(DAYS[1]).basis

    @pytest.mark.parametrize(
        ("entries", "why"),
        [((), "t has no value"), ((entry(DAYS[0], 1), entry(DAYS[0], 2)), "t has two values from one day")],
    )
    def test_refuses_what_has_no_single_value(self, entries: tuple[Entry[int], ...], why: str) -> None:
        """No value at all, or two from one day."""
        with pytest.raises(ValueError, match=why):
            Timeline("t", entries)

    @given(
        values=st.dictionaries(st.sampled_from(DAYS), st.none() | st.integers(1, 9), min_size=1),
        confirmed=st.none() | st.sampled_from(DAYS),
        data=st.data(),
    )
    def test_every_day_has_the_value_of_the_last_change(
        self, values: dict[date, int | None], confirmed: date | None, data: st.DataObject
    ) -> None:
        """On every change date and between them, in whatever order the entries were written."""
        order = data.draw(st.permutations(sorted(values)))
        timeline = Timeline("t", tuple(entry(day, values[day]) for day in order), confirmed)
        assert tuple(sorted(values)) == timeline.change_days()
        for day in [DAYS[0] - timedelta(1), *DAYS, DAYS[-1] + timedelta(1)]:
            begun = [each for each in sorted(values) if each <= day]
            outside = not begun or (confirmed is not None and day >= confirmed)
            value = values[begun[-1] if begun else min(values)]
            assert (None if value is None else (value, outside)) == answer(lambda: timeline.at(day, lenient=True))  # noqa: B023
            assert (None if value is None or outside else (value, False)) == answer(lambda: timeline.at(day))  # noqa: B023


def answer(ask: Callable[[], InForce[int]]) -> tuple[int, bool] | None:
    """Value and whether it is provisional; None when refused."""
    try:
        found = ask()
    except NotInForceError:
        return None
    return found.value, found.provisional


class TestReason:
    """Every answer explains itself, in steps, each with its clause."""

    REASON = Reason(
        Label(zh="三个工作日", en="three working days"),
        LAW,
        (
            Reason(Label(zh="周一计入", en="Monday counted"), None, (Reason(Label(zh="上班", en="open")),)),
            Reason(Label(zh="周日")),
        ),
    )

    def test_reads_as_indented_lines_in_either_language(self) -> None:
        """English unless asked."""
        assert "three working days [jinan art. 24]\n  Monday counted\n    open\n  周日" == str(self.REASON)
        assert ["三个工作日 [jinan art. 24]", "  周一计入", "    上班", "  周日"] == list(self.REASON.lines("zh"))

    def test_is_plain_data_too(self) -> None:
        """With both languages and the source."""
        assert {
            "text": {"zh": "周日", "en": ""},
            "source": None,
            "details": [],
        } == self.REASON.details[1].to_dict()
        assert {"doc": "jinan", "clause": "art. 24"} == self.REASON.to_dict()["source"]
