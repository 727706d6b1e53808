"""Cells of CSV that a spreadsheet would take for a formula: written so that it does not, and read as they were.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end may run in whoever's spreadsheet opens the file.
Such a text gets an apostrophe in front, which spreadsheets take for "this is text", and readers take away. A text that
begins with apostrophes and one of these signs gets one more, so that each text comes back as it was. Numbers stay
numbers. See "CSV Injection", OWASP Foundation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

RISKY = r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"  # how such a text begins; as DuckDB understands it too
NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf"
_RISKY, _NUMBER = re.compile(RISKY), re.compile(NUMBER)


def guarded(text: Any) -> Any:
    """A cell as it is written; what is no text, and text that is a number, as it is.

    >>> guarded("=1+1"), guarded("-5"), guarded("Kuźnica")
    ("'=1+1", '-5', 'Kuźnica')
    """
    if isinstance(text, str) and _RISKY.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: Any) -> Any:
    """A cell as it was before it was `guarded`."""
    if isinstance(text, str) and text[:1] == "'" and guarded(text[1:]) == text:
        return text[1:]
    return text


def csv_of(table: pd.DataFrame, **options: Any) -> str:
    """A table as CSV without its index, lines ended as in Unix, texts and headings `guarded`.

    Args:
        table: Any; texts stand in columns of objects, strings or categories.
        **options: As of `pandas.DataFrame.to_csv`.
    """
    import pandas as pd

    safe = table.copy(deep=False)
    for place, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_datetime64_any_dtype(kind):
            cells = [guarded(cell) for cell in table.iloc[:, place]]
            safe.isetitem(place, pd.Series(cells, index=table.index, dtype=object))
    safe.columns = pd.Index([guarded(column) for column in table.columns])
    text: str = safe.to_csv(index=False, lineterminator="\n", **options)
    return text


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table that was read from CSV, its texts and headings as they were before they were `guarded`."""
    found = table.copy(deep=False)
    for place in range(table.shape[1]):
        if table.dtypes.iloc[place].kind not in "biufM":
            found.isetitem(place, table.iloc[:, place].map(unguarded))
    return found.rename(columns=unguarded)
