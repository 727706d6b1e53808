"""News: what happened to earlier migrants becomes known with a lag and updates perceived success.

Success S of a route to a cohort = (k prior + good) / (k + good + bad), where good and bad are what there is to tell of
each person once (`sim.engine.ledger.tell`), fading exponentially (memory, days), and k is the weight of the prior, in
persons. A crossing or landing is worth 1, a procedure `procedure_value` v: v good and 1 - v bad; people stranded,
returned and dead are worth 0, and so are those of whom it later turns out that they got through, until then.
Sections likewise by attempt, known after `section_lag`: crossings 1, procedures v, turn-backs and withdrawals 0;
at a crossing point claims admitted v, refused 0.
"""

from __future__ import annotations

import math

from sim.engine.compiled import compiled
from sim.engine.tables import (
    S_CLAIMS_ADMITTED,
    S_CLAIMS_REFUSED,
    S_CROSSINGS,
    S_PROCEDURES,
    S_TURN_BACKS,
    S_WITHDRAWALS,
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
            pair.good += w.told[known, k, 0]
            pair.bad = max(pair.bad + w.told[known, k, 1], 0.0)
        pair.success = posterior(pair.prior, p.news_prior_weight, pair.good, pair.bad)
    known = day - int(p.news_section_lag)
    for s in range(w.sections.shape[0]):
        section = w.sections[s]
        section.good *= kept
        section.bad *= kept
        if known >= 0:
            flows = w.section_flows[known, s]
            section.good += flows[S_CROSSINGS] + p.news_procedure_value * flows[S_PROCEDURES]
            section.bad += flows[S_TURN_BACKS] + flows[S_WITHDRAWALS]
            section.bad += (1.0 - p.news_procedure_value) * flows[S_PROCEDURES]
            section.good += p.news_procedure_value * flows[S_CLAIMS_ADMITTED]
            section.bad += (1.0 - p.news_procedure_value) * flows[S_CLAIMS_ADMITTED] + flows[S_CLAIMS_REFUSED]
        section.success = posterior(SECTION_PRIOR, p.news_prior_weight, section.good, section.bad)
