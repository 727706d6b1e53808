"""What a terminal shows of a study, row by row: intervals of a scenario, differences of two, rankings of more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from sim.outputs.definitions import Output, register, unregister
from sim.report.console_study import show_study
from tests.made_study import MadeStudy, Values, around, in_two_arms, told_by
from tests.strategies import tiny_scenario
from tests.unit.studies.small import ANSWERED

SCENARIO = tiny_scenario(days=40)
TRUST = "Trust: every figure is assumed, as the scenario has no posterior."
SAME = "each pair has the same people, the same draws and the same parameters; medians; difference = ban less base, "
SAME += "pair by pair, with the interval that holds 90 % of the pairs; lower / higher: in how many pairs"
OF_SECTIONS = "section | mean pressure | peak pressure | days over 1 | attempts | entries | stranded at end | dead"
OF_ROUTES = "route | boarded | attempts | entries | landed | became stranded | dead"
VALUES: dict[Any, list[float]] = {
    "attempts": around(1200, 100),
    "pressure_peak": around(1.5, 0.1),
    "deaths": around(8, 1),
    "returned": around(100),
    ("section", "kuznica", "pressure_peak"): around(1.4, 0.1),
    ("section", "kuznica", "days_over"): [0, 0, 1, 2, 3],
    ("section", "kuznica", "attempts"): around(700, 10),
    ("section", "kuznica", "deaths"): around(0),
    ("agency", "poland", "days_over"): [0, 0, 1, 2, 3],
    ("route", "baghdad-minsk", "boarded"): around(50, 5),
    ("route", "benghazi-minsk", "boarded"): around(20, 5),
}


def two(other: Values, **given: Any) -> MadeStudy:
    return MadeStudy({"base": SCENARIO, "ban": SCENARIO}, {"base": VALUES, "ban": {**VALUES, **other}}, **given)


def test_replicates_of_a_scenario_have_intervals() -> None:
    observed = pd.DataFrame({"state": ["outside the run"]})
    study = MadeStudy(
        {"base": SCENARIO}, {"base": VALUES}, kind="replicates", twins={"base": {"attempts": [1000, 1150]}},
        observed=observed,
    )  # fmt: skip
    assert told_by(show_study, study) == [
        "Over 5 replicates, all border sections and routes",
        "output | 5 % | 25 % | median | 75 % | 95 % | mean | ± (90 % conf.) | from parameters | unit",
        "Highest border pressure | 1.32 | 1.40 | 1.50 | 1.60 | 1.68 | 1.50 | 0.15 | · | patrol calls / capacity",
        # Half the mean of 0 and 50 squared is 625, of a variance of 25,000.
        "Attempts to cross | 1,020 | 1,100 | 1,200 | 1,300 | 1,380 | 1,200 | 151 | 98 % | attempts",
        "Returned home | 100 | 100 | 100 | 100 | 100 | 100 | 0 | · | persons",
        "Dead | 6 | 7 | 8 | 9 | 10 | 8 | 2 | · | persons",
        "each replicate draws the scenario's uncertain parameters and its own people; the shares tell how much of the "
        "variance over replicates comes from the parameters, the rest from chance",
        "By section: median (5 % to 95 %)",
        f"{OF_SECTIONS} | ever over 1 | trust",
        "dieveniskes | · | · | · | · | · | · | · | 0 % | assumed",
        "Lithuania | · | · | · | · | · | · | · | 0 % | assumed *",
        "---",
        "kuznica | · | 1.40 (1.22 … 1.58) | 1 (0 … 3) | 700 (682 … 718) | · | · | 0 | 60 % | assumed",
        "narewka | · | · | · | · | · | · | · | 0 % | assumed",
        "Poland | · | · | 1 (0 … 3) | · | · | · | · | 60 % | assumed *",
        "---",
        "pressure = attempts (7-day mean) / attempts a day that the deployed personnel can intercept and process; 1 is "
        "full load. Attempts: events; entries, stranded, deaths: persons, by the last section tried.",
        TRUST,
    ]


def test_main_columns_stay_on_a_narrow_terminal() -> None:
    study = MadeStudy({"base": SCENARIO}, {"base": VALUES}, kind="replicates")
    told = told_by(show_study, study, width=60)
    assert told[1:3] == [
        "output | 5 % | median | 95 % | mean",
        "Highest border pressure | 1.32 | 1.50 | 1.68 | 1.50",
    ]
    assert told[6].endswith(
        "Not shown at this width: 25 %, 75 %, ± (90 % conf.), from parameters, unit; --wide shows all."
    )
    assert told[7:9] == [
        "By section: median (5 % to 95 %: --wide)",
        "section | peak pressure | attempts | entries | stranded at end",
    ]
    assert told[12] == "kuznica | 1.40 | 700 | · | ·"
    unknown = {("route", "damascus-minsk", "boarded"): [float("nan")] * 5}
    told = told_by(show_study, two({("route", "baghdad-minsk", "boarded"): around(40), **unknown}), width=60)
    assert told[1] == "output | difference | 5 % | 95 %"
    assert told[7:9] == [
        "By section, where did it go? Difference: median (5 % to 95 %)",
        "section | peak pressure | attempts | entries | stranded at end",
    ]
    assert [line for line in told if line.startswith(("route |", "baghdad", "damascus"))] == [
        "route | attempts | entries | landed | became stranded", "baghdad-minsk | · | · | · | ·",
    ]  # fmt: skip


def test_missing_and_failed_runs_are_counted() -> None:
    study = MadeStudy({"base": SCENARIO}, {"base": VALUES}, kind="replicates", asked=7, failed=[("base", "Error: <b>")])
    study.missing = "one is missing"
    study.runs.loc[4, "twin"] = True
    told = told_by(show_study, study)
    assert told[0] == "Over 5 of 7 replicates, all border sections and routes"
    assert told[-1] == ("1 of 6 runs failed; run 5: Error: <b> {'style': 'bold', 'markup': False, 'soft_wrap': True}")
    whole = told_by(show_study, MadeStudy({"base": SCENARIO}, {"base": VALUES}, kind="replicates"))
    assert (whole[0], whole[-1]) == ("Over 5 replicates, all border sections and routes", TRUST)


def test_the_record_stands_below_a_scenario_that_has_one() -> None:
    row = {
        "series": "s", "period_start": pd.Timestamp(2025, 10, 1), "period_end": pd.Timestamp(2025, 10, 31),
        "unit": "attempts", "observed": 12345.0, "low": 1.0, "high": 2.0, "bound": "", "simulated": 12345.0,
        "ratio": 1.0, "state": "compared",
    }  # fmt: skip
    study = MadeStudy({"base": SCENARIO}, {"base": VALUES}, kind="replicates", observed=pd.DataFrame([row]))
    assert told_by(show_study, study)[-5:] == [
        "Simulated beside the record",
        "series | period | observed | range | simulated | simulated / observed",
        "s (attempts) | 2025-10-01 to 10-31 | 12,345 | 1 to 2 | 12,300 | 1.00",
        "observed: published figures (sim/data/observed), with the published range; ≥ and ≤ mark bounds.",
        TRUST,
    ]


def test_two_scenarios_have_differences_pair_by_pair() -> None:
    changes = {
        "attempts": around(1000, 80), ("section", "kuznica", "attempts"): around(600, 12),
        ("route", "baghdad-minsk", "boarded"): around(40, 2),
    }  # fmt: skip
    assert told_by(show_study, two(changes)) == [
        "ban compared with base: 5 pairs of runs",
        "output | base | ban | difference | 5 % | 95 % | lower / higher | unit",
        "Highest border pressure | 1.50 | 1.50 | 0.00 | 0.00 | 0.00 | 0 % / 0 % | patrol calls / capacity",
        "Attempts to cross | 1,200 | 1,000 | −200 | −236 | −164 | 100 % / 0 % | attempts",
        "Returned home | 100 | 100 | 0 | 0 | 0 | 0 % / 0 % | persons",
        "Dead | 8 | 8 | 0 | 0 | 0 | 0 % / 0 % | persons",
        SAME,
        "By section, where did it go? Difference: median (5 % to 95 %)",
        OF_SECTIONS,
        "dieveniskes | · | · | · | · | · | · | ·",
        "Lithuania | · | · | · | · | · | · | · *",
        "---",
        "kuznica | · | 0 | 0 | −100 (−104 … −96) | · | · | 0",
        "narewka | · | · | · | · | · | · | ·",
        "Poland | · | · | 0 | · | · | · | · *",
        "---",
        "ban less base",
        "By route, where did it go? Difference: median (5 % to 95 %)",
        OF_ROUTES,
        "baghdad-minsk | −10 (−15 … −5) | · | · | · | · | ·",
        "ban less base",
        TRUST,
    ]


def test_over_a_window_the_whole_run_stands_beside() -> None:
    inside = {
        "base": {"attempts": around(900, 50), ("section", "kuznica", "attempts"): around(50, 2)},
        "ban": {"attempts": around(1200, 30), ("section", "kuznica", "attempts"): around(90)},
    }
    study = two({"attempts": around(1300, 80)}).windowed("ban", inside, date(2025, 10, 17))
    told = told_by(show_study, study)
    assert told[:4] == [
        "ban compared with base: 5 pairs of runs, from 2025-10-15",
        "output | base | ban | difference | 5 % | 95 % | whole run | lower / higher | unit",
        "Attempts to cross | 900 | 1,200 | +300 | +264 | +336 | +100 | 0 % / 100 % | attempts",
        f"{SAME}; whole run: the same difference over all its days",
    ]
    assert told[9:] == [
        "kuznica | · | · | · | +40 (+36 … +44) | · | · | ·",
        "narewka | · | · | · | · | · | · | ·",
        "Poland | · | · | · | · | · | · | · *",
        "---",
        "ban less base, from 2025-10-15; ·: weeks do not tell it",
        "By route, where did it go? Difference: median (5 % to 95 %)",
        OF_ROUTES,
        "ban less base, from 2025-10-15; ·: weeks do not tell it",
        TRUST,
    ]


def test_what_only_one_has_is_told_below_the_tables() -> None:
    """Sections and routes of both are shown, each agency's own beside it."""
    other = tiny_scenario(
        {"sections": {"kuznica": None, "terespol": {"agency": "lithuania", "title": "Terespol"}},
         "zones": {"bruzgi": {"sections": {"kuznica": None}}}}, days=40,
    )  # fmt: skip
    values = {"attempts": [1.0], ("route", "new", "boarded"): [0.0]}
    more = {**values, ("route", "benghazi-minsk", "boarded"): [2.0]}
    told = told_by(show_study, MadeStudy({"base": SCENARIO, "ban": other}, {"base": values, "ban": more}))
    assert [line.split(" | ")[0] for line in told if line.endswith(("| ·", "| · *"))] == [
        "dieveniskes", "terespol", "Lithuania", "kuznica", "narewka", "Poland", "benghazi-minsk",
    ]  # fmt: skip
    assert "benghazi-minsk | +2 | · | · | · | · | ·" in told
    assert told[-3:] == ["Only in ban: sections terespol\n", "Only in base: sections kuznica\n", TRUST]


def test_of_more_scenarios_the_ranking_is_shown_and_all_differences_if_asked() -> None:
    values = {name: {**VALUES, "deaths": around(9 - k, 1)} for k, name in enumerate("abc")}
    study = MadeStudy(dict.fromkeys("abc", SCENARIO), values)
    short, full = told_by(show_study, study), told_by(show_study, study, full=True)
    titles = ("Ranked", "b compared with a", "c compared with a", "In what share")
    starts = [[title for line in told for title in titles if line.startswith(title)] for told in (short, full)]
    assert starts == [["Ranked"], ["Ranked", "In what share", "b compared with a", "c compared with a"]]
    assert (short[-1], full[-1]) == (TRUST, TRUST)
    compared = told_by(show_study, two({}), full=True)
    assert compared == told_by(show_study, two({}))


def test_both_arms_are_shown_one_after_the_other_where_all_is_asked_for() -> None:
    answered = MadeStudy({"base": SCENARIO, "ban": ANSWERED}, {"base": VALUES, "ban": VALUES})
    alone = MadeStudy({"base": SCENARIO, "off": SCENARIO}, {"base": VALUES, "off": VALUES})
    both = in_two_arms(answered, alone, {"ban": "off"})
    titles = ("\nIf", "ban less", "ban compared", "off compared", "Trust")
    short, full = told_by(show_study, both), told_by(show_study, both, full=True)
    assert [line for line in short if line.startswith(titles)] == [short[0], TRUST]
    assert short[0].startswith("ban less base, in two arms: 5 pairs of runs in each")
    bold = " {'style': 'bold'}"
    assert [line for line in full if line.startswith(titles) and not line.endswith("less base")] == [
        short[0], f"\nIf nobody answers{bold}", "off compared with base: 5 pairs of runs", f"\nIf they answer{bold}",
        "ban compared with base: 5 pairs of runs", TRUST,
    ]  # fmt: skip
    names = ["base", "ban", "more"]
    answered = MadeStudy(dict.fromkeys(names, ANSWERED), dict.fromkeys(names, VALUES))
    several = told_by(show_study, in_two_arms(answered, answered, {"ban": "ban"}))
    assert [line for line in several if line.startswith(("\nIf", "Ranked"))] == [
        f"\nIf nobody answers{bold}", "Ranked, the best first; base: base",
        f"\nIf they answer{bold}", "Ranked, the best first; base: base",
    ]  # fmt: skip


def test_outputs_of_extensions_stand_below_the_others() -> None:
    register(Output("ferried", "", "persons", "sum", "Ferried", "ferried", "count", "By ferry.", group="way"))
    try:
        values = {**VALUES, "ferried": around(2), ("route", "baghdad-minsk", "ferried"): around(2, 1)}
        alone = told_by(show_study, MadeStudy({"base": SCENARIO}, {"base": values}, kind="replicates"))
        assert alone[6] == "Ferried | 2 | 2 | 2 | 2 | 2 | 2 | 0 | · | persons"
        more = {**values, "ferried": around(3), ("route", "baghdad-minsk", "ferried"): around(3, 1)}
        study = MadeStudy({"base": SCENARIO, "ban": SCENARIO}, {"base": values, "ban": more})
        told = told_by(show_study, study)
        assert told[6] == "Ferried | 2 | 3 | +1 | +1 | +1 | 0 % / 100 % | persons"
        assert told[-4:-2] == [f"{OF_ROUTES} | ferried", "baghdad-minsk | 0 | · | · | · | · | · | +1"]
    finally:
        unregister("ferried")
