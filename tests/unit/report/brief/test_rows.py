"""The tables of a brief, cell by cell."""

from __future__ import annotations

from typing import Any

from sim.outputs.trust import Trust
from sim.report.brief.rows import Both, Figure, Place, Ranked, both_arms, headings, places, ranked
from sim.report.findings import Findings
from sim.report.panels import GHOST
from sim.report.style import COLOURS
from sim.studies.ranking import Ranking, rank
from tests.made_study import MadeStudy, around
from tests.strategies import tiny_scenario
from tests.unit.report.arms.two_arms import IF_ANSWERED, two_arms
from tests.unit.report.test_trust import FITTED, facts

SCENARIO = tiny_scenario(
    {"sections": {"narewka": {"title": "Narewka (PL)"}, "kuznica": {"title": "A very long name of a section there"}}},
    days=40,
)  # fmt: skip
BASE: dict[Any, list[float]] = {
    "attempts": around(12000, 1000),
    "days_over": around(5, 1),
    "stranded": around(60, 5),
    "deaths": around(0),
    ("section", "kuznica", "pressure_peak"): around(1.5, 0.1),
    ("section", "kuznica", "days_over"): [0, 1, 2, 3, 4],
    ("section", "kuznica", "attempts"): around(11000, 2),
    ("section", "narewka", "pressure_peak"): around(1.7),
    ("section", "dieveniskes", "pressure_peak"): around(0.2),
    ("section", "dieveniskes", "recorded_attempts"): around(12),
    ("agency", "poland", "attempts"): around(11500, 2),
}
NONE = Figure("–")


def study() -> MadeStudy:
    ban = {**BASE, "attempts": around(9000, 100), "stranded": around(30)}
    scenarios = {"base": SCENARIO, "ban": SCENARIO.model_copy(update={"title": "Ban"})}
    return MadeStudy(scenarios, {"base": BASE, "ban": ban})


def test_scenarios_stand_by_rank_with_bars_beside_the_largest_of_a_column() -> None:
    made = study()
    assert ranked(Findings(made), rank(made)) == [
        Ranked("1", "Ban", COLOURS[0], False, [
            Figure("5", "3 to 7", "", 100.0), Figure("9,000", "8,820 to 9,180", "", 75.0), Figure("30", "", "", 50.0),
            NONE, Figure("0", "", "", 0.0),
        ]),
        Ranked("2", "None of these measures", GHOST, True, [
            Figure("5", "3 to 7", "", 100.0), Figure("12,000", "10.2k to 13.8k", "", 100.0),
            Figure("60", "51 to 69", "", 100.0), NONE, Figure("0", "", "", 0.0),
        ]),
    ]  # fmt: skip


def test_a_scenario_alone_has_its_own_figures() -> None:
    found = Findings(MadeStudy({"base": SCENARIO}, {"base": BASE}, kind="replicates"))
    rows = ranked(found, None)
    assert rows == ranked(found, Ranking(*[None] * 3, 0))  # type: ignore[arg-type]
    assert rows == [
        Ranked("", "tiny", COLOURS[0], True, [
            Figure("5", "3 to 7", "", 100.0), Figure("12,000", "10.2k to 13.8k", "", 100.0),
            Figure("60", "51 to 69", "", 100.0), NONE, Figure("0", "", "", 0.0),
        ]),
    ]  # fmt: skip


def test_the_headings_carry_marks_of_trust() -> None:
    found = Findings(study())
    names = ["Days over full load", "Attempts", "Stranded", "Injured", "Dead"]
    assert headings(found) == [(name, "○") for name in names]
    known = facts()
    known["posteriors"]["mine"]["fitted"].append(
        {**known["posteriors"]["mine"]["fitted"][0], "name": "all", "output": "deaths"}
    )
    found.__dict__["trust"] = Trust(FITTED, known)
    assert headings(found) == [*((name, "○") for name in names[:4]), ("Dead", "●")]


def test_sections_stand_below_their_country() -> None:
    found = Findings(study())
    lithuania = [
        Place("Lithuania", True, [NONE] * 4),
        Place("Dieveniškės", False, [Figure("0.20", "", "○"), NONE, NONE, Figure("12", "", "○")]),
    ]
    poland = [
        Place("Poland", True, [NONE, NONE, Figure("11.5k", "", "○"), NONE]),
        Place(
            "A very long name of a…",
            False,
            [Figure("1.50", "", "○"), Figure("2", "", "○"), Figure("11.0k", "", "○"), NONE],
        ),
        Place("Narewka", False, [Figure("1.70", "", "○"), NONE, NONE, NONE]),
    ]
    assert places(found, 5) == ([*lithuania, *poland], 0)
    assert places(found, 4) == ([lithuania[0], *poland], 1)
    assert places(found, 3) == ([lithuania[0], poland[0], poland[2]], 2)
    found.__dict__["trust"] = Trust(FITTED, facts())
    assert places(found, 3)[0][1].cells[2] == Figure("11.5k", "", "◆")


def test_both_arms_have_effects_and_what_is_undone() -> None:
    whole = two_arms(answered={**IF_ANSWERED, "attempts": around(950, 10)})
    assert both_arms(whole, Findings(whole)) == [
        Both("tiny", [
            Figure("−100", "−104 to −96"), Figure("−50"), Figure("50\u202f%"),
            Figure("+30", "+28 to +32"), Figure("+10", "+8 to +12"), Figure("67\u202f%"),
        ])
    ]  # fmt: skip
    clear = two_arms(unanswered={**IF_ANSWERED, "attempts": around(1000, 11)})
    (found,) = both_arms(clear, Findings(clear))
    assert found.cells[2] == Figure("not told")
    assert both_arms(None, Findings(study())) == both_arms(study(), Findings(study())) == []
