"""Files of months: what they hold, which one tells of a month, and how a filter goes on from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.inference.filter import checkpoint
from sim.inference.filter.assimilate import Month, Step, stretch
from sim.inference.filter.particles import Particles
from sim.outputs.folder import OutputError
from tests.unit.inference.filter.tiny_filter import tiny_filter

MONTHS = [
    Month(date(2025, 10, 1), 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31),
    Month(date(2026, 1, 1), 92, 31), Month(date(2026, 2, 1), 123, 28),
]  # fmt: skip


def particles(months: int, size: int = 4, mark: float = 0.0) -> Particles:
    """Particles after some months; the mark stands in their first posture."""
    rng = np.random.default_rng(months)
    paths = rng.normal(size=(months + 1, size, 3))
    paths[0, 0, 0] = mark
    return Particles(
        paths, rng.random((months + 1, size)) < 0.3, rng.normal(size=(months + 1, size, 1)),
        rng.poisson(3.0, (size, 2, 61)).astype(np.float32), rng.normal(size=(size, 2, 6)), np.arange(size),
    )  # fmt: skip


def write(folder: Path, number: int, mark: float) -> None:
    month = MONTHS[number - 1]
    checkpoint.file_of(folder, month).parent.mkdir(exist_ok=True)
    step = Step(month, np.zeros(0), particles(1), particles(2, mark=mark), [0.1, 0.2, 0.4], -3.5)
    checkpoint.write(checkpoint.file_of(folder, month), step, {"record": "abc"})


def test_a_month_has_a_file_by_its_first_day(tmp_path: Path) -> None:
    assert checkpoint.file_of(tmp_path, MONTHS[1]) == tmp_path / "months" / "2025-11-01.npz"


def test_a_file_holds_the_particles_without_states_and_what_is_said_of_them(tmp_path: Path) -> None:
    write(tmp_path, 2, 7.0)
    file = checkpoint.file_of(tmp_path, MONTHS[1])
    about, found = checkpoint.read(file)
    words = {"record": "abc", "month": "2025-11-01", "effective": [0.1, 0.2, 0.4], "evidence": -3.5}
    assert about == words == checkpoint.about(file)
    given = particles(2, mark=7.0)
    for name in ("paths", "off", "scores", "daily", "dispersion"):
        assert np.array_equal(getattr(found, name), getattr(given, name)), name
        assert getattr(found, name).dtype == getattr(given, name).dtype
    assert found.states.tolist() == [-1, -1, -1, -1]
    assert checkpoint.effective_share(about) == 0.4


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "x.npz"
    file.write_bytes(b"nothing")
    with pytest.raises(OutputError) as raised:
        checkpoint.about(file)
    assert str(raised.value).startswith(f"{file}: damaged, no month of a filter: ")
    assert str(raised.value).endswith("; remove it to do the month again")


def test_particles_of_two_months_later_tell_of_a_month_and_the_last_ones_at_the_end(tmp_path: Path) -> None:
    told = [checkpoint.telling(number, MONTHS) for number in range(1, 6)]
    assert told == [MONTHS[2], MONTHS[3], MONTHS[4], MONTHS[4], MONTHS[4]]
    for number in (1, 3, 5):
        write(tmp_path, number, float(number))
    found = [(number, month, one.paths[0, 0, 0]) for number, month, one in checkpoint.of_each_month(tmp_path, MONTHS)]
    assert found == [(1, MONTHS[0], 3.0), (3, MONTHS[2], 5.0), (4, MONTHS[3], 5.0), (5, MONTHS[4], 5.0)]
    ends = [(month, one.paths[0, 0, 0]) for month, one in checkpoint.ends_of_months(tmp_path, MONTHS)]
    assert ends == [(MONTHS[0], 1.0), (MONTHS[2], 3.0), (MONTHS[4], 5.0)]


class Runner:
    """Gives counts that are kept ready."""

    def __init__(self, counts: list[np.ndarray]) -> None:
        self.counts, self.asked = counts, list[Any]()

    def run(self, starts: Sequence[Any], courses: Sequence[Any], origin: Any, *, keep: bool) -> tuple[Any, Any]:
        self.asked.append((list(starts), list(courses), origin, keep))
        return self.counts, ["one", "two"]


def twins() -> Particles:
    """Three particles after two months, the last with the same path as the first but for the month before."""
    given = particles(2, 3)
    paths, off, scores, daily = (part.copy() for part in (given.paths, given.off, given.scores, given.daily))
    paths[1:, 2], off[1:, 2], scores[1:, 2] = paths[1:, 0], off[1:, 0], scores[1:, 0]
    daily[2] = daily[0]
    return given.changed(paths=paths, off=off, scores=scores, daily=daily)


def test_each_different_path_is_run_once_and_gives_the_states_of_all() -> None:
    loaded, given = tiny_filter(), twins()
    runner = Runner([given.daily[0].copy(), given.daily[1].copy()])
    filtered: Any = SimpleNamespace(loaded=loaded, runner=runner, particles=None, states=None)
    assert checkpoint.go_on(filtered, given, MONTHS[:2])
    ((starts, courses, origin, keep),) = runner.asked
    assert (starts, origin, keep) == ([None, None], None, True)
    for n, course in enumerate(courses):
        values = loaded.values(given.scores[1:, n])
        assert course == tuple(
            stretch(month.days, given.paths[k, n], given.off[k, n], values[k - 1])
            for k, month in ((1, MONTHS[0]), (2, MONTHS[1]))
        )
    assert filtered.states == ["one", "two"]
    assert filtered.particles.states.tolist() == [0, 1, 0]
    assert np.array_equal(filtered.particles.paths, given.paths)


def test_a_path_differs_by_posture_regime_or_parameters_of_any_month() -> None:
    loaded, given = tiny_filter(), twins()

    def different(**changes: Any) -> list[int]:
        return checkpoint.paths_of(loaded, given.changed(**changes), MONTHS[:2])[0].tolist()

    assert different() == [0, 1]
    for name in ("paths", "scores"):
        moved = getattr(given, name).copy()
        moved[1, 2] += 1e-9
        assert different(**{name: moved}) == [0, 1, 2]
    off = given.off.copy()
    off[2, 2] = ~off[2, 2]
    assert different(off=off) == [0, 1, 2]


def test_runs_must_count_what_is_stored_to_the_last_event() -> None:
    given = twins()
    of = np.array([0, 1])
    short = [given.daily[0][:, :40].copy(), given.daily[1][:, :40].copy()]
    assert checkpoint.counted_alike(short, given, of)
    assert not checkpoint.counted_alike(short[::-1], given, of)
    short[1][1, 39] += 1
    assert not checkpoint.counted_alike(short, given, of)


def test_paths_of_other_months_and_runs_of_other_paths_are_not_taken_for_these() -> None:
    given = twins()
    with pytest.raises(ValueError, match="zip"):
        checkpoint.paths_of(tiny_filter(), given, MONTHS[:1])
    with pytest.raises(ValueError, match="zip"):
        checkpoint.counted_alike([given.daily[0]], given, np.array([0, 1]))
