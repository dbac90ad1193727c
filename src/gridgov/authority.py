"""Authority: who may give a command, and who may not because they have an interest in the matter.

What is not granted is denied. A grant gives a command to a role (who the actor is) in a relation (how they stand to the
matter). A conflict takes it away again, whatever is granted. Roles, grants and conflicts are data of the pack.

Source: 济南市12345市民服务热线条例, art. 32: who has an interest in a matter recuses themselves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

import attrs
from attrs import field

from gridgov.errors import ConflictOfInterestError, Fault, GridgovError, NotAuthorisedError, RefusedError
from gridgov.hierarchy import Organization, Structure, Unit
from gridgov.staffing import Staff
from gridgov.values import Basis, Citation, Label, Reason, Shown, is_id

__all__ = ["ANYONE", "RELATIONS", "Actor", "Authority", "Conflict", "Grant", "Role", "Standing", "Verdict"]

ANYONE = "anyone"
"""The relation that every actor has to every matter."""

RELATIONS: Mapping[str, Label] = MappingProxyType(
    {
        ANYONE: Label(zh="任何人", en="anyone"),
        "reporter": Label(zh="诉求人或其代理人", en="reporter, or who acts for the reporter"),
        "place": Label(zh="事发地或其上级", en="unit of the place, or above it"),
        "holder": Label(zh="当前承办者", en="holder of the assignment"),
        "coordinator": Label(zh="牵头协调者", en="coordinator"),
        "responder": Label(zh="被呼叫的响应单位", en="responder"),
        "lead": Label(zh="主体责任单位", en="lead"),
        "caller": Label(zh="呼叫单位", en="caller"),
        "whistler": Label(zh="吹哨单位", en="whistler"),
        "above": Label(zh="承办单位的上级", en="unit above the holder"),
        "arbiter": Label(zh="指定的裁定者", en="arbiter"),
        "handler": Label(zh="办理过该事项者", en="who handled the matter, now or before"),
        "assessed": Label(zh="被考核者", en="who is assessed"),
        "accused": Label(zh="被反映者", en="whom the matter is about"),
        "author": Label(zh="原决定的作出者", en="who made the decision in question"),
        "second": Label(zh="原决定者以外的另一单位", en="another person and unit than the author"),
    }
)
"""How an actor may stand to a matter, with what each is called. The caller of `Authority.check` says which hold."""

_NONE: frozenset[str] = frozenset()


def _id_or_empty(_: object, name: "attrs.Attribute[str]", value: object) -> None:
    """Refuse what is no id, without repeating it: it may be somebody's name."""
    if value != "" and not is_id(value):
        raise ValueError(f"{name.name} is not an id: use 1 to 64 ASCII letters, digits, '.', '_', '-'")


@attrs.frozen(kw_only=True)
class Actor(Shown):
    """Who gives a command 经办人: a person, a unit, or a person who acts for a unit. All are ids.

    Attributes:
        person: Who, as an opaque id.
        unit: The unit for which they act.
        post: Id of the kind of post they hold there.
        on_behalf_of: Opaque id of the resident for whom they act, by proxy or on paper.

    Raises:
        ValueError: Neither person nor unit is given; a post is given without its unit; something is no id.

    >>> Actor(unit="grid-1", post="grid-head").key
    'grid-1'
    """

    person: str = field(default="", validator=_id_or_empty)
    unit: str = field(default="", validator=_id_or_empty)
    post: str = field(default="", validator=_id_or_empty)
    on_behalf_of: str = field(default="", validator=_id_or_empty)

    def __attrs_post_init__(self) -> None:
        if not (self.person or self.unit):
            raise ValueError("an actor is a person or a unit: give one of them")
        if self.post and not self.unit:
            raise ValueError("a post is held at a unit: give the unit")

    @property
    def key(self) -> str:
        """What the log names as actor: the person, else the unit."""
        return self.person or self.unit


@attrs.frozen(kw_only=True)
class Role:
    """Who an actor may be.

    It is held by an actor whose unit is of one of the levels, one of the units, or of one of the kinds (of any, where
    none of the three is given) and who, where posts are given, acts in one of them. ``anybody`` is held by every actor
    who acts for no unit: residents.

    Attributes:
        id: Names the role.
        label: Its name.
        posts: Ids of kinds of post.
        levels: Ids of levels.
        units: Ids of units.
        kinds: Kinds of unit, such as ``police``.
        anybody: Held by every actor without a unit.

    Raises:
        ValueError: It does not say who holds it, or says both ``anybody`` and something else.
    """

    id: str
    label: Label
    posts: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    levels: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    units: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    kinds: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    anybody: bool = False
    source: Citation | None = None
    basis: Basis = Basis.STATED

    def __attrs_post_init__(self) -> None:
        if self.anybody == bool(self.posts or self.levels or self.units or self.kinds):
            raise ValueError("a role is for anybody without a unit, or names posts, levels, units or kinds")

    def is_held_at(self, unit: Unit, post: str) -> bool:
        """Say whether who acts for a unit, in a kind of post or (empty) in none, holds it."""
        if self.anybody or (self.posts and post not in self.posts):
            return False
        named = self.levels or self.units or self.kinds
        return not named or unit.level in self.levels or unit.id in self.units or unit.kind in self.kinds


def _some(commands: Iterable[str]) -> frozenset[str]:
    found = frozenset(commands)
    if not found:
        raise ValueError("name at least one command")
    return found


@attrs.frozen(kw_only=True)
class Grant:
    """Commands that a role may give in a relation, when it brings the evidence.

    Attributes:
        commands: Words of commands, at least one.
        role: Id of the role.
        relation: One of `RELATIONS`.
        evidence: Names of what must come with the command.
    """

    commands: frozenset[str] = field(converter=_some)
    role: str
    relation: str
    evidence: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Conflict:
    """Commands that nobody may give in a relation, whatever is granted to them.

    Attributes:
        commands: Words of commands, at least one.
        relation: One of `RELATIONS`.
        label: Why, in words.
    """

    commands: frozenset[str] = field(converter=_some)
    relation: str
    label: Label
    source: Citation | None = None
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class Standing:
    """Who an actor is on a day.

    Attributes:
        roles: Ids of the roles held.
        unposted: Ids of the roles that the actor would hold, were they in the post they name.
    """

    roles: frozenset[str] = _NONE
    unposted: frozenset[str] = _NONE


_NOBODY = Standing()
_KEPT = 4096


@attrs.frozen(kw_only=True)
class Verdict:
    """Whether a command may be given.

    Attributes:
        granted_by: The grant that allows it; None when it is refused.
        faults: Every reason against it: ``not_granted``, ``not_posted``, ``evidence_missing``,
            ``conflict_of_interest`` (one for each conflict met).
    """

    granted_by: Grant | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.faults

    @property
    def refusal(self) -> type[GridgovError] | None:
        """The error that says it: of interest before authority, of authority before evidence; None when allowed."""
        codes = {fault.code for fault in self.faults}
        if "conflict_of_interest" in codes:
            return ConflictOfInterestError
        if codes - {"evidence_missing"}:
            return NotAuthorisedError
        return RefusedError if codes else None


_Granted = Mapping[str, tuple[tuple[Grant, Verdict], ...]]


def _by_command(self: "Authority") -> _Granted:
    """Return the grants of each command, each with the verdict that it gives."""
    found: dict[str, list[tuple[Grant, Verdict]]] = defaultdict(list)
    for grant in self.grants:
        verdict = Verdict(granted_by=grant)
        for command in grant.commands:
            found[command].append((grant, verdict))
    return {command: tuple(grants) for command, grants in found.items()}


def _weighed(self: "Authority") -> Mapping[str, frozenset[str]]:
    """Return the relations of which grants and conflicts of each command speak."""
    found: dict[str, set[str]] = defaultdict(set)
    rules: tuple[Grant | Conflict, ...] = (*self.grants, *self.conflicts)
    for rule in rules:
        for command in rule.commands:
            found[command].add(rule.relation)
    return {command: frozenset(relations) for command, relations in found.items()}


def _without_unit(self: "Authority") -> Standing:
    """Return who somebody is who acts for no unit."""
    return Standing(roles=frozenset(role.id for role in self.roles if role.anybody))


def _against(self: "Authority") -> Mapping[str, Mapping[str, Conflict]]:
    """Return the conflicts of each command, by relation."""
    found: dict[str, dict[str, Conflict]] = defaultdict(dict)
    for conflict in self.conflicts:
        for command in conflict.commands:
            found[command].setdefault(conflict.relation, conflict)
    return dict(found)


@attrs.frozen(kw_only=True, eq=False)
class Authority:
    """Who may give which command: roles, what they are granted, and what an interest takes away.

    >>> head = Role(id="head", label=Label(zh="网格长", en="grid head"), posts=["grid-head"])
    >>> may_judge = Grant(commands={"judge"}, role="head", relation="holder")
    >>> authority = Authority(roles=(head,), grants=(may_judge,))
    >>> authority.check("judge", frozenset({"head"}), frozenset({"holder"})).is_allowed
    True
    >>> print(*authority.check("judge", frozenset({"head"}), frozenset()).faults)
    'judge' is not granted: roles held: head; relations: none [not_granted]: it is granted to: head as holder
    """

    roles: tuple[Role, ...] = field(converter=tuple[Role, ...])
    grants: tuple[Grant, ...] = field(default=(), converter=tuple[Grant, ...])
    conflicts: tuple[Conflict, ...] = field(default=(), converter=tuple[Conflict, ...])
    _granted: _Granted = field(init=False, repr=False, default=attrs.Factory(_by_command, takes_self=True))
    _barred: Mapping[str, Mapping[str, Conflict]] = field(
        init=False, repr=False, default=attrs.Factory(_against, takes_self=True)
    )
    _relevant: Mapping[str, frozenset[str]] = field(
        init=False, repr=False, default=attrs.Factory(_weighed, takes_self=True)
    )
    _public: Standing = field(init=False, repr=False, default=attrs.Factory(_without_unit, takes_self=True))
    _known: dict[tuple[str, str, str, str], tuple[Standing, Standing]] = field(init=False, repr=False, factory=dict)

    # --- who somebody is ------------------------------------------------------------------------------------

    def standing(self, actor: Actor, structure: Structure, staff: Staff, day: date) -> Standing:
        """Return the roles that an actor holds on a day.

        A post is verified, not believed: its kind must be declared, of the unit's level, and where postings say who
        holds it that day, the person named must be among them. A unit that is not in force holds no role.

        Args:
            actor: Who.
            structure: The units of the day.
            staff: The posts, and who holds them.
            day: The day.
        """
        if not actor.unit:
            return self._public
        unit = structure.get(actor.unit)
        if unit is None:
            return _NOBODY
        posted, unposted = self._at(unit, actor.post)
        return posted if not actor.post or _is_posted(actor, unit, staff, day) else unposted

    def roles_of(self, actor: Actor, structure: Structure, staff: Staff, day: date) -> frozenset[str]:
        """Return the ids of the roles that an actor holds on a day; see `standing`."""
        return self.standing(actor, structure, staff, day).roles

    def _at(self, unit: Unit, post: str) -> tuple[Standing, Standing]:
        """Return who somebody is at a unit if they hold the post that they name, and if they do not."""
        key = (unit.id, unit.level, unit.kind, post)
        found = self._known.get(key)
        if found is None:
            roles = frozenset(role.id for role in self.roles if role.is_held_at(unit, post))
            found = (Standing(roles=roles), Standing(unposted=roles))
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = found
        return found

    # --- whether they may -----------------------------------------------------------------------------------

    def relations_for(self, command: str) -> frozenset[str]:
        """Return the relations on which it depends whether a command may be given; no others need be looked for."""
        return self._relevant.get(command, _NONE)

    def granted(
        self, command: str, roles: frozenset[str], relations: frozenset[str], evidence: Collection[str] = _NONE
    ) -> Verdict | None:
        """Return the verdict that a command may be given; None where it may not: `check` says why."""
        barred = self._barred.get(command)
        if barred is None or relations.isdisjoint(barred):
            for grant, allowed in self._granted.get(command, ()):
                if grant.role in roles and (grant.relation in relations or grant.relation == ANYONE):  # noqa: SIM102
                    if not grant.evidence or all(name in evidence for name in grant.evidence):
                        return allowed
        return None

    def check(
        self,
        command: str,
        roles: frozenset[str],
        relations: frozenset[str],
        evidence: Collection[str] = _NONE,
        *,
        unposted: frozenset[str] = _NONE,
    ) -> Verdict:
        """Return whether a command may be given.

        Args:
            command: Its word.
            roles: The roles held.
            relations: The relations that hold; ``anyone`` always does.
            evidence: Names of what comes with the command.
            unposted: The roles that are not held for want of the post named (`Standing.unposted`).
        """
        allowed = self.granted(command, roles, relations, evidence)
        if allowed is not None:
            return allowed
        conflicts = _conflict_faults(command, relations, self._barred.get(command, {}))
        rest = self._missing(command, (roles, unposted), relations, evidence)
        return Verdict(faults=(*conflicts, *rest))

    def _missing(
        self,
        command: str,
        standing: tuple[frozenset[str], frozenset[str]],
        relations: frozenset[str],
        evidence: Collection[str],
    ) -> Iterator[Fault]:
        """Yield what a command wants beside freedom from conflicts."""
        roles, unposted = standing
        fitting = self._fitting(command, roles, relations)
        if not fitting:
            fitting = self._fitting(command, unposted, relations)
            if fitting:
                role = fitting[0].role
                yield Fault(
                    "not_posted",
                    f"{command!r} is granted to {role!r}, and the person is not recorded in the post named on that day",
                    hint="act in a post that is held, or record the posting",
                    about=(role,),
                )
            else:
                yield self._denial(command, roles, relations)
        lacking = min(
            (tuple(name for name in grant.evidence if name not in evidence) for grant in fitting), key=len, default=()
        )
        if lacking:
            message = f"{command!r} needs evidence that is not there: {', '.join(lacking)}"
            yield Fault("evidence_missing", message, hint="bring it with the command", about=lacking)

    def _fitting(self, command: str, roles: frozenset[str], relations: frozenset[str]) -> list[Grant]:
        grants = (grant for grant, _ in self._granted.get(command, ()))
        return [grant for grant in grants if grant.role in roles and grant.relation in {*relations, ANYONE}]

    def _denial(self, command: str, roles: frozenset[str], relations: frozenset[str]) -> Fault:
        held, here = _listed(roles), _listed(relations)
        ways = dict.fromkeys(f"{grant.role} as {grant.relation}" for grant, _ in self._granted.get(command, ()))
        return Fault(
            "not_granted",
            f"{command!r} is not granted: roles held: {held}; relations: {here}",
            hint=f"it is granted to: {'; '.join(ways)}" if ways else "it is granted to nobody",
            about=tuple(ways),
        )

    def explain(self, command: str, roles: frozenset[str], relations: frozenset[str]) -> Reason:
        """Return why a command may be given, or not: each conflict and each grant of it, under its clause.

        Evidence is named, and not weighed.
        """
        conflicts = [
            _conflict_reason(conflict, conflict.relation in relations)
            for conflict in self.conflicts
            if command in conflict.commands
        ]
        labels = {role.id: role.label for role in self.roles}
        grants = [_grant_reason(grant, labels, roles, relations) for grant, _ in self._granted.get(command, ())]
        barred = not relations.isdisjoint(self._barred.get(command, {}))
        fitting = self._fitting(command, roles, relations)
        if barred:
            text = Label(zh=f"{command}：应当回避，不准许", en=f"{command}: refused, for a conflict of interest")
        elif fitting:
            text = Label(zh=f"{command}：准许", en=f"{command}: granted")
        else:
            text = Label(zh=f"{command}：未获授权，不准许", en=f"{command}: refused, for want of a grant")
        source = None if barred or not fitting else fitting[0].source
        return Reason(text, source, (*conflicts, *grants))

    # --- whether the table is sound -------------------------------------------------------------------------

    def faults(self, commands: Collection[str], organization: Organization, staff: Staff) -> list[Fault]:
        """Return everything in the table that means nothing, or is said twice.

        Codes: ``duplicate_role``, ``unknown_level``, ``unknown_unit``, ``unknown_kind``, ``unknown_post``;
        ``unknown_command``, ``unknown_role``, ``unknown_relation``, ``duplicate_grant``, ``duplicate_conflict``. Places
        are ``roles.ID``, ``grants[0]``, ``conflicts[0]``.

        Args:
            commands: The words of all commands.
            organization: The units.
            staff: The posts.
        """
        found = [*self._role_faults(organization, staff)]
        roles = {role.id for role in self.roles}
        seen: set[tuple[str, ...]] = set()
        for index, grant in enumerate(self.grants):
            place = f"grants[{index}]"
            if grant.role not in roles:
                message = f"there is no role {grant.role!r}"
                hint = f"the roles are {_listed(roles)}"
                found.append(Fault("unknown_role", message, place, hint, (grant.role,)))
            found += _rule_faults(grant, place, commands)
            ways = {(command, grant.role, grant.relation) for command in grant.commands}
            found += (_twice("duplicate_grant", way, place) for way in sorted(ways & seen))
            seen |= ways
        seen = set()
        for index, conflict in enumerate(self.conflicts):
            place = f"conflicts[{index}]"
            found += _rule_faults(conflict, place, commands)
            pairs = {(command, conflict.relation) for command in conflict.commands}
            found += (_twice("duplicate_conflict", pair, place) for pair in sorted(pairs & seen))
            seen |= pairs
        return found

    def _role_faults(self, organization: Organization, staff: Staff) -> Iterator[Fault]:
        known = {
            "level": {level.id for level in organization.levels},
            "post": {kind.id for kind in staff.kinds},
            "kind": {unit.kind for unit in organization.units} if any(role.kinds for role in self.roles) else _NONE,
        }
        seen: set[str] = set()
        for role in self.roles:
            place = f"roles.{role.id}"
            if role.id in seen:
                message = f"the role {role.id!r} is declared twice"
                yield Fault("duplicate_role", message, place, "join the two", (role.id,))
            seen.add(role.id)
            for what, words in (("level", role.levels), ("post", role.posts), ("kind", role.kinds)):
                for word in words:
                    if word not in known[what]:
                        message = f"there is no {what} {word!r}"
                        yield Fault(f"unknown_{what}", message, place, "mend the word", (word,))
            for unit in role.units:
                if not organization.history(unit):
                    yield Fault("unknown_unit", f"there is no unit {unit!r}", place, "mend the id", (unit,))


def _is_posted(actor: Actor, unit: Unit, staff: Staff, day: date) -> bool:
    kind = staff.kind(actor.post)
    if kind is None or kind.level != unit.level:
        return False
    seated = staff.seated(actor.post, unit.id, day)
    return not (seated and actor.person) or any(posting.person == actor.person for posting in seated)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _conflict_faults(command: str, relations: frozenset[str], barred: Mapping[str, Conflict]) -> Iterator[Fault]:
    for relation, conflict in barred.items():
        if relation in relations:
            cited = f" ({conflict.source})" if conflict.source else ""
            message = f"{command!r} is barred to the {relation}: {conflict.label}{cited}"
            hint = "somebody without this interest must act"
            yield Fault("conflict_of_interest", message, hint=hint, about=(relation,))


def _rule_faults(rule: Grant | Conflict, place: str, commands: Collection[str]) -> Iterator[Fault]:
    for command in sorted(rule.commands.difference(commands)):
        yield Fault("unknown_command", f"there is no command {command!r}", place, "mend the word", (command,))
    if rule.relation not in RELATIONS:
        message = f"there is no relation {rule.relation!r}"
        hint = f"the relations are {', '.join(RELATIONS)}"
        yield Fault("unknown_relation", message, place, hint, (rule.relation,))


def _twice(code: str, said: tuple[str, ...], place: str) -> Fault:
    return Fault(code, f"{' × '.join(said)} is said twice", place, "keep one of them", about=said)


def _relation(word: str) -> Label:
    return RELATIONS.get(word) or Label(en=word)


def _conflict_reason(conflict: Conflict, is_met: bool) -> Reason:  # noqa: FBT001 - the one question
    label = conflict.label
    met = Label(zh="应当回避", en="bars it") if is_met else Label(zh="不涉及", en="does not apply")
    text = Label(zh=f"{label.in_('zh')}：{met.zh}", en=f"{label.in_('en')}: {met.en}")
    return Reason(text, conflict.source)


def _grant_reason(
    grant: Grant, labels: Mapping[str, Label], roles: frozenset[str], relations: frozenset[str]
) -> Reason:
    role, relation = labels.get(grant.role) or Label(en=grant.role), _relation(grant.relation)
    wanting_role = grant.role not in roles
    wanting_relation = grant.relation not in {*relations, ANYONE}
    zh = "、".join([*["不具备该角色"] * wanting_role, *["不具备该关系"] * wanting_relation]) or "符合"
    en = " and ".join([*["role not held"] * wanting_role, *["relation does not hold"] * wanting_relation]) or "fits"
    if grant.evidence:
        zh, en = f"{zh}；须附：{'、'.join(grant.evidence)}", f"{en}; needs {', '.join(grant.evidence)}"
    text = Label(
        zh=f"{role.in_('zh')} × {relation.in_('zh')}：{zh}", en=f"{role.in_('en')} × {relation.in_('en')}: {en}"
    )
    return Reason(text, grant.source)
