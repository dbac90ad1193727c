"""From the files of a pack to a jurisdiction: each part is read, however faulty the others are."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import attrs

from gridgov.assessment import ScoreScheme
from gridgov.authority import Authority
from gridgov.calendar import Counting
from gridgov.conditions import Vocabulary
from gridgov.errors import Faults, PackError
from gridgov.escalation import Policy
from gridgov.handling.rules import Handling
from gridgov.packs._authority import read_authority
from gridgov.packs._desk import Desk, attempt, one_of, within
from gridgov.packs._edition import Rules
from gridgov.packs._files import Folder
from gridgov.packs._handling import HandlingReader
from gridgov.packs._ladders import LadderReader
from gridgov.packs._lists import Listed, holder_reader, read_list, read_staff, read_vocabulary
from gridgov.packs._scores import read_matter_scheme, read_scheme, standard_facts
from gridgov.packs._shapes import (
    AssessmentFile,
    AttributesFile,
    EscalationFile,
    PackFile,
    PostsFile,
    SourcesFile,
    TextShape,
)
from gridgov.packs._stories import StoryChecks
from gridgov.packs._times import Times, read_times
from gridgov.packs._units import Units, read_households, read_units
from gridgov.packs._wrong import Limits, near
from gridgov.packs.cases import CaseFile
from gridgov.packs.jurisdiction import Facts, Household, Jurisdiction, Register, Words
from gridgov.records import Map, UnknownItem, map_from_table
from gridgov.staffing import Staff
from gridgov.values import Label, Month

__all__ = ["SCHEMA_VERSION", "read_map", "read_pack"]

SCHEMA_VERSION = 1
"""The version of the pack format that is read."""

_LANGUAGES = ("zh", "en")
_FILES = frozenset(
    {
        "pack.toml",
        "sources.toml",
        "levels.toml",
        "units.csv",
        "links.csv",
        "attributes.toml",
        "items.csv",
        "duties.csv",
        "posts.toml",
        "postings.csv",
        "households.csv",
        "calendar.toml",
        "escalation.toml",
        "authority.toml",
        "assessment.toml",
    }
)
_FOLDERS = ("maps/", "cases/")
_NOTES = frozenset({"README", "LICENSE", "LICENCE"})


@attrs.frozen(kw_only=True)
class _Parts:
    """What has been read of a pack; None where it is not there, or faulty."""

    desk: Desk
    words: AttributesFile | None
    vocabulary: Vocabulary | None
    facts: Vocabulary | None
    units: Units
    listed: Listed
    posts: PostsFile | None
    staff: Staff | None
    households: tuple[Household, ...]
    times: Times | None
    escalation: EscalationFile | None
    policy: Policy | None
    handling: Handling | None
    authority: Authority | None
    assessment: AssessmentFile | None
    scheme: ScoreScheme | None
    matter_scheme: ScoreScheme | None
    maps: Mapping[str, Map]
    registers: Mapping[str, Register]
    cases: tuple[CaseFile, ...]


def read_pack(root: Path, limits: Limits) -> Jurisdiction:
    """Return what the files of a folder say.

    Raises:
        PackError: With every fault.
    """
    faults = Faults()
    desk = Desk(Folder(root, limits, faults), faults)
    desk.head = desk.toml("pack.toml", PackFile, needed=True)
    documents = desk.optional("sources.toml", SourcesFile)
    desk.sources = None if documents is None else documents.sources
    if desk.head is not None:
        desk.head = _checked_head(desk, desk.head)
    parts = _read_parts(desk)
    _check_files(desk, parts.times)
    return _jurisdiction(parts)


def _read_parts(desk: Desk) -> _Parts:
    words = desk.optional("attributes.toml", AttributesFile)
    vocabulary = None if words is None else read_vocabulary(desk, words.attributes, "attributes")
    facts = None if words is None else read_vocabulary(desk, words.facts, "facts", standard_facts())
    units = read_units(desk, words)
    posts = desk.optional("posts.toml", PostsFile)
    staff = read_staff(desk, posts, units)
    times = read_times(desk)
    escalation = desk.toml("escalation.toml", EscalationFile)
    holder = holder_reader(words, units)
    ladders = LadderReader(
        desk=desk,
        vocabulary=vocabulary,
        holder=holder,
        accountability=() if words is None else words.accountability,
    )
    handling = HandlingReader(
        desk=desk,
        vocabulary=vocabulary,
        holder=holder,
        calendars=None if times is None else times.calendars,
        posts=None if posts is None else posts.posts,
    )
    assessment = desk.toml("assessment.toml", AssessmentFile)
    listed = read_list(desk, words, vocabulary, units)
    declared = None if facts is None else Facts(facts).declared
    policy = None if escalation is None else ladders.read(escalation, times, staff)
    handled = None if escalation is None else handling.read(escalation)
    scheme = None if assessment is None else read_scheme(desk, assessment, facts, words, units)
    rates = None if assessment is None else assessment.rates
    return _Parts(
        desk=desk,
        words=words,
        vocabulary=vocabulary,
        facts=facts,
        units=units,
        listed=listed,
        posts=posts,
        staff=staff,
        households=read_households(desk, units),
        times=times,
        escalation=escalation,
        policy=policy,
        handling=handled,
        authority=read_authority(desk, staff, handled),
        assessment=assessment,
        scheme=scheme,
        matter_scheme=None if assessment is None else read_matter_scheme(desk, assessment, facts, scheme),
        maps=_maps(desk, _Meant(units=units, listed=listed, declared={"when": vocabulary, "fact": declared})),
        registers=_registers(desk),
        cases=_cases(
            desk,
            rates,
            lambda name: StoryChecks(
                desk=desk,
                name=name,
                units=units,
                listed=listed,
                policy=policy,
                handling=handled,
                vocabulary=vocabulary,
                facts=facts,
                rates=rates,
            ),
        ),
    )


def _jurisdiction(parts: _Parts) -> Jurisdiction:
    desk, head, organization = parts.desk, parts.desk.head, parts.units.organization
    sources, words, vocabulary, facts = desk.sources, parts.words, parts.vocabulary, parts.facts
    posts, staff = parts.posts, parts.staff
    if (
        desk.faults
        or head is None
        or organization is None
        or sources is None
        or words is None
        or vocabulary is None
        or facts is None
        or posts is None
        or staff is None
    ):
        raise PackError(desk.faults, len(desk.faults))
    rules = Rules(
        head=head,
        sources=sources,
        words=words,
        posts=posts,
        escalation=parts.escalation,
        authority=parts.authority,
        assessment=parts.assessment,
        listed=parts.listed.responsibilities,
        times=parts.times,
    )
    edition = rules.digest()
    times = parts.times or Times(calendars={}, default="", counting=Counting())
    return Jurisdiction(
        id=head.id,
        title=head.title,
        zone=head.zone,
        coverage=head.coverage,
        confirmed_until=head.confirmed_until,
        languages=head.languages,
        sources=sources,
        illustrative=tuple(_text(text, head) for text in head.illustrative),
        edition=edition,
        organization=organization,
        vocabulary=vocabulary,
        facts=Facts(facts),
        words=_words(words, posts, parts.units),
        responsibilities=parts.listed.responsibilities,
        staff=staff,
        households=parts.households,
        calendars=times.calendars,
        default_calendar=times.default,
        counting=times.counting,
        policy=parts.policy and attrs.evolve(parts.policy, edition=edition),
        handling=parts.handling,
        authority=parts.authority,
        scheme=parts.scheme,
        matter_scheme=parts.matter_scheme,
        maps=parts.maps,
        default_map=head.default_map,
        registers=parts.registers,
        cases=parts.cases,
        folder=desk.folder.root,
    )


# --- pack.toml --------------------------------------------------------------------------------------------------


def _checked_head(desk: Desk, head: PackFile) -> PackFile:
    """Return ``pack.toml`` with faults noted, and a zone that exists, so that the rest can be read."""
    place = within("pack.toml")
    if head.schema_version != SCHEMA_VERSION:
        message = f"the pack is written for version {head.schema_version} of the format; {SCHEMA_VERSION} is read"
        desk.faults.add("schema_version", message, place("schema_version"))
    if not head.languages or len(set(head.languages)) < len(head.languages):
        desk.faults.add("bad_value", "name one or two languages, each once", place("languages"))
    for language in head.languages:
        attempt(desk.faults, within("pack.toml", "languages"), one_of, language, _LANGUAGES, what="a language of packs")
    for index, text in enumerate(head.illustrative):
        attempt(desk.faults, within("pack.toml", f"illustrative[{index}]"), _text, text, head)
    desk.cite(place("doc"), None, head)
    try:
        ZoneInfo(head.zone)
    except (LookupError, ValueError, OSError):  # unknown name; a path; the name of a folder of zones
        message, hint = f"{head.zone[:64]!r} is not a time zone", "use an IANA name, such as Asia/Shanghai"
        desk.faults.add("unknown_zone", message, place("zone"), hint)
        return attrs.evolve(head, zone="UTC")
    return head


def _text(shape: TextShape, head: PackFile) -> Label:
    if shape.text and "zh" not in head.languages:
        return Label(en=shape.text)
    return Label(zh=shape.zh or shape.text, en=shape.en)


def _words(words: AttributesFile, posts: PostsFile, units: Units) -> Words:
    """Return what the pack calls things."""
    ranks = units.ranks
    kinds = {
        "accountability": {key: word.label for key, word in words.accountability.items()},
        "kinds": {key: word.label for key, word in words.kinds.items()},
        "domains": {key: word.label for key, word in words.domains.items()},
        "attributes": {key: shape.label for key, shape in words.attributes.items()},
        "facts": {key: shape.label for key, shape in words.facts.items()},
        "posts": {key: post.label for key, post in posts.posts.items()},
        "lines": {} if ranks is None else {key: line.label for key, line in ranks.lines.items()},
        "levels": {} if ranks is None else {key: level.label for key, level in ranks.levels.items()},
    }
    for name, shapes in (("attributes", words.attributes), ("facts", words.facts)):
        kinds |= {f"{name}.{key}": dict(shape.words) for key, shape in shapes.items() if shape.words}
    return Words(kinds)


# --- maps, registers, cases -------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Meant:
    """What the words of maps may mean.

    Attributes:
        units: The units.
        listed: The items.
        declared: Attributes of matters (``when``), facts of assignments (``fact``); None when they are faulty.
    """

    units: Units
    listed: Listed
    declared: Mapping[str, Vocabulary | None]

    def check(self, column: str, word: str) -> object:
        """Return what *word* means in a standard column; raise `BadValueError` or `RefusedError` if it is nothing."""
        readers = {"item": self.listed.item, "unit": self.units.unit, "place": self.units.unit}
        kind, _, name = column.partition(".")
        vocabulary = self.declared.get(kind)
        if vocabulary is not None and name in vocabulary:
            return vocabulary.parse_fact(name, word)
        return readers.get(column, str)(word)


def _maps(desk: Desk, meant: _Meant) -> dict[str, Map]:
    zone = "UTC" if desk.head is None else desk.head.zone
    found = {}
    for name in desk.folder.names("maps", (".toml",)):
        made = _map(desk.folder, name, zone)
        if made is not None:
            found[made.id] = made
            _check_declared(desk.faults, name, made, meant.declared)
            _check_words(desk.faults, name, made, meant)
    return found


def _map(folder: Folder, name: str, zone: str) -> Map | None:
    table = folder.toml(name)
    if table is None:
        return None
    return attempt(folder.faults, within(name), map_from_table, table, id=PurePosixPath(name).stem, zone=zone)


def _check_declared(faults: Faults, name: str, made: Map, known: Mapping[str, Vocabulary | None]) -> None:
    codes = {"when": "unknown_attribute", "fact": "unknown_fact"}
    for kind, word in made.declared:
        vocabulary = known[kind]
        if vocabulary is not None and word not in vocabulary:
            hint = near(word, [attribute.name for attribute in vocabulary])
            faults.add(codes[kind], f"attributes.toml declares no {word!r}", f"{name}: columns.{kind}.{word}", hint)


def _check_words(faults: Faults, name: str, made: Map, meant: _Meant) -> None:
    """A word that means nothing here would cost every row that has it.

    Only the one word for all kinds that a map does not list need be no item, where unlisted ones are kept.
    """
    keeps = made.unknown_item is UnknownItem.KEEP
    unlisted = {word for column, path, word in made.fixed_words if column == "item" and path.endswith(".other")}
    for column, path, word in made.fixed_words:
        if not (keeps and column == "item" and word in unlisted):
            attempt(faults, _at(f"{name}: {path}"), meant.check, column, word)


def _at(place: str) -> Callable[[str], str]:
    return lambda _: place


def read_map(path: Path, zone: str, limits: Limits) -> Map:
    """Return the map that a file states, outside any pack.

    Raises:
        PackError: With every fault.
    """
    faults = Faults()
    made = _map(Folder(path.parent, limits, faults), path.name, zone)
    if made is None:
        raise PackError(faults, len(faults))
    return made


def _registers(desk: Desk) -> dict[str, Register]:
    head = desk.head
    if head is None:
        return {}
    maps = [PurePosixPath(name).stem for name in desk.folder.names("maps", (".toml",))]
    attempt(desk.faults, within("pack.toml", "default_map"), _map_id, head.default_map, maps)
    found = {}
    for key, shape in head.registers.items():
        place = within("pack.toml", f"registers.{key}")
        attempt(desk.faults, within("pack.toml", f"registers.{key}.map"), _map_id, shape.map, maps)
        month = None
        if shape.month:
            month = attempt(desk.faults, within("pack.toml", f"registers.{key}.month"), Month.parse, shape.month)
        file = desk.folder.path(shape.file, place("file"))
        if file is not None:
            map_id = shape.map or head.default_map
            found[key] = Register(id=key, file=file, map=map_id, month=month, title=shape.title)
    return found


def _map_id(text: str, maps: Collection[str]) -> str:
    return one_of(text, maps, "unknown_map", "a map of the pack") if text else text


def _cases(desk: Desk, rates: Collection[str] | None, checks: Callable[[str], StoryChecks]) -> tuple[CaseFile, ...]:
    found: dict[str, CaseFile] = {}
    for name in desk.folder.names("cases", (".toml",)):
        case = desk.toml(name, CaseFile)
        if case is not None and case.id in found:
            desk.faults.add("duplicate_case", f"two files of cases are called {case.id!r}", f"{name}: id")
        elif case is not None:
            found[case.id] = case
            _check_case(desk, name, case, rates)
            for at, story in enumerate(case.story):
                checks(name).check(at, story)
    return tuple(found.values())


def _check_case(desk: Desk, name: str, case: CaseFile, rates: Collection[str] | None) -> None:
    """Note a fault for each rate and register that the pack does not have; what is faulty holds nothing against it."""
    for at, ranked in enumerate(case.rank):
        for row, given in enumerate(ranked.given.rows):
            for rate in () if rates is None else given.rates:
                place = within(name, f"rank[{at}].given.rows[{row}].{rate}")
                attempt(desk.faults, place, one_of, rate, rates, "unknown_rate", "a rate of assessment.toml")
    registers = None if desk.head is None else desk.head.registers
    for at, counted in enumerate(() if registers is None else case.figures):
        place, register = within(name, f"figures[{at}].given.register"), counted.given.register
        attempt(desk.faults, place, one_of, register, registers, "unknown_register", "a register of pack.toml")


# --- files ------------------------------------------------------------------------------------------------------


def _check_files(desk: Desk, times: Times | None) -> None:
    """A misspelt name would silently leave a list out."""
    if desk.head is None:  # which names the registers
        return
    named = (*_FILES, *(register.file for register in desk.head.registers.values()), *desk.folder.opened)
    known = {str(PurePosixPath(name)) for name in named}
    homes = {*_FOLDERS, *(f"{parent}/" for name in known for parent in PurePosixPath(name).parents)}
    tables_unknown = times is None and desk.folder.has("calendar.toml")  # which names them
    strange = (
        _outermost(name, homes)
        for name in desk.folder.files()
        if name not in known and not _is_aside(name) and not (tables_unknown and name.endswith(".csv"))
    )
    for name in dict.fromkeys(strange):
        files = (*_FILES, *(f"{folder}{PurePosixPath(name).stem}.toml" for folder in _FOLDERS))
        hint = near(name, _FOLDERS if name.endswith("/") else files) or "notes are .md files; pack.toml names registers"
        desk.faults.add("unknown_file", f"no part of a pack is called {name[:64]!r}", name, hint)


def _outermost(name: str, homes: Collection[str]) -> str:
    """Return the outermost folder around a file that holds nothing of the pack; the file where there is none."""
    around = (f"{parent}/" for parent in reversed(PurePosixPath(name).parents))
    return next((folder for folder in around if folder not in homes), name)


def _is_aside(name: str) -> bool:
    """Say whether a file is a note to readers, and no part of a pack."""
    path = PurePosixPath(name)
    return path.suffix == ".md" or path.stem in _NOTES
