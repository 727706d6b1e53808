"""Legs in words: which are shared, and where routes that share one disagree about its price."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import load_scenario, to_yaml
from sim.scenario.guide.legs import in_words, routes_by_leg, unlike_prices
from sim.scenario.load import nodes_of
from tests.strategies import tiny_scenario

ENDS = "mode: air, origin: baghdad, destination: minsk, transit_state: belarus"


def _written(folder: Path, second: str) -> Path:
    """A scenario with two routes over one leg, whose price the second states anew on line 4."""
    (folder / "tiny.yaml").write_text(to_yaml(tiny_scenario()))
    file = folder / "legs.yaml"
    file.write_text(
        "extends: tiny\nroutes:\n"
        f"  by-amman: {{{ENDS}, legs: {{baghdad-amman: 100, erbil-minsk: 900}}}}\n"
        f"  by-basra: {{{ENDS}, legs: {{baghdad-basra: 100, basra-erbil: 50, erbil-minsk: {second}}}}}\n"
    )
    return file


def test_routes_that_share_a_leg_are_told(tmp_path: Path) -> None:
    scenario = load_scenario(_written(tmp_path, "900"))
    assert routes_by_leg(scenario)["erbil-minsk"] == ["by-amman", "by-basra"]
    assert in_words(scenario) == "legs: 4 of 2 routes; erbil-minsk is on by-amman and by-basra"
    assert in_words(tiny_scenario()) == ""


def test_two_prices_of_one_leg_are_told_with_the_line_of_the_second(tmp_path: Path) -> None:
    file = _written(tmp_path, "900.0")
    assert not list(unlike_prices(load_scenario(file), nodes_of(file)))
    file = _written(tmp_path, "{uniform: [800, 1000]}")
    (problem,) = unlike_prices(load_scenario(file), nodes_of(file))
    assert str(problem).endswith(
        "legs.yaml:4: routes.by-basra.legs.erbil-minsk: found uniform [800, 1000] USD; "
        "the route 'by-amman' has 900 for the same leg"
    )
