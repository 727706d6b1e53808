"""What the command line does with experiments, as functions for Python: `sim.sweep`, `sim.calibrate` and others."""
