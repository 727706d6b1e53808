"""The style of figures: looks of lines, files, axes of dates and of numbers."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.image import imread

from sim.report import style
from tests.unit.report.drawn import drawn, listed


def test_a_line_has_the_next_colour_then_the_next_dash_then_all_again() -> None:
    looks = [style.look(number) for number in range(19)]
    assert [one["color"] for one in looks[:7]] == [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#0072B2",
    ]  # fmt: skip
    assert [one["linestyle"] for one in looks] == ["-"] * 6 + [(0, (5, 1.5))] * 6 + [(0, (1.5, 1))] * 6 + ["-"]
    assert len({str(one) for one in looks}) == 18


def test_a_figure_is_written_in_the_format_of_its_ending(tmp_path: Path) -> None:
    figure = Figure(figsize=(2, 1))
    assert style.write_figure(figure, tmp_path / "a.png", dpi=50) == tmp_path / "a.png"
    assert imread(tmp_path / "a.png").shape[:2] == (50, 100)
    style.write_figure(figure, tmp_path / "a.svg", metadata={"Date": None})
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert imread(io.BytesIO(style.rendered(figure, "png", dpi=100))).shape[:2] == (100, 200)


def test_dates_and_thousands_are_shown_briefly() -> None:
    figure = Figure(figsize=(4, 2))
    axes = figure.subplots()
    style.date_axis(axes)
    style.thousands(axes)
    assert isinstance(axes.xaxis.get_major_formatter(), ConciseDateFormatter)
    assert axes.xaxis.get_major_formatter()._locator is axes.xaxis.get_major_locator()  # type: ignore[attr-defined]
    assert drawn(figure) == listed("""
        figure 4 x 2; within 0.125,0.11,0.9,0.88
        axes lrbt, margins 0,0.05
        x dates 4 to 9
        y numbers ['-1,235', '-10', '-0.5', '0', '9.99', '10', '12,345']
    """)


@pytest.mark.parametrize(
    ("value", "text"),
    [(10, "10"), (9.96, "9.96"), (10.4, "10"), (-10.4, "-10"), (-0.5, "-0.5"), (0, "0"), (1e4, "10,000")],
)
def test_numbers_from_ten_on_are_whole(value: float, text: str) -> None:
    axes = Figure().subplots()
    style.thousands(axes)
    assert axes.yaxis.get_major_formatter()(value, None) == text


def test_the_style_is_one_that_matplotlib_knows() -> None:
    """Thin lines, a grid along y behind the data, dollar signs as they are."""
    with mpl.rc_context(style.RC):  # type: ignore[arg-type]
        figure = Figure()
        axes = figure.subplots()
        axes.set_title("from $1 to $2")
        (line,) = axes.plot([0, 1], [0, 1], label="line")
        axes.legend()
    assert not axes.title.get_parse_math()
    assert axes.get_title(loc="left") == "from $1 to $2"
    assert line.get_linewidth() == 1.3
    assert [name for name, spine in axes.spines.items() if spine.get_visible()] == ["left", "bottom"]
    assert not axes.get_legend().get_frame_on()
    assert figure.get_dpi() == 100
    assert axes.get_axisbelow() is True
