"""What a scenario may say: every field with its unit, default, range and meaning.

Quantities are numbers or distributions (`sim.scenario.quantity`). Mappings are
keyed by name, so that a scenario which extends another says only what differs,
and so that the order of entries means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from sim.scenario.quantity import Distribution, Quantity, quantity

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
# Control characters would reach terminals and reports as commands; those of direction make a text read otherwise.
_BIDI = r"\u202a-\u202e\u2066-\u2069"
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=rf"^[^\x00-\x1f\x7f-\x9f{_BIDI}]+$")]
Text = Annotated[str, StringConstraints(max_length=5000, pattern=rf"^[^\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]*$")]


FIRST_YEAR, LAST_YEAR = 1990, 2100


def _day(value: Any) -> Any:
    """A date, or its ISO text; never a number of seconds, which pydantic would take for a date."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"found {value}, which is no day of the calendar") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"found {value!r}; a date such as 2021-08-03 is allowed")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"found {value}; dates of the years {FIRST_YEAR} to {LAST_YEAR} are allowed")
    return value


Day = Annotated[date, BeforeValidator(_day)]

_ASSUMED = "assumption"
_PARAMETERS = "sim/data/parameters.csv"


class RangeError(ValueError):
    """A quantity outside its range; ``key`` is its key where it stands in a mapping."""

    def __init__(self, text: str, key: Any = None) -> None:
        super().__init__(text)
        self.key = key


class Entry(BaseModel):
    """Base of all entries: unknown keys are errors, types are strict, quantities keep to their range."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, validate_default=True, arbitrary_types_allowed=True
    )

    @field_validator("*", mode="after")
    @classmethod
    def _in_order(cls, value: Any) -> Any:
        return dict(sorted(value.items())) if isinstance(value, dict) else value

    @field_validator("*", mode="after")
    @classmethod
    def _within_range(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        if not isinstance(extra, dict) or "range" not in extra or value is None:
            return value
        bounds: Any = extra["range"]
        low, high = bounds
        unit = extra["unit"]
        for key, number in _numbers(value):
            if not _fits(number, low, high):
                found = number.to_yaml() if isinstance(number, Distribution) else f"{number:g}"
                limit = f"from {figure(low)} to {figure(high)}"
                raise RangeError(f"found {found}; a value {limit} is allowed (unit: {unit})", key)
        return value


def _numbers(value: Any) -> Iterable[tuple[Any, float | Distribution]]:
    """The quantities of a field with their keys: a mapping's, a list's, or the only one with None."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else [(None, value)]


def figure(value: float) -> str:
    """A number as messages write it: ``1,000,000`` or ``0.05``."""
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _fits(number: float | Distribution, low: float, high: float) -> bool:
    if not isinstance(number, Distribution):
        return low <= number <= high
    if number.kind in ("normal", "lognormal"):  # truncated to the range, but centred within it
        return low <= number.centre <= high
    bottom, top = number.support
    return low <= bottom and top <= high


def schedule(unit: str, low: float, high: float, description: str, source: str = _ASSUMED) -> Any:
    """Declare a field ``{date: quantity}``: each value holds from its date on."""
    return Field(
        default_factory=dict,
        description=description + " Mapping of dates to values; each holds from its date until the next.",
        json_schema_extra={"unit": unit, "range": [low, high], "source": source},
    )


Schedule = dict[Day, Quantity]


class Cohort(Entry):
    """People of one origin and nationality group who may set out."""

    origin: Name = Field(description="Place where they live before they set out.")
    nationality: Title = Field(description="Nationality group, as published series name it.")
    size: int = Field(ge=0, le=50_000_000, description="Prospects at the start.", json_schema_extra={"unit": "persons"})
    leaving_rate: Quantity = quantity(
        0.001, "per day", 0, 1, "Hazard of setting out when every route is as good as can be."
    )
    push: Schedule = schedule("factor", 0, 100, "Factor on the leaving rate.")
    funds_median: Quantity = quantity(4000, "USD", 1, 1e6, "Median funds of a prospect.")
    funds_shape: Quantity = quantity(
        2.5, "1", 0.5, 20, "Shape of the Fisk (log-logistic) distribution of funds; larger is more equal."
    )
    routes: dict[Name, Quantity] = Field(
        description="Routes open to the cohort, each with its taste constant in the logit (0 is neutral).",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": _ASSUMED},
    )


class Route(Entry):
    """A way from an origin to a hub, by air or land, or from a coast over the sea."""

    mode: Literal["air", "land", "sea"] = Field(description="Air, land, or sea.")
    origin: Name = Field(description="Place of departure.")
    destination: Name = Field(description="Hub of a transit state, or for sea routes the landing place.")
    transit_state: Name = Field(description="State that grants passage: visas at the hub, or tolerance of boats.")
    price: Quantity = quantity(2500, "USD", 0, 1e5, "Price of the package at a load factor of 0.8.", _PARAMETERS)
    travel_days: Quantity = quantity(1, "days", 1, 120, "Mean days from departure to arrival.")
    visa_lead: Quantity = quantity(10, "days", 0, 365, "Mean days from booking to the visa application.", _PARAMETERS)
    risk: Quantity = quantity(0.0, "share", 0, 1, "Perceived risk to life, 0 none to 1 highest.")
    prior_success: Quantity = quantity(0.5, "share", 0, 1, "Success that people expect before news arrives.")
    shipwreck: Quantity = quantity(0.0, "per boat", 0, 1, "Probability that a boat is wrecked (sea).")
    death_in_shipwreck: Quantity = quantity(0.5, "share", 0, 1, "Share of those aboard who die in a wreck (sea).")


class Service(Entry):
    """A carrier's departures on one route."""

    seats: int = Field(180, ge=1, le=2000, description="Seats of one departure.", json_schema_extra={"unit": "seats"})
    migrant_share: Quantity = quantity(1.0, "share", 0, 1, "Share of the seats that migrants can get.", _PARAMETERS)
    weekly: Schedule = schedule("departures per week", 0, 2000, "Scheduled frequency.")


class Carrier(Entry):
    """An airline, a bus line, or those who send boats."""

    services: dict[Name, Service] = Field(description="Departures by route.")
    growth: Quantity = quantity(
        0.0, "per week", 0, 2, "Relative rise of frequency a week while the load factor is high (charters)."
    )
    decline: Quantity = quantity(0.0, "per week", 0, 1, "Relative fall of frequency a week while the load is low.")
    max_growth: Quantity = quantity(1.0, "factor", 1, 50, "Highest frequency, as a factor on the schedule.")
    high_load: Quantity = quantity(0.9, "share", 0, 1, "Load factor above which departures are added.")
    low_load: Quantity = quantity(0.3, "share", 0, 1, "Load factor below which departures are cut.")
    price_response: Quantity = quantity(0.0, "1", 0, 5, "Elasticity of the price to the load factor, per week.")


class TransitState(Entry):
    """The state at the hub: visas, facilitation, transfer to the border; or tolerance of boats."""

    hub: Name = Field(description="Place where its guests arrive.")
    visas: Schedule = schedule("persons per day", 0, 1e6, "Visas issued.")
    facilitation: Schedule = schedule("share", 0, 1, "How strongly it sends people on, 0 to 1.")
    coaching: Schedule = schedule("share", 0, 1, "How well it shows people where and how to cross, 0 to 1.")
    transfer: Schedule = schedule("persons per day", 0, 1e6, "Seats for transfer from hub to border.")
    may_return: Schedule = schedule("share", 0, 1, "Share of those who give up whom it lets go back to the hub.")
    boats_tolerated: Schedule = schedule("share", 0, 1, "Share of the boats it lets leave.")
    interception: Schedule = schedule("share", 0, 1, "Share of the boats at sea that its coast guard turns round.")
    stay_at_hub: Quantity = quantity(4, "days", 1, 365, "Mean stay at the hub before transfer.", _PARAMETERS)
    return_price: Quantity = quantity(500, "USD", 0, 1e5, "Price of a flight home from the hub.")


class Zone(Entry):
    """A stretch of the transit state's side of the border where people are gathered."""

    transit_state: Name = Field(description="State that it lies in.")
    capacity: int = Field(
        100_000, ge=0, le=10_000_000, description="Places in its camps.", json_schema_extra={"unit": "persons"}
    )
    steering: Schedule = schedule("logit", -20, 20, "Weight with which the state steers people here.")
    sections: dict[Name, Quantity] = Field(
        description="Border sections within reach, each with its constant in the logit.",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": _ASSUMED},
    )


class Section(Entry):
    """A section of the EU's external border."""

    agency: Name = Field(description="Border agency that guards it.")
    title: Title = Field(description="Name of the section.")
    length: Quantity = quantity(100, "km", 0.1, 5000, "Official length.", "sim/data/sections.csv")
    terrain: Quantity = quantity(
        1.0, "factor", 0.05, 10, "Factor of terrain on detection: 1 open land, lower in forest and swamp."
    )
    barrier: Quantity = quantity(0.0, "km", 0, 5000, "Barrier that stands at the start.", _PARAMETERS)
    surveillance: Quantity = quantity(0.2, "share", 0, 1, "Share of the length under cameras and sensors.")


class BorderAgency(Entry):
    """Those who guard the sections of one country."""

    country: Title = Field(description="Country.")
    personnel: Quantity = quantity(1000, "officers", 1, 1e6, "Officers at the border at the start.", _PARAMETERS)
    on_duty: Quantity = quantity(0.25, "share", 0.01, 1, "Share of the officers on duty at any time.")
    handling_rate: Quantity = quantity(
        0.4,
        "attempts per officer on duty and day",
        0.001,
        50,
        "Attempts that an officer on duty can intercept and process.",
    )
    turn_back: Schedule = schedule("share", 0, 1, "Share of the intercepted whom it turns back.")
    reception: int = Field(
        2000, ge=0, le=10_000_000, description="Places for people in procedure.", json_schema_extra={"unit": "persons"}
    )
    procedure: Quantity = quantity(150, "days", 1, 3650, "Mean length of the procedure.")
    absconding: Quantity = quantity(0.6, "share", 0, 1, "Share who leave the procedure onward.", _PARAMETERS)
    returned: Quantity = quantity(
        0.25, "share", 0, 1, "Share who are returned at the end of the procedure.", _PARAMETERS
    )
    reserve: int = Field(0, ge=0, le=1_000_000, description="Own reserves.", json_schema_extra={"unit": "officers"})
    army: int = Field(
        0, ge=0, le=1_000_000, description="Soldiers who can be sent.", json_schema_extra={"unit": "soldiers"}
    )
    army_handling: Quantity = quantity(0.5, "share", 0, 1, "Handling rate of a soldier relative to an officer's.")
    reinforcement_threshold: Quantity = quantity(0.8, "border pressure", 0, 100, "Pressure that triggers a request.")
    reinforcement_lag: Quantity = quantity(14, "days", 0, 365, "Days from a request to its arrival.")
    reinforcement_step: Quantity = quantity(0.5, "share", 0, 10, "Size of a request, relative to the force deployed.")
    mobility: Quantity = quantity(0.3, "share", 0, 1, "Share of the force moved each week to where attempts are.")


class FrontexPool(Entry):
    """The standing corps that all agencies share."""

    officers: int = Field(
        default=0, ge=0, le=100_000, description="Officers available.", json_schema_extra={"unit": "officers"}
    )
    lag: Quantity = quantity(10, "days", 0, 365, "Days from a request to arrival.")


class Sponsor(Entry):
    """A state that steers transit states as a campaign, in pulses, at the weakest section."""

    transit_states: list[Name] = Field(description="States that it steers.")
    start: Day | None = Field(None, description="First day of the campaign; the run's first day when absent.")
    end: Day | None = Field(None, description="Last day of the campaign; the run's last day when absent.")
    intensity: Quantity = quantity(1.0, "factor", 0, 20, "Factor on visas, transfer, and departures in a pulse.")
    pulse_days: Quantity = quantity(14, "days", 1, 365, "Length of a pulse.")
    pause_days: Quantity = quantity(14, "days", 0, 365, "Pause between pulses.")
    distraction: Quantity = quantity(2.0, "logit", 0, 20, "Steering towards the zone with the least capacity.")


class Behaviour(Entry):
    """How migrants decide."""

    success: Quantity = quantity(3.0, "logit", 0, 20, "Weight of perceived success in the choice of a route.")
    price: Quantity = quantity(1.0, "logit", 0, 20, "Weight of the logarithm of the share who can afford a route.")
    time: Quantity = quantity(0.03, "logit per day", 0, 2, "Weight of days of travel and of waiting for a seat.")
    risk: Quantity = quantity(2.0, "logit", 0, 20, "Weight of perceived risk to life.")
    facilitation: Quantity = quantity(2.0, "logit", 0, 20, "Weight of the transit state's facilitation.")
    rush: Quantity = quantity(1.0, "logit", 0, 20, "Extra weight of a route whose closure is announced.")
    section_success: Quantity = quantity(3.0, "logit", 0, 20, "Weight of perceived success in the choice of a section.")
    reconsider: Quantity = quantity(45, "days", 1, 3650, "Mean days until someone whose booking failed decides anew.")
    first_attempt: Quantity = quantity(3, "days", 1, 365, "Mean days at the border before the first attempt.")
    retry: Quantity = quantity(7, "days", 1, 365, "Mean days between attempts at full facilitation in summer.")
    retry_idle: Quantity = quantity(4.0, "factor", 1, 100, "Factor on the days between attempts without facilitation.")
    retry_winter: Quantity = quantity(
        1.5, "factor", 1, 100, "Factor on the days between attempts in the coldest month."
    )
    attempt_cost: Quantity = quantity(150, "USD", 0, 1e5, "Cost of an attempt.", _PARAMETERS)
    giving_up: Quantity = quantity(0.03, "per attempt", 0, 1, "Probability of losing hope after a failed attempt.")
    patience: Quantity = quantity(60, "days", 1, 3650, "Mean days in the transit state before giving up.")
    onward: Quantity = quantity(0.9, "share", 0, 1, "Share of those who crossed who go on to Germany or beyond.")
    onward_lag: Quantity = quantity(4, "days", 1, 365, "Mean days from crossing to arrival further on.")
    stranded_review: Quantity = quantity(30, "days", 1, 365, "Mean days between decisions of a stranded person.")
    stranded_retry: Quantity = quantity(0.15, "share", 0, 1, "Share who try again at such a decision.")
    sea_wait: Quantity = quantity(5, "days", 1, 365, "Mean days at the coast before looking for a boat.")
    sea_retry: Quantity = quantity(60, "days", 1, 3650, "Mean days from interception at sea to the next try.")
    sea_giving_up: Quantity = quantity(0.3, "share", 0, 1, "Share who give up after an interception at sea.")
    sea_price: Quantity = quantity(1500, "USD", 0, 1e5, "Price of another place on a boat.", _PARAMETERS)


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

    death: Quantity = quantity(2e-5, "per person-day", 0, 1, "Death hazard outdoors in summer.", _PARAMETERS)
    injury: Quantity = quantity(5e-4, "per person-day", 0, 1, "Injury hazard outdoors in summer.")
    winter: Quantity = quantity(4.0, "factor", 1, 1000, "Factor on both hazards in the coldest month.")
    sheltered: Quantity = quantity(0.05, "share", 0, 1, "Hazard at the hub relative to the border zone.")


class Seasons(Entry):
    """Calendar effects, one value a month from January to December, from 0 to 1."""

    cold: list[float] = Field(
        default=[1.0, 0.9, 0.6, 0.3, 0.1, 0.0, 0.0, 0.0, 0.1, 0.3, 0.6, 0.9],
        min_length=12,
        max_length=12,
        description="Cold, 0 mild to 1 coldest.",
        json_schema_extra={"unit": "share", "range": [0, 1], "source": _ASSUMED},
    )
    visibility: list[float] = Field(
        default=[0.9, 0.95, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.9, 0.9],
        min_length=12,
        max_length=12,
        description="Factor of light, foliage and weather on detection.",
        json_schema_extra={"unit": "factor", "range": [0, 1], "source": _ASSUMED},
    )
    calm_sea: list[float] = Field(
        default=[0.35, 0.4, 0.45, 0.55, 0.7, 0.8, 0.85, 0.85, 0.75, 0.6, 0.45, 0.35],
        min_length=12,
        max_length=12,
        description="Probability of a day on which boats can leave.",
        json_schema_extra={"unit": "probability", "range": [0, 1], "source": _ASSUMED},
    )


class Information(Entry):
    """How news of outcomes travels."""

    lag: Quantity = quantity(10, "days", 1, 120, "Days until outcomes are known at the origin.")
    memory: Quantity = quantity(30, "days", 1, 1000, "Days in which old news loses all but 1/e of its weight.")
    prior_weight: Quantity = quantity(30, "outcomes", 0.1, 1e6, "Weight of the prior, in outcomes.")
    procedure_value: Quantity = quantity(0.6, "share", 0, 1, "Worth of being taken into procedure, crossing being 1.")
    section_lag: Quantity = quantity(3, "days", 1, 120, "Days until outcomes are known along the border.")


class MeasureBase(Entry):
    """What all measures share."""

    title: Title | None = Field(None, description="Words for reports; the measure's name when absent.")
    start: Day = Field(description="First day on which it holds.")
    end: Day | None = Field(None, description="Last day on which it holds; for good when absent.")
    announced: Day | None = Field(None, description="Day on which it becomes known; the start when absent.")
    lag: Quantity = quantity(0, "days", 0, 365, "Days from the start until it takes effect.")
    success_probability: Quantity = quantity(1.0, "probability", 0, 1, "Probability that it takes effect at all.")


class CarrierBan(MeasureBase):
    """Carriers may not fly, or may not take the cohorts named."""

    kind: Literal["carrier-ban"]
    carriers: list[Name] = Field(default_factory=list, description="Carriers; all when empty.")
    routes: list[Name] = Field(default_factory=list, description="Routes; all of the carriers' when empty.")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts barred from boarding; everybody when empty.")


class VisaStop(MeasureBase):
    """A transit state stops visas, for all or for the cohorts named."""

    kind: Literal["visa-stop"]
    transit_state: Name = Field(description="State.")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts concerned; everybody when empty.")


class TurnBack(MeasureBase):
    """An agency changes the share of the intercepted whom it turns back."""

    kind: Literal["turn-back"]
    agency: Name = Field(description="Agency.")
    share: Quantity = quantity(0.95, "share", 0, 1, "Share of the intercepted who are turned back.")


class Fence(MeasureBase):
    """A barrier grows from the start, to its length."""

    kind: Literal["fence"]
    sections: list[Name] = Field(min_length=1, description="Sections, built up side by side.")
    length: Quantity = quantity(100, "km", 0, 5000, "Barrier to build in all.", _PARAMETERS)
    pace: Quantity = quantity(1.0, "km per day", 0.001, 100, "Progress in all.")
    surveillance: Quantity = quantity(0.0, "share", 0, 1, "Surveillance of the sections when it is complete.")


class Reinforcement(MeasureBase):
    """An agency gets officers or soldiers, for the time of the measure."""

    kind: Literal["reinforcement"]
    agency: Name = Field(description="Agency.")
    officers: Quantity = quantity(0, "officers", 0, 1e6, "Officers added.")
    soldiers: Quantity = quantity(0, "soldiers", 0, 1e6, "Soldiers added.")


class FrontexDeployment(MeasureBase):
    """Officers of the shared pool are sent to an agency."""

    kind: Literal["frontex-deployment"]
    agency: Name = Field(description="Agency.")
    officers: Quantity = quantity(100, "officers", 0, 1e5, "Officers asked for; limited by the pool.")


class BufferZone(MeasureBase):
    """A no-stay zone along sections: easier detection, harder help."""

    kind: Literal["buffer-zone"]
    sections: list[Name] = Field(min_length=1, description="Sections.")
    detection_factor: Quantity = quantity(1.3, "factor", 0, 10, "Factor on detection intensity.")
    hazard_factor: Quantity = quantity(1.2, "factor", 0, 10, "Factor on hazards for those whose last section it is.")


class Diplomacy(MeasureBase):
    """An origin state is moved to stop departures on routes."""

    kind: Literal["diplomacy"]
    routes: list[Name] = Field(min_length=1, description="Routes that it is asked to stop.")
    frequency_factor: Quantity = quantity(0.0, "factor", 0, 10, "Factor on departures when it succeeds.")


class Sanctions(MeasureBase):
    """Sanctions wear down carriers' departures and a transit state's facilitation."""

    kind: Literal["sanctions"]
    carriers: list[Name] = Field(default_factory=list, description="Carriers.")
    transit_states: list[Name] = Field(default_factory=list, description="Transit states.")
    frequency_factor: Quantity = quantity(0.5, "factor", 0, 10, "Factor on departures in the end.")
    facilitation_factor: Quantity = quantity(0.7, "factor", 0, 10, "Factor on facilitation in the end.")
    half_life: Quantity = quantity(30, "days", 0.1, 1000, "Days in which half of the effect comes about.")


class Litigation(MeasureBase):
    """A case before a court wears down a transit state's posture."""

    kind: Literal["litigation"]
    transit_states: list[Name] = Field(min_length=1, description="Transit states sued.")
    facilitation_factor: Quantity = quantity(0.9, "factor", 0, 10, "Factor on facilitation in the end.")
    half_life: Quantity = quantity(120, "days", 0.1, 1000, "Days in which half of the effect comes about.")


class HumanitarianAccess(MeasureBase):
    """Help reaches people at the border."""

    kind: Literal["humanitarian-access"]
    zones: list[Name] = Field(default_factory=list, description="Border zones; all when empty.")
    hazard_factor: Quantity = quantity(0.4, "factor", 0, 10, "Factor on the hazards of injury and death.")


class ReturnFlights(MeasureBase):
    """Repatriation flights from a hub take those who want to go home."""

    kind: Literal["return-flights"]
    transit_state: Name = Field(description="State whose hub they leave from.")
    seats: int = Field(180, ge=1, le=2000, description="Seats of a flight.", json_schema_extra={"unit": "seats"})
    weekly: Quantity = quantity(1.0, "flights per week", 0, 200, "Frequency.")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts taken; everybody when empty.")
    willing: Quantity = quantity(
        0.02, "per attempt", 0, 1, "Further probability of giving up after a failed attempt while flights are offered."
    )


class Posture(MeasureBase):
    """A transit state changes its conduct; what is absent stays."""

    kind: Literal["posture"]
    transit_state: Name = Field(description="State.")
    visas: Quantity | None = quantity(None, "persons per day", 0, 1e6, "Visas issued.")
    facilitation: Quantity | None = quantity(None, "share", 0, 1, "Facilitation.")
    coaching: Quantity | None = quantity(None, "share", 0, 1, "Coaching.")
    transfer: Quantity | None = quantity(None, "persons per day", 0, 1e6, "Seats for transfer to the border.")
    may_return: Quantity | None = quantity(None, "share", 0, 1, "Share of those who give up who may go back.")
    boats_tolerated: Quantity | None = quantity(None, "share", 0, 1, "Share of boats let go.")
    interception: Quantity | None = quantity(None, "share", 0, 1, "Share of boats turned round at sea.")
    steering: dict[Name, Quantity] = Field(
        default_factory=dict,
        description="Steering weights by zone.",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": _ASSUMED},
    )


Measure = Annotated[
    CarrierBan
    | VisaStop
    | TurnBack
    | Fence
    | Reinforcement
    | FrontexDeployment
    | BufferZone
    | Diplomacy
    | Sanctions
    | Litigation
    | HumanitarianAccess
    | ReturnFlights
    | Posture,
    Field(discriminator="kind"),
]


class Scenario(Entry):
    """One experiment, complete: the world, the behaviour, the measures."""

    title: Title = Field(description="Title for reports.")
    description: Text = Field("", description="What the scenario tells.")
    start: Day = Field(description="First day.")
    days: int = Field(365, ge=1, le=3650, description="Length of the run.", json_schema_extra={"unit": "days"})
    seed: int = Field(1, ge=0, lt=2**63, description="Seed of all random numbers.")
    cohorts: dict[Name, Cohort] = Field(min_length=1, max_length=200, description="People who may set out.")
    routes: dict[Name, Route] = Field(min_length=1, max_length=200, description="Ways to the hubs and over the sea.")
    carriers: dict[Name, Carrier] = Field(default_factory=dict, max_length=500, description="Carriers.")
    transit_states: dict[Name, TransitState] = Field(min_length=1, max_length=50, description="Transit states.")
    zones: dict[Name, Zone] = Field(default_factory=dict, max_length=100, description="Border zones.")
    sections: dict[Name, Section] = Field(default_factory=dict, max_length=200, description="Border sections.")
    agencies: dict[Name, BorderAgency] = Field(default_factory=dict, max_length=50, description="Border agencies.")
    frontex: FrontexPool = Field(default_factory=FrontexPool, description="Shared pool of officers.")
    sponsors: dict[Name, Sponsor] = Field(default_factory=dict, max_length=20, description="Sponsors.")
    behaviour: Behaviour = Field(default_factory=Behaviour, description="How migrants decide.")
    detection: Detection = Field(default_factory=Detection, description="What makes an attempt detected.")
    hazards: Hazards = Field(default_factory=Hazards, description="Hazards outdoors.")
    seasons: Seasons = Field(default_factory=Seasons, description="Calendar effects.")
    information: Information = Field(default_factory=Information, description="How news travels.")
    measures: dict[Name, Measure] = Field(default_factory=dict, max_length=500, description="Dated measures.")
    timetable: str | None = Field(
        None, description="CSV of departures (date,origin,destination,carrier,seats) beside the scenario file."
    )
    observed: list[str] = Field(default_factory=list, description="Observed series to print beside the run.")

    # Set by the loader: where the timetable lies, and the last day that its rows may name.
    _timetable: tuple[str, date] | None = PrivateAttr(default=None)
    # Set by studies with data of their own: rows to compare a run with, in place of those of `observed`.
    _rows: list[dict[str, Any]] | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Equal in every field, wherever the two were loaded from."""
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    @property
    def end(self) -> date:
        """Last day of the run."""
        return self.start + timedelta(days=self.days - 1)
