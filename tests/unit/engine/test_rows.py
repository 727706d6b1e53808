"""The rows of the migrants: size, order, keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.engine.rows import NOWHERE, PROSPECT, ROW, STATUSES, CohortSpan, Population, new_rows
from sim.engine.streams import name_key


def rows_of(*sizes: int, seed: int = 1) -> np.ndarray:
    """Rows of cohorts of these sizes, from the places 3, 4, ..."""
    firsts = np.cumsum([0, *sizes])
    spans = [CohortSpan(int(first), size, 3 + n) for n, (first, size) in enumerate(zip(firsts, sizes, strict=False))]
    return new_rows(Population(tuple(spans), tuple(name_key(seed, "cohort", str(n)) for n in range(len(sizes)))))


def test_a_migrant_takes_32_bytes_without_gaps() -> None:
    assert ROW.itemsize == 32
    assert sum(ROW[name].itemsize for name in ROW.names or ()) == 32
    for name, (kind, offset) in ((n, f[:2]) for n, f in (ROW.fields or {}).items()):
        assert offset % kind.itemsize == 0, f"{name} is not aligned"


def test_statuses_are_those_of_the_design() -> None:
    assert STATUSES == (
        "prospect", "booked", "in_transit", "at_hub", "at_border", "in_procedure", "crossed", "onward",
        "returned", "stranded", "diverted", "at_coast", "landed", "intercepted", "dead", "moved_on",
    )  # fmt: skip


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_everybody_begins_at_home(sizes: list[int]) -> None:
    rows = rows_of(*sizes)
    assert len(rows) == sum(sizes)
    assert np.bincount(rows["cohort"], minlength=len(sizes)).tolist() == sizes
    assert (rows["place"] == rows["cohort"] + 3).all()
    assert (rows["status"] == PROSPECT).all()
    assert (rows["route"] == NOWHERE).all()
    assert (rows["section"] == NOWHERE).all()
    for name in ("funds", "since", "due", "arrived", "outdoors", "waits", "attempts", "voyages", "bookings", "flags"):
        assert not rows[name].any()


def test_keys_rise_within_a_cohort_and_are_all_different() -> None:
    rows = rows_of(5000, 3000)
    for cohort in (0, 1):
        assert (np.diff(rows["key"][rows["cohort"] == cohort].astype(object)) > 0).all()
    assert len(np.unique(rows["key"])) == 8000


def test_resistances_are_exponential() -> None:
    """-ln(1 - key / 2^64) ~ Exp(1): the Sellke construction."""
    keys = rows_of(20_000)["key"].astype(float)
    assert stats.kstest(-np.log1p(-keys / 2.0**64), "expon").pvalue > 1e-4


@pytest.mark.parametrize("size", [0, 1, 99, 100, 5000])
def test_one_more_person_is_one_more_key(size: int) -> None:
    fewer, more = rows_of(size)["key"], rows_of(size + 1)["key"]
    assert np.isin(fewer, more).all()
    assert len(np.setdiff1d(more, fewer)) == 1


def test_another_cohort_changes_no_key() -> None:
    assert (rows_of(500)["key"] == rows_of(500, 70)["key"][:500]).all()


def test_seeds_share_no_key() -> None:
    assert not np.intersect1d(rows_of(5000, seed=1)["key"], rows_of(5000, seed=2)["key"]).size
