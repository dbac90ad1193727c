"""Vocabulary: the attributes that a pack declares; reads cells and checks facts against them."""

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs
from attrs import field

from gridgov.conditions.attributes import Attribute, Value, near
from gridgov.conditions.cells import ANYTHING, Condition, parse_condition
from gridgov.errors import Fault, Faults, PackError, RefusedError

__all__ = ["Vocabulary", "parse_cells"]


@attrs.frozen
class Vocabulary:
    """The attributes that a pack declares.

    >>> from gridgov.conditions import AttributeType
    >>> scene = Attribute("scene", AttributeType.WORD, ("compound", "road", "venue"))
    >>> words = Vocabulary([scene, Attribute("floors", AttributeType.INTEGER)])
    >>> dict(words.check({"scene": "road", "floors": "6"}))
    {'scene': 'road', 'floors': 6}
    >>> words.check({"scene": "raod"})
    Traceback (most recent call last):
    gridgov.errors.RefusedError: facts.scene: scene has no word 'raod' [unknown_word]: did you mean 'road'?

    Raises:
        PackError: Two attributes have one name (``duplicate_attribute``).
    """

    attributes: tuple[Attribute, ...] = field(default=(), converter=tuple[Attribute, ...])
    _by_name: dict[str, Attribute] = field(
        init=False,
        repr=False,
        eq=False,
        default=attrs.Factory(lambda self: {each.name: each for each in self.attributes}, takes_self=True),
    )

    def __attrs_post_init__(self) -> None:
        faults, times = Faults(), Counter(attribute.name for attribute in self.attributes)
        for name in (name for name, count in times.items() if count > 1):
            faults.add("duplicate_attribute", f"attribute {name!r} is declared twice", name)
        faults.raise_as(PackError)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.attributes)

    def __len__(self) -> int:
        return len(self.attributes)

    def attribute(self, name: str) -> Attribute:
        """Return the attribute called *name*.

        Raises:
            PackError: There is none (``unknown_attribute``).
        """
        found = self._by_name.get(name)
        if found is None:
            raise PackError((self._unknown(name),))
        return found

    def parse_fact(self, name: str, text: str) -> Value:
        """Return the value of a fact given as text.

        Raises:
            RefusedError: No attribute has that name (``unknown_attribute``), or the text is not one of its words
                (``unknown_word``) or values (``bad_value``).
        """
        return self.check({name: text})[name]

    def check(self, facts: Mapping[str, object]) -> Mapping[str, Value]:
        """Return *facts* typed: text is read as the attribute's type, None counts as not given and drops out.

        Raises:
            RefusedError: As for `parse_fact`; every fault, each with its fact as the place (``facts.scene``).
        """
        faults, typed = Faults(), {}
        for name, given in facts.items():
            if name not in self._by_name:
                faults.extend((self._unknown(name).at(f"facts.{name}"),))
            elif given is not None:
                value = self._by_name[name].take(given)
                if isinstance(value, Fault):
                    faults.extend((value.at(f"facts.{name}"),))
                else:
                    typed[name] = value
        faults.raise_as(RefusedError)
        return typed

    def _unknown(self, name: str) -> Fault:
        hint = near(name, self._by_name) or "declare it in attributes.toml, or mend the name"
        return Fault("unknown_attribute", f"no attribute is called {name!r}", hint=hint)


def parse_cells(vocabulary: Vocabulary, cells: Mapping[str, str]) -> dict[str, Condition]:
    """Return the conditions written in a row's cells, by attribute; blank cells drop out.

    Raises:
        PackError: An attribute is unknown or a cell is wrong; every fault, each with the attribute as its place.
    """
    faults, conditions = Faults(), {}
    for name, text in cells.items():
        try:
            condition = parse_condition(vocabulary.attribute(name), text)
        except PackError as error:
            faults.extend(fault.at(name) for fault in error.faults)
        else:
            if condition != ANYTHING:
                conditions[name] = condition
    faults.raise_as(PackError)
    return conditions
