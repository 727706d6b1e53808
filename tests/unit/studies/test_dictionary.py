"""The data dictionary of runs and studies: it names every table and column, with the types that the files have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.outputs.definitions import OUTPUTS
from sim.outputs.dictionary import COLUMNS, FILE, TABLES
from sim.studies.carry_out import carry_out
from sim.studies.store.verify import verify
from tests.strategies import tiny_scenario
from tests.unit.studies.small import BAN, BASE, PLAN

TYPES = {
    "string": lambda kind: pa.types.is_string(kind) or pa.types.is_dictionary(kind),
    "integer": pa.types.is_integer,
    "number": pa.types.is_floating,
    "boolean": pa.types.is_boolean,
    "date": pa.types.is_date,
    "datetime": pa.types.is_timestamp,
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("described")
    sim.run(tiny_scenario()).write(place / "run")
    carry_out(PLAN, place / "study")
    sim.run(BASE, replicates=4, folder=place / "replicates")
    sim.compare(BASE, BAN, BAN.model_copy(update={"title": "Other"}), replicates=2, folder=place / "many")
    return {folder.name: folder for folder in place.iterdir()}


def described(folder: Path) -> dict[str, dict[str, Any]]:
    content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return {one["name"]: one for one in content["resources"]}


def paths(one: dict[str, Any]) -> list[str]:
    found = one.get("path", [])
    return [found] if isinstance(found, str) else found


@pytest.mark.parametrize("kind", ["run", "study", "replicates", "many"])
def test_every_table_is_described_and_every_byte_is_of_the_record(kind: str, folders: dict[str, Path]) -> None:
    folder = folders[kind]
    files = {file.relative_to(folder).as_posix() for form in ("csv", "parquet") for file in folder.rglob(f"*.{form}")}
    assert files == {path for one in described(folder).values() for path in paths(one)}
    found = verify(folder)
    assert (found.damage, found.notes) == ([], [])


@pytest.mark.parametrize("kind", ["run", "study", "replicates", "many"])
def test_every_column_is_described_and_has_its_type(kind: str, folders: dict[str, Path]) -> None:
    for one in described(folders[kind]).values():
        fields = one["schema"]["fields"]
        assert all(field.get("description") or one["name"] == "outputs" for field in fields)
        for path in paths(one):
            file = folders[kind] / path
            names = list(pd.read_csv(file, nrows=0)) if path.endswith(".csv") else pq.read_schema(file).names
            assert names == [field["name"] for field in fields], path
            if path.endswith(".parquet"):
                schema = pq.read_schema(file)
                assert [f for f in fields if not TYPES[f["type"]](schema.field(f["name"]).type)] == [], path


@pytest.mark.parametrize("kind", ["run", "study", "replicates", "many"])
def test_every_measure_is_defined(kind: str, folders: dict[str, Path]) -> None:
    tables = described(folders[kind])
    defined = {row["name"]: row for row in tables["outputs"]["data"]}
    assert {name: defined[name]["unit"] for name in OUTPUTS} == {name: o.unit for name, o in OUTPUTS.items()}
    for one in tables.values():
        for path in paths(one):
            file = folders[kind] / path
            table = pd.read_csv(file) if path.endswith(".csv") else pd.read_parquet(file)
            assert set(table.get("measure", [])) <= set(defined), path


@pytest.mark.parametrize("kind", ["run", "study"])
def test_frictionless_finds_the_tables_to_be_what_is_said(kind: str, folders: dict[str, Path]) -> None:
    content = json.loads((folders[kind] / FILE).read_text(encoding="utf-8"))
    package = frictionless.Package.from_descriptor(content, basepath=str(folders[kind]))
    report = package.validate(limit_rows=300)
    assert report.valid, report.flatten(["title", "fieldName", "note"])


def test_frictionless_would_find_a_wrong_type(folders: dict[str, Path]) -> None:
    content = json.loads((folders["run"] / FILE).read_text(encoding="utf-8"))
    [totals] = [one for one in content["resources"] if one["name"] == "totals"]
    totals["schema"]["fields"][0]["type"] = "number"
    package = frictionless.Package.from_descriptor({**content, "resources": [totals]}, basepath=str(folders["run"]))
    report = package.validate()
    assert not report.valid


def test_the_same_study_has_the_same_dictionary(folders: dict[str, Path], tmp_path: Path) -> None:
    carry_out(PLAN, tmp_path / "again")
    assert (tmp_path / "again" / FILE).read_bytes() == (folders["study"] / FILE).read_bytes()


def test_all_that_is_described_has_a_sentence() -> None:
    assert [name for name, column in COLUMNS.items() if not column.meaning.strip().endswith((".", "`"))] == []
    assert [name for name, title in TABLES.items() if not title.endswith(".")] == []
