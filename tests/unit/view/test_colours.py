"""Colours of the charts tell apart, for those without the red or green cones too."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from sim.view.series import UNDER_WAY
from sim.view.widgets import static

# Machado, Oliveira, Fernandes (2009), severity 1.0, of linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])
CLEAR = 9.0  # CIE 1976 difference; about 2 is just seen side by side
# Statuses as the chart of persons stacks them, by the number of their fill.
STACK = {
    "crossed": 1,
    "in procedure": 0,
    "at the border": 2,
    "at the hub": 3,
    "stranded": 4,
    "returned": 5,
    "moved on": 7,
    "dead": 6,
}


def as_seen(colour: str) -> npt.NDArray[np.float64]:
    """CIELAB of a colour as seen with deuteranopia."""
    channels = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    x = XYZ @ np.clip(DEUTERANOPIA @ linear, 0, 1) / WHITE
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_statuses_tell_apart_under_deuteranopia(theme: int) -> None:
    block = static("common.css").split('[data-theme="dark"]')[theme]
    fills = dict(re.findall(r"--fill(\d): (#[0-9a-f]{6})", block))
    seen = {name: as_seen(fills[str(number)]) for name, number in STACK.items()}
    names = list(seen)
    pairs = {*pairwise(names), ("in procedure", "stranded")}
    poor = {pair: away for pair in pairs if (away := float(np.linalg.norm(seen[pair[0]] - seen[pair[1]]))) < CLEAR}
    assert poor == {}
    assert np.linalg.norm(seen["in procedure"] - seen["stranded"]) > 20


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_lines_of_those_under_way_tell_apart_under_deuteranopia(theme: int) -> None:
    [named] = re.findall(r"const LINES = \{(.*?)\}", static("axes.js"))
    block = static("common.css").split('[data-theme="dark"]')[theme]
    colours = dict(re.findall(r"--c(\d): (#[0-9a-f]{6})", block))
    seen = {name.strip(' "'): as_seen(colours[number]) for name, number in re.findall(r'([a-z "]+): (\d)', named)}
    assert set(seen) == set(UNDER_WAY)
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen.values(), 2)) > CLEAR
