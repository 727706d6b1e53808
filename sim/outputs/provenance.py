"""Provenance of a result: scenario, seed, versions, machine, time, and the command that reproduces it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.data import extensions
from sim.outputs.identity import identity, version_of
from sim.outputs.run_record import FORMAT

OWN_HASH = "record_sha256"
_PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow")


@dataclass
class RunInfo:
    """How and when a run was requested.

    ``origin`` is the scenario's name or file, empty for one made in Python; ``seeds`` are those of the replicates;
    ``measures`` those of ``--with``; ``begun_from`` the file, checksum and date of the stored state from which it went
    on, if any.
    """

    origin: str = ""
    seed: int = 0
    replicates: int = 1
    days: int | None = None
    overrides: dict[str, str] = field(default_factory=dict)
    measures: list[str] = field(default_factory=list)
    allow_outside: bool = False
    seeds: list[int] = field(default_factory=list)
    started: str = ""
    ended: str = ""
    begun_from: dict[str, str] = field(default_factory=dict)

    def command(self, scenario_file: str) -> str:
        """Return the command that reproduces the run, from ``scenario_file`` if there is no origin."""
        words = ["corridor", "run", self.origin or scenario_file, "--seed", str(self.seed)]
        if self.replicates != 1:
            words += ["--replicates", str(self.replicates)]
        if self.days is not None and self.origin:
            words += ["--days", str(self.days)]
        for path, value in self.overrides.items() if self.origin else ():
            words += ["--set", f"{path}={value}"]
        for measure in self.measures if self.origin else ():
            words += ["--with", measure]
        if self.begun_from:
            words += ["--from", self.begun_from["file"]]
        if self.allow_outside and self.origin:
            words.append("--allow-outside")
        for extension in extensions.loaded:
            words += ["--with", extension.file if extension.file.endswith(".py") else extension.name]
        return shlex.join(words)


def now() -> str:
    """Return the time, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def versions() -> dict[str, str]:
    """Return the versions of corridor and of the packages on which results depend."""
    return {
        "corridor": version_of("corridor-sim"),
        "python": platform.python_version(),
        **{package: version_of(package) for package in _PACKAGES},
    }


def provenance(
    info: RunInfo, title: str, text: str, scenario_hash: str, tables: dict[str, str], others: dict[str, str]
) -> dict[str, Any]:
    """Return the provenance of a run, ready for JSON.

    ``text`` is the scenario after ``extends``; ``tables`` and ``others`` (all other files) are SHA-256 by file name.
    """
    return {
        "format": FORMAT,
        "title": title,
        "command": info.command("scenario.yaml"),
        "scenario": text,
        "scenario_sha256": scenario_hash,
        "origin": info.origin,
        "overrides": info.overrides,
        "seed": info.seed,
        "replicates": info.replicates,
        "replicate_seeds": info.seeds,
        "parameters": "central values" if info.replicates == 1 else "drawn for each replicate",
        "tables_sha256": tables,
        "others_sha256": others,
        "identity": identity(),
        **({"begun_from": info.begun_from} if info.begun_from else {}),
        "versions": versions(),
        "machine": machine(),
        "started_utc": info.started,
        "ended_utc": info.ended,
    }


def record_text(content: dict[str, Any]) -> str:
    """Return the text of a record's file, with its own SHA-256 as the last entry."""
    plain = {key: value for key, value in content.items() if key != OWN_HASH}
    own = hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()
    return json.dumps({**plain, OWN_HASH: own}, indent=2, ensure_ascii=False) + "\n"


def machine() -> dict[str, Any]:
    """Return the class of the machine: processor, cores, memory and system, nothing that identifies it."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "memory_gib": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "byte_order": sys.byteorder,
    }


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError, AttributeError):
        return None


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file (hexadecimal)."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
