"""Tables of totals made by hand: each row and each number of the tidy and the wide ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs import totals
from sim.outputs.weekly import weekly_data_of
from tests.strategies import START, tiny_scenario
from tests.unit.outputs import made

SCENARIO = tiny_scenario()  # from 1 October 2025; dieveniskes is Lithuania's, kuznica and narewka are Poland's
DAY = "day of the run, from 1"


def table(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Totals of replicates: level, name, measure, and a value for each replicate, None for none."""
    found = [
        (level, name, measure, float(value), "persons", replicate)
        for level, name, measure, *values in rows
        for replicate, value in enumerate(values)
        if value is not None
    ]
    return pd.DataFrame(found, columns=list(totals.TOTAL_COLUMNS))


def test_tidy_totals_have_a_row_for_each_replicate_and_name_but_for_days_that_did_not_occur() -> None:
    runs = [weekly_data_of(made.made_run()), weekly_data_of(made.made_run(3))]
    found = totals.totals_of(runs, made.made_layout())
    assert list(found.columns) == ["level", "name", "measure", "value", "unit", "replicate"]
    assert found["replicate"].dtype == np.int32
    assert found["replicate"].is_monotonic_increasing and set(found["replicate"]) == {0, 1}
    assert list(found.index) == list(range(len(found)))
    first = [tuple(row) for row in found.head(6).itertuples(index=False)]
    assert first == [
        ("section", "ash", "approaches", 45.0, "approaches", 0),
        ("section", "birch", "approaches", 450.0, "approaches", 0),
        ("section", "cedar", "approaches", 4500.0, "approaches", 0),
        ("section", "dune", "approaches", 0.0, "approaches", 0),
        ("agency", "lithuania", "approaches", 45.0, "approaches", 0),
        ("agency", "poland", "approaches", 4950.0, "approaches", 0),
    ]
    keys = found.set_index(["level", "name", "measure", "replicate"])["value"]
    assert keys["section", "birch", "approaches", 1] == 1350
    assert keys["section", "ash", "peak_day", 0] == 1
    assert ("section", "dune", "peak_day", 0) not in keys.index
    assert ("section", "birch", "first_over_day", 0) not in keys.index
    assert keys["section", "birch", "first_over_day", 1] == 6  # 3 * 48 * 10 calls a day, of 1,280
    of_shares = found[(found["measure"] == "attempts_by_route") & (found["replicate"] == 1)]
    assert dict(zip(of_shares["name"], of_shares["value"], strict=True)) == {
        "ash:air": 12, "ash:land": 6, "birch:air": 3, "birch:land": 33, "cedar:land": 24,
    }  # fmt: skip


def test_intervals_are_quantiles_of_the_replicates_that_have_a_value() -> None:
    found = totals.intervals_of(table([
        ("section", "b", "attempts", 0, 10, 20, 30, 40), ("agency", "a", "peak_day", None, 4, None, 8, None),
    ]))  # fmt: skip
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("section", "b", "attempts", "persons", 2.0, 10.0, 20.0, 30.0, 38.0, 5),
        ("agency", "a", "peak_day", "persons", pytest.approx(4.2), 5.0, 6.0, 7.0, pytest.approx(7.8), 2),
    ]
    assert list(found.columns) == [
        "level", "name", "measure", "unit", "low90", "low50", "median", "high50", "high90", "replicates",
    ]  # fmt: skip


ROWS = [
    ("section", "kuznica", "attempts", 10, 20, 60),
    ("section", "kuznica", "days_over", 0, 2, 4),
    ("section", "kuznica", "peak_day", 1, 4, None),
    ("section", "kuznica", "attempts_by_route", 1, 2, 3),
    ("section", "dieveniskes", "attempts", 1, 2, 3),
    ("section", "dieveniskes", "days_over", 0, 0, 0),
    ("section", "dieveniskes", "peak_day", 31, 31, 33),
    ("section", "before-any-section", "persons_stranded", 5, 6, 7),
    ("section", "dieveniskes", "persons_stranded", 1, 1, 4),
    ("agency", "poland", "attempts", 11, 21, 61),
    ("agency", "poland", "days_over", 1, 1, 0),
    ("agency", "lithuania", "attempts", 1, 2, 3),
    ("route", "b", "seats", 4, 6, 11),
    ("route", "a", "boarded", 1, 2, 9),
]


def days(*texts: str | None) -> list[Any]:
    return [pd.NaT if text is None else pd.Timestamp(text) for text in texts]


def test_the_summary_of_a_level_has_medians_dates_and_the_share_of_runs_over_full_load() -> None:
    found = totals.summary_of(table(ROWS), START, 4, "section", {"kuznica": "Kuźnica"})
    expected = pd.DataFrame(
        {
            "title": ["Kuźnica", "dieveniskes", "before-any-section"],
            "peak_date": days("2025-10-03", "2025-10-31", None),  # of days 2.5, rounded up, and 31
            "days_over": [2.0, 0.0, np.nan],
            "first_over": days(None, None, None),
            "overload_probability": [0.5, 0.0, 0.0],
            "attempts": [20.0, 2.0, np.nan],
            "persons_stranded": [np.nan, 1.0, 6.0],
        },
        index=pd.Index(["kuznica", "dieveniskes", "before-any-section"], name="name"),
    )
    pd.testing.assert_frame_equal(
        found.rename_axis(columns=None).astype({"peak_date": "datetime64[s]", "first_over": "datetime64[s]"}),
        expected.astype({"peak_date": "datetime64[s]", "first_over": "datetime64[s]"}), check_dtype=False,
    )  # fmt: skip


def test_sections_stand_before_their_agency_and_those_who_tried_none_last() -> None:
    found = totals.sections_of(table(ROWS), SCENARIO, 3)
    assert list(found.index) == ["kuznica", "poland", "dieveniskes", "lithuania", "before-any-section"]
    assert found["level"].tolist() == ["section", "agency", "section", "agency", "section"]
    assert found["agency"].tolist() == ["poland", "poland", "lithuania", "lithuania", ""]
    assert found["title"].tolist() == ["Kuźnica", "Poland", "Dieveniškės", "Lithuania", "before-any-section"]
    assert list(found.columns[:3]) == ["level", "agency", "title"]
    assert found["overload_probability"].tolist() == pytest.approx([2 / 3, 2 / 3, 0, 0, 0])
    assert found["attempts"].tolist()[:4] == [20, 21, 2, 2]
    no_agency = table([row for row in ROWS if row[0] != "agency"])
    assert list(totals.sections_of(no_agency, SCENARIO, 3).index) == ["kuznica", "dieveniskes", "before-any-section"]


def test_agencies_are_called_by_their_country() -> None:
    found = totals.agencies_of(table(ROWS), SCENARIO, 2)
    assert found["title"].to_dict() == {"poland": "Poland", "lithuania": "Lithuania"}
    assert found["attempts"].to_dict() == {"poland": 21, "lithuania": 2}
    assert found["overload_probability"].to_dict() == {"poland": 1.0, "lithuania": 0.0}


def test_routes_have_medians_in_their_columns_and_blanks_elsewhere() -> None:
    found = totals.routes_of(table(ROWS))
    assert list(found.columns) == list(totals.ROUTES)
    assert found.notna().sum().sum() == 2
    assert (found.loc["a", "boarded"], found.loc["b", "seats"]) == (2, 6)


def test_shares_are_of_the_means_over_all_replicates() -> None:
    found = totals.shares_of(table([
        ("section", "x:air", "attempts_by_route", 4, 2), ("section", "x:land", "attempts_by_route", None, 2),
        ("section", "y:air", "attempts_by_route", 5, 5), ("section", "x:iraqis", "attempts_by_cohort", 4, 4),
        ("section", "x", "attempts", 4, 4),
    ]))  # fmt: skip
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("x", "route", "air", 3.0, 0.75), ("x", "route", "land", 1.0, 0.25), ("y", "route", "air", 5.0, 1.0),
        ("x", "cohort", "iraqis", 4.0, 1.0),
    ]  # fmt: skip
    assert list(found.columns) == ["section", "by", "name", "attempts", "share"]
    assert len(totals.shares_of(table([]))) == 0
