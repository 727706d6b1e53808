"""The oracle: the migrants' day once more, uncompiled, on plain Mesa agents.

It shares with the engine only the rules for one migrant (the scalar functions of `sim.engine.processes`) and the
actors. Calendars, queues, seats, patrols, the ledger and the Sellke clocks are written anew, with lists, dicts
and deques, and go through the migrants in another order. Run as a program, with ``NUMBA_DISABLE_JIT=1``, it
writes what happened to everybody into a file ``SEED.npz`` for each seed.

    NUMBA_DISABLE_JIT=1 python -m tests.verification.oracle FOLDER SEED...
"""
