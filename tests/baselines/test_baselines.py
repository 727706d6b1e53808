"""Results stay as they are until somebody means to change them: numbers of persons and events, to the last one.

`totals.json` holds them for two small scenarios in which every rule is used. To renew it after a change that is meant
(CONTRIBUTING.md, "Changing results on purpose"): ``python -m tests.baselines.test_baselines``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.engine import tables as t
from sim.engine.rows import STATUSES
from sim.model import CorridorModel
from tests.rich_scenario import rich_scenario, timetable

FILE = Path(__file__).with_name("totals.json")
SEEDS = (1, 2)
PERIOD = 30  # days

Totals = dict[str, dict[str, list[int]]]


def model_of(seed: int) -> CorridorModel:
    """On its first morning."""
    scenario = rich_scenario(seed)
    return CorridorModel(scenario, timetable(scenario))


def totals(seed: int) -> Totals:
    """Of a whole run."""
    model = model_of(seed)
    while model.running:
        model.step()
    return totals_of(model)


def totals_of(model: CorridorModel) -> Totals:
    """By table and flow or status: a number a period of 30 days; stocks at its end."""
    w, days = model.world, model.settings.days
    ends = range(0, days, PERIOD)
    found: Totals = {}
    for table, names in (
        ("section_flows", t.SECTION_FLOWS), ("pair_flows", t.PAIR_FLOWS), ("route_flows", t.ROUTE_FLOWS),
    ):  # fmt: skip
        values = getattr(w, table).sum(axis=1)
        found[table] = {
            name: [int(values[day : day + PERIOD, number].sum()) for day in ends] for number, name in enumerate(names)
        }
    last = [min(day + PERIOD, days) - 1 for day in ends]
    stocks = w.stocks_by_cohort.sum(axis=1)
    found["stocks"] = {name: [int(stocks[day, number]) for day in last] for number, name in enumerate(STATUSES)}
    found["attempts_by_section"] = {
        name: [int(n) for n in w.attempts_by_pair[number]] for number, name in enumerate(model.names.sections)
    }
    found["people"] = {
        "funds_in_cents": [round(float(w.rows["funds"].astype(float).sum()) * 100)],
        "days_outdoors": [int(w.rows["outdoors"].sum())],
        "injured": [int(w.rows["flags"].sum())],
        "events": [model.events],
    }
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_are_those_of_the_baseline(seed: int) -> None:
    expected = json.loads(FILE.read_text())[str(seed)]
    found = totals(seed)
    differing = {
        f"{table}.{name}": (values, found[table].get(name))
        for table, entries in expected.items()
        for name, values in entries.items()
        if found[table].get(name) != values
    }
    assert not differing, "changed on purpose? see CONTRIBUTING.md; (baseline, now): " + str(differing)
    assert {table: set(entries) for table, entries in expected.items()} == {k: set(v) for k, v in found.items()}


if __name__ == "__main__":
    lines = [
        f'"{seed}": {{\n'
        + ",\n".join(
            f' "{table}": {{\n' + ",\n".join(f'  "{k}": {json.dumps(v)}' for k, v in entries.items()) + "\n }"
            for table, entries in totals(seed).items()
        )
        + "\n}"
        for seed in SEEDS
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
