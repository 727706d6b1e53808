"""The seam: what an extension adds holds everywhere, and what it does not name stays as it is."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

import sim
from sim import extend, load_extensions
from sim.data import extensions
from sim.engine import rules, strata, tables
from sim.engine.compiled import JIT
from sim.engine.tables import S_ATTEMPTS, S_PATROL_CALLS
from sim.outputs import outcomes
from sim.outputs.definitions import OUTPUTS
from sim.outputs.identity import identity
from sim.outputs.run_data import by_pair, run_data_of
from sim.scenario import measures, schema
from sim.scenario.errors import ScenarioError
from sim.studies.plan import Plan, opened
from tests.strategies import finished, tiny_scenario

TINY = tiny_scenario(days=40)


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    extend.clear()


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, name: str = "mine") -> Path:
        file = tmp_path / f"{name}.py"
        file.write_text("from sim import extend\n" + dedent(text), encoding="utf-8")
        return file

    return write


def books(scenario=TINY) -> list[np.ndarray]:
    world = finished(scenario).world
    return [world.rows, world.section_flows, world.pair_flows, world.route_flows, world.stocks]


def test_an_extension_that_adds_nothing_changes_no_byte(written) -> None:
    before = books()
    with extend.loaded(written("")):
        for one, other in zip(before, books(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_an_extension_is_part_of_the_identity_while_it_is_loaded(written) -> None:
    plain = identity()["sha256"]
    with extend.loaded(written("")):
        loaded = identity()
        assert loaded["sha256"] != plain
        assert list(loaded["extensions"]) == ["mine"]
    assert identity()["sha256"] == plain


@pytest.mark.nightly
def test_the_package_is_no_part_of_the_extension_that_imports_it_first(written) -> None:
    """Else a change of a single rule has every rule compiled anew."""
    known = "from sim.engine.processes import demand; print(demand.run.__qualname__)"
    program = f"from sim import load_extensions; load_extensions.load({str(written(''))!r}); {known}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "run\n"


@pytest.mark.nightly
def test_all_that_an_extension_adds_is_taken_back(written) -> None:
    text = """
    from typing import Literal

    @extend.rule("detection_probability")
    def nobody(section, coaching, p):
        return 0.0

    @extend.process(after="transfer")
    def nothing(w, day):
        pass

    class Entry(extend.Entry):
        "An entry."
        size: extend.Quantity = extend.quantity(1, "persons", 0, 9, "Size.")

    @extend.actor("brokers", entry=Entry)
    class Broker(extend.Actor):
        "An agent."

    @extend.measure
    class Nothing(extend.Measure):
        "Does nothing."
        kind: Literal["nothing"]

        def apply(self, model, name, on):
            "Nothing."

    FLOW = extend.flow("counted", unit="persons", title="Counted")
    AGE = extend.attribute("age", categories={"minor": 0.5, "adult": 0.5})
    extend.outcome("attempts[2025-10]@poland")

    @extend.outcome("twice", unit="persons")
    def twice(run):
        return 2.0
    """
    before = books(), set(OUTPUTS), set(measures.KINDS), schema.scenario_class()
    with extend.loaded(written(text)):
        assert {"counted", "twice", "attempts[2025-10]"} <= set(OUTPUTS)
        assert "nothing" in measures.KINDS
        assert "brokers" in schema.scenario_class().model_fields
        model = finished(TINY)
        assert model.world.section_flows[:, :, S_PATROL_CALLS].sum() == 0
        assert model.world.strata_flows.sum() == model.world.pair_flows.sum()
    assert (set(OUTPUTS), set(measures.KINDS), schema.scenario_class()) == before[1:]
    for one, other in zip(before[0], books(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 / 0", "mine.py, line 2: ZeroDivisionError"),
        ("def broken(:", "mine.py, line 2: SyntaxError"),
        ("@extend.rule('detektion')\ndef f(a): pass", "mine.py, line 2: rule: found 'detektion', no rule"),
        ("@extend.rule('detected')\ndef f(a): pass", r"found attempts.detected\(a\); allowed: .*\(m, probability\)"),
        ("@extend.process(after='lunch')\ndef f(w, day): pass", "found after='lunch'; allowed: aftermath, attempts"),
        ("extend.flow('deaths', unit='persons', title='x')", "found the name 'deaths', which is taken"),
        ("extend.flow('Big one', unit='persons', title='x')", "found the name 'Big one'"),
        ("extend.attribute('age', categories={'a': 0.5, 'b': 0.6})", "1 in all"),
        ("extend.attribute('cohort', categories={'a': 0.5, 'b': 0.5})", "found 'cohort'"),
        ("extend.actor('routes', entry=extend.Entry)", "found key 'routes'"),
        ("extend.measure(extend.Measure)", "kind"),
        ("extend.outcome('attempts[2021-13]')", r"allowed: OUTPUT\[YEAR-MONTH\]"),
        ("extend.outcome('nonsense[2021-10]')", "found 'nonsense'"),
        ("extend.outcome('attempts[2021-10-02..2021-10-01]')", "ends before it begins"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_leaves_nothing(written, text: str, words: str) -> None:
    before = set(OUTPUTS)
    with pytest.raises(ScenarioError, match=words):
        extend.load(written(text))
    assert (extensions.loaded, set(OUTPUTS), load_extensions.undo) == ([], before, [])
    assert (rules.replaced, rules.steps, strata.attributes, tables.extra_tables) == ({}, [], [], {})


@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_a_rule_that_returns_something_else_is_named(written) -> None:
    file = written("""
        @extend.rule("detection_probability")
        def much(section, coaching, p):
            return "much"
        """)
    with extend.loaded(file):
        with pytest.raises(Exception, match="Cannot cast") as error:
            finished(TINY)
        text = load_extensions.blamed(error.value)
    assert text.startswith(f"--with {file}: the model cannot be compiled with attempts.detection_probability: Cannot")
    assert "cast Literal[str](much) to float64; a rule takes and returns" in text


def test_an_extension_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"--with .*none.py: cannot be read: No such file"):
        extend.load(tmp_path / "none.py")
    with pytest.raises(ScenarioError, match="--with elsewhere: no extension of that name"):
        extend.load("elsewhere")
    (tmp_path / "my-own.py").touch()
    with pytest.raises(ScenarioError, match="found the name 'my-own'"):
        extend.load(tmp_path / "my-own.py")


@pytest.mark.nightly
def test_a_scenario_may_use_the_entries_of_an_actor(written, tmp_path: Path) -> None:
    text = """
    import numpy as np

    class Entry(extend.Entry):
        "A broker."
        routes: list[extend.Name] = []
        size: extend.Quantity = extend.quantity(1, "persons", 0, 9, "Size.")

    @extend.actor("brokers", entry=Entry, table=np.dtype([("size", "f8")]))
    class Broker(extend.Actor):
        "An agent that counts its days."
        def step(self):
            "One day."
            self.days = getattr(self, "days", 0) + 1
    """
    file = tmp_path / "with-brokers.yaml"
    file.write_text("extends: benghazi-minsk-2025\ndays: 5\nbrokers: {one: {size: {uniform: [2, 4]}}, two: {}}\n")
    with pytest.raises(ScenarioError, match="unknown key 'brokers'"):
        sim.load_scenario(file)
    with extend.loaded(written(text)):
        scenario = sim.load_scenario(file, overrides={"brokers.two.size": 5})
        assert pickle.loads(pickle.dumps(scenario)) == scenario
        model = sim.CorridorModel(scenario)
        model.run_model()
        assert {name: broker.days for name, broker in model.extra_actors["brokers"].items()} == {"one": 5, "two": 5}
        assert model.world.brokers["size"].tolist() == [3.0, 5.0]
        assert [agent for agent in model.agents if agent.unique_id > 0 and type(agent).__name__ == "Broker"]
        for wrong, words in (("size: 99", "from 0 to 9"), ("routes: [nowhere]", "not one of the routes")):
            file.write_text(f"extends: benghazi-minsk-2025\nbrokers: {{one: {{{wrong}}}}}\n")
            with pytest.raises(ScenarioError, match=rf"with-brokers.yaml:2: brokers.one.*{words}"):
                sim.load_scenario(file)


def test_outcomes_are_sums_of_the_days_that_they_name(written) -> None:
    text = """
    extend.outcome("attempts[2025-10]@poland")
    extend.outcome("boarded[2025-10-05..2025-10-20]")
    extend.outcome("deaths[2024-01]")

    @extend.outcome("half", unit="days")
    def half(run):
        return run.days / 2
    """
    with extend.loaded(written(text)):
        scenario = tiny_scenario(days=60)
        run = run_data_of(finished(scenario))
        rows = sim.run(scenario).totals
        totals = dict(zip(zip(rows["measure"], rows["name"], strict=True), rows["value"], strict=True))
        poland = [k for k, number in enumerate(run.agency_of) if run.names.agencies[number] == "poland"]
        assert scenario.start == date(2025, 10, 1)
        assert totals["attempts[2025-10]", "poland"] == run.section_flows[:31, poland, S_ATTEMPTS].sum() > 0
        assert totals["boarded[2025-10-05..2025-10-20]", "all"] == by_pair(run, "boarded")[4:20].sum() > 0
        assert np.isnan(outcomes.values_of(run)[2])
        assert totals["half", "all"] == 30


@pytest.mark.nightly
def test_what_an_extension_counts_is_counted_by_category_too(written) -> None:
    text = """
    SEEN = extend.flow("seen", unit="persons", title="Seen")
    AGE = extend.attribute("age", categories={"minor": 0.5, "adult": 0.5})

    @extend.process(after="decisions")
    def look(w, day):
        for i in range(w.rows.shape[0]):
            if w.rows[i].status == 4:
                extend.count(w, day, w.rows[i], SEEN)
    """
    with extend.loaded(written(text)):
        run = run_data_of(finished(TINY))
        assert by_pair(run, "seen").sum() > 0
        np.testing.assert_array_equal(run.strata["age"].sum(axis=1), run.pair_flows.sum(axis=1))


@pytest.mark.nightly
def test_an_attribute_that_fails_leaves_those_of_others(written) -> None:
    age = written("extend.attribute('age', categories={'minor': 0.5, 'adult': 0.5})", "first")
    failing = written("extend.attribute('sex', categories={'m': 0.5, 'f': 0.5})\n1 / 0", "second")
    with extend.loaded(age):
        with pytest.raises(ScenarioError, match=r"second\.py, line 3: ZeroDivisionError"):
            extend.load(failing)
        assert [attribute.name for attribute in strata.attributes] == ["age"]
        assert list(run_data_of(finished(TINY)).strata) == ["age"]
    assert (rules.replaced, rules.steps, strata.attributes) == ({}, [], [])


def test_a_worker_gets_the_extensions_of_its_work(written) -> None:
    text = """
    @extend.rule("detection_probability")
    def nobody(section, coaching, p):
        return 0.0
    """
    plain = Plan("replicates", {"tiny": TINY}).parcel
    with extend.loaded(written(text)):
        parcel = Plan("replicates", {"tiny": TINY}).parcel
    assert extensions.loaded == []
    opened(parcel)  # as a worker does
    assert list(extensions.digests()) == ["mine"]
    assert finished(TINY).world.section_flows[:, :, S_PATROL_CALLS].sum() == 0
    opened(plain)
    assert extensions.loaded == []
