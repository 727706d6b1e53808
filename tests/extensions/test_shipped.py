"""The extensions in `experiments/extensions`: each through run, comparison, pool, cluster, sweep, replay and view."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import extend
from sim.outputs.results import Results
from sim.scenario.schema import Scenario
from sim.states.errors import StateError
from sim.studies.carry_out import carry_out, compare
from sim.studies.store.replay import replay
from sim.studies.study import Study
from sim.studies.work.executors import Dask
from sim.sweeps.completed_sweep import sweep_frame, wide_tables
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from sim.view.map_state import map_frame
from sim.view.session import Session
from tests.command import caller
from tests.dask_cluster import Cluster
from tests.properties.differing import differing
from tests.strategies import START, finished, tiny_scenario

FOLDER = Path(__file__).resolve().parents[2] / "experiments" / "extensions"
DAYS = 60
# What a small scenario says to use each of them.
USED: dict[str, dict[str, object]] = {
    "saturating_detection": {},
    "age": {},
    "boycott": {
        "measures": {
            "shunned": {"kind": "boycott", "carriers": ["airline-iq"], "price_factor": 4, "start": f"{START:%Y-%m}-15"}
        }
    },
    "smugglers": {
        "smugglers": {
            "sea": {"routes": ["benghazi-italy"], "capacity": 10, "price": 300},
            "air": {"routes": ["baghdad-minsk", "benghazi-minsk"], "capacity": 4, "response": {"uniform": [0.2, 0.8]}},
        }
    },
}
NAMES = sorted(USED)
AGE = pytest.mark.nightly  # of an attribute: it compiles everything anew, for more than a minute


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    extend.clear()


@pytest.fixture(params=[pytest.param(name, marks=AGE if name == "age" else ()) for name in NAMES])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def scenario_of(name: str, days: int = DAYS) -> Scenario:
    """A small scenario that uses an extension, which is loaded."""
    return tiny_scenario({"behaviour": {"retry": {"uniform": [2, 9]}}, **USED[name]}, days=days)


def tables(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in (".parquet", ".csv", ".py"))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_each_has_a_page() -> None:
    files = {file.stem for file in FOLDER.glob("*.py")}
    assert files == set(NAMES)
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"{name}.py" in index
        assert (FOLDER / f"{name}.md").read_text(encoding="utf-8").startswith("# ")


def test_a_run_is_replayed_to_the_byte_with_it_and_refused_without(name: str, tmp_path: Path) -> None:
    with extend.loaded(FOLDER / f"{name}.py"):
        sim.run(scenario_of(name)).write(tmp_path / "run")
        assert replay(tmp_path / "run").same
        assert isinstance(sim.results(tmp_path / "run"), Results)
    assert (tmp_path / "run" / f"{name}.py").read_bytes() == (FOLDER / f"{name}.py").read_bytes()
    with pytest.raises(sim.OutputError, match=rf"made by another model, which differs in extension {name} \(there"):
        replay(tmp_path / "run")


def test_a_stored_state_goes_on_to_the_same_bytes_with_it(name: str, tmp_path: Path) -> None:
    with extend.loaded(FOLDER / f"{name}.py"):
        scenario = sim.resolve(scenario_of(name))
        whole, model = finished(scenario), finished(scenario, 31)
        again, branch = sim.CorridorModel.restore(model.save(tmp_path / "state")), model.branch()
        for each in (again, branch):
            each.run_model()
            assert differing(whole, each) == []
    with pytest.raises(StateError, match=f"{tmp_path / 'state'}: .*extension.* {name}"):
        sim.CorridorModel.restore(tmp_path / "state")


def test_a_comparison_has_the_same_bytes_on_one_process_and_two(name: str, tmp_path: Path) -> None:
    with extend.loaded(FOLDER / f"{name}.py"):
        base, other = scenario_of(name), tiny_scenario({"detection": {"coverage": 0.2}, **USED[name]}, days=DAYS)
        compare(base, other, replicates=6, folder=tmp_path / "one")
        study = compare(base, other, replicates=6, folder=tmp_path / "two", jobs=2)
        assert (len(study.failed), study.complete) == (0, True)
    assert tables(tmp_path / "one") == tables(tmp_path / "two")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    yield found
    found.close()


@pytest.mark.nightly
def test_a_cluster_has_the_same_bytes(cluster: Cluster, tmp_path: Path) -> None:
    """Workers that have none of them get each with its work, one after the other."""
    for name in NAMES:
        place: Dask = cluster.connect(2)
        with extend.loaded(FOLDER / f"{name}.py"):
            pair = scenario_of(name), tiny_scenario(USED[name], days=DAYS)
            far = compare(*pair, replicates=4, folder=tmp_path / f"far-{name}", place=place)
            compare(*pair, replicates=4, folder=tmp_path / f"here-{name}")
            assert len(far.failed) == 0, far.failed
        assert tables(tmp_path / f"far-{name}") == tables(tmp_path / f"here-{name}"), name


def test_a_sweep_counts_what_it_adds(name: str, tmp_path: Path) -> None:
    outcome = {"smugglers": "smuggled"}.get(name, "attempts")
    with extend.loaded(FOLDER / f"{name}.py"):
        (tmp_path / "tiny.yaml").write_text(sim.scenario.to_yaml(scenario_of(name)), encoding="utf-8")
        (tmp_path / "sweep.yaml").write_text(
            f"kind: sweep\ntitle: sweep\nscenario: tiny.yaml\ndesign: grid\nlevels: 2\nreplicates: 2\n"
            f"parameters: {{behaviour.retry: {{range: [2, 8]}}}}\noutcomes: [{outcome}]\n",
            encoding="utf-8",
        )
        plan = plan_of(read_experiment(tmp_path / "sweep.yaml"))
        carry_out(plan, tmp_path / "out", tables=wide_tables)
        assert (sweep_frame(tmp_path / "out")[outcome] > 0).all()


def test_the_view_runs_it(name: str, tmp_path: Path) -> None:
    with extend.loaded(FOLDER / f"{name}.py"):
        file = tmp_path / "tiny.yaml"
        file.write_text(sim.scenario.to_yaml(scenario_of(name)), encoding="utf-8")
        model = Session(str(file)).model(20)
        shown = json.loads(json.dumps(map_frame(model)))
        alone = finished(scenario_of(name), 20)
        assert shown["sections"]
        np.testing.assert_array_equal(model.world.section_flows, alone.world.section_flows)


@AGE
def test_age_moves_nothing_and_splits_everything() -> None:
    plain = sim.run(scenario_of("age")).totals
    with extend.loaded(FOLDER / "age.py"):
        found = sim.run(scenario_of("age")).totals
    by_age = found[found["level"] == "age"]
    pd.testing.assert_frame_equal(found[found["level"] != "age"].reset_index(drop=True), plain)
    of_all = plain[plain["level"] == "cohort"].groupby("measure")["value"].sum()
    for output in ("deaths", "injuries", "boarded", "attempts", "entries", "stranded"):
        assert by_age[by_age["measure"] == output]["value"].sum() == of_all[output], output
    people = by_age[by_age["measure"].str.startswith("persons_")].groupby("name")["value"].sum()
    assert people.sum() == 400
    assert 0.15 < people["minor"] / 400 < 0.35


@pytest.mark.long
def test_age_moves_nothing_and_splits_everything_without_compilation() -> None:
    """The test above by day, in a process that need not compile everything anew for an attribute."""
    above = f"{__file__}::{test_age_moves_nothing_and_splits_everything.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "", "-W", "ignore", "-p", "no:cacheprovider", above],
        cwd=Path(__file__).parents[2], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_saturating_detection_finds_fewer_and_is_near_where_officers_are_few() -> None:
    plain = finished(scenario_of("age")).world
    with extend.loaded(FOLDER / "saturating_detection.py"):
        found = finished(scenario_of("saturating_detection")).world
    kappa = -np.log1p(-plain.section_detection[0])
    np.testing.assert_allclose(found.section_detection[0], kappa / (1 + kappa), rtol=1e-9)
    assert (found.section_detection <= plain.section_detection + 1e-12).all()


def test_a_boycott_makes_a_carrier_s_tickets_dearer_and_fewer_board() -> None:
    with extend.loaded(FOLDER / "boycott.py"):
        shunned = finished(scenario_of("boycott"))
        gentle = {"measures": {"shunned": {**USED["boycott"]["measures"]["shunned"], "price_factor": 1.0}}}  # type: ignore[index]
        free = finished(tiny_scenario({"behaviour": {"retry": {"uniform": [2, 9]}}, **gentle}, days=DAYS))
        route = shunned.names.routes.index("baghdad-minsk")
        assert shunned.world.routes["price"][route] == pytest.approx(4 * free.world.routes["price"][route])
        assert shunned.world.route_flows[15:, route, 2].sum() < free.world.route_flows[15:, route, 2].sum()


def test_closing_a_route_moves_smugglers_price_and_volume_to_its_substitute() -> None:
    """Of two routes of one smuggler, one is banned: fee and travellers of the other rise."""
    ban = {"ban": {"kind": "carrier-ban", "routes": ["benghazi-minsk"], "start": f"{START:%Y-%m}-20"}}
    sold = {"smugglers": {"all": {"routes": ["benghazi-minsk", "benghazi-italy"], "capacity": 3, "response": 0.6}}}
    with extend.loaded(FOLDER / "smugglers.py"):

        def seen(changes: dict[str, object]) -> tuple[float, int]:
            model = finished(tiny_scenario({**sold, **changes}, days=120))
            sea = model.names.routes.index("benghazi-italy")
            return model.extra_actors["smugglers"]["all"].fees[sea], int(model.world.route_flows[20:, sea, 2].sum())

        open_fee, open_volume = seen({})
        closed_fee, closed_volume = seen({"measures": ban})
    assert closed_fee > open_fee
    assert closed_volume > open_volume


@pytest.mark.parametrize("extension", [pytest.param(name, marks=AGE if name == "age" else ()) for name in NAMES])
def test_the_command_line_takes_it(
    extension: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corridor = caller(monkeypatch, capsys)
    file = FOLDER / f"{extension}.yaml"
    asked = str(file) if file.exists() else "benghazi-minsk-2025"
    source = FOLDER / f"{extension}.py"
    done = corridor("run", asked, "--days", "20", "--with", str(source), "--out", str(tmp_path / "r"))
    assert done.status == 0, done.err
    assert f"--with {source}" in json.loads((tmp_path / "r" / "run.json").read_text())["command"]


def test_a_study_can_be_read_without_what_it_was_made_with(tmp_path: Path) -> None:
    with extend.loaded(FOLDER / "smugglers.py"):
        compare(
            scenario_of("smugglers"), tiny_scenario(USED["smugglers"], days=DAYS), replicates=2, folder=tmp_path / "s"
        )
    totals = Study(tmp_path / "s").totals
    assert totals[totals["measure"] == "smuggled"]["value"].sum() > 0


@AGE
def test_a_study_by_age_can_be_read_without_what_it_was_made_with(tmp_path: Path) -> None:
    with extend.loaded(FOLDER / "age.py"):
        compare(scenario_of("age"), tiny_scenario(days=DAYS), replicates=2, folder=tmp_path / "s")
    totals = Study(tmp_path / "s").totals
    assert set(totals[totals["level"] == "age"]["name"]) == {"minor", "adult"}


def test_a_study_that_cannot_be_read_without_one_says_which(tmp_path: Path) -> None:
    with extend.loaded(FOLDER / "boycott.py"):
        compare(scenario_of("boycott"), tiny_scenario(USED["boycott"], days=DAYS), replicates=2, folder=tmp_path / "s")
        assert Study(tmp_path / "s").scenarios
    with pytest.raises(sim.OutputError, match=r"not loaded; add --with .*extensions/boycott\.py"):
        _ = Study(tmp_path / "s").scenarios
    with extend.loaded(tmp_path / "s" / "extensions" / "boycott.py"):
        assert Study(tmp_path / "s").scenarios
