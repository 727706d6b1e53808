"""Trust marks in tables and sentences: signs, cells and what they say (`sim.outputs.trust` decides)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.outputs.definitions import short_of
from sim.outputs.trust import ASSUMED, BACK_TESTED, FITTED, Trust
from sim.scenario.schema import Scenario

# Outputs that calibrations may be fitted to.
OUTPUTS = ("recorded_attempts", "attempts", "procedures", "turn_backs", "entries", "onward", "landed", "returned")
SIGNS = {FITTED: "●", BACK_TESTED: "◆", ASSUMED: "○"}


def in_words(trust: Trust, level: str, name: str, outputs: Iterable[str] = OUTPUTS) -> str:
    """Return which outputs of a place are fitted or back-tested: ``recorded fitted``; ``assumed`` if none is."""
    by_mark: dict[str, list[str]] = {}
    for output in trust.marked(level, name, outputs):
        by_mark.setdefault(trust.of(level, name, output).mark, []).append(short_of(output))
    return "; ".join(f"{', '.join(shorts)} {mark}" for mark, shorts in by_mark.items()) or ASSUMED


def sentence(trust: Trust, scenario: Scenario) -> str:
    """Return what `sentences` says of one scenario, whose trust is known."""
    return f"Trust: {_of(trust, scenario)}."


def _of(trust: Trust, scenario: Scenario) -> str:
    return trust.sentence({key: agency.country for key, agency in scenario.agencies.items()})


def sentences(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return what of the scenarios is fitted, back-tested or assumed: one sentence if it is the same for all."""
    said: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        said.setdefault(_of(Trust(scenario), scenario), []).append(name)
    if len(said) == 1:
        return [f"Trust: {text}." for text in said]
    return [f"Trust, {', '.join(names)}: {text}." for text, names in said.items()]
