"""The answer of a brief, sentence by sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sim.report.arms.page import Arms
from sim.report.brief.answer import answer, most_loaded
from sim.report.findings import Findings
from sim.report.sentences import Sentence
from sim.report.tables import Table
from sim.studies.ranking import Ranking, rank
from tests.made_study import MadeStudy, Values, around
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario(days=40)
NAN = float("nan")
BASE: dict[Any, list[float]] = {
    "attempts": around(12000, 1000),
    "days_over": around(5, 1),
    "stranded": around(60, 5),
    "deaths": around(8, 1),
    ("section", "kuznica", "pressure_peak"): around(1.5, 0.1),
    ("section", "kuznica", "peak_day"): around(9, 1),
    ("section", "kuznica", "days_over"): [0, 1, 2, 3, 4],
    ("section", "kuznica", "first_over_day"): [NAN, 3, 4, 5, 9],
    ("section", "narewka", "pressure_peak"): around(1.7),
    ("section", "narewka", "days_over"): [0, 0, 0, 3, 4],
    ("section", "dieveniskes", "days_over"): around(9),
}
NEVER = {("section", name, "days_over"): around(0) for name in ("kuznica", "narewka", "dieveniskes")}
NOBODY = {("section", "kuznica", "pressure_peak"): around(0), ("section", "narewka", "pressure_peak"): around(0)}
LEAD = (
    "Kuźnica, Poland is over full load in 80 % of the runs, first about 5 Oct 2025; at the highest it has 1.50 times "
    "what its patrols can handle (90 % interval 1.32 to 1.68)."
)
ALONE = "No section is over full load: Narewka, Poland, the most loaded, reaches 1.70 times what its patrols can handle"


def one(values: Values, scenario: Any = SCENARIO) -> Findings:
    return Findings(MadeStudy({"base": scenario}, {"base": values}, kind="replicates"))


def several(**changes: Values) -> MadeStudy:
    """The base and others that differ from it."""
    values = {"base": BASE, **{name: {**BASE, **change} for name, change in changes.items()}}
    named = {name: SCENARIO.model_copy(update={"title": name.capitalize()}) for name in values}
    return MadeStudy(named, values)


def lead(found: Findings) -> str:
    told = answer(found, None, None)
    assert told.more == []
    return told.lead.replace("\u202f", " ")


def more(study: MadeStudy, arms: Arms | None = None) -> list[str]:
    return [text.replace("\u202f", " ") for text in answer(Findings(study), rank(study), arms).more]


def test_the_section_that_is_most_surely_over_full_load_is_named() -> None:
    assert most_loaded(one(BASE)) == "kuznica"  # narewka has the higher peak; of dieveniskes no peak is known
    assert lead(one(BASE)) == LEAD
    always = {
        **BASE,
        ("section", "kuznica", "days_over"): around(3),
        ("section", "kuznica", "pressure_peak"): around(1.5),
    }
    assert lead(one(always)) == (
        "Kuźnica, Poland is over full load in every run, first about 5 Oct 2025; at the highest it has 1.50 times what "
        "its patrols can handle."
    )
    assert lead(one({key: [values[2]] for key, values in BASE.items()})) == (
        "Kuźnica, Poland is over full load from 4 Oct 2025; at the highest it has 1.50 times what its patrols can "
        "handle."
    )


def test_where_none_is_over_full_load_the_most_loaded_is_named() -> None:
    assert most_loaded(one(BASE | NEVER)) == "narewka"
    assert lead(one(BASE | NEVER)) == f"{ALONE}."
    ends = {("section", "narewka", "pressure_peak"): around(1.7, 0.1), ("section", "narewka", "peak_day"): around(9, 1)}
    assert lead(one(BASE | NEVER | ends)) == f"{ALONE} (90 % interval 1.52 to 1.88), about 9 Oct 2025."
    without = {key: values for key, values in BASE.items() if key[2:] != ("first_over_day",)}
    assert lead(one(without)) == (
        "No section is over full load: Kuźnica, Poland, the most loaded, reaches 1.50 times what its patrols can "
        "handle (90 % interval 1.32 to 1.68), about 9 Oct 2025."
    )
    assert most_loaded(one(BASE | NEVER | NOBODY)) == "narewka"  # of those alike, the last by name


def test_without_sections_landings_are_told() -> None:
    bare = SCENARIO.model_copy(update={"sections": {}})
    assert most_loaded(one(BASE, bare)) == ""
    assert lead(one(BASE, bare)) == "No border section is part of this scenario."
    assert lead(one({"landed": around(7)}, bare)) == "7 people land over the sea."
    assert lead(one({"landed": around(7, 1)}, bare)) == "7 people land over the sea (90 % interval 5 to 9)."
    study = MadeStudy({"base": bare, "other": bare}, {"base": {"attempts": [1.0]}, "other": {"landed": [2.0]}})
    assert lead(Findings(study)) == "No border section is part of this scenario."


def test_one_measure_is_told_with_what_it_changes() -> None:
    study = several(ban={"stranded": around(70, 6), "deaths": [5, 7, 8, 8, 8], "days_over": around(5, 2)})
    assert more(study) == [
        "With “Ban”: days over full load 5 to 5 (in 40 % of the replicates); people stranded 60 to 70; dead 8 to 8 (in "
        "60 % of the replicates)."
    ]
    assert more(several(ban={"attempts": around(3)})) == ["With “Ban”: nothing changes."]
    alone = {name: {key: [values[2]] for key, values in BASE.items()} for name in ("base", "ban")}
    alone["ban"]["deaths"] = [9.0]
    study = MadeStudy({"base": SCENARIO, "ban": SCENARIO.model_copy(update={"title": "Ban"})}, alone)
    assert more(study) == ["With “Ban”: dead 8 to 9."]


def test_where_both_medians_are_nought_nothing_is_told() -> None:
    zero = {**BASE, "deaths": [0, 0, 0, 0, 0]}
    study = MadeStudy(
        {"base": SCENARIO, "ban": SCENARIO.model_copy(update={"title": "Ban"})},
        {"base": zero, "ban": {**zero, "deaths": [0, 0, 0, 1, 1]}},
    )
    assert more(study) == ["With “Ban”: nothing changes."]
    some = {**zero, "deaths": [0, 0, 1, 1, 1]}
    study = MadeStudy(
        {"base": SCENARIO, "ban": SCENARIO.model_copy(update={"title": "Ban"})}, {"base": zero, "ban": some}
    )
    assert more(study) == ["With “Ban”: dead 0 to 1 (in 60 % of the replicates)."]


def test_of_a_change_those_replicates_count_that_go_the_way_of_the_medians() -> None:
    before, after = {**BASE, "deaths": [5, 6, 7, 20, 30]}, {**BASE, "deaths": [4, 8, 9, 3, 10]}
    scenarios = {"base": SCENARIO, "ban": SCENARIO.model_copy(update={"title": "Ban"})}
    assert more(MadeStudy(scenarios, {"base": before, "ban": after})) == [
        "With “Ban”: dead 7 to 8 (in 40 % of the replicates)."
    ]
    assert more(MadeStudy(scenarios, {"base": after, "ban": before})) == [
        "With “Ban”: dead 8 to 7 (in 40 % of the replicates)."
    ]


def test_of_several_measures_the_best_is_told_or_that_none_is_better() -> None:
    study = several(ban={"deaths": around(6, 1)}, talks={"deaths": around(7, 1)})
    assert more(study) == ["Of 2 measures “Ban” ranks first (100 % of the replicates): dead 8 to 6."]
    worse = several(ban={"deaths": around(9, 1)}, talks={"deaths": around(10, 1)})
    assert more(worse) == ["None of the 2 measures ranks before doing without them."]
    one_worse = several(ban={"deaths": around(9, 1)})
    assert more(one_worse) == ["With “Ban”: dead 8 to 9."]
    assert answer(Findings(several(ban={})), Ranking(*[None] * 3, 0), None).more == []  # type: ignore[arg-type]


def test_a_window_is_told() -> None:
    inside = {"base": {"deaths": around(4)}, "ban": {"deaths": around(3)}}
    study = several(ban={}).windowed("ban", inside, date(2025, 10, 17))
    assert more(study) == ["With “Ban”: dead 4 to 3. Counted from 15 Oct 2025."]


@pytest.mark.parametrize(("name", "told"), [("ban", ["Not told", "x"]), ("ban", []), ("other", ["Not told"])])
def test_what_the_other_side_undoes_is_told_of_the_best_measure(name: str, told: list[str]) -> None:
    sentences = [Sentence(text, " for it.") for text in told]
    table = Table("", "", [], [])
    study = several(ban={"deaths": around(6, 1)}, talks={"deaths": around(7, 1)})
    found = more(study, Arms("", [(name, sentences, table)], table))
    assert found[1:] == (["If the other side answers: not told for it."] if name == "ban" and told else [])
