"""What limits the flow, in the terminal and in the report."""
