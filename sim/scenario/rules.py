"""The schema of the rules' parameters: behaviour, detection, hazards, seasons, information."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.by_cohort import ByCohort
from sim.scenario.entry import Entry, fitted, rows
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
    retry: ByCohort = quantity(
        7, "days", 1, 365, "Mean days between attempts at full facilitation in summer.", fitted("minsk-2021")
    )
    retry_idle: ByCohort = quantity(
        4.0, "factor", 1, 100, "Factor on the days between attempts without facilitation.", fitted("minsk-2021")
    )
    retry_winter: ByCohort = quantity(
        1.5, "factor", 1, 100, "Factor on the days between attempts in the coldest month.", fitted("eastern-border")
    )
    deterrence: ByCohort = quantity(
        0.0,
        "logit",
        0,
        20,
        "Weight of perceived success at the border in the choice whether to try now; 0: none.",
        fitted("minsk-2021"),
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
    attempt_cost: ByCohort = quantity(
        150, "USD", 0, 1e5, "Cost of an attempt: the way to the border.", rows("transport_minsk_to_grodno")
    )
    giving_up: ByCohort = quantity(
        0.03, "per attempt", 0, 1, "Probability of losing hope after a failed attempt.", fitted("background-2025")
    )
    patience: ByCohort = quantity(
        60, "days", 1, 3650, "Mean days at the border, or in line for it, before giving up.", fitted("minsk-2021")
    )
    onward: ByCohort = quantity(
        0.9, "share", 0, 1, "Share of those who crossed who go on to Germany or beyond.", rows("onward_share_lt")
    )
    onward_lag: ByCohort = quantity(4, "days", 1, 365, "Mean days from crossing to arrival further on.")
    stranded_review: ByCohort = quantity(
        30, "days", 1, 365, "Mean days between decisions of a stranded person.", fitted("minsk-2021")
    )
    stranded_retry: ByCohort = quantity(
        0.15, "share", 0, 1, "Share who try again at such a decision.", fitted("minsk-2021")
    )
    moving_on: ByCohort = quantity(
        365,
        "days",
        1,
        3650,
        "Mean days at a hub or coast until someone moves on elsewhere, such as to Russia.",
        fitted("eastern-border"),
    )
    sea_wait: ByCohort = quantity(5, "days", 1, 365, "Mean days at the coast before looking for a boat.")
    sea_retry: ByCohort = quantity(60, "days", 1, 3650, "Mean days from interception at sea to the next try.")
    sea_giving_up: ByCohort = quantity(0.3, "share", 0, 1, "Share who give up after an interception at sea.")
    sea_price: ByCohort = quantity(
        1500,
        "USD",
        0,
        1e5,
        "Price of another place on a boat.",
        rows("sea_crossing_price_libya_italy", "price_sea_eastern_libya_crete"),
    )


class Detection(Entry):
    """What makes an attempt detected."""

    coverage: Quantity = quantity(
        1.2,
        "1",
        0,
        50,
        "Detection intensity at the reference density on open land, without other means.",
        fitted("minsk-2021"),
    )
    reference_density: Quantity = quantity(
        2.0,
        "officers on duty per km",
        0.01,
        1000,
        "Density at which `coverage` holds.",
        "a unit, by which `coverage` is given; another one with its `coverage` is the same",
    )
    density_power: Quantity = quantity(
        0.2, "1", 0, 2, "Power of the density of officers in detection.", fitted("minsk-2021")
    )
    barrier: Quantity = quantity(0.6, "1", 0, 20, "Relative gain of detection where a barrier stands.")
    surveillance: Quantity = quantity(1.0, "1", 0, 20, "Relative gain of detection under full surveillance.")
    coaching: Quantity = quantity(0.3, "share", 0, 1, "Relative loss of detection under full coaching.")
    darkness: Quantity = quantity(
        0.3, "1", 0, 2, "Relative loss of detection from a day without night to one without light; 0 for no effect."
    )


class Hazards(Entry):
    """What happens to people outdoors."""

    death: ByCohort = quantity(
        2e-5, "per person-day", 0, 1, "Death hazard outdoors in summer.", rows("deaths_per_1000_attempts")
    )
    injury: ByCohort = quantity(
        5e-4, "per person-day", 0, 1, "Injury hazard outdoors in summer.", rows("msf_referral_share")
    )
    winter: ByCohort = quantity(4.0, "factor", 1, 1000, "Factor on both hazards in the coldest month.")
    sheltered: ByCohort = quantity(0.05, "share", 0, 1, "Hazard at the hub relative to the border zone.")


_OPEN_SEA = (
    "Italian Ministry of the Interior via onData (CC BY 4.0), 2020-2025; our reckoning from daily arrivals: "
    "`open_sea_day_share_month_*` in sim/data/parameters.csv"
)


class Seasons(Entry):
    """Darkness and cold at the border through the year, and the state of the sea."""

    latitude: Quantity = quantity(
        53.0, "degrees north", -90, 90, "Latitude of the border, for the hours of darkness.", "the border of Poland"
    )
    january: Quantity = quantity(
        -4.7, "degC", -60, 60, "Mean temperature of January.", rows("mean_temperature_bialowieza_january")
    )
    july: Quantity = quantity(
        17.8, "degC", -60, 60, "Mean temperature of July.", rows("mean_temperature_bialowieza_july")
    )
    comfortable: Quantity = quantity(
        15.0, "degC", -60, 60,
        "Mean temperature of a day from which on cold harms nobody.",
        "Eurostat's heating degree days count days of up to 15 degC; that cold harms nobody above it is assumed",
    )  # fmt: skip
    calm_sea: list[float] = Field(
        default=[0.43, 0.55, 0.44, 0.54, 0.67, 0.83, 0.82, 0.89, 0.85, 0.79, 0.74, 0.55],
        min_length=12,
        max_length=12,
        description="Share of the days on which boats can leave, from January to December.",
        json_schema_extra={"unit": "share", "range": [0, 1], "source": _OPEN_SEA},
    )
    sea_persistence: Quantity = quantity(
        0.38, "1", 0, 1,
        "P(calm | calm yesterday) - P(calm | rough yesterday): 0 where days are independent, higher for longer spells.",
        rows("open_sea_day_after_open", "open_sea_day_after_closed"),
    )  # fmt: skip


class Information(Entry):
    """How news of outcomes travels."""

    lag: Quantity = quantity(10, "days", 1, 120, "Days until outcomes are known at the origin.")
    memory: Quantity = quantity(30, "days", 1, 1000, "Days in which old news loses all but 1/e of its weight.")
    prior_weight: Quantity = quantity(30, "outcomes", 0.1, 1e6, "Weight of the prior, in outcomes.")
    procedure_value: Quantity = quantity(0.6, "share", 0, 1, "Worth of being taken into procedure, crossing being 1.")
    section_lag: Quantity = quantity(3, "days", 1, 120, "Days until outcomes are known along the border.")
