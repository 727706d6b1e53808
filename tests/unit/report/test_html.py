"""The report: it stands alone, says what the tables say, and bears every odd study."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.outputs.definitions import definition
from sim.outputs.folder import OutputError, read_run
from sim.outputs.provenance import RunInfo
from sim.outputs.results import Results
from sim.report import html
from sim.report.findings import Findings
from sim.report.html import report_of, write_report
from sim.report.sentences import headlines
from sim.runs import run
from sim.studies.carry_out import carry_out, compare, replicates
from sim.studies.limits.limits import Limits
from sim.studies.plan import Plan
from sim.studies.study import Study
from tests.made_study import MadeStudy, around
from tests.strategies import START, merge, tiny_scenario
from tests.unit.report.arms.two_arms import two_arms
from tests.unit.report.limits.made_limits import limits
from tests.unit.report.page import LOADS, Page, numbers

DRAWN = {"cohorts": {"iraqis": {"leaving_rate": {"triangular": [0.01, 0.04, 0.09]}}}}
BAN = {"measures": {"ban": {"kind": "carrier-ban", "title": "Ban", "routes": ["baghdad-minsk"], "start": START}}}
OVERLOADED = {"agencies": {"poland": {"handling_rate": 0.02}}}
SHORT: dict[str, Any] = {"days": 45}
BASE = tiny_scenario(merge(DRAWN, OVERLOADED), **SHORT)
OTHER = tiny_scenario(merge(merge(DRAWN, OVERLOADED), BAN), **SHORT)
NASTY = "<script>alert('x')</script> & \"$q$\" ☃"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return compare(BASE, OTHER, replicates=5, folder=tmp_path_factory.mktemp("compare") / "s")


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return replicates(BASE, 5, folder=tmp_path_factory.mktemp("replicates") / "s")


@pytest.fixture(scope="module")
def one() -> Results:
    return run(BASE)


@pytest.fixture(scope="module")
def pages(comparison: Study, several: Study, one: Results) -> dict[str, Page]:
    return {"comparison": Page(report_of(comparison)), "several": Page(report_of(several)), "one": Page(report_of(one))}


@pytest.fixture(params=["comparison", "several", "one"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(kind: str, request: pytest.FixtureRequest) -> Study | Results:
    found: Study | Results = request.getfixturevalue(kind)
    return found


# A file that stands alone


def test_nothing_is_loaded_and_nothing_runs(pages: dict[str, Page], kind: str) -> None:
    page = pages[kind]
    assert not LOADS & set(page.tags)
    assert all(reference.startswith("#") for reference in page.references)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not re.findall(r"url\((?!#)|@import|javascript:|https?:", page.source)
    assert "default-src 'none'" in page.source


def test_ids_are_unique_and_links_lead_somewhere(pages: dict[str, Page], kind: str) -> None:
    page = pages[kind]
    assert len(set(page.ids)) == len(page.ids)
    inner = re.findall(r"url\(#([^)]+)\)", page.source)
    assert {*inner, *(reference[1:] for reference in page.references)} <= set(page.ids)
    assert page.tags.count("figure") > 5


def test_the_same_source_gives_the_same_bytes(comparison: Study, pages: dict[str, Page]) -> None:
    assert report_of(Study(comparison.folder)) == pages["comparison"].source


def test_no_way_to_a_folder_is_told(pages: dict[str, Page], kind: str, comparison: Study, several: Study) -> None:
    assert not [part for part in (comparison, several) if str(part.folder.parent) in pages[kind].source]


# What it says


def test_numbers_of_the_headline_stand_in_the_tables(
    source: Study | Results, pages: dict[str, Page], kind: str
) -> None:
    found = Findings(source)
    sentences = [sentence for line in headlines(found) for part in (line.border, line.people) for sentence in part]
    said = {word for sentence in sentences for word in numbers(sentence.text)}
    known = numbers(pages[kind].text("table"))
    counts = {str(n) for n in range(found.replicates + 1)} | {"90", str(len(found.sections))}
    assert said - known - counts == set()
    assert len(said) > 5


def test_every_measure_has_a_definition_that_is_printed(
    source: Study | Results, pages: dict[str, Page], kind: str
) -> None:
    text = pages[kind].text("table")
    for measure in Findings(source).intervals["measure"].unique():
        what = definition(str(measure))
        assert what.title and what.unit and what.meaning
        assert what.meaning in text


def test_the_people_stand_beside_the_border(pages: dict[str, Page], kind: str) -> None:
    text = pages[kind].text()
    for word in ("stranded", "injured", "die" if kind != "comparison" else "Deaths", "return home", "in procedure"):
        assert word in text
    for word in ("not a forecast", "no personal data", "not for steering people"):
        assert word in text


def test_only_several_replicates_have_intervals(pages: dict[str, Page]) -> None:
    assert "90 % interval" in pages["several"].text()
    assert "interval" not in pages["one"].text("li")
    assert "there are no intervals" in pages["one"].text()


def test_the_assumptions_and_the_command_are_there(pages: dict[str, Page]) -> None:
    text = pages["comparison"].text()
    assert "cohorts.iraqis.leaving_rate" in text and "triangular [0.01, 0.04, 0.09]" in text
    assert "carrier-ban" in text and "routes: [baghdad-minsk]" in pages["comparison"].source
    assert "corridor compare scenarios/scenario-0.yaml scenarios/scenario-1.yaml --replicates 5" in text
    assert "Where did it go?" in text and "from the parameters" in pages["several"].text("table")


def test_provenance_is_that_of_the_run(tmp_path: Path) -> None:
    run(tiny_scenario(days=9)).write(tmp_path / "run")
    about = read_run(tmp_path / "run")
    text = Page(report_of(Results.read(tmp_path / "run"), about)).text()
    assert about["scenario_sha256"] in text
    assert about["identity"]["sha256"] in text
    assert about["command"] in text


def test_text_stays_text(tmp_path: Path) -> None:
    changes = {
        "cohorts": {"iraqis": {"nationality": NASTY}},
        "sections": {"kuznica": {"title": NASTY}},
        "agencies": {"poland": {"country": NASTY}},
        "measures": {"m": {"kind": "turn-back", "title": NASTY, "agency": "poland", "start": START}},
    }
    scenario = tiny_scenario(merge(merge(DRAWN, OVERLOADED), changes), title=NASTY, description=NASTY, **SHORT)
    info = RunInfo(origin=NASTY, seed=1)
    for page in (
        Page(report_of(compare(scenario, BASE, replicates=2, command=NASTY, folder=tmp_path / "s"))),
        Page(report_of(Results.of(scenario, [run_outcome(scenario)], info))),
    ):
        assert "script" not in page.tags
        assert NASTY in page.text("h1")
        assert NASTY in page.text("svg")
        assert NASTY in page.text("table")


def run_outcome(scenario: Any) -> Any:
    from sim.outputs.run_data import run_data_of
    from sim.runs import run_model

    return run_data_of(run_model(scenario))


# Odd studies

COHORTS = ("iraqis", "sudanese", "syrians")
OVER_LAND = ("baghdad-minsk", "benghazi-minsk", "damascus-minsk")
NO_SECTIONS = tiny_scenario(
    {
        "cohorts": {"iraqis": None, "syrians": None, "sudanese": {"routes": {"benghazi-minsk": None}}},
        "routes": dict.fromkeys(OVER_LAND),
        "carriers": dict.fromkeys(("airline-iq", "airline-ly", "buses")),
        "transit_states": {"belarus": None},
        "zones": None, "sections": None, "agencies": None,
    }, **SHORT)  # fmt: skip
NOBODY = tiny_scenario({"cohorts": {name: {"leaving_rate": 0.0} for name in COHORTS}}, **SHORT)
NO_SEA = tiny_scenario(
    {"cohorts": {"sudanese": {"routes": {"benghazi-italy": None}}}, "routes": {"benghazi-italy": None},
     "carriers": {"boats": None}}, **SHORT)  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (NO_SECTIONS, "No border section is part of"),
        (NOBODY, "Nobody attempts to cross"),
        (NO_SEA, "People attempt to cross"),
        (tiny_scenario(days=1), "Nobody attempts to cross"),
        (tiny_scenario(days=9), "1 October 2025 to 9 October 2025"),
    ],
    ids=["no sections", "nobody", "no sea", "one day", "nine days"],
)
def test_odd_scenarios_have_a_report(scenario: Any, words: str, tmp_path: Path) -> None:
    page = Page(report_of(run(scenario)))
    text = page.text()
    assert words in text
    assert not {"nan", "None", "inf"} & set(text.split())
    if scenario is NO_SEA:
        assert "over the sea" not in page.text("li")
    if scenario in (NO_SECTIONS, NOBODY):
        study = compare(scenario, scenario.model_copy(update={"title": "same"}), replicates=2, folder=tmp_path / "s")
        assert words in Page(report_of(study)).text()


def test_a_single_pair_has_central_values(tmp_path: Path) -> None:
    page = Page(report_of(compare(BASE, OTHER, replicates=1, folder=tmp_path / "s")))
    assert "one run" in page.text().lower() and "there are no intervals" in page.text()
    assert "90 % interval" not in page.text("li")


@pytest.mark.long
def test_many_scenarios_and_sections_on_the_map(tmp_path: Path) -> None:
    sections = {"dieveniskes": "lt-by-4", "kuznica": "pl-by-1", "narewka": "pl-by-3"}
    changes: dict[str, Any] = {
        "sections": {new: {"agency": "poland", "title": new} for new in sections.values()} | dict.fromkeys(sections),
        "zones": {"bruzgi": {"sections": {"kuznica": None, "narewka": None, "pl-by-1": 0.0, "pl-by-3": 0.0}},
                  "lida": {"sections": {"dieveniskes": None, "narewka": None, "lt-by-4": 0.0}}},
    }  # fmt: skip
    scenarios = [tiny_scenario(changes, title=f"number {number}", days=21) for number in range(5)]
    page = Page(report_of(compare(*scenarios, replicates=2, folder=tmp_path / "s")))
    assert "Map of the border sections, scenario-4" in page.source
    assert all(f"scenario-{number} compared with scenario-0" in page.text("h3") for number in range(1, 5))


def test_failed_runs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.studies.work import worker

    good, calls = worker.run_to_data, []

    def sometimes(*given: Any) -> Any:
        calls.append(given)
        if len(calls) % 4 == 0:
            raise RuntimeError("<b>broken</b>")
        return good(*given)

    monkeypatch.setattr(worker, "run_to_data", sometimes)
    study = compare(BASE, OTHER, replicates=4, folder=tmp_path / "s")
    page = Page(report_of(study))
    assert len(study.failed) == 2
    assert "2 runs failed" in page.text() and "RuntimeError: <b>broken</b>" in page.text("table")


def test_an_incomplete_study_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.plan.MOST_IN_CHUNK", 2)
    plan = Plan("compare", {"a": BASE, "b": OTHER}, 4)
    study = carry_out(plan, tmp_path / "s", shard=(1, 2))
    assert not study.complete
    assert "4 of 8 runs have ended" in Page(report_of(study)).text(), "it must say what is missing"


def test_a_scenario_without_a_run_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.plan.MOST_IN_CHUNK", 1)
    study = carry_out(Plan("compare", {"a": BASE, "b": OTHER}, 1), tmp_path / "s", shard=(1, 2))
    assert "No run of b has ended well" in Page(report_of(study)).text()


def test_what_has_nothing_to_report_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.array([[1.0], [2.0]])
    sweep = Plan("sweep", {"a": BASE}, 1, paths=("behaviour.retry",), points=points)
    with pytest.raises(OutputError, match="kind sweep"):
        report_of(carry_out(sweep, tmp_path / "sweep"))
    monkeypatch.setattr("sim.studies.plan.MOST_IN_CHUNK", 1)
    study = carry_out(Plan("compare", {"a": BASE, "b": OTHER}, 1), tmp_path / "s", shard=(2, 2))
    with pytest.raises(OutputError, match="no run of a has ended well"):
        report_of(study)


# Writing


def test_it_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_report(run(NOBODY), tmp_path / "new" / "report.html")
    before = file.read_bytes()
    assert before.endswith(b"</html>") or before.rstrip().endswith(b"</html>")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_report(run(NOBODY), file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]


# What it puts together, of studies whose every value is known


def parts(study: MadeStudy, limits: Limits | None = None) -> dict[str, Any]:
    """The variables of the template without what is drawn."""
    return html._page(Findings(study), limits)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawings = {
        "map": None,
        "changes": [],
        "agency_fans": [],
        "section_fans": None,
        "overload": None,
        "whereabouts": [],
    }
    monkeypatch.setattr(html, "_figures", lambda found: {**drawings, "displacement": []})


MADE = {
    "attempts": around(12, 1),
    ("section", "kuznica", "days_over"): around(1),
    ("agency", "poland", "in_procedure"): [1.0] * 5,
}
SCENARIO = tiny_scenario(days=40, description="What it is.")


@pytest.mark.usefixtures("undrawn")
def test_the_parts_of_a_report_on_replicates() -> None:
    page = parts(MadeStudy({"base": SCENARIO}, {"base": MADE}, kind="replicates"))
    assert {name: page[name] for name in ("kind", "title", "description", "period", "extent", "base", "several")} == {
        "kind": "replicates of a scenario", "title": "tiny", "description": "What it is.", "base": "base",
        "period": "1 October 2025 to 9 November 2025", "extent": "5 replicates, seed 7.", "several": True,
    }  # fmt: skip
    assert page["contents"] == [
        ("findings", "Findings"), ("people", "People"), ("places", "Sections and routes"), ("outputs", "Outputs"),
        ("assumptions", "Assumptions"), ("provenance", "Provenance"), ("limits", "Limits"),
    ]  # fmt: skip
    assert (page["why"], page["answers"], page["alerts"], page["version"]) == (None, None, [], "")
    assert page["caveat"].endswith(" Trust: every figure is assumed, as the scenario has no posterior.")
    assert [output.name for output in page["glossary"]] == ["border_pressure", "days_over"]
    assert (page["difference_tables"], page["displacement_tables"], page["differing"]) == ([], [], [])
    assert [table.title for table in page["places"]] == ["By section", "By route"]
    alone = parts(MadeStudy({"base": SCENARIO}, {"base": {"attempts": [1.0]}}, kind="replicates", asked=1))
    assert (alone["kind"], alone["extent"]) == ("a single run", "One run with central values, seed 7.")


@pytest.mark.usefixtures("undrawn")
def test_the_parts_of_a_report_on_a_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html.assumptions, "differing", lambda found: [])
    other = SCENARIO.model_copy(update={"title": "With a ban"})
    values = {"base": MADE, "ban": {**MADE, "attempts": around(10)}, "none": {}}
    study = MadeStudy(
        {"base": SCENARIO, "ban": other, "none": other}, values, failed=[("none", "x")] * 1200, asked=1200
    )
    study.missing = "some"
    study.about["versions"] = {"corridor": "1.2"}
    page = parts(study, limits())
    assert (page["kind"], page["description"], page["extent"]) == (
        "a comparison of scenarios", "", "1200 replicates of each scenario, seed 7.",
    )  # fmt: skip
    assert [(one["name"], one["title"]) for one in page["scenarios"]] == [("base", "tiny"), ("ban", "With a ban")]
    assert page["alerts"] == [
        "This study is incomplete: 1,210 of 3,600 runs have ended. The figures are of those alone; the command at the "
        "end resumes the study.",
        "No run of none has ended well: it is left out.",
        "1,200 runs failed and are left out; they are listed near the end.",
    ]
    assert [table.title for table in page["difference_tables"]] == ["ban less base"]
    assert [table.title for table in page["displacement_tables"]] == ["By section: ban less base"]
    assert [name for name, _ in page["contents"]] == [
        "findings", "why", "people", "places", "outputs", "assumptions", "failed", "provenance", "limits",
    ]  # fmt: skip
    assert page["version"] == "1.2"
    one = {name: {"attempts": [1.0]} for name in ("base", "ban")}
    alone = parts(MadeStudy({"base": SCENARIO, "ban": other}, one))
    assert alone["extent"] == "One run of each scenario with central values, seed 7."


@pytest.mark.usefixtures("undrawn")
def test_a_report_on_two_arms_says_of_which_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html.assumptions, "differing", lambda found: [])
    page = parts(two_arms(), limits())
    assert page["alerts"] == [
        "This comparison has two arms. All that follows is of the one in which they answer, but for the section that "
        "has both side by side."
    ]
    assert page["answers"].scenarios[0][0] == "ban"
    assert [name for name, _ in page["contents"]][:3] == ["findings", "why", "answers"]
