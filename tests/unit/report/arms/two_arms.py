"""A comparison with two arms that was made by hand: five replicates of a ban that somebody answers, or nobody."""

from __future__ import annotations

from typing import Any

from tests.made_study import MadeStudy, Values, around, in_two_arms
from tests.unit.studies.small import ANSWERED as SCENARIO

NAN = float("nan")
# Fewer attempts: half of that is undone; more entries, or not; no other days over full load; more become stranded:
# two thirds of that is undone; fewer die: answers add to that.
BASE: dict[Any, list[float]] = {
    "attempts": around(1000, 10),
    "entries": around(300, 10),
    "days_over": around(5),
    "stranded": around(60, 5),
    "deaths": around(8, 1),
    "pressure_peak": around(1.5, 0.1),
    ("route", "baghdad-minsk", "boarded"): around(50),
    ("route", "baghdad-minsk", "landed"): around(0),
    ("section", "kuznica", "attempts"): around(700, 10),
    ("section", "narewka", "attempts"): around(7),
}
IF_NOBODY: dict[Any, list[float]] = {
    **BASE,
    "attempts": around(900, 12),
    "entries": around(310, 16),
    "stranded": around(90, 6),
    "deaths": around(7, 1),
    ("section", "kuznica", "attempts"): around(600, 9),
    ("route", "baghdad-minsk", "boarded"): around(52),
}
REACTIONS: dict[Any, list[float]] = {
    ("reaction", "more", "reactions_fired"): [0, 1, 2, 1, 0],
    ("reaction", "more", "reaction_first_day"): [NAN, 10, 20, 12, NAN],
    ("reaction", "more", "reaction_days"): [0, 5, 7, 6, 0],
    ("reaction", "never", "reactions_fired"): around(0),
}
IF_ANSWERED: dict[Any, list[float]] = {
    **BASE,
    **REACTIONS,
    "attempts": around(950, 10),
    "entries": around(310, 12),
    "stranded": around(70, 6),
    "deaths": around(6, 1),
    ("route", "baghdad-minsk", "boarded"): around(57, 1),
}


def arms(unanswered: Values = IF_NOBODY, answered: Values = IF_ANSWERED) -> tuple[MadeStudy, MadeStudy]:
    """Each arm, with its base: if nobody answers, and if they answer."""
    alone = MadeStudy({"base": SCENARIO, "off": SCENARIO}, {"base": BASE, "off": unanswered})
    return alone, MadeStudy({"base": SCENARIO, "ban": SCENARIO}, {"base": BASE, "ban": answered})


def two_arms(unanswered: Values = IF_NOBODY, answered: Values = IF_ANSWERED) -> MadeStudy:
    alone, both = arms(unanswered, answered)
    return in_two_arms(both, alone, {"ban": "off"})
