"""The agents: migrants, as views of table rows, and the actors that steer, carry and guard."""

from sim.agents.border_agency import BorderAgency, FrontexPool
from sim.agents.carrier import Carrier
from sim.agents.migrant import Migrant
from sim.agents.sponsor import Sponsor
from sim.agents.transit_state import TransitState

__all__ = ["BorderAgency", "Carrier", "FrontexPool", "Migrant", "Sponsor", "TransitState"]
