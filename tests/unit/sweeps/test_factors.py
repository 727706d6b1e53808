"""What an experiment varies, and over which range."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.sweeps.factors import factor_of
from sim.sweeps.factors import settings as settings_of
from tests.unit.sweeps.small import FLIGHTS, TINY


def test_a_parameter_takes_its_distribution_or_a_fifth_around_its_value() -> None:
    assert factor_of(TINY, "behaviour.retry").ends == (1, 9)
    assert factor_of(TINY, "behaviour.patience").ends == (48, 72)
    assert factor_of(TINY, "behaviour.patience").centre == 60
    assert factor_of(TINY, "zones.bruzgi.sections.narewka").ends == (-20, 20)


def test_paths_move_together() -> None:
    factor = factor_of(TINY, "flights", {FLIGHTS: 0.5, "behaviour.retry": 2.0}, spread=(1.0, 4.0))
    paths, values = settings_of([factor], np.array([[1.0], [4.0]]))
    assert paths == (FLIGHTS, "behaviour.retry")
    assert values.tolist() == [[0.5, 2.0], [2.0, 8.0]]
    assert factor.high == 182.5


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("behaviour.retry", {"spread": (0.0, 9.0)}),
        ("behaviour.retry", {"spread": (5.0, 5.0)}),
        ("behaviour.giving_up", {"values": (0.5, 1.5)}),
        ("flights", {"weights": {FLIGHTS: 1.0, "behaviour.retry": 1.0}}),
        ("behaviour.rety", {}),
        ("days", {}),
    ],
)
def test_what_is_no_parameter(name: str, options: dict) -> None:
    with pytest.raises(ScenarioError, match=r"allowed|needed"):
        factor_of(TINY, name, **options)
