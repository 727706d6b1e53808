"""The view's widgets: their JavaScript and CSS are in `static/`, their data are sent as one JSON text.

Text, because nested lists and dicts would be traversed at every render.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import anywidget
import solara
from traitlets import Int, Unicode


@cache
def static(*names: str) -> str:
    """Concatenate files of `static/`: the parts of one JavaScript module or style sheet (in `static/css/`)."""
    folder = files("sim.view").joinpath("static")
    homes = [folder.joinpath("css", name) if name.endswith(".css") else folder.joinpath(name) for name in names]
    return "\n".join(home.read_text(encoding="utf-8") for home in homes)


def landmark(tag: str, name: str) -> Any:
    """A part of the page that a screen reader can go to: ``header``, ``main`` or ``aside``, with a class name."""
    return solara.v.Html(tag=tag, class_=name)


class ViewWidget(anywidget.AnyWidget):
    """Shows ``data``, a JSON text.

    What the browser tells is a trait with the tag ``told`` and comes as a message. Traits with the tag ``sync`` would
    do, but their changes are held back in the browser until the server is known to have dealt with the last one: should
    one such notice be lost, all that the widget tells from then on would never be sent.
    """

    data = Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        """Make the widget with these traits, and listen to the browser."""
        super().__init__(**traits)
        self.on_msg(self._hear)

    def _hear(self, _widget: Any, told: Any, _buffers: Any) -> None:
        for name in self.trait_names(told=True):
            if isinstance(told, dict) and name in told:
                setattr(self, name, told[name])


class MapWidget(ViewWidget):
    """The map. ``painted`` is the number of the last frame that the browser has painted."""

    _esm = static("common.js", "map.js", "map_base.js", "map_routes.js", "map_camps.js", "map_draw.js", "export.js",
                  "map_widget.js")  # fmt: skip
    _css = static("common.css", "chart.css", "map.css")
    geometry = Unicode("").tag(sync=True)
    painted = Int(0).tag(told=True)


class ChartWidget(ViewWidget):
    """A chart over the days of a run.

    ``more`` is what comes on top of ``data``, or empty (`sim.view.wire.additions`); ``ghost`` is the baseline's data,
    of the same form, or empty; ``bands`` are those of replicates, or empty.
    """

    _esm = static("common.js", "export.js", "axes.js", "page/growing.js", "chart.js")
    _css = static("common.css", "chart.css")
    more = Unicode("").tag(sync=True)
    ghost = Unicode("").tag(sync=True)
    bands = Unicode("").tag(sync=True)


class NumbersWidget(ViewWidget):
    """Today's figures."""

    _esm = static("common.js", "numbers.js")
    _css = static("common.css", "numbers.css")


class ControlWidget(ViewWidget):
    """A part that sends messages: ``sent`` is the last one, a JSON text with its ``number``."""

    sent = Unicode("").tag(told=True)


class HeaderWidget(ControlWidget):
    """Scenario picker and saving."""

    _esm = static("common.js", "page/brand.js", "page/address.js", "header.js")
    _css = static("common.css", "header.css", "controls.css")


class WaitWidget(ViewWidget):
    """What is waited for before a link can be followed, and how far it is."""

    _esm = static("common.js", "page/brand.js", "page/wait.js")
    _css = static("common.css", "header.css", "compare.css")


class RunWidget(ControlWidget):
    """A week at once, any day, speed."""

    _esm = static("common.js", "page/address.js", "run.js")
    _css = static("common.css", "header.css", "controls.css")


class LeversWidget(ControlWidget):
    """The levers, and the steps by which they came to stand as they do."""

    _esm = static("common.js", "history.js", "levers.js")
    _css = static("common.css", "header.css", "controls.css")


class CompareWidget(ControlWidget):
    """Scenario pickers, replicates, both arms or one, start and cancel, progress."""

    _esm = static("common.js", "progress.js", "page/address.js", "compare.js")
    _css = static("common.css", "header.css", "controls.css", "compare.css")


class FanWidget(ViewWidget):
    """Weeks with their bands, a panel a scenario. ``day`` is where a cursor stands, 0 for none."""

    _esm = static("common.js", "export.js", "axes.js", "overlay.js", "fan.js")
    _css = static("common.css", "chart.css", "fan.css")
    day = Int(0).tag(sync=True)


class MatrixWidget(ControlWidget):
    """Scenarios by outcomes, ranked; one can be chosen to be shown in detail."""

    _esm = static("common.js", "export.js", "matrix.js")
    _css = static("common.css", "chart.css", "matrix.css")


class OutlookWidget(ControlWidget):
    """Words and tables of a forecast: its head with the early warning, or the rest."""

    _esm = static("common.js", "export.js", "outlook/tables.js")
    _css = static("common.css", "header.css", "chart.css", "matrix.css", "outlook.css")


class WhyWidget(ControlWidget):
    """What limits the flow: asked for, waited for, told."""

    _esm = static("common.js", "progress.js", "page/tables.js", "why.js")
    _css = static("common.css", "header.css", "controls.css", "compare.css", "why.css")


class ArmsWidget(ViewWidget):
    """Which reactions began, and what they undo."""

    _esm = static("common.js", "page/tables.js", "page/arms.js")
    _css = static("common.css", "why.css", "arms.css")


class DifferencesWidget(ViewWidget):
    """The table of findings, with bars of the differences."""

    _esm = static("common.js", "differences.js")
    _css = static("common.css", "differences.css")


class WhereWidget(ViewWidget):
    """Where attempts and persons went: bars by section and by route."""

    _esm = static("common.js", "export.js", "where.js")
    _css = static("common.css", "chart.css", "differences.css")


class ReplayWidget(ControlWidget):
    """A slider through a run or study, and a choice of what is shown."""

    _esm = static("common.js", "replay.js")
    _css = static("common.css", "header.css", "controls.css", "replay.css")


class ResponseWidget(ControlWidget):
    """Outcomes of a sweep against its parameters. ``state`` is the answer to the last message."""

    _esm = static("common.js", "export.js", "axes.js", "response.js")
    _css = static("common.css", "header.css", "chart.css", "response.css")
    state = Unicode("").tag(sync=True)
