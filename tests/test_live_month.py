"""A month of a county, made by a seed: reports, people who act or let things pass, lost answers, late workers."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from conftest import ROOT
from gridgov.authority import Actor
from gridgov.errors import GridgovError
from gridgov.handling import WhoNow
from gridgov.matters import ENDS, Matter
from gridgov.packs import Jurisdiction
from gridgov.platform import Platform

START = datetime.fromisoformat("2021-02-01T08:00+08:00")
END = START + timedelta(days=40)
PLACES = ("370124001010001", "370124001016003", "370124002003003", "370124001019003")
ITEMS = ("fire-lane", "dogs", "street-stalls", "heating", "property-management", "no-such-item")
ACTS = ("pass_up", "call", "sign_in", "contact", "meet", "complete", "call_back", "return_", "assess", "withdraw")
HOTLINE = Actor(unit="rexian")


class Month:
    """One seeded month on one platform."""

    def __init__(self, county: Jurisdiction, seed: int, matters: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a made-up month, no secret
        self.platform = Platform(county)
        self.reports = sorted(START + timedelta(minutes=self.random.randrange(28 * 1440)) for _ in range(matters))
        self.refused = 0

    def run(self, step: timedelta = timedelta(hours=7)) -> None:
        """Live through it; each step one thing is tried on every matter that is under way."""
        now, waiting = START, list(self.reports)
        while now < END:
            while waiting and waiting[0] <= now:
                self._report(len(self.reports) - len(waiting), waiting.pop(0))
            self.platform.tick(now - timedelta(hours=self.random.choice((0, 0, 30))))
            for matter in list(self.platform.matters()):
                if matter.live is not None and matter.live.state not in ENDS and self.random.random() < 0.4:
                    self._act(matter, now)
            now += step

    def _report(self, number: int, at: datetime) -> None:
        facts = self.random.choice(({}, {"scene": "compound"}, {"scene": "road"}))
        item = self.random.choice(ITEMS)
        given = {"item": item, "place": self.random.choice(PLACES), "facts": facts, "at": at}
        self._try("report", f"m-{number:03}", actor=Actor(person=f"r-{number}"), **given)

    def _act(self, matter: Matter, now: datetime) -> None:
        act = self.random.choice(ACTS)
        actor = HOTLINE if act == "call_back" else self._actor(self.platform.who_now(matter.id, now))
        said = {
            "meet": {"where": "site"},
            "call_back": {"satisfied": self.random.random() < 0.8},
            "return_": {"cites": "fire-law", "none_known": True, "evidence": ("photo-1",)},
            "withdraw": {},
        }
        if act == "withdraw":
            actor = Actor(person=f"r-{int(matter.id[2:])}")
        self._try(act, matter.id, actor=actor, at=now, **said.get(act, {}))

    def _actor(self, now: WhoNow) -> Actor:
        duties = [duty for duty in (now.coordinator, *now.others) if duty is not None]
        if not duties:
            return HOTLINE
        duty = self.random.choice(duties)
        return Actor(unit=duty.unit, post=duty.post if duty.role == "handle" else "")

    def _try(self, act: str, matter: str, **given: object) -> None:
        """Give a command, now and then twice, as after a lost answer; a refusal must leave the log as it was."""
        head = self.platform.head()
        try:
            after = getattr(self.platform, act)(matter, **given)
        except GridgovError:
            self.refused += 1
            assert self.platform.head() == head
            return
        if self.random.random() < 0.2:
            head = self.platform.head()
            assert (getattr(self.platform, act)(matter, **given), self.platform.head()) == (after, head)


def faults_of(platform: Platform) -> Iterator[str]:
    """Yield what must never be: two who coordinate, a promise that moved, a matter lost."""
    for matter in platform.matters():
        live = matter.live
        assert live is not None
        steps = [duty for duty in matter.assignments if duty.role == "handle" and duty.is_open]
        if len(steps) > 1 or (steps and live.state in {"called", "closed", "unassigned"}):
            yield f"{matter.id}: {len(steps)} open steps while {live.state}"
        dues = {
            change.due_at
            for event in platform.history(matter.id)
            for change in event.clocks
            if change.kind == "promise" and change.act != "cancel"
        }
        if len(dues) > 1:
            yield f"{matter.id}: the promise moved"
        if live.state == "unassigned" and (0, "ruling") not in live.timers:
            yield f"{matter.id}: nobody leads, and no ruling is due"


class TestMonth:
    """A seeded simulation of a county month: arrivals, failures, edits; nothing is lost."""

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_nothing_is_lost_and_the_log_gives_the_same_matters_again(self, pingyin: Jurisdiction, seed: int) -> None:
        month = Month(pingyin, seed, 40)
        month.run()
        platform = month.platform
        matters = {matter.id: matter for matter in platform.matters()}
        assert len(matters) == 40
        assert month.refused > 40
        assert [] == list(faults_of(platform))
        again = Platform(pingyin, platform.store)
        assert matters == {matter.id: matter for matter in again.matters()}
        assert platform.head() == platform.store.verify()

    def test_a_worker_that_sleeps_for_a_month_brings_the_same(self, pingyin: Jurisdiction) -> None:
        """Ticked every hour, or once at the end: the same events of every matter."""
        late, punctual = Platform(pingyin), Platform(pingyin)
        for platform, hours in ((late, (960,)), (punctual, range(0, 961, 5))):
            for number, place in enumerate(PLACES):
                given = {
                    "item": "dogs",
                    "place": place,
                    "actor": Actor(person="r"),
                    "at": START + timedelta(days=number),
                }
                platform.report(f"m-{number}", **given)
            for hour in hours:
                platform.tick(START + timedelta(days=4, hours=hour))
        assert [late.history(m.id) for m in late.matters()] == [punctual.history(m.id) for m in punctual.matters()]


SCRIPT = """
import gridgov, test_live_month
month = test_live_month.Month(gridgov.load_pack("pingyin"), 7, 12)
month.run()
print(month.platform.head())
"""


def test_the_same_seed_gives_the_same_log_whatever_the_hash_seed_or_the_zone_of_the_process() -> None:
    """House rule: no result depends on dict or set order, hash seed, locale, or the zone of the process."""
    heads = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Shanghai"), ("77", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT / "tests")}
        done = subprocess.run(  # noqa: S603 - a fixed script
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=True, cwd=ROOT
        )
        heads.add(done.stdout.strip())
    assert len(heads) == 1
