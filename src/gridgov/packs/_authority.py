"""Who may do what: ``authority.toml``."""

from collections.abc import Collection, Mapping

import attrs

from gridgov.authority import RELATIONS, Authority, Conflict, Grant, Role
from gridgov.errors import Fault
from gridgov.packs._desk import Desk, attempt, basis_of, within
from gridgov.packs._shapes_live import AuthorityFile
from gridgov.packs._wrong import near
from gridgov.staffing import Staff

COMMANDS = (
    "report",
    "answer",
    "redirect",
    "open_topic",
    "judge",
    "pass_up",
    "send_down",
    "whistle",
    "direct_line",
    "approve_call",
    "call",
    "dispatch",
    "relieve",
    "send_back",
    "supply",
    "sign_in",
    "contact",
    "arrive",
    "report_back",
    "meet",
    "decline_meeting",
    "ask_return",
    "grant_return",
    "refuse_return",
    "dispute",
    "rule",
    "ask_extension",
    "grant_extension",
    "refuse_extension",
    "suspend",
    "resume",
    "tell_term",
    "complete",
    "review",
    "call_back",
    "feedback",
    "ask_reopen",
    "reopen",
    "refuse_reopen",
    "propose_explained",
    "confirm_explained",
    "refuse_explained",
    "transfer",
    "merge",
    "split",
    "withdraw",
    "remind",
    "supervise",
    "lift_supervision",
    "give_reason",
    "reclassify",
    "admit",
    "rebase",
    "assess",
    "amend_assessment",
)

_FILE = "authority.toml"


def read_authority(desk: Desk, staff: Staff | None) -> Authority | None:
    """Return what ``authority.toml`` says; None where there is none or, with faults noted, when it is faulty.

    Args:
        desk: The desk.
        staff: Posts and units; None when they are faulty, so that the words for them go unchecked.
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
        desk.faults.extend(_placed(fault, known) for fault in faults)
    return found


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


def _placed(fault: Fault, known: Mapping[str, Collection[str]]) -> Fault:
    hint = near(fault.about[0], known.get(fault.code, ()))
    return attrs.evolve(fault, place=f"{_FILE}: {fault.place}", hint=hint or fault.hint)
