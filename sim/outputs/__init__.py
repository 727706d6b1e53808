"""Outputs: what is counted in a run, and the tables and files made from it."""
