"""What tests of the view share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import solara


@pytest.fixture
def drawn() -> Iterator[Callable[[Any], Any]]:
    """Draws a component; what was drawn is closed in the end."""
    contexts: list[Any] = []

    def draw(element: Any) -> Any:
        box, context = solara.render(element, handle_error=False)
        contexts.append(context)
        return box

    yield draw
    for context in contexts:
        context.close()
