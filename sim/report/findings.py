"""Findings of a report: a common interface to a comparison, replicates of a scenario, or a single run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.outputs.definitions import ALL, EVERYWHERE, definition
from sim.outputs.folder import OutputError
from sim.outputs.run_data import WINDOW, Array
from sim.outputs.totals import QUANTILES
from sim.outputs.trust import Trust
from sim.scenario.schema import Scenario
from sim.scenario.write import scenario_hash
from sim.studies.arms import ANSWERED
from sim.studies.store.tables import DONE
from sim.studies.study import Study
from sim.studies.windows import Window

if TYPE_CHECKING:
    from sim.outputs.results import Results

RUN, REPLICATES, COMPARE = "run", "replicates", "compare"
_KEYS = ["scenario", "level", "name", "measure"]
_END, _SUM = "end", "sum"


class Findings:
    """The numbers of a study or of a run's results, through a common interface.

    Args:
        source: A study of replicates or a comparison, or the results of a run. Of a comparison with two arms
            (`sim.studies.arms`) it has the one in which they answer; ``whole`` has both.
        about: Provenance of a run's results (`sim.outputs.provenance.provenance`).

    Attributes:
        kind: "compare", "replicates" or "run".
        scenarios: Scenarios by name; the first is the base.
        asked: Number of runs requested for each scenario.

    Raises:
        OutputError: If there is nothing to report: no run was successful, or it is a sweep.
    """

    def __init__(self, source: Study | Results, about: Mapping[str, Any] | None = None) -> None:
        """See the class."""
        self.whole = source if isinstance(source, Study) else None
        if isinstance(source, Study) and source.arms:
            source = source.arms[ANSWERED]
        self.study = source if isinstance(source, Study) else None
        self.results = None if isinstance(source, Study) else source
        self.about: Mapping[str, Any] = about or {}
        if isinstance(source, Study):
            self.about = source.about
            if source.kind not in (REPLICATES, COMPARE):
                raise OutputError(
                    f"{source.folder}: a study of kind {source.kind}; reports are of runs and comparisons"
                )
            self.scenarios, self.asked = source.scenarios, source.replicates
        else:
            name = str(self.about.get("origin") or source.info.origin or "run").replace("\\", "/")
            self.scenarios = {name.rsplit("/", 1)[-1].removesuffix(".yaml"): source.scenario}
            self.asked = source.replicates
        if self.replicates == 0:
            where = "" if self.study is None else f"{self.study.folder}: "
            raise OutputError(f"{where}nothing to report: no run of {self.base} has ended well")

    @property
    def base(self) -> str:
        """Name of the scenario that others are compared with, or the only one."""
        return next(iter(self.scenarios))

    @property
    def others(self) -> list[str]:
        """Return names of the other scenarios that have runs."""
        return [name for name in list(self.scenarios)[1:] if self.done(name)]

    @property
    def names(self) -> list[str]:
        """Return names of the scenarios that have runs, the base first."""
        return [self.base, *self.others]

    @property
    def scenario(self) -> Scenario:
        """Return the base's scenario."""
        return self.scenarios[self.base]

    @property
    def kind(self) -> str:
        """Return "compare", "replicates" or "run"."""
        if len(self.scenarios) > 1:
            return COMPARE
        return REPLICATES if self.asked > 1 else RUN

    @property
    def replicates(self) -> int:
        """Return the number of successful runs of the base, without twins."""
        return self.done(self.base)

    @property
    def several(self) -> bool:
        """Return whether there are intervals."""
        return self.replicates > 1

    def done(self, name: str) -> int:
        """Return the number of successful runs of a scenario, without twins."""
        return self.results.replicates if self.results is not None else int(self._done.get(name, 0))

    def pairs(self, other: str) -> int:
        """Return the number of successful pairs of runs of the base and another scenario."""
        row = self._rows.get(("-", other, ALL, ALL, "attempts"))
        return 0 if row is None else int(row["replicates"])

    @cached_property
    def _done(self) -> dict[str, int]:
        assert self.study is not None
        runs = self.study.runs
        good = runs[(runs["status"] == DONE) & ~runs["twin"]]
        return {str(name): int(count) for name, count in good.groupby("scenario", observed=True).size().items()}

    @property
    def complete(self) -> bool:
        """Return whether all requested runs have ended, successfully or not."""
        return self.study is None or self.study.complete

    @property
    def failed(self) -> pd.DataFrame:
        """Return the runs that failed: scenario, run, replicate, seed, error."""
        return pd.DataFrame() if self.study is None else self.study.failed

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Return all totals of each scenario, as `Study.intervals`."""
        if self.study is not None:
            return self.study.intervals
        assert self.results is not None
        return self.results.intervals.assign(scenario=self.base)

    @cached_property
    def trust(self) -> Trust:
        """Return the trust marks of the base."""
        return Trust(self.scenario)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Return all totals of each other scenario minus the base's, as `Study.differences`."""
        return pd.DataFrame() if self.study is None else self.study.differences

    @cached_property
    def spread(self) -> pd.DataFrame:
        """Return the shares of variance from parameters and from chance, as `Study.spread`."""
        return pd.DataFrame() if self.study is None else self.study.spread

    def window(self, other: str) -> Window | None:
        """Return the part of the run in which a scenario can differ from the base; None if it is the whole run."""
        return None if self.study is None else self.study.window(other)

    def window_value(self, scenario: str, other: str, output: str) -> dict[str, Any] | None:
        """Return an output of the whole border or way over the window in which ``other`` differs; None without one."""
        window = self.window(other)
        return None if window is None else _of_all(window.values(scenario), output)

    def window_difference(self, other: str, output: str) -> dict[str, Any] | None:
        """Return `difference` of the whole border or way over the window; None without one."""
        window = self.window(other)
        return None if window is None else _of_all(window.differences(other), output)

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """Return rows by scenario, level, name and output; those of differences begin with a minus."""
        rows: dict[tuple[str, ...], dict[str, Any]] = {}
        for sign, table in ((), self.intervals), (("-",), self.differences):
            for row in table.to_dict("records"):
                rows[(*sign, *(str(row[key]) for key in _KEYS))] = row
        return rows

    def value(self, scenario: str, output: str, level: str = ALL, name: str = ALL) -> dict[str, Any] | None:
        """Return the row of an output: median, low50, high50, low90, high90, unit; None if there is none."""
        return self._rows.get((scenario, level, name, output))

    def difference(self, other: str, output: str, level: str = ALL, name: str = ALL) -> dict[str, Any] | None:
        """Return the row of an output's paired difference, with ``lower`` and ``higher``; None if there is none."""
        return self._rows.get(("-", other, level, name, output))

    def difference_at(self, other: str, output: str, level: str, name: str) -> dict[str, Any] | None:
        """Return `difference` of a section, an agency or a route over the window; None also if weeks do not tell it."""
        window = self.window(other)
        if window is None:
            return self.difference(other, output, level, name)
        if other not in self._of_windows:
            rows = window.differences_by_place(other).to_dict("records")
            self._of_windows[other] = {tuple(str(row[key]) for key in _KEYS[1:]): row for row in rows}
        return self._of_windows[other].get((level, name, output))

    @cached_property
    def _of_windows(self) -> dict[str, dict[tuple[str, ...], dict[str, Any]]]:
        return {}

    def ended(self, scenario: str, status: str) -> dict[str, Any] | None:
        """Return the row of persons with a status at the end."""
        return self.value(scenario, "persons", EVERYWHERE, status)

    def fan(self, level: str, output: str) -> pd.DataFrame:
        """Return a weekly output, as `Study.fan`: flows summed over whole weeks, stocks at the week's end."""
        table = self.study.fan(level, output) if self.study is not None else self._fan_of_results(level, output)
        whole = self.scenario.days // WINDOW
        if len(table) and whole and self.scenario.days % WINDOW:  # the last week is short
            table = table[table["week"] < pd.Timestamp(self.scenario.start) + pd.Timedelta(days=whole * WINDOW)]
        return table

    def _fan_of_results(self, level: str, output: str) -> pd.DataFrame:
        assert self.results is not None
        block = self.results.blocks.get((level, output))
        if block is None:
            return pd.DataFrame(columns=["scenario", "name", "week"])
        days = block.values.shape[1]
        firsts = np.arange(0, days, WINDOW)
        values: Array = block.values[:, np.minimum(firsts + WINDOW, days) - 1]
        if definition(output).over_time == "sum":
            values = np.add.reduceat(block.values, firsts, axis=1)
        found = np.quantile(values, [q for _, q in QUANTILES], axis=0)  # (quantiles, weeks, names)
        weeks = self.results.dates[firsts]
        parts = [
            pd.DataFrame({"name": name, "week": weeks, **{key: found[q, :, k] for q, (key, _) in enumerate(QUANTILES)}})
            for k, name in enumerate(block.names)
        ]
        return pd.concat(parts, ignore_index=True).assign(scenario=self.base)

    @cached_property
    def overload(self) -> pd.DataFrame:
        """Return the probability that a section exceeds full load on any day of a week, by scenario, name and week."""
        if self.study is not None:
            return self.study.overload
        assert self.results is not None
        wide = self.results.overload
        columns = ["scenario", "name", "week", "probability"]
        if wide.empty:
            return pd.DataFrame(columns=columns)
        table = wide.reset_index().melt("week", var_name="name", value_name="probability")
        return table.assign(scenario=self.base)[columns]

    @cached_property
    def ever_over(self) -> dict[tuple[str, str], float]:
        """Return the probability that a section or agency ever exceeds full load, by scenario and name."""
        if self.results is not None:
            part = self.results.totals[self.results.totals["measure"] == "days_over"]
            share = (part["value"] > 0).groupby(part["name"]).mean()
            return {(self.base, str(name)): float(value) for name, value in share.items()}
        assert self.study is not None
        return {(name, key): value for name in self.names for key, value in self.study.ever_over(name).items()}

    def observed(self, scenario: str) -> pd.DataFrame:
        """Return the scenario's observed series beside what was simulated."""
        return self.results.observed() if self.study is None else self.study.observed(scenario)  # type: ignore[union-attr]

    def hash_of(self, scenario: str) -> str:
        """Return the SHA-256 of a scenario's values."""
        if self.study is not None:
            return str(self.about["plan"]["scenarios"][scenario])
        return str(self.about.get("scenario_sha256") or scenario_hash(self.scenario))

    @property
    def seed(self) -> int:
        """Return the seed of the runs."""
        return int(self.about["plan"]["seed"]) if self.study is not None else self.scenario.seed

    @property
    def sections(self) -> list[str]:
        """Return sections of all scenarios, by agency and name."""
        known = {name: entry.agency for one in self.scenarios.values() for name, entry in one.sections.items()}
        return sorted(known, key=lambda name: (known[name], name))

    @property
    def agencies(self) -> list[str]:
        """Return agencies of all scenarios that have a section, in order."""
        return sorted({entry.agency for one in self.scenarios.values() for entry in one.sections.values()})

    @property
    def routes(self) -> list[str]:
        """Return routes of all scenarios, in order."""
        return sorted({name for one in self.scenarios.values() for name in one.routes})

    def sections_of(self, agency: str) -> list[str]:
        """Return sections that an agency guards."""
        return [n for n in self.sections if any(n in o.sections and o.sections[n].agency == agency for o in self._all)]

    def title_of(self, level: str, name: str) -> str:
        """Return the title of a section, agency or route."""
        for one in self._all:
            if level == "section" and name in one.sections:
                return one.sections[name].title
            if level == "agency" and name in one.agencies:
                return one.agencies[name].country
        return name

    @property
    def _all(self) -> list[Scenario]:
        return list(self.scenarios.values())


def _of_all(table: pd.DataFrame, output: str) -> dict[str, Any] | None:
    found = table[(table["level"] == ALL) & (table["measure"] == output)]
    return None if found.empty else found.iloc[0].to_dict()
