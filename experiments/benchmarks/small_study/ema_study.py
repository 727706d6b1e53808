"""The small study with EMA Workbench: nine points of a Latin hypercube, ten replicates each, and what drives it."""

from __future__ import annotations

import numpy as np
from ema_workbench import ArrayOutcome, RealParameter, ReplicatorModel, SequentialEvaluator
from ema_workbench.analysis import feature_scoring
from walk import DAYS, Walk


def walk(leaving=0.01, detection=0.6, seed=0):
    model = Walk(leaving, detection, rng=seed)
    for _ in range(DAYS):
        model.step()
    return {"entries": sum(person.place == 2 for person in model.agents)}


def main() -> None:
    model = ReplicatorModel("walk", function=walk)
    model.uncertainties = [RealParameter("leaving", 0.005, 0.02), RealParameter("detection", 0.3, 0.9)]
    model.replications = [{"seed": seed} for seed in range(10)]
    model.outcomes = [ArrayOutcome("entries")]
    with SequentialEvaluator(model) as evaluator:
        points, outcomes = evaluator.perform_experiments(scenarios=9)
    for k, row in enumerate(points[["leaving", "detection"]].itertuples(index=False)):
        print(f"{row.leaving:.4f} {row.detection:.2f}", np.quantile(outcomes["entries"][k], [0.05, 0.5, 0.95]))
    means = {"entries": outcomes["entries"].mean(axis=1)}
    print(feature_scoring.get_feature_scores_all(points[["leaving", "detection"]], means).to_string())


if __name__ == "__main__":
    main()
