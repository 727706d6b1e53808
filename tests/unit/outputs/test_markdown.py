"""Tables in Markdown."""

from __future__ import annotations

import pandas as pd

from sim.outputs.markdown import markdown


def test_numbers_have_three_digits_and_what_is_missing_is_blank() -> None:
    table = pd.DataFrame({
        "name": ["a", "b", "c", "d"], "value": [99.994, 100.0, -1234.5, float("nan")], "count": [1, 20, 3000, 4],
    })  # fmt: skip
    assert markdown(table) == (
        "| name | value | count |\n"
        "| --- | --- | --- |\n"
        "| a | 99.99 | 1 |\n"
        "| b | 100 | 20 |\n"
        "| c | -1,234 | 3000 |\n"
        "| d |  | 4 |\n"
    )
    assert markdown(table[["count"]].head(0)) == "| count |\n| --- |\n"
