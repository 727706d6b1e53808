"""A forecast on disk: what is kept comes back, and what is spoilt is named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.report.outlook.stored import ABOUT, About, is_forecast, keep, read

KNOWN = About(
    "Títle", "eastern-border", "Summary.", "trust", "corridor forecast", {"a": "A"}, {"s": "a"}, {"s": "assumed"}
)


def written(folder: Path, known: About = KNOWN) -> Path:
    keep(folder, known)
    (folder / "forecast.csv").write_text("week_start,section,median\n2025-01-13,NA,2\n2025-01-06,,1.5\n")
    (folder / "countries.csv").write_text("week_start,week_end,agency\n2025-01-06,2025-01-12,poland\n")
    (folder / "warnings.csv").write_text("section,p_overload\na,0.5\n")
    (folder / "past.csv").write_text("period_start,period_end,origin\n2025-01-01,2025-01-31,2025-02-01\n")
    return folder


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    assert not is_forecast(tmp_path)
    found = read(written(tmp_path))
    assert is_forecast(tmp_path)
    assert (found.folder, found.about, found.origin) == (tmp_path, KNOWN, date(2025, 1, 6))
    assert found.tables["forecast"]["section"].tolist() == ["NA", ""]
    assert found.tables["countries"].iloc[0].tolist() == [date(2025, 1, 6), date(2025, 1, 12), "poland"]
    assert found.tables["past"].iloc[0].tolist() == [date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1)]
    assert set(found.tables) == {"forecast", "countries", "warnings", "months", "past", "surprises"}
    assert [len(found.tables[name].columns) for name in ("months", "surprises")] == [0, 0]
    text = (tmp_path / ABOUT).read_text(encoding="utf-8")
    assert text.startswith('{\n "command": "corridor forecast",\n "experiment": "eastern-border",\n')
    assert '"Títle"' in text and text.endswith("}\n")


@pytest.mark.parametrize(
    ("spoil", "file", "words"),
    [
        ({"title": 1}, ABOUT, "found something else than texts, or a path for a name"),
        ({"experiment": "../x"}, ABOUT, "found something else than texts, or a path for a name"),
        ({"forecast.csv": "week_start,section\n"}, "forecast.csv", "found no row"),
        ({"warnings.csv": "section\n"}, "warnings.csv", "found no row"),
        ({"countries.csv": "week_start\nsoon\n"}, "countries.csv", "Invalid isoformat string: 'soon'"),
    ],
)
def test_what_is_spoilt_is_named(tmp_path: Path, spoil: dict[str, Any], file: str, words: str) -> None:
    written(tmp_path)
    for name, value in spoil.items():
        if name.endswith(".csv"):
            (tmp_path / name).write_text(value)
        else:
            (tmp_path / ABOUT).write_text(json.dumps({**KNOWN._asdict(), name: value}))
    with pytest.raises(OutputError) as failed:
        read(tmp_path)
    assert str(failed.value) == (
        f"{tmp_path / file}: cannot be read as a forecast: {words}; make it anew: corridor forecast"
    )


@pytest.mark.parametrize("gone", [ABOUT, "forecast.csv", "countries.csv", "warnings.csv"])
def test_a_file_that_is_needed_and_is_not_there_is_named(tmp_path: Path, gone: str) -> None:
    (written(tmp_path) / gone).unlink()
    with pytest.raises(OutputError, match=gone):
        read(tmp_path)


def test_an_empty_table_that_is_not_needed_is_no_fault(tmp_path: Path) -> None:
    (written(tmp_path) / "months.csv").write_text("series,period_start\n")
    assert len(read(tmp_path).tables["months"]) == 0
