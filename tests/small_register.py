"""Files of records for the small pack, and the pack as they need it: standard columns, subdistricts in a group."""

import csv
from collections.abc import Iterable
from pathlib import Path

import small_pack

HAPPENINGS = (
    "matter",
    "what",
    "at",
    "unit",
    "role",
    "item",
    "place",
    "channel",
    "due_at",
    "satisfied",
    "reason",
    "fact.duty_done",
    "when.scene",
    "when.emergency",
)
MATTERS = (
    "matter",
    "item",
    "place",
    "reported_at",
    "unit",
    "role",
    "due_at",
    "completed_at",
    "answered_at",
    "satisfied",
    "closed_at",
    "excluded",
)

Row = dict[str, str]

TOWNSHIPS = """
[[groups]]
id = "townships"
label = { zh = "镇街", en = "subdistricts" }
where = { level = ["subdistrict"] }
roles = ["answer", "handle"]
ranked = false
note = { zh = "只列数据", en = "figures only" }
"""


def write_pack(folder: Path) -> Path:
    """Write the small pack into *folder*, with a group of subdistricts, for files with the standard columns."""
    small_pack.write(folder)
    small_pack.change(folder, "pack.toml", 'default_map = "register"\n', "")
    rules = folder / "assessment.toml"
    rules.write_text(rules.read_text(encoding="utf-8") + TOWNSHIPS, encoding="utf-8")
    return folder


def china(text: str) -> str:
    """Return an instant such as ``02-10 16:00`` of 2021 in China, as a cell holds it."""
    return f"2021-{text.replace(' ', 'T')}+08:00"


def row(matter: str, what: str, at: str, unit: str = "", **more: str) -> Row:
    """Return a row of happenings; ``at`` as `china` takes it, further columns with ``__`` for a dot."""
    named = {name.replace("__", "."): text for name, text in more.items()}
    return {"matter": matter, "what": what, "at": china(at), "unit": unit, **named}


def reported(matter: str, at: str, **more: str) -> Row:
    """Return the row that reports a matter in grid g1, of an item, where nothing else is said."""
    return row(matter, "reported", at, **{"item": "lane", "place": "g1", **more})


def write(path: Path, rows: Iterable[Row], columns: tuple[str, ...] = HAPPENINGS) -> Path:
    """Write rows under the standard columns, and return the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> list[Row]:
    """Return the rows of a result, as written."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MONTH = (
    reported("m1", "02-01 09:00", when__scene="road"),
    row("m1", "opened", "02-01 09:10"),
    row("m1", "assigned", "02-01 09:20", "g1"),
    row("m1", "called", "02-01 10:00", "police", role="lead"),
    row("m1", "met", "02-02 10:00", "police"),
    row("m1", "completed", "02-02 11:00", "police", fact__duty_done="yes"),
    row("m1", "answered", "02-04 09:00", "police", satisfied="yes"),
    row("m1", "closed", "02-04 09:30"),
    reported("m2", "02-03 09:00", item="noise", place="g3"),
    row("m2", "called", "02-03 09:30", "police", due_at=china("02-05 17:00")),
    row("m2", "completed", "02-08 10:00", "police", fact__duty_done="no"),
    row("m2", "answered", "02-09 10:00", "police", satisfied="no"),
    reported("m3", "02-10 16:00", item="noise", place="g3"),
    row("m3", "assigned", "02-10 16:10", "g3"),
    row("m3", "completed", "02-18 10:00", "g3"),
    reported("m4", "02-22 10:00"),
    row("m4", "called", "02-22 11:00", "fire", when__scene="venue"),
)
"""A month of four matters: called and satisfied; called, late and not satisfied; never called; called and open."""
