"""Duplicates in tables: totals beside their parts, and months that are given twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sim.imports.months import Month
from sim.imports.names import is_share, plain, same, total_of
from sim.imports.table import Row, Table
from sim.scenario.errors import show

_LEAST_MONTHS, _LEAST_COUNT = 3, 10  # equal to the sum of all others this often, in counts of this size: no chance


def settle(table: Table) -> None:
    """Leave out rows that are totals, which must be the sums of others; nothing else may be repeated.

    Raises:
        ScenarioError: If a total is not the sum of its parts or has none, if a row looks like a total without its
            name, or if a month is given twice; names the line.
    """
    _refuse_repeated(table)
    _refuse_shares(table)
    parts = [row for row in table.rows if not any(map(_is_total, row.names))]
    totals = [row for row in table.rows if any(map(_is_total, row.names))]
    for row in totals:
        _check_total(table, row, parts)
        table.dropped.append((row.line, "a total of other rows, equal to their sum"))
    table.rows = parts
    if not table.layout.incidents:
        _refuse_unnamed(table)
    _note_spellings(table)


def _is_total(name: str) -> bool:
    return total_of(name) is not None


def _error(table: Table, row: Row, text: str) -> Exception:
    return table.sheet.error(row.line, None, text)


def _shown(row: Row) -> str:
    return ", ".join(plain(name) for name in row.names if plain(name))


def _refuse_repeated(table: Table) -> None:
    """Raise if a month of a row is given twice; incidents need distinct numbers."""
    if table.layout.incidents and "identity" not in table.columns:
        return
    whole = {line: tuple(map(plain, cells)) for line, cells in table.sheet.rows}
    seen: dict[object, int] = {}
    for row in table.rows:
        for month in row.counts:
            key = whole[row.line] if table.layout.incidents else (row.names, month)
            if table.layout.incidents and not table.name(row, "identity"):
                continue
            if key in seen:
                what = f"found {_shown(row)} a second time for {month[0]}-{month[1]:02}"
                raise _error(table, row, f"{what}, first in line {seen[key]}; allowed: once")
            seen[key] = row.line


def _refuse_shares(table: Table) -> None:
    """Raise for rows that others also count: a share of another row, or a total among incidents."""
    cells = dict(table.sheet.rows)
    for row in table.rows:
        if share := next((name for name in row.names if is_share(name)), None):
            raise _error(table, row, f"{show(plain(share))} is counted in another row too; delete rows that are shares")
        if not table.layout.incidents:
            continue
        texts = [*row.names, *(cell for cell in cells[row.line] if isinstance(cell, str) and total_of(cell) == "")]
        if total := next((text for text in texts if _is_total(text)), None):
            raise _error(table, row, f"found {show(plain(total))} among incidents; delete totals")


def _check_total(table: Table, total: Row, parts: Sequence[Row]) -> None:
    """Raise if a total is not the sum of the rows that share its other names."""
    columns = list(zip(*(map(same, row.names) for row in parts), strict=True))
    chosen = [row for row in parts if _is_part(row, total, columns)]
    for month, value in total.counts.items():
        if not isinstance(value, int):
            continue
        cells = [row.counts[month] for row in chosen if month in row.counts]
        given = [cell for cell in cells if isinstance(cell, int)]
        what = f"the total {show(_shown(total))} is {value:,} for {month[0]}-{month[1]:02}"
        if not given:
            raise _error(table, total, f"{what}, but has no parts; allowed: rows, and totals of them")
        if sum(given) != value and (len(given) == len(cells) or sum(given) > value):
            raise _error(table, total, f"{what}, but its parts are {sum(given):,} in all; mend or delete it")


def _is_part(row: Row, total: Row, columns: Sequence[Sequence[str]]) -> bool:
    for name, of_total, column in zip(row.names, total.names, columns, strict=True):
        named = total_of(of_total)
        wanted = same(of_total) if named is None else same(named)
        known = named is None or wanted in column  # else the words beside "total" are no name: "all nationalities"
        if wanted and known and same(name) != wanted:
            return False
    return True


def _refuse_unnamed(table: Table) -> None:
    """Raise for rows, or routes, that equal the sum of all others in each month, and so are unnamed totals."""
    by_route: dict[str, dict[tuple[str, ...], Counter[Month]]] = defaultdict(lambda: defaultdict(Counter))
    first: dict[tuple[str, ...], Row] = {}
    for row in table.rows:
        key = tuple(map(same, row.names))
        first.setdefault(key, row)
        by_route[key[0]][key].update({m: value for m, value in row.counts.items() if isinstance(value, int)})
    routes: dict[tuple[str, ...], Counter[Month]] = {(route,): _sum(rows.values()) for route, rows in by_route.items()}
    for row in reversed(table.rows):  # so that a route has its first row
        first[(same(row.names[0]),)] = row
    who = table.names.index(table.columns["nationality"]) if "nationality" in table.columns else None
    for group in [*by_route.values(), routes]:
        everything = _sum(group.values())
        for key, counts in group.items():
            others = {month: everything[month] - counts[month] for month in everything}
            equal = any(others.values()) and all(counts[month] == others[month] for month in everything)
            sure = len(group) > 2 and sum(v >= _LEAST_COUNT for v in others.values()) >= _LEAST_MONTHS
            nameless = len(group) > 1 and group is not routes and who is not None and not key[who]
            if equal and (sure or nameless):
                row = first[key]
                text = f"{show(_shown(row))} is the sum of all other rows in each month; delete it if it is their total"
                raise _error(table, row, text)


def _sum(counts: Iterable[Mapping[Month, int]]) -> Counter[Month]:
    total: Counter[Month] = Counter()
    for part in counts:
        total.update(part)
    return total


def _note_spellings(table: Table) -> None:
    """Unify names that differ only in blanks, dashes or case, and report it."""
    for role in ("route", "nationality"):
        spelt: dict[str, set[str]] = defaultdict(set)
        if table.columns.get(role) not in table.names:
            continue
        at = table.names.index(table.columns[role])
        for row in table.rows:
            spelt[same(row.names[at])].add(row.names[at])
        for spellings in spelt.values():
            if len(spellings) > 1:
                name = min(plain(spelling) for spelling in spellings)
                table.notes.append(f"{len(spellings)} spellings of the {role} {name!r} were read as one")
