"""Each output by its title and its definition: those of `sim.outputs.run_data`, and those that only totals have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sim.engine.rows import STATUSES
from sim.outputs.run_data import MEASURES
from sim.outputs.weekly import LOAD_UNITS, SHARES

AT_BORDER = (
    "pressure_peak",
    "days_over",
    "attempts",
    "recorded_attempts",
    "turn_backs",
    "procedures",
    "crossings",
    "entries",
)
ON_THE_WAY = ("set_out", "boarded", "reached_border", "onward", "landed", "intercepted")
HUMAN = ("stranded", "injuries", "deaths", "returned", "in_procedure")
_TITLES = {
    "attempts": "Attempts to cross",
    "recorded_attempts": "Recorded attempts",
    "turn_backs": "Turn-backs",
    "procedures": "Taken into procedure",
    "crossings": "Crossed",
    "overload_crossings": "Crossed while no patrol was free",
    "entries": "Entries over land",
    "injuries": "Injured outdoors",
    "deaths": "Dead",
    "in_procedure": "In procedure at the end",
    "in_procedure_peak": "In procedure, most at a time",
    "set_out": "Set out",
    "boarded": "Boarded",
    "arrived_at_hub": "Arrived at the hub",
    "reached_border": "Reached the border zone",
    "onward": "Arrived further on",
    "stranded": "Became stranded",
    "returned": "Returned home",
    "landed": "Landed over the sea",
    "intercepted": "Brought back to the coast",
    "diverted": "Took another route",
    "gave_up_booking": "Left the queue",
    "left_procedure": "Left the procedure",
    "departures": "Departures",
    "seats": "Seats",
    "capacity": "Capacity",
    "detection": "Detection",
    "border_pressure": "Border pressure",
    "persons": "Persons by status",
    "pressure_mean": "Mean border pressure",
    "pressure_peak": "Highest border pressure",
    "peak_day": "Day of the highest pressure",
    "days_over": "Days over full load",
    "first_over_day": "First day over full load",
    "attempts_by_route": "Attempts by route",
    "attempts_by_cohort": "Attempts by cohort",
}
_STATUSES = {"at_hub": "at the hub", "at_border": "at the border", "at_coast": "at the coast"}


class Definition(NamedTuple):
    """What an output is: title, symbol, unit, formula, meaning, and the published series that it answers to."""

    title: str
    symbol: str
    unit: str
    formula: str
    meaning: str
    answers_to: str


_OF_ALL = "Of the whole border: of its most loaded section, day by day."
_MORE = {
    "pressure_mean": ("mean of beta over the run", f"Mean over all days of the run. {_OF_ALL}"),
    "pressure_peak": ("max of beta over the run", f"Highest of any day of the run. {_OF_ALL}"),
    "peak_day": ("argmax of beta", "First day on which the pressure is at its highest."),
    "days_over": ("number of days with beta > 1", f"Days on which the pressure is over 1. {_OF_ALL}"),
    "first_over_day": ("first day with beta > 1", "Of the runs that are ever over 1."),
}


def definition(measure: str) -> Definition:
    """The definition of an output that a table of totals may name; KeyError if there is none."""
    title = title_of(measure)
    if measure in MEASURES:
        known = MEASURES[measure]
        return Definition(title, known.symbol, known.unit, known.formula, known.meaning, known.answers_to)
    if measure in _MORE:
        return Definition(title, "", LOAD_UNITS[measure], *_MORE[measure], "")
    if measure == "in_procedure_peak":
        return Definition(title, "", "persons", "max of N_p", "Most persons in procedure on any day.", "")
    by = {share: key for key, share in SHARES.items()}[measure]
    return Definition(title, "", "attempts", "count", f"Attempts in a section of those who came by each {by}.", "")


def title_of(measure: str) -> str:
    """What an output is called."""
    status = measure.removeprefix("persons_")
    if measure not in _TITLES and status in STATUSES:
        return f"Persons {_STATUSES.get(status, status.replace('_', ' '))}"
    return _TITLES.get(measure, measure.replace("_", " ").capitalize())


def glossary(measures: Iterable[str]) -> list[Definition]:
    """The definitions of all these outputs, in the order of `sim.outputs.run_data`; those of totals alone come last."""
    order = {name: number for number, name in enumerate(MEASURES)}
    wanted = {*measures, "border_pressure"}
    return [definition(name) for name in sorted(wanted, key=lambda name: (order.get(name, len(order)), name))]
