"""The engine: tables of records, the compiled rules that act on them, keyed random numbers, queues, and the ledger."""
