"""How a page looks, wide and narrow, in both schemes of colours: axe finds nothing, and no part covers another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONTRAST = Path(__file__).with_name("contrast.js")
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
    """What axe finds, a line each."""
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


def looks_right(page: Any, *parts: str) -> None:
    """Nothing is found on a phone and in a wide window, and these parts fit on both; it stays wide."""
    for width in seen_at(page, PHONE, WIDE):
        assert found(page) == []
        fits(page, width, ".cv-header", *parts)
