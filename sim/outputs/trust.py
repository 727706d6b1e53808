"""Trust marks: whether an output of a section, agency or the whole was fitted, back-tested, or is assumed.

What is known stands in `sim/data/evidence.json`, which `python -m sim.inference.evidence` writes from the pages of
shipped calibrations and back-tests: to which series (agency and output) each posterior was fitted, and which series its
forecasts were scored on. A scenario has a posterior if its `joint` values are those of that posterior, all of them; if
one has been set to something else, the marks are lost. Series count by agency: a section has its agency's mark only if
it is the only one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from sim.outputs.definitions import ALL, title_of
from sim.scenario.paths import parameter_paths
from sim.scenario.quantity import JOINT, Distribution
from sim.scenario.schema import Scenario

FITTED, BACK_TESTED, ASSUMED = "fitted", "back-tested", "assumed"
MEANING = {
    FITTED: "the model's parameters were chosen so that this output agrees with a published series",
    BACK_TESTED: "fitted, and forecasts of it were scored on figures that they had not seen, by this model",
    ASSUMED: "it follows from assumptions; no published series holds its level",
}
_MOST_PATHS = 3
Facts = Mapping[str, Any]


class Mark(NamedTuple):
    """A mark, one of FITTED, BACK_TESTED and ASSUMED, and why in words."""

    mark: str
    why: str


class Trust:
    """The marks of a scenario's outputs.

    Args:
        scenario: The scenario.
        facts: Calibrations and back-tests on record; those that ship if left out.

    Attributes:
        posterior: Name of the calibration whose posterior the scenario has, whole or in part; empty if it has none.
        lost: Paths of that posterior that the scenario sets to something else.
        learnt: What share of the variance of each of its paths the figures took away, 0 to 1.
    """

    def __init__(self, scenario: Scenario, facts: Facts | None = None) -> None:
        """See the class."""
        facts = evidence() if facts is None else facts
        joint = _joint_values(scenario)
        found = _digests(joint)
        shared = {
            name: sum(found.get(path) == row["digest"] for path, row in entry["paths"].items())
            for name, entry in facts["posteriors"].items()
        }
        self.posterior = max(shared, key=lambda name: shared[name], default="")
        if not shared.get(self.posterior):
            self.posterior = ""
        own = facts["posteriors"].get(self.posterior, {"paths": {}, "fitted": []})
        self.lost = sorted(path for path, row in own["paths"].items() if found.get(path) != row["digest"])
        self.learnt = {path: float(row["learnt"]) for path, row in own["paths"].items()}
        self._fitted = {(row["name"], row["output"]): row for row in own["fitted"]}
        self._scored = _scored(facts, self.posterior)
        self._agency = {name: section.agency for name, section in scenario.sections.items()}
        self._foreign = bool(joint)

    @property
    def agencies(self) -> list[str]:
        """Return the agencies that guard a section, in order."""
        return sorted(set(self._agency.values()))

    def of(self, level: str, name: str, output: str) -> Mark:
        """Return the mark of an output, such as ``of("agency", "poland", "recorded_attempts")``."""
        if not self.posterior:
            other = "its joint values are of no calibration on record" if self._foreign else "it has no posterior"
            return Mark(ASSUMED, other)
        if self.lost:
            return Mark(ASSUMED, self._lost_words())
        if level == "section":
            return self._of_section(name, output)
        if level == ALL and (ALL, output) not in self._fitted:
            return self._of_all(output)
        return self._of_series(ALL if level == ALL else name, output)

    def marked(self, level: str, name: str, outputs: Iterable[str]) -> list[str]:
        """Return those of the outputs that are not assumed."""
        return [output for output in outputs if self.of(level, name, output).mark != ASSUMED]

    def sentence(self, country: Mapping[str, str] | None = None) -> str:
        """Return in a sentence what is fitted or back-tested, and that the rest is assumed.

        Args:
            country: Names of countries by agency; an agency's own name where there is none.
        """
        if not self.posterior:
            return f"every figure is assumed, as {'the scenario' if not self._foreign else 'of its posterior'} " + (
                "has no posterior" if not self._foreign else "nothing is on record"
            )
        if self.lost:
            return f"every figure is assumed, as {self._lost_words()}"
        named = country or {}
        by_output: dict[tuple[str, str], list[str]] = {}
        for name, output in self._fitted:
            if name in self._agency.values():
                key = (self._of_series(name, output).mark, output)
                by_output.setdefault(key, []).append(named.get(name, name.capitalize()))
            elif name == ALL:
                by_output.setdefault((FITTED, output), []).append("all together")
        parts = [f"{title_of(output).lower()} of {_listed(names)} {'are' if mark else ''} {mark}"
                 for (mark, output), names in by_output.items()]  # fmt: skip
        rest = [named.get(a, a.capitalize()) for a in self.agencies if not any(n == a for n, _ in self._fitted)]
        tail = f"; all else is assumed{f', every figure of {_listed(rest)} with it' if rest else ''}"
        return f"{'; '.join(parts)} ({self.posterior}){tail}"

    def _of_section(self, name: str, output: str) -> Mark:
        agency = self._agency.get(name, "")
        whole = self._of_series(agency, output)
        if whole.mark == ASSUMED or list(self._agency.values()).count(agency) == 1:
            return whole
        return Mark(ASSUMED, f"{self.posterior} knows the sum over {agency}'s sections, not how it divides")

    def _of_all(self, output: str) -> Mark:
        marks = [self._of_series(agency, output) for agency in self.agencies]
        missing = [a for a, mark in zip(self.agencies, marks, strict=True) if mark.mark == ASSUMED]
        if missing or not marks:
            return Mark(
                ASSUMED, f"{self.posterior} was not fitted to it" + (f" for {_listed(missing)}" if missing else "")
            )
        return min(marks, key=lambda mark: mark.mark == BACK_TESTED)

    def _of_series(self, name: str, output: str) -> Mark:
        row = self._fitted.get((name, output))
        if row is None:
            return Mark(ASSUMED, f"{self.posterior} was not fitted to it")
        why = f"fitted to {_count(row['figures'], 'figure')} of {row['first'][:7]} to {row['last'][:7]}"
        why += f" ({self.posterior}), {row['within90']} of them in the fit's 90 % interval"
        score = self._scored.get((name, output))
        return Mark(FITTED, why) if score is None else Mark(BACK_TESTED, f"{why}; {score_words(score)}")

    def _lost_words(self) -> str:
        shown, more = self.lost[:_MOST_PATHS], len(self.lost) - _MOST_PATHS
        words = _listed(shown) if more <= 0 else f"{', '.join(shown)} and {more} more"
        return f"{words} {'is' if len(self.lost) == 1 else 'are'} not as fitted in {self.posterior}"


def forecast_sentence(experiment: str, facts: Facts | None = None) -> str:
    """Return in a sentence what of a filter's forecasts was back-tested, and that the rest is assumed."""
    scored = _scored(evidence() if facts is None else facts, experiment)
    if not scored:
        return "every figure is assumed, as no back-test of this experiment is on record"
    by_words: dict[tuple[str, str], list[str]] = {}
    for (name, output), row in scored.items():
        by_words.setdefault((output, score_words(row)), []).append(name.capitalize())
    parts = [f"{title_of(output).lower()} of {_listed(names)} ({words})" for (output, words), names in by_words.items()]
    return (
        f"{'; '.join(parts)} by month are back-tested; all else is assumed, what sections and weeks have of it included"
    )


def back_tested(experiment: str, facts: Facts | None = None) -> set[str]:
    """Return the agencies whose monthly forecasts by a filter were back-tested."""
    return {name for name, _ in _scored(evidence() if facts is None else facts, experiment)}


def score_words(row: Facts) -> str:
    """Return how the forecasts of a series were scored."""
    count = _count(row["forecasts"], "forecast")
    beside = f"CRPS {row['crps']:,.0f} against {row['other_crps']:,.0f} of the best other method, {row['other']}"
    return f"{count}, {row['within90']:.0%} within their 90 % intervals, {beside}"


def joint_digests(scenario: Scenario) -> dict[str, str]:
    """Return a digest of each parameter's joint values, by dotted path."""
    return _digests(_joint_values(scenario))


def _joint_values(scenario: Scenario) -> dict[str, Iterable[float]]:
    return {
        path: value.arguments
        for path, value, _ in parameter_paths(scenario)
        if isinstance(value, Distribution) and value.kind == JOINT
    }


def _digests(joint: Mapping[str, Iterable[float]]) -> dict[str, str]:
    return {path: digest_of(values) for path, values in joint.items()}


def digest_of(values: Iterable[float]) -> str:
    """Return a digest of joint values."""
    return hashlib.sha256(repr(tuple(float(value) for value in values)).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def evidence() -> Facts:
    """Return the calibrations and back-tests on record (`sim/data/evidence.json`)."""
    found: Facts = json.loads(files("sim.data").joinpath("evidence.json").read_text(encoding="utf-8"))
    return found


def _scored(facts: Facts, experiment: str) -> dict[tuple[str, str], Facts]:
    """Return the scores of an experiment's series, unless another model made them."""
    return {
        (row["name"], row["output"]): row
        for test in facts["back_tests"].values()
        if test["experiment"] == experiment and not test["other_model"]
        for row in test["scored"]
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
