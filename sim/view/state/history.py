"""The steps by which the levers came to stand as they do, to be undone and redone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.view.levers import Choices

MOST = 100  # steps that are kept
FIRST = "As in the scenario"


class Step(NamedTuple):
    """One step: what it changed, in words, and the choices after it.

    ``about`` is what it changed, as a key, while the gesture that makes it goes on; else empty.
    """

    words: str
    choices: Choices
    about: str = ""


class History:
    """Steps from the scenario as in its file to the present one, and those that were undone.

    Attributes:
        steps: All of them; the first is the scenario as in its file.
        at: Number of the present one.
    """

    def __init__(self) -> None:
        """Begin with the scenario as in its file."""
        self.steps = [Step(FIRST, Choices())]
        self.at = 0

    @property
    def now(self) -> Choices:
        """Return the present choices."""
        return self.steps[self.at].choices

    def put(self, choices: Choices, words: Callable[[Choices], str], about: str = "", more: bool = False) -> None:
        """Add a step after the present one; those that were undone are gone.

        Args:
            choices: The choices after it.
            words: What it changed, told from the choices before it.
            about: What is changed: one gesture at one thing, such as a slider that is drawn, is one step.
            more: Whether the gesture goes on.
        """
        goes_on = bool(about) and self.steps[self.at].about == about
        kept = self.steps[: self.at if goes_on else self.at + 1]
        if choices != kept[-1].choices:
            kept.append(Step(words(kept[-1].choices), choices, about if more else ""))
        self.steps = [kept[0], *kept[1:][-MOST:]]
        self.at = len(self.steps) - 1

    def go(self, number: int) -> Choices:
        """Go to a step; returns its choices. Raises ValueError if there is none."""
        if not 0 <= number < len(self.steps):
            raise ValueError(f"found step {number} of the history; allowed: 0 to {len(self.steps) - 1}")
        self.at = number
        return self.now
