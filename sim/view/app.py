"""The cockpit: Solara's page, composed of Mesa components, Mesa's `ModelController` and the view's controls.

Pages are functions of the `Screen`, listed in `PAGES`; a header of tabs appears when there is more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara
from mesa.visualization.utils import update_counter

from sim.scenario import ScenarioError
from sim.view import components
from sim.view.compare import Compare
from sim.view.comparison import Asked, Comparison
from sim.view.controls import Screen, followed, header, levers, run_controls
from sim.view.live_model import WatchedModel
from sim.view.numbers import marks_of
from sim.view.opened_folder import Opened
from sim.view.panels.ahead import Ahead, WaitPage, ahead_of_link
from sim.view.panels.bands import Bands
from sim.view.panels.documents import Documents
from sim.view.panels.outlook import ForecastPage, Outlooks
from sim.view.panels.why import Why, WhyPage
from sim.view.results_page import Results
from sim.view.session import DEFAULT, Session
from sim.view.state.link import compared, explains, restore
from sim.view.widgets import landmark, static

_start = DEFAULT
_opened: Opened | None = None


def start_with(scenario: str, opened: Opened | None = None) -> None:
    """Set the scenario, a shipped name or a file, and the results that new sessions open."""
    global _start, _opened
    _start, _opened = scenario, opened


@solara.component
def Layout(children: list[Any] | None = None) -> Any:  # noqa: N802
    """Show only the page, without Solara's app bar and navigation."""
    with solara.Div(classes=["corridor"], children=children or []) as page:
        pass
    return page


@solara.component
def Page() -> None:  # noqa: N802
    """Show one browser tab, once what its link leads to can be opened; before, how far that is."""
    query = solara.use_router().search or ""
    job, title = solara.use_memo(lambda: ahead_of_link(_start, query), [])
    solara.use_effect(lambda: job.close, [])
    now = followed(job)
    if now.state != "running":
        Cockpit(query)
        return
    with _page():
        WaitPage(title, now)


def _page() -> Any:
    """Return the box of all that is shown."""
    box = solara.Div(classes=["corridor-page"])
    with box:
        solara.Title("Corridor")
        solara.Style(static("page.css"))
    return box


@solara.component
def Cockpit(query: str) -> None:  # noqa: N802
    """Show a tab with its own session: no two tabs share a model.

    It follows the model; only `Live` follows Mesa's `update_counter`, too: a step redraws it once. Were each of its
    parts to follow the counter, Solara would go through the page once for each.
    """
    session, first, asked, problem = solara.use_memo(lambda: _begun(query), [])
    model = solara.use_reactive(first)
    comparison = solara.use_memo(lambda: Comparison(session, asked=asked), [])
    ahead, why, bands, documents = solara.use_memo(
        lambda: (Ahead(session), Why(session), Bands(session), Documents()), []
    )
    solara.use_effect(lambda: session.close, [])
    for job in (ahead.job, comparison.work, why.job, bands.work, documents.job):
        solara.use_effect(lambda job=job: job.close, [])
    outlooks = solara.use_memo(lambda: Outlooks(_opened.folder if _opened else None, query), [])
    results = _opened is not None and _opened.kind != "forecast"
    elsewhere = "Forecast" if outlooks.first else "Results" if results else "Live"
    opens = "Compare" if asked else "Why" if explains(query) else elsewhere
    page = solara.use_reactive(opens)
    there = {"Results": results, "Forecast": bool(outlooks.folders)}
    pages = tuple(name for name in PAGES if there.get(name, True))
    screen = Screen(
        session, model, model.value, page, pages, ahead, comparison, why, bands, documents,
        outlooks, _opened, problem
    )  # fmt: skip
    with _page():
        with landmark("header", "corridor-head"):
            header(screen)
        PAGES[page.value](screen)


def _begun(query: str) -> tuple[Session, WatchedModel, Asked | None, str]:
    """Return a new session in the state of a link, its model, what is compared, and what in the link is not allowed."""
    session, day, asked, problem = Session(_start), None, None, ""
    try:
        day = restore(session, query)
        asked = compared(session, query)
    except (ScenarioError, ValueError) as error:
        problem = f"The link cannot be followed: {error}"
    return session, session.model(session.worst_day if day is None else day), asked, problem


@solara.component
def Live(screen: Screen) -> None:  # noqa: N802
    """Show what-ifs on a running model."""
    update_counter.get()
    model, day, baseline = screen.shown, screen.day, screen.session.baseline
    uncertain = followed(screen.bands.work)
    bands = screen.bands.found
    marks = solara.use_memo(lambda: marks_of(model.source), [id(model.source)])
    with solara.Div(classes=["corridor-live"]):
        with landmark("aside", "corridor-side"):
            run_controls(screen, day, uncertain)
            levers(screen, day)
        with landmark("main", "corridor-main"):
            with solara.Div(classes=["corridor-numbers"]):
                components.today(model, baseline=baseline, day=day, bands=bands, marks=marks)
            with solara.Div(classes=["corridor-map"]):
                components.corridor_map(model, day=day)
            with solara.Div(classes=["corridor-charts"]):
                components.pressure_chart(model, ghost=baseline.charts["pressure"], day=day, bands=bands)
                components.load_chart(model, ghost=baseline.charts["load"], day=day, bands=bands)
                components.outcome_chart(model, ghost=baseline.charts["outcome"], day=day, bands=bands)


PAGES: dict[str, Callable[..., Any]] = {
    "Live": Live,
    "Why": WhyPage,
    "Compare": Compare,
    "Results": Results,
    "Forecast": ForecastPage,
}
__all__ = ["PAGES", "Layout", "Live", "Page", "start_with"]
