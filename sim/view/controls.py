"""The cockpit's controls: Mesa's `ModelController`, and the parts that send messages to the session.

`ModelController` resets, plays, pauses and steps a day. It knows no weeks, no jump to a day, and no
backpressure: the first two are buttons of the view, the last is provided by `WatchedModel`.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import solara
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import force_update

from sim.report.trust import sentences
from sim.report.words import day
from sim.scenario import Scenario, ScenarioError
from sim.scenario.measures import KINDS
from sim.scenario.modes import MODES
from sim.view.background import Job, Progress
from sim.view.comparison import Comparison
from sim.view.components import to_json
from sim.view.levers import levers_of, open_routes, told
from sim.view.live_model import WatchedModel
from sim.view.opened_folder import Opened
from sim.view.panels.ahead import Ahead
from sim.view.panels.bands import REPLICATES, Bands
from sim.view.panels.documents import Documents
from sim.view.session import Session, titles
from sim.view.state.link import link_of
from sim.view.widgets import HeaderWidget, LeversWidget, RunWidget

if TYPE_CHECKING:
    from sim.view.panels.outlook import Outlooks
    from sim.view.panels.why import Why

type Model = Any  # solara.Reactive, most often of a WatchedModel
SPEED = 8  # days a second
MOST_STEPS = 20  # of the history that are listed
Message = dict[str, Any]


@dataclass(frozen=True)
class Screen:
    """The state of one tab: its session, the reactive model, and the model now on screen.

    ``page`` is the reactive name of the page, one of ``pages``; ``ahead`` is what the session waits for, ``comparison``
    what it compares, ``why`` what it explains, ``bands`` how uncertain it is, ``documents`` what it writes,
    ``outlooks`` the forecasts it can show; ``opened`` is the folder that the view was opened with, ``problem`` what in
    its link is not allowed.
    """

    session: Session
    model: Model
    shown: WatchedModel
    page: Model
    pages: tuple[str, ...]
    ahead: Ahead
    comparison: Comparison
    why: Why
    bands: Bands
    documents: Documents
    outlooks: Outlooks
    opened: Opened | None = None
    problem: str = ""

    @property
    def day(self) -> int:
        """The day on screen: a part that shows it is redrawn with it."""
        return self.shown.own_day


def put(model: Model, new: WatchedModel) -> None:
    """Show another model, and free the old one at once: it holds a row for every prospect."""
    model.value = new
    gc.collect()


def followed(job: Job) -> Progress:
    """Return the progress of a job while the component that asks is shown; of several only the last is told."""
    progress = solara.use_reactive(job.progress)

    def listen() -> Callable[[], None]:
        progress.value = job.progress
        job.tell = lambda now: setattr(progress, "value", now)

        def leave() -> None:
            job.tell = lambda _: None

        return leave

    solara.use_effect(listen, [])
    now: Progress = progress.value
    return now


def progress_of(now: Progress, error: str = "") -> Message:
    """Return a job's progress as widgets show it."""
    return {
        "error": error or now.error,
        "state": now.state,
        "done": now.done,
        "total": now.total,
        "failed": now.failed,
        "rate": round(now.rate, 3),
        "left": None if now.left is None else round(now.left, 1),
        "shown": bool(now.result),
    }


def answers(
    act: Callable[[Message], None], answered: Model, error: Model, after: Callable[[], None] = lambda: None
) -> Callable[[str], None]:
    """Return a handler of messages that acts on each, then calls ``after``, and reports success or error."""

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
def header(screen: Screen) -> Any:
    """Show the scenario picker, the number of changes, and saving."""
    session = screen.session
    answered, error, file = solara.use_reactive(0), solara.use_reactive(screen.problem), solara.use_reactive(None)
    names = solara.use_memo(lambda: [{"name": n, "title": t} for n, t in titles(session.start).items()], [])
    own = [] if session.known else [{"name": session.name, "title": session.title}]

    def act(message: Message) -> None:
        if message.get("page") in screen.pages:
            screen.page.value = message["page"]
        if "open" in message and not screen.ahead.waits(message["open"]):
            open_scenario(screen, message["open"])
        if "document" in message:
            screen.documents.start(str(message["document"]), *source_of(screen))
        if "save" in message:
            name, text = session.saved()
            file.value = {"number": (file.peek() or {"number": 0})["number"] + 1, "name": name, "text": text}

    ahead = _opened_when_ready(screen, error)
    followed(screen.documents.job)
    words = told(session.base, session.choices)
    marks = solara.use_memo(lambda: " ".join(sentences({session.name: session.base})), [id(session.base)])
    content = {
        "answered": answered.value,
        "error": error.value or ahead.error,
        "ahead": screen.ahead.words,
        "offered": [*own, *names],
        "scenario": session.name,
        "description": f"{session.base.description.strip()} {marks}".strip(),
        "changes": len(words),
        "told": words,
        "file": file.value,
        "document": screen.documents.content,
        "page": screen.page.value,
        "pages": screen.pages,
    }
    return HeaderWidget.element(data=to_json(content), on_sent=answers(act, answered, error))


def _opened_when_ready(screen: Screen, error: Model) -> Progress:
    """Open the scenario that is waited for, once it can be; return how far what it waits for is."""
    ahead = followed(screen.ahead.job)

    def arrive() -> None:
        if ahead.state == "done":
            screen.ahead.job.forget()
            try:
                open_scenario(screen, ahead.result)
            except ScenarioError as problem:
                error.value = str(problem)

    solara.use_effect(arrive, [ahead.state])
    return ahead


def open_scenario(screen: Screen, name: str) -> None:
    """Show a scenario on offer on its worst day; raises ScenarioError or ValueError, without any change."""
    screen.session.open(name)
    put(screen.model, screen.session.model(screen.session.worst_day))


def source_of(screen: Screen) -> tuple[Path | Scenario, str]:
    """Return what documents of the page are about, and how their files are called."""
    if screen.page.peek() == "Compare":
        folder, asked = screen.comparison.work.folder, screen.comparison.asked
        if folder is None or asked is None:
            raise ValueError("nothing was compared yet: press Start first")
        return folder, "-vs-".join(Path(name).stem for name in asked.names)
    if screen.page.peek() == "Results" and screen.opened is not None:
        return screen.opened.folder, screen.opened.folder.resolve().name
    return screen.session.named(), Path(screen.session.name).stem


@solara.component
def run_controls(screen: Screen, day: int, uncertain: Progress) -> None:
    """Show Mesa's controller, with buttons for a week and any day, the speed, the seed, and bands of replicates."""
    session = screen.session
    interval, once = solara.use_reactive(1000 // SPEED), solara.use_reactive(1)
    wanted = {"settings": session.scenario, "pace": session.pace}
    with solara.Div(classes=["corridor-controller"]):
        ModelController(
            screen.model,
            model_parameters=solara.use_reactive(wanted),
            play_interval=interval,
            render_interval=once,
            use_threads=solara.use_reactive(False),
        ).key(f"{session.name}:{screen.shown.running}")
    _run_bar(screen, day, interval, uncertain)


@solara.component
def _run_bar(screen: Screen, day: int, interval: Model, uncertain: Progress) -> Any:
    answered, error, session = solara.use_reactive(0), solara.use_reactive(""), screen.session

    def act(message: Message) -> None:
        if "speed" in message:
            interval.value = int(1000 / min(max(float(message["speed"]), 1), 100))
        if "seed" in message:
            session.set_seed(int(message["seed"]))
            put(screen.model, session.model(screen.model.peek().own_day))
        if "bands" in message:
            screen.bands.start() if message["bands"] else screen.bands.work.cancel()
        if "week" in message:
            go_to(screen, screen.model.peek().own_day + 7)
        if "day" in message:
            go_to(screen, int(message["day"]))

    content = {
        "answered": answered.value,
        "day": day,
        "days": session.base.days,
        "start": session.base.start.isoformat(),
        "speed": round(1000 / interval.value),
        "seed": session.base.seed,
        "link": link_of(session, day),
        "bands": {**progress_of(uncertain), "shown": screen.bands.found is not None, "replicates": REPLICATES},
        "error": error.value or uncertain.error,
    }
    return RunWidget.element(data=to_json(content), on_sent=answers(act, answered, error))


def go_to(screen: Screen, day: int) -> None:
    """Show a day of the run, running on from here, or from the first day if it is earlier."""
    now = screen.model.peek()
    if day >= now.own_day:
        now.run_to(day)
        force_update()
    else:
        put(screen.model, screen.session.model(max(day, 0)))


@solara.component
def levers(screen: Screen, day: int) -> Any:
    """Show the levers on a day; each change reruns the scenario to the day on screen."""
    session = screen.session
    answered, error = solara.use_reactive(0), solara.use_reactive("")

    def act(message: Message) -> None:
        for kind, change in CHANGES.items():
            if kind in message:
                change(session, message)

    def after() -> None:
        now = screen.model.peek()
        if session.scenario is not now.source:
            put(screen.model, session.model(now.own_day))

    content = {**lever_rows(session, screen.shown), "answered": answered.value, "error": error.value}
    return LeversWidget.element(data=to_json(content), on_sent=answers(act, answered, error, after))


# What the panel may ask of a session, by the key of its message.
CHANGES: dict[str, Callable[[Session, Message], None]] = {
    "since": lambda session, asked: session.set_since(asked["since"]),
    "lever": lambda session, asked: session.set_lever(
        str(asked["lever"]), asked["value"], asked.get("day"), bool(asked.get("more"))
    ),
    "ban": lambda session, asked: session.set_ban(asked["ban"], asked["day"], bool(asked.get("more"))),
    "measure": lambda session, asked: session.set_measure(asked["measure"], asked["on"]),
    "reaction": lambda session, asked: session.set_reaction(asked["reaction"], asked["on"]),
    "step": lambda session, asked: session.go(int(asked["step"])),
    "clear": lambda session, _: session.clear(),
}


def lever_rows(session: Session, model: WatchedModel) -> Message:
    """Return the contents of the panel of levers: each lever's value on the day on screen, and the choices."""
    base, choices, history = session.base, session.choices, session.history
    known = levers_of(base)
    labels = {lever.name: lever.label for lever in known}
    bannable = [name for name in open_routes(base) if MODES[base.routes[name].mode].may_be_banned]
    weekly = [lever.name.removeprefix("weekly.") for lever in known if lever.name.startswith("weekly.")]
    seats = [f"weekly.{route}" for route in weekly if not base.routes[route].over_sea]
    rows = [{**row, "banFollows": bool(bannable) and row["name"] in seats[-1:]} for row in _sliders(session, model)]
    first = base.start.toordinal()
    ban = choices.ban
    return {
        "scenario": session.name,
        "start": base.start.isoformat(),
        "days": base.days,
        "levers": rows,
        "since": session.since.toordinal() - first,
        "changes": len(told(base, choices)),
        "steps": list(enumerate(step.words for step in history.steps))[-MOST_STEPS:],
        "at": history.at,
        "last": len(history.steps) - 1,
        "ban": {
            "offered": [{"name": r, "label": labels[f"weekly.{r}"]} for r in bannable],
            "about": KINDS["carrier-ban"].about(),
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
        "reactions": [
            {
                "name": name,
                "title": reaction.title or name,
                "detail": (type(reaction.do).__doc__ or "").partition("\n")[0],
                "on": name not in choices.unanswered,
            }
            for name, reaction in (base.reactions if base.answers else {}).items()
        ],
    }


def _sliders(session: Session, model: WatchedModel) -> Iterator[Message]:
    """Yield each lever with its value: as set, else as scheduled on the day on screen."""
    base, choices = session.base, session.choices
    closed = {f"weekly.{route}" for route in model.names.routes if _banned(model, route)}
    for lever in levers_of(base):
        to = choices.values.get(lever.name)
        yield {
            "name": lever.name,
            "group": lever.group,
            "label": lever.label,
            "unit": lever.unit,
            "about": lever.about,
            "percent": lever.percent,
            "low": lever.low,
            "high": lever.high,
            "step": lever.step,
            "set": to is not None,
            "value": round(to.value if to else lever.value(base, model.last_date), 4),
            "since": (to.since if to else session.since).toordinal() - base.start.toordinal(),
            "closed": lever.name in closed,
        }


def _banned(model: WatchedModel, route: str) -> bool:
    """Return whether all carriers of a route are banned on the day on screen."""
    return all(carrier.bans[route] for carrier in model.carriers.values() if route in carrier.services)


def _dates(measure: Any) -> str:
    until = f" to {day(measure.end)}" if measure.end else ""
    return f"from {day(measure.start)}{until}"
