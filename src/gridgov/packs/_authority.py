"""Who may do what: ``authority.toml``."""

from collections.abc import Collection, Iterator, Mapping

import attrs

from gridgov.authority import ANYONE, RELATIONS, Authority, Conflict, Grant, Role
from gridgov.errors import Fault
from gridgov.handling.commands import COMMANDS, Command
from gridgov.handling.rules import Handling
from gridgov.packs._desk import Desk, attempt, basis_of, within
from gridgov.packs._shapes_live import AuthorityFile, GrantShape
from gridgov.packs._wrong import near
from gridgov.staffing import Staff

_FILE = "authority.toml"
_ENVELOPE = {each.name for each in attrs.fields(Command)} - {"evidence"}
_NEEDED = (
    (("report",), "no matter would begin"),
    (("complete",), "no matter would be done"),
    (("call_back", "feedback"), "no matter would be closed"),
)
"""Commands of which one must be granted, with what else would be."""


def read_authority(desk: Desk, staff: Staff | None, handling: Handling | None) -> Authority | None:
    """Return what ``authority.toml`` says; None where there is none or, with faults noted, when it is faulty.

    Args:
        desk: The desk.
        staff: Posts and units; None when they are faulty, so that the words for them go unchecked.
        handling: What the pack decides for live matters, which makes some commands necessary; None when that is
            faulty, or the pack has no ladders.
    """
    shape = desk.toml(_FILE, AuthorityFile)
    if shape is None:
        return None
    before = len(desk.faults)
    found = Authority(
        roles=tuple(filter(None, _roles(desk, shape))),
        grants=tuple(filter(None, _grants(desk, shape))),
        conflicts=tuple(filter(None, _conflicts(desk, shape))),
    )
    if staff is None or len(desk.faults) > before:
        return None
    faults = found.faults(COMMANDS, staff.organization, staff)
    if faults:
        known = _known(found, staff)
        desk.faults.extend(_placed(fault, known, found) for fault in faults)
    elif desk.folder.has("escalation.toml"):
        desk.faults.extend(_nobody_may(found, handling))
    return found


def _nobody_may(authority: Authority, handling: Handling | None) -> Iterator[Fault]:
    """Yield a fault for every command without which matters of the pack stand still, and which nobody may give."""
    for commands, why in _needed(handling):
        if not any(_is_granted(authority, command) for command in commands):
            message = f"nobody may give {' or '.join(map(repr, commands))}: {why}"
            yield Fault("nobody_may", message, f"{_FILE}: grants", "grant it to a role")


def _needed(handling: Handling | None) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from _NEEDED
    if handling is not None and handling.arbiter is not None:
        yield ("rule",), "the arbiter of [handling] could not rule"
    if handling is not None and handling.review:
        yield ("review",), "[handling] wants what was done reviewed"
    if handling is not None and handling.approval:
        yield ("approve_call",), "[handling] wants calls approved"


def _is_granted(authority: Authority, command: str) -> bool:
    """Say whether a command is granted in a relation in which no conflict takes it away again."""
    barred = {conflict.relation for conflict in authority.conflicts if command in conflict.commands}
    return any(command in grant.commands and barred.isdisjoint({ANYONE, grant.relation}) for grant in authority.grants)


def _roles(desk: Desk, file: AuthorityFile) -> list[Role | None]:
    return [
        attempt(
            desk.faults,
            within(_FILE, f"roles.{key}"),
            Role,
            id=key,
            label=shape.label,
            posts=shape.post,
            levels=shape.level,
            units=shape.unit,
            kinds=shape.kind,
            anybody=shape.anybody,
            source=desk.cite(f"{_FILE}: roles.{key}", None, shape, file),
            basis=basis_of(shape, file),
        )
        for key, shape in file.roles.items()
    ]


def _grants(desk: Desk, file: AuthorityFile) -> list[Grant | None]:
    found = []
    for index, shape in enumerate(file.grants):
        path = f"grants[{index}]"
        _check_once(desk, f"{path}.command", shape.command)
        _check_evidence(desk, path, shape)
        grant = attempt(
            desk.faults,
            within(_FILE, path),
            Grant,
            commands=shape.command,
            role=shape.role,
            relation=shape.relation,
            evidence=shape.evidence,
            source=desk.cite(f"{_FILE}: {path}", None, shape, file),
            basis=basis_of(shape, file),
        )
        found.append(grant)
    return found


def _conflicts(desk: Desk, file: AuthorityFile) -> list[Conflict | None]:
    found = []
    for index, shape in enumerate(file.conflicts):
        path = f"conflicts[{index}]"
        _check_once(desk, f"{path}.command", shape.command)
        conflict = attempt(
            desk.faults,
            within(_FILE, path),
            Conflict,
            commands=shape.command,
            relation=shape.relation,
            label=shape.label,
            source=desk.cite(f"{_FILE}: {path}", None, shape, file),
            basis=basis_of(shape, file),
        )
        found.append(conflict)
    return found


def _check_once(desk: Desk, path: str, words: Collection[str]) -> None:
    if len(set(words)) < len(words):
        desk.faults.add("duplicate_word", "a command stands twice in the list", f"{_FILE}: {path}", "keep one")


def _check_evidence(desk: Desk, path: str, grant: GrantShape) -> None:
    """What no command can bring could never be given: each name is a field of every command granted."""
    for command in filter(COMMANDS.__contains__, grant.command):
        fields = [each.name for each in attrs.fields(COMMANDS[command]) if each.name not in _ENVELOPE]
        for name in grant.evidence:
            if name not in fields:
                message = f"{_words(grant)}: {command!r} has no field {name[:64]!r}"
                desk.faults.add("unknown_evidence", message, f"{_FILE}: {path}.evidence", near(name, fields))


def _words(grant: GrantShape | Grant) -> str:
    """Return a grant in words, as it has no name."""
    commands = grant.command if isinstance(grant, GrantShape) else sorted(grant.commands)
    return f"grant of {', '.join(commands)} to {grant.role} as {grant.relation}"


def _known(authority: Authority, staff: Staff) -> Mapping[str, Collection[str]]:
    """Return, for each fault of an unknown word, the words from which the nearest is named."""
    units = staff.organization.units
    return {
        "unknown_command": COMMANDS,
        "unknown_relation": RELATIONS,
        "unknown_role": {role.id for role in authority.roles},
        "unknown_level": {level.id for level in staff.organization.levels},
        "unknown_post": {kind.id for kind in staff.kinds},
        "unknown_kind": {unit.kind for unit in units if unit.kind},
        "unknown_unit": {unit.id for unit in units},
    }


def _placed(fault: Fault, known: Mapping[str, Collection[str]], authority: Authority) -> Fault:
    """Return a fault at its place in the file; one of a grant says which, beside its number."""
    list_, _, number = fault.place.partition("[")
    said = f"{_words(authority.grants[int(number[:-1])])}: " if list_ == "grants" else ""
    hint = near(fault.about[0], known.get(fault.code, ()))
    return attrs.evolve(
        fault, message=f"{said}{fault.message}", place=f"{_FILE}: {fault.place}", hint=hint or fault.hint
    )
