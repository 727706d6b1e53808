"""Titles in words: of scenarios that are the base with measures, of sections and of routes."""

from __future__ import annotations

import pytest

from sim.report.brief.titles import place_title, scenario_title, way_title
from sim.report.findings import Findings
from sim.scenario.parts import with_parts
from tests.made_study import MadeStudy
from tests.strategies import tiny_scenario

BASE = tiny_scenario({"sections": {"kuznica": {"title": "Kuźnica, Poland"}, "narewka": {"title": "narewka"}}}, days=40)


def title(words: str, base_title: str = "tiny") -> str:
    base = BASE.model_copy(update={"title": base_title})
    other = BASE.model_copy(update={"title": words})
    one = {"attempts": [1.0]}
    found = Findings(MadeStudy({"base": base, "other": other}, {"base": one, "other": one}))
    assert scenario_title(found, "base") == base_title
    return scenario_title(found, "other")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("another title", "another title"),
        ("tiny + ban:baghdad-minsk@2025-10-08", "No flights: Baghdad to Minsk, from 8 Oct 2025"),
        ("tiny + ban", "No flights"),
        ("tiny + officers:poland,lithuania=1500@2025-10-15..2025-10-30",
         "More officers: Poland and Lithuania, 1,500, from 15 Oct 2025 to 30 Oct 2025"),
        ("tiny + soldiers:poland=20 + ban:benghazi", "More soldiers: Poland, 20 and No flights: Benghazi"),
        ("tiny + fence:kuznica=12.5", "Barrier: Kuźnica, Poland, 12.5 km"),
        ("tiny + diplomacy:baghdad-minsk=0.25", "Diplomacy to stop departures: Baghdad to Minsk, 0.25"),
        ("tiny + ban:baghdad-minsk@2025-", "ban:baghdad-minsk@2025-"),
        ("tiny + ban:somewhere-else", "No flights: Somewhere Else"),
    ],
)  # fmt: skip
def test_measures_are_told_by_what_they_are(asked: str, words: str) -> None:
    assert title(asked) == words


def test_a_base_that_ends_as_another_begins_keeps_its_title() -> None:
    assert title("tiny + ban", "tiny + ban") == "tiny + ban"
    parts = with_parts(BASE, "ban:baghdad-minsk@2025-10-08")
    assert title(parts.title) == "No flights: Baghdad to Minsk, from 8 Oct 2025"


def test_sections_have_their_country_once() -> None:
    found = Findings(MadeStudy({"base": BASE}, {"base": {"attempts": [1.0]}}, kind="replicates"))
    assert [place_title(found, name) for name in ("dieveniskes", "kuznica", "narewka", "nowhere")] == [
        "Dieveniškės, Lithuania", "Kuźnica, Poland", "narewka, Poland", "nowhere",
    ]  # fmt: skip
    assert way_title(BASE, "benghazi-italy") == "Benghazi to Lampedusa (benghazi-italy)"
