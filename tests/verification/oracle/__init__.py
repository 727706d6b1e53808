"""The oracle: the migrants' day once more, uncompiled, on plain Mesa agents.

It shares with the engine only the rules for one migrant (the scalar functions of `sim.engine.processes`) and the
actors. Calendars, queues, seats, patrols, the ledger and the clocks are written anew, with lists, dicts and deques:
every day everybody is asked whether its clock has struck, in another order than the engine's. Run as a program, with
``NUMBA_DISABLE_JIT=1``, it writes what happened to everybody into a file ``SEED.npz`` for each seed.

    NUMBA_DISABLE_JIT=1 python -m tests.verification.oracle FOLDER SEED...
"""
