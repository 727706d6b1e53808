"""Corridor: agent-based simulation of state-steered migration towards the EU's external border."""
