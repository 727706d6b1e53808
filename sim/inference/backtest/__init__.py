"""Back-tests: forecasts as they would have been made at the time, and their scores."""
