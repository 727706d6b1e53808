"""Loading of scenarios by name or file, with what they extend and the command line's overrides.

Every error is a `ScenarioError` that names file, line, field, what was found and
what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.files import (
    SUFFIXES,
    display,
    inside,
    read_text,
    scenario_file,
    scenario_names,
    scenarios_folder,
)
from sim.scenario.merge import merge
from sim.scenario.nodes import Node, collection, parse_yaml
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from sim.scenario.timetable import read_timetable
from sim.scenario.validate import build

LONGEST_CHAIN = 20


def load_scenario(
    name_or_path: str | Path,
    *,
    allow_outside: bool = False,
    overrides: Mapping[str, Any] | None = None,
    any_date: bool = False,
) -> Scenario:
    """Load and check a scenario, by shipped name or YAML file.

    Args:
        name_or_path: A shipped scenario's name, or a path ending in .yaml or .yml.
        allow_outside: Whether ``extends`` and ``timetable`` may name files outside the
            scenario's own folder and the shipped one.
        overrides: Values by dotted path, as in `apply_overrides`.
        any_date: Whether dates may lie after the last day, as in the record of a run that was shortened.

    Raises:
        ScenarioError: With file, line, field, what was found and what is allowed.

    >>> from sim import load_scenario
    >>> scenario = load_scenario("benghazi-surge", overrides={"behaviour.retry": 9})
    >>> scenario.behaviour.retry
    9.0
    >>> sorted(scenario.agencies)
    ['latvia', 'lithuania', 'poland']
    """
    scenario = _built(_chain(scenario_file(name_or_path), allow_outside), allow_outside, any_date)
    return apply_overrides(scenario, overrides) if overrides else scenario


def _built(chain: list[_File], allow_outside: bool, any_date: bool = False) -> Scenario:
    root, last_days = _lay_over(chain)
    root = _with_earlier(root, chain, allow_outside)
    if any_date:
        last_days = {}
    scenario = build(root, last_days)
    if scenario.timetable is not None:
        node = root.value["timetable"]
        path = _timetable_path(node, chain, allow_outside)
        last = last_days.get(node.file, date.max if any_date else scenario.end)
        read_timetable(path, scenario, last)
        scenario._timetable = (str(path), last)
    return scenario


def nodes_of(name_or_path: str | Path, *, allow_outside: bool = False) -> Node:
    """Return what a scenario's files say, after ``extends``: each value with its file and line.

    Raises:
        ScenarioError: As `load_scenario`, for what cannot be read.
    """
    return _lay_over(_chain(scenario_file(name_or_path), allow_outside))[0]


@cache
def load_shipped(name: str) -> Scenario:
    """Load a scenario that ships, once for the whole process: to look at, as all callers share it."""
    return load_scenario(name)


@dataclass(frozen=True)
class _File:
    """One file of an ``extends`` chain; ``root`` is without the key ``extends``."""

    path: Path
    root: Node
    extends: Node | None

    @property
    def name(self) -> str:
        return display(self.path)


def _chain(path: Path, allow_outside: bool) -> list[_File]:
    """Return the file and all that it extends, the last ancestor first."""
    home = path.parent
    chain = [_read(path)]
    while chain[-1].extends is not None:
        node = chain[-1].extends
        parent = _named(chain[-1].path, node, "extends")
        if not (allow_outside or inside(parent, home, scenarios_folder())):
            text = f"found {show(node.value)}, outside the scenario's folder {_folder(home)}"
            raise _error(node, "extends", text)
        seen = [file.path.resolve() for file in chain]
        if parent.resolve() in seen:
            names = [file.path.stem for file in chain] + [parent.stem]
            raise _error(node, "extends", f"a cycle: {' extends '.join(names)}")
        if len(chain) >= LONGEST_CHAIN:
            raise _error(node, "extends", f"found more than {LONGEST_CHAIN} files in a chain")
        chain.append(_read(parent))
    return chain[::-1]


def _read(path: Path) -> _File:
    root = parse_yaml(read_text(path), display(path))
    rest = {key: node for key, node in root.value.items() if key != "extends"}
    return _File(path, collection(rest, root.file, root.line), root.value.get("extends"))


def _with_earlier(root: Node, chain: list[_File], allow_outside: bool) -> Node:
    """Return nodes with the scenario that ``begins`` names in place of its name; in a record it stands there whole."""
    node = root.value.get("begins", Node(None))
    if node.value is None or node.is_mapping:
        return root
    owner = next((file.path for file in chain if file.name == node.file), chain[-1].path)
    path = _named(owner, node, "begins")
    if not (allow_outside or inside(path, chain[-1].path.parent, scenarios_folder())):
        text = f"found {show(node.value)}, outside the scenario's folder {_folder(chain[-1].path.parent)}"
        raise _error(node, "begins", text)
    files = _chain(path, allow_outside)
    other = _lay_over(files)[0].value.get("begins", Node(None))
    if other.value is not None:
        text = f"found {show(node.value)}, which itself begins from another run, {show(other.value)}"
        raise _error(node, "begins", f"{text}; allowed: a scenario without `begins`")
    earlier = replace(node, value=_built(files, allow_outside))
    return collection({**root.value, "begins": earlier}, root.file, root.line)


def _named(file: Path, node: Node, key: str) -> Path:
    """Return the file that a key of another one names: in that file's own folder first, then the shipped ones."""
    name = node.value
    if not isinstance(name, str) or not name:
        text = f"found {show(node.plain())}; allowed: a scenario's name or a file ending in .yaml"
        raise _error(node, key, text)
    names = [name] if name.endswith(SUFFIXES) else [name + suffix for suffix in SUFFIXES]
    found = [folder / n for folder in (file.parent, scenarios_folder()) for n in names]
    found = [path for path in found if _exists(path)]
    others = [path for path in found if path.resolve() != file.resolve()]
    if not found:
        beside = {p.stem for p in file.parent.glob("*") if p.suffix in SUFFIXES}
        names = sorted(beside.union(scenario_names()) - {file.stem})
        raise _error(node, key, f"found {show(name)}, which does not exist; {choices(names, name)}")
    return (others or found)[0]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _error(node: Node, key: str, text: str) -> ScenarioError:
    return ScenarioError(Problem(node.file, node.line, key, text))


def _folder(path: Path) -> str:
    return display(path.absolute())


def _lay_over(chain: list[_File]) -> tuple[Node, dict[str, date]]:
    """Merge the nodes; also return, for each file, the last day of the run as defined up to that file.

    A child may shorten the run without removing later dates of its parent.
    """
    root = chain[0].root
    last_days: dict[str, date] = {}
    for i, file in enumerate(chain):
        root = merge(root, file.root) if i else root
        last = _last_day(root)
        if last is not None:
            last_days[file.name] = last
    return root, last_days


def _last_day(root: Node) -> date | None:
    start = root.value.get("start", Node(None)).value
    days = root.value.get("days", Node(Scenario.model_fields["days"].default)).value
    if not isinstance(start, date) or not isinstance(days, int) or isinstance(days, bool):
        return None
    try:
        return start + timedelta(days=days - 1)
    except OverflowError:
        return None


def _timetable_path(node: Node, chain: list[_File], allow_outside: bool) -> Path:
    """Return the CSV file, beside the file that names it."""
    home = chain[-1].path.parent
    owner = next((file.path.parent for file in chain if file.name == node.file), home)
    path = owner / str(node.value)
    if not (allow_outside or inside(path, home, scenarios_folder())):
        text = f"found {show(node.value)}, outside the scenario's folder {_folder(home)}"
        raise ScenarioError(Problem(node.file, node.line, "timetable", text))
    if not _exists(path):
        near = sorted(p.name for p in owner.glob("*.csv"))
        text = f"found {show(node.value)}, which does not exist; {choices(near, node.value)}"
        raise ScenarioError(Problem(node.file, node.line, "timetable", text))
    return path.resolve()
