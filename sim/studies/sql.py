"""SQL queries over a study's tables with DuckDB, which can read no other files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from sim.data.spreadsheet import NUMBER, RISKY, csv_of
from sim.outputs.definitions import DESCRIPTION, OUTPUTS
from sim.outputs.folder import OutputError
from sim.studies.store.recorded import OUTPUTS_ADDED, Recorded
from sim.studies.store.tables import SCHEMAS

FORMATS = ("table", "csv", "json")
STATISTICS = ("intervals", "differences", "window_intervals", "window_differences", "overload", "weekly_intervals")


def check_format(form: str) -> None:
    """Check the name of a format; raises OutputError."""
    if form not in FORMATS:
        raise OutputError(f"--format: found {form!r}; allowed: {', '.join(FORMATS)}")


def answer(folder: Path, sql: str, form: str = "table") -> str:
    """Answer a query over the tables of a study, as text.

    Tables: runs, parameters, totals, twins, weekly, observed; of a complete study `STATISTICS`, those of a window from
    the day on which its scenarios differ; and outputs, which defines each name in a column ``measure``.

    Raises:
        OutputError: If there is no study, a file is damaged, or DuckDB does not understand the query.
    """
    import duckdb

    connection = connect(folder)
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise OutputError(f"--sql: found {len(statements)} statements; needed: one, such as select * from runs")
        found = connection.execute(sql)
        table = found.df() if found.description else None
    except duckdb.Error as error:
        raise OutputError(f"--sql: {str(error).strip()}\ntables: {', '.join(_names(connection))}") from None
    finally:
        connection.close()
    return "" if table is None else rendered(table, form)


def rendered(table: pd.DataFrame, form: str) -> str:
    """Return a table as text in one of the `FORMATS`."""
    if form == "csv":
        return csv_of(table)
    if form == "json":
        return table.to_json(orient="records", date_format="iso", indent=1) + "\n"  # type: ignore[no-any-return]
    return (table.to_string(index=False) if len(table) else f"no rows; columns: {', '.join(table.columns)}") + "\n"


def connect(folder: Path) -> Any:
    """Connect to a study: its tables are views, and no other file can be read or written."""
    import duckdb

    recorded = Recorded(folder)
    connection = duckdb.connect(":memory:")
    for table in SCHEMAS:
        files = [name for chunk in recorded.chunks if (name := recorded.name_of(table, chunk)) is not None]
        for name in files:
            recorded.content(name)
        if files:
            listed = ", ".join(_quoted(folder / name) for name in files)
            query = f"SELECT * FROM read_parquet([{listed}]) WHERE replicate < {recorded.replicates}"
            with _blamed_on(folder / table):
                connection.execute(f"CREATE VIEW {table} AS {query}")
    for table in STATISTICS:
        if f"{table}.csv" in recorded.derived and not recorded.unfinished:
            recorded.content(f"{table}.csv")
            file = _quoted(folder / f"{table}.csv")
            with _blamed_on(folder / f"{table}.csv"):
                connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv({file})")
                _unguard(connection, table)
    connection.execute(f"CREATE TABLE outputs ({', '.join(f'{column} VARCHAR' for column in DESCRIPTION)})")
    known = {name: output.about() for name, output in OUTPUTS.items()} | recorded.about.get(OUTPUTS_ADDED, {})
    rows = [[str(about.get(column, "")) for column in DESCRIPTION] for about in known.values()]
    connection.executemany(f"INSERT INTO outputs VALUES ({', '.join('?' for _ in DESCRIPTION)})", rows)
    inside = {_quoted(folder / " ")[:-2], "'" + str(folder.resolve()).replace("'", "''") + "/"}  # as pattern, and plain
    connection.execute(f"SET allowed_directories=[{', '.join(sorted(f"{place}'" for place in inside))}]")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
    return connection


@contextmanager
def _blamed_on(file: Path) -> Iterator[None]:
    """Turn an error of DuckDB about a file, or a folder of parts, into an OutputError that names it."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        first = str(error).strip().partition("\n")[0]
        raise OutputError(f"{file}: damaged: {first}; `corridor verify` lists all damage") from None


def _unguard(connection: Any, table: str) -> None:
    """Texts of a CSV file as they were before they were `sim.data.spreadsheet.guarded`."""
    columns = connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table})").fetchall()
    for name in [name for name, kind in columns if kind == "VARCHAR"]:
        column = '"' + name.replace('"', '""') + '"'  # a name from a file must not be read as SQL
        connection.execute(
            f"UPDATE {table} SET {column} = substr({column}, 2) "
            f"WHERE regexp_matches({column}, ?) AND NOT regexp_full_match(substr({column}, 2), ?)",
            [f"^'{RISKY}", NUMBER],
        )


def _quoted(file: Path) -> str:
    """Return a file as an SQL string; DuckDB takes paths as patterns, so ``q[1]`` would otherwise match ``q1``."""
    path = re.sub(r"([*?\[])", r"[\1]", str(file.resolve()))
    return "'" + path.replace("'", "''") + "'"


def _names(connection: Any) -> list[str]:
    rows = connection.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]
