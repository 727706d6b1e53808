"""Studies: replicates, paired comparisons, and their storage."""
