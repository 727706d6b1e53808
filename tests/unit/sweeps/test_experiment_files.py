"""Files of experiments: what they may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import to_yaml
from sim.scenario.errors import ScenarioError
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from tests.unit.sweeps.small import SWEEP, TINY


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


def test_a_file_with_changes_of_the_command_line(here: Path) -> None:
    ready = read_experiment(here / "sweep.yaml", {"samples": 3, "replicates": None})
    assert len(plan_of(ready).runs) == 3


BAD = {
    "unknown key": ("samples: 12", "sampels: 12", r"sweep\.yaml:5: sampels: unknown key; .*did you mean 'samples'"),
    "no parameter": ("behaviour.retry:", "behaviour.rety:", r"sweep\.yaml:8: .*did you mean 'behaviour.retry'"),
    "a fixed one": ("behaviour.retry:", "days:", r"sweep\.yaml:8: .*no parameter"),
    "out of its bounds": ("range: [0, 9]", "range: [-1, 9]", r"sweep\.yaml:9: .*found -1 to 9; allowed: 0 to"),
    "a range that falls": ("range: [0, 9]", "range: [9, 0]", r"sweep\.yaml:9: .*low below high"),
    "an unknown key inside": ("range: [0, 9]", "rang: [0, 9]", r"sweep\.yaml:9: .*unknown key.*'range'"),
    "an unknown scenario": ("tiny.yaml", "minsk-2020", r"sweep\.yaml:4: scenario: .*minsk-2021"),
    "an unknown outcome": ("deaths,", "deats,", r"sweep\.yaml:6: outcomes\.1: .*did you mean 'deaths'"),
    "an outcome of nobody": ("@poland", "@spain", r"sweep\.yaml:6: outcomes\.2: .*poland"),
    "an empty design": ("samples: 12", "samples: 0", r"sweep\.yaml:5: samples: found 0"),
    "an unknown kind": ("kind: sweep", "kind: sweeep", r"sweep\.yaml:2: kind: .*did you mean 'sweep'"),
    "a design unknown": ("samples: 12", "design: halton", r"sweep\.yaml:5: design: .*sobol"),
    "a path twice": ("frontex.officers: 1", "behaviour.retry: 1", r"sweep\.yaml:10: .*varies too"),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_named_with_its_place_before_any_run(
    here: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    monkeypatch.chdir(here)
    (here / "sweep.yaml").write_text(SWEEP.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        read_experiment("sweep.yaml")
