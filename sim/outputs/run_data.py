"""What is measured, and what the words mean: each output defined once, with symbol, unit and formula.

*Persons* and *attempts* are never added up. Flows are counted per day; stocks at the end of a day.
Border pressure of a section or agency on a day (the load of queueing theory):

    beta(t) = (A(t-6) + ... + A(t)) / 7 / max(K(t), 1/7)

with A attempts and K the attempts that the deployed personnel can intercept and process in a day; before
the run nobody attempts. A border with (next to) no personnel counts as one that could handle a single
attempt in the seven days of the window, so that pressure is always finite, and 0 where nobody comes.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.rows import STATUSES
from sim.engine.tables import PAIR_FLOWS, SECTION_FLOWS

if TYPE_CHECKING:
    from sim.engine.build import Names
    from sim.model import CorridorModel

Array = npt.NDArray[Any]
WINDOW = 7
NO_DATE = date(1, 1, 1)  # of what stands for a run, but is none
PAIR_DEATHS, SECTION_DEATHS = PAIR_FLOWS.index("deaths"), SECTION_FLOWS.index("deaths")
LEAST_CAPACITY = 1 / WINDOW
LEVELS = ("section", "agency", "route", "cohort", "status", "place")


class Measure(NamedTuple):
    """One output: its unit is what is counted; ``over_time`` is how days are summed up ("sum", "mean", "end")."""

    name: str
    symbol: str
    unit: str
    over_time: str
    formula: str
    meaning: str
    answers_to: str = ""

    @property
    def daily_unit(self) -> str:
        """Unit of a day's value."""
        return f"{self.unit} per day" if self.over_time == "sum" else self.unit


_POLAND = "Polish Border Guard, attempts (poland-attempts-*); Lithuania, registered and turned away (lithuania-*)"
_FRONTEX = "Frontex, detections, which mostly leave turn-backs out (eastern-border-detections-*)"
_TABLE = (
    Measure("attempts", "A", "attempts", "sum", "count", "Tries to cross a section; one person may try often."),
    Measure("recorded_attempts", "A_d", "attempts", "sum", "A_d = B + P + O", "Attempts that were detected.", _POLAND),
    Measure("turn_backs", "B", "attempts", "sum", "count", "Intercepted attempts whose makers were turned back."),
    Measure("procedures", "P", "persons", "sum", "count", "Intercepted and taken into procedure.", _FRONTEX),
    Measure("crossings", "C", "persons", "sum", "C = A - B - P", "Crossed, not detected or seen but not stopped."),
    Measure("overload_crossings", "O", "persons", "sum", "O <= C", "Detected, but no patrol was free: part of C."),
    Measure("entries", "E", "persons", "sum", "E = C + P", "Got into the country, in procedure or not."),
    Measure("injuries", "J", "persons", "sum", "count", "First injuries outdoors; by section: the last one tried."),
    Measure("deaths", "D", "persons", "sum", "count", "Deaths on the way; by section: the last one tried."),
    Measure("capacity", "K", "attempts per day", "mean", "K = officers on duty * handling rate",
            "Attempts that can be handled."),
    Measure("detection", "d", "probability", "mean", "see sim.engine.processes.attempts",
            "Probability of being detected."),
    Measure("border_pressure", "beta", "attempts / capacity", "mean", "beta = mean of A over 7 days / K",
            "1 is full load."),
    Measure("in_procedure", "N_p", "persons", "end", "count", "Persons in procedure with the agency.",
            "Persons in reception"),
    Measure("departures", "F", "departures", "sum", "count", "Flights, buses or boats.",
            "Flights (benghazi-minsk-flights-*)"),
    Measure("seats", "S", "seats", "sum", "count", "Seats for migrants on the departures."),
    Measure("set_out", "L", "persons", "sum", "count", "Decided to go and booked (again, after a failed booking)."),
    Measure("boarded", "G", "persons", "sum", "count", "Boarded a flight, bus or boat."),
    Measure("arrived_at_hub", "H", "persons", "sum", "count", "Arrived at the transit state's hub."),
    Measure("reached_border", "Z", "persons", "sum", "count", "Taken to the border zone."),
    Measure("onward", "W", "persons", "sum", "count", "Arrived further on, e.g. in Germany.",
            "First asylum claims further on"),
    Measure("stranded", "X", "persons", "sum", "count",
            "Became stranded: gave up and could not go home; perhaps more than once."),
    Measure("returned", "R", "persons", "sum", "count",
            "Returned home, on their own, by agencies or by return flights.",
            "Repatriation flights (returns-2021), which are a part"),
    Measure("landed", "M", "persons", "sum", "count", "Landed over the sea.", "Arrivals by sea (crete-arrivals-*)"),
    Measure("intercepted", "I", "persons", "sum", "count",
            "Brought back to the coast, from an intercepted or wrecked boat."),
    Measure("diverted", "V", "persons", "sum", "count", "Took another route after a failed booking."),
    Measure("gave_up_booking", "Q", "persons", "sum", "count", "Left a queue for visas or seats."),
    Measure("left_procedure", "Y", "persons", "sum", "count", "Procedures that ended, however they did."),
    Measure("persons", "N", "persons", "end", "count", "Persons by status.",
            "Estimates of the stock in Belarus (belarus-stock-*)"),
    *(Measure(f"persons_{status}", f"N_{status}", "persons", "end", "count", f"Persons whose status is {status}.")
      for status in STATUSES),
)  # fmt: skip
MEASURES: dict[str, Measure] = {measure.name: measure for measure in _TABLE}

# Names of the ledger's columns where they differ from the measure's.
_SECTION_COLUMN = {"recorded_attempts": "recorded"}
_PAIR_COLUMN = {"crossings": "crossed"}
SECTION_MEASURES = (
    "attempts", "recorded_attempts", "turn_backs", "procedures", "crossings", "overload_crossings",
    "entries", "injuries", "deaths",
)  # fmt: skip
PAIR_MEASURES = (
    "set_out", "boarded", "arrived_at_hub", "reached_border", "attempts", "turn_backs", "crossings", "procedures",
    "entries", "onward", "stranded", "returned", "landed", "intercepted", "diverted", "gave_up_booking",
    "left_procedure", "injuries", "deaths",
)  # fmt: skip


class RunData(NamedTuple):
    """What a run left behind, and nothing that grows with the number of migrants.

    Shapes: D days that were run, S sections, A agencies, P pairs of cohort and route, R routes.
    """

    names: Names
    start: date
    seed: int
    agency_of: Array  # (S,) number of the section's agency
    agency_place: Array  # (A,)
    pair_cohort: Array  # (P,)
    pair_route: Array  # (P,)
    section_flows: Array  # (D, S, SECTION_FLOWS)
    capacity: Array  # (D, S) attempts per day
    detection: Array  # (D, S) probability
    pair_flows: Array  # (D, P, PAIR_FLOWS)
    route_flows: Array  # (D, R, ROUTE_FLOWS)
    by_cohort: Array  # (D, cohorts, statuses)
    by_place: Array  # (D, places, statuses)
    attempts_by_pair: Array  # (S, P)
    last_section: Array  # (S + 1, statuses) persons in the end by the last section tried; the last row: none
    events: int  # migrant-events

    @property
    def days(self) -> int:
        """Days that were run."""
        return len(self.section_flows)


def run_data_of(model: CorridorModel) -> RunData:
    """The run of a model up to its current day; copies, so that the model may be dropped or go on."""
    w, day = model.world, model.day
    sections = len(model.names.sections)
    shape = (sections + 1, len(STATUSES))
    last = np.minimum(w.rows["section"], sections).astype(np.int64)
    ends = np.bincount(last * shape[1] + w.rows["status"], minlength=shape[0] * shape[1])
    return RunData(
        names=model.names,
        start=model.settings.start,
        seed=model.settings.seed,
        agency_of=np.array(w.sections["agency"]),
        agency_place=np.array(w.agencies["place"]),
        pair_cohort=np.array(w.pairs["cohort"]),
        pair_route=np.array(w.pairs["route"]),
        section_flows=w.section_flows[:day].copy(),
        capacity=w.section_capacity[:day].copy(),
        detection=w.section_detection[:day].copy(),
        pair_flows=w.pair_flows[:day].copy(),
        route_flows=w.route_flows[:day].copy(),
        by_cohort=w.stocks_by_cohort[:day].copy(),
        by_place=w.stocks_by_place[:day].copy(),
        attempts_by_pair=w.attempts_by_pair.copy(),
        last_section=ends.reshape(shape),
        events=model.events,
    )


def by_section(run: RunData, measure: str) -> Array:
    """A flow of `SECTION_MEASURES` by day and section, shape (D, S)."""
    if measure == "entries":
        return by_section(run, "crossings") + by_section(run, "procedures")
    return run.section_flows[:, :, SECTION_FLOWS.index(_SECTION_COLUMN.get(measure, measure))]


def by_agency(run: RunData, values: Array) -> Array:
    """Values by day and section, shape (D, S), summed to days and agencies, shape (D, A)."""
    return _sum_columns(values, run.agency_of, len(run.names.agencies))


def by_pair(run: RunData, measure: str) -> Array:
    """A flow of `PAIR_MEASURES` by day and pair of cohort and route, shape (D, P)."""
    if measure == "entries":
        return by_pair(run, "crossings") + by_pair(run, "procedures")
    values: Array = run.pair_flows[:, :, PAIR_FLOWS.index(_PAIR_COLUMN.get(measure, measure))]
    if measure == "boarded":  # boats too
        values = values + run.pair_flows[:, :, PAIR_FLOWS.index("embarked")]
    return values


def by_route(run: RunData, measure: str) -> Array:
    """A flow of `PAIR_MEASURES` by day and route, shape (D, R)."""
    return _sum_columns(by_pair(run, measure), run.pair_route, len(run.names.routes))


def by_cohort(run: RunData, measure: str) -> Array:
    """A flow of `PAIR_MEASURES` by day and cohort, shape (D, cohorts)."""
    return _sum_columns(by_pair(run, measure), run.pair_cohort, len(run.names.cohorts))


def in_procedure(run: RunData) -> Array:
    """Persons in procedure by day and agency, shape (D, A)."""
    return run.by_place[:, run.agency_place, STATUSES.index("in_procedure")]


def border_pressure(attempts: Array, capacity: Array) -> Array:
    """Border pressure by day (first axis), from attempts and capacity per day; always finite."""
    total = np.cumsum(attempts, axis=0, dtype=np.float64)
    total[WINDOW:] -= total[:-WINDOW].copy()
    pressure: Array = total / WINDOW / np.maximum(capacity, LEAST_CAPACITY)
    return pressure


class Load(NamedTuple):
    """Border pressure of one section or agency over a run; days count from 0, None where there is none."""

    mean: float
    peak: float
    peak_day: int | None
    days_over: int
    first_over: int | None


def load(pressure: Array) -> Load:
    """Mean, peak and its day, days over 1 and the first of them, of a pressure by day, shape (D,)."""
    mean, peak, peak_day, days_over, first_over = loads(pressure[:, None])[0]
    whole = [None if np.isnan(day) else int(day) - 1 for day in (peak_day, first_over)]
    return Load(float(mean), float(peak), whole[0], int(days_over), whole[1])


def loads(pressure: Array) -> Array:
    """The loads of several pressures by day, shape (D, N), as (N, 5): as `Load`, days from 1, NaN where none is."""
    if not len(pressure):
        return np.tile([0.0, 0.0, np.nan, 0.0, np.nan], (pressure.shape[1], 1))
    over, peak = pressure > 1.0, pressure.max(axis=0)
    ever = over.any(axis=0)
    peak_day = np.where(peak > 0, pressure.argmax(axis=0) + 1.0, np.nan)
    first_over = np.where(ever, over.argmax(axis=0) + 1.0, np.nan)
    return np.column_stack([pressure.mean(axis=0), peak, peak_day, over.sum(axis=0), first_over])


def overload_by_week(pressure: Array) -> Array:
    """Share of replicates over 1 on any day of each week of the run: shape (R, D, N) to (weeks, N)."""
    replicates, days, width = pressure.shape
    weeks = -(-days // WINDOW)
    over = np.zeros((replicates, weeks * WINDOW, width), bool)
    over[:, :days] = pressure > 1.0
    share: Array = over.reshape(replicates, weeks, WINDOW, width).any(axis=2).mean(axis=0)
    return share


def contributions(run: RunData) -> dict[str, Array]:
    """Attempts in each section over the run by ``route``, shape (S, R), and by ``cohort``, shape (S, cohorts)."""
    counts = run.attempts_by_pair
    return {
        "route": _sum_columns(counts, run.pair_route, len(run.names.routes)),
        "cohort": _sum_columns(counts, run.pair_cohort, len(run.names.cohorts)),
    }


def _sum_columns(values: Array, group: Array, groups: int) -> Array:
    total = np.zeros((len(values), groups), values.dtype)
    for column, number in enumerate(group):
        total[:, number] += values[:, column]
    return total
