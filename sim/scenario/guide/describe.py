"""Scenarios for readers: their parameters as a list, and a commented file of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sim.scenario.entry import BY_DATE
from sim.scenario.fields import FieldNote, find, note
from sim.scenario.modes import MODES
from sim.scenario.nodes import scalar
from sim.scenario.paths import Parameter, parameter_paths
from sim.scenario.quantity import JOINT, Distribution
from sim.scenario.schema import Scenario
from sim.scenario.write import diff_yaml

_LINE = re.compile(r"( *)([^:]+|\"[^\"]*\"):( .*)?")


class Described(NamedTuple):
    """A parameter in words: its path for ``--set``, value, unit, meaning, source, and further words to find it by."""

    path: str
    value: str
    unit: str
    meaning: str
    source: str
    words: str = ""


def described(scenario: Scenario) -> Iterator[Described]:
    """Yield the parameters of a scenario as they are after ``extends``, in the order of the schema."""
    yield Described("start", scenario.start.isoformat(), "date", "First day.", "")
    for name in ("days", "seed"):
        about = note(type(scenario).model_fields[name])
        yield Described(name, str(getattr(scenario, name)), about.unit, about.description, "")
    for parameter in parameter_paths(scenario):
        yield _of(scenario, parameter)
    for name, carrier in scenario.carriers.items():
        for route, service in carrier.services.items():
            path = f"carriers.{name}.services.{route}.seats"
            about = note(type(service).model_fields["seats"])
            yield Described(
                path, str(service.seats), about.unit, about.description, about.source, _mode(scenario, path)
            )


def sentence_of(about: FieldNote) -> str:
    """Return what a field is, without how it may be written."""
    return about.description.removesuffix(BY_DATE)


def matches(row: Described, words: str) -> bool:
    """Return whether a parameter has all of the words, in any of its texts, in capital letters or small."""
    text = " ".join(row).lower()
    return all(word in text for word in words.lower().split())


def _of(scenario: Scenario, parameter: Parameter) -> Described:
    path, value, about = parameter
    departures = _mode(scenario, path)
    unit = about.unit.replace("departures", departures) if departures else about.unit
    return Described(path, figure(value), unit, sentence_of(about), about.source, departures)


def _mode(scenario: Scenario, path: str) -> str:
    """Return what departs on the route of a service: "flights", "buses" or "boats"."""
    parts = path.split(".")
    if len(parts) < 4 or parts[0] != "carriers" or parts[2] != "services" or parts[3] not in scenario.routes:
        return ""
    return MODES[scenario.routes[parts[3]].mode].departures


def figure(value: float | Distribution) -> str:
    """Return a value in figures: a number, or a distribution with its arguments."""
    if not isinstance(value, Distribution):
        return f"{value:.12g}"
    if value.kind == JOINT:
        return f"joint, centre {value.centre:.4g}"
    return f"{value.kind} [{', '.join(f'{number:.12g}' for number in value.arguments)}]"


def commented(scenario: Scenario, extends: str, title: str) -> str:
    """Return a scenario file with only the differences from another, each with its unit and meaning as a comment.

    Raises:
        ScenarioError: If there is no such other.
    """
    named = scenario.model_copy(update={"title": title})
    data = named.model_dump()
    path: list[str] = []
    lines = [
        f"# A scenario of your own: what differs from {extends}. Check it with `corridor validate`, see all parameters",
        f"# with `corridor show {extends}`, and what may stand here with `corridor schema --markdown`.",
    ]
    for line in diff_yaml(named, extends).splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        path = [*path[: len(found[1]) // 2], found[2]]
        keys = [scalar(part) for part in path]
        about = note(spot.field if (spot := find(keys, data)) else None)
        words = " ".join(filter(None, (about.description.split(" Mapping of")[0], about.unit and f"({about.unit})")))
        lines.append(f"{line}  # {words}" if words and len(path) > 1 and found[3] else line)
    if not scenario.measures:
        lines += [
            "# measures:  # dated policies, for example:",
            "#   no-flights:",
            f"#     {{kind: carrier-ban, routes: [{next(iter(scenario.routes))}], start: {scenario.start}}}",
        ]
    return "\n".join(lines) + "\n"
