"""Definitions of all outputs: symbol, unit, formula, meaning, and the tables in which each appears.

*Persons* and *attempts* are never added together. Flows are counted per day, stocks at the end of a day. Tables,
terminal, report, glossary, view, the model's description and SQL all read the definitions here. A table's column
``measure`` holds an output's name.

Extensions may add outputs (`register`) and levels (`register_level`) at run time, before a model is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sim.engine.rows import STATUSES
from sim.engine.tables import PAIR_FLOWS
from sim.scenario.modes import ANY_DEPARTURE, ANY_DEPARTURES

NOWHERE, EVERYWHERE, ALL, REACTION = "before-any-section", "everywhere", "all", "reaction"
LEVELS = ("section", "agency", "route", "cohort", "status", "place")  # of daily tables
GROUPS = BORDER, WAY, PEOPLE = ("border", "way", "people")
DESCRIPTION = ("name", "symbol", "unit", "over_time", "title", "formula", "meaning", "answers_to")
_NAME, _ALLOWED = re.compile(r"[a-z][a-z0-9_]*"), "small letters, digits and _, a letter first"


@dataclass(frozen=True)
class Output:
    """An output. One without a level has only totals, such as the highest pressure of a run.

    Attributes:
        name: Name in tables, in the column ``measure``.
        symbol: Symbol in formulas.
        unit: Unit of what is counted; a flow's daily unit is "... per day".
        over_time: How days are aggregated: "sum", "mean" or "end".
        title: Title in headings of rows.
        short: Title in headings of columns.
        formula: Formula in other symbols, or "count".
        meaning: Definition, one sentence.
        answers_to: The published series to which it corresponds, in words.
        published_as: Its name in observed series, if different.
        section: Columns of the engine's flows by section whose sum it is (`sim.engine.tables.SECTION_FLOWS`).
        pair: The same by cohort and route (`PAIR_FLOWS`, or flows of extensions).
        route: The same by route (`ROUTE_FLOWS`).
        others: Levels at which its daily values are computed in another way.
        totals: Further levels at which it has a total: "all" is the whole border, or the whole way.
        weekly: Levels at which a study stores it by week, beside that of the whole if it has one and is a flow.
        status: Its totals count persons with this status at the end, by the last section that they tried.
        order: Rank in tables of routes, cohorts and of the whole way.
        group: Group: "border", "way" or "people".
        digits: Decimals that are shown.
        summary: Rank among the columns of a run's summary; 0 for none.
        date: Column of the summary that shows it as a date, if it is a day of the run.
    """

    name: str
    symbol: str
    unit: str
    over_time: str
    title: str
    short: str
    formula: str
    meaning: str
    answers_to: str = ""
    published_as: str = ""
    section: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    weekly: tuple[str, ...] = ()
    status: str = ""
    order: float = 99
    group: str = WAY
    digits: int = 0
    summary: int = 0
    date: str = ""

    def about(self) -> dict[str, str]:
        """Return what it is, as texts by the names in `DESCRIPTION`."""
        return {name: str(getattr(self, name)) for name in DESCRIPTION}

    @property
    def levels(self) -> tuple[str, ...]:
        """Return the levels at which it is counted by day; none if it has only totals."""
        at_border = ("section", "agency") if self.section else ()
        on_way = ("route", "cohort") if self.pair else ("route",) if self.route else ()
        levels = (*at_border, *on_way, *self.others)
        return (*levels, *_levels) if "cohort" in levels else levels

    @property
    def daily_unit(self) -> str:
        """Return the unit of a day's value."""
        return f"{self.unit} per day" if self.over_time == "sum" else self.unit

    @property
    def is_whole(self) -> bool:
        """Return whether the whole border, or the whole way, has a total."""
        return ALL in self.totals


_POLAND = "Polish Border Guard, attempts (poland-attempts-*); Lithuania, registered and turned away (lithuania-*)"
_FRONTEX = "Frontex, detections, which mostly leave turn-backs out (eastern-border-detections-*)"
_BOTH, _LOADED = ("section", "agency"), ("section", "agency", ALL)
PRESSURE, _DAY = "patrol calls / capacity", "day of the run, from 1"
_OF_ALL = "Of the whole border: of its most loaded section, day by day."
_TABLE = (
    Output("approaches", "A_0", "approaches", "sum", "Approaches to the border", "approaches",
           "A_0 = T + A + U_c", "Approaches to a section by those who decided to try; one person may do so often.",
           section=("approaches",), pair=("approaches",), totals=(ALL,), weekly=("section",), order=4.5, group=BORDER),
    Output("withdrawals", "T", "approaches", "sum", "Withdrawals", "withdrew", "count",
           "Approaches given up at the sight of guards or a barrier.", section=("withdrawals",), totals=(ALL,),
           group=BORDER),
    Output("attempts", "A", "attempts", "sum", "Attempts to cross", "attempts", "A = A_0 - T",
           "Tries to cross a section; one person may try often.", section=("attempts",), pair=("attempts",),
           totals=(ALL,), weekly=("section", "route"), order=5, group=BORDER, summary=7),
    Output("recorded_attempts", "A_r", "attempts", "sum", "Recorded attempts", "recorded", "A_r = T + U + A_d",
           "What guards see: withdrawals, people who give themselves up, and detected attempts.", _POLAND,
           section=("recorded",), totals=(ALL,), group=BORDER, summary=8),
    Output("self_presentations", "U", "persons", "sum", "Gave themselves up", "gave themselves up", "U <= P",
           "Gave themselves up to claim protection, where the agency admits claims: part of P.",
           section=("self_presentations",), totals=(ALL,), group=BORDER),
    Output("patrol_calls", "A_d", "attempts", "sum", "Detected attempts", "detected", "A_d = B + P - U + O",
           "Attempts that were detected, each of which calls for a patrol.", section=("patrol_calls",), totals=(ALL,),
           weekly=("section",), group=BORDER),
    Output("claims", "U_c", "claims", "sum", "Claims at crossing points", "claims", "count",
           "Claims of protection made at a crossing point; one person may claim often.", section=("claims",),
           pair=("claims",), totals=(ALL,), weekly=("section",), order=9.1, group=BORDER),
    Output("claims_admitted", "U_a", "persons", "sum", "Claims admitted at crossing points", "claims admitted",
           "U_a <= U_c", "Claims admitted at a crossing point, whose makers go into procedure; no part of P and E.",
           "Norwegian and Finnish police, asylum seekers (storskog-*, lapland-*)",
           section=("claims_admitted",), pair=("claims_admitted",), totals=(ALL,), order=9.2, group=BORDER),
    Output("turn_backs", "B", "attempts", "sum", "Turn-backs", "turn-backs", "count",
           "Intercepted attempts whose makers were turned back.", section=("turn_backs",), pair=("turn_backs",),
           totals=(ALL,), weekly=("section",), order=6, group=BORDER, summary=9),
    Output("procedures", "P", "persons", "sum", "Taken into procedure", "into procedure", "count",
           "Intercepted and taken into procedure.", _FRONTEX, "detections", ("procedures",), ("procedures",),
           totals=(ALL,), order=8, group=BORDER),
    Output("crossings", "C", "persons", "sum", "Crossed", "crossed", "C = A - B - P",
           "Crossed, not detected or seen but not stopped.", section=("crossings",), pair=("crossed",),
           totals=(ALL,), order=7, group=BORDER),
    Output("overload_crossings", "O", "persons", "sum", "Crossed while no patrol was free", "no patrol free", "O <= C",
           "Detected, but no patrol was free: part of C.", section=("overload_crossings",), totals=(ALL,),
           group=BORDER),
    Output("entries", "E", "persons", "sum", "Entries over land", "entries", "E = C + P",
           "Got into the country, in procedure or not.", section=("crossings", "procedures"),
           pair=("crossed", "procedures"), totals=(ALL,), weekly=("section", "route"), order=9, group=BORDER,
           summary=10),
    Output("injuries", "J", "persons", "sum", "Injured outdoors", "injured", "count",
           "First injuries outdoors; by section: the last one tried.", section=("injuries",), pair=("injuries",),
           totals=(ALL,), order=18, group=PEOPLE),
    Output("deaths", "D", "persons", "sum", "Dead", "dead", "count",
           "Deaths on the way; by section: the last one tried.", section=("deaths",), pair=("deaths",),
           totals=(ALL,), weekly=("section", "route"), order=19, group=PEOPLE, summary=14),
    Output("capacity", "K", "attempts per day", "mean", "Capacity", "capacity", "K = officers on duty * handling rate",
           "Detected attempts that patrols can handle.", others=_BOTH, weekly=("section",), group=BORDER),
    Output("detection", "d", "probability", "mean", "Detection", "detection", "see sim.engine.processes.attempts",
           "Probability that an attempt is detected.", others=("section",), group=BORDER, digits=2),
    Output("border_pressure", "beta", PRESSURE, "mean", "Border pressure", "pressure",
           "beta = mean of A_d over 7 days / K",
           "Detected attempts, each of which calls for a patrol, over what patrols can handle: 1 is full load.",
           others=_BOTH, weekly=_BOTH, group=BORDER, digits=2),
    Output("in_procedure", "N_p", "persons", "end", "In procedure at the end", "in procedure", "count",
           "Persons in procedure with the agency.", "Persons in reception", others=("agency",), totals=_BOTH,
           weekly=("agency",), status="in_procedure", order=10, group=PEOPLE, summary=11),
    Output("departures", "F", "departures", "sum", "Departures", "departures", "count",
           f"{ANY_DEPARTURES.capitalize()}.", "Flights (benghazi-minsk-flights-*)", "flights",
           route=("departures",), weekly=("route",), order=0),
    Output("seats", "S", "seats", "sum", "Seats", "seats", "count", "Seats for migrants on the departures.",
           route=("seats",), order=0),
    Output("set_out", "L", "persons", "sum", "Set out", "set out", "count",
           "Decided to go and booked (again, after a failed booking).", pair=("set_out",), totals=(ALL,), order=1),
    Output("boarded", "G", "persons", "sum", "Boarded", "boarded", "count", f"Boarded a {ANY_DEPARTURE}.",
           pair=("boarded", "embarked"), totals=(ALL,), weekly=("route",), order=2),
    Output("arrived_at_hub", "H", "persons", "sum", "Arrived at the hub", "at hub", "count",
           "Arrived at the transit state's hub.", pair=("arrived_at_hub",), totals=(ALL,), order=3),
    Output("reached_border", "Z", "arrivals", "sum", "Reached the border zone", "at border", "count",
           "Taken to the border zone; who goes again counts again.", pair=("reached_border",), totals=(ALL,), order=4),
    Output("onward", "W", "persons", "sum", "Arrived further on", "further on", "count",
           "Arrived further on, e.g. in Germany.", "First asylum claims further on", pair=("onward",),
           totals=(ALL,), order=10),
    Output("stranded", "X", "persons", "sum", "Became stranded", "became stranded", "count",
           "Became stranded: gave up and could not go home; perhaps more than once.", pair=("stranded",),
           totals=(ALL,), weekly=("route",), order=11, group=PEOPLE),
    Output("returned", "R", "persons", "sum", "Returned home", "returned", "count",
           "Returned home, on their own, by agencies or by return flights.",
           "Repatriation flights (returns-2021), which are a part", pair=("returned",), totals=(*_BOTH, ALL),
           status="returned", order=12, group=PEOPLE, summary=13),
    Output("landed", "M", "persons", "sum", "Landed over the sea", "landed", "count", "Landed over the sea.",
           "Arrivals by sea (crete-arrivals-*)", pair=("landed",), totals=(ALL,), weekly=("route",), order=13),
    Output("intercepted", "I", "persons", "sum", "Brought back to the coast", "intercepted", "count",
           "Brought back to the coast, from an intercepted or wrecked boat.", pair=("intercepted",), totals=(ALL,),
           order=14),
    Output("diverted", "V", "persons", "sum", "Took another route", "diverted", "count",
           "Took another route after a failed booking.", pair=("diverted",), order=15),
    Output("gave_up_booking", "Q", "persons", "sum", "Left the queue", "left the queue", "count",
           "Left a queue for visas or seats, or was stopped on the way.", pair=("gave_up_booking",), order=16),
    Output("left_procedure", "Y", "persons", "sum", "Left the procedure", "left procedure", "count",
           "Procedures that ended, however they did.", pair=("left_procedure",), order=17),
    Output("moved_on", "K_o", "persons", "sum", "Moved on elsewhere", "moved on", "count",
           "Left the corridor for another country, such as Russia.", pair=("moved_on",), totals=(ALL,), order=12.5,
           group=PEOPLE),
    Output("evacuated", "K_e", "persons", "sum", "Moved from the border to the hub", "evacuated", "count",
           "Moved from the border zone to the hub by the transit state.", pair=("evacuated",), totals=(ALL,),
           order=11.5, group=PEOPLE),
    Output("persons", "N", "persons", "end", "Persons by status", "persons", "count", "Persons by status.",
           "Estimates of the stock in Belarus (belarus-stock-*)", "stock_in_transit_state", others=("status",),
           totals=(EVERYWHERE,), weekly=("status",), group=PEOPLE),
)  # fmt: skip

_AT = {"at_hub": "at the hub", "at_border": "at the border", "at_coast": "at the coast"}
# Statuses counted by the last section tried, in this order, that no other output counts.
_ENDED = {"stranded": 11, "crossed": 20, "onward": 21, "dead": 22, "moved_on": 23}


def _of_status(status: str) -> Output:
    words = _AT.get(status, status.replace("_", " "))
    found = Output(
        f"persons_{status}", f"N_{status}", "persons", "end", f"Persons {words}", f"{words} at end", "count",
        f"Persons whose status is {status}.", others=("cohort", "place"), group=PEOPLE,
    )  # fmt: skip
    if status in _ENDED:
        found = replace(found, status=status, totals=("section",), order=_ENDED[status])
    return replace(found, totals=(*_BOTH, "place"), summary=12) if status == "stranded" else found


_OF_TOTALS = (
    Output("pressure_mean", "", PRESSURE, "mean", "Mean border pressure", "mean pressure",
           "mean of beta over the run", f"Mean over all days of the run. {_OF_ALL}", totals=_LOADED, weekly=_LOADED,
           group=BORDER, digits=2, summary=1),
    Output("pressure_peak", "", PRESSURE, "peak", "Highest border pressure", "peak pressure",
           "max of beta over the run", f"Highest of any day of the run. {_OF_ALL}", totals=_LOADED, weekly=_LOADED,
           group=BORDER, digits=2, summary=2),
    Output("peak_day", "", _DAY, "", "Day of the highest pressure", "peak date", "argmax of beta",
           "First day on which the pressure is at its highest.", totals=_LOADED, group=BORDER, summary=3,
           date="peak_date"),
    Output("days_over", "", "days", "", "Days over full load", "days over 1", "number of days with beta > 1",
           f"Days on which the pressure is over 1. {_OF_ALL}", totals=_LOADED, weekly=_LOADED, group=BORDER,
           summary=4),
    Output("first_over_day", "", _DAY, "", "First day over full load", "first over 1", "first day with beta > 1",
           "Of the runs that are ever over 1.", totals=_LOADED, group=BORDER, summary=5, date="first_over"),
    Output("overload_probability", "", "probability", "", "Probability of overload", "ever over 1",
           "share of replicates with days_over > 0", "Share of replicates that are over 1 on any day.",
           group=BORDER, digits=2, summary=6),
    Output("in_procedure_peak", "", "persons", "peak", "In procedure, most at a time", "most in procedure",
           "max of N_p", "Most persons in procedure on any day.", totals=("agency",), group=PEOPLE),
    Output("attempts_by_route", "", "attempts", "sum", "Attempts by route", "by route", "count",
           "Attempts in a section of those who came by each route.", totals=("section",), group=BORDER),
    Output("attempts_by_cohort", "", "attempts", "sum", "Attempts by cohort", "by cohort", "count",
           "Attempts in a section of those who came by each cohort.", totals=("section",), group=BORDER),
    Output("reactions_fired", "", "times", "sum", "Reactions begun", "begun", "count", "How often a reaction began.",
           totals=(REACTION, ALL)),
    Output("reaction_first_day", "", _DAY, "", "First day of the reaction", "first day", "first day in force",
           "Of the runs in which it ever begins.", totals=(REACTION,), date="first_reaction"),
    Output("reaction_days", "", "days", "sum", "Days of the reaction", "days in force", "count",
           "Days of the run on which it is in force.", totals=(REACTION,)),
)  # fmt: skip
LOADS = ("pressure_mean", "pressure_peak", "peak_day", "days_over", "first_over_day")
SHARES = {"route": "attempts_by_route", "cohort": "attempts_by_cohort"}

_levels: dict[str, tuple[str, ...]] = {}  # levels that extensions have added, with their names
_BUILT_IN = {output.name: output for output in (*_TABLE, *map(_of_status, STATUSES), *_OF_TOTALS)}
OUTPUTS: dict[str, Output] = dict(_BUILT_IN)


def outputs(group: str | None = None, *, totals: str = "", level: str = "", weekly: str = "") -> list[Output]:
    """Return the outputs of a group, or with a total, daily or weekly value at a level, in the order of `OUTPUTS`."""
    return [
        output
        for output in OUTPUTS.values()
        if (group is None or output.group == group)
        and (not totals or totals in output.totals)
        and (not level or level in output.levels)
        and (not weekly or weekly in output.weekly)
    ]


def along_the_way(found: Iterable[Output]) -> list[Output]:
    """Return outputs in the order of tables by route and cohort."""
    return sorted(found, key=lambda output: output.order)


def definition(name: str) -> Output:
    """Return the output of a name, or a makeshift definition if it belongs to an extension that is not loaded."""
    if name in OUTPUTS:
        return OUTPUTS[name]
    words = name.replace("_", " ")
    return Output(name, "", "unknown", "sum", words.capitalize(), words, "count", "Counted by an extension.")


def title_of(name: str) -> str:
    """Return the title of an output."""
    return definition(name).title


def short_of(name: str) -> str:
    """Return the title of an output at the head of a column."""
    return definition(name).short


def is_day(name: str) -> bool:
    """Return whether an output is a day of the run."""
    return bool(definition(name).date)


def glossary(names: Iterable[str]) -> list[Output]:
    """Return these outputs and border pressure in the order of `OUTPUTS`, with unknown ones last."""
    wanted = {*names, "border_pressure"}
    known = [output for name, output in OUTPUTS.items() if name in wanted]
    return known + [definition(name) for name in sorted(wanted - OUTPUTS.keys())]


def summary_columns() -> list[Output]:
    """Return the outputs of a run's summary, in the order of its columns."""
    return sorted((output for output in OUTPUTS.values() if output.summary), key=lambda output: output.summary)


def published(name: str) -> Output:
    """Return the output that corresponds to the name of an observed series."""
    answering = (output for output in OUTPUTS.values() if output.published_as == name)
    return next(answering, None) or definition(name)


def register(output: Output) -> Output:
    """Add an output that is counted by cohort and route, in columns of `pair_flows` after the built-in ones.

    It appears at the levels route and cohort, at those that extensions have added, and in the totals of the whole way.
    If it names no columns, its column has the output's name. Register outputs before a model is made.

    Returns:
        The output as entered in `OUTPUTS`.

    Raises:
        ValueError: If its name is taken or not allowed in a table, or if it names columns by section or route.
    """
    if not _NAME.fullmatch(output.name):
        raise ValueError(f"output: found the name {output.name!r}; allowed: {_ALLOWED}")
    if output.name in OUTPUTS:
        raise ValueError(f"output: found the name {output.name!r}, which is taken")
    if output.section or output.route or output.others:
        raise ValueError(f"output {output.name}: found columns by section or route; allowed: pair")
    if output.over_time != "sum" or output.group not in GROUPS:
        given = f"found over_time {output.over_time!r}, group {output.group!r}"
        raise ValueError(f"output {output.name}: {given}; allowed: 'sum'; {', '.join(GROUPS)}")
    found = replace(output, pair=output.pair or (output.name,), totals=tuple(dict.fromkeys((*output.totals, ALL))))
    OUTPUTS[found.name] = found
    return found


def unregister(name: str) -> None:
    """Remove a registered output; ValueError if there is none of that name."""
    if name in _BUILT_IN or name not in OUTPUTS:
        raise ValueError(f"output: found {name!r}; registered: {', '.join(registered()) or 'none'}")
    del OUTPUTS[name]


def registered() -> list[str]:
    """Return the names of registered outputs, in order."""
    return [name for name in OUTPUTS if name not in _BUILT_IN]


def with_registered(names: Iterable[str], *groups: str) -> list[str]:
    """Return these outputs, and the registered ones of the groups."""
    return [*names, *(name for name in registered() if OUTPUTS[name].group in groups)]


def extra_pair_columns() -> list[str]:
    """Return the columns of registered outputs, in their order after `PAIR_FLOWS`."""
    columns = [column for name in registered() for column in OUTPUTS[name].pair if column not in PAIR_FLOWS]
    return list(dict.fromkeys(columns))


def pair_column(name: str) -> int:
    """Return the position of a column in `pair_flows`, built-in or registered; ValueError if there is none."""
    return [*PAIR_FLOWS, *extra_pair_columns()].index(name)


def register_level(level: str, names: Iterable[str]) -> None:
    """Add a level, such as an attribute ``age`` with its categories, at which everything counted by cohort is counted.

    Raises:
        ValueError: If the level already exists, or has no names.
    """
    names = tuple(names)
    if not _NAME.fullmatch(level) or level in (*LEVELS, REACTION, EVERYWHERE, ALL, *_levels):
        raise ValueError(f"level: found {level!r}; allowed: {_ALLOWED}, and no level that is there")
    if not names or len(set(names)) < len(names):
        raise ValueError(f"level {level}: found the names {list(names)}; allowed: one or more, each once")
    _levels[level] = names


def unregister_level(level: str) -> None:
    """Remove a registered level; ValueError if there is none of that name."""
    if _levels.pop(level, None) is None:
        raise ValueError(f"level: found {level!r}; registered: {', '.join(_levels) or 'none'}")


def registered_levels() -> dict[str, tuple[str, ...]]:
    """Return the levels that extensions have added, each with its names."""
    return dict(_levels)
