"""Results of runs made by hand: what they hold, how they are written, and how they are read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.data import extensions
from sim.outputs import results as module
from sim.outputs.daily import DAILY_COLUMNS
from sim.outputs.dictionary import resource
from sim.outputs.folder import OutputError
from sim.outputs.provenance import RunInfo, record_text, sha256
from sim.outputs.results import Results
from sim.outputs.weekly import layout_of
from sim.scenario import scenario_hash
from sim.scenario.write import to_yaml
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario(days=2)
LAYOUT = layout_of(SCENARIO)


def run_of(number: int, days: int = 2) -> Any:
    """A run of the tiny scenario in which only a few things happen: as many as its number says."""
    from sim.engine.rows import STATUSES
    from sim.engine.tables import PAIR_FLOWS, ROUTE_FLOWS, SECTION_FLOWS
    from sim.outputs.run_data import RunData

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros((days, *shape), np.int32)

    names = LAYOUT.names
    sections, pairs = len(names.sections), len(names.pairs)
    found = RunData(
        **{key: getattr(LAYOUT, key) for key in ("names", "agency_of", "agency_place", "pair_cohort", "pair_route")},
        start=SCENARIO.start, seed=number, section_flows=zeros(sections, len(SECTION_FLOWS)),
        capacity=np.ones((days, sections)), detection=np.full((days, sections), 0.1),
        pair_flows=zeros(pairs, len(PAIR_FLOWS)), route_flows=zeros(len(names.routes), len(ROUTE_FLOWS)),
        by_cohort=zeros(len(names.cohorts), len(STATUSES)), by_place=zeros(len(names.places), len(STATUSES)),
        attempts_by_pair=np.zeros((sections, pairs), np.int64), last_section=np.zeros((sections + 1, len(STATUSES))),
        events=1,
    )  # fmt: skip
    found.section_flows[:, 1, SECTION_FLOWS.index("attempts")] = number
    found.section_flows[:1, 1, SECTION_FLOWS.index("patrol_calls")] = 7 * number
    found.route_flows[-1:, 0, 0] = 3
    return found


@pytest.fixture(scope="module")
def two() -> Results:
    info = RunInfo(seed=1, replicates=2, seeds=[5, 6], started="2026-01-01", ended="2026-01-02", origin="tiny")
    return Results.of(SCENARIO, [run_of(1), run_of(3)], info)


def test_results_have_the_days_of_their_runs() -> None:
    found = Results.of(tiny_scenario(days=9, seed=4), [run_of(1), run_of(2)])
    assert (found.scenario.days, found.replicates, found.start) == (2, 2, SCENARIO.start)
    assert found.dates.tolist() == [pd.Timestamp("2025-10-01"), pd.Timestamp("2025-10-02")]
    assert (found.info.seed, found.info.replicates, found.info.seeds) == (4, 2, [1, 2])
    for runs in ([], [run_of(1, days=0)]):
        with pytest.raises(ValueError, match=r"^no results: not a single day was run$"):
            Results.of(SCENARIO, runs)


def test_a_series_is_a_quantile_over_replicates(two: Results) -> None:
    attempts = two.series("section", "attempts")
    assert attempts.to_dict("list") == {"dieveniskes": [0, 0], "kuznica": [2, 2], "narewka": [0, 0]}
    assert attempts.index.equals(two.dates)
    assert two.series("section", "attempts", 0.25)["kuznica"].tolist() == [1.5, 1.5]
    one = Results.of(SCENARIO, [run_of(3)])
    assert one.series("section", "attempts")["kuznica"].tolist() == [3, 3]
    nothing = two.series("section", "boarded")
    assert nothing.shape == (2, 0) and nothing.index.equals(two.dates)


def test_overload_is_a_share_of_replicates_by_week(two: Results) -> None:
    assert two.overload.to_dict("list") == {"dieveniskes": [0], "kuznica": [0.5], "narewka": [0]}
    assert two.overload.index.tolist() == [pd.Timestamp("2025-10-01")] and two.overload.index.name == "week"
    eight = Results.of(SCENARIO, [run_of(3, days=8)]).overload
    assert eight.index.tolist() == [pd.Timestamp("2025-10-01"), pd.Timestamp("2025-10-08")]
    assert eight["kuznica"].tolist() == [1, 0]
    assert Results(SCENARIO, {}, two.totals, two.info).overload.empty


def test_results_say_what_they_are_of(two: Results) -> None:
    assert repr(two) == "<Results of 'tiny': 2 days from 2025-10-01, 2 replicates>"
    assert repr(Results.of(SCENARIO, [run_of(1)])) == "<Results of 'tiny': 2 days from 2025-10-01>"
    html = two._repr_html_()
    assert "Results of &#x27;tiny&#x27;: 2 days from 2025-10-01, 2 replicates; medians" in html
    assert html.count("<table") == 2 and 'border="1"' not in html and "NaN" not in html


def test_a_folder_has_its_tables_their_hashes_and_their_dictionary(two: Results, tmp_path: Path) -> None:
    def figures(results: Results, place: Path) -> None:
        assert results is two and (place / "scenario.yaml").exists()
        (place / "report.html").write_text("x")
        (place / "figure.svg").write_text("y")

    folder = two.write(str(tmp_path / "r"), figures)
    assert folder == tmp_path / "r"
    tables = ["daily.parquet", "monthly.csv", "totals.csv"]
    others = ["datapackage.json", "figure.svg", "scenario.yaml", *extensions.files()]
    assert sorted(file.name for file in folder.iterdir()) == sorted([*tables, *others, "report.html", "run.json"])
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["tables_sha256"] == {name: sha256(folder / name) for name in tables}
    assert record["others_sha256"] == {name: sha256(folder / name) for name in sorted(others)}
    assert record["scenario"] == to_yaml(SCENARIO, whole=True) and record["scenario_sha256"] == scenario_hash(SCENARIO)
    assert record["title"] == "tiny" and record["replicate_seeds"] == [5, 6]
    content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert content["title"] == "tiny"
    assert content["resources"][:3] == [
        resource("daily", ["daily.parquet"], DAILY_COLUMNS), resource("monthly", ["monthly.csv"], two.monthly.columns),
        resource("totals", ["totals.csv"], two.totals.columns),
    ]  # fmt: skip
    parquet = pq.ParquetFile(folder / "daily.parquet")
    assert parquet.metadata.num_row_groups == 2 and parquet.schema_arrow.metadata is None
    assert parquet.metadata.row_group(0).column(0).compression == "ZSTD"
    pd.testing.assert_frame_equal(parquet.read().to_pandas(), two.daily, check_categorical=False, check_dtype=False)
    lines = (folder / "totals.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "level,name,measure,value,unit,replicate"
    assert "section,kuznica,attempts,2,attempts,0" in lines and "section,kuznica,attempts,6,attempts,1" in lines
    assert "section,kuznica,detection,0.1,probability,0" in lines


def test_what_was_written_is_read_with_how_it_was_asked_for(two: Results, tmp_path: Path) -> None:
    back = Results.read(str(two.write(tmp_path / "r")))
    assert back.info == two.info and back.scenario == SCENARIO
    pd.testing.assert_frame_equal(back.totals, two.totals, check_dtype=False)
    assert [*back.blocks] == [*two.blocks]
    assert back.totals["replicate"].dtype == np.int32 and back.totals["value"].dtype == np.float64


def test_a_record_without_a_table_or_with_other_bytes_is_damaged(two: Results, tmp_path: Path) -> None:
    folder = two.write(tmp_path / "r")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for name in ("daily.parquet", "totals.csv"):
        tables = {key: value for key, value in record["tables_sha256"].items() if key != name}
        (folder / "run.json").write_text(record_text({**record, "tables_sha256": tables}), encoding="utf-8")
        with pytest.raises(OutputError) as error:
            Results.read(folder)
        assert str(error.value) == f"{folder / 'run.json'}: damaged: found no {name} among the tables"
    (folder / "run.json").write_text(record_text({**record, "others_sha256": {}}), encoding="utf-8")
    (folder / "datapackage.json").write_text("{}")  # is not read
    assert Results.read(folder).replicates == 2
    (folder / "totals.csv").unlink()
    with pytest.raises(OutputError, match=rf"^{folder}: damaged: .*No such file"):
        Results.read(folder)


def test_a_table_that_can_no_longer_be_read_is_damaged(two: Results, tmp_path: Path) -> None:
    folder = two.write(tmp_path / "r")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "totals.csv").write_text("level,name\n", encoding="utf-8")
    tables = {**record["tables_sha256"], "totals.csv": sha256(folder / "totals.csv")}
    (folder / "run.json").write_text(record_text({**record, "tables_sha256": tables}), encoding="utf-8")
    with pytest.raises(OutputError, match=rf"^{folder}: damaged: "):
        Results.read(folder)
    assert module._READ == (".yaml", ".csv")
