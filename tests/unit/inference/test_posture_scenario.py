"""What a filter inferred, as a scenario: what its particles did, no more of them than there are, and how sure it is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from sim.api import fits
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.study import Filtered, Job, assimilate
from sim.outputs.daily import blocks_of
from sim.runs import run_to_data
from sim.scenario import ScenarioError, load_scenario
from sim.scenario.quantity import JOINT, Distribution
from sim.scenario.schema import Scenario
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import ROWS, tiny_filter

END = ROWS[-1].end
pytestmark = pytest.mark.usefixtures("filter_record")


@pytest.fixture(scope="module")
def loaded() -> LoadedFilter:
    """A filter without unknown behaviour, so that a particle is its posture alone."""
    return tiny_filter(parameters={})


@pytest.fixture(scope="module")
def done(loaded: LoadedFilter, tmp_path_factory: pytest.TempPathFactory) -> Filtered:
    return assimilate(loaded, Job(tmp_path_factory.mktemp("filter")))


def written(done: Filtered, folder: Path, through: date | None = None) -> Scenario:
    file = folder / "inferred.yaml"
    file.write_text(done.as_scenario(through).text)
    return load_scenario(file)


def joint(scenario: Scenario) -> list[tuple[float, ...]]:
    belarus = scenario.transit_states["belarus"]
    schedules = [belarus.visas, belarus.facilitation, scenario.zones["lida"].steering]
    values = [value for schedule in schedules for value in schedule.values()]
    return [value.arguments for value in values if isinstance(value, Distribution) and value.kind == JOINT]


def test_a_run_counts_what_the_filter_counted_of_its_particle(done: Filtered, tmp_path: Path) -> None:
    """The counts follow from the path: the run of the first particle has those that the filter stored with one."""
    scenario = written(done, tmp_path)
    assert scenario.end == END
    recorded = blocks_of([run_to_data(scenario)])["agency", "recorded_attempts"]
    run = np.array([recorded.of(name)[0] for name in done.filter.series])
    stored = done.filter.particles.daily[:, :, : scenario.days]
    off = np.abs(stored.cumsum(axis=2) - run.cumsum(axis=1)).max(axis=(1, 2))
    assert off.min() <= 2  # values have four digits


def test_there_are_as_many_paths_as_the_particles_have_and_the_file_says_so(done: Filtered, tmp_path: Path) -> None:
    found = written(done, tmp_path)
    values = joint(found)
    assert {len(one) for one in values} == {done.filter.particles.size}
    different = len(set(zip(*values, strict=True)))
    assert f"{done.filter.particles.size} draws of {different} different paths" in done.as_scenario().summary
    assert "no test of the model" in done.as_scenario().text
    assert "fitted to them" in found.description
    assert found.transit_states["belarus"].posture is None


def test_paths_go_on_after_the_record_and_the_file_says_from_when_on_that_is_most_of_the_spread(
    done: Filtered, tmp_path: Path
) -> None:
    through = END + timedelta(days=45)
    found, told = written(done, tmp_path, through), done.as_scenario(through)
    assert done.as_scenario(through).text == told.text
    assert found.end == done.filter.loaded.scenario.end  # in the middle of the month
    shorter = joint(written(done, tmp_path))
    assert len(joint(found)) > len(shorter)
    assert told.ahead["share"].between(0, 1).all()
    over = told.ahead[told.ahead["share"] > 0.5].groupby("series")["month"].min()
    for name, month in over.items():
        assert f"{name} from {month:%Y-%m} on" in told.summary  # two months: the second is over half as well


def test_earlier_months_are_told_by_the_particles_of_later_ones(done: Filtered, tmp_path: Path) -> None:
    first = written(done, tmp_path, START)
    assert first.days == 31
    assert list(first.transit_states["belarus"].visas) == [START]
    assert set(done.as_scenario(START).figures["period_end"]) == {row.end for row in ROWS if row.days == 31}


def test_the_command_says_of_the_particles_what_the_head_of_the_file_says(done: Filtered) -> None:
    inferred = done.as_scenario()
    head = [line.removeprefix("# ") for line in inferred.text.splitlines() if line.startswith("# ")]
    assert head[2:] == inferred.notes  # after the command and the model
    assert " ".join(inferred.notes).count(inferred.summary) == 1


def test_what_cannot_be_written_is_refused_before_anything_is_run(loaded: LoadedFilter, tmp_path: Path) -> None:
    file, folder = tmp_path / "inferred.yaml", tmp_path / "filter"
    for options, words in (
        ({"scenario": file, "through": "2020-01-01"}, "--through: found 2020-01-01"),
        ({"scenario": tmp_path / "inferred.txt"}, "ending in .yaml"),
        ({"through": START}, "without --scenario"),
    ):
        with pytest.raises(ScenarioError, match=words):
            fits.assimilate(loaded, folder=folder, **options)
    assert not folder.exists()


def test_a_folder_that_began_later_has_no_particles_of_earlier_months(done: Filtered, tmp_path: Path) -> None:
    months = [*done.months, done.months[-1]._replace(first=date(2025, 12, 1)), done.months[-1]]
    there = done._replace(folder=tmp_path, months=months)
    with pytest.raises(ScenarioError, match="needed: --until 2025-12-30"):
        there.as_scenario(START)
