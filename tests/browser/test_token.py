"""Nothing without the token, on loopback too; with it everything, and it leaves the address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.conftest import LIVE, Opener, Server


def test_nothing_without_the_token_all_with_it(reachable: Server, open_page: Opener, browser: Any) -> None:
    assert "Warning" in reachable.log.read_text()
    for path in ("/", "/_solara/cdn/requirejs@2.3.6/require.js", "/resourcez", "/?token=wrong"):
        assert reachable.ask(path, cookie="")[0].status == 401
    context = browser.new_context()
    page = context.new_page()
    page.goto(reachable.address)
    page.get_by_label("Token").fill(reachable.token)
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector(LIVE)
    assert page.url == reachable.address
    page.close()
    context.close()
    page = open_page(address=reachable.entrance)
    assert page.url == reachable.address
    [cookie] = [one for one in page.context.cookies() if one["name"] == f"corridor-token-{reachable.port}"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert reachable.token not in page.evaluate("document.cookie")


def test_a_page_elsewhere_may_lead_to_the_view(server: Server, browser: Any, tmp_path: Path) -> None:
    """As the file does by which the browser is opened; a strict cookie isn't sent on the way from there."""
    (tmp_path / "open.html").write_text(f'<meta http-equiv="refresh" content="0;url={server.entrance}">')
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "open.html").as_uri())
    page.wait_for_selector(LIVE)
    assert page.url == server.address
    context.close()
