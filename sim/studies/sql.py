"""Queries over a study's tables, by DuckDB: it reads the study's files, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.outputs.definitions import OUTPUTS
from sim.outputs.folder import OutputError
from sim.studies.store.store import read_study
from sim.studies.store.tables import SCHEMAS
from sim.studies.study import Study

FORMATS = ("table", "csv", "json")
_MEANING = ("name", "symbol", "unit", "over_time", "title", "formula", "meaning", "answers_to")


def check_format(form: str) -> None:
    """Check the name of a format; raises OutputError."""
    if form not in FORMATS:
        raise OutputError(f"--format: found {form!r}; allowed: {', '.join(FORMATS)}")


def answer(folder: Path, sql: str, form: str = "table") -> str:
    """The answer to a query over the tables of a study, as text.

    Tables: runs, parameters, totals, twins, weekly, observed; intervals and differences; and outputs, which says what
    each name in a column ``measure`` means.

    Raises:
        OutputError: If there is no study, or DuckDB does not understand the query.
    """
    import duckdb

    connection = connect(folder)
    try:
        found = connection.execute(sql)
        table = found.df() if found.description else None
    except duckdb.Error as error:
        raise OutputError(f"--sql: {str(error).strip()}\ntables: {', '.join(_names(connection))}") from None
    finally:
        connection.close()
    if table is None:
        return ""
    if form == "csv":
        return table.to_csv(index=False, lineterminator="\n")  # type: ignore[no-any-return]
    if form == "json":
        return table.to_json(orient="records", date_format="iso", indent=1) + "\n"  # type: ignore[no-any-return]
    return (table.to_string(index=False) if len(table) else f"no rows; columns: {', '.join(table.columns)}") + "\n"


def connect(folder: Path) -> Any:
    """A connection to a study: its tables are views; other files can neither be read nor written."""
    import duckdb

    read_study(folder)
    study = Study(folder)
    connection = duckdb.connect(":memory:")
    for name in SCHEMAS:
        files = sorted((folder / name).glob("part-*.parquet"))
        if files:
            listed = ", ".join("'" + str(file.resolve()).replace("'", "''") + "'" for file in files)
            query = f"SELECT * FROM read_parquet([{listed}]) WHERE replicate < {study.replicates}"
            connection.execute(f"CREATE VIEW {name} AS {query}")
    for name in ("intervals", "differences"):
        if (folder / f"{name}.csv").exists():
            file = str((folder / f"{name}.csv").resolve()).replace("'", "''")
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{file}')")
    connection.execute(f"CREATE TABLE outputs ({', '.join(f'{column} VARCHAR' for column in _MEANING)})")
    rows = [[str(getattr(output, column)) for column in _MEANING] for output in OUTPUTS.values()]
    connection.executemany(f"INSERT INTO outputs VALUES ({', '.join('?' for _ in _MEANING)})", rows)
    place = str(folder.resolve()).replace("'", "''")
    connection.execute(f"SET allowed_directories=['{place}/']")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")
    return connection


def _names(connection: Any) -> list[str]:
    rows = connection.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]
