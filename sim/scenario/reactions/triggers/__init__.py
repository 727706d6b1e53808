"""What may trigger a reaction, a kind a file or a few that belong together."""
