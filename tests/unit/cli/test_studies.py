"""The commands about many runs, as a user meets them."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from sim.load_extensions import clear
from sim.outputs.folder import OutputError
from sim.scenario import load_scenario
from sim.scenario.write import to_yaml
from sim.studies.limits.sources import cases_of, most_telling
from sim.studies.plan import Plan
from sim.studies.store.store import Store
from sim.studies.study import Study
from tests.command import Corridor
from tests.strategies import tiny_scenario

pytestmark = pytest.mark.long  # together: each runs studies
FIRST = ["scenario", "level", "name", "measure", "unit", "replicates", "mean"]
BAN = {"ban": {"kind": "carrier-ban", "title": "ban", "routes": ["benghazi-minsk"], "start": "2025-10-15"}}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=40)))
    (tmp_path / "ban.yaml").write_text(to_yaml(tiny_scenario({"measures": BAN}, days=40)))
    return tmp_path


def test_a_comparison_is_one_command(here: Path, corridor: Corridor) -> None:
    done = corridor("compare", "tiny.yaml", "ban.yaml", "--replicates", "4", "--jobs", "1")
    assert done.status == 0, done.err
    for text in (
        "ban compared with tiny: 4 pairs of runs",
        "where did it go?",
        "Dead",
        "stranded",
        "Entries over land",
    ):
        assert text in done.out
    folder = next((here / "results").iterdir())
    assert folder.name == "tiny-vs-ban-1"
    assert {"differences.csv", "intervals.csv", "overload.csv", "study.json"} <= {
        path.name for path in folder.iterdir()
    }
    assert Study(folder).complete


def test_effects_are_told_from_the_day_on_which_the_scenarios_differ_or_from_another(
    here: Path, corridor: Corridor
) -> None:
    words = ["compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1", "--out", "r"]
    done = corridor(*words)
    assert "2 pairs of runs, from 2025-10-15" in done.out
    assert "whole run" in done.out
    table = pd.read_csv(here / "r" / "window_differences.csv")
    assert set(table["first"]) == {"2025-10-15"}
    other = corridor("results", "r", "--from", "2025-10-25", "--to", "2025-10-30")
    assert "from 2025-10-22 to 2025-11-04" in other.out  # whole weeks
    assert corridor("report", "r", "--from", "2025-10-25", "--out", "r.html").status == 0
    assert "Counted from 22 October 2025" in Path("r.html").read_text()
    outside = corridor(*words, "--from", "2026-10-25")
    assert (outside.status, "--from: found 2026-10-25, outside the run" in outside.err) == (2, True)


@pytest.mark.usefixtures("no_figures")
def test_measures_are_compared_without_a_file(here: Path, corridor: Corridor) -> None:
    words = ["compare", "tiny.yaml", "--with", "ban:benghazi@2025-10-15", "--with", "aid", "--replicates", "2"]
    done = corridor(*words, "--jobs", "1", "--out", "r")
    assert done.status == 0, done.err
    assert "Ranked, the best first" in done.out
    assert Study(here / "r").names == ["tiny", "ban-benghazi-2025-10-15", "aid"]
    assert "where did it go?" in corridor("results", "r", "--full").out
    run = corridor("run", "tiny.yaml", "--with", "ban@2025-10-15+aid", "--out", "one")
    assert run.status == 0, run.err
    record = json.loads((here / "one" / "run.json").read_text())
    assert record["command"].endswith("--with ban@2025-10-15+aid")
    assert "humanitarian-access" in record["scenario"]
    lacking = corridor("compare", "tiny.yaml", "--with", "closure", "--jobs", "1")
    assert (lacking.status, "lacks what it needs: a crossing point" in lacking.err) == (2, True)
    neither = corridor("run", "tiny.yaml", "--with", "boycott")
    assert (neither.status, "no extension of that name" in neither.err) == (2, True)
    assert "did you mean" not in neither.err
    near = corridor("run", "tiny.yaml", "--with", "bann")
    assert (near.status, near.err.strip()[-36:]) == (2, "too (did you mean the measure 'ban'?)"[-36:])


def test_the_command_in_the_record_makes_the_study_again(here: Path, corridor: Corridor) -> None:
    words = ["compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1", "--set", "behaviour.retry=4"]
    done = corridor(*words, "--seed", "7", "--out", "one", "--quiet")
    assert (done.status, "Attempts" in done.out, done.err) == (0, True, "")  # quiet: no progress, but the tables
    again = shlex.split(json.loads((here / "one" / "study.json").read_text())["command"])
    again[again.index("one")] = "two"
    assert corridor(*again[1:]).status == 0
    left, right = (Study(here / out) for out in ("one", "two"))
    assert left.totals.equals(right.totals)
    assert left.scenarios["ban"].behaviour.retry == 4
    assert left.about["plan"]["seed"] == 7


def test_replicates_print_intervals_and_are_shown_again(corridor: Corridor) -> None:
    done = corridor("run", "tiny.yaml", "--replicates", "3", "--jobs", "1", "--out", "r")
    assert done.status == 0, done.err
    assert "Over 3 replicates" in done.out
    shown = corridor("results", "r")
    assert shown.status == 0
    assert shown.out.strip() in done.out


def test_until_says_what_was_reached(corridor: Corridor) -> None:
    words = ["run", "tiny.yaml", "--until", "10%", "--measure", "attempts@poland", "--jobs", "1"]
    done = corridor(*words, "--out", "r")
    assert done.status == 0, done.err
    assert "replicates: the mean of attempts@poland is known to ±" in done.out


def test_parts_of_a_job_array_come_together(here: Path, corridor: Corridor) -> None:
    words = ["run", "tiny.yaml", "--replicates", "30", "--jobs", "1", "--out", "r"]
    first = corridor(*words, "--shard", "1/2")
    assert "Part 1/2 is done, in r; " in first.out
    assert not Study(here / "r").complete
    assert "Over 30 replicates" in corridor(*words, "--shard", "2/2").out
    assert corridor("verify", "r").status == 0


def test_verify_tells_what_was_changed(here: Path, corridor: Corridor) -> None:
    corridor("run", "tiny.yaml", "--replicates", "2", "--jobs", "1", "--out", "r", "--quiet")
    assert "every byte is as it was written" in corridor("verify", "r").out
    with (here / "r" / "intervals.csv").open("a") as stream:
        stream.write("x")
    done = corridor("verify", "r")
    assert done.status == 1
    assert "r/intervals.csv: found" in done.err


def test_a_single_run_is_verified_and_shown_too(here: Path, corridor: Corridor) -> None:
    corridor("run", "tiny.yaml", "--out", "r", "--quiet")
    assert corridor("verify", "r").status == 0
    assert "Border pressure by section" in corridor("results", "r").out
    assert corridor("replay", "r/run.json").out.count("identical") == 3
    (here / "r" / "totals.csv").write_text("")
    assert corridor("verify", "r").status == 1


@pytest.mark.usefixtures("no_figures")
def test_a_replay_that_differs_says_so(here: Path, corridor: Corridor) -> None:
    corridor("run", "tiny.yaml", "--out", "r", "--quiet")
    record = here / "r" / "run.json"
    record.write_text(record.read_text().replace('"seed": 1,', '"seed": 2,', 1))
    done = corridor("replay", "r", "--quiet")
    assert done.status == 1
    assert done.out.count("DIFFERS") == 3
    assert done.err == "corridor: r: the tables made again are not those of the record\n"


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize(
    "words", [["run", "tiny.yaml"], ["compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1"]]
)
def test_a_report_comes_with_the_results_or_later(here: Path, corridor: Corridor, words: list[str]) -> None:
    done = corridor(*words, "--out", "r", "--report", "--quiet")
    assert (done.status, bool(done.out), done.err) == (0, words[0] == "compare", "")
    assert corridor("report", "r", "--out", "later.html").out == "Written to later.html\n"
    for file in ("r/report.html", "later.html"):
        text = (here / file).read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>") or text.startswith("<!DOCTYPE html>")
        assert "tiny" in text
        assert "<script" not in text
    assert corridor("verify", "r").status == 0


@pytest.mark.usefixtures("no_figures")
def test_a_format_alone_gives_all_intervals_in_it(corridor: Corridor) -> None:
    corridor("compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1", "--out", "r", "--quiet")
    corridor("run", "tiny.yaml", "--out", "one", "--quiet")
    for folder in ("r", "one"):
        table = pd.read_csv(io.StringIO(corridor("results", folder, "--format", "csv").out))
        assert {"level", "name", "measure", "unit", "median", "low90", "high90"} <= set(table)
        assert folder == "one" or list(table)[:7] == FIRST
        rows = json.loads(corridor("results", folder, "--format", "json").out)
        assert len(rows) == len(table)
    weekly = "select count(*) as n from weekly_intervals where level = 'section'"
    assert int(corridor("results", "r", "--sql", weekly, "--format", "csv").out.split()[1]) > 0


def test_sql(corridor: Corridor) -> None:
    corridor("compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1", "--out", "r", "--quiet")
    query = "select scenario, count(*) as runs from runs group by all order by all"
    assert corridor("results", "r", "--sql", query, "--format", "csv").out == "scenario,runs\nban,2\ntiny,2\n"
    bad = corridor("results", "r", "--sql", "select nothing from totals")
    assert bad.status == 2
    assert (
        "tables: differences, intervals, outputs, overload, runs, totals, weekly, weekly_intervals, window_" in bad.err
    )


BAD = {
    "nothing there": (["verify", "none"], "none: no results of a run"),
    "no results": (["results", "."], ".: no results of a run"),
    "a format": (["results", ".", "--sql", "select 1", "--format", "xml"], "allowed: table, csv, json"),
    "a comparison with nothing": (["compare", "tiny.yaml"], "OTHER"),
    "a scenario that is not there": (["compare", "tiny.yaml", "bann.yaml"], "bann.yaml"),
    "another length": (["compare", "tiny.yaml", "minsk-2021"], "both must agree"),
    "a precision": (["run", "tiny.yaml", "--until", "5"], "--until: found '5'"),
    "no precision": (["run", "tiny.yaml", "--until", "five"], "--until: found 'five'"),
    "a part": (["run", "tiny.yaml", "--replicates", "3", "--shard", "3/2"], "--shard: found '3/2'"),
    "no jobs": (["run", "tiny.yaml", "--replicates", "3", "--jobs", "0"], "--jobs"),
    "too many": (["compare", "tiny.yaml", "ban.yaml", "--replicates", "1000000"], "from 1 to 100,000"),
    "nobody at the address": (
        ["run", "tiny.yaml", "--replicates", "3", "--dask", "nonsense"],
        "--dask: found 'nonsense'",
    ),
}


@pytest.mark.parametrize(("words", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_found_before_anything_is_written(
    here: Path, corridor: Corridor, words: list[str], message: str
) -> None:
    done = corridor(*words)
    assert done.status == 2
    assert message in done.err
    assert done.out == ""
    assert sorted(path.name for path in here.iterdir()) == ["ban.yaml", "tiny.yaml"]


def test_two_files_of_one_name_are_told_apart(here: Path, corridor: Corridor) -> None:
    (here / "other").mkdir()
    (here / "ban.yaml").rename(here / "other" / "tiny.yaml")
    assert (
        corridor("compare", "tiny.yaml", "other/tiny.yaml", "--replicates", "2", "--jobs", "1", "--out", "r").status
        == 0
    )
    assert Study(here / "r").names == ["tiny", "tiny-2"]


def test_an_unfinished_study_ends_with_a_banner_and_status_3(here: Path, corridor: Corridor) -> None:
    words = ["run", "tiny.yaml", "--replicates", "150", "--jobs", "1", "--out", "r"]
    assert "85 of 170 runs are there" in corridor(*words, "--shard", "1/2").out  # 20 replicates are run twice
    for command in (["results", "r"], ["results", "r", "--sql", "select 1"], ["verify", "r"], ["report", "r"]):
        done = corridor(*command)
        assert done.status == 3, command
        assert "not complete: " in done.err
    assert corridor("why", "r", "--replicates", "1").status == 3
    assert "of 150 replicates" in corridor("results", "r").out
    assert corridor("mend", "r", "--jobs", "1", "--quiet").status == 0
    assert corridor("results", "r").status == 0


def test_a_window_is_of_tables_and_refused_for_what_has_none(here: Path, corridor: Corridor) -> None:
    corridor("compare", "tiny.yaml", "ban.yaml", "--replicates", "2", "--jobs", "1", "--out", "c", "--quiet")
    days = ["--from", "2025-10-15", "--to", "2025-10-28"]
    assert corridor("results", "c", *days).status == 0
    for more in (["--format", "csv"], ["--format", "json"], ["--sql", "select * from window_differences"]):
        done = corridor("results", "c", *days, *more)
        assert done.status == 2
        assert "--from, --to: found with --sql or --format" in done.err


def test_a_study_without_a_run_says_so_whatever_is_asked(here: Path, corridor: Corridor) -> None:
    with Store(here / "r", Plan("replicates", {"tiny": load_scenario(here / "tiny.yaml")}, 2)):
        pass
    for command in ("results", "report", "brief", "why", "verify"):
        done = corridor(command, "r")
        assert done.status == 3, command
        assert "r: not complete: 0 of " in done.err
    assert corridor("results", "r", "--sql", "select 1").status == 3
    for ask in (most_telling, cases_of):
        with pytest.raises(OutputError, match="no run of it has ended well"):
            ask(Study(here / "r"))


def test_mend_says_what_it_did(here: Path, corridor: Corridor) -> None:
    corridor("run", "tiny.yaml", "--replicates", "2", "--jobs", "1", "--out", "r", "--quiet")
    (here / "r" / "totals" / "part-00000-of-4.parquet").unlink()
    assert corridor("results", "r").status == 2
    done = corridor("mend", "r", "--jobs", "1", "--quiet")
    assert done.status == 0, done.err
    assert "was damaged: r/totals/part-00000-of-4.parquet: missing" in done.out
    assert "done again, and whole now" in done.out
    assert "nothing was done" in corridor("mend", "r", "--jobs", "1").out


def test_a_command_that_resumes_says_what_it_does_again(here: Path, corridor: Corridor) -> None:
    words = ["run", "tiny.yaml", "--replicates", "2", "--jobs", "1", "--out", "r"]
    assert "done again" not in corridor(*words).out
    (here / "r" / "totals" / "part-00000-of-4.parquet").unlink()
    done = corridor(*words, "--quiet")
    assert (done.status, done.out.count("is done again")) == (0, 1)
    assert "r/totals/part-00000-of-4.parquet: missing" in done.out
    assert "done again" not in corridor(*words).out


def test_the_record_has_the_first_command_and_that_of_the_latest_addition(here: Path, corridor: Corridor) -> None:
    for number in ("2", "3", "3"):
        assert corridor("run", "tiny.yaml", "--replicates", number, "--jobs", "1", "--out", "r", "--quiet").status == 0
    about = json.loads((here / "r" / "study.json").read_text())
    assert ("--replicates 2" in about["command"], "--replicates 3" in about["latest_command"]) == (True, True)
    assert corridor("verify", "r").status == 0
    first = {key: value for key, value in about.items() if key != "latest_command"}
    (here / "r" / "study.json").write_text(json.dumps(first, indent=2, ensure_ascii=False) + "\n")  # ended in between
    assert corridor("verify", "r").status == 1
    assert corridor("run", "tiny.yaml", "--replicates", "3", "--jobs", "1", "--out", "r", "--quiet").status == 0
    assert corridor("verify", "r").status == 0


def test_a_shortened_study_is_mended(here: Path, corridor: Corridor) -> None:
    words = ["run", "minsk-2021", "--days", "20", "--replicates", "2", "--jobs", "1", "--out", "r", "--quiet"]
    done = corridor(*words)
    assert done.status == 0
    assert "before these measures start: " in done.err
    (here / "r" / "totals" / "part-00000-of-4.parquet").unlink()
    done = corridor("mend", "r", "--jobs", "1", "--quiet")
    assert (done.status, done.err) == (0, "")
    assert corridor("verify", "r").status == 0


@pytest.fixture
def unloaded() -> Iterator[None]:
    yield
    clear()


EXTENSION = """
from sim import extend
SEEN = extend.flow("seen", unit="persons", title="Seen")

@extend.outcome("half", unit="days")
def half(run):
    return run.days / 0

class Entry(extend.Entry):
    "A broker."

@extend.actor("brokers", entry=Entry)
class Broker(extend.Actor):
    "An agent."
"""


@pytest.mark.usefixtures("unloaded")
def test_what_needs_an_extension_says_which(here: Path, corridor: Corridor) -> None:
    (here / "mine.py").write_text(EXTENSION.replace("/ 0", "/ 2"))
    (here / "own.yaml").write_text("extends: tiny\nbrokers: {one: {}}\n")
    assert "one of an extension, which --with loads" in corridor("validate", "own.yaml").err
    assert corridor("run", "own.yaml", "--with", "mine.py", "--out", "one", "--quiet").status == 0
    clear()
    done = corridor("results", "one", "--sql", "select 1")
    assert (done.status, "add --with one/mine.py" in done.err, "damaged" in done.err) == (2, True, False)
    words = ["run", "tiny.yaml", "--replicates", "2", "--jobs", "1", "--with", "mine.py", "--out", "r", "--quiet"]
    assert corridor(*words).status == 0
    clear()
    query = "select unit, title from outputs where name = 'seen'"
    assert corridor("results", "r", "--sql", query, "--format", "csv").out == "unit,title\npersons,Seen\n"


@pytest.mark.parametrize("more", [[], ["--replicates", "2", "--jobs", "1"]], ids=["a run", "a study"])
@pytest.mark.usefixtures("unloaded")
def test_an_error_in_an_extension_is_told_by_file_and_line(here: Path, corridor: Corridor, more: list[str]) -> None:
    (here / "mine.py").write_text(EXTENSION)
    done = corridor("run", "tiny.yaml", "--with", "mine.py", "--out", "r", *more)
    assert done.status == 2
    assert "--with mine.py, line 7: ZeroDivisionError: division by zero" in done.err
    assert "internal error" not in done.err
