"""Fuzzing of every reader of files, by a budget of time, with a corpus that grows.

    python -m tests.fuzzing.fuzz --minutes 20 --corpus DIR [--only scenario,sql] [--seed 1]

Each reader gets its share of the time, in a process of its own with limited memory. A content that reaches a line of
`sim/` that no content before it has reached is kept in DIR/READER, and the next slice goes on from there. A reader must
end in a result or in an own error that names the file: anything else is printed, and kept in DIR/wrong. Ends with
status 1 then.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from types import CodeType
from typing import Any

from tests.fuzzing import signed
from tests.fuzzing.damage import damaged
from tests.fuzzing.readers import Reader, judged, readers
from tests.limits import limit_memory, limited

KEPT = Path(__file__).parent / "corpus"
SECONDS = 20  # of computing, for one content
SILENCE = 120.0  # seconds without a content ending, after which its process is ended
MEMORY = 2**30  # bytes more than at the start
TOOL = 4  # a free number of `sys.monitoring`
_SIM = str(Path(__file__).parents[2] / "sim")


class Lines:
    """The lines of `sim/` that were reached: each tells of itself once, and costs nothing from then on."""

    def __init__(self) -> None:
        self.reached = 0
        sys.monitoring.use_tool_id(TOOL, "corridor-fuzz")
        sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, self._line)
        sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)

    def _line(self, code: CodeType, _: int) -> Any:
        self.reached += code.co_filename.startswith(_SIM)
        return sys.monitoring.DISABLE


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def corpus_of(reader: Reader, *folders: Path) -> dict[str, bytes]:
    """Contents kept for a reader, by name."""
    files = [file for folder in folders for file in sorted((folder / reader.name).glob("*")) if file.is_file()]
    return {file.name: file.read_bytes() for file in files}


def work(name: str, seconds: float, seed: int, corpus: Path, place: Path) -> None:
    """In a process of its own: one reader, for so long."""
    reader = next(one for one in readers() if one.name == name)
    pool = [*reader.right(), *corpus_of(reader, KEPT, corpus).values()]
    lines, lot = Lines(), random.Random(seed)
    for content in pool:
        judged(reader, place / "case", content)
    limit_memory(MEMORY)
    until, tried, began, seen = time.monotonic() + seconds, 0, lines.reached, set[str]()
    while time.monotonic() < until:
        content = damaged(lot.choice(pool), reader.kind, pool, lot)
        (place / "current").write_bytes(content)
        before, wrong = lines.reached, ""
        try:
            with limited(SECONDS):
                wrong = judged(reader, place / "case", content)
        except TimeoutError as error:
            wrong = f"hangs: {error}"
        tried += 1
        if wrong and wrong[:60] not in seen:
            seen.add(wrong[:60])
            keep(corpus / "wrong" / name, content)
            print(f"{name} {name_of(content)}: {wrong}", flush=True)
        if lines.reached > before and not wrong:
            pool.append(content)
            keep(corpus / name, content)
    signed.remove_made()
    print(f"{name}: {tried:,} contents, {lines.reached - began} new lines, {len(seen)} kinds wrong", flush=True)
    sys.exit(bool(seen))


def keep(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name_of(content)).write_bytes(content)


def watch(reader: Reader, seconds: float, seed: int, corpus: Path) -> bool:
    """Let a process work on a reader; returns whether all was right."""
    place = Path(tempfile.mkdtemp(prefix="corridor-fuzz-"))
    current = place / "current"
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work, args=(reader.name, seconds, seed, corpus, place))
    process.start()
    try:
        while process.is_alive():
            process.join(5)
            if current.exists() and time.time() - current.stat().st_mtime > SILENCE:
                process.kill()
                process.join()
        if process.exitcode not in (0, 1) and current.exists():
            content = current.read_bytes()
            keep(corpus / "wrong" / reader.name, content)
            print(f"{reader.name} {name_of(content)}: the process ended with {process.exitcode}", flush=True)
        return process.exitcode == 0
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--corpus", type=Path, default=Path("results/fuzz"))
    parser.add_argument("--only", default="", help="Names of readers, with commas.")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    chosen = [reader for reader in readers() if not asked.only or reader.name in asked.only.split(",")]
    print(f"seed {asked.seed}", flush=True)
    share = asked.minutes * 60 / len(chosen)
    right = [watch(reader, share, asked.seed, asked.corpus) for reader in chosen]
    sys.exit(not all(right))


if __name__ == "__main__":
    main()
