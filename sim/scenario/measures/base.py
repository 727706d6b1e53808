"""What all kinds of measures share: when one holds, and what a kind may say of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sim.scenario.entry import Day, Entry, Title
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario

Misfit = tuple[tuple[Any, ...], str]  # where in the measure, and what is wrong there


class Measure(Entry):
    """A dated policy. A kind is a subclass with a ``kind``, fields of its own, and what it does.

    The first line of a kind's docstring says in one sentence what it is; documentation and reports show it.
    """

    if TYPE_CHECKING:
        kind: Any  # of each kind a field: Literal["its-name"]

    title: Title | None = Field(None, description="Words for reports; the measure's name when absent.")
    start: Day = Field(description="First day on which it holds.")
    end: Day | None = Field(None, description="Last day on which it holds; for good when absent.")
    announced: Day | None = Field(None, description="Day on which it becomes known; the start when absent.")
    lag: Quantity = quantity(0, "days", 0, 365, "Days from the start until it takes effect.")
    success_probability: Quantity = quantity(1.0, "probability", 0, 1, "Probability that it takes effect at all.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Change the model's actors on the day on which the measure ``name`` takes effect (``on``) or ends."""
        raise NotImplementedError(f"{type(self).__name__} says not what it does: it needs a method `apply`")

    def prepare(self, model: CorridorModel, name: str) -> None:
        """What a measure that will take effect lays claim to before the first day; nothing by default."""

    def closes(self, scenario: Scenario) -> list[str]:
        """Routes that it closes, for all or for some: once it is announced they draw a rush. None by default."""
        return []

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """What no single field can tell: where in the measure something does not fit, and why. Nothing by default.

        Asked only once all names that the measure refers to are known to exist.
        """
        return iter(())

    @classmethod
    def about(cls) -> str:
        """What the kind is, in one sentence."""
        return (cls.__doc__ or "").strip().split("\n")[0]
