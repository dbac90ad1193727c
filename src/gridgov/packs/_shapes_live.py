"""Shapes of the TOML files by which live matters run: one class per table, every key it may hold, with its default."""

from collections.abc import Mapping

import attrs

from gridgov.packs._shapes import NOTHING, Cited
from gridgov.packs._strict import Id
from gridgov.values import Label

# --- authority.toml ---------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class RoleShape(Cited):
    """Who an actor may be."""

    label: Label
    post: tuple[Id, ...] = ()
    level: tuple[Id, ...] = ()
    unit: tuple[Id, ...] = ()
    kind: tuple[Id, ...] = ()
    anybody: bool = False


@attrs.frozen(kw_only=True)
class GrantShape(Cited):
    """Commands that a role may give in a relation."""

    command: tuple[Id, ...]
    role: Id
    relation: Id
    evidence: tuple[Id, ...] = ()


@attrs.frozen(kw_only=True)
class ConflictShape(Cited):
    """Commands that nobody may give in a relation."""

    command: tuple[Id, ...]
    relation: Id
    label: Label


@attrs.frozen(kw_only=True)
class AuthorityFile(Cited):
    """``authority.toml``."""

    roles: Mapping[Id, RoleShape] = NOTHING
    grants: tuple[GrantShape, ...] = ()
    conflicts: tuple[ConflictShape, ...] = ()
