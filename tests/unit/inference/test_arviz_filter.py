"""A filter's particles in ArviZ are those of its files: each month's own, with the figures that end in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.inference import arviz_filter
from sim.inference.arviz_filter import filter_to_arviz
from sim.inference.filter import checkpoint, observation_model
from sim.inference.filter.assimilate import Month
from sim.inference.filter.particles import Particles
from sim.inference.filter.record import Figure
from sim.inference.sampling import stream
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import tiny_filter

pytest.importorskip("arviz_base")

MONTHS = [Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31),
          Month(date(2026, 1, 1), 92, 28)]  # fmt: skip
SIZE = 5
LOADED = tiny_filter(series={
    name: {"observed": "x.csv", "counted": "attempts", "measure": "recorded_attempts", "agency": name, "share": share}
    for name, share in (("lithuania", 1.0), ("poland", 0.5))
})  # fmt: skip


def particles(months: int, seed: int) -> Particles:
    rng = np.random.default_rng(seed)
    sure = np.full((SIZE, 2, 6), -1e9)
    sure[:, 0, 1] = 0.0
    sure[:, 1, 4] = 0.0
    return Particles(
        rng.standard_normal((months + 1, SIZE, 3)), rng.random((months + 1, SIZE)) < 0.5,
        rng.standard_normal((months + 1, SIZE, 1)), rng.integers(1, 9, (SIZE, 2, 120)).astype(np.float32), sure,
        np.full(SIZE, -1, np.intp),
    )  # fmt: skip


def figure(series: str, first: int, last: int, value: float, high: float) -> Figure:
    return Figure(series, np.arange(first, last + 1), value, value - 1, high, np.isinf(high), last + 1)


FIGURES = [
    figure("poland", 0, 30, 60.0, 61.0), figure("lithuania", 31, 60, 120.0, np.inf),
    figure("poland", 40, 61, 50.0, 51.0), figure("poland", 70, 91, 50.0, 51.0), figure("lithuania", 80, 92, 50.0, 51.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The months from the second on, as if it had begun from a stored state."""
    found: Path = tmp_path_factory.mktemp("filter")
    (found / "months").mkdir()
    for number in (2, 3, 4):
        content = checkpoint.content(particles(number, number), {"effective": [0.1, number / 10]})
        checkpoint.file_of(found, MONTHS[number - 1]).write_bytes(content)
    return found


@pytest.fixture(scope="module")
def tree(folder: Path) -> Any:
    return filter_to_arviz(LOADED, FIGURES, folder, MONTHS)


def test_a_months_particles_are_those_two_months_later(tree: Any) -> None:
    posterior = tree["posterior"]
    months = [str(day)[:10] for day in posterior["month"].values]
    assert months == ["2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01"]
    assert set(posterior.data_vars) == {
        "inflow_allowed", "facilitation", "steering_to_lithuania", "off", "behaviour.retry", "over_dispersion"
    }  # fmt: skip
    for column, (number, later) in enumerate([(1, 3), (2, 4), (3, 4), (4, 4)]):
        own = particles(later, later)
        x, off = own.paths[number], own.off[number]
        expected = {
            "inflow_allowed": np.where(off, 0, 8 * np.exp(x[:, 0])), "steering_to_lithuania": x[:, 2],
            "facilitation": np.where(off, 0, 1 / (1 + np.exp(-x[:, 1]))), "off": off.astype(float),
            "behaviour.retry": LOADED.values(own.scores[number])[:, 0],
        }  # fmt: skip
        for name, values in expected.items():
            assert posterior[name].values[0, :, column] == pytest.approx(values), (name, column)
    assert posterior["over_dispersion"].dims == ("chain", "draw", "month", "series")
    assert (posterior["over_dispersion"].values == [0.15, 0.45]).all()
    assert posterior["series"].values.tolist() == ["lithuania", "poland"]


def test_figures_are_those_that_end_in_stored_months_with_their_bounds(tree: Any) -> None:
    labels = tree["observed_data"]["figure"].values.tolist()
    assert labels == [
        "lithuania 2025-11-01 to 2025-11-30", "poland 2025-11-10 to 2025-12-01", "poland 2025-12-10 to 2025-12-31",
        "lithuania 2025-12-20 to 2026-01-01",
    ]  # fmt: skip
    assert tree["observed_data"]["count"].values.tolist() == [120, 50, 50, 50]
    assert tree["constant_data"]["low"].values.tolist() == [119, 49, 49, 49]
    assert tree["constant_data"]["high"].values.tolist() == [np.inf, 51, 51, 51]


def test_predictions_and_log_likelihoods_are_of_the_particles_at_the_end_of_the_figures_month(tree: Any) -> None:
    logs, drawn = tree["log_likelihood"]["count"].values[0], tree["posterior_predictive"]["count"].values[0]
    assert logs.shape == drawn.shape == (SIZE, 4)
    for column, (own, one, number, g, share) in enumerate(
        [(2, 1, 0, 1, 1.0), (3, 2, 1, 4, 0.5), (3, 3, 1, 4, 0.5), (4, 4, 0, 1, 1.0)]
    ):
        figure = FIGURES[one]
        daily = particles(own, own).daily
        count = daily[:, number][:, figure.days].sum(axis=1) * share
        assert logs[:, column] == pytest.approx(observation_model.log_density(figure, count)[:, g])
        assert (drawn[:, column] >= 0).all() and (drawn[:, column] % 1 == 0).all()
    rng = stream(1, "arviz-2", MONTHS[1].first.toordinal())
    rng.random((SIZE, 1))
    count = particles(2, 2).daily[:, 0][:, FIGURES[1].days].sum(axis=1)
    assert drawn[:, 0].tolist() == observation_model.draw_given(count, np.full(SIZE, 0.15), rng).tolist()


def test_each_particle_weighs_the_same_and_months_say_how_many_were_effective(tree: Any) -> None:
    assert tree["sample_stats"]["weight"].values.tolist() == [[[0.2] * 4] * SIZE]
    assert tree["sample_stats"]["weight"].dims == ("chain", "draw", "month")
    shares = tree["constant_data"]["effective_share"].values
    assert np.isnan(shares[0]) and shares[1:].tolist() == [0.2, 0.3, 0.4]
    assert tree.attrs["particles"] == SIZE


def test_dispersions_are_drawn_anew_each_month_from_what_is_known_of_each_series() -> None:
    even = particles(1, 1).changed(dispersion=np.zeros((SIZE, 2, 6)))
    found = [arviz_filter._dispersion(LOADED, even, month) for month in MONTHS[:2]]
    rng = stream(1, "arviz", START.toordinal())
    numbers = [observation_model.drawn_dispersion(np.zeros((SIZE, 6)), rng) for _ in range(2)]
    assert found[0].tolist() == observation_model.GRID[np.array(numbers).T].tolist()
    assert found[0].tolist() != found[1].tolist()
