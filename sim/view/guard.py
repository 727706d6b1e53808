"""Access control of the server: requests and websockets are checked before they reach Solara.

Without a token only requests to names of this machine are answered, so that a remote page cannot reach the view
through a host name that it resolves to 127.0.0.1. A websocket must come from the page itself. With a token every
request needs it, as a cookie or once as ``?token=``.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "corridor-token"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ASK = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Corridor</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:18vh auto;max-width:22rem;padding:0 1rem;color-scheme:light dark}
input,button{font:inherit;padding:.4rem .6rem;width:100%;box-sizing:border-box;margin-top:.6rem}</style>
<h1>Corridor</h1><form method="get" action="/"><label for="token">Token, as the terminal shows it</label>
<input id="token" name="token" type="password" autocomplete="off" autofocus required>
<button>Open</button></form></html>"""


class Guard:
    """ASGI application in front of another.

    Args:
        app: The guarded application.
        token: Required for every request; None for a server that only this machine can reach.
    """

    def __init__(self, app: App, token: str | None = None) -> None:
        """Guard an application."""
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on allowed requests."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._named_rightly(headers) or not self._from_own_page(scope, headers):
            await _refuse(scope, send, 403, "Forbidden: another host's name or page.")
        elif self.token is None or self._is_token(_cookie(headers)):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self._is_token(_asked(scope)):
            await _redirect(send, scope["path"], f"{COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict")
        else:
            await _refuse(scope, send, 401, ASK)

    def _is_token(self, given: str) -> bool:
        return self.token is not None and secrets.compare_digest(given.encode(), self.token.encode())

    def _named_rightly(self, headers: dict[str, str]) -> bool:
        return self.token is not None or _host(headers.get("host", "")) in LOOPBACK

    def _from_own_page(self, scope: Scope, headers: dict[str, str]) -> bool:
        if scope["type"] != "websocket" or "origin" not in headers:
            return True
        return urlsplit(headers["origin"]).netloc == headers.get("host")


def _host(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _cookie(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return str(morsel.value) if morsel else ""


def _asked(scope: Scope) -> str:
    return str(parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0])


async def _redirect(send: Send, path: str, cookie: str) -> None:
    place = "/" + path.lstrip("/")  # never //elsewhere
    headers = [(b"location", place.encode()), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
