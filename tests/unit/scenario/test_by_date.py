"""Quantities by date in files, overrides, draws and sweeps: what they mean, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.inference.frozen_inputs import freeze
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
from sim.scenario.entry import dated
from sim.scenario.json_schema import scenario_json_schema
from sim.scenario.paths import get_path
from sim.scenario.points import Filling, coordinate_of
from sim.scenario.schema import Scenario
from sim.scenario.write import scenario_hash
from tests.properties.differing import differing
from tests.strategies import finished, tiny_scenario

Write = Callable[..., Path]
BARRIER = "sections.kuznica.barrier"
FIRST, SECOND = date(2021, 7, 5), date(2021, 7, 20)


def barrier(write: Write, text: str, name: str = "case.yaml", parent: str = "small") -> Scenario:
    return load_scenario(write(f"extends: {parent}\nsections: {{kuznica: {{barrier: {text}}}}}\n", name))


def set_to(scenario: Scenario, *texts: str) -> Scenario:
    return apply_overrides(scenario, dict(parse_override(text) for text in texts))


def test_a_number_a_distribution_or_a_mapping_of_dates(write: Write) -> None:
    assert barrier(write, "70").sections["kuznica"].barrier == 70
    assert barrier(write, "{uniform: [50, 90]}").sections["kuznica"].barrier.to_yaml() == {"uniform": [50, 90]}  # type: ignore[union-attr]
    found = barrier(write, "{2021-07-20: 60, 2021-07-05: {triangular: [5, 10, 20]}}").sections["kuznica"]
    assert list(found.barrier) == [FIRST, SECOND]  # type: ignore[arg-type]
    assert dated(found, "barrier") == (found.barrier, 0.0)
    assert dated(found, "surveillance") == ({}, 0.2)
    assert barrier(write, "{}").sections["kuznica"].barrier == {}


def test_one_value_for_all_dates_is_the_number() -> None:
    """Whether it is said once, or again and again."""
    plain = tiny_scenario({"sections": {"kuznica": {"barrier": 20, "surveillance": 0.4}}})
    by_date = {date(2000, 1, 1): 20, plain.start: 20, date(2025, 11, 1): 20}
    again = tiny_scenario({"sections": {"kuznica": {"barrier": by_date, "surveillance": {date(2020, 1, 1): 0.4}}}})
    assert differing(finished(plain), finished(again)) == []
    default = tiny_scenario({"sections": {"kuznica": {"barrier": {}, "surveillance": {}}}})
    assert differing(finished(tiny_scenario()), finished(default)) == []


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("{june: 3}", ".june", ["found 'june'", "a date such as 2021-08-03"]),
        ("{2021-02-30: 3}", ".2021-02-30", ["no day of the calendar"]),
        ("{2021-07-05: -1}", ".2021-07-05", ["found -1", "from 0 to 5,000", "km"]),
        ("{2021-07-05: long}", ".2021-07-05", ["found 'long'", "a number"]),
        ("{2022-01-01: 5}", ".2022-01-01", ["after the last day of the run", "up to 2021-08-29"]),
        ("{triangula: [1, 2, 3]}", "", ["triangular: [low, mode, high]"]),
        ("long", "", ["a number", "mapping of dates"]),
    ],
)
def test_errors_name_file_line_field_and_what_is_allowed(write: Write, text: str, place: str, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        barrier(write, text)
    message = str(error.value)
    assert f"case.yaml:2: {BARRIER}{place}: " in message
    assert [word for word in words if word not in message] == [], message
    assert len(message.splitlines()) == 1


def test_a_file_that_extends_says_only_what_differs(write: Write) -> None:
    barrier(write, "{2021-07-05: 10, 2021-07-20: 60}", "parent.yaml")

    def child(text: str) -> Any:
        return barrier(write, text, parent="parent").sections["kuznica"].barrier

    assert child("{2021-07-20: 70}") == {FIRST: 10, SECOND: 70}
    assert child("{2021-07-05: null}") == {SECOND: 60}
    assert child("9") == 9
    assert child("{choice: [9, 10]}").to_yaml() == {"choice": [9, 10]}


def test_overrides_set_one_date_or_all(write: Write) -> None:
    scenario = load_scenario(write("extends: small\n"))
    one = set_to(scenario, f"{BARRIER}=5", f"{BARRIER}.2021-07-20=60")
    assert one.sections["kuznica"].barrier == {date(1990, 1, 1): 5, SECOND: 60}
    assert set_to(one, f"{BARRIER}=7").sections["kuznica"].barrier == 7
    assert set_to(one, f"{BARRIER}.2021-07-20=null").sections["kuznica"].barrier == {date(1990, 1, 1): 5}
    assert get_path(one, f"{BARRIER}.2021-07-20") == 60
    with pytest.raises(ScenarioError, match="a date such as"):
        set_to(scenario, f"{BARRIER}.june=4")


@pytest.mark.parametrize("text", ["{2021-07-05: 10, 2021-07-20: {uniform: [50, 60]}}", "{2021-07-05: 12.5}", "{}"])
def test_written_and_read_it_is_the_same(write: Write, text: str) -> None:
    scenario = barrier(write, text)
    again = load_scenario(write(to_yaml(scenario, whole=True), "again.yaml"), any_date=True)
    assert again == scenario and scenario_hash(again) == scenario_hash(scenario)
    barrier(write, "{2021-07-01: 3}", "parent.yaml")
    difference = diff_yaml(scenario, str(write("", "x.yaml").with_name("parent.yaml")))
    assert load_scenario(write(difference, "child.yaml"), any_date=True) == scenario


def test_they_are_drawn_and_swept_by_date(write: Write) -> None:
    scenario = barrier(write, "{2021-07-05: {uniform: [5, 9]}, 2021-07-20: {uniform: [50, 60]}}")
    paths = [f"{BARRIER}.{day}" for day in (FIRST, SECOND)]
    drawn = drawn_values(scenario, seed=3)
    assert set(paths) <= set(drawn)
    assert resolve(scenario, seed=3).sections["kuznica"].barrier == {
        FIRST: drawn[paths[0]],
        SECOND: drawn[paths[1]],
    }
    listed = {parameter.path: parameter for parameter in parameter_paths(scenario)}
    assert listed[paths[1]].field.unit == "km" and BARRIER not in listed
    assert coordinate_of(scenario, paths[0]).field.high == 5000
    filled, _ = Filling(scenario, paths, [1, 2]).at([6, 55], seed=4)
    assert filled == resolve(apply_overrides(scenario, {paths[0]: 6, paths[1]: 55}), seed=4)


def test_what_is_built_later_is_not_known_before(write: Write) -> None:
    """A frozen scenario keeps what stood on the day."""
    scenario = barrier(write, "{2021-07-05: 10, 2021-07-20: 60}")
    frozen = freeze(scenario, date(2021, 7, 10), scenario.end)
    assert frozen.sections["kuznica"].barrier == {FIRST: 10}


def test_the_editor_schema_takes_them_and_finds_typos() -> None:
    validator = jsonschema.Draft202012Validator(scenario_json_schema())

    def valid(value: Any) -> bool:
        return bool(validator.is_valid({"sections": {"kuznica": {"barrier": value}}}))

    for value in (5, {"triangular": [1, 2, 3]}, {"2021-07-05": 5, "2021-07-20": {"uniform": [1, 2]}}, {}):
        assert valid(value), value
    assert valid({"2021-07-05": None})
    for value in ({"june": 5}, {"triangula": [1, 2, 3]}, {"2021-07-05": 6000}, {"2021-07-05": "long"}):
        assert not valid(value), value
