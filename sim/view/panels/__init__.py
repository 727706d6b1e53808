"""What is found out on demand beside the running model: why, how surely, and as documents."""
