"""The schema of experiment files for calibrations and back-tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sim.inference.frozen_inputs import month_after
from sim.scenario.entry import Day, Name, Text, Title
from sim.scenario.errors import Problem, ScenarioError, choices, dotted, show
from sim.scenario.experiments import check_kind, experiment_file
from sim.scenario.files import SUFFIXES, display, read_text
from sim.scenario.load import load_scenario
from sim.scenario.nodes import Node, parse_yaml
from sim.scenario.paths import apply_overrides
from sim.scenario.quantity import Distribution, parse_quantity
from sim.scenario.schema import Scenario

ORIGIN = "origin"


def _distribution(value: Any) -> Distribution:
    parsed = parse_quantity(value)
    if not isinstance(parsed, Distribution):
        raise ValueError(f"found {value!r}; a distribution such as {{lognormal: [1, 0.5]}} is needed")
    if parsed.kind == "choice":
        raise ValueError("found choice; a continuous distribution is needed")
    return parsed


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class FreeParameter(_Entry):
    """An unknown of a scenario: the paths that it sets, how it sets them, and its prior."""

    title: Title = Field(description="What it is, for tables.")
    paths: list[str] = Field(min_length=1, description="Dotted paths of quantities or schedules; * is any name.")
    form: Literal["value", "factor", "shift"] = Field("value", description="Replaces, multiplies, or is added.")
    start: Day | Literal["origin", "origin+1", "origin+2"] | None = Field(
        None,
        alias="from",
        description="Of schedules: from this date on; `origin`, `origin+1`, `origin+2` (months) in back-tests only.",
    )
    prior: Annotated[Distribution, BeforeValidator(_distribution)] = Field(description="Prior distribution.")
    why: Text = Field("", description="Where the prior comes from.")


class Series(_Entry):
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


class HistoryMatching(_Entry):
    """Settings of history matching."""

    runs: int = Field(240, ge=8, le=100_000, description="Runs of the first, space-filling design.")
    waves: int = Field(1, ge=0, le=10, description="Further waves in what is not ruled out yet.")
    wave_runs: int = Field(120, ge=8, le=100_000, description="Runs of a further wave.")
    cutoff: float = Field(3.0, gt=0, le=20, description="Implausibility above which a point is ruled out.")
    training: int = Field(320, ge=20, le=2000, description="Most runs that emulators are trained on.")


class Smc(_Entry):
    """Settings of the sequential Monte Carlo."""

    particles: int = Field(240, ge=8, le=100_000, description="Runs of a generation.")
    generations: int = Field(3, ge=1, le=20, description="Most generations.")
    steps: int = Field(250, ge=20, le=100_000, description="Steps of the chains that propose particles.")
    enough: float = Field(0.5, gt=0, le=1, description="Effective share of the particles at which it ends.")


class BackTest(_Entry):
    """Origins of the forecasts, and how far they reach."""

    origins: list[Day] = Field(min_length=1, max_length=100, description="First days of the forecasts.")
    months: int = Field(3, ge=1, le=24, description="How far ahead, in months.")
    particles: int | None = Field(None, ge=8, le=100_000, description="Runs of a generation, in place of `smc`'s.")
    draws: int = Field(4000, ge=100, le=100_000, description="Draws that make up a forecast.")
    seats_to: Name | None = Field(None, description="Transit state of the seats that exposure scaling rests on.")


class CalibrationExperiment(_Entry):
    """A calibration, and the back-test that goes with it."""

    kind: Literal["calibration"] = Field(description="What the experiment is.")
    title: Title
    description: Text = ""
    scenario: str = Field(description="Scenario by name, or a YAML file beside the experiment.")
    seed: int = Field(1, ge=0, lt=2**63)
    overrides: dict[str, Any] = Field(default_factory=dict, alias="set", description="Changes, by dotted path.")
    parameters: dict[Name, FreeParameter] = Field(min_length=1, max_length=40)
    series: dict[Name, Series] = Field(min_length=1, max_length=50)
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
        if not any(series.fit for series in self.series.values()):
            raise ValueError("no series has `fit: true`; allowed: one at least")
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
    """An experiment with its scenario, and the folder in which its files are sought."""

    def __init__(self, experiment: CalibrationExperiment, scenario: Scenario, folder: Path, name: str) -> None:
        self.experiment, self.scenario, self.folder, self.name = experiment, scenario, folder, name


def load_experiment(name_or_path: str | Path) -> Loaded:
    """Load an experiment, by shipped name or YAML file, with its scenario.

    Raises:
        ScenarioError: With file, line, field, what was found and what is allowed.
    """
    path = experiment_file(name_or_path)
    root = parse_yaml(read_text(path), display(path))
    check_kind(root, ["calibration"])
    try:
        experiment = CalibrationExperiment.model_validate(root.plain())
    except ValidationError as error:
        problems = [_problem(dict(entry), root) for entry in error.errors(include_url=False)]
        raise ScenarioError(sorted(problems, key=lambda p: (p.line, p.path))) from None
    scenario = apply_overrides(_scenario(experiment.scenario, path, root), experiment.overrides)
    return Loaded(experiment, scenario, path.parent, path.stem)


def _scenario(name: str, path: Path, root: Node) -> Scenario:
    beside = path.parent / name
    try:
        return load_scenario(beside if name.endswith(SUFFIXES) and beside.exists() else name)
    except ScenarioError as error:
        if any(problem.line for problem in error.problems):
            raise
        node = root.value["scenario"]
        texts = [Problem(node.file, node.line, "scenario", problem.text) for problem in error.problems]
        raise ScenarioError(texts) from None


def _problem(error: dict[str, Any], root: Node) -> Problem:
    path = [part for part in error["loc"] if part != "[key]"]
    while path and not _there(root, path):
        path.pop()
    whole = [part for part in error["loc"] if part != "[key]"]
    node = root.at(path)
    kind = error["type"]
    if kind == "extra_forbidden":
        text = f"unknown key {show(str(whole[-1]))}; {choices(_keys(whole[:-1]), whole[-1])}"
    elif kind == "missing":
        text = "missing; it is needed"
    else:
        cause = (error.get("ctx") or {}).get("error")
        message = str(cause) if cause else error["msg"][0].lower() + error["msg"][1:]
        found = "" if "found" in message or not _there(root, whole) else f"found {show(root.at(whole).plain())}; "
        text = found + message
    return Problem(node.file, node.line, dotted(whole), text)


def _there(root: Node, path: list[Any]) -> bool:
    value = root.plain()
    for part in path:
        inside = isinstance(value, Mapping) and part in value
        if not inside and not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            return False
        value = value[part]
    return True


def _keys(path: list[Any]) -> list[str]:
    """Return the keys allowed at a path."""
    models: dict[Any, type[BaseModel]] = {
        "parameters": FreeParameter, "series": Series, "history_matching": HistoryMatching, "smc": Smc,
        "backtest": BackTest,
    }  # fmt: skip
    model = models.get(path[0], CalibrationExperiment) if path else CalibrationExperiment
    return [field.alias or name for name, field in model.model_fields.items()]


def day_of(start: date | str | None, origin: date | None) -> date | None:
    """Return the date from which a parameter applies; None for always."""
    if isinstance(start, str):
        return None if origin is None else month_after(origin, int(start.removeprefix(ORIGIN) or 0))
    return start


def is_ahead(start: date | str | None) -> bool:
    """Return whether a parameter concerns the time after an origin."""
    return isinstance(start, str)
