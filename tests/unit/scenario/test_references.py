"""What must fit together across a scenario, and where shipped scenarios are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, files, load_scenario, references

Write = Callable[..., Path]
ErrorOf = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("observed: [poland-attempt]", ["observed.0", "'poland-attempt'", "did you mean 'poland-attempts'"]),
        (
            "sponsors: {moscow: {transit_states: [belarut]}}",
            ["sponsors.moscow.transit_states.0", "'belarus'"],
        ),
        (
            "sponsors: {moscow: {transit_states: [belarus], start: 2021-07-05, end: 2021-07-04}}",
            ["sponsors.moscow.end", "2021-07-04", "from the start"],
        ),
        (
            "sponsors: {moscow: {transit_states: [belarus], start: 2022-07-05}}",
            ["sponsors.moscow.start", "outside the run"],
        ),
        (
            "measures: {a: {kind: posture, start: 2021-07-05, transit_state: libya, steering: {grodno: 1}}}",
            ["measures.a.steering.grodno", "no zone of 'libya'"],
        ),
        (
            "measures: {a: {kind: sanctions, start: 2021-07-05}}",
            ["measures.a", "`carriers` or `transit_states`"],
        ),
        (
            "measures: {a: {kind: carrier-ban, start: 2021-07-05, carriers: [belavia], routes: [benghazi-crete]}}",
            ["measures.a.routes.0", "'benghazi-crete'", "no carrier named here serves", "erbil-minsk"],
        ),
        (
            "measures: {a: {kind: carrier-ban, start: 2021-07-05, legs: [istanbul-minsk]}}",
            ["measures.a.legs.0", "'istanbul-minsk'", "no leg of a route", "none is defined"],
        ),
        (
            "measures: {a: {kind: carrier-ban, start: 2021-07-05, legs: [erbil-istanbul, istambul-minsk]}}\n"
            "routes: {erbil-minsk: {legs: {erbil-istanbul: 800, istanbul-minsk: 2000}}}",
            ["measures.a.legs.1", "'istambul-minsk'", "did you mean 'istanbul-minsk'"],
        ),
        (
            "routes: {erbil-minsk: {price: 3000, legs: {erbil-istanbul: 800, istanbul-minsk: 2000}}}",
            ["routes.erbil-minsk.price", "3000", "add up to 2800", "their sum, or no price"],
        ),
        (
            "routes: {erbil-minsk: {legs: {erbil-amman: 800, amman-minsk: 2000}, first_leg: erbil-aman}}",
            ["routes.erbil-minsk.first_leg", "'erbil-aman'", "no leg of this route", "did you mean 'erbil-amman'"],
        ),
        (
            "routes: {erbil-minsk: {legs: {erbil-amman: 800, amman-minsk: 2000}, layover: 9}}",
            ["routes.erbil-minsk.layover", "found 9", "no leg is told after which people wait", "needed: `first_leg`"],
        ),
        (
            "routes: {benghazi-crete: {legs: {benghazi-tobruk: 100, tobruk-crete: 2000}}}",
            ["routes.benghazi-crete.legs", "sea route"],
        ),
        (
            "measures: {a: {kind: humanitarian-access, start: 2021-07-05, zones: [grodna]}}",
            ["measures.a.zones.0", "did you mean 'grodno'"],
        ),
        (
            "measures: {a: {kind: crossing-closure, start: 2021-07-05, points: [kuznica]}}",
            ["measures.a.points.0", "'kuznica'", "no crossing point"],
        ),
        (
            "sections: {kuznica: {crossing_point: {hours: {2030-01-01: 8}}}}",
            ["sections.kuznica.crossing_point.hours.2030-01-01", "after the last day of the run"],
        ),
        (
            "transit_states: {latvia: {hub: minsk}}",
            ["transit_states.latvia.hub", "found 'latvia' at 'minsk'", "under the posture of 'belarus'"],
        ),
        (
            "routes: {benghazi-crete: {mode: sea, origin: benghazi, destination: crete, transit_state: belarus}}",
            ["routes.benghazi-crete.transit_state", "found 'belarus' at 'benghazi'", "'libya'", "hub or coast"],
        ),
        (
            "measures: {a: {kind: turn-back, start: 2021-07-05, agency: border}}",
            ["measures.a.agency", "'border-guard'"],
        ),
    ],
)
def test_what_does_not_fit(
    text: str, words: list[str], error_of: ErrorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "poland-attempts.csv").touch()
    monkeypatch.setattr(references, "OBSERVED", tmp_path)
    message = error_of(f"extends: small\n{text}\n")
    assert all(word in message for word in ["case.yaml:2: ", *words]), message


def test_places_are_few_enough_for_a_byte(error_of: ErrorOf, small: str) -> None:
    routes = "".join(
        f"  boat-{i}: {{mode: sea, origin: from-{i}, destination: to-{i}, transit_state: libya}}\n" for i in range(150)
    )
    message = error_of(small.replace("carriers:\n", routes + "carriers:\n", 1))
    assert "routes: found 306 places" in message
    assert "at most 255" in message


def test_shipped_scenarios_have_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: str) -> None:
    package = tmp_path / "sim"
    (package / "_scenarios").mkdir(parents=True)
    (package / "_scenarios" / "minsk-2021.yaml").write_text(small, encoding="utf-8")
    monkeypatch.setattr(files, "_PACKAGE", package)
    assert files.scenario_names() == ["minsk-2021"]
    assert load_scenario("minsk-2021").days == 60
    with pytest.raises(ScenarioError, match=r"'minsk-2012'.*did you mean 'minsk-2021'"):
        load_scenario("minsk-2012")
    (tmp_path / "minsk-2021.yaml").write_text("extends: minsk-2021\ndays: 61\n", encoding="utf-8")
    assert load_scenario(tmp_path / "minsk-2021.yaml").days == 61
    (package / "_scenarios").rename(tmp_path / "scenarios")
    assert files.scenario_names() == []  # somebody else's folder, beside an installed package
    (tmp_path / "pyproject.toml").touch()  # a clone
    assert files.scenario_names() == ["minsk-2021"]
