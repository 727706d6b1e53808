"""Histograms of ranks: bars in their bins, the band of uniform ones, a panel per parameter."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.report.record.rank_figures import ranks, write_ranks
from tests.unit.report.drawn import drawn, listed


def histogram(*names: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"parameter": name, "rank_from": low, "rank_to": high, "truths": truths, "expected": 5.0, "low90": 2.0,
             "high90": 9.0}
            for name in names
            for low, high, truths in ((0.0, 0.25, 3), (0.25, 1.0, 7))
        ]
    )  # fmt: skip


def test_bars_stand_in_their_bins_before_the_band_of_uniform_ranks() -> None:
    assert drawn(ranks(histogram("a"))) == listed("""
        figure 9 x 2.4; constrained
        text 'rank of the truth in its posterior' at 0.5,0.01 center bottom 8.5 #000000
        text 'truths' at 0.02,0.5 left center 8.5 #000000
        text 'Ranks of truths; grey: where nine of ten bars lie if they are uniform' at 0.5,0.98 center top 11 #000000
        axes lrbt, margins 0.05,0.05
        bar 0,2 to 1,9 #dddddd edge #dddddd 1 (x of axes) z0
        line 0,5 1,5 #767676 0.8 solid (x of axes) z1
        bar 0,0 to 0.25,3 #0072b2 z2 alpha 0.7
        bar 0.25,0 to 1,7 #0072b2 z2 alpha 0.7
        title left 'a'
        x limits 0 to 1
        axes lrbt, margins 0.05,0.05
        x limits 0 to 1
        off
        axes lrbt, margins 0.05,0.05
        x limits 0 to 1
        off
    """)


def test_there_are_three_panels_in_a_row() -> None:
    figure = ranks(histogram("a", "b", "c", "d"))
    assert figure.get_size_inches().tolist() == [9.0, 4.1]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["a", "b", "c", "d", "", ""]
    assert [axes.axison for axes in figure.axes] == [True, True, True, True, False, False]
    assert len(ranks(histogram("a", "b", "c")).axes) == 3
    assert figure.axes[0].get_shared_x_axes().joined(figure.axes[0], figure.axes[3])


def test_ranks_are_written_as_svg_and_png(tmp_path: Path) -> None:
    write_ranks(histogram("a"), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"ranks.svg", "ranks.png"}
    data = (tmp_path / "ranks.png").read_bytes()
    assert [int.from_bytes(data[at : at + 4]) for at in (16, 20)] == [990, 264]  # 9 by 2.4 inches, 110 dots an inch
    assert "<dc:date>" not in (tmp_path / "ranks.svg").read_text(encoding="utf-8")
