"""The report on two arms: it tells what was counted, and no part of an effect that may be none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report.arms.console import arm_rows
from sim.report.arms.page import NOTE, arms
from sim.studies.arms import ANSWERED, UNANSWERED
from sim.studies.carry_out import carry_out
from sim.studies.study import Study
from sim.studies.undone import EFFECTS, undone
from tests.made_study import around, rows_of
from tests.unit.report.arms.two_arms import IF_ANSWERED, IF_NOBODY, NAN, two_arms
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


def test_each_effect_is_told_with_what_is_undone() -> None:
    found = arms(two_arms())
    assert found is not None and found.note == NOTE
    ((name, told, table),) = found.scenarios
    assert name == "ban"
    assert [f"{one.lead}|{one.rest}".replace("\u202f", " ") for one in told] == [
        "Attempts to cross: 50 % of the effect is undone| (90 % interval 48 % to 52 %).",
        "Became stranded: 67 % of the effect is undone| (90 % interval 63 % to 71 %).",
        "Dead: answers add 100 % to the effect|.",
        "Not told for Entries over land and Days over full load|: if nobody answers there may be no effect.",
        "If nobody answers: where it goes: |2 more people board by baghdad-minsk (the same in nearly all replicates).",
        "If they answer: where it goes: |7 more people board by baghdad-minsk (90 % interval 5 to 9).",
    ]
    assert table.title == "ban: differences from the base in 5 pairs of runs in each arm"
    assert (table.columns, table.key) == (["", "If nobody answers", "If they answer", "undone"], "differences")
    assert rows_of(table) == [
        "Attempts to cross (attempts) | −100 [−104 to −96] | −50 | 50 % [48 % to 52 %]",
        "Entries over land (persons) | +10 [−1 to +21] | +10 [+6 to +14] | not told",
        "Days over full load (days) | 0 | 0 | not told",
        "Became stranded (persons) | +30 [+28 to +32] | +10 [+8 to +12] | 67 % [63 % to 71 %]",
        "Dead (persons) | −1 | −2 | −100 % [−100 %]",
    ]


def test_reactions_have_their_first_day_of_the_runs_in_which_they_began() -> None:
    found = arms(two_arms())
    assert found is not None
    table = found.reactions
    assert (table.title, table.columns, table.key) == (
        "Who answered, and when", ["", "scenario", "began", "first day", "days in force"], "places",
    )  # fmt: skip
    assert table.note == (
        "Began: in how many replicates. First day: of those, the median, and beneath it the 50\u202f% interval."
    )
    assert rows_of(table) == [
        "More flights from Baghdad (more) | ban | 3 of 5 | 12 Oct 2025 [11 to 16 Oct 2025] | 6",
        "More flights from Baghdad (never) | ban | 0 of 5 | – | –",
    ]
    once = {("reaction", "more", "reactions_fired"): [0, 1, 0, 0, 0], ("reaction", "never",
    "reactions_fired"): around(1),
            ("reaction", "more", "reaction_first_day"): [NAN, 10, NAN, NAN, NAN],
            ("reaction", "never", "reaction_first_day"): around(4)}  # fmt: skip
    two = {**once, ("reaction", "more", "reactions_fired"): [0, 1, 1, 0, 0],
           ("reaction", "more", "reaction_first_day"): [NAN, 10, 14, NAN, NAN]}  # fmt: skip
    rows = [arms(two_arms(answered=IF_ANSWERED | began)) for began in (once, two)]
    assert [row.split(" | ")[2:4] for found in rows if found for row in rows_of(found.reactions)] == [
        ["1 of 5", "10 Oct 2025"], ["5 of 5", "4 Oct 2025"],
        ["2 of 5", "12 Oct 2025 [11 to 13 Oct 2025]"], ["5 of 5", "4 Oct 2025"],
    ]  # fmt: skip


def test_a_part_whose_interval_includes_nought_is_not_clearly_undone() -> None:
    changes = {
        "attempts": around(900, 12),
        "entries": around(200, 10),
        "stranded": around(90, 5),
        "deaths": around(3, 1),
    }
    found = arms(two_arms(IF_NOBODY | {"entries": around(200, 10)}, IF_ANSWERED | changes))
    assert found is not None
    assert [one.text.replace("\u202f", " ") for one in found.scenarios[0][1]][:5] == [
        "Attempts to cross: no part is clearly undone (median 0 %).",
        "Entries over land: no part is clearly undone (median 0 %).",
        "Became stranded: no part is clearly undone (median 0 %, 90 % interval −6 % to 6 %).",
        "Dead: answers add 400 % to the effect.",
        "Not told for Days over full load: if nobody answers there may be no effect.",
    ]
    more = {"attempts": around(850, 20), "stranded": around(70, 4)}
    found = arms(two_arms(answered=IF_ANSWERED | more))
    assert found is not None
    assert [one.text.replace("\u202f", " ") for one in found.scenarios[0][1]][:2] == [
        "Attempts to cross: answers add 50 % to the effect (90 % interval 37 % to 62 %).",
        "Became stranded: 67 % of the effect is undone (90 % interval 58 % to 74 %).",
    ]


def test_without_a_replicate_there_is_no_section() -> None:
    study = two_arms()
    study.replicates = 0
    assert arms(study) is None
