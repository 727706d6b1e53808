"""The brief: both pages stand alone, name things by their titles, and carry a mark of trust on each level."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.report.brief import page, printing
from sim.report.brief.page import brief_of, write_brief
from sim.report.trust import SIGNS
from sim.runs import run
from sim.scenario.parts import with_parts
from sim.studies.carry_out import carry_out
from sim.studies.limits.limits import Limits
from sim.studies.limits.sources import limits_of_most_telling, most_telling
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.work.executors import workplace
from tests.strategies import merge, tiny_scenario

DRAWN = {"cohorts": {"iraqis": {"leaving_rate": {"triangular": [0.01, 0.04, 0.09]}}}}
LOADED = {"agencies": {"poland": {"handling_rate": {"triangular": [0.01, 0.02, 0.03]}}}}
BASE = tiny_scenario(merge(DRAWN, LOADED), days=40)
PARTS = {
    "ban": "ban:baghdad-minsk@2025-10-08",
    "both": "ban:baghdad-minsk@2025-10-08+officers:poland=500@2025-10-15",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    scenarios = {"tiny": BASE, **{name: with_parts(BASE, text) for name, text in PARTS.items()}}
    folder = tmp_path_factory.mktemp("brief") / "s"
    return carry_out(Plan("compare", scenarios, 3), folder, place=workplace(1))


@pytest.fixture(scope="module")
def html(study: Study) -> str:
    return brief_of(study)


def plain(html: str) -> str:
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_there_are_two_sheets_that_load_nothing(html: str) -> None:
    assert html.count('<section class="sheet"') == 2
    assert "<script" not in html and not re.search(r"""(?:src|href)=["'](?!#)""", html)


def test_measures_have_titles_in_words(html: str) -> None:
    text = plain(html)
    assert "No flights: Baghdad to Minsk, from 8 Oct 2025" in text
    assert "No flights: Baghdad to Minsk, from 8 Oct 2025 and More officers: Poland, 500, from 15 Oct 2025" in text
    assert "None of these measures" in text
    assert "ban:baghdad" not in text.partition("Made again by")[0]


def test_each_level_by_section_has_a_mark_of_trust(html: str, study: Study) -> None:
    places = html.partition('class="places"')[2].partition("</table>")[0]
    for row in re.findall(r"<tr[^>]*><th scope=\"row\">.*?</tr>", places, re.DOTALL):
        cells = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
        assert len(cells) == 4
        assert all(cell == "–" or any(sign in cell for sign in SIGNS.values()) for cell in cells)
    assert "every figure is assumed" in plain(html)


def test_the_figures_are_those_of_the_ranking(html: str, study: Study) -> None:
    from sim.report.words import number
    from sim.studies.ranking import rank

    table = rank(study).outcomes
    cells = re.findall(r"<td><b>([^<]+)</b><span class=\"bar", html)
    expected = {number(row["median"], row["measure"]) for _, row in table.iterrows() if row["measure"] == "attempts"}
    assert expected <= set(cells)


def test_a_single_run_has_a_brief_too(html: str) -> None:
    text = plain(brief_of(run(BASE)))
    assert "One run with central values" in text
    assert "Measures, the best first" not in text


def test_the_same_study_gives_the_same_bytes(html: str, study: Study) -> None:
    assert brief_of(Study(study.folder)) == html


def test_without_a_browser_the_page_alone_is_written_and_the_reason_told(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "chromium", lambda: None)
    found = write_brief(study, tmp_path / "brief.html")
    assert found.pdf is None and "no Chromium on this machine" in found.why
    assert [file.name for file in tmp_path.iterdir()] == ["brief.html"]


def test_too_many_scenarios_are_refused_with_what_there_is_room_for(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MOST_SCENARIOS", 2)
    with pytest.raises(OutputError, match=r"found 3 scenarios; .* room for 2"):
        brief_of(study)


@pytest.fixture(scope="module")
def limits(study: Study) -> Limits:
    return limits_of_most_telling(study)


def test_the_step_that_binds_is_named_and_whether_it_is_an_assumption(study: Study, limits: Limits) -> None:
    assert "What limits the flow" not in plain(brief_of(study))
    text = plain(brief_of(study, limits=limits)).partition("What limits the flow ")[2]
    assert text.startswith("Baghdad to Minsk (baghdad-minsk): ")
    assert re.search(r"limits how many board \((an assumption|sourced); a tenth easier: \+\d+ persons\)", text)


def test_the_route_that_a_measure_changes_most_is_explained(study: Study, limits: Limits) -> None:
    """Of several measures in the base, of one with it."""
    assert most_telling(study) == ("tiny", "baghdad-minsk")
    assert set(limits.steps["scenario"]) == {"tiny"}
    one = carry_out(Plan("compare", {"tiny": BASE, "ban": with_parts(BASE, PARTS["ban"])}, 2), place=workplace(1))
    assert most_telling(one) == ("ban", "baghdad-minsk")


def test_where_nobody_boards_nothing_is_said_of_what_limits(study: Study, limits: Limits) -> None:
    nobody = limits._replace(steps=limits.steps.assign(boarded=0))
    assert "What limits the flow" not in plain(brief_of(study, limits=nobody))
