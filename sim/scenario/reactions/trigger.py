"""The base of triggers: a condition that holds on a day or does not, with hysteresis where it is a threshold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Entry
from sim.scenario.errors import show
from sim.scenario.kinds import Registry
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.agents.reactions import Watch
    from sim.scenario.schema import Scenario


WEEK = 7


class Trigger(Entry):
    """What an actor reacts to; each kind is a subclass with its own fields."""

    if TYPE_CHECKING:
        kind: Any  # of each kind a field: Literal["its-name"]

    def look(self, watch: Watch, held: bool, days: int) -> tuple[bool, int]:
        """Return whether it holds this morning, and the days in a row that count towards that.

        Args:
            watch: What can be seen this morning: measures in force today, and what was counted up to yesterday.
            held: Whether it held yesterday.
            days: The days in a row of yesterday.
        """
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

    def value(self, watch: Watch) -> float:
        """Return what is watched."""
        raise NotImplementedError(f"{type(self).__name__} says not what it watches: it needs a method `value`")

    def look(self, watch: Watch, held: bool, days: int) -> tuple[bool, int]:
        """Return whether it holds: for some days beyond the one value, and since then not back beyond the other."""
        if watch.day < WEEK:
            return False, 0
        begins: Any = self.below if self.above is None else self.above
        ends: Any = begins if self.release is None or not held else self.release
        value = self.value(watch)
        beyond = value > ends if self.above is not None else value < ends
        if held:
            return beyond, days
        days = days + 1 if beyond else 0
        return days >= self.days, days

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that it has one value to begin at, and ends at none that is further on."""
        if (self.above is None) == (self.below is None):
            found = "neither `above` nor" if self.above is None else "`above` beside"
            yield (), f"found {found} `below`; needed: one of them"
        for begins, sign, words in ((self.above, 1, "at most"), (self.below, -1, "at least")):
            plain = isinstance(begins, float | int) and isinstance(self.release, float | int)
            if plain and sign * self.release > sign * begins:  # type: ignore[operator]
                yield ("release",), f"found {show(self.release)}; allowed: {words} {begins:g}, where it begins"


REGISTRY = Registry(Trigger, "look", "look(self, watch, held, days)")
TRIGGERS = REGISTRY.known
register, unregister = REGISTRY.register, REGISTRY.unregister
