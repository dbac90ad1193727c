"""The rates, score scheme and groups of a pack."""

from fractions import Fraction
from typing import Any

from gridgov.assessment import Group, Rate, Rounding, ScoreScheme
from gridgov.conditions import Attribute, AttributeType, Vocabulary, parse_cells
from gridgov.facts import INSTANTS, STANDARD_FACTS
from gridgov.packs._desk import Desk, attempt, basis_of, one_of, within
from gridgov.packs._shapes import (
    AssessmentFile,
    AttributesFile,
    GroupShape,
    MatterShape,
    RateShape,
    SchemeShape,
    ShareShape,
)
from gridgov.packs._strict import exact_number
from gridgov.packs._units import Units
from gridgov.responsibility import Role

_FILE = "assessment.toml"
_ROLES = (*(role.value for role in Role), "handle", "answer")


def standard_facts() -> list[Attribute]:
    """Return the facts that every assignment has, as attributes: yes, no, or not known."""
    return [Attribute(name, AttributeType.FLAG, (), label) for name, label in STANDARD_FACTS.items()]


def read_scheme(
    desk: Desk, shape: AssessmentFile, facts: Vocabulary | None, words: AttributesFile | None, units: Units
) -> ScoreScheme | None:
    """Return the scheme of ``assessment.toml`` with its rates and groups; None when it is faulty.

    Args:
        desk: The desk.
        shape: The file.
        facts: Facts of assignments; None when they are faulty.
        words: Words of accountability; None when they are faulty.
        units: Levels of units.
    """
    before = len(desk.faults)
    rates = [_rate(desk, f"rates.{key}", rate, facts, shape) for key, rate in shape.rates.items()]
    groups = [_group(desk, index, group, (words, units), shape) for index, group in enumerate(shape.groups)]
    _check_distinct(desk, [group.id for group in shape.groups])
    for index, level in enumerate(shape.answers_level):
        attempt(desk.faults, within(_FILE, f"answers_level[{index}]"), units.level, level)
    scheme = shape.scheme
    attempt(desk.faults, within(_FILE, "scheme.period_by"), _instant, scheme.period_by)
    said = _said(desk, "scheme", scheme, shape)
    if len(desk.faults) > before or facts is None:
        return None
    return _scheme(
        desk,
        "scheme",
        **said,
        rates=tuple(filter(None, rates)),
        groups=tuple(filter(None, groups)),
        min_n=scheme.min_n,
        ties=scheme.ties,
        period_by=scheme.period_by,
        answers_levels=shape.answers_level,
    )


def read_matter_scheme(
    desk: Desk, shape: AssessmentFile, facts: Vocabulary | None, scheme: ScoreScheme | None
) -> ScoreScheme | None:
    """Return how each responder of one matter is marked (一事一考); None when nothing is said of it, or it is faulty.

    It weighs rates of its own and rates of *scheme*, the month's; None when that one is faulty.
    """
    matter, before = shape.matter, len(desk.faults)
    if matter is None:
        return None
    for key in matter.rates:
        if key in shape.rates:
            desk.faults.add("duplicate_rate", f"two rates are called {key!r}", f"{_FILE}: matter.rates.{key}")
    own = [_rate(desk, f"matter.rates.{key}", rate, facts, shape) for key, rate in matter.rates.items()]
    said = _said(desk, "matter", matter, shape)
    if len(desk.faults) > before or scheme is None:
        return None
    known = {rate.id: rate for rate in (*filter(None, own), *scheme.rates)}
    weighed = {name: known[name] for name in matter.weights if name in known}
    rest = {name: known[name] for name in matter.rates if name in known}
    return _scheme(desk, "matter", **said, rates=tuple((weighed | rest).values()), groups=())


def _said(desk: Desk, path: str, shape: SchemeShape | MatterShape, file: AssessmentFile) -> dict[str, Any]:
    """Return what the tables of both schemes say."""
    rounding, authority = shape.rounding, shape.authority
    return {
        "id": shape.id,
        "label": shape.label,
        "full_mark": Fraction(shape.full_mark),
        "on_missing": shape.on_missing,
        "effective_from": shape.effective_from,
        "basis": basis_of(shape, file),
        "weights": {
            name: attempt(desk.faults, within(_FILE, f"{path}.weights.{name}"), exact_number, text)
            for name, text in shape.weights.items()
        },
        "rounding": attempt(desk.faults, within(_FILE, f"{path}.rounding"), Rounding, rounding.decimals, rounding.mode),
        "authority": authority
        and attempt(
            desk.faults,
            within(_FILE, f"{path}.authority"),
            desk.citation,
            authority.doc,
            authority.clause,
            shape.effective_from,
        ),
        "source": desk.cite(f"{_FILE}: {path}", shape.effective_from, shape, file),
    }


def _scheme(desk: Desk, path: str, **said: Any) -> ScoreScheme | None:
    """Return a scheme; what is wrong with it is noted."""
    place = within(_FILE, path)
    found = attempt(desk.faults, place, ScoreScheme, **said)
    if found is not None:
        desk.faults.extend(fault.at(place(fault.place)) for fault in found.faults())
    return found


def _rate(desk: Desk, path: str, shape: ShareShape, facts: Vocabulary | None, file: AssessmentFile) -> Rate | None:
    """Return the rate at a path of the file, called by its last part."""
    period_by = shape.period_by if isinstance(shape, RateShape) else INSTANTS[0]
    attempt(desk.faults, within(_FILE, f"{path}.period_by"), _instant, period_by)
    source = desk.cite(f"{_FILE}: {path}", file.scheme.effective_from, shape, file)
    if facts is None:
        return None
    numerator, denominator, exclude = (
        attempt(desk.faults, within(_FILE, f"{path}.{name}"), parse_cells, facts, cells)
        for name, cells in (
            ("numerator", shape.numerator),
            ("denominator", shape.denominator),
            ("exclude", shape.exclude),
        )
    )
    if numerator is None or denominator is None or exclude is None or period_by not in INSTANTS:
        return None
    return Rate(
        id=path.removeprefix("matter.").removeprefix("rates."),
        label=shape.label,
        numerator=numerator,
        denominator=denominator,
        exclude=exclude,
        period_by=period_by,
        version=shape.version,
        source=source,
        basis=basis_of(shape, file),
    )


def _group(
    desk: Desk, index: int, shape: GroupShape, known: tuple[AttributesFile | None, Units], file: AssessmentFile
) -> Group | None:
    words, units = known
    place = within(_FILE, f"groups[{index}]")
    for level in shape.where.level:
        attempt(desk.faults, within(_FILE, f"groups[{index}].where.level"), units.level, level)
    answers = shape.where.accountability if words is None else words.accountability
    for word in shape.where.accountability:
        inner = within(_FILE, f"groups[{index}].where.accountability")
        attempt(desk.faults, inner, one_of, word, answers, what="an accountability of attributes.toml")
    for role in shape.roles:
        attempt(desk.faults, within(_FILE, f"groups[{index}].roles"), one_of, role, _ROLES, what="a role")
    return attempt(
        desk.faults,
        place,
        Group,
        id=shape.id,
        label=shape.label,
        levels=shape.where.level,
        accountability=shape.where.accountability,
        roles=shape.roles,
        ranked=shape.ranked,
        min_group=shape.min_group,
        note=shape.note,
        source=desk.cite(place(""), file.scheme.effective_from, shape, file),
        basis=basis_of(shape, file),
    )


def _check_distinct(desk: Desk, ids: list[str]) -> None:
    for index, key in enumerate(ids):
        if key in ids[:index]:
            desk.faults.add("duplicate_group", f"two groups are called {key!r}", f"{_FILE}: groups[{index}].id")


def _instant(text: str) -> str:
    return one_of(text, INSTANTS, what="an instant of an assignment")
