"""Results of runs: tables, intervals over replicates, the comparison with the record, and files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.data import extensions, html
from sim.data.durable_files import write_text, write_whole
from sim.data.spreadsheet import csv_of, plain
from sim.outputs import daily, dictionary, totals
from sim.outputs import run_data as m
from sim.outputs.beside_record import compare
from sim.outputs.daily import Blocks
from sim.outputs.folder import RUN_FILE, OutputError, new_folder, read_run
from sim.outputs.identity import without_extensions
from sim.outputs.provenance import RunInfo, provenance, record_text, sha256
from sim.outputs.weekly import layout_of, weekly_data_of
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.write import scenario_hash, to_yaml

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.outputs.run_data import RunData

DAILY, MONTHLY, TOTALS, SCENARIO = "daily.parquet", "monthly.csv", "totals.csv", "scenario.yaml"
_READ = (".yaml", ".csv")  # what reading uses, of the files beside the tables
REPORT = "report.html"  # can be remade at any time, and is in no record


class Results:
    """The results of one run, or of several replicates of it.

    All numbers carry units: a column ``unit`` in the tidy tables, `sim.outputs.definitions.OUTPUTS` for the others.
    With several replicates, each with its own draw of the uncertain parameters, wide tables show medians and
    `intervals` the 50 and 90 % intervals.

    Attributes:
        scenario: The scenario, with its distributions.
        info: How and when the run was requested.
        blocks: All daily values by (level, output), as arrays (replicates, days, names).
        totals: Tidy: level, name, measure (output), value, unit, replicate.

    >>> import sim
    >>> found = sim.run("minsk-2021", days=30)
    >>> found
    <Results of 'The 2021 crisis at the border with Belarus': 30 days from 2021-05-01>
    >>> found.series("section", "attempts").shape  # days, sections
    (30, 17)
    >>> found.summary.loc["pl-by-3", "agency"]
    'poland'
    """

    def __init__(self, scenario: Scenario, blocks: Blocks, totals: pd.DataFrame, info: RunInfo) -> None:
        """Use `Results.of` or `Results.from_model` to make results from runs."""
        self.scenario = scenario
        self.blocks = blocks
        self.totals = totals
        self.info = info

    @classmethod
    def of(cls, scenario: Scenario, runs: Sequence[RunData], info: RunInfo | None = None) -> Results:
        """Make results from one or several runs of a scenario."""
        if not runs or not runs[0].days:
            raise ValueError("no results: not a single day was run")
        if runs[0].days != scenario.days:
            scenario = scenario.model_copy(update={"days": runs[0].days})
        if info is None:
            info = RunInfo(seed=scenario.seed, replicates=len(runs), seeds=[o.seed for o in runs])
        blocks = daily.blocks_of(runs)
        table = totals.totals_of([weekly_data_of(run) for run in runs], layout_of(scenario))
        return cls(scenario, blocks, table, info)

    @classmethod
    def from_model(cls, model: CorridorModel) -> Results:
        """Make results from a model, up to its current day."""
        return cls.of(model.settings, [m.run_data_of(model)])

    @property
    def replicates(self) -> int:
        """Return the number of replicates."""
        return int(next(iter(self.blocks.values())).values.shape[0])

    @property
    def start(self) -> date:
        """Return the first day."""
        return self.scenario.start

    @property
    def dates(self) -> pd.DatetimeIndex:
        """Return the dates of the run."""
        return pd.date_range(self.start, periods=self.scenario.days, freq="D", unit="ms")

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Return a tidy table: date, level (`LEVELS`, those of extensions), name, measure, value, unit, replicate."""
        return daily.daily_table(self.blocks, self.start, range(self.replicates))

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """Return a tidy table: month, days in the run, level, name, measure, statistic, value, unit, replicate."""
        return daily.monthly_table(self.blocks, self.start)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Return a row per section, followed by its agency: border pressure, attempts and their results.

        A column ``level`` distinguishes sections from agencies; the last row counts those who tried no section.
        Medians over replicates.
        """
        return totals.sections_of(self.totals, self.scenario, self.replicates)

    @cached_property
    def agencies(self) -> pd.DataFrame:
        """Return a table like `summary`, with a row per border agency."""
        return totals.agencies_of(self.totals, self.scenario, self.replicates)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """Return a row per route: departures, persons boarded and arrived, attempts, entries, and what followed."""
        return totals.routes_of(self.totals)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Return all totals with median, 50 % interval (low50, high50) and 90 % interval (low90, high90)."""
        return totals.intervals_of(self.totals)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Return the share (0 to 1) of each route and each cohort in a section's attempts."""
        return totals.shares_of(self.totals)

    @cached_property
    def overload(self) -> pd.DataFrame:
        """Return the share of replicates with border pressure over 1 on any day, by section and week of the run."""
        block = self.blocks.get(("section", "border_pressure"))
        if block is None:
            return pd.DataFrame()
        share = m.overload_by_week(block.values)
        weeks = pd.date_range(self.start, periods=len(share), freq="7D", unit="ms", name="week")
        return pd.DataFrame(share, index=weeks, columns=list(block.names))

    def series(self, level: str, output: str, quantile: float = 0.5) -> pd.DataFrame:
        """Return an output by date (rows) and name (columns), at the given quantile over replicates."""
        block = self.blocks.get((level, output))
        if block is None:
            return pd.DataFrame(index=self.dates)
        values = block.values[0] if self.replicates == 1 else np.quantile(block.values, quantile, axis=0)
        return pd.DataFrame(values, index=self.dates, columns=list(block.names))

    def observed(self) -> pd.DataFrame:
        """Return the scenario's observed series beside the run, with the ratio of simulated to observed."""
        return compare(self.blocks, self.scenario)

    def write(self, folder: str | Path, figures: Callable[[Results, Path], object] | None = None) -> Path:
        """Write tables and provenance to ``folder``, completely or not at all.

        An earlier result there is replaced. The tables' bytes depend on scenario and seed alone.
        ``figures`` adds figures to the folder before it is put in place (`sim.report.figures.write_figures`).

        Raises:
            OutputError: If the folder holds something else, or cannot be written.
        """
        folder = Path(folder)
        with new_folder(folder) as place:
            self._write_daily(place / DAILY)
            _write_csv(self.monthly, place / MONTHLY)
            _write_csv(self.totals, place / TOTALS)
            self._write_dictionary(place)
            portable = self._write_scenario(place)
            for name, source in extensions.files().items():
                write_whole(place / name, source)
            if figures is not None:
                figures(self, place)  # last, as they may be drawn beside all this
            tables = {name: sha256(place / name) for name in (DAILY, MONTHLY, TOTALS)}
            others = {file.name: sha256(file) for file in sorted(place.iterdir()) if file.name not in (*tables, REPORT)}
            record = to_yaml(portable, whole=True), scenario_hash(self.scenario)
            content = provenance(self.info, self.scenario.title, *record, tables, others)
            write_text(place / RUN_FILE, record_text(content))
        return folder

    def _write_daily(self, file: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        writer = None
        for replicate in range(self.replicates):
            part = daily.daily_table(self.blocks, self.start, [replicate])
            table = pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata(None)
            writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
            writer.write_table(table)
        if writer is not None:
            writer.close()

    def _write_dictionary(self, place: Path) -> None:
        columns = {DAILY: daily.DAILY_COLUMNS, MONTHLY: self.monthly.columns, TOTALS: self.totals.columns}
        found = [dictionary.resource(name.partition(".")[0], [name], list(part)) for name, part in columns.items()]
        write_whole(place / dictionary.FILE, dictionary.dictionary(self.scenario.title, found))

    def _write_scenario(self, place: Path) -> Scenario:
        """Write the scenario and its timetable; return the scenario that refers to the timetable there."""
        scenario = self.scenario
        if scenario._timetable is not None:
            name = Path(scenario._timetable[0]).name
            write_whole(place / name, Path(scenario._timetable[0]).read_bytes())
            scenario = scenario.model_copy(update={"timetable": name})
        write_text(place / SCENARIO, to_yaml(scenario))
        return scenario

    @classmethod
    def read(cls, folder: str | Path) -> Results:
        """Read results that `write` wrote.

        Raises:
            OutputError: If there are none, or what is read of them is not what was written.
        """
        folder = Path(folder)
        content = read_run(folder)
        try:
            _check_files(folder, content)
            scenario = load_scenario(folder / SCENARIO, any_date=True)
            blocks = daily.blocks_from(pd.read_parquet(folder / DAILY))
            totals = plain(pd.read_csv(folder / TOTALS, dtype={"value": str, "replicate": np.int32}))
            totals["value"] = [float(text) for text in totals["value"]]  # pandas' own parser may be off by one bit
        except (OSError, KeyError, ValueError) as error:
            if isinstance(error, ScenarioError) and (
                lacking := without_extensions(folder, content.get("identity"), error)
            ):
                raise lacking from None
            raise OutputError(f"{folder}: damaged: {error}") from error
        return cls(scenario, blocks, totals, _info(content))

    def __repr__(self) -> str:
        """Return title, days and replicates."""
        runs = f", {self.replicates} replicates" if self.replicates > 1 else ""
        return f"<Results of {self.scenario.title!r}: {self.scenario.days} days from {self.start}{runs}>"

    def _repr_html_(self) -> str:
        formats = {"float_format": "{:,.2f}".format, "na_rep": "", "border": 0}
        tables = [self.summary.to_html(**formats), self.routes.to_html(**formats)]
        return html.block(self.scenario.title, f"{repr(self)[1:-1]}; medians", *tables)


def _check_files(folder: Path, content: dict[str, Any]) -> None:
    """Check that tables, scenario and timetable are those of the record; raises OutputError, OSError."""
    others = content.get("others_sha256", {})
    recorded = {**content["tables_sha256"], **{name: others[name] for name in others if name.endswith(_READ)}}
    for name in (DAILY, TOTALS):
        if name not in recorded:
            raise OutputError(f"{folder / RUN_FILE}: damaged: found no {name} among the tables")
    for name, digest in recorded.items():
        if sha256(folder / name) != digest:
            raise OutputError(f"{folder / name}: damaged: not the bytes that were written")


def _write_csv(table: pd.DataFrame, file: Path) -> None:
    """Write a table, whole numbers without a decimal point, others exactly."""
    values = [str(int(v)) if v.is_integer() else repr(v) for v in table["value"].tolist()]
    write_text(file, csv_of(table.assign(value=values)))


def _info(content: dict[str, Any]) -> RunInfo:
    known = {field.name for field in fields(RunInfo)}
    info = RunInfo(**{key: value for key, value in content.items() if key in known})
    info.seeds = content.get("replicate_seeds", [])
    info.started, info.ended = content.get("started_utc", ""), content.get("ended_utc", "")
    return info
