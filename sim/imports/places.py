"""Parsing of the coordinates of incidents."""

from __future__ import annotations

import re
from typing import Any

from sim.imports.names import plain
from sim.imports.table import Table
from sim.scenario.errors import show

NO_PLACE = frozenset(("", "-", "na", "n/a", "nan", "unknown"))
_DEGREES = r"([-+]?\d{1,3}(?:\.\d+)?)"
_SIGN = re.compile(r"(^|[,;(] ?)(?:(\+)|[-\N{EN DASH}]) ?(?=\d)")  # after a number and a blank, a dash may be "to"
_POINT = re.compile(rf"\(?{_DEGREES}(?: ?[,;] ?| ){_DEGREES}\)?", re.ASCII)
_WKT = re.compile(rf"point ?\({_DEGREES} {_DEGREES}\)", re.ASCII | re.IGNORECASE)  # longitude first


def place_of(table: Table, line: int, cells: list[Any]) -> tuple[float, float] | None:
    """Return latitude and longitude; raises for a cell that is neither empty nor understood."""
    columns = table.columns
    if "coordinates" in columns:
        position = columns["coordinates"]
        text = _signed(cells[position])
        point, wkt = _POINT.fullmatch(text), _WKT.fullmatch(text)
        found = (point[1], point[2]) if point else (wkt[2], wkt[1]) if wkt else None
    elif "latitude" in columns and "longitude" in columns:
        position = columns["latitude"]
        apart = [_signed(cells[columns[role]]).replace(",", ".") for role in ("latitude", "longitude")]
        text = ", ".join(apart) if any(apart) else ""
        found = (apart[0], apart[1]) if all(re.fullmatch(_DEGREES, part, re.ASCII) for part in apart) else None
    else:
        return None
    place = (float(found[0]), float(found[1])) if found else None
    if place and abs(place[0]) <= 90 and abs(place[1]) <= 180:
        return place
    if text.casefold() not in NO_PLACE:
        table.notes.append(f"line {line}: found the place {show(text)}, which is no latitude and longitude in degrees")
    return None


def _signed(cell: Any) -> str:
    """Return a cell as text, with each sign in one form and next to its number."""
    return _SIGN.sub(lambda found: found[1] + (found[2] or "-"), plain(cell).replace("\N{MINUS SIGN}", "-"))
