"""The effects of Lithuania's order, Poland's wall and the carrier bans, in pairs of runs with and without each.

``python -m experiments.effects`` prints a table by section for each question, and writes ``effects.csv`` beside this
file (about four minutes on one core). Each pair has the same people, draws and parameters (`sim.runs.draw`); the
effect is the run with the measure less the run without, all other measures being the same in both. Intervals are
those of the draws, and so of the scenario's stated uncertainty. `README.md` has them beside the record.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sim.engine.tables import S_ATTEMPTS, S_CROSSINGS, S_PROCEDURES, S_RECORDED
from sim.runs import draw, run_to_data
from sim.scenario import load_scenario
from sim.scenario.schema import Scenario

FOLDER = Path(__file__).parent
PAIRS = 40
ENTRIES = (S_CROSSINGS, S_PROCEDURES)
OUTPUTS: Mapping[str, tuple[int, ...]] = {"recorded": (S_RECORDED,), "attempts": (S_ATTEMPTS,), "entries": ENTRIES}
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
BANS = ("cham-wings-stops", "emirates-bar", "lebanon-bars", "turkey-bars")


@dataclass(frozen=True)
class Question:
    """A measure, or several that came together, and the days on which its effect is counted (inclusive)."""

    name: str
    scenario: str
    measures: tuple[str, ...]
    start: date
    end: date


QUESTIONS = (
    Question("order", "minsk-2021", ("lithuania-turn-back-order",), date(2021, 8, 3), date(2021, 10, 31)),
    Question("order", "eastern-border", ("lithuania-turn-back-order",), date(2021, 8, 3), date(2021, 10, 31)),
    Question("bans", "minsk-2021", BANS, date(2021, 11, 15), date(2021, 12, 31)),
    Question("bans", "eastern-border", BANS, date(2021, 11, 15), date(2021, 12, 31)),
    Question("bans, winter", "eastern-border", BANS, date(2022, 1, 1), date(2022, 3, 31)),
    Question("wall", "eastern-border", ("poland-wall",), date(2022, 7, 1), date(2023, 6, 30)),
)


def main(arguments: list[str]) -> None:
    """Print and write the effects."""
    parser = argparse.ArgumentParser(prog="python -m experiments.effects")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--out", type=Path, default=FOLDER / "effects.csv")
    parser.add_argument("--only", choices=sorted({question.name for question in QUESTIONS}))
    options = parser.parse_args(arguments)
    tables = []
    for question in QUESTIONS:
        if options.only not in (None, question.name):
            continue
        table = effects(question, options.pairs)
        tables.append(table)
        where = f"{question.scenario}, {question.start} to {question.end}, {options.pairs} pairs"
        print(f"\n{question.name} ({', '.join(question.measures)}): {where}")
        print(
            table.drop(columns=["question", "scenario", "start", "end"]).to_string(index=False, float_format=_short),
            flush=True,
        )
        pd.concat(tables).to_csv(options.out, index=False, float_format=_short, lineterminator="\n")


def effects(question: Question, pairs: int) -> pd.DataFrame:
    """Measure one effect in so many pairs.

    Returns:
        A row for each output and each section, agency and the whole border (``all``): medians without the measure and
        with it, quantiles of the difference with less without (``q05`` to ``q95``), and the median of the difference
        relative to the run without (``relative``), over the pairs in which anything was counted there.
    """
    with_it, without = _arms(question)
    counts = [(_counts(without, question, k, pairs), _counts(with_it, question, k, pairs)) for k in range(pairs)]
    before, after = (pd.DataFrame([pair[arm] for pair in counts]) for arm in (0, 1))
    rows = []
    for output, place in before.columns:
        old, new = before[output, place], after[output, place]
        relative = ((new - old) / old)[old > 0]
        rows.append(
            {"question": question.name, "scenario": question.scenario, "start": question.start, "end": question.end}
            | {"output": output, "place": place, "without": old.median(), "with": new.median()}
            | {
                f"q{share * 100:02.0f}": value
                for share, value in zip(SHARES, (new - old).quantile(SHARES), strict=True)
            }
            | {"relative": relative.median() if len(relative) else np.nan}
        )
    return pd.DataFrame(rows)


def _arms(question: Question) -> tuple[Scenario, Scenario]:
    """Return the scenario with the measure and without, ending with the question's last day."""
    days = {"days": (question.end - load_scenario(question.scenario).start).days + 1}
    absent = {f"measures.{name}": None for name in question.measures}
    return load_scenario(question.scenario, overrides=days), load_scenario(question.scenario, overrides=days | absent)


def _counts(scenario: Scenario, question: Question, number: int, pairs: int) -> dict[tuple[str, str], int]:
    """Run one replicate; return the events or persons of the window by output and place."""
    run = run_to_data(draw(scenario, number, pairs))
    window = slice((question.start - scenario.start).days, (question.end - scenario.start).days + 1)
    flows = run.section_flows[window].sum(axis=0)
    found = {}
    for output, columns in OUTPUTS.items():
        for place, own in _places(scenario, list(run.names.sections)):
            found[output, place] = int(flows[own][:, list(columns)].sum())
    return found


def _places(scenario: Scenario, sections: list[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield the whole border, each agency and each section, with the numbers of their sections."""
    yield "all", list(range(len(sections)))
    for agency in scenario.agencies:
        yield agency, [i for i, name in enumerate(sections) if scenario.sections[name].agency == agency]
    for i, name in enumerate(sections):
        if scenario.sections[name].crossing_point is None:
            yield name, [i]


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
