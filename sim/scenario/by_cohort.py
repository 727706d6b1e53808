"""Quantities that may be given by cohort: ``60``, or ``{iraq: 100, syria: {uniform: [200, 400]}, others: 150}``.

``others`` stands for the cohorts that are not named; it may be left out where all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import PlainValidator

from sim.scenario.entry import NAME_PATTERN, WRITTEN_IN_PARTS, read_parts, schema_in_parts
from sim.scenario.errors import choices, show
from sim.scenario.quantity import Distribution, parse_quantity

OTHERS = "others"
Misfit = tuple[tuple[str, ...], str]  # the key at fault, if it is one, and what is wrong


def _name(key: Any) -> str:
    """Return a cohort's name; which names there are, only the scenario knows."""
    if not isinstance(key, str):
        raise ValueError(f"found {show(str(key))}; allowed: names of cohorts, or {OTHERS!r}")
    return key


def _read(value: Any) -> Any:
    return read_parts(value, _name) if value != {} else parse_quantity(value)


ByCohort = Annotated[
    float | Distribution | dict[str, float | Distribution],
    PlainValidator(_read),
    WRITTEN_IN_PARTS,
    schema_in_parts("By cohort; `others` stands for the cohorts that are not named.", NAME_PATTERN),
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
