"""Outcomes written as text, of a run made by hand: right values, forms and units."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sim.engine.rows import STATUSES
from sim.outputs.expressions import FORMS, Window, parse
from tests.unit.outputs import made

NAN = float("nan")
ATTEMPTS, BOARDED = 4, 2 + 2**13  # of a factor of 1 on the first day
OCTOBER, NOVEMBER = 1 + 2 + 3 + 4, 5 + 6 + 7 + 8 + 9
PEAK_POLAND = made.pressures()["poland"]

VALUES = {
    "attempts@poland": ATTEMPTS * 110 * 45,
    "attempts": ATTEMPTS * 111 * 45,
    "attempts@ash": ATTEMPTS * 45,
    "attempts@land": 2**4 * 110 * 45,
    "attempts@iraqis": 2**4 * 11 * 45,
    "boarded": BOARDED * 111 * 45,
    "departures": 8 * 45,
    "departures@air": 3 * 45,
    "deaths": 2**11 * 111 * 45,  # on the way, not only at the border
    "claims": 2**12 * 111 * 45,  # at the border
    "attempts[2025-10]@poland": ATTEMPTS * 110 * OCTOBER,
    "attempts[2025-11]@poland": ATTEMPTS * 110 * NOVEMBER,
    "attempts[2025-10-31..2025-11-01]@poland": ATTEMPTS * 110 * (4 + 5),
    "attempts[2025-10-28..2025-10-28]@ash": ATTEMPTS,
    "attempts[2025-11-05..2025-12]@ash": ATTEMPTS * 9,
    "attempts[2025-09..2025-10]@ash": ATTEMPTS * OCTOBER,
    "attempts[2025-11-06..2025-12-31]@ash": NAN,
    "attempts[2025-10-01..2025-10-27]@ash": NAN,
    "capacity@ash": (1 + 6 * 48 + 2 * 64) / 9,
    "capacity[2025-10]@ash": (1 + 3 * 48) / 4,
    "capacity": (1 + 6 * 48 + 2 * 64) / 9 + 4480,
    "detection@birch": 0.25,
    "in_procedure@poland": 5409,
    "in_procedure": 5209 + 5409,
    "in_procedure[2025-10]@lithuania": 5204,
    "persons_booked@syrians": 1109,
    "persons@dead": 2 * 9 + 100 + 2000 * STATUSES.index("dead"),
    "border_pressure@poland": PEAK_POLAND.mean(),
    "border_pressure": made.pressures()["all"].mean(),
    "peak_date(attempts)@poland": 9,
    "peak_date(attempts[2025-10])@poland": 4,
    "peak_date(attempts@dune)": NAN,
    "peak_date(capacity)@ash": 8,
    "peak_date(border_pressure)@ash": 1,
    "peak_date(border_pressure[2025-11])@ash": 9,
    "first_overload()@ash": 1,
    "first_overload([2025-10-29..2025-11-30])@ash": 7,
    "first_overload()@birch": NAN,
    "first_overload()": 1,
    "first_overload([2025-11])": 5,
    "entries/attempts@poland": (2**7 + 2**8) / 2**2,
    "attempts@poland/attempts": 110 / 111,
    "attempts[2025-11]@poland/attempts[2025-10]@ash": 110 * NOVEMBER / OCTOBER,
    "attempts@ash/attempts@dune": NAN,
    "detection": NAN,
    "pressure_mean": NAN,
    "nothing": NAN,
    "attempts@nowhere": NAN,
}


@pytest.mark.parametrize("text", VALUES)
def test_an_outcome_has_its_value(text: str) -> None:
    assert parse(text).of(made.made_run()) == pytest.approx(VALUES[text], nan_ok=True)


def test_the_highest_day_of_a_flow_is_that_of_its_seven_day_mean() -> None:
    run = made.made_run(days=14)
    flows = np.zeros_like(run.section_flows)
    flows[[1, 5, 6, 13], 0, 2] = 30, 10, 10, 45  # the three smaller ones lie within a week
    flows[4, 0, 2] = 1
    assert parse("peak_date(attempts)@ash").of(run._replace(section_flows=flows)) == 7
    assert parse("peak_date(attempts[2025-11-05..2025-11-10])@ash").of(run._replace(section_flows=flows)) == 14


def test_full_load_is_not_overload() -> None:
    run = made.made_run()
    capacity = np.full((9, 4), 1e9)
    capacity[:, 0] = 48  # the sixth day is at full load, the seventh over
    assert parse("first_overload(ash)").of(run._replace(capacity=capacity)) == 7


def test_forms_have_one_text_name_and_unit() -> None:
    day = "day of the run, from 1"
    for text, measure, name, unit, plain in [
        ("attempts", "attempts", "all", "attempts", True),
        ("attempts@poland", "attempts", "poland", "attempts", True),
        ("attempts[2025-10]@poland", "attempts[2025-10]", "poland", "attempts", False),
        ("attempts[2025-10..2025-11-03]", "attempts[2025-10..2025-11-03]", "all", "attempts", False),
        ("peak_date( entries[2025-10] )", "peak_date(entries[2025-10])", "all", day, False),
        ("first_overload([2025-10])@poland", "first_overload([2025-10])", "poland", day, False),
        ("first_overload(poland)", "first_overload()", "poland", day, False),
        ("first_overload()", "first_overload()", "all", day, False),
        ("entries/attempts@poland", "entries/attempts", "poland", "persons / attempts", False),
        ("attempts/turn_backs", "attempts/turn_backs", "all", "ratio", False),
        ("attempts@a/turn_backs@b", "attempts@a/turn_backs@b", "all", "ratio", False),
        ("attempts@a/turn_backs@all", "attempts@a/turn_backs", "all", "ratio", False),
        ("attempts@all/turn_backs@b", "attempts/turn_backs@b", "all", "ratio", False),
        ("unheard_of", "unheard_of", "all", "", True),
    ]:
        found = parse(text)
        assert (found.measure, found.name, found.unit, found.is_plain) == (measure, name, unit, plain), text
    named = parse("entries/attempts").named("poland")
    assert (named.measure, named.name) == ("entries/attempts", "poland")
    assert [str(term) for term in named.terms] == ["entries@poland", "attempts@poland"]


def test_windows_hold_whole_months_and_days() -> None:
    def window(text: str) -> Window | None:
        return parse(f"attempts{text}").terms[0].window

    assert window("[2024-02]") == (date(2024, 2, 1), date(2024, 2, 29), "[2024-02]")
    assert window("[2025-12..2026-01]") == (date(2025, 12, 1), date(2026, 1, 31), "[2025-12..2026-01]")
    assert window("[2025-12-05..2025-12-05]") == (date(2025, 12, 5), date(2025, 12, 5), "[2025-12-05..2025-12-05]")
    assert window("") is None


@pytest.mark.parametrize(
    "text",
    ["", "Attempts", "attempts[2025-10-01]", "attempts[2025-00]", "attempts[2025-10-32..2025-11]", "attempts@",
     "peak_date()", "peak_date(a b)", "mean(attempts)", "first_overload(ash)@birch", "peak_date(attempts@a)@b",
     "first_overload(a b)", "first_overload([2025-10)", "a/b/c", "attempts/", "attempts[20251..]"],
)  # fmt: skip
def test_what_has_no_allowed_form_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(ValueError) as error:
        parse(text)
    assert str(error.value) == f"found {text!r}; allowed: {FORMS}"
    with pytest.raises(ValueError) as error:
        parse("attempts[2025-11..2025-10]")
    assert str(error.value) == f"found 'attempts[2025-11..2025-10]', which ends before it begins; allowed: {FORMS}"


def test_a_check_names_what_is_not_counted_or_outside_the_run() -> None:
    run, last = made.made_run(days=1), made.START + timedelta(days=8)
    for text in ("attempts@poland", "attempts[2025-11]", "attempts[2025-11-05..2025-11-09]@ash", "entries/attempts",
                 "attempts[2025-10-01..2025-10-28]", "first_overload()@poland", "boarded@iraqis"):  # fmt: skip
        parse(text).check(run, last)
    for text in ("attempts[2025-11-06..2025-11-07]", "attempts[2025-10-01..2025-10-27]"):
        with pytest.raises(ValueError) as error:
            parse(text).check(run, last)
        assert str(error.value) == f"found {text!r}; the run is from 2025-10-28 to 2025-11-05"
    with pytest.raises(ValueError) as error:
        parse("departures[2025-11]/departures@sea").check(run, last)
    assert str(error.value) == "found 'departures[2025-11]@sea'; departures is counted for: air, land"
    with pytest.raises(ValueError) as error:
        parse("entries@mars").check(run, last)
    names = ", ".join([*made.SECTIONS, *made.AGENCIES, *made.ROUTES, *made.COHORTS])
    assert str(error.value) == f"found 'entries@mars'; entries is counted for: {names}"
    with pytest.raises(ValueError) as error:
        parse("pressure_mean[2025-11]").check(run, last)
    start, _, allowed = str(error.value).partition("counted by day are: ")
    assert start == "found 'pressure_mean[2025-11]'; "
    assert allowed.startswith("approaches, arrived_at_hub, attempts, boarded, border_pressure, capacity, claims, ")
