"""Runs of a chunk that is not done yet are kept."""

from __future__ import annotations

from pathlib import Path

from sim.studies.plan import opened
from sim.studies.store import spool
from sim.studies.work.worker import Task, carry_out_run
from sim.studies.work.worker import carry_out as work
from tests.unit.studies.store.three import PLAN


def test_a_spool_keeps_runs_as_they_were_and_drops_what_was_cut(tmp_path: Path) -> None:
    parcel = opened(PLAN.parcel)
    ended = [carry_out_run(parcel, run) for run in PLAN.runs]
    file = tmp_path / "chunk.bin"
    for entry in ended:
        spool.append(file, entry)
    whole = work(Task(0, PLAN.runs, PLAN.parcel))
    assert whole == work(Task(0, PLAN.runs, PLAN.parcel, str(file)))._replace(seconds=whole.seconds)
    content = file.read_bytes()
    for length in (0, 5, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:length])
        assert list(spool.read(file)) == list(range(len(spool.read(file))))
        assert len(spool.read(file)) < len(ended)
    spoilt = bytearray(content)
    spoilt[40] ^= 1
    file.write_bytes(spoilt)
    assert spool.read(file) == {}
    assert spool.read(tmp_path / "none") == {}


def test_what_is_added_after_a_cut_is_found_again(tmp_path: Path) -> None:
    first, second = (carry_out_run(opened(PLAN.parcel), run) for run in PLAN.runs[:2])
    file = tmp_path / "chunk.bin"
    spool.append(file, first)
    whole = file.read_bytes()
    for length in (0, 1, 5, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        assert spool.read(file, repair=True) == {}
        spool.append(file, second)
        assert list(spool.read(file)) == [second.run.number]
