"""What makes each step a tenth easier: which values are changed, and to what."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.runs import run
from sim.scenario.schema import Scenario
from sim.studies.limits import observed
from sim.studies.limits.limits import limits_of
from sim.studies.limits.observed import observe
from sim.studies.limits.relaxations import Relaxation, relaxations
from sim.studies.limits.sources import cases_of
from tests.strategies import START, tiny_scenario

TINY = tiny_scenario(days=21)
WORDS = {
    "would_leave": "taste: odds +10 %", "can_pay": "price −10 %", "has_visa": "visas +10 %",
    "has_seat": "departures +10 %", "transferred": "transfer +10 %", "tried": "first attempt 10 % sooner",
    "entered": "detection −10 %",
}  # fmt: skip


def by_step(scenario: Scenario, *routes: str) -> dict[str, Relaxation]:
    found = relaxations(scenario, routes)
    assert all(one.what == WORDS[one.step] for one in found)
    return {one.step: one for one in found}


def test_each_step_of_a_route_by_air_has_its_own_change() -> None:
    found = by_step(TINY, "baghdad-minsk", "no-such-route")
    price, p = TINY.routes["baghdad-minsk"].price, TINY
    assert list(found) == list(WORDS)
    assert found["would_leave"].changes == {"cohorts.iraqis.routes.baghdad-minsk": pytest.approx(math.log(1.1))}
    assert found["can_pay"].changes == {"routes.baghdad-minsk.price": pytest.approx(0.9 * float(price))}  # type: ignore[arg-type]
    assert found["has_visa"].changes == {"transit_states.belarus.visas": {START: pytest.approx(8.25)}}
    weekly = "carriers.airline-iq.services.baghdad-minsk.weekly"
    assert found["has_seat"].changes == {weekly: {START: pytest.approx(5.5)}}
    assert found["transferred"].changes == {"transit_states.belarus.transfer": {START: pytest.approx(6.05)}}
    attempt, coverage = float(p.behaviour.first_attempt), float(p.detection.coverage)  # type: ignore[arg-type]
    assert found["tried"].changes == {"behaviour.first_attempt": pytest.approx(0.9 * attempt)}
    assert found["entered"].changes == {"detection.coverage": pytest.approx(0.9 * coverage)}
    assert {step: one.seats for step, one in found.items()} == dict.fromkeys(WORDS, 1.0) | {"has_seat": 1.1}


def test_what_several_routes_share_is_changed_once_and_what_is_theirs_for_each() -> None:
    found = by_step(TINY, "baghdad-minsk", "benghazi-minsk", "damascus-minsk")
    assert sorted(found["has_seat"].changes) == [
        "carriers.airline-iq.services.baghdad-minsk.weekly", "carriers.airline-ly.services.benghazi-minsk.weekly",
        "carriers.buses.services.damascus-minsk.weekly",
    ]  # fmt: skip
    assert list(found["has_visa"].changes) == ["transit_states.belarus.visas"]
    assert len(found["would_leave"].changes) == len(found["can_pay"].changes) == 3


def test_a_step_that_a_route_lacks_has_no_change() -> None:
    assert "has_visa" not in by_step(TINY, "damascus-minsk"), "nobody needs a visa by land"
    assert set(by_step(TINY, "damascus-minsk")) == set(WORDS) - {"has_visa"}
    assert list(by_step(TINY, "benghazi-italy")) == ["would_leave", "can_pay", "has_seat"]
    free = tiny_scenario({"routes": {"baghdad-minsk": {"price": 0}}})
    assert "can_pay" not in by_step(free, "baghdad-minsk"), "a tenth less of nothing is nothing"
    assert relaxations(TINY, []) == []


def test_a_value_stays_within_what_is_allowed() -> None:
    full = tiny_scenario({"cohorts": {"iraqis": {"routes": {"baghdad-minsk": 20}}}})
    found = by_step(full, "baghdad-minsk").get("would_leave")
    assert found is None or max(found.changes.values()) <= 20 + math.log(1.1)


def test_a_value_of_the_scenarios_own_or_of_the_schemas_assumption_is_assumed() -> None:
    found = by_step(TINY, "baghdad-minsk")
    assert found["would_leave"].assumed
    assert found["has_visa"].assumed


def test_seats_of_timetabled_departures_of_the_routes_are_rounded_up() -> None:
    rows = [(0, "baghdad-minsk", 10), (1, "baghdad-minsk", 11), (2, "damascus-minsk", 10)]
    eased, timetable = by_step(TINY, "baghdad-minsk")["has_seat"].of(TINY, rows, ["baghdad-minsk"])
    assert timetable == [(0, "baghdad-minsk", 11), (1, "baghdad-minsk", 13), (2, "damascus-minsk", 10)]
    assert eased.carriers["airline-iq"].services["baghdad-minsk"].weekly == {START: pytest.approx(5.5)}
    plain = Relaxation("tried", "w", {"behaviour.first_attempt": 3.0}).of(TINY, rows, ["baghdad-minsk"])
    assert plain[1] == rows
    assert plain[0].behaviour.first_attempt == 3.0


def test_progress_counts_the_run_itself_and_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    found = limits_of(
        cases_of(TINY, name="tiny"),
        routes=["damascus-minsk"],
        since=date(2025, 10, 9),
        progress=lambda *n: told.append(n),
    )
    assert told == [(done, 7) for done in range(1, 8)]
    assert (found.first, found.last, found.replicates) == (date(2025, 10, 8), date(2025, 10, 21), 1)
    assert set(found.steps["route"]) == set(found.gains["route"]) == {"damascus-minsk"}
    assert found.gains["step"].tolist() == [step for step in WORDS if step != "has_visa"]
    assert len(found.steps) == 2
    nobody = tiny_scenario({"cohorts": {c: {"routes": dict.fromkeys(one.routes)} for c, one in TINY.cohorts.items()}})
    with pytest.raises(OutputError, match="found a scenario in which nobody can set out; needed: cohorts with routes"):
        limits_of([*cases_of(TINY, name="a"), *cases_of(nobody, name="b")])


def test_only_routes_by_air_or_land_with_a_wait_need_a_visa() -> None:
    seen = observe(tiny_scenario({"routes": {"benghazi-italy": {"visa_lead": 5}}}, days=3))
    needs = dict(zip(seen.names.routes, seen.needs_visa.tolist(), strict=True))
    assert needs == {"baghdad-minsk": True, "benghazi-minsk": True, "damascus-minsk": False, "benghazi-italy": False}


def test_an_earlier_run_is_watched_once_and_again_where_another_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    model = observed.CorridorModel
    monkeypatch.setattr(observed, "CorridorModel", lambda *given: made.append(model(*given)) or made[-1])
    observed._EARLIER.clear()

    def window(first: int) -> Scenario:
        own = {"start": date(2025, 10, 1 + first), "days": 21 - first, "begins": TINY}
        return TINY.model_copy(update=own)

    one = observe(window(5))
    observe(window(5))
    assert len(made) == 1
    assert vars(made[0]) == {}, "nothing of the earlier run is kept but what was seen"
    observe(window(6))
    assert len(made) == 2
    assert one.counts.shape[0] == 16


def test_a_run_that_was_recorded_is_checked_by_those_who_boarded() -> None:
    results = run(TINY)
    assert cases_of(results, name="x")[0].replicate == 0
    assert cases_of(results, name="x")[0].name == "x"
