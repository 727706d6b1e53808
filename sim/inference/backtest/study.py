"""A back-test with its files, as made by `corridor backtest`.

DIR/forecasts.csv     a row per forecast and method: intervals, published figure, scores
DIR/scores.csv        scores by method over figures of fitted series, with further tables beside it
DIR/scores.md         all tables as text
DIR/fan.svg, fan.png  forecasts and published figures, one panel per series
DIR/backtest.json     provenance
DIR/origin-DAY/       the fit from each origin: its stages, posterior.parquet, parameters.csv, waves.csv
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sim.inference import posterior as files
from sim.inference.backtest import scores
from sim.inference.backtest.forecasts import BackTestResult, backtest
from sim.inference.calibration_experiment import Loaded
from sim.inference.calibration_study import csv, put, record
from sim.inference.fit_task import Workspace
from sim.inference.observations import rows_of
from sim.outputs.folder import check_writable
from sim.outputs.markdown import markdown

POOLED = "Scores, all methods on the same figures of the series that are fitted"
_COLUMNS = {
    "crps": "CRPS", "log_crps": "CRPS of logs", "coverage50": "in 50 %", "coverage90": "in 90 %",
    "mase_seasonal": "MASE, seasonal", "mase_last": "MASE, last", "wins": "Corridor better",
}  # fmt: skip


class BackTested(NamedTuple):
    """A back-test: a row per forecast and method, and tables of scores by title."""

    table: pd.DataFrame
    tables: dict[str, pd.DataFrame]


def back_test(loaded: Loaded, workspace: Workspace) -> BackTested:
    """Forecast, score, and write the results.

    Raises:
        ScenarioError: If the experiment is not allowed.
        OutputError: If the folder cannot be written, or holds something else.
    """
    check_writable(workspace.folder)
    rows = rows_of(loaded)
    result = backtest(loaded, rows, workspace)
    tables = tables_of(result.table)
    for forecast in result.forecasts:
        folder = workspace.folder / f"origin-{forecast.origin}"
        space = forecast.task.space
        put(folder / "posterior.parquet", files.particles(forecast.posterior, space))
        put(folder / "parameters.csv", csv(files.parameter_table(forecast.posterior, space, forecast.task.seed)))
        put(folder / "waves.csv", csv(pd.DataFrame(forecast.posterior.waves)))
    put(workspace.folder / "forecasts.csv", csv(result.table))
    put(workspace.folder / "scores.csv", csv(tables[POOLED]))
    put(workspace.folder / "scores.md", _markdown(tables, result).encode())
    put(workspace.folder / "backtest.json", record(loaded, workspace, {"runs": _runs(result)}))
    return BackTested(result.table, tables)


def tables_of(forecasts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return tables of scores by title, without empty ones."""
    pooled = forecasts[forecasts["pooled"] & forecasts["fitted_series"]]
    tables = {POOLED: scores.table(pooled)}
    tables["By months ahead"] = scores.table(pooled.sort_values("horizon", kind="stable"), ["horizon"])
    tables["By series"] = scores.table(pooled, ["series"])
    held = forecasts[~forecasts["fitted_series"]]
    if len(held):
        tables["Series that were never fitted"] = scores.table(held, ["series"])
    return tables


def _runs(result: BackTestResult) -> int:
    return sum(forecast.posterior.runs for forecast in result.forecasts)


def _markdown(tables: dict[str, pd.DataFrame], result: BackTestResult) -> str:
    parts = [f"{_runs(result):,} runs. CRPS in events; lower is better.\n"]
    for title, table in tables.items():
        parts.append(f"### {title}\n\n{markdown(table.rename(columns=_COLUMNS))}")
    model = result.table[result.table["method"] == scores.MODEL]
    shown = model[["origin", "series", "period_start", "period_end", "horizon", "observed", "median"]].copy()
    shown["50 %"] = [f"{a:,.0f} to {b:,.0f}" for a, b in zip(model["low50"], model["high50"], strict=True)]
    shown["90 %"] = [f"{a:,.0f} to {b:,.0f}" for a, b in zip(model["low90"], model["high90"], strict=True)]
    shown["in 90 %"] = ["yes" if inside else "no" for inside in model["in90"]]
    parts.append(f"### Every forecast\n\n{markdown(shown)}")
    return "\n".join(parts)
