"""Where a filter goes on: which months count as done, which folders are refused, and what a state that ships gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.inference.filter import checkpoint, resume
from sim.inference.filter.assimilate import Month
from sim.inference.filter.particles import Particles
from sim.inference.filter.record import Figure
from sim.inference.filter.resume import about_of, check_same, resumed
from sim.inference.filter.start import Start
from sim.outputs.folder import OutputError
from sim.outputs.identity import identity
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import tiny_filter

MONTHS = [Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31)]
PARTICLES = Particles(
    np.zeros((2, 4, 3)), np.zeros((2, 4), bool), np.zeros((2, 4, 1)), np.zeros((4, 2, 120)), np.zeros((4, 2, 6)),
    np.zeros(4, np.intp),
)  # fmt: skip
ABOUT = {"experiment": "e", "record": "r"}


def figure(last: int, value: float) -> Figure:
    return Figure("poland", np.arange(last - 9, last + 1), value, value, value, False, last + 1)


def digest(*told: tuple[Any, ...]) -> str:
    return sha256(repr(list(told)).encode()).hexdigest()


def test_a_record_to_a_months_end_is_known_by_its_figures() -> None:
    loaded = tiny_filter()
    figures = [figure(30, 7.0), figure(31, 1 / 3), figure(60, 9.0)]
    about = about_of(loaded, figures)
    told = [("poland", 21, 30, 10, 7.0), ("poland", 22, 31, 10, 0.333333), ("poland", 51, 60, 10, 9.0)]
    assert about(MONTHS[0])["record"] == digest(*told[:1])
    assert about(MONTHS[1])["record"] == about(None)["record"] == digest(*told)
    assert about_of(loaded, [figure(30, 7.0 + 1e-9)])(None)["record"] == digest(*told[:1])
    content = loaded.experiment.model_dump_json(by_alias=True, fallback=str) + loaded.scenario.model_dump_json()
    assert about(MONTHS[0])["experiment"] == about(None)["experiment"] == sha256(content.encode()).hexdigest()
    assert set(about(None)) == {"experiment", "record"}


def stored(folder: Path, **changes: Any) -> Path:
    content = {"about": ABOUT, "identity": identity("inference"), **changes}
    (folder / "filter.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_folder_of_the_same_filter_may_be_gone_on_with(tmp_path: Path) -> None:
    check_same(tmp_path, ABOUT, True, True)
    check_same(stored(tmp_path), ABOUT, True, False)
    check_same(tmp_path, {**ABOUT, "record": "more"}, False, False)
    (tmp_path / "start.csv").touch()
    check_same(tmp_path, ABOUT, True, True)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    def refusal(about: dict[str, Any], whole: bool, may_start: bool) -> str:
        with pytest.raises(OutputError) as raised:
            check_same(tmp_path, about, whole, may_start)
        return str(raised.value)

    stored(tmp_path)
    assert refusal({**ABOUT, "record": "more"}, True, True) == (
        f"{tmp_path}: holds a filter of another record; choose another folder"
    )
    for whole in (False, True):
        assert refusal({**ABOUT, "experiment": "x"}, whole, True) == (
            f"{tmp_path}: holds a filter of another experiment; choose another folder"
        )
    (tmp_path / "start.csv").touch()
    assert refusal(ABOUT, False, False) == (
        f"{tmp_path}: began from the state that ships, not from the first month; choose another folder"
    )
    stored(tmp_path, identity=None)
    assert refusal(ABOUT, False, True).startswith(f"{tmp_path}: made by another model, which differs in ")
    assert refusal(ABOUT, False, True).endswith("; choose another folder")
    (tmp_path / "filter.json").write_text("{", encoding="utf-8")
    assert refusal(ABOUT, False, True).startswith(f"{tmp_path / 'filter.json'}: damaged: ")


def about(month: Month | None) -> dict[str, Any]:
    return {"experiment": "e", "record": f"to {month.first}" if month else "all"}


def keep(folder: Path, *numbers: int, **changes: Any) -> None:
    """Keep months as done, by their number from 1."""
    for part in ("months", "origins"):
        (folder / part).mkdir(exist_ok=True)
    for number in numbers:
        month = MONTHS[number - 1]
        words = {**about(month), "month": month.first.isoformat(), **changes}
        checkpoint.file_of(folder, month).write_bytes(checkpoint.content(PARTICLES, words))
        (folder / "origins" / f"{month.first}.parquet").touch()


def done(folder: Path) -> list[int]:
    return [MONTHS.index(month) + 1 for month in resume._kept(folder, MONTHS, about)]


def test_months_are_done_one_after_the_other_from_the_first(tmp_path: Path) -> None:
    assert done(tmp_path) == []
    keep(tmp_path, 1, 3)
    assert done(tmp_path) == [1]
    keep(tmp_path, 2)
    assert done(tmp_path) == [1, 2, 3]
    (tmp_path / "origins" / "2025-11-01.parquet").unlink()
    assert done(tmp_path) == [1]
    keep(tmp_path, 2, record="revised")
    assert done(tmp_path) == [1]
    keep(tmp_path, 1, experiment="another")
    assert done(tmp_path) == []


def test_a_folder_begins_later_only_if_it_began_from_the_state_that_ships(tmp_path: Path) -> None:
    keep(tmp_path, 2, 3)
    assert done(tmp_path) == []
    (tmp_path / "start.csv").touch()
    assert done(tmp_path) == [2, 3]
    keep(tmp_path, 1)
    assert done(tmp_path) == [1, 2, 3]


@pytest.fixture
def went_on(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Going on without runs: what was given, and whether the runs count the same."""
    found: dict[str, Any] = {"alike": True, "given": [], "start": None, "sought": []}

    def go_on(filtered: Any, particles: Particles, months: list[Month]) -> bool:
        found["given"].append((particles, months))
        filtered.particles, filtered.states = particles, ["a state"]
        return bool(found["alike"])

    def find(loaded: Any, months: list[Month], record: Callable[[Month], str]) -> Any:
        found["sought"].append((months, record(months[1])))
        return found["start"]

    monkeypatch.setattr(resume.checkpoint, "go_on", go_on)
    monkeypatch.setattr(resume.start, "find", find)
    return found


def fresh() -> Any:
    return SimpleNamespace(loaded=tiny_filter(), particles=PARTICLES, states=[])


def test_a_filter_goes_on_after_the_months_that_are_done(tmp_path: Path, went_on: dict[str, Any]) -> None:
    keep(tmp_path, 1, 2)
    filtered = fresh()
    assert resumed(filtered, tmp_path, MONTHS, about, True) == (2, "")
    ((particles, months),) = went_on["given"]
    assert months == MONTHS[:2]
    assert np.array_equal(particles.paths, PARTICLES.paths)
    assert went_on["sought"] == []
    (tmp_path / "months" / "2025-10-01.npz").unlink()
    (tmp_path / "start.csv").touch()
    assert resumed(filtered, tmp_path, MONTHS, about, True) == (2, "")
    assert went_on["given"][-1][1] == MONTHS[:2]


def test_without_any_state_the_whole_record_is_gone_through(tmp_path: Path, went_on: dict[str, Any]) -> None:
    assert resumed(fresh(), tmp_path, MONTHS, about, True) == (0, "")
    assert went_on["sought"] == [(MONTHS, "to 2025-11-01")]
    assert resumed(fresh(), tmp_path, MONTHS, about, False) == (0, "")
    assert len(went_on["sought"]) == 1
    assert went_on["given"] == []


def test_a_state_that_ships_is_gone_on_from_and_kept_in_the_folder(tmp_path: Path, went_on: dict[str, Any]) -> None:
    keep(tmp_path)
    later = PARTICLES.changed(paths=np.ones((3, 4, 3)))
    went_on["start"] = Start(MONTHS, {"month": "2025-12-01", "rules": "x"}, later, b"forecasts", b"posture")
    filtered = fresh()
    count, words = resumed(filtered, tmp_path, MONTHS, about, True)
    assert (count, words) == (3, "Went on from the state of 2025-12-31 that ships (4 particles).")
    assert went_on["given"] == [(later, MONTHS)]
    assert (tmp_path / "start.csv").read_bytes() == b"posture"
    assert (tmp_path / "origins" / "2025-12-01.parquet").read_bytes() == b"forecasts"
    there, particles = checkpoint.read(checkpoint.file_of(tmp_path, MONTHS[2]))
    assert there == {"month": "2025-12-01", "rules": "x", "experiment": "e", "record": "to 2025-12-01"}
    assert particles.paths.shape == (3, 4, 3)
    assert filtered.states == ["a state"]


def test_a_state_of_other_rules_leaves_nothing_behind(tmp_path: Path, went_on: dict[str, Any]) -> None:
    keep(tmp_path)
    went_on["alike"] = False
    went_on["start"] = Start(MONTHS[:2], {"month": "2025-11-01"}, PARTICLES.changed(), b"f", b"p")
    filtered = fresh()
    count, words = resumed(filtered, tmp_path, MONTHS, about, True)
    assert count == 0
    assert words == (
        "The state of 2025-11-30 that ships is of other rules than today's: the whole record was gone through."
    )
    assert filtered.particles is PARTICLES
    assert filtered.states == []
    assert not (tmp_path / "start.csv").exists()
    assert list((tmp_path / "months").iterdir()) == []
