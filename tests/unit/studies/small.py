"""A small comparison, and the bytes of its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.studies.arms import with_arms
from sim.studies.plan import Plan
from tests.strategies import tiny_scenario

BASE = tiny_scenario({"behaviour": {"retry": {"uniform": [1, 9]}}}, days=60)
BAN = tiny_scenario(
    {
        "behaviour": {"retry": {"uniform": [1, 9]}},
        "measures": {
            "ban": {"kind": "carrier-ban", "title": "ban", "routes": ["benghazi-minsk"], "start": "2025-10-15"}
        },
    },
    days=60,
)
REACTION: dict[str, Any] = {
    "title": "More flights from Baghdad",
    "actor": "belarus",
    "when": {"kind": "route", "routes": ["benghazi-minsk"], "state": "banned"},
    "after": {"choice": [2, 5]},
    "probability": 0.7,
    "do": {"kind": "departures", "routes": ["baghdad-minsk"], "weekly": 6},
}
ANSWERING = {"reactions": {"more": REACTION, "never": REACTION | {"strength": 0}}}
ANSWERED = tiny_scenario(ANSWERING, days=60)
ANSWERED_BAN = tiny_scenario(
    ANSWERING | {"measures": {"ban": {"kind": "carrier-ban", "routes": ["benghazi-minsk"], "start": "2025-10-15"}}},
    days=60,
)
_SCENARIOS, _ARMS = with_arms({"base": ANSWERED, "ban": ANSWERED_BAN})
ARMED = Plan("compare", _SCENARIOS, 8, extra=_ARMS)
PLAN = Plan("compare", {"base": BASE, "ban": BAN}, 40)


def tables(folder: Path) -> dict[str, bytes]:
    """All files but those that tell who wrote when."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in (".parquet", ".csv", ".yaml")
    }
