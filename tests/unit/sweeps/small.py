"""A small sweep: its scenario, and its file."""

from __future__ import annotations

from tests.strategies import START, tiny_scenario

TINY = tiny_scenario({"behaviour": {"retry": {"uniform": [1, 9]}, "giving_up": {"normal": [0.1, 0.05]}}}, days=40)
FLIGHTS = f"carriers.airline-iq.services.baghdad-minsk.weekly.{START}"
SWEEP = f"""
kind: sweep
title: tiny sweep
scenario: tiny.yaml
samples: 12
outcomes: [pressure_peak, deaths, attempts@poland]
parameters:
  behaviour.retry:
  {FLIGHTS}: {{range: [0, 9]}}
  officers: {{paths: {{frontex.officers: 1}}, values: [5, 10]}}
"""
