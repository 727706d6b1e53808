"""Preloads the model and its compiled code in the fork server, for all workers to inherit."""

from __future__ import annotations

from contextlib import suppress

from sim.compile_ahead import load_compiled
from sim.engine.compiled import is_cached
from sim.studies.work import worker

__all__ = ["worker"]

if is_cached():
    with suppress(Exception):  # a worker will report the error, and of which run
        load_compiled()
