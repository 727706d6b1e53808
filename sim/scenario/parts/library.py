"""The library of parts, and the text that asks for one."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenario.entry import parse_day
from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.nodes import parse_value, parse_yaml

WITH = "--with"
FORM = "NAME[:TARGET][=VALUE][@DATE[..DATE]], several joined by +"
_FILE = Path(__file__).with_name("library.yaml")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_TEXT = re.compile(
    r"(?P<name>[^:=@+]+)(:(?P<target>[^=@]+))?(=(?P<value>[^@]+))?(@(?P<start>[^.@]+)(\.\.(?P<end>[^@]+))?)?"
)


@dataclasses.dataclass(frozen=True)
class Part:
    """A measure of the library.

    Attributes:
        name: Its name.
        title: Title for reports.
        about: What it is, one sentence.
        target: What it applies to, a key of `sim.scenario.parts.targets.TARGETS`.
        also: Other names.
        field: Field of the measure that gets all targets as a list; empty if there is a measure for each.
        each: Field of the measure that gets one target, in a measure for each of them.
        legs: Field of the measure that gets the legs that are named; without it they stand for the routes over them.
        value: Field that ``=VALUE`` sets.
        pool: Whether Frontex's pool grows by its officers.
        measure: The other fields of the measure.
        schedule: In place of a measure: collection, field and value of a schedule of each target.
    """

    name: str
    title: str
    about: str
    target: str
    also: tuple[str, ...] = ()
    field: str = ""
    each: str = ""
    legs: str = ""
    value: str = ""
    pool: bool = False
    measure: dict[str, Any] = dataclasses.field(default_factory=dict)
    schedule: dict[str, Any] = dataclasses.field(default_factory=dict)


class Asked(NamedTuple):
    """A part as it is asked for; ``value`` and dates are None where they are left open."""

    text: str
    part: Part
    targets: tuple[str, ...]
    value: Any
    start: date | None
    end: date | None


@lru_cache(maxsize=1)
def library() -> dict[str, Part]:
    """Return the parts by name, in alphabetical order."""
    entries = parse_yaml(_FILE.read_text(encoding="utf-8"), _FILE.name).plain()
    return {
        name: Part(name, **{**entry, "also": tuple(entry.get("also", ()))}) for name, entry in sorted(entries.items())
    }


def _names() -> dict[str, Part]:
    return {name: part for part in library().values() for name in (part.name, *part.also)}


def is_part(text: str) -> bool:
    """Return whether a text asks for parts, rather than for a file or an installed extension."""
    found = _NAME.match(text)
    return found is not None and (found[0] in _names() or text[found.end() : found.end() + 1] in tuple(":=@+"))


def near_part(text: str) -> str:
    """Return the name of a part that is spelt like a text; empty if none is."""
    return next(iter(get_close_matches(text, sorted(_names()), n=1, cutoff=0.5)), "")


def asked(text: str) -> list[Asked]:
    """Parse parts joined by ``+``; raises ScenarioError with the part that is wrong."""
    return [_one(part.strip()) for part in re.split(r"\+(?=\s*[a-z])", text)]


def _one(text: str) -> Asked:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise part_error(text, f"allowed: {FORM}")
    known = _names()
    if found["name"] not in known:
        raise part_error(text, f"found the measure {show(found['name'])}; {choices(sorted(known), found['name'])}")
    part = known[found["name"]]
    value = None
    if found["value"] is not None:
        if not (part.value or part.schedule):
            raise part_error(text, f"{part.name} takes no value; allowed: {part.name}[:TARGET][@DATE[..DATE]]")
        value = parse_value(found["value"], f"{WITH} {text}")
    start, end = (None if found[key] is None else _day(text, found[key]) for key in ("start", "end"))
    targets = tuple(word.strip() for word in found["target"].split(",")) if found["target"] else ()
    return Asked(text, part, targets, value, start, end)


def _day(text: str, word: str) -> date:
    try:
        day: date = parse_day(word)
    except ValueError:
        raise part_error(text, f"found the date {show(word)}; allowed: a date such as 2025-10-15") from None
    return day


def part_error(text: str, problem: str) -> ScenarioError:
    """Return an error about a part."""
    return ScenarioError(Problem(f"{WITH} {text}", 0, "", problem))
