"""Outputs over a part of the run: exact from the day on which scenarios differ, and the whole run's if it is whole."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from sim.outputs.daily import blocks_of
from sim.runs import draw, run_to_data
from sim.scenario.errors import ScenarioError
from sim.studies.study import Study
from sim.studies.windows import Window
from tests.unit.studies.small import BAN, BASE

KEYS = ["scenario", "level", "name", "measure"]


def test_a_window_of_the_whole_run_has_the_totals(study: Study) -> None:
    whole = Window(study, BASE.start)
    assert whole.is_whole_run
    for ours, theirs in ((whole.intervals, study.intervals), (whole.differences("ban"), study.differences)):
        ours, theirs = ours.set_index(KEYS).sort_index(), theirs.set_index(KEYS).sort_index()
        shared = ours.index.intersection(theirs.index)
        assert {"attempts", "days_over", "pressure_peak", "boarded", "stranded", "deaths"} <= set(
            shared.get_level_values("measure")
        )
        columns = ["unit", "replicates", "median", "low90", "high90", "mean"]
        shared = shared[shared.get_level_values("measure") != "in_procedure"]  # by agency: the end, by section tried
        pd.testing.assert_frame_equal(ours.loc[shared, columns], theirs.loc[shared, columns], check_like=True)


def test_it_begins_with_the_week_of_the_day_on_which_the_scenarios_differ(study: Study) -> None:
    found = study.window()
    assert found is not None and found.since == date(2025, 10, 15)
    assert found.first == date(2025, 10, 15)  # day 14: a week begins
    assert found.last == BASE.end
    later = Window(study, date(2025, 10, 20), date(2025, 11, 3))
    assert (later.first, later.last) == (date(2025, 10, 15), date(2025, 11, 4))


def test_values_are_those_of_the_days_and_differences_are_all_since_that_day(study: Study) -> None:
    found = study.window()
    assert found is not None
    since = (found.first - BASE.start).days
    block = blocks_of([run_to_data(draw(BASE, 0, study.replicates))])["section", "attempts"]
    matrix = found.matrix("base")
    own = (matrix.keys["level"] == "section") & (matrix.keys["measure"] == "attempts")
    assert dict(zip(matrix.keys["name"][own], matrix.values[0][own], strict=True)) == dict(
        zip(block.names, block.values[0, since:].sum(axis=0), strict=True)
    )
    keys = ["level", "name", "measure"]
    whole, part = (t.set_index(keys)["mean"].sort_index() for t in (study.differences, found.differences("ban")))
    for measure in ("attempts", "boarded", "stranded", "deaths", "days_over"):
        assert part["all", "all", measure] == pytest.approx(whole["all", "all", measure], abs=1e-9)


def test_an_agency_has_what_its_sections_have_and_nothing_is_of_the_whole_run(study: Study) -> None:
    """The whole run's numbers of agencies once stood beside the sections' of the window."""
    early, late = Window(study, BASE.start, date(2025, 10, 21)), Window(study, date(2025, 10, 22))
    for window in (early, late):
        rows = window.values("ban").set_index(["level", "name", "measure"])["mean"]
        for agency in BASE.agencies:
            own = [name for name, section in BASE.sections.items() if section.agency == agency]
            for flow in ("attempts", "entries", "turn_backs"):
                assert rows["agency", agency, flow] == sum(rows["section", name, flow] for name in own)
    whole = study.differences.set_index(["level", "name", "measure"])["mean"]
    parts = [w.differences_by_place("ban").set_index(["level", "name", "measure"])["mean"] for w in (early, late)]
    for place in (("agency", agency) for agency in BASE.agencies):
        assert sum(part[*place, "attempts"] for part in parts) == pytest.approx(whole[*place, "attempts"])
        assert (*place, "persons_stranded") not in parts[0].index
        assert parts[1][*place, "persons_stranded"] == whole[*place, "persons_stranded"]


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (BASE.start - timedelta(days=1), None, "--from: found 2025-09-30, outside the run"),
        (BASE.start, BASE.end + timedelta(days=1), "--to: found"),
        (BASE.end, BASE.start, "before"),
    ],
)
def test_days_outside_the_run_are_refused(study: Study, since: date, until: date | None, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        Window(study, since, until)


def test_it_reads_no_more_than_the_requested_scenario(study: Study) -> None:
    assert set(Window(study, BAN.start).intervals["scenario"]) == {"base", "ban"}
