"""The observed format, in which imports are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sim.data.durable_files import write_text
from sim.data.spreadsheet import guarded
from sim.outputs.folder import OutputError

COLUMNS = ("series", "period_start", "period_end", "value", "low", "high", "measure", "source", "note")


class Observed(NamedTuple):
    """A month of the observed format."""

    series: str
    period_start: date
    period_end: date
    value: int
    measure: str
    source: str
    note: str


def write(rows: Sequence[Observed], file: Path) -> None:
    """Write the observed format; raises OutputError if it cannot be."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        about = [guarded(text) for text in (row.measure, row.source, row.note)]
        writer.writerow([guarded(row.series), row.period_start, row.period_end, row.value, "", "", *about])
    try:
        write_text(file, sink.getvalue())
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror or error}") from error
