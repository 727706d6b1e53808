"""The tutorials run as they are written, and print what they show."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from sim.cli.main import app
from sim.scenario.measures import KINDS
from tests.tutorials.notebook import NAMES, notebook_of
from tests.tutorials.tutorial import Block, Shown, blocks, carried_out, missing, renewed, tutorials

HOW = "if results moved on purpose: `uv run python -m tests.tutorials.tutorial`"


@pytest.mark.parametrize("file", tutorials(), ids=lambda file: file.stem)
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


def test_every_tutorial_is_listed_and_links_lead_somewhere() -> None:
    folder = tutorials()[0].parent
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in tutorials() if f"({file.name})" not in listed] == []
    assert len(tutorials()) == 7


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "experiments/README.md"])
def test_commands_in_prose_exist(name: str) -> None:
    """Every command with its options, as the command line would read it; nothing is carried out."""
    text = (tutorials()[0].parents[2] / name).read_text(encoding="utf-8")
    asked = r"(?:^ {4}(?:uv run )?|^uv run |`(?:uv run )?)corridor ([a-z][^\n`]*)"
    lines = re.findall(asked, text.replace("\\\n", " "), re.MULTILINE)
    assert lines
    root: Any = typer.main.get_command(app)
    for line in lines:
        words = [word for word in shlex.split(line, comments=True) if word != "..."]
        command = root
        while hasattr(command, "commands") and words:
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, line


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
