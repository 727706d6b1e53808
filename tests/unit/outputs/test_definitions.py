"""The table of outputs: whole, without doubles, and one with what the engine counts."""

from __future__ import annotations

import pytest

from sim.engine.tables import PAIR_FLOWS, ROUTE_FLOWS, SECTION_FLOWS
from sim.outputs.definitions import GROUPS, LEVELS, OUTPUTS, glossary, published, summary_columns
from sim.outputs.results import Results
from sim.outputs.weekly import REACTIONS


def test_every_output_says_what_it_is() -> None:
    for name, output in OUTPUTS.items():
        assert name == output.name
        assert all((output.unit, output.title, output.short, output.formula, output.meaning))
        assert output.group in GROUPS
        assert set(output.levels) <= set(LEVELS)
        if output.levels:
            assert output.symbol
            assert output.over_time in ("sum", "mean", "end")


@pytest.mark.parametrize("field", ["symbol", "title"])
def test_no_two_outputs_are_called_the_same(field: str) -> None:
    said = [value for output in OUTPUTS.values() if (value := getattr(output, field))]
    assert len(set(said)) == len(said)


def test_every_column_of_the_books_is_shown() -> None:
    books = ("section", "pair", "route")
    shown = {book: {column for output in OUTPUTS.values() for column in getattr(output, book)} for book in books}
    assert shown["section"] == set(SECTION_FLOWS) - {"claims_refused"}  # claims less those admitted
    assert shown["pair"] == set(PAIR_FLOWS)
    assert shown["route"] == set(ROUTE_FLOWS) - {"boarded"}  # which passengers add up to


def test_totals_and_weeks_stand_where_the_table_says(one: Results) -> None:
    found = set(zip(one.totals["measure"], one.totals["level"], strict=True))
    for output in OUTPUTS.values():
        if output.name not in REACTIONS:  # those stand where somebody may answer: tests/unit/agents/test_reactions.py
            assert {(output.name, level) for level in output.totals} <= found, output.name
    assert {name for name, _ in found} <= set(OUTPUTS)


def test_a_glossary_is_in_the_order_of_the_table(one: Results) -> None:
    names = [output.name for output in glossary(one.totals["measure"])]
    assert set(names) == {*one.totals["measure"], "border_pressure"}
    assert names == [name for name in OUTPUTS if name in names]


def test_the_summary_has_the_outputs_that_are_marked(one: Results) -> None:
    columns = [output.date or output.name for output in summary_columns()]
    assert list(one.summary.columns) == ["level", "agency", "title", *columns]
    assert len({output.summary for output in summary_columns()}) == len(columns)


def test_the_record_has_names_of_its_own() -> None:
    assert published("detections") is OUTPUTS["procedures"]
    assert published("flights") is OUTPUTS["departures"]
    assert published("recorded_attempts") is OUTPUTS["recorded_attempts"]
