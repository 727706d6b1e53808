"""Exchanged rules: what was compiled before never hides them, and they never stay behind in the cache."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import extend
from sim.engine import rules
from sim.engine.compiled import JIT
from sim.engine.kernel import kernel
from sim.engine.processes import attempts, sea
from sim.engine.tables import S_CROSSINGS, S_PATROL_CALLS
from sim.model import evening, migrants_day
from sim.outputs.run_data import by_pair, run_data_of
from tests.strategies import finished, tiny_scenario

pytestmark = pytest.mark.long  # together: each exchanges a rule, which is compiled
TINY = tiny_scenario(days=60)
DRIVERS = (migrants_day, evening)


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    rules.clear()


def totals() -> list[int]:
    return finished(TINY).world.section_flows.sum(axis=(0, 1)).tolist()


def nobody(section, coaching, p):
    return 0.0


def test_without_changes_the_rules_that_ship_are_used() -> None:
    assert kernel(DRIVERS) is DRIVERS


def test_a_rule_in_another_s_place_holds_until_it_is_taken_back() -> None:
    before = totals()
    assert before[S_PATROL_CALLS] > 0
    assert rules.replace("detection_probability", nobody) == "attempts.detection_probability"
    changed = totals()
    assert changed[S_PATROL_CALLS] == 0
    assert changed[S_CROSSINGS] > before[S_CROSSINGS]
    rules.clear()
    assert totals() == before


def test_a_rule_changed_by_hand_holds_until_it_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = totals()
    with monkeypatch.context() as patch:
        patch.setattr(attempts, "detection_probability", nobody)
        assert list(rules.fingerprint()) == ["attempts.detection_probability"]
        assert totals()[S_PATROL_CALLS] == 0
    assert rules.fingerprint() == {}
    assert totals() == before


def test_a_constant_changed_by_hand_holds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    sailed = finished(TINY).world.route_flows.sum()
    monkeypatch.setattr(sea, "_LEAST_LOAD", 1e9)
    assert finished(TINY).world.route_flows.sum() < sailed


def test_a_model_keeps_the_rules_that_it_was_made_with() -> None:
    whole = totals()
    model = sim.CorridorModel(TINY)
    rules.replace("detection_probability", nobody)
    model.run_model()
    assert model.world.section_flows.sum(axis=(0, 1)).tolist() == whole


@pytest.mark.nightly
@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_a_cold_cache_is_not_poisoned(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who changes a rule by hand, as the first to compile anything, leaves nothing of it to the next process."""
    run = """
import sys, sim
from sim.engine.processes import attempts
from tests.strategies import tiny_scenario
if sys.argv[1:]:
    attempts.detection_probability = lambda section, coaching, p: 0.0
model = sim.CorridorModel(tiny_scenario(days=40))
model.run_model()
print(model.world.section_flows.sum(axis=(0, 1)).tolist())
"""
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path))

    def printed(*words: str) -> str:
        return subprocess.run([sys.executable, "-c", run, *words], capture_output=True, text=True, check=True).stdout

    changed, plain = printed("changed"), printed()
    assert changed != plain
    own = finished(tiny_scenario(days=40)).world.section_flows.sum(axis=(0, 1)).tolist()
    assert plain.strip() == str(own)
    assert printed("changed") == changed  # a warm cache does not hide it


@pytest.mark.nightly
@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_models_of_several_rules_live_in_one_process_though_others_have_compiled_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled code of one name from several processes once met in a third, and was taken for each other."""
    run = """
import sys, sim
from sim import extend
from tests.strategies import tiny_scenario
for name in sys.argv[1:]:
    extend.clear()
    if name != "none":
        extend.load(name)
    model = sim.CorridorModel(tiny_scenario(days=30))
    model.run_model()
    print(name, model.world.section_flows.sum(axis=(0, 1)).tolist())
"""
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path / "cache"))
    others = []
    for number, text in enumerate(("", "extend.attribute('age', categories={'a': 0.5, 'b': 0.5})", RULE)):
        others.append(str(tmp_path / f"mine{number}.py"))
        Path(others[-1]).write_text(f"from sim import extend\n{text}\n", encoding="utf-8")

    def printed(*names: str) -> list[str]:
        words = [sys.executable, "-c", run, *names]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()

    alone = [printed(name)[0] for name in ("none", *others)]
    assert printed("none", *others) == alone
    assert printed(*others[::-1], "none") == alone[::-1]


RULE = """
@extend.rule("detection_probability")
def nobody(section, coaching, p):
    return 0.0
"""


@pytest.mark.nightly
@pytest.mark.parametrize(
    "call",
    ["from sim import extend as e\nHAPPENS = e.happens", "import sim\nimport sim.extend", "from helper import e"],
    ids=["a name of its own", "the whole package", "a helper of its own"],
)
def test_a_rule_is_reached_by_whatever_module(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who counts through another module's name counts what all others count, by category too."""
    monkeypatch.syspath_prepend(str(tmp_path))
    helper = "import types\nfrom sim import extend\n\n@extend.compiled\ndef note(w, day, m, flow):\n"
    (tmp_path / "helper.py").write_text(helper + "    extend.count(w, day, m, flow)\n\nimport helper as e\n")
    name = {"from helper": "e.note", "import sim\n": "sim.extend.count"}.get(call[:11], "e.count")
    (tmp_path / "mine.py").write_text(f"{call}\n{COUNTED.replace('COUNT', name)}", encoding="utf-8")
    try:
        with extend.loaded(tmp_path / "mine.py"):
            run = run_data_of(finished(TINY))
            assert by_pair(run, "seen").sum() > 0
            np.testing.assert_array_equal(run.strata["age"].sum(axis=1), run.pair_flows.sum(axis=1))
    finally:
        sys.modules.pop("helper", None)


COUNTED = """
from sim.extend import attribute, flow, process
SEEN = flow("seen", unit="persons", title="Seen")
AGE = attribute("age", categories={"minor": 0.5, "adult": 0.5})

@process(after="decisions")
def look(w, day):
    for i in range(w.rows.shape[0]):
        if w.rows[i].status == 4:
            COUNT(w, day, w.rows[i], SEEN)
"""


def test_steps_are_taken_after_their_process() -> None:
    def close_everything(w, day):
        for r in range(w.routes.shape[0]):
            w.routes[r].open = 0

    def count_days(w, day):
        w.rows[0].flags += 2

    rules.add_step("demand", count_days)
    model = finished(TINY)
    assert model.world.rows["flags"][0] // 2 == TINY.days % 128
    rules.clear()
    rules.add_step("ledger", close_everything)
    assert finished(TINY).world.route_flows.sum() <= model.world.route_flows.sum()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("detection", "did you mean"),
        ("run", "one of several; allowed: aftermath.run"),
        ("demand.utillity", "did you mean demand.utility"),
    ],
)
def test_a_rule_that_does_not_exist_is_named(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rules.replace(name, nobody)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"found attempts.detected\(section, coaching, p\); allowed: .*\(m, prob"):
        rules.replace("detected", nobody)
    rules.replace("detection_probability", nobody)
    with pytest.raises(ValueError, match="replaced twice"):
        rules.replace("detection_probability", nobody)
    with pytest.raises(ValueError, match=r"found after='lunch'; allowed: aftermath, attempts, booking"):
        rules.add_step("lunch", lambda w, day: None)
    with pytest.raises(ValueError, match=r"allowed: \(w, day\)"):
        rules.add_step("demand", lambda w: None)


def test_a_rule_that_changes_nothing_changes_no_byte() -> None:
    before = finished(TINY)

    rules.replace("detection_probability", rules.plain(attempts.detection_probability))
    after = finished(TINY)
    for table in ("rows", "stocks", "section_flows", "pair_flows", "route_flows", "section_detection"):
        np.testing.assert_array_equal(getattr(before.world, table), getattr(after.world, table))
