"""A real Dask cluster of separate processes on this machine; one of its workers is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.work.executors import ClusterError, Dask
from tests.strategies import tiny_scenario

pytest.importorskip("distributed")
PLAN = Plan(
    "compare", {"base": tiny_scenario(days=100), "less": tiny_scenario({"behaviour": {"retry": 9}}, days=100)}, 300
)


class Cluster:
    """A scheduler and its workers, each a process that this test has started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        host = ["--host", "127.0.0.1", "--no-dashboard"]
        self._start("scheduler", *host, "--port", "0", "--scheduler-file", str(self.file))
        self.workers = [
            self._start("worker", *host, "--no-nanny", "--nthreads", "1", "--scheduler-file", str(self.file))
            for _ in range(2)
        ]

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONWARNINGS": "ignore"}
        log = (self.folder / f"{words[0]}-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words], cwd=self.folder, env=environment, stdout=log, stderr=log
        )
        log.close()
        self.processes.append(process)
        return process

    def address(self) -> str:
        import json

        until = time.monotonic() + 60
        while not (self.file.exists() and self.file.stat().st_size):
            assert time.monotonic() < until, (self.folder / "scheduler-0.log").read_text()
            time.sleep(0.05)
        return str(json.loads(self.file.read_text())["address"])

    def connect(self, workers: int) -> Dask:
        until = time.monotonic() + 60
        while True:
            try:
                place = Dask(self.address())
            except ClusterError:
                place = None
            if place is not None:
                if place.workers == workers:
                    return place
                place.close()
            assert time.monotonic() < until
            time.sleep(0.2)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait(30)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    yield found
    found.close()


def tables(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in (".parquet", ".csv"))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_cluster_writes_the_same_bytes_though_a_worker_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    killed: list[int] = []

    def progress(done: int, total: int, failed: int) -> None:
        if 0 < done < total and not killed:
            cluster.workers[0].kill()
            killed.append(done)

    study = carry_out(PLAN, tmp_path / "cluster", place=cluster.connect(2), progress=progress)
    assert killed
    assert isinstance(study, Study)
    assert (study.complete, len(study.failed)) == (True, 0)
    carry_out(PLAN, tmp_path / "serial")
    assert tables(tmp_path / "cluster") == tables(tmp_path / "serial")
