"""Make ``sim/data/countries.topojson`` from Natural Earth, as `sim/data/MAP.md` tells.

The source is ``countries-10m.json`` of the npm package `world-atlas` 2.0.2 (``npm pack world-atlas@2.0.2``), in the
public domain; codes and names of countries stand in ``codes.csv`` beside this file. To use:

    python experiments/map/outlines.py countries-10m.json > sim/data/countries.topojson
"""

from __future__ import annotations

import csv
import heapq
import json
import math
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

FRAME = (-26.0, 10.0, 76.0, 82.0)  # west, south, east, north, in degrees: elsewhere there are only coarse outlines
SCALE = 1000  # degrees to whole numbers
# Least area of a triangle of three neighbouring points, in km2 (Visvalingam and Whyatt 1993, Cartographic Journal
# 30(1), 46-51): of a border on land, a coast, and anything outside the frame; and least area of an island.
BORDER, COAST, FAR = 0.06, 2.0, 200.0
ISLAND, FAR_ISLAND = 4.0, 2500.0
# Islands that are smaller, and yet reached: Lampedusa, Pantelleria, Gozo, Gavdos, Kastellorizo, El Hierro.
KEPT = ((12.6, 35.5), (12.0, 36.8), (14.25, 36.05), (24.1, 34.83), (29.59, 36.14), (-18.0, 27.74))
# What Natural Earth draws by itself and the map draws with a country.
PARTS = {
    "N. Cyprus": "CYP", "Cyprus U.N. Buffer Zone": "CYP", "Akrotiri": "CYP", "Dhekelia": "CYP", "Somaliland": "SOM",
    "Baikonur": "KAZ", "USNB Guantanamo Bay": "CUB", "Siachen Glacier": "IND", "Kosovo": "XKX",
    "Indian Ocean Ter.": "AUS", "Coral Sea Is.": "AUS", "Ashmore and Cartier Is.": "AUS",
}  # fmt: skip
LEFT_OUT = {"Spratly Is.", "Clipperton I.", "Bajo Nuevo Bank", "Serranilla Bank", "Scarborough Reef", "Antarctica"}
CRIMEA = (34.1, 45.0)
Ring = list[int]  # arcs by number; ~n is arc n from its end
Point = tuple[float, float]
Points = list[Point]


def main(source: Path) -> None:
    """Write the topology to the standard output."""
    topology = json.loads(source.read_text("utf-8"))
    arcs = decoded(topology)
    with Path(__file__).with_name("codes.csv").open(encoding="utf-8", newline="") as stream:
        codes = list(csv.DictReader(stream))
    rings = by_country(topology, {row["numeric"]: row["iso3"] for row in codes})
    crimea_to_ukraine(rings, arcs)
    rings = {iso: stitched(found, arcs) for iso, found in rings.items()}
    rings = {iso: [ring for ring in found if stays(ring, found, arcs)] for iso, found in rings.items()}
    uses = Counter(plain(arc) for found in rings.values() for ring in found for arc in ring)
    thin = {arc: simplified(arcs[arc], BORDER if count > 1 else COAST) for arc, count in uses.items()}
    print(encoded(rings, thin, {row["iso3"]: row["name"] for row in codes}))


def decoded(topology: dict[str, Any]) -> list[Points]:
    """Return the arcs in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for flat in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in flat:
            x, y = x + dx, y + dy
            arc.append((x * sx + tx, y * sy + ty))
        arcs.append(arc)
    return arcs


def by_country(topology: dict[str, Any], codes: dict[str, str]) -> dict[str, list[Ring]]:
    """Return rings by code of three letters."""
    found: dict[str, list[Ring]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        if name in LEFT_OUT:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        own = found.setdefault(PARTS.get(name) or codes[shape["id"]], [])
        own.extend(ring for polygon in polygons for ring in polygon)
    return dict(sorted(found.items()))


def crimea_to_ukraine(rings: dict[str, list[Ring]], arcs: list[Points]) -> None:
    """Move the ring that holds Crimea (UN General Assembly, resolution 68/262)."""
    [ring] = [ring for ring in rings["RUS"] if inside(CRIMEA, points_of(ring, arcs))]
    rings["RUS"].remove(ring)
    rings["UKR"].append(ring)


def plain(arc: int) -> int:
    """Return the number of an arc, whatever its direction."""
    return ~arc if arc < 0 else arc


def walked(arc: int, arcs: list[Points]) -> Points:
    """Return the points of an arc in its direction."""
    return arcs[~arc][::-1] if arc < 0 else arcs[arc]


def points_of(ring: Ring, arcs: list[Points]) -> Points:
    """Return the points of a ring."""
    points: Points = []
    for arc in ring:
        points += walked(arc, arcs)[bool(points) :]
    return points


def inside(point: Point, ring: Points) -> bool:
    """Return whether a ray from the point crosses the ring an odd number of times."""
    x, y = point
    crossed = ((a, b) for a, b in pairwise(ring) if (a[1] > y) != (b[1] > y))
    return sum(x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) for a, b in crossed) % 2 == 1


def stitched(rings: list[Ring], arcs: list[Points]) -> list[Ring]:
    """Return the rings of the union of a country's parts: arcs that are walked both ways are left out."""
    uses = Counter(plain(arc) for ring in rings for arc in ring)
    touching = [ring for ring in rings if any(uses[plain(arc)] > 1 for arc in ring)]
    whole = [ring for ring in rings if ring not in touching]
    walks = Counter(arc for ring in touching for arc in ring)
    loose = [arc for arc in walks if walks[arc] > walks[~arc]]
    while loose:
        ring = [loose.pop()]
        while walked(ring[-1], arcs)[-1] != walked(ring[0], arcs)[0]:
            end = walked(ring[-1], arcs)[-1]
            following = next(arc for arc in loose if walked(arc, arcs)[0] == end)
            loose.remove(following)
            ring.append(following)
        whole.append(ring)
    return whole


def stays(ring: Ring, rings: list[Ring], arcs: list[Points]) -> bool:
    """Return whether a ring is large, borders another country, is its country's largest, or one that people reach."""
    if len(ring) > 1:
        return True
    points = points_of(ring, arcs)
    if any(math.dist(points[0], spot) < 0.2 for spot in KEPT):
        return True
    size = area(points)
    return size >= (FAR_ISLAND if far(points[0]) else ISLAND) or size >= max(area(points_of(r, arcs)) for r in rings)


def area(points: Points) -> float:
    """Return the area of a ring in km2, roughly."""
    shrink = math.cos(math.radians(points[0][1]))
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))) / 2 * shrink * 111.195**2


def far(point: Point) -> bool:
    """Return whether a point lies outside the frame."""
    return not (FRAME[0] <= point[0] <= FRAME[2] and FRAME[1] <= point[1] <= FRAME[3])


def simplified(arc: Points, near: float) -> Points:
    """Return an arc without the points of least effect; its ends stay, and of a closed one at least three others."""
    before, after = list(range(-1, len(arc) - 1)), list(range(1, len(arc) + 1))
    least = [(FAR if far(point) else near) for point in arc]
    fewest = 5 if arc[0] == arc[-1] else 2
    effect = {k: area([arc[k - 1], arc[k], arc[k + 1], arc[k - 1]]) / least[k] for k in range(1, len(arc) - 1)}
    heap = [(size, k) for k, size in effect.items()]
    heapq.heapify(heap)
    while heap and len(effect) + 2 > fewest:
        size, k = heapq.heappop(heap)
        if size >= 1:
            break
        if effect.get(k) != size:
            continue  # gone, or changed since
        del effect[k]
        after[before[k]], before[after[k]] = after[k], before[k]
        for n in (before[k], after[k]):
            if n in effect:
                corners = [arc[before[n]], arc[n], arc[after[n]], arc[before[n]]]
                effect[n] = max(area(corners) / least[n], size)
                heapq.heappush(heap, (effect[n], n))
    return [point for k, point in enumerate(arc) if k in effect or k in (0, len(arc) - 1)]


def encoded(rings: dict[str, list[Ring]], thin: dict[int, Points], names: dict[str, str]) -> str:
    """Return TopoJSON, an arc or a country a line: differences in thousandths of a degree."""
    order = list(dict.fromkeys(plain(arc) for found in rings.values() for ring in found for arc in ring))
    numbers = {arc: number for number, arc in enumerate(order)}
    shapes = [
        {
            "type": "MultiPolygon",
            "id": iso,
            "properties": {"name": names[iso]},
            "arcs": [[[numbers[arc] if arc >= 0 else ~numbers[~arc] for arc in ring]] for ring in found],
        }
        for iso, found in rings.items()
    ]
    head = f'{{"type":"Topology","transform":{{"scale":[{1 / SCALE},{1 / SCALE}],"translate":[0,0]}},'
    lines = ",\n".join(compact(shape) for shape in shapes)
    objects = f'"objects":{{"countries":{{"type":"GeometryCollection","geometries":[\n{lines}\n]}}}},'
    arcs = ",\n".join(compact(deltas(thin[arc])) for arc in order)
    return f'{head}\n{objects}\n"arcs":[\n{arcs}\n]}}'


def compact(value: Any) -> str:
    """Return JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def deltas(points: Points) -> list[list[int]]:
    """Return differences in whole numbers; neighbours that fall together are one."""
    whole = [[round(lon * SCALE), round(lat * SCALE)] for lon, lat in points]
    kept = [whole[0], *(b for a, b in pairwise(whole) if a != b)]
    kept += [kept[0]] * (len(kept) < 2)
    return [kept[0], *([b[0] - a[0], b[1] - a[1]] for a, b in pairwise(kept))]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
