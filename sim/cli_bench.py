"""The command that runs the benchmarks of the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli_tools import BAD_INPUT, fail

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "experiments" / "benchmarks"
BENCHMARKS = ("start", "engine", "batch", "cluster", "sweep", "view", "peers", "regression")


def register(app: typer.Typer) -> None:
    """Add the command to `corridor`."""
    app.command()(bench)


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Any of: {', '.join(BENCHMARKS)}. All if absent.", metavar="[NAME]...")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Put the tables into README.md, between their marks.")] = False,
) -> None:
    """Measure Corridor's speed on this machine, and its peers beside it; prints tables in Markdown."""
    wanted = names or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        fail(f"bench: found {', '.join(unknown)}; allowed: {', '.join(BENCHMARKS)}", BAD_INPUT)
    if not FOLDER.is_dir():
        fail(
            "bench: the benchmarks are part of the repository, not of the package: run it in a clone",
            BAD_INPUT,
        )
    failed = []
    for name in wanted:
        print(f"\n## {name}\n", flush=True)
        printed, status = _run(FOLDER / f"{name}.py")
        if status:
            failed.append(name)
        elif write:
            _write(name, printed)
    if failed:
        fail(f"bench: failed: {', '.join(failed)}", 1)


def _run(script: Path) -> tuple[str, int]:
    """What a benchmark prints, shown as it comes, and how it ended."""
    words = [sys.executable, "-u", "-W", "ignore", str(script)]
    lines = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines), running.returncode


def _write(name: str, printed: str) -> None:
    """Put what was printed between the benchmark's marks in the README; a benchmark without marks is left out."""
    file = ROOT / "README.md"
    marks = re.compile(rf"(<!-- bench {name} -->\n).*?(<!-- end of bench -->)", re.DOTALL)
    text = file.read_text(encoding="utf-8")
    file.write_text(marks.sub(lambda found: f"{found[1]}{printed.strip()}\n{found[2]}", text), encoding="utf-8")
