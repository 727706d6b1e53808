"""Every mistake in a scenario file names file, line, field, what was found and what is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario

Write = Callable[..., Path]
ErrorOf = Callable[..., str]


def test_small_scenario_loads(write: Write, small: str) -> None:
    scenario = load_scenario(write(small))
    assert scenario.start == date(2021, 7, 1)
    assert scenario.transit_states["belarus"].visas == {date(2021, 6, 1): 50, date(2021, 8, 1): 80}


def test_no_is_a_word_not_a_false(write: Write, small: str) -> None:
    assert load_scenario(write(small.replace("Small world", "NO"))).title == "NO"


# Each case: what to replace in the small scenario, by what, the line, and what the message must say.
CASES = {
    "unknown key": ("days: 60", "dayz: 60", 3, ["dayz", "allowed", "did you mean 'days'"]),
    "unknown nested key": ("size: 1000", "sise: 1000", 8, ["cohorts.iraq-kurds.sise", "did you mean 'size'"]),
    "unknown key of a measure": ("carriers: [belavia]}", "carrier: [belavia]}", 28,
                                 ["measures.ban.carrier", "did you mean 'carriers'"]),
    "missing field": ("nationality: Iraq", "", 5, ["cohorts.iraq-kurds.nationality", "missing", "text"]),
    "wrong type": ("size: 1000", "size: many", 8,
        ["cohorts.iraq-kurds.size", "'many'", "whole number from 0", "persons"]),
    "boolean for a number": ("size: 1000", "size: true", 8, ["size", "found true", "whole number"]),
    "fraction of a person": ("size: 1000", "size: 10.5", 8, ["size", "10.5", "whole number"]),
    "wrong unit": ("{2021-07-01: 4}", "{2021-07-01: 4 per week}", 17,
                   ["weekly.2021-07-01", "'4 per week'", "without a unit", "departures per week"]),
    "negative": ("2021-06-01: 50", "2021-06-01: -50", 19,
         ["transit_states.belarus.visas.2021-06-01", "-50", "from 0 to 1,000,000", "persons per day"]),
    "impossible share": ("{hub: benghazi}", "{hub: benghazi, boats_tolerated: {2021-07-01: 1.5}}", 20,
                         ["boats_tolerated.2021-07-01", "1.5", "from 0 to 1", "share"]),
    "infinite": ("2021-06-01: 50", "2021-06-01: .inf", 19, ["visas.2021-06-01", "inf", "finite"]),
    "enormous integer": ("2021-06-01: 50", "2021-06-01: " + "9" * 5000, 19, ["visas", "found"]),
    "distribution beyond its range": ("triangular: [0.5, 1, 2]", "triangular: [-1, 1, 2]", 9,
                                      ["push.2021-07-20", "-1", "from 0 to 100"]),
    "centre beyond its range": ("normal: [100, 10]", "normal: [-100, 10]", 24,
        ["sections.kuznica.length", "0.1 to 5,000"]),
    "unknown distribution": ("normal: [100, 10]", "gauss: [100, 10]", 24,
        ["kuznica.length", "gauss", "triangular"]),
    "falling distribution": ("[0.5, 1, 2]", "[2, 1, 0.5]", 9, ["push.2021-07-20", "must not fall"]),
    "no such day": ("start: 2021-07-01\n", "start: 2021-02-30\n", 2,
        ["start", "2021-02-30", "no day", "allowed"]),
    "number for a date": ("start: 2021-07-01\n", "start: 2021\n", 2, ["start", "2021", "a date such as"]),
    "bad date key": ("2021-06-01: 50", "June: 50", 19, ["visas.June", "'June'", "a date such as"]),
    "bad choice": ("mode: air", "mode: fly", 12, ["routes.erbil-minsk.mode", "'fly'", "air, land, sea"]),
    "bad kind": ("kind: fence", "kind: fense", 29,
        ["measures.wall", "'fense'", "carrier-ban", "did you mean 'fence'"]),
    "no kind": ("kind: fence, ", "", 29, ["measures.wall", "kind", "carrier-ban"]),
    "bad name": ("iraq-kurds:", "Iraq Kurds:", 5, ["cohorts.Iraq Kurds", "lower-case letters"]),
    "bad name in a field": ("origin: erbil\n", "origin: Erbil\n", 6,
        ["cohorts.iraq-kurds.origin", "'Erbil'", "lower-case"]),
    "control character": ("Small world", '"Small \\e[2J"', 1, ["title", "control character"]),
    "number for a mapping": ("routes: {erbil-minsk: 0, benghazi-crete: -1}", "routes: 5", 10,
        ["routes", "found 5", "mapping"]),
    "list for a mapping": ("{hub: benghazi}", "[benghazi]", 20,
        ["transit_states.libya", "mapping with the keys hub"]),
    "empty list": ("sections: [kuznica]", "sections: []", 29,
        ["measures.wall.sections", "found 0", "at least 1"]),
    "new by a slip": ("libya: {hub: benghazi}", "libya: {hub: benghazi}\n  libia: {visas: {2021-07-05: 1}}", 21,
        ["transit_states.libia.hub", "missing", "'libia' is a new entry, did you mean 'libya'?"]),
    "null where nothing is inherited": ("{hub: benghazi}", "null", 20, ["transit_states.libya", "null"]),
    "unknown route": ("{erbil-minsk: 0,", "{erbil-mins: 0,", 10,
        ["cohorts.iraq-kurds.routes.erbil-mins", "did you mean 'erbil-minsk'"]),
    "unknown route of a carrier": ("      erbil-minsk: {seats", "      erbil-min: {seats", 17,
                                   ["carriers.belavia.services.erbil-min", "did you mean 'erbil-minsk'"]),
    "unknown state": ("transit_state: libya}", "transit_state: lybia}", 13,
                      ["routes.benghazi-crete.transit_state", "'lybia'", "did you mean 'libya'"]),
    "unknown section": ("sections: {kuznica: 0}", "sections: {kusnica: 0}", 22,
        ["zones.grodno.sections.kusnica", "'kuznica'"]),
    "unknown agency": ("agency: border-guard", "agency: border-gard", 24,
        ["sections.kuznica.agency", "'border-guard'"]),
    "unknown carrier": ("carriers: [belavia]", "carriers: [belavja]", 28,
        ["measures.ban.carriers.0", "'belavja'", "'belavia'"]),
    "wrong hub": ("destination: minsk", "destination: moscow", 12,
        ["routes.erbil-minsk.destination", "'moscow'", "'minsk'"]),
    "state without a zone": ("{transit_state: belarus, sections", "{transit_state: libya, sections", 12,
                             ["routes.erbil-minsk.transit_state", "no zone"]),
    "zone without a section": ("sections: {kuznica: 0}", "sections: {}", 22,
        ["zones.grodno.sections", "at least one"]),
    "measure before the run": ("start: 2021-07-10", "start: 2021-06-10", 29,
         ["measures.wall.start", "2021-06-10", "outside the run", "from 2021-07-01 to 2021-08-29"]),
    "measure after the run": ("start: 2021-07-10", "start: 2021-10-10", 29,
        ["measures.wall.start", "2021-08-29"]),
    "measure ends before its start": ("start: 2021-07-10", "start: 2021-07-10, end: 2021-07-09", 29,
                                      ["measures.wall.end", "2021-07-09", "from the start"]),
    "announced after its start": ("announced: 2021-08-01", "announced: 2021-08-11", 28,
        ["measures.ban.announced", "2021-08-11"]),
    "schedule after the run": ("2021-08-01: 80", "2021-12-01: 80", 19,
        ["visas.2021-12-01", "up to 2021-08-29"]),
    "duplicate key": ("days: 60", "days: 60\ndays: 61", 4, ["'days'", "twice", "line 3"]),
    "duplicate date": ("2021-08-01: 80", "2021-06-01: 80", 19, ["2021-06-01", "twice"]),
    "tag": ("Small world", "!!python/object/apply:os.system [true]", 1, ["tag", "not allowed"]),
    "second document": ("days: 60", "days: 60\n---\nx: 1", 4, ["second document", "one scenario"]),
    "broken YAML": ("days: 60", "days: [60", 4, ["not YAML"]),
    "unknown alias": ("days: 60", "days: *sixty", 3, ["*sixty", "allowed"]),
    "collection as a key": ("days: 60", "? [a]\n: 60", 3, ["as a key", "words or dates"]),
    "merge key": ("days: 60", "<<: {days: 60}", 3, ["<<", "unknown key"]),
    "extends a number": ("days: 60", "extends: 5", 3, ["extends", "found 5", "allowed"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_mistake_names_place_and_remedy(case: str, small: str, error_of: ErrorOf) -> None:
    old, new, line, words = CASES[case]
    assert old in small
    message = error_of(small.replace(old, new, 1))
    first = next((text for text in message.splitlines() if f"case.yaml:{line}: " in text), "")
    assert first, message
    for word in words:
        assert word in first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["case.yaml:1", "empty"]),
        (b"# only a comment\n", ["case.yaml:1", "empty"]),
        (b"---\n...\n", ["case.yaml:1", "empty"]),
        (b"- a\n- b\n", ["case.yaml:1", "mapping"]),
        (b"hello", ["case.yaml:1", "'hello'", "mapping"]),
        (b"title: x\nk: \xff\xfe\n", ["case.yaml:2", "0xff", "UTF-8"]),
        (b"title: x\n\x00: 3\n", ["case.yaml:2", "not YAML"]),
        (b"a: " + b"[" * 1000 + b"]" * 1000, ["case.yaml:1", "nested too deeply", "50"]),
        (b"- " * 1000, ["case.yaml:1", "nested too deeply"]),
        (b"x: " + b"a" * 5_000_001, ["too large", "5,000,000 bytes"]),
        (b'title: "\\ud800"\n', ["case.yaml:1", "whole characters"]),
        (b"a: &a [*a]", ["case.yaml:1", "*a"]),
    ],
)
def test_file_that_is_no_scenario(content: bytes, words: list[str], error_of: ErrorOf) -> None:
    message = error_of(content)
    assert all(word in message for word in words), message


def test_alias_bomb_is_refused(error_of: ErrorOf) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "too large" in error_of("\n".join(lines))


def test_long_chain_of_aliases_is_refused(error_of: ErrorOf) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 2000)]
    assert "nested too deeply" in error_of("\n".join(lines))


def test_aliases_serve_a_scenario(write: Write, small: str) -> None:
    text = small.replace("{2021-06-01: 50,", "{2021-06-01: &fifty 50,").replace("2021-08-01: 80", "2021-08-01: *fifty")
    assert load_scenario(write(text)).transit_states["belarus"].visas[date(2021, 8, 1)] == 50


def test_several_mistakes_come_at_once_in_order(small: str, error_of: ErrorOf) -> None:
    message = error_of(small.replace("days: 60", "days: 0").replace("mode: air", "mode: fly"))
    lines = [int(text.split(":")[1]) for text in message.splitlines()]
    assert lines == [3, 12]


@pytest.mark.parametrize("name", ["no-such-scenario", "../x", "", "a\0b", "x" * 5000])
def test_unknown_name(name: str) -> None:
    with pytest.raises(ScenarioError, match="no scenario that ships"):
        load_scenario(name)


@pytest.mark.parametrize("name", ["nowhere.yaml", "a\0b.yaml", "x" * 5000 + ".yaml"])
def test_path_without_a_file(name: str) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(name)


def test_folder_and_pipe_are_no_scenarios(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ScenarioError, match="folder"):
        load_scenario(tmp_path / "folder.yaml")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.yaml")
        with pytest.raises(ScenarioError, match="no regular file"):
            load_scenario(tmp_path / "pipe.yaml")


def test_schema_does_not_import_yaml() -> None:
    code = "import sys, sim.scenario.schema; sys.exit('ruamel.yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
