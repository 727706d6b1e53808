"""Counts as files have them, and the observed format that they are written in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sim.data.durable_files import write_text
from sim.outputs.folder import OutputError

Month = tuple[int, int]  # year, month
COLUMNS = ("series", "period_start", "period_end", "value", "low", "high", "measure", "source", "note")


class Count(NamedTuple):
    """One count of a file, of a month."""

    month: Month
    value: float
    measure: str
    route: str = ""
    nationality: str = ""
    place: tuple[float, float] | None = None  # latitude and longitude, degrees


class Observed(NamedTuple):
    """A month of the observed format."""

    series: str
    period_start: date
    period_end: date
    value: float
    measure: str
    source: str
    note: str


def write(rows: Sequence[Observed], file: Path) -> None:
    """Write the observed format; raises OutputError if it cannot be."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        value = int(row.value) if row.value == int(row.value) else row.value
        about = [row.measure, row.source, row.note]
        writer.writerow([row.series, row.period_start, row.period_end, value, "", "", *about])
    try:
        write_text(file, sink.getvalue())
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror or error}") from error
