"""Brief and report of a study or of the run on screen, as files to download."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from sim.outputs.folder import OutputError, read_run
from sim.outputs.results import Results
from sim.report.brief.page import write_brief
from sim.report.html import report_of
from sim.runs import run
from sim.scenario import Scenario
from sim.studies.limits.stored import stored_limits
from sim.studies.store.recorded import is_study
from sim.studies.study import Study
from sim.view.background import Job
from sim.view.panels.apart import Advance, apart

KINDS = ("brief", "report")
File = dict[str, str]  # name, type, and content as base64


def documents(kind: str, source: Path | Scenario, stem: str, advance: Advance) -> list[File]:
    """Return the files of a document: of a folder of results, or of a run of a scenario.

    A brief is a page and, where this machine has Chromium, a PDF; a report is a page.
    """
    with tempfile.TemporaryDirectory(prefix="corridor-view-") as home:
        if isinstance(source, Scenario):
            run(source).write(Path(home) / "run")
            source = Path(home) / "run"
        found: Any = Study(source) if is_study(source) else Results.read(source)
        about = None if isinstance(found, Study) else read_run(source)
        limits = stored_limits(source)
        if kind == "report":
            page = report_of(found, about, limits).encode()
            return [_file(f"{stem}-report.html", "text/html", page)]
        if kind != "brief":
            raise OutputError(f"found {kind!r}; allowed: {', '.join(KINDS)}")
        written = write_brief(found, Path(home) / "brief.html", about, limits)
        files = [_file(f"{stem}-brief.html", "text/html", written.html.read_bytes())]
        if written.pdf is not None:
            files.append(_file(f"{stem}-brief.pdf", "application/pdf", written.pdf.read_bytes()))
        return files


def _file(name: str, kind: str, content: bytes) -> File:
    return {"name": name, "type": kind, "content": b64encode(content).decode()}


class Documents:
    """The documents that a session has asked for, one at a time."""

    def __init__(self) -> None:
        """Set up without any."""
        self.job = Job()
        self.number = 0

    def start(self, kind: str, source: Path | Scenario, stem: str) -> None:
        """Make a document; raises ValueError if one is under way, or there is no such kind."""
        if kind not in KINDS:
            raise ValueError(f"found {kind!r}; allowed: {', '.join(KINDS)}")
        if not self.job.begin(lambda report: apart(documents, kind, source, stem, report=report)):
            raise ValueError("a document is under way: a moment")
        self.number += 1

    @property
    def content(self) -> dict[str, Any]:
        """Return what the page needs to know: whether one is under way, its number, its files once it is done."""
        now = self.job.progress
        files = now.result if now.state == "done" else None
        return {"busy": now.state == "running", "number": self.number, "files": files, "error": now.error}
