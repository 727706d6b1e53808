"""The data dictionary: what it says of tables and columns, word for word."""

from __future__ import annotations

import io
import json

import pandas as pd

from sim.outputs.definitions import OUTPUTS
from sim.outputs.dictionary import dictionary, resource, resource_of

CSV = {"format": "csv", "profile": "tabular-data-resource", "mediatype": "text/csv", "encoding": "utf-8"}
PARQUET = {"format": "parquet", "profile": "data-resource", "mediatype": "application/vnd.apache.parquet"}
NAME = {
    "name": "name", "type": "string",
    "description": "Name at that level, as in the scenario; of the level `all`, border or way.",
}  # fmt: skip


def test_a_table_in_one_file_of_csv() -> None:
    assert resource("ranking_outcomes", ["ranking.csv"], ["name", "regret", "best"]) == {
        "name": "ranking-outcomes", "title": "Outcomes of the ranked scenarios.", "path": "ranking.csv", **CSV,
        "schema": {
            "fields": [
                NAME,
                {"name": "regret", "type": "number",
                 "description": "Mean over replicates of how far from the best, in the unit of the row's `unit`."},
                {"name": "best", "type": "number", "unit": "share, 0 to 1",
                 "description": "Share of replicates in which it is best; ties are shared."},
            ],
            "missingValues": [""],
        },
    }  # fmt: skip


def test_a_table_in_several_files_of_parquet_that_is_not_known() -> None:
    assert resource("own", ["a.1.parquet", "b.parquet"], ["attempts", "attempts@poland", "behaviour.retry"]) == {
        "name": "own", "title": "own", "path": ["a.1.parquet", "b.parquet"], **PARQUET,
        "schema": {
            "fields": [
                {"name": "attempts", "type": "number", "unit": "attempts",
                 "description": "Tries to cross a section; one person may try often."},
                {"name": "attempts@poland", "type": "number", "unit": "attempts",
                 "description": "Tries to cross a section; one person may try often. Of poland alone."},
                {"name": "behaviour.retry", "type": "any",
                 "description": "Factor or outcome, as the experiment defines it."},
            ],
            "missingValues": [""],
        },
    }  # fmt: skip


def test_a_column_means_something_else_in_some_tables() -> None:
    def meaning(table: str, name: str) -> str:
        return str(resource(table, ["x.csv"], [name])["schema"]["fields"][0]["description"])

    assert meaning("overload", "name") == "Border section."
    assert meaning("totals", "name") == NAME["description"]
    assert meaning("monthly", "days") == "Days of the month in the run."
    assert meaning("reactions", "days") == "Days in force, mean over the replicates in which it began."


def test_the_columns_of_a_file_are_read_from_it() -> None:
    table = pd.DataFrame({"name": ["a"], "value": [1.0]})
    sink = io.BytesIO()
    table.to_parquet(sink, index=False)
    for path, content in (("t.csv", table.to_csv(index=False).encode()), ("t.parquet", sink.getvalue())):
        found = resource_of("totals", path, content)
        assert found == resource("totals", [path], ["name", "value"])
        assert (found["title"], found["path"]) == ("Totals over a run.", path)


def test_the_dictionary_holds_the_tables_and_every_output() -> None:
    one = resource("totals", ["totals.csv"], ["name"])
    own = dict.fromkeys(("name", "symbol", "unit", "over_time", "title", "formula", "meaning", "answers_to"), "é")
    text = dictionary("Títle", [one], [own]).decode()
    assert text.startswith('{\n "profile": "data-package",\n "name": "corridor-results",\n "title": "Títle",\n')
    assert text.endswith("\n}\n")
    content = json.loads(text)
    assert content["description"] == (
        "Results of Corridor. Texts in CSV that a spreadsheet would take for a formula begin with an apostrophe; "
        "Parquet has the same columns with types of its own. Persons and events are never added together."
    )
    assert content["resources"][0] == one and len(content["resources"]) == 2
    outputs = content["resources"][1]
    assert outputs == {
        "name": "outputs", "title": "What each name in a column `measure` means.", "profile": "tabular-data-resource",
        "data": [*(output.about() for output in OUTPUTS.values()), own],
        "schema": {"fields": [{"name": name, "type": "string"} for name in own], "primaryKey": "name"},
    }  # fmt: skip
    assert json.loads(dictionary("x", []))["resources"][0]["data"] == outputs["data"][:-1]
