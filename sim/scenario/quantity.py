"""Quantities of a scenario: numbers, or distributions over numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic.fields import FieldInfo

KINDS: dict[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "choice": ("value", "value", "..."),
    "joint": ("value", "value", "..."),
}
JOINT = "joint"
_LISTS = ("choice", JOINT)


@dataclass(frozen=True)
class Distribution:
    """A distribution of a scenario parameter.

    ``kind`` is one of ``uniform [low, high]``, ``triangular [low, mode, high]``,
    ``normal [mean, sd]``, ``lognormal [median, sigma of the logarithm]``,
    ``choice [value, ...]`` (each value equally likely) or ``joint [value, ...]``.
    All in the unit of the parameter. ``normal`` and ``lognormal`` are truncated to
    the parameter's range.

    ``joint`` values are equally likely too, but those of all parameters of a scenario are
    drawn together: the k-th of one with the k-th of every other. So particles of a calibration
    stay intact. A run without uncertainty takes the first values.
    """

    kind: str
    arguments: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise ValueError if the arguments do not define a distribution."""
        names, values = KINDS[self.kind], self.arguments
        if self.kind in _LISTS:
            if not values:
                raise ValueError(f"{self.kind} needs at least one value")
            return
        if len(values) != len(names):
            raise ValueError(f"{self.kind} needs [{', '.join(names)}], found {len(values)} numbers")
        if self.kind in ("uniform", "triangular") and list(values) != sorted(values):
            raise ValueError(f"{self.kind} [{', '.join(names)}] must not fall, found {list(values)}")
        if self.kind in ("normal", "lognormal") and values[1] <= 0:
            raise ValueError(f"{names[1]} of {self.kind} must be above 0, found {values[1]}")
        if self.kind == "lognormal" and values[0] <= 0:
            raise ValueError(f"median of lognormal must be above 0, found {values[0]}")

    @property
    def centre(self) -> float:
        """Return the value that a run without parameter uncertainty takes: the mode or median."""
        a = self.arguments
        if self.kind == "uniform":
            return (a[0] + a[1]) / 2
        if self.kind == "triangular":
            return a[1]
        if self.kind == "choice":
            return sorted(a)[(len(a) - 1) // 2]
        return a[0]

    @property
    def support(self) -> tuple[float, float]:
        """Return the lowest and highest value before truncation to the parameter's range."""
        if self.kind == "normal":
            return -math.inf, math.inf
        if self.kind == "lognormal":
            return 0.0, math.inf
        return min(self.arguments), max(self.arguments)

    def quantile(self, u: float, low: float = -math.inf, high: float = math.inf) -> float:
        """Return the value at probability ``u`` in (0, 1), truncated to [low, high]; for ``joint``, on its own."""
        a = self.arguments
        if self.kind == "uniform":
            return a[0] + u * (a[1] - a[0])
        if self.kind == "triangular":
            lo, mode, hi = a
            if hi == lo:
                return lo
            left = (mode - lo) / (hi - lo)
            if u < left:
                return lo + math.sqrt(u * (hi - lo) * (mode - lo))
            return hi - math.sqrt((1 - u) * (hi - lo) * (hi - mode))
        if self.kind in _LISTS:
            ordered = a if self.kind == "choice" else sorted(a)
            return ordered[min(int(u * len(a)), len(a) - 1)]
        if self.kind == "normal":
            value = _truncated_normal(u, a[0], a[1], low, high)
        else:
            log_low = math.log(low) if low > 0 else -math.inf
            log_high = math.log(high) if high < math.inf else math.inf
            log_value = _truncated_normal(u, math.log(a[0]), a[1], log_low, log_high)
            value = math.exp(min(max(log_value, log_low), log_high, 700.0))
        return min(max(value, low), high)

    def to_yaml(self) -> dict[str, list[float]]:
        """Return the mapping that represents this distribution in a scenario file."""
        return {self.kind: list(self.arguments)}


def _truncated_normal(u: float, mean: float, sd: float, low: float, high: float) -> float:
    normal, below, above = _tails(mean, sd, low, high)
    p = below + u * (above - below)
    return normal.inv_cdf(min(max(p, 1e-12), 1 - 1e-12))


@lru_cache(maxsize=4096)
def _tails(mean: float, sd: float, low: float, high: float) -> tuple[NormalDist, float, float]:
    normal = NormalDist(mean, sd)
    below = normal.cdf(low) if low > -math.inf else 0.0
    above = normal.cdf(high) if high < math.inf else 1.0
    return normal, below, above


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"found {value!r}; a number is needed, without a unit")
    if (isinstance(value, int) and abs(value) > 10**300) or not math.isfinite(value):
        raise ValueError(f"found {value!r}; a finite number is needed")
    return float(value)


def parse_quantity(value: Any) -> float | Distribution:
    """Parse a number or ``{kind: [numbers]}``; raises ValueError with what is allowed."""
    if isinstance(value, Distribution):
        return value
    if isinstance(value, dict):
        if len(value) != 1 or next(iter(value)) not in KINDS:
            allowed = ", ".join(f"{kind}: [{', '.join(names)}]" for kind, names in KINDS.items())
            raise ValueError(f"found {dict(value)!r}; a distribution is one of {{{allowed}}}")
        kind, arguments = next(iter(value.items()))
        if not isinstance(arguments, (list, tuple)):
            raise ValueError(f"{kind} needs a list of numbers, found {arguments!r}")
        return Distribution(kind, tuple(_number(a) for a in arguments))
    return _number(value)


def is_distribution(value: Any) -> bool:
    """Return whether a value is a distribution, or a mapping with a distribution's kind as its only key."""
    if isinstance(value, dict):
        return len(value) == 1 and next(iter(value)) in KINDS
    return isinstance(value, Distribution)


def centre(value: float | Distribution) -> float:
    """Return the number for a quantity in a run without uncertainty."""
    return value.centre if isinstance(value, Distribution) else value


QUANTITY_JSON_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number"},
        *(
            {
                "type": "object",
                "properties": {kind: {"type": "array", "items": {"type": "number"}}},
                "required": [kind],
                "additionalProperties": False,
                "description": f"{kind}: [{', '.join(names)}]",
            }
            for kind, names in KINDS.items()
        ),
    ]
}

Quantity = Annotated[
    float | Distribution,
    PlainValidator(parse_quantity),
    PlainSerializer(lambda v: v.to_yaml() if isinstance(v, Distribution) else v),
    WithJsonSchema(QUANTITY_JSON_SCHEMA),
]


def quantity(
    default: Any,
    unit: str,
    low: float,
    high: float,
    description: str,
    source: str = "assumption",
) -> Any:
    """Declare a field of type `Quantity` with its unit, allowed range and source."""
    info: FieldInfo = Field(
        default,
        description=description,
        json_schema_extra={"unit": unit, "range": [low, high], "source": source},
    )
    return info
