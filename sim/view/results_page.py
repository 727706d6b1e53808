"""The page of stored results: a run's days, a study's weeks, or a sweep's responses."""

from __future__ import annotations

from typing import Any, cast

import solara

from sim.outputs.run_data import WINDOW
from sim.view import components, series
from sim.view.compare import findings
from sim.view.components import to_json
from sim.view.controls import Message, Screen, answers, put
from sim.view.geometry import geometry_json
from sim.view.opened_folder import Opened
from sim.view.session import run_of
from sim.view.weeks import weeks_of
from sim.view.widgets import (
    ChartWidget,
    DifferencesWidget,
    FanWidget,
    MapWidget,
    ReplayWidget,
    ResponseWidget,
    WhereWidget,
    landmark,
    static,
)


@solara.component
def Results(screen: Screen) -> None:  # noqa: N802
    """Show the folder with which the view was opened."""
    opened = screen.opened
    if opened is None:
        return
    with landmark("main", "corridor-compare"):
        solara.Style(static("pages.css"))
        if opened.kind == "run":
            _run(opened)
        elif opened.kind == "study":
            _study(opened)
        else:
            _sweep(screen, opened)


@solara.component
def _strip(content: dict[str, Any], act: Any) -> None:
    answered, error = solara.use_reactive(0), solara.use_reactive("")
    with solara.Div(classes=["corridor-strip"]):
        data = to_json({**content, "answered": answered.value})
        ReplayWidget.element(data=data, on_sent=answers(act, answered, error))


@solara.component
def _run(opened: Opened) -> None:
    """Show a run, day by day."""
    whole = opened.replay
    day = solara.use_reactive(whole.settings.days)

    def act(message: Message) -> None:
        if "day" in message:
            day.value = min(max(int(message["day"]), 1), whole.settings.days)

    now = cast(Any, whole.at(day.value))
    charts = solara.use_memo(lambda: _run_charts(whole), [])
    with solara.Div(classes=["corridor-fill"]):
        _strip(_described(opened, day.value, whole.settings, step=1), act)
        with solara.Div(classes=["corridor-replay"]):
            with solara.Div(classes=["corridor-numbers"]):
                components.today(now, day=day.value)
            with solara.Div(classes=["corridor-map"]):
                components.corridor_map(now, day=day.value)
            with solara.Div(classes=["corridor-charts"]):
                for chart in charts:
                    ChartWidget.element(data=to_json({**chart, "day": day.value}))


def _run_charts(whole: Any) -> list[dict[str, Any]]:
    return [series.pressure_series(whole), series.load_series(whole), series.outcome_series(whole)]


@solara.component
def _study(opened: Opened) -> None:
    """Show replicates or a comparison, week by week."""
    study = opened.study
    settings = study.scenarios[study.base]
    last = settings.days // WINDOW * WINDOW or settings.days  # the last whole week
    day, view = solara.use_reactive(last), solara.use_reactive("Map")
    other = solara.use_reactive(study.others[0] if study.others else None)
    shown = solara.use_reactive(study.base)

    def act(message: Message) -> None:
        if "day" in message:
            day.value = min(max(int(message["day"]), 1), settings.days)
        if message.get("view") in ("Map", "Charts"):
            view.value = message["view"]
        if message.get("other") in study.others:
            if shown.value == other.value:
                shown.value = message["other"]
            other.value = message["other"]
        if message.get("shown") in study.names:
            shown.value = message["shown"]

    content = _described(opened, day.value, settings, step=WINDOW)
    picks = {
        "views": ["Map", "Charts"],
        "view": view.value,
        "scenarios": [{"name": name, "title": study.scenarios[name].title} for name in study.names],
        "other": other.value,
        "shown": shown.value,
    }
    parts = opened.found(other.value)
    with solara.Div(classes=["corridor-fill"]):
        _strip({**content, **picks}, act)
        if view.value == "Charts":
            findings(parts, day.value)
        else:
            _week(opened, parts, shown.value, day.value)


@solara.component
def _week(opened: Opened, parts: dict[str, str], scenario: str, day: int) -> None:
    """Show the map of a week, the chart of pressure and the tables."""
    weeks = weeks_of(opened.study, scenario)
    frame = weeks.frame(day)
    with solara.Div(classes=["corridor-findings"]):
        with solara.Div(classes=["corridor-weeks"]):
            with solara.Div(classes=["corridor-map"]):
                MapWidget.element(data=to_json(frame), geometry=geometry_json(weeks.settings))
            with solara.Div(classes=["corridor-fan"]):
                FanWidget.element(data=parts["pressure"], day=day)
        with solara.Div(classes=["corridor-tables"]):
            DifferencesWidget.element(data=parts["differences"])
            WhereWidget.element(data=parts["where"])


@solara.component
def _sweep(screen: Screen, opened: Opened) -> Any:
    """Show a sweep's responses; a point opens its scenario on the live page."""
    answered, error = solara.use_reactive(0), solara.use_reactive("")

    def act(message: Message) -> None:
        if "point" in message:
            scenario = opened.scenario_at(int(message["point"]), message.get("scenario"))
            session = screen.session
            session.take(f"point-{int(message['point']) + 1}", scenario, run_of(scenario))
            put(screen.model, session.model(scenario.days))
            screen.page.value = "Live"

    data = solara.use_memo(opened.response, [])
    with solara.Div(classes=["corridor-response"]) as page:
        ResponseWidget.element(
            data=data,
            state=to_json({"answered": answered.value, "error": error.value}),
            on_sent=answers(act, answered, error),
        )
    return page


def _described(opened: Opened, day: int, settings: Any, step: int) -> dict[str, Any]:
    return {
        "kind": opened.kind,
        "title": opened.title,
        "folder": opened.folder.name,
        "day": day,
        "days": settings.days,
        "start": settings.start.isoformat(),
        "step": step,
    }
