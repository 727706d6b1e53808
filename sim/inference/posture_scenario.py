"""What a filter inferred, as a scenario: each replicate draws one particle and follows its whole path.

Unlike the posture of each month by itself (`sim.inference.filter.checkpoint.of_each_month`), a scenario needs paths.
Its particles are those two months after its last month, or at the end of the record: they know the figures that tell of
it. Of early months they descend from few, and the scenario says how many different paths it has of each.

Months after the record follow each particle's own process. How much of the spread that makes is measured by running
every particle on twice, on two paths: half the mean squared difference of the two logarithms of a month's count is the
variance that the months since the record add, and is compared with the variance over all runs.

All that the filter took as given stays at its central value, as a posture is inferred beside these values and would
mean something else beside others. Behaviour, which a particle moves a little each month, is the mean over its months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.data.days import day_of
from sim.data.durable_files import write_text
from sim.inference.calibration_study import csv, put
from sim.inference.filter import checkpoint, observation_model
from sim.inference.filter.assimilate import Filter, Month, courses_of, months_of, setting_of
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Particles, first_particles
from sim.inference.filter.posture_process import continued
from sim.inference.filter.proposal import systematic
from sim.inference.filter.runner import Runner
from sim.inference.posterior import JOINT_VALUES, deviations, joint_values
from sim.inference.sampling import stream
from sim.outputs.identity import identity, version_of
from sim.scenario.draw import drawn_values
from sim.scenario.errors import ScenarioError
from sim.scenario.files import scenario_names
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides
from sim.scenario.references import OBSERVED
from sim.scenario.write import diff_yaml, to_yaml
from sim.studies.work.executors import workplace

Floats = npt.NDArray[np.float64]
_STEERING = 20.0  # the largest of a zone, either way
_PRIOR_DRAWS = 2000
_HALF = 0.5
_LEAST = 0.5  # events: the count of a run that has none


class Inferred(NamedTuple):
    """A scenario of what a filter inferred.

    Attributes:
        text: The scenario as YAML, with a head that says what it is.
        notes: What that head says of the particles, a sentence a line.
        summary: How many paths it has, and from when on the record does not tell most, in a sentence.
        figures: Each figure to its last day beside the particles' counts as they might be published.
        paths: How much the figures told of each of its parameters: a share of the prior's variance, 0 to 1.
        ahead: Of each series and month after the record, the share of the variance that came after it.
    """

    text: str
    notes: list[str]
    summary: str
    figures: pd.DataFrame
    paths: pd.DataFrame
    ahead: pd.DataFrame


class _Paths(NamedTuple):
    """Paths of particles: months, postures (M, N, D), off (M, N), normal scores of behaviour (N, P)."""

    months: list[Month]
    postures: Floats
    off: npt.NDArray[np.bool_]
    scores: Floats


def months_through(loaded: LoadedFilter, through: date) -> list[Month]:
    """Return the months of a scenario to the one with a day in it; raises ScenarioError if there is none."""
    if not loaded.scenario.start <= through <= loaded.scenario.end:
        allowed = f"a day from {loaded.scenario.start} to {loaded.scenario.end}"
        raise ScenarioError(f"--through: found {through}; allowed: {allowed}")
    months = months_of(loaded, through)
    days = min(months[-1].days, loaded.scenario.days - months[-1].begun)  # nothing is run beyond the experiment's end
    return [*months[:-1], months[-1]._replace(days=days)]


def as_scenario(
    filtered: Filter, folder: Path, record: Sequence[Month], through: date | None = None, command: str = ""
) -> Inferred:
    """Return what a filter inferred as a scenario.

    Args:
        filtered: A filter after its last month.
        folder: Folder of its files.
        record: The months that it has done.
        through: A day in the scenario's last month, before or after the end of the record; None for the record's last.
        command: The command that writes it.

    Raises:
        ScenarioError: If the day lies outside the experiment's scenario, or the folder lacks the particles.
        OutputError: If a stored month is damaged.
    """
    loaded = filtered.loaded
    months = months_through(loaded, through or record[-1].first)
    known = months[: len(record)]
    source, all_of_them = _particles(filtered, folder, record, len(known))
    rng = stream(loaded.experiment.seed, "scenario", months[-1].first.toordinal())
    size = min(JOINT_VALUES, all_of_them.size)
    chosen = systematic(np.full(all_of_them.size, 1 / all_of_them.size), size, rng)
    counts = _monthly(all_of_them.daily[chosen], known)
    nearest = _nearest(all_of_them.taken(chosen), counts, len(known))
    chosen[[0, nearest]] = chosen[[nearest, 0]]
    own = all_of_them.taken(chosen)
    paths, ahead = _paths(filtered, own, known, months, rng)
    figures = _figures(filtered, all_of_them, known, rng)
    learnt = _learnt(loaded, paths, stream(loaded.experiment.seed, "scenario prior"))
    summary = _summary(paths, source, ahead, len(known))
    notes = _notes(loaded, paths, summary, record[-1], source)
    return Inferred(_head(command, notes) + _yaml(loaded, paths), notes, summary, figures, learnt, ahead)


def write_inferred(found: Inferred, file: Path, folder: Path) -> Inferred:
    """Write a scenario to a file, and its tables to the folder of the filter; return it."""
    write_text(file, found.text)
    tables = {"figures": found.figures, "paths": found.paths, "ahead": found.ahead}
    for name, table in tables.items():
        put(folder / f"scenario-{name}.csv", csv(table))
    return found


def _particles(filtered: Filter, folder: Path, record: Sequence[Month], number: int) -> tuple[Month, Particles]:
    """Return the month at whose end particles tell of the last one wanted, and them."""
    source = checkpoint.telling(number, record)
    if source == record[-1]:
        return source, filtered.particles
    file = checkpoint.file_of(folder, source)
    if not file.is_file():
        last = source.first + timedelta(days=source.days - 1)
        raise ScenarioError(
            f"--through: {folder} has no particles of {source.first:%Y-%m}, as it began from a later state; "
            f"needed: --until {last}, and --out with another folder"
        )
    return source, checkpoint.read(file)[1]


def _monthly(daily: Floats, months: Sequence[Month]) -> Floats:
    """Return counts by month, shape (N, S, months)."""
    found: Floats = np.stack([daily[:, :, m.begun : m.ended].sum(axis=2) for m in months], axis=2)
    return found


def _nearest(own: Particles, counts: Floats, known: int) -> int:
    """Return the particle nearest to the middle of all, in counts and postures: a run without replicates takes it."""
    logs = np.log(counts + _LEAST).reshape(own.size, -1)
    postures = own.paths[1 : known + 1].transpose(1, 0, 2).reshape(own.size, -1)
    even = np.ones(own.size)
    far = sum((deviations(values, even) ** 2).mean(axis=1) for values in (logs, postures))
    return int(np.argmin(far))


def _paths(
    filtered: Filter, own: Particles, known: Sequence[Month], months: list[Month], rng: np.random.Generator
) -> tuple[_Paths, pd.DataFrame]:
    """Return the particles' paths over all months, and how much of the spread came after the record."""
    count = len(known)
    postures, off = own.paths[1 : count + 1], own.off[1 : count + 1]
    scores = own.scores[1 : count + 1].mean(axis=0)
    beyond = months[count:]
    if not beyond:
        return _Paths(months, postures, off, scores), pd.DataFrame(columns=["series", "month", "share"])
    first, second = (continued(own.paths, own.off, filtered.loaded.prior, len(beyond), rng) for _ in range(2))
    values = filtered.loaded.values(scores)
    lengths = [month.days for month in beyond]
    courses = [course for path in (first, second) for course in courses_of(lengths, *path, values)]
    starts = [filtered.states[k] for k in own.states] * 2
    place = workplace(1, None)
    try:
        counts = np.array(Runner(setting_of(filtered.loaded), place).run(starts, courses, None, keep=False)[0])
    finally:
        place.close()
    shares = _shares(filtered, counts, beyond)
    return _Paths(months, np.concatenate([postures, first[0]]), np.concatenate([off, first[1]]), scores), shares


def _shares(filtered: Filter, counts: Floats, beyond: Sequence[Month]) -> pd.DataFrame:
    """Return how much of the variance of log counts pairs of runs have within them; counts of shape (2N, S, days)."""
    begun = beyond[0].begun
    rows = []
    for name, number in filtered.numbers.items():
        for month in beyond:
            total = counts[:, number, month.begun - begun : month.ended - begun].sum(axis=1)
            logs = np.log(total * filtered.shares[name] + _LEAST).reshape(2, -1)
            within, over_all = float(((logs[0] - logs[1]) ** 2).mean() / 2), float(logs.var())
            share = min(within / over_all, 1.0) if over_all > 0 else 0.0
            rows.append({"series": name, "month": month.first, "share": round(share, 3)})
    return pd.DataFrame(rows)


def _figures(filtered: Filter, particles: Particles, known: Sequence[Month], rng: np.random.Generator) -> pd.DataFrame:
    """Return each figure taken in, beside what the particles might publish: median and 90 % interval."""
    start = filtered.loaded.scenario.start
    rows = []
    for figure in filtered.figures:
        if figure.last >= known[-1].ended:
            continue
        number = filtered.numbers[figure.series]
        count = observation_model.counted(particles.daily, figure, number, filtered.shares[figure.series])
        drawn = observation_model.draw(count, particles.dispersion[:, number], rng)
        low, median, high = np.quantile(drawn, [0.05, 0.5, 0.95])
        entry = filtered.loaded.experiment.series[figure.series]
        rows.append({
            "series": figure.series, "agency": entry.agency or "", "measure": entry.measure,
            "period_start": start + timedelta(days=figure.first), "period_end": start + timedelta(days=figure.last),
            "days": len(figure.days), "value": figure.value, "low": figure.low, "high": figure.high,
            "low90": low, "median": median, "high90": high,
            "in90": bool(low <= figure.high and figure.low <= high),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _settings(loaded: LoadedFilter, paths: _Paths) -> dict[str, Any]:
    """Return each part of the paths by its parameter's path: values of shape (N,), those of a schedule by month."""
    posture = loaded.experiment.posture
    state = f"transit_states.{posture.transit_state}"
    found: dict[str, Any] = {f"{state}.visas": {}, f"{state}.facilitation": {}}
    zones = {zone for entry in posture.steering.values() for zone in entry.zones}
    for month, x, off in zip(paths.months, paths.postures, paths.off, strict=True):
        values = loaded.postures(x, off)
        found[f"{state}.visas"][month.first] = values["inflow allowed"][1]
        found[f"{state}.facilitation"][month.first] = values["facilitation"][1]
        for zone in sorted(zones):
            parts = [entry.zones.get(zone, 0.0) * x[:, 2 + k] for k, entry in enumerate(posture.steering.values())]
            steering = np.clip(np.sum(parts, axis=0), -_STEERING, _STEERING)
            found.setdefault(f"zones.{zone}.steering", {})[month.first] = steering
    behaviour = loaded.values(paths.scores)
    return found | {path: behaviour[:, k] for k, path in enumerate(loaded.unknowns)}


def _yaml(loaded: LoadedFilter, paths: _Paths) -> str:
    posture, months = loaded.experiment.posture, paths.months
    series = [entry.observed for entry in loaded.experiment.series.values()]
    names = ", ".join(loaded.experiment.series)
    changes: dict[str, Any] = {
        "title": f"{posture.transit_state.capitalize()}'s posture as inferred from the counts, "
        f"{months[0].first:%B %Y} to {months[-1].first:%B %Y}",
        "description": (
            "What the state allowed and where it sent people, month by month, and how people behave, as a filter "
            f"infers them from the counts of {names}. It is fitted to them: that it agrees with them tests nothing. A "
            "replicate draws one particle of the filter and follows its whole path. All other inputs are those of the "
            "parent at their central values, beside which the posture was inferred."
        ),
        "days": months[-1].ended,
        "observed": [name for name in series if (OBSERVED / f"{name}.csv").is_file()],
        f"transit_states.{posture.transit_state}.posture": None,
    }
    for name, zone in loaded.scenario.zones.items():
        if zone.transit_state == posture.transit_state and zone.steering:
            changes[f"zones.{name}.steering"] = {}
    end = loaded.scenario.start + timedelta(days=months[-1].ended - 1)
    if not loaded.scenario.reactions:  # which may wait for any of them
        changes |= {f"measures.{name}": None for name, one in loaded.scenario.measures.items() if one.start > end}
    for path, values in _settings(loaded, paths).items():
        if isinstance(values, dict):
            changes[path] = {month: joint_values(by_particle) for month, by_particle in values.items()}
        else:
            changes[path] = joint_values(values)
    parent = loaded.experiment.scenario
    if parent not in scenario_names():
        return to_yaml(apply_overrides(loaded.scenario, changes))
    whole = load_scenario(parent)
    centre = {path: value for path, value in drawn_values(whole).items() if not _is_after(path, end)}
    return diff_yaml(apply_overrides(whole, {**centre, **loaded.experiment.overrides, **changes}), parent)


def _is_after(path: str, end: date) -> bool:
    """Return whether a parameter is that of a date after the end, which the scenario may not name."""
    try:
        return day_of(path.rpartition(".")[2]) > end
    except ValueError:
        return False


def _learnt(loaded: LoadedFilter, paths: _Paths, rng: np.random.Generator) -> pd.DataFrame:
    """Return 1 minus the ratio of each parameter's variance over the particles to that of the prior, not below 0.

    Variances are of logarithms of the inflow, logits of facilitation, steering, and normal scores of behaviour; the
    prior of a month is the process as it runs from the month before the first.
    """
    experiment = loaded.experiment.model_copy(update={"particles": _PRIOR_DRAWS})
    prior = first_particles(loaded._replace(experiment=experiment), 1, rng)
    drawn, _ = continued(prior.paths, prior.off, loaded.prior, len(paths.months), rng)
    posture = loaded.experiment.posture
    weights = {f"transit_states.{posture.transit_state}.visas": [1.0, 0.0]}
    weights[f"transit_states.{posture.transit_state}.facilitation"] = [0.0, 1.0]
    for zone in sorted({zone for entry in posture.steering.values() for zone in entry.zones}):
        parts = [entry.zones.get(zone, 0.0) for entry in posture.steering.values()]
        weights[f"zones.{zone}.steering"] = [0.0, 0.0, *parts]
    rows = []
    for path, own in weights.items():
        part = np.pad(own, (0, loaded.prior.width - len(own)))
        for number, month in enumerate(paths.months):
            before, after = (drawn[number] @ part).var(), (paths.postures[number] @ part).var()
            rows.append({"path": f"{path}.{month.first}", "learnt": round(max(1.0 - float(after / before), 0.0), 3)})
    for k, path in enumerate(loaded.unknowns):
        rows.append({"path": path, "learnt": round(max(1.0 - float(paths.scores[:, k].var()), 0.0), 3)})
    return pd.DataFrame(rows)


def _different(paths: _Paths, months: int) -> list[int]:
    """Return how many different postures the particles have of each of the first months."""
    both = np.concatenate([paths.postures, paths.off[:, :, None]], axis=2)[:months]
    return [len(np.unique(month, axis=0)) for month in both]


def _summary(paths: _Paths, source: Month, ahead: pd.DataFrame, known: int) -> str:
    draws, counts = len(paths.scores), _different(paths, known)
    whole = np.concatenate([paths.postures, paths.off[:, :, None]], axis=2)[:known].transpose(1, 0, 2)
    different = len(np.unique(whole.reshape(draws, -1), axis=0))
    words = f"{draws} draws of {different} different paths, from the particles at the end of {source.first:%Y-%m}"
    words += f"; of {paths.months[0].first:%Y-%m} they have {counts[0]} different postures"
    words += f", of {paths.months[known - 1].first:%Y-%m} {counts[-1]}"
    return words + (f". {_from_when(ahead)}" if len(ahead) else "")


def _from_when(ahead: pd.DataFrame) -> str:
    """Return from which month on more than half of the variance came after the record, by series."""
    parts = []
    for name, own in ahead.groupby("series", sort=False):
        over = list(own["share"] > _HALF)
        first = next((k for k in range(len(over)) if all(over[k:])), None)
        parts.append(f"{name} in no month" if first is None else f"{name} from {own['month'].iloc[first]:%Y-%m} on")
    return f"What the posture does after the record is more than half of the spread: {', '.join(parts)}"


def _head(command: str, notes: Sequence[str]) -> str:
    """Return the comments at the head of the file."""
    lines = [
        f"Written by `{command or 'corridor assimilate'}`: a replicate draws one particle's whole path.",
        f"Model {identity('inference')['sha256'][:16]}, corridor {version_of('corridor-sim')}.",
        *notes,
    ]
    return "".join(f"# {line}\n" for line in lines)


def _notes(loaded: LoadedFilter, paths: _Paths, summary: str, end: Month, source: Month) -> list[str]:
    """Return what the particles are, and of how many different postures."""
    known = [month for month in paths.months if month.first <= end.first]
    counts = ", ".join(
        f"{month.first:%Y-%m} {count}" for month, count in zip(known, _different(paths, len(known)), strict=True)
    )
    notes = [
        f"Fitted to the counts of {', '.join(loaded.experiment.series)} to the end of {source.first:%Y-%m}:"
        " no test of the model.",
        *(f"{part}." for part in summary.split(". ")),
        f"Different postures by month: {counts}.",
    ]
    if len(known) < len(paths.months):
        notes.append(f"Months after {end.first:%Y-%m} follow each particle's own process, drawn once.")
    return notes
