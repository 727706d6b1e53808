"""Outcomes that an experiment looks at (an output for the whole or one name), and conditions on them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.outputs.definitions import ALL
from sim.outputs.expressions import Expression, parse
from sim.outputs.run_data import RunData
from sim.outputs.weekly import layout_of, totals_of, weekly_data_of
from sim.runs import run_to_data
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError, choices, show
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Units = Mapping[tuple[str, str], str]  # by output and name
_SIGNS: dict[str, Callable[[Floats, float], npt.NDArray[np.bool_]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_CLAUSE = re.compile(r"\s*([^<>=]+?)\s*(>=|<=|>|<)\s*([-+0-9.eE]+)\s*")


class OutcomeOf(NamedTuple):
    """An outcome: an output, or one written as text, for the whole border, or a section, agency, route or cohort."""

    measure: str
    name: str = ALL

    @classmethod
    def parse(cls, text: str) -> OutcomeOf:
        """Parse ``output``, ``output@name`` or another form (`sim.outputs.expressions`); raises ScenarioError."""
        try:
            found = parse(text.strip())
        except ValueError as error:
            raise ScenarioError(f"outcome: {error}") from None
        return cls(found.measure, found.name)

    @property
    def key(self) -> tuple[str, str]:
        """Return output and name, as in tables."""
        return self.measure, self.name

    @property
    def expression(self) -> Expression:
        """Return what it is made of."""
        return parse(str(self))

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return self.measure if self.name == ALL else f"{self.measure}@{self.name}"


class Clause(NamedTuple):
    """One comparison: an outcome and a number."""

    outcome: OutcomeOf
    sign: str
    number: float

    def holds(self, values: Floats) -> npt.NDArray[np.bool_]:
        """Return where the comparison holds; false for missing values."""
        return _SIGNS[self.sign](values, self.number) & ~np.isnan(values)

    def __str__(self) -> str:
        """Return the form that `conditions` reads."""
        return f"{self.outcome} {self.sign} {self.number:g}"


def conditions(text: str) -> list[Clause]:
    """Parse ``pressure_peak > 1.5 and deaths@poland <= 20`` into clauses; raises ScenarioError."""
    clauses = []
    for part in re.split(r"\band\b", text):
        found = _CLAUSE.fullmatch(part)
        try:
            number = float(found[3]) if found else float("nan")
        except ValueError:
            number = float("nan")
        if found is None or np.isnan(number):
            allowed = "OUTCOME with >, >=, < or <= and a number, such as 'pressure_peak > 1.5', joined by 'and'"
            raise ScenarioError(f"--where: found {show(part.strip())}; allowed: {allowed}")
        try:
            clauses.append(Clause(OutcomeOf.parse(found[1]), found[2], number))
        except ScenarioError as error:
            raise ScenarioError(f"--where: {error.problems[0].text.removeprefix('outcome: ')}") from None
    return clauses


class Known(NamedTuple):
    """What can be an outcome of a scenario's runs: units of the totals by output and name, and a run of one day."""

    units: Units
    day: RunData
    last: date

    def check(self, outcome: OutcomeOf) -> None:
        """Raise ScenarioError if there is no such outcome."""
        if outcome.key in self.units or outcome.expression.is_plain:
            check_outcome(outcome, self.units)
            return
        try:
            outcome.expression.check(self.day, self.last)
        except ValueError as error:
            raise ScenarioError(str(error)) from None


def known_outcomes(scenario: Scenario) -> Known:
    """Return what can be an outcome of a scenario's runs, found by running one day without people."""
    cohorts = {name: cohort.model_copy(update={"size": 1}) for name, cohort in scenario.cohorts.items()}
    small = scenario.model_copy(
        update={"cohorts": cohorts, "days": 1, "observed": [], "timetable": None, "begins": None}
    )
    small._timetable = None
    run = run_to_data(resolve(small))
    units = {
        (numbers.output, name): numbers.unit
        for numbers in totals_of(layout_of(small), [weekly_data_of(run)])
        for name in numbers.names
    }
    return Known(units, run, scenario.end)


def declared(outcomes: Iterable[OutcomeOf]) -> tuple[str, ...]:
    """Return those outcomes that totals hold only if a study declares them, as text, each once."""
    texts = [str(outcome) for outcome in outcomes if not outcome.expression.is_plain]
    return tuple(dict.fromkeys(texts))


def check_outcome(outcome: OutcomeOf, known: Mapping[tuple[str, str], str], where: str = "") -> None:
    """Raise ScenarioError if there is no such outcome."""
    if outcome.key in known:
        return
    if not outcome.expression.is_plain:
        what = "windows, dates and ratios of them are counted only if the experiment names them under `outcomes`"
        raise ScenarioError(f"{where}{': ' if where else ''}found {show(str(outcome))}; {what}")
    measures = sorted({measure for measure, _ in known})
    place = f"{where}: " if where else ""
    if outcome.measure not in measures:
        found = show(outcome.measure)
        raise ScenarioError(f"{place}found {found}, which is no measure; {choices(measures, outcome.measure)}")
    names = [name for measure, name in known if measure == outcome.measure]
    text = f"{place}found {show(str(outcome))}; {outcome.measure} is there for: {', '.join(names[:40])}"
    raise ScenarioError(f"{text}; write {outcome.measure}@{names[0]}")
