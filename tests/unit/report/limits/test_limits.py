"""What limits the flow, on terminals of any width and in the report."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.report.limits.console import show_limits
from sim.report.limits.rows import changed, signed
from sim.studies.carry_out import carry_out
from sim.studies.limits.limits import Limits, limits_of
from sim.studies.limits.observed import TITLES
from sim.studies.limits.sources import cases_of
from sim.studies.plan import Plan
from tests.unit.studies.small import BAN, BASE


@pytest.fixture(scope="module")
def limits() -> Limits:
    return limits_of(cases_of(carry_out(Plan("compare", {"base": BASE, "ban": BAN}, 2)), 2))


def shown(limits: Limits, width: int, pairs: list[tuple[str, str]]) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show_limits(limits, console, pairs)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(cell_len(line) <= width for line in text.splitlines() if line[:1] in "┏┃┡│├└")
    return text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_steps_and_main_figures_stay_at_any_width(limits: Limits, width: int) -> None:
    text = shown(limits, width, [("base", "ban")])
    for title in TITLES.values():
        assert any(line.startswith(f"│ {title}") for line in text.splitlines()), title
    words = " ".join(text.replace("┃", " ").split())
    for heading in ("persons", "aboard", "difference", "contribution"):
        assert heading in words
    assert "What limits how many board" in text


def test_of_a_comparison_the_routes_that_differ_are_shown(limits: Limits) -> None:
    routes = changed(limits, "base", "ban")
    assert "benghazi-minsk" in routes
    text = shown(limits, 120, [("base", "ban")])
    assert "Difference by step, all routes" in text and "Difference by step, benghazi-minsk" in text
    assert "ban, benghazi-minsk: " in text and "base, benghazi-minsk: " not in text
    assert changed(limits, "base", "base") == []
    assert "ban, " not in shown(limits, 120, [("base", "base")])


def test_numbers_have_signs() -> None:
    assert [signed(value) for value in (0.2, 1234.4, -7.6)] == ["0", "+1,234", "−8"]
