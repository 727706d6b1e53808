"""The command `corridor`."""

from sim.cli import interrupts

interrupts.listen()  # before the imports of the commands, which take long enough to be interrupted


def command() -> None:
    """Entry point of the command: imports and runs it; Ctrl-C during the imports ends it as at any other time."""
    try:
        from sim.cli.main import main
    except KeyboardInterrupt:
        from sim.cli.common import INTERRUPTED, fail

        fail("interrupted", INTERRUPTED)
    main()
