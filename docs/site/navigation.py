"""The site's menus: which pages there are, in which order; a page that stands in none is an error of the build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NAVIGATION: dict[str, Sequence[str]] = {
    "Start": (
        "docs/install",
        "experiments/tutorials/README",
        "docs/planners-guide",
        "docs/researchers-guide",
        "docs/extending",
        "docs/gallery",
    ),
    "How far to trust it": (
        "docs/trust",
        "docs/forecasting",
        "experiments/README",
        "experiments/effects/README",
        "experiments/winter/README",
        "experiments/early_warning/README",
        "experiments/background-2025/README",
        "experiments/minsk-2021/README",
        "experiments/backtest-2021/README",
    ),
    "The model": (
        "docs/ODD",
        "docs/checklists",
        "docs/reference/parameters/index",
        "scenarios/README",
        "sim/data/README",
        "sim/data/MAP",
    ),
    "Reference": (
        "docs/reference/commands",
        "docs/reference/python",
        "docs/data-dictionary",
        "docs/reference/columns",
        "docs/states",
        "docs/reproducibility",
        "experiments/extensions/README",
    ),
    "About": (
        "docs/peers",
        "docs/speed",
        "experiments/benchmarks/README",
        "experiments/benchmarks/cluster",
        "docs/promises",
        "tests/nightly/README",
        "docs/paper",
        "CONTRIBUTING",
        "CHANGELOG",
    ),
}

# Folders whose pages stand in the menu below the folder's own page.
BELOW = ("experiments/tutorials", "experiments/extensions")


def menu(parts: Mapping[str, Sequence[str]]) -> str:
    """Return the menus as hidden tables of contents, in Markdown for Sphinx."""
    return "".join(contents([f"/{page}" for page in pages], f":caption: {name}\n") for name, pages in parts.items())


def contents(pages: Sequence[str], options: str = "") -> str:
    """Return a hidden table of contents, in Markdown for Sphinx."""
    return f"\n```{{toctree}}\n:hidden:\n{options}\n" + "".join(f"{page}\n" for page in pages) + "```\n"
