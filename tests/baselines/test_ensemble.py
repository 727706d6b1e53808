"""New runs are of the kept ensemble's distribution, and those of another model are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.baselines.ensemble import COMPONENTS, Summary, new_runs, read, summary_of

SEEDS = (11, 12, 13)


@pytest.fixture(scope="module")
def summary() -> Summary:
    return read()


def test_new_runs_are_of_the_same_distribution(summary: Summary) -> None:
    assert summary.accepts(new_runs(summary, SEEDS))


@pytest.mark.parametrize("changes", [{"cohorts.iraqis.leaving_rate": 0.044}, {"agencies.poland.personnel": 7200}])
def test_a_moved_parameter_is_noticed(summary: Summary, changes: dict[str, Any]) -> None:
    assert not summary.accepts(new_runs(summary, SEEDS, changes))


def test_scores_of_an_ensemble_are_standard_and_uncorrelated() -> None:
    lot = np.random.default_rng(1)
    runs = 1000 + lot.standard_normal((120, 6)) @ lot.standard_normal((6, 8))
    found = summary_of([str(k) for k in range(8)], runs)
    scores = found.scores(runs)
    assert np.cov(scores.T) == pytest.approx(np.eye(scores.shape[1]), abs=1e-8)
    assert found.failing(np.array([found.mean] * 3)) == 0
    assert found.failing(np.array([found.mean + 9 * found.deviation] * 3)) >= COMPONENTS - 1
