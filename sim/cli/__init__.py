"""The command `corridor`."""
