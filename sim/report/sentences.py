"""Headlines of a report: findings in words, with intervals, for the border and for the people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.outputs.rounding import whole
from sim.report.findings import Findings
from sim.report.words import clipped, day, interval, listed, number, share
from sim.scenario.schema import Scenario

MOST_PLACES = 2
Row = dict[str, Any]


class Sentence(NamedTuple):
    """A finding: the part that is printed bold, and the rest."""

    lead: str
    rest: str

    @property
    def text(self) -> str:
        """Return the whole sentence."""
        return self.lead + self.rest


class Headline(NamedTuple):
    """The findings of a scenario: at the border, and for the people on the way."""

    scenario: str
    border: list[Sentence]
    people: list[Sentence]


# Output, subject of a sentence on its change, and whether the subject is plural.
_BORDER = (
    ("attempts", "Attempts at all border sections", True),
    ("days_over", "Days with a section over full load", True),
    ("pressure_mean", "The mean border pressure of the most loaded section", False),
    ("pressure_peak", "The highest border pressure of any section", False),
    ("entries", "Entries over land", True),
)
_PEOPLE = (
    ("deaths", "Deaths on all ways", True),
    ("stranded", "People who become stranded", True),
    ("injuries", "People injured outdoors", True),
    ("returned", "People who return home", True),
    ("in_procedure", "People in procedure at the end", True),
)
# Output, and the words for its number.
_ENDS = (
    ("deaths", "{} people die", "{} person dies", " on all ways"),
    ("stranded", "{} people become stranded", "{} person becomes stranded", ""),
    ("injuries", "{} people are injured", "{} person is injured", " outdoors"),
    ("returned", "{} people return home", "{} person returns home", ""),
    ("in_procedure", "{} people are in procedure", "{} person is in procedure", " on the last day"),
)


def headlines(found: Findings) -> list[Headline]:
    """Return the headline of each compared scenario, or of the only one."""
    return [headline(found, name) for name in found.others or [found.base]]


def headline(found: Findings, name: str) -> Headline:
    """Return the headline of a compared scenario, or of the only one."""
    if not found.others:
        return Headline(name, list(_border(found)), list(_people(found)))
    return Headline(name, list(_changes(found, name)), list(_human_changes(found, name)))


def caveat(found: Findings) -> str:
    """Return a caveat on the kind of numbers in the report."""
    start = "This is a model, not a forecast: it says what follows from the assumptions listed below."
    if not found.several:
        text = "The figures are of a single run with central values of all parameters; there are no intervals."
        if found.kind == "compare":
            text += " All scenarios share the same people and the same draws."
        return f"{start} {text}"
    many = f"{found.replicates} replicates"
    drawn = "Each draws the uncertain parameters and its own people"
    if found.others:
        drawn += "; within a replicate all scenarios share both, so that differences are due to the scenarios alone"
    return (
        f"{start} There are {many}. {drawn}. Figures are medians; a 90\u202f% interval holds nine in ten replicates. "
        "It says nothing about what the model leaves out."
    )


def row_of(found: Findings, scenario: str, output: str) -> Row | None:
    """Return the row of an output for the whole border or way; persons in procedure are those at the end."""
    return found.ended(scenario, output) if output == "in_procedure" else found.value(scenario, output)


def difference_of(found: Findings, other: str, output: str) -> Row | None:
    """Return `row_of` for a paired difference."""
    if output == "in_procedure":
        return found.difference(other, "persons", "everywhere", output)
    return found.difference(other, output)


def changed(found: Findings, other: str, output: str) -> tuple[Row | None, Row | None, Row | None]:
    """Return an output's difference, and its rows of the base and the other scenario.

    All are of the window in which the scenarios can differ, or of the whole run if there is none.
    """
    if (row := found.window_difference(other, output)) is not None:
        return row, found.window_value(found.base, other, output), found.window_value(other, other, output)
    return difference_of(found, other, output), row_of(found, found.base, output), row_of(found, other, output)


def since(found: Findings, other: str) -> str:
    """Return the window in which a scenario can differ from the base in words; empty if it is the whole run."""
    window = found.window(other)
    if window is None:
        return ""
    if window.last == found.scenario.end:
        return f"from {day(window.first, short=False)}"
    return f"from {day(window.first, short=False)} to {day(window.last, short=False)}"


def _changes(found: Findings, other: str) -> Iterator[Sentence]:
    if text := since(found, other):
        window = found.window(other)
        why = "as asked" if window is not None and window.asked else "as the two are the same before"
        yield Sentence(f"Counted {text}", f", {why}; the table of differences has the whole run, too.")
    if not found.sections:
        yield Sentence("No border section is part of these scenarios", ".")
    elif _nobody(found, found.base) and _nobody(found, other):
        yield Sentence("Nobody attempts to cross", " a border section in either scenario.")
    else:
        for output, subject, plural in _BORDER:
            yield from _change(found, other, output, subject, plural)
    if has_sea(found):
        yield from _change(found, other, "landed", "Landings over the sea", True)
    yield from elsewhere(found, other)


def _human_changes(found: Findings, other: str) -> Iterator[Sentence]:
    for output, subject, plural in _PEOPLE:
        yield from _change(found, other, output, subject, plural)


def _change(found: Findings, other: str, output: str, subject: str, plural: bool) -> Iterator[Sentence]:
    row, before, after = changed(found, other, output)
    if row is None or before is None or after is None:
        return
    medians = f"from {number(before['median'], output)} to {number(after['median'], output)}"
    pairs = int(row["replicates"])
    if pairs == 1:
        change = row["median"]
        verb = _verb(change, plural)
        by = f" by {number(abs(change), output)}" if change else ""
        yield Sentence(f"{subject} {verb}{by}", f", {medians}." if change else f": {number(after['median'], output)}.")
        return
    if row["lower"] == row["higher"] == 0:
        yield Sentence(f"{subject} {_verb(0, plural)}", f" in any of the {pairs} replicates.")
    elif row["low90"] > 0 or row["high90"] < 0:
        low, high = sorted((abs(row["low90"]), abs(row["high90"])))
        ends = f"{number(low, output)} to {number(high, output)}"
        times = round((row["higher"] if row["low90"] > 0 else row["lower"]) * pairs)
        lead = f"{subject} {_verb(row['median'], plural)} by {number(abs(row['median']), output)}"
        yield Sentence(lead, f" (90\u202f% interval {ends}), in {_of(times, pairs)}; {medians}.")
    else:
        lower, higher = (round(row[key] * pairs) for key in ("lower", "higher"))
        middle = number(row["median"], output, sign=True)
        ends = interval(row, output, sign=True)
        counts = f"lower in {lower} and higher in {higher} of {pairs} replicates"
        yield Sentence(f"{subject}: no clear change", f" (median {middle}, 90\u202f% interval {ends}); {counts}.")


def _verb(change: float, plural: bool) -> str:
    if not change:
        return "do not change" if plural else "does not change"
    verb = "rise" if change > 0 else "fall"
    return verb if plural else f"{verb}s"


def _of(times: int, pairs: int) -> str:
    return f"all {pairs} replicates" if times == pairs else f"{times} of {pairs} replicates"


def elsewhere(found: Findings, other: str) -> Iterator[Sentence]:
    """Yield displacement: routes and sections with a clear increase."""
    rises = [
        *_rises(found, other, "route", found.routes, "boarded", "more people board"),
        *_rises(found, other, "route", found.routes, "attempts", "more attempts by those who came"),
        *_rises(found, other, "section", found.sections, "attempts", "more attempts"),
    ]
    if rises:
        rises.sort(key=lambda rise: -rise[0])
        yield Sentence("Where it goes: ", "; ".join(text for _, text in rises[:MOST_PLACES]) + ".")
        return
    fall, *_ = changed(found, other, "attempts")
    if fall is not None and fall["high90"] < 0:
        yield Sentence("It goes nowhere else that the model knows", ": no other route or section clearly takes more.")


def _rises(
    found: Findings, other: str, level: str, names: list[str], output: str, what: str
) -> Iterator[tuple[float, str]]:
    for name in names:
        row = found.difference_at(other, output, level, name)
        if row is not None and row["low90"] > 0:
            ends = _ends(row, output) if row["replicates"] > 1 else ""
            yield row["median"], f"{number(row['median'], output)} {what} {_place(found, level, name)}{ends}"


def _place(found: Findings, level: str, name: str) -> str:
    title = found.title_of(level, name)
    return f"by {name}" if level == "route" else f"at {clipped(title, 60)} ({name})" if title != name else f"at {name}"


def _border(found: Findings) -> Iterator[Sentence]:
    if not found.sections:
        yield Sentence("No border section is part of this scenario", ".")
    elif _nobody(found, found.base):
        yield Sentence("Nobody attempts to cross", " a border section.")
    else:
        yield from _level(found, "attempts", "People attempt to cross {} times", "", "one person may try often")
        yield from _level(found, "entries", "{} people get in over land", "", "in procedure or not")
        yield from _most_loaded(found)
        yield _overload(found)
    if has_sea(found):
        yield from _level(found, "landed", "{} people land over the sea", "", "")
    share_ = _spread(found)
    if share_ is not None:
        yield share_


def _people(found: Findings) -> Iterator[Sentence]:
    for output, many, one, where in _ENDS:
        row = row_of(found, found.base, output)
        if row is not None:
            yield from _level(found, output, one if whole(row["median"]) == 1 else many, where, "")


def _level(found: Findings, output: str, lead: str, where: str, note: str) -> Iterator[Sentence]:
    row = row_of(found, found.base, output)
    if row is None:
        return
    ends = _ends(row, output) if found.several else ""
    yield Sentence(lead.format(number(row["median"], output)), f"{where}{ends}{f'; {note}' if note else ''}.")


def _most_loaded(found: Findings) -> Iterator[Sentence]:
    rows = {name: found.value(found.base, "pressure_peak", "section", name) for name in found.sections}
    known = {name: row for name, row in rows.items() if row is not None}
    if not known:
        return
    name = max(known, key=lambda key: known[key]["median"])
    row, when = known[name], found.value(found.base, "peak_day", "section", name)
    title = clipped(found.title_of("section", name), 80)
    start = found.scenario.start
    text = f": the highest pressure (patrol calls over capacity) is {number(row['median'], 'pressure_peak')}"
    if found.several:
        text += _ends(row, "pressure_peak")
    if when is not None:
        text += f", about {number(when['median'], 'peak_day', start=start)}"
    label = f"{title} ({name})" if title != name else title
    yield Sentence(f"The most loaded section is {label}", f"{text}; 1 is full load.")


def _overload(found: Findings) -> Sentence:
    over = {name: found.ever_over.get((found.base, name), 0.0) for name in found.sections}
    ever = sorted((name for name in over if over[name] > 0), key=lambda name: (-over[name], name))
    if not ever:
        return Sentence("No section is ever over full load", "." if not found.several else ", in any replicate.")
    titles = {name: clipped(found.title_of("section", name), 60) for name in ever}
    if not found.several:
        days = found.value(found.base, "days_over")
        count = 0 if days is None else whole(days["median"])
        lead = f"On {count} day{'s' if count != 1 else ''} at least one section is over full load"
        return Sentence(lead, f": {listed([titles[name] for name in ever[:6]])}{_and_more(ever, 6)}.")
    lead = f"{len(ever)} of {len(over)} sections may be over full load"
    parts = [f"{titles[name]} with a probability of {share(over[name])}" for name in ever[:MOST_PLACES]]
    return Sentence(lead, f" on at least one day: {listed(parts)}{_and_more(ever, MOST_PLACES)}.")


def _ends(row: Row, output: str) -> str:
    if row["low90"] == row["high90"]:
        return " (the same in nearly all replicates)"
    return f" (90\u202f% interval {interval(row, output)})"


def _and_more(names: list[str], shown: int) -> str:
    return f", and {len(names) - shown} more" if len(names) > shown else ""


def _spread(found: Findings) -> Sentence | None:
    table = found.spread
    if not len(table):
        return None
    rows = table[(table["level"] == "all") & (table["measure"] == "attempts")]
    if rows.empty or rows["parameters_share"].isna().all():
        return None
    own, chance = (share(float(rows.iloc[0][key])) for key in ("parameters_share", "chance_share"))
    return Sentence(f"{own} of the spread of attempts comes from the parameters", f", {chance} from chance.")


def only_in(scenarios: Mapping[str, Scenario], base: str, other: str) -> list[str]:
    """Return, for each of two scenarios, what only it has: "Only in b: routes x, y; sections z"."""
    found = []
    for own, against in ((other, base), (base, other)):
        parts = []
        for kind in ("routes", "sections", "cohorts", "carriers", "transit_states", "zones", "agencies"):
            names = sorted(set(getattr(scenarios[own], kind)) - set(getattr(scenarios[against], kind)))
            if names:
                parts.append(f"{kind.replace('_', ' ')} {', '.join(names)}")
        if parts:
            found.append(f"Only in {own}: {'; '.join(parts)}")
    return found


def has_sea(found: Findings) -> bool:
    """Return whether anybody lands over the sea, in any scenario."""
    rows = [found.value(name, "landed") for name in found.names]
    return any(row is not None and row["high90"] > 0 for row in rows)


def _nobody(found: Findings, name: str) -> bool:
    row = found.value(name, "attempts")
    return row is None or row["high90"] == 0


def period(found: Findings) -> str:
    """Return the first and last day, in words."""
    return f"{day(found.scenario.start, short=False)} to {day(found.scenario.end, short=False)}"
