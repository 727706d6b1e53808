"""The posterior of a small problem by `sim.inference.calibrate`, and by pyABC with the same likelihood.

Run with ``uv run python experiments/benchmarks/pyabc_check.py``. It installs pyABC and this project into a throw-away
environment, and runs itself there. Two parameters, four figures of a scenario of 2,000 migrants. pyABC accepts runs
with their exact likelihood (its stochastic acceptor, Schälte and Hasenauer 2020), so that both are to find the same
posterior; emulators, proposals and weights are ours alone. Prints means, standard deviations, quantiles of both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FIGURES = (420.0, 520.0, 160.0, 230.0)  # Poland's two months, then Lithuania's
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def problem() -> Any:
    """The task of `recovery.py` with two of its parameters and fixed figures."""
    from recovery import task

    from sim.inference.free_parameters import Space

    whole = task(300, 3, 1.0)
    parameters = {name: whole.experiment.parameters[name] for name in ("retry", "steering")}
    experiment = whole.experiment.model_copy(update={"parameters": parameters})
    fitted = [row._replace(value=value) for row, value in zip(whole.fitted, FIGURES, strict=True)]
    return replace(whole, experiment=experiment, space=Space(parameters, whole.scenario), fitted=fitted)


def ours(task: Any) -> tuple[np.ndarray, np.ndarray, str]:
    """Normal scores and weights of our particles."""
    from sim.inference.calibrate import calibrate
    from sim.inference.fit_task import Workspace

    with tempfile.TemporaryDirectory() as folder:
        found = calibrate(task, Workspace(Path(folder)))
    return found.points, found.weights, f"{found.runs} runs, {found.effective:.0f} effective particles"


def theirs(task: Any, particles: int, generations: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Normal scores and weights of pyABC's particles."""
    import pyabc

    from sim.inference.likelihood import Likelihood
    from sim.outputs.beside_record import observed_values
    from sim.outputs.daily import blocks_of
    from sim.outputs.run_data import run_data_of
    from sim.runs import run_model
    from sim.scenario.points import filling

    scenario = task.scenario.model_copy(update={"observed": []})
    scenario._rows = [row.record() for row in task.fitted]
    likelihood = Likelihood(task.experiment, task.fitted)
    space, rng, names = task.space, np.random.default_rng(1), list(task.space.names)
    fill = filling(scenario, space.paths, list(space.settings(np.zeros((1, len(space))))[0]))

    def model(point: dict[str, float]) -> dict[str, np.ndarray]:
        settings = space.settings(np.array([[point[name] for name in names]]))[0]
        drawn, _ = fill.at(list(settings))
        drawn = drawn.model_copy(update={"seed": int(rng.integers(2**62))})
        drawn._rows = scenario._rows
        return {"counts": observed_values(blocks_of([run_data_of(run_model(drawn))]), drawn)}

    def log_likelihood(x: dict[str, Any], *_: Any, **__: Any) -> float:
        return float(likelihood.marginal(likelihood.of_counts(np.asarray(x["counts"], dtype=float)[None, :]))[0])

    kernel = pyabc.distance.FunctionKernel(
        log_likelihood, ret_scale=pyabc.distance.SCALE_LOG, pdf_max=log_likelihood({"counts": np.array(FIGURES)})
    )
    prior = pyabc.Distribution(**{name: pyabc.RV("norm", 0, 1) for name in names})
    abc = pyabc.ABCSMC(
        model, prior, kernel, population_size=particles, eps=pyabc.Temperature(),
        acceptor=pyabc.StochasticAcceptor(), sampler=pyabc.sampler.SingleCoreSampler(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        abc.new(f"sqlite:///{folder}/abc.db", {"counts": np.array(FIGURES)})
        history = abc.run(max_nr_populations=generations)
        frame, weights = history.get_distribution()
        runs = history.total_nr_simulations
    points = frame[names].to_numpy()
    return points, weights, f"{runs} runs, {1 / (weights**2).sum():.0f} effective particles"


def compare(options: argparse.Namespace) -> None:
    """Both, in the prior's normal scores."""
    from sim.inference.posterior import quantiles

    task = problem()
    print(
        "| parameter | by | mean | sd | 5 % | 25 % | 50 % | 75 % | 95 % |\n|---|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    about = []
    for title, sample in (
        ("Corridor", lambda: ours(task)),
        ("pyABC", lambda: theirs(task, options.particles, options.generations)),
    ):
        points, weights, size = sample()
        about.append(f"{title}: {size}")
        for k, name in enumerate(task.space.names):
            mean = np.average(points[:, k], weights=weights)
            sd = np.sqrt(np.average((points[:, k] - mean) ** 2, weights=weights))
            found = [mean, sd, *quantiles(points[:, k], weights, list(LEVELS))]
            print(f"| {name} | {title} | " + " | ".join(f"{value:.2f}" for value in found) + " |", flush=True)
    print("; ".join(about))


def main() -> None:
    """Make the environment, or compare in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--particles", type=int, default=150, help="pyABC's")
    parser.add_argument("--generations", type=int, default=5, help="pyABC's")
    parser.add_argument("--inside", action="store_true", help="pyABC is installed here")
    options = parser.parse_args()
    if options.inside:
        sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
        compare(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pyabc", "hypothesis", str(ROOT)], check=True)
        subprocess.run([python, __file__, *sys.argv[1:], "--inside"], check=True)


if __name__ == "__main__":
    main()
