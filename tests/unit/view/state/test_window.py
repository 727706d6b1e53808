"""A scenario that begins from another run is shown on its own days, as the command line counts them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from sim.engine import rows as p
from sim.runs import run
from sim.scenario import Scenario, ScenarioError, load_scenario, to_yaml
from sim.view import series
from sim.view.live_model import WatchedModel
from sim.view.map_state import map_frame
from sim.view.numbers import figures, numbers_by_day
from sim.view.session import Session
from sim.view.state.link import link_of, restore
from sim.view.state.window import begun, is_begun, shown_of
from tests.strategies import START, tiny_scenario

DAY = 50
BAN = {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": START + timedelta(days=20)}


def window() -> Scenario:
    """The last seventy days of the tiny scenario, less facilitated than before."""
    earlier = tiny_scenario(measures={"ban": BAN})
    first = START + timedelta(days=DAY)
    own = {"facilitation": {START: 0.8, first: 0.3}}
    changes = {"transit_states": {"belarus": own}, "measures": {"ban": BAN}}
    return tiny_scenario(changes, start=first, days=70, begins=earlier, title="window")


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "window.yaml"
    path.write_text(to_yaml(window()), encoding="utf-8")
    return str(path)


def test_its_own_days_are_shown_as_the_command_line_counts_them(file: str) -> None:
    session = Session(file)
    model = session.model(70)
    assert shown_of(model) == (session.base.start, 70, 70, DAY)
    assert not model.running
    results = run(file)
    found = numbers_by_day(model)
    totals = results.totals.groupby(["level", "measure"])["value"].sum()
    for name, level, measure in (
        ("turned_back", "section", "turn_backs"), ("inside", "section", "entries"), ("landed", "route", "landed"),
        ("dead", "route", "deaths"),
    ):  # fmt: skip
        assert found[name][-1] == totals[level, measure], name
    assert len(found["attempts"]) == 70
    assert found == session.baseline.numbers
    chart = series.pressure_series(model)
    assert (chart["start"], chart["days"], chart["day"]) == (session.base.start.isoformat(), 70, 70)
    pressure = results.daily[(results.daily["level"] == "section") & (results.daily["measure"] == "border_pressure")]
    kuznica = pressure[pressure["name"] == "kuznica"]["value"].to_numpy()
    shown = next(line for view in chart["views"] for line in view["lines"] if line["code"] == "kuznica")
    np.testing.assert_allclose(shown["values"], kuznica, rtol=1e-3, atol=1e-3)
    assert [event["day"] for event in chart["events"]] == [20 - DAY]


def test_it_begins_with_those_who_are_on_the_way(file: str) -> None:
    model = Session(file).model()
    frame = map_frame(model)
    assert frame["day"] == 0
    stocks = model.world.stocks_by_place[DAY - 1]
    on_the_way = sum(camp["waiting"] for camp in frame["camps"])
    assert on_the_way == sum(stocks[model.names.places.index(zone), p.AT_BORDER] for zone in model.names.zones) > 0
    assert all(place["dead"] == 0 for part in ("sections", "camps", "coasts") for place in frame[part])
    assert model.last_date == model.source.start
    assert all(row["base"] is None for row in figures(model, None))
    assert model.run_to(7).own_day == 7


def test_those_whose_journey_was_over_before_are_not_counted_again() -> None:
    """With the inputs of the earlier run, its days are the last of that run."""
    earlier = tiny_scenario()
    model = WatchedModel(tiny_scenario(start=START + timedelta(days=DAY), days=70, begins=earlier)).run_to(40)
    whole = WatchedModel(earlier).run_to(DAY + 40)
    ended = {"returned", "moved on elsewhere", "dead", "landed"}
    for ours, theirs in zip(series.outcome_series(model)["views"], series.outcome_series(whole)["views"], strict=True):
        for own, other in zip(*(view.get("stack") or view["lines"] for view in (ours, theirs)), strict=True):
            before = other["values"][DAY - 1] if own["name"] in ended else 0
            if own["name"] != "crossed, gone on":  # of whom some are to go on
                assert own["values"] == [value - before for value in other["values"][DAY:]], own["name"]
    assert series.load_series(model)["views"][0]["stack"] == [
        {**line, "values": line["values"][DAY:]} for line in series.load_series(whole)["views"][0]["stack"]
    ]


def test_what_rewrites_its_past_is_refused_without_any_change(file: str) -> None:
    session = Session(file)
    before = session.scenario
    with pytest.raises(ScenarioError, match=r"measures\.ban: missing"):
        session.set_measure("ban", False)
    assert session.scenario is before
    assert session.choices.empty
    session.set_lever("facilitation.belarus", 0.9, day=10)
    assert is_begun(session.scenario)
    model = session.model(70)
    assert numbers_by_day(model)["attempts"][:10] == session.baseline.numbers["attempts"][:10]
    assert numbers_by_day(model) != session.baseline.numbers


def test_a_link_leads_to_it(file: str) -> None:
    session = Session(file)
    session.set_seed(7)
    session.set_lever("facilitation.belarus", 0.9, day=10)
    other = Session("benghazi-surge")
    other.start = file
    assert restore(other, link_of(session, 33)) == 33
    assert numbers_by_day(other.model(33)) == numbers_by_day(session.model(33))


def test_its_state_is_kept_and_not_touched_by_those_who_run_on(file: str) -> None:
    scenario = load_scenario(file)
    state = begun(scenario)
    first = numbers_by_day(WatchedModel(scenario).run_to(70))
    assert begun(scenario) is state
    assert numbers_by_day(WatchedModel(scenario).run_to(70)) == first
