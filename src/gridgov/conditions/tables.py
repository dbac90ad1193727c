"""Tables: rows of cells that decide, with a stated hit policy, and what became of each row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum, unique
from typing import Generic, TypeVar

import attrs
from attrs import field

from gridgov.conditions import checks
from gridgov.conditions.attributes import Attribute, Value, text_of
from gridgov.conditions.cells import ANYTHING, Condition, parse_condition
from gridgov.conditions.checks import Possible
from gridgov.conditions.index import Index, bits, index_of
from gridgov.conditions.vocabulary import Vocabulary
from gridgov.errors import AmbiguousRuleError, Fault, Faults, LimitError, PackError
from gridgov.values import Citation, Label, Period, Reason, check_name, name_fault

__all__ = ["DecisionTable", "HitPolicy", "Row"]

T = TypeVar("T")

_LONGEST_TITLE = 1_000


@unique
class HitPolicy(Enum):
    """What a table does with several rows that match. Values are the words packs use."""

    UNIQUE = "unique"
    """One row at most may match; more is an error that names them all."""
    FIRST = "first"
    """The first that matches answers."""
    COLLECT = "collect"
    """All that match answer, in the order of the table."""


def _cells(when: Mapping[str, Condition]) -> dict[str, Condition]:
    return {name: when[name] for name in sorted(when) if when[name] != ANYTHING}


@attrs.frozen(kw_only=True)
class Row(Generic[T]):
    """One row of a table.

    Attributes:
        id: Names the row in errors and explanations. The same id may come again for another period.
        when: Conditions by attribute; all must hold. Blank cells are left out.
        value: What the row decides.
        period: The days on which it is in force.
        source: The clause it comes from.
    """

    id: str = field(validator=lambda _, __, value: check_name(value))
    when: Mapping[str, Condition] = field(converter=_cells, factory=dict)
    value: T
    period: Period
    source: Citation | None = None


def _tuple(rows: Iterable[Row[T]]) -> tuple[Row[T], ...]:
    return tuple(rows)


@attrs.frozen(eq=False)
class DecisionTable(Generic[T]):
    """Rows that decide, over declared facts.

    Args:
        title: What it decides, for messages.
        vocabulary: The attributes the rows may speak of.
        rows: In the order that `HitPolicy.FIRST` and `HitPolicy.COLLECT` keep.
        policy: What several rows that match mean.

    Raises:
        PackError: A row speaks of an attribute that is not declared (``unknown_attribute``), has a condition that
            is none of its attribute's, or shares its id with another on the same day (``duplicate_row``); every
            fault, with the row's id as its place.

    >>> from gridgov.conditions import Attribute, AttributeType, Vocabulary, parse_condition
    >>> scene = Attribute("scene", AttributeType.WORD, ("compound", "road", "venue"))
    >>> year = Period(date(2021, 1, 1), date(2022, 1, 1))
    >>> road = Row(id="a", when={"scene": parse_condition(scene, "road")}, value="traffic police", period=year)
    >>> other = Row(id="b", when={"scene": parse_condition(scene, "!road")}, value="fire brigade", period=year)
    >>> table = DecisionTable("car in a fire lane", Vocabulary([scene]), [road, other])
    >>> [row.value for row in table.decide({"scene": "road"}, date(2021, 2, 10))]
    ['traffic police']
    >>> table.decide({}, date(2021, 2, 10))
    Traceback (most recent call last):
    gridgov.errors.AmbiguousRuleError: facts.scene: car in a fire lane: scene is not given, and these rows ...: a, b ...
    >>> print(table.trace({"scene": "road"}, date(2021, 2, 10)))
    car in a fire lane on 2021-02-10: row a answers
      row a: yes: scene is road
      row b: no: scene is road, asked !road
    """

    title: str
    vocabulary: Vocabulary
    rows: tuple[Row[T], ...] = field(converter=_tuple)
    policy: HitPolicy = HitPolicy.UNIQUE
    _index: Index = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults()
        faults.extend(self._faults())
        faults.raise_as(PackError)
        index = index_of(self.vocabulary, [row.when for row in self.rows], [row.period for row in self.rows])
        object.__setattr__(self, "_index", index)

    def _faults(self) -> Iterator[Fault]:
        fault = name_fault(self.title, _LONGEST_TITLE)
        if fault is not None:
            yield Fault("bad_title", f"the title of a table {fault}")
        periods: dict[str, list[Period]] = {}
        for row in self.rows:
            others = periods.setdefault(row.id, [])
            if any(row.period.overlaps(other) for other in others):
                message = f"{self.title}: two rows are called {row.id!r} on one day"
                yield Fault("duplicate_row", message, row.id, "give each its own id, or end one before the other")
            others.append(row.period)
            for name, condition in row.when.items():
                yield from (fault.at(row.id) for fault in self._misfits(name, condition))

    def _misfits(self, name: str, condition: Condition) -> tuple[Fault, ...]:
        """What keeps *condition* from being a cell of the attribute."""
        try:
            fits = parse_condition(self.vocabulary.attribute(name), str(condition)) == condition
        except PackError as error:
            return error.faults
        return () if fits else (Fault("bad_value", f"{name}: {condition!r} is no condition of it"),)

    def change_days(self) -> tuple[date, ...]:
        """Return the days on which rows begin or end, in order."""
        return tuple(self._index.days)

    # Deciding

    def decide(self, facts: Mapping[str, object], on: date) -> tuple[Row[T], ...]:
        """Return the rows that answer: at most one under UNIQUE and FIRST, in the table's order under COLLECT.

        Args:
            facts: What is known, by attribute; absent and None mean not given. See `Vocabulary.check`.
            on: The day whose rows answer.

        Raises:
            AmbiguousRuleError: The answer hangs on a fact that is not given (``fact_missing``, a fault for each such
                fact), or several rows of a UNIQUE table match (``rows_overlap``). ``Fault.about`` names the rows.
            RefusedError: A fact is not declared, or has a value that is not.
        """
        answer, open_ = self._settle(*self._index.match(facts, on))
        if open_ or self._collide(answer):
            raise AmbiguousRuleError(self._doubts(facts, on, answer, open_))
        return self._named(answer)

    def _settle(self, sure: int, perhaps: int) -> tuple[int, int]:
        """Return the rows that answer under the policy, and those that leave it open."""
        if self.policy is HitPolicy.FIRST:
            sure &= -sure
            return sure, perhaps & ~sure & (sure - 1)
        return sure, perhaps & ~sure

    def _collide(self, answer: int) -> bool:
        return bool(answer & (answer - 1)) and self.policy is HitPolicy.UNIQUE

    def _named(self, rows: int) -> tuple[Row[T], ...]:
        if rows & (rows - 1):
            return tuple([self.rows[number] for number in bits(rows)])
        return (self.rows[rows.bit_length() - 1],) if rows else ()

    def _doubts(self, facts: Mapping[str, object], on: date, answer: int, open_: int) -> Iterator[Fault]:
        if self._collide(answer):
            ids = tuple(row.id for row in self._named(answer))
            message = f"{self.title}: rows {', '.join(ids)} all answer on {on}"
            yield Fault("rows_overlap", message, hint="narrow the rows, or end some of them", about=ids)
        for column, hanging in self._index.hanging(facts, open_):
            ids = tuple(row.id for row in self._named(hanging))
            message = f"{self.title}: {column.name} is not given, and these rows hang on it: {', '.join(ids)}"
            yield Fault("fact_missing", message, f"facts.{column.name}", f"give {column.attribute.how}", ids)

    # Explaining

    def trace(self, facts: Mapping[str, object], on: date) -> Reason:
        """Return what became of every row: it matched, is not in force, failed by a cell, or hangs on a fact.

        Unlike `decide` it also answers where the rows leave the answer open, and says so.

        Raises:
            RefusedError: A fact is not declared, or has a value that is not.
        """
        known = self.vocabulary.check(facts)
        answer, open_ = self._settle(*self._index.match(known, on))
        head = self._outcome(known, answer, open_)
        text = Label(zh=f"{self.title}，{on}：{head.zh}", en=f"{self.title} on {on}: {head.en}")
        details = (self._row_reason(number, known, on, answer) for number in range(len(self.rows)))
        return Reason(text, None, tuple(details))

    def _outcome(self, facts: Mapping[str, Value], answer: int, open_: int) -> Label:
        rows, several = ", ".join(row.id for row in self._named(answer)), bool(answer & (answer - 1))
        if self._collide(answer):
            return Label(zh=f"行 {rows} 冲突，无法判定", en=f"undecided, rows {rows} overlap")
        if open_:
            missing = [column.attribute for column, _ in self._index.hanging(facts, open_)]
            zh, en = "、".join(each.in_("zh") for each in missing), ", ".join(each.in_("en") for each in missing)
            return Label(zh=f"缺少 {zh}，无法判定", en=f"undecided, not given: {en}")
        if not answer:
            return Label(zh="无适用行", en="no row answers")
        return Label(zh=f"适用行 {rows}", en=f"rows {rows} answer" if several else f"row {rows} answers")

    def _row_reason(self, number: int, facts: Mapping[str, Value], on: date, answer: int) -> Reason:
        row, bit = self.rows[number], 1 << number
        if on not in row.period:
            found = Label(zh=f"当日不在有效期（{row.period}）", en=f"not in force ({row.period})")
        elif self.policy is HitPolicy.FIRST and answer and bit > answer:
            found = Label(zh="未判断，前面的行已适用", en="not asked, an earlier row answers")
        else:
            found = self._verdict(row, facts, on)
        return Reason(Label(zh=f"行 {row.id}：{found.zh}", en=f"row {row.id}: {found.en}"), row.source)

    def _verdict(self, row: Row[T], facts: Mapping[str, Value], on: date) -> Label:
        """What the row's cells say of the facts: all that fail, else all that are open, else all."""
        in_force = self._index.rows_on(on)
        cells: dict[bool | None, list[_Cell]] = {True: [], False: [], None: []}
        for name, column in self._index.columns:
            if name not in row.when:
                continue
            cell = _Cell(column.attribute, facts.get(name), row.when[name])
            met = cell.condition.holds(cell.value)
            known = met is not None or column.asks & in_force
            cells[bool(met) if known else None].append(cell)
        if cells[False]:
            return _listed("不适用", "no", [cell.against() for cell in cells[False]])
        if cells[None]:
            return _listed("待定", "open", [cell.against() for cell in cells[None]])
        return _listed("适用", "yes", [cell.found() for cell in cells[True]])

    # Checking

    def overlaps(self, possible: Possible | None = None) -> list[Fault]:
        """Return each pair of rows that can match together: a fault in a table whose policy is UNIQUE.

        Exact over every value of the facts, given or not, and every day; a table that is too large to check says so
        (``too_many_combinations``).

        Args:
            possible: Says which facts can occur together, such as "no place lies in two disjoint areas". It is asked
                about the facts that either row looks at.
        """

        def found() -> Iterator[Fault]:
            for one, two, days, box in checks.overlaps(self._index, [row.period for row in self.rows], possible):
                ids = (self.rows[one].id, self.rows[two].id)
                message = f"{self.title}, {days}: rows {ids[0]} and {ids[1]} both answer{checks.where(box)}"
                hint = "narrow one of the rows, or end one before the other begins"
                yield Fault("rows_overlap", message, hint=hint, about=ids)

        return list(_or_limit(found()))

    def gaps(self, possible: Possible | None = None, over: Period | None = None) -> list[Fault]:
        """Return the combinations of facts that no row answers, with the days; all of them, once.

        A combination has a value for every fact that a row in force looks at; "not given" is one where a row in force
        has ``?``. A table that is too large to check says so (``too_many_combinations``).

        Args:
            possible: Says which facts can occur together.
            over: The days to check; by default from the first on which a row is in force to the last.
        """
        index = self._index
        if over is None and not index.days:
            return []
        over = over or Period(index.days[0], None if index.in_force[-1] else index.days[-1])
        found: dict[str, list[Period]] = {}
        limit: tuple[Fault, ...] = ()
        try:
            for period, box in checks.gaps(index, over, possible):
                _prolong(found.setdefault(checks.where(box), []), period)
        except LimitError as error:
            limit = error.faults
        return [*(self._gap(where, period) for where in found for period in found[where]), *limit]

    def _gap(self, where: str, period: Period) -> Fault:
        hint = "add a row that answers, or rule the facts out"
        return Fault("gap", f"{self.title}, {period}: no row answers{where}", hint=hint)

    def shadowed(self) -> list[Fault]:
        """Return the rows of a FIRST table that never answer, because earlier rows always do; none for others."""
        if self.policy is not HitPolicy.FIRST:
            return []

        def found() -> Iterator[Fault]:
            steps = checks.Steps()
            for number, row in enumerate(self.rows):
                stretches = self._index.stretches(row.period)
                if not any(checks.reached(self._index, 1 << number, rows, steps) for _, rows in stretches):
                    message = f"{self.title}: row {row.id} never answers, earlier rows always do"
                    yield Fault("row_shadowed", message, hint="move it up, or drop it", about=(row.id,))

        return list(_or_limit(found()))


@attrs.frozen
class _Cell:
    """A cell of a row and the fact it met, in words."""

    attribute: Attribute
    value: Value | None
    condition: Condition

    def found(self) -> Label:
        """The fact."""
        zh, en = self.attribute.in_("zh"), self.attribute.in_("en")
        if self.value is None:
            return Label(zh=f"{zh} 未给出", en=f"{en} is not given")
        return Label(zh=f"{zh} 为 {text_of(self.value)}", en=f"{en} is {text_of(self.value)}")

    def against(self) -> Label:
        """The fact, and what was asked of it."""
        found = self.found()
        return Label(zh=f"{found.zh}，要求 {self.condition}", en=f"{found.en}, asked {self.condition}")


def _listed(zh: str, en: str, parts: Sequence[Label]) -> Label:
    if not parts:
        return Label(zh=zh, en=en)
    return Label(zh=f"{zh}：{'；'.join(part.zh for part in parts)}", en=f"{en}: {'; '.join(part.en for part in parts)}")


def _or_limit(faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield the faults, and at the end the one that there was too much to check."""
    try:
        yield from faults
    except LimitError as error:
        yield from error.faults


def _prolong(periods: list[Period], period: Period) -> None:
    """Add a period that follows the others; join it to the last where they touch."""
    if periods and periods[-1].end == period.start:
        period = Period(periods.pop().start, period.end)
    periods.append(period)
