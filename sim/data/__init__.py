"""Data: places, border sections, the map, and published series; `README.md` here explains the figures.

Everything is read from files of this package. pandas is imported only when a table is read.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.data.csv_reader import records

if TYPE_CHECKING:
    import pandas as pd

_MAPS = {"borders": "borders.geojson", "countries": "countries.topojson"}


def allowed(names: Iterable[str], found: object) -> str:
    """Return the end of a message on a wrong name: the allowed names, and the one that was probably meant."""
    known = list(names)
    close = difflib.get_close_matches(str(found), known, n=1, cutoff=0.5)
    return f"allowed: {', '.join(known) or 'none'}" + (f" (did you mean {close[0]!r}?)" if close else "")


def text(name: str) -> str:
    """Return the text of a file of this package, such as ``places.csv``."""
    return _file(name).read_text(encoding="utf-8")


def read_places() -> pd.DataFrame:
    """Return the places that scenarios name.

    Returns:
        Indexed by ``name``: ``title``; ``kind`` (origin, hub, zone, coast, landing, onward); ``lon`` and ``lat``
        (degrees, WGS 84); ``source``.
    """
    return _table("places.csv", numbers=("lon", "lat")).set_index("name")


def read_sections() -> pd.DataFrame:
    """Return the sections of the borders of Poland, Lithuania and Latvia with Belarus.

    Returns:
        Indexed by ``code`` (``pl-by-1``): ``agency``, ``title``; ``length_km`` (km, official); ``note`` on the terrain;
        ``source``.
    """
    return _table("sections.csv", numbers=("length_km",)).set_index("code")


def observed_names() -> list[str]:
    """Return the names that `read_observed` takes, in order."""
    return sorted(f.name.removesuffix(".csv") for f in _file("observed").iterdir() if f.name.endswith(".csv"))


def read_observed(name: str) -> pd.DataFrame:
    """Return a published series. Its periods may overlap: never sum it.

    Args:
        name: One of `observed_names`, such as ``poland-attempts-2021``.

    Returns:
        One row per period: ``series``; ``period_start`` and ``period_end`` (days, both within the period); ``value``,
        ``low``, ``high`` (in the unit of the measure: attempts, detections, persons or flights; NaN where unknown, and
        ``low`` alone is a lower bound); ``measure``, the corresponding output of Corridor; ``basis`` (reported,
        derived); ``quality`` (primary, secondary); ``source``; ``agency``, ``transit_state``, ``route`` (empty text
        if the row concerns none); ``note``.

    Raises:
        ValueError: No series has this name.
    """
    names = observed_names()
    if name not in names:
        raise ValueError(f"found {name!r}, which is no observed series; {allowed(names, name)}")
    return _table(f"observed/{name}.csv", days=("period_start", "period_end"), numbers=("value", "low", "high"))


def map_path(name: str) -> Path:
    """Return the file of a map layer: degrees, WGS 84.

    Args:
        name: ``countries`` (outlines, TopoJSON) or ``borders`` (shared borders and their sections, GeoJSON).

    Raises:
        ValueError: No layer has this name.
    """
    if name not in _MAPS:
        raise ValueError(f"found {name!r}, which is no map layer; {allowed(_MAPS, name)}")
    return Path(str(_file(_MAPS[name])))


def _file(name: str) -> Traversable:
    return files("sim.data").joinpath(*name.split("/"))


def _table(name: str, days: tuple[str, ...] = (), numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(records(text(name)))
    for column in days:
        table[column] = pd.to_datetime(table[column], format="%Y-%m-%d")
    for column in numbers:  # an empty number is NaN; empty text stays empty text
        table[column] = [float(cell) if cell else float("nan") for cell in table[column]]
    return table
