"""A small comparison, and the bytes of its tables."""

from __future__ import annotations

from pathlib import Path

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
PLAN = Plan("compare", {"base": BASE, "ban": BAN}, 40)


def tables(folder: Path) -> dict[str, bytes]:
    """All files but those that tell who wrote when."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in (".parquet", ".csv", ".yaml")
    }
