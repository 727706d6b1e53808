"""Nobody is shut out: axe finds nothing on any page, wide or narrow, and on a phone no part covers another.

Pages of results and of forecasts are looked at so in `test_results` and `test_forecast`, whose servers show them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.browser.conftest import Opener, Server
from tests.browser.looks import CONTRAST, PHONE, SMALL, WIDE, fits, found, seen_at
from tests.browser.test_compare import ask, reached, turn_to
from tests.browser.test_live import data, go_to


def test_the_live_page_and_why(open_page: Opener) -> None:
    """One page, at all widths and in both colours, with a lever set, the history and a menu of files open."""
    page = open_page()
    go_to(page, 200)
    page.get_by_role("slider", name="Facilitation").fill("0.3")
    page.wait_for_selector(".cv-levers[data-changes='1']")
    page.locator(".cv-history summary").click()
    page.get_by_label("Download Load against capacity").click()
    for width in seen_at(page, WIDE, SMALL, PHONE):
        assert found(page) == []
        fits(page, width, ".cv-header", ".cv-numbers", ".cv-map", ".cv-chart", ".cv-run", ".cv-levers")
        assert page.evaluate(CONTRAST.read_text()) == []
    assert page.evaluate("document.documentElement.lang") == "en"
    turn_to(page, "Why")
    page.wait_for_selector(".cv-why")
    assert found(page) == []
    fits(page, PHONE[0], ".cv-header", ".cv-why")


def test_names_on_the_map_stand_at_their_own_dots(open_page: Opener) -> None:
    page = open_page()
    for width, height, _ in (WIDE, SMALL, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for day in (120, 365):
            go_to(page, day)
            named = data(page, ".cv-map", "named")
            assert named["labels"]
            for name, box in named["labels"].items():
                away = {dot: distance(at, box) for dot, at in named["dots"].items()}
                assert min(away, key=lambda dot: away[dot]) == name
                assert all(far > 0 for dot, far in away.items() if dot != name)


def distance(dot: list[float], box: list[float]) -> float:
    """From the edge of a dot (centre, radius) to a box (left, top, width, height)."""
    (x, y, r), (left, top, w, h) = dot, box
    return float(np.hypot(max(left - x, 0, x - left - w), max(top - y, 0, y - top - h)) - r)


def test_the_page_that_compares(open_page: Opener) -> None:
    page = open_page()
    turn_to(page, "Compare")
    page.wait_for_selector(".cv-compare")
    assert found(page) == []
    ask(page, "benghazi-minsk-2025", "benghazi-surge", 2, "carrier-ban")
    reached(page, "done")
    page.wait_for_selector(".cv-matrix[data-rows='3']")
    for width in seen_at(page, WIDE, SMALL, PHONE):
        assert found(page) == []
        fits(page, width, ".cv-header", ".cv-compare", ".cv-matrix", ".cv-fan", ".cv-differences", ".cv-where")
        assert page.evaluate(CONTRAST.read_text()) == []


def test_the_page_that_asks_for_the_token(server: Server, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.address)
    page.get_by_label("Token").wait_for()
    assert found(page) == []
    context.close()
