"""What ships of a filter: which state is found, what is stored of a back-test, and what makes it refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter import checkpoint, ship, start
from sim.inference.filter.assimilate import Month, setting_of
from sim.inference.filter.particles import Particles
from sim.outputs.folder import OutputError
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import tiny_filter

MONTHS = [Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31)]


def particles(days: int = 120) -> Particles:
    """Two particles of different paths after two months."""
    paths = np.arange(3.0)[:, None, None] + np.arange(2.0)[:, None] + np.zeros(3)
    daily = np.arange(days) + np.zeros((2, 2, days))
    return Particles(paths, np.zeros((3, 2), bool), np.zeros((3, 2, 1)), daily, np.zeros((2, 2, 6)), np.arange(2))


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a state that ships, of the tiny filter after two months."""
    monkeypatch.setattr(start, "FOLDER", tmp_path)
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "forecasts.parquet").write_bytes(b"forecasts")
    (folder / "posture.csv").write_bytes(b"posture")
    return folder


def state(folder: Path, days: int = 120, **changes: str) -> None:
    about = {"month": "2025-11-01", "rules": start.rules_of(tiny_filter()), "record": "to 2025-11-01", **changes}
    (folder / "state.npz").write_bytes(checkpoint.content(particles(days), about))


def record(month: Month) -> str:
    return f"to {month.first}"


def test_a_state_of_the_same_rules_and_record_is_found(shipped: Path) -> None:
    loaded = tiny_filter()
    assert start.find(loaded, MONTHS, record) is None
    state(shipped)
    found = start.find(loaded, MONTHS, record)
    assert found is not None
    assert found.months == MONTHS[:2]
    assert (found.forecasts, found.posture) == (b"forecasts", b"posture")
    assert found.about == {"month": "2025-11-01", "rules": start.rules_of(loaded), "record": "to 2025-11-01"}
    assert np.array_equal(found.particles.daily, particles().daily)
    assert start.find(loaded._replace(name="another"), MONTHS, record) is None
    state(shipped, month="2025-10-01", record="to 2025-10-01")
    earlier = start.find(loaded, MONTHS, record)
    assert earlier is not None
    assert earlier.months == MONTHS[:1]


@pytest.mark.parametrize("changes", [
    {"rules": "others"}, {"record": "another"}, {"month": "2025-11-15"}, {"month": "2025-09-01"},
])  # fmt: skip
def test_a_state_of_anything_else_is_not_found(shipped: Path, changes: dict[str, str]) -> None:
    state(shipped, **changes)
    assert start.find(tiny_filter(), MONTHS, record) is None


def test_a_record_that_ends_before_the_state_does_not_use_it(shipped: Path) -> None:
    state(shipped)
    assert start.find(tiny_filter(), MONTHS[:1], record) is None


@pytest.mark.parametrize("days", [61, 150])
def test_daily_counts_are_those_of_the_days_of_the_run(shipped: Path, days: int) -> None:
    state(shipped, days)
    found = start.find(tiny_filter(), MONTHS, record)
    assert found is not None
    exact = np.where(np.arange(120) < days, np.arange(120.0), 0.0)
    assert np.array_equal(found.particles.daily, np.tile(exact, (2, 2, 1)))


def test_rules_are_those_of_the_experiment_without_its_words() -> None:
    loaded = tiny_filter()
    first = start.rules_of(loaded)
    assert len(first) == 64

    def changed(**changes: Any) -> str:
        return start.rules_of(loaded._replace(experiment=loaded.experiment.model_copy(update=changes)))

    for words in ({"title": "x"}, {"description": "x"}, {"scenario": "x"}, {"overrides": {"days": 3}}):
        assert changed(**words) == first
    for rules in ({"rounds": 7}, {"enough": 0.5}, {"particles": 21}, {"seed": 5}):
        assert changed(**rules) != first
    content = loaded.experiment.model_dump_json(
        by_alias=True, fallback=str, exclude={"title", "description", "scenario", "overrides"}
    )
    assert first == sha256(content.encode()).hexdigest()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A workplace whose runs count what is kept ready."""
    found: dict[str, Any] = {"closed": 0, "counts": [], "asked": []}

    def close() -> None:
        found["closed"] += 1

    class Runner:
        def __init__(self, setting: Any, where: Any) -> None:
            found["setting"] = setting

        def run(self, starts: Sequence[Any], courses: Sequence[Any], origin: Any, *, keep: bool) -> tuple[Any, Any]:
            found["asked"].append((list(starts), len(courses), origin, keep))
            return found["counts"][: len(courses)], [None] * len(courses)

    monkeypatch.setattr(start, "workplace", lambda jobs, dask: found.update(place=(jobs, dask)) or (
        SimpleNamespace(close=close)))  # fmt: skip
    monkeypatch.setattr(start, "Runner", Runner)
    return found


@pytest.mark.parametrize("paths", [1, 2])
def test_a_state_is_of_today_if_its_first_paths_count_the_same(place: dict[str, Any], paths: int) -> None:
    loaded, given = tiny_filter(), particles()
    place["counts"] = [given.daily[0, :, :61], given.daily[1, :, :61] + 1]
    assert start.is_of_today(loaded, given, MONTHS[:2], paths) is (paths == 1)
    assert place["asked"] == [([None] * paths, paths, None, False)]
    assert (place["place"], place["closed"], place["setting"]) == ((1, None), 1, setting_of(loaded))


def back_test(folder: Path) -> None:
    """The files of a whole back-test."""
    for part in ("months", "origins"):
        (folder / part).mkdir(parents=True)
    about = {"month": "2025-12-01", "experiment": "e", "record": "r", "seconds": 3.0}
    (folder / "months" / "2025-12-01.npz").write_bytes(checkpoint.content(particles(), about))
    for month in MONTHS[:2]:
        pd.DataFrame({"n": [month.days]}).to_parquet(folder / "origins" / f"{month.first}.parquet")
    for name in ("posture", "scores", "scores-by-series"):
        (folder / f"{name}.csv").write_text(f"of {name}\n", encoding="utf-8")
    pd.DataFrame({"seconds": [1.25, 3.5]}).to_csv(folder / "months.csv", index=False)
    told = {"command": "corridor backtest x --out /some/where --jobs 2", "versions": {"b": 1, "a": 2}, "machine": "m"}
    (folder / "filter.json").write_text(json.dumps({**told, "about": {}}), encoding="utf-8")


def test_what_ships_is_taken_from_a_back_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(ship, "is_of_today", lambda *given: asked.append(given[2:]) or True)
    back_test(tmp_path / "from")
    loaded, into = tiny_filter(), tmp_path / "new" / "into"
    ship.store(loaded, tmp_path / "from", MONTHS, "digest", into)
    assert asked == [(MONTHS, 2)]
    assert sorted(file.name for file in into.iterdir()) == [
        "about.json", "forecasts.parquet", "posture.csv", "scores-by-series.csv", "scores.csv", "state.npz",
    ]  # fmt: skip
    about, kept = checkpoint.read(into / "state.npz")
    assert about == {"month": "2025-12-01", "record": "digest", "rules": start.rules_of(loaded), "seconds": 3.0}
    assert np.array_equal(kept.daily, particles(92).daily)
    assert np.array_equal(kept.paths, particles().paths)
    assert pd.read_parquet(BytesIO((into / "forecasts.parquet").read_bytes())).to_dict("list") == {"n": [31, 30]}
    for name in ("posture", "scores", "scores-by-series"):
        assert (into / f"{name}.csv").read_text() == f"of {name}\n"
    assert (into / "about.json").read_text() == (
        '{\n "command": "corridor backtest x --jobs 2",\n "machine": "m",\n "seconds": 5,\n'
        ' "versions": {\n  "a": 2,\n  "b": 1\n }\n}\n'
    )


def test_a_back_test_of_another_model_or_without_scores_does_not_ship(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "from"
    back_test(folder)
    monkeypatch.setattr(ship, "is_of_today", lambda *given: False)
    with pytest.raises(OutputError) as raised:
        ship.store(tiny_filter(), folder, MONTHS, "digest", tmp_path / "into")
    assert str(raised.value) == f"{folder}: made by another model; back-test anew"
    monkeypatch.setattr(ship, "is_of_today", lambda *given: True)
    (folder / "scores.csv").unlink()
    with pytest.raises(OutputError) as raised:
        ship.store(tiny_filter(), folder, MONTHS, "digest", tmp_path / "into")
    assert str(raised.value).startswith(f"{folder}: not the folder of a whole back-test: ")
    assert not (tmp_path / "into").exists()
