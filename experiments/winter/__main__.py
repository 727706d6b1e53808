"""Poland's winter troughs of 2022 and 2023, with the weekly inflow scaled to the record: in sample, and a bound.

``python -m experiments.winter`` (about five minutes on one core) prints recorded attempts in Poland, simulated over
published, month by month for five ways to scale the inflow of `eastern-border`, and writes ``months.csv``,
``inflow.csv`` (persons per day by week) and ``steering.csv`` (logit) beside this file. Each way takes the inflow from
the very series that it is then compared with, so nothing here is a forecast or a test of one: it asks whether the rules
of waiting, giving up and returning let attempts fall and rise as fast as they did, whatever Belarus let in. `README.md`
has the answer.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engine.tables import S_RECORDED
from sim.runs import run_to_data
from sim.scenario import load_scenario, resolve
from sim.scenario.schema import Scenario

Array = npt.NDArray[np.float64]
FOLDER = Path(__file__).parent
START, END = date(2021, 5, 1), date(2023, 3, 31)
DAYS = (END - START).days + 1
WEEKS = -(-DAYS // 7)
WINTERS = ("2021-12", "2022-01", "2022-02", "2022-03", "2022-12", "2023-01", "2023-02", "2023-03")

# Poland's part of all that Poland, Lithuania and Latvia counted, from each date on: 275 of 3,700 before Lithuania's
# order; 39,247 of 51,700 to December; 15,700 of 32,400 in 2022; 5,350 of 7,360 in the first quarter of 2023 (the same
# authorities' counts). Steering is set so that the runs have these shares.
POLAND: Mapping[date, float] = {
    START: 0.074, date(2021, 8, 3): 0.759, date(2022, 1, 1): 0.485, date(2023, 1, 1): 0.727,
}  # fmt: skip
ZONES = ("brest", "bruzgi", "kamieniuki")  # those before Poland

# What Belarus lets in is to be the only limit: visas alone bind, and the way by Moscow takes all who have one.
FREE = {
    "days": DAYS,
    "transit_states.belarus.posture": None,
    "transit_states.belarus.transfer.2021-05-01": 5000,
    "carriers.overland-from-moscow.services.moscow-minsk.weekly.2021-05-01": 300,
    "carriers.overland-from-moscow.services.moscow-minsk.weekly.2021-12-01": 300,
    "cohorts.via-moscow.push": {START: 20},
}
FACILITATION = 0.6  # the mean of the scenario's process
SWITCHED_OFF = {START: FACILITATION, date(2021, 11, 18): 0.0, date(2022, 2, 18): FACILITATION}


@dataclass(frozen=True)
class Way:
    """A way to scale the inflow: ahead of the record by so many weeks, or week by week until the attempts fit."""

    name: str
    ahead: int = 0
    fitted: bool = False
    off: bool = (
        False  # no facilitation from the clearing of the camp, 18 November 2021, for the process's mean three months
    )


WAYS = (
    Way("same week"),
    Way("same week, off", off=True),
    Way("4 weeks ahead", ahead=4),
    Way("4 weeks ahead, off", ahead=4, off=True),
    Way("week by week", fitted=True),
)


def main() -> None:
    """Print and write months and inflow of all ways."""
    steerings: dict[str, Array] = {}
    ratios, inflows = {"published": by_month(record())}, {}
    for way in WAYS:
        inflow, steering = scaled(way)
        ratios[way.name] = by_month(attempts(inflow, steering, way)[0]) / ratios["published"]
        inflows[way.name], steerings[way.name] = inflow, steering
        print(f"{way.name}: " + ", ".join(f"{month} {ratios[way.name][month]:.2f}" for month in WINTERS), flush=True)
    table = pd.DataFrame(ratios).round(2)
    table["published"] = table["published"].round(0)
    table.to_csv(FOLDER / "months.csv", index_label="month", lineterminator="\n")
    days = [START + timedelta(days=7 * week) for week in range(WEEKS)]
    pd.DataFrame(steerings, index=list(POLAND)).round(2).to_csv(
        FOLDER / "steering.csv", index_label="date", lineterminator="\n"
    )
    pd.DataFrame(inflows, index=days).round(1).to_csv(FOLDER / "inflow.csv", index_label="week", lineterminator="\n")


def record() -> Array:
    """Return Poland's recorded attempts a day, shape (DAYS,), each published figure spread evenly over its days."""
    rates = np.full(DAYS, np.nan)
    with (FOLDER / "poland-attempts.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            first, last = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
            days = slice(max((first - START).days, 0), (last - START).days + 1)
            rates[days] = float(row["attempts"]) / ((last - first).days + 1)
    return np.asarray(pd.Series(rates).ffill())  # three days of February 2023 stand in no figure


def scaled(way: Way) -> tuple[Array, Array]:
    """Return inflow (persons per day, by week) and steering to Poland (logit, by `POLAND`) that answer to the record.

    In proportion: one factor, so that the sum of attempts is that of the record. Week by week: each week's inflow is
    multiplied by record over run of the twelve weeks after it, weighted by exp(-weeks / 4), twelve times over.
    """
    target = by_week(record())
    inflow, steering = np.append(target[way.ahead :], np.repeat(target[-1], way.ahead)) * 1.5, np.zeros(len(POLAND))
    for _ in range(12 if way.fitted else 6):
        poland, all_of_them = attempts(inflow, steering, way)
        factor = (
            _after(target) / np.maximum(_after(by_week(poland)), 0.5)
            if way.fitted
            else target.sum() / by_week(poland).sum()
        )
        inflow = np.clip(inflow * np.clip(factor, 0.2, 5.0), 1e-3, 1e4)
        share = np.array([poland[days].sum() / max(all_of_them[days].sum(), 1) for days in _periods()])
        steering = np.clip(
            steering + _logit(np.array(list(POLAND.values()))) - _logit(np.clip(share, 0.001, 0.999)), -6, 6
        )
    return inflow, steering


def attempts(inflow: Array, steering: Array, way: Way) -> tuple[Array, Array]:
    """Run once, with central parameters; return recorded attempts a day in Poland and in all, shape (DAYS,) each."""
    scenario = with_inflow(inflow, steering, SWITCHED_OFF if way.off else {START: FACILITATION})
    run = run_to_data(scenario)
    recorded = run.section_flows[:, :, S_RECORDED]
    own = [scenario.sections[name].agency == "poland" for name in run.names.sections]
    return recorded[:, own].sum(axis=1).astype(float), recorded.sum(axis=1).astype(float)


def with_inflow(inflow: Array, steering: Array, facilitation: Mapping[date, float]) -> Scenario:
    """Return `eastern-border` with so many visas, such steering to Poland, and facilitation by date."""
    visas = {START + timedelta(days=7 * week): float(value) for week, value in enumerate(inflow)}
    to_poland = {day: float(value) for day, value in zip(POLAND, steering, strict=True)}
    changes = {"transit_states.belarus.visas": visas, "transit_states.belarus.facilitation": dict(facilitation)}
    changes |= {f"zones.{zone}.steering": to_poland for zone in ZONES}
    return resolve(load_scenario("eastern-border", overrides=FREE | changes))


def by_week(daily: Array) -> Array:
    """Return daily means by week, shape (WEEKS,)."""
    return np.array([daily[week * 7 : week * 7 + 7].mean() for week in range(WEEKS)])


def by_month(daily: Array) -> pd.Series[float]:
    """Return sums by calendar month, indexed by ``2021-05`` and so on."""
    days = pd.date_range(START, periods=DAYS)
    return pd.Series(daily).groupby(days.strftime("%Y-%m")).sum()


def _after(weekly: Array) -> Array:
    """Return for each week the weighted mean of the twelve weeks after it."""
    weights = np.exp(-np.arange(12) / 4.0)
    later = [weekly[week + 1 : week + 13] for week in range(len(weekly))]
    return np.array([np.average(part, weights=weights[: len(part)]) if len(part) else weekly[-1] for part in later])


def _periods() -> list[slice]:
    edges = [(day - START).days for day in POLAND] + [DAYS]
    return [slice(first, end) for first, end in pairwise(edges)]


def _logit(share: Array) -> Array:
    return np.asarray(np.log(share / (1.0 - share)))


if __name__ == "__main__":
    main()
