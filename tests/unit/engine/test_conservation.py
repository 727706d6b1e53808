"""A person, seat, boat or patrol too many or too few stops the run, with the day, the place and the numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sim.engine import tables as t
from sim.engine.conservation import WORDS
from sim.engine.ledger import (
    ABOARD,
    APPROACHES,
    ATTEMPTS,
    BOARDED,
    BOATS,
    CALLS,
    CLAIMS,
    NEGATIVE,
    PATROLS,
    PERSONS,
    PLACES,
    RECORDED,
    SEATS,
    ConservationError,
)
from sim.engine.rows import AT_HUB, BOOKED
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario

DAY = 60


@pytest.fixture
def model() -> CorridorModel:
    """At a day on which all is going on."""
    return finished(tiny_scenario(), days=DAY)


def route(model: CorridorModel, name: str) -> int:
    return model.names.routes.index(name)


def pair_of(model: CorridorModel, name: str) -> int:
    return next(k for k, (_, route) in enumerate(model.names.pairs) if route == name)


def tamper(model: CorridorModel, law: int) -> str:
    """Spoil one entry of today's books; the name that the error must tell."""
    w = model.world
    sea, air = "benghazi-italy", "baghdad-minsk"
    if law == PERSONS:
        w.stocks[0, 0, 0] += 1
        return "cohort iraqis counts 161 persons"
    if law == NEGATIVE:
        w.stocks[0, 0, 0] += 1
        w.stocks[0, -1, 0] -= 1
        return "cohort iraqis counts -1 persons at Onward"
    if law == SEATS:
        w.pair_flows[DAY, pair_of(model, air), t.F_BOARDED] += 1000
        return f"route {air}: 10"
    if law == BOARDED:
        w.pair_flows[DAY, pair_of(model, air), t.F_BOARDED] -= 1
        return f"route {air}: "
    if law == ABOARD:
        w.pair_flows[DAY, pair_of(model, sea), t.F_LANDED] += 1000
        return f"route {sea}: -"
    if law == BOATS:
        w.routes[route(model, sea)]["boats"] += 1
        return f"route {sea}: "
    flows, row = {
        PATROLS: (("turn_backs", "patrol_calls", "recorded", "attempts", "approaches"), 1000),
        CALLS: (("overload_crossings",), 1),
        RECORDED: (("recorded",), 1),
        APPROACHES: (("approaches",), 1),
        ATTEMPTS: (("crossings",), 1),
        CLAIMS: (("claims", "approaches"), 1),
        PLACES: (("claims_admitted", "claims", "approaches"), 1),
    }[law]
    for name in flows:
        w.section_flows[DAY, 1, t.SECTION_FLOWS.index(name)] += row
    return "section kuznica: "


@pytest.mark.parametrize("law", sorted(WORDS))
def test_what_does_not_add_up_stops_the_run_and_is_told(model: CorridorModel, law: int) -> None:
    words = tamper(model, law)
    with pytest.raises(ConservationError) as error:
        model.step()
    assert str(error.value).startswith(f"{START + timedelta(days=DAY)}: {words}")
    kind, pattern = WORDS[law]
    assert pattern.partition("{}")[0] in str(error.value)
    assert any(name in str(error.value) for name in getattr(model.names, kind))


def test_the_numbers_that_do_not_agree_are_told(model: CorridorModel) -> None:
    tamper(model, CALLS)
    with pytest.raises(ConservationError) as error:
        model.step()
    flows = dict(zip(t.SECTION_FLOWS, model.world.section_flows[DAY, 1].tolist(), strict=True))
    stopped = flows["turn_backs"] + flows["procedures"] - flows["self_presentations"]
    ended = stopped + flows["overload_crossings"]
    assert flows["overload_crossings"] > 0
    assert ended == flows["patrol_calls"] + 1
    assert f": {ended} detected attempts" in str(error.value)
    assert f"; {flows['patrol_calls']} called for a patrol" in str(error.value)


def test_every_day_everybody_is_somewhere() -> None:
    model = finished(tiny_scenario(days=60))
    for table in (model.world.stocks_by_place, model.world.stocks_by_cohort):
        assert table.sum(axis=(1, 2)).tolist() == [400] * 60


def test_rows_that_tell_another_story_stop_the_run_on_its_last_day() -> None:
    """A migrant whose row was changed past the ledger."""
    model = finished(tiny_scenario(days=30), days=29)
    rows = model.world.rows
    changed = int((rows["status"] == BOOKED).argmax())
    rows["status"][changed] = AT_HUB
    with pytest.raises(ConservationError, match=r"2025-10-30: cohort .*: the ledger has \d+ persons, a recount \d+"):
        model.step()


def test_books_close_with_all_measures_and_a_timetable() -> None:
    from tests.rich_scenario import rich_scenario, timetable

    scenario = rich_scenario(3)
    zones = {name: zone.model_copy(update={"evacuation": {START: 0.02}}) for name, zone in scenario.zones.items()}
    scenario = scenario.model_copy(update={"zones": zones})
    model = CorridorModel(scenario, timetable(scenario))
    while model.running:
        model.step()
    assert model.day == scenario.days
    assert (model.world.pair_flows.sum(axis=(0, 1)) > 0).all()
