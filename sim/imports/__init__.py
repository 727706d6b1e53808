"""Official files that users bring, as observed series: which kind of file it is, and what is wanted of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from sim.imports import frontex, missing_migrants
from sim.imports.sheets import Sheet, problem, read_sheets
from sim.imports.table import Count, Month, Observed
from sim.scenario.errors import ScenarioError

Reader = Callable[[Sheet], list[Count]]
READERS: dict[str, tuple[Callable[[Sheet], bool], Reader]] = {
    "Frontex's monthly detections": (frontex.is_ours, frontex.read),
    "IOM's Missing Migrants": (missing_migrants.is_ours, missing_migrants.read),
}


class Wanted(NamedTuple):
    """What of a file is wanted.

    Attributes:
        route: As the file names it; may be left out if it has but one.
        nationality: Nationalities that are added up; all if empty.
        without: Nationalities to leave out.
        box: South, north, west and east, in degrees with commas; of deaths alone.
        since: First month, YYYY-MM.
        until: Last month.
    """

    route: str | None = None
    nationality: tuple[str, ...] | list[str] = ()
    without: tuple[str, ...] | list[str] = ()
    box: str | None = None
    since: str | None = None
    until: str | None = None


def import_file(path: Path, wanted: Wanted) -> list[Observed]:
    """Monthly figures of an official file, months without events included as 0 between the first and the last.

    Raises:
        ScenarioError: If the file cannot be read, is damaged or of an unknown kind, or lacks what is wanted.
    """
    sheets = read_sheets(path)
    for ours, read in READERS.values():
        for sheet in sheets:
            if ours(sheet):
                return _monthly(read(sheet), wanted, sheet)
    found = "; ".join(f"{sheet.name}: {', '.join(sheet.header[:8]) or 'nothing'}" for sheet in sheets[:4])
    raise problem(path, 1, f"no table that is known; found the columns {found}; allowed: {', '.join(READERS)}")


def _monthly(counts: list[Count], wanted: Wanted, sheet: Sheet) -> list[Observed]:
    chosen = _within_box(counts, wanted.box)
    chosen = _named(chosen, "route", wanted.route, sheet)
    for nationality in [*wanted.nationality, *wanted.without]:
        _named(chosen, "nationality", nationality, sheet)
    kept = {name.casefold() for name in wanted.nationality}
    left_out = {name.casefold() for name in wanted.without}
    chosen = [
        count
        for count in chosen
        if (not kept or count.nationality.casefold() in kept) and count.nationality.casefold() not in left_out
    ]
    since, until = _month(wanted.since, "--since"), _month(wanted.until, "--until")
    # Months that the file covers, whatever is wanted of them: where it has none of it, that is a count of 0.
    months = sorted({count.month for count in counts})
    first, last = max(months[0], since or months[0]), min(months[-1], until or months[-1])
    totals: dict[Month, float] = {}
    for count in chosen:
        totals[count.month] = totals.get(count.month, 0.0) + count.value
    rows, month = [], first
    while month <= last:
        rows.append(_row(month, totals.get(month, 0.0), counts[0].measure, sheet, wanted))
        month = _next(month)
    if not rows:
        covered = f"{months[0][0]}-{months[0][1]:02} to {months[-1][0]}-{months[-1][1]:02}"
        raise ScenarioError(f"--since, --until: no month is left; the file covers {covered}")
    return rows


def _row(month: Month, value: float, measure: str, sheet: Sheet, wanted: Wanted) -> Observed:
    start = date(*month, 1)
    parts = [wanted.route, ", ".join(wanted.nationality), *(f"without {name}" for name in wanted.without), wanted.box]
    note = "; ".join(part for part in parts if part)
    series = re.sub(r"[^a-z0-9]+", "-", f"{measure} {wanted.route or ''}".lower()).strip("-")
    return Observed(
        series, start, date(*_next(month), 1) - timedelta(days=1), value, measure, Path(sheet.file).name, note
    )


def _next(month: Month) -> Month:
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


def _named(counts: list[Count], what: str, name: str | None, sheet: Sheet) -> list[Count]:
    """The counts of a route or nationality; raises ScenarioError with the names that there are."""
    from sim.scenario.errors import choices, show

    known = sorted({getattr(count, what) for count in counts})
    if name is None:
        if what == "route" and len(known) > 1:
            raise ScenarioError(f"--route: missing; {sheet.file} has several; {choices(known)}")
        return counts
    found = [count for count in counts if getattr(count, what).casefold() == name.casefold()]
    if not found:
        raise ScenarioError(f"--{what}: found {show(name)}, not in {sheet.file}; {choices(known, name)}")
    return found


def _within_box(counts: list[Count], box: str | None) -> list[Count]:
    if box is None:
        return counts
    try:
        south, north, west, east = (float(part) for part in box.split(","))
    except ValueError:
        south, north, west, east = 1.0, 0.0, 0.0, 0.0
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise ScenarioError(f"--box: found {box!r}; allowed: south,north,west,east in degrees, such as 51,57,22.6,29.2")
    if all(count.place is None for count in counts):
        raise ScenarioError("--box: the file has no coordinates; allowed: for Missing Migrants alone")
    return [c for c in counts if c.place and south <= c.place[0] <= north and west <= c.place[1] <= east]


def _month(text: str | None, option: str) -> Month | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})-(\d\d)", text, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12:
        raise ScenarioError(f"{option}: found {text!r}; allowed: a month such as 2021-08")
    return int(found[1]), int(found[2])
