"""Tutorials that need no shell, as notebooks: the same text and blocks, with what they print.

``uv run python -m tests.tutorials.notebook`` writes them anew, beside their Markdown.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tutorials.tutorial import FOLDER, blocks

NAMES = ("2-sweep",)


def notebook_of(text: str) -> str:
    """A tutorial's Markdown as a notebook (nbformat 4.5): Python blocks are cells, text blocks what they print."""
    cells: list[dict[str, Any]] = []
    place = 0
    for block in blocks(text):
        before = text[place : block.start].rpartition("```")[0].strip("\n")
        if before:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": _lines(before)})
        if block.kind == "text":
            cells[-1]["outputs"] = [{"name": "stdout", "output_type": "stream", "text": _lines(block.text)}]
        else:
            code = _lines(block.text.rstrip("\n"))
            cells.append(
                {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
            )  # fmt: skip
        place = block.start + len(block.text) + len("```")
    cells.append({"cell_type": "markdown", "metadata": {}, "source": _lines(text[place:].strip("\n"))})
    content = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "pygments_lexer": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> None:
    """Write the notebooks."""
    for name in NAMES:
        (FOLDER / f"{name}.ipynb").write_text(notebook_of((FOLDER / f"{name}.md").read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
    print(", ".join(str(Path(FOLDER.name) / f"{name}.ipynb") for name in NAMES))
