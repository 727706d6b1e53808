"""Does another machine, version or compiler give the same distribution, where its bytes may differ?

A kept summary of 120 runs of a small corridor (`ensemble.json`) is held against three new runs with other seeds, as
climate models are ported: Baker et al. (2015), "A new ensemble-based consistency test for the Community Earth System
Model (pyCECT v1.0)", Geosci. Model Dev. 8, 2829-2840. Outputs are standardised and turned into principal components; a
component fails if in at least two of three runs it lies more than two standard deviations from the ensemble's mean;
the runs are another distribution if at least two of the thirty components fail (there, three of fifty).

    python -m tests.baselines.ensemble             three new runs: accepted or rejected (status 1)
    python -m tests.baselines.ensemble --write     renew the summary, after a change of results that is meant
    python -m tests.baselines.ensemble --measure   false alarms, and the power against parameters moved by 5 %
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.outputs.weekly import layout_of, totals_of, weekly_data_of
from sim.runs import run_to_data
from sim.scenario.paths import apply_overrides, get_path
from sim.scenario.schema import Scenario
from tests.strategies import START, tiny_scenario

FILE = Path(__file__).with_name("ensemble.json")
MEMBERS, NEW = 120, 3  # runs of the ensemble; new ones that are held against it
SIGMAS, RUNS, COMPONENTS = 2.0, 2, 2  # a component fails beyond so many, in so many runs; so many fail together
LEAST = 30.0  # mean of an output, below which it is too rare to be near normal
MOST_COMPONENTS = 30
FIRST_SEED = 1_000_000  # of the ensemble; new runs have any below it
FACTOR = 400  # of the tiny scenario's people and capacities: chance is then well below a percent of most totals
Values = npt.NDArray[np.float64]


class Summary(NamedTuple):
    """The ensemble's outputs: names, means, standard deviations; and by component loadings and deviation of scores."""

    names: list[str]
    mean: Values
    deviation: Values
    loadings: Values  # (outputs, components)
    score_deviation: Values

    def scores(self, runs: Values) -> Values:
        """Scores of runs, in standard deviations of the ensemble's: (runs, components)."""
        return ((runs - self.mean) / self.deviation) @ self.loadings / self.score_deviation

    def failing(self, runs: Values) -> int:
        """How many components are out of place in several of the runs."""
        return int(((np.abs(self.scores(runs)) > SIGMAS).sum(axis=0) >= RUNS).sum())

    def accepts(self, runs: Values) -> bool:
        """Whether runs are of the ensemble's distribution."""
        return self.failing(runs) < COMPONENTS


def scenario(changes: Mapping[str, Any] | None = None) -> Scenario:
    """The tiny corridor with four hundred times the people, so that a total's chance is small beside a few percent."""
    cohorts = {"iraqis": 160, "sudanese": 160, "syrians": 80}
    agencies = {"lithuania": (10, 8), "poland": (20, 15)}
    seats = {
        "airline-iq": ("baghdad-minsk", 8, 5), "airline-ly": ("benghazi-minsk", 6, 4),
        "boats": ("benghazi-italy", 6, 8), "buses": ("damascus-minsk", 5, 4),
    }  # fmt: skip
    large = tiny_scenario(
        {
            "cohorts": {name: {"size": size * FACTOR} for name, size in cohorts.items()},
            "agencies": {
                name: {"personnel": staff * FACTOR, "reception": places * FACTOR}
                for name, (staff, places) in agencies.items()
            },
            "carriers": {
                name: {"services": {route: {"seats": number * FACTOR // 4, "weekly": {START: 4 * weekly}}}}
                for name, (route, number, weekly) in seats.items()
            },
            "zones": {"bruzgi": {"capacity": 30 * FACTOR}, "lida": {"capacity": 20 * FACTOR}},
            "transit_states": {"belarus": {"visas": {START: 7.5 * FACTOR}, "transfer": {START: 5.5 * FACTOR}}},
        }
    )
    return apply_overrides(large, dict(changes or {}))


def outputs(changed: Scenario, seeds: Sequence[int]) -> tuple[list[str], Values]:
    """Names of all totals, and their values by run."""
    runs = [weekly_data_of(run_to_data(changed.model_copy(update={"seed": int(seed)}))) for seed in seeds]
    parts = list(totals_of(layout_of(changed), runs))
    names = [f"{part.level} {name} {part.output}" for part in parts for name in part.names]
    return names, np.nan_to_num(np.concatenate([part.values for part in parts], axis=1).astype(float))


def summary_of(names: list[str], runs: Values) -> Summary:
    """The summary of an ensemble: outputs that are common and vary, each once, and their main components."""
    keep = [k for k in range(len(names)) if runs[:, k].mean() >= LEAST and np.ptp(runs[:, k]) > 0]
    kept: list[int] = []
    for k in keep:
        if not any(abs(np.corrcoef(runs[:, k], runs[:, j])[0, 1]) > 0.999 for j in kept):
            kept.append(k)
    chosen = runs[:, kept]
    mean, deviation = chosen.mean(axis=0), chosen.std(axis=0, ddof=1)
    standard = (chosen - mean) / deviation
    _, spread, axes = np.linalg.svd(standard, full_matrices=False)
    number = min(MOST_COMPONENTS, int((spread > 0.05 * spread[0]).sum()))
    loadings = axes[:number].T
    scores = standard @ loadings
    return Summary([names[k] for k in kept], mean, deviation, loadings, scores.std(axis=0, ddof=1))


def chosen_of(summary: Summary, names: list[str], runs: Values) -> Values:
    """The values of a summary's outputs."""
    place = {name: k for k, name in enumerate(names)}
    return runs[:, [place[name] for name in summary.names]]


def write(summary: Summary) -> None:
    """Keep a summary, to ten figures."""
    numbers = {name: np.asarray(value) for name, value in summary._asdict().items() if name != "names"}
    content = {"names": summary.names} | {
        name: [[float(f"{x:.10g}") for x in row] for row in np.atleast_2d(value)] for name, value in numbers.items()
    }
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    FILE.write_text(f"{{{lines}}}\n", encoding="utf-8")


def read() -> Summary:
    """The kept summary."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    numbers = {name: np.array(content[name]) for name in Summary._fields[1:]}
    return Summary(content["names"], **{n: v if n == "loadings" else v[0] for n, v in numbers.items()})


def new_runs(summary: Summary, seeds: Sequence[int], changes: Mapping[str, Any] | None = None) -> Values:
    """New runs, with parameters changed or not."""
    return chosen_of(summary, *outputs(scenario(changes), seeds))


# What is moved by 5 % to see whether it is noticed.
PLANTED = (
    "behaviour.retry", "behaviour.reconsider", "behaviour.stranded_retry", "behaviour.self_presentation",
    "behaviour.withdrawal", "behaviour.moving_on", "agencies.poland.procedure", "agencies.poland.personnel",
    "detection.reference_density", "cohorts.iraqis.leaving_rate", "routes.damascus-minsk.travel_days", "hazards.injury",
)  # fmt: skip


def measure(sets: int = 300, planted: int = 20) -> None:
    """Print how often the same model is rejected, and how often one with a parameter moved by 5 % is."""
    summary = read()
    same = new_runs(summary, range(1, sets * NEW + 1))
    alarms = sum(not summary.accepts(same[k : k + NEW]) for k in range(0, len(same), NEW))
    print(f"{len(summary.names)} outputs, {len(summary.score_deviation)} components")
    print(f"same model: {alarms} of {sets} sets of {NEW} runs rejected ({alarms / sets:.1%})", flush=True)
    for path in PLANTED:
        value = get_path(scenario(), path)
        changes = {path: value * 1.05 if not isinstance(value, int) else round(value * 1.05) or 1}
        runs = new_runs(summary, range(1, planted * NEW + 1), changes)
        found = sum(not summary.accepts(runs[k : k + NEW]) for k in range(0, len(runs), NEW))
        print(f"{path}: {value} to {changes[path]}: {found} of {planted} rejected", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    if asked.write:
        write(summary_of(*outputs(scenario(), range(FIRST_SEED, FIRST_SEED + MEMBERS))))
        return
    if asked.measure:
        measure()
        return
    summary, seeds = read(), [secrets.randbelow(FIRST_SEED) for _ in range(NEW)]
    failing = summary.failing(new_runs(summary, seeds))
    verdict = "the same distribution" if failing < COMPONENTS else "ANOTHER DISTRIBUTION"
    print(f"seeds {seeds}: {failing} of {len(summary.score_deviation)} components out of place: {verdict}")
    sys.exit(failing >= COMPONENTS)


if __name__ == "__main__":
    main()
