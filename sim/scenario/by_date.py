"""Quantities that may be given by date: ``186``, or ``{2022-01-25: 20, 2022-06-30: {uniform: [180, 190]}}``.

Each value holds from its date until the next, and before the first the field's default does, so that nothing is there
before it is built. What is built up evenly has a date for each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from sim.scenario.entry import ASSUMED, Entry, RangeError, parse_day
from sim.scenario.quantity import QUANTITY_JSON_SCHEMA, Distribution, is_distribution, parse_quantity, quantity

OR_BY_DATE = (
    " Or a mapping of dates to values; each holds from its date until the next, and the default before the first date."
)
DATE_KEY = r"^\d{4}-\d{2}-\d{2}$"


def _read(value: Any) -> Any:
    if not isinstance(value, dict) or is_distribution(value):
        return parse_quantity(value)
    if any(isinstance(item, (list, tuple)) for item in value.values()):
        return parse_quantity(value)  # meant as a distribution
    quantities = {}
    for day, item in value.items():
        try:
            quantities[parse_day(day)] = parse_quantity(item)
        except ValueError as error:
            raise RangeError(str(error), day) from None
    return quantities


def _write(value: Any) -> Any:
    if isinstance(value, dict):
        return {day: _write(item) for day, item in value.items()}
    return value.to_yaml() if isinstance(value, Distribution) else value


ByDate = Annotated[
    float | Distribution | dict[date, float | Distribution],
    PlainValidator(_read),
    PlainSerializer(_write),
    WithJsonSchema(
        {
            "anyOf": [
                *QUANTITY_JSON_SCHEMA["anyOf"],
                {
                    "type": "object",
                    "description": "By date; each holds from its date until the next.",
                    "patternProperties": {DATE_KEY: QUANTITY_JSON_SCHEMA},
                },
            ]
        }
    ),
]


def by_date(default: float, unit: str, low: float, high: float, description: str, source: str = ASSUMED) -> Any:
    """Declare a field of type `ByDate` with its unit, allowed range and source."""
    return quantity(default, unit, low, high, description + OR_BY_DATE, source)


def dated(entry: Entry, field: str) -> tuple[Mapping[date, Any], Any]:
    """Return a field's values by date, none if it is given as one number, and the value before the first date."""
    value = getattr(entry, field)
    return (value, type(entry).model_fields[field].default) if isinstance(value, dict) else ({}, value)
