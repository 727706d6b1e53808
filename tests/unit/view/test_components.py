"""The components in anybody's SolaraViz, and the cockpit, without a browser."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

solara = pytest.importorskip("solara")

from mesa.visualization import SolaraViz  # noqa: E402
from mesa.visualization.utils import force_update  # noqa: E402

from sim.scenario import to_yaml  # noqa: E402
from sim.view import (  # noqa: E402
    WatchedModel,
    app,
    corridor_map,
    live_model,
    load_chart,
    outcome_chart,
    pressure_chart,
    today,
)
from sim.view.panels import ahead  # noqa: E402
from sim.view.widgets import (  # noqa: E402
    ChartWidget,
    HeaderWidget,
    LeversWidget,
    MapWidget,
    NumbersWidget,
    RunWidget,
    WaitWidget,
)
from tests.strategies import START, tiny_scenario  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
COMPONENTS = [corridor_map, pressure_chart, load_chart, outcome_chart, today]


def find(widget: Any, kind: type) -> Iterator[Any]:
    """All widgets of a kind within another, in `children`, slots, or the `items` of a grid."""
    if isinstance(widget, kind):
        yield widget
    inner = [*(getattr(widget, "children", None) or ()), *(getattr(widget, "items", None) or ())]
    for slot in getattr(widget, "v_slots", None) or ():
        content = slot["children"]
        inner += content if isinstance(content, list) else [content]
    for child in inner:
        if isinstance(child, ipywidgets.Widget):
            yield from find(child, kind)


def data(box: Any, kind: type, number: int = 0) -> Any:
    return json.loads(list(find(box, kind))[number].data)


def press(box: Any, label: str) -> None:
    next(button for button in find(box, ipywidgets.DOMWidget) if getattr(button, "children", None) == [label]).click()


def send(box: Any, kind: type, **part: Any) -> None:
    widget = next(find(box, kind))
    widget.sent = json.dumps({"parts": [part], "number": json.loads(widget.data)["answered"] + 1})


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_parts_work_in_a_stock_solaraviz() -> None:
    scenario = tiny_scenario()
    model = WatchedModel(scenario)
    page = SolaraViz(model, components=list(COMPONENTS), model_params={"settings": scenario})
    box, context = solara.render(solara.AppLayout(children=[page]), handle_error=False)
    assert len(list(find(box, MapWidget))) == 1
    assert len(list(find(box, ChartWidget))) == 3
    model.step()
    force_update()
    assert data(box, MapWidget)["day"] == 1
    assert all(data(box, ChartWidget, k)["day"] == 1 for k in range(3))
    assert data(box, NumbersWidget)["day"] == 1
    press(box, "Reset")
    assert data(box, MapWidget)["day"] == 0
    context.close()


@pytest.fixture
def cockpit(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    file = tmp_path / "tiny.yaml"
    file.write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    monkeypatch.setattr(app, "_start", str(file))
    monkeypatch.setattr(live_model, "LONGEST_WAIT", 0.0)  # there is no browser to wait for
    box, context = solara.render(app.Page(), handle_error=False)
    send(box, RunWidget, day=0)
    yield box
    context.close()


def test_mesas_controller_steps_and_resets_the_cockpit(cockpit: Any) -> None:
    press(cockpit, "Step")
    assert data(cockpit, MapWidget)["day"] == 1
    send(cockpit, RunWidget, week=True)
    assert data(cockpit, MapWidget)["day"] == 8
    assert data(cockpit, RunWidget)["day"] == 8
    press(cockpit, "Reset")
    assert data(cockpit, MapWidget)["day"] == 0


def test_a_lever_keeps_the_day_and_survives_a_reset(cockpit: Any) -> None:
    send(cockpit, RunWidget, day=60)
    before = data(cockpit, NumbersWidget)
    send(cockpit, LeversWidget, lever="facilitation.belarus", value=0.05)
    after = data(cockpit, NumbersWidget)
    assert after["day"] == 60
    assert [f["base"] for f in after["figures"]] == [f["base"] for f in before["figures"]]
    assert after != before
    press(cockpit, "Reset")
    send(cockpit, RunWidget, day=60)
    assert data(cockpit, NumbersWidget) == after
    send(cockpit, LeversWidget, clear=True)
    assert data(cockpit, NumbersWidget) == before


def test_back_to_a_day_that_lies_behind(cockpit: Any) -> None:
    send(cockpit, RunWidget, day=40)
    shown = data(cockpit, ChartWidget)
    send(cockpit, RunWidget, day=120)
    send(cockpit, RunWidget, day=40)
    assert data(cockpit, ChartWidget) == shown


def test_after_the_end_going_back_lets_it_play_again(cockpit: Any) -> None:
    send(cockpit, RunWidget, day=10_000)
    press(cockpit, "Step")
    send(cockpit, RunWidget, day=5)
    press(cockpit, "Step")
    assert data(cockpit, MapWidget)["day"] == 6


def test_another_scenario_begins_anew(cockpit: Any) -> None:
    send(cockpit, RunWidget, day=30)
    send(cockpit, LeversWidget, lever="facilitation.belarus", value=0.05)
    send(cockpit, HeaderWidget, open="minsk-2021")
    assert data(cockpit, MapWidget)["day"] > 0
    assert data(cockpit, HeaderWidget)["changes"] == 0
    assert data(cockpit, LeversWidget)["scenario"] == "minsk-2021"
    assert len(data(cockpit, LeversWidget)["ban"]["offered"]) == 8


def test_a_window_is_opened_once_the_days_before_it_are_run(
    cockpit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = START + timedelta(days=30)
    scenario = tiny_scenario(start=first, days=20, begins=tiny_scenario(seed=5), seed=5)
    (tmp_path / "window.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    send(cockpit, HeaderWidget, open="window.yaml")
    until(lambda: data(cockpit, LeversWidget)["scenario"] == "window.yaml")
    assert data(cockpit, HeaderWidget)["ahead"] == data(cockpit, HeaderWidget)["error"] == ""
    send(cockpit, RunWidget, day=0)
    press(cockpit, "Step")
    assert {data(cockpit, kind)["day"] for kind in (MapWidget, ChartWidget, NumbersWidget, RunWidget)} == {1}
    assert data(cockpit, ChartWidget)["start"] == data(cockpit, RunWidget)["start"] == first.isoformat()
    send(cockpit, LeversWidget, lever="facilitation.belarus", value=0.05)
    press(cockpit, "Reset")
    assert data(cockpit, MapWidget)["day"] == 0
    send(cockpit, RunWidget, day=99)
    assert data(cockpit, MapWidget)["day"] == 20


def test_a_link_to_a_window_tells_how_far_the_days_before_it_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = tiny_scenario(start=START + timedelta(days=30), days=20, begins=tiny_scenario(seed=5), title="A window")
    (tmp_path / "window.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(app, "_start", "window.yaml")
    monkeypatch.setattr(live_model, "LONGEST_WAIT", 0.0)
    run_ahead, go_on = ahead.run_ahead, threading.Event()

    def held_up(scenario: Any, report: Any) -> None:
        report(30, 30, 0)
        assert go_on.wait(240)
        run_ahead(scenario, report)

    monkeypatch.setattr(ahead, "run_ahead", held_up)
    box, context = solara.render(app.Page(), handle_error=False)
    until(lambda: "30 of 30" in data(box, WaitWidget)["words"])
    assert data(box, WaitWidget)["title"] == "A window"
    assert not list(find(box, MapWidget))
    go_on.set()
    until(lambda: list(find(box, MapWidget)))
    assert not list(find(box, WaitWidget))
    assert data(box, LeversWidget)["scenario"] == "window.yaml"
    context.close()


def test_mistakes_are_told(cockpit: Any) -> None:
    send(cockpit, LeversWidget, lever="facilitation.belarus", value=7)
    assert "700 %; allowed: 0 to 100 %" in data(cockpit, LeversWidget)["error"]
    send(cockpit, HeaderWidget, open="nowhere")
    assert "not offered" in data(cockpit, HeaderWidget)["error"]


def test_saving_hands_over_a_file(cockpit: Any) -> None:
    send(cockpit, LeversWidget, lever="facilitation.belarus", value=0.05)
    send(cockpit, HeaderWidget, save=True)
    file = data(cockpit, HeaderWidget)["file"]
    assert file["name"] == "tiny-what-if.yaml"
    assert "facilitation" in file["text"]


# As in the server: a kernel of its own, which Solara closes when the tab is closed.
CLOSED_TAB = """
import gc, weakref, solara
from solara.server import app as _, kernel, kernel_context
from sim.view import app
from sim.view.session import Session

made, make = [], Session.model
def noted(self, day=0):
    model = make(self, day)
    made.append(weakref.ref(model))
    return model
Session.model = noted
tab = kernel_context.VirtualKernelContext(id="tab", kernel=kernel.Kernel(), session_id="session")
kernel_context.contexts["tab"] = tab
with tab:
    box, tab.app_object = solara.render(app.Page(), handle_error=False)
kernel_context.set_current_context(tab)
tab.close()
del box, tab
gc.collect()
assert made and [ref() for ref in made] == [None] * len(made), made
"""


@pytest.mark.nightly
def test_a_closed_tab_frees_its_model() -> None:
    subprocess.run([sys.executable, "-c", CLOSED_TAB], check=True, cwd=ROOT)
