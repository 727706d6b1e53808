"""How the server is started: settings, address, port, what is printed; without a server that listens."""

from __future__ import annotations

import os
import socket
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError, to_yaml
from sim.view import app, guard, opened_folder, policy, server, slow_clients
from sim.view.guard import Address
from tests.strategies import tiny_scenario


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What is started and printed, in place of a server that listens."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Solara still imports a part of websockets that has been replaced
        from solara.server import starlette

        from sim.view.wire import outbox
    found = SimpleNamespace(threads=[], servers=[], did=[], outbox=outbox.Outbox, starlette=starlette)

    class Server:
        def __init__(self, port: int, host: str, **settings: Any) -> None:
            self.port, self.host, self.settings = port, host, settings
            found.servers.append(self)

        def serve(self) -> None:
            found.did.append("served")

    class Thread:
        def __init__(self, **settings: Any) -> None:
            self.settings = settings
            found.threads.append(settings)

        def start(self) -> None:
            found.did.append("started")

    monkeypatch.setattr(starlette, "ServerStarlette", Server)
    monkeypatch.setattr(starlette, "WebsocketWrapper", starlette.WebsocketWrapper)
    monkeypatch.setattr(server.threading, "Thread", Thread)
    monkeypatch.setattr(server.secrets, "token_urlsafe", lambda size: "t" * size)
    monkeypatch.setattr(server, "_made_ready", lambda scenario: found.did.append(f"ready {scenario}"))
    monkeypatch.setattr(app, "start_with", lambda scenario, opened: found.did.append((scenario, opened)))
    monkeypatch.setattr(server.warnings, "filterwarnings", lambda *asked, **more: found.did.append((asked, more)))
    for name in (*server.SETTINGS, "SOLARA_BASE_URL", "SOLARA_ASSETS_CDN"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    found.printed = lambda: capsys.readouterr().err.splitlines()
    return found


TOKEN = "t" * 18
LAX = (("ignore",), {"message": "Cookies with samesite=none", "category": UserWarning})


def test_on_loopback_the_page_is_opened_and_messages_are_not_compressed(started: Any) -> None:
    server._run("tiny", None, Address("127.0.0.1", 9000), open_browser=True)
    home = "http://127.0.0.1:9000/"
    assert started.printed() == [
        "Starting the view; a moment.", f"Corridor's view is at {home}?token={TOKEN}", "Ctrl-C ends it."
    ]  # fmt: skip
    assert started.did == [("tiny", None), "ready tiny", LAX, "started", "served"]
    [made] = started.servers
    assert (made.port, made.host) == (9000, "127.0.0.1")
    guarded = made.settings.pop("starlette_app")
    assert made.settings == {
        **server.LIMITS, "ws_per_message_deflate": False, "log_level": "warning", "http": slow_clients.PatientToAPoint
    }  # fmt: skip
    assert isinstance(guarded, policy.Policy)
    assert isinstance(guarded.app, guard.Guard)
    assert (guarded.app.token, guarded.app.address) == (TOKEN, Address("127.0.0.1", 9000))
    from solara.server.kernel_context import contexts

    assert guarded.app.app is started.starlette.app
    assert guarded.app._sessions() is contexts
    assert started.threads == [{"target": server._open, "args": (made, f"{home}?token={TOKEN}"), "daemon": True}]
    assert started.starlette.WebsocketWrapper is started.outbox
    assert {name: os.environ[name] for name in server.SETTINGS} == server.SETTINGS
    assert (os.environ["SOLARA_BASE_URL"], os.environ["SOLARA_ASSETS_CDN"]) == (home, f"{home}absent/")


def test_beyond_loopback_a_warning_is_printed_and_messages_are_compressed(started: Any) -> None:
    server._run("tiny", None, Address("fe80::1", 80), open_browser=False)
    assert started.printed() == [
        "Starting the view; a moment.", f"Corridor's view is at http://[fe80::1]:80/?token={TOKEN}",
        "Warning: everybody who reaches this machine and has the token can use it, and the way is not encrypted.",
        "Ctrl-C ends it.",
    ]  # fmt: skip
    assert started.servers[0].settings["ws_per_message_deflate"] is True
    assert (started.threads, started.did[-1]) == ([], "served")


def test_limits_are_as_said() -> None:
    assert {key: value for key, value in server.LIMITS.items() if key != "headers"} == {
        "ws_max_size": 1_048_576, "ws_ping_interval": 20, "ws_ping_timeout": 60,
        "h11_max_incomplete_event_size": 16_384, "limit_concurrency": 256, "proxy_headers": False,
        "server_header": False,
    }  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is asked to be served."""
    asked: list[Any] = []
    monkeypatch.setattr(server, "_run", lambda *what: asked.append(what))
    monkeypatch.setattr(server, "_free", lambda host, port: port or 8765)
    return asked


def test_a_scenario_is_served_by_its_name_or_by_its_path_from_here(
    run: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "tiny.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    server.serve("benghazi-surge")
    server.serve(str(tmp_path / "in" / "tiny.yaml"), "localhost", 90, open_browser=False)
    here = Address("127.0.0.1", 8765)
    assert run == [
        ("benghazi-surge", None, here, True), ("in/tiny.yaml", None, Address("localhost", 90), False)
    ]  # fmt: skip
    monkeypatch.chdir(tmp_path / "in")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    server.serve("../in/tiny.yaml")
    assert run[2] == (str(tmp_path.resolve() / "in" / "tiny.yaml"), None, here, True)
    with pytest.raises(ScenarioError):
        server.serve("no-such-scenario")


def test_a_folder_is_served_with_its_own_scenario(
    run: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = SimpleNamespace(start="its-own")
    monkeypatch.setattr(opened_folder.Opened, "read", lambda folder: opened if folder == tmp_path else None)
    server.serve(str(tmp_path))
    assert run == [("its-own", opened, Address("127.0.0.1", 8765), True)]


def test_the_usual_port_is_taken_if_it_is_free_and_else_any(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        taken = first.getsockname()[1]
        monkeypatch.setattr(server, "PORT", taken)
        other = server._free("127.0.0.1", None)
        assert other not in (0, taken)
        with pytest.raises(OutputError, match=f"^--host 127.0.0.1 --port {taken}: cannot listen there: Address "):
            server._free("127.0.0.1", taken)
    monkeypatch.setattr(server, "PORT", other)
    assert server._free("127.0.0.1", None) == server._free("127.0.0.1", other) == other


def test_a_port_is_tried_as_it_will_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []

    class Probe:
        def __init__(self, *kind: Any) -> None:
            tried.append(kind)

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            tried.append("closed")

        def setsockopt(self, *option: Any) -> None:
            tried.append(option)

        def bind(self, place: Any) -> None:
            tried.append(place)

        def getsockname(self) -> Any:
            return ("::1", 7, 0, 0)

    monkeypatch.setattr(server.socket, "socket", Probe)
    reuse = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    assert server._free("::1", 7) == 7
    assert tried == [(socket.AF_INET6, socket.SOCK_STREAM), reuse, ("::1", 7), "closed"]
    tried.clear()
    server._free("10.0.0.1", None)
    assert tried == [(socket.AF_INET, socket.SOCK_STREAM), reuse, ("10.0.0.1", 8765), "closed"]


def test_a_wrong_port_or_host_is_told() -> None:
    words = r"^--host 127.0.0.1 --port 65536: cannot listen there: a port from 0 to 65535 is allowed$"
    with pytest.raises(OutputError, match=words):
        server._free("127.0.0.1", 65536)
    with pytest.raises(OutputError, match=r"^--host 192\.0\.2\.1: cannot listen there: "):
        server._free("192.0.2.1", None)


def test_what_the_first_page_needs_is_done_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.view import geometry, session

    did: list[Any] = []
    monkeypatch.setattr(session, "baseline_of", lambda name: did.append(("run", name)))
    monkeypatch.setattr(session, "Session", lambda name: SimpleNamespace(scenario=f"scenario of {name}"))
    monkeypatch.setattr(session, "titles", lambda name: did.append(("titles", name)))
    monkeypatch.setattr(geometry, "geometry_json", lambda scenario: did.append(("map", scenario)))
    monkeypatch.setattr(server.gc, "collect", lambda: did.append("collected"))
    monkeypatch.setattr(server.gc, "freeze", lambda: did.append("frozen"))

    class Thread:
        def __init__(self, **settings: Any) -> None:
            did.append(settings.pop("daemon"))
            self.settings = settings

        def start(self) -> None:
            self.settings["target"](*self.settings["args"])

    monkeypatch.setattr(server.threading, "Thread", Thread)
    server._made_ready("tiny")
    assert did == [("run", "tiny"), ("map", "scenario of tiny"), "collected", "frozen", True, ("titles", "tiny")]


def test_the_browser_is_opened_once_the_server_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a file that is gone with the process."""
    ready, waited, left = [False, False, True], list[float](), list[Any]()
    monkeypatch.setattr(server.time, "sleep", waited.append)
    monkeypatch.setattr(server.atexit, "register", left.append)
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    started = SimpleNamespace(server=None, has_started=lambda: ready.pop(0))
    server._open(started, "http://127.0.0.1:1/?token=secret")
    assert waited == [0.05, 0.05]
    assert len(opened) == len(left) == 1
    left[0]()
    assert opened[0].endswith("/open.html")


def test_a_server_that_is_not_yet_made_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    started, waited = SimpleNamespace(has_started=lambda: True), list[float]()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        started.server = None

    monkeypatch.setattr(server.time, "sleep", sleep)
    monkeypatch.setattr(server.atexit, "register", lambda act: act())
    monkeypatch.setattr(server, "write_text", lambda file, text: None)
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    server._open(started, "http://127.0.0.1:1/")
    assert waited == [0.05]
