"""A forecast in the page: the riskiest section first, counts before today, its own address; for everybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Opener, Server
from tests.browser.looks import CONTRAST, PHONE, WIDE, fits, found
from tests.browser.test_results import HOSTILE
from tests.unit.view.panels.test_outlook import written

SHOWN = ".corridor-outlook:has(.cv-fan[data-weeks='2']) .cv-outlook[data-part='rest']"


def lines(page: Any, title: str) -> list[str]:
    return list(page.locator(f"[data-grid='{title}'] tbody th").all_inner_texts())


@pytest.fixture
def entrance(reachable: Server) -> Iterator[str]:
    """The address of a view of a forecast, with another in its working folder."""
    results = reachable.log.parent / "results" / "a-filter"
    written(results / "forecast-1", title=HOSTILE)
    written(results / "forecast-2", title="The other")
    yield f"{reachable.entrance}&forecast=results/a-filter/forecast-1"
    shutil.rmtree(results.parent)


def test_a_forecast_is_shown_and_its_address_leads_back(entrance: str, open_page: Opener) -> None:
    page = open_page(*WIDE, address=entrance, wait=SHOWN)
    assert lines(page, "Early warning: probability of overload, by section") == ["high", "middle", "low"]
    assert page.locator(".cv-fan [data-count]").count() == 1
    assert page.locator(".cv-fan .cv-today").count() == 1
    assert found(page) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("[data-theme='dark']")
    assert found(page) == []
    assert page.evaluate(CONTRAST.read_text()) == []
    fits(page, PHONE[0], ".cv-header", ".cv-fan", ".cv-outlook")
    menu = page.locator(".cv-fan .cv-export")
    menu.locator("summary").click()
    with page.expect_download() as download:
        menu.get_by_role("button", name="CSV", exact=True).click()
    text = Path(download.value.path()).read_text()
    assert "2023-12-01,2023-12-31" in text
    assert "2024-01-08,2024-01-14" in text
    page.locator("#cv-forecast").select_option("results/a-filter/forecast-2")
    page.wait_for_selector("[data-folder='results/a-filter/forecast-2']")
    assert page.title() == "Corridor"
    again = open_page(*WIDE, address=f"{entrance.partition('&')[0]}&{page.url.partition('?')[2]}", wait=SHOWN)
    assert again.locator(".cv-outlook-title").first.inner_text() == "The other"
    again.get_by_role("button", name="Live", exact=True).click()
    again.wait_for_selector(".cv-levers")
    again.wait_for_function("!location.search.includes('forecast')")
