"""What notebooks show: the words of a scenario, escaped, and the numbers of a run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.engine.rows import STATUSES
from tests.strategies import tiny_scenario

TITLE = "Cut & run <script>alert(1)</script>"


class _Reader(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return tiny_scenario(title=TITLE, description="<b>bold</b>", days=60)


def shown(thing: Any) -> _Reader:
    reader = _Reader(thing._repr_html_())
    assert TITLE in reader.text
    assert reader.tags <= {"h3", "p", "table", "thead", "tbody", "tr", "th", "td"}
    return reader


def test_a_scenario(scenario: sim.Scenario) -> None:
    text = shown(scenario).text
    assert "<b>bold</b>" in text
    assert "400 prospects" in text and "baghdad-minsk" in text


def test_a_model_tells_persons_by_status(scenario: sim.Scenario) -> None:
    model = sim.CorridorModel(scenario)
    assert "0 of 60 days" in shown(model).text
    model.run_for(50)
    text = shown(model).text
    assert "50 of 60 days" in text
    counts = dict(re.findall(r"([a-z ]+)\n\s*([\d,]+)\n", text))
    assert set(counts) <= {status.replace("_", " ") for status in STATUSES} and len(counts) > 4
    assert sum(int(count.replace(",", "")) for count in counts.values()) == 400


def test_results(scenario: sim.Scenario) -> None:
    results = sim.run(scenario)
    text = shown(results).text
    assert "60 days" in text
    assert f"{results.summary['attempts'].iloc[0]:,.2f}" in text


def test_studies(scenario: sim.Scenario, tmp_path: Path) -> None:
    other = scenario.model_copy(update={"behaviour": scenario.behaviour.model_copy(update={"retry": 9.0})})
    study = sim.compare(scenario, other, replicates=2, folder=tmp_path / "study", jobs=1)
    text = shown(study).text
    assert "4 of 4 runs done" in text
    assert "Differences from the first" in text
    deaths = study.differences.query("level == 'all' and measure == 'attempts'").iloc[0]
    assert f"{deaths['median']:,.2f}" in text
