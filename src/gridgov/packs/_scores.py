"""The rates, score scheme and groups of a pack."""

from fractions import Fraction

from gridgov.assessment import Group, Rate, Rounding, ScoreScheme
from gridgov.conditions import Attribute, AttributeType, Vocabulary, parse_cells
from gridgov.facts import INSTANTS, STANDARD_FACTS
from gridgov.packs._desk import Desk, attempt, basis_of, one_of, within
from gridgov.packs._shapes import AssessmentFile, AttributesFile, GroupShape, RateShape
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
    rates = [_rate(desk, key, rate, facts, shape) for key, rate in shape.rates.items()]
    groups = [_group(desk, index, group, (words, units), shape) for index, group in enumerate(shape.groups)]
    _check_distinct(desk, [group.id for group in shape.groups])
    for index, level in enumerate(shape.answers_level):
        attempt(desk.faults, within(_FILE, f"answers_level[{index}]"), units.level, level)
    scheme = shape.scheme
    place = within(_FILE, "scheme")
    weights = {
        name: attempt(desk.faults, within(_FILE, f"scheme.weights.{name}"), exact_number, text)
        for name, text in scheme.weights.items()
    }
    rounding = attempt(
        desk.faults, within(_FILE, "scheme.rounding"), Rounding, scheme.rounding.decimals, scheme.rounding.mode
    )
    attempt(desk.faults, within(_FILE, "scheme.period_by"), _instant, scheme.period_by)
    authority = scheme.authority and attempt(
        desk.faults,
        within(_FILE, "scheme.authority"),
        desk.citation,
        scheme.authority.doc,
        scheme.authority.clause,
        scheme.effective_from,
    )
    source = desk.cite(place(""), scheme.effective_from, scheme, shape)
    if len(desk.faults) > before or facts is None:
        return None
    found = attempt(
        desk.faults,
        place,
        ScoreScheme,
        id=scheme.id,
        label=scheme.label,
        rates=tuple(filter(None, rates)),
        weights=weights,
        full_mark=Fraction(scheme.full_mark),
        groups=tuple(filter(None, groups)),
        min_n=scheme.min_n,
        ties=scheme.ties,
        on_missing=scheme.on_missing,
        period_by=scheme.period_by,
        rounding=rounding,
        effective_from=scheme.effective_from,
        answers_levels=shape.answers_level,
        authority=authority,
        source=source,
        basis=basis_of(scheme, shape),
    )
    if found is not None:
        desk.faults.extend(fault.at(place(fault.place)) for fault in found.faults())
    return found


def _rate(desk: Desk, key: str, shape: RateShape, facts: Vocabulary | None, file: AssessmentFile) -> Rate | None:
    place = within(_FILE, f"rates.{key}")
    attempt(desk.faults, within(_FILE, f"rates.{key}.period_by"), _instant, shape.period_by)
    source = desk.cite(place(""), file.scheme.effective_from, shape, file)
    if facts is None:
        return None
    numerator, denominator, exclude = (
        attempt(desk.faults, within(_FILE, f"rates.{key}.{name}"), parse_cells, facts, cells)
        for name, cells in (
            ("numerator", shape.numerator),
            ("denominator", shape.denominator),
            ("exclude", shape.exclude),
        )
    )
    if numerator is None or denominator is None or exclude is None or shape.period_by not in INSTANTS:
        return None
    return Rate(
        id=key,
        label=shape.label,
        numerator=numerator,
        denominator=denominator,
        exclude=exclude,
        period_by=shape.period_by,
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
