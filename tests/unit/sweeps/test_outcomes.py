"""What is looked at in a run, as an experiment's file writes it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.sweeps.outcomes import OutcomeOf, check_outcome, conditions, declared, known_outcomes
from tests.strategies import START
from tests.unit.sweeps.small import TINY


def test_conditions_are_read_as_they_are_written() -> None:
    clauses = conditions("pressure_peak > 1.5 and deaths@poland <= 20")
    assert [str(clause) for clause in clauses] == ["pressure_peak > 1.5", "deaths@poland <= 20"]
    assert clauses[1].outcome == OutcomeOf("deaths", "poland")
    values = np.array([1.0, 2.0, np.nan])
    assert clauses[0].holds(values).tolist() == [False, True, False]
    for text in ("", "pressure_peak", "pressure_peak > many", "a > 1 or b > 2", "pressure_peak = 1"):
        with pytest.raises(ScenarioError, match="--where"):
            conditions(text)


def test_an_outcome_has_one_text_and_one_key() -> None:
    for text, measure, name, same in (
        (" deaths ", "deaths", "all", "deaths"), ("deaths@poland", "deaths", "poland", "deaths@poland"),
        ("deaths@all", "deaths", "all", "deaths"),
        ("entries/attempts@a", "entries/attempts", "a", "entries/attempts@a"),
        ("first_overload(poland)", "first_overload()", "poland", "first_overload()@poland"),
    ):  # fmt: skip
        found = OutcomeOf.parse(text)
        assert (found.measure, found.name) == found.key == (measure, name)
        assert str(found) == same and OutcomeOf.parse(same) == found
    with pytest.raises(ScenarioError, match=r"^outcome: found 'a b'; allowed: "):
        OutcomeOf.parse("a b")


def test_comparisons_hold_on_their_side_of_the_number() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan])
    for sign, held in ((">", [0, 0, 1, 0]), (">=", [0, 1, 1, 0]), ("<", [1, 0, 0, 0]), ("<=", [1, 1, 0, 0])):
        [clause] = conditions(f"deaths{sign}2e0")
        assert clause.holds(values).tolist() == [bool(one) for one in held]
        assert str(clause) == f"deaths {sign} 2"
    assert [str(clause) for clause in conditions("landed > -1.5 and deaths< +3")] == ["landed > -1.5", "deaths < 3"]


WRONG = {
    "pressure_peak = 1": "pressure_peak = 1", "deaths > 1 and": "", "deaths > 1e": "deaths > 1e",
    "deaths > .": "deaths > .", "deaths >> 1": "deaths >> 1",
}  # fmt: skip


@pytest.mark.parametrize(("text", "part"), WRONG.items())
def test_what_is_no_comparison_is_told(text: str, part: str) -> None:
    with pytest.raises(ScenarioError) as error:
        conditions(text)
    allowed = "OUTCOME with >, >=, < or <= and a number, such as 'pressure_peak > 1.5', joined by 'and'"
    assert str(error.value) == f"--where: found {part!r}; allowed: {allowed}"
    with pytest.raises(ScenarioError, match=r"^--where: found 'a b'; allowed: OUTPUT"):
        conditions("a b > 1")


KNOWN = {("deaths", "all"): "persons", ("deaths", "poland"): "persons", ("attempts", "poland"): "tries"}


def test_what_is_known_passes_and_what_is_not_is_told_with_what_is() -> None:
    check_outcome(OutcomeOf("deaths", "poland"), KNOWN)
    check_outcome(OutcomeOf.parse("a/b"), {("a/b", "all"): "ratio"})
    for text, where, message in (
        ("attempts", "x", "x: found 'attempts'; attempts is there for: poland; write attempts@poland"),
        ("deaths@mars", "", "found 'deaths@mars'; deaths is there for: all, poland; write deaths@all"),
        ("a/b", "x", "x: found 'a/b'; windows, dates and ratios of them are counted only if the experiment names them "
         "under `outcomes`"),
        ("deaths[2025-10]", "", "found 'deaths[2025-10]'; windows, dates and ratios of them are counted only if the "
         "experiment names them under `outcomes`"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError) as error:
            check_outcome(OutcomeOf.parse(text), KNOWN, where)
        assert str(error.value) == message
    with pytest.raises(ScenarioError, match=r"^found 'deats', which is no measure; .*did you mean 'deaths'"):
        check_outcome(OutcomeOf("deats"), KNOWN)
    many = {("m", f"n{k:02}"): "1" for k in range(41)}
    with pytest.raises(ScenarioError, match=r"n38, n39; write m@n00$"):
        check_outcome(OutcomeOf("m"), many)


def test_only_what_totals_lack_is_declared_and_once() -> None:
    texts = ["deaths", "entries/attempts", "deaths[2025-10]@poland", "entries/attempts@all", "first_overload()"]
    assert declared(OutcomeOf.parse(text) for text in texts) == (
        "entries/attempts", "deaths[2025-10]@poland", "first_overload()",
    )  # fmt: skip


def test_a_day_without_people_tells_what_can_be_an_outcome() -> None:
    known = known_outcomes(TINY)
    assert known.units["attempts", "poland"] == "attempts"
    assert known.units["departures", "baghdad-minsk"] == "departures"
    assert (known.day.days, known.last, known.day.start) == (1, date(2025, 11, 9), START)
    assert known.day.by_cohort.sum() == 3  # a person for each cohort
    for text in ("attempts@poland", "attempts[2025-11-09..2025-12]", "entries/attempts@kuznica", "peak_date(deaths)"):
        known.check(OutcomeOf.parse(text))
    for text, message in (
        ("attempts[2025-12]", "the run is from 2025-10-01 to 2025-11-09"),
        ("attempts@mars", "attempts is there for"),
        ("entries/attempts@mars", "counted for"),
    ):
        with pytest.raises(ScenarioError, match=message):
            known.check(OutcomeOf.parse(text))
