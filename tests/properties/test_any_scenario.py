"""Whatever is valid runs to its end: no crash, no NaN, books that close, pressure that is finite; saved or not."""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from sim.engine import ledger
from sim.model import CorridorModel
from sim.outputs.provenance import sha256
from sim.outputs.results import Results
from sim.outputs.run_data import run_data_of
from sim.scenario import load_scenario, resolve, to_yaml
from sim.scenario.schema import Scenario
from tests.strategies import MEASURES, START, any_scenarios, tiny_scenario

RUNS = int(os.environ.get("CORRIDOR_SCENARIOS", "200"))  # the nightly command asks for more
FIXED = RUNS <= 200  # in CI the same scenarios every time, so that it passes always or never
ANY = settings(
    max_examples=RUNS, deadline=None, derandomize=FIXED, database=None, suppress_health_check=list(HealthCheck)
)


def test_any_scenario_runs_and_closes() -> None:
    busy: list[bool] = []

    @ANY
    @given(any_scenarios())
    def one(scenario: Scenario) -> None:
        model = replayed(resolve(scenario, scenario.seed), scenario.days)  # a posture takes a random path
        assert not model.running
        assert model.world.stocks.sum() == sum(cohort.size for cohort in scenario.cohorts.values())
        all_finite(model)
        busy.append(bool(model.world.section_flows.any()))

    one()
    assert sum(busy) > len(busy) / 4, "too few in which anybody reaches the border"


def all_finite(model: CorridorModel) -> None:
    """Every number of the world, and every result, which is not negative either."""
    for name, table in model.world._asdict().items():
        if name == "keys":
            continue
        for values in [table[column] for column in table.dtype.names] if table.dtype.names else [table]:
            assert np.isfinite(values).all(), name
    for (level, measure), block in Results.of(model.settings, [run_data_of(model)]).blocks.items():
        assert np.isfinite(block.values).all(), f"{measure} of {level}"
        assert (block.values >= 0).all(), f"{measure} of {level}"


class Session(RuleBasedStateMachine):
    """What somebody may do with a model: let days pass, save, resume from what was saved, change a measure."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.saved: tuple[int, dict[str, str]] | None = None

    def teardown(self) -> None:
        self._folder.cleanup()

    @initialize(scenario=any_scenarios(longest=40))
    def begin(self, scenario: Scenario) -> None:
        self.model = CorridorModel(scenario)

    @rule(days=st.integers(1, 15))
    def step(self, days: int) -> None:
        for _ in range(days):
            self.model.step()
        assert self.model.day <= self.model.settings.days
        assert (
            ledger.recount(self.model.world.rows, *self.model.world.stocks.shape[:2]) == self.model.world.stocks
        ).all()

    @precondition(lambda self: self.model.day > 0)
    @rule()
    def save(self) -> None:
        folder = Results.from_model(self.model).write(self.folder / "r")
        self.saved = self.model.day, hashes(folder)
        (self.folder / "saved.yaml").write_text(to_yaml(self.model.settings))

    @precondition(lambda self: self.saved is not None)
    @rule()
    def resume(self) -> None:
        """From the file, in another model: to the day of saving, when all tables are the same; then it takes over."""
        day, tables = self.saved or (0, {})
        model = replayed(load_scenario(self.folder / "saved.yaml"), day)
        assert hashes(Results.from_model(model).write(self.folder / "again")) == tables
        self.model = model

    @rule(kind=st.sampled_from(sorted(MEASURES)))
    def change(self, kind: str) -> None:
        """A measure from tomorrow on: until today all is as it was."""
        settings = self.model.settings
        if self.model.day >= settings.days or (kind == "crossing-closure" and "terespol" not in settings.sections):
            return
        start = START + timedelta(days=self.model.day)
        measure: dict[str, Any] = {"kind": kind, "start": start, **MEASURES[kind]}
        pool = kind == "frontex-deployment"  # officers are reserved before it begins: that is known before
        plain = settings.model_dump()
        plain["measures"] = {**plain["measures"], f"changed-{kind}-{self.model.day}": measure}
        changed = replayed(Scenario(**plain), self.model.day)
        if not pool:
            for name in ("section_flows", "pair_flows", "route_flows", "stocks_by_cohort"):
                assert (getattr(changed.world, name) == getattr(self.model.world, name)).all(), name
        self.model = changed


def replayed(scenario: Scenario, day: int) -> CorridorModel:
    model = CorridorModel(scenario)
    while model.day < day:
        model.step()
    return model


def hashes(folder: Path) -> dict[str, str]:
    return {name: sha256(folder / name) for name in ("daily.parquet", "monthly.csv", "totals.csv")}


def test_a_session_of_steps_saves_resumptions_and_changes() -> None:
    run_state_machine_as_test(Session, settings=settings(ANY, max_examples=max(RUNS // 20, 5), stateful_step_count=8))


@pytest.mark.parametrize("day", range(1, 60, 7))
def test_a_run_that_was_paused_on_any_day_ends_the_same(day: int) -> None:
    """Looked at and written while paused, and another model run in between."""
    scenario = tiny_scenario(days=60)
    whole, paused = replayed(scenario, 60), replayed(scenario, day)
    Results.from_model(paused)
    replayed(tiny_scenario(seed=2, days=60), 10)
    while paused.running:
        paused.step()
    for name in ("rows", "stocks_by_place", "section_flows", "pair_flows", "route_flows"):
        assert getattr(paused.world, name).tobytes() == getattr(whole.world, name).tobytes(), name
