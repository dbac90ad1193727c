"""Documentation: examples in docstrings, which Markdown would take for quotations, shown as Python sessions."""

from typing import Any

import griffe

__all__ = ["DoctestFences", "fenced"]


def fenced(text: str) -> str:
    """Return *text* with a fence around each example: from its first prompt to the next blank line."""
    lines: list[str] = []
    inside = False
    for line in [*text.splitlines(), ""]:
        if not inside and line.startswith(">>> "):
            lines.append("```pycon")
            inside = True
        elif inside and not line.strip():
            lines.append("```")
            inside = False
        lines.append(line)
    return "\n".join(lines[:-1])


class DoctestFences(griffe.Extension):
    """Puts a fence around the examples of every docstring that is read."""

    def on_instance(self, *, obj: griffe.Object | griffe.Alias, **_: Any) -> None:
        """Change the docstring of *obj*, if it has one."""
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)
