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

PACKAGE, TESTS = Path(sim.__file__).resolve().parent, Path(__file__).resolve().parents[1]
Changes = dict[str, str | dict[str, str]]  # by file: the text of a new one, or what takes the place of what in it

# A day at the border costs some people money, by a draw of a stream of its own.
PROCESS = """
from sim.engine.compiled import compiled
from sim.engine.rows import AT_BORDER
from sim.engine.streams import draw, stream

FEE = stream("fee at the border")

@compiled
def fee(m):
    return 10.0 if draw(m.key, FEE, m.waits) < 0.5 else 0.0

@compiled
def run(w, day):
    for i in range(w.rows.shape[0]):
        m = w.rows[i]
        if m.status == AT_BORDER:
            m.funds -= fee(m)
"""
AGENT = """
import numpy as np

from sim.agents.extra_actors import ExtraActor, agents_of


@agents_of("brokers", np.dtype([("fee", "f8")]))
class Broker(ExtraActor):
    "Asks for more each day."

    def step(self):
        self.record["fee"] += 1.0
"""
ENTRY = '''class Broker(Entry):
    """Somebody who sells places."""

    routes: list[Name] = Field(description="Routes that it sells.")
    fee: Quantity = quantity(100, "USD", 0, 1e5, "Fee on the first day.")


'''


@pytest.fixture
def done_with(tmp_path: Path) -> Callable[[Changes, str], str]:
    """Carries out a script with a copy of the package.

    The rules are not compiled. Gives what the script prints.
    """

    def carry_out(changes: Changes, script: str) -> str:
        for folder in (PACKAGE, TESTS):
            shutil.rmtree(tmp_path / folder.name, ignore_errors=True)
            shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        for name, change in changes.items():
            file = tmp_path / name
            assert file.exists() != isinstance(change, str), name
            text = change if isinstance(change, str) else file.read_text("utf-8")
            for old, new in {} if isinstance(change, str) else change.items():
                assert text.count(old) == 1, f"{name} has changed; the test wants another place in it"
                text = text.replace(old, new)
            file.write_text(text, "utf-8")
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
    printed = done_with(
        {"sim/scenario/modes.py": {before: row + before}},
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
        print("drawn", json.loads(geometry_json(train))["modes"]["rail"]["departures"])
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
    files = [file for kind in ("py", "js") for file in PACKAGE.rglob(f"*.{kind}")]
    assert [file for file in files if asks.search(file.read_text("utf-8"))] == []


def test_a_process_is_a_file_and_its_place_in_the_day(done_with: Callable[[Changes, str], str]) -> None:
    """Its rules can be replaced; as an extension, in one file, it gives the same bytes."""
    day = {
        "    departures,\n": "    departures,\n    fees,\n",
        "    transfer.run(w, day)\n": "    transfer.run(w, day)\n    fees.run(w, day)\n",
    }
    printed = done_with(
        {"sim/engine/processes/fees.py": PROCESS, "sim/engine/day.py": day},
        """
        from sim import extend
        from tests.strategies import finished, tiny_scenario

        charged = finished(tiny_scenario(days=60)).world.rows
        extend.rule("fees.fee")(lambda m: 0.0)
        free = finished(tiny_scenario(days=60)).world.rows
        left = charged["route"] == free["route"]
        print((charged["funds"] < free["funds"])[left].sum(), (charged["funds"] > free["funds"])[left].sum())
        print(charged.tobytes().hex())
        """,
    )
    counts, in_the_package = printed.splitlines()
    poorer, richer = map(int, counts.split())
    assert poorer > 10 and poorer > 10 * richer
    with_extension = """
        from sim import extend
        from tests.strategies import finished, tiny_scenario

        extend.load("fees.py")
        print(finished(tiny_scenario(days=60)).world.rows.tobytes().hex())
        """
    extension = PROCESS + "\n\nfrom sim import extend\nextend.process(after='transfer')(run)\n"
    assert done_with({"fees.py": extension}, with_extension).strip() == in_the_package


def test_a_type_of_actor_is_its_class_and_its_entry(done_with: Callable[[Changes, str], str]) -> None:
    """Brokers, with entries that are checked, a table that rules may read, and steps of their own, each day."""
    before = "class FrontexPool(Entry):"
    key = '    "sponsors": Sponsor,\n'
    actors = {before: ENTRY + before, key: key + '    "brokers": Broker,\n'}
    printed = done_with(
        {"sim/agents/broker.py": AGENT, "sim/scenario/actors.py": actors},
        """
        import pickle
        from pathlib import Path
        from sim.scenario.json_schema import scenario_json_schema
        from sim.scenario.write import to_yaml
        from tests.strategies import tiny_scenario

        Path("tiny.yaml").write_text(to_yaml(tiny_scenario()))
        file = Path("brokers.yaml")
        file.write_text("extends: tiny.yaml\\ndays: 5\\nbrokers: {one: {routes: [baghdad-minsk], fee: 20}}\\n")
        scenario = sim.load_scenario(file)
        assert pickle.loads(pickle.dumps(scenario)) == scenario
        model = sim.CorridorModel(scenario)
        model.run_model()
        print("fee", model.world.brokers["fee"].tolist())
        print("agents", [agent.name for agent in model.agents if type(agent).__name__ == "Broker"])
        print("schema", "brokers" in scenario_json_schema()["properties"])
        file.write_text("extends: tiny.yaml\\nbrokers: {one: {routes: [nowhere]}}\\n")
        try:
            sim.load_scenario(file)
        except sim.ScenarioError as error:
            print("checked", str(error).partition(",")[0])
        """,
    )
    assert dict(line.split(" ", 1) for line in printed.splitlines()) == {
        "fee": "[25.0]",
        "agents": "['one']",
        "schema": "True",
        "checked": "brokers.yaml:2: brokers.one.routes.0: found 'nowhere'",
    }
