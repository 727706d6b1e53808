"""A page of HTML printed to PDF by the machine's Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sim.data.durable_files import write_whole

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
LONGEST = 120  # seconds


class CannotPrintError(Exception):
    """There is no Chromium, or it made no PDF."""


def chromium() -> str | None:
    """Return the path of a Chromium, Chrome or Edge on this machine; None if there is none."""
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in (*found, *_PLACES) if path and Path(path).is_file()), None)


def pdf_of(html: bytes) -> bytes:
    """Print a page that needs nothing from elsewhere; returns the PDF's bytes.

    Raises:
        CannotPrintError: If there is no Chromium on this machine, or it fails.
    """
    browser = chromium()
    if browser is None:
        raise CannotPrintError(f"no Chromium on this machine (looked for {', '.join(NAMES)})")
    with tempfile.TemporaryDirectory(prefix="corridor-", ignore_cleanup_errors=True) as folder:
        page, file = Path(folder) / "page.html", Path(folder) / "page.pdf"
        write_whole(page, html)
        command = [browser, *_FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={file}", page.as_uri()]
        if sys.platform.startswith("linux") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has no sandbox for root; the page runs no script
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotPrintError(f"{browser}: {error}") from None
        if done.returncode or not file.is_file():
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no PDF was made"]
            raise CannotPrintError(f"{browser}: {last[0]}")
        return file.read_bytes()
