"""Rows of a table."""

from __future__ import annotations

import pandas as pd


def values(table: pd.DataFrame, **where: str) -> pd.Series:
    """The column `value` of those rows that have these entries."""
    for column, value in where.items():
        table = table[table[column] == value]
    return table["value"]
