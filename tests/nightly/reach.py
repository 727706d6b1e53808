"""Which tests reach which line of the package, as coverage.py saw it.

    uv run --with pytest-cov python -m pytest -m "not nightly" --cov=sim --cov-context=test --ignore=tests/browser
    uv run --with coverage python -m tests.nightly.reach .coverage REACH.json

Compiled code is not seen, nor what runs in processes that tests start.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple, Self

MOST = 60  # tests of a line that are tried: of the source's own file, then of its folder, then others, drawn at random

SPAN = 12  # lines that a statement may have: coverage.py knows its first one


class Reach(NamedTuple):
    """Tests, by source and line."""

    by_line: dict[str, dict[int, list[str]]]
    left_out: frozenset[str] = frozenset()  # tests that fail without a mutant
    these: tuple[str, ...] = ()  # tests that are tried for every line, in place of those that reach it

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `main` has written; ids of tests stand once, as they are long."""
        found = json.loads(file.read_text(encoding="utf-8"))
        tests = found["tests"]
        return cls(
            {
                source: {int(line): [tests[k] for k in numbers] for line, numbers in lines.items()}
                for source, lines in found["lines"].items()
            }
        )

    def tests(self, file: str, line: int) -> list[str]:
        """Tests that reach a line: those of the source's own file first, then of its folder, then others."""
        if self.these:
            return list(self.these)
        lines = self.by_line.get(file, {})
        first = next((number for number in range(line, line - SPAN, -1) if number in lines), line)
        reaching = [test for test in lines.get(first, []) if test not in self.left_out]
        folder, name = os.path.split(file.replace("sim/", "tests/unit/", 1))
        own = [test for test in reaching if test.startswith(f"{folder}/test_{name}::")]
        near = [test for test in reaching if test not in own and test.startswith(f"{folder}/")]
        rest = [test for test in reaching if test not in own and test not in near]
        for tests in (own, near, rest):
            random.Random(line).shuffle(tests)
        return (own + near + rest)[:MOST]


def main() -> None:
    """Turn coverage.py's data, with a context a test, into JSON."""
    from coverage import CoverageData

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("coverage", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    data = CoverageData(basename=str(asked.coverage))
    data.read()
    numbers: dict[str, int] = {}
    lines: dict[str, dict[int, list[int]]] = {}
    for path in sorted(data.measured_files()):
        source = "sim/" + path.rpartition("/sim/")[2]
        lines[source] = {
            line: sorted({numbers.setdefault(c.partition("|")[0], len(numbers)) for c in contexts if c})
            for line, contexts in data.contexts_by_lineno(path).items()
        }
    asked.out.write_text(json.dumps({"tests": list(numbers), "lines": lines}), encoding="utf-8")
    reached = Counter(source.split("/")[1] for source, found in lines.items() if any(found.values()))
    print(f"{len(numbers)} tests; sources reached, by folder: {dict(reached)}")


if __name__ == "__main__":
    main()
