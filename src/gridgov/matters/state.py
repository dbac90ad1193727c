"""State: a matter and each unit's duty on it, as they stand after the events so far.

What records and decisions share is in `Matter` and `Assignment`: assessment reads no more. What only a matter has that
is driven by commands (its state in the tables, its clocks, who reported it) is in `Live` and `Work`.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from gridgov.calendar import Limit
from gridgov.clocks import Clock
from gridgov.values import Shown, changed

__all__ = [
    "LEADING",
    "LEFT",
    "NOTHING",
    "Assignment",
    "Finding",
    "Live",
    "Matter",
    "Moment",
    "Reporter",
    "Timer",
    "Work",
    "changed",
]

NOTHING: Mapping[str, str] = MappingProxyType({})

LEFT = frozenset({"relieved", "returned", "passed_up", "handed_over"})
"""Outcomes after which the duty is somebody else's."""

LEADING = frozenset({"handle", "lead", "joint", "either"})
"""Roles whose holder answers for the outcome; a resident's answer counts for each of them."""


@attrs.frozen
class Moment:
    """An instant at which something falls due.

    Attributes:
        at: When.
        percent: How much of the time allowed has then passed; 0 for a day that was named.
        then: What follows, in the library's words.
    """

    at: datetime
    percent: int
    then: tuple[str, ...] = ()

    def reached(self, at: datetime) -> bool:
        """Say whether it has come: a due instant is met at the very second, and falls due after it."""
        return at >= self.at if self.percent < 100 else at > self.at


@attrs.frozen(kw_only=True, slots=False)
class Timer(Shown):
    """A clock of a matter and what it comes to under the rules of its edition.

    Attributes:
        clock: The interval log.
        due_at: When it runs out; None while nothing says so.
        provisional: The due instant is not confirmed for all its days.
        moments: What is still to fall due, earliest first.
    """

    clock: Clock
    due_at: datetime | None = None
    provisional: bool = False
    moments: tuple[Moment, ...] = ()


@attrs.frozen(kw_only=True, slots=False)
class Reporter(Shown):
    """Who reported: each is answered, also when matters are merged.

    Attributes:
        person: Opaque id; empty for an anonymous report.
        channel: How the report came (hotline, app, paper …), in the pack's word.
        by: Who reported for the person (proxy, a desk with a paper), as an opaque id.
        matter: The matter under which the report came in.
        told: reached or declined; withdrawn, once the reporter took it back; empty while nobody has called back.
        satisfied: What the person said at last; None without a judgement.
        tries: How often a call back did not reach the person.
    """

    person: str = ""
    channel: str = ""
    by: str = ""
    matter: str = ""
    told: str = ""
    satisfied: bool | None = None
    tries: int = 0


@attrs.frozen(kw_only=True)
class Finding(Shown):
    """What the calling unit found about one responder.

    Attributes:
        number: The responder's assignment.
        facts: Facts that it states, or overrides.
        reason: Why a fact is overridden, as a code word; empty where none is.
    """

    number: int
    facts: Mapping[str, str] = NOTHING
    reason: str = ""


@attrs.frozen(kw_only=True, slots=False)
class Work(Shown):
    """What only a live assignment has.

    Attributes:
        state: Its state in the table of assignments.
        step: Id of the ladder's step; empty for a called unit.
        post: Kind of post that holds it at the unit; empty for the unit itself.
        person: Who was to act when the post's first holder was silent; empty otherwise.
        silent: How many who were on duty were silent.
        opener: The unit that called, whistled or sent it.
        arrived_at: When somebody was on the spot.
        first_completed_at: When it was first declared done.
        reworked: How often it was handed back for second handling.
        second_due_at: When the second handling falls due.
        second_completed_at: When it was done.
        ruled: A ruling gave it to the unit, which may not return it.
        proposed: The owner named when a return was asked; empty where none is known.
        returns: How often its return was asked.
        unjustified: How often that was found without ground.
        dispatch_error: It was sent to the wrong unit: a return was granted.
        extension: The extension asked for, until it is granted or refused.
        extended: How often it was extended.
        stage: The latest stage of a legal procedure whose term was told for it; empty for none.
    """

    state: str
    step: str = ""
    post: str = ""
    person: str = ""
    silent: int = 0
    opener: str = ""
    arrived_at: datetime | None = None
    first_completed_at: datetime | None = None
    reworked: int = 0
    second_due_at: datetime | None = None
    second_completed_at: datetime | None = None
    ruled: bool = False
    proposed: str = ""
    returns: int = 0
    unjustified: int = 0
    dispatch_error: bool = False
    extension: Limit | None = None
    extended: int = 0
    stage: str = ""


@attrs.frozen(kw_only=True, slots=False)
class Assignment(Shown):
    """One unit's duty on one matter.

    Attributes:
        number: 1 for the matter's first, in order of opening.
        unit: Who has the duty.
        role: handle (a step of the ladder), lead, joint, either or support.
        opened_by: The happening that opened it: assigned, called, passed_up, whistled, ruled …
        opened_at: When.
        due_at: The due instant the source gave, or that the rules set when it was opened; None where there is none.
        outcome: Empty while open; then completed, passed_up, returned, relieved or handed_over.
        declined: The resident did not want a meeting, or there is nobody to meet.
        last_at: The latest dated happening of this assignment.
        work: What only a live one has; None for a record.
    """

    number: int
    unit: str
    role: str
    opened_by: str
    opened_at: datetime
    due_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    met_at: datetime | None = None
    declined: bool = False
    completed_at: datetime | None = None
    answered_at: datetime | None = None
    answered: bool = False
    satisfied: bool | None = None
    outcome: str = ""
    excluded: str = ""
    facts: Mapping[str, str] = NOTHING
    last_at: datetime
    work: Work | None = None

    @property
    def is_open(self) -> bool:
        """Whether the duty is still the unit's to do."""
        return not self.outcome


@attrs.frozen(kw_only=True, slots=False)
class Live(Shown):
    """What only a matter has that is driven by commands.

    Attributes:
        state: Its state in the table of matters.
        before: The state to which it goes back when what holds it up ends (suspended, incomplete, explaining).
        edition: The rule edition it is pinned to.
        path: ordinary, emergency, direct or none.
        ladder: Id of the ladder it climbs.
        reporters: Who is owed an answer, in order of report.
        accused: The unit that the matter is about; never responsible, and never told who reported.
        caller: The unit that called.
        approved_by: Who approved the call; empty where nobody did.
        timers: The clocks, by assignment (0 for the matter) and kind.
        returns: How many returns were asked since the last ruling.
        unlisted: The item is not on the list: who leads must be ruled.
        admitted: An off-list task was admitted.
        missing: Facts for which it was sent back to the caller.
        told_at: The date the resident was last told; None while the promise is what was told.
        reason_given: The written reason of an emergency is there.
        first_satisfied: What the first answer was; None without one.
        done_at: When it was last declared done.
        reviewed: The platform's review passed.
        supervised: A supervision of this matter is open.
        reminders: How often somebody was reminded.
        stage: Stage of a legal procedure that was told.
        author: Who made the decision now in question, as unit.
        reopening: Somebody asked to open it again.
        parent: The matter it is a part of; empty for none.
        parts: Its own parts, by id: whether each is required, and whether it has ended.
        into: The matter it was merged into.
        findings: The caller's assessment, one for each responder; empty until it is filed.
        amendments: Earlier findings, each with the reason for which they were replaced.
        ruling: The latest ruling's reason.
        last_at: The latest event.
        passed: That came just after the instant, as something fell due: nothing more can happen at the instant itself.
    """

    state: str
    before: str = ""
    edition: str = ""
    path: str = ""
    ladder: str = ""
    reporters: tuple[Reporter, ...] = ()
    accused: str = ""
    caller: str = ""
    approved_by: str = ""
    timers: Mapping[tuple[int, str], Timer] = attrs.field(factory=dict)
    returns: int = 0
    unlisted: bool = False
    admitted: bool = False
    missing: tuple[str, ...] = ()
    told_at: datetime | None = None
    reason_given: bool = False
    first_satisfied: bool | None = None
    done_at: datetime | None = None
    reviewed: bool = False
    supervised: bool = False
    reminders: int = 0
    stage: str = ""
    author: str = ""
    reopening: bool = False
    parent: str = ""
    parts: Mapping[str, tuple[bool, bool]] = attrs.field(factory=dict)
    into: str = ""
    findings: tuple[Finding, ...] = ()
    amendments: tuple[tuple[str, tuple[Finding, ...]], ...] = ()
    ruling: str = ""
    last_at: datetime
    passed: bool = False


@attrs.frozen(kw_only=True, slots=False)
class Matter(Shown):
    """One thing somebody reported, from report to closing.

    Attributes:
        id: The matter's id in its source.
        item: Kind of matter; empty where nobody said.
        place: The unit in which it lies; empty where nobody said.
        reported_at: First receipt; the outer promise runs from here.
        opened_at: When it was opened as a topic (立项); None if it was not.
        closed_at: When it was closed; None while it is not.
        reopened: How often it was opened again.
        excluded: Why the whole matter is left out of rates; empty if it is not.
        assignments: In order of opening.
        source: The file or register that reported it; ``line`` its line there.
        version: How many events made it what it is.
        live: What only a matter has that is driven by commands; None for a record.
    """

    id: str
    item: str = ""
    place: str = ""
    channel: str = ""
    when: Mapping[str, str] = NOTHING
    reported_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reopened: int = 0
    excluded: str = ""
    assignments: tuple[Assignment, ...] = ()
    source: str = ""
    line: int = 0
    version: int = 0
    live: Live | None = None

    @property
    def status(self) -> str:
        """The matter's state in one word: open, completed, closed or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.closed_at is not None:
            return "closed"
        done = self.assignments and all(assignment.outcome for assignment in self.assignments)
        return "completed" if done else "open"

    @property
    def ended_at(self) -> datetime | None:
        """When it was closed or, where nobody closed it, when its last duty was completed; None while it is open."""
        if self.closed_at is not None or self.status != "completed":
            return self.closed_at
        return max((duty.completed_at for duty in self.assignments if duty.completed_at is not None), default=None)

    @property
    def last_at(self) -> datetime:
        """The latest instant that is known of it."""
        instants = (self.reported_at, self.opened_at, self.closed_at, self.withdrawn_at)
        return max(at for at in (*instants, *(duty.last_at for duty in self.assignments)) if at is not None)

    @property
    def called(self) -> bool:
        """Whether it was ever called to departments through the county platform."""
        return "called" in [assignment.opened_by for assignment in self.assignments]
