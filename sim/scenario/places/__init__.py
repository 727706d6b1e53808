"""Where a scenario's places and border sections lie, for maps alone: no result depends on it."""
