"""The HTML report: a single self-contained file that opens offline and prints well."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from sim.data.durable_files import write_whole
from sim.outputs.definitions import glossary
from sim.outputs.folder import OutputError
from sim.report import assumptions, forest, people_figures, study_figures, tables, trust
from sim.report import map as border_map
from sim.report.arms.page import arms
from sim.report.findings import COMPARE, REPLICATES, RUN, Findings
from sim.report.limits.page import section
from sim.report.panels import colour_of
from sim.report.sentences import caveat, headlines, period
from sim.report.words import listed
from sim.studies.limits.limits import Limits
from sim.studies.limits.sources import pairs_of
from sim.studies.study import Study

if TYPE_CHECKING:
    from sim.outputs.results import Results

_KINDS = {COMPARE: "a comparison of scenarios", REPLICATES: "replicates of a scenario", RUN: "a single run"}
_CONTENTS = (
    ("findings", "Findings", None),
    ("why", "What limits the flow", "why"),
    ("answers", "If they answer", "answers"),
    ("map", "Map", "map"),
    ("changes", "Changes", "changes"),
    ("where", "Where did it go?", "changes"),
    ("pressure", "Pressure", "agency_fans"),
    ("overload", "Overload", "agency_fans"),
    ("people", "People", None),
    ("places", "Sections and routes", None),
    ("outputs", "Outputs", None),
    ("spread", "Parameters or chance", "spread"),
    ("record", "Record", "record"),
    ("assumptions", "Assumptions", None),
    ("failed", "Failed runs", "failures"),
    ("provenance", "Provenance", None),
    ("limits", "Limits", None),
)


def report_of(source: Study | Results, about: Mapping[str, Any] | None = None, limits: Limits | None = None) -> str:
    """Return the report of a study or of a run's results as HTML; the same bytes for the same source.

    Args:
        source: A comparison, replicates of a scenario, or the results of a run.
        about: For results from a folder, the contents of its ``run.json`` (`sim.outputs.folder.read_run`).
        limits: What limits the flow in it, if that was asked.

    Raises:
        OutputError: If there is nothing to report: no run was successful, or the study is a sweep.
    """
    templates = files("sim.report") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
    css = (templates / "report.css").read_text(encoding="utf-8")
    return template.render(page=_page(Findings(source, about), limits), css=css)


def write_report(
    source: Study | Results, file: str | Path, about: Mapping[str, Any] | None = None, limits: Limits | None = None
) -> Path:
    """Write the report to a file atomically; returns the file.

    Args:
        source: As in `report_of`.
        file: The file; an older one is replaced.
        about: As in `report_of`.
        limits: As in `report_of`.

    Raises:
        OutputError: As in `report_of`, or if the file is not writable.
    """
    file = Path(file)
    content = report_of(source, about, limits).encode()
    try:
        write_whole(file, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"{file}: the report cannot be written: {reason}") from error
    return file


def _page(found: Findings, limits: Limits | None) -> dict[str, Any]:
    """Return the variables of the template."""
    others = found.others
    page: dict[str, Any] = {
        "kind": _KINDS[found.kind],
        "title": found.scenario.title,
        "description": "" if others else found.scenario.description,
        "period": period(found),
        "extent": _extent(found),
        "base": found.base,
        "several": found.several,
        "scenarios": [
            {"name": name, "title": found.scenarios[name].title, "colour": colour_of(found, name)}
            for name in found.names
        ],
        "alerts": _alerts(found),
        "headlines": headlines(found),
        "caveat": " ".join((caveat(found), *trust.sentences({n: found.scenarios[n] for n in found.names}))),
        "glance": tables.glance(found),
        "why": None if limits is None else section(limits, pairs_of(found.whole)),
        "answers": arms(found.whole),
        **_figures(found),
        **_tables(found),
        "version": (found.about.get("versions") or {}).get("corridor", ""),
    }
    page["contents"] = [(key, title) for key, title, needs in _CONTENTS if needs is None or page[needs]]
    return page


def _figures(found: Findings) -> dict[str, Any]:
    return {
        "map": border_map.maps(found),
        "changes": forest.forests(found),
        "displacement": forest.displacement(found),
        "agency_fans": study_figures.agency_fans(found),
        "section_fans": study_figures.section_fans(found),
        "overload": study_figures.overloads(found),
        "whereabouts": people_figures.whereabouts(found),
    }


def _tables(found: Findings) -> dict[str, Any]:
    moved = [make(found, other) for other in found.others for make in (tables.sections, tables.routes)]
    known = found.intervals[found.intervals["level"] != "all"]["measure"].astype(str)
    whole = set(found.intervals[found.intervals["level"] == "all"]["measure"].astype(str))
    return {
        "difference_tables": [tables.differences(found, other) for other in found.others],
        "displacement_tables": [table for table in moved if table.lines],
        "places": [tables.sections(found), tables.routes(found)],
        "outputs": tables.all_outputs(found),
        "glossary": glossary(set(known) - whole - {"in_procedure"}),
        "spread": tables.spread(found),
        "record": tables.record(found, found.base),
        "loads": tables.loads(found),
        "trust": assumptions.trusted(found),
        "dated": assumptions.measures(found),
        "parameters": assumptions.parameters(found.scenario),
        "differing": assumptions.differing(found),
        "failures": assumptions.failures(found),
        "provenance": assumptions.provenance(found),
        "command": assumptions.command(found),
    }


def _extent(found: Findings) -> str:
    if found.several:
        of = " of each scenario" if found.others else ""
        return f"{found.asked} replicates{of}, seed {found.seed}."
    return f"One run{' of each scenario' if found.others else ''} with central values, seed {found.seed}."


def _alerts(found: Findings) -> list[str]:
    """Return warnings that a reader must see first."""
    alerts = []
    if not found.complete:
        runs = 0 if found.study is None else len(found.study.runs)
        asked = 0 if found.study is None else found.study.asked
        alerts.append(
            f"This study is incomplete: {runs:,} of {asked:,} runs have ended. "
            "The figures are of those alone; the command at the end resumes the study."
        )
    if found.whole is not None and found.whole.arms:
        alerts.append(
            "This comparison has two arms. All that follows is of the one in which they answer, but for the section "
            "that has both side by side."
        )
    missing = [name for name in found.scenarios if name not in found.names]
    if missing:
        alerts.append(f"No run of {listed(missing)} has ended well: it is left out.")
    if len(found.failed):
        alerts.append(f"{len(found.failed):,} runs failed and are left out; they are listed near the end.")
    return alerts
