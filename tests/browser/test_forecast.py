"""A forecast in the page: the riskiest section first, counts before today, its own address; for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.conftest import Opener, Server
from tests.browser.test_accessibility import PHONE, WIDE, fits, found
from tests.browser.test_live import data
from tests.browser.test_results import CONTRAST, HOSTILE
from tests.unit.view.panels.test_outlook import written

SHOWN = ".corridor-outlook:has(.cv-fan[data-weeks='2']) .cv-outlook[data-part='rest']"


def lines(page: Any, title: str) -> list[str]:
    return list(page.locator(f"[data-grid='{title}'] tbody th").all_inner_texts())


def test_a_forecast_is_shown_and_its_address_leads_back(chromium: str, open_page: Opener, tmp_path: Path) -> None:
    folder = written(tmp_path / "results" / "a-filter" / "forecast-1", title=HOSTILE)
    written(tmp_path / "results" / "a-filter" / "forecast-2", title="The other")
    server = Server(tmp_path, str(folder))
    try:
        page = open_page(*WIDE, address=server.entrance, wait=SHOWN)
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
        page.get_by_label("Download Recorded attempts a week").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV", exact=True).locator("visible=true").click()
        text = Path(download.value.path()).read_text()
        assert "2023-12-01,2023-12-31" in text and "2024-01-08,2024-01-14" in text
        page.locator("#cv-forecast").select_option("results/a-filter/forecast-2")
        page.wait_for_selector("[data-folder='results/a-filter/forecast-2']")
        assert page.title() == "Corridor"
        again = open_page(*WIDE, address=f"{server.entrance}&{page.url.partition('?')[2]}", wait=SHOWN)
        assert again.locator(".cv-outlook-title").first.inner_text() == "The other"
        again.get_by_role("button", name="Live", exact=True).click()
        again.wait_for_selector(".cv-levers")
        assert "forecast" not in again.url
        assert data(again, ".cv-numbers", "values")
    finally:
        server.stop()
