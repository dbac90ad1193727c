"""Pictures of boxes and arrows as SVG: laid out in layers from top to bottom, the same bytes at every run.

An arrow leads from one or more boxes through a small pill, which bears its words, to one box. Every pill is a node of
the layout, so that no words lie on a line or on one another. All numbers are whole: no machine draws another picture.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape
from itertools import pairwise

import attrs

__all__ = ["Arrow", "Box", "Panel", "Text", "picture"]

SIZES = {"name": 16, "id": 12, "said": 12, "word": 13}
"""Size of the letters of each kind of text."""

LEADING = 5
LOOKS: Mapping[str, tuple[str, str, str, int, int]] = {
    "start": ("#ffffff", "#263238", "", 16, 12),
    "state": ("#e3f2fd", "#1565c0", "", 10, 12),
    "end": ("#37474f", "#37474f", "", 10, 12),
    "note": ("#ffffff", "#78909c", "5 4", 4, 9),
    "pill": ("#fff8e1", "#d7a94b", "", 11, 9),
}
"""Filling, outline, dashes, rounding and inner margin of each kind of box."""

INKS = {"name": "#0d2137", "id": "#1565c0", "said": "#455a64", "word": "#4e342e"}
FONTS = (
    "font-family: 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', 'Helvetica Neue', Arial, "
    "sans-serif"
)
LINE = "#546e7a"
MARGIN, APART, BESIDE = 24, 22, 36
WIDE = 880
GAP, STUB = 20, 11
"""The least height between two layers, and the straight end of a line where its point sits."""
TITLE = 46
NEARLY = 10
"""A line from or to a state that would run no further aside than this runs straight."""

SWEEPS = 24
STARTS = 12


@attrs.frozen
class Text:
    """One line of a box: what it says, and which kind of text it is (a key of `SIZES`)."""

    kind: str
    words: str

    @property
    def width(self) -> int:
        """Return about how wide it is drawn."""
        return sum(100 if ord(letter) > 0x2E7F else 58 for letter in self.words) * SIZES[self.kind] // 100


@attrs.frozen
class Box:
    """A box of a kind of `LOOKS`, with its lines."""

    key: str
    kind: str
    lines: tuple[Text, ...]

    @property
    def width(self) -> int:
        """Return how wide it is: an even number, so that its middle is whole."""
        return -(-max((line.width for line in self.lines), default=0) // 2) * 2 + 2 * LOOKS[self.kind][4]

    @property
    def height(self) -> int:
        """Return how high it is."""
        return sum(SIZES[line.kind] + LEADING for line in self.lines) + LOOKS[self.kind][4]


@attrs.frozen
class Arrow:
    """From boxes, through a pill with words, to a box."""

    sources: tuple[str, ...]
    target: str
    words: tuple[str, ...]


@attrs.frozen
class Panel:
    """A part of the picture under a heading of its own; every arrow's ends are boxes of the panel."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@attrs.frozen
class _Link:
    """A piece of an arrow between two nodes of neighbouring layers, the upper one first."""

    upper: str
    lower: str
    tip: str = ""
    """Where the point is: ``upper``, ``lower``, or nowhere."""


@attrs.define
class _Layout:
    """Boxes, pills and the bends of long lines, with their places."""

    boxes: dict[str, Box]
    rows: list[list[str]]
    links: list[_Link]
    middle: dict[str, int] = attrs.field(factory=dict)
    top: dict[int, int] = attrs.field(factory=dict)

    def width_of(self, key: str) -> int:
        return self.boxes[key].width if key in self.boxes else 2

    def apart(self, left: str, right: str) -> int:
        return (self.width_of(left) + self.width_of(right)) // 2 + APART

    def row_height(self, row: int) -> int:
        return max((self.boxes[key].height for key in self.rows[row] if key in self.boxes), default=0)

    def neighbours(self, *, above: bool) -> dict[str, list[str]]:
        """Return what each node is linked to in the row above, or below."""
        found: dict[str, list[str]] = {key: [] for row in self.rows for key in row}
        for link in self.links:
            here, there = (link.lower, link.upper) if above else (link.upper, link.lower)
            found[here].append(there)
        return found

    @property
    def width(self) -> int:
        return max(self.middle[row[-1]] + self.width_of(row[-1]) // 2 for row in self.rows)

    @property
    def height(self) -> int:
        last = len(self.rows) - 1
        return self.top[last] + self.row_height(last)


def _backward(arrows: Iterable[Arrow], keys: Sequence[str]) -> set[tuple[str, str]]:
    """Return the pairs of boxes that close a ring, as a walk from the first box finds them."""
    leads: dict[str, list[str]] = {key: [] for key in keys}
    for arrow in arrows:
        for source in arrow.sources:
            leads[source].append(arrow.target)
    back: set[tuple[str, str]] = set()
    done: set[str] = set()

    def walk(key: str, path: tuple[str, ...]) -> None:
        done.add(key)
        for target in leads[key]:
            if target in (*path, key):
                back.add((key, target))
            elif target not in done:
                walk(target, (*path, key))

    for key in keys:
        if key not in done:
            walk(key, ())
    return back


def _with_pills(panel: Panel) -> tuple[dict[str, Box], list[_Link]]:
    """Return boxes and pills, and the links between them, each downward."""
    back = _backward(panel.arrows, [box.key for box in panel.boxes])
    boxes = {box.key: box for box in panel.boxes}
    links: list[_Link] = []
    for number, arrow in enumerate(panel.arrows):
        down = tuple(source for source in arrow.sources if (source, arrow.target) not in back)
        up = [source for source in arrow.sources if source not in down]
        lines = tuple(Text("word", words) for words in arrow.words)
        for part, sources in enumerate([down, *((source,) for source in up)]):
            pill = f"pill {number} {part}"
            if sources:
                boxes[pill] = Box(pill, "pill", lines)
            if sources == down:
                links += [_Link(source, pill) for source in sources]
                links += [_Link(pill, arrow.target, "lower")] * bool(sources)
            else:
                links += [_Link(arrow.target, pill, "upper"), _Link(pill, sources[0])]
    return boxes, links


def _depths(keys: Iterable[str], links: Sequence[_Link]) -> dict[str, int]:
    """Return the layer of each node: one below the lowest that leads to it."""
    above: dict[str, list[str]] = {key: [] for key in keys}
    for link in links:
        above[link.lower].append(link.upper)
    depths: dict[str, int] = {}

    def depth(key: str) -> int:
        if key not in depths:
            depths[key] = 1 + max((depth(each) for each in above[key]), default=-1)
        return depths[key]

    for key in above:
        depth(key)
    return depths


def _layered(boxes: dict[str, Box], links: Sequence[_Link]) -> _Layout:
    """Return the nodes in their layers; a link past a layer gets a bend in it."""
    depths = _depths(boxes, links)
    rows: list[list[str]] = [[] for _ in range(max(depths.values()) + 1)]
    for key, depth in depths.items():
        rows[depth].append(key)
    short: list[_Link] = []
    for number, link in enumerate(links):
        chain = [link.upper]
        for depth in range(depths[link.upper] + 1, depths[link.lower]):
            chain.append(f"bend {number} {depth}")
            rows[depth].append(chain[-1])
        chain.append(link.lower)
        tips = {"upper": 0, "lower": len(chain) - 2}
        for place, (upper, lower) in enumerate(pairwise(chain)):
            short.append(_Link(upper, lower, link.tip if tips.get(link.tip) == place else ""))
    return _Layout(boxes, rows, short)


def _crossings(layout: _Layout) -> int:
    """Return how often links cross."""
    place = {key: number for row in layout.rows for number, key in enumerate(row)}
    below = layout.neighbours(above=False)
    count = 0
    for row in layout.rows:
        ends = [(place[key], place[each]) for key in row for each in below[key]]
        count += sum(a < c and b > d for a, b in ends for c, d in ends)
    return count


def _order(layout: _Layout) -> None:
    """Order each layer so that few links cross: the best of several starts, each with its layers turned otherwise."""
    first = [list(row) for row in layout.rows]
    found = []
    for start in range(STARTS):
        turns = [start * (number + 1) % len(row) for number, row in enumerate(first)]
        layout.rows = [row[turn:] + row[:turn] for row, turn in zip(first, turns, strict=True)]
        for sweep in range(SWEEPS):
            _sort_by_neighbours(layout, above=sweep % 2 == 0)
        found.append((_exchange(layout), start, layout.rows))
    layout.rows = min(found)[2]


def _sort_by_neighbours(layout: _Layout, *, above: bool) -> None:
    """Sort each layer by the mean place of the neighbours on one side."""
    near = layout.neighbours(above=above)
    for row in layout.rows if above else reversed(layout.rows):
        place = {key: where for each in layout.rows for where, key in enumerate(each)}
        wanted = {
            key: Fraction(sum(place[each] for each in near[key]), len(near[key])) if near[key] else place[key]
            for key in row
        }
        row.sort(key=wanted.__getitem__)


def _exchange(layout: _Layout) -> int:
    """Exchange neighbours as long as that saves crossings; return how many are left."""
    best = _crossings(layout)
    better = True
    while better:
        better = False
        for row in layout.rows:
            for place in range(len(row) - 1):
                row[place : place + 2] = row[place + 1], row[place]
                count = _crossings(layout)
                if count < best:
                    best, better = count, True
                else:
                    row[place : place + 2] = row[place + 1], row[place]
    return best


def _spread(layout: _Layout, row: Sequence[str], wanted: Mapping[str, tuple[int, int]]) -> None:
    """Place one layer: each node as near to where it is wanted as its neighbours let it, in order (least squares)."""
    offsets = [0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + layout.apart(left, right))
    blocks: list[tuple[int, int, int]] = []
    for key, offset in zip(row, offsets, strict=True):
        place, weight = wanted[key]
        total, size, count = (place - offset) * weight, weight, 1
        while blocks and blocks[-1][0] * size >= total * blocks[-1][1]:
            before = blocks.pop()
            total, size, count = total + before[0], size + before[1], count + before[2]
        blocks.append((total, size, count))
    places = [total // size for total, size, count in blocks for _ in range(count)]
    for key, place, offset in zip(row, places, offsets, strict=True):
        layout.middle[key] = place + offset


def _place(layout: _Layout) -> None:
    """Give each node its place: lines straight where they can be, long ones first."""
    for row in layout.rows:
        _spread(layout, row, dict.fromkeys(row, (0, 1)))
    both = {above: layout.neighbours(above=above) for above in (True, False)}
    for sweep in range(SWEEPS * 2):
        above = sweep % 2 == 0
        for row in layout.rows if above else reversed(layout.rows):
            wanted = {}
            for key in row:
                near = both[above][key] + (both[not above][key] if sweep > SWEEPS else [])
                weights = [_stiffness(layout, key, each) for each in near]
                total = sum(layout.middle[each] * weight for each, weight in zip(near, weights, strict=True))
                wanted[key] = (total // sum(weights), sum(weights)) if near else (layout.middle[key], 1)
            _spread(layout, row, wanted)
    _straighten(layout)
    left = min(layout.middle[row[0]] - layout.width_of(row[0]) // 2 for row in layout.rows)
    layout.middle = {key: place - left for key, place in layout.middle.items()}
    top = 0
    for number in range(len(layout.rows)):
        layout.top[number] = top
        top += layout.row_height(number) + _gap(layout, number)


def _straighten(layout: _Layout) -> None:
    """Put the bends of each long line, and its pill, below one another where their neighbours leave room."""
    up, down = (layout.neighbours(above=above) for above in (True, False))
    free = {key for row in layout.rows for key in row if not _is_state(layout, key)}
    chains: dict[str, list[str]] = {}
    for row in layout.rows:
        for key in row:
            above = up[key][0] if len(up[key]) == 1 and up[key][0] in free & chains.keys() else ""
            if key in free:
                chains[key] = chains[above] if above and down[above] == [key] else []
                chains[key].append(key)
    beside = {key: (row, place) for row in layout.rows for place, key in enumerate(row)}
    for chain in chains.values():
        least, most = [], []
        for key in chain:
            row, place = beside[key]
            least += [layout.middle[row[place - 1]] + layout.apart(row[place - 1], key)] if place else []
            most += [layout.middle[each] - layout.apart(key, each) for each in row[place + 1 : place + 2]]
        wanted = sorted(layout.middle[key] for key in chain)[len(chain) // 2]
        straight = min([max([wanted, *least]), *most])
        if straight >= max(least, default=straight):
            layout.middle.update(dict.fromkeys(chain, straight))


def _gap(layout: _Layout, number: int) -> int:
    """Return the height between a layer and the next: more where lines run far to the side."""
    row = set(layout.rows[number])
    aside = [abs(layout.middle[link.upper] - layout.middle[link.lower]) for link in layout.links if link.upper in row]
    return GAP + STUB + min(max(aside, default=0) // 9, 34)


def _stiffness(layout: _Layout, one: str, other: str) -> int:
    bends = (one not in layout.boxes) + (other not in layout.boxes)
    return (1, 3, 8)[bends]


def _split(panel: Panel) -> list[Panel]:
    """Return the parts of a panel that no arrow joins, in the order of their first box."""
    leader = {box.key: box.key for box in panel.boxes}
    for arrow in panel.arrows:
        joined = {leader[key] for key in (*arrow.sources, arrow.target)}
        first = next(key for key in leader if leader[key] in joined)
        leader.update({key: leader[first] for key, whose in leader.items() if whose in joined})
    return [
        Panel(
            "",
            tuple(box for box in panel.boxes if leader[box.key] == whose),
            tuple(arrow for arrow in panel.arrows if leader[arrow.target] == whose),
        )
        for whose in dict.fromkeys(leader.values())
    ]


def _lay_out(panel: Panel) -> _Layout:
    boxes, links = _with_pills(panel)
    layout = _layered(boxes, links)
    _order(layout)
    _place(layout)
    return layout


def _ports(layout: _Layout, links: Sequence[_Link]) -> dict[tuple[int, bool], int]:
    """Return where on its node each link begins (True: the node above it) and ends, side by side."""
    found: dict[tuple[int, bool], int] = {}
    for upper in (True, False):
        sides: dict[str, list[int]] = {}
        for number, link in enumerate(links):
            sides.setdefault(link.upper if upper else link.lower, []).append(number)
        for key, numbers in sides.items():
            numbers.sort(key=lambda number: layout.middle[links[number].lower if upper else links[number].upper])
            room = (layout.width_of(key) - 30) // max(len(numbers) - 1, 1)
            step = min(34, room) if _is_state(layout, key) else 0
            for place, number in enumerate(numbers):
                found[number, upper] = layout.middle[key] + (2 * place - len(numbers) + 1) * step // 2
    return found


def _draw_link(layout: _Layout, link: _Link, ends: tuple[int, int], row: int, at: tuple[int, int]) -> str:
    """Draw one link: straight to the lower edge of its layer, in a curve to the next, straight to its end."""
    (left, top), (begin, end) = at, ends
    height, below = layout.row_height(row), layout.top[row + 1]
    start = top + layout.top[row]
    if link.upper in layout.boxes:
        start += (height + layout.boxes[link.upper].height) // 2
    stop = top + below
    if link.lower in layout.boxes:
        stop += (layout.row_height(row + 1) - layout.boxes[link.lower].height) // 2
    bottom = top + layout.top[row] + height + STUB * (link.tip == "upper")
    below += top - STUB * (link.tip == "lower")
    if abs(begin - end) <= NEARLY and _is_state(layout, link.upper):
        begin = end
    elif abs(begin - end) <= NEARLY and _is_state(layout, link.lower):
        end = begin
    x, y, z = left + begin, left + end, (bottom + below) // 2
    mark = {"lower": ' marker-end="url(#tip)"', "upper": ' marker-start="url(#tip)"'}.get(link.tip, "")
    return f'<path d="M{x} {start}V{bottom}C{x} {z} {y} {z} {y} {below}V{stop}"{mark}/>'


def _is_state(layout: _Layout, key: str) -> bool:
    return key in layout.boxes and layout.boxes[key].kind != "pill"


def _draw_box(box: Box, middle: int, top: int) -> list[str]:
    fill, outline, dashes, rounding, margin = LOOKS[box.kind]
    left = middle - box.width // 2
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    place = f'x="{left}" y="{top}" width="{box.width}" height="{box.height}" rx="{rounding}"'
    drawn = [f'<rect {place} fill="{fill}" stroke="{outline}"{dashed}/>']
    y = top + margin // 2
    for line in box.lines:
        y += SIZES[line.kind] + LEADING
        style = f"{line.kind} light" if box.kind == "end" else line.kind
        drawn.append(f'<text class="{style}" x="{middle}" y="{y - LEADING}">{escape(line.words)}</text>')
    return drawn


def _draw(layout: _Layout, left: int, top: int) -> list[str]:
    """Draw a laid-out part at a place: lines first, boxes over them."""
    ports = _ports(layout, layout.links)
    row_of = {key: number for number, row in enumerate(layout.rows) for key in row}
    drawn = ['<g class="line">']
    for number, link in enumerate(layout.links):
        ends = ports[number, True], ports[number, False]
        drawn.append(_draw_link(layout, link, ends, row_of[link.upper], (left, top)))
    drawn.append("</g>")
    for key, box in layout.boxes.items():
        row = row_of[key]
        y = top + layout.top[row] + (layout.row_height(row) - box.height) // 2
        drawn += _draw_box(box, left + layout.middle[key], y)
    return drawn


def _in_lines(parts: Sequence[_Layout], width: int) -> list[list[_Layout]]:
    """Return the parts side by side, as many on a line as the width takes."""
    lines: list[list[_Layout]] = []
    for part in parts:
        used = sum(each.width + BESIDE for each in lines[-1]) if lines else width
        if lines and used + part.width <= width:
            lines[-1].append(part)
        else:
            lines.append([part])
    return lines


def picture(title: str, description: str, panels: Sequence[Panel], legend: Sequence[tuple[str, str]]) -> str:
    """Return an SVG with the panels below one another, and a legend of what each kind of box means."""
    laid = [[_lay_out(part) for part in _split(panel)] for panel in panels]
    width = max(WIDE, *(part.width for parts in laid for part in parts))
    top, drawn = MARGIN, list[str]()
    for panel, parts in zip(panels, laid, strict=True):
        drawn.append(f'<text class="title" x="{MARGIN}" y="{top + 18}">{escape(panel.title)}</text>')
        drawn.append(f'<path class="rule" d="M{MARGIN} {top + 28}H{MARGIN + width}"/>')
        top += TITLE
        for line in _in_lines(parts, width):
            used = sum(each.width for each in line)
            between = (width - used) // (len(line) + 1)
            left = MARGIN + between
            for layout in line:
                drawn += _draw(layout, left, top)
                left += layout.width + between
            top += max(each.height for each in line) + MARGIN
        top += MARGIN // 2
    drawn.append(f'<path class="rule" d="M{MARGIN} {top}H{MARGIN + width}"/>')
    top += MARGIN // 2
    left = MARGIN
    for kind, words in legend:
        box = Box(kind, kind, (Text("said", words),))
        if left > MARGIN and left + box.width > MARGIN + width:
            left, top = MARGIN, top + box.height + 10
        drawn += _draw_box(box, left + box.width // 2, top)
        left += box.width + 14
    top += 34 + MARGIN // 2
    return "\n".join([*_head(title, description, width + 2 * MARGIN, top), *drawn, "</svg>\n"])


def _head(title: str, description: str, width: int, height: int) -> list[str]:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    styles = [f".{kind} {{ font-size: {high}px; fill: {INKS[kind]} }}" for kind, high in SIZES.items()]
    tip = 'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title about">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="about">{escape(description)}</desc>',
        "<style>",
        f"text {{ {FONTS}; text-anchor: middle }}",
        *styles,
        ".name { font-weight: bold }",
        ".light { fill: #ffffff }",
        ".title { text-anchor: start; font-size: 17px; font-weight: bold; fill: #263238 }",
        ".rule { stroke: #b0bec5; fill: none }",
        f".line path {{ fill: none; stroke: {LINE}; stroke-width: 1.6 }}",
        "</style>",
        f'<defs><marker id="tip" {tip}><path d="M0 0L10 5L0 10z" fill="{LINE}" stroke="none"/></marker></defs>',
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>',
    ]
