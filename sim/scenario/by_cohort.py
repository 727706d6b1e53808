"""Quantities that may be given by cohort: ``60``, or ``{iraq: 100, syria: {uniform: [200, 400]}, others: 150}``.

``others`` stands for the cohorts that are not named; it may be left out where all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from sim.scenario.entry import NAME_PATTERN, RangeError
from sim.scenario.errors import choices, show
from sim.scenario.quantity import QUANTITY_JSON_SCHEMA, Distribution, is_distribution, parse_quantity

OTHERS = "others"
Misfit = tuple[tuple[str, ...], str]  # the key at fault, if it is one, and what is wrong


def _read(value: Any) -> Any:
    """Return a quantity, or a mapping of names to quantities; which names there are, only the scenario knows."""
    if not isinstance(value, dict) or not value or is_distribution(value):
        return parse_quantity(value)
    if any(isinstance(item, (list, tuple)) for item in value.values()):
        return parse_quantity(value)  # meant as a distribution
    quantities = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise RangeError(f"found {show(str(name))}; allowed: names of cohorts, or {OTHERS!r}", name)
        try:
            quantities[name] = parse_quantity(item)
        except ValueError as error:
            raise RangeError(str(error), name) from None
    return quantities


def _write(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _write(item) for name, item in value.items()}
    return value.to_yaml() if isinstance(value, Distribution) else value


ByCohort = Annotated[
    float | Distribution | dict[str, float | Distribution],
    PlainValidator(_read),
    PlainSerializer(_write),
    WithJsonSchema(
        {
            "anyOf": [
                *QUANTITY_JSON_SCHEMA["anyOf"],
                {
                    "type": "object",
                    "description": "By cohort; `others` stands for the cohorts that are not named.",
                    "patternProperties": {NAME_PATTERN: QUANTITY_JSON_SCHEMA},
                },
            ]
        }
    ),
]


def of_cohort(value: Any, cohort: str) -> Any:
    """Return the quantity of a cohort, or of `OTHERS`; None if a mapping has none for it."""
    return value.get(cohort, value.get(OTHERS)) if isinstance(value, dict) else value


def misfits(value: Any, cohorts: Iterable[str]) -> Iterator[Misfit]:
    """Yield what does not fit a scenario's cohorts: unknown names, and cohorts without a value."""
    if not isinstance(value, dict):
        return
    cohorts = list(cohorts)
    for name in value:
        if name not in (*cohorts, OTHERS):
            what = f"found {show(name)}, which is not one of the cohorts"
            yield (name,), f"{what}; {choices([*cohorts, OTHERS], name)}"
    missing = [name for name in cohorts if of_cohort(value, name) is None]
    if missing:
        names = ", ".join(map(repr, missing[:5])) + (", ..." if len(missing) > 5 else "")
        yield (), f"found no value for {names}; needed: one for each cohort, or {OTHERS!r} for all that are not named"
