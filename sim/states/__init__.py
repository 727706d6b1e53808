"""Stored states of a model: taken, written to one checked file, restored exactly, or continued otherwise.

A state is what the future of a run depends on: the tables of its world (`packed_tables`), the attributes of its actors,
calendar and agenda (`attributes`), and Mesa's clock (`revival`). It is kept in memory (`state`) or in a file
(`state_file`), and may be continued under a scenario other than its own (`what_if`).
"""
