"""Pages with a policy that lets only their own scripts run."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from sim.view.policy import Policy

PAGE = """<!doctype html><html><head>
<meta name="viewport" content="width=device-width, maximum-scale=1, user-scalable=no"></head>
<v-overlay><v-progress-circular/></v-overlay><script>a()</script><script src="b.js"></script></html>"""


def answered(parts: list[str], kind: str) -> tuple[dict[bytes, bytes], bytes, int]:
    """Headers and body of what Policy makes of an answer, and in how many parts the body comes."""
    sent: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        length = str(sum(map(len, parts))).encode()
        headers = [(b"content-type", kind.encode()), (b"Content-Length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for n, part in enumerate(parts):
            await send({"type": "http.response.body", "body": part.encode(), "more_body": n < len(parts) - 1})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Policy(inside)({"type": "http"}, None, send))  # type: ignore[arg-type]
    headers = {name.lower(): value for name, value in sent[0]["headers"]}
    return headers, b"".join(message["body"] for message in sent[1:]), len(sent) - 1


@pytest.mark.parametrize("parts", [[PAGE], [PAGE[:100], PAGE[100:]]])
def test_a_page_is_mended_however_it_comes(parts: list[str]) -> None:
    headers, body, _ = answered(parts, "text/html; charset=utf-8")
    nonce = headers[b"content-security-policy"].split(b"'nonce-")[1].split(b"'")[0]
    assert body.count(b'<script nonce="' + nonce + b'"') == 2
    assert b'<html lang="en">' in body
    assert b'content="width=device-width, initial-scale=1"' in body
    assert b'<v-overlay role="alert"><v-progress-circular aria-label="Waiting for the server"/>' in body
    assert int(headers[b"content-length"]) == len(body)


def test_solaras_page_recovers_from_what_is_lost_and_no_other_page_is_touched() -> None:
    loading = '<div v-if="loading" id="loader-container"><v-card>Solara</v-card> </div>'
    _, body, _ = answered([PAGE.replace("<v-overlay>", f"{loading}<v-overlay>")], "text/html")
    page = body.decode()
    assert "corridor-splash" in page
    assert "Solara</v-card>" not in page
    assert page.count("<script nonce=") == page.count("<script") == 3
    assert page.index("b.js") < page.index("WidgetManager.prototype") < page.index("</html>")
    assert b"WidgetManager" not in answered([PAGE], "text/html")[1]


def test_no_nonce_comes_twice() -> None:
    assert answered([PAGE], "text/html")[0] != answered([PAGE], "text/html")[0]


def test_other_answers_keep_their_bytes_and_get_the_policy() -> None:
    headers, body, parts = answered(["<script>", "x"], "application/json")
    assert (body, parts) == (b"<script>x", 2)
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'; script-src 'self' 'nonce-")


def test_scripts_that_the_page_will_ask_for_are_fetched_ahead_by_the_addresses_that_it_will_use() -> None:
    loading = '<div v-if="loading" id="loader-container"><v-card>Solara</v-card> </div>'
    hashes = '<script>nbextensionHashes = {"jupyter-vue/extension": "12ab", "other/extension": "34cd"};</script>'
    _, body, _ = answered([PAGE.replace("<v-overlay>", f"{loading}{hashes}<v-overlay>")], "text/html")
    links = re.findall('<link rel="preload" as="script" href="([^"]*)">', body.decode())
    assert links == ["/jupyter/nbextensions/jupyter-vue/nodeps.js?12ab"]
