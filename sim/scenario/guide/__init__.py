"""Scenarios for those who write them: their parameters in a list, a commented file, what can have no effect."""
