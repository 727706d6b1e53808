"""What a report rests on: uncertain parameters, measures, trust, the command and where the numbers come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.outputs.provenance import RunInfo
from sim.outputs.results import Results
from sim.outputs.trust import Trust
from sim.report import assumptions
from sim.report.assumptions import Difference, parameters
from sim.report.findings import Findings
from sim.runs import run
from sim.scenario import load_scenario
from sim.scenario.quantity import JOINT
from sim.scenario.write import scenario_hash, to_yaml
from tests.made_study import MadeStudy, rows_of
from tests.strategies import tiny_scenario
from tests.unit.report.test_trust import FITTED, facts

BAN = {
    "kind": "carrier-ban",
    "title": "Ban",
    "routes": ["baghdad-minsk"],
    "start": "2025-10-08",
    "announced": "2025-10-02",
}
FENCE = {
    "kind": "fence", "sections": ["kuznica", "narewka"], "length": 90.5, "pace": 9, "surveillance": 0.5,
    "start": "2025-10-05", "end": "2025-11-05",
}  # fmt: skip
POSTURE = {
    "kind": "posture", "transit_state": "belarus", "visas": 3, "steering": {"lida": 2, "bruzgi": 0.5},
    "start": "2025-10-05",
}  # fmt: skip
DRAWN = {
    "cohorts": {"iraqis": {"leaving_rate": {"triangular": [0.01, 0.04, 0.09]}}},
    "agencies": {"poland": {"procedure": {"lognormal": [1500.0, 0.5]}}},
    "behaviour": {"retry": {"joint": [float(k) for k in range(1, 41)]}},
}
PLAIN = tiny_scenario(days=40)
BASE = tiny_scenario({**DRAWN, "measures": {"ban": BAN, "fence": FENCE}}, days=40)
OTHER = tiny_scenario({"measures": {"ban": BAN, "posture": POSTURE}}, days=40)


def study(replicates: int = 2, **given: Any) -> MadeStudy:
    values = {name: {"attempts": [1.0] * replicates} for name in ("base", "b", "c")}
    return MadeStudy({"base": BASE, "b": OTHER, "c": OTHER}, values, **given)


def alone(scenario: Any = PLAIN, **given: Any) -> MadeStudy:
    return MadeStudy({"base": scenario}, {"base": {"attempts": [1.0, 2.0]}}, kind="replicates", **given)


def test_values_of_a_calibration_have_it_as_their_source() -> None:
    lines = parameters(load_scenario("benghazi-minsk-2025")).lines
    joint = [line for line in lines if line.cells[0].main.startswith(JOINT)]
    assert joint
    assert {line.cells[-1].main for line in joint} == {"posterior of a calibration"}
    assert "posterior of a calibration" not in {line.cells[-1].main for line in lines if line not in joint}


def test_each_distribution_stands_with_its_law_its_centre_and_its_source() -> None:
    table = parameters(BASE)
    assert (table.title, table.key) == ("Uncertain parameters", "assumptions")
    assert table.columns == ["parameter", "distribution", "central value", "unit", "source"]
    assert table.note == (
        "triangular [low, mode, high], uniform [low, high], normal [mean, sd], lognormal [median, sigma]; joint: "
        "particles of a calibration, drawn together with those of the other joint parameters"
    )
    assert rows_of(table) == [
        "cohorts.iraqis.leaving_rate (Hazard of setting out when every route is as attractive as possible.) | "
        "triangular [0.01, 0.04, 0.09] | 0.04 | per day | fitted: experiments/background-2025.yaml",
        "agencies.poland.procedure (Mean length of the procedure.) | lognormal [1,500, 0.5] | 1,500 | days | "
        "assumption",
        "behaviour.retry (Mean days between attempts at full facilitation in summer.) | joint, 40 values, 90 % in 3 "
        "to 39 | 1 | days | posterior of a calibration",
    ]
    assert parameters(PLAIN).lines == []


def test_measures_stand_in_order_of_time_with_the_scenarios_that_have_them() -> None:
    table = assumptions.measures(Findings(study()))
    assert (table.title, table.note, table.key) == ("Measures and events", "", "assumptions")
    assert table.columns == ["measure", "in", "kind", "from", "until", "what"]
    assert rows_of(table) == [
        "fence | base | fence [A barrier is built from the start day until it has its length.] | 5 Oct 2025 | "
        "5 Nov 2025 | sections kuznica, narewka; length 90.5; pace 9; surveillance 0.5",
        "posture | b, c | posture [A transit state changes its conduct; fields that are absent stay unchanged.] | "
        "5 Oct 2025 | for good | transit state belarus; visas 3; steering bruzgi 0.5, lida 2",
        "Ban (ban) | all | carrier-ban [Carriers may not fly, or may not take the cohorts named.] | 8 Oct 2025 "
        "[announced 2 Oct 2025] | for good | routes baghdad-minsk",
    ]


def test_measures_of_a_scenario_alone_have_no_column_of_scenarios() -> None:
    table = assumptions.measures(Findings(alone(OTHER)))
    assert table.columns == ["measure", "kind", "from", "until", "what"]
    assert [row.split(" | ")[::3] for row in rows_of(table)] == [["posture", "for good"], ["Ban (ban)", "for good"]]
    assert assumptions.measures(Findings(alone())).lines == []


def test_a_measure_that_differs_between_scenarios_stands_for_each() -> None:
    later = tiny_scenario({"measures": {"ban": {**BAN, "end": "2025-10-30"}, "posture": POSTURE}}, days=40)
    values = {name: {"attempts": [1.0]} for name in ("base", "b")}
    table = assumptions.measures(Findings(MadeStudy({"base": OTHER, "b": later}, values)))
    assert [row.split(" | ")[:2] + row.split(" | ")[4:5] for row in rows_of(table)] == [
        ["posture", "all", "for good"], ["Ban (ban)", "base", "for good"], ["Ban (ban)", "b", "30 Oct 2025"],
    ]  # fmt: skip


def test_which_figures_are_trusted_and_why() -> None:
    found = Findings(alone(FITTED))
    found.__dict__["trust"] = Trust(FITTED, facts())
    table = assumptions.trusted(found)
    assert (table.title, table.columns) == ("How far each figure is to be trusted", ["figure", "mark", "why"])
    assert table.key == "assumptions"
    assert table.note == (
        "● fitted: the model's parameters were chosen so that this output agrees with a published series. ◆ "
        "back-tested: fitted, and forecasts of it were scored on figures that they had not seen, by this model. ○ "
        "assumed: it follows from assumptions; no published series holds its level."
    )
    fit = "fitted to 3 figures of 2025-01 to 2025-03 (mine), 2 of them in the fit's 90 % interval"
    assert rows_of(table) == [
        "Lithuania: every figure | ○ assumed | mine was not fitted to it",
        f"Poland: recorded attempts | ● fitted | {fit}",
        f"Poland: attempts to cross | ◆ back-tested | {fit}; 9 forecasts, 90% within their 90 % intervals, CRPS 10 "
        "against 12 of the best other method, last value",
        f"Poland: entries over land | ● fitted | {fit}",
        "Poland: all else | ○ assumed | mine was not fitted to it",
        "All together: every figure | ○ assumed | mine was not fitted to it for lithuania and poland",
    ]


def test_differences_are_those_of_the_scenario_file_without_its_description(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "base.yaml").write_text(to_yaml(PLAIN), encoding="utf-8")
    several = {"attempts": [1.0]}
    other = PLAIN.model_copy(update={"description": "Said otherwise.", "seed": 9})
    found = MadeStudy({"base": PLAIN, "b": other, "c": PLAIN}, dict.fromkeys(("base", "b", "c"), several))
    found.folder = tmp_path
    assert assumptions.differing(Findings(found)) == [Difference("b", "seed: 9", False), Difference("c", "", False)]
    assert assumptions.differing(Findings(alone())) == []


@pytest.mark.parametrize(("characters", "text", "cut"), [(8, "seed: 9", False), (4, "seed", True)])
def test_long_differences_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, characters: int, text: str, cut: bool
) -> None:
    """The text ends with a line's end, which is not shown."""
    monkeypatch.setattr(assumptions, "MOST_CHARACTERS", characters)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.yaml").write_text(to_yaml(PLAIN), encoding="utf-8")
    other = PLAIN.model_copy(update={"seed": 9})
    found = MadeStudy({"a": PLAIN, "b": other}, {"a": {"attempts": [1.0]}, "b": {"attempts": [1.0]}})
    found.folder = tmp_path
    assert assumptions.differing(Findings(found)) == [Difference("b", text, cut)]


def test_the_command_is_that_of_the_record_or_else_made_of_the_plan() -> None:
    given = study()
    assert assumptions.command(Findings(given)) == (
        "corridor compare scenarios/base.yaml scenarios/b.yaml scenarios/c.yaml --replicates 2",
        "in the study's folder",
    )
    given.about |= {"command": "corridor compare x"}
    assert assumptions.command(Findings(given)) == ("corridor compare x", "")
    given.about |= {"latest_command": "corridor resume"}
    assert assumptions.command(Findings(given)) == ("corridor resume", "")
    several = alone(asked=3)
    assert assumptions.command(Findings(several))[0] == "corridor run scenarios/base.yaml --replicates 3"


@pytest.fixture(scope="module")
def results() -> Results:
    return run(tiny_scenario(days=1))


def test_a_runs_own_command_and_times_stand_where_no_record_does(results: Results) -> None:
    info = RunInfo("minsk-2021", seed=5, started="2026-01-02T03:04:05+00:00", ended="2026-01-02T03:04:09+00:00")
    found = Findings(Results(results.scenario, results.blocks, results.totals, info))
    assert assumptions.command(found) == ("corridor run minsk-2021 --seed 5", "")
    assert assumptions.provenance(found) == [
        ("scenario minsk-2021, SHA-256", scenario_hash(results.scenario)),
        ("seed", "1"),
        ("replicates", "1 asked for; 1 done"),
        ("parameters", "central values"),
        ("time", "2026-01-02 03:04:05 to 2026-01-02 03:04:09 UTC"),
    ]
    assert assumptions.differing(found) == []
    info.ended = ""
    assert assumptions.provenance(found)[-1] == ("time", "2026-01-02 03:04:05 UTC")
    info.started = ""
    assert assumptions.provenance(found)[-1] == ("parameters", "central values")
    found.about = {"started_utc": "2025-01-02T00:00:00+00:00"}
    info.started = "2026-01-02T03:04:05+00:00"
    assert assumptions.provenance(found)[-1] == ("time", "2025-01-02 00:00:00 UTC")


def test_provenance_names_hashes_versions_and_the_machine() -> None:
    given = study(asked=3)
    given.about |= {
        "identity": {"sha256": "abc", "extensions": {"one": 1, "two": 2}},
        "versions": {"corridor": "1.2", "python": "3.13", "some_thing": "4"},
        "machine": {"cpu": "a cpu", "cores": 4, "memory_gib": 15.5, "system": "Linux x"},
        "started_utc": "2026-01-02T03:04:05+00:00", "ended_utc": "2026-01-02T03:04:09+00:00",
    }  # fmt: skip
    assert assumptions.provenance(Findings(given)) == [
        ("scenario base, SHA-256", "hash-of-base"),
        ("scenario b, SHA-256", "hash-of-b"),
        ("scenario c, SHA-256", "hash-of-c"),
        ("seed", "7"),
        ("replicates", "3 asked for; 2 done"),
        ("parameters", "drawn for each replicate"),
        ("model, SHA-256 of its sources", "abc, with one, with two"),
        ("versions", "corridor 1.2, python 3.13, some thing 4"),
        ("machine", "a cpu, 4 cores, 15.5 GiB, Linux x"),
        ("time", "2026-01-02 03:04:05 to 2026-01-02 03:04:09 UTC"),
    ]
    given.about["machine"].pop("memory_gib")
    given.about["identity"].pop("extensions")
    told = dict(assumptions.provenance(Findings(given)))
    assert told["machine"] == "a cpu, 4 cores, Linux x"
    assert told["model, SHA-256 of its sources"] == "abc"
    uneven = MadeStudy({"base": PLAIN, "b": PLAIN}, {"base": {"attempts": [1.0, 2]}, "b": {"attempts": [1.0]}})
    assert dict(assumptions.provenance(Findings(uneven)))["replicates"] == "2 asked for; base 2 done, b 1 done"


@pytest.mark.parametrize("number", [2, 50, 51])
def test_of_the_runs_that_failed_fifty_are_listed(number: int) -> None:
    table = assumptions.failures(Findings(alone(failed=[("base", f"error {k}") for k in range(number)])))
    assert table is not None
    assert (table.title, table.columns, table.key) == ("", ["run", "scenario", "seed", "error"], "assumptions")
    assert table.note == ("The first 50 of 51." if number == 51 else "")
    assert rows_of(table) == [f"{2 + k} | base | {102 + k} | error {k}" for k in range(min(number, 50))]


def test_without_a_failed_run_there_is_no_table_of_them() -> None:
    assert assumptions.failures(Findings(alone())) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"), (0.25, "0.25"), (12345.0, "12,345"), (-3.0, "-3"), (9e14, "900,000,000,000,000"), (1e15, "1e+15"),
        (1, "1"), ("words", "words"), ([1.0, 2.5, "x"], "1, 2.5, x"), ({"a": 1.0, "b": [2.0]}, "a 1, b 2"),
    ],
)  # fmt: skip
def test_values_of_measures_are_written_plainly(value: Any, text: str) -> None:
    assert assumptions._said(value) == text
