"""News: what happened to earlier migrants becomes known with a lag and updates perceived success.

Success S of a route to a cohort = (k prior + good) / (k + good + bad), where good and bad are counts of
events that fade exponentially (memory, days) and k is the weight of the prior, in events. Good events are
crossings, landings and, weighted by `procedure_value`, procedures; bad events are people stranded, returned,
turned back at sea, and dead. Sections likewise, with turn-backs as bad events, known after `section_lag`.
"""

from __future__ import annotations

import math

from sim.engine.compiled import compiled
from sim.engine.tables import (
    F_CROSSED,
    F_DEATHS,
    F_INTERCEPTED,
    F_LANDED,
    F_PROCEDURES,
    F_RETURNED,
    F_STRANDED,
    S_CROSSINGS,
    S_PROCEDURES,
    S_TURN_BACKS,
    SECTION_PRIOR,
)  # fmt: skip


@compiled
def posterior(prior, weight, good, bad):
    """Return perceived success from a prior of the given weight and weighted counts of good and bad events."""
    return (weight * prior + good) / (weight + good + bad)


@compiled
def run(w, day):
    """Spread the news of ``lag`` days ago to the origins; along the border it is faster."""
    p = w.p[0]
    kept = math.exp(-1.0 / p.news_memory)
    known = day - int(p.news_lag)
    for k in range(w.pairs.shape[0]):
        pair = w.pairs[k]
        pair.good *= kept
        pair.bad *= kept
        if known >= 0:
            flows = w.pair_flows[known, k]
            pair.good += flows[F_CROSSED] + flows[F_LANDED] + p.news_procedure_value * flows[F_PROCEDURES]
            pair.bad += flows[F_STRANDED] + flows[F_RETURNED] + flows[F_INTERCEPTED] + flows[F_DEATHS]
        pair.success = posterior(pair.prior, p.news_prior_weight, pair.good, pair.bad)
    known = day - int(p.news_section_lag)
    for s in range(w.sections.shape[0]):
        section = w.sections[s]
        section.good *= kept
        section.bad *= kept
        if known >= 0:
            flows = w.section_flows[known, s]
            section.good += flows[S_CROSSINGS] + p.news_procedure_value * flows[S_PROCEDURES]
            section.bad += flows[S_TURN_BACKS]
        section.success = posterior(SECTION_PRIOR, p.news_prior_weight, section.good, section.bad)
