"""What cases with an answer in closed form share: one small scenario, and exact tests.

Statistical cases are exact tests (binomial, chi-squared, Kolmogorov-Smirnov) at the level ALPHA with fixed seeds:
they pass always or never.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engine import tables as t
from sim.model import CorridorModel
from sim.scenario.schema import Scenario
from tests.strategies import START, merge

ALPHA = 1e-4
N = 20_000
MONTHS = 12
# One cohort, one flight, one zone, one section; no news, no seasons, nothing scarce; nobody withdraws.
SIMPLE: dict[str, Any] = {
    "title": "simple",
    "start": START,
    "days": 60,
    "seed": 3,
    "cohorts": {
        "people": {
            "origin": "home", "nationality": "All", "size": N, "leaving_rate": 0.03, "routes": {"flight": 0},
            "funds_median": 4000, "funds_shape": 2.5,
        }
    },
    "routes": {
        "flight": {
            "mode": "air", "origin": "home", "destination": "hub", "transit_state": "state", "price": 1500,
            "travel_days": 1, "visa_lead": 0,
        }
    },
    "carriers": {"airline": {"services": {"flight": {"seats": 2000, "weekly": {START: 70}}}}},
    "transit_states": {
        "state": {
            "hub": "hub", "visas": {START: 1e6}, "transfer": {START: 1e6}, "facilitation": {START: 0.9},
            "stay_at_hub": 1, "boats_tolerated": {START: 1},
        }
    },
    "zones": {"camp": {"transit_state": "state", "capacity": 1_000_000, "sections": {"fence": 0}}},
    "sections": {"fence": {"agency": "guard", "title": "Fence", "length": 100, "surveillance": 0.3}},
    "agencies": {
        "guard": {
            "country": "Land", "personnel": 10_000, "handling_rate": 50, "reception": 1_000_000, "mobility": 0,
            "reinforcement_threshold": 100, "absconding_delay": 0,
        }
    },
    "behaviour": {
        "success": 0, "section_success": 0, "first_attempt": 1, "retry": 1, "retry_idle": 1, "retry_winter": 1,
        "attempt_cost": 0, "onward_lag": 1, "withdrawal": 0, "self_presentation": 0,
    },
    "detection": {"reference_density": 25, "density_power": 0.5, "coverage": 1.2, "darkness": 0},
    "hazards": {"death": 0, "injury": 0, "winter": 1},
    "seasons": {"january": 20, "july": 20, "calm_sea": [1.0] * MONTHS},
}  # fmt: skip


def simple(changes: Mapping[str, Any] | None = None) -> Scenario:
    """The simple scenario with changes."""
    return Scenario(**merge(SIMPLE, changes or {}))


def flow(model: CorridorModel, name: str) -> np.ndarray:
    """A flow by day and pair."""
    return model.world.pair_flows[:, :, t.PAIR_FLOWS.index(name)].astype(int)


def at_border(model: CorridorModel, name: str) -> np.ndarray:
    """A flow by day and section."""
    return model.world.section_flows[:, :, t.SECTION_FLOWS.index(name)].astype(int)


def check_share(successes: int, trials: int, probability: float) -> None:
    """Exact binomial test; enough trials to tell."""
    assert trials > 300
    assert stats.binomtest(int(successes), int(trials), probability).pvalue > ALPHA


def check_shares(counts: Any, probabilities: Any) -> None:
    """Chi-squared test of a multinomial."""
    counts, probabilities = np.asarray(counts), np.asarray(probabilities)
    assert probabilities.sum() == pytest.approx(1.0)
    assert stats.chisquare(counts, counts.sum() * probabilities).pvalue > ALPHA


def affordable(price: float, median: float = 4000, shape: float = 2.5) -> float:
    """Share of people with more funds than the price."""
    return 1 / (1 + (price / median) ** shape)


def appeal(price: float = 1500, days: float = 1, facilitation: float = 0.9, taste: float = 0) -> float:
    """exp(U) of a route at default weights, without news, risk and queues."""
    return math.exp(taste + math.log(affordable(price)) - 0.03 * days + 2.0 * (facilitation - 0.5))


def going(price: float = 1500, **route: float) -> float:
    """Share of the leaving rate that takes the one route there is: of those who can pay, e^U / (1 + e^U)."""
    return affordable(price) * appeal(price, **route) / (1 + appeal(price, **route))


BOATS: dict[str, Any] = {
    "cohorts": {"people": {"routes": {"crossing": 0, "flight": None}, "leaving_rate": 0.2}},
    "routes": {
        "crossing": {
            "mode": "sea", "origin": "home", "destination": "island", "transit_state": "state", "shipwreck": 0.2,
            "death_in_shipwreck": 0.6,
        }
    },
    "carriers": {"boats": {"services": {"crossing": {"seats": 10, "weekly": {START: 70}}}}},
    "transit_states": {"state": {"interception": {START: 0.3}}},
    "behaviour": {"sea_giving_up": 0.4, "sea_price": 0, "sea_retry": 3650},
}  # fmt: skip
