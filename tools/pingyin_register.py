"""Generate the illustrative register of the ``pingyin`` pack: one row per happening, July 2020 to February 2021.

Nothing in it happened. Its totals agree with the article: more than 2,000 topics opened, most of them solved by grid,
community or subdistrict; 51 matters called to county departments, of which 50 ended with a satisfied resident.
"""

import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

__all__ = ["COLUMNS", "happenings"]

Row = dict[str, str]

SEED = 20210308
TOPICS = 2043
AT_ONCE = 214
FIRST, LAST = date(2020, 7, 1), date(2021, 2, 28)
CHINA = timezone(timedelta(hours=8))
ADDED = date(2021, 1, 1)

COLUMNS = (
    "matter", "what", "at", "unit", "role", "item", "place", "channel", "due_at", "satisfied", "reason",
    "fact.duty_done", "when.scene", "when.emergency",
)  # fmt: skip

# State Council notices for the end of 2020 and for 2021.
OFF = frozenset(
    [date(2020, 10, day) for day in range(1, 9)] + [date(2021, 1, 1)] + [date(2021, 2, day) for day in range(11, 18)]
)
MADE_UP = frozenset({date(2020, 9, 27), date(2020, 10, 10), date(2021, 2, 7), date(2021, 2, 20)})

CHANNELS = ("app", "app", "app", "hotline", "patrol", "patrol", "visit")

# What residents report, the commoner the more often; the last line is on the list only from 2021-01-01.
EVERYDAY = (
    "property-management", "property-management", "property-management", "compound-drains", "compound-drains",
    "neighbour-noise", "neighbour-noise", "dogs", "dog-fouling", "dog-fouling", "street-lamps", "street-lamps",
    "manholes", "posters", "posters", "street-cleaning", "waste-collection", "waste-collection", "unmanaged-lanes",
    "parking-order", "parking-order", "indoor-charging", "indoor-charging", "green-damage", "compound-structures",
    "shop-overflow", "water-supply", "power-supply", "mediation", "elderly-care", "city-appearance", "lift-safety",
    "fire-lane",
)  # fmt: skip
EVERYDAY_ADDED = ("parking-locks", "thrown-objects", "square-dancing", "waste-sorting", "cables", "charging-piles")

# The calls, one a line: when, item (with its scene), then the units: the lead or leads first; * supports, > returned
# it; after a colon u: not met, d: the meeting was declined, l: late, x: did not complete, n: duty not done.
# ! The resident was not satisfied.
CALLS = """
2020-07-08 10:20 dogs gongan zhifa*
2020-07-14 15:05 street-stalls zhifa chengguan* shichang*
2020-07-22 09:40 fire-lane@compound xiaofang gongan* zhifa*
2020-07-29 14:30 property-management zhujian
2020-08-05 10:10 dogs gongan zhifa* nongye*
2020-08-11 16:00 barbecue chengguan zhifa* huanbao* shichang*
2020-08-19 09:25 illegal-fundraising jinrong gongan* shichang*
2020-08-26 14:45 compound-drains zhujian shuiwu*
2020-09-02 10:30 illegal-construction ziran zhifa*:u
2020-09-09 15:20 neighbour-noise gongan huanbao*:d
2020-09-16 09:50 fire-lane@road jiaojing xiaofang*
2020-09-23 14:10 unpaid-wages renshe zhujian* gongan*
2020-09-28 11:00 kitchen-fumes zhifa huanbao* shichang*
2020-10-12 10:15 construction-noise zhujian huanbao gongan*
2020-10-20 15:40 overloading jiaotong jiaojing*
2020-10-28 09:35 dogs gongan zhifa*
2020-11-04 14:20 lift-safety shichang zhujian*
2020-11-10 10:05 small-food shichang chengguan* weijian*
2020-11-18 16:10 heating gongre zhujian*
2020-11-25 09:45 fire-lane@compound xiaofang gongan*:u zhifa*
2020-12-02 10:50 compound-structures zhifa zhujian* ziran*
2020-12-08 14:35 county-roads jiaotong:u
2020-12-10 15:15 bus-stops jiaotong:u chengguan*
2020-12-16 09:30 illegal-fundraising jinrong gongan* shichang*
2020-12-22 10:40 haulage-dust jiaotong huanbao*:l
2020-12-24 14:00 overloading jiaotong:l jiaojing*
2020-12-29 15:50 construction-waste chengguan zhifa* jiaojing*
2021-01-07 10:25 basement-birds gongan zhujian* nongye*
2021-01-20 14:15 thrown-objects gongan zhujian*
2021-02-01 09:40 property-management zhujian shichang*
2021-02-01 15:10 street-stalls zhifa chengguan* shichang*
2021-02-02 10:05 dogs gongan zhifa* nongye*
2021-02-02 14:30 overloading jiaotong:u jiaojing*
2021-02-03 09:15 construction-noise zhujian huanbao gongan*:d
2021-02-03 16:20 shop-overflow zhifa:u shichang*
2021-02-04 10:50 basement-birds zhujian> gongan zhujian*
2021-02-04 15:00 fire-lane@compound xiaofang gongan* zhifa*
2021-02-05 10:00 illegal-fundraising jinrong gongan* shichang*:u
2021-02-05 15:30 county-roads jiaotong:l
2021-02-07 10:30 compound-structures zhifa zhujian*
2021-02-08 09:20 bus-stops jiaotong:u chengguan* !
2021-02-08 14:00 construction-waste chengguan zhifa* jiaotong*:uxn
2021-02-09 09:30 property-handover zhujian zhifa*
2021-02-09 16:10 fire-lane@road jiaojing xiaofang*
2021-02-10 09:50 neighbour-noise gongan huanbao*
2021-02-10 16:00 fire-lane@compound xiaofang gongan*:x zhifa*
2021-02-12 22:45 heating gongre zhujian*
2021-02-18 09:00 dogs gongan zhifa* weijian*
2021-02-18 15:20 property-management zhujian:d
2021-02-19 14:00 street-stalls zhifa shichang* gongan* huanbao*:un
2021-02-20 10:10 prepaid-cards shichang shangwu*
"""


class Office:
    """Office hours as one run of minutes, so that working time can be added and taken away."""

    DAY = 420
    NOON = 180

    def __init__(self) -> None:
        every = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 30))
        self.days = [day for day in every if day in MADE_UP or (day.weekday() < 5 and day not in OFF)]

    def minute(self, at: datetime) -> int:
        """Return how many office minutes lie before *at*."""
        place = bisect_left(self.days, at.date())
        if place == len(self.days) or self.days[place] != at.date():
            return place * self.DAY
        since = at.hour * 60 + at.minute - 9 * 60
        worked = since if since <= self.NOON else max(self.NOON, since - 60)
        return place * self.DAY + min(max(worked, 0), self.DAY)

    def instant(self, minute: int) -> datetime:
        """Return the instant after *minute* office minutes."""
        place, rest = divmod(minute, self.DAY)
        clock = 9 * 60 + rest + (60 if rest >= self.NOON else 0)
        return datetime.combine(self.days[place], time(*divmod(clock, 60)), CHINA)

    def after(self, at: datetime, minutes: int) -> datetime:
        """Return the instant *minutes* of office time after *at*; before it, when negative."""
        return self.instant(self.minute(at) + minutes)

    def due(self, at: datetime) -> datetime:
        """Return when five working days from *at* end; the day itself is not counted."""
        first = bisect_left(self.days, at.date() + timedelta(days=1))
        return datetime.combine(self.days[first + 4], time(17), CHINA)


def is_night(at: datetime) -> bool:
    """Say whether a call is one of the emergencies, which come in the evening."""
    return at.hour >= 18


class Part(NamedTuple):
    """A unit's part in a call."""

    unit: str
    role: str
    flaws: str
    returned: bool


class Call(NamedTuple):
    """A line of `CALLS`."""

    at: datetime
    item: str
    scene: str
    parts: tuple[Part, ...]
    satisfied: bool


def read_calls() -> list[Call]:
    """Return the calls."""
    calls = []
    for line in CALLS.strip().splitlines():
        day, clock, item, *rest = line.split()
        item, _, scene = item.partition("@")
        leads = "joint" if item == "construction-noise" else "lead"
        parts = []
        for word in rest:
            unit, _, flaws = word.partition(":")
            role = "support" if unit.endswith("*") else leads
            parts.append(Part(unit.rstrip("*>"), role, flaws, unit.endswith(">")))
        at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CHINA)
        calls.append(Call(at, item, scene, tuple(part for part in parts if part.unit != "!"), "!" not in rest))
    return calls


class Matter:
    """The rows of one matter, in order."""

    def __init__(self, grid: str) -> None:
        self.grid = grid
        self.community, self.subdistrict = grid[:12], grid[:9]
        self.rows: list[tuple[datetime, Row]] = []

    def add(self, what: str, at: datetime, unit: str = "", **more: str) -> datetime:
        self.rows.append((at, {"what": what, "at": at.isoformat(timespec="minutes"), "unit": unit, **more}))
        return at


class Register:
    """The register as it grows."""

    def __init__(self, grids: Sequence[str]) -> None:
        self.rng = random.Random(SEED)
        self.office = Office()
        self.grids = grids
        self.matters: list[Matter] = []

    def between(self, low: int, high: int) -> int:
        return low + int(self.rng.random() * (high - low + 1))

    def pick(self, things: Sequence[str]) -> str:
        return things[int(self.rng.random() * len(things))]

    def matter(self) -> Matter:
        self.matters.append(Matter(self.pick(self.grids)))
        return self.matters[-1]

    # --- matters that nobody called -----------------------------------------------------------------------------

    def everyday(self, *, topic: bool) -> None:
        """A matter that grid, community or subdistrict solves; about two in a hundred take too long."""
        day = FIRST + timedelta(days=self.between(0, (LAST - FIRST).days - 2))
        reported = datetime.combine(day, time(self.between(7, 20), self.between(0, 59)), CHINA)
        item = self.pick((*EVERYDAY, *EVERYDAY_ADDED) if day >= ADDED else EVERYDAY)
        more = {"when.scene": "compound"} if item == "fire-lane" else {}
        matter = self.matter()
        matter.add("reported", reported, item=item, place=matter.grid, channel=self.pick(CHANNELS), **more)
        at = matter.add("assigned", self.office.after(reported, self.between(1, 30)), matter.grid, role="handle")
        unit = matter.grid
        if topic:
            at = matter.add("opened", self.office.after(at, self.between(5, 40)))
            unit, at = self.climb(matter, at)
        at = self.solve(matter, unit, at)
        if self.between(1, 100) <= 70:
            satisfied = "yes" if self.between(1, 100) <= 96 else "no"
            at = matter.add("answered", self.office.after(at, self.between(60, 420)), satisfied=satisfied)
        matter.add("closed", self.office.after(at, self.between(10, 120)))

    def climb(self, matter: Matter, at: datetime) -> tuple[str, datetime]:
        """Pass a matter up until somebody solves it: of ten, six stay in the grid and three in the community."""
        unit = matter.grid
        tenth = self.between(1, 10)
        for above in (matter.community, matter.subdistrict)[: (tenth > 6) + (tenth > 9)]:
            unit, at = above, matter.add("passed_up", self.office.after(at, self.between(30, 150)), above)
        return unit, at

    def solve(self, matter: Matter, unit: str, at: datetime) -> datetime:
        """Meet the resident, who may not want it, and complete the matter. Return when."""
        share = self.between(1, 100)
        if share > 4:
            at = self.office.after(at, self.between(10, 80))
            matter.add("met" if share > 13 else "declined", at, unit)
        minutes = self.between(10, 100) * (12 if self.between(1, 100) <= 2 else 1)
        return matter.add("completed", self.office.after(at, minutes), unit)

    # --- calls --------------------------------------------------------------------------------------------------

    def call(self, call: Call) -> None:
        """A matter called to departments: what led to it, each responder's part, and the resident's answer."""
        matter = self.matter()
        if is_night(call.at):
            self.emergency(matter, call)
        else:
            self.lead_up(matter, call)
        done = [self.respond(matter, part, at) for part, at in self.dispatch(matter, call)]
        at = max(done)
        for part in call.parts:
            if not part.returned:
                matter.add("noted", at, part.unit, **{"fact.duty_done": "no" if "n" in part.flaws else "yes"})
        at = matter.add(
            "answered", self.office.after(at, self.between(60, 400)), satisfied="yes" if call.satisfied else "no"
        )
        matter.add("closed", self.office.after(at, self.between(10, 60)))

    def lead_up(self, matter: Matter, call: Call) -> None:
        """Report, judgement in the grid, community, subdistrict: about a working day before the call."""
        steps = [self.between(60, 220), self.between(120, 260), self.between(30, 120), self.between(5, 30)]
        times = [self.office.after(call.at, -sum(steps[n:])) for n in range(4)]
        more = {"when.scene": call.scene} if call.scene else {}
        matter.add("reported", times[0], item=call.item, place=matter.grid, channel=self.pick(CHANNELS), **more)
        matter.add("assigned", times[0], matter.grid, role="handle")
        matter.add("opened", times[1])
        matter.add("passed_up", times[1], matter.community)
        matter.add("passed_up", times[3], matter.subdistrict)

    def emergency(self, matter: Matter, call: Call) -> None:
        """Seen at night, called five minutes later, no step before."""
        seen = call.at - timedelta(minutes=5)
        more = {"item": call.item, "place": matter.grid, "channel": "patrol", "when.emergency": "yes"}
        matter.add("reported", seen, **more)
        matter.add("assigned", call.at, matter.subdistrict, role="handle")
        matter.add("opened", call.at)

    def dispatch(self, matter: Matter, call: Call) -> list[tuple[Part, datetime]]:
        """Open each responder's duty; a lead that returns the matter is replaced the working day after.

        All fall due five working days after the first call: a return resets nothing.
        """
        at, due = call.at, self.office.due(call.at).isoformat(timespec="minutes")
        for part in call.parts:
            if part.returned:
                matter.add("called", at, part.unit, role=part.role, due_at=due)
                signed = matter.add("signed", self.office.after(at, 30), part.unit)
                at = self.office.after(
                    matter.add("returned", self.office.after(signed, 400), part.unit, reason="not-mine"), 60
                )
        parts = [part for part in call.parts if not part.returned]
        for part in parts:
            matter.add("called", at, part.unit, role=part.role, due_at=due)
        return [(part, at) for part in parts]

    def respond(self, matter: Matter, part: Part, called: datetime) -> datetime:
        """One responder: sign in, contact, meet, complete. Return when it ended."""
        if is_night(called):
            return self.respond_at_night(matter, part, called)
        at = matter.add("signed", self.office.after(called, self.between(10, 110)), part.unit)
        if part.role != "support" and not any(row["what"] == "relieved" for _, row in matter.rows):
            matter.add("relieved", at, matter.subdistrict)
        at = matter.add("contacted", self.office.after(at, self.between(10, 200)), part.unit)
        if "d" in part.flaws:
            matter.add("declined", at, part.unit)
        elif "u" not in part.flaws:
            at = matter.add("met", self.office.after(at, self.between(30, 300)), part.unit)
        if "l" in part.flaws:
            at = self.office.after(self.office.due(called), self.between(60, 200))
        else:
            at = self.office.after(at, self.between(60, 500))
        return at if "x" in part.flaws else matter.add("completed", at, part.unit)

    def respond_at_night(self, matter: Matter, part: Part, called: datetime) -> datetime:
        """One responder to an emergency, by the clock."""
        at = matter.add("signed", called + timedelta(minutes=self.between(5, 28)), part.unit)
        if part.role != "support":
            matter.add("relieved", at, matter.subdistrict)
        at = matter.add("met", at + timedelta(minutes=self.between(20, 50)), part.unit)
        return matter.add("completed", at + timedelta(minutes=self.between(240, 420)), part.unit)


def happenings(grids: Sequence[str]) -> list[Row]:
    """Return the register's rows in order of time; what would lie after its last day is not yet known."""
    register = Register(grids)
    calls = read_calls()
    for call in calls:
        register.call(call)
    for n in range(TOPICS - len(calls) + AT_ONCE):
        register.everyday(topic=n >= AT_ONCE)
    end = datetime.combine(LAST + timedelta(days=1), time(0), CHINA)
    rows = []
    for number, matter in enumerate(sorted(register.matters, key=lambda m: m.rows[0][0]), 1):
        matter.rows.sort(key=lambda row: row[0])
        rows += [(at, number, row) for at, row in matter.rows if at < end]
    rows.sort(key=lambda row: row[:2])
    return [{"matter": f"m-{number:04d}", **row} for _, number, row in rows]
