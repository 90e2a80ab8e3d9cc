"""Classical survival analysis on arrays: what the Bayesian fits are compared with."""
