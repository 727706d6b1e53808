"""The comparison page: choose scenarios, run them in the background, show them in one chart and one matrix."""

from __future__ import annotations

from typing import Any

import solara

from sim.view.background import Progress
from sim.view.comparison import MOST, MOST_SCENARIOS, REPLICATES, Asked, offers, on_screen, suggested
from sim.view.components import to_json
from sim.view.controls import Message, Screen, answers, followed, progress_of
from sim.view.state.link import link_of
from sim.view.widgets import (
    ArmsWidget,
    CompareWidget,
    DifferencesWidget,
    FanWidget,
    MatrixWidget,
    WhereWidget,
    landmark,
    static,
)


@solara.component
def Compare(screen: Screen) -> None:  # noqa: N802
    """Show scenarios side by side, ranked, and their differences."""
    progress = followed(screen.comparison.work)
    with landmark("main", "corridor-compare"):
        solara.Style(static("pages.css"))
        with solara.Div(classes=["corridor-strip"]):
            _controls(screen, progress)
        if progress.result:
            _compared(progress.result)


@solara.component
def _compared(found: dict[str, Any]) -> None:
    """Show a comparison; of several others, the one chosen in the matrix in detail."""
    others = list(found["tables"])
    chosen, answered, error = solara.use_reactive(others[0]), solara.use_reactive(0), solara.use_reactive("")
    other = chosen.value if chosen.value in others else others[0]

    def act(message: Message) -> None:
        if message.get("detail") in others:
            chosen.value = message["detail"]

    state = f'{{"answered":{answered.value},"detail":{to_json(other)},"matrix":{found["matrix"]}}}'
    many = len(others) > 1
    with solara.Div(classes=["corridor-findings", *(["corridor-many"] if many else [])]):
        if many:
            MatrixWidget.element(data=state, on_sent=answers(act, answered, error))
        _fans(found["charts"])
        with solara.Div(classes=["corridor-tables"]):
            DifferencesWidget.element(data=found["tables"][other]["differences"])
            WhereWidget.element(data=found["tables"][other]["where"])
        if found["arms"]:
            with solara.Div(classes=["corridor-arms"]):
                ArmsWidget.element(data=found["arms"])


@solara.component
def findings(parts: dict[str, str], day: int | None = None) -> None:
    """Show charts of all weeks, and the tables beside them."""
    with solara.Div(classes=["corridor-findings"]):
        _fans(parts, day or 0)
        with solara.Div(classes=["corridor-tables"]):
            DifferencesWidget.element(data=parts["differences"])
            WhereWidget.element(data=parts["where"])


@solara.component
def _fans(charts: dict[str, str], day: int = 0) -> Any:
    with solara.Div(classes=["corridor-fans"]) as box:
        for name in ("pressure", "attempts", "persons"):
            FanWidget.element(data=charts[name], day=day)
    return box


@solara.component
def _controls(screen: Screen, progress: Progress) -> Any:
    comparison, session = screen.comparison, screen.session
    answered, error = solara.use_reactive(0), solara.use_reactive(comparison.problem)
    known = solara.use_memo(lambda: offers(session), [])

    def act(message: Message) -> None:
        if "start" in message:
            asked = message["start"]
            others = [str(name) for name in (asked["b"], *asked.get("more", ()))]
            comparison.start(str(asked["a"]), *others, replicates=asked["replicates"], arms=bool(asked["arms"]))
        if "cancel" in message:
            comparison.work.cancel()

    pair = solara.use_memo(lambda: suggested(session), [session.name, session.choices.empty])
    names, replicates, arms, _ = comparison.asked or Asked(pair, REPLICATES)
    content = {
        "answered": answered.value,
        "offered": [*known, on_screen(session)],
        "a": names[0],
        "b": names[1],
        "more": names[2:],
        "replicates": replicates,
        "arms": arms,
        "ran": comparison.lasts,
        "link": link_of(session, screen.day),
        "most": MOST,
        "mostScenarios": MOST_SCENARIOS,
        **progress_of(progress, error.value),
    }
    return CompareWidget.element(data=to_json(content), on_sent=answers(act, answered, error))
