"""A server in a process of its own, and the machine's Chromium with a fresh profile for each test."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.north import NORTH

PATIENCE = 240  # seconds; what is waited for comes long before, but on a busy machine
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


def until(condition: Callable[[], bool], longest: float = PATIENCE) -> None:
    """Wait until it holds; asked again and again, as a busy machine takes its time."""
    end = time.monotonic() + longest
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


class Server:
    """A `corridor view` in a process of its own.

    Attributes:
        address: Of the page; ``entrance`` is the one that it prints, with the ``token``.
        log: What it has printed.
    """

    def __init__(self, folder: Path, *options: str, prepare: str = "") -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.log = folder / "server.log"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONWARNINGS", None)
        command = [sys.executable, "-c", f"{prepare}\n{COMMAND[-1]}", "view", *options, "--no-open"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.token = self._wait()
        self.entrance = f"{self.address}?token={self.token}"

    def _wait(self) -> str:
        """Wait until it answers; its token."""
        try:
            until(lambda: self.process.poll() is not None or self._answers())
            return str(re.search(r"\?token=(\S+)", self.log.read_text())[1])  # type: ignore[index]
        except (AssertionError, TypeError) as error:
            self.stop()
            raise AssertionError(f"no server:\n{self.log.read_text()}") from error

    def _answers(self) -> bool:
        try:
            return self.ask("/", cookie="")[0].status == 401
        except OSError:
            return False

    @property
    def cookie(self) -> str:
        """What a browser sends that was let in."""
        return f"corridor-token-{self.port}={self.token}"

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """A request by one who was let in, sent as it stands; the answer, and what it holds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        known = {"cookie": self.cookie} if "cookie" not in headers else {}
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in {**known, **headers}.items()})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def kernels(self) -> int:
        """How many sessions live."""
        return int(json.loads(self.ask("/resourcez")[1])["kernels"]["total"])

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


NEVER_CULLED = "import sim.view.server; sim.view.server.SETTINGS['SOLARA_KERNEL_CULL_TIMEOUT'] = '9h'"


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("view"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def reachable(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another: it was given a file, is reachable at all addresses, and ends a session with its tab alone.

    One server for all of these, as each takes ten seconds to start. Who opens a page of it closes the page.
    """
    folder = tmp_path_factory.mktemp("reachable")
    (folder / "north.yaml").write_text(NORTH, encoding="utf-8")
    running = Server(folder, "north.yaml", "--host", "0.0.0.0", prepare=NEVER_CULLED)
    yield running
    running.stop()


@pytest.fixture(scope="module")  # not longer: while it lives, no test can run an event loop of its own
def browser(chromium: str) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield instance
        instance.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Let `open_page` know whether its test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


class Watcher:
    """What must not happen in a page: errors, a connection that ends, and requests that leave this machine."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.seen: list[str] = []  # what a page said and where it went, to be told if its test fails

    def watch(self, page: Any) -> None:
        page.on("console", lambda m: self.seen.append(f"{m.type}: {m.text}"))
        page.on("framenavigated", lambda frame: self.seen.append(f"went to {frame.url.partition('token=')[0]}"))
        page.on("console", lambda m: self.wrong.append(f"console: {m.text}") if _is_wrong(m) else None)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(socket.url))
        page.on("response", lambda r: self.wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def _request(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:")):
            self.wrong.append(f"left this machine: {url}")


def _is_wrong(message: Any) -> bool:
    return message.type == "error" or message.text.startswith("Connection lost")


LIVE = ".corridor-page:has(.cv-map[data-day]) .cv-chart[data-day] >> nth=2"
Opener = Callable[..., Any]


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Any, server: Server) -> Iterator[Opener]:
    """``open_page(width, height, colours)``: the view in a new profile; afterwards nothing may have gone wrong."""
    watcher, contexts = Watcher(), []

    def opened(
        width: int = 1440, height: int = 900, colours: str = "light", address: str = "", wait: str = LIVE
    ) -> Any:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=colours, reduced_motion="reduce")
        context.set_default_timeout(1000 * PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watcher.watch(page)
        page.goto(address or f"{server.entrance}&day=0")
        page.wait_for_selector(wait)
        return page

    yield opened
    if request.node.stash.get(FAILED, False):
        shown = [page.inner_text("body")[:2000] for context in contexts for page in context.pages]
        print(*watcher.seen, *shown, server.log.read_text()[-4000:], sep="\n")
    for context in contexts:
        for page in context.pages:
            page.close()  # which ends its session; a context that is closed leaves it to be culled
        context.close()
    assert watcher.wrong == []


@pytest.fixture
def page(open_page: Opener) -> Any:
    return open_page()
