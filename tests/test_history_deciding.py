"""The story of a live matter, told in both languages."""

from datetime import datetime
from typing import Any

import attrs
import pytest

from gridgov.handling import commands as c
from gridgov.history import replay
from gridgov.history.deciding import decided_reason, told_time
from gridgov.matters import ClockChange, Decided, Matter
from gridgov.matters import events as e
from gridgov.platform import Platform
from gridgov.values import Reason
from live_county import COMMUNITY, HEAD, PLATFORM_DESK, SUBDISTRICT, Desk, china, of
from live_platform import FIRST, PROXY, platform

MONDAY = "2021-02-22 14:00"
NOON = china("2021-02-23 12:00")
DUE = china("2021-02-24 17:00")
PEOPLE = ("resident-z", "resident-y", "worker-4", "desk-1", "p1", "p2")


def called() -> Matter:
    """Return a matter with four assignments: grid-1, longshan, yushan, fire and so on."""
    desk = Desk()
    desk.report(MONDAY)
    desk.give(c.PassUp, MONDAY, HEAD)
    desk.give(c.PassUp, MONDAY, COMMUNITY)
    return desk.give(c.Call, MONDAY, SUBDISTRICT)


MATTER = called()


def told(event: Decided, county: Any = FIRST) -> Reason:
    return decided_reason(county, MATTER, event)


class TestWhatHappened:
    """Who did what to which duty: units by their names, reasons as code words, persons never."""

    @pytest.mark.parametrize(
        ("event", "zh", "en"),
        [
            (e.SignedIn(at=NOON, by="fire", person="p1", number=4), "签收 （单位fire）", "signed in (Fire)"),
            (
                e.Relieved(at=NOON, by="pingyin", person="desk-1", number=4, reason="list"),
                "解除承办 单位fire list （单位pingyin）",
                "relieved Fire list (Pingyin)",
            ),
            (
                e.Summoned(at=NOON, by="yushan", number=7, how="called", unit="urban", role="support"),
                "派单至 单位urban (配合责任) （单位yushan）",
                "sent to Urban (supports) (Yushan)",
            ),
            (
                e.Assigned(at=NOON, person="resident-z", number=7, unit="grid-1", step="judge"),
                "交办 单位grid-1 （诉求人）",
                "given to Grid-1 (a resident)",
            ),
            (
                e.FellDue(at=NOON, number=4, clock="sign_in", percent=80, due_at=DUE),
                "到期 单位fire sign_in 80 % （到时自动）",
                "fell due Fire sign_in 80 % (by time)",
            ),
            (
                e.FellDue(at=NOON, clock="suspension", percent=0, due_at=DUE),
                "到期 suspension （到时自动）",
                "fell due suspension (by time)",
            ),
            (
                e.Reminded(at=NOON, number=4, reason="sign_in"),
                "催办 单位fire sign_in （到时自动）",
                "reminded Fire sign_in (by time)",
            ),
            (
                e.Supervised(at=NOON, by="pingyin", reason="sign_in"),
                "督办 sign_in （单位pingyin）",
                "supervised sign_in (Pingyin)",
            ),
            (
                e.SentBack(at=NOON, by="pingyin", missing=("scene", "licensed")),
                "退回补充信息 scene, licensed （单位pingyin）",
                "sent back for missing facts scene, licensed (Pingyin)",
            ),
            (
                e.Met(at=NOON, by="fire", number=4, when=NOON, where="home", with_whom="resident-z"),
                "与诉求人见面 （单位fire）",
                "reporter met (Fire)",
            ),
            (
                e.NextOnDuty(at=NOON, number=4, next_person="p2"),
                "转下一名值班人员 单位fire （到时自动）",
                "the next on duty must act Fire (by time)",
            ),
            (
                e.CallApproved(at=NOON, by="yushan", person="p1"),
                "批准呼叫 （单位yushan）",
                "call approved (Yushan)",
            ),
            (
                e.Joined(at=NOON, by="yushan", matter="m2", reporters=(("resident-y", "app", "worker-4"),)),
                "并案 （单位yushan）",
                "joined by (Yushan)",
            ),
            (
                e.MergedInto(at=NOON, by="yushan", into="m9"),
                "并入 m9 （单位yushan）",
                "merged into m9 (Yushan)",
            ),
        ],
    )
    def test_in_both_languages(self, event: Decided, zh: str, en: str) -> None:
        text = told(event).text
        assert (text.zh, text.en) == (f"2021-02-23 12:00:00 {zh}", f"2021-02-23 12:00:00 {en}")

    @pytest.mark.parametrize(
        ("result", "satisfied", "zh", "en"),
        [
            ("reached", True, "满意", "satisfied"),
            ("reached", False, "不满意", "not satisfied"),
            ("reached", None, "未表态", "no judgement"),
            ("not_reached", None, "未联系上", "not reached"),
            ("declined", None, "谢绝回访", "declined to answer"),
        ],
    )
    def test_what_a_reporter_said(self, result: str, satisfied: bool | None, zh: str, en: str) -> None:
        """Silence is never satisfaction."""
        text = told(e.CalledBack(at=NOON, by="pingyin", result=result, satisfied=satisfied)).text
        assert (text.zh, text.en) == (
            f"2021-02-23 12:00:00 回访 {zh} （单位pingyin）",
            f"2021-02-23 12:00:00 called back {en} (Pingyin)",
        )

    def test_an_instant_that_nobody_knows_is_a_dash(self) -> None:
        assert told_time(FIRST, None) == "—"


class TestClocksAndClauses:
    """Each step with its clause, and when the clocks it touched then run out."""

    def change(self, act: str, kind: str = "complete", due_at: datetime | None = DUE) -> ClockChange:
        return ClockChange(number=4, kind=kind, act=act, at=NOON, due_at=due_at)

    @pytest.mark.parametrize(
        ("act", "zh", "en"),
        [
            ("start", "开始计时", "starts"),
            ("pause", "暂停计时", "pauses"),
            ("resume", "恢复计时", "goes on"),
            ("stop", "停止计时", "stops"),
            ("reset", "重新计时", "starts anew"),
            ("limit", "时限变更", "has a new limit"),
            ("stated", "另定期限", "has a stated term"),
        ],
    )
    def test_what_was_done_to_a_clock(self, act: str, zh: str, en: str) -> None:
        (clock,) = told(e.Reminded(at=NOON, clocks=(self.change(act),))).details
        assert clock.text.zh == f"单位fire complete：{zh}，2021-02-24 17:00:00 到期"
        assert clock.text.en == f"Fire complete: {en}, due 2021-02-24 17:00:00"

    def test_a_clock_names_its_unit_where_the_event_is_not_about_that_unit(self) -> None:
        """A suspension pauses the clock of every responder: each line says whose."""
        changes = tuple(ClockChange(number=n, kind="complete", act="pause", at=NOON, due_at=DUE) for n in (4, 5))
        whole = ClockChange(number=0, kind="promise", act="start", at=NOON, due_at=DUE)
        both = told(e.Suspended(at=NOON, since=NOON, until=DUE, clocks=(*changes, whole)))
        assert [clock.text.en.split(",")[0] for clock in both.details] == [
            "Fire complete: pauses",
            "Police complete: pauses",
            "promise: starts",
        ]
        own = told(e.Completed(at=NOON, by="fire", number=4, clocks=(self.change("stop"),)))
        assert own.details[0].text.en == "complete: stops, due 2021-02-24 17:00:00"

    def test_a_clock_that_is_cancelled_is_left_out(self) -> None:
        """Nothing is due by it any more."""
        assert told(e.Reminded(at=NOON, clocks=(self.change("cancel"), self.change("stop")))).details[1:] == ()

    def test_a_pause_without_an_end_leaves_the_due_instant_open(self) -> None:
        (clock,) = told(
            e.Suspended(at=NOON, since=NOON, until=DUE, clocks=(self.change("pause", due_at=None),))
        ).details
        assert clock.text.en == "Fire complete: pauses, due —"

    def test_the_clause_is_that_of_the_clock_that_fell_due_or_began(self) -> None:
        fell = told(e.FellDue(at=NOON, number=4, clock="sign_in", percent=100, due_at=DUE))
        began = told(e.Reminded(at=NOON, clocks=(self.change("stop"), self.change("start"))))
        ended = told(e.Reminded(at=NOON, clocks=(self.change("stop"),)))
        unknown = told(e.FellDue(at=NOON, number=4, clock="tea", percent=100, due_at=DUE))
        assert [str(each.source) for each in (fell, began, ended, unknown)] == [
            "measures art. 1",
            "measures art. 1",
            "None",
            "None",
        ]

    def test_rules_without_clocks_tell_it_by_the_words_of_the_log(self) -> None:
        """A log may be told under a pack that has no ladder."""
        bare = attrs.evolve(FIRST, handling=None)
        reason = told(e.FellDue(at=NOON, number=4, clock="sign_in", percent=100, due_at=DUE), bare)
        assert reason.text.en == "2021-02-23 12:00:00 fell due Fire sign_in 100 % (by time)"
        assert reason.source is None


def driven() -> Platform:
    """Return a platform with one matter that was suspended, returned in vain, and closed."""
    county = platform()

    def give(what: str, at: str, actor: Any, **fields: Any) -> None:
        getattr(county, what)("m1", actor=actor, at=china(at), **fields)

    give("report", MONDAY, PROXY, item="fire-lane", place="grid-1", facts={"scene": "compound"})
    give("pass_up", "2021-02-22 14:10", HEAD)
    give("pass_up", "2021-02-22 14:20", COMMUNITY)
    give("call", "2021-02-22 14:30", SUBDISTRICT)
    give("sign_in", "2021-02-22 15:00", of("fire"))
    give("meet", "2021-02-22 15:30", of("fire"), where="site", with_whom="resident-y")
    give("return_", "2021-02-22 15:40", of("police"), cites="law", none_known=True, evidence=("paper-1",))
    day = china("2021-02-25 09:00")
    give("suspend", "2021-02-23 09:10", PLATFORM_DESK, until=day, resident_told=True, reason="weather")
    give("refuse_return", "2021-02-25 09:05", PLATFORM_DESK, unit="police", reason="list")
    give("complete", "2021-02-25 10:00", of("fire"))
    give("call_back", "2021-02-26 10:00", PLATFORM_DESK, satisfied=True)
    return county


class TestStory:
    """K3: explain tells a matter's whole story, enough to count every due instant again."""

    def test_it_begins_with_the_matter_and_ends_with_its_duties(self) -> None:
        reason = driven().explain("m1", china("2021-03-10 10:00"))
        assert (reason.text.zh, reason.text.en) == (
            "m1：事项fire-lane，单位grid-1，已结案",
            "m1: fire-lane, Grid-1, closed",
        )
        lines = [each.text.en for each in reason.details]
        assert lines[0] == "2021-02-22 14:00:00 taken in (a resident)"
        assert "2021-02-25 09:00:00 resumed (by time)" in lines
        assert lines[-3:] == [
            "duty 4: Fire (leads), due 2021-02-26 17:00:00 (by rule)",
            "duty 5: Police (supports), due — (none)",
            "duty 6: Urban (supports), due — (none)",
        ]

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_no_person_is_named(self, language: str) -> None:
        """济南市12345市民服务热线条例 32: who reported is kept from the story, and so is who handled it."""
        text = "\n".join(driven().explain("m1", china("2021-03-10 10:00")).lines(language))
        assert not [person for person in PEOPLE if person in text.replace("\n", " ").split()]
        assert not any(person in text for person in PEOPLE if len(person) > 2)

    def test_a_counted_due_instant_is_explained_where_nothing_moved_it(self) -> None:
        """What the story counts is what the duty shows."""
        duties = driven().explain("m1", china("2021-03-10 10:00")).details[-6:]
        counted = [
            any("working" in each.text.en and "from" in each.text.en for each in duty.details) for duty in duties
        ]
        assert counted == [True, True, True, False, False, False]

    def test_a_log_tells_the_same_when_it_is_read_again(self) -> None:
        county, at = driven(), china("2021-03-10 10:00")
        county.tick(at)
        again = replay(FIRST, county.store, source="platform", as_of=at)
        assert attrs.evolve(again, meetings=True).explain_matter("m1") == county.explain("m1", at)
