"""Bands hold what the replicates of the run on screen show, and vanish once it is changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.outputs.run_data import WINDOW
from sim.scenario import to_yaml
from sim.studies.carry_out import replicates
from sim.studies.work.executors import Serial
from sim.view.numbers import known_figures
from sim.view.panels.bands import REPLICATES, Bands, spans
from sim.view.session import Session
from tests.strategies import tiny_scenario


def test_they_are_the_intervals_of_the_replicates(tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(to_yaml(tiny_scenario(days=70)), encoding="utf-8")
    session = Session(str(file))
    bands = Bands(session, Serial)
    bands.start()
    assert bands.work.wait(240)
    found = bands.found
    assert found is not None, bands.work.progress.error
    study = replicates(session.scenario, REPLICATES, folder=tmp_path / "study")
    totals = study.matrix("scenario", measures=["attempts"], names=["all"]).values[:, 0]
    last = {name: (ends["low"][-1], ends["high"][-1]) for name, ends in found["figures"].items()}
    weekly = study.weekly("section", "attempts").groupby(["run", "week"], observed=True)["value"].sum()
    assert weekly.groupby("run").sum().to_numpy() == pytest.approx(totals)
    final = weekly.unstack().iloc[:, -1] / WINDOW
    assert last["attempts"] == pytest.approx(np.quantile(final, [0.05, 0.95]), rel=1e-3)
    so_far = study.matrix("scenario", measures=["turn_backs"], names=["all"]).values[:, 0]
    assert last["turned_back"] == pytest.approx(np.quantile(so_far, [0.05, 0.95]), rel=1e-3)
    dead = study.matrix("scenario", measures=["deaths"], names=["all"]).values[:, 0]
    assert last["dead"] == pytest.approx(np.quantile(dead, [0.05, 0.95]), rel=1e-2)  # three digits are shown
    assert set(found["pressure"]) == set(session.scenario.sections)
    assert list(found["totals"]) == ["All", "Lithuania", "Poland"]
    calls = study.weekly("section", "patrol_calls").groupby(["run", "week"], observed=True)["value"].sum().unstack()
    assert found["totals"]["All"]["high"] == pytest.approx(np.quantile(calls / WINDOW, 0.95, axis=0), rel=1e-3)
    people = study.weekly("status", "persons")
    assert set(found["persons"]) == {"in_procedure", "at_border", "at_hub", "at_coast", "stranded"}
    hub = people[people["name"] == "at_hub"].pivot_table(index="run", columns="week", values="value", observed=True)
    assert found["persons"]["at_hub"]["low"] == pytest.approx(np.quantile(hub, 0.05, axis=0), rel=1e-2)
    coast = people[people["name"].isin(["at_coast", "intercepted"])].groupby(["run", "week"], observed=True)["value"]
    high = np.quantile(coast.sum().unstack(), 0.95, axis=0)
    assert found["persons"]["at_coast"]["high"] == pytest.approx(high, rel=1e-2)
    assert found["persons"]["at_border"] == found["figures"]["waiting"]
    names = {figure.name: figure.output for figure in known_figures()}
    assert spans(found, 70, names)["turned_back"].count(" to ") == 1
    assert spans(found, 3, names) == spans(None, 70, names) == {}
    session.set_lever("facilitation.belarus", 0.1)
    assert bands.found is None
    session.go(0)
    assert bands.found is None or bands.of is session.scenario
