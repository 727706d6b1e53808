"""A transit state's posture as a random process: its law, its keys, and what it may not stand beside."""

from __future__ import annotations

import math
from datetime import date, timedelta
from statistics import fmean, pstdev
from typing import Any

import pytest

from sim.model import CorridorModel
from sim.runs import run_to_data
from sim.scenario import ScenarioError, load_scenario
from sim.scenario.actors import PostureProcess
from sim.scenario.draw import PosturePath, resolve
from sim.scenario.entry import is_uncertain
from sim.scenario.paths import apply_overrides
from sim.scenario.points import Filling
from sim.scenario.schema import Scenario
from sim.scenario.write import scenario_hash, to_yaml
from tests.strategies import tiny_scenario

START, YEARS = date(1995, 1, 1), 80
KEY = "transit_states.belarus.posture"
MEMORY, SD = 3.0, 0.7


def path(
    seed: int | None = 1, start: date = START, end: date = date(START.year + YEARS - 1, 12, 31), **fields: Any
) -> PosturePath:
    return PosturePath(KEY, PostureProcess(memory=MEMORY, **fields), seed, start, end)


def by_month(schedule: dict[date, float], first: date, months: int) -> list[float]:
    """The value on the first of each month."""
    days = [date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(months)]
    return [schedule[max(known for known in schedule if known <= day)] for day in days]


def with_posture(**posture: Any) -> Scenario:
    """The tiny scenario with Belarus's posture as a process."""
    scenario = tiny_scenario()
    own = [name for name, zone in scenario.zones.items() if zone.transit_state == "belarus"]
    free = {"transit_states.belarus.facilitation": {}, **{f"zones.{zone}.steering": {} for zone in own}}
    return apply_overrides(scenario, {**free, KEY: posture})


def test_each_quantity_is_stationary_with_its_mean_spread_and_memory() -> None:
    months = YEARS * 12
    drawn = path(
        off_begins=0.0, facilitation=0.3, facilitation_sd=SD, inflow_sd=SD, steering_sd=SD, steering={"a": 2.0}
    )
    series = {
        "facilitation": [math.log(v / (1 - v)) for v in by_month(drawn.facilitation(), START, months)],
        "visas": [math.log(v / 50) for v in by_month(drawn.visas({START: 50.0}), START, months)],
        "steering": by_month(drawn.steering("a"), START, months),
    }
    means = {"facilitation": math.log(0.3 / 0.7), "visas": 0.0, "steering": 2.0}
    phi = math.exp(-1 / MEMORY)
    error = SD * math.sqrt((1 + phi) / (1 - phi) / months)  # standard error of the mean of an AR(1)
    for name, values in series.items():
        mean = fmean(values)
        assert abs(mean - means[name]) < 4 * error, name
        assert pstdev(values) == pytest.approx(SD, rel=0.15), name
        for lag in (1, 2, 4):
            pairs = zip(values, values[lag:], strict=False)
            correlation = fmean((a - mean) * (b - mean) for a, b in pairs) / pstdev(values) ** 2
            assert correlation == pytest.approx(phi**lag, abs=0.15), (name, lag)


def test_seeds_give_the_law_too() -> None:
    day = date(2024, 5, 1)
    logits = [math.log(v / (1 - v)) for v in (at(path(seed, day, day, off_begins=0.0)) for seed in range(2000))]
    assert fmean(logits) == pytest.approx(math.log(0.6 / 0.4), abs=0.09)
    assert pstdev(logits) == pytest.approx(1.0, rel=0.08)


def at(drawn: PosturePath) -> float:
    return drawn.facilitation()[drawn.start]


def test_off_regimes_take_the_share_of_months_and_the_length_that_they_should() -> None:
    begins, months = 0.05, 4.0
    lengths, off_days, days = [], 0, 0
    for seed in range(12):
        drawn = path(seed, off_begins=begins, off_months=months, off_days=1, facilitation_sd=0)
        lengths += [(until - since) / 30.44 for since, until in drawn.regimes if since > START.toordinal()][:-1]
        schedule, first = drawn.facilitation(), START
        for day, value in list(schedule.items())[1:]:
            off_days += (day - first).days * (schedule[first] == 0)
            days, first = days + (day - first).days, day
            assert value in (0, 0.6)
    assert fmean(lengths) == pytest.approx(months, rel=0.15)
    assert off_days / days == pytest.approx(begins / (begins + 1 / months), rel=0.2)


def test_an_order_takes_effect_within_its_days_and_stops_visas_too() -> None:
    drawn = path(3, off_begins=0.1, off_days=4, facilitation_sd=0, inflow_sd=0)
    since = next(day for day, _ in drawn.regimes if day > START.toordinal() + 40)
    days = [date.fromordinal(since) + timedelta(days=k) for k in range(-1, 5)]
    facilitation, visas = drawn.facilitation(), drawn.visas({START: 100.0})
    shares = [1, 0.75, 0.5, 0.25, 0, 0]
    for schedule, full in ((facilitation, 0.6), (visas, 100)):
        found = [schedule[max(known for known in schedule if known <= day)] for day in days]
        assert found == pytest.approx([full * share for share in shares])


def test_a_month_has_one_value_whenever_the_run_begins() -> None:
    end = date(2026, 12, 31)
    early, late = path(5, date(2021, 5, 1), end), path(5, date(2025, 1, 1), end)
    first, months = date(2025, 1, 1), 24
    assert by_month(early.facilitation(), first, months) == by_month(late.facilitation(), first, months)
    assert by_month(early.steering("a"), first, months) == by_month(late.steering("a"), first, months)


def test_scenarios_of_one_seed_share_the_path_and_seeds_do_not() -> None:
    scenario = with_posture()
    other = apply_overrides(
        scenario, {"behaviour.retry": {"uniform": [3, 9]}, "seed": 7, "agencies.poland.personnel": 9}
    )
    drawn, again = resolve(scenario, 11), resolve(other, 11)
    assert drawn.transit_states == again.transit_states and drawn.zones == again.zones
    assert drawn == resolve(scenario, 11)
    assert drawn.transit_states != resolve(scenario, 12).transit_states


def test_without_a_seed_it_is_at_its_mean_and_never_off() -> None:
    scenario = with_posture(facilitation=0.3, off_begins=1.0, steering={next(iter(tiny_scenario().zones)): 1.5})
    central = resolve(scenario)
    state, before = central.transit_states["belarus"], tiny_scenario().transit_states["belarus"]
    assert state.facilitation == {scenario.start: 0.3}
    assert list(state.visas.values()) == list(before.visas.values())
    assert central.zones[next(iter(central.zones))].steering == {scenario.start: 1.5}
    assert state.posture is None and not is_uncertain(central)


def test_a_model_takes_it_and_gives_the_bytes_of_the_schedules_that_are_drawn() -> None:
    scenario = with_posture()
    assert is_uncertain(scenario)
    assert CorridorModel(scenario).settings == resolve(scenario)
    drawn = resolve(scenario, 4)
    data = run_to_data(drawn)
    by_hand = load_from(to_yaml(drawn))
    assert scenario_hash(by_hand) == scenario_hash(drawn)
    assert (run_to_data(by_hand).pair_flows == data.pair_flows).all()


def load_from(text: str) -> Scenario:
    from sim.scenario.nodes import parse_yaml
    from sim.scenario.validate import build

    return build(parse_yaml(text, "drawn.yaml"), {})


def test_its_parameters_may_be_uncertain_and_swept() -> None:
    scenario = with_posture(memory={"uniform": [1, 9]}, facilitation=0.4, facilitation_sd=0.0, off_begins=0.0)
    assert resolve(scenario, 1) != resolve(scenario, 2)
    filling = Filling(scenario, [f"{KEY}.facilitation"], [0.4])
    for value in (0.2, 0.7):
        filled, values = filling.at([value], 1)
        assert filled == resolve(apply_overrides(scenario, {f"{KEY}.facilitation": value}), 1)
        assert values[f"{KEY}.facilitation"] == value
        assert filled.transit_states["belarus"].facilitation == {scenario.start: pytest.approx(value)}


def test_it_is_written_and_read_again() -> None:
    scenario = with_posture(memory={"uniform": [1, 9]})
    assert load_from(to_yaml(scenario)) == scenario


def test_it_may_not_stand_beside_schedules_of_the_same() -> None:
    day = load_scenario("minsk-2021").start
    with pytest.raises(ScenarioError, match=r"belarus\.facilitation.*beside `posture`.*allowed: one of them"):
        apply_overrides(with_posture(), {"transit_states.belarus.facilitation": {day: 0.5}})
    with pytest.raises(ScenarioError, match=r"steering: .*beside the `posture` of 'belarus'.*its mean in"):
        apply_overrides(load_scenario("minsk-2021"), {"transit_states.belarus.facilitation": {}, KEY: {}})
    with pytest.raises(ScenarioError, match=r"posture\.steering\.narnia.*no zone of 'belarus'"):
        with_posture(steering={"narnia": 1})
