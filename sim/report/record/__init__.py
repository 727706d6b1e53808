"""Figures of fits, filters and forecasts, beside the record."""
