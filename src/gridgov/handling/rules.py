"""Rules of handling: the clocks, the quorum, returns, extensions and the rest that a pack decides for live matters."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, Self

import attrs
from attrs import field

from gridgov.authority import Authority
from gridgov.calendar import Limit
from gridgov.clocks import Threshold, Timing
from gridgov.conditions import Vocabulary
from gridgov.escalation import Policy, Setting
from gridgov.hierarchy import Organization, Structure
from gridgov.responsibility import Holder, ResponsibilityList
from gridgov.staffing import Staff
from gridgov.values import Basis, Citation, Label, Timeline, local_day

__all__ = ["BUILT_IN", "FOLLOWS", "ClockRule", "Handling", "Quorum", "Rules", "Timed", "Usual"]

Quorum = Literal["lead", "any", "all"]
"""When a call is answered: its leads have completed, any responder has, or all have."""

FOLLOWS: Mapping[str, Label] = MappingProxyType(
    {
        "pass_up": Label(zh="上报上一级", en="goes to the next step"),
        "remind": Label(zh="催办", en="whoever must act is reminded"),
        "supervise": Label(zh="督办", en="a supervision of the matter is opened"),
        "next_on_duty": Label(zh="转下一名值班人员", en="the next on duty must act"),
        "resume": Label(zh="恢复办理", en="goes on"),
    }
)
"""What may follow when a clock passes a threshold. That it passed is noted in any case."""


@attrs.frozen
class Usual:
    """What the library knows of a usual clock: its name, whose it is, and which events start and stop it.

    Attributes:
        label: What it measures.
        of: ``matter`` or ``assignment``.
        start: Types of event that start it; so for the others.
        roles: Roles of assignments that have it; empty for all.
        time: Where its time comes from: the ``pack``, without which there is no such clock; ``elsewhere``; or
            ``either``, the pack's before the ladder's.
        thresholds: What follows on the way, where the pack does not say.
    """

    label: Label
    of: Literal["matter", "assignment"]
    start: frozenset[str]
    stop: frozenset[str]
    pause: frozenset[str] = frozenset()
    resume: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    outlives: bool = False
    time: Literal["pack", "elsewhere", "either"] = "pack"
    thresholds: tuple[Threshold, ...] = ()


_NAMES = {
    "promise": Label(zh="对诉求人的承诺", en="promise to the resident"),
    "step": Label(zh="本级办理", en="step of the ladder"),
    "accept": Label(zh="受理", en="accept"),
    "sign_in": Label(zh="签收", en="sign in"),
    "contact": Label(zh="联系诉求人", en="contact the resident"),
    "meet": Label(zh="见面", en="meet the resident"),
    "arrive": Label(zh="到达现场", en="arrive on the spot"),
    "complete": Label(zh="完成办理", en="complete"),
    "report_back": Label(zh="首报", en="first report back"),
    "return": Label(zh="申请退单", en="ask to return"),
    "ruling": Label(zh="裁定", en="ruling"),
    "second": Label(zh="重办", en="second handling"),
    "suspension": Label(zh="挂账", en="suspension"),
    "reason": Label(zh="书面说明理由", en="reason in writing"),
    "assess": Label(zh="一事一考", en="assessment by the caller"),
    "call_back": Label(zh="回访", en="call back"),
    "feedback": Label(zh="事后反馈", en="feedback after the end"),
}

_HOLDS = "suspended sent_back explanation_proposed"
_GOES_ON = "resumed supplied explanation_refused"
_NOBODY_ASSESSED = "explained transferred merged_into split withdrawn"


def _usual(
    name: str,
    of: Literal["matter", "assignment"],
    start: str,
    stop: str,
    *,
    time: Literal["pack", "elsewhere", "either"] = "pack",
    then: str | None = "",
    outlives: bool = False,
    held: bool = False,
    resume: str = "",
    roles: str = "",
) -> Usual:
    return Usual(
        label=_NAMES[name],
        of=of,
        start=frozenset(start.split()),
        stop=frozenset(stop.split()),
        pause=frozenset(_HOLDS.split() if held else ()),
        resume=frozenset(f"{_GOES_ON if held else ''} {resume}".split()),
        roles=frozenset(roles.split()),
        outlives=outlives,
        time=time,
        thresholds=() if then is None else (Threshold(percent=100, then=tuple(then.split())),),
    )


BUILT_IN: Mapping[str, Usual] = MappingProxyType(
    {
        "promise": _usual(
            "promise", "matter", "received", "declared_done", time="elsewhere", then=None, resume="handed_back reopened"
        ),
        "step": _usual(
            "step",
            "assignment",
            "assigned",
            "completed",
            time="elsewhere",
            then="pass_up",
            held=True,
            resume="reopened",
        ),
        "accept": _usual(
            "accept", "assignment", "assigned", "judged contacted completed", time="elsewhere", roles="handle"
        ),
        "sign_in": _usual("sign_in", "assignment", "summoned", "signed_in", held=True),
        "contact": _usual(
            "contact", "assignment", "assigned summoned", "contacted meeting_declined met", time="either", held=True
        ),
        "meet": _usual("meet", "assignment", "summoned", "met meeting_declined", held=True),
        "arrive": _usual("arrive", "assignment", "summoned", "arrived", time="elsewhere"),
        "complete": _usual(
            "complete", "assignment", "summoned", "completed", time="either", held=True, resume="reopened"
        ),
        "report_back": _usual("report_back", "assignment", "summoned", "reported_back completed", held=True),
        "return": _usual("return", "assignment", "summoned", "return_asked completed", then=None, held=True),
        "ruling": _usual("ruling", "matter", "disputed nobody_leads", "ruled"),
        "second": _usual("second", "assignment", "handed_back", "completed", held=True),
        "suspension": _usual("suspension", "matter", "suspended", "resumed", time="elsewhere", then="resume"),
        "reason": _usual("reason", "matter", "called_out", "reason_given", outlives=True),
        "assess": _usual("assess", "matter", "declared_done", f"assessed {_NOBODY_ASSESSED}", outlives=True),
        "call_back": _usual("call_back", "matter", "declared_done", "closed handed_back"),
        "feedback": _usual("feedback", "matter", "closed", "reopened", then=None, outlives=True),
    }
)
"""The usual clocks. A pack gives their limits, may change their words, and may add clocks of its own.

``promise``, ``step``, ``accept``, ``arrive`` and ``suspension`` get their time from elsewhere: the promise, the
ladder, the caller, the day named.
"""


@attrs.frozen(kw_only=True)
class Timed:
    """A time allowed and the calendar it runs on; an empty one is the default."""

    limit: Timeline[Limit]
    calendar: str = ""


@attrs.frozen(kw_only=True)
class ClockRule:
    """A kind of clock: whose, how long, what starts and ends it, and what follows on the way.

    Attributes:
        id: Names the kind; one of `BUILT_IN`, or the pack's own.
        of: ``matter`` or ``assignment``.
        limit: Time allowed, with its history; None where it comes from elsewhere (`BUILT_IN`).
        calendar: Id of the calendar it runs on; empty for the default.
        roles: Roles of assignments that have it (handle, lead, joint, either, support); empty for all.
        paths: Paths of matters that have it (ordinary, emergency, direct); empty for all.
        emergency: The time allowed in an emergency, where that is another.
        start: Types of events that start it; likewise *pause*, *resume*, *stop*, *reset*, *cancel*.
        outlives: It runs on when the matter has ended (a reason owed, an assessment).
        thresholds: What follows at which share of the time.
    """

    id: str
    label: Label
    of: Literal["matter", "assignment"]
    limit: Timeline[Limit] | None = None
    calendar: str = ""
    roles: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    emergency: Timed | None = None
    start: frozenset[str]
    pause: frozenset[str] = frozenset()
    resume: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    reset: frozenset[str] = frozenset()
    cancel: frozenset[str] = frozenset()
    outlives: bool = False
    thresholds: tuple[Threshold, ...] = ()
    source: Citation | None = None
    basis: Basis = Basis.STATED

    @classmethod
    def usual(cls, name: str, **given: Any) -> Self:
        """Return a usual clock as the library knows it, with what is *given* instead.

        >>> rule = ClockRule.usual("sign_in", paths=frozenset({"emergency"}))
        >>> str(rule.label), rule.of, sorted(rule.stop)
        ('签收 (sign in)', 'assignment', ['signed_in'])
        """
        known = BUILT_IN[name]
        words = ("label", "of", "start", "pause", "resume", "stop", "roles", "outlives", "thresholds")
        return cls(**{"id": name, **{word: getattr(known, word) for word in words}, **given})

    def acts_on(self, event: str) -> str:
        """Return what an event of a type does to the clock: a word of acts; empty for nothing."""
        for act in ("start", "pause", "resume", "stop", "reset", "cancel"):
            if event in getattr(self, act):
                return act
        return ""

    def timed(self, path: str) -> Timed | None:
        """Return the time allowed on a path; None where the pack gives none."""
        if path == "emergency" and self.emergency is not None:
            return self.emergency
        return None if self.limit is None else Timed(limit=self.limit, calendar=self.calendar)


@attrs.frozen(kw_only=True)
class Handling:
    """What a pack decides for live matters.

    Attributes:
        clocks: By id.
        quorum: When a call is answered.
        approval: Whether a call needs the approval of the unit's principal.
        arbiter: Who rules on disputes; None where the pack names nobody.
        returns: With this many returns asked, a ruling is due.
        extensions: How often a duty may be extended.
        tries: How often a call back must fail before a matter may be closed without an answer.
        review: Whether the platform must review what was declared done before anybody is called back.
        duty_post: Kind of post whose holders, in order, are on duty at a called unit; empty for none.
        whistle_relations: Relations of units that a whistle may summon: ``stationed_at`` the subdistrict, ``paired``.
        danger: What is said first where life is in danger.
        danger_when: The attribute that says so.
    """

    clocks: Mapping[str, ClockRule] = MappingProxyType({})
    quorum: Quorum = "lead"
    approval: bool = False
    arbiter: Holder | None = None
    returns: int = field(default=2, validator=attrs.validators.ge(1))
    extensions: int = field(default=1, validator=attrs.validators.ge(0))
    tries: int = field(default=3, validator=attrs.validators.ge(1))
    review: bool = False
    duty_post: str = ""
    whistle_relations: tuple[str, ...] = ("stationed_at", "paired")
    danger: Label | None = None
    danger_when: str = ""
    source: Citation | None = None

    @classmethod
    def usual(cls, clocks: Iterable[ClockRule] = (), **given: Any) -> Self:
        """Return what holds where a pack says nothing: every usual clock that needs no time of the pack's own.

        Args:
            clocks: Added to them; one of the same id takes the place of the usual one.
            given: What is otherwise decided.

        >>> sorted(Handling.usual([ClockRule.usual("sign_in")]).clocks)
        ['accept', 'arrive', 'complete', 'contact', 'promise', 'sign_in', 'step', 'suspension']
        """
        known = {name: ClockRule.usual(name) for name, usual in BUILT_IN.items() if usual.time != "pack"}
        return cls(clocks={**known, **{rule.id: rule for rule in clocks}}, **given)

    @cached_property
    def touched(self) -> Mapping[str, tuple[tuple[ClockRule, str], ...]]:
        """For each type of event the clocks it acts on, and how."""
        found: dict[str, list[tuple[ClockRule, str]]] = {}
        for rule in self.clocks.values():
            for event in rule.start | rule.pause | rule.resume | rule.stop | rule.reset | rule.cancel:
                found.setdefault(event, []).append((rule, rule.acts_on(event)))
        return {event: tuple(acts) for event, acts in found.items()}


@attrs.frozen(kw_only=True, eq=False)
class Rules:
    """The narrow view of a jurisdiction that deciding needs, in one edition of its rules.

    Attributes:
        setting: Policy, organisation, responsibility list, staff.
        handling: What the pack decides for live matters.
        authority: Who may; None where the pack has no ``authority.toml``: then nobody may.
        vocabulary: Attributes of matters.
        findings: Facts that an assessment may state or override.
    """

    setting: Setting
    handling: Handling
    authority: Authority | None
    vocabulary: Vocabulary
    findings: Vocabulary

    @property
    def edition(self) -> str:
        """Digest of the rules."""
        return self.setting.policy.edition

    @property
    def policy(self) -> Policy:
        """Ladders and promise."""
        return self.setting.policy

    @property
    def organization(self) -> Organization:
        """Units and links."""
        return self.setting.organization

    @property
    def responsibilities(self) -> ResponsibilityList:
        """Who leads and who supports."""
        return self.setting.responsibilities

    @property
    def staff(self) -> Staff:
        """Who holds which post."""
        return self.setting.staff

    @cached_property
    def timing(self) -> Timing:
        """What clocks are counted by."""
        policy = self.policy
        return Timing(calendars=policy.calendars, default=policy.calendar, counting=policy.counting)

    def day(self, at: datetime) -> date:
        """Return the day on which an instant lies in the jurisdiction."""
        return local_day(at, self.policy.clock)

    def structure(self, at: datetime) -> Structure:
        """Return the units in force at an instant."""
        return self.organization.at(self.day(at))
