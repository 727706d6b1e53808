"""Runs of particles are those of a model that was never stopped; what was not known is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine.rows import AT_BORDER, AT_HUB, STRANDED
from sim.engine.tables import (
    F_DEATHS,
    F_INJURIES,
    F_ONWARD,
    F_RETURNED,
    S_ATTEMPTS,
    S_OVERLOAD,
    S_PATROL_CALLS,
    S_RECORDED,
)
from sim.inference.filter import engine_runs
from sim.inference.filter.assimilate import setting_of
from sim.inference.filter.engine_runs import WEEKLY, Channel, Stretch, _Engine
from sim.inference.filter.withheld import withhold
from sim.inference.frozen_inputs import freeze
from sim.model import CorridorModel
from sim.scenario.paths import apply_overrides
from sim.states.packed_tables import COUNTED, SCRATCH, Packed
from tests.strategies import START, tiny_scenario
from tests.unit.inference.filter.tiny_filter import CONTENT, tiny_filter

FIRST = Stretch(31, (0.2, 0.5, 0.3), False, (5.0,))
SECOND = Stretch(30, (-0.3, 1.0, -0.5), False, (5.0,))


@pytest.fixture(scope="module")
def engine() -> Any:
    return _Engine(setting_of(tiny_filter()))


def test_a_course_in_parts_is_the_course_in_one(engine: Any) -> None:
    whole = engine.run(None, (FIRST, SECOND), None)
    engine.run(None, (FIRST,), None)
    middle = engine.compact()
    engine.run(None, (SECOND,), None)  # another particle in between
    assert (engine.run(middle, (SECOND,), None) == whole[:, 31:]).all()
    assert (engine.run(middle, (SECOND,), None) == whole[:, 31:]).all()
    assert whole.sum() > 0


def test_a_state_leaves_nothing_of_the_particle_before(engine: Any) -> None:
    engine.run(None, (FIRST,), None)
    middle = engine.compact()
    here = {name: table.copy() for name, table in engine.world._asdict().items() if name not in SCRATCH}
    engine.run(None, (FIRST._replace(posture=(1.0, 2.0, 2.0)), SECOND), None)
    engine.put(middle)
    for name, table in here.items():
        used = slice(None if name not in COUNTED else engine.world.counters[COUNTED[name]])
        assert table[used].tobytes() == getattr(engine.world, name)[used].tobytes(), name


def test_a_state_that_is_off_lets_nobody_in(engine: Any) -> None:
    engine.run(None, (FIRST._replace(off=True),), None)
    assert engine.world.states["visas"][0] == 0
    assert engine.world.states["facilitation"][0] == 0


def test_more_inflow_and_steering_bring_more_attempts_there(engine: Any) -> None:
    few = engine.run(None, (FIRST._replace(posture=(-3.0, 0.5, 0.0)), SECOND._replace(posture=(-3.0, 0.5, 0.0))), None)
    many = engine.run(None, (FIRST._replace(posture=(1.0, 0.5, 0.0)), SECOND._replace(posture=(1.0, 0.5, 0.0))), None)
    assert many.sum() > few.sum()
    steered = engine.run(
        None, (FIRST._replace(posture=(1.0, 0.5, 4.0)), SECOND._replace(posture=(1.0, 0.5, 4.0))), None
    )
    assert steered[0].sum() > many[0].sum()


def test_what_is_withheld_is_what_a_frozen_scenario_lacks() -> None:
    origin = START + timedelta(days=40)
    known = {"kind": "turn-back", "agency": "lithuania", "start": START + timedelta(days=10), "share": 0.7}
    later = {"kind": "turn-back", "agency": "poland", "start": START + timedelta(days=50), "share": 0.9}
    ended = {**known, "agency": "poland", "share": 0.4, "end": START + timedelta(days=60)}
    scenario = tiny_scenario(
        {"transit_states": {"belarus": {"visas": {START + timedelta(days=55): 1.0}}}},
        measures={"known": known, "later": later, "ended": ended},
    )
    model = CorridorModel(scenario)
    model.run_for(40)
    withhold(model, origin)
    frozen = CorridorModel(apply_overrides(freeze(scenario, origin, scenario.end), {}))
    frozen.run_for(40)
    for one in (model, frozen):
        one.run_for(50)
    assert np.array_equal(model.world.section_flows[:90], frozen.world.section_flows[:90])
    assert np.array_equal(model.world.pair_flows[:90], frozen.world.pair_flows[:90])
    untouched = CorridorModel(scenario)
    untouched.run_for(90)
    assert not np.array_equal(model.world.section_flows[:90], untouched.world.section_flows[:90])


def test_an_engine_knows_cohorts_places_and_sections_by_their_numbers(engine: Any) -> None:
    assert engine.cohorts == [(0, 160), (160, 320), (320, 400)]
    names = engine.model.names
    assert [names.places[number] for number in engine.places] == ["minsk", "bruzgi", "lida"]
    by_agency = {agency: [names.sections[k] for k in own] for agency, own in engine.sections.items()}
    assert by_agency == {"lithuania": ["dieveniskes"], "poland": ["kuznica", "narewka"]}


def test_a_compact_state_has_the_rows_of_those_who_left(engine: Any) -> None:
    engine.run(None, (FIRST,), None)
    compact = engine.compact()
    left = engine.world.cohorts["left"]
    assert [len(rows) for rows in compact.rows] == left.tolist()
    assert 0 < left.sum() < 400
    for (first, _), rows in zip(engine.cohorts, compact.rows, strict=True):
        assert np.array_equal(rows, engine.world.rows[first : first + len(rows)])
        assert not np.shares_memory(rows, engine.world.rows)
    assert len(compact.state.tables["rows"].kept) == 0
    rules = engine.model._migrants_day, engine.model._evening
    engine.put(compact)
    assert (engine.model._migrants_day, engine.model._evening) == rules  # not made anew for each particle
    with pytest.raises(ValueError, match="zip"):
        engine.put(compact._replace(rows=compact.rows[:2]))
    engine.put(compact)
    assert engine.model.world is engine.world


def test_each_channel_counts_its_own_output_on_the_days_of_the_course(engine: Any) -> None:
    channels = tuple(
        Channel(measure, agency, "belarus")
        for measure, agency in (("recorded_attempts", "poland"), ("recorded_attempts", "lithuania"),
                                ("stock_in_transit_state", ""), ("onward", ""), ("returned", ""))
    )  # fmt: skip
    engine.run(None, (FIRST,), None)
    middle, given = engine.compact(), engine.setting
    engine.setting = replace(given, channels=channels)
    try:
        found = engine.run(middle, (SECOND._replace(days=60),), None)
    finally:
        engine.setting = given
    world, names, days = engine.world, engine.model.names, range(31, 91)
    assert found.shape == (5, 60)
    recorded = {name: world.section_flows[31:91, k, S_RECORDED] for k, name in enumerate(names.sections)}
    assert found[0].tolist() == (recorded["kuznica"] + recorded["narewka"]).tolist()
    assert found[1].tolist() == recorded["dieveniskes"].tolist()
    stocks = [
        sum(int(world.stocks_by_place[day, names.places.index(place), status])
            for place in ("minsk", "bruzgi", "lida") for status in (AT_HUB, AT_BORDER, STRANDED))
        for day in days
    ]  # fmt: skip
    assert found[2].tolist() == stocks
    assert found[3].tolist() == [int(world.pair_flows[day, :, F_ONWARD].sum()) for day in days]
    assert found[4].tolist() == [int(world.pair_flows[day, :, F_RETURNED].sum()) for day in days]
    assert (found.sum(axis=1) > 0).all()


def test_weeks_ahead_add_up_to_the_days_of_the_same_course(engine: Any) -> None:
    engine.run(None, (FIRST,), None)
    middle = engine.compact()
    course = (SECOND, SECOND._replace(days=5, posture=(1.0, 1.0, 0.0)))
    by_day = engine.run(middle, course, None)
    model, world = engine.model, engine.world
    sections, people = engine.look_ahead(middle, course, None)
    assert engine.world is engine.model.world is world
    assert (sections.shape, people.shape) == ((5, 3, 6), (5, 3))
    recorded = sections[:, :, WEEKLY.index("recorded")]
    assert recorded[:, 0].tolist() == by_day[0].reshape(5, 7).sum(axis=1).tolist()
    assert recorded[:, 1:].sum(axis=1).tolist() == by_day[1].reshape(5, 7).sum(axis=1).tolist()
    assert model.day == 66
    deadly = apply_overrides(engine.setting.scenario, {"hazards.death": 0.2})
    other, dead = engine.look_ahead(middle, course, deadly)
    assert dead[:, 2].sum() > people[:, 2].sum()
    assert engine.world is engine.model.world is world
    assert np.array_equal(engine.look_ahead(middle, course, None)[0], sections)
    assert other.shape == sections.shape


def test_each_course_is_run_from_the_same_state_and_its_own_kept_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    class Fake:
        def run(self, *given: Any) -> str:
            asked.append(given)
            return f"counts of {given[1]}"

        def look_ahead(self, *given: Any) -> str:
            return f"weeks of {given}"

        def compact(self) -> str:
            return f"after {asked[-1][1]}"

    monkeypatch.setattr(engine_runs, "_engine", lambda setting: Fake())
    courses: Any = ["a", "b"]
    kept = engine_runs.run_particles(b"", "start", courses, START, True)  # type: ignore[arg-type]
    assert kept == [("counts of a", "after a"), ("counts of b", "after b")]
    assert asked == [("start", "a", START), ("start", "b", START)]
    assert engine_runs.run_particles(b"", None, courses, None, False) == [("counts of a", None), ("counts of b", None)]
    assert engine_runs.look_ahead(b"", "s", courses, None) == [  # type: ignore[arg-type]
        "weeks of ('s', 'a', None)", "weeks of ('s', 'b', None)",
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "left"), [
    (10, [5, 5, 5, 0, 0, 0, 9, 9, 9, 9]), (11, [5, 5, 5, 0, 0, 0, 9, 9, 9, 9, 9]),
    (12, [5, 5, 5] + [0] * 9), (9, [5, 5, 5] + [0] * 6),
])  # fmt: skip
def test_of_a_table_by_day_only_what_runs_have_reached_is_emptied(days: int, left: list[int]) -> None:
    world = SimpleNamespace(table=np.full(days, 9), blocks=np.full(days, 9), keys=np.full(days, 9))
    own: Any = SimpleNamespace(setting=SimpleNamespace(scenario=SimpleNamespace(days=10)), reached=6, world=world)
    packed = Packed((days,), np.full(3, 5))
    for name in ("table", "blocks", "keys"):
        _Engine._fill(own, name, packed)
    assert world.table.tolist() == left
    assert world.blocks.tolist() == [5] * 3 + [9] * (days - 3)  # a counter says how many there are
    assert world.keys.tolist() == [9] * days  # written before it is read
    _Engine._fill(own, "table", Packed((days,), np.arange(days)))
    assert world.table.tolist() == list(range(days))


def test_a_course_is_taken_stretch_by_stretch_and_the_clock_set_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    model = SimpleNamespace(day=4, steps=0, time=0)
    seen: list[tuple[str, int]] = []

    def step(one: Any) -> None:
        one.day += 1

    monkeypatch.setattr(engine_runs.CorridorModel, "step", step)
    own: Any = SimpleNamespace(model=model, reached=5, _set=lambda stretch: seen.append((stretch, model.day)))
    long, short = (SimpleNamespace(days=days) for days in (3, 2))
    _Engine._take(own, (long, short))  # type: ignore[arg-type]
    assert seen == [(long, 4), (short, 7)]
    assert (model.day, model.steps, model.time, own.reached) == (9, 9, 9.0, 11)
    assert type(model.time) is float
    own.reached = 99
    _Engine._take(own, (short,))  # type: ignore[arg-type]
    assert own.reached == 99


def test_a_stretch_sets_behaviour_visas_facilitation_and_the_steering_of_each_zone() -> None:
    steering = {
        "lithuania": {"zones": {"lida": 1.0, "bruzgi": 0.5}, "mean": 0.0, "first_sd": 1.0, "shock_sd": 0.5},
        "poland": {"zones": {"bruzgi": 1.0}, "mean": 0.0, "first_sd": 1.0, "shock_sd": 0.5},
    }
    loaded = tiny_filter(posture={**CONTENT["posture"], "steering": steering})
    seen: dict[str, tuple[str, float]] = {}
    state = SimpleNamespace(
        zones=["bruzgi", "lida", "none"], override=lambda path, name, value: seen.update({path: (name, value)})
    )
    own: Any = SimpleNamespace(
        setting=setting_of(loaded), world=SimpleNamespace(p={"retry": 1.0}), model=SimpleNamespace(states={
            "belarus": state})
    )  # fmt: skip
    _Engine._set(own, Stretch(3, (1.0, 2.0, 3.0, -0.5), False, (9.0,)))
    assert own.world.p == {"retry": 9.0}
    exact = {"visas": 8 * np.e, "facilitation": 1 / (1 + np.exp(-2)), "steering.bruzgi": 1.0, "steering.lida": 3.0,
             "steering.none": 0.0}  # fmt: skip
    assert {name for name, _ in seen.values()} == {"filter"}
    assert {path: value for path, (_, value) in seen.items()} == pytest.approx(exact)
    _Engine._set(own, Stretch(3, (1.0, 2.0, 3.0, -0.5), True, (9.0,)))
    off = {**exact, "visas": 0.0, "facilitation": 0.0}
    assert {path: value for path, (_, value) in seen.items()} == pytest.approx(off)
    with pytest.raises(ValueError, match="zip"):
        _Engine._set(own, Stretch(3, (1.0, 2.0, 3.0, -0.5), False, (9.0, 8.0)))
    for inflow, bound in ((9.0, 5.0), (5.0, 5.0), (-9.0, -8.0)):
        _Engine._set(own, Stretch(3, (inflow, 0.0, 0.0, 0.0), False, (9.0,)))
        assert seen["visas"][1] == pytest.approx(8 * np.exp(bound))


def weeks_of(flows: dict[int, np.ndarray], capacity: np.ndarray) -> np.ndarray:
    """Weekly counts of one section after a day, from flows by kind on fourteen days."""
    table = np.zeros((16, 1, max(*flows, S_OVERLOAD) + 1))
    for kind, values in flows.items():
        table[1:15, 0, kind] = values
    capacities = np.zeros((16, 1))
    capacities[1:15, 0] = capacity
    own: Any = SimpleNamespace(
        model=SimpleNamespace(day=15), world=SimpleNamespace(section_flows=table, section_capacity=capacities)
    )
    return _Engine._by_week(own, 1)[:, 0]


def test_a_week_has_sums_and_the_highest_load_of_a_day() -> None:
    days = np.arange(14.0)
    calls, overload = np.full(14, 2.0), np.zeros(14)
    calls[3], calls[9], calls[12] = 9.0, 5.0, 3.0
    overload[9], overload[12] = 1.0, 2.0  # a patrol was missing twice in the second week
    flows = {S_ATTEMPTS: days, S_RECORDED: days * 2, S_PATROL_CALLS: calls, S_OVERLOAD: overload}
    first, second = weeks_of(flows, np.full(14, 4.0))
    assert first == pytest.approx(
        [21, 42, 21 / 28, 1.0, 28, 0]
    )  # whoever calls more than all patrols, none was missing
    assert second == pytest.approx([70, 140, 18 / 28, 1.25, 28, 2])
    calls[9], calls[12] = 3.0, 2.0
    peak = weeks_of(flows, np.full(14, 4.0))[1][3]
    assert peak == 1.0 + 1e-9  # above 1 wherever a patrol was missing
    quiet = weeks_of({**flows, S_PATROL_CALLS: np.full(14, 1.0), S_OVERLOAD: np.zeros(14)}, np.full(14, 4.0))
    assert quiet[:, 2].tolist() == quiet[:, 3].tolist() == [0.25, 0.25]


def test_a_section_without_capacity_has_no_pressure_and_a_peak_over_half_an_attempt() -> None:
    flows = {S_ATTEMPTS: np.zeros(14), S_RECORDED: np.zeros(14), S_PATROL_CALLS: np.full(14, 2.0),
             S_OVERLOAD: np.full(14, 1.0)}  # fmt: skip
    found = weeks_of(flows, np.zeros(14))
    assert found[:, 2].tolist() == [0.0, 0.0]
    assert found[:, 3].tolist() == [4.0, 4.0]
    assert found[:, 5].tolist() == [7, 7]


def test_people_are_those_stranded_at_the_weeks_end_and_hurt_in_it() -> None:
    stocks, flows = np.zeros((16, 4, STRANDED + 2)), np.zeros((16, 2, 40))
    stocks[:, :, STRANDED] = np.arange(16)[:, None] * [1, 10, 100, 1000]
    flows[:, 0, F_INJURIES], flows[:, 1, F_INJURIES], flows[:, 1, F_DEATHS] = 1.0, np.arange(16), np.arange(16) * 100
    own: Any = SimpleNamespace(
        model=SimpleNamespace(day=15), places=[1, 3], world=SimpleNamespace(stocks_by_place=stocks, pair_flows=flows)
    )
    assert _Engine._people(own, 1).tolist() == [  # days 1 to 7 and 8 to 14
        [7 * 1010, 28 + 7, 2800], [14 * 1010, 77 + 7, 7700],
    ]  # fmt: skip


def lever(*days: int) -> Any:
    return SimpleNamespace(days=list(days), values=[10 * day for day in days])


def test_withheld_is_what_was_neither_known_nor_announced_before_the_day() -> None:
    one, other, push = lever(0, 39, 40), lever(41), lever(3, 40, 50)
    actors = [
        SimpleNamespace(levers={"a": (one, 0, 0), "b": (other, 0, 0)}, _next_change=99),
        SimpleNamespace(levers={}, _next_change=77),
    ]  # fmt: skip

    def measure(start: int, end: int | None = None, announced: int | None = None) -> Any:
        days = (None if day is None else START + timedelta(days=day) for day in (start, end, announced))
        return SimpleNamespace(**dict(zip(("start", "end", "announced"), days, strict=True)))

    measures = {
        "to come": measure(40), "begun": measure(39), "open": measure(39, 40), "over": measure(3, 39),
        "announced": measure(60, 80, 39), "too late": measure(60, 80, 40),
    }  # fmt: skip
    names = list(measures)
    by_day = {
        39: [("start", name) for name in names], 60: [("end", name) for name in names], 70: [("start", "to come")],
    }  # fmt: skip
    model: Any = SimpleNamespace(
        settings=SimpleNamespace(start=START, measures=measures), _actors=actors, season=SimpleNamespace(push=[push]),
        measures=SimpleNamespace(by_day=by_day),
    )  # fmt: skip
    withhold(model, START + timedelta(days=40))
    assert (one.days, one.values, other.days, other.values) == ([0, 39], [0, 390], [], [])
    assert (push.days, push.values) == ([3], [30])
    assert [actor._next_change for actor in actors] == [0, 0]
    known = ["begun", "open", "over", "announced"]
    assert by_day == {
        39: [("start", name) for name in known], 60: [("end", name) for name in known if name != "open"], 70: [],
    }  # fmt: skip
