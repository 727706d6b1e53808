"""What ships of a filter: state, forecasts, posture and scores of a back-test, from its folder.

    python -m sim.inference.filter.ship FOLDER EXPERIMENT

writes them into `sim/data/filters/EXPERIMENT` (`start` has the state's files); besides:

    scores.csv, scores-by-series.csv    scores by method and horizon, and by series
    about.json                          command, versions, machine, seconds
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.data.durable_files import make_folder, write_text, write_whole
from sim.inference.filter import checkpoint
from sim.inference.filter.assimilate import Month
from sim.inference.filter.experiment import LoadedFilter, load_filter
from sim.inference.filter.resume import RECORD
from sim.inference.filter.start import FOLDER, FORECASTS, POSTURE, SCORES, STATE, is_of_today, rules_of
from sim.inference.filter.study import months_and_record, past_forecasts
from sim.outputs.folder import OutputError

BY_SERIES, ABOUT = "scores-by-series.csv", "about.json"
_OUT = re.compile(r" --out \S+")  # the folder of the one who ran it


def store(loaded: LoadedFilter, folder: Path, months: Sequence[Month], record: str, into: Path) -> None:
    """Write what ships, from the folder of a whole back-test, into another folder.

    Args:
        loaded: The experiment.
        folder: Folder of the back-test.
        months: The months to the one whose state is stored.
        record: Digest of the figures to its end.
        into: Where to.

    Raises:
        OutputError: If the folder lacks a file, or is of another model than today's.
    """
    about, particles = checkpoint.read(folder / "months" / f"{months[-1].first}.npz")
    if not is_of_today(loaded, particles, months, 2):
        raise OutputError(f"{folder}: made by another model; back-test anew")
    try:
        copied = {name: (folder / name).read_bytes() for name in (POSTURE, SCORES, BY_SERIES)}
        made = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        seconds = float(pd.read_csv(folder / "months.csv")["seconds"].sum())
    except OSError as error:
        raise OutputError(f"{folder}: not the folder of a whole back-test: {error}") from None
    make_folder(into)
    words = {key: value for key, value in about.items() if key != "experiment"}
    short = particles.changed(daily=particles.daily[:, :, : months[-1].ended])
    write_whole(into / STATE, checkpoint.content(short, {**words, "rules": rules_of(loaded), "record": record}))
    write_whole(into / FORECASTS, past_forecasts(folder, months).to_parquet(compression="zstd", index=False))
    for name, content in copied.items():
        write_whole(into / name, content)
    command = _OUT.sub("", made["command"])
    told = {"command": command, "seconds": round(seconds), "versions": made["versions"], "machine": made["machine"]}
    write_text(into / ABOUT, json.dumps(told, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    which = load_filter(sys.argv[2])
    done, digest = months_and_record(which)
    store(which, Path(sys.argv[1]), done, digest(done[-1]), FOLDER / which.name)
