"""What a filter knows after a month, as a file: particles as paths, from which their states are made again exactly.

A particle's state follows from its path: the engine draws nothing that its inputs do not key. So a file holds paths and
counts, a few kilobytes a particle, and going on after a stop runs each different path once more from the beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.data.durable_files import write_whole
from sim.inference.filter.assimilate import Filter, Month, Step, different, stretch
from sim.inference.filter.engine_runs import Course
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Numbers, Particles
from sim.outputs.folder import OutputError

_LAG = 2  # months
_ARRAYS = ("paths", "off", "scores", "daily", "dispersion")


def file_of(folder: Path, month: Month) -> Path:
    """Return the file of a month in a filter's folder."""
    return folder / "months" / f"{month.first}.npz"


def of_each_month(folder: Path, months: Sequence[Month]) -> Iterator[tuple[int, Month, Particles]]:
    """Yield the number of each month, from 1, the month, and the particles that tell of it.

    They are those two months later, or at the end (a fixed-lag smoother): later figures speak of earlier months too,
    but the particles of the last month come from ever fewer of long ago. Months without stored particles are left out.
    """
    for number, month in enumerate(months, start=1):
        file = file_of(folder, telling(number, months))
        if file.is_file():
            yield number, month, read(file)[1]


def telling(number: int, months: Sequence[Month]) -> Month:
    """Return the month of the record at whose end particles tell of the month of a number, counted from 1."""
    return months[min(number - 1 + _LAG, len(months) - 1)]


def ends_of_months(folder: Path, months: Sequence[Month]) -> Iterator[tuple[Month, Particles]]:
    """Yield the months that are stored, and the particles at the end of each."""
    for month in months:
        if file_of(folder, month).is_file():
            yield month, read(file_of(folder, month))[1]


def effective_share(about: dict[str, Any]) -> float:
    """Return the effective number of a month's runs over that of the particles, from what its file says."""
    return float(about["effective"][-1])


def write(file: Path, step: Step, about: dict[str, Any]) -> None:
    """Write the end of a month's step; ``about`` says what the filter is of, and must be the same to go on."""
    words = {**about, "month": step.month.first.isoformat(), "effective": step.effective, "evidence": step.evidence}
    write_whole(file, content(step.particles, words))


def content(particles: Particles, about: dict[str, Any]) -> bytes:
    """Return the file of particles, and of what is said about them."""
    stream = BytesIO()
    arrays = {name: getattr(particles, name) for name in _ARRAYS}
    np.savez_compressed(stream, allow_pickle=False, about=np.array(json.dumps(about)), **arrays)
    return stream.getvalue()


def read(file: Path) -> tuple[dict[str, Any], Particles]:
    """Return what `write` wrote, without states; raises OutputError if it is damaged."""
    found, arrays = _arrays(file, _ARRAYS)
    return found, Particles(**arrays, states=np.full(arrays["paths"].shape[1], -1, np.intp))


def about(file: Path) -> dict[str, Any]:
    """Return what a file says of its particles; raises OutputError if it is damaged."""
    return _arrays(file, ())[0]


def _arrays(file: Path, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as found:
            return json.loads(str(found["about"])), {name: found[name] for name in names}
    except Exception as error:
        raise OutputError(f"{file}: damaged, no month of a filter: {error}; remove it to do the month again") from None


def go_on(filtered: Filter, particles: Particles, months: Sequence[Month]) -> bool:
    """Let a filter go on from particles after some months: run each different path once more.

    Return whether the runs had the counts that are stored with the particles; else the model is another one.
    """
    firsts, numbers, courses = paths_of(filtered.loaded, particles, months)
    counts, states = filtered.runner.run([None] * len(courses), courses, None, keep=True)
    filtered.states = list(states)
    filtered.particles = particles.changed(states=numbers)
    return counted_alike(counts, particles, firsts)


def paths_of(
    loaded: LoadedFilter, particles: Particles, months: Sequence[Month]
) -> tuple[Numbers, Numbers, list[Course]]:
    """Return the particles of different paths, the number of each particle's own, and a run of each path."""
    paths = [
        (particles.paths[1:, n].tobytes(), particles.off[1:, n].tobytes(), particles.scores[1:, n].tobytes())
        for n in range(particles.size)
    ]
    firsts, numbers = different(paths)
    courses: list[Course] = []
    for n in firsts:
        values = loaded.values(particles.scores[1:, n])
        postures, off = particles.paths[1:, n], particles.off[1:, n]
        courses.append(
            tuple(stretch(m.days, x, o, v) for m, x, o, v in zip(months, postures, off, values, strict=True))
        )
    return firsts, numbers, courses


def counted_alike(counts: Sequence[npt.NDArray[Any]], particles: Particles, of: Numbers) -> bool:
    """Return whether runs have the counts that are stored with their particles, to the last event."""
    stored = [particles.daily[n][:, : own.shape[1]] for n, own in zip(of, counts, strict=True)]
    return all(np.array_equal(own, there) for own, there in zip(counts, stored, strict=True))
