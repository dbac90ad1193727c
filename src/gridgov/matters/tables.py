"""Tables: the states of a matter and of an assignment, and what leads from one to the next, as data.

Both the commands and the folding of events read these tables, and so do the diagrams of the documentation. Who may do
what, with which evidence and under which clause, a pack adds in its ``authority.toml``.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from gridgov.values import Label

__all__ = [
    "ASSIGNMENT",
    "ASSIGNMENT_STATES",
    "BEFORE",
    "ENDS",
    "MATTER",
    "MATTER_STATES",
    "TIME",
    "UNDER_WAY",
    "Edge",
    "Table",
]

TIME = ""
"""The command word of what happens by itself when a clock runs out."""

BEFORE = "(before)"
"""A target: the state from which the matter was held up."""

NEW = "(new)"
"""The source of what is not there yet."""


@attrs.frozen(kw_only=True)
class Edge:
    """One way from states to a state.

    Attributes:
        event: Type of the event.
        commands: The commands that cause it; `TIME` where it happens by itself.
        sources: The states in which it may happen.
        target: The state it leads to; empty where it changes none.
        evidence: What the command must bring, by the names of its fields.
        clause: Where the rule comes from, for readers of the table.
        elsewhere: The command is about another matter: a part, or one that is merged.
    """

    event: str
    commands: tuple[str, ...]
    sources: tuple[str, ...]
    target: str = ""
    evidence: tuple[str, ...] = ()
    clause: str = ""
    elsewhere: bool = False


@attrs.frozen
class Table:
    """States and edges.

    Attributes:
        states: State to its label.
        ends: States that nothing, or only an opening anew, leads out of.
        along: What comes along with an event about the whole matter: such an event names no assignment, and these say
            what it does to those it concerns.
    """

    states: Mapping[str, Label]
    edges: tuple[Edge, ...]
    ends: frozenset[str]
    along: tuple[Edge, ...] = ()
    targets: Mapping[str, str] = attrs.field(init=False)
    """Event type to the state it leads to, for the events that change it."""
    sources: Mapping[str, frozenset[str]] = attrs.field(init=False)
    """Command to the states of its own matter in which it may be given."""

    def __attrs_post_init__(self) -> None:
        targets = {edge.event: edge.target for edge in self.edges if edge.target}
        sources: dict[str, frozenset[str]] = {}
        for edge in self.edges:
            for command in () if edge.elsewhere else edge.commands:
                sources[command] = sources.get(command, frozenset()) | set(edge.sources)
        object.__setattr__(self, "targets", MappingProxyType(targets))
        object.__setattr__(self, "sources", MappingProxyType(sources))

    def commands_in(self, state: str) -> tuple[str, ...]:
        """Return the commands that may be given in a state, by name."""
        return tuple(sorted(command for command, states in self.sources.items() if command and state in states))


MATTER_STATES: Mapping[str, Label] = MappingProxyType(
    {
        "accepted": Label(zh="已受理，逐级办理", en="taken in, on the ladder"),
        "unassigned": Label(zh="主体责任待裁定", en="nobody leads yet, a ruling is due"),
        "called": Label(zh="已呼叫", en="called to units of the county"),
        "incomplete": Label(zh="退回补充信息", en="sent back to the caller for missing facts"),
        "disputed": Label(zh="责任有争议", en="who leads is disputed"),
        "suspended": Label(zh="暂缓办理（挂账）", en="suspended until a named day"),
        "split": Label(zh="已拆分", en="split into parts"),
        "explaining": Label(zh="拟解释说明、不再重复办理", en="an explanation is proposed"),
        "done": Label(zh="已办理，待回访", en="declared done, to be called back"),
        "reviewed": Label(zh="已审核，待回访", en="reviewed, to be called back"),
        "second": Label(zh="重办", en="second handling"),
        "closed": Label(zh="已办结", en="closed"),
        "answered": Label(zh="已当场答复", en="answered at once"),
        "redirected": Label(zh="已引导至其他渠道", en="redirected"),
        "explained": Label(zh="已解释，不再重复办理", en="explained, not handled again"),
        "transferred": Label(zh="已移送", en="transferred"),
        "merged": Label(zh="已并案", en="merged into another matter"),
        "withdrawn": Label(zh="已撤回", en="withdrawn"),
    }
)
"""The states of a matter, as an office names them."""

ENDS = frozenset({"closed", "answered", "redirected", "explained", "transferred", "merged", "withdrawn"})
"""States in which a matter has ended."""

UNDER_WAY = tuple(state for state in MATTER_STATES if state not in ENDS)
"""States in which a matter is open."""

_HANDLED = ("accepted", "called", "second")
_DONE = ("done", "reviewed")
_WORKED_ON = (*_HANDLED, "unassigned", "disputed", *_DONE)
_ON_LADDER = ("accepted", "second")
_MERGING = ("accepted", "called", "unassigned")
_ENDING = "answer redirect call_back feedback review confirm_explained transfer merge open_topic split withdraw"
_HOTLINE = "济南市12345市民服务热线条例"
_ARTICLE = "article"


def _edge(
    event: str,
    commands: str,
    sources: Iterable[str],
    target: str = "",
    evidence: str = "",
    clause: str = _ARTICLE,
    *,
    elsewhere: bool = False,
) -> Edge:
    causes = tuple(commands.split()) or (TIME,)
    return Edge(
        event=event,
        commands=causes,
        sources=tuple(sources),
        target=target,
        evidence=tuple(evidence.split()),
        clause=clause,
        elsewhere=elsewhere,
    )


MATTER = Table(
    MATTER_STATES,
    (
        _edge("received", "report", (NEW,), "accepted"),
        _edge("received", "split", (NEW,), "accepted", elsewhere=True),
        _edge("redirected", "report redirect", ("accepted",), "redirected", "to", f"{_HOTLINE} 23"),
        _edge("answered_at_once", "answer", ("accepted",), "answered"),
        _edge("topic_opened", "open_topic", ("accepted", "called")),
        _edge("judged", "judge", ("accepted",)),
        _edge("passed_up", "pass_up", _ON_LADDER, "accepted"),
        _edge("passed_up", TIME, _ON_LADDER, "accepted"),
        _edge("sent_down", "send_down", ("accepted",), "", "reason"),
        _edge("assigned", "direct_line", ("accepted",)),
        _edge("summoned", "whistle", _ON_LADDER),
        _edge("call_approved", "approve_call", _ON_LADDER),
        _edge("called_out", "call", (*_ON_LADDER, "unassigned"), "called"),
        _edge("called_out", "pass_up report", ("accepted",), "called"),
        _edge("called_out", TIME, ("accepted",), "called"),
        _edge("nobody_leads", "pass_up report", ("accepted",), "unassigned", "", f"{_HOTLINE} 29"),
        _edge("nobody_leads", "call", _ON_LADDER, "unassigned", "", f"{_HOTLINE} 29"),
        _edge("nobody_leads", TIME, ("accepted",), "unassigned"),
        _edge("summoned", "dispatch", ("called", "second")),
        _edge("relieved", "relieve", ("called", "second"), "", "reason"),
        _edge("relieved", "call", (*_ON_LADDER, "unassigned")),
        _edge("relieved", "pass_up send_down direct_line", ("accepted",)),
        _edge("relieved", TIME, ("accepted",)),
        _edge("sent_back", "send_back", ("called",), "incomplete", "missing"),
        _edge("supplied", "supply", ("incomplete",), BEFORE, "when"),
        _edge("signed_in", "sign_in", (*_WORKED_ON, "suspended", "incomplete")),
        _edge("contacted", "contact", (*_WORKED_ON, "suspended", "incomplete")),
        _edge("arrived", "arrive", (*_WORKED_ON, "suspended", "incomplete")),
        _edge("reported_back", "report_back", _WORKED_ON),
        _edge("met", "meet", (*_WORKED_ON, "suspended"), "", "where"),
        _edge("meeting_declined", "decline_meeting", (*_WORKED_ON, "suspended"), "", "reason"),
        _edge("return_asked", "ask_return", ("called",)),
        _edge("return_granted", "grant_return", ("called",)),
        _edge("nobody_leads", "relieve", ("called", "second"), "unassigned", "", f"{_HOTLINE} 29"),
        _edge("nobody_leads", "grant_return", ("called",), "unassigned", "", f"{_HOTLINE} 29"),
        _edge("return_refused", "refuse_return", ("called",), "", "reason"),
        _edge("disputed", "dispute ask_return", ("called",), "disputed", "", f"{_HOTLINE} 29"),
        _edge("ruled", "rule", ("disputed", "unassigned"), "called", "reason", f"{_HOTLINE} 29"),
        _edge("extension_asked", "ask_extension", (*_HANDLED, "disputed"), "", "reason", f"{_HOTLINE} 24"),
        _edge("extension_granted", "grant_extension", (*_HANDLED, "disputed"), "", "", f"{_HOTLINE} 24"),
        _edge("extension_refused", "refuse_extension", (*_HANDLED, "disputed"), "", "reason"),
        _edge("suspended", "suspend", _HANDLED, "suspended", "reason until", f"{_HOTLINE} 24"),
        _edge("resumed", "resume", ("suspended",), BEFORE),
        _edge("resumed", TIME, ("suspended",), BEFORE),
        _edge("term_told", "tell_term", _HANDLED, "", "stage due_at cites", f"{_HOTLINE} 24"),
        _edge("completed", "complete", _WORKED_ON),
        _edge("declared_done", "complete", _HANDLED, "done"),
        _edge("declared_done", "relieve", ("called", "second"), "done"),
        _edge("declared_done", "grant_return", ("called",), "done"),
        _edge("declared_done", "rule", ("disputed", "unassigned"), "done", "", f"{_HOTLINE} 29"),
        _edge("declared_done", _ENDING, ("split",), "done", elsewhere=True),
        _edge("reviewed", "review", ("done",), "reviewed"),
        _edge("called_back", "call_back", _DONE, "", "", f"{_HOTLINE} 27"),
        _edge("called_back", "withdraw", UNDER_WAY),
        _edge("called_back", "feedback", (*_DONE, "closed", "answered"), "", "", f"{_HOTLINE} 27"),
        _edge("handed_back", "call_back feedback", _DONE, "second", "", f"{_HOTLINE} 27"),
        _edge("handed_back", "review", ("done",), "second", "", f"{_HOTLINE} 27"),
        _edge("closed", "call_back feedback withdraw", _DONE, "closed", "", f"{_HOTLINE} 27"),
        _edge("closed", "review", ("done",), "closed", "", f"{_HOTLINE} 27"),
        _edge("reopening_asked", "ask_reopen feedback", ("closed", "answered"), "", "reason"),
        _edge("reopening_refused", "refuse_reopen", ("closed", "answered"), "", "reason"),
        _edge("reopened", "reopen", ("closed", "answered"), BEFORE),
        _edge(
            "explanation_proposed",
            "propose_explained",
            (*_HANDLED, "done", "reviewed"),
            "explaining",
            "reason evidence",
            f"{_HOTLINE} 25",
        ),
        _edge("explanation_refused", "refuse_explained", ("explaining",), BEFORE, "reason"),
        _edge("explained", "confirm_explained", ("explaining",), "explained", "", f"{_HOTLINE} 25"),
        _edge(
            "transferred", "transfer", (*_HANDLED, "unassigned", "disputed", "suspended"), "transferred", "to reason"
        ),
        _edge("merged_into", "merge", _MERGING, "merged", "", f"{_HOTLINE} 25"),
        _edge("merged_into", "open_topic", _MERGING, "merged", "", f"{_HOTLINE} 25", elsewhere=True),
        _edge("joined", "merge open_topic split", (*_MERGING, "second"), elsewhere=True),
        _edge("split", "split", ("accepted", "called"), "split", "parts"),
        _edge("part_ended", _ENDING, tuple(MATTER_STATES), elsewhere=True),
        _edge("withdrawn", "withdraw", UNDER_WAY, "withdrawn"),
        _edge("reminded", "remind", UNDER_WAY),
        _edge("reminded", TIME, tuple(MATTER_STATES)),
        _edge("supervised", "supervise", UNDER_WAY, "", "reason", f"{_HOTLINE} 28"),
        _edge("supervised", TIME, tuple(MATTER_STATES)),
        _edge("supervision_lifted", "lift_supervision", tuple(MATTER_STATES), "", "reason"),
        _edge("reason_given", "give_reason", tuple(MATTER_STATES), "", "evidence"),
        _edge("reclassified", "reclassify", ("accepted", "called", "unassigned", "incomplete"), "", "reason"),
        _edge("admitted", "admit", ("accepted", "unassigned"), "", "approval money ends"),
        _edge("rebased", "rebase", UNDER_WAY, "", "reason"),
        _edge("fell_due", TIME, tuple(MATTER_STATES)),
        _edge("next_on_duty", TIME, _WORKED_ON),
        _edge("assessed", "assess", ("done", "reviewed", "second", "closed", "explained")),
        _edge(
            "assessment_amended",
            "amend_assessment",
            ("done", "reviewed", "second", "closed", "explained"),
            "",
            "findings reason",
        ),
    ),
    ENDS,
)
"""What may happen to a matter, in which state, and where it leads."""

ASSIGNMENT_STATES: Mapping[str, Label] = MappingProxyType(
    {
        "dispatched": Label(zh="已派单，待签收", en="sent, not signed in"),
        "in_hand": Label(zh="办理中", en="in hand"),
        "return_asked": Label(zh="申请退单", en="return asked"),
        "completed": Label(zh="已办理", en="completed"),
        "passed_up": Label(zh="已上报", en="passed up"),
        "returned": Label(zh="已退单", en="returned"),
        "relieved": Label(zh="已解除", en="relieved"),
        "handed_over": Label(zh="已移交", en="handed over"),
    }
)
"""The states of an assignment; from ``completed`` on they are its outcomes."""

_OPEN = ("dispatched", "in_hand", "return_asked")
_OUTCOMES = frozenset(ASSIGNMENT_STATES) - set(_OPEN)

ASSIGNMENT = Table(
    ASSIGNMENT_STATES,
    (
        _edge("assigned", "report pass_up send_down direct_line", (NEW,), "in_hand"),
        _edge("assigned", TIME, (NEW,), "in_hand"),
        _edge("summoned", "report pass_up call whistle dispatch grant_return rule", (NEW,), "dispatched"),
        _edge("summoned", TIME, (NEW,), "dispatched"),
        _edge("judged", "judge", ("in_hand",)),
        _edge("passed_up", "pass_up", ("in_hand",), "passed_up"),
        _edge("passed_up", TIME, ("in_hand",), "passed_up"),
        _edge("sent_down", "send_down direct_line", ("in_hand",), "handed_over"),
        _edge("signed_in", "sign_in", ("dispatched", "in_hand"), "in_hand"),
        _edge("contacted", "contact", ("in_hand", "return_asked")),
        _edge("arrived", "arrive", ("dispatched", "in_hand", "return_asked")),
        _edge("reported_back", "report_back", ("in_hand", "return_asked")),
        _edge("met", "meet", ("in_hand", "return_asked")),
        _edge("meeting_declined", "decline_meeting", ("in_hand", "return_asked")),
        _edge("return_asked", "ask_return", ("dispatched", "in_hand"), "return_asked"),
        _edge("return_granted", "grant_return", ("return_asked",), "returned"),
        _edge("return_refused", "refuse_return", ("return_asked",), "in_hand"),
        _edge("relieved", "relieve", _OPEN, "relieved"),
        _edge("relieved", TIME, _OPEN, "relieved"),
        _edge("extension_asked", "ask_extension", ("in_hand",)),
        _edge("extension_granted", "grant_extension", ("in_hand",)),
        _edge("extension_refused", "refuse_extension", ("in_hand",)),
        _edge("term_told", "tell_term", ("in_hand",)),
        _edge("completed", "complete", ("in_hand",), "completed"),
        _edge("next_on_duty", TIME, ("dispatched",)),
    ),
    _OUTCOMES,
    along=(
        _edge("called_out", "call", ("in_hand",), "handed_over"),
        _edge("nobody_leads", "call", ("in_hand",), "handed_over"),
        _edge("ruled", "rule", ("return_asked",), "in_hand"),
        _edge("ruled", "rule", ("return_asked",), "dispatched"),
        _edge("ruled", "rule", _OPEN, "relieved"),
        _edge("ruled", "rule", ("in_hand",), "handed_over"),
        _edge("answered_at_once", "answer", _OPEN, "completed"),
        _edge("handed_back", "review call_back feedback", ("completed",), "in_hand"),
        _edge("reopened", "reopen", ("completed",), "in_hand"),
        _edge("redirected", "redirect", _OPEN, "relieved"),
        _edge("explained", "confirm_explained", _OPEN, "relieved"),
        _edge("transferred", "transfer", _OPEN, "relieved"),
        _edge("merged_into", "merge open_topic", _OPEN, "relieved"),
        _edge("split", "split", _OPEN, "relieved"),
        _edge("withdrawn", "withdraw", _OPEN, "relieved"),
    ),
)
"""What may happen to an assignment, in which state, and where it leads."""
