"""The command `why`: what limits the flow of a run, a study or a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.analysis import say_written, write_tables
from sim.cli.common import Changes, From, Quiet, To, Wide, WithMeasures, announce_compilation, load, runs_bar
from sim.cli.streams import notes_console, results_console, write_data
from sim.cli.studies import Days, open_folder, window_of

if TYPE_CHECKING:
    from sim.outputs.results import Results
    from sim.scenario import Scenario
    from sim.studies.study import Study


def why(
    source: Annotated[
        str, typer.Argument(help="A folder of a run, replicates or comparison; or a scenario.", metavar="DIR|SCENARIO")
    ],
    route: Annotated[
        list[str] | None, typer.Option(help="A route to explain, and to make easier [all]; may be given several times.")
    ] = None,
    replicates: Annotated[int, typer.Option(min=1, help="Of a study, the first replicates to watch.")] = 3,
    since: From = None,
    to: To = None,
    form: Annotated[
        str | None, typer.Option("--format", help="table, csv or json; the latter by route, cohort and week.")
    ] = None,
    changes: Changes = None,
    measures: WithMeasures = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Tell what limits the flow: steps from home to beyond the border, which binds, and what a tenth more brings.

    The runs of the folder are repeated and watched, then repeated with one step at a time made a tenth easier: price,
    taste, visas, departures, transfer, the first attempt, detection. Of a comparison it also tells differences by step.
    """
    from sim.scenario.errors import ScenarioError

    if form is not None:
        from sim.studies.sql import check_format

        check_format(form)
    folder = Path(source) if Path(source).is_dir() else None
    found: Study | Results | Scenario
    if folder is None:
        found, _ = load(source, changes or [], {"seed": None, "days": None}, False, measures)
    elif changes or measures:
        raise ScenarioError("--set, --with: allowed for a scenario; a folder is explained as it is")
    else:
        found = open_folder(folder)
    days = window_of(since, to)
    explain(
        found, folder, name=source, routes=route, replicates=replicates, window=days, form=form, quiet=quiet,
        tables=not quiet,
    )  # fmt: skip


def explain(
    source: Study | Results | Scenario,
    folder: Path | None,
    *,
    name: str = "",
    routes: list[str] | None = None,
    replicates: int = 3,
    window: Days = (None, None),
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
    pairs = pairs_of(source)
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
