"""A filter that goes on: with another month of counts, a revised figure, or from a state that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter import back_test, checkpoint, figure_files, resume, ship, start, study
from sim.inference.filter.assimilate import months_of
from sim.inference.filter.experiment import LoadedFilter, load_filter
from sim.inference.filter.forecast_study import look_ahead
from sim.inference.filter.study import Filtered, Job, assimilate
from sim.inference.observations import Row
from sim.outputs.folder import OutputError
from tests.unit.inference.filter.tiny_filter import ROWS, tiny_filter

FIRST = [row for row in ROWS if row.start == ROWS[0].start]
Given = Callable[[list[Row]], None]


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(start, "FOLDER", tmp_path / "shipped")
    return tmp_path / "shipped"


@pytest.fixture(scope="module")
def loaded() -> LoadedFilter:
    return tiny_filter()


@pytest.fixture(scope="module")
def record() -> Iterator[Given]:
    """Set the record that is found."""
    with pytest.MonkeyPatch.context() as patch:
        yield lambda rows: patch.setattr(study, "rows_of", lambda loaded, data: rows)


@pytest.fixture(scope="module")
def whole(loaded: LoadedFilter, record: Given, tmp_path_factory: pytest.TempPathFactory) -> tuple[Filtered, Path]:
    """A back-test over both months."""
    folder = tmp_path_factory.mktemp("whole")
    record(ROWS)
    return assimilate(loaded, Job(folder, scores=True)), folder


def same(one: Filtered, other: Filtered) -> bool:
    ours, theirs = one.filter.particles, other.filter.particles
    return np.array_equal(ours.paths, theirs.paths) and np.array_equal(ours.daily, theirs.daily)


def done_of(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in sorted((folder / "months").iterdir())}


def test_another_month_of_counts_goes_on_and_a_revised_one_does_its_month_again(
    loaded: LoadedFilter, record: Given, whole: tuple[Filtered, Path], tmp_path: Path
) -> None:
    record(FIRST)
    assimilate(loaded, Job(tmp_path))
    before = done_of(tmp_path)
    record(ROWS)
    both = assimilate(loaded, Job(tmp_path))
    first, second = sorted(done_of(tmp_path))
    assert same(both, whole[0])
    assert list(before) == [first]
    assert done_of(tmp_path)[first] == before[first]
    record([*ROWS[:3], ROWS[3]._replace(value=900.0)])
    revised = assimilate(loaded, Job(tmp_path))
    assert done_of(tmp_path)[first] == before[first]
    assert not same(revised, whole[0])
    assert second in done_of(tmp_path)


def kept(loaded: LoadedFilter, folder: Path, shipped: Path, rows: list[Row], record: Given) -> None:
    """Keep the state after the months of some rows as the one that ships."""
    record(rows)
    figures = study.figures_of(loaded, None, None)
    months = months_of(loaded, rows[-1].end)
    digest = resume.about_of(loaded, figures)(months[-1])["record"]
    ship.store(loaded, folder, months, digest, shipped / loaded.name)
    record(ROWS)


def test_going_on_from_the_state_that_ships_is_the_same_as_a_pass_over_the_record(
    loaded: LoadedFilter, record: Given, whole: tuple[Filtered, Path], shipped: Path, tmp_path: Path
) -> None:
    kept(loaded, whole[1], shipped, FIRST, record)
    done = assimilate(loaded, Job(tmp_path / "on"))
    assert done.begun_from.startswith("Went on from the state of ")
    assert same(done, whole[0])
    assert done.tables["posture"]["month"].nunique() == 2
    again = assimilate(loaded, Job(tmp_path / "on"))
    assert again.begun_from == ""
    assert same(again, whole[0])
    with pytest.raises(OutputError, match="began from the state that ships"):
        assimilate(loaded, Job(tmp_path / "on", fresh=True))


def test_a_state_of_other_rules_or_another_record_is_not_used(
    loaded: LoadedFilter, record: Given, whole: tuple[Filtered, Path], shipped: Path
) -> None:
    kept(loaded, whole[1], shipped, FIRST, record)
    months = months_of(loaded, ROWS[-1].end)
    digest = checkpoint.about(shipped / loaded.name / "state.npz")["record"]
    assert start.find(loaded, months, lambda _: digest) is not None
    assert start.find(loaded, months, lambda _: "another") is None
    rules = loaded.experiment.model_copy(update={"rounds": 1})
    assert start.find(loaded._replace(experiment=rules), months, lambda _: digest) is None
    words = loaded.experiment.model_copy(update={"title": "Another title"})
    assert start.find(loaded._replace(experiment=words), months, lambda _: digest) is not None


def test_a_state_whose_runs_count_something_else_is_not_used_and_said_so(
    loaded: LoadedFilter, record: Given, whole: tuple[Filtered, Path], shipped: Path, tmp_path: Path
) -> None:
    kept(loaded, whole[1], shipped, FIRST, record)
    state = shipped / loaded.name / "state.npz"
    about, particles = checkpoint.read(state)
    state.write_bytes(checkpoint.content(particles.changed(daily=particles.daily + 1), about))
    done = assimilate(loaded, Job(tmp_path / "on"))
    assert "of other rules than today's" in done.begun_from
    assert same(done, whole[0])


def test_months_ahead_are_forecast_as_the_back_test_forecasts_and_stretches_them(
    loaded: LoadedFilter, record: Given, whole: tuple[Filtered, Path], tmp_path: Path
) -> None:
    record(FIRST)
    found = look_ahead(loaded, Job(tmp_path), 2, 20)
    months = pd.read_csv(found.folder / "months.csv")
    forecasts = whole[0].tables["forecasts"]
    own = forecasts[(forecasts["method"] == back_test.MODEL) & (forecasts["horizon"] == 1)]
    own = own[own["origin"] == max(own["origin"])].set_index("series")
    ahead = months[months["horizon"] == 1].set_index("series")
    assert len(own) == 2
    for column in ("low90", "median", "high90"):
        assert list(ahead.loc[own.index, column]) == pytest.approx(list(own[column]))


@pytest.mark.long
def test_the_state_that_ships_is_of_the_rules_the_record_and_the_model_of_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If not: `corridor backtest eastern-border`, then `python -m sim.inference.filter.ship FOLDER eastern-border`."""
    monkeypatch.undo()
    monkeypatch.setattr(study, "rows_of", figure_files.rows_of)
    loaded = load_filter("eastern-border")
    months, digest = study.months_and_record(loaded)
    found = start.find(loaded, months, digest)
    assert found is not None
    assert found.months == months
    assert start.is_of_today(loaded, found.particles, months, paths=2)
