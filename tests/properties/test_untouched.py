"""Who is not touched stays exactly as he was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model import CorridorModel
from tests.properties.differing import day
from tests.strategies import START, TINY, finished, merge, tiny_scenario

# Nothing is rationed, and nobody hears of others: people meet only the rules.
APART: dict[str, Any] = {
    "behaviour": {"success": 0, "section_success": 0, "time": 0, "deterrence": 0},
    "transit_states": {"belarus": {"visas": {START: 1e6}, "transfer": {START: 1e6}}},
    "zones": {"bruzgi": {"capacity": 1_000_000}, "lida": {"capacity": 1_000_000}},
    "carriers": {
        carrier: {"services": {route: {"seats": 1000, "weekly": {START: 7}}}}
        for carrier, route in (
            ("airline-iq", "baghdad-minsk"), ("airline-ly", "benghazi-minsk"), ("buses", "damascus-minsk"),
        )
    },
    "agencies": {
        name: {
            "handling_rate": 50, "personnel": 1000, "reception": 1_000_000, "reinforcement_threshold": 100,
            "mobility": 0,
        }
        for name in ("poland", "lithuania")
    },
    "detection": {"reference_density": 5},
}  # fmt: skip


def everyone(model: CorridorModel, *cohorts: str) -> np.ndarray:
    """Rows of some cohorts."""
    numbers = [model.names.cohorts.index(name) for name in cohorts]
    return model.world.rows[np.isin(model.world.rows["cohort"], numbers)]


@pytest.mark.parametrize(
    ("carrier", "banned", "others"),
    [
        ("airline-iq", "iraqis", ("sudanese", "syrians")),
        ("buses", "syrians", ("iraqis", "sudanese")),
        ("boats", "sudanese", ("iraqis", "syrians")),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_ban_on_one_carrier_leaves_everyone_else_exactly_as_before(
    carrier: str, banned: str, others: tuple[str, str], seed: int
) -> None:
    ban = {"ban": {"kind": "carrier-ban", "carriers": [carrier], "start": day(25), "announced": day(15)}}
    without, with_ban = (
        finished(tiny_scenario(APART, seed=seed)),
        finished(tiny_scenario(APART, seed=seed, measures=ban)),
    )
    assert everyone(without, *others).tobytes() == everyone(with_ban, *others).tobytes()
    assert everyone(without, banned).tobytes() != everyone(with_ban, banned).tobytes()
    for number, (cohort, _) in enumerate(without.names.pairs):
        if cohort in others:
            assert (without.world.pair_flows[:, number] == with_ban.world.pair_flows[:, number]).all()


def test_a_ban_leaves_those_who_had_gone_before_exactly_as_before() -> None:
    """Whoever has boarded before it was announced lives on unchanged, queues and news apart."""
    ban = {"ban": {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": day(40)}}
    gone = finished(tiny_scenario(APART), days=40).world.rows
    gone = ~np.isin(gone["status"], (0, 1))  # neither prospect nor booked
    without, with_ban = finished(tiny_scenario(APART)), finished(tiny_scenario(APART, measures=ban))
    assert gone.sum() > 100
    assert without.world.rows[gone].tobytes() == with_ban.world.rows[gone].tobytes()


def test_a_measure_at_the_border_changes_nobody_before_the_border() -> None:
    """Turn-backs differ: who leaves, when, by which route, and when one reaches the border do not."""
    changes = merge(
        APART, {"measures": {"order": {"kind": "turn-back", "agency": "poland", "share": 0, "start": day(10)}}}
    )
    without, with_order = finished(tiny_scenario(APART)), finished(tiny_scenario(changes))
    for name in ("key", "route", "bookings", "arrived", "voyages"):
        assert (without.world.rows[name] == with_order.world.rows[name]).all(), name
    assert (without.world.pair_flows[:, :, :4] == with_order.world.pair_flows[:, :, :4]).all()
    assert without.world.section_flows.tobytes() != with_order.world.section_flows.tobytes()


@pytest.mark.parametrize("cohort", ["iraqis", "sudanese", "syrians"])
def test_one_person_more_changes_nobody_else(cohort: str) -> None:
    """Nobody's key in any world; nobody's life where nothing is rationed."""
    apart = merge(APART, {"carriers": {"boats": None}})
    size = TINY["cohorts"][cohort]["size"]
    for changes, columns in (({}, ["key"]), (apart, None)):
        fewer = finished(tiny_scenario(changes))
        more = finished(tiny_scenario(merge(changes, {"cohorts": {cohort: {"size": size + 1}}})))
        rows, others = fewer.world.rows, more.world.rows
        kept = np.isin(others["key"], rows["key"])
        assert len(others) == len(rows) + 1 == kept.sum() + 1
        for column in columns or rows.dtype.names:
            assert (rows[column] == others[kept][column]).all(), column


def test_a_cohort_more_changes_nobody_else() -> None:
    newcomers = {"afghans": {**TINY["cohorts"]["iraqis"], "nationality": "Afghanistan", "size": 50}}
    without, with_them = finished(tiny_scenario(APART)), finished(tiny_scenario(merge(APART, {"cohorts": newcomers})))
    ours, theirs = without.world.rows, with_them.world.rows[with_them.world.rows["cohort"] > 0].copy()
    theirs["cohort"] -= 1
    assert ours.tobytes() == theirs.tobytes()


def test_common_random_numbers_pay() -> None:
    """The effect of a measure has far less variance between two runs of one seed than between runs of two seeds."""
    ban = {"ban": {"kind": "carrier-ban", "carriers": ["buses"], "start": day(25)}}
    crossed = np.array(
        [
            [finished(tiny_scenario(APART, seed=seed, measures=m)).world.pair_flows[:, :, 6].sum() for m in ({}, ban)]
            for seed in range(30)
        ]
    )
    paired = np.diff(crossed, axis=1).var()
    apart = (crossed[1:, 1] - crossed[:-1, 0]).var()
    assert paired < apart / 3
