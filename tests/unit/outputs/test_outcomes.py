"""Outcomes that are added: their definitions, their levels, and their values for a run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.outputs import outcomes
from sim.outputs.definitions import OUTPUTS, Output
from sim.outputs.expressions import parse
from tests.unit.outputs import made


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    before = dict(OUTPUTS)
    yield
    outcomes.take_away([name for name in OUTPUTS if name not in before])
    assert before == OUTPUTS and outcomes.added == []


def test_a_function_of_a_run_is_an_outcome_of_the_whole() -> None:
    outcomes.add("people_2", "persons", "All People", "Everybody.", lambda run: float(run.events))
    assert OUTPUTS["people_2"] == Output(
        "people_2", "", "persons", "", "All People", "all people", "see the extension", "Everybody.", digits=2
    )
    [one] = outcomes.added
    assert (one.level, one.name, one.output, one.unit) == ("all", "all", "people_2", "persons")
    assert outcomes.values_of(made.made_run()).tolist() == [99.0]
    for name in ("people_2", "attempts", "People", "2x", "a-b", ""):
        with pytest.raises(ValueError) as error:
            outcomes.add(name, "1", "x", "x", lambda run: 0.0)
        allowed = "allowed: a new one of small letters, digits and _"
        assert str(error.value) == f"outcome: found the name {name!r}; {allowed}"


def test_an_outcome_written_as_text_is_defined_by_its_output() -> None:
    outcomes.add_expression("attempts[2025-11]@poland")
    outcomes.add_expression("attempts[2025-10]@poland")
    outcomes.add_expression("entries/attempts")
    title = "Attempts to cross, 2025-11-01 to 2025-11-30"
    of = OUTPUTS["attempts"]
    assert OUTPUTS["attempts[2025-11]"] == Output(
        "attempts[2025-11]", "A", "attempts", "sum", title, title, of.formula, of.meaning
    )
    meaning = "See `sim.outputs.expressions`."
    text = "entries/attempts"
    assert OUTPUTS[text] == Output(text, "", "persons / attempts", "", text, text, text, meaning, digits=2)
    assert [one[:4] for one in outcomes.added] == [
        ("window", "poland", "attempts[2025-11]", "attempts"),
        ("window", "poland", "attempts[2025-10]", "attempts"),
        ("all", "all", "entries/attempts", "persons / attempts"),
    ]
    values = outcomes.values_of(made.made_run(), [parse("attempts@ash")])
    assert values.tolist() == pytest.approx([440 * 35, 440 * 10, (2**7 + 2**8) / 4, 180])
    with pytest.raises(ValueError) as error:
        outcomes.add_expression("attempts[2025-11]@poland")
    assert str(error.value) == "outcome: found 'attempts[2025-11]@poland' twice; allowed: once"
    outcomes.add_expression("attempts[2025-11]@lithuania")  # of another name
    assert len(outcomes.added) == 4


def test_a_day_has_no_decimals_and_a_pressure_over_a_window_its_own() -> None:
    found = outcomes.output_of(parse("peak_date(attempts[2025-11])@poland"))
    text, day = "peak_date(attempts[2025-11])", "day of the run, from 1"
    assert found == Output(text, "", day, "", text, text, text, "See `sim.outputs.expressions`.", digits=0)
    assert outcomes.output_of(parse("border_pressure[2025-11]@poland")).digits == 2
    assert outcomes.output_of(parse("attempts[2025-11]/attempts")).digits == 2
    assert outcomes.output_of(parse("attempts")).digits == 0


def test_the_level_of_an_outcome_is_a_window_if_it_has_a_name() -> None:
    assert outcomes.level_of(parse("attempts[2025-11]@poland")) == "window"
    assert outcomes.level_of(parse("attempts[2025-11]")) == "all"
    assert outcomes.level_of(parse("attempts@poland/attempts@lithuania")) == "all"


def test_what_has_no_days_cannot_be_added() -> None:
    for text, found in (("pressure_mean[2025-11]", "pressure_mean"), ("entries/nothing", "nothing")):
        with pytest.raises(ValueError) as error:
            outcomes.add_expression(text)
        start, _, allowed = str(error.value).partition("; allowed: ")
        assert start == f"outcome: found {found!r} in {text!r}"
        assert allowed == ", ".join(name for name, output in OUTPUTS.items() if output.levels)


def test_only_the_named_outcomes_are_taken_away() -> None:
    for name in ("one", "two"):
        outcomes.add(name, "1", "x", "x", lambda run: 1.0)
    outcomes.take_away(["one", "three"])
    assert [one.output for one in outcomes.added] == ["two"] and "one" not in OUTPUTS
    assert outcomes.values_of(made.made_run(), []).dtype == np.float64
