"""The table of outputs: whole, without doubles, one with what the engine counts; what is looked up in it and added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sim.engine.rows import STATUSES
from sim.engine.tables import PAIR_FLOWS, ROUTE_FLOWS, SECTION_FLOWS
from sim.outputs import definitions
from sim.outputs.definitions import ALL, GROUPS, LEVELS, OUTPUTS, Output, glossary, published, summary_columns
from sim.outputs.results import Results
from sim.outputs.weekly import REACTIONS

OWN = Output("smuggled", "M_s", "persons", "sum", "Smuggled", "smuggled", "count", "Brought over.", group="people")


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    for name in definitions.registered():
        definitions.unregister(name)
    for level in definitions.registered_levels():
        definitions.unregister_level(level)


def names(found: list[Output]) -> list[str]:
    return [output.name for output in found]


def test_outputs_of_statuses_are_as_their_table_says() -> None:
    titles = {
        "prospect": ("Persons prospect", "prospect at end"), "in_transit": ("Persons in transit", "in transit at end"),
        "at_hub": ("Persons at the hub", "at the hub at end"), "at_coast": ("Persons at the coast", "at the coast at"
        " end"), "at_border": ("Persons at the border", "at the border at end"),
        "moved_on": ("Persons moved on", "moved on at end"),
    }  # fmt: skip
    ended = {"stranded": 11, "crossed": 20, "onward": 21, "dead": 22, "moved_on": 23}
    for status in STATUSES:
        output = OUTPUTS[f"persons_{status}"]
        totals: tuple[str, ...] = ("section",) if status in ended else ()
        if status == "stranded":
            totals = ("section", "agency", "place")
        words = titles.get(status, (f"Persons {status.replace('_', ' ')}", f"{status.replace('_', ' ')} at end"))
        assert output == Output(
            f"persons_{status}", f"N_{status}", "persons", "end", *words, "count", f"Persons whose status is {status}.",
            others=("cohort", "place"), totals=totals, status=status if status in ended else "",
            order=ended.get(status, 99), group="people", summary=12 if status == "stranded" else 0,
        )  # fmt: skip


def test_outputs_are_selected_by_group_total_level_and_week() -> None:
    assert len(definitions.outputs()) == len(OUTPUTS)
    assert names(definitions.outputs("people", totals=ALL)) == [
        "injuries", "deaths", "stranded", "returned", "moved_on", "evacuated",
    ]  # fmt: skip
    assert names(definitions.outputs(totals="section", level="cohort")) == [
        "returned", "persons_crossed", "persons_onward", "persons_stranded", "persons_dead", "persons_moved_on",
    ]  # fmt: skip
    assert names(definitions.outputs(weekly="section")) == [
        "approaches", "attempts", "patrol_calls", "claims", "turn_backs", "entries", "deaths", "capacity",
        "border_pressure", "pressure_mean", "pressure_peak", "days_over",
    ]  # fmt: skip
    assert names(definitions.outputs("border", level="agency"))[-2:] == ["capacity", "border_pressure"]
    assert names(definitions.outputs(weekly="status")) == ["persons"]
    assert names(definitions.outputs("way", totals="reaction")) == [
        "reactions_fired", "reaction_first_day", "reaction_days",
    ]  # fmt: skip
    assert names(definitions.outputs(level="status")) == ["persons"]


def test_an_output_is_counted_at_the_levels_of_its_books() -> None:
    levels = {name: OUTPUTS[name].levels for name in OUTPUTS}
    assert levels["attempts"] == ("section", "agency", "route", "cohort")
    assert levels["withdrawals"] == ("section", "agency")
    assert levels["departures"] == ("route",)
    assert levels["boarded"] == ("route", "cohort")
    assert levels["detection"] == ("section",)
    assert levels["persons_booked"] == ("cohort", "place")
    assert levels["persons"] == ("status",)
    assert levels["pressure_mean"] == ()


def test_levels_of_extensions_are_those_of_all_that_is_counted_by_cohort(clean: None) -> None:
    definitions.register_level("age", iter(["minor", "adult"]))
    assert OUTPUTS["boarded"].levels == ("route", "cohort", "age")
    assert OUTPUTS["persons_booked"].levels == ("cohort", "place", "age")
    assert OUTPUTS["departures"].levels == ("route",)
    assert definitions.registered_levels() == {"age": ("minor", "adult")}
    for level in ("age", "section", "all", "everywhere", "reaction", "Age", "a ge", "2x", ""):
        with pytest.raises(ValueError) as error:
            definitions.register_level(level, ["x"])
        allowed = "small letters, digits and _, a letter first, and no level that is there"
        assert str(error.value) == f"level: found {level!r}; allowed: {allowed}"
    for own in ([], ["x", "y", "x"]):
        with pytest.raises(ValueError) as error:
            definitions.register_level("sex", own)
        assert str(error.value) == f"level sex: found the names {own}; allowed: one or more, each once"
    with pytest.raises(ValueError) as error:
        definitions.unregister_level("sex")
    assert str(error.value) == "level: found 'sex'; registered: age"
    definitions.unregister_level("age")
    assert definitions.registered_levels() == {}
    with pytest.raises(ValueError, match="registered: none"):
        definitions.unregister_level("age")


def test_units_say_what_is_per_day_and_whole_what_has_a_total_of_all() -> None:
    assert OUTPUTS["attempts"].daily_unit == "attempts per day"
    assert OUTPUTS["capacity"].daily_unit == "attempts per day"
    assert OUTPUTS["in_procedure"].daily_unit == "persons"
    assert OUTPUTS["attempts"].is_whole and not OUTPUTS["diverted"].is_whole


def test_an_output_tells_about_itself_in_texts() -> None:
    assert OUTPUTS["crossings"].about() == {
        "name": "crossings", "symbol": "C", "unit": "persons", "over_time": "sum", "title": "Crossed",
        "formula": "C = A - B - P", "meaning": "Crossed, not detected or seen but not stopped.", "answers_to": "",
    }  # fmt: skip


def test_along_the_way_outputs_stand_by_their_rank() -> None:
    order = definitions.along_the_way(OUTPUTS[name] for name in ("deaths", "claims", "boarded", "set_out", "entries"))
    assert names(order) == ["set_out", "boarded", "entries", "claims", "deaths"]


def test_what_no_extension_has_defined_has_a_makeshift_definition() -> None:
    assert definitions.definition("attempts") is OUTPUTS["attempts"]
    assert definitions.definition("bribes_paid") == Output(
        "bribes_paid", "", "unknown", "sum", "Bribes paid", "bribes paid", "count", "Counted by an extension."
    )
    assert definitions.title_of("bribes_paid") == "Bribes paid" and definitions.title_of("onward") == (
        "Arrived further on"
    )
    assert definitions.short_of("bribes_paid") == "bribes paid" and definitions.short_of("onward") == "further on"


def test_days_of_the_run_are_three_outputs() -> None:
    assert [name for name in OUTPUTS if definitions.is_day(name)] == [
        "peak_day",
        "first_over_day",
        "reaction_first_day",
    ]


def test_a_glossary_has_border_pressure_always_and_unknown_names_last() -> None:
    found = names(definitions.glossary(["zeal", "persons", "attempts", "bribes"]))
    assert found == ["attempts", "border_pressure", "persons", "bribes", "zeal"]
    assert names(definitions.glossary([])) == ["border_pressure"]


def test_the_columns_of_a_summary_are_in_their_order() -> None:
    assert names(definitions.summary_columns()) == [
        "pressure_mean", "pressure_peak", "peak_day", "days_over", "first_over_day", "overload_probability", "attempts",
        "recorded_attempts", "turn_backs", "entries", "in_procedure", "persons_stranded", "returned", "deaths",
    ]  # fmt: skip


def test_observed_series_answer_to_outputs() -> None:
    assert definitions.published("stock_in_transit_state") is OUTPUTS["persons"]
    assert definitions.published("landed") is OUTPUTS["landed"]
    assert definitions.published("spelling").unit == "unknown"


def test_an_output_that_is_added_gets_a_column_and_a_total(clean: None) -> None:
    found = definitions.register(OWN)
    assert found == replace(OWN, pair=("smuggled",), totals=(ALL,)) == OUTPUTS["smuggled"]
    other = definitions.register(
        replace(OWN, name="paid", pair=("paid_in", "deaths"), totals=("all", "x"), group="way")
    )
    assert (other.pair, other.totals) == (("paid_in", "deaths"), ("all", "x"))
    assert definitions.registered() == ["smuggled", "paid"]
    assert definitions.with_registered(["deaths"], "people") == ["deaths", "smuggled"]
    assert definitions.with_registered([], "way", "people") == ["smuggled", "paid"]
    assert definitions.with_registered(["deaths"], "border") == ["deaths"]
    assert definitions.extra_pair_columns() == ["smuggled", "paid_in"]
    assert definitions.pair_column("paid_in") == len(PAIR_FLOWS) + 1
    assert definitions.pair_column("set_out") == 0 and definitions.pair_column("deaths") == 11
    with pytest.raises(ValueError):
        definitions.pair_column("nothing")
    definitions.unregister("smuggled")
    assert definitions.registered() == ["paid"] and "smuggled" not in OUTPUTS


REFUSED = {
    "a name with a sign": (replace(OWN, name="a-b"), "output: found the name 'a-b'; allowed: small letters, digits and"
                           " _, a letter first"),
    "a name that is taken": (replace(OWN, name="deaths"), "output: found the name 'deaths', which is taken"),
    "by section": (replace(OWN, section=("deaths",)), "output smuggled: found columns by section or route; allowed:"
                   " pair"),
    "by route": (replace(OWN, route=("seats",)), "output smuggled: found columns by section or route; allowed: pair"),
    "by others": (replace(OWN, others=("place",)), "output smuggled: found columns by section or route; allowed: pair"),
    "a stock": (replace(OWN, over_time="end"), "output smuggled: found over_time 'end', group 'people'; allowed: 'sum';"
                " border, way, people"),
    "an unknown group": (replace(OWN, group="sea"), "output smuggled: found over_time 'sum', group 'sea'; allowed:"
                         " 'sum'; border, way, people"),
}  # fmt: skip


@pytest.mark.parametrize(("output", "message"), REFUSED.values(), ids=REFUSED)
def test_an_output_that_cannot_be_added_is_refused(output: Output, message: str, clean: None) -> None:
    with pytest.raises(ValueError) as error:
        definitions.register(output)
    assert str(error.value) == message
    assert definitions.registered() == []


def test_only_what_was_added_can_be_taken_away(clean: None) -> None:
    for name in ("attempts", "smuggled"):
        with pytest.raises(ValueError) as error:
            definitions.unregister(name)
        assert str(error.value) == f"output: found {name!r}; registered: none"
    definitions.register(OWN)
    with pytest.raises(ValueError, match="found 'attempts'; registered: smuggled"):
        definitions.unregister("attempts")
    assert "attempts" in OUTPUTS


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
