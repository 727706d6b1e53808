"""What was reported done is there after any fault, and a study that goes on ends with the same bytes."""

from __future__ import annotations

import errno
import os
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sim.data import durable_files
from sim.studies.store import manifest, spool, store
from sim.studies.store.tables import Ended
from tests.faults.fake_study import FakePlan, faked, live, lost
from tests.faults.simulated_disk import Fault, PowerCut, SimulatedDisk
from tests.faults.simulation import simulate

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the disk looks at /proc")
SEEDS = int(os.environ.get("CORRIDOR_SIMULATED", "300"))  # the nightly command asks for more
UNTIL_FOUND = 400  # seeds, within which a writer that forgets one thing is found out


@pytest.mark.parametrize("block", range(10))
def test_nothing_reported_is_lost_and_the_bytes_are_the_same(block: int) -> None:
    size = SEEDS // 10
    wrong = {seed: found for seed in range(block * size, (block + 1) * size) if (found := simulate(seed))}
    assert wrong == {}


def forgetful_append(file: Path, content: bytes) -> None:
    with file.open("ab") as stream:
        stream.write(content)


FORGETFUL = {
    "folders are not flushed": [(durable_files, "sync_folder", lambda _: None)],
    "lines of the manifest are not flushed": [(manifest, "append_whole", forgetful_append)],
    "the spool is not flushed": [(store, "sync_file", lambda _: None)],
}


@pytest.mark.parametrize("what", FORGETFUL)
def test_a_writer_that_forgets_something_is_found_out(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place: ModuleType
    for place, name, forgets in FORGETFUL[what]:
        monkeypatch.setattr(place, name, forgets)
    assert any(simulate(seed) for seed in range(UNTIL_FOUND))


def test_a_cut_at_every_call_of_a_study_loses_nothing(tmp_path: Path) -> None:
    with faked():
        (tmp_path / "whole").mkdir()
        whole = SimulatedDisk(tmp_path / "whole")
        with whole.watching():
            live(FakePlan(3, 2), tmp_path / "whole" / "s", {})
        for call in range(1, whole.calls + 1):
            before, after, told = tmp_path / f"{call}", tmp_path / f"{call}-after", dict[tuple[int, int], int]()
            before.mkdir()
            disk = SimulatedDisk(before, [Fault(call, "cut")], random.Random(call))
            with pytest.raises(PowerCut), disk.watching():
                live(FakePlan(3, 2), before / "s", told)
            disk.after_cut(after)
            assert lost(after / "s", told) == []
            assert live(FakePlan(3, 2), after / "s", told)


def test_what_was_not_flushed_may_be_lost_in_part(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "kept").write_bytes(b"old")
    disk = SimulatedDisk(tmp_path / "disk")
    with disk.watching():
        durable_files.write_whole(tmp_path / "disk" / "safe", b"safe")
        (tmp_path / "disk" / "kept").write_bytes(b"newer")
        (tmp_path / "disk" / "moved").write_bytes(b"x")
        (tmp_path / "disk" / "moved").replace(tmp_path / "disk" / "there")
    states = set()
    for number in range(200):
        disk.after_cut(tmp_path / str(number))
        files = {file.name: file.read_bytes() for file in (tmp_path / str(number)).iterdir()}
        assert files["safe"] == b"safe"
        assert not {"moved", "there"} <= files.keys(), "a rename is one change"
        states.add((files["kept"], tuple(sorted(files))))
    assert {kept for kept, _ in states} >= {b"old", b"", b"newer", b"new", bytes(5)}
    assert len({names for _, names in states}) == 3


def test_a_full_disk_fails_every_writer_that_needs_room(tmp_path: Path) -> None:
    disk = SimulatedDisk(tmp_path, [Fault(1, errno.ENOSPC, lasting=True)])
    with disk.watching():
        for _ in range(3):
            with pytest.raises(OSError, match="No space left"):
                durable_files.write_whole(tmp_path / "file", b"x")
    assert list(tmp_path.iterdir()) == []


def test_nulls_in_a_spool_are_no_run(tmp_path: Path) -> None:
    from sim.studies.plan import Run

    file = tmp_path / "spool"
    spool.append(file, Ended(Run(0, 0, -1, 0, False), 1, {}, None, "failed"))
    whole = file.read_bytes()
    file.write_bytes(whole + bytes(500))
    assert list(spool.read(file, repair=True)) == [0]
    assert file.read_bytes() == whole
