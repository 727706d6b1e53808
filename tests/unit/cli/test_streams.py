"""Standard streams of all kinds: terminals of any width, closed ones, pipes that nobody reads, full disks."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest

from sim.cli import main
from sim.outputs.results import Results
from sim.outputs.rounding import shown
from sim.runs import run
from sim.scenario import to_yaml
from tests.strategies import tiny_scenario
from tests.terminal import CODES, on_terminal, parsed
from tests.unit.cli.process import command, environment

pytestmark = pytest.mark.long  # together: each starts processes of its own
FIGURES = {"peak pressure": "pressure_peak", "attempts": "attempts", "entries": "entries",
           "stranded at end": "persons_stranded", "dead": "deaths"}  # fmt: skip
posix = pytest.mark.skipif(os.name == "nt", reason="terminals and pipes of POSIX")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the first command in the README."""
    return run("benghazi-minsk-2025").write(tmp_path_factory.mktemp("run") / "r")


@pytest.fixture(scope="module")
def piped(folder: Path) -> str:
    """What the run's tables are in a pipe."""
    words = [*command(), "results", str(folder)]
    return subprocess.run(
        words, cwd=folder, env=environment(TERM="xterm"), capture_output=True, text=True, check=True
    ).stdout


def shell(line: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which ``corridor`` is the command."""
    start = f'corridor() {{ {" ".join(command())} "$@"; }}; set -o pipefail; '
    return subprocess.run(
        ["bash", "-c", start + line], cwd=cwd, env=environment(**more), capture_output=True, text=True, check=False
    )


@posix
@pytest.mark.parametrize("width", [80, *(pytest.param(width, marks=pytest.mark.nightly) for width in (100, 120))])
def test_a_terminal_of_any_width_shows_all_names_and_main_figures(folder: Path, width: int) -> None:
    words = [*command(), "results", str(folder)]
    coloured = {key: value for key, value in environment(TERM="xterm").items() if key != "NO_COLOR"}
    status, text = on_terminal(words, width, folder, coloured)
    assert status == 0
    assert "\x1b[" in text
    plain = CODES.sub("", text)
    long = [line for line in plain.splitlines() if len(line) > width and line[0] in "┏┡┃│├└"]
    assert long == []
    headings, rows = parsed(text)
    places = [number for number, heading in enumerate(headings) if heading in FIGURES]
    assert {headings[number] for number in places} == set(FIGURES)
    summary, scenario = Results.read(folder).summary, Results.read(folder).scenario
    assert len(rows) == len(summary)
    for (name, row), cells in zip(summary.iterrows(), rows, strict=True):
        if name in scenario.sections:
            assert cells[0].split() == f"{name} {row['title']}".split()
        for number in places:
            value = row[FIGURES[headings[number]]]
            if value == value:
                assert cells[number] == shown(value, 2 if "pressure" in headings[number] else 0, exact=True)


@posix
def test_wide_shows_a_terminal_what_a_pipe_gets(folder: Path, piped: str) -> None:
    words = [*command(), "results", str(folder)]
    _, wide = on_terminal([*words, "--wide"], 80, folder, environment(TERM="xterm"))
    assert CODES.sub("", wide) == piped
    assert "Not shown" not in piped
    assert len(parsed(piped)[0]) == 14
    assert "pl-by-2  Podlaskie middle (Krynki to Bobrowniki)" in piped


@posix
def test_there_are_no_colours_in_a_pipe_or_where_none_are_wanted(folder: Path, piped: str) -> None:
    """They are on a terminal: above."""
    words = [*command(), "results", str(folder)]
    assert "\x1b" not in on_terminal(words, 80, folder, environment(TERM="xterm", NO_COLOR="1"))[1]
    assert "\x1b" not in piped


@posix
@pytest.mark.parametrize("closed", [pytest.param(">&-", marks=pytest.mark.nightly), "<&- >&- 2>&-"])
def test_a_run_without_standard_streams_writes_its_files(tmp_path: Path, closed: str) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=20)), encoding="utf-8")
    done = shell(f"corridor run tiny.yaml --out r {closed}", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stderr
    assert {"daily.parquet", "monthly.csv", "run.json"} <= {file.name for file in (tmp_path / "r").iterdir()}


@posix
@pytest.mark.parametrize("words", ["", " --format csv", pytest.param(" --format json", marks=pytest.mark.nightly)])
def test_a_reader_that_has_seen_enough_ends_the_command_in_silence(folder: Path, words: str) -> None:
    done = shell(f"corridor results '{folder}'{words} | exec 0<&-", folder)  # closed before a byte comes
    assert done.stderr == ""
    assert done.returncode == 141


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
@pytest.mark.parametrize(
    "words", ["results {}", pytest.param("results {} --format csv", marks=pytest.mark.nightly), "--help"]
)
def test_output_that_cannot_be_written_is_told_once(folder: Path, words: str) -> None:
    done = shell(f"corridor {words.format(folder)} > /dev/full", folder)
    assert done.stderr == "corridor: the output could not be written: No space left on device\n"
    assert done.returncode == 1


def test_all_that_commands_print_goes_where_codes_are_written_out() -> None:
    folder = Path(main.__file__).parent
    for file in folder.glob("*.py"):
        if file.name != "streams.py":
            calls = [node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
            names = {ast.unparse(call) for call in calls}
            assert not names & {"print", "typer.echo", "sys.stdout.write", "sys.stderr.write"}, file.name
