"""Where a filter goes on: after the months that its folder holds, or from the state that ships.

A month's file counts as done if experiment and record to the month's end are the same. So another month of counts goes
on from there, and a revised figure has the months since then done again. A folder that began from the state that ships
has no months before it; `start.csv` then tells what the state did until then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.data.durable_files import write_whole
from sim.inference.filter import checkpoint, start
from sim.inference.filter.assimilate import Filter, Month
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.record import Figure
from sim.outputs.folder import OutputError
from sim.outputs.identity import check_identity

RECORD, BEFORE = "filter.json", "start.csv"
About = Callable[[Month | None], dict[str, Any]]
_OTHER = "choose another folder"


def about_of(loaded: LoadedFilter, figures: Sequence[Figure]) -> About:
    """Return what must be the same to go on after a month, or in all: experiment, scenario and record, as digests."""
    content = loaded.experiment.model_dump_json(by_alias=True, fallback=str) + loaded.scenario.model_dump_json()
    experiment = sha256(content.encode()).hexdigest()

    def about(month: Month | None) -> dict[str, Any]:
        known = [figure for figure in figures if month is None or figure.last < month.ended]
        record = repr([(f.series, f.first, f.last, len(f.days), round(f.value, 6)) for f in known])
        return {"experiment": experiment, "record": sha256(record.encode()).hexdigest()}

    return about


def check_same(folder: Path, about: dict[str, Any], whole: bool, may_start: bool) -> None:
    """Refuse to go on with the filter of something else.

    Args:
        folder: Folder of a filter, or a new one.
        about: Experiment and whole record.
        whole: Whether the whole record must be the same, as forecasts of a back-test are of figures to come.
        may_start: Whether the folder may have begun from the state that ships.

    Raises:
        OutputError: If experiment, record or model are others.
    """
    file = folder / RECORD
    if not file.is_file():
        return
    try:
        there = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{file}: damaged: {error}") from None
    check_identity(folder, there.get("identity"), _OTHER, "inference")
    for what in ("experiment", "record") if whole else ("experiment",):
        if there.get("about", {}).get(what) != about[what]:
            raise OutputError(f"{folder}: holds a filter of another {what}; {_OTHER}")
    if not may_start and (folder / BEFORE).is_file():
        raise OutputError(f"{folder}: began from the state that ships, not from the first month; {_OTHER}")


def resumed(filtered: Filter, folder: Path, months: Sequence[Month], about: About, may_start: bool) -> tuple[int, str]:
    """Let the filter go on after months that were done; return their number, and a sentence on the state that ships."""
    kept = _kept(folder, months, about)
    if kept:
        _, particles = checkpoint.read(checkpoint.file_of(folder, kept[-1]))
        checkpoint.go_on(filtered, particles, months[: months.index(kept[-1]) + 1])
        return months.index(kept[-1]) + 1, ""
    found = start.find(filtered.loaded, months, lambda month: str(about(month)["record"])) if may_start else None
    if found is None:
        return 0, ""
    first = filtered.particles
    day = filtered.loaded.scenario.start + timedelta(days=found.months[-1].ended - 1)
    if not checkpoint.go_on(filtered, found.particles, found.months):
        filtered.particles, filtered.states = first, []
        return 0, f"The state of {day} that ships is of other rules than today's: the whole record was gone through."
    last = found.months[-1]
    write_whole(folder / BEFORE, found.posture)
    write_whole(folder / "origins" / f"{last.first}.parquet", found.forecasts)
    write_whole(checkpoint.file_of(folder, last), checkpoint.content(found.particles, {**found.about, **about(last)}))
    return len(found.months), f"Went on from the state of {day} that ships ({first.size} particles)."


def _kept(folder: Path, months: Sequence[Month], about: About) -> list[Month]:
    """Return the months that are done, one after the other, and need not be done again."""
    there = [month for month in months if checkpoint.file_of(folder, month).is_file()]
    if not there or (there[0] != months[0] and not (folder / BEFORE).is_file()):
        return []
    kept: list[Month] = []
    for month in months[months.index(there[0]) :]:
        file, origin = checkpoint.file_of(folder, month), folder / "origins" / f"{month.first}.parquet"
        if not file.is_file():
            break
        found = checkpoint.about(file)
        if not origin.is_file() or any(found.get(key) != value for key, value in about(month).items()):
            break
        kept.append(month)
    return kept
