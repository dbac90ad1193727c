"""Values that every room shares: ids and names, labels, citations, dated values, periods, reasons.

House rule "dated and cited": a rule value has the day from which it holds and the clause it comes
from; a repeal is an entry of its own; outside the entries the answer is refused (strict) or marked
provisional (lenient), never guessed in silence.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import attrs
from attrs import field

from gridgov.errors import LimitError, NotInForceError

__all__ = [
    "Basis",
    "Citation",
    "Entry",
    "InForce",
    "Label",
    "Month",
    "Period",
    "Reason",
    "Shown",
    "Timeline",
    "aware",
    "changed",
    "check_id",
    "check_name",
    "decimal_text",
    "first_gap",
    "is_id",
    "local_day",
    "midnight",
    "name_fault",
    "plain",
    "tidy_name",
]

T = TypeVar("T")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_NAME_LIMIT = 200
_TEXT_LIMIT = 20_000
_ODD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_id(text: object) -> bool:
    """Say whether *text* is an id: ASCII ``[A-Za-z0-9][A-Za-z0-9._-]{0,63}``.

    >>> is_id("370124001010"), is_id("３７０"), is_id("")
    (True, False, False)
    """
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def check_id(text: str) -> str:
    """Return *text* when it is an id.

    Raises:
        ValueError: It is not one.
    """
    if not is_id(text):
        message = (
            f"{text!r} is not an id: use 1 to 64 ASCII letters, digits, '.', '_', '-', the first a letter or digit"
        )
        raise ValueError(message)
    return text


def name_fault(text: str, limit: int = _NAME_LIMIT) -> str | None:
    r"""Say what keeps *text* from being a name of at most *limit* characters; None when nothing does.

    Any name a resident or an office may bear is one (U+00B7, more than 25 Han characters, all of
    GB18030). Empty text, more than 200 characters, and bidi, zero-width or control characters are not.

    >>> name_fault("买买提·艾力") is None
    True
    >>> name_fault("a\u202eb")
    'holds U+202E'
    """
    if not text.strip():
        return "is empty"
    if len(text) > limit:
        return f"has {len(text)} characters; {limit} are allowed"
    if text.isprintable():
        return None
    odd = next((c for c in text if unicodedata.category(c) in _ODD_CATEGORIES), None)
    return None if odd is None else f"holds U+{ord(odd):04X}"


def check_name(text: str) -> str:
    """Return *text* when it is a name.

    Raises:
        ValueError: It is not one; the message says why, not what.
    """
    fault = name_fault(text)
    if fault is not None:
        raise ValueError(f"a name {fault}")
    return text


def tidy_name(text: str) -> str:
    """Return the form of a name that is compared: NFC, white space folded. Never stored in its place."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def aware(at: datetime, what: str = "at") -> datetime:
    """Return *at* in UTC.

    Raises:
        LimitError: It has no zone (code ``naive_time``), or lies in UTC outside the years 1 to 9999 (``time_range``).
    """
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None or at.utcoffset() is None:
        raise LimitError.of(
            "naive_time", f"{what} has no time zone: {at.isoformat()}", hint="give an offset, such as +08:00"
        )
    return _on_clock(at, UTC, what)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the day on which an instant lies in *zone*.

    Raises:
        LimitError: As for `aware`; or the day lies outside the years 1 to 9999 (``time_range``).

    >>> local_day(datetime(2021, 2, 9, 16, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    datetime.date(2021, 2, 10)
    """
    return _on_clock(aware(at), zone, "at").date()


def _on_clock(at: datetime, zone: tzinfo, what: str) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:
        message = f"{what} is {at.isoformat()}, which on the clock of {zone} lies outside the years 1 to 9999"
        raise LimitError.of("time_range", message, hint="mend the year") from None


def plain(value: Any) -> Any:
    """Return *value* as what JSON holds: exact numbers and dates become text, attrs classes become dicts.

    >>> plain({"score": Fraction(833, 9), "on": date(2021, 2, 10)})
    {'score': '833/9', 'on': '2021-02-10'}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if attrs.has(type(value)):
        shown = (a.name for a in attrs.fields(type(value)) if a.repr)
        return {name.lstrip("_"): plain(getattr(value, name)) for name in shown}
    return str(value)


def changed(value: T, **fields: Any) -> T:
    """Return a copy of a value without slots, with some fields changed.

    It is quicker than `attrs.evolve`, as nothing is checked anew: only for fields that need no check.
    """
    copy = object.__new__(type(value))
    object.__setattr__(copy, "__dict__", value.__dict__ | fields)
    return copy


def decimal_text(value: Fraction) -> str:
    """Return *value* exactly: as a decimal number where one ends, else as ``n/d``.

    >>> decimal_text(Fraction(125, 2)), decimal_text(Fraction(100)), decimal_text(Fraction(-1, 3))
    ('62.5', '100', '-1/3')
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest > 1 or not places:
        return str(value)
    digits = str(abs(value * 10**places).numerator).zfill(places + 1)
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _html(value: Any) -> str:
    if isinstance(value, dict):
        rows = "".join(f"<tr><th>{html.escape(key)}</th><td>{_html(item)}</td></tr>" for key, item in value.items())
        return f"<table>{rows}</table>"
    if isinstance(value, list):
        return "<ul>" + "".join(f"<li>{_html(item)}</li>" for item in value) + "</ul>" if value else "—"
    return "—" if value is None else html.escape(str(value))


class Shown:
    """What every result can do: become plain data, and show itself, escaped, in a notebook."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as what JSON holds."""
        result: dict[str, Any] = plain(self)
        return result

    def _repr_html_(self) -> str:
        return _html(self.to_dict())


@attrs.frozen
class Label:
    """A text for people, in Chinese, in English, or in both. At least one is given."""

    zh: str = ""
    en: str = ""

    def __attrs_post_init__(self) -> None:
        for text in filter(None, (self.zh, self.en)):
            fault = name_fault(text, _TEXT_LIMIT)
            if fault is not None:
                raise ValueError(f"a label {fault}")
        if not (self.zh or self.en):
            raise ValueError("a label needs 'zh' or 'en'")

    def in_(self, language: str) -> str:
        """Return the text in ``zh`` or ``en``; the other one where there is none.

        >>> Label(zh="网格长", en="grid head").in_("en"), Label(zh="网格长").in_("en")
        ('grid head', '网格长')
        """
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)

    def __str__(self) -> str:
        return f"{self.zh} ({self.en})" if self.zh and self.en else self.zh or self.en


@attrs.frozen
class Citation:
    """Where a rule comes from: a document key of the pack's ``sources.toml``, and the article as numbered there."""

    doc: str = field(validator=lambda _, __, value: check_id(value))
    clause: str = ""

    def __str__(self) -> str:
        return f"{self.doc} {self.clause}".strip()


class Basis(Enum):
    """What a row of a pack rests on. Values are the words packs use."""

    STATED = "stated"
    """The cited source says it of this place."""
    BORROWED = "borrowed"
    """The cited source says it of another place; here it is an illustration."""
    ILLUSTRATIVE = "illustrative"
    """Made up, so that the pack can run."""


@attrs.frozen
class Period:
    """Days from *start* until the day before *end*: half-open, *end* None while it lasts.

    >>> year = Period(date(2021, 1, 1), date(2022, 1, 1))
    >>> date(2021, 12, 31) in year, date(2022, 1, 1) in year
    (True, False)
    """

    start: date
    end: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a period ends after it starts: {self.start} to {self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: "Period") -> bool:
        """Say whether the two share a day."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def covers(self, other: "Period") -> bool:
        """Say whether every day of *other* is one of this."""
        if self.end is None:
            return self.start <= other.start
        return self.start <= other.start and other.end is not None and other.end <= self.end

    def shared(self, other: "Period") -> "Period | None":
        """Return the days that are of both; None when there are none."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(filter(None, (self.end, other.end)), default=None))

    def __str__(self) -> str:
        return f"{self.start} to {self.end}" if self.end else f"from {self.start}"


def first_gap(periods: Iterable[Period], over: Period) -> date | None:
    """Return the first day of *over* that none of *periods*, in order of time, holds; None when all are held.

    >>> first_gap([Period(date(2021, 1, 1), date(2021, 3, 1))], Period(date(2021, 2, 1)))
    datetime.date(2021, 3, 1)
    """
    day = over.start
    for period in periods:
        if day in period:
            if period.end is None:
                return None
            day = period.end
    return day if over.end is None or day < over.end else None


@attrs.frozen(order=True)
class Month:
    """A calendar month, in which months of results are counted.

    >>> Month.parse("2021-02").period
    Period(start=datetime.date(2021, 2, 1), end=datetime.date(2021, 3, 1))
    """

    year: int = field(validator=attrs.validators.and_(attrs.validators.ge(1), attrs.validators.le(9998)))
    month: int = field(validator=attrs.validators.and_(attrs.validators.ge(1), attrs.validators.le(12)))

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Return the month written ``YYYY-MM``.

        Raises:
            LimitError: The text is not that (code ``bad_month``).
        """
        match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text, re.ASCII)
        if match is None or match[1] in {"0000", "9999"}:
            raise LimitError.of("bad_month", f"{text!r} is not a month", hint="write it as 2021-02")
        return cls(int(match[1]), int(match[2]))

    @property
    def period(self) -> Period:
        """The days of the month."""
        following = date(self.year + 1, 1, 1) if self.month == 12 else date(self.year, self.month + 1, 1)
        return Period(date(self.year, self.month, 1), following)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the first instant of the month in *zone* and the first after it, in UTC."""
        days = self.period
        end = days.end or days.start + timedelta(days=31)
        return midnight(days.start, zone), midnight(end, zone)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which *day* begins in *zone*.

    Raises:
        LimitError: It lies before the year 1 (code ``time_range``).
    """
    return aware(datetime(day.year, day.month, day.day, tzinfo=zone), "midnight")


@attrs.frozen(kw_only=True)
class Entry(Generic[T]):
    """A value from one day until the next entry starts; None means repealed."""

    effective_from: date
    value: T | None
    source: Citation
    basis: Basis = Basis.STATED


@attrs.frozen(kw_only=True)
class InForce(Generic[T]):
    """The value that answers for a day, with its source; provisional when the day lies outside what is confirmed."""

    value: T
    source: Citation
    effective_from: date
    basis: Basis = Basis.STATED
    provisional: bool = False


def _in_order(entries: tuple[Entry[T], ...]) -> tuple[Entry[T], ...]:
    return tuple(sorted(entries, key=lambda entry: entry.effective_from))


@attrs.frozen
class Timeline(Generic[T]):
    """A value the rules fix, with its whole history.

    Args:
        title: What it is, for messages.
        entries: One per change, in any order, no two on one day.
        confirmed_until: First day for which nobody has confirmed that the last entry still holds; None if open.

    >>> first = Entry(effective_from=date(2018, 9, 1), value=5, source=Citation("jinan", "art. 24"))
    >>> days = Timeline("answer", (first,))
    >>> days.at(date(2021, 2, 10)).value
    5
    """

    title: str
    entries: tuple[Entry[T], ...] = field(converter=_in_order)
    confirmed_until: date | None = None

    def __attrs_post_init__(self) -> None:
        days = [entry.effective_from for entry in self.entries]
        if not days:
            raise ValueError(f"{self.title} has no value")
        if len(days) != len(set(days)):
            raise ValueError(f"{self.title} has two values from one day")

    def at(self, on: date, *, lenient: bool = False) -> InForce[T]:
        """Return the value in force on a day.

        Args:
            on: The day asked for.
            lenient: Answer outside the days covered with the nearest value, marked provisional, instead of refusing.

        Raises:
            NotInForceError: Before the first entry (``not_yet_in_force``), after a repeal (``repealed``), or from
                ``confirmed_until`` on (``unconfirmed``).
        """
        begun = [entry for entry in self.entries if entry.effective_from <= on]
        entry = begun[-1] if begun else self.entries[0]
        if entry.value is None:
            raise self._refusal("repealed", f"was repealed on {entry.effective_from}", on)
        stale = self.confirmed_until is not None and on >= self.confirmed_until
        if not lenient and not begun:
            raise self._refusal("not_yet_in_force", f"begins on {entry.effective_from}", on)
        if not lenient and stale:
            raise self._refusal("unconfirmed", f"is confirmed until {self.confirmed_until} ({entry.source})", on)
        return InForce(
            value=entry.value,
            source=entry.source,
            effective_from=entry.effective_from,
            basis=entry.basis,
            provisional=stale or not begun,
        )

    def _refusal(self, code: str, why: str, on: date) -> NotInForceError:
        hint = "use a date that the pack covers, or add a sourced entry"
        return NotInForceError.of(code, f"{self.title} has no value on {on}: it {why}", hint=hint)

    def change_days(self) -> tuple[date, ...]:
        """Return the days on which the value changes."""
        return tuple(entry.effective_from for entry in self.entries)


@attrs.frozen
class Reason(Shown):
    """One step of an explanation: what was found, under which clause, and the steps below it."""

    text: Label
    source: Citation | None = None
    details: tuple["Reason", ...] = ()

    def lines(self, language: str = "en", depth: int = 0) -> Iterator[str]:
        """Yield the explanation as indented lines."""
        cited = f" [{self.source}]" if self.source else ""
        yield "  " * depth + self.text.in_(language) + cited
        for detail in self.details:
            yield from detail.lines(language, depth + 1)

    def __str__(self) -> str:
        return "\n".join(self.lines())
