"""The rule edition: one digest for one set of rules, however their files are laid out.

In it are the rules and the calendars: what a matter is pinned to when it opens. The organisation, postings, maps and
worked cases are not.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs

from gridgov.authority import Authority
from gridgov.conditions import Condition
from gridgov.events import canonical
from gridgov.packs._shapes import AssessmentFile, AttributesFile, EscalationFile, PackFile, PostsFile
from gridgov.packs._times import Times
from gridgov.packs.jurisdiction import Source
from gridgov.responsibility import Duty, ResponsibilityList
from gridgov.values import plain

__all__ = ["Rules"]


@attrs.frozen(kw_only=True)
class Rules:
    """Everything that goes into the digest."""

    head: PackFile
    sources: Mapping[str, Source]
    words: AttributesFile
    posts: PostsFile
    escalation: EscalationFile | None
    authority: Authority | None
    assessment: AssessmentFile | None
    listed: ResponsibilityList
    times: Times | None

    def digest(self) -> str:
        """Return the SHA-256 of the rules, in hexadecimal."""
        head = self.head
        content = {
            "pack": plain([head.id, head.schema_version, head.zone, head.coverage, head.confirmed_until]),
            "authority": plain([head.doc, head.clause, head.basis]),
            "sources": plain(self.sources),
            "attributes": plain(self.words),
            "posts": plain(self.posts),
            "items": sorted((plain(item) for item in self.listed.items), key=repr),
            "duties": sorted((_duty(duty) for duty in self.listed.duties), key=repr),
            "times": plain(self.times),
            "escalation": _in_time(plain(self.escalation)),
            "grants": _in_any_order(plain(self.authority)),
            "assessment": plain(self.assessment),
        }
        return hashlib.sha256(canonical(content)).hexdigest()


def _duty(duty: Duty) -> dict[str, Any]:
    """The row without what depends on where it stands in the file, or on the order in which words are declared."""
    row: dict[str, Any] = plain(duty)
    return row | {
        "id": "" if ":" in duty.id else duty.id,  # a row without an id of its own is called by file and line
        "when": {name: _cell(condition) for name, condition in sorted(duty.when.items())},
        "within": sorted(duty.within),
        "outside": sorted(duty.outside),
    }


def _in_any_order(value: Any) -> Any:
    """Return plain data whose lists are all sets: of roles, of grants, of words."""
    if isinstance(value, dict):
        return {key: _in_any_order(item) for key, item in value.items()}
    return sorted(map(_in_any_order, value), key=repr) if isinstance(value, list) else value


def _cell(condition: Condition) -> str:
    cell = str(condition)
    sign = "!" if cell.startswith("!") else ""
    return sign + "|".join(sorted(cell.removeprefix("!").split("|")))


def _in_time(value: Any) -> Any:
    """Return plain data with each list of dated entries in order of time."""
    if isinstance(value, dict):
        return {key: _in_time(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_in_time(item) for item in value]
        dated = all(isinstance(item, dict) and "effective_from" in item for item in items)
        return sorted(items, key=lambda item: date.fromisoformat(item["effective_from"])) if dated else items
    return value
