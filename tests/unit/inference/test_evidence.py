"""The file behind the trust marks says what the pages of shipped calibrations and back-tests say."""

from __future__ import annotations

from pathlib import Path

from sim.inference.evidence import text
from sim.outputs.trust import evidence

ROOT = Path(__file__).resolve().parents[3]


def test_the_shipped_file_is_what_its_command_writes() -> None:
    from sim.data import text as shipped

    assert text(ROOT) == shipped("evidence.json"), "uv run python -m sim.inference.evidence"


def test_what_was_never_fitted_is_no_evidence() -> None:
    fitted = evidence()["posteriors"]["background-2025"]["fitted"]
    assert {row["name"] for row in fitted} == {"poland", "lithuania"}
    assert {row["output"] for row in fitted} == {"recorded_attempts"}
    assert evidence()["back_tests"]["backtest-2021"]["other_model"]
