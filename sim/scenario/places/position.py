"""A position on the map, as scenarios give it."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.entry import Entry, Title

FURTHEST = 85.0  # degrees of latitude: the map's projection has no poles


class Position(Entry):
    """Where an origin, hub, zone, landing, agency or border section lies on the map; no result depends on it."""

    title: Title | None = Field(None, description="Name on the map; by default that of the entry.")
    latitude: float | None = Field(
        None, ge=-FURTHEST, le=FURTHEST, description="Latitude (WGS 84).", json_schema_extra={"unit": "degrees north"}
    )
    longitude: float | None = Field(
        None, ge=-180, le=180, description="Longitude (WGS 84).", json_schema_extra={"unit": "degrees east"}
    )
    line: list[list[float]] | None = Field(
        None,
        min_length=2,
        max_length=2000,
        description="Of a section: its line as [latitude, longitude] pairs; two ends are enough along a land border.",
    )
