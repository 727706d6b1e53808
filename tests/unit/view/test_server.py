"""The server in a process of its own, asked by real clients."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sim.view import server as view
from tests.browser.conftest import Server, until

pytestmark = pytest.mark.long
SMALL = """
import sim.view.guard, sim.view.slow_clients
sim.view.guard.MOST_SESSIONS = 2
sim.view.slow_clients.SECONDS_TO_ASK = 0.5
sim.view.slow_clients.SECONDS_TO_READ = 0.5
"""
PATIENCE = 60
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("served"), prepare=SMALL)
    yield running
    running.stop()


def websocket(server: Server, kernel: str, **headers: str) -> Any:
    """A websocket as the page opens it, but for these headers."""
    known = {"Origin": server.address.rstrip("/"), "Cookie": server.cookie, **headers}
    address = f"ws://127.0.0.1:{server.port}/jupyter/api/kernels/{kernel}/channels?session_id=page"
    asked: dict[str, Any] = {"origin": known.pop("Origin") or None, "additional_headers": known}
    return connect(address, open_timeout=PATIENCE, **asked)


@contextmanager
def session(server: Server, kernel: str) -> Iterator[Any]:
    """A websocket whose session has begun; ended afterwards, as a page does that is closed."""
    before = server.kernels()
    with websocket(server, kernel) as opened:
        until(lambda: server.kernels() > before)
        yield opened
    close = f"/_solara/api/close/{kernel}?session_id=page"
    until(lambda: server.ask(close, "POST")[0].status == 200 and server.kernels() <= before)


def raw(server: Server, sent: bytes) -> socket.socket:
    """A connection by which this was sent."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    connection.sendall(sent)
    return connection


def ended(connection: socket.socket) -> bool:
    """Wait until the server has closed it."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass  # aborted: what was sent last was not read
    return True


def test_another_host_or_page_gets_nothing(server: Server) -> None:
    for named in ({"host": "evil.example"}, {"host": "127.0.0.1:1"}, {"origin": "http://evil.example"}):
        assert server.ask("/", **named)[0].status == 403
        assert server.ask("/resourcez", **named)[0].status == 403
    assert server.ask("/", host=f"localhost:{server.port}")[0].status == 200


def test_a_websocket_of_another_page_is_refused_before_solara_sees_it(server: Server) -> None:
    before = server.kernels()
    for wrong in ({"Origin": "http://evil.example"}, {"Origin": ""}, {"Cookie": "a=b"}, {"Origin": "null"}):
        with pytest.raises(InvalidStatus, match="403"):
            websocket(server, "stranger", **wrong)
    assert server.kernels() == before
    with session(server, "own"):
        assert server.kernels() == before + 1


def test_the_token_is_taken_from_the_address_once(server: Server) -> None:
    answer, _ = server.ask(f"/?token={server.token}", cookie="")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert server.ask("/", cookie=cookie.partition(";")[0])[0].status == 200
    assert server.ask("/", cookie="")[0].status == 401
    assert server.ask(f"/%5cevil.example?token={server.token}", cookie="")[0].headers["Location"] == "/"


@pytest.mark.parametrize(
    ("path", "named", "status"),
    [
        ("/", {}, 200),
        ("/", {"cookie": ""}, 401),
        ("/", {"host": "evil.example"}, 403),
        ("/static/absent", {}, 404),
        ("/resourcez", {}, 200),
        ("/?token=right", {"content-length": "999999999"}, 413),
    ],
)
def test_every_answer_shuts_others_out(server: Server, path: str, named: dict[str, str], status: int) -> None:
    answer, body = server.ask(path, **named)
    assert answer.status == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"http|\*|script-src[^;]*unsafe-inline", policy)
    assert answer.headers["Server"] is None
    assert answer.headers["X-Powered-By"] is None
    assert b"uvicorn" not in body


def test_no_header_moves_the_page_elsewhere(server: Server) -> None:
    forged = {"x-script-name": "//evil.example", "script-name": "//evil.example", "x-forwarded-host": "evil.example"}
    answer, body = server.ask("/", **forged, **{"x-forwarded-proto": "https"})
    assert answer.status == 200
    assert b"evil.example" not in body
    assert b"evil.example" not in server.ask("/")[1], "nor for whoever comes next"


def test_large_requests_and_messages_are_cut_off(server: Server) -> None:
    with raw(server, b"GET / HTTP/1.1\r\nA: " + b"a" * (1 << 20)) as connection:
        connection.settimeout(PATIENCE)
        assert b" 400 " in connection.recv(1 << 10)
    head = f"Host: 127.0.0.1:{server.port}\r\nCookie: {server.cookie}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with raw(server, f"POST / HTTP/1.1\r\n{head}".encode()) as connection:
        assert b" 413 " in connection.recv(1 << 10)
    with session(server, "large") as opened, pytest.raises(ConnectionClosed) as closed:
        opened.send(b"a" * ((1 << 20) + 1))
        while True:
            opened.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize("sent", ["", "GET / HTTP/1.1\r\nHost: "])
def test_who_does_not_finish_a_request_is_cut_off(server: Server, sent: str) -> None:
    with raw(server, sent.encode()) as connection:
        assert ended(connection)


def test_who_does_not_finish_what_it_announced_is_cut_off(server: Server) -> None:
    head = f"Host: 127.0.0.1:{server.port}\r\nCookie: {server.cookie}\r\nContent-Length: 9\r\n\r\n"
    with raw(server, f"POST /_solara/api/close/a?session_id=b HTTP/1.1\r\n{head}1".encode()) as connection:
        assert b" 200 " in connection.recv(1 << 10)
        connection.sendall(b"2")
        assert ended(connection)


def test_who_does_not_read_an_answer_is_cut_off(server: Server) -> None:
    path = "/_solara/cdn/@widgetti/solara-vuetify-app@10.1.1/dist/solara-vuetify-app8.min.js"
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {server.cookie}\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 12)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(request.encode() * 50)  # more than the buffers on the way can hold
        with pytest.raises(ConnectionError):
            while True:  # until the server has left; while it waits, this blocks when the way to it is full
                connection.send(b"x")


def test_an_open_page_keeps_its_connection(server: Server) -> None:
    """However long: it was once ended when the time for a request was over, and made anew by the page."""
    with session(server, "stays") as opened, pytest.raises(TimeoutError):
        while True:
            opened.recv(timeout=2)  # four times what a request may take


def test_a_session_too_many_is_told_so(server: Server) -> None:
    with session(server, "one"), session(server, "two"):
        answer, body = server.ask("/")
        assert answer.status == 503
        assert b"2 sessions are open" in body
        with pytest.raises(InvalidStatus, match="403"):
            websocket(server, "three")
        with websocket(server, "one"):
            pass
    assert server.ask("/")[0].status == 200
    with session(server, "three"):
        pass


def test_the_browser_is_not_started_with_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every user of a machine sees the arguments of its processes."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    started = SimpleNamespace(server=None, has_started=lambda: True)
    view._open(started, "http://127.0.0.1:1/?token=secret")
    assert "secret" not in opened[0]
    file = Path(url2pathname(urlsplit(opened[0]).path))
    assert "http://127.0.0.1:1/?token=secret" in file.read_text()
    if os.name == "posix":
        assert file.parent.stat().st_mode & 0o077 == 0
