"""The oracle's crossing points: which are open, the rush to them, and who is admitted."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.engine import streams as st
from sim.engine import tables as t
from sim.engine.processes import claims
from tests.verification.oracle.journey import Journey
from tests.verification.oracle.people import OracleMigrant


class Points(Journey):
    """Sections that are crossing points, at which people claim protection."""

    def is_point(self, section: int) -> bool:
        return self.settings.sections[self.names.sections[section]].crossing_point is not None

    def reach(self, zone: str, rushing: bool = True) -> Iterator[tuple[int, float]]:
        """Sections in reach of a zone that are not closed, each with its weight; at will without a rush to any."""
        for s, value in super().reach(zone):
            section = self.world.sections[s]
            if section.hours > 0.0:
                rush = rushing and section.rush > 0
                self.met["rush to a point"] += rush
                yield s, value * (math.exp(self.p.section_rush) if rush else 1.0)
            else:
                self.met["closed point"] += 1

    def gain(self, zone: int) -> float:
        """What a rush adds to the attraction of all that is in reach of a zone, as a factor."""
        with_rush, without = (
            sum(value for _, value in self.reach(self.names.zones[zone], rushing)) for rushing in (True, False)
        )
        return with_rush / without

    def admit(self, day: int, section: int, people: list[OracleMigrant]) -> Iterator[tuple[OracleMigrant, int, int]]:
        """What comes of today's claims at a point, by lot."""
        point = self.world.sections[section]
        places = self.whole(("places", section), claims.claims_admitted(point.claims, point.hours))
        lots = sorted(people, key=lambda m: st.bits(m.key, st.CLAIM, m.attempts))
        for place, m in enumerate(lots):
            result = t.ADMITTED if place < places else t.REFUSED
            self.note(day, section, "claims_admitted" if result == t.ADMITTED else "claims_refused")
            yield m, section, result
