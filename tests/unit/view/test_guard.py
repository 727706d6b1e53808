"""Requests and websockets that are let in, and those that are not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sim.view.guard import Guard

TOKEN = "right"


def answer(token: str | None, kind: str = "http", query: str = "", path: str = "/", **headers: str) -> Any:
    """What the guard sends: "passed", or the first message."""
    sent: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        sent.append("passed")

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(Guard(inside, token)(scope, receive, send))
    return sent[0]


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765"])
def test_loopback_needs_no_token(host: str) -> None:
    assert answer(None, host=host) == "passed"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "10.0.0.7"])
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    assert answer(None, host=host)["status"] == 403


def test_a_websocket_of_another_page_is_refused() -> None:
    mine = {"host": "127.0.0.1:8765"}
    assert answer(None, "websocket", **mine, origin="http://127.0.0.1:8765") == "passed"
    assert answer(None, "websocket", **mine, origin="http://evil.example")["type"] == "websocket.close"
    assert answer(None, "websocket", **mine, origin="http://127.0.0.1:9999")["type"] == "websocket.close"


def test_with_a_token_everything_needs_it() -> None:
    assert answer(TOKEN, host="10.0.0.7")["status"] == 401
    assert answer(TOKEN, host="10.0.0.7", cookie="corridor-token=wrong")["status"] == 401
    assert answer(TOKEN, host="10.0.0.7", query="token=wrong")["status"] == 401
    assert answer(TOKEN, host="10.0.0.7", cookie="\\x00;;=")["status"] == 401
    assert answer(TOKEN, "websocket", host="10.0.0.7")["type"] == "websocket.close"
    assert answer(TOKEN, "websocket", host="10.0.0.7", query=f"token={TOKEN}")["type"] == "websocket.close"
    assert answer(TOKEN, host="10.0.0.7", cookie="a=b; corridor-token=right") == "passed"
    assert answer(TOKEN, "websocket", host="10.0.0.7", cookie="corridor-token=right") == "passed"


def test_a_token_in_the_address_becomes_a_cookie() -> None:
    start = answer(TOKEN, host="10.0.0.7", query="token=right", path="//elsewhere/")
    headers = dict(start["headers"])
    assert start["status"] == 303
    assert headers[b"location"] == b"/elsewhere/"
    assert b"corridor-token=right" in headers[b"set-cookie"]
    assert b"HttpOnly; SameSite=Strict" in headers[b"set-cookie"]
