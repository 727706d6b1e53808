"""Opening of stored results: a folder as a `Study` or `Results`."""

from __future__ import annotations

from pathlib import Path

from sim.outputs.folder import OutputError
from sim.outputs.results import Results
from sim.studies.store.recorded import is_study
from sim.studies.study import Study


def results(folder: str | Path) -> Study | Results:
    """Open a folder as a study of many runs, or as the results of one scenario; tables are DataFrames.

    Args:
        folder: Folder that `corridor` wrote.

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


def check_ended_well(study: Study) -> None:
    """Raise OutputError if no run of a study has ended without an error: there is nothing to show."""
    if len(study.failed) == len(study.runs):
        raise OutputError(f"{study.folder}: nothing to show: no run of it has ended well")
