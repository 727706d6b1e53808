"""Every scenario that ships runs to its end, and says something of its own."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pytest

from sim.data import text
from sim.data.csv_reader import records
from sim.engine import ledger
from sim.engine.tables import F_BOARDED, F_GAVE_UP_BOOKING
from sim.outputs.beside_record import compare
from sim.outputs.daily import Blocks, blocks_of
from sim.runs import draw, run_model, run_to_data
from sim.scenario import Scenario, load_scenario, scenario_names, scenarios_folder
from sim.scenario.json_schema import scenario_json_schema

RESPONSES = {
    "carrier-ban", "visa-stop", "fence-and-reinforce", "frontex-deployment", "buffer-zone", "diplomacy", "sanctions",
    "litigation", "humanitarian-access", "return-flights", "combined-response",
}  # fmt: skip
OTHER_BORDERS = {"arctic-2015", "evros-2020", "finland-2023", "ceuta-2021"}
CASES = {
    *("minsk-2021", "benghazi-minsk-2025", "benghazi-surge", "haftar-boats", "coordinated-campaign"),
    *("eastern-border", "visas-expire", *OTHER_BORDERS),
}


def test_all_scenarios_of_the_design_ship() -> None:
    assert set(scenario_names()) >= RESPONSES | CASES


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_runs(name: str) -> None:
    model = run_model(load_scenario(name))
    assert model.day == model.settings.days
    counted = ledger.recount(model.world.rows, len(model.names.cohorts), len(model.names.places))
    assert (counted == model.world.stocks).all()
    assert np.isfinite(model.world.section_capacity).all()
    if name != "base":
        assert model.world.section_flows.sum() > 0


def test_what_belarus_does_from_2021_on_is_drawn_and_not_set() -> None:
    scenario = load_scenario("eastern-border")
    assert (scenario.start, scenario.end) == (date(2021, 5, 1), date(2025, 12, 31))
    belarus = scenario.transit_states["belarus"]
    assert belarus.posture is not None and not belarus.facilitation
    for schedule in (belarus.visas, belarus.coaching, belarus.transfer, belarus.may_return):
        assert list(schedule) == [scenario.start]  # one value for all five years, whatever was counted in them
    assert not any(zone.steering for zone in scenario.zones.values())
    kinds = {measure.kind for measure in scenario.measures.values()}
    assert kinds.isdisjoint({"posture", "visa-stop"})


def test_where_visas_run_out_bookings_fail_and_others_take_the_seats() -> None:
    flows = run_to_data(load_scenario("visas-expire")).pair_flows.sum(axis=(0, 1))
    assert flows[F_GAVE_UP_BOOKING] > 10_000
    surge = run_to_data(load_scenario("benghazi-surge")).pair_flows.sum(axis=(0, 1))
    assert not surge[F_GAVE_UP_BOOKING]
    assert flows[F_BOARDED] == pytest.approx(surge[F_BOARDED], rel=0.02)


@pytest.fixture(scope="module", params=sorted(OTHER_BORDERS | {"eastern-border"}))
def case(request: pytest.FixtureRequest) -> tuple[Scenario, Blocks]:
    """Return a scenario with dated closures or a border of its own, and what its central run counts day by day."""
    scenario = draw(load_scenario(request.param), 0, 1)
    return scenario, blocks_of([run_to_data(scenario)])


def test_a_closed_crossing_point_admits_nobody_and_an_open_one_does(case: tuple[Scenario, Blocks]) -> None:
    scenario, blocks = case
    admitted = blocks["section", "claims_admitted"]
    for measure in scenario.measures.values():
        if measure.kind == "crossing-closure":
            first = (measure.start - scenario.start).days + math.ceil(measure.lag)
            end = (measure.end - scenario.start).days + 1 if measure.end else scenario.days
            for point in measure.points:
                assert not admitted.of(point)[:, first:end].any(), point
    points = {name for name, section in scenario.sections.items() if section.crossing_point is not None}
    if points - {"kastanies"}:  # closed before the first bus
        assert sum(admitted.of(name).sum() for name in points) > 0


def test_crossing_points_close_and_are_watched_on_days_that_events_name(case: tuple[Scenario, Blocks]) -> None:
    scenario, _ = case
    days = {row["date"] for row in records(text("events.csv"))}
    for name, measure in scenario.measures.items():
        if measure.kind == "crossing-closure":
            named = {measure.announced, measure.start} if name != "closed-again" else {measure.announced}
            assert {str(day) if str(day) in days else str(day)[:7] for day in named - {None}} <= days, name
    for name, section in scenario.sections.items():
        watched = section.surveillance if isinstance(section.surveillance, dict) else {}
        assert {str(day) for day in watched} <= days, name


def test_nobody_is_left_at_pazarkule_once_the_camp_is_emptied() -> None:
    scenario = draw(load_scenario("evros-2020"), 0, 1)
    blocks = blocks_of([run_to_data(scenario)])
    emptied = (date(2020, 3, 27) - scenario.start).days
    there = sum(blocks["place", f"persons_{status}"].of("pazarkule") for status in ("at_border", "stranded"))
    assert there[:, emptied - 1].sum() > 1000
    assert there[:, emptied + 1 :].max() <= 1 + 0.001 * there[:, emptied - 1].sum()


def test_what_was_not_fitted_misses_by_about_what_its_description_says() -> None:
    """The miss is told in the scenarios; whoever changes it has to tell it anew."""
    arctic, evros = (_ratios(name) for name in ("arctic-2015", "evros-2020"))
    storskog, lapland = arctic["storskog-asylum-seekers-2015"], arctic["lapland-asylum-seekers-2016"]
    assert 0.6 < storskog["2015-09-01", "2015-09-30"] < 0.75
    assert 0.04 < storskog["2015-11-02", "2015-11-08"] < storskog["2015-11-23", "2015-11-29"] < 0.2
    assert 1.3 < lapland["2016-01-01", "2016-03-03"] < 1.6
    prevented = evros["evros-entries-prevented-2020"]
    assert prevented["2020-02-29", "2020-03-02"] < 0.1
    assert 0.15 < prevented["2020-02-29", "2020-03-11"] < 0.22
    gathered = evros["evros-gathered-2020"]
    assert 0.1 < gathered["2020-02-29", "2020-02-29"] < 0.2 and 0.35 < gathered["2020-03-04", "2020-03-04"] < 0.5
    assert 0.9 < prevented["2020-03-10", "2020-03-10"] < prevented["2020-03-12", "2020-03-12"] < 1.5


def _ratios(name: str) -> dict[str, dict[tuple[str, str], float]]:
    scenario = draw(load_scenario(name), 0, 1)
    found: dict[str, dict[tuple[str, str], float]] = {}
    for row in compare(blocks_of([run_to_data(scenario)]), scenario).to_dict("records"):
        period = str(row["period_start"])[:10], str(row["period_end"])[:10]
        found.setdefault(str(row["series"]), {})[period] = row["ratio"]
    return found


def test_the_stock_in_belarus_stays_bounded_over_five_years() -> None:
    """Whatever its posture, nobody is stuck for good: the last year is at most half above the one before."""
    scenario = load_scenario("eastern-border")
    for number in range(3):
        drawn = draw(scenario, number, 3)
        stock = _persons_in(blocks_of([run_to_data(drawn)]), {"minsk", *drawn.zones})
        years = [stock[(date(year, 1, 1) - drawn.start).days :][:365].mean() for year in range(2022, 2026)]
        assert max(years) < 15_000
        assert years[3] < 1.5 * years[2]


def _persons_in(blocks: Blocks, places: set[str]) -> np.ndarray:
    stocks = [blocks["place", f"persons_{status}"] for status in ("at_hub", "at_border", "stranded")]
    return sum(block.of(name)[0] for block in stocks for name in block.names if name in places)


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_differs_from_the_surge_by_its_measures_alone(name: str) -> None:
    surge, response = load_scenario("benghazi-surge"), load_scenario(name)
    assert set(response.measures) > set(surge.measures)
    assert response.cohorts == surge.cohorts and response.routes == surge.routes and response.carriers == surge.carriers


def test_the_default_scenario_carries_the_whole_stock_of_migrants_in_libya() -> None:
    cohorts = load_scenario("benghazi-minsk-2025").cohorts
    assert sum(cohort.size for name, cohort in cohorts.items() if name.startswith("libya")) == 867_055


def test_the_schema_for_editors_is_that_of_the_code() -> None:
    file = scenarios_folder() / "scenario.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(json.dumps(scenario_json_schema()))
