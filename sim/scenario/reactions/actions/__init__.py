"""What an actor may do in answer, a kind a file or a few that belong together."""
