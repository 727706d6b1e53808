"""Documents of the run on screen are those that the command line writes."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from sim.outputs.folder import read_run
from sim.outputs.results import Results
from sim.report.html import report_of
from sim.runs import run
from sim.view.panels.documents import documents
from tests.strategies import tiny_scenario


def test_a_report_of_a_run_is_that_of_the_command_line(tmp_path: Path) -> None:
    scenario = tiny_scenario(days=30)
    run(scenario).write(tmp_path / "run")
    [of_scenario], [of_folder] = (documents("report", s, "tiny", print) for s in (scenario, tmp_path / "run"))
    page = report_of(Results.read(tmp_path / "run"), read_run(tmp_path / "run"))
    assert b64decode(of_folder["content"]).decode() == page
    assert of_scenario["name"] == "tiny-report.html"
    assert len(b64decode(of_scenario["content"])) > 10_000
