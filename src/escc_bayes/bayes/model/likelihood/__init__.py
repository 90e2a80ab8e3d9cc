"""The likelihood, stated once for every engine: terms of the log-likelihood that add up."""
