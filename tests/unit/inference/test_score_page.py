"""Pages say of the filter's forecasts what the scores that ship say, losses beside wins."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter.back_test import LEVELS, MODEL, UNSTRETCHED
from sim.inference.filter.past_errors import STRETCHED, widened
from sim.inference.filter.scores import row_of
from sim.inference.filter.start import FOLDER, FORECASTS
from sim.inference.score_page import (
    EXPERIMENT,
    PAGES,
    Scores,
    best_other,
    command_line,
    losses_table,
    scores,
    scores_table,
    sentence,
    stretch_table,
    written,
)

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


def whole(**methods: list[tuple[int, float, float]]) -> pd.DataFrame:
    """By method a horizon each: figures, CRPS, and Corridor's over it; the rest follows from these."""
    return pd.DataFrame([
        {"horizon": horizon, "method": name.replace("_", " "), "figures": figures, "crps": crps, "in50": crps / 4000,
         "in90": crps / 2000, "crps_ratio": ratio, "crps_low": ratio - 0.1, "crps_high": ratio + 0.2,
         "log_wis_ratio": ratio + 0.01}
        for name, rows in methods.items() for horizon, (figures, crps, ratio) in enumerate(rows, start=1)
    ])  # fmt: skip


WHOLE = whole(
    corridor=[(42, 1200.4, 1.0), (40, 1500.6, 1.0)],
    ETS=[(42, 1600.0, 0.75), (40, 1364.0, 1.1)],
    last_value=[(41, 2400.0, 0.5), (39, 3000.0, 0.5)],
    median_of_all=[(42, 1000.0, 1.2)],
    unheard_of=[(42, 5000.0, 0.24), (40, 5000.0, 0.3)],
).replace({"corridor": MODEL})
OWN = whole(own=[(42, 1300.0, 0.9), (40, 900.0, 1.6)]).replace({"own": UNSTRETCHED})
ABOUT = {"command": "corridor backtest e --jobs 2", "seconds": 2316}
FOUND = Scores(pd.concat([WHOLE, OWN], ignore_index=True), pd.DataFrame(), ABOUT)


def test_the_table_of_scores_has_simple_methods_first_and_ratios_with_their_intervals() -> None:
    assert scores_table(FOUND) == (
        "| months ahead | figures | CRPS | in 50 % | in 90 % | over ETS | over last value | over median of all |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| 1 | 42 | 1,200 | 0.30 | 0.60 | 0.75, 0.76 [0.65-0.95] | 0.50, 0.51 [0.40-0.70] | 1.20, 1.21 [1.10-1.40] |\n"
        "| 2 | 40 | 1,501 | 0.38 | 0.75 | 1.10, 1.11 [1.00-1.30] | 0.50, 0.51 [0.40-0.70] |  |"
    )


def test_the_table_of_the_stretch_has_forecasts_as_filtered_and_as_published() -> None:
    assert stretch_table(FOUND) == (
        "| months ahead | in 50 %, as filtered | in 90 % | CRPS | in 50 %, as published | in 90 % | CRPS |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| 1 | 0.33 | 0.65 | 1,300 | 0.30 | 0.60 | 1,200 |\n"
        "| 2 | 0.23 | 0.45 | 900 | 0.38 | 0.75 | 1,501 |"
    )


def test_the_table_of_losses_names_what_is_better_and_neither_corridor_nor_what_contains_it() -> None:
    poland = FOUND.whole.assign(series="poland")
    latvia = whole(corridor=[(9, 800.0, 1.0)], ETS=[(9, 700.0, 1.0)], x=[(8, 1, 2.0)], y=[(7, 1, 3.456)])
    by_series = pd.concat([poland, latvia.assign(series="latvia")], ignore_index=True)
    assert losses_table(FOUND._replace(by_series=by_series)) == (
        "| country | months ahead | figures | CRPS | in 50 % | in 90 % | better by CRPS (figures: Corridor over it) |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| Latvia | 1 | 9 | 800 | 0.20 | 0.40 | y (7: 3.46), x (8: 2.00) |\n"
        "| Poland | 1 | 42 | 1,200 | 0.30 | 0.60 | none |\n"
        "| Poland | 2 | 40 | 1,501 | 0.38 | 0.75 | ETS (40: 1.10) |"
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("corridor backtest e --jobs 2", " with 2 processes"),
        ("corridor backtest e --jobs 1", " with 1 process"),
        ("corridor backtest e", ""),
    ],
)
def test_the_command_is_told_with_its_minutes_and_processes(command: str, words: str) -> None:
    found = FOUND._replace(about={"command": command, "seconds": 2316})
    assert command_line(found) == f"`{command}` (39 minutes{words})"


def test_the_sentence_says_how_far_below_or_above_the_best_other_corridor_was() -> None:
    assert sentence(FOUND) == (
        "In the back-test over thirty origins the best other method that has nearly all forecasts was the ETS; "
        "Corridor's CRPS\nwas 25 % below it one month ahead, 10 % above it two, "
        "and its 90 % intervals covered 60 to 75 % of the figures."
    )
    even = FOUND.whole.copy()
    even.loc[(even["method"] == "ETS"), "crps_ratio"] = 1.0
    even = even.sort_values("horizon", ascending=False)
    assert "was 0 % above it one month ahead, 0 % above it two," in sentence(FOUND._replace(whole=even))


def test_the_best_other_has_the_lowest_mean_over_its_figures_and_nine_tenths_of_corridors() -> None:
    rows = whole(corridor=[(50, 1.0, 1), (50, 1.0, 1)], a=[(45, 10.0, 1), (45, 30.0, 1)], b=[(90, 19.9, 1)],
                 few=[(89, 1.0, 1)], own=[(100, 0.5, 1)], median_of_all=[(100, 0.1, 1)])  # fmt: skip
    rows = rows.replace({"corridor": MODEL, "own": UNSTRETCHED})
    assert best_other(rows) == "b"
    assert best_other(rows[rows["method"] != "b"]) == "a"
    uneven = whole(corridor=[(100, 1.0, 1)], a=[(10, 100.0, 1), (90, 10.0, 1)], b=[(50, 30.0, 1), (50, 30.0, 1)])
    assert best_other(uneven) == "a"


def test_marked_parts_of_a_page_are_written_anew_and_nothing_else() -> None:
    mark = "<!-- begin {0}: written by `python -m sim.inference.score_page` -->\n{1}\n<!-- end {0} -->"
    text = f"Before {mark.format('command', 'old')} between\n{mark.format('sentence', 'older')} after <!-- end x -->"
    assert written(text, FOUND) == (
        f"Before {mark.format('command', command_line(FOUND))} between\n{mark.format('sentence', sentence(FOUND))} "
        "after <!-- end x -->"
    )


def test_scores_are_read_from_their_folder(tmp_path: Path) -> None:
    (tmp_path / "about.json").write_text('{"command": "c"}')
    (tmp_path / "scores.csv").write_text("a\n1\n")
    (tmp_path / "scores-by-series.csv").write_text("b\n2\n")
    found = scores(tmp_path)
    assert (found.whole["a"].tolist(), found.by_series["b"].tolist(), found.about) == ([1], [2], {"command": "c"})
