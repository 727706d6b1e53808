"""The cockpit in a real browser: what is asserted is data, not pixels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser.conftest import NEVER_CULLED, Opener, Server, until
from tests.browser.looks import CONTRAST, MEETING, seen_at
from tests.command import caller

MAP, NUMBERS, CHART, RUN = ".cv-map", ".cv-numbers", ".cv-chart", ".cv-run"
FIGURE = ".cv-lever[data-lever='facilitation.belarus'] .cv-figure"


def data(page: Any, selector: str, name: str) -> Any:
    """A data attribute of the first element, read as JSON."""
    return json.loads(page.locator(selector).first.get_attribute(f"data-{name}"))


def wait_day(page: Any, day: int) -> None:
    """Until the map, all charts and the figures show this day."""
    page.wait_for_function(
        "day => [...document.querySelectorAll('.cv-map, .cv-chart, .cv-numbers, .cv-run')]"
        ".every(part => part.dataset.day === String(day))",
        arg=day,
    )


def go_to(page: Any, day: int) -> None:
    page.locator("#cv-day").fill(str(day))
    wait_day(page, day)


def choose(page: Any, scenario: str) -> None:
    page.select_option("#cv-scenario", scenario)
    page.wait_for_selector(f".cv-levers[data-scenario='{scenario}']")
    go_to(page, 0)


def test_opens_with_a_map_charts_and_figures(page: Any) -> None:
    assert page.title() == "Corridor"
    wait_day(page, 0)
    assert set(data(page, MAP, "pressure").values()) == {0}
    assert page.locator(CHART).count() == 3
    assert [c.get_attribute("data-ghost") for c in page.locator(CHART).all()] == ["365"] * 3
    assert "Tabs" not in page.content()


def test_in_a_low_window_no_part_lies_over_another(open_page: Opener) -> None:
    page = open_page(1280, 720)
    assert page.evaluate(MEETING, [NUMBERS, MAP, CHART]) == []


def test_steps_a_day_and_a_week(page: Any) -> None:
    page.get_by_role("button", name="Step a day").click()
    wait_day(page, 1)
    page.get_by_role("button", name="Step a week").click()
    wait_day(page, 8)
    assert [c.get_attribute("data-points") for c in page.locator(CHART).all()] == ["8"] * 3
    page.get_by_role("button", name="Reset to the first day").click()
    wait_day(page, 0)


def test_plays_and_pauses(page: Any) -> None:
    page.locator("#cv-speed").fill("20")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(document.querySelector('.cv-map').dataset.day) > 5")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    go_to(page, 100)
    for week in range(1, 11):  # were it still playing, it would soon be on other days than these
        page.get_by_role("button", name="Step a week").click()
        wait_day(page, 100 + 7 * week)


def test_picks_a_scenario(page: Any) -> None:
    choose(page, "minsk-2021")
    go_to(page, 200)
    assert "16 November 2021" in page.locator(".cv-map-date").inner_text()
    assert max(data(page, MAP, "pressure").values()) > 0.2
    assert data(page, MAP, "camps")["bruzgi"] > 500
    assert int(page.locator(MAP).get_attribute("data-marks")) < 250
    assert page.locator("[data-event='Lithuania orders turn-backs']").count() == 3


def inside(box: dict[str, float], window: dict[str, float]) -> bool:
    """Whether a box lies in the window."""
    across, down = box["x"] + box["width"], box["y"] + box["height"]
    return bool(box["x"] >= 0 and box["y"] >= 0 and across <= window["width"] and down <= window["height"])


def test_a_lever_replays_the_day_and_leaves_the_baseline(page: Any) -> None:
    go_to(page, 240)
    old = page.locator(NUMBERS).get_attribute("data-values")
    before = json.loads(old)
    ghosts = [c.get_attribute("data-ghost") for c in page.locator(CHART).all()]
    lever = page.get_by_role("slider", name="From Benghazi")
    lever.focus()
    for _ in range(3):
        lever.press("PageUp")
    page.wait_for_function("old => document.querySelector('.cv-numbers').dataset.values !== old", arg=old)
    page.wait_for_selector(".cv-lever.cv-set[data-lever='weekly.benghazi-minsk']")
    after, base = data(page, NUMBERS, "values"), data(page, NUMBERS, "base")
    assert base == before
    assert after["attempts"] > before["attempts"]
    assert data(page, MAP, "day") == 240
    assert [c.get_attribute("data-ghost") for c in page.locator(CHART).all()] == ghosts
    page.get_by_role("button", name="Undo all changes").click()
    page.wait_for_function("old => document.querySelector('.cv-numbers').dataset.values === old", arg=old)


def test_what_cannot_be_is_said_and_taken_back(page: Any) -> None:
    figure = page.get_by_role("spinbutton", name="Facilitation, per cent")
    old = figure.input_value()
    figure.fill("500")
    figure.press("Enter")
    said = page.get_by_role("alert").filter(has_text="Belarus, Facilitation: 500 %; allowed: 0 to 100 %")
    said.wait_for()
    assert inside(said.bounding_box(), page.viewport_size)
    page.wait_for_function("([id, old]) => document.querySelector(id).value === old", arg=[FIGURE, old])
    figure.fill("")
    figure.press("Enter")
    assert figure.input_value() == old
    day = page.get_by_label("Date of new changes")
    first = day.input_value()
    day.fill("2031-01-01")
    day.blur()
    assert day.input_value() == first
    assert page.locator(".cv-levers").get_attribute("data-changes") == "0"


def test_what_is_saved_gives_the_same_numbers_on_the_command_line(
    page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(page, "benghazi-surge")
    page.get_by_label("New changes from").fill("200")
    page.get_by_role("slider", name="Facilitation").fill("0.3")
    page.locator("#cv-ban-benghazi-minsk").check()
    page.locator("#cv-sent\\.poland").fill("2000")
    page.wait_for_selector(".cv-levers[data-changes='3']")
    flights = page.get_by_role("slider", name="From Benghazi")
    assert "banned" not in flights.get_attribute("aria-valuetext")
    go_to(page, 300)
    assert flights.get_attribute("aria-valuetext").endswith("flights a week, banned on this day")
    shown = data(page, NUMBERS, "values")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "benghazi-surge-what-if.yaml"

    corridor = caller(monkeypatch, capsys)
    assert corridor("run", str(file), "--days", "300", "--out", str(tmp_path / "out"), "--quiet").status == 0
    totals = pd.read_csv(tmp_path / "out" / "totals.csv")
    by_section = totals[totals["level"] == "section"].groupby("measure")["value"].sum()
    by_route = totals[totals["level"] == "route"].groupby("measure")["value"].sum()
    assert by_section["turn_backs"] == shown["turned_back"]
    assert by_section["entries"] == shown["inside"]
    assert by_route["landed"] == shown["landed"]
    assert by_route["deaths"] == shown["dead"]


def test_two_browsers_see_each_their_own_model(open_page: Opener) -> None:
    one, other = open_page(), open_page()
    go_to(one, 100)
    one.get_by_role("slider", name="Coaching").fill("1")
    one.wait_for_selector(".cv-levers[data-changes='1']")
    assert data(other, MAP, "day") == 0
    assert other.locator(".cv-levers").get_attribute("data-changes") == "0"
    go_to(other, 10)
    assert data(one, MAP, "day") == 100


def test_closing_a_tab_ends_its_session(open_page: Opener, tmp_path: Path) -> None:
    own = Server(tmp_path, prepare=NEVER_CULLED)  # which has no sessions of other tests
    try:
        page = open_page(address=own.entrance)
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("Number(document.querySelector('.cv-map').dataset.day) > 1")
        assert own.kernels() == 1
        page.close(run_before_unload=False)
        until(lambda: own.kernels() == 0)
    finally:
        own.stop()


def test_a_wrong_message_is_told_and_changes_nothing(page: Any) -> None:
    page.evaluate("""() => {
        const option = document.createElement('option');
        option.value = '../../etc/passwd.yaml';
        document.querySelector('#cv-scenario').append(option);
    }""")
    page.select_option("#cv-scenario", "../../etc/passwd.yaml")
    page.wait_for_selector(".cv-header .cv-wrong:popover-open")
    assert "not offered" in page.locator(".cv-header .cv-wrong").inner_text()
    assert page.locator(".cv-levers").get_attribute("data-scenario") == "benghazi-minsk-2025"


def test_fits_and_reads_well(page: Any) -> None:
    go_to(page, 200)
    sizes = [(width, height, colours) for colours in ("light", "dark") for width, height in ((1440, 900), (1024, 768))]
    for (_, height, _), width in zip(sizes, seen_at(page, *sizes), strict=True):
        for part in (MAP, NUMBERS, f"{CHART} >> nth=0", f"{CHART} >> nth=2", RUN):
            box = page.locator(part).first.bounding_box()
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= width + 1
            assert box["y"] + box["height"] <= height + 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CONTRAST.read_text()) == []


FOCUS = "(e => (e.getAttribute('aria-label') || e.id || e.textContent).slice(0, 30))(document.activeElement)"


def test_works_by_keyboard_alone(page: Any) -> None:
    go_to(page, 200)
    page.locator("#cv-scenario").focus()
    reached = {"cv-scenario"}
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUS))
    assert {"Save as scenario", "Play", "Step a day", "Step a week", "cv-day", "cv-speed"} <= reached
    assert {"cv-facilitation.belarus", "cv-ban-benghazi-minsk", "Poland"} <= reached
    page.locator(f"{MAP} canvas").focus()
    page.keyboard.press("ArrowRight")
    assert "persons" in page.locator(f"{MAP} .cv-tip.cv-on").inner_text()
    page.locator(f"{CHART} .cv-plot").first.focus()
    page.keyboard.press("ArrowLeft")
    assert "2025" in page.locator(f"{CHART} .cv-tip.cv-on").first.inner_text()


def test_colours_change_and_stay_changed(page: Any) -> None:
    page.get_by_role("button", name="Change to dark colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    page.wait_for_selector(".cv-map[data-day]")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
