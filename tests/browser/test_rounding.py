"""What the view writes itself, off its charts and its map, it rounds as Python does."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from sim.outputs.rounding import point, rounded, shown
from sim.view.widgets import static
from tests.browser.conftest import FLAGS

DRAW = random.Random(1)
TIES = [n / 2 for n in range(-41, 41)] + [n / 1000 for n in range(-3005, 3005, 10)]
NUMBERS = TIES + [DRAW.uniform(-1, 1) * 10 ** DRAW.uniform(-3, 9) for _ in range(3000)]


@pytest.fixture(scope="module")
def texts(chromium: str) -> Iterator[Any]:
    """What `number` of the view makes of numbers, in a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page()
        ask = f"([values, digits]) => {{ {static('common.js')}; return values.map((v) => number(v, digits)); }}"
        yield lambda values, digits: page.evaluate(ask, [json.loads(json.dumps(values)), digits])
        browser.close()


def plain(text: str) -> str:
    return text.replace("−", "-") if any(digit in "123456789" for digit in text) else text.lstrip("-−")


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_to_so_many_decimals(texts: Any, digits: int) -> None:
    found = texts(NUMBERS, digits)
    assert [plain(text) for text in found] == [plain(shown(value, digits, exact=True)) for value in NUMBERS]


def test_as_many_decimals_as_its_size_bears(texts: Any) -> None:
    for value, text in zip(NUMBERS, texts([point(value) for value in NUMBERS], None), strict=True):
        size = abs(value)
        digits = 0 if size >= 100 else 1 if size >= 10 else 2
        assert float(text.replace(",", "").replace("−", "-")) == rounded(value, digits)
