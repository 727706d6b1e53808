"""A record is enough to make its result again, byte for byte; a record that was changed is told."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import run
from sim.outputs.folder import OutputError
from sim.outputs.provenance import record_text, sha256
from sim.scenario import load_scenario, to_yaml
from sim.studies.store.replay import replay
from sim.studies.store.verify import verify
from tests.strategies import START, replicates_by_day, tiny_scenario

TABLES = {"daily.parquet", "monthly.csv", "totals.csv"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three replicates of a scenario with a timetable and a distribution."""
    here = tmp_path_factory.mktemp("here")
    extra = "".join(f"{START + timedelta(days=n)},baghdad,minsk,airline-iq,9\n" for n in range(0, 30, 4))
    (here / "extra.csv").write_text("date,origin,destination,carrier,seats\n" + extra)
    text = to_yaml(tiny_scenario({"behaviour": {"retry": {"uniform": [2, 6]}}}, days=40))
    (here / "mine.yaml").write_text(text + "timetable: extra.csv\n")
    replicates_by_day(load_scenario(here / "mine.yaml"), 3).write(here / "made")
    return here / "made"


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def change(folder: Path, **entries: object) -> None:
    content = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(record_text({**content, **entries}))


@pytest.mark.parametrize("name", ["run.json", ""])
def test_a_record_is_enough_to_make_the_result_again(made: Path, name: str) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    found = replay(made / name)
    assert found.same
    assert set(found.tables) == TABLES
    assert found.versions == []
    assert {file.name: file.read_bytes() for file in made.iterdir()} == before


@pytest.mark.parametrize(("name", "days"), [("benghazi-minsk-2025", 60), ("carrier-ban", 250)])
def test_a_run_that_was_shortened_is_made_again(name: str, days: int, tmp_path: Path) -> None:
    """On day 250 the ban has been announced, but not begun."""
    assert replay(run(name, days=days).write(tmp_path / "short")).same


def test_another_seed_gives_other_tables(copy: Path) -> None:
    change(copy, seed=99, versions={"corridor": "0.0.1"})
    found = replay(copy)
    assert not found.same
    assert all(recorded != again for recorded, again in found.tables.values())
    assert any(line.startswith("corridor 0.0.1 then") for line in found.versions)


def test_a_timetable_that_was_changed_is_told(copy: Path) -> None:
    (copy / "extra.csv").write_text((copy / "extra.csv").read_text().replace(",9\n", ",8\n", 1))
    with pytest.raises(OutputError, match="the timetable, is not the one that was run"):
        replay(copy)


@pytest.mark.parametrize("name", ["totals.csv", "nothing/run.json"])
def test_what_is_no_record_is_told(made: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"run\.json"):
        replay(made / name)


def test_a_record_without_its_entries_is_told(copy: Path) -> None:
    (copy / "run.json").write_text(json.dumps({"format": "corridor-run-1"}))
    with pytest.raises(OutputError, match="damaged"):
        replay(copy)


def test_any_changed_bit_of_a_run_is_found(copy: Path) -> None:
    """In every file, the record itself included."""
    import random

    lot = random.Random(1)
    files = sorted(copy.iterdir())
    assert len(files) == 7
    for file in files:
        content = file.read_bytes()
        for place in {0, len(content) - 1, *lot.sample(range(len(content)), 20)}:
            changed = bytearray(content)
            changed[place] ^= 1 << lot.randrange(8)
            file.write_bytes(changed)
            try:
                damage = "\n".join(verify(copy).damage)
            except OutputError as error:
                damage = str(error)
            assert file.name in damage, (file.name, place)
        file.write_bytes(content)
    assert verify(copy).damage == verify(copy).notes == []


def written_otherwise(folder: Path, change: float = 0.0) -> None:
    """The daily table as another version of the writer would have written it; at will with another number."""
    file = folder / "daily.parquet"
    table = pq.read_table(file)
    if change:
        values = table["value"].to_numpy().copy()
        values[-1] += change
        table = table.set_column(table.schema.get_field_index("value"), "value", pa.array(values))
    pq.write_table(table.replace_schema_metadata({"writer": "another"}), file, compression="snappy")
    content = json.loads((folder / "run.json").read_text())
    digests = {**content["tables_sha256"], "daily.parquet": sha256(file)}
    change_record = {"tables_sha256": digests, "versions": {**content["versions"], "pyarrow": "1.0"}}
    (folder / "run.json").write_text(record_text({**content, **change_record}))


def test_the_same_numbers_in_other_bytes_are_the_same(copy: Path) -> None:
    written_otherwise(copy)
    found = replay(copy)
    recorded, again = found.tables["daily.parquet"]
    assert recorded != again
    assert found.equal == ("daily.parquet",)
    assert found.same


def test_one_other_number_in_other_bytes_differs(copy: Path) -> None:
    written_otherwise(copy, change=1.0)
    found = replay(copy)
    assert found.equal == ()
    assert not found.same


def test_a_table_that_is_not_the_recorded_one_proves_nothing(copy: Path) -> None:
    """Its contents are compared only where its bytes are those of the record."""
    written_otherwise(copy)
    change(
        copy, tables_sha256={**json.loads((copy / "run.json").read_text())["tables_sha256"], "daily.parquet": "0" * 64}
    )
    assert not replay(copy).same
