"""Geography and observed series."""
