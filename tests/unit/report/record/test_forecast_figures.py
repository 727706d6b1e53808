"""Fan charts of forecasts and of a fit: published figures, intervals and medians, by series and origin."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.report.record import forecast_figures
from sim.report.record.forecast_figures import fan, write_fan, write_fit
from tests.unit.report.drawn import artists_of, drawn, listed

NOVEMBER, DECEMBER = (date(2021, 11, 1), date(2021, 11, 30)), (date(2021, 12, 1), date(2021, 12, 31))


def row(series: str, period: tuple[date, date], origin: int, low: float, **more: Any) -> dict[str, Any]:
    """A forecast whose five numbers are ``low`` and the next four multiples of ten above it."""
    ends = {name: low + 10 * k for k, name in enumerate(("low90", "low50", "median", "high50", "high90"))}
    known = {"method": "corridor", "series": series, "period_start": period[0], "period_end": period[1]}
    return {**known, "origin": origin, "observed": 100.0, **ends, **more}


TABLE = pd.DataFrame(
    [
        row("poland", DECEMBER, 2, 50.0),
        row("poland", DECEMBER, 1, -15.0),
        row("latvia", NOVEMBER, 1, 10.0, observed=7.0),
        row("poland", DECEMBER, 1, 900.0, method="another"),
        row("poland", NOVEMBER, 1, 1.0, observed=3.0),
    ]
)


def test_origins_stand_side_by_side_in_their_period_below_what_was_published() -> None:
    """The earliest origin first; what is below one is drawn at one, as the scale is logarithmic."""
    assert drawn(fan(TABLE)) == listed("""
        figure 9 x 5.8; constrained
        text 'Forecasts from each origin, and what was published later' at 0.5,0.98 center top 11 #000000
        axes lb, grid y linewidth 0.4 alpha 0.6, margins 0.05,0.05
        line 2021-11-01,3 2021-12-01,3 #c1121f 2.2 solid z3
        line 2021-11-16,1 2021-11-16,41 #1b6ca8 1.2 solid alpha 0.8
        line 2021-11-16,11 2021-11-16,31 #1b6ca8 4.5 solid alpha 0.5
        line 2021-11-16,21 #1b6ca8 mark o 3.5
        line 2021-12-01,100 2022-01-01,100 #c1121f 2.2 solid z3
        line 2021-12-11T08:00,1 2021-12-11T08:00,25 #1b6ca8 1.2 solid alpha 0.8
        line 2021-12-11T08:00,1 2021-12-11T08:00,15 #1b6ca8 4.5 solid alpha 0.5
        line 2021-12-11T08:00,5 #1b6ca8 mark o 3.5
        line 2021-12-21T16:00,50 2021-12-21T16:00,90 #1b6ca8 1.2 solid alpha 0.8
        line 2021-12-21T16:00,60 2021-12-21T16:00,80 #1b6ca8 4.5 solid alpha 0.5
        line 2021-12-21T16:00,70 #1b6ca8 mark o 3.5
        title left 'poland (red: published; blue: median, 50 and 90 %, earliest origin first)'
        x dates 3 to 9
        y label 'events or persons' 8
        y scale symlog linear to 10
        y limits from 0
        axes lb, grid y linewidth 0.4 alpha 0.6, margins 0.05,0.05
        line 2021-11-01,7 2021-12-01,7 #c1121f 2.2 solid z3
        line 2021-11-16,10 2021-11-16,50 #1b6ca8 1.2 solid alpha 0.8
        line 2021-11-16,20 2021-11-16,40 #1b6ca8 4.5 solid alpha 0.5
        line 2021-11-16,30 #1b6ca8 mark o 3.5
        title left 'latvia (red: published; blue: median, 50 and 90 %, earliest origin first)'
        x dates 3 to 9
        y label 'events or persons' 8
        y scale symlog linear to 10
        y limits from 0
    """)


def test_a_title_and_a_legend_may_be_others() -> None:
    figure = fan(TABLE[:1], "a title", "a legend")
    assert [one.get_text() for one in figure.texts] == ["a title"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["poland (a legend)"]
    assert figure.get_size_inches().tolist() == [9.0, 3.2]


def test_without_forecasts_of_the_model_there_is_an_empty_panel() -> None:
    figure = fan(TABLE.assign(method="another"))
    assert drawn(figure) == listed("""
        figure 9 x 3.2; constrained
        text 'Forecasts from each origin, and what was published later' at 0.5,0.98 center top 11 #000000
        axes lrbt, margins 0.05,0.05
    """)


FIT = pd.DataFrame(
    [
        {
            key: value
            for key, value in row("poland", DECEMBER, 1, low).items()
            if key not in ("method", "origin", "observed")
        }
        | {"value": value}
        for low, value in ((10.0, 33.0), (20.0, float("nan")))
    ]
)


def test_a_fit_is_drawn_beside_the_figures_that_there_are(tmp_path: Path, monkeypatch: Any) -> None:
    made: list[tuple[Figure, Path, dict[str, Any]]] = []
    monkeypatch.setattr(
        forecast_figures, "write_figure", lambda figure, file, **more: made.append((figure, file, more))
    )
    write_fit(FIT, tmp_path)
    assert [(file, more) for _, file, more in made] == [
        (tmp_path / "fit.svg", {"metadata": {"Date": None}}), (tmp_path / "fit.png", {"dpi": 110}),
    ]  # fmt: skip
    figure = made[0][0]
    assert [one.get_text() for one in figure.texts] == [
        "Published figures, and what the fitted model says would be published"
    ]
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "poland (red: published; blue: median, 50 and 90 %)"
    ]
    assert artists_of(figure.axes[0]) == listed("""
        line 2021-12-01,33 2022-01-01,33 #c1121f 2.2 solid z3
        line 2021-12-16T12:00,10 2021-12-16T12:00,50 #1b6ca8 1.2 solid alpha 0.8
        line 2021-12-16T12:00,20 2021-12-16T12:00,40 #1b6ca8 4.5 solid alpha 0.5
        line 2021-12-16T12:00,30 #1b6ca8 mark o 3.5
    """)


def test_an_empty_fit_has_no_figure(tmp_path: Path) -> None:
    write_fit(FIT[:0], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_forecasts_are_written_as_svg_and_png(tmp_path: Path) -> None:
    write_fan(TABLE[:1], tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"fan.svg", "fan.png"}
    data = (tmp_path / "fan.png").read_bytes()
    assert [int.from_bytes(data[at : at + 4]) for at in (16, 20)] == [990, 352]  # 9 by 3.2 inches, 110 dots an inch
    assert "<dc:date>" not in (tmp_path / "fan.svg").read_text(encoding="utf-8")
