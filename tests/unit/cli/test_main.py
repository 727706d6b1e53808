"""The command line: what it writes, and how it refuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.outputs.results import Results
from sim.scenario import to_yaml
from tests.strategies import tiny_scenario

Corridor = Callable[..., int]


@pytest.fixture
def corridor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Corridor:
    """Run the command in an empty folder; returns its exit status."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["corridor", *words])
        try:
            main.main()
        except SystemExit as exit_:
            return int(exit_.code or 0)
        return 0

    return command


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """A small scenario as a file in the working folder."""
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    return "tiny.yaml"


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("daily.parquet", "monthly.csv", "totals.csv")}


def test_a_run_writes_tables_figures_and_provenance(corridor: Corridor, tiny: str, tmp_path: Path) -> None:
    assert corridor("run", tiny) == 0
    folder = tmp_path / "results" / f"tiny-{tiny_scenario().seed}"
    assert {file.name for file in folder.iterdir()} >= {"daily.parquet", "monthly.csv", "run.json", "pressure.png"}
    provenance = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert provenance["seed"] == tiny_scenario().seed
    assert "--seed" in provenance["command"]


def test_the_same_command_gives_the_same_bytes(corridor: Corridor, tiny: str, tmp_path: Path) -> None:
    assert corridor("run", tiny, "--out", "one", "--quiet") == 0
    assert corridor("run", tiny, "--out", "two", "--quiet") == 0
    assert tables(tmp_path / "one") == tables(tmp_path / "two")


@pytest.mark.long
def test_another_seed_and_another_value_give_other_bytes(corridor: Corridor, tiny: str, tmp_path: Path) -> None:
    for out, more in (("base", []), ("seed", ["--seed", "99"]), ("set", ["--set", "behaviour.retry=2"])):
        assert corridor("run", tiny, "--out", out, "--quiet", *more) == 0
    assert len({tables(tmp_path / out)["daily.parquet"] for out in ("base", "seed", "set")}) == 3


def test_months_are_the_sums_of_their_days(corridor: Corridor, tiny: str, tmp_path: Path) -> None:
    assert corridor("run", tiny, "--out", "out", "--quiet") == 0
    daily = pd.read_parquet(tmp_path / "out" / "daily.parquet")
    monthly = pd.read_csv(tmp_path / "out" / "monthly.csv")
    for level in ("section", "agency", "route"):
        days = daily[(daily["level"] == level) & (daily["measure"] == "attempts")]["value"].sum()
        months = monthly[
            (monthly["level"] == level) & (monthly["measure"] == "attempts") & (monthly["statistic"] == "sum")
        ]["value"].sum()
        assert days == months > 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["run", "minsk-202"], "did you mean 'minsk-2021'"),
        (["run", "tiny.yaml", "--set", "behaviour.retri=3"], "did you mean 'retry'"),
        (["run", "tiny.yaml", "--set", "behaviour.retry=-3"], "behaviour.retry"),
        (["run", "tiny.yaml", "--set", "nonsense"], "nonsense"),
        (["run", "tiny.yaml", "--days", "0"], "days"),
        (["run", "tiny.yaml", "--seed", "-1"], "seed"),
        (["run", "tiny.yaml", "--replicates", "0"], "replicates"),
        (["run", "tiny.yaml", "--replicates", "1000000"], "replicates"),
        (["run", "tiny.yaml", "--out", "tiny.yaml"], "found a file"),
        (["run", "tiny.yaml", "--out", "/proc/nowhere"], "cannot be written"),
        (["run", "empty.yaml"], "empty.yaml"),
        (["run", "tiny.yaml", "--out", "foreign"], "other than the results of a run"),
    ],
)
def test_bad_input_is_one_clear_message_and_leaves_nothing(
    corridor: Corridor, tiny: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], found: str
) -> None:
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.txt").write_text("mine", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    assert corridor(*words) == 2
    output = capsys.readouterr()
    assert found in output.err
    assert "Traceback" not in output.err + output.out
    assert sorted(tmp_path.rglob("*")) == before


def test_an_interrupted_run_leaves_nothing(
    corridor: Corridor, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.cli.figure_process.FigureProcess.write", interrupt)
    assert corridor("run", tiny, "--out", "out", "--quiet") == 130
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.yaml"]


def test_an_internal_error_is_told_without_a_traceback(
    corridor: Corridor, tiny: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(Results, "write", fail)
    assert corridor("run", tiny, "--quiet") == 1
    assert "planted" in capsys.readouterr().err


def test_scenarios_validate_and_schema(corridor: Corridor, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert corridor("scenarios") == 0
    assert "minsk-2021" in capsys.readouterr().out
    assert corridor("validate", tiny, "minsk-2021") == 0
    assert corridor("validate", tiny, "nothing.yaml") == 2
    capsys.readouterr()
    assert corridor("schema") == 0
    assert json.loads(capsys.readouterr().out)["additionalProperties"] is False
