"""Questions about a national organisation: gridgov beside a plain dict of parents and beside networkx.

Run it as ``python benchmarks/organisation.py``; it needs the list of China's statistical divisions
(``china_divisions_2021.csv.gz``, 662,853 rows: code, name, level, parent) in the folder that the environment
variable ``GRIDGOV_DATA`` names, by default ``../shared/data`` beside the project. All sides work in one process on
the same rows in memory; the garbage collector runs as always and is emptied before each timing; each figure is the
median of several rounds taken in turn, in processor time; and every answer is compared before anything is timed.
Beside networkx's own ``ancestors`` stands the quickest walk its interface allows: one ``next`` on ``predecessors``
for each step.
"""

import csv
import gc
import gzip
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
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
ROOT = "0"
COUNTY = "370124"
ROUNDS = 5
BUILDS = 3
QUERIES = 50_000
SHORTEST = 0.5

Row = tuple[str, str, str, str]


def read(year: int) -> list[Row]:
    """Return the rows of a year under one root, which the list itself lacks."""
    path = FOLDER / f"china_divisions_{year}.csv.gz"
    if not path.is_file():
        print(f"skipped: the list of divisions is not here: {path}")
        sys.exit(0)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        listed = [(row["code"], row["name"], row["level"], row["parent"] or ROOT) for row in csv.DictReader(file)]
    return [(ROOT, "中国", "country", ""), *listed]


def levels() -> list[Level]:
    """Return the six levels, each under the one before."""
    above: list[dict[str, list[str]]] = [{}, *({"territory": [rank]} for rank in RANKS)]
    return [
        Level(id=rank, label=Label(en=rank), parents=parents, code_digits=digits)
        for rank, parents, digits in zip(RANKS, above, DIGITS, strict=False)
    ]


def load(rows: Sequence[Row], day: date) -> Structure:
    """Load, check and index."""
    ids, names, ranks, parents = ([row[at] for row in rows] for at in range(4))
    line = Line("territory", Label(en="territory"))
    organization = Organization.from_columns(
        line, levels(), ids=ids, names=names, unit_levels=ranks, parents=parents, period=Period(day)
    )
    return organization.at(day)


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
    """Return the median processor time of each side, timed in turn; what is short is repeated within a round."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, times in zip(sides, taken, strict=True):
            gc.collect()
            begin, passes = time.process_time(), 0
            while (spent := time.process_time() - begin) < SHORTEST:
                kept = side()
                passes += 1
            times.append(spent / passes)
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


def at_most(what: str, peer: str, ours: float, theirs: float, goal: float) -> None:
    """Print what gridgov takes as a share of what the peer takes."""
    print(f"{what:<36} {peer:<22} {ours / theirs:>8.2f}  at most {goal:<5} {_met(ours <= goal * theirs)}")


def faster(what: str, peer: str, ours: float, theirs: float, goal: float) -> None:
    """Print how many times faster gridgov is than the peer."""
    print(f"{what:<36} {peer:<22} {theirs / ours:>7.0f}×  at least {goal:<4} {_met(theirs >= goal * ours)}")


def _met(met: object) -> str:
    return "yes" if met else "NO"


def compare_inside(where: str, structure: Structure, graph: "nx.DiGraph[str]", asked: Mapping[str, list[str]]) -> None:
    """Compare the question which units are inside another, one by one and many at once."""
    assert [structure.are_inside(units, of) for of, units in asked.items()] == [
        [climb_networkx(graph, unit, of) for unit in units] for of, units in asked.items()
    ]
    inside, many = structure.is_inside, structure.are_inside
    single, batch, theirs, walk = seconds(
        lambda: [inside(unit, of) for of, units in asked.items() for unit in units],
        lambda: [many(units, of) for of, units in asked.items()],
        lambda: [unit == of or of in nx.ancestors(graph, unit) for of, units in asked.items() for unit in units],
        lambda: [climb_networkx(graph, unit, of) for of, units in asked.items() for unit in units],
    )
    faster(f"is inside, {where}", "nx.ancestors", single, theirs, 8)
    faster(f"are inside, {where}", "nx.ancestors", batch, theirs, 8)
    print(f"{'':<36} {'walk by predecessors':<22} {walk / single:>7.0f}×, many at once {walk / batch:.0f}×")


def compare_chains(where: str, structure: Structure, parents: dict[str, str], codes: Sequence[str]) -> None:
    """Compare the chain from a unit to the root."""
    assert [[unit.id for unit in structure.chain(code)] for code in codes] == [climb(parents, code) for code in codes]
    chain = structure.chain
    ours, theirs = seconds(lambda: [chain(code) for code in codes], lambda: [climb(parents, code) for code in codes])
    at_most(f"chain to the root, {where}", "dict of parents", ours, theirs, 1.5)


def compare_counts(where: str, structure: Structure, graph: "nx.DiGraph[str]", codes: Sequence[str]) -> None:
    """Compare the number of units below."""
    assert [structure.count_below(code) for code in codes] == [len(nx.descendants(graph, code)) for code in codes]
    count = structure.count_below
    ours, theirs = seconds(
        lambda: [count(code) for code in codes], lambda: [len(nx.descendants(graph, code)) for code in codes]
    )
    faster(f"how many below {where}", "nx.descendants", ours, theirs, 300)


def main() -> None:
    """Measure and print."""
    rows, day = read(2021), date(2021, 10, 31)
    choice = random.Random(20210210)
    print(f"{len(rows):,} units; medians of {ROUNDS} rounds, {BUILDS} of loading\n")
    at_most("memory", "networkx DiGraph", held(lambda: load(rows, day)), held(lambda: load_networkx(rows)), 0.5)
    ours, theirs = seconds(lambda: load(rows, day), lambda: load_networkx(rows), rounds=BUILDS)
    at_most("load, check, index", "networkx DiGraph", ours, theirs, 1)

    structure, graph = load(rows, day), load_networkx(rows)
    parents = {code: parent for code, _, _, parent in rows}
    country = [code for code, _, _, _ in rows]
    inner = [code for code in country if len(code) < 12]
    county = [COUNTY, *(unit.id for unit in structure.below(COUNTY))]
    for where, codes in (("one county", county), ("the country", country)):
        asked = [choice.choice(codes) for _ in range(QUERIES)]
        compare_chains(where, structure, parents, asked)
        tops = choice.sample([code for code in codes if len(code) < 12], 9)
        compare_inside(where, structure, graph, {top: asked[at::9] for at, top in enumerate(tops)})
    for where, codes in (("a county", [code for code in inner if len(code) == 6]), ("a unit above villages", inner)):
        compare_counts(where, structure, graph, codes)

    later = load(read(2023), date(2023, 6, 30))
    change = diff(structure, later)
    figures = ", ".join(f"{len(getattr(change, what)):,} {what}" for what in ("added", "removed", "renamed", "moved"))
    print(f"\nfrom the list of 2021 to that of 2023: {figures}")


if __name__ == "__main__":
    main()
