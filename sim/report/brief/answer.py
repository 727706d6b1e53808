"""The answer of a brief: which section, from when, how surely, and which measure helps most."""

from __future__ import annotations

from typing import NamedTuple

from sim.report.arms.page import Arms
from sim.report.brief.titles import place_title, scenario_title
from sim.report.findings import Findings
from sim.report.sentences import Row, changed, has_sea
from sim.report.words import day, interval, number, share
from sim.studies.ranking import Ranking

_TOLD = (("days_over", "days over full load"), ("stranded", "people stranded"), ("deaths", "dead"))


class Answer(NamedTuple):
    """The sentence that a reader takes away, and those beneath it."""

    lead: str
    more: list[str]


def most_loaded(found: Findings) -> str:
    """Return the section of the base that is most likely to be overloaded, then most loaded; empty if there is none."""
    peaks = {name: found.value(found.base, "pressure_peak", "section", name) for name in found.sections}
    known = {name: float(row["median"]) for name, row in peaks.items() if row is not None}
    over = {name: found.ever_over.get((found.base, name), 0.0) for name in known}
    return max(known, key=lambda name: (over[name], known[name], name), default="")


def answer(found: Findings, ranking: Ranking | None, arms: Arms | None) -> Answer:
    """Return the answer of a run or study.

    Args:
        found: The findings; of a comparison with two arms those of the arm in which they answer.
        ranking: Its scenarios, ranked; None if there is only one.
        arms: The report's section on both arms, if it has them.
    """
    more = []
    if ranking is not None and ranking.replicates:
        more.append(_measures(found, ranking))
        if arms is not None:
            more += _answered(found, ranking, arms)
    return Answer(_load(found), more)


def _load(found: Findings) -> str:
    name = most_loaded(found)
    if not name:
        return _without_sections(found)
    place = place_title(found, name)
    peak = found.value(found.base, "pressure_peak", "section", name)
    first = found.value(found.base, "first_over_day", "section", name)
    assert peak is not None
    chance = found.ever_over.get((found.base, name), 0.0)
    highest = (
        f"{number(peak['median'], 'pressure_peak')} times what its patrols can handle{_ends(peak, 'pressure_peak')}"
    )
    if chance == 0 or first is None:
        when = found.value(found.base, "peak_day", "section", name)
        about = "" if when is None else f", about {number(when['median'], 'peak_day', start=found.scenario.start)}"
        return f"No section is over full load: {place}, the most loaded, reaches {highest}{about}."
    begin = number(first["median"], "first_over_day", start=found.scenario.start)
    if not found.several:
        return f"{place} is over full load from {begin}; at the highest it has {highest}."
    often = "in every run" if chance == 1 else f"in {share(chance)} of the runs"
    return f"{place} is over full load {often}, first about {begin}; at the highest it has {highest}."


def _without_sections(found: Findings) -> str:
    landed = found.value(found.base, "landed")
    if has_sea(found) and landed is not None:
        return f"{number(landed['median'])} people land over the sea{_ends(landed, 'landed')}."
    return "No border section is part of this scenario."


def _ends(row: Row, output: str) -> str:
    same = row["low90"] == row["high90"]
    return "" if same else f" (90\u202f% interval {interval(row, output)})"


def _measures(found: Findings, ranking: Ranking) -> str:
    names = [str(name) for name in ranking.scenarios["scenario"]]
    number_of, best = len(names) - 1, names[0]
    if best == found.base and number_of > 1:
        return f"None of the {number_of} measures ranks before doing without them."
    best = found.others[0] if number_of == 1 else best
    told = "; ".join(text for output, words in _TOLD if (text := _change(found, best, output, words)))
    title = scenario_title(found, best)
    if number_of == 1:
        lead = f"With “{title}”"
    else:
        won = float(ranking.scenarios["best"].iloc[0])
        lead = f"Of {number_of} measures “{title}” ranks first ({share(won)} of the replicates)"
    window = found.study.window() if found.study is not None else None
    since = "" if window is None else f" Counted from {day(window.first)}."
    return f"{lead}: {told or 'nothing changes'}.{since}"


def _change(found: Findings, other: str, output: str, words: str) -> str:
    row, before, after = changed(found, other, output)
    if row is None or before is None or after is None or row["lower"] == row["higher"] == 0:
        return ""
    if number(before["median"]) == number(after["median"]) == "0":
        return ""
    both = f"{number(before['median'], output)} to {number(after['median'], output)}"
    rise = after["median"] - before["median"]
    often = row["higher"] if rise > 0 else row["lower"] if rise < 0 else max(row["lower"], row["higher"])
    return f"{words} {both}" + (
        "" if often == 1 or row["replicates"] == 1 else f" (in {share(often)} of the replicates)"
    )


def _answered(found: Findings, ranking: Ranking, arms: Arms) -> list[str]:
    best = str(ranking.scenarios["scenario"].iloc[0])
    told = [told for name, told, _ in arms.scenarios if name == best]
    return [f"If the other side answers: {told[0][0].text[0].lower()}{told[0][0].text[1:]}"] if told and told[0] else []
