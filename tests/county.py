"""A small county for tests: two subdistricts, a town, a few departments, a list of six items, two ladders.

What it is called is real; what its list says is made up, after the worked cases of the field.
"""

from datetime import date, datetime
from typing import Any

import attrs

from gridgov.calendar import Limit, WorkCalendar
from gridgov.conditions import Attribute, AttributeType, Vocabulary, parse_cells
from gridgov.escalation import DirectLine, Ladder, Policy, Route, Step, route
from gridgov.hierarchy import Level, Line, Link, Organization, Unit
from gridgov.responsibility import Duty, Holder, Item, ResponsibilityList, Role
from gridgov.staffing import Posting, PostKind, Staff
from gridgov.values import Citation, Entry, Label, Period, Timeline

ZONE = "Asia/Shanghai"
START = date(2020, 7, 1)
ALWAYS = Period(START)
LIST = Citation("list", "row")
RULE = Citation("measures", "art. 24")


def china(text: str) -> datetime:
    """Return the instant at a time such as ``2021-02-05 15:00`` in China."""
    return datetime.fromisoformat(f"{text}+08:00")


# Units

LEVELS = (
    Level(id="county", label=Label(en="county")),
    Level(id="subdistrict", label=Label(en="subdistrict"), parents={"territory": ["county"]}),
    Level(id="town", label=Label(en="town"), parents={"territory": ["county"]}),
    Level(id="community", label=Label(en="community"), parents={"territory": ["subdistrict", "town"]}),
    Level(id="grid", label=Label(en="grid"), parents={"territory": ["community"]}),
    Level(id="building", label=Label(en="building"), parents={"territory": ["grid", "community"]}),
    Level(id="department", label=Label(en="department"), parents={"function": ["county"]}),
    Level(id="agency", label=Label(en="agency"), parents={"function": ["department"]}),
)

PARENTS = {
    "yushan": ("subdistrict", "pingyin"),
    "jinshui": ("subdistrict", "pingyin"),
    "kongcun": ("town", "pingyin"),
    "longshan": ("community", "yushan"),
    "qiaokou": ("community", "kongcun"),
    "grid-1": ("grid", "longshan"),
    "grid-2": ("grid", "longshan"),
    "house-1": ("building", "grid-1"),
    "house-9": ("building", "longshan"),
    "police": ("department", "pingyin"),
    "urban": ("department", "pingyin"),
    "market": ("department", "pingyin"),
    "housing": ("department", "pingyin"),
    "farming": ("department", "pingyin"),
    "fire": ("department", "pingyin"),
    "environment": ("department", "pingyin"),
    "traffic-police": ("agency", "police"),
    "station-yushan": ("agency", "police"),
}
VERTICAL = {"fire", "environment"}


def unit(name: str, level: str, period: Period = ALWAYS) -> Unit:
    """Return a unit under a name of its own."""
    office = level in {"department", "agency"}
    accountability = ("vertical" if name in VERTICAL else "county") if office else ""
    kind = "police" if name == "station-yushan" else ""
    return Unit(name, f"单位{name}", level, period, kind=kind, accountability=accountability, name_en=name.title())


def units() -> list[Unit]:
    """Return all units of the county."""
    return [unit("pingyin", "county"), *(unit(name, level) for name, (level, _) in PARENTS.items())]


def links() -> list[Link]:
    """Return all links of the county: parents, the police station's place, and two paired departments."""
    lines = {"department": "function", "agency": "function"}
    ties = [Link(name, lines.get(level, "territory"), above, ALWAYS) for name, (level, above) in PARENTS.items()]
    return [
        *ties,
        Link("station-yushan", "stationed_at", "yushan", ALWAYS),
        Link("housing", "paired", "longshan", ALWAYS),
        Link("farming", "paired", "longshan", ALWAYS),
        Link("market", "paired", "yushan", ALWAYS),
    ]


def organize(units: list[Unit], links: list[Link]) -> Organization:
    """Return an organisation of the county's lines and levels."""
    lines = [Line("territory", Label(zh="块")), Line("function", Label(zh="条"))]
    return Organization(lines, LEVELS, units, links)


ORGANIZATION = organize(units(), links())


# The list

VOCABULARY = Vocabulary(
    [
        Attribute("scene", AttributeType.WORD, ("compound", "road", "venue")),
        Attribute("licensed", AttributeType.FLAG),
        Attribute("emergency", AttributeType.FLAG),
    ]
)


def item(name: str, **given: Any) -> Item:
    """Return an item that is always listed, unless told otherwise."""
    return Item(**{"id": name, "label": Label(zh=f"事项{name}", en=name), "period": ALWAYS, "source": LIST, **given})


def duty(name: str, holder: str, role: Role = Role.LEAD, **given: Any) -> Duty:
    """Return a row ``item/name`` that always holds, unless told otherwise; ``when`` is given as cells."""
    cells = parse_cells(VOCABULARY, given.pop("when", {}))
    shared = {"id": name, "item": name.partition("/")[0], "role": role, "holder": Holder.parse(holder), "when": cells}
    return Duty(**{"period": ALWAYS, "source": LIST, "label": Label(zh="职责", en="a duty"), **shared, **given})


ITEMS = (
    item("fire-lane"),
    item("noise", limit=Limit.parse("20 working_days")),
    item("stalls"),
    item("straw", redirect=Label(zh="火情先拨119", en="for a fire call 119 first")),
    item("small-works"),
    item("court", accepted=False, redirect=Label(zh="请向法院提出", en="turn to the court")),
)

LOCAL = "level:subdistrict|town"

DUTIES = (
    duty("fire-lane/a", "unit:fire", when={"scene": "compound"}),
    duty("fire-lane/b", "unit:traffic-police", when={"scene": "road"}),
    duty("fire-lane/c", "unit:fire", when={"scene": "venue"}),
    duty("fire-lane/d", "unit:police", Role.SUPPORT, when={"scene": "!road"}),
    duty("fire-lane/e", "unit:urban", Role.SUPPORT),
    duty(
        "fire-lane/f",
        LOCAL,
        Role.LOCAL,
        label=Label(zh="巡查、上报、协助执法", en="patrol, report, assist enforcement"),
    ),
    duty("noise/a", "unit:housing", Role.JOINT),
    duty("noise/b", "unit:environment", Role.JOINT),
    duty("stalls/a", "unit:urban", Role.EITHER),
    duty("stalls/b", "unit:market", Role.EITHER, when={"licensed": "no"}),
    duty("straw/a", "unit:farming", outside=("kongcun",)),
    duty("straw/b", "unit:urban", within=("kongcun",)),
    duty("small-works/a", LOCAL),
    duty("small-works/b", "stationed:police", Role.SUPPORT, within=("yushan",)),
)


def listing(*rows: Duty, items: tuple[Item, ...] = ITEMS, **given: Any) -> ResponsibilityList:
    """Return a list of these rows, or of the county's own."""
    return ResponsibilityList(VOCABULARY, items, rows or DUTIES, **given)


LISTED = listing()


# Staff

KINDS = (
    PostKind(id="grid-head", label=Label(zh="网格长", en="grid head"), level="grid"),
    PostKind(id="grid-worker", label=Label(zh="专职网格员", en="grid worker"), level="grid", per_unit=2),
)


def posting(kind: str, unit: str, person: str, start: date = START, end: date | None = None) -> Posting:
    """Return one person's time in a post."""
    return Posting(kind=kind, unit=unit, person=person, period=Period(start, end))


STAFF = Staff(KINDS, (posting("grid-head", "grid-1", "p1"),), ORGANIZATION)


# Times and ladders

HOLIDAYS = frozenset({date(2021, 1, 1), *(date(2021, 2, day) for day in range(11, 18))})
MAKEUP = frozenset({date(2021, 2, 7), date(2021, 2, 20)})
OFFICE = WorkCalendar(
    id="office",
    zone=ZONE,
    week=(((540, 720), (780, 1020)),) * 5 + ((), ()),
    off=HOLIDAYS,
    makeup=MAKEUP,
    coverage=Period(START, date(2021, 4, 1)),
)
CLOCK = WorkCalendar.around_the_clock(ZONE, ALWAYS)


def limit(text: str, start: date = START, **given: Any) -> Timeline[Limit]:
    """Return a limit that holds from a day on."""
    return Timeline("limit", (Entry(effective_from=start, value=Limit.parse(text), source=RULE),), **given)


def step(name: str, answers: str, allowed: str, **given: Any) -> Step:
    """Return a step of a ladder."""
    return Step(id=name, label=Label(zh=f"步骤{name}", en=name), answers=answers, limit=limit(allowed), **given)


ORDINARY = Ladder(
    id="ordinary",
    label=Label(zh="逐级上报", en="ordinary"),
    steps=(
        step("judge", "level:grid", "4 working_hours", post="grid-head"),
        step("community", "level:community", "1 working_days"),
        step("subdistrict", LOCAL, "1 working_days"),
        step("department", "leads", "2 working_days"),
    ),
)
EMERGENCY = Ladder(
    id="emergency",
    label=Label(zh="突发事件", en="emergency"),
    when=parse_cells(VOCABULARY, {"emergency": "yes"}),
    steps=(
        step("sign-in", "leads", "30 minutes", calendar="always"),
        step("report", "leads", "90 minutes", calendar="always"),
    ),
)


def rules(**given: Any) -> Policy:
    """Return the county's policy, changed where told."""
    policy = Policy(
        edition="e1",
        zone=ZONE,
        promise=limit("5 working_days"),
        ordinary=ORDINARY,
        emergency=EMERGENCY,
        direct_line=DirectLine(label=Label(zh="直通车", en="direct line"), source=RULE),
        calendars={"office": OFFICE, "always": CLOCK},
        calendar="office",
    )
    return attrs.evolve(policy, **given)


def ask(item: str, place: str, at: str, **given: Any) -> Route:
    """Route a matter in the county; parts of it and of the question may be replaced."""
    parts = {"policy": rules(), "organization": ORGANIZATION, "responsibilities": LISTED, "staff": STAFF}
    parts |= {name: given.pop(name) for name in list(given) if name in parts}
    return route(**parts, item=item, place=place, at=china(at), **given)  # type: ignore[arg-type]
