"""What is refused in a scenario, each with its path and whole text, and how texts are made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sim.scenario.errors import MOST, Problem, ScenarioError, choices, dotted, show, word
from sim.scenario.nodes import from_plain
from sim.scenario.paths import apply_overrides
from sim.scenario.validate import build, in_order
from tests.strategies import POINT, START, TINY, merge, tiny_scenario

END = date(2026, 1, 28)
LEGS = {"baghdad-istanbul": 400, "istanbul-minsk": 600}
ROUTE = {"routes": {"baghdad-minsk": {"legs": LEGS}}}
BAN = {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": START}
POSTURE = {"facilitation": 0.5, "facilitation_sd": 0.5}


def refusals(changes: dict[str, Any], *, last: date | None = None, **fields: Any) -> list[str]:
    """What is wrong with the tiny scenario with changes, in lines."""
    root = from_plain(merge(TINY, changes) | fields, "f.yaml", 3)
    try:
        build(root, {} if last is None else {"f.yaml": last})
    except ScenarioError as error:
        assert all((one.file, one.line) == ("f.yaml", 3) for one in error.problems)
        return [f"{one.path}: {one.text}" for one in error.problems]
    return []


def test_the_tiny_scenario_and_one_of_legs_are_allowed() -> None:
    assert refusals({}) == refusals(ROUTE) == refusals(POINT) == []


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"zones": {"bruzgi": {"transit_state": "belaru"}}},
     ["zones.bruzgi.transit_state: found 'belaru', which is not one of the transit states; allowed: belarus, libya "
      "(did you mean 'belarus'?)"]),
    ({"carriers": {"buses": {"services": {"x-y": {"seats": 1}}}}},
     ["carriers.buses.services.x-y: found 'x-y', which is not one of the routes; allowed: baghdad-minsk, "
      "benghazi-italy, benghazi-minsk, damascus-minsk"]),
    ({"routes": {"baghdad-minsk": {"destination": "lida"}}},
     ["routes.baghdad-minsk.destination: found 'lida'; allowed: 'minsk', the hub of 'belarus' (only sea routes may end "
      "elsewhere)"]),
    ({"routes": {"damascus-minsk": {"transit_state": "libya", "destination": "benghazi"}}},
     ["routes.damascus-minsk.transit_state: found 'libya', which has no zone where its guests could go on; needed: an "
      "entry in `zones` whose transit_state is 'libya'"]),
    (merge(ROUTE, {"routes": {"baghdad-minsk": {"price": 1000.02}}}),
     ["routes.baghdad-minsk.price: found 1000.02 beside legs whose prices add up to 1000; allowed: their sum, or no "
      "price"]),
    (merge(ROUTE, {"routes": {"baghdad-minsk": {"price": 1000.01}}}), []),
    (merge(ROUTE, {"routes": {"baghdad-minsk": {"price": 999.99}}}), []),
    (merge(ROUTE, {"routes": {"baghdad-minsk": {"price": 999.98}}}),
     ["routes.baghdad-minsk.price: found 999.98 beside legs whose prices add up to 1000; allowed: their sum, or no "
      "price"]),
    ({"routes": {"benghazi-italy": {"legs": {"a-b": 1}}}},
     ["routes.benghazi-italy.legs: found legs of a sea route; allowed: legs by air or land"]),
    (merge(ROUTE, {"routes": {"baghdad-minsk": {"first_leg": "istanbul"}}}),
     ["routes.baghdad-minsk.first_leg: found 'istanbul', no leg of this route; allowed: baghdad-istanbul, "
      "istanbul-minsk (did you mean 'istanbul-minsk'?)"]),
    (merge(ROUTE, {"routes": {"baghdad-minsk": {"layover": 3}}}),
     ["routes.baghdad-minsk.layover: found 3.0 where no leg is told after which people wait; needed: `first_leg`, one "
      "of the route's legs"]),
    ({"routes": {"benghazi-italy": {"transit_state": "belarus"}}},
     ["routes.benghazi-italy.transit_state: found 'belarus' at 'benghazi', where people wait under the posture of "
      "'libya'; allowed: one transit state at a hub or coast"]),
    ({"zones": {"lida": {"sections": {"dieveniskes": None, "narewka": None}}}},
     ["zones.lida.sections: found none; needed: at least one section; allowed: dieveniskes, kuznica, narewka"]),
    ({"behaviour": {"retry": {"iraqi": 3, "others": 2}}},
     ["behaviour.retry.iraqi: found 'iraqi', which is not one of the cohorts; allowed: iraqis, sudanese, syrians, "
      "others (did you mean 'iraqis'?)"]),
    ({"agencies": {"poland": {"procedure": {"iraqis": 3}}}},
     ["agencies.poland.procedure: found no value for 'sudanese', 'syrians'; needed: one for each cohort, or 'others' "
      "for all that are not named"]),
    ({"agencies": {"poland": {"procedure": {"iraqis": 3, "sudanese": 1, "syrians": 1}}}}, []),
    ({"transit_states": {"belarus": {"posture": POSTURE}}},
     ["transit_states.belarus.facilitation: found `facilitation` beside `posture`, from which it is drawn; allowed: "
      "one of them"]),
    ({"transit_states": {"belarus": {"posture": POSTURE, "facilitation": {START: None}}},
      "zones": {"lida": {"steering": {START: 1}}}},
     ["zones.lida.steering: found `steering` beside the `posture` of 'belarus', from which it is drawn; allowed: one "
      "of them, or its mean in transit_states.belarus.posture.steering"]),
    ({"transit_states": {"belarus": {"posture": {**POSTURE, "steering": {"linda": 1}}, "facilitation": {START: None}}}},
     ["transit_states.belarus.posture.steering.linda: found 'linda', no zone of 'belarus'; allowed: bruzgi, lida (did "
      "you mean 'lida'?)"]),
    ({"places": {"nowhere": {"latitude": 1, "longitude": 2}}},
     ["places.nowhere: found 'nowhere', which is no origin, hub, landing, zone, agency or section; allowed: baghdad, "
      "benghazi, bruzgi, damascus, dieveniskes, kuznica, lampedusa, lida, lithuania, minsk, narewka, poland"]),
    ({"behaviour": {"retry": {"joint": [1, 2]}, "giving_up": {"joint": [0.1, 0.2, 0.3]},
                    "patience": {"joint": [5, 6]}}},
     ["behaviour.giving_up: found 3 joint values; allowed: 2, as of behaviour.retry: they are drawn together"]),
    ({"measures": {"x": {**BAN, "announced": START + timedelta(days=1)}}},
     ["measures.x.announced: found 2025-10-02; allowed: up to the start, 2025-10-01"]),
    ({"measures": {"x": {**BAN, "announced": START, "end": START}}}, []),
    ({"measures": {"x": {**BAN, "start": START + timedelta(days=2), "end": START + timedelta(days=1)}}},
     ["measures.x.end: found 2025-10-02; allowed: from the start, 2025-10-03, on"]),
    ({"sponsors": {"m": {"transit_states": ["belarus"], "end": START - timedelta(days=1)}}},
     ["sponsors.m.end: found 2025-09-30; allowed: from the start, 2025-10-01, on"]),
    ({"observed": ["poland-attempt-2021"]}, ["observed.0: found 'poland-attempt-2021', which is no"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_does_not_fit_is_refused_with_its_path(changes: dict[str, Any], found: list[str]) -> None:
    told = refusals(changes)
    if "observed" in changes:
        assert len(told) == 1
        assert told[0].startswith(found[0])
    else:
        assert told == found


@pytest.mark.parametrize(
    ("day", "last", "found"),
    [
        (END, END, []), (END + timedelta(days=1), END, ["found 2026-01-29, after the last day of the run; allowed: "
                                                       "dates up to 2026-01-28"]),
        (END + timedelta(days=1), None, []), (START - timedelta(days=99), END, []),
    ],
)  # fmt: skip
def test_a_schedule_names_no_day_after_the_last(day: date, last: date | None, found: list[str]) -> None:
    for where, changes in (
        ("transit_states.belarus.visas", {"transit_states": {"belarus": {"visas": {day: 1}}}}),
        ("carriers.buses.services.damascus-minsk.weekly",
         {"carriers": {"buses": {"services": {"damascus-minsk": {"weekly": {day: 1}}}}}}),
        ("sections.terespol.crossing_point.hours",
         merge(POINT, {"sections": {"terespol": {"crossing_point": {"hours": {day: 1}}}}})),
        ("sections.kuznica.barrier", {"sections": {"kuznica": {"barrier": {day: 1}}}}),
    ):  # fmt: skip
        assert refusals(changes, last=last) == [f"{where}.{day}: {text}" for text in found]


@pytest.mark.parametrize(
    ("day", "last", "found"),
    [
        (START, END, []), (END, END, []), (END + timedelta(days=1), None, []),
        (START - timedelta(days=1), END, ["found 2025-09-30, outside the run; allowed: from 2025-10-01 to 2026-01-28"]),
        (END + timedelta(days=1), END, ["found 2026-01-29, outside the run; allowed: from 2025-10-01 to 2026-01-28"]),
        (START - timedelta(days=1), None, ["found 2025-09-30, outside the run; allowed: from 2025-10-01 on"]),
    ],
)  # fmt: skip
def test_a_measure_starts_within_the_run(day: date, last: date | None, found: list[str]) -> None:
    told = [f"measures.x.start: {text}" for text in found]
    assert refusals({"measures": {"x": {**BAN, "start": day}}}, last=last) == told


@pytest.mark.parametrize(
    ("start", "days", "found"),
    [
        (START + timedelta(days=1), 10, []), (END + timedelta(days=1), 10, []),
        (START, 10, ["start: found 2025-10-01, and 'tiny' runs from 2025-10-01 to 2026-01-28; allowed: a day after "
                     "2025-10-01 and up to 2026-01-29"]),
        (END + timedelta(days=2), 10, ["start: found 2026-01-30, and 'tiny' runs from 2025-10-01 to 2026-01-28; "
                                      "allowed: a day after 2025-10-01 and up to 2026-01-29"]),
        (START + timedelta(days=10), 3640, []),
        (START + timedelta(days=11), 3640, ["days: found 2035-09-29 as the last day, of a run that begins on "
                                            "2025-10-01; allowed: 3,650 days in all"]),
    ],
)  # fmt: skip
def test_a_run_begins_from_another_within_or_right_after_it(start: date, days: int, found: list[str]) -> None:
    assert refusals({}, start=start, days=days, begins=tiny_scenario()) == found


def test_a_run_begins_from_one_that_begins_by_itself_and_has_no_timetable() -> None:
    later = {"start": START + timedelta(days=9)}
    chained = tiny_scenario().model_copy(update={"begins": tiny_scenario()})
    text = "begins: found a scenario that itself begins from another run; allowed: one that does not"
    assert refusals({}, begins=chained, **later) == [text]
    timed = tiny_scenario().model_copy(update={"timetable": "a.csv"})
    text = "found the timetable 'a.csv'; allowed: none where a run begins from another"
    assert refusals({}, begins=timed, timetable="a.csv", **later) == [f"begins: {text}", f"timetable: {text}"]


TEXTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"behaviour": {"retry": 0}},
     ["behaviour.retry: found 0; a value from 1 to 365 is allowed (unit: days)"]),
    ({"behaviour": {"rety": 4}}, ["behaviour.rety: unknown key 'rety'; allowed: "]),
    ({"days": "long"}, ["days: found 'long'; allowed: a whole number from 1 to 3,650 (days)"]),
    ({"cohorts": {"Iraqis": {"origin": "x"}}}, ["cohorts.Iraqis: found 'Iraqis'; allowed: a name of lower-case "]),
    ({"measures": {"x": {"kind": "bann"}}}, ["measures.x: kind: found 'bann'; allowed: "]),
    ({"measures": {"x": {}}}, ["measures.x: missing `kind`; allowed: "]),
    ({"transit_states": {"belarus": {"visas": {"soon": 1}}}},
     ["transit_states.belarus.visas.soon: found 'soon'; allowed: a date such as 2021-08-03"]),
    ({"detection": {"coverage": {"iraqis": 1}}},
     ["detection.coverage: found values by cohort; this quantity belongs to no cohort; allowed: a number "]),
    ({"titel": "x"}, ["titel: unknown key 'titel'; allowed: "]),
]  # fmt: skip


def test_an_incomplete_entry_of_a_name_close_to_another_is_perhaps_misspelt() -> None:
    told = refusals({"zones": {"bruzgy": {"capacity": 5}}})
    assert told[0].startswith("zones.bruzgy.sections: missing; needed: Border sections within reach, ")
    assert told[0].endswith("; 'bruzgy' is a new entry, did you mean 'bruzgi'?")
    assert "did you mean" not in refusals({"zones": {"elsewhere": {"capacity": 5}}})[0]


@pytest.mark.parametrize(("changes", "found"), TEXTS)
def test_a_value_of_another_kind_is_refused_with_what_is_allowed(changes: dict[str, Any], found: list[str]) -> None:
    told = refusals(changes)
    assert [text for start in found for text in told if text.startswith(start)]


def test_overrides_that_cannot_be_are_told_at_their_place() -> None:
    def told(**values: Any) -> str:
        with pytest.raises(ScenarioError) as caught:
            apply_overrides(tiny_scenario(), {key.replace("__", "."): value for key, value in values.items()})
        return str(caught.value)

    assert told(behaviour__rety=1).startswith("--set: behaviour.rety: found 'rety' in behaviour; allowed: ")
    assert told(behaviour__retry__x__y=1).startswith(
        "--set: behaviour.retry.x.y: found 'y' after behaviour.retry.x, which"
    )
    assert told(seasons__calm_sea__12=1) == "--set: seasons.calm_sea.12: found '12'; allowed: 0 to 11"
    assert told(transit_states__libya__visas__x=1) == (
        "--set: transit_states.libya.visas.x: found 'x'; allowed: a date such as 2021-08-03"
    )
    assert told(days=0).startswith("--set: days: found 0; allowed: a whole number from 1 to 3,650 (days)")
    found = apply_overrides(tiny_scenario(), {"behaviour.retry.iraqis": 5, "seasons.calm_sea.11": 0.25})
    assert found.behaviour.retry == {"iraqis": 5, "others": 3}
    assert found.seasons.calm_sea[11] == 0.25
    dated = apply_overrides(tiny_scenario(), {"sections.kuznica.barrier.2025-10-09": 5})
    assert dated.sections["kuznica"].barrier == {date(1990, 1, 1): 0.0, date(2025, 10, 9): 5.0}
    shorter = apply_overrides(tiny_scenario(), {"days": 5, "transit_states.libya.visas.2026-01-28": 1})
    assert shorter.days == 5


def test_errors_are_shown_short_and_in_order() -> None:
    assert str(Problem("f", 3, "a.b", "text")) == "f:3: a.b: text"
    assert str(Problem("f", 0, "", "text")) == "f: text"
    assert str(Problem("", 0, "", "text")) == "text"
    many = [Problem("f", k, "", "x") for k in range(1, MOST + 3)]
    lines = str(ScenarioError(many)).splitlines()
    assert (len(lines), lines[-1], lines[0]) == (21, "and 2 more problems", "f:1: x")
    assert len(str(ScenarioError(many[:MOST])).splitlines()) == 20
    assert [p.line for p in in_order({*many})] == list(range(1, 23))
    assert [show(value) for value in (None, True, 1.5, "a", [1], {"a": 1}, {}, date(2021, 1, 2))] == [
        "null (nothing)", "true", "1.5", "'a'", "[1]", "a mapping with a", "a mapping with nothing in it", "2021-01-02",
    ]  # fmt: skip
    assert show("x" * 78) == f"'{'x' * 78}'"
    assert show("x" * 79) == f"'{'x' * 76}..."
    assert (word("a" * 80), word("a" * 81)) == ("a" * 80, "a" * 77 + "...")
    assert (word("a\nb"), word("")) == ("'a\\nb'", "''")
    assert dotted(("a", "b", 2)) == "a.b.2"
    assert choices([]) == "allowed: none, as none is defined"
    assert choices(range(41)) == f"allowed: {', '.join(map(str, range(40)))}, ..."
    assert choices(range(40)) == f"allowed: {', '.join(map(str, range(40)))}"
    names = [f"n{k:02}" for k in range(13)]
    assert choices(names, "n09") == f"allowed: {', '.join(names[:12])}, ... (did you mean 'n09'?)"
