"""Printing with a browser of the machine: how it is called, and what is said where it fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.report.brief import printing
from sim.report.brief.printing import NAMES, CannotPrintError, chromium, pdf_of


def test_the_first_browser_that_is_there_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, gone = (tmp_path / name for name in ("one", "two", "gone"))
    for file in (one, two):
        file.write_bytes(b"")
    known = {"google-chrome": str(one), "msedge": str(two), "chromium": str(gone), "chrome": str(tmp_path)}
    monkeypatch.setattr(printing.shutil, "which", known.get)
    assert chromium() == str(one)
    del known["google-chrome"]
    assert chromium() == str(two)
    known.clear()
    monkeypatch.setattr(printing, "_PLACES", (str(gone), str(one)))
    assert chromium() == str(one)
    monkeypatch.setattr(printing, "_PLACES", ())
    assert chromium() is None


class Browser:
    """In place of the browser: keeps how it was called, and writes a PDF unless it is to write none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[list[str]] = []
        self.pdf, self.status, self.error = b"a PDF", 0, b""
        monkeypatch.setattr(printing, "chromium", lambda: "/bin/browser")
        monkeypatch.setattr(printing.subprocess, "run", self.run)

    def run(self, command: list[str], **how: Any) -> Any:
        assert how == {"capture_output": True, "timeout": 120, "check": False}
        self.commands.append(command)
        page = Path(command[-1].removeprefix("file://"))
        assert page.read_bytes() == b"a page"
        if self.pdf:
            (page.parent / "page.pdf").write_bytes(self.pdf)
        return SimpleNamespace(returncode=self.status, stderr=self.error)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="paths and users of Linux")
@pytest.mark.parametrize("user", [0, 1000])
def test_the_page_is_printed_in_a_folder_that_is_gone_afterwards(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(monkeypatch)
    monkeypatch.setattr(printing.os, "geteuid", lambda: user)
    assert pdf_of(b"a page") == b"a PDF"
    (command,) = browser.commands
    folder = Path(command[-1].removeprefix("file://")).parent
    assert command == [
        "/bin/browser", *(["--no-sandbox"] if user == 0 else []), *printing._FLAGS, f"--user-data-dir={folder}/profile",
        f"--print-to-pdf={folder}/page.pdf", f"file://{folder}/page.html",
    ]  # fmt: skip
    assert folder.name.startswith("corridor-") and not folder.exists()


@pytest.mark.parametrize(
    ("pdf", "status", "error", "words"),
    [
        (b"x", 1, b"first\nlast line\n", "last line"),
        (b"", 0, b"", "no PDF was made"),
        (b"", 0, b"why \xff", "why \ufffd"),
        (b"x", 1, b"\n", "no PDF was made"),
    ],
)
def test_a_browser_that_fails_says_why(
    pdf: bytes, status: int, error: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(monkeypatch)
    browser.pdf, browser.status, browser.error = pdf, status, error
    with pytest.raises(CannotPrintError) as failed:
        pdf_of(b"a page")
    assert str(failed.value) == f"/bin/browser: {words}"


@pytest.mark.parametrize("error", [OSError("broken"), subprocess.TimeoutExpired("it", 120)])
def test_a_browser_that_cannot_be_called_or_does_not_end_is_named(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    Browser(monkeypatch)

    def fails(*given: Any, **how: Any) -> Any:
        raise error

    monkeypatch.setattr(printing.subprocess, "run", fails)
    with pytest.raises(CannotPrintError) as failed:
        pdf_of(b"a page")
    assert str(failed.value) == f"/bin/browser: {error}"


def test_without_a_browser_those_that_were_looked_for_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "chromium", lambda: None)
    with pytest.raises(CannotPrintError) as failed:
        pdf_of(b"a page")
    assert str(failed.value) == f"no Chromium on this machine (looked for {', '.join(NAMES)})"
