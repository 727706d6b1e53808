"""The command at its edges: what its tables say, odd names, odd terminals, and all kinds of bad input."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sim.outputs.results import Results
from sim.scenario import to_yaml
from tests.command import Corridor
from tests.strategies import tiny_scenario
from tests.unit.cli.process import command, environment


@pytest.mark.usefixtures("no_figures")
def test_the_tables_say_what_the_files_say(here: Path, corridor: Corridor) -> None:
    done = corridor("run", "tiny.yaml")
    assert done.status == 0
    results = Results.read(here / "results" / "tiny-1")
    for name, row in results.summary.loc[["dieveniskes", "kuznica", "narewka"]].iterrows():
        line = next(line for line in done.out.splitlines() if f"{name} " in line)
        for text in (f"{row['pressure_peak']:.2f}", f"{row['peak_date']:%Y-%m-%d}", f"{row['attempts']:,.0f}"):
            assert text in line
    for word in ("Kuźnica", "full load", "days over 1", "benghazi-italy", "2025-10", str(Path("results/tiny-1"))):
        assert word in done.out


@pytest.mark.usefixtures("here", "no_figures")
def test_the_record_is_printed_beside_the_run(corridor: Corridor) -> None:
    done = corridor("run", "minsk-2021")
    assert done.status == 0
    record = done.out[done.out.index("Simulated beside the record") :]
    october = next(line for line in record.splitlines() if "2021-10-01 to 10-31" in line)
    assert "17,447" in october
    assert "poland-attempts-2021 (attempts)" in record


@pytest.mark.usefixtures("no_figures")
def test_the_command_in_the_provenance_makes_it_again(here: Path, corridor: Corridor) -> None:
    words = ["run", "tiny.yaml", "--seed", "9", "--days", "20", "--set", "frontex.officers=5"]
    first = corridor(*words, "--set", "behaviour.retry= 4 ", "--out", "mine")
    assert first.status == 0
    content = json.loads((here / "mine" / "run.json").read_text(encoding="utf-8"))
    scenario = Results.read(here / "mine").scenario
    assert (scenario.seed, scenario.days, scenario.frontex.officers, scenario.behaviour.retry) == (9, 20, 5, 4.0)
    again = shlex.split(content["command"])
    assert again[:2] == ["corridor", "run"]
    assert corridor(*again[1:], "--out", "again", "--quiet") == (0, "", "")
    assert json.loads((here / "again" / "run.json").read_text())["tables_sha256"] == content["tables_sha256"]


def test_titles_are_text_in_tables_and_figures(here: Path, corridor: Corridor) -> None:
    odd = {"kuznica": {"title": r"[/red] $\frac{$"}}
    scenario = tiny_scenario({"sections": odd}, title=r"[bold]T[/nothing] $\frac$", days=15)
    (here / "odd.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    done = corridor("run", "odd.yaml")
    assert done.status == 0, done.err
    assert r"[bold]T[/nothing] $\frac$" in done.out
    assert r"[/red] $\frac{$" in done.out


@pytest.mark.usefixtures("here")
def test_a_run_in_which_nobody_sets_out(corridor: Corridor) -> None:
    assert corridor("run", "base", "--days", "3").status == 0


def test_output_that_cannot_show_a_sign_is_no_error(here: Path) -> None:
    words = [*command(), "run", "tiny.yaml", "--days", "3"]
    ascii_only = environment(PYTHONIOENCODING="ascii")
    done = subprocess.run(words, env=ascii_only, capture_output=True, cwd=here, check=False)
    assert done.returncode == 0, done.stderr


def test_help_names_the_commands_and_imports_nothing_heavy() -> None:
    code = """
import sys
from sim.cli import main
sys.argv = ["corridor", "--help"]
try:
    main.main()
except SystemExit as stop:
    assert not stop.code
heavy = {"numba", "mesa", "pandas", "numpy", "pydantic", "matplotlib", "rich"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert all(name in done.stdout for name in ("run", "scenarios", "validate", "schema"))


BAD = {
    "days too many": (["--days", "4000"], "--days: found 4000"),
    "days no number": (["--days", "many"], "--days"),
    "replicates negative": (["--replicates", "-1"], "replicates: found -1"),
    "seed huge": (["--seed", str(2**70)], "--seed: found"),
    "set of nothing": (["--set", "=3"], "path.to.parameter=value"),
    "set with a unit": (["--set", "behaviour.retry=3 days"], "without a unit"),
    "set that is no YAML": (["--set", "behaviour.retry={"], "behaviour.retry"),
    "unknown option": (["--sed", "3"], "--sed"),
    "out below a file": (["--out", "tiny.yaml/below"], "cannot be written"),
    "out here": (["--out", "."], "choose another folder"),
}


@pytest.mark.parametrize(("words", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_found_before_the_run(
    here: Path, corridor: Corridor, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.setattr("sim.model.CorridorModel.step", lambda _: pytest.fail("it was run"))
    done = corridor("run", "tiny.yaml", *words)
    assert done.status == 2
    assert message in done.err
    assert done.out == ""
    assert [path.name for path in here.iterdir()] == ["tiny.yaml"]


@pytest.mark.parametrize("name", ["minsk-2020", "none.yaml", "", "."])
def test_a_scenario_that_is_not_there(here: Path, corridor: Corridor, name: str) -> None:
    done = corridor("run", name)
    assert done.status == 2
    assert len(done.err.splitlines()) == 1
    assert not (here / "results").exists()


@pytest.mark.parametrize("text", ["", "just text", "[1, 2]", "title: a\ntitle: b\n", "extends: bad\n", "{", "\x00"])
def test_a_file_that_is_no_scenario(here: Path, corridor: Corridor, text: str) -> None:
    (here / "bad.yaml").write_text(text)
    for words in (["run", "bad.yaml"], ["validate", "bad.yaml"]):
        done = corridor(*words)
        assert done.status == 2
        assert "bad.yaml" in done.err
    assert not (here / "results").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever runs this may write anywhere")
def test_a_folder_without_permission(here: Path, corridor: Corridor) -> None:
    (here / "locked").mkdir(mode=0o500)
    done = corridor("run", "tiny.yaml", "--out", "locked/r")
    assert done.status == 2
    assert "locked/r: results cannot be written here: Permission denied" in done.err


@pytest.mark.usefixtures("here")
def test_a_traceback_is_there_for_those_who_ask(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("sim.model.CorridorModel.step", fail)
    done = corridor("run", "tiny.yaml")
    assert done.status == 1
    assert "CORRIDOR_DEBUG=1" in done.err
    assert "Traceback" not in done.err
    monkeypatch.setenv("CORRIDOR_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        corridor("run", "tiny.yaml")
