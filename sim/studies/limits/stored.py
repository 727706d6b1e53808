"""What limits the flow, as `corridor why` has written it beside a result."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.data.spreadsheet import plain
from sim.outputs.folder import ANALYSIS, OutputError
from sim.studies.limits.limits import STORED_GAINS, STORED_STEPS, Limits


def stored_limits(folder: Path) -> Limits | None:
    """Return what was written to a result's folder; None if nothing was. Raises OutputError if it cannot be read."""
    files = [folder / ANALYSIS / f"{name}.csv" for name in (STORED_STEPS, STORED_GAINS)]
    if not all(file.is_file() for file in files):
        return None
    try:
        steps, gains = (plain(pd.read_csv(file)) for file in files)
        for table, columns in ((steps, ["week"]), (gains, ["first", "last"])):
            for column in columns:
                table[column] = pd.to_datetime(table[column]).dt.date
        first, last = gains["first"].iloc[0], gains["last"].iloc[0]
        sea = frozenset(gains["route"][gains["over_sea"].astype(bool)])
        return Limits(steps, gains, int(gains["replicates"].iloc[0]), first, last, sea)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise OutputError(f"{folder / ANALYSIS}: damaged: {error}; `corridor why {folder}` writes it again") from None
