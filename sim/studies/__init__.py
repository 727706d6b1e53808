"""Many runs: replicates, paired comparisons, and studies that last."""
