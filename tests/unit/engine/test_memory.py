"""Memory: tables begin with a cache line, and asking for rows ahead of their turn changes nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.engine.compiled import compiled
from sim.engine.memory import CACHE_LINE, aligned, ask_for
from sim.engine.rows import ROW


@given(
    shape=st.lists(st.integers(1, 40), min_size=1, max_size=3).map(tuple),
    dtype=st.sampled_from(["u1", "i4", "f8", ROW]),
)
def test_an_aligned_array_begins_with_a_cache_line_and_is_all_its_own(shape: tuple[int, ...], dtype: object) -> None:
    first, second = aligned(shape, dtype), aligned(shape, dtype)
    assert first.ctypes.data % CACHE_LINE == 0
    assert first.shape == shape and first.dtype == np.dtype(dtype)
    assert first.flags.c_contiguous and first.flags.writeable
    ours, others = (array.reshape(-1).view("u1") for array in (first, second))
    ours[:] = 1
    others[:] = 2
    assert (ours == 1).all()


@compiled
def _ask_for_all(rows):  # type: ignore[no-untyped-def]
    for i in range(rows.shape[0]):
        ask_for(rows[i])


def test_asking_for_rows_changes_none() -> None:
    rows = aligned((50,), ROW)
    rows["key"] = np.arange(50)
    before = rows.copy()
    _ask_for_all(rows)
    assert rows.tobytes() == before.tobytes()


def test_no_row_lies_in_two_cache_lines_and_every_list_names_rows_that_exist() -> None:
    model = sim.CorridorModel(sim.load_scenario("benghazi-surge"))
    world = model.world
    for table in (world.rows, world.blocks):
        assert table.ctypes.data % CACHE_LINE == 0 and CACHE_LINE % table.strides[0] == 0
    model.run_for(40)
    assert ((world.who >= 0) & (world.who < len(world.rows))).all()
    assert ((world.attempts["row"] >= 0) & (world.attempts["row"] < len(world.rows))).all()
