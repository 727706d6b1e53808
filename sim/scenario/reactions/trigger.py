"""The base of triggers: a condition that holds on a day or does not, with hysteresis where it is a threshold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Entry
from sim.scenario.errors import show
from sim.scenario.kinds import Registry
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.agents.watch import Reading, Watch
    from sim.scenario.schema import Scenario


WEEK = 7


class Limits(NamedTuple):
    """Limits of a number: it holds once beyond ``begins`` for ``days`` in a row, until no longer beyond ``ends``."""

    above: bool = True
    begins: float = 0.0
    ends: float = 0.0
    days: int = 1


class Trigger(Entry):
    """What an actor reacts to; each kind is a subclass with its own fields."""

    if TYPE_CHECKING:
        kind: Any  # of each kind a field: Literal["its-name"]

    every_day: ClassVar[bool] = True  # whether `look` is asked each day, or only if a measure or reaction turned

    def reading(self, watch: Watch) -> Reading | None:
        """Return the number that it watches, as a method of ``watch`` describes it; None if `look` is to be asked."""
        return None

    def limits(self) -> Limits:
        """Return the limits of the number."""
        return Limits()

    def look(self, watch: Watch) -> bool:
        """Return whether it holds this morning: by measures in force today, and what was counted up to yesterday."""
        raise NotImplementedError(f"{type(self).__name__} says not when it holds: it needs a method `look`")

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Yield errors that involve several fields: where in the trigger, and why. Nothing by default."""
        return iter(())


class Threshold(Trigger):
    """A number above or below a value for some days; it ends on the other side of another value.

    Numbers are of the seven days up to yesterday, so that nothing is known before the eighth day of a run.
    """

    above: Quantity | None = quantity(None, "of what is watched", 0, 1e9, "It begins above this value.")
    below: Quantity | None = quantity(None, "of what is watched", 0, 1e9, "It begins below this value.")
    release: Quantity | None = quantity(
        None,
        "of what is watched",
        0,
        1e9,
        "It ends on the other side of this value; that at which it begins if absent.",
    )
    days: int = Field(
        7,
        ge=1,
        le=365,
        description="Days in a row until it begins.",
        json_schema_extra={"unit": "days", "source": NEUTRAL},
    )

    def limits(self) -> Limits:
        """Return the values at which it begins and ends."""
        begins: Any = self.below if self.above is None else self.above
        ends: Any = begins if self.release is None else self.release
        return Limits(self.above is not None, begins, ends, self.days)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that it has one value to begin at, and ends at none that is further on."""
        if (self.above is None) == (self.below is None):
            found = "neither `above` nor" if self.above is None else "`above` beside"
            yield (), f"found {found} `below`; needed: one of them"
        for begins, sign, words in ((self.above, 1, "at most"), (self.below, -1, "at least")):
            plain = isinstance(begins, float | int) and isinstance(self.release, float | int)
            if plain and sign * self.release > sign * begins:  # type: ignore[operator]
                yield ("release",), f"found {show(self.release)}; allowed: {words} {begins:g}, where it begins"


REGISTRY = Registry(Trigger, ("look", "reading"), "look(self, watch)")
TRIGGERS = REGISTRY.known
register, unregister = REGISTRY.register, REGISTRY.unregister
