"""A scenario about another border draws that border, in the view and in the report, and nothing of the shipped one."""

from __future__ import annotations

import json
from pathlib import Path

import sim
from sim.data import geography
from sim.report.html import report_of
from tests.browser.conftest import LIVE, Opener, Server
from tests.browser.north import NORTH

SHIPPED = {"minsk", "bruzgi", "brest", "benghazi", *geography.sections()}


def test_the_view_shows_the_border_of_the_scenario(open_page: Opener, reachable: Server) -> None:
    page = open_page(address=reachable.entrance, wait=LIVE)
    shown = page.locator(".cv-map")
    places = json.loads(shown.get_attribute("data-places"))
    assert places["nikel"] == [30.22, 69.41]
    assert set(places) == {"moscow", "murmansk", "nikel", "norway"}
    assert json.loads(shown.get_attribute("data-lines")) == ["salla", "storskog"]
    assert not SHIPPED & (set(places) | set(json.loads(shown.get_attribute("data-lines"))))
    assert {"Finland", "Norway", "Russia"} == set(json.loads(shown.get_attribute("data-countries")))
    told = page.locator(".cv-map-missing").inner_text()
    assert "unplaced" in told and "latitude: ..." in told
    page.locator(".cv-map canvas").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".cv-map .cv-tip.cv-on").inner_text()


def test_picking_another_scenario_changes_the_map(open_page: Opener, reachable: Server) -> None:
    page = open_page(address=reachable.entrance, wait=LIVE)
    page.select_option("#cv-scenario", "minsk-2021")
    page.wait_for_selector(".cv-levers[data-scenario='minsk-2021']")
    page.wait_for_function("'minsk' in JSON.parse(document.querySelector('.cv-map').dataset.places)")
    places = json.loads(page.locator(".cv-map").get_attribute("data-places"))
    assert "nikel" not in places
    assert page.locator(".cv-map-missing").is_hidden()


def test_the_report_shows_the_border_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "north.yaml").write_text(NORTH, encoding="utf-8")
    page = report_of(sim.run(tmp_path / "north.yaml"))
    drawn = page[page.index('aria-label="Map of the border sections') :]
    drawn = drawn[: drawn.index("</svg>")]
    assert all(name in drawn for name in ("storskog", "salla", "Norway", "Finland", "Russia"))
    assert not any(name in drawn for name in geography.sections())
    assert not any(geography.country_names()[iso] in drawn for iso in ("BLR", "POL", "LTU"))
    assert "Not on the map for want of coordinates: unplaced" in page
