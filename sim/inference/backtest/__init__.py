"""Forecasts as they would have been made, and how good they were."""
