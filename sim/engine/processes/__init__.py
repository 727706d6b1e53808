"""What happens in a day, one process a file; none knows another, `sim.model` knows the order."""
