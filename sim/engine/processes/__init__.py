"""The processes of a day, one per file; none imports another, and `sim.model` sets their order."""
