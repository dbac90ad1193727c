"""A platform over the small county with live matters, for tests: its jurisdiction in two editions, and who acts."""

from functools import cache

import attrs

import county
import live_county
from gridgov.authority import Actor
from gridgov.handling import Handling, Rules
from gridgov.packs import Jurisdiction, load_pack
from gridgov.platform import Platform
from gridgov.stores import Store
from live_county import CLOCKS, COMMUNITY, HANDLING, HEAD, PLATFORM_DESK, RESIDENT_Z, RULES, SUBDISTRICT, of

PROXY = Actor(person="worker-4", on_behalf_of="resident-y")
RESIDENT_Y = Actor(person="resident-y")
ACTORS = (
    RESIDENT_Z,
    RESIDENT_Y,
    PROXY,
    HEAD,
    COMMUNITY,
    SUBDISTRICT,
    PLATFORM_DESK,
    *map(of, ("fire", "police", "urban", "housing", "market", "environment", "farming", "station-yushan", "grid-1")),
)


@cache
def _pack() -> Jurisdiction:
    return load_pack("template")


def jurisdiction(rules: Rules = RULES) -> Jurisdiction:
    """Return the small county as a jurisdiction under some rules: the template's pack with everything replaced."""
    policy = rules.policy
    return attrs.evolve(
        _pack(),
        id="county",
        zone=county.ZONE,
        coverage=county.ALWAYS,
        confirmed_until=None,
        edition=rules.edition,
        organization=rules.organization,
        vocabulary=rules.vocabulary,
        responsibilities=rules.responsibilities,
        staff=rules.staff,
        households=(),
        calendars=policy.calendars,
        default_calendar=policy.calendar,
        counting=policy.counting,
        policy=policy,
        handling=rules.handling,
        authority=rules.authority,
        facts=attrs.evolve(_pack().facts, vocabulary=rules.findings),
    )


def _shorter() -> Handling:
    clocks = [
        live_county.clock("sign_in", "1 working_hours", (100, "remind")),
        live_county.clock("ruling", "1 working_days", (100, "remind")),
        live_county.clock("second", "1 working_days", (100, "supervise")),
    ]
    return attrs.evolve(HANDLING, clocks={rule.id: rule for rule in (*CLOCKS, *clocks)})


def shorter_rules() -> Rules:
    """Return the second edition of the rules: every step of the ladder, the promise and some clocks are shorter."""
    allowed = ("2 working_hours", "4 working_hours", "4 working_hours", "1 working_days")
    steps = tuple(
        attrs.evolve(step, limit=county.limit(text)) for step, text in zip(county.ORDINARY.steps, allowed, strict=True)
    )
    ladder = attrs.evolve(county.ORDINARY, steps=steps)
    return live_county.rules(_shorter(), edition="e2", ordinary=ladder, promise=county.limit("3 working_days"))


FIRST = jurisdiction()
SECOND = jurisdiction(shorter_rules())


def platform(store: Store | None = None) -> Platform:
    """Return a platform of the county under its first edition."""
    return Platform(FIRST, store)
