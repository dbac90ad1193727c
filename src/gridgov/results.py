"""Results: the folder that a run writes, and the reading of it for an explanation.

The log (``events.jsonl``) is what the rest can be derived from; the CSV files are its views. Cells that a
spreadsheet would take for a formula are marked with a leading apostrophe, which `plain_cell` takes off again.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, Literal

import attrs

from gridgov.assessment import Ranking, Tally, UnitResult, judge
from gridgov.bulletin import bulletin
from gridgov.documents import Document, to_html, to_markdown
from gridgov.errors import RecordError, StoreError
from gridgov.events import Head, stamp, unstamp
from gridgov.facts import FactRow
from gridgov.history import History, replay
from gridgov.matters import Matter
from gridgov.packs import load_pack, pack_reference
from gridgov.records import LocalClock
from gridgov.stores import read_jsonl, write_jsonl
from gridgov.values import Month, Shown

__all__ = ["FILES", "Results", "load", "plain_cell", "safe_cell", "write"]

_FORMULA = frozenset("=+-@\t\r\n'＝＋－＠")
_first_letter = itemgetter(slice(1))
_YES = {True: "yes", False: "no"}


def safe_cell(text: str) -> str:
    """Return *text* so that no spreadsheet runs it: a leading sign of a formula gets an apostrophe before it.

    >>> safe_cell("=1+1"), plain_cell(safe_cell("=1+1"))
    ("'=1+1", '=1+1')
    """
    return f"'{text}" if text[:1] in _FORMULA else text


def plain_cell(text: str) -> str:
    """Return what `safe_cell` was given."""
    return text.removeprefix("'")


@attrs.frozen(kw_only=True)
class Results(Shown):
    """What a run came to, and where it was written.

    Attributes:
        folder: Where the files are.
        month: The month that was ranked; None when the whole file is one period.
        bulletin: The month's bulletin.
    """

    history: History
    ranking: Ranking
    month: Month | None
    folder: Path
    bulletin: Document = attrs.field(repr=False)

    def summary(self) -> dict[str, Any]:
        """Return the run in figures, as plain JSON; also what ``run.json`` holds."""
        history = self.history
        head = history.store.head()
        return {
            "pack": history.jurisdiction.id,
            "pack_at": pack_reference(history.jurisdiction, self.folder),
            "edition": history.jurisdiction.edition,
            "source": history.source,
            "month": None if self.month is None else str(self.month),
            "as_of": stamp(history.as_of),
            "rows": history.rows,
            "taken": history.taken,
            "later": history.later,
            "rejected": len(history.rejected),
            "matters": len(history.matters),
            "events": head.sequence,
            "head": head.hash,
            "groups": {
                group.group.id: {result.unit: _unit_summary(self.ranking, result) for result in group.results}
                for group in self.ranking.groups
            },
        }


def _unit_summary(ranking: Ranking, result: UnitResult) -> dict[str, Any]:
    return {
        "assignments": result.assignments,
        "rates": {name: str(tally) for name, tally in result.tallies.items()},
        "score": None if result.score is None else ranking.scheme.rounding.show(result.score),
        "rank": result.rank,
        "status": result.status.value,
    }


FILES = (
    "events.jsonl",
    "matters.csv",
    "assignments.csv",
    "assessments.csv",
    "ranking.csv",
    "rejected.csv",
    "bulletin.md",
    "bulletin.html",
    "run.json",
)
"""What `write` writes."""


def write(history: History, folder: Path, month: Month | None = None, language: str = "") -> Results:
    """Rank *history* in *month* and write all results into *folder*, which is made if it is not there.

    Raises:
        NotInForceError: The score scheme does not hold in that month; nothing is written.
        OSError: The folder cannot be written.
    """
    ranking = history.rank(month)
    document = bulletin(history, ranking, month, language)
    results = Results(history=history, ranking=ranking, month=month, folder=folder, bulletin=document)
    folder.mkdir(parents=True, exist_ok=True)
    write_jsonl(history.store, folder / "events.jsonl")
    clock = _clock(history)
    sheets = (_matters(history, clock), _assignments(history, clock), _assessments(results), _ranking(results))
    for name, header, rows in sheets:
        _write_csv(folder / name, header, rows)
    # Its values are as they stood in the file: a lone carriage return is not quoted unless everything is.
    _write_csv(folder / "rejected.csv", *_rejected(history), quoting=csv.QUOTE_ALL)
    (folder / "bulletin.md").write_text(to_markdown(document), encoding="utf-8")
    (folder / "bulletin.html").write_text(to_html(document), encoding="utf-8")
    text = json.dumps(results.summary(), ensure_ascii=False, indent=1)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")
    return results


def _write_csv(
    path: Path, header: Iterable[str], rows: Iterable[Sequence[str]], quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=quoting)
        writer.writerow(header)
        # Only rows that hold such a sign are put through `safe_cell`: a call for each of millions of cells takes long.
        writer.writerows(row if _FORMULA.isdisjoint(map(_first_letter, row)) else map(safe_cell, row) for row in rows)


Sheet = tuple[str, Iterable[str], Iterator[Sequence[str]]]
Clock = Callable[[datetime | None], str]


def _clock(history: History) -> Clock:
    """Return the function that writes an instant in the pack's zone; blank for none. Sheets share what it remembers."""
    local = LocalClock(history.jurisdiction.zone).text

    @lru_cache(maxsize=1 << 18)
    def write_instant(at: datetime | None) -> str:
        return "" if at is None else local(at)

    return write_instant


_MATTER_COLUMNS = (
    "matter",
    "item",
    "unit",
    "status",
    "reported_at",
    "opened_at",
    "closed_at",
    "channel",
    "assignments",
    "called",
    "reopened",
    "excluded",
    "source",
    "line",
)


def _matters(history: History, when: Clock) -> Sheet:
    def row(matter: Matter) -> Sequence[str]:
        return (
            matter.id,
            matter.item,
            matter.place,
            matter.status,
            when(matter.reported_at),
            when(matter.opened_at),
            when(matter.closed_at),
            matter.channel,
            str(len(matter.assignments)),
            _YES[matter.called],
            str(matter.reopened),
            matter.excluded,
            matter.source,
            str(matter.line),
        )

    return "matters.csv", _MATTER_COLUMNS, (row(matter) for matter in history.matters.values())


_INSTANT_COLUMNS = ("signed_at", "contacted_at", "met_at", "completed_at", "answered_at")
_FACT_COLUMNS = ("on_time", "met", "answered", "satisfied", "excluded")


def _assignments(history: History, when: Clock) -> Sheet:
    instants = attrgetter(*_INSTANT_COLUMNS)

    def row(facts: FactRow) -> Sequence[str]:
        known = facts.facts.get
        return (
            facts.matter,
            str(facts.number),
            facts.unit,
            facts.role,
            facts.opened_by,
            when(facts.assigned_at),
            when(facts.due_at),
            facts.due_basis,
            _YES[facts.provisional] if facts.due_basis == "rule" else "",
            *map(when, instants(facts)),
            facts.outcome,
            *["" if (value := known(name)) is None else _YES[value is True] for name in _FACT_COLUMNS],
        )

    start = ("matter", "assignment", "unit", "role", "opened_by", "opened_at", "due_at", "due_basis", "provisional")
    return (
        "assignments.csv",
        (*start, *_INSTANT_COLUMNS, "outcome", *_FACT_COLUMNS),
        (row(facts) for facts in history.facts()),
    )


def _assessments(results: Results) -> Sheet:
    """What each assignment counts for: per rate numerator, denominator, excluded, or blank for nothing."""
    history, scheme = results.history, results.ranking.scheme
    group_of = history.groups(results.month)
    bounds = history.bounds(results.month)

    def rows() -> Iterator[Sequence[str]]:
        for facts in history.facts():
            group = group_of(facts.unit)
            if group is not None and facts.role in group.roles:
                verdicts = [judge(rate, facts, bounds) for rate in scheme.rates]
                if any(verdicts):
                    yield (facts.matter, str(facts.number), group.id, facts.unit, facts.role, *verdicts)

    header = ("matter", "assignment", "group", "unit", "role", *(rate.id for rate in scheme.rates))
    return "assessments.csv", header, rows()


def _ranking(results: Results) -> Sheet:
    ranking = results.ranking
    rates = ranking.scheme.rates
    show = ranking.scheme.rounding.show

    def rows() -> Iterator[Sequence[str]]:
        for group in ranking.groups:
            for result in group.results:
                yield (
                    ranking.period,
                    group.group.id,
                    result.unit,
                    results.history.jurisdiction.unit_label(result.unit).in_(results.history.jurisdiction.languages[0]),
                    str(result.assignments),
                    *(cell for rate in rates for cell in _rate_cells(result.tallies[rate.id], show)),
                    "" if result.score is None else show(result.score),
                    "" if result.rank is None else str(result.rank),
                    result.status.value,
                )

    names = (name for rate in rates for name in (f"{rate.id}_num", f"{rate.id}_den", rate.id))
    header = ("period", "group", "unit", "name", "assignments", *names, "score", "rank", "status")
    return "ranking.csv", header, rows()


def _rate_cells(share: Tally, show: Callable[[Fraction], str]) -> Iterable[str]:
    value = share.value
    return str(share.num), str(share.den), "" if value is None else show(value * 100)


def _rejected(history: History) -> tuple[Iterable[str], Iterator[Sequence[str]]]:
    rows = ((str(row.line), row.column, row.value, row.code, row.message) for row in history.rejected)
    return ("line", "column", "value", "code", "message"), rows


def load(folder: Path) -> tuple[History, Month | None]:
    """Return the history that `write` wrote into *folder*, rebuilt from its log, and the month that was ranked.

    Raises:
        RecordError: The folder holds no results (``no_results``), or its pack has changed since
            (``other_edition``).
        PackError: The pack cannot be loaded any more.
        StoreError: The log cannot be read, was changed, or is not the whole log of that run.
    """
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        pack, edition, source = str(run["pack_at"]), str(run["edition"]), str(run["source"])
        as_of, head = unstamp(run["as_of"]), Head(run["events"], run["head"])
        month = None if run["month"] is None else Month.parse(run["month"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError, StoreError) as error:
        hint = "name the folder that 'gridgov run --out' wrote"
        raise RecordError.of("no_results", f"{folder} holds no results of a run", hint=hint) from error
    county = load_pack(folder / pack if pack.startswith(".") else pack)
    if county.edition != edition:
        message = f"the results were made under edition {edition[:12]}, the pack is now {county.edition[:12]}"
        raise RecordError.of("other_edition", message, str(folder), "run again under the present rules")
    store = read_jsonl(folder / "events.jsonl", known=head)
    return replay(county, store, source=source, as_of=as_of), month
