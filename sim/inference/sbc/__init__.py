"""Simulation-based calibration: whether a fit finds truths again that are drawn from its own prior."""
