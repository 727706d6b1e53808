"""What CONTRIBUTING.md counts: a copy of the package with so many files changed does the new thing, and no more."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import sim

ROOT = Path(sim.__file__).resolve().parents[1]
Changes = dict[str, tuple[str, str]]


@pytest.fixture
def done_with(tmp_path: Path) -> Callable[[Changes, str], str]:
    """Carries out a script with a copy of the package.

    In each file named, the first text is replaced by the second; a file that is not there yet gets the second. The
    rules are not compiled. Gives what the script prints.
    """

    def carry_out(changes: Changes, script: str) -> str:
        for folder in ("sim", "tests", "scenarios"):
            shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, (old, new) in changes.items():
            file = tmp_path / name
            text = file.read_text("utf-8") if file.exists() else ""
            assert text.count(old) == 1 or not text, f"{name} has changed; the test wants another place in it"
            file.write_text(text.replace(old, new) if text else dedent(new), "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1"}
        start = f"import sim\nassert sim.__file__.startswith({str(tmp_path)!r}), sim.__file__\n"
        command = [sys.executable, "-W", "ignore", "-c", start + dedent(script)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return carry_out


def test_a_route_mode_that_goes_as_another_does_is_one_row(done_with: Callable[[Changes, str], str]) -> None:
    """Trains carry whom buses carried, and the model, the report and the view speak of them and draw them."""
    row = '    "rail": Mode("train", "trains", False, 1, False, "bus", "vehicle", (12, 3)),\n'
    before = '    "sea": Mode('
    changes = {"sim/scenario/modes.py": (before, row + before)}
    printed = done_with(
        changes,
        """
        import json
        from sim.report.html import report_of
        from sim.view.geometry import geometry_json
        from sim.view.levers import levers_of
        from sim.view.map_state import map_frame
        from tests.strategies import finished, tiny_scenario

        bus = tiny_scenario(days=60)
        train = tiny_scenario({"routes": {"damascus-minsk": {"mode": "rail"}}}, days=60)
        model, other = finished(train), finished(bus)
        assert (model.world.rows == other.world.rows).all() and (model.world.pair_flows == other.world.pair_flows).all()
        print("boarded", model.world.route_flows[:, model.names.routes.index("damascus-minsk")].sum(axis=0)[2])
        print("map", {route["name"]: route["mode"] for route in map_frame(model)["routes"]}["damascus-minsk"])
        print("drawn", json.loads(geometry_json())["modes"]["rail"]["departures"])
        print("lever", {lever.name: lever.unit for lever in levers_of(train)}["weekly.damascus-minsk"])
        page = report_of(sim.run(train))
        print("report", "damascus-minsk" in page, "flights, buses, trains or boats" in page.lower())
        try:
            tiny_scenario({"routes": {"damascus-minsk": {"mode": "balloon"}}})
        except ValueError as error:
            print("allowed", "'air', 'land', 'rail' or 'sea'" in str(error))
        """,
    )
    said = dict(line.split(" ", 1) for line in printed.splitlines())
    assert int(said.pop("boarded")) > 0
    assert said == {
        "map": "rail", "drawn": "trains", "lever": "trains a week", "report": "True True", "allowed": "True",
    }  # fmt: skip


def test_no_other_file_names_a_route_mode() -> None:
    """Neither Python nor JavaScript asks a route for its mode by name."""
    mode = "(air|land|sea)"
    asks = re.compile(rf"""[!=]=\s*["']{mode}["']|\b{mode}:\s*["\[{{]|(modes?|entry)\(["']{mode}["']""")
    assert asks.search('route.mode === "sea"') and asks.search("const NOUN = { air: [1, 2] }")
    files = [file for kind in ("py", "js") for file in (ROOT / "sim").rglob(f"*.{kind}")]
    assert [file for file in files if asks.search(file.read_text("utf-8"))] == []
