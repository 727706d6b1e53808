"""Both arms of a comparison, if they answer and if nobody does; what is undone, who answered and when.

A scenario that may be answered is compared as two, which share people, draws and parameters (`sim.studies.arms`).
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property
from typing import Any

from sim.report.arms.page import arms
from sim.scenario import Scenario
from sim.studies.arms import ANSWERED, ARM_TITLES, ARMS, UNANSWERED, may_answer
from sim.studies.study import Study


class Beside(Study):
    """A comparison whose arms stand beside each other as scenarios like any other, told apart by their titles."""

    @property
    def arms(self) -> dict[str, Study]:
        """Return nothing: there are no arms within it."""
        return {}

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenarios by name, the base first; those with two arms with the arm in their title."""
        found = dict(Study(self.folder, self.arm).scenarios)
        for answered, unanswered in self.pairs.items():
            for name, arm in ((answered, ANSWERED), (unanswered, UNANSWERED)):
                if name in found:
                    title = f"{found[name].title}, {ARM_TITLES[arm][0].lower()}{ARM_TITLES[arm][1:]}"
                    found[name] = found[name].model_copy(update={"title": title})
        return found

    @property
    def pairs(self) -> dict[str, str]:
        """Return by the name of each scenario with two arms that of the one in which nobody answers."""
        pairs: dict[str, str] = self.about["plan"].get(ARMS, {})
        return pairs

    def against(self, other: str) -> Beside:
        """Return the comparison in which another scenario differs from the base of its own arm."""
        own_arm = other in self.pairs.values() and other != self.pairs.get(self.base)
        return Beside(self.folder, UNANSWERED) if own_arm else self


def answers(scenario: Scenario) -> bool:
    """Return whether a scenario has a second arm: somebody in it may answer."""
    return scenario.answers and may_answer(scenario)


def arms_of(study: Study) -> dict[str, Any] | None:
    """Return what the answers undo, in sentences and tables, and which began, when; None if there are no two arms."""
    found = arms(study)
    if found is None:
        return None
    return {
        "note": found.note,
        "effects": [
            {"name": name, "sentences": [sentence.text for sentence in sentences], "table": asdict(table)}
            for name, sentences, table in found.scenarios
        ],
        "reactions": asdict(found.reactions),
    }
