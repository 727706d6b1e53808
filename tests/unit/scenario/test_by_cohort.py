"""Quantities by cohort in files, overrides, draws and sweeps: what they mean, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.scenario import (
    ScenarioError,
    apply_overrides,
    diff_yaml,
    load_scenario,
    parameter_paths,
    parse_override,
    to_yaml,
)
from sim.scenario.draw import drawn_values, resolve
from sim.scenario.json_schema import scenario_json_schema
from sim.scenario.paths import get_path
from sim.scenario.points import Filling, coordinate_of
from sim.scenario.schema import Scenario
from sim.sweeps.factors import factor_of
from tests.strategies import tiny_scenario

Write = Callable[..., Path]
PATIENCE = "behaviour.patience"
TWO = """\
extends: small
cohorts:
  syrians: {origin: erbil, nationality: Syria, size: 10, routes: {erbil-minsk: 0}}
"""


def patience(write: Write, text: str, name: str = "case.yaml") -> Scenario:
    return load_scenario(write(f"{TWO}behaviour:\n  patience: {text}\n", name))


def set_to(scenario: Scenario, *texts: str) -> Scenario:
    return apply_overrides(scenario, dict(parse_override(text) for text in texts))


def test_a_mapping_of_cohorts_or_one_for_all(write: Write) -> None:
    assert patience(write, "70").behaviour.patience == 70
    assert patience(write, "{uniform: [50, 90]}").behaviour.patience.to_yaml() == {"uniform": [50, 90]}  # type: ignore[union-attr]
    for text in ("{iraq-kurds: 100, syrians: 300}", "{others: 300, iraq-kurds: 100}"):
        scenario = patience(write, text)
        assert get_path(scenario, f"{PATIENCE}.iraq-kurds") == 100
        assert get_path(scenario, f"{PATIENCE}.syrians") == 300


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("{syrian: 3, others: 4}", ".syrian", ["one of the cohorts", "others", "did you mean 'syrians'"]),
        ("{syrians: 3}", "", ["no value for 'iraq-kurds'", "needed: one for each cohort, or 'others'"]),
        ("{syrians: 0, others: 4}", ".syrians", ["found 0", "from 1 to 3,650", "days"]),
        ("{syrians: soon, others: 4}", ".syrians", ["found 'soon'", "a number"]),
        ("{syrians: {triangula: 4}, others: 4}", ".syrians", ["triangular: [low, mode, high]"]),
        ("{syrians: null, others: 4}", ".syrians", ["null", "none of this name is inherited"]),
        ("{2021-07-01: 4}", ".2021-07-01", ["found '2021-07-01'", "names of cohorts"]),
        ("{triangula: [1, 2, 3]}", "", ["triangular: [low, mode, high]"]),
        ("{}", "", ["a distribution is one of"]),
        ("soon", "", ["a number", "mapping of cohorts"]),
    ],
)  # fmt: skip
def test_errors_name_file_line_field_and_what_is_allowed(write: Write, text: str, place: str, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        patience(write, text)
    message = str(error.value)
    assert f"case.yaml:5: {PATIENCE}{place}: " in message
    assert [word for word in words if word not in message] == [], message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("detection.coverage", "detection: {coverage: "),
        ("information.memory", "information: {memory: "),
        ("behaviour.section_success", "behaviour: {section_success: "),
        ("sections.kuznica.terrain", "sections: {kuznica: {terrain: "),
    ],
)
def test_what_belongs_to_no_cohort_is_refused_by_cohort(write: Write, path: str, start: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario(write(f"{TWO}{start}{{syrians: 1, others: 2}}{'}' * start.count('{')}\n"))
    assert f"case.yaml:4: {path}: found values by cohort; this quantity belongs to no cohort; allowed: a number" in str(
        error.value
    )
    with pytest.raises(ScenarioError, match="has no parts"):
        set_to(load_scenario(write(TWO)), f"{path}.syrians=1")


def test_a_file_that_extends_says_only_what_differs(write: Write) -> None:
    patience(write, "{iraq-kurds: 100, syrians: 300}", "parent.yaml")

    def child(text: str) -> Any:
        return load_scenario(write(f"extends: parent\nbehaviour: {{patience: {text}}}\n")).behaviour.patience

    assert child("{syrians: 5}") == {"iraq-kurds": 100, "syrians": 5}
    assert child("{syrians: null, others: 7}") == {"iraq-kurds": 100, "others": 7}
    assert child("9") == 9
    assert child("{choice: [9, 10]}").to_yaml() == {"choice": [9, 10]}
    with pytest.raises(ScenarioError, match=r"case\.yaml:2: .*no value for 'syrians'"):
        child("{syrians: null}")


def test_overrides_set_one_cohort_or_all(write: Write) -> None:
    scenario = load_scenario(write(TWO))
    default = scenario.behaviour.patience
    one = set_to(scenario, f"{PATIENCE}.syrians=100")
    assert one.behaviour.patience == {"others": default, "syrians": 100}
    assert set_to(one, f"{PATIENCE}=100").behaviour.patience == 100
    assert set_to(one, f"{PATIENCE}.syrians=null").behaviour.patience == {"others": default}
    assert set_to(one, PATIENCE + "={iraq-kurds: 1, syrians: 2}").behaviour.patience == {"iraq-kurds": 1, "syrians": 2}
    spread = set_to(scenario, PATIENCE + "={uniform: [50, 90]}", f"{PATIENCE}.syrians=100").behaviour.patience
    assert isinstance(spread, dict) and spread["others"].to_yaml() == {"uniform": [50, 90]}  # type: ignore[union-attr]
    agency = set_to(scenario, "agencies.border-guard.procedure.syrians=9").agencies["border-guard"]
    assert agency.procedure == {"others": 150, "syrians": 9}
    for text in (f"{PATIENCE}.syrian=1", f"{PATIENCE}.syrian.x=1"):
        with pytest.raises(ScenarioError, match=r"^--set: behaviour\.patience\.syrian.*syrian"):
            set_to(scenario, text)


def test_drawn_values_are_listed_by_path(write: Write) -> None:
    scenario = patience(write, "{syrians: {uniform: [50, 90]}, others: {uniform: [10, 20]}}")
    drawn = drawn_values(scenario, seed=3)
    assert {path for path in drawn if path.startswith(PATIENCE)} == {f"{PATIENCE}.syrians", f"{PATIENCE}.others"}
    resolved = resolve(scenario, seed=3).behaviour.patience
    assert resolved == {"others": drawn[f"{PATIENCE}.others"], "syrians": drawn[f"{PATIENCE}.syrians"]}
    listed = {parameter.path: parameter for parameter in parameter_paths(scenario)}
    assert listed[f"{PATIENCE}.syrians"].field.unit == "days"
    assert PATIENCE not in listed


@pytest.mark.parametrize(
    "text",
    ["{iraq-kurds: 100, syrians: 300}", "{syrians: {uniform: [50, 90]}, others: 12.5}", "{others: {normal: [60, 5]}}"],
)
def test_written_and_read_it_is_the_same(write: Write, text: str) -> None:
    scenario = patience(write, text)
    assert load_scenario(write(to_yaml(scenario, whole=True), "again.yaml"), any_date=True) == scenario
    parent = patience(write, "{iraq-kurds: 100, syrians: {uniform: [1, 2]}}", "parent.yaml")
    difference = diff_yaml(scenario, str(write("", "x.yaml").with_name("parent.yaml")))
    assert load_scenario(write(difference, "child.yaml"), any_date=True) == scenario
    assert difference.count("\n") < to_yaml(scenario).count("\n") / 4
    assert parent != scenario


def test_the_editor_schema_takes_them_and_finds_typos() -> None:
    validator = jsonschema.Draft202012Validator(scenario_json_schema())

    def valid(section: str, field: str, value: Any) -> bool:
        return bool(validator.is_valid({section: {field: value}}))

    for value in (
        5,
        {"triangular": [1, 2, 3]},
        {"iraq": 5, "others": {"uniform": [1, 2]}},
        {"iraq": None, "others": 2},
    ):
        assert valid("behaviour", "patience", value), value
    for value in ({"iraq": "long"}, {"triangula": [1, 2, 3]}, {"iraq": 4000}, {"iraq": {"x": 2}}, {"Iraq": 5}):
        assert not valid("behaviour", "patience", value), value
    assert not valid("detection", "coverage", {"iraq": 1, "others": 2})


# Sweeps


def test_sweeps_vary_one_cohort_or_all() -> None:
    plain = tiny_scenario({"behaviour": {"retry": {"uniform": [2, 6]}}}, start=date(2025, 10, 1))
    filling = Filling(plain, ["behaviour.retry.iraqis", "behaviour.patience"], [3, 50])
    for values, seed in (([4, 70], None), ([5, 80], 11)):
        filled, drawn = filling.at(values, seed)
        by_hand = apply_overrides(
            plain, dict(zip(("behaviour.retry.iraqis", "behaviour.patience"), values, strict=True))
        )
        assert filled == resolve(by_hand, seed)
        assert drawn == {
            **drawn_values(by_hand, seed),
            "behaviour.retry.iraqis": values[0],
            PATIENCE: values[1],
        }
    assert factor_of(plain, "behaviour.patience.iraqis").centre == 60
    given = apply_overrides(plain, {PATIENCE: {"iraqis": 40, "others": 60}})
    assert factor_of(given, PATIENCE, spread=(30, 90)).centre == 60
    with pytest.raises(ScenarioError, match="no single value there"):
        factor_of(given, PATIENCE)
    with pytest.raises(ScenarioError, match="no parameter"):
        coordinate_of(plain, f"{PATIENCE}.martians")


@pytest.mark.parametrize("order", [1, -1])
def test_a_sweep_does_not_set_the_whole_and_its_part(order: int) -> None:
    paths = [PATIENCE, f"{PATIENCE}.iraqis"][::order]
    with pytest.raises(ScenarioError, match="which set the same; allowed: one of them"):
        Filling(tiny_scenario(), paths, [3, 50])
