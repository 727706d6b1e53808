"""The cockpit's controls: Mesa's `ModelController`, and the parts that send messages to the session.

`ModelController` resets, plays, pauses and steps a day. It knows no weeks, no jump to a day, and no
backpressure: the first two are the view's own buttons, the last is the model's (`WatchedModel`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import solara
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import force_update, update_counter

from sim.scenario import ScenarioError, load_scenario
from sim.view.components import to_json
from sim.view.levers import levers_of, open_routes, title, told
from sim.view.session import Session, offered
from sim.view.watched import WatchedModel
from sim.view.widgets import HeaderWidget, LeversWidget, RunWidget

type Model = Any  # solara.Reactive, most often of a WatchedModel
SPEED = 8  # days a second
Message = dict[str, Any]


def replay(session: Session, model: Model) -> None:
    """Run the session's scenario to the day on screen."""
    day = model.value.day
    model.value = session.model(day)


def answers(
    act: Callable[[Message], None], answered: Model, error: Model, after: Callable[[], None] = lambda: None
) -> Callable[[str], None]:
    """A handler of messages: acts on each part, then ``after``; tells the browser that it did, or why not."""

    def handle(text: str) -> None:
        message = json.loads(text)
        problems = []
        for part in message["parts"]:
            try:
                act(part)
            except (ScenarioError, ValueError) as problem:
                problems.append(str(problem))
        after()
        error.value = "\n".join(problems)
        answered.value = message["number"]

    return handle


@solara.component
def header(session: Session, model: Model) -> Any:
    """Scenario picker, how much was changed, saving."""
    update_counter.get()
    answered, error, file = solara.use_reactive(0), solara.use_reactive(""), solara.use_reactive(None)
    names = solara.use_memo(lambda: [{"name": n, "title": load_scenario(n).title} for n in offered(session.start)], [])

    def act(message: Message) -> None:
        if "open" in message:
            session.open(message["open"])
            model.value = session.model()
        if "save" in message:
            name, text = session.saved()
            file.value = {"number": (file.peek() or {"number": 0})["number"] + 1, "name": name, "text": text}

    words = told(session.base, session.choices)
    content = {
        "answered": answered.value,
        "error": error.value,
        "offered": names,
        "scenario": session.name,
        "description": session.base.description,
        "changes": len(words),
        "told": words,
        "file": file.value,
    }
    return HeaderWidget.element(data=to_json(content), on_sent=answers(act, answered, error))


@solara.component
def run_controls(session: Session, model: Model) -> None:
    """Mesa's controller, and beside it a week, any day, and the speed."""
    interval, once = solara.use_reactive(1000 // SPEED), solara.use_reactive(1)
    parameters = solara.use_reactive({"settings": session.scenario, "pace": session.pace})
    if parameters.peek() != (wanted := {"settings": session.scenario, "pace": session.pace}):
        parameters.value = wanted
    with solara.Div(classes=["corridor-controller"]):
        ModelController(
            model,
            model_parameters=parameters,
            play_interval=interval,
            render_interval=once,
            use_threads=solara.use_reactive(False),
        ).key(f"{session.name}:{model.value.running}")
    _run_bar(session, model, interval)


@solara.component
def _run_bar(session: Session, model: Model, interval: Model) -> Any:
    update_counter.get()
    answered, error = solara.use_reactive(0), solara.use_reactive("")

    def act(message: Message) -> None:
        if "speed" in message:
            interval.value = int(1000 / min(max(float(message["speed"]), 1), 100))
        if "week" in message:
            go_to(session, model, model.value.day + 7)
        if "day" in message:
            go_to(session, model, int(message["day"]))

    shown: WatchedModel = model.value
    content = {
        "answered": answered.value,
        "day": shown.day,
        "days": shown.settings.days,
        "start": shown.settings.start.isoformat(),
        "speed": round(1000 / interval.value),
    }
    return RunWidget.element(data=to_json(content), on_sent=answers(act, answered, error))


def go_to(session: Session, model: Model, day: int) -> None:
    """Show a day of the run: onward from here, or from the first day where it lies behind."""
    if day >= model.value.day:
        model.value.run_to(day)
        force_update()
    else:
        model.value = session.model(max(day, 0))


@solara.component
def levers(session: Session, model: Model) -> Any:
    """The levers; each change runs the scenario anew to the day on screen."""
    update_counter.get()
    answered, error = solara.use_reactive(0), solara.use_reactive("")

    def act(message: Message) -> None:
        if "since" in message:
            session.set_since(message["since"])
        if "lever" in message:
            session.set_lever(message["lever"], message["value"])
        if "ban" in message:
            session.set_ban(message["ban"], message["day"])
        if "measure" in message:
            session.set_measure(message["measure"], message["on"])
        if "clear" in message:
            session.clear()

    def after() -> None:
        if session.scenario is not model.value.source:
            replay(session, model)

    content = {**lever_rows(session, model.value), "answered": answered.value, "error": error.value}
    return LeversWidget.element(data=to_json(content), on_sent=answers(act, answered, error, after))


def lever_rows(session: Session, model: WatchedModel) -> Message:
    """What the panel of levers shows: each lever's value on the day on screen, and what was chosen."""
    base, choices = session.base, session.choices
    known = levers_of(base)
    flights = [lever.name for lever in known if lever.name.startswith("weekly.") and lever.group != "Boats"]
    rows = [
        {
            "name": lever.name,
            "group": lever.group,
            "label": lever.label,
            "unit": lever.unit,
            "percent": lever.percent,
            "high": lever.high,
            "step": lever.step,
            "lastFlight": lever.name == flights[-1] if flights else False,
            "set": lever.name in choices.values,
            "value": round(choices.values.get(lever.name, lever.value(base, model.last_date)), 4),
        }
        for lever in known
    ]
    first = base.start.toordinal()
    ban = choices.ban
    return {
        "scenario": session.name,
        "start": base.start.isoformat(),
        "days": base.days,
        "levers": rows,
        "since": choices.since.toordinal() - first,
        "changes": len(told(base, choices)),
        "flights": [{"name": r, "label": f"From {title(base.routes[r].origin)}"} for r in open_routes(base, "air")],
        "ban": {
            "routes": list(ban.routes) if ban else [],
            "day": (ban.start.toordinal() - first) if ban else base.days // 2,
        },
        "measures": [
            {
                "name": name,
                "title": measure.title or name,
                "detail": _dates(measure),
                "on": name not in choices.off,
            }
            for name, measure in base.measures.items()
        ],
    }


def _dates(measure: Any) -> str:
    until = f" to {measure.end:%d %b %Y}" if measure.end else ""
    return f"from {measure.start:%d %b %Y}{until}"
