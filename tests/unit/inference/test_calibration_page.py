"""The page of a calibration says what was learnt, what was not, and which figures lie outside, to the letter."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.calibration_page import _published, _together, page
from sim.inference.fit_task import Posterior, Task
from sim.inference.free_parameters import Space
from sim.inference.observations import Row
from sim.inference.outcome_figures import Target
from tests.strategies import START
from tests.unit.inference.tiny import CONTENT, SCENARIO, row

LEVELS = ("low90", "low50", "median", "high50", "high90")
PEAK = Target("peak_date(attempts)@poland", START, SCENARIO.end, 61.0, None, None, 5.0, "peak date", 121.0)
SHARE = Target("entries/attempts@poland", START, SCENARIO.end, None, 0.1, 0.3, 0.05, "entries/attempts@poland")


def task_for(rows: list[Row | Target], others: list[Row] | None = None, **changes: Any) -> Task:
    content = {**CONTENT, "backtest": None, "description": "Two words.", **changes}
    experiment = CalibrationExperiment.model_validate(content)
    return Task(experiment, SCENARIO, Space(experiment.parameters, SCENARIO), rows, others or [], 3)


def particles(points: Any, weights: Any) -> Posterior:
    values = np.array(points, float)
    waves = [
        {"stage": "design", "runs": 24, "failed": 0},
        {"stage": "wave 1", "runs": 12, "failed": 1, "left": 0.25, "within_2_sd": 0.95},
    ]
    return Posterior(values, values, np.array(weights), np.ones((len(values), 2)), np.ones((len(values), 1)), waves)


def learnt(**shares: float) -> pd.DataFrame:
    numbers = {"prior_low90": 0.5, "prior_median": 1234.5, "prior_high90": 2000, "low90": 0.12345, "low50": 9,
               "median": 1.5, "high50": 9, "high90": 2.25}  # fmt: skip
    return pd.DataFrame([{"parameter": name, "title": f"the {name}", **numbers, "learnt": share}
                         for name, share in shares.items()])  # fmt: skip


def fitted(rows: list[tuple[Row | Target, float, float, float]], inside: list[tuple[bool, bool, bool]]) -> pd.DataFrame:
    return pd.DataFrame([
        {"series": one.series, "period_start": one.start, "period_end": one.end, "value": value, "low": low,
         "high": high, **dict(zip(LEVELS, (0.25, 1000.0, 1234.5, 1500.0, 61.0), strict=True)), "fitted": own,
         "in50": in50, "in90": in90}
        for (one, value, low, high), (own, in50, in90) in zip(rows, inside, strict=True)
    ])  # fmt: skip


def test_a_page_of_counts_has_every_part_word_for_word() -> None:
    rows = [row(0, 60), row(30, 1250), row(60, 7)]
    task = task_for(rows[:2], rows[2:])  # type: ignore[arg-type]
    done = particles([[1.0, 1.0], [-1.0, -1.0], [1.0, 0.8]], [0.25, 0.5, 0.25])
    fit = fitted(
        [(rows[0], 60, 60, 60), (rows[1], 1250, 1200, 1300), (rows[2], 7, 7, 7)],
        [(True, True, True), (True, False, False), (False, True, False)],
    )
    found = page(task, done, "corridor calibrate tiny", learnt(retry=0.75, visas=0.199), fit, "36 runs.")
    assert found == (
        "# tiny, fitted\n\n    corridor calibrate tiny\n\nTwo words.\n\n36 runs.\n\n"
        "![Published figures, and what the fitted model says would be published](fit.png)\n\n"
        "## Parameters, before and after\n\n"
        "| parameter | before | after | learnt |\n"
        "| --- | --- | --- | --- |\n"
        "| the retry | 1.23e+03 (0.5 to 2e+03) | 1.5 (0.123 to 2.25) | 0.75 |\n"
        "| the visas | 1.23e+03 (0.5 to 2e+03) | 1.5 (0.123 to 2.25) | 0.20 |\n\n"
        "Medians and 90 % intervals. `learnt` is the share of a parameter's variance that the figures took away.\n"
        "They say next to nothing of: the visas.\n"
        "Only together are known (correlation of the particles): the retry and the visas (+1.00).\n\n"
        "## Published, and what the fitted model says would be\n\n"
        "| series | period_start | period_end | published | median | 50 % | 90 % | in 90 % | fitted |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| poland | 2025-10-01 | 2025-10-30 | 60 | 1,234 | 1,000 to 1,500 | 0 to 61 | yes | yes |\n"
        "| poland | 2025-10-31 | 2025-11-29 | 1,250 (1,200 to 1,300) | 1,234 | 1,000 to 1,500 | 0 to 61 | no | yes |\n"
        "| poland | 2025-11-30 | 2025-12-29 | 7 | 1,234 | 1,000 to 1,500 | 0 to 61 | no | no |\n\n"
        "1 of 2 fitted figures lie in their 50 % interval, 1 in that of 90 %. Outside of it: "
        "poland 2025-10-31 to 2025-11-29; poland 2025-11-30 to 2025-12-29.\n\n"
        "## Observation models\n\n"
        "A count is negative binomial around the model's, with variance m + (g·m)², g one of 0.1, 0.3, equally\n"
        "likely; its likelihood is the probability of the interval that rounding and sources leave.\n\n"
        "| series | counted | share | revisions | fitted |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| poland | attempts | 1 | none known | yes |\n\n"
        "## Waves and generations\n\n"
        "| stage | runs | failed | prior not ruled out | emulators in 2 sd |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| design | 24 | 0 |  |  |\n"
        "| wave 1 | 12 | 1 | 0.25 | 0.95 |\n"
    )


def test_a_page_of_outcomes_has_dates_as_dates_shares_with_three_digits_and_no_series() -> None:
    outcomes = {
        "peak date": {"value": 61, "error": 5, "source": "a table"},
        "entries/attempts@poland": {"low": 0.1, "high": 0.3, "error": 0.05},
    }
    task = task_for([PEAK, SHARE], series={}, outcomes=outcomes)
    done = particles([[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]], [0.25] * 4)
    fit = fitted([(PEAK, 61, 61, 61), (SHARE, np.nan, 0.1, 0.3)], [(True, True, True), (True, False, True)])
    fit.loc[0, list(LEVELS)] = [55.2, 59.6, 61, 62, 63]
    fit.loc[1, list(LEVELS)] = [0.01, 0.12345, 0.2, 99.94, 100]
    found = page(task, done, "", learnt(retry=0.2, visas=0.9), fit, "All.")
    parts = found.split("## ")
    assert parts[0] == "# tiny, fitted\n\n    \n\nTwo words.\n\nAll.\n\n"
    assert parts[1].endswith(
        "| learnt |\n| --- | --- | --- | --- |\n"
        "| the retry | 1.23e+03 (0.5 to 2e+03) | 1.5 (0.123 to 2.25) | 0.20 |\n"
        "| the visas | 1.23e+03 (0.5 to 2e+03) | 1.5 (0.123 to 2.25) | 0.90 |\n\n"
        "Medians and 90 % intervals. `learnt` is the share of a parameter's variance that the figures took away.\n\n"
    )
    assert parts[2] == (
        "Published, and what the fitted model says would be\n\n"
        "| series | period_start | period_end | published | median | 50 % | 90 % | in 90 % | fitted |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| peak_date(attempts)@poland | 2025-10-01 | 2026-01-28 | 2025-11-30 | 2025-11-30 | 2025-11-29 to 2025-12-01 "
        "| 2025-11-24 to 2025-12-02 | yes | yes |\n"
        "| entries/attempts@poland | 2025-10-01 | 2026-01-28 | 0.1 to 0.3 | 0.2 | 0.123 to 99.9 | 0.01 to 100 | yes "
        "| yes |\n\n"
        "1 of 2 fitted figures lie in their 50 % interval, 2 in that of 90 %.\n\n"
    )
    assert parts[3] == (
        "Observation models\n\n"
        "An outcome is normal around the model's, with this error in its own unit (of dates in days):\n\n"
        "| outcome | error | source |\n| --- | --- | --- |\n"
        "| peak_date(attempts)@poland | 5 | a table |\n| entries/attempts@poland | 0.05 |  |\n\n"
    )


def test_series_are_fitted_not_at_all_or_from_a_day() -> None:
    entry = CONTENT["series"]["poland"]
    series = {
        "all": entry,
        "held": {**entry, "fit": False, "share": 0.5},
        "late": {**entry, "since": date(2025, 11, 1)},
    }
    task = task_for([row(0, 60)], series=series)
    fit = fitted([(row(0, 60), 60, 60, 60)], [(True, True, True)])
    found = page(task, particles([[0.0, 0.0], [1.0, 0.1]], [0.5, 0.5]), "", learnt(retry=1.0, visas=1.0), fit, "")
    assert (
        "| all | attempts | 1 | none known | yes |\n"
        "| held | attempts | 0.5 | none known | no |\n"
        "| late | attempts | 1 | none known | from 2025-11-01 |\n"
    ) in found


def test_figures_of_a_hundred_or_more_are_whole_and_less_is_said_with_three_digits() -> None:
    task = task_for([SHARE], series={}, outcomes={SHARE.given: {"low": 0.1, "high": 0.3}})
    fit = fitted([(SHARE, np.nan, -1234.4, 1234.6)], [(True, True, True)])
    found = page(task, particles([[0.0, 0.0], [1.0, 0.1]], [0.5, 0.5]), "", learnt(retry=1.0, visas=1.0), fit, "")
    assert "| -1,234 to 1,235 | 1,234 | 1,000 to 1,500 | 0.25 to 61 |" in found


def test_counts_and_outcomes_beside_each_other_both_have_their_model() -> None:
    task = task_for([row(0, 60), SHARE], outcomes={SHARE.given: {"low": 0.1, "high": 0.3}}, over_dispersion=[0.25])
    fit = fitted([(row(0, 60), 60, 60, 60), (SHARE, np.nan, 0.1, np.inf)], [(True, True, True)] * 2)
    found = page(task, particles([[0.0, 0.0], [1.0, 0.1]], [0.5, 0.5]), "", learnt(retry=1.0, visas=1.0), fit, "")
    assert "| 60 | 1,234 | 1,000 to 1,500 | 0 to 61 |" in found
    assert "| over 0.1 | 1,234 | 1,000 to 1,500 | 0.25 to 61 |" in found
    assert "g one of 0.25, equally\n" in found
    assert found.count("| poland | attempts | 1 |") == found.count("| entries/attempts@poland | 0.05 |  |") == 1


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (5.0, 5.0, 5.0, "<5>"),
        (5.0, 4.0, 6.0, "<5> (<4> to <6>)"),
        (None, 4.0, 6.0, "<4> to <6>"),
        (float("nan"), 4.0, float("inf"), "over <4>"),
        (None, -float("inf"), 6.0, "up to <6>"),
    ],
)
def test_a_figure_is_written_with_what_is_known_of_it(value: float | None, low: float, high: float, text: str) -> None:
    assert _published(value, low, high, lambda number: f"<{number:g}>") == text


def test_parameters_known_only_together_come_with_the_strongest_correlation_first() -> None:
    signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], float)
    points = np.column_stack([signs[:, 0], signs[:, 2] * 2 + signs[:, 0], 3 * signs[:, 0] - 4 * signs[:, 1]])
    table = learnt(a=1.0, b=1.0, c=1.0)
    assert _together(table, particles(points, np.full(8, 0.125))) == [
        "the a and the c (+0.60)",
        "the a and the b (+0.45)",
    ]
    exactly = np.column_stack([signs[:, 0], -0.75 * signs[:, 0] + signs[:, 1], np.zeros(8)])
    weights = np.where(signs[:, 2] > 0, 0.2, 0.05)
    assert _together(table, particles(exactly, weights)) == ["the a and the b (−0.60)"]
    apart = np.column_stack([signs[:, 0] + 10, 0.43 * signs[:, 0] + signs[:, 1], signs[:, 2]])
    assert _together(table, particles(apart, np.full(8, 0.125))) == []
