"""Commands: what somebody asks to be done with a matter, each with one envelope.

A command names its matter, who gives it, and when. Its id makes it count once: the same id with the same content
answers as before. Persons and texts are opaque ids, reasons are code words; what is written stays in a directory of its
own.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

import attrs
from attrs import field

from gridgov.authority import Actor
from gridgov.calendar import Limit
from gridgov.errors import RefusedError
from gridgov.events import canonical
from gridgov.values import aware, is_id, plain

__all__ = ["COMMANDS", "Command"]

NOTHING: Mapping[str, str] = MappingProxyType({})


_ID_HINT = "use 1 to 64 ASCII letters, digits, '.', '_', '-'; texts and names are kept elsewhere, under an id"


def _refusal(name: str, what: str, hint: str = "") -> RefusedError:
    """Return the refusal of a value; it never repeats the value, which may be somebody's name."""
    return RefusedError.of("bad_value", f"{name} is {what}", hint=hint)


def _utc(at: datetime) -> datetime:
    if not isinstance(at, datetime):
        raise _refusal("an instant", "no date with a time", "give an aware datetime")
    return aware(at)


def _utc_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else _utc(at)


def _id(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
    if not is_id(value):
        raise _refusal(name.name, "no id", _ID_HINT)


def _id_or_empty(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
    if value != "" and not is_id(value):
        raise _refusal(name.name, "neither empty nor an id", _ID_HINT)


def _ids(_: object, name: "attrs.Attribute[Any]", values: object) -> None:
    if not isinstance(values, tuple) or not all(map(is_id, values)):
        raise _refusal(name.name, "no list of ids", _ID_HINT)


def _flag(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
    if type(value) is not bool:
        raise _refusal(name.name, "neither True nor False")


def _flag_or_none(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None and type(value) is not bool:
        raise _refusal(name.name, "neither True, False nor None")


def _facts(_: object, name: "attrs.Attribute[Any]", values: object) -> None:
    texts = isinstance(values, Mapping) and all(type(each) is str for pair in values.items() for each in pair)
    if not texts:
        raise _refusal(name.name, "no table of names and words", "give facts in the pack's words, as texts")


def _count_or_none(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None and (type(value) is not int or value < 0):
        raise _refusal(name.name, "no whole number from 0 on")


def _kind(kind: type) -> Any:
    def check(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
        if not isinstance(value, kind):
            raise _refusal(name.name, f"no {kind.__name__}")

    return check


def _each(kind: type) -> Any:
    def check(_: object, name: "attrs.Attribute[Any]", values: object) -> None:
        if not isinstance(values, tuple) or not all(isinstance(value, kind) for value in values):
            raise _refusal(name.name, f"no list of {kind.__name__}")

    return check


def _one_of(*words: str) -> Any:
    def check(_: object, name: "attrs.Attribute[Any]", value: object) -> None:
        if value not in words:
            raise _refusal(name.name, "no such word", f"use one of {', '.join(words)}")

    return check


def _in_order(values: Any) -> Any:
    """Return a list as a tuple; a text is no list of letters, and is left to be refused."""
    return tuple(values) if isinstance(values, list | tuple) else values


def _word(default: str = "") -> Any:
    """Return a field that holds an id or a code word; empty where nothing is said."""
    return field(default=default, validator=_id_or_empty)


def _words() -> Any:
    return field(default=(), converter=_in_order, validator=_ids)


def _told() -> Any:
    return field(default=NOTHING, validator=_facts)


@attrs.frozen(kw_only=True)
class Command:
    """The envelope every command has.

    Attributes:
        id: The command's own id, chosen by who sends it.
        matter: Id of the matter.
        actor: Who gives it.
        at: When it is given (aware); not before the matter's latest event.
        expected_version: The version the sender last saw; None to take it as it is.
        evidence: Ids of what proves it, kept elsewhere.

    Raises:
        RefusedError: A field does not hold what it may (``bad_value``); the message names it, and never repeats it.
        LimitError: An instant has no zone (``naive_time``).
    """

    NAME: ClassVar[str]

    id: str = field(validator=_id)
    matter: str = field(validator=_id)
    actor: Actor = field(validator=_kind(Actor))
    at: datetime = field(converter=_utc)
    expected_version: int | None = field(default=None, validator=_count_or_none)
    evidence: tuple[str, ...] = _words()

    @property
    def digest(self) -> str:
        """The digest of everything the command says but its id and the version it expects."""
        return self._digest("id", "expected_version")

    @property
    def untimed_digest(self) -> str:
        """The same without the instant: for a command that was given without one, and takes it from a clock."""
        return self._digest("id", "expected_version", "at")

    def _digest(self, *without: str) -> str:
        said = {name: value for name, value in plain(self).items() if name not in without}
        return hashlib.sha256(canonical([self.NAME, said])).hexdigest()

    @property
    def brought(self) -> frozenset[str]:
        """The names of the fields that are given: what a table or a grant asks for as evidence."""
        return frozenset(name for name in _names(type(self)) if getattr(self, name) not in (None, "", (), NOTHING, {}))


_NAMES: dict[type[Command], tuple[str, ...]] = {}


def _names(kind: type[Command]) -> tuple[str, ...]:
    known = _NAMES.get(kind)
    if known is None:
        envelope = {"id", "matter", "actor", "at", "expected_version"}
        known = _NAMES[kind] = tuple(each.name for each in attrs.fields(kind) if each.name not in envelope)
    return known


@attrs.frozen(kw_only=True)
class OfUnit(Command):
    """A command about one unit's duty.

    Attributes:
        unit: The unit whose open duty it is; empty for the actor's own.
    """

    unit: str = _word()


@attrs.frozen(kw_only=True)
class Report(Command):
    """我有事要说: somebody reports a matter, in person, by proxy (`Actor.on_behalf_of`), on paper, or as a patrol.

    Attributes:
        item: Kind of matter; one that is not on the list is taken in, and marked.
        place: Unit in which it lies.
        channel: How it came, as a code word.
        facts: Attributes of the matter, in the pack's words.
        accused: The unit it is about; it never becomes responsible.
        emergency: It is one (True), it is none (False), or the facts decide (None).
        direct: To the unit paired with the place, past the levels (直通车).
        certified_until: The last day of the caller's certificate, in an emergency, which is a call: shown in the report
            when it is past, never a bar.
    """

    NAME: ClassVar[str] = "report"

    item: str = field(validator=_id)
    place: str = field(validator=_id)
    channel: str = _word()
    facts: Mapping[str, str] = _told()
    accused: str = _word()
    emergency: bool | None = field(default=None, validator=_flag_or_none)
    direct: bool = field(default=False, validator=_flag)
    certified_until: datetime | None = field(default=None, converter=_utc_or_none)


@attrs.frozen(kw_only=True)
class Answer(Command):
    """The desk answers at once; nothing is left to do."""

    NAME: ClassVar[str] = "answer"


@attrs.frozen(kw_only=True)
class Redirect(Command):
    """The matter belongs elsewhere.

    Attributes:
        to: Where, as a code word: 110, court, petition …
    """

    NAME: ClassVar[str] = "redirect"

    to: str = _word()


@attrs.frozen(kw_only=True)
class OpenTopic(Command):
    """立项: the matter is opened as a topic, from its own report and those of other matters.

    Attributes:
        matters: The others, which are merged into this one.
    """

    NAME: ClassVar[str] = "open_topic"

    matters: tuple[str, ...] = _words()


@attrs.frozen(kw_only=True)
class Judge(OfUnit):
    """分析研判: the holder says whether it can solve the matter itself."""

    NAME: ClassVar[str] = "judge"

    own: bool = field(validator=_flag)


@attrs.frozen(kw_only=True)
class PassUp(OfUnit):
    """上报: the holder passes it to the next step."""

    NAME: ClassVar[str] = "pass_up"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class SendDown(OfUnit):
    """The holder hands it to a unit below it.

    Attributes:
        to: The unit, which stands below the holder and on the way to the place.
    """

    NAME: ClassVar[str] = "send_down"

    to: str = field(validator=_id)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class Whistle(OfUnit):
    """吹哨: the holder summons agencies stationed at its subdistrict, and paired units, to help it.

    Attributes:
        units: Whom.
    """

    NAME: ClassVar[str] = "whistle"

    units: tuple[str, ...] = _words()


@attrs.frozen(kw_only=True)
class TakeDirect(Command):
    """直通车: a reporter turns to the paired unit after all."""

    NAME: ClassVar[str] = "direct_line"


@attrs.frozen(kw_only=True)
class ApproveCall(Command):
    """The principal of the calling unit approves the call, where the pack asks for it."""

    NAME: ClassVar[str] = "approve_call"


@attrs.frozen(kw_only=True)
class Call(Command):
    """呼叫: the holder calls units of the county through the platform.

    Attributes:
        leads: Who shall lead; empty for the leads of the list.
        supports: Who shall support; empty, with no leads named, for those of the list.
        on_site_at: When they shall be on the spot; None for no such time.
        certified_until: The last day of the caller's certificate: shown in the report when it is past, never a bar.
    """

    NAME: ClassVar[str] = "call"

    leads: tuple[str, ...] = _words()
    supports: tuple[str, ...] = _words()
    on_site_at: datetime | None = field(default=None, converter=_utc_or_none)
    certified_until: datetime | None = field(default=None, converter=_utc_or_none)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class Dispatch(Command):
    """派单: the platform sends it to one more unit.

    Attributes:
        to: The unit.
        role: lead, joint, either or support.
    """

    NAME: ClassVar[str] = "dispatch"

    to: str = field(validator=_id)
    role: str = field(default="lead", validator=_kind(str))


@attrs.frozen(kw_only=True)
class Relieve(OfUnit):
    """A unit is relieved of its duty; it leaves the denominators."""

    NAME: ClassVar[str] = "relieve"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class SendBack(Command):
    """It goes back to the caller, as facts are missing.

    Attributes:
        missing: Attributes that are needed.
    """

    NAME: ClassVar[str] = "send_back"

    missing: tuple[str, ...] = _words()


@attrs.frozen(kw_only=True)
class Supply(Command):
    """The caller supplies the missing facts."""

    NAME: ClassVar[str] = "supply"

    when: Mapping[str, str] = _told()


@attrs.frozen(kw_only=True)
class SignIn(OfUnit):
    """签收: a unit signs in."""

    NAME: ClassVar[str] = "sign_in"


@attrs.frozen(kw_only=True)
class Contact(OfUnit):
    """A unit has contacted the reporter."""

    NAME: ClassVar[str] = "contact"


@attrs.frozen(kw_only=True)
class Arrive(OfUnit):
    """Somebody of the unit is on the spot."""

    NAME: ClassVar[str] = "arrive"


@attrs.frozen(kw_only=True)
class ReportBack(OfUnit):
    """首报: a unit sends its first report of how things stand."""

    NAME: ClassVar[str] = "report_back"


@attrs.frozen(kw_only=True)
class Meet(OfUnit):
    """见面: a unit met the reporter.

    Attributes:
        when: When they met (aware); None for now. It may be entered later, never before the duty was opened.
        where: A code word: home, office, site, video …
        with_whom: Opaque id of who was met.
    """

    NAME: ClassVar[str] = "meet"

    when: datetime | None = field(default=None, converter=_utc_or_none)
    where: str = _word()
    with_whom: str = _word()


@attrs.frozen(kw_only=True)
class DeclineMeeting(OfUnit):
    """There is no meeting to hold.

    Attributes:
        reason: declined, no_party or anonymous.
    """

    NAME: ClassVar[str] = "decline_meeting"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class AskReturn(OfUnit):
    """A responder asks to return it: it cites the row or the law, and names the owner or says that none is known.

    Attributes:
        cites: Id of the row of the list, or of the document.
        proposed: The unit that is the owner.
        none_known: No owner is known; then grounds are needed as evidence.
    """

    NAME: ClassVar[str] = "ask_return"

    cites: str = _word()
    proposed: str = _word()
    none_known: bool = field(default=False, validator=_flag)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class GrantReturn(OfUnit):
    """The return of *unit* is granted.

    Attributes:
        to: The unit to which it is sent instead; empty to dispatch later.
    """

    NAME: ClassVar[str] = "grant_return"

    to: str = _word()


@attrs.frozen(kw_only=True)
class RefuseReturn(OfUnit):
    """The return of *unit* is refused."""

    NAME: ClassVar[str] = "refuse_return"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class Dispute(Command):
    """Who leads is in dispute: the arbiter is asked."""

    NAME: ClassVar[str] = "dispute"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class Rule(Command):
    """裁定: the arbiter says who leads and who supports; a unit ruled responsible may not return the matter again.

    Attributes:
        leads: Who leads from now on, one or more (more than one leads jointly).
        supports: Who supports.
        unjustified: Units whose return was without ground.
    """

    NAME: ClassVar[str] = "rule"

    leads: tuple[str, ...] = _words()
    supports: tuple[str, ...] = _words()
    unjustified: tuple[str, ...] = _words()
    reason: str = _word()


@attrs.frozen(kw_only=True)
class AskExtension(OfUnit):
    """A unit asks for more time, before its own runs out."""

    NAME: ClassVar[str] = "ask_extension"

    limit: Limit = field(validator=_kind(Limit))
    reason: str = _word()


@attrs.frozen(kw_only=True)
class GrantExtension(OfUnit):
    """The extension of *unit* is granted.

    Attributes:
        resident_told: The reporter was told the new date: without that none is granted.
    """

    NAME: ClassVar[str] = "grant_extension"

    resident_told: bool = field(default=False, validator=_flag)


@attrs.frozen(kw_only=True)
class RefuseExtension(OfUnit):
    """The extension of *unit* is refused."""

    NAME: ClassVar[str] = "refuse_extension"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class Suspend(Command):
    """挂账: it waits until a day of which the reporter was told.

    Attributes:
        until: When it goes on by itself.
        since: From when it waits; None for now, earlier when found out late.
        resident_told: The reporter was told measure and date.
    """

    NAME: ClassVar[str] = "suspend"

    until: datetime | None = field(default=None, converter=_utc_or_none)
    since: datetime | None = field(default=None, converter=_utc_or_none)
    resident_told: bool = field(default=False, validator=_flag)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class Resume(Command):
    """It goes on before its day."""

    NAME: ClassVar[str] = "resume"


@attrs.frozen(kw_only=True)
class TellTerm(OfUnit):
    """A procedure of law runs: its own term is told to the reporter and followed.

    Attributes:
        stage: stopped, case_opened or decided.
        due_at: The law's own term.
        cites: Id of the document that sets it.
    """

    NAME: ClassVar[str] = "tell_term"

    stage: str = _word()
    due_at: datetime | None = field(default=None, converter=_utc_or_none)
    cites: str = _word()


@attrs.frozen(kw_only=True)
class Complete(OfUnit):
    """A unit declares its part done."""

    NAME: ClassVar[str] = "complete"


@attrs.frozen(kw_only=True)
class Review(Command):
    """The platform reviews what was declared done; what does not pass goes to second handling."""

    NAME: ClassVar[str] = "review"

    passed: bool = field(validator=_flag)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class CallBack(Command):
    """回访: the hotline calls a reporter back.

    Attributes:
        result: reached, not_reached or declined.
        satisfied: What the reporter said; None without a judgement. Silence is never yes.
        fixed: Whether the matter is fixed; False leads to second handling.
        reporter: Place of the reporter among those of the matter, from 0; None for the first who was not told.
    """

    NAME: ClassVar[str] = "call_back"

    result: str = field(default="reached", validator=_one_of("reached", "not_reached", "declined"))
    satisfied: bool | None = field(default=None, validator=_flag_or_none)
    fixed: bool | None = field(default=None, validator=_flag_or_none)
    reporter: int | None = field(default=None, validator=_count_or_none)


@attrs.frozen(kw_only=True)
class Feedback(Command):
    """A reporter answers by itself."""

    NAME: ClassVar[str] = "feedback"

    satisfied: bool = field(validator=_flag)
    fixed: bool | None = field(default=None, validator=_flag_or_none)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class AskReopen(Command):
    """A reporter asks to open a closed matter again."""

    NAME: ClassVar[str] = "ask_reopen"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class Reopen(Command):
    """The platform opens it again."""

    NAME: ClassVar[str] = "reopen"


@attrs.frozen(kw_only=True)
class RefuseReopen(Command):
    """It stays closed."""

    NAME: ClassVar[str] = "refuse_reopen"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class ProposeExplained(OfUnit):
    """The handler, after lawful handling, proposes to explain and not to handle again, with a written statement."""

    NAME: ClassVar[str] = "propose_explained"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class ConfirmExplained(Command):
    """A second unit agrees that it is explained and not handled again."""

    NAME: ClassVar[str] = "confirm_explained"


@attrs.frozen(kw_only=True)
class RefuseExplained(Command):
    """A second unit does not agree: it is handled."""

    NAME: ClassVar[str] = "refuse_explained"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class Transfer(Command):
    """It goes to discipline, police or court.

    Attributes:
        to: Where, as a code word.
    """

    NAME: ClassVar[str] = "transfer"

    to: str = _word()
    reason: str = _word()


@attrs.frozen(kw_only=True)
class Merge(Command):
    """It goes on as part of another matter, where its reporters are answered.

    Attributes:
        into: The other matter, of the same item.
    """

    NAME: ClassVar[str] = "merge"

    into: str = field(validator=_id)


@attrs.frozen(kw_only=True)
class Part:
    """A part of a matter that is split.

    Attributes:
        matter: Id of the new matter.
        required: Whether it must end before the whole is done.
    """

    matter: str = field(validator=_id)
    item: str = field(validator=_id)
    place: str = field(validator=_id)
    required: bool = field(default=True, validator=_flag)
    facts: Mapping[str, str] = _told()


@attrs.frozen(kw_only=True)
class SplitMatter(Command):
    """It is split into parts, each a matter of its own that names it."""

    NAME: ClassVar[str] = "split"

    parts: tuple[Part, ...] = field(default=(), converter=_in_order, validator=_each(Part))


@attrs.frozen(kw_only=True)
class Withdraw(Command):
    """The reporter takes it back."""

    NAME: ClassVar[str] = "withdraw"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class Remind(Command):
    """Whoever must act is reminded."""

    NAME: ClassVar[str] = "remind"


@attrs.frozen(kw_only=True)
class Supervise(Command):
    """督办 of this one matter; at most one is open."""

    NAME: ClassVar[str] = "supervise"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class LiftSupervision(Command):
    """The supervision of this matter ends."""

    NAME: ClassVar[str] = "lift_supervision"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class GiveReason(Command):
    """The written reason of an emergency is filed."""

    NAME: ClassVar[str] = "give_reason"


@attrs.frozen(kw_only=True)
class Reclassify(Command):
    """Item, place or facts are corrected.

    Attributes:
        item: The right one; empty to leave it.
        place: The right one; empty to leave it.
        facts: The right ones, beside those that stay.
        since: From when the clocks follow it; None for now, earlier when it was wrong from then on.
    """

    NAME: ClassVar[str] = "reclassify"

    item: str = _word()
    place: str = _word()
    facts: Mapping[str, str] = _told()
    since: datetime | None = field(default=None, converter=_utc_or_none)
    reason: str = _word()


@attrs.frozen(kw_only=True)
class Admit(Command):
    """准入: an off-list task is admitted, with the county's approval, money and an end.

    Attributes:
        approval: Id of the approval.
        money: Id of the budget.
        ends: When the task ends.
    """

    NAME: ClassVar[str] = "admit"

    approval: str = _word()
    money: str = _word()
    ends: datetime | None = field(default=None, converter=_utc_or_none)


@attrs.frozen(kw_only=True)
class Rebase(Command):
    """It is put under the rules now in force; clocks are counted anew, steps taken stay."""

    NAME: ClassVar[str] = "rebase"

    reason: str = _word()


@attrs.frozen(kw_only=True)
class FindingOf:
    """What the caller finds about one responder.

    Attributes:
        unit: The responder.
        facts: Facts it states, in the pack's words, or overrides.
        reason: Why a fact is overridden; needed where one is.
    """

    unit: str = field(validator=_id)
    facts: Mapping[str, str] = _told()
    reason: str = _word()


@attrs.frozen(kw_only=True)
class Assess(Command):
    """一事一考: the calling unit assesses each responder, once.

    Attributes:
        findings: For responders about whom there is something to state; the others go by the facts.
    """

    NAME: ClassVar[str] = "assess"

    findings: tuple[FindingOf, ...] = field(default=(), converter=_in_order, validator=_each(FindingOf))


@attrs.frozen(kw_only=True)
class AmendAssessment(Command):
    """The assessment is amended, with a reason; the earlier one is kept."""

    NAME: ClassVar[str] = "amend_assessment"

    findings: tuple[FindingOf, ...] = field(default=(), converter=_in_order, validator=_each(FindingOf))
    reason: str = _word()


COMMANDS: Mapping[str, type[Command]] = MappingProxyType(
    {
        kind.NAME: kind
        for kind in (
            Report,
            Answer,
            Redirect,
            OpenTopic,
            Judge,
            PassUp,
            SendDown,
            Whistle,
            TakeDirect,
            ApproveCall,
            Call,
            Dispatch,
            Relieve,
            SendBack,
            Supply,
            SignIn,
            Contact,
            Arrive,
            ReportBack,
            Meet,
            DeclineMeeting,
            AskReturn,
            GrantReturn,
            RefuseReturn,
            Dispute,
            Rule,
            AskExtension,
            GrantExtension,
            RefuseExtension,
            Suspend,
            Resume,
            TellTerm,
            Complete,
            Review,
            CallBack,
            Feedback,
            AskReopen,
            Reopen,
            RefuseReopen,
            ProposeExplained,
            ConfirmExplained,
            RefuseExplained,
            Transfer,
            Merge,
            SplitMatter,
            Withdraw,
            Remind,
            Supervise,
            LiftSupervision,
            GiveReason,
            Reclassify,
            Admit,
            Rebase,
            Assess,
            AmendAssessment,
        )
    }
)
"""Every command by its name."""
