"""Sweeps over parameters: designs, sensitivity, scenario discovery, decision tables, tipping points."""
