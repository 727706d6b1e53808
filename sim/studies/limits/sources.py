"""The runs behind a result, to be repeated and watched: of a folder of one run, or of a study's first replicates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sim.outputs.folder import OutputError
from sim.outputs.results import Results
from sim.outputs.run_data import by_route
from sim.runs import draw
from sim.scenario.schema import Scenario
from sim.scenario.timetable import timetabled
from sim.studies.limits.limits import Case, Limits, Progress, limits_of
from sim.studies.limits.observed import Observed
from sim.studies.plan import Parcel, Plan, Run
from sim.studies.stored_results import check_ended_well
from sim.studies.study import Study
from sim.studies.windows import check_window

REPLICATES = 3  # of a study, unless more are asked for
_CHECKED = ("boarded", "entries", "landed")
Check = Callable[[Case, Observed], None]


def cases_of(
    source: Study | Results | Scenario, replicates: int = REPLICATES, name: str = "", only: str | None = None
) -> list[Case]:
    """Return the runs of a result that are to be watched.

    Args:
        source: A scenario, the results of a run, or a study of replicates or of scenarios.
        replicates: How many of a study's replicates, the first ones.
        name: The name of a scenario alone.
        only: Of a study, the one scenario to watch; all if None.

    Raises:
        OutputError: If it is a sweep or the like, or a run that went on from a stored state.
    """
    if isinstance(source, Study):
        return _of_study(source, replicates, only)
    scenario = source if isinstance(source, Scenario) else source.scenario
    if isinstance(source, Results) and (source.info.begun_from or source.replicates > 1):
        raise OutputError("found a run that went on from a stored state; needed: one from its first day on")
    return [Case(name, 0, draw(scenario, 0, 1), timetabled(scenario))]


def _of_study(study: Study, replicates: int, only: str | None) -> list[Case]:
    if study.kind not in ("replicates", "compare"):
        raise OutputError(
            f"{study.folder}: found a study of kind {study.kind}; needed: a run, replicates or comparison"
        )
    check_ended_well(study)
    about = study.about["plan"]
    plan = Plan(study.kind, study.scenarios, study.replicates)
    parcel = Parcel(plan.cases, (), None, about["seed"], about["parameters"] == "drawn", True)
    numbers = range(min(max(replicates, 1), study.replicates))
    return [
        Case(case.name, number, parcel.draw(Run(0, k, -1, number, False))[0], case.timetable)
        for k, case in enumerate(parcel.cases)
        if only in (None, case.name)
        for number in numbers
    ]


def pairs_of(source: Study | Results | Scenario | None) -> list[tuple[str, str]]:
    """Return which scenarios of a study are compared: each other one with the base of its arm."""
    if not isinstance(source, Study):
        return []
    return [(own.base, other) for own in (source.arms.values() or [source]) for other in own.others]


def most_telling(source: Study | Results) -> tuple[str, str]:
    """Return which scenario and route say most of why a result is as it is; a run alone has an empty name.

    Of one scenario beside the base, that scenario, of several the base, of two arms in the one in which they answer;
    the route by which most more (or fewer) people board than in the base, or else by which most board.

    Raises:
        OutputError: If no run of a study has ended well.
    """
    totals = source.totals
    boarded = totals[(totals["level"] == "route") & (totals["measure"] == "boarded")]
    if not isinstance(source, Study):
        return "", str(boarded.groupby("name", observed=True)["value"].median().idxmax())
    check_ended_well(source)
    own = next(reversed(source.arms.values()), source)
    medians = boarded.groupby(["scenario", "name"], observed=True)["value"].median().unstack("scenario")
    change = medians[own.others].sub(medians[own.base], axis=0).abs().max(axis=1)
    told = change if own.others and change.max() > 0 else medians[own.base]
    return own.others[0] if len(own.others) == 1 else own.base, str(told.idxmax())


def limits_of_most_telling(source: Study | Results, progress: Progress | None = None) -> Limits:
    """Return what limits the flow in the scenario that `most_telling` names; ``progress`` as in `limits_of`.

    Raises:
        OutputError: As in `cases_of`, or if the record is another model's, or nobody can set out.
        StateError: If the runs began from those of another scenario, and cannot any more.
    """
    scenario, route = most_telling(source)
    return limits_of(cases_of(source, only=scenario), routes=[route], check=check_of(source), progress=progress)


def window_in(
    source: Study | Results | Scenario, asked: tuple[date | None, date | None], scenario: Scenario
) -> tuple[date | None, date | None]:
    """Return the days to explain: those asked for, else of a comparison from the first difference on; None: no limit.

    Raises:
        ScenarioError: If a day is outside the run.
    """
    check_window(scenario, *asked)
    if asked == (None, None) and isinstance(source, Study) and source.others:
        window = source.window()
        return (None, None) if window is None else (window.first, window.last)
    return asked


def check_of(source: Study | Results | Scenario) -> Check | None:
    """Return what checks that a watched run is the one of the record: those who boarded and got in, by route.

    The check raises OutputError if they differ.
    """
    if isinstance(source, Scenario):
        return None
    totals = source.totals
    totals = totals[(totals["level"] == "route") & totals["measure"].isin(_CHECKED)]

    def check(case: Case, seen: Observed) -> None:
        own = totals[totals["replicate"] == case.replicate]
        own = own[own["scenario"] == case.name] if "scenario" in own else own
        recorded = own.set_index([own["name"].astype(str), own["measure"].astype(str)])["value"]
        for measure in _CHECKED:
            for route, value in zip(seen.names.routes, by_route(seen.run, measure).sum(axis=0), strict=True):
                known = recorded.get((route, measure), value)
                if known != value:
                    raise OutputError(
                        f"{case.name}, replicate {case.replicate}, {measure} by {route}: found {value:,} in the "
                        f"repeated run and {known:,.0f} in the record, which another model made; run it anew"
                    )

    return check
