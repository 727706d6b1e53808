"""Where the names of countries stand on a map of any part of the world."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sim.data.geography import Point, outlines

Box = tuple[float, float, float, float]
"""West, south, east and north end, in degrees."""

ACROSS = 36  # points of the grid along the box's longer side
SMALLEST = 5  # points of the grid: a country of fewer has no name on the map


def mercator(lat: float) -> float:
    """Return the Mercator ordinate of a latitude, in degrees of longitude; the map keeps shapes at any latitude.

    Snyder, J. P. (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, equation 7-2.
    """
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def latitude(ordinate: float) -> float:
    """Return the latitude of a Mercator ordinate."""
    return math.degrees(2 * math.atan(math.exp(math.radians(ordinate))) - math.pi / 2)


@cache
def country_labels(box: Box, taken: tuple[Box, ...] = ()) -> dict[str, Point]:
    """Return where names stand in a box, by ISO 3166 code, the larger countries first.

    Each stands at the point of a grid over the box that is farthest from other countries, the sea, the box's edge and
    the boxes that are ``taken`` by something else.
    """
    west, east, low, high = box[0], box[2], mercator(box[1]), mercator(box[3])
    step = max(east - west, high - low) / ACROSS
    lons = np.arange(west + step / 2, east, step)
    lats = [latitude(y) for y in np.arange(low + step / 2, high, step)]
    vacant = np.ones((len(lats), len(lons)), bool)
    for w, s, e, n in taken:
        vacant &= ~np.outer([s <= lat <= n for lat in lats], (w <= lons) & (lons <= e))
    found = []
    for iso, polygons in outlines().items():
        near = [ring for polygon in polygons for ring in polygon if _overlaps(ring, box)]
        if near:
            inside = _inside(near, lons, lats) & vacant
            if inside.sum() >= SMALLEST:
                row, column = _deepest(inside)
                found.append((int(inside.sum()), iso, (round(float(lons[column]), 3), round(lats[row], 3))))
    return {iso: spot for _, iso, spot in sorted(found, reverse=True)}


def _overlaps(ring: Sequence[Point], box: Box) -> bool:
    lons, lats = zip(*ring, strict=True)
    return bool(min(lons) < box[2] and max(lons) > box[0] and min(lats) < box[3] and max(lats) > box[1])


def _inside(
    rings: Sequence[Sequence[Point]], lons: npt.NDArray[np.float64], lats: Sequence[float]
) -> npt.NDArray[np.bool_]:
    """Return for each row (latitude) and column (longitude) whether the point lies within the rings."""
    edges = np.array([(*a, *b) for ring in rings for a, b in pairwise(ring)]).T
    inside = np.zeros((len(lats), len(lons)), bool)
    for row, lat in enumerate(lats):
        x1, y1, x2, y2 = edges[:, (edges[1] > lat) != (edges[3] > lat)]
        crossings = np.sort(x1 + (lat - y1) / (y2 - y1) * (x2 - x1))
        inside[row] = np.searchsorted(crossings, lons) % 2 == 1
    return inside


def _deepest(inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return the cell that is left after taking away the rim again and again; of several, the one in their middle."""
    left = inside
    while True:
        padded = np.pad(left, 1)
        core = left & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
        if not core.any():
            break
        left = core
    cells = np.argwhere(left)
    middle = int(np.argmin(((cells - cells.mean(axis=0)) ** 2).sum(axis=1)))
    return int(cells[middle][0]), int(cells[middle][1])
