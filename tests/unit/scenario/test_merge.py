"""What ``extends`` inherits, replaces, removes and refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sim.scenario import Scenario, ScenarioError, diff_yaml, load_scenario
from sim.scenario.quantity import Distribution

Write = Callable[..., Path]
ErrorOf = Callable[..., str]


def child(write: Write, text: str) -> Scenario:
    return load_scenario(write(f"extends: small\n{text}"))


def test_child_says_only_what_differs(write: Write) -> None:
    scenario = child(write, "title: Child\ntransit_states: {belarus: {visas: {2021-07-15: 70}}}\n")
    assert scenario.title == "Child"
    assert scenario.transit_states["belarus"].hub == "minsk"
    assert list(scenario.transit_states["belarus"].visas) == [
        date(2021, 6, 1),
        date(2021, 7, 15),
        date(2021, 8, 1),
    ]


def test_distributions_replace_whole(write: Write) -> None:
    text = "sections: {kuznica: {length: {uniform: [90, 110]}}}\n"
    scenario = child(write, text + "cohorts: {iraq-kurds: {push: {2021-07-20: 2}}}\n")
    assert scenario.sections["kuznica"].length == Distribution("uniform", (90, 110))
    assert scenario.cohorts["iraq-kurds"].push[date(2021, 7, 20)] == 2


def test_null_removes_entries_and_dates(write: Write) -> None:
    scenario = child(write, "measures: {ban: null}\ntransit_states: {belarus: {visas: {2021-08-01: null}}}\n")
    assert list(scenario.measures) == ["wall"]
    assert list(scenario.transit_states["belarus"].visas) == [date(2021, 6, 1)]


def test_null_takes_back_an_optional_field(write: Write) -> None:
    assert child(write, "measures: {ban: {announced: null}}").measures["ban"].announced is None


def test_measure_of_another_kind_replaces_whole(write: Write) -> None:
    measure = child(write, "measures: {ban: {kind: visa-stop, start: 2021-08-01, transit_state: belarus}}").measures[
        "ban"
    ]
    assert measure.kind == "visa-stop"
    assert measure.announced is None


def test_errors_name_the_file_that_gave_the_value(write: Write, error_of: ErrorOf, small: str) -> None:
    write(small.replace("size: 1000", "size: -3"), "small.yaml")
    message = error_of("extends: small\ntitle: Child\nroutes: {erbil-minsk: {mode: fly}}\n")
    assert "case.yaml:3: routes.erbil-minsk.mode" in message
    assert "small.yaml:8: cohorts.iraq-kurds.size" in message


def test_child_may_shorten_the_run(write: Write) -> None:
    assert child(write, "days: 10\n").days == 10


def test_dates_of_the_child_keep_to_its_run(error_of: ErrorOf) -> None:
    message = error_of("extends: small\ndays: 10\nmeasures: {wall: {start: 2021-08-01}}\n")
    assert "case.yaml:3: measures.wall.start: found 2021-08-01" in message
    assert "2021-07-10" in message


def test_cycle_names_the_chain(write: Write, error_of: ErrorOf) -> None:
    write("extends: b\n", "a.yaml")
    write("extends: case.yaml\n", "b.yaml")
    message = error_of("title: x\nextends: a.yaml\n")
    assert "b.yaml:1: extends: a cycle: case extends a extends b extends case" in message


def test_file_that_extends_itself(error_of: ErrorOf) -> None:
    assert "case.yaml:1: extends: a cycle: case extends case" in error_of("extends: case\n")


def test_unknown_parent_suggests_the_nearest(error_of: ErrorOf) -> None:
    message = error_of("title: x\nextends: smal\n")
    assert "case.yaml:2: extends: found 'smal'" in message
    assert "did you mean 'small'" in message


def test_parent_may_not_lie_outside(tmp_path: Path, small: str) -> None:
    (tmp_path / "outer.yaml").write_text(small, encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    file = inner / "case.yaml"
    file.write_text("extends: ../outer.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"case.yaml:1: extends: found '../outer.yaml', outside"):
        load_scenario(file)
    assert load_scenario(file, allow_outside=True).days == 60
    (inner / "link.yaml").symlink_to(tmp_path / "outer.yaml")
    file.write_text("extends: link\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="outside"):
        load_scenario(file)


def test_difference_rebuilds_the_child(write: Write, tmp_path: Path) -> None:
    changed = child(
        write,
        "measures: {ban: {kind: visa-stop, start: 2021-08-01, transit_state: belarus}, wall: {lag: 3}}\n"
        "transit_states: {belarus: {visas: {2021-08-01: null, 2021-08-02: {uniform: [1, 2]}}}}\n",
    )
    text = diff_yaml(changed, str(tmp_path / "small.yaml"))
    assert "cohorts" not in text
    assert load_scenario(write(text)) == changed
