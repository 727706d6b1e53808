"""Nobody is shut out: axe finds nothing on any page, wide or narrow, and on a phone no part covers another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.runs import run
from sim.scenario import apply_overrides, load_scenario
from sim.studies.carry_out import carry_out, compare
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from tests.browser.conftest import Opener, Server
from tests.browser.test_compare import ask, reached, turn_to
from tests.browser.test_live import data, go_to
from tests.browser.test_results import CONTRAST, SWEEP

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, SMALL, PHONE = (1440, 900, "light"), (1024, 768, "dark"), (390, 844, "dark")
# Elements, of which none is inside another, whose boxes meet.
MEETING = """names => {
    const boxes = name => [...document.querySelectorAll(name)].map(part => [name, part.getBoundingClientRect()]);
    const parts = names.flatMap(boxes);
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    return parts.flatMap(([name, box], k) => parts.slice(k + 1)
        .filter(([, other]) => meet(box, other)).map(([other]) => `${name} and ${other}`));
}"""


def found(page: Any) -> list[str]:
    """What axe finds, a line each, once the page has its server again, which a busy machine may lose for a moment."""
    page.wait_for_selector(".v-overlay--active", state="detached")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    violations = axe.run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{v['id']} ({v['impact']}): {node['html'][:150]}" for v in violations for node in v["nodes"]]


def fits(page: Any, width: int, *parts: str) -> None:
    """Every part is there, none beside the window or over another."""
    for part in parts:
        for box in [one.bounding_box() for one in page.locator(part).all()] or [None]:
            assert box is not None, part
            assert box["x"] >= 0, part
            assert box["x"] + box["width"] <= width + 1, part
            assert box["height"] > 30, part
    assert page.evaluate(MEETING, list(parts)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "all => all.filter(part => part.scrollWidth > innerWidth).map(part => part.className)"
    assert page.eval_on_selector_all(".corridor-page, .corridor-page .cv", wide) == []


def seen_at(page: Any, *windows: tuple[int, int, str]) -> Iterator[int]:
    """Show the page in each window, of a width, a height and a scheme of colours; gives the width."""
    for width, height, colours in windows:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=colours)
        page.wait_for_selector(f"[data-theme='{colours}']")
        yield width


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
    for width in seen_at(page, WIDE, PHONE):
        assert found(page) == []
        fits(page, width, ".cv-header", ".cv-compare", ".cv-matrix", ".cv-fan", ".cv-differences", ".cv-where")
        assert page.evaluate(CONTRAST.read_text()) == []


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, a comparison and a sweep, a folder each."""
    home = tmp_path_factory.mktemp("results")
    base = apply_overrides(load_scenario("benghazi-surge"), {"days": 60})
    run(base).write(home / "run")
    compare(base, apply_overrides(base, {"detection.coverage": 0.3}), replicates=2, folder=home / "study")
    (home / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    carry_out(plan_of(read_experiment(home / "sweep.yaml")), home / "sweep")
    return home


@pytest.fixture(scope="module", params=["run", "study", "sweep"])
def shown(request: Any, chromium: str, results: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Kind of results, and the server that shows them."""
    running = Server(tmp_path_factory.mktemp("shown"), str(results / request.param))
    yield request.param, running
    running.stop()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_of_results(open_page: Opener, shown: Any, size: Any) -> None:
    kind, server = shown
    parts = {
        "run": [".cv-replay", ".cv-numbers", ".cv-map", ".cv-chart"],
        "study": [".cv-replay", ".cv-map", ".cv-fan", ".cv-differences", ".cv-where"],
        "sweep": [".cv-response"],
    }[kind]
    drawn = {"run": ".cv-chart[data-day] >> nth=2", "study": ".cv-where[data-rows]"}
    page = open_page(*size, address=server.entrance, wait=drawn.get(kind, ".cv-response[data-points]"))
    assert found(page) == []
    fits(page, size[0], ".cv-header", *parts)
    if kind == "study":
        page.get_by_role("button", name="Charts", exact=True).click()
        page.wait_for_selector(".cv-fan[data-view] >> nth=2")
        assert found(page) == []
        fits(page, size[0], ".cv-header", ".cv-replay", ".cv-fan", ".cv-differences", ".cv-where")


def test_the_page_that_asks_for_the_token(server: Server, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.address)
    page.get_by_label("Token").wait_for()
    assert found(page) == []
    context.close()
