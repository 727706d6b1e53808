"""Figures of pressure over time: each band, line, strip, number and note, where it belongs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.report import study_figures
from sim.report.panels import Key
from sim.report.study_figures import agency_fans, overloads, section_fans
from tests.handmade import Handmade, weeks
from tests.strategies import START, tiny_scenario
from tests.unit.report.drawn import artists_of, drawn, keep, listed

TINY = tiny_scenario()
BANDS = Key("band", "", "bands: 50 and 90\u202f% intervals")


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_figures, "drawing_of", keep)


def found_of(names: str, parts: dict[tuple[str, str], Any], level: str = "section", **more: Any) -> Handmade:
    return Handmade(dict.fromkeys(names.split(), TINY), fans={(level, "border_pressure"): weeks(parts)}, **more)


def chances(parts: dict[tuple[str, str], list[float]]) -> pd.DataFrame:
    """Weekly probabilities of overload by scenario and section."""
    return pd.DataFrame(
        [
            {"scenario": scenario, "name": name, "week": pd.Timestamp(START) + pd.Timedelta(days=7 * k)}
            | {"probability": value}
            for (scenario, name), values in parts.items()
            for k, value in enumerate(values)
        ]
    )


def test_an_agency_has_its_median_in_two_bands_and_the_base_behind_it() -> None:
    low, high = (0.1, 0.2, 0.3, 0.4, 0.5), (0.6, 0.7, 0.8, 0.9, 1.6)
    found = found_of("base open", {("base", "poland"): [low, low], ("open", "poland"): [low, high]}, "agency")
    (group,) = agency_fans(found)
    assert (group.title, group.note, group.wide) == ("open", "", False)
    assert group.keys == [Key("line", "#0072B2", "open"), Key("dashed", "#8A8A8A", "base (base)"), BANDS]
    lithuania, poland = group.drawings
    assert (lithuania.key, poland.key) == ("fa0-0", "fa0-1")
    assert (
        poland.caption == "Border pressure by week, Poland; highest median: base 0.30, open 0.80; 1 is full load"
    )  # fmt: skip
    assert drawn(poland.figure) == listed("""
        figure 4.2 x 2.1; within 0.1095,0.2,0.981,0.8381
        text 'Poland' at 0.01429,0.9762 left top 9.5 bold #222222
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.1 2025-10-08,0.5 #8a8a8a alpha 0.16
        line 2025-10-01,0.3 2025-10-08,0.3 #8a8a8a 1.2 dashed 5,1.5
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.6 2025-10-08,1.6 #0072b2 alpha 0.16
        area 2025-10-01,0.4 2025-10-01,0.2 2025-10-08,0.7 2025-10-08,0.9 #0072b2 alpha 0.3
        line 2025-10-01,0.3 2025-10-08,0.8 #0072b2 1.6 solid
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 7.5 #222222 (x of axes)
        x dates 3 to 8
        y limits 0 to 1.675
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)
    assert artists_of(lithuania.figure.axes[0]) == listed("""
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 7.5 #222222 (x of axes)
    """)


def test_each_compared_scenario_has_a_group_of_agencies() -> None:
    found = found_of("a b c", {("b", "poland"): [[1.0]], ("c", "poland"): [[2.0]]}, "agency")
    groups = agency_fans(found)
    assert [group.title for group in groups] == ["b", "c"]
    assert [[one.key for one in group.drawings] for group in groups] == [["fa0-0", "fa0-1"], ["fa1-0", "fa1-1"]]
    assert [group.keys[0] for group in groups] == [Key("line", "#0072B2", "b"), Key("line", "#D55E00", "c")]


def test_a_single_run_has_a_line_without_bands() -> None:
    found = found_of("alone", {("alone", "poland"): [[0.5], [0.25]]}, "agency", runs=1)
    (group,) = agency_fans(found)
    assert (group.title, group.keys) == ("By country", [Key("line", "#0072B2", "the run")])
    assert group.drawings[1].caption == "Border pressure by week, Poland; highest median: alone 0.50; 1 is full load"
    assert artists_of(group.drawings[1].figure.axes[0]) == listed("""
        line 2025-10-01,0.5 2025-10-08,0.25 #0072b2 1.6 solid
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 7.5 #222222 (x of axes)
    """)


def test_replicates_of_one_scenario_have_both_bands() -> None:
    found = found_of("alone", {("alone", "poland"): [(1, 2, 3, 4, 5)]}, "agency")
    (group,) = agency_fans(found)
    assert group.keys == [Key("line", "#0072B2", "median"), BANDS]
    assert artists_of(group.drawings[1].figure.axes[0]) == listed("""
        area 2025-10-01,5 2025-10-01,1 #0072b2 alpha 0.16
        area 2025-10-01,4 2025-10-01,2 #0072b2 alpha 0.3
        line 2025-10-01,3 #0072b2 1.6 solid
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 7.5 #222222 (x of axes)
    """)


def test_without_pressure_there_are_no_fans() -> None:
    assert agency_fans(Handmade({"a": TINY})) == []
    assert section_fans(Handmade({"a": TINY})) is None


def test_sections_have_all_scenarios_in_one_panel() -> None:
    ends = (0.1, 0.2, 0.3, 0.4, 0.5)
    found = found_of("a b c", {(name, "kuznica"): [ends, ends] for name in "abc"})
    group = section_fans(found)
    assert group is not None
    assert (group.title, group.note) == ("By section", "")
    assert group.keys == [
        Key("line", "#0072B2", "b"), Key("dashed", "#D55E00", "c"), Key("dashed", "#8A8A8A", "a (base)"), BANDS,
    ]  # fmt: skip
    assert [one.key for one in group.drawings] == ["fs0", "fs1", "fs2"]
    kuznica = group.drawings[1]
    assert (
        kuznica.caption
        == "Border pressure by week, Kuźnica; highest median: a 0.30, b 0.30, c 0.30; 1 is full load"
    )  # fmt: skip
    assert drawn(kuznica.figure) == listed("""
        figure 4.2 x 1.85; within 0.1095,0.227,0.981,0.8162
        text 'Kuźnica' at 0.01429,0.973 left top 9.5 bold #222222
        axes lb, grid y, margins 0,0.05
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.1 2025-10-08,0.5 #8a8a8a alpha 0.16
        line 2025-10-01,0.3 2025-10-08,0.3 #8a8a8a 1.2 dashed 5,1.5
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.1 2025-10-08,0.5 #0072b2 alpha 0.16
        line 2025-10-01,0.3 2025-10-08,0.3 #0072b2 1.6 solid
        area 2025-10-01,0.5 2025-10-01,0.1 2025-10-08,0.1 2025-10-08,0.5 #d55e00 alpha 0.16
        line 2025-10-01,0.3 2025-10-08,0.3 #d55e00 1.6 dashed 5,1.5
        line 0,1 1,1 #222222 0.9 solid (x of axes)
        text 'full load' at 0.005,1 left bottom 7.5 #222222 (x of axes)
        x dates 3 to 8
        y limits 0 to 1.3
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)


def test_two_scenarios_in_a_panel_still_have_the_inner_band() -> None:
    found = found_of("a b", {(name, "kuznica"): [(1, 2, 3, 4, 5)] for name in "ab"})
    group = section_fans(found)
    assert group is not None
    shown = artists_of(group.drawings[1].figure.axes[0])
    assert [line.rsplit(" alpha ")[-1] for line in shown if line.startswith("area")] == ["0.16", "0.16", "0.3"]


def test_more_than_three_compared_scenarios_have_no_common_panel() -> None:
    for names, there in (("a b c d", True), ("a b c d e", False)):
        group = section_fans(found_of(names, {("a", "kuznica"): [[1.0]]}))
        assert (group is not None) is there
    known = section_fans(found_of("a b c d", {("a", "kuznica"): [[1.0]]}))
    assert known is not None
    assert [key.kind for key in known.keys] == ["line", "dashed", "dotted", "dashed", "band"]
    assert [study_figures._kind(k) for k in range(5)] == ["line", "dashed", "dotted", "dashdot", "line"]


def test_sections_with_the_lowest_pressure_are_left_out_where_there_are_many() -> None:
    sections = {f"s{k:02}": TINY.sections["kuznica"] for k in range(20)}
    scenario = TINY.model_copy(update={"sections": sections})
    parts = {("a", name): [[float(k % 19)], [0.0]] for k, name in enumerate(sections) if name != "s07"}
    group = section_fans(Handmade({"a": scenario}, fans={("section", "border_pressure"): weeks(parts)}))
    assert group is not None
    shown = [one.figure.texts[0].get_text() for one in group.drawings]
    assert len(shown) == study_figures.MOST_SECTIONS == 18
    assert group.note == "The 2 sections with the lowest pressure are left out."
    captions = [one.caption for one in group.drawings]  # s00, s07 and s19 have none: the first of them stays
    peaks = [caption.split("highest median: a ")[1].split(";")[0] for caption in captions[1:]]
    assert peaks == [f"{k}.00" for k in (*range(1, 7), *range(8, 19))]


def test_probabilities_of_overload_are_strips_with_the_base_outlined() -> None:
    table = chances(
        {("base", "kuznica"): [0.0, 0.5], ("open", "kuznica"): [0.25, 1.0], ("base", "narewka"): [0.0, 0.004],
         ("open", "dieveniskes"): [0.0, 0.0]}
    )  # fmt: skip
    group = overloads(Handmade(dict.fromkeys(("base", "open"), TINY), overload=table))
    assert group is not None
    assert (group.title, group.keys, group.wide) == ("", [], False)
    assert group.note == (
        "Height of each band: probability from 0 to 1; at the right the highest of all weeks. Outlined: the base. "
        "Never over full load: dieveniskes."
    )
    base, other = group.drawings
    assert [(one.key, one.caption) for one in (base, other)] == [
        ("ov0", "Probability of overload by week, base; highest: kuznica 50\u202f%, narewka 1\u202f%"),
        ("ov1", "Probability of overload by week, open; highest: kuznica 100\u202f%"),
    ]
    assert drawn(base.figure) == listed("""
        figure 4.2 x 1.26; within 0.1786,0.3333,0.881,0.7302
        text 'base' at 0.01429,0.9603 left top 9.5 bold #222222
        axes b, y length 0, margins 0,0.05
        line 0,1 1,1 #dddddd 0.6 solid (x of axes) z1
        steps 1,1.43 at 2025-10-01 2025-10-08 2025-10-15 from 1 #8a8a8a alpha 0.85
        text '50 %' at 1.01,1.1 left baseline 8 #222222 (x of axes)
        line 0,0 1,0 #dddddd 0.6 solid (x of axes) z1
        steps 0,0.00344 at 2025-10-01 2025-10-08 2025-10-15 from 0 #8a8a8a alpha 0.85
        text '1 %' at 1.01,0.1 left baseline 8 #222222 (x of axes)
        x dates 3 to 8
        y limits -0.05 to 2
        y ticks 1.3,0.3 ['kuznica', 'narewka']
    """)
    assert drawn(other.figure) == listed("""
        figure 4.2 x 1.26; within 0.1786,0.3333,0.881,0.7302
        text 'open' at 0.01429,0.9603 left top 9.5 bold #222222
        axes b, y length 0, margins 0,0.05
        line 0,1 1,1 #dddddd 0.6 solid (x of axes) z1
        steps 1.215,1.86 at 2025-10-01 2025-10-08 2025-10-15 from 1 #0072b2 alpha 0.85
        steps 1,1.43 at 2025-10-01 2025-10-08 2025-10-15 from none empty edge #767676 0.9
        text '100 %' at 1.01,1.1 left baseline 8 #222222 (x of axes)
        line 0,0 1,0 #dddddd 0.6 solid (x of axes) z1
        steps 0,0.00344 at 2025-10-01 2025-10-08 2025-10-15 from none empty edge #767676 0.9
        text '0 %' at 1.01,0.1 left baseline 8 #222222 (x of axes)
        x dates 3 to 8
        y limits -0.05 to 2
        y ticks 1.3,0.3 ['kuznica', 'narewka']
    """)


def test_weeks_over_full_load_of_a_single_run_have_no_probability() -> None:
    table = chances({("a", name): [1.0] for name in TINY.sections})
    group = overloads(Handmade({"a": TINY}, overload=table, runs=1))
    assert group is not None
    assert group.note == "Filled: weeks with a day over full load."
    (drawing,) = group.drawings
    assert drawing.caption.startswith("Weeks over full load, a; highest: dieveniskes 100")
    figure = drawing.figure
    assert [one.get_text() for one in figure.texts] == ["Weeks over full load"]
    assert len(figure.axes[0].texts) == 0
    assert len(figure.axes[0].patches) == 3


def test_a_long_name_of_a_strip_is_clipped() -> None:
    scenario = TINY.model_copy(update={"sections": {"a-very-long-name": TINY.sections["kuznica"]}})
    group = overloads(Handmade({"a": scenario}, overload=chances({("a", "a-very-long-name"): [0.1]})))
    assert group is not None
    assert [one.get_text() for one in group.drawings[0].figure.axes[0].get_yticklabels()] == ["a-very-long…"]


def test_there_is_no_figure_of_overload_where_there_is_none() -> None:
    assert overloads(Handmade({"a": TINY})) is None
    assert overloads(Handmade({"a": TINY}, overload=chances({("a", "kuznica"): [0.0]}))) is None
