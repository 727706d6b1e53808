"""Both arms of a comparison on a terminal, row by row."""

from __future__ import annotations

from datetime import date

from sim.report.arms.console import arm_rows, show_arms
from sim.studies.arms import ANSWERED, UNANSWERED
from tests.made_study import MadeStudy, around, in_two_arms, told_by
from tests.unit.report.arms.two_arms import BASE, IF_ANSWERED, IF_NOBODY, SCENARIO, arms, two_arms

UNDONE = (
    "undone: 1 − effect if they answer / effect if nobody does, pair by pair; below 0 answers add to the effect, above "
    "100 % they reverse it; not told (·) where the 90 % interval of the effect if nobody answers includes 0"
)
SAME = "the same people, draws and parameters in both arms; difference: median (5 % to 95 % of the pairs); "
WHO = [
    "Who answered, and when",
    "reaction | scenario | began | first day | days in force",
    "more | ban | 3 of 5 | 12 Oct 2025 (11 Oct 2025 … 16 Oct 2025) | 6",
    "---",
    "never | ban | 0 of 5 | · | ·",
    "---",
    "began: in how many replicates; first day: of those, median (25 % to 75 %)",
]


def test_effects_stand_side_by_side() -> None:
    assert told_by(show_arms, two_arms()) == [
        "ban less base, in two arms: 5 pairs of runs in each",
        "output | If nobody answers | If they answer | undone | unit",
        "Highest border pressure | 0 | 0 |  | patrol calls / capacity",
        "Days over full load | 0 | 0 | · | days",
        "Attempts to cross | −100 (−104 … −96) | −50 | 50 % (48 % … 52 %) | attempts",
        "Entries over land | +10 (−1 … +21) | +10 (+6 … +14) | · | persons",
        "Became stranded | +30 (+28 … +32) | +10 (+8 … +12) | 67 % (63 % … 71 %) | persons",
        "Dead | −1 | −2 | −100 % | persons",
        SAME + UNDONE,
        "Where did it go, if nobody answers and if they answer? Difference: median (5 % to 95 %)",
        "section or route | attempts, unanswered | attempts, answered | boarded, unanswered | boarded, answered",
        "kuznica | −100 (−102 … −98) | 0 | · | ·",
        "---",
        "baghdad-minsk | · | · | +2 | +7 (+5 … +9)",
        "---",
        "sections and routes for which nothing changes in either arm are left out",
        *WHO,
    ]


def test_a_narrow_terminal_has_the_effects_without_intervals() -> None:
    told = told_by(show_arms, two_arms(), width=60)
    assert told[1] == "output | If nobody answers | If they answer | undone"
    assert told[4] == "Attempts to cross | −100 | −50 | 50 %"
    assert "reaction | scenario | began | first day | days in force" in told


def test_what_only_one_arm_counts_is_left_out_of_the_effects_but_not_of_the_places() -> None:
    answered = {**IF_ANSWERED, "landed": around(3), ("section", "narewka", "attempts"): around(9)}
    unanswered = {key: values for key, values in IF_NOBODY.items() if key != ("section", "narewka", "attempts")}
    alone, both = arms(unanswered, answered)
    alone._of["totals"]["base"] = {key: values for key, values in BASE.items() if key[1:2] != ("narewka",)}  # type: ignore[index]
    told = told_by(show_arms, in_two_arms(both, alone, {"ban": "off"}))
    assert not [line for line in told if line.startswith("Landed")]
    assert "narewka | · | +2 | · | ·" in told


def test_over_a_window_flows_are_those_of_the_window_and_the_rest_of_the_whole_run() -> None:
    alone, both = arms()
    inside = {
        "base": BASE,
        "off": {**IF_NOBODY, "attempts": around(400, 10)},
        "ban": {**IF_ANSWERED, "attempts": around(700, 10)},
    }
    short = {name: {"attempts": values["attempts"]} for name, values in inside.items()}
    alone.windowed("off", short, date(2025, 10, 17))
    both.windowed("ban", {**inside, "base": BASE}, date(2025, 10, 17))
    study = in_two_arms(both, alone, {"ban": "off"})
    rows = arm_rows(study, "ban", UNANSWERED).set_index(["level", "measure", "name"])["median"]
    assert rows["all", "attempts", "all"] == -600
    assert rows["all", "deaths", "all"] == -1
    assert rows["section", "attempts", "kuznica"] == -100
    assert rows.index.is_unique
    alone.windowed("off", inside, date(2025, 10, 17))
    told = told_by(show_arms, study)
    assert told[0] == "ban less base, in two arms: 5 pairs of runs in each, from 2025-10-15"
    assert told[4] == "Attempts to cross | −600 | −300 | 50 % | attempts"
    assert arm_rows(two_arms(), "ban", ANSWERED).set_index("measure").loc["deaths", "median"] == -2


def test_of_several_scenarios_the_parts_that_are_undone_are_shown() -> None:
    alone = MadeStudy({"base": SCENARIO, "off": SCENARIO, "b": SCENARIO}, {"base": BASE, "off": IF_NOBODY, "b": BASE})
    both = MadeStudy({"base": SCENARIO, "ban": SCENARIO, "b": SCENARIO}, {"base": BASE, "ban": IF_ANSWERED, "b": BASE})
    assert told_by(show_arms, in_two_arms(both, alone, {"ban": "off"})) == [
        "What part of each effect on base is undone by the answers: median (5 % to 95 %)",
        "scenario | attempts | entries | days over 1 | became stranded | dead",
        "ban | 50 % (48 % … 52 %) | · | · | 67 % (63 % … 71 %) | −100 %",
        "b | · | · | · | · | ·",
        UNDONE,
        *WHO,
    ]


def test_without_a_replicate_nothing_is_shown() -> None:
    alone, both = arms({}, {})
    study = in_two_arms(both, alone, {"ban": "off"})
    study.replicates = 0
    assert told_by(show_arms, study) == []
