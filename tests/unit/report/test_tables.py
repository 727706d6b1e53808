"""Tables of a report, each written out, for studies whose every value is known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from sim.outputs.beside_record import COMPARED, OUTSIDE
from sim.outputs.definitions import Output, register, unregister
from sim.report import tables
from sim.report.findings import Findings
from sim.report.tables import Cell
from tests.made_study import MadeStudy, Values, around, rows_of
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario(days=40)
NAN = float("nan")
WHOLE: dict[Any, list[float]] = {
    "attempts": around(1200, 100),
    "days_over": around(5, 1),
    "pressure_peak": around(1.5, 0.1),
    "entries": around(300, 10),
    "landed": around(40, 3),
    "deaths": around(8, 1),
    "stranded": around(60, 5),
    "returned": around(100),
    ("everywhere", "in_procedure", "persons"): around(30, 2),
}
PLACES: dict[Any, list[float]] = {
    ("section", "kuznica", "pressure_mean"): around(0.7, 0.1),
    ("section", "kuznica", "pressure_peak"): around(1.4, 0.1),
    ("section", "kuznica", "days_over"): [0, 0, 1, 2, 3],
    ("section", "kuznica", "first_over_day"): [NAN, NAN, 12, 14, 20],
    ("section", "kuznica", "attempts"): around(700, 10),
    ("section", "kuznica", "entries"): around(70, 10),
    ("section", "kuznica", "persons_stranded"): around(7, 1),
    ("section", "kuznica", "returned"): around(17),
    ("section", "kuznica", "deaths"): [0, 0, 0, 0, 1],
    ("agency", "poland", "attempts"): around(900, 20),
    ("agency", "poland", "days_over"): [0, 0, 1, 2, 3],
    ("section", "before-any-section", "returned"): around(30, 1),
    ("route", "baghdad-minsk", "boarded"): around(50, 5),
    ("route", "damascus-minsk", "boarded"): around(0),
    ("route", "benghazi-minsk", "deaths"): [0, 0, 0, 0, 1],
}
BY_SECTION = "Stranded, returned and dead: persons, by the last section that they tried."


def one(values: Values, **given: Any) -> Findings:
    return Findings(MadeStudy({"base": SCENARIO}, {"base": values}, kind="replicates", **given))


def single(values: Values) -> dict[Any, list[float]]:
    """The values of the replicate in the middle alone."""
    return {key: [found[2]] for key, found in values.items()}


def two(base: Values, other: Values) -> MadeStudy:
    return MadeStudy({"base": SCENARIO, "ban": SCENARIO}, {"base": base, "ban": other})


def plain(texts: list[str]) -> list[str]:
    return [text.replace("\u202f", " ") for text in texts]


def test_a_cell_has_an_interval_where_replicates_differ() -> None:
    found = one(
        {"attempts": around(12, 2), "entries": around(7), "peak_day": around(3, 1), "stranded": [1.0, *[NAN] * 4]}
    )
    rows = {name: found.value("base", name) for name in ("attempts", "entries", "peak_day", "stranded")}
    assert tables.cell(found, None, "attempts") == Cell("–")
    assert tables.cell(found, rows["attempts"], "attempts") == Cell("12", "8 to 16")
    assert tables.cell(found, rows["attempts"], "attempts", sign=True) == Cell("+12", "+8 to +16")
    assert tables.cell(found, rows["entries"], "entries") == Cell("7")
    assert tables.cell(found, rows["peak_day"], "peak_day") == Cell("3 Oct 2025", "1 to 5 Oct 2025")
    assert tables.cell(found, rows["peak_day"], "peak_day", sign=True) == Cell("+3", "+1 to +5")
    assert tables.cell(found, rows["stranded"], "stranded") == Cell("1")
    apart = {"median": 5.0, "low90": 1.0, "high90": 9.0, "replicates": 1}
    assert tables.cell(found, apart, "attempts") == Cell("5")  # a single run has none, whatever a table has


def test_the_main_figures_of_a_scenario_stand_at_a_glance() -> None:
    table = tables.glance(one(WHOLE))
    assert (table.title, table.note, table.columns, table.key) == (
        "At a glance", "Median, and beneath it the 90\u202f% interval.", ["", "base"], "glance",
    )  # fmt: skip
    assert rows_of(table) == [
        "At the border",
        "Attempts to cross (attempts) | 1,200 [1,020 to 1,380]",
        "Entries over land (persons) | 300 [282 to 318]",
        "Highest border pressure (patrol calls / capacity) | 1.50 [1.32 to 1.68]",
        "Days over full load (days) | 5 [3 to 7]",
        "Landed over the sea (persons) | 40 [35 to 45]",
        "The people",
        "Became stranded (persons) | 60 [51 to 69]",
        "Injured outdoors (persons) | –",
        "Dead (persons) | 8 [6 to 10]",
        "Returned home (persons) | 100",
        "In procedure at the end (persons) | 30 [26 to 34]",
    ]
    alone = tables.glance(one(single(WHOLE | {"landed": around(0)})))
    assert alone.note == ""
    assert rows_of(alone)[:6] == [
        "At the border", "Attempts to cross (attempts) | 1,200", "Entries over land (persons) | 300",
        "Highest border pressure (patrol calls / capacity) | 1.50", "Days over full load (days) | 5", "The people",
    ]  # fmt: skip


def test_differences_stand_beside_both_scenarios() -> None:
    study = two(WHOLE, WHOLE | {"attempts": around(1150, 60), "deaths": around(7, 1)})
    table = tables.differences(Findings(study), "ban")
    assert (table.title, table.note, table.key) == ("ban less base", "", "differences")
    assert table.columns == ["", "difference", "base", "ban", "lower / higher, of 5"]
    assert rows_of(table) == [
        "At the border",
        "Highest border pressure (patrol calls / capacity) | 0.00 [0.00] | 1.50 [1.32 to 1.68] | 1.50 [1.32 to 1.68] "
        "| 0 / 0",
        "Days over full load (days) | 0 [0] | 5 [3 to 7] | 5 [3 to 7] | 0 / 0",
        "Attempts to cross (attempts) | −50 [−122 to +22] | 1,200 [1,020 to 1,380] | 1,150 [1,040 to 1,260] | 4 / 1",
        "Entries over land (persons) | 0 [0] | 300 [282 to 318] | 300 [282 to 318] | 0 / 0",
        "On the way",
        "Landed over the sea (persons) | 0 [0] | 40 [35 to 45] | 40 [35 to 45] | 0 / 0",
        "The people",
        "Became stranded (persons) | 0 [0] | 60 [51 to 69] | 60 [51 to 69] | 0 / 0",
        "Dead (persons) | −1 [−1] | 8 [6 to 10] | 7 [5 to 9] | 5 / 0",
        "Returned home (persons) | 0 [0] | 100 | 100 | 0 / 0",
        "In procedure at the end (persons) | 0 [0] | 30 [26 to 34] | 30 [26 to 34] | 0 / 0",
    ]


def test_over_a_window_the_differences_of_the_whole_run_stand_beside() -> None:
    inside = {"base": {"attempts": around(900, 50)}, "ban": {"attempts": around(650, 30)}}
    study = two(single(WHOLE), single(WHOLE | {"attempts": around(1300)})).windowed("ban", inside, date(2025, 10, 17))
    table = tables.differences(Findings(study), "ban")
    assert table.title == "ban less base, from 15 October 2025"
    assert table.columns == ["", "difference", "base", "ban", "whole run", "lower / higher, of 1"]
    assert rows_of(table)[3] == (
        "Attempts to cross (attempts) | −250 [−286 to −214] | 900 [810 to 990] | 650 [596 to 704] | +100 | 5 / 0"
    )
    assert rows_of(table)[9] == "Dead (persons) | 0 | 8 | 8 | 0 | 0 / 0"


def test_what_only_one_scenario_has_stands_above_the_differences() -> None:
    other = tiny_scenario({"cohorts": {"syrians": None}}, days=40)
    study = MadeStudy({"base": SCENARIO, "ban": other}, {"base": WHOLE, "ban": WHOLE})
    assert tables.differences(Findings(study), "ban").note == "Only in base: cohorts syrians."


def test_sections_stand_above_their_agency() -> None:
    table = tables.sections(one(WHOLE | PLACES))
    assert (table.title, table.note, table.key) == ("By section", BY_SECTION, "places")
    assert table.columns == [
        "", "mean pressure", "peak pressure", "days over 1", "attempts", "entries", "stranded at end", "returned",
        "dead", "ever over 1", "trust",
    ]  # fmt: skip
    assert rows_of(table) == [
        "Dieveniškės (dieveniskes) | – | – | – | – | – | – | – | – | 0 % | assumed",
        "Lithuania * | – | – | – | – | – | – | – | – | 0 % | assumed",
        "Kuźnica (kuznica) | 0.70 [0.52 to 0.88] | 1.40 [1.22 to 1.58] | 1 [0 to 3] | 700 [682 to 718] | "
        "70 [52 to 88] | 7 [5 to 9] | 17 | 0 [0 to 1] | 60 % | assumed",
        "Narewka (narewka) | – | – | – | – | – | – | – | – | 0 % | assumed",
        "Poland * | – | – | 1 [0 to 3] | 900 [864 to 936] | – | – | – | – | 60 % | assumed",
        "Before any section, and by sea | – | – | – | – | – | – | 30 [28 to 32] | – | – | assumed",
    ]


def test_sections_of_a_single_run_have_no_probabilities() -> None:
    table = tables.sections(one(single(WHOLE | PLACES)))
    assert table.columns[-3:] == ["returned", "dead", "trust"]
    assert rows_of(table)[2:] == [
        "Kuźnica (kuznica) | 0.70 | 1.40 | 1 | 700 | 70 | 7 | 17 | 0 | assumed",
        "Narewka (narewka) | – | – | – | – | – | – | – | – | assumed",
        "Poland * | – | – | 1 | 900 | – | – | – | – | assumed",
        "Before any section, and by sea | – | – | – | – | – | – | 30 | – | assumed",
    ]


def test_sections_of_a_comparison_have_differences_without_trust() -> None:
    """A section whose title is its name has it once; without people before any section there is no such line."""
    scenario = tiny_scenario({"sections": {"narewka": {"title": "narewka"}}}, days=40)
    more = {
        ("section", "kuznica", "attempts"): around(650, 8),
        ("section", "before-any-section", "returned"): around(0),
    }
    before = {**PLACES, ("section", "before-any-section", "returned"): around(0)}
    study = MadeStudy({"base": scenario, "ban": scenario}, {"base": WHOLE | before, "ban": WHOLE | before | more})
    table = tables.sections(Findings(study), "ban")
    assert (table.title, table.columns[1:]) == (
        "By section: ban less base",
        ["peak pressure", "days over 1", "attempts", "entries", "stranded at end", "returned", "dead"],
    )
    assert rows_of(table) == [
        "Dieveniškės (dieveniskes) | – | – | – | – | – | – | –",
        "Lithuania * | – | – | – | – | – | – | –",
        "Kuźnica (kuznica) | 0.00 | 0 | −50 [−54 to −46] | 0 | 0 | 0 | 0",
        "narewka | – | – | – | – | – | – | –",
        "Poland * | – | 0 | 0 | – | – | – | –",
    ]
    bare = SCENARIO.model_copy(update={"sections": {}})
    nowhere = MadeStudy({"base": bare}, {"base": WHOLE | PLACES}, kind="replicates")
    assert tables.sections(Findings(nowhere)).lines == []


def test_routes_that_nobody_takes_are_left_out() -> None:
    table = tables.routes(one(WHOLE | PLACES))
    assert (table.title, table.note, table.key) == ("By route", "", "places")
    assert table.columns == ["", "boarded", "attempts", "entries", "landed", "became stranded", "returned", "dead"]
    assert rows_of(table) == [
        "baghdad-minsk | 50 [41 to 59] | – | – | – | – | – | –",
        "benghazi-minsk | – | – | – | – | – | – | 0 [0 to 1]",
    ]
    dry = tables.routes(one(single(PLACES)))
    assert dry.columns == ["", "boarded", "attempts", "entries", "became stranded", "returned", "dead"]
    assert rows_of(dry) == ["baghdad-minsk | 50 | – | – | – | – | –"]
    other = PLACES | {("route", "baghdad-minsk", "boarded"): around(40, 4)}
    study = two(PLACES, other).windowed("ban", {"base": PLACES, "ban": other}, date(2025, 10, 17))
    moved = tables.routes(Findings(study), "ban")
    assert moved.title == "By route: ban less base, from 15 October 2025"
    assert rows_of(moved) == ["baghdad-minsk | −10 [−12 to −8] | – | – | – | – | –"]


def test_every_output_has_its_definition() -> None:
    (table,) = tables.all_outputs(one({"attempts": around(1200, 100), "returned": around(7), "peak_day": around(9, 2)}))
    assert plain(table.columns) == ["output", "unit", "median", "50 % interval", "90 % interval", "mean"]
    assert (table.title, table.note, table.key) == ("", "", "outputs")
    assert rows_of(table) == [
        "Attempts to cross (Tries to cross a section; one person may try often. A = A_0 - T.) | attempts | 1,200 | "
        "1,100 to 1,300 | 1,020 to 1,380 | 1,200",
        "Returned home (Returned home, on their own, by agencies or by return flights. Answers to: Repatriation "
        "flights (returns-2021), which are a part.) | persons | 7 | 7 | 7 | 7",
        "Day of the highest pressure (First day on which the pressure is at its highest. argmax of beta.) | date | "
        "9 Oct 2025 | 7 to 11 Oct 2025 | 5 to 13 Oct 2025 | 9 Oct 2025",
    ]


def test_outputs_of_a_single_run_and_of_comparisons_have_a_column_each() -> None:
    values = single({"attempts": around(1200, 100), ("everywhere", "in_procedure", "persons"): around(30, 2)})
    values |= {("age", "young", "boarded"): [1.0], ("age", "old", "boarded"): [0.0]}
    (table,) = tables.all_outputs(one(values))
    assert table.columns == ["output", "unit", "value"]
    assert rows_of(table)[1:] == [
        "In procedure at the end (Persons in procedure with the agency. Answers to: Persons in reception.) | persons | "
        "30",
        "Boarded, age: young (Boarded a flight, bus or boat.) | persons | 1",
    ]
    names = ["base", "a", "b", "c", "d", "e"]
    known = {name: {"attempts": around(1200, 100)} for name in names} | {"d": {"entries": around(1)}}
    study = MadeStudy(dict.fromkeys(names, SCENARIO), known)
    first, second = tables.all_outputs(Findings(study))
    assert (first.columns, second.columns) == (["output", "unit", *names[:4]], ["output", "unit", "d", "e"])
    assert [row.partition(".) | ")[2] for row in rows_of(second)] == [
        "attempts | – | 1,200 [1,020 to 1,380]", "persons | 1 | –",
    ]  # fmt: skip
    values = {**known["base"], ("age", "young", "boarded"): around(3)}
    assert rows_of(tables.all_outputs(one(values))[0])[1].partition(".) | ")[2] == "persons | 3 | 3 | 3 | 3"


def test_sections_ever_over_full_load_are_listed_with_how_likely_that_is() -> None:
    found = one(WHOLE | PLACES | {("section", "narewka", "days_over"): around(0)})
    table = tables.loads(found)
    assert (table.title, table.note, table.key) == ("", "", "loads")
    assert table.columns == ["section", "ever over 1", "days over 1", "first over 1"]
    assert rows_of(table) == ["Kuźnica (kuznica) | 60 % | 1 [0 to 3] | 14 Oct 2025 [12 to 19 Oct 2025]"]
    table = tables.loads(one(single(WHOLE | PLACES)))
    assert table.columns == ["section", "days over 1", "first over 1"]
    assert rows_of(table) == ["Kuźnica (kuznica) | 1 | 12 Oct 2025"]


def test_the_spread_is_shared_between_parameters_and_chance() -> None:
    values = {"attempts": [10.0, 20, 30], "deaths": [1.0, 2, 3], ("section", "kuznica", "attempts"): [1.0, 2, 3],
              "entries": [5.0, 5, 5]}  # fmt: skip
    twins = {
        "attempts": [10.0, 10],
        "deaths": [1.0, 2],
        "entries": [5.0, 5],
        ("section", "kuznica", "attempts"): [1.0, 9],
    }
    table = tables.spread(one(values, twins={"base": twins}))
    assert table is not None
    assert (table.title, table.key) == ("Where the spread comes from", "spread")
    assert table.columns == ["output", "from the parameters", "from chance", ""]
    assert table.note == (
        "From 2 replicates that were run twice, with the same parameters and other people. With few of them, the "
        "shares are rough."
    )
    assert rows_of(table) == ["Attempts to cross | 75 % | 25 % |  <75>", "Dead | 100 % | 0 % |  <100>"]
    assert tables.spread(one(values)) is None
    assert tables.spread(one({"entries": [5.0, 5]}, twins={"base": {"entries": [5.0]}})) is None


def observed(**given: Any) -> dict[str, Any]:
    """A row of a comparison with the record."""
    row = {
        "series": "poland-attempts",
        "period_start": pd.Timestamp(2025, 10, 1), "period_end": pd.Timestamp(2025, 10, 31),
        "measure": "attempts", "name": "poland", "unit": "attempts", "observed": 12345.0, "low": NAN, "high": NAN,
        "bound": "", "simulated": 10000.0, "sim_low": 9000.0, "sim_high": 11000.0, "ratio": 0.81, "state": COMPARED,
        "note": NAN,
    }  # fmt: skip
    return {**row, **given}


@pytest.mark.parametrize("replicates", [1, 2])
def test_the_record_stands_beside_what_was_simulated(replicates: int) -> None:
    seen = pd.DataFrame([
        observed(),
        observed(state=OUTSIDE, series="nobody"),
        observed(low=12000.0, high=13000.0, bound=">=", note="a note", sim_low=10000.0, sim_high=10000.0),
        observed(series="flights", unit="flights", bound="<=", low=7.0, high=7.0, observed=7.0, ratio=NAN, sim_low=NAN,
                 period_end=pd.Timestamp(2025, 11, 2)),
    ])  # fmt: skip
    scenario = SCENARIO.model_copy(update={"observed": ["poland-attempts"]})
    values = {"base": {"attempts": [1.0] * replicates}}
    found = Findings(MadeStudy({"base": scenario}, values, kind="replicates", observed=seen))
    table = tables.record(found, "base")
    assert table is not None
    assert (table.title, table.note, table.key) == ("", "", "record")
    assert table.columns == ["period", "published", "simulated", "simulated / published", "note"]
    ends, other = (" [9,000 to 11,000]", " [– to 11,000]") if replicates > 1 else ("", "")
    assert rows_of(table) == [
        "poland-attempts (attempts)",
        f"1 to 31 Oct 2025 | 12,345 | 10,000{ends} | 0.81 | ",
        "1 to 31 Oct 2025 | ≥ 12,345 [12,000 to 13,000] | 10,000 | 0.81 | a note",
        "flights (flights)",
        f"1 Oct to 2 Nov 2025 | ≤ 7 | 10,000{other} | – | ",
    ]
    assert tables.record(one({"attempts": [1.0]}, observed=seen), "base") is None
    outside = MadeStudy({"base": scenario}, values, kind="replicates", observed=seen[seen["state"] == OUTSIDE])
    assert tables.record(Findings(outside), "base") is None


def test_outputs_of_extensions_stand_among_their_group() -> None:
    register(Output("ferried", "", "persons", "sum", "Ferried", "ferried", "count", "By ferry.", group="way"))
    try:
        study = two(WHOLE, WHOLE | {"ferried": around(3)})
        assert "Ferried (persons) | +3 [+3] | 0 | 3 | 0 / 5" not in rows_of(tables.differences(Findings(study), "ban"))
        values = {**WHOLE, "ferried": around(2), ("route", "baghdad-minsk", "ferried"): around(2)}
        study = two(values, values | {"ferried": around(3)})
        assert rows_of(tables.differences(Findings(study), "ban"))[7] == "Ferried (persons) | +1 [+1] | 2 | 3 | 0 / 5"
        table = tables.routes(Findings(study))
        assert table.columns[-1] == "ferried"
        assert rows_of(table) == ["baghdad-minsk | – | – | – | – | – | – | – | 2"]
    finally:
        unregister("ferried")
