"""What the live page finds out on demand: how sure, why, and as files. One page; it opens on a day worth seeing."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sim.scenario import to_yaml
from tests.browser.conftest import Opener, Server
from tests.browser.test_accessibility import found
from tests.browser.test_live import CHART, MAP, NUMBERS, RUN, data, go_to
from tests.strategies import tiny_scenario

PNG = b"\x89PNG\r\n"


def saved(page: Any, what: str, kind: str) -> tuple[str, bytes]:
    """Name and content of a file from a menu."""
    page.get_by_label(f"Download {what}").click()
    with page.expect_download() as download:
        page.locator("details[open]").get_by_role("button", name=kind, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def of_people_under_way(page: Any) -> None:
    """The chart of where people are has turned to the lines of those under way, each with its band."""
    people, spans = page.locator(f"{CHART} >> nth=2"), data(page, NUMBERS, "spans")
    assert " to " in spans["attempts"]
    assert people.get_attribute("data-view") == "Under way"
    ranges = json.loads(people.get_attribute("data-ranges"))
    assert list(ranges) == list(json.loads(people.get_attribute("data-last")))
    assert people.locator("[data-band]").count() == len(ranges)
    assert f"(90 % {spans['waiting']})" in people.locator(".cv-plot").get_attribute("aria-label")
    people.get_by_role("button", name="By land").click()
    people.locator(".cv-legend").get_by_text("in “Under way”").wait_for()
    assert people.locator("[data-band]").count() == 0


def test_how_sure_why_and_files(open_page: Opener, server: Server) -> None:
    scenario = tiny_scenario()
    (server.log.parent / "tiny.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    page = open_page(address=f"{server.entrance}&scenario=tiny.yaml")
    highest = max(data(page, MAP, "pressure").values())
    assert data(page, NUMBERS, "values")["peak"] == pytest.approx(highest, rel=1e-4)
    assert highest > 0
    assert set(page.locator(".cv-trust").all_inner_texts()) <= {"● fitted", "◆ back-tested", "○ assumed"}
    assert "Trust:" in page.locator(".cv-trusted").inner_text()

    go_to(page, 100)
    page.get_by_role("button", name="How sure?").click()
    go_to(page, 110)  # usable meanwhile
    page.wait_for_selector(f"{RUN}[data-bands='shown']")
    page.wait_for_selector(f"{CHART} [data-band='sum']", state="attached")
    assert page.locator(f"{CHART} [data-band]").count() > page.locator(f"{CHART} [data-band='sum']").count() == 1
    of_people_under_way(page)
    assert found(page) == []
    page.get_by_role("slider", name="Coaching").fill("1")
    page.wait_for_selector(f"{RUN}[data-bands='none']")
    page.wait_for_function("chart => !document.querySelector(`${chart} [data-band]`)", arg=CHART)

    name, content = saved(page, "Load against capacity", "CSV")
    rows = list(csv.DictReader(content.decode().splitlines()))
    assert (name, len(rows)) == ("load-against-capacity-all.csv", scenario.days)
    assert rows[0]["date"] == scenario.start.isoformat()
    last = json.loads(page.locator(f"{CHART} >> nth=1").get_attribute("data-last"))
    assert float(rows[109]["turned back"]) == last["turned back"]
    assert rows[110]["turned back"] == "" != rows[110]["turned back, without changes"]
    name, content = saved(page, "Border pressure", "SVG")
    drawn = ET.fromstring(content)
    assert "var(" not in content.decode()
    assert "Border pressure" in [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert saved(page, "Border pressure", "PNG")[1].startswith(PNG)
    assert saved(page, "the map", "PNG")[1].startswith(PNG)

    with page.expect_download() as download:
        page.get_by_role("button", name="Brief", exact=True).click()
    assert download.value.suggested_filename == "tiny-brief.html"
    page.wait_for_selector(".cv-header[data-document='done']")
    page.get_by_role("button", name="Why", exact=True).click()
    page.get_by_role("button", name="Explain this run").click()
    page.wait_for_function("Number(document.querySelector('.cv-why').dataset.done) > 0")
    page.wait_for_selector(".cv-why[data-state='done']")
    assert " to " in page.locator(".cv-why h3").first.inner_text()
    assert page.locator(".cv-why table").count() > 0
