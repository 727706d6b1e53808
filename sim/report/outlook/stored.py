"""A forecast on disk: its tables, and in `forecast.json` what they do not say, so that it can be shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sim.data.durable_files import write_text
from sim.outputs.folder import OutputError

ABOUT = "forecast.json"
_NEEDED = ("forecast", "countries", "warnings")
_DAYS = ("week_start", "week_end", "period_start", "period_end", "origin")


class About(NamedTuple):
    """What is known of a forecast besides its tables.

    Attributes:
        title: Title of the experiment.
        experiment: Its name.
        summary: What the forecast says, in sentences.
        trust: What of it was back-tested, and what is assumed, in a sentence.
        command: The command that made it; may be empty.
        titles: Titles of sections and agencies, by the names that the tables have of them.
        series: Agencies of the counts, by the name of their series.
        marks: Marks of trust of monthly forecasts, by the name of their series.
    """

    title: str
    experiment: str
    summary: str
    trust: str
    command: str
    titles: Mapping[str, str]
    series: Mapping[str, str]
    marks: Mapping[str, str]


class Stored(NamedTuple):
    """A forecast that was read: its folder, what is known of it, and its tables by name (empty ones where none is)."""

    folder: Path
    about: About
    tables: dict[str, pd.DataFrame]

    @property
    def origin(self) -> date:
        """Return the first day that is forecast."""
        first: date = self.tables["forecast"]["week_start"].min()
        return first


def is_forecast(folder: Path) -> bool:
    """Return whether a folder holds a forecast that can be shown."""
    return (folder / ABOUT).is_file()


def keep(folder: Path, about: About) -> None:
    """Write what is known of a forecast into its folder; raises OSError."""
    write_text(folder / ABOUT, json.dumps(about._asdict(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read(folder: Path) -> Stored:
    """Return a forecast; raises OutputError if the folder holds none, or a spoilt one."""
    file = folder / ABOUT
    try:
        about = About(**json.loads(file.read_text(encoding="utf-8")))
        texts = [about.title, about.experiment, about.summary, about.trust, about.command]
        if not all(isinstance(text, str) for text in texts) or Path(about.experiment).name != about.experiment:
            raise ValueError("found something else than texts, or a path for a name")
        tables = {}
        for name in (*_NEEDED, "months", "past", "surprises"):
            file = folder / f"{name}.csv"
            tables[name] = _table(file) if name in _NEEDED or file.is_file() else pd.DataFrame()
            if name in _NEEDED and not len(tables[name]):
                raise ValueError("found no row")
    except (OSError, ValueError, TypeError) as error:
        raise OutputError(f"{file}: cannot be read as a forecast: {error}; make it anew: corridor forecast") from None
    return Stored(folder, about, tables)


def _table(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, keep_default_na=False)
    return table.assign(**{key: [date.fromisoformat(day) for day in table[key]] for key in _DAYS if key in table})
