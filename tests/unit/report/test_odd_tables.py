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
from sim.scenario.quantity import Distribution
from tests.strategies import tiny_scenario

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


def test_defaults_are_written_plainly() -> None:
    values = [None, {}, [], "", 0, 12345, 0.25, 1500.0, "word", ["a", 2, [3.5]]]
    assert [odd_tables._default(value) for value in values] == [
        "none", "none", "none", "none", "0", "12,345", "0.25", "1,500", "word", "a, 2, 3.5",
    ]  # fmt: skip
    assert odd_tables._default(Distribution("uniform", (1.0, 2.5))) == "{'uniform': [1.0, 2.5]}"


@pytest.mark.parametrize(
    ("given", "role", "text"),
    [
        (("1", "3"), "", "`n` 2 (1 to 3) days: someone"),
        (("", "3"), "outcome", "`n` 2 (? to 3) days, **an outcome**: someone"),
        (("1", ""), "parameter", "`n` 2 (1 to ?) days: someone"),
        (("", ""), "", "`n` 2 days: someone"),
    ],
)
def test_a_row_of_the_shipped_figures_has_its_range_and_source(given: tuple[str, str], role: str, text: str) -> None:
    row = {"name": "n", "value": "2", "low": given[0], "high": given[1], "unit": "days", "role": role}
    assert odd_tables._row({**row, "source": "someone"}) == text


def test_sources_that_are_no_rows_stand_as_they_are() -> None:
    assert odd_tables._source("a paper") == "a paper"
    shipped = files("sim.data").joinpath("parameters.csv").read_text(encoding="utf-8")
    first, second = list(csv.DictReader(shipped.splitlines()))[:2]
    named = f"sim/data/parameters.csv: {second['name']}, {first['name']}"
    assert odd_tables._source(named) == f"{odd_tables._row(second)}; {odd_tables._row(first)}"


def test_quantities_are_counted_by_what_they_rest_on() -> None:
    rows = [
        "| `a` | 1 |  | days | A. | assumed | assumption |",
        "| `b` |  |  |  | B. | fitted | x |",
        "| `c` | assumed |",
    ]
    assert odd_tables.count(["\n".join(rows[:2]), rows[0], rows[2]]) == (
        "Of the 3 quantities, 0 rest on a published figure or a fact; 1 are fitted to the record, by the experiments "
        "named; where a default stands, it is assumed; 0 have no default: each scenario gives its own, and says where "
        "it is from; 0 have no effect at their default; 2 are assumed."
    )


def test_entries_stand_by_their_path_and_kinds_by_their_word() -> None:
    paths = [path for path, _ in odd_tables.entries()]
    assert paths[0] == "" and len(set(paths)) == len(paths)
    expected = (
        "cohorts.NAME.",
        "carriers.NAME.services.NAME.",
        "measures.NAME.",
        "measures.NAME.kind=fence.",
        "hazards.",
    )
    assert set(expected) <= set(paths)
    assert all(path.endswith(".") for path in paths[1:])
    assert paths.index("measures.NAME.") < paths.index("measures.NAME.kind=fence.")


def test_each_table_has_a_title_and_a_line_a_field() -> None:
    tables = odd_tables.tables()
    assert tables[""].startswith("**the scenario itself**: ")
    lines = tables["hazards."].splitlines()
    assert lines[0].startswith("**`hazards`**: ") and lines[1] == ""
    assert lines[2:4] == odd_tables._HEAD.splitlines()
    assert len(lines) == 4 + len(
        tiny_scenario().hazards.model_fields_set | set(type(tiny_scenario().hazards).model_fields)
    )
    assert odd_tables.parameters() == "\n\n".join([odd_tables.count(tables.values()), *tables.values()])
    fence = [line.split("`")[1] for line in tables["measures.NAME.kind=fence."].splitlines()[4:]]
    assert fence and not set(fence) & COMMON


def test_a_line_says_how_a_quantity_may_be_given() -> None:
    text = odd_tables.parameters()
    line = next(line for line in text.splitlines() if line.startswith("| `leaving_rate` |"))
    cells = [cell.strip() for cell in line.split(" | ")]
    assert len(cells) == 7
    schedule = next(line for line in text.splitlines() if line.startswith("| `turn_back` |"))
    assert " (by date) | " in schedule
    assert " (may be given by cohort) | " in text and " (may be given by date) | " in text


def test_only_what_stands_between_the_marks_is_renewed() -> None:
    begin = "<!-- begin {}: written by `python -m sim.report.odd_tables` -->\n"
    old = f"before\n{begin.format('outputs')}old\n<!-- end outputs -->\nbetween\n{begin.format('parameters')}x\n"
    found = odd_tables.renewed(f"{old}<!-- end parameters -->\nafter")
    assert found == (
        f"before\n{begin.format('outputs')}{odd_tables.outputs()}\n<!-- end outputs -->\nbetween\n"
        f"{begin.format('parameters')}{odd_tables.parameters()}\n<!-- end parameters -->\nafter"
    )
