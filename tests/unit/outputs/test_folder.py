"""Results in files that are whole, exact and the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.outputs.folder import OutputError, check_folder, new_folder
from sim.outputs.results import DAILY, MONTHLY, TOTALS, Results
from sim.report.figures import write_figures
from sim.runs import run
from sim.scenario import load_scenario, scenario_hash
from tests.strategies import START, replicates_by_day, tiny_scenario

TABLES = (DAILY, MONTHLY, TOTALS)


def test_what_is_written_is_read_back(tmp_path: Path, results: Results) -> None:
    back = Results.read(results.write(tmp_path / "a" / "b"))
    pd.testing.assert_frame_equal(back.daily, results.daily)
    pd.testing.assert_frame_equal(back.monthly, results.monthly)
    pd.testing.assert_frame_equal(back.totals, results.totals)
    pd.testing.assert_frame_equal(back.summary, results.summary)
    assert back.scenario == results.scenario
    assert back.info == results.info
    written = pd.read_csv(tmp_path / "a" / "b" / MONTHLY, dtype={"value": str})
    assert [float(text) for text in written["value"]] == list(results.monthly["value"])


def test_same_scenario_and_seed_same_bytes(tmp_path: Path, one: Results) -> None:
    one.write(tmp_path / "one")
    run(tiny_scenario()).write(tmp_path / "two")
    run(tiny_scenario(), seed=2).write(tmp_path / "other")
    for name in TABLES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert (tmp_path / "one" / name).read_bytes() != (tmp_path / "other" / name).read_bytes()


def test_provenance_tells_how_to_make_it_again(tmp_path: Path, many: Results) -> None:
    many.write(tmp_path / "r")
    content = json.loads((tmp_path / "r" / "run.json").read_text())
    assert content["seed"] == many.scenario.seed
    assert content["replicates"] == len(content["replicate_seeds"]) == 4
    assert content["command"] == "corridor run scenario.yaml --seed 1 --replicates 4"
    assert set(content["versions"]) >= {"corridor", "python", "mesa", "numpy", "numba"}
    assert set(content["tables_sha256"]) == set(TABLES)
    assert content["machine"]["cores"] >= 1
    assert content["started_utc"] <= content["ended_utc"]
    again = load_scenario(tmp_path / "r" / "scenario.yaml")
    assert content["scenario_sha256"] == scenario_hash(again) == scenario_hash(many.scenario)
    assert content["scenario"] == (tmp_path / "r" / "scenario.yaml").read_text()
    redone = replicates_by_day(again, content["replicates"])
    pd.testing.assert_frame_equal(redone.totals, many.totals)


def test_a_timetable_comes_along(tmp_path: Path) -> None:
    from sim.scenario import to_yaml

    row = f"{START},baghdad,minsk,airline-iq,10"
    (tmp_path / "flights.csv").write_text(f"date,origin,destination,carrier,seats\n{row}\n")
    (tmp_path / "s.yaml").write_text(to_yaml(tiny_scenario()) + "timetable: flights.csv\n")
    results = run(tmp_path / "s.yaml")
    departures = results.series("route", "departures")["baghdad-minsk"]
    assert departures.sum() == run(tiny_scenario()).series("route", "departures")["baghdad-minsk"].sum() + 1
    results.write(tmp_path / "r")
    assert run(tmp_path / "r" / "scenario.yaml").totals.equals(results.totals)


def test_an_earlier_result_is_replaced_whole(tmp_path: Path, one: Results, many: Results) -> None:
    folder = many.write(tmp_path / "r", figures=write_figures)
    (folder / "stray.txt").write_text("of the earlier run")
    one.write(folder)
    assert Results.read(folder).replicates == 1
    assert not (folder / "stray.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize("kind", ["file", "foreign", "link", "under-a-file"])
def test_a_place_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, one: Results, kind: str) -> None:
    place = tmp_path / "r"
    if kind == "file":
        place.write_text("mine")
    elif kind == "foreign":
        place.mkdir()
        (place / "run.json").write_text('{"of": "something else"}')
    elif kind == "link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.write_text("mine")
        place = place / "below"
    before = sorted(tmp_path.rglob("*"))
    for action in (check_folder, one.write):
        with pytest.raises(OutputError) as error:
            action(place)
        assert str(place) in str(error.value)
        assert "\n" not in str(error.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_and_a_link_to_a_folder_are_fine(tmp_path: Path, one: Results) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    one.write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert Results.read(tmp_path / "empty").totals.equals(one.totals)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError, OSError])
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, one: Results, stop: type[BaseException]) -> None:
    def fail(_: object, __: Path) -> None:
        raise stop("now")

    with pytest.raises(OutputError if stop is OSError else stop):
        one.write(tmp_path / "deep" / "r", figures=fail)
    assert not any(tmp_path.iterdir())
    one.write(tmp_path / "r")
    with pytest.raises(OutputError if stop is OSError else stop):
        one.write(tmp_path / "r", figures=fail)
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert Results.read(tmp_path / "r").totals.equals(one.totals)


def test_without_an_exchange_of_folders_it_is_put_back_on_failure(
    tmp_path: Path, one: Results, many: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.outputs.folder._exchange", lambda *_: False)
    one.write(tmp_path / "r")
    many.write(tmp_path / "r")
    assert Results.read(tmp_path / "r").replicates == 4
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    rename = Path.rename

    def breaks(self: Path, target: Path) -> Path:
        if target == tmp_path / "r" and self.suffix != ".old":
            raise OSError("disk is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", breaks)
    with pytest.raises(OutputError, match="disk is gone"):
        one.write(tmp_path / "r")
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert Results.read(tmp_path / "r").replicates == 4


@pytest.mark.parametrize("name", [*TABLES, "run.json", "scenario.yaml"])
def test_damage_is_named(tmp_path: Path, one: Results, name: str) -> None:
    folder = one.write(tmp_path / "r")
    (folder / name).write_bytes((folder / name).read_bytes()[:-40] + b"\x00")
    with pytest.raises(OutputError, match=name if name != "scenario.yaml" else "damaged"):
        Results.read(folder)


def test_what_was_never_written_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"run\.json"):
        Results.read(tmp_path)


def test_a_new_folder_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    with new_folder(tmp_path / "r") as place:
        assert not (tmp_path / "r").exists()
        assert place.parent == tmp_path
        assert place.name.startswith(".")
