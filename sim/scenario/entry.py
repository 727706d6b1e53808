"""The base of all entries of a scenario: types of names and dates, ranges, values by date, declaration of fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from sim.data.days import is_day
from sim.scenario.quantity import (
    QUANTITY_JSON_SCHEMA,
    Distribution,
    Quantity,
    is_distribution,
    parse_quantity,
    quantity,
)

NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=60)]
# Control characters would reach terminals and reports as commands; directional ones can disguise a text.
_BIDI = r"\u202a-\u202e\u2066-\u2069"
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=rf"^[^\x00-\x1f\x7f-\x9f{_BIDI}]+$")]
Text = Annotated[str, StringConstraints(max_length=5000, pattern=rf"^[^\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]*$")]


FIRST_YEAR, LAST_YEAR = 1990, 2100


def parse_day(value: Any) -> Any:
    """Parse a date or its ISO text, but not a number of seconds, which pydantic would accept as a date."""
    if isinstance(value, str) and is_day(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"found {value}, which is no day of the calendar") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"found {value!r}; a date such as 2021-08-03 is allowed")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"found {value}; dates of the years {FIRST_YEAR} to {LAST_YEAR} are allowed")
    return value


Day = Annotated[date, BeforeValidator(parse_day)]

# Sources of a quantity: of its default, and of the range in which scenarios should choose. Any other text is where the
# figure is from. A quantity without a default, which each scenario gives, needs none here.
ASSUMED = "assumption"
NEUTRAL = "none needed: without effect at its default"
FITTED = "fitted: "
BY_DATE = " Mapping of dates to values; each holds from its date until the next."

OR_BY_DATE = (
    " Or a mapping of dates to values; each holds from its date until the next, and the default before the first date."
)
DATE_KEY = r"^\d{4}-\d{2}-\d{2}$"


def rows(*names: str) -> str:
    """Return the source of a parameter that is based on rows of ``sim/data/parameters.csv``."""
    return f"sim/data/parameters.csv: {', '.join(names)}"


def fitted(*names: str) -> str:
    """Return the source of a parameter that these experiments fit, for shipped scenarios or forecasts."""
    return FITTED + ", ".join(f"experiments/{name}.yaml" for name in names)


class RangeError(ValueError):
    """A quantity outside its range; ``key`` is its key if it is in a mapping."""

    def __init__(self, text: str, key: Any = None) -> None:
        super().__init__(text)
        self.key = key


class Entry(BaseModel):
    """Base of all entries: unknown keys are errors, types are strict, quantities stay within their range."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        validate_default=True,
        arbitrary_types_allowed=True,
        defer_build=True,  # a nested entry is checked by the scenario's validator; its own is seldom needed
    )
    is_process: ClassVar[bool] = False  # whether it stands for a random path, which `sim.scenario.resolve` draws

    @field_validator("*", mode="after")
    @classmethod
    def _in_order(cls, value: Any) -> Any:
        return dict(sorted(value.items())) if isinstance(value, dict) else value

    @field_validator("*", mode="after")
    @classmethod
    def _within_range(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        if not isinstance(extra, dict) or "range" not in extra or value is None:
            return value
        bounds: Any = extra["range"]
        low, high = bounds
        unit = extra["unit"]
        for key, number in _numbers(value):
            if not _fits(number, low, high):
                found = number.to_yaml() if isinstance(number, Distribution) else f"{number:g}"
                limit = f"from {figure(low)} to {figure(high)}"
                raise RangeError(f"found {found}; a value {limit} is allowed (unit: {unit})", key)
        return value


def _numbers(value: Any) -> Iterable[tuple[Any, float | Distribution]]:
    """Yield the quantities of a field with their keys: a mapping's, a list's, or None for a single one."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else [(None, value)]


def figure(value: float) -> str:
    """Return a number as written in messages: ``1,000,000`` or ``0.05``."""
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _fits(number: float | Distribution, low: float, high: float) -> bool:
    if not isinstance(number, Distribution):
        return low <= number <= high
    if number.kind in ("normal", "lognormal"):  # truncated to the range, but centred within it
        return low <= number.centre <= high
    bottom, top = number.support
    return low <= bottom and top <= high


def schedule(unit: str, low: float, high: float, description: str, source: str = ASSUMED) -> Any:
    """Declare a field ``{date: quantity}``: each value holds from its date on."""
    return Field(
        default_factory=dict,
        description=description + BY_DATE,
        json_schema_extra={"unit": unit, "range": [low, high], "source": source},
    )


Schedule = dict[Day, Quantity]


def read_parts(value: Any, key: Callable[[Any], Any]) -> Any:
    """Return a quantity, or a mapping of keys, each as ``key`` reads it, to quantities.

    Raises:
        RangeError: With the key of a value that is not allowed, or that ``key`` refuses with a ValueError.
        ValueError: If the value as a whole is no quantity.
    """
    if not isinstance(value, dict) or is_distribution(value):
        return parse_quantity(value)
    if any(isinstance(item, (list, tuple)) for item in value.values()):
        return parse_quantity(value)  # meant as a distribution
    quantities = {}
    for name, item in value.items():
        try:
            quantities[key(name)] = parse_quantity(item)
        except ValueError as error:
            raise RangeError(str(error), name) from None
    return quantities


def _write_parts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _write_parts(item) for key, item in value.items()}
    return value.to_yaml() if isinstance(value, Distribution) else value


WRITTEN_IN_PARTS = PlainSerializer(_write_parts)


def schema_in_parts(description: str, pattern: str) -> WithJsonSchema:
    """Return the JSON schema of a quantity, or of quantities by keys of a pattern."""
    parts = {"type": "object", "description": description, "patternProperties": {pattern: QUANTITY_JSON_SCHEMA}}
    return WithJsonSchema({"anyOf": [*QUANTITY_JSON_SCHEMA["anyOf"], parts]})


# A quantity that may be given by date: ``186``, or ``{2022-01-25: 20, 2022-06-30: {uniform: [180, 190]}}``. Each value
# holds from its date until the next, and before the first the field's default does, so that nothing is there before it
# is built. What is built up evenly has a date for each step.
ByDate = Annotated[
    float | Distribution | dict[date, float | Distribution],
    PlainValidator(lambda value: read_parts(value, parse_day)),
    WRITTEN_IN_PARTS,
    schema_in_parts("By date; each holds from its date until the next.", DATE_KEY),
]


def by_date(default: float, unit: str, low: float, high: float, description: str, source: str = ASSUMED) -> Any:
    """Declare a field of type `ByDate` with its unit, allowed range and source."""
    return quantity(default, unit, low, high, description + OR_BY_DATE, source)


def dated(entry: Entry, field: str) -> tuple[Mapping[date, Any], Any]:
    """Return a field's values by date, none if it is given as one number, and the value before the first date."""
    value = getattr(entry, field)
    return (value, type(entry).model_fields[field].default) if isinstance(value, dict) else ({}, value)


_PLAIN = frozenset({float, int, str, bool, date, type(None)})


def is_uncertain(value: Any) -> bool:
    """Return whether a scenario, or a part of one, contains a distribution or a random process."""
    left = [value]
    while left:
        part = left.pop()
        if type(part) in _PLAIN:  # most are; it is asked before each run
            continue
        if isinstance(part, Distribution) or (isinstance(part, Entry) and part.is_process):
            return True
        if isinstance(part, dict):
            left += part.values()
        elif isinstance(part, Entry):
            left += part.__dict__.values()
    return False
