"""Queries over a study's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.studies.sql import answer
from sim.studies.study import Study


def test_queries_read_the_study_and_nothing_else(study: Study, tmp_path: Path) -> None:
    counted = answer(study.folder, "select count(*) as runs, max(replicate) as last from runs", "csv")
    assert counted == "runs,last\n80,39\n"
    assert '"scenario":"ban"' in answer(
        study.folder, "select distinct scenario from totals order by 1", "json"
    ).replace(": ", ":")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for query in (f"select * from read_csv('{tmp_path}/secret.csv')", f"copy runs to '{tmp_path}/out.csv'", "selec 1"):
        with pytest.raises(OutputError, match="--sql"):
            answer(study.folder, query)
    assert not (tmp_path / "out.csv").exists()
