"""Results from the disk in the page: a run's days, a comparison's weeks, a sweep's responses; for everybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.runs import run
from sim.scenario import apply_overrides, load_scenario
from sim.studies.carry_out import carry_out, compare
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from sim.view.numbers import numbers_by_day
from sim.view.opened_folder import Opened
from tests.browser.conftest import Opener, Server
from tests.browser.looks import CONTRAST, looks_right
from tests.browser.test_live import data, wait_day

HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
SWEEP = f"""
kind: sweep
title: {json.dumps(HOSTILE)}
scenario: benghazi-surge
design: grid
levels: 3
replicates: 2
set: {{days: 40}}
parameters: {{behaviour.retry: {{title: {json.dumps(HOSTILE)}, range: [2, 8]}}}}
outcomes: [attempts, deaths]
"""
Show = Callable[..., Any]


@pytest.fixture
def show(chromium: str, open_page: Opener, tmp_path: Path) -> Iterator[Show]:
    """``show(folder, width, height, colours)``: the page of a server that was given a folder."""
    servers: list[Server] = []
    pages: list[Any] = []

    def shown(folder: Path, *size: Any, wait: str = ".cv-map[data-day]") -> Any:
        servers.append(Server(tmp_path, str(folder)))
        pages.append(open_page(*size, address=servers[-1].entrance, wait=wait))
        return pages[-1]

    yield shown
    for page in pages:
        page.context.close()
    for server in servers:
        server.stop()


def test_a_run_is_replayed(show: Show, tmp_path: Path) -> None:
    scenario = apply_overrides(load_scenario("benghazi-minsk-2025"), {"days": 90, "title": HOSTILE})
    run(scenario).write(tmp_path / "run")
    page = show(tmp_path / "run", 1024, 768, "dark")
    wait_day(page, 90)
    replay = Opened.read(tmp_path / "run").replay
    assert page.locator(".cv-chart").count() == 3
    last = data(page, ".cv-numbers", "values")
    page.locator("#cv-when").fill("30")
    wait_day(page, 30)
    assert data(page, ".cv-numbers", "values") != last
    expected = {name: days[29] for name, days in numbers_by_day(replay).items()}
    assert data(page, ".cv-numbers", "values") == pytest.approx(expected, abs=0.01)
    page.locator("#cv-when").press("ArrowRight")
    wait_day(page, 31)
    assert "31 January 2025" in page.locator(".cv-map-date").inner_text()
    assert page.title() == "Corridor"
    assert page.evaluate(CONTRAST.read_text()) == []
    looks_right(page, ".cv-replay", ".cv-numbers", ".cv-map", ".cv-chart")
    page.get_by_role("button", name="Live", exact=True).click()
    page.wait_for_selector(".cv-levers")
    assert "90" in page.locator(".cv-run").inner_text()


def test_a_comparison_is_shown_by_week(show: Show, tmp_path: Path) -> None:
    base = apply_overrides(load_scenario("benghazi-surge"), {"days": 120})
    other = apply_overrides(base, {"detection.coverage": 0.3, "title": HOSTILE})
    study = compare(base, other, replicates=2, folder=tmp_path / "study")
    page = show(tmp_path / "study", 1024, 768)
    shown = data(page, ".cv-differences", "values")
    whole = study.differences[study.differences["level"] == "all"].set_index("measure")
    assert shown["attempts"]["change"][2] == pytest.approx(whole.loc["attempts", "median"], abs=1e-3)
    before = data(page, ".cv-map", "pressure")
    page.get_by_role("button", name="Map of B").click()
    page.wait_for_function(
        "old => document.querySelector('.cv-map').dataset.pressure !== old", arg=json.dumps(before).replace(" ", "")
    )
    page.locator("#cv-when").fill("15")
    page.wait_for_selector(".cv-map[data-day='15']")
    page.get_by_role("button", name="Charts", exact=True).click()
    page.wait_for_selector(".cv-fan[data-day='15'] >> nth=2")
    assert page.title() == "Corridor"
    assert page.evaluate(CONTRAST.read_text()) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    looks_right(page, ".cv-replay", ".cv-fan", ".cv-differences", ".cv-where")
    page.get_by_role("button", name="Map", exact=True).click()
    page.wait_for_selector(".cv-where[data-rows]")
    looks_right(page, ".cv-replay", ".cv-map", ".cv-fan", ".cv-differences", ".cv-where")


def test_a_point_of_a_sweep_opens_live(show: Show, tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    carry_out(plan_of(read_experiment(tmp_path / "sweep.yaml")), tmp_path / "out")
    opened = Opened.read(tmp_path / "out")
    page = show(tmp_path / "out", 1440, 900, wait=".cv-response[data-points='3']")
    means = opened.sampled.y(opened.sampled.outcomes[0])
    assert data(page, ".cv-response", "bins") == pytest.approx(list(means), rel=1e-4)
    looks_right(page, ".cv-response")
    page.locator("#cv-outcome").select_option(index=1)
    page.wait_for_selector(".cv-response[data-outcome='deaths']")
    plot = page.locator(".cv-response .cv-plot")
    plot.focus()
    plot.press("ArrowRight")
    assert "2" in page.locator(".cv-response .cv-tip.cv-on").inner_text()
    assert page.evaluate(CONTRAST.read_text()) == []
    plot.press("End")
    for _ in range(2):
        plot.press("ArrowRight")
    plot.press("Enter")
    page.wait_for_selector(".cv-levers[data-scenario='point-3']")
    wait_day(page, 40)
    assert page.title() == "Corridor"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario").click()
    download.value.save_as(tmp_path / "point.yaml")
    assert load_scenario(tmp_path / "point.yaml").behaviour.retry == 8
