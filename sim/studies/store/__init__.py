"""A study's folder: what is in it, and that it is whole."""
