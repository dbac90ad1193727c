"""Packs: what a folder of rules becomes, what goes into its edition, and what is read of the disk."""

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import small_pack
from gridgov.assessment import Tally, TieRule
from gridgov.errors import NotInForceError, PackError, RecordError, RefusedError
from gridgov.packs import Jurisdiction, Limits, bundled_packs, check_pack, load_map, load_pack
from gridgov.values import Basis, Citation, Label, Month, Period

AT = datetime.fromisoformat("2021-02-10T16:00+08:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small pack, written."""
    return small_pack.write(tmp_path / "small")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Jurisdiction:
    """The small pack, loaded."""
    return load_pack(small_pack.write(tmp_path_factory.mktemp("small")))


def codes(pack: Path, limits: Limits | None = None) -> list[str]:
    """Return place and code of each fault."""
    found = check_pack(pack) if limits is None else check_pack(pack, limits=limits)
    return [f"{fault.place} [{fault.code}]" for fault in found]


def minimal(folder: Path) -> Path:
    """Leave of the small pack only what no pack can do without."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.name not in {"pack.toml", "levels.toml", "units.csv", "sources.toml"}:
            path.unlink()
    for sub in ("maps", "cases"):
        (folder / sub).rmdir()
    (folder / "pack.toml").write_text(
        'id = "least"\nschema_version = 1\ntitle = { en = "Least" }\nzone = "UTC"\nlanguages = ["en"]\n'
        'illustrative = ["all of it"]\ncoverage = { from = 2020-07-01 }\n',
        encoding="utf-8",
    )
    (folder / "units.csv").write_text(
        "id,name_en,level,parent\ntown,Town,county,\nquarter,Quarter,subdistrict,town\noffice,Office,department,town\n",
        encoding="utf-8",
    )
    return folder


class TestDoor:
    """``load_pack(name or folder)`` and ``check_pack``."""

    def test_bundled_packs_are_named_and_sound(self) -> None:
        """Every pack that ships loads without a fault."""
        assert {"pingyin", "boston-2011"} <= set(bundled_packs())
        assert {name: [] for name in bundled_packs()} == {name: check_pack(name) for name in bundled_packs()}

    def test_a_misspelt_name_is_answered_with_the_nearest(self) -> None:
        """A name that is no pack says which was meant."""
        with pytest.raises(PackError) as caught:
            load_pack("pingyan")

        assert ("unknown_pack", "did you mean 'pingyin'?") == (caught.value.code, caught.value.faults[0].hint)

    def test_a_folder_that_is_not_there_is_a_fault(self, tmp_path: Path) -> None:
        """No traceback of the operating system reaches the caller."""
        assert ["unknown_pack"] == [fault.code for fault in check_pack(tmp_path / "nowhere")]

    def test_a_misspelt_folder_is_answered_with_the_one_beside_it(self, folder: Path) -> None:
        """As a name is."""
        (fault,) = check_pack(folder.parent / "smal")

        assert f"did you mean {str(folder)!r}?" == fault.hint

    def test_a_misspelt_folder_here_is_answered_too(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A plain name may be a bundled pack or a folder."""
        monkeypatch.chdir(folder.parent)
        hints = [check_pack(name)[0].hint for name in ("smal", "pingyan", "./smal", "far/away")]

        assert [
            "did you mean 'small'?",
            "did you mean 'pingyin'?",
            "did you mean 'small'?",
            "name a bundled pack, or a folder",
        ] == hints

    def test_a_register_or_a_file(self, folder: Path) -> None:
        """``gridgov run PACK FILE``: a misspelt register is answered with the nearest."""
        county = load_pack(folder)
        other = folder / "other.csv"
        with pytest.raises(RecordError) as caught:
            county.register("registre")

        assert ("missing_file", "did you mean 'register'?") == (caught.value.code, caught.value.faults[0].hint)
        assert ("register", Month(2021, 2)) == (county.register("register").id, county.register("register").month)
        assert ("", other, "") == (county.register(other).id, county.register(other).file, county.register(other).map)

    def test_a_pack_without_registers_knows_no_nearest(self, folder: Path) -> None:
        """Then it is a path that is wrong."""
        with pytest.raises(RecordError) as caught:
            load_pack(minimal(folder)).register("registre")

        assert "check the path" == caught.value.faults[0].hint

    def test_a_folder_may_be_given_as_text(self, folder: Path) -> None:
        """The command line gives text."""
        assert "small" == load_pack(str(folder)).id


class TestSmallPack:
    """Everything that the files say is in the jurisdiction."""

    def test_head(self, county: Jurisdiction) -> None:
        """``pack.toml``."""
        assert ("small", Label(zh="小县", en="Small County")) == (county.id, county.title)
        assert (Period(date(2020, 7, 1), date(2021, 7, 1)), date(2021, 6, 1)) == (
            county.coverage,
            county.confirmed_until,
        )
        assert (("zh", "en"), "register") == (county.languages, county.default_map)
        assert (Label(zh="units"), Label(zh="住户", en="households")) == county.illustrative

    def test_sources(self, county: Jurisdiction) -> None:
        """A report attests days before its own; a law holds from when it is in force."""
        days = {key: source.first_day for key, source in county.sources.items()}

        assert date(2020, 7, 1) == days["report"]
        assert date(2018, 9, 1) == days["ordinance"]
        assert date(2001, 1, 1) == days["old-law"]

    def test_units(self, county: Jurisdiction) -> None:
        """The column ``parent`` is a link on the first line of the level; ``links.csv`` states the others."""
        structure = county.organization.at(date(2021, 2, 10))

        assert ["g1", "s1", "small"] == [unit.id for unit in structure.chain("g1")]
        assert ["police", "small"] == [unit.id for unit in structure.chain("police")]
        assert ["s1"] == [unit.id for unit in structure.linked("police", "paired")]
        assert ["g3"] == [unit.id for unit in county.organization.successors("g2", date(2021, 2, 10))]
        assert ("county", "vertical", Basis.STATED) == (
            structure.unit("police").accountability,
            structure.unit("fire").accountability,
            structure.unit("fire").basis,
        )

    def test_list(self, county: Jurisdiction) -> None:
        """``items.csv`` and ``duties.csv``; a row without an id is called by its line."""
        item = county.responsibilities.item("lane", date(2021, 2, 10))

        assert item is not None
        assert (Label(zh="巡查"), Label(zh="上报")) == item.steps
        assert Citation("ordinance", "art. 1") == item.source
        assert ["lane.road", "lane.venue", "duties.csv:4"] == [duty.id for duty in county.responsibilities.duties][:3]

    def test_route(self, county: Jurisdiction) -> None:
        """Facts may be the text of a cell; holder, lead, promise and edition come out."""
        route = county.route(item="lane", place="g1", at=AT, facts={"scene": "road"})

        assert ["police"] == [part.unit.id for part in route.leads]
        assert ("g1", "grid-head", "p-1") == (
            route.holder and route.holder.unit.id,
            route.holder and route.holder.post,
            route.holder and route.holder.person,
        )
        assert datetime(2021, 2, 23, 9, tzinfo=UTC) == (route.promise and route.promise.due_at)
        assert county.edition == route.edition

    def test_inherited_citations(self, county: Jurisdiction) -> None:
        """A table's own ``doc`` and ``clause`` are inherited; a clause of its own goes with the document around it."""
        policy = county.policy

        assert policy is not None
        promise = policy.promise.at(date(2021, 2, 10))
        second = policy.ordinary.steps[1].limit.at(date(2021, 2, 10))
        assert (Citation("ordinance", "art. 24"), Basis.STATED) == (promise.source, promise.basis)
        assert (Citation("report", "step 2"), Basis.ILLUSTRATIVE) == (second.source, second.basis)

    def test_confirmed_until_reaches_every_limit(self, county: Jurisdiction) -> None:
        """R4: after the last day that is confirmed, a strict question is refused."""
        with pytest.raises(NotInForceError) as caught:
            county.route(item="noise", place="g1", at=datetime(2021, 6, 2, tzinfo=UTC))

        assert "unconfirmed" == caught.value.code

    def test_calendars(self, county: Jurisdiction) -> None:
        """The default calendar has no name of its own; the shipped table knows the make-up days."""
        office = county.calendar()

        assert "office" == office.id
        assert (True, False) == (office.is_working_day(date(2021, 2, 20)), office.is_working_day(date(2021, 2, 12)))
        assert county.calendar("always").coverage == county.coverage
        with pytest.raises(NotInForceError) as caught:
            county.calendar("ofice")
        assert ("unknown_calendar", "the pack has: always, office") == (caught.value.code, caught.value.faults[0].hint)

    def test_scheme(self, county: Jurisdiction) -> None:
        """``assessment.toml``: weights are exact, groups and answering levels are there."""
        scheme = county.scheme

        assert scheme is not None
        assert (60, 40, TieRule.COMPETITION) == (scheme.weights["met"], scheme.weights["duty"], scheme.ties)
        assert (("departments",), ("subdistrict",)) == (
            tuple(group.id for group in county.groups),
            scheme.answers_levels,
        )
        assert Citation("report", "month end") == scheme.authority

    def test_words(self, county: Jurisdiction) -> None:
        """What things are called; a word that nobody declared is shown as it is."""
        assert Label(zh="网格长", en="grid head") == county.label("posts", "grid-head")
        assert Label(zh="道路") == county.label("attributes.scene", "road")
        assert Label(en="g9") == county.label("levels", "g9")
        assert Label(en="—") == county.label("levels", "")
        assert Label(zh="依单履职", en="did its duty") == county.facts.label("duty_done")
        assert "met" in county.facts.vocabulary
        assert ["duty_done"] == [fact.name for fact in county.facts.declared]
        assert Label(en="nothing") == county.facts.label("nothing")

    def test_latest_names(self, county: Jurisdiction) -> None:
        """Units and items are called by their latest name, or by their id."""
        assert (Label(zh="小县", en="Small County"), Label(en="g9")) == (
            county.unit_label("small"),
            county.unit_label("g9"),
        )
        assert (Label(zh="噪声"), Label(en="—")) == (county.item_label("noise"), county.item_label(""))

    def test_people(self, county: Jurisdiction) -> None:
        """Posts, postings and households are counted by day."""
        assert (2, 1) == (
            county.staff.count("grid-head", date(2020, 8, 1)),
            county.staff.count("grid-head", date(2021, 2, 1)),
        )
        assert [("h-1", True), ("h-2", False)] == [(house.id, house.plaque) for house in county.households]

    def test_register_and_map(self, county: Jurisdiction, tmp_path: Path) -> None:
        """A register without a map of its own has the pack's."""
        register = county.registers["register"]

        assert (Month(2021, 2), "register", True) == (register.month, register.map, register.file.is_file())
        assert "Asia/Shanghai" == county.maps["register"].zone

    def test_cases(self, county: Jurisdiction) -> None:
        """Worked cases are kept as written, instants in UTC."""
        (file,) = county.cases

        assert datetime(2021, 2, 10, 8, tzinfo=UTC) == file.route[0].given.at
        assert {"scene": "road"} == file.route[0].given.facts
        assert {"met": Tally(6, 6), "duty": Tally(5, 6)} == file.rank[0].given.rows[0].rates
        assert 2 == file.count[0].expect.count

    def test_days_turn_at_the_packs_midnight(self, county: Jurisdiction) -> None:
        """16:00 UTC is the next day in Shanghai; after the coverage its last day answers."""
        assert date(2021, 2, 11) == county.day(datetime(2021, 2, 10, 16, tzinfo=UTC))
        assert date(2021, 2, 11) == county.last_day(datetime(2021, 2, 10, 16, tzinfo=UTC))
        assert date(2021, 6, 30) == county.last_day(datetime(2022, 2, 10, tzinfo=UTC))

    def test_is_shown_in_one_line_and_as_plain_data(self, county: Jurisdiction) -> None:
        """A notebook shows the head, not four thousand units."""
        shown = county.to_dict()

        assert {"id", "title", "zone", "coverage", "confirmed_until", "languages", "edition"} == set(shown)
        assert "<td>small</td>" in county._repr_html_()
        assert "\n" not in repr(county)


class TestLeastPack:
    """A pack may leave out what it has nothing to say of."""

    def test_three_files_and_their_sources_are_a_pack(self, folder: Path) -> None:
        """Units can be asked about; a route is refused with what is missing."""
        county = load_pack(minimal(folder))

        assert (None, None, (), {}) == (county.policy, county.scheme, county.groups, county.calendars)
        assert Label(en="all of it") == county.illustrative[0]
        assert "Office" == county.organization.at(date(2021, 2, 10)).unit("office").name
        with pytest.raises(NotInForceError) as caught:
            county.route(item="noise", place="quarter", at=AT)
        assert "no_ladder" == caught.value.code
        with pytest.raises(NotInForceError):
            county.calendar()

    def test_open_coverage_has_no_last_day(self, folder: Path) -> None:
        """Where coverage has no end, every later day is itself the last."""
        assert date(2030, 1, 1) == load_pack(minimal(folder)).last_day(datetime(2030, 1, 1, tzinfo=UTC))

    @pytest.mark.parametrize("name", ["pack.toml", "levels.toml", "units.csv"])
    def test_none_goes_without_these(self, folder: Path, name: str) -> None:
        """What is missing is named."""
        (minimal(folder) / name).unlink()

        assert f"{name} [missing_file]" in codes(folder)

    def test_ladders_need_calendars(self, folder: Path) -> None:
        """A limit cannot be counted without a calendar."""
        (folder / "calendar.toml").unlink()

        assert ["escalation.toml: ladders [missing_file]"] == codes(folder)

    def test_a_limit_needs_a_citation(self, folder: Path) -> None:
        """House rule: everything is dated and cited."""
        small_pack.change(folder, "pack.toml", 'doc = "report"\n', "")
        small_pack.change(folder, "escalation.toml", 'doc = "report"\n', "")
        small_pack.change(folder, "escalation.toml", 'doc = "ordinance"\n', "")

        assert [
            "escalation.toml: promise.values[0] [missing_citation]",
            "escalation.toml: ladders.ordinary.steps[0].values[0] [missing_citation]",
            "escalation.toml: ladders.ordinary.steps[1].values[0] [missing_citation]",
            "escalation.toml: ladders.emergency.steps[0].values[0] [missing_citation]",
        ] == codes(folder)

    def test_no_ordinary_ladder(self, folder: Path) -> None:
        """Everyday matters need one."""
        path = folder / "escalation.toml"
        path.write_text(
            path.read_text(encoding="utf-8").replace("ladders.ordinary", "ladders.emergncy"), encoding="utf-8"
        )

        assert [
            "escalation.toml: ladders.emergncy [unknown_ladder]",
            "escalation.toml: ladders.ordinary [missing_key]",
        ] == codes(folder)


class TestAllAtOnce:
    """Rule 8: "a file's faults come all at once, as values in one error"."""

    def test_a_fault_in_one_file_hides_none_of_another(self, folder: Path) -> None:
        """One thing wrong in each of eleven files: each is told, none twice."""
        for name, old, new in (
            ("sources.toml", 'kind = "law"', 'kind = "lwa"'),
            ("attributes.toml", 'type = "word"', 'type = "wrd"'),
            ("units.csv", "grid,s1", "gird,s1"),
            ("links.csv", "paired,s1", "pared,s1"),
            ("items.csv", "3 working_days", "3 days"),
            ("duties.csv", "lane,lead,unit:police", "lane,leads,unit:police"),
            ("posts.toml", 'level = "grid"', "level = 3"),
            ("postings.csv", "p-1", "p 1"),
            ("households.csv", ",yes,", ",y,"),
            ("calendar.toml", "09:00-12:00", "9-12"),
            ("escalation.toml", '"5 working_days"', '"5 days"'),
            ("assessment.toml", 'met = "60"', "met = 60"),
            ("maps/register.toml", "happenings", "happening"),
            ("cases/small.toml", 'id = "small"', "id = 3"),
        ):
            small_pack.change(folder, name, old, new)

        assert {
            "sources.toml: ordinance.kind [unknown_word]",
            "attributes.toml: attributes.scene.type [unknown_word]",
            "units.csv:5 [unknown_level]",
            "links.csv:3 [unknown_relation]",
            "items.csv:3 [bad_limit]",
            "duties.csv:2 [unknown_word]",
            "posts.toml: posts.grid-head.level [wrong_type]",
            "postings.csv:2 [bad_id]",
            "households.csv:2 [unknown_word]",
            "calendar.toml: calendars.office.hours[0] [bad_hours]",
            "escalation.toml: promise.values[0].value [bad_limit]",
            "assessment.toml: scheme.weights.met [wrong_type]",
            "maps/register.toml: shape [unknown_word]",
            "cases/small.toml: id [wrong_type]",
        } == set(codes(folder))

    def test_a_head_that_cannot_be_used_hides_nothing_else(self, folder: Path) -> None:
        """Without ``pack.toml`` the lists are still read, but dates of documents go unchecked."""
        small_pack.change(folder, "pack.toml", 'zone = "Asia/Shanghai"', "")
        small_pack.change(folder, "units.csv", "grid,s1", "gird,s1")
        small_pack.change(folder, "items.csv", "illustrative,,\ncourt", "illustrative,late-law,\ncourt")

        assert ["pack.toml: zone [missing_key]", "units.csv:5 [unknown_level]"] == codes(folder)

    @pytest.mark.parametrize("name", sorted(set(small_pack.FILES) - {"register.csv"}))
    def test_an_unreadable_file_is_one_fault_of_its_own(self, folder: Path, name: str) -> None:
        """What the file would have said is not missed in the others."""
        (folder / name).write_bytes(b"\xff\xfe")

        assert [f"{name}:1 [encoding]"] == codes(folder)

    def test_hundred_thousand_faults_are_counted_and_a_hundred_kept(self, folder: Path) -> None:
        """T03, T06: the report stays readable, the number is told."""
        with (folder / "units.csv").open("a", encoding="utf-8") as file:
            file.writelines(f"x{n},x,,grid,nowhere{n},,,,,,,\n" for n in range(20_000))
        with pytest.raises(PackError) as caught:
            load_pack(folder)

        assert (100, 20_000) == (len(caught.value.faults), caught.value.total)
        assert str(caught.value).endswith("… and 19900 more faults")

    def test_messages_never_hold_a_whole_text(self, folder: Path) -> None:
        """A cell of 20,000 characters is not repeated."""
        small_pack.change(folder, "units.csv", "grid,s1", f"{'x' * 20_000},s1")
        (fault,) = check_pack(folder)

        assert ("unknown_level", True) == (fault.code, len(fault.message) <= 500)

    @pytest.mark.parametrize(("name", "hint"), [("unit.csv", "units.csv"), ("dutys.csv", "duties.csv")])
    def test_a_misspelt_file_is_not_left_out_in_silence(self, folder: Path, name: str, hint: str) -> None:
        """A list that nobody reads would be a rule that nobody follows."""
        (folder / name).write_text("id\n", encoding="utf-8")
        (folder / "README.md").write_text("What this pack is.", encoding="utf-8")
        (fault,) = check_pack(folder)

        assert ("unknown_file", name, f"did you mean {hint!r}?") == (fault.code, fault.place, fault.hint)

    def test_two_files_of_cases_have_two_ids(self, folder: Path) -> None:
        """A case is called by file and name."""
        (folder / "cases" / "other.toml").write_text('id = "small"\ntitle = { zh = "又" }\n', encoding="utf-8")

        assert ["cases/small.toml: id [duplicate_case]"] == codes(folder)


class TestEdition:
    """Section 2, 4: "a rule edition is the digest of a pack's canonical rules and calendar"."""

    @settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=st.randoms(use_true_random=False))
    def test_order_of_rows_does_not_matter(self, county: Jurisdiction, tmp_path: Path, seed: random.Random) -> None:
        """H8: lists may be in any order, columns too, except that a row without an id is called by its line."""
        folder = small_pack.write(tmp_path / "shuffled")
        for name in ("units.csv", "links.csv", "items.csv", "duties.csv", "postings.csv", "households.csv"):
            header, *rows = [line.split(",") for line in small_pack.FILES[name].splitlines()]
            seed.shuffle(rows)
            order = seed.sample(range(len(header)), len(header))
            lines = (",".join(row[column] for column in order) for row in (header, *rows))
            (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

        assert county.edition == load_pack(folder).edition

    def test_layout_does_not_matter(self, county: Jurisdiction, folder: Path) -> None:
        """Order of keys and tables, comments, white space, byte-order mark, line ends, the place of the folder."""
        path = folder / "calendar.toml"
        tables = path.read_text(encoding="utf-8").split("\n\n")
        path.write_text(
            "# office hours\r\n" + "\r\n\r\n\r\n".join((tables[0], *reversed(tables[1:]))), encoding="utf-8-sig"
        )
        small_pack.change(folder, "attributes.toml", 'road = { zh = "道路" }, venue', 'venue = { zh = "场所" }, x')
        small_pack.change(folder, "attributes.toml", 'x = { zh = "场所" }', 'road = { zh = "道路" }')
        for name in ("items.csv", "duties.csv"):
            path = folder / name
            path.write_text(
                path.read_text(encoding="utf-8").replace("\n", "\r\n\r\n"), encoding="utf-8-sig", newline=""
            )

        assert county.edition == load_pack(folder).edition

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("pack.toml", "to = 2021-07-01", "to = 2021-08-01"),
            ("sources.toml", "date = 2021-03-08", "date = 2021-03-09"),
            ("items.csv", "3 working_days", "4 working_days"),
            ("duties.csv", "lane.venue,lane,lead,unit:fire", "lane.venue,lane,lead,unit:police"),
            ("calendar.toml", "13:00-17:00", "13:00-17:30"),
            ("calendar.toml", 'first_day = "next"', 'first_day = "same"'),
            ("escalation.toml", '"2 working_days"', '"3 working_days"'),
            ("assessment.toml", 'met = "60", duty = "40"', 'met = "50", duty = "50"'),
        ],
    )
    def test_a_rule_matters(self, county: Jurisdiction, folder: Path, name: str, old: str, new: str) -> None:
        """A changed rule is another edition."""
        small_pack.change(folder, name, old, new)

        assert county.edition != load_pack(folder).edition

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("units.csv", "第一网格", "头网格"),
            ("postings.csv", "p-1", "p-9"),
            ("households.csv", "h-1", "h-9"),
            ("cases/small.toml", "count = 2", "count = 3"),
            ("maps/register.toml", 'unit = "unit"', 'unit = "who"'),
        ],
    )
    def test_the_organisation_is_not_pinned(
        self, county: Jurisdiction, folder: Path, name: str, old: str, new: str
    ) -> None:
        """Units and postings are read at the instant asked, through successors."""
        small_pack.change(folder, name, old, new)

        assert county.edition == load_pack(folder).edition

    def test_history_of_a_limit_may_be_in_any_order(self, folder: Path) -> None:
        """Entries are dated; their order in the file says nothing."""
        first = '{ effective_from = 2018-09-01, value = "5 working_days" }'
        later = '{ effective_from = 2021-01-01, value = "4 working_days" }'
        small_pack.change(folder, "escalation.toml", first, f"{first}, {later}")
        edition = load_pack(folder).edition
        small_pack.change(folder, "escalation.toml", f"{first}, {later}", f"{later}, {first}")

        assert edition == load_pack(folder).edition

    def test_does_not_depend_on_hash_seed_zone_or_locale(self, county: Jurisdiction, folder: Path) -> None:
        """K6: same answer under any ``PYTHONHASHSEED``, time zone and locale."""
        program = "import sys; from gridgov.packs import load_pack; print(load_pack(sys.argv[1]).edition)"
        surroundings = (
            {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8"},
        )
        editions = {
            subprocess.run(  # noqa: S603 - our own interpreter
                [sys.executable, "-c", program, str(folder)], env=env, capture_output=True, text=True, check=True
            ).stdout.strip()
            for env in surroundings
        }

        assert {county.edition} == editions


class _Watch:
    """Records what is opened while it is on; an audit hook cannot be taken off again."""

    def __init__(self) -> None:
        self.paths: list[str] | None = None

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        if self.paths is not None and event in {"open", "os.listdir", "os.scandir"} and isinstance(args[0], str | Path):
            self.paths.append(str(args[0]))


@pytest.fixture(scope="session")
def watch() -> Iterator[_Watch]:
    """The session's hook on the opening of files."""
    watch = _Watch()
    sys.addaudithook(watch.hook)
    yield watch
    watch.paths = None


class TestNothingOutside:
    """T10: "a path in a pack leaves the folder; symbolic links: no file opened outside (audit hook on open)"."""

    def opened_by(self, watch: _Watch, folder: Path) -> list[str]:
        """Return what checking a pack opens, zone files and modules apart, which are read before."""
        check_pack(folder)
        watch.paths = []
        check_pack(folder)
        paths, watch.paths = watch.paths, None
        return paths

    def outside(self, paths: list[str], folder: Path) -> list[str]:
        """Return the paths that lie neither in *folder* nor among the shipped tables."""
        tables = Path(sys.modules["gridgov.packs"].__file__ or "").parent / "tables"
        allowed = (folder.resolve(), tables)
        return [path for path in paths if not any(Path(path).resolve().is_relative_to(home) for home in allowed)]

    def test_loading_opens_the_folder_and_the_shipped_tables(self, watch: _Watch, folder: Path) -> None:
        """The hook sees the files of the pack, and nothing else."""
        opened = self.opened_by(watch, folder)

        assert {"pack.toml", "units.csv", "register.toml", "cn-workdays.csv"} <= {Path(path).name for path in opened}
        assert [] == self.outside(opened, folder)

    @pytest.mark.parametrize(
        ("name", "fault"),
        [
            ("units.csv", "units.csv [path_leaves]"),
            ("levels.toml", "levels.toml [path_leaves]"),
            ("maps/register.toml", "maps/register.toml [path_leaves]"),
        ],
    )
    def test_a_symbolic_link_out_is_refused(self, watch: _Watch, folder: Path, name: str, fault: str) -> None:
        """A link to a file elsewhere is not followed."""
        secret = folder.parent / "secret"
        secret.write_bytes((folder / name).read_bytes())
        (folder / name).unlink()
        (folder / name).symlink_to(secret)

        assert [fault] == codes(folder)
        assert [] == self.outside(self.opened_by(watch, folder), folder)

    def test_a_folder_that_leads_out_is_refused(self, folder: Path) -> None:
        """Neither is a folder elsewhere."""
        (folder / "cases").rename(folder.parent / "elsewhere")
        (folder / "cases").symlink_to(folder.parent / "elsewhere")

        assert ["cases [path_leaves]"] == codes(folder)

    def test_a_link_inside_the_folder_is_a_file(self, folder: Path) -> None:
        """Links that stay inside are as good as files."""
        (folder / "cases" / "small.toml").rename(folder / "cases" / ".kept")
        (folder / "cases" / "small.toml").symlink_to(folder / "cases" / ".kept")

        assert [] == codes(folder)

    def test_a_link_to_nowhere_is_a_missing_file(self, folder: Path) -> None:
        """A broken link is told, not skipped."""
        (folder / "links.csv").unlink()
        (folder / "links.csv").symlink_to(folder / "gone.csv")

        assert ["links.csv [missing_file]"] == codes(folder)

    @pytest.mark.parametrize(
        "path",
        ["..\\\\x.csv", "C:/x.csv", "a/../../x.csv", "//server/x.csv", "x" * 300 + ".csv"],
        ids=["backslash", "drive", "climbs", "server", "long"],
    )
    def test_a_path_of_any_system_that_strays_is_refused(self, folder: Path, path: str) -> None:
        """Packs travel between systems."""
        small_pack.change(folder, "calendar.toml", '"cn-workdays"', f'"{path}"')

        assert ["calendar.toml: calendars.office.table [path_leaves]"] == codes(folder)

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
    def test_a_pipe_does_not_hang(self, folder: Path) -> None:
        """Only regular files are opened."""
        import os

        (folder / "links.csv").unlink()
        os.mkfifo(folder / "links.csv")

        assert ["links.csv [not_a_file]"] == codes(folder)

    def test_what_the_system_refuses_is_a_fault(self, folder: Path) -> None:
        """With no handle left, every file and folder that cannot be opened is told."""
        resource = pytest.importorskip("resource")
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        check_pack(folder)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            found = codes(folder)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)

        assert {"pack.toml [unreadable]", "units.csv [unreadable]", "cases [unreadable]"} <= set(found)


class TestBytes:
    """T09: "GBK, UTF-16, cut UTF-8, NUL: a fault with the offset; the byte-order mark accepted"."""

    @pytest.mark.parametrize("name", ["pack.toml", "units.csv", "cases/small.toml"])
    def test_a_byte_order_mark_is_accepted(self, folder: Path, name: str) -> None:
        """Office programs write one."""
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())

        assert [] == codes(folder)

    @pytest.mark.parametrize(
        ("encoding", "place", "message"),
        [
            ("gbk", "units.csv:2", "not UTF-8 at byte 80"),
            ("utf-16", "units.csv:1", "not UTF-8 at byte 0"),
            ("utf-16-le", "units.csv:1", "a NUL at byte 1"),
        ],
    )
    def test_another_encoding_is_told_with_its_offset(
        self, folder: Path, encoding: str, place: str, message: str
    ) -> None:
        """The file is not guessed at."""
        (folder / "units.csv").write_bytes(small_pack.FILES["units.csv"].replace("小", "东").encode(encoding))
        (fault,) = check_pack(folder)

        assert (place, message) == (fault.place, fault.message)

    def test_cut_in_the_middle_of_a_character(self, folder: Path) -> None:
        """The last bytes of a download are missing."""
        text = small_pack.FILES["items.csv"].encode()
        (folder / "items.csv").write_bytes(text[: text.index("法院".encode()) + 1])

        assert ["items.csv:4 [encoding]"] == codes(folder)

    def test_a_nul_is_told(self, folder: Path) -> None:
        """Readers of lists take it; a database would not."""
        small_pack.change(folder, "units.csv", "第三", "第\0三")
        (fault,) = check_pack(folder)

        assert ("nul", "units.csv:7") == (fault.code, fault.place)

    def test_a_lone_surrogate_is_told(self, folder: Path) -> None:
        """It is not UTF-8."""
        (folder / "links.csv").write_bytes(b"from_unit,relation,to_unit\n\xed\xa0\x80,paired,s1\n")

        assert ["links.csv:2 [encoding]"] == codes(folder)

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_no_damage_of_any_file_raises_anything_but_faults(self, folder: Path, data: st.DataObject) -> None:
        """A pack loads or is refused with faults, whatever stands in its files."""
        name = data.draw(st.sampled_from(sorted(small_pack.FILES)))
        text = small_pack.FILES[name].encode()
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(len(text), start + 40)))
        (folder / name).write_bytes(
            text[:start] + data.draw(st.binary(max_size=8) | st.text(max_size=8).map(str.encode)) + text[stop:]
        )

        assert all(fault.code and fault.place and fault.message for fault in check_pack(folder))
        (folder / name).write_bytes(text)


class TestLimits:
    """T07: "deep nesting, 5,000-part keys, huge ints, endless quotes: limit fault; process lives"."""

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("x = " + "[" * 100_000, "pack.toml:1 [limit_depth]"),
            ("x = " + "{a=" * 40 + "1" + "}" * 40, "pack.toml:1 [limit_depth]"),
            ("\n" + ".".join("a" * 50_000) + " = 1", "pack.toml:2 [limit_key_parts]"),
            ("[" + ".".join("a" * 9) + "]", "pack.toml:1 [limit_key_parts]"),
            ("x = " + "9" * 5_000, "pack.toml:1 [limit_token]"),
            ("x = [" + "1," * 1_100_000 + "]", "pack.toml:1 [limit_nodes]"),
            ('x = """' + '"' * 2 + "a" * 100_000, "pack.toml [bad_toml]"),
            ("x = '''" + "a''" * 100_000, "pack.toml [bad_toml]"),
            ("x = 9e9999", "pack.toml: x [unknown_key]"),
        ],
        ids=["arrays", "tables", "key", "header", "number", "nodes", "quotes", "literal", "float"],
    )
    def test_what_would_cost_the_parser_too_much(self, folder: Path, text: str, fault: str) -> None:
        """It is measured before it is parsed."""
        (folder / "pack.toml").write_text(text, encoding="utf-8")

        assert fault in codes(folder)

    def test_brackets_in_texts_and_comments_are_no_nesting(self, folder: Path) -> None:
        """Only what nests counts."""
        brackets = "[" * 50
        extra = f'''# {brackets}
illustrative = ["{brackets}\\"{brackets}", '{brackets}', """{brackets}""{brackets}"""]
'''
        small_pack.change(folder, "pack.toml", 'illustrative = ["units", { zh = "住户", en = "households" }]\n', extra)

        assert [] == codes(folder)

    @pytest.mark.parametrize(
        ("limits", "fault"),
        [
            (Limits(toml_bytes=100), "pack.toml [limit_bytes]"),
            (Limits(list_bytes=100), "units.csv [limit_bytes]"),
            (Limits(rows=3), "units.csv:6 [limit_rows]"),
        ],
    )
    def test_size_of_files(self, folder: Path, limits: Limits, fault: str) -> None:
        """All limits are parameters."""
        assert fault in codes(folder, limits)

    def test_a_cell_beyond_what_csv_takes(self, folder: Path) -> None:
        """131,072 characters are the end."""
        small_pack.change(folder, "units.csv", "第三网格", "网" * 131_073)

        assert ["units.csv:7 [bad_csv]"] == codes(folder)

    def test_a_list_without_a_header(self, folder: Path) -> None:
        """An empty file is told."""
        (folder / "links.csv").write_text("\n\n", encoding="utf-8")

        assert ["links.csv:1 [empty_file]"] == codes(folder)

    def test_a_cell_may_hold_a_line_end(self, folder: Path) -> None:
        """Lines are counted in the file, not in rows."""
        small_pack.change(folder, "units.csv", "small,,,,,,report,\ns2", 'small,,,,,,report,"art. 1\n"\ns2')
        small_pack.change(folder, "units.csv", "grid,s1", "gird,s1")

        assert ["units.csv:6 [unknown_level]", "units.csv:3 [bad_text]"] == codes(folder)


class TestTablesOfDays:
    """A calendar's table may ship with the pack."""

    def write(self, folder: Path, text: str) -> Path:
        """Let the office follow a table of the pack's own."""
        (folder / "days.csv").write_text(text, encoding="utf-8")
        small_pack.change(folder, "calendar.toml", '"cn-workdays"', '"days.csv"')
        return folder

    def test_its_years_are_its_coverage(self, folder: Path) -> None:
        """From the first of January of its first year to the end of its last."""
        self.write(folder, "date,kind\n2020-10-01,weekday_off\n2021-02-20,makeup_workday\n")
        office = load_pack(folder).calendar()

        assert Period(date(2020, 1, 1), date(2022, 1, 1)) == office.coverage
        assert (frozenset({date(2020, 10, 1)}), frozenset({date(2021, 2, 20)})) == (office.off, office.makeup)

    @pytest.mark.parametrize(
        ("text", "faults"),
        [
            ("date,kind\n2020-10-01,weekday_off\n2020-10-01,weekday_off\n", ["days.csv:3 [duplicate_day]"]),
            (
                "date,kind\n2020-10-01,holiday\n2020-13-01,weekday_off\n",
                ["days.csv:2 [unknown_kind]", "days.csv:3 [bad_date]"],
            ),
            ("date,kind\n", ["days.csv [empty_file]"]),
            ("date\n2020-10-01\n", ["days.csv:1 [missing_column]"]),
            (
                "date,kind\n2020-10-03,weekday_off\n2020-10-04,weekend_holiday\n2021-10-01,weekend_holiday\n",
                ["days.csv:2 [wrong_weekday]", "days.csv:4 [wrong_weekday]"],
            ),
            (
                "date,kind\n2020-10-09,makeup_workday\n2021-10-09,makeup_workday\n",
                ["days.csv:2 [wrong_weekday]"],
            ),
        ],
    )
    def test_what_it_may_not_say(self, folder: Path, text: str, faults: list[str]) -> None:
        """Each with its line."""
        assert faults == codes(self.write(folder, text))

    def test_a_wrong_day_of_the_week_is_told_with_what_to_do(self, folder: Path) -> None:
        """The date is wrong, or the kind is."""
        self.write(folder, "date,kind\n2020-10-03,weekday_off\n2021-10-01,weekday_off\n")
        (fault,) = check_pack(folder)

        assert (
            "2020-10-03 (sat) is no working day of the calendar, and cannot be 'weekday_off'",
            "mend the date, or write weekend_holiday",
        ) == (fault.message, fault.hint)

    @pytest.mark.parametrize(
        ("days", "faults"),
        [
            ('"mon", "tue", "wed", "thu", "fri", "sat"', []),
            ('"sat"', ["days.csv:3 [wrong_weekday]"]),
            ('"sat", "funday"', ["calendar.toml: calendars.office.days[1] [unknown_word]"]),
        ],
    )
    def test_weekdays_are_those_of_the_calendar(self, folder: Path, days: str, faults: list[str]) -> None:
        """Who works on Saturdays may have a Saturday off."""
        self.write(folder, "date,kind\n2020-10-03,weekday_off\n2021-10-01,weekday_off\n")
        small_pack.change(folder, "calendar.toml", "table =", f"days = [{days}]\ntable =")

        assert faults == codes(folder)

    def test_a_table_of_two_calendars_is_read_once_and_suits_one_of_them(self, folder: Path) -> None:
        """A Saturday off is a weekday for those who work on it, and a weekend day for the others."""
        text = "date,kind\n2020-10-03,weekday_off\n2020-10-04,weekday_off\n2021-10-01,weekday_off\n"
        counter = (
            '[calendars.counter]\nhours = ["09:00-12:00"]\ndays = ["fri", "sat"]\ntable = "days.csv"\n\n[counting]'
        )
        small_pack.change(self.write(folder, text), "calendar.toml", "[counting]", counter)

        assert ["days.csv:3 [wrong_weekday]"] == codes(folder)

    def test_a_table_that_ships_suits_any_week(self, folder: Path) -> None:
        """An office that works on Saturdays has none of a festival's, and works on make-up days as on others."""
        days = '"mon", "tue", "wed", "thu", "fri", "sat"'
        small_pack.change(folder, "calendar.toml", "table =", f"days = [{days}]\ntable =")

        assert [] == codes(folder)

    def test_stated_coverage_inside_the_table(self, folder: Path) -> None:
        """A pack may trust a part of a table only."""
        small_pack.change(
            folder, "calendar.toml", "table =", "coverage = { from = 2020-01-01, to = 2022-01-01 }\ntable ="
        )

        assert Period(date(2020, 1, 1), date(2022, 1, 1)) == load_pack(folder).calendar().coverage


class TestNoCode:
    """Rule 3: "packs hold no expressions"; T11: "template or regex in a pack runs code or time"."""

    @pytest.mark.parametrize("text", ["{0.__class__}", "%(x)s", "${HOME}", "(a+)+$", "=1+1", "__import__('os')"])
    def test_a_text_is_a_text(self, folder: Path, text: str) -> None:
        """What looks like a template comes out as it went in."""
        small_pack.change(folder, "pack.toml", "Small County", text)
        county = load_pack(folder)

        assert (text, True) == (county.title.en, "<script>" not in county._repr_html_())

    def test_markup_in_a_title_is_escaped(self, folder: Path) -> None:
        """T67: a notebook shows it, and runs nothing."""
        small_pack.change(folder, "pack.toml", "Small County", "<script>x</script>")

        assert "&lt;script&gt;" in load_pack(folder)._repr_html_()

    def test_a_fact_that_is_not_declared_is_refused(self, county: Jurisdiction) -> None:
        """Nothing is guessed from a name."""
        with pytest.raises(RefusedError):
            county.route(item="lane", place="g1", at=AT, facts={"scen": "road"})


class TestMapOfItsOwn:
    """``gridgov run --map FILE``: a map outside any pack."""

    def test_is_read_as_strictly(self, folder: Path) -> None:
        """The zone is the pack's unless it names one."""
        found = load_map(folder / "maps" / "register.toml", "Asia/Shanghai")

        assert ("register", "Asia/Shanghai") == (found.id, found.zone)

    @pytest.mark.parametrize(
        ("text", "code"), [('shape = "x"', "missing_key"), ("shape =", "bad_toml"), (None, "missing_file")]
    )
    def test_is_refused_with_faults(self, tmp_path: Path, text: str | None, code: str) -> None:
        """As any file of a pack is."""
        path = tmp_path / "other.toml"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(PackError) as caught:
            load_map(path, "UTC")

        assert code in [fault.code for fault in caught.value.faults]

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("exprot", "did you mean 'export'?"),
            ("moon", "known: export, standard"),
            ("maps/exprot.toml", "name a map of the pack, or a file"),
        ],
    )
    def test_a_misspelt_name_is_answered_with_the_nearest(self, name: str, hint: str) -> None:
        """A path is not a name."""
        with pytest.raises(PackError) as caught:
            load_map(name, "UTC", known=("export", "standard"))

        assert ("missing_file", hint) == (caught.value.code, caught.value.faults[0].hint)


class TestEveryChangeDate:
    """R5: "each pack gets one test over every date on which anything in it changes"."""

    @pytest.mark.parametrize("name", bundled_packs())
    def test_required_values_answer(self, name: str) -> None:
        """On each change day that is covered and confirmed, promise and every limit have a value."""
        county = load_pack(name)
        last = county.confirmed_until or date.max
        changes = {county.coverage.start, *county.organization.change_days(), *county.responsibilities.change_days()}
        days = sorted(day for day in changes if day in county.coverage and day < last)
        policy = county.policy
        limits = [] if policy is None else [policy.promise, *(s.limit for each in policy.ladders() for s in each.steps)]

        assert days
        assert all(limit.at(day).value for limit in limits for day in days)
        assert all(county.calendar().hours(day) is not None for day in days)
