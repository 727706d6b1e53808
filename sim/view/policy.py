"""What every answer says to the browser: headers that shut others out, and the page that Solara makes, mended."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import cache
from importlib.resources import files
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# Nothing is loaded from elsewhere, nothing is sent there, and no other page may frame ours. What it allows beyond that:
# - scripts in the page: those of Solara's template, by a nonce that is new in every answer; no others;
# - 'unsafe-eval': Vue 2 compiles its templates in the browser by `new Function`;
# - scripts of blob: anywidget imports each widget's module from a text that came by the websocket;
# - styles in the page: Vuetify and Vue write `<style>` and `style=` as they run, with no way to give them a nonce;
# - images of blob: a chart becomes a PNG by way of an image, made by the page itself;
# - fonts of data: those of KaTeX, which lie in Solara's style sheet.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# What stands in the page until the first widgets have come, in place of Solara's.
LOADING = re.compile(r'(<div v-if="loading" id="loader-container">).*?</v-card>(\s*</div>)', re.DOTALL)
SPLASH = """<main class="corridor-splash"><h1>Corridor</h1>
<p>Routes, the border, and the people between. A moment.</p></main>
<component is="style">#loader-container { background: #e6ecf2; color: #14202e; }
.corridor-splash { font: 15px/1.5 system-ui, sans-serif; text-align: center; }
@media (prefers-color-scheme: dark) { #loader-container { background: #080e18; color: #e9eff8; } }</component>"""
# The page asks for these one after the other, each once the last has run; it names the hashes in their addresses.
HASHES = re.compile(r"nbextensionHashes = (\{.*?\});")
SOON = {"jupyter-vuetify": "nodeps", "jupyter-vue": "nodeps", "anywidget": "index"}
VIEWPORT = re.compile(r'(<meta name="viewport" content=")[^"]*')


class Policy:
    """ASGI application in front of another: answers get the policy, pages the nonce, a language and a viewport.

    Solara's own viewport forbids to enlarge the page, its page has no language, its line of waiting no name.
    """

    def __init__(self, app: App) -> None:
        """Put the policy in front of an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        start: Message = {}
        body = bytearray()

        async def change(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], (b"content-security-policy", POLICY.format(nonce=nonce).encode())]
                message = {**message, "headers": headers}
                if _is_page(headers):
                    start.update(message)
                    return
            elif start:
                body.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                text = mended(body.decode(), nonce).encode()
                kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
                length = (b"content-length", str(len(text)).encode())
                await send({**start, "headers": [*kept, length, (b"cache-control", b"no-store")]})
                message = {**message, "body": text}
            await send(message)

        await self.app(scope, receive, change)


def mended(page: str, nonce: str) -> str:
    """A page with the nonce on its scripts, in English, free to be enlarged, with our own sign of waiting.

    The line at the top is not read out; the circle that says that the server is away has a name and is announced.
    Solara's page gets a script by which it recovers when a part of it was lost.
    """
    page, solaras = LOADING.subn(lambda found: f"{found[1]}{SPLASH}{found[2]}", page, count=1)
    if solaras:
        page = page.replace("</html>", f"<script>{_recovery()}</script></html>")
        page = page.replace("</head>", f"{_preloads(page)}</head>", 1)
    page = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', page)
    page = page.replace("<v-progress-linear", '<v-progress-linear aria-hidden="true"')
    page = page.replace("<v-overlay", '<v-overlay role="alert"')
    page = page.replace("<v-progress-circular", '<v-progress-circular aria-label="Waiting for the server"')
    page = re.sub(r"<html>", '<html lang="en">', page, count=1)
    return VIEWPORT.sub(r"\1width=device-width, initial-scale=1", page, count=1)


def _preloads(page: str) -> str:
    """Links to the scripts of widgets, so that they have come when the page asks for them."""
    found = HASHES.search(page)
    hashes = {name.partition("/")[0]: text for name, text in json.loads(found[1]).items()} if found else {}
    return "".join(
        f'<link rel="preload" as="script" href="/jupyter/nbextensions/{folder}/{file}.js?{hashes[folder]}">'
        for folder, file in SOON.items()
        if folder in hashes
    )


@cache
def _recovery() -> str:
    return files("sim.view").joinpath("static", "page", "recover.js").read_text(encoding="utf-8")


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    known = {name.lower(): value for name, value in headers}
    return known.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in known


async def answer(scope: Scope, send: Send, status: int, page: str, headers: Mapping[str, str] | None = None) -> None:
    """Answer with a page; a websocket that is not yet open is closed, which the client sees as status 403."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    known = {"content-type": "text/html; charset=utf-8", **(headers or {})}
    pairs = [(name.encode(), value.encode()) for name, value in known.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": page.encode()})
