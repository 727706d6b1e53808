"""The fan chart of a brief: bands, lines, full load, where scenarios begin to differ, and its legend."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sim.report.brief import figures
from sim.report.brief.figures import fan
from sim.report.panels import Key
from tests.handmade import Handmade, weeks
from tests.strategies import tiny_scenario
from tests.unit.report.drawn import artists_of, drawn, keep, listed

TINY = tiny_scenario()
LOW, HIGH = (0.1, 0.2, 0.3, 0.4, 0.5), (0.6, 0.7, 0.8, 0.9, 1.6)
INTERVAL = "median and 90\u202f% interval"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "drawing_of", keep)


def found_of(titles: dict[str, str], **more: Any) -> Handmade:
    """Scenarios with their titles, all with the same two weeks of one section."""
    scenarios = {name: TINY.model_copy(update={"title": title}) for name, title in titles.items()}
    parts = {(name, "kuznica"): [LOW, HIGH] for name in titles} | {(name, "narewka"): [LOW] for name in titles}
    return Handmade(scenarios, fans={("section", "border_pressure"): weeks(parts)}, **more)


def shown(found: Handmade, best: str) -> tuple[Any, list[Key]]:
    made = fan(found, "kuznica", best, 60)
    assert made is not None
    return made


def test_base_and_best_have_bands_and_the_others_lines_behind_them() -> None:
    found = found_of({"base": "The border", "a": "Plan A", "b": "Plan B", "c": "Plan C"})
    drawing, keys = shown(found, "b")
    assert drawing.key == "brief-fan"
    assert drawing.caption == (
        "Border pressure by week, Kuźnica, Poland; highest median: Plan A 0.80, Plan B 0.80, The border 0.80, "
        "Plan C 0.80; 1 is full load"
    )
    assert keys == [
        Key("dashed", "#8A8A8A", f"with none of these measures, {INTERVAL}"),
        Key("line", "#D55E00", "Plan B"),
        Key("dotted", "#767676", "the others, in the colours above"),
    ]
    assert drawn(drawing.figure) == listed("""
        figure 7.087 x 2.362; within 0.05,0.1583,0.9889,0.95
        axes lb, x labelsize 9.5, grid y #DDDDDD, y labelsize 9.5, margins 0,0.05
        line 2025-10-01,0.3 2025-10-08,0.8 #0072b2 1.1 dashed 1.5,1.2
        line 2025-10-01,0.3 2025-10-08,0.8 #009e73 1.1 solid
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.6 2025-10-08,1.6 #8a8a8a alpha 0.2
        line 2025-10-01,0.3 2025-10-08,0.8 #8a8a8a 2 dashed 5,1.5
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.6 2025-10-08,1.6 #d55e00 alpha 0.2
        line 2025-10-01,0.3 2025-10-08,0.8 #d55e00 2 solid
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 9.5 #222222 (x of axes)
        x dates 3 to 8
        y limits 0 to 1.675
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)


def test_a_single_run_has_lines_alone() -> None:
    drawing, keys = shown(found_of({"base": "The border", "a": "Plan A"}, runs=1), "a")
    assert keys == [
        Key("dashed", "#8A8A8A", "with none of these measures, the run"), Key("line", "#0072B2", "Plan A"),
    ]  # fmt: skip
    assert artists_of(drawing.figure.axes[0]) == listed("""
        line 2025-10-01,0.3 2025-10-08,0.8 #8a8a8a 2 dashed 5,1.5
        line 2025-10-01,0.3 2025-10-08,0.8 #0072b2 2 solid
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 9.5 #222222 (x of axes)
    """)


def test_a_scenario_alone_has_one_entry_in_the_legend() -> None:
    for runs, words in ((4, INTERVAL), (1, "the run")):
        drawing, keys = shown(found_of({"alone": "The border"}, runs=runs), "alone")
        assert keys == [Key("line", "#0072B2", words)]
        lines = [line for line in artists_of(drawing.figure.axes[0]) if line.startswith("line 2025")]
        assert lines == ["line 2025-10-01,0.3 2025-10-08,0.8 #0072b2 2 solid"]


def test_where_the_base_is_best_the_only_other_has_its_own_entry() -> None:
    long = "Plan A, whose title is far too long to be printed in a legend beside others"
    drawing, keys = shown(found_of({"base": "The border", "a": long}), "base")
    assert keys == [
        Key("dashed", "#8A8A8A", f"with none of these measures, {INTERVAL}"),
        Key("dotted", "#0072B2", "Plan A, whose title is far too long to be printed in a legend…"),
    ]
    lines = [line for line in artists_of(drawing.figure.axes[0]) if line.startswith("line 2025")]
    assert lines == listed("""
        line 2025-10-01,0.3 2025-10-08,0.8 #0072b2 1.1 dashed 1.5,1.2
        line 2025-10-01,0.3 2025-10-08,0.8 #8a8a8a 2 dashed 5,1.5
    """)


def test_the_day_on_which_scenarios_begin_to_differ_is_marked() -> None:
    found = found_of({"base": "The border", "a": "Plan A"})
    plain = artists_of(shown(found, "a")[0].figure.axes[0])
    found.study = SimpleNamespace(window=lambda: SimpleNamespace(first=date(2025, 10, 5)))  # type: ignore[assignment]
    marked = artists_of(shown(found, "a")[0].figure.axes[0])
    assert [line for line in marked if line not in plain] == listed("""
        line 2025-10-05,0 2025-10-05,1 #767676 0.8 dashed 1,2 (y of axes)
        text ' from here they differ' at 2025-10-05,1 ('data', 'axes fraction') left top 9.5 #767676
    """)
    found.study = SimpleNamespace(window=lambda: None)  # type: ignore[assignment]
    assert artists_of(shown(found, "a")[0].figure.axes[0]) == plain


def test_a_section_without_weeks_has_no_chart() -> None:
    assert fan(Handmade({"a": TINY}), "kuznica", "a", 60) is None
    assert fan(found_of({"a": "The border"}), "dieveniskes", "a", 60) is None
