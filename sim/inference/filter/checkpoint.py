"""What a filter knows after a month, as a file: particles as paths, from which their states are made again exactly.

A particle's state follows from its path: the engine draws nothing that its inputs do not key. So a file holds paths and
counts, a few kilobytes a particle, and going on after a stop runs each different path once more from the beginning.
"""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from sim.data.durable_files import write_whole
from sim.inference.filter.assimilate import Filter, Month, Step, different, stretch
from sim.inference.filter.engine_runs import Course
from sim.inference.filter.particles import Particles
from sim.outputs.folder import OutputError

_ARRAYS = ("paths", "off", "scores", "daily", "dispersion")


def write(file: Path, step: Step, about: dict[str, Any]) -> None:
    """Write the end of a month's step; ``about`` says what the filter is of, and must be the same to go on."""
    stream = BytesIO()
    arrays = {name: getattr(step.particles, name) for name in _ARRAYS}
    words = {**about, "month": step.month.first.isoformat(), "effective": step.effective, "evidence": step.evidence}
    np.savez_compressed(stream, allow_pickle=False, about=np.array(json.dumps(words)), **arrays)
    write_whole(file, stream.getvalue())


def read(file: Path) -> tuple[dict[str, Any], Particles]:
    """Return what `write` wrote, without states; raises OutputError if it is damaged."""
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as found:
            about = json.loads(str(found["about"]))
            arrays = {name: found[name] for name in _ARRAYS}
    except Exception as error:
        raise OutputError(f"{file}: damaged, no month of a filter: {error}; remove it to do the month again") from None
    return about, Particles(**arrays, states=np.full(arrays["paths"].shape[1], -1, np.intp))


def latest(folder: Path, until: date) -> Path | None:
    """Return the file of the latest month that had begun on a day; None if there is none."""
    files = sorted(file for file in folder.glob("????-??-??.npz") if file.stem <= until.isoformat())
    return files[-1] if files else None


def go_on(filtered: Filter, particles: Particles, months: list[Month]) -> None:
    """Let a filter go on from particles after some months: run each different path once more."""
    paths = [
        (particles.paths[1:, n].tobytes(), particles.off[1:, n].tobytes(), particles.scores[1:, n].tobytes())
        for n in range(particles.size)
    ]
    firsts, numbers = different(paths)
    courses: list[Course] = []
    for n in firsts:
        values = filtered.loaded.values(particles.scores[1:, n])
        postures, off = particles.paths[1:, n], particles.off[1:, n]
        courses.append(
            tuple(stretch(m.days, x, o, v) for m, x, o, v in zip(months, postures, off, values, strict=True))
        )
    _, states = filtered.runner.run([None] * len(courses), courses, None, keep=True)
    filtered.states = list(states)
    filtered.particles = particles.changed(states=numbers)
