"""The model in the hands of somebody who knows Mesa: seeds, steps, events, collectors, batches."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.time import Schedule

import sim
from sim.agents import Migrant
from sim.engine.rows import STATUSES
from sim.engine.tables import S_ATTEMPTS
from tests.strategies import tiny_scenario
from tests.unit.test_model import counts

DAYS = 40


SHORT = tiny_scenario(days=DAYS)


@pytest.fixture
def start_method() -> Iterator[None]:
    """`mesa.batch_run` sets how processes start, for all of Python."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


# Seeds


@pytest.mark.parametrize("rng", [7, np.int64(7), np.uint32(7)])
def test_a_whole_number_takes_the_place_of_the_scenarios_seed(rng: Any) -> None:
    seeded, own = sim.CorridorModel(SHORT, rng=rng), sim.CorridorModel(tiny_scenario(days=DAYS, seed=7))
    assert seeded.settings == own.settings
    for model in (seeded, own):
        model.run_model()
    assert counts(seeded) == counts(own)
    assert seeded.random.random() == own.random.random()


def test_what_stands_for_a_seed_gives_the_same_one_each_time_and_others_of_others() -> None:
    def seed(rng: Any) -> int:
        return sim.CorridorModel(SHORT, rng=rng).settings.seed

    one, other = np.random.SeedSequence(42).spawn(2)
    assert seed(one) == seed(one) != seed(other)
    assert seed([1, 2]) == seed((1, 2)) != seed([2, 1])
    assert seed(None) == SHORT.seed


@pytest.mark.parametrize("rng", [np.random.default_rng(3), np.random.PCG64(3), True, 1.5, "7", [0.5], {1, 2}])
def test_what_is_no_seed_is_refused(rng: Any) -> None:
    with pytest.raises(TypeError, match=r"rng: found .*; allowed: a whole number"):
        sim.CorridorModel(SHORT, rng=rng)


@pytest.mark.parametrize("rng", [-1, 2**63])
def test_a_seed_beyond_the_range_is_a_scenario_error(rng: int) -> None:
    with pytest.raises(sim.ScenarioError, match=f"seed: found {rng}"):
        sim.CorridorModel(SHORT, rng=rng)


# Steps and events


class Logged(sim.CorridorModel):
    """A model with a step of its own, and events that write down what they see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stepped: list[int] = []
        self.seen: list[tuple[float, int]] = []

    def step(self) -> None:
        super().step()
        self.stepped.append(self.day)

    def look(self) -> None:
        self.seen.append((self.time, self.day))


def run_all(model: sim.CorridorModel, how: str) -> None:
    if how == "run_model":
        model.run_model()
    elif how == "run_for":
        model.run_for(10**6)
    elif how == "run_until":
        model.run_until(10**6)
    else:
        while model.running:
            model.step()


HOWS = ["run_model", "run_for", "run_until", "step"]


@pytest.mark.parametrize("how", HOWS)
def test_an_overridden_step_holds_however_the_model_is_run(how: str) -> None:
    plain, own = sim.CorridorModel(SHORT), Logged(SHORT)
    plain.run_model()
    run_all(own, how)
    assert own.stepped == list(range(1, DAYS + 1))
    assert counts(own) == counts(plain)
    assert (own.day, own.steps, own.time, own.running) == (DAYS, DAYS, DAYS, False)


@pytest.mark.parametrize("how", HOWS)
def test_scheduled_events_hold_however_the_model_is_run(how: str) -> None:
    """After the step of the same time, and between steps; the last day's too."""
    model = Logged(SHORT)
    days = [0.5, 3.0, 3.25, float(DAYS)]
    for day in days:
        model.schedule_event(model.look, at=day)
    run_all(model, how)
    assert model.seen == [(day, int(day)) for day in days]


@pytest.mark.parametrize("how", HOWS)
def test_recurring_events_hold_however_the_model_is_run(how: str) -> None:
    model, plain = _Looking(SHORT), sim.CorridorModel(SHORT)
    model.schedule_recurring(model.look, Schedule(interval=7))
    plain.run_model()
    run_all(model, how)
    assert model.seen == [(day, day) for day in range(7, DAYS + 1, 7)]
    assert counts(model) == counts(plain)
    assert (model.steps, model.time) == (plain.steps, plain.time) == (DAYS, DAYS)


class _Looking(sim.CorridorModel):
    """Events alone, and the step as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: list[tuple[float, int]] = []

    def look(self) -> None:
        self.seen.append((self.time, self.day))


def test_an_event_that_an_actor_schedules_on_its_way_holds() -> None:
    model = _Looking(SHORT)
    carrier = model.carriers["airline-iq"]
    step, asked = carrier.step, []

    def and_ask() -> None:
        step()
        asked.append((model.time, model.steps))
        if model.day in (4, DAYS - 1):
            model.schedule_event(model.look, after=0)
            model.schedule_event(model.look, after=2.5)

    carrier.step = and_ask
    model.run_model()
    assert asked == [(day, day) for day in range(1, DAYS + 1)]
    assert model.seen == [(5.0, 5), (7.5, 7), (float(DAYS), DAYS)]


def test_a_run_goes_on_from_anywhere_and_past_its_end_nothing_happens() -> None:
    whole, parts = sim.CorridorModel(SHORT), sim.CorridorModel(SHORT)
    whole.run_model()
    parts.step()
    parts.run_for(2.5)
    parts.run_until(7.25)
    parts.run_model()
    assert counts(whole) == counts(parts)
    assert (whole.steps, parts.steps, whole.time, parts.time) == (DAYS, DAYS, DAYS, DAYS + 0.25)
    for model in (whole, parts):
        before = model.time
        model.run_model()
        assert (model.day, model.time) == (DAYS, before)
    with pytest.raises(ValueError, match="allowed: 0 days or more"):
        whole.run_until(3)


def test_a_run_that_broke_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model, whole = sim.CorridorModel(SHORT), sim.CorridorModel(SHORT)
    turn = model.season.turn

    def stop_once(day: int) -> None:
        if day == 12:
            monkeypatch.undo()
            raise KeyboardInterrupt
        turn(day)

    monkeypatch.setattr(model.season, "turn", stop_once)
    with pytest.raises(KeyboardInterrupt):
        model.run_model()
    assert model.day == 12
    for one in (model, whole):
        one.run_model()
    assert counts(model) == counts(whole)


def test_those_who_watch_the_clock_see_every_day() -> None:
    seen: list[float] = []

    class Watch:
        def note(self, message: Any) -> None:
            seen.append(message.additional_kwargs["new"])

    model, watch = sim.CorridorModel(SHORT), Watch()
    model.observe("time", "changed", watch.note)
    model.run_model()
    assert seen == [float(day) for day in range(1, DAYS + 1)]


# Collectors and batches


class Collecting(sim.CorridorModel):
    """What Mesa's tutorial would write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "at_border": lambda model: len(model.migrants.select(status="at_border")),
                "attempts": "attempts_so_far",
            },
            agenttype_reporters={Migrant: {"status": "status_name", "funds": "funds"}},
        )

    @property
    def attempts_so_far(self) -> int:
        return int(self.world.section_flows[:, :, S_ATTEMPTS].sum())

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)


def test_a_collector_of_ones_own_is_filled_by_its_steps() -> None:
    model = Collecting(SHORT)
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    assert (
        frame["at_border"].tolist() == model.world.stocks_by_cohort[:, :, STATUSES.index("at_border")].sum(1).tolist()
    )
    assert frame["attempts"].iloc[-1] == model.attempts_so_far > 0
    people = model.datacollector.get_agenttype_vars_dataframe(Migrant)
    assert len(people) == DAYS * len(model.migrants)
    last = people.xs(float(DAYS), level="Step")["status"].value_counts()
    assert last["prospect"] == len(model.migrants.select(status="prospect"))


@pytest.mark.usefixtures("start_method")
def test_a_batch_of_scenarios_and_seeds() -> None:
    """Each row is the run of its scenario with its seed; names and scenarios may be mixed."""
    rows = mesa.batch_run(
        sim.CorridorModel,
        parameters={"scenario": [SHORT, "benghazi-surge"]},
        rng=[1, 2],
        max_steps=DAYS,
        display_progress=False,
    )
    assert [(row["iteration"], row["rng"], row["Step"]) for row in rows] == [
        (0, 1, DAYS), (0, 1, DAYS), (1, 2, DAYS), (1, 2, DAYS),
    ]  # fmt: skip
    for row in rows:
        model = sim.CorridorModel(row["scenario"], rng=row["rng"])
        model.run_for(DAYS)
        persons = model.world.stocks_by_cohort[DAYS - 1].sum(axis=0).tolist()
        assert [row[status] for status in STATUSES] == persons
    assert rows[0] != rows[2]


@pytest.mark.usefixtures("start_method")
def test_a_batch_day_by_day() -> None:
    rows = mesa.batch_run(
        sim.CorridorModel, {"scenario": [SHORT]}, rng=[3], data_collection_period=1, display_progress=False
    )
    model = sim.CorridorModel(SHORT, rng=3)
    model.run_model()
    assert [row["Step"] for row in rows] == list(range(1, DAYS + 1))
    assert [row["attempts"] for row in rows] == model.world.section_flows[:, :, S_ATTEMPTS].sum(axis=1).tolist()


@pytest.mark.usefixtures("start_method")
def test_a_batch_of_a_model_that_collects_itself() -> None:
    rows = mesa.batch_run(Collecting, {"scenario": [tiny_scenario(days=5)]}, rng=[3], display_progress=False)
    assert len(rows) == 400
    assert {row["Step"] for row in rows} == {5.0}
    assert {row["AgentID"] for row in rows} == {-1 - row for row in range(400)}


@pytest.mark.usefixtures("start_method")
def test_a_batch_of_a_scenario_outside_a_list_says_what_to_do() -> None:
    """Mesa takes a scenario apart into its fields."""
    with pytest.raises(TypeError, match=r"mesa\.batch_run wants scenarios in a list"):
        mesa.batch_run(sim.CorridorModel, {"scenario": SHORT}, rng=[1], display_progress=False)
