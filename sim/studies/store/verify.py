"""Verification that a folder of results still holds every byte that was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from sim.outputs.folder import ANALYSIS, RUN_FILE, OutputError, read_run
from sim.outputs.provenance import record_text, sha256
from sim.studies.store.manifest import Manifest
from sim.studies.store.recorded import (
    STUDY,
    Recorded,
    check_entry,
    is_study,
    manifests_of,
    problem_of,
    read_study,
    replaces,
)

_REMADE = {"report.html", "brief.html", "brief.pdf"}


class Found(NamedTuple):
    """Findings: damage, one line each; notes on what is no damage; number of intact files and bytes."""

    damage: list[str]
    notes: list[str]
    files: int
    size: int
    unfinished: str = ""  # message for a study that lacks runs


def verify(folder: Path) -> Found:
    """Check all files of a run or study, or of the studies that make up a search for tipping points.

    Reports, briefs and ``analysis/`` are not checked: they can be remade from the rest.

    Raises:
        OutputError: If the folder holds neither.
    """
    if not is_study(folder) and not (folder.is_dir() and manifests_of(folder)):
        rounds = sorted(file.parent for file in folder.glob(f"*/{STUDY}"))
        return _verify_all(rounds) if rounds and not (folder / RUN_FILE).exists() else _verify_run(folder)
    damage: list[str] = []
    expected: dict[str, list[Any]] = {}
    chunks: dict[int, dict[str, Any]] = {}
    replaced: set[str] = set()
    manifests = manifests_of(folder)
    for file in manifests:
        try:
            record = Manifest(file)
            if record.is_cut:
                damage.append(f"{file}: its last line is cut off; the command that makes the study mends that")
            for number, entry in enumerate(record.entries, 1):
                check_entry(entry, f"{file}:{number}")
                expected |= entry.get("study", {}) | entry.get("derived", {})
                replaced |= set(entry.get("files", ()))
                if "chunk" in entry and replaces(entry, chunks.get(entry["chunk"])):
                    chunks[entry["chunk"]] = entry
        except OutputError as error:
            damage.append(str(error))
    if not manifests:
        damage.append(f"{folder}: the record manifest.jsonl is missing")
    if is_study(folder):
        try:
            read_study(folder)
        except OutputError as error:
            damage.append(str(error))
    for entry in chunks.values():
        expected |= entry["files"]
    size = 0
    for name, (length, digest) in sorted(expected.items()):
        problem = problem_of(folder / name, length, digest)
        damage += [problem] if problem else []
        size += length
    others = sorted(_files(folder) - set(expected) - replaced - {file.name for file in manifests})
    notes = [
        f"{folder / name}: not of the record: left by a writer that was ended, or not Corridor's" for name in others
    ]
    return Found(damage, notes, len(expected), size, "" if damage else Recorded(folder).unfinished)


def _verify_all(folders: list[Path]) -> Found:
    """Check the studies that make up a search or a calibration."""
    found = [verify(folder) for folder in folders]
    damage, notes = ([line for one in found for line in getattr(one, part)] for part in ("damage", "notes"))
    unfinished = [f"{folder}: {one.unfinished}" for folder, one in zip(folders, found, strict=True) if one.unfinished]
    return Found(damage, notes, sum(one.files for one in found), sum(one.size for one in found), "; ".join(unfinished))


def _verify_run(folder: Path) -> Found:
    content = read_run(folder)
    damage, size = [], 0
    if (folder / RUN_FILE).read_bytes() != record_text(content).encode():
        damage.append(f"{folder / RUN_FILE}: not the bytes that were written")
    expected: dict[str, str] = {**content["tables_sha256"], **content.get("others_sha256", {})}
    for name, digest in expected.items():
        file = folder / name
        if not file.is_file():
            damage.append(f"{file}: missing")
        elif sha256(file) != digest:
            damage.append(f"{file}: not the bytes that were written")
        else:
            size += file.stat().st_size
    others = sorted(_files(folder) - set(expected) - {RUN_FILE})
    return Found(damage, [f"{folder / name}: not of the record" for name in others], len(expected) + 1, size)


def _files(folder: Path) -> set[str]:
    """Return all files but locks, the spool, and reports, briefs and analyses that can be remade."""
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    return {name for name in found if not name.startswith((".lock", "spool/", f"{ANALYSIS}/")) and name not in _REMADE}
