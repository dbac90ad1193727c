"""The envelope, its one byte string, the hash chain and the codec."""

import copy
import hashlib
import json
from collections import UserDict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridgov import events
from gridgov.errors import ChainBrokenError, LimitError, StoreError
from gridgov.events import (
    DEPTH_LIMIT,
    GENESIS,
    LINE_LIMIT,
    Codec,
    Draft,
    Envelope,
    Head,
    advance,
    canonical,
    canonical_text,
    from_line,
    json_object,
    json_text,
    json_whole,
    seal,
    stamp,
    to_line,
    unstamp,
    verify,
)

AT = datetime(2021, 2, 7, 2, 30, tzinfo=UTC)
EDITION = "5f" * 32

texts = st.text(max_size=20)
integers = st.integers(-(2**63), 2**63 - 1)
plain_json = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
data_dicts = st.dictionaries(texts, plain_json, max_size=5)
instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def draft(data: Mapping[str, Any] | None = None, **changes: Any) -> Draft:
    return Draft(**{"type": "heard", "schema": 1, "happened_at": AT, "data": data or {}, **changes})


def sealed(data: Mapping[str, Any] | None = None, after: Head = GENESIS, **changes: Any) -> Envelope:
    given_ = {"stream": "m1", "version": 1, "recorded_at": AT, "actor": "desk-7", "command": "c1", "edition": EDITION}
    return seal(draft(data), after=after, **{**given_, **changes})


def chain(length: int) -> list[Envelope]:
    log: list[Envelope] = []
    for n in range(1, length + 1):
        log.append(sealed({"n": n}, log[-1].head if log else GENESIS, version=n, command=f"c{n}"))
    return log


def nested(levels: int) -> dict[str, Any]:
    """Return data of so many levels: a dict, and lists inside it."""
    inner: Any = []
    for _ in range(levels - 2):
        inner = [inner]
    return {"x": inner}


def typed(value: Any) -> Any:
    """Return a value of which True and 1 are different, and dicts of another order are not."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else (type(value), value)


def oracle(envelope: Envelope) -> dict[str, Any]:
    """Return the members of an envelope, without its hash, found in another way."""
    members = {name: getattr(envelope, name) for name in Envelope.__slots__ if not name.startswith("_")}
    del members["hash"]
    for name in ("happened_at", "recorded_at"):
        members[name] = members[name].strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**members, "data": envelope.data}


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Word(Enum):
    """A word, which is no text."""

    HEARD = "heard"


class TestCanonical:
    """Store S8: "decode(encode(e)) = e for every text incl. astral, IVS, empty, 10,000 characters; one byte string"."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('{"a":1,"b":2}', {"b": 2, "a": 1}),
            ('{"A":0,"Z":0,"a":0,"é":0,"网":0,"𠀀":0}', dict.fromkeys(["𠀀", "网", "a", "é", "Z", "A"], 0)),
            ("[1,[2],{}]", (1, [2], {})),
            ('[true,false,null,1,0,-1,""]', [True, False, None, 1, 0, -1, ""]),
            ("[-9223372036854775808,9223372036854775807]", [-(2**63), 2**63 - 1]),
            ('"买买提·艾力 𪚥 葛\U000e0100\u2028"', "买买提·艾力 𪚥 葛\U000e0100\u2028"),
            (r'"\"\\\n\u0000/<"', '"\\\n\x00/<'),
        ],
    )
    def test_worked_examples(self, text: str, value: Any) -> None:
        """Keys stand in code-point order, text stands as UTF-8, nothing is spaced."""
        assert text.encode() == canonical(value)

    @given(data_dicts, st.randoms(use_true_random=False))
    @settings(deadline=None, max_examples=50)
    def test_one_byte_string_whatever_the_order_of_keys(self, data: dict[str, Any], random: Any) -> None:
        """The same members in another order give the same bytes, and the bytes give back the value."""
        keys = list(data)
        random.shuffle(keys)
        assert canonical(data) == canonical({key: data[key] for key in keys})
        assert data == json.loads(canonical(data))

    @given(plain_json, plain_json)
    @example([True, {"a": 0}], [1, {"a": False}])
    @example({"a": None, "b": ""}, {"b": "", "a": None})
    @example(["1"], [1])
    @settings(deadline=None, max_examples=50)
    def test_two_values_never_share_a_byte_string(self, one: Any, other: Any) -> None:
        """Equal bytes mean equal values of equal types."""
        assert (typed(one) == typed(other)) == (canonical(one) == canonical(other))

    def test_long_text(self) -> None:
        """Ten thousand astral characters come back."""
        assert "𠀀" * 10_000 == json.loads(canonical("𠀀" * 10_000))

    @pytest.mark.parametrize(
        "value",
        [
            1.0,
            float("nan"),
            float("inf"),
            Decimal(1),
            Fraction(1, 2),
            AT,
            date(2021, 2, 7),
            b"x",
            {"a"},
            Word.HEARD,
            object(),
            {1: "a"},
            {None: 1},
            {True: 1},
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_foreign_types_are_refused(self, value: Any) -> None:
        """No float, no number, date or word that JSON would change in silence; no key but text."""
        with pytest.raises(StoreError) as caught:
            canonical({"a": [value]})
        assert caught.value.code == "not_plain"

    @pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**5_000], ids=["over", "under", "huge"])
    def test_numbers_beyond_64_bits_are_refused(self, number: int) -> None:
        """A whole number fits every store's integer."""
        with pytest.raises(StoreError) as caught:
            canonical([number])
        assert caught.value.code == "integer_range"

    @pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["网\ud83d"]])
    def test_half_a_character_is_refused(self, value: Any) -> None:
        """A lone surrogate has no UTF-8."""
        with pytest.raises(StoreError) as caught:
            canonical(value)
        assert caught.value.code == "lone_surrogate"

    def test_depth_is_limited(self) -> None:
        """Thirty-two levels are taken, one more is not, nor a value that holds itself."""
        endless: list[Any] = []
        endless.append(endless)
        assert b'{"x":' + b"[" * 31 + b"]" * 31 + b"}" == canonical(nested(DEPTH_LIMIT))
        for value in (nested(DEPTH_LIMIT + 1), nested(900), endless):
            with pytest.raises(StoreError) as caught:
                canonical(value)
            assert caught.value.code == "too_deep"

    def test_messages_hold_no_text_of_the_data(self) -> None:
        """Never in a message: residents' names, phones, free text."""
        for value in ({"张三": 1.5}, {"x": "张三\ud800"}, {"张三": 2**70}):
            with pytest.raises(StoreError) as caught:
                canonical(value)
            assert "张三" not in str(caught.value)


class TestWrittenByHand:
    """Data that an event writes as canonical JSON itself keeps to the same rules as data that is given."""

    @given(texts, integers)
    @settings(deadline=None, max_examples=50)
    def test_it_is_what_the_same_data_would_be(self, text: str, number: int) -> None:
        """One byte string, and one event."""
        data = {"a": number, "b": text}
        by_hand = json_object(f'"a":{json_whole(number)},"b":{json_text(text)}')
        assert canonical_text(data) == by_hand
        assert data == draft(data).data
        assert sealed(data) == attrs.evolve(sealed(), data=by_hand, hash="")

    @pytest.mark.parametrize(
        ("code", "number"), [("not_plain", True), ("not_plain", 1.0), ("not_plain", "1"), ("integer_range", 2**63)]
    )
    def test_whole_numbers_are_checked(self, code: str, number: Any) -> None:
        """Neither a flag, nor a float, nor a text passes for one."""
        with pytest.raises(StoreError, match=code):
            json_whole(number)

    def test_half_of_a_character_is_refused(self) -> None:
        """A lone surrogate has no UTF-8."""
        with pytest.raises(StoreError, match="lone_surrogate"):
            json_object(f'"note":{json_text(chr(0xD800))}')


class TestStamp:
    """An instant in data is text: UTC, to the second, or to the microsecond where there are any."""

    @pytest.mark.parametrize(
        ("text", "at"),
        [
            ("2021-02-07T02:30:00Z", AT),
            ("2021-02-07T02:30:00Z", AT.astimezone(ZoneInfo("Asia/Shanghai"))),
            ("2021-02-07T02:30:00.000001Z", AT + timedelta(microseconds=1)),
            ("0999-01-01T00:00:00Z", datetime(999, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_worked_examples(self, text: str, at: datetime) -> None:
        """The same instant has one text, whatever zone it is given in."""
        assert text == stamp(at)
        assert at == unstamp(text)

    @given(instants, st.integers(-23 * 60, 23 * 60))
    @settings(deadline=None, max_examples=50)
    def test_round_trip(self, at: datetime, minutes: int) -> None:
        """Every instant comes back from its text, in UTC."""
        elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))
        assert at == unstamp(stamp(elsewhere))
        assert unstamp(stamp(elsewhere)).tzinfo is UTC

    @pytest.mark.parametrize(
        "text",
        [
            "2021-02-07T02:30:00",
            "2021-02-07T02:30:00+00:00",
            "2021-02-07T10:30:00+08:00",
            "2021-02-07T02:30:00.000000Z",
            "2021-02-07T02:30:00.1Z",
            "2021-02-07 02:30:00Z",
            "2021-W05-7T02:30:00Z",
            "2021-02-07T02:30Z",
            "2021-02-07T24:00:00Z",
            "2021-02-07T02:30:60Z",
            "2021-02-07T02:30:00z",
            "２０２１-02-07T02:30:00Z",
            "0001-01-01T00:00:00+23:59",
            "",
            "2021-02-07",
            5,
            None,
        ],
    )
    def test_every_other_spelling_is_refused(self, text: Any) -> None:
        """Only what `stamp` writes is read."""
        with pytest.raises(StoreError) as caught:
            unstamp(text)
        assert caught.value.code == "bad_instant"

    def test_an_instant_without_zone_is_refused(self) -> None:
        """T25: naive input."""
        with pytest.raises(LimitError) as caught:
            stamp(AT.replace(tzinfo=None))
        assert caught.value.code == "naive_time"


class TestDraftAndEnvelope:
    """Envelope: stream, version, sequence, type, schema, two instants, actor, command, edition, data, previous hash."""

    def test_data_is_a_copy_that_stays(self) -> None:
        """What the caller changes later does not reach the event, and nobody can change the event's own data."""
        given_data: dict[str, Any] = {"leads": ["police"], "facts": {"scene": "road"}}
        envelope = sealed(given_data)
        given_data["leads"].append("urban")
        given_data["facts"]["scene"] = "venue"

        assert {"leads": ["police"], "facts": {"scene": "road"}} == envelope.data
        envelope.data["facts"].clear()
        assert {"scene": "road"} == envelope.data["facts"]
        assert GENESIS != verify([envelope])

    def test_data_can_be_copied(self) -> None:
        """A copy of an event is equal."""
        envelope = sealed({"facts": {"scene": "road"}})
        assert envelope == copy.deepcopy(envelope)
        assert len({envelope, copy.copy(envelope)}) == 1

    def test_to_dict_has_the_members_of_the_line(self) -> None:
        """What a service shows of an event is what the log holds."""
        envelope = sealed({"facts": {"scene": "road"}})
        assert json.loads(to_line(envelope)) == envelope.to_dict()

    def test_a_plain_dict_is_data_and_nothing_else(self) -> None:
        """A mapping of another class may change its mind; a list has no names."""
        for data in (UserDict(a=1), {"a": UserDict(b=1)}, [("a", 1)], "a", 5):
            with pytest.raises(StoreError) as caught:
                draft(data)  # type: ignore[arg-type]
            assert caught.value.code == "not_plain"

    def test_instants_are_kept_in_utc(self) -> None:
        """UTC inside; the zone of the giver does not matter."""
        shanghai = AT.astimezone(ZoneInfo("Asia/Shanghai"))
        assert sealed().hash == sealed(recorded_at=shanghai).hash
        assert draft(happened_at=shanghai).happened_at.tzinfo is UTC

    @pytest.mark.parametrize("name", ["happened_at", "recorded_at"])
    def test_an_instant_without_zone_is_refused(self, name: str) -> None:
        """T25: naive input."""
        with pytest.raises(LimitError) as caught:
            attrs.evolve(sealed(), **{name: AT.replace(tzinfo=None)})
        assert caught.value.code == "naive_time"

    @pytest.mark.parametrize("name", ["stream", "type", "actor", "command", "edition"])
    @pytest.mark.parametrize(
        "value", ["", "a b", 'a"b', "a\\b", "张三", "a\n", "ａ", "x" * 201, 5, None, b"a"], ids=ascii
    )
    def test_keys_are_printable_ascii(self, name: str, value: Any) -> None:
        """Ids are opaque words; a resident's name is never one."""
        with pytest.raises(StoreError) as caught:
            attrs.evolve(sealed(), **{name: value})
        assert (caught.value.code, True) == ("bad_key", name in str(caught.value))

    def test_longest_key(self) -> None:
        """Two hundred characters are taken, with the signs that join ids."""
        assert "m:/#~" + "x" * 195 == sealed(stream="m:/#~" + "x" * 195).stream

    @pytest.mark.parametrize("name", ["version", "sequence", "schema"])
    @pytest.mark.parametrize("value", [0, -1, 2**63, True, 1.0, "1", None])
    def test_counts_start_at_one(self, name: str, value: Any) -> None:
        """Versions of a stream are 1…n; a flag or text is no number."""
        with pytest.raises(StoreError) as caught:
            attrs.evolve(sealed(), **{name: value})
        assert (caught.value.code, True) == ("bad_count", name in str(caught.value))

    @pytest.mark.parametrize("name", ["previous", "hash"])
    @pytest.mark.parametrize("value", ["0" * 63, "0" * 65, "A" * 64, "g" * 64, "０" * 64, 5, b"0" * 64], ids=ascii)
    def test_hashes_are_hashes(self, name: str, value: Any) -> None:
        """Sixty-four lower-case hexadecimal digits."""
        with pytest.raises(StoreError) as caught:
            attrs.evolve(sealed(), **{name: value})
        assert caught.value.code == "bad_hash"

    def test_a_draft_is_checked_too(self) -> None:
        """An object that exists is valid."""
        for changes, code in (({"type": ""}, "bad_key"), ({"schema": 0}, "bad_count")):
            with pytest.raises(StoreError) as caught:
                draft(**changes)
            assert code == caught.value.code

    def test_an_event_is_at_most_one_line_of_a_mebibyte(self) -> None:
        """What is kept can be read back: the longest event has the longest line, one byte more is refused."""
        room = LINE_LIMIT - len(to_line(sealed({"x": ""})))
        longest = sealed({"x": "a" * room})
        assert len(to_line(longest)) == LINE_LIMIT
        assert longest == from_line(to_line(longest))
        with pytest.raises(StoreError) as caught:
            sealed({"x": "a" * (room + 1)})
        assert caught.value.code == "too_long"

    def test_results_show_themselves(self) -> None:
        """Plain data, and escaped HTML (T67)."""
        shown = sealed({"note": "<b>"})
        assert {"note": "<b>"} == shown.to_dict()["data"]
        assert "<b>" not in shown._repr_html_()


class TestChain:
    """Store S5: "hash(n) = H(0x00‖hash(n−1)‖canonical(event n)); verify() true iff untouched"."""

    def test_the_hash_of_a_known_event(self) -> None:
        """The format never changes unseen: this event has this hash for good."""
        envelope = sealed({"channel": "12345", "leads": ["police"], "label": "网格员", "n": 3, "direct": False})
        assert "051370d207ee640ed1681affe4a1174c808508f7271c91c7549b6fe335169925" == envelope.hash

    @given(data_dicts, st.integers(1, 2**63 - 1))
    @settings(deadline=None, max_examples=50)
    def test_hash_by_the_formula(self, data: dict[str, Any], version: int) -> None:
        """The hash is the one that anybody finds with a JSON library and SHA-256."""
        envelope = sealed(data, Head(6, "ab" * 32), version=version)
        body = dumped(oracle(envelope))
        assert hashlib.sha256(b"\x00" + bytes.fromhex("ab" * 32) + body).hexdigest() == envelope.hash
        assert body == canonical(oracle(envelope))
        assert dumped({**oracle(envelope), "hash": envelope.hash}).decode() == to_line(envelope)

    @given(st.integers(0, 8), st.integers(0, 8))
    @settings(deadline=None, max_examples=50)
    def test_a_sound_chain_verifies_in_parts(self, length: int, cut: int) -> None:
        """The head of the whole is the head of the second part after the first."""
        log = chain(length)
        middle = verify(log[:cut])
        assert verify(log) == verify(log[cut:], middle)
        assert (log[-1].head if log else GENESIS) == verify(log)

    @pytest.mark.parametrize("place", [0, 3, 6])
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("data", {"n": 99}),
            ("data", {"n": True}),
            ("actor", "else"),
            ("stream", "m2"),
            ("version", 99),
            ("sequence", 99),
            ("type", "unheard"),
            ("schema", 2),
            ("happened_at", AT + timedelta(microseconds=1)),
            ("recorded_at", AT + timedelta(days=1)),
            ("command", "c99"),
            ("edition", "e"),
            ("previous", "1" * 64),
            ("hash", "1" * 64),
        ],
    )
    def test_every_altered_field_is_found(self, place: int, name: str, value: Any) -> None:
        """T57: an altered row is named, whichever field was altered and however little."""
        log = chain(7)
        log[place] = attrs.evolve(log[place], **{name: value})
        with pytest.raises(ChainBrokenError) as caught:
            verify(log)
        assert (f"sequence {place + 1}", "chain_broken") == (caught.value.faults[0].place, caught.value.code)

    @given(
        st.sampled_from(["delete", "insert", "swap", "cut", "rewrite"]),
        st.lists(st.integers(0, 6), min_size=2, max_size=2, unique=True).map(sorted),
    )
    @settings(deadline=None, max_examples=50)
    def test_every_moved_event_is_found(self, kind: str, places: list[int]) -> None:
        """T57: "rows deleted, inserted, swapped, tail cut: names the first bad seq"; "a rewrite against a head"."""
        log = chain(7)
        known = log[-1].head
        place, other = places
        if kind == "delete":
            del log[place]
        elif kind == "insert":
            log.insert(place, log[other])
        elif kind == "swap":
            log[place], log[other] = log[other], log[place]
        elif kind == "cut":
            del log[place:]
        else:
            log[place:] = [attrs.evolve(log[place], data={"n": 99}, hash="")]
            for n in range(place + 1, 7):
                log.append(sealed({"n": n}, log[-1].head, version=n + 1))
        first_bad = 7 if kind == "rewrite" else place + 1
        with pytest.raises(ChainBrokenError) as caught:
            verify(log, known=known)
        assert (f"sequence {first_bad}", "chain_broken") == (caught.value.faults[0].place, caught.value.code)

    def test_a_known_head_may_be_older_than_the_log(self) -> None:
        """A head printed in a bulletin stays good while the log grows."""
        log = chain(5)
        assert log[-1].head == verify(log, known=log[2].head)
        assert log[-1].head == verify(log[3:], log[2].head, known=log[2].head)

    def test_one_step(self) -> None:
        """`advance` follows the chain by one."""
        one, two = chain(2)
        assert two.head == advance(one.head, two)
        with pytest.raises(ChainBrokenError):
            advance(GENESIS, two)

    @given(st.integers(0, 10**17), st.binary(min_size=32, max_size=32))
    @settings(deadline=None, max_examples=50)
    def test_a_head_is_printed_and_read(self, sequence: int, digest: bytes) -> None:
        """A head goes through a bulletin and back."""
        head = Head(sequence, digest.hex())
        assert head == Head.parse(str(head))

    @pytest.mark.parametrize("text", ["", "1", f"01:{'0' * 64}", f"-1:{'0' * 64}", f"1:{'0' * 63}", f"１:{'0' * 64}"])
    def test_other_texts_are_no_head(self, text: str) -> None:
        """Only what is printed is read."""
        with pytest.raises(StoreError) as caught:
            Head.parse(text)
        assert caught.value.code == "bad_head"

    def test_a_head_is_checked(self) -> None:
        """No negative sequence, no short hash."""
        for sequence, digest, code in ((-1, "0" * 64, "bad_count"), (1, "0", "bad_hash")):
            with pytest.raises(StoreError) as caught:
                Head(sequence, digest)
            assert code == caught.value.code


def line(**changes: Any) -> str:
    """Return a line with some members changed; a member changed to ``...`` is left out."""
    members = {**json.loads(to_line(sealed({"n": 1}))), **changes}
    return dumped({name: value for name, value in members.items() if value is not ...}).decode()


class TestLines:
    """One event, one line, one byte string; traps of json: NaN, duplicate keys, lone surrogates, depth."""

    @given(data_dicts, instants, instants)
    @settings(deadline=None, max_examples=50)
    def test_round_trip(self, data: dict[str, Any], happened: datetime, recorded: datetime) -> None:
        """Every event comes back from its line, hash and all; the line has no line end in it."""
        envelope = attrs.evolve(sealed(data, recorded_at=recorded), happened_at=happened, hash="")
        assert envelope == from_line(to_line(envelope))
        assert canonical(envelope.data) == canonical(from_line(to_line(envelope)).data)
        assert "\n" not in to_line(envelope)

    @pytest.mark.parametrize(
        ("code", "text"),
        [
            ("bad_json", ""),
            ("bad_json", "{"),
            ("bad_json", "nothing"),
            ("bad_json", "\ufeff" + line()),
            ("bad_json", line() + "{}"),
            ("bad_json", line().replace('"desk-7"', '"desk\t7"')),
            ("bad_json", line().replace('"desk-7"', "'desk-7'")),
            ("bad_envelope", "[]"),
            ("bad_envelope", "null"),
            ("bad_envelope", "{}"),
            ("bad_envelope", line(hash=...)),
            ("bad_envelope", line(extra=1)),
            ("not_plain", line().replace('"n":1', '"n":NaN')),
            ("not_plain", line().replace('"n":1', '"n":-Infinity')),
            ("not_plain", line().replace('"n":1', '"n":1.0')),
            ("not_plain", line().replace('"n":1', '"n":1e999')),
            ("not_plain", line(data=[1])),
            ("not_plain", line(data=None)),
            ("integer_range", line().replace('"n":1', '"n":9223372036854775808')),
            ("integer_range", line().replace('"n":1', '"n":' + "9" * 500_000)),
            ("not_canonical", line().replace('"n":1', '"n":1,"n":1')),
            ("not_canonical", line().replace('"actor"', '"actor":"x","actor"')),
            ("too_deep", line(data=nested(DEPTH_LIMIT + 1))),
            ("too_deep", line().replace('"n":1', '"n":' + "[" * 100_000)),
            ("too_deep", "[" * 1_000_000),
            ("too_deep", '{"a":' * 200_000),
            ("too_long", " " * (LINE_LIMIT + 1)),
            ("bad_instant", line(happened_at="2021-02-07")),
            ("bad_instant", line(recorded_at=5)),
            ("bad_key", line(actor="")),
            ("bad_key", line(stream=5)),
            ("bad_count", line(version=0)),
            ("bad_count", line(sequence=True)),
            ("bad_count", line(schema="1")),
            ("bad_hash", line(previous="")),
            ("bad_hash", line(hash="x")),
            ("not_canonical", line(hash="")),
            ("not_canonical", line(hash=None)),
            ("not_canonical", " " + line()),
            ("not_canonical", line() + "\r"),
            ("not_canonical", line().replace('":', '": ')),
            ("not_canonical", line().replace("desk", r"\u0064esk")),
            ("not_canonical", line().replace('"n":1', '"n":-0')),
            ("not_canonical", json.dumps(dict(reversed(json.loads(line()).items())), separators=(",", ":"))),
            ("lone_surrogate", line().replace('"n":1', r'"n":"\ud800"')),
        ],
        ids=lambda value: value[:40],
    )
    def test_every_other_text_is_refused(self, code: str, text: str) -> None:
        """A line that is not exactly what was written is a fault with a code, never a bare error of the parser."""
        with pytest.raises(StoreError) as caught:
            from_line(text)
        assert code == caught.value.code

    def test_brackets_in_text_are_not_depth(self) -> None:
        """Depth is counted on tokens: text may hold as many brackets and escapes as it likes."""
        envelope = sealed({"x": "[{" * 1_000 + '"' + "\\" * 999, "y": [[{}] * 20] * 20})
        assert envelope == from_line(to_line(envelope))

    @pytest.mark.parametrize("text", ['"' + r"\"" * 400_000 + "[" * 40, '{"' * 300_000, "\\" * 40 + '"\\' + "{" * 40])
    def test_unfinished_text_costs_little(self, text: str) -> None:
        """Quotes without end are refused in one pass over the line."""
        with pytest.raises(StoreError) as caught:
            from_line(text)
        assert caught.value.code in {"bad_json", "too_deep"}

    def test_deepest_data_comes_back(self) -> None:
        """What may be written can be read."""
        envelope = sealed(nested(DEPTH_LIMIT))
        assert envelope == from_line(to_line(envelope))

    @given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")), st.integers(0, 500))
    @settings(deadline=None, max_examples=50)
    def test_garbage_never_escapes(self, garbage: str, place: int) -> None:
        """Whatever is put into a line is refused as a `StoreError`, or is the line itself."""
        text = line()
        edited = text[:place] + garbage + text[place + len(garbage) :]
        try:
            envelope = from_line(edited)
        except StoreError:
            return
        assert edited == to_line(envelope)


@attrs.frozen
class Heard:
    """A call was heard."""

    TYPE: ClassVar[str] = "heard"
    SCHEMA: ClassVar[int] = 2

    at: datetime
    leads: tuple[str, ...] = ()
    note: str = ""

    def to_data(self) -> dict[str, Any]:
        """Return its fields as plain JSON."""
        return {"at": stamp(self.at), "leads": list(self.leads), "note": self.note}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Heard":
        """Return the event of some data."""
        return cls(at=unstamp(data["at"]), leads=tuple(data["leads"]), note=data["note"])


class OtherHeard(Heard):
    """Another class that bears the same type."""


def kept(event: Heard, codec: Codec, **changes: Any) -> Envelope:
    given_ = {"stream": "m1", "version": 1, "recorded_at": AT, "actor": "desk-7", "command": "c1", "edition": EDITION}
    envelope = seal(codec.encode(event), after=GENESIS, **given_)
    return attrs.evolve(envelope, **changes)


class TestCodec:
    """T61: "newer library's events, unknown type, upcaster missing: never skipped"."""

    @given(instants, st.lists(texts, max_size=3), texts)
    @settings(deadline=None, max_examples=50)
    def test_round_trip(self, at: datetime, leads: list[str], note: str) -> None:
        """decode(encode(e)) = e, also through a line."""
        codec = Codec([Heard])
        event = Heard(at, tuple(leads), note)
        envelope = kept(event, codec)
        assert event == codec.decode(envelope) == codec.decode(from_line(to_line(envelope)))
        assert ("heard", 2, at) == (envelope.type, envelope.schema, envelope.happened_at)

    def test_an_unknown_type_stops_the_reader(self) -> None:
        """Neither read nor skipped."""
        codec = Codec([Heard])
        with pytest.raises(StoreError, match="unheard") as caught:
            codec.decode(kept(Heard(AT), codec, type="unheard"))
        assert ("unknown_event_type", "sequence 1") == (caught.value.code, caught.value.faults[0].place)

    @pytest.mark.parametrize("schema", [1, 3])
    def test_another_schema_stops_the_reader(self, schema: int) -> None:
        """A newer one, and an older one that nothing brings up to date."""
        codec = Codec([Heard])
        with pytest.raises(StoreError, match=rf"schema {schema}; this version reads 2") as caught:
            codec.decode(kept(Heard(AT), codec, schema=schema))
        assert caught.value.code == "schema_version"

    @pytest.mark.parametrize(
        ("code", "data"),
        [
            ("bad_event", {}),
            ("bad_event", {"at": stamp(AT), "leads": 5, "note": ""}),
            ("bad_instant", {"at": "yesterday", "leads": [], "note": ""}),
        ],
    )
    def test_foreign_data_stops_the_reader(self, code: str, data: dict[str, Any]) -> None:
        """Data that the class did not write is refused with its place."""
        codec = Codec([Heard])
        with pytest.raises(StoreError) as caught:
            codec.decode(kept(Heard(AT), codec, data=data))
        assert code == caught.value.code

    def test_only_its_own_classes_are_written(self) -> None:
        """An event nobody could read back is not written."""
        for codec in (Codec([]), Codec([OtherHeard])):
            with pytest.raises(StoreError) as caught:
                codec.encode(Heard(AT))
            assert caught.value.code == "unknown_event_type"

    def test_two_classes_of_one_type_are_refused(self) -> None:
        """The registry is unambiguous; the same class twice is no harm."""
        assert Codec([Heard, Heard]).encode(Heard(AT)).type == "heard"
        with pytest.raises(ValueError, match="Heard and OtherHeard both bear the type 'heard'"):
            Codec([Heard, OtherHeard])


def test_events_are_json_only() -> None:
    """T66: nothing that could run code is ever written or read."""
    source = Path(events.__file__).read_text(encoding="utf-8")
    assert not any(word in source for word in ("pickle", "marshal", "eval(", "exec("))
