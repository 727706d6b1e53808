"""What a page is sent of a chart's series: all of them now and then, in between the days that have come since.

Days that are over do not change, so a step adds one value to each line. The additions count from the whole that was
sent last: should some of them be lost or skipped, the next ones hold them too.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

from sim.view.series import Chart, Line

MOST = 16  # values of a line that are sent as additions; from then on the whole is sent anew


class Sent:
    """What one chart's page was sent as a whole."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self._model: Any = lambda: None
        self._events: Any = None
        self._points = 0
        self.whole: Chart = {}

    def of(self, model: Any, chart: Chart) -> tuple[Chart, Chart | None]:
        """Return the whole, which is the one that was sent before if that will do, and what has come since, or None.

        ``model`` is whose series they are: another one's days may differ.
        """
        points = _points(chart)
        known = self._model() is model and self._events == chart["events"]
        if not known or not 0 <= points - self._points <= MOST or not self._points:
            self._model, self._events, self._points, self.whole = ref(model), chart["events"], points, chart
            return chart, None
        if chart["day"] == self.whole["day"]:
            return self.whole, None
        views = [[line["values"][self._points :] for line in _lines(view)] for view in chart["views"]]
        return self.whole, {"day": chart["day"], "from": self._points, "views": views}


def _lines(view: Chart) -> list[Line]:
    return [*view.get("stack", []), *view.get("lines", [])]


def _points(chart: Chart) -> int:
    return next((len(line["values"]) for view in chart["views"] for line in _lines(view)), 0)
