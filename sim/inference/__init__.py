"""Inference from the record: observations, likelihood, calibration and back-tests."""
