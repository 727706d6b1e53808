"""Tables of differences, of ranked scenarios and of where people went, from findings of the test."""

from __future__ import annotations

from math import nan
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sim.outputs import definitions as d
from sim.report.words import share
from sim.view import differences as module
from sim.view.differences import _ends, _figure, differences, matrix, tables, where
from tests.strategies import tiny_scenario


def row(middle: float, spread: float = 0.0, unit: str = "attempts") -> dict[str, Any]:
    """An interval around a value: twice as wide for 90 % as for 50."""
    return {
        "low90": middle - 2 * spread, "low50": middle - spread, "median": middle, "high50": middle + spread,
        "high90": middle + 2 * spread, "unit": unit, "lower": 0.25, "higher": 0.75,
    }  # fmt: skip


def test_an_interval_has_five_ends_and_words_unless_it_is_one_value() -> None:
    assert _ends(row(12.34567, 1)) == [10.3457, 11.3457, 12.3457, 13.3457, 14.3457]
    assert _ends({**row(1), "high90": nan}) == [1, 1, 1, 1, None]
    assert _figure(row(1200, 100), "attempts") == {
        "ends": [1000, 1100, 1200, 1300, 1400], "median": "1,200", "span": "1,000 to 1,400"
    }  # fmt: skip
    assert _figure(row(30, 20), "attempts", sign=True) == {
        "ends": [-10, 10, 30, 50, 70], "median": "+30", "span": "−10 to +70"
    }  # fmt: skip
    assert _figure(row(30), "attempts")["span"] == ""
    assert _figure(row(20_000, 100), "attempts")["span"] == "19.8k to 20.2k"


SEA = ("benghazi-italy",)


class Found:
    """Findings of scenarios "a" and "b": a value is given by its output and name, a difference is its double."""

    def __init__(self, values: dict[tuple[str, str], float], others: tuple[str, ...] = ("b",)) -> None:
        self.values = values
        self.base, self.others = "a", list(others)
        self.scenarios = {name: tiny_scenario(title=name.upper(), days=30) for name in ("a", *others)}
        self.scenario = self.scenarios["a"]
        self.replicates, self.failed = 5, [1, 2]
        self.agencies, self.routes = ["poland", "lithuania"], list(self.scenario.routes)
        self.trust = SimpleNamespace(of=lambda level, name, output: ("assumed", f"{level} {name} {output}"))

    def pairs(self, other: str) -> int:
        return {"b": 4}[other]

    def sections_of(self, agency: str) -> list[str]:
        return [code for code, one in self.scenario.sections.items() if one.agency == agency]

    def title_of(self, level: str, name: str) -> str:
        return f"{level}: {name}"

    def value(self, scenario: str, output: str, level: str, name: str) -> Any:
        found = self.values.get((output, name))
        return None if found is None else row(found, 1) | {"level": level}

    def difference(self, other: str, output: str, level: str, name: str) -> Any:
        found = self.values.get((output, name))
        return None if found is None else row(2 * found, 1)


WHERE = {
    ("attempts", "poland"): 900.0, ("attempts", "kuznica"): 600.0, ("attempts", "dieveniskes"): 20.0,
    ("boarded", "baghdad-minsk"): 30.0, ("entries", "baghdad-minsk"): 12.0, ("boarded", "benghazi-italy"): 70.0,
    ("landed", "benghazi-italy"): 50.0, ("entries", "benghazi-italy"): 99.0, ("boarded", "damascus-minsk"): 0.0,
}  # fmt: skip


def ends(middle: float) -> list[float]:
    return [middle - 2, middle - 1, middle, middle + 1, middle + 2]


def test_one_scenario_has_its_attempts_by_section_and_its_persons_by_route() -> None:
    found: Any = Found(WHERE)
    assert where(found, None) == {
        "change": False,
        "views": [
            {"name": "Sections", "unit": "attempts", "rows": [
                {"label": "agency: poland", "name": "poland", "strong": True, "values": ends(900), "text": "900"},
                {"label": "section: kuznica", "name": "kuznica", "strong": False, "values": ends(600), "text": "600"},
                {"label": "section: dieveniskes", "name": "dieveniskes", "strong": False, "values": ends(20),
                 "text": "20"},
            ]},
            {"name": "Routes", "unit": "persons", "first": "boarded", "second": "got into the EU", "rows": [
                {"label": "Benghazi to Lampedusa", "name": "benghazi-italy", "values": ends(70), "second": ends(50),
                 "text": "70"},
                {"label": "Baghdad to Minsk", "name": "baghdad-minsk", "values": ends(30), "second": ends(12),
                 "text": "30"},
                {"label": "Damascus to Minsk", "name": "damascus-minsk", "values": ends(0), "second": None,
                 "text": "0"},
            ]},
        ],
    }  # fmt: skip


def test_two_scenarios_have_their_differences_with_signs_the_largest_route_first() -> None:
    found: Any = Found(WHERE | {("boarded", "baghdad-minsk"): -200.0})
    shown = where(found, "b")
    assert shown["change"] is True
    assert [(one["values"], one["text"]) for one in shown["views"][0]["rows"]] == [
        (ends(1800), "+1,800"), (ends(1200), "+1,200"), (ends(40), "+40")
    ]  # fmt: skip
    assert [(one["name"], one["text"]) for one in shown["views"][1]["rows"]] == [
        ("baghdad-minsk", "−400"), ("benghazi-italy", "+140"), ("damascus-minsk", "0")
    ]  # fmt: skip


def test_routes_that_nobody_took_are_left_out_and_the_largest_twelve_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Any = Found(WHERE)
    found.value = lambda scenario, output, level, name: row(found.values.get((output, name), 0.0))
    assert [one["name"] for one in where(found, None)["views"][1]["rows"]] == ["benghazi-italy", "baghdad-minsk"]
    monkeypatch.setattr(module, "LARGEST", 1)
    assert [one["name"] for one in where(found, None)["views"][1]["rows"]] == ["benghazi-italy"]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Any]:
    """Rows of outputs by scenario; a difference is that of the medians."""
    known: dict[tuple[str, str], Any] = {}
    monkeypatch.setattr(module, "row_of", lambda found, scenario, output: known.get((scenario, output)))
    monkeypatch.setattr(module, "difference_of", lambda found, other, output: known.get(("change", output)))
    monkeypatch.setattr(module, "has_sea", lambda found: True)
    return known


def test_outputs_of_the_border_stand_beside_those_of_the_people(rows: dict[tuple[str, str], Any]) -> None:
    for output in ("attempts", "landed", "deaths"):
        rows["a", output] = row(100, 10)
    for output in ("attempts", "deaths", "returned"):
        rows["b", output] = row(80, 10)
        rows["change", output] = row(-20, 5)
    del rows["change", "deaths"]
    found: Any = Found({})

    def shown(output: str) -> dict[str, Any]:
        mark = ("○", "assumed", f"all all {output}")
        label = d.short_of(output).capitalize()
        return {"output": output, "label": label, "unit": "attempts", "mark": mark, "a": _figure(row(100, 10), output)}

    alone = differences(found, None)
    assert alone == {
        "a": {"name": "a", "title": "A"}, "b": None, "replicates": 5, "failed": 2, "days": 30,
        "groups": [
            {"title": "At the border", "rows": [shown("attempts"), shown("landed")]},
            {"title": "The people", "rows": [shown("deaths")]},
        ],
    }  # fmt: skip
    beside = differences(found, "b")
    assert beside == {
        "a": {"name": "a", "title": "A"}, "b": {"name": "b", "title": "B"}, "replicates": 4, "failed": 2, "days": 30,
        "groups": [
            {"title": "At the border", "rows": [
                {**shown("attempts"), "b": _figure(row(80, 10), "attempts"),
                 "change": {"ends": [-30, -25, -20, -15, -10], "median": "−20", "span": "−30 to −10"},
                 "often": f"lower in {share(0.25)} of pairs, higher in {share(0.75)}"},
            ]},
            {"title": "The people", "rows": []},
        ],
    }  # fmt: skip


def test_landings_are_shown_where_there_is_a_sea(
    rows: dict[tuple[str, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows |= {("a", output): row(1) for output in (*module.BORDER, *module.PEOPLE, "landed")}
    found: Any = Found({})
    border, people = ([one["output"] for one in group["rows"]] for group in differences(found, None)["groups"])
    assert border == ["pressure_peak", "days_over", "attempts", "turn_backs", "entries", "landed"]
    assert people == ["stranded", "injuries", "deaths", "returned", "in_procedure"]
    monkeypatch.setattr(module, "has_sea", lambda found: False)
    assert "landed" not in [one["output"] for one in differences(found, None)["groups"][0]["rows"]]


def test_tables_are_of_the_first_other_scenario_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "differences", lambda found, other: ("differences", other))
    monkeypatch.setattr(module, "where", lambda found, other: ("where", other))
    for others, asked, other in ((("b", "c"), None, "b"), (("b", "c"), "c", "c"), ((), None, None)):
        monkeypatch.setattr(module, "Findings", lambda study, others=others: Found({}, others))
        assert tables(None, asked) == {"differences": ("differences", other), "where": ("where", other)}  # type: ignore[arg-type]


def test_scenarios_are_ranked_with_their_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Findings", lambda study: Found({}))
    first, second = module.OUTCOMES[:2]
    outcomes = [
        {"scenario": scenario, "measure": measure, **row(middle, 1), "best": best}
        for scenario, measure, middle, best in (
            ("a", second, 7.0, 0.5), ("b", second, 8.0, 0.25), ("a", first, 5.0, 1.0), ("b", first, 6.0, 0.0)
        )
    ]  # fmt: skip
    scenarios = [
        {"scenario": "b", "rank": 1, "best": 0.75, "regret": 0.5, "dominated_by": ""},
        {"scenario": "a", "rank": 2, "best": 0.25, "regret": 1.0, "dominated_by": "b"},
    ]
    ranking = SimpleNamespace(replicates=9, outcomes=pd.DataFrame(outcomes), scenarios=pd.DataFrame(scenarios))
    monkeypatch.setattr(module, "rank", lambda study: ranking)
    study: Any = SimpleNamespace(names=["a", "b"], window=lambda: SimpleNamespace(words="of June"))
    found = matrix(study)
    assert found["outcomes"] == [
        {"name": o, "label": d.short_of(o).capitalize(), "unit": d.OUTPUTS[o].unit,
         "mark": ("○", "assumed", f"all all {o}")}
        for o in (first, second)
    ]  # fmt: skip
    assert (found["replicates"], found["window"]) == (9, "of June")

    def cells(*values: tuple[float, float]) -> list[dict[str, Any]]:
        pairs = zip(values, (first, second), strict=True)
        return [{**_figure(row(middle, 1), o), "best": share(best)} for (middle, best), o in pairs]

    assert found["rows"] == [
        {
            "name": "b", "title": "B", "rank": 1, "base": False, "number": 1, "best": share(0.75),
            "regret": share(0.5), "dominated": "",
            "cells": cells((6, 0), (8, 0.25)),
        },
        {
            "name": "a", "title": "A", "rank": 2, "base": True, "number": 0, "best": share(0.25), "regret": share(1),
            "dominated": "b",
            "cells": cells((5, 1), (7, 0.5)),
        },
    ]  # fmt: skip
    study.window = lambda: None
    assert matrix(study)["window"] == ""
    ranking.replicates = 0
    assert matrix(study) == {"outcomes": [], "rows": [], "replicates": 0, "window": ""}
