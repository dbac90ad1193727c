"""Write the derived lists of the ``pingyin`` pack: the same bytes at every run.

The rules, items and duties of the pack are kept by hand; this writes the lists that are too long for that.

    python tools/make_pingyin.py --data pingyin_370124_by_year.csv --out src/gridgov/packs/bundled/pingyin
"""

import argparse
import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pingyin_organization
import pingyin_register

PACK = Path(__file__).resolve().parent.parent / "src" / "gridgov" / "packs" / "bundled" / "pingyin"


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a list; a cell that a row leaves out is blank."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Read the division list, write the lists."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the division list by year")
    parser.add_argument("--out", type=Path, default=PACK, help="where the lists go")
    options = parser.parse_args()
    lists = pingyin_organization.lists(pingyin_organization.read_towns(options.data))
    grids = [row["id"] for row in lists["units.csv"][1] if row["level"] == "grid"]
    lists["register.csv"] = (pingyin_register.COLUMNS, pingyin_register.happenings(grids))
    for name, (columns, rows) in lists.items():
        write(options.out / name, columns, rows)
        print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
