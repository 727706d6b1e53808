"""What may differ between a state and the scenario that goes on from it; tables packed, and files of states."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import rows as r
from sim.engine import tables as t
from sim.model import CorridorModel
from sim.outputs.run_data import run_data_of
from sim.scenario.schema import Scenario
from sim.states import late_dates
from sim.states.compatible import Began, _past, _words, check_continuable, check_layout
from sim.states.errors import StateError
from sim.states.packed_tables import COUNTED, SCRATCH, Packed, pack, unpack
from sim.states.state_file import read_state
from sim.states.what_if import _keys_of, _put, _put_values, _timetable_of
from sim.states.window import check_window, days_before, earlier_of, whole_of
from tests.strategies import POINT, START, merge, tiny_scenario

TINY = tiny_scenario(days=40)
BEGAN = Began(TINY, 20, "it", START + timedelta(days=20))


def on(day: int) -> date:
    return START + timedelta(days=day)


def told(other: Scenario, began: Began = BEGAN) -> str:
    try:
        check_continuable(began, other)
    except StateError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("changes", "fields", "text"),
    [
        ({}, {}, ""), ({}, {"days": 20}, ""), ({}, {"days": 90}, ""), ({"behaviour": {"retry": 9}}, {}, ""),
        ({}, {"days": 19}, "days: found 19; needed: 20 or more, which are done"),
        ({}, {"seed": 2}, "seed: found 2; needed: 1, with which the state began"),
        ({}, {"start": on(1)}, "start: found 2025-10-02; needed: 2025-10-01, with which the state began"),
        ({"cohorts": {"syrians": None}}, {}, "cohorts: found 'syrians', which is in the state, and not in the "
                                             "scenario; both need the same names"),
        ({"zones": {"new": {"transit_state": "belarus", "capacity": 1, "sections": {"kuznica": 0}}}}, {},
         "places: found 'new', which is not in the state; both need the same names"),
        ({"cohorts": {"iraqis": {"size": 161}}}, {}, "cohorts.iraqis.size: found 161; needed: 160, as it is of the "
                                                     "first day"),
        ({"agencies": {"poland": {"personnel": 21}}}, {}, "agencies.poland.personnel: found 21.0; needed: 20.0, as it "
         "is of the first day; a measure of kind reinforcement changes it from a day on"),
        ({"frontex": {"officers": 13}}, {}, "frontex.officers: found 13; needed: 12, as it is of the first day"),
        ({"carriers": {"more": {"services": {"baghdad-minsk": {"seats": 1, "weekly": {START: 1}}}}}}, {}, ""),
        ({"routes": {"damascus-minsk": {"mode": "air"}}}, {}, "routes.damascus-minsk.mode: found air; needed: land, as "
                                                              "it is of the first day"),
        ({"cohorts": {"sudanese": {"routes": {"benghazi-italy": None}}}}, {}, "pairs: found 'sudanese-benghazi-italy', "
         "which is open to the cohort in the state, and not in the scenario; both need the same names"),
        ({"cohorts": {"iraqis": {"routes": {"benghazi-italy": 0}}}}, {}, "pairs: found 'iraqis-benghazi-italy', which "
         "is open to the cohort not in the state; both need the same names"),
    ],
)  # fmt: skip
def test_names_and_the_first_day_may_not_differ(changes: dict[str, Any], fields: dict[str, Any], text: str) -> None:
    found = told(tiny_scenario(changes, **{"days": 40} | fields))
    assert found == (f"it, of 2025-10-21: {text}" if text else "")


def test_a_carrier_may_be_added_and_none_taken_away() -> None:
    more = tiny_scenario({"carriers": {"more": {"services": {"baghdad-minsk": {"weekly": {START: 1}}}}}}, days=40)
    assert told(more) == ""
    assert told(TINY, BEGAN._replace(scenario=more)) == (
        "it, of 2025-10-21: carriers: found 'more', which is in the state, and not in the scenario; both need the same "
        "names"
    )


def test_a_section_stays_a_crossing_point_or_none() -> None:
    point = tiny_scenario(POINT, days=40)
    plain = tiny_scenario(merge(POINT, {"sections": {"terespol": {"crossing_point": None}}}), days=40)
    assert told(plain, BEGAN._replace(scenario=point)).startswith(
        "it, of 2025-10-21: sections.terespol.crossing_point: "
    )


def test_another_timetable_has_to_be_loaded() -> None:
    def named(file: str | None) -> Scenario:
        return TINY.model_copy(update={"timetable": file})

    text = "it, of 2025-10-21: timetable: found 'b.csv', which is not loaded; load it with its scenario"
    assert told(named("b.csv")) == text
    assert told(named("b.csv"), BEGAN._replace(scenario=named("a.csv"))) == text
    assert told(named("a.csv"), BEGAN._replace(scenario=named("a.csv"))) == ""
    assert told(named(None), BEGAN._replace(scenario=named("a.csv"))) == ""
    loaded = named("b.csv")
    loaded._timetable = ("b.csv", on(30))
    assert told(loaded, BEGAN._replace(scenario=named("a.csv"))) == ""


def test_a_table_that_is_laid_out_otherwise_is_named() -> None:
    model = CorridorModel(TINY)
    state = model.state()
    check_layout(state, model)
    flows = state.tables["section_flows"]
    for changed in (
        {"section_flows": Packed((1, *flows.shape[1:]), flows.kept)},
        {"section_flows": Packed(flows.shape, flows.kept.astype(np.int64))},
    ):
        other = type(state)(state.scenario, 0, state.tables | changed, b"", "", {})
        with pytest.raises(StateError, match=r"^the state: its table section_flows is laid out otherwise than in this"):
            check_layout(other, model)
    for tables in ({k: v for k, v in state.tables.items() if k != "told"}, state.tables | {"more": flows}):
        other = type(state)(state.scenario, 0, tables, b"", "", {})
        with pytest.raises(StateError, match=r"its table (told|more) is laid out"):
            check_layout(other, model)


def test_the_past_of_a_measure_in_words() -> None:
    ban = {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": on(6), "announced": on(2), "end": on(8)}
    model = CorridorModel(tiny_scenario({"measures": {"it": ban}}, days=40))
    events = [(2, "announce"), (6, "forget"), (6, "start"), (9, "end")]
    assert [_past(model, day) for day in (2, 3, 7, 10)] == [
        {}, {"it": events[:1]}, {"it": events[:3]}, {"it": events}
    ]  # fmt: skip
    assert _words(model, events) == "was announced on 2025-10-03 and took effect on 2025-10-07 and ended on 2025-10-10"
    assert _words(model, [(6, "forget")]) == "was expected until 2025-10-07"


def test_a_window_is_the_end_of_a_longer_run() -> None:
    own = {"start": on(15), "days": 25, "begins": TINY.model_copy(update={"seed": 5})}
    window = TINY.model_copy(update=own)
    assert (days_before(window), days_before(TINY)) == (15, 0)
    whole = whole_of(window)
    assert (whole.start, whole.days, whole.begins) == (START, 40, None)
    assert earlier_of(window).seed == TINY.seed
    check_window(window)
    check_window(TINY)
    with pytest.raises(StateError, match=r"^begins: 'tiny', of 2025-10-16: cohorts\.iraqis.size: found 161"):
        check_window(tiny_scenario({"cohorts": {"iraqis": {"size": 161}}}).model_copy(update=own))


def test_tables_are_packed_to_what_is_written_and_come_back() -> None:
    model = CorridorModel(TINY)
    model.run_for(10)
    packed = pack(model.world, 10)
    assert len(packed["section_flows"].kept) == 11
    assert packed["section_flows"].shape == model.world.section_flows.shape
    assert len(packed["rows"].kept) == 400
    assert len(packed["attempts"].kept) == model.world.counters[t.N_ATTEMPTS]
    assert len(packed["blocks"].kept) == model.world.counters[t.N_USED_BLOCKS]
    assert [len(packed[name].kept) for name in SCRATCH] == [0, 0, 0]
    world = unpack(packed)
    for name, table in model.world._asdict().items():
        there = getattr(world, name)
        assert there.shape == table.shape
        if name not in (*COUNTED, *SCRATCH):
            assert there.tobytes() == table.tobytes(), name
        assert not np.shares_memory(there, packed[name].kept)
    model.world.section_flows[20, 0, 0] = 7
    assert len(pack(model.world, 10)["section_flows"].kept) == 40, "what is already written of later days is kept"
    own = pack(model.world, 10, copy=False)
    assert np.shares_memory(own["rows"].kept, model.world.rows)
    assert not np.shares_memory(packed["rows"].kept, model.world.rows)


def test_the_timetable_of_a_state_is_found_again_where_its_file_is_there(tmp_path: Path) -> None:
    rows = "date,origin,destination,carrier,seats\n2025-10-30,baghdad,minsk,airline-iq,40\n"
    file = tmp_path / "more.csv"
    file.write_text(rows, encoding="utf-8")
    scenario = TINY.model_copy(update={"timetable": "more.csv"})
    scenario._timetable = (str(file), on(39))
    model = CorridorModel(scenario)
    assert _timetable_of(model) == [(29, "baghdad-minsk", 40)]
    model.run_for(5)
    state = read_state(model.save(tmp_path / "a.state"))
    assert state.scenario._timetable == (str(file), on(39))
    assert state.scenario.timetable == "more.csv"
    assert (state.day, state.date, state.origin) == (5, on(5), str(tmp_path / "a.state"))
    assert repr(state) == "<State of 'tiny' on the morning of 2025-10-06, 5 days done>"
    assert len(state.checksum) == 32
    file.unlink()
    assert read_state(tmp_path / "a.state").scenario._timetable is None
    again = CorridorModel.restore(read_state(tmp_path / "a.state"))
    assert _timetable_of(again) == [(29, "baghdad-minsk", 40)]
    again.run_model()
    assert run_data_of(again).days == 40


def test_values_that_the_run_has_not_touched_are_those_of_the_other_scenario() -> None:
    now, begun, here = np.array([1, 5, 3, 9]), np.array([1, 2, 3, 4]), np.array([7, 2, 3, 8])
    _put_values(now, begun, here)
    assert here.tolist() == [7, 5, 3, 9]
    dtype = np.dtype([("a", int), ("b", int)])
    there, before, table = (np.array(rows, dtype) for rows in ([(1, 5)], [(1, 2)], [(7, 8)]))
    _put_values(there, before, table)
    assert table.tolist() == [(7, 5)]


def test_tables_by_key_or_day_are_put_where_both_have_them() -> None:
    now, begun, table = np.array([10, 20]), np.array([1, 2]), np.array([5, 1, 7])
    _put(now, begun, table, 99, (["a", "b"], ["b", "x", "a"]))
    assert table.tolist() == [20, 1, 10]
    for days in (3, 2):
        longer = np.zeros(5, int)
        _put(np.array([1, 2, 3]), np.zeros(3, int), longer, days, (None, None))
        assert longer.tolist() == [1, 2, 3, 0, 0]
        shorter = np.zeros(2, int)
        _put(np.array([1, 2, 3]), np.zeros(3, int), shorter, days, (None, None))
        assert shorter.tolist() == [1, 2]
    model = CorridorModel(TINY)
    assert _keys_of("services", model) == [
        ("baghdad-minsk", "airline-iq"), ("benghazi-italy", "boats"), ("benghazi-minsk", "airline-ly"),
        ("damascus-minsk", "buses"),
    ]  # fmt: skip
    assert _keys_of("return_flights", model) == []
    assert _keys_of("rows", model) is None


def test_dates_beyond_the_end_are_entered_in_the_calendar_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    model = CorridorModel(tiny_scenario(days=60))
    rows, names = model.world.rows, model.names.routes
    rows["due"], rows["status"] = 10, r.PROSPECT
    sea, land = names.index("benghazi-italy"), names.index("baghdad-minsk")
    for row, (status, due, route, flags) in enumerate((
        (r.PROSPECT, 41, land, 0), (r.PROSPECT, 40, land, 0), (r.BOOKED, 50, land, 0), (r.BOOKED, 50, sea, 0),
        (r.BOOKED, 50, land, r.HELD_UP), (r.AT_BORDER, 50, land, 0), (r.CROSSED, 55, land, 0),
    )):  # fmt: skip
        rows["status"][row], rows["due"][row], rows["route"][row], rows["flags"][row] = status, due, route, flags
    found: list[tuple[list[int], list[int]]] = []
    monkeypatch.setattr(late_dates, "enter", lambda w, people, own: found.append((people.tolist(), own.tolist())))
    late_dates.enter_late_dates(model, 60)
    assert found == []
    late_dates.enter_late_dates(model, 40)
    assert found == [([0, 2, 3, 4, 6], [t.C_RECONSIDER, t.C_VISA, t.C_COAST, t.C_HELD_UP, t.C_ONWARD])]
    found.clear()
    rows["due"] = 10
    late_dates.enter_late_dates(model, 40)
    assert found == []
