"""Many people at one view: sessions that step for minutes, each in a browser profile of its own.

    python -m tests.nightly.sessions [--sessions 20] [--minutes 5]

Ends with status 1 if a page or the server told of an error, if two sessions were mixed up, if the server's memory kept
growing, or if sessions were left when all pages were closed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, LIVE, Server, Watcher

GROWTH = 1.25  # of the memory after the first third, at most
PATIENCE = 120


def memory(server: Server) -> float:
    """Resident memory of the server (MB)."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def day_of(page: Any) -> int:
    return int(page.locator(".cv-map").first.get_attribute("data-day"))


class Visitor:
    """A page, and the day on which it must be."""

    def __init__(self, page: Any) -> None:
        self.page, self.day, self.steps = page, 0, 0

    def step(self, number: int) -> None:
        """A week or a day further, or back to the first day; and what is shown is what this session did."""
        if self.day > 300:
            self.page.locator("#cv-day").fill("0")
            self.day = 0
        else:
            week = (self.steps + number) % 3 > 0
            self.page.get_by_role("button", name="Step a week" if week else "Step a day").click()
            self.day += 7 if week else 1
        self.page.wait_for_function(
            "day => document.querySelector('.cv-map').dataset.day === String(day)",
            arg=self.day,
            timeout=PATIENCE * 1000,
        )
        self.steps += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5)
    asked = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))))
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            wrong = visit(server, browser, asked.sessions, asked.minutes)
        finally:
            browser.close()
            server.stop()
        log = server.log.read_text()
        wrong += ["the server's log: " + log[log.index("Traceback") :][:2000]] if "Traceback" in log else []
    print("\n".join(wrong) or "no error; memory bounded; no session left")
    sys.exit(bool(wrong))


def visit(server: Server, browser: Any, sessions: int, minutes: float) -> list[str]:
    """What went wrong."""
    watcher, visitors, sizes = Watcher(), [], []
    for _ in range(sessions):
        page = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
        watcher.watch(page)
        page.goto(server.entrance)
        page.wait_for_selector(LIVE, timeout=PATIENCE * 1000)
        visitors.append(Visitor(page))
    print(f"{sessions} sessions open, {server.kernels()} on the server, {memory(server):.0f} MB", flush=True)
    began = time.monotonic()
    while time.monotonic() - began < minutes * 60:
        for number, visitor in enumerate(visitors):
            visitor.step(number)
        sizes.append((time.monotonic() - began, memory(server)))
    mixed = [
        f"session {n}: day {day_of(v.page)}, not {v.day}" for n, v in enumerate(visitors) if day_of(v.page) != v.day
    ]
    first = max((size for t, size in sizes if t <= minutes * 20), default=sizes[0][1])
    steps, last = sum(visitor.steps for visitor in visitors), max(size for t, size in sizes if t >= minutes * 40)
    print(
        f"{steps} steps in {sizes[-1][0]:.0f} s; memory {first:.0f} MB at first, {last:.0f} MB in the end", flush=True
    )
    grown = [f"memory grew from {first:.0f} to {last:.0f} MB"] if last > GROWTH * first else []
    for visitor in visitors:
        visitor.page.context.close()
    until = time.monotonic() + PATIENCE
    while server.kernels() and time.monotonic() < until:
        time.sleep(1)
    left = [f"{server.kernels()} sessions are left"] if server.kernels() else []
    return watcher.wrong + mixed + grown + left


if __name__ == "__main__":
    main()
