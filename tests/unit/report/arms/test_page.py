"""The report on two arms: it tells what was counted, and no part of an effect that may be none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report.arms.console import arm_rows
from sim.report.arms.page import arms
from sim.studies.arms import ANSWERED, UNANSWERED
from sim.studies.carry_out import carry_out
from sim.studies.study import Study
from sim.studies.undone import EFFECTS, undone
from tests.unit.studies.small import ARMED


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(ARMED)


def test_only_a_comparison_with_two_arms_has_the_section(study: Study) -> None:
    assert arms(study.arms[ANSWERED]) is None
    assert arms(None) is None
    found = arms(study)
    assert found is not None
    assert [name for name, _, _ in found.scenarios] == ["ban"]


def test_it_tells_of_each_effect_what_is_undone_or_that_this_is_not_told(study: Study) -> None:
    found = arms(study)
    assert found is not None
    _, sentences, table = found.scenarios[0]
    text = " ".join(sentence.text for sentence in sentences)
    told = undone(study).set_index("measure")["undone_median"].notna()
    assert len(table.lines) == len(EFFECTS)
    for line, clear in zip(table.lines, told.loc[list(EFFECTS)], strict=True):
        assert (line.cells[-1].main == "not told") != clear
        assert line.label in text
    assert ("Not told for" in text) == (not told.all())


def test_no_place_is_named_to_which_nothing_clearly_went(study: Study) -> None:
    """A substitute is told of an arm only if more board, or try, there in that arm: counted, pair by pair."""
    found = arms(study)
    assert found is not None
    for arm, lead in ((ANSWERED, "If they answer"), (UNANSWERED, "If nobody answers")):
        own = study.arms[arm]
        whole = own.differences
        rises = whole[whole["level"].isin(["route", "section"]) & (whole["low90"] > 0)]
        clear = set(rises[rises["measure"].isin(["boarded", "attempts"])]["name"])
        text = " ".join(sentence.text for sentence in found.scenarios[0][1] if sentence.lead.startswith(lead))
        named = {name for name in {*whole["name"]} - {"all"} if f"{name} (" in text or f"({name})" in text}
        assert named <= clear
        assert bool(named) == ("where it goes" in text)


def test_the_places_of_both_arms_add_up_to_all(study: Study) -> None:
    for arm in (ANSWERED, UNANSWERED):
        rows = arm_rows(study, "ban", arm)
        mean = rows[rows["measure"] == "attempts"].set_index(["level", "name"])["mean"]
        assert mean.loc["section"].sum() == pytest.approx(mean.loc["all", "all"])
        assert mean.loc["route"].sum() == pytest.approx(mean.loc["all", "all"])


def test_reactions_stand_with_how_often_they_began(study: Study) -> None:
    found = arms(study)
    assert found is not None
    cells = {(line.note, line.cells[0].main): [cell.main for cell in line.cells[1:]] for line in found.reactions.lines}
    assert cells["never", "ban"] == ["0 of 8", "–", "–"]
    totals: pd.DataFrame = study.totals[study.totals["scenario"] == "ban"]
    began = totals[(totals["name"] == "more") & (totals["measure"] == "reactions_fired")]["value"]
    assert cells["more", "ban"][0] == f"{int(np.sum(began > 0))} of 8"
