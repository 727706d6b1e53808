"""The assumptions of a report: uncertain parameters, measures, differences between scenarios, and provenance."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.outputs.definitions import ALL, title_of
from sim.outputs.trust import MEANING
from sim.report.findings import COMPARE, Findings
from sim.report.tables import Cell, Line, Table
from sim.report.trust import OUTPUTS, SIGNS
from sim.report.words import day
from sim.scenario.measures import Measure
from sim.scenario.paths import parameter_paths
from sim.scenario.quantity import JOINT, Distribution
from sim.scenario.schema import Scenario
from sim.scenario.write import diff_yaml

# Fields of a measure that have their own columns.
_SAID = {"kind", "title", "start", "end", "announced"}
MOST_CHARACTERS = 12_000  # of the differences


class Difference(NamedTuple):
    """A scenario's differences from the base, in the form of a scenario file."""

    scenario: str
    text: str
    cut: bool


def parameters(scenario: Scenario) -> Table:
    """Return the parameters that are distributions, which each replicate draws."""
    lines = []
    for path, value, field in parameter_paths(scenario):
        if isinstance(value, Distribution):
            source = "posterior of a calibration" if value.kind == JOINT else field.source
            cells = [Cell(_law(value)), Cell(_figure(value.centre)), Cell(field.unit), Cell(source)]
            lines.append(Line(path, field.description, cells))
    columns = ["parameter", "distribution", "central value", "unit", "source"]
    note = "triangular [low, mode, high], uniform [low, high], normal [mean, sd], lognormal [median, sigma]"
    note += "; joint: particles of a calibration, drawn together with those of the other joint parameters"
    return Table("Uncertain parameters", note, columns, lines, "assumptions")


def _law(value: Distribution) -> str:
    if value.kind == JOINT:
        low, high = value.quantile(0.05), value.quantile(0.95)
        return f"joint, {len(value.arguments)} values, 90 % in {_figure(low)} to {_figure(high)}"
    return f"{value.kind} [{', '.join(_figure(a) for a in value.arguments)}]"


def trusted(found: Findings) -> Table:
    """Return which outputs of the base are fitted or back-tested, and why, and why the rest is assumed."""
    trust = found.trust
    lines: list[Line] = []
    for level, name in (*(("agency", agency) for agency in found.agencies), (ALL, ALL)):
        title = "All together" if level == ALL else found.title_of(level, name)
        marked = trust.marked(level, name, OUTPUTS)
        for output in marked:
            mark = trust.of(level, name, output)
            lines.append(Line(f"{title}: {title_of(output)[:1].lower()}{title_of(output)[1:]}", "", _mark(*mark)))
        rest = trust.of(level, name, "deaths")
        lines.append(Line(f"{title}: {'all else' if marked else 'every figure'}", "", _mark(rest.mark, rest.why)))
    note = " ".join(f"{sign} {mark}: {MEANING[mark]}." for mark, sign in SIGNS.items())
    return Table("How far each figure is to be trusted", note, ["figure", "mark", "why"], lines, "assumptions")


def _mark(mark: str, why: str) -> list[Cell]:
    return [Cell(f"{SIGNS[mark]} {mark}"), Cell(why)]


def measures(found: Findings) -> Table:
    """Return the dated measures of all scenarios in order of time, with the scenarios that contain each."""
    entries = [(entry.start, name, scenario, entry) for scenario in found.names
               for name, entry in found.scenarios[scenario].measures.items()]  # fmt: skip
    lines, seen = [], []
    for start, name, _, measure in sorted(entries, key=lambda entry: entry[:2]):
        if (name, measure) in seen:
            continue
        seen.append((name, measure))
        where = [scenario for _, other, scenario, entry in entries if (other, entry) == (name, measure)]
        end = "for good" if measure.end is None else day(measure.end)
        announced = "" if measure.announced is None else f"announced {day(measure.announced)}"
        cells = [Cell(measure.kind, measure.about()), Cell(day(start), announced), Cell(end), Cell(_what(measure))]
        if found.others:
            cells.insert(0, Cell("all" if len(where) == len(found.names) else ", ".join(where)))
        lines.append(Line(measure.title or name, name if measure.title else "", cells))
    columns = ["measure", *(["in"] if found.others else []), "kind", "from", "until", "what"]
    return Table("Measures and events", "", columns, lines, "assumptions")


def _what(measure: Measure) -> str:
    """Describe the fields of a measure without their own column that differ from their default."""
    fields = type(measure).model_fields
    return "; ".join(
        f"{key.replace('_', ' ')} {_said(value)}"
        for key, value in measure.model_dump().items()
        if key not in _SAID and value not in (None, [], {}) and value != fields[key].default
    )


def differing(found: Findings) -> list[Difference]:
    """Return the differences of each other scenario from the base."""
    if found.study is None:
        return []
    base = str(found.study.folder / "scenarios" / f"{found.base}.yaml")
    differences = []
    for other in found.others:
        _, _, text = diff_yaml(found.scenarios[other], base).partition("\n")  # without the path of the base
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("description:"))
        differences.append(Difference(other, text[:MOST_CHARACTERS].rstrip(), len(text) > MOST_CHARACTERS))
    return differences


def command(found: Findings) -> tuple[str, str]:
    """Return the command that reproduces the numbers, and the folder in which to run it."""
    given = str(found.about.get("latest_command") or found.about.get("command") or "")
    if given:
        return given, ""
    if found.study is None:
        assert found.results is not None
        return found.results.info.command("scenario.yaml"), ""
    words = ["corridor", "compare" if found.kind == COMPARE else "run"]
    words += [f"scenarios/{name}.yaml" for name in found.scenarios]
    words += ["--replicates", str(found.asked)]
    return shlex.join(words), "in the study's folder"


def provenance(found: Findings) -> list[tuple[str, str]]:
    """Return the provenance of the numbers: seed, hashes, versions, machine class, time."""
    about = found.about
    rows = [(f"scenario {name}, SHA-256", found.hash_of(name)) for name in found.scenarios]
    rows.append(("seed", str(found.seed)))
    rows.append(("replicates", f"{found.asked} asked for; {_done(found)}"))
    rows.append(("parameters", "drawn for each replicate" if found.asked > 1 else "central values"))
    model: Mapping[str, Any] = about.get("identity") or {}
    if model:
        added = "".join(f", with {name}" for name in model.get("extensions") or ())
        rows.append(("model, SHA-256 of its sources", f"{model.get('sha256')}{added}"))
    versions: Mapping[str, Any] = about.get("versions") or {}
    if versions:
        rows.append(("versions", ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in versions.items())))
    machine: Mapping[str, Any] = about.get("machine") or {}
    if machine:
        memory = "" if machine.get("memory_gib") is None else f", {machine['memory_gib']} GiB"
        rows.append(("machine", f"{machine.get('cpu')}, {machine.get('cores')} cores{memory}, {machine.get('system')}"))
    started, ended = (str(about.get(f"{key}_utc") or "") for key in ("started", "ended"))
    if found.results is not None and not started:
        started, ended = found.results.info.started, found.results.info.ended
    if started:
        rows.append(("time", f"{_time(started)} to {_time(ended)} UTC" if ended else f"{_time(started)} UTC"))
    return rows


def failures(found: Findings) -> Table | None:
    """Return the runs that failed, with their error; None if none did."""
    failed = found.failed
    if not len(failed):
        return None
    lines = [
        Line(f"{row['run']}", "", [Cell(str(row["scenario"])), Cell(str(row["seed"])), Cell(str(row["error"]))])
        for row in failed.head(50).to_dict("records")
    ]
    note = f"The first 50 of {len(failed)}." if len(failed) > 50 else ""
    return Table("", note, ["run", "scenario", "seed", "error"], lines, "assumptions")


def _done(found: Findings) -> str:
    counts = {name: found.done(name) for name in found.scenarios}
    if len(set(counts.values())) == 1:
        return f"{found.replicates} done"
    return ", ".join(f"{name} {count} done" for name, count in counts.items())


def _time(text: str) -> str:
    return text.replace("T", " ").removesuffix("+00:00")


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_figure(item) if isinstance(item, float) else str(item) for item in value)
    return _figure(value) if isinstance(value, float) else str(value)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:g}"
