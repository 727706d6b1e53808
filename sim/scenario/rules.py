"""The schema of the rules' parameters: behaviour, detection, hazards, seasons, information."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.by_cohort import ByCohort
from sim.scenario.entry import ASSUMED, Entry, rows
from sim.scenario.quantity import Quantity, quantity


class Behaviour(Entry):
    """How migrants decide, by cohort where it differs; sections are weighed once for all."""

    success: ByCohort = quantity(3.0, "logit", 0, 20, "Weight of perceived success in the choice of a route.")
    price: ByCohort = quantity(1.0, "logit", 0, 20, "Weight of the logarithm of the share who can afford a route.")
    time: ByCohort = quantity(0.03, "logit per day", 0, 2, "Weight of days of travel and of waiting for a seat.")
    risk: ByCohort = quantity(2.0, "logit", 0, 20, "Weight of perceived risk to life.")
    facilitation: ByCohort = quantity(2.0, "logit", 0, 20, "Weight of the transit state's facilitation.")
    rush: ByCohort = quantity(1.0, "logit", 0, 20, "Extra weight of a route whose closure is announced.")
    section_success: Quantity = quantity(3.0, "logit", 0, 20, "Weight of perceived success in the choice of a section.")
    section_rush: Quantity = quantity(
        1.0, "logit", 0, 20, "Extra weight of a crossing point whose closure is announced in the choice of a section."
    )
    reconsider: ByCohort = quantity(45, "days", 1, 3650, "Mean days until someone whose booking failed decides again.")
    first_attempt: ByCohort = quantity(3, "days", 1, 365, "Mean days at the border before the first attempt.")
    retry: ByCohort = quantity(7, "days", 1, 365, "Mean days between attempts at full facilitation in summer.")
    retry_idle: ByCohort = quantity(4.0, "factor", 1, 100, "Factor on the days between attempts without facilitation.")
    retry_winter: ByCohort = quantity(
        1.5, "factor", 1, 100, "Factor on the days between attempts in the coldest month."
    )
    deterrence: ByCohort = quantity(
        0.0,
        "logit",
        0,
        20,
        "Weight of perceived success at the border in the choice whether to try now; 0: none.",
    )
    withdrawal: ByCohort = quantity(
        0.45,
        "share",
        0,
        1,
        "Share who turn round at the sight of guards, where detection is certain.",
        rows("share_attempts_withdrawn_at_sight"),
    )
    self_presentation: ByCohort = quantity(
        0.9,
        "share",
        0,
        1,
        "Share who give themselves up where nobody is turned back.",
        rows("lt_share_applied_asylum"),
    )
    attempt_cost: ByCohort = quantity(150, "USD", 0, 1e5, "Cost of an attempt.", rows("transport_minsk_to_grodno"))
    giving_up: ByCohort = quantity(0.03, "per attempt", 0, 1, "Probability of losing hope after a failed attempt.")
    patience: ByCohort = quantity(60, "days", 1, 3650, "Mean days at the border, or in line for it, before giving up.")
    onward: ByCohort = quantity(0.9, "share", 0, 1, "Share of those who crossed who go on to Germany or beyond.")
    onward_lag: ByCohort = quantity(4, "days", 1, 365, "Mean days from crossing to arrival further on.")
    stranded_review: ByCohort = quantity(30, "days", 1, 365, "Mean days between decisions of a stranded person.")
    stranded_retry: ByCohort = quantity(0.15, "share", 0, 1, "Share who try again at such a decision.")
    moving_on: ByCohort = quantity(
        365, "days", 1, 3650, "Mean days at a hub or coast until someone moves on elsewhere, such as to Russia."
    )
    sea_wait: ByCohort = quantity(5, "days", 1, 365, "Mean days at the coast before looking for a boat.")
    sea_retry: ByCohort = quantity(60, "days", 1, 3650, "Mean days from interception at sea to the next try.")
    sea_giving_up: ByCohort = quantity(0.3, "share", 0, 1, "Share who give up after an interception at sea.")
    sea_price: ByCohort = quantity(
        1500, "USD", 0, 1e5, "Price of another place on a boat.", rows("sea_crossing_price_libya_italy")
    )


class Detection(Entry):
    """What makes an attempt detected."""

    coverage: Quantity = quantity(
        1.2, "1", 0, 50, "Detection intensity of 10 officers on duty per km on open land, without other means."
    )
    reference_density: Quantity = quantity(
        2.0, "officers on duty per km", 0.01, 1000, "Density at which `coverage` holds."
    )
    density_power: Quantity = quantity(0.5, "1", 0, 2, "Power of the density of officers in detection.")
    barrier: Quantity = quantity(0.6, "1", 0, 20, "Relative gain of detection where a barrier stands.")
    surveillance: Quantity = quantity(1.0, "1", 0, 20, "Relative gain of detection under full surveillance.")
    coaching: Quantity = quantity(0.3, "share", 0, 1, "Relative loss of detection under full coaching.")


class Hazards(Entry):
    """What happens to people outdoors."""

    death: ByCohort = quantity(
        2e-5, "per person-day", 0, 1, "Death hazard outdoors in summer.", rows("deaths_per_1000_attempts")
    )
    injury: ByCohort = quantity(5e-4, "per person-day", 0, 1, "Injury hazard outdoors in summer.")
    winter: ByCohort = quantity(4.0, "factor", 1, 1000, "Factor on both hazards in the coldest month.")
    sheltered: ByCohort = quantity(0.05, "share", 0, 1, "Hazard at the hub relative to the border zone.")


class Seasons(Entry):
    """Calendar effects, one value a month from January to December, from 0 to 1."""

    cold: list[float] = Field(
        default=[1.0, 0.9, 0.6, 0.3, 0.1, 0.0, 0.0, 0.0, 0.1, 0.3, 0.6, 0.9],
        min_length=12,
        max_length=12,
        description="Cold, 0 mild to 1 coldest.",
        json_schema_extra={"unit": "share", "range": [0, 1], "source": ASSUMED},
    )
    visibility: list[float] = Field(
        default=[0.9, 0.95, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.9, 0.9],
        min_length=12,
        max_length=12,
        description="Factor of light, foliage and weather on detection.",
        json_schema_extra={"unit": "factor", "range": [0, 1], "source": ASSUMED},
    )
    calm_sea: list[float] = Field(
        default=[0.35, 0.4, 0.45, 0.55, 0.7, 0.8, 0.85, 0.85, 0.75, 0.6, 0.45, 0.35],
        min_length=12,
        max_length=12,
        description="Probability of a day on which boats can leave.",
        json_schema_extra={"unit": "probability", "range": [0, 1], "source": ASSUMED},
    )


class Information(Entry):
    """How news of outcomes travels."""

    lag: Quantity = quantity(10, "days", 1, 120, "Days until outcomes are known at the origin.")
    memory: Quantity = quantity(30, "days", 1, 1000, "Days in which old news loses all but 1/e of its weight.")
    prior_weight: Quantity = quantity(30, "outcomes", 0.1, 1e6, "Weight of the prior, in outcomes.")
    procedure_value: Quantity = quantity(0.6, "share", 0, 1, "Worth of being taken into procedure, crossing being 1.")
    section_lag: Quantity = quantity(3, "days", 1, 120, "Days until outcomes are known along the border.")
