"""A bit that flipped anywhere in a study's folder is reported, with the file: 200 of 200."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.studies import plan as plans
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.verify import verify
from tests.strategies import tiny_scenario

FLIPS = 200


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of several chunks."""
    monkeypatch.setattr(plans, "MOST_IN_CHUNK", 3)
    scenarios = {"base": tiny_scenario(days=20), "other": tiny_scenario({"behaviour": {"retry": 9}}, days=20)}
    carry_out(Plan("compare", scenarios, 4), tmp_path / "s")
    assert len(list((tmp_path / "s" / "totals").iterdir())) > 1
    return tmp_path / "s"


def names(damage: str, file: Path) -> bool:
    """Whether a line of the damage begins with a file's whole path: its name alone may be another folder's."""
    return any(line.startswith(f"{file}:") for line in damage.splitlines())


def test_a_bit_that_flipped_anywhere_is_reported(study: Path) -> None:
    lot = random.Random(7)
    files = sorted(file for file in study.rglob("*") if file.is_file() and not file.name.startswith(".lock"))
    sizes = [file.stat().st_size for file in files]
    found, touched = 0, set()
    for number in range(FLIPS):
        # every second one in any file, however small; the others in any byte
        file = lot.choice(files) if number % 2 else lot.choices(files, sizes)[0]
        content = file.read_bytes()
        changed = bytearray(content)
        changed[lot.randrange(len(content))] ^= 1 << lot.randrange(8)
        file.write_bytes(changed)
        try:
            damage = "\n".join(verify(study).damage)
        except OutputError as error:
            damage = str(error)
        found += names(damage, file)
        touched.add(file)
        file.write_bytes(content)
    assert found == FLIPS
    assert touched == set(files)
    assert verify(study).damage == []
