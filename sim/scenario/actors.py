"""The schema of a scenario's world: cohorts, routes, and the actors that carry, steer and guard."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from sim.scenario.by_cohort import ByCohort
from sim.scenario.entry import (
    ASSUMED,
    NEUTRAL,
    ByDate,
    Day,
    Entry,
    Name,
    Schedule,
    Title,
    by_date,
    fitted,
    rows,
    schedule,
)
from sim.scenario.modes import ANY_MODE, MODES, ModeName
from sim.scenario.quantity import Quantity, quantity


class Cohort(Entry):
    """People of one origin and nationality group who may set out."""

    origin: Name = Field(description="Place where they live before they set out.")
    nationality: Title = Field(description="Nationality group, as named in published series.")
    size: int = Field(ge=0, le=50_000_000, description="Prospects at the start.", json_schema_extra={"unit": "persons"})
    leaving_rate: Quantity = quantity(
        0.001,
        "per day",
        0,
        1,
        "Hazard of setting out when every route is as attractive as possible.",
        fitted("background-2025"),
    )
    push: Schedule = schedule("factor", 0, 100, "Factor on the leaving rate.", fitted("background-2025"))
    funds_median: Quantity = quantity(4000, "USD", 1, 1e6, "Median funds of a prospect.")
    funds_shape: Quantity = quantity(
        2.5, "1", 0.5, 20, "Shape of the Fisk (log-logistic) distribution of funds; larger is more equal."
    )
    routes: dict[Name, Quantity] = Field(
        description="Routes open to the cohort, each with its taste constant in the logit (0 is neutral).",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": ASSUMED},
    )


class Route(Entry):
    """A way from an origin to a hub, by air or land, or from a coast over the sea."""

    mode: ModeName = Field(description=f"{ANY_MODE.capitalize()}.")
    origin: Name = Field(description="Place of departure.")
    destination: Name = Field(description="Hub of a transit state, or for sea routes the landing place.")
    transit_state: Name = Field(description="State that grants passage: visas at the hub, or tolerance of boats.")
    price: Quantity = quantity(
        2500, "USD", 0, 1e5,
        "Price of the package at a load factor of 0.8.",
        rows("package_price_to_minsk", "price_lebanon_package"),
    )  # fmt: skip
    legs: dict[Name, Quantity] = Field(
        default_factory=dict,
        description="Legs of the journey, such as baghdad-istanbul and istanbul-minsk, each with its price; their sum "
        "takes the place of `price`. Routes that name the same leg share it: a ban of the leg closes them all.",
        json_schema_extra={"unit": "USD", "range": [0, 1e5], "source": ASSUMED},
    )
    first_leg: Name | None = Field(
        None,
        description="Leg on which people board: whoever has boarded and is on the way when another of the legs is "
        "banned, or the whole route, is sent back. When absent, whoever has boarded arrives.",
    )
    layover: Quantity | None = quantity(
        None, "days", 1, 365,
        "Mean days that someone who would be sent back waits where the first leg ends for a seat from there, on this "
        "route or another with the same first leg and transit state. When absent, it is sent back at once.",
    )  # fmt: skip
    travel_days: Quantity = quantity(
        1, "days", 1, 120,
        "Mean days from departure to arrival.",
        rows("flight_time_damascus_minsk", "flight_time_istanbul_minsk"),
    )  # fmt: skip
    visa_lead: Quantity = quantity(
        10, "days", 0, 365,
        "Mean days from booking to the visa application.",
        rows("visa_lead_time_russia_for_iraqis", "russian_visa_lead_and_validity"),
    )  # fmt: skip
    risk: Quantity = quantity(0.0, "share", 0, 1, "Perceived risk to life, 0 none to 1 highest.", NEUTRAL)
    prior_success: Quantity = quantity(0.5, "share", 0, 1, "Success that people expect before news arrives.")
    shipwreck: Quantity = quantity(0.0, "per boat", 0, 1, "Probability that a boat is wrecked (sea).", NEUTRAL)
    death_in_shipwreck: Quantity = quantity(0.5, "share", 0, 1, "Share of those aboard who die in a wreck (sea).")

    @property
    def fare(self) -> float:
        """Price of the whole journey (USD) in a scenario of plain numbers: of its legs, if it names any."""
        prices: Any = list(self.legs.values()) or [self.price]
        return math.fsum(prices)

    @property
    def over_sea(self) -> bool:
        """Whether boats go on it, from a coast (`sim.scenario.modes.Mode`)."""
        return MODES[self.mode].over_sea


class Service(Entry):
    """A carrier's departures on one route."""

    seats: int = Field(
        180,
        ge=1,
        le=2000,
        description="Seats of one departure.",
        json_schema_extra={
            "unit": "seats",
            "source": rows("seats_a320_iraqi_airways", "seats_a320_cham_wings", "seats_b747_400_iraqi_airways"),
        },
    )
    migrant_share: Quantity = quantity(
        1.0, "share", 0, 1, "Share of the seats that migrants can get.", rows("share_migrants_on_board_dubai_minsk")
    )
    weekly: Schedule = schedule("departures per week", 0, 2000, "Scheduled frequency.")


class Carrier(Entry):
    """An airline, a bus line, or a sender of boats."""

    services: dict[Name, Service] = Field(description="Departures by route.")
    growth: Quantity = quantity(
        0.0, "per week", 0, 2, "Relative rise of frequency a week while the load factor is high (charters).", NEUTRAL
    )
    decline: Quantity = quantity(
        0.0, "per week", 0, 1, "Relative fall of frequency a week while the load is low.", NEUTRAL
    )
    max_growth: Quantity = quantity(1.0, "factor", 1, 50, "Highest frequency, as a factor on the schedule.", NEUTRAL)
    high_load: Quantity = quantity(
        0.9, "share", 0, 1, "Load factor above which departures are added.", rows("seat_load_2021")
    )
    low_load: Quantity = quantity(0.3, "share", 0, 1, "Load factor below which departures are cut.")
    price_response: Quantity = quantity(
        0.0, "1", 0, 5, "Elasticity of the price to the load factor, per week.", NEUTRAL
    )


class PostureProcess(Entry):
    """A transit state's posture as a state of nature: month by month, drawn anew in each replicate.

    On the first of each month the logit of facilitation, the logarithm of a factor on the visas, and the steering of
    each zone move: stationary, normal, and autoregressive of order 1 with coefficient ``exp(-1 / memory)``. In an *off*
    regime facilitation and visas fall to 0, in equal steps over ``off_days``, and come back as fast after it. A run
    without replicates takes each at its mean (on its own scale), and is never off.
    """

    is_process = True

    facilitation: Quantity = quantity(0.6, "share", 0.001, 0.999, "Facilitation at the mean of its logit.")
    facilitation_sd: Quantity = quantity(1.0, "logit", 0, 5, "Standard deviation of the logit of facilitation.")
    inflow_sd: Quantity = quantity(0.8, "log", 0, 3, "Standard deviation of the logarithm of the factor on visas.")
    steering: dict[Name, Quantity] = Field(
        default_factory=dict,
        description="Mean steering by zone; 0 for zones that are not named.",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": ASSUMED},
    )
    steering_sd: Quantity = quantity(1.0, "logit", 0, 10, "Standard deviation of the steering of a zone.")
    memory: Quantity = quantity(4.0, "months", 0.1, 60, "Months in which a deviation loses all but 1/e of its size.")
    off_begins: Quantity = quantity(0.03, "per month", 0, 1, "Probability that the state switches off in a month.")
    off_months: Quantity = quantity(3.0, "months", 1, 120, "Mean length of an off regime, which is geometric.")
    off_days: Quantity = quantity(
        4.0, "days", 1, 28, "Days until an order takes full effect.", rows("sponsor_switch_off_days")
    )


class TransitState(Entry):
    """The state at the hub: visas, facilitation, transfer to the border; or tolerance of boats."""

    hub: Name = Field(description="Place where its guests arrive.")
    visas: Schedule = schedule("persons per day", 0, 1e6, "Visas issued.", fitted("minsk-2021"))
    visa_validity: Quantity | None = quantity(
        None,
        "days",
        1,
        3650,
        "Days on which a visa is good for boarding, that of its issue the first; when absent it does not expire.",
    )
    facilitation: Schedule = schedule(
        "share", 0, 1, "How strongly it sends people on, 0 to 1.", fitted("minsk-2021", "background-2025")
    )
    coaching: Schedule = schedule("share", 0, 1, "How well it shows people where and how to cross, 0 to 1.")
    transfer: Schedule = schedule("persons per day", 0, 1e6, "Seats for transfer from hub to border.")
    may_return: Schedule = schedule("share", 0, 1, "Share of those who give up whom it allows back to the hub.")
    boats_tolerated: Schedule = schedule("share", 0, 1, "Share of the boats it lets leave.")
    interception: Schedule = schedule(
        "share",
        0,
        1,
        "Share of the boats at sea that its coast guard turns back.",
        rows("libya_interception_share_2024", "libya_interception_share_2025"),
    )
    stay_at_hub: Quantity = quantity(
        4,
        "days",
        1,
        365,
        "Mean stay at the hub before transfer.",
        rows("stay_in_minsk_before_border", "wait_in_minsk_hotel"),
    )
    return_price: Quantity = quantity(
        500, "USD", 0, 1e5, "Price of a flight home from the hub.", rows("visa_lead_time_russia_for_iraqis")
    )
    posture: PostureProcess | None = Field(
        None, description="Process from which its posture is drawn, in place of schedules of facilitation and steering."
    )
    assisted_return: Schedule = schedule(
        "per day",
        0,
        1,
        "Hazard of being taken home from hub or coast without paying, such as by the IOM.",
    )


class Zone(Entry):
    """A stretch of the transit state's side of the border where people are gathered."""

    transit_state: Name = Field(description="State that it lies in.")
    capacity: int = Field(
        100_000,
        ge=0,
        le=10_000_000,
        description="Places in its camps.",
        json_schema_extra={"unit": "persons", "source": NEUTRAL},
    )
    steering: Schedule = schedule(
        "logit", -20, 20, "Weight with which the state steers people here.", fitted("minsk-2021", "background-2025")
    )
    evacuation: Schedule = schedule("share per day", 0, 1, "Share of those there whom the state moves to the hub.")
    sections: dict[Name, Quantity] = Field(
        description="Border sections within reach, each with its constant in the logit.",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": ASSUMED},
    )


class CrossingPoint(Entry):
    """A border crossing point, at which people claim protection in place of trying to cross."""

    hours: Schedule = schedule("hours per day", 0, 24, "Opening hours, 24 before the first date; at 0 it is closed.")
    claims: Schedule = schedule("claims per day", 0, 1e6, "Claims admitted on a day of 24 hours.")


class Section(Entry):
    """A section of the EU's external border: a stretch of green border, or a crossing point beside it."""

    agency: Name = Field(description="Border agency that guards it.")
    title: Title = Field(description="Name of the section.")
    crossing_point: CrossingPoint | None = Field(
        None, description="What makes it a crossing point; it has no length to guard, and no force is deployed there."
    )
    length: Quantity = quantity(100, "km", 0.1, 5000, "Official length.", "sim/data/sections.csv")
    terrain: Quantity = quantity(
        1.0, "factor", 0.05, 10, "Factor of terrain on detection: 1 open land, lower in forest and swamp.", NEUTRAL
    )
    barrier: ByDate = by_date(
        0.0, "km", 0, 5000, "Barrier in place, to which measures add.",
        rows("wall_length_pl", "fence_length_lt", "fence_length_lv"),
    )  # fmt: skip
    surveillance: ByDate = by_date(
        0.2, "share", 0, 1, "Share of the length under cameras and sensors.",
        rows("surveillance_share_lt", "surveillance_km_pl"),
    )  # fmt: skip


class BorderAgency(Entry):
    """An agency that guards the sections of one country."""

    country: Title = Field(description="Country.")
    personnel: Quantity = quantity(
        1000,
        "officers",
        1,
        1e6,
        "Officers at the border at the start.",
        rows("pl_border_guards_border", "pl_police_border"),
    )
    on_duty: Quantity = quantity(0.25, "share", 0.01, 1, "Share of the officers on duty at any time.")
    handling_rate: Quantity = quantity(
        0.4,
        "attempts per officer on duty and day",
        0.001,
        50,
        "Attempts that an officer on duty can intercept and process.",
    )
    turn_back: Schedule = schedule(
        "share",
        0,
        1,
        "Share of the intercepted whom it turns back.",
        rows("turn_back_share_lv", "lt_share_applied_asylum"),
    )
    reception: ByDate = by_date(2000, "persons", 0, 10_000_000, "Places for people in procedure.")
    procedure: ByCohort = quantity(150, "days", 1, 3650, "Mean length of the procedure.")
    procedure_factor: Schedule = schedule(
        "factor", 0.01, 100, "Factor on the length of procedures that begin, 1 before its first date."
    )
    absconding: ByCohort = quantity(
        0.6, "share", 0, 1, "Share who leave the procedure onward.", rows("lt_absconded_2022")
    )
    absconding_delay: ByCohort = quantity(
        30, "days", 0, 3650, "Days in procedure before which nobody absconds.", rows("lt_absconded_2022")
    )
    returned: ByCohort = quantity(
        0.25,
        "share",
        0,
        1,
        "Share who are returned at the end of the procedure.",
        rows("lt_voluntary_returns_cumulative"),
    )
    reserve: int = Field(
        0, ge=0, le=1_000_000, description="Own reserves.", json_schema_extra={"unit": "officers", "source": NEUTRAL}
    )
    army: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="Soldiers who can be sent.",
        json_schema_extra={
            "unit": "soldiers",
            "source": rows("pl_soldiers_border", "lt_soldiers_border", "soldiers_direct_support_pl"),
        },
    )
    army_handling: Quantity = quantity(0.5, "share", 0, 1, "Handling rate of a soldier relative to an officer's.")
    reinforcement_threshold: Quantity = quantity(0.8, "border pressure", 0, 100, "Pressure that triggers a request.")
    reinforcement_lag: Quantity = quantity(
        14,
        "days",
        0,
        365,
        "Days from a request to its arrival.",
        rows("reinforcement_lag_spain_ceuta", "reinforcement_lag_frontex_lt"),
    )
    reinforcement_step: Quantity = quantity(
        0.5, "share", 0, 10, "Size of a request, relative to the force deployed.", rows("reinforcement_step_pl")
    )
    mobility: Quantity = quantity(0.3, "share", 0, 1, "Share of the force moved each week to where attempts are.")


class FrontexPool(Entry):
    """The standing corps that all agencies share."""

    officers: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Officers available.",
        json_schema_extra={"unit": "officers", "source": rows("frontex_officers_lt")},
    )
    lag: Quantity = quantity(
        10,
        "days",
        0,
        365,
        "Days from a request to arrival.",
        rows("reinforcement_lag_frontex_fi", "reinforcement_lag_frontex_lt"),
    )


class Sponsor(Entry):
    """A state that steers transit states as a campaign, in pulses, at the weakest section."""

    transit_states: list[Name] = Field(description="States that it steers.")
    start: Day | None = Field(None, description="First day of the campaign; the run's first day when absent.")
    end: Day | None = Field(None, description="Last day of the campaign; the run's last day when absent.")
    intensity: Quantity = quantity(
        1.0, "factor", 0, 20, "Factor on visas, transfer, and departures in a pulse.", NEUTRAL
    )
    pulse_days: Quantity = quantity(28, "days", 1, 365, "Length of a pulse.", rows("sponsor_pulse_days_evros"))
    pause_days: Quantity = quantity(14, "days", 0, 365, "Pause between pulses.")
    distraction: Quantity = quantity(2.0, "logit", 0, 20, "Steering towards the zone with the least capacity.")


# Entries that stand by name in a scenario, by the key of their collection. Those that the engine has tables for are
# fields of `sim.scenario.schema.Scenario`; any other joins it as it stands here, with an agent of `sim.agents`.
COLLECTIONS: dict[str, type[Entry]] = {
    "cohorts": Cohort,
    "routes": Route,
    "carriers": Carrier,
    "transit_states": TransitState,
    "zones": Zone,
    "sections": Section,
    "agencies": BorderAgency,
    "sponsors": Sponsor,
}
