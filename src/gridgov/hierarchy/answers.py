"""What questions about an organisation answer with."""

from enum import Enum, unique
from fractions import Fraction

import attrs

from gridgov.hierarchy.model import Unit
from gridgov.values import Label, Reason, Shown

__all__ = ["Coverage", "Covering", "LevelRow", "Scope"]


@unique
class Covering(Enum):
    """Whether a unit has a unit of another line to itself."""

    OWN = "own"
    JOINT = "joint"
    NONE = "none"


@attrs.frozen
class Coverage(Shown):
    """How a unit is covered by units of a level: a joint branch is no gap.

    Attributes:
        unit: The unit covered.
        covering: ``own`` where one of *by* covers no other unit of its level, or is stationed at the unit; ``joint``
            where all cover others too, and sit elsewhere; ``none`` where nobody covers it.
        by: The units that cover it directly.
        shared_with: The other units of its level that *by* cover.
    """

    unit: Unit
    covering: Covering
    by: tuple[Unit, ...] = ()
    shared_with: tuple[Unit, ...] = ()


@attrs.frozen(kw_only=True)
class LevelRow(Shown):
    """One level of a line: how many units, and how many units stand directly below each; None without units."""

    level: str
    count: int
    min_children: int | None
    max_children: int | None
    mean_children: Fraction | None


@attrs.frozen(kw_only=True)
class Scope(Shown):
    """Whether one unit may act on another, and the chain that proves it. True in a condition when it may.

    Attributes:
        actor: Who would act.
        target: On whom.
        by: The id of the line on which the target is inside the actor, or ``covers``; empty when it may not.
        chain: From the target upwards to the actor; empty when it may not.
    """

    actor: Unit
    target: Unit
    by: str = ""
    chain: tuple[Unit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by)

    def explain(self) -> Reason:
        """Return the proof, one step for each tie climbed."""
        if not self:
            return Reason(
                Label(
                    zh=f"{self.actor} 无权处置 {self.target}：既不在其之下，也不由其覆盖",
                    en=f"{self.actor} may not act on {self.target}: it is neither inside nor covered",
                )
            )
        steps = tuple(
            Reason(Label(zh=f"{low} 隶属于 {high}", en=f"{low} stands under {high}"))
            for low, high in zip(self.chain, self._climbed(), strict=False)
        )
        if self.by == "covers":
            top = self.chain[-2]
            steps += (Reason(Label(zh=f"{self.actor} 覆盖 {top}", en=f"{self.actor} covers {top}")),)
        text = Label(zh=f"{self.actor} 可处置 {self.target}", en=f"{self.actor} may act on {self.target}")
        return Reason(text, details=steps)

    def _climbed(self) -> tuple[Unit, ...]:
        """Return what is above each unit of the chain on the line; a covering unit stands on another."""
        return self.chain[1:-1] if self.by == "covers" else self.chain[1:]
