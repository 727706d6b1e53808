"""Comparisons of scenarios with reactions: both arms by default, one of them on request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.scenario import to_yaml
from sim.studies.study import Study
from sim.view.opened_folder import Opened
from tests.command import Corridor
from tests.strategies import tiny_scenario
from tests.unit.report.page import Page

ANSWERING = {
    "reactions": {
        "more": {
            "title": "More flights from Baghdad",
            "actor": "belarus",
            "when": {"kind": "route", "routes": ["benghazi-minsk"], "state": "banned"},
            "after": 3,
            "do": {"kind": "departures", "routes": ["baghdad-minsk"], "weekly": 6},
        }
    }
}
WORDS = ("compare", "base.yaml", "--with", "ban:benghazi-minsk@2025-10-15", "--replicates", "3", "--jobs", "1")
BAN = "ban-benghazi-minsk-2025-10-15"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a scenario that is answered, and one whose reactions are switched off."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(to_yaml(tiny_scenario(ANSWERING, days=40)))
    (tmp_path / "off.yaml").write_text(to_yaml(tiny_scenario(ANSWERING, days=40, answers=False)))
    return tmp_path


@pytest.mark.long
def test_both_arms_stand_side_by_side_on_the_terminal_and_in_the_report(here: Path, corridor: Corridor) -> None:
    done = corridor(*WORDS, "--out", "r", "--report")
    assert done.status == 0, done.err
    for text in ("If nobody answers", "If they answer", "undone", "Where did it go, if nobody answers", "3 of 3"):
        assert text in done.out
    assert "18 Oct 2025" in done.out  # three days after the ban
    study = Study(here / "r")
    assert study.names == ["base", BAN, "base-unanswered", f"{BAN}-unanswered"]
    full = corridor("results", "r", "--full").out
    for name in ("base", "base-unanswered"):
        assert f"compared with {name}: 3 pairs" in " ".join(full.split())
    page = Page((here / "r" / "report.html").read_text())
    assert "answers" in page.ids
    for text in ("has two arms", "More flights from Baghdad", "3 of 3", "18 Oct 2025", "If nobody answers"):
        assert text in page.text()
    assert Opened.read(here / "r").study.names == study.names


def test_with_several_scenarios_each_arm_is_ranked(here: Path, corridor: Corridor) -> None:
    done = corridor(*WORDS, "--with", "aid", "--out", "r")
    assert done.status == 0, done.err
    assert done.out.count("Ranked, the best first") == 2
    assert "What part of each effect on base is undone" in done.out
    assert (here / "r" / "ranking.csv").read_text().splitlines()[0].endswith(",arm")


def test_one_arm_alone_is_a_comparison_as_ever(here: Path, corridor: Corridor) -> None:
    for answers in ("with", "without"):
        done = corridor(*WORDS, "--answers", answers)
        assert done.status == 0, done.err
        assert "undone" not in done.out
        study = Study(here / "results" / f"base-vs-{BAN}-1-{answers}-answers")
        assert {one.answers for one in study.scenarios.values()} == {answers == "with"}
        assert "arms" not in json.loads((study.folder / "study.json").read_text())["plan"]


@pytest.mark.long
def test_reactions_that_a_scenario_switches_off_are_an_option_away(here: Path, corridor: Corridor) -> None:
    words = ["compare", "base.yaml", "off.yaml", "--replicates", "2", "--jobs", "1", "--set", "answers=false"]
    done = corridor(*words, "--out", "as-they-are")
    assert "off: its reactions are switched off (answers: false); --answers both" in done.out
    assert Study(here / "as-they-are").arms == {}
    assert corridor(*words, "--answers", "both", "--out", "both").status == 0
    assert len(Study(here / "both").names) == 4
    wrong = corridor("compare", "base.yaml", "off.yaml", "--answers", "maybe")
    assert (wrong.status, "--answers: found 'maybe'; allowed: both, with, without" in wrong.err) == (2, True)
