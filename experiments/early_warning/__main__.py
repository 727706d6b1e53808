"""What a warning of two weeks is worth to agencies that move officers when an alarm rises.

``python -m experiments.early_warning`` (minutes on one core) runs `agencies.yaml` in three arms, pair by pair with the
same people, draws and parameters: agencies move nobody, they act on their own alarms, or they are warned two weeks
before. Warned they are of every morning on which the alarm of the run without warning holds within `LEAD` days, which
is a warning without a mistake; the lags from alarm to action, and the alarms themselves, stay. It prints a table for
each way in which the sponsor behaves, and writes ``worth.csv`` beside this file. `README.md` has the answer.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import extend
from sim.engine.tables import S_PATROL_CALLS
from sim.outputs.definitions import ALL
from sim.outputs.results import Results
from sim.outputs.run_data import RunData, run_data_of
from sim.runs import draw, run_model
from sim.scenario import apply_overrides, load_scenario
from sim.scenario.schema import Scenario
from sim.studies.statistics import KEYS, Matrix, differences

FOLDER = Path(__file__).parent
PAIRS = 40
LEAD = 14  # days
AGENCIES = (
    "poland-redeploys", "lithuania-helps", "poland-asks-frontex", "latvia-redeploys", "lithuania-helps-latvia",
    "latvia-asks-frontex",
)  # fmt: skip
SPONSOR = ("distracts-by-land", "distracts-by-sea", "second-front", "way-by-moscow")
SPONSORS = {"the sponsor answers": (), "the sponsor does not answer": SPONSOR}
OUTCOMES = (
    ("days_over", ALL, ALL), ("days_over", "agency", "poland"), ("days_over", "agency", "latvia"),
    ("days_over", "agency", "lithuania"),
    ("pressure_peak", ALL, ALL), ("attempts", ALL, ALL), ("entries", ALL, ALL), ("stranded", ALL, ALL),
    ("injuries", ALL, ALL), ("deaths", ALL, ALL),
)  # fmt: skip
ARMS = ("nobody moves", "own alarm", "warned")


def main(arguments: list[str]) -> None:
    """Print and write what the warning changes."""
    parser = argparse.ArgumentParser(prog="python -m experiments.early_warning")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--out", type=Path, default=FOLDER / "worth.csv")
    options = parser.parse_args(arguments)
    extend.load(str(FOLDER / "alarm.py"))
    base = load_scenario(FOLDER / "agencies.yaml")
    tables = []
    for sponsor, silent in SPONSORS.items():
        scenario = apply_overrides(base, {f"reactions.{name}.strength": 0 for name in silent})
        table = worth(scenario, options.pairs)
        table.insert(0, "sponsor", sponsor)
        tables.append(table)
        print(f"\n{sponsor}, {options.pairs} pairs")
        print(table.drop(columns="sponsor").to_string(index=False, float_format=_short), flush=True)
    pd.concat(tables).to_csv(options.out, index=False, float_format=_short, lineterminator="\n")


def worth(scenario: Scenario, pairs: int) -> pd.DataFrame:
    """Run so many pairs in three arms.

    Returns:
        A row for each outcome and each of two comparisons, acting on one's own alarm against moving nobody, and being
        warned against one's own alarm: medians of both arms; median and 90 % interval (``low90`` to ``high90``), and
        mean of the difference with its 90 % confidence interval; and in how many pairs it is lower and higher.
    """
    runs = [_arms(draw(scenario, number, max(pairs, 2))) for number in range(pairs)]
    found = {arm: np.array([_outcomes(one[k]) for one in runs]) for k, arm in enumerate(ARMS)}
    keys = pd.DataFrame([(level, name, measure, "") for measure, level, name in OUTCOMES], columns=KEYS)
    rows = []
    for before, after in pairwise(ARMS):
        two = [Matrix(np.arange(pairs), keys, found[arm]) for arm in (before, after)]
        table = differences(*two).set_index(["measure", "level", "name"])
        for number, outcome in enumerate(OUTCOMES):
            row: Any = table.loc[outcome]
            rows.append(
                {"outcome": outcome[0], "of": outcome[2], "arm": after, "against": before}
                | {"before": np.median(found[before][:, number]), "after": np.median(found[after][:, number])}
                | {name: row[name] for name in ("low90", "median", "high90", "mean", "mean_low90", "mean_high90")}
                | {name: round(row[name] * row["replicates"]) for name in ("lower", "higher")}
            )
    return pd.DataFrame(rows)


def _arms(scenario: Scenario) -> tuple[tuple[Scenario, RunData], ...]:
    """Run a replicate without agencies' reactions, on their own alarms, and warned of these."""
    idle = apply_overrides(scenario, {f"reactions.{name}.strength": 0 for name in AGENCIES})
    own = _run(scenario)
    warned = apply_overrides(
        scenario, {f"reactions.{name}.when.warned": _warnings(scenario, own[1], name) for name in AGENCIES}
    )
    return _run(idle), own, _run(warned)


def _warnings(scenario: Scenario, run: RunData, reaction: str) -> list[Any]:
    """Return the days of a run on which its alarm holds on one of the next days, or on that day."""
    when: Any = scenario.reactions[reaction].when
    own = [k for k, name in enumerate(run.names.sections) if scenario.sections[name].agency == when.agency]
    calls, capacity = run.section_flows[:, own, S_PATROL_CALLS].sum(axis=1), run.capacity[:, own].sum(axis=1)
    alarms = sys.modules[type(when).__module__].mornings(when, calls, capacity)
    return [scenario.start + timedelta(days=day) for day in range(scenario.days) if any(alarms[day : day + LEAD + 1])]


def _run(scenario: Scenario) -> tuple[Scenario, RunData]:
    return scenario, run_data_of(run_model(scenario))


def _outcomes(run: tuple[Scenario, RunData]) -> list[float]:
    """Return the outcomes of a run, in their order."""
    totals = Results.of(run[0], [run[1]]).totals.set_index(["measure", "level", "name"])["value"]
    return [float(totals[outcome]) for outcome in OUTCOMES]


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
