"""What names the software to search engines and to those who cite it says the same in every file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, object] = content["project"]
    return found


def test_codemeta_says_what_the_package_and_the_citation_say(project: dict[str, object]) -> None:
    meta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert meta["version"] == project["version"] == cited["version"]
    assert meta["identifier"] == project["name"]
    assert meta["description"] == project["description"]
    assert (
        meta["license"]
        == f"https://spdx.org/licenses/{project['license']}"
        == f"https://spdx.org/licenses/{cited['license']}"
    )
    authors = [author["name"] for author in meta["author"]]
    assert authors == [author["name"] for author in cited["authors"]]
    assert authors == [author["name"] for author in project["authors"]]  # type: ignore[attr-defined]
    assert set(project["keywords"]) | set(cited["keywords"]) == set(meta["keywords"])  # type: ignore[call-overload]
    assert meta["runtimePlatform"] == f"Python {project['requires-python']}"
    assert meta["programmingLanguage"]["version"] == project["requires-python"]
    assert cited["title"].startswith(f"{meta['name']}: ")
    assert (ROOT / meta["readme"]).is_file() and (ROOT / meta["softwareHelp"]).is_file()


def test_the_paper_has_the_front_matter_of_its_journal_and_cites_what_it_lists() -> None:
    text = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    front = YAML(typ="safe").load(head)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= set(front)
    entries = set((ROOT / "docs" / front["bibliography"]).read_text(encoding="utf-8").split("@")[1:])
    keys = {entry.partition("{")[2].partition(",")[0] for entry in entries}
    assert {key for key in keys if f"@{key}" not in body} == set()
    cited = {word.strip("[];,.()").lstrip("@") for word in body.split() if word.strip("[];,.()").startswith("@")}
    assert cited == keys
    assert [
        part for part in ("# Summary", "# Statement of need", "# Validation", "# References") if part not in body
    ] == []
