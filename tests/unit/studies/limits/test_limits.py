"""The step that binds is the one that, made easier, moves the flow; and differences by step add up."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.outputs.folder import OutputError
from sim.runs import run
from sim.scenario import load_scenario
from sim.studies.carry_out import carry_out
from sim.studies.limits.limits import Limits, binding, differences, limits_of, spans, tables_of, totals
from sim.studies.limits.observed import ON_LAND, STEPS
from sim.studies.limits.relaxations import relaxations
from sim.studies.limits.sources import cases_of, check_of, pairs_of, window_in
from sim.studies.plan import Plan
from sim.studies.study import Study
from tests.strategies import START, tiny_scenario
from tests.unit.studies.small import BAN, BASE

ROUTE = "baghdad-minsk"
PLENTY: dict[str, Any] = {
    "cohorts": {"iraqis": {"size": 20_000, "leaving_rate": 0.005}},
    "carriers": {"airline-iq": {"services": {ROUTE: {"seats": 100, "weekly": {START: 70}}}}},
    "transit_states": {"belarus": {"visas": {START: 1000}, "transfer": {START: 1000}}},
    "zones": {"bruzgi": {"capacity": 100_000}, "lida": {"capacity": 100_000}},
}
FEW_SEATS = {"carriers": {"airline-iq": {"services": {ROUTE: {"seats": 10, "weekly": {START: 7}}}}}}
FEW_VISAS = {"transit_states": {"belarus": {"visas": {START: 10}, "transfer": {START: 1000}}}}
LITTLE_TRANSFER = {"transit_states": {"belarus": {"visas": {START: 1000}, "transfer": {START: 10}}}}


def found_with(changes: dict[str, Any]) -> Limits:
    scenario = tiny_scenario({**PLENTY, **changes}, days=60)
    return limits_of(cases_of(scenario, name="tiny"), routes=[ROUTE])


def gains(limits: Limits, gain: str) -> dict[str, float]:
    own = limits.gains[limits.gains["route"] == limits.gains["route"].iloc[0]]
    return dict(zip(own["step"], own[gain], strict=True))


def test_where_all_is_plenty_price_and_taste_bind_and_neither_visas_nor_seats() -> None:
    limits = found_with({})
    brings = gains(limits, "boarded")
    assert min(brings["can_pay"], brings["would_leave"]) > 30
    assert brings["has_visa"] == brings["transferred"] == 0
    assert abs(brings["has_seat"]) < 10
    assert binding(limits, "tiny", ROUTE)[0] in ("can_pay", "would_leave")


@pytest.mark.parametrize(
    ("changes", "step"), [(FEW_SEATS, "has_seat"), (FEW_VISAS, "has_visa")], ids=["few seats", "few visas"]
)
def test_what_is_scarce_binds_and_a_tenth_more_of_it_brings_a_tenth(changes: dict[str, Any], step: str) -> None:
    limits = found_with(changes)
    brings, boarded = gains(limits, "boarded"), totals(limits, "tiny", ROUTE)["boarded"]
    assert brings[step] == pytest.approx(0.1 * boarded, rel=0.2)
    assert all(abs(other) < 0.3 * brings[step] for name, other in brings.items() if name != step)
    assert binding(limits, "tiny", ROUTE)[0] == step
    assert spans(limits, "tiny", ROUTE)[-1][0] == step


def test_scarce_transfer_binds_beyond_the_hub() -> None:
    limits = found_with(LITTLE_TRANSFER)
    assert binding(limits, "tiny", ROUTE)[1] == "transferred"
    assert gains(limits, "tried")["transferred"] > 0.05 * totals(limits, "tiny", ROUTE)["tried"]


def test_a_route_over_the_sea_has_no_visas_nor_a_border() -> None:
    limits = limits_of(cases_of(tiny_scenario(days=40), name="tiny"))
    own = limits.gains[limits.gains["route"] == "benghazi-italy"]
    assert not set(own["step"]) & {*ON_LAND, "entered"}
    assert limits.over_sea == {"benghazi-italy"}
    assert {one.step for one in relaxations(tiny_scenario(), ["benghazi-italy"])} == {
        "would_leave",
        "can_pay",
        "has_seat",
    }


@pytest.mark.long
def test_the_question_of_the_readme_is_answered() -> None:
    """More flights bring hardly anybody: seats and visas do not bind, the price does, then taste; both are assumed."""
    limits = limits_of(
        cases_of(load_scenario("benghazi-ten-a-week"), name="ten"), routes=["benghazi-minsk"], since=date(2025, 9, 1)
    )
    brings, boarded = gains(limits, "boarded"), totals(limits, "ten", "benghazi-minsk")["boarded"]
    assert limits.steps["seats"].groupby(limits.steps["week"]).first().sum() > 10 * boarded
    assert brings["has_visa"] == 0 and abs(brings["has_seat"]) < 0.05 * boarded
    assert brings["can_pay"] > brings["would_leave"] > 0.05 * boarded
    assert binding(limits, "ten", "benghazi-minsk")[0] == "can_pay"
    assert dict(zip(limits.gains["step"], limits.gains["assumed"], strict=True))["can_pay"]
    assert set(limits.steps["binding"]) == {"can_pay"}


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(Plan("compare", {"base": BASE, "ban": BAN}, 4))


@pytest.fixture(scope="module")
def compared(study: Study) -> Limits:
    cases = cases_of(study, 2)
    since, until = window_in(study, (None, None), cases[0].scenario)
    return limits_of(cases, since=since, until=until, check=check_of(study))


def test_differences_by_step_add_up_to_that_of_those_who_get_in(compared: Limits) -> None:
    found = differences(compared, "base", "ban")
    for route, own in found.groupby("route"):
        entered = own.set_index("step").loc["entered", "difference"]
        assert own["contribution"].sum() == pytest.approx(entered), route
    whole = found[found["route"] == "all"]["difference"].to_numpy()
    parts = found[found["route"] != "all"].groupby("step")["difference"].sum()[list(STEPS)].to_numpy()
    np.testing.assert_allclose(whole, parts)


def test_a_ban_is_told_as_one(compared: Limits) -> None:
    found = differences(compared, "base", "ban")
    own = found[found["route"] == "benghazi-minsk"].set_index("step")
    assert abs(own.loc["would_leave", "difference"]) < 1e-9 + 0.1 * own.loc["would_leave", "base"]
    assert own.loc["set_out", "difference"] < 0
    assert own["contribution"].idxmin() in ("set_out", "has_visa", "has_seat")
    assert spans(compared, "ban", "benghazi-minsk")[-1][0] == "has_seat"
    assert set(tables_of(compared, [("base", "ban")])) == {
        "limits-steps", "limits-gains", "limits-differences",
    }  # fmt: skip


def test_of_a_comparison_the_first_replicates_are_watched_from_the_first_difference_on(
    study: Study, compared: Limits
) -> None:
    assert compared.replicates == 2
    assert compared.first == study.window().first  # type: ignore[union-attr]
    assert pairs_of(study) == [("base", "ban")]


def test_where_nobody_can_set_out_there_is_nothing_to_tell() -> None:
    with pytest.raises(OutputError, match="nobody can set out"):
        limits_of(cases_of(load_scenario("base"), name="base"))


def test_a_run_that_is_not_the_recorded_one_is_refused() -> None:
    results = run(tiny_scenario(days=40))
    check = check_of(results)
    limits_of(cases_of(results, name="tiny"), routes=[ROUTE], check=check)
    results.totals.loc[results.totals["measure"] == "boarded", "value"] += 1
    with pytest.raises(OutputError, match="another model made"):
        limits_of(cases_of(results, name="tiny"), routes=[ROUTE], check=check_of(results))
