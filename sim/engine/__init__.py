"""The engine: tables of rows, compiled rules over them, keyed random numbers, queues, and exact books."""
