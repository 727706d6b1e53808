"""Modes of travel: one row each, which the engine, the reports and the view read.

A mode that goes as another one does is one more row here. One that goes in a way of its own needs a process that knows
it by its number in the table of routes (``w.routes[r].mode``, the place of its row).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple


class Mode(NamedTuple):
    """How people travel on a route, what its departures are called, and how it is drawn.

    Attributes:
        departure: One departure, in words.
        departures: Several of them.
        over_sea: Whether boats leave from a coast on calm days, as far as they are tolerated, and may be intercepted or
            wrecked; people land wherever the route ends. Otherwise people book a seat and arrive at a hub.
        step: Of the view's slider, in departures a week.
        may_be_banned: Whether the view offers to ban its carriers.
        colour: Of its routes on the map: a colour of the view's themes (``--air`` in `sim/view/static/css/common.css`).
        glyph: What moves along its routes: a shape of `sim/view/static/map.js`.
        dash: Of its routes' lines: pixels drawn and left out, in turn; none for a whole line.
    """

    departure: str
    departures: str
    over_sea: bool
    step: float
    may_be_banned: bool
    colour: str
    glyph: str
    dash: tuple[int, ...]


MODES = {
    "air": Mode("flight", "flights", False, 0.5, True, "air", "plane", ()),
    "land": Mode("bus", "buses", False, 1, False, "bus", "vehicle", (7, 4)),
    "sea": Mode("boat", "boats", True, 1, False, "boat", "boat", (2, 5)),
}

if TYPE_CHECKING:
    ModeName = str
else:
    ModeName = Literal[tuple(MODES)]


def _either(*words: str) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


ANY_MODE = _either(*MODES)  # "air, land or sea"
ANY_DEPARTURE = _either(*(mode.departure for mode in MODES.values()))  # "flight, bus or boat"
ANY_DEPARTURES = _either(*(mode.departures for mode in MODES.values()))  # "flights, buses or boats"
