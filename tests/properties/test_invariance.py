"""What must change nothing changes nothing, byte for byte; what touches some leaves the others as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from sim.model import CorridorModel
from sim.processes.measures import EFFECTS
from sim.scenario.schema import Scenario
from tests.rich_scenario import rich_scenario, timetable
from tests.strategies import START, TINY, finished, merge, tiny_scenario

# Scratch space, never read before it is written, and lists of who waits, whose layout is no result.
LAYOUT = {"calendar", "blocks", "queues", "counters", "keys", "who", "buckets", "attempts"}
# These have an entry for each measure of return flights, also for one that never takes anybody.
BY_MEASURE = {"return_flights", "return_barred"}


def day(number: int) -> Any:
    """A date of the run."""
    return START + timedelta(days=number)


def tables(model: CorridorModel, without: set[str] = LAYOUT) -> dict[str, bytes]:
    """All tables of a run, byte for byte."""
    return {name: array.tobytes() for name, array in model.world._asdict().items() if name not in without}


def differing(a: CorridorModel, b: CorridorModel, without: set[str] = LAYOUT) -> list[str]:
    """Names of the tables that differ."""
    first, second = tables(a, without), tables(b, without)
    assert first.keys() == second.keys()
    return [name for name in first if first[name] != second[name]]


@pytest.fixture(scope="module")
def plain() -> CorridorModel:
    """The tiny scenario without measures, run to its end."""
    return finished(tiny_scenario())


# Runs of one seed, and of two.


def test_the_same_seed_gives_the_same_bytes(plain: CorridorModel) -> None:
    assert differing(plain, finished(tiny_scenario())) == []


def test_with_everything_in_it_the_same_seed_gives_the_same_bytes() -> None:
    scenario = rich_scenario(5)
    first, second = (CorridorModel(scenario, timetable(scenario)) for _ in range(2))
    for _ in range(scenario.days):  # turn by turn: no state is shared between models
        first.step()
        second.step()
    assert differing(first, second) == []


def test_two_seeds_differ(plain: CorridorModel) -> None:
    other = finished(tiny_scenario(seed=2))
    assert {"rows", "pair_flows", "section_flows", "route_flows", "stocks"} <= set(differing(plain, other))
    assert not np.intersect1d(plain.world.rows["key"], other.world.rows["key"]).size


def test_mesas_random_numbers_are_not_used(plain: CorridorModel) -> None:
    model = CorridorModel(tiny_scenario())
    while model.running:
        model.random.random()
        model.rng.random()
        model.step()
    assert differing(plain, model) == []


def test_looking_changes_nothing(plain: CorridorModel) -> None:
    model = CorridorModel(tiny_scenario())
    while model.running:
        model.migrants.select(lambda migrant: migrant.funds > 100, status="at_border").shuffle().sort("funds").agg(
            "funds", sum
        )
        model.agents.get("unique_id")
        model.step()
    assert differing(plain, model) == []


def test_past_the_last_day_nothing_happens(plain: CorridorModel) -> None:
    model = finished(tiny_scenario())
    model.step()
    assert model.day == 120
    assert differing(plain, model) == []


# The order of entries, and the length of the run.


def backwards(value: Any) -> Any:
    """The same mappings, written from the last entry to the first."""
    return {k: backwards(v) for k, v in reversed(value.items())} if isinstance(value, Mapping) else value


def test_the_order_of_entries_means_nothing(plain: CorridorModel) -> None:
    assert differing(plain, finished(Scenario(**backwards(TINY)))) == []


def test_the_order_of_measures_means_nothing() -> None:
    scenario = rich_scenario(5)
    turned = scenario.model_copy(
        update={name: dict(reversed(getattr(scenario, name).items())) for name in ("measures", "carriers", "zones")}
    )
    assert list(turned.measures) == list(reversed(scenario.measures))
    assert differing(finished(scenario), finished(turned)) == []


@pytest.mark.parametrize("days", [1, 7, 59, 119])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(plain: CorridorModel, days: int) -> None:
    shorter, longer = finished(tiny_scenario(days=days)), finished(tiny_scenario(), days=days)
    daily = {"stocks_by_cohort", "stocks_by_place", "section_flows", "section_capacity", "section_detection"}
    daily |= {"pair_flows", "route_flows"}
    assert differing(shorter, longer, LAYOUT | daily | {"timetable", "timetable_seats"}) == []
    for name in daily:
        ours, theirs = getattr(shorter.world, name), getattr(plain.world, name)
        assert len(ours) == days
        assert (ours == theirs[:days]).all(), name


# Measures that do nothing.

IDLE: dict[str, list[dict[str, Any]]] = {
    "carrier-ban": [
        {"carriers": ["buses"], "cohorts": ["iraqis"]},
        {"carriers": ["airline-iq"], "start": day(20), "end": day(20), "lag": 5},
    ],
    "visa-stop": [{"transit_state": "libya"}, {"transit_state": "libya", "cohorts": ["sudanese"]}],
    "turn-back": [{"agency": "poland", "share": 0.8}],
    "fence": [{"sections": ["kuznica", "narewka"], "length": 0}],
    "reinforcement": [{"agency": "poland"}],
    "frontex-deployment": [{"agency": "poland", "officers": 0}],
    "buffer-zone": [{"sections": ["kuznica", "narewka"], "detection_factor": 1, "hazard_factor": 1}],
    "diplomacy": [{"routes": ["baghdad-minsk", "benghazi-minsk"], "frequency_factor": 1}],
    "sanctions": [
        {"carriers": ["buses"], "transit_states": ["belarus"], "frequency_factor": 1, "facilitation_factor": 1}
    ],
    "litigation": [{"transit_states": ["belarus"], "facilitation_factor": 1}],
    "humanitarian-access": [{"hazard_factor": 1}],
    "return-flights": [
        {"transit_state": "belarus", "weekly": 0, "willing": 0},
        {"transit_state": "libya", "cohorts": ["iraqis"], "willing": 0},
    ],
    "posture": [
        {"transit_state": "belarus"},
        {
            "transit_state": "belarus", "visas": 7.5, "facilitation": 0.8, "coaching": 0.4, "transfer": 5.5,
            "may_return": 0.5, "steering": {"lida": 0},
        },
    ],
}  # fmt: skip

ACTIVE: dict[str, dict[str, Any]] = {
    "carrier-ban": {},
    "visa-stop": {"transit_state": "belarus"},
    "turn-back": {"agency": "poland", "share": 0.1},
    "fence": {"sections": ["kuznica"], "length": 40, "pace": 10, "surveillance": 1},
    "reinforcement": {"agency": "poland", "officers": 50},
    "frontex-deployment": {"agency": "lithuania", "officers": 12},
    "buffer-zone": {"sections": ["kuznica"], "detection_factor": 5, "hazard_factor": 5},
    "diplomacy": {"routes": ["baghdad-minsk"]},
    "sanctions": {"transit_states": ["belarus"], "half_life": 5},
    "litigation": {"transit_states": ["belarus"], "half_life": 5, "facilitation_factor": 0.1},
    "humanitarian-access": {"hazard_factor": 0},
    "return-flights": {"transit_state": "belarus"},
    "posture": {"transit_state": "belarus", "transfer": 0},
}


def idle_measures() -> list[Any]:
    """Each with its kind."""
    cases = []
    for kind, measures in IDLE.items():
        for number, measure in enumerate(measures):
            cases.append(pytest.param(kind, measure, id=f"{kind}-{number}"))
    return cases


def test_every_kind_of_measure_is_here() -> None:
    assert set(IDLE) == set(ACTIVE) == set(EFFECTS)


@pytest.mark.parametrize(("kind", "fields"), idle_measures())
@pytest.mark.parametrize("end", [None, 70])
def test_a_measure_without_effect_changes_no_byte(
    plain: CorridorModel, kind: str, fields: dict[str, Any], end: int | None
) -> None:
    measure = {"kind": kind, "start": day(20), **fields}
    if end is not None:
        measure.setdefault("end", max(day(end), measure["start"]))
    assert differing(plain, finished(tiny_scenario(measures={"idle": measure})), LAYOUT | BY_MEASURE) == []


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_measure_that_fails_changes_no_byte(plain: CorridorModel, kind: str) -> None:
    measure = {"kind": kind, "start": day(20), "success_probability": 0, **ACTIVE[kind]}
    model = finished(tiny_scenario(measures={"failed": measure}))
    assert model.measures.failed == ["failed"]
    assert differing(plain, model, LAYOUT | BY_MEASURE) == []


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_measure_changes_nothing_before_its_day(plain: CorridorModel, kind: str) -> None:
    """A deployment of the shared pool is decided, and reserved, beforehand: another's request might miss it."""
    settings: dict[str, Any] = {}
    if kind == "frontex-deployment":
        settings = {"agencies": {name: {"reinforcement_threshold": 100} for name in ("poland", "lithuania")}}
        plain = finished(tiny_scenario(settings))
    measure = {"kind": kind, "start": day(60), "lag": 5, **ACTIVE[kind]}
    model = finished(tiny_scenario(settings, measures={"later": measure}))
    for name in (
        "stocks_by_cohort",
        "section_flows",
        "section_capacity",
        "section_detection",
        "pair_flows",
        "route_flows",
    ):
        ours, theirs = getattr(model.world, name), getattr(plain.world, name)
        assert (ours[:65] == theirs[:65]).all(), name
    assert differing(plain, model, LAYOUT | BY_MEASURE), "nor after it"


def test_a_sponsor_without_effect_changes_no_byte(plain: CorridorModel) -> None:
    sponsor = {"transit_states": ["belarus", "libya"], "intensity": 1, "distraction": 0, "pulse_days": 9}
    assert differing(plain, finished(tiny_scenario(sponsors={"moscow": sponsor}))) == []


def test_a_measure_without_effect_changes_no_byte_of_a_timetabled_run() -> None:
    changes = {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": None}}}}}
    idle = {"idle": {"kind": "diplomacy", "routes": ["benghazi-minsk"], "frequency_factor": 1, "start": day(70)}}
    models = []
    for measures in ({}, idle):
        model = CorridorModel(
            tiny_scenario(changes, measures=measures), [(n, "baghdad-minsk", 8) for n in range(0, 60, 3)]
        )
        while model.running:
            model.step()
        models.append(model)
    assert differing(*models) == []


# Who is not touched stays as he was.

# Nothing is rationed, and nobody hears of others: people meet only the rules.
APART: dict[str, Any] = {
    "behaviour": {"success": 0, "section_success": 0, "time": 0},
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
