"""Ranking of scenarios: regret, dominance and who is best, against closed answers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rich.console import Console

from sim.report.console_study import show_study
from sim.scenario.parts import slug, with_parts
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.ranking import OUTCOMES, rank, ranking_of
from sim.studies.study import Study
from tests.unit.studies.small import BASE

UNITS = {"attempts": "attempts", "deaths": "persons"}
LOSSES = arrays.arrays(np.float64, (5, 3), elements=st.integers(0, 9).map(float))


@given(LOSSES, LOSSES)
def test_one_has_no_regret_where_it_is_best_and_shares_add_up(attempts: np.ndarray, deaths: np.ndarray) -> None:
    found = ranking_of(["a", "b", "c"], {"attempts": attempts, "deaths": deaths}, UNITS)
    table = found.scenarios.set_index("scenario")
    assert table["best"].sum() == pytest.approx(1)
    assert table["regret"].between(0, 1).all()
    assert (found.scenarios["regret"].diff().dropna() >= 0).all()
    for outcome, values in (("attempts", attempts), ("deaths", deaths)):
        own = found.outcomes[found.outcomes["measure"] == outcome].set_index("scenario")
        assert own["best"].sum() == pytest.approx(1)
        assert own["regret"].to_list() == pytest.approx((values - values.min(axis=1, keepdims=True)).mean(axis=0))
    for name, by in table["dominated_by"].items():
        for better in filter(None, by.split("; ")):
            assert table.loc[better, "regret"] <= 1
            assert name not in table.loc[better, "dominated_by"].split("; ")


def test_what_is_lower_in_all_outcomes_dominates_and_has_no_regret() -> None:
    values = np.array([[3.0, 1, 2], [5, 4, 5]])
    found = ranking_of(["base", "good", "fair"], {"attempts": values, "deaths": values}, UNITS).scenarios
    assert found["scenario"].to_list() == ["good", "fair", "base"]
    assert (found["rank"].to_list(), found["best"].to_list()) == ([1, 2, 3], [1, 0, 0])
    assert found["regret"].to_list() == pytest.approx([0, 0.75, 1])
    assert found["dominated_by"].to_list() == ["", "good", "good; fair"]


def test_combinations_are_compared_with_the_sum_of_their_parts() -> None:
    values = np.array([[10.0, 7, 8, 6], [20, 15, 19, 16]])  # effects: -3, -2, -4; -5, -1, -4
    found = ranking_of(["base", "a", "b", "a+b"], {"attempts": values}, UNITS).interactions.iloc[0]
    assert (found["scenario"], found["together"], found["sum_of_parts"], found["difference"]) == ("a+b", -4, -5.5, 1.5)


@pytest.fixture(scope="module")
def several() -> Study:
    parts = ["ban@2025-10-15", "officers:poland=20@2025-10-15", "aid@2025-10-15", "ban@2025-10-15+aid@2025-10-15",
             "buffer:poland@2025-10-15"]  # fmt: skip
    return carry_out(Plan("compare", {"base": BASE} | {slug(text): with_parts(BASE, text) for text in parts}, 4))


@pytest.mark.parametrize("width", [80, 100, 120])
def test_five_measures_are_one_matrix_of_at_most_forty_lines_at_any_width(several: Study, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show_study(several, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert len(lines) <= 38  # and a heading and where it was written
    assert all(len(line) <= width for line in lines)
    assert "Not shown" not in text
    for heading in ("days over", "peak", "attempts", "entries", "stranded", "injured", "dead", "best", "regret"):
        assert any(heading in line for line in lines if line.startswith("┃"))
    assert sum("buffer-poland" in line for line in lines) == 2


def test_the_matrix_has_all_outcomes_of_the_window_and_full_has_all_tables(several: Study) -> None:
    found = rank(several)
    assert set(found.outcomes["measure"]) == set(OUTCOMES)
    window = several.window()
    assert window is not None
    own = found.outcomes.set_index(["scenario", "measure"])["median"]
    values = window.values("base").set_index(["level", "measure"])["median"].sort_index()
    assert own["base", "attempts"] == values["all", "attempts"].item()
    assert (several.folder / "ranking.csv").is_file()
    assert (several.folder / "interactions.csv").is_file()
    console = Console(file=io.StringIO(), width=200, color_system=None)
    show_study(several, console, full=True)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.count("where did it go?") == 2 * len(several.others)
    assert "Combinations beside the sum of their parts" in text
