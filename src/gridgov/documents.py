"""Documents: headings, paragraphs and tables, written as Markdown or as one self-contained HTML page.

Every text is escaped for its target: names come from packs and files, and may hold markup.
"""

import html
import re
from collections.abc import Iterable
from typing import TypeAlias

import attrs

from gridgov.values import Shown

__all__ = ["Block", "Bullets", "Document", "Heading", "Paragraph", "Table", "to_html", "to_markdown"]


@attrs.frozen
class Heading(Shown):
    """The title of a section."""

    text: str


@attrs.frozen
class Paragraph(Shown):
    """Running text; ``small`` for notes."""

    text: str
    small: bool = False


@attrs.frozen
class Bullets(Shown):
    """A list of points, in order."""

    points: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Table(Shown):
    """Rows under a header; columns in ``numbers`` (counted from 0) are set to the right."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


Block: TypeAlias = Heading | Paragraph | Bullets | Table


@attrs.frozen(kw_only=True)
class Document(Shown):
    """A title, a line under it, and blocks; ``language`` is the BCP 47 tag of its text."""

    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]


_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&!#@]|:(?=//)|(?<=www)\.|^(?:[+=-]|[0-9]+[.)](?= |$))")


def _md(text: str) -> str:
    """Return *text* as Markdown that shows it: signs of markup escaped, and those that open a block."""
    return _MARKDOWN.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", " ".join(text.split()))


def to_markdown(document: Document) -> str:
    """Return *document* as Markdown (CommonMark with tables), ending in a line end."""
    lines = [f"# {_md(document.title)}", "", _md(document.subtitle), ""]
    for block in document.blocks:
        lines.extend(_markdown_lines(block))
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_lines(block: Block) -> Iterable[str]:
    match block:
        case Heading():
            yield f"## {_md(block.text)}"
        case Paragraph():
            yield _md(block.text)
        case Bullets():
            for point in block.points:
                yield f"- {_md(point)}"
        case _:
            yield f"**{_md(block.caption)}**"
            yield ""
            yield _markdown_row(_md(cell) for cell in block.header)
            yield _markdown_row("---:" if n in block.numbers else "---" for n in range(len(block.header)))
            for row in block.rows:
                yield _markdown_row(_md(cell) for cell in row)


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif;
  color: #1d1d1f; background: #f4f4f2; margin: 0; }
main { max-width: 72rem; margin: 2rem auto; padding: 2.5rem 3rem; background: #fff; box-shadow: 0 1px 6px #0002; }
h1 { font-size: 1.7rem; line-height: 1.3; text-align: center; margin: 0 0 .3rem; color: #a61b1b; }
h1 + p { text-align: center; color: #555; margin: 0 0 1.5rem; padding-bottom: 1rem; border-bottom: 2px solid #a61b1b; }
h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; }
p.small, ul { font-size: .9rem; } p.small { color: #555; }
div.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #d8d8d4; padding: .35rem .6rem; text-align: left; vertical-align: top; }
thead th { background: #f0efec; } tbody tr:nth-child(even) { background: #fafaf8; }
td:not(.number) { min-width: 6rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print { body { background: #fff; } main { box-shadow: none; margin: 0; padding: 0; max-width: none; } }
@media (max-width: 40rem) { main { margin: 0; padding: 1rem; } }
"""


def to_html(document: Document) -> str:
    """Return *document* as one HTML page that needs no other file, no script and no network."""
    body = "\n".join(_html_block(block) for block in document.blocks)
    title = html.escape(document.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f"<p>{html.escape(document.subtitle)}</p>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html_block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h2>{html.escape(block.text)}</h2>"
        case Paragraph():
            return f"<p{_class('small', given=block.small)}>{html.escape(block.text)}</p>"
        case Bullets():
            return "<ul>" + "".join(f"<li>{html.escape(point)}</li>" for point in block.points) + "</ul>"
        case _:
            return _html_table(block)


def _html_table(table: Table) -> str:
    head = _html_row("th", table.header, table.numbers)
    rows = "\n".join(_html_row("td", row, table.numbers) for row in table.rows)
    caption = html.escape(table.caption)
    return (
        f'<div class="scroll"><table>\n<caption>{caption}</caption>\n<thead>\n{head}\n</thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _html_row(tag: str, cells: Iterable[str], numbers: frozenset[int]) -> str:
    shown = (
        f"<{tag}{_class('number', given=n in numbers)}>{html.escape(cell)}</{tag}>" for n, cell in enumerate(cells)
    )
    return f"<tr>{''.join(shown)}</tr>"


def _class(name: str, *, given: bool) -> str:
    return f' class="{name}"' if given else ""
