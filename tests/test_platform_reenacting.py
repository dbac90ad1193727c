"""Recorded matters driven through the platform: what the rules would have said of what was recorded."""

from pathlib import Path

import pytest

import small_register
from gridgov.authority import Actor
from gridgov.history import History, import_history
from gridgov.matters import Live, Matter
from gridgov.packs import Jurisdiction
from gridgov.platform import Platform, Reenactment, reenact
from live_county import PLATFORM_DESK
from live_platform import FIRST
from small_register import Row, row

DESK = Actor(unit="370124")
COLUMNS = tuple(name.replace("fact.duty_done", "fact.duty") for name in small_register.HAPPENINGS)


def reported(matter: str = "m1", at: str = "02-22 14:00", **more: str) -> Row:
    """Return the row that reports a car in the fire lane of a compound in the first grid."""
    return row(matter, "reported", at, **{"item": "fire-lane", "place": "grid-1", "when__scene": "compound", **more})


CALLED = (
    reported(),
    row("m1", "assigned", "02-22 14:01", "grid-1"),
    row("m1", "opened", "02-22 14:02"),
    row("m1", "passed_up", "02-22 14:10", "longshan"),
    row("m1", "passed_up", "02-22 14:20", "yushan"),
    row("m1", "called", "02-22 14:30", "fire", role="lead"),
    row("m1", "called", "02-22 14:30", "police", role="support"),
    row("m1", "signed", "02-22 14:40", "fire"),
    row("m1", "contacted", "02-22 14:45", "fire"),
    row("m1", "met", "02-22 15:00", "fire"),
    row("m1", "signed", "02-22 15:10", "police"),
    row("m1", "declined", "02-22 15:20", "police"),
    row("m1", "completed", "02-23 10:00", "fire", fact__duty="yes"),
    row("m1", "answered", "02-24 10:00", satisfied="yes"),
    row("m1", "closed", "02-24 10:30"),
)


class Told:
    """A file of records, and what came of driving it."""

    def __init__(self, folder: Path, *rows: Row) -> None:
        file = small_register.write(folder / "told.csv", rows, COLUMNS)
        self.history: History = import_history(FIRST, file, map_name="standard")
        assert self.history.rejected == ()
        self.platform = Platform(FIRST)
        self.driven: Reenactment = reenact(self.platform, self.history, self.history.matters, desk=PLATFORM_DESK)

    def matter(self, name: str = "m1") -> Matter:
        return self.platform.matter(name)

    def events(self, name: str = "m1") -> list[str]:
        return [event.TYPE for event in self.platform.history(name)]

    def refused(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(refusal.what, refusal.codes) for refusal in self.driven.refused]


def live(matter: Matter) -> Live:
    assert matter.live is not None
    return matter.live


class TestEachHappening:
    """A happening is the command that would have caused it, given by who would have had to give it."""

    def test_a_call_with_all_that_belongs_to_it(self, tmp_path: Path) -> None:
        told = Told(tmp_path, *CALLED)
        assert told.refused() == [("opened", ("not_granted",))]
        assert [(duty.unit, duty.role, duty.outcome) for duty in told.matter().assignments] == [
            ("grid-1", "handle", "passed_up"),
            ("longshan", "handle", "passed_up"),
            ("yushan", "handle", "handed_over"),
            ("fire", "lead", "completed"),
            ("police", "support", ""),
        ]
        fire, police = told.matter().assignments[3:]
        assert fire.signed_at is not None
        assert fire.contacted_at is not None
        assert fire.met_at is not None
        assert police.declined
        assert live(told.matter()).state == "closed"
        assert [dict(finding.facts) for finding in live(told.matter()).findings] == [{"duty": "yes"}, {}]

    def test_what_was_called_at_one_instant_is_one_call(self, tmp_path: Path) -> None:
        told = Told(tmp_path, *CALLED)
        assert told.events().count("called_out") == 1
        assert told.events().count("summoned") == 2

    def test_it_counts_what_was_taken(self, tmp_path: Path) -> None:
        told = Told(tmp_path, *CALLED)
        kept = {envelope.command for envelope in told.platform.store.feed() if envelope.actor != "clock"}
        assert told.driven.given == len(kept)
        assert told.driven.matters == ("m1",)

    def test_what_the_rules_do_by_themselves_is_left_to_them(self, tmp_path: Path) -> None:
        """Nobody assigns: a report opens its first step, and time passes it up."""
        told = Told(
            tmp_path,
            reported(),
            row("m1", "assigned", "02-22 14:05", "grid-1"),
            row("m1", "noted", "02-23 16:00", "grid-1"),
        )
        assert (told.driven.given, told.refused()) == (1, [])
        assert "passed_up" in told.events()

    def test_a_matter_that_nobody_called_is_assessed_by_nobody(self, tmp_path: Path) -> None:
        rows = (row("m1", "assigned", "02-22 14:01", "grid-1"), row("m1", "completed", "02-22 15:00", "grid-1"))
        told = Told(
            tmp_path,
            reported(),
            *rows,
            row("m1", "answered", "02-22 16:00", satisfied="yes"),
            row("m1", "closed", "02-22 16:01"),
        )
        assert told.refused() == []
        assert (live(told.matter()).state, live(told.matter()).findings) == ("closed", ())

    def test_matters_are_driven_together_in_order_of_time(self, tmp_path: Path) -> None:
        told = Told(
            tmp_path, reported("m2", "02-22 15:00"), reported("m1", "02-22 14:00"), reported("m3", "02-22 15:00")
        )
        assert [matter.id for matter in told.platform.matters()] == ["m1", "m2", "m3"]

    def test_the_record_stays_as_it_is(self, tmp_path: Path) -> None:
        told = Told(tmp_path, *CALLED)
        head = told.history.store.head()
        again = reenact(Platform(FIRST), told.history, ["m1"], desk=PLATFORM_DESK)
        assert again == told.driven
        assert told.history.store.head() == head


class TestRefused:
    """What the rules would have refused is listed with every condition that was not met."""

    def test_who_was_never_called_can_do_nothing(self, tmp_path: Path) -> None:
        told = Told(
            tmp_path,
            *CALLED[:8],
            row("m1", "called", "02-22 15:00", "market"),
            row("m1", "signed", "02-22 15:30", "market"),
        )
        assert told.refused()[1:] == [
            ("called", ("wrong_state", "not_granted")),
            ("signed", ("no_assignment", "not_granted")),
        ]
        first = told.driven.refused[1]
        assert (first.matter, first.at.isoformat()) == ("m1", "2021-02-22T07:00:00+00:00")

    @pytest.mark.parametrize("lacking", [{"item": ""}, {"place": ""}, {"item": "", "place": ""}])
    def test_a_report_without_item_or_place_cannot_be_driven(self, tmp_path: Path, lacking: Row) -> None:
        """Nor can what came after it; the others go on."""
        told = Told(
            tmp_path,
            reported(**lacking),
            row("m1", "assigned", "02-22 14:05", "grid-1"),
            row("m1", "signed", "02-22 14:30", "grid-1"),
            reported("m2"),
        )
        assert told.refused() == [("reported", ("evidence_missing",)), ("signed", ("unknown_matter",))]
        assert [matter.id for matter in told.platform.matters()] == ["m2"]

    def test_a_matter_that_was_not_driven_is_not_closed(self, tmp_path: Path) -> None:
        told = Told(tmp_path, reported(item=""), row("m1", "closed", "02-22 16:01"))
        assert told.refused()[1] == ("closed", ("unknown_matter",))


@pytest.fixture(scope="module")
def driven(pingyin: Jurisdiction, register: History) -> tuple[Platform, Reenactment]:
    """The called matters of the register, driven once."""
    platform = Platform(pingyin)
    called = [matter.id for matter in register.matters.values() if matter.called]
    return platform, reenact(platform, register, called, desk=DESK)


class TestRegister:
    """The register of Pingyin County: what was called there keeps to the rules, but for a few happenings."""

    def test_every_called_matter_is_driven(self, driven: tuple[Platform, Reenactment], register: History) -> None:
        platform, _ = driven
        assert [matter.id for matter in platform.matters()] == [m.id for m in register.matters.values() if m.called]
        assert all(matter.called for matter in platform.matters())
        platform.store.verify()

    def test_few_happenings_are_refused_each_with_its_codes(self, driven: tuple[Platform, Reenactment]) -> None:
        _, result = driven
        assert 0 < len(result.refused) < result.given / 20
        assert all(refusal.codes for refusal in result.refused)
        assert {refusal.what for refusal in result.refused} <= {
            "called",
            "closed",
            "completed",
            "contacted",
            "met",
            "opened",
            "signed",
        }

    def test_no_receipt_is_lost_or_moved(self, driven: tuple[Platform, Reenactment], register: History) -> None:
        platform, _ = driven
        assert {matter.id: matter.reported_at for matter in platform.matters()} == {
            matter.id: matter.reported_at for matter in register.matters.values() if matter.called
        }


def test_a_refusal_is_plain_data(tmp_path: Path) -> None:
    told = Told(tmp_path, reported(item=""))
    assert told.driven.to_dict() == {
        "matters": ["m1"],
        "given": 0,
        "refused": [
            {"matter": "m1", "what": "reported", "at": "2021-02-22T06:00:00+00:00", "codes": ["evidence_missing"]}
        ],
    }
