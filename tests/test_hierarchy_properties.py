"""Hierarchy against naive oracles: dicts of parents, walked step by step."""

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gridgov.errors import NotInForceError, PackError
from gridgov.hierarchy import Level, Line, Link, Organization, Unit
from gridgov.values import Label, Period

DAY = date(2021, 2, 10)
ALWAYS = Period(date(2020, 7, 1))
TERRITORY = Line("territory", Label(en="territory"))
LEVELS = (
    Level(id="root", label=Label(en="root")),
    Level(id="odd", label=Label(en="odd"), parents={"territory": ["root", "odd", "even"]}),
    Level(id="even", label=Label(en="even"), parents={"territory": ["root", "odd", "even"]}),
)


def level_of(name: str) -> str:
    """The level of a unit, by its id."""
    return "root" if name == "r" else ("odd" if int(name[1:]) % 2 else "even")


def build(parents: dict[str, str], order: random.Random | None = None) -> Organization:
    """An organisation from a dict of parents, its rows in any order."""
    units = [Unit(name, name, level_of(name), ALWAYS) for name in ("r", *parents)]
    links = [Link(child, "territory", parent, ALWAYS) for child, parent in parents.items()]
    if order:
        order.shuffle(units)
        order.shuffle(links)
    return Organization([TERRITORY], LEVELS, units, links)


@st.composite
def forests(draw: st.DrawFn) -> dict[str, str]:
    """Parents of up to thirty units under one root, whose ids say nothing of their place."""
    names = draw(st.permutations([f"u{n}" for n in range(draw(st.integers(1, 30)))]))
    above = ["r", *names]
    return {name: above[draw(st.integers(0, at))] for at, name in enumerate(names)}


def climb(parents: dict[str, str], name: str) -> list[str]:
    """The oracle of a chain."""
    chain = [name]
    while chain[-1] in parents:
        chain.append(parents[chain[-1]])
    return chain


def ids(units: Any) -> list[str]:
    """The ids of units."""
    return [unit.id for unit in units]


class TestForests:
    """H5, H10: what is above and what is below are inverse, and both agree with a dict."""

    @settings(deadline=None, max_examples=60)
    @given(parents=forests())
    def test_questions_agree_with_a_dict(self, parents: dict[str, str]) -> None:
        """Chain, inside, common superior, below, counts, children, of every unit and pair."""
        structure = build(parents).at(DAY)
        chains = {name: climb(parents, name) for name in ("r", *parents)}
        for name, chain in chains.items():
            below = {other for other, above in chains.items() if name in above[1:]}
            odd = {other for other in below if level_of(other) == "odd"}
            assert chain == ids(structure.chain(name))
            assert (len(below), len(odd)) == (structure.count_below(name), structure.count_below(name, level="odd"))
            assert below == set(ids(structure.below(name)))
            assert odd == set(ids(structure.below(name, level="odd")))
            assert sorted(child for child, above in parents.items() if above == name) == ids(structure.children(name))
            for other, above in chains.items():
                assert (other in chain) is structure.is_inside(name, other)
                assert next(up for up in chain if up in above) == structure.common_superior(name, other).id

    @settings(deadline=None, max_examples=60)
    @given(parents=forests(), values=st.lists(st.integers(-9, 9), min_size=31, max_size=31))
    def test_sums_of_subtrees(self, parents: dict[str, str], values: list[int]) -> None:
        """The root's sum is everything; the sizes below its children and the children are all units but it."""
        structure = build(parents).at(DAY)
        given_values = dict(zip(("r", *parents), values, strict=False))
        sums = structure.roll_up(given_values)
        assert sum(given_values.values()) == sums["r"]
        for name in parents:
            assert given_values[name] + sum(sums[child.id] for child in structure.children(name)) == sums[name]
        assert len(parents) == sum(1 + structure.count_below(child.id) for child in structure.children("r"))

    @settings(deadline=None, max_examples=60)
    @given(parents=forests(), seed=st.integers())
    def test_order_of_rows_does_not_matter(self, parents: dict[str, str], seed: int) -> None:
        """H8: same digest, same order of answers, whatever the order of the file."""
        one, other = build(parents), build(parents, random.Random(seed))  # noqa: S311
        assert one.digest() == other.digest()
        assert ids(one.at(DAY).below("r")) == ids(other.at(DAY).below("r"))
        assert one.at(DAY).to_mermaid() == other.at(DAY).to_mermaid()

    @settings(deadline=None, max_examples=60)
    @given(parents=forests())
    def test_pre_order_and_path(self, parents: dict[str, str]) -> None:
        """In a list of what is below, each unit comes after its parent, and a path is the chain cut short."""
        structure = build(parents).at(DAY)
        seen = {"r"}
        for unit in structure.below("r"):
            assert parents[unit.id] in seen
            seen.add(unit.id)
            assert structure.chain(unit.id) == structure.path_to(unit.id, "r")
            assert all(structure.parent(low.id) == high for low, high in pairwise(structure.path_to(unit.id, "r")))


class TestRandomRings:
    """T01: random functional graphs, oracle = colouring."""

    @settings(deadline=None, max_examples=100)
    @given(above=st.lists(st.integers(-1, 11), min_size=12, max_size=12), seed=st.integers())
    def test_rings_are_found_and_nothing_else(self, above: list[int], seed: int) -> None:
        """One fault for each ring, a unit under itself told as such; without rings the organisation stands."""
        parents = {f"u{n}": "r" if up < 0 else f"u{up}" for n, up in enumerate(above)}
        colour: dict[str, int] = {"r": 0}
        rings = []
        for step, start in enumerate(parents, 1):
            name = start
            while name not in colour:
                colour[name] = step
                name = parents[name]
            if colour[name] == step:
                rings.append("self_link" if parents[name] == name else "cycle")
        if not rings:
            assert 13 == len(build(parents, random.Random(seed)).at(DAY))  # noqa: S311
            return
        with pytest.raises(PackError) as error:
            build(parents, random.Random(seed))  # noqa: S311
        assert sorted(rings) == sorted(fault.code for fault in error.value.faults)


class Years(RuleBasedStateMachine):
    """A county that changes day by day: add, move, rename, abolish, merge; compared with a dict of each day."""

    @initialize()
    def found(self) -> None:
        """The county begins with its root."""
        self.day = date(2020, 1, 1)
        self.names: dict[str, str] = {"r": "r"}
        self.parents: dict[str, str] = {}
        self.began: dict[str, date] = {"r": self.day}
        self.moved: dict[str, date] = {}
        self.units: list[Unit] = []
        self.links: list[Link] = []
        self.heirs: dict[str, str] = {}
        self.days: dict[date, tuple[dict[str, str], dict[str, str]]] = {}
        self.born = 0

    def close_unit(self, name: str) -> None:
        """End the present row of a unit."""
        if self.began[name] < self.day:
            self.units.append(Unit(name, self.names[name], level_of(name), Period(self.began[name], self.day)))

    def close_link(self, name: str) -> None:
        """End the present parent link of a unit."""
        if self.moved[name] < self.day:
            self.links.append(Link(name, "territory", self.parents[name], Period(self.moved[name], self.day)))

    def leaves(self) -> list[str]:
        """Units that may go: nothing stands under them, and they began before today."""
        return sorted(n for n in self.parents if n not in self.parents.values() and self.began[n] < self.day)

    @rule(gap=st.integers(1, 40))
    def next_day(self, gap: int) -> None:
        """Time passes; the day before is remembered."""
        self.days[self.day] = dict(self.names), dict(self.parents)
        self.day += timedelta(days=gap)

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        """A new unit under any other."""
        name, self.born = f"u{self.born}", self.born + 1
        self.parents[name] = data.draw(st.sampled_from(sorted(self.names)))
        self.names[name] = name
        self.began[name] = self.moved[name] = self.day

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """A unit goes under another that is not below it."""
        if self.parents:
            name = data.draw(st.sampled_from(sorted(self.parents)))
            free = sorted(other for other in self.names if name not in climb(self.parents, other))
            self.close_link(name)
            self.parents[name], self.moved[name] = data.draw(st.sampled_from(free)), self.day

    @rule(data=st.data())
    def rename(self, data: st.DataObject) -> None:
        """A unit gets another name and keeps its id."""
        name = data.draw(st.sampled_from(sorted(self.names)))
        self.close_unit(name)
        self.names[name], self.began[name] = f"{name} of {self.day}", self.day

    @rule(data=st.data(), merge=st.booleans())
    def abolish(self, data: st.DataObject, merge: bool) -> None:
        """A unit without others below it goes; merged, its parent follows it."""
        if self.leaves():
            name = data.draw(st.sampled_from(self.leaves()))
            self.close_unit(name)
            self.close_link(name)
            parent = self.parents.pop(name)
            del self.names[name]
            if merge:
                self.heirs[name] = parent
                self.links.append(Link(name, "successor", parent, Period(self.day)))

    def organization(self) -> Organization:
        """All that happened, as rows."""
        units = [Unit(name, title, level_of(name), Period(self.began[name])) for name, title in self.names.items()]
        links = [Link(name, "territory", up, Period(self.moved[name])) for name, up in self.parents.items()]
        return Organization([TERRITORY], LEVELS, [*units, *self.units], [*links, *self.links])

    def heir(self, name: str) -> list[str]:
        """Who stands for a unit today, by the oracle."""
        while name not in self.names:
            if name not in self.heirs:
                return []
            name = self.heirs[name]
        return [name]

    @invariant()
    def every_day_is_as_it_was(self) -> None:
        """Names, parents and members of each day remembered, and of today."""
        found = self.organization()
        for day, (names, parents) in {**self.days, self.day: (self.names, self.parents)}.items():
            structure = found.at(day)
            assert names == {unit.id: unit.name for unit in structure}
            assert parents == {name: parent.id for name, parent in structure.parents().items()}
        for name in {*self.names, *self.heirs}:
            assert self.heir(name) == ids(found.successors(name, self.day))
        for name in self.heirs:
            with pytest.raises(NotInForceError, match="unit_not_in_force"):
                found.at(self.day).chain(name)


TestYears = Years.TestCase
TestYears.settings = settings(deadline=None, max_examples=25, stateful_step_count=12)
