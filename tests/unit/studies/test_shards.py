"""Parts of a job array do as many runs each, within one, and together the bytes of the whole study."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.verify import verify
from sim.studies.study import Study
from sim.studies.work.dispatch import span_of
from tests.strategies import tiny_scenario

SCENARIOS = {"base": tiny_scenario(days=20), "other": tiny_scenario({"behaviour": {"retry": 9}}, days=20)}


@given(runs=st.integers(1, 10**6), parts=st.integers(1, 500))
def test_parts_are_equal_within_one_and_make_up_the_whole(runs: int, parts: int) -> None:
    spans = [span_of(runs, (part, parts)) for part in range(1, parts + 1)]
    assert [first for first, _ in spans] == [0, *(last for _, last in spans[:-1])]
    assert spans[-1][1] == runs
    sizes = {last - first for first, last in spans}
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(("replicates", "parts"), [(96, 8), (9, 3), (50, 7), (1, 3)])
def test_every_part_does_its_share_and_together_they_are_the_study(
    replicates: int, parts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.studies.work import worker

    plan = Plan("compare", SCENARIOS, replicates)
    carry_out(plan, tmp_path / "whole")
    done: list[int] = []
    real = worker.carry_out_run
    monkeypatch.setattr(worker, "carry_out_run", lambda parcel, run: (done.append(run.number), real(parcel, run))[1])
    shares = []
    order = [*range(2, parts + 1), 1]  # whichever comes last
    for part in order:
        before = len(done)
        carry_out(plan, tmp_path / "s", shard=(part, parts))
        shares.append(len(done) - before)
    assert sorted(done) == list(range(2 * replicates))
    assert max(shares) - min(shares) <= 1
    assert verify(tmp_path / "s").damage == verify(tmp_path / "s").notes == []
    assert Study(tmp_path / "s").complete
    tables = [
        {f.relative_to(folder): f.read_bytes() for f in folder.rglob("*") if f.suffix in (".parquet", ".csv")}
        for folder in (tmp_path / "whole", tmp_path / "s")
    ]
    assert tables[0] == tables[1]
    assert not (tmp_path / "s" / "spool").exists()


def test_a_part_that_was_lost_is_done_by_whoever_goes_on(tmp_path: Path) -> None:
    plan = Plan("compare", SCENARIOS, 20)
    for part in (1, 3):
        carry_out(plan, tmp_path / "s", shard=(part, 3))
    assert not Study(tmp_path / "s").complete
    assert carry_out(plan, tmp_path / "s").complete
    assert verify(tmp_path / "s").notes == []
