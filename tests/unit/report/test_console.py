"""The tables of runs and comparisons on terminals of 80, 100 and 120 cells: names and main figures stay whole."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.outputs.daily import Block
from sim.outputs.definitions import short_of
from sim.outputs.provenance import RunInfo
from sim.outputs.results import Results
from sim.report import console, console_study
from sim.runs import run
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.study import Study
from tests.made_study import spelt, told_by
from tests.strategies import tiny_scenario

BAN = {"ban": {"kind": "carrier-ban", "routes": ["benghazi-minsk"], "start": "2025-10-15"}}


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(
        Plan("compare", {"base": tiny_scenario(days=40), "ban": tiny_scenario({"measures": BAN}, days=40)}, 2)
    )


def written(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, color_system=None)


def checked(found: Console, width: int) -> str:
    text: str = found.file.getvalue()  # type: ignore[attr-defined]
    tables = [line for line in text.splitlines() if line[:1] in "┏┃┡│├└"]
    assert tables
    assert all(cell_len(line) <= width for line in tables)
    return text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_comparison_keeps_names_and_main_figures(study: Study, width: int) -> None:
    found = written(width)
    console_study.show_study(study, found)
    text = checked(found, width)
    assert "2 pairs of runs, from 2025-10-15" in " ".join(text.split())
    for name in ("dieveniskes", "kuznica", "narewka", "Lithuania", "Poland", "benghazi-minsk", "Days over full load"):
        assert any(line.startswith(f"│ {name}") for line in text.splitlines()), name
    for heading in ("difference", "whole run"):
        assert heading in " ".join(text.replace("┃", " ").split())


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_run_keeps_names_and_main_figures(width: int) -> None:
    found = written(width)
    console.show(run(tiny_scenario(days=40)), found)
    text = checked(found, width)
    for name in ("dieveniskes", "kuznica", "narewka", "Poland", "baghdad-minsk", "2025-10"):
        assert any(line.startswith(f"│ {name}") for line in text.splitlines()), name
    headings = " ".join(text.replace("┃", " ").split())
    assert all(
        word in headings
        for name in ("pressure_peak", "attempts", "entries", "deaths")
        for word in short_of(name).split()
    )


def test_no_colours_go_into_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], study: Study
) -> None:
    from sim.cli.studies import show

    monkeypatch.setenv("TERM", "xterm-256color")
    show(study, full=True)
    assert "\x1b" not in capsys.readouterr().out


NAN = float("nan")
TOTALS: dict[tuple[str, str], dict[str, float]] = {
    ("section", "kuznica"): {
        "pressure_mean": 0.5, "pressure_peak": 1.5, "peak_day": 12, "days_over": 3, "attempts": 12345,
        "recorded_attempts": 11000, "entries": 345, "persons_stranded": 7, "returned": 8, "deaths": 9,
    },
    ("section", "narewka"): {"attempts": 5, "days_over": 0},
    ("agency", "poland"): {"pressure_peak": 1.25, "attempts": 12350, "in_procedure": 40, "deaths": 9, "entries": 346},
    ("section", "before-any-section"): {"deaths": 2, "returned": 1},
    ("place", "bruzgi"): {"persons_stranded": 5},
    ("place", "lida"): {"persons_stranded": 2},
    ("place", "minsk"): {"persons_stranded": 1234},
    ("place", "benghazi"): {"persons_stranded": 0},
    ("route", "baghdad-minsk"): {"departures": 3, "boarded": 20, "attempts": 12345},
    ("route", "damascus-minsk"): {"departures": 0, "boarded": 0},
}  # fmt: skip
PRESSURE = (
    "pressure = attempts (7-day mean) / attempts a day that the deployed personnel can intercept and process; 1 is "
    "full load. Attempts, recorded, turn-backs: events; entries, in procedure, stranded (in the end, wherever they "
    "are), returned, dead: persons, by the last section tried."
)
OF_SECTIONS = (
    "section | mean pressure | peak pressure | peak date | days over 1 | attempts | recorded | turn-backs | entries "
    "| in procedure | stranded at end | returned | dead | trust"
)
OF_ROUTES = (
    "route | departures | seats | boarded | at border | attempts | entries | landed | intercepted | became stranded | "
    "returned | injured | dead"
)
DEPARTURES = (
    "departures: flights, buses or boats, with seats for migrants; attempts, at border: events, as people go again; "
    "all else: persons. Became stranded: in the whole run; some of them went on later."
)


def made(replicates: int) -> Results:
    """Results of 40 days; of attempts and deaths each replicate has one more than the one before."""
    rows = [
        (level, name, measure, value + k * (measure in ("attempts", "deaths")), "persons", k)
        for (level, name), values in TOTALS.items()
        for measure, value in values.items()
        for k in range(replicates)
    ]
    totals = pd.DataFrame(rows, columns=["level", "name", "measure", "value", "unit", "replicate"])
    days = np.zeros((replicates, 40, 2))
    days[:, :, 0], days[:, :, 1] = 2, 1
    days[:, 35, 0] = 1000
    names = ("lithuania", "poland")
    blocks = {
        ("agency", name): Block("agency", name, names, k * days) for k, name in enumerate(("attempts", "deaths"), 1)
    }
    blocks |= {("section", "attempts"): Block("section", "attempts", ("kuznica",), days[:, :, :1])}
    blocks |= {("agency", "border_pressure"): Block("agency", "border_pressure", names, days)}
    return Results(tiny_scenario(days=40), blocks, totals, RunInfo("x", replicates=replicates))


def test_a_single_run_is_shown_to_the_last_digit() -> None:
    assert told_by(console.show, made(1)) == [
        "Border pressure by section, and what became of people",
        OF_SECTIONS,
        "kuznica  Kuźnica | 0.50 | 1.50 | 2025-10-12 | 3 | 12,345 | 11,000 | · | 345 | · | 7 | 8 | 9 | assumed",
        "narewka  Narewka | · | · | · | 0 | 5 | · | · | · | · | · | · | · | assumed",
        "Poland | · | 1.25 | · | · | 12,350 | · | · | 346 | 40 | · | · | 9 | assumed *",
        "---",
        "before any section, and by sea | · | · | · | · | · | · | · | · | · | · | 1 | 2 | assumed",
        PRESSURE,
        "Trust: every figure is assumed, as the scenario has no posterior.",
        "Stranded in the end (persons): 7 in border zones, 1,234 in minsk\n",
        "By route",
        OF_ROUTES,
        "baghdad-minsk | 3 | · | 20 | · | 12,345 | · | · | · | · | · | · | ·",
        DEPARTURES,
        "By month, all border sections",
        "month | attempts | recorded | turn-backs | entries | injured | dead",
        "2025-10 | 93 | · | · | · | · | 186",
        "2025-11 | 1,025 | · | · | · | · | 2,050",
        "deaths at the border; all months in numbers: monthly.csv",
    ]


def test_replicates_are_shown_rounded_and_with_intervals() -> None:
    told = told_by(console.show, made(3))
    assert told[2] == (
        "kuznica  Kuźnica | 0.50 | 1.50 | 2025-10-12 | 3 | 12,300 | 11,000 | · | 345 | · | 7 | 8 | 10 | assumed"
    )
    assert told[7] == f"{PRESSURE} Medians over 3 replicates."
    assert told[9] == "Stranded in the end (persons): 7 in border zones, 1,230 in minsk\n"
    assert told[12] == "baghdad-minsk | 3 | · | 20 | · | 12,300 | · | · | · | · | · | · | ·"
    assert told[17] == "2025-11 | 1,030 | · | · | · | · | 2,050"
    assert told[19:] == [
        "Intervals over 3 replicates",
        "output | 5 % | 25 % | median | 75 % | 95 % | unit",
        "poland: peak pressure | 1.25 | 1.25 | 1.25 | 1.25 | 1.25 | persons",
        "poland: attempts | 12,400 | 12,400 | 12,400 | 12,400 | 12,400 | persons",
        "poland: entries | 346 | 346 | 346 | 346 | 346 | persons",
        "poland: dead | 9 | 10 | 10 | 11 | 11 | persons",
        "each replicate draws the scenario's parameters and its own people",
    ]


def test_on_a_narrow_terminal_the_main_figures_come_first() -> None:
    told = told_by(console.show, made(3), width=64)
    headings = [told[k + 1] for k, line in enumerate(told) if line.startswith(("Border", "By ", "Intervals"))]
    assert headings == [
        "section | peak pressure | attempts | entries",
        "route | boarded | attempts | entries | landed | dead",
        "month | attempts | recorded | turn-backs | entries | dead",
        "output | 5 % | median | 95 % | unit",
    ]


def seen(**given: object) -> dict[str, object]:
    row = {
        "series": "s", "period_start": pd.Timestamp(2025, 10, 1), "period_end": pd.Timestamp(2025, 11, 2),
        "unit": "attempts", "observed": 12345.0, "low": NAN, "high": NAN, "bound": "", "simulated": 12345.6,
        "ratio": 0.8149, "state": "compared",
    }  # fmt: skip
    return {**row, **given}


def test_the_record_has_each_series_by_itself() -> None:
    table = pd.DataFrame([
        seen(bound=">="),
        seen(low=12000.0, high=13000.0, ratio=NAN),
        seen(series="t", unit="flights", bound="<=", observed=NAN, low=7.0, simulated=NAN),
        seen(series="u", state="outside the run"),
        seen(series="u", observed=0.0, high=9.0),
    ])  # fmt: skip
    found = console.record_table(table)
    assert found is not None
    assert spelt(found) == [
        "Simulated beside the record",
        "series | period | observed | range | simulated | simulated / observed",
        "s (attempts) | 2025-10-01 to 11-02 | ≥ 12,345 | · | 12,300 | 0.81",
        " | 2025-10-01 to 11-02 | 12,345 | 12,000 to 13,000 | 12,300 | ·",
        "---",
        "t (flights) | 2025-10-01 to 11-02 | · | 7 to · | – | 0.81",
        "---",
        "u (attempts) | 2025-10-01 to 11-02 | 0 | · to 9 | 12,300 | 0.81",
        "observed: published figures (sim/data/observed), with the published range; ≥ and ≤ mark bounds.",
    ]
    exact = console.record_table(table, exact=True)
    assert exact is not None
    assert spelt(exact)[2].endswith("| 12,346 | 0.81")
    assert spelt(exact, 60)[1] == "series | period | observed"
    assert console.record_table(table[table["state"] == "outside the run"]) is None
    assert console.record_table(table[:0]) is None
