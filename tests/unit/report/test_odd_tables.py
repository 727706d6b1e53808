"""The model's description: what the code writes of it is current, and what hands wrote names what there is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim import model
from sim.cli.main import app
from sim.engine.rows import ROW
from sim.report import odd_tables
from sim.scenario.entry import ASSUMED
from sim.scenario.fields import is_quantity, is_schedule, note
from sim.scenario.measures import Measure

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8")
WRITTEN = re.sub(r"<!-- begin (\w+):.*?<!-- end \1 -->", "", TEXT, flags=re.DOTALL)
NAMED = set(re.findall(r"`([^`\n]+)`", WRITTEN))
COMMON = set(Measure.model_fields)
PATHS = {
    f"{path}{name}": field
    for path, entry in odd_tables.entries()
    for name, field in entry.model_fields.items()
    if "kind=" not in path or name not in COMMON
}
TOP = {path.split(".")[0] for path in PATHS}


def test_the_readme_says_how_many_quantities_are_assumed() -> None:
    bases = Counter(row[-2] for row in parameter_rows() if row[-2])
    claim = f"{bases['assumed']} of the {bases.total()} quantities in the table of parameters"
    assert claim in (ROOT / "README.md").read_text(encoding="utf-8")


def parameter_rows() -> list[list[str]]:
    """Cells of the rows of the table of parameters; the last two are the basis and the source."""
    lines = TEXT.partition("<!-- begin parameters")[2].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line[:3] == "| `"]


def test_what_is_assumed_is_told_from_what_is_sourced_and_what_is_fitted() -> None:
    rows = [row for row in parameter_rows() if len(row) == 7]
    assert {row[5] for row in rows} == {"", "assumed", "sourced", "fitted", "given", "neutral"}
    for name, default, *_, basis, source in rows:
        assert (source == ASSUMED) == (basis == "assumed"), name
        assert (source == "each scenario") == (basis == "given"), name
        assert source.startswith("experiments/") == (basis == "fitted"), name
        assert bool(source) == (basis not in ("", "neutral")), name
        if basis in ("assumed", "neutral"):
            assert default not in ("none", "required"), name


def test_the_generated_parts_are_those_of_the_code() -> None:
    """If not: ``python -m sim.report.odd_tables``, and read the difference."""
    assert len(re.findall(r"<!-- begin ", TEXT)) == 2
    assert odd_tables.renewed(TEXT) == TEXT
    rows = {path.rpartition(".")[2] for path, field in PATHS.items() if is_quantity(field.annotation)}
    assert all(f"| `{name}` |" in TEXT for name in rows)


def test_the_command_prints_the_same_tables() -> None:
    printed = CliRunner().invoke(app, ["schema", "--markdown"])
    assert printed.exit_code == 0
    assert printed.stdout.strip() in TEXT


def test_what_is_named_exists() -> None:
    named = {name for name in NAMED if name.split(".")[0] in TOP and re.search(r"\.(?!py$)", name)}
    assert len(named) > 80
    assert named - set(PATHS) == set()


def test_every_parameter_stands_in_a_submodel() -> None:
    numbers = {path for path, f in PATHS.items() if is_quantity(f.annotation) or is_schedule(f.annotation)}
    assert len(numbers) > 80
    assert numbers - NAMED == set()


def test_the_submodels_stand_in_the_order_of_the_day() -> None:
    source = Path(model.__file__).read_text(encoding="utf-8")
    order = re.findall(r"^    (\w+)\.run\(w, day\)", source, re.MULTILINE)
    assert len(order) > 10
    described = re.findall(r"### 7\.\d+ [^\n]+\n\n`(?:\w+/)*(\w+)\.py`", WRITTEN)
    assert [name for name in described if name in order] == order
    processes = {file.stem for file in (Path(model.__file__).parent / "engine" / "processes").glob("*.py")} - {
        "__init__"
    }
    assert processes <= set(described)


def test_every_state_variable_of_a_migrant_is_described() -> None:
    assert set(ROW.names or ()) <= NAMED


def test_evidence_that_is_named_exists() -> None:
    claimed = {name for name in NAMED if name.startswith(("tests/", "experiments/"))}
    assert len(claimed) > 25
    for claim in claimed:
        file, _, test = claim.partition("::")
        assert (ROOT / file).exists(), claim
        if test:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), claim


@pytest.mark.parametrize("path", [path for path, field in PATHS.items() if note(field).source.startswith("sim/data")])
def test_sources_name_what_ships(path: str) -> None:
    file, _, names = note(PATHS[path]).source.partition(": ")
    source = files("sim").joinpath(file.removeprefix("sim/"))
    assert source.is_file()
    if names:
        known = {row["name"] for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())}
        assert set(names.split(", ")) <= known
