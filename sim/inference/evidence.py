"""What shipped calibrations and back-tests show, as one small file for the trust marks (`sim.outputs.trust`).

    python -m sim.inference.evidence

reads, in the repository, the shipped experiments, the `fit.csv` of each calibration's page, its posterior, and the
scores of the back-tests, and writes `sim/data/evidence.json`. Nothing in that file is typed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd

import sim
from sim.data.durable_files import write_text
from sim.inference.calibration_experiment import Loaded, load_experiment
from sim.inference.filter.experiment import LoadedFilter, load_filter
from sim.inference.observations import rows_of
from sim.outputs.definitions import ALL, OUTPUTS, published
from sim.outputs.trust import joint_digests
from sim.scenario.load import load_scenario

ROOT = Path(sim.__file__).resolve().parents[1]
FILE = ROOT / "sim" / "data" / "evidence.json"
EXPERIMENTS = ROOT / "experiments"
MODEL = "corridor"
OTHER_MODEL = "another model"  # what a back-test's page says if the rules of today have not been back-tested
Row = dict[str, Any]

# Calibrations whose posterior ships: the experiment, and the scenario that has it.
POSTERIORS = {
    "background-2025": "benghazi-minsk-2025-posterior",
    "minsk-2021": EXPERIMENTS / "minsk-2021" / "posterior.yaml",
}
# Back-tests: the folder of the page, and its experiment.
BACK_TESTS = {"backtest-2021": "minsk-2021"}


def facts() -> dict[str, Any]:
    """Return what the shipped calibrations and back-tests show."""
    posteriors = {name: _posterior(name, scenario) for name, scenario in POSTERIORS.items()}
    return {
        "written_by": "python -m sim.inference.evidence",
        "posteriors": posteriors,
        "back_tests": {folder: _back_test(folder, name) for folder, name in BACK_TESTS.items()},
    }


def _posterior(name: str, scenario: str | Path) -> Row:
    fit = pd.read_csv(EXPERIMENTS / name / "fit.csv", parse_dates=["period_start", "period_end"])
    about = _about_rows(load_experiment(name))
    fitted = []
    for series, part in fit[fit["fitted"]].groupby("series", sort=False):
        if (where := about.get(str(series))) is not None:
            fitted.append({
                "series": series, **where, "first": f"{part['period_start'].min():%Y-%m-%d}",
                "last": f"{part['period_end'].max():%Y-%m-%d}", "figures": len(part),
                "within90": int(part["in90"].sum()),
            })  # fmt: skip
    return {
        "command": f"corridor calibrate {name}",
        "page": f"experiments/{name}/README.md",
        "fitted": fitted,
        "paths": _paths(name, joint_digests(load_scenario(scenario))),
    }


def _paths(name: str, digests: dict[str, str]) -> dict[str, Row]:
    """Return the digest of each path's joint values, and the most that the figures told of a parameter that sets it."""
    table = pd.read_csv(EXPERIMENTS / name / "parameters.csv")
    learnt = dict(zip(table["parameter"], table["learnt"], strict=True))
    free = load_experiment(name).experiment.parameters
    found = {}
    for path, digest in digests.items():
        known = [
            learnt.get(parameter, 0.0)
            for parameter, entry in free.items()
            if any(fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}.*") for pattern in entry.paths)
        ]
        found[path] = {"digest": digest, "learnt": round(float(max(known, default=0.0)), 3)}
    return found


def _about_rows(loaded: Loaded) -> dict[str, Row]:
    """Return agency (or "all") and output of each series that answers to an output of one agency or of all."""
    found: dict[str, Row] = {}
    for row in rows_of(loaded):
        output = published(row.about["measure"]).name
        agency, elsewhere = row.about.get("agency"), row.about.get("transit_state") or row.about.get("route")
        if output in OUTPUTS and (agency or not elsewhere):
            found[row.series] = {"name": agency or ALL, "output": output}
    return found


def _back_test(folder: str, name: str) -> Row:
    page = EXPERIMENTS / folder / "README.md"
    by_series = EXPERIMENTS / folder / "scores-by-series.csv"
    if by_series.exists():
        scored = list(_of_filter(pd.read_csv(by_series), load_filter(name)))
    else:
        scored = list(_of_forecasts(pd.read_csv(EXPERIMENTS / folder / "forecasts.csv"), load_experiment(name)))
    return {
        "experiment": name,
        "command": f"corridor backtest {name}",
        "page": page.relative_to(ROOT).as_posix(),
        "other_model": OTHER_MODEL in page.read_text(encoding="utf-8").partition("##")[0],
        "scored": scored,
    }


def _of_forecasts(table: pd.DataFrame, loaded: Loaded) -> Iterable[Row]:
    about = _about_rows(loaded)
    for series, part in table[table["pooled"]].groupby("series", sort=False):
        own = part[part["method"] == MODEL]
        others = part[~part["method"].str.startswith(MODEL)].groupby("method")["crps"].mean()
        yield {
            "series": series, **about[str(series)], "forecasts": len(own),
            "within90": round(float(own["in90"].mean()), 3), "crps": round(float(own["crps"].mean()), 1),
            "other": others.idxmin(),
            "other_crps": round(float(others.min()), 1),
        }  # fmt: skip


def _of_filter(table: pd.DataFrame, loaded: LoadedFilter) -> Iterable[Row]:
    for series, part in table.groupby("series", sort=False):
        entry, own = loaded.experiment.series[str(series)], part[part["method"] == MODEL]
        others = part[(part["method"] != MODEL) & (part["figures"].sum() > 0)]
        count = int(own["figures"].sum())
        mean = {key: float((own[key] * own["figures"]).sum() / count) for key in ("crps", "in90")}
        same = others[others["figures"].eq(others["figures"].max())]
        best = (same["crps"] * same["figures"]).groupby(same["method"]).sum() / same["figures"].groupby(
            same["method"]
        ).sum()
        yield {
            "series": series, "name": entry.agency, "output": published(entry.measure).name, "forecasts": count,
            "within90": round(mean["in90"], 3), "crps": round(mean["crps"], 1), "other": best.idxmin(),
            "other_crps": round(float(best.min()), 1),
        }  # fmt: skip


def text() -> str:
    """Return the file's text."""
    return json.dumps(facts(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    write_text(FILE, text())
