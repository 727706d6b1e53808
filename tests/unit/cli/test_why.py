"""What limits the flow, as a user asks it."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from sim.scenario.write import to_yaml
from sim.studies.limits.observed import STEPS, TITLES
from tests.command import Corridor
from tests.strategies import tiny_scenario

BAN = {"ban": {"kind": "carrier-ban", "title": "ban", "routes": ["benghazi-minsk"], "start": "2025-10-15"}}


@pytest.mark.long
@pytest.mark.usefixtures("no_figures")
def test_of_a_run_it_tells_what_binds_writes_it_and_the_report_has_it(here: Path, corridor: Corridor) -> None:
    assert corridor("run", "tiny.yaml", "--out", "r", "--quiet").status == 0
    done = corridor("why", "r", "--route", "baghdad-minsk")
    assert done.status == 0, done.err
    assert "baghdad-minsk: 2025-10-01 to 2025-11-09, one run" in done.out and "(binds)" in done.out
    assert all(title in done.out for title in TITLES.values())
    assert "limits-steps.csv, limits-gains.csv" in done.out
    steps = pd.read_csv(here / "r" / "analysis" / "limits-steps.csv")
    assert {"route", "cohort", "week", "binding", *STEPS} <= set(steps)
    assert corridor("verify", "r").status == 0
    assert corridor("report", "r").status == 0
    assert "What limits the flow" in (here / "r" / "report.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_comparison_tells_differences_by_step(here: Path, corridor: Corridor) -> None:
    (here / "ban.yaml").write_text(to_yaml(tiny_scenario({"measures": BAN}, days=40)))
    words = ["compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1", "--out", "c", "--why", "--report"]
    done = corridor(*words)
    assert done.status == 0, done.err
    assert "Difference by step, benghazi-minsk: ban less tiny" in done.out
    found = pd.read_csv(here / "c" / "analysis" / "limits-differences.csv")
    sums = found.groupby("route")["contribution"].sum()
    entered = found[found["step"] == "entered"].set_index("route")["difference"]
    assert (sums - entered).abs().max() < 1e-6
    assert "Difference by step" in (here / "c" / "report.html").read_text(encoding="utf-8")


def test_of_a_scenario_it_writes_nothing_and_gives_weeks_as_csv(here: Path, corridor: Corridor) -> None:
    done = corridor("why", "tiny.yaml", "--format", "csv", "--from", "2025-10-15", "--set", "days=30")
    assert done.status == 0, done.err
    weeks = pd.read_csv(io.StringIO(done.out))
    assert weeks["week"].min() == "2025-10-15" and set(weeks["scenario"]) == {"tiny"}
    assert [path.name for path in here.iterdir()] == ["tiny.yaml"]


def test_a_scenario_that_begins_from_anothers_run_is_explained_from_its_own_first_day_on(
    here: Path, corridor: Corridor
) -> None:
    (here / "window.yaml").write_text("extends: tiny.yaml\nbegins: tiny.yaml\nstart: 2025-10-22\ndays: 19\n")
    done = corridor("why", "window.yaml", "--route", "baghdad-minsk")
    assert done.status == 0, done.err
    assert "baghdad-minsk: 2025-10-22 to 2025-11-09, one run" in done.out and "(binds)" in done.out


def test_what_cannot_be_asked_is_said(here: Path, corridor: Corridor) -> None:
    unknown = corridor("why", "tiny.yaml", "--route", "bagdad-minsk")
    assert unknown.status == 2 and "baghdad-minsk" in unknown.err
    assert corridor("why", str(here), "--set", "days=30").status == 2
    assert "--from" in corridor("why", "tiny.yaml", "--from", "2031-01-01").err
    assert "'--from': found '2025-13-01'; allowed: a day" in corridor("why", "tiny.yaml", "--from", "2025-13-01").err
