"""The folder of results opened in the view: a run, study or sweep, read once and shared by all sessions."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.outputs.definitions import ALL, title_of
from sim.outputs.folder import OutputError
from sim.outputs.results import SCENARIO, Results
from sim.report.outlook import stored
from sim.scenario import Scenario, ScenarioError, apply_overrides, load_scenario
from sim.scenario.points import coordinate_of
from sim.studies.plan import EXPERIMENT
from sim.studies.store.recorded import is_study
from sim.studies.stored_results import check_ended_well
from sim.studies.study import Study
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.factors import settings
from sim.sweeps.outcomes import OutcomeOf
from sim.view.comparison import found
from sim.view.panels.arms import Beside
from sim.view.replay import Replay
from sim.view.session import DEFAULT

MOST_POINTS = 4000  # in a response plot; of more, evenly spaced ones are shown


class Opened:
    """Results from a folder.

    Attributes:
        kind: "run", "study" (replicates or a comparison), "sweep" or "forecast".
        title: Title for display.
        start: Scenario with which the live page begins: the folder's, if it can be run.
    """

    def __init__(self, folder: Path, source: Results | Study | CompletedSweep | stored.Stored) -> None:
        """See `read`."""
        self.folder, self.source = folder, source
        if isinstance(source, Results):
            self.kind, self.title = "run", source.scenario.title
            self.replay = Replay(source)
            file = folder / SCENARIO
        elif isinstance(source, Study):
            lacking = f" ({source.there:,} of {source.asked:,} runs)" if source.unfinished else ""
            self.kind, self.title = "study", " / ".join(source.names) + lacking
            file = folder / "scenarios" / f"{source.base}.yaml"
        elif isinstance(source, stored.Stored):
            self.kind, self.title = "forecast", source.about.title
            file = folder / SCENARIO
        else:
            self.kind, self.title = "sweep", source.title
            file = folder / "scenarios" / f"{source.study.base}.yaml"
        self.start = _start(file)

    @classmethod
    def read(cls, folder: Path) -> Opened:
        """Read a folder; raises OutputError if it contains nothing that can be shown."""
        if stored.is_forecast(folder):
            return cls(folder, stored.read(folder))
        if not is_study(folder):
            return cls(folder, Results.read(folder))
        study = Study(folder)
        check_ended_well(study)
        if EXPERIMENT not in study.about["plan"]:
            return cls(folder, Beside(folder) if study.arms else study)
        if not {"knobs", "outcomes", "titles"} <= set(study.about["plan"][EXPERIMENT]):
            raise OutputError(f"{folder}: a study of kind {study.kind}; runs, comparisons and sweeps can be shown")
        return cls(folder, CompletedSweep(study))

    @property
    def study(self) -> Study:
        """Return the study of replicates, or the comparison."""
        assert isinstance(self.source, Study)
        return self.source

    @property
    def sampled(self) -> CompletedSweep:
        """Return the sweep."""
        assert isinstance(self.source, CompletedSweep)
        return self.source

    @lru_cache(maxsize=16)  # noqa: B019  lives as long as the server
    def found(self, other: str | None) -> dict[str, str]:
        """Return the charts and tables of a study, as JSON by part."""
        return found(self.study, other)

    @lru_cache(maxsize=1)  # noqa: B019
    def response(self) -> str:
        """Return parameters and outcomes of a sweep by point, as JSON."""
        sampled = self.sampled
        sampled.read(sampled.outcomes)
        count = len(sampled.x)
        chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).astype(int))
        content = {
            "title": self.title,
            "points": chosen.tolist(),
            "of": count,
            "replicates": sampled.study.replicates,
            "knobs": [
                {"name": k.name, "label": sampled.label(k), "unit": k.unit, "values": _column(sampled.x[chosen, n])}
                for n, k in enumerate(sampled.factors)
            ],
            "scenarios": [
                {
                    "name": name,
                    "title": sampled.study.scenarios[name].title,
                    "outcomes": [
                        {
                            "name": str(outcome),
                            "label": _label(outcome),
                            "unit": sampled.units[outcome],
                            **_by_point(sampled, outcome, name, chosen),
                        }
                        for outcome in sampled.outcomes
                    ],
                }
                for name in sampled.study.names
            ],
        }  # fmt: skip
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def scenario_at(self, point: int, name: str | None = None) -> Scenario:
        """Return a sweep's scenario with the parameters of a point set; raises ValueError if there is no such point."""
        sampled = self.sampled
        name = name or sampled.study.base
        if not 0 <= point < len(sampled.x) or name not in sampled.study.names:
            raise ValueError(f"found point {point} of {name!r}, which the sweep lacks")
        scenario = sampled.study.scenarios[name]
        paths, values = settings(sampled.factors, sampled.x[point : point + 1])
        overrides: dict[str, Any] = {
            path: coordinate_of(scenario, path).typed(float(value))
            for path, value in zip(paths, values[0], strict=True)
        }
        words = [f"{sampled.label(k)} {v:.4g} {k.unit}" for k, v in zip(sampled.factors, sampled.x[point], strict=True)]
        told = f"Point {point + 1} of the sweep {self.title!r}: {', '.join(words)}."
        overrides["title"] = f"{scenario.title[:170]}, point {point + 1}"
        overrides["description"] = f"{scenario.description.strip()} {told}".strip()[:5000]
        return apply_overrides(scenario, overrides)


def _start(file: Path) -> str:
    try:
        load_scenario(file)
    except ScenarioError:
        return DEFAULT
    return str(file.resolve())


def _label(outcome: OutcomeOf) -> str:
    title = title_of(outcome.measure)
    return title if outcome.name == ALL else f"{title}, {outcome.name}"


def _by_point(sampled: CompletedSweep, outcome: OutcomeOf, scenario: str, chosen: Any) -> dict[str, Any]:
    """Return means over replicates by point and, where there are several, the ends of their 90 % interval."""
    found = {"values": _column(sampled.y(outcome, scenario)[chosen])}
    if sampled.study.replicates > 1:
        runs = sampled.each(outcome, scenario).groupby("point")["value"]
        found |= {end: _column(runs.quantile(q).reindex(chosen)) for end, q in (("low", 0.05), ("high", 0.95))}
    return found


def _column(values: Any) -> list[float | None]:
    return [None if np.isnan(value) else float(f"{value:.6g}") for value in values]
