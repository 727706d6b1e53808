"""The README's figure: border pressure by week with and without the carrier ban.

``uv run corridor compare benghazi-surge carrier-ban --out DIR``, then
``uv run python experiments/figures/carrier_ban.py DIR`` writes carrier-ban.png beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import sim
from sim.report.style import COLOURS, GREY, RC, date_axis
from sim.report.sweep_figures import save

AGENCIES = {"latvia": "Latvia", "lithuania": "Lithuania", "poland": "Poland"}


def main(folder: str) -> None:
    """Draw the fans of a comparison: the base in grey, the other in colour, 50 and 90 % intervals."""
    study = sim.results(folder)
    fans = study.fan("agency", "border_pressure")
    looks = {study.base: (GREY, "--"), study.others[0]: (COLOURS[0], "-")}
    with plt.rc_context(RC):
        figure, panels = plt.subplots(1, 3, figsize=(9.5, 2.9), sharey=True)
        for axes, (agency, title) in zip(panels, AGENCIES.items(), strict=True):
            for scenario, (colour, dash) in looks.items():
                part = fans[(fans["scenario"] == scenario) & (fans["name"] == agency)]
                axes.fill_between(part["week"], part["low90"], part["high90"], color=colour, alpha=0.15, linewidth=0)
                axes.fill_between(part["week"], part["low50"], part["high50"], color=colour, alpha=0.25, linewidth=0)
                axes.plot(part["week"], part["median"], color=colour, linestyle=dash, label=scenario)
            axes.axhline(1.0, color="black", linewidth=0.6)
            axes.set_title(title, loc="left")
            date_axis(axes)
        panels[0].set_ylabel("border pressure (1: full load)")
        panels[0].legend(loc="upper left", frameon=False)
        save(figure, Path(__file__).with_name("carrier-ban.png"))


if __name__ == "__main__":
    main(sys.argv[1])
