"""The schema of experiment files: sweeps, decision tables and searches for tipping points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.outputs.expressions import parse
from sim.scenario.entry import Text, Title
from sim.scenario.quantity import JOINT, KINDS, Distribution, parse_quantity
from sim.sweeps.designs import DESIGNS, MORRIS, ONE
from sim.sweeps.outcomes import OutcomeOf

LEAST_POINTS = 10  # of a decision: fewer cannot estimate the value of information
_Positive = Annotated[int, Field(ge=1, le=1_000_000)]


def _refuse_twice(what: str, entries: Sequence[Any]) -> None:
    """Refuse a list with a repeated entry; raises ValueError."""
    twice = [entry for entry, times in Counter(entries).items() if times > 1]
    if twice:
        raise ValueError(f"{what}: found {twice[0]} twice; allowed: each once")


def _spread(value: Any) -> Any:
    """Parse a factor as written: nothing, a distribution, or a mapping with the keys of `Varied`."""
    if value is None:
        return {}
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in KINDS and value != {JOINT: True}:
        return {"distribution": value}
    return value


def _distribution(value: Any) -> Distribution:
    parsed = parse_quantity(value)
    if not isinstance(parsed, Distribution):
        raise ValueError(f"found {value!r}; a distribution such as {{triangular: [low, mode, high]}} is needed")
    return parsed


class ExperimentEntry(BaseModel):
    """Base of all entries: unknown keys are errors, types are strict."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Varied(ExperimentEntry):
    """How a parameter is varied; by default over its own distribution in the scenario."""

    title: Title | None = Field(None, description="Name in tables and figures.")
    range: list[float] | None = Field(None, min_length=2, max_length=2, description="Lowest and highest value.")
    values: list[float] | None = Field(None, min_length=2, max_length=1000, description="The only values.")
    distribution: Annotated[Distribution, BeforeValidator(_distribution)] | None = Field(
        None, description="In place of the scenario's."
    )
    paths: dict[str, float] | None = Field(
        None, min_length=1, max_length=50, description="Paths that move together, each with the factor that it gets."
    )
    joint: Literal[True] | None = Field(
        None, description="All joint distributions of the scenario together, such as a posterior: one row at a time."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Varied:
        given = [key for key in ("range", "values", "distribution") if getattr(self, key) is not None]
        given += ["paths"] if self.joint and self.paths else []
        if len(given) > (0 if self.joint else 1):
            raise ValueError(
                f"found {' and '.join([*given, *(['joint'] if self.joint else [])])}; one of them is allowed"
            )
        if self.values is not None and len(set(self.values)) < len(self.values):
            raise ValueError(f"found the values {self.values}, one of them twice; allowed: each once")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise ValueError(f"found the range {self.range}; allowed: [low, high] with low below high")
        if self.paths is not None and any(not weight > 0 for weight in self.paths.values()):
            raise ValueError("found a factor that is not above 0 in paths; each path needs one above 0")
        return self


def _outcome(text: str) -> str:
    """Return the text of an outcome as it is; raises ValueError if it is none."""
    parse(text.strip())
    return text


OutcomeText = Annotated[str, AfterValidator(_outcome)]
Parameters = dict[str, Annotated[Varied, BeforeValidator(_spread)]]


class Experiment(ExperimentEntry):
    """Fields of all experiments."""

    title: Title = Field(description="Title of its tables and figures.")
    description: Text = Field("", description="What it asks.")
    seed: int = Field(1, ge=0, lt=2**63, description="Seed of the design, of the people and of the draws.")
    overrides: dict[str, Any] = Field(
        default_factory=dict, alias="set", description="Changes to all scenarios, by dotted path."
    )
    parameters: Parameters = Field(
        min_length=1, max_length=200, description="Parameters to vary, by dotted path or name."
    )


class Designed(Experiment):
    """Fields of experiments with a design."""

    design: Literal["grid", "latin-hypercube", "sobol", "morris", "one-at-a-time"] = "latin-hypercube"
    samples: _Positive = Field(256, description="Samples, or trajectories.")
    levels: Annotated[int, Field(ge=2, le=10_000)] = Field(4, description="Levels of grid, morris, one-at-a-time.")
    second_order: bool = Field(False, description="Whether sobol also estimates pairs of parameters.")
    replicates: Annotated[int, Field(ge=1, le=100_000)] = Field(1, description="Runs of each point and scenario.")
    paired: bool = Field(True, description="Whether all points share the same people and draws.")
    others: Literal["central", "drawn"] = Field(
        "central", description="What uncertain parameters that are not varied take: one value, or one a replicate."
    )

    @model_validator(mode="after")
    def _suits(self) -> Designed:
        assert self.design in DESIGNS
        if self.design == MORRIS and any(varied.values is not None for varied in self.parameters.values()):
            raise ValueError("design: found morris and a parameter with `values`; morris needs ranges or distributions")
        if self.design in (MORRIS, ONE) and any(varied.joint for varied in self.parameters.values()):
            raise ValueError(f"design: found {self.design} and a joint parameter; joint needs one of the other designs")
        return self


class Sweep(Designed):
    """Runs of a scenario over a design of its parameters."""

    kind: Literal["sweep"]
    scenario: str | None = Field(None, description="Scenario by name, or a YAML file beside the experiment.")
    scenarios: list[str] | None = Field(None, min_length=1, max_length=50, description="In place of a single one.")
    outcomes: list[OutcomeText] = Field(
        default=["pressure_peak", "days_over", "entries", "stranded", "deaths"], min_length=1, max_length=50,
        description="Outputs, each optionally with @ and a section, agency, route or cohort.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _named(self) -> Sweep:
        if (self.scenario is None) == (self.scenarios is None):
            raise ValueError("needed: either `scenario` or `scenarios`")
        _refuse_twice("scenarios", self.names)
        _refuse_twice("outcomes", [str(OutcomeOf.parse(text)) for text in self.outcomes])
        return self

    @property
    def names(self) -> list[str]:
        """Return the scenarios."""
        return [self.scenario] if self.scenario is not None else list(self.scenarios or [])


class Objective(ExperimentEntry):
    """The objective for an outcome."""

    goal: Literal["lower", "higher"] = Field("lower", description="What is better.")
    enough: float | None = Field(None, description="A value that satisfies: at most it, or at least it.")


class Decision(Designed):
    """Response scenarios over the same points of deep uncertainty: regret, satisficing, value of information."""

    kind: Literal["decision"]
    scenarios: list[str] = Field(min_length=2, max_length=50, description="The responses; the first is the base.")
    objectives: dict[OutcomeText, Objective] = Field(min_length=1, max_length=20, description="By outcome.")
    satisfied: float = Field(0.75, gt=0, le=1, description="Share of points at which a robust response satisfies.")

    @model_validator(mode="after")
    def _enough(self) -> Decision:
        _refuse_twice("scenarios", self.scenarios)
        _refuse_twice("objectives", [str(OutcomeOf.parse(text)) for text in self.objectives])
        if self.samples < LEAST_POINTS:
            raise ValueError(f"samples: found {self.samples}; a decision needs {LEAST_POINTS} points or more")
        return self

    @property
    def names(self) -> list[str]:
        """Return the scenarios."""
        return list(self.scenarios)

    @property
    def outcomes(self) -> list[str]:
        """Return the outcomes of the objectives."""
        return list(self.objectives)


class Threshold(Experiment):
    """A search for the level of one factor at which overload becomes likely."""

    kind: Literal["threshold"]
    scenario: str = Field(description="Scenario by name, or a YAML file beside the experiment.")
    parameters: Parameters = Field(min_length=1, max_length=1, description="The factor.")
    where: str = Field("days_over > 0", description="Condition for overload, for each section.")
    level: Literal["section", "agency", "all"] = Field("section", description="Level at which overload is examined.")
    probabilities: list[float] = Field(default=[0.1, 0.5, 0.9], min_length=1, max_length=20)
    response: Literal["rising", "falling"] = Field(
        "rising", description="Whether overload becomes likelier or rarer as the parameter rises."
    )
    halvings: int = Field(5, ge=1, le=20, description="How often the range is halved.")
    replicates: int = Field(60, ge=2, le=100_000, description="Pairs: the same people and draws at all levels.")

    @model_validator(mode="after")
    def _between(self) -> Threshold:
        _refuse_twice("probabilities", self.probabilities)
        if any(varied.joint for varied in self.parameters.values()):
            raise ValueError("parameters: found a joint parameter, which has no order; allowed: one with a range")
        if any(not 0 < p < 1 for p in self.probabilities):
            raise ValueError(f"probabilities: found {self.probabilities}; allowed: between 0 and 1")
        return self


KINDS_OF: dict[str, type[Sweep | Decision | Threshold]] = {
    "sweep": Sweep, "decision": Decision, "threshold": Threshold,
}  # fmt: skip
AnyExperiment = Sweep | Decision | Threshold
