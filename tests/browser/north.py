"""A small scenario about another border, that of Norway and Finland with Russia."""

from __future__ import annotations

NORTH = """
title: "A border in the far north"
start: 2015-08-01
days: 20
cohorts:
  in-russia: {origin: moscow, nationality: Any, size: 500, leaving_rate: 0.05, routes: {moscow-murmansk: 1}}
routes:
  moscow-murmansk: {mode: land, origin: moscow, destination: murmansk, transit_state: russia, price: 100, visa_lead: 1}
carriers: {trains: {services: {moscow-murmansk: {seats: 40, weekly: {2015-08-01: 10}}}}}
transit_states:
  russia:
    {hub: murmansk, visas: {2015-08-01: 100}, facilitation: {2015-08-01: 1}, transfer: {2015-08-01: 60}, stay_at_hub: 1}
zones: {nikel: {transit_state: russia, sections: {storskog: 0, salla: 0, unplaced: 0}}}
sections:
  storskog: {agency: norway, title: Storskog}
  salla: {agency: finland, title: Salla}
  unplaced: {agency: finland, title: Without coordinates}
agencies: {norway: {country: Norway, personnel: 20}, finland: {country: Finland, personnel: 20}}
places:
  murmansk: {latitude: 68.97, longitude: 33.08}
  nikel: {latitude: 69.41, longitude: 30.22}
  storskog: {line: [[69.79, 30.82], [69.05, 28.93]]}
  salla: {latitude: 66.9, longitude: 29.1}
  norway: {latitude: 69.73, longitude: 30.05, title: Kirkenes}
"""
