"""The schema of experiment files of kind `filter`: what is unknown of a transit state, and which figures tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from sim.inference.experiment_file import Entry, distribution, read
from sim.scenario.draw import resolve
from sim.scenario.entry import Day, Name, Text, Title
from sim.scenario.errors import ScenarioError, choices, show
from sim.scenario.experiments import experiment_content
from sim.scenario.paths import apply_overrides
from sim.scenario.quantity import Distribution
from sim.scenario.schema import Scenario

KIND = "filter"


class Coordinate(Entry):
    """One coordinate of a posture, and what is thought of it before any figure."""

    mean: float = Field(description="Long-run mean.")
    first_sd: float = Field(gt=0, description="Standard deviation around it in the month before the first.")
    shock_sd: float = Field(gt=0, description="Standard deviation of a month's change.")
    season: float = Field(
        0.0,
        ge=0,
        le=10,
        description="Standard deviation of what comes back every year in a month's change, over `shock_sd`.",
    )


class Steering(Coordinate):
    """Steering towards one country's part of the border, over the country that is not named."""

    zones: dict[Name, float] = Field(min_length=1, description="Zones that it steers to, with their shares of it.")


class Posture(Entry):
    """The posture of a transit state as a hidden process."""

    transit_state: Name
    visas: float = Field(gt=0, description="Visas a day at an inflow of 0 (logarithm).")
    inflow: Coordinate = Field(description="Logarithm of the inflow that is allowed, over `visas`.")
    facilitation: Coordinate = Field(description="Logit of facilitation.")
    steering: dict[Name, Steering] = Field(description="Steering by agency.")
    memory: float = Field(gt=0, lt=1, description="Prior mean of the autoregressive coefficient from month to month.")
    off: float = Field(gt=0, lt=1, description="Probability that it switches off in a month.")
    on_again: float = Field(gt=0, lt=1, description="Probability that it ends being off in a month.")


class PosturePrior(NamedTuple):
    """A posture's prior as arrays, coordinates in the order inflow, facilitation, steering by agency: shapes (D,).

    ``first_month`` is the month of the year, 1 to 12, with which the run begins.
    """

    mean: tuple[float, ...]
    first_sd: tuple[float, ...]
    shock_sd: tuple[float, ...]
    rho: float
    off: float
    on_again: float
    season: tuple[float, ...]
    first_month: int

    @property
    def width(self) -> int:
        """Return the number of coordinates."""
        return len(self.mean)

    @classmethod
    def of(cls, posture: Posture, first_month: int) -> PosturePrior:
        """Return the prior of an experiment's posture."""
        all_of = [posture.inflow, posture.facilitation, *posture.steering.values()]
        mean, first, shock, season = (
            tuple(getattr(c, key) for c in all_of) for key in ("mean", "first_sd", "shock_sd", "season")
        )
        return cls(mean, first, shock, posture.memory, posture.off, posture.on_again, season, first_month)


class Unknown(Entry):
    """A parameter of behaviour that is fixed but unknown."""

    title: Title
    prior: Annotated[Distribution, BeforeValidator(distribution)]


class FigureFile(Entry):
    """A file of a folder given with `--data`, in the layout in which authorities' figures were collected."""

    name: str = Field(description="Its name.")
    column: str = Field(description="Column of the counts.")
    kinds: dict[str, dict[Literal["since", "until"], Day]] = Field(
        default_factory=dict, description="Values of its column `series` that count, and for which periods."
    )
    without: list[str] = Field(default_factory=list, description="Rows whose note contains one of these are left out.")


class FilterSeries(Entry):
    """A published series."""

    observed: str = Field(description="A series that ships, or a CSV beside the experiment.")
    counted: Text = Field(description="What is counted.")
    measure: str | None = None
    agency: Name | None = None
    transit_state: Name | None = None
    route: Name | None = None
    share: float = Field(1.0, gt=0, le=1, description="Share of events that is counted.")
    lag: int = Field(0, ge=0, le=1000, description="Days from the end of a period to its publication.")
    rounding: float = Field(0.0, ge=0, description="Half the unit that figures without bounds are rounded to.")
    fit: bool = Field(True, description="Whether its figures are taken in; else they are only forecast.")
    score: bool = Field(True, description="Whether forecasts of it are scored.")
    file: FigureFile | None = Field(None, description="Where it stands in a folder given with `--data`.")


class Origins(Entry):
    """The origins of a back-test."""

    first: Day = Field(description="First origin, the first day of a month.")
    last: Day | None = Field(None, description="Last origin; the last month of the record when absent.")
    months: int = Field(3, ge=1, le=12, description="How far ahead, in months.")
    shortest: int = Field(14, ge=1, description="Days; figures of shorter periods are not scored.")


class FilterExperiment(Entry):
    """A filter: the scenario of inputs alone, the hidden posture, unknown parameters, and the record."""

    kind: Literal["filter"]
    title: Title
    description: Text = ""
    scenario: str
    seed: int = Field(1, ge=0, lt=2**63)
    particles: int = Field(1000, ge=20, le=100_000)
    rounds: int = Field(
        3, ge=1, le=10, description="Most rounds of proposals a month; eight times as many where few are effective."
    )
    enough: float = Field(0.3, gt=0, le=1, description="Effective share of the particles that ends the rounds.")
    overrides: dict[str, Any] = Field(default_factory=dict, alias="set", description="Changes, by dotted path.")
    posture: Posture
    parameters: dict[str, Unknown] = Field(default_factory=dict, description="By dotted path: `behaviour.NAME`.")
    series: dict[Name, FilterSeries] = Field(min_length=1)
    backtest: Origins

    @model_validator(mode="after")
    def _check(self) -> FilterExperiment:
        for path in self.parameters:
            if not path.startswith("behaviour."):
                raise ValueError(f"parameters: found {show(path)}; allowed: parameters of behaviour")
        for flag in ("fit", "score"):
            if not any(getattr(series, flag) for series in self.series.values()):
                raise ValueError(f"no series has `{flag}: true`; allowed: one at least")
        return self


class LoadedFilter(NamedTuple):
    """A filter experiment with its scenario in plain numbers, and the folder in which its files are sought."""

    experiment: FilterExperiment
    scenario: Scenario
    folder: Path
    name: str

    @property
    def prior(self) -> PosturePrior:
        """Return the prior of the posture."""
        return PosturePrior.of(self.experiment.posture, self.scenario.start.month)

    def values(self, scores: np.ndarray) -> np.ndarray:
        """Return values of the unknown parameters, shape (N, P), from normal scores."""
        from scipy.special import ndtr

        u = np.clip(ndtr(scores), 1e-6, 1 - 1e-6)
        ranges = [type(self.scenario.behaviour).model_fields[path.partition(".")[2]] for path in self.unknowns]
        columns = [
            [entry.prior.quantile(float(p), *_range(field)) for p in u[:, k]]
            for k, (entry, field) in enumerate(zip(self.unknowns.values(), ranges, strict=True))
        ]
        return np.array(columns).T.reshape(len(scores), len(self.unknowns))

    def postures(self, x: np.ndarray, off: np.ndarray) -> dict[str, tuple[str, np.ndarray]]:
        """Return unit and values, shape (N,), of each part of postures (N, D) that are off or not (N,), by name."""
        posture = self.experiment.posture
        inflow = np.where(off, 0.0, posture.visas * np.exp(np.clip(x[:, 0], -8, 5)))
        facilitation = np.where(off, 0.0, 1 / (1 + np.exp(-x[:, 1])))
        found = {"inflow allowed": ("persons per day", inflow), "facilitation": ("share", facilitation)}
        found |= {f"steering to {agency}": ("logit", x[:, 2 + k]) for k, agency in enumerate(posture.steering)}
        return found | {"off": ("probability", off.astype(float))}

    def without(self, series: str) -> LoadedFilter:
        """Return the experiment that forecasts a series without taking it in; raises ScenarioError."""
        known = self.experiment.series
        if series not in known:
            raise ScenarioError(f"--leave-out: found {show(series)}; {choices(known, series)}")
        left = {**known, series: known[series].model_copy(update={"fit": False})}
        if not any(entry.fit for entry in left.values()):
            raise ScenarioError("--leave-out: found every series; one at least must be taken in")
        return self._replace(experiment=self.experiment.model_copy(update={"series": left}))

    @property
    def unknowns(self) -> dict[str, Unknown]:
        """Return the unknown parameters by path."""
        return self.experiment.parameters


def _range(field: Any) -> tuple[float, float]:
    low, high = (field.json_schema_extra or {}).get("range", (-np.inf, np.inf))
    return float(low), float(high)


def load_filter(given: str | Path | Mapping[str, Any]) -> LoadedFilter:
    """Load a filter experiment, by shipped name, YAML file or its content as a mapping; raises ScenarioError."""
    found = read(given, KIND, FilterExperiment)
    scenario = resolve(apply_overrides(found.scenario, found.experiment.overrides))
    _check(found.experiment, scenario)
    return LoadedFilter(found.experiment, scenario, found.path.parent, found.path.stem)


def is_filter(given: str | Path | Mapping[str, Any]) -> bool:
    """Return whether an experiment is a filter; raises ScenarioError if there is none."""
    node = experiment_content(given)[1].value.get("kind")
    return node is not None and node.value == KIND


def _check(experiment: FilterExperiment, scenario: Scenario) -> None:
    """Raise ScenarioError if the scenario lacks what the experiment names."""
    posture = experiment.posture
    if posture.transit_state not in scenario.transit_states:
        found = f"posture.transit_state: found {show(posture.transit_state)}"
        raise ScenarioError(f"{found}; {choices(scenario.transit_states, posture.transit_state)}")
    own = [name for name, zone in scenario.zones.items() if zone.transit_state == posture.transit_state]
    for agency, steering in posture.steering.items():
        for zone in steering.zones:
            if zone not in own:
                raise ScenarioError(f"posture.steering.{agency}.zones: found {show(zone)}; {choices(own, zone)}")
    for path in experiment.parameters:
        name = path.partition(".")[2]
        known = type(scenario.behaviour).model_fields
        if name not in known:
            raise ScenarioError(f"parameters: found {show(path)}; {choices([f'behaviour.{k}' for k in known], path)}")
