"""The pictures of the browser view in the docs: ``uv run python experiments/view/pictures.py`` writes them anew.

Takes two to three minutes, and a Chromium on this machine. All at 1440 x 900: the live page of `benghazi-surge` on day
270 with the 90 % of replicates, in light and dark; a comparison of `benghazi-surge` with `carrier-ban`; and the same
comparison from the disk.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from sim.studies.carry_out import compare

FOLDER = Path(__file__).parent
REPLICATES = 20
MOST = 300_000  # ms to wait for what the page computes


@contextmanager
def server(*shown: str) -> Iterator[str]:
    """Run `corridor view` of a scenario or folder; gives its address with the token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from sim.cli.main import main; main()", "view", *shown, "--no-open"]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.resolve().parents[1])}
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen([*command, "--port", str(port)], stderr=output, env=environment, cwd=place)
        try:
            while process.poll() is None and not (found := re.search(r"http\S+\?token=\S+", log.read_text())):
                time.sleep(0.2)
            assert found, log.read_text()
            yield found[0]
        finally:
            process.terminate()
            process.wait()


def at_rest(page: Any, file: str) -> None:
    """Take a picture once nothing moves."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / file)


def live_and_compared(browser: Any) -> None:
    """Take the pictures of the live page and of the page that compares."""
    with server("benghazi-surge") as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(MOST)
        page.goto(f"{address}&day=270")
        page.wait_for_selector(".cv-map[data-day='270']")
        page.get_by_role("button", name="How sure?").click()
        page.wait_for_selector(".cv-run[data-bands='shown']")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_selector(f"[data-theme='{scheme}']")
            at_rest(page, f"live-{scheme}.png")
        page.emulate_media(color_scheme="light")
        page.locator(".cv-header").get_by_role("button", name="Compare", exact=True).click()
        page.select_option("#cv-a", "benghazi-surge")
        page.select_option("#cv-b", "carrier-ban")
        page.locator("#cv-replicates").fill(str(REPLICATES))
        page.get_by_role("button", name="Start").click()
        page.wait_for_selector(".cv-compare[data-state='done']")
        page.wait_for_selector(".cv-differences")
        at_rest(page, "compare-light.png")
        page.close()


def results(browser: Any) -> None:
    """Take the picture of a comparison from the disk."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "study"
        compare("benghazi-surge", "carrier-ban", replicates=REPLICATES, folder=folder)
        with server(str(folder)) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            page.set_default_timeout(MOST)
            page.goto(address)
            page.wait_for_selector(".cv-where[data-rows]")
            page.locator("#cv-when").fill("30")
            page.wait_for_selector(".cv-map[data-day='30']")
            at_rest(page, "results-light.png")
            page.close()


def main() -> None:
    """Take all pictures."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"])
        live_and_compared(browser)
        results(browser)
        browser.close()


if __name__ == "__main__":
    main()
