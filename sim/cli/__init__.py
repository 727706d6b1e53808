"""The command `corridor`."""

from sim.cli.interrupts import listen

listen()  # before the imports of the commands, which take long enough to be interrupted
