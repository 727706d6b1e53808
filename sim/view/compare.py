"""The comparison page: choose two scenarios, run them in the background, show them side by side."""

from __future__ import annotations

from typing import Any

import solara

from sim.view.comparison import MOST, REPLICATES, Comparison, offers, on_screen, suggested
from sim.view.components import to_json
from sim.view.controls import Message, Screen, answers
from sim.view.widgets import CompareWidget, DifferencesWidget, FanWidget, WhereWidget, landmark, static


@solara.component
def Compare(screen: Screen) -> None:  # noqa: N802
    """Show two scenarios side by side, and their differences."""
    comparison = screen.comparison
    progress = solara.use_reactive(comparison.work.progress)
    solara.use_effect(lambda: listening(comparison, progress), [])
    with landmark("main", "corridor-compare"):
        solara.Style(static("pages.css"))
        with solara.Div(classes=["corridor-strip"]):
            _controls(screen, progress)
        if progress.value.result:
            findings(progress.value.result)


def listening(comparison: Comparison, progress: Any) -> Any:
    """Follow a comparison while its page is open, starting with its current progress."""
    progress.value = comparison.work.progress
    comparison.listen(lambda now: setattr(progress, "value", now))
    return lambda: comparison.listen(lambda _: None)


@solara.component
def findings(parts: dict[str, str], day: int | None = None) -> None:
    """Show charts of all weeks, and the tables beside them."""
    with solara.Div(classes=["corridor-findings"]):
        with solara.Div(classes=["corridor-fans"]):
            for name in ("pressure", "attempts", "persons"):
                FanWidget.element(data=parts[name], day=day or 0)
        with solara.Div(classes=["corridor-tables"]):
            DifferencesWidget.element(data=parts["differences"])
            WhereWidget.element(data=parts["where"])


@solara.component
def _controls(screen: Screen, progress: Any) -> Any:
    comparison, session = screen.comparison, screen.session
    answered, error = solara.use_reactive(0), solara.use_reactive("")
    known = solara.use_memo(lambda: offers(session), [])

    def act(message: Message) -> None:
        if "start" in message:
            asked = message["start"]
            comparison.start(str(asked["a"]), str(asked["b"]), asked["replicates"])
        if "cancel" in message:
            comparison.work.cancel()

    now = progress.value
    pair = solara.use_memo(lambda: suggested(session), [session.name, session.choices.empty])
    base, other, replicates = comparison.asked or (*pair, REPLICATES)
    content = {
        "answered": answered.value,
        "error": error.value or now.error,
        "offered": [*known, on_screen(session)],
        "a": base,
        "b": other,
        "replicates": replicates,
        "most": MOST,
        "state": now.state,
        "done": now.done,
        "total": now.total,
        "failed": now.failed,
        "rate": round(now.rate, 3),
        "left": None if now.left is None else round(now.left, 1),
        "shown": bool(now.result),
    }
    return CompareWidget.element(data=to_json(content), on_sent=answers(act, answered, error))
