"""The schema of experiment files for calibrations and back-tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.inference.experiment_file import Entry, distribution, read
from sim.inference.frozen_inputs import month_after
from sim.inference.outcome_figures import OutcomeFigure, Target, targets_of
from sim.scenario.entry import Day, Name, Text, Title
from sim.scenario.errors import Problem
from sim.scenario.paths import apply_overrides
from sim.scenario.quantity import Distribution
from sim.scenario.schema import Scenario

ORIGIN = "origin"


class FreeParameter(Entry):
    """An unknown of a scenario: the paths that it sets, how it sets them, and its prior."""

    title: Title = Field(description="What it is, for tables.")
    paths: list[str] = Field(min_length=1, description="Dotted paths of quantities or schedules; * is any name.")
    form: Literal["value", "factor", "shift"] = Field("value", description="Replaces, multiplies, or is added.")
    start: Day | Literal["origin", "origin+1", "origin+2"] | None = Field(
        None,
        alias="from",
        description="Of schedules: from this date on; `origin`, `origin+1`, `origin+2` (months) in back-tests only.",
    )
    prior: Annotated[Distribution, BeforeValidator(distribution)] = Field(description="Prior distribution.")
    why: Text = Field("", description="Where the prior comes from.")


class Series(Entry):
    """A published series and its observation model: what is counted, the share reported, and the delay."""

    observed: str = Field(description="A series that ships, or a CSV beside the experiment.")
    counted: Text = Field(description="What is counted.")
    measure: str | None = Field(None, description="Corresponding output of Corridor; the CSV's when absent.")
    agency: Name | None = Field(None, description="Agency, where the CSV names none.")
    transit_state: Name | None = Field(None, description="Transit state, where the CSV names none.")
    route: Name | None = Field(None, description="Route, where the CSV names none.")
    share: float = Field(1.0, gt=0, le=1, description="Reporting share: the share of events that is counted.")
    lag: int = Field(0, ge=0, le=1000, description="Days from the end of a period to its publication.")
    rounding: float = Field(0.0, ge=0, description="Half the unit that figures without bounds are rounded to.")
    revisions: Text = Field("none known", description="How figures were revised.")
    fit: bool = Field(True, description="Whether the scenario is fitted to it.")
    since: Day | None = Field(None, description="Figures of earlier periods are not fitted.")
    score: bool = Field(True, description="Whether forecasts of it are scored.")


class HistoryMatching(Entry):
    """Settings of history matching."""

    runs: int = Field(240, ge=8, le=100_000, description="Runs of the first, space-filling design.")
    waves: int = Field(1, ge=0, le=10, description="Further waves in what is not ruled out yet.")
    wave_runs: int = Field(120, ge=8, le=100_000, description="Runs of a further wave.")
    cutoff: float = Field(3.0, gt=0, le=20, description="Implausibility above which a point is ruled out.")
    training: int = Field(320, ge=20, le=2000, description="Most runs that emulators are trained on.")


class Smc(Entry):
    """Settings of the sequential Monte Carlo."""

    particles: int = Field(240, ge=8, le=100_000, description="Runs of a generation.")
    generations: int = Field(3, ge=1, le=20, description="Most generations.")
    steps: int = Field(250, ge=20, le=100_000, description="Steps of the chains that propose particles.")
    enough: float = Field(0.5, gt=0, le=1, description="Effective share of the particles at which it ends.")


class BackTest(Entry):
    """Origins of the forecasts, and how far they reach."""

    origins: list[Day] = Field(min_length=1, max_length=100, description="First days of the forecasts.")
    months: int = Field(3, ge=1, le=24, description="How far ahead, in months.")
    particles: int | None = Field(None, ge=8, le=100_000, description="Runs of a generation, in place of `smc`'s.")
    draws: int = Field(4000, ge=100, le=100_000, description="Draws that make up a forecast.")
    seats_to: Name | None = Field(None, description="Transit state of the seats that exposure scaling rests on.")


class CalibrationExperiment(Entry):
    """A calibration, and the back-test that goes with it."""

    kind: Literal["calibration"] = Field(description="What the experiment is.")
    title: Title
    description: Text = ""
    scenario: str = Field(description="Scenario by name, or a YAML file beside the experiment.")
    seed: int = Field(1, ge=0, lt=2**63)
    overrides: dict[str, Any] = Field(default_factory=dict, alias="set", description="Changes, by dotted path.")
    parameters: dict[Name, FreeParameter] = Field(min_length=1, max_length=40)
    series: dict[Name, Series] = Field(default_factory=dict, max_length=50)
    outcomes: dict[str, OutcomeFigure] = Field(default_factory=dict, max_length=50)
    over_dispersion: list[float] = Field(
        default=[0.15, 0.3, 0.6],
        min_length=1,
        max_length=10,
        description="Relative over-dispersion of counts around the model: values thought equally likely.",
    )
    history_matching: HistoryMatching = Field(default_factory=HistoryMatching)  # type: ignore[arg-type]
    smc: Smc = Field(default_factory=Smc)  # type: ignore[arg-type]
    backtest: BackTest | None = None

    @model_validator(mode="after")
    def _check(self) -> CalibrationExperiment:
        if not any(series.fit for series in self.series.values()) and not self.outcomes:
            raise ValueError("no series has `fit: true`, and there are no `outcomes`; allowed: one at least")
        if self.outcomes and self.backtest:
            what = "which have no day of publication, so that a back-test cannot tell when they were known"
            raise ValueError(f"found `backtest` and `outcomes`, {what}; allowed: one of the two")
        if both := set(self.series) & set(self.outcomes):
            raise ValueError(f"found {min(both)!r} under `series` and `outcomes`; allowed: another name for the series")
        if any(not 0 < value <= 5 for value in self.over_dispersion):
            raise ValueError(f"over_dispersion: found {self.over_dispersion}; allowed: values above 0, to 5")
        return self

    def now(self) -> dict[str, FreeParameter]:
        """Return the parameters on which the past depends: all but those that begin at the origin."""
        return {name: entry for name, entry in self.parameters.items() if not is_ahead(entry.start)}


def is_fitted(series: Series, start: date) -> bool:
    """Return whether the figure of a period that begins on a day is fitted."""
    return series.fit and (series.since is None or start >= series.since)


class Loaded:
    """An experiment with its scenario, the folder in which its files are sought, and its figures of outcomes."""

    def __init__(
        self,
        experiment: CalibrationExperiment,
        scenario: Scenario,
        folder: Path,
        name: str,
        targets: Sequence[Target] = (),
    ) -> None:
        self.experiment, self.scenario, self.folder, self.name = experiment, scenario, folder, name
        self.targets = list(targets)


def load_experiment(given: str | Path | Mapping[str, Any]) -> Loaded:
    """Load an experiment, by shipped name, YAML file or its content as a mapping, with its scenario.

    Raises:
        ScenarioError: With file, line, field, what was found and what is allowed.
    """
    found = read(given, "calibration", CalibrationExperiment)
    scenario = apply_overrides(found.scenario, found.experiment.overrides)

    def problem(outcome: str, text: str) -> Problem:
        node = found.content.at(["outcomes", outcome])
        return Problem(node.file, node.line, f"outcomes.{outcome}", text)

    targets = targets_of(found.experiment.outcomes, scenario, problem)
    return Loaded(found.experiment, scenario, found.path.parent, found.path.stem, targets)


def day_of(start: date | str | None, origin: date | None) -> date | None:
    """Return the date from which a parameter applies; None for always."""
    if isinstance(start, str):
        return None if origin is None else month_after(origin, int(start.removeprefix(ORIGIN) or 0))
    return start


def is_ahead(start: date | str | None) -> bool:
    """Return whether a parameter concerns the time after an origin."""
    return isinstance(start, str)
