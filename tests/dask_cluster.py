"""A real Dask cluster of separate processes on this machine, for the tests that need one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from sim.studies.work.executors import ClusterError, Dask


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
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONWARNINGS": "ignore"}
        log = (self.folder / f"{words[0]}-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words], cwd=self.folder, env=environment, stdout=log, stderr=log
        )
        log.close()
        self.processes.append(process)
        return process

    def address(self) -> str:
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
