"""Maps of the border sections, coloured by highest pressure: one per scenario, all on the same scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Container, Mapping, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.data import geography
from sim.data.country_labels import country_labels, latitude, mercator
from sim.outputs.rounding import shown
from sim.outputs.run_data import Array
from sim.report.findings import Findings
from sim.report.panels import WIDTH, Group, Key
from sim.report.style import GREY, INK
from sim.report.svg import Drawing, drawing_of
from sim.report.words import clipped, number
from sim.scenario.places.scenario_map import Box, ScenarioMap, how_to_place, map_of

LAND, HOME, WATER, EDGE = "#F1F0EA", "#E3E1D6", "#E4ECF2", "#B5B3A8"
BOUNDS = (0.25, 0.5, 1.0, 2.0)
COLOURS = tuple(to_hex(colormaps["cividis_r"](level)) for level in (0.02, 0.27, 0.52, 0.77, 1.0))
WIDTHS = (2.4, 3.2, 4.2, 5.4, 6.6)  # points: a second cue besides colour
_MARGIN, _LEAST = 0.065, 0.15  # share of the border's longer side; degrees of longitude that it counts at least
_NARROWEST = 0.9  # width of the map, as a share of its height
_NAME = np.array([0.28, 0.07])  # inches: half the size of a country's name
_FINE = 400  # points that are told apart across the map
_HEAD, _AWAY, _BOX = 0.3, 0.42, (0.5, 0.32)  # inches: title; distance of a label from its section, and its size
_BOX_OF_TITLES, _TITLE, _MARGIN_OF_TITLES = (0.92, 0.36), 17, 0.15  # inches; characters; as _MARGIN


def maps(found: Findings) -> Group | None:
    """Return a map per scenario; None if no section is on the map."""
    shown_on = map_of(found.scenario)
    drawn = [name for name in found.sections if name in shown_on.lines]
    if not drawn:
        return None
    drawings = [_map(found, shown_on, name, drawn, f"map{number_}") for number_, name in enumerate(found.names)]
    note = "At each section: its highest pressure"
    note += ", the median over replicates." if found.several else "."
    note += " Full load is 1; numbers over it are bold."
    missing = how_to_place(tuple(name for name in shown_on.missing if name in found.sections))
    return Group("", f"{note} {missing}".strip(), legend(), drawings)


def map_of_base(found: Findings) -> Group | None:
    """Return the map of the base alone, with titles of sections in place of names; None if no section is on the map."""
    shown_on = map_of(found.scenario)
    drawn = [name for name in found.sections if name in shown_on.lines]
    if not drawn:
        return None
    titles = {name: brief_title(found.title_of("section", name)) for name in drawn}
    return Group("", "", legend(), [_map(found, shown_on, found.base, drawn, "map", titles)])


def brief_title(title: str) -> str:
    """Return the first of the places in a section's title.

    >>> brief_title("Podlaskie north (Nowy Dwor to Kuznica)"), brief_title("Daugavpils and Silene")
    ('Podlaskie north', 'Daugavpils')
    """
    return clipped(title.partition(" (")[0].partition(" and ")[0].partition(",")[0], _TITLE)


def legend() -> list[Key]:
    """Return the classes of pressure."""
    edges = [f"{bound:g}" for bound in BOUNDS]
    texts = [f"up to {edges[0]}", *(f"{a} to {b}" for a, b in itertools.pairwise(edges)), f"over {edges[-1]}"]
    return [Key("area", colour, text) for colour, text in zip(COLOURS, texts, strict=True)]


def grade(pressure: float) -> int:
    """Return the class of a pressure: the number of bounds that it exceeds, 0 to 4."""
    return sum(pressure > bound for bound in BOUNDS)


def _map(
    found: Findings,
    shown_on: ScenarioMap,
    scenario: str,
    drawn: Sequence[str],
    key: str,
    titles: Mapping[str, str] | None = None,
) -> Drawing:
    """Draw a map; with ``titles`` these stand at the sections, larger, and there is none above."""
    values = {}
    for name in drawn:
        row = found.value(scenario, "pressure_peak", "section", name)
        if row is not None:
            values[name] = float(row["median"])
    hubs = _hubs(found, shown_on)

    def draw() -> Figure:
        lines = {name: _projected(shown_on.lines[name]) for name in drawn}
        box = _box(shown_on, _MARGIN if titles is None else _MARGIN_OF_TITLES)
        height = WIDTH * (box[3] - box[1]) / (box[2] - box[0])
        head = _HEAD if found.others and titles is None else 0.0
        figure = Figure(figsize=(WIDTH, height + head))
        axes = figure.add_axes((0, 0, 1, height / (height + head)))
        if head:
            figure.text(0.01, 1 - 0.04 / (height + head), clipped(scenario, 50), fontsize=9.5, fontweight="bold",
                        va="top")  # fmt: skip
        _land(axes, box, {geography.country_at(*hub) for hub in hubs})
        for name, value in sorted(values.items(), key=lambda item: item[1]):
            _section(axes, lines[name], grade(value))
        taken: list[Box] = []
        if values:
            centre = np.mean(_projected(hubs), axis=0) if hubs else None
            taken = _labels(axes, values, lines, centre, WIDTH / (box[2] - box[0]), titles)
        _names(axes, box, taken)
        return figure

    text = ", ".join(f"{name} {shown(value, 2)}" for name, value in values.items())
    return drawing_of(key, f"Map of the border sections, {scenario}; highest pressure: {text}", draw)


def _projected(line: Sequence[geography.Point]) -> Array:
    """Return points in Mercator's projection, which keeps the shapes of small areas at any latitude."""
    return np.array([(lon, mercator(lat)) for lon, lat in line])


def _box(shown_on: ScenarioMap, share: float) -> Box:
    """Return the ends of the map, projected: sections and zones with a margin, and a minimum width."""
    assert shown_on.border is not None
    west, south, east, north = shown_on.border
    low, high = mercator(south), mercator(north)
    margin = max(share * max(east - west, high - low), (_LEAST - max(east - west, high - low)) / 2)
    west, low, east, high = west - margin, low - margin, east + margin, high + margin
    wider = max(0.0, _NARROWEST * (high - low) - (east - west)) / 2
    higher = max(0.0, _NARROWEST * (east - west) / 2 - (high - low)) / 2
    return west - wider, low - higher, east + wider, high + higher


def _hubs(found: Findings, shown_on: ScenarioMap) -> list[geography.Point]:
    """Return the hubs, on the map, of states that gather people at the border."""
    states = found.scenario.transit_states
    gathering = dict.fromkeys(zone.transit_state for zone in found.scenario.zones.values())
    known = (shown_on.places.get(states[state].hub) for state in gathering)
    return [(hub.lon, hub.lat) for hub in known if hub is not None]


def _section(axes: Axes, line: Array, level: int) -> None:
    """Draw a section in its colour: a line, or a dot where only its middle is known."""
    for colour, width in ((INK, WIDTHS[level] + 1.1), (COLOURS[level], WIDTHS[level])):
        if len(line) > 1:
            axes.plot(*line.T, color=colour, linewidth=width, solid_capstyle="butt")
        else:
            axes.plot(*line.T, color=colour, marker="o", markersize=1.8 * width, markeredgewidth=0)


def _land(axes: Axes, box: Box, home: Container[str]) -> None:
    west, low, east, high = box
    axes.set_xlim(west, east)
    axes.set_ylim(low, high)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("auto")
    axes.set_facecolor(WATER)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    room = (east - west) / 4
    wide = (west - room, low - room, east + room, high + room)
    for iso, rings in _countries().items():
        near = [r for r in rings if r[:, 0].max() > west and r[:, 0].min() < east
                and r[:, 1].max() > low and r[:, 1].min() < high]  # fmt: skip
        if near:
            axes.add_collection(
                PolyCollection(
                    [_clip(ring, wide, (east - west) / _FINE) for ring in near],
                    facecolor=HOME if iso in home else LAND,
                    edgecolor=EDGE,
                    linewidth=0.6,
                )
            )


def _names(axes: Axes, box: Box, taken: Sequence[Box]) -> None:
    """Write the names of countries where no label of a section stands; ``taken`` are the ends of those, projected."""
    around = tuple((w, latitude(s), e, latitude(n)) for w, s, e, n in taken)
    for iso, (lon, lat) in country_labels((box[0], latitude(box[1]), box[2], latitude(box[3])), around).items():
        axes.text(lon, mercator(lat), geography.country_names()[iso], fontsize=9, color=GREY, ha="center", va="center")


def _labels(
    axes: Axes,
    values: dict[str, float],
    lines: dict[str, Array],
    hubs: Array | None,
    per_degree: float,
    titles: Mapping[str, str] | None,
) -> list[Box]:
    """Label each section with pressure and name or title, on the side away from the hubs, without overlap.

    Returns:
        The ends of the labels, with room for the middle of another name beside them.
    """
    anchors = np.array([_middle(lines[name]) for name in values]) * per_degree
    centre = anchors.mean(axis=0) if hubs is None else hubs * per_degree
    away = np.array([_outwards(lines[name] * per_degree, centre) for name in values])
    room = np.array([axes.get_xlim(), axes.get_ylim()]).T * per_degree
    size = _BOX if titles is None else _BOX_OF_TITLES
    places = _spread(anchors + _AWAY * (1 if titles is None else 1.5) * away, room, size)
    for (name, value), anchor, place in zip(values.items(), anchors, places, strict=True):
        gap = anchor - place
        edge = place + gap * min(1.0, *(np.array(size) / 2 / np.maximum(np.abs(gap), 1e-9)))
        axes.plot(*np.array([anchor, edge]).T / per_degree, color=GREY, linewidth=0.5, zorder=3)
        (x, y), line = place / per_degree, 1 / per_degree
        weight = "bold" if value > 1 else "normal"
        text, below = number(value, "pressure_peak"), name if titles is None else titles[name]
        large = 0.0 if titles is None else 1.2
        axes.text(x, y + 0.055 * line, text, fontsize=9 + large, ha="center", va="center", fontweight=weight)
        axes.text(x, y - 0.075 * line, below, fontsize=6.8 + large, ha="center", va="center", color=INK)
    around = (np.array(size) / 2 + _NAME) / per_degree
    return [(x - around[0], y - around[1], x + around[0], y + around[1]) for x, y in places / per_degree]


def _middle(line: Array) -> tuple[float, float]:
    """Return the point half-way along a section."""
    way = np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
    x, y = (float(np.interp(way[-1] / 2, way, line[:, axis])) for axis in (0, 1))
    return x, y


def _outwards(line: Array, centre: Array) -> Array:
    """Return a unit vector between the directions away from a point and perpendicular to the section."""
    x, y = line[-1] - line[0]
    square = np.array([-y, x]) / (math.hypot(x, y) or 1.0)
    away = np.array(_middle(line)) - centre
    away = away / (math.hypot(*away) or 1.0)
    both: Array = away + (square if square @ away > 0 else -square)
    return both / (math.hypot(*both) or 1.0)


def _spread(places: Array, room: Array, size: tuple[float, float]) -> Array:
    """Push boxes of labels apart until none overlap, for a limited number of rounds, within the map."""
    places, half = places.copy(), np.array(size) / 2
    for _ in range(300):
        moved = False
        for i, j in combinations(range(len(places)), 2):
            gap = places[j] - places[i]
            over = np.array(size) - np.abs(gap)
            if (over > 1e-6).all():
                axis = int(over.argmin())
                push = over[axis] / 2 * (1.0 if gap[axis] >= 0 else -1.0)
                places[i, axis] -= push
                places[j, axis] += push
                moved = True
        np.clip(places, room[0] + half, room[1] - half, out=places)
        if not moved:
            break
    return places


@cache
def _countries() -> dict[str, list[Array]]:
    """Return the projected outlines of countries, without their holes."""
    return {iso: [_projected(polygon[0]) for polygon in found] for iso, found in geography.outlines().items()}


def _clip(ring: Array, box: Box, fine: float) -> Array:
    """Clamp a ring's points to a box, and thin them; the part within the map keeps its shape."""
    inside = np.column_stack([np.clip(ring[:, 0], box[0], box[2]), np.clip(ring[:, 1], box[1], box[3])])
    kept = [inside[0]]
    for point in inside[1:-1]:
        if np.abs(point - kept[-1]).sum() >= fine:
            kept.append(point)
    return np.array([*kept, inside[-1]])
