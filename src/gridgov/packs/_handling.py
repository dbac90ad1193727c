"""What a pack decides for live matters: the tables ``handling`` and ``clocks`` of ``escalation.toml``."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

import attrs

from gridgov.clocks import Threshold
from gridgov.conditions import AttributeType, Vocabulary
from gridgov.handling.rules import BUILT_IN, FOLLOWS, ClockRule, Handling, Timed, Usual
from gridgov.hierarchy import Relation
from gridgov.matters import DECIDED
from gridgov.packs._desk import Desk, attempt, basis_of, one_of, within
from gridgov.packs._ladders import read_limits
from gridgov.packs._shapes import Cited, ClockShape, EscalationFile, HandlingShape, ThresholdShape, TimedShape
from gridgov.packs._wrong import near
from gridgov.packs.stories import QUORUMS, ROLES
from gridgov.responsibility import Holder
from gridgov.values import Label

__all__ = ["HandlingReader"]

_FILE = "escalation.toml"
_ACTS = ("start", "pause", "resume", "stop", "reset", "cancel")
_EVENTS = frozenset(kind.TYPE for kind in DECIDED)
_OWNERS = ("matter", "assignment")
_PATHS = ("ordinary", "emergency", "direct")
_RELATIONS = tuple(relation.value for relation in Relation)
_AT_LEAST = (("returns", 1), ("extensions", 0), ("tries", 1))
_TIME = ("values", "calendar", "emergency")
_OWN_NEEDS = ("label", "of", "start", "stop")
_NOTED = (Threshold(percent=100, then=()),)
_OF_ASSIGNMENTS = frozenset({"pass_up", "next_on_duty"})
"""What can follow only from the clock of an assignment."""


@attrs.frozen(kw_only=True)
class HandlingReader:
    """Reads the tables ``handling`` and ``clocks`` of ``escalation.toml``.

    Attributes:
        desk: The desk.
        vocabulary: Attributes of matters; None when they are faulty.
        holder: Reads a selector.
        calendars: Ids of calendars; None when they are faulty.
        posts: Ids of kinds of post; None when they are faulty.
    """

    desk: Desk
    vocabulary: Vocabulary | None
    holder: Callable[[str], Holder]
    calendars: Collection[str] | None
    posts: Collection[str] | None

    def read(self, file: EscalationFile) -> Handling | None:
        """Return what the file says, beside what is usual; None, with faults noted, when it is faulty."""
        before = len(self.desk.faults)
        clocks = [self._clock(name, shape, file) for name, shape in file.clocks.items()]
        shape = file.handling
        arbiter = self._try("handling.arbiter", self.holder, shape.arbiter) if shape.arbiter else None
        source = self.desk.cite(f"{_FILE}: handling", None, shape, file)
        self._check(shape)
        self._check_danger(shape)
        if len(self.desk.faults) > before:
            return None
        return Handling.usual(
            filter(None, clocks),
            quorum=shape.quorum,
            approval=shape.approval,
            arbiter=arbiter,
            returns=shape.returns,
            extensions=shape.extensions,
            tries=shape.tries,
            review=shape.review,
            duty_post=shape.duty_post,
            whistle_relations=shape.whistle,
            danger=shape.danger,
            danger_when=shape.danger_when,
            source=source,
        )

    def _check(self, shape: HandlingShape) -> None:
        self._try("handling.quorum", one_of, shape.quorum, QUORUMS, what="a quorum")
        for name, least in _AT_LEAST:
            if getattr(shape, name) < least:
                self._note("bad_value", f"it must be {least} or more", f"handling.{name}")
        for relation in shape.whistle:
            self._try("handling.whistle", one_of, relation, _RELATIONS, "unknown_relation", "a relation of units")
        if shape.duty_post and self.posts is not None:
            self._try("handling.duty_post", one_of, shape.duty_post, self.posts, "unknown_post", "a post of posts.toml")

    def _note(self, code: str, message: str, path: str, hint: str = "") -> None:
        self.desk.faults.add(code, message, f"{_FILE}: {path}", hint)

    def _try(self, path: str, make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return attempt(self.desk.faults, within(_FILE, path), make, *args, **kwargs)

    def _check_danger(self, shape: HandlingShape) -> None:
        if (shape.danger is None) == bool(shape.danger_when):
            missing = "danger" if shape.danger is None else "danger_when"
            self._note("missing_key", "a text and the attribute that calls for it go together", f"handling.{missing}")
        if not shape.danger_when or self.vocabulary is None:
            return
        path, name = "handling.danger_when", shape.danger_when
        if name not in self.vocabulary:
            hint = near(name, [attribute.name for attribute in self.vocabulary])
            self._note("unknown_attribute", f"attributes.toml declares no {name[:64]!r}", path, hint)
        elif self.vocabulary.attribute(name).type is not AttributeType.FLAG:
            self._note("not_a_flag", f"{name!r} is not of the type flag", path, "name one that is yes or no")

    # --- clocks ---------------------------------------------------------------------------------------------

    def _clock(self, name: str, shape: ClockShape, file: EscalationFile) -> ClockRule | None:
        before, path = len(self.desk.faults), f"clocks.{name}"
        usual = BUILT_IN.get(name)
        self._check_given(name, shape, usual, path)
        self._check_words(shape, usual, path)
        source = self.desk.cite(f"{_FILE}: {path}", None, shape, file)
        given = {**_said(shape), "source": source, "basis": basis_of(shape, file)}
        given["thresholds"] = self._thresholds(name, shape.of if usual is None else usual.of, shape, path)
        title = (shape.label or Label(en=name)).in_("en")
        if shape.values:
            timed = self._timed(title, shape, path, file)
            given |= {"limit": timed and timed.limit, "calendar": shape.calendar}
        if shape.emergency is not None:
            given["emergency"] = self._timed(title, shape.emergency, f"{path}.emergency", shape, file)
        if len(self.desk.faults) > before:
            return None
        given["thresholds"] = given["thresholds"] or (_NOTED if usual is None else usual.thresholds)
        return ClockRule(id=name, **given) if usual is None else ClockRule.usual(name, **given)

    def _check_given(self, name: str, shape: ClockShape, usual: Usual | None, path: str) -> None:
        """A usual clock is the library's in part; a clock of the pack's own must be said in full."""
        for key in _OWN_NEEDS if usual is None else ():
            if not getattr(shape, key):
                self._note("missing_key", f"a clock of the pack's own needs {key!r}", f"{path}.{key}")
        fixed = _fixed(usual)
        for key in filter(lambda key: getattr(shape, key), fixed):
            if name == "promise" and key in _ACTS:
                message = "nothing starts again, pauses, resets or ends the promise to the resident"
                self._note("promise_reset", message, f"{path}.{key}", "drop it; only thresholds may be added")
            else:
                message = f"{key!r} of the clock {name!r} is not the pack's to say"
                self._note("fixed_clock", message, f"{path}.{key}", "drop it")
        timeless = (usual is None or usual.time == "pack") and shape.emergency is None
        if not shape.values and (timeless or (shape.calendar and "calendar" not in fixed)):
            self._note("missing_key", "the clock has no time", f"{path}.values", "give its limit, or drop the clock")

    def _check_words(self, shape: ClockShape, usual: Usual | None, path: str) -> None:
        if shape.of:
            self._try(f"{path}.of", one_of, shape.of, _OWNERS, what="matter or assignment")
        for key, known in (("roles", ROLES), ("paths", _PATHS)):
            for word in getattr(shape, key):
                self._try(f"{path}.{key}", one_of, word, known, what=f"one of the {key}")
        seen: dict[str, str] = {}
        for act in _ACTS:
            for event in getattr(shape, act) or sorted(getattr(usual, act, ())):
                self._try(f"{path}.{act}", one_of, event, _EVENTS, "unknown_event", "an event")
                if seen.setdefault(event, act) != act:
                    message = f"the event {event!r} stands under {seen[event]!r} too"
                    self._note("two_acts", message, f"{path}.{act}", "an event does one thing to a clock")

    def _timed(self, title: str, shape: TimedShape, path: str, *around: Cited) -> Timed | None:
        if shape.calendar and self.calendars is not None:
            known, what = self.calendars, "a calendar of calendar.toml"
            self._try(f"{path}.calendar", one_of, shape.calendar, known, "unknown_calendar", what)
        limit = read_limits(self.desk, title, shape.values, f"{path}.values", shape, *around)
        return None if limit is None else Timed(limit=limit, calendar=shape.calendar)

    def _thresholds(self, name: str, of: str, shape: ClockShape, path: str) -> tuple[Threshold, ...]:
        """Return what follows on the way, as far as it can be taken."""
        path = f"{path}.thresholds"
        found = [
            self._try(f"{path}[{index}]", Threshold, percent=each.percent, then=each.then)
            for index, each in enumerate(shape.thresholds)
        ]
        for index, each in enumerate(shape.thresholds):
            for word in each.then:
                self._check_follow(word, name, of, f"{path}[{index}].then")
        percents = [each.percent for each in shape.thresholds]
        if percents != sorted(set(percents)):
            self._note("threshold_order", "thresholds do not rise, or one comes twice", path, "put them in order")
        for code, message in _never(name, shape.thresholds):
            self._note(code, message, path, "let it follow at 100 percent, or before")
        return tuple(filter(None, found))

    def _check_follow(self, word: str, name: str, of: str, path: str) -> None:
        self._try(path, one_of, word, FOLLOWS, "unknown_follow", "something that can follow")
        if word == "resume" and name != "suspension":
            self._note("idle_follow", "only from the clock 'suspension' can it follow that a matter goes on", path)
        if word in _OF_ASSIGNMENTS and of == "matter":
            self._note("idle_follow", f"{word!r} can follow from the clock of an assignment only", path, "drop it")


def _fixed(usual: Usual | None) -> tuple[str, ...]:
    """Return the keys of a clock that are not the pack's to say."""
    if usual is None:
        return ()
    return ("of", *_TIME, "roles", "paths", *_ACTS) if usual.time == "elsewhere" else ("of",)


def _said(shape: ClockShape) -> dict[str, Any]:
    """Return the words that a clock states, as its rule holds them."""
    sets = {key: frozenset(getattr(shape, key)) for key in (*_ACTS, "roles", "paths") if getattr(shape, key)}
    return {**sets, **{key: getattr(shape, key) for key in ("label", "of") if getattr(shape, key)}}


def _never(name: str, shapes: Collection[ThresholdShape]) -> Iterator[tuple[str, str]]:
    """Yield the fault of a clock whose thresholds leave out what must follow when its time has passed."""
    follows = {word for each in shapes if each.percent <= 100 for word in each.then}
    if shapes and name == "step" and "pass_up" not in follows:
        yield "never_passes_up", "a step that falls due would never go up: nothing would climb"
    if shapes and name == "suspension" and "resume" not in follows:
        yield "never_resumes", "a matter that was suspended until a day would not go on that day"
