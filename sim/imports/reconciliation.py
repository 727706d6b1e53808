"""Reconciliation of an import: what happened to each row, for comparison with the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sim.imports.months import Month
from sim.imports.names import same
from sim.imports.selection import months_in_words
from sim.imports.table import Row, Table

_MOST = 10  # lines of one kind that are listed


def reconciliation(
    table: Table, chosen: Sequence[Row], counts: Mapping[Month, int], missing: Mapping[Month, str]
) -> list[str]:
    """Return lines of text: rows read, dropped and why; missing months; totals by route and year; omissions.

    Args:
        table: The table that was read.
        chosen: The rows that were selected.
        counts: The imported counts.
        missing: Months without a count, and why.
    """
    sheet, measure = table.sheet, table.layout.measure
    of_sheet = "" if sheet.file.endswith(sheet.name) else f", sheet {sheet.name}"
    lines = [
        f"Read: {len(sheet.rows):,} rows below line {sheet.line} of {sheet.file}{of_sheet}, as {table.layout.title}",
        f"Kept: {len(table.rows):,} rows; dropped: {len(table.dropped):,}",
        *_listed([f"  line {line}: {why}" for line, why in sorted(table.dropped)]),
    ]
    unknown = sum(not isinstance(value, int) for row in table.rows for value in row.counts.values())
    if unknown:
        lines.append(f"Empty: {unknown:,} cells have no count, which is not 0")
    by_reason: dict[str, list[Month]] = defaultdict(list)
    for month, why in missing.items():
        by_reason[why].append(month)
    lines += [f"Missing: {months_in_words(months)}: {why}" for why, months in by_reason.items()]
    lines += _listed([f"Note: {note}" for note in dict.fromkeys(table.notes)])
    lines += [f"Totals of the file by route and year ({measure}):", *_totals(table)]
    whole = _sum(table.rows)
    wanted, imported = _sum(chosen), sum(counts.values())
    lines.append(
        f"Of {whole:,}: {imported:,} imported, {whole - wanted:,} on other routes, of other nationalities or places, "
        f"{wanted - imported:,} in months not imported"
    )
    return ["".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line) for line in lines]


def _sum(rows: Sequence[Row]) -> int:
    return sum(value for row in rows for value in row.counts.values() if isinstance(value, int))


def _listed(lines: list[str]) -> list[str]:
    more = [f"  and {len(lines) - _MOST:,} more"] if len(lines) > _MOST else []
    return lines[:_MOST] + more


def _totals(table: Table) -> list[str]:
    names: dict[str, str] = {}
    by_route: dict[str, dict[int, int | None]] = defaultdict(dict)
    for row in table.rows:
        name = table.name(row, "route")
        names.setdefault(same(name), name or "(no route)")
        years = by_route[same(name)]
        for (year, _), value in row.counts.items():
            years.setdefault(year, None)
            if isinstance(value, int):
                years[year] = (years[year] or 0) + value
    return [
        f"  {names[route]}: " + "; ".join(f"{year} {_shown(by_route[route][year])}" for year in sorted(by_route[route]))
        for route in sorted(by_route)
    ]


def _shown(total: int | None) -> str:
    return "not reported" if total is None else f"{total:,}"
