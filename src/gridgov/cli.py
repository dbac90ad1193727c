"""The command line: the only room that prints, asks the time, or shows progress.

Exit codes: 0 done; 1 refused, faults found, or a case failed; 2 the command itself is written wrongly.
"""

import argparse
import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from gridgov.authority import Actor
from gridgov.documents import to_markdown
from gridgov.errors import GridgovError, LimitError, PackError, RecordError, RefusedError
from gridgov.history import import_history
from gridgov.packs import Jurisdiction, load_pack
from gridgov.platform import Platform, reenact
from gridgov.results import FILES, Results, load, write
from gridgov.stores import write_jsonl
from gridgov.values import Label, Month, aware, plain
from gridgov.worked import run_cases

__all__ = ["main"]

DEMO_PACK = "pingyin"
DEMO_DESK = "rexian"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names in Chinese, on a terminal that has no such letters
    try:
        done: int = options.command(options)
        sys.stdout.flush()
    except GridgovError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("interrupted; nothing that was being written is complete")
    except BrokenPipeError:
        with suppress(BrokenPipeError):
            sys.stdout.close()  # else the interpreter tries once more, and complains, when it ends
        return 1
    except OSError as error:
        return _refuse(f"{error.filename or 'file'}: {error.strerror or error} [file]")
    return done


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gridgov", description="Who must act on a matter, by when, under which clause, and how it was scored."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = _command(
        commands, "demo", _demo, "score and rank the bundled register of Pingyin County; print the bulletin"
    )
    demo.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR", help="where the results go")
    _add_language(demo)

    check = _command(commands, "check", _check, "validate a pack: every fault with its file and place")
    _add_pack(check)
    _add_json(check)

    test = _command(commands, "test", _test, "run a pack's worked cases")
    _add_pack(test)

    route = _command(commands, "route", _route, "who holds a matter, who leads and supports, by when, and why")
    _add_pack(route)
    route.add_argument("--item", required=True, help="id of the kind of matter")
    route.add_argument("--unit", required=True, help="id of the unit in which it lies")
    route.add_argument(
        "--fact", action="append", default=[], metavar="NAME=WORD", type=_fact, help="what is known of it"
    )
    route.add_argument("--at", type=_instant, metavar="INSTANT", help="when it is reported, with offset; default now")
    _add_language(route)
    _add_json(route)

    run = _command(commands, "run", _run, "read a file of matters or happenings, score, rank, write the results")
    _add_pack(run)
    run.add_argument("file", metavar="FILE", help="CSV, JSONL, either gzipped; or the name of a register of the pack")
    run.add_argument("--map", metavar="MAP", help="a map of the pack, a file, or 'standard'; default the pack's own")
    run.add_argument("--month", type=_month, metavar="YYYY-MM", help="the month to rank; default the whole file")
    run.add_argument(
        "--as-of", type=_instant, metavar="INSTANT", help="up to when things are known; default the file's end"
    )
    run.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results go")
    run.add_argument("--strict", action="store_true", help="fail when any row is rejected")
    _add_language(run)
    _add_json(run)

    explain = _command(commands, "explain", _explain, "the reasons behind one row of a run's results")
    explain.add_argument("folder", type=Path, metavar="DIR", help="what 'run --out' wrote")
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument("--matter", metavar="ID", help="a matter of the run")
    what.add_argument("--unit", metavar="ID", help="a unit of the ranking")
    _add_language(explain)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    function: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=function)
    return parser


def _add_pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", metavar="PACK", help="name of a bundled pack, or a folder")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=("zh", "en"), default="", help="language of texts; default the pack's first"
    )


def _instant(text: str) -> datetime:
    try:
        return aware(datetime.fromisoformat(text))
    except LimitError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    except (ValueError, OverflowError) as error:
        message = f"{text!r} is not an instant [bad_time]: write it as 2021-02-10T16:00+08:00"
        raise argparse.ArgumentTypeError(message) from error


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except LimitError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _fact(text: str) -> tuple[str, str]:
    name, sign, word = text.partition("=")
    if not (name and sign):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=WORD")
    return name, word


def _print_json(value: Mapping[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


@contextmanager
def _progress(text: str) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; a plain line per hundred thousand rows elsewhere."""
    if sys.stderr.isatty():
        with _bar(text) as update:
            yield update
        return
    done = 0

    def line(rows: int) -> None:
        nonlocal done
        before, done = done, done + rows
        if done // 100_000 > before // 100_000:
            print(f"{text}: {done} rows", file=sys.stderr)

    yield line
    print(f"{text}: {done} rows read", file=sys.stderr)


@contextmanager
def _bar(text: str) -> Iterator[Callable[[int], None]]:
    try:
        from tqdm import tqdm
    except ImportError:
        print(f"{text} …", file=sys.stderr)
        yield lambda _: None
        return
    with tqdm(desc=text, unit=" rows", unit_scale=True) as bar:
        yield lambda rows: (bar.update(rows), None)[1]


def _check(options: argparse.Namespace) -> int:
    try:
        load_pack(options.pack)
    except PackError as error:
        faults, total = error.faults, error.total
    else:
        faults, total = (), 0
    if options.json:
        _print_json({"pack": options.pack, "faults": plain(faults), "total": total})
    else:
        for fault in faults:
            print(fault)
        more = f", the first {len(faults)} shown" if total > len(faults) else ""
        print(f"{options.pack}: {total} faults{more}" if total else f"{options.pack}: no faults")
    return 1 if total else 0


def _test(options: argparse.Namespace) -> int:
    outcomes = run_cases(load_pack(options.pack))
    for outcome in outcomes:
        print(outcome)
    failed = sum(not outcome.passed for outcome in outcomes)
    print(f"{options.pack}: {len(outcomes) - failed} cases passed, {failed} failed")
    return 1 if failed else 0


def _route(options: argparse.Namespace) -> int:
    county = load_pack(options.pack)
    at = options.at or datetime.now(UTC)
    facts = dict(options.fact)
    if len(facts) < len(options.fact):
        raise RefusedError.of("fact_twice", "a fact is given twice", "--fact", "give each fact once")
    route = county.route(item=options.item, place=options.unit, facts=facts, at=at)
    if options.json:
        _print_json(route.to_dict())
    else:
        for line in route.explain().lines(options.language or county.languages[0]):
            print(line)
    return 0


def _run(options: argparse.Namespace) -> int:
    county = load_pack(options.pack)
    results = _score(county, options.file, options.map, options)
    rejected = len(results.history.rejected)
    if options.json:
        _print_json(results.summary())
    else:
        _print_summary(results)
    nothing = not results.history.taken
    if nothing:
        return _refuse(f"{options.file}: no row could be taken; see {options.out / 'rejected.csv'} [nothing_taken]")
    if options.strict and rejected:
        return _refuse(f"{options.file}: {rejected} rows rejected; see {options.out / 'rejected.csv'} [rejected_rows]")
    return 0


def _score(county: Jurisdiction, file: str, map_name: str | None, options: argparse.Namespace) -> Results:
    path = Path(file)
    if path.name in FILES and path.resolve().parent == options.out.resolve():
        hint = "name another folder for the results"
        raise RecordError.of("would_overwrite_input", f"the results would replace {path.name}", file, hint)
    with _uncollected():
        with _progress(f"reading {Path(file).name}") as progress:
            history = import_history(county, file, map_name=map_name, as_of=options.as_of, progress=progress)
        return write(history, options.out, options.month, options.language)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the cyclic garbage collector: a run builds millions of objects, drops none, and makes no cycles."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _print_summary(results: Results) -> None:
    history = results.history
    print(
        f"{history.rows} rows: {history.taken} taken, {history.later} later than {history.as_of.isoformat()}, "
        f"{len(history.rejected)} rejected; {len(history.matters)} matters; results in {results.folder}"
    )
    language = results.bulletin.language
    for ranking in results.ranking.groups:
        print(f"\n{ranking.group.label.in_(language)}")
        busy = [result for result in ranking.results if result.assignments]
        for result in busy:
            shares = ", ".join(f"{name} {tally}" for name, tally in result.tallies.items())
            points = results.ranking.scheme.rounding.show(result.score)
            place = "–" if result.rank is None else str(result.rank)
            name = history.jurisdiction.unit_label(result.unit).in_(language)
            print(f"{place:>4}  {name}  {points}  ({shares}; {result.assignments} duties; {result.status.value})")
        if len(busy) < len(ranking.results):
            print(f"      {len(ranking.results) - len(busy)} units without a duty in this period")


def _demo(options: argparse.Namespace) -> int:
    county = load_pack(DEMO_PACK)
    register = next(iter(county.registers.values()))
    options.as_of, options.month = None, register.month
    results = _score(county, register.id, None, options)
    print(to_markdown(results.bulletin))
    _drive(results, options.language or county.languages[0])
    print(f"All results are in {results.folder}; open {results.folder / 'bulletin.html'}", file=sys.stderr)
    return 0


def _drive(results: Results, language: str) -> None:
    """Drive the month's called matters through the commands of the platform, and tell the story of one of them."""
    history, month = results.history, results.month
    platform = Platform(history.jurisdiction)
    bounds = history.bounds(month)
    names = [m.id for m in history.matters.values() if m.called and (bounds is None or bounds[0] <= m.reported_at)]
    driven = reenact(platform, history, names, desk=Actor(unit=DEMO_DESK))
    shown = max(names, key=lambda name: (len(platform.matter(name).assignments), name))
    story = platform.explain(shown, history.as_of)
    write_jsonl(platform.store, results.folder / "live.jsonl")
    (results.folder / "story.txt").write_text("\n".join(story.lines(language)) + "\n", encoding="utf-8")
    said = Label(
        zh=f"{len(names)} 件呼叫事项按指令重演：{driven.given} 条指令成立，{len(driven.refused)} 条依规则不予办理。"
        f"全程记录 live.jsonl；其中 {shown} 的经过（时限与计日见 story.txt）：",
        en=f"{len(names)} called matters driven by commands: {driven.given} were taken, {len(driven.refused)} the "
        f"rules would have refused. The log is live.jsonl; the story of {shown} (limits, counted days in story.txt):",
    )
    happened = len(platform.history(shown))
    print(f"\n## {said.in_(language)}\n")
    for line in (story.text, *(detail.text for detail in story.details[:happened])):
        print(f"- {line.in_(language)}")


def _explain(options: argparse.Namespace) -> int:
    history, month = load(options.folder)
    if options.matter is not None:
        reason, what = history.explain_matter(options.matter), f"matter {options.matter!r}"
    else:
        reason, what = history.explain_unit(options.unit, month), f"unit {options.unit!r}"
    if reason is None:
        return _refuse(f"{options.folder}: {what} is not in these results [unknown]")
    for line in reason.lines(options.language or history.jurisdiction.languages[0]):
        print(line)
    return 0
