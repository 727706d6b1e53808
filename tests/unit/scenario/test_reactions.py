"""Reactions in scenario files: what is refused, with its line, and what the switch does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.model import CorridorModel
from sim.scenario import ScenarioError, apply_overrides, load_scenario, resolve, to_yaml
from sim.scenario.entry import is_uncertain
from sim.scenario.paths import parameter_paths
from sim.scenario.reactions import ACTIONS, TRIGGERS
from sim.scenario.schema import Scenario

STEER: dict[str, Any] = {"kind": "steering", "zones": {"polotsk": 2}}
TURNS = {"kind": "agency", "agency": "lithuania", "does": "turns-back"}


def written(tmp_path: Path, **reactions: str) -> Path:
    """A file with reactions, one a line from line 3 on."""
    lines = ["extends: minsk-2021", "reactions:", *(f"  {name}: {text}" for name, text in reactions.items())]
    file = tmp_path / "it.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "{actor: belaru, when: {kind: route, routes: [moscow-minsk]}, do: {kind: stop}}",
            ["reactions.a.actor", "'belaru'", "did you mean 'belarus'"],
        ),
        (
            "{actor: poland, when: {kind: route, routes: [moscow-minsk]}, do: {kind: stop}}",
            ["reactions.a.actor", "who cannot do 'stop'", "belarus, libya-east, libya-west"],
        ),
        (
            "{actor: belarus, when: {kind: presure, above: 1}, do: {kind: stop}}",
            ["reactions.a.when", "'presure'", "did you mean 'pressure'"],
        ),
        (
            "{actor: belarus, when: {kind: measure, measure: nope}, do: {kind: stop}}",
            ["reactions.a.when.measure", "'nope'", "turkey-bars"],
        ),
        (
            "{actor: belarus, when: {kind: reaction, reaction: a}, do: {kind: stop}}",
            ["reactions.a.when.reaction", "circle: a waits for a"],
        ),
        (
            "{actor: belarus, when: {kind: pressure}, do: {kind: stop}}",
            ["reactions.a.when", "neither `above` nor `below`; needed: one of them"],
        ),
        (
            "{actor: belarus, when: {kind: pressure, above: 1, release: 2}, do: {kind: stop}}",
            ["reactions.a.when.release", "allowed: at most 1"],
        ),
        (
            "{actor: belarus, when: {kind: flow, of: attempts, below: 5, routes: [moscow-minsk]}, do: {kind: stop}}",
            ["reactions.a.when.routes", "not told apart"],
        ),
        (
            "{actor: belarus, when: {kind: pressure, above: 1}, do: {kind: steering}}",
            ["reactions.a.do", "`zones` or `weakest`"],
        ),
        (
            "{actor: libya-east, when: {kind: pressure, above: 1}, do: {kind: steering, zones: {lida: 1}}}",
            ["reactions.a.do.zones.lida", "no zone of 'libya-east'"],
        ),
        (
            "{actor: belavia, when: {kind: pressure, above: 1}, do: {kind: departures, routes: [moscow-minsk]}}",
            ["reactions.a.do.routes.0", "'belavia' does not serve"],
        ),
        (
            "{actor: belarus, when: {kind: pressure, above: 1}, do: {kind: departures, routes: [benghazi-minsk]}}",
            ["reactions.a.do.routes.0", "no carrier serves"],
        ),
        (
            "{actor: poland, when: {kind: pressure, above: 1}, do: {kind: redeployment, sections: [lt-by-1]}}",
            ["reactions.a.do.sections.0", "no green border that 'poland' guards"],
        ),
        (
            "{actor: poland, when: {kind: pressure, above: 1}, do: {kind: crossing-closure, points: [pl-by-1]}}",
            ["reactions.a.do.points.0", "no crossing point of 'poland'"],
        ),
        (
            "{actor: poland, when: {kind: pressure, above: 1}, do: {kind: mutual-aid, agency: poland}}",
            ["reactions.a.do.agency", "lends to itself", "latvia, lithuania"],
        ),
        (
            "{actor: belarus, when: {kind: pressure, above: 1}, do: {kind: stop}, after: -1}",
            ["reactions.a.after", "from 0 to 365"],
        ),
        (
            "{actor: belarus, when: {kind: pressure, above: 1}, do: {kind: stop}, rest: 0}",
            ["reactions.a.rest", "from 1 to 3,650"],
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario(written(tmp_path, a=text))
    message = str(error.value)
    assert f"{tmp_path / 'it.yaml'}:3:" in message
    assert all(word in message for word in words), message


def test_a_circle_of_several_is_refused(tmp_path: Path) -> None:
    text = "{{actor: belarus, when: {{kind: reaction, reaction: {}}}, do: {{kind: stop}}}}"
    with pytest.raises(ScenarioError, match="circle: a waits for c waits for b waits for a"):
        load_scenario(written(tmp_path, a=text.format("c"), b=text.format("a"), c=text.format("b")))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    again = {"actor": "belarus", "when": {"kind": "reaction", "reaction": "steers"}, "do": {"kind": "stop"}}
    named = {"actor": "belarus", "when": {"kind": "measure", "measure": "turkey-bars"}, "do": STEER}
    steers = {"actor": "belarus", "when": TURNS, "do": STEER, "after": {"uniform": [1, 5]}}
    named_again = {**again, "when": {"kind": "reaction", "reaction": "named"}}
    reactions = {"steers": steers, "again": again, "named": named, "named-again": named_again}
    return load_scenario("minsk-2021", overrides={"reactions": reactions})


def test_reactions_are_written_and_read_again(scenario: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_text(to_yaml(scenario))
    assert load_scenario(file) == scenario


def test_of_a_shortened_run_only_reactions_to_what_is_left_are_written(scenario: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_text(to_yaml(apply_overrides(scenario, {"days": 100})))
    assert sorted(load_scenario(file).reactions) == ["again", "steers"]


def test_where_nobody_answers_reactions_are_no_parameters_and_nothing_is_drawn_for_them(scenario: Scenario) -> None:
    silent = apply_overrides(scenario, {"answers": False})
    paths = [[path for path, _, _ in parameter_paths(s) if path.startswith("reactions.")] for s in (scenario, silent)]
    assert "reactions.steers.after" in paths[0] and not paths[1]
    assert resolve(scenario, 1).reactions["steers"].after != resolve(scenario, 2).reactions["steers"].after
    assert not resolve(silent, 1).reactions and not is_uncertain(resolve(silent, 1))
    assert not CorridorModel(silent).reactions.answers


def test_a_reaction_moves_no_draw_of_another_parameter(scenario: Scenario) -> None:
    plain = apply_overrides(scenario, {"reactions": {}})
    with_them = resolve(scenario, 7).model_copy(update={"reactions": {}})
    assert with_them == resolve(plain, 7)


def test_every_kind_says_what_it_is() -> None:
    for kind in (*ACTIONS.values(), *TRIGGERS.values()):
        assert (kind.__doc__ or "").strip().split("\n")[0].endswith("."), kind
