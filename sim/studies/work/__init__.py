"""Execution of a study's runs: executors, workers, and the dispatch of tasks to them."""
