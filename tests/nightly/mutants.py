"""Planted bugs: how many changes of the rules do the tests notice?

Each mutant is one small change of one source: a comparison, an operator, a constant, a branch, or a statement left out.
It runs uncompiled, in a process forked after the heavy imports, against ever longer tests until one fails:

1. `tests/baselines/test_baselines.py` (numbers of two small scenarios), which a change of behaviour would meet first,
   given up at the first period that differs;
2. the unit tests of the changed source; 3. the oracle on plain Mesa agents; 4. properties;
5. cases with an analytic answer, with fewer people.

    nice python -m tests.nightly.mutants [--sample 400] [--stages 1 2] [--out TABLE.csv] [FILE...]
    nice python -m tests.nightly.mutants --again TABLE.csv --stages 3 4 --out SURVIVORS.csv

Of the whole package, a source that is not compiled meets the tests that reach the changed line (`reach.py` says which):

    nice python -m tests.nightly.mutants --sample 400 --reach REACH.json --out TABLE.csv

While tests of a source are written, those alone tell what they notice:

    nice python -m tests.nightly.mutants --sample 30 --tests "tests/unit/report/test_forest.py" sim/report/forest.py

A mutant that survives is printed with its change, to be judged: some change nothing that could be seen (a bound that
is never met), others are work to do.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib.abc
import importlib.util
import io
import itertools
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.nightly.planted import ROOT, Mutant, mutants_of, text_of
from tests.nightly.reach import Reach

os.environ["NUMBA_DISABLE_JIT"] = "1"
COMPILED = (
    "choice", "clocks", "exits", "exposure", "gauges", "ledger", "queues", "season", "steps", "strata", "streams",
)  # fmt: skip
SOURCES = [
    *(f"sim/engine/{name}.py" for name in COMPILED),
    *sorted(f"sim/engine/processes/{file.name}" for file in (ROOT / "sim/engine/processes").glob("*.py")),
]
PACKAGE = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "sim").rglob("*.py"))
PAY = "tests/properties/test_untouched.py::test_common_random_numbers_pay"  # sixty runs
BASELINES, OWN = ["tests/baselines/test_baselines.py"], ["unit tests of the source"]
BESIDE = {"ledger.py": ["tests/unit/engine/test_conservation.py"]}  # tests of what becomes of its checks
STAGES = (
    BASELINES,
    OWN,
    ["tests/verification/test_oracle.py"],
    [f"tests/properties/test_{name}.py" for name in ("invariance", "idle_measures", "untouched")] + ["--deselect", PAY],
    [str(file.relative_to(ROOT)) for file in sorted(ROOT.glob("tests/verification/test_analytic_*.py"))],
)
REACHING = "tests that reach the line"
LIMITS = (30, 120, 200, 300, 600)  # seconds of computing a stage; a mutant that does not end is killed
REACH_LIMIT = 150
NOT_REACHED = "survived: no test reaches it"


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Gives one module another source."""

    def __init__(self, file: str, text: str) -> None:
        self.name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.file, self.text = str(ROOT / file), text

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        search = [str(ROOT / name.replace(".", "/"))] if self.file.endswith("__init__.py") else None
        return importlib.util.spec_from_loader(name, self, origin=self.file, is_package=search is not None) and (
            importlib.util.spec_from_file_location(name, self.file, loader=self, submodule_search_locations=search)
        )

    def get_filename(self, name: str) -> str:
        return self.file

    def get_data(self, path: str) -> bytes:
        return self.text.encode()

    def path_stats(self, path: str) -> Any:
        raise OSError  # no bytecode of the file as it is


def tests_of(number: int, file: str) -> list[str]:
    """Tests of a stage; unit tests are those of the source, and for some those of a part of it that stand elsewhere.

    What has none of its own, as it is a part of several processes, has those of the processes.
    """
    if STAGES[number] != OWN:
        return STAGES[number]
    folder, name = os.path.split(file.replace("sim/", "tests/unit/", 1))
    own = [f"{folder}/test_{name}", *BESIDE.get(name, [])]
    return own if (ROOT / own[0]).exists() else ["tests/unit/engine/processes"]


def meets_baselines() -> bool:
    """As the test of the baselines, but each period is looked at when it ends."""
    from tests.baselines import test_baselines as baselines

    for seed, expected in json.loads(baselines.FILE.read_text()).items():
        model = baselines.model_of(int(seed))
        while model.running:
            model.step()
            periods = model.day // baselines.PERIOD
            if model.day % baselines.PERIOD == 0 and model.running:
                found = baselines.totals_of(model)
                tables = ("section_flows", "pair_flows", "route_flows", "stocks")
                if any(found[t][name][:periods] != expected[t][name][:periods] for t in tables for name in expected[t]):
                    return False
        if baselines.totals_of(model) != expected:
            return False
    return True


def run_stage(stage: list[str], file: str, text: str, people: int, report: Path | None) -> int:
    """In a child: the tests of a stage with the mutant in place; the exit status."""
    import numba
    import numpy as np
    import pytest

    if file not in SOURCES:  # what is not compiled is tried with the engine as it is
        del os.environ["NUMBA_DISABLE_JIT"]
        numba.config.DISABLE_JIT = 0

    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, _Changed(file, text))
    sys.path.insert(0, str(ROOT))
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")  # each warning that is not shown takes its time all the same
    if stage == BASELINES:
        return 0 if meets_baselines() else 1
    with contextlib.suppress(ImportError):
        from tests.verification import analytic

        analytic.SIMPLE["cohorts"]["people"]["size"] = people
        analytic.N = people
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore", f"--rootdir={ROOT}"]
    options += [] if file in SOURCES else ["-m", "not nightly"]
    if report is not None:
        return int(pytest.main([*options, *stage], plugins=[_Failed(report)]))
    return int(pytest.main(["-x", *options, *stage]))


def judge(mutant: Mutant, stages: range, reach: Reach) -> tuple[str, float]:
    """Which of the stages kills a mutant ("survived" if none), and the seconds that it took."""
    began, text = time.monotonic(), text_of(mutant)
    if mutant.file not in SOURCES:
        tests = reach.tests(mutant.file, mutant.line)
        killed = bool(tests) and in_child(tests, mutant.file, text, REACH_LIMIT) != 0
        fate = REACHING if killed else "survived" if tests else NOT_REACHED
        return fate, time.monotonic() - began
    for number in stages:
        stage = tests_of(number, mutant.file)
        status = in_child(stage, mutant.file, text, LIMITS[number])
        if status != 0:
            return stage[0] + (" (no end)" if status == -signal.SIGKILL else ""), time.monotonic() - began
    return "survived", time.monotonic() - began


def in_child(stage: list[str], file: str, text: str, limit: int, report: Path | None = None) -> int:
    """Run tests with a source changed, for so many seconds of computing; with a report all, else up to a failure.

    One that waits for what never comes is killed after four times as long by the clock.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        out = os.open(os.devnull, os.O_WRONLY)
        os.dup2(out, 1)
        os.dup2(out, 2)
        status = 99
        try:
            os.chdir(ROOT)
            status = run_stage(stage, file, text, 3000, report)
        finally:
            os._exit(status)
    latest = time.monotonic() + 4 * limit
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > latest:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)
    return os.waitstatus_to_exitcode(ended[1])


def preload(files: list[str]) -> None:
    """All that mutants share: the libraries, and of sim/ what lies below the sources."""
    names = ["numba", "mesa", "numpy", "scipy.stats", "pydantic", "pytest", "hypothesis", "ruamel.yaml", "pandas"]
    if not any(file.startswith(("sim/data/", "sim/scenario/")) for file in files):
        names.append("sim.scenario.schema")
    sys.path.insert(0, str(ROOT))
    for name in names:
        __import__(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants, drawn at random; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", type=int, nargs=2, default=(1, len(STAGES)), help="first and last of the stages")
    parser.add_argument("--again", type=Path, help="only the mutants that survived in this table")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a row a mutant, as CSV; rows that are there already are kept")
    parser.add_argument("--reach", type=Path, help="of the whole package: which tests reach which line")
    parser.add_argument("--tests", nargs="+", default=[], help="of a source that is not compiled: these tests alone")
    asked = parser.parse_args()
    reach = Reach.read(asked.reach) if asked.reach else Reach({}, these=tuple(asked.tests))
    files = asked.files or (PACKAGE if asked.reach else SOURCES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        preload(files)
    everything = [mutant for file in files for mutant, _ in mutants_of(file)]
    chosen = list(everything)
    random.Random(asked.seed).shuffle(chosen)
    chosen = chosen[: asked.sample or None]
    stages = range(asked.stages[0] - 1, asked.stages[1])
    if asked.again:
        with asked.again.open(encoding="utf-8") as rows:
            left = {(row["file"], row["number"]) for row in csv.DictReader(rows) if survived(row["killed_by"])}
        chosen = [mutant for mutant in everything if (mutant.file, str(mutant.number)) in left]
    done = read(asked.out, chosen) if asked.out and asked.out.exists() else []
    there = {mutant for mutant, _, _ in done}
    chosen = [mutant for mutant in chosen if mutant not in there]
    print(f"{len(everything)} mutants, {len(chosen)} of them to be tried", flush=True)
    check_unchanged({mutant.file for mutant in chosen if mutant.file in SOURCES}, stages)
    reach = passing(reach, [mutant for mutant in chosen if mutant.file not in SOURCES], asked.out)
    with ThreadPoolExecutor(asked.jobs) as pool:
        for mutant, (fate, seconds) in zip(
            chosen, pool.map(lambda mutant: judge(mutant, stages, reach), chosen), strict=True
        ):
            done.append((mutant, fate, seconds))
            print(f"{len(done):5} {seconds:5.0f} s  {fate:36} {mutant.file}:{mutant.line}  {mutant.change}", flush=True)
            if asked.out:
                write(asked.out, done)
    print(table(done))


def check_unchanged(files: set[str], stages: range) -> None:
    """All tests that are to be failed must pass without a mutant."""
    tried: list[list[str]] = []
    for number, file in itertools.product(stages, sorted(files)):
        stage = tests_of(number, file)
        if stage not in tried and in_child(stage, file, (ROOT / file).read_text(encoding="utf-8"), LIMITS[number]):
            raise SystemExit(f"{' '.join(stage)}: found a failure without a mutant; these tests must pass")
        tried.append(stage)


def passing(reach: Reach, chosen: list[Mutant], out: Path | None) -> Reach:
    """Leave out the tests that fail without a mutant; they are kept beside the table, for when it is gone on with."""
    kept = out.with_suffix(".left-out.json") if out else None
    if kept and kept.exists():
        return reach._replace(left_out=frozenset(json.loads(kept.read_text(encoding="utf-8"))))
    tests = sorted({test for mutant in chosen for test in reach.tests(mutant.file, mutant.line)})
    if not tests:
        return reach
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "failed.json"
        status = in_child(tests, PACKAGE[0], (ROOT / PACKAGE[0]).read_text(encoding="utf-8"), 3600, report)
        if status not in (0, 1) or (status and reach.these):
            raise SystemExit(f"{' '.join(tests)[:300]}: found status {status} without a mutant; these tests must pass")
        failed = json.loads(report.read_text(encoding="utf-8"))
    print(f"{len(tests)} tests, {len(failed)} left out, as they fail here without a mutant: {failed}", flush=True)
    if kept:
        kept.write_text(json.dumps(failed), encoding="utf-8")
    return reach._replace(left_out=frozenset(failed))


class _Failed:
    """Writes which tests failed."""

    def __init__(self, report: Path) -> None:
        self.report, self.failed = report, set[str]()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.report.write_text(json.dumps(sorted(self.failed)), encoding="utf-8")


def survived(fate: str) -> bool:
    return fate.startswith("survived")


def read(file: Path, chosen: list[Mutant]) -> list[tuple[Mutant, str, float]]:
    """Rows of a table for mutants that are chosen."""
    with file.open(encoding="utf-8") as rows:
        fates = {(row["file"], row["number"], row["change"]): row["killed_by"] for row in csv.DictReader(rows)}
    keys = [(mutant, (mutant.file, str(mutant.number), mutant.change)) for mutant in chosen]
    return [(mutant, fates[key], 0.0) for mutant, key in keys if key in fates]


def write(file: Path, done: list[tuple[Mutant, str, float]]) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["file", "number", "line", "change", "killed_by"])
    rows.writerows((m.file, m.number, m.line, m.change, fate) for m, fate, _ in sorted(done))
    file.write_text(text.getvalue(), encoding="utf-8")


def table(done: list[tuple[Mutant, str, float]]) -> str:
    """By source: mutants, killed, and the share."""
    tried = Counter(m.file for m, _, _ in done)
    killed = Counter(m.file for m, fate, _ in done if not survived(fate))
    lines = [f"{file:32} {tried[file]:6} {killed[file]:6} {killed[file] / tried[file]:6.0%}" for file in sorted(tried)]
    total = f"{'all':32} {len(done):6} {killed.total():6} {killed.total() / max(len(done), 1):6.0%}"
    return "\n".join(["source                            tried killed  share", *lines, total])


if __name__ == "__main__":
    main()
