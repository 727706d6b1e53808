"""Weekly charts of a study: which bands each panel has, in which order, and of which weeks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.view.fans import attempts_fan, charts, persons_fan, pressure_fan
from tests.strategies import START, tiny_scenario
from tests.unit.view.shown.tables import Tables, banded

STOP = {"kind": "visa-stop", "transit_state": "belarus", "title": "Stop", "start": START.replace(day=4)}


def study(days: int = 17, scenarios: int = 2, weeks: int = 3) -> Any:
    """Scenarios "a", "b" and so on, whose values grow by a thousand from one to the next."""
    names = "abc"[:scenarios]
    known = {
        name: tiny_scenario(days=days, title=name.upper(), measures={"stop": STOP} if name == "b" else {})
        for name in names
    }

    def of(**values: int) -> dict[tuple[str, str], list[int]]:
        return {
            (scenario, name): [first + 1000 * k + 10 * week for week in range(weeks)]
            for k, scenario in enumerate(names)
            for name, first in values.items()
        }

    statuses = {
        "in_procedure": 200, "at_border": 210, "in_transit": 220, "at_hub": 230, "at_coast": 240, "diverted": 250,
        "intercepted": 260, "stranded": 270, "crossed": 280, "onward": 290, "returned": 300, "moved_on": 310,
        "dead": 320, "prospect": 330,
    }  # fmt: skip
    return Tables(
        known,
        {
            ("agency", "pressure_peak"): of(poland=300, lithuania=100),
            ("section", "pressure_peak"): of(kuznica=110, narewka=400, dieveniskes=120),
            ("section", "attempts"): of(kuznica=130, narewka=140, dieveniskes=150),
            ("status", "persons"): of(**statuses),
        },
    )


def same(found: Any, right: Any) -> None:
    """Compare nested lists and mappings, numbers as rounded for charts: to a whole from 100."""
    if isinstance(right, dict):
        assert list(found) == list(right)
        for key, value in right.items():
            same(found[key], value)
    elif isinstance(right, (list, tuple)):
        assert len(found) == len(right)
        for one, other in zip(found, right, strict=True):
            same(one, other)
    elif isinstance(right, float):
        assert found == pytest.approx(right, abs=0.51 if right >= 100 else 1e-6)
    else:
        assert found == right


def fans(name: str, first: float, of: int = 1, scenarios: int = 2, by: int = 1) -> list[Any]:
    """Panels of the sum of so many names, which begin with a value together."""
    return [
        {"fan": banded(name, [first + by * 1000.0 * k + by * 10.0 * week for week in range(2)], of)}
        for k in range(scenarios)
    ]


def head(title: str, unit: str, scenarios: int = 2, days: int = 17) -> dict[str, Any]:
    stop = {"day": 3, "last": None, "announced": None, "title": "Stop", "fails": False}
    return {
        "title": title, "unit": unit, "start": "2025-10-01", "days": days, "every": 7,
        "panels": [
            {"name": name, "title": name.upper(), "events": [stop] if name == "b" else []} for name in "abc"[:scenarios]
        ],
    }  # fmt: skip


def test_pressure_has_a_view_an_agency_and_one_of_the_most_loaded_section() -> None:
    views = [
        {"name": "Poland", "panels": fans("Poland", 300)},
        {"name": "Lithuania", "panels": fans("Lithuania", 100)},
        {"name": "Most loaded section", "note": "Narewka", "panels": fans("Narewka", 400)},
    ]
    about = head("Border pressure", "patrol calls / capacity, highest of the week")
    same(
        pressure_fan(study(), ["a", "b"]),
        {**about, "views": views, "together": False, "first": "Poland", "mark": [1, "full load"]},
    )


def test_the_chart_of_pressure_begins_with_the_agency_under_most_load() -> None:
    one = study()
    one.values["agency", "pressure_peak"]["b", "lithuania"][1] = 5000
    assert pressure_fan(one, ["a", "b"])["first"] == "Lithuania"
    assert pressure_fan(one, ["a"])["first"] == "Poland"


def test_the_most_loaded_section_is_that_of_the_scenarios_shown() -> None:
    one = study()
    one.values["section", "pressure_peak"]["b", "kuznica"][0] = 9000
    assert [pressure_fan(one, names)["views"][-1]["note"] for names in (["a"], ["a", "b"])] == ["Narewka", "Kuźnica"]


def test_attempts_are_summed_over_all_sections_and_by_agency() -> None:
    views = [
        {"name": "All", "panels": fans("attempts", 420, 3, by=3)},
        {"name": "Poland", "panels": fans("Poland", 270, 2, by=2)},
        {"name": "Lithuania", "panels": fans("Lithuania", 150)},
    ]
    about = head("Attempts to cross", "attempts a week")
    same(attempts_fan(study(), ["a", "b"]), {**about, "views": views, "together": False})
    alone = attempts_fan(study(), ["b"])
    assert [panel["name"] for panel in alone["panels"]] == ["b"]
    same(alone["views"][0]["panels"], fans("attempts", 420, 3, by=3)[1:])


def stack(k: int, **firsts: tuple[int, ...]) -> dict[str, Any]:
    """Stacked medians: the sum of those of statuses by the values that they begin with."""
    return {
        "stack": [
            {
                "name": name.replace("_", " ").replace("crossed gone", "crossed, gone"),
                "values": [sum(first + 1000.0 * k + 10.0 * week + 1 for first in values) for week in range(2)],
            }
            for name, values in firsts.items()
        ]
    }


UNDER_WAY: dict[str, tuple[int, ...]] = {
    "in_procedure": (200,), "at_the_border": (210,), "at_the_hub": (220, 230), "at_the_coast": (240, 250, 260),
    "stranded": (270,),
}  # fmt: skip
ENDED: dict[str, tuple[int, ...]] = {
    "crossed_gone_on": (280, 290), "returned": (300,), "moved_on_elsewhere": (310,), "dead": (320,)
}  # fmt: skip
ALONE = (("Stranded", 270), ("In procedure", 200), ("Returned", 300), ("Dead", 320))


def test_persons_are_stacked_by_status_and_some_have_bands() -> None:
    views = [
        {"name": "Under way", "panels": [stack(k, **UNDER_WAY) for k in range(2)]},
        {"name": "Journey's end", "panels": [stack(k, **ENDED) for k in range(2)]},
        *({"name": name, "panels": fans(name.lower(), first)} for name, first in ALONE),
    ]
    about = head("Where people are", "persons, end of the week")
    same(persons_fan(study(), ["a", "b"]), {**about, "views": views, "together": False})


def test_more_than_two_scenarios_are_drawn_together_without_stacks() -> None:
    found = charts(study(scenarios=3))
    assert list(found) == ["pressure", "attempts", "persons"]
    assert [chart["together"] for chart in found.values()] == [True] * 3
    views = [{"name": name, "panels": fans(name.lower(), first, scenarios=3)} for name, first in ALONE]
    about = head("Where people are", "persons, end of the week", 3)
    same(found["persons"], {**about, "views": views, "together": True})
    assert [chart["together"] for chart in charts(study(scenarios=3), ["a", "c"]).values()] == [False] * 3


@pytest.mark.parametrize(("days", "there", "shown"), [(14, 2, 2), (15, 3, 2), (21, 3, 3), (7, 1, 1), (6, 1, 1)])
def test_a_short_last_week_is_left_out_unless_it_is_the_only_one(days: int, there: int, shown: int) -> None:
    for chart in charts(study(days, weeks=there)).values():
        for view in chart["views"]:
            for panel in view["panels"]:
                lines = panel["stack"] if "stack" in panel else [{"values": panel["fan"]["median"]}]
                assert {len(line["values"]) for line in lines} == {shown}


def test_without_sections_there_is_no_pressure_to_begin_with() -> None:
    empty = Tables({"a": tiny_scenario(days=14)}, {})
    table = pd.DataFrame(columns=["scenario", "name", "week", "low90", "low50", "median", "high50", "high90"])
    empty.fan = lambda level, output: table  # type: ignore[method-assign]
    found = pressure_fan(empty, ["a"])  # type: ignore[arg-type]
    assert [view["name"] for view in found["views"]] == ["Poland", "Lithuania"]
    assert found["views"][0]["panels"][0]["fan"]["median"] == []
    assert persons_fan(empty, ["a"])["views"][0]["panels"] == [{"stack": []}]  # type: ignore[arg-type]
