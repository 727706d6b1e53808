"""The parts of a brief's pages for studies whose every value is known, and how they are fitted to the pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.report.brief import page, printing
from sim.report.brief.answer import Answer
from sim.report.brief.page import Written, brief_of, write_brief
from sim.report.findings import Findings
from sim.studies.limits.limits import Limits
from tests.made_study import MadeStudy, around, in_two_arms
from tests.strategies import tiny_scenario
from tests.unit.report.arms.two_arms import BASE, IF_ANSWERED, IF_NOBODY, SCENARIO
from tests.unit.report.limits.made_limits import WEEKS, limits

PLAIN = tiny_scenario(days=40)
LOADED = {**BASE, ("section", "kuznica", "pressure_peak"): around(1.5)}


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is told by what it is asked for."""
    monkeypatch.setattr(page.figures, "fan", lambda found, section, best, height: (section, best, height))
    monkeypatch.setattr(page.border_map, "map_of_base", lambda found: "map")


def parts(study: MadeStudy, limits: Limits | None = None) -> dict[str, Any]:
    return page._page(Findings(study), study, limits)


def alone(replicates: int = 5, values: dict[Any, list[float]] = LOADED, **given: Any) -> MadeStudy:
    one = {key: found[:replicates] for key, found in values.items()}
    return MadeStudy({"base": PLAIN}, {"base": one}, kind="replicates", **given)


def compared(others: int = 1, replicates: int = 5) -> MadeStudy:
    """Each other scenario has fewer deaths than the one before."""
    names = ["base", *"abcdefgh"[:others]]
    values = {
        name: {key: found[:replicates] for key, found in {**LOADED, "deaths": around(9 - k)}.items()}
        for k, name in enumerate(names)
    }
    return MadeStudy({name: PLAIN.model_copy(update={"title": f"Title {name}"}) for name in names}, values)


def test_a_scenario_alone_is_told_with_what_happens() -> None:
    found = parts(alone())
    fixed = {
        key: found[key] for key in ("title", "period", "extent", "ranking", "told", "why", "few", "several", "version")
    }
    assert fixed == {
        "title": "tiny", "period": "1 October 2025 to 9 November 2025", "extent": "5 replicates, seed 7", "told": "",
        "ranking": "Medians, and beneath them 90\u202f% intervals.", "why": "", "few": True,
        "several": True, "version": "",
    }  # fmt: skip
    assert (found["section"], found["map"], found["arms"], found["incomplete"], found["failed"]) == (
        "Kuźnica, Poland", "map", [], False, 0,
    )  # fmt: skip
    assert [(title, [one.text for one in told]) for title, told in found["sentences"]] == [
        ("At the border", [
            "People attempt to cross 1,000 times (90\u202f% interval 982 to 1,020); one person may try often.",
            "300 people get in over land (90\u202f% interval 282 to 318); in procedure or not.",
            "The most loaded section is Kuźnica (kuznica): the highest pressure (patrol calls over capacity) is 1.50 "
            "(the same in nearly all replicates); 1 is full load.",
            "No section is ever over full load, in any replicate.",
        ]),
        ("The people", [
            "8 people die on all ways (90\u202f% interval 6 to 10).",
            "60 people become stranded (90\u202f% interval 51 to 69).",
        ]),
    ]  # fmt: skip
    assert found["trust"] == ["Trust: every figure is assumed, as the scenario has no posterior."]
    assert [row.title for row in found["places"]] == ["Lithuania", "Poland", "Kuźnica"]
    assert found["places_left"] == 2


def test_a_single_run_has_neither_intervals_nor_a_ranking() -> None:
    found = parts(alone(1))
    assert (found["extent"], found["ranking"]) == ("one run with central values, no intervals", "")
    assert parts(compared(2, 1))["extent"] == "one run of each scenario with central values, no intervals"
    assert parts(compared(2, 1))["ranking"] == "One run; lower is better, ranked by regret over seven outcomes alike."


def test_a_comparison_tells_of_the_best_measure() -> None:
    found = parts(compared(2))
    assert (found["told"], found["fan"][:2], found["extent"]) == (
        "Title b", ("kuznica", "b"), "5 replicates of each scenario, seed 7",
    )  # fmt: skip
    ranked = (
        "Medians and 90\u202f% intervals of 5 replicates; lower is better, ranked by regret over seven outcomes alike."
    )
    assert found["ranking"] == ranked
    deaths = [told for _, told in found["sentences"]][1][0]
    assert deaths.text == "Deaths on all ways fall by 2 (90\u202f% interval 2 to 2), in all 5 replicates; from 9 to 7."
    inside = {name: {"deaths": around(9 - k)} for k, name in enumerate(("base", "a", "b"))}
    study = compared(2).windowed("a", inside, date(2025, 10, 17)).windowed("b", inside, date(2025, 10, 17))
    found = parts(study)
    assert found["ranking"] == ranked.replace("replicates;", "replicates, from 2025-10-15;")
    assert not [one for _, told in found["sentences"] for one in told if "Counted" in one.text]


def test_where_no_measure_is_better_the_first_is_told() -> None:
    values = {"base": LOADED, "a": {**LOADED, "deaths": around(10)}, "b": {**LOADED, "deaths": around(9)}}
    found = parts(MadeStudy({name: PLAIN.model_copy(update={"title": f"Title {name}"}) for name in values}, values))
    assert (found["told"], found["fan"][1]) == ("Title a", "base")


@pytest.mark.parametrize(("others", "few"), [(1, True), (2, True), (3, False)])
def test_beside_few_scenarios_the_first_page_has_room_for_the_assumptions(others: int, few: bool) -> None:
    assert parts(compared(others))["few"] == few


@pytest.mark.parametrize(
    ("lead", "more", "rows", "few", "height"),
    [
        (62, [], 1, False, 122.0),  # 274 − 88 − 12.2 − 6.8 would be 167
        (62, [], 6, False, 106.0),
        (63, [], 6, False, 99.2),
        (62, [92], 6, False, 100.6),
        (62, [93, 1], 6, False, 89.8),
        (62, [], 6, True, 58.0),
        (63, [], 7, True, 45.0),
    ],
)
def test_the_chart_has_the_room_that_is_left(lead: int, more: list[int], rows: int, few: bool, height: float) -> None:
    told = Answer("x" * lead, ["x" * length for length in more])
    assert page._height(told, rows, few) == pytest.approx(height)


def armed(others: int) -> MadeStudy:
    names = ["ban", "b", "c", "d"][:others]
    loads: dict[Any, list[float]] = {
        ("section", "kuznica", "pressure_peak"): around(1.5),
        ("section", "narewka", "pressure_peak"): around(1),
    }
    loads |= {"injuries": around(3), "returned": around(4)}
    answered = {"base": BASE | loads, **{name: {**IF_ANSWERED, **loads} for name in names}}
    alone = {"base": BASE | loads, **{f"{name}-off": {**IF_NOBODY, **loads} for name in names}}
    arms = [MadeStudy(dict.fromkeys(values, SCENARIO), values) for values in (answered, alone)]
    return in_two_arms(*arms, {name: f"{name}-off" for name in names})


@pytest.mark.parametrize(("others", "sentences"), [(1, 3), (2, 3), (3, 0)])
def test_arms_take_room_from_the_sentences(others: int, sentences: int) -> None:
    found = parts(armed(others))
    assert len(found["arms"]) == others
    assert [len(told) for _, told in found["sentences"]] == ([sentences, sentences] if sentences else [])
    assert found["ranking"].endswith(" This is the arm in which they answer.")


def test_many_arms_leave_fewer_lines_for_the_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_FEWEST", 3)
    monkeypatch.setattr(page, "_LINES", 4)
    assert [len(parts(armed(others))["places"]) for others in (2, 3)] == [4, 3]


def test_what_limits_the_flow_is_told_of_the_scenario_that_says_most(monkeypatch: pytest.MonkeyPatch) -> None:
    by_air = [{**one, "route": "benghazi-minsk"} for one in WEEKS if one["route"] == "air"]
    found = limits(by_air)
    found.gains["route"] = found.gains["route"].replace("air", "benghazi-minsk")
    for scenario, other, words in (
        ("base", "base", "Benghazi to Minsk (benghazi-minsk): visas limit"),
        ("ban", "ban", "Benghazi to Minsk (benghazi-minsk) with “Title ban”: seats limit"),
        ("gone", "ban", "Benghazi to Minsk (benghazi-minsk): seats limit"),
    ):
        monkeypatch.setattr(page, "most_telling", lambda source, told=scenario: (told, "benghazi-minsk"))
        named = {"base": PLAIN, other: PLAIN.model_copy(update={"title": "Title ban"})}
        study = MadeStudy(named, dict.fromkeys(named, LOADED), kind="compare" if len(named) > 1 else "replicates")
        assert parts(study, found)["why"].startswith(words)
    assert parts(study)["why"] == ""


def test_incomplete_and_failed_runs_are_told() -> None:
    study = alone(failed=[("base", "x")])
    assert (parts(study)["incomplete"], parts(study)["failed"]) == (True, 1)
    study = alone()
    study.missing = "one is missing"
    study.about["versions"] = {"corridor": "1.2"}
    found = parts(study)
    assert (found["incomplete"], found["failed"], found["version"]) == (True, 0, "1.2")


def test_without_sections_there_is_no_chart() -> None:
    bare = PLAIN.model_copy(update={"sections": {}})
    found = parts(MadeStudy({"base": bare}, {"base": {"landed": around(7)}}, kind="replicates"))
    assert (found["fan"], found["section"], found["places"]) == (None, "", [])


def test_eight_scenarios_have_room_and_nine_have_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_page", lambda found, source, limits: {"title": len(found.names)})
    monkeypatch.setattr(
        page.Environment, "from_string", lambda self, text: SimpleNamespace(render=lambda **given: given)
    )
    assert brief_of(compared(7))["page"] == {"title": 8}  # type: ignore[index]
    with pytest.raises(OutputError) as refused:
        brief_of(compared(8))
    assert str(refused.value) == "found 9 scenarios; a brief has room for 8"


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "brief_of", lambda source, about, limits: f"{source} {about} {limits}")
    monkeypatch.setattr(page, "pdf_of", lambda html: b"PDF of " + html)


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize(
    ("asked", "html", "pdf"),
    [
        ("a", "a.html", "a.pdf"),
        ("a.pdf", "a.html", "a.pdf"),
        ("a.html", "a.html", "a.pdf"),
        ("a.htm", "a.htm", "a.pdf"),
    ],
)
def test_both_files_have_the_same_name(tmp_path: Path, asked: str, html: str, pdf: str) -> None:
    found = write_brief("study", tmp_path / asked, {"a": 1}, "limits")  # type: ignore[arg-type]
    assert found == Written(tmp_path / html, tmp_path / pdf, "")
    assert (tmp_path / html).read_text() == "study {'a': 1} limits"
    assert (tmp_path / pdf).read_text() == "PDF of study {'a': 1} limits"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.usefixtures("_short")
def test_what_cannot_be_printed_or_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(html: bytes) -> bytes:
        raise printing.CannotPrintError("no browser")

    monkeypatch.setattr(page, "pdf_of", fails)
    assert write_brief("study", tmp_path / "a") == Written(tmp_path / "a.html", None, "no browser")  # type: ignore[arg-type]
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(OutputError) as refused:
        write_brief("study", tmp_path / "a.html" / "b.html")  # type: ignore[arg-type]
    assert str(refused.value).startswith(f"{tmp_path / 'a.html' / 'b.html'}: the brief cannot be written: ")
