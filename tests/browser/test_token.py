"""Nothing without the token, on loopback too; with it everything, and it leaves the address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import LIVE, Opener, Server


@pytest.fixture(scope="module")
def guarded(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("guarded"), "--host", "0.0.0.0")
    yield running
    running.stop()


def test_nothing_without_the_token_all_with_it(guarded: Server, open_page: Opener, browser: Any) -> None:
    assert "Warning" in guarded.log.read_text()
    for path in ("/", "/_solara/cdn/requirejs@2.3.6/require.js", "/resourcez", "/?token=wrong"):
        assert guarded.ask(path, cookie="")[0].status == 401
    context = browser.new_context()
    page = context.new_page()
    page.goto(guarded.address)
    page.get_by_label("Token").fill(guarded.token)
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector(LIVE)
    assert page.url == guarded.address
    context.close()
    page = open_page(address=guarded.entrance)
    assert page.url == guarded.address
    [cookie] = [one for one in page.context.cookies() if one["name"] == f"corridor-token-{guarded.port}"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert guarded.token not in page.evaluate("document.cookie")


def test_a_page_elsewhere_may_lead_to_the_view(server: Server, browser: Any, tmp_path: Path) -> None:
    """As the file does by which the browser is opened; a strict cookie isn't sent on the way from there."""
    (tmp_path / "open.html").write_text(f'<meta http-equiv="refresh" content="0;url={server.entrance}">')
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "open.html").as_uri())
    page.wait_for_selector(LIVE)
    assert page.url == server.address
    context.close()
