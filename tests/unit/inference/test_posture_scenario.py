"""What a filter inferred, as a scenario: what its particles did, no more of them than there are, and how sure it is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.api import fits
from sim.inference import posture_scenario
from sim.inference.filter import observation_model
from sim.inference.filter.assimilate import Month
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Particles
from sim.inference.filter.record import Figure
from sim.inference.filter.study import Filtered, Job, assimilate
from sim.inference.posture_scenario import Inferred, _Paths, months_through
from sim.outputs.daily import blocks_of
from sim.outputs.identity import identity, version_of
from sim.runs import run_to_data
from sim.scenario import ScenarioError, load_scenario
from sim.scenario.quantity import JOINT, Distribution
from sim.scenario.schema import Scenario
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import CONTENT, ROWS, tiny_filter

END = ROWS[-1].end
pytestmark = pytest.mark.usefixtures("filter_record")


@pytest.fixture(scope="module")
def loaded() -> LoadedFilter:
    """A filter without unknown behaviour, so that a particle is its posture alone."""
    return tiny_filter(parameters={})


@pytest.fixture(scope="module")
def done(loaded: LoadedFilter, tmp_path_factory: pytest.TempPathFactory) -> Filtered:
    return assimilate(loaded, Job(tmp_path_factory.mktemp("filter")))


def written(done: Filtered, folder: Path, through: date | None = None) -> Scenario:
    file = folder / "inferred.yaml"
    file.write_text(done.as_scenario(through).text)
    return load_scenario(file)


def joint(scenario: Scenario) -> list[tuple[float, ...]]:
    belarus = scenario.transit_states["belarus"]
    schedules = [belarus.visas, belarus.facilitation, scenario.zones["lida"].steering]
    values = [value for schedule in schedules for value in schedule.values()]
    return [value.arguments for value in values if isinstance(value, Distribution) and value.kind == JOINT]


def test_a_run_counts_what_the_filter_counted_of_its_particle(done: Filtered, tmp_path: Path) -> None:
    """The counts follow from the path: the run of the first particle has those that the filter stored with one."""
    scenario = written(done, tmp_path)
    assert scenario.end == END
    recorded = blocks_of([run_to_data(scenario)])["agency", "recorded_attempts"]
    run = np.array([recorded.of(name)[0] for name in done.filter.series])
    stored = done.filter.particles.daily[:, :, : scenario.days]
    off = np.abs(stored.cumsum(axis=2) - run.cumsum(axis=1)).max(axis=(1, 2))
    assert off.min() <= 2  # values have four digits


def test_there_are_as_many_paths_as_the_particles_have_and_the_file_says_so(done: Filtered, tmp_path: Path) -> None:
    found = written(done, tmp_path)
    values = joint(found)
    assert {len(one) for one in values} == {done.filter.particles.size}
    different = len(set(zip(*values, strict=True)))
    assert f"{done.filter.particles.size} draws of {different} different paths" in done.as_scenario().summary
    assert "no test of the model" in done.as_scenario().text
    assert "fitted to them" in found.description
    assert found.transit_states["belarus"].posture is None


def test_paths_go_on_after_the_record_and_the_file_says_from_when_on_that_is_most_of_the_spread(
    done: Filtered, tmp_path: Path
) -> None:
    through = END + timedelta(days=45)
    found, told = written(done, tmp_path, through), done.as_scenario(through)
    assert done.as_scenario(through).text == told.text
    assert found.end == done.filter.loaded.scenario.end  # in the middle of the month
    shorter = joint(written(done, tmp_path))
    assert len(joint(found)) > len(shorter)
    assert told.ahead["share"].between(0, 1).all()
    over = told.ahead[told.ahead["share"] > 0.5].groupby("series")["month"].min()
    for name, month in over.items():
        assert f"{name} from {month:%Y-%m} on" in told.summary  # two months: the second is over half as well


def test_earlier_months_are_told_by_the_particles_of_later_ones(done: Filtered, tmp_path: Path) -> None:
    first = written(done, tmp_path, START)
    assert first.days == 31
    assert list(first.transit_states["belarus"].visas) == [START]
    assert set(done.as_scenario(START).figures["period_end"]) == {row.end for row in ROWS if row.days == 31}


def test_the_command_says_of_the_particles_what_the_head_of_the_file_says(done: Filtered) -> None:
    inferred = done.as_scenario()
    head = [line.removeprefix("# ") for line in inferred.text.splitlines() if line.startswith("# ")]
    assert head[2:] == inferred.notes  # after the command and the model
    assert " ".join(inferred.notes).count(inferred.summary) == 1


def test_what_cannot_be_written_is_refused_before_anything_is_run(loaded: LoadedFilter, tmp_path: Path) -> None:
    file, folder = tmp_path / "inferred.yaml", tmp_path / "filter"
    for options, words in (
        ({"scenario": file, "through": "2020-01-01"}, "--through: found 2020-01-01"),
        ({"scenario": tmp_path / "inferred.txt"}, "ending in .yaml"),
        ({"through": START}, "without --scenario"),
    ):
        with pytest.raises(ScenarioError, match=words):
            fits.assimilate(loaded, folder=folder, **options)
    assert not folder.exists()


def test_a_folder_that_began_later_has_no_particles_of_earlier_months(done: Filtered, tmp_path: Path) -> None:
    months = [*done.months, done.months[-1]._replace(first=date(2025, 12, 1)), done.months[-1]]
    there = done._replace(folder=tmp_path, months=months)
    with pytest.raises(ScenarioError, match="needed: --until 2025-12-30"):
        there.as_scenario(START)


OCTOBER, NOVEMBER, DECEMBER = Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31)


def particles(paths: np.ndarray, daily: np.ndarray | None = None, scores: np.ndarray | None = None) -> Particles:
    """Particles of paths (T + 1, N, D), never off."""
    months, size = paths.shape[:2]
    return Particles(
        paths,
        np.zeros((months, size), bool),
        np.zeros((months, size, 1)) if scores is None else scores,
        np.zeros((size, 1, 120)) if daily is None else daily,
        np.zeros((size, 2, 6)),
        np.arange(size) % 2,
    )


def paths_of(postures: list[Any], off: list[Any], scores: list[Any], *months: Month) -> _Paths:
    return _Paths(list(months), np.array(postures, float), np.array(off, bool), np.array(scores, float))


def test_months_reach_to_the_one_of_the_day_and_no_further_than_the_run(loaded: LoadedFilter) -> None:
    last = Month(date(2026, 1, 1), 92, 28)
    assert months_through(loaded, START) == [OCTOBER]
    assert months_through(loaded, date(2025, 11, 30)) == [OCTOBER, NOVEMBER]
    assert months_through(loaded, date(2026, 1, 28)) == [OCTOBER, NOVEMBER, DECEMBER, last]
    for day in (date(2025, 9, 30), date(2026, 1, 29)):
        with pytest.raises(
            ScenarioError, match=f"--through: found {day}; allowed: a day from 2025-10-01 to 2026-01-28"
        ):
            months_through(loaded, day)


def test_counts_of_a_month_are_those_of_its_days() -> None:
    daily = np.arange(2 * 3 * 92, dtype=float).reshape(2, 3, 92)
    found = posture_scenario._monthly(daily, [OCTOBER, NOVEMBER])
    assert found.shape == (2, 3, 2)
    assert found[1, 2].tolist() == [daily[1, 2, :31].sum(), daily[1, 2, 31:61].sum()]


def test_the_nearest_particle_is_near_in_counts_and_postures_alike() -> None:
    paths = np.array([[9.0, -9, 9, 0, 0], [0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [100, 0, 7, 0, 0]])[:, :, None]
    even = np.array([5.0, 8, 10, 12, 20])[:, None, None] * np.ones((1, 1, 2))
    assert posture_scenario._nearest(particles(paths), even, 2) == 2
    odd = even.copy()
    odd[2] = 2000
    assert posture_scenario._nearest(particles(paths), odd, 2) != 2
    few = particles(np.array([[0.0, 0, 0, 0], [1, 2, 3, 9]])[:, :, None])
    counts = np.array([0.0, 3.0, 40.0, 300.0])[:, None, None]
    logs, postures = np.log(counts[:, 0, 0] + 0.5), np.array([1.0, 2, 3, 9])
    far = sum(((one - one.mean()) / one.std()) ** 2 for one in (logs, postures))
    assert posture_scenario._nearest(few, counts, 1) == int(np.argmin(far))


def test_the_share_after_the_record_is_half_the_mean_square_within_pairs_over_all_variance() -> None:
    filtered = SimpleNamespace(numbers={"a": 0, "b": 1}, shares={"a": 0.5, "b": 1.0})
    counts = np.zeros((4, 2, 61))
    counts[:, 0, :30] = np.array([1.0, 8.0, 2.0, 4.0])[:, None] / 30
    counts[:, 0, 30:] = np.array([3.0, 8.0, 3.0, 8.0])[:, None] / 31
    counts[:2, 1, 30:] = 1.0
    found = posture_scenario._shares(filtered, counts, [NOVEMBER, DECEMBER])  # type: ignore[arg-type]
    logs = np.log([1.0, 4.5, 1.5, 2.5]).reshape(2, 2)
    share = ((logs[0] - logs[1]) ** 2).mean() / 2 / logs.var()
    assert share < 1
    assert found.to_numpy().tolist() == [
        ["a", date(2025, 11, 1), round(share, 3)], ["a", date(2025, 12, 1), 0.0], ["b", date(2025, 11, 1), 0.0],
        ["b", date(2025, 12, 1), 1.0],
    ]  # fmt: skip
    assert list(found.columns) == ["series", "month", "share"]


def test_months_after_the_record_are_run_twice_from_each_particles_state(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    drawn = iter([(np.full((1, 3, 1), 7.0), np.ones((1, 3), bool)), (np.full((1, 3, 1), 8.0), np.zeros((1, 3), bool))])

    class Ran:
        def __init__(self, setting: Any, place: Any) -> None:
            asked["setting"] = setting

        def run(self, starts: Any, courses: Any, known: Any, keep: bool) -> tuple[list[Any]]:
            asked.update(starts=starts, courses=courses, keep=keep)
            return ([np.full((1, 31), 1.0 + k) for k in range(6)],)

    closed: list[bool] = []
    monkeypatch.setattr(posture_scenario, "continued", lambda *given: asked.update(months=given[3]) or next(drawn))
    monkeypatch.setattr(
        posture_scenario, "courses_of", lambda days, x, off, values: [(days, x[0, 0, 0], v) for v in values]
    )
    monkeypatch.setattr(posture_scenario, "setting_of", lambda loaded: "setting")
    monkeypatch.setattr(posture_scenario, "Runner", Ran)
    monkeypatch.setattr(
        posture_scenario, "workplace", lambda jobs, dask: SimpleNamespace(close=lambda: closed.append(jobs == 1))
    )
    own = particles(np.arange(9.0).reshape(3, 3, 1), scores=np.arange(9.0).reshape(3, 3, 1) ** 2)
    lead = SimpleNamespace(prior="prior", values=lambda scores: scores[:, 0])
    filtered: Any = SimpleNamespace(loaded=lead, states=["x", "y"], numbers={"a": 0}, shares={"a": 1.0})
    rng = np.random.default_rng(1)
    found, ahead = posture_scenario._paths(filtered, own, [OCTOBER, NOVEMBER], [OCTOBER, NOVEMBER, DECEMBER], rng)
    means = [(9 + 36) / 2, (16 + 49) / 2, (25 + 64) / 2]
    assert asked["starts"] == ["x", "y", "x"] * 2
    assert asked["courses"] == [([31], x, mean) for x in (7.0, 8.0) for mean in means]
    assert (asked["months"], asked["setting"], asked["keep"], closed) == (1, "setting", False, [True])
    assert found.months == [OCTOBER, NOVEMBER, DECEMBER]
    assert found.postures[:, :, 0].tolist() == [[3, 4, 5], [6, 7, 8], [7, 7, 7]], "the first of the two paths"
    assert found.off.tolist() == [[False] * 3, [False] * 3, [True] * 3]
    assert found.scores[:, 0].tolist() == means
    logs = np.log(31 * np.arange(1.0, 7.0) + 0.5).reshape(2, 3)
    assert ahead["share"].tolist() == [round(min(((logs[0] - logs[1]) ** 2).mean() / 2 / logs.var(), 1.0), 3)]
    alone, none = posture_scenario._paths(filtered, own, [OCTOBER, NOVEMBER], [OCTOBER, NOVEMBER], rng)
    assert alone.postures.tolist() == own.paths[1:].tolist() and alone.scores[:, 0].tolist() == means
    assert len(none) == 0 and list(none.columns) == ["series", "month", "share"]


def test_figures_to_the_last_month_are_beside_what_might_be_published(
    loaded: LoadedFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = np.ones((101, 2, 120)) * np.arange(101.0)[:, None, None]
    here = particles(np.zeros((3, 101, 1)), daily)
    filtered: Any = SimpleNamespace(
        loaded=loaded, numbers={"lithuania": 0, "poland": 1}, shares={"lithuania": 1.0, "poland": 0.5}, figures=[]
    )
    for series, first, last, value, low, high in (
        ("poland", 0, 29, 50.0, 10.0, 75.0), ("lithuania", 31, 60, 2900.0, 2850.0, 9900.0),
        ("poland", 31, 61, 1.0, 1.0, 1.0), ("lithuania", 0, 9, 1000.0, 951.0, 9900.0),
        ("lithuania", 0, 9, 1.0, 0.1, 49.0),
    ):  # fmt: skip
        filtered.figures.append(Figure(series, np.arange(first, last + 1), value, low, high, False, 90))
    monkeypatch.setattr(observation_model, "draw", lambda count, dispersion, rng: count)
    found = posture_scenario._figures(filtered, here, [OCTOBER, NOVEMBER], np.random.default_rng(1))
    assert list(found.columns) == [
        "series", "agency", "measure", "period_start", "period_end", "days", "value", "low", "high", "low90", "median",
        "high90", "in90",
    ]  # fmt: skip
    assert found[["series", "agency", "measure", "days"]].to_numpy().tolist() == [
        ["poland", "poland", "recorded_attempts", 30], ["lithuania", "lithuania", "recorded_attempts", 30],
        ["lithuania", "lithuania", "recorded_attempts", 10], ["lithuania", "lithuania", "recorded_attempts", 10],
    ]  # fmt: skip
    assert found["period_start"].tolist() == [START, date(2025, 11, 1), START, START]
    assert found["period_end"].tolist() == [
        date(2025, 10, 30),
        date(2025, 11, 30),
        date(2025, 10, 10),
        date(2025, 10, 10),
    ]
    assert found[["value", "low", "high"]].to_numpy().tolist()[:2] == [[50, 10, 75], [2900, 2850, 9900]]
    quantiles = found[["low90", "median", "high90"]].to_numpy()
    assert quantiles.tolist() == [[75, 750, 1425], [150, 1500, 2850], [50, 500, 950], [50, 500, 950]]
    assert found["in90"].tolist() == [True, True, False, False]


def test_settings_are_a_schedule_of_each_part_and_steering_is_the_sum_over_agencies() -> None:
    steering = {
        name: {"zones": zones, "mean": 0.0, "first_sd": 1.0, "shock_sd": 0.5}
        for name, zones in (("lithuania", {"lida": 1, "bruzgi": 0.5}), ("poland", {"bruzgi": -2}))
    }
    both = tiny_filter(posture={**CONTENT["posture"], "steering": steering})
    postures = [[[0.0, 0.0, 1.0, 2.0], [1.0, 2.0, 30.0, 0.0]], [[-9.0, 0, 0, 15.0], [9.0, 0, 0, -15.0]]]
    paths = paths_of(postures, [[False, True], [False, False]], [[0.0], [1.0]], OCTOBER, NOVEMBER)
    found = posture_scenario._settings(both, paths)
    plain = {
        path: {key: v.tolist() for key, v in value.items()} for path, value in found.items() if isinstance(value, dict)
    }
    state, first, second = "transit_states.belarus", OCTOBER.first, NOVEMBER.first
    assert plain[f"{state}.visas"] == {first: [8, 0], second: pytest.approx([8 * np.exp(-8), 8 * np.exp(5)])}
    assert plain[f"{state}.facilitation"] == {first: [0.5, 0], second: [0.5, 0.5]}
    assert plain["zones.lida.steering"] == {first: [1, 20], second: [0, 0]}
    assert plain["zones.bruzgi.steering"] == {first: [-3.5, 15], second: [-20, 20]}
    assert list(found) == [*plain, "behaviour.retry"]
    assert found["behaviour.retry"] == pytest.approx([5, 5 * np.exp(0.3)], rel=1e-2)


def test_what_was_learnt_is_the_share_of_the_priors_variance_that_went(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = tiny_filter()
    asked: list[Any] = []

    def first(own: LoadedFilter, series: int, rng: Any) -> Any:
        asked.append((own.experiment.particles, series))
        return SimpleNamespace(paths="paths", off="off")

    def on(paths: Any, off: Any, prior: Any, months: int, rng: Any) -> tuple[np.ndarray, None]:
        asked.append((paths, off, prior, months))
        return np.array([[[2.0, 0, 3.0], [-2.0, 4.0, -3.0]], [[4.0, 1, 1.0], [-4.0, -1, 0.0]]]), None

    monkeypatch.setattr(posture_scenario, "first_particles", first)
    monkeypatch.setattr(posture_scenario, "continued", on)
    postures = [[[1.0, 1.0, 5.0], [-1.0, -1.0, -5.0]], [[1.0, 0.5, 0.1], [0.0, 0.5, 0.0]]]
    paths = paths_of(postures, np.zeros((2, 2)).tolist(), [[0.6], [-0.6]], OCTOBER, NOVEMBER)
    found = posture_scenario._learnt(lead, paths, np.random.default_rng(1))
    assert asked == [(2000, 1), ("paths", "off", lead.prior, 2)]
    assert found.to_numpy().tolist() == [
        ["transit_states.belarus.visas.2025-10-01", 0.75], ["transit_states.belarus.visas.2025-11-01", 0.984],
        ["transit_states.belarus.facilitation.2025-10-01", 0.75],
        ["transit_states.belarus.facilitation.2025-11-01", 1.0], ["zones.lida.steering.2025-10-01", 0.0],
        ["zones.lida.steering.2025-11-01", 0.99], ["behaviour.retry", 0.64],
    ]  # fmt: skip
    assert list(found.columns) == ["path", "learnt"]


FEW = paths_of(
    [[[1, 0], [1, 0], [1, 0]], [[1, 5], [1, 5], [1, 6]], [[1, 1], [2, 2], [3, 3]]],
    [[0, 0, 1], [0, 0, 0], [0, 0, 0]], [[0], [0], [0]], OCTOBER, NOVEMBER, DECEMBER,
)  # fmt: skip
AHEAD = pd.DataFrame(
    [("a", OCTOBER.first, 0.6), ("a", NOVEMBER.first, 0.5), ("a", DECEMBER.first, 0.51), ("b", OCTOBER.first, 0.6),
     ("b", NOVEMBER.first, 0.7), ("c", OCTOBER.first, 0.9), ("c", NOVEMBER.first, 0.5)],
    columns=["series", "month", "share"],
)  # fmt: skip


def test_a_summary_counts_different_paths_and_postures_and_says_from_when_the_record_tells_less_than_half() -> None:
    assert posture_scenario._different(FEW, 3) == [2, 2, 3]
    assert posture_scenario._different(FEW, 1) == [2]
    words = (
        "3 draws of 2 different paths, from the particles at the end of 2025-12; of 2025-10 they have 2 different "
        "postures, of 2025-11 2"
    )
    assert posture_scenario._summary(FEW, DECEMBER, AHEAD[:0], 2) == words
    told = "What the posture does after the record is more than half of the spread: "
    when = "a from 2025-12 on, b from 2025-10 on, c in no month"
    assert posture_scenario._from_when(AHEAD) == told + when
    assert posture_scenario._summary(FEW, DECEMBER, AHEAD, 2) == f"{words}. {told}{when}"
    assert posture_scenario._summary(FEW, DECEMBER, AHEAD[:0], 3).startswith("3 draws of 3 different paths")


def test_notes_say_what_the_particles_are_and_which_months_follow_their_own_process(loaded: LoadedFilter) -> None:
    found = posture_scenario._notes(loaded, FEW, "One. Two", NOVEMBER, DECEMBER)
    fitted = "Fitted to the counts of lithuania, poland to the end of 2025-12: no test of the model."
    different = "Different postures by month: 2025-10 2, 2025-11 2."
    assert found == [
        fitted, "One.", "Two.", different, "Months after 2025-11 follow each particle's own process, drawn once."
    ]  # fmt: skip
    whole = posture_scenario._notes(loaded, FEW, "One", DECEMBER, DECEMBER)
    assert whole == [fitted, "One.", "Different postures by month: 2025-10 2, 2025-11 2, 2025-12 3."]


def test_the_head_names_command_and_model() -> None:
    digest, version = identity("inference")["sha256"][:16], version_of("corridor-sim")
    assert posture_scenario._head("corridor x", ["One.", "Two."]) == (
        "# Written by `corridor x`: a replicate draws one particle's whole path.\n"
        f"# Model {digest}, corridor {version}.\n# One.\n# Two.\n"
    )
    assert posture_scenario._head("", []).startswith("# Written by `corridor assimilate`: ")


def test_a_date_after_the_end_is_after_it_and_a_path_without_date_is_not() -> None:
    after = posture_scenario._is_after
    assert after("a.b.2025-12-01", date(2025, 11, 30)) and not after("a.b.2025-11-30", date(2025, 11, 30))
    assert not after("behaviour.retry", START)


def test_tables_are_written_beside_the_scenario(tmp_path: Path) -> None:
    tables = [pd.DataFrame({name: [1]}) for name in ("f", "p", "a")]
    found = Inferred("text: 1\n", [], "", *tables)
    assert posture_scenario.write_inferred(found, tmp_path / "own.yaml", tmp_path) is found
    assert (tmp_path / "own.yaml").read_text() == "text: 1\n"
    for name, column in (("figures", "f"), ("paths", "p"), ("ahead", "a")):
        assert (tmp_path / f"scenario-{name}.csv").read_text() == f"{column}\n1\n"
