"""What Mesa is given of a model without a collector of its own."""

from __future__ import annotations

import sim
from sim.engine.rows import STATUSES
from sim.engine.tables import SECTION_FLOWS
from tests.strategies import tiny_scenario


def test_a_model_without_a_collector_shows_its_books() -> None:
    model = sim.CorridorModel(tiny_scenario())
    assert len(model.datacollector.get_model_vars_dataframe()) == 0
    model.run_for(30)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame[list(STATUSES)].to_numpy().tolist() == model.world.stocks_by_cohort[:30].sum(axis=1).tolist()
    assert frame[list(SECTION_FLOWS)].to_numpy().tolist() == model.world.section_flows[:30].sum(axis=1).tolist()
    assert (frame[list(STATUSES)].sum(axis=1) == len(model.migrants)).all()
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 31
