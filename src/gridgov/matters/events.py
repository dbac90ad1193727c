"""Events: what was decided about a live matter, and what time brought; each in the past tense, complete in itself.

An event carries all that was decided, with the clocks it starts, pauses or stops and when they then run out: folding
the events needs no rules. Persons are opaque ids, texts are ids of texts kept elsewhere, reasons are code words.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

import attrs

from gridgov.calendar import Limit
from gridgov.matters.coding import read_event, write_event
from gridgov.matters.state import NOTHING, Finding, Moment

__all__ = [
    "DECIDED",
    "Admitted",
    "AnsweredAtOnce",
    "Arrived",
    "Assessed",
    "AssessmentAmended",
    "Assigned",
    "CallApproved",
    "CalledBack",
    "CalledOut",
    "ClockChange",
    "Closed",
    "Completed",
    "Contacted",
    "Decided",
    "DeclaredDone",
    "Disputed",
    "Explained",
    "ExplanationProposed",
    "ExplanationRefused",
    "ExtensionAsked",
    "ExtensionGranted",
    "ExtensionRefused",
    "FellDue",
    "HandedBack",
    "Joined",
    "Judged",
    "MeetingDeclined",
    "MergedInto",
    "Met",
    "NextOnDuty",
    "NobodyLeads",
    "PartEnded",
    "PassedUp",
    "ReasonGiven",
    "Rebased",
    "Received",
    "Reclassified",
    "Redirected",
    "Relieved",
    "Reminded",
    "Reopened",
    "ReopeningAsked",
    "ReopeningRefused",
    "ReportedBack",
    "Resumed",
    "ReturnAsked",
    "ReturnGranted",
    "ReturnRefused",
    "Reviewed",
    "Ruled",
    "SentBack",
    "SentDown",
    "SignedIn",
    "Split",
    "Summoned",
    "Supervised",
    "SupervisionLifted",
    "Supplied",
    "Suspended",
    "TermTold",
    "TopicOpened",
    "Transferred",
    "Withdrawn",
]


@attrs.frozen(kw_only=True)
class ClockChange:
    """What an event did to one clock, and what the clock then says.

    Attributes:
        number: The assignment whose clock it is; 0 for the matter's own.
        kind: Id of the clock's rule, such as ``sign_in``.
        act: start, pause, resume, stop, reset, cancel; ``limit`` or ``stated`` for a new limit or a stated due instant.
        at: When, which may be earlier than the event (a pause found out late).
        until: For a pause: when it is planned to end.
        limit: The time allowed, with ``start`` and ``limit``.
        stated: A due instant that was stated, with ``start`` and ``stated``.
        calendar: Id of the calendar, with ``start``; empty for the default.
        unmoving: With ``start``: nothing moves the due instant.
        due_at: When it then runs out; None while nothing says so.
        provisional: That is not confirmed for all its days.
        moments: What is then still to fall due.
    """

    number: int = 0
    kind: str
    act: str
    at: datetime
    until: datetime | None = None
    limit: Limit | None = None
    stated: datetime | None = None
    calendar: str = ""
    unmoving: bool = False
    due_at: datetime | None = None
    provisional: bool = False
    moments: tuple[Moment, ...] = ()


@attrs.frozen(kw_only=True)
class Decided:
    """What every decided event has.

    Attributes:
        at: When it happened: when the command was given, or when something fell due.
        by: The unit that acted; empty for a resident, and for time.
        person: Who acted, as an opaque id; empty for time.
        on_behalf_of: The resident for whom that person acted, as an opaque id.
        number: The assignment it is about; 0 for the matter.
        reason: Why, as a code word.
        evidence: Ids of what proves it (photos, minutes, a written statement), kept elsewhere.
        clocks: What it did to clocks.
        asked: Digest of the command that caused it, on the command's first event.
    """

    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    at: datetime
    by: str = ""
    person: str = ""
    on_behalf_of: str = ""
    number: int = 0
    reason: str = ""
    evidence: tuple[str, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    asked: str = ""

    def to_data(self) -> dict[str, Any]:
        """Return what the log holds: the fields that are not as they are by default."""
        return write_event(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that `to_data` wrote."""
        event: Self = read_event(data, cls)
        return event


@attrs.frozen(kw_only=True)
class Received(Decided):
    """A matter was reported and taken in; its first step, or its call, follows as an event of its own.

    Attributes:
        matter: Its id.
        reporter: Opaque id; empty for an anonymous report.
        proxy: Who reported for the person; empty where the person did.
        accused: The unit it is about.
        path: ordinary, emergency, direct or none.
        unlisted: The item is not on the list.
        parent: The matter it was split from.
        told_first: The text for danger to life was shown before all else.
    """

    TYPE: ClassVar[str] = "received"

    matter: str
    item: str
    place: str
    channel: str = ""
    when: Mapping[str, str] = NOTHING
    reporter: str = ""
    proxy: str = ""
    accused: str = ""
    path: str
    ladder: str = ""
    edition: str
    unlisted: bool = False
    parent: str = ""
    told_first: bool = False


@attrs.frozen(kw_only=True)
class Redirected(Decided):
    """This channel does not take it; the reporter was told where to turn."""

    TYPE: ClassVar[str] = "redirected"

    to: str = ""


@attrs.frozen(kw_only=True)
class AnsweredAtOnce(Decided):
    """The desk answered and nothing is left to do."""

    TYPE: ClassVar[str] = "answered_at_once"


@attrs.frozen(kw_only=True)
class TopicOpened(Decided):
    """It was opened as a topic (立项), from its own report and those of *matters*."""

    TYPE: ClassVar[str] = "topic_opened"

    matters: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Assigned(Decided):
    """A step of the ladder was opened (`number` is the new assignment).

    Attributes:
        how: Why it was opened: assigned, passed_up, sent_down or direct.
        step: Id of the ladder's step.
        ladder: Id of the ladder, where the matter changes to another.
    """

    TYPE: ClassVar[str] = "assigned"

    how: str = "assigned"
    unit: str
    post: str = ""
    step: str
    ladder: str = ""


@attrs.frozen(kw_only=True)
class Judged(Decided):
    """The holder has judged it: its own to solve, or beyond it."""

    TYPE: ClassVar[str] = "judged"

    own: bool


@attrs.frozen(kw_only=True)
class PassedUp(Decided):
    """The holder of a step passed it up, or let it fall due (*missed*)."""

    TYPE: ClassVar[str] = "passed_up"

    missed: bool = False


@attrs.frozen(kw_only=True)
class SentDown(Decided):
    """The holder handed it to a unit below it."""

    TYPE: ClassVar[str] = "sent_down"


@attrs.frozen(kw_only=True)
class CallApproved(Decided):
    """The principal of the calling unit approved the call."""

    TYPE: ClassVar[str] = "call_approved"


@attrs.frozen(kw_only=True)
class CalledOut(Decided):
    """It was called through the county platform; each responder's assignment follows as an event of its own.

    Attributes:
        missed: Nobody called: the last step below the leads fell due.
        flags: What the report must show, such as ``certificate_ended``; never a bar to the call.
    """

    TYPE: ClassVar[str] = "called_out"

    quorum: str
    missed: bool = False
    flags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Summoned(Decided):
    """A unit was given a duty by a call, a whistle, a dispatch or a ruling (`number` is the new assignment).

    Attributes:
        how: called, whistled, dispatched or ruled.
        role: lead, joint, either or support.
    """

    TYPE: ClassVar[str] = "summoned"

    how: str
    unit: str
    role: str
    post: str = ""
    opener: str = ""


@attrs.frozen(kw_only=True)
class NobodyLeads(Decided):
    """Nobody is known to lead: a ruling is due."""

    TYPE: ClassVar[str] = "nobody_leads"


@attrs.frozen(kw_only=True)
class Relieved(Decided):
    """A unit was relieved of its duty."""

    TYPE: ClassVar[str] = "relieved"


@attrs.frozen(kw_only=True)
class NextOnDuty(Decided):
    """The first person on duty was silent: the next one is to act (empty *next_person*: nobody is left)."""

    TYPE: ClassVar[str] = "next_on_duty"

    next_person: str = ""


@attrs.frozen(kw_only=True)
class SentBack(Decided):
    """It went back to the caller, as facts are missing."""

    TYPE: ClassVar[str] = "sent_back"

    missing: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Supplied(Decided):
    """The missing facts were supplied."""

    TYPE: ClassVar[str] = "supplied"

    when: Mapping[str, str]


@attrs.frozen(kw_only=True)
class SignedIn(Decided):
    """A unit signed in."""

    TYPE: ClassVar[str] = "signed_in"


@attrs.frozen(kw_only=True)
class Contacted(Decided):
    """The reporter was contacted."""

    TYPE: ClassVar[str] = "contacted"


@attrs.frozen(kw_only=True)
class Arrived(Decided):
    """Somebody of the unit was on the spot."""

    TYPE: ClassVar[str] = "arrived"


@attrs.frozen(kw_only=True)
class ReportedBack(Decided):
    """A unit sent its first report of how things stand (首报); *evidence* names it."""

    TYPE: ClassVar[str] = "reported_back"


@attrs.frozen(kw_only=True)
class Met(Decided):
    """The reporter was met (见面).

    Attributes:
        where: A code word: home, office, site, video …
        with_whom: Opaque id of who was met.
    """

    TYPE: ClassVar[str] = "met"

    when: datetime
    where: str
    with_whom: str = ""


@attrs.frozen(kw_only=True)
class MeetingDeclined(Decided):
    """There was no meeting to hold: the reporter declined it, or there is no party (*reason*)."""

    TYPE: ClassVar[str] = "meeting_declined"


@attrs.frozen(kw_only=True)
class ReturnAsked(Decided):
    """A responder asked to return it.

    Attributes:
        cites: Id of the row of the list, or of the document, on which it rests.
        proposed: The unit it says is the owner; empty where none is known, with grounds (*evidence*).
    """

    TYPE: ClassVar[str] = "return_asked"

    cites: str = ""
    proposed: str = ""


@attrs.frozen(kw_only=True)
class ReturnGranted(Decided):
    """The return was granted: the dispatch was in error."""

    TYPE: ClassVar[str] = "return_granted"


@attrs.frozen(kw_only=True)
class ReturnRefused(Decided):
    """The return was refused: the unit keeps its duty."""

    TYPE: ClassVar[str] = "return_refused"


@attrs.frozen(kw_only=True)
class Disputed(Decided):
    """Who leads is in dispute: the arbiter must rule."""

    TYPE: ClassVar[str] = "disputed"


@attrs.frozen(kw_only=True)
class Ruled(Decided):
    """The arbiter ruled; duties that are new follow as events of their own.

    Attributes:
        kept: Assignments that go on, and the role of each from now on.
        relieved: Assignments that end.
        unjustified: Assignments whose return was found without ground.
        caller: Who is the caller from now on, of a matter that nobody called; empty where it was called.
    """

    TYPE: ClassVar[str] = "ruled"

    kept: tuple[tuple[int, str], ...] = ()
    relieved: tuple[int, ...] = ()
    unjustified: tuple[int, ...] = ()
    caller: str = ""


@attrs.frozen(kw_only=True)
class ExtensionAsked(Decided):
    """More time was asked."""

    TYPE: ClassVar[str] = "extension_asked"

    limit: Limit


@attrs.frozen(kw_only=True)
class ExtensionGranted(Decided):
    """More time was given, and the reporter told the new date."""

    TYPE: ClassVar[str] = "extension_granted"

    due_at: datetime | None = None


@attrs.frozen(kw_only=True)
class ExtensionRefused(Decided):
    """More time was refused."""

    TYPE: ClassVar[str] = "extension_refused"


@attrs.frozen(kw_only=True)
class Suspended(Decided):
    """It waits until a day of which the reporter was told; *since* may be earlier than the event."""

    TYPE: ClassVar[str] = "suspended"

    since: datetime
    until: datetime


@attrs.frozen(kw_only=True)
class Resumed(Decided):
    """It goes on."""

    TYPE: ClassVar[str] = "resumed"


@attrs.frozen(kw_only=True)
class TermTold(Decided):
    """A procedure of law runs with a term of its own, of which the reporter was told.

    Attributes:
        stage: stopped, case_opened or decided.
        due_at: The law's own term.
        cites: Id of the document that sets it.
    """

    TYPE: ClassVar[str] = "term_told"

    stage: str
    due_at: datetime
    cites: str


@attrs.frozen(kw_only=True)
class Completed(Decided):
    """A unit declared its part done."""

    TYPE: ClassVar[str] = "completed"


@attrs.frozen(kw_only=True)
class DeclaredDone(Decided):
    """Enough units have completed (the quorum): the matter is declared done, and awaits its call back."""

    TYPE: ClassVar[str] = "declared_done"


@attrs.frozen(kw_only=True)
class Reviewed(Decided):
    """The platform reviewed it."""

    TYPE: ClassVar[str] = "reviewed"

    passed: bool


@attrs.frozen(kw_only=True)
class CalledBack(Decided):
    """The hotline called a reporter back, or the reporter answered, or took it back, by itself (*channel*).

    Attributes:
        reporter: Place of the reporter among those of the matter, from 0.
        result: reached, not_reached, declined or withdrawn.
        satisfied: What the reporter said; None without a judgement.
        fixed: Whether the matter is fixed, by the reporter; None where that was not said.
    """

    TYPE: ClassVar[str] = "called_back"

    reporter: int = 0
    result: str
    satisfied: bool | None = None
    fixed: bool | None = None
    channel: str = ""


@attrs.frozen(kw_only=True)
class HandedBack(Decided):
    """It was not fixed: second handling (重办).

    Attributes:
        numbers: The assignments that go on.
    """

    TYPE: ClassVar[str] = "handed_back"

    numbers: tuple[int, ...]


@attrs.frozen(kw_only=True)
class Closed(Decided):
    """It was closed: every reporter was answered, declined, or not reached often enough."""

    TYPE: ClassVar[str] = "closed"


@attrs.frozen(kw_only=True)
class ReopeningAsked(Decided):
    """A reporter asked to open it again."""

    TYPE: ClassVar[str] = "reopening_asked"


@attrs.frozen(kw_only=True)
class ReopeningRefused(Decided):
    """It stays closed."""

    TYPE: ClassVar[str] = "reopening_refused"


@attrs.frozen(kw_only=True)
class Reopened(Decided):
    """It was opened again; the first report still counts for its time.

    Attributes:
        numbers: The assignments that go on.
    """

    TYPE: ClassVar[str] = "reopened"

    numbers: tuple[int, ...]


@attrs.frozen(kw_only=True)
class ExplanationProposed(Decided):
    """The handler proposes to explain it and not to handle it again, with a written statement (*evidence*)."""

    TYPE: ClassVar[str] = "explanation_proposed"


@attrs.frozen(kw_only=True)
class ExplanationRefused(Decided):
    """A second unit does not agree: it is handled."""

    TYPE: ClassVar[str] = "explanation_refused"


@attrs.frozen(kw_only=True)
class Explained(Decided):
    """Explained, not handled again: a second unit agreed."""

    TYPE: ClassVar[str] = "explained"


@attrs.frozen(kw_only=True)
class Transferred(Decided):
    """It went to discipline, police or court (*to*, a code word)."""

    TYPE: ClassVar[str] = "transferred"

    to: str


@attrs.frozen(kw_only=True)
class MergedInto(Decided):
    """It goes on as part of another matter, which owes its reporters their answers."""

    TYPE: ClassVar[str] = "merged_into"

    into: str


@attrs.frozen(kw_only=True)
class Joined(Decided):
    """Another matter was merged into this one.

    Attributes:
        matter: The other one.
        reporters: Opaque ids and channels of its reporters, who are answered here.
    """

    TYPE: ClassVar[str] = "joined"

    matter: str
    reporters: tuple[tuple[str, str, str], ...]


@attrs.frozen(kw_only=True)
class Split(Decided):
    """It was split into parts, each a matter of its own; those required must end before it does."""

    TYPE: ClassVar[str] = "split"

    parts: tuple[tuple[str, bool], ...]


@attrs.frozen(kw_only=True)
class PartEnded(Decided):
    """A part has ended."""

    TYPE: ClassVar[str] = "part_ended"

    part: str


@attrs.frozen(kw_only=True)
class Withdrawn(Decided):
    """The reporter took it back."""

    TYPE: ClassVar[str] = "withdrawn"


@attrs.frozen(kw_only=True)
class Reminded(Decided):
    """Whoever must act was reminded."""

    TYPE: ClassVar[str] = "reminded"


@attrs.frozen(kw_only=True)
class Supervised(Decided):
    """A supervision of this one matter (督办) was opened."""

    TYPE: ClassVar[str] = "supervised"


@attrs.frozen(kw_only=True)
class SupervisionLifted(Decided):
    """The supervision of this matter ended."""

    TYPE: ClassVar[str] = "supervision_lifted"


@attrs.frozen(kw_only=True)
class ReasonGiven(Decided):
    """The written reason of an emergency was filed (*evidence*)."""

    TYPE: ClassVar[str] = "reason_given"


@attrs.frozen(kw_only=True)
class Reclassified(Decided):
    """Item, place or facts were corrected, from *since* on; *unlisted*: the item is not on the list."""

    TYPE: ClassVar[str] = "reclassified"

    item: str
    place: str
    when: Mapping[str, str] = NOTHING
    since: datetime
    unlisted: bool = False


@attrs.frozen(kw_only=True)
class Admitted(Decided):
    """An off-list task was admitted: approved, paid for, and with an end.

    Attributes:
        approval: Id of the county's approval.
        money: Id of the budget.
        ends: When the task ends.
    """

    TYPE: ClassVar[str] = "admitted"

    approval: str
    money: str
    ends: datetime


@attrs.frozen(kw_only=True)
class Rebased(Decided):
    """It is under other rules from now on; steps taken stay taken."""

    TYPE: ClassVar[str] = "rebased"

    edition: str


@attrs.frozen(kw_only=True)
class FellDue(Decided):
    """A moment of a clock passed; dated when it did, whenever anybody looked.

    Attributes:
        clock: Kind of the clock.
        percent: 100 for the due instant, 80 for a warning, 200 for twice the limit; 0 for a named day.
        due_at: The due instant it was reckoned from.
    """

    TYPE: ClassVar[str] = "fell_due"

    clock: str
    percent: int
    due_at: datetime


@attrs.frozen(kw_only=True)
class Assessed(Decided):
    """The calling unit assessed each responder, once (一事一考)."""

    TYPE: ClassVar[str] = "assessed"

    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class AssessmentAmended(Decided):
    """The assessment was amended, with a reason; the earlier one is kept."""

    TYPE: ClassVar[str] = "assessment_amended"

    findings: tuple[Finding, ...]


DECIDED: tuple[type[Decided], ...] = (
    Received,
    Redirected,
    AnsweredAtOnce,
    TopicOpened,
    Assigned,
    Judged,
    PassedUp,
    SentDown,
    CallApproved,
    CalledOut,
    Summoned,
    NobodyLeads,
    Relieved,
    NextOnDuty,
    SentBack,
    Supplied,
    SignedIn,
    Contacted,
    Arrived,
    ReportedBack,
    Met,
    MeetingDeclined,
    ReturnAsked,
    ReturnGranted,
    ReturnRefused,
    Disputed,
    Ruled,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    Suspended,
    Resumed,
    TermTold,
    Completed,
    DeclaredDone,
    Reviewed,
    CalledBack,
    HandedBack,
    Closed,
    ReopeningAsked,
    ReopeningRefused,
    Reopened,
    ExplanationProposed,
    ExplanationRefused,
    Explained,
    Transferred,
    MergedInto,
    Joined,
    Split,
    PartEnded,
    Withdrawn,
    Reminded,
    Supervised,
    SupervisionLifted,
    ReasonGiven,
    Reclassified,
    Admitted,
    Rebased,
    FellDue,
    Assessed,
    AssessmentAmended,
)
"""Every class of decided event."""
