"""Stored states at the command line: up to a date, on from a file, and what is said when that cannot be."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from sim.outputs.provenance import sha256
from tests.command import Corridor

TABLES = ("daily.parquet", "monthly.csv", "totals.csv")

pytestmark = pytest.mark.usefixtures("no_figures")


def tables(folder: Path) -> list[str]:
    return [sha256(folder / name) for name in TABLES]


def test_stopped_on_a_date_and_gone_on_is_the_run_in_one_piece(here: Path, corridor: Corridor) -> None:
    done = corridor("run", "tiny.yaml", "--until", "2025-10-21", "--save", "s/a.state")
    assert done.status == 0, done.err
    assert "Written to s/a.state: tiny, the morning of 2025-10-21" in done.out
    assert sorted(path.name for path in here.iterdir()) == ["s", "tiny.yaml"], "no results yet"
    later = corridor("run", "tiny.yaml", "--from", "s/a.state", "--until", "2025-10-30", "--save", "b.state", "--quiet")
    assert (later.status, later.out) == (0, "")
    assert corridor("run", "tiny.yaml", "--from", "b.state", "--out", "parts").status == 0
    assert corridor("run", "tiny.yaml", "--out", "whole").status == 0
    assert tables(here / "parts") == tables(here / "whole")


@pytest.mark.long
def test_the_state_after_the_last_day_begins_a_longer_run(here: Path, corridor: Corridor) -> None:
    done = corridor("run", "tiny.yaml", "--save", "end.state", "--out", "short")
    assert done.status == 0, done.err
    assert corridor("run", "tiny.yaml", "--days", "60", "--from", "end.state", "--out", "long").status == 0
    assert corridor("run", "tiny.yaml", "--days", "60", "--out", "whole").status == 0
    assert tables(here / "long") == tables(here / "whole")


def test_a_what_if_is_recorded_and_replayed_with_its_state(here: Path, corridor: Corridor) -> None:
    corridor("run", "tiny.yaml", "--until", "2025-10-21", "--save", "a.state", "--quiet")
    words = ["run", "tiny.yaml", "--set", "behaviour.retry=1", "--from", "a.state", "--out"]
    assert corridor(*words, "r", "--quiet").status == 0
    record = json.loads((here / "r" / "run.json").read_text())
    assert record["begun_from"]["date"] == "2025-10-21"
    assert corridor(*shlex.split(record["command"])[1:], "--out", "again", "--quiet").status == 0
    assert tables(here / "r") == tables(here / "again")
    assert corridor("replay", "r").status == 0
    corridor("run", "tiny.yaml", "--until", "2025-10-20", "--save", "a.state", "--quiet")
    other = corridor("replay", "r")
    assert (other.status, "went on from the state in a.state, which is another one now" in other.err) == (2, True)


BAD = {
    "nowhere to save": (["--until", "2025-10-21"], "needed: --save FILE"),
    "no date": (["--until", "2025-02-30", "--save", "s"], "there is no such date"),
    "a day after the end": (["--until", "2025-12-24", "--save", "s"], "until: found 2025-12-24; allowed: a day from"),
    "replicates": (["--replicates", "3", "--save", "s"], "--save: found s with several replicates"),
    "replicates from a state": (["--replicates", "3", "--from", "s"], "--from: found s with several replicates"),
    "a precision": (["--until", "5%", "--from", "s"], "--from: found s with several replicates"),
    "no file": (["--from", "none"], "none: cannot be read: No such file or directory"),
    "something else": (["--from", "tiny.yaml"], "tiny.yaml: found something other than a stored state"),
    "a folder": (["--save", "."], "--save: found the folder ."),
}


@pytest.mark.parametrize(("words", "message"), BAD.values(), ids=BAD)
def test_bad_input_ends_in_one_message(here: Path, corridor: Corridor, words: list[str], message: str) -> None:
    done = corridor("run", "tiny.yaml", *words)
    assert done.status == 2
    assert message in done.err
    assert "internal" not in done.err
    assert [path.name for path in here.iterdir()] == ["tiny.yaml"]
