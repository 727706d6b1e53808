"""Requests and websockets that are let in, and those that are not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sim.view import guard
from sim.view.guard import Address, Guard

HERE = Address("127.0.0.1", 8765)
HOST = "127.0.0.1:8765"
COOKIE = "corridor-token-8765=right"
SOCKET = "/jupyter/api/kernels/{}/channels"


def scope_of(kind: str, path: str, query: str, headers: Any) -> Any:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers]
    return {"type": kind, "method": "GET", "path": path, "query_string": query.encode(), "headers": pairs}


def answer(
    kind: str = "http", query: str = "", path: str = "/", address: Address = HERE, sessions: Any = (), **headers: str
) -> Any:
    """What the guard sends: the scope that is passed on, or the first message."""
    sent: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        sent.append({**scope, "status": "passed"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    scope = scope_of(kind, path, query, headers.items())
    asyncio.run(Guard(inside, address, "right", lambda: sessions)(scope, receive, send))
    return sent[0]


def status(*args: Any, **named: Any) -> Any:
    """Status of the answer; "passed", or "closed" for a websocket."""
    first = answer(*args, **named)
    return first.get("status", "closed" if first["type"] == "websocket.close" else first["type"])


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "LOCALHOST:8765"])
def test_all_names_of_loopback_are_its_address(host: str) -> None:
    assert status(host=host, cookie=COOKIE) == "passed"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8765", "127.0.0.1.evil.example:8765", "", "[", "10.0.0.7:8765", "127.0.0.1",
        "127.0.0.1:8766", "me@127.0.0.1:8765", "127.0.0.1:8765/", "127.0.0.1:8765:8765", "[::ffff:10.0.0.7]:8765",
    ],
)  # fmt: skip
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    assert status(host=host, cookie=COOKIE) == 403
    assert status("websocket", host=host, origin=f"http://{host}", cookie=COOKIE) == "closed"


def test_a_request_without_a_host_or_with_two_is_refused() -> None:
    assert status(cookie=COOKIE) == 403
    guarded = Guard(None, HERE, "right")  # type: ignore[arg-type]
    assert not guarded._from_here(scope_of("http", "/", "", [("host", HOST), ("host", "evil.example")]))


@pytest.mark.parametrize(
    ("given", "accepted", "refused"),
    [
        ("0.0.0.0", ["10.0.0.7:80", "127.0.0.1:80", "localhost", "[fe80::1]:80"], ["evil.example", "10.0.0.7:81"]),
        ("::", ["[::1]:80", "10.0.0.7"], ["evil.example:80"]),
        ("192.168.1.5", ["192.168.1.5:80", "192.168.1.5"], ["127.0.0.1:80", "localhost:80", "192.168.1.6:80"]),
        ("box.example", ["box.example:80", "BOX.example"], ["evil.example:80", "127.0.0.1:80"]),
        ("::1", ["[::1]:80", "localhost:80"], ["[::2]:80", "box.example"]),
    ],
)
def test_beyond_loopback_what_was_given_is_the_address(given: str, accepted: list[str], refused: list[str]) -> None:
    address = Address(given, 80)
    assert [host for host in accepted if not address.is_named(host)] == []
    assert [host for host in refused if address.is_named(host)] == []


def test_only_the_page_itself_opens_a_websocket() -> None:
    mine = {"host": HOST, "cookie": COOKIE}
    assert status("websocket", **mine, origin=f"http://{HOST}") == "passed"
    for origin in ("http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8765", "null", f"{HOST}"):
        assert status("websocket", **mine, origin=origin) == "closed"
        assert status(**mine, origin=origin) == 403
    assert status("websocket", **mine) == "closed"
    assert status("websocket", **mine, origin="http://localhost:8765") == "closed", "another site to a browser"


def test_everything_needs_the_token() -> None:
    mine = {"host": HOST, "origin": f"http://{HOST}"}
    assert status(**mine) == 401
    for cookie in ("corridor-token-8765=wrong", "corridor-token=right", "corridor-token-1=right", "\\x00;;=", ""):
        assert status(**mine, cookie=cookie) == 401
        assert status("websocket", **mine, cookie=cookie) == "closed"
    for query in ("token=wrong", "token=", "token=right1", "Token=right", "token=%FF%00"):
        assert status(**mine, query=query) == 401
    assert status("websocket", **mine, query="token=right") == "closed"
    assert status(**mine, cookie=f"a=b; {COOKIE}") == "passed"


@pytest.mark.parametrize("path", ["/", "//elsewhere/", "/%5cevil.example", "/\\evil.example"])
def test_a_token_in_the_address_becomes_a_cookie_and_leaves_it(path: str) -> None:
    start = answer(host=HOST, query="a=1&token=right&b=%26", path=path)
    headers = dict(start["headers"])
    assert start["status"] == 303
    assert headers[b"location"] == b"/?a=1&b=%26"
    assert headers[b"set-cookie"] == COOKIE.encode() + b"; Path=/; HttpOnly; SameSite=Strict"


def test_who_comes_by_a_link_is_sent_round_once() -> None:
    link = {"host": HOST, "sec_fetch_mode": "navigate"}
    assert b"no-store" not in dict(answer(**link, sec_fetch_site="cross-site")["headers"]).values()
    for site, again in (("cross-site", True), ("same-origin", False), ("none", False)):
        sent: list[Any] = []

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        scope = scope_of("http", "/", "", {**link, "sec_fetch_site": site}.items())
        asyncio.run(Guard(None, HERE, "right")(scope, None, send))  # type: ignore[arg-type]
        assert sent[0]["status"] == 401
        assert (b'http-equiv="refresh"' in sent[1]["body"]) is again


def test_headers_of_proxies_are_dropped() -> None:
    named = {"x_script_name": "//evil.example", "Script_Name": "/x", "x_forwarded_host": "evil", "Forwarded": "for=1"}
    passed = answer(host=HOST, cookie=COOKIE, accept="x", **named)
    assert [name for name, _ in passed["headers"]] == [b"host", b"cookie", b"accept"]


def test_a_request_of_any_size_is_refused() -> None:
    mine = {"host": HOST, "cookie": COOKIE}
    assert status(**mine, content_length="65536") == "passed"
    assert status(**mine, content_length="65537") == 413
    assert status(**mine, transfer_encoding="chunked") == 413


def test_sessions_are_limited_and_those_that_live_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_SESSIONS", 2)
    mine = {"host": HOST, "cookie": COOKIE, "origin": f"http://{HOST}"}
    for living, page, new in ((("a",), "passed", "passed"), (("a", "b"), 503, "closed")):
        assert status(**mine, sessions=living) == page
        assert status("websocket", **mine, sessions=living, path=SOCKET.format("new")) == new
        assert status("websocket", **mine, sessions=living, path=SOCKET.format("a")) == "passed"
        assert status(**mine, sessions=living, path="/static/main.js") == "passed"


def test_sessions_that_are_being_made_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_SESSIONS", 2)
    reached: list[str] = []
    refused: list[Any] = []

    async def ask_all() -> None:
        go_on = asyncio.Event()

        async def inside(scope: Any, receive: Any, send: Any) -> None:
            reached.append(scope["path"])
            await go_on.wait()

        async def send(message: Any) -> None:
            refused.append(message)
            go_on.set()

        guarded = Guard(inside, HERE, "right")
        headers = [("host", HOST), ("cookie", COOKIE), ("origin", f"http://{HOST}")]
        asked = [scope_of("websocket", SOCKET.format(name), "", headers) for name in ("a", "b", "a", "c")]
        await asyncio.gather(*(guarded(scope, None, send) for scope in asked))  # type: ignore[arg-type]
        await guarded(scope_of("websocket", SOCKET.format("d"), "", headers), None, send)  # type: ignore[arg-type]

    asyncio.run(ask_all())
    assert reached == [SOCKET.format(name) for name in ("a", "b", "a", "d")], "d finds room when the others have left"
    assert len(refused) == 1


def test_who_is_asked_for_the_token_keeps_the_rest_of_the_address() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = scope_of("http", "/", 'scenario=visa-stop&a"b=<c>&token=wrong', [("host", HOST)])
    asyncio.run(Guard(None, HERE, "right")(scope, None, send))  # type: ignore[arg-type]
    page = sent[1]["body"].decode()
    assert '<input type="hidden" name="scenario" value="visa-stop">' in page
    assert 'name="a&quot;b" value="&lt;c&gt;"' in page
    assert "wrong" not in page
