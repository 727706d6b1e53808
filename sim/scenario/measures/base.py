"""The base class of measures: their dates, and the methods that a kind may define."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Day, Entry, Title
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario

Misfit = tuple[tuple[Any, ...], str]  # path within the measure, and what is wrong there


class Measure(Entry):
    """A dated policy; each kind is a subclass with its own fields and effect.

    The first line of a kind's docstring defines it in one sentence, which documentation and reports show.
    """

    if TYPE_CHECKING:
        kind: Any  # of each kind a field: Literal["its-name"]

    title: Title | None = Field(None, description="Title for reports; the measure's name when absent.")
    start: Day = Field(description="First day on which it is in force.")
    end: Day | None = Field(None, description="Last day on which it is in force; no end when absent.")
    announced: Day | None = Field(None, description="Day on which it becomes known; the start when absent.")
    lag: Quantity = quantity(0, "days", 0, 365, "Days from the start until it takes effect.", NEUTRAL)
    success_probability: Quantity = quantity(
        1.0, "probability", 0, 1, "Probability that it takes effect at all.", NEUTRAL
    )

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Change the model's actors on the day on which the measure ``name`` takes effect (``on``) or ends."""
        raise NotImplementedError(f"{type(self).__name__} says not what it does: it needs a method `apply`")

    def prepare(self, model: CorridorModel, name: str) -> None:
        """Reserve, before the first day, what a measure that will take effect needs; nothing by default."""

    def release(self, model: CorridorModel, name: str) -> None:
        """Give back what `prepare` reserved, as the measure does not come after all; nothing by default."""

    def closes(self, scenario: Scenario) -> list[str]:
        """Return the routes that it closes, for all or some; once announced they attract a rush. None by default."""
        return []

    def sends_back(self, scenario: Scenario) -> list[str]:
        """Return the routes on which it sends back those on their way, as a further leg is banned. None by default."""
        return []

    def closes_points(self, scenario: Scenario) -> list[str]:
        """Return the crossing points that it closes; once announced they attract a rush. None by default."""
        return []

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Yield errors that involve several fields: where in the measure, and why. Nothing by default.

        Called only once all names to which the measure refers are known to exist.
        """
        return iter(())

    @classmethod
    def about(cls) -> str:
        """Return the definition of the kind, one sentence."""
        return (cls.__doc__ or "").strip().split("\n")[0]
