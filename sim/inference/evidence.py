"""What shipped calibrations and back-tests show, as one small file for the trust marks (`sim.outputs.trust`).

    python -m sim.inference.evidence

reads, in the repository, the shipped experiments, the `fit.csv` of each calibration's page, its posterior, and the
scores of the back-tests (of the filter those in `sim/data/filters`, with what its particles make of the figures if they
ship as a scenario), and writes `sim/data/evidence.json`. Nothing in that file is typed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.data.durable_files import write_text
from sim.inference.calibration_experiment import Loaded, load_experiment
from sim.inference.filter.experiment import load_filter
from sim.inference.filter.start import FOLDER
from sim.inference.observations import rows_of
from sim.inference.score_page import best_other, scores
from sim.outputs.definitions import ALL, OUTPUTS, published
from sim.outputs.trust import joint_digests
from sim.scenario.files import read_text, scenario_file
from sim.scenario.load import load_scenario

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "sim" / "data" / "evidence.json"
MODEL = "corridor"
OTHER_MODEL = "another model"  # what a back-test's page says if the rules of today have not been back-tested
Row = dict[str, Any]

# Calibrations whose posterior ships: the experiment, and the scenario that has it.
POSTERIORS: dict[str, str | Path] = {
    "background-2025": "benghazi-minsk-2025-posterior",
    "minsk-2021": Path("experiments/minsk-2021/posterior.yaml"),
}
# Back-tests of calibrations: the folder of the page, and its experiment; and the experiment of the filter.
BACK_TESTS = {"backtest-2021": "minsk-2021"}
FILTER, FORECASTING = "eastern-border", "docs/forecasting.md"
# Scenarios that `corridor assimilate --scenario` wrote, by name, with the experiment of the filter.
INFERRED = {"minsk-2021-inferred": FILTER}


def facts(root: Path = ROOT) -> dict[str, Any]:
    """Return what the calibrations and back-tests of a repository show."""
    posteriors = {name: _posterior(root, name, scenario) for name, scenario in POSTERIORS.items()}
    inferred = {name: _inferred(name, FOLDER / experiment) for name, experiment in INFERRED.items()}
    return {
        "written_by": "python -m sim.inference.evidence",
        "posteriors": posteriors | inferred,
        "back_tests": {
            **{folder: _back_test(root, folder, name) for folder, name in BACK_TESTS.items()},
            FILTER: _back_test_of_filter(FILTER),
        },
    }


def _posterior(root: Path, name: str, scenario: str | Path) -> Row:
    fit = pd.read_csv(root / "experiments" / name / "fit.csv", parse_dates=["period_start", "period_end"])
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
        "paths": _paths(
            root, name, joint_digests(load_scenario(scenario if isinstance(scenario, str) else root / scenario))
        ),
    }


def _inferred(name: str, folder: Path) -> Row:
    """Return what a filter's particles make of the figures that they were brought to, and what those told of each."""
    fit = pd.read_csv(folder / f"{name}-figures.csv", parse_dates=["period_start", "period_end"])
    learnt = pd.read_csv(folder / f"{name}-paths.csv").set_index("path")["learnt"]
    digests = joint_digests(load_scenario(name))
    fitted = [
        {
            "series": series, "name": agency, "output": published(measure).name,
            "first": f"{part['period_start'].min():%Y-%m-%d}", "last": f"{part['period_end'].max():%Y-%m-%d}",
            "figures": len(part), "within90": int(part["in90"].sum()),
        }
        for (series, agency, measure), part in fit.groupby(["series", "agency", "measure"], sort=False)
    ]  # fmt: skip
    return {
        "command": read_text(scenario_file(name)).splitlines()[0].split("`")[1],
        "page": FORECASTING,
        "fitted": fitted,
        "paths": {path: {"digest": digest, "learnt": float(learnt[path])} for path, digest in digests.items()},
    }


def _paths(root: Path, name: str, digests: dict[str, str]) -> dict[str, Row]:
    """Return the digest of each path's joint values, and the most that the figures told of a parameter that sets it."""
    table = pd.read_csv(root / "experiments" / name / "parameters.csv")
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


def _back_test(root: Path, folder: str, name: str) -> Row:
    """Return the scores of a back-test of a calibration, by series."""
    page = root / "experiments" / folder / "README.md"
    table = pd.read_csv(root / "experiments" / folder / "forecasts.csv")
    return {
        "experiment": name,
        "command": f"corridor backtest {name}",
        "page": page.relative_to(root).as_posix(),
        "other_model": OTHER_MODEL in page.read_text(encoding="utf-8").partition("##")[0],
        "scored": list(_of_forecasts(table, load_experiment(name))),
    }


def _back_test_of_filter(name: str) -> Row:
    """Return the scores of a filter's back-test by series, from those that ship."""
    found = scores(FOLDER / name)
    return {
        "experiment": name,
        "command": found.about["command"],
        "page": FORECASTING,
        "other_model": False,
        "scored": [
            {"series": key, "name": entry.agency, "output": published(entry.measure).name, **_score(part)}
            for key, entry in load_filter(name).experiment.series.items()
            if entry.score and entry.measure and len(part := found.by_series[found.by_series["series"] == key])
        ],
    }


def _score(table: pd.DataFrame) -> Row:
    """Return the scores of one series over all horizons, and those of the best other method on the same figures."""
    other = best_other(table)
    own, beside = (table[table["method"] == name].set_index("horizon") for name in (MODEL, other))
    same = own.loc[beside.index, "crps"] / beside["crps_ratio"]
    return {
        "forecasts": int(own["figures"].sum()),
        "within90": round(float(np.average(own["in90"], weights=own["figures"])), 3),
        "crps": round(float(np.average(own["crps"], weights=own["figures"])), 1),
        "other": other,
        "other_crps": round(float(np.average(same, weights=own.loc[same.index, "figures"])), 1),
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


def text(root: Path = ROOT) -> str:
    """Return the file's text."""
    return json.dumps(facts(root), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    write_text(FILE, text())
