"""Where the runs of a study are done, and how they get there."""
