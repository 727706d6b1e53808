"""The command `why`: what limits the flow of a run, a study or a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import Changes, From, Quiet, To, Wide, WithMeasures, load, say_unfinished
from sim.cli.explain import explain
from sim.cli.studies import open_folder

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
    explain(
        found, folder, name=source, routes=route, replicates=replicates, window=(since, to), form=form, quiet=quiet,
        tables=not quiet,
    )  # fmt: skip
    if folder is not None:
        say_unfinished(folder, found)
