"""The tables of runs and comparisons on terminals of 80, 100 and 120 cells: names and main figures stay whole."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.outputs.definitions import short_of
from sim.report import console, console_study
from sim.runs import run
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from tests.strategies import tiny_scenario

BAN = {"ban": {"kind": "carrier-ban", "routes": ["benghazi-minsk"], "start": "2025-10-15"}}


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(
        Plan("compare", {"base": tiny_scenario(days=40), "ban": tiny_scenario({"measures": BAN}, days=40)}, 2)
    )


def written(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, color_system=None)


def checked(found: Console, width: int) -> str:
    text: str = found.file.getvalue()  # type: ignore[attr-defined]
    tables = [line for line in text.splitlines() if line[:1] in "┏┃┡│├└"]
    assert tables
    assert all(cell_len(line) <= width for line in tables)
    return text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_comparison_keeps_names_and_main_figures(study: Study, width: int) -> None:
    found = written(width)
    console_study.show_study(study, found)
    text = checked(found, width)
    assert "2 pairs of runs, from 2025-10-15" in " ".join(text.split())
    for name in ("dieveniskes", "kuznica", "narewka", "Lithuania", "Poland", "benghazi-minsk", "Days over full load"):
        assert any(line.startswith(f"│ {name}") for line in text.splitlines()), name
    for heading in ("difference", "whole run"):
        assert heading in " ".join(text.replace("┃", " ").split())


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_run_keeps_names_and_main_figures(width: int) -> None:
    found = written(width)
    console.show(run(tiny_scenario(days=40)), found)
    text = checked(found, width)
    for name in ("dieveniskes", "kuznica", "narewka", "Poland", "baghdad-minsk", "2025-10"):
        assert any(line.startswith(f"│ {name}") for line in text.splitlines()), name
    headings = " ".join(text.replace("┃", " ").split())
    assert all(
        word in headings
        for name in ("pressure_peak", "attempts", "entries", "deaths")
        for word in short_of(name).split()
    )


def test_no_colours_go_into_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], study: Study
) -> None:
    from sim.cli.studies import show

    monkeypatch.setenv("TERM", "xterm-256color")
    show(study, full=True)
    assert "\x1b" not in capsys.readouterr().out
