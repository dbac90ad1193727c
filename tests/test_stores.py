"""The contract of a store, kept by the memory store, and logs that go to a file and back."""

import errno
import io
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gridgov import stores
from gridgov.errors import (
    ChainBrokenError,
    CommandMismatchError,
    LimitError,
    StaleVersionError,
    StoreError,
)
from gridgov.events import GENESIS, LINE_LIMIT, Draft, Envelope, to_line, verify
from gridgov.stores import MemoryStore, Store, Write, read_jsonl, write_jsonl

AT = datetime(2021, 2, 7, 2, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def draft(**data: Any) -> Draft:
    return Draft(type="heard", schema=1, happened_at=AT, data=data)


def append(store: Store, command: str, *writes: Write, **changes: Any) -> tuple[Envelope, ...]:
    given_ = {"actor": "desk-7", "edition": "e1", "recorded_at": AT}
    return store.append(writes, command_id=command, **{**given_, **changes})


def filled(commands: int = 5) -> MemoryStore:
    """Return a store in which each command wrote to a stream of its own and to one they share."""
    store = MemoryStore()
    for n in range(commands):
        append(store, f"c{n}", Write(f"m{n}", 0, (draft(n=n),)), Write("stock", n, (draft(left=-n),)))
    return store


def dumped(store: Store) -> bytes:
    file = io.BytesIO()
    write_jsonl(store, file)
    return file.getvalue()


def state(store: Store) -> tuple[Any, ...]:
    log = tuple(store.feed())
    return store.head(), log, {e.stream: store.stream(e.stream) for e in log}, {e.command for e in log}


class TestAppend:
    """Store: "append([(stream, expected_version, events), …], command_id=…)", all or nothing over several streams."""

    def test_several_streams_at_once(self) -> None:
        """Events stand in the order given, each with its version; the streams and the feed agree."""
        store = MemoryStore()
        one = append(store, "c1", Write("m1", 0, (draft(n=1), draft(n=2))), Write("m2", 0, (draft(n=3),)))
        two = append(store, "c2", Write("m1", 2, (draft(n=4),)), actor="desk-8", edition="e2")

        assert [("m1", 1), ("m1", 2), ("m2", 1)] == [(e.stream, e.version) for e in one]
        assert [1, 2, 3, 4] == [e.sequence for e in store.feed()]
        assert (*one[:2], *two) == store.stream("m1")
        assert [("c1", "desk-7", "e1")] * 3 + [("c2", "desk-8", "e2")] == [
            (e.command, e.actor, e.edition) for e in store.feed()
        ]
        assert (3, 1, 0) == (store.version("m1"), store.version("m2"), store.version("m3"))
        assert two[0].head == store.head() == store.verify()

    def test_an_empty_store(self) -> None:
        """Nothing is kept, and that verifies."""
        store = MemoryStore()
        assert (GENESIS, GENESIS, (), ()) == (store.head(), store.verify(), store.stream("m1"), store.command("c1"))
        assert [] == list(store.feed())

    def test_a_feed_goes_on_where_it_stopped(self) -> None:
        """S3: a reader that polls sees each event exactly once, and what it holds does not grow under it."""
        store = filled(2)
        first = store.feed()
        append(store, "late", Write("late", 0, (draft(),)))
        seen = [e.sequence for e in first]
        assert [1, 2, 3, 4] == seen
        assert [5] == [e.sequence for e in store.feed(after=seen[-1])]
        assert [] == list(store.feed(after=99))
        with pytest.raises(StoreError) as caught:
            store.feed(after=-1)
        assert caught.value.code == "bad_count"

    @pytest.mark.parametrize(
        ("code", "writes"),
        [
            ("empty_append", ()),
            ("empty_append", (Write("m1", 0, (draft(),)), Write("m2", 0, ()))),
            ("stream_twice", (Write("m1", 0, (draft(),)), Write("m1", 1, (draft(),)))),
            ("too_long", (Write("m8", 0, (draft(), draft(text="x" * LINE_LIMIT))),)),
        ],
        ids=["nothing", "empty", "twice", "long"],
    )
    def test_a_refused_append_keeps_nothing(self, code: str, writes: tuple[Write, ...]) -> None:
        """S2: all or nothing, also when the last event is the bad one; T19: the id stays free."""
        store = filled()
        before = state(store)
        with pytest.raises(StoreError) as caught:
            append(store, "c9", *writes)
        assert (code, before, ()) == (caught.value.code, state(store), store.command("c9"))
        assert 1 == len(append(store, "c9", Write("m9", 0, (draft(),))))

    @pytest.mark.parametrize("changes", [{"command_id": "c 9"}, {"actor": "张三"}, {"edition": ""}])
    def test_only_keys_name_commands_actors_and_editions(self, changes: dict[str, str]) -> None:
        """A resident's name is no key, is not kept, and is not in the message."""
        store = filled()
        before = state(store)
        with pytest.raises(StoreError) as caught:
            store.append(
                [Write("m9", 0, (draft(),))],
                **{"command_id": "c9", "actor": "desk-7", "edition": "e1", "recorded_at": AT, **changes},
            )
        assert ("bad_key", before, False) == (caught.value.code, state(store), "张三" in str(caught.value))

    @pytest.mark.parametrize(
        ("code", "stream", "version"),
        [("bad_key", "张三", 0), ("bad_key", "", 0), ("bad_count", "m1", -1), ("bad_count", "m1", True)],
    )
    def test_a_write_is_checked(self, code: str, stream: str, version: int) -> None:
        """An object that exists is valid."""
        with pytest.raises(StoreError) as caught:
            Write(stream, version, (draft(),))
        assert code == caught.value.code

    def test_an_instant_without_zone_is_refused(self) -> None:
        """T25: naive input."""
        with pytest.raises(LimitError) as caught:
            append(MemoryStore(), "c1", Write("m1", 0, (draft(),)), recorded_at=AT.replace(tzinfo=None))
        assert caught.value.code == "naive_time"

    def test_recorded_at_never_falls(self) -> None:
        """T21: "monotone stamp = max(last, now); order by sequence, not by time"."""
        store = MemoryStore()
        for n, jump in enumerate([0, -1, -31_536_000, 5, 2, 6]):
            append(store, f"c{n}", Write("m1", n, (draft(n=n),)), recorded_at=AT + jump * SECOND)
        assert [0, 0, 0, 5, 5, 6] == [(e.recorded_at - AT) // SECOND for e in store.feed()]


class TestVersions:
    """T16: "two operators close one matter at once: exactly one wins; the other is told the winner's version"."""

    def test_every_stale_stream_is_named(self) -> None:
        """Nothing is kept, all streams that moved on are named with the version they have now."""
        store = filled(3)
        before = state(store)
        with pytest.raises(StaleVersionError) as caught:
            append(store, "c9", Write("stock", 2, (draft(),)), Write("m9", 0, (draft(),)), Write("m1", 5, (draft(),)))
        assert ["stale_version"] * 2 == [fault.code for fault in caught.value.faults]
        assert "'stock' has version 3, not 2" in caught.value.faults[0].message
        assert "'m1' has version 1, not 5" in caught.value.faults[1].message
        assert before == state(store)

    def test_a_refused_command_succeeds_once_later(self) -> None:
        """T19: "refusals are not stored: the id stays free, and succeeds once"."""
        store = filled(1)
        with pytest.raises(StaleVersionError):
            append(store, "c9", Write("m0", 0, (draft(),)))
        kept = append(store, "c9", Write("m0", 1, (draft(),)))
        assert kept == append(store, "c9", Write("m0", 1, (draft(),))) == store.command("c9")
        assert 2 == store.version("m0")

    def test_concurrent_twins(self) -> None:
        """Eight threads write to one stream and retry when they were late: every event stands once, in one chain."""
        store, workers, each = MemoryStore(), 8, 25
        start = threading.Barrier(workers)
        refused = []

        def work(worker: int) -> None:
            start.wait()
            for n in range(each):
                while True:
                    version = store.version("matter")
                    try:
                        append(store, f"w{worker}-{n}", Write("matter", version, (draft(w=worker, n=n),)))
                        break
                    except StaleVersionError as error:
                        refused.append(error.code)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        log = store.stream("matter")
        assert list(range(1, workers * each + 1)) == [e.version for e in log]
        assert sorted((w, n) for w in range(workers) for n in range(each)) == sorted(
            (e.data["w"], e.data["n"]) for e in log
        )
        assert all(list(range(each)) == [e.data["n"] for e in log if e.data["w"] == w] for w in range(workers))
        assert store.head() == store.verify()
        assert set(refused) <= {"stale_version"}

    def test_one_command_sent_by_many_at_once(self) -> None:
        """T17, concurrently: all senders of one command get the same envelopes, kept once."""
        store, answers, start = MemoryStore(), [], threading.Barrier(8)

        def send() -> None:
            start.wait()
            answers.append(append(store, "c1", Write("m1", 0, (draft(n=1),))))

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [store.stream("m1")] * 8 == answers
        assert 1 == store.head().sequence


class TestCommands:
    """T17, T18: "same id and same content answers as before, same id and other content is refused"."""

    def test_a_command_sent_twice(self) -> None:
        """The retry gets the first answer, whatever the clock says and whatever happened since."""
        store = filled(3)
        before = state(store)
        again = append(
            store,
            "c1",
            Write("m1", 0, (draft(n=1),)),
            Write("stock", 1, (draft(left=-1),)),
            recorded_at=AT + 99 * SECOND,
        )
        assert store.command("c1") == again
        assert ("m1", "stock") == tuple(e.stream for e in again)
        assert before == state(store)

    @pytest.mark.parametrize(
        ("writes", "changes"),
        [
            ((Write("m1", 0, (draft(n=2, flag=True),)),), {}),
            ((Write("m1", 0, (draft(n=1, flag=1),)),), {}),
            ((Write("m1", 0, (draft(n=True, flag=True),)),), {}),
            ((Write("m1", 0, (draft(n=1, flag=True), draft())),), {}),
            ((Write("m2", 0, (draft(n=1, flag=True),)),), {}),
            ((Write("m1", 1, (draft(n=1, flag=True),)),), {}),
            ((Write("m1", 0, (attrs.evolve(draft(n=1, flag=True), type="seen"),)),), {}),
            ((Write("m1", 0, (attrs.evolve(draft(n=1, flag=True), schema=2),)),), {}),
            ((Write("m1", 0, (attrs.evolve(draft(n=1, flag=True), happened_at=AT + SECOND),)),), {}),
            ((Write("m1", 0, (draft(n=1, flag=True),)), Write("m2", 0, (draft(),))), {}),
            ((Write("m1", 0, (draft(n=1, flag=True),)),), {"actor": "desk-8"}),
            ((Write("m1", 0, (draft(n=1, flag=True),)),), {"edition": "e2"}),
        ],
    )
    def test_an_id_used_for_other_content(self, writes: tuple[Write, ...], changes: dict[str, str]) -> None:
        """Any difference but the time of recording is other content; True is not 1."""
        store = MemoryStore()
        append(store, "c1", Write("m1", 0, (draft(n=1, flag=True),)))
        before = state(store)
        with pytest.raises(CommandMismatchError, match="'c1'") as caught:
            append(store, "c1", *writes, **changes)
        assert ("command_mismatch", before) == (caught.value.code, state(store))


class TestFiles:
    """Store S13: "dump → load into an empty store → equal head"; X8: "replay to identical state"."""

    def test_to_a_path_and_back(self, tmp_path: Path) -> None:
        """Same events, same head, same commands; line n holds the event of sequence n."""
        store, path = filled(), tmp_path / "events.jsonl"
        assert store.head() == write_jsonl(store, path) == write_jsonl(store.feed(), str(path))
        back = read_jsonl(str(path), known=store.head())

        assert state(store) == state(back)
        assert [to_line(e) for e in store.feed()] == path.read_text("utf-8").split("\n")[:-1]
        assert back.command("c1") == append(
            back, "c1", Write("m1", 0, (draft(n=1),)), Write("stock", 1, (draft(left=-1),))
        )
        assert [path] == list(tmp_path.iterdir())

    def test_an_empty_log(self, tmp_path: Path) -> None:
        """No events, no lines."""
        path = tmp_path / "events.jsonl"
        assert GENESIS == write_jsonl(MemoryStore(), path) == read_jsonl(path).head()
        assert b"" == path.read_bytes()

    def test_line_ends_of_other_alphabets_stay_in_text(self) -> None:
        """U+2028, U+0085 and their like are text, not the end of a line."""
        store = MemoryStore()
        append(store, "c1", Write("m1", 0, (draft(text="a\u2028b\u0085c\x0bd\re\nf"),)))
        assert 1 == dumped(store).count(b"\n")
        assert store.head() == read_jsonl(io.BytesIO(dumped(store))).head()

    def test_the_longest_line(self) -> None:
        """An event of exactly one mebibyte goes to a file and back."""
        room = LINE_LIMIT - len(to_line(append(MemoryStore(), "c1", Write("m1", 0, (draft(x=""),)))[0]))
        store = MemoryStore()
        append(store, "c1", Write("m1", 0, (draft(x="a" * room),)))
        assert LINE_LIMIT + 1 == len(dumped(store))
        assert store.head() == read_jsonl(io.BytesIO(dumped(store))).head()

    @pytest.mark.parametrize(
        ("code", "change"),
        [
            ("torn_line", lambda line: line[:-1]),
            ("torn_line", lambda line: line[:40]),
            ("not_utf8", lambda line: line.replace("网".encode(), "网".encode("gbk"))),
            ("not_utf8", lambda line: line.replace("网".encode(), b"\xed\xa0\x80")),
            ("bad_json", lambda _: b"\n"),
            ("bad_json", lambda line: b"\xef\xbb\xbf" + line),
            ("bad_json", lambda line: line.replace(b'"n":3', b'"n":\0')),
            ("not_plain", lambda line: line.replace(b'"n":3', b'"n":NaN')),
            ("not_plain", lambda line: line.replace(b'"n":3', b'"n":3e0')),
            ("integer_range", lambda line: line.replace(b'"n":3', b'"n":' + b"3" * 100_000)),
            ("not_canonical", lambda line: line.replace(b'"n":3', b'"n":3,"n":3')),
            ("too_deep", lambda line: line.replace(b'"n":3', b'"n":' + b"[" * 100_000)),
            ("too_long", lambda line: line.replace(b'"n":3', b'"n":' + b"3" * LINE_LIMIT)),
            ("too_long", lambda _: b"x" * (LINE_LIMIT * 2)),
            ("not_canonical", lambda line: line.replace(b"\n", b"\r\n")),
        ],
    )
    def test_a_bad_line_is_named(self, code: str, change: Callable[[bytes], bytes]) -> None:
        """Every fault of a line is a `StoreError` with file, line and code, never a bare error of the parser."""
        store = MemoryStore()
        for n in range(1, 4):
            append(store, f"c{n}", Write("m1", n - 1, (draft(n=n, label="网格"),)))
        *front, last = dumped(store).splitlines(keepends=True)
        assert change(last) != last
        with pytest.raises(StoreError) as caught:
            read_jsonl(io.BytesIO(b"".join(front) + change(last)))
        assert [(code, "log:3")] == [(fault.code, fault.place) for fault in caught.value.faults]

    def test_the_file_is_named(self, tmp_path: Path) -> None:
        """A fault names the file, without the folders above it."""
        path = tmp_path / "events.jsonl"
        path.write_bytes(dumped(filled(1)) + b"x")
        with pytest.raises(StoreError) as caught:
            read_jsonl(path)
        assert caught.value.faults[0].place == "events.jsonl:3"

    @given(
        st.sampled_from(["alter", "delete", "double", "swap", "cut"]),
        st.lists(st.integers(1, 9), min_size=2, max_size=2, unique=True).map(sorted),
    )
    @settings(deadline=None, max_examples=50)
    def test_an_edited_file_is_found(self, kind: str, places: list[int]) -> None:
        """T57 on a file: the first bad sequence is named, which is the number of its line."""
        store = filled()
        lines = dumped(store).splitlines(keepends=True)
        place, other = places
        if kind == "alter":
            lines[place] = lines[place].replace(b"desk-7", b"desk-8")
        elif kind == "delete":
            del lines[place]
        elif kind == "double":
            lines.insert(place, lines[place - 1])
        elif kind == "swap":
            lines[place], lines[other] = lines[other], lines[place]
        else:
            del lines[place:]
        with pytest.raises(ChainBrokenError) as caught:
            read_jsonl(io.BytesIO(b"".join(lines)), known=store.head())
        assert ("chain_broken", f"log: sequence {place + 1}") == (caught.value.code, caught.value.faults[0].place)

    def test_a_log_written_anew_is_found(self) -> None:
        """T57: "a full rewrite is found against an outside head"."""
        store = filled()
        other = MemoryStore()
        for n, envelope in enumerate(store.feed()):
            append(other, f"r{n}", Write(envelope.stream, envelope.version - 1, (draft(n=0),)))
        assert other.head() == read_jsonl(io.BytesIO(dumped(other))).head()
        for head in (store.head(), next(store.feed(after=2)).head):
            with pytest.raises(ChainBrokenError, match="written anew") as caught:
                read_jsonl(io.BytesIO(dumped(other)), known=head)
            assert f"log: sequence {head.sequence}" == caught.value.faults[0].place
            with pytest.raises(ChainBrokenError, match="written anew"):
                other.verify(head)

    @given(st.integers(0), st.integers(0, 7))
    @settings(deadline=None, max_examples=100)
    def test_bit_rot_is_found(self, where: int, bit: int) -> None:
        """T56: every flipped bit is found."""
        raw = bytearray(dumped(filled(3)))
        raw[where % len(raw)] ^= 1 << bit
        with pytest.raises(StoreError):
            read_jsonl(io.BytesIO(bytes(raw)))

    @given(st.binary(max_size=200))
    @settings(deadline=None, max_examples=50)
    def test_garbage_is_refused(self, garbage: bytes) -> None:
        """Any other file is refused, or is an empty log."""
        try:
            store = read_jsonl(io.BytesIO(garbage))
        except StoreError:
            return
        assert (b"", GENESIS) == (garbage, store.head())

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """T58: an error of the system is a `StoreError`."""
        for path in (tmp_path, tmp_path / "none.jsonl"):
            with pytest.raises(StoreError) as caught:
                read_jsonl(path)
            assert ("cannot_read", path.name) == (caught.value.code, caught.value.faults[0].place)

    def test_a_file_that_cannot_be_written(self, tmp_path: Path) -> None:
        """T58: no folder there, or a folder in the way: refused, and nothing is left behind."""
        in_the_way = tmp_path / "folder"
        (in_the_way / "full").mkdir(parents=True)
        for path in (tmp_path / "none" / "events.jsonl", in_the_way):
            with pytest.raises(StoreError) as caught:
                write_jsonl(filled(), path)
            assert ("cannot_write", path.name) == (caught.value.code, caught.value.faults[0].place)
        assert [in_the_way] == list(tmp_path.iterdir())

    def test_a_full_disk_leaves_the_old_file(self, tmp_path: Path) -> None:
        """T58: "nothing half-written, usable afterwards", wherever the writing stops."""
        path, old, new = tmp_path / "events.jsonl", filled(1), filled()
        write_jsonl(old, path)

        def until_full(events: int) -> Iterator[Envelope]:
            for n, envelope in enumerate(new.feed()):
                if n == events:
                    raise OSError(errno.ENOSPC, "No space left on device")
                yield envelope

        for events in range(new.head().sequence):
            with pytest.raises(StoreError, match="No space left on device"):
                write_jsonl(until_full(events), path)
            assert old.head() == read_jsonl(path).head()
            assert [path] == list(tmp_path.iterdir())
        assert new.head() == write_jsonl(new, path) == read_jsonl(path).head()

    def test_a_file_that_is_full(self) -> None:
        """An open file that takes no more is refused at once, not when it is closed."""

        class Full(io.RawIOBase):
            def writable(self) -> bool:
                return True

            def write(self, _: Any) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        file = io.BufferedWriter(Full())
        with pytest.raises(StoreError) as caught:
            write_jsonl(filled(), file)
        assert ("cannot_write", "log") == (caught.value.code, caught.value.faults[0].place)
        with pytest.raises(OSError, match="No space"):
            file.close()


def resealed(log: list[Envelope], place: int, **changes: Any) -> list[Envelope]:
    """Return a log whose chain holds, with one event changed by somebody who knows how to hash."""
    head, made = GENESIS, []
    for n, envelope in enumerate(log):
        changed = attrs.evolve(envelope, **(changes if n == place else {}), previous=head.hash, hash="")
        made.append(changed)
        head = changed.head
    return made


class TestLoad:
    """S3, E2: "versions are 1…n without gaps; `recorded_at` never falls", also in a log whose chain holds."""

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"version": 2}, "is not version 2 of its stream"),
            ({"stream": "stock"}, "is not version 1 of its stream"),
            ({"recorded_at": AT - SECOND}, "was recorded before the event before it"),
            ({"command": "c0"}, "bears the id of an earlier command"),
        ],
    )
    def test_a_forged_log_is_refused(self, changes: dict[str, Any], why: str) -> None:
        """The chain is sound, the place is named."""
        log = resealed(list(filled().feed()), 4, **changes)
        assert log[-1].head == verify(log)
        with pytest.raises(ChainBrokenError, match=why) as caught:
            MemoryStore.load(log)
        assert caught.value.faults[0].place == "sequence 5"

    def test_a_loaded_store_goes_on(self) -> None:
        """The same commands make the same log, before loading or after it."""
        store = filled()
        back = MemoryStore.load(store.feed(), known=store.head())
        for each in (store, back):
            append(each, "next", Write("stock", 5, (draft(),)), recorded_at=AT - SECOND)
        assert state(store) == state(back)


class StoreMachine(RuleBasedStateMachine):
    """A store beside a naive model: dicts of plain lists. After every step the two say the same."""

    streams = st.sampled_from(["m1", "m2", "stock"])

    @initialize()
    def begin(self) -> None:
        """Start empty."""
        self.store = MemoryStore()
        self.log: list[tuple[str, int, str, str]] = []
        self.stamps: list[datetime] = []
        self.commands: dict[str, tuple[tuple[Write, ...], tuple[Envelope, ...]]] = {}
        self.clock = AT
        self.count = 0

    def version(self, stream: str) -> int:
        """Return the version of a stream."""
        return sum(1 for entry in self.log if entry[0] == stream)

    def writes(self, streams: set[str], texts: list[str]) -> tuple[Write, ...]:
        """Return writes of some texts to some streams as they are now."""
        drafts = tuple(draft(text=text) for text in texts)
        return tuple(Write(name, self.version(name), drafts) for name in sorted(streams))

    def fresh(self) -> str:
        """Return a command id that was never used."""
        self.count += 1
        return f"c{self.count}"

    def keep(self, command: str, writes: tuple[Write, ...]) -> None:
        """Append a command that must succeed, and note what it did."""
        kept = append(self.store, command, *writes, recorded_at=self.clock)
        for write in writes:
            for n, each in enumerate(write.drafts, 1):
                self.log.append((write.stream, write.expected_version + n, command, each.data["text"]))
                self.stamps.append(max([self.clock, *self.stamps]))
        self.commands[command] = (writes, kept)

    @rule(names=st.sets(streams, min_size=1), texts=st.lists(st.text(max_size=5), min_size=1, max_size=3))
    def append_to_streams(self, names: set[str], texts: list[str]) -> None:
        """A command is kept."""
        self.keep(self.fresh(), self.writes(names, texts))

    @precondition(lambda self: self.commands)
    @rule(data=st.data())
    def duplicate_command(self, data: st.DataObject) -> None:
        """A command that was kept is sent again, at another time."""
        command = data.draw(st.sampled_from(sorted(self.commands)))
        writes, kept = self.commands[command]
        assert kept == append(self.store, command, *writes, recorded_at=self.clock)
        assert kept == self.store.command(command)

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), names=st.sets(streams, min_size=1))
    def reuse_id_for_other_content(self, data: st.DataObject, names: set[str]) -> None:
        """The id of a command that was kept is sent with other events."""
        command = data.draw(st.sampled_from(sorted(self.commands)))
        with pytest.raises(CommandMismatchError):
            append(self.store, command, *self.writes(names, ["other", "than before", "surely", "four"]))

    @rule(names=st.sets(streams, min_size=1), off=st.integers(1, 3), texts=st.just(["late"]))
    def refused_then_free(self, names: set[str], off: int, texts: list[str]) -> None:
        """A stale command is refused whole; the same id succeeds with the version as it is."""
        command, writes = self.fresh(), self.writes(names, texts)
        stale = (*writes[:-1], attrs.evolve(writes[-1], expected_version=writes[-1].expected_version + off))
        with pytest.raises(StaleVersionError) as caught:
            append(self.store, command, *stale)
        assert f"version {self.version(writes[-1].stream)}," in str(caught.value)
        assert () == self.store.command(command)
        self.keep(command, writes)

    @rule(name=streams)
    def concurrent_twin(self, name: str) -> None:
        """Two clients decide on one version at once: one is kept, the other is told."""
        version, start, outcomes = self.version(name), threading.Barrier(2), {}

        def send(command: str) -> None:
            start.wait()
            try:
                outcomes[command] = append(self.store, command, Write(name, version, (draft(text=command),)))
            except StaleVersionError as error:
                outcomes[command] = error

        commands = (self.fresh(), self.fresh())
        threads = [threading.Thread(target=send, args=(command,)) for command in commands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [command for command in commands if isinstance(outcomes[command], tuple)]
        assert 1 == len(winners)
        self.log.append((name, version + 1, winners[0], winners[0]))
        self.stamps.append(max([AT, *self.stamps]))
        self.commands[winners[0]] = ((Write(name, version, (draft(text=winners[0]),)),), outcomes[winners[0]])

    @rule(seconds=st.integers(-(10**6), 10**6))
    def jump_clock(self, seconds: int) -> None:
        """The clock goes back, or forward."""
        self.clock += seconds * SECOND

    @rule()
    def dump_and_load(self) -> None:
        """The log goes to a file and back, and the work goes on from there."""
        back = read_jsonl(io.BytesIO(dumped(self.store)), known=self.store.head())
        assert state(self.store) == state(back)
        assert dumped(self.store) == dumped(back)
        self.store = back

    @precondition(lambda self: len(self.log) > 1)
    @rule(data=st.data())
    def tamper(self, data: st.DataObject) -> None:
        """Somebody edits a copy of the log; it is found, and where."""
        log = list(self.store.feed())
        place = data.draw(st.integers(0, len(log) - 2))
        kind = data.draw(st.sampled_from(["alter", "delete", "insert", "swap", "cut"]))
        if kind == "alter":
            log[place] = attrs.evolve(log[place], actor="somebody-else")
        elif kind == "delete":
            del log[place]
        elif kind == "insert":
            log.insert(place, log[-1])
        elif kind == "swap":
            log[place], log[-1] = log[-1], log[place]
        else:
            del log[place:]
        with pytest.raises(ChainBrokenError) as caught:
            MemoryStore.load(log, known=self.store.head())
        assert f"sequence {place + 1}" == caught.value.faults[0].place

    @invariant()
    def agrees_with_the_model(self) -> None:
        """S1, S3, E2: same events in the same order, versions 1…n, stamps that never fall, one sound chain."""
        log = list(self.store.feed())
        assert self.log == [(e.stream, e.version, e.command, e.data["text"]) for e in log]
        assert self.stamps == [e.recorded_at for e in log]
        assert list(range(1, len(log) + 1)) == [e.sequence for e in log]
        for name in ("m1", "m2", "stock"):
            assert tuple(e for e in log if e.stream == name) == self.store.stream(name)
            assert list(range(1, self.version(name) + 1)) == [e.version for e in self.store.stream(name)]
            assert self.version(name) == self.store.version(name)
        assert (log[-1].head if log else GENESIS) == self.store.head() == self.store.verify()


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(deadline=None, max_examples=25, stateful_step_count=15)


def test_a_store_reads_no_clock_and_no_pickle() -> None:
    """S14, T66: the instant is the caller's; JSON only."""
    source = Path(stores.__file__).read_text(encoding="utf-8")
    assert not any(word in source for word in ("now(", "today(", "import time", "pickle", "random"))


def test_the_memory_store_is_a_store() -> None:
    """All that the contract names is there."""
    names = {name for name in vars(Store) if not name.startswith("_")}
    assert {"append", "command", "stream", "version", "feed", "head", "verify"} == names
    assert names <= set(dir(MemoryStore))
