"""Times as foreign files write them, to instants.

Only numbers and English month names are read, with a closed set of directives: the answer depends neither on
the process's locale nor on its time zone. Two-digit years are refused, and so is a date without a time of day
under ``iso``: nobody can tell which midnight it means.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["BadTime", "LocalClock", "LocalTimes", "time_format_fault"]

_DIRECTIVES = {
    "Y": r"(?P<Y>[0-9]{4})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{1,2})",
    "S": r"(?P<S>[0-9]{1,2})",
    "f": r"(?P<f>[0-9]{1,6})",
    "p": r"(?P<p>[AaPp][Mm])",
    "b": r"(?P<b>[A-Za-z]{3})",
    "z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are reckoned from it
_SEPARATED = frozenset({"--T:", "-- :"})
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_QUICK = {"%Y-%m-%d %H:%M:%S": (19, " "), "%Y-%m-%dT%H:%M:%S": (19, "T"), "%Y-%m-%d %H:%M": (16, " ")}


class BadTime(ValueError):  # noqa: N818 - caught in this room and turned into a rejected row; users never meet it
    """A text that names no instant: a code, and a sentence without the text itself."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def time_format_fault(text: str) -> str | None:
    """Say what keeps *text* from being a format of times; None when nothing does.

    >>> time_format_fault("%m/%d/%Y %I:%M %p") is None, time_format_fault("%d.%m.%y")
    (True, 'has %y, which is not read')
    >>> time_format_fault("%Y-%m-%d hh:mm")
    "has 'hh', which stands for these very letters: what is read begins with '%'"
    """
    if text == "iso":
        return None
    names = re.findall(r"%(.?)", text)
    for name in names:
        if name != "%" and name not in _DIRECTIVES:
            return f"has %{name}, which is not read"
    letters = re.search(r"(?<![A-Za-z])([A-Za-z])\1+(?![A-Za-z])", re.sub("%.", " ", text))
    if letters is not None:
        return f"has {letters[0]!r}, which stands for these very letters: what is read begins with '%'"
    twice = [name for name in _DIRECTIVES if names.count(name) > 1]
    if twice:
        return f"has %{twice[0]} twice"
    for needed in (("Y",), ("m", "b"), ("d",)):
        if sum(name in names for name in needed) != 1:
            return "needs " + " or ".join(f"%{name}" for name in needed)
    if ("I" in names) != ("p" in names) or ("I" in names and "H" in names):
        return "needs %H, or both %I and %p"
    return None


class LocalTimes:
    """Times written in a zone, to instants, and instants to days; compiled once and quick.

    Args:
        times: The formats, tried in order.
        zone: IANA zone of times without an offset.
        ambiguous: Side of an hour that clocks run twice: first, second or reject.

    >>> local = LocalTimes(("iso",), "America/New_York", "first")
    >>> local.instant("2011-07-01 23:32:33").isoformat()
    '2011-07-02T03:32:33+00:00'
    >>> local.day(local.instant("2011-07-01 23:32:33"))
    datetime.date(2011, 7, 1)
    """

    def __init__(self, times: tuple[str, ...], zone: str, ambiguous: str) -> None:
        self._times = times
        self._readers = tuple(_iso if text == "iso" else _reader(text) for text in times)
        self._zone = ZoneInfo(zone)
        self._ambiguous = ambiguous
        self._ahead = _Offsets(lambda at, fold: at.replace(tzinfo=self._zone, fold=fold).utcoffset())
        self.day = LocalClock(zone).day
        """The day on which an instant lies in the zone."""

    def instant(self, text: str) -> datetime:
        """Return the instant, in UTC, that a text names.

        Raises:
            BadTime: ``bad_time`` (no time in these formats, or outside 1900 to 2199), ``time_skipped`` (clocks jumped
                over it), ``time_ambiguous``.
        """
        at = None
        for reader in self._readers:
            at = at or reader(text)
        if at is None:
            raise BadTime("bad_time", f"not a time written as {' or '.join(self._times)}")
        if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
            raise BadTime("bad_time", f"the year is not one of {_FIRST_YEAR} to {_LAST_YEAR}")
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        offset = self._ahead.at(at)
        if offset is None:
            offset = _odd_offset(at, self._zone, self._ambiguous)
        return _EPOCH_UTC + (at - _EPOCH - offset)  # quicker than `replace`


class LocalClock:
    """Instants as the clocks of a zone show them; compiled once and quick.

    Args:
        zone: IANA zone.

    >>> clock = LocalClock("America/New_York")
    >>> clock.text(datetime(2011, 7, 2, 3, 32, 33, tzinfo=UTC)), clock.day(datetime(2011, 7, 2, 3, tzinfo=UTC))
    ('2011-07-01T23:32:33-04:00', datetime.date(2011, 7, 1))
    """

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._offsets = _Offsets(lambda at, _: at.replace(tzinfo=UTC).astimezone(self._zone).utcoffset())

    def day(self, at: datetime) -> date:
        """Return the day on which an instant, in UTC, lies in the zone."""
        offset = self._offsets.at(at)
        return (at.astimezone(self._zone) if offset is None else at + offset).date()

    def text(self, at: datetime) -> str:
        """Return an instant, in UTC, as ISO 8601 has it, with the zone's offset."""
        offset = self._offsets.at(at)
        if offset is None:
            return at.astimezone(self._zone).isoformat()
        return (_EPOCH + (at - _EPOCH_UTC + offset)).isoformat() + _suffix(offset)


@lru_cache
def _suffix(offset: timedelta) -> str:
    return _EPOCH.replace(tzinfo=timezone(offset)).isoformat().removeprefix(_EPOCH.isoformat())


class _Offsets:
    """Offsets of a zone, remembered by the day: on nearly every day there is but one."""

    def __init__(self, offset: Callable[[datetime, int], timedelta | None]) -> None:
        self._offset = offset
        self._known: dict[int, timedelta | None] = {}

    def at(self, at: datetime) -> timedelta | None:
        """Return the offset that holds throughout the day of *at*; None where it changes on it."""
        day = at.toordinal()
        if day not in self._known:
            start = datetime.fromordinal(day)
            ends = (start, start + _DAY)
            offsets = {self._offset(end, fold) for end in ends for fold in (0, 1)}
            self._known[day] = offsets.pop() if len(offsets) == 1 else None
        return self._known[day]


def _iso(text: str) -> datetime | None:
    # `fromisoformat` also takes week dates, basic forms, any separator and, from 3.13 on, 24:00.
    if text[4:14:3] not in _SEPARATED or text[11:13] == "24":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _reader(text: str) -> Callable[[str], datetime | None]:
    pattern = re.compile(
        "".join(
            ("%" if part == "%%" else _DIRECTIVES[part[1]]) if part.startswith("%") else re.escape(part)
            for part in re.findall(r"%.|[^%]+", text, re.DOTALL)
        ),
        re.ASCII,
    )
    length, separator = _QUICK.get(text, (0, ""))

    def read(given: str) -> datetime | None:
        if len(given) == length and given[10] == separator:
            at = _iso(given)
            if at is not None and at.tzinfo is None:
                return at
        match = pattern.fullmatch(given)
        return None if match is None else _built(match.groupdict())

    return read


def _built(parts: dict[str, str]) -> datetime | None:
    month = parts.get("m") or parts["b"].lower()
    if not month.isdecimal():
        if month not in _MONTHS:
            return None
        month = str(_MONTHS.index(month) + 1)
    hour = int(parts.get("H", "0"))
    if "I" in parts:
        half = int(parts["I"])
        if not 1 <= half <= 12:
            return None
        hour = half % 12 + (12 if parts["p"].lower() == "pm" else 0)
    try:
        return datetime(
            int(parts["Y"]),
            int(month),
            int(parts["d"]),
            hour,
            int(parts.get("M", "0")),
            int(parts.get("S", "0")),
            int(parts.get("f", "0").ljust(6, "0")),
            tzinfo=_offset(parts["z"]) if "z" in parts else None,
        )
    except ValueError:
        return None


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _odd_offset(at: datetime, zone: ZoneInfo, ambiguous: str) -> timedelta:
    """Return the offset of a local time near a change of clocks.

    PEP 495: where the two folds differ, the first having the greater offset means that clocks were put back
    and the time happened twice; the smaller, that they were put forward over it.
    """
    first, second = (at.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta(0) for fold in (0, 1))
    if first == second:
        return first
    if first < second:
        raise BadTime("time_skipped", f"clocks in {zone.key} were put forward over this time")
    if ambiguous == "reject":
        raise BadTime("time_ambiguous", f"clocks in {zone.key} showed this time twice")
    return second if ambiguous == "second" else first
