"""Sentences of a report, each written out: they say what the values of the replicates say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from sim.report.findings import Findings
from sim.report.sentences import (
    Headline,
    Sentence,
    caveat,
    elsewhere,
    has_sea,
    headline,
    headlines,
    only_in,
    period,
)
from tests.made_study import MadeStudy, Values, around
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario(days=40)
IN_PROCEDURE = ("everywhere", "in_procedure", "persons")
VALUES: dict[Any, list[float]] = {
    "attempts": around(1200, 100),
    "days_over": around(5, 1),
    "pressure_mean": around(0.5, 0.05),
    "pressure_peak": around(1.5, 0.1),
    "entries": around(300, 10),
    "landed": around(40, 3),
    "deaths": around(8, 1),
    "stranded": around(60, 5),
    "injuries": around(20, 1),
    "returned": around(100),
    IN_PROCEDURE: around(30, 2),
}
NOBODY = {key: [0.0] * 5 for key in VALUES}
LOADS = {
    ("section", "dieveniskes", "pressure_peak"): around(1.3, 0.1),
    ("section", "dieveniskes", "peak_day"): around(15, 1),
    ("section", "dieveniskes", "days_over"): [1, 1, 1, 1, 1],
    ("section", "kuznica", "pressure_peak"): around(1.4, 0.1),
    ("section", "kuznica", "peak_day"): around(12, 1),
    ("section", "kuznica", "days_over"): [0, 0, 1, 2, 3],
    ("section", "narewka", "pressure_peak"): around(0.4),
    ("section", "narewka", "days_over"): [0, 0, 0, 0, 1],
}
PLACES = {
    ("route", "baghdad-minsk", "boarded"): around(50, 5),
    ("route", "baghdad-minsk", "attempts"): around(500, 5),
    ("section", "kuznica", "attempts"): around(700, 10),
    ("section", "narewka", "attempts"): around(300, 10),
}


def two(other: Values, base: Values | None = None) -> MadeStudy:
    """A comparison: what is not named is as in `VALUES`, in both."""
    return MadeStudy({"base": SCENARIO, "ban": SCENARIO}, {"base": VALUES | (base or {}), "ban": VALUES | other})


def one(values: Values) -> MadeStudy:
    return MadeStudy({"base": SCENARIO}, {"base": values}, kind="replicates")


def single(values: Values) -> dict[Any, list[float]]:
    """The values of the replicate in the middle alone."""
    return {key: [found[2]] for key, found in values.items()}


def told(sentences: Iterable[Sentence]) -> list[str]:
    """What is bold, a bar, and the rest."""
    return [f"{sentence.lead}|{sentence.rest}".replace("\u202f", " ") for sentence in sentences]


def of(study: MadeStudy) -> Headline:
    return headlines(Findings(study))[-1]


def test_a_change_is_told_with_its_interval_and_how_often_it_is_there() -> None:
    changes = {
        "attempts": around(1000, 80), "days_over": around(3, 1), "pressure_peak": around(1.3, 0.2),
        "entries": around(300, 20), "injuries": around(25, 2), "returned": around(90), IN_PROCEDURE: around(33, 4),
    }  # fmt: skip
    found = of(two(changes))
    assert found.scenario == "ban"
    assert told(found.border) == [
        "Attempts at all border sections fall by 200| (90 % interval 164 to 236), in all 5 replicates; "
        "from 1,200 to 1,000.",
        "Days with a section over full load fall by 2| (90 % interval 2 to 2), in all 5 replicates; from 5 to 3.",
        "The mean border pressure of the most loaded section does not change| in any of the 5 replicates.",
        "The highest border pressure of any section falls by 0.20| (90 % interval 0.02 to 0.38), in 4 of 5 "
        "replicates; from 1.50 to 1.30.",
        "Entries over land: no clear change| (median 0, 90 % interval −18 to +18); lower in 2 and higher in 2 of 5 "
        "replicates.",
        "Landings over the sea do not change| in any of the 5 replicates.",
        "It goes nowhere else that the model knows|: no other route or section clearly takes more.",
    ]
    assert told(found.people) == [
        "Deaths on all ways do not change| in any of the 5 replicates.",
        "People who become stranded do not change| in any of the 5 replicates.",
        "People injured outdoors rise by 5| (90 % interval 3 to 7), in all 5 replicates; from 20 to 25.",
        "People who return home fall by 10| (90 % interval 10 to 10), in all 5 replicates; from 100 to 90.",
        "People in procedure at the end: no clear change| (median +3, 90 % interval −1 to +7); lower in 1 and higher "
        "in 4 of 5 replicates.",
    ]
    assert found.people[2].text == (
        "People injured outdoors rise by 5 (90\u202f% interval 3 to 7), in all 5 replicates; from 20 to 25."
    )


def test_an_interval_that_touches_nought_is_no_clear_change() -> None:
    """From 0 to 18 and from −18 to 0: each end of an interval stands for itself."""
    rise = {"entries": [300 - 20 + 0, 290.0, 310, 320, 330], "deaths": [6, 7, 8, 9, 9.0]}
    found = of(two(rise))
    assert told(found.border)[4] == (
        "Entries over land: no clear change| (median +10, 90 % interval 0 to +10); lower in 0 and higher in 3 of 5 "
        "replicates."
    )
    assert told(found.people)[0] == (
        "Deaths on all ways: no clear change| (median 0, 90 % interval −1 to 0); lower in 1 and higher in 0 of 5 "
        "replicates."
    )


def test_a_small_change_is_clear_if_no_replicate_says_otherwise() -> None:
    found = of(two({"pressure_peak": around(1.45, 0.11), "pressure_mean": around(0.55, 0.06)}))
    assert told(found.border)[2:4] == [
        "The mean border pressure of the most loaded section rises by 0.05| (90 % interval 0.03 to 0.07), in all 5 "
        "replicates; from 0.50 to 0.55.",
        "The highest border pressure of any section falls by 0.05| (90 % interval 0.03 to 0.07), in all 5 replicates; "
        "from 1.50 to 1.45.",
    ]


def test_a_change_of_a_single_pair_has_no_interval() -> None:
    changes = {"attempts": [1000.0], "days_over": [6.0], "pressure_peak": [1.75], IN_PROCEDURE: [29.0]}
    values = {"base": single(VALUES), "ban": single(VALUES) | changes}
    found = of(MadeStudy({"base": SCENARIO, "ban": SCENARIO}, values))
    assert told(found.border) == [
        "Attempts at all border sections fall by 200|, from 1,200 to 1,000.",
        "Days with a section over full load rise by 1|, from 5 to 6.",
        "The mean border pressure of the most loaded section does not change|: 0.50.",
        "The highest border pressure of any section rises by 0.25|, from 1.50 to 1.75.",
        "Entries over land do not change|: 300.",
        "Landings over the sea do not change|: 40.",
        "It goes nowhere else that the model knows|: no other route or section clearly takes more.",
    ]
    assert told(found.people)[-1] == "People in procedure at the end fall by 1|, from 30 to 29."


def test_what_is_taken_from_one_place_and_comes_to_others_is_told_of_the_two_that_take_most() -> None:
    more = {
        ("route", "baghdad-minsk", "boarded"): around(70, 6),
        ("route", "baghdad-minsk", "attempts"): around(510, 5),
        ("section", "kuznica", "attempts"): around(600, 10),
        ("section", "narewka", "attempts"): around(335, 10),
    }
    study = two({**PLACES, **more, "attempts": around(1000, 80)}, PLACES)
    assert told(elsewhere(Findings(study), "ban")) == [
        "Where it goes: |35 more attempts at Narewka (narewka) (the same in nearly all replicates); 20 more people "
        "board by baghdad-minsk (90 % interval 18 to 22)."
    ]
    untitled = tiny_scenario({"sections": {"narewka": {"title": "narewka"}}}, days=40)
    less = {**PLACES, **more, ("route", "baghdad-minsk", "boarded"): around(50, 5)}
    less[("route", "baghdad-minsk", "attempts")] = around(501, 5)
    study = MadeStudy({"base": untitled, "ban": untitled}, {"base": single(PLACES), "ban": single(less)})
    assert told(elsewhere(Findings(study), "ban")) == [
        "Where it goes: |35 more attempts at narewka; 1 more attempts by those who came by baghdad-minsk."
    ]


def test_nothing_is_said_of_where_it_goes_unless_attempts_clearly_fall() -> None:
    assert told(elsewhere(Findings(two({"attempts": around(1000, 300)})), "ban")) == []
    assert told(elsewhere(Findings(two({})), "ban")) == []
    study = two({"attempts": [900, 1000, 1100, 1200, 1300.0]})
    assert len(told(elsewhere(Findings(study), "ban"))) == 1
    by_one = two({"attempts": [1199.5, 1299.5, 1399.5, 1099.5, 999.5]}, {"attempts": [1200.0, 1300, 1400, 1100, 1000]})
    assert len(told(elsewhere(Findings(by_one), "ban"))) == 1
    never = {("section", "kuznica", "attempts"): [0.0] * 5}
    assert told(elsewhere(Findings(two(never, never)), "ban")) == []


def test_a_window_is_named_and_what_is_counted_in_it_comes_from_it() -> None:
    inside = {"base": {"attempts": around(900, 50), "deaths": around(4)}, "ban": {"attempts": around(650, 30),
              "deaths": around(3)}}  # fmt: skip
    study = two({"attempts": around(1000, 80)}).windowed("ban", inside, date(2025, 10, 17))
    found = of(study)
    assert told(found.border)[:3] == [
        "Counted from 15 October 2025|, as the two are the same before; the table of differences has the whole run, "
        "too.",
        "Attempts at all border sections fall by 250| (90 % interval 214 to 286), in all 5 replicates; from 900 to "
        "650.",
        "Days with a section over full load do not change| in any of the 5 replicates.",
    ]
    assert told(found.people)[0] == (
        "Deaths on all ways fall by 1| (90 % interval 1 to 1), in all 5 replicates; from 4 to 3."
    )
    study = two({}).windowed("ban", inside, date(2025, 10, 17), date(2025, 10, 20), asked=True)
    assert told(of(study).border)[0] == (
        "Counted from 15 October 2025 to 21 October 2025|, as asked; the table of differences has the whole run, too."
    )


def test_where_an_asked_window_has_a_fall_nowhere_else_is_told_of_it() -> None:
    """The whole run may have none."""
    inside = {"base": {"attempts": around(900)}, "ban": {"attempts": around(650)}}
    study = two({}).windowed("ban", inside, date(2025, 10, 17), date(2025, 10, 20), asked=True)
    last = "It goes nowhere else that the model knows|: no other route or section clearly takes more."
    assert told(elsewhere(Findings(study), "ban")) == [last]


def test_where_nobody_attempts_that_is_said_once() -> None:
    assert told(of(two(NOBODY, NOBODY)).border) == ["Nobody attempts to cross| a border section in either scenario."]
    assert len(of(two(NOBODY)).border) == len(of(two({}, NOBODY)).border) + 1 == 7
    assert told(of(one(NOBODY)).border) == ["Nobody attempts to cross| a border section."]
    assert told(of(one({"landed": around(3)})).border) == [
        "Nobody attempts to cross| a border section.",
        "3 people land over the sea| (the same in nearly all replicates).",
    ]


def test_scenarios_without_sections_say_so() -> None:
    bare = SCENARIO.model_copy(update={"sections": {}})
    both = MadeStudy({"base": bare, "ban": bare}, {"base": VALUES, "ban": VALUES})
    assert told(of(both).border) == [
        "No border section is part of these scenarios|.",
        "Landings over the sea do not change| in any of the 5 replicates.",
    ]
    alone = MadeStudy({"base": bare}, {"base": NOBODY}, kind="replicates")
    assert told(of(alone).border) == ["No border section is part of this scenario|."]


def test_replicates_of_a_scenario_are_told_with_intervals_and_probabilities() -> None:
    found = of(one({**VALUES, **LOADS}))
    assert found.scenario == "base"
    assert told(found.border) == [
        "People attempt to cross 1,200 times| (90 % interval 1,020 to 1,380); one person may try often.",
        "300 people get in over land| (90 % interval 282 to 318); in procedure or not.",
        "The most loaded section is Kuźnica (kuznica)|: the highest pressure (patrol calls over capacity) is 1.40 "
        "(90 % interval 1.22 to 1.58), about 12 Oct 2025; 1 is full load.",
        "3 of 3 sections may be over full load| on at least one day: Dieveniškės with a probability of 100 % and "
        "Kuźnica with a probability of 60 %, and 1 more.",
        "40 people land over the sea| (90 % interval 35 to 45).",
    ]
    assert told(found.people) == [
        "8 people die| on all ways (90 % interval 6 to 10).",
        "60 people become stranded| (90 % interval 51 to 69).",
        "20 people are injured| outdoors (90 % interval 18 to 22).",
        "100 people return home| (the same in nearly all replicates).",
        "30 people are in procedure| on the last day (90 % interval 26 to 34).",
    ]


def test_a_single_run_is_told_without_intervals() -> None:
    ones = {key: [1.0] for key in ("days_over", "deaths", "stranded", "injuries", "returned", IN_PROCEDURE)}
    found = of(one({**single({**VALUES, **LOADS}), **ones}))
    assert told(found.border) == [
        "People attempt to cross 1,200 times|; one person may try often.",
        "300 people get in over land|; in procedure or not.",
        "The most loaded section is Kuźnica (kuznica)|: the highest pressure (patrol calls over capacity) is 1.40, "
        "about 12 Oct 2025; 1 is full load.",
        "On 1 day at least one section is over full load|: Dieveniškės and Kuźnica.",
        "40 people land over the sea|.",
    ]
    assert told(found.people) == [
        "1 person dies| on all ways.",
        "1 person becomes stranded|.",
        "1 person is injured| outdoors.",
        "1 person returns home|.",
        "1 person is in procedure| on the last day.",
    ]
    assert told(of(one({"deaths": [0.0]})).people) == ["0 people die| on all ways."]


def test_the_most_loaded_section_has_a_date_if_it_is_known_and_its_name_once() -> None:
    scenario = tiny_scenario({"sections": {"narewka": {"title": "narewka"}}}, days=40)
    values = {"attempts": [9.0], ("section", "narewka", "pressure_peak"): [0.4]}
    found = MadeStudy({"base": scenario}, {"base": values}, kind="replicates")
    assert told(of(found).border) == [
        "People attempt to cross 9 times|; one person may try often.",
        "The most loaded section is narewka|: the highest pressure (patrol calls over capacity) is 0.40; 1 is full "
        "load.",
        "No section is ever over full load|.",
    ]
    assert told(of(one({"attempts": [8.0, 9.0]})).border)[-1] == "No section is ever over full load|, in any replicate."


def test_of_many_sections_over_full_load_six_are_named() -> None:
    names = [f"n{k}" for k in range(8)]
    many = {name: {"agency": "poland", "title": name.upper()} for name in names}
    scenario = tiny_scenario({"sections": many}, days=40)
    values: dict[Any, list[float]] = {("section", name, "days_over"): [2.0] for name in names}
    values |= {"attempts": [9.0], "days_over": [3.0]}
    of_six = {**values, ("section", "n6", "days_over"): [0.0], ("section", "n7", "days_over"): [0.0]}
    lead = "On 3 days at least one section is over full load|: N0, N1, N2, N3, N4 and N5"
    for found, end in ((values, ", and 2 more."), (of_six, ".")):
        study = MadeStudy({"base": scenario}, {"base": found}, kind="replicates")
        assert told(of(study).border)[-1] == lead + end


def test_parameters_and_chance_share_the_spread_where_twins_tell() -> None:
    values = {"attempts": [10.0, 20, 30], "entries": [1.0, 2, 3]}
    study = MadeStudy({"base": SCENARIO}, {"base": values}, kind="replicates", twins={"base": {"attempts": [10.0, 10]}})
    # Half the mean square of 0 and 10 is 25, of a variance of 100.
    assert told(of(study).border)[-1] == "75 % of the spread of attempts comes from the parameters|, 25 % from chance."
    same = MadeStudy(
        {"base": SCENARIO}, {"base": {"attempts": [9.0, 9]}}, kind="replicates", twins={"base": {"attempts": [9.0]}}
    )
    of_others = MadeStudy(
        {"base": SCENARIO}, {"base": {"attempts": [9.0, 8], "entries": [1.0, 2]}}, kind="replicates",
        twins={"base": {"entries": [1.0]}},
    )  # fmt: skip
    for found in (same, of_others):
        assert "spread" not in " ".join(told(of(found).border))


MODEL = "This is a model, not a forecast: it says what follows from the assumptions listed below."


@pytest.mark.parametrize(
    ("names", "replicates", "text"),
    [
        ("a", 1, "The figures are of a single run with central values of all parameters; there are no intervals."),
        ("ab", 1, "The figures are of a single run with central values of all parameters; there are no intervals. "
         "All scenarios share the same people and the same draws."),
        ("a", 2, "There are 2 replicates. Each draws the uncertain parameters and its own people. Figures are medians; "
         "a 90 % interval holds nine in ten replicates. It says nothing about what the model leaves out."),
        ("ab", 3, "There are 3 replicates. Each draws the uncertain parameters and its own people; within a replicate "
         "all scenarios share both, so that differences are due to the scenarios alone. Figures are medians; a 90 % "
         "interval holds nine in ten replicates. It says nothing about what the model leaves out."),
    ],
)  # fmt: skip
def test_the_caveat_says_what_kind_of_numbers_there_are(names: str, replicates: int, text: str) -> None:
    values = {name: {"attempts": [1.0] * replicates} for name in names}
    kind = "replicates" if len(names) == 1 else "compare"
    found = Findings(MadeStudy(dict.fromkeys(names, SCENARIO), values, kind=kind))
    assert caveat(found).replace("\u202f", " ") == f"{MODEL} {text}"
    assert period(found) == "1 October 2025 to 9 November 2025"


def test_what_only_one_of_two_scenarios_has_is_listed() -> None:
    one = tiny_scenario(
        {"sections": {"b": {"agency": "poland", "title": "B"}, "a": {"agency": "poland", "title": "A"}}}
    )
    two = tiny_scenario({"cohorts": {"syrians": None}, "routes": {"damascus-minsk": None}, "carriers": {"buses": None}})
    three = tiny_scenario({"transit_states": {"chad": {"hub": "ndjamena"}}})
    scenarios = {"one": one, "two": two, "three": three}
    assert only_in(scenarios, "one", "one") == []
    assert only_in(scenarios, "one", "two") == [
        "Only in one: routes damascus-minsk; sections a, b; cohorts syrians; carriers buses"
    ]
    assert only_in(scenarios, "one", "three") == ["Only in three: transit states chad", "Only in one: sections a, b"]


def test_there_is_a_sea_where_somebody_lands_in_any_scenario() -> None:
    assert has_sea(Findings(two({"landed": [0.0] * 5})))
    assert has_sea(Findings(two({}, {"landed": [0.0] * 5})))
    assert not has_sea(Findings(two(NOBODY, NOBODY)))
    assert has_sea(Findings(one({"landed": [0.0, 0, 0, 0, 1]})))
    assert not has_sea(Findings(one({"attempts": [1.0]})))


def test_each_other_scenario_has_a_headline() -> None:
    study = MadeStudy(dict.fromkeys("abc", SCENARIO), dict.fromkeys("abc", VALUES))
    found = Findings(study)
    assert [one.scenario for one in headlines(found)] == ["b", "c"]
    assert told(headline(found, "c").people) == told(headlines(found)[1].people)
