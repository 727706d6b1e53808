"""A scenario that begins from another run is a window of a longer one: in draws, stocks, flows and records."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import CorridorModel, ScenarioError
from sim.outputs.results import Results
from sim.outputs.run_data import RunData, by_section, pressures, run_data_of
from sim.runs import draw, earlier_state, run, run_model, run_to_data
from sim.scenario.draw import resolve
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides, parameter_paths
from sim.scenario.quantity import Distribution
from sim.scenario.schema import Scenario
from sim.scenario.write import diff_yaml, scenario_hash, to_yaml
from sim.states.errors import StateError
from sim.states.window import check_window, whole_of
from sim.studies.plan import Plan
from sim.studies.store.replay import replay
from tests.rich_scenario import rich_scenario
from tests.strategies import POINT, START, finished, merge, tiny_scenario

DAY = 50
FIRST = START + timedelta(days=DAY)
SPREAD = Distribution(kind="triangular", arguments=(0.01, 0.04, 0.09))


def window_of(earlier: Scenario, **fields: Any) -> Scenario:
    """A window from day 50 on, with the earlier run's inputs but for ``fields``."""
    own = {"title": "window", "start": earlier.start + timedelta(days=DAY), "days": earlier.days - DAY}
    return earlier.model_copy(update={**own, "begins": earlier, **fields})


def tiny_window(changes: dict[str, Any] | None = None, **fields: Any) -> Scenario:
    own = {"start": FIRST, "days": 70, "begins": tiny_scenario(POINT)}
    return tiny_scenario(merge(POINT, changes or {}), **own | fields)


def arrays(run: RunData, since: int = 0) -> dict[str, Any]:
    found = {name: getattr(run, name)[since:] for name in ("section_flows", "pair_flows", "route_flows", "capacity")}
    found |= {name: getattr(run, name)[since:] for name in ("detection", "by_cohort", "by_place")}
    return found | {"pressure": pressures(run)[since:], "last_section": run.last_section}


@pytest.mark.parametrize("scenario", [tiny_scenario(POINT), rich_scenario(5)], ids=["tiny", "rich"])
def test_a_window_counts_what_the_unbroken_run_counts_on_its_days(scenario: Scenario) -> None:
    window, whole = run_to_data(window_of(scenario)), run_to_data(scenario)
    assert (window.start, window.days) == (scenario.start + timedelta(days=DAY), scenario.days - DAY)
    ours, theirs = arrays(window), arrays(whole, DAY)
    assert [name for name in ours if not np.array_equal(ours[name], theirs[name])] == []
    before = run_data_of(finished(scenario, DAY))
    np.testing.assert_array_equal(before.attempts_by_pair + window.attempts_by_pair, whole.attempts_by_pair)
    assert before.events + window.events == whole.events


def test_the_opening_balance_and_the_windows_flows_give_its_stocks() -> None:
    scenario = tiny_window()
    window, before = run_to_data(scenario), run_data_of(finished(scenario.begins, DAY))
    sizes = [scenario.cohorts[name].size for name in window.names.cohorts]
    assert (window.by_cohort.sum(axis=2) == sizes).all()
    assert before.by_cohort[-1, :, 1:].sum() > 0  # somebody is on the way, and so in the window's stocks
    assert window.attempts_by_pair.sum() == by_section(window, "attempts").sum() > 0
    results = Results.of(scenario, [window])
    assert results.start == FIRST
    assert len(results.dates) == scenario.days


def test_from_its_first_day_on_it_follows_its_own_inputs() -> None:
    """As the what-if of a stored state does, with the people, news and past of the earlier run."""
    scenario = tiny_window({"transit_states": {"belarus": {"facilitation": {START: 0.1}}}})
    model = CorridorModel.restore(finished(scenario.begins, DAY).state(), whole_of(scenario))
    model.run_model()
    window = run_to_data(scenario)
    np.testing.assert_array_equal(window.section_flows, run_data_of(model).section_flows[DAY:])
    assert not np.array_equal(window.section_flows, run_to_data(tiny_window()).section_flows)


def test_a_past_in_which_nobody_sets_out_is_an_empty_border() -> None:
    nobody = {"cohorts": {name: {"push": {START: 0}} for name in tiny_scenario().cohorts}}
    here, there = run_to_data(tiny_window(begins=tiny_scenario(merge(POINT, nobody)))), run_to_data(tiny_window())
    ashore = here.by_cohort.sum(axis=1)[:, 1:]
    assert ashore[0].sum() <= there.by_cohort.sum(axis=1)[0, 1:].sum()
    assert by_section(here, "attempts")[:3].sum() == 0 < by_section(there, "attempts")[:3].sum()


def test_both_runs_of_a_replicate_draw_alike_what_both_give_alike() -> None:
    spread = {"cohorts": {"iraqis": {"leaving_rate": SPREAD}}}
    earlier = tiny_scenario(merge(POINT, spread))
    for number in range(3):
        drawn = draw(tiny_window(spread, begins=earlier), number, 3)
        assert drawn.begins == resolve(earlier, drawn.seed)
        assert drawn.begins.cohorts["iraqis"].leaving_rate == drawn.cohorts["iraqis"].leaving_rate
    assert not [one.path for one in parameter_paths(tiny_window()) if one.path.startswith("begins")]


def test_runs_from_the_same_earlier_run_share_it() -> None:
    earlier = tiny_scenario(POINT)
    assert earlier_state(earlier, DAY) is earlier_state(tiny_scenario(POINT), DAY)
    assert earlier_state(earlier, DAY) is not earlier_state(earlier.model_copy(update={"seed": 2}), DAY)
    plan = Plan("compare", {"a": tiny_window(), "b": tiny_window(), "c": tiny_window()}, replicates=40)
    assert {run.replicate for run in plan.chunks()[0]} & {run.replicate for run in plan.chunks()[1]} == set()


def test_a_comparison_shows_only_what_the_measure_changes() -> None:
    ban = {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": FIRST + timedelta(days=30)}
    base, banned = (run_to_data(tiny_window(measures=one)) for one in ({}, {"ban": ban}))
    np.testing.assert_array_equal(base.section_flows[:30], banned.section_flows[:30])
    assert base.route_flows[30:].sum() > banned.route_flows[30:].sum()


def test_a_record_holds_both_scenarios_and_can_be_replayed(tmp_path: Path) -> None:
    scenario = tiny_window()
    other = tiny_window(begins=apply_overrides(scenario.begins, {"behaviour.retry": 4}))
    assert len({scenario_hash(one) for one in (scenario, other, tiny_window(begins=None))}) == 3
    file = tmp_path / "back.yaml"
    file.write_text(to_yaml(scenario, whole=True), encoding="utf-8")
    assert load_scenario(file, any_date=True) == scenario
    folder = run(scenario).write(tmp_path / "results")
    assert Results.read(folder).scenario.begins == scenario.begins
    assert replay(folder / "run.json").same


def test_where_it_cannot_begin_is_told_before_anything_is_run(tmp_path: Path) -> None:
    scenario = tiny_window()
    for path, value, words in [
        ("cohorts.iraqis.size", 9, "cohorts.iraqis.size: found 9; needed: 160"),
        ("agencies.poland.personnel", 9, "agencies.poland.personnel: found 9"),
    ]:
        with pytest.raises(StateError, match=words):
            check_window(apply_overrides(scenario, {path: value}))
    fewer = {name: entry for name, entry in scenario.cohorts.items() if name != "syrians"}
    with pytest.raises(StateError, match="begins: 'tiny', of 2025-11-20: cohorts: found 'syrians', which is in the"):
        Plan("replicates", {"a": scenario.model_copy(update={"cohorts": fewer})}).parcel  # noqa: B018
    with pytest.raises(StateError, match="allowed: one of them"):
        run(scenario, state=finished(scenario.begins, DAY).state())
    with pytest.raises(ScenarioError, match="begins: found 'tiny', from whose run 'tiny' goes on"):
        CorridorModel(scenario)
    assert run_model(scenario, until=FIRST).date == FIRST
    with pytest.raises(StateError, match="until: found 2025-10-02"):
        run_model(scenario, until=date(2025, 10, 2))


WINDOW = "extends: minsk-2021\nbegins: minsk-2021\nstart: 2021-08-01\ndays: 30\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WINDOW.replace("08-01", "05-01"), "start: found 2021-05-01, .*allowed: a day after 2021-05-01"),
        (WINDOW.replace("2021-08-01", "2023-08-01"), "start: found 2023-08-01"),
        (
            WINDOW.replace("begins: minsk-2021", "begins: minsk-2012"),
            "begins: found 'minsk-2012', which does not exist",
        ),
        (WINDOW.replace("begins: minsk-2021", "begins: 3"), "begins: found 3; allowed: a scenario's name"),
        (WINDOW.replace("begins: minsk-2021", "begins: own.yaml"), "begins: found 'own.yaml', which itself begins"),
        (WINDOW.replace("begins: minsk-2021", "begins: other.yaml"), "begins: found 'other.yaml', which itself begins"),
    ],
    ids=["not after its first day", "after its last", "unknown", "no name", "circle", "chain"],
)
def test_dates_chains_and_circles(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(WINDOW, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=words):
        load_scenario(tmp_path / "own.yaml")


def test_what_begins_is_found_beside_the_file_or_among_those_that_ship(tmp_path: Path) -> None:
    (tmp_path / "window.yaml").write_text(WINDOW, encoding="utf-8")
    window = load_scenario(tmp_path / "window.yaml")
    assert window.begins == sim.load_scenario("minsk-2021")
    assert window.first == window.begins.start
    assert "begins: null" in diff_yaml(window.begins, str(tmp_path / "window.yaml"))
