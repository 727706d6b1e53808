"""Figures of outcomes, to fit beside series: of an output over a window, of a date, a ratio, or a function of a run.

    outcomes:
      attempts[2021-10]@poland: {value: 17400, error: 1500}
      peak_date(attempts)@poland: {value: 2021-10-22, error: 7}
      entries/attempts@latvia: {low: 0.1, high: 0.3}

They have no over-dispersion, which is that of counts, but each its own error: the standard deviation of what the figure
and the model may be off, normal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, model_validator

from sim.inference.experiment_file import Entry
from sim.outputs.expressions import DAY
from sim.scenario.entry import Text, parse_day
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.schema import Scenario
from sim.sweeps.outcomes import OutcomeOf, known_outcomes

_BLUR = 4.0  # an interval without an error of its own is blurred by the width over this


def _number_or_day(value: Any) -> float | date:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    try:
        day: date = parse_day(value)
    except ValueError:
        raise ValueError(f"found {value!r}; allowed: a number, or a date such as 2021-08-03") from None
    return day


_Figure = Annotated[float | date, BeforeValidator(_number_or_day)]


class OutcomeFigure(Entry):
    """A figure of an outcome: a value with its error, or an interval; of dates the days, or their number in the run."""

    value: _Figure | None = Field(None, description="The figure; needs an error.")
    low: _Figure | None = Field(None, description="In place of a value: lowest that it may be.")
    high: _Figure | None = Field(None, description="Highest that it may be.")
    error: float | None = Field(
        None, gt=0, lt=1e12,
        description="Standard deviation of what figure and model may be off; of low and high by default a quarter of "
        "their distance.",
    )  # fmt: skip
    source: Text = Field("", description="Where it is from.")

    @model_validator(mode="after")
    def _one_form(self) -> OutcomeFigure:
        given = [key for key in ("value", "low", "high") if getattr(self, key) is not None]
        if not given or (self.value is not None and len(given) > 1):
            found = " and ".join(given) or "no value, low or high"
            raise ValueError(f"found {found}; allowed: value, or low, high or both")
        if self.error is None and (len(given) == 1 or self.low == self.high):
            raise ValueError(
                f"found {' and '.join(given)} without error; allowed: with error, or low and high that differ"
            )
        if len({type(getattr(self, key)) for key in given}) > 1:
            raise ValueError("found a date and a number; allowed: two dates or two numbers")
        if len(given) == 2 and self.low > self.high:  # type: ignore[operator]
            raise ValueError(f"found low {self.low}, above high {self.high}")
        return self


def middle_of(value: float | None, low: float | None, high: float | None) -> float | None:
    """Return a figure, or the middle of its interval; None if it has only one end."""
    if value is not None:
        return value
    return None if low is None or high is None else (low + high) / 2


class Target(NamedTuple):
    """A figure of an outcome in a fit; beside `sim.inference.observations.Row`, a published count.

    Attributes:
        series: The outcome, as text.
        start: First day that it is about: of its window, or of the run.
        end: Last day.
        value: The figure, in the outcome's unit; None if it is an interval.
        low: Lower end of the interval; None if there is none.
        high: Upper end.
        error: Standard deviation of what figure and model may be off, in the outcome's unit.
        given: The outcome as the experiment writes it.
        never: What a run counts in which the outcome's day does not come: the day after its last one; None of others.
    """

    series: str
    start: date
    end: date
    value: float | None
    low: float | None
    high: float | None
    error: float
    given: str = ""
    never: float | None = None

    @property
    def outcome(self) -> OutcomeOf:
        """Return the outcome."""
        return OutcomeOf.parse(self.series)

    @property
    def middle(self) -> float | None:
        """Return the figure, or the middle of its interval; None if it has only one end."""
        return middle_of(self.value, self.low, self.high)

    def bounds(self) -> tuple[float, float]:
        """Return the lowest and highest value that the figure stands for."""
        if self.value is not None:
            return self.value, self.value
        return -float("inf") if self.low is None else self.low, float("inf") if self.high is None else self.high


def targets_of(
    figures: Mapping[str, OutcomeFigure], scenario: Scenario, problem: Callable[[str, str], Problem]
) -> list[Target]:
    """Return the figures of an experiment as targets of its scenario's runs.

    Args:
        figures: By outcome.
        scenario: The scenario, with the experiment's changes.
        problem: Makes a problem with its place in the file, from an outcome and what is wrong.

    Raises:
        ScenarioError: If there is no such outcome, or a window or date lies outside the run; each by file and line.
    """
    if not figures:
        return []
    known, found, problems = known_outcomes(scenario), [], []
    for text, figure in figures.items():
        try:
            outcome = OutcomeOf.parse(text)
            known.check(outcome)
            found.append(_target(text, outcome, figure, scenario))
        except ScenarioError as error:
            problems.append(problem(text, error.problems[0].text.removeprefix("outcome: ")))
    twice = {target.series for target in found if [t.series for t in found].count(target.series) > 1}
    problems += [problem(text, f"found {text} twice, in two ways of writing; allowed: once") for text in sorted(twice)]
    if problems:
        raise ScenarioError(problems)
    return found


def _target(given: str, outcome: OutcomeOf, figure: OutcomeFigure, scenario: Scenario) -> Target:
    run = f"the run is from {scenario.start} to {scenario.end}"
    windows = [term.window for term in outcome.expression.terms if term.window is not None]
    start = min((window.first for window in windows), default=scenario.start)
    end = max((window.last for window in windows), default=scenario.end)
    if start < scenario.start or end > scenario.end:
        raise ScenarioError(f"found the days {start} to {end}; {run}, and a run has to count all of them")
    is_day = outcome.expression.unit == DAY
    value, low, high = (_as_number(end, is_day, scenario, run) for end in (figure.value, figure.low, figure.high))
    error = figure.error
    if error is None:
        assert low is not None and high is not None
        error = (high - low) / _BLUR
    return Target(str(outcome), start, end, value, low, high, error, given, scenario.days + 1.0 if is_day else None)


def _as_number(value: float | date | None, is_day: bool, scenario: Scenario, run: str) -> float | None:
    if not isinstance(value, date):
        return value
    if not is_day:
        raise ScenarioError(f"found the date {value}; allowed: a number, as the outcome is no date")
    if not scenario.start <= value <= scenario.end:
        raise ScenarioError(f"found the date {value}; {run}")
    return float((value - scenario.start).days + 1)


def day_of_run(number: float, start: date) -> date:
    """Return the date of a day of a run, from 1."""
    return start + timedelta(days=round(number) - 1)
