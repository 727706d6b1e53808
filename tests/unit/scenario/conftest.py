"""A small scenario that is valid, and helpers that break it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario

SMALL = """\
title: Small world
start: 2021-07-01
days: 60
cohorts:
  iraq-kurds:
    origin: erbil
    nationality: Iraq
    size: 1000
    push: {2021-06-01: 1, 2021-07-20: {triangular: [0.5, 1, 2]}}
    routes: {erbil-minsk: 0, benghazi-crete: -1}
routes:
  erbil-minsk: {mode: air, origin: erbil, destination: minsk, transit_state: belarus}
  benghazi-crete: {mode: sea, origin: benghazi, destination: crete, transit_state: libya}
carriers:
  belavia:
    services:
      erbil-minsk: {seats: 180, weekly: {2021-07-01: 4}}
transit_states:
  belarus: {hub: minsk, visas: {2021-06-01: 50, 2021-08-01: 80}}
  libya: {hub: benghazi}
zones:
  grodno: {transit_state: belarus, sections: {kuznica: 0}}
sections:
  kuznica: {agency: border-guard, title: Kuźnica, length: {normal: [100, 10]}}
agencies:
  border-guard: {country: Poland, personnel: {lognormal: [1000, 0.3]}}
measures:
  ban: {kind: carrier-ban, start: 2021-08-10, announced: 2021-08-01, carriers: [belavia]}
  wall: {kind: fence, start: 2021-07-10, sections: [kuznica]}
"""


@pytest.fixture(scope="session")
def small() -> str:
    """Text of the small scenario."""
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """``write(text, name="case.yaml")`` beside ``small.yaml``."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")

    def write_file(text: str | bytes, name: str = "case.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


@pytest.fixture
def error_of(write: Callable[..., Path]) -> Callable[..., str]:
    """``error_of(text)``: the message that loading the text gives."""

    def message(text: str | bytes) -> str:
        with pytest.raises(ScenarioError) as caught:
            load_scenario(write(text))
        return str(caught.value)

    return message
