"""A scenario about another border draws that border, in the view and in the report, and nothing of the shipped one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.data import geography
from sim.report.html import report_of
from tests.browser.conftest import LIVE, Opener, Server

NORTH = """
title: "A border in the far north"
start: 2015-08-01
days: 20
cohorts:
  in-russia: {origin: moscow, nationality: Any, size: 500, leaving_rate: 0.05, routes: {moscow-murmansk: 1}}
routes:
  moscow-murmansk: {mode: land, origin: moscow, destination: murmansk, transit_state: russia, price: 100, visa_lead: 1}
carriers: {trains: {services: {moscow-murmansk: {seats: 40, weekly: {2015-08-01: 10}}}}}
transit_states:
  russia:
    {hub: murmansk, visas: {2015-08-01: 100}, facilitation: {2015-08-01: 1}, transfer: {2015-08-01: 60}, stay_at_hub: 1}
zones: {nikel: {transit_state: russia, sections: {storskog: 0, salla: 0, unplaced: 0}}}
sections:
  storskog: {agency: norway, title: Storskog}
  salla: {agency: finland, title: Salla}
  unplaced: {agency: finland, title: Without coordinates}
agencies: {norway: {country: Norway, personnel: 20}, finland: {country: Finland, personnel: 20}}
places:
  murmansk: {latitude: 68.97, longitude: 33.08}
  nikel: {latitude: 69.41, longitude: 30.22}
  storskog: {line: [[69.79, 30.82], [69.05, 28.93]]}
  salla: {latitude: 66.9, longitude: 29.1}
  norway: {latitude: 69.73, longitude: 30.05, title: Kirkenes}
"""
SHIPPED = {"minsk", "bruzgi", "brest", "benghazi", *geography.sections()}


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("north") / "north.yaml"
    file.write_text(NORTH, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def its_view(chromium: str, north: Path) -> Iterator[Server]:
    running = Server(north.parent, north.name)
    yield running
    running.stop()


def test_the_view_shows_the_border_of_the_scenario(open_page: Opener, its_view: Server) -> None:
    page = open_page(address=its_view.entrance, wait=LIVE)
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


def test_picking_another_scenario_changes_the_map(open_page: Opener, its_view: Server) -> None:
    page = open_page(address=its_view.entrance, wait=LIVE)
    page.select_option("#cv-scenario", "minsk-2021")
    page.wait_for_selector(".cv-levers[data-scenario='minsk-2021']")
    page.wait_for_function("'minsk' in JSON.parse(document.querySelector('.cv-map').dataset.places)")
    places = json.loads(page.locator(".cv-map").get_attribute("data-places"))
    assert "nikel" not in places
    assert page.locator(".cv-map-missing").is_hidden()


def test_the_report_shows_the_border_of_the_scenario(north: Path) -> None:
    page = report_of(sim.run(north))
    drawn = page[page.index('aria-label="Map of the border sections') :]
    drawn = drawn[: drawn.index("</svg>")]
    assert all(name in drawn for name in ("storskog", "salla", "Norway", "Finland", "Russia"))
    assert not any(name in drawn for name in geography.sections())
    assert not any(geography.country_names()[iso] in drawn for iso in ("BLR", "POL", "LTU"))
    assert "Not on the map for want of coordinates: unplaced" in page
