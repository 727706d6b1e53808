"""Mesa visualisation components: functions of the model, for any ``SolaraViz(model, components=[...])``.

With a `WatchedModel` the map tells the model when it has been painted, so that playing never outruns the
browser. The charts take the baseline, as their own JSON, to draw it as a ghost.

All are redrawn whenever Mesa's controller has stepped: by themselves or, if a page passes the ``day`` and so redraws
all of them at once, by that page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import solara
from mesa.visualization.utils import update_counter

from sim.view import map_state, series
from sim.view.geometry import geometry_json
from sim.view.live_model import WatchedModel
from sim.view.numbers import Marks, figures, known_figures
from sim.view.panels.bands import spans
from sim.view.state.window import shown_of
from sim.view.widgets import ChartWidget, MapWidget, NumbersWidget
from sim.view.wire.additions import Sent

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.view.session import Baseline


def to_json(content: Any) -> str:
    """Return compact JSON; raises ValueError for numbers that are not finite."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _follow(day: int | None) -> None:
    if day is None:
        update_counter.get()


def _sent(model: CorridorModel, make: Callable[[CorridorModel], series.Chart]) -> dict[str, str]:
    """Return what a chart's widget is to have: the series, in which a step changes only what comes on top of them."""
    sent, text = solara.use_memo(lambda: (Sent(), {"data": ""}), [])
    before = sent.whole
    whole, more = sent.of(model, make(model))
    if whole is not before:
        text["data"] = to_json(whole)
    return {**text, "more": to_json(more) if more else ""}


@solara.component
def corridor_map(model: CorridorModel, day: int | None = None) -> Any:
    """Show the map: routes with departures under way, border sections by pressure, camps and coasts."""
    _follow(day)
    pace = model.pace if isinstance(model, WatchedModel) else None
    content = {**map_state.map_frame(model), "number": pace.next_frame() if pace else model.day}

    def painted(number: int) -> None:
        if pace:
            pace.paint(number)

    return MapWidget.element(data=to_json(content), geometry=geometry_json(model.settings), on_painted=painted)


@solara.component
def pressure_chart(
    model: CorridorModel, ghost: str = "", day: int | None = None, bands: dict[str, Any] | None = None
) -> Any:
    """Show border pressure by section over time; ``ghost`` is the baseline's chart, ``bands`` those of replicates."""
    _follow(day)
    return ChartWidget.element(
        **_sent(model, series.pressure_series), ghost=ghost, bands=to_json(bands) if bands else ""
    )


@solara.component
def load_chart(
    model: CorridorModel, ghost: str = "", day: int | None = None, bands: dict[str, Any] | None = None
) -> Any:
    """Show attempts by result, against capacity; ``bands`` are those of replicates, of the sum of all results."""
    _follow(day)
    return ChartWidget.element(**_sent(model, series.load_series), ghost=ghost, bands=to_json(bands) if bands else "")


@solara.component
def outcome_chart(
    model: CorridorModel, ghost: str = "", day: int | None = None, bands: dict[str, Any] | None = None
) -> Any:
    """Show persons by location and status; ``bands`` are those of replicates, of each status under way."""
    _follow(day)
    return ChartWidget.element(
        **_sent(model, series.outcome_series), ghost=ghost, bands=to_json(bands) if bands else ""
    )


@solara.component
def today(
    model: CorridorModel,
    baseline: Baseline | None = None,
    day: int | None = None,
    bands: dict[str, Any] | None = None,
    marks: Marks | None = None,
) -> Any:
    """Show the figures of the last day, beside the baseline's, with bands of replicates and marks of trust."""
    _follow(day)
    rows = figures(model, baseline.numbers if baseline else None)
    shown = shown_of(model).day
    between = spans(bands, shown, {figure.name: figure.output for figure in known_figures()})
    for row in rows:
        row["span"] = between.get(row["name"], "")
        row["mark"] = marks.of[row["name"]] if marks else None
    content = {
        "day": shown,
        "figures": rows,
        "replicates": bands["replicates"] if bands else 0,
        "trust": marks.sentence if marks else "",
    }
    return NumbersWidget.element(data=to_json(content))
