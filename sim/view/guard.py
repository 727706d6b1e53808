"""Access control of the server: requests and websockets are checked before they reach Solara.

- **Host and Origin** must name the address that the server was started with, so that a page elsewhere cannot reach
  the view under a name that it points at this machine (DNS rebinding), nor open a websocket to it.
- **A token** is needed for everything, on loopback too, as other users of the machine can connect there. It comes once
  as ``?token=``, and is then a cookie that no script and no other site sees.
- **Limits**: the size of a request, and the number of sessions, as each keeps a model in memory.
- Headers of proxies are dropped: Solara would take the place of its scripts from ``X-Script-Name``.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from sim.view.policy import App, Receive, Scope, Send, answer

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_SESSIONS = 24  # 47 MB each
MOST_BODY = 64 * 1024  # bytes; a page sends none
FORWARDED = re.compile(rb"forwarded|x-forwarded-.*|x-real-ip|(x-)?script-name")
NETLOC = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Corridor</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:18vh auto;max-width:22rem;padding:0 1rem}}
:root{{color-scheme:light dark}}
input,button{{font:inherit;padding:.4rem .6rem;width:100%;box-sizing:border-box;margin-top:.6rem}}</style>
<main><h1>Corridor</h1>{}</main></html>"""
# Keeps what else the address asks for, such as the state of a link.
ASK = """<form method="get" action="/">{}<label for="token">Token, as the terminal shows it</label>
<input id="token" name="token" type="password" autocomplete="off" autofocus required><button>Open</button></form>"""
KEPT = '<input type="hidden" name="{}" value="{}">'
AGAIN = PAGE.format('<meta http-equiv="refresh" content="0"><p>A moment.</p>')


@dataclass(frozen=True)
class Address:
    """Where the server listens.

    Attributes:
        host: As given on the command line: a name or an address.
        port: Its port.
    """

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        ip = _ip(self.host)
        return self.host.lower() in LOOPBACK or (ip is not None and ip.is_loopback)

    def is_named(self, netloc: str) -> bool:
        """Whether a Host header names this address.

        A server on all addresses has many: it takes any that is written in figures, as only a name can be pointed
        elsewhere, and this machine's own name.
        """
        found = NETLOC.fullmatch(netloc)
        if not found or int(found["port"] or 80) != self.port:
            return False
        name = (found["six"] or found["name"]).lower()
        ip, own = _ip(name), _ip(self.host)
        if not self.host or (own is not None and own.is_unspecified):
            machine = socket.gethostname().lower()
            return ip is not None or name in {"localhost", machine, f"{machine}.local"}
        if self.is_loopback and name in LOOPBACK:
            return True
        return ip == own if ip is not None else name == self.host.lower()


class Guard:
    """ASGI application in front of another.

    Args:
        app: What is guarded.
        address: Where the server listens.
        token: Needed for everything.
        sessions: Gives the kernels that live, by their names.
    """

    def __init__(self, app: App, address: Address, token: str, sessions: Callable[[], Collection[str]] = tuple) -> None:
        """Guard an application."""
        self.app, self.address, self.token = app, address, token
        self.cookie = f"corridor-token-{address.port}"  # a browser sends a host's cookies to all its ports
        self._sessions = sessions
        self._connected: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on allowed requests."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if not FORWARDED.fullmatch(pair[0].lower())]}
        if not self._from_here(scope):
            await answer(scope, send, 403, PAGE.format("<p>Forbidden: another host's name or page.</p>"))
        elif not self._is_token(_cookie(_header(scope, "cookie"), self.cookie)):
            await self._let_in(scope, send)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif "transfer-encoding" in _names(scope) or int(_header(scope, "content-length") or 0) > MOST_BODY:
            await answer(scope, send, 413, PAGE.format(f"<p>A request may have {MOST_BODY:,} bytes.</p>"))
        elif scope["path"] == "/" and len(self._live()) >= MOST_SESSIONS:
            text = f"{MOST_SESSIONS} sessions are open, which is the most. Close a tab, then load this page again."
            await answer(scope, send, 503, PAGE.format(f'<p role="alert">{text}</p>'))
        else:
            await self.app(scope, receive, send)

    def _from_here(self, scope: Scope) -> bool:
        hosts, origins = _headers(scope, "host"), _headers(scope, "origin")
        if len(hosts) != 1 or not self.address.is_named(hosts[0]):
            return False
        if scope["type"] == "websocket" and not origins:
            return False
        return all(origin.lower() == f"http://{hosts[0].lower()}" for origin in origins)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Turn the token in the address into a cookie and take it out of the address, or ask for it."""
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        given = dict(query).get("token", "")
        if scope["type"] == "http" and scope["method"] == "GET" and self._is_token(given):
            rest = urlencode([pair for pair in query if pair[0] != "token"], safe="@,:/")  # as links are written
            cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
            place = {"location": "/" + (f"?{rest}" if rest else ""), "set-cookie": cookie}
            await answer(scope, send, 303, "", place)
        elif _header(scope, "sec-fetch-site") == "cross-site" and _header(scope, "sec-fetch-mode") == "navigate":
            # Whoever comes by a link on another page has not sent the cookie, as it is strict; from here it is sent.
            await answer(scope, send, 401, AGAIN)
        else:
            kept = "".join(KEPT.format(escape(key), escape(value)) for key, value in query if key != "token")
            await answer(scope, send, 401, PAGE.format(ASK.format(kept)))

    def _live(self) -> set[str]:
        return set(self._sessions()) | set(self._connected)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a websocket, ``/jupyter/api/kernels/NAME/channels``; a new session only where there is room."""
        kernel = (scope["path"].split("/") + [""] * 5)[4]
        live = self._live()
        if kernel not in live and len(live) >= MOST_SESSIONS:
            await answer(scope, send, 503, "")
            return
        self._connected[kernel] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._connected[kernel] -= 1
            if not self._connected[kernel]:
                del self._connected[kernel]


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _names(scope: Scope) -> set[str]:
    return {name.decode("latin-1").lower() for name, _ in scope["headers"]}


def _headers(scope: Scope, name: str) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.decode("latin-1").lower() == name]


def _header(scope: Scope, name: str) -> str:
    return "; ".join(_headers(scope, name))


def _cookie(header: str, name: str) -> str:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return str(morsel.value) if morsel else ""
