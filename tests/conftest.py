"""What all tests share: Hypothesis without a deadline, as how long an example takes is up to the machine; marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("corridor", deadline=None)
settings.load_profile("corridor")

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests in a browser are long ones."""
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.long)
