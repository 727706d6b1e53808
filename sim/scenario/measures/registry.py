"""The kinds of measures that scenarios may use, looked up when a scenario is read.

A kind may be added at run time, before a scenario that uses it is loaded.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, TypeAdapter
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sim.scenario.entry import NAME_PATTERN
from sim.scenario.errors import BY_EXTENSION, choices, show
from sim.scenario.measures.base import Measure

KINDS: dict[str, type[Measure]] = {}


def register[Kind: type[Measure]](kind: Kind) -> Kind:
    """Let scenarios use a kind of measure; returns the class, to serve as a decorator.

    Raises:
        TypeError: If it is not a subclass of `Measure`, or lacks ``kind: Literal["its-name"]`` or ``apply``.
        ValueError: If its name is taken by another class.
    """
    if not (isinstance(kind, type) and issubclass(kind, Measure)):
        raise TypeError(f"found {kind!r}; allowed: a subclass of Measure")
    written: Any = kind
    field = written.model_fields.get("kind")
    names = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
    if len(names) != 1 or not re.match(NAME_PATTERN, str(names[0])):
        text = 'allowed: kind: Literal["a-name"], lower-case letters, digits and single hyphens'
        raise TypeError(f"{kind.__name__}: found {f'the kinds {names}' if names else 'no kind'}; {text}")
    if kind.apply is Measure.apply:
        raise TypeError(f"{kind.__name__}: found no method `apply`; needed: apply(self, model, name, on)")
    known = KINDS.get(names[0])
    if known is not None and known is not kind:
        raise ValueError(f"found the kind {names[0]!r}, which is {known.__name__}'s; allowed: a name that is not taken")
    KINDS[names[0]] = kind
    return kind


def unregister(name: str) -> None:
    """Remove a kind; raises KeyError if there is none of that name."""
    if name not in KINDS:
        raise KeyError(f"found the kind {name!r}; {choices(KINDS, name)}")
    del KINDS[name]


def _read(value: Any) -> Measure:
    """Return a measure of the kind that a mapping names."""
    if isinstance(value, Measure):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("dict_type", "found no mapping")
    name = value.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        raise PydanticCustomError("measure_kind", "unknown kind")
    return KINDS[name].model_validate(value)


def _write(measure: Measure, info: SerializationInfo) -> dict[str, Any]:
    return measure.model_dump(mode=info.mode, exclude_none=info.exclude_none)


class _OfItsKind:
    """Tells pydantic to look a measure's kind up when it reads one."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        write = core_schema.plain_serializer_function_ser_schema(_write, info_arg=True)
        return core_schema.no_info_plain_validator_function(_read, serialization=write)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        union: Any = Annotated[reduce(or_, KINDS.values()), Field(discriminator="kind")]
        return handler(TypeAdapter(union).core_schema)


AnyMeasure = Annotated[Measure, _OfItsKind]


def kind_missing(found: Any) -> str:
    """Describe what is wrong with a mapping whose ``kind`` is missing or unknown."""
    if isinstance(found, dict) and "kind" in found:
        return f"kind: found {show(found['kind'])}; {choices(KINDS, found['kind'])}{BY_EXTENSION}"
    return f"missing `kind`; {choices(KINDS)}"
