"""Disks that are full or may not be written, workers without memory: a clear error, and what was done is kept."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.outputs.results import Results
from sim.runs import run
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.verify import verify
from sim.studies.study import Study
from tests.faults import lives
from tests.limits import limit_memory
from tests.strategies import tiny_scenario

PLAN = Plan("replicates", {"tiny": tiny_scenario(days=30)}, 150)


class Disk:
    """A disk of its own, of a size that can be changed."""

    def __init__(self, place: Path, kilobytes: int) -> None:
        self.place = place
        self._mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none")

    def remount(self, option: str) -> None:
        self._mount("-o", f"remount,{option}")

    def _mount(self, *words: str) -> None:
        subprocess.run(["mount", *words, str(self.place)], check=True, capture_output=True)

    def free(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.place)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    try:
        disk = Disk(place, 100)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a disk of one's own needs root and Linux")
    yield disk
    disk.free()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "s"
    carry_out(PLAN, folder)
    return lives.tables(folder)


def test_a_full_disk_is_told_and_the_study_goes_on_when_there_is_room(
    disk: Disk, undisturbed: dict[str, bytes]
) -> None:
    folder = disk.place / "s"
    with pytest.raises(OutputError) as full:
        carry_out(PLAN, folder)
    text = "cannot be written: No space left on device; what was done is kept, the same command resumes"
    assert str(full.value) == f"{folder}: {text}"
    assert verify(folder).damage == []
    disk.remount("size=50m")
    carry_out(PLAN, folder)
    assert lives.tables(folder) == undisturbed
    assert verify(folder).damage == []


def test_a_folder_that_may_only_be_read_is_told_and_left_as_it_was(disk: Disk, undisturbed: dict[str, bytes]) -> None:
    folder = disk.place / "s"
    disk.remount("size=50m")
    few = Plan("replicates", PLAN.scenarios, 20)
    carry_out(few, folder)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    disk.remount("ro")
    with pytest.raises(OutputError, match="Read-only file system"):
        carry_out(PLAN, folder)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    assert len(Study(folder).runs) == 20, "what was done can be read"
    assert verify(folder).damage == []
    disk.remount("rw")
    carry_out(PLAN, folder)
    assert lives.tables(folder)["intervals.csv"] == undisturbed["intervals.csv"]


def test_a_run_that_does_not_fit_leaves_nothing_and_an_older_result_whole(disk: Disk) -> None:
    results = run(tiny_scenario(days=20))
    disk.remount("size=300k")
    results.write(disk.place / "r")
    (disk.place / "other").write_bytes(b"x" * 180_000)
    with pytest.raises(OutputError, match="No space left on device"):
        run(tiny_scenario(days=100)).write(disk.place / "r")
    assert sorted(file.name for file in disk.place.iterdir()) == ["other", "r"]
    assert Results.read(disk.place / "r").scenario.days == 20


def _short_of_memory(folder: Path, report: Path) -> None:
    """In a process that may take little more memory than it has."""
    limit_memory(400 * 2**20)
    large = tiny_scenario({"cohorts": {"iraqis": {"size": 20_000_000}}}, days=30)  # 640 MB of rows
    study = carry_out(Plan("compare", {"tiny": tiny_scenario(days=30), "large": large}, 3), folder)
    report.write_text(f"{len(study.runs)} {len(study.failed)}")


def test_a_run_without_memory_fails_and_the_others_are_kept(tmp_path: Path) -> None:
    import multiprocessing

    context: Any = multiprocessing.get_context("forkserver")
    process = context.Process(target=_short_of_memory, args=(tmp_path / "s", tmp_path / "report"))
    process.start()
    process.join(lives.PATIENCE)
    assert process.exitcode == 0
    assert (tmp_path / "report").read_text() == "6 3"
    study = Study(tmp_path / "s")
    assert set(study.failed["scenario"]) == {"large"}
    assert all("Memory" in error for error in study.failed["error"])
    assert verify(tmp_path / "s").damage == []


def _limited(plan: Plan, folder: Path, report: Path) -> None:
    """In a process whose files may not grow beyond 20 kB."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        carry_out(plan, folder)
    except OutputError as error:
        report.write_text(str(error))


def test_a_file_that_may_not_grow_is_a_clear_error(tmp_path: Path) -> None:
    import multiprocessing

    context: Any = multiprocessing.get_context("forkserver")
    process = context.Process(target=_limited, args=(PLAN, tmp_path / "s", tmp_path / "report"))
    process.start()
    process.join(lives.PATIENCE)
    text = "cannot be written: File too large; what was done is kept, the same command resumes"
    assert (tmp_path / "report").read_text() == f"{tmp_path / 's'}: {text}"
    assert verify(tmp_path / "s").damage == []
