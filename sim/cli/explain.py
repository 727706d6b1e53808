"""What limits the flow, explained by several commands: `why`, and `compare --why`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.analysis import say_written
from sim.cli.common import announce_compilation, runs_bar
from sim.cli.streams import notes_console, results_console, write_data

if TYPE_CHECKING:
    from sim.outputs.results import Results
    from sim.scenario import Scenario
    from sim.studies.study import Study


def explain(
    source: Study | Results | Scenario,
    folder: Path | None,
    *,
    name: str = "",
    routes: list[str] | None = None,
    replicates: int = 3,
    window: tuple[date | None, date | None] = (None, None),
    form: str | None = None,
    quiet: bool = False,
    tables: bool = True,
) -> None:
    """Watch the runs behind a result, print what limits them, and write the tables beside it if it has a folder."""
    from sim.data.plain_text import label_of
    from sim.studies.limits.limits import limits_of, tables_of
    from sim.studies.limits.sources import cases_of, check_of, pairs_of, window_in

    cases = cases_of(source, replicates, label_of(name) if name else "run")
    _check_routes(routes, cases)
    since, until = window_in(source, window, cases[0].scenario)
    notes = notes_console(quiet)
    announce_compilation(notes)
    with runs_bar(notes) as advance:
        limits = limits_of(
            cases, routes=routes, since=since, until=until, check=check_of(source),
            progress=lambda done, total: advance(done, total, 0),
        )  # fmt: skip
    if (window[0] or limits.first, window[1] or limits.last) != (limits.first, limits.last):
        notes.print(
            f"weeks of the run are explained whole: {limits.first} to {limits.last}", highlight=False, style="dim"
        )
    pairs = pairs_of(source)
    from sim.api.analyses import write_tables

    written = write_tables(folder, tables_of(limits, pairs)) if folder is not None else []
    if form not in (None, "table"):
        from sim.studies.sql import rendered

        write_data(rendered(limits.steps, str(form)))
        return
    from sim.report.limits.console import show_limits

    if tables:
        show_limits(limits, results_console(), pairs)
    if folder is not None and not quiet:
        say_written(folder, written)


def _check_routes(routes: list[str] | None, cases: Any) -> None:
    from sim.scenario.errors import ScenarioError, choices

    known = sorted({route for case in cases for route in case.scenario.routes})
    for route in routes or []:
        if route not in known:
            raise ScenarioError(f"--route: found {route!r}; {choices(known, route)}")
