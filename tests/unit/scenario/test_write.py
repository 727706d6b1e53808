"""Round trips, hashes, any bytes, and the schema for editors."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, apply_overrides, load_scenario, resolve, scenario_hash, to_yaml
from sim.scenario.json_schema import scenario_json_schema
from sim.scenario.nodes import parse_yaml
from tests.strategies import finished

Write = Callable[..., Path]

NUMBERS = st.floats(0.1, 20)
TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def load_text(folder: Path, text: str | bytes) -> Scenario:
    file = folder / "case.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_scenario(file)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_bytes_give_a_scenario_or_a_scenario_error(data: st.DataObject, small: str, folder: Path) -> None:
    content = small.encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 12)))
        syntax = st.sampled_from(
            [b"\n", b": ", b"- ", b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!", b"%", b"|", b"'", b'"', b"---"]
        )
        content = content[:start] + data.draw(st.one_of(syntax, st.binary(max_size=6))) + content[end:]
    try:
        assert isinstance(load_text(folder, content), Scenario)
    except ScenarioError as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass")))
)
def test_arbitrary_bytes(content: bytes, folder: Path) -> None:
    with pytest.raises(ScenarioError):
        load_text(folder, content)


@settings(max_examples=60, deadline=None)
@given(title=TITLES, success=NUMBERS, low=NUMBERS, width=NUMBERS, nationality=TITLES)
def test_what_is_written_loads_equal(
    small: str, folder: Path, title: str, success: float, low: float, width: float, nationality: str
) -> None:
    changes: dict[str, Any] = {
        "behaviour.success": success,
        "detection.coverage": {"uniform": [low, low + width]},
    }
    scenario = apply_overrides(load_text(folder, small), changes)
    cohort = scenario.cohorts["iraq-kurds"].model_copy(update={"nationality": nationality})
    scenario = scenario.model_copy(update={"title": title, "cohorts": {"iraq-kurds": cohort}})
    again = load_text(folder, to_yaml(scenario))
    assert again == scenario
    assert scenario_hash(again) == scenario_hash(scenario)


@settings(max_examples=30, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_order_of_keys_means_nothing(small: str, folder: Path, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    scenario = load_text(folder, small)
    other = Scenario.model_validate(shuffled(parse_yaml(small, "small").plain()))
    assert scenario_hash(other) == scenario_hash(scenario)
    assert list(other.transit_states) == list(scenario.transit_states)


def test_hash_sees_every_value(write: Write, small: str) -> None:
    scenario = load_scenario(write(small))
    assert scenario_hash(apply_overrides(scenario, {"hazards.injury": 0.001})) != scenario_hash(scenario)


def test_json_form_validates_again(write: Write, small: str) -> None:
    scenario = load_scenario(write(small))
    assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


WRONG = [
    "dayz: 3",
    "days: many",
    "transit_states: {belarus: {visas: {june: 3}}}",
    "measures: {a: {kind: fense}}",
    "behaviour: {success: -1}",
    "sections: {kuznica: {length: {gauss: [1, 2]}}}",
    "zones: {A B: {}}",
]


def plain(text: str) -> Any:
    def as_json(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): as_json(item) for key, item in value.items()}
        if isinstance(value, list):
            return [as_json(item) for item in value]
        return value.isoformat() if hasattr(value, "isoformat") else value

    return as_json(parse_yaml(text, "text").plain())


def test_editor_schema_accepts_scenarios_and_finds_typos(write: Write, small: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = scenario_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(plain(small))
    assert validator.is_valid(plain(to_yaml(load_scenario(write(small)))))
    assert validator.is_valid(plain("extends: small\nmeasures: {ban: {start: 2021-08-02}, wall: null}\n"))
    for wrong in WRONG:
        assert not validator.is_valid(plain(wrong)), wrong


def test_editor_schema_tells_unit_range_and_default() -> None:
    schema = scenario_json_schema()
    retry = schema["$defs"]["Behaviour"]["properties"]["retry"]
    assert "from 1 to 365 (days)" in retry["description"]
    assert "Default: 7" in retry["description"]
    assert schema["properties"]["extends"]["type"] == "string"
    assert "required" not in schema


@pytest.mark.parametrize("name", ["benghazi-minsk-2025", "combined-response"])
def test_the_record_of_a_shortened_run_is_a_scenario(name: str, folder: Path) -> None:
    whole = load_scenario(name)
    short = apply_overrides(whole, {"days": 60})
    again = load_text(folder, to_yaml(short))
    assert again.days == 60
    assert to_yaml(again) == to_yaml(short)
    assert to_yaml(short) != to_yaml(apply_overrides(whole, {"days": whole.days})).replace("days: 365", "days: 60")
    assert set(again.measures) <= set(short.measures)
    days = finished(resolve(short))
    ended = finished(resolve(again))
    for level in ("section_flows", "route_flows", "pair_flows"):
        assert (getattr(ended.world, level) == getattr(days.world, level)).all()
