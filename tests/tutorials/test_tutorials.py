"""The tutorials run as they are written, and print what they show."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

import sim
from sim.cli.main import app
from sim.inference.observations import ALSO, NEEDED
from sim.scenario.measures import KINDS
from tests.tutorials.notebook import NAMES, notebook_of
from tests.tutorials.tutorial import GUIDES, ROOT, Block, Shown, blocks, carried_out, missing, pages, renewed, tutorials

WITH_COMMANDS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "experiments/README.md", *GUIDES[:5])]
HOW = "if results moved on purpose: `uv run python -m tests.tutorials.tutorial`"


LONG = "7-eight-questions"  # a minute; by CI, too


@pytest.mark.parametrize(
    "file",
    [pytest.param(file, marks=[pytest.mark.long] if file.stem == LONG else [], id=file.stem) for file in tutorials()],
)
def test_a_tutorial_runs_and_prints_what_it_shows(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs_as_shown(file.read_text(encoding="utf-8"), tmp_path, monkeypatch, nightly=False)


@pytest.mark.nightly
def test_a_forecast_with_this_months_counts_runs_and_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = next(file for file in tutorials() if file.name.startswith("7")).read_text(encoding="utf-8")
    question = "\n## ".join(part for part in text.split("\n## ") if part.startswith("5 "))
    assert any(block.nightly for block in blocks(question))
    runs_as_shown(question, tmp_path, monkeypatch, nightly=True)


def runs_as_shown(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, nightly: bool) -> None:
    monkeypatch.chdir(folder)
    known = dict(KINDS)
    try:
        found = list(carried_out(text, nightly=nightly))
    finally:
        KINDS.clear()
        KINDS.update(known)
    assert found, "a tutorial shows what comes out"
    assert [line for shown in found for line in missing(shown)] == [], HOW


@pytest.mark.nightly
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_runs_and_prints_what_it_shows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = list(carried_out((ROOT / name).read_text(encoding="utf-8")))
    assert [line for shown in found for line in missing(shown)] == [], HOW


@pytest.mark.parametrize("file", pages(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(file: Path) -> None:
    """In the repository as it is; the site's build checks headings, too."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose) if "://" not in link]
    inside = () if (ROOT / "sim").exists() else ("sim/", "scenarios/")  # against the wheel these lie inside it
    lost = [link for link in links if not (file.parent / link).exists()]
    assert [link for link in lost if not any(folder in link for folder in inside)] == []


def test_the_columns_of_a_series_of_ones_own_are_named() -> None:
    text = (ROOT / "experiments" / "README.md").read_text(encoding="utf-8")
    table = text.partition("Your own CSV has a row a figure")[2].partition("\n\n`posterior.yaml`")[0]
    assert set(re.findall(r"`(\w+)`", table)) >= {*NEEDED, *ALSO}


@pytest.mark.nightly
def test_r_reads_a_study_as_the_page_says(tmp_path: Path) -> None:
    """The block of R on the page of the data dictionary, by a real R; `.ci/nightly r` installs one where it may."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("no R on this machine")
    [block] = [b for b in blocks((ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")) if b.kind == "r"]
    study = sim.compare("benghazi-surge", "carrier-ban", replicates=2, folder=tmp_path / "ban")
    checks = [
        f'stopifnot(inherits(read_table("ban", "{name}")${column}, "{kind}"))'
        for name, column, kind in (
            ("differences", "median", "numeric"),
            ("differences", "replicates", "integer"),
            ("weekly-intervals", "week", "Date"),
            ("window-differences", "first", "Date"),
        )
    ]
    (tmp_path / "page.R").write_text("\n".join([block.text, *checks, 'cat(attempts$median, "\\n")']), encoding="utf-8")
    printed = subprocess.run([rscript, "page.R"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    found = study.differences.query("level == 'all' and measure == 'attempts'")["median"].tolist()
    assert [float(word) for word in printed.splitlines()[-1].split()] == found


def test_every_tutorial_is_listed_and_links_lead_somewhere() -> None:
    folder = tutorials()[0].parent
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in tutorials() if f"({file.name})" not in listed] == []
    assert len(tutorials()) == 7


@pytest.mark.parametrize("file", pages(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_commands_in_prose_exist(file: Path) -> None:
    """Every command with its options, as the command line would read it; nothing is carried out."""
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    asked = r"(?:^ {4}(?:uv run )?|^uv run |`(?:uv run )?)corridor ([a-z][^\n`]*)"
    lines = re.findall(asked, text, re.MULTILINE)
    lines += [line for block in blocks(text) for line in re.findall(r"^corridor (.+)", block.text, re.MULTILINE)]
    assert lines or file not in WITH_COMMANDS
    root: Any = typer.main.get_command(app)
    for line in lines:
        words = [word for word in shlex.split(line, comments=True) if word != "..."]
        command = root
        while hasattr(command, "commands") and words:
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, f"{file}: {line}"


def test_blocks_of_output_are_held_to_their_order_and_columns() -> None:
    [night] = blocks("```sh nightly\nx\n```\n")
    assert night.nightly and night.kind == "sh" and night.text == "x\n"
    [block] = blocks("x\n\n```text\nname  n\nb   2\na   1\n```\n")
    assert block.kind == "text" and block.title is None and not block.nightly
    shown = Shown(block, ["┃ name ┃ m ┃ n ┃", "│ a │ 7 │ 1 │", "│ b │ 8 │ 2 │"])
    assert missing(shown) == ["a   1"]
    again = Shown(Block("text", None, "name  n\na   7\nb   9\n", 0), shown.printed)
    assert missing(again) == ["a   7", "b   9"]
    assert [line.split() for line in renewed(again).splitlines()] == [["name", "n"], ["a", "1"], ["b", "2"]]
    with pytest.raises(ValueError, match="nothing like 'c"):
        renewed(Shown(Block("text", None, "name  n\nc  1\n", 0), shown.printed))


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_its_tutorial(name: str) -> None:
    text = (tutorials()[0].parent / f"{name}.md").read_text(encoding="utf-8")
    assert {block.kind for block in blocks(text)} == {"python", "text"}, "no shell"
    written = (tutorials()[0].parent / f"{name}.ipynb").read_text(encoding="utf-8")
    assert written == notebook_of(text), "`uv run python -m tests.tutorials.notebook` writes it anew"
    cells = json.loads(written)["cells"]
    assert [c for c in cells if c["cell_type"] == "code" and not c["source"]] == []
