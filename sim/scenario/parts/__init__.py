"""Measures as parts: ``carrier-ban:benghazi-minsk@2025-10-15`` on any scenario that has what it names.

``NAME[:TARGET][=VALUE][@DATE[..DATE]]``, several joined by ``+``. The library (`library.yaml`) has the names. Without a
target a part applies to all that it can, without a date it is in force from the run's first day.
"""

from sim.scenario.parts.apply import slug, with_parts
from sim.scenario.parts.library import Part, is_part, library, near_part

__all__ = ["Part", "is_part", "library", "near_part", "slug", "with_parts"]
