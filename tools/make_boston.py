"""Derive the lists of the bundled pack ``boston-2011`` from the City of Boston's file of 311 requests.

The file is ``boston311_2011h2.csv`` (plain or gzipped): every case opened from 2011-07-01 to 2011-12-31,
data.boston.gov, "311 service requests", ODC PDDL 1.0. Units, items, who leads on an item, the words of the map and a
sample of rows are counted out of it; what a person decided (levels, calendar, rates) stands in the pack's other files.
The same file gives the same bytes.

    python tools/make_boston.py --data boston311_2011h2.csv.gz
"""

import argparse
import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

Case: TypeAlias = Mapping[str, str]

PACK = Path(__file__).resolve().parent.parent / "src" / "gridgov" / "packs" / "bundled" / "boston-2011"
CITY = "boston"
DOCUMENT = "service-requests"

PRIVATE = frozenset(
    {
        "closure_reason",
        "submittedphoto",
        "closedphoto",
        "location",
        "location_street_name",
        "location_zipcode",
        "latitude",
        "longitude",
    }
)
"""Columns that the sample leaves blank: addresses, pictures and free text, none of which the map reads."""

SAMPLE_EVERY = 320

QUIRKS: Mapping[str, Callable[[Case], bool]] = {
    "precinct outside the ward that the row names": lambda case: _ward(case) not in {"", case["precinct"][:2]},
    "ward without a precinct": lambda case: not case["precinct"].strip() and bool(_ward(case)),
    "neither ward nor precinct": lambda case: not case["precinct"].strip() and not _ward(case),
    "a precinct with a letter": lambda case: case["precinct"] == "0502A",
    "due before it was opened": lambda case: "" < case["target_dt"] < case["open_dt"],
    "due in 2059": lambda case: case["target_dt"].startswith("2059"),
    "opened in the hour that clocks ran twice": lambda case: case["open_dt"].startswith("2011-11-06 01"),
    "closed in that hour": lambda case: case["closed_dt"].startswith("2011-11-06 01"),
    "closed eight years later": lambda case: case["closed_dt"].startswith("2019"),
    "late by the times, on time by the flag": lambda case: (
        case["ontime"] == "ONTIME" and "" < case["target_dt"] < case["closed_dt"]
    ),
    "closed at the very second it was due": lambda case: "" < case["target_dt"] == case["closed_dt"],
}


def _ward(case: Case) -> str:
    """The ward of a row, two digits; blank where it names none."""
    text = case["ward"].strip().removeprefix("Ward ")
    return text.zfill(2) if text else ""


def slug(text: str) -> str:
    """Return the id that stands for a name.

    >>> slug("Mayor's 24 Hour Hotline")
    'mayors-24-hour-hotline'
    """
    found = re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "").replace("w/out", "without")).strip("-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", found):
        raise ValueError(f"{text!r} gives no id")
    return found


def read_cases(path: Path) -> list[Case]:
    """Return the rows of the city's file."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def values(cases: Iterable[Case], column: str) -> list[str]:
    """Return what stands in a column, each once, in order, without blanks."""
    return sorted({case[column].strip() for case in cases} - {""})


def one_to_one(names: Sequence[str]) -> dict[str, str]:
    """Return the id of each name; two names never share one."""
    ids = {name: slug(name) for name in names}
    if len(set(ids.values())) != len(ids):
        raise ValueError("two names give one id")
    return ids


def one_of_each(cases: Iterable[Case], column: str) -> dict[str, str]:
    """Return what stands in *column* for each type; the hierarchy is subject > reason > type."""
    found: dict[str, str] = {}
    for case in cases:
        if found.setdefault(case["type"], case[column]) != case[column]:
            raise ValueError(f"type {case['type']!r} has two values of {column!r}")
    return found


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV file."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def as_list(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a list of the pack: each row cites the city's file, and in its last cell where in it."""
    return as_csv((*header[:-1], "doc", header[-1]), ((*row[:-1], DOCUMENT, row[-1]) for row in rows))


def units(cases: Sequence[Case]) -> str:
    """The city, its departments, its wards and their precincts."""
    rows = [[CITY, "City of Boston", "city", "", ""]]
    rows += [
        [key, name, "department", CITY, "column subject"] for name, key in one_to_one(values(cases, "subject")).items()
    ]
    precincts = values(cases, "precinct")
    wards = sorted({_ward(case) for case in cases} - {""} | {precinct[:2] for precinct in precincts})
    rows += [[f"ward-{int(ward)}", f"Ward {int(ward)}", "ward", CITY, "column ward"] for ward in wards]
    for precinct in precincts:
        ward = int(precinct[:2])
        name = f"Ward {ward} Precinct {precinct[2:].lstrip('0')}"
        rows.append([precinct, name, "precinct", f"ward-{ward}", "column precinct"])
    return as_list(("id", "name_en", "level", "parent", "clause"), rows)


def items(cases: Sequence[Case]) -> str:
    """Every type of request, in the domain that its reason is."""
    domains, reasons = one_to_one(values(cases, "reason")), one_of_each(cases, "reason")
    rows = [
        (key, name, domains[reasons[name]], "column type") for name, key in one_to_one(values(cases, "type")).items()
    ]
    return as_list(("id", "name_en", "domain", "clause"), rows)


def duties(cases: Sequence[Case]) -> str:
    """Who leads on an item: the department under which the city files it."""
    departments, subjects = one_to_one(values(cases, "subject")), one_of_each(cases, "subject")
    rows = [
        (
            f"{key}.lead",
            key,
            "lead",
            f"unit:{departments[subjects[name]]}",
            "handles the request",
            "columns subject and type",
        )
        for name, key in one_to_one(values(cases, "type")).items()
    ]
    return as_list(("id", "item", "role", "holder", "duty_en", "clause"), rows)


def attributes(cases: Sequence[Case]) -> str:
    """The words of the column ``domain``."""
    lines = ["# Domains are the city's reasons; tools/make_boston.py counts them out of the file."]
    for name, key in one_to_one(values(cases, "reason")).items():
        lines += ["", f"[domains.{key}]", f"label = {{ en = {json.dumps(name)} }}"]
    return "\n".join(lines) + "\n"


def service_map(cases: Sequence[Case]) -> str:
    """The map: how the city's columns and words become records."""
    wards = {text: f"ward-{int(text.removeprefix('Ward '))}" for text in values(cases, "ward")}
    words = {
        "@TYPES@": one_to_one(values(cases, "type")),
        "@SUBJECTS@": one_to_one(values(cases, "subject")),
        "@WARDS@": wards,
    }
    text = MAP
    for mark, meanings in words.items():
        lines = (f"{json.dumps(word)} = {json.dumps(meaning)}" for word, meaning in meanings.items())
        inline = mark == "@WARDS@"
        text = text.replace(mark, (", " if inline else "\n").join(lines))
    return text


MAP = """# Rows of the city's file of 311 service requests, as published. Derived by tools/make_boston.py.
shape = "matters"
title = { en = "311 service requests of the City of Boston" }
zone = "America/New_York"
times = ["%Y-%m-%d %H:%M:%S"]
blanks = ["", " "]
# The file gives civil time without an offset: of the hour that ran twice on 2011-11-06, the first is meant.
ambiguous = "first"
# A row of which neither precinct nor ward is known lies somewhere in the city.
unknown_place = "nearest"
unknown_item = "reject"

[columns]
matter = "case_enquiry_id"
channel = "source"
reported_at = "open_dt"
role = { constant = "lead" }
assigned_at = "open_dt"
due_at = "target_dt"
completed_at = "closed_dt"
closed_at = "closed_dt"

[columns.place]
first = [
  { column = "precinct" },
  { column = "ward", other = "blank", words = { @WARDS@ } },
  { constant = "boston" },
]

[columns.unit]
column = "subject"

[columns.unit.words]
@SUBJECTS@

[columns.item]
column = "type"

[columns.item.words]
@TYPES@
"""


def counts(cases: Sequence[Case]) -> str:
    """Worked cases: what the lists must come to."""
    levels = {"department": len(values(cases, "subject")), "precinct": len(values(cases, "precinct"))}
    levels["ward"] = len({_ward(case) for case in cases} - {""})
    lines = ['id = "counts"', 'title = { en = "What the city\'s file lists" }']
    for level, count in levels.items():
        given = f'{{ level = "{level}", at = 2011-07-01 }}'
        lines += ["", "[[count]]", f'name = "{level}s"', f"given = {given}", f"expect = {{ count = {count} }}"]
    given = "{ items = true, at = 2011-07-01 }"
    lines += [
        "",
        "[[count]]",
        'name = "items"',
        f"given = {given}",
        f"expect = {{ count = {len(values(cases, 'type'))} }}",
    ]
    return "\n".join(lines) + "\n"


def sample(cases: Sequence[Case]) -> str:
    """A row in every 320, one of each department and channel, and two of each quirk; in the order of the file."""
    chosen = set(range(0, len(cases), SAMPLE_EVERY))
    for column in ("subject", "source"):
        for value in values(cases, column):
            chosen.add(next(index for index, case in enumerate(cases) if case[column] == value))
    for odd in QUIRKS.values():
        chosen.update([index for index, case in enumerate(cases) if odd(case)][:2])
    header = tuple(cases[0])
    rows = [["" if name in PRIVATE else cases[index][name] for name in header] for index in sorted(chosen)]
    return as_csv(header, rows)


FILES: Mapping[str, Callable[[Sequence[Case]], str]] = {
    "units.csv": units,
    "items.csv": items,
    "duties.csv": duties,
    "attributes.toml": attributes,
    "maps/service-requests.toml": service_map,
    "cases/counts.toml": counts,
    "sample.csv": sample,
}


def write_pack(data: Path, folder: Path) -> None:
    """Write the derived files of the pack into *folder*."""
    cases = read_cases(data)
    for name, derive in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(derive(cases).encode("utf-8"))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the city's file, plain or gzipped")
    parser.add_argument("--out", type=Path, default=PACK, help="folder of the pack")
    arguments = parser.parse_args()
    write_pack(arguments.data, arguments.out)


if __name__ == "__main__":
    main()
