"""Two groups made alike by design: propensity scores, pairs and weights, and what the treatment then does."""
