"""A server in a process of its own, and the machine's Chromium with a fresh profile for each test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
COMMAND = (sys.executable, "-c", "from sim.cli.main import main; main()")


def missing(reason: str) -> None:
    """Skip; but where tests must not be skipped, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium or Chrome on this machine."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    missing("no Chromium on this machine: install the distribution's package chromium")
    raise AssertionError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A `corridor view` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.log = folder / "server.log"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONWARNINGS", None)
        command = [*COMMAND, "view", *options, "--no-open", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        self._wait()

    def _wait(self, longest: float = 240) -> None:
        end = time.monotonic() + longest
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urlopen(self.address, timeout=5):
                    return
            except URLError as error:
                if getattr(error, "code", None) == 401:
                    return
                time.sleep(0.1)
        self.stop()
        raise AssertionError(f"no server:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("view"))
    yield running
    running.stop()


@pytest.fixture(scope="module")  # not longer: while it lives, no test can run an event loop of its own
def browser(chromium: str) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield instance
        instance.close()


class Watcher:
    """What must not happen in a page: errors, and requests that leave this machine."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def watch(self, page: Any) -> None:
        page.on("console", lambda m: self.wrong.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(socket.url))
        page.on("response", lambda r: self.wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def _request(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:")):
            self.wrong.append(f"left this machine: {url}")


LIVE = ".corridor-page:has(.cv-map[data-day]) .cv-chart[data-day] >> nth=2"
Opener = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Opener]:
    """``open_page(width, height, colours)``: the view in a new profile; afterwards nothing may have gone wrong."""
    watcher, contexts = Watcher(), []

    def opened(
        width: int = 1440, height: int = 900, colours: str = "light", address: str = "", wait: str = LIVE
    ) -> Any:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=colours, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        watcher.watch(page)
        page.goto(address or server.address)
        page.wait_for_selector(wait, timeout=30_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watcher.wrong == []


@pytest.fixture
def page(open_page: Opener) -> Any:
    return open_page()
