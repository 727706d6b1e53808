"""What is counted in a run, and how it becomes tables and files."""
