"""The page that compares two scenarios: chosen here, run in the background, shown side by side."""

from __future__ import annotations

from typing import Any

import solara

from sim.view.comparison import MOST, REPLICATES, SCREEN, Comparison, offers, on_screen
from sim.view.components import to_json
from sim.view.controls import Message, Screen, answers
from sim.view.widgets import CompareWidget, DifferencesWidget, FanWidget, WhereWidget, static


@solara.component
def Compare(screen: Screen) -> None:  # noqa: N802
    """Two scenarios side by side, and what differs."""
    comparison = screen.comparison
    progress = solara.use_reactive(comparison.work.progress)
    solara.use_effect(lambda: listening(comparison, progress), [])
    with solara.Div(classes=["corridor-compare"]):
        solara.Style(static("pages.css"))
        with solara.Div(classes=["corridor-strip"]):
            _controls(screen, progress)
        if progress.value.result:
            findings(progress.value.result)


def listening(comparison: Comparison, progress: Any) -> Any:
    """Follow a comparison while its page is open; what it has reached by then is shown at once."""
    progress.value = comparison.work.progress
    comparison.listen(lambda now: setattr(progress, "value", now))
    return lambda: comparison.listen(lambda _: None)


@solara.component
def findings(parts: dict[str, str], day: int | None = None) -> None:
    """Charts of all weeks, and the tables beside them."""
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
    names = [entry["name"] for entry in known]
    first = session.name if session.name in names else names[0]
    second = SCREEN if not session.choices.empty else _partner(known, first)
    base, other, replicates = comparison.asked or (first, second, REPLICATES)
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


def _partner(known: list[dict[str, Any]], name: str) -> str:
    """A scenario of the same period, to compare another with."""
    own = next((entry for entry in known if entry["name"] == name), None)
    same = [e["name"] for e in known if own and (e["start"], e["days"]) == (own["start"], own["days"]) and e is not own]
    return "carrier-ban" if "carrier-ban" in same else next(iter(same), SCREEN)
