"""From printed hazard ratios to a pool, and from a pool to a prior."""
