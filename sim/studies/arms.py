"""The two arms of a comparison whose scenarios have reactions: if they answer, and if nobody does.

Both arms have the same people, draws and parameters. An effect is told within its arm: a scenario that is answered less
a base that is answered, and one that is not less a base that is not. A scenario without reactions is in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.scenario.errors import ScenarioError
from sim.scenario.quantity import Distribution
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.studies.study import Study

ANSWERED, UNANSWERED = "answered", "unanswered"
ARMS = "arms"  # key of a plan's extra description: names of scenarios by that of the arm in which they are answered
ARM_TITLES = {UNANSWERED: "If nobody answers", ANSWERED: "If they answer"}
BOTH, WITH, WITHOUT = "both", "with", "without"
CHOICES = (BOTH, WITH, WITHOUT)


def may_answer(scenario: Scenario) -> bool:
    """Return whether a scenario has a reaction that can begin: neither its strength nor its probability is always 0."""
    return any(_most(one.strength) > 0 and _most(one.probability) > 0 for one in scenario.reactions.values())


def switched_off(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return the scenarios whose reactions could begin, but for ``answers: false``."""
    return [name for name, one in scenarios.items() if may_answer(one) and not one.answers]


def with_arms(
    scenarios: Mapping[str, Scenario], answers: str | None = None
) -> tuple[dict[str, Scenario], dict[str, dict[str, str]]]:
    """Return the scenarios of a comparison with their arms, and what a plan says of them (its ``extra``).

    A scenario that may be answered keeps its name if it is; the other arm is called ``NAME-unanswered``.

    Args:
        scenarios: Scenarios by name, the base first.
        answers: "both" for both arms of each scenario with reactions that can begin, "with" or "without" for one arm
            alone; None for both arms of those whose reactions are on, and the others as they are.

    Raises:
        ScenarioError: If ``answers`` is none of these, or given though no scenario has a reaction that can begin.
    """
    if answers is not None and answers not in CHOICES:
        raise ScenarioError(f"--answers: found {answers!r}; allowed: {', '.join(CHOICES)}")
    able = [name for name, one in scenarios.items() if may_answer(one) and (answers or one.answers)]
    if answers is not None and not able:
        raise ScenarioError(
            f"--answers: found {answers}, but none of {', '.join(scenarios)} has a reaction that can begin"
        )
    if answers in (WITH, WITHOUT):
        return {name: _set(one, answers == WITH) if name in able else one for name, one in scenarios.items()}, {}
    both = {name: _set(one, True) if name in able else one for name, one in scenarios.items()}
    pairs = {}
    for name in able:
        pairs[name] = f"{name}-{UNANSWERED}"
        if pairs[name] in both:
            raise ScenarioError(f"compare: found a scenario {pairs[name]}, the name of {name} if nobody answers")
        both[pairs[name]] = _set(scenarios[name], False)
    return both, {ARMS: pairs} if pairs else {}


def names_of(plan: Mapping[str, Any], arm: str | None) -> list[str]:
    """Return the scenarios of an arm, the base first; all of the plan if ``arm`` is None."""
    names, pairs = list(plan["scenarios"]), plan.get(ARMS, {})
    if arm is None:
        return names
    given = [name for name in names if name not in pairs.values()]
    return given if arm == ANSWERED else [pairs.get(name, name) for name in given]


def by_arm(study: Study, table: str) -> pd.DataFrame:
    """Return a table of each arm of a study, one after the other, with the arm in the first column."""
    parts = []
    for arm, own in study.arms.items():
        part = getattr(own, table)
        if len(part):
            part = part.copy()
            part.insert(0, "arm", arm)
            parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _set(scenario: Scenario, answers: bool) -> Scenario:
    return scenario if scenario.answers == answers else scenario.model_copy(update={"answers": answers})


def _most(quantity: Any) -> float:
    return quantity.support[1] if isinstance(quantity, Distribution) else float(quantity)
