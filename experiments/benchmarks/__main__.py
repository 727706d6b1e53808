"""Corridor's speed on this machine, and its peers beside it: ``python -m experiments.benchmarks [NAME...] [--write]``.

Prints tables in Markdown; with ``--write`` they take their place in docs/speed.md, between their marks.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parents[1] / "docs" / "speed.md"
BENCHMARKS = ("start", "engine", "batch", "cluster", "sweep", "states", "view", "peers", "regression")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for, all if none is named; 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python -m experiments.benchmarks", description=__doc__)
    # `choices` would not take an empty list, which stands for all.
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)}; all if absent")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/speed.md, between their marks")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"found {', '.join(unknown)}; allowed: {', '.join(BENCHMARKS)}")
    failed = []
    for name in asked.names or BENCHMARKS:
        print(f"\n## {name}\n", flush=True)
        printed, status = run(FOLDER / f"{name}.py")
        if status:
            failed.append(name)
        elif asked.write:
            put_into_page(name, printed)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def run(script: Path) -> tuple[str, int]:
    """What a benchmark prints, shown as it comes, and how it ended."""
    words = [sys.executable, "-u", "-W", "ignore", str(script)]
    lines = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines), running.returncode


def put_into_page(name: str, printed: str) -> None:
    """Put what was printed between the benchmark's marks; a benchmark without marks is left out."""
    marks = re.compile(rf"(<!-- bench {name} -->\n).*?(<!-- end of bench -->)", re.DOTALL)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(marks.sub(lambda found: f"{found[1]}{printed.strip()}\n{found[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
