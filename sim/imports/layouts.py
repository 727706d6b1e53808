"""Layouts of official files, as data: their columns, the names of these, and what a row represents.

Frontex: monthly detections of illegal border-crossing since 2009, by route, type of border and nationality; a column a
month, headed by a date or by text such as ``JAN2009`` or ``1/2021``, or a row a month. Detections are not persons, and
hold few of those who were turned back at the border. IOM: the incidents of the Missing Migrants Project since 2014,
one a row, whose columns have had three sets of names. They are minimum counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.imports.months import looks_like_month
from sim.imports.names import column_key


class Layout(NamedTuple):
    """The layout of a kind of table.

    Attributes:
        title: Name in messages.
        measure: What it counts.
        columns: By role, the names that the column has had, the best first; see `column_key` for what is the same.
        needs: All of these; of each, one at least of the roles, or sets of roles, with blanks between them.
        incidents: Whether a row is an incident, so that a month without a row is a month without incidents.
        months_across: Whether each month has a column.
    """

    title: str
    measure: str
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[tuple[str, ...], ...]
    incidents: bool = False
    months_across: bool = False


_FRONTEX = {
    "route": ("Route", "Routes", "Migratory route", "Migration route"),
    "border": ("Border type", "Border type or inland", "Border location", "Border", "Type of border"),
    "nationality": ("Nationality", "Nationality long", "Nationality of detected", "Citizenship", "Country of origin"),
}
LAYOUTS = (
    Layout(
        "IOM's Missing Migrants",
        "deaths",
        {
            "total": ("Dead and missing",),
            "dead": ("Dead", "Deaths", "Dead persons", "Confirmed dead"),
            "missing": ("Missing", "Missing persons", "Presumed missing"),
            "route": ("Migration route", "Route", "Region of incident", "Region", "Area"),
            "date": ("Incident date", "Date of incident", "Reported date", "Date"),
            "year": ("Incident year", "Reported year", "Year"),
            "month": ("Incident month", "Reported month", "Month"),
            "coordinates": ("Coordinates", "Location coordinates"),
            "latitude": ("Latitude", "Lat"),
            "longitude": ("Longitude", "Lon", "Long", "Lng"),
            "identity": ("Incident ID", "Web ID", "ID"),
        },
        needs=(("total", "dead", "missing"), ("date", "year month")),
        incidents=True,
    ),
    Layout(
        "Frontex's monthly detections, a column a month",
        "detections",
        _FRONTEX,
        needs=(("route",), ("months",)),
        months_across=True,
    ),
    Layout(
        "Frontex's monthly detections, a row a month",
        "detections",
        {
            **_FRONTEX,
            "date": ("Reporting month", "Reporting period", "Period", "Date", "Month"),
            "year": ("Year", "Reporting year"),
            "month": ("Month", "Reporting month"),
            "count": ("Detections", "Detections of IBC", "IBC", "Illegal border crossings",
                      "Detections of illegal border crossing", "Detections of illegal border crossings", "Crossings",
                      "Count", "Value", "Number", "Total"),
        },
        needs=(("route",), ("date", "year month"), ("count",)),
    ),
)  # fmt: skip


def columns_of(layout: Layout, header: Sequence[Any]) -> dict[str, list[int]]:
    """Return, by role, the columns with the best of its names; more than one if the name stands twice."""
    keys = [column_key(name) for name in header]
    found = {}
    for role, names in layout.columns.items():
        best = next((name for name in map(column_key, names) if name in keys), None)
        if best is not None:
            found[role] = [position for position, key in enumerate(keys) if key == best]
    if layout.months_across and (months := [k for k, name in enumerate(header) if looks_like_month(name)]):
        found["months"] = months
    return found


def recognised(header: Sequence[Any]) -> Layout | None:
    """Return the layout of a header; None if it is of none."""
    for layout in LAYOUTS:
        there = columns_of(layout, header)
        if all(any(set(roles.split()) <= set(there) for roles in group) for group in layout.needs):
            return layout
    return None


def understood(header: Sequence[Any]) -> int:
    """Return how many cells of a line are columns of the layout that it is the header of; 0 if it is none."""
    layout = recognised(header)
    return len({k for columns in columns_of(layout, header).values() for k in columns}) if layout else 0
