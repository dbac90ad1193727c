"""Derive the organisation of the ``pingyin`` pack: units, links, postings, households.

Codes and names down to communities and villages are those of the division list of 2021. Everything below, and
every department's name, is made up; the counts are the article's and come out by construction: 100 grids, 97 grid
branches, 527 building groups, 988 buildings, 2,140 stairwells, 8,872 households with a plaque.
"""

import csv
import random
from collections.abc import Iterator, Sequence
from itertools import accumulate, count, pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

__all__ = ["Town", "lists", "read_towns"]

T = TypeVar("T")
Row = dict[str, str]

SEED = 370124
COUNTY = "370124"
YEAR = "2021"

GRIDS, GROUPS, BUILDINGS, STAIRWELLS, PLAQUES = 100, 527, 988, 2140, 8872

# The three grids without a branch of their own; each is covered by the joint branch of the grid before it.
JOINED = ("370124001015005", "370124001022005", "370124002006005")

# Who has somebody on duty by night, one row for each person, in the order in which they are asked.
ON_DUTY = ("gongre", "gongre", "gongqi", "gongqi")

STATED = {"basis": "stated"}
DIVISIONS = {"doc": "divisions-2021", "clause": "370124"}
INVENTED = {"basis": "illustrative", "doc": "illustrative"}
ENGLISH = {
    "370124": "Pingyin County",
    "370124001": "Yushan Subdistrict",
    "370124002": "Jinshui Subdistrict",
    "370124102": "Dong'e Town",
    "370124103": "Xiaozhi Town",
    "370124104": "Kongcun Town",
    "370124105": "Hongfanchi Town",
    "370124106": "Meigui Town",
    "370124107": "Ancheng Town",
    "370124001010": "Longshan Community",
    "370124001011": "Wenhui Community",
    "370124001012": "Wuling Community",
    "370124001013": "Cuiping Community",
    "370124001014": "Huanxiu Community",
    "370124001015": "Huixianshan Community",
    "370124001016": "Wenchang Community",
    "370124001017": "Jinxiu Community",
    "370124001018": "Jindong Community",
    "370124001019": "Yuncui Community",
    "370124001020": "Meicheng Community",
    "370124001021": "Fuqian Community",
    "370124001022": "Jinyuan Community",
    "370124002001": "Meiguiyuan Community",
    "370124002002": "Dafosi Community",
    "370124002003": "Meiguihu Community",
    "370124002004": "Jinshuiyuan Community",
    "370124002005": "Binhu Community",
    "370124002006": "Jinxiangyuan Community",
}

# id, name, English, level, kind. The kinds with an article after them are named by the article; the rest is made up.
OFFICES = (
    ("gongan", "平阴县公安局", "Public Security Bureau", "department", "police"),
    ("zhifa", "平阴县综合行政执法局", "Integrated Enforcement Bureau", "department", "enforcement"),
    ("chengguan", "平阴县城市管理局", "City Management Bureau", "department", "city"),
    ("zhujian", "平阴县住房和城乡建设局", "Housing and Construction Bureau", "department", "housing"),
    ("shichang", "平阴县市场监督管理局", "Market Regulation Bureau", "department", "market"),
    ("ziran", "平阴县自然资源和规划局", "Natural Resources and Planning Bureau", "department", "land"),
    ("jiaotong", "平阴县交通运输局", "Transport Bureau", "department", "transport"),
    ("minzheng", "平阴县民政局", "Civil Affairs Bureau", "department", "civil"),
    ("yingji", "平阴县应急管理局", "Emergency Management Bureau", "department", "emergency"),
    ("nongye", "平阴县农业农村局", "Agriculture Bureau", "department", "agriculture"),
    ("shuiwu", "平阴县水务局", "Water Bureau", "department", "water"),
    ("weijian", "平阴县卫生健康局", "Health Bureau", "department", "health"),
    ("renshe", "平阴县人力资源和社会保障局", "Labour Bureau", "department", "labour"),
    ("sifa", "平阴县司法局", "Justice Bureau", "department", "justice"),
    ("shenpi", "平阴县行政审批服务局", "Approval Service Bureau", "department", "approval"),
    ("jinrong", "平阴县地方金融监督管理局", "Local Finance Bureau", "department", "finance"),
    ("jiaoyu", "平阴县教育和体育局", "Education and Sports Bureau", "department", "education"),
    ("fagai", "平阴县发展和改革局", "Development and Reform Bureau", "department", "development"),
    ("wenlv", "平阴县文化和旅游局", "Culture and Tourism Bureau", "department", "culture"),
    ("caizheng", "平阴县财政局", "Finance Bureau", "department", "treasury"),
    ("shangwu", "平阴县商务局", "Commerce Bureau", "department", "commerce"),
    ("tuiyi", "平阴县退役军人事务局", "Veterans Bureau", "department", "veterans"),
    ("yibao", "平阴县医疗保障局", "Medical Insurance Bureau", "department", "insurance"),
    ("gongxin", "平阴县工业和信息化局", "Industry Bureau", "department", "industry"),
    ("bianban", "平阴县委编办", "Establishment Office", "organ", "establishment"),
    ("rexian", "平阴县12345市民服务热线平台", "County hotline platform", "organ", "hotline"),
    ("xiaofang", "平阴县消防救援大队", "Fire and Rescue Brigade", "vertical", "fire"),
    (
        "huanbao",
        "济南市生态环境局平阴分局",
        "Pingyin branch of the Jinan environment bureau",
        "vertical",
        "environment",
    ),
    ("shuiwuju", "平阴县税务局", "Tax Bureau", "vertical", "tax"),
    ("qixiang", "平阴县气象局", "Weather Bureau", "vertical", "weather"),
    ("gongdian", "平阴县供电公司", "Power supply company", "enterprise", "power"),
    ("gongshui", "平阴县供水公司", "Water supply company", "enterprise", "water-supply"),
    ("gongre", "平阴县供热公司", "Heating company", "enterprise", "heat"),
    ("gongqi", "平阴县燃气公司", "Gas company", "enterprise", "gas"),
)
NAMED_BY_ARTICLE = frozenset({"gongan", "zhifa", "shichang", "ziran", "jiaotong", "bianban", "rexian"})

# The five lines of stationed agencies that the article names: suffix, department, kind, name, English.
STATIONS = (
    ("police", "gongan", "派出所", "police station"),
    ("land", "ziran", "自然资源所", "land and planning office"),
    ("market", "shichang", "市场监管所", "market office"),
    ("transport", "jiaotong", "交通运输所", "transport office"),
    ("enforcement", "zhifa", "综合执法中队", "enforcement team"),
)

# 双报到: a few departments and enterprises, each paired with one community.
PAIRED = ("gongan", "zhifa", "zhujian", "shichang", "ziran", "jiaotong", "minzheng", "yingji", "nongye", "shuiwu")
PAIRED_TOO = ("weijian", "renshe", "sifa", "shenpi", "jinrong", "jiaoyu", "fagai", "gongdian", "gongre")


class Town(NamedTuple):
    """A row of the division list: code, name, code above it."""

    code: str
    name: str
    parent: str

    @property
    def is_urban(self) -> bool:
        """One of the 19: named 社区, in one of the two subdistricts."""
        return len(self.code) == 12 and self.parent in {"370124001", "370124002"} and "社区" in self.name

    @property
    def is_township(self) -> bool:
        """A subdistrict or a town."""
        return len(self.code) == 9

    @property
    def level(self) -> str:
        """The level of the pack."""
        if self.is_township:
            return "subdistrict" if self.name.endswith("街道") else "town"
        if len(self.code) == 6:
            return "county"
        return "community" if self.is_urban else "village"


def read_towns(path: Path) -> list[Town]:
    """Return the rows of the list of 2021, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Town(r["code"], r["name"], r["parent"]) for r in csv.DictReader(file) if r["year"] == YEAR]


def split(rng: random.Random, total: int, caps: Sequence[int], least: int = 1) -> list[int]:
    """Return a number for each of *caps*, at least *least* and at most the cap, that add up to *total*."""
    shares = [least] * len(caps)
    open_ = [index for index, cap in enumerate(caps) if cap > least]
    for _ in range(total - sum(shares)):
        at = int(rng.random() * len(open_))
        shares[open_[at]] += 1
        if shares[open_[at]] == caps[open_[at]]:
            del open_[at]
    return shares


def parts(things: Sequence[T], sizes: Sequence[int]) -> Iterator[Sequence[T]]:
    """Yield *things* in runs of the sizes given."""
    for first, after in pairwise((0, *accumulate(sizes))):
        yield things[first:after]


class Lists:
    """The lists as they grow."""

    def __init__(self, towns: Sequence[Town]) -> None:
        self.rng = random.Random(SEED)
        self.towns = towns
        self.urban = [town for town in towns if town.is_urban]
        self.units: list[Row] = []
        self.links: list[Row] = []
        self.postings: list[Row] = []
        self.households: list[Row] = []
        self.persons = count(1)
        self.homes = count(1)

    def unit(self, code: str, name: str, level: str, parent: str, **more: str) -> None:
        self.units.append({"id": code, "name": name, "level": level, "parent": parent, **more})

    def link(self, start: str, relation: str, end: str, **more: str) -> None:
        self.links.append({"from_unit": start, "relation": relation, "to_unit": end, **more})

    def post(self, kind: str, unit: str) -> None:
        person = f"person-{next(self.persons):05d}"
        self.postings.append({"post": kind, "unit": unit, "person": person, **INVENTED})

    # --- territory ----------------------------------------------------------------------------------------------

    def territory(self) -> None:
        """The county, its townships, communities and villages."""
        for town in self.towns:
            parent = "" if town.level == "county" else town.parent
            self.unit(
                town.code, town.name, town.level, parent, name_en=ENGLISH.get(town.code, ""), **STATED, **DIVISIONS
            )

    def grids(self) -> None:
        """Grids, buildings and stairwells of each urban community, with their heads and households."""
        most = [6] * len(self.urban)
        per_community = split(self.rng, GRIDS, most, least=5)
        codes = [
            f"{town.code}{n:03d}"
            for town, n_grids in zip(self.urban, per_community, strict=True)
            for n in range(1, n_grids + 1)
        ]
        per_grid = split(self.rng, BUILDINGS, [15] * GRIDS, least=6)
        stairs = iter(split(self.rng, STAIRWELLS, [4] * BUILDINGS))
        plaques = iter(split(self.rng, PLAQUES, [9] * STAIRWELLS))
        names = {town.code: short(town.name) for town in self.urban}
        self.buildings: dict[str, list[str]] = {}
        for code, n_buildings in zip(codes, per_grid, strict=True):
            name = f"{names[code[:12]]}第{int(code[12:])}网格"
            self.unit(code, name, "grid", code[:12], **INVENTED)
            self.post("grid-head", code)
            self.buildings[code] = [f"{code}-{n:02d}" for n in range(1, n_buildings + 1)]
            for number, building in enumerate(self.buildings[code], 1):
                self.unit(building, f"{name}{number}号楼", "building", code, **INVENTED)
                self.post("building-head", building)
                for stair in range(1, next(stairs) + 1):
                    self.stairwell(building, f"{name}{number}号楼{stair}单元", stair, next(plaques))

    def stairwell(self, building: str, name: str, number: int, plaques: int) -> None:
        """A stairwell, its head, and its households with a plaque."""
        code = f"{building}-{number}"
        self.unit(code, name, "stairwell", building, **INVENTED)
        self.post("stairwell-head", code)
        for _ in range(plaques):
            self.households.append({"id": f"home-{next(self.homes):05d}", "unit": code, "plaque": "yes", **INVENTED})

    def compounds(self) -> None:
        """Compounds: runs of 8 to 20 buildings of a community, across grids; each fifth run has none."""
        for town in self.urban:
            buildings = [b for grid, inside in self.buildings.items() if grid[:12] == town.code for b in inside]
            n_runs = max(2, len(buildings) // 14)
            sizes = split(self.rng, len(buildings), [20] * n_runs, least=min(8, len(buildings) // n_runs))
            for number, run in enumerate(parts(buildings, sizes), 1):
                if number % 5 == 0:
                    continue
                code = f"{town.code}-x{number:02d}"
                self.unit(code, f"{short(town.name)}示例小区{number}", "compound", town.code, **INVENTED)
                for building in run:
                    self.link(code, "covers", building, **INVENTED)

    # --- departments --------------------------------------------------------------------------------------------

    def offices(self) -> None:
        """Departments, vertical units and enterprises; agencies stationed at townships; pairings."""
        for code, name, english, level, kind in OFFICES:
            accountability = {"department": "county", "organ": ""}.get(level, level)
            cited = (
                {**INVENTED, "doc": "article", "clause": "让街道呼叫有据（列有条线，机构名称为示例）"}
                if code in NAMED_BY_ARTICLE
                else {**INVENTED, "clause": "单位名称"}
            )
            self.unit(code, name, level, COUNTY, name_en=english, kind=kind, accountability=accountability, **cited)
        brigade = {"kind": "traffic-police", "accountability": "county", **INVENTED, "clause": "单位名称"}
        self.unit("jiaojing", "平阴县公安局交警大队", "brigade", "gongan", name_en="Traffic Police Brigade", **brigade)
        for town in self.towns:
            if town.is_township:
                self.stations(town)
        for office, community in zip((*PAIRED, *PAIRED_TOO), self.urban, strict=True):
            self.link(office, "paired", community.code, **INVENTED, clause="“双报到”结对示例")

    def stations(self, town: Town) -> None:
        """The five agencies of a subdistrict; the police station of a town."""
        urban = town.level == "subdistrict"
        for suffix, office, name, english in STATIONS if urban else STATIONS[:1]:
            code = f"{suffix}-{town.code}"
            place = ENGLISH[town.code].rsplit(" ", 1)[0]
            cited = (
                {**INVENTED, "doc": "article", "clause": "让街道呼叫有据（列有条线，机构名称为示例）"}
                if urban
                else {**INVENTED, "clause": "派出所"}
            )
            more = {"kind": suffix, "accountability": "county", "name_en": f"{place} {english}", **cited}
            self.unit(code, f"{town.name.removesuffix('街道').removesuffix('镇')}{name}", "station", office, **more)
            self.link(code, "stationed_at", town.code, **cited)

    # --- Party --------------------------------------------------------------------------------------------------

    def party(self) -> None:
        """The Party line, each unit with what it covers."""
        stated = {"basis": "stated", "doc": "article", "clause": "织密网格组织体系"}
        self.covering(f"p-{COUNTY}", "中共平阴县委", "party-county", "", [COUNTY], INVENTED)
        for town in filter(lambda town: town.is_township, self.towns):
            organ, cited = ("党工委", stated) if town.level == "subdistrict" else ("党委", INVENTED)
            code, above = f"p-{town.code}", f"p-{town.parent}"
            self.covering(code, f"{town.name}{organ}", "party-township", above, [town.code], cited)
        for town in self.urban:
            code, above = f"p-{town.code}", f"p-{town.parent}"
            self.covering(code, f"{short(town.name)}党委", "party-community", above, [town.code], stated)
        self.branches()

    def branches(self) -> None:
        """97 branches: three of them joint; and the groups of each branch."""
        grids = list(self.buildings)
        own = [grid for grid in grids if grid not in JOINED]
        covered = {grid: [grid, *(joined for joined in JOINED if before(joined) == grid)] for grid in own}
        caps = [sum(len(self.buildings[grid]) for grid in covered[seat]) for seat in own]
        n_groups = split(self.rng, GROUPS, [cap // 2 + 1 for cap in caps], least=3)
        names = {row["id"]: row["name"] for row in self.units}
        for seat, groups in zip(own, n_groups, strict=True):
            joint = len(covered[seat]) > 1
            name = f"{names[seat]}党支部"
            if joint:
                numbers = "、第".join(str(int(grid[12:])) for grid in covered[seat])
                name = f"{short(names[seat[:12]])}第{numbers}网格联合党支部"
            self.covering(f"p-{seat}", name, "party-branch", f"p-{seat[:12]}", covered[seat], INVENTED)
            self.post("branch-secretary", f"p-{seat}")
            if joint:
                self.link(f"p-{seat}", "stationed_at", seat, **INVENTED)
            buildings = [building for grid in covered[seat] for building in self.buildings[grid]]
            sizes = split(self.rng, len(buildings), [len(buildings)] * groups)
            for number, run in enumerate(parts(buildings, sizes), 1):
                self.group(seat, f"{names[seat]}第{number}楼院党小组", number, run)

    def group(self, seat: str, name: str, number: int, buildings: Sequence[str]) -> None:
        """A building group over a set of buildings, and its member household hub in the first of them."""
        code = f"p-{seat}-g{number:02d}"
        self.covering(code, name, "party-group", f"p-{seat}", buildings, INVENTED)
        self.covering(f"{code}-hub", f"{name}党员中心户", "party-hub", code, [f"{buildings[0]}-1"], INVENTED)

    def covering(self, code: str, name: str, level: str, parent: str, covered: Sequence[str], cited: Row) -> None:
        """A Party unit and the units it covers."""
        self.unit(code, name, level, parent, **cited)
        for unit in covered:
            self.link(code, "covers", unit, **cited)


def short(name: str) -> str:
    """Return the everyday name of a community: 龙山社区居民委员会 is 龙山社区."""
    return name.removesuffix("居民委员会")


def before(grid: str) -> str:
    """Return the grid whose joint branch covers *grid*: the one before it in its community."""
    return f"{grid[:12]}{int(grid[12:]) - 1:03d}"


def lists(towns: Sequence[Town]) -> dict[str, tuple[tuple[str, ...], list[Row]]]:
    """Return the columns and rows of each list, by file name."""
    grown = Lists(towns)
    grown.territory()
    grown.grids()
    grown.compounds()
    grown.offices()
    grown.party()
    for unit in ON_DUTY:
        grown.post("duty-officer", unit)
    dated = ("from", "to", "basis", "doc", "clause")
    units = ("id", "name", "name_en", "level", "parent", *dated[:2], "kind", "accountability", *dated[2:])
    return {
        "units.csv": (units, grown.units),
        "links.csv": (("from_unit", "relation", "to_unit", *dated), grown.links),
        "postings.csv": (("post", "unit", "person", *dated), grown.postings),
        "households.csv": (("id", "unit", "plaque", *dated), grown.households),
    }
