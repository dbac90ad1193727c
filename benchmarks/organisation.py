"""Questions about a national organisation: gridgov beside a plain dict of parents and beside networkx.

Run it as ``python benchmarks/organisation.py``; it needs the list of China's statistical divisions
(``china_divisions_2021.csv.gz``, 662,853 rows: code, name, level, parent) in the folder that the environment
variable ``GRIDGOV_DATA`` names, by default ``../shared/data`` beside the project. All sides work in one process on
the same rows in memory, the garbage collector runs as always and is emptied before each timing, each figure is the
median of several rounds taken in turn, and every answer is compared before anything is timed.
"""

import csv
import gc
import gzip
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import networkx as nx

from gridgov.hierarchy import Level, Line, Organization, Structure, diff
from gridgov.values import Label, Period

FOLDER = Path(os.environ.get("GRIDGOV_DATA", Path(__file__).resolve().parent.parent.parent / "shared" / "data"))
RANKS = ("country", "province", "city", "county", "township", "village")
DIGITS = (None, 2, 4, 6, 9, 12)
ROUNDS = 5
BUILDS = 3
QUERIES = 50_000
FAR_QUERIES = 200

Row = tuple[str, str, str, str]


def read(year: int) -> list[Row]:
    """Return the rows of a year under one root, which the list itself lacks."""
    path = FOLDER / f"china_divisions_{year}.csv.gz"
    if not path.is_file():
        sys.exit(f"skipped: the list of divisions is not here: {path}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        listed = [(row["code"], row["name"], row["level"], row["parent"] or "cn") for row in csv.DictReader(file)]
    return [("cn", "中国", "country", ""), *listed]


def levels() -> list[Level]:
    """Return the six levels, each under the one before."""
    above = [{}, *({"territory": [rank]} for rank in RANKS)]
    return [
        Level(id=rank, label=Label(en=rank), parents=parents, code_digits=digits)
        for rank, parents, digits in zip(RANKS, above, DIGITS, strict=False)
    ]


def load(rows: Sequence[Row], day: date) -> Structure:
    """Load, check and index."""
    ids, names, ranks, parents = zip(*rows, strict=True)
    line = Line("territory", Label(en="territory"))
    columns = {"ids": ids, "names": names, "unit_levels": ranks, "parents": parents, "period": Period(day)}
    return Organization.from_columns(line, levels(), **columns).at(day)


def load_networkx(rows: Sequence[Row]) -> "nx.DiGraph[str]":
    """Build the graph, unchecked."""
    graph = nx.DiGraph()
    for code, name, level, parent in rows:
        graph.add_node(code, name=name, level=level)
        if parent:
            graph.add_edge(parent, code)
    return graph


def climb(parents: dict[str, str], code: str) -> list[str]:
    """Walk a plain dict to the root."""
    chain = [code]
    while code := parents[code]:
        chain.append(code)
    return chain


def climb_networkx(graph: "nx.DiGraph[str]", code: str, of: str) -> bool:
    """Walk by predecessors until a unit or the root is met."""
    while code != of:
        above = next(graph.predecessors(code), None)
        if above is None:
            return False
        code = above
    return True


def seconds(*sides: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Return the median time of each side, timed in turn."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, times in zip(sides, taken, strict=True):
            gc.collect()
            begin = time.perf_counter()
            kept = side()
            times.append(time.perf_counter() - begin)
            del kept
    return [median(times) for times in taken]


def held(side: Callable[[], Any]) -> int:
    """Return the bytes that the result of a call holds beyond the rows themselves."""
    gc.collect()
    tracemalloc.start()
    kept = side()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


def show(what: str, peer: str, ratio: float, goal: str, *, met: bool) -> None:
    """Print one line of the table."""
    print(f"{what:<24} {peer:<24} {ratio:>9.2f}  {goal:<9} {'yes' if met else 'NO'}")


def main() -> None:
    """Measure and print."""
    rows, day = read(2021), date(2021, 10, 31)
    choice = random.Random(20210210)
    codes = [row[0] for row in rows]
    inner = [row[0] for row in rows if row[2] in {"province", "city", "county", "township"}]
    asked = [choice.choice(codes) for _ in range(QUERIES)]
    pairs = [(choice.choice(codes), choice.choice(inner)) for _ in range(QUERIES // 2)]
    pairs += [(code, code[: choice.choice((2, 4, 6, 9))]) for code in asked if len(code) == 12][: QUERIES // 2]
    tops = [choice.choice(inner) for _ in range(FAR_QUERIES)]

    print(f"{len(rows):,} units; medians of {ROUNDS} rounds, {BUILDS} for loading\n")
    print(f"{'question':<24} {'beside':<24} {'ratio':>9}  {'goal':<9} met")
    ours, theirs = held(lambda: load(rows, day)), held(lambda: load_networkx(rows))
    show("memory", "networkx DiGraph", ours / theirs, "<= 0.5", met=ours <= 0.5 * theirs)
    ours, theirs = seconds(lambda: load(rows, day), lambda: load_networkx(rows), rounds=BUILDS)
    show("load, check, index", "networkx DiGraph", ours / theirs, "<= 1", met=ours <= theirs)

    structure, graph = load(rows, day), load_networkx(rows)
    parents = {code: parent for code, _, _, parent in rows}
    assert [[unit.id for unit in structure.chain(code)] for code in asked] == [climb(parents, c) for c in asked]
    assert [structure.is_inside(*pair) for pair in pairs] == [climb_networkx(graph, *pair) for pair in pairs]
    assert [structure.count_below(top) for top in tops] == [len(nx.descendants(graph, top)) for top in tops]

    ours, theirs = seconds(lambda: [structure.chain(c) for c in asked], lambda: [climb(parents, c) for c in asked])
    show("chain to the root", "dict of parents", ours / theirs, "<= 1.5", met=ours <= 1.5 * theirs)
    ours, theirs = seconds(
        lambda: [structure.is_inside(*pair) for pair in pairs], lambda: [climb_networkx(graph, *pair) for pair in pairs]
    )
    show("is inside, times faster", "networkx walk", theirs / ours, ">= 8", met=theirs >= 8 * ours)
    ours, theirs = seconds(
        lambda: [structure.count_below(top) for top in tops], lambda: [len(nx.descendants(graph, top)) for top in tops]
    )
    show("count below, times faster", "len(nx.descendants)", theirs / ours, ">= 300", met=theirs >= 300 * ours)
    del graph, parents

    later = load(read(2023), date(2023, 6, 30))
    begin = time.perf_counter()
    change = diff(structure, later)
    figures = ", ".join(f"{len(getattr(change, what))} {what}" for what in ("added", "removed", "renamed", "moved"))
    print(f"\n2021 to 2023: {figures} ({time.perf_counter() - begin:.1f} s)")


if __name__ == "__main__":
    main()
