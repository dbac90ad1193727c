"""Draw the states of matters and assignments from the tables: two pictures and the tables of a page.

Writes ``docs/assets/matter-states.svg``, ``docs/assets/assignment-states.svg`` and what stands between the two marks of
``docs/reference/states.md``. The same tables give the same bytes.

    python tools/draw_states.py
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

import attrs

from gridgov.matters import ASSIGNMENT, BEFORE, MATTER, TIME, Edge, Table
from layered_picture import Arrow, Box, Panel, Text, picture

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = Path("reference") / "states.md"
BEGIN, END = "<!-- drawn from the tables: begin -->", "<!-- drawn from the tables: end -->"

NEW = "(new)"
"""The source of what is not there yet, as the tables write it."""

MANY = 3
"""From so many states on, an arrow into an end begins at a note that lists them."""

FEW = 4
"""So many commands stand below one another on an arrow; more stand in two columns."""

WORDS: Mapping[str, str] = {
    TIME: "到时自动",
    "report": "诉求上报",
    "answer": "当场答复",
    "redirect": "引导",
    "open_topic": "立项",
    "judge": "分析研判",
    "pass_up": "上报上一级",
    "send_down": "下派",
    "whistle": "吹哨",
    "direct_line": "直通车",
    "approve_call": "批准呼叫",
    "call": "呼叫",
    "dispatch": "派单",
    "relieve": "解除",
    "send_back": "退回补充",
    "supply": "补充信息",
    "sign_in": "签收",
    "contact": "联系诉求人",
    "arrive": "到场",
    "report_back": "首报",
    "meet": "见面",
    "decline_meeting": "不见面",
    "ask_return": "申请退单",
    "grant_return": "同意退单",
    "refuse_return": "不同意退单",
    "dispute": "提出争议",
    "rule": "裁定",
    "ask_extension": "申请延期",
    "grant_extension": "同意延期",
    "refuse_extension": "不同意延期",
    "suspend": "挂账",
    "resume": "恢复办理",
    "tell_term": "告知法定期限",
    "complete": "办理完成",
    "review": "审核",
    "call_back": "回访",
    "feedback": "诉求人反馈",
    "ask_reopen": "申请重启",
    "reopen": "重启",
    "refuse_reopen": "不予重启",
    "propose_explained": "拟解释说明",
    "confirm_explained": "同意解释说明",
    "refuse_explained": "不同意解释说明",
    "transfer": "移送",
    "merge": "并案",
    "split": "拆分",
    "withdraw": "撤回",
    "remind": "催办",
    "supervise": "督办",
    "lift_supervision": "解除督办",
    "give_reason": "补说明理由",
    "reclassify": "更正事项",
    "admit": "准入",
    "rebase": "改用现行规则",
    "assess": "一事一考",
    "amend_assessment": "更正考核",
}
"""What a Chinese reader calls each command."""


@attrs.frozen
class Subject:
    """A table with what its picture and its part of the page are called."""

    table: Table
    name: str
    zh: str
    en: str

    @property
    def file(self) -> str:
        """Return the name of the picture."""
        return f"{self.name}-states.svg"


SUBJECTS = (
    Subject(MATTER, "matter", "事项", "Matter"),
    Subject(ASSIGNMENT, "assignment", "承办", "Assignment"),
)


@attrs.frozen
class Way:
    """From states to one state by commands, on this matter or on another one: what one arrow shows."""

    sources: tuple[str, ...]
    target: str
    commands: tuple[str, ...]
    elsewhere: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines on the arrow: one for each command, or two commands to a line where they are many."""
        each = [f"{WORDS[command]} {command or 'time'}" for command in self.commands]
        step = 1 if len(each) <= FEW else 2
        lines = ("　".join(each[place : place + step]) for place in range(0, len(each), step))
        return (*(("对另一事项 on another matter:",) if self.elsewhere else ()), *lines)


def ways(table: Table) -> tuple[Way, ...]:
    """Return the edges that change the state: one way for the same commands to the same state."""
    pairs: dict[tuple[str, str, bool], set[str]] = {}
    for edge in table.edges:
        for source in edge.sources:
            if edge.target not in {"", source}:
                pairs.setdefault((source, edge.target, edge.elsewhere), set()).update(edge.commands)
    joined: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for (source, target, elsewhere), commands in pairs.items():
        ordered = tuple(command for command in WORDS if command in commands)
        joined.setdefault((target, ordered, elsewhere), []).append(source)
    return tuple(Way(tuple(sources), *way) for way, sources in joined.items())


def panels(table: Table) -> tuple[Panel, ...]:
    """Return the ordinary way, what leads back to where it stood, and the ends that are reached from many states."""
    found = ways(table)
    into = {state: [way for way in found if way.target == state] for state in table.states}
    held = {source for way in found if way.target == BEFORE for source in way.sources} - table.ends
    only_held = {
        state for state in table.ends if into[state] and all(held.issuperset(way.sources) for way in into[state])
    }
    common = {
        state for state in table.ends if into[state] and all(len(way.sources) >= MANY for way in into[state])
    } - only_held
    aside = held | only_held | {BEFORE}
    parts = (
        ("办理主线 The ordinary way", {NEW, *table.states} - aside - common),
        ("暂离主线与恢复 Held up, and back to where it stood", aside),
        ("多种状态下均可终结 Ends that are reached from many states", common),
    )
    drawn = (panel(table, title, homes, found) for title, homes in parts)
    return tuple(each for each in drawn if each.arrows)


def panel(table: Table, title: str, homes: set[str], found: Sequence[Way]) -> Panel:
    """Return the boxes of some states and the arrows into them; states of another panel are listed in a note."""
    boxes = [state_box(table, state) for state in (NEW, *table.states) if state in homes]
    arrows = []
    for number, way in enumerate(each for each in found if each.target in homes):
        target = way.target if way.target != BEFORE else f"back {number}"
        near = tuple(source for source in way.sources if source in homes)
        far = tuple(source for source in way.sources if source not in homes)
        if far:
            note = Box(f"from {far} to {target}", "note", listed(table, far))
            boxes += [note] if note not in boxes else []
            near = (*near, note.key)
        if way.target == BEFORE:
            boxes.append(Box(target, "note", (Text("word", "回到此前的状态"), Text("id", "the state before"))))
        arrows.append(Arrow(near, target, way.lines))
    return Panel(title, tuple(boxes), tuple(arrows))


def state_box(table: Table, state: str) -> Box:
    """Return the box of a state, with its label in both languages."""
    if state == NEW:
        return Box(state, "start", (Text("name", "开始"), Text("said", "new")))
    label = table.states[state]
    said = balanced(label.en, 28) if label.en != state.replace("_", " ") else []
    lines = (Text("name", label.zh), Text("id", state), *(Text("said", line) for line in said))
    return Box(state, "end" if state in table.ends else "state", lines)


def balanced(text: str, width: int) -> list[str]:
    """Return a text in lines of about one length, none longer than *width*.

    >>> balanced("called to units of the county", 28)
    ['called to units', 'of the county']
    """
    count = len(wrap(text, width))
    return next(lines for narrow in range(1, width + 1) if len(lines := wrap(text, narrow)) == count)


def listed(table: Table, states: Sequence[str]) -> tuple[Text, ...]:
    """Return the lines of a note that lists states."""
    if set(table.states) - table.ends == set(states):
        return Text("word", "任何未终结的状态"), Text("id", "any state but an end")
    return tuple(Text("word", f"{table.states[state].zh} {state}") for state in states)


def svg(subject: Subject) -> str:
    """Return the picture of a table."""
    states = ", ".join(f"{state} ({label.zh})" for state, label in subject.table.states.items())
    legend = (
        ("state", "状态 a state"),
        ("end", "终结状态 an end"),
        ("pill", "命令 command (any one of those named)"),
        ("pill", "到时自动 time: by itself when a limit runs out"),
        ("note", "本图他处画出的状态 a state drawn elsewhere"),
    )
    return picture(f"{subject.zh}的状态 States of {article(subject)}", states, panels(subject.table), legend)


def article(subject: Subject) -> str:
    """Return the subject's name as a sentence uses it."""
    return f"{'an' if subject.name[0] in 'aeiou' else 'a'} {subject.name}"


def mermaid(table: Table) -> str:
    """Return the states as Mermaid text, one line for each pair of states."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{label.zh}<br/>{label.en}" as {state}' for state, label in table.states.items()]
    found = ways(table)
    if any(way.target == BEFORE for way in found):
        lines.append('    state "回到此前的状态<br/>the state before" as before')
    for way in found:
        words = "on another matter, " * way.elsewhere + ", ".join(command or "time" for command in way.commands)
        names = {NEW: "[*]", BEFORE: "before"}
        lines += [
            f"    {names.get(source, source)} --> {names.get(way.target, way.target)} : {words}"
            for source in way.sources
        ]
    lines += [f"    {state} --> [*]" for state in table.states if state in table.ends]
    return "\n".join(lines)


def row(*cells: str) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |"


def coded(words: Iterable[str]) -> str:
    """Return names as code, one after another."""
    return ", ".join(f"`{word}`" for word in words)


def sources_of(table: Table, edge: Edge) -> str:
    """Return the states from which an edge leads, in words where they are many."""
    if set(edge.sources) == set(table.states):
        return "any state"
    if set(edge.sources) == set(table.states) - table.ends:
        return "any state but an end"
    return coded(edge.sources)


def target_of(edge: Edge) -> str:
    """Return the state to which an edge leads."""
    if edge.target == BEFORE:
        return "the state before"
    return f"`{edge.target}`" if edge.target else "stays"


def edge_row(table: Table, edge: Edge) -> str:
    """Return an edge as a row."""
    commands = ", ".join(f"`{command}` {WORDS[command]}" if command else "time" for command in edge.commands)
    by = "on another matter: " * edge.elsewhere + commands
    return row(f"`{edge.event}`", by, sources_of(table, edge), target_of(edge), coded(edge.evidence), edge.clause)


def common_commands(table: Table, states: Iterable[str]) -> set[str]:
    """Return the commands that may be given in each of some states."""
    return set.intersection(*(set(table.commands_in(state)) for state in states))


def section(subject: Subject) -> str:
    """Return what the page says of one table."""
    table = subject.table
    always = common_commands(table, table.states)
    under_way = common_commands(table, set(table.states) - table.ends) - always
    states = [
        row(
            f"`{state}`" + ", an end" * (state in table.ends),
            label.zh,
            label.en,
            coded(command for command in table.commands_in(state) if command not in always | under_way),
        )
        for state, label in table.states.items()
    ]
    also = [
        f"In {where} also {coded(sorted(commands))}."
        for where, commands in (("every state", always), ("every state but an end", under_way))
        if commands
    ]
    picture_of = f"../assets/{subject.file}"
    edges = [edge_row(table, edge) for edge in table.edges]
    along = [edge_row(table, edge) for edge in table.along]
    blocks = (
        f"## {subject.en} {subject.zh}",
        f"[![States of {article(subject)}, as the tables below list them]({picture_of})]({picture_of})",
        f"### States of {article(subject)}",
        "\n".join([row("state", "中文", "English", "commands that may be given"), row(*["---"] * 4), *states]),
        *also,
        f"### What happens to {article(subject)}",
        "\n".join(
            [row("event", "by", "from", "to", "must bring", "clause"), row(*["---"] * 6), *edges],
        ),
        *_along(along),
        f'<details markdown="1">\n<summary>The states of {article(subject)} as Mermaid text</summary>',
        f"```text\n{mermaid(table)}\n```",
        "</details>",
    )
    return "\n\n".join(blocks)


def _along(rows: list[str]) -> Iterator[str]:
    """Yield what an event about the whole matter does to those it concerns."""
    if rows:
        yield "An event about the whole matter names no unit's duty; what it does to those that it concerns:"
        yield "\n".join([row("event", "by", "from", "to", "must bring", "clause"), row(*["---"] * 6), *rows])


def page(text: str) -> str:
    """Return the page with its generated part made anew."""
    head, mark, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    if not mark or not tail:
        raise ValueError(f"{PAGE} lacks the marks between which the tables stand")
    sections = "\n\n".join(section(subject) for subject in SUBJECTS)
    return f"{head}{BEGIN}\n\n{sections}\n\n{END}{tail}"


def files(docs: Path = DOCS) -> dict[Path, str]:
    """Return the path of each file under the documentation, and its text as the tables give it."""
    pictures = {Path("assets") / subject.file: svg(subject) for subject in SUBJECTS}
    return {**pictures, PAGE: page((docs / PAGE).read_text(encoding="utf-8"))}


def main() -> None:
    """Write the pictures and the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder of the documentation")
    docs: Path = parser.parse_args().docs
    for path, text in files(docs).items():
        (docs / path).parent.mkdir(exist_ok=True)
        (docs / path).write_text(text, encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
