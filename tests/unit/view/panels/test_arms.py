"""Both arms stand beside each other: each less the base of its own, with titles that tell them apart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sim.scenario import ScenarioError
from sim.studies.arms import ARMS
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.undone import fired
from sim.view.comparison import SCREEN, Comparison, all_found
from sim.view.opened_folder import Opened
from sim.view.panels.arms import Beside, answers
from sim.view.session import Session
from tests.strategies import tiny_scenario
from tests.unit.studies.small import ANSWERED, ANSWERED_BAN, ARMED

NAMES = ["base", "ban", "base-unanswered", "ban-unanswered"]


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(replace(ARMED, replicates=3))


def test_both_arms_are_in_one_chart_and_one_matrix_with_who_answered_and_when(study: Study) -> None:
    found = all_found(study)
    panels = json.loads(found["charts"]["pressure"])["panels"]
    assert [panel["name"] for panel in panels] == NAMES
    assert [panel["title"].partition(", ")[2] for panel in panels] == [
        "if they answer", "if they answer", "if nobody answers", "if nobody answers"
    ]  # fmt: skip
    assert {row["name"] for row in json.loads(found["matrix"])["rows"]} == set(NAMES)
    tables = {other: json.loads(part["differences"]) for other, part in found["tables"].items()}
    letters = {other: (part["letter"], part["baseLetter"]) for other, part in tables.items()}
    assert letters == {"ban": ("B", "A"), "base-unanswered": ("C", "A"), "ban-unanswered": ("D", "C")}
    for arm, name in (("answered", "ban"), ("unanswered", "ban-unanswered")):
        own = study.arms[arm].differences
        attempts = own[(own["level"] == "all") & (own["measure"] == "attempts") & (own["scenario"] == name)]
        shown = next(r for group in tables[name]["groups"] for r in group["rows"] if r["output"] == "attempts")
        assert shown["change"]["ends"][2] == pytest.approx(float(attempts["median"].iloc[0]), abs=1e-3)
    began = {(row["scenario"], row["reaction"]): row["began"] for row in fired(study).to_dict("records")}
    lines = json.loads(found["arms"])["reactions"]["lines"]
    assert {(line["cells"][0]["main"], line["note"]): line["cells"][1]["main"] for line in lines} == {
        key: f"{count} of 3" for key, count in began.items()
    }
    assert [entry["name"] for entry in json.loads(found["arms"])["effects"]] == ["ban"]


def test_a_folder_with_two_arms_shows_both(study: Study) -> None:
    opened = Opened.read(study.folder)
    assert opened.study.names == NAMES
    assert json.loads(opened.found("ban-unanswered")["differences"])["a"]["name"] == "base-unanswered"


def test_an_arm_is_less_the_base_of_its_own(study: Study) -> None:
    beside = Beside(study.folder)
    assert {other: beside.against(other).base for other in beside.others} == {
        "ban": "base", "base-unanswered": "base", "ban-unanswered": "base-unanswered"
    }  # fmt: skip


def asked(monkeypatch: pytest.MonkeyPatch, names: list[str], arms: bool) -> dict[str, Any]:
    """What is to be run for scenarios of these names."""
    known = {"plain": tiny_scenario(days=60), "base": ANSWERED, "ban": ANSWERED_BAN}
    session = Session()
    monkeypatch.setattr(session, "offer", lambda name: known[name.split(".")[0]])
    monkeypatch.setattr(session, "named", lambda: known["plain"])
    comparison, plans = Comparison(session), list[Plan]()
    monkeypatch.setattr(comparison.work, "start", lambda plan: plans.append(plan) or True)
    comparison.start(*names, replicates=2, arms=arms)
    assert comparison.asked == (tuple(names), 2, arms, True)
    return {"names": list(plans[0].scenarios), **plans[0].extra}


def test_scenarios_that_may_be_answered_are_run_in_both_arms_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = {name: f"{name}-unanswered" for name in ("base", "ban")}
    assert asked(monkeypatch, ["base", "ban"], arms=True) == {"names": NAMES, ARMS: pairs}
    assert asked(monkeypatch, ["base", "ban"], arms=False) == {"names": ["base", "ban"]}
    assert asked(monkeypatch, ["plain", SCREEN], arms=True) == {"names": ["plain", SCREEN]}
    assert [answers(one) for one in (tiny_scenario(), ANSWERED, ANSWERED.model_copy(update={"answers": False}))] == [
        False, True, False
    ]  # fmt: skip
    with pytest.raises(ScenarioError, match="found 4 scenarios, and the other arm of 4 of them; allowed: 7 in all"):
        asked(monkeypatch, ["base", "base.1", "base.2", "ban"], arms=True)
