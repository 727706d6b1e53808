"""Patterns that the model must show (design, section 5), over several seeds of the shipped scenarios."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from sim.engine.rows import AT_BORDER, AT_HUB, STRANDED
from sim.engine.tables import F_BOARDED, F_LANDED, F_SET_OUT, S_ATTEMPTS, S_CROSSINGS, S_PROCEDURES, S_RECORDED
from sim.model import CorridorModel
from sim.scenario import apply_overrides, load_scenario, resolve

SEEDS = (1, 2, 3)


@cache
def finished(name: str, seed: int, **overrides: object) -> CorridorModel:
    """A scenario run to its end with central parameters."""
    changes = {"seed": seed, **{path.replace("__", "."): value for path, value in overrides.items()}}
    model = CorridorModel(resolve(apply_overrides(load_scenario(name), changes)))
    while model.running:
        model.step()
    return model


def by_agency(model: CorridorModel, agency: str, flow: int) -> pd.Series:
    """Events a day in the sections of an agency, indexed by date."""
    own = [model.settings.sections[name].agency == agency for name in model.names.sections]
    dates = pd.date_range(model.settings.start, periods=model.settings.days)
    return pd.Series(model.world.section_flows[:, own, flow].sum(axis=1), index=dates)


def monthly(series: pd.Series) -> pd.Series:
    """Sums by calendar month, indexed by month number."""
    sums = series.resample("MS").sum()
    return pd.Series(sums.to_numpy(), index=sums.index.month)


def stock_in_belarus(model: CorridorModel) -> pd.Series:
    """Persons at the hub, at the border or stranded in Belarus, end of day."""
    dates = pd.date_range(model.settings.start, periods=model.settings.days)
    counts = model.world.stocks_by_cohort[:, :, [AT_HUB, AT_BORDER, STRANDED]].sum(axis=(1, 2))
    return pd.Series(counts, index=dates)


@pytest.mark.parametrize("seed", SEEDS)
def test_lithuania_peaks_in_july_and_poland_in_october(seed: int) -> None:
    model = finished("minsk-2021", seed)
    assert monthly(by_agency(model, "lithuania", S_RECORDED)).idxmax() == 7
    poland = monthly(by_agency(model, "poland", S_RECORDED))
    assert poland.idxmax() == 10
    assert poland[11] < poland[10] and poland[12] < 0.5 * poland[11]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_month_of_poland_is_off_by_more_than_a_factor_of_two(seed: int) -> None:
    observed = {8: 3500, 9: 7700, 10: 17447, 11: 8900, 12: 1700}
    simulated = monthly(by_agency(finished("minsk-2021", seed), "poland", S_RECORDED))
    ratios = {month: simulated[month] / value for month, value in observed.items()}
    assert all(0.5 <= ratio <= 2.0 for ratio in ratios.values()), ratios


@pytest.mark.parametrize("seed", SEEDS)
def test_turn_back_order_displaces_from_lithuania_to_poland(seed: int) -> None:
    """Against the same world without the order, in the twelve weeks after it.

    Of the entries that Lithuania is spared (central parameters: 5,100 become 1,700) about a fifth come by Poland (4,100
    become 4,500) and Latvia instead. Attempts rise everywhere, as those turned back try again, in Lithuania most (by
    40 %, in Poland by 17 %): Poland's share of attempts, which falls from 78 to 75 %, is no measure of displacement.
    """
    with_order = finished("minsk-2021", seed)
    without = finished("minsk-2021", seed, **{"measures__lithuania-turn-back-order": None})
    weeks = slice("2021-08-10", "2021-10-31")

    def change(flows: tuple[int, ...], agency: str) -> tuple[int, int]:
        before, after = (
            int(sum(by_agency(model, agency, flow)[weeks].sum() for flow in flows)) for model in (without, with_order)
        )
        return before, after - before

    entries = {agency: change((S_CROSSINGS, S_PROCEDURES), agency) for agency in ("lithuania", "poland", "latvia")}
    attempts = {agency: change((S_ATTEMPTS,), agency) for agency in entries}
    displaced = -(entries["poland"][1] + entries["latvia"][1]) / entries["lithuania"][1]
    print(f"without the order, and change by it: entries {entries}, attempts {attempts}; displaced {displaced:.0%}")
    assert entries["lithuania"][1] < -0.5 * entries["lithuania"][0]
    assert entries["poland"][1] > 0.05 * entries["poland"][0]
    assert attempts["poland"][1] > 0.1 * attempts["poland"][0]
    assert 0.1 < displaced < 0.5


def test_an_order_that_turns_back_one_in_ten_thousand_is_as_good_as_none() -> None:
    """Poland's entries; under the first edition of the rules, once reception was full, they fell by more than half."""
    found = []
    for share in (0.0, 0.0001):
        scenario = resolve(load_scenario("minsk-2021"))
        poland = scenario.agencies["poland"]
        orders = dict.fromkeys(poland.turn_back, share)
        own = poland.model_copy(update={"turn_back": orders})
        scenario = scenario.model_copy(update={"agencies": {**scenario.agencies, "poland": own}})
        model = CorridorModel(scenario)
        model.run_model()
        found.append(sum(int(by_agency(model, "poland", flow).sum()) for flow in (S_CROSSINGS, S_PROCEDURES)))
    print(f"Poland's entries at 0 and at 0.0001: {found}")
    assert found[0] > 10_000
    assert found[1] == pytest.approx(found[0], rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_attempts_are_several_times_persons(seed: int) -> None:
    model = finished("minsk-2021", seed)
    rows = model.world.rows
    assert 2.0 <= rows["attempts"][rows["attempts"] > 0].mean() <= 6.0


@pytest.mark.parametrize("seed", SEEDS)
def test_stock_in_belarus(seed: int) -> None:
    """About 10,000-15,000 in October-November and 5,000-7,000 in December 2021 (sim/data/observed)."""
    stock = stock_in_belarus(finished("minsk-2021", seed))
    assert 9_000 <= stock["2021-10-25":"2021-11-20"].max() <= 15_500
    assert 5_000 <= stock["2021-12-07":"2021-12-20"].mean() <= 7_500


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flight_ban_is_felt_at_the_border_after_weeks(seed: int) -> None:
    """Paired: arrivals stop at once, attempts fall below 80 % of the unbanned only after one to ten weeks."""
    base, banned = finished("benghazi-surge", seed), finished("carrier-ban", seed)
    flown = pd.Series(
        banned.world.pair_flows[:, :, F_BOARDED].sum(axis=1)
        / base.world.pair_flows[:, :, F_BOARDED].sum(axis=1).clip(1)
    )
    day = (pd.Timestamp("2025-09-15").date() - base.settings.start).days
    assert flown[day : day + 28].mean() < 0.75
    attempts = [model.world.section_flows[:, :, S_ATTEMPTS].sum(axis=1) for model in (base, banned)]
    ratio = pd.Series(attempts[1] / attempts[0].clip(1)).rolling(7).mean()
    lag = int(np.argmax(ratio[day:].to_numpy() < 0.8))
    assert 7 <= lag <= 70, lag


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rush_before_an_announced_ban(seed: int) -> None:
    base, banned = finished("benghazi-surge", seed), finished("carrier-ban", seed)
    route = [k for k, (_, r) in enumerate(base.names.pairs) if r == "benghazi-minsk"]
    window = slice(
        (pd.Timestamp("2025-09-01").date() - base.settings.start).days,
        (pd.Timestamp("2025-09-15").date() - base.settings.start).days,
    )
    assert (
        banned.world.pair_flows[window, route, F_SET_OUT].sum()
        > 1.1 * base.world.pair_flows[window, route, F_SET_OUT].sum()
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_land_and_sea_are_substitutes(seed: int) -> None:
    """When the flights end, more people of eastern Libya land by sea."""
    both, sea_only = finished("haftar-boats", seed), finished("haftar-boats-only", seed)
    assert sea_only.world.pair_flows[:, :, F_LANDED].sum() > 1.1 * both.world.pair_flows[:, :, F_LANDED].sum()
    assert sea_only.world.pair_flows[:, :, F_BOARDED].sum() < both.world.pair_flows[:, :, F_BOARDED].sum()
