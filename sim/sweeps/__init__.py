"""Many points: designs, sensitivity, discovery, decisions, tipping points."""
