"""A server that others can reach: a warning, and nothing without the token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.browser.conftest import Opener, Server


@pytest.fixture(scope="module")
def guarded(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("guarded"), "--host", "0.0.0.0")
    yield running
    running.stop()


def test_nothing_without_the_token_all_with_it(guarded: Server, open_page: Opener, browser: Any) -> None:
    log = Path(guarded.log).read_text()
    assert "Warning" in log
    token = re.search(r"token=(\S+)", log)
    assert token is not None
    for path in ("", "_solara/cdn/requirejs@2.3.6/require.js", "resourcez", "?token=wrong"):
        with pytest.raises(HTTPError, match="401"):
            urlopen(guarded.address + path)

    context = browser.new_context()
    page = context.new_page()
    page.goto(guarded.address)
    page.get_by_label("Token").fill(token[1])
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector(".cv-map[data-day]", timeout=30_000)
    assert "token" not in page.url
    context.close()
    open_page(address=f"{guarded.address}?token={token[1]}")
