"""What the map and the charts show agrees with the ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from sim import view
from sim.data import geography
from sim.outputs.run_data import border_pressure, by_section, run_data_of
from sim.scenario import load_scenario
from sim.view import series
from sim.view.components import to_json
from sim.view.geometry import geometry_json
from sim.view.live_model import WatchedModel
from sim.view.map_state import map_frame
from sim.view.series import events_of, load_series, outcome_series, pressure_series

DAYS = 250


@pytest.fixture(scope="module")
def model() -> WatchedModel:
    return WatchedModel(load_scenario("combined-response")).run_to(DAYS)


@pytest.fixture(scope="module")
def fresh() -> WatchedModel:
    return WatchedModel(load_scenario("combined-response"))


def test_pressure_is_the_measures(model: WatchedModel) -> None:
    outcome = run_data_of(model)
    expected = border_pressure(by_section(outcome, "patrol_calls"), outcome.capacity)
    shown = {line["code"]: line["values"] for view in pressure_series(model)["views"] for line in view["lines"]}
    for number, code in enumerate(model.names.sections):
        np.testing.assert_allclose(shown[code], expected[:, number], rtol=0.005, atol=5e-4)
    for section in map_frame(model)["sections"]:
        assert section["pressure"] == pytest.approx(shown[section["code"]][-1], rel=0.01, abs=1e-3)


def test_each_person_on_the_way_is_counted_once(model: WatchedModel) -> None:
    land, sea, _ = outcome_series(model)["views"]
    shown = sum(line["values"][-1] for line in [*land["stack"], *sea["stack"]])
    stocks = dict(zip(_statuses(), model.world.stocks_by_cohort[DAYS - 1].sum(axis=0), strict=True))
    on_the_way = sum(
        int(n) for status, n in stocks.items() if status not in ("prospect", "booked", "in_transit", "diverted")
    )
    assert shown == pytest.approx(on_the_way, rel=0.001)


def test_who_is_under_way_is_shown_by_land_and_sea_together(model: WatchedModel) -> None:
    land, sea, under_way = outcome_series(model)["views"]
    stacked = dict.fromkeys(series.UNDER_WAY, 0.0)
    for line in [*land["stack"], *sea["stack"]]:
        if line["name"] in stacked:
            stacked[line["name"]] += line["values"][-1]
    shown = {line["name"]: line["values"][-1] for line in under_way["lines"]}
    assert shown == pytest.approx(stacked, rel=0.002)
    assert min(shown.values()) > 0


def _statuses() -> tuple[str, ...]:
    from sim.engine.rows import STATUSES

    return STATUSES


def test_detected_attempts_are_stacked_by_what_became_of_them(model: WatchedModel) -> None:
    whole = load_series(model)["views"][0]
    outcome = run_data_of(model)
    attempts = by_section(outcome, "patrol_calls")[-7:].sum() / 7
    assert sum(line["values"][-1] for line in whole["stack"]) == pytest.approx(attempts, rel=0.01)


def test_marks_hold_the_persons_of_their_routes_and_are_few(model: WatchedModel) -> None:
    frame = map_frame(model)
    for route in frame["routes"]:
        assert sum(mark[1] for mark in route["marks"]) == pytest.approx(route["persons"], abs=2)
        assert sum(mark[2] for mark in route["marks"]) == route["departures"]
        assert all(0 <= mark[0] <= 7 for mark in route["marks"])
    assert sum(len(route["marks"]) for route in frame["routes"]) <= 200


def test_all_is_json_before_the_first_day_too(model: WatchedModel, fresh: WatchedModel) -> None:
    for shown in (model, fresh):
        for make in (map_frame, pressure_series, load_series, outcome_series):
            content = make(shown)
            assert json.loads(to_json(content))["day"] == shown.day


def test_events_are_the_measures_of_the_run(model: WatchedModel) -> None:
    events = {event["title"]: event for event in events_of(model)}
    ban = events["Carriers banned"]
    assert (ban["day"], ban["announced"]) == (257, 243)
    assert len(events) == len(model.settings.measures)


def test_the_geometry_is_small_and_whole(model: WatchedModel) -> None:
    text = geometry_json(model.settings)
    geometry = json.loads(text)
    assert len(text) < 250_000
    assert len(geometry["sections"]) == 13
    assert {"minsk", "bruzgi", "benghazi"} <= set(geometry["places"])


def test_the_map_knows_countries_from_its_data_alone() -> None:
    """No country, agency or hub is named in the code of the view or the report: another corridor needs data alone."""
    names = {country.lower() for country in geography.country_names().values() if len(country) > 4}
    names |= {*geography.places(), *(section.agency for section in geography.sections().values())}
    names -= {"georgia"}  # a typeface
    codes = set(geography.outlines())
    root = Path(view.__file__).parents[1]
    files = [file for part in ("view", "report") for file in (root / part).rglob("*") if file.suffix in (".py", ".js")]
    assert len(files) > 40
    found = {
        f"{file.name}: {text}"
        for file in files
        for text in re.findall(r"""["'`]([^"'`\n]*)["'`]""", file.read_text("utf-8"))
        if text.lower() in names or text in codes
    }
    assert found == set()
