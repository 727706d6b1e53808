"""The data dictionary of a study's folder: its tables in parts, and those derived from them."""

from __future__ import annotations

from collections.abc import Mapping

from sim.outputs.dictionary import FILE, SWEEP, dictionary, resource, resource_of
from sim.studies.store.recorded import OUTPUTS_ADDED, Recorded
from sim.studies.store.tables import SCHEMAS
from sim.studies.study import Study


def with_dictionary(study: Study, tables: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the derived files of a complete study, and the data dictionary of all its tables.

    Args:
        study: The study, whose parts are written.
        tables: Its derived files by name: CSV, Parquet and others, which no dictionary describes.
    """
    recorded = Recorded(study.folder)
    found = []
    for table, schema in SCHEMAS.items():
        if parts := [name for chunk in recorded.chunks if (name := recorded.name_of(table, chunk)) is not None]:
            found.append(resource(table, parts, schema.names))
    for file, content in tables.items():
        name, _, form = file.rpartition(".")
        if form in ("csv", "parquet"):
            found.append(resource_of(SWEEP if name in SCHEMAS else name, file, content))
    added = study.about.get(OUTPUTS_ADDED, {}).values()
    return {**tables, FILE: dictionary(study.about["title"], found, added)}
