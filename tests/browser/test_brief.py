"""The brief printed by a real Chromium: two pages of A4, whatever the number of scenarios, and nothing cut off."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from sim.report.brief.page import write_brief
from sim.runs import run
from sim.scenario.parts import with_parts
from sim.scenario.schema import Scenario
from sim.studies.arms import with_arms
from sim.studies.carry_out import carry_out
from sim.studies.limits.sources import limits_of_most_telling
from sim.studies.plan import Plan
from sim.studies.work.executors import workplace
from tests.browser.conftest import FLAGS
from tests.strategies import merge, tiny_scenario

DRAWN = {"cohorts": {"iraqis": {"leaving_rate": {"triangular": [0.01, 0.04, 0.09]}}}}
ANSWER = {
    "actor": "belarus", "when": {"kind": "route", "routes": ["baghdad-minsk"], "state": "banned"}, "after": 3,
    "do": {"kind": "departures", "routes": ["benghazi-minsk"], "weekly": 3},
}  # fmt: skip
MEASURES = [
    "ban@2025-10-08", "visas@2025-10-08", "officers:poland=500@2025-10-08", "aid@2025-10-08",
    "ban@2025-10-08+aid@2025-10-08", "fence:poland=50@2025-10-08", "returns@2025-10-08",
]  # fmt: skip
SHEETS = "[...document.querySelectorAll('.sheet')].map(s => s.scrollHeight - s.clientHeight).join(' ')"


def base(answers: bool) -> Scenario:
    more = {"reactions": {"another-way": ANSWER}} if answers else {}
    return tiny_scenario(merge({"agencies": {"poland": {"handling_rate": 0.02}}}, {**DRAWN, **more}), days=35)


def overflow(chromium: str, html: Path, folder: Path) -> list[int]:
    """Pixels by which the contents of each sheet are higher than it."""
    text = re.sub(r"<meta http-equiv[^>]*>", "", html.read_text(encoding="utf-8"))
    told = folder / "told.html"
    told.write_text(text.replace("</body>", f"<script>document.title = {SHEETS}</script></body>"), encoding="utf-8")
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", told.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found = re.search(r"<title>([-\d ]+)</title>", dom)
    assert found
    return [int(number) for number in found[1].split()]


@pytest.mark.parametrize(
    ("others", "answers"),
    [
        (0, False),
        pytest.param(1, True, marks=pytest.mark.nightly),
        pytest.param(7, False, marks=pytest.mark.nightly),
        (7, True),
    ],
)
def test_a_brief_is_two_pages_and_nothing_is_cut_off(others: int, answers: bool, chromium: str, tmp_path: Path) -> None:
    one = base(answers)
    if others:
        scenarios = {"tiny": one, **{f"m{k}": with_parts(one, text) for k, text in enumerate(MEASURES[:others])}}
        both, extra = with_arms(scenarios)
        found = carry_out(Plan("compare", both, 2, extra=extra), tmp_path / "study", place=workplace(1))
    else:
        found = run(one)  # type: ignore[assignment]
    limits = limits_of_most_telling(found)
    written = write_brief(found, tmp_path / "brief.html", limits=limits)
    assert "What limits the flow" in written.html.read_text(encoding="utf-8")
    assert written.pdf is not None, written.why
    pdf = written.pdf.read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)}
    assert all(box[2:] == pytest.approx((595, 842), abs=1.5) for box in boxes)
    assert overflow(chromium, written.html, tmp_path) == [0, 0]
