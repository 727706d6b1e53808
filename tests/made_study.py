"""A study made by hand: the values of each replicate are given, so that all that is said of it is known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from sim.outputs.definitions import ALL, definition
from sim.report.console_table import ConsoleTable
from sim.scenario.schema import Scenario
from sim.studies.arms import ANSWERED, ARMS, UNANSWERED
from sim.studies.statistics import KEYS, Matrix
from sim.studies.store.tables import DONE, FAILED
from sim.studies.study import Study
from sim.studies.windows import Window

Values = Mapping[tuple[str, str, str] | str, Sequence[float]]  # by level, name and output; by output alone of the whole


def around(middle: float, step: float = 0.0) -> list[float]:
    """Five replicates: the median is ``middle``, the 50 % interval ± ``step``, the 90 % interval ± 1.8 ``step``."""
    return [middle + k * step for k in (-2, -1, 0, 1, 2)]


def matrix_of(values: Values, measures: Iterable[str] | None = None, names: Iterable[str] | None = None) -> Matrix:
    """The values as statistics take them; a replicate without a value has NaN."""
    whole = {(ALL, ALL, key) if isinstance(key, str) else key: found for key, found in values.items()}
    kept = [
        key
        for key in whole
        if (measures is None or key[2] in list(measures)) and (names is None or key[1] in list(names))
    ]
    keys = pd.DataFrame([(*key, definition(key[2]).unit) for key in kept], columns=KEYS)
    replicates = max((len(found) for found in whole.values()), default=0)
    found = np.array([whole[key] for key in kept], float).reshape(len(kept), replicates).T
    return Matrix(np.arange(replicates), keys, found)


class MadeWindow(Window):
    """A window whose values are given by scenario."""

    def __init__(
        self, study: Study, values: Mapping[str, Values], since: date, until: date | None = None, asked: bool = False
    ) -> None:
        super().__init__(study, since, until, asked=asked)
        self._values = values

    def matrix(self, scenario: str) -> Matrix:
        return matrix_of(self._values[scenario])


class MadeStudy(Study):
    """A study that lies in no folder.

    Args:
        scenarios: By name, the base first.
        values: Values by scenario.
        twins: Values of second runs with the same parameters, by scenario.
        kind: "compare" or "replicates".
        asked: Replicates that were asked for; as many as there are if left out.
        failed: Runs that failed: scenario and error.
        observed: What `observed` gives.
        fans: What `fan` gives, by level and output.
        answered: Of a comparison with two arms, the other arm's name of each scenario; ``arms`` are both.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        values: Mapping[str, Values],
        *,
        twins: Mapping[str, Values] | None = None,
        kind: str = "compare",
        asked: int | None = None,
        failed: Sequence[tuple[str, str]] = (),
        observed: pd.DataFrame | None = None,
        fans: Mapping[tuple[str, str], pd.DataFrame] | None = None,
        answered: Mapping[str, str] | None = None,
        arms: Mapping[str, Study] | None = None,
    ) -> None:
        self.folder, self.arm, self.redone, self.kind, self.points = Path("study"), None, [], kind, 0
        plan: dict[str, Any] = {"kind": kind, "scenarios": {name: f"hash-of-{name}" for name in scenarios}, "seed": 7}
        plan |= {"parameters": "drawn"} | ({ARMS: dict(answered)} if answered else {})
        self.about = {"plan": plan}
        self.missing = ""
        self._of = {"totals": values, "twins": twins or {}}
        there = {name: len(matrix_of(values.get(name, {})).replicates) for name in scenarios}
        self.replicates = max(there.values()) if asked is None else asked
        self.asked = self.replicates * len(scenarios)
        self._fans, self._seen = fans or {}, pd.DataFrame() if observed is None else observed
        self._windows_of: dict[str, Window] = {}
        done = [(name, number, DONE, "") for name in scenarios for number in range(there[name])]
        rows = [*done, *((name, 90 + k, FAILED, error) for k, (name, error) in enumerate(failed))]
        columns = ["scenario", "replicate", "status", "error"]
        runs = pd.DataFrame(rows, columns=columns).assign(twin=False, point=-1)
        runs["run"], runs["seed"] = range(len(runs)), range(100, 100 + len(runs))
        self.__dict__ |= {"scenarios": dict(scenarios), "runs": runs, "arms": dict(arms or {})}

    @property
    def unfinished(self) -> str:
        return self.missing

    def matrix(
        self, scenario: str, *, measures: Any = None, names: Any = None, point: int | None = None, table: str = "totals"
    ) -> Matrix:
        return matrix_of(self._of[table].get(scenario, {}), measures, names)

    def window(self, *others: str) -> Window | None:
        return next((self._windows_of[name] for name in others or self.others if name in self._windows_of), None)

    def windowed(
        self, other: str, values: Mapping[str, Values], since: date, until: date | None = None, asked: bool = False
    ) -> MadeStudy:
        """The study, with a window in which this scenario can differ."""
        self._windows_of[other] = MadeWindow(self, values, since, until, asked)
        return self

    def observed(self, scenario: str) -> pd.DataFrame:
        return self._seen

    def fan(self, level: str, output: str) -> pd.DataFrame:
        return self._fans.get((level, output), pd.DataFrame(columns=["scenario", "name", "week"]))


def in_two_arms(answered: MadeStudy, unanswered: MadeStudy, pairs: Mapping[str, str]) -> MadeStudy:
    """A comparison of both arms; ``pairs`` are the names if nobody answers, by those if they answer."""
    both = {**answered.scenarios, **unanswered.scenarios}
    values = {**answered._of["totals"], **unanswered._of["totals"]}
    arms = {UNANSWERED: unanswered, ANSWERED: answered}
    return MadeStudy(both, values, answered=pairs, arms=arms)


def printed(table: ConsoleTable, width: int) -> str:
    """What stands on a terminal of so many cells."""
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(table)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in lines)


def spelt(table: ConsoleTable, width: int = 300) -> list[str]:
    """A table on a terminal of so many cells: title, headings, rows, a line where a section ends, and the caption.

    A star stands after rows that are bold, a slash where a cell goes on in the next line.
    """
    fitted = table.fitted(width)
    cells = [list(column.cells) for column in fitted.columns]
    lines = [str(fitted.title), " | ".join(str(column.header) for column in fitted.columns)]
    for number, row in enumerate(fitted.rows):
        words = " | ".join(str(column[number]) for column in cells)
        lines += [f"{words} *" if row.style == "bold" else words] + (["---"] if row.end_section else [])
    return [line.replace("\n", " / ").replace("\u202f", " ") for line in (*lines, str(fitted.caption))]


class Told:
    """In place of a console: keeps what is printed, tables as `spelt`, and how, unless it is printed as it stands."""

    def __init__(self, width: int = 300) -> None:
        self.width, self.lines = width, list[str]()

    def print(self, what: Any = "", **how: Any) -> None:
        if isinstance(what, ConsoleTable):
            self.lines += spelt(what, self.width)
        else:
            plain = {"highlight": False, "markup": False, "soft_wrap": True}
            self.lines.append(f"{what}" if how in (plain, {}) and (how or not what) else f"{what} {how}")


def told_by(show: Callable[..., None], *given: Any, width: int = 300, **more: Any) -> list[str]:
    """What a function prints on a console, which it takes last of what it is given."""
    console = Told(width)
    show(*given, console, **more)
    return console.lines


def rows_of(table: Any) -> list[str]:
    """The lines of a report's table: label (note), a star where it is strong, then cells; [small print], <mark>."""
    lines = []
    for line in table.lines:
        label = f"{line.label} ({line.note})" if line.note else line.label
        cells = [
            cell.main + (f" [{cell.sub}]" if cell.sub else "") + (f" <{cell.mark}>" if cell.mark else "")
            for cell in line.cells
        ]
        lines.append(" | ".join([f"{label} *" if line.strong else label, *cells]).replace("\u202f", " "))
    return lines


__all__ = ["MadeStudy", "Values", "around", "in_two_arms", "matrix_of", "printed", "rows_of", "spelt", "told_by"]
