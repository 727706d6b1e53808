"""Maps of the border sections, coloured by highest pressure: one per scenario, all on the same scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Container, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.data import geography
from sim.outputs.rounding import shown
from sim.outputs.run_data import Array
from sim.report.findings import Findings
from sim.report.panels import WIDTH, Group, Key
from sim.report.style import GREY, INK
from sim.report.svg import Drawing, drawing_of
from sim.report.words import clipped, listed, number

LAND, HOME, WATER, EDGE = "#F1F0EA", "#E3E1D6", "#E4ECF2", "#B5B3A8"
BOUNDS = (0.25, 0.5, 1.0, 2.0)
COLOURS = tuple(to_hex(colormaps["cividis_r"](level)) for level in (0.02, 0.27, 0.52, 0.77, 1.0))
WIDTHS = (2.4, 3.2, 4.2, 5.4, 6.6)  # points: a second cue besides colour
_MARGIN, _THIN = 0.55, 0.02  # degrees
_HEAD, _AWAY, _BOX = 0.3, 0.42, (0.5, 0.32)  # inches: title; distance of a label from its section, and its size


def maps(found: Findings) -> Group | None:
    """Return a map per scenario; None if no section has a line on the map."""
    known = geography.sections()
    drawn = [name for name in found.sections if name in known]
    if not drawn:
        return None
    drawings = [_map(found, name, drawn, f"map{number_}") for number_, name in enumerate(found.names)]
    missing = [name for name in found.sections if name not in known]
    note = "At each section: its highest pressure"
    note += ", the median over replicates." if found.several else "."
    note += " Full load is 1; numbers over it are bold."
    if missing:
        note += f" Without a line on the map: {listed(missing)}."
    return Group("", note, legend(), drawings)


def legend() -> list[Key]:
    """Return the classes of pressure."""
    edges = [f"{bound:g}" for bound in BOUNDS]
    texts = [f"up to {edges[0]}", *(f"{a} to {b}" for a, b in itertools.pairwise(edges)), f"over {edges[-1]}"]
    return [Key("area", colour, text) for colour, text in zip(COLOURS, texts, strict=True)]


def grade(pressure: float) -> int:
    """Return the class of a pressure: the number of bounds that it exceeds, 0 to 4."""
    return sum(pressure > bound for bound in BOUNDS)


def _map(found: Findings, scenario: str, drawn: Sequence[str], key: str) -> Drawing:
    values = {}
    for name in drawn:
        row = found.value(scenario, "pressure_peak", "section", name)
        if row is not None:
            values[name] = float(row["median"])

    def draw() -> Figure:
        box = _box(drawn)
        scale = math.cos(math.radians((box[2] + box[3]) / 2))
        height = WIDTH * (box[3] - box[2]) / ((box[1] - box[0]) * scale)
        head = _HEAD if found.others else 0.0
        figure = Figure(figsize=(WIDTH, height + head))
        axes = figure.add_axes((0, 0, 1, height / (height + head)))
        if head:
            figure.text(0.01, 1 - 0.04 / (height + head), clipped(scenario, 50), fontsize=9.5, fontweight="bold",
                        va="top")  # fmt: skip
        hubs = _hubs(found)
        _land(axes, box, {geography.country_of(hub) for hub in hubs})
        for name, value in sorted(values.items(), key=lambda item: item[1]):
            line, level = np.array(geography.section(name).line), grade(value)
            axes.plot(*line.T, color=INK, linewidth=WIDTHS[level] + 1.1, solid_capstyle="butt")
            axes.plot(*line.T, color=COLOURS[level], linewidth=WIDTHS[level], solid_capstyle="butt")
        if values:
            _labels(axes, values, hubs, (WIDTH / (box[1] - box[0]), height / (box[3] - box[2])))
        return figure

    text = ", ".join(f"{name} {shown(value, 2)}" for name, value in values.items())
    return drawing_of(key, f"Map of the border sections, {scenario}; highest pressure: {text}", draw)


def _box(drawn: Sequence[str]) -> tuple[float, float, float, float]:
    """Return west, east, south, north of the map in degrees: the sections with a margin, and a minimum width."""
    points = np.array([point for name in drawn for point in geography.section(name).line])
    (west, south), (east, north) = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    wider = max(0.0, 0.9 * (north - south) / math.cos(math.radians(54)) - (east - west)) / 2
    return west - wider, east + wider, south, north


def _hubs(found: Findings) -> list[str]:
    """Return the hubs, on the map, of states that gather people at the border."""
    states = found.scenario.transit_states
    gathering = dict.fromkeys(zone.transit_state for zone in found.scenario.zones.values())
    return [hub for state in gathering if (hub := states[state].hub) in geography.places()]


def _land(axes: Axes, box: tuple[float, float, float, float], home: Container[str]) -> None:
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[2], box[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("auto")
    axes.set_facecolor(WATER)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for iso, rings in _countries().items():
        near = [r for r in rings if r[:, 0].max() > box[0] and r[:, 0].min() < box[1]
                and r[:, 1].max() > box[2] and r[:, 1].min() < box[3]]  # fmt: skip
        if near:
            clipped_rings = [_clip(ring, (box[0] - 1, box[1] + 1, box[2] - 1, box[3] + 1)) for ring in near]
            axes.add_collection(
                PolyCollection(clipped_rings, facecolor=HOME if iso in home else LAND, edgecolor=EDGE, linewidth=0.6)
            )
    for iso, (lon, lat) in geography.map_labels("report").items():
        if box[0] < lon < box[1] and box[2] < lat < box[3]:
            axes.text(lon, lat, geography.country_names()[iso], fontsize=9, color=GREY, ha="center", va="center")


def _labels(axes: Axes, values: dict[str, float], hubs: Sequence[str], per_degree: tuple[float, float]) -> None:
    """Label each section with pressure and name, on the side away from the hubs, without overlap."""
    anchors = np.array([_middle(name) for name in values]) * per_degree
    centre = np.mean([(p.lon, p.lat) for p in map(geography.place, hubs)] or [_middle(name) for name in values], axis=0)
    away = np.array([_outwards(name, centre, per_degree) for name in values])
    room = np.array([axes.get_xlim(), axes.get_ylim()]).T * per_degree
    places = _spread(anchors + _AWAY * away, room)
    for (name, value), anchor, place in zip(values.items(), anchors, places, strict=True):
        gap = anchor - place
        edge = place + gap * min(1.0, *(np.array(_BOX) / 2 / np.maximum(np.abs(gap), 1e-9)))
        axes.plot(*np.array([anchor, edge]).T / np.array(per_degree)[:, None], color=GREY, linewidth=0.5, zorder=3)
        (x, y), line = place / per_degree, 1 / per_degree[1]
        weight = "bold" if value > 1 else "normal"
        text = number(value, "pressure_peak")
        axes.text(x, y + 0.055 * line, text, fontsize=9, ha="center", va="center", fontweight=weight)
        axes.text(x, y - 0.075 * line, name, fontsize=6.8, ha="center", va="center", color=INK)


def _middle(name: str) -> tuple[float, float]:
    """Return the point half-way along a section."""
    line = np.array(geography.section(name).line)
    way = np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
    lon, lat = (float(np.interp(way[-1] / 2, way, line[:, axis])) for axis in (0, 1))
    return lon, lat


def _outwards(name: str, centre: Array, per_degree: tuple[float, float]) -> Array:
    """Return a unit vector between the directions away from a point and perpendicular to the section."""
    line = np.array(geography.section(name).line) * per_degree
    x, y = line[-1] - line[0]
    square = np.array([-y, x]) / (math.hypot(x, y) or 1.0)
    away = np.array(_middle(name)) * per_degree - centre * per_degree
    away = away / (math.hypot(*away) or 1.0)
    both: Array = away + (square if square @ away > 0 else -square)
    return both / (math.hypot(*both) or 1.0)


def _spread(places: Array, room: Array) -> Array:
    """Push boxes of labels apart until none overlap, for a limited number of rounds, within the map."""
    places, half = places.copy(), np.array(_BOX) / 2
    for _ in range(300):
        moved = False
        for i, j in combinations(range(len(places)), 2):
            gap = places[j] - places[i]
            over = np.array(_BOX) - np.abs(gap)
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
    """Return the outlines of countries, without their holes."""
    return {iso: [np.array(polygon[0]) for polygon in found] for iso, found in geography.outlines().items()}


def _clip(ring: Array, box: tuple[float, float, float, float]) -> Array:
    """Clamp a ring's points to a box, and thin them; the part within the map keeps its shape."""
    inside = np.column_stack([np.clip(ring[:, 0], box[0], box[1]), np.clip(ring[:, 1], box[2], box[3])])
    kept = [inside[0]]
    for point in inside[1:-1]:
        if np.abs(point - kept[-1]).sum() >= _THIN:
            kept.append(point)
    return np.array([*kept, inside[-1]])
