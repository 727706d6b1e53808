"""The model against the record: observations, likelihood, calibration, back-tests."""
