"""A line as a graph of the field's own library, as node-link data, and as a picture."""

from typing import Any

from gridgov.errors import LimitError
from gridgov.hierarchy.model import Unit
from gridgov.hierarchy.tree import Tree

__all__ = ["graph", "mermaid", "node_link"]


def _attributes(unit: Unit) -> dict[str, str]:
    return {"name": unit.name, "level": unit.level}


def graph(tree: Tree) -> Any:
    """Return a frozen `networkx.DiGraph` whose edges lead from each unit to those below it."""
    import networkx as nx  # costs more to import than all of gridgov; few callers need it

    found = nx.DiGraph(line=tree.line)
    found.add_nodes_from((unit.id, _attributes(unit)) for unit in tree.units())
    found.add_edges_from(_edges(tree))
    return nx.freeze(found)


def _edges(tree: Tree) -> list[tuple[str, str]]:
    ids = [unit.id for unit in tree.units()]
    return [(ids[parent], ids[place]) for place, parent in enumerate(tree.parent) if parent >= 0]


def node_link(tree: Tree) -> dict[str, Any]:
    """Return what ``networkx.node_link_data(graph, edges="edges")`` does, without networkx."""
    return {
        "directed": True,
        "multigraph": False,
        "graph": {"line": tree.line},
        "nodes": [{**_attributes(unit), "id": unit.id} for unit in tree.units()],
        "edges": [{"source": source, "target": target} for source, target in _edges(tree)],
    }


def mermaid(tree: Tree, max_units: int) -> str:
    """Return a Mermaid flowchart.

    Raises:
        LimitError: The line has more than *max_units* units (code ``limit_units``).
    """
    if len(tree) > max_units:
        hint = "raise max_units, or draw another line"
        raise LimitError.of("limit_units", f"a picture of {len(tree)} units; {max_units} are allowed", hint=hint)
    nodes = [f'    n{place}["{_escaped(unit.name)}"]' for place, unit in enumerate(tree.units())]
    edges = [f"    n{parent} --> n{place}" for place, parent in enumerate(tree.parent) if parent >= 0]
    return "\n".join(["flowchart TD", *nodes, *edges]) + "\n"


def _escaped(name: str) -> str:
    """Write ASCII punctuation as Mermaid entities, so that no name can close its quotes, mark up or call."""
    return "".join(c if c.isalnum() or c in " -_" or ord(c) > 127 else f"#{ord(c)};" for c in name)
