"""How fast a file of matters is scored: a whole run with all outputs, beside a bare loop over the same file.

The loop is what anybody would write first: ``csv.DictReader`` and three ``fromisoformat`` a row, and nothing kept.
Usage: python benchmarks/history.py [FILE]   (default: boston311_2011h2.csv.gz in $GRIDGOV_DATA or ../shared/data)
"""

import csv
import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from io import StringIO
from pathlib import Path

from gridgov.cli import main

ROUNDS = 5
LIMIT = 20


def bare(file: Path) -> int:
    """Read every row and parse its three times."""
    rows = 0
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows += 1
            for column in ("open_dt", "target_dt", "closed_dt"):
                if row[column]:
                    datetime.fromisoformat(row[column])
    return rows


def whole_run(file: Path, out: Path) -> int:
    """Run the command: read, fold, score, rank, and write every output."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        code = main(["run", "boston-2011", str(file), "--out", str(out)])
    assert code == 0
    rows: int = json.loads((out / "run.json").read_text(encoding="utf-8"))["rows"]
    return rows


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Return the seconds that one call takes, and what it returns."""
    start = time.perf_counter()
    rows = work()
    return time.perf_counter() - start, rows


def compare() -> None:
    """Print the ratio, round by round and its median."""
    default = Path(os.environ.get("GRIDGOV_DATA", "../shared/data")) / "boston311_2011h2.csv.gz"
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not file.is_file():
        print(f"skipped: {file} is not here")
        return
    ratios = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as out:
            loop, rows = timed(lambda: bare(file))
            run, taken = timed(lambda out=Path(out): whole_run(file, out))  # type: ignore[misc]
        assert rows == taken
        ratios.append(run / loop)
        print(f"{rows} rows: bare loop {loop:.2f} s, whole run {run:.2f} s, ratio {run / loop:.1f}")
    print(f"median ratio {statistics.median(ratios):.1f} (target: at most {LIMIT})")


if __name__ == "__main__":
    compare()
