"""Registries of classes of which an entry's key ``kind`` chooses one: measures, and triggers and actions of reactions.

A kind may be added at run time, before a scenario that uses it is loaded.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, TypeAdapter
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sim.scenario.entry import NAME_PATTERN, Entry
from sim.scenario.errors import BY_EXTENSION, choices, show

NO_KIND = "no_kind"  # type of pydantic's error for an entry whose ``kind`` is missing or unknown


class Registry[Base: Entry]:
    """The kinds of one base class, by name.

    Args:
        base: The class of which every kind is a subclass.
        methods: Methods of which every kind defines one.
        call: How the first is called, for the message to who forgets it.
    """

    def __init__(self, base: type[Base], methods: tuple[str, ...], call: str) -> None:
        """Begin without kinds."""
        self.base, self.methods, self.call = base, methods, call
        self.known: dict[str, type[Base]] = {}
        _REGISTRIES[base] = self

    def register[Kind: Entry](self, kind: type[Kind]) -> type[Kind]:
        """Let scenarios use a kind; returns the class, to serve as a decorator.

        Raises:
            TypeError: If it is not a subclass of the base, or lacks ``kind: Literal["its-name"]`` or a method.
            ValueError: If its name is taken by another class.
        """
        written: Any = kind
        if not (isinstance(kind, type) and issubclass(written, self.base)):
            raise TypeError(f"found {kind!r}; allowed: a subclass of {self.base.__name__}")
        field = written.model_fields.get("kind")
        names = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
        if len(names) != 1 or not re.match(NAME_PATTERN, str(names[0])):
            text = 'allowed: kind: Literal["a-name"], lower-case letters, digits and single hyphens'
            raise TypeError(f"{kind.__name__}: found {f'the kinds {names}' if names else 'no kind'}; {text}")
        if all(getattr(kind, method) is getattr(self.base, method) for method in self.methods):
            raise TypeError(f"{kind.__name__}: found no method `{self.methods[0]}`; needed: {self.call}")
        taken = self.known.get(names[0])
        if taken is not None and taken is not written:
            whose = taken.__name__
            raise ValueError(f"found the kind {names[0]!r}, which is {whose}'s; allowed: a name that is not taken")
        self.known[names[0]] = written
        return kind

    def unregister(self, name: str) -> None:
        """Remove a kind; raises KeyError if there is none of that name."""
        if name not in self.known:
            raise KeyError(f"found the kind {name!r}; {choices(self.known, name)}")
        del self.known[name]

    def read(self, value: Any) -> Any:
        """Return an entry of the kind that a mapping names."""
        if isinstance(value, self.base):
            return value
        if not isinstance(value, dict):
            raise PydanticCustomError("dict_type", "found no mapping")
        name = value.get("kind")
        if not isinstance(name, str) or name not in self.known:
            raise PydanticCustomError(NO_KIND, "unknown kind", {"base": self.base})
        return self.known[name].model_validate(value)

    def missing(self, found: Any) -> str:
        """Describe what is wrong with a mapping whose ``kind`` is missing or unknown."""
        if isinstance(found, dict) and "kind" in found:
            return f"kind: found {show(found['kind'])}; {choices(self.known, found['kind'])}{BY_EXTENSION}"
        return f"missing `kind`; {choices(self.known)}"


_REGISTRIES: dict[type[Entry], Registry[Any]] = {}


def registry_of(base: Any) -> Registry[Any] | None:
    """Return the registry of a base class; None for any other type."""
    return _REGISTRIES.get(base) if isinstance(base, type) else None


def _write(entry: Entry, info: SerializationInfo) -> dict[str, Any]:
    return entry.model_dump(mode=info.mode, exclude_none=info.exclude_none)


class OfItsKind(NamedTuple):
    """Tells pydantic to look an entry's kind up when it reads one: ``Annotated[Base, OfItsKind(registry)]``."""

    registry: Registry[Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a validator that asks the registry."""
        write = core_schema.plain_serializer_function_ser_schema(_write, info_arg=True)
        return core_schema.no_info_plain_validator_function(self.registry.read, serialization=write)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the union of all kinds."""
        union: Any = Annotated[reduce(or_, self.registry.known.values()), Field(discriminator="kind")]
        return handler(TypeAdapter(union).core_schema)
