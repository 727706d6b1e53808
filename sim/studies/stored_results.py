"""Results from the disk: what a folder holds, opened as what it is."""

from __future__ import annotations

from pathlib import Path

from sim.outputs.results import Results
from sim.studies.store.recorded import is_study
from sim.studies.study import Study


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
