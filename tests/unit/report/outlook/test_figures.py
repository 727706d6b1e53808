"""The figure of a forecast: counts by day on either side of today, a panel per country."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from sim.report.outlook.figures import countries
from tests.unit.report.drawn import drawn, listed

ORIGIN = date(2024, 1, 1)


def row(series: str, start: date, end: date, ends: tuple[float, ...], published: float | None = None) -> dict[str, Any]:
    names = ("low90", "low50", "median", "high50", "high90")
    known = {"series": series, "period_start": start, "period_end": end, **dict(zip(names, ends, strict=True))}
    return known if published is None else {**known, "published": published}


DECEMBER, JANUARY = (date(2023, 12, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2024, 1, 31))
MONTHS = pd.DataFrame(
    [row("poland", *JANUARY, (31, 62, 93, 124, 310)), row("latvia", *JANUARY, (3.1, 6.2, 9.3, 12.4, 15.5))]
)


def test_what_was_published_is_a_line_across_its_period_and_a_forecast_a_bar_in_its_middle() -> None:
    past = pd.DataFrame([row("poland", *DECEMBER, (62, 93, 124, 155, 186), 310.0)])
    assert drawn(countries(past, MONTHS, ORIGIN)) == listed("""
        figure 7.6 x 4.1; constrained
        axes lrbt, margins 0.05,0.05
        line 2023-12-16,2 2023-12-16,6 #0072b2 1.4 solid butt
        line 2023-12-16,3 2023-12-16,5 #0072b2 5 solid butt alpha 0.5
        line 2023-12-16,4 #0072b2 mark o 3
        line 2023-12-01,10 2024-01-01,10 #d55e00 2 solid butt
        line 2024-01-16,1 2024-01-16,10 #0072b2 1.4 solid butt
        line 2024-01-16,2 2024-01-16,4 #0072b2 5 solid butt alpha 0.5
        line 2024-01-16,3 #0072b2 mark o 3
        line 2024-01-01,0 2024-01-01,1 #222222 0.8 dashed 3.7,1.6 (y of axes)
        title center 'Poland: recorded attempts a day'
        x limits 2023-12-01 to 2024-02-03
        x dates 4 to 9
        y scale symlog linear to 1
        y limits from 0
        y numbers ['-1,235', '-10', '-0', '0', '10', '10', '12,345']
        axes lrbt, margins 0,0.05
        line 2024-01-16,0.1 2024-01-16,0.5 #0072b2 1.4 solid butt
        line 2024-01-16,0.2 2024-01-16,0.4 #0072b2 5 solid butt alpha 0.5
        line 2024-01-16,0.3 #0072b2 mark o 3
        line 2024-01-01,0 2024-01-01,1 #222222 0.8 dashed 3.7,1.6 (y of axes)
        text ' today' at 2024-01-01,0.02 left baseline 7.5 #767676 (y of axes)
        title center 'Latvia: recorded attempts a day'
        x limits 2023-12-01 to 2024-02-03
        x dates 4 to 9
        y scale symlog linear to 1
        y limits from 0
        y numbers ['-1,235', '-10', '-0', '0', '10', '10', '12,345']
    """)


def test_without_a_past_there_are_the_months_ahead_alone() -> None:
    figure = countries(pd.DataFrame(), MONTHS[:1], ORIGIN)
    assert drawn(figure) == listed("""
        figure 7.6 x 2.2; constrained
        axes lrbt, margins 0,0.05
        line 2024-01-16,1 2024-01-16,10 #0072b2 1.4 solid butt
        line 2024-01-16,2 2024-01-16,4 #0072b2 5 solid butt alpha 0.5
        line 2024-01-16,3 #0072b2 mark o 3
        line 2024-01-01,0 2024-01-01,1 #222222 0.8 dashed 3.7,1.6 (y of axes)
        text ' today' at 2024-01-01,0.02 left baseline 7.5 #767676 (y of axes)
        title center 'Poland: recorded attempts a day'
        x limits 2024-01-01 to 2024-02-03
        x dates 4 to 9
        y scale symlog linear to 1
        y limits from 0
        y numbers ['-1,235', '-10', '-0', '0', '10', '10', '12,345']
    """)
