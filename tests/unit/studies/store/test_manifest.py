"""The record of what was written: whole lines alone count, and none is missed."""

from __future__ import annotations

import os
from pathlib import Path

from sim.studies.plan import opened
from sim.studies.store import spool
from sim.studies.store.manifest import Manifest
from sim.studies.store.verify import verify
from sim.studies.work.worker import carry_out_run
from tests.unit.studies.store.three import PLAN


def test_a_line_of_the_record_that_is_taken_out_is_found(copy: Path) -> None:
    record = copy / "manifest.jsonl"
    lines = record.read_text().splitlines(keepends=True)
    assert len(lines) >= 3
    for number in range(len(lines) - 1):
        record.write_text("".join(lines[:number] + lines[number + 1 :]))
        assert f"{record.name}:{number + 1}" in verify(copy).damage[0]


def test_a_record_that_was_cut_off_goes_on_after_its_last_whole_line(tmp_path: Path) -> None:
    record = Manifest(tmp_path / "m.jsonl")
    record.add({"a": 1})
    record.add({"b": "ü"})
    whole = record.file.read_bytes()
    record.file.write_bytes(whole + b'{"c": ')
    again = Manifest(record.file, repair=True)
    assert again.entries == [{"a": 1}, {"b": "ü"}]
    again.add({"d": 2})
    assert Manifest(record.file).entries == [{"a": 1}, {"b": "ü"}, {"d": 2}]


def test_what_is_added_after_a_record_that_was_cut_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "s.bin"
    parcel = PLAN.parcel
    for run in PLAN.runs[:2]:
        spool.append(file, carry_out_run(opened(parcel), run))
    os.truncate(file, file.stat().st_size - 1)
    assert list(spool.read(file, repair=True)) == [PLAN.runs[0].number]
    for run in PLAN.runs[1:3]:
        spool.append(file, carry_out_run(opened(parcel), run))
    assert list(spool.read(file)) == [run.number for run in PLAN.runs[:3]]
