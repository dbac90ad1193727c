"""A small county with live matters, for tests: the units, list and ladders of `county`, clocks, who may do what.

Limits, after the worked cases: judge 4 working hours, community 1 working day, subdistrict 1, department 2;
promise 5; sign in 2 working hours; return 1 working day; ruling 2; second handling 3; assessment 5.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import attrs

import county
from gridgov.authority import Actor, Authority, Conflict, Grant, Role
from gridgov.calendar import Limit
from gridgov.clocks import Threshold
from gridgov.conditions import Attribute, AttributeType, Vocabulary
from gridgov.escalation import Setting
from gridgov.handling import BUILT_IN, COMMANDS, ClockRule, Decision, Handling, Rules, Timed, decide, settle
from gridgov.handling import commands as c
from gridgov.matters import ASSIGNMENT, Decided, Matter, apply
from gridgov.responsibility import Holder
from gridgov.values import Citation, Entry, Label, Timeline

START = date(2020, 7, 1)
SOURCE = Citation("measures", "art. 1")


def china(text: str) -> datetime:
    """Return the instant at a time such as ``2021-02-05 15:00`` in China."""
    return county.china(text)


def limit(text: str) -> Timeline[Limit]:
    """Return a limit that holds from the first day on."""
    return Timeline(text, (Entry(effective_from=START, value=Limit.parse(text), source=SOURCE),))


def clock(kind: str, text: str = "", *thresholds: tuple[int, str], **changes: Any) -> ClockRule:
    """Return a usual clock with a limit, and thresholds as ``(80, "remind")``."""
    usual = BUILT_IN[kind]
    rule = ClockRule(
        id=kind,
        label=Label(en=kind),
        of=usual.of,
        limit=limit(text) if text else None,
        roles=usual.roles,
        start=usual.start,
        stop=usual.stop,
        pause=usual.pause,
        resume=usual.resume,
        outlives=usual.outlives,
        thresholds=tuple(Threshold(percent=percent, then=tuple(then.split())) for percent, then in thresholds),
        source=SOURCE,
    )
    return attrs.evolve(rule, **changes)


CLOCKS = (
    clock("promise", "", (100, "supervise")),
    clock("step", "", (100, "pass_up")),
    clock("accept"),
    clock("arrive", "", (100, "")),
    clock("suspension", "", (100, "resume")),
    clock("complete", "", (80, "remind"), (100, "remind"), (200, "supervise")),
    clock("sign_in", "2 working_hours", (100, "remind"), emergency=Timed(limit=limit("30 minutes"), calendar="always")),
    clock("contact", "1 working_days", roles=frozenset({"lead", "joint", "either"})),
    clock("report_back", "2 clock_hours", (100, "remind"), paths=frozenset({"emergency"}), calendar="always"),
    clock("return", "1 working_days"),
    clock("ruling", "2 working_days", (100, "remind")),
    clock("second", "3 working_days", (100, "supervise")),
    clock("reason", "24 clock_hours", (100, "remind"), paths=frozenset({"emergency"}), calendar="always"),
    clock("assess", "5 working_days", (100, "remind")),
    clock("call_back", "3 working_days", (100, "remind")),
    clock("feedback", "15 calendar_days"),
)

HANDLING = Handling(
    clocks={rule.id: rule for rule in CLOCKS}, arbiter=Holder.parse("unit:pingyin"), danger=Label(en="call 119 first")
)

ROLES = (
    Role(id="resident", label=Label(en="resident"), anybody=True),
    Role(id="grid-head", label=Label(en="grid head"), posts=("grid-head",), levels=("grid",)),
    Role(id="grid", label=Label(en="grid"), levels=("grid",)),
    Role(id="community", label=Label(en="community"), levels=("community",)),
    Role(id="subdistrict", label=Label(en="subdistrict"), levels=("subdistrict", "town")),
    Role(id="department", label=Label(en="department"), levels=("department", "agency")),
    Role(id="platform", label=Label(en="platform"), units=("pingyin",)),
)

RESIDENT = {"report", "feedback", "ask_reopen", "withdraw", "direct_line"}
HOLDER = {"answer", "redirect", "judge", "pass_up", "send_down", "whistle", "approve_call", "call", "contact", "meet"}
HOLDER |= {"decline_meeting", "complete", "sign_in", "ask_extension", "propose_explained", "tell_term", "report_back"}
RESPONDER = {"sign_in", "contact", "arrive", "report_back", "meet", "decline_meeting", "ask_return", "ask_extension"}
RESPONDER |= {"complete", "tell_term", "propose_explained", "dispute"}
CALLER = {"supply", "assess", "amend_assessment", "give_reason", "relieve", "call", "whistle", "open_topic"}
PLATFORM = set(COMMANDS) - {"report", "assess", "amend_assessment", "ask_return", "ask_extension"}


def grants() -> tuple[Grant, ...]:
    """Return who may do what: the platform nearly all, each unit what is its own."""
    levels = ("grid", "community", "subdistrict", "department")
    return (
        Grant(commands={"report"}, role="resident", relation="anyone"),
        Grant(commands=RESIDENT - {"report"}, role="resident", relation="reporter"),
        *(Grant(commands={"report"}, role=level, relation="anyone") for level in (*levels, "platform")),
        *(Grant(commands=HOLDER, role=level, relation="holder") for level in levels),
        Grant(commands=RESPONDER, role="department", relation="responder"),
        Grant(commands=CALLER, role="subdistrict", relation="caller"),
        Grant(commands={"open_topic", "merge", "split", "reclassify", "admit"}, role="subdistrict", relation="place"),
        Grant(commands=PLATFORM, role="platform", relation="anyone"),
    )


CONFLICTS = (
    Conflict(
        commands={"review", "call_back", "rule", "confirm_explained", "assess"},
        relation="assessed",
        label=Label(zh="办理过该事项", en="who handled it"),
    ),
    Conflict(commands={"assess", "rule", "review"}, relation="accused", label=Label(zh="被反映者", en="the accused")),
)

AUTHORITY = Authority(roles=ROLES, grants=grants(), conflicts=CONFLICTS)


def rules(handling: Handling = HANDLING, authority: Authority | None = AUTHORITY, **policy: Any) -> Rules:
    """Return the rules of the county; *policy*: fields of its policy to change."""
    setting = Setting(
        policy=county.rules(**policy),
        organization=county.ORGANIZATION,
        responsibilities=county.LISTED,
        staff=county.STAFF,
    )
    facts = ("met", "completed", "satisfied", "signed", "contacted", "excluded", "duty")
    findings = Vocabulary(Attribute(name=name, type=AttributeType.FLAG) for name in facts)
    return Rules(
        setting=setting, handling=handling, authority=authority, vocabulary=county.VOCABULARY, findings=findings
    )


RULES = rules()

RESIDENT_Z = Actor(person="resident-z")
HEAD = Actor(unit="grid-1", post="grid-head", person="p1")
COMMUNITY = Actor(unit="longshan")
SUBDISTRICT = Actor(unit="yushan")
PLATFORM_DESK = Actor(unit="pingyin", person="desk-1")


def of(unit: str) -> Actor:
    """Return somebody who acts for a unit."""
    return Actor(unit=unit)


class Desk:
    """A desk that keeps matters and gives commands, each at an instant in China."""

    def __init__(self, by: Rules = RULES) -> None:
        self.rules = by
        self.matters: dict[str, Matter] = {}
        self.log: dict[str, list[Decided]] = {}
        self.count = 0

    def give(self, kind: type[c.Command], at: str, actor: Actor, matter: str = "m1", **fields: Any) -> Matter:
        """Decide one command and keep what it leads to; ``others`` names the other matters it needs."""
        self.count += 1
        others = {name: self.matters.get(name) for name in fields.pop("others", ())}
        command = kind(id=f"c{self.count}", matter=matter, actor=actor, at=china(at), **fields)
        decision = decide(self.rules, self.matters.get(matter), command, others=others)
        self._keep(decision)
        return self.matters[matter]

    def report(self, at: str, **fields: Any) -> Matter:
        """Report a car in the fire lane of a compound in the first grid, unless told otherwise."""
        usual = {"item": "fire-lane", "place": "grid-1", "facts": {"scene": "compound"}, "actor": RESIDENT_Z}
        return self.give(c.Report, at, **{**usual, **fields})

    def settle(self, at: str, matter: str = "m1") -> Matter:
        """Let time bring what falls due until an instant."""
        after, events = settle(self.rules, self.matters[matter], china(at))
        self.matters[matter] = after
        self.log[matter].extend(events)
        return after

    def _keep(self, decision: Decision) -> None:
        self.matters.update(decision.matters)
        for events in (decision.settled, decision.events):
            for name, each in events.items():
                self.log.setdefault(name, []).extend(each)

    def events(self, matter: str = "m1") -> list[str]:
        """Return the types of a matter's events."""
        return [event.TYPE for event in self.log[matter]]

    def replayed(self, matter: str = "m1") -> Matter:
        """Return the state that folding the kept events gives."""
        state: Matter | None = None
        for event in self.log[matter]:
            state = apply(state, type(event).from_data(json.loads(json.dumps(event.to_data()))))
        assert state is not None
        return state

    def due(self, kind: str, number: int = 0, matter: str = "m1") -> datetime | None:
        """Return when a clock runs out."""
        live = self.matters[matter].live
        assert live is not None
        return live.timers[number, kind].due_at


WAYS = {
    (edge.event, source, edge.target)
    for edge in (*ASSIGNMENT.edges, *ASSIGNMENT.along)
    for source in edge.sources
    if edge.target
}


def unlisted_moves(log: list[Decided]) -> Iterator[str]:
    """Yield every change of an assignment's state that stands in no table ("every transition is in the table")."""
    state: Matter | None = None
    for event in log:
        before = [] if state is None else [duty.work for duty in state.assignments]
        state = apply(state, event)
        for was, duty in zip(before, state.assignments, strict=False):
            assert was is not None
            assert duty.work is not None
            if was.state != duty.work.state and (event.TYPE, was.state, duty.work.state) not in WAYS:
                yield f"{event.TYPE}: {was.state} to {duty.work.state}"


class CheckedDesk(Desk):
    """A desk on which, after everything that happens, folding what was kept gives the state that is held."""

    def give(self, kind: type[c.Command], at: str, actor: Actor, matter: str = "m1", **fields: Any) -> Matter:
        """Decide one command, and check every matter that it changed."""
        found = super().give(kind, at, actor, matter, **fields)
        self._check()
        return found

    def settle(self, at: str, matter: str = "m1") -> Matter:
        """Let time bring what falls due, and check."""
        found = super().settle(at, matter)
        self._check()
        return found

    def _check(self) -> None:
        for name, matter in self.matters.items():
            assert self.replayed(name) == matter
            assert [] == list(unlisted_moves(self.log[name]))
