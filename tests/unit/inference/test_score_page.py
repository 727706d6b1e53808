"""Pages say of the filter's forecasts what the scores that ship say, losses beside wins."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter.back_test import LEVELS, MODEL
from sim.inference.filter.past_errors import STRETCHED, widened
from sim.inference.filter.scores import row_of
from sim.inference.filter.start import FOLDER, FORECASTS
from sim.inference.score_page import EXPERIMENT, PAGES, best_other, losses_table, scores, written

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_its_command_writes(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "python -m sim.inference.score_page" in text
    assert written(text, scores()) == text, "uv run python -m sim.inference.score_page"


def test_scores_are_those_of_the_forecasts_that_ship() -> None:
    own = widened(pd.read_parquet(FOLDER / EXPERIMENT / FORECASTS))
    assert {len(q) for q in own["quantiles"]} == {len(LEVELS)}
    crps = [row_of(np.asarray(q), v)["crps"] for q, v in zip(own[STRETCHED], own["observed"], strict=True)]
    found = own.assign(crps=crps).groupby("horizon")["crps"].mean()
    shipped = scores().whole
    shipped = shipped[shipped["method"] == MODEL].set_index("horizon")["crps"]
    assert list(found) == pytest.approx(list(shipped.loc[found.index]), rel=1e-6)


def test_no_folder_of_a_machine_is_told() -> None:
    about = json.dumps(scores().about)
    assert "--out" not in about and "/tmp" not in about


def table(**others: tuple[int, float]) -> pd.DataFrame:
    rows = [{"horizon": 1, "method": MODEL, "figures": 40, "crps": 100.0, "in50": 0.5, "in90": 0.9, "crps_ratio": 1.0}]
    rows += [
        {**rows[0], "method": name, "figures": count, "crps": crps, "crps_ratio": 100.0 / crps}
        for name, (count, crps) in others.items()
    ]
    return pd.DataFrame(rows)


def test_a_method_that_is_spared_the_hard_figures_is_not_the_best_other() -> None:
    assert best_other(table(spared=(25, 50.0), walk=(39, 150.0), last=(40, 180.0))) == "walk"


def test_every_method_that_is_better_is_named_with_its_figures() -> None:
    found = scores()._replace(by_series=table(spared=(25, 50.0), walk=(39, 150.0)).assign(series="poland"))
    [row] = losses_table(found).splitlines()[2:]
    assert "spared (25: 2.00)" in row and "walk" not in row
