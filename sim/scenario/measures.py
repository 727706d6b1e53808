"""The dated measures that a scenario may take: each kind with its fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, Day, Entry, Name, Title, rows
from sim.scenario.quantity import Quantity, quantity


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
    length: Quantity = quantity(
        100, "km", 0, 5000, "Barrier to build in all.", rows("wall_length_pl", "fence_length_lt", "fence_length_lv")
    )
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
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": ASSUMED},
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
