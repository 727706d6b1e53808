"""The baselines of the shipped scenarios: a hash of every count of each one's run, and its totals.

``uv run python -m tests.baselines.shipped`` writes them anew and prints which totals moved, for the changelog.
`test_baselines.py` has those of small scenarios in which every rule is used; they do not move with the shipped ones.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sim.outputs.definitions import ALL
from sim.outputs.results import Results
from sim.outputs.run_data import RunData
from sim.runs import run_to_data
from sim.scenario import load_scenario, scenario_names

FILE = Path(__file__).with_name("shipped.json")
# Integers, so that the hash does not hang on how a machine rounds.
COUNTS = ("section_flows", "pair_flows", "route_flows", "by_cohort", "by_place", "attempts_by_pair", "last_section")
TOTALS = (
    "pressure_peak", "days_over", "attempts", "entries", "landed", "stranded", "returned", "injuries", "deaths",
)  # fmt: skip


def baseline(name: str) -> dict[str, Any]:
    """A scenario's baseline by today's code, from one run with central parameters."""
    scenario = load_scenario(name)
    outcome = run_to_data(scenario)
    table = Results.of(scenario, [outcome]).totals
    values = table[table["level"] == ALL].set_index("measure")["value"]
    return {"counts_sha256": hash_of(outcome), "totals": {key: round(float(values[key]), 4) for key in TOTALS}}


def hash_of(outcome: RunData) -> str:
    """Hash of all that was counted, with the names that it was counted under."""
    digest = hashlib.sha256(json.dumps(outcome.names).encode())
    for name in COUNTS:
        digest.update(getattr(outcome, name).astype("<i8").tobytes())
    return digest.hexdigest()


def stored() -> dict[str, Any]:
    """The baselines by scenario, as they were last renewed."""
    return dict(json.loads(FILE.read_text(encoding="utf-8"))) if FILE.exists() else {}


def moved(before: dict[str, Any] | None, after: dict[str, Any]) -> str:
    """What differs between two baselines of a scenario, in words; empty where nothing does."""
    if before == after:
        return ""
    if before is None:
        return "new"
    pairs = [(key, before["totals"].get(key), value) for key, value in after["totals"].items()]
    changes = [f"{key} {old:,} -> {new:,}" for key, old, new in pairs if old != new]
    return "; ".join(changes) or "days and places moved, no total did"


def main() -> None:
    """Write the baselines anew; print what moved."""
    old, new = stored(), {}
    for name in scenario_names():
        new[name] = baseline(name)
        print(f"{name}: {moved(old.get(name), new[name]) or 'as before'}")
    for name in sorted(set(old) - set(new)):
        print(f"{name}: gone")
    FILE.write_text(json.dumps(new, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
