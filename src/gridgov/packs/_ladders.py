"""The promise and the ladders of a pack."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date

import attrs

from gridgov.calendar import Limit
from gridgov.conditions import Condition, Vocabulary, parse_cells
from gridgov.errors import NotInForceError
from gridgov.escalation import LEADS, DirectLine, Ladder, Policy, Step
from gridgov.hierarchy import Relation
from gridgov.packs._desk import Desk, attempt, basis_of, within
from gridgov.packs._shapes import Cited, DirectLineShape, EntryShape, EscalationFile, LadderShape, StepShape
from gridgov.packs._times import Times
from gridgov.packs._wrong import near
from gridgov.responsibility import Holder
from gridgov.staffing import Staff
from gridgov.values import Entry, Timeline

_FILE = "escalation.toml"
_LADDERS = ("ordinary", "emergency")


@attrs.frozen(kw_only=True)
class LadderReader:
    """Reads ``escalation.toml``.

    Attributes:
        desk: The desk.
        vocabulary: Attributes of matters, by which a ladder is chosen; None when they are faulty.
        holder: Reads a selector.
        accountability: The words that units answer by; none when they are faulty, or there are none.
    """

    desk: Desk
    vocabulary: Vocabulary | None
    holder: Callable[[str], Holder]
    accountability: Collection[str]

    def read(self, shape: EscalationFile, times: Times | None, staff: Staff | None) -> Policy | None:
        """Return what the file says; None, with faults noted, when it, or what it needs, is faulty."""
        before = len(self.desk.faults)
        title = shape.promise.title.in_("en")
        promise = read_limits(self.desk, title, shape.promise.values, "promise.values", shape.promise, shape)
        ladders = {key: self._ladder(key, ladder, shape) for key, ladder in shape.ladders.items()}
        self._check_names(ladders)
        self._check_home(shape.home)
        ordinary = ladders.get("ordinary")
        direct_line = None if shape.direct_line is None else self._direct_line(shape.direct_line, shape)
        fallback = self._holder(shape.fallback, "fallback") if shape.fallback else None
        if times is None and not self.desk.folder.has("calendar.toml"):
            self._note("missing_file", "ladders need calendars, and there is no calendar.toml", "ladders")
        if promise is None or ordinary is None or times is None or staff is None or len(self.desk.faults) > before:
            return None
        policy = Policy(
            zone=times.calendars[times.default].zone,
            promise=promise,
            promise_calendar=shape.promise.calendar,
            ordinary=ordinary,
            emergency=ladders.get("emergency"),
            direct_line=direct_line,
            calendars=times.calendars,
            calendar=times.default,
            counting=times.counting,
            fallback=fallback,
            home=shape.home,
        )
        faults = policy.faults(staff.organization, staff)
        self.desk.faults.extend(fault.at(_place(fault.place, shape)) for fault in faults)
        return policy

    def _check_names(self, ladders: Collection[str]) -> None:
        for key in ladders:
            if key not in _LADDERS:
                self._note("unknown_ladder", f"there is no ladder {key!r}", f"ladders.{key}", near(key, _LADDERS))
        if "ordinary" not in ladders:
            self._note("missing_key", "the ladder of everyday matters is missing", "ladders.ordinary")

    def _check_home(self, home: str) -> None:
        if self.accountability and home not in self.accountability:
            message = f"home is {home[:64]!r}, which is not an accountability of attributes.toml"
            self._note("unknown_word", message, "home", near(home, self.accountability))

    def _holder(self, text: str, path: str) -> Holder | None:
        return attempt(self.desk.faults, within(_FILE, path), self.holder, text)

    def _note(self, code: str, message: str, path: str, hint: str = "") -> None:
        self.desk.faults.add(code, message, f"{_FILE}: {path}", hint)

    def _ladder(self, key: str, shape: LadderShape, file: Cited) -> Ladder | None:
        path = f"ladders.{key}"
        steps = [self._step(step, f"{path}.steps[{index}]", shape, file) for index, step in enumerate(shape.steps)]
        when: dict[str, Condition] | None = {}
        if self.vocabulary is not None:
            place = within(_FILE, f"{path}.when")
            when = attempt(self.desk.faults, place, parse_cells, self.vocabulary, shape.when)
        if key == "ordinary" and shape.when:
            self._note("idle_condition", "the ordinary ladder is for every matter", f"{path}.when", "drop it")
        source = self.desk.cite(f"{_FILE}: {path}", None, shape, file)
        sound = [step for step in steps if step is not None]
        if when is None or len(sound) < len(steps):
            return None
        return Ladder(id=key, label=shape.label, steps=sound, when=when, source=source)

    def _step(self, shape: StepShape, path: str, *around: Cited) -> Step | None:
        title = shape.label.in_("en")
        limit = read_limits(self.desk, title, shape.values, f"{path}.values", shape, *around)
        accept, contact = (
            self._within_step(title, shapes, f"{path}.{key}", limit, shape, *around)
            for key, shapes in (("accept", shape.accept), ("contact", shape.contact))
        )
        if shape.answers != LEADS:
            self._holder(shape.answers, f"{path}.answers")
        source = self.desk.cite(f"{_FILE}: {path}", None, shape, *around)
        if limit is None:
            return None
        return Step(
            id=shape.id,
            label=shape.label,
            answers=shape.answers,
            post=shape.post,
            limit=limit,
            accept=accept,
            contact=contact,
            calendar=shape.calendar,
            skip_absent=shape.skip_absent,
            source=source,
        )

    def _within_step(
        self, title: str, shapes: Sequence[EntryShape], path: str, whole: Timeline[Limit] | None, *around: Cited
    ) -> Timeline[Limit] | None:
        """Return a limit within that of a step; None where there is none, or, with faults noted, when it is faulty."""
        found = read_limits(self.desk, title, shapes, path, *around) if shapes else None
        if found is not None and whole is not None:
            longer = "; ".join(_is_longer(found, whole))
            if longer:
                self._note("limit_order", longer, path, "shorten it: it lies within the step")
        return found

    def _direct_line(self, shape: DirectLineShape, file: Cited) -> DirectLine:
        source = self.desk.cite(f"{_FILE}: direct_line", None, shape, file)
        known = [relation.value for relation in Relation]
        if shape.relation not in known:
            message = f"there is no relation {shape.relation[:64]!r}"
            self._note("unknown_relation", message, "direct_line.relation", near(shape.relation, known))
        return DirectLine(label=shape.label, relation=shape.relation, source=source, basis=basis_of(shape, file))


def read_limits(
    desk: Desk, title: str, shapes: Sequence[EntryShape], path: str, *around: Cited
) -> Timeline[Limit] | None:
    """Return a limit with its history; it must answer on every day that the pack covers and confirms.

    None, with faults noted, when it does not, or rests on nothing.
    """
    entries = []
    for index, shape in enumerate(shapes):
        place = f"{_FILE}: {path}[{index}]"
        source = desk.cite(place, shape.effective_from, shape, *around)
        if source is None:
            if desk.cited(shape, *around) is None:
                desk.faults.add("missing_citation", "nothing says where this comes from", place, "add doc and clause")
            return None
        basis = basis_of(shape, *around)
        entries.append(Entry(effective_from=shape.effective_from, value=shape.value, source=source, basis=basis))
    confirmed = None if desk.head is None else desk.head.confirmed_until
    found = attempt(desk.faults, within(_FILE, path), Timeline, title, tuple(entries), confirmed)
    if found is not None:
        _sweep(desk, found, path)
    return found


def _sweep(desk: Desk, limit: Timeline[Limit], path: str) -> None:
    """R5: a required value answers on every change date within the coverage."""
    head = desk.head
    if head is None:
        return
    last = head.confirmed_until or date.max
    for day in sorted({head.coverage.start, *limit.change_days()}):
        if day in head.coverage and day < last:
            try:
                limit.at(day)
            except NotInForceError as error:
                hint = "add an entry, or shorten the coverage"
                desk.faults.add(error.code, error.faults[0].message, f"{_FILE}: {path}", hint)


def _is_longer(part: Timeline[Limit], whole: Timeline[Limit]) -> Iterator[str]:
    """Yield each day on which a limit in the same unit is longer than that within which it lies, with both."""
    for day in sorted({*part.change_days(), *whole.change_days()}):
        try:
            inner, outer = part.at(day).value, whole.at(day).value
        except NotInForceError:
            continue
        if inner.unit is outer.unit and inner.amount > outer.amount:
            yield f"from {day} it is {inner}, the step {outer}"


def _place(inner: str, shape: EscalationFile) -> str:
    """Return the path of what the policy calls ``promise``, ``ladder L`` or ``ladder L, step S``."""
    ladder, _, step = inner.removeprefix("ladder ").partition(", step ")
    if ladder not in shape.ladders:
        return f"{_FILE}: {inner}"
    ids = [each.id for each in shape.ladders[ladder].steps]
    return f"{_FILE}: ladders.{ladder}" + (f".steps[{ids.index(step)}]" if step in ids else "")
