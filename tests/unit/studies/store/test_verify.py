"""What was written can be told from what was not, by every byte."""

from __future__ import annotations

import os
from pathlib import Path

from sim.studies.store.verify import verify


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".lock"))


def test_an_untouched_study_is_whole(made: Path) -> None:
    found = verify(made)
    assert found.damage == found.notes == []
    assert found.files == len(files(made)) - 1  # all but the record itself


def test_any_changed_byte_is_found(copy: Path) -> None:
    for file in files(copy):
        content = file.read_bytes()
        for place in sorted({0, len(content) // 2, len(content) - 1}):
            changed = bytearray(content)
            changed[place] ^= 1
            file.write_bytes(changed)
            damage = "\n".join(verify(copy).damage)
            assert file.name in damage, (file.name, place)
        file.write_bytes(content)
    assert verify(copy).damage == []


def test_a_file_that_is_gone_or_cut_is_found(copy: Path) -> None:
    for file in files(copy):
        content = file.read_bytes()
        file.unlink()
        assert any(file.name in line for line in verify(copy).damage), file
        file.write_bytes(content)
    (table,) = (copy / "totals").iterdir()
    os.truncate(table, table.stat().st_size - 1)
    assert "bytes" in verify(copy).damage[0]


def test_a_foreign_file_is_noted_and_no_damage(copy: Path) -> None:
    (copy / "totals" / "mine.txt").write_text("x")
    found = verify(copy)
    assert found.damage == []
    assert "mine.txt" in found.notes[0]
