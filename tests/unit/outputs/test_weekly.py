"""Weekly data of runs made by hand: every total and every week, in their order, with their units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.engine.rows import STATUSES
from sim.engine.tables import ROUTE_FLOWS
from sim.outputs import definitions, outcomes, weekly
from sim.outputs.definitions import OUTPUTS
from sim.outputs.expressions import parse
from sim.outputs.weekly import layout_of, totals_of, weekly_data_of, weekly_of
from tests.strategies import tiny_scenario
from tests.unit.outputs import made
from tests.unit.outputs.test_daily import AT_BORDER, ON_WAY

SCALES = np.array([1, 3])  # of the flows of two runs
TIMES = SCALES[:, None]
NAN = np.nan
Rows = list[tuple[str, str, str, list[str], np.ndarray]]
# Of the whole border, then of the whole way: in this order.
WHOLE_BORDER = (
    "approaches", "withdrawals", "attempts", "recorded_attempts", "self_presentations", "patrol_calls", "claims",
    "claims_admitted", "turn_backs", "procedures", "crossings", "overload_crossings", "entries",
)  # fmt: skip
WHOLE_WAY = (
    "set_out", "boarded", "arrived_at_hub", "reached_border", "onward", "stranded", "evacuated", "returned", "moved_on",
    "landed", "intercepted", "injuries", "deaths",
)  # fmt: skip
PRESSURE, DAY = "patrol calls / capacity", "day of the run, from 1"


@pytest.fixture
def runs() -> list[weekly.WeeklyData]:
    return [weekly_data_of(made.made_run(int(scale))) for scale in SCALES]


@pytest.fixture
def added_level() -> Iterator[None]:
    definitions.register_level("age", ["minor", "adult"])
    definitions.register_level("sex", ["f"])
    yield
    definitions.unregister_level("sex")
    definitions.unregister_level("age")


def unit(output: str) -> str:
    persons = "arrivals" if output == "reached_border" else "persons"
    of = {"approaches": "approaches", "withdrawals": "approaches", "claims": "claims", "departures": "departures"}
    of |= dict.fromkeys(("attempts", "recorded_attempts", "patrol_calls", "turn_backs"), "attempts")
    return (of | {"seats": "seats"}).get(output, persons)


def loads() -> dict[str, list[tuple[float, float, float, float, float]]]:
    """Mean, peak, day of the peak, days over 1 and the first of them, by name: of the run, and of its triple."""
    found = {}
    for name, of_one in made.pressures().items():
        found[name] = []
        for own in (of_one, 3 * of_one):
            over = [day for day, value in enumerate(own, 1) if value > 1 + 1e-12]
            peak = max(own)
            first = next((day for day, value in enumerate(own, 1) if value == peak), NAN) if peak else NAN
            found[name].append((sum(own) / 9, peak, first, len(over), over[0] if over else NAN))
    return found


def expected_totals() -> Rows:
    rows: Rows = []
    for output, columns in AT_BORDER.items():
        one = made.RUN * made.at_border(*columns)
        rows.append(("section", output, unit(output), made.SECTIONS, one * TIMES * made.OF_SECTION))
        rows.append(("agency", output, unit(output), made.AGENCIES, one * TIMES * made.OF_AGENCY))
    of_ash = (1 + 6 * 48 + 2 * 64) / 9
    both = np.ones((2, 1))
    rows += [
        ("section", "detection", "probability", made.SECTIONS, both * [0.125, 0.25, 0.375, 0.5]),
        ("section", "capacity", "attempts per day", made.SECTIONS, both * [of_ash, 1280, 3200, 0]),
        ("agency", "capacity", "attempts per day", made.AGENCIES, both * [of_ash, 4480]),
        ("agency", "in_procedure", "persons", made.AGENCIES, both * [5209, 5409]),
        ("agency", "in_procedure_peak", "persons", made.AGENCIES, both * [5209, 5409]),
    ]
    return [*rows, *expected_loads(), *expected_way(), *expected_ends()]


def expected_loads() -> Rows:
    rows: Rows = []
    own = loads()
    units = {"pressure_mean": PRESSURE, "pressure_peak": PRESSURE, "peak_day": DAY, "days_over": "days",
             "first_over_day": DAY}  # fmt: skip
    for k, (output, of) in enumerate(units.items()):
        for level, names in (("section", made.SECTIONS), ("agency", made.AGENCIES), ("all", ["all"])):
            values = np.array([[own[name][run][k] for name in names] for run in (0, 1)])
            rows.append((level, output, of, names, values))
    return rows


def expected_way() -> Rows:
    rows: Rows = []
    for output in ("departures", "seats"):
        one = made.RUN * made.flow(ROUTE_FLOWS, output)
        rows.append(("route", output, unit(output), made.ROUTES, one * TIMES * made.OF_ROUTE_ALONE))
    for output, columns in ON_WAY.items():
        one = made.RUN * made.on_way(*columns)
        rows.append(("route", output, unit(output), made.ROUTES, one * TIMES * made.OF_ROUTE))
        rows.append(("cohort", output, unit(output), made.COHORTS, one * TIMES * made.OF_COHORT))
    for output in WHOLE_BORDER:
        rows.append(("all", output, unit(output), ["all"], made.RUN * made.at_border(*AT_BORDER[output]) * 111 * TIMES))
    for output in WHOLE_WAY:
        rows.append(("all", output, unit(output), ["all"], made.RUN * made.on_way(*ON_WAY[output]) * 111 * TIMES))
    return rows


def expected_ends() -> Rows:
    rows: Rows = []
    both = np.ones((2, 1))
    rows += [
        ("reaction", "reactions_fired", "times", ["fence", "flights"], both * [2, 0]),
        ("reaction", "reaction_first_day", DAY, ["fence", "flights"], both * [4, NAN]),
        ("reaction", "reaction_days", "days", ["fence", "flights"], both * [3, 0]),
        ("all", "reactions_fired", "times", ["all"], both * [2]),
    ]
    last = made.last_section()
    of_status = dict(zip(STATUSES, last.T, strict=True))
    ends = {
        "in_procedure": "in_procedure", "persons_stranded": "stranded", "returned": "returned",
        "persons_crossed": "crossed", "persons_onward": "onward", "persons_dead": "dead",
        "persons_moved_on": "moved_on",
    }  # fmt: skip
    for output, status in ends.items():
        counts = of_status[status]
        rows.append(("section", output, "persons", [*made.SECTIONS, "before-any-section"], TIMES * counts))
        if output in ("persons_stranded", "returned"):
            of_agency = [counts[0], counts[1] + counts[2] + counts[3]]
            rows.append(("agency", output, "persons", made.AGENCIES, TIMES * of_agency))
    k = STATUSES.index("stranded")
    rows.append(("place", "persons_stranded", "persons", made.PLACES, both * (9 + 1000 * k + 100 * np.arange(6))))
    rows.append(("everywhere", "persons", "persons", list(STATUSES), TIMES * last.sum(axis=0)))
    elsewhere = made.RUN * 111 * (made.on_way("deaths") - made.at_border("deaths"))
    rows.append(("section", "deaths", "persons", ["before-any-section"], elsewhere * TIMES))
    by_route = [4, 2, 1, 11, NAN, 8, NAN, NAN]
    by_cohort = [6, NAN, 6, 6, NAN, 8, NAN, NAN]
    for output, own_names, counted in (
        ("attempts_by_route", made.ROUTES, by_route), ("attempts_by_cohort", made.COHORTS, by_cohort),
    ):  # fmt: skip
        names = [f"{section}:{name}" for section in made.SECTIONS for name in own_names]
        rows.append(("section", output, "attempts", names, TIMES * counted))
    return rows


def compare(found: list[weekly.Numbers], wanted: Rows) -> None:
    assert [(one.level, one.output, one.unit, list(one.names)) for one in found] == [row[:4] for row in wanted]
    for one, row in zip(found, wanted, strict=True):
        assert one.values.shape == row[4].shape, row[:2]
        np.testing.assert_allclose(one.values.astype(float), row[4], err_msg=f"{row[0]} {row[1]}")


def test_every_total_of_two_runs_is_what_their_books_say(runs: list[weekly.WeeklyData]) -> None:
    compare(list(totals_of(made.made_layout(), runs)), expected_totals())


def expected_weeks() -> Rows:
    weeks = np.array([made.FIRST_WEEK, made.SECOND_WEEK])[None, :, None]
    times, both = SCALES[:, None, None], np.ones((2, 1, 1))
    rows: Rows = []
    for output in ("approaches", "attempts", "patrol_calls", "claims", "turn_backs", "entries", "deaths"):
        values = made.at_border(*AT_BORDER[output]) * times * weeks * made.OF_SECTION
        rows.append(("section", output, f"{unit(output)} per week", made.SECTIONS, values))
    of_ash = (1 + 6 * 48) / 7
    capacity = both * [[of_ash, 1280, 3200, 0], [64, 1280, 3200, 0]]
    rows.append(("section", "capacity", "attempts per day", made.SECTIONS, capacity))
    pressure = made.pressures()
    over = {name: (sum(own[:7] > 1 + 1e-12), sum(own[7:] > 1 + 1e-12)) for name, own in pressure.items()}
    over3 = {name: (sum(3 * own[:7] > 1), sum(3 * own[7:] > 1)) for name, own in pressure.items()}
    how = {
        "border_pressure": lambda own: (own[6], own[8]),
        "pressure_peak": lambda own: (max(own[:7]), max(own[7:])),
        "pressure_mean": lambda own: (sum(own[:7]) / 7, sum(own[7:]) / 2),
    }
    for output in (*how, "days_over"):
        for level, names in (("section", made.SECTIONS), ("agency", made.AGENCIES), ("all", ["all"])):
            if output == "days_over":
                values = np.array([[of[name] for name in names] for of in (over, over3)]).transpose(0, 2, 1)
            else:
                values = times * np.array([how[output](pressure[name]) for name in names]).T[None]
            if (level, output) != ("all", "border_pressure"):
                rows.append((level, output, "days" if output == "days_over" else PRESSURE, names, values))
    for books, names in ((AT_BORDER, WHOLE_BORDER), (ON_WAY, WHOLE_WAY)):
        one = made.at_border if books is AT_BORDER else made.on_way
        for output in names:
            rows.append(("all", output, f"{unit(output)} per week", ["all"], one(*books[output]) * 111 * times * weeks))
    rows.append(("agency", "in_procedure", "persons", made.AGENCIES, both * [[5207, 5407], [5209, 5409]]))
    for output in ("departures", "boarded", "attempts", "entries", "stranded", "landed", "deaths"):
        one, factors = (
            (made.flow(ROUTE_FLOWS, output), made.OF_ROUTE_ALONE) if output == "departures"
            else (made.on_way(*ON_WAY[output]), made.OF_ROUTE)
        )  # fmt: skip
        rows.append(("route", output, f"{unit(output)} per week", made.ROUTES, one * times * weeks * factors))
    number = 2000 * np.arange(len(STATUSES)) + 100
    rows.append(("status", "persons", "persons", list(STATUSES), both * [number + 14, number + 18]))
    return rows


def test_every_week_of_two_runs_is_what_their_books_say(runs: list[weekly.WeeklyData]) -> None:
    compare(list(weekly_of(made.made_layout(), runs)), expected_weeks())


def test_without_a_most_loaded_section_the_whole_has_no_weekly_pressure(runs: list[weekly.WeeklyData]) -> None:
    fields = ("pressure_peak", "pressure_mean", "days_over")
    older = [run._replace(**{field: getattr(run, field)[:, :-1] for field in fields}) for run in runs]
    wanted = [row for row in expected_weeks() if not (row[0] == "all" and row[1] in fields)]
    compare(list(weekly_of(made.made_layout(), older)), wanted)


def test_where_nobody_may_answer_there_are_no_reactions(runs: list[weekly.WeeklyData]) -> None:
    found = list(totals_of(made.made_layout(reactions=[]), runs))
    compare(found, [row for row in expected_totals() if row[1] not in weekly.REACTIONS])


def test_a_run_of_whole_weeks_has_no_short_one() -> None:
    assert [weekly_data_of(made.made_run(days=days)).weeks for days in (1, 7, 8, 14, 15)] == [1, 1, 2, 2, 3]
    assert weekly_data_of(made.made_run(days=8)).section_flows[:, 0, 0].tolist() == [28, 8]


def test_stocks_at_the_end_are_those_of_the_last_of_three_weeks(added_level: None) -> None:
    run = made.made_run(days=15)
    run = run._replace(
        strata={"age": run.pair_flows[:, :2], "sex": run.pair_flows[:, 2:]},
        strata_stocks={"age": made.stocks(2, 15), "sex": made.stocks(1, 15)},
    )
    totals = {(one.level, one.output): one.values for one in totals_of(made.made_layout(), [weekly_data_of(run)])}
    assert totals["agency", "in_procedure"].tolist() == [[5215, 5415]]
    assert totals["age", "persons_booked"].tolist() == [[1015, 1115]]
    assert totals["section", "attempts"].tolist() == [[4 * 120, 40 * 120, 400 * 120, 0]]
    weeks = {(one.level, one.output): one.values for one in weekly_of(made.made_layout(), [weekly_data_of(run)])}
    assert weeks["agency", "in_procedure"].tolist() == [[[5207, 5407], [5214, 5414], [5215, 5415]]]
    assert weeks["route", "departures"].tolist() == [[[84, 140], [231, 385], [45, 75]]]


def test_what_a_run_keeps_beside_its_weeks() -> None:
    run = made.made_run()
    found = weekly_data_of(run, np.array([4.0]), [parse("attempts@poland"), parse("attempts@ash")])
    assert found.observed.tolist() == [4.0]
    assert weekly_data_of(run).observed.size == 0
    assert found.outcomes.tolist() == [45 * 4 * 110, 45 * 4]
    assert found.stranded_at.tolist() == [9009 + 100 * place for place in range(6)]
    assert found.by_status.dtype == np.int32
    assert found.added_flows.shape == found.added_stocks.shape == (2, 0, 0)
    assert found.in_procedure_peak.tolist() == [5209, 5409]
    for field in ("attempts_by_pair", "last_section", "reactions"):
        np.testing.assert_array_equal(getattr(found, field), getattr(run, field))


def test_levels_that_extensions_add_have_their_own_totals_and_weeks(added_level: None) -> None:
    flows = {"age": made.made_run().pair_flows[:, :2], "sex": made.made_run().pair_flows[:, 2:]}
    stocks = {"age": made.stocks(2), "sex": made.stocks(1) + 50}
    run = made.made_run(strata=flows, strata_stocks=stocks)
    both = [weekly_data_of(run), weekly_data_of(run._replace(strata={**flows, "age": 3 * flows["age"]}))]
    totals = list(totals_of(made.made_layout(), both))
    wanted = expected_totals()
    assert len(totals) == len(wanted) + 2 * (len(ON_WAY) + len(STATUSES))
    rows: Rows = []
    for level, names, factors, at_end in (
        ("age", ["minor", "adult"], np.array([[1, 10], [3, 30]]), np.array([9, 109])),
        ("sex", ["f"], np.array([[100], [100]]), np.array([59])),
    ):
        for output, columns in ON_WAY.items():
            rows.append((level, output, unit(output), names, made.RUN * made.on_way(*columns) * factors))
        for k, status in enumerate(STATUSES):
            rows.append((level, f"persons_{status}", "persons", names, np.ones((2, 1)) * (at_end + 1000 * k)))
    compare(totals[len(wanted) :], rows)
    rows = []
    weeks = np.array([made.FIRST_WEEK, made.SECOND_WEEK])[None, :, None]
    for level, names, factors, at_end in (
        ("age", ["minor", "adult"], np.array([[1, 10], [3, 30]]), np.array([[7, 107], [9, 109]])),
        ("sex", ["f"], np.array([[100], [100]]), np.array([[57], [59]])),
    ):
        for output in ("boarded", "attempts", "entries", "stranded", "landed", "deaths"):
            values = made.on_way(*ON_WAY[output]) * weeks * factors[:, None, :]
            rows.append((level, output, f"{unit(output)} per week", names, values))
        for k, status in enumerate(STATUSES):
            rows.append((level, f"persons_{status}", "persons", names, np.ones((2, 1, 1)) * (at_end + 1000 * k)))
    found = list(weekly_of(made.made_layout(), both))
    compare(found[len(expected_weeks()) :], rows)


def test_outcomes_of_extensions_come_before_those_that_a_study_declares() -> None:
    outcomes.add("own_number", "tons", "Own", "Of the test.", lambda run: float(run.seed))
    try:
        declared = (parse("attempts[2025-11]@poland"), parse("entries/attempts"))
        both = [weekly_data_of(made.made_run(seed=seed), declared=declared) for seed in (7, 8)]
        found = {one.output: one for one in totals_of(made.made_layout(declared=declared), both)}
    finally:
        outcomes.take_away(["own_number"])
    assert "own_number" not in OUTPUTS
    names = list(found)
    assert names.index("own_number") + 1 == names.index("attempts[2025-11]") == names.index("entries/attempts") - 1
    own, window, ratio = (found[name] for name in ("own_number", "attempts[2025-11]", "entries/attempts"))
    assert (own.level, own.unit, own.names, own.values.tolist()) == ("all", "tons", ["all"], [[7.0], [8.0]])
    assert (window.level, window.unit, window.names) == ("window", "attempts", ["poland"])
    assert window.values.tolist() == [[4 * 110 * (5 + 6 + 7 + 8 + 9)]] * 2
    assert (ratio.level, ratio.unit, ratio.names) == ("all", "persons / attempts", ["all"])
    assert ratio.values == pytest.approx((2**7 + 2**8) / 2**2)


def test_the_layout_of_a_scenario_numbers_its_names() -> None:
    layout = layout_of(tiny_scenario(), [parse("attempts/entries")])
    assert layout.names.agencies == ["lithuania", "poland"]
    assert layout.names.sections == ["dieveniskes", "kuznica", "narewka"]
    assert layout.agency_of.tolist() == [0, 1, 1]
    assert layout.names.places == [
        "baghdad", "benghazi", "bruzgi", "damascus", "lampedusa", "lida", "lithuania", "minsk", "poland", "Onward",
    ]  # fmt: skip
    assert layout.agency_place.tolist() == [6, 8]
    assert layout.names.routes == ["baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk"]
    assert layout.names.cohorts == ["iraqis", "sudanese", "syrians"]
    assert layout.pair_cohort.tolist() == [0, 1, 1, 2]
    assert layout.pair_route.tolist() == [0, 1, 2, 3]
    assert layout.declared == (parse("attempts/entries"),)
    assert layout.reactions == [] and layout_of(tiny_scenario()).declared == ()
