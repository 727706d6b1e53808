"""Results from the disk, as tables: what a folder holds, and a sweep as labelled arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.batch.sampled import Sampled
from sim.batch.store import is_study
from sim.batch.study import Study
from sim.results import Results
from sim.save import OutputError


def results(folder: str | Path) -> Study | Results:
    """What a folder holds: a study of many runs, or the results of one scenario; its tables are DataFrames.

    Args:
        folder: Where `corridor` wrote it.

    Raises:
        OutputError: If it holds neither, or is damaged.

    >>> import tempfile, sim
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     folder = sim.run("minsk-2021", days=30).write(f"{parent}/mine")
    ...     found = sim.results(folder)
    >>> found.scenario.days
    30
    """
    where = Path(folder)
    return Study(where) if is_study(where) else Results.read(where)


def sweep_frame(folder: str | Path) -> pd.DataFrame:
    """A sweep as one wide table: a row a run, with what was varied and what came of it.

    Raises:
        OutputError: If the folder holds no sweep that is complete.
    """
    return Sampled(folder).frame()


def sweep_array(folder: str | Path) -> Any:
    """A sweep as an `xarray.Dataset`: outcomes by scenario, point and replicate; what was varied along the points.

    Raises:
        OutputError: If the folder holds no sweep that is complete, or xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        raise OutputError("xarray: needs the extra `xarray`: pip install 'corridor-sim[xarray]'") from None
    sampled = Sampled(folder)
    frame = sampled.frame().set_index(["scenario", "point", "replicate"])
    found = xarray.Dataset.from_dataframe(frame[[str(outcome) for outcome in sampled.outcomes]])
    for outcome, unit in sampled.units.items():
        found[str(outcome)].attrs["units"] = unit
    for k, knob in enumerate(sampled.knobs):
        found = found.assign_coords({knob.name: ("point", sampled.x[:, k], {"units": knob.unit})})
    found.attrs["title"] = sampled.title
    return found
