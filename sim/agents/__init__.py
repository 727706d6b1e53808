"""The agents: migrants, as views of table rows, and the actors that steer, carry and guard."""

import pkgutil
from importlib import import_module

from sim.agents.border_agency import BorderAgency, FrontexPool
from sim.agents.carrier import Carrier
from sim.agents.migrant import Migrant
from sim.agents.sponsor import Sponsor
from sim.agents.transit_state import TransitState

__all__ = ["BorderAgency", "Carrier", "FrontexPool", "Migrant", "Sponsor", "TransitState"]

for _module in pkgutil.iter_modules(__path__):  # so that each type of actor in this folder is known
    import_module(f"{__name__}.{_module.name}")
