"""A real Dask cluster of separate processes on this machine; one of its workers is killed in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.studies import plan as plans
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.verify import verify
from sim.studies.study import Study
from sim.studies.work.executors import ClusterError
from tests.dask_cluster import Cluster
from tests.strategies import tiny_scenario

pytest.importorskip("distributed")


def plan(replicates: int, days: int) -> Plan:
    less = tiny_scenario({"behaviour": {"retry": 9}}, days=days)
    return Plan("compare", {"base": tiny_scenario(days=days), "less": less}, replicates)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    yield found
    found.close()


def tables(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in (".parquet", ".csv"))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.mark.long
def test_a_cluster_writes_the_same_bytes_though_a_worker_is_killed(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST_IN_CHUNK", 16)  # so that few runs are many chunks
    runs = plan(100, 40)
    assert len(runs.chunks()) == 13
    killed: list[int] = []

    def progress(done: int, total: int, failed: int) -> None:
        if 0 < done < total and not killed:
            cluster.workers[0].kill()
            killed.append(done)

    study = carry_out(runs, tmp_path / "cluster", place=cluster.connect(2), progress=progress)
    assert killed
    assert isinstance(study, Study)
    assert (study.complete, len(study.failed)) == (True, 0)
    carry_out(runs, tmp_path / "serial")
    assert tables(tmp_path / "cluster") == tables(tmp_path / "serial")


@pytest.mark.long
@pytest.mark.nightly  # half a minute
def test_a_lost_scheduler_is_told_and_the_study_goes_on(cluster: Cluster, tmp_path: Path) -> None:
    def progress(done: int, total: int, failed: int) -> None:
        if 0 < done < total:
            cluster.processes[0].kill()

    folder, runs = tmp_path / "s", plan(300, 100)
    with pytest.raises(ClusterError) as lost:
        carry_out(runs, folder, place=cluster.connect(2), progress=progress)
    text = (
        f"{folder}: the Dask scheduler at {cluster.address()} is lost; what was done is kept, the same command resumes"
    )
    assert str(lost.value) == text
    assert verify(folder).damage == []
    before = [file.stat().st_mtime_ns for file in (folder / "runs").iterdir()]
    assert before, "some runs were done"
    study = carry_out(runs, folder)
    assert study.complete
    after = [file.stat().st_mtime_ns for file in (folder / "runs").iterdir()]
    assert set(before) < set(after), "they were not done again"
