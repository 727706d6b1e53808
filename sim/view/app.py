"""The cockpit: Solara's page, composed of Mesa components, Mesa's `ModelController` and the view's controls.

Pages are functions of the session, listed in `PAGES`; a header of tabs appears when there is more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from sim.view import components
from sim.view.controls import Model, header, levers, run_controls
from sim.view.session import DEFAULT, Session
from sim.view.widgets import static

_start = DEFAULT


def start_with(scenario: str) -> None:
    """Sessions that begin from now on open this scenario: a shipped name or a file."""
    global _start
    _start = scenario


@solara.component
def Layout(children: list[Any] | None = None) -> Any:  # noqa: N802
    """The page alone, without Solara's own bar and navigation."""
    with solara.Div(classes=["corridor"], children=children or []) as page:
        pass
    return page


@solara.component
def Page() -> None:  # noqa: N802
    """One browser tab: a session of its own, made here, so that no tab shares its model with another."""
    session = solara.use_memo(lambda: Session(_start), [])
    model = solara.use_reactive(solara.use_memo(session.model, []))
    solara.use_effect(lambda: session.close, [])
    page, _ = solara.use_state("Live")
    with solara.Div(classes=["corridor-page"]):
        solara.Title("Corridor")
        solara.Style(static("page.css"))
        with solara.Div(classes=["corridor-head"]):
            header(session, model)
        PAGES[page](session, model)


@solara.component
def Live(session: Session, model: Model) -> None:  # noqa: N802
    """What-ifs on a running model."""
    baseline = session.baseline
    with solara.Div(classes=["corridor-live"]):
        with solara.Div(classes=["corridor-side"]):
            run_controls(session, model)
            levers(session, model)
        with solara.Div(classes=["corridor-main"]):
            with solara.Div(classes=["corridor-numbers"]):
                components.today(model.value, baseline=baseline.numbers)
            with solara.Div(classes=["corridor-map"]):
                components.corridor_map(model.value)
            with solara.Div(classes=["corridor-charts"]):
                components.pressure_chart(model.value, ghost=baseline.charts["pressure"])
                components.load_chart(model.value, ghost=baseline.charts["load"])
                components.outcome_chart(model.value, ghost=baseline.charts["outcome"])


PAGES: dict[str, Callable[..., Any]] = {"Live": Live}
__all__ = ["PAGES", "Layout", "Live", "Page", "start_with"]
