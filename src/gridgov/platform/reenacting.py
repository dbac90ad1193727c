"""Reenacting: recorded matters driven through the platform, each happening as the command that would have caused it.

It shows what the rules would have said of what was recorded: who would have held a matter, what would have fallen due
by itself, and what would have been refused. A record is not changed by it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

import attrs

from gridgov.authority import Actor
from gridgov.errors import Fault, GridgovError, RefusedError
from gridgov.handling import Command
from gridgov.handling import commands as c
from gridgov.history import CODEC, History
from gridgov.matters import ORDER, Happening, Matter, Recorded
from gridgov.platform.service import Platform
from gridgov.values import Shown

__all__ = ["Reenactment", "Refusal", "reenact"]

_OF_UNIT: Mapping[str, type[c.Command]] = MappingProxyType(
    {"signed": c.SignIn, "contacted": c.Contact, "met": c.Meet, "declined": c.DeclineMeeting, "completed": c.Complete}
)


@attrs.frozen
class Refusal(Shown):
    """A happening that the rules would have refused.

    Attributes:
        matter: The matter's id.
        what: The happening.
        at: When, in UTC.
        codes: Every condition that was not met.
    """

    matter: str
    what: str
    at: datetime
    codes: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Reenactment(Shown):
    """What came of it.

    Attributes:
        matters: The matters that were driven.
        given: How many commands were taken.
        refused: What the rules would have refused.
    """

    matters: tuple[str, ...]
    given: int
    refused: tuple[Refusal, ...]


@attrs.frozen
class _Row:
    """What was recorded of one matter at one instant."""

    at: datetime
    matter: Matter
    happenings: tuple[Happening, ...]

    @property
    def what(self) -> str:
        return self.happenings[0].what


def reenact(platform: Platform, history: History, matters: Iterable[str], *, desk: Actor) -> Reenactment:
    """Drive recorded matters through a platform, all of them in order of time.

    Args:
        platform: Where; it need not be empty.
        history: The records.
        matters: Ids of matters of the history.
        desk: Who calls residents back.
    """
    names = tuple(matters)
    rows = sorted((row for name in names for row in _rows(history, name)), key=_in_time)
    given, refused = 0, []
    for row in rows:
        platform.tick(row.at)
        try:
            for command in _commands(platform, row, desk):
                platform.give(command)
                given += 1
        except GridgovError as error:
            codes = tuple(fault.code for fault in error.faults)
            refused.append(Refusal(row.matter.id, row.what, row.at, codes))
    return Reenactment(matters=names, given=given, refused=tuple(refused))


def _in_time(row: _Row) -> tuple[datetime, str, int]:
    return row.at, row.matter.id, ORDER[row.what]


def _rows(history: History, name: str) -> Iterator[_Row]:
    """Yield what was recorded of a matter, calls of one instant together."""
    events: list[Recorded] = [CODEC.decode(envelope) for envelope in history.store.stream(name)]
    told = [(each.at or event.at, each) for event in events for each in event.happenings]
    for (at, what), together in groupby(told, key=lambda pair: (pair[0], pair[1].what)):
        happenings = tuple(each for _, each in together)
        if what == "called":
            yield _Row(at, history.matters[name], happenings)
        else:
            yield from (_Row(at, history.matters[name], (each,)) for each in happenings)


def _commands(platform: Platform, row: _Row, desk: Actor) -> Iterator[Command]:
    """Yield the commands that would have caused what was recorded; none for what the rules do by themselves."""
    matter, what, first = row.matter, row.what, row.happenings[0]
    name = f"{what}.{matter.id}.{platform.head().sequence}"
    envelope: dict[str, Any] = {"id": name, "matter": matter.id, "at": row.at}
    if what == "reported":
        yield _report(matter, envelope)
    elif what in _OF_UNIT:
        said: dict[str, Any] = {"met": {"where": "site"}, "declined": {"reason": "declined"}}.get(what, {})
        yield _OF_UNIT[what](actor=_holder(platform, matter, first.unit, row.at), **said, **envelope)
    elif what == "passed_up":
        yield c.PassUp(actor=_holder(platform, matter, "", row.at), **envelope)
    elif what == "opened":
        yield c.OpenTopic(actor=_holder(platform, matter, "", row.at), **envelope)
    elif what == "called":
        leads = tuple(each.unit for each in row.happenings if each.role != "support")
        supports = tuple(each.unit for each in row.happenings if each.role == "support")
        yield c.Call(actor=_holder(platform, matter, "", row.at), leads=leads, supports=supports, **envelope)
    elif what == "answered":
        yield c.CallBack(actor=desk, satisfied=first.satisfied, **envelope)
    elif what == "closed":
        caller = platform.matter(matter.id).live
        findings = tuple(c.FindingOf(unit=duty.unit, facts=duty.facts) for duty in matter.assignments if duty.facts)
        if caller is not None and caller.caller:
            yield c.Assess(actor=Actor(unit=caller.caller), findings=findings, **envelope)


def _report(matter: Matter, envelope: Mapping[str, Any]) -> Command:
    lacking = tuple(name for name in ("item", "place") if not getattr(matter, name))
    if lacking:
        message = f"nobody recorded {' and '.join(lacking)} of matter {matter.id!r}"
        raise RefusedError([Fault("evidence_missing", message, hint="add it to the records", about=lacking)])
    person = Actor(person=f"reporter.{matter.id}")
    return c.Report(
        actor=person, item=matter.item, place=matter.place, channel=matter.channel, facts=matter.when, **envelope
    )


def _holder(platform: Platform, matter: Matter, unit: str, at: datetime) -> Actor:
    """Return who acts: for a unit with a duty who is to act there, else who coordinates the matter."""
    now = platform.who_now(matter.id, at)
    duties = ([] if now.coordinator is None else [now.coordinator]) + list(now.others)
    duty = next((each for each in duties if not unit or each.unit == unit), None)
    if duty is None:
        return Actor(unit=unit or matter.place)
    return Actor(unit=duty.unit, post=duty.post if duty.role == "handle" else "", person=duty.person)
