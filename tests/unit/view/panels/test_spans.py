"""Bands of replicates from weekly tables of the test; spans of figures; words of what is waited for."""

from __future__ import annotations

from base64 import b64decode
from types import SimpleNamespace
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.view.background import Job, Progress
from sim.view.panels import ahead, bands, documents
from sim.view.panels.ahead import words_of
from sim.view.panels.bands import Bands, bands_of, spans
from sim.view.panels.documents import Documents
from sim.view.widgets import WaitWidget
from tests.strategies import tiny_scenario
from tests.unit.view.parts import done
from tests.unit.view.shown.tables import Tables
from tests.unit.view.test_components import data

LOW, HIGH = 0.1, 4.6  # 5th and 95th percentile of 0, 1, 5, which replicates have on top of the values


def study() -> Any:
    def of(**values: list[float]) -> dict[tuple[str, str], list[float]]:
        return {("screen", name): found for name, found in values.items()}

    statuses = of(
        in_procedure=[1, 2], at_border=[30, 40], at_hub=[5, 6], at_coast=[7, 8], intercepted=[10, 20], stranded=[9, 9],
        crossed=[99, 99],
    )  # fmt: skip
    made: Any = Tables(
        {"screen": tiny_scenario(days=14)},
        {
            ("section", "border_pressure"): of(kuznica=[0.5, 1.5], dieveniskes=[2, 3]),
            ("section", "attempts"): of(kuznica=[70, 7], narewka=[0, 14]),
            ("section", "turn_backs"): of(kuznica=[10, 20]),
            ("section", "patrol_calls"): of(kuznica=[14, 21], narewka=[7, 0], dieveniskes=[700, 70]),
            ("status", "persons"): statuses,
            ("all", "deaths"): of(all=[1, 2]),
        },
    )
    made.replicates = 3
    return made


def ends(*values: tuple[float, float]) -> dict[str, list[Any]]:
    """Ends by week: a value, and how often the replicates' own part is in it."""
    low = [pytest.approx(value + LOW * part, abs=0.5 if value >= 100 else 0.05) for value, part in values]
    return {"low": low, "high": [pytest.approx(v + HIGH * p, abs=0.5 if v >= 100 else 0.05) for v, p in values]}


def test_bands_hold_nine_tenths_of_the_replicates_by_week() -> None:
    assert bands_of(study()) == {
        "every": 7, "replicates": 3,
        "pressure": {"kuznica": ends((0.5, 1), (1.5, 1)), "dieveniskes": ends((2, 1), (3, 1))},
        "figures": {
            "attempts": ends((10, 2 / 7), (3, 2 / 7)),
            "turned_back": ends((10, 1), (30, 2)),
            "waiting": ends((30, 1), (40, 1)),
            "stranded": ends((9, 1), (9, 1)),
            "dead": ends((1, 1), (3, 2)),
        },
        "totals": {
            "All": ends((103, 3 / 7), (13, 3 / 7)),
            "Poland": ends((3, 2 / 7), (3, 2 / 7)),
            "Lithuania": ends((100, 1 / 7), (10, 1 / 7)),
        },
        "persons": {
            "in_procedure": ends((1, 1), (2, 1)), "at_border": ends((30, 1), (40, 1)), "at_hub": ends((5, 1), (6, 1)),
            "at_coast": ends((17, 2), (28, 2)), "stranded": ends((9, 1), (9, 1)),
        },
    }  # fmt: skip


def test_a_figure_has_the_span_of_the_last_whole_week() -> None:
    found = {"every": 7, "figures": {"turned_back": {"low": [1, 1234.4], "high": [2, 12345.5]}, "peak": {
        "low": [0.25, 0.5], "high": [1, 2]}}}  # fmt: skip
    names = {"turned_back": "turn_backs", "peak": "pressure_peak"}
    first, second = ({"turned_back": words, "peak": peak} for words, peak in (
        ("1 to 2", "0.25 to 1.00"), ("1,234 to 12,346", "0.50 to 2.00")
    ))  # fmt: skip
    assert [spans(found, day, names) for day in (0, 6, 7, 13, 14, 20, 21, 99)] == [
        {}, {}, first, first, second, second, second, second
    ]  # fmt: skip
    assert spans(None, 14, names) == {}


def test_bands_are_those_of_the_scenario_on_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = SimpleNamespace(scenario=tiny_scenario(days=14))
    made, plans = Bands(session), list[Any]()
    assert (made.of, made.found) == (None, None)
    monkeypatch.setattr(made.work, "start", lambda plan: plans.append(plan) or len(plans) == 1)
    made.start()
    [plan] = plans
    assert (plan.kind, plan.scenarios, plan.replicates) == ("replicates", {"screen": session.scenario}, 20)
    made.work.progress = Progress("done", result={"a": 1})
    assert made.found == {"a": 1}
    before, session.scenario = session.scenario, tiny_scenario(days=14)
    assert made.found is None
    with pytest.raises(ValueError, match="replicates are under way: cancel them first"):
        made.start()
    assert made.of is before
    assert plan.replicates == bands.REPLICATES


def test_what_is_waited_for_is_told_in_words(drawn: Any) -> None:
    assert words_of(Progress("running", 1200, 3400)) == "runs the days before the first: 1,200 of 3,400"
    assert (words_of(Progress("running", 3)), words_of(Progress("done", 3, 9))) == ("runs the days before", "")
    box = drawn(ahead.WaitPage("A window", Progress("running", 3, 9)))
    words = "runs the days before the first: 3 of 9"
    assert data(box, WaitWidget) == {"title": "A window", "words": words, "done": 3, "total": 9}


def test_what_begins_from_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for it ends waiting for another one."""
    plain, window = SimpleNamespace(begins=None), SimpleNamespace(begins="earlier")
    known, begun = {"plain": plain, "window": window}, {"window": False}
    one = ahead.Ahead(SimpleNamespace(offer=known.__getitem__))  # type: ignore[arg-type]
    did: list[Any] = []
    monkeypatch.setattr(ahead, "is_begun", lambda scenario: begun["window"])
    monkeypatch.setattr(ahead, "run_ahead", lambda scenario, report: did.append(scenario))
    monkeypatch.setattr(one.job, "cancel", lambda: did.append("cancelled"))
    assert not one.waits("plain")
    assert one.waits("window")
    assert one.job.wait(30)
    assert did == ["cancelled", window]
    begun["window"] = True
    assert not one.waits("window")
    assert did[2:] == ["cancelled"]
    monkeypatch.setattr(one.job, "begin", lambda work: False)
    begun["window"] = False
    with pytest.raises(ValueError, match="another scenario is being made ready: a moment"):
        one.waits("window")


def test_all_windows_of_a_link_are_run_and_the_last_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []
    windows = [SimpleNamespace(title="First"), SimpleNamespace(title="Last")]
    monkeypatch.setattr(ahead, "windows_of", lambda start, query: windows if query else [])
    monkeypatch.setattr(ahead, "run_ahead", lambda window, report: did.append(window.title))
    job, title = ahead.ahead_of_link("start", "query")
    assert job.wait(30)
    assert (title, did) == ("Last", ["First", "Last"])
    job, title = ahead.ahead_of_link("start", "")
    assert (job.progress, title, len(did)) == (Progress(), "", 2)


def test_documents_are_made_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made, begun = Documents(), list[Any]()
    monkeypatch.setattr(documents, "apart", lambda *what, report: begun.append(what) or ["file"])
    assert made.content == {"busy": False, "number": 0, "files": None, "error": ""}
    made.start("brief", "scenario", "tiny")  # type: ignore[arg-type]
    done(made.job)
    assert begun == [(documents.documents, "brief", "scenario", "tiny")]
    assert made.content == {"busy": False, "number": 1, "files": ["file"], "error": ""}
    made.job.progress = Progress("failed", error="no room", result=["file"])
    assert made.content == {"busy": False, "number": 1, "files": None, "error": "no room"}
    made.job.progress = Progress("running")
    assert made.content["busy"] is True
    monkeypatch.setattr(Job, "begin", lambda self, work: False)
    with pytest.raises(ValueError, match="a document is under way: a moment"):
        made.start("report", "scenario", "tiny")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="found 'poem'; allowed: brief, report"):
        made.start("poem", "scenario", "tiny")  # type: ignore[arg-type]
    assert made.number == 1


def test_a_brief_is_a_page_and_where_it_can_be_a_pdf(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.html").write_bytes(b"page")
    (tmp_path / "p.pdf").write_bytes(b"pdf")
    written = SimpleNamespace(html=tmp_path / "p.html", pdf=tmp_path / "p.pdf")
    monkeypatch.setattr(documents, "is_study", lambda source: True)
    monkeypatch.setattr(documents, "Study", lambda source: SimpleNamespace())
    monkeypatch.setattr(documents, "stored_limits", lambda source: "limits")
    monkeypatch.setattr(documents, "read_run", lambda source: "about")
    monkeypatch.setattr(documents, "Study", type("Study", (), {"__init__": lambda self, source: None}))
    asked: list[Any] = []
    monkeypatch.setattr(documents, "write_brief", lambda found, file, *more: asked.append(more) or written)
    monkeypatch.setattr(documents, "report_of", lambda found, *more: asked.append(more) or "the report")
    files = documents.documents("brief", tmp_path, "x", print)
    assert [(one["name"], one["type"], b64decode(one["content"])) for one in files] == [
        ("x-brief.html", "text/html", b"page"), ("x-brief.pdf", "application/pdf", b"pdf")
    ]  # fmt: skip
    written.pdf = None
    assert [one["name"] for one in documents.documents("brief", tmp_path, "x", print)] == ["x-brief.html"]
    [report] = documents.documents("report", tmp_path, "x", print)
    assert (report["name"], report["type"], b64decode(report["content"])) == (
        "x-report.html", "text/html", b"the report"
    )  # fmt: skip
    assert asked == [(None, "limits")] * 3
    with pytest.raises(OutputError, match="found 'poem'; allowed: brief, report"):
        documents.documents("poem", tmp_path, "x", print)
