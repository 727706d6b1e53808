"""What an experiment may say: every field's limits, on both sides, and the words of a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sim.scenario.quantity import Distribution
from sim.sweeps.experiment import Decision, Sweep, Threshold, Varied

SWEEP = {"kind": "sweep", "title": "t", "scenario": "a", "parameters": {"p": None}}
DECISION = {"kind": "decision", "title": "t", "scenarios": ["a", "b"], "objectives": {"deaths": {}},
            "parameters": {"p": None}}  # fmt: skip
THRESHOLD = {"kind": "threshold", "title": "t", "scenario": "a", "parameters": {"p": None}}
MODELS = {"sweep": (Sweep, SWEEP), "decision": (Decision, DECISION), "threshold": (Threshold, THRESHOLD)}


def made(kind: str, **changes: Any) -> Any:
    model, content = MODELS[kind]
    return model.model_validate({key: value for key, value in (content | changes).items() if value is not ...})


def message(kind: str, **changes: Any) -> str:
    with pytest.raises(ValidationError) as error:
        made(kind, **changes)
    [found] = error.value.errors()
    return str(found["msg"]).removeprefix("Value error, ")


def test_what_an_experiment_leaves_out_has_its_default() -> None:
    sweep = made("sweep")
    assert (sweep.design, sweep.samples, sweep.levels, sweep.replicates, sweep.seed) == (
        "latin-hypercube",
        256,
        4,
        1,
        1,
    )
    assert (sweep.second_order, sweep.paired, sweep.others, sweep.names) == (False, True, "central", ["a"])
    assert made("sweep", scenario=..., scenarios=["x", "y"]).names == ["x", "y"]
    decision = made("decision")
    assert (decision.names, decision.outcomes, decision.satisfied) == (["a", "b"], ["deaths"], 0.75)
    assert (decision.objectives["deaths"].goal, decision.objectives["deaths"].enough) == ("lower", None)
    search = made("threshold")
    assert (search.where, search.level, search.response) == ("days_over > 0", "section", "rising")
    assert (search.probabilities, search.halvings, search.replicates) == ([0.1, 0.5, 0.9], 5, 60)
    assert made("sweep", set={"days": 3}).overrides == {"days": 3}


def test_a_parameter_is_nothing_a_distribution_or_a_mapping() -> None:
    found = made("sweep", parameters={
        "a": None, "b": {"uniform": [1, 2]}, "c": {"range": [0, 1], "title": "C"}, "d": {"joint": True},
        "e": {"distribution": {"choice": [1, 2]}}, "f": {"joint": [1, 2]}, "g": {"values": [2, 1]},
    }).parameters  # fmt: skip
    assert found["a"] == Varied()
    assert found["b"].distribution == Distribution("uniform", (1, 2))
    assert (found["c"].range, found["c"].title) == ([0, 1], "C")
    assert found["d"].joint is True and found["d"].distribution is None
    assert found["e"].distribution == Distribution("choice", (1, 2))
    assert found["f"].distribution == Distribution("joint", (1, 2))
    assert found["g"].values == [2, 1]


ONE = "one of them is allowed"
VARIED = {
    "a range and values": ({"range": [0, 1], "values": [1, 2]}, f"found range and values; {ONE}"),
    "values and a distribution": ({"values": [1, 2], "distribution": {"uniform": [0, 1]}},
                                  f"found values and distribution; {ONE}"),
    "joint and a range": ({"joint": True, "range": [0, 1]}, f"found range and joint; {ONE}"),
    "joint and paths": ({"joint": True, "paths": {"a": 1}}, f"found paths and joint; {ONE}"),
    "a value twice": ({"values": [1, 2, 1]}, "found the values [1.0, 2.0, 1.0], one of them twice; allowed: each once"),
    "a range that falls": ({"range": [2, 1]}, "found the range [2.0, 1.0]; allowed: [low, high] with low below high"),
    "a range of one": ({"range": [1, 1]}, "found the range [1.0, 1.0]; allowed: [low, high] with low below high"),
    "a factor of 0": ({"paths": {"a": 1, "b": 0}}, "found a factor that is not above 0 in paths; each path needs one"
                      " above 0"),
    "no distribution": ({"distribution": 3}, "found 3; a distribution such as {triangular: [low, mode, high]} is"
                        " needed"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "text"), VARIED.values(), ids=VARIED)
def test_a_parameter_varies_in_one_way(given: dict[str, Any], text: str) -> None:
    assert message("sweep", parameters={"p": given}) == text
    with pytest.raises(ValidationError):
        made("sweep", parameters={"p": {"paths": {}}})


def test_what_moves_several_paths_may_have_a_range_and_a_title() -> None:
    found = Varied.model_validate({"paths": {"a": 0.5, "b": 2}, "range": [0, 1], "title": "x"})
    assert found.paths == {"a": 0.5, "b": 2}
    assert Varied.model_validate({"joint": True, "title": "x"}).joint


WORDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no scenario": ("sweep", {"scenario": ...}, "needed: either `scenario` or `scenarios`"),
    "both": ("sweep", {"scenarios": ["a", "b"]}, "needed: either `scenario` or `scenarios`"),
    "a scenario twice": ("sweep", {"scenario": ..., "scenarios": ["a", "b", "a"]},
                         "scenarios: found a twice; allowed: each once"),
    "an outcome twice": ("sweep", {"outcomes": ["deaths", "deaths@all"]},
                         "outcomes: found deaths twice; allowed: each once"),
    "a response twice": ("decision", {"scenarios": ["a", "a"]}, "scenarios: found a twice; allowed: each once"),
    "an objective twice": ("decision", {"objectives": {"deaths": {}, "deaths@all": {}}},
                           "objectives: found deaths twice; allowed: each once"),
    "few samples": ("decision", {"samples": 9}, "samples: found 9; a decision needs 10 points or more"),
    "a probability twice": ("threshold", {"probabilities": [0.5, 0.5]},
                            "probabilities: found 0.5 twice; allowed: each once"),
    "a joint factor": ("threshold", {"parameters": {"p": {"joint": True}}}, "parameters: found a joint parameter, which"
                       " has no order; allowed: one with a range"),
    "certain": ("threshold", {"probabilities": [0.5, 1]}, "probabilities: found [0.5, 1.0]; allowed: between 0 and 1"),
    "impossible": ("threshold", {"probabilities": [0]}, "probabilities: found [0.0]; allowed: between 0 and 1"),
    "values of morris": ("sweep", {"design": "morris", "parameters": {"p": {"values": [1, 2]}}}, "design: found morris"
                         " and a parameter with `values`; morris needs ranges or distributions"),
    "joint in morris": ("sweep", {"design": "morris", "parameters": {"p": {"joint": True}}}, "design: found morris and"
                        " a joint parameter; joint needs one of the other designs"),
    "joint one at a time": ("sweep", {"design": "one-at-a-time", "parameters": {"p": {"joint": True}}}, "design: found"
                            " one-at-a-time and a joint parameter; joint needs one of the other designs"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "text"), WORDS.values(), ids=WORDS)
def test_what_is_refused_is_told(kind: str, changes: dict[str, Any], text: str) -> None:
    assert message(kind, **changes) == text


ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("sweep", {"design": "one-at-a-time", "parameters": {"p": {"values": [1, 2]}}}),
    ("sweep", {"design": "grid", "parameters": {"p": {"joint": True}, "q": {"values": [1, 2]}}}),
    ("decision", {"samples": 10, "satisfied": 1}), ("threshold", {"probabilities": [0.001, 0.999]}),
    ("sweep", {"outcomes": ["deaths", "deaths@poland"]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes"), ALLOWED)
def test_what_is_at_a_limit_is_allowed(kind: str, changes: dict[str, Any]) -> None:
    assert made(kind, **changes).kind == kind


LIMITS: list[tuple[str, str, Any, Any]] = [
    ("sweep", "seed", 0, -1), ("sweep", "seed", 2**63 - 1, 2**63), ("sweep", "samples", 1, 0),
    ("sweep", "samples", 1_000_000, 1_000_001), ("sweep", "levels", 2, 1), ("sweep", "levels", 10_000, 10_001),
    ("sweep", "replicates", 1, 0), ("sweep", "replicates", 100_000, 100_001), ("threshold", "halvings", 1, 0),
    ("threshold", "halvings", 20, 21), ("threshold", "replicates", 2, 1), ("decision", "satisfied", 0.01, 0),
    ("decision", "satisfied", 1, 1.01), ("decision", "scenarios", ["a", "b"], ["a"]),
    ("threshold", "probabilities", [0.5], []), ("sweep", "parameters", {"p": None}, {}),
    ("threshold", "parameters", {"p": None}, {"p": None, "q": None}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "field", "right", "wrong"), LIMITS)
def test_a_field_has_its_limits(kind: str, field: str, right: Any, wrong: Any) -> None:
    made(kind, **{field: right})
    with pytest.raises(ValidationError):
        made(kind, **{field: wrong})
