"""Messages that are lost, or overtaken: what the browser tells arrives, and a page that lost a part comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.browser.conftest import PATIENCE, Server
from tests.browser.test_live import wait_day


def relayed(
    browser: Any, server: Server, to_the_page: Callable[[Any, bytes | str], None], query: str = "day=0"
) -> Any:  # fmt: skip
    """A page; what the server tells it is passed on, or not, by a function of socket and message."""

    def relay(socket: Any) -> None:
        ahead = socket.connect_to_server()
        ahead.on_message(lambda message: to_the_page(socket, message))
        socket.on_message(ahead.send)

    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.route_web_socket(re.compile(""), relay)
    page.goto(f"{server.entrance}&{query}")
    return page


def test_no_lost_notice_holds_back_what_the_browser_tells(browser: Any, server: Server) -> None:
    lost: list[bytes | str] = []
    losing = False

    def to_the_page(socket: Any, message: bytes | str) -> None:
        text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
        if losing and re.search(r'"execution_state":\s*"idle"', text):
            lost.append(message)
        else:
            socket.send(message)

    page = relayed(browser, server, to_the_page)
    wait_day(page, 0)
    losing = True
    for week in (1, 2, 3):
        page.get_by_role("button", name="Step a week").click()
        wait_day(page, 7 * week)
    page.locator("#cv-ban-benghazi-minsk").check()
    page.wait_for_selector(".cv-levers[data-changes='1']")
    page.locator("#cv-sent\\.poland").fill("2000")
    page.wait_for_selector(".cv-levers[data-changes='2']")
    assert lost
    page.context.close()


def test_a_page_that_lost_a_part_is_loaded_anew_once(browser: Any, server: Server) -> None:
    """A widget is closed before the page has made the one around it, which Solara's client does not survive."""

    def to_the_page(socket: Any, message: bytes | str) -> None:
        socket.send(message)
        if isinstance(message, str) and "cv-why-head" in message and '"comm_open"' in message:
            opened = json.loads(message)
            header = {**opened["header"], "msg_id": "closed", "msg_type": "comm_close"}
            content = {"comm_id": opened["content"]["comm_id"], "data": {}}
            socket.send(json.dumps({**opened, "header": header, "msg_type": "comm_close", "content": content}))

    def told(state: str) -> None:
        page.wait_for_selector(f".corridor-anew[data-state='{state}']")

    page = relayed(browser, server, to_the_page)
    wait_day(page, 0)
    page.get_by_role("button", name="Step a week").click()
    page.wait_for_function("location.search.includes('day=7')")
    page.evaluate("window.before = true")
    page.get_by_role("button", name="Why", exact=True).click()
    told("loaded")
    assert page.evaluate("window.before === undefined")
    assert {"day=7", "page=Why"} <= set(page.evaluate("location.search.slice(1)").split("&"))  # and is lost there again
    told("asks")  # it does not load itself again and again
    assert page.get_by_role("button", name="Load it anew").is_visible()
    page.context.close()
