"""Another detection function: it saturates with the density of officers.

In place of Koopman's random search (`sim.engine.processes.attempts`), where the probability of being detected is
1 - exp(-kappa), this one is kappa / (1 + kappa), the functional response of Holling (1959, type II,
doi:10.4039/Ent91385-7): the more officers there are on a kilometre, the less one more of them adds. Kappa is the same,
so that barriers, surveillance, terrain and visibility act as before; the two agree where kappa is small.
"""

from sim import extend


@extend.rule("detection_probability")
def detection_probability(section, coaching, p):
    """Probability that an attempt in this section is detected today."""
    kappa = (
        p.detection_coverage
        * (section.officers / section.length / p.detection_reference_density) ** p.detection_density_power
        * (1.0 + p.detection_barrier * min(section.barrier / section.length, 1.0))
        * (1.0 + p.detection_surveillance * section.surveillance)
        * section.terrain
        * p.visibility
        * section.detection_factor
        * (1.0 - p.detection_coaching * coaching)
    )
    return kappa / (1.0 + kappa)
