"""The command that runs the benchmarks of the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli_tools import BAD_INPUT, fail

FOLDER = Path(__file__).resolve().parents[1] / "experiments" / "benchmarks"
BENCHMARKS = ("engine", "batch", "sweep", "view", "peers", "regression")


def register(app: typer.Typer) -> None:
    """Add the command to `corridor`."""
    app.command()(bench)


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Any of: {', '.join(BENCHMARKS)}. All if absent.", metavar="[NAME]...")
    ] = None,
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
        if subprocess.run([sys.executable, "-W", "ignore", str(FOLDER / f"{name}.py")], check=False).returncode:
            failed.append(name)
    if failed:
        fail(f"bench: failed: {', '.join(failed)}", 1)
