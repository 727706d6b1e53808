"""A completed sweep as arrays: factor values and outcomes at each point."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.outputs.folder import OutputError, UnfinishedError
from sim.studies.plan import EXPERIMENT
from sim.studies.study import Study
from sim.sweeps.experiment_text import FILE, experiment_text
from sim.sweeps.factors import Factor, Floats
from sim.sweeps.outcomes import OutcomeOf, check_outcome

WIDE = "runs.parquet"


class CompletedSweep:
    """The runs of a sweep or decision table by point.

    Args:
        study: A study made from an experiment, or its folder.

    Attributes:
        experiment: The experiment's description, as stored in JSON.
        factors: The quantities that were varied.

    Raises:
        OutputError: If the study was not made from an experiment, or is not complete.

    >>> import sim
    >>> sweep = sim.sweep({
    ...     "kind": "sweep", "title": "Attempts", "scenario": "minsk-2021", "set": {"days": 20}, "samples": 4,
    ...     "parameters": {"behaviour.retry": {"range": [4, 14]}}, "outcomes": ["attempts"],
    ... })
    >>> isinstance(sweep, sim.CompletedSweep), sweep.x.shape
    (True, (4, 1))
    """

    def __init__(self, study: Study | str | Path) -> None:
        """Read the factors; runs are read on demand."""
        self.study = study if isinstance(study, Study) else Study(study)
        if EXPERIMENT not in self.study.about["plan"]:
            text = f"{self.study.folder}: holds a study of kind {self.study.kind}, not of an experiment"
            raise OutputError(f"{text}; `corridor sweep` makes one")
        if self.study.unfinished:
            raise UnfinishedError(f"{self.study.folder}: {self.study.unfinished}")
        self.experiment: dict[str, Any] = self.study.about["plan"][EXPERIMENT]
        self.factors = [Factor.of(entry) for entry in self.experiment["knobs"]]

    @property
    def title(self) -> str:
        """Return the title of the experiment."""
        return str(self.experiment["title"])

    @property
    def outcomes(self) -> list[OutcomeOf]:
        """Return the outcomes that the experiment names."""
        return [OutcomeOf.parse(text) for text in self.experiment["outcomes"]]

    def label(self, factor: Factor) -> str:
        """Return a factor's display name."""
        return str(self.experiment["titles"].get(factor.name) or factor.name)

    @cached_property
    def x(self) -> Floats:
        """Return values of the factors at each point, shape (points, factors)."""
        runs = self.study.parameters
        own = runs[runs["scenario"] == self.study.base].drop_duplicates(["point", "parameter"])
        wide = own.pivot(index="point", columns="parameter", values="value")
        columns = [f.of_settings(wide[list(f.weights)].to_numpy(dtype=np.float64)) for f in self.factors]
        return np.column_stack(columns)

    def y(self, outcome: OutcomeOf, scenario: str | None = None) -> Floats:
        """Return an outcome at each point, shape (points,): mean over replicates; NaN if one of them lacks it."""
        return _by_point(self.each(outcome, scenario), len(self.x))

    def each(self, outcome: OutcomeOf, scenario: str | None = None) -> pd.DataFrame:
        """Return an outcome of each run: run, point, replicate, value (NaN if it has none)."""
        name = scenario or self.study.base
        table = self._values[name]
        if outcome.key not in table.columns:
            self._read(name, [outcome])
            table = self._values[name]
        return table[["run", "point", "replicate"]].assign(value=table[outcome.key])

    @cached_property
    def _values(self) -> dict[str, pd.DataFrame]:
        runs = self.study.runs
        frames = {}
        for name in self.study.names:
            own = runs[(runs["scenario"] == name) & ~runs["twin"]][["run", "point", "replicate"]]
            frames[name] = own.sort_values(["replicate", "point"]).reset_index(drop=True)
        return frames

    def read(self, outcomes: Iterable[OutcomeOf]) -> None:
        """Read several outcomes at once, of all scenarios; raises ScenarioError if there is no such outcome."""
        wanted = list(outcomes)
        for name in self.study.names:
            self._read(name, wanted)

    def _read(self, scenario: str, outcomes: list[OutcomeOf]) -> None:
        asked = {of for outcome in outcomes for of in (outcome, *_terms(outcome))}
        measures, names = {o.measure for o in asked}, {o.name for o in asked}
        matrix = self.study.matrix(scenario, measures=measures, names=names)
        keys = list(zip(matrix.keys["measure"], matrix.keys["name"], strict=True))
        frame = self._values[scenario]
        place: Any = pd.Index(matrix.replicates).get_indexer(frame["run"])
        for outcome in outcomes:
            terms = [outcome] if outcome.key in keys else _terms(outcome)
            if not terms or any(term.key not in keys for term in terms):
                whole = self.study.matrix(scenario).keys
                check_outcome(outcome, {(row.measure, row.name): row.unit for row in whole.itertuples(index=False)})
            columns = [np.where(place >= 0, matrix.values[place, keys.index(term.key)], np.nan) for term in terms]
            frame[outcome.key] = columns[0] if len(columns) == 1 else _ratio(columns[0], columns[1])

    @cached_property
    def units(self) -> Mapping[OutcomeOf, str]:
        """Return the unit of each outcome of the experiment."""
        return self.units_of(self.outcomes)

    def units_of(self, outcomes: Iterable[OutcomeOf]) -> Mapping[OutcomeOf, str]:
        """Return the unit of each of these outcomes."""
        wanted = list(outcomes)
        keys = self.study.matrix(self.study.base, measures={o.measure for o in wanted}).keys
        known = {(row[2], row[1]): row[3] for row in keys.itertuples(index=False)}
        return {outcome: str(known.get(outcome.key) or outcome.expression.unit) for outcome in wanted}

    def frame(self) -> pd.DataFrame:
        """Return a row per run: scenario, run, point, replicate, the factors and outcomes of the experiment."""
        if self.outcomes:
            self.read(self.outcomes)
        factors = pd.DataFrame(self.x, columns=[factor.name for factor in self.factors])
        parts = []
        for name in self.study.names:
            own = self._values[name]
            values = own[[o.key for o in self.outcomes]].set_axis([str(o) for o in self.outcomes], axis=1)
            at = factors.iloc[own["point"]].reset_index(drop=True)
            parts.append(pd.concat([own[["run", "point", "replicate"]].assign(scenario=name), at, values], axis=1))
        table = pd.concat(parts, ignore_index=True)
        return table[["scenario", *(column for column in table.columns if column != "scenario")]]


def wide_tables(study: Study) -> dict[str, bytes]:
    """Return the table of `CompletedSweep.frame` as Parquet, and the experiment as YAML if it has a design."""
    sink = io.BytesIO()
    CompletedSweep(study).frame().to_parquet(sink, index=False)
    has_design = "design" in study.about["plan"][EXPERIMENT]
    return {WIDE: sink.getvalue()} | ({FILE: experiment_text(study).encode()} if has_design else {})


def sweep_frame(folder: str | Path) -> pd.DataFrame:
    """Return a sweep as one wide table: a row per run, with its factors and outcomes.

    Raises:
        OutputError: If the folder holds no complete sweep.
    """
    return CompletedSweep(folder).frame()


def sweep_array(folder: str | Path) -> Any:
    """Return a sweep as an `xarray.Dataset`: outcomes by scenario, point and replicate; factors along points.

    Raises:
        OutputError: If the folder holds no complete sweep, or xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        raise OutputError("xarray: needs the extra `xarray`: pip install 'corridor-sim[xarray]'") from None
    sampled = CompletedSweep(folder)
    frame = sampled.frame().set_index(["scenario", "point", "replicate"])
    found = xarray.Dataset.from_dataframe(frame[[str(outcome) for outcome in sampled.outcomes]])
    for outcome, unit in sampled.units.items():
        found[str(outcome)].attrs["units"] = unit
    for k, factor in enumerate(sampled.factors):
        found = found.assign_coords({factor.name: ("point", sampled.x[:, k], {"units": factor.unit})})
    found.attrs["title"] = sampled.title
    return found


def _terms(outcome: OutcomeOf) -> list[OutcomeOf]:
    """Return numerator and denominator of a ratio, which totals may hold; none of another outcome."""
    terms = outcome.expression.terms
    return [OutcomeOf(term.measure, term.name) for term in terms] if len(terms) == 2 else []


def _ratio(upper: Floats, lower: Floats) -> Floats:
    found: Floats = np.divide(upper, lower, out=np.full(len(upper), np.nan), where=lower != 0)
    return found


def _by_point(runs: pd.DataFrame, points: int) -> Floats:
    runs = runs.assign(value=runs["value"].where(~runs["value"].isna().groupby(runs["point"]).transform("any")))
    means = runs.groupby("point")["value"].mean()
    values: Floats = means.reindex(range(points)).to_numpy(dtype=np.float64)
    return values
